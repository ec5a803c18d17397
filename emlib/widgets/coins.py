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
from emlib.plots.rendering import Stage, film
from emlib.plots.style import COLOURS

from .player import Player, existing
from .recording import HalfStep, record

SHOWN = (
    "Left: the log-likelihood over the two biases with the path of EM so far. Right: the tosses of "
    "each trial, shared between coins A and B."
)


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
    stage, axes = set_stage(x, weights)
    images = [draw(stage, axes, x, run[: i + 1]) for run in runs.values() for i in range(len(run))]
    labels = {name: [describe(run, i) for i in range(len(run))] for name, run in runs.items()}
    alts = [f"{words} {SHOWN}" for run in labels.values() for words in run]
    frames = film(images, alts, stage.width)
    length = 2 * n_rounds + 2
    first = next(iter(runs.values()))
    return Player(
        {name: frames[i * length : (i + 1) * length] for i, name in enumerate(runs)},
        labels=labels,
        title="EM on two coins, half a step at a time",
        still=min(2, length - 1),
        draw_twin=lambda chosen: draw_twin(x, weights, first, chosen),
    )


def set_stage(x: np.ndarray, weights: Sequence[float]) -> tuple[Stage, Any]:
    """Return the figure with all that stays the same in every frame, and its axes."""
    fig, axes = figure(8.8, 3.8, columns=2, width_ratios=[1, 1.35])
    likelihood_surface(x, weights=weights, colourbar=False, outlines=False, ax=axes[0])
    unshared_counts(x, ax=axes[1])
    for artist in [*axes[1].patches, *axes[1].texts]:
        artist.remove()
    axes[1].set_title(" ", fontsize=10)
    return Stage(fig, sharpness=1.5), axes


def draw(stage: Stage, axes: Any, x: np.ndarray, run: list[HalfStep]) -> Any:
    """Return the frame of the last half step of a run."""
    now = run[-1]
    draw_place(axes[0], run)
    if now.kind == "start":
        unshared_counts(x, ax=axes[1])
    else:
        expected_counts(x, now.responsibilities, sums=now.kind == "E", ax=axes[1])
    if now.kind in ("M", "end"):
        write_ratios(axes[1], x, now.responsibilities)
    return stage.shot()


def draw_place(ax: Any, run: list[HalfStep], numbered: int = 4) -> None:
    """Draw the path so far, and a dot where EM stands."""
    path = [step.model.biases for step in run if step.kind != "E"]
    draw_path(ax, path, numbered=numbered)
    ax.plot(
        *path[-1],
        marker="o",
        markersize=9,
        color=COLOURS[1],
        markeredgecolor="white",
        markeredgewidth=1.5,
        zorder=12,
    )


def describe(run: list[HalfStep], i: int) -> str:
    """Say in words what half step `i` of a run did."""
    now = run[i]
    a, b = now.model.biases
    if now.kind == "start":
        return f"Start: bias {a:.3f} for A, {b:.3f} for B; ln p = {nats(now.objective)} nats."
    if now.kind == "E":
        shares = ", ".join(f"{share:.2f}" for share in now.responsibilities[:, 0])
        return (
            f"Round {now.round}, E step: coin A is given {shares} of trials 1 to "
            f"{len(now.responsibilities)}, coin B the rest. The biases stay."
        )
    if now.kind == "end":
        return (
            f"Where EM stops: bias {a:.3f} for A, {b:.3f} for B; ln p = {nats(now.objective)} nats."
        )
    verb = "rises to" if now.objective > run[i - 1].objective + 5e-6 else "stays at"
    return (
        f"Round {now.round}, M step: heads by tosses gives bias {a:.3f} for A, {b:.3f} for B; "
        f"ln p {verb} {nats(now.objective)} nats."
    )


def nats(value: float) -> str:
    """Write a log-likelihood to five decimals, with a true minus sign."""
    return f"{value:.5f}".replace("-", "−")


def draw_twin(
    x: np.ndarray, weights: Sequence[float], run: list[HalfStep], rounds: Sequence[int]
) -> Picture:
    """Return small multiples of a run: a column a round, the place above, the shares below."""
    wholes = [i for i, step in enumerate(run) if step.kind != "E"]
    chosen = [wholes[i] for i in existing(rounds, len(wholes))]
    fig, axes = figure(
        9.4, 4.2, columns=len(chosen), rows=2, sharey="row", squeeze=False, height_ratios=[1.1, 1]
    )
    path = np.array([step.model.biases for step in run])
    limits = (np.floor(10 * path.min() - 0.5) / 10, np.ceil(10 * path.max() + 0.5) / 10)
    for (above, below), i in zip(axes.T, chosen, strict=True):
        now = run[i]
        likelihood_surface(
            x, weights=weights, limits=np.clip(limits, 0, 1), colourbar=False, ax=above
        )
        draw_place(above, run[: i + 1], numbered=0)
        a, b = now.model.biases
        name = {"start": "start", "end": "where EM stops"}.get(now.kind, f"round {now.round}")
        above.set_title(f"{name}\n{a:.3f}, {b:.3f}", fontsize=10, loc="left")
        responsibilities(x, now.model.responsibilities(x), ax=below)
        if above is not axes[0, 0]:
            above.set_ylabel("")
            above.tick_params(labelleft=False)
    words = " ".join(describe(run, i) for i in chosen)
    return picture(fig, f"EM on two coins, one column a round. {words}")
