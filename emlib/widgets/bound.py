"""The panels of lesson 07: a bound that is pushed about, and a hill beside a higher one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from emlib import CoinMixture, GaussianMixture, bound
from emlib.models.mixture import log_sum_exp
from emlib.plots import Picture, ellipses, figure, picture, scatter
from emlib.plots.bound import (
    BLUE,
    BOUND,
    LOG_LIKELIHOOD,
    RED,
    dot,
    hilltops,
    ledger,
    name_curve,
    touching,
)
from emlib.plots.extras import need
from emlib.plots.style import INK

from .gaussians import nats
from .live import Live, guarded

ipywidgets: Any = need("ipywidgets", extra="widgets")

BIASES = np.linspace(0.02, 0.98, 97)


def bound_panel(x: Any, bias: float = 0.3, *, other: float = 0.5, noise: float = 0.6) -> BoundPanel:
    """Return a live panel: mix noise into q, move one bias, press E and M.

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
        Its ``e`` and ``m`` are the two buttons; ``twin()`` draws four states side by side.

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

    children: Any

    def __init__(self, x: np.ndarray, bias: float, other: float, noise: float) -> None:
        self.x, self.other, self.anchor = x, other, bias
        self.start = bias, noise
        self.tables = np.array([self.model(b).log_joint(x) for b in BIASES])
        self.curve = np.array([log_sum_exp(table).sum() for table in self.tables])
        self.limits = self.curve.max() - 16.0, self.curve.max() + 1.5
        fig, (self.left, self.right) = figure(
            8.0, 3.6, columns=2, width_ratios=[1, 1.9], sharey=True
        )
        self.dress(self.left, self.right)
        controls = {
            "noise": slider("noise in q", noise, 0.0, 1.0, 0.05),
            "bias": slider("bias of A", bias, 0.05, 0.95, 0.005),
        }
        self.e = ipywidgets.Button(description="E", tooltip="q becomes the posterior")
        self.m = ipywidgets.Button(description="M", tooltip="the bias goes to the bound's top")
        self.e.on_click(self.e_step)
        self.m.on_click(self.m_step)
        title = "Push the bound about: q by its noise, the bias by hand, both by E and M"
        super().__init__(fig, self.show, controls, title=title)
        self.children = [
            *self.children[:-1],
            ipywidgets.HBox([self.e, self.m]),
            self.children[-1],
        ]

    def model(self, bias: float) -> CoinMixture:
        """Return the two coins with a bias for coin A."""
        return CoinMixture([bias, self.other], [0.5, 0.5], fixed_weights=True)

    def q(self, noise: float) -> np.ndarray:
        """Return the posterior at the place of the last E step, mixed with noise."""
        posterior = bound.posterior(self.model(self.anchor), self.x)
        return (1 - noise) * posterior + noise / 2

    @guarded
    def e_step(self, button: Any = None) -> None:
        """Make q the posterior at the present bias."""
        self.anchor = self.controls["bias"].value
        if self.controls["noise"].value:
            self.controls["noise"].value = 0.0
        else:
            self.redraw()

    @guarded
    def m_step(self, button: Any = None) -> None:
        """Move the bias to where the bound of the present q is highest."""
        q, model = self.q(self.controls["noise"].value), self.model(0.5)
        self.controls["bias"].value = float(model.m_step(model.statistics(self.x, q)).biases[0])

    def dress(self, left: Any, right: Any) -> None:
        """Give the axes their limits and names, so that nothing jumps."""
        left.set(xlim=(-1.3, 0.5), ylim=self.limits, ylabel="nats", xticks=[])
        right.set(xlim=(0, 1), xlabel="bias of coin A")
        right.tick_params(labelleft=True)

    def show(self, noise: float, bias: float) -> str:
        """Draw the ledger and the curves for a q and a bias, and say what they show."""
        return self.draw_on(self.left, self.right, noise, bias)

    def draw_on(self, left: Any, right: Any, noise: float, bias: float) -> str:
        """Draw one state on two axes."""
        q = self.q(noise)
        entropy = bound.entropy(q)
        lower = np.einsum("nk,gnk->g", q, self.tables) + entropy
        log_likelihood = self.model(bias).log_likelihood(self.x)
        expected = bound.q_function(self.model(bias), self.x, q)
        gap = max(log_likelihood - expected - entropy, 0.0)
        if left is not None:
            ledger([("", expected, entropy, gap)], ax=left)
            self.dress(left, right)
        touching(BIASES, self.curve, lower, ax=right)
        right.plot([bias, bias], [expected + entropy, log_likelihood], color=INK, linewidth=1.6)
        dot(right, bias, expected + entropy, BLUE, marker="^")
        dot(right, bias, log_likelihood, RED)
        touch = ": they touch." if gap < 5e-3 else "."
        return (
            f"Bias of A {bias:.3f}, noise {noise:.2f}: ln p {nats(log_likelihood)}, "
            f"bound {nats(expected + entropy)}, KL {gap:.2f}{touch}"
        )

    def twin(self) -> Picture:
        """Return four states of the panel side by side: noisy q, E, M, and E again."""
        bias, noise = self.start
        states = [("q with noise", noise, bias, bias), ("E", 0.0, bias, bias)]
        anchor, self.anchor = self.anchor, bias
        model = self.model(bias)
        new = float(model.m_step(model.statistics(self.x, self.q(0.0))).biases[0])
        states += [("M", 0.0, new, bias), ("E again", 0.0, new, new)]
        fig, axes = figure(9.4, 3.0, columns=4, sharey=True)
        words = []
        for ax, (name, share, place, q_at) in zip(axes, states, strict=True):
            self.anchor = q_at
            words.append(f"{name}: {self.draw_on(None, ax, share, place).strip()}")
            ax.set(xlim=(0, 1), ylim=self.limits, xlabel="bias of coin A", title=name)
            ax.label_outer()
        name_curve(axes[0], 0.68, np.interp(0.68, BIASES, self.curve), LOG_LIKELIHOOD, RED)
        axes[0].text(0.5, self.limits[0] + 0.6, BOUND, color=BLUE, weight="bold", ha="center")
        self.anchor = anchor
        alt = "A blue bound below the red log-likelihood of one bias, four times. "
        return picture(fig, alt + " ".join(words))


