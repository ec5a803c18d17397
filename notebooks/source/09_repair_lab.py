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
# # 09 · Repair an EM that runs and looks right
#
# Somebody hands you a program. It says EM on the label, it runs, the curves lie near the data, and
# the numbers settle. **How do you find out whether it is EM, and if not, what is wrong?**
#
# That question closes [lesson 08](08_when_em_goes_wrong.ipynb), and it is the test of the whole
# course. The patients here are methods from three public tutorials, to which this course owes
# most of its examples. Each contains slips that are easy to make and hard to see. We have written
# every method anew, in short listings with the same faults, because the point is not who erred:
# teaching code is read by thousands and tested by few, ours included. The point is *how to see
# that something cannot be right*, without a correct program to compare it with.
#
# **After this lesson you can**
#
# - test any EM with seven small functions, which you take away with you;
# - say which fault each of them finds, and which faults leave no trace in the likelihood;
# - prove from four printed numbers that a notebook was not run from top to bottom;
# - repair a faulty round, a faulty stopping rule and a faulty density;
# - write EM for a model that no lesson has treated, and show that it is right.
#
# **Time** 70 to 75 minutes, five exercises included. **You need** lessons 05 to 08. Symbols are
# listed in [00 · Start here](00_start_here.ipynb).
#
# ## 1 · A witness
#
# To test a program you need something that does not come from it. For a mixture a few lines are
# enough: $\ln\{\pi_k\,p(\mathbf x_n\mid\theta_k)\}$, the terms of (9.36), with the density taken
# from `scipy.stats`. We call it the **witness**. It may be slow and it knows nothing of EM.
#
# All patients get one and the same form, so that the same tests fit all of them. `em_round` takes
# data and parameters $\theta$, and returns the responsibilities of the E step and then the new
# parameters. The cell writes two witnesses, a function that runs some rounds, one that asks a
# witness for the log-likelihood (9.14), and a round made of `emlib`'s parts. Look at the last line:
# a first round on S2's numbers (section 3 says who S2 is).

# %%
import warnings

import numpy as np
from scipy.special import logsumexp, softmax
from scipy.stats import expon, multivariate_normal, norm

from emlib import GaussianMixture, GaussianMixture1D, bound, datasets, em, plots, widgets
from emlib.exercises import check, hint, progress, solution


def log_joint_1d(x, weights, means, stds):
    return np.log(weights) + norm.logpdf(x[:, None], means, stds)


def run(em_round, x, theta, n_rounds):
    thetas = [theta]
    for _ in range(n_rounds):
        thetas.append(em_round(x, *thetas[-1])[1:])
    return thetas


def log_likelihood(log_joint, x, theta):
    return logsumexp(log_joint(x, *theta), axis=1).sum()  # (9.14)


# %% [markdown]
# ## 2 · Seven properties
#
# Before you read on, **predict**: which statements must hold for *every* correct EM, whatever the
# data? Write down three. Then compare with the cell. Each function is two to four lines, and each
# is a theorem of an earlier lesson, turned into a test:
#
# | Property | Why it must hold | Lesson |
# | --- | --- | --- |
# | the shares of a point sum to 1 | Bayes' rule divides by their sum | 02, 04 |
# | they are the posterior, point by point | that is the E step (9.23) | 04 |
# | the log-likelihood never falls | (9.70), and no half step lowers the bound | 07 |
# | every parameter is updated | away from a fixed point, no M step formula gives back the old value | 05 |
# | units do not matter | data times 10: means times 10, variances times 100 | 05, 06 |
# | names do not matter | renaming components renames the result, nothing else | 04 |
# | a far point has finite shares | logarithms do not underflow, densities do | 04, 06 |
#
# The third allows for rounding: a fall of $10^{-10}$ of $|\ln p|+N$ is none. For units the caller
# says by which power of ten a parameter grows: 0 for a weight, 1 for a mean or standard deviation,
# 2 for a variance.


# %%
def shares_sum_to_1(em_round, x, theta):
    r = em_round(x, *theta)[0]
    return np.all(r >= 0) and np.allclose(r.sum(axis=1), 1)


def posterior_by_point(em_round, x, theta, log_joint):
    return np.allclose(em_round(x, *theta)[0], softmax(log_joint(x, *theta), axis=1))  # (9.13)


def never_falls(em_round, x, theta, log_joint):
    L = np.array([log_likelihood(log_joint, x, t) for t in run(em_round, x, theta, 30)])
    return np.all(np.diff(L) >= -1e-10 * (np.abs(L[1:]) + len(x)))


def all_updated(em_round, x, theta):
    return not any(np.allclose(old, new) for old, new in zip(theta, em_round(x, *theta)[1:]))


def units_do_not_matter(em_round, x, theta, powers):
    pairs = zip(em_round(x, *theta)[1:], em_round(10 * x, *scaled(theta, powers))[1:])
    return all(np.allclose(a * 10.0**p, b) for (a, b), p in zip(pairs, powers))


def names_do_not_matter(em_round, x, theta):
    pairs = zip(em_round(x, *theta)[1:], em_round(x, *(part[::-1] for part in theta))[1:])
    return all(np.allclose(a, b[::-1]) for a, b in pairs)


# %% [markdown]
# ## 3 · Patient A: a round that looks soft
#
# The first patient comes from a hands-on blog post (we call it **S2**), which works through one
# mixture of two bell curves on the line, round by round: 30 points from $\mathcal N(-2,1.3)$ and
# 30 from $\mathcal N(1,0.9)$, with standard deviations, as in `datasets.thirty_and_thirty`. The
# start is $\mu=\mp0.5$, $\sigma=1$, weights ½. The text speaks of soft assignments. Here is its
# method, in our words.
#
# **What would you check?** Read the listing and note down every line that you would not sign. There
# are four faults.


# %%
def scaled(theta, powers):
    return [part * 10.0**p for part, p in zip(theta, powers)]


def far_point_is_finite(em_round, x, theta):
    far = np.append(x, np.full_like(x[:1], 2000), axis=0)
    return np.isfinite(em_round(far, *theta)[0]).all()


def round_a(x, weights, means, stds):
    """One round of EM, with soft assignment."""
    distance = (x[:, None] - means) / 0.5**2
    likelihood = np.exp(-0.5 * distance**2)  # the normalising constant can be ignored
    r = np.zeros_like(likelihood)
    r[np.arange(len(x)), likelihood.argmax(axis=1)] = 1
    n_k = r.sum(axis=0)
    means = r.T @ x / n_k
    sigmas = np.sum(r * (x[:, None] - means) ** 2, axis=0) / n_k
    return r, weights, means, sigmas
