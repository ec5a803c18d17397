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
# # 05 further · Soft and hard, side by side on sixty numbers
#
# *Optional; it belongs to [05 · Fit bell curves](../05_gmm_1d.ipynb), section 11.*
#
# The tutorial [T3](../sources.md) works by hand through 30 numbers from N(−2, 1.3²) and 30 from N(1, 0.9²), from
# means ∓0.5, standard deviations 1 and weights ½. Its text describes soft assignment. Its code takes
# the larger of two densities, both with the same fixed width (`0.5**2`, neither the start's nor an
# estimate), and never touches the weights. Then everything cancels except the distance: each number
# goes wholly to the nearer mean, and the run *is* [K-means](../03_kmeans.ipynb). (The text adds that
# the normalising constant may be ignored. That is so for *the larger of two*; a share needs it.)
# **What is lost by deciding?**
#
# **After this notebook you can**
#
# - say when the argmax of two weighted densities is the nearer mean;
# - tell a difference that chance could make from a bias of the method;
# - fit means alone, where weights and variances are known.
#
# **Time** about 15 minutes. **You need** lessons 03 and 05.
#
# ## 1 · Round by round
#
# K-means has centroids only. To compare it with a mixture, the function below describes the groups
# that the centroids cut out.

# %%
import itertools

import numpy as np

from emlib import GaussianMixture1D, KMeans, datasets, em, plots


def hard_mixture(centroids, x):
    """Shares, means and variances of the groups that the centroids cut out."""
    labels = KMeans(centroids).predict(x)
    groups = [x[labels == k] for k in (0, 1)]
    shares = [len(group) / len(x) for group in groups]
    return GaussianMixture1D(shares, np.ravel(centroids), [group.var() for group in groups])


# %% [markdown]
# Now soft and hard rounds on a fresh draw of such numbers, from T3's start.
#
# **Predict:** which of the two settles first, and whose left curve is narrower?

# %%
sixty = datasets.thirty_and_thirty(rng=0).x
begin = GaussianMixture1D([0.5, 0.5], [-0.5, 0.5], [1, 1])
soft = list(itertools.islice(em.iterate(begin, sixty), 41))
hard = list(itertools.islice(em.iterate(KMeans([[-0.5], [0.5]]), sixty), 41))
for n in (0, 1, 3, 20, 40):
    s, h = soft[n].model, hard_mixture(hard[n].model.centroids, sixty)
    print(f"round {n:2d}: soft", s.means.round(2), s.stds.round(2), end="  ")
    print("hard", h.means.round(2), h.stds.round(2))

# %% [markdown]
# Hard assignment has settled by round 3; soft still moves between rounds 20 and 40. Fast is not
# better: the picture shows who owns the numbers after 40 rounds.

# %%
fig, axes = plots.figure(width=9.4, height=2.6, columns=2)
ends = {"soft": soft[40].model, "hard": hard_mixture(hard[40].model.centroids, sixty)}
for ax, (kind, model) in zip(axes, ends.items()):
    shares = model.responsibilities(sixty)
    if kind == "hard":
        shares = np.eye(2)[KMeans(model.means[:, None]).predict(sixty)]
    plots.owned_points(model, sixty, shares, height=0.28, ax=ax)
    ax.set_title(f"{kind}, round 40", fontsize=10)
plots.picture(fig, "05.soft-and-hard")

# %% [markdown]
# In the picture the hard curve on the left is narrower and the centres are further apart, because
# each group takes only the numbers on its own side of the cut: whatever reaches over is counted for
# the other.
#
# ## 2 · Chance, or a bias?
#
# With sixty numbers the difference could be chance. The next cell repeats the contest on 20 000.
#
# **Predict:** will the hard fit come closer to −2 and 1 with more numbers?

# %%
rng = np.random.default_rng(0)
crowd = np.concatenate([rng.normal(-2, 1.3, 10_000), rng.normal(1, 0.9, 10_000)])
far = em.fit(begin, crowd, tol=1e-7).model
near = hard_mixture(em.fit(KMeans([[-0.5], [0.5]]), crowd).model.centroids, crowd)
print("soft: means", far.means.round(2), "std", far.stds.round(2))
print("hard: means", near.means.round(2), "std", near.stds.round(2))

# %% [markdown]
# Soft EM comes back to −2 and 1 with widths 1.3 and 0.9; the hard version stays at −2.34 and 0.9
# with 1.04 and 0.89. More data will not mend that: the bias is in the method, as with the coins of
# lesson 04.
#
# ## 3 · Means only
#
# [T1](../sources.md) remarks that EM can be held to the means alone. Nothing changes, except that the M step does
# less. The cell does so on the ten thousand numbers of lesson 05: weights and variances are held,
# only (9.24) is left. The first run holds the right weights, the second one half each.
#
# **Predict** for the second run: which mean suffers more?

# %%
x = datasets.two_normals(rng=0).x
for weights in ([0.3, 0.7], [0.5, 0.5]):
    means = np.array([10, 50])
    for _ in range(100):
        model = GaussianMixture1D(weights, means, [25, 25])
        r = model.responsibilities(x)
        means = x @ r / r.sum(axis=0)  # (9.24)
    print(f"weights {weights} held: means", means.round(3), f"ln p {model.log_likelihood(x):.1f}")

# %% [markdown]
# With right knowledge the means are as good as in lesson 05, from fewer unknowns. With wrong weights
# both means move to the right, by 0.6 and 0.3: the component of weight one half takes numbers that
# are not its own. The damage is small since the variances were held, at the right values.
#
# ## 4 · In practice
#
# Decide at the end, if somebody needs labels (`model.predict`); do not decide on the way.
#
# ## 5 · Take away
#
# - With equal weights and equal widths, the larger of two densities is the nearer mean: K-means.
# - Hard assignment settles fast, at another answer, whatever the data.
# - What you know you may hold; the M step then does less.
#
# **Further reading**
#
# - C. M. Bishop, *Pattern Recognition and Machine Learning*, Springer (2006), pp. 443-444: K-means as
#   a limit of EM.
# - T1: "A Gentle Introduction to Expectation-Maximization". T3: a hands-on blog post that works
#   through 30 + 30 numbers.
#
# **Back to** [05 · Fit bell curves to unlabelled numbers](../05_gmm_1d.ipynb), section 12.
