"""A live panel: controls on one side, one figure drawn again at every touch on the other."""

from __future__ import annotations

import base64
import functools
import html
import io
from collections.abc import Callable, Mapping
from typing import Any

from emlib.plots import Picture
from emlib.plots.extras import need
from emlib.plots.rendering import Stage, encode, quantise

ipywidgets: Any = need("ipywidgets", extra="widgets")


def guarded(answer: Callable[[Any, Any], None]) -> Callable[..., None]:
    """Let a panel's answer to a touch say in words what went wrong.

    Jupyter writes an error in a callback to a log that nobody reads; and a control that several
    panels share would not reach the next of them.
    """

    @functools.wraps(answer)
    def guarded_answer(panel: Live, change: Any = None) -> None:
        try:
            answer(panel, change)
        except Exception as error:
            panel.fail(error)

    return guarded_answer


class Live(ipywidgets.VBox):
    """Draw a figure again, in the kernel, whenever a control moves.

    What stands on the figure at the beginning is drawn once, but for artists made with
    ``animated=True``, which are drawn each time. `draw` moves these, or adds others for one time,
    and says in words what is shown: these words are the alternative text and the caption. What
    it computes comes from emlib; what it draws, from `emlib.plots`. Where `draw` raises an
    error, the panel shows its words in place of the picture, until a touch that can be drawn.

    Parameters
    ----------
    fig : Figure
        The figure with all that stays.
    draw : callable
        Takes the values of the controls by name, moves or adds artists on the axes of `fig`, and
        returns one sentence of at least 20 characters.
    controls : mapping of str to widget
        Sliders and menus by the name of the argument of `draw`.
    title : str
        Words above the controls.
    sharpness : float
        Pixels drawn for each pixel shown, along one side.

    Examples
    --------
    >>> import ipywidgets
    >>> from emlib import plots
    >>> fig, ax = plots.figure(3, 2)
    >>> limits = ax.set(xlim=(0, 1), ylim=(0, 1))
    >>> def draw(slope):
    ...     ax.plot([0, 1], [0, slope])
    ...     return f"A line that rises from zero to {slope}."
    >>> panel = Live(fig, draw, {"slope": ipywidgets.FloatSlider(0.5, min=0, max=1)})
    >>> panel.controls["slope"].value = 0.75
    >>> panel.words
    'A line that rises from zero to 0.75.'
    """

    def __init__(
        self,
        fig: Any,
        draw: Callable[..., str],
        controls: Mapping[str, Any],
        *,
        title: str = "",
        sharpness: float = 1.0,
    ) -> None:
        self.stage = Stage(fig, sharpness=sharpness)
        self.draw = draw
        self.controls = dict(controls)
        self.view = ipywidgets.HTML()
        for control in self.controls.values():
            control.observe(self.redraw, names="value")
        self.paint()
        rows = [ipywidgets.HTML(f"<strong>{html.escape(title)}</strong>")] if title else []
        super().__init__([*rows, ipywidgets.HBox(list(self.controls.values())), self.view])

    @guarded
    def redraw(self, change: Any = None) -> None:
        """Draw the figure again, or say why it cannot be drawn."""
        self.paint()

    def fail(self, error: Exception) -> None:
        """Say what went wrong, beside the figure without what moves."""
        self.show_now(self.stage.bare(), f"This did not work. {type(error).__name__}: {error}")

    def paint(self) -> None:
        """Draw the figure for the present values of the controls."""
        values = {name: control.value for name, control in self.controls.items()}
        words = self.draw(**values)
        self.show_now(self.stage.shot(), words)

    def show_now(self, image: Any, words: str) -> None:
        """Show an image with its words."""
        self.image, self.words = image, words
        self.view.value = live_html(image, words, self.stage.width)

    @property
    def picture(self) -> Picture:
        """What the panel shows now, as a picture to keep."""
        return Picture(encode(quantise([self.image])[0]), self.words, self.stage.width)

    def _repr_mimebundle_(
        self, include: Any = None, exclude: Any = None, **options: Any
    ) -> dict[str, Any]:
        """Return the panel, and its picture for readers of pages that show no widgets."""
        bundle: dict[str, Any] = dict(super()._repr_mimebundle_(**options) or {})
        return {**bundle, **self.picture._repr_mimebundle_()}


def live_html(image: Any, words: str, width: int) -> str:
    """Return a frame that was encoded for speed, not for size."""
    buffer = io.BytesIO()
    image.save(buffer, "PNG", compress_level=1)
    data = base64.b64encode(buffer.getvalue()).decode("ascii")
    return (
        f'<figure style="margin:0"><img alt="{html.escape(words)}" '
        f'src="data:image/png;base64,{data}" width="{width}" style="max-width:100%;height:auto">'
        f'<figcaption role="status">{html.escape(words)}</figcaption></figure>'
    )
