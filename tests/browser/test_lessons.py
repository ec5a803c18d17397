"""Each lesson in a real browser: it opens well, runs clean, its widgets obey the keyboard."""

from __future__ import annotations

import re

import build
import lab
import pytest

pytest.importorskip("playwright", reason="needs the packages of requirements-dev.lock")

IN_EVERY_RUN = {"00_start_here.ipynb", "04_two_coins.ipynb"}
PATHS = [path.relative_to(lab.NOTEBOOKS).as_posix() for path in build.built(lab.NOTEBOOKS)]
MIN_ALT = 40
# What the console may say. The kernel of the in-browser edition is among a contributor's packages;
# it is an extension that a JupyterLab with a server finds, cannot use, and passes over.
ALLOWED = re.compile(r"Shared module @jupyterlite/services doesn't exist in shared scope")
# A widget's controls: how to find them, and what is pressed, each press being one change.
CONTROLS = [
    # Left where it was not at first, so that a button such as "E" has something to do.
    (".noUi-handle", ["ArrowRight"], ["ArrowLeft"], ["ArrowRight"]),
    ("input[type=number]", ["ArrowUp"], ["ArrowDown"]),
    # JupyterLab keeps the bare arrow for itself.
    ("select", ["Alt+ArrowDown", "ArrowDown", "Enter"]),
    (".widget-toggle-button:not(.mod-active)", ["Enter"]),
    (".widget-button:not([disabled])", ["Enter"]),
    (".widget-play button:first-child", ["Enter"]),
]

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(lab.chromium() is None, reason="no Chromium; CHROMIUM may name one"),
]


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    with lab.serve(tmp_path_factory.mktemp("lab")) as where:
        yield where


@pytest.fixture(scope="module")
def chromium():
    with lab.browser() as running:
        yield running


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(path, marks=[] if path in IN_EVERY_RUN else [pytest.mark.slow])
        for path in PATHS
    ],
)
def opened(request, address, chromium):
    """Open a lesson; look at it before it is run, then run it."""
    lesson = lab.Lesson(chromium, address, request.param)
    lesson.before = picture_facts(lesson), lesson.page.inner_text(".jp-Notebook")
    lesson.stored = lesson.cells()
    lesson.run_all()
    yield lesson
    lesson.close()


def picture_facts(lesson):
    """Return for each picture its alternative text and whether it is drawn."""
    return lesson.page.evaluate(
        """() => [...document.querySelectorAll('.jp-OutputArea img, .jp-MarkdownOutput img')].map(
            image => ({alt: image.alt, drawn: image.complete && image.naturalWidth > 0}))"""
    )


def n_stored_pictures(cells):
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    return sum("image/png" in output.get("data", {}) for output in outputs)


def test_it_opens_with_its_pictures_and_no_dead_widgets(opened):
    pictures, text = opened.before
    assert len(pictures) >= n_stored_pictures(opened.stored)
    assert all(picture["drawn"] for picture in pictures)
    assert "Error displaying widget" not in text
    assert "Loading widget" not in text


def test_it_runs_without_an_error_or_a_warning(opened):
    counts = [cell["execution_count"] for cell in opened.cells() if cell["cell_type"] == "code"]
    assert all(counts)
    for cell in opened.cells():
        for output in cell.get("outputs", []):
            assert output["output_type"] != "error", cell["source"]
            assert output.get("name") != "stderr", (cell["source"], output)


def test_every_picture_has_alternative_text(opened):
    pictures = picture_facts(opened)
    assert len(pictures) >= n_stored_pictures(opened.stored)
    for picture in pictures:
        assert len(picture["alt"]) >= MIN_ALT, picture


def test_mathematics_is_typeset(opened):
    wrong = opened.page.locator("mjx-merror, .MathJax_Error, .noError").all_inner_texts()
    assert wrong == []
    plain = opened.page.locator(".jp-RenderedMarkdown").all_inner_texts()
    assert [text for text in plain if "$$" in text or "\\mathbf" in text] == []


def test_widgets_work_from_the_keyboard(opened):
    """Every control of every widget changes the widget's picture."""
    tagged = [cell for cell in opened.stored if "widget" in cell["metadata"].get("tags", [])]
    widgets = opened.widgets()
    assert len(widgets) >= len(tagged)
    for widget in widgets:
        widget.scroll_into_view_if_needed()
        used = 0
        for controls, *presses in CONTROLS:
            for control in widget.locator(controls).all():
                for keys in presses:
                    assert_picture_changes(opened, widget, control, *keys)
                    used += 1
        assert used, "a widget without a control that the keyboard reaches"


def assert_picture_changes(lesson, widget, control, *keys):
    before = lab.visible_pictures(widget)
    assert before, "the widget shows no picture"
    control.focus()
    for key in keys:
        lesson.page.keyboard.press(key)
        lesson.page.wait_for_timeout(150)
    assert lab.changes(lesson.page, widget, before), f"{' '.join(keys)} changed no picture"


def test_nothing_went_wrong_in_the_page_and_nothing_was_fetched_from_outside(opened):
    assert opened.outside == []
    assert [error for error in opened.errors if not ALLOWED.search(error)] == []
