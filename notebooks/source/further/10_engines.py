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
# # 10 further · Count, share and distribute
#
# [Lesson 10](../10_em_at_scale.ipynb) said that an E step is a sum over the data, and that sums can be
# made in parts. **What else can be saved, and who can do the adding?** Here are four answers: equal
# rows, the order of the additions, threads, and processes; and one thing that should not be saved.
#
# **Time** about 30 minutes; this notebook is optional. **After it you can**
#
# - count equal rows once, and know when that saves a factor of a hundred thousand;
# - show that a chain, a tree and a shuffled order give the same statistics;
# - run an E step in two threads, and a fit in two worker processes;
# - say why sums should not be made in single precision.
#
# **You need** lesson 10.
#
# ## 1 · Count, instead of repeating
#
# A million trials of ten tosses each have at most eleven different results. Two trials with seven
# heads have the same responsibilities, so add them once, with the factor two. In every sum of lesson
# 10 a row that occurs $c$ times gets the factor $c$.
#
# First the imports, and the data of lesson 10 for later sections.

# %%
import itertools

import numpy as np

from emlib import (
    CoinMixture,
    GaussianMixture,
    GaussianMixture1D,
    datasets,
    em,
    plots,
    start,
    widgets,
)

x, _ = datasets.three_clusters(0).truth.sample(100_000, rng=1)
theta = start.kmeans_plus_plus(GaussianMixture, x[:1000], n_components=3, rng=0)

# %% [markdown]
# The cell makes one round of the two coins of lesson 04 on counted rows, and one by `emlib` on all.

# %%
rng = np.random.default_rng(4)
heads = rng.binomial(10, rng.choice([0.45, 0.8], size=1_000_000))
trials = np.column_stack([heads, 10 - heads])
coins = CoinMixture([0.6, 0.5], [0.5, 0.5], fixed_weights=True)
distinct, times = np.unique(trials, axis=0, return_counts=True)
r = coins.responsibilities(distinct) * times[:, None]  # each result as often as it occurred
biases = r.T @ distinct[:, 0] / (r.T @ distinct.sum(axis=1))
by_emlib = next(itertools.islice(em.iterate(coins, trials), 1, 2)).model.biases
print(f"biases after a round: counted {biases.round(6)}, emlib {by_emlib.round(6)}")

# %% [markdown]
# The same numbers. **Predict:** a million trials of ten tosses: how many rows does an E step of
# `em.fit` see? And how many for a million heights that were rounded to a centimetre?

# %%
heights = np.round(datasets.heights(0).truth.sample(1_000_000, rng=5)[0])
groups = GaussianMixture1D([0.5, 0.5], [165, 180], [50, 50])
for name, model, data in (("tosses", coins, trials), ("heights", groups, heights)):
    prepared = model.prepare_fit(data)
    print(f"{name:8s} {len(prepared):,} rows, of which an E step sees {len(prepared.values)}")

# %% [markdown]
# Eleven rows, and some ninety: a round costs a hundred thousand times, or ten thousand times, less
# than a pass over all rows. `emlib` counts when a look at some of the rows says that it pays. It does
# not count rows of two real numbers: they hardly repeat. (Rounding is an approximation of its own, of
# course. It adds a twelfth of a squared centimetre to each variance, whether one counts or not.)
#
# ## 2 · In any order
#
# The cell adds ten blocks of 10,000 points as a chain, as a tree, and as a tree in a shuffled order.
# **Predict** which of the three differs most from the E step of the whole array.


# %%
def as_tree(parts):
    while len(parts) > 1:
        pairs = itertools.zip_longest(parts[::2], parts[1::2])
        parts = [a if b is None else a + b for a, b in pairs]
    return parts[0]


def as_chain(parts):
    total = parts[0]
    for part in parts[1:]:
        total = total + part
    return total


# %% [markdown]
# Look at the three lines.

# %%
whole, _ = theta.e_step(x)
parts = [theta.e_step(block)[0] for block in np.array_split(x, 10)]
shuffled = [parts[i] for i in np.random.default_rng(2).permutation(10)]
sums = {"chain": as_chain(parts), "tree": as_tree(parts), "shuffled": as_tree(shuffled)}
for name, merged in sums.items():
    gap = np.abs(merged.scatters / whole.scatters - 1).max()
    print(f"{name:8s} within 1e-12 of the whole: {gap < 1e-12}")

# %% [markdown]
# None does, except for rounding.
#
# ## 3 · Two threads
#
# Your processor has several cores. Give each of two threads half of the rows; they use the same
# parameters, and the same memory, so that nothing is copied. Then one addition. (In a browser, which
# has no threads, the cell falls back to one after the other.) **Predict:** twice as fast?

