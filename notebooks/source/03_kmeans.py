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
# # 03 · Cluster points by guessing their labels
#
# Lesson 02 ended with a circle. If we knew each point's group, one average per group would describe
# the groups. If we knew the groups, we could say where each point belongs. We know neither. The
# simplest way out: **guess the labels, believe the guess, average, and guess again.** For points in
# the plane this is *K-means*.
#
# It is not EM. But it has EM's two half-steps and the same reason for never getting worse, without
# any probability. And it shows what is lost when a doubtful label is treated as a fact.
#
# **After this lesson you can**
#
# - derive both half-steps of K-means from one formula, and write them in ten lines;
# - prove that it stops, and say why it need not stop at the best answer;
# - deal with a cluster that has lost all its points;
# - say which probability model K-means assumes, how that makes it biased, and when not to use it.
#
# **Time** about 75 minutes. **You need** squared distances, a partial derivative and numpy arrays;
# sections 9 and 10 also use normal densities (lesson 01) and the labels $z_{nk}$ (lesson 02). Numbers
# such as (9.1) are equations in Bishop's book (PRML). T3 and T4 are tutorials, named at the end.
#
# ## 1 · Points without colours, and a number to make small
#
# [T4](sources.md) shows K-means on three clouds of 200 points, and tells neither their spread nor a random seed. Ours
# can be drawn again: `datasets.blobs()` holds scikit-learn's
# `make_blobs(n_samples=600, centers=3, random_state=1)`, with standard deviation 1 in each
# direction. We add three *centroids*, placed without much thought.

# %%
import itertools
from collections import Counter

import numpy as np

from emlib import KMeans, datasets, em, plots, widgets
from emlib.exercises import check, hint, progress, solution

x = datasets.blobs().x
guess = np.array([[-5.0, 4.0], [-3.0, 2.0], [-2.0, -5.0]])

# %% [markdown] slideshow={"slide_type": "slide"}
# Let each point $\mathbf x_n$ be tied to one of the $K$ centroids $\mu_k$: $r_{nk}$ is 1 if point $n$
# is tied to centroid $k$, and 0 otherwise. (It looks like the $z_{nk}$ of lesson 02. But $z_{nk}$ is
# the truth, and $r_{nk}$ is our guess.) K-means wants the sum of the squared distances to be small,
# the *distortion*:
#
# $$J=\sum_{n=1}^N\sum_{k=1}^K r_{nk}\,\lVert\mathbf x_n-\mu_k\rVert^2.\qquad(9.1)$$
#
# Only one $r_{nk}$ of each point is 1, so $J$ has one term per point. In code, `labels` holds the
# number of each point's centroid, and `centroids[labels]` that centroid itself. The cell ties every
# point to its nearest centroid. Look which centroid gets most of the points.

# %% slideshow={"slide_type": "slide", "show": ["figure"]}
def distortion(x, labels, centroids):
    return ((x - centroids[labels]) ** 2).sum()  # (9.1)


labels = KMeans(guess).predict(x)
print("points tied to each centroid:", *np.bincount(labels))
print(f"J = {distortion(x, labels, guess):.2f}")
fig, ax = plots.figure(width=4.2, height=4.4)
plots.scatter(x, np.eye(3)[labels], ax=ax)
plots.springs(x, labels, guess, ax=ax)
plots.centroids(guess, ax=ax)
ax.set_aspect("equal")
plots.picture(fig, "03.springs")

# %% [markdown] slideshow={"slide_type": "slide", "hide": ["Then press"]}
# The large markers are the centroids 0 (blue), 1 (orange) and 2 (green). The green one gets 372 of
# the 600 points, nearly all of both lower clouds. $J$ is the sum of the squared lengths of the lines:
# a line twice as long costs four times as much.
#
# **Predict:** if each centroid moves to the middle of its own points, where does it go?
#
# ## 2 · Two ways to make it smaller
#
# Two things can lower $J$: tie a point to another centroid (**assign**), or move a centroid
# (**move**). Doing both at once is hard, so K-means takes turns. One assign and one move make a
# *round*.
#
# **Predict**, before you touch anything: from this start, how many rounds will it take until
# nothing changes? Will $J$ fall by about the same factor in each?
#
# Then press **assign** and **move** in turn. **Predict** before each press which points will change
# colour, or where the centroids will go. Then drag the centroids, or use their sliders, which begins
# a new run. The slider *half-step* takes you through all of it. Find a start that ends with $J$ above
# 3000; one in which a cluster loses all its points; and one that needs more than ten rounds.

