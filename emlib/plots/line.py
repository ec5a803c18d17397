"""Pictures of mixtures on a line: who owns which stretch, who owns which point, what settles."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from .style import (
    BAR_COLOUR,
    COLOURS,
    DASHES,
    GREY,
    INK,
    MARKERS,
    annotate,
    axes_or_new,
    by_component,
    halo,
    histogram,
    whole_number_ticks,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def limits_of(x: np.ndarray, margin: float = 0.05) -> tuple[float, float]:
    """Return the ends of an axis that leaves a share of the range of numbers free on each side."""
    free = margin * float(np.ptp(x))
    return float(x.min()) - free, float(x.max()) + free


def density_curves(
    model: Any, grid: np.ndarray, ax: Axes, dashes: Sequence[Any] = DASHES
) -> list[Any]:
    """Draw the density of a mixture on a line, then its components times their weights."""
    lines = ax.plot(grid, np.exp(model.log_density(grid)), color=INK, linewidth=2.4)
    return lines + component_curves(model, grid, ax, dashes)


def component_curves(
    model: Any, grid: np.ndarray, ax: Axes, dashes: Sequence[Any] = DASHES
) -> list[Any]:
    """Draw the components of a mixture on a line, times their weights."""
    lines = []
    for k, density in enumerate(np.exp(model.log_joint(grid)).T):
        style = dashes[k % len(dashes)]
        lines += ax.plot(grid, density, color=COLOURS[k], linewidth=2, linestyle=style)
    return lines


def name_components(lines: Sequence[Any], **look: Any) -> list[Any]:
    """Write each component's number in the colour of its curve, above the sum of all curves.

    A number stands where its component is high and owns most: at the maximum of its curve times
    its responsibility. There it lies on no line, and away from the numbers of its neighbours.

    Parameters
    ----------
    lines : sequence of Line2D
        The sum, then one curve a component, all over the same evenly spaced points.
    **look
        How the words look.

    Returns
    -------
    list of Annotation
        One a component.
    """
    grid, total = lines[0].get_data()
    ax = lines[0].axes
    points = 72 * ax.figure.get_figwidth() * ax.get_position().width  # width of the axes
    a_point = (grid[-1] - grid[0]) / points
    tops = [np.argmax(line.get_ydata() ** 2 / np.fmax(total, 1e-300)) for line in lines[1:]]
    centres = apart(grid[tops], 11 * a_point)
    look = {"ha": "center", "fontsize": 10, "weight": "bold", **look}
    return [
        annotate(
            ax,
            str(k),
            (centre, total[np.abs(grid - centre) <= 5 * a_point].max()),
            (0, 3),
            color=line.get_color(),
            **look,
        )
        for k, (line, centre) in enumerate(zip(lines[1:], centres, strict=True))
    ]


def apart(places: np.ndarray, gap: float) -> np.ndarray:
    """Return places on a line, moved as little as needed so that neighbours keep a gap.

    Examples
    --------
    >>> apart(np.array([4.0, 0.0, 1.0]), 2.0).tolist()
    [4.0, -0.5, 1.5]
    """
    order = np.argsort(places, kind="stable")
    moved = np.array(places, dtype=float)
    for _ in range(len(moved)):
        for left, right in pairwise(order):
            missing = max(0.0, gap - (moved[right] - moved[left]))
            moved[left] -= missing / 2
            moved[right] += missing / 2
    return moved


def curves(model: Any, limits: tuple[float, float], *, ax: Axes | None = None) -> list[Any]:
    """Draw the density of a mixture on a line and its components, without any data.

    Parameters
    ----------
    model : GaussianMixture1D
        Its components are drawn times their weights, their sum in dark.
    limits : tuple of float
        Ends of the line.
    ax : Axes, optional
        Where to draw; a new figure where it is None.

    Returns
    -------
    list of Line2D
        The sum, then one curve a component.

    Examples
    --------
    >>> from emlib import GaussianMixture1D
    >>> len(curves(GaussianMixture1D([0.3, 0.7], [20, 40], [25, 25]), (0, 60)))
    3
    """
    ax = axes_or_new(ax, 6.4, 3.4)
    lines = density_curves(model, np.linspace(*limits, 400), ax)
    name_components(lines, path_effects=halo())
    ax.set(xlim=limits, xlabel="x", ylabel="density")
    return lines


def ribbon(
    model: Any,
    limits: tuple[float, float],
    *,
    boundaries: bool = False,
    ax: Axes | None = None,
) -> list[Any]:
    """Draw the responsibilities along the line as a ribbon, divided between the components.

    Parameters
    ----------
    model : GaussianMixture1D
        Its responsibilities are stacked, the leftmost mean at the bottom, so that they fill the
        height from 0 to 1.
    limits : tuple of float
        Ends of the line.
    boundaries : bool
        Whether a line is drawn, and its place written, where the most probable component changes.
    ax : Axes, optional
        Where to draw; a new figure where it is None.

    Returns
    -------
    list
        A filled area for each component, by its number.

    Examples
    --------
    >>> from emlib import GaussianMixture1D
    >>> theta = GaussianMixture1D([0.3, 0.7], [20, 40], [25, 25])
    >>> len(ribbon(theta, (0, 60), boundaries=True))
    2
    """
    ax = axes_or_new(ax, 6.4, 1.6)
    grid = np.linspace(*limits, 801)
    r = model.responsibilities(grid)
    order = np.argsort(model.means)
    tops = np.cumsum(r[:, order], axis=1)
    areas: list[Any] = [None] * r.shape[1]
    for i, k in enumerate(order.tolist()):
        below = tops[:, i - 1] if i else np.zeros(len(grid))
        areas[k] = ax.fill_between(grid, below, tops[:, i], color=COLOURS[k], alpha=0.75, lw=0)
        own = np.flatnonzero(r[:, k] > 0.5)
        if len(own):
            middle = own[len(own) // 2]
            ax.text(
                grid[middle],
                0.5 * (below[middle] + tops[middle, i]),
                str(k),
                color="white",
                weight="bold",
                ha="center",
                va="center",
                fontsize=11,
            )
    if boundaries:
        best = r.argmax(axis=1)
        for j in np.flatnonzero(np.diff(best)).tolist():
            border = 0.5 * (grid[j] + grid[j + 1])
            ax.axvline(border, color=INK, linewidth=1.6)
            words = f"{border:.1f}".replace("-", "−")
            annotate(ax, words, (border, 0), (4, 4), path_effects=halo())
    ax.set(xlim=limits, ylim=(0, 1), xlabel="x", ylabel="responsibility", yticks=[0, 0.5, 1])
    return areas


def owned_points(
    model: Any,
    x: Any,
    responsibilities: Any,
    *,
    bins: Any = 12,
    height: float | None = None,
    ax: Axes | None = None,
) -> list[Any]:
    """Draw points on a line under a mixture's curves, coloured by who owns them.

    Parameters
    ----------
    model : GaussianMixture1D
        Its components are drawn times their weights.
    x : array (N,)
        The points: a histogram in grey, and a row of markers below it.
    responsibilities : array (N, K) or None
        Colours are mixed by them, and the marker is that of the most probable component; without
        them the points are grey.
    bins : int or sequence of float
        Number of bars, or their edges; their areas sum to one.
    height : float, optional
        Top of the axis.
    ax : Axes, optional
        Where to draw; a new figure where it is None.

    Returns
    -------
    list of PathCollection
        One collection of markers a component, or one in all.

    Examples
    --------
    >>> from emlib import GaussianMixture1D
    >>> theta = GaussianMixture1D([0.5, 0.5], [-1, 1], [1, 1])
    >>> groups = owned_points(theta, [-1.0, 0.1, 1.0], [[1, 0], [0.4, 0.6], [0, 1]])
    >>> [len(group.get_offsets()) for group in groups]
    [1, 2]
    """
    ax = axes_or_new(ax, 4.2, 2.6)
    x = np.ravel(np.asarray(x, dtype=float))
    bars, limits = histogram(x, bins, ax), limits_of(x, 0.08)
    lines = component_curves(model, np.linspace(*limits, 300), ax)
    top = height or 1.15 * float(max(np.max([line.get_ydata() for line in lines]), bars.max()))
    floor = -0.16 * top
    # Five rows, filled in turn from the left, keep neighbours apart.
    rank = np.empty(len(x))
    rank[np.argsort(x)] = np.arange(len(x))
    y = floor * (0.25 + 0.13 * (rank % 5))
    ax.axhline(0, color=GREY, linewidth=0.8)
    ax.set(xlim=limits, ylim=(floor, top), xlabel="x", ylabel="density")
    if responsibilities is None:
        return [ax.scatter(x, y, s=11, color=GREY, linewidths=0)]
    return by_component(x, y, responsibilities, 13, ax)


def gains(
    history: Any, n_rows: int, *, tols: Sequence[float] = (1e-3, 1e-8), ax: Axes | None = None
) -> Any:
    """Draw what each round gains for each row of the data, on a logarithmic axis.

    Parameters
    ----------
    history : array (T,)
        The objective of the start and after each round, in nats.
    n_rows : int
        Number of data.
    tols : sequence of float
        Tolerances, drawn as dotted lines with their values.
    ax : Axes, optional
        Where to draw; a new figure where it is None.

    Returns
    -------
    Line2D
        The gains, from round 1 on.

    Examples
    --------
    >>> gains([-30.0, -20.0, -19.0], 10).get_ydata().tolist()
    [1.0, 0.1]
    """
    ax = axes_or_new(ax, 6.0, 3.2)
    values = np.diff(np.asarray(history, dtype=float)) / n_rows
    rounds = np.arange(1, len(values) + 1)
    (line,) = ax.plot(rounds, values, color=INK, marker="o", markersize=5)
    whole_number_ticks(ax)
    ax.set_yscale("log")
    for tol in tols:
        ax.axhline(tol, color=GREY, linestyle=":", linewidth=1.2)
        # A line of gains falls to the right: high tolerances are named there, low ones on the left.
        on_right = tol > np.sqrt(values.max() * values.min())
        end, ha = (rounds[-1], "right") if on_right else (rounds[0], "left")
        words = f"tol = $10^{{{np.log10(tol):g}}}$"
        annotate(ax, words, (end, tol), (0, 2), ha=ha, va="bottom")
    ax.set(xlabel="round", ylabel="gain per data point (nats)")
    return line


def by_round(
    values: Any,
    *,
    names: Sequence[str] = (),
    label_at: int = 6,
    ylabel: str = "mean",
    ax: Axes | None = None,
) -> list[Any]:
    """Draw parameters by round, on a logarithmic axis of rounds: early and late are both seen.

    Parameters
    ----------
    values : array (T, K)
        One row a round; row 0 is the start, which a logarithmic axis has no place for.
    names : sequence of str
        Words beside each line.
    label_at : int
        The round at which the words stand.
    ylabel : str
        What the parameter is, with its unit.
    ax : Axes, optional
        Where to draw; a new figure where it is None.

    Returns
    -------
    list of Line2D
        One line a component.

    Examples
    --------
    >>> lines = by_round([[160, 180], [162, 177], [163, 176]])
    >>> [line.get_ydata().tolist() for line in lines]
    [[162.0, 163.0], [177.0, 176.0]]
    """
    ax = axes_or_new(ax, 6.0, 3.2)
    values = np.asarray(values, dtype=float)
    rounds = np.arange(1, len(values))
    lines = []
    for k, column in enumerate(values.T):
        lines += ax.plot(rounds, column[1:], color=COLOURS[k], lw=2, linestyle=DASHES[k % 4])
    for k, words in enumerate(names):
        n = min(label_at, len(values) - 1)
        upwards, va = (5, "bottom") if values[n, k] >= values[n].mean() else (-5, "top")
        look = {"va": va, "color": COLOURS[k], "weight": "bold"}
        annotate(ax, words, (n, values[n, k]), (9, upwards), **look)
    ax.set_xscale("log")
    ax.set(xlim=(1, max(2, len(values) - 1)), xlabel="round", ylabel=ylabel)
    return lines


def repeated_fits(
    means: Any, weights: Any, truth: Sequence[float], *, ax: Axes | None = None
) -> list[Any]:
    """Draw the means that fits to many samples found, one sample a row.

    Parameters
    ----------
    means : array (S, K)
        Means found, one row a sample.
    weights : array (S, K)
        Their weights; the area of a marker is proportional to them.
    truth : sequence of float
        The true means, drawn as dotted lines.
    ax : Axes, optional
        Where to draw; a new figure where it is None.

    Returns
    -------
    list of PathCollection
        The markers of each component.

    Examples
    --------
    >>> dots = repeated_fits([[162, 177], [160, 174]], [[0.5, 0.5], [0.3, 0.7]], (163, 177))
    >>> [len(group.get_offsets()) for group in dots]
    [2, 2]
    """
    ax = axes_or_new(ax, 4.6, 3.2)
    means, weights = np.asarray(means, dtype=float), np.asarray(weights, dtype=float)
    rows = np.arange(1, len(means) + 1)
    for row, pair in zip(rows, means, strict=True):
        ax.plot([pair.min(), pair.max()], [row, row], color=BAR_COLOUR, linewidth=1.4, zorder=1)
    groups = []
    for k, true in enumerate(truth):
        ax.axvline(true, color=COLOURS[k], linewidth=1.2, linestyle=(0, (1, 2)), zorder=0)
        groups.append(
            ax.scatter(
                means[:, k],
                rows,
                s=170 * weights[:, k],
                color=COLOURS[k],
                marker=MARKERS[k],
                linewidths=0,
                zorder=2,
            )
        )
    ax.invert_yaxis()
    ax.set(xlabel="mean found (area: weight)", ylabel="sample", yticks=rows[::2])
    return groups
