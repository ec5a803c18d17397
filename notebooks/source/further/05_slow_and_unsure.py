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
# # 05 further · Slow, and unsure: two groups in one hump
#
# *Optional; it belongs to [05 · Fit bell curves](../05_gmm_1d.ipynb), section 8.*
#
# The tutorial [T4](../sources.md) begins with 1000 heights of mean 170 and standard deviation 10, and asks whether
# they come from two groups. [Lesson 02](../02_latent_variables.ipynb) showed that two groups can hide
# in one hump. **How long does EM take where the groups overlap, and how far can its answer be
# trusted?**
#
# **After this notebook you can**
#
# - say why overlap makes EM slow, and the answer uncertain, for the same reason;
# - tell rounds that are still missing from data that are missing;
# - hold what you know, and see what that is worth.
#
# **Time** about 15 minutes. **You need** lesson 05.
#
# ## 1 · Slow
#
# The data are 500 heights drawn about 163 and 500 about 177 centimetres, with standard deviation 7.1;
# by this recipe all have mean 170 and standard deviation 10. EM fits two components, from means 160 and
# 180.
#
# **Predict:** in lesson 05 the means were four standard deviations apart, and EM had settled after
# some twenty rounds. Here they are two apart. Will EM need twice the rounds?

# %%
import itertools

import numpy as np

from emlib import GaussianMixture1D, datasets, em, plots, selection

groups = datasets.two_groups(rng=0)
begin = GaussianMixture1D([0.5, 0.5], [160, 180], [49, 49])
steps = list(itertools.islice(em.iterate(begin, groups.x), 1501))
for n in (0, 1, 20, 100, 1500):
    print(f"round {n:4d}: means", steps[n].model.means.round(2), f"{steps[n].objective:.3f} nats")

# %% [markdown]
# After one round the means look right, after twenty they look settled, and then they drift on for a
# thousand rounds, for two hundredths of a nat. The cell shows the drift, with two numbers that
# explain it.

# %%
path = np.array([step.model.means for step in steps])
r = steps[-1].model.responsibilities(groups.x)[:, 0]
change = np.diff(path[:, 1])
print(f"in doubt: {100 * np.mean((r > 0.1) & (r < 0.9)):.0f} % of the heights")
print(f"a step as a share of the one before: {change[500] / change[499]:.4f}")
fig, ax = plots.figure(width=5.6, height=3.4)
names = ("left mean", "right mean")
plots.by_round(path - path[-1], names=names, ylabel="mean minus its end (cm)", ax=ax)
plots.picture(fig, "05.drift")

# %% [markdown]
# In the picture both means are 0.3 to 0.4 cm from their end after 50 rounds. **Slow, because of
# overlap:** 58 % of the heights are in doubt. The E step shares them out as the present curves say,
# so the averages of the M step stay close to the present means. Near the end each step is 0.9947
# times the one before: a round closes half a per cent of the gap. A stopping rule that looks at the
# gain stops long before the parameters do.
#
# ## 2 · Unsure
#
# Would another thousand heights give the same answer? The cell fits twelve fresh samples of this
# recipe.
#
# **Predict** how far the left mean scatters about 163: millimetres, one centimetre or several?

# %%
fits = [em.fit(begin, datasets.two_groups(seed).x, max_iter=5000).model for seed in range(1, 13)]
means = np.array([fit.means for fit in fits])
weights = np.array([fit.weights for fit in fits])
print(f"left mean {means[:, 0].min():.1f} to {means[:, 0].max():.1f},", end=" ")
print(f"its share {weights[:, 0].min():.2f} to {weights[:, 0].max():.2f}")
fig, ax = plots.figure(width=5.6, height=3.4)
plots.repeated_fits(means, weights, groups.truth.means, ax=ax)
plots.picture(fig, "05.twelve-samples")

# %% [markdown]
# The picture shows one pair of means per sample; dotted lines mark the recipe's. **Unsure, for the
# same reason:** the left mean runs from 159.6 to 166.4, and the share of the left group from about a quarter to three
# quarters. The pairs move together: a larger left group, with both means further right, explains the
# heights as well. The likelihood is nearly flat along that curve. More rounds bring EM nearer to a
# maximum; they cannot make a maximum informative. That takes more data, or knowledge.
#
# ## 3 · Hold what you know
#
# Suppose a census tells that the groups are equally large. The cell holds the weights at one half,
# fits the same twelve samples, and then holds a *wrong* share, one quarter.
#
# **Predict:** how far will the left mean scatter now? And what will the wrong share do?

# %%
for share in (0.5, 0.25):
    known = GaussianMixture1D([share, 1 - share], [160, 180], [49, 49], fixed_weights=True)
    held = [em.fit(known, datasets.two_groups(seed).x, max_iter=5000).model for seed in range(1, 13)]
    left = np.array([fit.means[0] for fit in held])
    print(f"left share held at {share}: left mean {left.min():.1f} to {left.max():.1f}")

# %% [markdown]
# With the right share the left mean scatters by one and a half centimetres, not by seven: the flat
# curve is cut at one point. With the wrong share it scatters by two and a half, which looks
# sure, and is wrong by three. A held parameter is an assumption, and here all depends on it.
#
# ## 4 · Two groups, or one?
#
# The cell compares one component with two.

# %%
two = steps[-1].model
one = GaussianMixture1D([1.0], [groups.x.mean()], [groups.x.var()])
gain = two.log_likelihood(groups.x) - one.log_likelihood(groups.x)
print(f"the second group gains {gain:.2f} nats; BIC asks for {1.5 * np.log(1000):.2f}, AIC for 3")
for name, rule in {"AIC": selection.aic, "BIC": selection.bic}.items():
    print(f"{name}: one group {rule(one, groups.x):.1f}, two groups {rule(two, groups.x):.1f}")

# %% [markdown]
# AIC says two, BIC says one, from the same fits: the second component gains 7.48 nats, and BIC asks
# for 10.36. (Samples from one normal distribution hardly ever gain as much: lesson 02.) So T4's
# question has an honest answer: *probably not one bell curve; but which two, these heights alone
# cannot say*.
#
# ## 5 · In practice
#
# Where components overlap, run EM long, start it from several places, and report how far the answer
# moves in other samples (lesson 04's bootstrap). A known parameter, held, is worth many data.
#
# ## 6 · Take away
#
# - Overlap decides both how slow EM is and how much the data can tell.
# - More rounds bring EM nearer to a maximum. They cannot make a maximum informative.
#
# **Further reading**
#
# - R. A. Redner and H. F. Walker, "Mixture densities, maximum likelihood and the EM algorithm",
#   *SIAM Review* 26, 195-239 (1984): why overlap makes EM slow.
# - T4: "Understanding the EM Algorithm by Examples", a web tutorial.
#
# **Back to** [05 · Fit bell curves to unlabelled numbers](../05_gmm_1d.ipynb), section 9.
