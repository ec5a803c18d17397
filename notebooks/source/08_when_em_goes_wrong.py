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
# # 08 · Diagnose a fit that went wrong
#
# No round of EM lowers the likelihood (lesson 07). What can go wrong, then? A run may stop before it
# has begun. It may climb without end, towards a useless model. It may be slow. It may answer a
# question that you did not ask. Often there is no error message, and `converged` is `True`. **How do
# you notice that a fit which "converged" is no good?**
#
# For each patient you find the cause, by a test, and a cure.
#
# **After this lesson you can**
#
# - tell apart four troubles: a saddle, a slow climb, a collapse, a wrong number of components;
# - predict from two numbers of the data how fast EM leaves a saddle;
# - choose a start and a tolerance, and say in nats what the tolerance lets pass;
# - prevent a collapse, by a restart, a floor, or a prior (MAP);
# - choose the number of components, and say when the criterion misleads.
#
# **Time** about 75 minutes, three exercises included. **You need** lessons [05](05_gmm_1d.ipynb) and
# [07](07_expected_loglik_lower_bound.ipynb), and the eigenvalues of a 2 × 2 matrix for section 2.
# Symbols are listed in [00 · Start here](00_start_here.ipynb); numbers such as (9.15) are equations
# in Bishop, *Pattern Recognition and Machine Learning* (PRML).
#
# ## 1 · The patient who converged
#
# The numbers are those of lesson 05: 3000 around 20 and 7000 around 40, both with standard
# deviation 5. The tutorial [T1](sources.md) fits two components with scikit-learn and the
# option `init_params="random"`. It draws no random parameters, but random *responsibilities*: each
# number is shared between the components in random parts. The rule is the library's default: stop
# when a round gains less than $10^{-3}$ nats per data point.
#
# **Predict:** in lesson 05 EM did well from a bad start. What will the two means be here?

# %% slideshow={"slide_type": "slide", "show": ["output"]}
import numpy as np

from emlib import GaussianMixture1D, datasets, em, mle, plots, selection, start, widgets
from emlib.data.errors import CollapseError
from emlib.exercises import check, hint, progress, solution

data = datasets.two_normals(rng=0)
x = data.x
random_start = start.random_responsibilities(GaussianMixture1D, x, n_components=2, rng=0)
patient = em.fit(random_start, x, tol=1e-3)
healthy_start = GaussianMixture1D([0.5, 0.5], [10, 50], [25, 25])
healthy = em.fit(healthy_start, x)
print(f"patient: converged {patient.converged}, means {patient.model.means.round(2)}")
print(f"healthy: converged {healthy.converged}, means {healthy.model.means.round(2)}")

# %% [markdown] slideshow={"slide_type": "slide"}
# The patient says that it converged. Yet its two components, both near 34, are one component
# twice. The next cell compares the likelihoods, and counts how many of the 10,000 numbers the patient
# puts into the right group.

# %%
print(f"patient {patient.objective:.0f} nats, healthy {healthy.objective:.0f} nats")
print(f"one normal distribution {mle.normal(x).log_likelihood:.0f} nats")
agreement = np.mean(patient.model.predict(x) == data.z)
print(f"patient's labels right, up to names: {max(agreement, 1 - agreement):.2f}")

# %% [markdown]
# The patient is no better than one normal distribution. Yet 95 % of its labels are right: a tiny
# difference between two curves still orders the numbers, and a cut near the middle is nearly the
# best cut. **A good score of the labels does not prove a good fit.** So draw the density:

# %% slideshow={"slide_type": "slide"}
fig, ax = plots.figure(width=6.6, height=2.9)
ax.hist(x, bins=60, density=True, color="0.85")
grid = np.linspace(0, 60, 300)
for name, fit, line in (("patient", patient, "--"), ("healthy", healthy, "-")):
    ax.plot(grid, np.exp(fit.model.log_density(grid)), line, color="0.1", label=name)
ax.set(xlabel="x", ylabel="density")
ax.legend()
plots.picture(fig, "08.patient")

# %% [markdown]
# One hump on data with two. Is it our program? The next cell loads scikit-learn (two or three
# seconds) and runs T1's recipe in it, then the library's default start by K-means.

