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
# In no correct run of this course did the log-likelihood ever fall. Yet no M step looked at it:
# each maximised another function, the $Q$ of lesson 04. **Why does climbing $Q$ always climb the
# likelihood?** The proof is short, and it holds for *any* model with hidden variables. We follow
# Bishop's sections 9.3 and 9.4: (9.29) to (9.43) and (9.69) to (9.74).
#
# **After this lesson you can**
#
# - write $Q$ as an average over the posterior of the labels, and compute it in two ways;
# - split any log-likelihood into $Q$, an entropy and a divergence;
# - prove that neither the E step nor the M step can lower the log-likelihood;
# - draw the true lower bound, and tell it from $Q$ alone;
# - say in which sense K-means is a limit of EM.
#
# **Time** about 75 minutes, three exercises included. **You need** [lesson 04](04_two_coins.ipynb)
# for the coins, lesson 06 for the three clouds, derivatives, logarithms, and averages under a
# probability distribution. Symbols are listed in [00 · Start here](00_start_here.ipynb).
#
# ## 1 · Climb a hill from below
#
# You stand on a hilly curve, the red one below, and want to go up. It is
# hard to maximise. But suppose that wherever you stand, somebody gives you a purple curve that
#
# 1. lies **below** the red one, everywhere;
# 2. **touches** it where you stand;
# 3. is easy to maximise.
#
# You walk to the top of the purple curve, and ask for a new one there. The cells do this three
# times, on the five coin trials of lesson 04. Coin B is fair; the bias of coin A is unknown, and we
# start at 0.25.
#
# **Predict:** can such a walk ever end lower on the red curve than it began? And which of the
# three walks is the longest?

# %%
import itertools

import numpy as np

from emlib import CoinMixture, GaussianMixture, bound, datasets, em, plots, start, widgets
from emlib.exercises import check, hint, progress, solution


def two_coins(a, b=0.5):
    return CoinMixture([a, b], [0.5, 0.5], fixed_weights=True)


coins_x = datasets.do_batzoglou().x  # heads and tails of five trials

# %% [markdown]
# In the picture a dot marks where a purple curve touches, a triangle its top.

# %% slideshow={"slide_type": "slide"}
biases = np.linspace(0.05, 0.95, 91)
red = [two_coins(a).log_likelihood(coins_x) for a in biases]
places, purple = [0.25], []
for _ in range(3):
    here = two_coins(places[-1])
    q = bound.posterior(here, coins_x)
    purple.append([bound.elbo(two_coins(a), coins_x, q) for a in biases])
    places.append(here.m_step(here.statistics(coins_x, q)).biases[0])
fig, ax = plots.figure(width=6.8, height=3.4)
plots.climb(biases, red, purple, places, label_at=0.82, ax=ax)
ax.set(xlabel="bias of coin A", ylim=(-44, -30.5))
plots.picture(fig, "07.climb")

# %% [markdown] slideshow={"slide_type": "slide"}
# The picture shows that every walk ends higher. It must: the top of the purple curve is at least as
# high as the start, and red is at least as high as purple:
#
# $$\text{red(new)}\;\ge\;\text{purple(new)}\;\ge\;\text{purple(old)}\;=\;\text{red(old)}.$$
#
# **That is the whole proof.** What remains is to find the purple curve. The first walk is the
# longest.
#
# **Do it yourself.** In the panel **M** walks to the top of the purple curve, and **E** asks for a
# new one. Press M, E, M, E until nothing moves. Watch the line below the picture: which button
# changes $\ln p$, and which the bound? Then drag the red dot along its curve, or use the slider: does
# a curve move before you press E? (Leave the noise at 0. The left part is for section 6.)

# %% tags=["widget"]
panel = widgets.bound_panel(coins_x, 0.25, noise=0.0)
panel

# %% [markdown]
# In print: the start, then M, E and M.

# %%
panel.twin()

