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
# # 04 · Recover two coins from unlabelled tosses
#
# Two coins of unknown bias lie in a bag. Five times somebody draws one of them, tosses it ten
# times, writes down the tosses and puts the coin back, but does not write down which coin it was.
# **How biased is each coin?** [K-means](03_kmeans.ipynb) would give each row wholly to one coin. Here
# a row that both coins explain may be *shared*, in proportion to the probabilities.
#
# Had the labels been kept, one division a coin would answer. Were the biases known, Bayes' rule
# would tell how likely each label is. We have neither, and each needs the other. The
# Expectation-Maximization algorithm (EM) breaks the circle: it works out the two in turn, each
# from the latest version of the other, and gets better each time. This lesson takes it apart on
# the smallest example that shows all of it: five rows of data, two unknowns, sums that you can do
# on paper. The example comes from Do and Batzoglou (2008), whose figure has introduced many
# people to EM. We reproduce its numbers, then ask what the figure leaves open.
#
# **After this lesson you can**
#
# - carry out an E step by hand, and say what an expected count is;
# - derive the M step for coins, and see why it is a ratio of expected counts;
# - write EM for two coins in ten lines that do not underflow;
# - read a likelihood surface: two mirror-image maxima, and a saddle on which EM can stop;
# - tell the convergence of the *algorithm* from the precision of the *estimate*.
#
# **Time** 60 to 75 minutes, five exercises included. **You need** Bayes' rule, logarithms, a
# derivative, and a little numpy. What we use of maximum likelihood
# ([lesson 01](01_maximum_likelihood.ipynb)) and of latent variables
# ([lesson 02](02_latent_variables.ipynb)) is repeated here. Symbols are listed in [00 · Start
# here](00_start_here.ipynb); numbers such as (9.13) are equations in Bishop, *Pattern Recognition
# and Machine Learning* (PRML).
#
# ## 1 · Five rows of data
#
# The next cell types in the five trials and counts heads and tails. Look at the counts in its
# output: they are all that we shall use. For a coin that shows heads with probability $\theta$, a
# row with $h$ heads and $t$ tails has probability $\theta^h(1-\theta)^t$, in whatever order they
# fell, so nothing is lost by counting. We write $\mathbf x_n = (h_n, t_n)$ for trial $n$; the
# array `x` holds one trial a row.
#
# **Predict** before you run it. Ten tosses of one fair coin usually give between 3 and 7 heads.
# Read the five rows in the code: which of them would you give to the same coin? Note down your
# two groups, and a guess at the two biases.

# %% slideshow={"slide_type": "slide", "show": ["output"]}
import itertools
import textwrap
import warnings

import numpy as np

from emlib import CoinMixture, EMWarning, coins, datasets, em, plots, widgets
from emlib.exercises import check, hint, progress, solution

trials = ["HTTTHHTHTH", "HHHHTHHHHH", "HTHHHHHTHH", "HTHTTTHHTT", "THHHTHHHTH"]
flips = np.array([[toss == "H" for toss in trial] for trial in trials], dtype=int)
x = coins.counts(flips)
for trial, (heads, tails) in zip(trials, x):
    print(f"{trial}   {heads:.0f} heads, {tails:.0f} tails")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 2 · If the labels were known
#
# In this example we may look: the coins were B, A, A, B, A. We write a label as a row of zeros
# with a single one, $\mathbf z_n = (z_{nA}, z_{nB})$, so $z_{nA} = 1$ says that trial $n$ was
# coin A. With labels, the data are called *complete*, and the log-likelihood falls into one piece
# a coin:
#
# $$\ln p(\mathbf X, \mathbf Z \mid \theta)
# = \sum_n\sum_k z_{nk}\,\{\ln \pi_k + h_n\ln\theta_k + t_n\ln(1-\theta_k)\}
# \qquad\text{as in (9.36).}$$
#
# Here $\pi_k$ is the probability that coin $k$ is drawn, ½ for each. Only the terms with $z_{nA}=1$
# contain $\theta_A$, and they are the log-likelihood of a single coin: the best $\theta_A$ is the
# fraction of heads among the tosses of coin A. Look at the two fractions that it prints, and
# compare them with your guess.

# %% slideshow={"slide_type": "slide"}
z = datasets.do_batzoglou().z  # 0 for coin A, 1 for coin B
labels = np.eye(2)[z]  # z_nk: one row a trial, one column a coin
heads_and_tails = labels.T @ x
complete_biases = heads_and_tails[:, 0] / heads_and_tails.sum(axis=1)
for name, (heads, tails), bias in zip("AB", heads_and_tails, complete_biases):
    print(f"coin {name}: {heads:.0f} heads, {tails:.0f} tails   bias {bias:.2f}")
fig, (left, right) = plots.figure(width=8, height=2.6, columns=2)
plots.flips(flips, ax=left)
plots.flips(flips, labels=z, ax=right)
plots.picture(fig, "04.labels")

