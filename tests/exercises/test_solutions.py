"""The solution that is shown and judged by is the cell that the solutions edition runs."""

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
pytest.importorskip("jupytext")
sys.path.insert(0, str(ROOT / "notebooks"))

import build  # noqa: E402
import solved  # noqa: E402

from emlib.exercises import solutions  # noqa: E402

SOURCES = build.sources()
CELLS = """# %% [markdown]
# # 99 · Halves

# %%
import numpy as np
from math import pi, tau

scale, other = 2, 3
table = [1, 2]
table[0] = scale
print(other)


# %%
def half(x):
    return np.asarray(x) / scale


def unused(x):
    return pi


# %% tags=["exercise", "99.1"]
def quarter(x): ...


# %% tags=["solution", "99.1"]
def quarter(x):
    return helper(half(x)) * table[0]


def helper(x):
    return [tau * n for n in half(x)]


# %% tags=["exercise", "99.2"]
scale = ...

# %% tags=["solution", "99.2"]
scale = scale + len(quarter([1]))
"""
GIVEN = """import numpy as np
from math import tau

scale, other = 2, 3
table = [1, 2]
table[0] = scale


def half(x):
    return np.asarray(x) / scale"""


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "notebooks" / "source" / "99_halves.py"
    path.parent.mkdir(parents=True)
    (tmp_path / "emlib" / "exercises").mkdir(parents=True)
    path.write_text(CELLS)
    return path


def parts_of(text):
    return {p["number"]: (p["given"], p["source"]) for p in solutions._PART.finditer(text)}


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_emlib_has_the_solutions_of_the_lesson(source):
    assert not solved.is_stale(source), "run `python course.py build`"


def test_a_solution_brings_what_it_uses_and_no_more(source):
    parts = parts_of(solved.text_of(source))
    assert parts["99.1"][0] == GIVEN
    assert parts["99.1"][1].startswith("def quarter(x):\n    return helper")
    assert "def quarter" in parts["99.2"][0]
    scope = {}
    for code in parts["99.2"]:
        exec(code, scope)
    assert scope["scale"] == 4


def test_a_name_that_nothing_defines_is_refused(source):
    source.write_text(CELLS.replace("* table[0]", "* misspelt"))
    with pytest.raises(ValueError, match="uses `misspelt`"):
        solved.text_of(source)


def test_a_change_of_the_cell_is_seen_and_written(source):
    assert solved.is_stale(source)
    solved.write(source)
    assert not solved.is_stale(source)
    source.write_text(CELLS.replace("tau * n", "pi * n"))
    assert solved.is_stale(source)


def test_an_exercise_in_an_optional_notebook_belongs_to_its_lesson(source):
    further = source.parent / "further" / "99_more.py"
    further.parent.mkdir()
    further.write_text(CELLS.replace("99.2", "99.10").replace('99.1"', '99.3"'))
    for path in (source, further):
        assert solved.target(path) == solved.target(source)
        assert list(parts_of(solved.text_of(path))) == ["99.1", "99.2", "99.3", "99.10"]


def test_a_lesson_without_exercises_has_no_solutions(source):
    source.write_text(CELLS.partition('# %% tags=["exercise", "99.1"]')[0])
    assert solved.text_of(source) == ""
    assert not solved.is_stale(source)


def test_a_reference_is_looked_up_when_it_is_called():
    part = solutions.Solved("def twice(x):\n    return 2 * x", "x = twice(3)\ny = twice")
    assert part.uses == ["twice"]
    x, y, z = (solutions.Reference(part, name) for name in "xyz")
    assert (x(), x.__code__) == (6, None)
    assert (y(4), y.__name__, y.__code__.co_name) == (8, "y", "twice")
    with pytest.raises(KeyError):
        z()
