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
# a billion rows, larger than the memory. Or four hospitals whose patients' data must not leave the
# house. **What of EM has to change?**
#
# Almost nothing. What an E step really returns are *sums over the data*, and sums can be made in
# parts. Blocks of an array, files and machines are then one idea. This lesson is that idea, with its
# two traps: a way of adding that loses all digits, and shortcuts that look like EM and are not.
#
# **After this lesson you can**
#
# - run an E step over blocks, and show that it is the E step of the whole;
# - add the statistics of two blocks without losing digits, and say why sums of squares lose them;
# - fit a file that does not fit into memory, and say how often it is read;
# - fit on several machines, and say what may travel between them and what may not;
# - refute two popular shortcuts with a number each.
#
# **Time** about 75 minutes, three exercises included. **You need** lessons 05 to 07. Symbols are listed
# in [00 · Start here](00_start_here.ipynb).
#
# ## 1 · What an E step brings home
#
# Look at what the M step of lesson 06 needs of the data:
#
# $$N_k=\sum_{n=1}^N\gamma_{nk}\;(9.27),\qquad
# \mu_k=\frac1{N_k}\sum_{n=1}^N\gamma_{nk}\mathbf x_n\;(9.24),\qquad
# \Sigma_k=\frac1{N_k}\sum_{n=1}^N\gamma_{nk}(\mathbf x_n-\mu_k)(\mathbf x_n-\mu_k)^{\mathsf T}
# \;(9.25).$$
#
# Each is a sum over $n$, and so is the log-likelihood (9.28). The responsibilities are needed to *make*
# the sums. Once a row has been added, its $\gamma_{nk}$ is not needed again. So an E step has to bring
# home, for each component, one count, $D$ numbers for the mean and $D^2$ for the scatter (the sum of
# squared distances, a matrix): $K(1+D+D^2)$ numbers. We call them the **statistics**.
#
# The cell draws 100,000 points from the three clouds of lesson 06 and makes one E step.
# **Predict:** how many numbers is the table of responsibilities, and how many are the statistics? What
# becomes of both with ten times as many points?

# %% slideshow={"slide_type": "slide", "show": ["output"]}
import itertools
import tempfile
from pathlib import Path

import numpy as np

from emlib import GaussianMixture, GaussianMixture1D, datasets, em, plots, start, widgets
from emlib.exercises import check, hint, progress, solution

truth = datasets.three_clusters(0).truth
x, _ = truth.sample(100_000, rng=1)
theta = start.kmeans_plus_plus(GaussianMixture, x[:1000], n_components=3, rng=0)
statistics, log_p = theta.e_step(x)
sizes = statistics.n_k.size, statistics.means.size, statistics.scatters.size
print(f"responsibilities: {theta.responsibilities(x).size:,} numbers")
print(f"statistics:       {sum(sizes)} numbers")

# %% [markdown] slideshow={"slide_type": "slide"}
# Three hundred thousand numbers were needed for a moment, and 21 are left. With ten times as many
# points the first would be three million, and the second still 21.
#
# ## 2 · The block loop, by hand
#
# So cut the data into blocks, make the E step of each, and add. The function below is all of it.
# `statistics + more` is the addition that `emlib` defines for statistics; section 4 says what it must
# do.
#
# **Predict:** by how much will the means after one round differ from those of a round on the whole
# array: in the second digit, in the sixth, or not before the twelfth? And how many responsibilities
# does the loop hold at once, in ten blocks of 10,000 rows?


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
gap = np.abs(theta.m_step(total).means / theta.m_step(statistics).means - 1).max()
print(f"the means of the two rounds agree to 1e-12: {gap < 1e-12}")
print(f"log-likelihood {log_p:.2f}, in blocks {log_p_blocks:.2f}")

