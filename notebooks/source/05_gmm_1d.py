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
# This is the question that [04 · Recover two coins](04_two_coins.ipynb) left. A coin has one
# parameter. A bell curve has a mean and a variance, and each group has a weight as well. You will
# see that the E step stays as it was and that the M step keeps its shape: *weighted sum over
# weighted count*. What is new are three kinds of mistake that a single parameter leaves no room
# for: to forget the weights, to confuse a variance with a standard deviation, and to stop because
# "it has surely converged by now". All three occur in published tutorials, so you will learn to
# see them from the outside.
#
# **After this lesson you can**
#
# - write EM for a Gaussian mixture on a line, with *all* its parameters;
# - derive the M step (9.17) to (9.19) and (9.22), and check each line of the derivation by number;
# - say from the log-likelihood (9.28), not from the number of rounds, whether a fit has settled;
# - notice a forgotten weight, a hard assignment or a variance in the place of a standard deviation;
# - use a fit: judge new numbers, draw samples, compare numbers of groups by AIC and BIC.
#
# **Time** 75 minutes, three exercises included. **You need** the E step of lesson 04, a
# derivative, and a little numpy. Symbols are listed in [00 · Start here](00_start_here.ipynb);
# numbers such as (9.17) are equations in Bishop, *Pattern Recognition and Machine Learning* (PRML).
#
# ## 1 · Ten thousand numbers
#
# The next cell draws 3000 numbers from a bell curve with mean 20 and 7000 from one with mean 40,
# both with standard deviation 5. A published tutorial uses the same recipe and calls the problem
# generally challenging; section 7 measures how challenging it is. From here on we pretend not to
# know the recipe: `x` is all that EM gets.
#
# **Predict** from the histogram: read off two centres, two widths, and the share of the left
# group. Note them down; the table in section 4 will answer.

# %% slideshow={"slide_type": "slide", "show": ["figure", "predict"]}
import itertools

import numpy as np
from scipy.stats import norm

from emlib import GaussianMixture1D, KMeans, datasets, em, plots, selection, widgets
from emlib.exercises import check, hint, progress, solution

data = datasets.two_normals(rng=0)
x = data.x
fig, ax = plots.figure(width=6.4, height=2.8)
ax.hist(x, bins=60, color="0.8", edgecolor="white")
ax.set(xlabel="x", ylabel="how many")
plots.picture(
    fig,
    "Histogram of ten thousand numbers between 0 and 60: a smaller hump near 20, a valley near 29, "
    "and a larger hump near 40.",
)

# %% [markdown] slideshow={"slide_type": "slide", "hide": ["Each group", "Parameter", "Predict: we start"]}
# The histogram shows two humps that run into each other near 29. No single number there tells which
# group it is from; yet the humps as a whole leave little doubt.
#
# ## 2 · The model, and the E step by hand
#
# Each group, called a **component**, has three parameters:
#
# | Parameter | Symbol | In `emlib` | Unit | Free numbers |
# | --- | --- | --- | --- | --- |
# | weight: the probability that this component is drawn | $\pi_k$ | `weights` | none | $K-1$, since they sum to one |
# | mean | $\mu_k$ | `means` | that of $x$ | $K$ |
# | variance | $\sigma_k^2$ | `variances` | that of $x$, **squared** | $K$ |
#
# Together $3K-1$ numbers, five for $K=2$. (The standard deviation $\sigma_k$, the root of the
# variance, is `stds`. It is the one to read, since it has the unit of $x$.) The density and the
# log-likelihood are, with $\mathcal N(x\mid\mu,\sigma^2) = e^{-(x-\mu)^2/2\sigma^2}/\sqrt{2\pi\sigma^2}$,
#
# $$p(x)=\sum_k\pi_k\,\mathcal N(x\mid\mu_k,\sigma_k^2)\quad(9.12),\qquad
# \ln p(\mathbf X\mid\theta)=\sum_n\ln\sum_k\pi_k\,\mathcal N(x_n\mid\mu_k,\sigma_k^2)
# \quad(9.14).$$
#
# The E step is Bayes' rule (9.13), as with coins: weight times density, divided by the sum over
# the components. The cell below computes it in logarithms and subtracts the largest term before
# the exponential, for the reason that lesson 04 gave.
#
# **Predict:** we start with weights of one half, means 10 and 50, standard deviations 5. How does
# that start share out the numbers 30 and 31? Look at the printed column, then at how quickly it
# changes from one number to the next.


# %%
def log_joint(x, weights, means, variances):
    z2 = (x[:, None] - means) ** 2 / variances
    return np.log(weights) - 0.5 * (np.log(2 * np.pi * variances) + z2)  # ln of a term of (9.12)


def e_step(x, weights, means, variances):
    a = log_joint(x, weights, means, variances)
    m = a.max(axis=1, keepdims=True)
    log_density = m + np.log(np.exp(a - m).sum(axis=1, keepdims=True))
    return np.exp(a - log_density), log_density.sum()  # (9.23) and (9.14)


start = GaussianMixture1D(weights=[0.5, 0.5], means=[10, 50], variances=[25, 25])
r, log_likelihood = e_step(x, start.weights, start.means, start.variances)
assert np.allclose(r, start.responsibilities(x), rtol=1e-9)
assert np.isclose(log_likelihood, start.log_likelihood(x), rtol=1e-12)
few = np.array([20.0, 29.0, 30.0, 31.0, 32.0, 40.0])
shares = e_step(few, start.weights, start.means, start.variances)[0][:, 0]
for number, share in zip(few, shares):
    print(f"x = {number:.0f}: component 0 owns {share:.4f}")
