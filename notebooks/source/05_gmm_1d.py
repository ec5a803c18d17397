# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown] slideshow={"slide_type": "slide"}
# # 05 · Fit bell curves to unlabelled numbers
#
# Ten thousand numbers lie in a list. They come from two groups; in each the numbers scatter about
# a centre in the shape of a bell curve, and nobody wrote down which number belongs to which
# group. **Where are the centres, how wide are the groups, and how large is each?**
#
# This is the question that [04 · Recover two coins](04_two_coins.ipynb) left. The E step stays as it
# was, and the M step keeps its shape: *weighted sum over weighted count*. New are three mistakes: to
# forget the weights, to confuse a variance with a standard deviation, and to stop too early.
# You will learn to see them from the outside.
#
# **After this lesson you can**
#
# - write EM for a Gaussian mixture on a line, with *all* its parameters;
# - derive the M step (9.17) to (9.19) and (9.22), and check the derivation by number;
# - say from the log-likelihood (9.28), not from the rounds, whether a fit has settled;
# - notice a forgotten weight, or a variance in the place of a standard deviation;
# - use a fit: judge new numbers, draw samples, compare numbers of groups by AIC and BIC.
#
# **Time** about 75 minutes, three exercises included. **You need** the E step of lesson 04, a
# derivative, a Lagrange multiplier ([lesson 02](02_latent_variables.ipynb) explains it), and numpy.
# Numbers such as (9.17) are equations in Bishop, *Pattern Recognition and Machine Learning* (PRML).
#
# ## 1 · Ten thousand numbers
#
# The cell draws the numbers, by a recipe that section 5 shows. `x` is all that EM gets.
#
# **Predict** from the histogram: read off two centres, two widths (standard deviations), and the
# share of the left group. Note them down; the table in section 5 will answer.

# %% slideshow={"slide_type": "slide", "show": ["figure", "predict"]}
import itertools

import numpy as np
from scipy.stats import norm

from emlib import GaussianMixture1D, datasets, em, plots, selection, widgets
from emlib.exercises import check, hint, progress, solution

data = datasets.two_normals(rng=0)
x = data.x
fig, ax = plots.figure(width=6.4, height=2.8)
ax.hist(x, bins=60, color="lightgrey", edgecolor="white")
ax.set(xlabel="x", ylabel="how many")
plots.picture(fig, "05.histogram")

# %% [markdown] slideshow={"slide_type": "slide", "hide": ["Each group", "Parameter", "Predict: we start"]}
# The histogram shows two humps that run into each other near 29.
#
# ## 2 · The model, and the E step by hand
#
# Each group, called a **component**, has three parameters:
#
# | Parameter | Symbol | In `emlib` | Unit |
# | --- | --- | --- | --- |
# | weight: the probability that this component is drawn | $\pi_k$ | `weights` | none |
# | mean | $\mu_k$ | `means` | that of $x$ |
# | variance | $\sigma_k^2$ | `variances` | that of $x$, **squared** |
#
# The weights sum to one, so $3K-1$ numbers are free, five for $K=2$. The standard deviation
# $\sigma_k$ (`stds`) is the root of the variance, and the one to read, for it has the unit of $x$.
# With $\mathcal N(x\mid\mu,\sigma^2) = e^{-(x-\mu)^2/2\sigma^2}/\sqrt{2\pi\sigma^2}$, the density and
# the log-likelihood are
#
# $$p(x)=\sum_k\pi_k\,\mathcal N(x\mid\mu_k,\sigma_k^2)\quad(9.12),\qquad
# \ln p(\mathbf X\mid\theta)=\sum_n\ln\sum_k\pi_k\,\mathcal N(x_n\mid\mu_k,\sigma_k^2)
# \quad(9.14).$$
#
# The E step is Bayes' rule (9.13), as with coins: weight times density, divided by the sum over
# the components. The cell computes it in logarithms, as lesson 04 taught.
#
# **Predict:** we start with weights of one half, means 10 and 50, standard deviations 5. How does
# that start share out the numbers 30 and 31?


# %%
def log_joint(x, weights, means, variances):
    squares = (x[:, None] - means) ** 2 / variances
    return np.log(weights) - 0.5 * (np.log(2 * np.pi * variances) + squares)  # ln of (9.12)'s terms