# %% [markdown] slideshow={"slide_type": "slide"}
# The difference is rounding, at the thirteenth digit or later. The parameters stayed the same for all ten blocks; only after the last block came an M step. The loop
# never held more than one block's responsibilities, 30,000 numbers, and would hold no more for a
# billion rows.
#
# ## 3 · Measure it here and now
#
# The panel makes one E step of 10,000 to 1,000,000 rows in the way that you choose. *Whole table*
# is the formulas as they stand, with all responsibilities at once. *Blocks* is the loop of section 2.
# *Two threads* gives each half of the rows to a processor core of its own, and adds the two sums.
# *File* reads from a file, as in section 6. Until you choose, the panel shows
# what each way holds at one moment.
#
# **Predict** before you run the cell: for 1,000,000 rows, which of the four is the slowest, and which needs
# the least memory?

# %% tags=["widget"]
panel = widgets.scale_panel()
panel

# %% [markdown]
# Once you choose, the bars on the left are seconds, those on the right the memory that the step took
# beyond the data. On paper: the numbers that each way must hold at once, counted for 1,000,000 rows, two columns
# and three components.

# %% slideshow={"slide_type": "slide"}
N, block = 1_000_000, 10_000
D, K = 2, 3
ways = {  # numbers of data, numbers of responsibilities
    "whole table": (N * D, N * K),
    "blocks": (N * D, block * K),
    "two threads": (N * D, 2 * block * K),
    "file": (block * D, block * K),
}
fig, ax = plots.figure(width=7.6, height=2.4)
plots.held(ways, ax=ax)
plots.picture(fig, "10.held")

# %% [markdown]
# On most machines the whole table is the slowest and needs the most memory: three million
# responsibilities have to travel between the processor and the memory, while the 30,000 of a block
# stay in the processor's cache. So `emlib` runs the loop inside every `e_step`. Threads gain only if
# cores are free. A file takes about as long as blocks, or longer where it must come from the
# disk; each of its blocks is read into memory first. ([Count, share and
# distribute](further/10_engines.ipynb) has more on threads, and on rows that occur many times.)
#
# ## 4 · How to add: the trap of the raw sums
#
# For means and covariances the obvious way is to keep raw sums, of
# $\mathbf x$ and of $\mathbf x\mathbf x^{\mathsf T}$, and to subtract in the end,
# $\operatorname{var}x=\overline{x^2}-\bar x^2$. On paper that is right. In a computer both terms are
# rounded to 16 digits. If the data lie far from zero, as years, prices or satellite positions do,
# these digits are used up by what the two terms have in common. At an offset of $10^8$ standard
# deviations $x^2$ is about $10^{16}$, so its last digit stands for about one: all of the variance is
# below it.
#
# The other way keeps $(n,\,m,\,S)$ of each block: its count, its mean and its scatter about *its own*
# mean. Two lines show how to merge blocks $a$ and $b$. Let $\delta=m_b-m_a$. The joint mean lies
# between the two, nearer to the block with more rows:
#
# $$m=m_a+\frac{n_b}{n}\,\delta,\qquad n=n_a+n_b.$$
#
# About this $m$ a block's scatter grows by its count times the square of the step of its mean (the
# mixed terms vanish, because deviations from a block's own mean sum to zero), so
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
    squares = np.add.accumulate(values**2)[-1]  # one after the other
    return squares / len(values) - (np.add.accumulate(values)[-1] / len(values)) ** 2


def variance_by_merging(values):
    one = GaussianMixture1D([1.0], [0.0], [1.0])  # a single component owns every row
    merged, _ = e_step_in_blocks(one, np.split(values, 4))
    return merged.scatters[0] / merged.n_k[0]


sample = np.round(np.random.default_rng(0).normal(size=2000), 3)  # no digit is lost by the offset
offsets, values = 10.0 ** np.arange(0, 11, 2), []
for offset in offsets:
    raw, merged = variance_by_raw_sums(sample + offset), variance_by_merging(sample + offset)
    print(f"offset {offset:.0e}: raw sums {raw:12.5g}   merged {merged:.5g}")
    values.append([raw, merged])

