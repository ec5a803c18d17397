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
# **How biased is each coin?**
#
# With the labels, one division per coin would answer. With the biases, Bayes' rule would tell how
# probable each label is. We have neither, and each needs the other. The Expectation-Maximization
# algorithm (EM) works out the two in turn, each from the latest version of the other. We take it
# apart on the five rows of Do and Batzoglou (2008), with sums that you can do on paper.
#
# **After this lesson you can**
#
# - carry out an E step by hand, and say what an expected count is;
# - derive the M step for coins, and see why it is a ratio of expected counts;
# - write EM for two coins in ten lines that do not underflow;
# - read a likelihood surface: two mirror-image maxima, and a saddle on which EM can stop;
# - tell the convergence of the *algorithm* from the precision of the *estimate*.
#
# **Time** about 75 minutes, three exercises included. **You need** Bayes' rule, logarithms and
# their derivative, and numpy's arrays. What we use of [lesson 01](01_maximum_likelihood.ipynb) and
# [lesson 02](02_latent_variables.ipynb) is repeated. Numbers such as (9.13) are equations in Bishop,
# *Pattern Recognition and Machine Learning* (PRML).
#
# ## 1 · Five rows of data
#
# For a coin that shows heads with probability $\theta$, a row with $h$ heads and $t$ tails has
# probability $\theta^h(1-\theta)^t$, in whatever order they fell. So counts are all that we need. We
# write $\mathbf x_n = (h_n, t_n)$ for trial $n$; the array `x` holds one trial per row.
#
# **Predict** before you run it. Read the five rows in the code: which of them would you give to the
# same coin? Note down your two groups, and a guess at the two biases.

# %% slideshow={"slide_type": "slide", "show": ["output"]}
import itertools

import numpy as np

from emlib import CoinMixture, coins, datasets, em, plots, widgets
from emlib.exercises import check, hint, progress, solution

trials = ["HTTTHHTHTH", "HHHHTHHHHH", "HTHHHHHTHH", "HTHTTTHHTT", "THHHTHHHTH"]
flips = np.array([[toss == "H" for toss in trial] for trial in trials], dtype=int)
x = coins.counts(flips)
for trial, (heads, tails) in zip(trials, x):
    print(f"{trial}   {heads:.0f} heads, {tails:.0f} tails")

# %% [markdown] slideshow={"slide_type": "slide"}
# Rows 2 and 3 look alike, rows 1 and 4 too; row 5 may go either way.
#
# ## 2 · If the labels were known
#
# In this example we may look: the coins were B, A, A, B, A. We write a label as
# $\mathbf z_n = (z_{nA}, z_{nB})$, where $z_{nA} = 1$ says that trial $n$ was coin A, and 0 that it
# was not. With labels the data are called *complete*, and the log-likelihood is
#
# $$\ln p(\mathbf X, \mathbf Z \mid \theta)
# = \sum_n\sum_k z_{nk}\,\{\ln \pi_k + h_n\ln\theta_k + t_n\ln(1-\theta_k)\}
# \qquad\text{as in (9.36).}$$
#
# Here $\pi_k$ is the probability that coin $k$ is drawn, ½ for each. Only the terms with $z_{nA}=1$
# contain $\theta_A$, so the best $\theta_A$ is the fraction of heads among the tosses of coin A.

# %% slideshow={"slide_type": "slide"}
z = datasets.do_batzoglou().z  # 0 for coin A, 1 for coin B
labels = np.eye(2)[z]  # z_nk: one row per trial, one column per coin
for name, (heads, tails) in zip("AB", labels.T @ x):
    print(f"coin {name}: {heads:.0f} heads, {tails:.0f} tails   bias {heads / (heads + tails):.2f}")
fig, ax = plots.figure(width=5, height=2.6)
plots.flips(flips, labels=z, ax=ax)
plots.picture(fig, "04.labels")

