"""A picture with handles: what a learner takes hold of, and what that moves.

The picture is drawn in the kernel. `DraggableView` shows it with a ring on each handle, which is
dragged with the mouse or a finger, or moved with the arrow keys; sliders that stand beside it are
the other way to the same numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from emlib.plots.extras import need

anywidget: Any = need("anywidget", extra="widgets")
traitlets: Any = need("traitlets", extra="widgets")


@dataclass(frozen=True, slots=True)
class Handle:
    """A place in a picture that one or two controls say, and that can be dragged.

    Attributes
    ----------
    name : str
        What is moved: read out, and shown when the pointer rests on it.
    ax : Axes
        Where it stands.
    x : str
        Control of its first coordinate.
    y : str, optional
        Control of its second coordinate; without it the panel says how high the handle stands,
        and only what is across moves it.
    """

    name: str
    ax: Any
    x: str
    y: str | None = None

    @property
    def moves(self) -> list[str]:
        """The controls that it moves."""
        return [self.x] if self.y is None else [self.x, self.y]


class DraggableView(anywidget.AnyWidget):
    """An image with its words, and rings that can be dragged.

    Attributes
    ----------
    png : bytes
        The image.
    words : str
        What it shows: the alternative text, and the caption, read out when it changes.
    width : int
        Width as shown, in screen pixels.
    handles : list of dict
        For each ring its ``name`` and where it stands, ``x`` and ``y`` as parts of the width and
        the height from the upper left corner.
    answered : int
        How many messages were answered: the next is sent after that.
    """

    _esm = Path(__file__).with_name("draggable.js")
    png = traitlets.Bytes().tag(sync=True)
    words = traitlets.Unicode().tag(sync=True)
    width = traitlets.Int(0).tag(sync=True)
    handles = traitlets.List().tag(sync=True)
    answered = traitlets.Int(0).tag(sync=True)


class Dragging:
    """What handles do to the controls of a panel.

    Parameters
    ----------
    handles : sequence of Handle
        What can be dragged.
    controls : mapping of str to slider
        The panel's controls by name, with ``min``, ``max`` and ``step``.
    where : callable
        Says where a handle stands, in the coordinates of its axes.
    move : callable
        Takes new values of some controls by name, and lets the panel draw once.
    """

    def __init__(
        self,
        handles: Sequence[Handle],
        controls: Mapping[str, Any],
        where: Callable[[Handle], tuple[float, float]],
        move: Callable[[dict[str, float]], None],
    ) -> None:
        self.handles, self.controls = list(handles), controls
        self.where, self.move = where, move
        self.view = DraggableView()
        self.view.on_msg(self.receive)

    def receive(self, view: Any, message: Mapping[str, Any], buffers: Any = None) -> None:
        """Move what a handle stands for, and say that this is done."""
        try:
            self.follow(message)
        finally:
            self.view.answered += 1

    def follow(self, message: Mapping[str, Any]) -> None:
        """Move what a handle stands for: to a place in the picture, or by some steps."""
        handle = self.handles[int(message["handle"])]
        controls = [self.controls[name] for name in handle.moves]
        if "steps" in message:  # where only one control is moved, steps up and down are left out
            steps = zip(self.where(handle), controls, message["steps"], strict=False)
            wanted = [value + n * control.step for value, control, n in steps]
        else:
            width, height = handle.ax.figure.bbox.size
            pixel = float(message["x"]) * width, (1 - float(message["y"])) * height
            wanted = handle.ax.transData.inverted().transform(pixel).tolist()
        new = map(allowed, controls, wanted)
        self.move(dict(zip(handle.moves, new, strict=True)))

    def show(self, png: bytes, words: str, width: int) -> None:
        """Show a picture, with the rings where the handles stand."""
        with self.view.hold_sync():
            self.view.words, self.view.width = words, width
            self.view.handles = [self.place(handle) for handle in self.handles]
            self.view.png = png

    def place(self, handle: Handle) -> dict[str, Any]:
        """Return where a handle stands, as parts of the picture from its upper left corner."""
        x, y = handle.ax.transData.transform(self.where(handle))
        width, height = handle.ax.figure.bbox.size
        return {"name": handle.name, "x": float(x / width), "y": float(1 - y / height)}


def allowed(control: Any, value: float) -> float:
    """Return the value nearest to the one wanted that a slider can stand at.

    Examples
    --------
    >>> import ipywidgets
    >>> slider = ipywidgets.FloatSlider(2.0, min=0.5, max=3.0, step=0.5)
    >>> allowed(slider, 1.8), allowed(slider, 7.0), allowed(slider, -7.0)
    (2.0, 3.0, 0.5)
    """
    steps = round((min(max(value, control.min), control.max) - control.min) / control.step)
    return float(round(min(control.min + steps * control.step, control.max), 10))