def e_step(x, weights, means, variances):
    a = log_joint(x, weights, means, variances)
    m = a.max(axis=1, keepdims=True)
    log_density = m + np.log(np.exp(a - m).sum(axis=1, keepdims=True))
    return np.exp(a - log_density), log_density.sum()  # (9.23) and (9.14)


start = GaussianMixture1D(weights=[0.5, 0.5], means=[10, 50], variances=[25, 25])
few = np.array([20.0, 29.0, 30.0, 31.0, 32.0, 40.0])
shares, _ = e_step(few, start.weights, start.means, start.variances)
print("numbers", few, " share of the left component", shares[:, 0].round(2))

# %% [markdown]
# Exactly between the means each component owns one half; one step further the share has dropped
# to 0.17.
#
# ## 3 · Watch EM, then take it apart
#
# Choose a start, then step with the slider. Above are the histogram, the two components and their
# sum; below, the *ribbon* shows at each $x$ the share of each component.
#
# **Predict** for the wide start: both means are about 10 units off. How many rounds until they are
# right to the first decimal: 1, 10 or 100? And the close start, with two nearly equal curves?

# %% tags=["widget"]
starts = {
    "wide: 10 and 50": start,
    "close: 29 and 31": GaussianMixture1D([0.5, 0.5], [29, 31], [100, 100]),
}
player = widgets.normal_player(x, starts)
player

# %% [markdown]
# On paper: the wide start as a strip.

# %%
player.twin((0, 1, -1))

# %% [markdown] slideshow={"slide_type": "slide"}
# The strip shows that one round brings both means within half a unit of their end: even a bad guess
# sorts nearly all numbers to the right side. The first decimal is settled by round 10 or so. The
# close start needs some 40 rounds: two curves that hardly differ say little about who owns what.
#
# ## 4 · The M step, derived
#
# Where does the log-likelihood (9.14) have a local maximum? (It has no highest point: lesson 06.)
# Set its derivatives to zero, one parameter at a time.
#
# **A mean.** Only the term of component $k$ contains $\mu_k$, and the derivative of a bell curve is
# itself times $(x-\mu)/\sigma^2$:
#
# $$\frac{\partial}{\partial\mu_k}\ln p(\mathbf X\mid\theta)
# =\sum_n\underbrace{\frac{\pi_k\,\mathcal N(x_n\mid\mu_k,\sigma_k^2)}
# {\sum_j\pi_j\,\mathcal N(x_n\mid\mu_j,\sigma_j^2)}}_{\gamma_{nk}}\,
# \frac{x_n-\mu_k}{\sigma_k^2}.$$
#
# The responsibility appears by itself; nobody put it there. The sum is zero when
#
# $$\mu_k=\frac1{N_k}\sum_n\gamma_{nk}\,x_n\quad(9.17),\qquad N_k=\sum_n\gamma_{nk}\quad(9.18).$$
#
# $N_k$ is the **effective count**: how many numbers component $k$ owns, in fractions. Mind that
# (9.17) is *not* a closed-form solution: the $\gamma_{nk}$ on the right depend on the unknown
# parameters. It is a condition, and EM is the loop that works towards it.
#
# **A variance.** Treat $\sigma_k^2$ as one symbol. The derivative of $\ln\mathcal N$ in it is
# $-1/2\sigma_k^2+(x_n-\mu_k)^2/2\sigma_k^4$, and the same step as before brings in
# $\gamma_{nk}$:
#
# $$0=\sum_n\gamma_{nk}\left\{\frac{(x_n-\mu_k)^2}{\sigma_k^2}-1\right\}
# \quad\Rightarrow\quad\sigma_k^2=\frac1{N_k}\sum_n\gamma_{nk}\,(x_n-\mu_k)^2\quad(9.19).$$
#
# **A weight.** Here a side condition holds, $\sum_k\pi_k=1$. A Lagrange multiplier $\lambda$ takes
# care of it: differentiate $\ln p+\lambda(\sum_k\pi_k-1)$, multiply by $\pi_k$, and sum over $k$:
#
# $$0=\sum_n\frac{\mathcal N(x_n\mid\mu_k,\sigma_k^2)}{\sum_j\pi_j\,\mathcal N(x_n\mid\mu_j,\sigma_j^2)}
# +\lambda\;\Rightarrow\;0=N_k+\lambda\,\pi_k\;\Rightarrow\;\lambda=-N\;\Rightarrow\;
# \pi_k=\frac{N_k}{N}\quad(9.22).$$
#
# Three weighted averages: of $x$, of squared distances, and of ones. With the $\gamma_{nk}$ *held*,
# the same equations say that the derivatives of $Q$ (9.40) are zero. So EM may use them as its M
# step, and then each of them is solved at once.
#
# A derivation is a claim, and a claim can be checked. The cell compares two of the derivatives with
# finite differences of the log-likelihood, at a place that is not special.


