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

# %% [markdown]
# # 08 further · Try a prior, another climber and other criteria
#
# [Lesson 08](../08_when_em_goes_wrong.ipynb) made four claims in passing. Another method of climbing
# does not prevent a collapse. A prior changes one line of the M step. Criteria can contradict each
# other. A start with equal components is decided by rounding. **Are these claims true?**
#
# **Time** about 30 minutes; this notebook is optional, and its four sections can be read in any order. **After it you can**
#
# - say why noise in the climb does not prevent a collapse;
# - derive the M step of MAP, and test that its objective never falls;
# - choose a number of components by held-out data, and name two ways in which AIC and BIC mislead;
# - say what rounding can do to a tie.
#
# **You need** lesson 08.
#
# ## 1 · Another climber, the same hill
#
# The tutorial [T3](../sources.md) names an alternative to EM, stochastic gradient ascent: follow the
# gradient of the log-likelihood on a few numbers at a time. Here means, logarithms of the standard deviations and
# logits of the weights move a small step along the gradient, which is (9.16) and its like, on batches
# of ten numbers. The data are the sixty numbers with the outlier at 8, the start is the one on the
# outlier. First one step:

# %%
import numpy as np

from emlib import GaussianMixture1D, datasets, em, selection

with_outlier = np.append(datasets.thirty_and_thirty(rng=0).x, 8.0)


def one_step(few, means, log_stds, logits, rate):
    z = (few[:, None] - means) / np.exp(log_stds)
    a = logits - log_stds - z**2 / 2
    r = np.exp(a - np.logaddexp.reduce(a, axis=1, keepdims=True))  # (9.13)
    weights = np.exp(logits - np.logaddexp.reduce(logits))
    means = means + rate * np.mean(r * z / np.exp(log_stds), axis=0)  # (9.16)
    log_stds = log_stds + rate * np.mean(r * (z**2 - 1), axis=0)
    return means, log_stds, logits + rate * np.mean(r - weights, axis=0)


# %% [markdown]
# The next cell makes 2000 such steps, and prints the width of the component on the outlier.
#
# **Predict:** will the noise save the component?

# %%
rng = np.random.default_rng(0)
theta = np.array([-0.5, 8.0]), np.zeros(2), np.zeros(2)
for step in range(1, 2001):
    theta = one_step(rng.choice(with_outlier, size=10), *theta, rate=0.1)
    if step in (100, 500, 2000):
        print(f"{step:4d} steps: the component at {theta[0][1]:.2f} has std {np.exp(theta[1][1]):.2f}")

# %% [markdown]
# It goes the same way at its own pace. Whenever the outlier is in the batch, $z=0$ and the gradient of
# the log width is $-\gamma$: narrower, whatever the width is already. In the other batches the
# component owns almost nothing and stays. The noise is no help because the fault is not in the
# climber. **It is in the hill.** (What stochastic ascent does offer is small memory.)
#
# ## 2 · A prior, derived and tested
#
# With a prior, the lower bound of lesson 07 gets the same term $\ln p(\theta)$ as the objective, so
# the E step stays, and the M step maximises $Q(\theta,\theta^{\text{old}})+\ln p(\theta)$. For the
# inverse-gamma prior the terms in $\sigma_k^2$ are
#
# $$-\tfrac12N_k\ln\sigma_k^2-\frac1{2\sigma_k^2}\sum_n\gamma_{nk}(x_n-\mu_k)^2
# -(a+1)\ln\sigma_k^2-\frac b{\sigma_k^2}.$$
#
# Set the derivative by $\sigma_k^2$ to zero, and multiply by $2\sigma_k^4$:
#
# $$-\{N_k+2(a+1)\}\,\sigma_k^2+\sum_n\gamma_{nk}(x_n-\mu_k)^2+2b=0,$$
#
# which is the variance of lesson 08. (In $D$ dimensions the inverse-Wishart prior does the same for
# covariances: a fixed matrix is added to the scatter, a constant to the divisor.)
#
# The cell starts where maximum likelihood ends (from the start at the groups), runs 50 rounds with the
# prior, and records two heights: the log-likelihood alone, and the log-likelihood plus the log prior.
#
# **Predict** which of the two may fall.

