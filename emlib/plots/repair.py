"""Pictures of lesson 09: two runs side by side, one faulty, one repaired."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from .style import INK, PURPLE, RED, axes_or_new, halo, whole_number_ticks

if TYPE_CHECKING:
    from matplotlib.axes import Axes

RUN_COLOURS = (RED, INK, PURPLE)
"""Colours that no component has."""

RUN_DASHES = ((0, (6, 2)), "-", (0, (2, 1.5)))
RELATIVE_ROUNDING = 1e-10
"""A fall below this share of 1 + |objective| is rounding."""


def falls(history: Any) -> Any:
    """Return the rounds whose value is lower than the one before, by more than rounding.

    Examples
    --------
    >>> falls([1.0, 2.0, 1.5, 1.5]).tolist()
    [2]
    """
    history = np.asarray(history, dtype=float)
    return 1 + np.flatnonzero(np.diff(history) < -RELATIVE_ROUNDING * (1 + np.abs(history[1:])))


def rivals(
    histories: Mapping[str, Any],
    *,
    first: int = 0,
    ylabel: str = "log-likelihood (nats)",
    ax: Axes | None = None,
) -> dict[str, Any]:
    """Draw objectives by round; where one falls the line is thick and ends in a triangle.

    Parameters
    ----------
    histories : mapping of str to array (T,)
        Objectives by round, by the words that stand beside the lines. They may have different
        lengths; a line that ends early ends in a square.
    first : int
        The round with which the histories begin: 0 is the start, 1 leaves it out.
    ylabel : str
        What the objective is, with its unit.
    ax : Axes, optional
        Where to draw; a new figure where it is None.

    Returns
    -------
    dict of str to Line2D
        The lines by name; their gid is the number of falls.

    Examples
    --------
    >>> lines = rivals({"faulty": [-3.0, -2.0, -2.5], "repaired": [-3.0, -1.9, -1.8]})
    >>> [line.get_gid() for line in lines.values()]
    ['1 falls', '0 falls']
    """
    ax = axes_or_new(ax, 6.0, 3.4, grid=True)
    lines = {}
    longest = max(len(history) for history in histories.values())
    for i, (name, values) in enumerate(histories.items()):
        history = np.asarray(values, dtype=float)
        colour = RUN_COLOURS[i % 3]
        rounds, fallen = first + np.arange(len(history)), falls(history)
        marker = "o" if len(history) <= 20 else ""
        (line,) = ax.plot(
            rounds, history, color=colour, linestyle=RUN_DASHES[i % 3], marker=marker, markersize=4
        )
        line.set_gid(f"{len(fallen)} falls")
        for stretch in np.split(fallen, 1 + np.flatnonzero(np.diff(fallen) > 1)):
            falling = np.concatenate([stretch[:1] - 1, stretch])
            ax.plot(rounds[falling], history[falling], color=colour, linewidth=4, zorder=3)
            ax.plot(
                rounds[stretch[-1:]],
                history[stretch[-1:]],
                color=colour,
                marker="v",
                markersize=10,
                linestyle="",
                zorder=4,
            )
        if len(history) < longest:
            ax.plot(rounds[-1:], history[-1:], color=colour, marker="s", markersize=8, zorder=4)
        lines[name] = line
    for i, (name, line) in enumerate(lines.items()):
        ax.text(
            0.98,
            0.06 + 0.09 * (len(lines) - 1 - i),
            name,
            transform=ax.transAxes,
            ha="right",
            va="bottom",
            color=line.get_color(),
            weight="bold",
            fontsize=9.5,
            path_effects=halo(),
        )
    whole_number_ticks(ax)
    ax.ticklabel_format(axis="y", useOffset=False)
    ax.set(xlabel="round", ylabel=ylabel)
    return lines