# %%
import sys
from concurrent.futures import ThreadPoolExecutor

halves = np.array_split(x, 2)
with ThreadPoolExecutor(2) as pool:
    run = map if sys.platform == "emscripten" else pool.map
    (first, log_p_1), (second, log_p_2) = run(theta.e_step, halves)
joint = theta.m_step(first + second)
gap = np.abs(joint.means / theta.m_step(whole).means - 1).max()
print(f"two halves, {log_p_1:.1f} and {log_p_2:.1f} nats: {log_p_1 + log_p_2:.1f} together")
print(f"means within 1e-12 of those of one thread: {gap < 1e-12}")

# %% [markdown]
# The same statistics; but how fast? That depends on your machine, on what else it does, and on the
# size of the task. Threads gain only if a block is so large that numpy works on it for long, and
# NumPy's own matrix product may already use all cores. *Two threads on two busy cores may be slower
# than one.* So measure, with the panel of lesson 10. (For Gaussian data in memory
# `em.fit(theta, x, n_threads=2)` shares each E step between two threads.)
#
# ## 4 · Two processes, or a cluster
#
# Moving tasks and sums between processes is the work of an engine. `emlib` uses **Dask**: `em.fit`
# takes a Dask array as it takes any other, and runs the same E step on each chunk. The function below
# starts two worker processes on your own machine, hands them the data in eight chunks, and compares.
# Real machines need one other line: `Client("address:port")` for the cluster's scheduler.
#
# It takes some seconds, and Dask is not part of the course's environment, so the cell only prepares a
# button. **Predict** before you press: to how many digits will the means agree with those of one
# process?


# %%
def four_rounds(data):
    return next(itertools.islice(em.iterate(theta, data), 4, None)).model


def on_two_workers():
    import dask.array as da
    from distributed import Client, LocalCluster

    cluster = LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0")
    with cluster, Client(cluster):
        model = four_rounds(da.from_array(x, chunks=(12_500, 2)).persist())
    gap = np.abs(model.means / four_rounds(x).means - 1).max()
    return f"Two workers, eight chunks, four rounds: the means agree to {gap:.0e}."


# %% [markdown]
# Beside the button stands one sentence: that nothing has been run yet, or what came of it.

# %% tags=["widget"]
button = "Start two workers, and fit"
how = "pip install emlib[dask]"
widgets.Later(on_two_workers, button, needs=["dask", "distributed"], remedy=how)

# %% [markdown]
# The picture shows one round: what travels, and what stays.

# %%
fig, ax = plots.figure(width=8.4, height=3.3)
plots.traffic([50_000, 50_000], 3 * (1 + 2 + 2**2), ax=ax)
plots.picture(fig, "10.workers")

# %% [markdown]
# Twenty-one numbers go to each worker, and twenty-one come back. If Dask is there, the means agree to
# some fifteen digits. What if a machine fails? The tests of this course try it: they begin a fit of ten
# chunks on two workers, end one worker's process in the middle, see that it is gone and that rounds are
# left, and compare the end of the fit with that of a run in memory, to ten digits. It holds. On a
# cluster, persist the array once (`x.persist()`), so that a round does not read it again.
#
# ## 5 · Single precision throughout: a shortcut that costs digits
#
# Lesson 10 kept data in single precision and computed in double. To compute in single precision as well is
# faster still. But a sum of a million terms, added one after the other, then loses most of its seven
# digits. The cell adds the number 0.1 a million times. (NumPy's own `sum` adds in pairs, which
# loses less; a loop over blocks does not.)
#
# **Predict** the first digit that is wrong in 100,000.

# %%
tenth = np.full(1_000_000, 0.1, dtype=np.float32)
chain = np.add.accumulate(tenth)[-1]
print(f"one after the other, in single precision: {chain:,.0f}")
print(f"in pairs, in single precision:            {tenth.sum():,.0f}")
print(f"in double precision:                      {tenth.sum(dtype=np.float64):,.0f}")

# %% [markdown]
# The fourth: the sum is about one per cent too large, more than the parameters of a large sample are
# uncertain. Store in single precision if you must; add in double.
#
# ## Take away
#
# - Count first: rounded measurements and repeated trials may shrink by a factor of a thousand or more.
# - Chain, tree, threads, processes: the statistics are the same, except for rounding.
# - More workers help only if there is enough work for each. Measure.
#
# **Further reading**
#
# - T. F. Chan, G. H. Golub and R. J. LeVeque, "Algorithms for computing the sample variance", *The
#   American Statistician* 37, 242-247 (1983): pairwise addition and its rounding.
#
# **Back to** [10 · Take EM beyond memory and one machine](../10_em_at_scale.ipynb).