# %% tags=["widget"]
panel = widgets.centroid_panel(x, guess)
panel

# %% [markdown]
# Without a running kernel, or on paper, look at this strip of half-steps from our start.

# %%
panel.twin((0, 1, 2, 3, 8, 12, 14, -1))

# %% [markdown] slideshow={"slide_type": "slide"}
# The first move puts the green centroid *between* the two lower clouds, where no group is. *Assign*
# changes colours and leaves the centroids alone. *Move* changes the centroids, and with them the
# tinted **Voronoi cells**: all places nearest to one centroid. Two cells meet in a straight line
# halfway between their centroids, so K-means can only draw straight borders.
#
# From our start it takes nine rounds; half-step 19 only repeats an assignment. And $J$ does not fall
# evenly: the first round takes away most of it, and from half-step 4 to half-step 8 almost nothing
# happens, although the end is still far away. **A small gain does not mean that the end is near.**
#
# ## 3 · First half-step: assign
#
# Hold the centroids still and look at (9.1) as a function of the $r_{nk}$. Point $n$ appears in
# $\sum_k r_{nk}\lVert\mathbf x_n-\mu_k\rVert^2$ only. So we can choose for each point by itself, and
# the cheapest choice is its nearest centroid:
#
# $$r_{nk}=\begin{cases}1&\text{if }k=\arg\min_j\lVert\mathbf x_n-\mu_j\rVert^2,\\
# 0&\text{otherwise.}\end{cases}\qquad(9.2)$$
#
# Is that the best of *all* assignments? For six points and three centroids there are only $3^6$, so
# the cell tries every one. Look how many are as cheap as the cheapest.

# %%
six = x[:6]
every = [np.array(ties) for ties in itertools.product(range(3), repeat=6)]
values = np.array([distortion(six, ties, guess) for ties in every])
print("cheapest of all:  ", *every[values.argmin()])
print("nearest centroids:", *KMeans(guess).predict(six))
print("as cheap as that:", np.isclose(values, values.min()).sum())

# %% [markdown]
# The cheapest is that of the nearest centroids, and no other is as cheap. If a point has *two*
# nearest centroids, we take the lower number. Any fixed rule will do, but section 6 needs one.
#
# ### Exercise 03.1 · All points at once
#
# Write `assign(x, centroids)`. It takes points of shape $(N, D)$ and centroids of shape $(K, D)$,
# for any $D$, and returns $N$ whole numbers: for each row of `x` the number of its nearest
# centroid, counted from 0, the lowest number where several are equally near. Try to do without a
# loop over the points. On our data `np.bincount(assign(x, guess))` gives 76, 152 and 372.


# %% tags=["exercise", "03.1"]
def assign(x, centroids):
    # Your lines instead of the dots.
    ...


# %% tags=["solution", "03.1"]
def assign(x, centroids):
    differences = x[:, None, :] - centroids  # (N, K, D)
    return (differences**2).sum(axis=2).argmin(axis=1)  # (9.2), the first of equals


# %% tags=["check"]
check("03.1", assign)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 4 · Second half-step: move
#
# Now hold the $r_{nk}$ and move the centroids. $J$ is a quadratic function of each $\mu_k$. Set the
# derivative to zero:
#
# $$\frac{\partial J}{\partial\mu_k}=-2\sum_n r_{nk}(\mathbf x_n-\mu_k)=0,
# \qquad\text{that is}\qquad \sum_n r_{nk}(\mathbf x_n-\mu_k)=0,\qquad(9.3)$$
#
# $$\mu_k=\frac{\sum_n r_{nk}\mathbf x_n}{\sum_n r_{nk}}.\qquad(9.4)$$
#
# The denominator counts the points of cluster $k$; call it $N_k$. So (9.4) is the **mean**
# $\bar{\mathbf x}_k$ of the cluster's points: hence the name. How much does a move gain? Write
# $\mathbf x_n-\mu_k = (\mathbf x_n-\bar{\mathbf x}_k)+(\bar{\mathbf x}_k-\mu_k)$, square, and sum
# over the cluster. The mixed term vanishes by (9.3), and
#
# $$J_{\text{before}}-J_{\text{after}}=\sum_k N_k\,\lVert\bar{\mathbf x}_k-\mu_k\rVert^2\ \ge\ 0.$$
#
# The gain is never negative, and zero only if no centroid moves. The cell computes it in both ways.
# Look for the share of $J$ that one move takes away.

