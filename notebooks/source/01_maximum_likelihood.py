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
# # 01 · Find the parameters that make the data most plausible
#
# A coin shows heads twice in five tosses. You guess that its probability of heads is 2/5, and
# [00 · Start here](00_start_here.ipynb) called that guess *the best*. **Best in which sense?** And
# what is the best guess when the data are not tosses but the heights of a thousand people?
#
# One answer covers both: choose the parameters under which the data that you saw are most
# plausible. This is called **maximum likelihood**. The M step of EM does the same with weighted
# data, so every later lesson uses this one. The mathematics is easy; the words need care. A
# likelihood is not a probability of parameters, and a density is not a probability.
#
# **After this lesson you can**
#
# - write the likelihood of tosses and of measurements, and say what it is not;
# - derive the estimates of a probability, a mean and a variance;
# - say which other parameters are plausible, by an interval or a standard error;
# - say why one adds logarithms, and why the estimated variance is too small by $(n-1)/n$.
#
# **Time** about 75 minutes, four exercises included. **You need** the derivative, the logarithm,
# the expectation $\mathbb E$ of a random number, and a little numpy. Symbols are listed in
# [00 · Start here](00_start_here.ipynb). Numbers such as (1.55) are equations in Bishop, *Pattern
# Recognition and Machine Learning* (PRML), here those of pages 24-28 and 68-70.
#
# ## 1 · Move a curve by hand
#
# Here are 1000 heights, made by a random generator as in the tutorial [T4](sources.md). The bell
# curve over them has two parameters: its **mean** says where the middle is, its **standard
# deviation** how wide it is.
#
# Move the two sliders, or drag the black dot on the right, until the curve follows the bars. The
# dot shows where the sliders stand; darker is better. In the line below, the "sum of ln p" says how
# plausible the curve makes the heights: larger is better. Its unit, the *nat*, is that of a natural
# logarithm. Sections 2 to 6 explain it.
#
# **Predict** first: with the mean held at 160, where it does not belong, which standard deviation
# is best, more than 10, 10, or less? Find it. Then set the mean right.

# %% tags=["widget"]
import itertools

import numpy as np
from scipy.stats import norm

from emlib import datasets, mle, plots, widgets
from emlib.exercises import check, hint, progress, solution

x = datasets.heights(rng=np.random.default_rng(0)).x  # rng.normal(170, 10, size=1000)
panel = widgets.likelihood_panel(x)
panel

# %% [markdown]
# For readers on paper, three places of the sliders:

# %%
print(f"best sd if the mean is held at 160: {np.sqrt(np.mean((x - 160) ** 2)):.2f}")
panel.twin([(160, 10), (160, 13.5), (169.5, 10)])

# %% [markdown] slideshow={"slide_type": "slide"}
# With a wrong mean the best curve is *wider*, 13.64: it has to reach heights far from its middle.
# Remember this whenever a fitted variance looks too large.
#
# ## 2 · Five tosses
#
# What is a "sum of ln p"? Take the smallest example first. A coin fell H T T H T. If its
# probability of heads is $p$, and the tosses do not influence one another, this very sequence has
# the probability
#
# $$p\,(1-p)\,(1-p)\,p\,(1-p)=p^2(1-p)^3\qquad\text{as in (2.5).}$$
#
# Now turn the question round: the sequence is given, and $p$ is unknown. Read as a function of $p$,
# the same expression is called the **likelihood** of $p$.
#
# **Predict:** which of $p$ = 0.2, 0.4 and 0.6 makes the five tosses most probable? By a wide
# margin? And how large is the area under the curve over all $p$?

# %%
tosses = np.array([1, 0, 0, 1, 0])  # 1 for heads
heads, tails = tosses.sum(), (1 - tosses).sum()


def coin_likelihood(p):
    return p**heads * (1 - p) ** tails  # (2.5)


for p in (0.2, 0.4, 0.6):
    print(f"p = {p}: likelihood {coin_likelihood(p):.5f}, ln {np.log(coin_likelihood(p)):.4f}")

# %% [markdown]
# Of the three, 0.4 is best, but not by much: at 0.6 the likelihood is still two thirds as high.
#
# The next cell adds up the same expression in its two readings: over all 32 sequences that five
# tosses can give, with $p$ held; and over all $p$, with the sequence held. Which of the two is 1?
# And what do the two curves have in common?

