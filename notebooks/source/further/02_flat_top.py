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
# # 02 further · A flat top
#
# In [lesson 02](../02_latent_variables.ipynb) quite different pairs of groups explained a thousand
# heights about equally well. **What does the likelihood look like there, and does another way of
# climbing end elsewhere?** This notebook is optional.
#
# **After this notebook you can**
#
# - climb the likelihood of a mixture with a general optimiser;
# - draw the profile of a likelihood over one parameter, and read it.
#
# **Time** about 15 minutes. **You need** lesson 02.
#
# ## 1 · Another climber
#
# The likelihood (9.14) can be climbed by any general method. The cell tries scipy's L-BFGS-B. It
# wants free numbers, so the weight goes in as its log-odds and the standard deviations as their
# logarithms: whatever it tries, a weight is between 0 and 1, and a standard deviation positive.
# Then EM climbs from the same start.
#
# **Predict:** will the two end at the same place? Which takes fewer steps?

# %%
import numpy as np
from scipy.optimize import minimize

from emlib import GaussianMixture1D, datasets, em, plots

x = datasets.two_groups(rng=np.random.default_rng(0)).x


def unpack(free):
    weight = 1 / (1 + np.exp(-free[0]))
    return GaussianMixture1D([weight, 1 - weight], free[1:3], np.exp(2 * free[3:]))


def minus_log_likelihood(free):
    return -unpack(free).log_likelihood(x)  # (9.14)


# %% [markdown]
# Both start from equal weights, means 160 and 180, and standard deviations 7.

# %%
guess = [0, 160, 180, np.log(7), np.log(7)]
climb = minimize(minus_log_likelihood, guess, tol=1e-12, method="L-BFGS-B")
begin = GaussianMixture1D([0.5, 0.5], means=[160, 180], variances=[49, 49])
fit = em.fit(begin, x, tol=1e-13, max_iter=20_000)
for name, model in (("scipy", unpack(climb.x)), ("EM", fit.model)):
    print(f"{name:6s}weights {model.weights.round(2)}, means {model.means.round(2)}", end=", ")
    print(f"sds {model.stds.round(2)}, ln p(X) {model.log_likelihood(x):.4f}")
print("scipy needs fewer than 100 steps, EM more than 1000:", climb.nit < 100, fit.n_iter > 1000)

# %% [markdown]
# The same place, the same height. The general climber takes far fewer steps, because EM is slow
# where many labels are in doubt: a step then changes little (lesson 05 says more, lesson 07
# compares the two). Each step of the climber evaluates the likelihood several times, since it finds
# its slopes by differences.
#
# ## 2 · The profile
#
# Where a long way brings almost no gain, the top must be flat. Hold the weight of the left group at
# a value of our choice, let EM find the best means and standard deviations for it, and note the
# height. Do this for many values. The curve of best heights is called the **profile** of the
# likelihood. As in lesson 01, values within 1.92 nats of the best are plausible.
#
# **Predict:** the recipe says 0.5. How does the profile look: one narrow summit, one broad one, or
# something else?


# %%
def best_with(weight):
    """The better of two fits with the weight of the left group held."""
    models = [
        GaussianMixture1D([weight, 1 - weight], means, [16, 81], fixed_weights=True)
        for means in ([160, 180], [157, 171])
    ]
    fits = [em.fit(model, x, tol=1e-8, max_iter=5000) for model in models]
    return max(fits, key=lambda fit: fit.objective)


held = np.concatenate([np.linspace(0.02, 0.26, 25), np.linspace(0.28, 0.92, 33)])
heights = np.array([best_with(weight).objective for weight in held])

# %% [markdown]
# The picture has the curve; the printed lines say which weights are plausible.

# %%
plausible = held[heights >= heights.max() - 1.92]
for part in (plausible[plausible < 0.2], plausible[plausible > 0.2]):
    print(f"within 1.92 nats: weights from {part.min():.2f} to {part.max():.2f}")
fig, ax = plots.figure(width=6.0, height=3.2)
plots.profile(held, heights, within=1.92, ax=ax)
ax.set_xlabel("weight of the left group")
plots.picture(fig, "02.profile")

# %% [markdown]
# There are two summits, equally high to the eye. The broad one reaches from 0.28 to 0.86. The
# narrow one is another story: a *small* group near 157 cm, beside a broad one at 171. Between them,
# near 0.2, the better of the two stories changes, so the curve has a corner there. The next picture
# shows three stories from the two summits.

# %%
fig, axes = plots.figure(width=9.4, height=2.8, columns=3, sharey=True)
for ax, weight in zip(axes, (0.08, 0.54, 0.7)):
    story = best_with(weight)
    plots.mixture_1d(story.model, x, bins=range(134, 203, 3), ax=ax)
    ax.set(xlabel="height (cm)", title=f"weight {weight:.2f}", ylim=(0, 0.046))
    ax.label_outer()
    print(f"weight {weight:.2f}: means {story.model.means.round(1)}, ln p {story.objective:.2f}")
plots.picture(fig, "02.stories")

# %% [markdown]
# Three different stories, and the black curves follow the bars about equally well. (A small, narrow
# component always deserves mistrust: [lesson 06](../06_gmm_nd.ipynb) shows how one can win
# likelihood by sitting on a few points. Here it holds some eighty people.)
#
# ## 3 · Take away
#
# - The likelihood of a mixture can be climbed in many ways; they end at the same summits.
# - A profile says which values of a parameter are plausible, and they need not be one interval.
# - Overlapping groups have a flat likelihood. That is a property of the data and the model, not of
#   EM.
#
# **Further reading**
#
# - G. McLachlan and D. Peel, *Finite Mixture Models*, Wiley (2000), chapter 2: EM for mixtures,
#   starts, and more than one summit.
#
# **Back to** [02 · Latent variables](../02_latent_variables.ipynb), section 9.
