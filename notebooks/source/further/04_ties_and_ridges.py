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
# # 04 further · Ties and ridges: when two coins look like one
#
# *Optional; it belongs to [04 · Recover two coins](../04_two_coins.ipynb), section 14.*
#
# If both coins start with the same bias, EM stops at (0.66, 0.66) after one round and never leaves.
# Lift one bias by a millionth, and it does leave. **Which property of the data decides whether EM
# leaves a tie, and when can no data decide between two pairs of coins?**
#
# **After this lesson you can**
#
# - read a round of EM as a map, and its eigenvalues as the growth of a small push;
# - prove that EM leaves a tie exactly when the trials vary more than one coin can explain;
# - recognise a likelihood with a ridge, and say which tosses would remove it.
#
# **Time** about 35 minutes, two exercises included. **You need** lesson 04, derivatives, and
# products of a matrix and a vector. Eigenvalues are explained in section 1.
#
# ## 1 · Warm-up: what a matrix does to a push
#
# A matrix $J$ turns a vector $v$ into another vector $Jv$, in general longer or shorter and in
# another direction. For some vectors the direction stays: $Jv=\lambda v$. Such a $v$ is an
# **eigenvector**, and $\lambda$, the factor by which it grows, its **eigenvalue**. A $2\times2$
# matrix has two. They matter when a matrix is applied again and again: after $n$ times the factor is
# $\lambda^n$. A push with $\lambda$ above 1 grows without end, one with $\lambda$ between 0 and 1
# dies out, and one with $\lambda=1$ stays as it is.
#
# **Predict:** the matrix below has rows (1, −1) and (−1, 1). What does it do to (1, 1), and what to
# (1, −1)? Hence its two eigenvalues?

# %%
import warnings

import numpy as np

from emlib import CoinMixture, EMWarning, datasets, em
from emlib.exercises import check

matrix = np.array([[1, -1], [-1, 1]])
print("(1, 1) becomes", matrix @ [1, 1], "and (1, -1) becomes", matrix @ [1, -1])
print("eigenvalues", np.linalg.eigvals(matrix).round(6) + 0.0)

# %% [markdown]
# The first vector becomes zero, so its eigenvalue is 0. The second is doubled: eigenvalue 2. Keep
# the picture: (1, 1) moves both numbers together, (1, −1) pulls them apart.
#
# ## 2 · One round of EM is a map
#
# One round turns old biases $\theta$ into new ones $M(\theta)$. Close to a point where $M$ stands
# still, a small push $v$ becomes $Jv$, where $J$ is the **Jacobian** matrix of $M$: its column $j$
# is the derivative of the new biases with respect to old bias $j$. So an eigenvalue above 1 means
# that EM moves *away* in that direction. EM only climbs, so away is uphill. An eigenvalue from 0 to
# 1 means that EM is drawn back, so away is downhill. The cell writes the map. Look at what one round
# does to a push that moves the coins together, and to one that pulls them apart.

# %%
x = datasets.do_batzoglou().x


def em_map(biases):
    """One full round of EM as a function of the two biases."""
    model = CoinMixture(biases=biases, weights=[0.5, 0.5], fixed_weights=True)
    statistics, _ = model.e_step(x)
    return model.m_step(statistics).biases


point = np.array([0.66, 0.66])
for push in ([0.01, 0.01], [0.01, -0.01]):
    print("push", push, "becomes", (em_map(point + push) - point).round(5) + 0.0)

# %% [markdown]
# Together: forgotten at once. Apart: grown by about one half.
#
# ### Exercise 04.4 · Which kind is it?
#
# Estimate $J$ at $p$ = (0.66, 0.66), one column at a time, by central differences
# $(M(p+\varepsilon)-M(p-\varepsilon))/2\varepsilon$ with a small step $\varepsilon$ (such as
# $10^{-5}$) in one bias. Find its eigenvalues with `np.linalg.eigvals`, and fill in two answers:
# `kind`, which kind of stationary point of $\ln p$ this is, and `eigenvalue`, the larger of the two.

# %% tags=["exercise", "04.4"]
kind = ...  # "maximum", "minimum" or "saddle"
eigenvalue = ...  # the larger of the two

# %% tags=["solution", "04.4"]
steps = 1e-5 * np.eye(2)
columns = [(em_map(point + step) - em_map(point - step)) / 2e-5 for step in steps]
eigenvalue = np.linalg.eigvals(np.column_stack(columns)).max()
kind = "saddle"  # the other eigenvalue is 0: uphill one way, downhill the other

# %% tags=["check"]
check("04.4", kind, eigenvalue)

# %% [markdown]
# ## 3 · Why the tie breaks
#
# The eigenvalue can be had with pencil and paper. Let each trial have $m$ tosses. At a tie every
# $\gamma_{nk}$ is ½. Differentiate first the E step, then the M step, at the fixed point
# $\theta$:
#
# $$\frac{\partial\gamma_{nA}}{\partial\theta_A}
# = \frac14\cdot\frac{h_n-m\theta}{\theta(1-\theta)},\qquad
# \frac{\partial\theta_A^{\text{new}}}{\partial\theta_A}
# = \frac{\sum_n (\partial\gamma_{nA}/\partial\theta_A)\,(h_n-m\theta)}{\frac12Nm} = \frac\lambda2,
# \qquad J = \frac\lambda2\begin{pmatrix}1&-1\\-1&1\end{pmatrix},$$
#
# the other entries by symmetry. This is the matrix of section 1, times $\lambda/2$. So its
# eigenvalues are 0, for moving both coins together, and, for pulling them apart,
#
# $$\lambda=\frac{\frac1N\sum_n(h_n-m\theta)^2}{m\,\theta(1-\theta)}
# =\frac{\text{variance of the head counts that we see}}
# {\text{variance that a single coin would give}}.$$
#
# **EM leaves the tie exactly when the trials vary more than one coin can explain.** If they
# happen to vary less, $\lambda<1$, and the tie draws EM in: it is a local maximum then. The cell computes
# $\lambda$ for our data, then tests the claim on the small samples of lesson 04, section 10: it
# draws 300 samples of five trials from two different coins, and fits each.
#
# **Predict:** in how many of the 300 samples will EM report one coin twice? None, some or most?


