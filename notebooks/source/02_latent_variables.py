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
# # 02 · Reason about labels that were never written down
#
# In [lesson 01](01_maximum_likelihood.ipynb) every number that mattered had been written down.
# It ended with a question: **what if part of the data is hidden?** Heights were measured, but
# nobody noted who belongs to which of two groups. Does the list of heights still know?
#
# A quantity that takes part in how the data came about, but is not among the data, is called a
# **latent variable**. This lesson sets up two log-likelihoods, with and
# without the hidden labels, and shows how they differ: a sum and a logarithm change places.
#
# **After this lesson you can**
#
# - describe data as a story, label first and then the number, and draw from it;
# - go from the joint density to the marginal (forget the label) and to the posterior (guess it);
# - write both log-likelihoods, with labels and without, and say what the missing labels change;
# - tell "no closed form" from "intractable", and a maximum from an answer.
#
# **Time** about 75 minutes, three exercises included. **You need** lesson 01, Bayes' rule, partial
# derivatives, and a little numpy. Symbols are listed in [00 · Start here](00_start_here.ipynb).
# Numbers such as (9.12) are equations in Bishop, *Pattern Recognition and Machine Learning* (PRML).
#
# ## 1 · A thousand heights
#
# The tutorial [T4](sources.md) opens with 1000 heights with mean 170 and standard deviation 10
# centimetres, fits one normal distribution, and then asks: what if they come from two groups, and
# the labels are lost? It leaves its question open.
#
# The cell loads such a list and fits one normal distribution, as lesson 01 did.
#
# **Predict** from the picture: are these one group of people, or two? Write down your answer, and
# how sure you are, in per cent.

# %% slideshow={"slide_type": "slide", "show": ["figure", "predict"]}
import numpy as np
from scipy.stats import norm, sem

from emlib import GaussianMixture1D, datasets, em, mle, plots, widgets
from emlib.exercises import check, hint, progress, solution

data = datasets.two_groups(rng=np.random.default_rng(0))
x, bins = data.x, range(134, 203, 3)
one = mle.normal(x)
fig, ax = plots.figure(width=6.4, height=2.8)
ax.hist(x, bins=bins, density=True, color="0.85", edgecolor="white")
plots.bell(one.mean, np.sqrt(one.variance), (136, 204), ax=ax)
ax.set(xlabel="height (cm)", ylabel="density")
plots.picture(fig, "02.heights")

# %% [markdown] slideshow={"slide_type": "slide"}
# The bars make one broad hump. It has a notch near 162 cm, but no valley, and one bell curve
# follows it roughly. Now the truth: the first 500 people were drawn from a group with mean 163, the
# other 500 from a group with mean 177. There *are* two groups, and the picture hides it.
#
# ## 2 · Draw two groups apart
#
# Move two groups apart yourself. The slider sets how far apart the two means are, in standard
# deviations of one group. The mean of all people stays at 170 and their standard deviation at 10:
# so *every* position of the slider has T4's two numbers. Black is the sum of the two curves;
# triangles mark its humps. The band below shows the share of each group at every height.
#
# **Predict** before you move it: from which separation on do you *see* two humps? And how many
# people would you still put into the wrong group there?

# %% tags=["widget"]
panel = widgets.separation_panel(mean=170, std=10)
panel

# %% [markdown]
# For readers on paper, four positions of the slider. The best guess of a group is the one with the
# nearer mean. It is wrong for whoever is beyond the midpoint, half the separation from their own
# mean.

# %% slideshow={"slide_type": "slide"}
for separation in (1.5, 1.96, 2.5, 3.0):
    print(f"separation {separation}: wrong for {100 * norm.cdf(-separation / 2):.0f} %")
panel.twin([1.5, 2.0, 2.5, 3.0])

