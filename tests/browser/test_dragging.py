"""What is dragged in a picture moves: with the mouse, with a finger, with the arrow keys."""

from __future__ import annotations

import re

import lab
import pytest

pytest.importorskip("playwright", reason="needs the packages of requirements-dev.lock")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(lab.chromium() is None, reason="no Chromium; CHROMIUM may name one"),
]
PANELS = """
import numpy as np
from IPython.display import display
from emlib import GaussianMixture, datasets, widgets

panel = widgets.likelihood_panel(datasets.heights(rng=0).x)
theta = GaussianMixture([0.5, 0.5], [[0, 0], [3, 0]], [np.eye(2)] * 2)
moved = widgets.mean_panel(theta.sample(200, rng=0)[0], theta)
placed = widgets.centroid_panel(datasets.blobs().x, [[-5.0, 4.0], [-3.0, 2.0], [-2.0, -5.0]])
coins = widgets.bound_panel(datasets.do_batzoglou().x, 0.25, noise=0.0)
display(panel, moved, placed, coins)
"""
CAPTION = "figcaption[role=status]"


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    nbformat = pytest.importorskip("nbformat")
    folder = tmp_path_factory.mktemp("dragging")
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(PANELS)])
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3 (ipykernel)"}
    nbformat.write(notebook, folder / "panels.ipynb")
    with lab.browser() as running, lab.serve(folder, folder) as address:
        lesson = lab.Lesson(running, address, "panels.ipynb", height=2400)
        lesson.run_all()
        lesson.page.locator(CAPTION).nth(3).wait_for()
        yield lesson.page
        # The edition in the browser, built from this environment, has an extension of its own.
        assert [error for error in lesson.errors if "@jupyterlite" not in error] == []
        assert lesson.outside == []
        lesson.close()


def handle(page, name):
    return page.get_by_role("button", name=name, exact=True)


def words(page, panel, wanted):
    """Wait until the caption of a panel holds some words, and return it."""
    caption = page.locator(CAPTION).nth(panel)
    page.wait_for_function(
        "([node, wanted]) => new RegExp(wanted).test(node.textContent)",
        arg=[caption.element_handle(), wanted],
        timeout=10_000,
    )
    return caption.text_content()


def centre(box):
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def drag(page, button, right, down):
    x, y = centre(button.bounding_box())
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + right / 2, y + down / 2, steps=4)
    page.mouse.move(x + right, y + down, steps=4)
    page.mouse.up()
    return x + right, y + down


def test_the_mouse_drags_the_spot_and_sliders_follow(page):
    spot = handle(page, "mean and standard deviation")
    assert "Mean 160.0, standard deviation 15.0" in words(page, 0, "Mean")
    x, y = drag(page, spot, 60, 40)
    words(page, 0, r"Mean 1[67]\d\.\d")
    page.wait_for_timeout(800)  # the last move is answered
    said = page.locator(CAPTION).nth(0).text_content()
    mean, std = map(float, re.search(r"Mean ([\d.]+), standard deviation ([\d.]+)", said).groups())
    assert mean > 163
    assert std < 14
    page.wait_for_timeout(500)
    ring = centre(spot.bounding_box())
    assert abs(ring[0] - x) < 4  # within a step of the slider
    assert abs(ring[1] - y) < 8
    sliders = page.locator(".widget-readout").all_text_contents()
    assert f"{mean:.1f}" in sliders


def test_arrow_keys_move_it_by_a_step_of_the_slider(page):
    spot = handle(page, "mean and standard deviation")
    before = page.locator(CAPTION).nth(0).text_content()
    mean = float(re.search(r"Mean ([\d.]+)", before)[1])
    spot.focus()
    page.keyboard.press("ArrowRight")
    words(page, 0, rf"Mean {mean + 0.5:.1f}".replace(".", r"\."))
    page.keyboard.press("Shift+ArrowLeft")
    words(page, 0, rf"Mean {mean - 4.5:.1f}".replace(".", r"\."))
    assert page.evaluate("() => document.activeElement.title") == "mean and standard deviation"


def test_a_move_that_changes_nothing_is_answered_too(page):
    spot = handle(page, "mean and standard deviation")
    before = page.locator(CAPTION).nth(0).text_content()
    drag(page, spot, 1, 0)
    drag(page, spot, -1, 0)
    spot.focus()
    page.keyboard.press("ArrowDown")
    page.wait_for_function(
        "([node, before]) => node.textContent !== before",
        arg=[page.locator(CAPTION).nth(0).element_handle(), before],
        timeout=10_000,
    )


def test_a_mean_goes_no_further_than_its_slider(page):
    drag(page, handle(page, "mean of component 1"), 900, -600)
    words(page, 1, r"Mean of component 1 at \(\d")
    page.wait_for_timeout(500)
    said = page.locator(CAPTION).nth(1).text_content()
    x, y = re.search(r"at \(([−\d.]+), ([−\d.]+)\)", said).groups()
    assert float(x) < 8
    assert float(y.replace("−", "-")) < 6


def test_a_finger_drags_a_centroid_and_a_new_run_begins(page):
    button = handle(page, "centroid 1, ▲")
    x, y = centre(button.bounding_box())
    before = words(page, 2, "Half-step 0")
    session = page.context.new_cdp_session(page)
    for kind, place in (
        ("touchStart", (x, y)),
        ("touchMove", (x + 20, y + 20)),
        ("touchMove", (x + 50, y + 60)),
        ("touchEnd", None),
    ):
        points = [] if place is None else [{"x": place[0], "y": place[1]}]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
        page.wait_for_timeout(100)
    page.wait_for_function(
        "([node, before]) => node.textContent !== before",
        arg=[page.locator(CAPTION).nth(2).element_handle(), before],
        timeout=10_000,
    )
    page.wait_for_timeout(800)  # the last move is answered
    after = page.locator(CAPTION).nth(2).text_content()
    assert after.startswith("Half-step 0, start: centroids at (−5.0, 4.0), (")
    assert "(−3.0, 2.0)" not in after
    page.get_by_role("button", name="assign", exact=True).click()
    words(page, 2, "Half-step 1, assign")
    page.get_by_role("button", name="move", exact=True).click()
    words(page, 2, "Half-step 2, move")
    page.wait_for_timeout(500)
    assert abs(centre(button.bounding_box())[0] - x) > 5  # the ring has gone with the centroid
    button.focus()
    page.keyboard.press("ArrowUp")
    again = words(page, 2, "Half-step 0, start")
    assert again != after  # the others stand where they were moved to


def test_the_red_dot_stays_on_its_curve_and_the_slider_follows(page):
    dot = handle(page, "bias of A, along the log-likelihood")
    assert "they touch" in words(page, 3, "Bias of A 0.250")
    before = centre(dot.bounding_box())
    x, y = drag(page, dot, 150, 60)
    words(page, 3, r"Bias of A 0\.[67]")
    page.wait_for_timeout(800)  # the last move is answered
    said = words(page, 3, "KL [1-9]")  # q was held, so the bound has left the curve
    after = centre(dot.bounding_box())
    assert abs(after[0] - x) < 4
    assert after[1] < before[1] < y  # uphill, though the mouse went down
    bias = re.search(r"Bias of A ([\d.]+)", said)[1]
    assert bias in page.locator(".widget-readout").all_text_contents()
    page.get_by_role("button", name="E", exact=True).click()
    words(page, 3, "they touch")
    dot.focus()
    page.keyboard.press("ArrowLeft")
    words(page, 3, f"Bias of A {float(bias) - 0.005:.3f}")