# %%
means = np.array([x[labels == k].mean(axis=0) for k in range(3)])  # (9.4)
before = distortion(x, labels, guess)
after = distortion(x, labels, means)
gain = (np.bincount(labels) * ((means - guess) ** 2).sum(axis=1)).sum()
print(f"J before the move {before:.2f}, after {after:.2f}: it fell by {before - after:.2f}")
print(f"gain by the formula {gain:.2f}")

# %% [markdown] slideshow={"slide_type": "slide"}
# One move took away three quarters of $J$.
#
# ## 5 · The whole algorithm
#
# ### Exercise 03.2 · Every half-step
#
# Write `j_by_half_step(x, centroids, n_rounds)`. It runs exactly `n_rounds` rounds, even if an
# assignment repeats earlier, and returns $J$ after every half-step as `2 * n_rounds` numbers: after
# the first assignment, the first move, the second assignment, and so on. The number of centroids may
# differ from 3; no cluster loses all its points. For `x`, `guess` and 2 rounds the answer is
# 22488.68, 5413.32, 3847.58, 3776.36.
#
# First think: after an assignment, which centroids belong in $J$? And after a move, which labels?


# %% tags=["exercise", "03.2"]
def j_by_half_step(x, centroids, n_rounds):
    # Your lines instead of the dots.
    ...


# %% tags=["solution", "03.2"]
def j_by_half_step(x, centroids, n_rounds):
    values = []
    for _ in range(n_rounds):
        labels = assign(x, centroids)
        values.append(distortion(x, labels, centroids))  # new labels, old centroids
        centroids = np.array([x[labels == k].mean(axis=0) for k in range(len(centroids))])
        values.append(distortion(x, labels, centroids))  # same labels, new centroids
    return np.array(values)


# %% tags=["check"]
check("03.2", j_by_half_step)

# %% [markdown] slideshow={"slide_type": "slide"}
# Here is ours, as a generator that hands out labels and centroids after every half-step until an
# assignment repeats. Compare its numbered lines with (9.2) and (9.4). A round costs $NK$ distances of
# $D$ coordinates each.


# %% slideshow={"slide_type": "slide", "show": ["def half_steps"]}
def half_steps(x, centroids):
    """Labels and centroids after each half-step, until an assignment repeats."""
    labels = None
    while True:
        before = labels
        labels = ((x[:, None, :] - centroids) ** 2).sum(axis=2).argmin(axis=1)  # (9.2)
        yield labels, centroids
        if np.array_equal(labels, before):
            return
        centroids = np.array([x[labels == k].mean(axis=0) for k in range(len(centroids))])  # (9.4)
        yield labels, centroids


run = list(half_steps(x, guess))
staircase = [distortion(x, *half) for half in run]
print(np.round(staircase, 2))

# %% [markdown]
# The next cell draws this run: the paths of the centroids over the final cells, and $J$ by half-step.
# Look for the part of the blue path that belongs to the flat part of the stairs.

# %% slideshow={"slide_type": "slide"}
labels_end, centroids_end = run[-1]
path = [centroids for _, centroids in run[::2]]
fig, (plane, stairs) = plots.figure(width=9, height=4.4, columns=2, width_ratios=[1, 1.15])
plots.scatter(x, np.eye(3)[labels_end], ax=plane)
plots.voronoi(centroids_end, ax=plane)
plots.centroids(path, ax=plane)
plots.staircase(staircase, ax=stairs)
plots.picture(fig, "03.staircase")

