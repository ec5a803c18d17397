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
# # 10 · Take EM beyond memory and one machine
#
# All data of this course so far fitted into a corner of your computer's memory. Now imagine a file of
# a billion rows, larger than the memory. Or four hospitals, each with patients' data that must not
# leave the house. Or a night's work that should be done by noon. **What of EM has to change?**
#
# Almost nothing. The answer stood in [lesson 07](07_expected_loglik_lower_bound.ipynb) in a
# subordinate clause: what an E step really returns are *sums over the data*, and sums can be made
# in parts. Blocks of an array, files, threads and machines are then one idea, and this lesson is that
# idea, with its two traps: a way of adding that loses all digits, and shortcuts that look like EM and
# are not.
#
# **After this lesson you can**
#
# - run an E step over blocks, and show that it is the E step of the whole;
# - add the statistics of two blocks without losing digits, and say why sums of squares lose them;
# - fit a file that does not fit into memory, and say how often it is read;
# - count equal rows once, and know when that saves a factor of a hundred thousand;
# - fit on several machines, and tell apart what may travel between them from what may not;
# - refute three popular shortcuts with a number each.
#
# **Time** 60 minutes, three exercises included. **You need** lessons 05 to 07. Symbols are listed in
# [00 · Start here](00_start_here.ipynb).
#
# ## 1 · What an E step brings home
#
# Look at what the M step of lesson 06 asks of the data:
#
# $$N_k=\sum_{n=1}^N\gamma_{nk}\;(9.27),\qquad
# \mu_k=\frac1{N_k}\sum_{n=1}^N\gamma_{nk}\mathbf x_n\;(9.24),\qquad
# \Sigma_k=\frac1{N_k}\sum_{n=1}^N\gamma_{nk}(\mathbf x_n-\mu_k)(\mathbf x_n-\mu_k)^{\mathsf T}
# \;(9.25).$$
#
# Each is a sum over $n$, and so is the log-likelihood (9.28). The responsibilities are needed to *make*
# the sums; once a row has been added, nobody asks for its $\gamma_{nk}$ again. So an E step has to
# bring home, for each component, one count, $D$ numbers for the mean and $D^2$ for the scatter:
# $K(1+D+D^2)$ numbers. We call them the **statistics**.
#
# The cell draws 100,000 points from the three clouds of lesson 06 and makes one E step.
# **Predict:** how many numbers is the table of responsibilities, and how many are the statistics? What
# becomes of either if there are ten times as many points?

# %% slideshow={"slide_type": "slide", "show": ["output"]}
import itertools
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from emlib import GaussianMixture, GaussianMixture1D, datasets, em, plots, start, widgets
from emlib.exercises import check, hint, progress, solution

truth = datasets.three_clusters(0).truth
x, _ = truth.sample(100_000, rng=1)
theta = start.kmeans_plus_plus(GaussianMixture, x[:1000], n_components=3, rng=0)
responsibilities = theta.responsibilities(x)
statistics, log_p = theta.e_step(x)
parts = statistics.n_k, statistics.means, statistics.scatters
print(f"responsibilities: {responsibilities.size:,} numbers")
print(f"statistics:       {sum(part.size for part in parts)} numbers, K(1 + D + D²) = {3 * (1 + 2 + 4)}")
assert np.allclose(statistics.n_k, responsibilities.sum(axis=0))  # (9.27)

# %% [markdown] slideshow={"slide_type": "slide"}
# Three hundred thousand numbers were needed for a moment, and 21 are left. With ten times as many
# points the first would be three million, and the second still 21.
#
# ## 2 · The block loop, by hand
#
# So cut the data into blocks, make the E step of each, and add. The function below is all there is to
# it. `statistics + more` is the addition that `emlib` defines for statistics; what it must do, and how
# it could go wrong, is the next section.
#
# **Predict:** by how much will the means after one round differ from those of a round on the whole
# array: in the second digit, in the sixth, or not before the twelfth? And how much memory does the
# loop need for a million rows, if a block has ten thousand?


# %% slideshow={"slide_type": "slide", "show": ["def e_step_in_blocks", "output"]}
def e_step_in_blocks(model, blocks):
    total, log_p = None, 0.0
    for block in blocks:
        statistics, part = model.e_step(block)  # (9.23), (9.27) of this block
        total = statistics if total is None else total + statistics
        log_p += part  # (9.28) is a sum as well
    return total, log_p


