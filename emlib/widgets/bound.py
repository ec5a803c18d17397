"""The panels of lesson 07: a bound that is moved by hand, and the hills that EM may climb."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from emlib import CoinMixture, GaussianMixture, bound
from emlib.models.mixture import log_sum_exp
from emlib.plots import Picture, ellipses, figure, picture, scatter
from emlib.plots.bound import (
    LOG_LIKELIHOOD,
    dot,
    ledger,
    local_maxima,
    touching,
)
from emlib.plots.style import INK, PURPLE, RED

from .draggable import Handle
from .live import Live, tells_errors
from .parts import TWIN_WIDTH, ipywidgets, row, slider
from .words import minus, nats

BIASES = np.linspace(0.02, 0.98, 97)
"""Biases of coin A at which the curves are computed."""


def bound_panel(x: Any, bias: float = 0.3, *, other: float = 0.5, noise: float = 0.6) -> BoundPanel:
    """Return a live panel: mix noise into q, drag one bias along the curve, press E and M.

    Parameters
    ----------
    x : array (N, 2)
        Heads and tails by trial.
    bias : float
        Bias of coin A at the beginning; q is the posterior there, mixed with noise.
    other : float
        Bias of coin B, known; both coins are drawn with probability one half.
    noise : float
        Share of the uniform distribution in q at the beginning.

    Returns
    -------
    BoundPanel
        Its ``e`` and ``m`` are the two buttons; ``twin()`` draws the start, M, E and M again.

    Examples
    --------
    >>> panel = bound_panel([[5, 5], [9, 1], [8, 2], [4, 6], [7, 3]])
    >>> panel.e.click()
    >>> panel.words[-20:]
    'KL 0.00: they touch.'
    """
    return BoundPanel(np.asarray(x, dtype=float), bias, other, noise)


class BoundPanel(Live):
    """A live panel of the lower bound of two coins, one of them known; see `bound_panel`."""

    def __init__(self, x: np.ndarray, bias: float, other: float, noise: float) -> None:
        self.x, self.other, self.old_bias = x, other, bias
        self.start = bias, noise
        self.log_joints = np.array([self.model(b).log_joint(x) for b in BIASES])
        self.curve = np.array([log_sum_exp(log_joint).sum() for log_joint in self.log_joints])
        self.limits = self.curve.max() - 16.0, self.curve.max() + 1.5
        fig, (self.left, self.right) = figure(
            8.0, 3.6, columns=2, width_ratios=[1, 1.9], sharey=True
        )
        self.set_axes(self.left, self.right)
        controls = {
            "noise": slider("noise in q", noise, 0.0, 1.0, 0.05, decimals=2, width="22em"),
            "bias": slider("bias of A", bias, 0.05, 0.95, 0.005, decimals=3, width="22em"),
        }
        self.e = ipywidgets.Button(description="E", tooltip="q becomes the posterior")
        self.m = ipywidgets.Button(description="M", tooltip="the bias goes to the bound's top")
        self.e.on_click(self.e_step)
        self.m.on_click(self.m_step)
        title = "One bias on the red curve, and the bound below it"
        handle = Handle("bias of A, along the log-likelihood", self.right, "bias")
        super().__init__(fig, self.draw_state, controls, title=title, handles=[handle])

    def place_of_handle(self, handle: Handle) -> tuple[float, float]:
        """Return where the red dot stands: on the log-likelihood at the present bias."""
        bias = self.controls["bias"].value
        return bias, self.model(bias).log_likelihood(self.x)

    def control_rows(self) -> list[Any]:
        """Return the sliders, and below them the buttons."""
        return [*super().control_rows(), row([self.e, self.m])]

    def model(self, bias: float) -> CoinMixture:
        """Return the two coins with a bias for coin A."""
        return CoinMixture([bias, self.other], [0.5, 0.5], fixed_weights=True)

    def q(self, noise: float, old_bias: float) -> np.ndarray:
        """Return the posterior at the bias of the last E step, mixed with noise."""
        posterior = bound.posterior(self.model(old_bias), self.x)
        return (1 - noise) * posterior + noise / 2

    def best_bias(self, q: np.ndarray) -> float:
        """Return the bias at which the bound of q is highest."""
        model = self.model(0.5)
        return float(model.m_step(model.statistics(self.x, q)).biases[0])

    @tells_errors
    def e_step(self, button: Any = None) -> None:
        """Make q the posterior at the present bias."""
        self.old_bias = self.controls["bias"].value
        if self.controls["noise"].value:
            self.controls["noise"].value = 0.0
        else:
            self.redraw()

    @tells_errors
    def m_step(self, button: Any = None) -> None:
        """Move the bias to where the bound of the present q is highest."""
        q = self.q(self.controls["noise"].value, self.old_bias)
        self.controls["bias"].value = self.best_bias(q)

    def set_axes(self, left: Any, right: Any) -> None:
        """Give the axes their limits and names, so that nothing moves but the curves."""
        left.set(xlim=(-1.3, 0.5), ylim=self.limits, ylabel="nats", xticks=[])
        right.set(xlim=(0, 1), xlabel="bias of coin A")
        right.tick_params(labelleft=True)

    def draw_state(self, noise: float, bias: float) -> str:
        """Draw the ledger and the curves for a q and a bias, and say what they show."""
        return self.draw_on(self.left, self.right, noise, bias, self.old_bias)

    def draw_on(self, left: Any, right: Any, noise: float, bias: float, old_bias: float) -> str:
        """Draw one state on two axes; where `left` is None, without the ledger."""
        model, q = self.model(bias), self.q(noise, old_bias)
        log_likelihood, entropy = model.log_likelihood(self.x), bound.entropy(q)
        expected = bound.q_function(model, self.x, q)
        lower, gap = expected + entropy, max(log_likelihood - expected - entropy, 0.0)
        if left is not None:
            ledger([("", expected, entropy, gap)], ax=left)
            self.set_axes(left, right)
        lower_curve = np.einsum("nk,gnk->g", q, self.log_joints) + entropy
        touching(BIASES, self.curve, lower_curve, ax=right)
        right.plot([bias, bias], [lower, log_likelihood], color=INK, linewidth=1.6)
        dot(right, bias, lower, PURPLE, marker="^")
        dot(right, bias, log_likelihood, RED)
        touch = ": they touch." if gap < 5e-3 else "."  # below half of the last digit written
        return (
            f"Bias of A {bias:.3f}, noise {noise:.2f}: ln p {nats(log_likelihood)}, "
            f"bound {nats(lower)}, KL {gap:.2f}{touch}"
        )

    def twin(self) -> Picture:
        """Return four states of the panel side by side: the start, M, E, and M again."""
        bias, noise = self.start
        after = self.best_bias(self.q(noise, bias))
        last = self.best_bias(self.q(0.0, after))
        states = [("q with noise" if noise else "start", noise, bias, bias)]
        states += [("M", noise, after, bias), ("E", 0.0, after, after)]
        states += [("M again", 0.0, last, after)]
        fig, axes = figure(TWIN_WIDTH, 3.0, columns=4, sharey=True)
        words = []
        for ax, (name, share, now, old_bias) in zip(axes, states, strict=True):
            words.append(f"{name}: {self.draw_on(None, ax, share, now, old_bias)}")
            ax.set(xlim=(0, 1), ylim=self.limits, xlabel="bias of coin A", title=name)
            ax.label_outer()
        look = {"weight": "bold", "va": "top", "transform": axes[0].transAxes}
        axes[0].text(0.04, 0.97, LOG_LIKELIHOOD, color=RED, **look)
        axes[0].text(0.6, self.limits[0] + 0.6, "bound", color=PURPLE, weight="bold", ha="center")
        alt = "A purple bound below the red log-likelihood of one bias, four times. "
        return picture(fig, alt + " ".join(words))


NARROW_MEANS = np.linspace(-2.5, 8.5, 89)
"""First coordinates of the narrow component's mean at which the curves are computed."""