# %% slideshow={"slide_type": "slide"}
sequences = np.array(list(itertools.product([0, 1], repeat=5)))
n_heads = sequences.sum(axis=1)
total = np.sum(0.3**n_heads * 0.7 ** (5 - n_heads))
print(f"over {len(sequences)} sequences, p = 0.3: {total:.4f}")
grid = np.linspace(0.001, 0.999, 999)
area = np.sum(coin_likelihood(grid)) * (grid[1] - grid[0])
print(f"over all p, this sequence: {area:.5f}, that is 1/{1 / area:.0f}")

fig, (left, right) = plots.figure(width=8.6, height=2.9, columns=2)
plots.likelihood_curve(grid, coin_likelihood(grid), best=0.4, tag="2/5", area=True, ax=left)
plots.likelihood_curve(grid, np.log(coin_likelihood(grid)), best=0.4, tag="2/5", ax=right)
left.set(xlabel="p", ylabel="likelihood")
right.set(xlabel="p", ylabel="log-likelihood", ylim=(-12, -1))
plots.picture(fig, "01.coin")

# %% [markdown] slideshow={"slide_type": "slide"}
# Over the data the sum is 1, for every $p$. Over the parameter it is 1/60 here, and it depends on
# the data. **A likelihood is not a distribution of the parameter**, and it does not say how
# probable it is that $p$ lies near 2/5. (Bayes' rule can, once you supply a prior for $p$.) A
# likelihood *ranks* parameters. Only its ratios, or differences of its logarithm, mean anything.
#
# Both curves have their summit at 2/5. The logarithm preserves order, so it moves no maximum.
#
# ## 3 · The summit, by algebra
#
# The logarithm turns products into sums. Let $h$ and $t$ count heads and tails; then
# $\ln p(\mathbf X\mid p)=h\ln p+t\ln(1-p)$, as in (2.6). Its derivative has a name, the **score**.
# At the summit it is zero:
#
# $$\frac hp-\frac t{1-p}=0\;\Rightarrow\;h(1-p)=t\,p\;\Rightarrow\;\hat p=\frac h{h+t}
# \qquad\text{as in (2.7).}$$
#
# Is it a maximum? Differentiate once more: $-h/p^2-t/(1-p)^2$ is negative *everywhere*. The curve
# bends downwards from end to end: it is **concave**. So it has no second summit and no valley.
#
# The cell compares the score with a finite difference. Look for the same number twice, and for the
# zero.


# %%
def score(p):
    return heads / p - tails / (1 - p)


step = 1e-5
rise = np.log(coin_likelihood(0.25 + step)) - np.log(coin_likelihood(0.25 - step))
by_difference = rise / (2 * step)
print(f"score at 0.25: formula {score(0.25):.4f}, finite difference {by_difference:.4f}")
print(f"score at 0.4: {abs(score(0.4)):.4f}")

# %% [markdown] slideshow={"slide_type": "slide", "hide": ["Predict first"]}
# At 0.25 the score is positive: uphill is towards 2/5, where it vanishes.
#
# ### Exercise 01.1 · The most plausible coin
#
# Write `bernoulli_mle(tosses)`. It takes an array of ones (heads) and zeros (tails), and returns
# one number: the $p$ at which the likelihood is highest. Use the formula, not a search. For our
# five tosses it is 0.4.
#
# **Predict** first what it returns for three heads and no tails, and where the score is zero then.
# Help: `hint("01.1", 1)` in a new cell, then `2` and `3`; `solution("01.1")` shows ours.


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
# Three heads in three tosses give $\hat p=1$. The score $3/p$ is nowhere zero; the maximum is at
# the edge of what is allowed. So "set the derivative to zero" is a *method*, not the definition.
#
# ## 4 · A density is not a probability
#
# Back to the heights. The bell curve, or **normal distribution**, is
#
# $$\mathcal N(x\mid\mu,\sigma^2)=\frac1{\sqrt{2\pi\sigma^2}}\,
# \exp\left\{-\frac{(x-\mu)^2}{2\sigma^2}\right\}\qquad(1.46).$$
#
# No height has a probability of its own. What has a probability is an *interval*: the area above
# it. The curve gives area *per centimetre*, a **density**.
#
# **Predict:** with mean 170 cm and standard deviation 10 cm, the curve is 0.0399 high at its top.
# Measure the same people in metres, so that the mean is 1.70 and the standard deviation 0.10. How
# high is the top now?