# %% [markdown] slideshow={"slide_type": "slide", "hide": ["Predict: does", "(9.34)"]}
# The strip shows that M moves the red dot, and that E lifts the bound up to it. Dragging moves no
# curve: the bound stays until the next E.
#
# ## 2 · The general algorithm: an average over what we do not know
#
# Now EM. Collect all labels in $\mathbf Z$. The likelihood of what we saw is a sum over what we
# did not see:
#
# $$\ln p(\mathbf X\mid\theta)=\ln\Big\{\sum_{\mathbf Z}p(\mathbf X,\mathbf Z\mid\theta)\Big\}
# \tag{9.29}$$
#
# If we knew $\mathbf Z$, we would maximise $\ln p(\mathbf X,\mathbf Z\mid\theta)$. We do not. But
# with the present parameters we know how *probable* each $\mathbf Z$ is. So take the average:
#
# $$\mathcal Q(\theta,\theta^{\text{old}})=\sum_{\mathbf Z}
# p(\mathbf Z\mid\mathbf X,\theta^{\text{old}})\,\ln p(\mathbf X,\mathbf Z\mid\theta).\tag{9.30}$$
#
# The *old* parameters are held; they make the weights of the average. The *new* ones are free, so we
# choose them best:
#
# $$\theta^{\text{new}}=\arg\max_\theta\;\mathcal Q(\theta,\theta^{\text{old}}).\tag{9.31}$$
#
# That is EM in general. Bishop repeats it as a list (p. 440). **E step:** evaluate $p(\mathbf Z\mid\mathbf X,\theta^{\text{old}})$. **M step:** evaluate (9.31),
# there called (9.32), with the $Q$ of (9.30), there called (9.33). Until it has converged, (9.34) closes the loop,
#
# $$\theta^{\text{old}}\leftarrow\theta^{\text{new}}\tag{9.34}$$
#
# and the E step follows. Keep the two apart: **E** turns parameters into a distribution over
# labels, **M** turns that distribution into parameters.
#
# The cell computes (9.29) and (9.30) literally, with all 32 labellings of the five trials, at the
# biases 0.6 and 0.5. **Predict:** does the most probable labelling have most of the probability?

# %%
old = two_coins(0.6, 0.5)
log_joint = old.log_joint(coins_x)  # ln p(x_n, z_n = k), five rows, two columns
labellings = np.array(list(itertools.product([0, 1], repeat=5)))
log_complete = log_joint[range(5), labellings].sum(axis=1)  # ln p(X, Z), one per labelling
log_likelihood = np.log(np.exp(log_complete).sum())  # (9.29)
posterior = np.exp(log_complete - log_likelihood)  # p(Z | X, theta_old)
q_by_force = np.sum(posterior * log_complete)  # (9.30), at theta = theta_old
for i in np.argsort(-posterior)[:4]:
    names = " ".join("AB"[k] for k in labellings[i])
    print(f"{names}   posterior {posterior[i]:.4f}   ln p(X, Z) {log_complete[i]:.3f}")
print(f"average over all {len(labellings)}: Q = {q_by_force:.5f};  ln p(X) = {log_likelihood:.5f}")

