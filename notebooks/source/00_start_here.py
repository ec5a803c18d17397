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
# Welcome. This course teaches one algorithm, **Expectation-Maximization** (EM). It answers a common
# kind of question: *the data come from several groups, and nobody wrote down which.* Visits to a web
# page by two kinds of customer, heights of two populations, tosses of two coins. If we knew who
# belongs to which group, we could describe the groups. If we knew the groups, we could guess who
# belongs to which. EM starts from a poor description and improves both in turn.
#
# **At the end of the course you can**
#
# - carry out EM on paper for a small example, derive it for a mixture of your own, and program it;
# - explain why no round of EM can lower the likelihood, and where it can still end in a wrong place;
# - test somebody's EM, your own included, and find out what is wrong with it.
#
# **This page** takes about 25 minutes. To run a cell of code, click into it and press **Shift-Enter**; a
# notebook's first takes some seconds.
#
# ## 1 · Watch EM once
#
# Old Faithful is a geyser in Yellowstone Park. Here are the minutes that visitors waited for 272 of its
# eruptions. No eruption is labelled.
#
# **Predict** from the picture: how many kinds of waiting are there? Write down the centre of each, and
# its share of the eruptions.

# %% slideshow={"slide_type": "slide", "show": ["figure", "predict"]}
import emlib
from emlib import GaussianMixture1D, datasets, em, plots, widgets
from emlib.exercises import check, hint, progress, solution

waiting = datasets.old_faithful().x[:, 1]
fig, ax = plots.figure(width=6.4, height=2.4)
ax.hist(waiting, bins=18, color="0.8", edgecolor="white")
ax.set(xlabel="minutes of waiting", ylabel="eruptions")
plots.picture(fig, "00.waiting")

# %% [markdown]
# Two humps, with a valley between them. Let us describe each by a bell curve, and let EM find both. We
# start badly on purpose, with two wide curves at 60 and 70 minutes.
#
# **Predict:** which curve will go where? Then run the cell, which takes some two seconds to draw ten
# pictures, and press the triangle, or move the slider round by round. The blue and the orange curve are
# the groups; **the black curve is their sum**. The coloured band says, for each waiting time, how
# probable each group is. Among the numbers, `ln p` tells how well the curves describe the data (lesson
# 01). Does it ever fall?

# %% tags=["widget"]
start = GaussianMixture1D(weights=[0.5, 0.5], means=[60, 70], variances=[100, 100])
rounds = (0, 1, 2, 3, 4, 5, 7, 10, 15)
player = widgets.normal_player(waiting, {"start": start}, rounds=rounds, bins=18, xlabel="minutes")
player

# %% [markdown]
# Without a running kernel, look at this strip. Above each picture stands `ln p`.

# %% slideshow={"slide_type": "slide"}
player.twin((0, 3, -1))

# %% [markdown]
# The blue curve goes to the left hump, the orange curve to the right one, and `ln p` rises from round to
# round. In code, two lines do the work: one said where to start, the other runs EM.

# %% slideshow={"slide_type": "slide", "show": ["fit", "output"]}
fit = em.fit(start, waiting)
for k in range(2):
    print(f"group {k}: centre {fit.model.means[k]:.1f} minutes,", end=" ")
    print(f"spread {fit.model.stds[k]:.1f}, share {fit.model.weights[k]:.2f}")

# %% [markdown] slideshow={"slide_type": "slide", "show": ["The E step", "The M step"]}
# By this fit, 36 % of the eruptions came after a short wait, 64 % after a long one. Every round of EM has
# two half-steps. **The E step** holds the curves and computes, for each eruption, the probability that it
# belongs to each group: the coloured band. **The M step** holds these probabilities and computes new
# curves: each centre is an average of all waiting times, weighted by them. Nobody told EM which eruption
# belongs to which group, and it never decided for any of them. Why it cannot make things worse on the
# way, and when it ends in the wrong place, is what the lessons are about.
#
# ## 2 · Is everything in place?
#
# The course's package, `emlib`, tests itself. A line that does not say `ok` says what to do.

# %%
emlib.selftest()

# %% [markdown] slideshow={"slide_type": "slide", "hide": ["If a cell"]}
# If a cell fails with `NameError`, an earlier cell was not run: choose *Run*, *Run All Above Selected
# Cell*. Do the same when you open a lesson on another day. If nothing happens at all, choose *Kernel*,
# *Restart Kernel*.
#
# ## 3 · How a lesson works
#
# A lesson is read from top to bottom. The list icon at the left edge of the window opens its **table of
# contents**, from which you can jump to a section. Each lesson has the same parts:
#
# - **Predict.** Write down what an important cell will show before you run it. A prediction that fails
#   teaches more than ten that you never made.
# - **Run.** Most cells are complete. Change a number and run them again; you cannot break anything.
# - **Exercises.** You fill in a function, and the cell below it checks your work at once. If something
#   is wrong, it says what has probably happened.
# - **Take away.** The lesson in a few lines, and the question that the next one answers.
#
# Most lessons have an optional continuation in the folder `further`. If you started with
# `python course.py`, you work in your own copy; nothing you do changes the originals. *Kernel*, *Shut
# Down All Kernels* ends the lessons that you no longer need.

# %% [markdown] slideshow={"slide_type": "slide", "show": ["A coin was tossed", "Write a function"]}
# ## 4 · Your first exercise
#
# Exercises have numbers such as 00.1. Replace the `...` by your code, run the cell, then the check below
# it. If you leave an exercise open, the check says *not attempted yet*, and all that follows still runs.
#
# ### Exercise 00.1 · How biased is this coin?
#
# A coin was tossed at least once, and showed `heads` heads and `tails` tails. The best guess at its
# *bias*, its probability of heads, is the share of heads among all tosses; for 3 heads and 2 tails, 0.6.
# (Lesson 01 says why that is *best*.) Write a function that returns the share, a number from 0 to 1, not
# rounded.


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
# Each exercise has three hints, from a small one to nearly the answer, and `solution("00.1")`
# shows ours. Nobody counts the hints you take. Here is one:

