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
# # 06 · Fit tilted clouds with Gaussian mixtures in N dimensions
#
# In [lesson 05](05_gmm_1d.ipynb) each hidden group was a bell curve on a line. Measure two things of
# each object instead of one, and the groups become clouds, long or round, upright or tilted. A matrix
# takes the place of the variance. **How does EM fit clouds that have a direction, and why do the
# formulas look as they do?** We derive Bishop's (9.12) to (9.28), and try each on numbers.
#
# **After this lesson you can**
#
# - read a covariance matrix as an ellipse;
# - derive the three updates of the M step;
# - program EM for Gaussians in any dimension, and test it point by point;
# - recognise a singular component and a poor local maximum.
#
# **Time** about 75 minutes, three exercises included. **You need** lesson 05, the Lagrange multiplier of
# [lesson 02](02_latent_variables.ipynb), and partial derivatives. Symbols are listed in
# [00 · Start here](00_start_here.ipynb).
#
# **Refresher: matrices.** A matrix turns one vector into another:
# $\begin{pmatrix}2&1\\1&2\end{pmatrix}$ turns $(1,1)$ into $(3,3)$, and $(1,-1)$ into itself. These two
# directions it only stretches, by 3 and by 1. They are its *eigenvectors*, 3 and 1 its *eigenvalues*.
# Their product is the *determinant*, $2\cdot2-1\cdot1=3$, the factor by which areas grow. Where
# it is zero, the matrix is *singular*: it has no *inverse*, with $\Sigma^{-1}\Sigma=I$. A covariance
# matrix $\Sigma$ is symmetric. Then the eigenvectors are at right angles, and the eigenvalues are the
# variances along them. A row times a column, $\mathbf d^{\mathsf T}\mathbf d$, is a number; a
# column times a row, $\mathbf d\mathbf d^{\mathsf T}$, is a matrix. The *trace*
# $\operatorname{tr}A$ is the sum of the diagonal.
#
# ## 1 · Three clouds, and what a covariance is
#
# The cells draw 1000 points in the plane (left), from three groups of 500, 150 and 350, with the
# parameters of [T2](sources.md). The right panel shows the first group alone. The density of one Gaussian in $D$
# dimensions is
#
# $$\mathcal N(\mathbf x\mid\mu,\Sigma)=\frac{1}{(2\pi)^{D/2}\,|\Sigma|^{1/2}}
# \exp\Big\{-\tfrac12\underbrace{(\mathbf x-\mu)^{\mathsf T}\Sigma^{-1}(\mathbf x-\mu)}_{\text{squared Mahalanobis distance}}\Big\}.$$
#
# Along the eigenvectors, the squared distance divides each squared coordinate by its eigenvalue. So the
# density is constant on ellipses. The rings are those of Mahalanobis distance 1, 2 and 3. On a
# line, 68 % of a normal distribution lie within distance 1. **Predict:** is it 68 % inside the first
# ring too?

# %%
import warnings

import numpy as np
from scipy.linalg import solve_triangular
from scipy.stats import multivariate_normal

from emlib import GaussianMixture, bound, datasets, em, plots, start, widgets
from emlib.exercises import check, hint, progress, solution

data = datasets.three_clusters(np.random.default_rng(0))
x, truth = data.x, data.truth

# %% [markdown]
# The cell prints the share of the group within each ring, and what a Gaussian promises.

# %% slideshow={"slide_type": "slide", "show": ["figure"]}
d = x[data.z == 0] - truth.means[0]
distance = np.sqrt(np.sum(d @ np.linalg.inv(truth.covariances[0]) * d, axis=1))
for radius in (1, 2, 3):
    promised = 1 - np.exp(-(radius**2) / 2)
    print(f"ring {radius}: {np.mean(distance < radius):.0%} inside, {promised:.0%} promised")
fig, (left, right) = plots.figure(width=9.2, height=3.6, columns=2)
plots.scatter(x, ax=left)
plots.scatter(x[data.z == 0], ax=right)
plots.rings(truth.means[0], truth.covariances[0], ax=right)
plots.picture(fig, "06.clouds")