# %% tags=["comparison"]
from sklearn.mixture import GaussianMixture as Peer

column = x.reshape(-1, 1)
for seed in range(3):
    peer = Peer(2, init_params="random", random_state=seed).fit(column)
    means = np.sort(peer.means_.ravel()).round(1)
    print(f"{peer.converged_} after {peer.n_iter_}: means {means}, score {peer.score(column):.5f}")
peer = Peer(2, tol=1e-9, max_iter=500, random_state=0).fit(column)
print(f"K-means: means {np.sort(peer.means_.ravel()).round(2)}, score {peer.score(column):.5f}")

# %% [markdown] slideshow={"slide_type": "slide", "hide": ["\\gamma_{n1}"]}
# `converged_` is True after two iterations, every time. From the library's default start it agrees
# with our healthy fit. Two causes came together, and either alone would have done no harm.
#
# ## 2 · First cause: a saddle
#
# Random shares of 10,000 numbers make two nearly equal components. If they were *exactly* equal, every
# $\gamma_{nk}$ would be ½, the M step would give both the pooled mean and variance again, and EM
# would never move: a stationary point, like the tie of the coins in lesson 04. And close to it?
#
# Let $z_n=(x_n-\bar x)/s$ be the standardised data, with $\bar x$ and $s$ the pooled mean and
# standard deviation. Let the means differ by a little $d$ (in units of $s$) and the variances by a
# little $e$ (in units of $s^2$). To first order, (9.13) gives
#
# $$\gamma_{n1}-\gamma_{n2}=\tfrac12\left\{d\,z_n+\tfrac e2\,(z_n^2-1)\right\},$$
#
# and the weighted averages (9.24) and (9.25) of the M step give the differences after the round:
#
# $$\begin{pmatrix}d\\e\end{pmatrix}^{\text{new}}
# =J\begin{pmatrix}d\\e\end{pmatrix},\qquad
# J=\begin{pmatrix}1&\tfrac12 m_3\\ m_3&\tfrac12(m_4-1)\end{pmatrix},\qquad
# m_j=\frac1N\sum_nz_n^{\,j}.$$
#
# So two numbers of the data say how fast EM leaves: the skewness $m_3$ and the kurtosis $m_4$. If
# $m_3\ne0$, one eigenvalue of $J$ is above 1, because the determinant of $J-I$ is
# $-\tfrac12m_3^2<0$. Then differences grow, and the point is a **saddle**. If the data are
# symmetric, $m_3=0$: the eigenvalue of the means is exactly 1, and that of the variances is above 1
# only if $m_4>3$, for tails heavier than those of a normal distribution.
#
# The cell prints $J$, and beside it what one real round of EM does to a small $d$ and a small $e$.
# **Predict:** the largest eigenvalue is about 1.3, and the patient's means differ by about
# $0.005\,s$. How many rounds until that has grown to $s$: about 3, 20 or 1000?

# %% slideshow={"slide_type": "slide", "show": ["output"]}
z = (x - x.mean()) / x.std()
m3, m4 = np.mean(z**3), np.mean(z**4)
J = np.array([[1, m3 / 2], [m3, (m4 - 1) / 2]])


def one_round(d, e):
    before = GaussianMixture1D([0.5, 0.5], [d / 2, -d / 2], [1 + e / 2, 1 - e / 2])
    after = before.m_step(before.e_step(z)[0])
    return [after.means[0] - after.means[1], after.variances[0] - after.variances[1]]


small = 1e-4
by_em = np.transpose([one_round(small, 0), one_round(0, small)]) / small
print(f"J {J.round(3).tolist()}, one round {by_em.round(3).tolist()}")

# %% [markdown]
# From $J$ follows the number of rounds:

# %%
eigenvalue = np.linalg.eigvals(J).real.max()
print(f"skewness {m3:.3f}, kurtosis {m4:.3f}: largest eigenvalue {eigenvalue:.3f}")
gap = np.ptp(patient.model.means) / x.std()
print(f"rounds from {gap:.3f} to 1: about {np.log(1 / gap) / np.log(eigenvalue):.0f}")

