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
# # 00 · Start here, and see EM work
#
# Welcome. This course teaches one algorithm, **Expectation-Maximization** (EM), until you own it:
# so that you can carry it out by hand, derive it, program it for a model that no library offers,
# and notice when its answer is wrong.
#
# EM answers a common kind of question: *the data come from several groups, and nobody wrote down
# which.* Visits to a web page by two kinds of customer, heights of two populations, tosses of two
# coins, pixels of tissue and bone. The groups could be described if we knew who belongs to which;
# who belongs to which could be guessed if the groups were known. EM starts from a poor
# description and improves both, in turn, until nothing changes.
#
# **Whom it is for.** You have met a derivative, a logarithm and Bayes' rule, and you have written
# some Python. No more than that is assumed. If you know EM already, some answers in lesson 04 may
# still surprise you.
#
# **At the end of the course you can**
#
# - say what the E step and the M step compute, and carry them out on paper for a small example;
# - derive EM for a mixture of your own, and program it so that it does not underflow;
# - explain why no round of EM can lower the likelihood, and where it can nevertheless get stuck;
# - test somebody's EM, your own included, and find out what is wrong with it.
#
# **This page** takes 15 to 20 minutes. It checks your set-up, lets you watch EM once, and shows
# how the exercises work.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 1 · How a lesson works
#
# A lesson is a notebook of text and cells of code. Click into the first code cell, press
# **Shift-Enter**, and go on that way from top to bottom. Each lesson has the same parts:
#
# - **Predict.** Before an important cell you are asked what it will show. Commit yourself, on
#   paper, before you run it. A prediction that fails teaches more than ten that you never made.
# - **Run.** Most cells are complete. Change a number and run them again; you cannot break
#   anything.
# - **Exercises.** You fill in a function, and the cell below it checks your work at once. If
#   something is off, it says what is likely to have gone wrong.
# - **Take away.** The lesson in a few lines, and the question that the next one answers.
#
# You are working in your own copy of the lessons if you started with `python course.py`; nothing
# you do changes the originals.

# %% [markdown]
# ## 2 · Is everything in place?
#
# The cell imports the course's package, `emlib`, and asks it to test itself. Look for a line that
# does not say `ok`; it also says what to do.

# %%
import emlib
from emlib import GaussianMixture1D, datasets, em, plots
from emlib.exercises import check, hint, progress, solution

emlib.selftest()

# %% [markdown] slideshow={"slide_type": "slide"}
# If a cell fails with `NameError`, an earlier cell was not run: choose *Run*, then *Run All Above
# Selected Cell*. If nothing happens at all, choose *Kernel*, then *Restart Kernel*.
#
# ## 3 · Watch EM once
#
# Old Faithful is a geyser in Yellowstone Park. Here are the minutes that visitors waited for 272
# of its eruptions (a data set used in Bishop's book, too). The picture is all we have; no
# eruption is labelled.
#
# **Predict** from the picture: how many kinds of waiting are there? Note down the centre of each,
# and its share of the eruptions.

# %% slideshow={"slide_type": "slide", "show": ["figure", "predict"]}
waiting = datasets.old_faithful().x[:, 1]
fig, ax = plots.figure(width=6.4, height=3.0)
ax.hist(waiting, bins=range(42, 99, 3), color="0.75", edgecolor="white")
ax.set(xlabel="minutes of waiting", ylabel="eruptions")
plots.picture(
    fig,
    "Histogram of 272 waiting times between 43 and 96 minutes: a smaller hump near 55 minutes, a "
    "valley near 67, and a larger hump near 80.",
)

# %% [markdown]
# The histogram shows two humps with a valley between them. Let us describe each by a bell curve,
# and let EM find both. We start it badly on purpose, with two wide curves at 60 and 70 minutes.
# Two lines do the work: one says where to start, one runs EM. Look at how far the centres move.

# %% slideshow={"slide_type": "slide", "show": ["start", "fit", "output"]}
start = GaussianMixture1D(weights=[0.5, 0.5], means=[60, 70], variances=[100, 100])
fit = em.fit(start, waiting)

for k in range(2):
    centre, spread, share = fit.model.means[k], fit.model.stds[k], fit.model.weights[k]
    print(f"group {k}: centre {centre:.1f} minutes, spread {spread:.1f}, share {share:.2f}")

