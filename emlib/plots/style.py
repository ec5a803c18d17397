"""The look that all pictures share: one palette, one marker a component, one figure.

The colours are those of Okabe and Ito, in an order that keeps neighbours apart for a reader with
deuteranopia; the first five are dark enough for white paper, lines and words included. In grey
some of them meet: there the markers, which differ for every component, keep them apart.

References
----------
M. Okabe and K. Ito, Color Universal Design (2008), https://jfly.uni-koeln.de/color/
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .extras import need

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLOURS: tuple[str, ...] = (
    "#0072B2",
    "#D55E00",
    "#009E73",
    "#000000",
    "#CC79A7",
    "#E69F00",
    "#56B4E9",
)
MARKERS: tuple[str, ...] = ("o", "^", "s", "D", "v", "P", "X")
INK = "#222222"
RED, PURPLE = "#A01238", "#6F3FA8"
"""Of the log-likelihood and of its bound: colours that no component has."""
GREY = "#6B6B6B"
GRID_COLOUR = "#E3E3E3"
BAR_COLOUR = "#DADADA"
YELLOW = "#F0E442"
DASHES = ("-", (0, (6, 2)), (0, (2, 1.5)), (0, (6, 2, 1.5, 2)))

PIXELS_PER_INCH = 96
SHARPNESS = 2
"""Pixels drawn for each pixel shown, along one side, where nothing else is asked for."""

LABEL_SIZE = 9.5
"""Size of the words beside curves and markers, in points."""

STYLE: dict[str, Any] = {
    "font.family": "DejaVu Sans",
    "font.size": 10.0,
    "axes.titlesize": 11.0,
    "axes.labelsize": 10.0,
    "axes.edgecolor": GREY,
    "axes.labelcolor": INK,
    "axes.titlecolor": INK,
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.unicode_minus": True,
    "axes.prop_cycle": None,
    "grid.color": GRID_COLOUR,
    "grid.linewidth": 0.8,
    "xtick.labelsize": 9.5,
    "ytick.labelsize": 9.5,
    "xtick.color": GREY,
    "ytick.color": GREY,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "text.color": INK,
    "legend.frameon": False,
    "legend.fontsize": 9.5,
    "lines.linewidth": 1.8,
    "figure.facecolor": "white",
    "axes.facecolor": "white",
    "savefig.facecolor": "white",
}


def house_style() -> Any:
    """Return a context in which new matplotlib objects have the house style.

    Nothing outside the context changes.

    Examples
    --------
    >>> import matplotlib
    >>> before = matplotlib.rcParams["axes.spines.top"]
    >>> with house_style():
    ...     matplotlib.rcParams["axes.spines.top"]
    False
    >>> matplotlib.rcParams["axes.spines.top"] == before
    True
    """
    matplotlib = need("matplotlib", extra="plots")
    cycler = need("cycler", extra="plots").cycler
    return matplotlib.rc_context({**STYLE, "axes.prop_cycle": cycler(color=list(COLOURS))})


def figure(
    width: float = 6.4,
    height: float = 4.0,
    *,
    columns: int = 1,
    rows: int = 1,
    grid: bool = False,
    **options: Any,
) -> tuple[Figure, Any]:
    """Return a new figure and its axes in the house style, without pyplot.

    Parameters
    ----------
    width, height : float
        Size as shown, in inches of 96 screen pixels.
    columns, rows : int
        The grid of axes.
    grid : bool
        Whether light grid lines are drawn behind the data.
    **options
        Passed to `Figure.subplots`, such as ``sharey=True`` or ``width_ratios=[2, 1]``.

    Returns
    -------
    tuple of Figure and Axes
        One `Axes`, or an array of them where the grid has more than one.

    Examples
    --------
    >>> fig, ax = figure(4, 3)
    >>> line = ax.plot([0, 1], [0, 1])
    >>> fig, (left, right) = figure(8, 3, columns=2)
    """
    Figure = need("matplotlib.figure", extra="plots").Figure
    need("matplotlib.backends.backend_agg", extra="plots")
    with house_style():
        fig = Figure(figsize=(width, height), dpi=PIXELS_PER_INCH * SHARPNESS, layout="constrained")
        fig.get_layout_engine().set(w_pad=0.08, h_pad=0.08)
        axes = fig.subplots(rows, columns, **options)
        if grid:
            for ax in np.ravel(axes):
                ax.grid(True)
    return fig, axes


def axes_or_new(ax: Axes | None, width: float = 6.4, height: float = 4.0, **options: Any) -> Axes:
    """Return `ax`, or the axes of a new figure where it is None."""
    return figure(width, height, **options)[1] if ax is None else ax


def halo(width: float = 3.0, alpha: float = 0.85) -> list[Any]:
    """Return the path effect, a white rim, that keeps words and lines legible over lines."""
    effects = need("matplotlib.patheffects", extra="plots")
    return [effects.withStroke(linewidth=width, foreground="white", alpha=alpha)]


def annotate(ax: Axes, words: str, point: Any, offset: tuple[float, float], **look: Any) -> Any:
    """Write small words at an offset, in points, from a point of the axes."""
    look = {"fontsize": LABEL_SIZE, **look}
    return ax.annotate(words, tuple(point), xytext=offset, textcoords="offset points", **look)


def whole_number_ticks(ax: Axes) -> None:
    """Let the ticks of the horizontal axis stand at whole numbers."""
    ticker = need("matplotlib.ticker", extra="plots")
    ax.xaxis.set_major_locator(ticker.MaxNLocator(integer=True))


def histogram(x: Any, bins: Any, ax: Axes) -> np.ndarray:
    """Draw light bars whose areas sum to one, and return their heights."""
    heights, *_ = ax.hist(x, bins, density=True, color=BAR_COLOUR, edgecolor="white", linewidth=0.6)
    return np.asarray(heights)


def blend(responsibilities: Any, colours: tuple[str, ...] = COLOURS) -> np.ndarray:
    """Return one colour a row: the components' colours mixed by responsibility.

    Parameters
    ----------
    responsibilities : array (N, K)
        Rows that sum to one.
    colours : tuple of str
        One colour a component.

    Returns
    -------
    array (N, 3)
        Red, green and blue between 0 and 1.

    Examples
    --------
    >>> blend([[1.0, 0.0], [0.5, 0.5]]).round(2).tolist()
    [[0.0, 0.45, 0.7], [0.42, 0.41, 0.35]]
    """
    to_rgb = need("matplotlib.colors", extra="plots").to_rgb
    r = np.asarray(responsibilities, dtype=float)
    if r.shape[1] > len(colours):
        raise ValueError(f"at most {len(colours)} components have a colour, got {r.shape[1]}")
    mixed: np.ndarray = np.clip(r @ [to_rgb(c) for c in colours[: r.shape[1]]], 0.0, 1.0)
    return mixed


def by_component(
    x: np.ndarray, y: np.ndarray, responsibilities: Any, size: float, ax: Axes, **look: Any
) -> list[Any]:
    """Draw markers whose colours are mixed by responsibility, one collection a component.

    The shape of a marker is that of the most probable component.
    """
    r = np.asarray(responsibilities, dtype=float)
    colours, best = blend(r), r.argmax(axis=1)
    look |= {"s": size, "linewidths": 0}
    return [
        ax.scatter(x[best == k], y[best == k], c=colours[best == k], marker=MARKERS[k], **look)
        for k in range(r.shape[1])
    ]