# %% [markdown] slideshow={"slide_type": "slide", "hide": ["Predict: 168"]}
# **Two equal groups show two humps only if their means are more than two standard deviations
# apart.** Ours are 1.96 apart. (Why two is shown in [02 further · One hump or
# two](further/02_two_humps.ipynb), an optional notebook with exercise 02.3.)
#
# The bands below change little by little, and nothing special happens at 2. So **the number of
# humps is a poor question.** What matters for EM is how many labels are in doubt. At 2.5, where the
# curve has two clear humps, the best guess is still wrong for 11 % of the people; at our 1.96, for
# 16 %.
#
# ## 3 · First the label, then the number
#
# To draw a person, first decide the group, then the height. Write the label as a row of zeros with
# a single one, $\mathbf z=(z_0,z_1)$; $z_1=1$ says "group 1". With weights $\pi_k$ that sum to one,
# the label has the probability
#
# $$p(\mathbf z)=\prod_{k}\pi_k^{z_k}.\tag{9.10}$$
#
# A factor to the power zero is 1, so the product keeps just one factor: $\pi_k$ of the group that
# $\mathbf z$ names. Given the label, the height is normal, written in the same way:
#
# $$p(x\mid\mathbf z)=\prod_k\mathcal N(x\mid\mu_k,\sigma_k^2)^{z_k}.\tag{9.11}$$
#
# The
# **joint** density of label and height is the product, $p(x,\mathbf z)=p(\mathbf z)\,p(x\mid
# \mathbf z)$.
#
# **Predict:** 168 is nearer to 163 than to 177. Which of the two joint densities at 168 cm is
# larger, and do the two add up to one?

# %%
truth = data.truth  # the recipe: weights 1/2 and 1/2, means 163 and 177
weights, means = truth.weights, truth.means
stds = truth.stds
for z in np.eye(2):
    p_z = np.prod(weights**z)  # (9.10)
    p_x_given_z = np.prod(norm.pdf(168, means, stds) ** z)  # (9.11)
    print(f"z = {z.astype(int)}: p(z) = {p_z:.1f}, p(x, z) = {p_z * p_x_given_z:.5f} per cm")

# %% [markdown]
# It is larger for group 0. The two do not add up to one: they are densities of a height, per
# centimetre. Section 4 says what their sum is.
#
# ### Exercise 02.1 · Tell the story forwards
#
# To draw labels first and numbers second is called **ancestral sampling**. Write
# `sample_mixture(n, weights, means, stds, rng)`, which returns two arrays of length `n`: the
# numbers `x`, and their labels `z` as whole numbers from 0. The arguments `weights`, `means` and
# `stds` are arrays with one entry per component (any number of components); `rng` is a numpy
# generator, and all randomness comes from it.


# %% tags=["exercise", "02.1"]
def sample_mixture(n, weights, means, stds, rng):
    # Your lines instead of the dots.
    ...


# %% tags=["solution", "02.1"]
def sample_mixture(n, weights, means, stds, rng):
    z = rng.choice(len(weights), size=n, p=weights)  # (9.10)
    x = rng.normal(means[z], stds[z])  # (9.11)
    return x, z


# %% tags=["check"]
check("02.1", sample_mixture)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 4 · Forget the label: the marginal
#
# Whoever sees only heights sees draws from the **marginal** density: the joint, added over all
# values of the label. There are two, $(1,0)$ and $(0,1)$, and each keeps one factor:
#
# $$p(x)=\sum_{\mathbf z}p(\mathbf z)\,p(x\mid\mathbf z)
# =\sum_{k}\pi_k\,\mathcal N(x\mid\mu_k,\sigma_k^2).\tag{9.12}$$
#
# This is the **mixture**: a weighted sum of *densities*. Nobody is a mixture: each person belongs
# to one group. Its variance is that within the groups plus that of their means; for ours
# $51+49=100$, T4's number. The cell checks it.

# %% slideshow={"slide_type": "slide"}
grid = np.linspace(90, 250, 4001)
marginal = (weights * norm.pdf(grid[:, None], means, stds)).sum(axis=1)  # (9.12)
variance = np.trapezoid((grid - 170) ** 2 * marginal, grid)
print(f"area {np.trapezoid(marginal, grid):.4f}, variance about 170: {variance:.2f}")
fig, ax = plots.figure(width=6.4, height=2.9)
plots.mixture_1d(truth, x, bins=bins, ax=ax)
ax.set_xlabel("height (cm)")
plots.picture(fig, "02.mixture")

