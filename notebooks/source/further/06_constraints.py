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
# # 06 further · Constraints: weights that sum to one, and simpler covariances
#
# In [lesson 06](../06_gmm_nd.ipynb) the weights obey a constraint, and the covariances none. **How is
# the constraint on the weights put into code? And what changes if the covariances are constrained
# too: diagonal, spherical, or the same for all components?** This page is optional. Read it after
# lesson 06.
#
# **After this page you can**
#
# - compute the Lagrange multiplier of the weights, and say what it means at a maximum;
# - fit spherical, diagonal and tied covariances by one changed line of the M step;
# - choose between them, and say which of them depend on the units;
# - separate the effect of the starting means from that of the starting covariances.
#
# **Time** about 30 minutes, one exercise included. **You need** lesson 06, and AIC and BIC of
# [lesson 05](../05_gmm_1d.ipynb).
#
# ## 1 · The multiplier, and the new weights
#
# In section 7 of lesson 06 the derivative of the Lagrangian (9.20) with respect to a weight is
#
# $$0=\sum_{n=1}^N\frac{\mathcal N(\mathbf x_n\mid\mu_k,\Sigma_k)}
# {\sum_j\pi_j\,\mathcal N(\mathbf x_n\mid\mu_j,\Sigma_j)}+\lambda.$$
#
# This is (9.21). Multiply it by $\pi_k$ and sum over $k$: you have $\lambda$. With $\lambda$ you have
# the new weights (9.22).
#
# ### Exercise 06.3 · The multiplier, and the new weights
#
# Write `lagrange_step(densities, weights)`. `densities` has shape $(N,K)$ and holds
# $\mathcal N(\mathbf x_n\mid\mu_k,\Sigma_k)$, without the weights; `weights`, of shape $(K,)$, are the
# $\pi_k$ in the denominator of (9.21). Return a pair: the multiplier $\lambda$, one number, computed
# from the arguments; and the new weights, an array of shape $(K,)$, which are $N_k/N$ and not the old
# ones. For the 1000 points of lesson 06 the multiplier should be −1000. Hints: `hint("06.3", 1)`, then
# 2 and 3.

# %%
import numpy as np
from scipy.stats import chi2

from emlib import GaussianMixture, datasets, em, plots, start
from emlib.exercises import check, hint, progress, solution

# %% [markdown]
# Now your step.


# %% tags=["exercise", "06.3"]
def lagrange_step(densities, weights):
    # Your lines instead of the dots.
    ...


# %% tags=["solution", "06.3"]
def lagrange_step(densities, weights):
    slopes = (densities / (densities @ weights)[:, None]).sum(axis=0)
    multiplier = -(weights @ slopes)
    return multiplier, weights * slopes / -multiplier


# %% tags=["check"]
check("06.3", lagrange_step)

# %% [markdown]
# What are the sums in (9.21) at a rough start, and what are they at a maximum that `emlib` has found?
# **Predict** the second.

# %%
x = datasets.three_clusters(np.random.default_rng(0)).x
rough = start.random_points(GaussianMixture, x, n_components=3, rng=3)
best = em.fit(rough, x, tol=1e-13).model
for name, model in [("rough start", rough), ("maximum", best)]:
    densities = np.exp(model.log_joint(x)) / model.weights
    sums = (densities / (densities @ model.weights)[:, None]).sum(axis=0)  # in (9.21)
    print(f"{name:11s}: sums {sums.round(1)}, times weights and added {model.weights @ sums:.1f}")

# %% [markdown]
# At the maximum each sum is 1000, that is $-\lambda$: no component could use a little weight better
# than another. That is what a multiplier means, the common price of the constraint.
#
# ## 2 · A geyser, and simpler covariances
#
# A full covariance has $D(D+1)/2$ entries, which in fifty dimensions is 1275 for every component.
# Three simpler **covariance types** are in use, and none needs a new algorithm. Maximising $Q$ under
# the constraint changes one line of the M step, after (9.25):
#
# - *diagonal*: no tilt; keep the diagonal of $\Sigma_k^{\text{new}}$, put zeros elsewhere;
# - *spherical*: $\sigma_k^2I$, a circle; $\sigma_k^2$ is the average of that diagonal;
# - *tied*: one $\Sigma$ for all, the average $\sum_k\pi_k^{\text{new}}\Sigma_k^{\text{new}}$.
#
# The data are real: 272 eruptions of Old Faithful (Bishop's figure 9.8), how long each lasted and how
# long the wait for the next one was. **Predict** which type loses most.


# %%
def constrain(kind, model):
    covariances = model.covariances
    if kind == "diagonal":
        covariances = covariances * np.eye(2)
    elif kind == "spherical":
        covariances = np.trace(covariances, axis1=1, axis2=2)[:, None, None] / 2 * np.eye(2)
    elif kind == "tied":
        covariances = [np.tensordot(model.weights, covariances, 1)] * 2
    return GaussianMixture(model.weights, model.means, covariances)


# %% [markdown]
# Each type runs 100 rounds of EM: an E step, the M step of lesson 06, and the changed line.

# %%
eruptions = datasets.old_faithful().x
fits = {}
for kind in ("full", "tied", "diagonal", "spherical"):
    model = GaussianMixture([0.5, 0.5], [[2, 55], [4.3, 80]], [np.diag([0.25, 36.0])] * 2)
    for _ in range(100):
        statistics, _ = model.e_step(eruptions)
        model = constrain(kind, model.m_step(statistics))
    fits[kind] = model

# %% [markdown]
# The table counts the free parameters: three for the covariance of each component if it is full, four
# for the means, one for the weights.

