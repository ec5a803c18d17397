"""Surfaces seen from above, shaded by how far they lie below their highest value."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SHADES = ("#86A8C2", "#A3BFD3", "#BED2E0", "#D3E1EA", "#E4EDF2", "#F0F5F8", "#F8FAFC", "#FFFFFF")


def shaded(
    x: Any, y: Any, below: np.ndarray, drops: Sequence[float], ax: Axes, *, outlines: bool = True
) -> Any:
    """Draw eight shades, darkest at the top, and return the filled contours.

    Parameters
    ----------
    x, y : array (A,), (B,)
        The grid.
    below : array (B, A)
        The surface minus its highest value.
    drops : sequence of seven float
        Distances from the top at which a shade ends, rising.
    ax : Axes
        Where to draw.
    outlines : bool
        Whether white lines part the shades.
    """
    levels = np.negative(drops[::-1])
    # The outer two levels only have to enclose all values, the top itself included.
    contours = ax.contourf(x, y, below, [-1e12, *levels, 1e-6], colors=SHADES[::-1])
    if outlines:
        ax.contour(x, y, below, levels, colors="white", linewidths=0.8, linestyles="solid")
    return contours


def add_scale(contours: Any, drops: Sequence[float], label: str, *, shrink: float) -> None:
    """Put a scale of the drops beside the axes of filled contours."""
    ax = contours.axes
    scale = ax.figure.colorbar(contours, ax=ax, spacing="uniform", shrink=shrink, pad=0.03)
    scale.set_ticks(np.negative(drops[::-1]), labels=[f"−{drop:g}" for drop in drops[::-1]])
    scale.set_label(label)
    scale.outline.set_visible(False)
    scale.ax.tick_params(length=0)
