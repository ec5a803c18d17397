"""From each number of an equation in a lesson to its row in the table, and on to its lines."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import build
import pytest
import working_copy
from markdown_it import MarkdownIt
from mdit_py_plugins.amsmath import amsmath_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin
from test_equation_table import index

ROOT = Path(__file__).resolve().parent.parent
NUMBER = re.compile(r"\((9\.\d+)\)")
MARKDOWN = MarkdownIt("commonmark").enable("table")
MARKDOWN.use(dollarmath_plugin, double_inline=True).use(amsmath_plugin)


@pytest.fixture(scope="module", params=["repository", "working copy"])
def course(request, tmp_path_factory):
    """The folder of the lessons: as it is committed, and as the learner has it."""
    if request.param == "repository":
        return ROOT / "notebooks"
    copy = tmp_path_factory.mktemp("course") / "my_course"
    working_copy.refresh(ROOT / "notebooks", copy)
    return copy


def texts(path):
    """The Markdown of a page, or of each cell of a notebook."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".md":
        return [text]
    cells = json.loads(text)["cells"]
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]


def words(markdown):
    """Each piece of running text outside headings, with the address it leads to, or None."""
    heading = False
    for token in MARKDOWN.parse(markdown):
        heading = token.type == "heading_open" or (heading and token.type != "heading_close")
        address = None
        for child in () if heading else token.children or ():
            if child.type == "link_open":
                address = child.attrs["href"]
            elif child.type == "link_close":
                address = None
            elif child.type == "text":
                yield child.content, address


def citations(path):
    """Each number that a page names in its running text, with the address it leads to."""
    for text in texts(path):
        for piece, address in words(text):
            for number in NUMBER.findall(piece):
                yield number, address


def rows(page):
    """The addresses in the columns *computed by* and *proved by* of each row, by its anchor."""
    found = {}
    for line in page.read_text(encoding="utf-8").splitlines():
        if anchor := re.search(r'<a id="([\w-]+)"></a>', line):
            *_, lines, tests, _ = re.split(r"(?<!\\)\|", line)
            found[anchor[1]] = [re.findall(r"\]\(([^)\s]+)\)", cell) for cell in (lines, tests)]
    return found


def line_at(address, page):
    """The line that an address on a page leads to; GitHub counts from 1, JupyterLab from 0."""
    name, _, fragment = address.partition("#")
    lines = (page.parent / name).read_text(encoding="utf-8").splitlines()
    if line := re.fullmatch(r"L(\d+)", fragment):
        return lines[int(line[1]) - 1]
    return lines[int(re.fullmatch(r"line=(\d+)", fragment)[1])]


def names(line, number):
    """Whether the comment of a line names an equation."""
    return number in index.numbers_in(line.partition("#")[2])


def test_every_number_in_a_lesson_leads_to_its_row(course):
    table = course / "equations.md"
    known = rows(table)
    pages = [course / "glossary.md", *build.built(course)]
    n_links = 0
    for path in pages:
        for number, address in citations(path):
            assert address, f"{path.name} names ({number}) without a link"
            name, _, anchor = address.partition("#")
            if Path(os.path.normpath(path.parent / name)) == table:  # other links have other aims
                assert anchor == index.anchor(number), path.name
                assert anchor in known, path.name
                n_links += 1
    assert n_links > 300


def test_every_displayed_equation_of_a_lesson_is_cited_there_with_its_link(course):
    n_displayed = 0
    for path in sorted(course.glob("*.ipynb")):
        displayed = {number for text in texts(path) for number in index.TAG.findall(text)}
        assert displayed <= {number for number, address in citations(path) if address}, path.name
        n_displayed += len(displayed)
    assert n_displayed > 40


def test_every_row_leads_to_the_lines_that_compute_it_or_to_its_tests(course):
    table = course / "equations.md"
    found = rows(table)
    assert list(found) == [index.anchor(equation.number) for equation in index.INDEX]
    for equation in index.INDEX:
        lines, tests = found[index.anchor(equation.number)]
        assert bool(lines) != bool(equation.step), equation.number
        assert tests, equation.number
        for address in lines:
            assert names(line_at(address, table), equation.number), (equation.number, address)
        for address in tests:
            assert line_at(address, table).lstrip().startswith("def test_"), address


def test_every_comment_that_names_an_equation_is_led_to():
    table = ROOT / "notebooks" / "equations.md"
    led_to = {address for lines, _ in rows(table).values() for address in lines}
    comments = set()
    for path in (ROOT / "emlib").rglob("*.py"):
        if index.AROUND.isdisjoint(path.relative_to(ROOT / "emlib").parts):
            source = path.read_text(encoding="utf-8")
            for line, text in index.comments(source):
                if NUMBER.search(text):
                    comments.add(f"../{path.relative_to(ROOT).as_posix()}#L{line}")
    assert led_to == comments
    assert len(comments) > 30


def test_a_number_without_a_link_and_one_with_another_are_told_apart(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(
        "# By (9.1)\n\n`(9.2)`, $(9.3)$ and (9.4) and\n[(9.10)](equations.md#eq-9-10)\n\n"
        "| a |\n| --- |\n| (9.11) |\n\n$$a\\tag{9.12} (9.13)$$\n"
    )
    assert list(citations(page)) == [
        ("9.4", None),
        ("9.10", "equations.md#eq-9-10"),
        ("9.11", None),
    ]


@pytest.mark.parametrize("fragment", ["L2", "line=1"])
def test_a_line_is_found_as_github_and_as_jupyter_count(tmp_path, fragment):
    (tmp_path / "a.py").write_text("one\nx = 1  # (9.24)-(9.26)\n")
    line = line_at(f"a.py#{fragment}", tmp_path / "page.md")
    assert [number for number in ("9.24", "9.25", "9.27") if names(line, number)] == [
        "9.24",
        "9.25",
    ]
