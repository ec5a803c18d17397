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
# # 07 further · EM and its relatives
#
# [Lesson 07](../07_expected_loglik_lower_bound.ipynb) proves that EM never goes down. **Is it also a
# good climber, compared with gradient ascent and quasi-Newton methods? Which hills can it not
# reach? And how exactly does it become K-means?** This page is optional. Read it after lesson 07.
#
# **After this page you can**
#
# - say in which sense the M step is the best step, and in which it is not;
# - predict which of two hills EM climbs;
# - compute the gradient of $\ln p$ from one E step, and compare EM with other climbers fairly;
# - take the limit in which EM becomes K-means.
#
# **Time** about 50 minutes, one exercise included. **You need** lesson 07, and in section 3 the chain
# rule for matrices.
#
# ## 1 · The M step is best for Q only
#
# The cell takes one round of EM on the three clouds of lesson 06. Then it draws 300 random rivals
# close to the new parameters. **Predict:** how many rivals have a larger $Q$? How many have a
# larger $\ln p$?

# %%
from contextlib import suppress

import numpy as np
from scipy.optimize import check_grad, minimize

from emlib import GaussianMixture, bound, datasets, em, start, widgets
from emlib.exercises import check, hint, progress, solution

x = datasets.three_clusters(np.random.default_rng(0)).x
old = start.random_points(GaussianMixture, x, n_components=3, rng=2)
q = bound.posterior(old, x)
new = old.m_step(old.statistics(x, q))

# %% [markdown]
# Each rival has slightly other weights and means, and covariances of a slightly other size.

# %%
rng = np.random.default_rng(0)
larger_q = larger_log_p = 0
for _ in range(300):
    weights = rng.dirichlet(300 * new.weights)
    means = new.means + 0.03 * rng.normal(size=(3, 2))
    sizes = np.exp(0.05 * rng.normal(size=(3, 1, 1)))
    rival = GaussianMixture(weights, means, sizes * new.covariances)
    larger_q += bound.q_function(rival, x, q) > bound.q_function(new, x, q)
    larger_log_p += rival.log_likelihood(x) > new.log_likelihood(x)
print(f"of 300 rivals {larger_q} have a larger Q, {larger_log_p} a larger ln p")

# %% [markdown]
# None has a larger $Q$: the M step did find its top. Many have a larger $\ln p$: the M step is not
# the best step for the likelihood. But nobody tells you which rivals these are, and a step
# towards one of them has no guarantee. The M step has one.
#
# ## 2 · A hill beside a higher hill
#
# The bound shows why EM goes up, and also where it cannot go. Move one mean. On the way to its top
# the bound, a parabola, is nowhere lower than at its start, and $\ln p$ lies above it. So the M step
# may cross a dip, but never one that is lower than the place where it stands.
#
# In the panel there are three clusters and only two components: a wide one over everything, and a
# narrow one whose mean $\mu_{00}$ you move: drag it, or use the slider. The first three sliders set
# the clusters: where the middle one is, how wide all are, and how large the left one is. On the right, red is $\ln p$ and
# purple the bound; a filled triangle marks the highest maximum of this slice, an open one a lower
# maximum. **Predict:** which share of the left cluster makes the two hills equally high? Then move
# the narrow mean, and say before each move which hill its bound will climb.

# %% tags=["widget"]
hills = widgets.hills_panel(0)
hills

# %% [markdown]
# In print: the setting above, a smaller left cluster, wider clusters, and another start. The line
# that the cell prints gives the difference of the two hills at three shares.

# %%
for share in (0.25, 0.3, 0.35):
    log_p, _ = hills.curves(hills.points(middle=2.8, spread=1.0, share=share), mean=4.0)
    left, right = log_p[:40].max(), log_p[40:].max()
    print(f"share {share:.2f}: the left hill is {left - right:+.1f} nats higher than the right one")
hills.twin([{}, {"share": 0.25}, {"spread": 1.8}, {"mean": 1.5}])