# %% [markdown] slideshow={"slide_type": "slide"}
# A difference grows by 27 % per round: after some twenty rounds the components have parted. The
# patient was stopped too soon.
#
# The player runs EM from both starts without a stopping rule; drawing it takes two or three seconds.
# Its three monitors show what you can
# record of any run: the log-likelihood, the largest change of a parameter $|\Delta\theta|$ (in
# standard deviations of the data), and the entropy of the responsibilities, $-\frac1N\sum_{nk}\gamma_{nk}\ln\gamma_{nk}$: 0 if every point is sure of its
# component, $\ln K$ if no point has any preference.
#
# **Predict, then step:** which of the three monitors would have warned of the saddle in round 2?

# %% tags=["widget"]
early = widgets.patient_player({"healthy": (healthy_start, x), "saddle": (random_start, x)})
early

# %% [markdown]
# On paper: the end of both runs, with all that the monitors recorded. The axis of rounds is stretched
# at its beginning.

# %% slideshow={"slide_type": "slide"}
early.twin()

# %% [markdown] slideshow={"slide_type": "slide"}
# **Healthy:** the change falls steadily; the entropy is low, since the groups lie well apart.
# **Saddle:** a flat likelihood is no warning, it is flat in health as well. The entropy is: it stands
# at $\ln2$ (the dotted line) from the start. Later the change warns too, because after a few rounds it *grows*.
#
# ## 3 · Second cause: a tolerance per data point
#
# The rule asked for a gain of $10^{-3}$ nats *per data point*. At a saddle the likelihood is flat, so
# the first rounds gain next to nothing, and the rule takes the plateau for the summit. The cell
# makes ten starts of the patient's kind, lets each run on, and counts how many a tolerance would have
# stopped at the saddle.
#
# **Predict** how small the tolerance must be: $10^{-4}$, $10^{-6}$ or $10^{-8}$?

# %% slideshow={"slide_type": "slide"}
rng = np.random.default_rng(0)
histories = []
for _ in range(10):
    begin = start.random_responsibilities(GaussianMixture1D, x, n_components=2, rng=rng)
    histories.append(em.fit(begin, x).history)

plateau = patient.objective + 100  # nats
for tol in (1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8):
    ends = [history[np.argmax(np.diff(history) <= tol * len(x)) + 1] for history in histories]
    print(f"tolerance {tol:.0e}: {np.sum(np.array(ends) < plateau):2d} of 10 stopped at the saddle")

# %% [markdown]
# Only from $10^{-6}$ or $10^{-7}$ on do the starts get away. The picture shows one run that is left
# alone; a cross marks where a tolerance would have ended it.

# %% slideshow={"slide_type": "slide"}
history = em.fit(random_start, x).history
gains = np.diff(history) / len(x)
marks = {f"{tol:.0e}": int(np.argmax(gains <= tol)) + 1 for tol in (1e-3, 1e-5, 1e-6, 1e-8)}
plots.picture(plots.stops(history, marks)[0].get_figure(), "08.tolerances")

# %% [markdown] slideshow={"slide_type": "slide"}
# A plateau, a steep rise, a summit. The loose tolerances end on the plateau. More starts of this kind
# do not help: each begins in the same place. A better start does (any two clearly different means),
# and so does a stricter rule.
#
# So **say in nats what your tolerance lets pass**: multiply it by $N$. And **never trust one start**,
# or many starts of one kind.
#
# ### Exercise 08.1 · Cure the patient, and write the report
#
# Write `repaired_fit(x)`: fit two components to the numbers `x`, shape $(N,)$, with any start and any
# rule, with `emlib` or your own loop. Return three arrays of shape (2,): weights, means and standard
# deviations (not variances), in either order of the components. A right answer has means near 20
# and 40. The check draws fresh numbers. Then fill in the
# report: at what kind of `place` the patient had stopped (`"saddle"`, `"maximum"`, `"minimum"` or
# `"singularity"`), and how many nats one round could gain on 10,000 numbers without the rule
# noticing, `nats_overlooked`.


# %% tags=["exercise", "08.1"]
def repaired_fit(x):
    # Your lines instead of the dots.
    ...


place = ...
nats_overlooked = ...


