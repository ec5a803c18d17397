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
# In [lesson 01](01_maximum_likelihood.ipynb) every number that mattered had been written down:
# count, average, done. It ended with a question: **what if part of the data is hidden?** Heights
# were measured, but nobody noted who belongs to which of two groups. Does the list of heights
# still know? What can be said about a label that was never written down, and what changes in the
# likelihood when it is missing?
#
# A quantity that takes part in how the data came about, but is not among the data, is called a
# **latent variable**. EM exists because of it. This lesson does not run EM step by step yet; it
# sets up the two expressions between which EM mediates, and shows by how little they differ: a
# logarithm that stands on the wrong side of a sum.
#
# **After this lesson you can**
#
# - tell a story forwards, label first and then the number, and draw from it;
# - go from joint to marginal (forget the label) and to posterior (guess it, with probabilities);
# - say when two groups show two humps, and why one hump proves nothing;
# - maximise the likelihood of complete data, and see what stops you when labels are missing;
# - tell "no closed form" from "intractable", and a maximum from an answer.
#
# **Time** 60 to 75 minutes, three exercises included. **You need** the normal distribution and its
# likelihood (lesson 01), Bayes' rule, a derivative, and a little numpy. Symbols are listed in
# [00 · Start here](00_start_here.ipynb); numbers such as (9.12) are equations in Bishop, *Pattern
# Recognition and Machine Learning* (PRML).
#
# ## 1 · A thousand heights
#
# A published tutorial opens with 1000 heights whose mean is 170 and whose standard deviation is
# 10 centimetres, fits one normal distribution, and then asks: what if they come from two groups,
# and the labels are lost? It leaves its own question open. We shall answer it.
#
# The cell loads such a list and fits one normal distribution, as lesson 01 did: mean and variance
# of the sample. Look at how well the curve follows
# the bars.
#
# **Predict** from the picture: are these one group of people, or two? Write down your answer, and
# how sure you are, in per cent.

# %% slideshow={"slide_type": "slide", "show": ["figure", "predict"]}
import numpy as np
from scipy.optimize import minimize
from scipy.stats import norm

from emlib import GaussianMixture1D, datasets, em, mle, plots, widgets
from emlib.exercises import check, hint, progress, solution

data = datasets.two_groups(rng=np.random.default_rng(0))
x = data.x
one = mle.normal(x)
print(f"mean {one.mean:.2f} cm, standard deviation {np.sqrt(one.variance):.2f} cm")
print(f"log-likelihood of one normal distribution {one.log_likelihood:.2f}")
fig, ax = plots.figure(width=6.4, height=2.8)
ax.hist(x, bins=range(134, 203, 3), density=True, color="0.85", edgecolor="white")
grid = np.linspace(136, 204, 300)
ax.plot(grid, norm.pdf(grid, one.mean, np.sqrt(one.variance)), color="black")
ax.set(xlabel="height (cm)", ylabel="density")
plots.picture(
    fig,
    "Histogram of 1000 heights between 135 and 195 cm with one broad hump about 170, and a single "
    "bell curve that follows the bars fairly well.",
)

# %% [markdown] slideshow={"slide_type": "slide", "hide": ["Predict: 168"]}
# The picture shows one broad hump, and one bell curve fits it well enough. Nearly everybody
# answers "one group". Now the truth, which the data set has kept to itself: the first 500 people were drawn
# from a group with mean 163, the other 500 from a group with mean 177. There *are* two groups, and
# nothing in the picture says so. The rest of this lesson is about what that means.
#
# ## 2 · First the label, then the number
#
# To draw a person from the two groups, one first decides the group, then the height. Write the
# label as a row of zeros with a single one, $\mathbf z=(z_0,z_1)$; $z_1=1$ says "group 1". With
# weights $\pi_k$ that sum to one, the label has the probability
#
# $$p(\mathbf z)=\prod_{k}\pi_k^{z_k}.\tag{9.10}$$
#
# That looks clumsy, and is a trick: a factor to the power zero is 1, so the product keeps just
# one factor, $\pi_k$ of the group that $\mathbf z$ names. Given the label, the height is normal,
# written by the same trick:
#
# $$p(x\mid\mathbf z)=\prod_k\mathcal N(x\mid\mu_k,\sigma_k^2)^{z_k}.\tag{9.11}$$
#
# The trick pays in section 6, where its logarithm turns the powers into factors. The **joint**
# density of a label and a height is the product, $p(x,\mathbf z)=p(\mathbf z)\,p(x\mid\mathbf z)$.
# The cell evaluates it for a height of 168 cm and both labels, once by the clumsy products, once
# by picking the term that is meant.
#
# **Predict:** 168 is nearer to 163 than to 177. Which of the two joint densities is larger, and do
# the two add up to one?