# %% slideshow={"slide_type": "slide", "show": ["output"]}
def slope(function, step=1e-4):
    """Derivative at 0 by a central difference."""
    return (function(step) - function(-step)) / (2 * step)


weights, means, variances = np.array([[0.4, 0.6], [18.0, 43.0], [30.0, 16.0]])
r, _ = e_step(x, weights, means, variances)
first = np.array([1, 0])  # moves the first component only
residuals = x - means[0]
in_mean = np.sum(r[:, 0] * residuals) / variances[0]
in_variance = np.sum(r[:, 0] * (residuals**2 / variances[0] - 1)) / (2 * variances[0])
along_mean = slope(lambda h: e_step(x, weights, means + h * first, variances)[1])
along_variance = slope(lambda h: e_step(x, weights, means, variances + h * first)[1])
print(f"mean:     formula {in_mean:.3f}, finite difference {along_mean:.3f}")
print(f"variance: formula {in_variance:.3f}, finite difference {along_variance:.3f}")

# %% [markdown]
# ### Exercise 05.1 · The M step
#
# Write `m_step_1d(x, r)`: from numbers `x` of shape `(N,)` and responsibilities `r` of shape
# `(N, K)` return three arrays of shape `(K,)`: weights, means and **standard deviations**. It should
# work for any $K$. Take the variances about the *new* means, as PRML stresses in (9.25).


# %% tags=["exercise", "05.1"]
def m_step_1d(x, r):
    # Your lines instead of the dots.
    ...


# %% tags=["solution", "05.1"]
def m_step_1d(x, r):
    counts = np.sum(r, axis=0)  # (9.18)
    means = r.T @ x / counts  # (9.17)
    squares = (x[:, None] - means) ** 2
    return counts / len(x), means, np.sqrt(np.sum(r * squares, axis=0) / counts)  # (9.22), (9.19)


# %% tags=["check"]
check("05.1", m_step_1d)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 5 · Round by round
#
# Here is the run from the wide start as a table: some rounds, where EM stops, and last the recipe
# that drew the data. Compare your guesses of section 1. Which row has the highest likelihood?

# %% slideshow={"slide_type": "slide", "show": ["output"]}
steps = list(itertools.islice(em.iterate(start, x), 21))
fit = em.fit(start, x, tol=1e-12)
rows = {f"round {n}": steps[n].model for n in (0, 1, 2, 5, 10, 20)}
rows |= {"EM stops": fit.model, "the recipe": data.truth}
print("            weights          means            std            log-likelihood")
for name, m in rows.items():
    numbers = np.concatenate([m.weights, m.means, m.stds]).round(4)
    print(f"{name:11s}", *(f"{value:7.4f}" for value in numbers), f" {m.log_likelihood(x):.2f}")

# %% [markdown] slideshow={"slide_type": "slide"}
# The recipe, 3000 numbers about 20 and 7000 about 40, both with standard deviation 5 (from
# [T1](sources.md)), has the *lower* likelihood. That is no mistake: EM fits this sample, and the sample is not the
# recipe. Another draw would give other decimals.
#
# ## 6 · When to stop
#
# A fixed number of rounds is not a reason to stop. EM offers a better one for free: the E step
# computes the log-likelihood on the way (9.28). `em.fit` stops when a round gains at most `tol` nats
# *per data point*, so that the rule means the same for sixty numbers and for ten thousand.
#
# **Predict:** a library's default is to stop at a gain of $10^{-3}$ nats per data point. After
# which round would that be here, and what would it miss?

