import base64
import dataclasses
import hashlib
import html.parser
import io
import os
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from emlib import plots
from emlib.plots.rendering import FrameCanvas, rasterise, with_one_palette

ALT = "A line that rises from zero to one."


def drawing(width=4.0, height=3.0, slope=1.0):
    fig, ax = plots.figure(width, height)
    ax.plot([0, 1], [0, slope])
    ax.set(xlabel="x", ylabel="height (nats)")
    return fig


def opened(picture):
    return Image.open(io.BytesIO(picture.png))


class Images(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        if tag == "img":
            self.found.append(dict(attrs))


def images_of(text):
    parser = Images()
    parser.feed(text)
    return parser.found


def test_twice_as_many_pixels_as_shown():
    picture = plots.picture(drawing(4.0, 3.0), alt=ALT)
    assert picture.width == 4 * 96
    assert opened(picture).size == (2 * 4 * 96, 2 * 3 * 96)


def test_at_most_64_colours_on_pure_white():
    image = opened(plots.picture(drawing(), alt=ALT))
    assert image.mode == "P"
    assert len(image.getcolors()) <= 64
    assert image.convert("RGB").getpixel((1, 1)) == (255, 255, 255)


def test_colours_survive_the_palette():
    fig, ax = plots.figure(4, 3)
    ax.bar(range(5), np.ones(5), color=plots.COLOURS[:5])
    full, reduced = rasterise(fig), opened(plots.picture(fig, alt=ALT)).convert("RGB")
    far = np.abs(np.asarray(full, dtype=int) - np.asarray(reduced, dtype=int)).max(axis=2)
    assert np.quantile(far, 0.99) <= 6


def test_nothing_but_the_drawing_is_in_the_file():
    png = plots.picture(drawing(), alt=ALT).png
    assert opened(plots.picture(drawing(), alt=ALT)).info == {}
    for word in (b"Software", b"tEXt", b"tIME", b"pHYs", b"eXIf"):
        assert word not in png


def test_the_same_drawing_gives_the_same_bytes():
    assert plots.picture(drawing(), alt=ALT).png == plots.picture(drawing(), alt=ALT).png
    assert plots.picture(drawing(), alt=ALT).png != plots.picture(drawing(slope=2), alt=ALT).png


def test_the_same_bytes_in_another_process():
    code = (
        "import hashlib; from emlib import plots; fig, ax = plots.figure(4, 3); "
        "ax.plot([0, 1], [0, 1]); ax.set(xlabel='x', ylabel='height (nats)'); "
        f"print(hashlib.sha256(plots.picture(fig, alt={ALT!r}).png).hexdigest())"
    )
    other = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    here = hashlib.sha256(plots.picture(drawing(), alt=ALT).png).hexdigest()
    assert other.stdout.strip() == here


def test_the_resolution_of_the_notebook_does_not_matter():
    fig = drawing()
    expected = plots.picture(fig, alt=ALT)
    fig.set_dpi(72)
    assert plots.picture(fig, alt=ALT) == expected
    assert fig.dpi == 72


def test_what_is_drawn_can_stand_for_its_figure():
    fig, ax = plots.figure(4, 3)
    line = ax.plot([0, 1])[0]
    assert plots.picture(line, alt=ALT) == plots.picture(fig, alt=ALT)


@pytest.mark.parametrize("alt", ["", "   ", "A figure.", "x" * 19])
def test_a_picture_that_says_nothing_is_refused(alt):
    with pytest.raises(ValueError, match="alt must say what the picture shows"):
        plots.picture(drawing(), alt=alt)


def test_a_picture_cannot_be_changed():
    picture = plots.picture(drawing(), alt=ALT)
    with pytest.raises(dataclasses.FrozenInstanceError):
        picture.alt = "Something else altogether, later."


def test_a_notebook_gets_words_html_and_png():
    picture = plots.picture(drawing(), alt='Bars of "heads" & <tails>, five trials.')
    bundle = picture._repr_mimebundle_()
    assert set(bundle) == {"text/plain", "text/html", "image/png"}
    assert bundle["text/plain"] == picture.alt
    assert base64.b64decode(bundle["image/png"]) == picture.png
    (image,) = images_of(bundle["text/html"])
    assert image["alt"] == picture.alt
    assert image["width"] == str(picture.width)
    kind, _, data = image["src"].partition(",")
    assert kind == "data:image/png;base64"
    assert base64.b64decode(data) == picture.png


def test_the_repr_holds_no_bytes_and_no_address():
    picture = plots.picture(drawing(), alt=ALT)
    assert repr(picture) == f"Picture(alt={ALT!r}, width=384)"


def frames(n=4):
    return [plots.picture(drawing(slope=1 + i), alt=ALT) for i in range(n)]


def test_an_animation_plays_every_frame_for_ever():
    film = plots.animation(
        frames(), "The line grows steeper, frame by frame.", [100, 200, 300, 900]
    )
    image = opened(film)
    assert image.format == "PNG"
    assert (image.n_frames, image.info["loop"]) == (4, 0)
    durations = []
    for i in range(4):
        image.seek(i)
        durations.append(image.info["duration"])
    assert durations == [100, 200, 300, 900]


def test_an_animation_shows_its_frames():
    single = frames()
    image = opened(plots.animation(single, "The line grows steeper, frame by frame."))
    for i, frame in enumerate(single):
        image.seek(i)
        far = np.abs(
            np.asarray(image.convert("RGB"), dtype=int)
            - np.asarray(opened(frame).convert("RGB"), dtype=int)
        ).max(axis=2)
        assert np.quantile(far, 0.999) <= 12


def test_an_animation_has_one_palette():
    coloured = []
    for colour in plots.COLOURS[:4]:
        fig, ax = plots.figure(4, 3)
        ax.plot([0, 1], [0, 1], color=colour, linewidth=5)
        coloured.append(plots.picture(fig, alt=ALT))
    image = opened(plots.animation(coloured, "The line changes its colour, frame by frame."))
    found = set()
    for i in range(image.n_frames):
        image.seek(i)
        found |= {colour for _, colour in image.convert("RGB").getcolors(10**6)}
    assert len(found) <= 64


def test_frames_of_an_animation_have_one_size():
    odd = [*frames(2), plots.picture(drawing(5.0), alt=ALT)]
    with pytest.raises(ValueError, match="one size"):
        plots.animation(odd, ALT)
    with pytest.raises(ValueError, match="one size"):
        plots.animation([], ALT)


def test_an_animation_that_is_too_heavy_is_refused(rng):
    noise = []
    for _ in range(3):
        fig, ax = plots.figure(4, 3)
        ax.imshow(rng.random((450, 600)))
        noise.append(plots.picture(fig, alt=ALT))
    sizes = [len(frame.png) for frame in noise]
    assert sum(sizes[:2]) < 700_000 < sum(sizes)
    with pytest.raises(ValueError, match=r"more than 700: draw fewer or smaller frames"):
        plots.animation(noise, ALT)
    assert plots.animation(noise[:2], ALT).png


def test_a_canvas_draws_what_a_figure_draws():
    fig, ax = plots.figure(4, 3)
    ax.set(xlim=(0, 1), ylim=(0, 1))
    canvas = FrameCanvas(fig)
    ax.plot([0, 1], [0, 1])
    drawn = np.asarray(canvas.frame(), dtype=int)
    whole_fig, whole = plots.figure(4, 3)
    whole.set(xlim=(0, 1), ylim=(0, 1))
    whole.plot([0, 1], [0, 1])
    far = np.abs(drawn - np.asarray(rasterise(whole_fig), dtype=int)).max(axis=2)
    # The line lies over the axis lines instead of under them: a few pixels at its two ends.
    assert (far > 8).mean() < 5e-4
    assert (drawn != 255).any()


def test_a_canvas_takes_away_what_was_put_on_it():
    fig, ax = plots.figure(4, 3)
    canvas = FrameCanvas(fig)
    empty = canvas.frame()
    ax.plot([0, 1], [0, 1])
    ax.text(0.5, 0.5, "here")
    canvas.frame()
    assert canvas.frame() == empty
    assert (len(ax.lines), len(ax.texts)) == (0, 0)


def test_a_canvas_keeps_what_moves():
    fig, ax = plots.figure(4, 3)
    ax.set(xlim=(0, 1), ylim=(0, 1))
    (line,) = ax.plot([0, 1], [0.2, 0.2], animated=True)
    canvas = FrameCanvas(fig)
    low = np.asarray(canvas.frame().convert("L"), dtype=int)
    line.set_ydata([0.8, 0.8])
    high = np.asarray(canvas.frame().convert("L"), dtype=int)
    assert ax.lines[0] is line
    below = low.shape[0] // 2
    assert (np.abs(low - high)[:below] > 60).any()
    assert (np.abs(low - high)[below:] > 60).any()
    line.set_ydata([0.2, 0.2])
    np.testing.assert_array_equal(np.asarray(canvas.frame().convert("L")), low)


def test_frames_share_one_palette():
    fig, ax = plots.figure(4, 3)
    ax.set(xlim=(0, 1), ylim=(0, 1))
    canvas = FrameCanvas(fig, sharpness=1.5)
    images = []
    for colour in plots.COLOURS[:3]:
        ax.plot([0, 1], [0, 1], color=colour)
        images.append(canvas.frame())
    pictures = with_one_palette(images, [ALT] * 3, canvas.width)
    assert len({tuple(opened(picture).getpalette()) for picture in pictures}) == 1
    assert {opened(picture).size for picture in pictures} == {(576, 432)}
    assert pictures[0].width == 384