# %% [markdown] slideshow={"slide_type": "slide"}
# Only four in ten points of the right cloud lie within the first ring. In two dimensions the share
# within distance $r$ is $1-e^{-r^2/2}$.
#
# The arrows are the **principal axes**: the eigenvectors of $\Sigma$, each as long as the *square
# root* of its eigenvalue. So the entries of $\Sigma$ are not the radii of anything. The diagonal
# holds variances; the sign of the entry off it, here +0.9, says which way the cloud leans.
#
# ## 2 · One Gaussian, computed well
#
# A program needs $\ln\mathcal N$, because densities underflow ([lesson 04](04_two_coins.ipynb)). And
# it should not invert $\Sigma$. The **Cholesky factor** $L$ is lower triangular with
# $\Sigma=LL^{\mathsf T}$. It gives both pieces at little cost:
#
# $$L\mathbf z=\mathbf x-\mu\;\Rightarrow\;\mathbf z^{\mathsf T}\mathbf z
# =(\mathbf x-\mu)^{\mathsf T}\Sigma^{-1}(\mathbf x-\mu),\qquad
# \ln|\Sigma| = 2\sum_i\ln L_{ii}.$$
#
# (The determinant of $L$ is the product of its diagonal, and $|\Sigma|=|L|^2$.)
#
# ### Exercise 06.1 · The logarithm of a Gaussian
#
# Write `log_gauss(x, mean, covariance)`. `x` has shape $(N,D)$, `mean` $(D,)$, `covariance` $(D,D)$.
# Return an array of shape $(N,)$: $\ln\mathcal N$ for each row of `x`, natural logarithm. The check
# tries one to five dimensions, tilted covariances, and points so far away that the density itself
# underflows. For one point at the mean, $D=2$ and $\Sigma=I$ you should get −1.838. If you are
# stuck: `hint("06.1", 1)`, then 2 and 3.


# %% tags=["exercise", "06.1"]
def log_gauss(x, mean, covariance):
    # Your lines instead of the dots.
    ...


# %% tags=["solution", "06.1"]
def log_gauss(x, mean, covariance):
    factor = np.linalg.cholesky(covariance)
    z = solve_triangular(factor, (x - mean).T, lower=True)
    log_det = 2 * np.log(np.diag(factor)).sum()
    return -0.5 * (len(mean) * np.log(2 * np.pi) + log_det + (z**2).sum(axis=0))


# %% tags=["check"]
check("06.1", log_gauss)

# %% [markdown] slideshow={"slide_type": "slide", "hide": ["Predict where the mixed"]}
# ## 3 · The mixture, and whose point it is
#
# Which group a point belongs to is a latent variable $\mathbf z$, a row of zeros with a single 1.
# Its distribution is $p(z_k=1)=\pi_k$, which is (9.10) for one entry. Given the group, the point is
# Gaussian, $p(\mathbf x\mid z_k=1)=\mathcal N(\mathbf x\mid\mu_k,\Sigma_k)$, as in (9.11). Summing over
# the $K$ values of $\mathbf z$ gives the **mixture**,
#
# $$p(\mathbf x)=\sum_{\mathbf z}p(\mathbf z)\,p(\mathbf x\mid\mathbf z)
# =\sum_{k=1}^K\pi_k\,\mathcal N(\mathbf x\mid\mu_k,\Sigma_k),\tag{9.12}$$
#
# and Bayes' rule turns it round. The **responsibility** of component $k$ for the point is
#
# $$\gamma(z_k)\equiv p(z_k=1\mid\mathbf x)
# =\frac{\pi_k\,\mathcal N(\mathbf x\mid\mu_k,\Sigma_k)}{\sum_j\pi_j\,\mathcal N(\mathbf x\mid\mu_j,\Sigma_j)}.\tag{9.13}$$
#
# The picture repeats Bishop's figure 9.5 on 500 of our points: with true colours, without any, and
# coloured by responsibility. **Predict** where the mixed colours will be.

# %% slideshow={"slide_type": "slide"}
keep = np.random.default_rng(1).choice(len(x), size=500, replace=False)
parts = zip(truth.means, truth.covariances)
densities = np.column_stack([multivariate_normal(m, s).pdf(x) for m, s in parts])
joint = truth.weights * densities  # p(x, z) = p(z) p(x | z)
gamma = joint / joint.sum(axis=1, keepdims=True)  # (9.13); the sum is (9.12)
print("at (1.6, 2.6):", truth.responsibilities([[1.6, 2.6]])[0].round(2))
fig, axes = plots.figure(width=9.4, height=3.0, columns=3, sharex=True, sharey=True)
colours = {"with labels": np.eye(3)[data.z], "as given": None, "responsibilities": gamma}
for ax, (title, colour) in zip(axes, colours.items()):
    plots.scatter(x[keep], None if colour is None else colour[keep], ax=ax)
    ax.set_title(title)