NARROW_MEAN_ABOVE = 2.0
"""Its second coordinate, which stays."""

NATS_SHOWN = 90.0
"""How far below the highest log-likelihood the curves are shown."""

CLUSTER_MEANS = np.array([[0.0, 1.5], [2.8, 1.5], [5.5, 3.0]])
CLUSTER_COVARIANCES = np.array(
    [[[1, 0.9], [0.9, 1]], [[1, -0.8], [-0.8, 0.8]], [[1, 0.9], [0.9, 1]]]
)
FIRST_SETTINGS = {"middle": 2.8, "spread": 1.0, "share": 0.4, "mean": 4.0}


def hills_panel(rng: np.random.Generator | int, *, n: int = 180) -> HillsPanel:
    """Return a live panel: set the clusters, and see the hills of the log-likelihood of one mean.

    Three clusters, and two components: a wide one covers all points, a narrow one is moved along
    a horizontal line: over each cluster the log-likelihood has a maximum.

    Parameters
    ----------
    rng : Generator or int
        Draws the points once; the sliders move and stretch them.
    n : int
        Number of points.

    Returns
    -------
    HillsPanel
        Its ``twin(settings)`` draws some settings side by side.

    Examples
    --------
    >>> panel = hills_panel(0)
    >>> panel.controls["share"].value = 0.3
    >>> panel.words[:13]
    'Local maxima '
    """
    return HillsPanel(np.random.default_rng(rng), n)