# %% [markdown] slideshow={"slide_type": "slide"}
# The two coloured curves are the joint density, one curve per label. The black one is their sum,
# and all that the heights can show. Its single hump is half-way between the groups, where
# the two add up.
#
# ## 5 · Turn it round: the posterior
#
# A height is seen. Which group? Bayes' rule divides the joint density by the marginal:
#
# $$\gamma(z_k)\equiv p(z_k=1\mid x)
# =\frac{\pi_k\,\mathcal N(x\mid\mu_k,\sigma_k^2)}
# {\sum_j\pi_j\,\mathcal N(x\mid\mu_j,\sigma_j^2)}.\tag{9.13}$$
#
# The weight $\pi_k$ is the probability of the label before $x$ is seen, the prior. The
# **responsibility** $\gamma(z_k)$ is its probability afterwards, the posterior. For person $n$ it
# is written $\gamma_{nk}$.
#
# ### Exercise 02.2 · Whose height is it?
#
# Write `responsibilities(x, weights, means, stds)`. It returns an array with one row for each
# number in the array `x` and one column per component. First answer in your head for 170 cm,
# exactly half-way. `norm.pdf(x[:, None], means, stds)` gives the densities in that shape.


# %% tags=["exercise", "02.2"]
def responsibilities(x, weights, means, stds):
    # Your lines instead of the dots.
    ...


# %% tags=["solution", "02.2"]
def responsibilities(x, weights, means, stds):
    joint = weights * norm.pdf(x[:, None], means, stds)
    return joint / joint.sum(axis=1, keepdims=True)  # (9.13)


# %% tags=["check"]
check("02.2", responsibilities)

# %% [markdown] slideshow={"slide_type": "slide"}
# Is (9.13) *true*, or only a formula? Probabilities can be counted. The next cell draws a million
# people from the story of section 3, labels included. It keeps those whose height is within half a
# millimetre of a given one, and counts how many of them are from group 0.
#
# **Predict** for 168 cm: more than half, but is it 60, 70 or 90 per cent? And for 150 cm?

# %% slideshow={"slide_type": "slide", "show": ["output"]}
people, label = truth.sample(1_000_000, np.random.default_rng(1))
print("height   by (9.13)   counted, with standard error")
for height in (150, 160, 168, 170, 180):
    gamma = truth.responsibilities([height])[0]  # (9.13)
    near = label[np.abs(people - height) < 0.05]
    print(f"{height} cm     {gamma[0]:.3f}      {np.mean(near == 0):.3f} ± {sem(near == 0):.3f}")

# %% [markdown] slideshow={"slide_type": "slide"}
# Formula and count agree, to about a standard error. At 168 cm the answer is 0.63, not far from a
# half. To say "group 0" there, as a hard assignment would, is to be wrong for more than a third of
# such people.
#
# As in PRML figure 9.5, the picture has 300 of our people three times: with labels, without, and
# coloured by responsibility. A column collects those of about the same height.
#
# **Predict:** where will the third picture differ most from the first?

# %% slideshow={"slide_type": "slide"}
some = np.random.default_rng(2).choice(len(x), size=300, replace=False)
gamma = truth.responsibilities(x[some])
fig, axes = plots.figure(width=9.4, height=2.9, columns=3, sharex=True, sharey=True)
views = {"with labels": np.eye(2)[data.z[some]], "as given": None, "responsibilities": gamma}
for ax, (title, colours) in zip(axes, views.items()):
    plots.dot_columns(x[some], colours, width=2, size=12, ax=ax)
    ax.set(title=title, xlabel="height (cm)")
    ax.label_outer()
doubt = np.mean((gamma[:, 0] > 0.1) & (gamma[:, 0] < 0.9))
print(f"between 0.1 and 0.9 to group 0: {100 * doubt:.0f} % of these people")
plots.picture(fig, "02.three-views")

