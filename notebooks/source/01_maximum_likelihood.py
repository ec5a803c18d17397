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

# %% [markdown] slideshow={"slide_type": "slide", "hide": ["(2.5)"]}
# # 01 · Find the parameters that make the data most plausible
#
# A coin shows heads twice in five tosses. You guess that its probability of heads is 2/5, and
# [00 · Start here](00_start_here.ipynb) called that guess *the best*. **Best in which sense?** And
# what is the best guess when the data are not tosses but the heights of a thousand people?
#
# There is one answer to both: choose the parameters under which the data that you saw were most
# plausible. It is called **maximum likelihood**. The M step of EM is nothing else, so whatever you
# get right here you will not have to unlearn later. The mathematics is that of a school maximum;
# the traps are in the words. A likelihood is not a probability of parameters, a density is not a
# probability at all, and the most plausible variance is, on average, too small.
#
# **After this lesson you can**
#
# - write the likelihood of tosses and of measurements, and say what it is not;
# - derive the estimates of a probability, a mean and a variance, and check each step by number;
# - say why everybody works with the *logarithm* of the likelihood;
# - say in which coordinates a log-likelihood is concave, and what that buys;
# - explain why the ML variance is too small by the factor $(n-1)/n$.
#
# **Time** 60 minutes, four exercises included. **You need** a derivative, a logarithm, and a
# little numpy. Symbols are listed in [00 · Start here](00_start_here.ipynb); numbers such as (1.55)
# are equations in Bishop, *Pattern Recognition and Machine Learning* (PRML), here those of his
# pages 24-28 and 68-70.
#
# ## 1 · Five tosses
#
# The coin fell H T T H T. If its probability of heads is $p$, and the tosses do not influence one
# another, this very sequence has probability
#
# $$p\,(1-p)\,(1-p)\,p\,(1-p)=p^2(1-p)^3\qquad\text{as in (2.5).}$$
#
# So far that is probability as you know it: $p$ is given, and the sequence might have been
# another. Now turn the question round. The sequence is given, once and for all, and $p$ is
# unknown. Read as a function of $p$, the same expression is called the **likelihood** of $p$.
#
# **Predict:** which of $p$ = 0.2, 0.4 and 0.6 makes the five tosses most probable? By a wide
# margin? And how large is the area under the curve of all $p$?

# %%
import itertools

import numpy as np
from scipy.optimize import minimize
from scipy.stats import norm

from emlib import datasets, mle, plots, widgets
from emlib.exercises import check, hint, progress, solution

tosses = np.array([1, 0, 0, 1, 0])  # 1 for heads
heads, tails = tosses.sum(), (1 - tosses).sum()


def coin_likelihood(p):
    return p**heads * (1 - p) ** tails  # (2.5)


for p in (0.2, 0.4, 0.6):
    height = coin_likelihood(p)
    print(f"p = {p}: likelihood {height:.5f}, logarithm {np.log(height):.4f}")

# %% [markdown]
# Of the three, 0.4 wins, but by no wide margin: at 0.6 the likelihood is still two thirds as high.
# Five tosses say little. The next cell draws it for all $p$, and beside it the logarithm.
#
# How large is the area under the curve? It would be natural to expect 1, as for any bell of
# probability. The cell adds up the same expression in its two readings: over all 32 sequences that
# five tosses can give, with $p$ held; and over all $p$, with the sequence held. Look at which of
# the two is 1, and at what the two curves have in common.

# %% slideshow={"slide_type": "slide"}
sequences = np.array(list(itertools.product([0, 1], repeat=5)))
p, n_heads = 0.3, sequences.sum(axis=1)
total = np.sum(p**n_heads * (1 - p) ** (5 - n_heads))
grid = np.linspace(0.001, 0.999, 999)
area = np.sum(coin_likelihood(grid)) * (grid[1] - grid[0])
assert np.isclose(total, 1) and np.isclose(area, 1 / 60, rtol=1e-6)
print(f"over {len(sequences)} sequences, p = {p}: {total:.4f}")
print(f"over all p, this sequence: {area:.5f}, that is 1/{1 / area:.0f}")

