"""The equation index as a page: from a number to its derivation, to its line, to its proof."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

from pages import ROOT, SOURCES, Stage, anchor, load, sections_in

INTRODUCTION = """\
# Equations: from the number to the line

The numbers are those of C. M. Bishop, *Pattern Recognition and Machine Learning*, Springer 2006,
chapter 9; the words are ours. Each number leads to the place in a lesson that derives it, to the
lines of `emlib` that compute it, and to the tests that compare these lines with an independent form
of the same equation: a double loop, `scipy.stats`, a finite difference, a numerical optimiser, or
the sum over every hidden assignment. Where an equation is a step of a derivation, no line computes
it, and its test proves the step itself.
"""


def write(made: Stage) -> None:
    """Write the page, and ask for the listings that it leads to."""
    index = load(ROOT / "docs" / "equations.py")
    lines = lines_by_number(index)
    tests, _ = index.proved(ROOT)
    sections = sections_in(index)
    text = [INTRODUCTION, jump(index)]
    for block, heading in index.BLOCKS.items():
        text.append(f"## {heading}\n")
        for equation in index.INDEX:
            if equation.block == block:
                text.append(
                    card(
                        equation,
                        sections.get(equation.number, []),
                        lines.get(equation.number, []),
                        tests.get(equation.number, []),
                        index,
                        made,
                    )
                )
    made.write("docs/equations.md", "\n".join(text))


def lines_by_number(index: ModuleType) -> dict[str, list[tuple[str, str, int]]]:
    """Return path, function and line of each comment of `emlib` that names an equation."""
    found: dict[str, list[tuple[str, str, int]]] = {}
    for path in sorted((ROOT / "emlib").glob("*.py")):
        source = path.read_text(encoding="utf-8")
        place = path.relative_to(ROOT).as_posix()
        for line, comment in index.comments(source):
            for number in index.numbers_in(comment):
                function = innermost(line, source, index)
                if function:
                    spoken = index.spoken(index.Place(place, function))
                    found.setdefault(number, []).append((place, spoken, line))
    return found


def innermost(line: int, source: str, index: ModuleType) -> str | None:
    """Return the name of the function around a line."""
    around = [
        name for name, f in index.defined(source) if f.lineno <= line <= (f.end_lineno or f.lineno)
    ]
    return around[-1] if around else None


def jump(index: ModuleType) -> str:
    """Return links to all numbers."""
    items = "\n".join(  # the search takes the tags away, and must not read one long number
        f'<li><a href="#{anchor(equation.number)}">{equation.number}</a></li>'
        for equation in index.INDEX
    )
    return f'<nav class="numbers" aria-label="All equations"><ul>{items}</ul></nav>\n'


def card(
    equation: Any,
    sections: list[Any],
    lines: list[tuple[str, str, int]],
    tests: list[Any],
    index: ModuleType,
    made: Stage,
) -> str:
    """Return what the index knows of an equation, as HTML."""
    own_first = sorted(sections, key=lambda section: section.lesson != equation.lesson)
    rows = [
        ("Derived in", [section_link(section, equation) for section in own_first[:1]]),
        ("Met again in", [section_link(section, equation) for section in own_first[1:]]),
        ("Computed by", list(line_links(lines, made))),
        ("A step", [code(equation.step)] if equation.step else []),
        ("Proved by", [test_link(test, index, made) for test in tests]),
        ("In print", [html.escape(equation.note)] if equation.note else []),
    ]
    parts = "".join(f"<dt>{name}</dt><dd>{listed(items)}</dd>" for name, items in rows if items)
    return (
        f'<section class="equation-card" id="{anchor(equation.number)}" '
        f'aria-label="Equation {equation.number}">'
        f"<p><strong>({equation.number})</strong> {html.escape(equation.says)} "
        f"<small>p. {equation.page}</small></p><dl>{parts}</dl></section>\n"
    )


def listed(items: list[str]) -> str:
    """Return one item as it is, several as a list."""
    if len(items) == 1:
        return items[0]
    return f"<ul>{''.join(f'<li>{item}</li>' for item in items)}</ul>"


def code(text: str) -> str:
    """Return a sentence with names in code, which Markdown has between backticks."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(text))


def section_link(section: Any, equation: Any) -> str:
    """Return a link to the place in a lesson."""
    page = Path(section.path).with_suffix(".html").as_posix()
    words = code(re.sub(r"\$([^$]+)\$", r"\1", section.heading))
    return f'<a href="../{page}#{anchor(equation.number)}">{section.lesson}, {words}</a>'


def line_links(lines: list[tuple[str, str, int]], made: Stage) -> Iterator[str]:
    """Yield a link to the first line of each function, and to its further lines."""
    by_function: dict[tuple[str, str], list[int]] = {}
    for place, function, line in lines:
        by_function.setdefault((place, function), []).append(line)
    for (place, function), numbers in by_function.items():
        made.listed.add(place)
        links = ", ".join(
            f'<a href="../{SOURCES}/{place}.html#L-{n}">line&nbsp;{n}</a>' for n in numbers
        )
        yield f"<code>{function}</code> in <code>{place}</code>, {links}"


def test_link(test: Any, index: ModuleType, made: Stage) -> str:
    """Return a link to the line of a test."""
    made.listed.add(test.path)
    source = (ROOT / test.path).read_text(encoding="utf-8")
    line = next(f.lineno for name, f in index.defined(source) if name == test.name)
    words = html.escape(index.sentence(test))
    return f'<a href="../{SOURCES}/{test.path}.html#L-{line}">{words}</a>'
