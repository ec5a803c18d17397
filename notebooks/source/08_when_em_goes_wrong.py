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
# # 08 · Diagnose a fit that went wrong
#
# Lesson 07 proved that no round of EM lowers the likelihood. So what can go wrong? A run may stop
# before it has begun. It may climb without end, towards a likelihood of infinity and a model that
# is worthless. It may crawl. It may answer a question that you did not ask. In none of these cases
# need there be an error message; the attribute `converged` will often say `True`. **How do you
# notice that a fit which "converged" is no good?**
#
# This lesson is a hospital. You will meet patients one by one, find out what ails them by a test
# that you can run, and cure them. The first comes from a published tutorial, as typed.
#
# **After this lesson you can**
#
# - tell apart four troubles: a saddle, a slow climb, a collapse, a wrong number of components;
# - predict from the data how long EM stays at a saddle, and from the overlap how fast it climbs;
# - choose a start and a tolerance, and say in nats what the tolerance lets pass;
# - prevent a collapse, by restarting, by a floor, or by a prior (MAP);
# - choose the number of components, and say when the criterion misleads.
#
# **Time** 75 minutes, three exercises included. **You need** lessons
# [05](05_gmm_1d.ipynb) and [07](07_expected_loglik_lower_bound.ipynb). Symbols are listed in [00 ·
# Start here](00_start_here.ipynb); numbers such as (9.15) are equations in Bishop, *Pattern
# Recognition and Machine Learning* (PRML).
#
# ## 1 · The patient who converged
#
# The numbers are those of lesson 05: 3000 about 20 and 7000 about 40, both with standard deviation
# 5. A published tutorial fits two components to such numbers with a well-known library, choosing
# the library's option of a random start. What the option randomises is not the parameters but the
# *responsibilities*: each number is shared between the components by lot. In `emlib` this start is
# `start.random_responsibilities`. The tolerance is the library's default, a gain of $10^{-3}$ nats
# a data point.
#
# **Predict:** the recipe worked well from a bad start in lesson 05. What will the two means be?

# %% slideshow={"slide_type": "slide", "show": ["output"]}
import itertools

import numpy as np
from scipy.optimize import linear_sum_assignment

from emlib import GaussianMixture1D, datasets, em, mle, plots, selection, start, widgets
from emlib.data.errors import CollapseError
from emlib.exercises import check, hint, progress, solution
from emlib.fast import accelerate, coordinates

data = datasets.two_normals(rng=0)
x = data.x
lot = start.random_responsibilities(GaussianMixture1D, x, n_components=2, rng=0)
patient = em.fit(lot, x, tol=1e-3)
healthy = em.fit(GaussianMixture1D([0.5, 0.5], [10, 50], [25, 25]), x)
print("converged:", patient.converged)
for name, fit in (("patient", patient), ("healthy", healthy)):
    numbers = [*fit.model.means, *fit.model.stds, *fit.model.weights, fit.objective / len(x)]
    print("{}: means {:.2f} {:.2f}, std {:.2f} {:.2f}, weights {:.2f} {:.2f}; "
          "{:.5f} nats a number".format(name, *numbers))  # fmt: skip
gap = healthy.objective - patient.objective
print(f"difference {gap / len(x):.2f} nats a number, {gap:.0f} in all")
print(f"one bell curve for all: {mle.normal(x).log_likelihood / len(x):.5f} nats a number")

# %% [markdown] slideshow={"slide_type": "slide"}
# The patient says that it converged. Its two components are the same component, twice: each
# describes all the data, and together they do no better than one bell curve. The healthy fit is
# 0.19 nats a number better, 1906 nats in all. See it before you explain it:

# %% slideshow={"slide_type": "slide"}
fig, axes = plots.figure(width=9, height=3, columns=2, sharey=True)
for ax, model, title in zip(axes, (patient.model, healthy.model), ("patient", "healthy")):
    plots.mixture_1d(model, x, bins=60, ax=ax)
    ax.set_title(f"{title}, converged")