fig, (left, right) = plots.figure(width=8.6, height=3.0, columns=2)
plots.likelihood_curve(grid, coin_likelihood(grid), best=0.4, tag="2/5", area=True, ax=left)
plots.likelihood_curve(grid, np.log(coin_likelihood(grid)), best=0.4, tag="2/5", ax=right)
left.set(xlabel="p", ylabel="likelihood")
right.set(xlabel="p", ylabel="log-likelihood", ylim=(-12, -1))
plots.picture(
    fig,
    "Left: the likelihood of p after two heads and three tails, a lopsided hump over 0 to 1 that "
    "peaks at 2/5 with a height near 0.035. Right: its logarithm, with the peak at the same place.",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# The likelihood is highest at 2/5. Its logarithm has another shape and the same summit, because
# the logarithm preserves order.
#
# Over the data the sum is 1, for every $p$. Over the parameter it is whatever it happens to be,
# here 1/60. **A likelihood is not a distribution of the parameter**, and nothing says how probable
# it is that $p$ lies near 2/5. (Bayes' rule can say that, once you supply a prior for $p$.) A
# likelihood *ranks* parameters; only ratios of it, or differences of its logarithm, mean anything.
#
# ## 2 · The summit, by algebra
#
# Reading a maximum off a curve is fine for one parameter. To have a formula, take the logarithm,
# which turns powers and products into sums, and let $h$ and $t$ count heads and tails:
#
# $$\ln p(\mathbf X\mid p)=h\ln p+t\ln(1-p)\qquad\text{as in (2.6).}$$
#
# Its derivative has a name, the **score**. At the summit it is zero:
#
# $$\frac hp-\frac t{1-p}=0\;\Rightarrow\;h(1-p)=t\,p\;\Rightarrow\;\hat p=\frac h{h+t}
# \qquad\text{as in (2.7).}$$
#
# A zero derivative could also be a minimum. So differentiate once more: $-h/p^2-t/(1-p)^2$ is
# negative *everywhere*, so the curve bends downwards from end to end. Such a function is called
# **concave**. It has no second summit and no valley, and wherever the score is zero is the
# maximum. Keep this in mind: in lesson 07 it is just what will be missing.
#
# A derivation is a claim, and a claim can be checked. The cell compares both derivatives with
# finite differences, at a place that is not special. Look for the same number twice.


# %%
def slope(function, at, h=1e-5):
    """Derivative by a central difference."""
    return (function(at + h) - function(at - h)) / (2 * h)


def score(p):
    return heads / p - tails / (1 - p)


by_difference = slope(lambda p: np.log(coin_likelihood(p)), 0.25)
assert np.isclose(score(0.25), by_difference, rtol=1e-6)
assert np.isclose(-heads / 0.25**2 - tails / 0.75**2, slope(score, 0.25), rtol=1e-6)
assert np.all(-heads / grid**2 - tails / (1 - grid) ** 2 < 0)
print(f"score at 0.25: formula {score(0.25):.4f}, finite difference {by_difference:.4f}")
print(f"score at 2/5: {abs(score(2 / 5)):.4f}; second derivative at 0.25: {slope(score, 0.25):.2f}")

# %% [markdown] slideshow={"slide_type": "slide", "hide": ["Predict first"]}
# At 0.25 the score is positive: uphill is to the right, towards 2/5, where it vanishes.
#
# ### Exercise 01.1 · The most plausible coin
#
# Write `bernoulli_mle(tosses)`: given an array of ones (heads) and zeros (tails), return the $p$ at
# which the likelihood is highest. Use the formula, not a search.
#
# **Predict** first what it should return for three heads and no tails, and where the score is zero
# then. If you are stuck, call `hint("01.1", 1)` in a new cell, then `2` and `3`;
# `solution("01.1")` shows ours.


# %% tags=["exercise", "01.1"]
def bernoulli_mle(tosses):
    # Your lines instead of the dots.
    ...


# %% tags=["solution", "01.1"]
def bernoulli_mle(tosses):
    tosses = np.asarray(tosses)
    return tosses.sum() / len(tosses)  # (2.7)


# %% tags=["check"]
check("01.1", bernoulli_mle)

# %% [markdown] slideshow={"slide_type": "slide", "hide": ["(1.46)"]}
# Three heads in three tosses give $\hat p=1$. The score $3/p$ is nowhere zero; the maximum sits at
# the edge of what is allowed. So "set the derivative to zero" is a *method*, not the definition.
# And the result is absurd as a forecast: a coin that has shown three heads will surely show tails
# one day. Maximum likelihood knows the data, and nothing else (PRML makes this point on p. 69).
#
# ## 3 · A thousand heights: a density is not a probability
#
# Now the data are 1000 heights, drawn from a bell curve with mean 170 cm and standard deviation
# 10 cm: the example with which a published tutorial on EM opens. The bell curve, or **normal
# distribution**, is
#
# $$\mathcal N(x\mid\mu,\sigma^2)=\frac1{\sqrt{2\pi\sigma^2}}\,
# \exp\left\{-\frac{(x-\mu)^2}{2\sigma^2}\right\}\qquad(1.46).$$
#
# Heights are continuous, and no height has a probability of its own. What has a probability is an
# *interval*: the area above it. The curve gives the area *per centimetre*, a **density**.
#
# **Predict:** at its top, at 170 cm, the curve is 0.0399 high. Measure the same people in metres,
# so that the mean is 1.70 and the standard deviation 0.10. How high is the curve at its top now?

# %% slideshow={"slide_type": "slide"}
x = datasets.heights(rng=np.random.default_rng(0)).x  # rng.normal(170, 10, 1000)
fig, axes = plots.figure(width=8.6, height=3.0, columns=2)
for ax, unit, in_cm in zip(axes, ("cm", "m"), (1, 100)):
    mean, std, half = 170 / in_cm, 10 / in_cm, 0.5 / in_cm
    inside = norm.cdf(mean + half, mean, std) - norm.cdf(mean - half, mean, std)
    top = norm.pdf(mean, mean, std)  # (1.46)
    print(f"mean {mean:.2f} {unit}, sd {std:.2f} {unit}: density at the top {top:.4f},", end=" ")
    print(f"probability of half a cm to either side {inside:.4f}")
    ax.hist(x / in_cm, bins=40, density=True, color="#DADADA", edgecolor="white")
    limits = (130 / in_cm, 210 / in_cm)
    plots.bell(mean, std, limits, interval=(mean - half, mean + half), ax=ax)
    ax.set(xlabel=f"height ({unit})", ylabel=f"density (per {unit})")
plots.picture(
    fig,
    "The same thousand heights and the same bell curve twice, in centimetres with a top of 0.04 "
    "per cm, in metres with a top of 4 per m. A narrow strip of one centimetre is coloured in "
    "both; its area is the same.",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# In metres the density is 3.99, and nothing is wrong with that: a density may be as large as it
# likes. Only its *area* is bounded by 1. The coloured strip, one centimetre wide, has area 0.0399
# in both pictures: that is a probability, and it does not depend on the unit.
#
# ## 4 · The likelihood of measurements
#
# For independent data the densities are multiplied, just as the probabilities of tosses were:
#
# $$p(\mathbf X\mid\mu,\sigma^2)=\prod_{n=1}^N\mathcal N(x_n\mid\mu,\sigma^2)\qquad(1.53).$$
#
# The picture below does it for five heights. Each stick reaches from a height up to the curve. The
# likelihood is the product of the lengths of the sticks, and to maximise it is to slide and to
# stretch the curve until this product is largest.
#
# The logarithm of (1.53) is a sum. Insert (1.46), and each term falls into three:
#
# $$\ln p(\mathbf X\mid\mu,\sigma^2)=-\frac1{2\sigma^2}\sum_{n=1}^N(x_n-\mu)^2
# -\frac N2\ln\sigma^2-\frac N2\ln(2\pi)\qquad(1.54).$$
#
# **Predict:** if the curve is made narrower, some sticks grow and some shrink. Which of the three
# curves has the largest product? The cell also checks (1.54) against an independent one, from
# scipy, for all thousand heights.

# %% slideshow={"slide_type": "slide"}
few = np.array([158, 165, 169, 171, 182])
fig, axes = plots.figure(width=9.4, height=2.7, columns=3, sharey=True)
for ax, (mean, std) in zip(axes, [(160, 8), (169, 3), (169, 8)]):
    plots.sticks(few, mean, std, (140, 200), ax=ax)
    product = np.prod(norm.pdf(few, mean, std))  # (1.53)
    ax.set(xlabel="height (cm)", ylim=(0, 0.14))
    ax.set_title(f"mean {mean}, sd {std}: ln p = −{-np.log(product):.1f}")
    ax.label_outer()
    print(f"mean {mean}, sd {std}: product {product:.2e}, its logarithm {np.log(product):.2f}")

N, mean, variance = len(x), 165.0, 144.0
by_hand = -((x - mean) ** 2).sum() / (2 * variance) - N / 2 * np.log(variance)
by_hand -= N / 2 * np.log(2 * np.pi)  # (1.54)
assert np.isclose(by_hand, norm.logpdf(x, mean, 12.0).sum(), rtol=1e-12)
print(f"1000 heights at mean 165, sd 12: (1.54) gives {by_hand:.3f}")
plots.picture(
    fig,
    "Three bell curves over the same five heights, with a stick from each height up to the curve. "
    "Mean 160: the stick at 182 nearly vanishes. Mean 169 but narrow: the sticks at 158 and 182 "
    "vanish. Mean 169, sd 8: all five have some length.",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# The narrow curve has the longest sticks, in the middle, and loses all the same: a product is as
# small as its smallest factors make it. The winner leaves no height without a stick.
#
# A word about words. The tutorial says that maximum likelihood finds the $\theta$ which gives the
# maximum *probability* of the data. For tosses that is so. For heights every data set has
# probability zero, for every $\theta$; what is maximised is the *density* of the data, in "per
# cm" to the power of 1000. The idea survives, since a probability is density times width and the
# widths do not depend on $\theta$. But the *value* of (1.54) means nothing without its unit, and
# need not be negative: section 10 measures in metres, and it becomes positive.
#
# ## 5 · The summit for a bell curve
#
# Two parameters, so two derivatives of (1.54), and two scores that must vanish.
#
# **The mean.** Only the first term contains $\mu$:
#
# $$\frac{\partial}{\partial\mu}\ln p=\frac1{\sigma^2}\sum_n(x_n-\mu)=0
# \;\Rightarrow\;\sum_nx_n=N\mu\;\Rightarrow\;
# \hat\mu=\frac1N\sum_{n=1}^Nx_n\qquad(1.55).$$
#
# The $\sigma^2$ has dropped out: the best mean is the mean of the data, *however wide* the curve.
# That is a stroke of luck, and the reason why the two equations can be solved one after the other.
#
# **The variance.** Treat $\sigma^2$ as one symbol, say $v$. The first term is $-S/2v$ with
# $S=\sum_n(x_n-\mu)^2$, the second $-\frac N2\ln v$:
#
# $$\frac{\partial}{\partial v}\ln p=\frac{S}{2v^2}-\frac{N}{2v}=0\;\Rightarrow\;v=\frac SN
# \;\Rightarrow\;\hat\sigma^2=\frac1N\sum_{n=1}^N(x_n-\hat\mu)^2\qquad(1.56).$$
#
# Mind which $\mu$ stands in it: the new one, $\hat\mu$. Both equations must hold at once. (Lesson
# 05 will meet the same point in the M step.) And it makes no difference whether you maximise over
# $\sigma^2$ or over $\sigma$: another name for the same place on the hill does not move its summit.
#
# The cell checks the two scores at a place off the summit, then the summit itself: the scores
# vanish there, and none of a thousand random rivals is higher.


# %%
def ln_p(mean, std):
    """Log-likelihood of the thousand heights, from scipy."""
    return norm.logpdf(x, mean, std).sum()


score_mean = np.sum(x - mean) / variance
score_variance = np.sum((x - mean) ** 2) / (2 * variance**2) - N / (2 * variance)
assert np.isclose(score_mean, slope(lambda m: ln_p(m, 12.0), mean), rtol=1e-5)
assert np.isclose(score_variance, slope(lambda v: ln_p(mean, v**0.5), variance), rtol=1e-5)
print(f"at mean 165, variance 144: scores {score_mean:.4f} and {score_variance:.4f}")

best_mean = x.sum() / N  # (1.55)
best_std = np.sqrt(((x - best_mean) ** 2).sum() / N)  # (1.56)
rng = np.random.default_rng(1)
rivals = zip(rng.normal(best_mean, 1, 1000), best_std * np.exp(rng.normal(0, 0.1, 1000)))
assert all(ln_p(*rival) < ln_p(best_mean, best_std) for rival in rivals)
assert abs(slope(lambda m: ln_p(m, best_std), best_mean)) < 1e-3
print(f"summit: mean {best_mean:.3f}, sd {best_std:.4f}, ln p = {ln_p(best_mean, best_std):.3f}")
print(f"truth:  mean 170, sd 10, ln p = {ln_p(170, 10):.3f}")
print(f"standard error of the mean {best_std / np.sqrt(N):.3f}")

# %% [markdown]
# The estimates are 169.520 and 9.7675, not 170 and 10. They are *right*: they make these thousand
# heights more plausible than the truth does, by nearly two nats. (A nat is the unit of a natural
# logarithm.) The standard error, $\hat\sigma/\sqrt N$ = 0.309, is
# the scale on which a mean of 1000 heights scatters, and 170 is less than two of those away. The
# best explanation of a sample and the truth behind it are two things.
#
# ### Exercise 01.2 · The most plausible bell curve
#
# Write `normal_mle(x)`, which returns the mean and the *standard deviation* of largest likelihood
# for any array of numbers. Your own lines, please; that a numpy function does the same is a thing
# to find out afterwards, with its argument `ddof` in view.


# %% tags=["exercise", "01.2"]
def normal_mle(x):
    # Your lines instead of the dots.
    ...


# %% tags=["solution", "01.2"]
def normal_mle(x):
    x = np.asarray(x, dtype=float)
    mean = x.sum() / len(x)  # (1.55)
    variance = ((x - mean) ** 2).sum() / len(x)  # (1.56)
    return mean, np.sqrt(variance)


# %% tags=["check"]
check("01.2", normal_mle)

# %% [markdown] slideshow={"slide_type": "slide", "hide": ["gradient ascent"]}
# ## 6 · The hill, and two ways up
#
# With two parameters the log-likelihood is a landscape, and we can draw its map. Suppose the
# formulas were not known, and we had to climb from a poor start, mean 155 and standard deviation
# 25. The cell tries two ways:
#
# - **gradient ascent**: take a step in the direction of the two scores, and again. How long a step
#   is good? You have to choose: here 60 times the slope of the *average* $\ln p$;
# - **in turn**: hold one parameter, put the other at its best value given the first, and change
#   places. No step length is needed, since each move has a formula.
#
# **Predict:** how many moves does each need to come within 0.01 of the summit? And what would you
# see on the map if the step of the first were twice as long?


# %%
def climb(step, most=200):
    path = [start]
    while np.max(np.abs(np.subtract(path[-1], summit))) > 0.01 and len(path) <= most:
        mean, std = path[-1]
        uphill = (best_mean - mean) / std**2, np.mean((x - mean) ** 2) / std**3 - 1 / std
        path.append((mean + step * uphill[0], std + step * uphill[1]))
    return path


start, summit = (155.0, 25.0), (best_mean, best_std)
steps, too_long = climb(60), climb(120)
std_given_start = np.sqrt(np.mean((x - start[0]) ** 2))
in_turn = [start, (start[0], std_given_start), (best_mean, std_given_start), summit]
assert np.all(np.diff([ln_p(*place) for place in steps]) > 0)
print(f"gradient ascent {len(steps) - 1} moves, in turn {len(in_turn) - 1}")
print(f"steps twice as long: not there after {len(too_long) - 1} moves")

# %% [markdown]
# Both arrive, in fifteen moves and in three; with steps twice as long gradient ascent does not
# arrive at all. The map shows the first two. Its shades say how many nats lie between a place and
# the summit. Look at how the two paths cross them.

# %% slideshow={"slide_type": "slide"}
fig, ax = plots.figure(width=6.6, height=4.4)
labels = ["gradient ascent", "in turn"]
plots.normal_hill(
    x,
    paths=[steps, in_turn],
    path_labels=labels,
    label_sides=["right", "left"],
    concave=True,
    ax=ax,
)
plots.picture(
    fig,
    "Map of the log-likelihood over mean and standard deviation: a single summit at 169.5 and 9.8. "
    "Gradient ascent approaches it in many steps on a bent path; the other path takes three "
    "straight moves along the axes. A dashed half-circle spans the region of the summit.",
)

# %% [markdown]
# There is one summit and nothing else. Gradient ascent bends towards it; the other path follows the
# axes (had it begun with the mean, two moves would have been enough). The log-likelihood rises in
# every move of both.
#
# And the long steps? They leap over the summit and back for ever. In the direction of $\sigma$ the
# average $\ln p$ has the second derivative $-2/\hat\sigma^2$ at the summit, and a step longer than
# $\hat\sigma^2$ = 95 overshoots by more than it gains. Who chooses the step must know the hill. "In
# turn" is a way of climbing to remember: lesson 07 will show that EM is of this kind. It needs no
# step length, and never goes down.
#
# The dashed half-circle belongs to section 8.
#
# ## 7 · Climb by hand
#
# Move the two sliders. On the left the curve follows, over the thousand heights; on the right the
# dot walks about on the map; the line below gives the sum of $\ln p$ and how much is missing.
#
# **Predict** before you touch anything: with the mean at 160, where it does not belong, which
# standard deviation is best? More than 10, 10, or less? Find it, then set the mean right.

# %% tags=["widget"]
panel = widgets.likelihood_panel(x)
panel

# %% [markdown]
# For readers on paper, three places where the sliders may stand, and the best standard deviation
# for a mean of 160.

# %%
print(f"best sd if the mean is held at 160: {np.sqrt(np.mean((x - 160) ** 2)):.2f}")
panel.twin([(160, 10), (160, 13.5), (169.5, 10)])

# %% [markdown]
# With a wrong mean the best curve is *wider*, 13.64: the spread pays for the mean. This is worth
# remembering whenever a fitted variance looks too large. The missing nats can be read as odds:
# 2.3 nats below the summit is one tenth as plausible, and the curve in the middle, which does not
# look so bad, is more than three hundred nats down.
#
# ## 8 · Concave, but say in what
#
# A concave function lies nowhere below a chord of its own, so it cannot have two separate summits,
# and every uphill road leads to the one. For the coin we found concavity in $p$. For the bell curve one reads that its
# log-likelihood "is concave". Let us be exact, with $\hat\mu$ and $\hat\sigma$ for the summit:
#
# - in $\mu$ alone, yes: the second derivative is $-N/\sigma^2$;
# - in $\mu$ and $\sigma$ together, **no**. The determinant of the matrix of second derivatives is
#   $N^2\{3\hat\sigma^2-\sigma^2-(\mu-\hat\mu)^2\}/\sigma^6$. It is positive only inside the
#   half-circle of radius $\sqrt3\,\hat\sigma$ around the point $(\hat\mu, 0)$ on the map of
#   section 6. Our start lay outside;
# - in the **natural parameters** $\eta_1=\mu/\sigma^2$ and $\eta_2=-1/2\sigma^2$, yes, everywhere.
#   There $\ln p$ is a linear function of $\eta$ minus a convex one.
#
# Concavity depends on the coordinates. The *number of summits* does not: what has one summit in
# one set of coordinates has one in all. So the map had to show a single summit, half-circle or not.
#
# The cell draws 2000 random chords of the surface and counts those whose middle lies above it. A
# concave function has none. **Predict** in which of the three lines you will see a zero.


# %%
def average_ln_p(mean, std):
    return -0.5 * (np.log(2 * np.pi * std**2) + (best_std**2 + (mean - best_mean) ** 2) / std**2)


def in_natural(eta_1, eta_2):
    variance = -0.5 / eta_2
    return average_ln_p(eta_1 * variance, np.sqrt(variance))


def chords_above(f, a, b):
    """How many chords have their middle above the surface; two ends a row."""
    return int(np.sum(f(a, b).mean(axis=1) > f(a.mean(axis=1), b.mean(axis=1)) + 1e-9))


assert np.isclose(N * average_ln_p(165.0, 12.0), ln_p(165.0, 12.0), rtol=1e-12)
rng = np.random.default_rng(2)
means, stds = rng.uniform(145, 190, (2000, 2)), rng.uniform(5, 30, (2000, 2))
near = np.all((means - best_mean) ** 2 + stds**2 < 3 * best_std**2, axis=1)
natural = chords_above(in_natural, means / stds**2, -0.5 / stds**2)
print(f"(mean, sd), anywhere: {chords_above(average_ln_p, means, stds)} of 2000 above")
inside = chords_above(average_ln_p, means[near], stds[near])
print(f"(mean, sd), both ends in the half-circle: {inside} of {near.sum()} above")
print(f"natural parameters: {natural} of 2000 above; radius {np.sqrt(3) * best_std:.2f}")
assert natural == inside == 0

# %% [markdown] slideshow={"slide_type": "slide"}
# Anywhere on the map, many chords pass above the surface; within the half-circle, and in natural
# parameters, none does.
#
# For mixtures there is no such rescue. With two bell curves and no labels, exchanging the names of
# the curves changes nothing, so a summit at which they differ has a twin of the same height, with
# lower ground between them. A concave function cannot have that in any coordinates. This is why EM can end at a summit
# that is not the highest, and why lesson 07 needs another kind of argument.
#
# ## 9 · The variance comes out too small
#
# Draw a small sample, estimate its variance by (1.56), and do it again and again. Is the average of
# the estimates the true $\sigma^2$? The mean has no such problem: each $x_i$ has the expectation
# $\mu$, hence so has their average, $\mathbb E[\hat\mu]=\mu$ (1.57). For the variance of $n$
# numbers, measure the distances from the truth $\mu$ first, then correct:
#
# $$\sum_{i=1}^n(x_i-\hat\mu)^2=\sum_{i=1}^n(x_i-\mu)^2-n(\hat\mu-\mu)^2.$$
#
# Each of the $n$ terms in the first sum on the right has expectation $\sigma^2$. The last term
# holds the scatter of a mean of $n$ numbers, $\mathbb E(\hat\mu-\mu)^2=\sigma^2/n$. Together
#
# $$\mathbb E[\hat\sigma^2]=\frac1n\left(n\sigma^2-n\,\frac{\sigma^2}n\right)
# =\frac{n-1}n\,\sigma^2\qquad(1.58).$$
#
# In words: $\hat\mu$ lies in the middle of *its own* sample, nearer to it than the truth does, so
# the distances come out too short. One of $n$ pieces of information has gone into the mean.
#
# **Predict** the average ratio $\hat\sigma^2/\sigma^2$ for samples of 2 and of 5.

# %% slideshow={"slide_type": "slide"}
rng = np.random.default_rng(3)
sample = rng.normal(170, 10, 5)
left_side = np.sum((sample - sample.mean()) ** 2)
right_side = np.sum((sample - 170) ** 2) - 5 * (sample.mean() - 170) ** 2
assert np.isclose(left_side, right_side, rtol=1e-10)
fig, axes = plots.figure(width=8.8, height=2.9, columns=2)
for ax, n in zip(axes, (2, 5)):
    samples = rng.normal(170, 10, size=(20_000, n))
    assert abs(samples.mean() - 170) < 3 * 10 / np.sqrt(samples.size)  # (1.57)
    ratios = samples.var(axis=1) / 100  # (1.58)
    short = np.mean(ratios < 1)
    print(f"n = {n}: average ratio {ratios.mean():.3f}, below 1 in {100 * short:.0f} % of samples")
    assert abs(ratios.mean() - (n - 1) / n) < 3 * ratios.std() / np.sqrt(20_000)
    assert np.mean((ratios - 1) ** 2) < np.mean((ratios * n / (n - 1) - 1) ** 2)
    plots.repeated_estimates(ratios, n=n, ax=ax)
plots.picture(
    fig,
    "Histograms of estimated over true variance for 20 000 samples of two and of five numbers. "
    "Both lean to the left and have a long tail to the right; the averages, 0.5 and 0.8, lie below "
    "the truth.",
)

# %% [markdown]
# For two numbers the average is one half of the truth, for five four fifths, as (1.58) says. The
# estimate is called **biased**. Dividing by $n-1$ in place of $n$ mends the average; in numpy that
# is `ddof=1`. But unbiased is not the same as accurate: the last assertion in the loop says that
# the ML variance, too small as it is, has the *smaller* mean squared error.
#
# ### Exercise 01.3 · Samples of thirty
#
# Write `variance_ratio(n, sigma, n_repeats, rng)`: draw `n_repeats` samples of `n` numbers from a
# normal distribution with standard deviation `sigma`, take the ML variance of each, and return
# their average divided by the true variance. Draw with `rng.normal`. For $n=30$ the check expects
# 29/30, give or take what chance allows.


# %% tags=["exercise", "01.3"]
def variance_ratio(n, sigma, n_repeats, rng):
    # Your lines instead of the dots.
    ...


# %% tags=["solution", "01.3"]
def variance_ratio(n, sigma, n_repeats, rng):
    samples = rng.normal(0.0, sigma, size=(n_repeats, n))
    return samples.var(axis=1).mean() / sigma**2


# %% tags=["check"]
check("01.3", variance_ratio)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 10 · Why logarithms: numbers that vanish
#
# So far the logarithm was a convenience: sums are easier to differentiate than products. On a
# computer it is a necessity. The smallest number that a float can hold is about $5\cdot10^{-324}$;
# what is smaller becomes zero. A height in centimetres multiplies the likelihood by 0.025, on
# (geometric) average.
#
# **Predict:** after how many heights is the product exactly 0.0? What is it in metres, where most
# of the densities are above 1? And by how much do the two log-likelihoods differ? (`errstate` keeps
# numpy quiet about what we provoke here.)

# %% slideshow={"slide_type": "slide", "show": ["output"]}
in_cm, in_m = norm.pdf(x, best_mean, best_std), norm.pdf(x / 100, best_mean / 100, best_std / 100)
with np.errstate(over="ignore"):
    print(f"product in cm: {np.prod(in_cm)}, product in m: {np.prod(in_m)}")
print(f"in cm the first zero comes with height number {np.argmax(np.cumprod(in_cm) == 0) + 1}")
sums = np.log(in_cm).sum(), np.log(in_m).sum()
print(f"geometric mean of the densities in cm {np.exp(sums[0] / N):.3f}")
print(f"sums of logarithms: {sums[0]:.3f} in cm, {sums[1]:.3f} in m")
print(f"difference {sums[1] - sums[0]:.3f}, 1000 ln 100 = {1000 * np.log(100):.3f}")
assert np.isclose(sums[0], ln_p(best_mean, best_std))

# %% [markdown]
# In centimetres the product is 0.0 before a quarter of the data is used; in metres it is infinite.
# Both are useless for finding a maximum, since all parameters look alike. The sums are harmless.
# They differ by $1000\ln100$, the price of the unit, which is the same for all parameters: the
# *place* of the summit does not care whether you measure in centimetres or metres.
#
# ### Exercise 01.4 · The vanishing product
#
# Write both. `likelihood(x, mean, std)` multiplies densities, as (1.53) says, and will give 0.0 for
# the thousand heights. `log_likelihood(x, mean, std)` must stay finite and right. Use numpy's
# `exp`, `log`, `prod` and `sum` alone.
#
# **Predict:** would it help to write `np.log(likelihood(x, mean, std))` for the second?


# %% tags=["exercise", "01.4"]
def likelihood(x, mean, std):
    # Your lines instead of the dots.
    ...


def log_likelihood(x, mean, std):
    # Your lines instead of the dots.
    ...


# %% tags=["solution", "01.4"]
def likelihood(x, mean, std):
    z = (np.asarray(x) - mean) / std
    return np.prod(np.exp(-0.5 * z**2) / (std * np.sqrt(2 * np.pi)))  # (1.53)


def log_likelihood(x, mean, std):
    z = (np.asarray(x) - mean) / std
    return np.sum(-0.5 * z**2 - np.log(std) - 0.5 * np.log(2 * np.pi))  # (1.54)


# %% tags=["check"]
check("01.4", likelihood, log_likelihood)

# %% [markdown] slideshow={"slide_type": "slide", "hide": ["a bell curve around"]}
# To take the logarithm of the finished product would not have helped: it is 0.0 by then, and its
# logarithm minus infinity. The logarithm has to come before the product.
#
# ## 11 · Not always the mean
#
# Twice the answer was an average: of zeros and ones, and of heights. Is "maximum likelihood" a
# learned word for the mean? Take five numbers, 1, 2, 3, 4 and 10, and three models with a single
# parameter $\theta$ each:
#
# - a bell curve around $\theta$, of width 1: $\ln p=-\frac12\sum_n(x_n-\theta)^2+\text{const}$;
# - a **Laplace distribution** around $\theta$, two exponentials back to back:
#   $\ln p=-\sum_n|x_n-\theta|+\text{const}$;
# - a **uniform distribution** from 0 to $\theta$: each density is $1/\theta$, but 0 for a number
#   beyond $\theta$, so $\ln p=-N\ln\theta$ as long as $\theta\ge\max x_n$.
#
# **Predict** where each has its maximum, and at which of them a derivative is zero.

# %% slideshow={"slide_type": "slide"}
five = np.array([1, 2, 3, 4, 10])
theta = np.linspace(0.5, 14, 1351)
distance = np.abs(five[:, None] - theta)
with np.errstate(divide="ignore"):
    curves = {
        "bell curve": -0.5 * (distance**2).sum(axis=0),
        "Laplace": -distance.sum(axis=0),
        "uniform": np.where(theta >= five.max() - 1e-9, -5 * np.log(theta), -np.inf),
    }
fig, axes = plots.figure(width=9.4, height=2.9, columns=3)
for ax, (name, heights) in zip(axes, curves.items()):
    best = theta[heights.argmax()]
    print(f"{name}: {best:.2f}")
    plots.likelihood_curve(theta, heights, best=best, tag=f"{best:.0f}", ax=ax)
    ax.set(title=name, xlabel="θ", xlim=(0, 14), xticks=[0, 5, 10], yticks=[])
axes[0].set_ylabel("ln p, but for a constant")
assert (five.mean(), np.median(five), five.max()) == (4, 3, 10)
plots.picture(
    fig,
    "Three log-likelihoods of the same five numbers. Bell curve: a parabola with its top at 4. "
    "Laplace: straight pieces with a corner at the top, at 3. Uniform: nothing below 10, then a "
    "falling curve, so the top is at the edge.",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# The stars stand at 4, the mean; 3, the median; and 10, the largest. The number 10 pulls
# the mean upwards and leaves the median alone, so a model with heavier tails than a bell curve is
# less impressed by it. The uniform case has a maximum without any zero derivative: it is an edge,
# as three heads of three were. **What maximum likelihood computes is decided by the model.**
#
# ## 12 · The same answer from elsewhere
#
# The cell asks four other authorities for the heights: `emlib.mle`, which later lessons use;
# scipy's own fit; a general-purpose optimiser, which knows nothing but the value of $\ln p$ (it
# works with $\ln\sigma$, so that $\sigma$ stays positive); and numpy's `std`, with its two
# divisors. Look for agreement to four decimals, and for the one that differs.

# %%
ours = mle.normal(x)
by_scipy = norm.fit(x)
climbed = minimize(lambda t: -ln_p(t[0], np.exp(t[1])), [155.0, np.log(25.0)], tol=1e-9)
print(
    f"emlib.mle       {ours.mean:.3f}  {ours.variance**0.5:.4f}  ln p = {ours.log_likelihood:.3f}"
)
print("scipy.stats     {:.3f}  {:.4f}".format(*by_scipy))
print(f"scipy.optimize  {climbed.x[0]:.3f}  {np.exp(climbed.x[1]):.4f}  ln p = {-climbed.fun:.3f}")
print(f"numpy, ddof=0   {x.mean():.3f}  {x.std():.4f}")
print(f"numpy, ddof=1   {x.mean():.3f}  {x.std(ddof=1):.4f}")
print(f"published coin  2/5, emlib.mle {mle.bernoulli(tosses).p:.1f}")
assert np.allclose(by_scipy, [ours.mean, ours.variance**0.5], rtol=1e-10)
assert np.allclose([climbed.x[0], np.exp(climbed.x[1])], by_scipy, atol=2e-4)
assert np.isclose(x.var() / x.var(ddof=1), 999 / 1000)

# %% [markdown] slideshow={"slide_type": "slide", "hide": ["Add up log densities"]}
# They agree, but for `ddof=1`, which is no maximum of the likelihood: 9.7724 in place of 9.7675.
# For a thousand heights nobody will notice. For the few points that a small component of a mixture
# may own, one does.
#
# ## 13 · Easily confused
#
# | You may hear | What is so |
# | --- | --- |
# | The likelihood is the probability of the parameter. | It is the probability (or density) of the *data*, read as a function of the parameter. Over the parameter its area need not be 1; for five tosses it was 1/60. |
# | ... the probability of the data. | For tosses, yes. For measurements it is a density: it has a unit, may exceed 1, and its value alone means nothing. |
# | A positive log-likelihood is a mistake. | Not for densities. The heights have −3698 nats in centimetres and +907 in metres. |
# | The maximum-likelihood estimate is the mean. | For coins and bell curves. For Laplace it is the median, for a uniform distribution the largest number. |
# | It is where the derivative is zero. | It is where the likelihood is highest. That may be at an edge or a corner. |
# | The log-likelihood of a bell curve is concave. | In the mean, and in natural parameters. In mean and standard deviation only near the summit. |
# | `np.std` is wrong, one must divide by $n-1$. | They answer two questions: the maximum of the likelihood, and a variance that is right on average. |
# | More likely means true. | The truth is almost never the summit. Here it lay a nat or two below. |
#
# ## 14 · In practice
#
# - Add up log densities (`norm.logpdf`), never multiply densities.
# - Compare log-likelihoods of the *same* data in the *same* unit, and look at differences.
# - Check a score that you derived by a finite difference. It takes a line.
# - Say with each spread whether it is a variance or a standard deviation, and what it was divided
#   by. pandas divides by $n-1$, numpy by $n$.
#
# ## 15 · Take away
#
# - **Likelihood:** the probability or density of the data as a function of the parameters.
#   **Maximum likelihood:** the parameters at which it is highest.
# - Coin: heads over tosses (2.7). Bell curve: mean of the data (1.55) and mean squared distance
#   from it (1.56). These are counts and averages; in EM they will be *expected* counts and
#   *weighted* averages.
# - Work with sums of logarithms: products of a thousand densities are 0.0.
# - One summit here, since the problem is concave in suitable coordinates. Do not count on it.
# - The ML variance is too small by $(n-1)/n$ on average (1.58).
#
# **The question it leaves.** Our formulas used everything there was to know about each height. But
# suppose that the thousand people are two groups with different means, and that nobody wrote down
# who is in which. With labels: two means, two variances, all from (1.55) and (1.56). Without them?
# **What if part of the data is hidden?** Then the likelihood has a sum inside its logarithm, and
# the algebra of section 5 stops at its first line. That is
# [02 · Latent variables](02_latent_variables.ipynb).
#
# **Further reading**
#
# - C. M. Bishop, *Pattern Recognition and Machine Learning*, Springer (2006): pp. 24-28 for the
#   bell curve, its estimates and their bias (figure 1.14 shows the sticks of section 4, figure 1.15
#   the bias); pp. 68-70 for the coin.
# - R. A. Fisher, "On the mathematical foundations of theoretical statistics", *Philosophical
#   Transactions of the Royal Society A* 222, 309-368 (1922): the paper that made likelihood a
#   method, and took care to distinguish it from probability.
# - "Understanding the EM Algorithm by Examples", a web tutorial: the five tosses and the thousand
#   heights are its first examples.
#
# **Previous:** [00 · Start here](00_start_here.ipynb). **Next:**
# [02 · Latent variables](02_latent_variables.ipynb). To see which exercises you have solved, call
# `progress()` in a new cell.