blocks = np.array_split(x, 10)
total, log_p_blocks = e_step_in_blocks(theta, blocks)
by_blocks, at_once = theta.m_step(total), theta.m_step(statistics)
largest = np.abs(by_blocks.means / at_once.means - 1).max()
print(f"the means of the two rounds agree to 1e-12: {largest < 1e-12}")
assert np.allclose(by_blocks.covariances, at_once.covariances, rtol=1e-12)
assert np.isclose(log_p_blocks, log_p, rtol=1e-12)

# %% [markdown] slideshow={"slide_type": "slide"}
# The difference is rounding, at the thirteenth digit or later. Mark what did *not* happen. The
# parameters stayed the same for all ten blocks; only after the last block came an M step. The loop
# never held more than one block's responsibilities, 30,000 numbers, and would hold no more for a
# billion rows.
#
# This is not a trick for the lesson: `emlib` runs the same loop inside `e_step`, in blocks that fit the
# processor's cache, which is why it is usually *faster* than the formulas on the whole table.
#
# ## 3 · How to add: the trap of the raw sums
#
# The count is easily added. For means and covariances the obvious way is to keep raw sums, of
# $\mathbf x$ and of $\mathbf x\mathbf x^{\mathsf T}$, and to subtract in the end,
# $\operatorname{var}x=\overline{x^2}-\bar x^2$. On paper that is right. In a computer both terms are
# rounded to 16 digits, and if the data lie far from zero, as years, prices or satellite positions
# do, the 16 digits are used up by what the two terms have in common. At an offset of $10^8$ standard
# deviations $x^2$ is about $10^{16}$, so its last digit stands for about one: all of the
# variance is below it.
#
# The other way keeps $(n,\,m,\,S)$ of each block: its count, its mean and its scatter about *its own*
# mean. Two lines show how to merge blocks $a$ and $b$. Let $\delta=m_b-m_a$. The joint mean lies
# between the two, as far from either as the other is heavy,
#
# $$m=m_a+\frac{n_b}{n}\,\delta,\qquad n=n_a+n_b.$$
#
# About this $m$ a block's scatter grows by its count times the squared step of its mean (the cross
# terms vanish, because deviations from a block's own mean sum to zero), so
#
# $$S=S_a+n_a\Big(\frac{n_b}{n}\Big)^2\delta\delta^{\mathsf T}
# +S_b+n_b\Big(\frac{n_a}{n}\Big)^2\delta\delta^{\mathsf T}
# =S_a+S_b+\frac{n_an_b}{n}\,\delta\delta^{\mathsf T}.$$
#
# Only *differences* of means are squared, and an offset drops out of a difference. The formulas are
# those of Chan, Golub and LeVeque (1983); with $N_k$ for $n$ they hold for each component.
#
# The cell moves the same 2,000 numbers away from zero, and computes their variance in both ways, in
# four blocks. **Predict:** at which offset has the raw way lost its last digit?


# %% slideshow={"slide_type": "slide", "show": ["output"]}
def variance_by_raw_sums(values):
    n = total = squares = 0.0
    for value in values.tolist():
        n, total, squares = n + 1, total + value, squares + value * value
    return squares / n - (total / n) ** 2


def variance_by_merging(values):
    one = GaussianMixture1D([1.0], [0.0], [1.0])  # a single component owns every row
    parts = (one.statistics(block, np.ones((len(block), 1))) for block in np.split(values, 4))
    merged = next(parts)
    for part in parts:
        merged = merged + part
    return float(merged.scatters[0] / merged.n_k[0])


sample = np.round(np.random.default_rng(0).normal(size=2000), 3)  # no digit is lost by the offset
offsets, errors = 10.0 ** np.arange(0, 11, 2), {"raw sums": [], "merged": []}
for offset in offsets:
    raw, merged = variance_by_raw_sums(sample + offset), variance_by_merging(sample + offset)
    true = np.var((sample + offset) - offset)
    errors["raw sums"].append(abs(raw / true - 1))
    errors["merged"].append(abs(merged / true - 1))
    print(f"offset {offset:.0e}: raw sums {raw:12.5g}   merged {merged:.5g}")