# %% [markdown] slideshow={"slide_type": "slide"}
# In the middle columns. On the left they hold dots of both colours. On the right the colour depends
# on the height *alone*, so all dots of a column are nearly alike, a mixture of both colours.
# More than half of the people are in doubt.
#
# ## 6 · With labels: complete data
#
# Now the parameters are unknown. Suppose first that the labels were kept. Heights and labels
# together, $(\mathbf X,\mathbf Z)$, are the **complete data**. The likelihood is a product over
# people of (9.10) times (9.11), and its logarithm turns the powers into factors:
#
# $$\ln p(\mathbf X,\mathbf Z\mid\theta)=\sum_n\sum_k z_{nk}\big\{\ln\pi_k
# +\ln\mathcal N(x_n\mid\mu_k,\sigma_k^2)\big\}.\tag{9.36}$$
#
# Sort the terms by $k$. Those with $z_{nk}=1$ are the people of group $k$, and in them $\mu_k$
# and $\sigma_k^2$ occur as in lesson 01. So the best mean and variance of a group are those of *its
# own people*. What is left is $\sum_k N_k\ln\pi_k$, where $N_k=\sum_n z_{nk}$ counts the group. It
# is to be maximised under the condition $\sum_k\pi_k=1$.
#
# *The Lagrange multiplier.* Call the function to be maximised $f$. Under the condition the weights
# cannot move freely: if $\pi_k$ grows by a small $\epsilon$, another, say $\pi_j$, must shrink by
# it. Then $f$ changes by about $\epsilon\,(\partial f/\partial\pi_k-\partial f/\partial\pi_j)$. At
# a maximum no such exchange may bring a gain, in either direction. So the derivatives need not be
# zero, but they must be *equal*. Call their common value $-\lambda$. One gets the same by setting
# the derivatives of $f+\lambda(\sum_k\pi_k-1)$ to zero. The **Lagrange multiplier** $\lambda$ is
# one more unknown, and the condition is the equation for it.
#
# Here $f=\sum_kN_k\ln\pi_k$, so $N_k/\pi_k+\lambda=0$, or $N_k=-\lambda\pi_k$. Sum over $k$: the
# weights sum to 1, so $N=-\lambda$. Then (9.37) says that a weight is the share of its group (a
# maximum, since each $N_k\ln\pi_k$ is concave),
#
# $$\pi_k=\frac1N\sum_n z_{nk}=\frac{N_k}{N}.\tag{9.37}$$
#
# **Predict:** the recipe had means 163 and 177. Will the estimates hit them exactly, to a few
# millimetres, or to a few centimetres?

# %%
for k in range(2):
    group = x[data.z == k]
    fit = mle.normal(group)  # (1.55), (1.56)
    share = len(group) / len(x)  # (9.37)
    print(f"group {k}: share {share:.2f}, mean {fit.mean:.2f}, sd {np.sqrt(fit.variance):.2f},")
    print(f"         standard error of the mean {np.sqrt(fit.variance / len(group)):.2f}")

# %% [markdown] slideshow={"slide_type": "slide"}
# To a few millimetres: within half a centimetre, as the standard errors allow. With labels, to fit
# a mixture is two fits of lesson 01 and a division.
#
# ## 7 · Without labels: where the sum stands
#
# Now cover the labels. What is left, $\mathbf X$, is the **incomplete data**, and its likelihood
# is a product of marginals (9.12). Here are the two log-likelihoods, one above the other:
#
# $$\begin{aligned}
# \text{complete:}&\qquad \ln p(\mathbf X,\mathbf Z\mid\theta)
# =\sum_n\;\sum_k z_{nk}\;\ln\big\{\pi_k\,\mathcal N(x_n\mid\mu_k,\sigma_k^2)\big\}
# &&(9.36)\\
# \text{incomplete:}&\qquad \ln p(\mathbf X\mid\theta)
# =\sum_n\;\ln\sum_k\;\pi_k\,\mathcal N(x_n\mid\mu_k,\sigma_k^2).
# &&(9.14)
# \end{aligned}$$
#
# **This pair is the most important thing in the lesson.** The sum over $k$ and the logarithm have
# changed places. In (9.36) the logarithm meets a product, takes it apart, and reaches the
# exponential inside the bell curve. In (9.14) a sum stands in between, and the logarithm of a sum
# does not simplify.
#
# ### Exercise 02.4 · Two log-likelihoods
#
# Write both; each returns one number, in nats. `complete(x, z, weights, means, stds)` is (9.36),
# where `z` has one row per person and one column per group, with a single 1 in each row.
# `incomplete(x, weights, means, stds)` is (9.14). With the recipe's parameters, the thousand
# heights give about −4056 and −3695.
#
# **Predict** first: why must the second be the larger one, for *any* labels?