# %% [markdown] slideshow={"slide_type": "slide", "hide": ["(9.35)", "(9.37)", "(9.38)"]}
# No: B A A B A, the best one, has 14 %. So the E step does not "estimate the missing labels" ([T1](sources.md)).
# It computes how probable each labelling is, and $Q$ counts each in proportion. Note also that $Q$
# is about three nats *lower* than $\ln p(\mathbf X)$. Section 9 explains why.
#
# ## 3 · For a mixture, the average is cheap
#
# Five trials have 32 labellings, but 500 have $2^{500}$. A mixture needs far fewer terms, because
# its observations are independent. With $z_{nk}=1$ where point $n$ comes from component $k$, and 0
# elsewhere, the complete data have the likelihood
#
# $$p(\mathbf X,\mathbf Z\mid\mu,\Sigma,\pi)=\prod_{n=1}^N\prod_{k=1}^K
# \pi_k^{z_{nk}}\,\mathcal N(\mathbf x_n\mid\mu_k,\Sigma_k)^{z_{nk}},\tag{9.35}$$
#
# and its logarithm is a sum,
#
# $$\ln p(\mathbf X,\mathbf Z\mid\mu,\Sigma,\pi)=\sum_{n}\sum_{k}
# z_{nk}\,\{\ln\pi_k+\ln\mathcal N(\mathbf x_n\mid\mu_k,\Sigma_k)\}.\tag{9.36}$$
#
# If $\mathbf Z$ were known, each group could be fitted alone, with its share (9.37) of the points as
# weight,
#
# $$\pi_k=\frac1N\sum_{n=1}^N z_{nk}.\tag{9.37}$$
#
# By Bayes' rule the posterior is (9.35) up to a factor that does not depend on $\mathbf Z$,
#
# $$p(\mathbf Z\mid\mathbf X,\mu,\Sigma,\pi)\propto\prod_{n}\prod_{k}
# \big[\pi_k\,\mathcal N(\mathbf x_n\mid\mu_k,\Sigma_k)\big]^{z_{nk}}.\tag{9.38}$$
#
# (9.38) is a product over $n$: given the data, the labels of different points are independent, and
# each row may be normalised alone. So the expectation of one indicator is
#
# $$\mathbb E[z_{nk}]=0\cdot p(z_{nk}=0)+1\cdot p(z_{nk}=1)
# =\frac{\pi_k\,\mathcal N(\mathbf x_n\mid\mu_k,\Sigma_k)}
# {\sum_j\pi_j\,\mathcal N(\mathbf x_n\mid\mu_j,\Sigma_j)}=\gamma(z_{nk}),\tag{9.39}$$
#
# the responsibility. (The middle of (9.39) is loosely indexed in the book; the result is right.)
# Now average (9.36). It is *linear* in $z_{nk}$, so the average puts $\gamma$ where $z$ was:
#
# $$\mathbb E_{\mathbf Z}[\ln p(\mathbf X,\mathbf Z\mid\mu,\Sigma,\pi)]=\sum_n\sum_k
# \gamma(z_{nk})\,\{\ln\pi_k+\ln\mathcal N(\mathbf x_n\mid\mu_k,\Sigma_k)\}.\tag{9.40}$$
#
# This is $Q$ for a mixture, with $NK$ terms instead of $K^N$. The cell computes both on the coins,
# where a binomial replaces the Gaussian. Look for equal numbers.

# %%
gamma = bound.posterior(old, coins_x)
z = np.eye(2)[labellings]  # z_nk of each labelling: shape (32, 5, 2)
assert np.allclose(np.sum(z * log_joint, axis=(1, 2)), log_complete)  # (9.36), the log of (9.35)
assert np.allclose(np.prod(gamma**z, axis=(1, 2)), posterior)  # (9.38), rows normalised alone
expected_z = np.tensordot(posterior, z, axes=1)  # (9.39), over all labellings
print("(9.37), if the labels were known:", np.bincount(datasets.do_batzoglou().z) / 5)
print("E[z] of coin A, 32 labellings:", expected_z[:, 0].round(3))
print("gamma of coin A, row by row:  ", gamma[:, 0].round(3))
print(f"Q from 32 labellings {q_by_force:.5f}, from 10 terms {np.sum(gamma * log_joint):.5f}")