# %% [markdown]
# Each slice shows a **local maximum beside the global one**. The two hills are equally high at a
# share of about 0.30. At 0.25 they have changed places, though the narrow component has not moved:
# from 4 it now climbs the higher hill. From 1.5 it climbs the left one. (It is the likelihood that
# has several hills. Each *bound* has one.)
#
# ## 3 · The gradient comes with the E step
#
# By the tangent property of lesson 07, $\nabla\mathcal Q=\nabla\ln p$ at $\theta^{\text{old}}$. So one
# E step gives $\ln p$ *and* its gradient, because $\nabla\mathcal Q$ needs only the expected
# sufficient statistics. Other climbers can use it.
#
# The cells put a mixture of three components into one free vector: the logarithms of the weights,
# the means, and matrices $A_k$ with $\Sigma_k=A_kA_k^{\mathsf T}$. Any such vector is a valid model.
# The derivatives are those of lesson 07, section 4; the chain rule carries the one for $\Sigma_k$ to
# $A_k$. (The optimisers of scipy minimise, so the signs are turned. All is divided by $N$.)


# %%
def to_model(v):
    weights = np.exp(v[:3] - v[:3].max())
    factors = v[9:].reshape(3, 2, 2)
    return GaussianMixture(weights / weights.sum(), v[3:9].reshape(3, 2), factors @ factors.mT)


def to_vector(model):
    factors = np.linalg.cholesky(model.covariances)
    return np.concatenate([np.log(model.weights), model.means.ravel(), factors.ravel()])


# %% [markdown]
# `minus_log_p` notes the height of each point that it visits in the list `heights`, so that its
# length counts the passes over the data.


# %%
def minus_log_p(v, points, heights):
    model = to_model(v)
    s, log_p = model.e_step(points)
    heights.append(log_p)
    n_k = s.n_k[:, None, None]
    shift = (s.means - model.means)[:, :, None]  # from the old mean to the new one
    precision = np.linalg.inv(model.covariances)
    scatter = s.scatters + n_k * shift @ shift.mT  # about the old mean
    of_weights = s.n_k - len(points) * model.weights
    of_means = n_k * precision @ shift
    of_factors = (precision @ scatter - n_k * np.eye(2)) @ precision @ v[9:].reshape(3, 2, 2)
    slope = np.concatenate([of_weights, of_means.ravel(), of_factors.ravel()])
    return -log_p / len(points), -slope / len(points)


# %% [markdown]
# Two tests follow. The first compares with central differences.

# %%
v = to_vector(old)
error = check_grad(lambda u: minus_log_p(u, x, [])[0], lambda u: minus_log_p(u, x, [])[1], v)
print("the gradient agrees with differences:", error < 1e-4)

# %% [markdown]
# The second takes one small step along the gradient. Such a step is a **generalised M step**: it does
# not maximise $Q$. **Predict:** does it raise $Q$, $\ln p$, or both?

# %%
stepped = to_model(v - 0.01 * minus_log_p(v, x, [])[1])
rise_of_q = bound.q_function(stepped, x, q) - bound.q_function(old, x, q)
rise_of_log_p = stepped.log_likelihood(x) - old.log_likelihood(x)
print(f"one small step: Q rises by {rise_of_q:.3f}, ln p by {rise_of_log_p:.3f}")

# %% [markdown]
# Both rise, and $\ln p$ by a little more, as lesson 07 promises: $\ln p$ gains what the bound gains,
# plus KL.
#
# ## 4 · A contest
#
# [T2](../sources.md) says that gradient descent gets stuck where EM performs way better (a newer
# version takes some of that back). We let three climbers start at the same 16 places, drawn by T2's recipe: three
# data points as means, and $A_k$ with random normal entries.
#
# - **EM**, as always.
# - **Gradient ascent** with a *backtracking line search*. It tries a step. If $\ln p$ gains less than
#   half of what the slope promises, it halves the step and tries again; after a success it doubles
#   the step. So nobody has to tune a step length.
# - **L-BFGS**, the quasi-Newton method of scipy, which also learns the curvature.
#
# The cost is counted in passes over the data: an E step, or a value with its gradient. Each climber
# may use 1000.


# %%
MOST_PASSES = 1000


def expectation_maximisation(v, points, heights):
    for step in em.iterate(to_model(v), points):
        heights.append(step.objective)
        if len(heights) == MOST_PASSES or (step.iteration and heights[-1] - heights[-2] < 1e-6):
            break


# %% [markdown]
# L-BFGS comes ready made.


# %%
def l_bfgs(v, points, heights):
    options = {"maxfun": MOST_PASSES, "maxiter": MOST_PASSES}
    minimize(minus_log_p, v, (points, heights), jac=True, method="L-BFGS-B", options=options)