plots.picture(fig, "06.responsibilities")

# %% [markdown] slideshow={"slide_type": "slide", "hide": ["Predict: if you"]}
# The third panel is nearly the first. It differs only where the clouds touch. There the honest
# answer is a mixture of colours: 0.58 to 0.42 at (1.6, 2.6).
#
# **Move a mean yourself.** Drag the mean of the middle component, or use the sliders; all else stays. The line
# below says how many points each component owns ($N_k$), and the log-likelihood. **Predict:** if you
# push the middle component onto the right cloud, who takes the points that it leaves behind?

# %% tags=["widget"]
panel = widgets.mean_panel(x[keep], truth, component=1)
panel

# %% [markdown]
# In print, at three places:

# %%
panel.twin([(2.8, 1.5), (5.0, 3.0), (3.0, -1.5)])

# %% [markdown] slideshow={"slide_type": "slide"}
# The panels show that the points left behind are divided among the two others. **A responsibility near 1 does not mean that a component fits a point well, only that the
# others fit it worse.** The log-likelihood, above each panel, shows the price.
#
# ## 4 · What is to be maximised, and two traps
#
# For independent points the logarithm of the likelihood is
#
# $$\ln p(\mathbf X\mid\pi,\mu,\Sigma)=\sum_{n=1}^N\ln\Big\{\sum_{k=1}^K\pi_k\,
# \mathcal N(\mathbf x_n\mid\mu_k,\Sigma_k)\Big\}.\tag{9.14}$$
#
# No label occurs in it, and it has no maximum. Put the mean of one component on a data point,
# $\mu_j=\mathbf x_n$, make it round, $\Sigma_j=\sigma_j^2I$, and let it shrink. Its density there is
#
# $$\mathcal N(\mathbf x_n\mid\mathbf x_n,\sigma_j^2I)=\frac{1}{(2\pi\sigma_j^2)^{D/2}},\tag{9.15}$$
#
# which grows without bound, while the other components take care of all other points. (In the book
# (9.15) reads $1/\{(2\pi)^{1/2}\sigma_j\}$, which is the case $D=1$.) The cell does this to one of
# two components. **Predict:** does the log-likelihood in the last column rise from the beginning?

# %% slideshow={"slide_type": "slide", "show": ["output"]}
print(f"(9.14) at the truth: {np.log(densities @ truth.weights).sum():.3f} nats\n")
print("  sigma  scipy's ln N  ln (9.15)  as printed   ln p(X), glued")
whole, everywhere = x.mean(axis=0), np.cov(x.T, bias=True)
for std in (1, 0.1, 1e-2, 1e-4, 1e-8):
    speck = std**2 * np.eye(2)
    glued = GaussianMixture([0.5, 0.5], [whole, x[7]], [everywhere, speck])
    scipys = multivariate_normal(x[7], speck).logpdf(x[7])
    ours = -np.log(2 * np.pi * std**2)
    book = -0.5 * np.log(2 * np.pi) - np.log(std)
    print(f"{std:7.0e}  {scipys:12.3f}  {ours:9.3f}  {book:10.3f}  {glued.log_likelihood(x):15.3f}")

# %% [markdown] slideshow={"slide_type": "slide"}
# First it falls, because the shrinking component abandons its neighbours. Then it rises, in the
# end by $D\ln 10=4.6$ nats for every factor of ten, for ever. A run of EM that goes there ends in a
# `CollapseError` of `emlib`. We look for a good *local* maximum. (Lesson 08 prevents the collapse.)
#
# In $D>1$ dimensions there is a **second trap, even for one Gaussian**. Through $D$ points or fewer
# passes a line, a plane or the like. In the direction across it they have no spread, so their
# covariance is singular. The cell fits one Gaussian to two
# points and makes it thinner and thinner.

# %%
two = x[:2]
for width in (1e-1, 1e-2, 1e-3):
    thin = np.cov(two.T, bias=True) + width**2 * np.eye(2)
    height = multivariate_normal(two.mean(axis=0), thin).logpdf(two).sum()
    print(f"width {width:.0e}: determinant {np.linalg.det(thin):.1e}, ln p {height:.2f}")

