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

# %% [markdown] slideshow={"slide_type": "slide", "hide": ["Predict, from the left"]}
# # 06 · Fit tilted clouds with Gaussian mixtures in N dimensions
#
# In [lesson 05](05_gmm_1d.ipynb) each hidden group was a bell curve on a line: a mean, a variance
# and a weight. Measure two things of each object instead of one, and the groups become clouds,
# long or round, upright or tilted. A variance is not enough any more; what takes its place is a
# matrix. **How does EM fit clouds that have a direction, and why do the formulas look as they
# do?**
#
# Bishop (PRML, section 9.2) answers in seventeen numbered equations, (9.12) to (9.28). We take
# them one by one. Nothing is skipped, and each is tried out on numbers before we go on. Two
# of them are misprinted, at least in early printings, which you will be able to *prove*. At the
# end you will have written EM for any number of dimensions, in far fewer than a hundred lines.
#
# **After this lesson you can**
#
# - read a covariance matrix as an ellipse, and say what share of a cloud lies inside;
# - derive the three updates of the M step, with a matrix derivative and a Lagrange multiplier;
# - program EM for Gaussians with Cholesky factors and log-sum-exp, and test it point by point;
# - recognise a singular component and a poor local maximum, and choose starts that avoid them;
# - write spherical, diagonal and tied covariances as constraints on one line of the M step.
#
# **Time** 70 to 75 minutes, four exercises included. **You need** lesson 05, matrices and their
# inverses, and partial derivatives. Symbols are listed in [00 · Start here](00_start_here.ipynb).
#
# ## 1 · Three clouds, and what a covariance is
#
# The cell draws 1000 points in the plane (left). They come from three groups of 500, 150 and 350;
# the parameters are those of a public repository, RobRomijnders/EM, that fits this mixture in
# under a hundred lines and names Bishop's equations in its comments.
#
# **Predict**, from the left picture: where would you put three centres, and how is each cloud
# tilted? Then look at the right picture, which shows the first group on its own. The density of
# one Gaussian in $D$ dimensions is
#
# $$\mathcal N(\mathbf x\mid\mu,\Sigma)=\frac{1}{(2\pi)^{D/2}\,|\Sigma|^{1/2}}
# \exp\Big\{-\tfrac12\underbrace{(\mathbf x-\mu)^{\mathsf T}\Sigma^{-1}(\mathbf x-\mu)}_{\text{squared Mahalanobis distance}}\Big\},$$
#
# so it is constant on ellipses, those of equal Mahalanobis distance. The rings are at distances
# 1, 2 and 3. On a line, 68 % of a normal distribution lie within distance 1.
#
# **Predict:** is it 68 % inside the first ring too? For each ring the cell prints the share of the
# group within it, and what a Gaussian promises.

# %% slideshow={"slide_type": "slide", "show": ["figure", "predict"]}
import inspect
import warnings
from itertools import islice

import numpy as np
from scipy.linalg import solve_triangular
from scipy.stats import multivariate_normal

from emlib import CollapseError, GaussianMixture, bound, datasets, em, plots, start, widgets
from emlib.exercises import check, hint, progress, solution

data = datasets.three_clusters(np.random.default_rng(0))
x, truth = data.x, data.truth
d = x[data.z == 0] - truth.means[0]
distance = np.sqrt(np.sum(d @ np.linalg.inv(truth.covariances[0]) * d, axis=1))
for radius in (1, 2, 3):
    inside, promised = np.mean(distance < radius), 1 - np.exp(-(radius**2) / 2)
    print(f"ring {radius}: {inside:.0%} of the points inside, {promised:.0%} promised")
fig, (left, right) = plots.figure(width=9.2, height=3.6, columns=2)
plots.scatter(x, ax=left)
plots.scatter(x[data.z == 0], ax=right)
plots.rings(truth.means[0], truth.covariances[0], ax=right)
alt = "Three touching clouds of grey points; and one cloud alone, inside three tilted nested ellipses."
plots.picture(fig, alt=alt)

# %% [markdown]
# The right panel shows a cloud about four times as long as it is wide, and only four in ten of its
# points lie within the first ring. In two dimensions the share within distance $r$ is
# $1-e^{-r^2/2}$: 39 %, 86 %, 99 %. The larger $D$, the emptier the middle.
#
# The arrows are the **principal axes**: the eigenvectors of $\Sigma$, each as long as the
# *square root* of its eigenvalue. So the entries of $\Sigma$ are not the radii of anything. The
# diagonal holds variances (squared units) along $x_1$ and $x_2$; the entry off the diagonal,
# +0.9 here, is the tilt. Nor does an ellipse *contain* a component: it is a contour line, and the
# component goes on outside it.
#
# ## 2 · One Gaussian, computed well
#
# A program needs $\ln\mathcal N$, for the reason met in [lesson 04](04_two_coins.ipynb): densities
# underflow. And it
# should not invert $\Sigma$. The **Cholesky factor** $L$, lower triangular with
# $\Sigma=LL^{\mathsf T}$, gives both pieces at little cost:
#
# $$L\mathbf z=\mathbf x-\mu\;\Rightarrow\;\mathbf z^{\mathsf T}\mathbf z
# =(\mathbf x-\mu)^{\mathsf T}\Sigma^{-1}(\mathbf x-\mu),\qquad
# \ln|\Sigma| = 2\sum_i\ln L_{ii}.$$
#
# The first says more than it seems: $\mathbf z$ is the point in coordinates in which the cloud is
# round with unit radius. The second holds because the determinant of a triangular matrix is the
# product of its diagonal, and $|\Sigma|=|L|^2$.
#
# ### Exercise 06.1 · The logarithm of a Gaussian
#
# Write `log_gauss(x, mean, covariance)`, one number for each row of `x`, in any dimension. The
# check tries one to five dimensions, tilted covariances, and points hundreds of standard
# deviations away. If you are stuck: `hint("06.1", 1)` in a new cell, then 2 and 3.