# %% [markdown]
# At $10^8$ a variance of one comes out as −40, and a standard deviation as "not a number". And
# nothing warns: at $10^6$ the raw value still looks reasonable. The picture shows the relative error on the way; an error of zero is drawn at
# $10^{-17}$.

# %% slideshow={"slide_type": "slide"}
true = np.array([[np.var((sample + offset) - offset)] for offset in offsets])
raw_error, merged_error = np.abs(values / true - 1).T
fig, ax = plots.figure(width=6.8, height=3.3, grid=True)
plots.lost_digits(offsets, {"raw sums": raw_error, "merged": merged_error}, ax=ax)
plots.picture(fig, "10.digits")

# %% [markdown]
# For every factor of ten in distance the raw sums lose two digits, and at $10^8$ none is left. The
# merged statistics keep all that the data themselves have. (Two passes do so as well, first the mean,
# then the scatter; but a second pass over a large file is what one wants to avoid.)
#
# ### Exercise 10.1 · Merge two blocks
#
# Write `merge(a, b)`. Each of `a` and `b` is a tuple $(n,m,S)$: the number of rows, their mean
# of shape $(D,)$, and their scatter $\sum(\mathbf x-m)(\mathbf x-m)^{\mathsf T}$ about that mean, of
# shape $(D,D)$. Return the same three, in this order, for all rows together. Leave `a` and `b` as
# they are. For instance the single rows 0 and 2, `(1, [0], [[0]])` and `(1, [2], [[0]])`, give
# `(2, [1], [[2]])`.


# %% tags=["exercise", "10.1"]
def merge(a, b):
    # Your lines instead of the dots.
    ...


# %% tags=["solution", "10.1"]
def merge(a, b):
    (n_a, m_a, s_a), (n_b, m_b, s_b) = a, b
    n, step = n_a + n_b, m_b - m_a
    return n, m_a + n_b / n * step, s_a + s_b + n_a * n_b / n * np.outer(step, step)


# %% tags=["check"]
check("10.1", merge)

# %% [markdown]
# ## 5 · In any order
#
# Sums of numbers can be taken in any order and with any brackets, except for rounding. So can the
# merge, because each side of $(a+b)+c=a+(b+c)$ is the mean and the scatter of the same rows. Eight
# blocks can be added in a chain, in which each addition waits for the one before, or as a tree.
#
# **Predict** how many additions must follow one another in each case.

# %% slideshow={"slide_type": "slide"}
fig, axes = plots.figure(width=8.6, height=3.2, columns=2)
chain, tree = plots.additions(8, axes=axes)
print(f"eight blocks: {chain} additions in a row, or {tree}")
plots.picture(fig, "10.additions")

# %% [markdown] slideshow={"slide_type": "slide"}
# A chain of 1,000 blocks has 999 additions that wait for each other. A tree has ten levels, since
# $2^{10}>1000$, and all additions of one level can be made at the same time, on different machines.
# Rounding does depend on the order, so two runs on a cluster may differ in the last of sixteen
# digits; that is no fault.
#
# ## 6 · A file larger than memory
#
# If only the sum of a block is kept, the block itself may come from anywhere. `np.load` with
# `mmap_mode="r"` gives an array whose rows stay in the file: the operating system brings a page in
# when it is touched, and may drop it when memory is short. `em.fit` takes such an array as it
# is, reads it in parts, and keeps nothing except the statistics. Our file has 8 MB, so that the cell
# takes no time; for 800 GB no line would change.
#
# The file holds single precision, 4 bytes per number, and each part is converted to 8 bytes when its
# turn comes. All arithmetic is in double precision.
#
# **Predict:** will the fit differ from that of the same numbers in memory, and if so, because of the
# file, because of the blocks, or because of single precision?

