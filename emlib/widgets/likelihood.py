"""The panel of lesson 01: a bell curve is moved over the data, and its log-likelihood is told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from emlib.plots import Picture, figure, picture
from emlib.plots.likelihood import bell, normal_density, normal_hill, normal_log_likelihoods
from emlib.plots.style import INK, histogram

from .draggable import Handle
from .live import Live
from .parts import TWIN_WIDTH, slider
from .words import nats

ENDING = "The bell curve over the histogram of the data, and its place on the hill."
RANGE_OF_MEAN, RANGE_OF_STD = (150.0, 190.0), (6.0, 24.0)
HIGHEST_DENSITY = 0.07


def likelihood_panel(x: Any, *, mean: float = 160.0, std: float = 15.0) -> LikelihoodPanel:
    """Return a live panel: two sliders move a bell curve, its log-likelihood follows.

    Parameters
    ----------
    x : array (N,)
        Heights in centimetres.
    mean, std : float
        Where the sliders stand at the beginning.

    Returns
    -------
    LikelihoodPanel
        Its ``twin(settings)`` draws some pairs of mean and standard deviation side by side.

    Examples
    --------
    >>> panel = likelihood_panel([160.0, 170.0, 180.0])
    >>> panel.controls["mean"].value = 170.0
    >>> panel.words.partition(":")[0]
    'Mean 170.0, standard deviation 15.0'
    """
    return LikelihoodPanel(np.ravel(np.asarray(x, dtype=float)), mean, std)


class LikelihoodPanel(Live):
    """A live panel in which a bell curve is fitted by hand; see `likelihood_panel`."""

    def __init__(self, x: np.ndarray, mean: float, std: float) -> None:
        self.x = x
        self.limits = min(x.min(), RANGE_OF_MEAN[0]) - 15, max(x.max(), RANGE_OF_MEAN[1]) + 15
        fig, (self.left, self.right) = figure(8.4, 3.4, columns=2, width_ratios=[1.25, 1])
        self.set_axes(self.left, HIGHEST_DENSITY)
        limits = RANGE_OF_MEAN, RANGE_OF_STD
        normal_hill(x, limits=limits, summit=False, colourbar=False, ax=self.right)
        # Made once and moved: to draw them anew would be slower.
        self.curve = bell(mean, std, self.limits, ax=self.left)
        (self.spot,) = self.right.plot(
            [mean], [std], marker="o", markersize=9, color=INK, markeredgecolor="white"
        )
        self.grid = np.asarray(self.curve.get_xdata(), dtype=float)
        for artist in (self.curve, self.spot):
            artist.set_animated(True)
            artist.set_zorder(6)
        controls = {
            "mean": slider("mean", mean, *RANGE_OF_MEAN, 0.5, width="30em"),
            "std": slider("standard deviation", std, *RANGE_OF_STD, 0.5, width="30em"),
        }
        spot = Handle("mean and standard deviation", self.right, "mean", "std")
        super().__init__(fig, self.move, controls, title="Fit a bell curve by hand", handles=[spot])

    def set_axes(self, ax: Any, highest: float) -> None:
        """Draw the histogram, and fix the axes, so that nothing moves but the curve."""
        histogram(self.x, 40, ax)
        ax.set(xlim=self.limits, ylim=(0, highest), xlabel="height (cm)", ylabel="density")

    def move(self, mean: float, std: float) -> str:
        """Move the curve and the spot, and say how plausible they make the data."""
        self.curve.set_ydata(normal_density(self.grid, mean, std))
        self.spot.set_data([mean], [std])
        return f"{self.describe(mean, std)} {ENDING}"

    def log_likelihood(self, mean: float, std: float) -> float:
        """Return the log-likelihood of the data."""
        return float(normal_log_likelihoods(self.x, mean, std))

    def describe(self, mean: float, std: float) -> str:
        """Say where the sliders stand, the log-likelihood there, and what is missing."""
        here = self.log_likelihood(mean, std)
        missing = self.log_likelihood(self.x.mean(), self.x.std()) - here
        return (
            f"Mean {mean:.1f}, standard deviation {std:.1f}: sum of ln p = {nats(here, 1)} nats, "
            f"{missing:.1f} below the highest possible."
        )

    def twin(self, settings: Sequence[tuple[float, float]]) -> Picture:
        """Return some pairs of mean and standard deviation side by side."""
        n = len(settings)
        fig, axes = figure(TWIN_WIDTH, 2.9, columns=n, sharey=True, squeeze=False)
        words = []
        for ax, (mean, std) in zip(axes[0], settings, strict=True):
            self.set_axes(ax, 0.05)
            bell(mean, std, self.limits, ax=ax)
            ax.label_outer()
            height = nats(self.log_likelihood(mean, std), 0)
            ax.set_title(f"mean {mean:g}, sd {std:g}\nsum of ln p = {height}", fontsize=10)
            words.append(self.describe(mean, std))
        return picture(fig, f"Bell curves over one histogram, side by side. {' '.join(words)}")
