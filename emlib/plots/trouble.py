"""Pictures of a fit in trouble: where a rule stops it, how slowly it climbs, a spike, monitors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from .extras import need
from .repair import RUN_COLOURS, RUN_DASHES
from .style import GREY, INK, MARKERS, PURPLE, RED, annotate, axes_or_new, figure, halo

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ROUND_TICKS = (0, 1, 3, 10, 30, 100, 300, 1000)
SMALLEST_GAP = 1e-7
"""Distances to the highest log-likelihood below this are not shown: they are rounding."""

SMALLEST_CHANGE = 1e-9
"""Changes of parameters below this are not shown: they are rounding."""

MONITORED = (RED, INK, PURPLE)
"""Of the three monitors: the log-likelihood as in all pictures, the others as no component."""


def stops(history: Any, tolerances: Mapping[str, int], *, ax: Axes | None = None) -> list[Any]:
    """Draw the objective by round, and where each stopping rule would end the run.

    Parameters
    ----------
    history : array (T,)
        The objective by round; the start is round 0.
    tolerances : mapping of str to int
        The round after which a rule stops, by the tolerance as it is written beside the mark.
        Rules that stop near each other share one line of words.
    ax : Axes, optional
        Where to draw; a new figure where it is None.

    Returns
    -------
    list of Line2D
        The course, then one mark a round at which something stops.

    Examples
    --------
    >>> lines = stops([-9.0, -8.9, -5.0, -4.0], {"1e-3": 1, "1e-4": 1, "1e-8": 3})
    >>> [line.get_xdata().tolist() for line in lines[1:]]
    [[1], [3]]
    """
    ax = axes_or_new(ax, 6.4, 3.6, grid=True)
    history = np.asarray(history, dtype=float)
    lines = ax.plot(np.arange(len(history)), history, color=RED, linewidth=2)
    for group in groups_of_near(tolerances, 0.2 * len(history)):
        rounds = sorted({tolerances[name] for name in group})
        lines += [
            ax.plot(n, history[n], marker="X", markersize=9, color=INK, ls="")[0] for n in rounds
        ]
        in_lower_half = history[rounds[0]] < history.min() + 0.5 * np.ptp(history)
        upwards, va = (9, "bottom") if in_lower_half else (-10, "top")
        ha = "left" if rounds[0] < 0.3 * len(history) else "right"
        point = np.mean(rounds), history[rounds[0]]
        look = {"ha": ha, "va": va, "color": INK, "path_effects": halo()}
        annotate(ax, f"tol {', '.join(group)}", point, (0, upwards), **look)
    ax.ticklabel_format(axis="y", useOffset=False)
    ax.margins(y=0.14)
    ax.set(xlabel="round", ylabel="log-likelihood (nats)")
    return lines


def groups_of_near(rounds: Mapping[str, int], largest_distance: float) -> list[list[str]]:
    """Group names whose rounds lie within a distance of the group's first, in rising order.

    Examples
    --------
    >>> groups_of_near({"a": 50, "b": 1, "c": 2}, 10)
    [['b', 'c'], ['a']]
    """
    groups: list[list[str]] = []
    for name in sorted(rounds, key=lambda name: rounds[name]):
        if groups and rounds[name] - rounds[groups[-1][0]] <= largest_distance:
            groups[-1].append(name)
        else:
            groups.append([name])
    return groups


def gaps(runs: Mapping[str, tuple[Any, Any]], *, ax: Axes | None = None) -> list[Any]:
    """Draw what runs to the same end have still to gain, by passes over the data.

    Parameters
    ----------
    runs : mapping of str to (passes, objectives)
        Two arrays (T,) per run, by its name in the legend.
    ax : Axes, optional
        Where to draw; a new figure where it is None.

    Returns
    -------
    list of Line2D
        One per run: the highest objective of all runs minus its own, on a logarithmic axis. Gaps
        that are rounding are not drawn.

    Examples
    --------
    >>> lines = gaps({"slow": ([1, 2, 3], [-9, -8, -7]), "fast": ([1, 2], [-9, -6])})
    >>> [line.get_ydata().tolist() for line in lines]
    [[3.0, 2.0, 1.0], [3.0]]
    """
    ax = axes_or_new(ax, 6.4, 3.6, grid=True)
    top = max(float(np.max(objectives)) for _, objectives in runs.values())
    lines = []
    for i, (name, (passes, objectives)) in enumerate(runs.items()):
        gap = top - np.asarray(objectives, dtype=float)
        shown = gap > SMALLEST_GAP
        (line,) = ax.plot(
            np.asarray(passes)[shown],
            gap[shown],
            color=RUN_COLOURS[i % len(RUN_COLOURS)],
            linestyle=RUN_DASHES[i % len(RUN_DASHES)],
            linewidth=2,
            marker="o",
            markevery=[-1],
            markersize=6,
            label=name,
        )
        lines.append(line)
    ax.set_yscale("log")
    ax.legend(frameon=False)
    ax.set(xlabel="passes over the data", ylabel="still to gain (nats)")
    return lines


def spike(stds: Any, values: Any, *, label: str | None = None, ax: Axes | None = None) -> Any:
    """Draw the log-likelihood while one component narrows around a point.

    Parameters
    ----------
    stds : array (S,)
        Standard deviations of that component; the axis runs from wide to narrow.
    values : array (S,)
        Log-likelihood at each.
    label : str, optional
        Words beside the lowest point.
    ax : Axes, optional
        Where to draw; a new figure where it is None.

    Returns
    -------
    Line2D
        The curve.

    Examples
    --------
    >>> line = spike([1.0, 0.1, 0.01], [-26.0, -32.0, -31.0], label="dip")
    >>> [float(limit) for limit in line.axes.get_xlim()]
    [1.0, 0.01]
    """
    ax = axes_or_new(ax, 5.2, 3.4, grid=True)
    stds, values = np.asarray(stds, dtype=float), np.asarray(values, dtype=float)
    (line,) = ax.plot(stds, values, color=RED, linewidth=2)
    if label:
        lowest = values.argmin()
        look = {"ha": "center", "va": "top", "color": RED, "weight": "bold"}
        annotate(ax, label, (stds[lowest], values[lowest]), (0, -8), **look)
    ax.set_xscale("log")
    ax.set_xlim(stds.max(), stds.min())
    ax.margins(y=0.16)
    ax.set(xlabel="standard deviation of the narrow component", ylabel="log-likelihood (nats)")
    return line


def monitors(
    rounds: Any,
    objectives: Any,
    changes: Any,
    entropies: Any,
    *,
    axes: Sequence[Axes] | None = None,
    now: int | None = None,
) -> list[Any]:
    """Draw the three monitors of a run: objective, change of the parameters, entropy.

    Parameters
    ----------
    rounds : array (T,)
        Numbers of the rounds.
    objectives : array (T,)
        Log-likelihood in nats.
    changes : array (T,)
        By how much the parameters moved in that round; NaN for the start. Changes that are
        rounding are not drawn.
    entropies : array (T,)
        Entropy of the responsibilities in nats per data point.
    axes : three Axes, optional
        Where to draw, from top to bottom; a new figure where it is None.
    now : int, optional
        The index up to which the lines are drawn, with a marker at their ends; all by default.

    Returns
    -------
    list of Line2D
        Three lines, then three markers.

    Examples
    --------
    >>> lines = monitors([0, 1, 2], [-9, -8, -7.5], [np.nan, 0.5, 0.1], [0.69, 0.4, 0.3], now=1)
    >>> [len(line.get_xdata()) for line in lines]
    [2, 2, 2, 1, 1, 1]
    """
    axes = set_monitors(rounds, objectives, changes, entropies, axes=axes)
    last = len(np.asarray(rounds)) - 1 if now is None else now
    lines, ends = [], []
    for i, (ax, values) in enumerate(zip(axes, (objectives, changes, entropies), strict=True)):
        line, end = draw_monitor(ax, np.asarray(rounds)[: last + 1], values[: last + 1], i)
        lines.append(line)
        ends.append(end)
    return [*lines, *ends]


def draw_monitor(ax: Axes, rounds: Any, values: Any, i: int) -> list[Any]:
    """Draw monitor `i` (0 to 2) up to now, and a marker at its end."""
    values = np.asarray(values, dtype=float)
    if i == 1:
        values = np.where(values > SMALLEST_CHANGE, values, np.nan)
    (line,) = ax.plot(rounds, values, color=MONITORED[i], linewidth=2)
    (end,) = ax.plot(rounds[-1:], values[-1:], color=MONITORED[i], marker=MARKERS[i], ms=7)
    low, high = ax.get_ylim()
    end.set_clip_on(not low <= values[-1] <= high)
    return [line, end]


def set_monitors(
    rounds: Any,
    objectives: Any,
    changes: Any,
    entropies: Any,
    *,
    axes: Sequence[Axes] | None = None,
) -> list[Any]:
    """Give three axes the scales, limits and names that all frames of a run share.

    The start's objective may lie below the first axis: what comes after it is what matters.
    """
    ticker = need("matplotlib.ticker", extra="plots")
    if axes is None:
        axes = figure(4.4, 4.4, rows=3, sharex=True, grid=True)[1]
    top, middle, bottom = np.ravel(np.asarray(axes, dtype=object))
    last = max(1, int(np.max(rounds)))
    for ax in (top, middle, bottom):
        ax.set_xscale("function", functions=(np.log1p, np.expm1))
        ax.set_xlim(-0.06, last * 1.2)
        ax.xaxis.set_major_locator(ticker.FixedLocator([n for n in ROUND_TICKS if n <= last]))
        ax.xaxis.set_minor_locator(ticker.NullLocator())
        ax.grid(True)
    later = np.asarray(objectives)[1:] if len(objectives) > 2 else objectives
    for ax, values in ((top, later), (bottom, [0.0, np.log(2), *entropies])):
        low, high = float(np.min(values)), float(np.max(values))
        margin = 0.08 * (high - low) or 1.0
        ax.set_ylim(low - margin, high + margin)
    drawn = np.asarray(changes, dtype=float)
    drawn = drawn[np.isfinite(drawn) & (drawn > SMALLEST_CHANGE)]
    middle.set_yscale("log")
    middle.set_ylim(*((drawn.min() / 3, drawn.max() * 3) if drawn.size else (0.1, 1.0)))
    middle.yaxis.set_minor_locator(ticker.NullLocator())
    middle.yaxis.set_major_locator(ticker.LogLocator(numticks=4))
    top.yaxis.set_major_locator(ticker.MaxNLocator(3))
    top.ticklabel_format(axis="y", useOffset=False)
    bottom.axhline(np.log(2), color=GREY, linestyle=":", linewidth=1)
    bottom.xaxis.set_label_text("round")
    titles = (
        "log-likelihood (nats)",
        "largest change of a parameter, |Δθ|",
        "entropy of γ (nats per point; dotted: ln 2)",
    )
    for ax, title, colour in zip((top, middle, bottom), titles, MONITORED, strict=True):
        ax.set_title(title, fontsize=9, color=colour, pad=3, loc="left")
    return [top, middle, bottom]