# %% slideshow={"slide_type": "slide", "show": ["output"]}
folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
large, _ = truth.sample(1_000_000, rng=3)
path = Path(folder.name, "large.npy")
np.save(path, large.astype(np.float32))
mapped = np.load(path, mmap_mode="r")


def after_four_rounds(x):
    return next(itertools.islice(em.iterate(theta, x), 4, None))


in_file = after_four_rounds(mapped).objective
single = after_four_rounds(large.astype(np.float32)).objective
double = after_four_rounds(large).objective
print(f"ln p from the file, and from memory in single precision: {abs(in_file - single):.3f} nats apart")
print(f"single and double precision: relatively {abs(single / double - 1):.0e} apart")

# %% [markdown]
# The file and the blocks change nothing. Single precision changes the data themselves, by less than one part
# in ten million, and here that is far below any doubt about the parameters.
#
# It is not always so. Single precision has seven digits *in all*. A time in seconds since 1970,
# about 1.8 billion today, is rounded to the nearest multiple of 128 seconds: two events a minute apart
# may become one. Subtract the offset before you store data in single precision, not after.
#
# Often the data are not one file but a thousand. Then write a class whose `__iter__` yields
# two-dimensional blocks, one after the other. The cell does, and counts how often it is asked.
# **Predict:** how often is each file read in four rounds of EM? And the last lines try a generator,
# which looks like such a class: what is wrong with it?


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

# %% [markdown]
# Look at the number of passes, and at the last line.

# %%
files = Files(paths)
after_four_rounds(files)
print(f"passes over the files: {files.passes}")
try:
    em.fit(theta, (np.load(path) for path in paths))
except TypeError as refusal:
    print(refusal)

# %% [markdown]
# Six passes. One looks at every number before the first round, and names the block and the row of one
# that is missing or infinite. Then comes one pass per E step, at the start and after each round. If a
# pass takes an hour, twenty rounds take a day.
#
# The generator can be read only once, and EM reads its data in every round. `emlib` refuses it. An
# object with `__iter__` begins anew each time.
#
# ### Exercise 10.2 · A round over blocks
#
# Write one whole round of EM for numbers, over blocks. `round_over_blocks(blocks, weights, means,
# variances)` gets an object that yields arrays of shape $(n,)$ and can be read again, and
# parameters of shape $(K,)$. Return four things: the new weights, means and variances, and the
# log-likelihood (9.14) of all rows at the *old* parameters, one number. You may read the blocks twice,
# but do not keep them: like many readers, this one fills the same piece of memory with every block.
# Your answer must not depend on how the rows are cut into blocks. Some data lie far from zero.


# %% tags=["exercise", "10.2"]
def round_over_blocks(blocks, weights, means, variances):
    # Your lines instead of the dots.
    ...


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
# ## 7 · Several machines
#
# Now let the blocks lie on different machines. In each round the parameters travel to the machines, at
# most $K(1+D+D^2)$ numbers. Each machine, a *worker*, makes the E step of its own rows, and its
# statistics travel back, again $K(1+D+D^2)$ numbers, and are added on the way. The M step takes
# microseconds; the machine that makes it is the *driver*.
# The four hospitals of the introduction can fit *one* model without a row leaving a house. (Statistics
# of few patients do tell something about them.)
#
# **Predict:** ten components in sixteen dimensions: how many numbers travel from each machine, if it
# holds a thousand rows, and if it holds a billion?

# %% slideshow={"slide_type": "slide"}
print(f"ten components, sixteen dimensions: {10 * (1 + 16 + 16**2):,} numbers per machine and round")
fig, ax = plots.figure(width=8.4, height=3.3)
plots.traffic([25_000] * 4, 3 * (1 + 2 + 2**2), ax=ax)
plots.picture(fig, "10.traffic")