# %% [markdown] slideshow={"slide_type": "slide"}
# Each factor of ten gains $2\ln10=4.6$ nats. A component needs more than $D$ points of its own.
#
# ## 5 · The best mean
#
# Set the derivative of (9.14) with respect to $\mu_k$ to zero. Only one term of the inner sum
# contains $\mu_k$. By the chain rule the derivative of $\ln\{\dots\}$ is
# $\pi_k\,\partial\mathcal N_k/\{\dots\}$, and $\partial\mathcal N_k=\mathcal N_k\;\partial\ln\mathcal N_k$. So
#
# $$0=\sum_{n=1}^N\underbrace{\frac{\pi_k\,\mathcal N(\mathbf x_n\mid\mu_k,\Sigma_k)}
# {\sum_j\pi_j\,\mathcal N(\mathbf x_n\mid\mu_j,\Sigma_j)}}_{\gamma(z_{nk})}\;
# \Sigma_k^{-1}(\mathbf x_n-\mu_k).\tag{9.16}$$
#
# The responsibility was not put in. It *appeared*, as the ratio that every logarithm of a sum leaves
# behind. (Up to a sign: the book writes $0=-\sum\dots$.) The rest is the derivative of
# $-\frac12(\mathbf x-\mu)^{\mathsf T}\Sigma^{-1}(\mathbf x-\mu)$.
#
# ### Exercise 06.2 · The gradient in a mean
#
# Write `gradient_mean(x, gamma, mean, covariance)`, the right-hand side of (9.16) for one component:
# an array of shape $(D,)$. `gamma`, of shape $(N,)$, holds the responsibilities of this component. The
# check knows no formula: it moves the mean a little to either side and sees how (9.14) changes.


# %% tags=["exercise", "06.2"]
def gradient_mean(x, gamma, mean, covariance):
    # Your lines instead of the dots.
    ...


# %% tags=["solution", "06.2"]
def gradient_mean(x, gamma, mean, covariance):
    pull = gamma @ (x - mean)
    return np.linalg.solve(covariance, pull)


# %% tags=["check"]
check("06.2", gradient_mean)

# %% [markdown] slideshow={"slide_type": "slide"}
# In early printings of the book (9.16) has $\Sigma_k$ where $\Sigma_k^{-1}$ belongs, and the text
# multiplies by $\Sigma_k^{-1}$ to remove it. Both versions lead to the same mean, because zero times
# any invertible matrix is zero. But only one is the gradient. The cell decides, along one coordinate
# and at a rough start `theta`.


# %%
def with_mean(mean):
    return GaussianMixture(theta.weights, [mean, *theta.means[1:]], theta.covariances)


theta = start.random_points(GaussianMixture, x, n_components=3, rng=3)
gamma = theta.responsibilities(x)
mean, covariance = theta.means[0], theta.covariances[0]
h = np.array([1e-5, 0.0])
rise = with_mean(mean + h).log_likelihood(x) - with_mean(mean - h).log_likelihood(x)
pull = gamma[:, 0] @ (x - mean)
print(f"slope by differences        {rise / 2e-5:.3f}")
print(f"with the inverse of Sigma   {(np.linalg.inv(covariance) @ pull)[0]:.3f}")
print(f"as printed, with Sigma      {(covariance @ pull)[0]:.3f}")

# %% [markdown] slideshow={"slide_type": "slide", "hide": ["Predict which of the two"]}
# The inverse is right. Multiply (9.16) by $\Sigma_k$ and solve for the mean:
#
# $$\mu_k=\frac1{N_k}\sum_{n=1}^N\gamma(z_{nk})\,\mathbf x_n,\tag{9.17}$$
#
# $$N_k=\sum_{n=1}^N\gamma(z_{nk}).\tag{9.18}$$
#
# $N_k$ in (9.18) is the **effective number of points** of component $k$; it need not be whole. (9.17)
# looks like a solution and is not one: $\gamma$ on the right depends on $\mu_k$ on the left. The cell
# applies it and looks at the sum that should vanish, with the old $\gamma$ and with the $\gamma$ of the
# new mean. **Predict** which of the two is zero.

# %%
n_k = gamma.sum(axis=0)  # (9.18)
new_mean = gamma[:, 0] @ x / n_k[0]  # (9.17)
print("effective numbers:", n_k.round(1))
for name, r in [("old", gamma), ("new", with_mean(new_mean).responsibilities(x))]:
    print(f"the sum with the {name} gamma:", (r[:, 0] @ (x - new_mean)).round(1) + 0.0)