# %%
def tie_eigenvalue(x):
    heads, m = x[:, 0], x[0].sum()
    theta = heads.mean() / m
    return np.mean((heads - m * theta) ** 2) / (m * theta * (1 - theta))


print(f"our trials: {tie_eigenvalue(x):.5f}")
truth = CoinMixture(biases=[0.6, 0.2], weights=[0.5, 0.5])
start = CoinMixture(biases=[0.8, 0.7], weights=[0.5, 0.5], fixed_weights=True)
rng = np.random.default_rng(0)
samples = [truth.sample(5, rng)[0] for _ in range(300)]
below = [tie_eigenvalue(sample) < 1 - 1e-9 for sample in samples]
merged = [np.ptp(em.fit(start, sample).model.biases) < 0.01 for sample in samples]
print(f"of 300 samples {sum(below)} have λ below 1; EM merges the coins in {sum(merged)}")
print("they are the same samples:", below == merged)

# %% [markdown]
# Our trials have $\lambda$ = 1.53298, so the tie is a saddle. Of the 300 samples, 46 vary less than
# one coin would, and in these 46, no others, EM reports two equal coins. Five trials can look like
# one coin when there are two.
#
# ## 4 · The ridge
#
# Now cut our fifty tosses into fifty trials of one toss each.
#
# **Predict** $\lambda$ for one toss per trial, and whether runs from three starts agree.

# %%
single = np.repeat([[1, 0], [0, 1]], [33, 17], axis=0)  # 33 trials of one head, 17 of one tail
print(f"one toss per trial: {tie_eigenvalue(single):.4f}")
for biases in ([0.6, 0.5], [0.9, 0.2], [0.66, 0.66]):
    start = CoinMixture(biases=biases, weights=[0.5, 0.5], fixed_weights=True)
    with warnings.catch_warnings():  # the third start is a tie, of which em.fit warns
        warnings.filterwarnings("ignore", "components 0 and 1 are equal", EMWarning)
        fit = em.fit(start, single)
    a, b = fit.model.biases
    print(f"start {biases}: A {a:.4f}, B {b:.4f}, mean {(a + b) / 2:.4f}, ln p {fit.objective:.5f}")

# %% [markdown]
# One toss per trial gives $\lambda = 1$ always: neither away nor back, flat. Three starts, three
# different pairs of coins, one and the same likelihood. The reason is in the formula: for a single
# toss $p(\text{heads}) = \pi_A\theta_A+\pi_B\theta_B$, and the likelihood depends on this one number
# only. All pairs with the same mean 0.66 are equally good, along a whole ridge. The model is **not
# identifiable** from such data, and more tosses of that kind would not help.
#
# Longer trials do. Two tosses of one trial show how often both are heads, with probability
# $\pi_A\theta_A^2+\pi_B\theta_B^2$. If both $\pi$ are known to be ½, the mean and this number fix
# the pair, up to the names. If $\pi$ is free there are three unknowns, and three tosses per trial
# are needed.
#
# ### Exercise 04.5 · Walk along the ridge
#
# Write `same_likelihood(bias_a, bias_b, weight_a)`, which gets two unequal biases and returns another triple `(bias_a, bias_b,
# weight_a)` with the same likelihood for every data set of single tosses. All three numbers must lie
# from 0 to 1. The mirror image (names swapped) does not count. Many answers are right.


# %% tags=["exercise", "04.5"]
def same_likelihood(bias_a, bias_b, weight_a):
    # Your lines instead of the dots.
    ...


# %% tags=["solution", "04.5"]
def same_likelihood(bias_a, bias_b, weight_a):
    heads = weight_a * bias_a + (1 - weight_a) * bias_b  # all that the likelihood sees
    return heads, heads, weight_a


# %% tags=["check"]
check("04.5", same_likelihood)

# %% [markdown]
# ## 5 · In practice
#
# If two fitted components come out equal, or runs from different starts end at different
# parameters with the same likelihood, ask first whether the data can tell the components apart.
#
# ## 6 · Take away
#
# - One round of EM is a map; eigenvalues of its Jacobian say whether a push grows or dies out.
# - The tie of two coins is a saddle where the trials vary more than one coin would ($\lambda>1$), and
#   a local maximum where they vary less ($\lambda<1$).
# - One toss per trial tells one number. A model with more parameters than the data can see has a
#   ridge of equally good answers, and where EM stops on it depends on the start.
#
# **Further reading**
#
# - A. P. Dempster, N. M. Laird and D. B. Rubin, "Maximum likelihood from incomplete data via the
#   EM algorithm", *Journal of the Royal Statistical Society B* 39, 1-38 (1977), section 3: the
#   Jacobian of EM's map, and how fast EM is.
# - H. Teicher, "Identifiability of finite mixtures", *Annals of Mathematical Statistics* 34,
#   1265-1269 (1963).
#
# **Back to** [04 · Recover two coins from unlabelled tosses](../04_two_coins.ipynb), section 15.
