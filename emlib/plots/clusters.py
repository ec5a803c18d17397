"""Pictures of K-means: cells, lines to the centroids, their paths, and J by half-steps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from .extras import need
from .style import COLOURS, GREY, INK, MARKERS, axes_or_new, halo, whole_number_ticks

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Limits = tuple[tuple[float, float], tuple[float, float]]

HALF_STEPS = ("assign", "move")


def cells(centroids: Any, limits: Limits) -> list[np.ndarray]:
    """Return the Voronoi cell of each centroid, cut out of a rectangle.

    Parameters
    ----------
    centroids : array (K, 2)
        The centroids. Where two coincide the first has the cell.
    limits : pair of (low, high)
        Ends of the rectangle along x and along y.

    Returns
    -------
    list of array (V, 2)
        The corners of each cell in order; none where the cell lies outside the rectangle.

    Examples
    --------
    >>> left, right = cells([[0, 0], [2, 0]], ((0, 4), (0, 1)))
    >>> float(left[:, 0].max()), float(right[:, 0].min())
    (1.0, 1.0)
    """
    centroids = np.asarray(centroids, dtype=float)
    (left, right), (bottom, top) = limits
    box = np.array([[left, bottom], [right, bottom], [right, top], [left, top]], dtype=float)
    found = []
    for k, own in enumerate(centroids):
        cell = box
        for j, other in enumerate(centroids):
            if j != k:
                cell = _clip_to_nearer(cell, own, other, keep_ties=k < j)
        found.append(cell)
    return found


def _clip_to_nearer(
    cell: np.ndarray, own: np.ndarray, other: np.ndarray, *, keep_ties: bool
) -> np.ndarray:
    """Cut away from a convex polygon what is nearer to another centroid than to its own."""
    normal = other - own
    if not normal.any():
        return cell if keep_ties else cell[:0]
    beyond = (cell - (own + other) / 2) @ normal
    corners = []
    for i in range(len(cell)):
        here, before = beyond[i], beyond[i - 1]
        if (here > 0) != (before > 0):
            share = before / (before - here)
            corners.append(cell[i - 1] + share * (cell[i] - cell[i - 1]))
        if here <= 0:
            corners.append(cell[i])
    return np.reshape(corners, (-1, 2))


def voronoi(centroids: Any, *, square: bool = False, ax: Axes | None = None) -> list[Any]:
    """Tint the region of the plane that is nearest to each centroid.

    Parameters
    ----------
    centroids : array (K, 2)
        The centroids.
    square : bool
        Whether the shorter side of the axes is widened to the length of the longer one.
    ax : Axes, optional
        Where to draw; its present limits cut the cells off, so draw the points first. A new
        figure where it is None.

    Returns
    -------
    list of Polygon
        One for each cell that can be seen.

    Examples
    --------
    >>> len(voronoi([[0.2, 0.2], [0.8, 0.8]]))
    2
    """
    ax = axes_or_new(ax, 6.0, 4.4)
    ax.set_aspect("equal")  # so that a border stands at right angles to what it divides
    limits = ax.get_xlim(), ax.get_ylim()
    if square:
        half = max(np.ptp(limits[0]), np.ptp(limits[1])) / 2
        (a, b), (c, d) = limits
        limits = ((a + b) / 2 - half, (a + b) / 2 + half), ((c + d) / 2 - half, (c + d) / 2 + half)
    found = enumerate(cells(centroids, limits))
    drawn = [ax.add_patch(cell_patch(k, cell)) for k, cell in found if len(cell)]
    ax.set(xlim=limits[0], ylim=limits[1])
    return drawn


def cell_patch(k: int, cell: np.ndarray, **options: Any) -> Any:
    """Return a cell as a polygon in a light tint of its centroid's colour."""
    to_rgba = need("matplotlib.colors", extra="plots").to_rgba
    Polygon = need("matplotlib.patches", extra="plots").Polygon
    look = {"facecolor": to_rgba(COLOURS[k], 0.13), "edgecolor": GREY, "linewidth": 1.2}
    return Polygon(cell, **look, zorder=0.5, **options)


def springs(x: Any, labels: Any, centroids: Any, *, ax: Axes | None = None) -> list[Any]:
    """Draw a line from each point to the centroid it is assigned to.

    Parameters
    ----------
    x : array (N, 2)
        The points.
    labels : array (N,)
        The cluster of each point, from 0.
    centroids : array (K, 2)
        The centroids.
    ax : Axes, optional
        Where to draw; a new figure where it is None.

    Returns
    -------
    list of LineCollection
        One a cluster. The squared lengths of all lines add up to J.

    Examples
    --------
    >>> drawn = springs([[0, 0], [2, 0], [5, 5]], [0, 0, 1], [[1, 0], [5, 4]])
    >>> [len(lines.get_segments()) for lines in drawn]
    [2, 1]
    """
    Lines = need("matplotlib.collections", extra="plots").LineCollection
    ax = axes_or_new(ax, 6.0, 4.4)
    x, centroids = np.asarray(x, dtype=float), np.asarray(centroids, dtype=float)
    labels = np.asarray(labels)
    drawn = []
    for k, centroid in enumerate(centroids):
        own = x[labels == k]
        ends = np.stack([own, np.broadcast_to(centroid, own.shape)], axis=1)
        lines = Lines(ends, colors=COLOURS[k], linewidths=0.5, alpha=0.45, zorder=1)
        drawn.append(ax.add_collection(lines))
    ax.autoscale_view()
    return drawn