# %% [markdown]
# At $10^8$ a variance of one comes out as −40, and a standard deviation as "not a number". (Other
# data would give another number; none would be right.) And nothing warns: at $10^6$ the raw value
# still looks reasonable. The picture shows how many digits are gone on the way; an error of zero is
# drawn at $10^{-17}$.

# %% slideshow={"slide_type": "slide"}
fig, ax = plots.figure(width=6.8, height=3.3, grid=True)
plots.lost_digits(offsets, errors, ax=ax)
plots.picture(
    fig,
    "Relative error of a variance against the distance of the data from zero. The line of the raw "
    "sums rises by four powers of ten for every two of the distance and crosses one between a "
    "million and a hundred million; the line of the merged statistics stays at the bottom.",
)

# %% [markdown]
# For every factor of ten in distance the raw sums lose two digits, and at $10^8$ none is left. The
# merged statistics keep all that the data themselves have. (So do two passes, first the mean, then
# the scatter; but a second pass over a large file is what one wants to avoid.)
#
# ### Exercise 10.1 · Merge two blocks
#
# Write `merge(a, b)`. Each of `a` and `b` is a tuple $(n,m,S)$: the number of rows, their mean
# of shape $(D,)$, and their scatter $\sum(\mathbf x-m)(\mathbf x-m)^{\mathsf T}$ about that mean, of
# shape $(D,D)$. Return the same three for all rows together.


# %% tags=["exercise", "10.1"]
def merge(a, b): ...


# %% tags=["solution", "10.1"]
def merge(a, b):
    (n_a, m_a, s_a), (n_b, m_b, s_b) = a, b
    n, step = n_a + n_b, m_b - m_a
    return n, m_a + n_b / n * step, s_a + s_b + n_a * n_b / n * np.outer(step, step)


# %% tags=["check"]
check("10.1", merge)

# %% [markdown]
# ## 4 · In any order
#
# Sums of numbers can be taken in any order and with any brackets, but for rounding. The merge
# inherits both: it has to, as each side of $(a+b)+c=a+(b+c)$ is the mean and the scatter of the same
# rows. So nobody has to wait for a neighbour. Eight blocks can be added in a chain, in which each
# addition waits for the one before, or as a tree.

# %% slideshow={"slide_type": "slide"}
fig, axes = plots.figure(width=8.6, height=3.2, columns=2)
chain, tree = plots.additions(8, axes=axes)
print(f"eight blocks: {chain} additions in a row, or {tree}")
plots.picture(
    fig,
    "Eight blocks added in two ways. On the left a chain of seven additions climbs to the right, each "
    "waiting for the one before. On the right a tree: four additions at once, then two, then one.",
)

# %% [markdown]
# A chain of 1,000 blocks has 999 additions that wait for each other; a tree has ten, since
# $2^{10}>1000$, and all additions of one level can be made at the same time, on different machines.
#
# The cell adds the ten blocks of section 2 as a chain, as a tree, and in a shuffled order. **Predict**
# which of the three differs most from the E step of the whole array.


# %%
def as_tree(parts):
    while len(parts) > 1:
        pairs = itertools.zip_longest(parts[::2], parts[1::2])
        parts = [a if b is None else a + b for a, b in pairs]
    return parts[0]


parts = [theta.e_step(block)[0] for block in blocks]
order = np.random.default_rng(2).permutation(len(parts))
sums = {
    "chain": total,
    "tree": as_tree(parts),
    "shuffled": as_tree([parts[i] for i in order]),
}
for name, merged in sums.items():
    gap = np.abs(merged.scatters / statistics.scatters - 1).max()
    print(f"{name:8s}  within 1e-12 of the whole: {gap < 1e-12}")

# %% [markdown] slideshow={"slide_type": "slide"}
# None does, to within rounding. Rounding does depend on the order, so two runs on a cluster may
# differ in the last digits of sixteen; that is no fault.
#
# ## 5 · A file larger than memory
#
# If the sum of a block is all that is kept, the block itself may come from anywhere. `np.load` with
# `mmap_mode="r"` gives an array whose rows stay in the file: the operating system brings a page in
# when it is touched, and may drop it when memory is short. `em.fit` takes such an array as it
# is, reads it in parts, and keeps nothing but statistics. Our file has 8 MB, so that the cell takes no
# time; for 800 GB no line would change.
#
# Half of the memory is saved by the file's data type. It holds single precision, 4 bytes a number,
# and each part is converted to 8 bytes when its turn comes. All arithmetic is in double precision.
#
# **Predict:** will the fit differ from that of `x` in memory, and if so, because of the file, because
# of the blocks, or because of single precision?