# %% [markdown]
# Nobody told EM which eruption belongs to which group, and it never decided for any of them: it
# gave each a *probability*. The next cell draws the start and the end, side by side.

# %% slideshow={"slide_type": "slide"}
fig, axes = plots.figure(width=9, height=3.2, columns=2, sharey=True)
for ax, model, title in zip(axes, [start, fit.model], ["start", "end"]):
    plots.mixture_1d(model, waiting, bins=range(42, 99, 3), ax=ax)
    ax.set(xlabel="minutes of waiting", title=title)
plots.picture(
    fig,
    "Two histograms of the waiting times with two bell curves and their sum. At the start the "
    "curves are wide and overlap between the humps; at the end each curve covers one hump, and "
    "their sum follows the histogram.",
)

# %% [markdown] slideshow={"slide_type": "slide", "show": ["A coin was tossed", "Write a function"]}
# The pictures show what EM did: from two wide curves that fit neither hump to one curve a hump,
# 36 % of the eruptions after a short wait, 64 % after a long one. How it did so, why it cannot
# make things worse on the way, and when it ends in the wrong place is what the lessons are about.
#
# ## 4 · Your first exercise
#
# Exercises have numbers such as 00.1. You replace the `...` by your code and run the cell, then
# the check below it. An exercise that you leave open is no error: the check says *not attempted
# yet*, and everything after it still runs.
#
# ### Exercise 00.1 · How biased is this coin?
#
# A coin was tossed and showed so many heads and so many tails. The best guess at its *bias*, its
# probability of heads, is the share of heads among all tosses; for 3 heads and 2 tails, 0.6. (Why
# that is *best* is lesson 01.) Write a function that returns the share.


# %% tags=["exercise", "00.1"]
def share_of_heads(heads, tails):
    # Your lines instead of the dots.
    ...


# %% tags=["solution", "00.1"]
def share_of_heads(heads, tails):
    return heads / (heads + tails)


# %% tags=["check"]
check("00.1", share_of_heads)

# %% [markdown]
# Stuck? Each exercise has three hints, from a nudge to nearly the answer; `hint("00.1", 1)` is the
# first. `solution("00.1")` shows our solution. Nobody keeps count of the hints you take. Here is
# one:

# %%
hint("00.1", 1)

# %% [markdown]
# ## 5 · The symbols
#
# We write as Christopher Bishop does in *Pattern Recognition and Machine Learning* (Springer,
# 2006), PRML for short, so that you can read on there. A number such as (9.23) is his equation 23
# of chapter 9; in the code, the same number stands as a comment beside the line that computes it.
# Each number in a lesson is a link to its row in [the table of equations](equations.md), and from
# there a link leads to that line.
#
# | Symbol | What it is | In `emlib` | First met in |
# | --- | --- | --- | --- |
# | $\mathbf x_n$, $N$ | one observation (a trial, a point), and how many there are; $\mathbf X$ is all of them | `x`, one row each | 01 |
# | $K$, $k$ | the number of groups, called components, and the index of one | `n_components` | 02 |
# | $\mathbf z_n$ | which component made $\mathbf x_n$: zeros and a single one. Never seen, so *latent*; $\mathbf Z$ is all of them | `z`, where a data set knows it | 02 |
# | $\theta$ | all the unknown parameters together | a model, such as `CoinMixture` | 01 |
# | $\pi_k$ | weight of component $k$: the probability that it is the one drawn | `weights` | 02 |
# | $\theta_k$ | bias of coin $k$ | `biases` | 04 |
# | $\mu_k$, $\sigma_k^2$, $\Sigma_k$ | mean, variance and covariance of a Gaussian component | `means`, `variances`, `covariances` | 02, 06 |
# | $\gamma_{nk}$ | responsibility: the probability that $\mathbf x_n$ came from component $k$, given $\mathbf x_n$ and $\theta$ (9.13) | `model.responsibilities(x)` | 02 |
# | $N_k$ | number of observations of component $k$, by labels or by responsibilities (9.27) | `statistics.n_k` | 02 |
# | $r_{nk}$ | K-means' guess at the label: 0 or 1 (9.2) | `KMeans.responsibilities` | 03 |
# | $J$ | the sum of squares that K-means makes small (9.1) | `KMeans.objective` is $-J$ | 03 |
# | $\ln p(\mathbf X\mid\theta)$ | the log-likelihood, natural logarithm, in nats, summed over the data (9.14) | `model.log_likelihood(x)` | 01 |
# | $Q(\theta,\theta^{\text{old}})$ | expected complete-data log-likelihood: what the M step maximises (9.30) | `bound.q_function` | 04 |
# | $q(\mathbf Z)$ | any distribution over the labels, not only the right one | an array, one row an observation | 07 |
# | $\mathcal L(q,\theta)$ | lower bound on the log-likelihood (9.71) | `bound.elbo` | 07 |
#
# In every picture a component keeps its colour and its marker. Coins, groups and clusters are
# counted from 0 in code, and named A and B where there are two coins.