# %% [markdown] slideshow={"slide_type": "slide", "show": ["With labels the answer is"]}
# The figure shows the same tosses twice: as we are given them (left) and with their labels
# (right). With labels the answer is 24/30 = 0.80 and 9/20 = 0.45. Keep it in mind as the
# **complete-data answer**. EM never sees the labels and will not land exactly here; why not, and
# whether that is bad, is one of the questions below.
#
# ## 3 · Why missing labels hurt
#
# Without labels a trial may have come from either coin, so its probability is a sum over both
# (9.12), and the log-likelihood of all trials, the *incomplete-data* log-likelihood, is
#
# $$\ln p(\mathbf X\mid\theta) = \sum_n \ln \sum_k \pi_k\,\theta_k^{h_n}(1-\theta_k)^{t_n}
# \qquad\text{as in (9.14).}$$
#
# Compare it with section 2. There the logarithm met a product and took it apart. Here a sum
# stands in its way: the derivative in $\theta_A$ contains $\theta_B$ as well, and no rearranging
# gives a formula for the best pair. Nothing is "intractable": we can *evaluate* this function in
# an instant. It only lacks a closed-form maximum.
#
# The next cell evaluates it at the pair (0.6, 0.5) in two ways: by the formula, and by brute
# force, adding up $p(\mathbf X,\mathbf Z\mid\theta)$ over every possible labelling $\mathbf Z$
# (9.29). Look for the same number twice, and for the number of labellings.


# %%
def log_joint(x, biases, weights=(0.5, 0.5)):
    """ln of pi_k theta_k^h (1 - theta_k)^t, one row a trial, one column a coin."""
    return np.log(weights) + x @ np.log([biases, 1 - np.asarray(biases)])


a = log_joint(x, [0.6, 0.5])
by_formula = np.log(np.exp(a).sum(axis=1)).sum()  # (9.14)
labellings = list(itertools.product([0, 1], repeat=len(x)))
joint = [np.exp(sum(a[n, k] for n, k in enumerate(ks))) for ks in labellings]
by_force = np.log(sum(joint))  # (9.29)
assert np.isclose(by_formula, by_force, rtol=1e-12)
print(f"by the formula {by_formula:.5f}, by force over {len(labellings)} labellings {by_force:.5f}")
print(f"with 500 trials there would be {2.0**500:.1e} labellings")

# %% [markdown] slideshow={"slide_type": "slide"}
# Both give −33.09386. (Logarithms are natural, so the unit is the nat, and we count the
# probability of the very sequence of tosses; a text that counts only *how many* heads adds
# $\ln\binom{10}{h_n}$ a trial, a constant.) The brute-force sum has 32 terms here and some
# $10^{150}$ for 500 trials; the formula has two a trial. That is what independence of the trials
# buys.
#
# ## 4 · The E step, by hand
#
# Guess: $\theta_A = 0.6$, $\theta_B = 0.5$. Given the guess, how probable is it that trial 1,
# with 5 heads and 5 tails, was coin A? Bayes' rule (9.13) says: prior times likelihood, divided
# by the sum of such products over the coins,
#
# $$\gamma_{nA} = p(z_{nA}=1\mid\mathbf x_n,\theta)
# = \frac{\pi_A\binom{10}{h_n}\theta_A^{h_n}(1-\theta_A)^{t_n}}
# {\sum_{k}\pi_k\binom{10}{h_n}\theta_k^{h_n}(1-\theta_k)^{t_n}}
# = \frac{\theta_A^{h_n}(1-\theta_A)^{t_n}}
# {\theta_A^{h_n}(1-\theta_A)^{t_n}+\theta_B^{h_n}(1-\theta_B)^{t_n}}.$$
#
# The binomial coefficient stands in every term and cancels; here the two ½ cancel as well. With
# unequal $\pi$ they would not. The number $\gamma_{nk}$ is called the **responsibility** of coin
# $k$ for trial $n$.
#
# **Predict** without computing: is $\gamma_{1A}$ above or below one half? Then follow the sum:
#
# $$\begin{aligned}
# \theta_A^5(1-\theta_A)^5 &= (0.6\cdot 0.4)^5 = 0.24^5 = 7.96\cdot10^{-4},\\
# \theta_B^5(1-\theta_B)^5 &= (0.5\cdot 0.5)^5 = 0.25^5 = 9.77\cdot10^{-4},\\
# \gamma_{1A} &= \frac{7.96}{7.96+9.77} = 0.449.
# \end{aligned}$$
#
# Below one half, but only just: 5 heads of 10 suit a fair coin best, and suit a coin of bias 0.6
# nearly as well. So trial 1 is not *given* to B. It is *shared*: 0.449 of it counts for A, 0.551
# for B, and its 5 heads become 2.25 expected heads for A and 2.75 for B. An **expected count** is
# the average of a count over the labels that we do not know. It need not be whole.
#
# ### Exercise 04.1 · One trial, your hands
#
# Write the E step for one trial, for any counts and biases and equal priors: return $\gamma_A$.
# Try it in your head first: a trial shows 8 heads and 2 tails, the guesses are 0.8 and 0.7.
# Nearly all for A, or about half and half?
#
# Run the cell below the function to check it, as often as you like. If you are stuck, call
# `hint("04.1", 1)` in a new cell, then `2` and `3`; `solution("04.1")` shows ours.


# %% tags=["exercise", "04.1"]
def responsibility_of_a(heads, tails, bias_a, bias_b):
    # Your lines instead of the dots.
    ...


# %% tags=["solution", "04.1"]
def responsibility_of_a(heads, tails, bias_a, bias_b):
    like_a = bias_a**heads * (1 - bias_a) ** tails
    like_b = bias_b**heads * (1 - bias_b) ** tails
    return like_a / (like_a + like_b)  # (9.13), equal priors cancel


# %% tags=["check"]
check("04.1", responsibility_of_a)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 5 · All five trials: expected counts
#
# The E step of EM (9.23) does for every trial what you did for one. The function below is the
# formula of section 4 on whole arrays: each column is a coin, each row a trial, and each row is
# divided by its own sum. From the responsibilities follow the **expected counts**: the heads of
# coin A are $\sum_n\gamma_{nA}h_n$, and so on, one matrix product for all four.
#
# Look at the responsibilities of A and at the four totals: Do and Batzoglou print .45 .80 .73 .35
# .65, with 21.3 heads and 8.6 tails for A, 11.7 and 8.4 for B. The assertions say that we agree,
# and so does `emlib`, the package of this course. Then look at the picture, which turns the
# counts into ink: how is each trial divided, and is any toss lost or counted twice?


