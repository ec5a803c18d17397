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
# # 02 further · One hump or two
#
# In [lesson 02](../02_latent_variables.ipynb) two groups made one hump as long as their means were
# at most two standard deviations apart. **Why two?** This notebook is optional, and holds exercise
# 02.3.
#
# **After this notebook you can**
#
# - derive when two equal groups show two humps;
# - say why a histogram can mislead in both directions.
#
# **Time** about 20 minutes. **You need** lesson 02, and the functions cosh and tanh: $\cosh a=
# (e^a+e^{-a})/2$, and $\tanh$ is the derivative of $\ln\cosh$.
#
# ## 1 · The condition for two humps
#
# Take equal weights and equal standard deviations $\sigma$. Measure heights from the midpoint, in
# units of $\sigma$. Call the height $u$ and the means $\pm\delta$, so that the separation is
# $2\delta$. Multiply out the squares, and the density is proportional to
#
# $$e^{-(u+\delta)^2/2}+e^{-(u-\delta)^2/2}=2\,e^{-\delta^2/2}\,e^{-u^2/2}\cosh(\delta u).$$
#
# At a hump or a valley the derivative of its logarithm is zero:
#
# $$-u+\delta\tanh(\delta u)=0\quad\Longleftrightarrow\quad u=\delta\tanh(\delta u).$$
#
# One solution is $u=0$, the midpoint. The picture draws both sides of the equation to the right of
# it: the straight line $u$ in grey, the curve $\delta\tanh(\delta u)$ in black.
#
# **Predict:** for which of the separations 1.5, 2 and 2.5 do line and curve meet a second time?

# %%
import numpy as np

from emlib import plots
from emlib.exercises import check

u = np.linspace(0, 1.6, 200)
fig, ax = plots.figure(width=5.4, height=3.4)
ax.plot(u, u, color="0.6", linewidth=3)
for separation in (1.5, 2.0, 2.5):
    delta = separation / 2
    ax.plot(u, delta * np.tanh(delta * u), color="black")
    ax.annotate(f"separation {separation}", (1.62, delta * np.tanh(delta * 1.6)), va="center")
ax.set(xlabel="u", ylabel="u, and δ tanh(δu)", xlim=(0, 2.3), ylim=(0, 1.6))
plots.picture(fig, "02.humps")

# %% [markdown]
# Only for 2.5. The curve leaves the origin with the slope $\delta^2$, and then bends down towards
# $\delta$. If $\delta^2\le1$, it never meets the line again: one hump. If $\delta^2>1$, it starts
# above the line and must cross it once on each side: two humps, and the midpoint is a valley. The
# second derivative of the log density at the midpoint says the same: it is $\delta^2-1$. So **two
# equal groups show two humps if, and only if, their means are more than two standard deviations
# apart.**
#
# The humps are not at the means, either. From $u=\delta\tanh(\delta u)<\delta$, each is pulled
# towards the other group.
#
# The next cell counts humps without any theory: where the density stops rising and starts to fall.
# It also says how much lower the midpoint is than the highest place.


# %%
def log_density(u, delta):
    return np.logaddexp(-((u + delta) ** 2) / 2, -((u - delta) ** 2) / 2)


places = np.linspace(-6, 6, 2401)
for separation in (1.5, 1.96, 2.0, 2.05, 2.5, 3.0):
    delta = separation / 2
    rises = np.diff(log_density(places, delta)) > 0
    humps = np.sum(rises[:-1] & ~rises[1:])
    deep = 1 - np.exp(log_density(0, delta) - log_density(places, delta).max())
    print(f"separation {separation:.2f}: {delta**2 - 1:+.4f} at the midpoint", end=", ")
    print(f"humps: {humps}, midpoint lower by {100 * deep:.1f} %")

# %% [markdown]
# The count agrees with the sign. Exactly at 2 the top is flat, but still one.
#
# A histogram shows less than this. At 2.5 the midpoint is lower by 13 %. But a bar of 90 people has a
# standard error of about $\sqrt{90}$, that is 11 %, so a thousand people hardly show the valley. And
# a histogram of *one* group can show two humps by chance.
#
# ### Exercise 02.3 · One hump or two?
#
# Write `n_modes(mu1, mu2, sigma)`: how many humps has the mixture of two groups of equal weight
# and equal standard deviation `sigma`? The means may come in any order, or be equal. Return the
# number 1 or 2. Use the rule, or count; both are welcome.


# %% tags=["exercise", "02.3"]
def n_modes(mu1, mu2, sigma):
    # Your lines instead of the dots.
    ...


# %% tags=["solution", "02.3"]
def n_modes(mu1, mu2, sigma):
    return 2 if abs(mu1 - mu2) > 2 * sigma else 1


# %% tags=["check"]
check("02.3", n_modes)

# %% [markdown]
# ## 2 · Take away
#
# - Two equal groups show two humps only beyond two standard deviations.
# - One hump does not prove one group, and two humps in a histogram do not prove two.
#
# **Further reading**
#
# - M. F. Schilling, A. E. Watkins and W. Watkins, "Is human height bimodal?", *The American
#   Statistician* 56, 223-229 (2002): section 1 applied to women and men.
#
# **Back to** [02 · Latent variables](../02_latent_variables.ipynb), section 2.
