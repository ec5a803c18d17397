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
# # 01 further · Not always the mean
#
# In [lesson 01](../01_maximum_likelihood.ipynb) the answer was an average twice: of zeros and ones,
# and of heights. **Is maximum likelihood another word for the mean?** This notebook is optional and
# short.
#
# **After this notebook you can**
#
# - name three models whose best parameter is the mean, the median and the largest number;
# - recognise a maximum at which no derivative is zero.
#
# **Time** about 10 minutes. **You need** lesson 01.
#
# ## 1 · Five numbers, three models
#
# Take the numbers 1, 2, 3, 4 and 10, and three models with a single parameter $\theta$ each:
#
# - a bell curve around $\theta$, of width 1: $\ln p=-\frac12\sum_n(x_n-\theta)^2+\text{const}$;
# - a **Laplace distribution** around $\theta$, two exponentials back to back:
#   $\ln p=-\sum_n|x_n-\theta|+\text{const}$;
# - a **uniform distribution** from 0 to $\theta$: each density is $1/\theta$, and 0 for a number
#   beyond $\theta$. So $\ln p=-N\ln\theta$ as long as $\theta\ge\max x_n$.
#
# First the numbers, a grid of $\theta$, and the distance of each number from each place.

# %%
import numpy as np

from emlib import plots

five = np.array([1, 2, 3, 4, 10])
theta = np.arange(1, 1401) / 100  # 0.01 to 14
distance = np.abs(five[:, None] - theta)

# %% [markdown]
# **Predict** where each model has its maximum, and at which of them the derivative is zero.

# %%
curves = {
    "bell curve": -0.5 * (distance**2).sum(axis=0),
    "Laplace": -distance.sum(axis=0),
    "uniform": np.where(theta >= five.max(), -5 * np.log(theta), -np.inf),
}
for name, heights in curves.items():
    print(f"{name}: highest at {theta[heights.argmax()]:.2f}")

# %% [markdown]
# At 4, the mean; at 3, the median; at 10, the largest number. The curves show why: look at the
# shape of each at its top.

# %%
fig, axes = plots.figure(width=9.4, height=2.9, columns=3)
for ax, (name, heights) in zip(axes, curves.items()):
    best = theta[heights.argmax()]
    plots.likelihood_curve(theta, heights, best=best, tag=f"{best:.0f}", ax=ax)
    ax.set(title=name, xlabel="θ", xlim=(0, 14), xticks=[0, 5, 10], yticks=[])
axes[0].set_ylabel("ln p, up to a constant")
plots.picture(fig, "01.three-models")

# %% [markdown]
# Only the bell curve has a zero derivative at its top. Laplace has a corner there, without a
# derivative, and the uniform distribution an edge, as three heads of three had.
#
# The number 10 pulls the mean upwards and leaves the median alone: under Laplace's heavier tails a
# far number is less surprising.
#
# ## 2 · Take away
#
# - What maximum likelihood computes depends on the model.
# - The maximum may be at a corner or an edge. "Set the derivative to zero" does not find it there.
#
# **Further reading**
#
# - S. M. Stigler, *The History of Statistics*, Harvard University Press (1986), chapters 3 and 4:
#   the curves of error of Laplace and of Gauss.
#
# **Back to** [01 · Maximum likelihood](../01_maximum_likelihood.ipynb), section 7.