# %% slideshow={"slide_type": "slide", "show": ["output"]}
for unit, mean, std, half in (("cm", 170, 10, 0.5), ("m", 1.70, 0.10, 0.005)):
    top = norm.pdf(mean, mean, std)  # (1.46)
    area = norm.cdf(mean + half, mean, std) - norm.cdf(mean - half, mean, std)
    print(f"in {unit}: top {top:.4f}, area half a cm to either side {area:.4f}")

# %% [markdown] slideshow={"slide_type": "slide"}
# In metres the top is 3.99 high, and nothing is wrong with that. A density may be as large as it
# likes; only its *area* is bounded by 1. The strip at the top, one centimetre wide, has the area
# 0.0399 in both units. That is a probability, and it does not depend on the unit.
#
# ## 5 · The likelihood of measurements
#
# For independent data the densities are multiplied, as the probabilities of tosses were:
#
# $$p(\mathbf X\mid\mu,\sigma^2)=\prod_{n=1}^N\mathcal N(x_n\mid\mu,\sigma^2)\qquad(1.53).$$
#
# The picture does it for five heights. Each stick reaches from a height up to the curve, and the
# likelihood is the product of the lengths of the sticks.
#
# The logarithm of (1.53) is the "sum of ln p" of section 1. Insert (1.46), and each term has three
# parts:
#
# $$\ln p(\mathbf X\mid\mu,\sigma^2)=-\frac1{2\sigma^2}\sum_{n=1}^N(x_n-\mu)^2
# -\frac N2\ln\sigma^2-\frac N2\ln(2\pi)\qquad(1.54).$$
#
# **Predict:** if the curve is made narrower, some sticks grow and some shrink. Which of three
# curves has the largest product: mean 160 and sd 8, mean 169 and sd 3, or mean 169 and sd 8?

# %% slideshow={"slide_type": "slide"}
five_heights = np.array([158, 165, 169, 171, 182])
fig, axes = plots.figure(width=9.4, height=2.7, columns=3, sharey=True)
for ax, (mean, std) in zip(axes, [(160, 8), (169, 3), (169, 8)]):
    product = np.prod(norm.pdf(five_heights, mean, std))  # (1.53)
    print(f"mean {mean}, sd {std}: product {product:.2e}, its logarithm {np.log(product):.2f}")
    plots.sticks(five_heights, mean, std, (140, 200), ax=ax)
    ax.set(xlabel="height (cm)", ylim=(0, 0.14))
    ax.set_title(f"mean {mean}, sd {std}: ln p = −{abs(np.log(product)):.1f}")
    ax.label_outer()
plots.picture(fig, "01.sticks")

# %% [markdown] slideshow={"slide_type": "slide"}
# The narrow curve has the longest sticks in the middle, and the smallest product of all: two of
# its sticks have almost no length. The third curve is best: it leaves no height without a stick.
#
# T4 says that maximum likelihood finds the parameters which give the data the highest
# *probability*. For tosses that is so. For heights it is the *density* of the data. So the value of
# (1.54) means nothing without its unit, and may be positive: section 9 shows it in metres.
#
# ## 6 · The summit for a bell curve
#
# There are two parameters, so two derivatives of (1.54) must be zero.
#
# **The mean.** Only the first term contains $\mu$:
#
# $$\frac{\partial}{\partial\mu}\ln p=\frac1{\sigma^2}\sum_n(x_n-\mu)=0
# \;\Rightarrow\;\sum_nx_n=N\mu\;\Rightarrow\;
# \hat\mu=\frac1N\sum_{n=1}^Nx_n\qquad(1.55).$$
#
# The $\sigma^2$ has dropped out: the best mean is the mean of the data, *however wide* the curve.
#
# **The variance.** Treat $\sigma^2$ as one symbol, say $v$. The first term is $-S/2v$ with
# $S=\sum_n(x_n-\mu)^2$, the second $-\frac N2\ln v$:
#
# $$\frac{\partial}{\partial v}\ln p=\frac{S}{2v^2}-\frac{N}{2v}=0\;\Rightarrow\;v=\frac SN
# \;\Rightarrow\;\hat\sigma^2=\frac1N\sum_{n=1}^N(x_n-\hat\mu)^2\qquad(1.56).$$
#
# The $\mu$ in it is the new one, $\hat\mu$, since both equations must hold at once. The pair
# is a maximum: towards $\sigma=0$, and far out in every other direction, $\ln p$ falls without
# end. The cell compares the summit with the truth.


