"""Pictures of a mixture: its points, its ellipses, its density."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .gaussians import ellipse
from .line import density_curves, limits_of, name_components
from .style import COLOURS, DASHES, GREY, MARKERS, axes_or_new, by_component, halo, histogram

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ENDING_ALIKE = ((0, ()), *DASHES[1:])
"""The components' dashes, the first of them without a gap, so that all lines end alike."""


def scatter(
    x: Any,
    responsibilities: Any = None,
    *,
    size: float = 14.0,
    ax: Axes | None = None,
) -> list[Any]:
    """Draw points in the plane, coloured by what is known of their component.

    Parameters
    ----------
    x : array (N, 2)
        The points.
    responsibilities : array (N, K), optional
        Colours are mixed by them, and the marker is that of the most probable component; without
        them the points are grey.
    size : float
        Area of a marker, in square points.
    ax : Axes, optional
        Where to draw; a new figure where it is None.

    Returns
    -------
    list of PathCollection
        One collection a component, or one in all.

    Examples
    --------
    >>> groups = scatter([[0, 0], [1, 1], [2, 0]], [[1, 0], [0.6, 0.4], [0, 1]])
    >>> [len(group.get_offsets()) for group in groups]
    [2, 1]
    """
    ax = axes_or_new(ax, 6.0, 4.4)
    x = np.asarray(x, dtype=float)
    ax.set(xlabel="$x_1$", ylabel="$x_2$")
    if responsibilities is None:
        return [ax.scatter(x[:, 0], x[:, 1], s=size, color=GREY, alpha=0.7, linewidths=0)]
    return by_component(x[:, 0], x[:, 1], responsibilities, size, ax, alpha=0.75)


def ellipses(
    means: Any, covariances: Any, *, radius: float = 2.0, ax: Axes | None = None
) -> list[Any]:
    """Draw each Gaussian's mean and the ellipse at a Mahalanobis distance from it.

    Parameters
    ----------
    means : array (K, 2)
        Means of the components.
    covariances : array (K, 2, 2)
        Covariances of the components.
    radius : float
        Mahalanobis distance of the ellipse from the mean; 2 encloses 86.5 % of a Gaussian.
    ax : Axes, optional
        Where to draw; a new figure where it is None.

    Returns
    -------
    list of Line2D
        An ellipse and a mean for each component, in that order.

    Examples
    --------
    >>> ellipse, mean = ellipses([[0.0, 0.0]], [[[4.0, 0.0], [0.0, 1.0]]])
    >>> float(ellipse.get_xdata().max().round(6))
    4.0
    """
    ax = axes_or_new(ax, 6.0, 4.4)
    drawn, rim = [], halo(4.5, alpha=1)
    for k, (mean, covariance) in enumerate(zip(np.asarray(means), covariances, strict=True)):
        curve = ellipse(mean, covariance, radius)
        drawn += ax.plot(*curve, color=COLOURS[k], linewidth=2.4, path_effects=rim, zorder=3)
        drawn += ax.plot(
            *mean,
            color=COLOURS[k],
            marker=MARKERS[k],
            markersize=10,
            markeredgecolor="white",
            markeredgewidth=1.6,
            linestyle="none",
            zorder=4,
        )
    return drawn


def mixture_1d(model: Any, x: Any, *, bins: Any = 40, ax: Axes | None = None) -> list[Any]:
    """Draw a histogram of the data under the density of a one-dimensional mixture.

    Parameters
    ----------
    model : GaussianMixture1D
        Its components are drawn times their weights, their sum in dark.
    x : array (N,)
        The data.
    bins : int or sequence of float
        Number of bars, or their edges; their areas sum to one.
    ax : Axes, optional
        Where to draw; a new figure where it is None.

    Returns
    -------
    list of Line2D
        The sum, then one curve a component.

    Examples
    --------
    >>> from emlib import GaussianMixture1D
    >>> model = GaussianMixture1D([0.5, 0.5], means=[-1.0, 1.0], variances=[1.0, 1.0])
    >>> len(mixture_1d(model, [-1.5, -0.5, 0.2, 0.9, 1.4]))
    3
    """
    ax = axes_or_new(ax, 6.4, 3.8)
    x = np.ravel(np.asarray(x, dtype=float))
    bars = histogram(x, bins, ax)
    limits = limits_of(x)
    lines = density_curves(model, np.linspace(*limits, 400), ax, ENDING_ALIKE)
    name_components(lines)
    top = 1.15 * max(bars.max(), lines[0].get_ydata().max())  # room for the numbers
    ax.set(xlim=limits, ylim=(0, top), xlabel="x", ylabel="density")
    return lines