def centroids(path: Any, *, ax: Axes | None = None) -> list[Any]:
    """Draw centroids, and the way they came.

    Parameters
    ----------
    path : array (T, K, 2) or (K, 2)
        The centroids by round, the last of which gets the large markers; or one set of them.
    ax : Axes, optional
        Where to draw; a new figure where it is None.

    Returns
    -------
    list of Line2D
        A path and a marker for each centroid, in that order.

    Examples
    --------
    >>> line, marker = centroids([[[0, 0]], [[1, 1]], [[2, 1]]])
    >>> marker.get_xydata().tolist()
    [[2.0, 1.0]]
    """
    ax = axes_or_new(ax, 6.0, 4.4)
    path = np.asarray(path, dtype=float)
    path = path[None] if path.ndim == 2 else path
    drawn = []
    for k in range(path.shape[1]):
        drawn += ax.plot(*path[:, k].T, zorder=3, **path_look(k))
        drawn += ax.plot(*path[-1:, k].T, zorder=5, **marker_look(k))
    return drawn


def path_look(k: int) -> dict[str, Any]:
    """Return how the path of a centroid looks."""
    return {
        "color": COLOURS[k],
        "linewidth": 1.8,
        "marker": MARKERS[k],
        "markersize": 5,
        "markeredgecolor": "white",
        "markeredgewidth": 0.7,
        "path_effects": halo(3.4),
    }


def marker_look(k: int) -> dict[str, Any]:
    """Return how a centroid looks."""
    return {
        "color": COLOURS[k],
        "marker": MARKERS[k],
        "markersize": 13,
        "markeredgecolor": "white",
        "markeredgewidth": 2,
        "linestyle": "none",
    }


def staircase(
    distortions: Any,
    *,
    names: Sequence[str] = HALF_STEPS,
    ax: Axes | None = None,
) -> list[Any]:
    """Draw J after each half-step, as stairs that lead down.

    Parameters
    ----------
    distortions : array (T,)
        J after each half-step, the first after an assignment, then in turn.
    names : sequence of str
        What the two half-steps are called.
    ax : Axes, optional
        Where to draw; a new figure where it is None. The axis of J is logarithmic.

    Returns
    -------
    list of Line2D
        The stairs, then the markers of the assignments and of the moves.

    Examples
    --------
    >>> stairs, assigned, moved = staircase([900, 400, 300, 280, 280])
    >>> assigned.get_ydata().tolist(), moved.get_ydata().tolist()
    ([900.0, 300.0, 280.0], [400.0, 280.0])
    """
    ax = axes_or_new(ax, 5.0, 3.6)
    values = np.asarray(distortions, dtype=float)
    at = np.arange(1, len(values) + 1)
    drawn = ax.plot(at, values, color=GREY, linewidth=1.6, drawstyle="steps-post", zorder=2)
    for first, name in enumerate(names):
        drawn += ax.plot(
            at[first::2],
            values[first::2],
            zorder=3,
            label=f"after {name}",
            **half_step_look(first),
        )
    set_log_axis(ax, values.min(), values.max())
    whole_number_ticks(ax)
    ax.set(xlabel="half-step", ylabel="J (squared units)")
    ax.legend(loc="upper right", frameon=False)
    return drawn


def half_step_look(kind: int) -> dict[str, Any]:
    """Return how J after a half-step looks: 0 for an assignment, 1 for a move."""
    return {
        "color": INK,
        "marker": ("o", "D")[kind],
        "markersize": (7, 6)[kind],
        "markerfacecolor": ("white", INK)[kind],
        "markeredgewidth": 1.4,
        "linestyle": "none",
    }


def set_log_axis(ax: Axes, low: float, high: float) -> None:
    """Make the vertical axis logarithmic, with ticks at 1, 2 and 5 times a power of ten."""
    ax.set_yscale("log")
    bottom, top = low / 1.25, high * 1.25
    powers = range(int(np.floor(np.log10(bottom))), int(np.ceil(np.log10(top))) + 1)
    leading = (1, 2, 5) if top / bottom < 300 else (1,)
    ticks = [m * 10.0**p for p in powers for m in leading]
    ticks = [tick for tick in ticks if bottom <= tick <= top]
    ax.set_yticks(ticks, labels=[f"{tick:,.0f}".replace(",", "\N{THIN SPACE}") for tick in ticks])
    ax.minorticks_off()
    ax.set_ylim(bottom, top)