# %% [markdown] slideshow={"slide_type": "slide"}
# $J$ never rises. It stays flat while the blue centroid crosses the empty land between two clouds,
# and falls again when it reaches a cloud of its own. From half-step 4 to half-step 6 it falls by only
# 8 of 3776. A rule such as "stop when a round gains less than half a per cent" would stop there, at
# three times the final 1161. K-means needs no such rule: when an assignment repeats, nothing can
# change any more.
#
# ## 6 · Why it must stop
#
# There are $K^N$ ways to tie $N$ points to $K$ centroids: very many, but finitely many. After a move
# the labels determine the centroids, so $J$ is a function of the assignment alone. If a round changes
# the assignment, then either $J$ falls, because some point found a *strictly* nearer centroid; or $J$
# stays, and some points went, at equal distance, to a lower number. Neither can be undone later. So
# no assignment comes back, and K-means stops after at most $K^N$ rounds (PRML exercise 9.1).
#
# With ten points and two centroids we can see all of it. The cell takes every sixtieth point and all
# $2^{10}$ assignments, except the two that leave a cluster empty. From each it repeats "move, then
# assign" until nothing changes. (Here no cluster becomes empty on the way.)
#
# **Predict:** will all of them lead to the same end?

# %% slideshow={"slide_type": "slide", "show": ["output"]}
ten = x[::60]


def after_move(ties):
    labels = np.array(ties)
    return KMeans([ten[labels == k].mean(axis=0) for k in (0, 1)])  # (9.4)


def after_round(ties):
    return tuple(after_move(ties).predict(ten).tolist())  # (9.2)


reached = Counter()
for ties in itertools.product((0, 1), repeat=10):
    if 0 < sum(ties) < 10:
        while after_round(ties) != ties:
            ties = after_round(ties)
        reached[ties] += 1
for end, count in reached.most_common():
    print(*end, f"  J = {-after_move(end).objective(ten):7.3f}, reached from {count}")

# %% [markdown] slideshow={"slide_type": "slide"}
# There are eight ends, not one. They come in pairs, because zeros and ones can be exchanged: **the
# number of a cluster means nothing.** (With $K$ clusters every end has $K!$ such copies.) That leaves
# four different partitions. About 70 % of the assignments lead to the best, with $J=71.067$. The
# others stop at a **local minimum**: neither half-step alone can improve it, though changing labels
# *and* centroids together could.
#
# ## 7 · Local minima depend on the start
#
# Now all 600 points, and 500 starts, each at three different data points drawn at random.
# `em.fit(KMeans(start), x)` is `emlib`'s version of our loop; its objective is $-J$, because `emlib`
# maximises.
#
# **Predict:** how many of the 500 starts find the best division? What does a bad end look like?

# %%
rng = np.random.default_rng(0)
starts = [x[rng.choice(600, 3, replace=False)] for _ in range(500)]
fits = [em.fit(KMeans(start), x) for start in starts]
ends = np.array([-fit.objective for fit in fits])
found = np.isclose(ends, ends.min())
print(f"best J {ends.min():.3f}, reached by {found.mean():.1%} of the starts")
print(f"all the others end between {ends[~found].min():.1f} and {ends[~found].max():.1f}")

# %% [markdown]
# Look where the three centroids stand at the worst end.

# %% slideshow={"slide_type": "slide"}
worst = fits[ends.argmax()].model
fig, ax = plots.figure(width=4.2, height=4.4)
plots.scatter(x, worst.responsibilities(x), ax=ax)
plots.voronoi(worst.centroids, ax=ax)
plots.centroids(worst.centroids, ax=ax)
plots.picture(fig, "03.worst")

# %% [markdown] slideshow={"slide_type": "slide", "hide": ["Predict"]}
# About three of four starts succeed. In the others two centroids share one cloud, and the third
# serves two. Neither half-step can mend that: no point gains by changing sides, and each centroid
# stands in the middle of its points. (No fast way is known to be sure of the best $J$: the problem
# is *NP-hard*. If you still look for a start with more than ten rounds, try (−1, 5), (−4, 3), (−9, 1).)
#
# The remedy: **start several times, keep the best $J$**, and look at the next best too. `em.multistart`
# does so, from starts that are likely to lie far apart (*K-means++*:
# [further](further/03_starts_streams_units.ipynb), section 1). The cell asks it for the best of ten starts.
#
# **Predict:** for which $K$ from 1 to 7 will $J$ be smallest?

