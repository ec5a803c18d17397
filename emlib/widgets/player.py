"""A player: pictures drawn once, stepped in the browser, with or without a kernel."""

from __future__ import annotations

import io
import textwrap
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain, islice
from typing import Any

from emlib.plots import Picture, figure
from emlib.plots.extras import need
from emlib.plots.rendering import FrameCanvas, encode, quantise, rasterise, with_one_palette
from emlib.plots.style import PIXELS_PER_INCH, SHARPNESS

from .parts import PicturedBox, captioned, ipywidgets, row, title_row

PAGE_WIDTH = 900
"""Width of the text of a page, in screen pixels."""

CAPTION_LOOK = "min-height:3em;line-height:1.5"
"""Room for two lines, so that what stands below a player does not move."""


class Player(PicturedBox):
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
        self.play = ipywidgets.Play(0, 0, last, interval=milliseconds, tooltip="Play, stop, repeat")
        self.slider = ipywidgets.IntSlider(0, 0, last, readout=False, layout={"width": "18em"})
        self.step = ipywidgets.BoundedIntText(
            0, 0, last, description=f"step of {last}", layout={"width": "10em"}
        )
        self.stacks = [
            ipywidgets.Stack(
                [
                    ipywidgets.HTML(captioned(picture.html, label, CAPTION_LOOK))
                    for picture, label in zip(run, words, strict=True)
                ],
                selected_index=0,
            )
            for run, words in zip(self.runs.values(), self.labels.values(), strict=True)
        ]
        followers = [(self.play, "value"), (self.step, "value")]
        followers += [(stack, "selected_index") for stack in self.stacks]
        self.links = [ipywidgets.jslink((self.slider, "value"), other) for other in followers]
        rows = title_row(title)
        controls = [self.step, self.play, self.slider]
        if len(self.runs) == 1:
            super().__init__([*rows, row(controls), self.stacks[0]])
            return
        self.menu = ipywidgets.ToggleButtons(  # JupyterLab takes a drop-down's arrow keys
            options=list(self.runs), description=choice, style={"button_width": "auto"}
        )
        self.shown = ipywidgets.Stack(self.stacks, selected_index=0)
        self.links.append(ipywidgets.jslink((self.menu, "index"), (self.shown, "selected_index")))
        super().__init__([*rows, self.menu, row(controls), self.shown])

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

    @property
    def picture(self) -> Picture:
        """The frame that stands for all where no widgets are shown."""
        return next(iter(self.runs.values()))[self.still]


def draw_frames(
    canvas: FrameCanvas,
    states: Iterable[Any],
    draw: Callable[[Any], None],
    describe: Callable[[Any], str],
    ending: str,
) -> tuple[list[Picture], list[str]]:
    """Draw states of a run with one palette; return the pictures and their labels.

    Parameters
    ----------
    canvas : FrameCanvas
        The figure with all that the frames share.
    states : iterable
        What is drawn, one state a frame.
    draw, describe : callable
        Put a state on the figure; say in one sentence what it shows.
    ending : str
        What all alternative texts end with.
    """
    images, labels = [], []
    for state in states:
        draw(state)
        images.append(canvas.frame())
        labels.append(describe(state))
    alts = [f"{label} {ending}" for label in labels]
    return with_one_palette(images, alts, canvas.width), labels


def draw_runs(
    canvas: FrameCanvas,
    runs: Mapping[str, Sequence[Any]],
    draw: Callable[[Any], None],
    describe: Callable[[Any], str],
    ending: str,
) -> tuple[dict[str, list[Picture]], dict[str, list[str]]]:
    """Draw several runs on one canvas, as `draw_frames` does; return pictures and labels by run."""

    def by_run(frames: Iterable[Any]) -> dict[str, list[Any]]:
        remaining = iter(frames)
        return {name: list(islice(remaining, len(run))) for name, run in runs.items()}

    states = chain.from_iterable(runs.values())
    pictures, labels = draw_frames(canvas, states, draw, describe, ending)
    return by_run(pictures), by_run(labels)


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


def side_by_side(pictures: Sequence[Picture], labels: Sequence[str]) -> Picture:
    """Return small multiples: pictures in a grid, each above its label."""
    Image = need("PIL.Image", extra="plots")
    images = [Image.open(io.BytesIO(picture.png)).convert("RGB") for picture in pictures]
    width = max(picture.width for picture in pictures)
    columns = max(1, min(len(images), PAGE_WIDTH // width))
    captions = [caption(label, width) for label in labels]
    cell_width = SHARPNESS * width
    cell_height = max(i.height for i in images) + max(c.height for c in captions)
    rows = -(-len(images) // columns)
    sheet = Image.new("RGB", (cell_width * columns, cell_height * rows), "white")
    for i, (image, words) in enumerate(zip(images, captions, strict=True)):
        left, top = i % columns * cell_width, i // columns * cell_height
        sheet.paste(image, (left, top))
        sheet.paste(words, (left, top + image.height))
    alt = f"Frames side by side: {' '.join(labels)}"
    return Picture(encode(quantise([sheet])[0]), alt, sheet.width // SHARPNESS)


def caption(label: str, width: int) -> Any:
    """Draw a label, broken into lines that fit a width in pixels."""
    lines = textwrap.wrap(label, max(12, int(width / 7.2)))  # a letter takes about 7.2 pixels
    fig, ax = figure(width / PIXELS_PER_INCH, 0.1 + 0.2 * len(lines))
    ax.set_axis_off()
    fig.text(0.03, 0.98, "\n".join(lines), va="top", fontsize=9.5)
    return rasterise(fig)
