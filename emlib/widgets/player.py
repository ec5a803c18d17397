"""A player: pictures drawn once, stepped in the browser, with or without a kernel."""

from __future__ import annotations

import html
import io
import textwrap
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from emlib.plots import Picture, figure
from emlib.plots.extras import need
from emlib.plots.rendering import encode, quantise, rasterise
from emlib.plots.style import SHARPNESS

ipywidgets: Any = need("ipywidgets", extra="widgets")

PAGE = 900


class Player(ipywidgets.VBox):
    """Step through pictures with a slider, a play button or the arrow keys.

    All frames travel to the browser once and are linked there, so a step takes no message to the
    kernel, and a saved page plays without one. Beside the widget the output holds one frame as a
    plain picture, for places that show no widgets.

    Parameters
    ----------
    pictures : sequence of Picture, or mapping of str to sequence of Picture
        The frames; or the frames of several runs of equal length, between which buttons choose.
    labels : sequence of str, or mapping of str to sequence of str
        One sentence a frame, shown below it; the alternative texts where it is empty.
    title : str
        Words above the controls.
    choice : str
        What the buttons choose.
    still : int
        The frame that the output holds as a plain picture.
    milliseconds : int
        How long a frame stays while the player plays.
    draw_twin : callable, optional
        Draws the static twin from the frames asked for; without it, the frames themselves are put
        side by side.

    Raises
    ------
    ValueError
        If there is no picture, or the runs or labels have different lengths.

    Examples
    --------
    >>> from emlib import plots
    >>> fig, ax = plots.figure(2, 2)
    >>> frame = plots.picture(fig, alt="Empty axes, from zero to one.")
    >>> player = Player([frame, frame], labels=["Before.", "After."])
    >>> player.slider.max
    1
    >>> player.twin(frames=(0, -1)).alt
    'Frames side by side: Before. After.'
    """

    def __init__(
        self,
        pictures: Sequence[Picture] | Mapping[str, Sequence[Picture]],
        *,
        labels: Sequence[str] | Mapping[str, Sequence[str]] = (),
        title: str = "",
        choice: str = "start",
        still: int = 0,
        milliseconds: int = 900,
        draw_twin: Callable[[Sequence[int]], Picture] | None = None,
    ) -> None:
        self.runs = as_runs(pictures)
        self.labels = as_labels(labels, self.runs)
        self.draw_twin = draw_twin
        self.still = range(self.n_frames)[still]
        last = self.n_frames - 1
        self.play = ipywidgets.Play(0, 0, last, interval=milliseconds)
        self.slider = ipywidgets.IntSlider(0, 0, last, readout=False, layout={"width": "18em"})
        self.step = ipywidgets.BoundedIntText(
            0, 0, last, description=f"step of {last}", layout={"width": "10em"}
        )
        self.stacks = [
            ipywidgets.Stack(
                [ipywidgets.HTML(frame_html(*frame)) for frame in zip(run, words, strict=True)],
                selected_index=0,
            )
            for run, words in zip(self.runs.values(), self.labels.values(), strict=True)
        ]
        followers = [(self.play, "value"), (self.step, "value")]
        followers += [(stack, "selected_index") for stack in self.stacks]
        self.links = [ipywidgets.jslink((self.slider, "value"), other) for other in followers]
        rows = [ipywidgets.HTML(f"<strong>{html.escape(title)}</strong>")] if title else []
        controls = [self.step, self.play, self.slider]
        if len(self.runs) == 1:
            super().__init__([*rows, ipywidgets.HBox(controls), self.stacks[0]])
            return
        self.menu = ipywidgets.ToggleButtons(  # JupyterLab takes a drop-down's arrow keys
            options=list(self.runs), description=choice, style={"button_width": "auto"}
        )
        self.shown = ipywidgets.Stack(self.stacks, selected_index=0)
        self.links.append(ipywidgets.jslink((self.menu, "index"), (self.shown, "selected_index")))
        super().__init__([*rows, self.menu, ipywidgets.HBox(controls), self.shown])

    @property
    def n_frames(self) -> int:
        """Number of frames of a run."""
        return len(next(iter(self.runs.values())))

    def twin(self, frames: Sequence[int] = (0, 1, 2, 5, -1)) -> Picture:
        """Return some frames of the first run side by side, for paper and for readers at rest.

        Parameters
        ----------
        frames : sequence of int
            Which frames, counted from 0; negative from the end. Those that do not exist are left
            out, and none comes twice.

        Returns
        -------
        Picture
            The frames with their labels, as many in a row as a page of 900 pixels holds.
        """
        if self.draw_twin is not None:
            return self.draw_twin(frames)
        wanted = existing(frames, self.n_frames)
        run, words = next(iter(self.runs.values())), next(iter(self.labels.values()))
        return side_by_side([run[i] for i in wanted], [words[i] for i in wanted])

    def _repr_mimebundle_(
        self, include: Any = None, exclude: Any = None, **options: Any
    ) -> dict[str, Any]:
        """Return the widget, and one frame for readers of pages that show no widgets."""
        bundle: dict[str, Any] = dict(super()._repr_mimebundle_(**options) or {})
        run = next(iter(self.runs.values()))
        return {**bundle, **run[self.still]._repr_mimebundle_()}