# %%
history = np.array([step.objective for step in steps])
short = em.fit(start, x, tol=1e-3).n_iter
print(f"tol 1e-3 stops after round {short}, {fit.objective - history[short]:.2f} nats too low")
gain_9, gain_10 = np.diff(history[8:11])
ratio = gain_10 / gain_9
print(f"round 10 gains {gain_10:.4f} nats, {ratio:.2f} of the gain before")
remaining = gain_10 * ratio / (1 - ratio)
print(f"still to come: {remaining:.4f} by the ratio, {fit.objective - history[10]:.4f} in truth")

# %% [markdown]
# After round 2, two nats too low; here little would be lost. In section 10 the same rule stops on a
# plateau. And how do the gains fall?

# %% slideshow={"slide_type": "slide"}
fig, ax = plots.figure(width=5.6, height=3)
plots.gains(history, len(x), ax=ax)
plots.picture(fig, "05.gains")

# %% [markdown] slideshow={"slide_type": "slide"}
# From round 3 on the gain falls by about the same *factor* each round, a straight line on this
# scale: EM converges **linearly**. So a small gain does not say that the end is near, it says that
# the steps are small. But the factor tells what is still to come, by the sum of a geometric series:
# the last gain times `ratio / (1 - ratio)`. `em.fit(..., stop="remaining")` uses this.
#
# ### Exercise 05.2 · Fit it yourself
#
# Write `fit_two_normals(x)`: run EM on numbers like these until it has settled (within 0.1 nats of
# the maximum), from a start of your choice, and return weights, means and standard deviations, each
# of shape `(2,)`. You may use `e_step` (which takes variances) and your `m_step_1d` (which returns
# standard deviations). The check draws fresh numbers from the same recipe. Which component comes
# first is up to you.


# %% tags=["exercise", "05.2"]
def fit_two_normals(x):
    # Your lines instead of the dots.
    ...


# %% tags=["solution", "05.2"]
def fit_two_normals(x):
    weights = np.array([0.5, 0.5])
    means, stds = np.array([10.0, 50.0]), np.array([5.0, 5.0])
    before, now = -np.inf, -1e300
    while now - before > 1e-12 * len(x):  # (9.28)
        before = now
        r, now = e_step(x, weights, means, stds**2)
        weights, means, stds = m_step_1d(x, r)
    return weights, means, stds


# %% tags=["check"]
check("05.2", fit_two_normals)

# %% [markdown]
# ## 7 · How many groups? AIC beside BIC
#
# More components can always fit as well or better, so the likelihood cannot choose; two criteria
# charge for the $p=3K-1$ parameters. With $L$ for the log-likelihood of the fit, AIC is $-2L+2p$ and
# BIC is $-2L+p\ln N$; smaller is better. Why these prices? On its own data a fit looks better than
# on new data, by about one nat per parameter, and AIC takes this off. BIC approximates the
# probability of the data with the parameters averaged out; there each parameter costs $\frac12\ln N$
# nats.
#
# **Predict** which $K$ each will choose.

# %%
print("K  parameters       AIC       BIC  log-likelihood")
for k in (1, 2, 3):
    places = np.quantile(x, (np.arange(k) + 0.5) / k)
    begin = GaussianMixture1D(np.full(k, 1 / k), places, np.full(k, 25.0))
    m = em.fit(begin, x, tol=1e-6).model
    aic, bic = selection.aic(m, x), selection.bic(m, x)
    print(f"{k}  {m.n_parameters:10d}  {aic:.1f}   {bic:.1f}  {m.log_likelihood(x):.1f}")
print(f"three further parameters cost 3 nats by AIC, {1.5 * np.log(10_000):.1f} by BIC")

# %% [markdown]
# The second component gains almost two thousand nats, the third a fraction of one: by this table
# both choose two. But that is one start per $K$; lesson 08 searches longer, and says what such
# criteria cannot see.
#
# ## 8 · What the fit is good for: new numbers, and samples
#
# The cell asks the fit about six *new* numbers. It then measures how hard the problem is if
# everything is known. With equal variances the two groups are equally probable at
#
# $$x^\star=\frac{\mu_1+\mu_2}2+\frac{\sigma^2}{\mu_2-\mu_1}\ln\frac{\pi_1}{\pi_2}=30+\tfrac54\ln\tfrac37,$$
#
# and even the best rule, which cuts there, errs for the tails that reach over the cut. Last, it
# draws 10 000 numbers from the fit.
#
# **Predict:** what share of all numbers does the best possible rule get wrong: 2 %, 10 % or 20 %?