# %% [markdown] slideshow={"slide_type": "slide"}
# Only the old one: the new mean brings new responsibilities, which ask for another mean. To repeat
# this is EM.
#
# ## 6 · The best covariance
#
# The same with respect to $\Sigma_k$. For a symmetric matrix we define the derivative $G$ of a function
# $f$ by $\mathrm df=\operatorname{tr}(G\,\mathrm d\Sigma)$, for every small symmetric $\mathrm d\Sigma$.
# Two derivatives are needed: $\partial\ln|\Sigma|/\partial\Sigma=\Sigma^{-1}$, and for a fixed vector
# $\mathbf d$, $\partial(\mathbf d^{\mathsf T}\Sigma^{-1}\mathbf d)/\partial\Sigma
# =-\Sigma^{-1}\mathbf d\,\mathbf d^{\mathsf T}\Sigma^{-1}$. With $\mathbf d_n=\mathbf x_n-\mu_k$ the chain
# rule brings the same responsibilities as before:
#
# $$G_k=\frac{\partial\ln p(\mathbf X)}{\partial\Sigma_k}
# =\tfrac12\sum_n\gamma(z_{nk})\,\big\{\Sigma_k^{-1}\mathbf d_n\mathbf d_n^{\mathsf T}\Sigma_k^{-1}-\Sigma_k^{-1}\big\}.$$
#
# Set it to zero and multiply by $\Sigma_k$ from the left and from the right:
#
# $$\Sigma_k=\frac1{N_k}\sum_{n=1}^N\gamma(z_{nk})\,(\mathbf x_n-\mu_k)(\mathbf x_n-\mu_k)^{\mathsf T}.\tag{9.19}$$
#
# The cell compares $\operatorname{tr}(G_kE)$ with the slope in a symmetric direction $E$.


# %%
def with_covariance(covariance):
    return GaussianMixture(theta.weights, theta.means, [covariance, *theta.covariances[1:]])


inverse, d = np.linalg.inv(covariance), x - mean
scatter = (gamma[:, 0, None] * d).T @ d
G = 0.5 * (inverse @ scatter @ inverse - n_k[0] * inverse)
E = np.array([[0.3, -0.8], [-0.8, 0.5]])
ends = [with_covariance(covariance + step * E).log_likelihood(x) for step in (1e-5, -1e-5)]
print(f"slope by differences {(ends[0] - ends[1]) / 2e-5:.3f}, tr(G E) {np.trace(G @ E):.3f}")

# %% [markdown]
# *About which mean*, the old one or the new one of (9.17)? The cell compares the two by $Q$, the
# expected complete-data log-likelihood of lesson 04.

# %%
d_new = x - new_mean
about_old = scatter / n_k[0]  # (9.19) about the old mean
about_new = (gamma[:, 0, None] * d_new).T @ d_new / n_k[0]  # (9.19), (9.25)
for name, choice in [("old", about_old), ("new", about_new)]:
    model = GaussianMixture(theta.weights, with_mean(new_mean).means, [choice, *theta.covariances[1:]])
    print(f"covariance about the {name} mean: Q = {bound.q_function(model, x, gamma):.3f}")

# %% [markdown] slideshow={"slide_type": "slide"}
# About the new mean: a covariance about any other place is too wide. So the *order* matters: first the
# means, then the covariances.
#
# ## 7 · The best weights
#
# The weights must sum to one. Lagrange's way is to maximise
#
# $$\ln p(\mathbf X\mid\pi,\mu,\Sigma)+\lambda\Big(\sum_{k=1}^K\pi_k-1\Big)\tag{9.20}$$
#
# freely, with one more unknown $\lambda$. The derivative of (9.20) with respect to $\pi_k$ is
#
# $$0=\sum_{n=1}^N\frac{\mathcal N(\mathbf x_n\mid\mu_k,\Sigma_k)}
# {\sum_j\pi_j\,\mathcal N(\mathbf x_n\mid\mu_j,\Sigma_j)}+\lambda.\tag{9.21}$$
#
# The fraction is a responsibility without its $\pi_k$. Multiply (9.21) by $\pi_k$: the sum becomes
# $N_k$, so $N_k+\lambda\pi_k=0$. Sum over $k$: for every point the responsibilities add to 1, so
# $N+\lambda=0$. Hence $\lambda=-N$, whatever the data, and
#
# $$\pi_k=\frac{N_k}N,\tag{9.22}$$
#
# the average responsibility. The cell computes the sums in (9.21) at the rough start. (Exercise 06.3 in
# [Constraints](further/06_constraints.ipynb) lets you code the steps, and asks what the sums are at a
# maximum.)