# %% tags=["solution", "08.1"]
def repaired_fit(x):
    low, high = np.quantile(x, [0.15, 0.85])
    begin = GaussianMixture1D([0.5, 0.5], [low, high], [x.var() / 4, x.var() / 4])
    model = em.fit(begin, x, tol=1e-12).model
    return model.weights, model.means, model.stds


place = "saddle"
nats_overlooked = 1e-3 * len(x)


# %% tags=["check"]
check("08.1", repaired_fit, place, nats_overlooked)

# %% [markdown]
# ## 4 · Slow is not ill
#
# Some runs are slow although nothing is wrong. Near the end of a run each step is the last one times a
# factor: **the fraction of information that the missing labels took away**. If the groups overlap,
# the labels are in doubt, and the factor is close to 1. [How fast EM climbs](further/08_speed.ipynb)
# measures it: two groups 6 standard deviations apart need about 4 rounds, the same groups 1.5 apart
# about 1600. So slowness says something about the *estimate*: labelled data would tell far more.
#
# ## 5 · The patient who collapsed
#
# Put the centre of one component exactly on a data
# point, $\mu_k=x_n$. The density of that point under that component is
#
# $$\mathcal N(x_n\mid x_n,\sigma_k^2)=\frac1{\sqrt{2\pi}\,\sigma_k}\qquad(9.15),$$
#
# which grows without end as $\sigma_k\to0$, while the *other* component keeps all other points at
# a finite density. So the log-likelihood has no maximum at all: it tends to infinity at each of the
# $N$ points. A single Gaussian is safe from this, because it must serve all points.
#
# The cell draws 20 numbers from N(0, 1). It gives half of the weight to N(0, 1) and half to a
# component whose centre is the first number, and narrows the latter.
#
# **Predict** the curve: rising all the way, or not at once?

# %% slideshow={"slide_type": "slide"}
twenty = np.random.default_rng(0).normal(size=20)


def log_likelihood(std):
    model = GaussianMixture1D([0.5, 0.5], [0, twenty[0]], [1, std**2])
    return model.log_likelihood(twenty)


stds = np.logspace(0, -13, 131)
curve = [log_likelihood(std) for std in stds]
print("std 1, 0.01, 1e-4, 1e-8:", [round(log_likelihood(s), 1) for s in (1, 0.01, 1e-4, 1e-8)])
plots.picture(plots.spike(stds, curve, label="a dip").get_figure(), "08.spike")

# %% [markdown]
# Not at once. After a small gain it loses, because 19 numbers miss the component that they shared. So
# there is a *dip*, then the straight line of (9.15): each factor of ten in $\sigma$ gains
# $\ln10$ nats, for ever. The dip separates the healthy maximum from the endless climb, and a run that
# begins on the healthy side usually stays there.
#
# Usually. The next cell adds an outlier at 8 to the sixty numbers of the tutorial [T3](sources.md) (lesson 05), which
# warns of a start centred on an outlier. It tries three starts, the first of that kind.
#
# **Predict** which of the three collapse.

# %%
sixty = datasets.thirty_and_thirty(rng=0).x
with_outlier = np.append(sixty, 8.0)
starts = {
    "on the outlier": GaussianMixture1D([0.5, 0.5], [-0.5, 8], [1, 1]),
    "T3's own": GaussianMixture1D([0.5, 0.5], [-0.5, 0.5], [1, 1]),
    "at the groups": GaussianMixture1D([0.5, 0.5], [-2, 1], [1, 1]),
}
for name, begin in starts.items():
    try:
        fit = em.fit(begin, with_outlier)
        print(f"{name}: settles, narrowest std {fit.model.stds.min():.2f}")
    except CollapseError:
        print(f"{name}: CollapseError")

# %% [markdown]
# Two of the three. As soon as a component owns one point only, (9.25) returns a variance of zero, and
# `emlib` raises a `CollapseError`. It never returns such a model.
#
# The start on the outlier is refused after one round. T3's own start teaches more, because its
# component drifts to the outlier slowly. The player (again some seconds) shows it beside a fit of the
# 1000 heights of lesson 02, whose two groups overlap. **Predict, then step:** in which round would the monitors have
# warned of the collapse?

