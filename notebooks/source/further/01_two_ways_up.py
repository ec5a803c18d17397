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
# # 01 further · Two ways up one hill
#
# [Lesson 01](../01_maximum_likelihood.ipynb) found the best bell curve for a thousand heights by
# formulas. Most models have no formulas. **How does one climb a log-likelihood without them, and
# when is it sure that the climb ends at the top?** This notebook is optional; lesson 07 comes back
# to both questions.
#
# **After this notebook you can**
#
# - climb a log-likelihood along its gradient, and one parameter at a time;
# - say in which coordinates the log-likelihood of a bell curve is concave, and what that gives;
# - say why no coordinates help a mixture.
#
# **Time** about 20 minutes. **You need** lesson 01, partial derivatives, and for section 2 the
# matrix of second derivatives.
#
# ## 1 · Two ways up
#
# Two parameters make the log-likelihood a landscape, and we can draw its map. Start at a poor
# place, mean 155 and standard deviation 25. The two ways are:
#
# - **gradient ascent**: take a step in the direction of the two derivatives, and repeat. How long a
#   step? You have to choose: here 60 times the slope of the *average* $\ln p$;
# - **in turn**: hold one parameter, put the other at its best value given the first, and exchange
#   their roles. No step length is needed, since each move has a formula.
#
# The first cell has the data, and the summit from lesson 01.

# %%
import numpy as np
from scipy.stats import norm

from emlib import datasets, plots

x = datasets.heights(rng=np.random.default_rng(0)).x
best_mean, best_std = x.mean(), x.std()
start, summit = np.array([155.0, 25.0]), np.array([best_mean, best_std])

# %% [markdown]
# Gradient ascent needs the slopes of the average log-likelihood.


# %%
def slopes(mean, std):
    """Derivatives of the average ln p in mean and standard deviation."""
    return np.array([(best_mean - mean) / std**2, np.mean((x - mean) ** 2) / std**3 - 1 / std])


def climb(step, most=200):
    path = [start]
    while np.max(np.abs(path[-1] - summit)) > 0.01 and len(path) <= most:
        path.append(path[-1] + step * slopes(*path[-1]))
    return path


# %% [markdown]
# **Predict:** how many moves does each way need to come within 0.01 of the summit? And what
# happens if the steps of the first are twice as long?

# %%
std_given_start = np.sqrt(np.mean((x - start[0]) ** 2))
in_turn = [start, (start[0], std_given_start), (best_mean, std_given_start), summit]
steps, too_long = climb(60), climb(120)
print(f"gradient ascent {len(steps) - 1} moves, in turn {len(in_turn) - 1}")
print(f"steps twice as long: after {len(too_long) - 1} moves at sd {too_long[-1][1]:.1f}")

# %% [markdown]
# Gradient ascent needs fifteen moves, the other way three. With steps twice as long, gradient
# ascent does not arrive in 200 moves. The map shows the first two ways. Its shades say how many
# nats lie between a place and the summit.

# %%
fig, ax = plots.figure(width=7.0, height=3.6)
plots.normal_hill(
    x,
    paths=[steps, in_turn],
    path_labels=["gradient ascent", "in turn"],
    label_sides=["right", "left"],
    concave=True,
    ax=ax,
)
ax.set_aspect("equal")
plots.picture(fig, "01.hill")

# %% [markdown]
# There is one summit and nothing else. The purple path, gradient ascent, bends towards it. The
# brown path follows the axes; had it begun with the mean, two moves would have been enough. Does
# the log-likelihood rise in every move?

# %%
for name, path in (("gradient ascent", steps), ("in turn", in_turn)):
    heights = [norm.logpdf(x, *place).sum() for place in path]
    print(f"{name}: smallest gain of a move {np.diff(heights).min():.5f} nats")

