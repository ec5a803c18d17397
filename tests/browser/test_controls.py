"""The controls of players and panels: long enough to set, and named for who hears or points."""

from __future__ import annotations

import lab
import nbformat
import pytest

pytest.importorskip("playwright", reason="needs the packages of requirements-dev.lock")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(lab.chromium() is None, reason="no Chromium; CHROMIUM may name one"),
]
NAME = "own.ipynb"
CELLS = [
    "import numpy as np\n"
    "from emlib import GaussianMixture, datasets, plots, widgets\n"
    "data = datasets.three_clusters(rng=0)\n"
    "fig, ax = plots.figure(2, 2)\n"
    "frame = plots.picture(fig, alt='Empty axes, from zero to one.')",
    "widgets.Player([frame] * 6, labels=['Before.'] * 6)",
    "widgets.likelihood_panel(datasets.heights(0).x)",
    "widgets.separation_panel(mean=170, std=10)",
    "widgets.hills_panel(0, n=30)",
    "widgets.bound_panel([[5, 5], [9, 1], [8, 2]])",
    "widgets.centroid_panel(data.x[:100], data.x[:3])",
    "widgets.mean_panel(data.x[:100], data.truth, component=1)",
]
SHORTEST = 150
TRACKS = "() => [...document.querySelectorAll('.noUi-target')].map(t => t.clientWidth)"
SAID = """() => [...document.querySelectorAll('.noUi-handle')].map(
    handle => [handle.ariaLabel, handle.getAttribute('aria-valuetext')])"""


@pytest.fixture(scope="module")
def lesson(tmp_path_factory):
    """Run a notebook of players and panels in a narrow window."""
    folder = tmp_path_factory.mktemp("controls")
    written = folder / "written"
    written.mkdir()
    node = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(text) for text in CELLS])
    node.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(node, written / NAME)
    with lab.browser() as running, lab.serve(folder, written) as address:
        lesson = lab.Lesson(running, address.replace("/doc/", "/lab/"), NAME, width=1000)
        lesson.run_all()
        yield lesson
        lesson.close()


def test_every_slider_is_long_enough_in_a_narrow_window(lesson):
    tracks = lesson.page.evaluate(TRACKS)
    assert len(tracks) == 19
    assert min(tracks) >= SHORTEST, tracks


def test_every_slider_has_a_name_and_speaks_of_numbers_as_they_are_shown(lesson):
    for handle in lesson.page.locator(".noUi-handle").all():
        handle.scroll_into_view_if_needed()
        handle.focus()
        lesson.page.keyboard.press("ArrowRight")
    lesson.page.wait_for_timeout(1000)
    said = lesson.page.evaluate(SAID)
    assert {name for name, _ in said} >= {"step", "mean", "standard deviation", "spread"}
    assert all(name and len(number) <= 6 for name, number in said), said


def test_the_buttons_of_a_player_say_what_they_do(lesson):
    play, stop, repeat = lesson.page.locator(".widget-play button").all()
    for button, name in ((play, "Play"), (stop, "Stop, and"), (repeat, "Repeat from")):
        assert button.get_attribute("title").startswith(name)
        assert button.get_attribute("aria-label") == button.get_attribute("title")
    play.click()
    lesson.page.get_by_role("button", name="Pause").wait_for(timeout=10_000)
    stop.click()
    lesson.page.get_by_role("button", name="Play").wait_for(timeout=10_000)
    assert repeat.get_attribute("aria-pressed") == "false"
    repeat.click()
    lesson.page.locator(".widget-play button[aria-pressed=true]").wait_for(timeout=10_000)