# %% tags=["widget"]
heights = datasets.two_groups(rng=0).x
height_start = GaussianMixture1D([0.5, 0.5], [160, 180], [50, 50])
late = widgets.patient_player(
    {"collapse": (starts["T3's own"], with_outlier), "overlap": (height_start, heights)},
    rounds=(0, 1, 5, 20, 40, 60, 80, 95, 105, 112, 113, 120),
)
late

# %% [markdown]
# On paper: the end of both runs.

# %% slideshow={"slide_type": "slide"}
late.twin()

# %% [markdown] slideshow={"slide_type": "slide"}
# **Overlap:** the change falls, in the end slowly; the entropy stays near 0.4, because the labels are
# in doubt. **Collapse:** for about 60 rounds it looks like slow progress. By round 80 the change
# *grows* and the entropy *falls*, at a time when a run should settle. This warning comes thirty
# rounds before the end, while the narrowest width is still 1.9. No monitor alone makes the diagnosis;
# look at all three.
#
# There are three cures: restart elsewhere, change the likelihood, or forbid its worst part. Another
# method of climbing is none: T3 suggests stochastic gradient ascent, and in [Priors, climbers,
# criteria](further/08_choices.ipynb) it ends in the same spike.
#
# ### Exercise 08.2 · Notice a collapse, and begin again
#
# Write `fit_safely(x, starts, min_std)`. It gets numbers, a list of starts (each a
# `GaussianMixture1D`; `em.fit(start, x)` runs one), and the smallest width that you accept. Return the
# weights, means and standard deviations of the *best* run, by log-likelihood, among those that did
# not collapse. A collapse shows itself in two ways: by a `CollapseError`, or by a run that ends with
# a standard deviation below `min_std` and raises nothing, as on two numbers that nearly agree. What
# would such a run do in a contest for the highest likelihood? (In the check each list has a healthy
# start.)


# %% tags=["exercise", "08.2"]
def fit_safely(x, starts, min_std):
    # Your lines instead of the dots.
    ...


# %% tags=["solution", "08.2"]
def fit_safely(x, starts, min_std):
    healthy_runs = []
    for begin in starts:
        try:
            fit = em.fit(begin, x)
        except CollapseError:
            continue
        if fit.model.stds.min() >= min_std:
            healthy_runs.append(fit)
    best = max(healthy_runs, key=lambda fit: fit.objective).model
    return best.weights, best.means, best.stds


# %% tags=["check"]
check("08.2", fit_safely)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 6 · Change the likelihood: a prior
#
# Widths of a thousandth are absurd. Say so: put a prior on the parameters and climb
# $\ln p(\mathbf X\mid\theta)+\ln p(\theta)$: **MAP**, maximum a posteriori (PRML p. 441). The E step
# stays as it is, because the prior does not depend on the labels. The M step maximises
# $Q(\theta,\theta^{\text{old}})+\ln p(\theta)$ instead of $Q$ (9.30). With the inverse-gamma prior $\ln p(\sigma_k^2)=-(a+1)\ln\sigma_k^2-b/\sigma_k^2+\text{const}$ the new
# variance is
#
# $$\sigma_k^2=\frac{\sum_n\gamma_{nk}(x_n-\mu_k)^2+2b}{N_k+2(a+1)}\;\ge\;\frac{2b}{N+2(a+1)}>0.$$
#
# As if each component had been given $2(a+1)$ more points with a sum of squares $2b$. No start can
# make it collapse. The cell runs this M step from both starts that collapsed; look at the widths.


# %%
def map_round(model, x, a, b):
    s = model.e_step(x)[0]  # (9.23): the prior does not enter
    variances = (s.scatters + 2 * b) / (s.n_k + 2 * (a + 1))
    return GaussianMixture1D(s.n_k / len(x), s.means, variances)


for name in ("on the outlier", "T3's own"):
    model = starts[name]
    for _ in range(300):
        model = map_round(model, with_outlier, a=1, b=0.5)
    print(f"{name}: means {model.means.round(2)}, stds {model.stds.round(2)}")