# %%
new = np.array([15.0, 25.0, 28.5, 29.5, 35.0, 45.0])
print("new numbers", new, " component", fit.model.predict(new))
print("with probability", fit.model.responsibilities(new).max(axis=1).round(4))
scale = 5**2 / (40 - 20)  # one nat of the odds, in units of x
cut = 30 + scale * np.log(0.3 / 0.7)
best_error = 0.3 * norm.sf(cut, 20, 5) + 0.7 * norm.cdf(cut, 40, 5)
ours = np.mean(fit.model.predict(x) != data.z)
print(f"cut {cut:.4f}: best possible error {100 * best_error:.2f} %, ours {100 * ours:.2f} %")
ends = cut + scale * np.log(9) * np.array([-1, 1])  # where γ is 0.9 and 0.1
doubt = 0.3 * np.diff(norm.cdf(ends, 20, 5)) + 0.7 * np.diff(norm.cdf(ends, 40, 5))
print(f"share with γ between 0.1 and 0.9: {100 * doubt[0]:.1f} %")
sample, _ = fit.model.sample(10_000, rng=1)
for name, values in {"data": x, "sample": sample}.items():
    print(f"{name:7s} mean {values.mean():.1f}, below 20 {np.mean(values < 20):.3f}")

# %% [markdown]
# The best possible rule errs for 2.05 % of the numbers, EM's for 2.09 %, although EM never saw a
# label; only 6.1 % of all numbers are in any real doubt. This is an *easy* problem, though T1 calls it
# challenging. [Slow, and unsure](further/05_slow_and_unsure.ipynb), optional, has a hard one.
#
# Component 0 is the left group because our start put it there: compare predictions with labels only
# up to a renaming. And the sample resembles the data: a cheap test of a fit.
#
# ## 9 · A weight that is not updated
#
# ### Exercise 05.3 · Freeze the weights
#
# T1 says that a component has a mean and a standard deviation, and stops there;
# [T3 and T4](sources.md) set the weights to $1/K$ and never update them. What does that do? Write `em_fixed_weights(x, weights,
# means, stds, n_rounds)`, which holds the weights as given (also in the E step) and updates means
# *and* standard deviations. Return these two, each of shape `(K,)`, after the last round.
#
# **Predict** what it will do on our numbers with weights of one half.


# %% tags=["exercise", "05.3"]
def em_fixed_weights(x, weights, means, stds, n_rounds):
    # Your lines instead of the dots.
    ...


# %% tags=["solution", "05.3"]
def em_fixed_weights(x, weights, means, stds, n_rounds):
    for _ in range(n_rounds):
        r, _ = e_step(x, np.asarray(weights), np.asarray(means), np.asarray(stds) ** 2)
        _, means, stds = m_step_1d(x, r)
    return means, stds


# %% tags=["check"]
check("05.3", em_fixed_weights)

# %% [markdown]
# `emlib` does the same with `fixed_weights=True`. The cell runs it on our numbers, and on a second
# set: 2400 numbers about −10, 300 about 30 and 300 about 3.

# %% slideshow={"slide_type": "slide"}
rng = np.random.default_rng(0)
uneven = np.concatenate([rng.normal(-10, 3, 2400), rng.normal(30, 7, 300), rng.normal(3, 5, 300)])
third = np.full(3, 1 / 3)
cases = [(x, [0.5, 0.5], [10, 50], [25, 25]), (uneven, third, [-10, 30, 3], [9, 49, 25])]
fig, axes = plots.figure(width=9.4, height=4.6, columns=2, rows=2, sharex="row")
for row, (values, *theta) in zip(axes, cases):
    for ax, held in zip(row, (True, False)):
        run = em.fit(GaussianMixture1D(*theta, fixed_weights=held), values, tol=1e-10)
        plots.mixture_1d(run.model, values, bins=60, ax=ax)
        ax.set_title(f"weights {'held' if held else 'free'}: −{-run.objective:.1f} nats", fontsize=10)
        print(ax.get_title(), " means", run.model.means.round(2), "std", run.model.stds.round(2))
plots.picture(fig, "05.weights")