# %% [markdown] slideshow={"slide_type": "slide", "hide": ["\\frac{N_k}"]}
# Both are −36.15295. Two remarks. First, (9.40) contains $\ln\pi_k$. A program that monitors it
# without this term ([T2](sources.md)) monitors another function, unless the weights are fixed and equal. Second,
# the log-joint of our mixtures is itself linear in a few functions of $\mathbf x_n$: heads and tails
# for coins; $1$, $\mathbf x$ and $\mathbf x\mathbf x^{\mathsf T}$ for Gaussians. So $Q$ needs only
# the $\gamma$-weighted sums of these, the **expected sufficient statistics**. They are what an E step
# really returns, and those of two halves of the data can be added.
#
# ## 4 · The M step of (9.40) gives back lesson 06
#
# Maximise (9.40) for Gaussians, with $\gamma$ held. For the mean,
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
# which is (9.19). For the weights, with a Lagrange multiplier for $\sum_k\pi_k=1$,
#
# $$\frac{N_k}{\pi_k}+\lambda=0\;\Rightarrow\;\pi_k=\frac{N_k}{N}\quad(\lambda=-N),$$
#
# which is (9.22). (Bishop's exercises 9.8 and 9.9.) The formulas are those of lesson 06, with a new meaning. There
# they were conditions on the *unknown* maximum of $\ln p$, with a $\gamma$ that depends on it. Here
# $\gamma$ is given, and they are *the* solution, in one step. (It is the best step for $Q$. For
# $\ln p$ there are better ones: [EM and its relatives](further/07_em_and_its_relatives.ipynb).)
#
# ## 5 · One identity
#
# Start again from the sum over all that is hidden,
#
# $$p(\mathbf X\mid\theta)=\sum_{\mathbf Z}p(\mathbf X,\mathbf Z\mid\theta).\tag{9.69}$$
#
# Take *any* distribution $q(\mathbf Z)$ over the labels. The claim is that
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
# The first has the *joint* inside, the second the *posterior*. The proof is the product rule,
#
# $$\ln p(\mathbf X,\mathbf Z\mid\theta)=\ln p(\mathbf Z\mid\mathbf X,\theta)
# +\ln p(\mathbf X\mid\theta).\tag{9.73}$$
#
# Subtract $\ln q(\mathbf Z)$ on both sides of (9.73), multiply by $q(\mathbf Z)$ and sum over
# $\mathbf Z$. The left side becomes (9.71). On the right the first two terms give *minus* (9.72),
# and the last is multiplied by $\sum q=1$. So $\mathcal L=-\mathrm{KL}+\ln p(\mathbf X\mid\theta)$,
# which is (9.70). Nothing was approximated, and nothing was assumed about $q$.
#
# **KL is never negative.** Since $\ln u\le u-1$, we have
# $-\mathrm{KL}=\sum q\ln(p/q)\le\sum q\,(p/q-1)\le1-1=0$, and it is zero only where $q=p$
# throughout. Hence $\mathcal L(q,\theta)\le\ln p(\mathbf X\mid\theta)$ for every $q$ and every
# $\theta$: a **lower bound**. It touches exactly when $q$ is the posterior at that $\theta$.
#
# The cell tries a random $q$ over the 32 labellings, and the posterior.

# %%
assert np.allclose(log_complete, np.log(posterior) + log_likelihood)  # (9.73), 32 times
joint = np.exp(log_complete)  # its sum is p(X | theta), (9.69)
any_q = np.random.default_rng(1).dirichlet(np.ones(32))  # a probability for each labelling
for name, some_q in [("random q", any_q), ("posterior", posterior)]:
    lower = np.sum(some_q * np.log(joint / some_q))  # (9.71)
    gap = np.sum(some_q * np.log(some_q / posterior))  # (9.72), its minus sign inside
    print(f"{name:9s}  bound {lower:.5f} + KL {gap:.5f} = {lower + gap:.5f}")  # (9.70)

# %% [markdown] slideshow={"slide_type": "slide"}
# The totals are the same. With the posterior the bound is all of $\ln p$.
#
# Now split the logarithm of the fraction in (9.71). The bound falls into two parts,
# $\mathcal L(q,\theta)=Q+H$: the average of the log-joint under $q$, and the **entropy**
# $H(q)=-\sum q\ln q\ge0$, which measures how undecided $q$ is and does not depend on $\theta$.
# So
#
# $$\ln p(\mathbf X\mid\theta)=\underbrace{Q+H(q)}_{\mathcal L}+\mathrm{KL}.$$
#
# ### Exercise 07.1 · The four terms
#
# Write `four_terms(log_joint, q)`. It returns four plain numbers in this order:
# `(log_likelihood, q_function, entropy, kl)`, in nats. Both arguments are arrays of shape $(N,K)$:
# `log_joint` holds $\ln p(\mathbf x_n,z_n=k\mid\theta)$; each row of `q` is a probability
# distribution over the components, not always the posterior. All four numbers are sums over the
# rows. `q` may hold zeros ($0\ln0=0$), and densities may underflow. When you are right, the first
# number is the sum of the other three. Hints: `hint("07.1", 1)`, then 2 and 3.


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
# ## 6 · The ledger: three entries for two rounds
#
# Now follow the three entries $Q$, $H$ and KL through EM on the two coins, from 0.6 and 0.5. We
# begin with a $q$ that is *not* the posterior: 85 to 15 for coin A, in every trial.
#
# **Predict** for the first E and the first M: which of $Q$, $H$, KL and $\ln p$ change, and in
# which direction?


