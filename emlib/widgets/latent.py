"""The panel of lesson 02: two groups are drawn apart, and the humps are counted."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from emlib import GaussianMixture1D
from emlib.plots import Picture, figure, picture
from emlib.plots.extras import need
from emlib.plots.latent import humps, modes
from emlib.plots.line import ribbon

from .live import Live

ipywidgets: Any = need("ipywidgets", extra="widgets")

SHOWN = (
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
        controls = {
            "separation": ipywidgets.FloatSlider(
                value=1.96,
                min=0.0,
                max=4.0,
                step=0.02,
                description="separation (sd of a group)",
                style={"description_width": "initial"},
                layout={"width": "32em"},
                readout_format=".2f",
            )
        }
        super().__init__(fig, self.show, controls, title="Draw two groups apart")

    def model(self, separation: float) -> GaussianMixture1D:
        """Return two equal groups, so many of their standard deviations apart."""
        std = self.std / math.sqrt(1 + separation**2 / 4)
        half = 0.5 * separation * std
        return GaussianMixture1D([0.5, 0.5], [self.mean - half, self.mean + half], [std**2] * 2)

    def set_axes(self, above: Any, below: Any) -> None:
        """Fix the axes, so that nothing jumps."""
        above.set(xlim=self.limits, ylim=(0, 0.52 / self.std), xlabel="", ylabel="density")
        below.set(xlim=self.limits, ylim=(0, 1), xlabel="height (cm)", ylabel="share")
        below.set_yticks([0, 0.5, 1])

    def show(self, separation: float) -> str:
        """Draw the groups at a separation, and say how many humps they make."""
        model = self.model(separation)
        humps(model, self.limits, ax=self.above)
        ribbon(model, self.limits, ax=self.below)
        self.set_axes(self.above, self.below)
        return self.say(model, separation)

    def say(self, model: GaussianMixture1D, separation: float) -> str:
        """Say how far apart the groups are, how many humps they make and what can be guessed."""
        n = len(modes(model, self.limits))
        wrong = 0.5 * math.erfc(separation / math.sqrt(8))
        return (
            f"Separation {separation:.2f}: {n} hump{'s' if n > 1 else ''}; means "
            f"{model.means[0]:.1f} and {model.means[1]:.1f}, standard deviation "
            f"{model.stds[0]:.2f} in each group; the best guess of a label is wrong for "
            f"{100 * wrong:.0f} % of the people."
        )

    def twin(self, separations: Sequence[float]) -> Picture:
        """Return some separations side by side, for paper and for readers at rest."""
        n = len(separations)
        fig, axes = figure(9.4, 3.2, columns=n, rows=2, squeeze=False, height_ratios=[2.4, 1])
        words = []
        for (above, below), separation in zip(axes.T, separations, strict=True):
            model = self.model(separation)
            humps(model, self.limits, ax=above)
            ribbon(model, self.limits, ax=below)
            self.set_axes(above, below)
            count = len(modes(model, self.limits))
            above.set_title(f"{separation:g} sd: {count} hump{'s' if count > 1 else ''}")
            for ax in (above, below):
                ax.set_xticks(np.round(self.mean + self.std * np.array([-2, 0, 2])))
                ax.label_outer()
            words.append(self.say(model, separation))
        return picture(fig, f"Two groups drawn apart, side by side. {' '.join(words)} {SHOWN}")