# %% slideshow={"slide_type": "slide", "show": ["figure"]}
def e_step(x, biases):
    heads, tails = x[:, :1], x[:, 1:]
    joint = 0.5 * np.asarray(biases) ** heads * (1 - np.asarray(biases)) ** tails
    return joint / joint.sum(axis=1, keepdims=True)  # (9.23)


r = e_step(x, [0.6, 0.5])
expected = r.T @ x  # one row a coin: expected heads, expected tails
theta_0 = CoinMixture(biases=[0.6, 0.5], weights=[0.5, 0.5], fixed_weights=True)
assert np.allclose(r, theta_0.responsibilities(x), rtol=1e-12)
assert np.allclose(r[:, 0], [0.45, 0.80, 0.73, 0.35, 0.65], atol=0.005)
assert np.allclose(expected, [[21.3, 8.6], [11.7, 8.4]], atol=0.05)
hand = [0.24**5, 0.25**5, *r[0], *(5 * r[0])]
print("trial 1: {:.2e} to {:.2e}, so A {:.3f}, B {:.3f}; heads {:.2f}, {:.2f}".format(*hand))
print("all trials, A:", *(f"{gamma:.2f}" for gamma in r[:, 0]))
print("expected counts: A {:.1f} H, {:.1f} T;  B {:.1f} H, {:.1f} T".format(*expected.ravel()))
eight = e_step(np.array([[8.0, 2.0]]), [0.8, 0.7])[0]
print("8 heads at 0.8, 0.7: A {:.6f}, heads {:.4f} and {:.4f}".format(eight[0], *(8 * eight)))
fig, ax = plots.figure(width=6.4, height=3.4)
plots.expected_counts(x, r, ax=ax)
plots.picture(
    fig,
    "Five bars of ten tosses, one a trial, each divided between coins A and B. Trials 2 and 3, "
    "with most heads, go mostly to A, trial 4 mostly to B; trial 1 is shared almost evenly.",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# The bars show that the E step divides every trial, most evenly where both coins explain it
# equally well, and that the ink adds up to ten tosses a trial. And the eight heads of exercise
# 04.1 are divided about half and half: eight of ten is exactly what coin A at 0.8 promises, but
# coin B at 0.7 does it nearly as well.
#
# ## 6 · The M step, derived
#
# Now pretend that the expected counts are data. What are the best biases? Take the complete-data
# log-likelihood of section 2 and replace each unknown $z_{nk}$ by its expectation $\gamma_{nk}$
# (9.39). The result is the **expected complete-data log-likelihood** (9.30), (9.40):
#
# $$Q(\theta,\theta^{\text{old}})
# = \sum_n\sum_k\gamma_{nk}\{\ln\pi_k + h_n\ln\theta_k+t_n\ln(1-\theta_k)\}
# = \text{const} + \sum_k\{H_k\ln\theta_k+T_k\ln(1-\theta_k)\},$$
#
# with $H_k=\sum_n\gamma_{nk}h_n$ and $T_k=\sum_n\gamma_{nk}t_n$. The sum is outside the logarithm
# again, and each bias has a piece of its own. Its derivative is
# $H_k/\theta_k - T_k/(1-\theta_k)$, which falls as $\theta_k$ grows, so there is one zero, and it
# is the maximum (9.31):
#
# $$\theta_k^{\text{new}} = \frac{H_k}{H_k+T_k}
# = \frac{\sum_n\gamma_{nk}h_n}{\sum_n\gamma_{nk}(h_n+t_n)}.$$
#
# A ratio of expected counts: heads to tosses, as in section 2, with fractions of trials for whole
# ones. The M step needs nothing else from the data, so the four totals are called *expected
# sufficient statistics*. Remember the shape, *weighted sum over weighted count*: a Gaussian's
# mean will be updated by the same pattern in (9.17).
#
# The cell takes the M step and tests the algebra: the derivative must vanish, and none of 1000
# random pairs may have a larger $Q$.


# %% slideshow={"slide_type": "slide", "show": ["def m_step", "output"]}
def m_step(x, r):
    expected = r.T @ x  # H_k and T_k
    return expected[:, 0] / expected.sum(axis=1)  # (9.31) for coins


def q_function(biases):
    return np.sum(r * log_joint(x, biases))  # (9.40)


biases_1 = m_step(x, r)
derivative = expected[:, 0] / biases_1 - expected[:, 1] / (1 - biases_1)
rivals = np.random.default_rng(0).uniform(0.01, 0.99, size=(1000, 2))
assert np.allclose(derivative, 0, atol=1e-9)
assert all(q_function(rival) <= q_function(biases_1) for rival in rivals)
assert np.allclose(biases_1, theta_0.m_step(theta_0.statistics(x, r)).biases, rtol=1e-12)
print("after one round: A {:.4f}, B {:.4f}".format(*biases_1))

# %% [markdown]
# From 0.60 and 0.50 to 0.71 and 0.58, as published. Both went up: the data have more heads (33 of
# 50) than either guess promised. Which coin is which is decided only by the small lead that the
# start gave to A.
#
# ### Exercise 04.2 · Close the loop
#
# E step, M step, and again: that is all of EM. Write `coin_em(x, biases, n_rounds)` with equal
# priors, using `e_step` and `m_step` from above or your own. Return the start and the biases
# after each round, an array of shape `(n_rounds + 1, 2)`.


# %% tags=["exercise", "04.2"]
def coin_em(x, biases, n_rounds):
    # Your lines instead of the dots.
    ...


# %% tags=["solution", "04.2"]
def coin_em(x, biases, n_rounds):
    iterates = [np.asarray(biases, dtype=float)]
    for _ in range(n_rounds):
        iterates.append(m_step(x, e_step(x, iterates[-1])))
    return np.array(iterates)


# %% tags=["check"]
check("04.2", coin_em)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 7 · Ten rounds, as a table and on a map
#
# In `emlib` the loop is `em.iterate`, an endless generator of steps; `islice` takes the first
# eleven (the start and ten rounds). Each step carries its model and its objective, the
# log-likelihood *at* that model. With two unknowns we can also draw the whole log-likelihood as a
# map, with EM's path on it; a second run starts at the mirror image (0.5, 0.6).
#
# **Predict** before you run: Will A and B both go on rising? Will the log-likelihood ever fall?
# Which settles first, the log-likelihood or the biases? And where will the second run end?


# %% slideshow={"slide_type": "slide"}
def ten_rounds(biases):
    start = CoinMixture(biases=biases, weights=[0.5, 0.5], fixed_weights=True)
    return list(itertools.islice(em.iterate(start, x), 11))


steps, mirror_steps = ten_rounds([0.6, 0.5]), ten_rounds([0.5, 0.6])
print("round    A       B      ln p(X)")
for step in steps:
    a, b = step.model.biases
    print(f"{step.iteration:4d}  {a:.4f}  {b:.4f}  {step.objective:.5f}")
path = np.array([step.model.biases for step in steps])
mirror_path = np.array([step.model.biases for step in mirror_steps])
history = [step.objective for step in steps]
assert np.allclose(path[1:], [m_step(x, e_step(x, biases)) for biases in path[:-1]], rtol=1e-10)
assert np.allclose(path[[1, 10]], [[0.71, 0.58], [0.80, 0.52]], atol=0.005)  # as published
assert np.all(np.diff(history) > 0)
assert np.allclose(mirror_path, path[:, ::-1])
fig, (ax, side) = plots.figure(width=9.2, height=4.0, columns=2)
plots.likelihood_surface(x, paths=[path, mirror_path], maxima=[path[-1], mirror_path[-1]], ax=ax)
plots.trace(history, ax=side)
plots.picture(
    fig,
    "Left: map of the log-likelihood over both biases, with two equal summits mirrored in the "
    "diagonal and a path to each. Right: its rise by round, steep at first, level from round 5 on.",
)

# %% [markdown] slideshow={"slide_type": "slide", "show": ["The data cannot say which coin"], "hide": ["Predict before each"]}
# The table starts with the published 0.71 and 0.58 and ends with the published 0.80 and 0.52. A
# rises throughout. B rises once, then comes down, as A takes the rows with many heads away from
# it. The log-likelihood rises in every round, first by more than a nat, in the end in the fifth
# decimal, while the biases still move in the fourth: near its summit a hill is flat, so the
# *height* settles before the *place* does. (A stopping rule on the likelihood alone can therefore
# stop too early.)
#
# The map shows two summits of the same height, and each run climbing to the one on its own side
# of the diagonal. If you swap the names of the coins, no probability changes, so every point has
# a mirror image of equal likelihood. The data cannot say which coin is "A": **labels are
# arbitrary**, and with $K$ components each summit has $K!$ copies.
#
# ## 8 · Half a round at a time
#
# Now take EM apart yourself. Choose a start, then step with the slider: each E step redraws the
# bars and leaves the point on the map where it was; each M step divides heads by tosses, coin by
# coin, and moves the point. After five rounds the last frame shows where EM stops.
#
# **Predict** before each M step: read the bars, and say which way the point will go. Then choose
# the tie as a start, and see what the bars do.

# %% tags=["widget"]
starts = {
    "0.60 and 0.50 (as published)": (0.6, 0.5),
    "0.50 and 0.60 (mirror image)": (0.5, 0.6),
    "0.95 and 0.10 (far away)": (0.95, 0.10),
    "0.55 and 0.55 (a tie)": (0.55, 0.55),
}
player = widgets.coin_player(x, starts)
player

# %% [markdown]
# If you read this without a running kernel, or on paper, here is the published start again, as a
# strip: rounds 0, 1, 2, 5 and the last one, the map above and the bars below.

# %%
player.twin()

# %% [markdown] slideshow={"slide_type": "slide"}
# The strip shows the division getting sharper as the coins move apart: in the end trials 2 and 3
# are mostly coin A's, trials 1 and 4 mostly coin B's. Trial 5, with seven heads, stays in doubt:
# 0.60 for A. EM never resolves that doubt, because the data do not.
#
# And the tie? Two equal coins share every trial half and half, whatever its heads, so the M step
# makes them equal again. We come back to it in section 13.
#
# ## 9 · When the numbers vanish: work with logarithms
#
# Suppose one trial has 2000 tosses, of which 1100 are heads, and the biases are 0.6 and 0.5 as
# before.
#
# **Predict:** what does our `e_step` answer? The true responsibility of A is an unexcited 0.43.
#
# The cell asks it (`errstate` keeps numpy quiet), then repairs it. The cure is to keep
# logarithms, and, before the exponential, to subtract the largest of a row, which changes no
# ratio: $\ln\sum_k e^{a_k} = m+\ln\sum_k e^{a_k-m}$ with $m=\max_k a_k$. This **log-sum-exp**
# also yields $\ln p(\mathbf x_n)$ on the way. Look at the two lines printed.


# %% slideshow={"slide_type": "slide", "show": ["def e_step_in_logs", "output"]}
def e_step_in_logs(x, biases):
    a = log_joint(x, biases)
    m = a.max(axis=1, keepdims=True)
    log_density = m + np.log(np.exp(a - m).sum(axis=1, keepdims=True))  # terms of (9.14)
    return np.exp(a - log_density), log_density.sum()  # (9.23)


long_trial = np.array([[1100.0, 900.0]])
with np.errstate(invalid="ignore"):
    gamma = e_step(long_trial, [0.6, 0.5])[0]
print("with powers:    ", 0.6**1100 * 0.4**900, "and", 0.5**2000, "so gamma =", gamma)
repaired, log_p = e_step_in_logs(long_trial, [0.6, 0.5])
print("with logarithms: gamma = {:.4f} and {:.4f}, ln p = {:.3f}".format(*repaired[0], log_p))
assert np.allclose(repaired, theta_0.responsibilities(long_trial), rtol=1e-9)
assert np.allclose(e_step_in_logs(x, [0.6, 0.5])[0], r, rtol=1e-12)

# %% [markdown] slideshow={"slide_type": "slide"}
# Both likelihoods are about $10^{-602}$, far below the smallest number a computer can hold in
# floating point, so each became 0 and their ratio "not a number". Nothing was wrong with the
# formula; it was the order of the arithmetic. From here on, and everywhere in `emlib`,
# responsibilities come from logarithms. Your ten lines of EM are now `log_joint`,
# `e_step_in_logs`, `m_step` and the loop.
#
# ## 10 · Does EM need more data to converge?
#
# A published tutorial on this example takes 500 trials instead of 5, and gives as its reason that
# the algorithm should converge. Two different things are called convergence here, so let us
# measure both. We draw trials of ten tosses from coins of bias 0.6 and 0.2, as that tutorial
# does, start EM at 0.8 and 0.7, as it does too, and stop when a round moves no bias by more than
# $10^{-4}$; then again with fresh data, 300 times, with 5 trials and with 500. (A run that had
# not settled after 1000 rounds would stop the cell with an error.) Look at the median number of
# rounds, and at the spread of the points around the true pair.
#
# **Predict:** with a hundred times the data, will EM need fewer rounds, as many, or more?


# %% slideshow={"slide_type": "slide"}
def run_once(n_trials, rng):
    x, _ = truth.sample(n_trials, rng)
    before = start.biases
    for step in itertools.islice(em.iterate(start, x), 1, 1001):
        if np.abs(step.model.biases - before).max() < 1e-4:
            return step.iteration, *step.model.biases
        before = step.model.biases


truth = CoinMixture(biases=[0.6, 0.2], weights=[0.5, 0.5])
start = CoinMixture(biases=[0.8, 0.7], weights=[0.5, 0.5], fixed_weights=True)
rng = np.random.default_rng(0)
runs = {n: np.array([run_once(n, rng) for _ in range(300)]) for n in (5, 500)}
fig, axes = plots.figure(width=8, height=4, columns=2)
for ax, (n, run) in zip(axes, runs.items()):
    rounds, a, b = run.T
    print(f"{n:3d} trials: median of {np.median(rounds):.0f} rounds;", end="  ")
    print(f"A {a.mean():.2f} ± {a.std():.2f}, B {b.mean():.2f} ± {b.std():.2f}")
    plots.estimates(run[:, 1:], truth=truth.biases, ax=ax, label=f"{n} trials")
plots.picture(
    fig,
    "300 estimates around the true biases (0.6, 0.2), twice. With 5 trials they fill a wide cloud, "
    "and some lie on the diagonal; with 500 trials they form a tight spot on the truth.",
)

# %% [markdown] slideshow={"slide_type": "slide", "hide": ["Predict: where does it end"]}
# As many. All 600 runs converged, typically after eleven rounds, with 5 trials as with 500. The
# clouds show what does differ, the place where they ended: with 5 trials the estimates scatter by
# about 0.15 and 0.14 around the truth, with 500 trials by about 0.01. **Convergence is a property
# of the algorithm** on the data it was given, a handful of numbers or thousands. **Precision is a
# property of the estimate**, and needs data: a hundred times as many trials for roughly a tenth of
# the scatter. (If the error vanishes as the data grow, the estimator is *consistent*: a third
# thing.) Five hundred trials are needed to know the coins well, not for EM to converge.
#
# Look again at the left cloud: a good number of points lie *on* the diagonal. There EM reported
# two equal coins. Section 14 tells why.
#
# ## 11 · What if we simply guess the labels?
#
# This section is a worked example, nothing to fill in. *Hard* EM gives each trial wholly to its
# more probable coin and counts, as if the guess were a fact; for round clusters of points it is
# called K-means ([lesson 03](03_kmeans.ipynb)). The first part of the cell runs it on our five
# trials.
#
# **Predict:** where does it end, and is that better or worse than EM's 0.80 and 0.52? The second
# part repeats the contest on 50 000 trials from the coins 0.6 and 0.2. Look at which pair comes
# closer to the truth there.


# %%
def hard_em(x, biases, n_rounds):
    for _ in range(n_rounds):
        guesses = log_joint(x, biases).argmax(axis=1)
        biases = m_step(x, np.eye(2)[guesses])
    return guesses, biases


for n_rounds in (1, 10):
    guesses, biases = hard_em(x, [0.6, 0.5], n_rounds)
    names = " ".join("AB"[k] for k in guesses)
    print("round {:2d}: {}   biases {:.2f} {:.2f}".format(n_rounds, names, *biases))
many = coins.counts(rng.binomial(10, rng.choice([0.6, 0.2], size=50_000)), 10)
soft = em.fit(start, many).model.biases
hard = hard_em(many, start.biases, 50)[1]
print("50 000 trials: soft {:.2f} {:.2f}, hard {:.2f} {:.2f}".format(*soft, *hard))

# %% [markdown]
# On the five trials hard EM finds B A A B A in its first round, so it lands on the complete-data
# answer, 0.80 and 0.45. That is luck: its guesses happen to be right, and it has no way to say
# that trial 5 was a 0.6 to 0.4 affair. With 50 000 trials there is no luck left. EM returns 0.60
# and 0.20; hard EM stays at 0.64 and 0.21, and no amount of data will mend that. It gives every
# doubtful trial to one side, always the same side, and counts its mistakes as knowledge. (It
# pursues another objective, the best *labelling*, and is faster; know which you want.)
#
# ## 12 · Set the draw free
#
# So far each coin was drawn with probability ½: we were told so. If not, $\pi$ is one more
# unknown, and it costs one more line. $Q$ contains $\sum_k N_k\ln\pi_k$ with
# $N_k=\sum_n\gamma_{nk}$ (9.27), the expected number of trials of coin $k$. Under the constraint
# that the $\pi_k$ sum to one, it is largest at $\pi_k=N_k/N$ (9.26): the mean of a column of
# responsibilities.
#
# ### Exercise 04.3 · Free the prior
#
# Write `coin_em_free(x, biases, weights, n_rounds)`, which updates biases *and* weights in every
# round and returns both after the last. Mind that the E step now needs the weights: the ½ no
# longer cancel. `log_joint(x, biases, weights)` takes them already.


# %% tags=["exercise", "04.3"]
def coin_em_free(x, biases, weights, n_rounds):
    # Your lines instead of the dots.
    ...


# %% tags=["solution", "04.3"]
def coin_em_free(x, biases, weights, n_rounds):
    for _ in range(n_rounds):
        a = log_joint(x, biases, weights)
        r = np.exp(a - a.max(axis=1, keepdims=True))
        r = r / r.sum(axis=1, keepdims=True)  # (9.23)
        biases = m_step(x, r)
        weights = r.mean(axis=0)  # (9.26)
    return biases, weights


# %% tags=["check"]
check("04.3", coin_em_free)

# %% [markdown] slideshow={"slide_type": "slide"}
# From the published start your function settles at 0.7934 and 0.5139, with $\pi_A$ = 0.5228;
# section 15 computes it. That gains only 0.0015 nats over the fixed prior. Five trials say next
# to nothing about how the coins were drawn. If you *know* a parameter, as we did, hold it fixed.
#
# ## 13 · A tie: where EM stops without a maximum
#
# It is often said that EM climbs until it reaches a maximum. PRML (pp. 440 and 451) says that
# each cycle raises the likelihood unless it is already at a (local) maximum. Test it at a tie.
# The first run starts both coins at 0.55, the second lifts A by one millionth. The cell also hands
# the tie to `em.fit`, and prints what it has to say about the end.
#
# **Predict** where each is after 1, 10, 20, 30, 40 and 1000 rounds.


# %% slideshow={"slide_type": "slide", "show": ["output"]}
def em_map(biases):
    """One full round of EM as a function of the two biases."""
    return m_step(x, e_step_in_logs(x, biases)[0])


tie, nudged = np.array([0.55, 0.55]), np.array([0.55 + 1e-6, 0.55])
print("round   tie             nudged")
for n in range(1001):
    if n in (0, 1, 10, 20, 30, 40, 1000):
        print("{:5d}   {:.4f} {:.4f}   {:.4f} {:.4f}".format(n, *tie, *nudged))
    tie, nudged = em_map(tie), em_map(nudged)
assert tie[0] == tie[1]
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always", EMWarning)
    em.fit(CoinMixture([0.55, 0.55], [0.5, 0.5], fixed_weights=True), x)
print(textwrap.fill(f"em.fit: {caught[0].message}", 72))
heights = [e_step_in_logs(x, biases)[1] for biases in (tie, nudged)]
print("ln p at the end: {:.5f} and {:.5f};".format(*heights), end=" ")
print(f"ratio of probabilities {np.exp(heights[1] - heights[0]):.2f}")

# %% [markdown] slideshow={"slide_type": "slide"}
# The tie goes to (0.66, 0.66) in one round and stays for ever. The nudged run passes by the same
# place, lingers, and then leaves for the summit. So (0.66, 0.66) is a point where EM stands
# still, but which it leaves at the slightest push. Standing still means that the gradient of
# $\ln p$ is zero there. The true statement is: **EM increases the likelihood unless it is at a
# stationary point**, and a stationary point may be a maximum, a saddle or, in principle, a
# minimum.
#
# The last line is sobering for another reason. At the tie both coins are one coin of bias 33/50,
# and the best *pair* makes the data only 1.62 times as probable as that. EM answered the question
# *which two coins?* It was never asked *are there two?* Such questions wait for
# [lesson 08](08_when_em_goes_wrong.ipynb).
#
# ### Exercise 04.4 · Which kind is it?
#
# `em_map` is one round as a function. Close to a fixed point it multiplies a small displacement
# by its Jacobian matrix $J$, whose column $j$ is the derivative with respect to bias $j$. An
# eigenvalue above 1 means that in that direction EM moves *away*; since EM only climbs, away is
# uphill. Below 1 (in size) EM is drawn back, so away is downhill. Estimate $J$ at $p$ = (0.66,
# 0.66), one column at a time, by central differences $(f(p+h)-f(p-h))/2h$ with a small step $h$
# in one bias; find its eigenvalues with `np.linalg.eigvals`, and fill in the two answers: which
# kind of stationary point of $\ln p$ this is, and the larger eigenvalue.

# %% tags=["exercise", "04.4"]
kind = ...  # "maximum", "minimum" or "saddle"
eigenvalue = ...  # the larger of the two

# %% tags=["solution", "04.4"]
point = np.array([0.66, 0.66])
columns = [(em_map(point + h) - em_map(point - h)) / 2e-5 for h in 1e-5 * np.eye(2)]
eigenvalue = np.linalg.eigvals(np.column_stack(columns)).max()
kind = "saddle"  # the other eigenvalue is 0: uphill one way, downhill the other

# %% tags=["check"]
check("04.4", kind, eigenvalue)

# %% [markdown]
# ## 14 · Why the tie breaks, and when it cannot
#
# That eigenvalue can be had with pencil and paper. Let each trial have $m$ tosses. At a tie every
# $\gamma_{nk}$ is ½. Differentiate first the E step, then the M step, at the fixed point
# $\theta$:
#
# $$\frac{\partial\gamma_{nA}}{\partial\theta_A}
# = \frac14\cdot\frac{h_n-m\theta}{\theta(1-\theta)},\qquad
# \frac{\partial\theta_A^{\text{new}}}{\partial\theta_A}
# = \frac{\sum_n (\partial\gamma_{nA}/\partial\theta_A)\,(h_n-m\theta)}{\frac12Nm} = \frac\lambda2,
# \qquad J = \frac\lambda2\begin{pmatrix}1&-1\\-1&1\end{pmatrix},$$
#
# the other entries by symmetry. The eigenvalues of $J$ are 0, for moving both coins together,
# and, for pulling them apart,
#
# $$\lambda=\frac{\frac1N\sum_n(h_n-m\theta)^2}{m\,\theta(1-\theta)}
# =\frac{\text{variance of the head counts that we see}}
# {\text{variance that a single coin would give}}.$$
#
# EM leaves the tie exactly when the trials vary *more than one coin can explain*. If they happen
# to vary less, $\lambda<1$, and the tie draws EM in: it is a maximum then. The cell computes
# $\lambda$ for our data, then for the same fifty tosses cut into fifty trials of one toss each,
# and runs EM on those from three starts. Its last lines return to the cloud of section 10: they
# draw 300 samples of five trials, and look whether EM merges the coins in just those that have
# $\lambda<1$.
#
# **Predict** $\lambda$ for one toss a trial, and whether the three runs agree.


# %%
def tie_eigenvalue(x):
    heads, m = x[:, 0], x[0].sum()
    theta = heads.mean() / m
    return np.mean((heads - m * theta) ** 2) / (m * theta * (1 - theta))


single = coins.counts(flips.reshape(50, 1))  # one toss a trial
print(f"ten tosses: {tie_eigenvalue(x):.4f};  one toss: {tie_eigenvalue(single):.4f}")
for biases in ([0.6, 0.5], [0.9, 0.2], [0.66, 0.66]):
    with warnings.catch_warnings():  # the third start is a tie; section 13 has the warning
        warnings.filterwarnings("ignore", "components 0 and 1 are equal", EMWarning)
        fit = em.fit(CoinMixture(biases=biases, weights=[0.5, 0.5], fixed_weights=True), single)
    a, b = fit.model.biases
    print(f"start {biases}: A {a:.4f}, B {b:.4f}, mean {(a + b) / 2:.4f}, ln p {fit.objective:.5f}")

rng = np.random.default_rng(0)
samples = [truth.sample(5, rng)[0] for _ in range(300)]
calm = [tie_eigenvalue(sample) < 1 - 1e-9 for sample in samples]
merged = [np.ptp(em.fit(start, sample).model.biases) < 0.01 for sample in samples]
print(f"of 300 samples {sum(calm)} have λ below 1; EM merges the coins in {sum(merged)}")
assert calm == merged

# %% [markdown]
# The last line first: of the 300 samples 46 vary less than one coin would, and in these 46, no
# others, EM reports two equal coins. Five trials can look like one coin when there are two.
#
# One toss a trial gives $\lambda = 1$ always: neither away nor back, flat. Three starts, three
# different pairs of coins, one and the same likelihood. The reason is in the formula: for a
# single toss $p(\text{heads}) = \pi\theta_A+(1-\pi)\theta_B$, and the likelihood depends on this
# one number only. All pairs with the same mean 0.66 are equally good, along a whole ridge. The
# model is **not identifiable** from such data. More tosses of that kind would not help; longer
# trials would. What tells two coins apart is that tosses of *one* trial belong together.
#
# ### Exercise 04.5 · Walk along the ridge
#
# Write `same_likelihood(bias_a, bias_b, weight_a)`, which returns another triple with the same
# likelihood for every data set of single tosses. The mirror image (names swapped) does not count.


# %% tags=["exercise", "04.5"]
def same_likelihood(bias_a, bias_b, weight_a):
    # Your lines instead of the dots.
    ...


# %% tags=["solution", "04.5"]
def same_likelihood(bias_a, bias_b, weight_a):
    heads = weight_a * bias_a + (1 - weight_a) * bias_b  # all that the likelihood sees
    return heads, heads, weight_a / 2


# %% tags=["check"]
check("04.5", same_likelihood)

# %% [markdown]
# ## 15 · The same answer from elsewhere
#
# The cell hands the log-likelihood, written anew with `scipy.stats.binom`, to a general-purpose
# optimiser that knows nothing of EM, and sets the published figures beside it; the fit with a free
# prior (section 12) joins the table. (scikit-learn has no mixture of coins; it joins in lesson 05,
# with Gaussians.) Look for agreement to four decimals.

# %%
from scipy.optimize import minimize
from scipy.stats import binom


def minus_log_likelihood(biases):
    return -np.log(0.5 * binom.pmf(x[:, [0]], 10, biases).sum(axis=1)).sum()


fixed = em.fit(theta_0, x, tol=1e-12)
free = em.fit(CoinMixture(biases=[0.6, 0.5], weights=[0.5, 0.5]), x, tol=1e-12)
other = minimize(minus_log_likelihood, [0.6, 0.5], bounds=[(0.01, 0.99)] * 2, tol=1e-12)
print("published        0.80   0.52")
print("EM               {:.4f} {:.4f}   ln p = {:.5f}".format(*fixed.model.biases, fixed.objective))
print("scipy.optimize   {:.4f} {:.4f}   ln p = {:.5f}".format(*other.x, -other.fun), "(see below)")
print("EM, prior free   {:.4f} {:.4f}   ln p = {:.5f}".format(*free.model.biases, free.objective))
gain = free.objective - fixed.objective
print(f"                 pi_A = {free.model.weights[0]:.4f}, gain {gain:.4f} nats")
assert np.allclose(other.x, fixed.model.biases, atol=1e-4)

# %% [markdown] slideshow={"slide_type": "slide", "hide": ["`em.fit"]}
# The three agree. The optimiser counts $\binom{10}{h}$, so its log-likelihood is −9.79692 where
# ours is −31.57020: a constant shift that moves no maximum.
#
# ## 16 · Easily confused
#
# | You may hear | What is so |
# | --- | --- |
# | The E step estimates the missing labels. | It computes their *probabilities*, and with them expected counts. No label is decided. |
# | Round the responsibilities and it is still EM. | That is hard EM, with another objective and, on overlapping data, a lasting error (section 11). |
# | The M step averages the trials' fractions of heads. | It divides expected heads by expected tosses. Trials with more tosses, or a larger responsibility, weigh more. |
# | EM ends at a maximum. | It may end at a saddle: a tie is one (section 13). And a maximum need not be the highest. |
# | More data make EM converge. | More data make the *estimate* precise. Five trials converged in as many rounds as 500 (section 10). |
# | Coin A is the one with the larger bias. | Names are arbitrary: each summit has a mirror image (section 7). |
# | The answer should be 0.80 and 0.45. | That needs the labels. 0.7968 and 0.5196 is the maximum of the likelihood of what was *seen*. |
# | Two fitted coins prove that there were two. | EM fits the number it is told; here one coin does nearly as well (section 13). |
#
# ## 17 · In practice
#
# - `em.fit(model, x)` runs EM until a round gains almost nothing, and says whether it converged
#   or merely ran out of rounds. `em.iterate` is for a fixed number of rounds.
# - Start from several different points (`em.multistart`) and keep the best; never start with
#   equal components.
# - Report parameters up to a renaming of the components, and say how precise they are. With five
#   trials: not very.
#
# ## 18 · Take away
#
# - **E step:** responsibilities by Bayes' rule (9.23), hence expected counts. **M step:** maximum
#   likelihood from expected counts; for coins, expected heads over expected tosses.
# - The M step is easy because in $Q$ the sum stands *outside* the logarithm, as it did with
#   complete data.
# - The log-likelihood never falls. If EM settles at biases between 0 and 1, it is at a stationary
#   point; which one depends on the start.
# - Work in logarithms, and subtract the maximum before you exponentiate.
# - The labels are probabilities, the names are arbitrary, and data decide precision, not
#   convergence.
#
# **The question it leaves.** A coin has one parameter. What if each hidden group is a bell curve,
# with a mean, a variance and a weight, all unknown? The E step stays as it is, the M step keeps
# its shape. That is [lesson 05](05_gmm_1d.ipynb). Why a round can never lower the likelihood was
# observed here, not proved; the proof is [lesson 07](07_expected_loglik_lower_bound.ipynb).
#
# **Further reading**
#
# - C. B. Do and S. Batzoglou, "What is the expectation maximization algorithm?", *Nature
#   Biotechnology* 26, 897-899 (2008): the example, in one figure.
# - C. M. Bishop, *Pattern Recognition and Machine Learning*, Springer (2006): pp. 430-443 for
#   mixtures and EM, pp. 444-448 for mixtures of Bernoulli variables (our coins are the case in
#   which all tosses of a trial share one bias), pp. 450-453 for EM in general.
# - A. P. Dempster, N. M. Laird and D. B. Rubin, "Maximum likelihood from incomplete data via the
#   EM algorithm", *Journal of the Royal Statistical Society B* 39, 1-38 (1977): the paper that
#   gave EM its name.
# - "Understanding the EM Algorithm by Examples", a web tutorial: the second pair of coins (0.6
#   and 0.2, 500 trials) is its example. It also treats heights, K-means and Gaussians; on the
#   reason for 500 trials see section 10.
#
# **Previous:** [03 · Cluster points by guessing their labels](03_kmeans.ipynb). **Next:** [05 · Fit
# bell curves to unlabelled numbers](05_gmm_1d.ipynb). To see which exercises you have solved, call
# `progress()` in a new cell.
