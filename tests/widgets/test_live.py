import base64
import html
import io
import re

import ipywidgets
import numpy as np
import pytest
from PIL import Image

from emlib import GaussianMixture, plots, widgets
from emlib.plots.rendering import FrameCanvas
from emlib.widgets.parts import slider


def panel(**options):
    fig, ax = plots.figure(3, 2)
    ax.set(xlim=(0, 1), ylim=(0, 1))

    def draw(slope):
        ax.plot([0, 1], [0, slope])
        return f"A line that rises to {slope:.2f}, alone & free."

    return widgets.Live(fig, draw, {"slope": ipywidgets.FloatSlider(0.5, min=0, max=1)}, **options)


def grey(image):
    return np.asarray(image.convert("L"), dtype=int)


def shown(live):
    data = re.search(r"base64,([^\"]+)", live.view.value).group(1)
    return grey(Image.open(io.BytesIO(base64.b64decode(data))))


def test_moving_a_control_draws_again():
    live = panel()
    before = shown(live)
    live.controls["slope"].value = 0.9
    assert (np.abs(shown(live) - before) > 60).any()
    assert live.words == "A line that rises to 0.90, alone & free."
    assert live.view.value.count(html.escape(live.words)) == 2


def test_what_was_drawn_before_is_gone():
    live = panel()
    before = shown(live)
    live.controls["slope"].value = 0.9
    live.controls["slope"].value = 0.5
    np.testing.assert_array_equal(shown(live), before)


def test_a_page_without_widgets_shows_the_first_picture():
    bundle = panel(title="A & B")._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert bundle["text/plain"] == "A line that rises to 0.50, alone & free."
    assert len(Image.open(io.BytesIO(base64.b64decode(bundle["image/png"]))).getcolors()) <= 64


def test_a_slider_has_room_for_its_name_its_number_and_a_track_of_150_pixels():
    short, long = slider("mean", 0, 0, 1, 0.1), slider("standard deviation", 0, 0, 1, 0.1)
    rooms = [int(one.layout.min_width.removesuffix("px")) for one in (short, long)]
    assert rooms[0] >= 150 + 72  # the number alone takes 72
    assert rooms[1] - rooms[0] >= 7 * (len(long.description) - len(short.description))


def test_controls_without_room_beside_each_other_stand_below():
    assert panel().children[0].layout.flex_flow == "row wrap"


def test_the_controls_stand_above_the_picture():
    live = panel(title="A & B")
    title, controls, view = live.children
    assert title.value == "<strong>A &amp; B</strong>"
    assert controls.children == (live.controls["slope"],)
    assert view is live.view


def counted(slider=None):
    """Return a panel with a steep line, and the list of what it drew; above 0.8 it fails."""
    fig, ax = plots.figure(3, 2)
    ax.set(xlim=(0, 1), ylim=(0, 1))
    drawn = []

    def draw(**values):
        drawn.append(values)
        ax.plot([0, 1], [1, 0], linewidth=20)
        if max(values.values()) > 0.8:
            raise ValueError("a slope <above> 0.8")
        return f"A line that falls, beside a slope of {max(values.values())}."

    slider = slider or ipywidgets.FloatSlider(0.5, min=0, max=1)
    return widgets.Live(fig, draw, {"slope": slider}), drawn


def test_an_error_while_drawing_is_told_in_place_of_the_old_picture():
    live, _ = counted()
    before = shown(live)
    live.controls["slope"].value = 0.9
    assert live.words == "This did not work. ValueError: a slope <above> 0.8"
    assert live.view.value.count(html.escape(live.words)) == 2
    assert "<above>" not in live.view.value
    fig, ax = plots.figure(3, 2)
    ax.set(xlim=(0, 1), ylim=(0, 1))
    np.testing.assert_array_equal(shown(live), grey(FrameCanvas(fig, sharpness=1.0).frame()))
    assert live.picture.alt == live.words
    live.controls["slope"].value = 0.5
    assert live.words == "A line that falls, beside a slope of 0.5."
    np.testing.assert_array_equal(shown(live), before)


def test_an_error_at_the_very_first_drawing_is_the_cells_own():
    with pytest.raises(ValueError, match="above"):
        counted(slider=ipywidgets.FloatSlider(0.9, min=0, max=1))