# %% [markdown] slideshow={"slide_type": "slide", "show": ["The complete-data answer"], "hide": ["Predict before each"]}
# The figure has a colour per coin. The **complete-data answer** is 24/30 = 0.80 and 9/20 = 0.45.
#
# ## 3 · Why missing labels hurt
#
# Without labels a trial may have come from either coin, so its probability is a sum over both
# (9.12). The log-likelihood of all trials, the *incomplete-data* log-likelihood, is
#
# $$\ln p(\mathbf X\mid\theta) = \sum_n \ln \sum_k \pi_k\,\theta_k^{h_n}(1-\theta_k)^{t_n}
# \qquad\text{as in (9.14).}$$
#
# In section 2 the logarithm met a product and took it apart. Here a sum stands in its way: the
# derivative in $\theta_A$ contains $\theta_B$ as well, and no rearranging gives a formula for the
# best pair. We can *evaluate* this function in an instant; it only lacks a closed-form maximum.
# (The logarithm is natural, so its unit is the nat.)
#
# ## 4 · Watch EM, then take it apart
#
# EM begins with a guess of the biases and repeats two half-steps, together one *round*:
#
# - **E step**: *share* each trial between the coins, in proportion to how probable each makes it;
# - **M step**: with these shares, divide heads by tosses, coin by coin.
#
# Choose a start below (the cell takes two seconds), then step with the slider. On the left is the
# map of $\ln p(\mathbf X\mid\theta)$ over both biases, darker where it is higher. An E step redraws
# the bars, an M step moves the point.
#
# **Predict** for the published start, 0.60 and 0.50: is trial 1, with 5 heads of 10, given mostly to
# A, mostly to B, or nearly half and half? And will $\ln p$ ever fall?
#
# **Predict** before each M step: read the bars, and say which way the point will go. Then choose
# the tie as a start. What will the bars do?

# %% tags=["widget"]
starts = {"as published": (0.6, 0.5), "mirror image": (0.5, 0.6), "tie": (0.55, 0.55)}
player = widgets.coin_player(x, starts)
player

# %% [markdown]
# On paper: the published start as a strip.

# %%
player.twin()

# %% [markdown] slideshow={"slide_type": "slide"}
# The strip shows that trial 1 begins nearly half and half (0.45 for A), and that the shares become
# clearer as the coins move apart. Trial 5 stays in doubt, 0.60 for A, because the data do not settle
# it. $\ln p$ never falls. At the tie two equal coins share every trial half and half, so the M step
# makes them equal again; section 14 returns to it.
#
# ## 5 · The E step, by hand
#
# Given a guess of the biases, how probable is it that a trial was coin A? Bayes' rule (9.13): prior
# times likelihood, divided by the sum of such products over the coins,
#
# $$\gamma_{nA} = p(z_{nA}=1\mid\mathbf x_n,\theta)
# = \frac{\pi_A\binom{10}{h_n}\theta_A^{h_n}(1-\theta_A)^{t_n}}
# {\sum_{k}\pi_k\binom{10}{h_n}\theta_k^{h_n}(1-\theta_k)^{t_n}}
# = \frac{\theta_A^{h_n}(1-\theta_A)^{t_n}}
# {\theta_A^{h_n}(1-\theta_A)^{t_n}+\theta_B^{h_n}(1-\theta_B)^{t_n}}.$$
#
# The binomial coefficient stands in every term and cancels; here the two ½ cancel as well. The
# number $\gamma_{nk}$ is the **responsibility** of coin $k$ for trial $n$. For trial 1, with 5 heads
# and 5 tails, and the guess $\theta_A = 0.6$, $\theta_B = 0.5$:
#
# $$\begin{aligned}
# \theta_A^5(1-\theta_A)^5 &= (0.6\cdot 0.4)^5 = 0.24^5 = 7.96\cdot10^{-4},\\
# \theta_B^5(1-\theta_B)^5 &= (0.5\cdot 0.5)^5 = 0.25^5 = 9.77\cdot10^{-4},\\
# \gamma_{1A} &= \frac{7.96}{7.96+9.77} = 0.449.
# \end{aligned}$$
#
# So trial 1 is not *given* to B. It is *shared*: 0.449 of it counts for A, 0.551 for B, and its 5
# heads become 2.25 expected heads for A and 2.75 for B. An **expected count** is the average of a
# count over the labels that we do not know. It need not be whole.
#
# ### Exercise 04.1 · One trial, your hands
#
# Write the E step for one trial with equal priors: return $\gamma_A$, one number. Try it in your head
# first: a trial shows 8 heads and 2 tails, the guesses are 0.8 and 0.7. Nearly all for A, or about
# half and half? (If you are stuck, call `hint("04.1", 1)` in a new cell, then `2` and `3`;
# `solution("04.1")` shows ours.)


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
# About half and half: eight of ten is exactly what coin A at 0.8 promises, but coin B at 0.7 does it
# nearly as well. The next cell prints the share, 0.563978, and the expected heads.
#
# ## 6 · All five trials: expected counts
#
# The E step of EM (9.23) does for every trial what you did for one. Below, each column is a coin,
# each row a trial, and each row is divided by its own sum. The expected counts follow by one matrix
# product: the heads of coin A are $\sum_n\gamma_{nA}h_n$, and so on. Do and Batzoglou print .45 .80
# .73 .35 .65, then 21.3 heads and 8.6 tails for A, 11.7 and 8.4 for B. Look for the same.