# %%
def ln_p(mean, std):
    return norm.logpdf(x, mean, std).sum()  # (1.54)


N = len(x)
best_mean = x.sum() / N  # (1.55)
best_std = np.sqrt(((x - best_mean) ** 2).sum() / N)  # (1.56)
print(f"summit: mean {best_mean:.3f}, sd {best_std:.4f}, ln p = {ln_p(best_mean, best_std):.3f}")
print(f"truth:  mean 170, sd 10, ln p = {ln_p(170, 10):.3f}")

# %% [markdown]
# The estimates are 169.520 and 9.7675, not 170 and 10. They are *right*: they make these thousand
# heights more plausible than the truth does, by 1.70 nats.
#
# ### Exercise 01.2 · The most plausible bell curve
#
# Write `normal_mle(x)`, which returns two numbers for any array of numbers: the mean and the
# *standard deviation* of largest likelihood, in this order. Write the sums yourself, without
# `np.std`. For the five heights of section 5 the answers are 169 and $\sqrt{62}$.


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

# %% [markdown]
# There is one summit, and the formulas lead to it. Mixtures have twins: exchanging the names of two
# components changes nothing, so a summit at which they differ has another one of the same height.
# Two optional notebooks go on from here. [Two ways up one hill](further/01_two_ways_up.ipynb)
# climbs without formulas, and says in which coordinates the hill is concave. [Not always the
# mean](further/01_not_always_the_mean.ipynb) has models whose best parameter is no average.
#
# ## 7 · What else is plausible?
#
# The truth was not the summit. How far below it may a parameter be, and still be plausible? A
# common answer for one parameter is: at most 1.92 nats. (This is half of 3.84, the 95 % point of
# the chi-squared distribution with one degree of freedom. With many data, such a **likelihood
# interval** contains the true value in about 95 of 100 samples.)
#
# **Predict** the likelihood interval of the coin after two heads in five tosses.

# %%
depth = 3.84 / 2
ln_coin = np.log(coin_likelihood(grid))
plausible = grid[ln_coin >= ln_coin.max() - depth]
print(f"within {depth} nats of the summit: p from {plausible.min():.2f} to {plausible.max():.2f}")

# %% [markdown]
# From 0.08 to 0.80: five tosses rule out hardly any coin.
#
# A shortcut: near its summit a log-likelihood is almost a parabola, and its second derivative
# there, $\ell''$, says how quickly it falls. The **standard error**, about how far an estimate
# misses the truth, is $1/\sqrt{-\ell''}$. At 1.96 standard errors the parabola has fallen by
# $1.96^2/2=1.92$ nats. For a coin and for a mean:
#
# $$\ell''=-\frac{h+t}{\hat p(1-\hat p)},\quad\text{SE}(\hat p)=\sqrt{\frac{\hat p(1-\hat p)}{h+t}};
# \qquad \ell''=-\frac{N}{\hat\sigma^2},\quad\text{SE}(\hat\mu)=\frac{\hat\sigma}{\sqrt N}.$$
#
# Does the shortcut agree with 0.08 to 0.80? And is 170 plausible?

# %%
def show_interval(name, estimate, error):
    low, high = estimate - 1.96 * error, estimate + 1.96 * error
    print(f"{name}: standard error {error:.3f}, interval {low:.2f} to {high:.2f}")


show_interval("coin, 5 tosses", 0.4, np.sqrt(0.4 * 0.6 / 5))
show_interval("coin, 500 tosses", 0.4, np.sqrt(0.4 * 0.6 / 500))
show_interval("mean of the heights", best_mean, best_std / np.sqrt(N))

