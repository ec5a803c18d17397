"""A lesson that was run, saved and opened again without its kernel shows its panels' pictures."""

from __future__ import annotations

import json

import lab
import nbformat
import pytest

pytest.importorskip("playwright", reason="needs the packages of requirements-dev.lock")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(lab.chromium() is None, reason="no Chromium; CHROMIUM may name one"),
]
NAME = "own.ipynb"
DEAD = "model not found"
NOTE = "choose Run All Cells"
PLAYER, LIVE, PLAIN, PRINTED = range(1, 5)
CELLS = [
    "import ipywidgets\n"
    "from emlib import datasets, plots, widgets\n"
    "fig, ax = plots.figure(2, 2)\n"
    "frame = plots.picture(fig, alt='Empty axes, from zero to one.')",
    "widgets.Player([frame, frame], labels=['Before.', 'After.'])",
    "widgets.likelihood_panel(datasets.heights(0).x)",
    "ipywidgets.IntSlider()",
    "print('my own words')\nframe",
]


@pytest.fixture(scope="module")
def chromium():
    with lab.browser() as running:
        yield running


@pytest.fixture(scope="module")
def days(tmp_path_factory, chromium):
    """Run and save a notebook; return its bytes then, and it on the next day, open."""
    folder = tmp_path_factory.mktemp("days")
    written = folder / "written"
    written.mkdir()
    node = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(text) for text in CELLS])
    node.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(node, written / NAME)
    with lab.serve(folder, written) as address:
        lesson = lab.Lesson(chromium, address, NAME)
        lesson.run_all()
        first = [text_of(lesson, i) for i in range(len(CELLS))]
        handles = [output_of(lesson, i).locator(".noUi-handle").count() for i in range(len(CELLS))]
        lesson.save()
        lesson.close()
    saved = (folder / "course" / NAME).read_bytes()
    with lab.serve(folder, written) as address:
        lesson = lab.Lesson(chromium, address, NAME)
        # ipywidgets asks for a model during two seconds.
        lesson.page.get_by_text(DEAD).first.wait_for(timeout=20_000)  # the plain slider's
        yield first, handles, saved, lesson, folder
        lesson.close()


def output_of(lesson, number):
    return lesson.page.locator(".jp-CodeCell").nth(number).locator(".jp-OutputArea-output")


def text_of(lesson, number):
    return "\n".join(output_of(lesson, number).all_inner_texts())


def test_the_first_day_has_live_panels_and_no_word_about_pictures(days):
    first, handles, *_ = days
    assert [n > 0 for n in handles] == [False, True, True, True, False]
    assert not any(NOTE in text or DEAD in text for text in first)


@pytest.mark.parametrize(("number", "alt"), [(PLAYER, "Empty axes"), (LIVE, "Mean 160.0")])
def test_the_next_day_shows_the_picture_and_says_how_to_go_on(days, number, alt):
    *_, lesson, _ = days
    image = output_of(lesson, number).locator("img")
    assert image.count() == 1
    assert image.is_visible()
    assert image.get_attribute("alt").startswith(alt)
    assert image.evaluate("node => node.naturalWidth") > 100
    assert text_of(lesson, number).count(NOTE) == 1
    assert DEAD not in text_of(lesson, number)


def test_the_learners_own_outputs_are_as_they_were(days):
    first, _, saved, lesson, _ = days
    assert text_of(lesson, PRINTED) == first[PRINTED]
    assert "my own words" in first[PRINTED]
    stored = json.loads(saved)["cells"]
    assert [len(cell["outputs"]) for cell in stored] == [0, 1, 1, 1, 2]
    for number in (PLAYER, LIVE):
        assert {"text/html", "image/png"} <= set(stored[number]["outputs"][0]["data"])


def test_a_panel_comes_to_life_when_its_cell_is_run_and_saving_asks_nothing(days):
    *_, lesson, folder = days
    lesson.run_all()
    for number in (PLAYER, LIVE):
        assert output_of(lesson, number).locator(".noUi-handle").count() > 0
        assert NOTE not in text_of(lesson, number)
    lesson.save()
    assert lesson.page.locator(".jp-Dialog").count() == 0
    assert b"my own words" in (folder / "course" / NAME).read_bytes()


def test_who_reloads_the_page_while_the_kernel_lives_finds_the_panel_alive(days):
    *_, lesson, _ = days
    lesson.page.reload()
    output_of(lesson, LIVE).locator(".noUi-handle").first.wait_for(timeout=20_000)
    assert NOTE not in text_of(lesson, LIVE)