print(f"log-likelihood of the start {log_likelihood:.2f}")

# %% [markdown] slideshow={"slide_type": "slide"}
# Exactly between the means each component owns one half; one step further the share has dropped
# to 0.17. With equal variances the logarithm of the ratio of the two shares is a straight line in
# $x$, here with slope $(10-50)/25=-1.6$, so the share is an S-shaped curve of $x$.
#
# ## 3 · The M step, derived
#
# Where does the log-likelihood (9.14) have a local maximum? (It has no highest point: lesson 06.)
# Set its derivatives to zero, one parameter at a time.
#
# **A mean.** Differentiate the logarithm of the sum. Only the term of component $k$ contains
# $\mu_k$, and the derivative of a bell curve is itself times $(x-\mu)/\sigma^2$:
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
# $N_k$ is the **effective count**: how many numbers component $k$ owns, in fractions. Mind what
# (9.17) is *not*: a closed-form solution. The $\gamma_{nk}$ on the right depend on the unknown
# parameters. It is a condition, and EM is the loop that works towards it.
#
# A derivation is a claim, and a claim can be checked. The cell compares the formula with a finite
# difference of the log-likelihood, at a place that is not special. Look for the same number twice.

# %%
weights, means, variances = np.array([0.4, 0.6]), np.array([18.0, 43.0]), np.array([30.0, 16.0])
r, _ = e_step(x, weights, means, variances)


def slope(function, h=1e-4):
    """Derivative at 0 by a central difference."""
    return (function(h) - function(-h)) / (2 * h)


first = np.array([1.0, 0.0])  # moves the first component only
formula = np.sum(r[:, 0] * (x - means[0]) / variances[0])
numeric = slope(lambda h: e_step(x, weights, means + h * first, variances)[1])
assert np.isclose(formula, numeric, rtol=1e-6)
print(f"derivative in the first mean: formula {formula:.4f}, finite difference {numeric:.4f}")

# %% [markdown] slideshow={"slide_type": "slide"}
# The two agree, and the sign says that the first mean wants to move to the right.
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
# Three weighted averages: of $x$, of squared distances, and of ones. Lesson 06 derives them again
# for any number of dimensions, with each step of the matrix calculus.
#
# The cell checks both derivatives; for the weights it moves along the only direction that keeps
# their sum, from the second to the first. Its last lines check the maximum itself: with the
# responsibilities held, the new parameters must have a larger $Q$ (9.40) than a thousand random
# rivals.

# %%
in_variance = np.sum(r[:, 0] * ((x - means[0]) ** 2 / variances[0] - 1)) / (2 * variances[0])
in_weight = r[:, 0].sum() / weights[0] - r[:, 1].sum() / weights[1]
along = np.array([1.0, -1.0])
assert np.isclose(
    in_variance, slope(lambda h: e_step(x, weights, means, variances + h * first)[1]), rtol=1e-5
)
assert np.isclose(
    in_weight, slope(lambda h: e_step(x, weights + h * along, means, variances)[1]), rtol=1e-5
)
n_k = r.sum(axis=0)  # (9.18)
new_means = x @ r / n_k  # (9.17)
best = n_k / len(x), new_means, (r * (x[:, None] - new_means) ** 2).sum(axis=0) / n_k
highest = np.sum(r * log_joint(x, *best))  # (9.40)
rng = np.random.default_rng(0)
for _ in range(1000):
    rival = [value * rng.uniform(0.8, 1.25, size=2) for value in best]
    rival[0] = rival[0] / rival[0].sum()
    assert np.sum(r * log_joint(x, *rival)) <= highest
print(f"in the first variance {in_variance:.4f}, in the first weight {in_weight:.4f}")

# %% [markdown]
# Both derivatives are right, and none of the thousand rivals wins. (The variances are taken about
# the *new* means. PRML stresses it in (9.25), and the check of your exercise will too.)
#
# ### Exercise 05.1 · The M step
#
# Write `m_step_1d(x, r)`: from numbers `x` of shape `(N,)` and responsibilities `r` of shape
# `(N, K)` return weights, means and **standard deviations**. Use it for any $K$.


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
# ## 4 · Round by round
#
# The cell writes the M step once more, with variances, one component at a time, and closes the
# loop. It asserts that one round of ours is one round of `emlib`, then prints the parameter table:
# the start, some rounds, where EM stops, and last the recipe that drew the data.
#
# **Predict:** the start is 10 units off on both sides. How many rounds until the means are right
# to the first decimal: 1, 10 or 100? Look at the column of the log-likelihood, too.


# %% slideshow={"slide_type": "slide", "show": ["output"]}
def m_step(x, r):
    weights = r.mean(axis=0)  # (9.26)
    means = np.array([np.average(x, weights=g) for g in r.T])  # (9.24)
    variances = [np.average((x - m) ** 2, weights=g) for m, g in zip(means, r.T)]  # (9.25)
    return weights, means, np.array(variances)