# %% [markdown] slideshow={"slide_type": "slide"}
# For five tosses the parabola is poor: −0.03 is no probability. For a thousand heights it is good,
# and 170 is within the interval. A hundred times the data give a tenth of the width.
#
# In all this the data enter only through $N$, $\sum_nx_n$ and $\sum_nx_n^2$. Such sums are called
# **sufficient statistics**; lesson 10 builds on them.
#
# ## 8 · The variance comes out too small
#
# Draw a small sample of $n$ numbers, estimate its variance by (1.56), and repeat this many times.
# Is the average of the estimates the true $\sigma^2$? The mean has no such problem: $\mathbb
# E[\hat\mu]=\mu$ (1.57). For the variance, measure the distances from $\mu$ first, then correct:
#
# $$\sum_{i=1}^n(x_i-\hat\mu)^2=\sum_{i=1}^n(x_i-\mu)^2-n(\hat\mu-\mu)^2.$$
#
# Each of the $n$ terms in the first sum on the right has the expectation $\sigma^2$. The last term
# holds the scatter of a mean of $n$ numbers, $\mathbb E(\hat\mu-\mu)^2=\sigma^2/n$. Together
#
# $$\mathbb E[\hat\sigma^2]=\frac1n\left(n\sigma^2-n\,\frac{\sigma^2}n\right)
# =\frac{n-1}n\,\sigma^2\qquad(1.58).$$
#
# In words: $\hat\mu$ is in the middle of *its own* sample, so the distances are too short.
#
# **Predict** the average ratio $\hat\sigma^2/\sigma^2$ for samples of 2 and of 5. Which divisor
# gives the smaller mean squared error, $n$ or $n-1$?

# %% slideshow={"slide_type": "slide"}
rng = np.random.default_rng(3)
fig, axes = plots.figure(width=8.8, height=2.9, columns=2)
for ax, n in zip(axes, (2, 5)):
    samples = rng.normal(170, 10, size=(20_000, n))  # their means are right on average (1.57)
    ratios = samples.var(axis=1) / 100  # (1.58)
    error, error_ddof_1 = np.mean((ratios - 1) ** 2), np.mean((ratios * n / (n - 1) - 1) ** 2)
    print(f"n = {n}: average ratio {ratios.mean():.3f}, mean squared error {error:.2f};", end=" ")
    print(f"with divisor n - 1 {error_ddof_1:.2f}")
    plots.repeated_estimates(ratios, n=n, ax=ax)
plots.picture(fig, "01.variances")

# %% [markdown]
# For two numbers the average is one half of the truth, for five it is four fifths, as (1.58) says:
# the estimate is **biased**. Dividing by $n-1$ instead of $n$ mends the average; in numpy that is
# `ddof=1`. But here the ML variance has the *smaller* mean squared error.
#
# ### Exercise 01.3 · Samples of thirty
#
# Write `variance_ratio(n, sigma, n_repeats, rng)`. Draw `n_repeats` samples of `n` numbers each
# from a normal distribution with standard deviation `sigma`, by `rng.normal`; its mean is your
# choice. Take the ML variance of each sample (divisor `n`). Return one number: the average of these
# variances, divided by the true variance. For $n=30$ and many samples it is near 29/30.


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
# ## 9 · Why logarithms: numbers that vanish
#
# A sum is easier to differentiate than a product. On a computer the logarithm is also necessary:
# the smallest number that a float can hold is about $5\cdot10^{-324}$, and what is smaller becomes
# zero.
#
# **Predict:** after how many heights is the product exactly 0.0? What is it in metres, where most
# of the densities are above 1?

# %% slideshow={"slide_type": "slide", "show": ["output"]}
in_cm = norm.pdf(x, best_mean, best_std)
in_m = norm.pdf(x / 100, best_mean / 100, best_std / 100)
with np.errstate(over="ignore"):  # numpy would warn of what we provoke here
    print(f"product in cm: {np.prod(in_cm)}, product in m: {np.prod(in_m)}")
print(f"in cm the first zero comes with height number {np.argmax(np.cumprod(in_cm) == 0) + 1}")
sum_cm, sum_m = np.log(in_cm).sum(), np.log(in_m).sum()
print(f"sums of logarithms: {sum_cm:.3f} in cm, {sum_m:.3f} in m")
print(f"difference {sum_m - sum_cm:.3f}, 1000 ln 100 = {1000 * np.log(100):.3f}")