# %%
def e_step(x, biases):
    heads, tails = x[:, :1], x[:, 1:]
    joint = 0.5 * np.asarray(biases) ** heads * (1 - np.asarray(biases)) ** tails
    return joint / joint.sum(axis=1, keepdims=True)  # (9.23)


r = e_step(x, [0.6, 0.5])
expected = r.T @ x  # one row per coin: expected heads, expected tails
print(f"trial 1: {0.24**5:.2e} to {0.25**5:.2e}; heads {5 * r[0, 0]:.2f} and {5 * r[0, 1]:.2f}")
print("responsibilities of A:", r[:, 0].round(3))
print("expected heads and tails of A:", expected[0].round(1), " of B:", expected[1].round(1))
eight = e_step(np.array([[8, 2]]), [0.8, 0.7])[0, 0]
print(f"8 heads at 0.8 and 0.7: A has {eight:.6f}, so {8 * eight:.4f} and {8 - 8 * eight:.4f} heads")

# %% [markdown]
# The counts as ink: is any toss lost or counted twice?

# %% slideshow={"slide_type": "slide"}
fig, ax = plots.figure(width=6.4, height=3.4)
plots.expected_counts(x, r, ax=ax)
plots.picture(fig, "04.expected-counts")

# %% [markdown] slideshow={"slide_type": "slide"}
# No: the ink of every bar adds up to ten tosses.
#
# ## 7 · The M step, derived
#
# Which biases are best for these shares? Take the complete-data log-likelihood of section 2 and
# replace each unknown $z_{nk}$ by its expectation $\gamma_{nk}$ (9.39). The result is the **expected
# complete-data log-likelihood** (9.30), (9.40):
#
# $$Q(\theta,\theta^{\text{old}})
# = \sum_n\sum_k\gamma_{nk}\{\ln\pi_k + h_n\ln\theta_k+t_n\ln(1-\theta_k)\}
# = \text{const} + \sum_k\{H_k\ln\theta_k+T_k\ln(1-\theta_k)\},$$
#
# with $H_k=\sum_n\gamma_{nk}h_n$ and $T_k=\sum_n\gamma_{nk}t_n$. The sum is outside the logarithm
# again, and each bias has a part of its own. Its derivative is $H_k/\theta_k - T_k/(1-\theta_k)$,
# which falls as $\theta_k$ grows. So there is one zero, and it is the maximum (9.31):
#
# $$\theta_k^{\text{new}} = \frac{H_k}{H_k+T_k}
# = \frac{\sum_n\gamma_{nk}h_n}{\sum_n\gamma_{nk}(h_n+t_n)}.$$
#
# Heads to tosses, as in section 2, with fractions of trials in place of whole ones. Remember the
# shape, *weighted sum over weighted count*: lesson 05 finds it again in (9.17). The cell takes the M
# step, and tests the algebra: is the derivative zero there?


# %% slideshow={"slide_type": "slide", "show": ["def m_step", "output"]}
def m_step(x, r):
    expected = r.T @ x  # H_k and T_k
    return expected[:, 0] / expected.sum(axis=1)  # (9.31) for coins


biases_1 = m_step(x, r)
derivative = expected[:, 0] / biases_1 - expected[:, 1] / (1 - biases_1)
print("after one round:", biases_1.round(4), " derivative of Q:", derivative.round(9) + 0.0)