def slider(description: str, value: float, low: float, high: float, step: float) -> Any:
    """Return a slider whose name is written in full."""
    return ipywidgets.FloatSlider(
        value=value,
        min=low,
        max=high,
        step=step,
        description=description,
        style={"description_width": "initial"},
        layout={"width": "22em"},
        readout_format=".2f" if step >= 0.01 else ".3f",
    )


PLACES = np.linspace(-2.5, 8.5, 89)
HEIGHT = 2.0
DEPTH = 90.0
CENTRES = np.array([[0.0, 1.5], [2.8, 1.5], [5.5, 3.0]])
SHAPES = np.array([[[1, 0.9], [0.9, 1]], [[1, -0.8], [-0.8, 0.8]], [[1, 0.9], [0.9, 1]]])
SETTINGS = {"middle": 2.8, "spread": 1.0, "share": 0.4, "mean": 4.0}


def hills_panel(rng: np.random.Generator | int, *, n: int = 180) -> HillsPanel:
    """Return a live panel: set the clusters, and see the hills of the log-likelihood of one mean.

    Three clusters, and two components: a wide one covers all points, a narrow one is moved along
    a horizontal line, and is welcome over each cluster.

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

    children: Any

    def __init__(self, rng: np.random.Generator, n: int) -> None:
        self.noise = rng.standard_normal((3, n, 2))
        self.n = n
        fig, (self.left, self.right) = figure(8.4, 3.4, columns=2)
        self.dress(self.left, self.right)
        controls = {
            "middle": slider("middle cluster at", SETTINGS["middle"], 1.0, 4.5, 0.1),
            "spread": slider("spread", SETTINGS["spread"], 0.4, 2.0, 0.1),
            "share": slider("share of the left one", SETTINGS["share"], 0.1, 0.8, 0.05),
            "mean": slider("mean of the narrow one", SETTINGS["mean"], -2.0, 8.0, 0.1),
        }
        title = "Set the clusters; then move the narrow component, and see which hill it climbs"
        super().__init__(fig, self.show, controls, title=title)
        sliders = list(self.controls.values())
        rows = [ipywidgets.HBox(sliders[:2]), ipywidgets.HBox(sliders[2:])]
        self.children = [self.children[0], *rows, self.children[-1]]

    def dress(self, left: Any, right: Any) -> None:
        """Give the axes their limits and names, so that nothing jumps."""
        left.set(xlim=(-3.2, 9), ylim=(-2.0, 6.2), xlabel="$x_1$", ylabel="$x_2$")
        right.set(xlim=(-3.2, 9), ylim=(-DEPTH, 0.16 * DEPTH), xlabel=r"$\mu_{00}$")
        right.set(ylabel="nats below the summit")

    def points(self, middle: float, spread: float, share: float) -> np.ndarray:
        """Return the three clusters; the middle and the right one share what the left leaves."""
        first = round(share * self.n)
        second = round(0.45 * (self.n - first))
        sizes = (first, second, self.n - first - second)
        centres = CENTRES.copy()
        centres[1, 0] = middle
        return np.concatenate(
            [
                centre + spread * z[:size] @ np.linalg.cholesky(shape).T
                for centre, z, size, shape in zip(centres, self.noise, sizes, SHAPES, strict=True)
            ]
        )

    def model(self, x: np.ndarray, mean: float) -> GaussianMixture:
        """Return a narrow component, called 0, at a place, and a wide one over all points."""
        means = [[mean, HEIGHT], x.mean(axis=0)]
        return GaussianMixture([0.35, 0.65], means, [0.6 * np.eye(2), np.cov(x.T, bias=True)])

    def curves(self, x: np.ndarray, mean: float) -> tuple[np.ndarray, np.ndarray]:
        """Return the log-likelihood and the bound that touches at a place, at all places."""
        model = self.model(x, mean)
        table = model.log_joint(x)
        one = GaussianMixture([1.0], [[0.0, HEIGHT]], [model.covariances[0]])
        shifted = x[None] - np.stack([PLACES, np.zeros_like(PLACES)], axis=1)[:, None]
        moved = one.log_density(shifted.reshape(-1, 2)).reshape(len(PLACES), -1)
        moved = moved + np.log(model.weights[0])
        q = bound.posterior(model, x)
        rest = float(q[:, 1] @ table[:, 1]) + bound.entropy(q)
        return np.logaddexp(moved, table[:, 1]).sum(axis=1), moved @ q[:, 0] + rest

    def show(self, middle: float, spread: float, share: float, mean: float) -> str:
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
        summit = log_likelihood.max()
        touching(PLACES, log_likelihood - summit, lower - summit, theta_old=mean, ax=right)
        tops = hilltops(log_likelihood)
        for i, top in enumerate(tops):
            face = RED if i == 0 else "white"
            right.plot(
                PLACES[top],
                log_likelihood[top] - summit + 7,
                marker="v",
                markersize=9,
                markerfacecolor=face,
                markeredgecolor=RED,
                zorder=6,
            )
        self.dress(left, right)
        words = ", ".join(
            f"{PLACES[top]:.1f} ({log_likelihood[top] - summit:.1f})" if i else f"{PLACES[top]:.1f}"
            for i, top in enumerate(tops)
        )
        return (
            f"Local maxima at {words}, the highest first, the others by how far they lie below it. "
            f"From {mean:.1f} the M step goes to {PLACES[lower.argmax()]:.1f}."
        ).replace("-", "−")

    def twin(self, settings: Sequence[Mapping[str, float]]) -> Picture:
        """Return some settings side by side: points above, the slice below."""
        fig, axes = figure(9.4, 4.6, columns=len(settings), rows=2, squeeze=False)
        words = []
        for (above, below), chosen in zip(axes.T, settings, strict=True):
            words.append(self.draw_on(above, below, **{**SETTINGS, **chosen}))
            above.set_title(", ".join(f"{k} {v:g}" for k, v in chosen.items()), fontsize=10)
        for ax in axes[:, 1:].flat:
            ax.set(ylabel="")
        for ax in axes[0]:
            ax.set(xlabel="")
        alt = "Three clusters above, the log-likelihood along the narrow component's mean below. "
        return picture(fig, alt + " ".join(words))