# %%
for n_clusters in range(1, 8):
    tried = em.multistart(KMeans, x, n_components=n_clusters, n_starts=10, rng=0)
    print(f"K = {n_clusters}: J = {-tried[0].objective:9.2f}")

# %% [markdown]
# **The best $J$ falls with every cluster that you add**, down to zero when each point is its own
# centroid. So $J$ may compare two runs with the same $K$, never two values of $K$. The bend at 3, the
# "elbow", is a hint but no test. [Lesson 08](08_when_em_goes_wrong.ipynb) does better.
#
# ## 8 · When a cluster loses all its points
#
# A centroid that is no data point can be nobody's nearest. Then $N_k=0$, and (9.4) reads $0/0$, which
# is `nan`, "not a number". The cell puts centroid 1 at `nan` and assigns all points. Look how many it
# gets.

# %%
spoiled = np.array([guess[0], [np.nan, np.nan], guess[2]])
nearest = ((x[:, None, :] - spoiled) ** 2).sum(axis=2).argmin(axis=1)  # (9.2)
print("points of each cluster:", *np.bincount(nearest, minlength=3))

# %% [markdown]
# All of them: `argmin` takes a `nan` for the smallest entry. So a program needs a policy. By default
# `emlib` moves an empty cluster's centroid to the data point that is farthest from its own centroid.
# With `empty="keep"` the centroid stays, and a warning says so. The cell draws 500 starts from the
# *box* around the data, and counts how many end with an empty cluster under "keep".

# %%
import warnings

rng = np.random.default_rng(0)
idle = []
with warnings.catch_warnings(action="ignore"):
    for _ in range(500):
        start = rng.uniform(x.min(axis=0), x.max(axis=0), size=(3, 2))
        model = em.fit(KMeans(start, empty="keep"), x).model
        if len(set(model.predict(x))) < 3:
            idle.append(-model.objective(x))
print(f"{len(idle)} of 500 end with an empty cluster, J from {min(idle):.2f} to {max(idle):.2f}")

# %% [markdown]
# These 28 starts (5.6 %) all end at $J = 3790.27$, the value of $K=2$ in section 7: you have fitted
# two clusters and believe in three. The proof of section 6 still holds, as an empty cluster adds
# nothing to $J$.
#
# ### Exercise 03.3 · Have a policy
#
# Write `move_centroids(x, labels, centroids)`, the move half-step. It returns the $K$ centroids after
# the move, shape $(K, D)$, and nothing else, for any `labels`. A centroid that has points goes to their mean; any of the
# $K$ clusters may be empty. For empty clusters choose a policy and put its name in `policy`: `"keep"`
# leaves the centroid where it is; `"reseed"` gives it a new place inside the box around the data, such
# as the point that is farthest from its centroid. Where no cluster is empty, nothing is new:
# `move_centroids(x, labels, guess)` returns the `means` of section 4.


# %% tags=["exercise", "03.3"]
def move_centroids(x, labels, centroids):
    # Your lines instead of the dots.
    ...


policy = ...  # "keep" or "reseed"


# %% tags=["solution", "03.3"]
def move_centroids(x, labels, centroids):
    farthest = ((x - centroids[labels]) ** 2).sum(axis=1).argmax()
    moved = np.tile(x[farthest], (len(centroids), 1))
    for k in np.unique(labels):
        moved[k] = x[labels == k].mean(axis=0)  # (9.4)
    return moved


policy = "reseed"