# %%
hint("00.1", 1)

# %% [markdown]
# ## 5 · The symbols
#
# We write as Christopher Bishop does in *Pattern Recognition and Machine Learning* (Springer, 2006),
# PRML for short. A number such as (9.23) is his equation 23 of chapter 9. It is a link to
# [the table of equations](equations.md), which leads on to the line of code that computes it. Words are
# explained in the [glossary](glossary.md), all symbols in [Notation](notation.md).
#
# | Symbol | What it is | In `emlib` | First met in |
# | --- | --- | --- | --- |
# | $\mathbf x_n$, $N$ | one observation (a trial, a point), and how many there are; $\mathbf X$ is all of them | `x`, one row each | 01 |
# | $\ln p(\mathbf X\mid\theta)$ | the log-likelihood, natural logarithm, in nats, summed over the data (9.14) | `model.log_likelihood(x)` | 01 |
# | $k$, $K$ | the index of a group, called a component, and how many there are | `n_components` | 02, 03 |
# | $\mathbf z_n$ | which component made $\mathbf x_n$: zeros and a single one. Never seen, so *latent*; $\mathbf Z$ is all of them | `z`, where a data set knows it | 02 |
# | $\theta$ | all the unknown parameters together | a model, such as `CoinMixture` | 02 |
# | $\pi_k$ | weight of component $k$: the probability that it is the one drawn | `weights` | 02 |
# | $\mu_k$, $\sigma_k^2$ | mean and variance of a normal component | `means`, `variances` | 02 |
# | $\gamma_{nk}$ | responsibility: the probability that $\mathbf x_n$ came from component $k$, given $\mathbf x_n$ and $\theta$ (9.13) | `model.responsibilities(x)` | 02 |
# | $N_k$ | number of observations of component $k$, by labels or by responsibilities (9.27) | `statistics.n_k` | 02 |
# | $r_{nk}$ | K-means' guess at the label: 0 or 1 (9.2) | `KMeans.responsibilities` | 03 |
# | $J$ | the sum of squares that K-means makes small (9.1) | `KMeans.objective` is $-J$ | 03 |
# | $\theta_k$ | bias of coin $k$ | `biases` | 04 |
#
# In every picture a component keeps its colour and its marker. Components are counted from 0 in code;
# two coins are named A and B.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 6 · The lessons
#
# You need some Python with numpy arrays, and what the table says. Each lesson answers a question that
# the one before it left open, and takes at most 75 minutes. In a hurry, begin with lesson 04: it repeats
# what it needs of the first three.
#
# | Lesson | Its question, and what you need |
# | --- | --- |
# | [01 Maximum likelihood](01_maximum_likelihood.ipynb) | Which parameters make the data most plausible, and what does that mean? *Derivative, logarithm, expectation.* |
# | [02 Latent variables](02_latent_variables.ipynb) | What changes when the labels were never written down? *01, Bayes' rule, partial derivatives; the Lagrange multiplier is explained.* |
# | [03 K-means](03_kmeans.ipynb) | What if we guess the labels and believe the guess? *Squared distances, partial derivatives; near the end 01 and 02.* |
# | [04 Two coins](04_two_coins.ipynb) | How biased are two coins, if nobody noted which one was tossed? *Bayes' rule, logarithm, derivative.* |
# | [05 Gaussian mixtures in one dimension](05_gmm_1d.ipynb) | What if each group has a mean, a variance and a weight? *04, and the Lagrange multiplier of 02.* |
# | [06 Gaussian mixtures in several dimensions](06_gmm_nd.ipynb) | And if the groups are tilted clouds? *05; what is used of matrices is explained.* |
# | [07 The lower bound](07_expected_loglik_lower_bound.ipynb) | Why can a round of EM never lower the likelihood? *04, 06, averages under a distribution.* |
# | [08 When EM goes wrong](08_when_em_goes_wrong.ipynb) | How do I notice that a fit which "converged" is no good? *05, 07, the eigenvalues of a 2 × 2 matrix.* |
# | [09 The repair lab](09_repair_lab.ipynb) | Can you find, prove and mend the faults in other people's EM? *05 to 08, Python classes.* |
# | [10 EM at scale](10_em_at_scale.ipynb) | What changes when the data exceed the memory, or one machine? *05 to 07.* |
#
# Each lesson starts a kernel of its own, and *File*, *Close and Shut Down Notebook* ends it. Lessons open
# without their results, so that you can predict them; `python course.py --with-outputs` brings them.
#
# Each lesson has a solved version; here is
# [the solved version of this page](solutions/00_start_here.ipynb). What you have solved is kept in a
# small file beside the notebooks. This cell shows where you stand:

# %%
progress()

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 7 · Take away
#
# - EM is for data whose labels are missing. It takes turns: probabilities of the labels (E step), then
#   the best description given those probabilities (M step).
#
# **Further reading.** C. M. Bishop, *Pattern Recognition and Machine Learning*, Springer (2006), chapter
# 9 (pp. 423-455). A. Azzalini and A. W. Bowman, "A look at some data on the Old Faithful geyser",
# *Applied Statistics* 39, 357-365 (1990); our 272 rows are those of W. Härdle, *Smoothing Techniques*,
# Springer (1991).
#
# **Next:** [01 · Find the parameters that make the data most
# plausible](01_maximum_likelihood.ipynb); or, if you know likelihood well, [04 · Recover two coins from
# unlabelled tosses](04_two_coins.ipynb).