# %% [markdown]
# From 0.60 and 0.50 to 0.71 and 0.58, as published. Both biases went up: the data have more heads
# (33 of 50) than either guess promised.
#
# ### Exercise 04.2 · Close the loop
#
# E step, M step, and again: that is all of EM. Write `coin_em(x, biases, n_rounds)` with equal
# priors, using `e_step` and `m_step` from above or your own. Return the start and the biases
# after each round, an array of shape `(n_rounds + 1, 2)`. From (0.6, 0.5) its first two rows should
# be the two pairs above.


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
# ## 8 · Ten rounds, and two summits
#
# In `emlib` the loop is `em.iterate`; `islice` takes its first eleven steps (the start and ten
# rounds). Each carries its model, and its objective: the log-likelihood *at* that model.
#
# **Predict** before you run it: the first round raised both biases. Will B go on rising? And which
# settles first, the log-likelihood or the biases?

# %% slideshow={"slide_type": "slide", "show": ["output"]}
start = CoinMixture(biases=[0.6, 0.5], weights=[0.5, 0.5], fixed_weights=True)
steps = list(itertools.islice(em.iterate(start, x), 11))
print("round    A       B      ln p(X)")
for step in steps:
    a, b = step.model.biases
    print(f"{step.iteration:4d}  {a:.4f}  {b:.4f}  {step.objective:.5f}")

# %% [markdown]
# The table ends with the published 0.80 and 0.52. B rises once, then comes down, as A takes the rows
# with many heads away from it. The log-likelihood settles first: a hill is flat near its summit, so
# the *height* settles before the *place*. Next, this run on the map, and the one from the mirror
# image of the start.

# %% slideshow={"slide_type": "slide"}
path = np.array([step.model.biases for step in steps])
mirrored = path[:, ::-1]
fig, ax = plots.figure(width=6.2, height=4.6)
plots.likelihood_surface(x, paths=[path, mirrored], maxima=[path[-1], mirrored[-1]], ax=ax)
plots.picture(fig, "04.map")

# %% [markdown] slideshow={"slide_type": "slide", "show": ["The data cannot say which coin"], "hide": ["Predict: one trial"]}
# The map shows two summits of the same height, and each run ends at the one on its own side. If you
# swap the names of the coins, no probability changes. The data cannot say which
# coin is "A": **labels are arbitrary**, and with $K$ components each summit has $K!$ copies.
#
# ## 9 · When the numbers vanish: work with logarithms
#
# **Predict:** one trial has 2000 tosses, of which 1100 are heads; the biases are 0.6 and 0.5, and
# the true responsibility of A is 0.43. What does our `e_step` answer?

# %%
long_trial = np.array([[1100, 900]])
with np.errstate(invalid="ignore"):  # hides a warning of numpy
    print("products", 0.6**1100 * 0.4**900, 0.5**2000, e_step(long_trial, [0.6, 0.5])[0])

# %% [markdown]
# Both products are about $10^{-602}$, far below the smallest number that the computer can hold, so
# each became 0 and their ratio "not a number". The cure: keep logarithms, and subtract the largest
# of a row before the exponential, which changes no ratio: $\ln\sum_k e^{a_k} = m+\ln\sum_k
# e^{a_k-m}$ with $m=\max_k a_k$. This **log-sum-exp** also gives $\ln p(\mathbf x_n)$ on the way.


# %%
def log_joint(x, biases, weights=(0.5, 0.5)):
    """ln of pi_k theta_k^h (1 - theta_k)^t, one row per trial, one column per coin."""
    return np.log(weights) + x @ np.log([biases, 1 - np.asarray(biases)])


def e_step_in_logs(x, biases):
    a = log_joint(x, biases)
    m = a.max(axis=1, keepdims=True)
    log_density = m + np.log(np.exp(a - m).sum(axis=1, keepdims=True))  # terms of (9.14)
    return np.exp(a - log_density), log_density.sum()  # (9.23)


gammas, log_p = e_step_in_logs(long_trial, [0.6, 0.5])
print(f"with logarithms: {gammas[0, 0]:.4f} and {gammas[0, 1]:.4f}, ln p = {log_p:.3f}")

