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
# # 07 · Prove that EM never goes down
#
# In no correct run of this course did the log-likelihood ever fall. Yet no M step ever looked at
# it. Each maximised another function, the $Q$ of lesson 04, in which the responsibilities are
# frozen at their old values, as if that were allowed. **Why does climbing $Q$ always climb the
# likelihood?** [Lesson 06](06_gmm_nd.ipynb) ended with this question, and with an entropy that
# waited for its place.
#
# This lesson is the proof, and it is short. It is also the point at which EM turns from a recipe
# for mixtures into a method for *any* model with hidden variables. We go through Bishop's
# sections 9.3 and 9.4, from (9.29) to (9.43) and from (9.69) to (9.74), number by number. A
# published picture of the proof will turn out to show something else; you will find out what.
#
# **After this lesson you can**
#
# - write $Q$ as an average over the posterior of the labels, and compute it in two ways;
# - take any log-likelihood apart into $Q$, an entropy and a divergence, and keep the books;
# - prove that neither the E step nor the M step can lower the log-likelihood;
# - draw the true lower bound, and tell it from $Q$ alone;
# - say in which sense K-means is a limit of EM, and EM a relative of gradient ascent.
#
# **Time** 70 to 75 minutes, four exercises included. **You need** [lesson 04](04_two_coins.ipynb)
# for the coins, lesson 06 for the three clouds, derivatives, and averages. Symbols are listed in
# [00 · Start here](00_start_here.ipynb).
#
# ## 1 · Climb a hill from below
#
# Forget EM for a moment. You stand on a hilly curve, the red one below, and want to go up. The
# red curve is awkward to maximise. But suppose that at every place where you stand somebody can
# give you a blue curve that
#
# 1. lies **below** the red one, everywhere;
# 2. **touches** it where you stand;
# 3. is easy to maximise.
#
# Walk to the top of the blue curve. There the blue curve is at least as high as where you
# started, and the red one is at least as high as the blue one. So you have gone up, or at worst
# stayed level:
#
# $$\text{red(new)}\;\ge\;\text{blue(new)}\;\ge\;\text{blue(old)}\;=\;\text{red(old)}.$$
#
# Then ask for a fresh blue curve. That is the whole proof; what remains is to find the blue
# curve. The cell shows it at work on the five coin trials of lesson 04. Coin B is known to be
# fair, so that one unknown is left, the bias of coin A, and we start at 0.25. How the blue
# curves are made need not bother you yet.
#
# **Predict:** which of the three steps from 0 to 3 will be the longest? And will the red curve
# gain less than the blue one promises, as much, or more?

# %% slideshow={"slide_type": "slide"}
import itertools

import numpy as np

from emlib import CoinMixture, GaussianMixture, bound, datasets, em, plots, start, widgets
from emlib.exercises import check, hint, progress, solution


def two_coins(a, b=0.5):
    return CoinMixture([a, b], [0.5, 0.5], fixed_weights=True)


coins_x = datasets.do_batzoglou().x  # heads and tails of five trials
biases, places, blue = np.linspace(0.05, 0.95, 91), [0.25], []
red = [two_coins(a).log_likelihood(coins_x) for a in biases]
for _ in range(3):
    here = two_coins(places[-1])
    q = bound.posterior(here, coins_x)
    blue.append([bound.elbo(two_coins(a), coins_x, q) for a in biases])
    places.append(here.m_step(here.statistics(coins_x, q)).biases[0])
fig, ax = plots.figure(width=6.8, height=3.4)
plots.climb(biases, red, blue, places, label_at=0.82, ax=ax)
ax.set(xlabel="bias of coin A", ylim=(-44, -30.5))
alt = "A red curve rises to a summit near 0.8. Three blue arches lie below it; each touches it at a dot, "
plots.picture(fig, alt + "and the next dot stands straight above the arch's top.")

# %% [markdown] slideshow={"slide_type": "slide", "hide": ["(9.34)", "Predict: does"]}
# The picture shows three rounds: a dot where a blue arch touches, a triangle at the arch's top,
# and a dotted line up to the next dot. Each walk ends *above* the top of the arch, so the red
# curve gained more than was promised. The steps get shorter as the summit comes near, and nobody
# had to choose their length: the arch chose it.
#
# ## 2 · The general algorithm: an average over what we do not know
#
# Now EM. Collect all labels in $\mathbf Z$. The likelihood of what we saw is a sum over what we
# did not see,
#
# $$\ln p(\mathbf X\mid\theta)=\ln\Big\{\sum_{\mathbf Z}p(\mathbf X,\mathbf Z\mid\theta)\Big\}
# \tag{9.29}$$
#
# and the sum inside the logarithm is the trouble: even if $p(\mathbf X,\mathbf Z\mid\theta)$ is
# simple, the logarithm of a sum of such terms is not. If we knew $\mathbf Z$, we would maximise
# $\ln p(\mathbf X,\mathbf Z\mid\theta)$, and be done. We do not know it, but with the present
# parameters we know how *probable* each $\mathbf Z$ is. So take the average:
#
# $$\mathcal Q(\theta,\theta^{\text{old}})=\sum_{\mathbf Z}
# p(\mathbf Z\mid\mathbf X,\theta^{\text{old}})\,\ln p(\mathbf X,\mathbf Z\mid\theta).\tag{9.30}$$
#
# Note where the two parameters stand. The *old* ones make the weights of the average and are
# held. The *new* ones stand inside the logarithm and are free, so we choose them well:
#
# $$\theta^{\text{new}}=\arg\max_\theta\;\mathcal Q(\theta,\theta^{\text{old}}).\tag{9.31}$$
#
# That is EM in general, for any model with hidden variables. Bishop repeats the two lines in a
# box (p. 440). In words: choose a start. **E step:** evaluate the posterior
# $p(\mathbf Z\mid\mathbf X,\theta^{\text{old}})$. **M step:** evaluate
# $\theta^{\text{new}}=\arg\max_\theta\mathcal Q(\theta,\theta^{\text{old}})$, which is (9.32),
# with $\mathcal Q$ the same average as before, (9.33). Check for convergence; if there is none,
#
# $$\theta^{\text{old}}\leftarrow\theta^{\text{new}}\tag{9.34}$$
#
# and go back to the E step. So (9.32) is (9.31), (9.33) is (9.30), and (9.34) closes the loop. Mind
# which step does what: the **E** step turns parameters into a distribution over labels, the **M**
# step turns that distribution into parameters.
#
# The cell writes (9.29) and (9.30) down literally, with all 32 labellings of the five trials at
# the biases 0.6 and 0.5. Look at how the posterior is spread. **Predict:** does the most probable
# labelling have most of the probability?

