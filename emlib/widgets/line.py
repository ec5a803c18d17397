"""The player of lesson 05: a mixture on a line, one round of EM a step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from emlib import GaussianMixture1D
from emlib.plots import Picture, figure, picture
from emlib.plots.line import curves, limits_of, ribbon
from emlib.plots.rendering import FrameCanvas
from emlib.plots.style import histogram

from .parts import TWIN_WIDTH
from .player import Player, draw_runs
from .recording import Round, chosen_rounds, record_rounds
from .words import capitalised, listed, nats

ROUNDS = (0, 1, 2, 3, 4, 5, 7, 10, 15, 20, 30, 50, 75)
ALT_ENDING = (
    "Histogram under the components and their sum; below it a ribbon that shows who owns each "
    "stretch of the line."
)


def normal_player(
    x: Any,
    starts: Mapping[str, GaussianMixture1D],
    *,
    rounds: Sequence[int] = ROUNDS,
    bins: int = 60,
    xlabel: str = "x",
) -> Player:
    """Return a player of EM on numbers: histogram and curves above, responsibilities below.

    Parameters
    ----------
    x : array (N,)
        The data.
    starts : mapping of str to GaussianMixture1D
        Models to start from, by the name that a button shows.
    rounds : sequence of int
        Which rounds are shown; a last frame shows where EM stops.
    bins : int
        Number of bars of the histogram.
    xlabel : str
        What the numbers are, below the last axis.

    Returns
    -------
    Player
        One frame a round and one for the end. Its ``twin(rounds)`` shows rounds of the first
        run; -1 is the end.

    Examples
    --------
    >>> start = GaussianMixture1D([0.5, 0.5], [0.0, 1.0], [1.0, 1.0])
    >>> player = normal_player([0.1, 0.4, 2.2, 3.1], {"one": start}, rounds=(0, 1), bins=4)
    >>> player.n_frames
    3
    """
    x = np.ravel(np.asarray(x, dtype=float))
    runs = {name: record_rounds(start, x, rounds) for name, start in starts.items()}
    limits, top = common_limits(x, [step.model for run in runs.values() for step in run], bins)
    fig, (above, below) = figure(6.4, 4.2, rows=2, height_ratios=[2.6, 1], sharex=True)
    set_axes(above, below, x, limits, top, bins, xlabel)
    canvas = FrameCanvas(fig, sharpness=1.5)
    pictures, labels = draw_runs(
        canvas, runs, lambda step: draw(above, below, step.model, limits), describe, ALT_ENDING
    )
    first = next(iter(runs.values()))
    return Player(
        pictures,
        labels=labels,
        title="EM on a line, chosen rounds",
        still=min(5, len(first) - 1),
        draw_twin=lambda chosen: draw_twin(x, chosen_rounds(first, chosen), bins, xlabel),
    )


def common_limits(
    x: np.ndarray, models: Sequence[GaussianMixture1D], bins: int
) -> tuple[tuple[float, float], float]:
    """Return the ends of the line, and a height that all bars and sums of curves fit under."""
    limits = limits_of(x)
    heights, _ = np.histogram(x, bins=bins, density=True)
    grid = np.linspace(*limits, 400)
    highest = max(heights.max(), *(np.exp(m.log_density(grid)).max() for m in models))
    return limits, 1.12 * float(highest)


def set_axes(
    above: Any,
    below: Any,
    x: np.ndarray,
    limits: tuple[float, float],
    top: float,
    bins: int,
    xlabel: str,
) -> None:
    """Draw what all frames share: the histogram, and axes that do not move."""
    histogram(x, bins, above)
    above.set(xlim=limits, ylim=(0, top), ylabel="density")
    below.set(xlim=limits, ylim=(0, 1), xlabel=xlabel, ylabel="share", yticks=[0, 0.5, 1])


def draw(above: Any, below: Any, model: GaussianMixture1D, limits: tuple[float, float]) -> None:
    """Draw the curves on one pair of axes and the ribbon under them."""
    curves(model, limits, ax=above)
    ribbon(model, limits, ax=below)


def describe(step: Round) -> str:
    """Say in words what a frame shows."""
    model = step.model
    return (
        f"{capitalised(step.name)}: weights {listed(model.weights, 2)}; means "
        f"{listed(model.means, 2)}; standard deviations {listed(model.stds, 2)}; "
        f"ln p = {nats(step.objective, 1)} nats."
    )


def draw_twin(x: np.ndarray, steps: Sequence[Round], bins: int, xlabel: str) -> Picture:
    """Return rounds of a run side by side."""
    limits, top = common_limits(x, [step.model for step in steps], bins)
    columns = min(3, len(steps))
    bands = -(-len(steps) // columns)
    fig, axes = figure(
        TWIN_WIDTH,
        2.9 * bands,
        columns=columns,
        rows=2 * bands,
        squeeze=False,
        sharex=True,
        sharey="row",
        height_ratios=[2.4, 1] * bands,
    )
    for ax in axes[-2:, 1 + (len(steps) - 1) % columns :].flat:
        ax.set_axis_off()
    for i, step in enumerate(steps):
        band, column = divmod(i, columns)
        above, below = axes[2 * band : 2 * band + 2, column]
        draw(above, below, step.model, limits)
        set_axes(above, below, x, limits, top, bins, xlabel)
        above.set_title(f"{step.name}: {nats(step.objective, 1)}", fontsize=10)
        above.set_xlabel("")
        for ax in (above, below):
            ax.label_outer()
    words = " ".join(map(describe, steps))
    return picture(fig, f"EM on a line, side by side. {words} {ALT_ENDING}")