steps = list(itertools.islice(em.iterate(start, x), 21))
theta = start.weights, start.means, start.variances
for step in steps[1:4]:
    theta = m_step(x, e_step(x, *theta)[0])
    model = step.model
    assert np.allclose(theta, [model.weights, model.means, model.variances], rtol=1e-9)
fit = em.fit(start, x, tol=1e-12)
assert np.allclose(fit.model.means, [19.910, 40.162], atol=5e-4)
rows = [(f"round {n}", steps[n].model, steps[n].objective) for n in (0, 1, 2, 5, 10, 20)]
rows += [("EM stops", fit.model, fit.objective)]
rows += [("the recipe", data.truth, data.truth.log_likelihood(x))]
print("            weights        means          std          log-likelihood")
for name, m, value in rows:
    numbers = [*m.weights, *m.means, *m.stds, value]
    print("{:11s} {:.4f} {:.4f}  {:.3f} {:.3f}  {:.3f} {:.3f}  {:.2f}".format(name, *numbers))

# %% [markdown] slideshow={"slide_type": "slide"}
# One round brings both means within two tenths: even a bad guess sorts nearly all numbers to the
# right side. The first decimal is settled by round 10 or so. What takes time is the few hundred
# numbers in the valley, whose ownership depends on everything else and everything else on it. EM
# stops at means 19.910 and 40.162, standard deviations 5.030 and 4.950, weights 0.3027 and
# 0.6973.
#
# Compare the last two rows. The recipe has the *lower* likelihood. That is no mistake: EM fits this
# sample, and the sample is not the recipe. Another draw would give other decimals.
#
# ## 5 · When to stop
#
# A loop needs a reason to end. The fixed number of rounds that tutorials like is not a reason. EM
# offers a better one for free: the E step computes the log-likelihood at the current parameters
# on the way. PRML's algorithm ends each round by evaluating it (9.28) and asks whether it, or the
# parameters, still move. `emlib` divides the gain of a round by the number of data, so that the
# rule means the same for sixty numbers and for ten thousand, and stops when the gain is at most
# `tol` nats a data point.
#
# The cell draws the fit, and below it a **ribbon**: at each $x$, the share of each component.
# On the right are the log-likelihood and the gain of each round.
#
# **Predict:** a library's default is to stop at a gain of $10^{-3}$ nats a data point. After which
# round would that be here, and what would it miss?