# %%
truth = data.truth  # weights 1/2 and 1/2, means 163 and 177, standard deviations 7.1414
weights, means, stds = truth.weights, truth.means, truth.stds
for z in np.eye(2):
    p_z = np.prod(weights**z)  # (9.10)
    p_x_given_z = np.prod(norm.pdf(168, means, stds) ** z)  # (9.11)
    k = z.argmax()
    assert np.isclose(p_z * p_x_given_z, weights[k] * norm.pdf(168, means[k], stds[k]))
    print(f"z = {z.astype(int)}: p(z) = {p_z:.1f}, p(x, z) = {p_z * p_x_given_z:.5f} per cm")

# %% [markdown]
# The joint density is larger for group 0, and the two do not add up to one: they are densities of
# a height, per centimetre, and their sum will be the subject of section 3.
#
# To draw labels first and numbers second is called **ancestral sampling**: parents before
# children.
#
# ### Exercise 02.1 · Tell the story forwards
#
# Write `sample_mixture(n, weights, means, stds, rng)`, which returns `x` and `z`: two arrays of
# length `n`, the numbers and their labels, counted from 0. The arguments `weights`, `means` and
# `stds` are arrays with one entry a component (any number of components), and `rng` is a numpy
# generator. The check looks at shares, means and spreads of 6000 draws. Stuck? Call
# `hint("02.1", 1)` in a new cell, then `2` and `3`.


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
# ## 3 · Forget the label: the marginal
#
# Who sees heights alone sees draws from the **marginal** density: add the joint over all values
# that the label can take. There are only two, $(1,0)$ and $(0,1)$, and in each all factors but one
# are 1:
#
# $$p(x)=\sum_{\mathbf z}p(\mathbf z)\,p(x\mid\mathbf z)
# =\sum_{\mathbf z}\prod_k\big(\pi_k\,\mathcal N(x\mid\mu_k,\sigma_k^2)\big)^{z_k}
# =\sum_{k}\pi_k\,\mathcal N(x\mid\mu_k,\sigma_k^2).\tag{9.12}$$
#
# This is the **mixture**: a weighted sum of *densities*. It is not the density of a sum of
# heights, and nobody is a mixture: each person belongs to one group.
#
# Mean and variance of a mixture follow from averaging over the label,
# $\mathbb E\,x=\sum_k\pi_k\mu_k$ and $\operatorname{var}x=\sum_k\pi_k\sigma_k^2
# +\sum_k\pi_k(\mu_k-\mathbb E\,x)^2$: the spread within the groups plus the spread of their
# means. For our groups that is $51+49=100$, so the standard deviation is 10, the tutorial's very
# number.
#
# The cell checks (9.12) in three ways: by the sum over both rows $\mathbf z$, by its integral,
# and by the moments; then it compares with `emlib` and draws the result over the heights.

