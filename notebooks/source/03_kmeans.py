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
# Lesson 02 ended with a circle. If we knew which group each point belongs to, one average a group
# would describe them; if we knew the groups, we could say which one a point belongs to. We know
# neither. The boldest way out: **guess the labels, believe the guess, average, and guess again.**
# For points in the plane this is *K-means*, seventy years old and perhaps the most used of all
# clustering methods.
#
# It is not EM. But it has EM's two half-steps, the same reason for never getting worse, and the
# same habit of stopping in the wrong place, with no probability in sight. So it is the best place
# to practise, and to see what is lost when a doubtful label is treated as a fact.
#
# **After this lesson you can**
#
# - write K-means in ten lines, and derive both of its half-steps from one formula;
# - prove that it stops, and say why it need not stop at the best answer;
# - choose starts that help, and deal with a cluster that has lost all its points;
# - say which probability model K-means has in mind, and how that makes its answers biased;
# - tell from a picture when not to use it.
#
# **Time** 60 to 75 minutes, three exercises included. **You need** squared distances, a
# derivative, and a little numpy; probabilities only in sections 11 and 12. Numbers such as (9.1)
# are equations in Bishop, *Pattern Recognition and Machine Learning* (PRML).
#
# ## 1 · Points without colours, and a number to make small
#
# A published tutorial shows K-means on three clouds of 200 points each. It fixes neither the
# random state nor the spread of the clouds, so its picture cannot be drawn again. We state ours:
# `datasets.blobs()` is what scikit-learn's `make_blobs(n_samples=600, centers=3, random_state=1)`
# returns, with standard deviation 1 in each direction. The data set knows its labels. We do not
# use them.
#
# Let $K$ centroids $\mu_k$ stand in the plane, and let each point $\mathbf x_n$ be tied to one of
# them: $r_{nk}$ is 1 if point $n$ is tied to centroid $k$, and 0 otherwise. (It looks like the
# $z_{nk}$ of lesson 02. But $z_{nk}$ is the truth, and $r_{nk}$ our guess at it.) Each tie is a
# spring, and costs the square of its length. K-means wants the sum to be small:
#
# $$J=\sum_{n=1}^N\sum_{k=1}^K r_{nk}\,\lVert\mathbf x_n-\mu_k\rVert^2.\qquad(9.1)$$
#
# The cell puts three centroids down without much thought, ties every point to the nearest, and
# computes $J$ twice: as the double sum (9.1) says, and by the short cut `centroids[labels]`,
# which picks for every point the centroid it is tied to.
#
# **Predict** before you look at the right-hand picture: two centroids stand near the upper cloud,
# one to the right of the lower two. Which centroid gets most of the points? If each is then moved
# to the middle of its own points, where does it go?

# %% slideshow={"slide_type": "slide"}
import numpy as np

from emlib import EMWarning, KMeans, datasets, em, plots, widgets
from emlib.exercises import check, hint, progress, solution

