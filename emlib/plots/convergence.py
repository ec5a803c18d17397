"""Pictures of a fit under way: the objective, round by round."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .style import COLOURS, annotate, axes_or_new, whole_number_ticks

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def trace(
    history: Any,
    *,
    label: str | None = None,
    ylabel: str = "log-likelihood (nats)",
    ax: Axes | None = None,
) -> Any:
    """Draw the objective by round; the start is round 0.

    Parameters
    ----------
    history : array (T,)
        The objective, such as `Fit.history`.
    label : str, optional
        Words beside the end of the line.
    ylabel : str
        What the objective is, with its unit.
    ax : Axes, optional
        Where to draw; a new figure where it is None. Called again on the same axes, it takes the
        next colour and marker.

    Returns
    -------
    Line2D
        The line.

    Examples
    --------
    >>> line = trace([-33.09, -31.86, -31.72], label="EM")
    >>> line.get_xdata().tolist()
    [0, 1, 2]
    """
    ax = axes_or_new(ax, 6.0, 3.4, grid=True)
    history = np.asarray(history, dtype=float)
    colour = COLOURS[len(ax.lines) % len(COLOURS)]
    (line,) = ax.plot(
        np.arange(len(history)),
        history,
        color=colour,
        label=label,
        marker="o" if len(history) <= 40 else "",
        markersize=5,
    )
    if label:
        look = {"ha": "right", "va": "top", "color": colour, "weight": "bold"}
        annotate(ax, label, (len(history) - 1, history[-1]), (0, -8), **look)
    whole_number_ticks(ax)
    ax.ticklabel_format(axis="y", useOffset=False)
    ax.set(xlabel="round", ylabel=ylabel)
    return line