# %% tags=["exercise", "02.4"]
def complete(x, z, weights, means, stds):
    # Your lines instead of the dots.
    ...


def incomplete(x, weights, means, stds):
    # Your lines instead of the dots.
    ...


# %% tags=["solution", "02.4"]
def complete(x, z, weights, means, stds):
    return np.sum(z * (np.log(weights) + norm.logpdf(x[:, None], means, stds)))  # (9.36)


def incomplete(x, weights, means, stds):
    joint = weights * norm.pdf(x[:, None], means, stds)
    return np.sum(np.log(joint.sum(axis=1)))  # (9.14)


# %% tags=["check"]
check("02.4", complete, incomplete)

# %% [markdown]
# For any labels, $p(\mathbf X,\mathbf Z)$ is one of the terms whose sum is $p(\mathbf X)$. The sum
# is larger than each of its terms. Here are both numbers from `emlib`:

# %%
true_labels = truth.log_joint(x)[np.arange(len(x)), data.z]  # one ln p(x, z) per person
print(f"complete {true_labels.sum():.1f}, incomplete {truth.log_likelihood(x):.1f}")

# %% [markdown]
# What does the place of the sum do to a derivative?
#
# | | complete data (9.36) | incomplete data (9.14) |
# | --- | --- | --- |
# | derivative in $\mu_k$ | $\sum_n z_{nk}\,(x_n-\mu_k)/\sigma_k^2$ | $\sum_n \gamma_{nk}\,(x_n-\mu_k)/\sigma_k^2$ |
# | the factor in front | a label: data, known, 0 or 1 | a responsibility (9.13): depends on *all* parameters |
# | set to zero | one equation for one unknown | all equations for all unknowns at once |
#
# The responsibility was not put in. It comes out, since $\partial\ln\sum_k a_k=
# \sum_k (a_k/\sum_j a_j)\,\partial\ln a_k$.
#
# The cell puts numbers to the derivative in $\mu_0$, at $\mu_0=161$, for two values of $\mu_1$.
# Does the equation for $\mu_0$ depend on $\mu_1$? A finite difference checks the second formula.


# %%
def model_at(m0, m1):
    return GaussianMixture1D(weights, [m0, m1], stds**2)


h = 1e-3
for m1 in (175, 177):
    gamma_0 = model_at(161, m1).responsibilities(x)[:, 0]
    with_labels = np.sum((data.z == 0) * (x - 161)) / stds[0] ** 2
    without = np.sum(gamma_0 * (x - 161)) / stds[0] ** 2
    rise = model_at(161 + h, m1).log_likelihood(x) - model_at(161 - h, m1).log_likelihood(x)
    print(f"mean of group 1 at {m1}: with labels {with_labels:.2f}, without {without:.2f}", end="")
    print(f" (by difference {rise / (2 * h):.2f})")

# %% [markdown] slideshow={"slide_type": "slide"}
# With labels it does not: each mean has its own equation. Without labels it does. The two means are
# tied together by everybody who is in doubt.
#
# The next picture shows both log-likelihoods as maps over the two means, with weights and standard
# deviations held at the recipe's values. Numbers on the lines are nats below the summit; stars mark
# the summits.
#
# **Predict:** how many summits does each map have? Think of the names "group 0" and "group 1".

# %% slideshow={"slide_type": "slide"}
places = np.linspace(151, 189, 153)
density = norm.pdf(x, places[:, None], stds[0])  # one row per place, one column per person
sums = np.log(density) @ np.eye(2)[data.z]  # one column per group
# In both maps the rows are means of group 1, the columns means of group 0.
with_z = sums[:, 0] + sums[:, [1]] + len(x) * np.log(0.5)  # (9.36)
without_z = np.array([np.log(0.5 * density + 0.5 * p).sum(axis=1) for p in density])  # (9.14)
fig, axes = plots.figure(width=9.0, height=4.2, columns=2)
for ax, heights, title in zip(axes, (with_z, without_z), ("with labels", "without labels")):
    plots.mean_map(heights, places, ax=ax)
    ax.set_title(title)