# %%
def entries(name, model, q):
    return name, bound.q_function(model, coins_x, q), bound.entropy(q), bound.kl(model, coins_x, q)


model = two_coins(0.6, 0.5)
steps = [entries("any q", model, np.tile([0.85, 0.15], (5, 1)))]
for _ in range(2):
    q = bound.posterior(model, coins_x)
    steps.append(entries("E", model, q))
    model = model.m_step(model.statistics(coins_x, q))
    steps.append(entries("M", model, q))

# %% [markdown]
# In the picture the entries are stacked: $Q$ is the dotted line at the bottom, $H$ is light blue, KL
# is striped.

# %% slideshow={"slide_type": "slide"}
print("step           Q          H         KL      bound       ln p")
for name, expected, h, kl in steps:
    lower = expected + h
    print(f"{name:5s}{expected:11.5f}{h:11.5f}{kl:11.5f}{lower:11.5f}{lower + kl:11.5f}")
rise = steps[2][1] - steps[1][1]
print(f"first M step: Q gains {rise:.5f}, ln p gains {rise + steps[2][3]:.5f}")
fig, ax = plots.figure(width=7.4, height=3.6)
plots.ledger(steps, ax=ax)
plots.picture(fig, "07.ledger")

# %% [markdown] slideshow={"slide_type": "slide", "hide": ["Predict: what will"]}
# The columns show the whole of EM.
#
# - **The E step** leaves the parameters alone, so $\ln p$ (red) stays. The new $q$ is the posterior,
#   so KL becomes zero, and the bound (purple) rises by exactly as much. $Q$ and $H$ both change: in
#   the first E step both rise, in the second $H$ falls.
# - **The M step** leaves $q$ alone, so $H$ stays. It raises $Q$, and so the bound, by 1.09664. The old
#   posterior is no longer right, so KL opens to 0.13797. $\ln p$ gains both: 1.23460 (last digits
#   are rounded).
#
# ## 7 · Why neither step can lower $\ln p$
#
# - **E step.** $\theta$ is fixed, so $\ln p(\mathbf X\mid\theta)$ does not change. The bound is
#   maximised over $q$, and reaches $\ln p$: it touches.
# - **M step.** $q$ is fixed. $\mathcal L(q,\theta)$ is maximised over $\theta$, so it does not fall.
#   And $\ln p=\mathcal L+\mathrm{KL}$, where KL was zero before and cannot be negative after.
#
# So $\ln p(\mathbf X\mid\theta^{\text{new}})\ge\mathcal L(q,\theta^{\text{new}})\ge
# \mathcal L(q,\theta^{\text{old}})=\ln p(\mathbf X\mid\theta^{\text{old}})$, the chain of section 1
# with names. Both steps maximise one function $\mathcal L(q,\theta)$, each over one argument. This
# leaves room for variants:
#
# - **generalised EM**: an M step need not maximise; any $\theta$ that raises $\mathcal L$ will do;
# - **incremental EM**: an E step may renew $q$ for some of the points only;
# - **MAP**: with a prior, an M step maximises $Q+\ln p(\theta)$ (Bishop p. 441, exercise 9.4). Add
#   $\ln p(\theta)$ to each member of the chain: the posterior density of $\theta$ never falls.
#
# [EM and its relatives](further/07_em_and_its_relatives.ipynb) tries the first two.
#
# ## 8 · Break it and mend it
#
# The proof needs the E step as much as the M step. The second panel stands at 0.8, near the summit,
# and its $q$ is spoilt: the posterior mixed with 60 % of a uniform distribution.
#
# **Predict:** what will **M** do to $\ln p$ now? Press it. Then press **E** and **M** in turn, and
# watch the column on the left: where is KL after each button?

# %% tags=["widget"]
broken = widgets.bound_panel(coins_x, 0.8, noise=0.6)
broken