def existing(frames: Sequence[int], n_frames: int) -> list[int]:
    """Return the frames that exist, in order, each once; negative ones count from the end.

    Examples
    --------
    >>> existing((0, 1, 5, -1, -1), 4)
    [0, 1, 3]
    """
    return sorted({i % n_frames for i in frames if -n_frames <= i < n_frames})


def as_runs(
    pictures: Sequence[Picture] | Mapping[str, Sequence[Picture]],
) -> dict[str, list[Picture]]:
    """Return the frames as a dictionary of runs of one length."""
    runs = dict(pictures) if isinstance(pictures, Mapping) else {"": pictures}
    lengths = {len(run) for run in runs.values()}
    if len(lengths) != 1 or 0 in lengths:
        raise ValueError(
            f"pictures must be runs of one length, at least one frame, got {sorted(lengths)}"
        )
    return {name: list(run) for name, run in runs.items()}


def as_labels(
    labels: Sequence[str] | Mapping[str, Sequence[str]], runs: dict[str, list[Picture]]
) -> dict[str, list[str]]:
    """Return one sentence a frame; without labels, the alternative texts."""
    if not labels:
        return {name: [frame.alt for frame in run] for name, run in runs.items()}
    given = dict(labels) if isinstance(labels, Mapping) else dict.fromkeys(runs, labels)
    for name, run in runs.items():
        n_labels = len(given.get(name, ()))
        if n_labels != len(run):
            raise ValueError(f"labels must name every frame: {len(run)} frames, {n_labels} labels")
    return {name: list(given[name]) for name in runs}


def frame_html(picture: Picture, label: str) -> str:
    """Return a frame as a figure whose caption is read out when it changes."""
    return (
        f'<figure style="margin:0">{picture.html}'
        f'<figcaption role="status" style="min-height:3em;line-height:1.5">'
        f"{html.escape(label)}</figcaption></figure>"
    )


def side_by_side(pictures: Sequence[Picture], labels: Sequence[str]) -> Picture:
    """Return small multiples: pictures in a grid, each above its label."""
    Image = need("PIL.Image", extra="plots")
    images = [Image.open(io.BytesIO(picture.png)).convert("RGB") for picture in pictures]
    width = max(picture.width for picture in pictures)
    columns = max(1, min(len(images), PAGE // width))
    captions = [caption(label, width) for label in labels]
    cell = SHARPNESS * width, max(i.height for i in images) + max(c.height for c in captions)
    rows = -(-len(images) // columns)
    sheet = Image.new("RGB", (cell[0] * columns, cell[1] * rows), "white")
    for i, (image, words) in enumerate(zip(images, captions, strict=True)):
        corner = (i % columns * cell[0], i // columns * cell[1])
        sheet.paste(image, corner)
        sheet.paste(words, (corner[0], corner[1] + image.height))
    alt = f"Frames side by side: {' '.join(labels)}"
    return Picture(encode(quantise([sheet])[0]), alt, sheet.width // SHARPNESS)


def caption(label: str, width: int) -> Any:
    """Draw a label, broken into lines that fit a width in pixels."""
    lines = textwrap.wrap(label, max(12, int(width / 7.2)))
    fig, ax = figure(width / 96, 0.1 + 0.2 * len(lines))
    ax.set_axis_off()
    fig.text(0.03, 0.98, "\n".join(lines), va="top", fontsize=9.5)
    return rasterise(fig)