def test_one_slider_in_five_panels_draws_each_once():
    slider = ipywidgets.FloatSlider(0.5, min=0, max=1)
    panels = [counted(slider=slider) for _ in range(5)]
    for _, drawn in panels:
        drawn.clear()
    slider.value = 0.6
    assert [drawn for _, drawn in panels] == [[{"slope": 0.6}]] * 5


def test_a_panel_that_fails_does_not_keep_a_shared_slider_from_the_others():
    slider = ipywidgets.FloatSlider(0.5, min=0, max=1)
    failing, _ = counted(slider=slider)
    live = panel()
    fig, _ = plots.figure(3, 2)
    other = widgets.Live(fig, lambda slope: f"Nothing is drawn at {slope:.2f}.", {"slope": slider})
    slider.value = 0.9
    assert failing.words.startswith("This did not work")
    assert other.words == "Nothing is drawn at 0.90."
    assert live.words.startswith("A line that rises to 0.50")


def test_a_control_under_two_names_draws_once():
    slider, drawn = ipywidgets.FloatSlider(0.5, min=0, max=1), []
    fig, _ = plots.figure(3, 2)

    def draw(**values):
        drawn.append(values)
        return "Nothing is drawn at all here."

    widgets.Live(fig, draw, {"a": slider, "b": slider})
    drawn.clear()
    slider.value = 0.6
    assert drawn == [{"a": 0.6, "b": 0.6}]


# Each live panel of the course, and a touch that draws it once.
TOUCHES = {
    "likelihood": (
        lambda: widgets.likelihood_panel([160.0, 170.0, 180.0]),
        lambda p: setattr(p.controls["mean"], "value", 170.0),
    ),
    "separation": (
        lambda: widgets.separation_panel(mean=170, std=10),
        lambda p: setattr(p.controls["separation"], "value", 3.0),
    ),
    "centroids, by half-steps": (
        lambda: widgets.centroid_panel(SQUARE, [[0.0, 0.0], [2.0, 1.0]]),
        lambda p: p.assign.click(),
    ),
    "centroids, placed": (
        lambda: widgets.centroid_panel(SQUARE, [[0.0, 0.0], [2.0, 1.0]]),
        lambda p: setattr(p.controls["x of 1"], "value", 1.0),
    ),
    "mean": (
        lambda: widgets.mean_panel(SQUARE, MODEL, component=1),
        lambda p: setattr(p.controls["x_mean"], "value", 1.0),
    ),
    "bound, E": (lambda: widgets.bound_panel(COINS), lambda p: p.e.click()),
    "bound, M": (lambda: widgets.bound_panel(COINS), lambda p: p.m.click()),
    "hills": (
        lambda: widgets.hills_panel(0, n=30),
        lambda p: setattr(p.controls["mean"], "value", 3.0),
    ),
    "scale": (
        lambda: widgets.scale_panel(),
        lambda p: setattr(p.controls["rows"], "value", 100_000),
    ),
    "later": (
        lambda: widgets.Later(lambda: "Forty-two, as expected.", "Ask", ["no_such_module"]),
        lambda p: setattr(p.controls["run"], "value", True),
    ),
}
SQUARE = np.array([[0.0, 0.0], [0.0, 1.0], [2.0, 0.0], [2.0, 1.0], [1.0, 0.4]])
MODEL = GaussianMixture([0.5, 0.5], [[0.0, 0.5], [2.0, 0.5]], [np.eye(2)] * 2)
COINS = [[5, 5], [9, 1], [8, 2], [4, 6], [7, 3]]


@pytest.mark.parametrize("name", TOUCHES)
def test_a_touch_draws_once_and_every_panel_tells_its_errors_and_recovers(name):
    make, touch = TOUCHES[name]
    live = make()
    draw, calls = live.draw, []

    def count(**values):
        calls.append(values)
        return draw(**values)

    def fail(**values):
        raise RuntimeError("no ink is left")

    live.draw = count
    touch(live)
    assert len(calls) == 1
    words = live.words
    live.draw = fail
    live.redraw()
    assert live.words == "This did not work. RuntimeError: no ink is left"
    shown = live.dragging.view.words if live.dragging else html.unescape(live.view.value)
    assert live.words in shown
    live.draw = draw
    live.redraw()
    assert live.words == words