# %% [markdown]
# In print, with the first M step in numbers.

# %% slideshow={"slide_type": "slide"}
noisy_q = 0.4 * bound.posterior(two_coins(0.8), coins_x) + 0.6 * 0.5
moved = two_coins(0.8).m_step(two_coins(0.8).statistics(coins_x, noisy_q))
for a in (0.8, moved.biases[0]):
    lower = bound.elbo(two_coins(a), coins_x, noisy_q)
    print(f"bias {a:.3f}: bound {lower:.3f}, ln p {two_coins(a).log_likelihood(coins_x):.3f}")
broken.twin()

# %% [markdown] slideshow={"slide_type": "slide", "hide": ["Predict the"]}
# The strip shows M walking to the top of the purple curve. The bound rises, but $\ln p$ *falls*, from
# −31.58 to −31.87. Purple is below red everywhere, but it did not touch at the red dot, so the
# chain lacks its last equality. E mends it: KL becomes zero, and from then on M only climbs.
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
# (The sentence after it in the book says "the negative entropy"; the formula is right, the word is a
# slip.) A constant does not move the top, so maximising $Q$ or the bound is the same. But to *see*
# the bound, one needs the constant: it lifts $Q$ up until it touches.
#
# The picture shows the three clouds of lesson 06 after three rounds of EM. Only $\mu_{00}$, the
# first coordinate of the first mean, moves along the axis; the other parameters stay at
# $\theta^{\text{old}}$. Red is $\ln p$, purple is $Q+H$, dashed purple is $Q$ alone. **Predict** the
# shape of the dashed curve. Does the red one have the same shape?


# %%
def along(model, q, grid):
    """ln p and Q for each value of mu_00 on a grid, with q held."""
    means = np.repeat(model.means[None], len(grid), axis=0)
    means[:, 0, 0] = grid
    log_joints = [GaussianMixture(model.weights, m, model.covariances).log_joint(x) for m in means]
    return np.logaddexp.reduce(log_joints, axis=2).sum(axis=1), np.sum(q * log_joints, axis=(1, 2))


x = datasets.three_clusters(np.random.default_rng(0)).x
theta_0 = start.random_points(GaussianMixture, x, n_components=3, rng=2)
models = [step.model for step in itertools.islice(em.iterate(theta_0, x), 14)]
grid = np.linspace(-3, 7, 101)

# %% [markdown]
# Our $\theta^{\text{old}}$ is `models[3]`.

# %% slideshow={"slide_type": "slide"}
old = models[3]
q = bound.posterior(old, x)
log_p, q_slice = along(old, q, grid)
entropy = bound.entropy(q)
print(f"ln p {old.log_likelihood(x):.3f}, Q {bound.q_function(old, x, q):.3f}, H {entropy:.3f}")
print("second differences of Q:   ", np.diff(q_slice, 2)[::14].round(3))
print("second differences of ln p:", np.diff(log_p, 2)[::14].round(3))
place = {"theta_old": old.means[0, 0], "near": ((0, 2), (-3145, -3108))}
fig = plots.bound_slice(grid, log_p, q_slice, entropy, xlabel=r"$\mu_{00}$", **place)
plots.picture(fig, "07.slice")