# %% slideshow={"slide_type": "slide", "show": ["output"]}
folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
large, _ = truth.sample(1_000_000, rng=3)
path = Path(folder.name, "large.npy")
np.save(path, large.astype(np.float32))
mapped = np.load(path, mmap_mode="r")
print(f"{type(mapped).__name__} of {mapped.shape[0]:,} rows, {mapped.dtype}")


def rounds(x, n=4):
    steps = list(itertools.islice(em.iterate(theta, x), n + 1))
    return steps[-1].model, steps[-1].objective


from_file, log_p_file = rounds(mapped)
in_memory, log_p_memory = rounds(large)
rounded, log_p_rounded = rounds(large.astype(np.float32).astype(float))
print(f"ln p, file and memory:    {abs(log_p_file / log_p_memory - 1):.0e} apart, relatively")
same = abs(log_p_file / log_p_rounded - 1) < 1e-12
print(f"file, and memory rounded to single precision: the same to twelve digits: {same}")
assert np.spacing(np.float32(1.8e9)) == 128  # seconds, in section 5

# %% [markdown]
# The file and the blocks change nothing. Single precision changes the data themselves, by one part in
# ten million, and here that is far below any doubt about the parameters.
#
# It is not always so. Single precision has seven digits *in all*. A time in seconds since 1970,
# about 1.8 billion today, is rounded to the nearest multiple of 128 seconds: two events a minute apart
# may become one. Subtract the offset before you store data in single precision, not after.
#
# ### A class that reads blocks
#
# Often the data are not one file but a thousand, or lines of text, or rows of a data base. Then write
# a class whose `__iter__` yields two-dimensional blocks, one after the other. The cell does, and
# counts how often it is asked. **Predict:** how often is each file read in four rounds of EM? And
# the last lines try a generator, which looks like such a class: what is wrong with it?


# %%
class Files:
    def __init__(self, paths):
        self.paths, self.passes = paths, 0

    def __iter__(self):
        self.passes += 1
        for path in self.paths:
            yield np.load(path)


paths = [Path(folder.name, f"{i}.npy") for i in range(10)]
for path, block in zip(paths, blocks):
    np.save(path, block)
files = Files(paths)
from_files, _ = rounds(files)
print(f"passes over the files: {files.passes}")
assert files.passes == 1 + (4 + 1)  # a look at the door; an E step at the start and after each round
assert np.allclose(from_files.means, rounds(x)[0].means, rtol=1e-12)
try:
    em.fit(theta, (np.load(path) for path in paths))
except TypeError as refusal:
    print(refusal)

# %% [markdown]
# Six passes. One looks at every number before the first round and names the block and the row
# of one that is missing or infinite; then comes one pass for each E step. Reading is the price of not
# remembering: if a pass takes an hour, twenty rounds take a day, and the accelerated rounds of
# [lesson 08](08_when_em_goes_wrong.ipynb) are worth their while.
#
# The generator can be read only once, and EM reads its data in every round: after the first it would
# find nothing. `emlib` refuses it by name. An object with `__iter__` begins anew each time.
#
# ### Exercise 10.2 · A round over blocks
#
# Write one whole round of EM on the line, over blocks. `round_over_blocks(blocks, weights, means,
# variances)` gets an object that yields arrays of shape $(n,)$ and can be read again, and
# parameters of shape $(K,)$. It returns the new weights, means and variances, and the
# log-likelihood (9.14) at the *old* parameters. You may read the blocks twice, but do not keep them:
# like many a reader, this one fills the same piece of memory with every block.


# %% tags=["exercise", "10.2"]
def round_over_blocks(blocks, weights, means, variances): ...