# %%
old = two_coins(0.6, 0.5)
log_joint = old.log_joint(coins_x)  # ln p(x_n, z_n = k), five rows, two columns
labellings = list(itertools.product([0, 1], repeat=5))
log_complete = np.array([sum(log_joint[n, k] for n, k in enumerate(z)) for z in labellings])
log_likelihood = np.log(np.exp(log_complete).sum())  # (9.29)
posterior = np.exp(log_complete - log_likelihood)  # p(Z | X, theta_old)
q_by_force = np.sum(posterior * log_complete)  # (9.30), at theta = theta_old
for i in np.argsort(-posterior)[:4]:
    names = " ".join("AB"[k] for k in labellings[i])
    print(f"{names}   posterior {posterior[i]:.4f}   ln p(X, Z) {log_complete[i]:.3f}")
print(f"average over all {len(labellings)}: Q = {q_by_force:.5f};  ln p(X) = {log_likelihood:.5f}")
assert np.isclose(log_likelihood, old.log_likelihood(coins_x), rtol=1e-12)

# %% [markdown] slideshow={"slide_type": "slide", "hide": ["(9.35)", "(9.37)", "(9.38)"]}
# The best labelling, B A A B A, has 14 % of the probability. It is often said that the E step
# "estimates the missing labels". It does nothing of the kind: it spreads its belief over all 32
# labellings, and $Q$ listens to each in proportion. Note also that $Q$ is *lower* than
# $\ln p(\mathbf X)$, by about three nats. Keep that in mind.
#
# ## 3 · For a mixture, the average is cheap
#
# Thirty-two terms for five trials means $2^{500}$ for five hundred. A mixture needs far fewer,
# because its observations are independent. Write a label as a row of zeros with a single one,
# $z_{nk}$. The complete data have the likelihood
#
# $$p(\mathbf X,\mathbf Z\mid\mu,\Sigma,\pi)=\prod_{n=1}^N\prod_{k=1}^K
# \pi_k^{z_{nk}}\,\mathcal N(\mathbf x_n\mid\mu_k,\Sigma_k)^{z_{nk}},\tag{9.35}$$
#
# where the exponents pick one factor a row. Its logarithm is a sum,
#
# $$\ln p(\mathbf X,\mathbf Z\mid\mu,\Sigma,\pi)=\sum_{n}\sum_{k}
# z_{nk}\,\{\ln\pi_k+\ln\mathcal N(\mathbf x_n\mid\mu_k,\Sigma_k)\},\tag{9.36}$$
#
# and if $\mathbf Z$ were known, each group could be fitted alone, with the share (9.37) of all
# points as its weight,
#
# $$\pi_k=\frac1N\sum_{n=1}^N z_{nk}.\tag{9.37}$$
#
# By Bayes' rule the posterior is (9.35) up to a factor that does not depend on $\mathbf Z$,
#
# $$p(\mathbf Z\mid\mathbf X,\mu,\Sigma,\pi)\propto\prod_{n}\prod_{k}
# \big[\pi_k\,\mathcal N(\mathbf x_n\mid\mu_k,\Sigma_k)\big]^{z_{nk}},\tag{9.38}$$
#
# a product over $n$: given the data, the labels of different points are independent, and each
# row of (9.38) may be normalised alone. The expectation of one indicator is therefore
#
# $$\mathbb E[z_{nk}]=0\cdot p(z_{nk}=0)+1\cdot p(z_{nk}=1)
# =\frac{\pi_k\,\mathcal N(\mathbf x_n\mid\mu_k,\Sigma_k)}
# {\sum_j\pi_j\,\mathcal N(\mathbf x_n\mid\mu_j,\Sigma_j)}=\gamma(z_{nk}),\tag{9.39}$$
#
# the responsibility. (The middle of (9.39) is loosely indexed in the book; the result is right.)
# Now average (9.36). It is *linear* in $z_{nk}$, so the average just puts $\gamma$ where $z$ was:
#
# $$\mathbb E_{\mathbf Z}[\ln p(\mathbf X,\mathbf Z\mid\mu,\Sigma,\pi)]=\sum_n\sum_k
# \gamma(z_{nk})\,\{\ln\pi_k+\ln\mathcal N(\mathbf x_n\mid\mu_k,\Sigma_k)\}.\tag{9.40}$$
#
# This is $Q$ for a mixture: $NK$ terms for $K^N$. The cell checks (9.35) to (9.40) on the coins,
# where a binomial stands for the Gaussian, against the 32 labellings. Look for one number three
# times.

# %%
gamma = bound.posterior(old, coins_x)
z = np.eye(2)[np.array(labellings)]  # z_nk of each labelling: shape (32, 5, 2)
as_product = np.prod(np.exp(log_joint) ** z, axis=(1, 2))  # (9.35)
as_sum = np.sum(z * log_joint, axis=(1, 2))  # (9.36)
by_rows = np.prod(gamma**z, axis=(1, 2))  # (9.38), each row normalised alone
expected_z = np.tensordot(posterior, z, axes=1)  # (9.39), over all labellings
q_short = np.sum(gamma * log_joint)  # (9.40)
assert np.allclose(np.log(as_product), log_complete) and np.allclose(as_sum, log_complete)
assert np.allclose(by_rows, posterior) and np.allclose(expected_z, gamma)
true_z = np.eye(2)[datasets.do_batzoglou().z]
assert np.allclose(true_z.mean(axis=0), [3 / 5, 2 / 5])  # (9.37), were the labels known
print("responsibilities of A:", expected_z[:, 0].round(3))
print(f"Q, 32 labellings  {q_by_force:.5f}")
print(f"Q, 10 terms       {q_short:.5f}")
print(f"emlib             {bound.q_function(old, coins_x, gamma):.5f}")