# %% [markdown]
# The line search uses the rule of Armijo. A trial whose covariance is nearly singular is refused by
# `emlib` with a `ValueError`; here it counts as a step that was too long.


# %%
def gradient_ascent(v, points, heights):
    length = 1.0
    value, slope = minus_log_p(v, points, heights)
    while len(heights) < MOST_PASSES and length > 1e-12:
        trial_value = np.inf
        with suppress(ValueError):
            trial = v - length * slope
            trial_value, trial_slope = minus_log_p(trial, points, heights)
        if trial_value <= value - 0.5 * length * slope @ slope:
            v, value = trial, trial_value
            slope = trial_slope
            length *= 2
        else:
            length /= 2


# %% [markdown]
# `passes_until` finds the pass at which a run comes above a goal.


# %%
def passes_until(goal, heights):
    return [n for n, height in enumerate(heights) if height > goal][:1]  # empty: never


# %% [markdown]
# The starts:

# %%
BEST = -2902.29  # the highest known maximum
rng = np.random.default_rng(1)
starts = []
for _ in range(16):
    seeds = x[rng.choice(len(x), size=3, replace=False)]
    starts.append(np.concatenate([np.zeros(3), seeds.ravel(), rng.standard_normal(12)]))

# %% [markdown]
# A run in which a component collapses (lesson 06) counts as lost. **Predict:** who comes within 0.1 nats
# of the best known maximum, −2902.29, how often, and in how many passes? (The cell takes some ten
# seconds.)

# %%
for climb in (expectation_maximisation, gradient_ascent, l_bfgs):
    costs = []
    for v in starts:
        heights = []
        with suppress(ValueError):
            climb(v, x, heights)
        costs += passes_until(BEST - 0.1, heights)
    print(f"{climb.__name__:24s} arrives from {len(costs)} of 16 starts,", end=" ")
    print(f"median {np.median(costs):.0f} passes")

# %% [markdown]
# Now the other extreme: noise is added to all points, so that the clouds overlap heavily. All three
# climb from one and the same start. **Predict** who is fastest now.

# %%
blurred = x + np.random.default_rng(0).normal(size=x.shape)
v = np.r_[0, 0, 0, blurred[[100, 600, 900]].ravel(), np.tile([1, 0, 0, 1], 3)]
runs = {}
for climb in (expectation_maximisation, gradient_ascent, l_bfgs):
    runs[climb.__name__] = []
    climb(v, blurred, runs[climb.__name__])
summit = max(max(heights) for heights in runs.values())
for name, heights in runs.items():
    cost = passes_until(summit - 0.1, heights)
    print(f"{name:24s} {cost[0]} passes to within 0.1 nats of {summit:.2f}")

# %% [markdown]
# The verdict, for these data:
#
# - **No climber is free of poor hills.** EM and L-BFGS arrive about equally often, but *not always
#   from the same starts*. So it is not true that EM does not get stuck, nor that L-BFGS is stuck
#   more often. Gradient ascent misses some of its summits only because 1000 passes are over.
# - **Where the clouds are distinct, EM is the cheapest**: some thirty passes, where L-BFGS needs two to
#   three times as many, and gradient ascent some hundreds. Its line search sets the step length
#   alone, but it cannot know that some directions are steep and others flat.
# - **Where the clouds overlap, L-BFGS wins**: 25 passes, where EM needs 238 and gradient ascent 371.
#   The bound is more curved than $\ln p$, because it treats the responsibilities as known. The more
#   the labels are in doubt, the narrower the bound is by comparison, and the shorter are EM's steps.
#
# ## 5 · Challenge: incremental EM
#
# Cut `x` into ten blocks `x[i::10]` and keep ten statistics, `model.e_step(block)[0]`. Renew one of
# them, add all ten (they have a `+`), take an M step with the sum, and go on to the next block. Each
# such step raises $\mathcal L(q,\theta)$, as section 7 of lesson 07 says. How many passes over *all*
# points does it take from `old` to within 0.01 nats of −2902.29, compared with EM? You should find 11,
# where EM makes 18. (This challenge has no check.)
#
# ## 6 · EM becomes K-means
#
# Lesson 07 lets all components share the covariance $\epsilon I$, (9.41), and finds that $\epsilon$
# times $Q$ has a limit, $-J/2$. The table shows it for 100 points about two centroids, ten apart,
# with weights 0.3 and 0.7. The last column is the share of the second component in a point at 4.9 of
# the ten, a little nearer to the first. **Predict** how small $\epsilon$ must be for that point to
# be decided.