# %% [markdown] slideshow={"slide_type": "slide"}
# Your ten lines of EM are now `log_joint`, `e_step_in_logs`, `m_step` and the loop.
#
# ## 10 · Does EM need more data to converge?
#
# The tutorial [T4](sources.md) takes 500 trials, so that the algorithm should converge. Let us
# draw trials from coins of bias 0.6 and 0.2 and start EM at 0.8 and 0.7, as T4 does, 200 times with
# 5 trials and 200 times with 500. `em.fit` runs until a round gains less than $10^{-8}$ nats per
# trial.
#
# **Predict:** with a hundred times the data, will EM need fewer rounds, as many, or more?

# %%
truth = CoinMixture(biases=[0.6, 0.2], weights=[0.5, 0.5])
far_start = CoinMixture(biases=[0.8, 0.7], weights=[0.5, 0.5], fixed_weights=True)
rng = np.random.default_rng(0)
estimates = {}
for n_trials in (5, 500):
    fits = [em.fit(far_start, truth.sample(n_trials, rng)[0]) for _ in range(200)]
    rounds = [fit.n_iter for fit in fits]
    estimates[n_trials] = np.array([fit.model.biases for fit in fits])
    print(f"{n_trials} trials: {np.median(rounds):.0f} rounds, {min(rounds)} to {max(rounds)};", end=" ")
    print("scatter of the biases", estimates[n_trials].std(axis=0).round(2))

# %% [markdown]
# And where did the runs end? One dot is one run, the cross the truth.

# %% slideshow={"slide_type": "slide"}
fig, axes = plots.figure(width=8, height=4, columns=2)
for ax, (n_trials, biases) in zip(axes, estimates.items()):
    plots.estimates(biases, truth=truth.biases, ax=ax, label=f"{n_trials} trials")
plots.picture(fig, "04.estimates")

# %% [markdown] slideshow={"slide_type": "slide"}
# As many, in the median; with 5 trials the number varies more. What differs is the scatter of the
# estimates: about 0.15 with 5 trials, 0.01 with 500. **Convergence is a property of the algorithm**
# on the data that it was given. **Precision is a property of the estimate**, and needs data: a
# hundred times as many trials for a tenth of the scatter. (If the error vanishes as the data grow,
# the estimator is called *consistent*: a third thing.)
#
# On the left some points lie *on* the diagonal. There EM reported two equal coins (section 14).
#
# ## 11 · How precise is 0.80 and 0.52?
#
# For that cloud we needed the truth. For our five rows nobody knows it. The **parametric bootstrap**
# puts the fit in its place: draw new data from the *fit*, fit them again, many times, and see how
# far the answers scatter.

# %%
fit = em.fit(start, x)
rng = np.random.default_rng(0)
again = [em.fit(fit.model, fit.model.sample(5, rng)[0]).model.biases for _ in range(200)]
print("standard errors of A and B:", np.std(again, axis=0).round(2))

# %% [markdown]
# So the honest report is 0.80 ± 0.12 and 0.52 ± 0.14. (The bootstrap trusts the model. With five
# trials it tells the size of the error, not its second digit.)
#
# ## 12 · What if we simply guess the labels?
#
# *Hard* EM gives each trial wholly to its more probable coin, and counts as if the guess were a
# fact. For points in a plane it is [K-means](03_kmeans.ipynb).
#
# **Predict:** where does it end on our five trials? And which pair comes closer to the truth on
# 50 000 trials from the coins 0.6 and 0.2?


# %%
many = truth.sample(50_000, rng)[0]
for data, biases in ((x, [0.6, 0.5]), (many, [0.8, 0.7])):
    for _ in range(50):
        guesses = log_joint(data, biases).argmax(axis=1)  # 0 is coin A, 1 is coin B
        biases = m_step(data, np.eye(2)[guesses])
    print(f"{len(data)} trials: the first labels {guesses[:5]}, biases {biases.round(2)}")
print("EM, 50000 trials:", em.fit(far_start, many).model.biases.round(2))