# %% [markdown] slideshow={"slide_type": "slide", "hide": ["\\frac{N_k}", "Predict: how many"]}
# All three are −36.15295. Two remarks. First, (9.40) contains $\ln\pi_k$. A widely read program
# drops it while it monitors its progress; for fixed equal weights that is a constant, otherwise
# it is another function. Second, for the mixtures of this course the log-joint is itself linear
# in a few functions of $\mathbf x_n$: for coins in $h$ and $t$, for Gaussians in $1$, $\mathbf x$
# and $\mathbf x\mathbf x^{\mathsf T}$. So $Q$ needs from the data only the $\gamma$-weighted sums
# of these, the *expected sufficient statistics*. That is what an E step really returns, and why
# two halves of a data set can be processed apart and added (`a + b` in `emlib`).
#
# ## 4 · The M step of (9.40) gives back lesson 06
#
# Maximise (9.40) for Gaussians, with $\gamma$ held. In the mean only the quadratic form counts:
#
# $$\frac{\partial\mathcal Q}{\partial\mu_k}=\Sigma_k^{-1}\sum_n\gamma_{nk}(\mathbf x_n-\mu_k)=0
# \;\Rightarrow\;\mu_k=\frac1{N_k}\sum_n\gamma_{nk}\mathbf x_n,$$
#
# which is (9.17), with $N_k=\sum_n\gamma_{nk}$, (9.18). For the covariance, with
# $S_k=\sum_n\gamma_{nk}(\mathbf x_n-\mu_k)(\mathbf x_n-\mu_k)^{\mathsf T}$,
#
# $$\frac{\partial\mathcal Q}{\partial\Sigma_k}
# =\tfrac12\Sigma_k^{-1}\,(S_k-N_k\Sigma_k)\,\Sigma_k^{-1}=0
# \;\Rightarrow\;\Sigma_k=\frac{S_k}{N_k},$$
#
# which is (9.19). And for the weights, with a Lagrange multiplier for $\sum_k\pi_k=1$,
#
# $$\frac{N_k}{\pi_k}+\lambda=0\;\Rightarrow\;\pi_k=\frac{N_k}{N}\quad(\lambda=-N),$$
#
# which is (9.22). (These are Bishop's exercises 9.8 and 9.9.) The formulas are those of lesson
# 06, but they have changed their meaning. There they were conditions that the *unknown* maximum
# of $\ln p$ fulfils, with a $\gamma$ that depends on it. Here $\gamma$ is a given table, and they
# are *the* solution, in one step. In each mean, with the rest held, $Q$ is a downward parabola.
#
# The cell writes one E step and one M step on the three clouds by hand, asserts that they are
# `emlib`'s, and lets 300 random rivals, all close by, try to beat the new parameters.
# **Predict:** how many have a larger $Q$? And how many a larger $\ln p$?

# %%
x = datasets.three_clusters(np.random.default_rng(0)).x
theta_0 = start.random_points(GaussianMixture, x, n_components=3, rng=2)
log_joint = theta_0.log_joint(x)
gamma = np.exp(log_joint - np.logaddexp.reduce(log_joint, axis=1, keepdims=True))  # (9.39)
n_k = gamma.sum(axis=0)  # (9.18)
means = gamma.T @ x / n_k[:, None]  # (9.17)
centred = x[:, None] - means  # one residual for each point and component
covariances = np.einsum("nk,nki,nkj->kij", gamma, centred, centred) / n_k[:, None, None]  # (9.19)
by_hand = GaussianMixture(n_k / len(x), means, covariances)  # weights: (9.22)
new = theta_0.m_step(theta_0.e_step(x)[0])
for name in ("weights", "means", "covariances"):
    assert np.allclose(getattr(by_hand, name), getattr(new, name), rtol=1e-9)
rng = np.random.default_rng(0)
rivals = [GaussianMixture(w, m, covariances * s) for w, m, s in zip(
    rng.dirichlet(300 * new.weights, 300), means + 0.03 * rng.normal(size=(300, 3, 2)),
    np.exp(0.05 * rng.normal(size=(300, 3, 1, 1))))]  # fmt: skip
q_new, log_p_new = bound.q_function(new, x, gamma), new.log_likelihood(x)
print("of 300 rivals,", sum(bound.q_function(m, x, gamma) > q_new for m in rivals), end=" ")
print("have a larger Q and", sum(m.log_likelihood(x) > log_p_new for m in rivals), end=" ")
print("a larger ln p")

# %% [markdown] slideshow={"slide_type": "slide"}
# None has a larger $Q$, so the M step did find its top. Some have a larger $\ln p$: the M step is
# *not* the best step for the likelihood. It maximises something else, and we have yet to show
# what that has to do with the likelihood.
#
# ## 5 · One identity
#
# Start again from the sum over everything that is hidden,
#
# $$p(\mathbf X\mid\theta)=\sum_{\mathbf Z}p(\mathbf X,\mathbf Z\mid\theta).\tag{9.69}$$
#
# Take *any* distribution $q(\mathbf Z)$ over the labels: the posterior, a wild guess, a uniform
# one. Bishop's claim is that
#
# $$\ln p(\mathbf X\mid\theta)=\mathcal L(q,\theta)+\mathrm{KL}(q\,\|\,p)\tag{9.70}$$
#
# with the two terms
#
# $$\mathcal L(q,\theta)=\sum_{\mathbf Z}q(\mathbf Z)\ln
# \Big\{\frac{p(\mathbf X,\mathbf Z\mid\theta)}{q(\mathbf Z)}\Big\},\tag{9.71}$$
#
# $$\mathrm{KL}(q\,\|\,p)=-\sum_{\mathbf Z}q(\mathbf Z)\ln
# \Big\{\frac{p(\mathbf Z\mid\mathbf X,\theta)}{q(\mathbf Z)}\Big\}.\tag{9.72}$$
#
# They look alike, but the first has the *joint* inside, the second the *posterior*. The proof is
# the product rule,
#
# $$\ln p(\mathbf X,\mathbf Z\mid\theta)=\ln p(\mathbf Z\mid\mathbf X,\theta)
# +\ln p(\mathbf X\mid\theta).\tag{9.73}$$
#
# Subtract $\ln q(\mathbf Z)$ on both sides of (9.73), multiply by $q(\mathbf Z)$ and sum over
# $\mathbf Z$. On the left stands (9.71). On the right the first two terms give *minus* (9.72),
# and the last, which does not depend on $\mathbf Z$, is multiplied by $\sum q=1$. So
# $\mathcal L=-\mathrm{KL}+\ln p(\mathbf X\mid\theta)$, and that is (9.70). Nothing was
# approximated and nothing assumed about $q$.
#
# One more fact. KL is never negative: since $\ln u\le u-1$,
# $-\mathrm{KL}=\sum q\ln(p/q)\le\sum q\,(p/q-1)=1-1=0$, with equality only where $p=q$ throughout.
# Hence $\mathcal L(q,\theta)\le\ln p(\mathbf X\mid\theta)$ for every $q$ and every $\theta$: a
# **lower bound**. It touches exactly when $q$ is the posterior at that $\theta$.
#
# The cell tests all five equations over the 32 labellings, with a $q$ drawn at random over the
# labellings (it need not even be a product over the trials), at $\theta$ = (0.6, 0.5).

# %%
from scipy.special import rel_entr

any_q = np.random.default_rng(1).dirichlet(np.ones(32))  # a probability for each labelling
joint = np.exp(log_complete)
assert np.isclose(np.log(joint.sum()), log_likelihood)  # (9.69)
assert np.allclose(log_complete, np.log(posterior) + log_likelihood)  # (9.73), 32 times
lower = np.sum(any_q * np.log(joint / any_q))  # (9.71)
gap = -np.sum(any_q * np.log(posterior / any_q))  # (9.72)
assert np.isclose(lower + gap, log_likelihood, rtol=1e-12)  # (9.70)
assert np.isclose(gap, rel_entr(any_q, posterior).sum())  # scipy's KL
print(f"random q:  bound {lower:.5f} + KL {gap:.5f} = {lower + gap:.5f}")
at_posterior = np.sum(posterior * np.log(joint / posterior))
print(f"posterior: bound {at_posterior:.5f}, and ln p(X) is {log_likelihood:.5f}")

