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
# # 03 further · Draw better starts for K-means, feed it a stream, and mind the units
#
# Optional. [Lesson 03](../03_kmeans.ipynb) ended some questions early. Can a start be likely to
# succeed? Must all points be at hand before anything moves? Does the unit of an axis matter? And how
# far apart are the objective of K-means and the log-likelihood, in numbers?
#
# **After this you can**
#
# - draw starts by K-means++, and say what it promises;
# - run K-means on points that arrive one at a time;
# - say what rescaling the axes does to the answer;
# - compare hard EM with EM on one scale.
#
# **Time** about 25 minutes. **You need** lesson 03.
#
# ## 1 · Better starts: K-means++
#
# Bad ends come from two seeds in one cloud. Arthur and Vassilvitskii (2007) draw the seeds one after
# the other. The first is any data point. Each further one is a data point drawn with probability
# proportional to the **squared distance to the nearest seed so far**. Far points are likely, outliers
# are not certain. The expected $J$ of the seeds alone, before any step of K-means, is at most
# $8(\ln K+2)$ times the best possible one. Seeds drawn evenly from the data come with no such promise.
#
# **Predict:** 74.0 % of the starts drawn evenly found the best end. How many will now?

# %%
import numpy as np

from emlib import GaussianMixture, KMeans, datasets, em, plots

x = datasets.blobs().x


def spread_seeds(x, n_clusters, rng):
    seeds = [x[rng.integers(len(x))]]
    while len(seeds) < n_clusters:
        squares = np.min([((x - seed) ** 2).sum(axis=1) for seed in seeds], axis=0)
        seeds.append(x[rng.choice(len(x), p=squares / squares.sum())])
    return np.array(seeds)


# %% [markdown]
# The next cell draws 500 starts of each kind. Look at the share of good ends, and at the mean $J$ of
# the seeds themselves.

# %%
rng = np.random.default_rng(0)
evenly = [KMeans(x[rng.choice(600, 3, replace=False)]) for _ in range(500)]
spread = [KMeans(spread_seeds(x, 3, rng)) for _ in range(500)]
best = -em.multistart(KMeans, x, n_components=3, n_starts=10, rng=0)[0].objective
for name, models in (("drawn evenly", evenly), ("K-means++", spread)):
    at_start = np.mean([-model.objective(x) for model in models])
    at_end = np.array([-em.fit(model, x).objective for model in models])
    print(f"{name:12s}: mean J of the seeds {at_start:.0f}, {at_start / best:.1f} times the best;", end=" ")
    print(f"best end from {np.isclose(at_end, best).mean():.1%}")
print(f"the promise, 8 (ln 3 + 2): {8 * (np.log(3) + 2):.1f} times the best")

# %% [markdown]
# K-means++ succeeds nine times of ten, so of ten such starts at least one will practically always be
# good. Its seeds alone are already better than a bad end, far inside the promise, and they cost about
# as much as one round. `em.multistart(KMeans, ...)` uses them.
#
# ## 2 · One point at a time
#
# Take the points as they come: assign one, and move its nearest centroid a little towards it,
#
# $$\mu_k^{\text{new}}=\mu_k^{\text{old}}+\eta_n(\mathbf x_n-\mu_k^{\text{old}}).\qquad(9.5)$$
#
# With the step $\eta_n = 1/N_k$, where $N_k$ counts the points that centroid $k$ has been given so
# far, this one included, the centroid is at every moment the mean of those points. (Try it on paper:
# the mean of three numbers from the mean of two.) This on-line form (MacQueen, 1967) suits data that
# do not fit into memory, or that never end. A small constant step follows data that drift.
#
# The cell makes one pass through the points in random order, first from K-means++ seeds, then from the
# poor start of lesson 03. Beside it stands the $J$ of K-means as we know it, from the same start.
#
# **Predict:** which of the four runs find the best $J$?


# %%
def one_pass(points, centroids):
    centroids = centroids.copy()
    n_k = np.zeros(len(centroids))
    for point in points:
        k = ((point - centroids) ** 2).sum(axis=1).argmin()  # (9.2) for one point
        n_k[k] += 1
        centroids[k] += (point - centroids[k]) / n_k[k]  # (9.5)
    return centroids


rng = np.random.default_rng(0)
shuffled = x[rng.permutation(600)]
poor = np.array([[-5.0, 4.0], [-3.0, 2.0], [-2.0, -5.0]])
for name, start in (("K-means++", spread_seeds(x, 3, rng)), ("poor", poor)):
    on_line = -KMeans(one_pass(shuffled, start)).objective(x)
    rounds = -em.fit(KMeans(start), x).objective
    print(f"start {name}: J = {on_line:.2f} after one pass, {rounds:.2f} by rounds")

# %% [markdown]
# Three of the four. From good seeds one pass is enough: every point goes at once to where it belongs.
# From the poor start the rounds get there, and the single pass does not: what a centroid was given
# early, by a poor assignment, stays in its mean, and nobody looks at those points a second time.
#
# ## 3 · The units of the axes
#
# Here are the two long clouds of lesson 03 again, in three versions: as drawn; with each axis divided
# by its standard deviation; and turned by 45 degrees before dividing.
#
# **Predict** for each version: does K-means find the two clouds?

