"""From a matplotlib figure to what a notebook shows: a small PNG with an alternative text.

A `Picture` carries its alternative text in the only form that JupyterLab, nbconvert and Sphinx
all keep, an ``<img alt>`` in a text/html output. Its bytes depend on what is drawn alone.
"""

from __future__ import annotations

import base64
import html
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from .alt import words
from .extras import need
from .style import COLOURS, PIXELS_PER_INCH, SHARPNESS, house_style

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.figure import Figure

N_COLOURS = 64
SHORTEST_ALT = 20
LARGEST_ANIMATION = 700_000
"""Size of the largest animated PNG, in bytes."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A PNG with an alternative text: what every drawing cell of the course ends with.

    Parameters
    ----------
    png : bytes
        The image; it may be an animated PNG.
    alt : str
        What the picture shows, for a reader who cannot see it: at least 20 characters.
    width : int
        Width as shown, in screen pixels; the image itself may be larger, so that it is crisp.

    Raises
    ------
    ValueError
        If the alternative text is missing or too short to say anything.

    Examples
    --------
    >>> from emlib import plots
    >>> fig, ax = plots.figure(2, 2)
    >>> plots.picture(fig, alt="Empty axes, from zero to one.")
    Picture(alt='Empty axes, from zero to one.', width=192)
    """

    png: bytes
    alt: str
    width: int

    def __post_init__(self) -> None:
        """Refuse a picture that says nothing."""
        if len(str(self.alt).strip()) < SHORTEST_ALT:
            raise ValueError(
                f"alt must say what the picture shows in at least {SHORTEST_ALT} characters, "
                f"got {self.alt!r}"
            )

    def __repr__(self) -> str:
        """Return the words and the size, never the bytes."""
        return f"Picture(alt={self.alt!r}, width={self.width})"

    @property
    def html(self) -> str:
        """The picture as one ``<img>`` element."""
        return image_element(self.png, self.alt, self.width)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        """Return the forms in which Jupyter shows a picture."""
        return {
            "text/plain": self.alt,
            "text/html": self.html,
            "image/png": base64.b64encode(self.png).decode("ascii"),
        }


def image_element(png: bytes, alt: str, width: int) -> str:
    """Return an ``<img>`` element that holds its PNG."""
    data = base64.b64encode(png).decode("ascii")
    return (
        f'<img alt="{html.escape(alt)}" src="data:image/png;base64,{data}" '
        f'width="{width}" style="max-width:100%;height:auto">'
    )


def picture(fig: Figure | Artist, alt: str) -> Picture:
    """Render a figure as a crisp PNG of 64 colours.

    Parameters
    ----------
    fig : Figure or Artist
        The figure, or anything drawn on it.
    alt : str
        What the picture shows, for a reader who cannot see it: a text, or the name of one of a
        lesson's, such as ``"04.labels"``.

    Returns
    -------
    Picture
        Twice as many pixels as it shows, on white; the same bytes for the same drawing.

    Examples
    --------
    >>> from emlib import plots
    >>> fig, ax = plots.figure(3, 2)
    >>> bars = ax.bar(["heads", "tails"], [7, 3])
    >>> plots.picture(fig, alt="Two bars: seven heads, three tails.").width
    288
    """
    whole: Any = fig if hasattr(fig, "savefig") else fig.get_figure()
    image = rasterise(whole)
    return Picture(encode(quantise([image])[0]), words(alt), round(image.width / SHARPNESS))


def rasterise(fig: Figure) -> Any:
    """Draw a figure with Agg at twice the resolution shown; return a Pillow image."""
    Agg = need("matplotlib.backends.backend_agg", extra="plots").FigureCanvasAgg
    Image = need("PIL.Image", extra="plots")
    dpi_before = fig.dpi
    try:
        fig.dpi = PIXELS_PER_INCH * SHARPNESS
        canvas = Agg(fig)
        with house_style():
            canvas.draw()
        return Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")
    finally:
        fig.dpi = dpi_before


