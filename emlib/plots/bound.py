"""Pictures of the lower bound: where it touches, what it is made of, and how EM climbs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from .alt import words
from .rendering import FrameCanvas, Picture, animation, with_one_palette
from .style import COLOURS, GREY, INK, PURPLE, RED, annotate, axes_or_new, figure, halo

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ENTROPY, DIVERGENCE = COLOURS[6], COLOURS[5]
LOG_LIKELIHOOD = r"$\ln\,p(X|\theta)$"
BOUND = "bound $Q+H$"
EXPECTED = "$Q$ alone"


def touching(
    grid: Any,
    log_likelihood: Any,
    bound: Any,
    expected: Any = None,
    *,
    theta_old: float | None = None,
    label_at: Sequence[float] | None = None,
    ax: Axes | None = None,
) -> list[Any]:
    """Draw a log-likelihood and its lower bound along one parameter, and Q without the entropy.

    Parameters
    ----------
    grid : array (G,)
        Values of the parameter.
    log_likelihood, bound : array (G,)
        Heights of the red and the purple curve, in nats.
    expected : array (G,), optional
        Q alone, dashed.
    theta_old : float, optional
        Where the bound touches: a dot on the curve, and an arrow of length H down to Q.
    label_at : sequence of float, optional
        For each curve, the value of the parameter where its name is written, above the first
        curve and below the others; without it the curves have no names.
    ax : Axes, optional
        Where to draw; a new figure where it is None.

    Returns
    -------
    list of Line2D
        One curve for each array given, in order.

    Examples
    --------
    >>> grid = np.linspace(-1, 1, 5)
    >>> curves = touching(grid, -(grid**2), -2 * grid**2, theta_old=0.0)
    >>> len(curves)
    2
    """
    ax = axes_or_new(ax, 6.4, 3.8)
    grid = np.asarray(grid, dtype=float)
    heights = [log_likelihood, bound] + ([] if expected is None else [expected])
    looks = [(RED, "-", 2.6), (PURPLE, "-", 2.2), (PURPLE, (0, (4, 2)), 1.8)]
    curves = [
        ax.plot(grid, y, color=colour, linestyle=style, linewidth=width, zorder=3)[0]
        for y, (colour, style, width) in zip(heights, looks, strict=False)
    ]
    names = [LOG_LIKELIHOOD, BOUND, EXPECTED]
    below = {"xytext": (0, -6), "va": "top"}
    for x, y, curve, name in zip(label_at or (), heights, curves, names, strict=False):
        look = {} if name == LOG_LIKELIHOOD else below
        name_curve(ax, x, float(np.interp(x, grid, y)), name, str(curve.get_color()), **look)
    if theta_old is not None:
        top = float(np.interp(theta_old, grid, log_likelihood))
        dot(ax, theta_old, top)
        if expected is not None:
            arrow_of_entropy(ax, theta_old, top, float(np.interp(theta_old, grid, expected)))
    ax.set(ylabel="nats")
    return curves


def name_curve(ax: Axes, x: float, y: float, name: str, colour: str, **options: Any) -> Any:
    """Write a name in the colour of its curve, a little above a point of it."""
    look = {"xytext": (0, 5), "ha": "center", "va": "bottom", **options}
    return ax.annotate(
        name,
        (x, y),
        textcoords="offset points",
        color=colour,
        weight="bold",
        path_effects=halo(),
        zorder=6,
        **look,
    )


def dot(ax: Axes, x: Any, y: Any, colour: str = INK, **options: Any) -> Any:
    """Draw dots with a white rim above the curves."""
    look: dict[str, Any] = {"markersize": 8, "markeredgecolor": "white", "markeredgewidth": 1.4}
    look |= {"marker": "o", "linestyle": "none", "zorder": 7, **options}
    return ax.plot(x, y, color=colour, **look)[0]


def arrow_of_entropy(ax: Axes, x: float, top: float, bottom: float) -> None:
    """Draw a double arrow from the bound down to Q, as long as the entropy, with its name."""
    ax.annotate(
        "",
        (x, bottom),
        xytext=(x, top),
        arrowprops={"arrowstyle": "<->", "color": GREY, "linewidth": 1.4, "shrinkA": 4},
        zorder=2,
    )
    look = {"va": "center", "color": GREY, "weight": "bold", "path_effects": halo(), "zorder": 6}
    annotate(ax, "$H$", (x, (top + bottom) / 2), (6, 0), fontsize=10, **look)


def climb(
    grid: Any,
    log_likelihood: Any,
    bounds: Any,
    places: Any,
    *,
    label_at: float | None = None,
    ax: Axes | None = None,
) -> list[Any]:
    """Draw how EM climbs a curve on lower bounds: each touches where the last one was highest.

    Parameters
    ----------
    grid : array (G,)
        Values of the parameter.
    log_likelihood : array (G,)
        The curve to be climbed, in nats.
    bounds : array (T, G)
        Lower bounds in the order of the rounds.
    places : array (T + 1,)
        Where bound t touches is ``places[t]``; it is highest at ``places[t + 1]``.
    label_at : float, optional
        The value of the parameter above which the curve's name is written.
    ax : Axes, optional
        Where to draw; a new figure where it is None.

    Returns
    -------
    list of Line2D
        The curve, then the bounds.

    Examples
    --------
    >>> grid = np.linspace(0, 2, 9)
    >>> lines = climb(grid, -((grid - 1) ** 2), [-((grid - 1) ** 2) - (grid - 0.5) ** 2], [0.5, 1])
    >>> len(lines)
    2
    """
    ax = axes_or_new(ax, 6.4, 3.6)
    grid, places = np.asarray(grid, dtype=float), np.asarray(places, dtype=float)
    lines = touching(grid, log_likelihood, bounds[0], ax=ax)
    for bound in bounds[1:]:
        lines += ax.plot(grid, bound, color=PURPLE, linewidth=2.2, zorder=3)
    for t, bound in enumerate(bounds):
        new = places[t + 1]
        low, high = (float(np.interp(new, grid, y)) for y in (bound, log_likelihood))
        ax.plot([new, new], [low, high], color=GREY, linestyle=":", linewidth=1.6)
        dot(ax, new, low, PURPLE, marker="^")
    heights = np.interp(places, grid, log_likelihood)
    dot(ax, places, heights)
    for t, (x, y) in enumerate(zip(places, heights, strict=True)):
        name_curve(ax, x, y, str(t), INK, xytext=(-4, 6), ha="right")
    if label_at is not None:
        y = float(np.interp(label_at, grid, log_likelihood))
        name_curve(ax, label_at, y, LOG_LIKELIHOOD, RED)
    return lines


def ledger(
    steps: Sequence[tuple[str, float, float, float]], *, words: bool = True, ax: Axes | None = None
) -> list[Any]:
    """Draw what the log-likelihood is made of, step by step: Q, then the entropy, then KL.

    Parameters
    ----------
    steps : sequence of (str, float, float, float)
        For each step its name, Q, the entropy H and the divergence KL, in nats.
    words : bool
        Whether H and KL are written beside the first column.
    ax : Axes, optional
        Where to draw; a new figure where it is None.

    Returns
    -------
    list of BarContainer
        The entropies, then the divergences: they float, as the heights have no natural zero.

    Examples
    --------
    >>> entropies, divergences = ledger([("E step", -36.2, 3.1, 0.0), ("M step", -35.1, 3.1, 0.1)])
    >>> [round(float(bar.get_y()), 1) for bar in divergences]
    [-33.1, -32.0]
    """
    ax = axes_or_new(ax, 6.4, 3.6)
    names = [step[0] for step in steps]
    q, h, kl = np.array([step[1:] for step in steps], dtype=float).T
    columns = np.arange(len(steps))
    entropies = ax.bar(columns, h, 0.44, bottom=q, color=ENTROPY)
    divergences = ax.bar(columns, kl, 0.44, bottom=q + h, color=DIVERGENCE, hatch="////")
    # The red line is longer and lies below: where KL is 0 its ends show beside the purple one.
    looks = ((PURPLE, ":", 0.3, 4), (PURPLE, "-", 0.3, 4), (RED, "-", 0.36, 3))
    levels = (q, q + h, q + h + kl)
    for level, (colour, style, half, zorder) in zip(levels, looks, strict=True):
        look: dict[str, Any] = {
            "color": colour,
            "linestyle": style,
            "linewidth": 2.6,
            "zorder": zorder,
        }
        for column, y in enumerate(level):
            ax.plot([column - half, column + half], [y, y], solid_capstyle="butt", **look)
    if words:
        shortest = 0.05 * np.ptp(ax.get_ylim())
        look = {"ha": "center", "va": "center", "weight": "bold", "path_effects": halo()}
        for name, low, size in (("H", q[0], h[0]), ("KL", q[0] + h[0], kl[0])):
            if size >= shortest:
                ax.text(0, low + size / 2, name, **look)
        # Where KL is 0 two levels are one: the upper name stands on its line, the others below.
        bound = r"bound $\mathcal{L}$"
        names_of_levels = ("$Q$", "top"), (bound, "top"), (LOG_LIKELIHOOD, "bottom")
        for (name, side), level, (colour, *_) in zip(names_of_levels, levels, looks, strict=True):
            ax.text(-0.42, level[0], name, color=colour, ha="right", va=side, weight="bold")
        ax.set_xlim(-1.3, len(steps) - 0.5)
    low, high = float(q.min()), float((q + h + kl).max())
    ax.set_ylim(low - 0.08 * (high - low), high + 0.08 * (high - low))
    ax.set_xticks(columns, labels=names)
    ax.tick_params(axis="x", length=0)
    ax.set(ylabel="nats")
    return [entropies, divergences]


def local_maxima(heights: Any) -> np.ndarray:
    """Return the indices of the local maxima inside a row of heights, the highest first.

    Examples
    --------
    >>> local_maxima([0, 2, 1, 3, 0]).tolist()
    [3, 1]
    """
    heights = np.asarray(heights, dtype=float)
    inside = (heights[1:-1] > heights[:-2]) & (heights[1:-1] > heights[2:])
    found = np.flatnonzero(inside) + 1
    return found[np.argsort(-heights[found], kind="stable")]


def bound_slice(
    grid: Any,
    log_likelihood: Any,
    expected: Any,
    entropy: float,
    *,
    theta_old: float,
    near: tuple[tuple[float, float], tuple[float, float]],
    xlabel: str,
) -> Figure:
    """Draw log-likelihood, bound and Q along one parameter, whole and close to the touching point.

    Parameters
    ----------
    grid : array (G,)
        Values of the parameter.
    log_likelihood, expected : array (G,)
        The log-likelihood and Q, in nats.
    entropy : float
        H(q): what lifts Q to the bound.
    theta_old : float
        Where the bound touches.
    near : pair of pairs
        Limits of the close-up, across and up.
    xlabel : str
        Name of the parameter.

    Returns
    -------
    Figure
        Two axes side by side.

    Examples
    --------
    >>> grid = np.linspace(-1, 1, 21)
    >>> near = (-0.1, 0.1), (-0.1, 0.1)
    >>> options = {"theta_old": 0.0, "near": near, "xlabel": "x"}
    >>> fig = bound_slice(grid, -(grid**2), -2 * grid**2 - 1, 1.0, **options)
    >>> len(fig.axes)
    2
    """
    grid, expected = np.asarray(grid, dtype=float), np.asarray(expected, dtype=float)
    fig, (whole, close) = figure(9.2, 4.0, columns=2, width_ratios=[1.5, 1])
    curves = (log_likelihood, expected + entropy, expected)
    touching(grid, *curves, theta_old=theta_old, ax=whole)
    names = (LOG_LIKELIHOOD, RED, 0.72), (BOUND, PURPLE, 0.76)
    for heights, (name, colour, share) in zip(curves, names, strict=False):
        x = grid[0] + share * (grid[-1] - grid[0])
        y = float(np.interp(x, grid, heights))
        name_curve(whole, x, y, name, colour, xytext=(10, 0), ha="left", va="center")
    touching(grid, *curves, theta_old=theta_old, ax=close)
    top = int(np.argmax(expected))
    dot(close, grid[top], expected[top] + entropy, PURPLE, marker="^")
    name_curve(whole, grid[top], expected[top], EXPECTED, PURPLE, xytext=(0, -8), va="top")
    low = float(np.interp(theta_old, grid, expected)) - 1.6 * entropy
    whole.set(xlabel=xlabel, ylim=(low, float(np.max(log_likelihood)) + 0.2 * entropy))
    close.set(xlabel=xlabel, xlim=near[0], ylim=near[1], ylabel="", title="the same, close up")
    return fig


def slice_film(
    grid: Any,
    frames: Sequence[Mapping[str, Any]],
    *,
    xlabel: str,
    ylim: tuple[float, float],
    alt: str,
    milliseconds: int = 1100,
) -> Picture:
    """Animate the same rounds in two ways: Q drawn after the M step, and the bound before it.

    Parameters
    ----------
    grid : array (G,)
        Values of the parameter.
    frames : sequence of mapping
        One a round: ``name``; ``after``, the log-likelihood and Q along the slice through the new
        parameters; ``before``, the log-likelihood, the bound and Q along the slice through the old
        ones; and the places ``theta_old`` and ``theta_new``.
    xlabel : str
        Name of the parameter.
    ylim : tuple of float
        Ends of the axis of heights.
    alt : str
        What happens in the animation.
    milliseconds : int
        How long a frame stays; the last stays three times as long.

    Returns
    -------
    Picture
        An animated PNG.

    Examples
    --------
    >>> grid = np.linspace(-1.0, 1.0, 21)
    >>> curves = [-(grid**2), -2 * grid**2, -2 * grid**2 - 1]
    >>> frame = {"name": "round 1", "after": curves[::2], "before": curves}
    >>> frame |= {"theta_old": 0.0, "theta_new": 0.0}
    >>> alt = "A parabola under another that it touches."
    >>> slice_film(grid, [frame, frame], xlabel="x", ylim=(-4, 1), alt=alt).width
    826
    """
    fig, (left, right) = figure(8.6, 3.4, columns=2, sharey=True)
    for ax, title in ((left, "as drawn: $Q$ alone, after the M step"), (right, "the lower bound")):
        ax.set(xlim=(grid[0], grid[-1]), ylim=ylim, xlabel=xlabel, title=title)
    left.set(ylabel="nats")
    right.tick_params(labelleft=True)
    names = (LOG_LIKELIHOOD, RED), (BOUND, PURPLE), (EXPECTED + ", dashed", PURPLE)
    for ax, shown in ((left, names[::2]), (right, names)):
        for i, (name, colour) in enumerate(shown):
            corner = {"transform": ax.transAxes, "ha": "right", "va": "top"}
            ax.text(0.99, 0.97 - 0.085 * i, name, color=colour, weight="bold", **corner)
    canvas = FrameCanvas(fig, sharpness=1.5)
    images, nothing = [], np.full(len(grid), np.nan)
    for frame in frames:
        log_likelihood, expected = frame["after"]
        touching(grid, log_likelihood, nothing, expected, ax=left)
        new = frame["theta_new"]
        dot(left, new, np.interp(new, grid, log_likelihood), RED)
        dot(left, new, np.interp(new, grid, expected), PURPLE, marker="^")
        touching(grid, *frame["before"], theta_old=frame["theta_old"], ax=right)
        top = np.argmax(frame["before"][1])
        dot(right, grid[top], frame["before"][1][top], PURPLE, marker="^")
        for ax in (left, right):
            ax.text(0.03, 0.96, frame["name"], transform=ax.transAxes, va="top", weight="bold")
        images.append(canvas.frame())
    alt = words(alt)
    pictures = with_one_palette(images, [f"{f['name']}: {alt}" for f in frames], canvas.width)
    times = [milliseconds] * (len(frames) - 1) + [3 * milliseconds]
    return animation(pictures, alt, times)