# %%
heights = np.exp(theta.log_joint(x)) / theta.weights  # the densities
sums = (heights / (heights @ theta.weights)[:, None]).sum(axis=0)  # in (9.21)
print(f"sums {sums.round(1)}; times weights and added: {theta.weights @ sums:.1f}")

# %% [markdown] slideshow={"slide_type": "slide"}
# So $\lambda=-1000$. Weight should move from the first component, whose sum is below 1000.
#
# ## 8 · EM for Gaussian mixtures: the E step
#
# EM uses (9.17), (9.19) and (9.22) in turn with (9.13). The book lists four steps: (1) start somewhere;
# (2) **E step**, evaluate the responsibilities at the current parameters,
#
# $$\gamma(z_{nk})=\frac{\pi_k\,\mathcal N(\mathbf x_n\mid\mu_k,\Sigma_k)}
# {\sum_{j=1}^K\pi_j\,\mathcal N(\mathbf x_n\mid\mu_j,\Sigma_j)};\tag{9.23}$$
#
# (3) M step and (4) stopping test, both in section 9. `e_step` below uses log-sum-exp (lesson 04).


# %%
def log_joint(x, weights, means, covariances):
    columns = []
    for weight, mean, covariance in zip(weights, means, covariances):
        factor = np.linalg.cholesky(covariance)
        z = solve_triangular(factor, (x - mean).T, lower=True)  # Sigma^-1 by solving
        log_scale = np.log(np.diag(factor)).sum() + 0.5 * len(mean) * np.log(2 * np.pi)
        columns.append(np.log(weight) - log_scale - 0.5 * np.sum(z * z, axis=0))
    return np.column_stack(columns)


def e_step(x, weights, means, covariances):
    a = log_joint(x, weights, means, covariances)
    top = a.max(axis=1, keepdims=True)  # log-sum-exp
    log_density = top + np.log(np.exp(a - top).sum(axis=1, keepdims=True))  # (9.12), in logs
    return np.exp(a - log_density), log_density.sum()  # (9.23), (9.28)


# %% [markdown]
# **Who tests the test?** The cell evaluates a Gaussian with
# $\Sigma=\operatorname{diag}(4,\frac14)$, and the same with $\Sigma$ where $\Sigma^{-1}$ belongs.
# **Predict** at which of the three places you would notice the fault.

# %%
sigma = np.diag([4.0, 0.25])
for place in ([1, 1], [2, 0], [0, 1]):
    right, swapped = (multivariate_normal([0, 0], s).pdf(place) for s in (sigma, np.linalg.inv(sigma)))
    print(f"at {place}: right {right:.3g}, swapped {swapped:.3g}")

# %% [markdown] slideshow={"slide_type": "slide"}
# At (1, 1) the swap does not show: $1/4+4=4+1/4$. At (2, 0) the value is wrong by a factor of more
# than a thousand, at (0, 1) by more than six. Since $|\Sigma|=1$, the swapped function even integrates
# to one. Compare *single values* with an *independent* implementation, at a covariance that is not
# special.
#
# ### Exercise 06.4 · A test that finds the swap
#
# Write `passes(log_gauss)`. It is handed an implementation with the arguments and the result of exercise
# 06.1. It returns True if the implementation passes your test and False if not (or it uses `assert`).
# The check hands it right implementations, which differ in their last digits, and some with the swap.
# Try a weak test first, such as one with the identity matrix, and read what you are told.


# %% tags=["exercise", "06.4"]
def passes(log_gauss):
    # Your lines instead of the dots.
    ...


# %% tags=["solution", "06.4"]
def passes(log_gauss):
    points = np.array([[2.0, 0.0], [0.0, 1.0], [1.0, -2.0]])
    mean, covariance = np.array([0.5, -1.0]), np.array([[2.0, 0.6], [0.6, 0.5]])
    expected = multivariate_normal(mean, covariance).logpdf(points)
    return np.allclose(log_gauss(points, mean, covariance), expected)


