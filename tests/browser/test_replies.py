"""Each exercise in JupyterLab: a wrong and a right answer typed, checked, and the reply read.

The answers are those of tests/exercises/answers and the lessons' own solutions. With the
environment variable EMLIB_SHOTS, a folder, the replies are kept as pictures, light and dark.
"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import build
import lab
import pytest
import working_copy

from emlib.exercises import registry

sys.path.append(str(lab.ROOT))

from tests.exercises.answers.__main__ import answers

pytest.importorskip("playwright", reason="needs the packages of requirements-dev.lock")

PATHS = [path.relative_to(lab.NOTEBOOKS).as_posix() for path in build.built(lab.NOTEBOOKS)]
LESSONS = [path for path in PATHS if "solutions" not in path]
SIGNS = {"wrong": ("✗", "not right yet."), "right": ("✓", "correct.")}
THEMES = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}
SHOTS = os.environ.get("EMLIB_SHOTS")
SECONDS = 240

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(lab.chromium() is None, reason="no Chromium; CHROMIUM may name one"),
]


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    folder = tmp_path_factory.mktemp("lab")
    working_copy.refresh(lab.NOTEBOOKS, folder / "course")
    with lab.serve(folder) as where:
        yield where


@pytest.fixture(scope="module")
def chromium():
    with lab.browser() as running:
        yield running


def exercises(cells):
    """Return the exercises of a notebook: id, place of the stub, place of the check."""
    tagged = [set(cell["metadata"].get("tags", [])) for cell in cells]
    found = []
    for i, tags in enumerate(tagged):
        if "exercise" in tags:
            check = next(j for j in range(i, len(cells)) if "check" in tagged[j])
            found.append((next(tag for tag in tags if re.match(r"\d", tag)), i, check))
    return found


def wrong_answer(identity, call):
    """Return a wrong answer that is handed in as the notebook does it."""
    listed = [a for a in answers([identity]) if a["kind"] == "wrong"]
    return next((a["code"] for a in listed if a["call"] == call), listed[0]["code"])


def hand_in(lesson, stub, check, code):
    """Type code into a stub, press Shift and Enter there and in the check below it."""
    page = lesson.page
    cell = page.locator(".jp-Notebook .jp-Cell").nth(stub)
    cell.scroll_into_view_if_needed()
    cell.locator(".cm-content").click()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.insert_text(code.strip("\n"))
    for _ in range(check - stub + 1):
        page.keyboard.press("Shift+Enter")


def reply(lesson, check, words):
    """Return the reply below a check, once it has these words."""
    cell = lesson.page.locator(".jp-Notebook .jp-Cell").nth(check)
    said = cell.locator(".jp-OutputArea-output [role=status]")
    said.filter(has_text=words).wait_for(timeout=1000 * SECONDS)
    return said


def keep(lesson, said, name):
    """Keep pictures of a reply in both themes."""
    for look, theme in THEMES.items() if SHOTS else ():
        lesson.page.evaluate(
            "theme => window.jupyterapp.commands.execute('apputils:change-theme', {theme})", theme
        )
        lesson.page.wait_for_timeout(600)
        said.screenshot(path=Path(SHOTS) / f"{name}-{look}.png")


@pytest.mark.parametrize("path", LESSONS)
def test_a_wrong_and_a_right_answer_are_replied_to(address, chromium, path):
    lesson = lab.Lesson(chromium, address, path)
    listed = exercises(lesson.cells())
    if listed:
        lesson.run_all(seconds=SECONDS)
    for identity, stub, check in listed:
        wrong = wrong_answer(identity, lesson.cells()[check]["source"].strip())
        typed = {"wrong": wrong, "right": registry.find(identity).solved.source}
        for kind, code in typed.items():
            hand_in(lesson, stub, check, code)
            sign, verdict = SIGNS[kind]
            said = reply(lesson, check, verdict)
            first, *rest = [line for line in said.inner_text().splitlines() if line.strip()]
            assert first.split(maxsplit=1) == [sign, f"Exercise {identity}: {verdict}"]
            assert rest, "one line alone says not what to do"
            if kind == "wrong":
                assert said.get_by_text("Hint 2 of 3").is_hidden()
                said.get_by_text("Hint 1 of 3").click()
                assert said.get_by_text("Hint 2 of 3").is_visible()
            else:
                assert "Next:" in said.inner_text()
            keep(lesson, said, f"{identity}-{kind}")
    lesson.close()