# %% [markdown]
# The picture shows our own case: 21 numbers out, 21 back, and 25,000 rows that stay, on each of four
# workers. For ten components in sixteen dimensions it is 2,730 numbers, or 22 kB, whatever the rows.
#
# **If a machine fails,** its blocks are lost; others read them again and repeat their E steps. The
# result does not change, because the parameters of the round are the same wherever a block is worked
# on, and because the sum does not depend on who made its parts. ([Count, share and
# distribute](further/10_engines.ipynb) runs two worker processes on your machine.)
#
# ### Exercise 10.3 · The M step of four hospitals
#
# Four machines have made an E step for numbers with the *same* parameters. Each sends a tuple
# `(n_k, means, variances)`, three arrays of shape $(K,)$: its effective counts (9.27), its weighted
# means (9.24) and its weighted variances (9.25) about these means. Write `joint_m_step(parts)`:
# `parts` is a list of such tuples. Return three arrays of shape $(K,)$: the weights, means and
# variances that EM on all rows would have. Some data lie far from zero.


# %% tags=["exercise", "10.3"]
def joint_m_step(parts):
    # Your lines instead of the dots.
    ...


# %% tags=["solution", "10.3"]
def joint_m_step(parts):
    n_k, means, variances = (np.array(values) for values in zip(*parts, strict=True))
    total = n_k.sum(axis=0)
    joint_means = (n_k * means).sum(axis=0) / total  # (9.24)
    spread = variances + (means - joint_means) ** 2  # each machine's, about the joint mean
    return total / total.sum(), joint_means, (n_k * spread).sum(axis=0) / total  # (9.25), (9.26)


# %% tags=["check"]
check("10.3", joint_m_step)

# %% [markdown] slideshow={"slide_type": "slide", "hide": ["Average the fitted"]}
# ## 8 · Two shortcuts that are not EM
#
# **Average the fitted parameters.** Each machine runs EM to the end on its own rows, and the
# parameters are averaged. It saves all travelling except the last. The cell splits 1,000 heights of
# two groups between a machine that has mostly the first group and one that has mostly the second.
#
# **Predict:** is the log-likelihood of all rows as high as EM's?

# %% slideshow={"slide_type": "slide", "show": ["output"]}
rng = np.random.default_rng(6)
group_a, group_b = rng.normal(165, 6, 500), rng.normal(178, 7, 500)
machines = [np.r_[group_a[:450], group_b[:50]], np.r_[group_a[450:], group_b[50:]]]
everything = np.concatenate(machines)
begin = GaussianMixture1D([0.5, 0.5], [160, 180], [40, 40])
joint = em.fit(begin, everything, tol=1e-10, max_iter=5000).model
first, second = (em.fit(begin, rows, tol=1e-10, max_iter=5000).model for rows in machines)
averaged = GaussianMixture1D(
    (first.weights + second.weights) / 2,
    (first.means + second.means) / 2,
    (first.variances + second.variances) / 2,
)
best = joint.log_likelihood(everything)
print(f"EM on all rows: means {joint.means.round(1)}, {best:.2f} nats")
print(f"averaged fits:  means {averaged.means.round(1)}, {averaged.log_likelihood(everything):.2f} nats")

# %% [markdown]
# The average is 36 nats below EM, and no further round on the machines mends it. (It is worse if the machines name their components in different
# orders, or end at different maxima. Both machines have 500 rows, so weights would change nothing.)
# What may be added are *statistics made with the same parameters*.
#
# **Update after every block.** An M step after each block, with the statistics of that block alone
# (a "mini-batch"), makes twenty M steps per pass here instead of one. The cell lets it make ten
# passes. **Predict:** as high as EM?

# %% slideshow={"slide_type": "slide", "show": ["output"]}
online = begin
for block in np.array_split(rng.permutation(everything), 20) * 10:
    online = online.m_step(online.e_step(block)[0])  # the statistics of one block only