axes[0].texts[0].set_text("0 and 1")
axes[0].texts[1].remove()
agreement = np.mean(patient.model.predict(x) == data.z)
print(f"labels right, up to names: {max(agreement, 1 - agreement):.2f}")
plots.picture(
    fig,
    "Two histograms with two humps. Left, the patient: two equal wide curves, both in the middle, "
    "and a sum with one hump. Right, the healthy fit: a narrow curve under each hump.",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# The picture on the left needs no statistics: a sum with one hump on data with two. Yet the number
# printed above it is treacherous. If you compare the patient's *labels* with the truth, 95 % are
# right. A tiny difference between two equal curves still orders the numbers along the line, and a
# cut near the middle of these data is nearly the best cut. **A good score of the labels does not
# prove a good fit.** Draw the density, and look at the likelihood.
#
# Is it our program? The next cell asks scikit-learn, whose option the tutorial used: five runs
# with the random start, then the default start by K-means with a stricter tolerance.

# %% tags=["comparison"]
from sklearn.mixture import GaussianMixture as Peer

column = x.reshape(-1, 1)
for seed in range(5):
    peer = Peer(2, init_params="random", random_state=seed).fit(column)
    means = np.sort(peer.means_.ravel())
    print(f"random start: {peer.n_iter_} iterations, converged_ = {peer.converged_},",
          "means {:.1f} {:.1f}, score {:.4f}".format(*means, peer.score(column)))  # fmt: skip
peer = Peer(2, tol=1e-9, max_iter=500, random_state=0).fit(column)
order = np.argsort(peer.means_.ravel())
print("K-means start: means {:.2f} {:.2f},".format(*peer.means_.ravel()[order]), end=" ")
print(f"score {peer.score(column):.5f}")
assert np.allclose(peer.means_.ravel()[order], healthy.model.means, atol=1e-2)
assert np.isclose(peer.score(column), healthy.objective / len(x), atol=1e-6)

# %% [markdown] slideshow={"slide_type": "slide", "hide": ["\\gamma_{n1}"]}
# Two iterations, `converged_ = True`, one hump: every time. (The library counts the first M step,
# `emlib` calls it the start.) No fault of the library, which does what it was asked to do and
# starts by K-means unless told otherwise; from there it agrees with ours. Nor would the tutorial's
# readers have seen it: the labels it checks at the end are right. But the parameters are not. Two
# things came together, and either alone would have done no harm. Here is the first.
#
# ## 2 · First cause: a saddle
#
# Average any quantity over a random half of ten thousand numbers, and you get nearly the average
# over all. So a lot drawn for each number makes two nearly equal components. Were they *exactly*
# equal, every $\gamma_{nk}$ would be ½, the M step would give both the pooled mean and variance
# again, and EM would stand still for ever: a stationary point, like the tie of the coins in
# lesson 04. What happens nearby?
#
# Let $z_n=(x_n-\bar x)/s$ be the standardised data, with $\bar x$ and $s$ the pooled mean and
# standard deviation. Pull the components apart a little: means by $d$ (in units of $s$), variances
# by $e$ (in units of $s^2$). To first order, (9.13) gives
#
# $$\gamma_{n1}-\gamma_{n2}=\tfrac12\left\{d\,z_n+\tfrac e2\,(z_n^2-1)\right\},$$
#
# and the weighted averages (9.24) and (9.25) of the M step give the differences after the round:
#
# $$\begin{pmatrix}d\\e\end{pmatrix}^{\text{new}}
# =J\begin{pmatrix}d\\e\end{pmatrix},\qquad
# J=\begin{pmatrix}1&\tfrac12 m_3\\ m_3&\tfrac12(m_4-1)\end{pmatrix},\qquad
# m_j=\frac1N\sum_nz_n^{\,j}.$$
#
# So the speed at which EM leaves is written in two numbers of the data, their skewness $m_3$ and
# their kurtosis $m_4$. If $m_3\ne0$, one eigenvalue is above 1 (the determinant of $J-I$ is
# $-\tfrac12m_3^2$, which is negative): away is uphill, the place is a **saddle**. If the data are
# symmetric, $m_3=0$: the means' eigenvalue is exactly 1, and the variances' is above 1 only if
# $m_4>3$, for tails heavier than a bell curve's.
#
# **Predict:** will an eigenvalue of 1.3 free the patient in about 3, 20 or 1000 rounds, if it
# starts with a difference of 0.003? The cell checks $J$ against one real round of EM.

# %% slideshow={"slide_type": "slide", "show": ["output"]}
z = (x - x.mean()) / x.std()
m3, m4 = np.mean(z**3), np.mean(z**4)
J = np.array([[1, m3 / 2], [m3, (m4 - 1) / 2]])


def one_round(d, e):
    means = x.mean() + x.std() * np.array([d, -d]) / 2
    variances = x.var() * (1 + np.array([e, -e]) / 2)
    model = GaussianMixture1D([0.5, 0.5], means, variances)
    new = model.m_step(model.e_step(x)[0])
    return np.array([-np.diff(new.means)[0] / x.std(), -np.diff(new.variances)[0] / x.var()])


columns = [(one_round(*h) - one_round(*-h)) / 2e-4 for h in 1e-4 * np.eye(2)]
assert np.allclose(np.column_stack(columns), J, atol=1e-5)
eigenvalue = np.linalg.eigvals(J).real.max()
print(f"skewness {m3:.3f}, kurtosis {m4:.3f}: eigenvalue {eigenvalue:.3f}")
print(f"rounds from 0.003 to 1: about {np.log(1 / 0.003) / np.log(eigenvalue):.0f}")
m4_even = np.mean(np.concatenate([z, -z]) ** 4)
even = np.array([[1, 0], [0, (m4_even - 1) / 2]])
print(f"the same data, made symmetric: eigenvalue {np.linalg.eigvals(even).real.max():.3f}")

# %% [markdown] slideshow={"slide_type": "slide"}
# A difference grows by 27 % a round: about two dozen rounds, then the components have parted. The
# patient was not doomed, it was sent home too soon. With two groups *of equal size and width* the
# data are symmetric with $m_4<3$, and the way out is flatter still. (The weights do not help: at
# equal components they have no effect at all.)
#
# ## 3 · Second cause: a tolerance for each data point
#
# The rule asked for a gain of $10^{-3}$ nats *a data point*. On a saddle the likelihood is flat,
# so the first rounds gain next to nothing, and the rule takes the plateau for the summit. The cell
# lets one run go on and marks where each tolerance would have ended it; then it repeats that for
# ten starts, and counts.
#
# **Predict** how small the tolerance must be: $10^{-4}$, $10^{-6}$ or $10^{-8}$?

# %% slideshow={"slide_type": "slide"}
tolerances = [1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8]


def where_it_stops(history):
    gains = np.diff(history) / len(x)
    return [int(np.argmax(gains <= tol)) + 1 for tol in tolerances]


rng = np.random.default_rng(0)
stuck = []
for _ in range(10):
    begin = start.random_responsibilities(GaussianMixture1D, x, n_components=2, rng=rng)
    history = em.fit(begin, x).history
    stuck.append([history[n] < patient.objective + 100 for n in where_it_stops(history)])
for tol, n in zip(tolerances, np.sum(stuck, axis=0)):
    print(f"tol {tol:.0e}: {n:2d} of 10 stuck at the saddle")
history = em.fit(lot, x).history
words = {f"{tol:.0e}": n for tol, n in zip(tolerances, where_it_stops(history))}
plots.picture(
    plots.stops(history, words)[0].get_figure(),
    "Log-likelihood by round: flat for about fifteen rounds, a steep rise of almost two thousand "
    "nats within ten, a knee, and a level end. The tolerances 1e-3 to 1e-5 stop in the first "
    "rounds, on the flat part; 1e-6 to 1e-8 stop at the end.",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# The curve is the course of a run that is left alone: a plateau, a leap, a summit. Three
# tolerances end on the plateau, in its very first rounds. Only from $10^{-6}$ or $10^{-7}$ on do
# the starts get away. More starts of this kind would not have helped: each begins in the same
# place. A better start would (any two clearly different means), and so would a stricter rule.
#
# Two habits follow. **Say in nats what your tolerance lets pass**: multiply it by $N$. And **never
# trust one start**, or many starts of one kind.
#
# ### Exercise 08.1 · Cure the patient, and write the report
#
# Write `repaired_fit(x)`: two components, any start and any rule you like, `emlib` or your own
# loop; return weights, means and standard deviations. The check draws fresh numbers and applies
# the tolerances of exercise 05.2. Then fill in the report: what kind of `place` the patient had
# stopped at (`"saddle"`, `"maximum"`, `"minimum"` or `"singularity"`), and how many nats a round
# could gain on ten thousand numbers without the rule noticing, `nats_overlooked`.


# %% tags=["exercise", "08.1"]
def repaired_fit(x):
    # Your lines instead of the dots.
    ...


place = ...
nats_overlooked = ...


# %% tags=["solution", "08.1"]
def repaired_fit(x):
    low, high = np.quantile(x, [0.15, 0.85])
    begin = GaussianMixture1D([0.5, 0.5], [low, high], [x.var() / 4, x.var() / 4])
    model = em.fit(begin, x, tol=1e-12).model
    return model.weights, model.means, model.stds


place = "saddle"
nats_overlooked = 1e-3 * len(x)


# %% tags=["check"]
check("08.1", repaired_fit, place, nats_overlooked)

# %% [markdown]
# ## 4 · Slow is not ill: overlap decides the speed
#
# Some runs crawl although nothing is wrong. The next cell draws 2000 numbers from two equal
# groups, 1.5 to 6 standard deviations apart, starts outside both, and stops at $10^{-8}$ nats a
# number; three samples each. It prints a bound on the median number of rounds, and the factor by
# which the last steps shrank from one round to the next. (The likelihood is flat at its summit, so
# its gain shrinks by the square of the factor of the parameters.)
#
# **Predict** the ratio of rounds between 1.5 and 6 standard deviations: 2, 10 or more than 50?

# %%
bounds = [10, 30, 100, 3000]
medians = {}
for apart in (1.5, 2, 3, 4, 6):
    rounds = []
    for seed in range(3):
        rng = np.random.default_rng(seed)
        sample = rng.normal(apart * rng.integers(2, size=2000), 1)
        begin = GaussianMixture1D([0.5, 0.5], [-1, apart + 1], [1, 1])
        fit = em.fit(begin, sample, max_iter=10_000)
        gains = np.diff(fit.history)
        rounds.append((fit.n_iter, np.sqrt(gains[-1] / gains[-2])))
    medians[apart], factor = np.median(rounds, axis=0)
    bound = next(b for b in bounds if medians[apart] < b)
    print(f"{apart:3} std apart: below {bound:4d} rounds, steps shrink to {factor:.3f} of the last")
assert medians[1.5] > 50 * medians[6]

# %% [markdown] slideshow={"slide_type": "slide"}
# Same algorithm, same amount of data: a handful of rounds or many hundred. What sets the factor?
# The *information that is missing*. Take the smallest case, one unknown $\theta$: two equal groups
# at $\pm\theta$ with standard deviation 1. There $\gamma_{n1}-\gamma_{n2}=\tanh(\theta x_n)$, and one
# round of EM is $\theta^{\text{new}}=M(\theta)=\frac1N\sum_nx_n\tanh(\theta x_n)$. Differentiate
# three things twice or once:
#
# $$\begin{aligned}
# \text{complete data:}\quad & -\partial^2Q/\partial\theta^2 = N,\\
# \text{what we see:}\quad & -\partial^2\ln p/\partial\theta^2
#   = N-\textstyle\sum_nx_n^2/\cosh^2(\theta x_n),\\
# \text{one round:}\quad & M'(\theta)=\tfrac1N\textstyle\sum_nx_n^2/\cosh^2(\theta x_n)
#   =1-\frac{\text{information seen}}{\text{information complete}}.
# \end{aligned}$$
#
# So near the end each step is the last one times **the fraction of information that the missing
# labels took away**. The cell compares this with real rounds. With several unknowns $M'$ is a
# matrix, and the direction of its largest eigenvalue counts. The second half finds it, for two
# groups 2.5 standard deviations apart and all five unknowns. `coordinates` writes a model as six
# free numbers (two log weights, of which only the difference matters, two means, two log standard
# deviations), so that differences give $M'$; `slope` is the derivative of $\ln p$ by these numbers,
# `information` is $-\partial^2Q$.

# %%
rng = np.random.default_rng(0)
signs, noise = rng.choice([-1, 1], 2000), rng.normal(size=2000)
for apart in (1.5, 2, 3, 4):
    sample, theta = signs * apart / 2 + noise, 1.0
    for _ in range(200):
        theta = np.mean(sample * np.tanh(theta * sample))
    missing = np.mean(sample**2 / np.cosh(theta * sample) ** 2)
    factor = (np.mean(sample * np.tanh((theta + 1e-4) * sample)) - theta) / 1e-4
    assert np.isclose(factor, missing, atol=1e-3)
    print(f"{apart:3} std apart: {100 * missing:4.1f} % of the information is missing")
sample, begin = 1.25 * signs + noise, GaussianMixture1D([0.5, 0.5], [-2, 2], [1, 1])
plain = em.fit(begin, sample, stop="remaining", tol=1e-10)
best, gains = plain.model, np.diff(plain.history)
free = coordinates.about(best)
near = [free.model(step) for step in 1e-4 * np.vstack([np.eye(6), -np.eye(6)])]
sums = [model.e_step(sample)[0] for model in near]
after = np.array([free.of(model.m_step(part)) for model, part in zip(near, sums)])
slopes = np.array([free.slope(model, part) for model, part in zip(near, sums)])
values, vectors = np.linalg.eig((after[:6] - after[6:]).T / 2e-4)
worst = vectors[:, values.real.argmax()].real
seen = worst @ (slopes[6:] - slopes[:6]) @ worst / 2e-4
complete = free.information(best.e_step(sample)[0]) @ worst**2
print(f"five unknowns: steps shrink to {(gains[-1] / gains[-51]) ** 0.01:.3f},", end=" ")
print(f"largest eigenvalue {values.real.max():.3f}, missing {1 - seen / complete:.3f}")

# %% [markdown] slideshow={"slide_type": "slide"}
# At 1.5 standard deviations 41 % of what the labels would tell about $\theta$ is missing, so an
# error shrinks to 41 % in a round; at 4 to 2 %. With five unknowns the worst direction has lost
# 98 % even at 2.5: the factor of the run, the eigenvalue and the information say the same number. At
# 1.5 it has lost nearly everything, and the factor in the table before is almost 1.
#
# Steps that shrink by one factor can be foreseen, and what can be foreseen can be skipped. `em.fit`
# does so if asked. `accelerate="squarem"` takes two rounds, reads off the factor, and jumps to where
# the rounds would lead; `"lbfgs"` learns the curvature of $\ln p$ from its last steps. Both look
# where they have landed, and take no jump that lowers the likelihood. The option `stop="remaining"`
# (used above) asks not what the last round gained but what all further rounds would, which after a
# gain $g$ that shrinks by $r$ a round is $gr+gr^2+\dots=gr/(1-r)$. (It does not save the patient of
# section 1: at a saddle gains may shrink first and grow later.)
#
# **Predict:** EM needs some 400 passes over the data of the last cell. How many do the others need,
# refused jumps counted: 200, 60 or 20?

# %% slideshow={"slide_type": "slide"}
runs = {"EM": (np.arange(1, plain.n_e_steps + 1), plain.history)}
for how in ("squarem", "lbfgs"):
    fit = em.fit(begin, sample, accelerate=how, stop="remaining", tol=1e-10)
    rounds, _ = accelerate.rounds(begin, begin.prepare_fit(sample), how)
    passes = [passes for _, _, passes, _ in itertools.islice(rounds, fit.n_iter + 1)]
    runs[how] = passes, fit.history
for (name, (passes, history)), bound in zip(runs.items(), (450, 100, 40)):
    falls = np.sum(np.diff(history) < -1e-8)
    print(f"{name:8} fewer than {bound:3} passes, {falls} falls, ends at {history[-1]:.4f} nats")
    assert passes[-1] < bound
plots.picture(
    plots.gaps(runs)[0].get_figure(),
    "What is still to gain against passes over the data, with a logarithmic vertical axis. EM: a "
    "steep start, then a straight line down to the right that takes some four hundred passes. "
    "squarem comes down in steps within about sixty, lbfgs almost vertically within about twenty.",
)

# %% [markdown] slideshow={"slide_type": "slide", "hide": ["(9.15)"]}
# Same end, and some sixty or twenty passes instead of four hundred. EM's straight line is the
# factor at work. Where groups are well apart there is nothing to skip, and an accelerated fit is EM. The course
# leaves it off: what you want to see here is EM. From a far start a jump may also land on the slope
# of another maximum than EM's; so both keep to plain rounds until these gain little.
#
# No method mends what slowness says about the *estimate*: where EM crawls, the data hardly know.
#
# ## 5 · The patient who collapsed
#
# Now a trouble of maximum likelihood itself. Put the centre of one component exactly on a data
# point, $\mu_k=x_n$. The density of that point under that component is
#
# $$\mathcal N(x_n\mid x_n,\sigma_k^2)=\frac1{\sqrt{2\pi}\,\sigma_k}\qquad(9.15),$$
#
# which grows without end as $\sigma_k\to0$, while the *other* component keeps all other points at
# a finite density. So the log-likelihood has no maximum at all: it tends to infinity, at any of
# the $N$ points. A single Gaussian is safe from this, because it must serve all points.
#
# The cell draws 20 numbers from N(0, 1), gives half of the weight to N(0, 1) and half to a
# component glued to the first number, and narrows the latter.
#
# **Predict** the curve: rising all the way, or not at once?

# %% slideshow={"slide_type": "slide"}
twenty = np.random.default_rng(0).normal(size=20)


def glued(std):
    return GaussianMixture1D([0.5, 0.5], [0, twenty[0]], [1, std**2]).log_likelihood(twenty)


stds = np.logspace(0, -13, 131)
values = [glued(std) for std in stds]
for std in (1, 0.1, 0.01, 1e-3, 1e-4, 1e-8):
    print(f"std {std:.0e}: log-likelihood {glued(std):.1f}")
assert np.isclose(glued(1e-12) - glued(1e-8), np.log(1e4), atol=1e-3)
plots.picture(
    plots.spike(stds, values, label="a dip").get_figure(),
    "Log-likelihood while one component narrows from standard deviation 1 to 1e-13: it first falls "
    "from -26 to -34, has its dip near 0.005, then climbs along a straight line on the log scale, "
    "is back at its first value near 1e-6, and goes on without end.",
)

# %% [markdown]
# Not at once: first it loses, because 19 numbers miss the component that they shared. So there is a
# *dip*, then the straight line of (9.15): each factor of ten in $\sigma$ gains $\ln10$ nats, for
# ever. The dip separates the healthy maximum from the abyss, and a run that begins on the healthy
# side usually stays there.
#
# Usually. The next cell takes the sixty numbers of lesson 05's section 10 and adds an outlier at
# 8. One of our source tutorials warns of a start centred on an outlier. Here are three starts, the
# first of that kind.
#
# **Predict** which of the three collapse.

# %%
sixty = datasets.thirty_and_thirty(rng=0).x
with_outlier = np.append(sixty, 8.0)
starts = {
    "centred on the outlier": GaussianMixture1D([0.5, 0.5], [-0.5, 8], [1, 1]),
    "the tutorial's own": GaussianMixture1D([0.5, 0.5], [-0.5, 0.5], [1, 1]),
    "at the two groups": GaussianMixture1D([0.5, 0.5], [-2, 1], [1, 1]),
}
for name, begin in starts.items():
    narrow = []
    try:
        for step in itertools.islice(em.iterate(begin, with_outlier), 400):
            narrow.append(step.model.stds.min())
        print(f"{name}: settles, narrowest std {narrow[-1]:.2f}")
    except CollapseError as error:
        when = "after more than 100 rounds" if len(narrow) > 100 else "at once"
        print(f"{name}: refused {when}; narrowest std {narrow[-2]:.2f}, then {narrow[-1]:.2f}")
        message = str(error)
print("\nCollapseError:", message[: message.index(". In a fit")])

# %% [markdown]
# The start on the outlier is gone in its second round. The next is more instructive: for a hundred
# rounds nothing seems wrong, then one component drifts to the outlier and collapses. Near the end
# the widths fall ever faster: as soon as a component owns one point only, (9.25) returns a
# variance of zero.
#
# `emlib` refuses at this moment with a `CollapseError` that names the component. It never returns
# such a model, since no tolerance can make sense of a likelihood without a maximum.
#
# The same tutorial names an alternative to EM, stochastic gradient ascent. It follows the gradient of the log-likelihood on a few numbers at a time. Is that a cure? This is
# a worked example: means, logarithms of the standard deviations and logits of the weights move a
# small step along the gradient, which is (9.16) and its like, on batches of ten.
#
# **Predict:** from the start on the outlier, will the noise save the component?


# %%
def stochastic_ascent(x, means, n_steps, rng, rate=0.1, batch=10):
    means, log_stds, logits = np.array(means), np.zeros(2), np.zeros(2)
    for _ in range(n_steps):
        few = rng.choice(x, size=batch)[:, None]
        z = (few - means) / np.exp(log_stds)
        a = logits - log_stds - z**2 / 2
        r = np.exp(a - np.logaddexp.reduce(a, axis=1, keepdims=True))  # (9.13)
        weights = np.exp(logits - np.logaddexp.reduce(logits))
        means = means + rate * np.mean(r * z / np.exp(log_stds), axis=0)  # (9.16)
        log_stds = log_stds + rate * np.mean(r * (z**2 - 1), axis=0)
        logits = logits + rate * np.mean(r - weights, axis=0)
    return means, np.exp(log_stds), weights


for n_steps in (100, 500, 2000):
    rng = np.random.default_rng(0)
    means, stds, weights = stochastic_ascent(with_outlier, [-0.5, 8.0], n_steps, rng)
    print(f"{n_steps:4d} steps: the component at {means[1]:.2f} has std {stds[1]:.2f}")

# %% [markdown]
# It goes the same way at its own pace. Whenever the outlier is in the batch, $z=0$ and the
# gradient of the log width is $-\gamma$: narrower, whatever the width is already. In the other
# batches the component owns nothing and stays. The noise is no help because the fault is not in
# the climber. **It is in the hill.** (What stochastic ascent does offer is small memory, and the
# chance to stop early.) There are three honest cures: restart elsewhere, change the hill, or
# forbid its worst part. First the restart.
#
# ### Exercise 08.2 · Notice a collapse, and begin again
#
# Write `fit_safely(x, starts, min_std)`. It gets numbers and a list of starts, which are models;
# `em.fit(start, x)` runs one. Return weights, means and standard deviations of the *best* run, by
# log-likelihood, among those that did not collapse. A collapse can show itself in two ways: a
# `CollapseError`, or a run that ends peacefully with a standard deviation below `min_std`. The
# second happens where two numbers nearly agree. What would such a run do in a contest for the
# highest likelihood?


# %% tags=["exercise", "08.2"]
def fit_safely(x, starts, min_std):
    # Your lines instead of the dots.
    ...


# %% tags=["solution", "08.2"]
def fit_safely(x, starts, min_std):
    healthy_runs = []
    for begin in starts:
        try:
            fit = em.fit(begin, x)
        except CollapseError:
            continue
        if fit.model.stds.min() >= min_std:
            healthy_runs.append(fit)
    best = max(healthy_runs, key=lambda fit: fit.objective).model
    return best.weights, best.means, best.stds


# %% tags=["check"]
check("08.2", fit_safely)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 6 · Change the hill: a prior
#
# Say what you know: widths of a thousandth are absurd. In Bayes' words, put a prior on the
# parameters and climb $\ln p(\mathbf X\mid\theta)+\ln p(\theta)$, the logarithm of the posterior up
# to a constant: **MAP**, maximum a posteriori. EM hardly changes (PRML p. 441 and exercise 9.4).
# The lower bound of lesson 07 gets the same term on both sides, so the E step stays, and the M step
# maximises $Q(\theta,\theta^{\text{old}})+\ln p(\theta)$ instead of $Q$ (9.30). For the variances
# take the inverse-gamma prior, $\ln p(\sigma_k^2)=-(a+1)\ln\sigma_k^2-b/\sigma_k^2+\text{const}$.
# The terms in $\sigma_k^2$ are
#
# $$-\tfrac12N_k\ln\sigma_k^2-\frac1{2\sigma_k^2}\sum_n\gamma_{nk}(x_n-\mu_k)^2
# -(a+1)\ln\sigma_k^2-\frac b{\sigma_k^2},$$
#
# and the derivative is zero at
#
# $$\sigma_k^2=\frac{\sum_n\gamma_{nk}(x_n-\mu_k)^2+2b}{N_k+2(a+1)}\;\ge\;\frac{2b}{N+2(a+1)}>0.$$
#
# As if each component had been given $2(a+1)$ more points, with a sum of squares $2b$. It cannot collapse,
# whatever the start. (In $D$ dimensions the inverse-Wishart prior does the same for covariances:
# a fixed matrix is added to the scatter, a constant to the divisor.)
#
# The cell runs EM with this M step from both starts that collapsed, asserts that the sum of
# log-likelihood and log-prior never falls, and that without the prior the M step is `emlib`'s.
# For comparison it fits with `covariance_floor`, which forbids variances below a limit.


# %%
def map_round(x, weights, means, variances, a, b):
    log_joint = np.log(weights) - np.log(2 * np.pi * variances) / 2
    log_joint = log_joint - (x[:, None] - means) ** 2 / variances / 2
    log_density = np.logaddexp.reduce(log_joint, axis=1)
    r = np.exp(log_joint - log_density[:, None])  # (9.23), the prior does not enter
    climbed = log_density.sum() - np.sum((a + 1) * np.log(variances) + b / variances)
    n_k = r.sum(axis=0)
    means = x @ r / n_k  # (9.24)
    squares = (r * (x[:, None] - means) ** 2).sum(axis=0)
    return (n_k / len(x), means, (squares + 2 * b) / (n_k + 2 * (a + 1))), climbed


for name, begin in list(starts.items())[:2]:
    theta, heights = (begin.weights, begin.means, begin.variances), []
    plain = begin.m_step(begin.e_step(with_outlier)[0])
    assert np.allclose(map_round(with_outlier, *theta, a=-1, b=0)[0][2], plain.variances)
    for _ in range(300):
        theta, climbed = map_round(with_outlier, *theta, a=1, b=0.5)
        heights.append(climbed)
    assert np.all(np.diff(heights) > -1e-9)
    print("{}: means {:.2f} {:.2f}, std {:.2f} {:.2f}".format(name, *theta[1], *np.sqrt(theta[2])))
floored = GaussianMixture1D([0.5, 0.5], [-0.5, 8], [1, 1], covariance_floor=0.25)
floored = em.fit(floored, with_outlier).model
print("with a floor of 0.25: means {:.2f} {:.2f}, std {:.2f} {:.2f}".format(
    *floored.means, *floored.stds))  # fmt: skip

# %% [markdown]
# No collapse. From the first start a component still sits on the outlier, but with a width that
# means something; from the tutorial's start EM now finds a mixture of the bulk. A prior does not
# tell you whether a lone number is a group. It keeps the question finite.
#
# The floor gives much the same. `emlib` *clips* the variance (in several dimensions the
# eigenvalues), which is the exact maximum of $Q$ under the limit, so the likelihood still never
# falls. Other libraries *add* a small constant to the diagonal, which is not the M step of any
# likelihood that they report, and can make it fall a little. Either way the number is in squared
# units of your data: a default of $10^{-6}$ is nothing for centimetres and everything for
# kilometres.
#
# ## 7 · A healthy patient with swapped names
#
# The next complaint is none: "I ran the fit again, and component 0 became component 1." The cell
# makes twelve fits of the ten thousand numbers from random starts, then does what people do: it
# averages the first mean over the runs, and compares predicted with true labels. Then it does the
# same in ways that do not depend on names: after sorting, and with the best matching of names.
#
# **Predict** the average of the first mean over twelve good fits.

# %%
fits = em.multistart(
    GaussianMixture1D, x, n_components=2, n_starts=12, rng=0, start=start.random_points
)


def accuracy(labels, truth):
    """Share of right labels under the best matching of names."""
    table = np.zeros((2, 2))
    np.add.at(table, (labels, truth), 1)
    return table[linear_sum_assignment(-table)].sum() / len(truth)


raw = [np.mean(fit.model.predict(x) == data.z) for fit in fits]
matched = [accuracy(fit.model.predict(x), data.z) for fit in fits]
print(f"first mean, averaged:         {np.mean([f.model.means[0] for f in fits]):.1f}")
print(f"smaller mean, averaged:       {np.mean([f.model.sort().means[0] for f in fits]):.1f}")
print(f"right labels, names as given: {min(raw):.2f} to {max(raw):.2f}")
print(f"right labels, best matching:  {min(matched):.2f} to {max(matched):.2f}")
print(f"swapped: {sum(share < 0.5 for share in raw)} of 12")
assert np.ptp([fit.objective for fit in fits]) < 1e-3

# %% [markdown] slideshow={"slide_type": "slide"}
# All twelve reach the same likelihood, to a thousandth of a nat; two thirds have the names
# swapped. The average of the first mean describes neither group. A tutorial's check that
# "the first 3000 numbers must be predicted as 0" passes or fails by lot. So: compare fits by
# likelihood, by density, or after `sort`; compare labels under the best matching of names.
#
# ## 8 · How many components?
#
# EM fits the number it is told, and the likelihood prefers the largest. Lesson 05 met two
# criteria: AIC $=-2\ln p+2P$ and BIC $=-2\ln p+P\ln N$, with $P$ parameters, smaller is better.
# A third judge needs no formula: hold out a quarter of the data, fit on the rest, and ask how
# probable the fit makes the held-out part. It is the most honest of the three, since it scores
# what you want, and the dearest.
#
# **Predict** which of the four columns of the table will go on improving with $K$.

# %% slideshow={"slide_type": "slide", "show": ["output"]}
x_fit, x_held = selection.hold_out(x, rng=0)
options = {"rng": 0, "tol": 1e-6, "max_iter": 5000}
bics, held = [], []
print("K        AIC      BIC   nats a number: fitted   held out")
for k in range(1, 6):
    model = em.multistart(GaussianMixture1D, x, n_components=k, n_starts=2, **options)[0].model
    part = em.multistart(GaussianMixture1D, x_fit, n_components=k, n_starts=1, **options)[0].model
    bics.append(selection.bic(model, x))
    held.append(part.log_density(x_held).mean())
    print(f"{k}  {selection.aic(model, x):9.0f} {bics[-1]:8.0f}", end="   ")
    print(f"{part.log_density(x_fit).mean():20.4f} {held[-1]:10.4f}")
assert np.allclose(np.round(bics[:2], 1), [75521.4, 71736.3])
assert np.argmin(bics) == np.argmax(held) == 1
found = GaussianMixture1D([0.693, 0.275, 0.032], [40.22, 20.43, 16.82], [24.08, 27.44, 8.33])
tall = datasets.two_groups(rng=0).x
two = em.fit(GaussianMixture1D([0.5, 0.5], [160, 180], [50, 50]), tall).model
rows = {"healthy, K = 2": (healthy.model, x), "long search, K = 3": (found, x),
        "the patient, K = 2": (patient.model, x), "heights, two groups": (two, tall),
        "heights, one group": (GaussianMixture1D([1.0], [tall.mean()], [tall.var()]), tall)}  # fmt: skip
for name, pair in rows.items():
    print(f"{name:19}: AIC {selection.aic(*pair):.1f}, BIC {selection.bic(*pair):.1f}")
print(f"price of one more component: 3.0 nats (AIC), {1.5 * np.log(len(x)):.1f} nats (BIC)")

# %% [markdown]
# BIC falls from 75521.4 to 71736.3, then rises: two components. The held-out numbers agree, while
# the fit to its own data goes on improving. Mind the fine print for AIC. Fits with a component too
# many crawl (their surplus component is all overlap), and they have many local maxima, so the rows
# for 3 to 5 are *upper bounds*: a longer search finds a few nats more. The line "long search" is
# what several thousand rounds found for $K=3$, rounded. It gains 3.3 nats over $K=2$, and AIC,
# whose price is 3.0, changes its mind. BIC, whose price is 13.8, is not impressed. A decision that
# turns on a third of a nat is no decision; and a criterion compares *maxima*, so say how hard you
# searched for them. (A search that finds a collapse wins any contest. Look at the widths.)
#
# A criterion judges the *fits* that it is given, and the last rows show two ways in which it
# misleads. One looks at the patient of section 1. Two look at the 1000 heights of lesson 02, which
# do come from two groups, not quite two standard deviations apart.
#
# Given the patient, BIC votes for one component: a false convergence makes a false choice, and
# nothing in the table would tell you. For the heights the criteria contradict each other, AIC for
# two, BIC for one. BIC is not wrong to be cautious; a thousand numbers so strongly mixed do not
# carry the evidence that it asks for. Neither criterion knows the truth. And both answer a question
# about *bell curves*: a single skewed group, such as incomes, will be given two or three
# components, which describe it well and mean nothing.
#
# ### Exercise 08.3 · Choose the number of components
#
# Write `choose_k(x, ks, rng)`: for each candidate in the list `ks` fit a `GaussianMixture1D` well,
# and return the candidate with the smallest BIC. `em.multistart(..., rng=rng)` and `selection.bic`
# are at your service. The check uses fresh numbers of several kinds, not only two groups.


# %% tags=["exercise", "08.3"]
def choose_k(x, ks, rng):
    # Your lines instead of the dots.
    ...


# %% tags=["solution", "08.3"]
def choose_k(x, ks, rng):
    scores = []
    for k in ks:
        fits = em.multistart(GaussianMixture1D, x, n_components=k, n_starts=3, rng=rng, tol=1e-7)
        scores.append(selection.bic(fits[0].model, x))
    return ks[int(np.argmin(scores))]


# %% tags=["check"]
check("08.3", choose_k)

# %% [markdown]
# ## 9 · The tie that is broken by rounding
#
# Back to the two coins of lesson 04. At a tie both coins are equal, every $\gamma$ is ½, and EM
# stays for ever. In exact arithmetic. On a computer the log-likelihood of $h$ heads and $t$ tails
# can be written in two ways that are the same on paper:
#
# $$h\ln\theta+t\ln(1-\theta)\qquad\text{and}\qquad
# (h+t)\ln(1-\theta)+h\ln\frac\theta{1-\theta}.$$
#
# The cell starts several ties. In the first column both coins use the first form; in the second,
# coin B uses the other.
#
# **Predict** what a difference in the sixteenth digit can do in 300 rounds. (Lesson 04 found that
# a difference between the coins grows by 1.533 a round.)

# %%
x_coins = datasets.do_batzoglou().x


def plain(bias):
    return x_coins @ np.log([bias, 1 - bias])


def by_odds(bias):
    return x_coins.sum(axis=1) * np.log(1 - bias) + x_coins[:, 0] * np.log(bias / (1 - bias))


def gap_after_300(bias, forms):
    biases = np.array([bias, bias])
    for _ in range(300):
        a = np.column_stack([form(value) for form, value in zip(forms, biases)])
        r = np.exp(a - np.logaddexp.reduce(a, axis=1, keepdims=True))  # (9.23), equal priors
        biases = (r.T @ x_coins)[:, 0] / (r.T @ x_coins).sum(axis=1)
    return abs(biases[0] - biases[1])


ties = np.arange(0.30, 0.91, 0.05)
for words, other in (("one form for both coins", plain), ("two forms", by_odds)):
    gaps = [gap_after_300(bias, (plain, other)) for bias in ties]
    print(f"{words}: all ties hold: {max(gaps) == 0}, some ties broken: {max(gaps) > 0.2}")
print(f"rounds from 1e-16 to 0.1: about {np.log(0.1 / 1e-16) / np.log(1.533):.0f}")

# %% [markdown] slideshow={"slide_type": "slide", "hide": ["With one form"]}
# With one form the two coins suffer the same rounding and stay equal, bit for bit. With two forms
# some ties break: a difference of $10^{-16}$ grows by half in each round, and after some eighty
# rounds the run leaves for the maximum. Which ties break depends on rounding, and so on the
# machine. Do not rely on either behaviour: neither that rounding will free you from a saddle, nor
# that it will not. **A start with equal components is a fault of the start.**
#
# ## 10 · The ward: four runs, three monitors
#
# Here are four runs side by side in time. The monitors on the right show what you can record of
# any run: the log-likelihood (the start may lie below the picture), the largest change of a
# parameter $|\Delta\theta|$ (in standard deviations of the data), and the entropy of the
# responsibilities, $-\frac1N\sum_{nk}\gamma_{nk}\ln\gamma_{nk}$: 0 if every point is sure of its
# component, $\ln K$ if none has any idea. The axis of rounds is stretched at its beginning.
#
# **Predict** before you step on: which of the three monitors would have warned of the saddle in
# round 2? Which of the collapse, and in which round?

# %% tags=["widget"]
patients = {
    "healthy": (GaussianMixture1D([0.5, 0.5], [10, 50], [25, 25]), x),
    "saddle": (lot, x),
    "collapse": (starts["the tutorial's own"], with_outlier),
    "overlap": (GaussianMixture1D([0.5, 0.5], [160, 180], [50, 50]), tall),
}
ward = widgets.patient_player(patients)
ward

# %% [markdown]
# On paper, or without a running kernel, here is the end of each run with all that its monitors
# recorded; one column a patient.

# %% slideshow={"slide_type": "slide"}
ward.twin()

# %% [markdown] slideshow={"slide_type": "slide", "hide": ["Start from data", "You may hear"]}
# Read the columns as courses of a disease. **Healthy:** change falls steadily, on this stretched
# axis ever more steeply; the entropy is low, since the groups are well apart. **Saddle:** the
# likelihood is flat, but so it is in health. What gives it away is the entropy, at $\ln2$ from the
# start (no point has any idea), and a change that, after a few rounds, *grows*. **Collapse:** for
# dozens of rounds it looks like slow progress; then likelihood, change and entropy all move at
# once, at a time when a run should be settling. **Overlap:** change falls, but levels off into a
# slow straight decline; the entropy stays high because the data are truly in doubt.
#
# No monitor alone makes the diagnosis: look at all three.
#
# ## 11 · Symptom, cause, test, cure
#
# | Symptom | Cause | Test | Cure |
# | --- | --- | --- | --- |
# | "Converged" after a round or two, components alike, entropy near $\ln K$ | the start is at a saddle, the tolerance is loose (sections 1 to 3) | run on with a tolerance of $10^{-10}$; compare with the fit of one component | different means at the start; tolerance times $N$ well below 1 nat |
# | The likelihood depends on the start | several local maxima ([06](06_gmm_nd.ipynb)) | `em.multistart`: look at all objectives | many starts of different kinds; keep the best healthy one |
# | Hundreds of rounds, each change almost as large as the last | overlap: much information is missing (section 4) | ratio of the last steps; entropy stays high | patience, acceleration; report the uncertainty |
# | A tiny standard deviation, a jump late in the run, `CollapseError` | a component glued to a point (9.15) (section 5) | the smallest `stds` against the spread of the data | restart; prior or floor; fewer components |
# | A better likelihood than ever, an absurd picture | a spike on two points that nearly agree | as above: it raises no error | as above; never choose by likelihood alone |
# | Components change places between runs | names are arbitrary (section 7) | equal likelihoods | `sort`; match names before scoring |
# | Every $K$ is worse than $K=1$, or the largest always wins | fits stuck or collapsed (section 8) | look at the fits, not only at the table | repair the fits first; hold out data |
# | Results differ between machines | a start at a tie, decided by rounding (section 9) | nudge the start | never start with equal components |
# | The likelihood *falls* | a fault in the program, or a constant added to the variances | assert that it never falls | [09 · The repair lab](09_repair_lab.ipynb) |
#
# ## 12 · Easily confused
#
# | You may hear | What is so |
# | --- | --- |
# | It converged, so it is a maximum. | A rule was met. The patient of section 1 had met it on a saddle. |
# | More random starts would have found it. | Not if all of them begin at the same saddle. |
# | The labels are right, so the fit is right. | 95 % of the labels were right with both means 14 and 6 units off. |
# | A slow run is a sign of a fault. | It is a sign of missing information. |
# | The highest likelihood is the best fit. | A mixture of Gaussians has no highest likelihood. |
# | Another optimiser would not collapse. | It climbs the same hill (section 5). |
# | BIC finds the true number of groups. | It weighs the fits that it is given, in bell curves. |
#
# ## 13 · In practice
#
# - Start from data, in several ways: `em.multistart` with k-means++ and with random points.
# - Print the number of rounds, the likelihood beside that of *one* component, and the smallest
#   standard deviation. Plot the density.
# - Decide on a floor or a prior before you look at the fits, in the units of the data.
#
# ## 14 · Take away
#
# - EM may settle at a stationary point or collapse. "Converged" speaks of the rule, not of the
#   place.
# - Overlap decides the speed: a step is the last one times the fraction of missing information.
# - The likelihood of a Gaussian mixture is unbounded (9.15); a prior, a floor or a restart deals
#   with it, another climber does not.
# - Names mean nothing, ties are for ever or for eighty rounds, and criteria judge only the fits
#   they get.
#
# **The question it leaves.** All patients of this lesson were treated with a correct program. What
# if the program is wrong, if an E step forgets a weight or an M step takes a variance for a standard
# deviation, and everything still runs and looks plausible? [09 · The repair lab](09_repair_lab.ipynb)
# gives you such programs, to find the fault, prove it, and mend it.
#
# **Further reading**
#
# - C. M. Bishop, *Pattern Recognition and Machine Learning*, Springer (2006): pp. 433-435 for the
#   singularities and identifiability, p. 441 and exercise 9.4 for MAP, pp. 216-217 for BIC.
# - A. P. Dempster, N. M. Laird and D. B. Rubin, *Journal of the Royal Statistical Society B* 39,
#   1-38 (1977): the rate of convergence as the fraction of missing information.
# - R. Varadhan and C. Roland, "Simple and globally convergent methods for accelerating the
#   convergence of any EM algorithm", *Scandinavian Journal of Statistics* 35, 335-353 (2008).
# - C. Fraley and A. E. Raftery, "Bayesian regularization for normal mixture estimation and
#   model-based clustering", *Journal of Classification* 24, 155-181 (2007): priors against collapse.
# - "A Gentle Introduction to Expectation-Maximization", a web tutorial: the recipe of section 1.
#
# **Previous:** [07 · The lower bound](07_expected_loglik_lower_bound.ipynb). **Next:** [09 · The
# repair lab](09_repair_lab.ipynb). To see which exercises you have solved, call `progress()` in a
# new cell; `hint("08.1", 1)` and `solution("08.1")` are there as always.