# %%
def map_round(model, x, a, b):
    s, log_p = model.e_step(x)
    log_prior = -np.sum((a + 1) * np.log(model.variances) + b / model.variances)
    variances = (s.scatters + 2 * b) / (s.n_k + 2 * (a + 1))
    return GaussianMixture1D(s.n_k / len(x), s.means, variances), log_p, log_p + log_prior


model = em.fit(GaussianMixture1D([0.5, 0.5], [-2, 1], [1, 1]), with_outlier).model
heights = []
for _ in range(50):
    model, *both = map_round(model, with_outlier, a=1, b=0.5)
    heights.append(both)
falls = np.sum(np.diff(heights, axis=0) < -1e-9, axis=0)
print(f"ln p: from {heights[0][0]:.2f} to {heights[-1][0]:.2f}, falls at times: {falls[0] > 0}")
print(f"with ln prior: {heights[0][1]:.2f} to {heights[-1][1]:.2f}, falls at times: {falls[1] > 0}")

# %% [markdown]
# The log-likelihood alone falls, as it must: the run began at its maximum. The sum never falls.
#
# A floor needs no prior. `covariance_floor` clips the variance, which is the exact maximum of $Q$ under
# the limit. Other libraries *add* a constant to each variance. The next cell does both: a fit with a
# floor of 0.25 from the start on the outlier, and one M step with 0.01 added, from the maximum of the
# likelihood. **Predict** where $\ln p$ falls.

# %%
floor_start = GaussianMixture1D([0.5, 0.5], [-0.5, 8], [1, 1], covariance_floor=0.25)
floored = em.fit(floor_start, with_outlier)
print(f"floor 0.25: means {floored.model.means.round(2)}, stds {floored.model.stds.round(2)}")
print(f"rounds in which ln p falls: {np.sum(np.diff(floored.history) < -1e-9)}")
best = em.fit(GaussianMixture1D([0.5, 0.5], [-2, 1], [1, 1]), with_outlier).model
new = best.m_step(best.e_step(with_outlier)[0])
added = GaussianMixture1D(new.weights, new.means, new.variances + 0.01)
change = added.log_likelihood(with_outlier) - best.log_likelihood(with_outlier)
print(f"0.01 added: ln p changes by {change:.4f}")

# %% [markdown]
# The floor climbs without a fall. Adding lowers $\ln p$ a little: it is not the M step of any
# likelihood that the library reports, so there a small fall is no alarm.
#
# ## 3 · Three judges of the number of components
#
# Lesson 08 used two criteria, AIC $=-2\ln p+2P$ and BIC $=-2\ln p+P\ln N$. A third judge needs no
# formula: hold out a quarter of the data, fit the rest, and ask how probable the fit makes the
# held-out part. It scores what you want, and costs an extra fit. The data are the 10,000 numbers of
# lesson 08.
#
# **Predict** which column goes on improving with $K$.

# %%
x = datasets.two_normals(rng=0).x
x_fit, x_held = selection.hold_out(x, rng=0)
print("K   nats per number: fitted   held out")
for k in range(1, 6):
    part = em.multistart(
        GaussianMixture1D, x_fit, n_components=k, n_starts=1, rng=0, tol=1e-6, max_iter=5000
    )[0].model
    fitted, held = part.log_density(x_fit).mean(), part.log_density(x_held).mean()
    print(f"{k} {fitted:25.4f} {held:10.4f}")

# %% [markdown]
# The fit to its own data goes on improving; the held-out numbers are most probable under two
# components, as BIC says. But three are behind by one nat only, in 2500 numbers: such a difference may
# be chance.
#
# Now two ways in which the formulas mislead. Fits with a component too many are slow and have many local
# maxima, so their AIC and BIC are *upper bounds*: a longer search finds a few nats more. The row "long
# search" has the parameters that several thousand rounds found for $K=3$, rounded. The last two rows are the 1000
# heights of lesson 02, which do come from two groups, almost two standard deviations apart.