# %% tags=["solution", "10.2"]
def round_over_blocks(blocks, weights, means, variances):
    n_k, first, second = np.zeros((3, len(means)))
    log_p = 0.0
    for x in blocks:
        d = x[:, None] - means  # from the old means: small numbers, whatever the offset
        log_joint = np.log(weights) - 0.5 * (np.log(2 * np.pi * variances) + d**2 / variances)
        log_density = np.logaddexp.reduce(log_joint, axis=1, keepdims=True)
        r = np.exp(log_joint - log_density)  # (9.23)
        n_k, log_p = n_k + r.sum(axis=0), log_p + log_density.sum()  # (9.27), (9.28)
        first, second = first + (r * d).sum(axis=0), second + (r * d**2).sum(axis=0)
    step = first / n_k
    return n_k / n_k.sum(), means + step, second / n_k - step**2, log_p  # (9.24)-(9.26)


# %% tags=["check"]
check("10.2", round_over_blocks)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 6 · Count, instead of repeating
#
# The cheapest row is the one that is not there. A million trials of ten tosses each have at most eleven
# different results. Two trials with seven heads have the same responsibilities, so add them
# once, with the factor two. In every sum of section 1 a row that occurs $c$ times just gets the factor
# $c$.
#
# **Predict:** a million trials of ten tosses by two coins: how many rows does an E step of
# `em.fit` see? And how many for a million heights that were rounded to a centimetre?

# %% slideshow={"slide_type": "slide", "show": ["output"]}
from emlib import CoinMixture

rng = np.random.default_rng(4)
heads = rng.binomial(10, rng.choice([0.45, 0.8], size=1_000_000))
trials = np.column_stack([heads, 10 - heads])
two_coins = CoinMixture([0.6, 0.5], [0.5, 0.5], fixed_weights=True)
distinct, times = np.unique(trials, axis=0, return_counts=True)
r = two_coins.responsibilities(distinct) * times[:, None]  # each result as often as it occurred
biases = r.T @ distinct[:, 0] / (r.T @ distinct.sum(axis=1))
assert np.allclose(biases, next(itertools.islice(em.iterate(two_coins, trials), 1, 2)).model.biases)

heights = np.round(datasets.heights(0).truth.sample(1_000_000, rng=5)[0])
two_groups = GaussianMixture1D([0.5, 0.5], [165, 180], [50, 50])
for name, model, data in (("tosses", two_coins, trials), ("heights", two_groups, heights)):
    prepared = model.prepare_fit(data)
    print(f"{name:8s} {len(prepared):,} rows, of which an E step sees {len(prepared.values)}")

# %% [markdown]
# Eleven rows, and some ninety: a round costs a hundred thousand times, or ten thousand times, less
# than a pass over all rows, and its result is the same to the last digits. `emlib` counts when a look at
# some of the rows says that it pays. It does not count rows of two real numbers: they hardly repeat.
#
# (Rounding is an approximation of its own, of course. It adds a twelfth of a squared centimetre to
# each variance, whether one counts or not.)
#
# ## 7 · Two threads
#
# Your processor has several cores. Give each of two threads half of the rows; they use the same
# parameters, and the same memory, so that nothing is copied. Then one addition. **Predict:** twice as
# fast?

# %%
halves = np.array_split(large, 2)
with ThreadPoolExecutor(2) as pool:
    run = map if sys.platform == "emscripten" else pool.map  # a browser has no threads
    (first, log_p_1), (second, log_p_2) = run(theta.e_step, halves)
threads = theta.m_step(first + second)
assert np.allclose(threads.means, theta.m_step(theta.e_step(large)[0]).means, rtol=1e-12)
print(f"two halves, {log_p_1:.1f} and {log_p_2:.1f} nats: {log_p_1 + log_p_2:.1f} together")

# %% [markdown]
# The same statistics; but how fast? That depends on your machine, on what else it does, and on the
# size of the task: threads gain only where a block is so large that numpy works on it for long, and
# NumPy's own matrix product may already use all cores. *Two threads on two busy cores may be slower
# than one.* So measure. (For Gaussian data in memory `em.fit(theta, x, n_threads=2)` shares each E
# step between two threads; its result is the same, and one is the default.)
#
# ## 8 · Measure it here and now
#
# The panel makes one E step of 10,000 to 1,000,000 rows in the way that you choose. *Whole table*
# is the formulas as they stand, with all responsibilities at once. *Blocks* is the loop of section 2,
# with ten thousand rows a block; *two threads* is the cell above; *file* reads single precision from
# a file, checking it on the way. Nothing is measured before you choose a way, and no time is stored in
# this notebook: it would be another one on your machine.
#
# **Predict** before you choose: for 1,000,000 rows, which of the four is the slowest, and which needs
# the least memory?

