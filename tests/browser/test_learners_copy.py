"""The learner's copy in JupyterLab: nothing told in advance, nothing changed by looking."""

from __future__ import annotations

from pathlib import Path

import build
import lab
import pytest
import working_copy

pytest.importorskip("playwright", reason="needs the packages of requirements-dev.lock")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(lab.chromium() is None, reason="no Chromium; CHROMIUM may name one"),
]
FIRST = "00_start_here.ipynb"
PATHS = [path.relative_to(lab.NOTEBOOKS).as_posix() for path in build.built(lab.NOTEBOOKS)]
IN_FRONT = "() => window.jupyterapp.shell.currentWidget.context.path"
OPEN = "path => window.jupyterapp.commands.execute('docmanager:open', {path})"


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """Serve a copy in which lesson 00 was edited before two newer ones came."""
    folder = tmp_path_factory.mktemp("lab")
    copy = folder / "course"
    working_copy.refresh(lab.NOTEBOOKS, copy)
    for name in ("00_start_here.new.ipynb", "00_start_here.new2.ipynb", "04_two_coins.newer.ipynb"):
        (copy / name).write_bytes((copy / FIRST).read_bytes())
    with lab.serve(folder) as address:
        yield address.replace("/doc/", "/lab/")


@pytest.fixture(scope="module")
def chromium():
    with lab.browser() as running:
        yield running


def toasts(lesson):
    return lesson.page.locator(".Toastify__toast")


@pytest.mark.parametrize(
    "path",
    [
        pytest.param(path, marks=[] if path in (FIRST, "04_two_coins.ipynb") else pytest.mark.slow)
        for path in PATHS
    ],
)
def test_a_lesson_opens_without_outputs_and_is_not_changed_by_being_opened(served, chromium, path):
    lesson = lab.Lesson(chromium, served, path)
    lesson.page.wait_for_timeout(4000)  # the kernel says its language within these
    shown = [cell for cell in lesson.cells() if cell.get("outputs")]
    assert bool(shown) == ("solutions" in path)
    assert not lesson.page.evaluate(
        "() => window.jupyterapp.shell.currentWidget.context.model.dirty"
    )
    lesson.close()


def test_a_lesson_leads_to_the_glossary_and_to_the_next_lesson(served, chromium):
    lesson = lab.Lesson(chromium, served, FIRST)
    panel = lesson.page.locator(".jp-NotebookPanel:visible")
    for words, path in (("glossary", "glossary.md"), ("04 ", "04_two_coins.ipynb")):
        lesson.page.evaluate(
            f"() => window.jupyterapp.commands.execute('docmanager:open', {{path: '{FIRST}'}})"
        )
        panel.get_by_role("link", name=words).first.click()
        lesson.page.wait_for_function(f"() => ({IN_FRONT})() === '{path}'", timeout=20_000)
    lesson.close()


def test_a_lesson_leads_to_its_optional_notebook_and_that_leads_back(served, chromium):
    optional = next(path for path in PATHS if path.startswith("further/"))
    name = next(path for path in PATHS if path[:2] == Path(optional).name[:2])
    lesson = lab.Lesson(chromium, served, name)
    for path in (optional, name):
        panel = lesson.page.locator(".jp-NotebookPanel:visible")
        panel.locator(f"a[href*='{Path(path).name}']").first.click()
        lesson.page.wait_for_function(f"() => ({IN_FRONT})() === '{path}'", timeout=20_000)
        lesson.page.wait_for_timeout(2000)
    lesson.close()


def test_a_newer_lesson_beside_an_edited_one_is_announced_and_opened_with_a_click(served, chromium):
    lesson = lab.Lesson(chromium, served, FIRST)
    toast = toasts(lesson)
    toast.wait_for(timeout=20_000)
    assert "beside it: 00_start_here.new2.ipynb" in toast.inner_text()
    toast.get_by_role("button", name="Open it").click()
    name = "00_start_here.new2.ipynb"
    lesson.page.wait_for_function(f"() => ({IN_FRONT})() === '{name}'", timeout=20_000)
    lesson.close()


def test_a_lesson_without_a_newer_one_is_opened_in_silence(served, chromium):
    lesson = lab.Lesson(chromium, served, "04_two_coins.ipynb")
    lesson.page.wait_for_timeout(2000)
    assert not any("04_two" in text for text in toasts(lesson).all_inner_texts())
    lesson.close()