# %% [markdown] slideshow={"slide_type": "slide", "hide": ["On your computer"]}
# ## 6 · The lessons
#
# Each lesson answers the question that the one before it left open. In a hurry, begin with lesson
# 04: it repeats what it needs of the first three. The words of the course are explained in the
# [glossary](glossary.md).
#
# | Lesson | Its question |
# | --- | --- |
# | [01 Maximum likelihood](01_maximum_likelihood.ipynb) | Which parameters make the data most plausible, and what does that mean? |
# | [02 Latent variables](02_latent_variables.ipynb) | What changes when the labels were never written down? |
# | [03 K-means](03_kmeans.ipynb) | What if we guess the labels and believe the guess? |
# | [04 Two coins](04_two_coins.ipynb) | How biased are two coins, if nobody noted which one was tossed? |
# | [05 Gaussian mixtures in one dimension](05_gmm_1d.ipynb) | What if each group has a mean, a variance and a weight? |
# | [06 Gaussian mixtures in several dimensions](06_gmm_nd.ipynb) | And if the groups are tilted clouds? |
# | [07 The lower bound](07_expected_loglik_lower_bound.ipynb) | Why can a round of EM never lower the likelihood? |
# | [08 When EM goes wrong](08_when_em_goes_wrong.ipynb) | How do I notice that a fit which "converged" is no good? |
# | [09 The repair lab](09_repair_lab.ipynb) | Can you find, prove and mend the faults in other people's EM? |
# | [10 EM at scale](10_em_at_scale.ipynb) | What changes when the data exceed the memory, or one machine? |
#
# Plan 45 to 75 minutes for a lesson. Each lesson has a solved version in the folder `solutions`;
# here is [the solved version of this page](solutions/00_start_here.ipynb).
#
# ## 7 · Ways in
#
# - **On your computer:** `python course.py` in the course's folder (`py course.py` on Windows)
#   sets everything up and opens this page. The next start takes seconds.
# - **With conda:** `conda env create -f environment.yml`, then `conda activate` the environment
#   named in that file, and `jupyter lab`.
# - **Nothing to install:** the Binder link in the README opens the course in a browser. It may
#   take minutes to start, and forgets your work when you leave.
# - **On paper:** each lesson is stored with its results and pictures, so it can be read without
#   running anything. Widgets have a printed twin below them.
#
# Your solved exercises are kept in a small file beside the notebooks; they are still solved
# tomorrow. This cell shows where you stand:

# %%
progress()

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 8 · Take away
#
# - EM is for data whose labels are missing. It takes turns: probabilities of the labels, then the
#   best description given those probabilities.
# - Predict, run, compare; then the exercises, with hints as you like.
# - Numbers such as (9.23) lead to Bishop's book and to the line of code.
#
# **Further reading.** C. M. Bishop, *Pattern Recognition and Machine Learning*, Springer (2006),
# chapter 9 (pp. 423-455): the text that this course follows. A. Azzalini and A. W. Bowman, "A
# look at some data on the Old Faithful geyser", *Applied Statistics* 39, 357-365 (1990): the
# story of the geyser's data; our 272 rows are those of W. Härdle, *Smoothing Techniques*,
# Springer (1991).
#
# **Next:** [01 · Find the parameters that make the data most
# plausible](01_maximum_likelihood.ipynb); or, if likelihood is an old friend, [04 · Recover two
# coins from unlabelled tosses](04_two_coins.ipynb), where you take EM apart with your own hands.
