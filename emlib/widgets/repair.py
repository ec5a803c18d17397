"""The player of lesson 09: a faulty run and a repaired one, side by side, one round a step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from emlib import GaussianMixture1D
from emlib.plots import Picture, figure, picture
from emlib.plots.line import curves, limits_of
from emlib.plots.rendering import FrameCanvas
from emlib.plots.repair import rivals
from emlib.plots.style import histogram, whole_number_ticks

from .player import Player, draw_frames, existing
from .words import capitalised, listed, nats

RUNS = ("faulty", "repaired")
ALT_ENDING = (
    "Left and middle: histogram under the faulty fit and under the repaired one. Right: both "
    "log-likelihoods by round, falls marked by triangles."
)

Theta = Sequence[Any]


@dataclass(frozen=True)
class RunPair:
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
    pairs = {name: make_pair(*patient) for name, patient in patients.items()}
    pictures: dict[str, list[Picture]] = {}
    labels: dict[str, list[str]] = {}
    for name, pair in pairs.items():
        pictures[name], labels[name] = draw_pair(pair, bins)
    first = next(iter(pairs.values()))
    return Player(
        pictures,
        labels=labels,
        title="A faulty run and a repaired one, one round a step",
        choice="patient",
        still=len(first.models[0]) - 1,
        draw_twin=lambda chosen: draw_twin(first, chosen, bins),
    )


def make_pair(x: Any, faulty: Sequence[Theta], repaired: Sequence[Theta]) -> RunPair:
    """Make models of the parameters that were written down, and their log-likelihoods."""
    x = np.ravel(np.asarray(x, dtype=float))
    models = [
        [GaussianMixture1D(weights, means, np.square(stds)) for weights, means, stds in run]
        for run in (faulty, repaired)
    ]
    histories = [[model.log_likelihood(x) for model in run] for run in models]
    return RunPair(x, (models[0], models[1]), (histories[0], histories[1]))


def describe(pair: RunPair, n: int) -> str:
    """Say in words what a frame shows."""
    sentences = [f"Round {n}." if n else "Start."]
    for name, models, history in zip(RUNS, pair.models, pair.histories, strict=True):
        fell = n > 0 and history[n] < history[n - 1] - 1e-9 * abs(history[n])
        words = f"means {listed(models[n].means, 2)}; ln p = {nats(history[n], 1)}"
        sentences.append(f"{capitalised(name)}: {words}{', a fall' if fell else ''}.")
    return " ".join(sentences)


def set_axes(pair: RunPair, axes: Any, bins: int) -> tuple[float, float]:
    """Draw what all frames share, and fix the axes; return the ends of the line."""
    limits = limits_of(pair.x)
    grid = np.linspace(*limits, 300)
    densities = [np.exp(m.log_density(grid)).max() for run in pair.models for m in run[1:]]
    bars = [histogram(pair.x, bins, ax).max() for ax in axes[:2]]
    top = 1.15 * float(max(*bars, *densities))
    for ax, name in zip(axes, RUNS, strict=False):
        ax.set(xlim=limits, ylim=(0, top), xlabel="x", ylabel="density")
        ax.set_title(name)
    last = len(pair.histories[0]) - 1
    histories = np.array(pair.histories)
    low, high = float(histories[:, min(1, last) :].min()), float(histories.max())
    margin = 0.15 * (high - low) + 1e-6
    axes[2].set(xlim=(0.5, last + 0.5), ylim=(low - 2 * margin, high + margin), xlabel="round")
    axes[2].set_ylabel("log-likelihood (nats)")
    axes[2].set_title("ln p, from round 1 on")
    whole_number_ticks(axes[2])
    axes[2].grid(True)
    return limits


def draw(pair: RunPair, n: int, axes: Any, limits: tuple[float, float]) -> None:
    """Draw the models of a round, and the likelihoods up to it."""
    before = [(ax.get_ylim(), ax.get_xlim()) for ax in axes]
    for ax, models in zip(axes, pair.models, strict=False):
        curves(models[n], limits, ax=ax)
    histories = zip(RUNS, pair.histories, strict=True)
    rivals({name: history[1 : n + 1] for name, history in histories}, first=1, ax=axes[2])
    for ax, (ylim, xlim) in zip(axes, before, strict=True):
        ax.set(xlim=xlim, ylim=ylim)


def draw_pair(pair: RunPair, bins: int) -> tuple[list[Picture], list[str]]:
    """Return a frame for each round, and what it shows."""
    fig, axes = figure(9.2, 2.9, columns=3)
    limits = set_axes(pair, axes, bins)
    return draw_frames(
        FrameCanvas(fig, sharpness=1.5),
        range(len(pair.models[0])),
        lambda n: draw(pair, n, axes, limits),
        lambda n: describe(pair, n),
        ALT_ENDING,
    )


def draw_twin(pair: RunPair, chosen: Sequence[int], bins: int) -> Picture:
    """Return some rounds, one below the other."""
    wanted = existing(chosen, len(pair.models[0]))
    fig, axes = figure(9.2, 2.5 * len(wanted), columns=3, rows=len(wanted), squeeze=False)
    for row, n in zip(axes, wanted, strict=True):
        limits = set_axes(pair, row, bins)
        draw(pair, n, row, limits)
        row[0].set_title(f"faulty, round {n}" if n else "faulty, start")
    words = " ".join(describe(pair, n) for n in wanted)
    return picture(fig, f"Rounds below each other. {words} {ALT_ENDING}")