# %% tags=["widget"]
panel = widgets.scale_panel()
panel

# %% [markdown]
# The bars on the left are seconds, those on the right the memory that the step took beyond the
# data, at its peak. On most machines the whole table loses on both sides, by a factor that grows
# with the rows: tables of a million rows have to travel between the processor and the memory, while
# ten thousand rows stay in its cache.
#
# Memory can be counted as well as measured. In print, for 1,000,000 rows, two columns and three
# components: the numbers that each way must hold at once.

# %% slideshow={"slide_type": "slide"}
N, D, K, block = 1_000_000, 2, 3, 10_000
fig, ax = plots.figure(width=7.6, height=2.4)
ways = {
    "whole table": (N * D, N * K), "blocks": (N * D, block * K),
    "two threads": (N * D, 2 * block * K), "file": (block * D, block * K),
}  # fmt: skip
plots.held(ways, ax=ax)
plots.picture(
    fig,
    "Bars of the numbers held in memory at once. The whole table needs five million, of which three "
    "million are responsibilities; blocks and threads little more than the two million of the data; "
    "the file fifty thousand in all.",
)

# %% [markdown]
# The data are two of the five million numbers of the whole table. Blocks do away with the other three,
# and a file with the data as well.
#
# ## 9 · Several machines
#
# Now let the blocks lie on different machines. In each round the parameters travel to the machines,
# $K(1+D+D^2)$ numbers at most; each machine makes the E step of its own rows; the statistics are added
# in a tree, and one sum travels back, again $K(1+D+D^2)$ numbers. The M step takes microseconds,
# anywhere. For ten components in sixteen dimensions that is 2,730 numbers, or 22 kB, whether the
# machines hold a thousand rows or a billion. The four hospitals of the introduction can fit *one*
# model without a row leaving a house. (Statistics of few patients do tell something about them; that
# is another subject.)
#
# Moving tasks and sums about is the work of an engine. `emlib` uses **Dask**: `em.fit` takes a Dask
# array as it takes any other, and runs the same E step on each chunk. The function below starts two
# worker processes on your own machine, hands them the data in eight chunks, and compares. Real machines
# need one other line: `Client("address:port")` for the cluster's scheduler.
#
# It takes some seconds, and Dask is not part of the course's environment, so the cell only
# prepares a button and prints a sentence. **Predict** before you press: to how many digits will the
# means agree with those of one process?


# %% tags=["widget"]
def on_two_workers():
    import dask.array as da
    from distributed import Client, LocalCluster

    cluster = LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0")
    with cluster, Client(cluster):
        chunks = da.from_array(x, chunks=(12_500, 2)).persist()  # eight chunks
        model, _ = rounds(chunks)
    gap = np.abs(model.means / rounds(x)[0].means - 1).max()
    return f"Two workers, eight chunks, four rounds: the means agree to {gap:.0e}."


cluster = widgets.Later(
    on_two_workers, "Start two workers, and fit", needs=["dask", "distributed"],
    remedy="pip install emlib[dask]",
)  # fmt: skip
print("Not run here: a cluster needs Dask (pip install emlib[dask]), and a press of the button.")
cluster

# %% [markdown]
# Beside the button stands one sentence: that nothing has been run yet, or what came of it. If Dask
# is there, the means agree to some fifteen digits. The picture shows a round with four workers: what
# travels, and what stays.

# %% slideshow={"slide_type": "slide"}
assert 10 * (1 + 16 + 16**2) == 2730  # the example above
fig, ax = plots.figure(width=8.4, height=3.3)
plots.traffic([len(part) for part in np.array_split(x, 4)], K * (1 + D + D**2), ax=ax)
plots.picture(
    fig,
    "A driver with the M step on the left, four workers on the right. An arrow from the driver to "
    "each worker carries the parameters, 21 numbers; an arrow back the statistics, 21 numbers, added "
    "on the way. The 25,000 rows of each worker stay where they are.",
)

