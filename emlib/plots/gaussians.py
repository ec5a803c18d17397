"""Pictures of Gaussians in the plane: the rings of one, the ends of many fits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from .style import COLOURS, INK, annotate, axes_or_new, halo

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def rings(
    mean: Any,
    covariance: Any,
    *,
    radii: Sequence[float] = (1, 2, 3),
    component: int = 0,
    ax: Axes | None = None,
) -> list[Any]:
    """Draw the ellipses at some Mahalanobis distances from a mean, and the principal axes.

    Parameters
    ----------
    mean : array (2,)
        The mean.
    covariance : array (2, 2)
        The covariance. An arrow along each eigenvector is as long as the square root of its
        eigenvalue, so it ends on the ellipse of distance one.
    radii : sequence of float
        Mahalanobis distances; each is written on its ellipse.
    component : int
        Whose colour is used.
    ax : Axes, optional
        Where to draw; a new figure where it is None.

    Returns
    -------
    list
        The ellipses (Line2D), their labels (Text) and the two arrows (Annotation).

    Examples
    --------
    >>> drawn = rings([0, 0], [[4, 0], [0, 1]], radii=[1, 2])
    >>> [float(ellipse.get_xdata().max().round(6)) for ellipse in drawn[:2]]
    [2.0, 4.0]
    """
    ax = axes_or_new(ax, 5.0, 4.4)
    ax.set_aspect("equal")
    mean, covariance = np.asarray(mean, dtype=float), np.asarray(covariance, dtype=float)
    colour = COLOURS[component]
    curves = [ellipse(mean, covariance, radius) for radius in radii]
    ellipses = [ax.plot(*c, color=colour, linewidth=2, zorder=3)[0] for c in curves]
    values, vectors = np.linalg.eigh(covariance)
    vectors = vectors * np.where(vectors.sum(axis=0) < 0, -1, 1)
    ends_of_major_axes = [mean - radius * np.sqrt(values[-1]) * vectors[:, -1] for radius in radii]
    labels = [
        ax.text(
            end[0],
            end[1],
            f"{radius:g}",
            color=colour,
            weight="bold",
            ha="center",
            va="center",
            path_effects=halo(4),
            zorder=5,
        )
        for end, radius in zip(ends_of_major_axes, radii, strict=True)
    ]
    look = {"arrowstyle": "-|>", "color": INK, "linewidth": 1.6, "shrinkA": 0, "shrinkB": 0}
    look |= {"mutation_scale": 9}  # a head short enough for the minor axis
    arrows = [
        ax.annotate(
            "",
            mean + np.sqrt(value) * vector,
            xytext=mean,
            arrowprops=look,
            zorder=4,
        )
        for value, vector in zip(values, vectors.T, strict=True)
    ]
    return [*ellipses, *labels, *arrows]


def ellipse(mean: np.ndarray, covariance: Any, radius: float) -> np.ndarray:
    """Return 121 points at a Mahalanobis distance from a mean, shape (2, 121).

    Examples
    --------
    >>> ellipse(np.zeros(2), [[4.0, 0.0], [0.0, 1.0]], 2.0)[:, 0].tolist()
    [4.0, 0.0]
    """
    angle = np.linspace(0, 2 * np.pi, 121)
    circle = radius * np.array([np.cos(angle), np.sin(angle)])
    points: np.ndarray = mean[:, None] + np.linalg.cholesky(covariance) @ circle
    return points


def ends(
    objectives: Any,
    *,
    width: float = 10.0,
    limits: tuple[float, float] | None = None,
    component: int = 0,
    ax: Axes | None = None,
) -> Any:
    """Draw how often fits from many starts ended at which log-likelihood.

    The height is logarithmic, as one start in two hundred should be seen beside all the others;
    the number stands on the bar.

    Parameters
    ----------
    objectives : array (S,)
        Where each fit ended, in nats.
    width : float
        Width of a bar, in nats.
    limits : tuple of float, optional
        Ends of the axis; those of the data where it is None.
    component : int
        Whose colour is used.
    ax : Axes, optional
        Where to draw; a new figure where it is None.

    Returns
    -------
    BarContainer
        A bar for each interval that holds a fit.

    Examples
    --------
    >>> bars = ends([-2902.3, -2902.3, -3115.0])
    >>> [int(bar.get_height()) for bar in bars]
    [1, 2]
    """
    ax = axes_or_new(ax, 6.4, 3.0)
    objectives = np.asarray(objectives, dtype=float)
    low, high = limits or (objectives.min() - 2 * width, objectives.max() + 2 * width)
    intervals, counts = np.unique(np.floor(objectives / width), return_counts=True)
    middles = (intervals + 0.5) * width
    bars = ax.bar(middles, counts, 0.9 * width, bottom=0, color=COLOURS[component], log=True)
    for middle, count in zip(middles, counts, strict=True):
        annotate(ax, f"{count}", (middle, count), (0, 3), ha="center")
    ax.set(
        xlim=(low, high),
        ylim=(0.5, 4 * len(objectives)),
        xlabel="log-likelihood at the end (nats)",
        ylabel="starts",
    )
    ax.set_yticks([1, 10, 100], labels=["1", "10", "100"])
    ax.minorticks_off()
    return bars