# %%
rng = np.random.default_rng(0)
z = np.repeat([0, 1], 150)
long = rng.normal(size=(300, 2)) * [2.5, 0.5] + np.array([[0, -1.5], [0, 1.5]])[z]
turned = long @ (np.array([[1.0, -1.0], [1.0, 1.0]]) / np.sqrt(2))
versions = {
    "as drawn": long,
    "axes rescaled": long / long.std(axis=0),
    "turned, rescaled": turned / turned.std(axis=0),
}
answers = {
    name: em.multistart(KMeans, y, n_components=2, n_starts=10, rng=0)[0].model
    for name, y in versions.items()
}

# %% [markdown]
# The next cell draws the answers. Compare the borders.

# %%
fig, axes = plots.figure(width=9, height=3.4, columns=3)
for ax, (name, y) in zip(axes, versions.items()):
    plots.scatter(y, answers[name].responsibilities(y), ax=ax)
    plots.voronoi(answers[name].centroids, square=True, ax=ax)
    plots.centroids(answers[name].centroids, ax=ax)
    ax.set_title(name)
plots.picture(fig, "03.versions")

# %% [markdown]
# Only with rescaled axes does K-means separate upper from lower. The next cell counts the points that agree
# with the true labels. Beside them stands $J$ of the answer, $J$ of the true labels, and the agreement of a
# Gaussian mixture with free covariances ([lesson 06](../06_gmm_nd.ipynb)).

# %%
for name, y in versions.items():
    mixture = em.multistart(GaussianMixture, y, n_components=2, n_starts=10, rng=0)[0].model
    truth = KMeans([y[z == k].mean(axis=0) for k in (0, 1)])
    true_j = ((y - truth.centroids[z]) ** 2).sum()
    shares = [np.mean(model.predict(y) == z) for model in (answers[name], mixture)]
    agree = [max(share, 1 - share) for share in shares]  # labels may be exchanged
    print(f"{name:17s} J {-answers[name].objective(y):6.1f}, of the truth {true_j:6.1f};", end=" ")
    print(f"agreement: K-means {agree[0]:.0%}, mixture {agree[1]:.0%}")

# %% [markdown]
# Dividing each axis by its standard deviation happens to help, because the length of the clouds lay
# along an axis. It also shows that *changing units changes the answer*: metres or centimetres on one
# axis decide what counts as near. So look at the units before you run K-means, and rescale the columns
# unless their units are truly comparable. Turned by 45 degrees the two columns have about the same
# spread, rescaling does almost nothing, and K-means fails again. The mixture is not disturbed by any of
# this: lesson 06 says why.
#
# ## 4 · Two objectives in numbers
#
# Section 9 of lesson 03 showed that hard EM with round Gaussians of variance $\epsilon$ maximises
#
# $$\ln p(\mathbf X,\mathbf Z\mid\mu)=-\frac{J}{2\epsilon}-\frac{ND}2\ln(2\pi\epsilon)-N\ln K,$$
#
# and EM maximises $\ln p(\mathbf X\mid\mu)$. The cell computes both at the best centroids, for three values
# of $\epsilon$. Look at the last column, their difference.
#
# **Predict:** will the difference grow or shrink with $\epsilon$?

# %%
fit = em.multistart(KMeans, x, n_components=3, n_starts=10, rng=0)[0]
labels = fit.model.predict(x)
print("epsilon   ln p(X, Z)    formula    ln p(X)   difference")
for epsilon in (0.2, 1.0, 5.0):
    mixture = GaussianMixture([1 / 3] * 3, fit.model.centroids, [epsilon * np.eye(2)] * 3)
    joint = mixture.log_joint(x)[np.arange(600), labels].sum()
    constant = 600 * np.log(2 * np.pi * epsilon) + 600 * np.log(3)  # N D / 2 = 600
    formula = fit.objective / (2 * epsilon) - constant
    alone = mixture.log_likelihood(x)
    print(f"{epsilon:7.1f} {joint:12.2f} {formula:10.2f} {alone:10.2f} {alone - joint:12.2f}")

# %% [markdown]
# It grows. The clouds hardly overlap. For $\epsilon$ up to their true variance of 1 hardly a label is in
# doubt, and choosing one loses almost nothing: 2.11 nats of 2340. If the model's clouds are wider, the
# difference is twenty times as large. For $\epsilon\to0$ it vanishes, and EM becomes K-means:
# [lesson 07](../07_expected_loglik_lower_bound.ipynb).
#
# ## Take away
#
# - K-means++ draws seeds by squared distance. It costs one round and saves most restarts.
# - (9.5) with step $1/N_k$ keeps a running mean. One pass is as good as its start.
# - The units of the axes are part of the question that K-means answers.
# - Hard EM and EM differ by what the doubtful labels are worth.
#
# **Further reading**
#
# - D. Arthur and S. Vassilvitskii, "k-means++: the advantages of careful seeding", *Proceedings of the
#   18th ACM-SIAM Symposium on Discrete Algorithms*, 1027-1035 (2007).
# - S. P. Lloyd, "Least squares quantization in PCM", *IEEE Transactions on Information Theory* 28,
#   129-137 (1982): written in 1957, the two half-steps as we use them.
# - J. MacQueen, "Some methods for classification and analysis of multivariate observations",
#   *Proceedings of the Fifth Berkeley Symposium* 1, 281-297 (1967): the name, and the on-line form.
# - G. Celeux and G. Govaert, "A classification EM algorithm for clustering and two stochastic
#   versions", *Computational Statistics and Data Analysis* 14, 315-332 (1992): hard EM in general.
#
# **Back** to [03 · Cluster points by guessing their labels](../03_kmeans.ipynb).
