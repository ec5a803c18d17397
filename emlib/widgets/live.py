"""A live panel: controls on one side, one figure drawn again at every change on the other."""

from __future__ import annotations

import functools
import io
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from emlib.plots import Picture
from emlib.plots.rendering import FrameCanvas, encode, image_element, quantise

from .draggable import Dragging, Handle
from .parts import PicturedBox, captioned, ipywidgets, row, title_row


def tells_errors(handler: Callable[[Any, Any], None]) -> Callable[..., None]:
    """Let a panel's handler of a control say in words what went wrong.

    Jupyter writes an error in a callback to a log that nobody reads; and a control that several
    panels share would not reach the next of them.
    """

    @functools.wraps(handler)
    def telling_handler(panel: Live, change: Any = None) -> None:
        try:
            handler(panel, change)
        except Exception as error:
            panel.show_error(error)

    return telling_handler


class Live(PicturedBox):
    """Draw a figure again, in the kernel, whenever a control moves.

    What stands on the figure at the beginning is drawn once, except artists made with
    ``animated=True``, which are drawn each time. `draw` moves these, or adds others for one time,
    and says in words what is shown: these words are the alternative text and the caption. What
    it computes comes from emlib; what it draws, from `emlib.plots`. Where `draw` raises an
    error, the panel shows its words in place of the picture, until a change that can be drawn.

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
    handles : sequence of Handle
        What can be dragged in the picture itself: each moves one or two of the controls. A panel
        whose handle moves only one says in `place_of_handle` how high it stands.

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
        handles: Sequence[Handle] = (),
    ) -> None:
        self.canvas = FrameCanvas(fig, sharpness=sharpness)
        self.draw = draw
        self.controls = dict(controls)
        self.dragging = None
        if handles:
            self.dragging = Dragging(
                handles, self.controls, self.place_of_handle, self.move_controls
            )
        self.view = self.dragging.view if self.dragging else ipywidgets.HTML()
        self.waiting = False
        for control in self.controls.values():
            control.observe(self.redraw, names="value")
        self.draw_present_values()
        super().__init__([*title_row(title), *self.control_rows(), self.view])

    def control_rows(self) -> list[Any]:
        """Return what stands between the title and the picture."""
        return [row(list(self.controls.values()))]

    @tells_errors
    def redraw(self, change: Any = None) -> None:
        """Draw the figure again, or say why it cannot be drawn."""
        if not self.waiting:
            self.draw_present_values()

    def place_of_handle(self, handle: Handle) -> tuple[float, float]:
        """Return where a handle stands: at the values of its controls."""
        x, y = (self.controls[name].value for name in handle.moves)
        return x, y

    def move_controls(self, values: Mapping[str, float]) -> None:
        """Set several controls, and draw once."""
        self.set_controls(values)
        self.redraw()

    def set_controls(self, values: Mapping[str, float]) -> None:
        """Set several controls, and draw nothing."""
        self.waiting = True
        try:
            for name, value in values.items():
                self.controls[name].value = value
        finally:
            self.waiting = False

    def draw_present_values(self) -> None:
        """Draw the figure for the present values of the controls."""
        words = self.draw(**{name: control.value for name, control in self.controls.items()})
        self.show_image(self.canvas.frame(), words)

    def show_error(self, error: Exception) -> None:
        """Say what went wrong, beside the figure without what moves."""
        words = f"This did not work. {type(error).__name__}: {error}"
        self.show_image(self.canvas.background(), words)

    def show_image(self, image: Any, words: str) -> None:
        """Show an image with its words."""
        self.image, self.words = image, words
        png = encode_fast(image)
        if self.dragging:
            self.dragging.show(png, words, self.canvas.width)
        else:
            self.view.value = captioned(image_element(png, words, self.canvas.width), words)

    @property
    def picture(self) -> Picture:
        """What the panel shows now, as a picture to keep."""
        return Picture(encode(quantise([self.image])[0]), self.words, self.canvas.width)


def encode_fast(image: Any) -> bytes:
    """Return the bytes of a PNG that is shown once: larger than `encode` makes it, but sooner."""
    buffer = io.BytesIO()
    image.save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()