# %% tags=["check"]
check("03.3", move_centroids, policy)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 9 · Is this EM?
#
# T4 says that K-means implements EM. What is true? Take a mixture of $K$ Gaussians with equal weights
# $1/K$ and one fixed covariance $\epsilon\mathbf I$: round, and all of the same size. By lesson 02 the
# log-density of points *and labels* together is
#
# $$\ln p(\mathbf X,\mathbf Z\mid\mu)
# =\sum_n\sum_k z_{nk}\Bigl\{\ln\tfrac1K-\tfrac D2\ln(2\pi\epsilon)
# -\tfrac1{2\epsilon}\lVert\mathbf x_n-\mu_k\rVert^2\Bigr\}
# =-\frac{J}{2\epsilon}-\frac{ND}2\ln(2\pi\epsilon)-N\ln K,$$
#
# if the $r_{nk}$ of K-means are put in for $z_{nk}$. So to lower $J$ is to raise the density of
# points and labels **jointly**: (9.2) chooses the most probable label of each point, (9.4) the best
# means for these labels. That is *hard* EM, also called classification EM. EM itself maximises
# another function, the log-likelihood of the points alone, $\ln p(\mathbf X\mid\mu)$, which *sums*
# over the labels. It never chooses one.
#
# If the clouds hardly overlap, as ours do, the two differ little. For $\epsilon\to0$ the difference
# vanishes, and EM becomes K-means: [lesson 07](07_expected_loglik_lower_bound.ipynb) takes that limit,
# (9.41) to (9.43). For numbers see [further](further/03_starts_streams_units.ipynb), section 4.
#
# ## 10 · Where groups overlap, it is biased
#
# [T3](sources.md) means to run EM on numbers from two overlapping normals, $\mathcal N(-2, 1.3^2)$ and
# $\mathcal N(1, 0.9^2)$, half and half. But its code gives each number wholly to one group, with one
# spread for both, and that is K-means. Are its means at least right in the long run?
#
# In place of endless data, the cell takes 30 000 numbers from each normal, spread evenly over its
# probability (*quantiles*). K-means and EM ([lesson 05](05_gmm_1d.ipynb)) both start at −0.5 and 0.5.
#
# **Predict:** will the two K-means centroids lie farther apart than the true means, or closer
# together?

# %% slideshow={"slide_type": "slide", "show": ["output"]}
from scipy.stats import norm

from emlib import GaussianMixture1D

levels = (np.arange(30_000) + 0.5) / 30_000
endless = np.concatenate([norm.ppf(levels, -2.0, 1.3), norm.ppf(levels, 1.0, 0.9)])
hard = em.fit(KMeans([-0.5, 0.5]), endless).model
soft = em.fit(GaussianMixture1D([0.5, 0.5], [-0.5, 0.5], [1, 1]), endless).model
groups = [endless[hard.predict(endless) == k] for k in (0, 1)]
print("K-means  means", *[f"{group.mean():.3f}" for group in groups], end="  ")
print("spreads", *[f"{group.std():.3f}" for group in groups], end="  ")
print(f"share of the left {len(groups[0]) / len(endless):.3f}")
print("EM       means", *soft.means.round(3), " spreads", *soft.stds.round(3))

# %% [markdown] slideshow={"slide_type": "slide"}
# Farther apart, −2.337 and 0.904, and *no amount of data will mend that*. The reason is the border.
# It cuts off the part of each group that lies beyond it, and counts that part for the other. The left
# group loses its right-hand tail: its mean moves to the left, its spread is too small (1.040 for 1.3),
# and so is its share (0.433 for a half). EM *shares* the doubtful points, and finds −1.998 and 1.001.
#
# So what does K-means estimate? The $K$ points that represent the data with the least squared error.
# That is what you want when you reduce an image to 16 colours. It is not what you want for the means
# of overlapping groups.
#
# ## 11 · Long clouds
#
# The model of section 9 also says which *shapes* K-means assumes: round, and all of one size. The cell
# draws two long clouds, one above the other, and takes the best of ten starts.
#
# **Predict:** where will the border lie? Which $J$ is smaller, that of the answer or that of the
# *true* labels?

# %% slideshow={"slide_type": "slide"}
rng = np.random.default_rng(0)
z = np.repeat([0, 1], 150)
long = rng.normal(size=(300, 2)) * [2.5, 0.5] + np.array([[0, -1.5], [0, 1.5]])[z]
answer = em.multistart(KMeans, long, n_components=2, n_starts=10, rng=0)[0].model
true_means = np.array([long[z == k].mean(axis=0) for k in (0, 1)])
print(f"J of K-means {-answer.objective(long):.1f}, of the truth {distortion(long, z, true_means):.1f}")
fig, ax = plots.figure(width=5.6, height=2.1)
plots.scatter(long, answer.responsibilities(long), ax=ax)
plots.voronoi(answer.centroids, ax=ax)
plots.picture(fig, "03.long")