# %% [markdown]
# No collapse. From the first start a component still sits on the outlier, with the width that this
# prior gives to a lone number, $\sqrt{1/5}$. A prior does not tell you whether a lone number is a
# group.
#
# A floor does much the same. `covariance_floor=0.2` makes `emlib` *clip* each variance at 0.2, the
# exact maximum of $Q$ under the limit, so the likelihood never falls. Other libraries *add* a small
# constant to the variances, which can make it fall a little. Both numbers are in squared units of
# your data: $10^{-6}$ is little in square centimetres, and a square metre in square kilometres.
#
# ## 7 · A healthy patient with swapped names
#
# "I ran the fit again, and component 0 became component 1." The cell makes twelve fits of the 10,000
# numbers, averages the first mean, and compares predicted labels with true ones. Then it does the
# same in ways that do not depend on names: with the smaller mean, and with the better of the two
# namings.
#
# **Predict** the average of the first mean over twelve good fits.

# %%
fits = em.multistart(
    GaussianMixture1D, x, n_components=2, n_starts=12, rng=0, start=start.random_points
)
raw = np.array([np.mean(fit.model.predict(x) == data.z) for fit in fits])
print(f"log-likelihoods {fits[-1].objective:.2f} to {fits[0].objective:.2f}")
print(f"first mean, averaged:   {np.mean([fit.model.means[0] for fit in fits]):.1f}")
print(f"smaller mean, averaged: {np.mean([fit.model.means.min() for fit in fits]):.1f}")
print(f"labels right: {raw.round(2)}")
print(f"better of the two namings: {np.maximum(raw, 1 - raw).min():.2f} or more")

# %% [markdown] slideshow={"slide_type": "slide"}
# All twelve are equally good, and 8 have the names swapped. The average of the first mean describes
# neither group. T1 checks that the first 3000 numbers are predicted as 0: chance decides whether this
# passes. So compare fits by likelihood, by density, or after `sort`, and labels under the best of
# all namings.
#
# ## 8 · How many components?
#
# EM fits the number that it is told, and the likelihood prefers the largest. Lesson 05 met two
# criteria, smaller is better: AIC $=-2\ln p+2P$ and BIC $=-2\ln p+P\ln N$, with $P$ parameters.
#
# **Predict** which of the three columns goes on improving with $K$.

# %% slideshow={"slide_type": "slide", "show": ["output"]}
options = {"n_starts": 2, "rng": 0, "tol": 1e-6, "max_iter": 5000}
print("K      ln p      AIC      BIC")
for k in range(1, 6):
    best = em.multistart(GaussianMixture1D, x, n_components=k, **options)[0]
    aic, bic = selection.aic(best.model, x), selection.bic(best.model, x)
    print(f"{k}  {best.objective:.1f}  {aic:.0f}  {bic:.1f}")
print(f"the patient, K = 2: BIC {selection.bic(patient.model, x):.1f}")

# %% [markdown]
# Only the log-likelihood. BIC falls from 75521.4 to 71736.3 and then rises: two components. AIC, too,
# is smallest at two, among these fits.
#
# Three warnings. First, a criterion judges the *fits* that it is given. With the patient of section 1
# for $K=2$, BIC would vote for one component, and nothing in the table would tell you. Look at
# several fits per $K$, and at their widths. Second, both formulas are derived for models whose
# parameters can be identified. A mixture with a component too many is not such a model: take them as
# rules of thumb. Third, they answer a question about *normal distributions*: one skewed group, such
# as incomes, gets two or three components. [Priors, climbers,
# criteria](further/08_choices.ipynb) shows a judge without a formula (data held out), and data on which
# AIC and BIC disagree.
#
# ### Exercise 08.3 · Choose the number of components
#
# Write `choose_k(x, ks, rng)`. `ks` is a list of candidates, in any order. Fit a `GaussianMixture1D`
# with each number of components, from several starts drawn with the generator `rng`. Return the
# candidate (not its place in the list) whose best fit has the smallest BIC. `em.multistart` returns
# its fits with the best first. The check uses fresh numbers: one, two and three groups.


# %% tags=["exercise", "08.3"]
def choose_k(x, ks, rng):
    # Your lines instead of the dots.
    ...