# %%
centroids = np.array([[0.0, 0.0], [10.0, 0.0]])
cloud = np.random.default_rng(0).normal(size=(100, 2)) + np.repeat(centroids, 50, axis=0)
half_j = ((cloud[:, None] - centroids) ** 2).sum(axis=2).min(axis=1).sum() / 2  # (9.1)
print(f"-J/2 = {-half_j:.5f}\n")
print("epsilon           Q      epsilon Q    in doubt")
for epsilon in (10, 1, 0.1, 1e-2, 1e-4, 1e-6):
    model = GaussianMixture([0.3, 0.7], centroids, [epsilon * np.eye(2)] * 2)  # (9.41)
    q_value = bound.q_function(model, cloud, bound.posterior(model, cloud))
    doubt = model.responsibilities([[4.9, 0.0]])[0, 1]  # (9.42)
    print(f"{epsilon:7.0e}  {q_value:12.4g}   {epsilon * q_value:12.4f}    {doubt:.4f}")

# %% [markdown]
# The column of $\epsilon Q$ tends to −92.4098, while that of $Q$ itself runs away. The doubtful
# point is decided at $\epsilon=0.1$. At $\epsilon=10$ the heavier component claims it, although it
# is farther away.
#
# ### Exercise 07.4 · Take the limit yourself
#
# Write `scaled_q(x, centroids, weights, epsilon)`. It returns one number: $\epsilon$ times $Q$ of
# (9.40), for the mixture whose components all have the covariance $\epsilon I$ (9.41), with the
# responsibilities of (9.42) *at this* $\epsilon$. `x` has shape $(N,D)$, `centroids` $(K,D)$,
# `weights` $(K,)$, for any $D$ and $K$. At $\epsilon=10^{-4}$ every density underflows, so stay with
# logarithms. For the table above you should get its third column. Hints: `hint("07.4", 1)`.


# %% tags=["exercise", "07.4"]
def scaled_q(x, centroids, weights, epsilon):
    # Your lines instead of the dots.
    ...


# %% tags=["solution", "07.4"]
def scaled_q(x, centroids, weights, epsilon):
    squared = np.sum((x[:, None] - centroids) ** 2, axis=2)
    log_density = -x.shape[1] / 2 * np.log(2 * np.pi * epsilon) - squared / (2 * epsilon)  # (9.41)
    log_joint = np.log(weights) + log_density
    r = np.exp(log_joint - np.logaddexp.reduce(log_joint, axis=1, keepdims=True))  # (9.42)
    return epsilon * np.sum(r * log_joint)  # epsilon times (9.40)


# %% tags=["check"]
check("07.4", scaled_q)

# %% [markdown]
# ## 7 · In practice
#
# - Begin with EM: it keeps weights and covariances valid by itself, never goes down, and has
#   nothing to tune.
# - If EM creeps, the labels are in doubt. Hand over to L-BFGS: the gradient is that of $Q$.
# - No climber knows of other hills. Start all of them several times.
#
# ## 8 · Take away
#
# - The M step is best for the bound. Other steps may gain more likelihood, without a guarantee.
# - EM never goes below the height where it stands, so a hill beyond a deep valley stays out of reach.
# - One E step gives $\ln p$ and its gradient. Where the clouds are distinct EM is the cheapest of the
#   three; where they overlap, L-BFGS is.
# - $\epsilon$ times $Q$ tends to $-J/2$: K-means is the limit of EM.
#
# **Further reading**
#
# - R. Salakhutdinov, S. Roweis and Z. Ghahramani, "Optimization with EM and
#   expectation-conjugate-gradient", *Proceedings of ICML* (2003): when each of the two is faster.
# - R. M. Neal and G. E. Hinton, "A view of the EM algorithm that justifies incremental, sparse, and
#   other variants", in *Learning in Graphical Models*, ed. M. I. Jordan (1998), pp. 355-368: the
#   challenge.
# - T2: R. Romijnders, the repository RobRomijnders/EM.
#
# **Back:** [07 · Prove that EM never goes down](../07_expected_loglik_lower_bound.ipynb). **Next:**
# [08 · When EM goes wrong](../08_when_em_goes_wrong.ipynb). To see which exercises you have solved,
# call `progress()` in a new cell.
