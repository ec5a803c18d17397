"""The player of lesson 05: a mixture on a line, one round of EM a step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from emlib import GaussianMixture1D, em
from emlib.plots import Picture, figure, picture
from emlib.plots.line import curves, ribbon
from emlib.plots.rendering import Stage, film

from .player import Player

ROUNDS = (0, 1, 2, 3, 4, 5, 7, 10, 15, 20, 30, 50, 75)
SHOWN = (
    "Histogram under the components and their sum; below it a ribbon that shows who owns each "
    "stretch of the line."
)

Step = tuple[int | None, GaussianMixture1D, float]


def normal_player(
    x: Any,
    starts: Mapping[str, GaussianMixture1D],
    *,
    rounds: Sequence[int] = ROUNDS,
    bins: int = 60,
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
    runs = {name: follow(start, x, rounds) for name, start in starts.items()}
    limits, top = frame(x, [model for run in runs.values() for _, model, _ in run], bins)
    fig, (above, below) = figure(6.4, 4.2, rows=2, height_ratios=[2.6, 1], sharex=True)
    set_axes(above, below, x, limits, top, bins)
    stage = Stage(fig, sharpness=1.5)
    images = []
    for run in runs.values():
        for _, model, _ in run:
            draw(above, below, model, limits)
            images.append(stage.shot())
    labels = {name: [describe(*step) for step in run] for name, run in runs.items()}
    alts = [f"{words} {SHOWN}" for run in labels.values() for words in run]
    frames = film(images, alts, stage.width)
    length = len(rounds) + 1
    first = next(iter(runs.values()))
    return Player(
        {name: frames[i * length : (i + 1) * length] for i, name in enumerate(runs)},
        labels=labels,
        title="EM on a line, one round a step",
        still=min(5, length - 1),
        draw_twin=lambda chosen: draw_twin(x, first, chosen, bins),
    )


def follow(start: GaussianMixture1D, x: np.ndarray, rounds: Sequence[int]) -> list[Step]:
    """Run EM and keep some rounds, then the end (whose round is None)."""
    kept: list[Step] = []
    for step in em.iterate(start, x):
        if step.iteration in rounds:
            kept.append((step.iteration, step.model, step.objective))
        if step.iteration == max(rounds):
            break
    fit = em.fit(kept[-1][1], x, max_iter=10_000)
    return [*kept, (None, fit.model, fit.objective)]


def frame(
    x: np.ndarray, models: Sequence[GaussianMixture1D], bins: int
) -> tuple[tuple[float, float], float]:
    """Return the ends of the line, and a height that all bars and sums of curves fit under."""
    margin = 0.05 * np.ptp(x)
    limits = float(x.min() - margin), float(x.max() + margin)
    heights, _ = np.histogram(x, bins=bins, density=True)
    grid = np.linspace(*limits, 400)
    highest = max(heights.max(), *(np.exp(m.log_density(grid)).max() for m in models))
    return limits, 1.12 * float(highest)


def set_axes(
    above: Any, below: Any, x: np.ndarray, limits: tuple[float, float], top: float, bins: int
) -> None:
    """Draw what stays the same in all frames: the histogram, and axes that do not jump."""
    above.hist(x, bins=bins, density=True, color="#DADADA", edgecolor="white", linewidth=0.6)
    above.set(xlim=limits, ylim=(0, top), ylabel="density")
    below.set(xlim=limits, ylim=(0, 1), xlabel="x", ylabel="share", yticks=[0, 0.5, 1])


def draw(above: Any, below: Any, model: GaussianMixture1D, limits: tuple[float, float]) -> None:
    """Draw the curves on one pair of axes and the ribbon under them."""
    curves(model, limits, ax=above)
    ribbon(model, limits, ax=below)


def nats(value: float) -> str:
    """Write a log-likelihood to one decimal, with a true minus sign."""
    return f"{value:.1f}".replace("-", "−")


def row(values: Any, digits: int) -> str:
    """Write numbers side by side, with true minus signs."""
    return ", ".join(f"{value:.{digits}f}" for value in values).replace("-", "−")


def name(iteration: int | None) -> str:
    """Name a frame."""
    return "where EM stops" if iteration is None else f"round {iteration}" if iteration else "start"


def describe(iteration: int | None, model: GaussianMixture1D, objective: float) -> str:
    """Say in words what a frame shows."""
    title = name(iteration)
    return (
        f"{title[0].upper()}{title[1:]}: weights {row(model.weights, 2)}; means "
        f"{row(model.means, 2)}; standard deviations {row(model.stds, 2)}; "
        f"ln p = {nats(objective)} nats."
    )


def draw_twin(x: np.ndarray, run: list[Step], rounds: Sequence[int], bins: int) -> Picture:
    """Return rounds of a run side by side; -1 is the end."""
    numbers = [i for i, _, _ in run if i is not None]
    wanted = [numbers.index(r) for r in rounds if r in numbers]
    wanted += [len(run) - 1] if -1 in rounds else []
    limits, top = frame(x, [run[i][1] for i in wanted], bins)
    columns = min(3, len(wanted))
    bands = -(-len(wanted) // columns)
    fig, axes = figure(
        9.4,
        2.9 * bands,
        columns=columns,
        rows=2 * bands,
        squeeze=False,
        sharex=True,
        sharey="row",
        height_ratios=[2.4, 1] * bands,
    )
    for ax in axes[-2:, 1 + (len(wanted) - 1) % columns :].flat:
        ax.set_axis_off()
    for place, i in enumerate(wanted):
        band, column = divmod(place, columns)
        above, below = axes[2 * band : 2 * band + 2, column]
        iteration, model, objective = run[i]
        draw(above, below, model, limits)
        set_axes(above, below, x, limits, top, bins)
        above.set_title(f"{name(iteration)}: {nats(objective)}", fontsize=10)
        above.set_xlabel("")
        for ax in (above, below):
            ax.label_outer()
    words = " ".join(describe(*run[i]) for i in wanted)
    return picture(fig, f"EM on a line, side by side. {words} {SHOWN}")
