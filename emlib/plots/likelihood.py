"""Pictures of likelihoods: of one parameter as a curve, of mean and spread as a hill over a plane.

Here ``x`` holds numbers, shape (N,), and a normal distribution has a mean and a standard deviation.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from .coins import draw_path
from .style import GREY, INK, annotate, axes_or_new, halo
from .surfaces import add_scale, shaded

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MARK = "#B0307F"
"""Purple, which no component of a mixture has: here nothing is a component."""

PATHS = (MARK, "#7A5C00")

DROPS = (2.0, 10.0, 40.0, 100.0, 250.0, 600.0, 1500.0)
"""Distances below the highest log-likelihood at which a shade ends, in nats."""


def normal_density(x: Any, mean: float, std: float) -> np.ndarray:
    """Return the density of a normal distribution.

    Examples
    --------
    >>> normal_density([0.0], 0.0, 1.0).round(6).tolist()
    [0.398942]
    """
    z = (np.asarray(x, dtype=float) - mean) / std
    density: np.ndarray = np.exp(-0.5 * z * z) / (std * np.sqrt(2 * np.pi))  # (1.46)
    return density


def normal_log_likelihoods(x: Any, means: Any, stds: Any) -> np.ndarray:
    """Return the log-likelihood of numbers, in nats, by mean and standard deviation.

    Parameters
    ----------
    x : array (N,)
        The numbers.
    means, stds : arrays that broadcast
        Parameters, the standard deviations above zero.

    Notes
    -----
    The numbers enter by their count, mean and variance alone.

    Examples
    --------
    >>> normal_log_likelihoods([-1.0, 1.0], 0.0, 1.0).round(4).item()
    -2.8379
    """
    x, means, stds = (np.asarray(v, dtype=float) for v in (x, means, stds))
    squares = x.var() + (x.mean() - means) ** 2
    values: np.ndarray = -0.5 * len(x) * (np.log(2 * np.pi * stds**2) + squares / stds**2)
    return values  # (1.54)


def likelihood_curve(
    places: Any,
    heights: Any,
    *,
    best: float | None = None,
    tag: str = "",
    area: bool = False,
    ax: Axes | None = None,
) -> Any:
    """Draw a likelihood, or its logarithm, as a curve over one parameter.

    Parameters
    ----------
    places : array (M,)
        Values of the parameter, rising.
    heights : array (M,)
        The likelihood at each; places where it is infinite or NaN are left out.
    best : float, optional
        Where the maximum is; a dotted line leads down from it.
    tag : str
        Words beside the maximum.
    area : bool
        Whether the area under the curve is shaded.
    ax : Axes, optional
        Where to draw; a new figure where it is None.

    Returns
    -------
    Line2D
        The curve.

    Examples
    --------
    >>> curve = likelihood_curve([0.2, 0.4, 0.6], [0.020, 0.035, 0.023], best=0.4, tag="2/5")
    >>> [text.get_text() for text in curve.axes.texts]
    ['2/5']
    """
    ax = axes_or_new(ax, 4.4, 3.0)
    places, heights = np.asarray(places, dtype=float), np.asarray(heights, dtype=float)
    shown = np.where(np.isfinite(heights), heights, np.nan)
    (curve,) = ax.plot(places, shown, color=INK, linewidth=2.2)
    low, high = float(np.nanmin(shown)), float(np.nanmax(shown))
    floor = 0.0 if area else low - 0.05 * (high - low)
    if area:
        ax.fill_between(places, 0, shown, color=INK, alpha=0.12, linewidth=0)
    if best is not None:
        top = float(np.interp(best, places, shown))
        ax.plot([best, best], [floor, top], color=INK, linewidth=1.2, linestyle=(0, (1, 2)))
        ax.plot(best, top, marker="*", markersize=14, color=MARK, markeredgecolor="white")
        look = {"weight": "bold", "color": MARK, "path_effects": halo()}
        annotate(ax, tag, (best, top), (0, 9), ha="center", **look)
    ax.set_ylim(floor, high + 0.2 * (high - low))
    return curve


def bell(
    mean: float,
    std: float,
    limits: tuple[float, float],
    *,
    interval: tuple[float, float] | None = None,
    ax: Axes | None = None,
) -> Any:
    """Draw a bell curve, and shade the probability of an interval.

    Parameters
    ----------
    mean, std : float
        Those of the normal distribution.
    limits : tuple of float
        Ends of the line.
    interval : tuple of float, optional
        The ends between which the area is shaded.
    ax : Axes, optional
        Where to draw; a new figure where it is None.

    Returns
    -------
    Line2D
        The curve.

    Examples
    --------
    >>> curve = bell(170.0, 10.0, (130, 210), interval=(169.5, 170.5))
    >>> float(curve.get_ydata().max().round(3))
    0.04
    """
    ax = axes_or_new(ax, 5.0, 3.0)
    grid = np.linspace(*limits, 301)
    (curve,) = ax.plot(grid, normal_density(grid, mean, std), color=INK, linewidth=2.2)
    if interval is not None:
        inside = np.linspace(*interval, 60)
        ax.fill_between(
            inside, 0, normal_density(inside, mean, std), color=MARK, linewidth=0, zorder=3
        )
    ax.set(xlim=limits, ylabel="density")
    return curve


def sticks(
    x: Any, mean: float, std: float, limits: tuple[float, float], *, ax: Axes | None = None
) -> Any:
    """Draw numbers as sticks that reach up to a bell curve: the factors of the likelihood.

    Parameters
    ----------
    x : array (N,)
        A few numbers.
    mean, std : float
        Those of the normal distribution.
    limits : tuple of float
        Ends of the line.
    ax : Axes, optional
        Where to draw; a new figure where it is None.

    Returns
    -------
    LineCollection
        The sticks, each as high as the density at its number.

    Examples
    --------
    >>> lines = sticks([0.0, 1.0], 0.0, 1.0, (-3, 3))
    >>> len(lines.get_segments())
    2
    """
    ax = axes_or_new(ax, 4.4, 3.0)
    x = np.ravel(np.asarray(x, dtype=float))
    heights = normal_density(x, mean, std)
    bell(mean, std, limits, ax=ax)
    lines = ax.vlines(x, 0, heights, color=MARK, linewidth=3)
    ax.plot(x, heights, linestyle="none", marker=".", markersize=9, color=MARK)
    ax.plot(x, np.zeros(len(x)), linestyle="none", marker="o", markersize=5, color=INK, zorder=4)
    ax.set_ylim(bottom=0)
    ax.spines["bottom"].set_zorder(0)
    return lines


def normal_hill(
    x: Any,
    *,
    paths: Sequence[Any] = (),
    path_labels: Sequence[str] = (),
    label_sides: Sequence[str] = (),
    limits: tuple[tuple[float, float], tuple[float, float]] = ((145.0, 190.0), (5.0, 30.0)),
    summit: bool = True,
    concave: bool = False,
    colourbar: bool = True,
    ax: Axes | None = None,
) -> Any:
    """Draw the log-likelihood of numbers over mean and standard deviation, and ways up.

    Parameters
    ----------
    x : array (N,)
        The numbers.
    paths : sequence of array (T, 2)
        Mean and standard deviation step by step, the start first (a hollow marker).
    path_labels : sequence of str
        Words beside each path.
    label_sides : sequence of str
        On which side of its path each label stands, "right" (the default) or "left".
    limits : pair of pairs
        Ranges of the mean and of the standard deviation.
    summit : bool
        Whether the maximum is marked.
    concave : bool
        Whether the border is drawn inside which the surface is concave in both parameters.
    colourbar : bool
        Whether the scale, in nats below the summit, stands beside the picture.
    ax : Axes, optional
        Where to draw; a new figure where it is None.

    Returns
    -------
    QuadContourSet
        The filled contours.

    Notes
    -----
    The Hessian is negative definite where ``(mean - m)^2 + std^2 < 3 s^2``, with m and s those of
    the data: inside a half-circle about (m, 0).

    Examples
    --------
    >>> shades = normal_hill([160.0, 170.0, 180.0], paths=[[[155, 20], [170, 12]]])
    >>> shades.axes.get_xlabel()
    'mean (cm)'
    """
    ax = axes_or_new(ax, 6.0, 4.4)
    x = np.ravel(np.asarray(x, dtype=float))
    means, stds = (np.linspace(*ends, 181) for ends in limits)
    best = x.mean(), x.std()
    values = normal_log_likelihoods(x, means, stds[:, None])
    shades = shaded(means, stds, values - normal_log_likelihoods(x, *best), DROPS, ax)
    ax.set(xlim=limits[0], ylim=limits[1], xlabel="mean (cm)", ylabel="standard deviation (cm)")
    if colourbar:
        add_scale(shades, DROPS, "nats below the summit", shrink=0.9)
    if concave:
        angle = np.linspace(0, np.pi, 200)
        radius = np.sqrt(3) * best[1]
        ax.plot(
            best[0] + radius * np.cos(angle),
            radius * np.sin(angle),
            color=INK,
            linewidth=1.4,
            linestyle=(0, (5, 3)),
            zorder=5,
        )
    if summit:
        # Hollow, so that the last steps of a path are seen inside it.
        ax.plot(*best, marker="*", markersize=20, color=INK, markerfacecolor="none", zorder=9)
        write_beside(ax, best, "summit", "right")
    for i, path in enumerate(paths):
        draw_path(ax, path, numbered=0, colour=PATHS[i % 2])
        if i < len(path_labels):
            side = label_sides[i] if i < len(label_sides) else "right"
            write_beside(ax, point_along(path, 0.12), path_labels[i], side, PATHS[i % 2])
    return shades


def point_along(path: Any, share: float) -> np.ndarray:
    """Return the point of a path at a share of its length.

    Examples
    --------
    >>> point_along([[0, 0], [0, 4], [4, 4]], 0.25).tolist()
    [0.0, 2.0]
    """
    path = np.asarray(path, dtype=float)
    lengths = np.concatenate([[0.0], np.hypot(*np.diff(path, axis=0).T).cumsum()])
    return np.array([np.interp(share * lengths[-1], lengths, column) for column in path.T])


def write_beside(ax: Axes, point: Any, words: str, side: str, colour: str = INK) -> None:
    """Write words to the right or the left of a point."""
    offset, ha = ((11, 0), "left") if side == "right" else ((-11, 0), "right")
    look = {"weight": "bold", "va": "center_baseline", "zorder": 11, "path_effects": halo()}
    annotate(ax, words, point, offset, ha=ha, color=colour, **look)


def repeated_estimates(ratios: Any, *, n: int, limit: float = 3.0, ax: Axes | None = None) -> Any:
    """Draw the estimates of many samples, over the true value, as a histogram.

    Parameters
    ----------
    ratios : array (R,)
        Estimate over truth, one a sample; those above `limit` are not shown.
    n : int
        Numbers in each sample, for the title.
    limit : float
        Right end of the axis.
    ax : Axes, optional
        Where to draw; a new figure where it is None.

    Returns
    -------
    BarContainer
        The bars; their areas are shares of all samples.

    Examples
    --------
    >>> bars = repeated_estimates([0.2, 0.5, 1.1], n=2)
    >>> [text.get_text() for text in bars[0].axes.texts]
    ['truth', 'average 0.60']
    """
    ax = axes_or_new(ax, 4.4, 2.8)
    ratios = np.ravel(np.asarray(ratios, dtype=float))
    edges = np.linspace(0, limit, 46)
    heights = np.histogram(ratios, edges)[0] / (len(ratios) * np.diff(edges))
    bars = ax.bar(
        edges[:-1],
        heights,
        np.diff(edges),
        align="edge",
        color="#D0D0D0",
        edgecolor="white",
        lw=0.5,
    )
    top = 1.22 * float(heights.max())
    average, look = ratios.mean(), {"va": "top", "path_effects": halo()}
    ax.axvline(1.0, ymax=0.87, color=GREY, linewidth=2, linestyle=(0, (1, 2)))
    annotate(ax, "truth", (1.0, 0.86 * top), (6, 0), color=INK, **look)
    ax.axvline(average, color=MARK, linewidth=2)
    look |= {"color": MARK, "weight": "bold"}
    annotate(ax, f"average {average:.2f}", (average, 0.985 * top), (6, 0), **look)
    ax.set(xlim=(0, limit), ylim=(0, top), ylabel="density", title=f"n = {n}")
    ax.set_xlabel("estimated over true variance")
    return bars
