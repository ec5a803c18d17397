"""The player of lesson 08: recorded runs of EM beside three monitors, one round a step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np

from emlib import bound, em
from emlib.data.errors import CollapseError
from emlib.data.rows import Array
from emlib.plots import Picture, figure, mixture_1d, picture
from emlib.plots.line import density_curves
from emlib.plots.rendering import FrameCanvas
from emlib.plots.trouble import SMALLEST_CHANGE, draw_monitor, monitors, set_monitors

from .parts import TWIN_WIDTH
from .player import Player, draw_frames, existing
from .words import minus, nats

ROUNDS = (0, 1, 2, 5, 13, 21, 34, 89, 144)
ALT_ENDING = (
    "Left: histogram with the components and their sum. Right: log-likelihood, largest change of a"
    " parameter and entropy of the responsibilities by round."
)
SOLID_THEN_DASHED = ("-", *["--"] * 6)


@dataclass(frozen=True)
class MonitoredRun:
    """A run with what its monitors showed, round by round.

    Attributes
    ----------
    x : array (N,)
        The data.
    models : tuple
        The start and the model after each round.
    objectives, changes, entropies : array (T,)
        Log-likelihood in nats; the largest change of a weight, or of a mean or standard deviation
        in standard deviations of the data (NaN for the start); entropy of the responsibilities in
        nats per point.
    collapsed : bool
        Whether the next round found a singular component.
    """

    x: Array
    models: tuple[Any, ...]
    objectives: Array
    changes: Array
    entropies: Array
    collapsed: bool


def monitor(model: Any, x: Any, *, n_rounds: int = 144) -> MonitoredRun:
    """Run EM on numbers and write down what the monitors show; a collapse ends the run.

    Parameters
    ----------
    model : GaussianMixture1D
        The start.
    x : array (N,)
        The data.
    n_rounds : int
        The most rounds.

    Examples
    --------
    >>> from emlib import GaussianMixture1D
    >>> start = GaussianMixture1D([0.5, 0.5], [0.0, 9.0], [1.0, 1.0])
    >>> run = monitor(start, [0.1, 0.2, 0.4, 9.0], n_rounds=20)
    >>> run.collapsed, len(run.models) < 20
    (True, True)
    """
    x = np.ravel(np.asarray(x, dtype=float))
    steps, collapsed = [], False
    try:
        for step in islice(em.iterate(model, x), n_rounds + 1):
            steps.append(step)
    except CollapseError:
        collapsed = True
    models = tuple(step.model for step in steps)
    parameters = np.array([[*m.weights, *m.means / x.std(), *m.stds / x.std()] for m in models])
    changes = np.abs(np.diff(parameters, axis=0)).max(axis=1)
    entropies = [bound.entropy(m.responsibilities(x)) / len(x) for m in models]
    return MonitoredRun(
        x,
        models,
        np.array([step.objective for step in steps]),
        np.append(np.nan, changes),
        np.array(entropies),
        collapsed,
    )


def patient_player(
    patients: Mapping[str, tuple[Any, Any]], *, rounds: Sequence[int] = ROUNDS, bins: int = 40
) -> Player:
    """Return a player of several runs, each beside its monitors.

    Parameters
    ----------
    patients : mapping of str to (GaussianMixture1D, array)
        Start and data, by the name that a button shows.
    rounds : sequence of int
        The rounds that are shown. A run that collapses earlier ends with its last round.
    bins : int
        Bars of the histogram.

    Returns
    -------
    Player
        One frame for each of `rounds`. Its ``twin(rounds)`` shows each patient's monitors, and its
        curves at the last of the rounds asked for.

    Examples
    --------
    >>> from emlib import GaussianMixture1D
    >>> start = GaussianMixture1D([0.5, 0.5], [0.0, 9.0], [1.0, 1.0])
    >>> player = patient_player({"lone": (start, [0.1, 0.2, 0.4, 9.0])}, rounds=(0, 1, 50))
    >>> player.labels["lone"][-1].partition(":")[0]
    'Collapsed after round 1'
    """
    runs = {name: monitor(model, x, n_rounds=max(rounds)) for name, (model, x) in patients.items()}
    pictures: dict[str, list[Picture]] = {}
    labels: dict[str, list[str]] = {}
    for name, run in runs.items():
        pictures[name], labels[name] = draw_run(run, rounds, bins)
    return Player(
        pictures,
        labels=labels,
        title="Four runs and their monitors" if len(runs) == 4 else "Runs and their monitors",
        choice="patient",
        still=-1,
        draw_twin=lambda frames: draw_twin(
            runs, max(rounds[i] for i in existing(frames, len(rounds))), bins
        ),
    )


def last_round(run: MonitoredRun, n: int) -> int:
    """Return the round that is shown for round `n`: the last one, where the run ended before."""
    return min(n, len(run.models) - 1)


def describe(run: MonitoredRun, n: int) -> str:
    """Say what the monitors show at round `n`."""
    i = last_round(run, n)
    model = run.models[i]
    components = "; ".join(
        f"{weight:.2f} at {mean:.2f}, std {std:.3g}"
        for weight, mean, std in zip(model.weights, model.means, model.stds, strict=True)
    )
    change = ""
    if i > 0:
        small = run.changes[i] <= SMALLEST_CHANGE  # rounding, which differs from machine to machine
        size = f"below {SMALLEST_CHANGE:g}" if small else f"= {run.changes[i]:.1g}"
        change = f", |Δθ| {size}"
    title = "Start" if i == 0 else f"Round {i}"
    if run.collapsed and n > i:
        title = f"Collapsed after round {i}"
    return (
        f"{title}: {minus(components)}. ln p = {nats(run.objectives[i])}{change}, "
        f"entropy {run.entropies[i]:.2f}."
    )


def background(run: MonitoredRun, bins: int) -> tuple[FrameCanvas, Any, Sequence[Any]]:
    """Return the figure with all that the frames of a run share, and its axes."""
    fig, axes = figure(8.2, 3.7, columns=2, rows=3, width_ratios=[1.25, 1])
    grid = axes[0, 0].get_gridspec()
    for ax in axes[:, 0]:
        ax.remove()
    left = fig.add_subplot(grid[:, 0])
    left.spines[["top", "right"]].set_visible(False)
    draw_histogram(left, run, -1, bins)
    set_monitors(*monitored(run), axes=axes[:, 1])
    return FrameCanvas(fig, sharpness=1.5), left, axes[:, 1]


def draw_histogram(ax: Any, run: MonitoredRun, i: int, bins: int) -> None:
    """Draw the histogram on axes that hold most of the curves of round `i`, without them."""
    for artist in [*mixture_1d(run.models[i], run.x, bins=bins, ax=ax), *ax.texts]:
        artist.remove()
    ax.set_ylim(0, 1.3 * max(float(bar.get_height()) for bar in ax.patches))


def monitored(run: MonitoredRun) -> tuple[Any, Any, Any, Any]:
    """Return what the monitors take."""
    return np.arange(len(run.models)), run.objectives, run.changes, run.entropies


def draw_run(
    run: MonitoredRun, rounds: Sequence[int], bins: int
) -> tuple[list[Picture], list[str]]:
    """Return a frame for each of the rounds, and what it shows."""
    canvas, left, right = background(run, bins)

    def draw(n: int) -> None:
        i = last_round(run, n)
        draw_curves(left, run.models[i])
        for k, (ax, values) in enumerate(zip(right, monitored(run)[1:], strict=True)):
            draw_monitor(ax, np.arange(i + 1), values[: i + 1], k)

    return draw_frames(canvas, rounds, draw, lambda n: describe(run, n), ALT_ENDING)


def draw_curves(ax: Any, model: Any) -> None:
    """Draw the components and their sum over a histogram that stands already."""
    low, high = ax.get_xlim()
    grid = np.union1d(  # a narrow component needs points of its own
        np.linspace(low, high, 400),
        np.ravel(model.means[:, None] + model.stds[:, None] * np.linspace(-4, 4, 33)),
    )
    density_curves(model, grid[(grid >= low) & (grid <= high)], ax, SOLID_THEN_DASHED)


def draw_twin(runs: Mapping[str, MonitoredRun], n: int, bins: int) -> Picture:
    """Return a column per run: the curves at round `n` above, the monitors below."""
    fig, axes = figure(
        TWIN_WIDTH, 6.2, columns=len(runs), rows=4, squeeze=False, height_ratios=[1.5, 1, 1, 1]
    )
    for (top, *below), (name, run) in zip(axes.T, runs.items(), strict=True):
        i = last_round(run, n)
        draw_histogram(top, run, i, bins)
        draw_curves(top, run.models[i])
        top.set_title(f"{name}\nround {i}", fontsize=9.5)
        top.set(ylabel="", xlabel="", yticks=[])
        monitors(*monitored(run), axes=below, now=i)
        titles = ("ln p", "|Δθ|", "entropy of γ")
        for ax, title in zip(below, titles, strict=True):
            ax.set_title(title, fontsize=9, pad=3, loc="left")
            ax.tick_params(labelsize=8)
    words = " ".join(f"{name}: {describe(run, n)}" for name, run in runs.items())
    return picture(fig, f"One column per run. {words}")