# %% [markdown] slideshow={"slide_type": "slide"}
# K-means cuts both clouds in the middle. It is not stuck in a bad end: $J$ of its answer is far
# *below* $J$ of the truth. **The algorithm did its job; the objective asks another question.** More
# starts cannot help. Other units on the axes can, by luck ([further](further/03_starts_streams_units.ipynb),
# section 3). A mixture with free covariances finds both clouds ([lesson 06](06_gmm_nd.ipynb)).
#
# ## 12 · The same answer from elsewhere
#
# From the same start, and with tolerance zero so that it too waits for a repeated assignment,
# scikit-learn's K-means must end at the same place. The cell compares labels and $J$ (there called
# *inertia*).

# %% tags=["comparison"]
from sklearn.cluster import KMeans as TheirKMeans

theirs = TheirKMeans(3, init=guess, n_init=1, tol=0, algorithm="lloyd").fit(x)
print("equal labels:", (theirs.labels_ == labels_end).sum(), "of 600")
print(f"J: ours {staircase[-1]:.4f}, theirs {theirs.inertia_:.4f}")

# %% [markdown] slideshow={"slide_type": "slide", "hide": ["`em.multistart"]}
# The two programs agree, and equal labels have equal means (9.4).
#
# ## 13 · Easily confused
#
# | You may hear | What is so |
# | --- | --- |
# | K-means implements EM. | It is *hard* EM for round Gaussians of one fixed size. It maximises the joint density of points and labels, EM that of the points (section 9). |
# | It finds the true clusters. | It finds a division with small $J$. On long clouds the truth has a larger $J$ than the answer (section 11). |
# | With enough data its centroids are the true means. | Where groups overlap they are biased, and stay so (section 10). |
# | $J$ says which $K$ is right. | The best $J$ falls with every cluster added. Compare at equal $K$ only (section 7). |
# | It converged, so the answer is good. | It *always* converges; one of four of our starts ended at three times the best $J$ (section 7). |
# | $J$ hardly falls any more, so we are there. | It may be a flat part of the stairs (section 5). Wait for a repeated assignment. |
#
# ## 14 · In practice
#
# - `em.multistart` returns all fits, best first. If the first few values of $J$ differ, use more
#   starts.
# - Rescale columns that have different units. Know your policy for empty clusters.
# - Plot the answer. If the clouds are long, of different sizes, or overlap, use a mixture.
# - K-means makes a good *start* for EM; many libraries use it so.
#
# ## 15 · Take away
#
# - One objective, $J$ (9.1), and two blocks of unknowns. **Assign** (9.2) is the best choice of
#   labels for given centroids, **move** (9.4) the best centroids for given labels. Neither can
#   raise $J$.
# - There are finitely many assignments, so it stops. Where it stops depends on the start.
# - It believes its guesses. On well separated, round, equal clouds that costs almost nothing;
#   elsewhere a bias that no amount of data removes.
#
# **The question it leaves.** K-means gives a doubtful point away whole. Could it be shared, in
# proportion to the probabilities? Could we still derive both half-steps, and prove that nothing gets
# worse? That is EM, and lesson 04 shows it on two coins.
#
# **Further reading**
#
# - C. M. Bishop, *Pattern Recognition and Machine Learning*, Springer (2006): pp. 424-430 for
#   K-means, pp. 443-444 for its relation to EM.
# - D. Aloise and others, "NP-hardness of Euclidean sum-of-squares clustering", *Machine Learning*
#   75, 245-248 (2009).
# - T3: O. Wied, "Introduction to the Expectation-Maximization Algorithm", a blog post (2018). T4: C.
#   Wang, "Understanding the EM Algorithm by Examples", Medium (2022).
#
# **Previous:** [02 · Latent variables](02_latent_variables.ipynb). **Next:** [04 · Recover two
# coins from unlabelled tosses](04_two_coins.ipynb). `progress()` shows which exercises you have
# solved.