class HillsPanel(Live):
    """A live panel of the local maxima of one mean's log-likelihood; see `hills_panel`."""

    def __init__(self, rng: np.random.Generator, n: int) -> None:
        self.standard_normals = rng.standard_normal((3, n, 2))
        self.n = n
        fig, (self.left, self.right) = figure(8.4, 3.4, columns=2)
        self.set_axes(self.left, self.right)
        options = {  # description, lowest, highest and step
            "middle": ("middle cluster at", 1.0, 4.5, 0.1),
            "spread": ("spread", 0.4, 2.0, 0.1),
            "share": ("share of the left one", 0.1, 0.8, 0.05),
            "mean": ("mean of the narrow one", -2.0, 8.0, 0.1),
        }
        controls = {
            name: slider(words, FIRST_SETTINGS[name], *limits, decimals=2, width="22em")
            for name, (words, *limits) in options.items()
        }
        title = "Set the clusters; then move the narrow component, and see which hill it climbs"
        handle = Handle("mean of the narrow component", self.left, "mean")
        super().__init__(fig, self.draw_settings, controls, title=title, handles=[handle])

    def place_of_handle(self, handle: Handle) -> tuple[float, float]:
        """Return where the mean of the narrow component stands."""
        return self.controls["mean"].value, NARROW_MEAN_ABOVE

    def control_rows(self) -> list[Any]:
        """Return the sliders, two in a row."""
        sliders = list(self.controls.values())
        return [row(sliders[:2]), row(sliders[2:])]

    def set_axes(self, left: Any, right: Any) -> None:
        """Give the axes their limits and names, so that nothing moves but what is drawn."""
        left.set(xlim=(-3.2, 9), ylim=(-2.0, 6.2), xlabel="$x_1$", ylabel="$x_2$")
        right.set(xlim=(-3.2, 9), ylim=(-NATS_SHOWN, 0.16 * NATS_SHOWN), xlabel=r"$\mu_{00}$")
        right.set(ylabel="nats below the summit")

    def points(self, middle: float, spread: float, share: float) -> np.ndarray:
        """Return the three clusters; the middle and the right one share what the left leaves."""
        first = round(share * self.n)
        second = round(0.45 * (self.n - first))
        sizes = (first, second, self.n - first - second)
        means = CLUSTER_MEANS.copy()
        means[1, 0] = middle
        factors = np.linalg.cholesky(CLUSTER_COVARIANCES)
        return np.concatenate(
            [
                mean + spread * z[:size] @ factor.T
                for mean, z, size, factor in zip(
                    means, self.standard_normals, sizes, factors, strict=True
                )
            ]
        )

    def model(self, x: np.ndarray, mean: float) -> GaussianMixture:
        """Return a narrow component, called 0, and a wide one over all points."""
        means = [[mean, NARROW_MEAN_ABOVE], x.mean(axis=0)]
        return GaussianMixture([0.35, 0.65], means, [0.6 * np.eye(2), np.cov(x.T, bias=True)])

    def curves(self, x: np.ndarray, mean: float) -> tuple[np.ndarray, np.ndarray]:
        """Return the log-likelihood at all means, and the bound that touches it at one."""
        model = self.model(x, mean)
        _, log_joint_wide = model.log_joint(x).T
        # A component moved by d has at x the density that it had, unmoved, at x - d.
        unmoved = GaussianMixture([1.0], [[0.0, NARROW_MEAN_ABOVE]], [model.covariances[0]])
        moves = np.stack([NARROW_MEANS, np.zeros_like(NARROW_MEANS)], axis=1)
        log_density = unmoved.log_density((x[None] - moves[:, None]).reshape(-1, 2))
        log_joint_narrow = log_density.reshape(len(moves), -1) + np.log(model.weights[0])
        q = bound.posterior(model, x)
        constant = float(q[:, 1] @ log_joint_wide) + bound.entropy(q)
        log_likelihood = np.logaddexp(log_joint_narrow, log_joint_wide).sum(axis=1)
        return log_likelihood, log_joint_narrow @ q[:, 0] + constant

    def draw_settings(self, middle: float, spread: float, share: float, mean: float) -> str:
        """Draw points and curves for some settings, and say what they show."""
        return self.draw_on(self.left, self.right, middle, spread, share, mean)

    def draw_on(
        self, left: Any, right: Any, middle: float, spread: float, share: float, mean: float
    ) -> str:
        """Draw one state on two axes."""
        x = self.points(middle, spread, share)
        model = self.model(x, mean)
        scatter(x, size=7, ax=left)
        ellipses(model.means, model.covariances, ax=left)
        log_likelihood, lower = self.curves(x, mean)
        top = log_likelihood.max()
        heights = log_likelihood - top
        touching(NARROW_MEANS, heights, lower - top, theta_old=mean, ax=right)
        maxima = local_maxima(log_likelihood)
        look = {"marker": "v", "markersize": 9, "markeredgecolor": RED, "zorder": 6}
        for i, index in enumerate(maxima):
            face = RED if i == 0 else "white"
            at = NARROW_MEANS[index], heights[index] + 7
            right.plot(*at, markerfacecolor=face, **look)
        self.set_axes(left, right)
        words = ", ".join(
            f"{NARROW_MEANS[index]:.1f}" + (f" ({heights[index]:.1f})" if i else "")
            for i, index in enumerate(maxima)
        )
        return minus(
            f"Local maxima at {words}, the highest first, the others by how far they lie below it. "
            f"From {mean:.1f} the M step goes to {NARROW_MEANS[lower.argmax()]:.1f}."
        )

    def twin(self, settings: Sequence[Mapping[str, float]]) -> Picture:
        """Return some settings side by side: points above, the slice below."""
        fig, axes = figure(TWIN_WIDTH, 4.6, columns=len(settings), rows=2, squeeze=False)
        words = []
        for (above, below), chosen in zip(axes.T, settings, strict=True):
            words.append(self.draw_on(above, below, **{**FIRST_SETTINGS, **chosen}))
            above.set_title(", ".join(f"{k} {v:g}" for k, v in chosen.items()), fontsize=10)
        for ax in axes[:, 1:].flat:
            ax.set(ylabel="")
        for ax in axes[0]:
            ax.set(xlabel="")
        alt = "Three clusters above, the log-likelihood along the narrow component's mean below. "
        return picture(fig, alt + " ".join(words))