# %% [markdown] slideshow={"slide_type": "slide"}
# The picture shows a **true lower bound**: purple lies below red everywhere and meets it at
# $\theta^{\text{old}}$, with the same slope. The dashed $Q$ has the same shape, 296.270 nats lower,
# and touches nothing. It is a concave parabola: its second differences are all equal. Those of
# $\ln p$ change their sign: it is neither concave nor convex. (T2 calls the bound "convex". We maximise: it is *concave*.)
#
# ## 10 · Touching smoothly
#
# The same slope is no accident. The gap $\ln p-\mathcal L=\mathrm{KL}$ is zero at
# $\theta^{\text{old}}$ and nowhere negative. So it has a minimum there, and its gradient is zero:
#
# $$\nabla\ln p(\mathbf X\mid\theta)\Big|_{\theta^{\text{old}}}
# =\nabla\mathcal Q(\theta,\theta^{\text{old}})\Big|_{\theta^{\text{old}}}$$
#
# (Bishop's exercise 9.25; statisticians call it Fisher's identity.) So where EM stands still
# inside the parameter space, $\nabla\mathcal Q=0$ and therefore $\nabla\ln p=0$: **a stationary
# point of the likelihood**. The book says (pp. 440, 451) that each round increases $\ln p$ unless
# it is at a local maximum. True is: unless it is at a stationary point, such as the tie of two
# equal coins in lesson 04. (A run may also collapse, as in lesson 06.)
#
# ### Exercise 07.2 · Two slopes
#
# Write `slopes(x, biases, biases_old)` for two coins with equal, fixed priors of ½. `x` has one row
# per trial, heads and tails; `biases` and `biases_old` hold two numbers each. Return a pair of
# arrays of length two: first the gradient of $\ln p$ at `biases`; second the gradient, also at
# `biases`, of the bound whose $q$ is the posterior at `biases_old`. A formula or central differences;
# the check wants five correct digits. On our five trials at 0.6 and 0.5, with
# `biases` equal to `biases_old`, both gradients should be about 14 and 6.5.


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
# ## 11 · A published picture
#
# The three clouds come from T2, which animates its fit. In each round it moves one mean and plots
# two curves: red for "the complete-data log likelihood", blue for an approximation of it. Its recipe,
# in our words: *after the M step, keep the responsibilities of the
# E step before. Move one coordinate of one mean; the other parameters are the new ones. Plot (9.14)
# in red, and $\sum_n\sum_k\gamma_{nk}\{\ln\pi_k+\ln\mathcal N_k\}$ in blue.* In its pictures blue
# lies far below red.
#
# ### Exercise 07.3 · Which curve was drawn?
#
# Fill in three answers. `curve`: is the blue curve `"Q"`, `"Q + H"` or `"ln p"`? `missing`: in the run
# of section 9, how many nats does it lie below $\ln p$ at $\theta^{\text{old}}$? Give a positive
# number, to the nearest nat; `old`, `q` and `x` are still there. `through_theta_old`: does T2's slice pass
# through $\theta^{\text{old}}$, `"yes"` or `"no"`?

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
# (Nor is red the *complete*-data log-likelihood: (9.14) is that of the incomplete data.) The film
# takes two seconds to draw. It shows thirteen rounds: left by that recipe, right with the entropy and
# through the old parameters. **Predict:** on the left, where is the top of the dashed curve? On the
# right, will the distance $H$ grow or shrink?

# %%
frames = []
for i, (before, after) in enumerate(itertools.pairwise(models), start=1):
    r = bound.posterior(before, x)
    h = bound.entropy(r)
    log_p, expected = along(before, r, grid)
    frame = {"name": f"round {i}: H = {h:.1f}", "before": (log_p, expected + h, expected)}
    frame |= {"after": along(after, r, grid), "theta_old": before.means[0, 0]}
    frames.append(frame | {"theta_new": after.means[0, 0]})
print(frames[0]["name"], "and", frames[-1]["name"], "nats")
plots.slice_film(grid, frames, xlabel=r"$\mu_{00}$", ylim=(-4100, -2850), alt="07.film")

# %% [markdown]
# On the left the dashed curve never meets the red one, and its top is exactly below the red dot: at
# the new mean, because the M step put it there. On the right one sees why $\ln p$ must rise: the dot
# is where purple touches red, and the top of the purple curve is uphill from it. $H$ shrinks from
# 356.5 to 104.3 nats as the labels become clearer.
#
# T2 also stops when its $Q$ no longer rises. **Predict:** does
# $Q(\theta^{\text{new}},\theta^{\text{old}})$ rise from round to round, as $\ln p$ does? The table
# follows eight points on a line.

# %%
from emlib import GaussianMixture1D

line = np.random.default_rng(3).normal(size=8).round(1)
model = GaussianMixture1D([0.5, 0.5], line[:2], [1.0, 1.0])
for step in itertools.islice(em.iterate(model, line), 1, 6):
    r = bound.posterior(model, line)
    model = step.model
    expected = bound.q_function(model, line, r)
    print(f"round {step.iteration}: Q {expected:.3f}, H {bound.entropy(r):.3f}, ln p {step.objective:.3f}")

