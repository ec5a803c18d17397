"""Pictures of labels seen and unseen: who is who, how many humps, which parameters are likely."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .line import density_curves
from .style import COLOURS, GREY, INK, annotate, axes_or_new, blend, by_component, halo

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def dot_columns(
    x: Any,
    responsibilities: Any = None,
    *,
    width: float = 1.0,
    size: float = 16.0,
    ax: Axes | None = None,
) -> list[Any]:
    """Draw numbers as columns of dots, coloured by what is known of their component.

    Parameters
    ----------
    x : array (N,)
        The numbers, some hundreds.
    responsibilities : array (N, K), optional
        Colours are mixed by them. Where they are labels, zeros and ones, each component has its
        marker; where they are not, all dots are round, so that no dot takes a side. Without them
        the dots are grey.
    width : float
        Width of a column, in the unit of x.
    size : float
        Area of a dot, in square points.
    ax : Axes, optional
        Where to draw; a new figure where it is None.

    Returns
    -------
    list of PathCollection
        One collection per component where there are labels, else one in all.

    Examples
    --------
    >>> groups = dot_columns([1.0, 1.2, 2.1], [[1, 0], [1, 0], [0, 1]])
    >>> groups[0].get_offsets().tolist()
    [[1.5, 1.0], [1.5, 2.0]]
    """
    ax = axes_or_new(ax, 6.4, 2.6)
    x = np.ravel(np.asarray(x, dtype=float))
    column = np.floor(x / width)
    order = np.argsort(column, kind="stable")
    _, first, how_many = np.unique(column[order], return_index=True, return_counts=True)
    height = np.empty(len(x))
    height[order] = 1 + np.arange(len(x)) - np.repeat(first, how_many)
    middle = (column + 0.5) * width
    ax.set(ylim=(0, 1.08 * height.max() + 0.6), xlabel="x", ylabel="how many")
    if responsibilities is None:
        return [ax.scatter(middle, height, s=size, color=GREY, linewidths=0)]
    r = np.asarray(responsibilities, dtype=float)
    if np.isin(r, (0.0, 1.0)).all():
        return by_component(middle, height, r, size, ax)
    return [ax.scatter(middle, height, s=size, c=blend(r), linewidths=0)]


def modes(model: Any, limits: tuple[float, float], n_places: int = 2001) -> np.ndarray:
    """Return where the density of a mixture on a line is highest, to the width of a grid.

    Parameters
    ----------
    model : GaussianMixture1D
        The mixture.
    limits : tuple of float
        Ends of the line.
    n_places : int
        Number of places that are compared with their neighbours.

    Examples
    --------
    >>> from emlib import GaussianMixture1D
    >>> apart = GaussianMixture1D([0.5, 0.5], [-2.0, 2.0], [1.0, 1.0])
    >>> modes(apart, (-6, 6)).round(1).tolist()
    [-2.0, 2.0]
    """
    grid = np.linspace(*limits, n_places)
    density = np.exp(model.log_density(grid))
    rises = np.diff(density) > 0
    return grid[1:-1][rises[:-1] & ~rises[1:]]


def humps(model: Any, limits: tuple[float, float], *, ax: Axes | None = None) -> list[Any]:
    """Draw the density of a mixture and its components, with a flag on each mode.

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
        The modes as markers, then the sum, then one curve a component.

    Examples
    --------
    >>> from emlib import GaussianMixture1D
    >>> close = GaussianMixture1D([0.5, 0.5], [-0.9, 0.9], [1.0, 1.0])
    >>> humps(close, (-5, 5))[0].get_xdata().tolist()
    [0.0]
    """
    ax = axes_or_new(ax, 6.4, 3.0)
    grid = np.linspace(*limits, 400)
    lines = density_curves(model, grid, ax)
    highest = np.array([line.get_ydata().max() for line in lines[1:]])
    # Each number stands under its own curve, away from the middle, where equal groups meet.
    outward = np.linspace(-0.5, 0.5, len(highest))[np.argsort(np.argsort(model.means))]
    look: dict[str, Any] = {"ha": "center", "weight": "bold", "path_effects": halo()}
    for k, x in enumerate(model.means + outward * model.stds):
        ax.text(x, 0.3 * highest[k], str(k), color=COLOURS[k], **look)
    tops = modes(model, limits)
    heights = np.exp(model.log_density(tops)) if len(tops) else []
    (mode_markers,) = ax.plot(
        tops,
        np.asarray(heights) + 0.07 * highest.max(),
        linestyle="none",
        marker="v",
        markersize=8,
        color=INK,
        markeredgewidth=0,
        zorder=4,
    )
    ax.set(xlim=limits, xlabel="x", ylabel="density")
    return [mode_markers, *lines]


MAP_DROPS = (2.0, 10.0, 25.0, 50.0, 100.0, 200.0, 400.0)
"""Distances below the highest log-likelihood at which a line is drawn, in nats."""


def peaks(values: np.ndarray) -> list[tuple[int, int]]:
    """Return the places of a table that are higher than all their neighbours, by row and column.

    Examples
    --------
    >>> peaks(np.array([[3, 1, 1], [1, 0, 1], [1, 1, 2]]))
    [(0, 0), (2, 2)]
    """
    padded = np.pad(np.asarray(values, dtype=float), 1, constant_values=-np.inf)
    rows, columns = np.shape(values)
    around = [
        padded[i : i + rows, j : j + columns]
        for i in range(3)
        for j in range(3)
        if (i, j) != (1, 1)
    ]
    found = np.argwhere(values > np.max(around, axis=0))
    return [(int(row), int(column)) for row, column in found]


def mean_map(
    log_likelihood: Any,
    places: Any,
    *,
    ax: Axes | None = None,
) -> Any:
    """Draw a log-likelihood over two means as contour lines.

    Parameters
    ----------
    log_likelihood : array (M, M)
        Nats, one row a place of the second mean, one column a place of the first.
    places : array (M,)
        Where the means are put.
    ax : Axes, optional
        Where to draw; a new figure where it is None.

    Returns
    -------
    QuadContourSet
        The contour lines, each with its distance below the highest value.

    Notes
    -----
    Stars mark the places that are higher than all their neighbours.

    Examples
    --------
    >>> places = [0.0, 1.0, 2.0]
    >>> lines = mean_map([[-9, -4, -9], [-4, 0, -4], [-9, -4, -9]], places)
    >>> float(lines.levels[-1])
    -2.0
    """
    ax = axes_or_new(ax, 4.4, 4.0)
    values = np.asarray(log_likelihood, dtype=float)
    top = values.max()
    levels = [top - drop for drop in MAP_DROPS[::-1]]
    lines = ax.contour(
        places, places, values, levels=levels, colors=GREY, linewidths=0.9, linestyles="solid"
    )
    shades = ax.contourf(places, places, values, levels=[*levels, top], cmap="Blues")
    shades.set_alpha(0.55)
    ax.clabel(lines, levels[1::2], fmt=lambda level: f"{top - level:.0f}", fontsize=8, colors=INK)
    low, high = np.min(places), np.max(places)
    ax.plot([low, high], [low, high], color=GREY, linewidth=1, linestyle=(0, (2, 2)))
    for row, column in peaks(values):
        at = places[column], places[row]
        ax.plot(*at, marker="*", markersize=15, color=INK, markeredgecolor="white", zorder=4)
    ax.set(xlabel="mean of group 0 (cm)", ylabel="mean of group 1 (cm)", aspect="equal")
    return lines


def profile(places: Any, heights: Any, *, within: float = 2.0, ax: Axes | None = None) -> list[Any]:
    """Draw the best log-likelihood for each value of one parameter, the others being free.

    Parameters
    ----------
    places : array (M,)
        Values of the parameter, rising.
    heights : array (M,)
        The best log-likelihood at each, in nats.
    within : float
        The band below the highest value, in nats, that is shaded.
    ax : Axes, optional
        Where to draw; a new figure where it is None.

    Returns
    -------
    list of Line2D
        The curve.

    Examples
    --------
    >>> (line,) = profile([0.3, 0.5, 0.7], [-12.0, -10.0, -11.0])
    >>> bool(line.axes.get_ylim()[1] > -10)
    True
    """
    ax = axes_or_new(ax, 5.0, 3.0)
    places, heights = np.asarray(places, dtype=float), np.asarray(heights, dtype=float)
    top = float(heights.max())
    ax.axhspan(top - within, top, color="#EDEDED", zorder=0)
    words = f"band: within {within:g} nats of the best"
    annotate(ax, words, (places.max(), top), (0, 3), ha="right", fontsize=9, color=INK)
    lines = ax.plot(places, heights, color=INK, linewidth=2.2)
    ax.set(ylabel="best log-likelihood (nats)", ylim=(None, top + 0.3 * within))
    return lines
