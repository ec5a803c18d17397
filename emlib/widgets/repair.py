"""The player of lesson 09: a faulty run and a repaired one, side by side, one round a step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from emlib import GaussianMixture1D
from emlib.plots import Picture, figure, picture
from emlib.plots.extras import need
from emlib.plots.line import curves
from emlib.plots.rendering import Stage, film
from emlib.plots.repair import rivals

from .player import Player, existing

NAMES = ("faulty", "repaired")
SHOWN = (
    "Left and middle: histogram under the faulty fit and under the repaired one. Right: both "
    "log-likelihoods by round, falls marked by triangles."
)

Theta = Sequence[Any]


@dataclass(frozen=True)
class Pair:
    """Two recorded runs on the same numbers.

    Attributes
    ----------
    x
        The data, shape (N,).
    models
        For the faulty and for the repaired run, the model after each round.
    histories
        Their log-likelihoods.
    """

    x: Any
    models: tuple[list[GaussianMixture1D], list[GaussianMixture1D]]
    histories: tuple[list[float], list[float]]


def repair_player(
    patients: Mapping[str, tuple[Any, Sequence[Theta], Sequence[Theta]]], *, bins: int = 24
) -> Player:
    """Return a player of recorded runs, the faulty beside the repaired.

    Parameters
    ----------
    patients : mapping of str to (x, faulty, repaired)
        By the name that a button shows: the numbers, and for each of the two runs the weights,
        means and standard deviations at the start and after each round. All runs have one length.
    bins : int
        Number of bars of the histograms.

    Returns
    -------
    Player
        One frame a round.

    Examples
    --------
    >>> start, later = ([0.5, 0.5], [0, 2], [1, 1]), ([0.5, 0.5], [0.2, 1.9], [0.8, 0.9])
    >>> repair_player({"one": ([0.1, 0.4, 2.2], [start, start], [start, later])}).n_frames
    2
    """
    pairs = {name: recorded(*patient) for name, patient in patients.items()}
    frames, labels = {}, {}
    for name, pair in pairs.items():
        words = [describe(pair, n) for n in range(len(pair.models[0]))]
        frames[name] = draw_run(pair, words, bins)
        labels[name] = words
    first = next(iter(pairs.values()))
    return Player(
        frames,
        labels=labels,
        title="A faulty run and a repaired one, one round a step",
        choice="patient",
        still=len(first.models[0]) - 1,
        draw_twin=lambda chosen: draw_twin(first, chosen, bins),
    )


def recorded(x: Any, faulty: Sequence[Theta], repaired: Sequence[Theta]) -> Pair:
    """Make models of the parameters that were written down, and their log-likelihoods."""
    x = np.ravel(np.asarray(x, dtype=float))
    runs = [
        [GaussianMixture1D(weights, means, np.square(stds)) for weights, means, stds in run]
        for run in (faulty, repaired)
    ]
    heights = [[model.log_likelihood(x) for model in run] for run in runs]
    return Pair(x, (runs[0], runs[1]), (heights[0], heights[1]))


def describe(pair: Pair, n: int) -> str:
    """Say in words what a frame shows."""
    parts = []
    for name, models, history in zip(NAMES, pair.models, pair.histories, strict=True):
        means = ", ".join(f"{mean:.2f}" for mean in models[n].means)
        fell = n > 0 and history[n] < history[n - 1] - 1e-9 * abs(history[n])
        fall = ", a fall" if fell else ""
        parts.append(f"{name}: means {means}; ln p = {history[n]:.1f}{fall}")
    title = f"Round {n}" if n else "Start"
    return (
        f"{title}. {'. '.join(parts)}.".replace("-", "−")
        .replace(". f", ". F")
        .replace(". r", ". R")
    )


def set_stage(pair: Pair, axes: Any, bins: int) -> tuple[float, float]:
    """Draw what all frames share, and fix the axes; return the ends of the line."""
    x = pair.x
    margin = 0.05 * float(np.ptp(x))
    limits = float(x.min()) - margin, float(x.max()) + margin
    grid = np.linspace(*limits, 300)
    heights, _ = np.histogram(x, bins=bins, density=True)
    highest = [np.exp(m.log_density(grid)).max() for run in pair.models for m in run[1:]]
    top = 1.15 * max(float(heights.max()), *map(float, highest))
    for ax, name in zip(axes, NAMES, strict=False):
        ax.hist(x, bins=bins, density=True, color="#DADADA", edgecolor="white", linewidth=0.6)
        ax.set(xlim=limits, ylim=(0, top), xlabel="x", ylabel="density")
        ax.set_title(name)
    MaxNLocator = need("matplotlib.ticker", extra="plots").MaxNLocator
    values = np.concatenate(pair.histories)
    low = float(np.min([run[1:] for run in pair.histories])) if values.size > 2 else values.min()
    high = float(values.max())
    room = 0.15 * (high - low) + 1e-6
    last = len(pair.histories[0]) - 1
    axes[2].set(xlim=(0.5, last + 0.5), ylim=(low - 2 * room, high + room), xlabel="round")
    axes[2].set_ylabel("log-likelihood (nats)")
    axes[2].set_title("ln p, from round 1 on")
    axes[2].xaxis.set_major_locator(MaxNLocator(integer=True))
    axes[2].grid(True)
    return limits


def draw(pair: Pair, n: int, axes: Any, limits: tuple[float, float]) -> None:
    """Draw the models of a round, and the likelihoods up to it."""
    kept = [(ax.get_ylim(), ax.get_xlim()) for ax in axes]
    for ax, models in zip(axes, pair.models, strict=False):
        curves(models[n], limits, ax=ax)
    histories = zip(NAMES, pair.histories, strict=True)
    rivals({name: history[1 : n + 1] for name, history in histories}, first=1, ax=axes[2])
    for ax, (ylim, xlim) in zip(axes, kept, strict=True):
        ax.set(xlim=xlim, ylim=ylim)


def draw_run(pair: Pair, words: Sequence[str], bins: int) -> list[Picture]:
    """Return a frame for each round."""
    fig, axes = figure(9.2, 2.9, columns=3)
    limits = set_stage(pair, axes, bins)
    stage = Stage(fig, sharpness=1.5)
    images = []
    for n in range(len(words)):
        draw(pair, n, axes, limits)
        images.append(stage.shot())
    return film(images, [f"{sentence} {SHOWN}" for sentence in words], stage.width)


def draw_twin(pair: Pair, chosen: Sequence[int], bins: int) -> Picture:
    """Return some rounds, one below the other."""
    wanted = existing(chosen, len(pair.models[0]))
    fig, axes = figure(9.2, 2.5 * len(wanted), columns=3, rows=len(wanted), squeeze=False)
    for row, n in zip(axes, wanted, strict=True):
        limits = set_stage(pair, row, bins)
        draw(pair, n, row, limits)
        row[0].set_title(f"faulty, round {n}" if n else "faulty, start")
    words = " ".join(describe(pair, n) for n in wanted)
    return picture(fig, f"Rounds below each other. {words} {SHOWN}")
