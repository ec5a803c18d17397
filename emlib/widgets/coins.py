"""The player of lesson 04: two coins, E and M stepped separately, from several starts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from emlib import CoinMixture
from emlib.plots import (
    Picture,
    expected_counts,
    figure,
    likelihood_surface,
    picture,
    responsibilities,
)
from emlib.plots.coins import draw_path, unshared_counts, write_ratios
from emlib.plots.rendering import FrameCanvas
from emlib.plots.style import INK

from .parts import TWIN_WIDTH
from .player import Player, draw_runs, existing
from .recording import HalfStep, record
from .words import listed, nats

ALT_ENDING = (
    "Left: the log-likelihood over the two biases with the path of EM so far. Right: the tosses of "
    "each trial, shared between coins A and B."
)

Path = list[HalfStep]  # the half steps so far


def coin_player(
    x: Any,
    starts: Mapping[str, Sequence[float]],
    *,
    n_rounds: int = 5,
    weights: Sequence[float] = (0.5, 0.5),
) -> Player:
    """Return a player of EM on two coins: choose a start, then step E and M separately.

    Parameters
    ----------
    x : array (N, 2)
        Heads and tails by trial, at most 20 trials.
    starts : mapping of str to (2,)
        Biases to start from, by the name that a button shows.
    n_rounds : int
        Rounds whose E and M steps are shown; one more frame shows where EM stops.
    weights : (2,)
        Probability of each coin, held fixed.

    Returns
    -------
    Player
        ``1 + 2 * n_rounds + 1`` frames a start. On the left the likelihood with the path so far,
        on the right the tosses as the last E step shared them. Its ``twin(frames)`` counts
        rounds, not frames.

    Examples
    --------
    >>> player = coin_player([[5, 5], [9, 1]], {"0.60, 0.50": (0.6, 0.5)}, n_rounds=1)
    >>> player.n_frames
    4
    """
    x = np.asarray(x, dtype=float)
    runs = {
        name: record(CoinMixture(biases, weights, fixed_weights=True), x, n_rounds=n_rounds)
        for name, biases in starts.items()
    }
    paths = {name: [run[: i + 1] for i in range(len(run))] for name, run in runs.items()}
    canvas, axes = background(x, weights)
    pictures, labels = draw_runs(
        canvas, paths, lambda path: draw(axes, x, path), describe, ALT_ENDING
    )
    first = next(iter(paths.values()))
    return Player(
        pictures,
        labels=labels,
        title="EM on two coins, half a step at a time",
        still=min(2, len(first) - 1),
        draw_twin=lambda chosen: draw_twin(x, weights, first, chosen),
    )


def background(x: np.ndarray, weights: Sequence[float]) -> tuple[FrameCanvas, Any]:
    """Return the figure with all that stays the same in every frame, and its axes."""
    fig, axes = figure(8.8, 3.8, columns=2, width_ratios=[1, 1.35])
    likelihood_surface(x, weights=weights, colourbar=False, outlines=False, ax=axes[0])
    unshared_counts(x, ax=axes[1])
    for artist in [*axes[1].patches, *axes[1].texts]:
        artist.remove()
    axes[1].set_title(" ", fontsize=10)
    return FrameCanvas(fig, sharpness=1.5), axes


def draw(axes: Any, x: np.ndarray, path: Path) -> None:
    """Draw the last half step of a path."""
    now = path[-1]
    draw_biases(axes[0], path)
    if now.kind == "start":
        unshared_counts(x, ax=axes[1])
    else:
        expected_counts(x, now.responsibilities, sums=now.kind == "E", ax=axes[1])
    if now.kind in ("M", "end"):
        write_ratios(axes[1], x, now.responsibilities)


def draw_biases(ax: Any, path: Path, numbered: int = 4) -> None:
    """Draw the biases so far, one point a round, and a larger dot where EM is now."""
    biases = [step.model.biases for step in path if step.kind != "E"]
    draw_path(ax, biases, numbered=numbered)
    look = {"markersize": 9, "markeredgecolor": "white", "markeredgewidth": 1.5}
    ax.plot(*biases[-1], marker="o", color=INK, zorder=12, **look)


def describe(path: Path) -> str:
    """Say in words what the last half step of a path did."""
    now = path[-1]
    a, b = now.model.biases
    biases, height = f"bias {a:.3f} for A, {b:.3f} for B", nats(now.objective, 5)
    if now.kind == "start":
        return f"Start: {biases}; ln p = {height} nats."
    if now.kind == "E":
        shares = listed(now.responsibilities[:, 0], 2)
        return (
            f"Round {now.round}, E step: coin A is given {shares} of trials 1 to "
            f"{len(now.responsibilities)}, coin B the rest. The biases stay."
        )
    if now.kind == "end":
        return f"Where EM stops: {biases}; ln p = {height} nats."
    # A rise below half of the last digit written is not seen.
    verb = "rises to" if now.objective > path[-2].objective + 5e-6 else "stays at"
    return f"Round {now.round}, M step: heads by tosses gives {biases}; ln p {verb} {height} nats."


def draw_twin(
    x: np.ndarray, weights: Sequence[float], paths: Sequence[Path], rounds: Sequence[int]
) -> Picture:
    """Return small multiples of a run: a column a round, the biases above, the shares below."""
    by_round = [path for path in paths if path[-1].kind != "E"]
    chosen = [by_round[i] for i in existing(rounds, len(by_round))]
    fig, axes = figure(
        TWIN_WIDTH,
        4.2,
        columns=len(chosen),
        rows=2,
        sharey="row",
        squeeze=False,
        height_ratios=[1.1, 1],
    )
    biases = np.array([step.model.biases for step in paths[-1]])
    limits = (np.floor(10 * biases.min() - 0.5) / 10, np.ceil(10 * biases.max() + 0.5) / 10)
    for (above, below), path in zip(axes.T, chosen, strict=True):
        now = path[-1]
        likelihood_surface(
            x, weights=weights, limits=np.clip(limits, 0, 1), colourbar=False, ax=above
        )
        draw_biases(above, path, numbered=0)
        a, b = now.model.biases
        name = {"start": "start", "end": "where EM stops"}.get(now.kind, f"round {now.round}")
        above.set_title(f"{name}\n{a:.3f}, {b:.3f}", fontsize=10, loc="left")
        responsibilities(x, now.model.responsibilities(x), ax=below)
        if above is not axes[0, 0]:
            above.set_ylabel("")
            above.tick_params(labelleft=False)
    words = " ".join(map(describe, chosen))
    return picture(fig, f"EM on two coins, one column a round. {words}")