# %% slideshow={"slide_type": "slide"}
history = np.array([step.objective for step in steps])
fig, axes = plots.figure(width=9.4, height=4.4, columns=2, rows=2, width_ratios=[1.5, 1])
(top, trace_ax), (below, gain_ax) = axes
plots.mixture_1d(fit.model, x, bins=60, ax=top)
plots.ribbon(fit.model, top.get_xlim(), boundaries=True, ax=below)
plots.trace(history, ax=trace_ax)
trace_ax.set(ylim=(-35858, -35844))
plots.gains(history, len(x), ax=gain_ax)
short = em.fit(start, x, tol=1e-3).n_iter
print(f"tol 1e-3 stops after round {short}, {fit.objective - history[short]:.2f} nats too low")
print("round {}: means {:.3f}, {:.3f}".format(short, *steps[short].model.means))
plots.picture(
    fig,
    "Left: histogram with two fitted bell curves and their sum, and the ribbon of responsibilities "
    "below, which changes from one component to the other around 29. Right: the log-likelihood "
    "rises steeply, then levels off; the gain by round falls as a straight line on a log scale.",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# The sum of the curves follows the histogram, and the ribbon changes colour within a few units
# about 29. From round 3 on the gain falls by about the same *factor* each round, a straight line on
# this scale: EM converges **linearly**. How steep the line is differs from problem to problem, so
# a small gain does not mean that the end is near; it means that the steps are small. The looser
# rule would have stopped after round 2, two nats too low, and here little would be lost. In
# section 9 the same rule stops on a plateau, and in lesson 08 it stops a fit that has hardly begun.
#
# ### Exercise 05.2 · Fit it yourself
#
# Write `fit_two_normals(x)`: run EM on numbers like these until it has settled, from a start of
# your choice, and return weights, means and standard deviations. You may use `e_step` (which
# takes variances) and your `m_step_1d` (which returns standard deviations). The check draws fresh
# numbers from the same recipe. Which component comes first is up to you.


# %% tags=["exercise", "05.2"]
def fit_two_normals(x):
    # Your lines instead of the dots.
    ...


# %% tags=["solution", "05.2"]
def fit_two_normals(x):
    weights, means, stds = np.array([0.5, 0.5]), np.array([10.0, 50.0]), np.array([5.0, 5.0])
    before, now = -np.inf, -1e300
    while now - before > 1e-12 * len(x):  # (9.28)
        before = now
        r, now = e_step(x, weights, means, stds**2)
        weights, means, stds = m_step_1d(x, r)
    return weights, means, stds


# %% tags=["check"]
check("05.2", fit_two_normals)

# %% [markdown]
# ## 6 · How many groups? AIC beside BIC
#
# EM fits the number of components it is told. More components can always fit as well or better, so
# the likelihood cannot choose; two criteria charge for parameters. With $L$ for the log-likelihood
# of the fit and $p=3K-1$ parameters, AIC is $-2L+2p$ and BIC is $-2L+p\ln N$; smaller is better for
# both.
#
# **Predict** which $K$ each will choose. Then look at the last column as well: what a further
# component gains in nats, which should be compared with what it must gain.

# %%
print("K   parameters        AIC        BIC   log-likelihood     gain")
before = 0.0
for k in range(1, 6):
    places = np.quantile(x, (np.arange(k) + 0.5) / k)
    many = em.fit(GaussianMixture1D(np.full(k, 1 / k), places, np.full(k, 25.0)), x, tol=1e-6)
    aic, bic = selection.aic(many.model, x), selection.bic(many.model, x)
    gain = f"{many.objective - before:8.1f}" if k > 1 else "       -"
    numbers = many.model.n_parameters, aic, bic, many.objective
    print("{}   {:10d} {:10.1f} {:10.1f}   {:14.1f}".format(k, *numbers), gain)
    before = many.objective
assert round(selection.bic(fit.model, x), 1) == 71736.3
print(f"needed: {3:.1f} nats for AIC, {1.5 * np.log(len(x)):.1f} for BIC")

# %% [markdown]
# The second component gains almost two thousand nats; the third a fraction of one, where AIC asks
# for three and BIC for fourteen. By this table both choose $K=2$. But fits with too many components
# crawl: the rows for 3 to 5 stop at a gain of $10^{-6}$ a point. A longer search finds a few nats
# more, enough for AIC to change its mind and far too few for BIC. (Lesson 08 shows it, and where
# the criteria mislead.)
#
# ## 7 · What the fit is good for: new numbers, and samples
#
# The published tutorial ends by predicting the group of the numbers that it fitted. More useful
# is the group of *new* ones, and how sure we are. The cell asks the fit about six new numbers. It
# then measures how hard the problem is if everything is known: with equal variances the two
# groups are equally probable at
#
# $$x^\star=\frac{\mu_1+\mu_2}2+\frac{\sigma^2}{\mu_2-\mu_1}\ln\frac{\pi_1}{\pi_2}=30+1.25\ln\tfrac37,$$
#
# and even the best possible rule, which cuts there, errs for the tails that reach over the cut.
# Last, it draws 10 000 numbers from the fit: first a component by its weight, then a number from
# its bell curve (ancestral sampling).
#
# **Predict:** what share of all numbers does the best possible rule get wrong: 2 %, 10 % or 20 %?

# %%
new = np.array([15.0, 25.0, 28.5, 29.5, 35.0, 45.0])
for number, r, k in zip(new, fit.model.responsibilities(new), fit.model.predict(new)):
    print(f"x = {number:.1f}: component {k}, with probability {r[k]:.4f}")
cut = 30 + 1.25 * np.log(3 / 7)
bayes_error = 0.3 * norm.sf(cut, 20, 5) + 0.7 * norm.cdf(cut, 40, 5)
ours = np.mean(fit.model.predict(x) != data.z)
print(f"cut {cut:.4f}: best possible error {100 * bayes_error:.2f} %, ours {100 * ours:.2f} %")
ends = 30 + (np.log(3 / 7) + np.log(9) * np.array([-1, 1])) / 0.8  # where γ is 0.9 and 0.1
doubt = 0.3 * np.diff(norm.cdf(ends, 20, 5)) + 0.7 * np.diff(norm.cdf(ends, 40, 5))
print(f"share with γ between 0.1 and 0.9: {100 * doubt[0]:.1f} %")
sample, labels = fit.model.sample(10_000, rng=1)
for name, values in (("data", x), ("sample from the fit", sample)):
    print(f"{name}: mean {values.mean():.1f}, std {values.std():.1f}", end=", ")
    print(f"below 20 {np.mean(values < 20):.3f}, below 30 {np.mean(values < 30):.3f}")

# %% [markdown]
# The best possible rule errs for 2.05 % of the numbers, EM's for 2.09 %, although EM never saw a
# label; only 6.1 % of all numbers are in any real doubt. Four standard deviations between the
# means is an *easy* problem. Section 11 has a hard one.
#
# Component 0 happens to be the left group because our start put it there. A statement such as "the
# first 3000 must be predicted as 0" would be right or wrong by chance: compare predictions with
# labels only up to a renaming. And the sample resembles the data in centre, spread and quantiles,
# which is a cheap test of a fit: *draw from it, and see whether you would notice.*
#
# ## 8 · What may be held, and what not
#
# Often something is known. One of our source tutorials remarks that EM can be constrained to the
# means alone; nothing changes but that the M step does less. The cell writes this out: weights
# 0.3 and 0.7 and variances 25 are known and held, only (9.24) is left. A second run holds the
# wrong weights, one half each.
#
# **Predict** for the second run: which mean suffers more?


# %%
def means_only(x, weights, means, variances, n_rounds=100):
    for _ in range(n_rounds):
        r, value = e_step(x, weights, means, variances)  # (9.23), what is known stays
        means = x @ r / r.sum(axis=0)  # (9.24)
    return means, value


for weights in ([0.3, 0.7], [0.5, 0.5]):
    means, value = means_only(x, np.array(weights), np.array([10.0, 50.0]), np.array([25.0, 25.0]))
    print("weights {} {} held: means {:.3f} {:.3f}".format(*weights, *means), end=", ")
    print(f"log-likelihood {value:.1f}")

# %% [markdown]
# With right knowledge the means are as good as before, from fewer unknowns. With wrong weights
# both means move to the right, by 0.6 and 0.3: the component of weight one half takes numbers
# that are not its own. The damage is small since the variances were held, at the right values.
#
# ### Exercise 05.3 · Freeze the weights
#
# One published tutorial says that a component has a mean and a standard deviation, and stops
# there; two others set the weights to $1/K$ and never update them. What does that do? Write `em_fixed_weights(x, weights, means, stds, n_rounds)`, which holds the weights and updates
# means *and* standard deviations. Return these two after the last round.
#
# **Predict** what it will do on our numbers with weights of one half. It can now use the
# variances to make up for what the weights may not say.


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
# `emlib` does the same with `fixed_weights=True`. The cell runs it on our numbers, and on a
# second set: 2400 numbers about −10, 300 about 30 and 300 about 3. Look at the means; then at the
# picture, and at what the curves try to explain.

# %% slideshow={"slide_type": "slide"}
rng = np.random.default_rng(0)
uneven = np.concatenate([rng.normal(-10, 3, 2400), rng.normal(30, 7, 300), rng.normal(3, 5, 300)])
three = [1 / 3] * 3, [-10, 30, 3], [9, 49, 25]
cases = {"two": (x, start.weights, start.means, start.variances), "three": (uneven, *three)}
fig, axes = plots.figure(width=9.4, height=4.6, columns=2, rows=2, sharex="row")
for row, (name, (values, *theta)) in zip(axes, cases.items()):
    for ax, held in zip(row, (True, False)):
        run = em.fit(GaussianMixture1D(*theta, fixed_weights=held), values, tol=1e-10)
        title = f"{name} groups, weights {'held' if held else 'free'}"
        plots.mixture_1d(run.model, values, bins=60, ax=ax)
        ax.set_title(title, fontsize=10)
        print(f"{title}: means", *(f"{m:.2f}" for m in run.model.means), end="; ")
        print("std", *(f"{s:.2f}" for s in run.model.stds), f"; nats {run.objective:.1f}")
plots.picture(
    fig,
    "Four histograms with fitted curves. Weights held: one component of the two groups grows wide "
    "and reaches into the other group; of three groups, two components share the large one and a "
    "wide third covers both small ones. Weights free: every group has its own curve.",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# With the weights held at one half the left mean ends at 25.41, its standard deviation at 9.18
# instead of 5: the small group has to own half of the numbers, so it spreads under the large one.
# That costs 425 nats. With 2400, 300 and 300 numbers it is worse than inaccurate. The large group
# is *shared* by two components, at −11.8 and −8.3, and one wide curve at 10.2 stands for both
# small groups. Started at the true means, EM walks away from them.
#
# The two tutorials could not notice, because their groups happen to be equally large: the one case
# in which a weight of $1/K$ is right. **A weight that is not updated is not absent. It
# is an assumption**: fine if you know it, wrong if you forgot it.
#
# ## 9 · Three bell curves, watched
#
# One of those tutorials draws 1000 numbers each from N(−10, 3²), N(30, 7²) and N(3, 5²) and shows
# its curves after 0, 5 and 20 rounds, then stops. Here is this example, as a player. Choose a
# start, then step with the slider; the line below gives all parameters and the log-likelihood.
#
# **Predict** for each start whether 20 rounds are enough. Look at round 20, then at 30, 50, 75.

# %% tags=["widget"]
three_groups = datasets.three_normals(rng=0)
third = [1 / 3] * 3
starts = {
    "2, 5, 8, std 5": GaussianMixture1D(third, [2, 5, 8], [25] * 3),
    "2, 5, 8, std 10": GaussianMixture1D(third, [2, 5, 8], [100] * 3),
    "weights held": GaussianMixture1D(third, [2, 5, 8], [25] * 3, fixed_weights=True),
}
player = widgets.normal_player(three_groups.x, starts)
player

# %% [markdown]
# For readers on paper, here is the first start as a strip, and a table of all three: the
# log-likelihood after 0, 5, 20 and 30 rounds, where the looser rule of section 5 stops, and where
# EM stops; then the means after 20 rounds and at the end.

# %% slideshow={"slide_type": "slide"}
print("start              round 0    round 5   round 20   round 30  tol=0.001   EM stops")
for name, model in starts.items():
    steps = list(itertools.islice(em.iterate(model, three_groups.x), 31))
    end = em.fit(model, three_groups.x)
    loose = em.fit(model, three_groups.x, tol=1e-3)
    values = [steps[n].objective for n in (0, 5, 20, 30)] + [loose.objective, end.objective]
    print(f"{name:15s}" + "".join(f"{value:11.1f}" for value in values))
    print("    means after 20 rounds", *(f"{m:.2f}" for m in steps[20].model.means), end=";  ")
    print("at the end", *(f"{m:.2f}" for m in end.model.means))
player.twin((0, 1, 2, 5, 20, -1))

# %% [markdown] slideshow={"slide_type": "slide", "hide": ["Predict: which of the two"]}
# The strip shows the tutorial's course of events: curves that know nothing at the start, a first
# order after five rounds, three groups after twenty. By then the log-likelihood is still six nats
# below its end, and the middle mean has yet to move from 3.10 to 2.41. Started from wider curves,
# EM is *not even near* after twenty rounds: one component covers both left groups, a wide one lies
# under everything, and ten more rounds gain five nats of the two hundred and thirty that are
# missing. Someone who watches the screen would call it converged, and so does the looser rule. It
# is a plateau; between rounds 30 and 75 EM leaves it.
#
# The third start is the tutorial's own way, with weights held at ⅓. There twenty rounds do
# suffice, since these weights are right and there is less to find out. It is a fair success of
# that recipe on that data, and it says nothing about yours. **Count nats, not rounds**, and start
# from several places (`em.multistart`).
#
# ## 10 · Thirty and thirty: soft and hard side by side
#
# Another tutorial works by hand through 30 numbers from N(−2, 1.3²) and 30 from N(1, 0.9²), from
# means ∓0.5, standard deviations 1 and weights ½. Its text describes soft assignment. Its code
# takes the larger of two densities, both with the same fixed width (`0.5**2`, neither the start's
# nor an estimate), and never touches the weights. Then everything cancels but the distance: each
# number goes wholly to the nearer mean, and the run *is* [K-means](03_kmeans.ipynb). (The text adds
# that the normalising constant may be ignored. That is so for *the larger of two*; a share needs
# it.) The cell runs soft and hard rounds on a fresh draw of such numbers.
#
# **Predict:** which of the two settles first, and whose left curve is narrower?

# %%
sixty = datasets.thirty_and_thirty(rng=0).x
begin = GaussianMixture1D([0.5, 0.5], [-0.5, 0.5], [1, 1])
soft = list(itertools.islice(em.iterate(begin, sixty), 41))
hard = list(itertools.islice(em.iterate(KMeans([[-0.5], [0.5]]), sixty), 41))
fig, axes = plots.figure(width=9.4, height=4.4, columns=4, rows=2, sharex=True, sharey=True)
print("round   soft: means, std, weights                        hard: means, std, shares")
for column, n in zip(axes.T, (0, 1, 2, 40)):
    r, labels = soft[n].model.responsibilities(sixty), hard[n].model.predict(sixty)
    own = [sixty[labels == k] for k in (0, 1)]
    shares, stds = [len(v) / len(sixty) for v in own], [v.std() for v in own]
    now, centres = soft[n].model, hard[n].model.centroids.ravel()
    left, right = [*now.means, *now.stds, *now.weights], [*centres, *stds, *shares]
    print(f"{n:5d}", *(f"{v:6.3f}" for v in left), "  ", *(f"{v:6.3f}" for v in right))
    plots.owned_points(now, sixty, r, height=0.28, ax=column[0])
    rounded = GaussianMixture1D(shares, centres, np.square(stds))
    plots.owned_points(rounded, sixty, np.eye(2)[labels], height=0.28, ax=column[1])
    for ax, kind in zip(column, ("soft", "hard")):
        ax.set_title(f"{kind}, round {n}", fontsize=10)
        ax.label_outer()
plots.picture(
    fig,
    "Eight panels: sixty points under two bell curves after rounds 0, 1, 2 and 40, soft above, hard "
    "below. Soft: points between the groups have mixed colours, and the curves overlap widely. Hard: "
    "each point has one colour from the start, and in round 40 the left curve is narrower.",
)

# %% [markdown] slideshow={"slide_type": "slide", "hide": ["A variance where"]}
# Hard assignment (below) settles in its third round; soft (above) goes on for dozens. Fast is not
# better. The hard curve on the left is narrower and the centres are further apart, because each
# group takes only the numbers on its own side of the cut: whatever reaches over is counted for the
# other. With sixty numbers the difference could be chance. So the next cell repeats the contest on
# many numbers, and adds the last of the mistakes that this lesson is about.
#
# **A variance where a standard deviation is expected.** The same tutorial computes variances in
# its M step and hands them to a density that takes a standard deviation, such as
# `scipy.stats.norm.pdf(x, mean, sd)`. Nothing crashes: both are positive numbers. The second half
# of the cell does so on purpose, on the ten thousand numbers of section 1, from the same start.
#
# **Predict** what happens: means a little off, widths off, or worse? The true standard deviations
# are 5; the slip makes the E step believe 25.


# %% slideshow={"slide_type": "slide", "show": ["output"]}
rng = np.random.default_rng(0)
crowd = np.concatenate([rng.normal(-2, 1.3, 10_000), rng.normal(1, 0.9, 10_000)])
far = em.fit(begin, crowd, tol=1e-7).model
near = em.fit(KMeans([[-0.5], [0.5]]), crowd).model
own = [crowd[near.predict(crowd) == k] for k in (0, 1)]
print("soft: means {:.2f} {:.2f}, std {:.2f} {:.2f}".format(*far.means, *far.stds))
print("hard: means {:.2f} {:.2f},".format(*near.centroids.ravel()), end=" ")
print("std {:.2f} {:.2f}".format(*(v.std() for v in own)))

theta = start.weights, start.means, start.variances
print("round   means          std            log-likelihood")
for n in range(6):
    weights, means, variances = theta
    value = np.log(np.exp(log_joint(x, *theta)).sum(axis=1)).sum()
    print("{:5d}   {:.2f}  {:.2f}   {:5.2f}  {:5.2f}".format(n, *means, *variances**0.5), end="   ")
    print(f"{value:.1f}")
    joint = weights * norm.pdf(x[:, None], means, variances)  # wrong: should be variances**0.5
    theta = m_step(x, joint / joint.sum(axis=1, keepdims=True))

# %% [markdown] slideshow={"slide_type": "slide"}
# On 20 000 numbers soft EM comes back to −2 and 1 with widths 1.3 and 0.9; the hard version stays
# at −2.34 and 0.90 with 1.04 and 0.89, and more data will not mend that. The bias is in the
# method.
#
# The slip does worse. Believing in widths of 25, the E step sees two curves so flat that each owns
# about half of everything; so both become the curve of *all* numbers, with mean 34.03 and standard
# deviation 10.55, and the two groups are gone. How could you have spotted it?
#
# - **The log-likelihood falls** after round 1. EM never lowers it: a fall beyond rounding is a bug.
# - **Units.** If $x$ is in centimetres, a variance is in square centimetres. Measure in
#   millimetres instead, and a correct program gives the same responsibilities; this one does not.
# - **A test with a width other than 1.** For a standard deviation of 1 the variance is 1 as well,
#   and the slip cannot be seen. Nor does it help that the density still integrates to one.
#   Compare the value at single points with an independent program.
#
# The tutorial's printed numbers carry several such fingerprints: lesson 09.
#
# ## 11 · Heights: slow, and unsure
#
# A third source begins with 1000 heights, of mean 170 and standard deviation 10, and asks whether
# they come from two groups; [lesson 02](02_latent_variables.ipynb) showed that two groups can hide
# in one hump. Here is the answer in full: 500 heights about 163 and 500 about 177 centimetres, each
# with standard deviation 7.1 (all together have mean 170 and standard deviation 10 then). EM fits
# two components, from means 160 and 180.
#
# **Predict:** the means are two standard deviations apart instead of four. Will EM need twice the
# rounds? And will AIC and BIC find two groups?

# %% slideshow={"slide_type": "slide", "show": ["output"]}
groups = datasets.two_groups(rng=0)
begin = GaussianMixture1D([0.5, 0.5], [160, 180], [49, 49])
steps = list(itertools.islice(em.iterate(begin, groups.x), 1501))
path = np.array([step.model.means for step in steps])
for n in (0, 1, 20, 100, 1500):
    print("round {:4d}: means {:.2f}, {:.2f}".format(n, *path[n]), end="   ")
    print(f"{steps[n].objective:.3f} nats")
two, one = steps[-1].model, GaussianMixture1D([1.0], [groups.x.mean()], [groups.x.var()])
r, change = two.responsibilities(groups.x)[:, 0], np.diff(path[:, 1])
print(f"in doubt: {100 * np.mean((r > 0.1) & (r < 0.9)):.0f} % of the heights", end="; ")
print(f"a step as a share of the one before: {change[500] / change[499]:.4f}")
gain = steps[-1].objective - one.log_likelihood(groups.x)
print(f"the second group gains {gain:.2f} nats; BIC asks for {1.5 * np.log(1000):.2f}, AIC for 3")
for name, rule in (("AIC", selection.aic), ("BIC", selection.bic)):
    print(f"{name}: one group {rule(one, groups.x):.1f}, two groups {rule(two, groups.x):.1f}")

# %% [markdown] slideshow={"slide_type": "slide", "hide": ["Predict how far"]}
# After one round the means look right, after twenty they look settled, and then they drift on for
# a thousand rounds, for two hundredths of a nat in all. **Slow, because of overlap:** 58 % of the
# heights are in doubt, and an M step can only act on what the E step is sure of. Near the end each
# step is 0.9947 times the one before, so a round closes half a per cent of the gap that is left. A
# stopping rule that looks at the gain stops long before the parameters do.
#
# Would another thousand heights give the same answer? The cell fits twelve fresh samples from the
# same recipe.
#
# **Predict** how far the left mean scatters about 163: millimetres, one centimetre or several?

# %% slideshow={"slide_type": "slide"}
fresh = [em.fit(begin, datasets.two_groups(seed).x, max_iter=5000).model for seed in range(1, 13)]
means, weights = (np.array([getattr(m, name) for m in fresh]) for name in ("means", "weights"))
print("left group in twelve samples: mean {:.1f} to {:.1f},".format(*np.sort(means[:, 0])[[0, -1]]))
print("    share {:.2f} to {:.2f}".format(*np.sort(weights[:, 0])[[0, -1]]))
fig, (left, right) = plots.figure(width=9.4, height=3.4, columns=2)
names = ("left mean", "right mean")
plots.by_round(path - path[-1], names=names, ylabel="mean minus its end (cm)", ax=left)
plots.repeated_fits(means, weights, groups.truth.means, ax=right)
plots.picture(
    fig,
    "Left: distance of both means from their end, by round on a log scale: still several tenths "
    "after 50 rounds, and not zero before round 1000. Right: means found in twelve samples, "
    "scattered by several centimetres around 163 and 177, in pairs that move to the left or to "
    "the right together, with unequal weights.",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# The left panel shows the drift of the first sample, the right one what twelve samples say.
# **Unsure, for the same reason that it is slow:** the left mean runs from 159.6 to 166.4, and the
# share of the left group from about a quarter to three quarters. The pairs move together: a larger
# left group, with both means further right, explains the heights as well. The likelihood is nearly
# flat along that curve in parameter space. More rounds bring EM nearer to a maximum (lesson 02
# found a second one on this very sample, a hair higher); they cannot make a maximum informative.
# That takes more data, or another measurement.
#
# And are there two groups? AIC says two, BIC says one, from the same fits: the second component
# gains 7.48 nats, and BIC asks for 10.36. (Samples from one normal distribution hardly ever gain as
# much: lesson 02.) So the tutorial's question has an honest answer: *probably not one bell curve;
# but which two, these heights alone cannot say*.
#
# ## 12 · The same answer from elsewhere
#
# scikit-learn's `GaussianMixture` fits the same model. The cell gives it our start (it takes
# inverse variances, called precisions) and a strict tolerance. Look for agreement of the means to
# $10^{-3}$.

# %% tags=["comparison"]
from sklearn.mixture import GaussianMixture as Theirs

begin = {
    "weights_init": [0.5, 0.5],
    "means_init": [[10], [50]],
    "precisions_init": [[[1 / 25]]] * 2,
}
theirs = Theirs(2, tol=1e-10, max_iter=1000, reg_covar=0, **begin).fit(x[:, None])
rows = {"emlib": fit.model.means, "scikit-learn": theirs.means_.ravel()}
for name, values in rows.items():
    print(f"{name:13s} means {values[0]:.3f} {values[1]:.3f}")
print(f"log-likelihood {fit.objective:.3f} and {theirs.score(x[:, None]) * len(x):.3f}")
assert np.allclose(rows["emlib"], rows["scikit-learn"], atol=1e-3)
assert np.allclose(fit.model.weights, theirs.weights_, atol=1e-4)
assert np.allclose(fit.model.variances, theirs.covariances_.ravel(), atol=1e-2)

# %% [markdown] slideshow={"slide_type": "slide", "hide": ["Update weights"]}
# They agree. (With `init_params="random"` and its default `tol` of $10^{-3}$ the same program ends
# quite elsewhere on these very numbers and reports success. That is the first patient of lesson
# 08.)
#
# ## 13 · Easily confused
#
# | You may hear | What is so |
# | --- | --- |
# | A Gaussian component has a mean and a standard deviation. | And a weight. Left at $1/K$ it is an assumption, and the others pay for it (section 8). |
# | `sigma` is what the M step returns. | (9.19) returns a *variance*. Take the root before you hand it to a density that wants a standard deviation (section 10). |
# | After 20 rounds EM has converged. | It has when a round gains nothing worth having. Twenty rounds were enough in section 4, too few in 9, far too few in 11. |
# | A tiny gain means the end is near. | It means small steps. With overlap, steps stay small for a thousand rounds. |
# | Soft assignment is hard assignment with decimals. | Hard assignment has another objective, and a bias that no data removes. |
# | The fitted curve with the higher likelihood is closer to the truth. | The truth itself has a lower likelihood than the fit (section 4). |
# | Component 0 is the left group. | Only if the start put it there. |
# | Two components fitted means two groups found. | EM was told two. Ask AIC and BIC, and accept "cannot tell". |
#
# ## 14 · In practice
#
# - Update weights, means *and* variances unless you know one of them; then say so
#   (`fixed_weights=True`).
# - Plot histogram, components and sum. Most mistakes of this lesson are visible at a glance.
# - Watch (9.28): it must never fall, and its gain *per data point* is what a tolerance means.
# - Report standard deviations with a unit, components up to their names, and how far the answer
#   moves in another sample.
#
# ## 15 · Take away
#
# - The M step of a Gaussian mixture is three weighted averages: (9.17), (9.19) and (9.22), each
#   divided by the effective count $N_k$ (9.18), or $N$ for the weights.
# - They are conditions, not solutions: responsibilities contain the parameters. EM is the loop.
# - Overlap decides both how slow EM is and how much the data can tell.
# - A program for EM can be tested from outside: a log-likelihood that falls is a bug.
#
# **The question it leaves.** The numbers lay on a line. What if they are points in the plane, and
# the groups are tilted clouds? Then a variance becomes a matrix, and the derivation needs more
# care. That is [06 · Fit tilted clouds](06_gmm_nd.ipynb).
#
# **Further reading**
#
# - C. M. Bishop, *Pattern Recognition and Machine Learning*, Springer (2006), pp. 430-439: mixtures
#   of Gaussians and the algorithm, in any number of dimensions.
# - G. J. McLachlan and D. Peel, *Finite Mixture Models*, Wiley (2000), chapters 2 and 6: EM for
#   mixtures, and the number of components.
# - R. A. Redner and H. F. Walker, "Mixture densities, maximum likelihood and the EM algorithm",
#   *SIAM Review* 26, 195-239 (1984): why overlap makes EM slow.
# - Source tutorials: "A Gentle Introduction to Expectation-Maximization" (the 3000 + 7000 numbers,
#   AIC and BIC, the remark on means alone); "Understanding the EM Algorithm by Examples" (heights,
#   three Gaussians); and the blog post that works through 30 + 30 numbers by hand.
#
# **Previous:** [04 · Recover two coins from unlabelled tosses](04_two_coins.ipynb). **Next:**
# [06 · Fit tilted clouds with Gaussian mixtures in N dimensions](06_gmm_nd.ipynb). To see which exercises you have
# solved, call `progress()` in a new cell; `hint("05.2", 1)` helps, `solution("05.2")` shows ours.