def quantise(images: Sequence[Any]) -> list[Any]:
    """Reduce images of one size to one palette of at most 64 colours.

    The palette is taken from the first, the middle and the last image; white stays white.
    """
    Image = need("PIL.Image", extra="plots")
    sample = [images[i] for i in sorted({0, len(images) // 2, len(images) - 1})]
    width, height = images[0].size
    sheet = Image.new("RGB", (width, height * len(sample)))
    for i, image in enumerate(sample):
        sheet.paste(image, (0, i * height))
    colours = np.reshape(
        sheet.quantize(N_COLOURS - 1, method=Image.Quantize.MEDIANCUT).getpalette(), (-1, 3)
    )
    # Pillow looks colours up in blocks of 4 x 4 x 4: a near-white would be taken for white.
    coloured = colours[colours.min(axis=1) < 248]
    palette = Image.new("P", (1, 1))
    palette.putpalette([255, 255, 255, *coloured.ravel().tolist()])
    return [image.quantize(palette=palette, dither=Image.Dither.NONE) for image in images]


def encode(image: Any) -> bytes:
    """Return the bytes of a PNG without metadata."""
    buffer = io.BytesIO()
    image.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def animation(
    frames: Sequence[Picture], alt: str, milliseconds: int | Sequence[int] = 500
) -> Picture:
    """Join pictures of one size into an animated PNG that plays by itself, for ever.

    Parameters
    ----------
    frames : sequence of Picture
        In order; all of one size.
    alt : str
        What happens in the animation.
    milliseconds : int or sequence of int
        How long each frame stays.

    Returns
    -------
    Picture
        At most 700 kB.

    Raises
    ------
    ValueError
        If there is no frame, the sizes differ or the result is larger than 700 kB.

    Examples
    --------
    >>> from emlib import plots
    >>> fig, ax = plots.figure(2, 2)
    >>> before = plots.picture(fig, alt="Empty axes, from zero to one.")
    >>> line = ax.plot([0, 1], [0, 1])
    >>> after = plots.picture(fig, alt="A line rises from zero to one.")
    >>> plots.animation([before, after], "A line appears on empty axes.", milliseconds=400)
    Picture(alt='A line appears on empty axes.', width=192)
    """
    Image = need("PIL.Image", extra="plots")
    images = [Image.open(io.BytesIO(frame.png)).convert("RGB") for frame in frames]
    sizes = {image.size for image in images}
    if len(sizes) != 1:
        raise ValueError(f"frames must be pictures of one size, got {sorted(sizes)}")
    first, *rest = quantise(images)
    buffer = io.BytesIO()
    first.save(
        buffer,
        "PNG",
        save_all=True,
        append_images=rest,
        duration=milliseconds,
        loop=0,
        optimize=True,
    )
    if buffer.tell() > LARGEST_ANIMATION:
        raise ValueError(
            f"the animation has {buffer.tell() / 1000:.0f} kB, more than "
            f"{LARGEST_ANIMATION / 1000:.0f}: draw fewer or smaller frames"
        )
    return Picture(buffer.getvalue(), alt, frames[0].width)


class FrameCanvas:
    """A figure whose background is drawn once, and each frame only adds to it.

    What stands on the axes when the canvas is made is the background. Each `frame` adds what was
    put there since, and takes it away; the colours begin again with the first. Artists that were
    made with ``animated=True`` before the canvas was made stay, and are drawn in every frame as
    they are then: to move them is faster than to make them anew.

    Parameters
    ----------
    fig : Figure
        The figure with its background.
    sharpness : float
        Pixels drawn for each pixel shown, along one side.

    Examples
    --------
    >>> from emlib import plots
    >>> fig, ax = plots.figure(2, 2)
    >>> canvas = FrameCanvas(fig)
    >>> line = ax.plot([0, 1], [0, 1])
    >>> canvas.frame().size, len(ax.lines)
    ((384, 384), 0)
    """

    def __init__(self, fig: Figure, *, sharpness: float = SHARPNESS) -> None:
        Agg = need("matplotlib.backends.backend_agg", extra="plots").FigureCanvasAgg
        self.fig = fig
        fig.dpi = PIXELS_PER_INCH * sharpness
        self.agg = Agg(fig)
        with house_style():
            self.agg.draw()
        fig.set_layout_engine("none")
        artists = [artist for ax in fig.axes for artist in ax.get_children()]
        self.animated = {artist for artist in artists if artist.get_animated()}
        self.static = set(artists) - self.animated
        self.pixels = self.agg.copy_from_bbox(fig.bbox)

    @property
    def width(self) -> int:
        """Width as shown, in screen pixels."""
        return round(self.fig.get_figwidth() * PIXELS_PER_INCH)

    def frame(self) -> Any:
        """Return the figure with all that was added, as a Pillow image, and take it away."""
        return self._image(with_added=True)

    def background(self) -> Any:
        """Take away what was added, and return the background alone."""
        return self._image(with_added=False)

    def _image(self, *, with_added: bool) -> Any:
        Image = need("PIL.Image", extra="plots")
        self.agg.restore_region(self.pixels)
        for ax in self.fig.axes:
            added = [artist for artist in ax.get_children() if artist not in self.static]
            for artist in sorted(added, key=lambda artist: artist.get_zorder()):
                if with_added:
                    ax.draw_artist(artist)
                if artist not in self.animated:
                    artist.remove()
            ax.set_prop_cycle(color=list(COLOURS))
        return Image.fromarray(np.asarray(self.agg.buffer_rgba())).convert("RGB")


def with_one_palette(images: Sequence[Any], alts: Sequence[str], width: int) -> list[Picture]:
    """Return images of one size as pictures with one palette, so that no colour flickers.

    Parameters
    ----------
    images : sequence of Pillow images
        Such as the frames of a `FrameCanvas`.
    alts : sequence of str
        One alternative text an image.
    width : int
        Width as shown, in screen pixels.

    Examples
    --------
    >>> from emlib import plots
    >>> fig, ax = plots.figure(2, 2)
    >>> canvas = FrameCanvas(fig)
    >>> alts = ["Empty axes, the first time.", "Empty axes, the second time."]
    >>> with_one_palette([canvas.frame(), canvas.frame()], alts, canvas.width)[1]
    Picture(alt='Empty axes, the second time.', width=192)
    """
    return [
        Picture(encode(image), alt, width)
        for image, alt in zip(quantise(images), alts, strict=True)
    ]