# %% tags=["exercise", "06.1"]
def log_gauss(x, mean, covariance): ...


# %% tags=["solution", "06.1"]
def log_gauss(x, mean, covariance):
    factor = np.linalg.cholesky(covariance)
    z = np.linalg.solve(factor, (x - mean).T)
    log_det = 2 * np.log(np.diag(factor)).sum()
    return -0.5 * (len(mean) * np.log(2 * np.pi) + log_det + (z**2).sum(axis=0))


# %% tags=["check"]
check("06.1", log_gauss)

# %% [markdown] slideshow={"slide_type": "slide", "hide": ["Predict where the mixed"]}
# ## 3 · The mixture, and whose point it is
#
# Which group a point belongs to is a latent variable $\mathbf z$, a row of zeros with a single 1.
# Its distribution is $p(z_k=1)=\pi_k$, which is (9.10) written for one entry, and given the group
# the point is Gaussian, $p(\mathbf x\mid z_k=1)=\mathcal N(\mathbf x\mid\mu_k,\Sigma_k)$, as in
# (9.11). Summing over the $K$ values that $\mathbf z$ can take gives the **mixture**:
#
# $$p(\mathbf x)=\sum_{\mathbf z}p(\mathbf z)\,p(\mathbf x\mid\mathbf z)
# =\sum_{k=1}^K\pi_k\,\mathcal N(\mathbf x\mid\mu_k,\Sigma_k)\tag{9.12}$$
#
# and Bayes' rule turns it round. The **responsibility** of component $k$ for the point is
#
# $$\gamma(z_k)\equiv p(z_k=1\mid\mathbf x)
# =\frac{\pi_k\,\mathcal N(\mathbf x\mid\mu_k,\Sigma_k)}{\sum_j\pi_j\,\mathcal N(\mathbf x\mid\mu_j,\Sigma_j)},\tag{9.13}$$
#
# prior $\pi_k$ in, posterior $\gamma$ out. The cell computes both with scipy's Gaussian and
# compares with `emlib`. Then it tests (9.13) without any formula: it draws a million fresh points
# from the mixture, keeps those that fall next to the place (1.6, 2.6), and counts which group
# they came from. (We chose a place of great doubt, and a small window: where $\gamma$ changes
# steeply, an average over the window is not its value in the middle.)
#
# The picture repeats Bishop's figure 9.5 on our data: 500 points with their true colours, without
# any, and coloured by responsibility, in mixed colours where there is doubt. (His 500 points come
# from a mixture that he draws but does not print; ours are every second point of section 1, drawn
# at random.) **Predict** where the mixed colours will be.

# %% slideshow={"slide_type": "slide"}
keep = np.random.default_rng(1).choice(len(x), size=500, replace=False)
parts = zip(truth.means, truth.covariances)
densities = np.column_stack([multivariate_normal(m, s).pdf(x) for m, s in parts])
joint = truth.weights * densities  # p(x, z) = p(z) p(x | z)
density = joint.sum(axis=1)  # (9.12)
gamma = joint / density[:, None]  # (9.13)
assert np.allclose(np.log(density), truth.log_density(x))
assert np.allclose(gamma, truth.responsibilities(x))
fresh, z = truth.sample(1_000_000, np.random.default_rng(2))
near = z[np.abs(fresh - [1.6, 2.6]).max(axis=1) < 0.05]
formula, count = truth.responsibilities([[1.6, 2.6]])[0], np.bincount(near, minlength=3) / len(near)
print("(9.13) at (1.6, 2.6):    {:.2f} {:.2f} {:.2f}".format(*formula))
print(f"counted in {len(near)} points: ", "{:.2f} {:.2f} {:.2f}".format(*count))
fig, axes = plots.figure(width=9.4, height=3.0, columns=3, sharex=True, sharey=True)
titles = ["with labels", "as given", "responsibilities"]
for ax, colours, title in zip(axes, [np.eye(3)[data.z], None, gamma], titles):
    plots.scatter(x[keep], None if colours is None else colours[keep], ax=ax)
    ax.set_title(title)
    ax.label_outer()