# %% [markdown]
# On the five trials hard EM finds B A A B A, and so the complete-data answer: by luck, for trial 5
# was a matter of 0.6 to 0.4. On many trials EM returns the truth, and hard EM stays at 0.64 and
# 0.21; more data would not help. It gives every doubtful trial to one side, always the same, and
# counts its mistakes as knowledge.
#
# ## 13 · Set the draw free
#
# So far each coin was drawn with probability ½: we were told so. If not, $\pi$ is one more
# unknown, and costs one more line. $Q$ contains $\sum_k N_k\ln\pi_k$ with $N_k=\sum_n\gamma_{nk}$
# (9.27), the expected number of trials of coin $k$. Since the $\pi_k$ sum to one, it is largest at
# $\pi_k=N_k/N$ (9.26), the mean of a column of responsibilities.
#
# ### Exercise 04.3 · Free the prior
#
# Write `coin_em_free(x, biases, weights, n_rounds)`, which updates biases *and* weights in every
# round, both from the same E step. Return the pair `biases, weights` after the last round; each is
# an array of two numbers, coin A first. The E step now needs the weights: the ½ no longer cancel.
# `log_joint(x, biases, weights)` takes them already. From (0.6, 0.5), weights of one half and 100
# rounds, our five trials should give 0.7934 and 0.5139, with $\pi_A$ = 0.5228.


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
# Section 15 prints the gain over the fixed prior: 0.0015 nats. Five trials say next to nothing about
# the draw. If you *know* a parameter, hold it fixed.
#
# ## 14 · A tie: where EM stops without a maximum
#
# PRML (pp. 440 and 451) says that each cycle raises the likelihood unless it is already at a
# (local) maximum. Test it at a tie. The first run starts both coins at 0.55, the second lifts A by
# one millionth.
#
# **Predict** where each is after 1, 10, 20, 30, 40 and 1000 rounds.

# %% slideshow={"slide_type": "slide", "show": ["output"]}
tie = np.array([0.55, 0.55])
nudged = tie + np.array([1e-6, 0])
print("round   tie             nudged")
for n in range(1001):
    if n in (0, 1, 10, 20, 30, 40, 1000):
        print(f"{n:5d}   {tie[0]:.4f} {tie[1]:.4f}   {nudged[0]:.4f} {nudged[1]:.4f}")
    tie = m_step(x, e_step_in_logs(x, tie)[0])
    nudged = m_step(x, e_step_in_logs(x, nudged)[0])
odds = np.exp(e_step_in_logs(x, nudged)[1] - e_step_in_logs(x, tie)[1])
print(f"the best pair makes the data {odds:.2f} times as probable as the tie")

# %% [markdown] slideshow={"slide_type": "slide", "hide": ["Predict for the trials"]}
# The tie goes to (0.66, 0.66) in one round and stays. The nudged run stays near that place for many
# rounds, and then leaves for the summit. So EM stands still at (0.66, 0.66), but leaves it at the
# slightest push: on the map of section 8 it is the *saddle* between the summits. The true statement
# is: **EM increases the likelihood unless it is at a stationary point**, where the gradient is zero.
# That may be a maximum, a saddle or a minimum.
#
# At the tie both coins are one coin of bias 33/50, and the best *pair* makes the data only 1.62 times
# as probable. EM answered the question *which two coins?* It was never asked *are there two?*
#
# When does EM leave a tie? When the trials vary **more than one coin can explain**: when the
# variance of the head counts is larger than $10\,\theta(1-\theta)$, that of a single coin. The
# cell prints the ratio. It then cuts the same fifty tosses into fifty trials of *one* toss each.
#
# **Predict** for the trials of one toss: will EM from three starts agree?

# %%
theta = x[:, 0].sum() / x.sum()
ratio = x[:, 0].var() / (10 * theta * (1 - theta))
print(f"variance of the head counts, over that of one coin: {ratio:.3f}")
single = coins.counts(flips.reshape(50, 1))  # one toss per trial
for biases in ([0.6, 0.5], [0.9, 0.2], [0.7, 0.6]):
    begin = CoinMixture(biases=biases, weights=[0.5, 0.5], fixed_weights=True)
    end = em.fit(begin, single)
    print(end.model.biases.round(4), f"mean {end.model.biases.mean():.4f}, ln p {end.objective:.5f}")

# %% [markdown]
# Our trials vary 1.533 times as much as one coin would, so EM leaves the tie. If trials vary *less*,
# the tie is a local maximum and draws EM in: the dots on the diagonal in section 10.
#
# With one toss per trial the three runs end at three pairs of coins with the same likelihood. For a
# single toss $p(\text{heads}) = \pi_A\theta_A+\pi_B\theta_B$, and the likelihood depends on this
# number only. All pairs with the mean 0.66 are equally good, along a whole *ridge*. The model is
# **not identifiable** from such data. Longer trials would help: what tells two coins apart is that
# the tosses of *one* trial belong together.
#
# [Ties and ridges](further/04_ties_and_ridges.ipynb), optional, proves the rule of the tie.
#
# ## 15 · The same answer from elsewhere
#
# The cell gives the log-likelihood, written anew with `scipy.stats.binom`, to an optimiser that
# knows nothing of EM, and adds the fit with a free prior.

