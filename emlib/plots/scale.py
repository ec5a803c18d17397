"""Pictures of lesson 10: digits lost by raw sums, two orders of addition, what a pass costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from .style import COLOURS, GREY, INK, LABEL_SIZE, MARKERS, annotate, axes_or_new, halo

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SMALLEST_ERROR_DRAWN = 1e-17


def lost_digits(
    offsets: Any, errors: Mapping[str, Any], *, ax: Axes | None = None
) -> dict[str, Any]:
    """Draw relative errors against the offset of the data; above the dashes no digit is right.

    Parameters
    ----------
    offsets : array (S,)
        How far the data lie from zero, in their standard deviations.
    errors : mapping of str to array (S,)
        Relative errors by the words that stand beside the lines; zero is drawn at 1e-17.
    ax : Axes, optional
        Where to draw; a new figure where it is None.

    Returns
    -------
    dict of str to Line2D
        The lines by name.

    Examples
    --------
    >>> lines = lost_digits([1.0, 1e8], {"raw sums": [1e-16, 1.0]})
    >>> lines["raw sums"].axes.get_xscale()
    'log'
    """
    ax = axes_or_new(ax, 6.2, 3.4, grid=True)
    ax.set(xscale="log", yscale="log")
    lines = {}
    for i, (name, values) in enumerate(errors.items()):
        heights = np.maximum(np.asarray(values, dtype=float), SMALLEST_ERROR_DRAWN)
        (line,) = ax.plot(offsets, heights, color=COLOURS[i], marker=MARKERS[i], markersize=6)
        look: dict[str, Any] = {"va": "center", "color": COLOURS[i], "weight": "bold"}
        annotate(ax, name, (offsets[-1], heights[-1]), (9, 0), **look)
        lines[name] = line
    ax.axhline(1, color=GREY, linestyle=(0, (5, 3)), linewidth=1.2)
    look = {"color": INK, "va": "bottom", "path_effects": halo()}
    annotate(ax, "nothing is right any more", (offsets[0], 2.0), (0, 0), **look)
    ax.set(xlabel="distance of the data from zero (in sd)", ylabel="relative error of the variance")
    return lines


def additions(n: int = 8, *, axes: Sequence[Axes]) -> tuple[int, int]:
    """Draw how n statistics are added: one after the other, and as a tree.

    Parameters
    ----------
    n : int
        How many blocks, a power of two.
    axes : two Axes
        For the chain and for the tree.

    Returns
    -------
    tuple of int
        How many additions must wait for each other, in the chain and in the tree.

    Examples
    --------
    >>> from emlib.plots import figure
    >>> additions(4, axes=figure(7, 3, columns=2)[1])
    (3, 2)
    """
    chain = [(0.0, 0.0)]
    for step in range(1, n):
        _join(axes[0], [chain[-1], (float(step), 0.0)], (step, step), COLOURS[0])
        chain.append((float(step), float(step)))
    row, depth = [(float(i), 0.0) for i in range(n)], 0
    while len(row) > 1:
        depth += 1
        above = []
        for left, right in zip(row[::2], row[1::2], strict=True):
            above.append(((left[0] + right[0]) / 2, float(depth)))
            _join(axes[1], [left, right], above[-1], COLOURS[1])
        row = above
    for ax, title in zip(axes, ("one after the other", "as a tree"), strict=True):
        ax.plot(range(n), np.zeros(n), "s", color=GREY, markersize=10)
        for i in range(n):
            ax.annotate(f"{i}", (i, 0), (0, -9), textcoords="offset points", ha="center", va="top")
        ax.set(title=title, ylim=(-1.1, n - 0.4), xticks=[], yticks=range(n))
        ax.set_ylabel("additions that wait")
        ax.set_xlabel("blocks, with their statistics")
        ax.spines["bottom"].set_visible(False)
    return n - 1, depth


def _join(ax: Any, terms: Sequence[tuple[float, float]], point: Any, colour: str) -> None:
    for x, y in terms:
        ax.plot([x, point[0]], [y, point[1]], color=colour, linewidth=1.4, zorder=1)
    ax.plot(*point, "o", color=colour, markersize=13, zorder=2)
    ax.annotate("+", point, ha="center", va="center_baseline", color="white", weight="bold")


def cost_axes(names: Sequence[str], *, axes: Sequence[Axes]) -> None:
    """Prepare two axes for `costs`: a line for each name, time on the left, memory on the right.

    Examples
    --------
    >>> from emlib.plots import figure
    >>> cost_axes(["whole", "blocks"], axes=figure(7, 2, columns=2)[1])
    """
    rows = -np.arange(len(names))
    for ax, title in zip(axes, ("time", "memory at the peak"), strict=True):
        ax.set(title=title, xlim=(0, 1.35), ylim=(0.6 - len(names), 0.6), xticks=[])
        ax.set_yticks(rows, names if title == "time" else [""] * len(names))
        ax.tick_params(length=0)
        ax.spines["bottom"].set_visible(False)


def costs(
    found: Mapping[str, tuple[float, float]], names: Sequence[str], *, axes: Sequence[Axes]
) -> tuple[Any, Any]:
    """Draw bars for what was measured on axes that `cost_axes` prepared, the longest bar full.

    Parameters
    ----------
    found : mapping of str to (float, float)
        Seconds and megabytes, for some of the names.
    names : sequence of str
        As given to `cost_axes`.
    axes : two Axes
        For the seconds and for the megabytes.

    Returns
    -------
    tuple of BarContainer
        The bars on either side.

    Examples
    --------
    >>> from emlib.plots import figure
    >>> left, right = costs({"whole": (0.5, 80.0), "blocks": (0.5, 2.0)}, ["whole", "blocks"],
    ...                     axes=figure(7, 2, columns=2)[1])
    >>> [float(bar.get_width()) for bar in right]
    [1.0, 0.025]
    """
    drawn = []
    rows = [-names.index(name) for name in found]
    for side, (ax, unit) in enumerate(zip(axes, ("s", "MB"), strict=True)):
        values = np.array([pair[side] for pair in found.values()])
        bars = ax.barh(rows, values / max(values, default=1.0), 0.62, color=COLOURS[side])
        for row, value, bar in zip(rows, values, bars, strict=True):
            text = f" {value:.3g} {unit}"
            ax.text(bar.get_width(), row, text, va="center", fontsize=LABEL_SIZE, color=INK)
        drawn.append(bars)
    return drawn[0], drawn[1]


def held(found: Mapping[str, tuple[int, int]], *, ax: Axes | None = None) -> tuple[Any, Any]:
    """Draw how many numbers are held in memory at once: those of the data, and those made of them.

    Parameters
    ----------
    found : mapping of str to (int, int)
        Numbers of the data and of the tables, by the words that stand beside the bars.
    ax : Axes, optional
        Where to draw; a new figure where it is None.

    Returns
    -------
    tuple of BarContainer
        Those of the data and those of the tables.

    Examples
    --------
    >>> data, tables = held({"whole": (200, 300), "file": (20, 30)})
    >>> [float(bar.get_x()) for bar in tables]
    [200.0, 20.0]
    """
    ax = axes_or_new(ax, 7.0, 2.4)
    names, rows = list(found), -np.arange(len(found))
    data, tables = np.array(list(found.values())).T
    bars = [
        ax.barh(rows, data, 0.62, color=COLOURS[0], label="data"),
        ax.barh(rows, tables, 0.62, left=data, color=COLOURS[1], label="responsibilities"),
    ]
    for row, total in zip(rows.tolist(), data + tables, strict=True):
        ax.text(total, row, f" {total:,}", va="center", fontsize=LABEL_SIZE, color=INK)
    ax.set_yticks(rows, names)
    ax.tick_params(axis="y", length=0)
    ax.set(xlim=(0, 1.25 * (data + tables).max()), xticks=[], xlabel="numbers in memory at once")
    ax.legend(loc="lower right", frameon=False)
    return bars[0], bars[1]


def passes(
    ways: Mapping[str, tuple[bool, Sequence[tuple[float, float]]]], *, ax: Axes | None = None
) -> dict[str, list[Any]]:
    """Draw one moment of an E step: which rows are in memory, and whose responsibilities are.

    Parameters
    ----------
    ways : mapping of str to (bool, sequence of (float, float))
        For each way whether all rows are in memory, and from where to where the parts go that are
        worked on at that moment, in shares of the rows.
    ax : Axes, optional
        Where to draw; a new figure where it is None.

    Returns
    -------
    dict of str to list of Rectangle
        The parts worked on, by the name of the way.

    Examples
    --------
    >>> parts = passes({"whole": (True, [(0, 1)]), "file": (False, [(0.3, 0.4)])})
    >>> [float(round(part.get_width(), 1)) for part in parts["file"]]
    [0.1]
    """
    ax = axes_or_new(ax, 8.0, 2.5)
    on_disk: dict[str, Any] = {"color": "white", "edgecolor": GREY, "linestyle": (0, (3, 2))}
    drawn: dict[str, list[Any]] = {}
    for row, (name, (in_memory, parts)) in enumerate(ways.items()):
        starts, ends = np.array(parts, dtype=float).T
        if in_memory:
            ax.barh(-row, 1, 0.62, color=COLOURS[0])
        else:
            ax.barh(-row, 1, 0.62, **on_disk)
            ax.barh(-row, ends - starts, 0.62, left=starts, color=COLOURS[0])
        bars = ax.barh(-row - 0.155, ends - starts, 0.31, left=starts, color=COLOURS[1])
        drawn[name] = list(bars)
    ax.set_yticks(-np.arange(len(ways)), list(ways))
    ax.tick_params(axis="y", length=0)
    ax.set(xlim=(0, 1.5), ylim=(0.5 - len(ways), 0.5), xticks=[])
    ax.set_xlabel("rows of the data, from the first to the last", loc="left")
    ax.spines["bottom"].set_visible(False)
    looks: list[tuple[str, dict[str, Any]]] = [
        ("data in memory", {"color": COLOURS[0]}),
        ("data in the file", on_disk),
        ("responsibilities", {"color": COLOURS[1]}),
    ]
    for label, look in looks:
        ax.barh([0], [0], label=label, **look)
    ax.legend(loc="center right", frameon=False)
    return drawn


def traffic(rows: Sequence[int], n_numbers: int, *, ax: Axes | None = None) -> list[Any]:
    """Draw what travels in a round between a driver and its workers, and what stays.

    Parameters
    ----------
    rows : sequence of int
        How many rows each worker holds.
    n_numbers : int
        K (1 + D + D^2), in either direction.
    ax : Axes, optional
        Where to draw; a new figure where it is None.

    Returns
    -------
    list of Annotation
        The arrows, two for each worker.

    Examples
    --------
    >>> len(traffic([25_000] * 4, 21))
    8
    """
    ax = axes_or_new(ax, 8.0, 3.2)
    ax.set_axis_off()
    n = len(rows)
    ax.set(xlim=(0, 10), ylim=(-0.6, n - 0.4))
    middle = (n - 1) / 2
    box = {"boxstyle": "round,pad=0.6", "facecolor": "white", "linewidth": 1.6}
    ax.text(1.2, middle, "driver\nM step", ha="center", va="center", bbox={**box, "edgecolor": INK})
    arrows = []
    small: dict[str, Any] = {"ha": "center", "fontsize": LABEL_SIZE}
    for i, count in enumerate(rows):
        y = n - 1.0 - i
        words = f"worker {i}: E step of {count:,} rows,\nwhich stay here"
        ax.text(8.4, y, words, va="center", bbox={**box, "edgecolor": GREY, "pad": 0.4}, **small)
        for shift, colour, arrow in ((0.09, COLOURS[0], "-|>"), (-0.09, COLOURS[1], "<|-")):
            style = {"arrowstyle": arrow, "color": colour, "linewidth": 1.5}
            worker, driver = (6.75, y + shift), (1.8, middle + shift)
            arrows.append(ax.annotate("", worker, driver, arrowprops=style))
    contents = (
        ("parameters", COLOURS[0], n - 0.75),
        ("statistics, added on the way", COLOURS[1], -0.3),
    )
    for content, colour, y in contents:
        words = f"{content}: {n_numbers} numbers"
        ax.text(3.9, y, words, color=colour, weight="bold", **small)
    return arrows