# %% slideshow={"slide_type": "slide"}
grid = np.linspace(90, 250, 4001)
joint = weights * norm.pdf(grid[:, None], means, stds)  # p(x, z): one column a label
marginal = joint.sum(axis=1)  # (9.12)
by_rows = sum(np.prod((weights * norm.pdf(168, means, stds)) ** z) for z in np.eye(2))
assert np.isclose(by_rows, np.interp(168, grid, marginal), rtol=1e-6)
assert np.allclose(np.log(marginal), truth.log_density(grid))
area, mean = (np.trapezoid(f, grid) for f in (marginal, grid * marginal))
variance = np.trapezoid((grid - mean) ** 2 * marginal, grid)
assert np.isclose(variance, weights @ stds**2 + weights @ (means - mean) ** 2)
print(f"area {area:.4f}, mean {mean:.2f}, variance {variance:.2f}")
print(f"p(168) = {by_rows:.5f} per cm")
fig, ax = plots.figure(width=6.4, height=3.0)
plots.mixture_1d(truth, x, bins=range(134, 203, 3), ax=ax)
ax.set_xlabel("height (cm)")
plots.picture(
    fig,
    "Histogram of the heights under two overlapping bell curves at 163 and 177 cm, each half the "
    "area, and under their sum in black, which has one broad hump at 170.",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# The two coloured curves are the joint density, one curve a label; the black one is their sum, all
# that the heights can show. It has *one* hump, half-way between the groups, where neither has its
# own. Section 5 finds out when a second hump appears.
#
# ## 4 · Turn it round: the posterior
#
# A height has been seen. Which group? Bayes' rule divides the joint density by the marginal:
#
# $$\gamma(z_k)\equiv p(z_k=1\mid x)
# =\frac{p(z_k=1)\,p(x\mid z_k=1)}{\sum_j p(z_j=1)\,p(x\mid z_j=1)}
# =\frac{\pi_k\,\mathcal N(x\mid\mu_k,\sigma_k^2)}
# {\sum_j\pi_j\,\mathcal N(x\mid\mu_j,\sigma_j^2)}.\tag{9.13}$$
#
# The weight $\pi_k$ is what we believe of the label before seeing $x$, the prior. The
# **responsibility** $\gamma(z_k)$ is what we believe after, the posterior. For person $n$ it is
# written $\gamma_{nk}$, and the $\gamma_{nk}$ of one person sum to one: they are one whole person,
# shared out.
#
# ### Exercise 02.2 · Whose height is it?
#
# Write `responsibilities(x, weights, means, stds)`, a table with one row for each number in `x`
# and one column a component. First do it in your head for a height of 170 cm, exactly half-way.
# `norm.pdf(x[:, None], means, stds)` gives the densities as a table of that shape.


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
# people from the story of section 2, labels included, keeps those whose height is within half a
# millimetre of a given one, and counts how many of them are from group 0.
#
# **Predict** for 168 cm: more than half, surely; but 60, 70 or 90 per cent? And for 150 cm?

# %% slideshow={"slide_type": "slide", "show": ["output"]}
people, label = truth.sample(1_000_000, np.random.default_rng(1))
print("height   by (9.13)   counted")
for height in (150, 160, 168, 170, 180):
    joint = weights * norm.pdf(height, means, stds)
    gamma = joint / joint.sum()  # (9.13)
    assert np.allclose(gamma, truth.responsibilities([height])[0])
    near = label[np.abs(people - height) < 0.05]
    counted = np.mean(near == 0)
    assert abs(counted - gamma[0]) < 5 * np.sqrt(gamma[0] * gamma[1] / len(near))
    print(f"{height} cm    {gamma[0]:.3f}       {counted:.3f}   of {len(near)} people")

# %% [markdown] slideshow={"slide_type": "slide"}
# Formula and count agree. At 168 cm the answer is 0.63: little better than tossing a coin. Even at
# 160 cm one person in sixteen is from the taller group. A height is weak evidence of a group, and
# the responsibility says *how* weak. To say "group 0" at 168 cm, as a hard assignment would, is
# to be wrong for more than a third of such people.
#
# Bishop draws this situation three times over (his figure 9.5): with the true labels, without
# labels, and coloured by responsibility. The next cell does so for 300 of our people, each a dot;
# a column collects those of the same height. ([Lesson 06](06_gmm_nd.ipynb) repeats it with points
# in the plane.)
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
print(f"between 0.1 and 0.9 to group 0: {100 * doubt:.0f} % of these 300 people")
plots.picture(
    fig,
    "The same 300 heights as columns of dots, three times: in two colours that are mixed in every "
    "column between 155 and 185 cm; all grey; and in colours that pass smoothly from blue on the "
    "left through brown at 170 to orange on the right.",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# On the left each dot has its true colour, and the middle columns hold both. In the middle is what
# we are given. On the right the colours depend on the height *alone*, so within a column the dots
# are nearly alike: where the truth has some dots of each colour, the posterior paints all of them
# in the mixture of the two. It cannot do better. More than half of the people are in doubt.
#
# ## 5 · When do two groups show two humps?
#
# It is a widespread belief that two groups show up as two humps. Our heights say no, so: when do
# they? Take equal weights and equal standard deviations $\sigma$. Measure heights from the
# midpoint, in units of $\sigma$, and call $u$ the height and $\pm\delta$ the means, so that the
# separation is $2\delta$. The density is proportional to
#
# $$e^{-(u+\delta)^2/2}+e^{-(u-\delta)^2/2}=2\,e^{-\delta^2/2}\,e^{-u^2/2}\cosh(\delta u),$$
#
# by multiplying out the squares. A hump or a valley is where the derivative of its logarithm is
# zero:
#
# $$-u+\delta\tanh(\delta u)=0\quad\Longleftrightarrow\quad u=\delta\tanh(\delta u).$$
#
# One solution is $u=0$, the midpoint. The curve $\delta\tanh(\delta u)$ leaves the origin with
# slope $\delta^2$ and then bends down towards $\delta$. If $\delta^2\le1$ it never meets the
# straight line $u$ again: one hump. If $\delta^2>1$ it starts above the line and must cross it
# once on each side: two humps, and the midpoint is a valley. The curvature at the midpoint says
# the same, $\delta^2-1$. So **two equal groups show two humps if, and only if, their means are
# more than two standard deviations apart.** Ours are $14/7.1414=1.96$ apart.
#
# The cell checks the curvature by a finite difference, and counts humps without any theory: where
# the density stops rising and starts to fall.


# %%
def log_density(u, delta):
    return np.logaddexp(-((u + delta) ** 2) / 2, -((u - delta) ** 2) / 2)


def count_humps(density):
    rises = np.diff(density) > 0
    return int(np.sum(rises[:-1] & ~rises[1:]))


u, h = np.linspace(-6, 6, 2401), 1e-3
print("separation   curvature at the midpoint   humps")
for separation in (1.5, 1.96, 2.0, 2.05, 2.5, 3.0):
    delta = separation / 2
    bend = round(np.diff(log_density(np.array([-h, 0.0, h]), delta), n=2)[0] / h**2, 4) + 0.0
    assert np.isclose(bend, delta**2 - 1, atol=1e-4)
    humps = count_humps(np.exp(log_density(u, delta)))
    print(f"{separation:8.2f}   {bend:+18.4f}   {humps:15d}")
print(f"our groups: {np.diff(means)[0] / stds[0]:.3f} standard deviations apart")

# %% [markdown]
# The count agrees with the sign of the curvature. Exactly at 2 the top is flat, but still one.
# (The humps do not stand at the means, either. From $u=\delta\tanh(\delta u)<\delta$ each is
# pulled towards the other group.)
#
# Now draw two groups apart yourself. The slider sets the separation in standard deviations of a
# group, and keeps the mean of all at 170 and their standard deviation at 10. So *every* position
# of the slider has the tutorial's two numbers. The flags mark the humps; the band below shows the
# responsibilities.
#
# **Predict:** at which separation do you *see* two humps, not only count them? And how many
# people would you still assign wrongly there?

# %% tags=["widget"]
panel = widgets.separation_panel(mean=170, std=10)
panel

# %% [markdown]
# For paper, and for readers at rest, here are four positions of the slider side by side.

# %% slideshow={"slide_type": "slide"}
panel.twin([1.5, 2.0, 2.5, 3.0])

# %% [markdown] slideshow={"slide_type": "slide"}
# The strip shows the sum with one flag at 1.5 and 2.0, two at 2.5 and 3.0; at 2.5 the valley is
# so shallow that a histogram of a thousand people would hardly show it. The bands below are far
# less dramatic: they sharpen bit by bit, and nothing special happens at 2. That is the lesson of
# the slider. **The number of humps is a poor question.** What matters for EM is how many labels
# are in doubt, and that changes gradually: the best guess is wrong for 23 % of the people at 1.5,
# for 16 % at our 1.96, for 7 % at 3. (And the reverse error: a histogram of *one* group can show
# two humps by chance.)
#
# ### Exercise 02.3 · One hump or two?
#
# Write `n_modes(mu1, mu2, sigma)`: how many humps has the mixture of two groups of equal weight
# and equal standard deviation `sigma`? Use the rule, or count; both are welcome.


# %% tags=["exercise", "02.3"]
def n_modes(mu1, mu2, sigma):
    # Your lines instead of the dots.
    ...


# %% tags=["solution", "02.3"]
def n_modes(mu1, mu2, sigma):
    return 2 if abs(mu1 - mu2) > 2 * sigma else 1


# %% tags=["check"]
check("02.3", n_modes)

# %% [markdown] slideshow={"slide_type": "slide", "hide": ["Predict: the recipe had"]}
# ## 6 · With labels: complete data
#
# So much for probabilities with *known* parameters. Now the parameters are unknown, and we ask
# for those of maximum likelihood. Suppose first that the labels were kept. Heights and labels
# together, $(\mathbf X,\mathbf Z)$, are the **complete data**. People are independent, so the
# likelihood is a product over $n$ of (9.10) times (9.11), and its logarithm turns the powers
# into factors:
#
# $$\ln p(\mathbf X,\mathbf Z\mid\theta)=\sum_n\sum_k z_{nk}\big\{\ln\pi_k
# +\ln\mathcal N(x_n\mid\mu_k,\sigma_k^2)\big\}.\tag{9.36}$$
#
# Sort the terms by $k$. Those with $z_{nk}=1$ are the people of group $k$, and in them $\mu_k$
# and $\sigma_k^2$ occur as in lesson 01: the log-likelihood of one normal distribution, for one
# group. So the best mean and variance of a group are those of *its own people*. What is left is
# $\sum_k N_k\ln\pi_k$, where $N_k=\sum_n z_{nk}$ counts the group, under the condition that the
# weights sum to one. With a Lagrange multiplier, $N_k/\pi_k+\lambda=0$; multiply by $\pi_k$ and
# sum over $k$, and $\lambda=-N$:
#
# $$\pi_k=\frac1N\sum_n z_{nk}=\frac{N_k}{N}.\tag{9.37}$$
#
# The share of the group. The cell writes (9.36) as it stands, puts in the estimates group by group,
# and tests them: against 2000 random rivals, and against `emlib`, which does the same if the
# responsibilities are the labels themselves.
#
# **Predict:** the recipe had means 163 and 177, weights of one half. Will the estimates hit them
# exactly, to a few millimetres, or to a few centimetres?

# %%
z = np.eye(2)[data.z]  # z_nk: one row a person, one column a group


def complete(z, weights, means, stds):
    return np.sum(z * (np.log(weights) + norm.logpdf(x[:, None], means, stds)))  # (9.36)


shares = z.mean(axis=0)  # (9.37)
groups = [mle.normal(x[z[:, k] == 1]) for k in range(2)]
best = shares, np.array([g.mean for g in groups]), np.sqrt([g.variance for g in groups])
rng = np.random.default_rng(3)
for _ in range(2000):
    rival = [values * rng.uniform(0.97, 1.03, size=2) for values in best]
    assert complete(z, rival[0] / rival[0].sum(), *rival[1:]) < complete(z, *best)
model = GaussianMixture1D.from_responsibilities(x, z)
assert np.allclose(best, [model.weights, model.means, model.stds])
for k in range(2):
    print(f"group {k}: share {best[0][k]:.2f}, mean {best[1][k]:.2f}, sd {best[2][k]:.2f}")
print(f"ln p(X, Z) at the maximum {complete(z, *best):.2f}")

# %% [markdown] slideshow={"slide_type": "slide"}
# The estimates are within half a centimetre of the recipe, as 500 people a group allow (their
# standard error is $7.14/\sqrt{500}$, about 3 millimetres). With labels, fitting a mixture is two
# fits of lesson 01 and a division. No rival was higher.
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
# The same ingredients; only the sum over $k$ and the logarithm have changed places. In (9.36) the
# logarithm meets a product, takes it apart, and reaches the exponential inside the bell curve. In
# (9.14) a sum stands in between, and a logarithm does nothing to a sum. See what that does to a
# derivative:
#
# | | complete data (9.36) | incomplete data (9.14) |
# | --- | --- | --- |
# | derivative in $\mu_k$ | $\sum_n z_{nk}\,(x_n-\mu_k)/\sigma_k^2$ | $\sum_n \gamma_{nk}\,(x_n-\mu_k)/\sigma_k^2$ |
# | the factor in front | a label: data, known, 0 or 1 | a responsibility (9.13): depends on *all* parameters |
# | set to zero | one equation for one unknown | all equations for all unknowns, entangled |
#
# The responsibility was not put in; it comes out, since $\partial\ln\sum_k a_k=
# \sum_k (a_k/\sum_j a_j)\,\partial\ln a_k$. How entangled are the equations? Differentiate once
# more, in the mean of the *other* group: for complete data that is zero, for incomplete data
# $-\sum_n\gamma_{n0}\gamma_{n1}\,(x_n-\mu_0)(x_n-\mu_1)/\sigma_0^2\sigma_1^2$. Only people in
# doubt contribute, those with neither responsibility zero.
#
# The cell checks both derivatives by finite differences, at a place that is not special. Look for
# the zero, and for the two pairs of equal numbers.


# %%
def incomplete(m0, m1):
    joint = 0.5 * norm.pdf(x[:, None], [m0, m1], stds)
    return np.log(joint.sum(axis=1)).sum()  # (9.14)


here, h = GaussianMixture1D(weights, [161.0, 175.0], stds**2), 1e-2
gamma, (m0, m1) = here.responsibilities(x), here.means
slope = np.sum(gamma[:, 0] * (x - m0)) / stds[0] ** 2
twist = -np.sum(gamma[:, 0] * gamma[:, 1] * (x - m0) * (x - m1)) / np.prod(stds**2)


def first(f, m1=m1):
    return (f(m0 + h, m1) - f(m0 - h, m1)) / (2 * h)


def mixed(f):
    return (first(f, m1 + h) - first(f, m1 - h)) / (2 * h)


with_labels = mixed(lambda a, b: complete(z, weights, [a, b], stds))
assert np.isclose(slope, first(incomplete), rtol=1e-4)
assert np.isclose(twist, mixed(incomplete), rtol=1e-4) and abs(with_labels) < 1e-4
print(f"first derivative: formula {slope:.3f}, by differences {first(incomplete):.3f}")
print(f"mixed derivative: formula {twist:.3f}, by differences {mixed(incomplete):.3f}")
print(f"mixed derivative with labels: {abs(with_labels):.3f}")

# %% [markdown] slideshow={"slide_type": "slide"}
# With labels the two means do not know of each other. Without, they are tied together through
# everybody in doubt. The next picture shows it at a glance: both log-likelihoods as maps over
# the two means, with weights and standard deviations held at the recipe's values. Each contour
# line has one height, and the stars mark the summits.
#
# **Predict:** how many summits does each map have? Think of the names "group 0" and "group 1".

# %% slideshow={"slide_type": "slide"}
places = np.linspace(151, 189, 77)
density = norm.pdf(x, places[:, None], stds[0])  # one row a place, one column a person
sums = np.log(density) @ z  # ln N, summed over the people of each group
with_z = sums[:, 0] + sums[:, 1][:, None] + len(x) * np.log(0.5)  # (9.36)
without_z = np.array([np.log(0.5 * density + 0.5 * other).sum(axis=1) for other in density])
assert np.isclose(with_z[9, 5], complete(z, weights, [places[5], places[9]], stds))
assert np.isclose(without_z[9, 5], incomplete(places[5], places[9]))
fig, (left, right) = plots.figure(width=9.0, height=4.2, columns=2)
tops = [places[list(np.unravel_index(t.argmax(), t.shape))[::-1]] for t in (with_z, without_z)]
plots.mean_map(with_z, places, maxima=tops[:1], ax=left)
plots.mean_map(without_z, places, maxima=[tops[1], tops[1][::-1]], ax=right)
left.set_title("with labels (9.36)")
right.set_title("without labels (9.14)")
assert np.allclose(without_z, without_z.T)
print("summits near", *("({:.1f}, {:.1f})".format(*sorted(top)) for top in tops), end="; ")
print(f"{places.size**2} values in each map")
plots.picture(
    fig,
    "Two maps over the means of both groups. With labels: round contours about one summit near "
    "(163, 177). Without: two summits, mirrored in the diagonal, with wider contours that are not "
    "round, and a saddle between them on the diagonal.",
)

# %% [markdown]
# With labels there is one summit, with circles around it: move one mean, and the best place of the
# other stays where it is. Without labels there are two summits with a saddle between them, each
# the mirror image of the other. Nothing in the data says which group is "0", so exchanging the
# names changes no likelihood: **labels are arbitrary**. And around a summit the lines lie further
# apart and are tilted: a mean can move further at the same cost, the more so if the other goes
# with it. (Here three of the five parameters are held. Section 9 lets them go, and the summit
# becomes much flatter still.)
#
# ## 8 · No closed form is not "intractable"
#
# A published introduction says that maximum likelihood becomes intractable when there are latent
# variables. To *evaluate* (9.14) took one line of code: a sum of two densities for each person. We
# have just drawn 5929 values of it. What is missing is a **closed form**, a formula for the place
# of the maximum. Most functions have none, and are climbed.
#
# So let a general-purpose climber try. It wants a function of free numbers, so the weight goes in
# as its log-odds and the standard deviations as their logarithms: whatever it tries, a weight
# stays between 0 and 1, and a standard deviation positive. Then EM climbs from the same start.
# (How EM does it is lesson 04 for coins and lesson 05 for heights; here it is one line.)
#
# **Predict:** will the two end at the same place?


# %%
def unpack(free):
    weight = 1 / (1 + np.exp(-free[0]))
    return np.array([weight, 1 - weight]), free[1:3], np.exp(free[3:])


def minus_log_likelihood(free):
    w, m, s = unpack(free)
    return -np.logaddexp.reduce(np.log(w) + norm.logpdf(x[:, None], m, s), axis=1).sum()  # (9.14)


begin = GaussianMixture1D([0.5, 0.5], means=[160, 180], variances=[49, 49])
guess = [0, 160, 180, np.log(7), np.log(7)]
climb = minimize(minus_log_likelihood, guess, tol=1e-12, method="L-BFGS-B")
fit = em.fit(begin, x, tol=1e-13, max_iter=20_000)
by_em = fit.model.weights, fit.model.means, fit.model.stds
assert np.allclose(unpack(climb.x), by_em, atol=2e-3) and climb.nit < 100 < fit.n_iter
print("           weights     means           sds         ln p(X)")
row = "{:10s} {:.2f} {:.2f}   {:.2f} {:.2f}   {:.2f} {:.2f}   {:.4f}"
print(row.format("scipy", *np.ravel(unpack(climb.x)), -climb.fun))
print(row.format("EM", *np.ravel(by_em), fit.objective))

# %% [markdown]
# The same place, the same height. So why EM at all? Not because nothing else works. Here the
# climber even needed far fewer steps than EM, which is slow on this problem (lesson 05 says why,
# and lesson 07 sets the two side by side). EM's case is another: its steps need no derivatives
# by hand, no step length, no change of variables to keep weights and variances legal; each step is
# an average that you can explain; and it *never* goes down (lesson 07). For many models that is
# worth more than speed.
#
# ## 9 · The tutorial's question, answered
#
# Two components fitted to the thousand heights, from means 160 and 180: what comes out, and how
# sure is it? The cell stops EM by its usual rule, a gain of at most $10^{-8}$ nats a person in one
# round, and compares with the fit above, which went on to $10^{-13}$.
#
# **Predict:** does EM find the groups? And is the recipe the most likely of all parameters?

# %%
usual = em.fit(begin, x, tol=1e-8)
assert 200 < usual.n_iter < 400 and fit.n_iter > 1000
print(f"usual rule, some {round(usual.n_iter, -2)} rounds: ", end="")
print("means {:.2f} and {:.2f}, ln p {:.4f}".format(*usual.model.means, usual.objective))
print("far longer, over 1000:        ", end="")
print("means {:.2f} and {:.2f}, ln p {:.4f}".format(*fit.model.means, fit.objective))
at_labels = GaussianMixture1D(best[0], best[1], best[2] ** 2).log_likelihood(x)
print(f"ln p at the recipe {truth.log_likelihood(x):.2f}, at the group estimates {at_labels:.2f},")
print(f"of one normal distribution {one.log_likelihood:.2f}")

# %% [markdown] slideshow={"slide_type": "slide"}
# So yes: EM finds means near 163.4 and 176.7, within half a centimetre of the recipe, in a
# histogram that shows one hump. The list of heights did still know. Both the recipe and the group
# estimates of section 6, made *with* the labels, are less likely than the fit: it answers to the
# heights alone.
#
# But look at the rounds. Some 300 of them to satisfy the usual rule, and after that the means
# drift on by a tenth of a centimetre while the log-likelihood gains a thousandth of a nat. EM is
# **slow** because so many people are in doubt that a step changes little. And where a long way
# brings almost no gain, the hill must be flat on top. How flat? Hold the weight of the left group
# at a value of our choice, let EM find the best means and standard deviations for it, and note
# the height; then choose the next value. The curve of best heights is called the **profile** of
# the likelihood. Parameters within about two nats of the best are usually taken to be compatible
# with the data.
#
# **Predict:** the recipe says 0.5. Which weights of the left group will be within two nats: those
# from 0.4 to 0.6, or more?

# %% slideshow={"slide_type": "slide"}
held, starts, stories = np.linspace(0.02, 0.92, 46), ([160, 180], [157, 171]), {}
for w in held.round(2):
    guesses = [GaussianMixture1D([w, 1 - w], m, [16, 81], fixed_weights=True) for m in starts]
    stories[w] = max((em.fit(g, x) for g in guesses), key=lambda fit: fit.objective)
heights = np.array([story.objective for story in stories.values()])
close = held[heights > heights.max() - 2]
for part in (close[close < 0.2], close[close > 0.2]):
    print(f"within two nats: weights from {part.min():.2f} to {part.max():.2f}")
fig, axes = plots.figure(width=9.4, height=5.4, columns=2, rows=2)
plots.profile(held, heights, ax=axes[0, 0])
axes[0, 0].set(xlabel="weight of the left group", title="best log-likelihood for each weight")
for ax, w in zip(axes.flat[1:], (0.08, 0.54, 0.7)):
    model, height = stories[w].model, stories[w].objective
    plots.mixture_1d(model, x, bins=range(134, 203, 3), ax=ax)
    ax.set(xlabel="height (cm)", title=f"weight {w:.2f}", ylim=(0, 0.046))
    print("weight {:.2f}: means {:.1f}, {:.1f};".format(w, *model.means), f"ln p {height:.2f}")
plots.picture(
    fig,
    "Top left: the profile has two summits of equal height, a narrow one at a weight of 0.08 and a "
    "broad one at 0.54. The other panels: three pairs of bell curves that differ widely, with sums "
    "that follow the same histogram about equally well.",
)

# %% [markdown]
# The profile shows how little the heights say of the weight. On its broad summit every weight from
# 0.28 to 0.86 is within two nats, and the pictures for 0.54 and 0.70 tell different stories by
# nearly the same black curve.
#
# And there is a second summit, narrow but no lower. A *small* group of 8 %, near 157 cm, beside a
# broad one about 171, explains the heights just as well. The next cell lets the weights go free
# from there, to see that this is no artefact of holding them, and compares the two answers. Its
# last lines fit two groups to 99 samples from *one* normal distribution: how often does chance gain
# as much?

# %%
other = em.fit(GaussianMixture1D([0.1, 0.9], [157, 171], [16, 81]), x, tol=1e-12)
(a, b), (low, high) = other.model.weights, other.model.means
gap = other.objective - fit.objective
assert other.converged and 0 < gap < 0.01
print(f"weights {a:.2f}, {b:.2f}; means {low:.1f}, {high:.1f};", end=" ")
print(f"{gap:.4f} nats above the first answer,")
print(f"which is {fit.objective - one.log_likelihood:.2f} nats above one normal distribution")
draws = np.random.default_rng(0).normal(one.mean, one.variance**0.5, size=(99, 1000))
gains = [em.fit(begin, y, tol=1e-6).objective - mle.normal(y).log_likelihood for y in (x, *draws)]
print(f"as large a gain by chance: in {sum(gain >= gains[0] for gain in gains[1:])} of 99 samples")

# %% [markdown]
# The second answer is even a shade *more* likely than the first, which came so close to the recipe.
# (A small, narrow component always deserves mistrust: [lesson 06](06_gmm_nd.ipynb) shows how one
# can win likelihood by sitting on a few points. Here it holds some eighty people.)
#
# Here is, then, the honest answer to the tutorial's question. *Can two groups be found in these
# heights?* Yes. *Might it be one normal distribution?* Hardly: there chance gains as much in one of
# 99 samples. *Which two groups?* That the heights cannot settle: started sensibly, EM comes close
# to the truth, but quite another pair explains them as well. None of this is a fault of EM: the
# likelihood of overlapping groups is flat. [Lesson 05](05_gmm_1d.ipynb) goes on, with other samples
# and the speed of EM.
#
# ## 10 · The same answer from elsewhere
#
# scikit-learn's `GaussianMixture` is an independent program for the same model. Given our start
# (it takes inverse variances, called precisions) and our rule of stopping, it should end where
# `em.fit` did in section 9, and share out each person in the same way (9.13). Look for agreement
# to the second decimal.

# %% tags=["comparison"]
from sklearn.mixture import GaussianMixture as Theirs

theirs = Theirs(
    2,
    weights_init=[0.5, 0.5],
    means_init=[[160.0], [180.0]],
    precisions_init=[[[1 / 49]], [[1 / 49]]],
    tol=1e-8,
    max_iter=1000,
    reg_covar=0,
).fit(x[:, None])
print("emlib          means {:.2f} {:.2f}".format(*usual.model.means))
print("scikit-learn   means {:.2f} {:.2f}".format(*theirs.means_.ravel()))
ours, shares = usual.model.responsibilities(x), theirs.predict_proba(x[:, None])
assert np.allclose(usual.model.means, theirs.means_.ravel(), atol=5e-3)
assert np.allclose(ours, shares, atol=1e-3)
height = theirs.score(x[:, None]) * len(x)
print(f"responsibilities differ by less than 0.001; log-likelihood {height:.3f}")

# %% [markdown] slideshow={"slide_type": "slide", "hide": ["Write the model as"]}
# They agree, on the parameters and person by person. Both stopped a tenth of a centimetre short of
# the maximum, since both use the same rule: agreement of two programs is no proof that either has
# arrived.
#
# ## 11 · Easily confused
#
# | You may hear | What is so |
# | --- | --- |
# | Two groups show two humps. | Only if they are far enough apart: for equal weights and spreads, more than two standard deviations (section 5). |
# | One hump, so one group. | Mean 170, standard deviation 10 and one hump are what our two groups have. |
# | With latent variables, maximum likelihood is intractable. | The likelihood is easily evaluated and climbed. It only lacks a closed form (section 8). |
# | A mixture is an average of the groups' values. | It is an average of their *densities*. Each value is from one group. |
# | The complete-data likelihood is the one that EM raises. | EM raises (9.14), the likelihood of the *incomplete* data. (9.36) needs labels that nobody has. |
# | The responsibility is the label, estimated. | It is the probability of a label. A label is 0 or 1; 0.63 is how much we know. |
# | Prior and responsibility are much the same. | The weight $\pi_k$ is before the height is seen, $\gamma_{nk}$ after. They agree on average, for parameters at a maximum. |
# | The fit has converged, so the groups are found. | It stands still. Other summits may be as high, and the top may be flat (section 9). |
#
# ## 12 · In practice
#
# - Write the model as a story, and draw from it (`model.sample(n, rng)`) before you fit it: you
#   then have data whose labels you know.
# - Do not count humps. Ask how many labels are in doubt: `model.responsibilities(x)`.
# - If some labels are known, use them: for these people $\gamma_{nk}$ is 0 or 1.
# - Report a profile, or several fits, beside the best fit; start EM from more than one place.
#
# ## 13 · Take away
#
# - **Joint** $p(x,\mathbf z)$: label and number. **Marginal** (9.12): forget the label, add the
#   columns. **Posterior** (9.13): divide the row by its sum, and get responsibilities.
# - Complete data (9.36): the logarithm acts on each density, and the groups fall apart into
#   separate problems (9.37). Incomplete data (9.14): the sum stands inside the logarithm, and all
#   parameters are entangled through the people in doubt.
# - Lacking a closed form is no disaster. The likelihood can be climbed, by EM or otherwise.
# - Overlap makes labels doubtful, EM slow, and the answer uncertain.
#
# **The question it leaves.** We stand before a circle. If we knew the labels, averages would give
# the parameters (section 6). If we knew the parameters, Bayes' rule would give the labels, or
# their probabilities (section 4). We know neither. Could one simply *guess* the labels, believe
# the guess, compute averages, and guess again? That is lesson 03. It has the rhythm of EM, without
# any probability.
#
# **Further reading**
#
# - C. M. Bishop, *Pattern Recognition and Machine Learning*, Springer (2006): pp. 430-433 for
#   mixtures and latent variables, with figure 9.5 on p. 433; pp. 441-443 for complete and
#   incomplete data.
# - M. F. Schilling, A. E. Watkins and W. Watkins, "Is human height bimodal?", *The American
#   Statistician* 56, 223-229 (2002): section 5 applied to women and men.
# - G. McLachlan and D. Peel, *Finite Mixture Models*, Wiley (2000): chapter 1 for the history and
#   the shapes of mixtures.
# - "Understanding the EM Algorithm by Examples", a web tutorial: the thousand heights, and the
#   question about two groups that we took up.
# - "A Gentle Introduction to Expectation-Maximization", a web tutorial: latent variables and
#   maximum likelihood in words; on "intractable" see section 8.
#
# **Previous:** [01 · Maximum likelihood](01_maximum_likelihood.ipynb). **Next:** [03 · Cluster
# points by guessing their labels](03_kmeans.ipynb). To see which exercises you have solved, call
# `progress()` in a new cell.