# %% [markdown] slideshow={"slide_type": "slide"}
# Any $q$ gives the same total. A poor $q$ has a low bound and a large gap, the posterior a bound
# that is all of $\ln p$.
#
# Split the logarithm of the fraction in (9.71), and the bound falls into the two pieces that we
# shall use from now on, $\mathcal L(q,\theta)=Q+H$: the average of the log-joint under $q$, and
# the **entropy** $H(q)=-\sum q\ln q\ge0$, which measures how undecided $q$ is and does not know
# $\theta$. So the books must balance with three entries:
#
# $$\ln p(\mathbf X\mid\theta)=\underbrace{Q+H(q)}_{\mathcal L}+\mathrm{KL}.$$
#
# ### Exercise 07.1 · The four terms
#
# Write `four_terms(log_joint, q)`, which returns `(log_likelihood, q_function, entropy, kl)`, in
# this order. Both arguments are tables with one row an observation and one column a component:
# `log_joint` holds $\ln p(\mathbf x_n,z_n=k\mid\theta)$, and the rows of `q` sum to one. As $q$
# and the posterior are products over $n$, all terms are sums over the rows. The check uses many
# tables, the coins' among them. Hints: `hint("07.1", 1)`, then 2 and 3.


# %% tags=["exercise", "07.1"]
def four_terms(log_joint, q):
    # Your lines instead of the dots.
    ...


# %% tags=["solution", "07.1"]
def four_terms(log_joint, q):
    log_density = np.logaddexp.reduce(log_joint, axis=1)[:, None]
    q_function = np.sum(q * log_joint)  # (9.40)
    log_q = np.log(np.where(q > 0, q, 1))  # 0 ln 0 = 0
    entropy = -np.sum(q * log_q)
    kl = np.sum(q * (log_q - (log_joint - log_density)))  # (9.72)
    return log_density.sum(), q_function, entropy, kl


# %% tags=["check"]
check("07.1", four_terms)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 6 · Keep the books for two rounds
#
# Now follow the three entries through EM on the two coins, from 0.60 and 0.50. We begin with some
# $q$ that is *not* the posterior, 85 to 15 in favour of A for every trial; then E, M, E, M.
#
# **Predict** for each of the four steps: which of $Q$, $H$, KL and $\ln p$ change, and in which
# direction?


# %% slideshow={"slide_type": "slide"}
def entries(name, model, q):
    parts = bound.q_function(model, coins_x, q), bound.entropy(q), bound.kl(model, coins_x, q)
    a, b = model.biases
    print(f"{name:6s} {a:.4f} {b:.4f}", end="")
    print("".join(f"{v:11.5f}" for v in (*parts, parts[0] + parts[1], sum(parts))))
    return name, *parts


print("step    A      B            Q          H         KL      bound       ln p")
model, steps = two_coins(0.6, 0.5), []
steps.append(entries("any q", model, np.tile([0.85, 0.15], (5, 1))))
for _ in range(2):
    q = bound.posterior(model, coins_x)
    steps.append(entries("E", model, q))
    model = model.m_step(model.statistics(coins_x, q))
    steps.append(entries("M", model, q))
totals = [sum(step[1:]) for step in steps]
gain, promised = totals[2] - totals[1], sum(steps[2][1:3]) - sum(steps[1][1:3])
print(f"\nfirst M step: gain {gain:.5f} = gain of the bound {promised:.5f} + KL {steps[2][3]:.5f}")
fig, ax = plots.figure(width=7.4, height=3.6)
plots.ledger(steps, ax=ax)
alt = "Five columns, from Q up to ln p. First the gap KL lies over the entropy H; E steps close the gap "
plots.picture(fig, alt + "at the same ln p, M steps raise everything and open a small gap.")

# %% [markdown] slideshow={"slide_type": "slide", "hide": ["Predict, then try"]}
# The columns show the whole of EM. **The E step** leaves the parameters alone, so $\ln p$ (red)
# stays. Choosing the posterior for $q$ makes KL zero, so the bound (blue) must rise by exactly as
# much. **The M step** leaves $q$ alone, so $H$ stays. It raises $Q$, hence the bound, by 1.09664;
# and since the parameters have moved, the old posterior is no longer right, so KL opens to
# 0.13797. The log-likelihood gains both: 1.23460. Nothing else can happen.
#
# ## 7 · Why neither half-step can lower $\ln p$
#
# Put in words that a colleague will accept:
#
# - *E step.* $\theta$ is fixed, so $\ln p(\mathbf X\mid\theta)$ does not change at all. The
#   bound is maximised over $q$, and reaches $\ln p$: the touching of section 1.
# - *M step.* $q$ is fixed. $\mathcal L(q,\theta)$ is maximised over $\theta$, so it does not
#   fall. And $\ln p=\mathcal L+\mathrm{KL}$, where KL was zero before and cannot be less after.
#
# So $\ln p(\mathbf X\mid\theta^{\text{new}})\ge\mathcal L(q,\theta^{\text{new}})\ge
# \mathcal L(q,\theta^{\text{old}})=\ln p(\mathbf X\mid\theta^{\text{old}})$, the chain of section
# 1 with names. Seen so, both steps do the same thing: each maximises one function
# $\mathcal L(q,\theta)$ over one of its arguments, in turn. That makes room for variants. The M
# step need not *maximise*: any $\theta$ that raises $\mathcal L$ will do (**generalised EM**).
# The E step may renew $q$ for some of the points only (**incremental EM**). Section 13 takes a step of the first and sets the second as a challenge.
# And with a prior, maximise $Q+\ln p(\theta)$ in the M step: the same chain, with
# $\ln p(\theta)$ added to each member, shows that the posterior density of $\theta$ never falls
# (**MAP**, Bishop p. 441 and his exercise 9.4). Lesson 08 uses it against collapsing components.
#
# One caution. The book says (pp. 440, 451) that each round increases $\ln p$ unless it is at a
# (local) maximum. What the chain and section 10 show is: unless it is at a **stationary point**.
# The tie of two equal coins in lesson 04 was one, and no maximum.
#
# ## 8 · Break it and mend it
#
# Here is the coin of section 1 again. On the left are the books, on the right the red curve with
# the bound of the present $q$. At first $q$ has 60 % noise: it is the posterior mixed with a
# uniform distribution.
#
# **Predict**, then try. Move the noise to 0: what happens to KL, and to the red dot? Move the
# bias by hand: where does the bound leave the curve? Then press **E** (the bound snaps to the red
# dot), **M** (the dot goes to above the bound's top), and so on, until nothing moves.

