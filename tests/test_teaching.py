"""The teaching notes: each lesson has a page, and what a page says of its lesson is so."""

import doctest
import re
from pathlib import Path

import pytest

from emlib.exercises import registry

ROOT = Path(__file__).resolve().parents[1]
NOTES = ROOT / "docs" / "teaching"
LESSONS = {path.stem: path for path in sorted((ROOT / "notebooks" / "source").glob("[0-9]*.py"))}
HEADINGS = [
    "Timing",
    "What to skip",
    "Questions",
    "Board plan",
    "Exercises",
    "Other data for each class",
]
NO_CELL = "before the notebook"
MOST_WORDS = 1500  # about two printed pages


def page(name):
    return (NOTES / f"{name}.md").read_text(encoding="utf-8")


def sections(text):
    """Return the text below each heading of the second level."""
    parts = re.split(r"^## (.+)$", text, flags=re.M)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def tables(text):
    """Return the rows of each table: from, to, what, where."""
    found, rows = [], None
    for line in text.splitlines():
        if line.startswith("| minutes |"):
            found.append(rows := [])
        elif match := re.match(r"\| (\d+)-(\d+) \| (.+) \| (.+) \|$", line):
            rows.append((int(match[1]), int(match[2]), match[3], match[4]))
    return found


def gaps(rows):
    """Yield where a timing table is not one row of minutes from 0 on."""
    before = 0
    for start, end, what, _ in rows:
        if start != before or end <= start:
            yield f"{start}-{end} after minute {before}: {what}"
        before = end


def unknown_places(rows, headings):
    """Yield the places of a timing table that are no heading of the lesson."""
    for *_, where in rows:
        for place in where.split("; "):
            if place != NO_CELL and not any(h.startswith(place) for h in headings):
                yield place


def lesson_headings(source):
    text = source.read_text(encoding="utf-8")
    return re.findall(r"^# #{2,3} (.+)$", text, flags=re.M)


def questions(text):
    """Return the number of wrong answers of each question."""
    parts = re.split(r"^\d\. \*\*", text, flags=re.M)[1:]
    return [len(re.findall(r'^ {3}- \*"', part, flags=re.M)) for part in parts]


def failed_examples(name, text):
    """Run the page's examples in one namespace; return how many fail and how many there are."""
    test = doctest.DocTestParser().get_doctest(text.replace("\n```", "\n\n```"), {}, name, name, 0)
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE, verbose=False)
    return runner.run(test)


def test_each_lesson_has_a_page_and_each_page_a_lesson():
    assert sorted(path.stem for path in NOTES.glob("[0-9]*.md")) == sorted(LESSONS)


@pytest.mark.parametrize("name", LESSONS)
def test_the_page_has_its_parts(name):
    text = page(name)
    assert text.startswith(f"# Teaching notes: {name[:2]} ")
    assert list(sections(text)) == HEADINGS
    assert all(part.strip() for part in sections(text).values())
    assert len(text.split()) < MOST_WORDS


@pytest.mark.parametrize("name", LESSONS)
def test_the_minutes_add_up(name):
    short, long = tables(sections(page(name))["Timing"])
    assert (short[-1][1], long[-1][1]) == (45, 90)
    assert list(gaps(short)) == list(gaps(long)) == []


@pytest.mark.parametrize("name", LESSONS)
def test_the_places_are_in_the_lesson(name):
    headings = lesson_headings(LESSONS[name])
    for rows in tables(sections(page(name))["Timing"]):
        assert list(unknown_places(rows, headings)) == []


@pytest.mark.parametrize("name", LESSONS)
def test_each_question_has_two_wrong_answers(name):
    answers = questions(sections(page(name))["Questions"])
    assert len(answers) >= 3
    assert set(answers) == {2}


@pytest.mark.parametrize("name", LESSONS)
def test_the_exercises_are_those_of_the_lesson(name):
    part = sections(page(name))["Exercises"]
    number = name[:2]
    known = registry.lesson(number)[1] if number in registry.lessons() else ()
    assert re.findall(r"^- \*\*([\d.]+)\*\*", part, flags=re.M) == [record.id for record in known]
    assert f"(../../notebooks/solutions/{name}.ipynb)" in part


@pytest.mark.parametrize("name", LESSONS)
def test_the_examples_run(name):
    outcome = failed_examples(name, page(name))
    assert outcome.attempted > 0
    assert outcome.failed == 0


def test_faults_are_noticed(capsys):
    table = "| minutes | what | where |\n| 0-8 | a | 1 · Here |\n| 9-7 | b | 2 · Gone; 1 · He |\n"
    (rows,) = tables(table)
    assert len(list(gaps(rows))) == 1
    assert list(unknown_places(rows, ["1 · Here and there"])) == ["2 · Gone"]
    assert questions('1. **Why?**\n   - *"So."* No.\n') == [1]
    assert failed_examples("page", "```python\n>>> 1 + 1\n3\n```\n").failed == 1
    assert "Expected" in capsys.readouterr().out