x = datasets.blobs().x
guess = np.array([[-5.0, 4.0], [-3.0, 2.0], [-2.0, -5.0]])
labels = KMeans(guess).predict(x)
r = np.eye(3)[labels]  # r_nk: one row a point, one column a centroid
double_sum = sum(r[n, k] * ((x[n] - guess[k]) ** 2).sum() for n in range(600) for k in range(3))
short_cut = ((x - guess[labels]) ** 2).sum()  # (9.1)
print(f"J = {double_sum:.2f} by the double sum, {short_cut:.2f} by the short cut")
print("points tied to each centroid:", *r.sum(axis=0).astype(int))
fig, (left, right) = plots.figure(width=9, height=3.6, columns=2, sharey=True)
plots.scatter(x, ax=left)
plots.scatter(x, r, ax=right)
plots.springs(x, labels, guess, ax=right)
plots.centroids(guess, ax=right)
plots.picture(
    fig,
    "Left: 600 grey points in three clouds, one above on the right, two that nearly touch below "
    "on the left. Right: each point tied by a line to the nearest of three centroids; the third "
    "one, far to the right, holds nearly all of the two lower clouds.",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# The picture shows $J$ as ink: long springs cost most, since their length is squared. Two things
# could make it smaller, and they are two different things: tie a point to another centroid, or
# move a centroid. Doing both at once is hard. Doing one at a time is easy, and that is all of
# K-means.
#
# ## 2 · First half-step: assign
#
# Hold the centroids still and look at (9.1) as a function of the ties. Point $n$ appears in one
# term only, $\sum_k r_{nk}\lVert\mathbf x_n-\mu_k\rVert^2$, and exactly one of its $r_{nk}$ is 1.
# So the points do not disturb each other, and for each of them the cheapest choice is its nearest
# centroid:
#
# $$r_{nk}=\begin{cases}1&\text{if }k=\arg\min_j\lVert\mathbf x_n-\mu_j\rVert^2,\\
# 0&\text{otherwise.}\end{cases}\qquad(9.2)$$
#
# Is that really the best of *all* assignments? For six points and three centroids there are only
# $3^6$ of them, so the cell tries every one. Look whether the cheapest is the one that (9.2)
# names, and how many others are as cheap.


# %%
import itertools


def distortion(x, labels, centroids):
    return ((x - centroids[labels]) ** 2).sum()  # (9.1)


six = x[:6]
nearest = [int(np.argmin([((point - c) ** 2).sum() for c in guess])) for point in six]  # (9.2)
every = [np.array(ties) for ties in itertools.product(range(3), repeat=6)]
values = np.array([distortion(six, ties, guess) for ties in every])
best = every[values.argmin()]
print(f"{len(every)} assignments, J from {values.min():.2f} to {values.max():.2f}")
print("cheapest of all:", *best, "  nearest, point by point:", *nearest)
print("as cheap as that:", np.isclose(values, values.min()).sum())
assert best.tolist() == nearest

# %% [markdown]
# They agree, and no other assignment is as cheap. If a point has *two* nearest centroids, both
# choices cost the same; we then take the one with the lower number. Any fixed rule will do, but
# there must be one: without it two runs could differ, and the proof in section 6 would have a
# gap.
#
# ### Exercise 03.1 · All points at once
#
# The cell above went through six points one by one. Write `assign(x, centroids)` without a loop
# over the points: it returns the number of the nearest centroid for each row of `x`, the lowest
# number where two are equally near. It should work in any number of dimensions.
#
# In your head first: `x` has shape (600, 2) and `centroids` (3, 2). What shape would a table of
# all squared distances have, and along which axis do you look for the smallest?


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
# ## 3 · Second half-step: move
#
# Now hold the ties and move the centroids. $J$ is a quadratic function of each $\mu_k$, and only
# the points tied to $k$ contain it. Set the derivative to zero:
#
# $$\frac{\partial J}{\partial\mu_k}=-2\sum_n r_{nk}(\mathbf x_n-\mu_k)=0,
# \qquad\text{that is}\qquad \sum_n r_{nk}(\mathbf x_n-\mu_k)=0,\qquad(9.3)$$
#
# $$\mu_k=\frac{\sum_n r_{nk}\mathbf x_n}{\sum_n r_{nk}}.\qquad(9.4)$$
#
# The denominator counts the points of cluster $k$; call it $N_k$. So (9.4) is the **mean** of the
# cluster's points, whence the name. How much does a move gain? Write
# $\mathbf x_n-\mu_k = (\mathbf x_n-\bar{\mathbf x}_k)+(\bar{\mathbf x}_k-\mu_k)$ with the mean
# $\bar{\mathbf x}_k$, square, and sum over the cluster. The mixed term vanishes by (9.3), and
#
# $$J_{\text{before}}-J_{\text{after}}=\sum_k N_k\,\lVert\bar{\mathbf x}_k-\mu_k\rVert^2\ \ge\ 0.$$
#
# The gain is never negative, and it is zero only if no centroid moves. The cell checks three
# claims: the derivative against finite differences, the gain against this formula, and the mean
# against 1000 random rivals.

# %%
means = np.array([x[labels == k].mean(axis=0) for k in range(3)])  # (9.4)
formula = np.array([-2 * (x[labels == k] - guess[k]).sum(axis=0) for k in range(3)])  # (9.3)
for k, d in itertools.product(range(3), range(2)):
    nudge = np.zeros((3, 2))
    nudge[k, d] = 1e-3
    rise = distortion(x, labels, guess + nudge) - distortion(x, labels, guess - nudge)
    assert np.isclose(rise / 2e-3, formula[k, d], rtol=1e-6)

before, after = distortion(x, labels, guess), distortion(x, labels, means)
gain = (r.sum(axis=0) * ((means - guess) ** 2).sum(axis=1)).sum()
rivals = means + np.random.default_rng(0).normal(0, 0.5, size=(1000, 3, 2))
assert np.isclose(before - after, gain)
assert all(distortion(x, labels, rival) > after for rival in rivals)
print(f"J before the move {before:.2f}, after {after:.2f}")
print(f"gain {before - after:.2f}, by the formula {gain:.2f}")

# %% [markdown] slideshow={"slide_type": "slide"}
# One move took away three quarters of $J$. Notice why the *mean* appears: it is the point with
# the least sum of **squared** distances. Had we asked for the least sum of plain distances, the
# answer would be a kind of median, and moving to the mean could make things worse.
#
# ## 4 · The whole algorithm
#
# Assign, move, and again, until an assignment repeats. Here it is by hand, as a generator that
# hands out labels and centroids after every half-step. Compare its two numbered lines with (9.2)
# and (9.4).
#
# In `emlib`, `KMeans` is a model like any other of this course: the loop `em.iterate` that drives
# it will drive coins and Gaussians too. Its objective is $-J$, because `emlib` maximises. The
# cell asserts that both go through the same centroids, round by round.
#
# **Predict:** from the poor start of section 1, how many rounds will it take, and will $J$ fall
# by about the same factor in each?


# %% slideshow={"slide_type": "slide", "show": ["def half_steps"]}
def half_steps(x, centroids):
    """Labels and centroids after each half-step, until an assignment repeats."""
    labels = np.full(len(x), -1)
    while True:
        squares = np.stack([((x - c) ** 2).sum(axis=1) for c in centroids], axis=1)
        before, labels = labels, squares.argmin(axis=1)  # (9.2)
        yield labels, centroids
        if (labels == before).all():
            return
        centroids = np.array([x[labels == k].mean(axis=0) for k in range(len(centroids))])  # (9.4)
        yield labels, centroids


halves = list(half_steps(x, guess))
staircase = [distortion(x, *half) for half in halves]
path = [centroids for _, centroids in halves[::2]]
for step, centroids in zip(em.iterate(KMeans(guess), x), path):
    assert np.allclose(step.model.centroids, centroids)
    assert np.isclose(-step.objective, staircase[2 * step.iteration])
print("round   assign      move      points")
for n, (assigned, moved) in enumerate(itertools.zip_longest(staircase[::2], staircase[1::2]), 1):
    counts = " ".join(f"{count:3d}" for count in np.bincount(halves[2 * n - 2][0]))
    print(f"{n:4d}  {assigned:9.2f} ", f"{moved:9.2f}   {counts}" if moved else "   repeats")

# %% [markdown] slideshow={"slide_type": "slide"}
# Read the table along its rows, then down: $J$ never rises (the last columns count the points of
# each cluster). But it does not fall evenly. After two rounds it seems to have settled near 3770,
# three times the final value, and loses only 5 units in a whole round; then the first centroid
# reaches a cloud of its own, and $J$ falls away again. **A small gain does not mean that the end is near.** A rule such as "stop when $J$ falls
# by less than half a per cent" would have stopped here in round 4. K-means need not use such a
# rule: it can wait until an assignment repeats, for then nothing can change any more.
#
# The next cell draws the run: on the left the centroids by round, over the final cells; on the
# right $J$ by half-step. Look for the stretch of the first centroid's path (blue) that belongs to
# the landing of the staircase.

# %% slideshow={"slide_type": "slide"}
fig, (plane, stairs) = plots.figure(width=9, height=4.4, columns=2, width_ratios=[1, 1.15])
plots.scatter(x, np.eye(3)[halves[-1][0]], ax=plane)
plots.voronoi(path[-1], ax=plane)
plots.centroids(path, number=True, ax=plane)
plots.staircase(staircase, ax=stairs)
plots.picture(
    fig,
    "Left: the three clouds in three colours, each inside its Voronoi cell; one centroid goes to "
    "the upper cloud at once, one wanders for four rounds through empty land and ends in the "
    "second cloud, the third slides from between the lower clouds into the lowest. Right: J by "
    "half-step falls from 22 489 to about 3800, stays there for seven half-steps, then falls to "
    "1161.",
)

# %% [markdown]
# The left picture shows what the numbers meant. The plane is divided into **Voronoi cells**: all
# places nearest to one centroid. Two cells meet in a straight line, halfway between their
# centroids and at right angles to the line that joins them, so K-means can only ever draw
# straight borders. On the landing of the staircase (right) the blue centroid owned a handful of
# points on the rim of two clouds, while the green one served two clouds from the empty middle.
#
# ### Exercise 03.2 · Every half-step
#
# Write `j_by_half_step(x, centroids, n_rounds)`. It runs `n_rounds` rounds and returns $J$ after
# every half-step: after the first assignment, after the first move, after the second assignment,
# and so on, `2 * n_rounds` numbers. No cluster will run empty. Use your `assign`, or write the
# steps anew.
#
# Two questions on the way: after an assignment, which centroids belong into $J$, old or new? And
# after a move, which labels?


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

# %% [markdown]
# ## 5 · Place three centroids yourself
#
# The sliders place the centroids; a touch begins a new run. Then press **assign** and **move** in
# turn, or use the slider of half-steps to go back and forth.
#
# **Predict** before each press which points will change colour, or where the centroids will go.
# Then try to beat the machine in the wrong direction: find a start that ends with $J$ above 3000;
# one in which a cluster loses all its points; and one that needs more than ten rounds.

# %% tags=["widget"]
panel = widgets.centroid_panel(x, guess)
panel

# %% [markdown]
# If you read this without a running kernel, or on paper, here is the start of section 4 again as
# a strip: the first half-steps, then two from the way down, then the end.

# %%
panel.twin((0, 1, 2, 3, 4, 10, 12, -1))

# %% [markdown] slideshow={"slide_type": "slide"}
# The strip shows the two half-steps taking turns: *assign* recolours points and leaves the
# centroids alone; *move* shifts the centroids, and with them the borders, and leaves the colours
# alone. In the frames after a move you can find points whose colour is not that of the cell they
# lie in: they will change at the next assignment.
#
# ## 6 · Why it must stop
#
# There are $K^N$ ways to tie $N$ points to $K$ centroids: very many, but finitely many. Right
# after a move the centroids are determined by the ties, so $J$ is a function of the assignment
# alone. A round either repeats the assignment, and then everything stands still, or changes it.
# When it changes, either $J$ falls, because some point found a centroid *strictly* nearer; or $J$
# stays, and some points went, at equal distance, to a lower number. Neither can be undone later.
# So no assignment comes back once it has been left, and after at most $K^N$ rounds the algorithm
# has run out of assignments (PRML exercise 9.1). In practice it takes a handful.
#
# With ten points and two centroids the whole landscape fits into a cell. It takes every sixtieth
# point, goes through all $2^{10}$ assignments but the two that leave a cluster empty, and follows
# the arrows "move, then assign" from each. (Here no cluster can run empty on the way.)
#
# **Predict:** will all of them lead to the same end?

# %% slideshow={"slide_type": "slide", "show": ["output"]}
ten = x[::60]


def next_assignment(ties):
    ties = np.array(ties)
    means = np.array([ten[ties == k].mean(axis=0) for k in (0, 1)])
    return tuple(((ten[:, None] - means) ** 2).sum(axis=2).argmin(axis=1).tolist())


arrows = {ties: next_assignment(ties) for ties in itertools.product((0, 1), repeat=10)
          if 0 < sum(ties) < 10}  # fmt: skip
reached, longest = {}, 0
for ties in arrows:
    rounds = 0
    while arrows[ties] != ties:
        ties, rounds = arrows[ties], rounds + 1
    reached[ties], longest = reached.get(ties, 0) + 1, max(longest, rounds)
print(f"{len(arrows)} assignments, {len(reached)} of them are ends; longest way {longest} rounds")
for ties, count in sorted(reached.items(), key=lambda item: -item[1]):
    means = np.array([ten[np.array(ties) == k].mean(axis=0) for k in (0, 1)])
    print(*ties, f"  J = {distortion(ten, np.array(ties), means):7.3f}, reached from {count}")

# %% [markdown] slideshow={"slide_type": "slide"}
# Eight ends, not one. They come in pairs, as zeros and ones can be exchanged: **the number of a
# cluster means nothing.** That leaves four different partitions, and two thirds of all
# assignments lead to the best of them; the others end where neither half-step alone can improve
# anything, though changing ties *and* centroids together could. Such an end is a **local
# minimum**. (With $K$ clusters every end has $K!$ copies that differ in numbering only.)
#
# ## 7 · Local minima: ask the start
#
# Now all 600 points. The cell starts K-means 500 times, each time at three different data points
# drawn at random, and counts where the runs end. Beside the count it draws the worst end.
#
# **Predict:** the clouds are far apart. How many of 500 starts find the best division? And what
# does a bad end look like?

# %% slideshow={"slide_type": "slide"}
rng = np.random.default_rng(0)
fits = [em.fit(KMeans(x[rng.choice(600, 3, replace=False)]), x) for _ in range(500)]
ends = np.array([-fit.objective for fit in fits])
good = np.isclose(ends, ends.min())
print(f"best J {ends.min():.3f}, reached by {good.mean():.1%} of the starts")
print(f"all the others end between {ends[~good].min():.1f} and {ends[~good].max():.1f}")
n_rounds = [fit.n_iter for fit in fits]
print(f"rounds: median {np.median(n_rounds):.0f}, at most {max(n_rounds)}")
creeping = em.fit(KMeans([[-1, 5], [-4, 3], [-9, 1]]), x)
assert creeping.n_iter > 20 and -creeping.objective > 3000
worst = fits[int(ends.argmax())].model
fig, (count, plane) = plots.figure(width=9, height=4.2, columns=2, width_ratios=[1.3, 1])
plots.ends(ends, width=100, limits=(900, 4000), ax=count)
count.set(yscale="linear", ylim=(0, 420), xlabel="J at the end (squared units)")
plots.scatter(x, worst.responsibilities(x), ax=plane)
plots.voronoi(worst.centroids, ax=plane)
plots.centroids(worst.centroids, ax=plane)
plots.picture(
    fig,
    "Left: bars of where 500 starts end, most at J near 1161, about a quarter near 3660 to 3690, "
    "nothing in between. Right: the worst end; one centroid stands between the two lower clouds "
    "and owns both, the other two cut the upper cloud in halves.",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# About three of four starts succeed. (Another generator gives another 500 starts; expect a few
# per cent more or less.) The picture shows the others: two centroids share one cloud, and the
# third has to serve two. Neither half-step can mend that, because no single point gains by
# changing sides, and the far centroids do not know of the trouble. With more clusters good starts
# become rare. (One start in the cell is not drawn but chosen, in case you looked for it in
# section 5: it creeps to a bad end for more than twenty rounds.)
#
# The remedy is the one for every algorithm of this course: **start several times, keep the best
# $J$**, and look at the runners-up too.
#
# ## 8 · When a cluster loses all its points
#
# Drawing starts from the data hides a trap. Draw them from the *box* around the data instead, and
# some centroid may stand where it is nobody's nearest. Then $N_k=0$, and (9.4) reads $0/0$.
#
# The cell first takes one such start through our `half_steps`. Its first three lines show how many
# points each cluster has after three assignments, and the three centroids: look what becomes of
# them. Then it asks `emlib`, where the model is told what to do: with `empty="keep"` such a
# centroid stays where it stands, and a warning says so. The cell counts, in 500 starts drawn from
# the box, how many meet an empty cluster on the way and how many still have one at the end. The
# last line shows the first start again, with the policy that `emlib` has by default: an empty
# cluster's centroid goes to the point that is farthest from its own centroid.

# %%
import warnings

unlucky = np.array([[-1.0, -3.0], [-5.0, -10.0], [-2.0, -1.0]])
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    for labels_now, centroids in itertools.islice(half_steps(x, unlucky), 0, 6, 2):
        print(np.bincount(labels_now, minlength=3), *centroids.round(1).tolist())
print("numpy:", caught[0].message)

rng, low, high = np.random.default_rng(0), x.min(axis=0), x.max(axis=0)
warned, idle = [], []
for _ in range(500):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", EMWarning)
        fit = em.fit(KMeans(rng.uniform(low, high, size=(3, 2)), empty="keep"), x)
    warned += caught[:1]
    idle += [-fit.objective] if len(set(fit.model.predict(x))) < 3 else []
print("emlib:", warned[0].message)
print(f"of 500 box starts {len(warned)} meet an empty cluster, {len(idle)} end with one,")
print(f"each of them at J = {min(idle):.2f}")
print(f"relocated, the first start ends at J = {-em.fit(KMeans(unlucky), x).objective:.2f}")
assert np.allclose(idle, idle[0])

# %% [markdown]
# Once `nan` has entered, it spreads: a comparison with "not a number" is never true, and
# `argmin` takes the first `nan` for the smallest entry. In the second line and in the third all
# 600 points belong to a centroid that is nowhere. A kept centroid is at least harmless. It adds nothing to $J$, so
# the proof of section 6 stands; at worst it stays idle to the end, and you have fitted two
# clusters while you believe in three.
#
# ### Exercise 03.3 · Have a policy
#
# Write `move_centroids(x, labels, centroids)`, the move half-step, so that it returns $K$
# centroids whatever the labels are. For an empty cluster choose one of two policies and fill in
# its name: `"keep"` leaves the centroid where it is; `"reseed"` gives it a new place among the
# data, such as the point that is farthest from its centroid. The check tries your function on 500
# starts from a box, several rounds each.


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

# %% [markdown] slideshow={"slide_type": "slide", "hide": ["A worked example"]}
# ## 9 · Better starts: K-means++
#
# A worked example, nothing to fill in. Bad ends come from two seeds in one cloud. Arthur and
# Vassilvitskii (2007) draw the seeds one after the other: the first is any data point; each
# further one is a data point drawn with probability proportional to the **squared distance to the
# nearest seed so far**. Far points are likely, outliers are not certain, and the expected $J$ of
# the seeds alone, before any step of K-means, is at most $8(\ln K+2)$ times the best possible
# one. Seeds drawn evenly from the data come with no such promise.
#
# The cell writes it out in six lines and repeats section 7 with it. Look at the share of good
# ends, and at the mean $J$ of the seeds themselves beside that of seeds drawn evenly. The last
# lines use `em.multistart`, which starts this way, to find the best $J$ for other numbers of
# clusters.
#
# **Predict:** for which $K$ from 1 to 7 will $J$ be smallest?


# %% slideshow={"slide_type": "slide", "show": ["output"]}
def spread_seeds(x, n_clusters, rng):
    seeds = [x[rng.integers(len(x))]]
    while len(seeds) < n_clusters:
        squares = np.min([((x - seed) ** 2).sum(axis=1) for seed in seeds], axis=0)
        seeds.append(x[rng.choice(len(x), p=squares / squares.sum())])
    return np.array(seeds)


rng = np.random.default_rng(0)
plain = [KMeans(x[rng.choice(600, 3, replace=False)]) for _ in range(500)]
spread = [KMeans(spread_seeds(x, 3, rng)) for _ in range(500)]
for name, models in (("evenly drawn", plain), ("K-means++", spread)):
    at_start = np.mean([-model.objective(x) for model in models])
    at_end = np.array([-em.fit(model, x).objective for model in models])
    share = np.isclose(at_end, ends.min()).mean()
    print(f"{name:12s}: mean J of the seeds {at_start:.0f}, best end from {share:.1%}")
print(f"8 (ln 3 + 2) = {8 * (np.log(3) + 2):.1f}; here {at_start / ends.min():.1f} on average")
for n_clusters in range(1, 8):
    tried = em.multistart(KMeans, x, n_components=n_clusters, n_starts=10, rng=0)
    print(f"K = {n_clusters}: J = {-tried[0].objective:9.2f}")

# %% [markdown] slideshow={"slide_type": "slide", "hide": ["(9.5)", "Predict"]}
# K-means++ succeeds nine times in ten; of ten such starts at least one will practically always be
# good. Its seeds alone are already better than a bad end, far inside the promised bound, and they
# cost no more than one round.
#
# The table answers the last question: **$J$ falls with every cluster that you add**, down to zero
# when each point is its own centroid. So $J$ may compare two runs with the same $K$, never two
# values of $K$. That the fall is steep up to 3 and gentle afterwards is a hint, the famous
# "elbow"; it is not a test, and on data less tidy there is often no elbow at all. With a
# probability model one can do better, as [lesson 08](08_when_em_goes_wrong.ipynb) shows. (Have
# you noticed 3790.27, the value
# for $K=2$? It was the end of the box starts with an idle centroid.)
#
# ## 10 · One point at a time
#
# Must all points be assigned before anything moves? No. Take the points as they come: assign one,
# and pull its nearest centroid a little towards it,
#
# $$\mu_k^{\text{new}}=\mu_k^{\text{old}}+\eta_n(\mathbf x_n-\mu_k^{\text{old}}).\qquad(9.5)$$
#
# With the step $\eta_n = 1/N_k$, where $N_k$ counts the points that centroid $k$ has been given
# so far, this one included, the centroid is at every moment the plain mean of those points. (Try
# it on paper: the mean of three numbers from the mean of two.) This on-line form suits data that
# do not fit into memory, or that never end; a small constant step follows data that drift.
#
# The cell makes a single pass through the points in random order, first from K-means++ seeds, then
# from the poor start of section 1. It asserts the claim about the mean, and compares with the
# batch form from the same start.
#
# **Predict:** which of the four runs find the best $J$?


# %%
def one_pass(points, centroids):
    centroids, n_k, given = centroids.copy(), np.zeros(3), [[], [], []]
    for point in points:
        k = ((point - centroids) ** 2).sum(axis=1).argmin()  # (9.2) for one point
        n_k[k] += 1
        centroids[k] += (point - centroids[k]) / n_k[k]  # (9.5)
        given[k].append(point)
    assert np.allclose(centroids, [np.mean(points, axis=0) for points in given])
    return centroids


rng = np.random.default_rng(0)
shuffled = x[rng.permutation(600)]
for name, first in (("K-means++", spread_seeds(x, 3, rng)), ("section 1", guess)):
    on_line = -KMeans(one_pass(shuffled, first)).objective(x)
    batch = -em.fit(KMeans(first), x).objective
    print(f"start of {name}: J = {on_line:.2f} after one pass on line, {batch:.2f} by batches")

# %% [markdown] slideshow={"slide_type": "slide"}
# From good seeds one pass is enough: every point goes at once to where it belongs, and the means
# are those of the batch form. From the poor start the batch form needs nine rounds, but gets
# there. The on-line form does not: what a centroid was given early, by a poor assignment, stays
# in its mean, and nobody looks at those points a second time.
#
# ## 11 · Is this EM?
#
# It is sometimes said that K-means "implements" EM; a published tutorial introduces it so. The
# kinship is real, and can be made exact. Take a mixture of $K$ Gaussians with equal weights $1/K$
# and one fixed covariance $\epsilon\mathbf I$, round and of the same size for all. By lesson 02,
# the log-density of points *and labels* together is
#
# $$\ln p(\mathbf X,\mathbf Z\mid\mu)
# =\sum_n\sum_k z_{nk}\Bigl\{\ln\tfrac1K-\tfrac D2\ln(2\pi\epsilon)
# -\tfrac1{2\epsilon}\lVert\mathbf x_n-\mu_k\rVert^2\Bigr\}
# =-\frac{J}{2\epsilon}-\frac{ND}2\ln(2\pi\epsilon)-N\ln K,$$
#
# when the labels of K-means, the $r_{nk}$, are put in for $\mathbf Z$. So to lower $J$ is to raise
# the probability of points and labels **jointly**: (9.2) chooses the most probable label of each
# point, (9.4) the best means given these labels. That is *hard* EM, also called classification EM.
# EM proper maximises another function, the log-likelihood of the points alone, $\ln p(\mathbf
# X\mid\mu)$, which *sums* over the labels; it never chooses one.
#
# The cell checks three claims for three values of $\epsilon$: the most probable component is the
# nearest centroid; the formula holds; and the sum over labels is always more than its largest
# term. Look at the last column, the difference between the two objectives.

# %%
from emlib import GaussianMixture, GaussianMixture1D

labels_end, centroids_end = halves[-1]
J_end = distortion(x, labels_end, centroids_end)
print("epsilon   ln p(X, Z)    ln p(X)    difference")
for epsilon in (0.2, 1.0, 5.0):
    mixture = GaussianMixture([1 / 3] * 3, centroids_end, [epsilon * np.eye(2)] * 3)
    assert (mixture.predict(x) == labels_end).all()
    joint = mixture.log_joint(x)[np.arange(600), labels_end].sum()
    by_formula = -J_end / (2 * epsilon) - 600 * np.log(2 * np.pi * epsilon) - 600 * np.log(3)
    assert np.isclose(joint, by_formula)  # N D / 2 = 600 here
    log_likelihood = mixture.log_likelihood(x)
    assert log_likelihood > joint
    print(f"{epsilon:7.1f} {joint:12.2f} {log_likelihood:10.2f} {log_likelihood - joint:12.2f}")

# %% [markdown] slideshow={"slide_type": "slide"}
# The clouds hardly overlap, so for $\epsilon$ up to their true variance of 1 the difference is
# small: hardly a label is in doubt, and choosing loses almost nothing. Make the model's clouds
# wider, and the difference is twenty times as large: the price of pretending to know. For
# $\epsilon\to0$ it vanishes, and EM becomes K-means; [lesson 07](07_expected_loglik_lower_bound.ipynb)
# takes that limit with care, (9.41) to (9.43).
#
# ## 12 · What it estimates, and why that is biased
#
# A second published tutorial means to run EM on numbers from two overlapping normals,
# $\mathcal N(-2, 1.3^2)$ and $\mathcal N(1, 0.9^2)$, half and half. Its code takes the more
# probable component of each point, with one fixed spread for both; and that is K-means in one
# dimension. Are the means that it finds at least right in the long run?
#
# With endless data the border is a number $b$, and the two centroids are the means of the
# population left and right of it. A stretch of calculus gives the mean of a normal below $b$ as
# $\mu-\sigma\,\varphi(z)/\Phi(z)$ with $z=(b-\mu)/\sigma$, so the limit can be iterated without a
# single random number: means from border, border halfway between means. The cell does that, then
# runs K-means and EM on 60 000 draws. (The Gaussian mixture is borrowed from
# [lesson 05](05_gmm_1d.ipynb).)
#
# **Predict:** will the two K-means centroids lie farther apart than the true means, or closer
# together?

# %% slideshow={"slide_type": "slide", "show": ["output"]}
from scipy.stats import norm

mu, sigma, b = np.array([-2.0, 1.0]), np.array([1.3, 0.9]), 0.0
for _ in range(200):
    z = (b - mu) / sigma
    share = norm.cdf(z).mean()  # how much of the population lies left of b
    part = (mu * norm.cdf(z) - sigma * norm.pdf(z)).mean()  # and what it adds to the mean
    limit = np.array([part / share, (mu.mean() - part) / (1 - share)])
    b = limit.mean()
rng = np.random.default_rng(0)
draws = np.concatenate([rng.normal(mu[k], sigma[k], size=30_000) for k in (0, 1)])
hard = em.fit(KMeans([-0.5, 0.5]), draws).model
soft = em.fit(GaussianMixture1D([0.5, 0.5], [-0.5, 0.5], [1, 1]), draws).model
own = [draws[hard.predict(draws) == k] for k in (0, 1)]
print("              means            spreads        share of the left")
print(f"truth        {mu[0]:6.3f} {mu[1]:6.3f}    {sigma[0]:.3f} {sigma[1]:.3f}    0.500")
print(f"hard, limit  {limit[0]:6.3f} {limit[1]:6.3f}                   {share:.3f}")
print("hard, drawn  {:6.3f} {:6.3f}   ".format(*hard.centroids.ravel()), end=" ")
print(f"{own[0].std():.3f} {own[1].std():.3f}    {len(own[0]) / len(draws):.3f}")
print("soft, drawn  {:6.3f} {:6.3f}   ".format(*soft.means), end=" ")
print("{:.3f} {:.3f}    {:.3f}".format(*soft.stds, soft.weights[0]))

# %% [markdown] slideshow={"slide_type": "slide"}
# K-means settles at −2.337 and 0.904, and *no amount of data will mend that*: it is the limit.
# The reason is the border. It cuts off what each component sends across, and gives it to the
# other as if it belonged there. The left group loses its right-hand tail, so its mean is pushed
# to the left and its spread comes out too small (1.04 for 1.3). The right group keeps its spread
# by exchange: it loses its own tail and is given a stranger's. EM, which *shares* the doubtful
# points, comes within two hundredths of the truth.
#
# So what does K-means estimate? The $K$ points that represent the data with the least squared
# error. That is exactly what you want for compressing colours or placing depots. It is not what
# you want for the means of overlapping groups.
#
# ## 13 · Long clouds, and the units of the axes
#
# The model of section 11 also says which *shapes* K-means has in mind: round, and all of one
# size. The next cell, a worked example again, draws two long parallel clouds, 150 points each,
# which everybody sees at a glance, and takes K-means (best of ten starts) to three versions of
# them: as they are; with each axis divided by its standard deviation; and turned by 45 degrees
# before dividing. Beside the share of points that agree with the true labels it prints $J$ of
# K-means' answer and $J$ of the *true* labels. A Gaussian mixture with free covariances
# ([lesson 06](06_gmm_nd.ipynb)) gets the same data.
#
# **Predict** the three divisions, and which of the two values of $J$ is smaller.

# %% slideshow={"slide_type": "slide"}
rng = np.random.default_rng(0)
z = np.repeat([0, 1], 150)
long = rng.normal(size=(300, 2)) * [2.5, 0.5] + np.array([[0, -1.5], [0, 1.5]])[z]
turned = long @ (np.array([[1.0, -1.0], [1.0, 1.0]]) / np.sqrt(2))
versions = {"as drawn": long, "axes rescaled": long / long.std(axis=0),
            "turned, rescaled": turned / turned.std(axis=0)}  # fmt: skip
fig, axes = plots.figure(width=9, height=3.4, columns=3)
for ax, (name, y) in zip(axes, versions.items()):
    best_model = em.multistart(KMeans, y, n_components=2, n_starts=10, rng=0)[0].model
    mixture = em.multistart(GaussianMixture, y, n_components=2, n_starts=10, rng=0)[0].model
    agree = [np.mean(model.predict(y) == z) for model in (best_model, mixture)]
    agree = [max(share, 1 - share) for share in agree]  # labels may be exchanged
    true_j = distortion(y, z, np.array([y[z == k].mean(axis=0) for k in (0, 1)]))
    print(f"{name:17s} J {-best_model.objective(y):7.1f}, of the truth {true_j:7.1f};", end="  ")
    print("agreement: K-means {:.0%}, mixture {:.0%}".format(*agree))
    plots.scatter(y, best_model.responsibilities(y), ax=ax)
    plots.voronoi(best_model.centroids, square=True, ax=ax)
    plots.centroids(best_model.centroids, ax=ax)
    ax.set_title(name)
plots.picture(
    fig,
    "K-means on two long clouds, one above the other. As drawn, it cuts both in the middle, left "
    "from right. With rescaled axes it separates upper from lower. Turned by 45 degrees and "
    "rescaled, it cuts both across again.",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# As drawn, K-means cuts both clouds in half, and is hardly better than a coin. It is not stuck in
# a local minimum: $J$ of its answer is far *below* $J$ of the truth. **The algorithm did its job; the
# objective asks another question.** More starts cannot help.
#
# Dividing each axis by its standard deviation happens to help, because the length of the clouds
# lay along an axis. It also shows something uncomfortable: *changing units changes the answer*.
# Metres or centimetres on one axis decide what counts as near. So look at the units before you
# run K-means, and rescale the columns unless their units are truly comparable. Turned by 45
# degrees the two columns have the same spread, rescaling does nothing, and K-means fails again.
# A mixture whose covariances are free is not disturbed by any of this: lesson 06 says why.
#
# ## 14 · The same answer from elsewhere
#
# scikit-learn has its own K-means, written by other people for speed. From the same start, with
# its tolerance set to zero so that it too waits for a repeated assignment, it must find the same
# centroids. The cell compares them, and the two values of $J$ (there called *inertia*). Look for
# agreement to four decimals.

# %% tags=["comparison"]
from sklearn.cluster import KMeans as TheirKMeans

theirs = TheirKMeans(3, init=guess, n_init=1, tol=0, algorithm="lloyd").fit(x)
ours = em.fit(KMeans(guess), x)
for k in range(3):
    print("centroid {}: ours {:.4f} {:.4f}".format(k, *ours.model.centroids[k]), end=";  ")
    print("theirs {:.4f} {:.4f}".format(*theirs.cluster_centers_[k]))
print(f"J: ours {-ours.objective:.4f}, theirs {theirs.inertia_:.4f}")
assert np.allclose(theirs.cluster_centers_, ours.model.centroids)
assert (theirs.labels_ == ours.model.predict(x)).all()
assert np.isclose(-ours.objective, 1161.410, atol=5e-4)

# %% [markdown] slideshow={"slide_type": "slide", "hide": ["`em.multistart"]}
# The same, to every digit shown. Two programs that share no line agree on 600 labels and six
# coordinates.
#
# ## 15 · Easily confused
#
# | You may hear | What is so |
# | --- | --- |
# | K-means implements EM. | It is *hard* EM for round Gaussians of one fixed size. It maximises the joint probability of points and labels, EM that of the points (section 11). |
# | It finds the true clusters. | It finds a division with small $J$. On long clouds the truth has a larger $J$ than the answer (section 13). |
# | With enough data its centroids are the true means. | Where groups overlap they are biased, and stay so (section 12). |
# | $J$ says which $K$ is right. | $J$ falls with every cluster added. Compare it at equal $K$ only (section 9). |
# | Cluster 0 is the same group in every run. | Numbers are arbitrary: every end has $K!$ copies (section 6). |
# | It converged, so the answer is good. | It *always* converges, in our 500 starts one time in four to three times the best $J$ (section 7). |
# | $J$ hardly falls any more, so we are there. | It may be a landing of the staircase (section 4). Wait for a repeated assignment. |
# | Scale does not matter, distances are distances. | The units of the axes decide which points are near (section 13). |
#
# ## 16 · In practice
#
# - `em.multistart(KMeans, x, n_components=3, n_starts=10, rng=0)` returns all fits, best first,
#   from K-means++ seeds. Look at the first few values of $J$: if they differ, use more starts.
# - Rescale columns that have different units, and say that you did.
# - Know your policy for empty clusters. `emlib` relocates the centroid, or keeps it and warns
#   (`empty="keep"`).
# - Plot the answer. If the clouds are long, of different sizes, or overlap, use a mixture.
# - K-means is quick and makes a good *start* for EM; that is how many libraries use it.
#
# ## 17 · Take away
#
# - One objective, $J$ (9.1), and two blocks of unknowns. **Assign** (9.2) is the best choice of
#   labels for given centroids, **move** (9.4) the best centroids for given labels; neither can
#   raise $J$.
# - There are finitely many assignments, so it stops; where it stops depends on the start.
# - It believes its guesses. On well separated, round, equal clouds that costs nothing; elsewhere
#   it costs a bias that no amount of data removes.
# - Check any program of this kind by its staircase: one step up is a bug.
#
# **The question it leaves.** What if a point is *nearly* as likely to belong to one group as to
# the other? K-means gives it away whole. Could it be shared, in proportion to the probabilities,
# and could we still derive both half-steps, and still prove that nothing gets worse? That is EM,
# and lesson 04 takes it apart on the smallest possible example: two coins.
#
# **Further reading**
#
# - C. M. Bishop, *Pattern Recognition and Machine Learning*, Springer (2006): pp. 424-430 for
#   K-means, with its use for compressing images, and pp. 443-444 for its relation to EM.
# - D. Arthur and S. Vassilvitskii, "k-means++: the advantages of careful seeding", *Proceedings
#   of the 18th ACM-SIAM Symposium on Discrete Algorithms*, 1027-1035 (2007).
# - S. P. Lloyd, "Least squares quantization in PCM", *IEEE Transactions on Information Theory*
#   28, 129-137 (1982): written in 1957, the two half-steps as we use them. J. MacQueen, "Some
#   methods for classification and analysis of multivariate observations", *Proceedings of the
#   Fifth Berkeley Symposium* 1, 281-297 (1967): the name, and the on-line form.
# - G. Celeux and G. Govaert, "A classification EM algorithm for clustering and two stochastic
#   versions", *Computational Statistics and Data Analysis* 14, 315-332 (1992): hard EM in
#   general.
# - "Understanding the EM Algorithm by Examples", a web tutorial: the 3 × 200 points (its random
#   state is not given, section 1) and K-means as a first example of EM (section 11).
#
# **Previous:** [02 · Latent variables](02_latent_variables.ipynb). **Next:** [04 · Recover two
# coins from unlabelled tosses](04_two_coins.ipynb). To see which exercises you have solved, call
# `progress()` in a new cell.