# %% tags=["widget"]
panel = widgets.bound_panel(coins_x)
panel

# %% [markdown]
# Without a kernel, or on paper: the same panel in four states, at the start, then after E, after
# M, and after another E.

# %%
panel.twin()

# %% [markdown] slideshow={"slide_type": "slide"}
# The strip shows the noisy $q$ with its gap below the red dot, E closing it without moving the
# dot, M moving the dot to above the top of the blue arch, where a gap opens, and E closing that
# too. With noise the arch still lies below the red curve everywhere. It just touches nowhere, and
# then an M step *may* lower $\ln p$: the proof needs the E step as much as the M step.
#
# ## 9 · The bound is Q plus the entropy
#
# In EM, $q$ is the posterior at the old parameters. Put it into (9.71):
#
# $$\mathcal L(q,\theta)=\sum_{\mathbf Z}p(\mathbf Z\mid\mathbf X,\theta^{\text{old}})
# \ln p(\mathbf X,\mathbf Z\mid\theta)-\sum_{\mathbf Z}p(\mathbf Z\mid\mathbf X,\theta^{\text{old}})
# \ln p(\mathbf Z\mid\mathbf X,\theta^{\text{old}})=\mathcal Q(\theta,\theta^{\text{old}})
# +\text{const}.\tag{9.74}$$
#
# The constant in (9.74) is minus the average of $\ln q$, which is **plus the entropy**, $+H(q)$.
# (The sentence after it in the book says "the negative entropy". The formula is right, the word
# is a slip, and the sign matters: the entropy lifts $Q$ *up* to touch.) A constant does not move
# the top, so maximising $Q$ or the bound is the same. But to *see* a bound, the constant is
# needed.
#
# The cell draws the picture at the heart of this lesson, on the three clouds after three rounds
# of EM. One number, $\mu_{00}$ (the first coordinate of the first mean), moves along the axis;
# all other parameters stay at $\theta^{\text{old}}$. Red is $\ln p$ (9.14), blue is $Q+H$, dashed
# is $Q$ alone. **Predict** the shape of the dashed curve, and whether the red one has it too.


# %% slideshow={"slide_type": "slide"}
def along(model, q):
    """ln p and Q on the slice of mu_00 through a model, for a fixed q."""
    means = np.repeat(model.means[None], len(grid), axis=0)
    means[:, 0, 0] = grid
    slices = [GaussianMixture(model.weights, m, model.covariances).log_joint(x) for m in means]
    return np.logaddexp.reduce(slices, axis=2).sum(axis=1), np.sum(q * slices, axis=(1, 2))


grid = np.linspace(-3, 7, 201)
models = [step.model for step in itertools.islice(em.iterate(theta_0, x), 14)]
old = models[3]
q = bound.posterior(old, x)
entropy = bound.entropy(q)
log_p, q_slice = along(old, q)
assert np.all(log_p >= q_slice + entropy)
print(f"at theta_old: ln p {old.log_likelihood(x):.3f}, Q", end=" ")
print(f"{bound.q_function(old, x, q):.3f}, H {entropy:.3f}")
for name, bends in (("Q", np.diff(q_slice, 2)), ("ln p", np.diff(log_p, 2))):
    print(f"second differences of {name}: from {bends.min():.4f} to {bends.max():.4f}")
place = {"theta_old": old.means[0, 0], "near": ((0, 2), (-3145, -3108))}
fig = plots.bound_slice(grid, log_p, q_slice, entropy, xlabel=r"$\mu_{00}$", **place)
alt = "Red curve, and a blue parabola below it that touches it at a dot. Dashed, the same parabola "
plots.picture(fig, alt + "296 nats lower. Close up, the blue top lies right of the dot, below red.")

# %% [markdown] slideshow={"slide_type": "slide"}
# The picture shows a **true lower bound**: blue lies below red everywhere, and meets it at
# $\theta^{\text{old}}$, where the two have the same slope. Its top lies uphill from there. The
# dashed $Q$ has exactly the same shape, 296.270 nats lower, and touches nothing. Its second
# differences are one and the same number throughout, so it is a parabola, concave. Those of
# $\ln p$ vary and even change sign: neither concave nor convex. (The bound is *concave* here. If
# you read that it is "convex", the author was thinking of minimising.)
#
# ## 10 · Touching smoothly
#
# The same slope is no accident. The gap $\ln p-\mathcal L=\mathrm{KL}$ is zero at
# $\theta^{\text{old}}$ and nowhere negative, so it has a minimum there, and its gradient is zero:
#
# $$\nabla\ln p(\mathbf X\mid\theta)\Big|_{\theta^{\text{old}}}
# =\nabla\mathcal Q(\theta,\theta^{\text{old}})\Big|_{\theta^{\text{old}}}$$
#
# (Bishop's exercise 9.25; statisticians call it Fisher's identity). So where EM stands still inside
# the parameter space, $\nabla\mathcal Q=0$ and therefore $\nabla\ln p=0$: a stationary point of the
# likelihood. (A run may also collapse, and reach none: lesson 06.)
#
# ### Exercise 07.2 · Two slopes
#
# Write `slopes(x, biases, biases_old)` for two coins with equal priors. Return two arrays of two
# numbers: the gradient of $\ln p$ at `biases`, and the gradient, at the same `biases`, of the
# bound whose $q$ is the posterior at `biases_old`. Central differences or a formula, as you like.
# The check wants five correct digits. Which of the two needs `biases_old`?


# %% tags=["exercise", "07.2"]
def slopes(x, biases, biases_old):
    # Your lines instead of the dots.
    ...


# %% tags=["solution", "07.2"]
def slopes(x, biases, biases_old):
    def log_joint(biases):
        return np.log(0.5) + x @ np.log([biases, 1 - np.asarray(biases)])

    def log_p(biases):
        return np.logaddexp.reduce(log_joint(biases), axis=1).sum()

    def gradient(f, h=1e-5):
        return np.array([(f(biases + e) - f(biases - e)) / (2 * h) for e in h * np.eye(2)])

    old = log_joint(biases_old)
    q = np.exp(old - np.logaddexp.reduce(old, axis=1, keepdims=True))
    return gradient(log_p), gradient(lambda b: np.sum(q * log_joint(b)))  # H is a constant


# %% tags=["check"]
check("07.2", slopes)