# %% [markdown]
# In centimetres the product is 0.0 before a quarter of the data is used; in metres it is infinite.
# The sums differ by $1000\ln100$, the same for all parameters. So the unit does not move the
# summit.
#
# ### Exercise 01.4 · The vanishing product
#
# Write two functions that return one number each. `likelihood(x, mean, std)` multiplies the
# densities, as (1.53) says; for the thousand heights it will give 0.0.
# `log_likelihood(x, mean, std)` is its natural logarithm, and must stay finite and right: −17.41
# for the five heights of section 5 at mean 169 and sd 8. Use numpy, no scipy.
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

# %% [markdown]
# The logarithm of the finished product does not help: the product is 0.0 by then, and its logarithm
# minus infinity. Take the logarithm of each density first, then add.
#
# ## 10 · The same answer from elsewhere
#
# The cell asks `emlib.mle`, scipy's own fit, and numpy's `std` with two divisors. Look for the one
# that differs.

# %%
ours = mle.normal(x)
scipy_mean, scipy_std = norm.fit(x)
print(f"emlib.mle: mean {ours.mean:.3f}, sd {ours.variance**0.5:.4f}")
print(f"scipy.stats: mean {scipy_mean:.3f}, sd {scipy_std:.4f}")
print(f"numpy: ddof=0 {x.std():.4f}, ddof=1 {x.std(ddof=1):.4f}")

# %% [markdown] slideshow={"slide_type": "slide", "hide": ["Add up log densities"]}
# They agree, except `ddof=1`, which does not maximise the likelihood: 9.7724 instead of 9.7675. The
# fewer the data, the larger the difference.
#
# ## 11 · Easily confused
#
# | You may hear | What is so |
# | --- | --- |
# | The likelihood is the probability of the parameter. | It is the probability (or density) of the *data*, read as a function of the parameter. Its area over the parameter need not be 1; for five tosses it was 1/60. |
# | A positive log-likelihood is a mistake. | Not for densities. The heights have −3698 nats in centimetres and +907 in metres. |
# | The estimate is always the mean. | For coins and bell curves. Other models have other answers: a median, a largest number. |
# | It is where the derivative is zero. | It is where the likelihood is highest. That may be at an edge, as for three heads of three. |
# | `np.std` is wrong, one must divide by $n-1$. | They answer two questions: the maximum of the likelihood, and a variance that is right on average. |
# | More likely means true. | The truth is hardly ever the summit. Here it was 1.70 nats below. |
#
# ## 12 · In practice
#
# - Add up log densities (`norm.logpdf`), never multiply densities.
# - Say of each spread whether it is a variance or a standard deviation, and what it was divided by:
#   pandas takes $n-1$, numpy $n$.
#
# ## 13 · Take away
#
# - **Likelihood:** the probability or density of the data as a function of the parameters.
#   **Maximum likelihood:** the parameters at which it is highest.
# - Coin: heads over tosses (2.7). Bell curve: mean of the data (1.55) and mean squared distance
#   from it (1.56). In EM these counts and averages will be *expected* counts and *weighted*
#   averages.
# - Within 1.92 nats of the summit a parameter is plausible. The standard error is
#   $1/\sqrt{-\ell''}$.
# - The ML variance is too small by the factor $(n-1)/n$ on average (1.58).
#
# **The question it leaves.** Our formulas used everything there was to know about each height. But
# suppose that the thousand people are two groups with different means, and that nobody wrote down
# who is in which. **What if part of the data is hidden?** Then the likelihood has a sum inside its
# logarithm, and the algebra of section 6 stops at its first line. That is
# [02 · Latent variables](02_latent_variables.ipynb).
#
# **Further reading**
#
# - C. M. Bishop, *Pattern Recognition and Machine Learning*, Springer (2006): pp. 24-28 for the
#   bell curve, its estimates and their bias (figure 1.14 shows the sticks of section 5, figure 1.15
#   the bias); pp. 68-70 for the coin.
# - R. A. Fisher, "On the mathematical foundations of theoretical statistics", *Philosophical
#   Transactions of the Royal Society A* 222, 309-368 (1922).
#
# **Previous:** [00 · Start here](00_start_here.ipynb). **Next:**
# [02 · Latent variables](02_latent_variables.ipynb). To see which exercises you have solved, call
# `progress()` in a new cell.