# %% [markdown] slideshow={"slide_type": "slide", "hide": ["Print $"]}
# $\ln p$ rises in every round, $Q$ falls in every round: $q$ becomes *less* decided, and $H$ gains
# more than $Q$ loses. The $Q$ of one round and the $Q$ of the next are different functions. Only
# within a round may they be compared. **Stop on $\ln p$, never on $Q$.**
#
# ## 12 · A limit that you know: K-means
#
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
# Let $\epsilon\to0$ in (9.42). All terms vanish, that of the nearest $\mu_j$ most slowly. So
# $\gamma$ tends to 1 for the nearest centroid and to 0 for the others, whatever the weights (if
# all $\pi_k>0$, and no two centroids are equally near). These are the two steps of lesson 03. And
# $Q$ becomes
#
# $$\mathbb E_{\mathbf Z}[\ln p(\mathbf X,\mathbf Z\mid\mu,\Sigma,\pi)]\to
# -\frac12\sum_n\sum_k r_{nk}\|\mathbf x_n-\mu_k\|^2+\text{const},\tag{9.43}$$
#
# so maximising it means minimising the distortion $J$ of (9.1). (Literally, $\epsilon$ *times*
# the left side of (9.43) has a limit, $-J/2$; see exercise 07.4 in
# [EM and its relatives](further/07_em_and_its_relatives.ipynb).) So K-means is
# EM for Gaussians of one common, vanishing size: hard where EM is soft, blind to weights, and
# unable to learn a shape. It does not "implement EM" ([T4](sources.md)); it is the limit of a special case.
#
# ## 13 · Easily confused
#
# | You may hear | What is so |
# | --- | --- |
# | The E step estimates the missing labels. | It computes their distribution; the most probable labelling had 14 % (section 2). |
# | $Q$ is the lower bound. | $Q+H$ is. $Q$ lies $H$ below, and touches nothing (section 9). |
#
# ## 14 · In practice
#
# - Print $\ln p$ in every round, and assert that it does not fall. A fall beyond rounding is a bug.
# - Check a new model's M step by the gradient of $Q$, which is zero after it; its E step by brute
#   force over all labellings of four or five points.
#
# ## 15 · Take away
#
# - **(9.30), (9.31)** $Q$ averages the complete-data log-likelihood over the old posterior; for a
#   mixture that is (9.40), with $\gamma$ where $z$ was.
# - **(9.70) to (9.73)** For every $q$: $\ln p=Q+H+\mathrm{KL}$. The product rule proves it.
# - **E** maximises $\mathcal L(q,\theta)$ over $q$, and makes it touch. **M** maximises it over
#   $\theta$. So $\ln p$ never falls.
# - The bound touches smoothly. If EM converges inside the parameter space, it is to a stationary
#   point.
#
# **The question it leaves.** The proof says *never down*. It does not say how far, how fast, or to
# which hill. How do you notice that a run which "converged" is worthless?
# [Lesson 08](08_when_em_goes_wrong.ipynb) answers.
#
# **Further reading**
#
# - C. M. Bishop, *Pattern Recognition and Machine Learning*, Springer (2006), pp. 439-444 and
#   450-455.
# - A. P. Dempster, N. M. Laird and D. B. Rubin, *Journal of the Royal Statistical Society B* 39,
#   1-38 (1977): the theorem. Its proof that EM converges had a fault, which C. F. J. Wu
#   repaired in *The Annals of Statistics* 11, 95-103 (1983).
# - T1: "A Gentle Introduction to Expectation-Maximization (EM Algorithm)", machinelearningmastery.com.
#   T2: R. Romijnders, the repository RobRomijnders/EM, whose wish to *show* the bound led to
#   these pictures. T4: "Understanding the EM Algorithm by Examples", medium.com.
#
# **Previous:** [06 · Fit tilted clouds with Gaussian mixtures in N dimensions](06_gmm_nd.ipynb).
# **Next:** [08 · When EM goes wrong](08_when_em_goes_wrong.ipynb). To see which exercises you have
# solved, call `progress()` in a new cell.