plots.picture(fig, "02.maps")

# %% [markdown]
# With labels there is one summit, with circles around it: move one mean, and the best place of the
# other stays where it is. Without labels there are two, each the mirror image of the other, with a
# saddle between them. Nothing in the data says which group is "0", so exchanging the names changes
# no likelihood: **labels are arbitrary**. And the lines lie further apart: the heights alone say
# less about the means.
#
# ## 8 · No closed form is not "intractable"
#
# [T1](sources.md) says that with latent variables maximum likelihood becomes intractable. But
# (9.14) is easily *evaluated*, as the map shows. What is missing is a **closed form**, a formula
# for the place of the maximum.
#
# EM is one way to climb. A general climber of scipy arrives at the same place, in fewer steps; see
# [02 further · A flat top](further/02_flat_top.ipynb). What EM offers is this: no step length and
# no change of variables; each step is an average that you can explain; and it *never* goes down.
# How it works is told in lessons 04 and 05. Here it is one line, `em.fit`.
#
# ## 9 · T4's question, answered
#
# Does EM find the groups? The cell compares its fit with the recipe, and with one normal
# distribution. Then it starts once more, with a *small* left group.
#
# **Predict:** is the recipe the most likely of all parameters? And does the other start lead to the
# same answer?

# %%
begin = GaussianMixture1D([0.5, 0.5], means=[160, 180], variances=[49, 49])
small_left = GaussianMixture1D([0.1, 0.9], means=[157, 171], variances=[16, 81])
fit = em.fit(begin, x, tol=1e-13, max_iter=20_000)
other = em.fit(small_left, x, tol=1e-12)
for start, model in (("start equal", fit.model), ("start small left", other.model)):
    print(f"{start}: weights {model.weights.round(2)}, means {model.means.round(2)}", end=", ")
    print(f"ln p {model.log_likelihood(x):.4f}")
print(f"recipe {truth.log_likelihood(x):.2f}, one normal distribution {one.log_likelihood:.2f}")

# %% [markdown] slideshow={"slide_type": "slide"}
# The first fit has means 163.45 and 176.73, within half a centimetre of the recipe, in a histogram
# with one hump. The list of heights did still know. The recipe is 3.4 nats less likely than the
# fit, which sees the heights alone.
#
# But the other start ends at a group of 8 % near 157 cm, beside a broad one at 171, and that is
# just as likely. So how much do the heights say of the weight? Hold the weight of the left group,
# let EM find the best of all else, and compare with the best fit. As in lesson 01, at most 1.92
# nats below is plausible.
#
# **Predict:** the recipe says 0.5. Which of the weights in the cell are plausible?


# %%
def best_with(weight):
    """The better of two fits with the weight of the left group held."""
    pair = [weight, 1 - weight]
    equal = GaussianMixture1D(pair, [160, 180], [49, 49], fixed_weights=True)
    small = GaussianMixture1D(pair, [157, 171], [16, 81], fixed_weights=True)
    return max(em.fit(start, x, tol=1e-8, max_iter=5000).objective for start in (equal, small))


for weight in (0.08, 0.2, 0.3, 0.5, 0.7, 0.85, 0.9):
    below = max(0, other.objective - best_with(weight))
    print(f"weight {weight}: {below:.1f} nats below the best, plausible: {below <= 1.92}")

# %% [markdown]
# Most: 0.08, and those from 0.3 to 0.85. (The notebook [A flat
# top](further/02_flat_top.ipynb) has the whole curve.) So *which* two groups these are, the heights
# cannot say.
#
# Can they say *whether* there are two groups? Two normal distributions gain 7.5 nats over one, with
# three more parameters. Some gain comes by chance. How much? Draw samples from *one* normal
# distribution, fit both models to each, and look at the gains. This is a **parametric bootstrap**.
#
# **Predict:** in how many of 99 samples does chance gain as much?


# %%
def gain(y):
    """Nats that two normal distributions gain over one, the better of two starts."""
    two = max(em.fit(start, y, tol=1e-6).objective for start in (begin, small_left))
    return two - mle.normal(y).log_likelihood