# %% [markdown] slideshow={"slide_type": "slide"}
# With the weights held at one half (upper left) the left mean ends at 25.41, its standard deviation
# at 9.18 instead of 5: under its curve must lie half of the area, so it spreads under the large
# group. That costs 425 nats. With 2400, 300 and 300 numbers (lower left) the large group is *shared* by
# two components, at −11.78 and −8.33, and one wide curve at 10.22 stands for both small groups.
# Started at the true means, EM walks away from them.
#
# T3 and T4 could not notice, because their groups are equally large: the one case in which a weight
# of $1/K$ is right. **A weight that is not updated is not absent. It is an assumption**: fine if you
# know it, wrong if you forgot it.
#
# ## 10 · Three bell curves: count nats, not rounds
#
# T4 draws 1000 numbers each from N(−10, 3²), N(30, 7²) and N(3, 5²), shows its curves after 0, 5 and
# 20 rounds, and stops.
#
# **Predict** for each start whether 20 rounds are enough. Look at round 20, then at 30, 50, 75.

# %% tags=["widget"]
three_groups = datasets.three_normals(rng=0)
starts = {
    "2, 5, 8, std 5": GaussianMixture1D(third, [2, 5, 8], [25] * 3),
    "2, 5, 8, std 10": GaussianMixture1D(third, [2, 5, 8], [100] * 3),
    "weights held": GaussianMixture1D(third, [2, 5, 8], [25] * 3, fixed_weights=True),
}
player = widgets.normal_player(three_groups.x, starts)
player

# %% [markdown]
# The strip shows the first start. The table has the log-likelihood of all three after 20 and 30
# rounds, where the loose rule of section 6 stops, and where EM stops.

# %% slideshow={"slide_type": "slide"}
print("log-likelihood at round 20, round 30, tol 1e-3, the end; means at round 20, the end")
for name, model in starts.items():
    steps = list(itertools.islice(em.iterate(model, three_groups.x), 31))
    end = em.fit(model, three_groups.x)
    loose = em.fit(model, three_groups.x, tol=1e-3)
    heights = [step.objective for step in (steps[20], steps[30], loose, end)]
    print(name, np.round(heights, 1), steps[20].model.means.round(2), end.model.means.round(2))
player.twin((0, 1, 2, 5, 20, -1))

# %% [markdown] slideshow={"slide_type": "slide", "hide": ["Predict: what"]}
# The strip shows three groups after twenty rounds. By then the log-likelihood is still six nats
# below its end, and the middle mean has yet to move from 3.1 to 2.4. (The recipe has 3; this
# sample is an unlucky one.) From wider curves EM is *not even near* after twenty rounds, and ten more
# gain less than five nats of the 230 that are missing. Someone who watches the screen would call it converged,
# and so does the loose rule. It is a plateau; between rounds 30 and 75 EM leaves it.
#
# The third start is T4's own way, with weights held at ⅓. There twenty rounds do suffice, and
# these weights happen to be right. **Count nats, not rounds**, and start from several places
# (`em.multistart`).
#
# ## 11 · A variance where a standard deviation is expected
#
# T3 works by hand through 30 numbers from N(−2, 1.3²) and 30 from N(1, 0.9²). Its M step computes
# variances, and hands them to a density that takes a standard deviation, such as
# `scipy.stats.norm.pdf(x, mean, sd)`. Nothing crashes: both are positive numbers. (T3 also gives
# each number wholly to the nearer mean: [Soft and hard](further/05_soft_and_hard.ipynb), optional.)
# The cell makes the slip on purpose on such numbers, from T3's start, and prints the right fit last.
#
# **Predict:** what will the slip do: means a little off, widths off, or worse?

# %% slideshow={"slide_type": "slide", "show": ["output"]}
sixty = datasets.thirty_and_thirty(rng=0).x
begin = GaussianMixture1D([0.5, 0.5], [-0.5, 0.5], [1, 1])
model = begin
for n in range(61):
    if n in (0, 1, 2, 3, 60):
        height = model.log_likelihood(sixty)
        print(f"{n:2d}: means", model.means.round(2), "std", model.stds.round(2), f"ln p {height:.2f}")
    joint = model.weights * norm.pdf(sixty[:, None], model.means, model.variances)  # wrong
    r = joint / joint.sum(axis=1, keepdims=True)
    model = model.m_step(model.statistics(sixty, r))