# %%
healthy = em.fit(GaussianMixture1D([0.5, 0.5], [10, 50], [25, 25]), x).model
longer = GaussianMixture1D([0.693, 0.275, 0.032], [40.22, 20.43, 16.82], [24.08, 27.44, 8.33])
tall = datasets.two_groups(rng=0).x
two = em.fit(GaussianMixture1D([0.5, 0.5], [160, 180], [50, 50]), tall).model
one = GaussianMixture1D([1.0], [tall.mean()], [tall.var()])
rows = {"numbers, K = 2": (healthy, x), "numbers, K = 3, long search": (longer, x)}
rows |= {"heights, K = 1": (one, tall), "heights, K = 2": (two, tall)}
for name, pair in rows.items():
    print(f"{name:27}: AIC {selection.aic(*pair):.1f}, BIC {selection.bic(*pair):.1f}")
print(f"price of one more component: 3.0 nats (AIC), {1.5 * np.log(len(x)):.1f} nats (BIC)")

# %% [markdown]
# The long search gains 3.3 nats over $K=2$, and AIC, whose price is 3.0, changes its mind. BIC, whose
# price is 13.8, does not. A decision that depends on a third of a nat is no decision; and a criterion
# compares *maxima*, so say how hard you searched for them. (A search that finds a collapse wins any
# contest. Look at the widths.)
#
# For the heights the criteria contradict each other: AIC says two, BIC says one. A thousand numbers so
# strongly mixed do not carry the evidence that BIC asks for. Neither criterion knows the truth.
#
# ## 4 · The tie that is broken by rounding
#
# Back to the two coins of lesson 04. At a tie both coins are equal, every $\gamma$ is ½, and in exact
# arithmetic EM stays for ever. On a computer the log-likelihood of $h$ heads and $t$ tails can be
# written in two ways that are the same on paper:
#
# $$h\ln\theta+t\ln(1-\theta)\qquad\text{and}\qquad
# (h+t)\ln(1-\theta)+h\ln\frac\theta{1-\theta}.$$
#
# The cell starts several ties. In the first line both coins use the first form; in the second, coin B
# uses the other.
#
# **Predict** what a difference in the sixteenth digit can do in 300 rounds. (Lesson 04 found that
# a difference between the coins grows by the factor 1.533 per round.)

# %%
counts = datasets.do_batzoglou().x


def plain(bias):
    return counts @ np.log([bias, 1 - bias])


def by_odds(bias):
    return counts.sum(axis=1) * np.log(1 - bias) + counts[:, 0] * np.log(bias / (1 - bias))


def gap_after_300_rounds(bias, form_a, form_b):
    biases = np.array([bias, bias])
    for _ in range(300):
        a = np.column_stack([form_a(biases[0]), form_b(biases[1])])
        r = np.exp(a - np.logaddexp.reduce(a, axis=1, keepdims=True))  # (9.23), equal priors
        biases = (r.T @ counts)[:, 0] / (r.T @ counts).sum(axis=1)
    return abs(biases[0] - biases[1])


# %% [markdown]
# Look at how many ties hold in each case.

# %%
ties = np.arange(0.30, 0.91, 0.05)
for words, other in (("one form for both coins", plain), ("two forms", by_odds)):
    gaps = [gap_after_300_rounds(bias, plain, other) for bias in ties]
    print(f"{words}: all ties hold: {max(gaps) == 0}, some ties broken: {max(gaps) > 0.2}")
print(f"rounds from 1e-16 to 0.1: about {np.log(0.1 / 1e-16) / np.log(1.533):.0f}")

# %% [markdown]
# With one form the two coins get the same rounding and stay equal, bit for bit. With two forms
# some ties break: a difference of $10^{-16}$ grows by half in each round, and after some eighty
# rounds the run leaves for the maximum. Which ties break depends on rounding, and so on the
# machine. Do not rely on either behaviour. **A start with equal components is a fault of the start.**
#
# ## Take away
#
# - A likelihood without an upper bound is the same for every climber.
# - MAP changes the M step only, and its objective never falls.
# - A criterion judges the fits that it is given; data held out judge what you want.
# - Never start with equal components.
#
# **Further reading**
#
# - C. M. Bishop, *Pattern Recognition and Machine Learning*, Springer (2006): p. 441 and exercise 9.4
#   for MAP, pp. 32-33 and 216-217 for model selection.
# - C. Fraley and A. E. Raftery, "Bayesian regularization for normal mixture estimation and
#   model-based clustering", *Journal of Classification* 24, 155-181 (2007): priors against collapse.
#
# **Back to** [08 · Diagnose a fit that went wrong](../08_when_em_goes_wrong.ipynb).