rng = np.random.default_rng(0)
samples = rng.normal(one.mean, np.sqrt(one.variance), size=(99, len(x)))
gains = np.array([gain(sample) for sample in samples])
print(f"gain on the heights {gain(x):.2f}; by chance {np.median(gains):.2f} in the median")
print(f"as large a gain in {np.sum(gains >= gain(x))} of 99 samples")

# %% [markdown]
# In one of 99. So T4's question has three answers. *Can two groups be found?* Yes. *Might it be one
# normal distribution?* Hardly: chance seldom gains as much. *Which two groups?* The heights leave
# that open: the likelihood of overlapping groups is flat.
#
# ## 10 · The same answer from elsewhere
#
# scikit-learn's `GaussianMixture` is an independent program for the same model. It gets our start
# (with inverse variances, called precisions) and our usual rule of stopping, a gain of at most
# $10^{-8}$ nats per person in one round. Importing it takes two seconds.

# %% tags=["comparison"]
from sklearn.mixture import GaussianMixture as Theirs

start = {"weights_init": [0.5, 0.5], "means_init": [[160], [180]]}
start["precisions_init"] = [[[1 / 49]], [[1 / 49]]]
usual = em.fit(begin, x, tol=1e-8)
theirs = Theirs(2, **start, tol=1e-8, max_iter=1000, reg_covar=0).fit(x[:, None])
difference = usual.model.responsibilities(x) - theirs.predict_proba(x[:, None])
print(f"means: emlib {usual.model.means.round(2)}, scikit-learn {theirs.means_.ravel().round(2)}")
print(f"responsibilities differ by less than 0.001: {np.abs(difference).max() < 0.001}")

# %% [markdown] slideshow={"slide_type": "slide", "hide": ["Write the model as"]}
# They agree, person by person. Both stopped a tenth of a centimetre short of 163.45, since both use
# the same rule, and EM is slow where labels are in doubt. Agreement of two programs is no proof
# that either has arrived.
#
# ## 11 · Easily confused
#
# | You may hear | What is so |
# | --- | --- |
# | Two groups show two humps (T4). | Only if they are far enough apart: for equal weights and spreads, more than two standard deviations. |
# | With latent variables, maximum likelihood is intractable (T1). | The likelihood is easily evaluated and climbed. It only lacks a closed form. |
# | EM raises the complete-data likelihood. | EM raises (9.14), the likelihood of the *incomplete* data. (9.36) needs labels that nobody has. |
# | The responsibility is the estimated label. | It is the probability of a label. A label is 0 or 1; 0.63 is how much we know. |
# | The fit has converged, so the groups are found. | It no longer moves. Other summits may be as high, and the top may be flat. |
#
# ## 12 · In practice
#
# - Write the model as a story, and draw from it (`model.sample(n, rng)`) before you fit it: you
#   then have data whose labels you know.
# - Start EM from more than one place.
#
# ## 13 · Take away
#
# - **Joint** $p(x,\mathbf z)$: label and number. **Marginal** (9.12): add over the labels.
#   **Posterior** (9.13): divide by that sum, and get responsibilities.
# - Complete data (9.36): the logarithm acts on each density; each group is a problem of its own.
#   Incomplete data (9.14): the sum is inside the logarithm; all parameters depend on each other.
# - Overlap makes labels doubtful, EM slow, and the answer uncertain.
#
# **The question it leaves.** If we knew the labels, averages would give the parameters (section 6).
# If we knew the parameters, Bayes' rule would give the probabilities of the labels (section 5). We
# know neither. Could one simply *guess* the labels, believe the guess, compute averages, and guess
# again? That is lesson 03. It has the two half-steps of EM, without any probability.
#
# **Further reading**
#
# - C. M. Bishop, *Pattern Recognition and Machine Learning*, Springer (2006): pp. 430-433 for
#   mixtures and latent variables, with figure 9.5 on p. 433; pp. 441-443 for complete and
#   incomplete data.
#
# **Previous:** [01 · Maximum likelihood](01_maximum_likelihood.ipynb). **Next:** [03 · Cluster
# points by guessing their labels](03_kmeans.ipynb). To see which exercises you have solved, call
# `progress()` in a new cell.