# %% [markdown]
# Twenty-one numbers out, twenty-one back, and 25,000 rows that stay, on each of four workers.
#
# **What if a machine dies?** Then its chunks are lost, and the scheduler has others read them again and
# repeat their E steps. The result does not change, because the parameters of the round are the same
# wherever a chunk is worked on, and because the sum does not care who made its parts. The tests of
# this course do it: they begin a fit of ten chunks on two workers, kill one worker's process in the
# middle, see that it is gone and that rounds are left, and compare the end of the fit with that of a
# run in memory, to ten digits. It holds.
#
# ### Exercise 10.3 · The M step of four hospitals
#
# Four machines have made an E step on the line with the *same* parameters. Each sends a tuple
# `(n_k, means, variances)`, three arrays of shape $(K,)$: its effective counts (9.27), its weighted
# means (9.24) and its weighted variances (9.25) about these means. Write `joint_m_step(parts)`, which
# returns the weights, means and variances that EM on all rows would have.


# %% tags=["exercise", "10.3"]
def joint_m_step(parts): ...


# %% tags=["solution", "10.3"]
def joint_m_step(parts):
    n_k, means, variances = (np.array(values) for values in zip(*parts, strict=True))
    total = n_k.sum(axis=0)
    joint_means = (n_k * means).sum(axis=0) / total  # (9.24)
    spread = variances + (means - joint_means) ** 2  # each machine's, about the joint mean
    return total / total.sum(), joint_means, (n_k * spread).sum(axis=0) / total  # (9.25), (9.26)


# %% tags=["check"]
check("10.3", joint_m_step)

# %% [markdown] slideshow={"slide_type": "slide", "show": [], "hide": ["Average the fitted", "Update after every"]}
# ## 10 · Three shortcuts that are not EM
#
# **Average the fitted parameters.** Each machine runs EM to the end on its own rows, and the
# parameters are averaged. It sounds like the above and saves all travelling but the last. The cell
# splits 1,000 heights of two groups between a machine that has mostly the first group and one that
# has mostly the second, fits each, and averages. (Both have 500 rows, so weights change nothing.)
#
# **Update after every block.** An M step after each block, with the statistics of that block alone
# (a "mini-batch"), makes twenty M steps a pass here instead of one. The cell lets it make ten
# passes.
#
# **Predict** for either: is the log-likelihood of all rows as high as EM's?

# %% slideshow={"slide_type": "slide", "show": ["output"]}
rng = np.random.default_rng(6)
group_a, group_b = rng.normal(165, 6, 500), rng.normal(178, 7, 500)
machines = [np.r_[group_a[:450], group_b[:50]], np.r_[group_a[450:], group_b[50:]]]
everything = np.concatenate(machines)
begin = GaussianMixture1D([0.5, 0.5], [160, 180], [40, 40])
joint = em.fit(begin, everything, tol=1e-10, max_iter=5000).model
separate = [em.fit(begin, data, tol=1e-10, max_iter=5000).model for data in machines]
fields = "weights", "means", "variances"
averaged = GaussianMixture1D(*(np.mean([getattr(m, f) for m in separate], axis=0) for f in fields))
online = begin
for block in np.array_split(rng.permutation(everything), 20) * 10:
    online = online.m_step(online.e_step(block)[0])  # the statistics of one block only
best = joint.log_likelihood(everything)
for name, model in (("EM on all rows", joint), ("averaged fits", averaged), ("block by block", online)):
    below = best - model.log_likelihood(everything)
    print(f"{name:15s} means {model.means.round(1)}, stds {model.stds.round(1)}: {below:6.2f} nats below")

# %% [markdown] slideshow={"slide_type": "slide", "show": ["What may be added are"]}
# Both end below EM, by tens of nats, and no further round of theirs mends it. The average of two
# maxima is the maximum of nothing. (It is worse if the machines name their components in different
# orders, or end on different hills.) What may be added are *statistics made with the same
# parameters*.
#
# The update after every block never settles: its last M step has seen 50 rows, and the next block pulls
# it elsewhere. Two remedies exist. Keep the statistics of *all* blocks, renew one block's share
# and make an M step with the sum: that is the incremental EM of lesson 07, and it climbs. Or
# mix each block's statistics into a running average with a weight that falls, known as stepwise or
# online EM: right for streams that never end.
#
# **Single precision throughout** is the third. Section 5 kept data in single precision and computed in
# double. To compute in single precision as well is faster still, but sums of a million terms then lose
# most of their seven digits. The cell adds the number 0.1 a million times, one after the other.

