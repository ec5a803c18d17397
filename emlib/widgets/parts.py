"""What players and panels are made of: sliders, captions, small multiples."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import Any

from emlib.plots import Picture, figure
from emlib.plots.extras import need
from emlib.plots.line import limits_of

ipywidgets: Any = need("ipywidgets", extra="widgets")

SHORTEST_TRACK = 150
"""Length of the shortest track of a slider, in screen pixels."""

WIDTH_OF_A_LETTER = 7.5
"""Width of a letter of a slider's name on average, rather too much, in screen pixels."""

WIDTH_OF_A_READOUT = 110
"""Width of the number behind a slider and of all gaps beside it, in screen pixels."""

TWIN_WIDTH = 9.4
"""Width of the small multiples that fill a page, in inches as shown."""


class PicturedBox(ipywidgets.VBox):
    """A column of widgets that leaves one picture for pages which show no widgets."""

    @property
    def picture(self) -> Picture:
        """The picture."""
        raise NotImplementedError

    def _repr_mimebundle_(
        self, include: Any = None, exclude: Any = None, **options: Any
    ) -> dict[str, Any]:
        """Return the widget, and its picture."""
        bundle: dict[str, Any] = dict(super()._repr_mimebundle_(**options) or {})
        return {**bundle, **self.picture._repr_mimebundle_()}


def title_row(title: str) -> list[Any]:
    """Return the row with the title, or none where there is no title."""
    return [ipywidgets.HTML(f"<strong>{html.escape(title)}</strong>")] if title else []


def captioned(image: str, words: str, look: str = "") -> str:
    """Return an image as a figure whose caption is read out when it changes."""
    style = f' style="{look}"' if look else ""
    return (
        f'<figure style="margin:0">{image}'
        f'<figcaption role="status"{style}>{html.escape(words)}</figcaption></figure>'
    )


def slider(
    description: str,
    value: float,
    low: float,
    high: float,
    step: float,
    *,
    decimals: int = 1,
    width: str | None = None,
    **look: str,
) -> Any:
    """Return a slider whose name is written in full, unless `look` says otherwise.

    Its track is never shorter than `SHORTEST_TRACK`: in a narrow window the sliders of a row go
    below each other.
    """
    return ipywidgets.FloatSlider(
        value=value,
        min=low,
        max=high,
        step=step,
        description=description,
        readout_format=f".{decimals}f",
        layout={"width": width, "min_width": width_for(description)},
        style={"description_width": "initial", **look},
    )


def width_for(description: str) -> str:
    """Return the width of a slider whose track is as long as it must be."""
    words = WIDTH_OF_A_LETTER * len(description)
    return f"{round(words) + SHORTEST_TRACK + WIDTH_OF_A_READOUT}px"


def row(controls: Sequence[Any]) -> Any:
    """Return controls beside each other, and where there is no room for that, below each other."""
    return ipywidgets.HBox(list(controls), layout={"flex_flow": "row wrap"})


def set_plane(ax: Any, x: Any) -> None:
    """Fix axes around points in the plane, so that nothing moves from one drawing to the next."""
    xlim, ylim = (limits_of(column, 0.06) for column in x.T)
    ax.set(xlim=xlim, ylim=ylim, xlabel="$x_1$", ylabel="$x_2$", aspect="equal")


def small_multiples(n: int, *, columns: int, height: float) -> tuple[Any, Any]:
    """Return a figure with `n` equal axes in rows, each of a height in inches."""
    columns = min(columns, n)
    rows = -(-n // columns)
    size = TWIN_WIDTH, height * rows
    fig, axes = figure(*size, columns=columns, rows=rows, squeeze=False, sharex=True, sharey=True)
    for ax in axes.flat[n:]:
        ax.set_axis_off()
    return fig, axes.flat[:n]