# %%
free = {"full": 6, "tied": 3, "diagonal": 4, "spherical": 2}  # entries of the covariances
fig, axes = plots.figure(width=9.4, height=2.8, columns=4, sharey=True)
for ax, (kind, model) in zip(axes, fits.items()):
    log_p, n_parameters = model.log_likelihood(eruptions), free[kind] + 4 + 1
    bic = -2 * log_p + n_parameters * np.log(len(eruptions))
    print(f"{kind:9s}  ln p {log_p:.4f}   {n_parameters:2d} parameters, BIC {bic:.1f}")
    plots.scatter(eruptions, model.responsibilities(eruptions), size=7, ax=ax)
    plots.ellipses(model.means, model.covariances, ax=ax)
    ax.set(title=kind, xlabel="eruption (minutes)", ylabel="wait (minutes)")
    ax.label_outer()
loss = 2 * (fits["full"].log_likelihood(eruptions) - fits["tied"].log_likelihood(eruptions))
print(f"tied against full: {loss:.1f}, and chi-squared's 95 % point is {chi2.ppf(0.95, 3):.2f}")
plots.picture(fig, "06.kinds")

# %% [markdown]
# The pictures show two groups that both lean and have nearly one shape. Tied covariances, which
# assume one shape, lose ten nats. Twice that is 19.8. If the three constraints held, it would be above
# 7.81 in one of twenty samples only (chi-squared with three degrees of freedom).
# Diagonal ones, which forbid the tilt, lose nearly twice as much. BIC (lower is better) finds that
# neither saves enough parameters to pay for it.
#
# The spherical fit is nonsense. It takes a minute of eruption for as long as a minute of waiting, so
# its circles, flat ellipses on these axes, are as wide in the one as the waits vary in the other.
# **Spherical fits depend on the units.** The other three do not, as long as each column is rescaled by
# itself.
#
# ## 3 · The same answer from elsewhere
#
# scikit-learn has all four types, in a code of its own. The cell gives it the same starting means and
# weights, no regularisation, and a strict tolerance; then it fits the three clouds of lesson 06.

# %% tags=["comparison"]
from sklearn.mixture import GaussianMixture as TheirMixture

strict = {"reg_covar": 0, "tol": 1e-10, "max_iter": 5000}
begin = {"weights_init": [0.5, 0.5], "means_init": [[2, 55], [4.3, 80]]}
for kind, model in fits.items():
    name = "diag" if kind == "diagonal" else kind
    theirs = TheirMixture(2, covariance_type=name, **begin, **strict).fit(eruptions)
    log_p = theirs.score(eruptions) * len(eruptions)
    print(f"{kind:9s}  theirs {log_p:.4f}, ours {model.log_likelihood(eruptions):.4f}")
theirs = TheirMixture(3, random_state=0, **strict).fit(x)
print(f"three clouds: theirs {theirs.score(x) * len(x):.3f}, ours {best.log_likelihood(x):.3f}")

# %% [markdown]
# They agree to the last digit printed. (Bishop's figure 9.8 fits the same two groups, with both columns
# rescaled.)
#
# ## 4 · Two hundred starts, and their control
#
# Section 11 of lesson 06 starts EM at three data points as means, with random covariances. Some runs
# end poorly. Is the fault in the means or in the covariances? A fair answer changes one thing only. The
# cell takes 200 sets of three data points and gives each to two starts: one with the covariance of
# all the data in each component, one with random needles. **Predict** how many of each arrive at
# −2902.29.


# %%
def arrives(means, covariances):
    try:
        fit = em.fit(GaussianMixture([1 / 3] * 3, means, covariances), x)
    except ValueError:  # a component collapsed
        return False
    return fit.objective > -2902.4


# %% [markdown]
# Both starts of a pair have the same means.

# %%
choose, shape = np.random.default_rng(1), np.random.default_rng(2)
pooled = [np.cov(x.T, bias=True)] * 3
n_pooled = n_needles = 0
for _ in range(200):
    seeds = x[choose.choice(len(x), size=3, replace=False)]
    a = shape.standard_normal((3, 2, 2))
    n_pooled += arrives(seeds, pooled)
    n_needles += arrives(seeds, a @ a.mT)
print(f"of 200 arrive: {n_pooled} with pooled covariances, {n_needles} with needles")

# %% [markdown]
# With pooled covariances all arrive, whatever the means. So the fault is in the covariances: a needle
# that begins on a few points closes in on them.
#
# ## 5 · In practice
#
# - Few points for many dimensions: begin with diagonal or tied covariances.
# - Rescale columns of different units before you use spherical covariances, or starts that measure
#   distances.
# - Start with wide covariances, such as that of all the data.
#
# ## 6 · Take away
#
# - The multiplier of the weights is $-N$; at a maximum every component could use more weight equally
#   well.
# - Diagonal, spherical and tied covariances are one changed line of the M step.
# - In a comparison of starts, change one thing only.
#
# **Further reading**
#
# - C. M. Bishop, *Pattern Recognition and Machine Learning*, Springer (2006), pp. 707-708 for Lagrange
#   multipliers.
# - G. McLachlan and D. Peel, *Finite Mixture Models*, Wiley (2000), chapter 3: starts, singular
#   components and local maxima.
#
# **Back:** [06 · Fit tilted clouds with Gaussian mixtures in N dimensions](../06_gmm_nd.ipynb).
# **Next:** [07 · Prove that EM never goes down](../07_expected_loglik_lower_bound.ipynb). To see which
# exercises you have solved, call `progress()` in a new cell.