# %% [markdown]
# It does, in both.
#
# The long steps pass over the summit and back without end. In the direction of $\sigma$ the average
# $\ln p$ has the second derivative $-2/\hat\sigma^2$ at the summit. A step longer than
# $\hat\sigma^2$, about 95, lands farther from the summit than it started, as soon as it is near. So
# whoever chooses the step must know the hill. Remember the way "in turn": lesson 07 shows that EM
# is of this kind. It needs no step length, and never goes down.
#
# ## 2 · Concave, but say in what
#
# A concave function is nowhere below one of its chords. So it cannot have two separate summits, and
# every way uphill leads to the one. For the coin we found concavity in $p$. For the bell curve,
# with $\hat\mu$ and $\hat\sigma$ for the summit:
#
# - in $\mu$ alone, yes: the second derivative is $-N/\sigma^2$;
# - in $\mu$ and $\sigma$ together, **no**. The determinant of the matrix of second derivatives is
#   $N^2\{3\hat\sigma^2-\sigma^2-(\mu-\hat\mu)^2\}/\sigma^6$. It is positive only inside the dashed
#   half-circle of the map, with radius $\sqrt3\,\hat\sigma$ around the point $(\hat\mu, 0)$. Our
#   start was outside;
# - in the **natural parameters** $\eta_1=\mu/\sigma^2$ and $\eta_2=-1/2\sigma^2$, yes, everywhere.
#   There $\ln p$ is a linear function of $\eta$ minus a convex one.
#
# Concavity depends on the coordinates. The *number of summits* does not: what has one summit in one
# set of coordinates has one in all. So the map had to show a single summit.
#
# The next cells draw 2000 random chords of the surface, and count those whose middle is above it. A
# concave function has none. **Predict** in which of the three lines you will see a zero.


# %%
def average_ln_p(mean, std):
    squares = best_std**2 + (mean - best_mean) ** 2
    return -0.5 * (np.log(2 * np.pi * std**2) + squares / std**2)


def in_natural(eta_1, eta_2):
    variance = -0.5 / eta_2
    return average_ln_p(eta_1 * variance, np.sqrt(variance))


def chords_above(f, a, b):
    """How many chords have their middle above the surface; the two ends are in one row."""
    middle = f(a.mean(axis=1), b.mean(axis=1))
    return int(np.sum(f(a, b).mean(axis=1) > middle + 1e-9))


# %% [markdown]
# Means between 145 and 190, standard deviations between 5 and 30, two ends per chord:

# %%
rng = np.random.default_rng(2)
means, stds = rng.uniform(145, 190, (2000, 2)), rng.uniform(5, 30, (2000, 2))
inside = np.all((means - best_mean) ** 2 + stds**2 < 3 * best_std**2, axis=1)
anywhere = chords_above(average_ln_p, means, stds)
both_inside = chords_above(average_ln_p, means[inside], stds[inside])
natural = chords_above(in_natural, means / stds**2, -0.5 / stds**2)
print(f"mean and sd, anywhere: {anywhere} of 2000 above the surface")
print(f"mean and sd, both ends in the half-circle: {both_inside} of {inside.sum()}")
print(f"natural parameters: {natural} of 2000")

# %% [markdown]
# Anywhere on the map, many chords pass above the surface. Within the half-circle, and in natural
# parameters, none of these does.
#
# For mixtures no coordinates help. Exchanging the names of two components changes nothing, so a
# summit at which they differ has a twin of the same height, with lower ground between them. A
# concave function cannot have that in any coordinates. This is why EM can end at a summit that is
# not the highest, and why lesson 07 needs another kind of argument.
#
# ## 3 · Take away
#
# - Gradient ascent needs a step length, and a wrong one can keep it from arriving. To maximise in
#   turn needs none, and never goes down.
# - Say in which coordinates a function is concave. The number of its summits is the same in all.
# - Mixtures have twin summits, so they are concave in no coordinates.
#
# **Further reading**
#
# - C. M. Bishop, *Pattern Recognition and Machine Learning*, Springer (2006), section 2.4: the
#   exponential family and its natural parameters.
#
# **Back to** [01 · Maximum likelihood](../01_maximum_likelihood.ipynb), section 7.