# %% tags=["check"]
check("06.4", passes)

# %% [markdown] slideshow={"slide_type": "slide", "hide": ["(9.27)", "(9.28)"]}
# ## 9 · The M step, and when to stop
#
# The M step is (9.17), (9.19) and (9.22) with the responsibilities held: (9.24), (9.25) and (9.26), in
# the order of section 6, with the counts (9.27).
#
# $$\mu_k^{\text{new}}=\frac1{N_k}\sum_{n=1}^N\gamma(z_{nk})\,\mathbf x_n\tag{9.24}$$
#
# $$\Sigma_k^{\text{new}}=\frac1{N_k}\sum_{n=1}^N\gamma(z_{nk})\,
# (\mathbf x_n-\mu_k^{\text{new}})(\mathbf x_n-\mu_k^{\text{new}})^{\mathsf T}\tag{9.25}$$
#
# $$\pi_k^{\text{new}}=\frac{N_k}N\tag{9.26}$$
#
# $$N_k=\sum_{n=1}^N\gamma(z_{nk}).\tag{9.27}$$
#
# Then evaluate the log-likelihood
#
# $$\ln p(\mathbf X\mid\mu,\Sigma,\pi)=\sum_{n=1}^N\ln\Big\{\sum_{k=1}^K\pi_k\,
# \mathcal N(\mathbf x_n\mid\mu_k,\Sigma_k)\Big\}\tag{9.28}$$
#
# and stop when it has hardly risen. The E step has it for free. Ours stops when a round gains at most
# $10^{-8}$ nats per point. For 1000 points that is $10^{-5}$ nats in all; it is this *total* that must
# be small (lesson 08).


# %%
def m_step(x, r):
    n_k = r.sum(axis=0)  # (9.27)
    means = (r.T @ x) / n_k[:, None]  # (9.24)
    scatters = [(r_k * (x - mean).T) @ (x - mean) for r_k, mean in zip(r.T, means)]
    return n_k / len(x), means, scatters / n_k[:, None, None]  # (9.26), (9.24), (9.25)


def fit_by_hand(x, parameters, tol=1e-8):
    r, log_p = e_step(x, *parameters)
    history = [-np.inf, log_p]
    while history[-1] - history[-2] > tol * len(x):
        parameters = m_step(x, r)
        r, log_p = e_step(x, *parameters)
        history.append(log_p)  # (9.28), at these parameters
    return parameters, history[1:]


# %% [markdown]
# These four functions are EM in any number of dimensions, "in under a hundred lines" (T2).

# %%
parameters, history = fit_by_hand(x, (theta.weights, theta.means, theta.covariances))
print("as emlib's in every round:", np.allclose(history, em.fit(theta, x).history, rtol=1e-9))
print(f"ln p from {history[0]:.3f} to {history[-1]:.3f}, at the truth {truth.log_likelihood(x):.3f}")

# %% [markdown] slideshow={"slide_type": "slide"}
# The fit beats the truth by some ten nats: it is tuned to these 1000 points.
#
# ## 10 · Watch it run
#
# Step through two recorded runs. The first starts with three equal circles on the left of the data, the
# second with random ellipses. Both were picked, the first because it is slow, the second because it
# fails. **Predict** for the first run: will the three circles ever part? Watch the log-likelihood below
# the picture. Then choose the other start, and compare the two last frames. (The cell takes two
# seconds.)

# %% tags=["widget"]
circles = GaussianMixture([1 / 3] * 3, [[-2, 0], [-2, 1], [-2, 2]], [np.eye(2)] * 3)
tilted = [[[1.0, 0.7], [0.7, 2.4]], [[5.8, 2.5], [2.5, 1.5]], [[2.5, -1.8], [-1.8, 1.3]]]
ellipses = GaussianMixture([1 / 3] * 3, [[-1.4, 1.0], [1.1, 2.0], [-2.4, -1.2]], tilted)
player = widgets.gaussian_player(x, {"three circles": circles, "three random ellipses": ellipses})
player

# %% [markdown]
# In print:

# %% slideshow={"slide_type": "slide"}
player.twin((0, 1, 5, 10, 15, -1))