# %%
tenth = np.full(1_000_000, 0.1, dtype=np.float32)
chain = np.add.accumulate(tenth)[-1]
print(f"one after the other, in single precision: {chain:,.0f}")
print(f"the same numbers, added in double:        {tenth.sum(dtype=np.float64):,.0f}")

# %% [markdown]
# Off by about one per cent, more than the parameters of a large sample are uncertain. Store in
# single precision if you must; add in double.
#
# ## 11 · The same answer from elsewhere
#
# scikit-learn's mixture takes its data whole and in memory. On the 100,000 points of section 1, started
# at the parameters of our start, it must end where our blocks end. Look at the largest difference.

# %% tags=["comparison"]
from sklearn.mixture import GaussianMixture as Sklearn

theirs = Sklearn(
    3, tol=1e-10, max_iter=500, reg_covar=0.0, weights_init=theta.weights, means_init=theta.means,
    precisions_init=np.linalg.inv(theta.covariances),
).fit(x)  # fmt: skip
ours = em.fit(theta, files, tol=1e-10)
gap = np.abs(theirs.means_ - ours.model.means).max()
print(f"means agree to four decimals: {gap < 5e-5}")
folder.cleanup()

# %% [markdown] slideshow={"slide_type": "slide", "hide": ["Count first"]}
# ## 12 · Easily confused
#
# | You may hear | What is so |
# | --- | --- |
# | A mini-batch is a block. | A block adds to a sum, and the M step waits for all of them. A mini-batch moves the parameters at once: another algorithm (section 10). |
# | Average the machines' parameters. | Add their statistics, made with the same parameters. Section 10 shows the loss. |
# | More threads, more speed. | Only if a block is large, cores are free and NumPy does not use them already (section 7). |
# | Blocks save memory and cost time. | They save both: a block stays in the cache (section 8). |
# | Single precision halves the memory at no cost. | It rounds the data to seven digits, offset included; and never *add* in it (sections 5 and 10). |
# | $\overline{x^2}-\bar x^2$ is the variance. | On paper. At an offset of $10^8$ it has no right digit (section 3). |
# | A cluster makes EM converge in fewer rounds. | It makes rounds shorter. Their number is that of one machine (08 says what shortens it). |
#
# ## 13 · In practice
#
# - Count first: rounded measurements and repeated trials may shrink by a factor of a thousand or more.
# - Start on a sample. `start.kmeans_plus_plus(GaussianMixture, x[::1000], ...)` reads a thousandth of the
#   rows, and a fit of that sample is a good start for the whole: the last rounds are the dear ones.
# - Then blocks, on one machine. Only when a pass takes too long, two threads; only when the data are
#   too much for one disk, a cluster.
# - On a cluster, persist the array once (`x.persist()`), so that a round does not read it again.
# - Report the data type, the number of passes, and what was added where.
#
# ## 14 · Take away
#
# - An E step brings home $K(1+D+D^2)$ sums, whatever $N$: counts (9.27), means (9.24), scatters (9.25).
# - Statistics **add**, in any order, if each block's scatter is about its own mean.
# - So blocks, files, threads and machines are one loop; only the one who adds changes.
# - EM reads its data once a round. What can be read only once is no data for EM.
# - What may be added are statistics made with the *same* parameters; parameters may not.
#
# **Further reading**
#
# - T. F. Chan, G. H. Golub and R. J. LeVeque, "Algorithms for computing the sample variance", *The
#   American Statistician* 37, 242-247 (1983): section 3, with the analysis of its rounding.
# - C. M. Bishop, *Pattern Recognition and Machine Learning*, Springer (2006), pp. 438-439 for the sums,
#   p. 455 for incremental EM.
# - R. M. Neal and G. E. Hinton, "A view of the EM algorithm that justifies incremental, sparse, and
#   other variants", in *Learning in Graphical Models*, 355-368 (1998).
# - O. Cappé and E. Moulines, "On-line expectation-maximization algorithm for latent data models",
#   *Journal of the Royal Statistical Society B* 71, 593-613 (2009): data that never end.
#
# **Previous:** [09 · Repair an EM that runs and looks right](09_repair_lab.ipynb). **Back to the
# beginning:** [00 · Start here](00_start_here.ipynb). To see what you have solved in all notebooks, call
# `progress()` in a new cell.