right = em.fit(begin, sixty)
print("right fit: means", right.model.means.round(2), "std", right.model.stds.round(2))

# %% [markdown] slideshow={"slide_type": "slide"}
# Worse: both curves become the curve of *all* numbers, and the two groups are gone. How could you
# have spotted it?
#
# - **The log-likelihood falls** after round 1. EM never lowers it: a fall beyond rounding is a bug.
# - **Units.** If $x$ is in centimetres, a variance is in square centimetres. Measure in
#   millimetres instead, and a correct program gives the same responsibilities; this one does not.
# - **A test with a width other than 1.** For a standard deviation of 1 the variance is 1 as well,
#   and the slip cannot be seen. Compare the density at single points with an independent program.
#
# ## 12 · The same answer from elsewhere
#
# scikit-learn's `GaussianMixture` fits the same model. The cell gives it our start (it takes
# inverse variances, called precisions) and a strict tolerance.

# %% tags=["comparison"]
from sklearn.mixture import GaussianMixture as Theirs

theirs = Theirs(2, tol=1e-10, max_iter=1000, reg_covar=0, weights_init=[0.5, 0.5])
theirs.set_params(means_init=[[10], [50]], precisions_init=[[[1 / 25]], [[1 / 25]]])
theirs.fit(x[:, None])
print("emlib       ", fit.model.means.round(3), f"ln p {fit.objective:.3f}")
print("scikit-learn", theirs.means_[:, 0].round(3), f"ln p {theirs.score(x[:, None]) * len(x):.3f}")

# %% [markdown] slideshow={"slide_type": "slide", "hide": ["Update weights"]}
# They agree. (With `init_params="random"` and its default `tol` of $10^{-3}$ the same program ends
# quite elsewhere on these numbers and reports success. That is the first patient of lesson 08.)
#
# ## 13 · Easily confused
#
# | You may hear | What is so |
# | --- | --- |
# | A Gaussian component has a mean and a standard deviation. | And a weight. Left at $1/K$ it is an assumption, and the others pay for it (section 9). |
# | `sigma` is what the M step returns. | (9.19) returns a *variance*. Take the root before you hand it to a density that wants a standard deviation (section 11). |
# | After 20 rounds EM has converged. | It has when little is left to gain. Twenty rounds were enough in section 5 and too few in section 10. |
# | A tiny gain means the end is near. | It means small steps. What is still to come depends on the factor by which gains fall (section 6). |
# | The fitted curve with the higher likelihood is closer to the truth. | The truth itself has a lower likelihood than the fit (section 5). |
#
# ## 14 · In practice
#
# - Update weights, means *and* variances, unless you know one of them.
# - Plot histogram, components and sum.
# - Report standard deviations with a unit, and standard errors (lesson 04's bootstrap).
#
# ## 15 · Take away
#
# - The M step of a Gaussian mixture is three weighted averages: (9.17), (9.19) and (9.22).
# - They are conditions, not solutions: responsibilities contain the parameters. EM is the loop.
# - A program for EM can be tested from outside: a log-likelihood that falls is a bug.
#
# **The question it leaves.** What if the numbers are points in the plane, and the groups are tilted
# clouds? Then a variance becomes a matrix: [06 · Fit tilted clouds](06_gmm_nd.ipynb).
#
# **Further reading**
#
# - C. M. Bishop, *Pattern Recognition and Machine Learning*, Springer (2006), pp. 430-439.
# - R. A. Redner and H. F. Walker, "Mixture densities, maximum likelihood and the EM algorithm",
#   *SIAM Review* 26, 195-239 (1984): why overlap makes EM slow.
# - Web tutorials: T1, "A Gentle Introduction to Expectation-Maximization"; T3, a hands-on blog post
#   that works through 30 + 30 numbers; T4, "Understanding the EM Algorithm by Examples".
#
# **Previous:** [04 · Recover two coins from unlabelled tosses](04_two_coins.ipynb). **Next:**
# [06 · Fit tilted clouds with Gaussian mixtures in N dimensions](06_gmm_nd.ipynb). To see which exercises you have
# solved, call `progress()` in a new cell; `hint("05.2", 1)` helps, `solution("05.2")` shows ours.