# %% [markdown]
# At 0.6 and 0.5 both gradients are the same pair of numbers, about 14 and 6.5 (a solved exercise
# prints them). Away from $\theta^{\text{old}}$ they part.
#
# ## 11 · A published picture
#
# The public repository that our three clouds come from animates its fit: in each round it moves one
# mean and plots two curves, red for "the complete-data log likelihood", blue for its approximation
# by the E step. It is a fine idea. Its recipe, in our words: *after the M step, keep the
# responsibilities of the E step before. Move one coordinate of a mean, the other parameters being
# the new ones. Plot (9.14) in red, and $\sum_n\sum_k\gamma_{nk}\{\ln\pi_k+\ln\mathcal N_k\}$ in
# blue.* In its pictures the blue curve lies far below the red one.
#
# ### Exercise 07.3 · Which curve was drawn?
#
# Fill in three answers: the name of the blue curve (`"Q"`, `"Q + H"` or `"ln p"`); by how many
# nats such a curve lies too low at the old parameters, for the run of section 9 (`old`, `q` and
# `x` are still there); and whether the repository's slice passes through
# $\theta^{\text{old}}$ (`"yes"` or `"no"`).

# %% tags=["exercise", "07.3"]
curve = ...  # "Q", "Q + H" or "ln p"
missing = ...  # nats, at the old parameters
through_theta_old = ...  # "yes" or "no"

# %% tags=["solution", "07.3"]
curve = "Q"  # responsibilities times log-joint, and nothing added
missing = bound.entropy(q)  # +H(q), the constant of (9.74)
through_theta_old = "no"  # the other means, covariances and weights are new already

# %% tags=["check"]
check("07.3", curve, missing, through_theta_old)

# %% [markdown]
# (Nor is red the *complete*-data log-likelihood: (9.14) is that of the incomplete data.) The
# animation below shows thirteen rounds, on the left by that recipe, on the right with the entropy
# added and the slice through the old parameters.
#
# **Predict:** on the left, where does the blue top lie? On the right, will the distance $H$ grow
# or shrink as the fit gets better?
#
# The first lines printed settle something practical. The same program stops when its $Q$ no
# longer rises. Is $Q(\theta^{\text{new}},\theta^{\text{old}})$ sure to rise from round to round,
# as $\ln p$ is? The table follows eight points on a line.

# %%
from emlib import GaussianMixture1D

line = np.random.default_rng(3).normal(size=8).round(1)
model = GaussianMixture1D([0.5, 0.5], line[:2], [1.0, 1.0])
print("round       Q        H     ln p")
for before, after in itertools.pairwise(itertools.islice(em.iterate(model, line), 6)):
    r = bound.posterior(before.model, line)
    print(f"{after.iteration:4d} {bound.q_function(after.model, line, r):9.3f}", end="")
    print(f"{bound.entropy(r):9.3f}{after.objective:9.3f}")
frames = []
for i, (before, after) in enumerate(itertools.pairwise(models), start=1):
    r = bound.posterior(before, x)
    log_p, q_slice = along(before, r)
    frame = {"name": f"round {i}", "before": (log_p, q_slice + bound.entropy(r), q_slice)}
    frame |= {"after": along(after, r), "theta_old": before.means[0, 0]}
    frames.append(frame | {"theta_new": after.means[0, 0]})
plots.slice_film(
    grid,
    frames,
    xlabel=r"$\mu_{00}$",
    ylim=(-4100, -2850),
    alt="Left: a dashed parabola far below a red curve. Right: a blue parabola that touches the red "
    "curve at a dot, in each round at another place.",
)

# %% [markdown]
# On the left the dashed parabola never meets the red curve, and its top stands exactly below the
# red dot: at the new mean, because the M step put it there. From this picture one cannot see why
# the likelihood must rise. On the right one can. The dot is always where blue touches red, the
# top of the blue curve is always uphill from it, and $H$ shrinks as the labels become clearer.
#
# And the table: $\ln p$ rises in every round, $Q$ falls in every round. The two components
# spread over the same points, $q$ becomes *less* decided, and the growing $H$ more than pays for
# the falling $Q$. $Q$ of one round and $Q$ of the next are different functions; only within a
# round may they be compared. Stop on $\ln p$, never on $Q$.
#
# ## 12 · A hill beside a higher hill
#
# The bound shows why EM goes up, and also where it cannot go. Move one mean. On the way to its top
# the blue parabola is at least as high as the place where you stand; red is above blue, so it is
# too. Such a step therefore never crosses a valley that lies lower than its start. The panel lets
# you build the hills. There are three clusters and only two components: a wide one over everything,
# and a narrow one whose mean $\mu_{00}$ is moved. Set the clusters with the first three sliders:
# where the middle one is, how wide all are, and how large the left one is. A filled triangle marks
# the highest maximum of this slice, an open one a lower maximum.
#
# **Predict:** which share of the left cluster makes the two hills equally high? Then move the
# narrow mean, and say before each move which hill its bound will climb.

# %% tags=["widget"]
hills = widgets.hills_panel(0)
hills

# %% [markdown]
# In print: the setting above, a smaller left cluster, wider clusters, and another start.

# %% slideshow={"slide_type": "slide"}
hills.twin([{}, {"share": 0.25}, {"spread": 1.8}, {"mean": 1.5}])

# %% [markdown]
# The upper row shows points and components, the lower row the slice of $\ln p$ with the bound. Each
# has a **local maximum beside the global one**. With a share of 0.25 the two change places, though
# the narrow component has not moved: from 4 it now climbs the higher hill. A start at 1.5 climbs
# the left one. (It is the likelihood that has several hills; each *bound* has one.)
#
# ## 13 · EM and its relatives on the same hill
#
# Is EM *better* than other climbers? The repository of section 11 says that gradient descent gets
# stuck where EM performs way better (a newer version takes some of that back). Section 10 hands
# us all we need for a contest: one E step gives $\ln p$ *and*, by the tangent property, its
# gradient, because $\nabla\mathcal Q$ needs only the expected sufficient statistics.
#
# The cell puts the parameters of a three-component mixture into one free vector: logarithms of
# the weights, the means, and matrices $A_k$ with $\Sigma_k=A_kA_k^{\mathsf T}$, so that any vector
# is a valid model. The derivatives are those of section 4; the last one is carried to $A_k$ by
# the chain rule. (The signs are turned and the sums divided by $N$, as the optimisers of `scipy`
# minimise.) Look for two things: the gradient agrees with central differences, and
# one small step along it raises $Q$ *and* $\ln p$. Such a step is a **generalised M step**.


# %%
from scipy.optimize import check_grad, minimize


def to_model(v):
    weights, a = np.exp(v[:3] - v[:3].max()), v[9:].reshape(3, 2, 2)
    return GaussianMixture(weights / weights.sum(), v[3:9].reshape(3, 2), a @ a.mT)


