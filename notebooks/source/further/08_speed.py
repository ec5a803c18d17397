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
# # 08 further · Say how fast EM climbs
#
# [Lesson 08](../08_when_em_goes_wrong.ipynb) says that overlap decides the speed of EM, and that near
# the end each step is the last one times a factor. **What is this factor, and what can you do with
# it?**
#
# **Time** about 20 minutes; this notebook is optional. **After it you can**
#
# - predict from the overlap how many rounds EM needs;
# - compute the factor as the fraction of information that the missing labels took away;
# - shorten a slow fit, and say what all further rounds would still gain.
#
# **You need** lesson 08, second derivatives, and for section 3 eigenvalues and eigenvectors.
#
# ## 1 · Overlap decides the speed
#
# The cell draws 2000 numbers from two equal groups, 1.5 to 6 standard deviations apart, starts
# outside both, and stops at $10^{-8}$ nats per number. It prints the median number of rounds of three
# samples, and the median factor by which the last steps shrank from one round to the next. (The
# likelihood is flat at its summit, so its gain shrinks by the square of the factor of the parameters.)
#
# **Predict** the ratio of rounds between 1.5 and 6 standard deviations: 2, 10 or more than 50?

# %%
import itertools

import numpy as np

from emlib import GaussianMixture1D, em, plots
from emlib.fast import accelerate, coordinates

for apart in (1.5, 2, 3, 4, 6):
    ends = []
    for seed in range(3):
        rng = np.random.default_rng(seed)
        sample = rng.normal(apart * rng.integers(2, size=2000), 1)
        start = GaussianMixture1D([0.5, 0.5], [-1, apart + 1], [1, 1])
        fit = em.fit(start, sample, max_iter=10_000)
        gains = np.diff(fit.history)
        ends.append([fit.n_iter, np.sqrt(gains[-1] / gains[-2])])
    n_rounds, factor = np.median(ends, axis=0)
    print(f"{apart:3} apart: about {float(f'{n_rounds:.2g}'):4.0f} rounds, factor {factor:.3f}")

# %% [markdown]
# A ratio of about 400, for the same algorithm and the same amount of data.
#
# ## 2 · One unknown: the information that is missing
#
# Take the smallest case: two equal groups at $\pm\theta$ with standard deviation 1 and one unknown
# $\theta$. There $\gamma_{n1}-\gamma_{n2}=\tanh(\theta x_n)$, and one round of EM is
# $\theta^{\text{new}}=M(\theta)=\frac1N\sum_nx_n\tanh(\theta x_n)$. Differentiate three things:
#
# $$\begin{aligned}
# \text{complete data:}\quad & -\partial^2Q/\partial\theta^2 = N,\\
# \text{what we see:}\quad & -\partial^2\ln p/\partial\theta^2
#   = N-\textstyle\sum_nx_n^2/\cosh^2(\theta x_n),\\
# \text{one round:}\quad & M'(\theta)=\tfrac1N\textstyle\sum_nx_n^2/\cosh^2(\theta x_n)
#   =1-\frac{\text{information seen}}{\text{information complete}}.
# \end{aligned}$$
#
# So near the end each step is the last one times **the fraction of information that the missing
# labels took away**. The cell computes this fraction at the end of a run, and beside it the
# derivative of a real round by a difference quotient.
#
# **Predict** the fraction that is missing at 1.5 and at 4 standard deviations.

# %%
rng = np.random.default_rng(0)
signs, noise = rng.choice([-1, 1], 2000), rng.normal(size=2000)
for apart in (1.5, 2, 3, 4):
    sample, theta = signs * apart / 2 + noise, 1.0
    for _ in range(200):
        theta = np.mean(sample * np.tanh(theta * sample))
    missing = np.mean(sample**2 / np.cosh(theta * sample) ** 2)
    moved = np.mean(sample * np.tanh((theta + 1e-4) * sample))
    print(f"{apart:3} apart: {missing:.3f} missing, one round {(moved - theta) / 1e-4:.3f}")

# %% [markdown]
# At 1.5 standard deviations 41 % of what the labels would tell about $\theta$ is missing, so an error
# shrinks to 41 % in a round; at 4, to 2 %.
#
# ## 3 · Five unknowns: the worst direction
#
# With several unknowns $M'$ is a matrix, and in the end the direction of its largest eigenvalue
# counts. The next two cells find it for two groups 2.5 standard deviations apart and all five
# unknowns. `coordinates` writes a model as six free numbers (two log weights, of which only the
# difference matters, two means, two log standard deviations), so that differences give $M'$. `slope`
# is the derivative of $\ln p$ by these numbers, `information` is $-\partial^2Q$.

