"""The panel of lesson 01: a bell curve is moved over the data, and its log-likelihood is told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from emlib.plots import Picture, figure, picture
from emlib.plots.extras import need
from emlib.plots.likelihood import bell, normal_log_likelihoods, normal_hill
from emlib.plots.style import INK

from .live import Live

ipywidgets: Any = need("ipywidgets", extra="widgets")

SHOWN = "The bell curve over the histogram of the data, and its place on the hill."
MEANS, STDS = (150.0, 190.0), (6.0, 24.0)
HIGHEST = 0.07


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
        self.limits = min(x.min(), MEANS[0]) - 15, max(x.max(), MEANS[1]) + 15
        fig, (self.left, self.right) = figure(8.4, 3.4, columns=2, width_ratios=[1.25, 1])
        self.set_axes(self.left)
        normal_hill(x, limits=(MEANS, STDS), summit=False, colourbar=False, ax=self.right)
        # Made once and moved: to draw them anew would be slower.
        self.curve = bell(mean, std, self.limits, ax=self.left)
        (self.spot,) = self.right.plot(
            [mean], [std], marker="o", markersize=9, color=INK, markeredgecolor="white"
        )
        self.grid = np.asarray(self.curve.get_xdata(), dtype=float)
        for artist in (self.curve, self.spot):
            artist.set_animated(True)
            artist.set_zorder(6)
        options = {
            "step": 0.5,
            "readout_format": ".1f",
            "style": {"description_width": "initial"},
            "layout": {"width": "30em"},
        }
        controls = {
            "mean": ipywidgets.FloatSlider(
                value=mean, min=MEANS[0], max=MEANS[1], description="mean", **options
            ),
            "std": ipywidgets.FloatSlider(
                value=std, min=STDS[0], max=STDS[1], description="standard deviation", **options
            ),
        }
        super().__init__(fig, self.show, controls, title="Fit a bell curve by hand")

    def set_axes(self, ax: Any) -> None:
        """Draw the histogram, and fix the axes so that nothing jumps."""
        bars = {"bins": 40, "density": True, "color": "#DADADA", "edgecolor": "white", "lw": 0.6}
        ax.hist(self.x, **bars)
        ax.set(xlim=self.limits, ylim=(0, HIGHEST), xlabel="height (cm)", ylabel="density")

    def show(self, mean: float, std: float) -> str:
        """Move the curve and the spot, and say how plausible they make the data."""
        z = (self.grid - mean) / std
        self.curve.set_ydata(np.exp(-0.5 * z * z) / (std * np.sqrt(2 * np.pi)))
        self.spot.set_data([mean], [std])
        return f"{self.say(mean, std)} {SHOWN}"

    def say(self, mean: float, std: float) -> str:
        """Say where the sliders stand, the log-likelihood there, and what is missing."""
        here = float(normal_log_likelihoods(self.x, mean, std))
        missing = float(normal_log_likelihoods(self.x, self.x.mean(), self.x.std())) - here
        return (
            f"Mean {mean:.1f}, standard deviation {std:.1f}: sum of ln p = {here:.1f} nats, "
            f"{missing:.1f} below the highest possible."
        ).replace("= -", "= −")

    def twin(self, settings: Sequence[tuple[float, float]]) -> Picture:
        """Return some pairs of mean and standard deviation side by side."""
        fig, axes = figure(9.4, 2.9, columns=len(settings), sharey=True, squeeze=False)
        words = []
        for ax, (mean, std) in zip(axes[0], settings, strict=True):
            self.set_axes(ax)
            bell(mean, std, self.limits, ax=ax)
            ax.set(xlabel="height (cm)", ylabel="density", ylim=(0, 0.05))
            ax.label_outer()
            here = f"{float(normal_log_likelihoods(self.x, mean, std)):.0f}".replace("-", "−")
            ax.set_title(f"mean {mean:g}, sd {std:g}\nsum of ln p = {here}", fontsize=10)
            words.append(self.say(mean, std))
        return picture(fig, f"Bell curves over one histogram, side by side. {' '.join(words)}")