# %%
from scipy.optimize import minimize
from scipy.stats import binom


def minus_log_likelihood(biases):
    return -np.log(0.5 * binom.pmf(x[:, [0]], 10, biases).sum(axis=1)).sum()


other = minimize(minus_log_likelihood, [0.6, 0.5], bounds=[(0.01, 0.99)] * 2, tol=1e-12)
free = em.fit(CoinMixture(biases=[0.6, 0.5], weights=[0.5, 0.5]), x, tol=1e-12)
print("scipy.optimize", other.x.round(4), f"ln p = {-other.fun:.5f}")
print("EM, prior free", free.model.biases.round(4), f"ln p = {free.objective:.5f}")
print(f"pi_A = {free.model.weights[0]:.4f}, gain {free.objective - fit.objective:.4f} nats")

# %% [markdown] slideshow={"slide_type": "slide"}
# It agrees with EM's 0.7968 and 0.5196. scipy counts $\binom{10}{h}$, so its log-likelihood is
# −9.79692 where ours is −31.57020: a constant shift that moves no maximum.
#
# ## 16 · Easily confused
#
# | You may hear | What is so |
# | --- | --- |
# | The E step estimates the missing labels. | It computes their *probabilities*, and with them expected counts. No label is decided. |
# | The M step averages the trials' fractions of heads. | It divides expected heads by expected tosses. Trials with more tosses, or a larger responsibility, weigh more. |
# | EM ends at a maximum. | It may end at a saddle: a tie is one (section 14). And a maximum need not be the highest. |
# | More data make EM converge. | More data make the *estimate* precise. Five trials converged in as many rounds as 500, in the median (section 10). |
# | The answer should be 0.80 and 0.45. | That needs the labels. 0.7968 and 0.5196 is the maximum of the likelihood of what was *seen*. |
#
# ## 17 · In practice
#
# - `em.fit(model, x)` runs EM until a round gains almost nothing, and says whether it converged.
# - Start from several different points (`em.multistart`) and keep the best; never start with
#   equal components.
# - Report parameters up to a renaming of the components, with their standard errors.
#
# ## 18 · Take away
#
# - **E step:** responsibilities by Bayes' rule (9.23), hence expected counts. **M step:** maximum
#   likelihood from expected counts; for coins, expected heads over expected tosses.
# - The M step is easy because in $Q$ the sum stands *outside* the logarithm.
# - The log-likelihood never falls. If EM settles at biases between 0 and 1, it is at a stationary
#   point; which one depends on the start.
# - Names are arbitrary, and data decide precision, not convergence.
#
# **The question it leaves.** What if each hidden group is a bell curve, with a mean, a variance and
# a weight, all unknown? That is [lesson 05](05_gmm_1d.ipynb). That a round can never lower the
# likelihood was observed here, not proved; the proof is
# [lesson 07](07_expected_loglik_lower_bound.ipynb).
#
# **Further reading**
#
# - C. B. Do and S. Batzoglou, "What is the expectation maximization algorithm?", *Nature
#   Biotechnology* 26, 897-899 (2008): the example, in one figure.
# - C. M. Bishop, *Pattern Recognition and Machine Learning*, Springer (2006), pp. 430-448.
# - A. P. Dempster, N. M. Laird and D. B. Rubin, "Maximum likelihood from incomplete data via the
#   EM algorithm", *Journal of the Royal Statistical Society B* 39, 1-38 (1977): the paper that
#   gave EM its name.
# - T4: "Understanding the EM Algorithm by Examples", a web tutorial; the coins 0.6 and 0.2 are its
#   example.
#
# **Previous:** [03 · Cluster points by guessing their labels](03_kmeans.ipynb). **Next:** [05 · Fit
# bell curves to unlabelled numbers](05_gmm_1d.ipynb). To see which exercises you have solved, call
# `progress()` in a new cell.