def minus_log_p(v):
    model = to_model(v)
    s, log_p = model.e_step(points)
    heights.append(log_p)
    n_k, step = s.n_k[:, None, None], (s.means - model.means)[:, :, None]
    p = np.linalg.inv(model.covariances)
    of_a = (p @ (s.scatters + n_k * step @ step.mT) - n_k * np.eye(2)) @ p @ v[9:].reshape(3, 2, 2)
    slopes = s.n_k - len(points) * model.weights, n_k * p @ step, of_a
    return -log_p / len(points), -np.concatenate([np.ravel(s) for s in slopes]) / len(points)


points, heights = x, []
v = np.concatenate([np.log(old.weights), *old.means, np.linalg.cholesky(old.covariances).ravel()])
assert check_grad(lambda u: minus_log_p(u)[0], lambda u: minus_log_p(u)[1], v) < 1e-4
further = to_model(v - 0.01 * minus_log_p(v)[1])
rise = bound.q_function(further, x, q) - bound.q_function(old, x, q)
print(f"Q rises by {rise:.3f}, ln p by {further.log_likelihood(x) - old.log_likelihood(x):.3f}")

# %% [markdown] slideshow={"slide_type": "slide"}
# Now the contest. All begin at the same 16 points, drawn by that repository's recipe: three data
# points as means, and $A_k$ with random normal entries. **EM** runs as always. **Gradient
# ascent** takes 300 steps of fixed length, and **L-BFGS** is the quasi-Newton method of `scipy`.
# A run that breaks down, because a component collapses (lesson 06), counts as lost. The cost is
# counted in passes over the data: an E step, or a value with its gradient.
#
# The last lines add noise to all points, so that the clouds overlap heavily, and let EM and
# L-BFGS climb from one and the same start until 0.1 nats below the summit.
#
# **Predict** who reaches the best known maximum, −2902.29, how often, and who is faster where.

# %% slideshow={"slide_type": "slide", "show": ["output"]}
from contextlib import suppress

climbers = {
    "EM": lambda v: heights.extend(em.fit(to_model(v), points, tol=1e-9, max_iter=5000).history),
    "gradient ascent": lambda v: [v := v - 0.1 * minus_log_p(v)[1] for _ in range(300)],
    "L-BFGS": lambda v: minimize(minus_log_p, v, jac=True, method="L-BFGS-B"),
}
rng, cost = np.random.default_rng(1), {}
starts = [[*x[rng.choice(1000, 3, replace=False)], rng.standard_normal(12)] for _ in range(16)]
for name, climb in climbers.items():
    cost[name] = []
    for means_and_a in starts:
        heights.clear()
        with suppress(ValueError):  # a component collapsed
            climb(np.concatenate([np.zeros(3), *means_and_a]))
        cost[name] += [i for i, height in enumerate(heights) if height > -2902.30][:1]
    print(f"{name:16s} reaches −2902.29 from {len(cost[name]):2d} of 16 starts")
points, slow = x + np.random.default_rng(0).normal(size=x.shape), {}
for name in ("EM", "L-BFGS"):
    heights.clear()
    climbers[name](np.r_[0, 0, 0, points[[100, 600, 900]].ravel(), np.tile([1, 0, 0, 1], 3)])
    slow[name] = np.argmax(np.array(heights) > max(heights) - 0.1)
    print(f"{name:16s} ends in the fog at {max(heights):.2f}")
assert 15 < np.median(cost["EM"]) < 45 < np.median(cost["L-BFGS"]) < 120
assert 4 * slow["L-BFGS"] < 200 < slow["EM"] < 300

# %% [markdown] slideshow={"slide_type": "slide", "hide": ["EM and L-BFGS reach", "Challenge", "Predict how"]}
# An honest verdict, for these data:
#
# - EM and L-BFGS reach the summit about equally often, but *not always from the same starts*.
#   Neither knows of other hills. It is not true that EM does not get stuck, nor that L-BFGS is
#   stuck more often.
# - Where the clouds are distinct, EM is the cheaper one: some thirty passes in the median, where
#   L-BFGS needs two to three times as many. Gradient ascent, with the one step length that we
#   gave it, arrives nowhere. It has a step length to be tuned, and EM has none.
# - Where the clouds overlap, the tables turn. In the fog EM creeps for over two hundred passes,
#   L-BFGS needs a few tens. The bound is more curved than $\ln p$, because it treats the
#   responsibilities as if they were known (section 9); the more the labels are in doubt, the
#   narrower it is by comparison, and the shorter are EM's steps.
# - EM keeps weights and covariances valid by itself and never goes down. So one begins with it; a
#   quasi-Newton method is a good finish.
#
# **Challenge (without a check): incremental EM.** Cut `x` into ten blocks `x[i::10]` and keep ten
# statistics, `model.e_step(block)[0]`. Renew one of them, add all ten up (they have a `+`), take
# an M step with the sum, and go on to the next block. Each such step raises
# $\mathcal L(q,\theta)$, as section 7 says. Compare with EM how many passes over *all* points it
# takes to come within 0.01 nats of −2902.29. You should find about half as many.
#
# ## 14 · A limit that you know: K-means
#
# Lesson 03 assigned each point to its nearest centroid and gave a cluster's mean to its centroid.
# Let all components share the covariance $\epsilon I$, held fixed and not learned:
#
# $$p(\mathbf x\mid\mu_k,\Sigma_k)=\frac1{(2\pi\epsilon)^{D/2}}
# \exp\Big\{-\frac1{2\epsilon}\|\mathbf x-\mu_k\|^2\Big\}.\tag{9.41}$$
#
# (In the book the factor in (9.41) has the power ½; that is the case $D=1$.) The responsibilities
# are
#
# $$\gamma(z_{nk})=\frac{\pi_k\exp\{-\|\mathbf x_n-\mu_k\|^2/2\epsilon\}}
# {\sum_j\pi_j\exp\{-\|\mathbf x_n-\mu_j\|^2/2\epsilon\}}.\tag{9.42}$$
#
# As $\epsilon\to0$, in (9.42) all terms vanish, but that of the nearest $\mu_j$ vanishes slowest:
# $\gamma$ tends to 1 for the nearest centroid and to 0 for the others, whatever the weights. The
# E step becomes the assignment, the M step the mean of those assigned. And $Q$ becomes
#
# $$\mathbb E_{\mathbf Z}[\ln p(\mathbf X,\mathbf Z\mid\mu,\Sigma,\pi)]\to
# -\frac12\sum_n\sum_k r_{nk}\|\mathbf x_n-\mu_k\|^2+\text{const},\tag{9.43}$$
#
# so that maximising it is minimising the distortion $J$ of (9.1). Literally, though, (9.43) has
# no limit on its left, which falls like $-J/2\epsilon$. What converges is $\epsilon$ *times* $Q$,
# to $-J/2$. The table follows it for 100 points about two centroids, ten apart, with weights 0.3
# and 0.7. The last column is the share of the second component in a point that lies a little
# nearer to the first, at 4.9 of the ten. **Predict** how small $\epsilon$ must be for that point
# to be decided.

