"""How the course is written: the page of rules states the limits that the tests hold, and the
pages of sources and symbols are those of the lessons."""

from __future__ import annotations

import re
from pathlib import Path

import build
import measure
import pytest
from test_docs import known

from emlib import KMeans, bound

ROOT = Path(__file__).resolve().parent.parent
RULES = (ROOT / "docs" / "writing.md").read_text(encoding="utf-8")
SOURCES = {path.stem: measure.Source(path) for path in [*build.sources(), *build.optional()]}


def rows(name):
    """Return the cells of the rows of a page's table."""
    text = (ROOT / "notebooks" / name).read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines[2:]]


def prose(source):
    return "\n".join(cell.prose for cell in source.prose)


@pytest.mark.parametrize(
    ("words", "limit"),
    [
        (r"words / (\d+)", measure.WORDS_A_MINUTE),
        (r"shown code / (\d+)", measure.LINES_A_MINUTE),
        (r"(\d+) per exercise", measure.MINUTES_AN_EXERCISE),
        (r"sitting of at most (\d+) minutes", measure.MOST_MINUTES),
        (r"lesson 00 of at most (\d+)", measure.MOST_MINUTES_AT_THE_START),
        (r"one job and at most (\d+) lines", measure.MOST_LINES),
        (r"half of them have at most (\d+)", measure.MOST_LINES_IN_THE_MIDDLE),
    ],
)
def test_the_page_states_the_limits_that_are_held(words, limit):
    assert re.findall(words, RULES) == [str(limit)]


def test_the_page_names_the_stub_and_the_tests():
    assert f"`{measure.STUB}`" in RULES
    named = set(re.findall(r"\[(test_\w+)\]", RULES))
    assert len(named) == 4
    assert all((ROOT / "tests" / f"{name}.py").is_file() for name in named)


def test_contributing_leads_to_the_page():
    assert "](docs/writing.md)" in (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


def test_every_tag_has_one_full_citation():
    tags = [row[0] for row in rows("sources.md")]
    assert tags == ["PRML", "T1", "T2", "T3", "T4"]
    for _, citation, _ in rows("sources.md"):
        assert len(citation) > 60


def untagged(text):
    """Return the tags in a text that the page of sources does not have."""
    return set(re.findall(r"\b[TS]\d\b(?!\))", text)) - {row[0] for row in rows("sources.md")}


@pytest.mark.parametrize("name", SOURCES)
def test_a_lesson_cites_by_the_tags_that_the_page_has(name):
    assert untagged(prose(SOURCES[name])) == set()


def test_a_tag_that_is_unknown_is_noticed():
    assert untagged("T1 and T5, S0, but STAT5 and T12") == {"T5", "S0"}


def mathematics(source):
    found = re.findall(r"\$\$(.*?)\$\$|\$([^$\n]+(?:\n[^$\n]+)?)\$", prose(source), re.S)
    return " ".join(display or inline for display, inline in found)


def pattern(symbol):
    """Return what finds a symbol in a lesson: its head, whatever its index or arguments."""
    if symbol == r"\theta^{\text{old}}":
        return "old"
    head = re.match(
        r"\\mathrm\{(\w+)\}|(\\ln p\(\\mathbf X)|\\mathbf ([xz])|(\\?\w+?(?: \w)?)(?=[_^({]|$)",
        symbol,
    )
    word = next(filter(None, head.groups()))
    return re.escape(word) if len(word) > 1 else rf"(?<![\\a-z]){word}(?![a-z])"


@pytest.mark.parametrize("row", rows("notation.md"), ids=lambda row: row[0])
def test_a_symbol_is_met_in_the_lesson_that_its_row_names(row):
    symbols, _, names, where = row
    (lesson,) = re.findall(r"\]\((\w+)\.ipynb\)", where)
    for symbol in re.findall(r"\$([^$]+)\$", symbols):
        assert re.search(pattern(symbol), mathematics(SOURCES[lesson])), symbol
    for name in re.findall(r"`([\w.]+)`", names):
        plain = name.removeprefix("KMeans.")
        assert plain in ("x", "z", "CoinMixture") or known(name) or hasattr(KMeans, plain)


def test_lessons_are_in_the_order_in_which_the_symbols_are_met():
    lessons = [row[3] for row in rows("notation.md")]
    assert lessons == sorted(lessons)
    assert hasattr(bound, "kl")
