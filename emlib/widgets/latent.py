"""The panel of lesson 02: two groups are drawn apart, and the humps are counted."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from emlib import GaussianMixture1D
from emlib.plots import Picture, figure, picture
from emlib.plots.latent import humps, modes
from emlib.plots.line import ribbon

from .live import Live
from .parts import TWIN_WIDTH, slider

ALT_ENDING = (
    "Two bell curves, their sum with a flag on each hump, and below it the share of each group "
    "along the line."
)


def separation_panel(*, mean: float = 170.0, std: float = 10.0) -> SeparationPanel:
    """Return a live panel: a slider draws two equal groups apart, and the humps are counted.

    Mean and standard deviation of all together stay what they are, so the groups get narrower as
    they part.

    Parameters
    ----------
    mean, std : float
        Those of both groups together.

    Returns
    -------
    SeparationPanel
        Its ``twin(separations)`` draws some separations side by side.

    Examples
    --------
    >>> panel = separation_panel()
    >>> panel.controls["separation"].value = 2.5
    >>> panel.words.partition(";")[0]
    'Separation 2.50: 2 humps'
    """
    return SeparationPanel(mean, std)


class SeparationPanel(Live):
    """A live panel in which two groups are drawn apart; see `separation_panel`."""

    def __init__(self, mean: float, std: float) -> None:
        self.mean, self.std = mean, std
        self.limits = mean - 3.2 * std, mean + 3.2 * std
        fig, (self.above, self.below) = figure(6.4, 3.8, rows=2, height_ratios=[2.6, 1])
        self.set_axes(self.above, self.below)
        words = "separation (sd of a group)"
        separation = slider(words, 1.96, 0.0, 4.0, 0.02, decimals=2, width="32em")
        controls = {"separation": separation}
        super().__init__(fig, self.draw_separation, controls, title="Draw two groups apart")

    def model(self, separation: float) -> GaussianMixture1D:
        """Return two equal groups, so many of their standard deviations apart."""
        std = self.std / math.sqrt(1 + separation**2 / 4)
        half = 0.5 * separation * std
        return GaussianMixture1D([0.5, 0.5], [self.mean - half, self.mean + half], [std**2] * 2)

    def set_axes(self, above: Any, below: Any) -> None:
        """Fix the axes, so that nothing moves but the groups."""
        above.set(xlim=self.limits, ylim=(0, 0.52 / self.std), xlabel="", ylabel="density")
        below.set(xlim=self.limits, ylim=(0, 1), xlabel="height (cm)", ylabel="share")
        below.set_yticks([0, 0.5, 1])

    def draw_separation(self, separation: float) -> str:
        """Draw the groups at a separation, and say how many humps they make."""
        return self.draw_on(self.above, self.below, separation)

    def draw_on(self, above: Any, below: Any, separation: float) -> str:
        """Draw one separation on two axes, and say what they show."""
        model = self.model(separation)
        humps(model, self.limits, ax=above)
        ribbon(model, self.limits, ax=below)
        self.set_axes(above, below)
        wrong = 0.5 * math.erfc(separation / math.sqrt(8))
        return (
            f"Separation {separation:.2f}: {self.count(model)}; means "
            f"{model.means[0]:.1f} and {model.means[1]:.1f}, standard deviation "
            f"{model.stds[0]:.2f} in each group; the best guess of a label is wrong for "
            f"{100 * wrong:.0f} % of the people."
        )

    def count(self, model: GaussianMixture1D) -> str:
        """Say how many humps there are."""
        n = len(modes(model, self.limits))
        return f"{n} hump{'s' if n > 1 else ''}"

    def twin(self, separations: Sequence[float]) -> Picture:
        """Return some separations side by side, for paper and for readers at rest."""
        n = len(separations)
        fig, axes = figure(
            TWIN_WIDTH, 3.2, columns=n, rows=2, squeeze=False, height_ratios=[2.4, 1]
        )
        words = []
        for (above, below), separation in zip(axes.T, separations, strict=True):
            words.append(self.draw_on(above, below, separation))
            above.set_title(f"{separation:g} sd: {self.count(self.model(separation))}")
            for ax in (above, below):
                ax.set_xticks(np.round(self.mean + self.std * np.array([-2, 0, 2])))
                ax.label_outer()
        words.append(ALT_ENDING)
        return picture(fig, f"Two groups drawn apart, side by side. {' '.join(words)}")