# %% [markdown]
# The strip shows three stages. Round 1 throws the ellipses over all points. Then three wide
# components share everything, and $\ln p$ creeps: 20 nats in rounds 2 to 5. A loose stopping rule (a
# hundredth of a nat per point) would end here. Then one component finds a cloud of
# its own, and the others follow. **A plateau is not a summit.** The second run:

# %%
widgets.gaussian_player(x, {"three random ellipses": ellipses}).twin((0, 1, -1))

# %% [markdown]
# It ends some 200 nats lower: one component has shrunk to a handful of points, and the two clouds on
# the right share one wide ellipse.
#
# ## 11 · Two hundred starts
#
# How often does that happen? The cell tries 200 starts by T2's recipe: three data points as means, and
# covariances $AA^{\mathsf T}$, where the entries of $A$ are normal. **Predict** how many of them reach
# the best value.


# %%
def needles(model, x, n_components, rng):
    seeds = x[rng.choice(len(x), size=n_components, replace=False)]
    a = rng.standard_normal((n_components, 2, 2))
    return model([1 / 3] * 3, seeds, a @ a.mT)


with warnings.catch_warnings(record=True):  # multistart warns of collapsed starts
    fits = em.multistart(GaussianMixture, x, start=needles, n_components=3, n_starts=200, rng=1)

# %% [markdown]
# A component is called tiny if it has fewer than 20 points.

# %% slideshow={"slide_type": "slide"}
log_p = np.array([fit.objective for fit in fits])
poor = [fit.model.weights.min() < 0.02 for fit in fits if fit.objective < -2903]
print(f"{200 - len(fits)} collapse, {np.sum(log_p > -2902.4)} reach {log_p[0]:.3f},", end=" ")
print(f"{len(poor)} end lower, {sum(poor)} of them with a tiny component")
fig, ax = plots.figure(width=7.0, height=2.8)
plots.ends(log_p, limits=(-3620, -2850), width=20, component=3, ax=ax)
ax.set(ylabel="starts (log scale)")
plots.picture(fig, "06.ends")

# %% [markdown] slideshow={"slide_type": "slide"}
# The histogram shows that most arrive, some end about 200 nats lower, three far lower. Nearly all the
# poor runs have the fault of section 10. It comes from the *covariances* of the start, some of which
# are needles: with that of all the data in their place all arrive
# ([Constraints](further/06_constraints.ipynb), section 4). **More iterations do not repair a start;
# another start does.**
#
# ## 12 · Easily confused
#
# | You may hear | What is so |
# | --- | --- |
# | The covariance is the radius of the ellipse. | Its eigenvalues are *squared* half axes, of a ring that holds 39 % in two dimensions (section 1). |
# | Component 1 is the middle cloud. | Labels mean nothing: `sort()` before you compare. |
# | It has converged, so it is right; if not, run longer. | A poor local maximum stays one. Start again, from better covariances. |
# | The density integrates to one, so the code is right. | So does the one with $\Sigma$ and $\Sigma^{-1}$ swapped (section 8). |
#
# ## 13 · In practice
#
# - `em.multistart(GaussianMixture, x, n_components=3, n_starts=20, rng=0)` returns all fits, the best
#   first. If the best value comes up only once, try more starts.
# - Diagonal and spherical covariances, or one for all: see
#   [Constraints](further/06_constraints.ipynb), with scikit-learn.
#
# ## 14 · Take away
#
# - **(9.14)** is the likelihood of what was seen; **(9.15)** makes it unbounded.
# - **(9.16) to (9.22)**: weighted mean, weighted covariance about the *new* mean, average
#   responsibility. Responsibilities appear because a logarithm of a sum is differentiated.
# - **(9.23) to (9.28)**: EM uses the same formulas in turn.
# - Formulas that agree at the maximum can differ everywhere else. Test single values.
#
# **The question it leaves.** No round lowered the likelihood, though we pretended that $\gamma$ was
# constant. Why does it always go up? The proof is lesson 07.
#
# **Further reading**
#
# - C. M. Bishop, *Pattern Recognition and Machine Learning*, Springer (2006), pp. 430-439.
# - K. B. Petersen and M. S. Pedersen, *The Matrix Cookbook* (2012): the derivatives of section 6.
#
# **Previous:** [05 · Fit bell curves to unlabelled numbers](05_gmm_1d.ipynb). **Next:** [07 · Prove
# that EM never goes down](07_expected_loglik_lower_bound.ipynb). To see which exercises you have
# solved, call `progress()` in a new cell.