print(f"block by block: means {online.means.round(1)}, {online.log_likelihood(everything):.2f} nats")
print(f"below EM: {best - averaged.log_likelihood(everything):.0f} (average),", end=" ")
print(f"{best - online.log_likelihood(everything):.0f} (block by block)")

# %% [markdown] slideshow={"slide_type": "slide"}
# It is 20 nats below EM, and it never settles: its last M step has seen 50 rows, and the next block
# moves it elsewhere. Two remedies exist. Keep the statistics of *all* blocks, renew one block's share
# and make an M step with the sum: that is incremental EM, and it climbs. Or mix each block's
# statistics into a running average with a weight that falls: online EM, for streams that never end.
#
# ## 9 · The same answer from elsewhere
#
# scikit-learn takes its data whole and in memory. On the 100,000 points of section 1 and from
# our start it must end where our blocks end. Look at the last digits. It takes three seconds.

# %% tags=["comparison"]
from sklearn.mixture import GaussianMixture as Peer

peer = Peer(3, tol=1e-10, max_iter=500, reg_covar=0.0)
peer.set_params(weights_init=theta.weights, means_init=theta.means)
peer.set_params(precisions_init=np.linalg.inv(theta.covariances)).fit(x)
ours = em.fit(theta, files, tol=1e-10).model
print("scikit-learn", peer.means_.round(3).tolist())
print("our blocks  ", ours.means.round(3).tolist())
folder.cleanup()

# %% [markdown] slideshow={"slide_type": "slide", "hide": ["Start on a sample"]}
# The same.
#
# ## 10 · Easily confused
#
# | You may hear | What is so |
# | --- | --- |
# | A mini-batch is a block. | A block adds to a sum, and the M step waits for all of them. A mini-batch moves the parameters at once: another algorithm (section 8). |
# | Average the machines' parameters. | Add their statistics, made with the same parameters (section 8). |
# | Blocks save memory and cost time. | They save both: a block stays in the cache (section 3). |
# | Single precision halves the memory at no cost. | It rounds the data to seven digits, offset included (section 6). |
# | $\overline{x^2}-\bar x^2$ is the variance. | On paper. At an offset of $10^8$ it has no right digit (section 4). |
# | A cluster makes EM converge in fewer rounds. | It makes rounds shorter. Their number is that of one machine. |
#
# ## 11 · In practice
#
# - Start on a sample. `start.kmeans_plus_plus(GaussianMixture, x[::1000], ...)` reads a thousandth of
#   the rows, and a fit of that sample is a good start for the whole.
# - Then blocks on one machine; a cluster only if the data are too much for one disk.
#
# ## 12 · Take away
#
# - An E step brings home $K(1+D+D^2)$ sums, whatever $N$: counts (9.27), means (9.24), scatters (9.25).
# - Statistics **add**, in any order, if each block's scatter is about its own mean.
# - EM reads its data once per round. What can be read only once is no data for EM.
# - What may be added are statistics made with the *same* parameters; parameters may not.
#
# **Further reading**
#
# - T. F. Chan, G. H. Golub and R. J. LeVeque, "Algorithms for computing the sample variance", *The
#   American Statistician* 37, 242-247 (1983): section 4, with the analysis of its rounding.
# - R. M. Neal and G. E. Hinton, "A view of the EM algorithm that justifies incremental, sparse, and
#   other variants", in *Learning in Graphical Models*, 355-368 (1998).
# - O. Cappé and E. Moulines, "On-line expectation-maximization algorithm for latent data models",
#   *Journal of the Royal Statistical Society B* 71, 593-613 (2009): data that never end.
#
# **Optional:** [Count, share and distribute](further/10_engines.ipynb).
# **Previous:** [09 · Repair an EM that runs and looks right](09_repair_lab.ipynb). **Back to the
# beginning:** [00 · Start here](00_start_here.ipynb). To see what you have solved in all notebooks, call
# `progress()` in a new cell.
