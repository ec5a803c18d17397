import base64
import html
import io
import re

import ipywidgets
import numpy as np
from PIL import Image

from emlib import plots, widgets


def panel(**options):
    fig, ax = plots.figure(3, 2)
    ax.set(xlim=(0, 1), ylim=(0, 1))

    def draw(slope):
        ax.plot([0, 1], [0, slope])
        return f"A line that rises to {slope:.2f}, alone & free."

    return widgets.Live(fig, draw, {"slope": ipywidgets.FloatSlider(0.5, min=0, max=1)}, **options)


def shown(live):
    data = re.search(r"base64,([^\"]+)", live.view.value).group(1)
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(data))).convert("L"), dtype=int)


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


def test_the_controls_stand_above_the_picture():
    live = panel(title="A & B")
    title, controls, view = live.children
    assert title.value == "<strong>A &amp; B</strong>"
    assert controls.children == (live.controls["slope"],)
    assert view is live.view
