"""Two clicks lead from a number in a lesson to the line of code, as a learner makes them."""

from __future__ import annotations

import lab
import pytest
import working_copy

pytest.importorskip("playwright", reason="needs the packages of requirements-dev.lock")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(lab.chromium() is None, reason="no Chromium; CHROMIUM may name one"),
]
# The widget in front: its path, and the line of its cursor where it is an editor.
IN_FRONT = """() => {
    const widget = window.jupyterapp.shell.currentWidget;
    const editor = widget.content.editor;
    const line = editor ? editor.getLine(editor.getCursorPosition().line) : '';
    return [widget.context.path, line];
}"""


def in_front(page, path, line):
    """Wait until a file is in front, with its cursor in a line that has these words."""
    page.wait_for_function(
        f"([path, line]) => {{ const now = ({IN_FRONT})();"
        " return now[0].endsWith(path) && now[1].includes(line); }",
        arg=[path, line],
        timeout=20_000,
    )


def test_two_clicks_lead_from_a_number_in_a_lesson_to_its_line(tmp_path):
    working_copy.refresh(lab.NOTEBOOKS, tmp_path / "course")
    with lab.browser() as running, lab.serve(tmp_path) as address:
        lesson = lab.Lesson(running, address.replace("/doc/", "/lab/"), "06_gmm_nd.ipynb")
        page = lesson.page
        page.get_by_role("link", name="(9.24)", exact=True).click()
        in_front(page, "equations.md", "")
        row = page.locator("tr").filter(has=page.locator('[data-jupyter-id="eq-9-24"]'))
        row.wait_for()
        page.wait_for_timeout(1000)  # it scrolls
        top = page.locator(".jp-MarkdownViewer").bounding_box()["y"]
        assert abs(row.bounding_box()["y"] - top) < 40
        row.get_by_role("link", name="GaussianMixture.m_step, line").click()
        in_front(page, ".py", "(9.24)")
        assert page.evaluate(IN_FRONT)[0].startswith("code/emlib/")
        assert lesson.outside == []
        lesson.close()