# %%
from emlib import KMeans

centroids = np.array([[0.0, 0.0], [10.0, 0.0]])
cloud = np.random.default_rng(0).normal(size=(100, 2)) + np.repeat(centroids, 50, axis=0)
half = ((cloud[:, None] - centroids) ** 2).sum(axis=2).min(axis=1).sum() / 2  # J / 2 (9.1)
print("epsilon           Q      epsilon Q    in doubt")
for epsilon in (10, 1, 0.1, 1e-2, 1e-4, 1e-6):
    model = GaussianMixture([0.3, 0.7], centroids, [epsilon * np.eye(2)] * 2)  # (9.41)
    r = bound.posterior(model, cloud)  # (9.42)
    q_value = bound.q_function(model, cloud, r)
    doubt = model.responsibilities([[4.9, 0.0]])[0, 1]
    print(f"{epsilon:7.0e}  {q_value:12.4g}   {epsilon * q_value:10.6g}    {doubt:.4f}")
    if epsilon == 1e-4:
        hard = GaussianMixture([0.5, 0.5], cloud[[0, 99]], [epsilon * np.eye(2)] * 2)
        next_soft = hard.m_step(hard.e_step(cloud)[0]).means
        next_hard = KMeans(cloud[[0, 99]]).m_step(KMeans(cloud[[0, 99]]).e_step(cloud)[0]).centroids
        assert np.allclose(next_soft, next_hard)  # one round of EM is one round of K-means
print(f"{'-J/2':>7s}  {'':12s}   {-half:10.5f}")

# %% [markdown]
# The column of $\epsilon Q$ arrives at −92.40978, while that of $Q$ runs away. The doubtful point is
# decided below $\epsilon=0.1$; at $\epsilon=10$ the heavier component claims it although it is
# farther away. So K-means is EM for
# Gaussians of one, common, vanishing size: hard where EM is soft, blind to weights, and unable to
# learn a shape. It does not "implement EM", as one reads; it is a limit of a special case.
#
# ### Exercise 07.4 · Take the limit yourself
#
# Write `scaled_q(x, centroids, weights, epsilon)`, which returns $\epsilon$ times (9.40) for the
# mixture of (9.41), with the responsibilities of (9.42), in any dimension $D$. Mind that at
# $\epsilon=10^{-4}$ every density underflows.


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

# %% [markdown] slideshow={"slide_type": "slide", "hide": ["Print $"]}
# ## 15 · Easily confused
#
# | You may hear | What is so |
# | --- | --- |
# | The E step estimates the missing labels. | It computes their distribution; 14 % was the most that any labelling had (section 2). |
# | $Q$ is the lower bound. | $Q+H$ is. $Q$ lies $H$ below, and touches nothing (section 9). |
# | The constant in (9.74) is the negative entropy. | It is plus the entropy: minus the average of $\ln q$. |
# | The bound is convex. | As a function of a mean it is concave, and $\ln p$ is neither. We maximise. |
# | (9.14) is the complete-data log-likelihood. | It is the *incomplete*-data one: no label occurs in it. Complete is (9.36). |
# | The E step finds the parameters, given the assignments. | That is the M step. E: a distribution from parameters. M: parameters from a distribution. |
# | $Q$ rises from round to round. | Within a round only. Between rounds it is another function, and may fall (section 11). |
# | The M step is the best step. | It is best for the bound. Other steps may gain more likelihood (section 4), without a guarantee. |
# | EM does not get stuck. | It stops at stationary points, as gradient methods do (section 13). |
#
# ## 16 · In practice
#
# - Print $\ln p$ in every round, and assert that it does not fall. A fall beyond rounding is a bug:
#   in the E step, in the M step, or in $\ln p$. Few algorithms hand you such a test.
# - Stop on $\ln p$, not on $Q$. At the end of an E step the bound *is* $\ln p$, so a program
#   that reports a "lower bound" there reports the log-likelihood.
# - Check a new model's M step by section 10: after it, the gradient of $Q$ is zero. Check its E step
#   by brute force over all labellings of four or five points.
# - If EM creeps, the labels are in doubt. Run it for a while, then hand over to L-BFGS.
#
# ## 17 · Take away
#
# - **(9.30), (9.31)** $Q$ averages the complete-data log-likelihood over the old posterior; for a
#   mixture that is (9.40), with $\gamma$ where $z$ was.
# - **(9.70) to (9.73)** For every $q$: $\ln p=Q+H+\mathrm{KL}$. The product rule proves it.
# - **E** maximises $\mathcal L(q,\theta)$ over $q$, and makes it touch. **M** maximises it over
#   $\theta$. So $\ln p$ never falls.
# - The bound touches smoothly: $\nabla\mathcal Q=\nabla\ln p$ at $\theta^{\text{old}}$. If EM
#   converges inside the parameter space, it is to a stationary point.
# - K-means is the limit of vanishing, shared covariances.
#
# **The question it leaves.** The proof says *never down*. It does not say how far, how fast, or
# to which hill; and in lesson 06 the likelihood had no highest point at all. How do you notice
# that a run which "converged" is worthless, and what do you do then? That is
# [lesson 08](08_when_em_goes_wrong.ipynb).
#
# **Further reading**
#
# - C. M. Bishop, *Pattern Recognition and Machine Learning*, Springer (2006), pp. 439-444 for
#   (9.29) to (9.43), pp. 450-455 for EM in general, with figures 9.11 to 9.14, which are our
#   columns and curves.
# - A. P. Dempster, N. M. Laird and D. B. Rubin, "Maximum likelihood from incomplete data via the
#   EM algorithm", *Journal of the Royal Statistical Society B* 39, 1-38 (1977): the theorem, and
#   generalised EM.
# - C. F. J. Wu, "On the convergence properties of the EM algorithm", *The Annals of Statistics* 11,
#   95-103 (1983): what "unless stationary" means exactly.
# - R. M. Neal and G. E. Hinton, "A view of the EM algorithm that justifies incremental, sparse,
#   and other variants", in *Learning in Graphical Models*, ed. M. I. Jordan (1998), pp. 355-368:
#   section 7, and the challenge.
# - R. Romijnders, the repository RobRomijnders/EM: the animation of section 11. Its wish to *show*
#   the bound is the reason for this lesson's pictures.
#
# **Previous:** [06 · Fit tilted clouds with Gaussian mixtures in N dimensions](06_gmm_nd.ipynb).
# **Next:** [08 · When EM goes wrong](08_when_em_goes_wrong.ipynb). To see which exercises you have
# solved, call `progress()` in a new cell.