# %%
sample = 1.25 * signs + noise
start = GaussianMixture1D([0.5, 0.5], [-2, 2], [1, 1])
plain = em.fit(start, sample, stop="remaining", tol=1e-10)
free = coordinates.about(plain.model)
h = 1e-4
near = [free.model(step) for step in h * np.vstack([np.eye(6), -np.eye(6)])]
sums = [model.e_step(sample)[0] for model in near]
after = np.array([free.of(model.m_step(part)) for model, part in zip(near, sums)])
slopes = np.array([free.slope(model, part) for model, part in zip(near, sums)])

# %% [markdown]
# The second cell takes the eigenvector with the largest eigenvalue and compares three numbers: the
# factor seen in the last 50 rounds of the run, the eigenvalue, and the fraction of information that
# is missing in that direction. **Predict** how far apart they are.

# %%
values, vectors = np.linalg.eig((after[:6] - after[6:]).T / (2 * h))
worst = vectors[:, values.real.argmax()].real
seen = worst @ (slopes[6:] - slopes[:6]) @ worst / (2 * h)
complete = free.information(plain.model.e_step(sample)[0]) @ worst**2
gains = np.diff(plain.history)
print(f"steps shrink to {(gains[-1] / gains[-51]) ** 0.01:.3f}")
print(f"largest eigenvalue {values.real.max():.3f}")
print(f"information missing {1 - seen / complete:.3f}")

# %% [markdown]
# One number, found in three ways: the worst direction has lost 98 % even at 2.5 standard deviations.
#
# ## 4 · Shorten the climb
#
# Steps that shrink by one factor can be foreseen, and what can be foreseen can be skipped.
# `accelerate="squarem"` takes two rounds, reads off the factor, and jumps to where the rounds would
# lead; `"lbfgs"` learns the curvature of $\ln p$ from its last steps. Both look where they have
# landed, and take no jump that lowers the likelihood. The option `stop="remaining"` (used above) asks
# not what the last round gained but what all further rounds would. After a gain $g$ that shrinks by
# $r$ per round this is $gr+gr^2+\dots=gr/(1-r)$. (It does not save the patient of lesson 08: at a
# saddle gains may shrink first and grow later.)
#
# **Predict:** EM needs some 400 passes over the data of section 3. How many do the others need,
# refused jumps counted: 200, 60 or 20?

# %%
runs = {"EM": (np.arange(1, plain.n_e_steps + 1), plain.history)}
for how in ("squarem", "lbfgs"):
    fit = em.fit(start, sample, accelerate=how, stop="remaining", tol=1e-10)
    rounds, _ = accelerate.rounds(start, start.prepare_fit(sample), how)
    passes = [passes for _, _, passes, _ in itertools.islice(rounds, fit.n_iter + 1)]
    runs[how] = passes, fit.history
for (name, (passes, history)), bound in zip(runs.items(), (450, 100, 40)):
    print(f"{name:8} fewer than {bound:3} passes: {passes[-1] < bound}, ends at {history[-1]:.4f} nats")
plots.picture(plots.gaps(runs)[0].get_figure(), "08.gaps")

# %% [markdown]
# The same end after some sixty or twenty passes instead of four hundred. EM's straight line is the
# factor at work. If groups are well apart there is nothing to skip. The course leaves acceleration
# off: what you want to see is EM. From a far start a jump may also land on the slope of another
# maximum than EM's; so both keep to plain rounds until these gain little.
#
# No method mends what slowness says about the *estimate*: where EM is slow, labelled data would tell
# far more.
#
# ## Take away
#
# - Near the end each step is the last one times the fraction of information that is missing.
# - With several unknowns it is the largest eigenvalue of the derivative of one round.
# - What still is to be gained is $gr/(1-r)$; a method that uses $r$ gets there sooner.
#
# **Further reading**
#
# - A. P. Dempster, N. M. Laird and D. B. Rubin, *Journal of the Royal Statistical Society B* 39,
#   1-38 (1977): the rate of convergence as the fraction of missing information.
# - R. Varadhan and C. Roland, "Simple and globally convergent methods for accelerating the
#   convergence of any EM algorithm", *Scandinavian Journal of Statistics* 35, 335-353 (2008).
#
# **Back to** [08 · Diagnose a fit that went wrong](../08_when_em_goes_wrong.ipynb).