plots.picture(
    fig,
    alt="The same 500 points three times: in three colours, all grey, and in three colours that mix "
    "where the middle cloud meets its neighbours.",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# The third panel is nearly the first. It differs only where the clouds touch, and there the
# honest answer is a mixture of colours: at (1.6, 2.6) the formula says 0.58 to 0.42, and the count
# agrees as well as some six hundred points can. Knowing the *parameters*, one can say this much
# about the labels, and not more.
#
# ## 4 · What is to be maximised, and its trap
#
# The parameters are unknown, so we need the likelihood. For independent points its logarithm is
#
# $$\ln p(\mathbf X\mid\pi,\mu,\Sigma)=\sum_{n=1}^N\ln\Big\{\sum_{k=1}^K\pi_k\,
# \mathcal N(\mathbf x_n\mid\mu_k,\Sigma_k)\Big\}.\tag{9.14}$$
#
# This is the *incomplete*-data log-likelihood: no label occurs in it. The sum inside the
# logarithm is the whole difficulty, and it has a second, less known consequence. Put the mean of
# one component exactly on a data point, $\mu_j=\mathbf x_n$, make it round,
# $\Sigma_j=\sigma_j^2I$, and let it shrink. Its density at its own point is
#
# $$\mathcal N(\mathbf x_n\mid\mathbf x_n,\sigma_j^2I)=\frac{1}{(2\pi\sigma_j^2)^{D/2}},\tag{9.15}$$
#
# which grows without bound, while the other components take care of all other points. So (9.14)
# has no maximum at all. A single Gaussian cannot do this: as it shrinks on one point it loses all
# the others. (In the book (9.15) reads $1/\{(2\pi)^{1/2}\sigma_j\}$, which is the case $D=1$.)
#
# The cell evaluates (9.14) at the truth, then glues one of two components to a point and shrinks
# it. The table compares both forms of (9.15) with scipy. **Predict:** does the log-likelihood in
# the last column rise from the beginning?

# %% slideshow={"slide_type": "slide", "show": ["output"]}
log_p = np.log(densities @ truth.weights).sum()  # (9.14)
assert np.isclose(log_p, truth.log_likelihood(x))
print(f"(9.14) at the truth: {log_p:.3f} nats;", end=" ")
H = bound.entropy(gamma)
print(f"H of the labels = {H:.3f} nats, {H / len(x):.2f} a point\n")
print("  sigma    scipy   (9.15)  as printed   ln p(X), glued")
point, everything = x[7], (x.mean(axis=0), np.cov(x.T, bias=True))
glued_log_p = []
for std in (1, 0.1, 1e-2, 1e-4, 1e-8):
    speck = std**2 * np.eye(2)
    glued = GaussianMixture([0.5, 0.5], [everything[0], point], [everything[1], speck])
    glued_log_p.append(glued.log_likelihood(x))
    ours, book = -np.log(2 * np.pi * std**2), -0.5 * np.log(2 * np.pi) - np.log(std)
    scipys = multivariate_normal(point, speck).logpdf(point)
    assert np.isclose(scipys, ours)
    print(f"{std:7.0e}  {scipys:7.3f}  {ours:7.3f}  {book:10.3f}  {glued_log_p[-1]:15.3f}")
assert np.isclose(glued_log_p[-1] - glued_log_p[-2], 2 * np.log(1e4), atol=1e-3)
try:
    em.fit(glued, x)
except CollapseError as error:
    print("\nEM from the last row:", type(error).__name__)

# %% [markdown] slideshow={"slide_type": "slide"}
# First it falls, as the shrinking component abandons its neighbours; then it rises by
# $D\ln 10=4.6$ nats for every factor of ten, for ever. The heights in the table are still far
# below the truth's −2912.12, but there is no end to the climb. EM climbs too: a component
# that owns a single point gets a covariance of zero in the next round. `emlib` then refuses to go
# on (a `CollapseError`), because what such a run would return is not a fit. What we look for
# is a good *local* maximum. (How to prevent the collapse is lesson 08.)
#
# Note the first line: 92.69 nats, some 0.09 a point, is what remains unknown about the labels
# even to somebody who knows the truth. Lesson 07 gives this number, an entropy, its place.
#
# ## 5 · The best mean
#
# Set the derivative of (9.14) with respect to $\mu_k$ to zero. Only one term of the inner sum
# contains $\mu_k$. By the chain rule the derivative of $\ln\{\dots\}$ is
# $\pi_k\,\partial\mathcal N_k/\{\dots\}$, and since $\partial\mathcal N_k=\mathcal N_k\;\partial\ln\mathcal N_k$,
#
# $$0=\sum_{n=1}^N\underbrace{\frac{\pi_k\,\mathcal N(\mathbf x_n\mid\mu_k,\Sigma_k)}
# {\sum_j\pi_j\,\mathcal N(\mathbf x_n\mid\mu_j,\Sigma_j)}}_{\gamma(z_{nk})}\;
# \Sigma_k^{-1}(\mathbf x_n-\mu_k).\tag{9.16}$$
#
# The responsibility was not put in. It *appeared*, as the ratio that every logarithm of a sum
# leaves behind. (Up to a sign: the book writes $0=-\sum\dots$.) The rest is the derivative of
# $-\frac12(\mathbf x-\mu)^{\mathsf T}\Sigma^{-1}(\mathbf x-\mu)$: every point pulls the mean
# towards itself, as strongly as it belongs to it.
#
# ### Exercise 06.2 · The gradient in a mean
#
# Write `gradient_mean(x, gamma, mean, covariance)`, the right-hand side of (9.16) for one
# component, where `gamma` holds its responsibilities, one a row of `x`. The check knows no
# formula: it moves the mean a little to either side and looks how (9.14) changes.


# %% tags=["exercise", "06.2"]
def gradient_mean(x, gamma, mean, covariance): ...


# %% tags=["solution", "06.2"]
def gradient_mean(x, gamma, mean, covariance):
    pull = gamma @ (x - mean)
    return np.linalg.solve(covariance, pull)


# %% tags=["check"]
check("06.2", gradient_mean)

# %% [markdown] slideshow={"slide_type": "slide", "hide": ["Predict which of the two"]}
# In early printings of the book (9.16) has $\Sigma_k$ where $\Sigma_k^{-1}$ belongs, and the text
# tells to multiply by $\Sigma_k^{-1}$ to get rid of it. Both versions lead to the same mean,
# because zero times any invertible matrix is zero. But only one is the gradient; the cell decides.
#
# Multiplied by $\Sigma_k$, (9.16) reads $\sum_n\gamma(z_{nk})(\mathbf x_n-\mu_k)=0$, and solved
# for the mean,
#
# $$\mu_k=\frac1{N_k}\sum_{n=1}^N\gamma(z_{nk})\,\mathbf x_n,\tag{9.17}$$
#
# $$N_k=\sum_{n=1}^N\gamma(z_{nk}).\tag{9.18}$$
#
# A weighted mean, and $N_k$ in (9.18) is the **effective number of points** of component $k$; it
# need not be whole. The pattern is that of the coins in lesson 04, weighted sum over weighted count.
#
# It looks like a solution and is not one: $\gamma$ on the right depends on $\mu_k$ on the left.
# The cell takes a rough start `theta` and computes the slope of (9.14) along the first coordinate
# of one mean, by differences and by both printings. Then it applies (9.17) and looks at the sum
# that should vanish, first with the old $\gamma$, then with the $\gamma$ that belongs to the new
# mean. **Predict** which of the two is zero.

# %%
theta = start.random_points(GaussianMixture, x, n_components=3, rng=3)
gamma = theta.responsibilities(x)


def with_mean(mean):
    means = np.array([mean, *theta.means[1:]])
    return GaussianMixture(theta.weights, means, theta.covariances)


h, (mean, covariance) = np.array([1e-5, 0.0]), (theta.means[0], theta.covariances[0])
rise = with_mean(mean + h).log_likelihood(x) - with_mean(mean - h).log_likelihood(x)
pull = gamma[:, 0] @ (x - mean)
print(f"slope by differences {rise / 2e-5:.4f};", end=" ")
print(f"(9.16) with the inverse {(np.linalg.inv(covariance) @ pull)[0]:.4f},", end=" ")
print(f"without {(covariance @ pull)[0]:.4f}")
n_k = gamma.sum(axis=0)  # (9.18)
new_mean = gamma[:, 0] @ x / n_k[0]  # (9.17)
assert np.isclose(n_k.sum(), len(x))
assert np.allclose(gamma[:, 0] @ (x - new_mean), 0, atol=1e-9)
left = with_mean(new_mean).responsibilities(x)[:, 0] @ (x - new_mean)
print("effective numbers:", n_k.round(1), " sum over n, old gamma: 0, new gamma:", left.round(1))

# %% [markdown] slideshow={"slide_type": "slide"}
# The inverse is right. And (9.17) is zero only for the responsibilities that it was computed
# with: the new mean brings new responsibilities, which ask for another mean. A fixed-point
# equation, then, not a formula. To go round and round is EM, and that it climbs is not yet shown.
#
# ## 6 · The best covariance
#
# The same with respect to $\Sigma_k$. Two derivatives are needed, both symmetric matrices:
# $\partial\ln|\Sigma|/\partial\Sigma=\Sigma^{-1}$, and for a fixed vector $\mathbf d$,
# $\partial(\mathbf d^{\mathsf T}\Sigma^{-1}\mathbf d)/\partial\Sigma
# =-\Sigma^{-1}\mathbf d\,\mathbf d^{\mathsf T}\Sigma^{-1}$. With $\mathbf d_n=\mathbf x_n-\mu_k$ the
# chain rule brings the same responsibilities as before:
#
# $$G_k=\frac{\partial\ln p(\mathbf X)}{\partial\Sigma_k}
# =\tfrac12\sum_n\gamma(z_{nk})\,\big\{\Sigma_k^{-1}\mathbf d_n\mathbf d_n^{\mathsf T}\Sigma_k^{-1}-\Sigma_k^{-1}\big\}.$$
#
# Set it to zero and multiply by $\Sigma_k$ from the left and from the right:
#
# $$\Sigma_k=\frac1{N_k}\sum_{n=1}^N\gamma(z_{nk})\,(\mathbf x_n-\mu_k)(\mathbf x_n-\mu_k)^{\mathsf T}.\tag{9.19}$$
#
# The covariance of the data, each point counted by its responsibility. The cell checks $G_k$ in a
# random symmetric direction $E$, in which the slope must be $\operatorname{tr}(G_kE)$, and that
# (9.19) makes $G_k$ vanish. It also asks a question that costs beginners an evening: *about which
# mean*, the old one or the new one of (9.17)? Look at $Q$, the expected complete-data
# log-likelihood of lesson 04, for either choice: which is larger?

# %%
inverse, d = np.linalg.inv(covariance), x - mean
scatter = (gamma[:, 0, None] * d).T @ d
G = 0.5 * (inverse @ scatter @ inverse - n_k[0] * inverse)
E = np.array([[0.3, -0.8], [-0.8, 0.5]])
ends = [
    GaussianMixture(theta.weights, theta.means, [covariance + step * E, *theta.covariances[1:]])
    for step in (1e-5, -1e-5)
]
rise = ends[0].log_likelihood(x) - ends[1].log_likelihood(x)
assert np.isclose(rise / 2e-5, np.trace(G @ E), rtol=1e-6)
about_old = scatter / n_k[0]  # (9.19) about the old mean
about_new = (gamma[:, 0, None] * (x - new_mean)).T @ (x - new_mean) / n_k[0]  # (9.19), (9.25)
assert np.allclose(np.linalg.inv(about_old) @ scatter, n_k[0] * np.eye(2))  # so G vanishes
assert np.allclose(about_old, about_new + np.outer(new_mean - mean, new_mean - mean))
for name, choice in [("old", about_old), ("new", about_new)]:
    means = [new_mean, *theta.means[1:]]
    model = GaussianMixture(theta.weights, means, [choice, *theta.covariances[1:]])
    print(f"covariance about the {name} mean: Q = {bound.q_function(model, x, gamma):.3f}")

# %% [markdown] slideshow={"slide_type": "slide"}
# About the new mean. A covariance about any other place is larger, by the outer product of the
# displacement (the last assertion), and so too wide. So the *order* matters: first all means, then
# the covariances.
#
# ## 7 · The best weights
#
# The weights must sum to one, so setting derivatives to zero would be wrong: the constraint has
# to be obeyed. Lagrange's way is to maximise
#
# $$\ln p(\mathbf X\mid\pi,\mu,\Sigma)+\lambda\Big(\sum_{k=1}^K\pi_k-1\Big)\tag{9.20}$$
#
# freely, with one more unknown $\lambda$. The derivative of (9.20) with respect to $\pi_k$ is
#
# $$0=\sum_{n=1}^N\frac{\mathcal N(\mathbf x_n\mid\mu_k,\Sigma_k)}
# {\sum_j\pi_j\,\mathcal N(\mathbf x_n\mid\mu_j,\Sigma_j)}+\lambda.\tag{9.21}$$
#
# The fraction is a responsibility without its $\pi_k$. So multiply by $\pi_k$, and the sum becomes
# $N_k$. Then sum over $k$, with $\sum_k\pi_k=1$. You have $\lambda$, and with $\lambda$ you have
# the weights.
#
# ### Exercise 06.3 · The multiplier, and the new weights
#
# Write `lagrange_step(densities, weights)`. `densities` holds $\mathcal N(\mathbf x_n\mid\mu_k,\Sigma_k)$,
# a row a point and a column a component; `weights` are the $\pi_k$ of the denominator. Return the
# pair `(multiplier, new_weights)`: what $\lambda$ is, and $\pi_k$ from (9.21) times $\pi_k$.


# %% tags=["exercise", "06.3"]
def lagrange_step(densities, weights): ...


# %% tags=["solution", "06.3"]
def lagrange_step(densities, weights):
    slopes = (densities / (densities @ weights)[:, None]).sum(axis=0)
    multiplier = -(weights @ slopes)
    return multiplier, weights * slopes / -multiplier


# %% tags=["check"]
check("06.3", lagrange_step)

# %% [markdown] slideshow={"slide_type": "slide", "hide": ["Predict what they are"]}
# For every point the sum over $k$ of $\pi_k\mathcal N_k/\sum_j\pi_j\mathcal N_j$ is 1, so
# $N+\lambda=0$, whatever the data: $\lambda=-N$. And (9.21) times $\pi_k$ reads
# $N_k-N\pi_k=0$, that is
#
# $$\pi_k=\frac{N_k}N,\tag{9.22}$$
#
# the average responsibility that a component takes. The cell looks at the sums in (9.21), at the
# rough start and at a maximum that `emlib` has found. At the start they differ: weight moved from
# a component with a small sum to one with a large sum raises the likelihood. **Predict** what
# they are at the maximum. The last lines try (9.22) against 1000 random sets of weights: none may
# have a larger $\sum_kN_k\ln\pi_k$, the part of $Q$ that holds the weights.

# %%
best = em.fit(theta, x, tol=1e-13).model
for name, model in [("rough start", theta), ("maximum", best)]:
    densities = np.exp(model.log_joint(x)) / model.weights
    slopes = (densities / (densities @ model.weights)[:, None]).sum(axis=0)  # the sum in (9.21)
    print(f"{name:11s}: sums {slopes.round(1)}, times weights {model.weights @ slopes:.1f}")
assert np.allclose(slopes, len(x), atol=0.1)  # minus lambda, for each component
new_weights = n_k / len(x)  # (9.22)
rivals = np.random.default_rng(0).dirichlet([1, 1, 1], size=1000)
assert np.all(np.log(rivals) @ n_k <= np.log(new_weights) @ n_k)

# %% [markdown]
# At the maximum each sum is 1000: no component could use a little weight better than another. That
# is what a multiplier means, the common price of the constraint, and the price is $N$.
#
# ## 8 · EM for Gaussian mixtures: the E step
#
# Equations (9.17), (9.19) and (9.22) hold together at a stationary point of (9.14) and solve
# nothing, as $\gamma$ sits in all of them. EM uses them in turn with (9.13). The book
# lists four steps: (1) start somewhere, and evaluate the log-likelihood; (2) **E step**, evaluate
# the responsibilities at the current parameters,
#
# $$\gamma(z_{nk})=\frac{\pi_k\,\mathcal N(\mathbf x_n\mid\mu_k,\Sigma_k)}
# {\sum_{j=1}^K\pi_j\,\mathcal N(\mathbf x_n\mid\mu_j,\Sigma_j)};\tag{9.23}$$
#
# (3) **M step** and (4) stopping test, both in section 10. The cell writes the E step by hand. `log_joint` is
# $\ln\pi_k+\ln\mathcal N$, with the triangular solve of section 2; `e_step` takes out the largest
# term of each row before it exponentiates (log-sum-exp, lesson 04), and returns the
# log-likelihood on the way. Both are asserted equal to `emlib`'s.
#
# The last lines are a warning. They evaluate a Gaussian with $\Sigma=\operatorname{diag}(4,\frac14)$,
# and the same with $\Sigma$ where $\Sigma^{-1}$ belongs. **Predict** at which of the three places
# you would notice.


# %%
def log_joint(x, weights, means, covariances):
    columns = []
    for weight, mean, covariance in zip(weights, means, covariances):
        factor = np.linalg.cholesky(covariance)
        z = solve_triangular(factor, (x - mean).T, lower=True)  # Sigma^-1 by solving, not inverting
        log_scale = np.log(np.diag(factor)).sum() + 0.5 * len(mean) * np.log(2 * np.pi)
        columns.append(np.log(weight) - log_scale - 0.5 * np.sum(z * z, axis=0))
    return np.column_stack(columns)


def e_step(x, weights, means, covariances):
    a = log_joint(x, weights, means, covariances)
    top = a.max(axis=1, keepdims=True)  # log-sum-exp
    log_density = top + np.log(np.exp(a - top).sum(axis=1, keepdims=True))  # (9.12), in logs
    return np.exp(a - log_density), log_density.sum()  # (9.23), (9.28)


by_hand, log_p = e_step(x, theta.weights, theta.means, theta.covariances)
assert np.allclose(by_hand, theta.responsibilities(x), rtol=1e-9)
assert np.isclose(log_p, theta.log_likelihood(x), rtol=1e-12)
sigma = np.diag([4.0, 0.25])
for place in ([1, 1], [2, 0], [0, 1]):
    pair = [multivariate_normal([0, 0], s).pdf(place) for s in (sigma, np.linalg.inv(sigma))]
    print("at ({}, {}): right {:.3g}, swapped {:.3g}".format(*place, *pair))

# %% [markdown]
# ## 9 · Who tests the test?
#
# At (1, 1) the swap does not show: $1/4+4=4+1/4$. At (2, 0) the value is wrong by a factor of
# more than a thousand. Since $|\Sigma|=1$ here, the swapped function even integrates to one, so a
# check of the normalisation passes too. This is no invention: a well-known public package has
# carried just this fault for years. A fault of this kind is found by
# comparing *single values* with an *independent* implementation, at a covariance that is not
# special.
#
# ### Exercise 06.4 · A test that finds the swap
#
# Write `passes(log_gauss)`. It is handed an implementation, a function of `x`, `mean` and
# `covariance` like yours of exercise 06.1, and returns True if the implementation passes your
# test and False if not (or it uses `assert`). The check hands it three right implementations,
# which differ in their last digits, and two faulty ones. Try a weak test first, such as one with
# the identity matrix, and read what you are told.


# %% tags=["exercise", "06.4"]
def passes(log_gauss): ...


# %% tags=["solution", "06.4"]
def passes(log_gauss):
    points = np.array([[2.0, 0.0], [0.0, 1.0], [1.0, -2.0]])
    mean, covariance = np.array([0.5, -1.0]), np.array([[2.0, 0.6], [0.6, 0.5]])
    expected = multivariate_normal(mean, covariance).logpdf(points)
    return np.allclose(log_gauss(points, mean, covariance), expected)


# %% tags=["check"]
check("06.4", passes)

# %% [markdown] slideshow={"slide_type": "slide", "hide": ["(9.27)", "(9.28)"]}
# ## 10 · The M step, and when to stop
#
# The M step is (9.17), (9.19) and (9.22) with the responsibilities held fixed: (9.24), (9.25) and
# (9.26), with the counts (9.27), in the order that section 6 found:
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
# and stop when it has hardly risen. It is (9.14) again, now with a purpose, and the E step has it
# for free. Ours stops when a round gains no more than $10^{-8}$ nats *a point*, so the rule does
# not depend on $N$; a threshold on the total would.
#
# The cell completes the algorithm and asserts that its log-likelihood is that of `em.fit` in every
# round, that it never fell, and that (9.17), and so (9.16), holds in the end. The claim "EM in any
# number of dimensions in under a hundred lines" is tested as well: guess how many there are.


# %%
def m_step(x, r):
    n_k = r.sum(axis=0)  # (9.27)
    means = (r.T @ x) / n_k[:, None]  # (9.24)
    scatters = [(r_k * (x - mean).T) @ (x - mean) for r_k, mean in zip(r.T, means)]
    return n_k / len(x), means, scatters / n_k[:, None, None]  # (9.26), (9.24), (9.25)


def fit_by_hand(x, parameters, tol=1e-8):
    history = []
    while len(history) < 2 or history[-1] - history[-2] > tol * len(x):
        r, log_p = e_step(x, *parameters)
        history.append(log_p)  # (9.28)
        parameters = m_step(x, r)
    return parameters, np.array(history)


parameters, history = fit_by_hand(x, (theta.weights, theta.means, theta.covariances))
assert np.allclose(history, em.fit(theta, x).history, rtol=1e-9)
assert np.all(np.diff(history) > -1e-9 * len(x))
r = best.responsibilities(x)
assert np.allclose(m_step(x, r)[1], best.means, atol=1e-5)  # (9.17) holds at the maximum
functions = (log_joint, e_step, m_step, fit_by_hand)
n_lines = sum(len(inspect.getsource(function).splitlines()) for function in functions)
assert n_lines < 100
print(f"{n_lines} lines; ln p from {history[0]:.3f} to {history[-1]:.3f}")

# %% [markdown] slideshow={"slide_type": "slide"}
# The four functions that are the whole algorithm have 25 lines. And the fit, at −2902.289, beats
# the truth's −2912.121 by some ten nats: it is tuned to these 1000 points, and the truth is not.
#
# ## 11 · Watch it run
#
# Step through recorded runs. The first starts with three equal circles, all on the left of the
# data; the second at three means also on the left, but with random ellipses instead of circles.
# Both were picked on purpose, the first for its slowness, the second because it fails; how often
# that happens is counted in section 13.
# Colours are responsibilities, ellipses lie at Mahalanobis distance 2.
#
# **Predict** for the first run: three circles side by side share the same half of the picture.
# Will they ever part? Watch the log-likelihood below the picture in rounds 2 to 8. Then choose
# the other start, and compare the two last frames.

# %% tags=["widget"]
circles = GaussianMixture([1 / 3] * 3, [[-2, 0], [-2, 1], [-2, 2]], [np.eye(2)] * 3)
tilted = [[[1.0, 0.7], [0.7, 2.4]], [[5.8, 2.5], [2.5, 1.5]], [[2.5, -1.8], [-1.8, 1.3]]]
ellipses = GaussianMixture([1 / 3] * 3, [[-1.4, 1.0], [1.1, 2.0], [-2.4, -1.2]], tilted)
player = widgets.gaussian_player(x, {"three circles": circles, "three random ellipses": ellipses})
player

# %% [markdown]
# On paper, or without a kernel: the first run at the start, after rounds 1, 5, 10 and 15, and
# where it ends.

# %% slideshow={"slide_type": "slide"}
player.twin((0, 1, 5, 10, 15, -1))

# %% [markdown]
# The strip shows three stages. Round 1 throws the ellipses over all the points. Then nearly
# nothing happens for several rounds: three wide components share everything, and the likelihood
# creeps. A loose stopping rule would end here and report success. Then one component finds a
# cloud of its own, the others follow, and it is soon over. *A plateau is not a summit.*
#
# The second run ends elsewhere, at −3115.05: one component has shrunk to a handful of points on
# the lower left, and the two clouds on the right share one wide ellipse. That *is* a summit,
# of a sort. Section 13 comes back to it.
#
# ## 12 · Drag a mean
#
# Now move a mean yourself. The panel starts at the fit; the sliders move the mean of the middle
# component, its shape and everything else stay. The points take the colours of their
# responsibilities, and the line below says who owns how many, and what that costs.
#
# **Predict:** if you push the middle component onto the right cloud, who takes over the points that
# it leaves behind? And if you push it off the data, downwards?

# %% tags=["widget"]
panel = widgets.mean_panel(x[keep], best.sort(), component=1)
panel

# %% [markdown]
# If the sliders do not move (on paper, or without a kernel), here are three places: near the fit,
# on the right cloud, and below the data.

# %%
panel.twin([(2.9, 1.5), (5.0, 3.0), (3.0, -1.5)])

# %% [markdown] slideshow={"slide_type": "slide"}
# The panels show that no point is ever without an owner: those left behind are divided among the
# two others, by whichever is *less* improbable, though neither explains them. Each row of
# responsibilities sums to one even where all densities are tiny. So a responsibility near 1 does
# not mean that a component fits a point well, only that the others fit it worse. The price shows
# in the log-likelihood alone.
#
# ## 13 · Two hundred starts
#
# Where does EM end from a random start? The cell tries 200 of each of two kinds. Both draw three
# data points at random as seeds. The first, `emlib`'s `random_points`, gives nearly all of each
# point to its nearest seed and takes means, covariances and weights from these shares. The second
# is the recipe of the repository of section 1: the seeds are the means, and each covariance is
# $AA^{\mathsf T}$, where the entries of $A$ are normal (our weights are equal; the repository draws
# those too).
#
# **Predict** how many of each 200 reach the best value, −2902.289. Then the cell lets the poor
# run of section 11 go on for 1000 more rounds.


# %% slideshow={"slide_type": "slide"}
def random_ellipses(model, x, n_components, rng):
    a = rng.standard_normal((n_components, 2, 2))
    seeds = x[rng.choice(len(x), size=n_components, replace=False)]
    return model(np.full(n_components, 1 / n_components), seeds, a @ a.transpose(0, 2, 1))


options = {"n_components": 3, "n_starts": 200, "rng": 1}
fig, axes = plots.figure(width=9.4, height=3.0, columns=2, sharey=True)
for k, begin in enumerate([start.random_points, random_ellipses]):
    with warnings.catch_warnings(record=True):  # collapsed starts are left out, with a warning
        fits = em.multistart(GaussianMixture, x, start=begin, **options)
    log_p = np.array([fit.objective for fit in fits])
    small = sum(fit.model.weights.min() < 0.02 for fit in fits if fit.objective < -2903)
    print(f"{begin.__name__}: {200 - len(fits)} collapse, {np.sum(log_p > -2902.4)} reach", end=" ")
    print(f"{log_p.max():.3f}, {np.sum(log_p < -2903)} do not ({small} have a tiny component)")
    plots.ends(log_p, limits=(-3620, -2850), width=20, component=k, ax=axes[k])
    axes[k].set(title=begin.__name__, ylabel="" if k else "starts")
stuck = em.fit(ellipses, x)
later = next(islice(em.iterate(stuck.model, x), 1000, None)).objective
print(f"the poor run: {stuck.objective:.2f}; after 1000 more rounds {later:.2f}")
alt = (
    "Two histograms of final log-likelihoods. Left: one bar at the best value, all 200 starts. Right: "
    "178 at the best value, 18 around 200 nats lower, one near -3590."
)
plots.picture(fig, alt=alt)

# %% [markdown] slideshow={"slide_type": "slide", "hide": ["diagonal", "Predict which type"]}
# The left histogram is a single bar, the right one has small bars some 200 nats below, and one far
# lower. Same data, same algorithm, seeds drawn from the same points: what differs is above all the
# *covariances* of the start, some of which are needles. (Another seed gives other counts, of the
# same kind.) Nearly all the poor runs have the fault of the one in section 11: a component has
# closed in on a handful of points, fewer than 20 of 1000. That is a local maximum, one step from
# the singularity of section 4, and more rounds do not leave it: a thousand of them change nothing.
# **More iterations do not repair a start; another start does.** Nor does a higher log-likelihood
# always mean a better fit: each of those specks *gains* likelihood on its handful of points.
#
# With parameters that you can set yourself, a slice through this landscape in which a local
# maximum stands beside the global one is drawn in [lesson 07](07_expected_loglik_lower_bound.ipynb).
#
# ## 14 · A geyser, and simpler covariances
#
# A full covariance has $D(D+1)/2$ entries, which in fifty dimensions is 1275 for every component.
# Three simpler **covariance types** are in use, and none needs a new algorithm. Maximising $Q$
# under the constraint changes one line of the M step, after (9.25):
#
# - *diagonal*: no tilt; keep the diagonal of $\Sigma_k^{\text{new}}$, put zeros elsewhere;
# - *spherical*: $\sigma_k^2I$, a circle; $\sigma_k^2$ is the average of that diagonal;
# - *tied*: one $\Sigma$ for all, the average $\sum_k\pi_k^{\text{new}}\Sigma_k^{\text{new}}$.
#
# `GaussianMixture` in `emlib` is always full; the cell does the other three with the steps of
# sections 8 and 10. The data are real: 272 eruptions of Old Faithful (Bishop's figure 9.8), how
# long each lasted and how long the wait for the next one was. **Predict** which type loses most.


# %% slideshow={"slide_type": "slide"}
def constrain(kind, weights, covariances):
    if kind == "diagonal":
        return covariances * np.eye(2)
    if kind == "spherical":
        return np.trace(covariances, axis1=1, axis2=2)[:, None, None] / 2 * np.eye(2)
    return np.array([np.tensordot(weights, covariances, 1)] * 2) if kind == "tied" else covariances


eruptions, geyser = datasets.old_faithful().x, {}
kinds = {"full": 6, "tied": 3, "diagonal": 4, "spherical": 2}  # free entries of the covariances
fig, axes = plots.figure(width=9.4, height=2.8, columns=4, sharey=True)
for ax, (kind, free) in zip(axes, kinds.items()):
    theta = [0.5, 0.5], [[2, 55], [4.3, 80]], np.array([np.diag([0.25, 36.0])] * 2)
    for _ in range(100):
        weights, means, covariances = m_step(eruptions, e_step(eruptions, *theta)[0])
        theta = weights, means, constrain(kind, weights, covariances)
    r, geyser[kind] = e_step(eruptions, *theta)
    bic = -2 * geyser[kind] + (free + 5) * np.log(len(eruptions))
    print(f"{kind:9s}  ln p {geyser[kind]:.4f}   {free + 5:2d} parameters, BIC {bic:.1f}")
    plots.scatter(eruptions, r, size=7, ax=ax)
    plots.ellipses(theta[1], theta[2], ax=ax)
    ax.set(title=kind, xlabel="eruption (minutes)", ylabel="wait (minutes)")
    ax.label_outer()
alt = "Two long groups, four times: leaning ellipses, leaning, upright, and two far too wide."
plots.picture(fig, alt=alt)

# %% [markdown]
# The pictures show two groups that both lean and have nearly one shape. Tied covariances, which
# assume one shape, lose ten nats; diagonal ones, which forbid the tilt, nearly twice as much; and
# BIC (lower is better; lesson 08) finds that neither saves enough parameters to pay for it. The
# spherical fit is nonsense. It takes a minute of eruption for as long as a minute of waiting, so
# its circles, flat ellipses on these axes, are as wide in the one as the waits vary in the other.
# *Spherical fits depend on the units*; the other three do not, as long as each column is rescaled
# by itself.
#
# ## 15 · The same answer from elsewhere
#
# scikit-learn has all four types, in a code of its own. The cell gives it the same starting means
# and weights, no regularisation, and a strict tolerance, and compares; then the three clouds.

# %% tags=["comparison"]
from sklearn.mixture import GaussianMixture as TheirMixture

strict = {"reg_covar": 0, "tol": 1e-10, "max_iter": 5000}
names = {"full": "full", "tied": "tied", "diagonal": "diag", "spherical": "spherical"}
for kind, name in names.items():
    theirs = TheirMixture(
        2, covariance_type=name, weights_init=[0.5, 0.5], means_init=[[2, 55], [4.3, 80]], **strict
    ).fit(eruptions)
    log_p = theirs.score(eruptions) * len(eruptions)
    print(f"{kind:9s}  theirs {log_p:.4f}, ours {geyser[kind]:.4f}")
    assert np.isclose(log_p, geyser[kind], atol=1e-4)
theirs = TheirMixture(3, random_state=0, **strict).fit(x)
order = np.argsort(theirs.means_[:, 0])
assert np.allclose(theirs.means_[order], best.sort().means, atol=1e-3)
print(f"three clouds: theirs {theirs.score(x) * len(x):.3f}, ours {best.log_likelihood(x):.3f}")

# %% [markdown] slideshow={"slide_type": "slide", "hide": ["`em.multistart"]}
# They agree to the last digit printed. (Bishop's figure 9.8 fits the same two groups to the geyser,
# with both columns rescaled.)
#
# ## 16 · Easily confused
#
# | You may hear | What is so |
# | --- | --- |
# | The covariance is the radius of the ellipse. | Its eigenvalues are *squared* half axes, of the ring at Mahalanobis distance 1, and that ring holds 39 % in two dimensions (section 1). |
# | Component 1 is the middle cloud. | Labels mean nothing: the fit keeps the order of its start. Any of the $K!$ orders has the same likelihood. Use `sort()` before you compare. |
# | It has converged, so it is right; if not, run longer. | A poor local maximum stays one after 1000 more rounds (section 13). Start again, from better covariances. |
# | The likelihood has a maximum, and EM finds it. | It has none: (9.15). What we want is a good local maximum. |
# | (9.17) is a formula for the mean. | Its right-hand side depends on the mean. It is a fixed point, and EM goes there step by step. |
# | A responsibility near 1 means a good fit. | It compares the components with each other, not with the data (section 12). |
# | $\lambda$ must be solved for. | It is $-N$, whatever the data (section 7). |
# | The density integrates to one, so the code is right. | So does the one with $\Sigma$ and $\Sigma^{-1}$ swapped. Test values, at a tilted covariance (section 9). |
#
# ## 17 · In practice
#
# - `em.multistart(GaussianMixture, x, n_components=3, n_starts=20, rng=0)` returns all fits, the
#   best first. If the best value comes up only once, try more starts.
# - Look at the weights: a component with a handful of points is a speck, not a group.
#   `covariance_floor` keeps it from collapsing.
# - Rescale columns of different units before you use spherical covariances or starts that measure
#   distances (`random_points`, k-means++).
# - Use Cholesky factors and log-sum-exp from the first line.
#
# ## 18 · Take away
#
# - **(9.12), (9.13)** mixture and responsibility; **(9.14)** the likelihood of what was seen,
#   which **(9.15)** makes unbounded.
# - **(9.16) to (9.22)** stationarity: weighted mean, weighted covariance about the *new* mean,
#   average responsibility. Responsibilities appear because a logarithm of a sum is differentiated.
# - **(9.23) to (9.28)** EM: the same formulas in turn, with the log-likelihood as the stopping
#   quantity.
# - The start decides where EM ends; covariances matter as much as means.
# - Formulas that agree at the maximum can differ everywhere else. Test single values.
#
# **The question it leaves.** No round lowered the likelihood, in any run. We set derivatives of
# (9.14) to zero, pretended that $\gamma$ was constant, and took a step as if that were allowed. Why
# does it always go up? The proof, and the role of those 92.69 nats of entropy, is lesson 07.
#
# **Further reading**
#
# - C. M. Bishop, *Pattern Recognition and Machine Learning*, Springer (2006), pp. 430-439: the
#   equations of this lesson; pp. 78-84 for the Gaussian, pp. 707-708 for Lagrange multipliers.
# - K. B. Petersen and M. S. Pedersen, *The Matrix Cookbook* (2012): the two matrix derivatives of
#   section 6, and all others.
# - R. Romijnders, the repository RobRomijnders/EM: the three clouds, and EM in under a hundred
#   lines. Reading it after this lesson, look for the place where log-sum-exp is missing.
# - G. McLachlan and D. Peel, *Finite Mixture Models*, Wiley (2000), chapter 3: starts, singular
#   components and local maxima.
#
# **Previous:** [05 · Fit bell curves to unlabelled numbers](05_gmm_1d.ipynb). **Next:** [07 · the
# lower bound, and why EM climbs](07_expected_loglik_lower_bound.ipynb). To see which exercises you
# have solved, call `progress()` in a new cell.
