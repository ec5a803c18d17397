"""A cell that takes more than a second says so, by the seconds in `notebooks/timing.json`."""

from __future__ import annotations

import re

import build
import pytest
import timing

SOURCES = {path.stem: path for path in [*build.sources(), *build.optional()]}
SAYS_SO = re.compile(r"\b(seconds|minutes)\b")
PROSE, CODE = "# %% [markdown]\n# ", "# %%\n"


def silent(source, seconds):
    """Return the first line of each slow cell whose prose names no time, or that was not timed."""
    found = []
    for edition in build.EDITIONS:
        prose, at_the_start = "", True
        for cell in build.generate(source, edition).cells:
            if cell.cell_type == "markdown":
                prose = cell.source
                continue
            limit = timing.SLOW_AT_THE_START if at_the_start else timing.SLOW
            at_the_start = False
            took = seconds.get(cell.id)
            if took is None or (took > limit and not SAYS_SO.search(prose)):
                line = cell.source.partition("\n")[0]
                found.append(f"{line!r}: {'not timed, build it' if took is None else took}")
    return sorted(set(found))


@pytest.mark.parametrize("name", timing.read(build.FOLDER))
def test_what_takes_more_than_a_second_says_so(name):
    complaints = silent(SOURCES[name], timing.read(build.FOLDER)[name])
    assert not complaints, "\n".join(complaints)


def test_the_table_has_no_cell_and_no_notebook_that_is_gone():
    for name, row in timing.read(build.FOLDER).items():
        editions = (build.generate(SOURCES[name], edition) for edition in build.EDITIONS)
        assert set(row) == {id for notebook in editions for id in build.code_ids(notebook)}, name


# The rule and the table on a notebook of three cells.


@pytest.fixture
def toy(tmp_path):
    path = tmp_path / "source" / "01_toy.py"
    path.parent.mkdir()
    return path


def written(path, first, second):
    path.write_text(
        f"{PROSE}# 01 · Toy\n# {first}\n\n{CODE}a = 1\n\n{PROSE}{second}\n\n{CODE}b = 2\n"
    )
    return path, build.code_ids(build.generate(path, build.LESSON))


def test_a_slow_cell_is_noticed_and_a_time_before_it_is_enough(toy):
    source, (first, second) = written(toy, "Look.", "A second look.")
    assert silent(source, {first: 2.0, second: 0.9}) == []
    assert silent(source, {first: 2.0, second: 1.6}) == ["'b = 2': 1.6"]
    assert silent(source, {first: 9.0, second: 0.1}) == ["'a = 1': 9.0"]
    assert silent(source, {first: 2.0}) == ["'b = 2': not timed, build it"]
    source, (first, second) = written(toy, "It takes ten seconds.", "This takes two seconds.")
    assert silent(source, {first: 9.0, second: 1.6}) == []


def test_a_cell_is_timed_once_and_forgotten_when_it_is_gone(tmp_path):
    assert not timing.lacks(tmp_path, "01_toy", {"a"})
    timing.note(tmp_path, "01_toy", {"a", "b"}, {"a": 0.26, "b": 3.14})
    before = (tmp_path / timing.TABLE).read_bytes()
    timing.note(tmp_path, "01_toy", {"a", "b"}, {"a": 5.0, "b": 5.0})
    assert (tmp_path / timing.TABLE).read_bytes() == before
    assert timing.read(tmp_path) == {"01_toy": {"a": 0.3, "b": 3.1}}
    assert timing.lacks(tmp_path, "01_toy", {"a", "c"})
    timing.note(tmp_path, "01_toy", {"a", "c"}, {"a": 5.0, "c": 0.04})
    assert timing.read(tmp_path) == {"01_toy": {"a": 0.3, "c": 0.0}}
    assert not timing.lacks(tmp_path, "01_toy", {"a", "c"})