# %% tags=["solution", "08.3"]
def choose_k(x, ks, rng):
    scores = []
    for k in ks:
        fits = em.multistart(GaussianMixture1D, x, n_components=k, n_starts=3, rng=rng, tol=1e-7)
        scores.append(selection.bic(fits[0].model, x))  # the best of three
    return ks[int(np.argmin(scores))]


# %% tags=["check"]
check("08.3", choose_k)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 9 · Symptom, cause, test, cure
#
# | Symptom | Cause | Test | Cure |
# | --- | --- | --- | --- |
# | "Converged" after a round or two, components alike, entropy near $\ln K$ | the start is at a saddle, the tolerance is loose (sections 1 to 3) | run on with a tolerance of $10^{-10}$; compare with the fit of one component | different means at the start; tolerance times $N$ well below 1 nat |
# | The likelihood depends on the start | several local maxima ([06](06_gmm_nd.ipynb)) | `em.multistart`: look at all objectives | many starts of different kinds; keep the best healthy one |
# | Hundreds of rounds, each change almost as large as the last | overlap: much information is missing (section 4) | ratio of the last steps; entropy stays high | patience, acceleration; report the uncertainty |
# | A tiny standard deviation, a jump late in the run, `CollapseError` | a component on a single point (9.15) (section 5) | the smallest `stds` against the spread of the data | restart; prior or floor; fewer components |
# | A better likelihood than ever, an absurd picture | a spike on two points that nearly agree | as above: it raises no error | as above; never choose by likelihood alone |
# | Components change places between runs | names are arbitrary (section 7) | equal likelihoods | `sort`; match names before scoring |
# | Every $K$ is worse than $K=1$, or the largest always wins | fits stuck or collapsed (section 8) | look at the fits, not only at the table | repair the fits first; hold out data |
# | Results differ between machines | a start with equal components, decided by rounding ([further](further/08_choices.ipynb)) | change the start a little | never start with equal components |
# | The likelihood *falls* | a fault in the program, or a constant added to the variances | assert that it never falls | [09 · The repair lab](09_repair_lab.ipynb) |
#
# ## 10 · Easily confused
#
# | You may hear | What is so |
# | --- | --- |
# | It converged, so it is a maximum. | A rule was met. The patient of section 1 met it at a saddle. |
# | More random starts would have found it. | Not if all of them begin at the same saddle. |
# | A slow run is a sign of a fault. | It is a sign of missing information. |
# | The highest likelihood is the best fit. | A mixture of Gaussians has no highest likelihood. |
#
# ## 11 · In practice
#
# - Start from data, with k-means++ and with random points.
# - Print the likelihood beside that of *one* component, and the smallest width. Plot the
#   density.
# - Decide on a floor or a prior before you look at the fits.
#
# ## 12 · Take away
#
# - EM may stop at a saddle, or collapse. "Converged" speaks of the rule, not of the place.
# - Skewness and kurtosis say how fast EM leaves a saddle; the overlap says how fast it climbs.
# - The likelihood of a Gaussian mixture is unbounded (9.15). A prior, a floor or a restart deals
#   with it.
# - Names mean nothing, and a criterion judges only the fits that it is given.
#
# **The question it leaves.** All patients were treated with a correct program. What if an E step
# forgets a weight, or an M step takes a variance for a standard deviation, and everything still runs
# and looks plausible? [09 · The repair lab](09_repair_lab.ipynb) gives you such programs.
#
# **Further reading**
#
# - C. M. Bishop, *Pattern Recognition and Machine Learning*, Springer (2006): pp. 433-435 for the
#   singularities and identifiability, p. 441 and exercise 9.4 for MAP, pp. 216-217 for BIC.
# - C. Fraley and A. E. Raftery, "Bayesian regularization for normal mixture estimation and
#   model-based clustering", *Journal of Classification* 24, 155-181 (2007): priors against collapse.
#
# **Optional:** [How fast EM climbs](further/08_speed.ipynb) and [Priors, climbers,
# criteria](further/08_choices.ipynb). **Previous:** [07 · The lower
# bound](07_expected_loglik_lower_bound.ipynb). **Next:** [09 · The repair lab](09_repair_lab.ipynb). To
# see which exercises you have solved, call `progress()` in a new cell.
