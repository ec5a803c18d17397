"""The words of a lesson stand beside it, and nothing that is told or judged is left over."""

from dataclasses import replace
from importlib import resources

import numpy as np
import pytest

from emlib.exercises import pair, registry
from emlib.exercises.engine.forms import Number
from emlib.exercises.engine.record import Case, Function
from emlib.exercises.solutions import Solved

FOLDER = resources.files("emlib.exercises")
PAIRS = [n for n in registry.lessons() if FOLDER.joinpath(f"lesson_{n}.md").is_file()]

TEXT = """# Coins

## 99.1 A toss

### Hints

1. Count
   the heads.
2. Divide.
3. `h / (h + t)`

### Remark

So it
is.

### Slips

- **tails**: Count heads: `a  b`.
- **tails** (of all): Both are
  counted.
"""
RECORD = {
    "parts": (Function("share", ("h", "t"), Number()),),
    "cases": lambda rng: [Case("a toss", {"h": 3, "t": 1})],
    "properties": (),
    "solution": (lambda h, t: h / (h + t),),
}
SLIPS = {"tails": lambda h, t: t / (h + t), "tails (of all)": pair.seen(lambda case, a: a > 1)}


def test_the_words_are_read():
    words = pair.parse(TEXT).words["99.1"]
    assert words.hints == ("Count the heads.", "Divide.", "`h / (h + t)`")
    assert (words.title, words.remark) == ("A toss", "So it is.")
    assert words.slips["tails (of all)"] == "Both are counted."


def test_an_exercise_is_made_of_words_and_slips():
    exercise = pair.parse(TEXT).exercise("99.1", slips=SLIPS, **RECORD)
    assert [m.name for m in exercise.misconceptions] == ["tails", "tails"]
    first, second = exercise.misconceptions
    assert (first.variant, first.applies) == (SLIPS["tails"], None)
    assert (second.variant, second.says) == (None, "Both are counted.")
    assert exercise.stretch is None


@pytest.mark.parametrize(
    ("slips", "stretch", "said"),
    [
        ({"tails": np.sum}, None, r"\['tails \(of all\)'\]"),
        ({**SLIPS, "heads": np.sum}, None, r"\['heads'\]"),
        (SLIPS, Case("far"), "one step further"),
    ],
)
def test_a_slip_without_words_and_words_without_a_slip_are_refused(slips, stretch, said):
    with pytest.raises(ValueError, match=said):
        pair.parse(TEXT).exercise("99.1", slips=slips, stretch=stretch, **RECORD)


def test_a_slip_that_is_not_written_as_one_is_refused():
    with pytest.raises(ValueError, match="a slip is"):
        pair.parse(TEXT.replace("**tails**:", "tails:"))


def test_a_solution_makes_part_cases_and_test():
    solved = Solved("", "def share(h, t):\n    return h / (h + t)")
    share = replace(pair.parse(TEXT), solved={"99.1": solved}).reference("99.1", "share")
    assert share.part(Number(), draws=True) == Function("share", ("h", "t"), Number(), draws=True)
    case = share.case("tosses", [3, 1], 1, shown=True)
    np.testing.assert_array_equal(case["h"], [3.0, 1.0])
    assert (case["t"], case["shown"]) == (1, True)
    assert share.agrees()(case, np.array([0.75, 0.5])) is None
    assert share.agrees()(case, np.array([0.75, 0.6])).expected == "[0.75, 0.5]"
    assert share.agrees(by=lambda h, t: h)(case, case["h"]) is None
    with pytest.raises(ValueError, match="zip"):
        share.case("a toss", 3)


def test_slips_of_one_part_see_this_part_alone():
    slips = pair.of_part(1, SLIPS)
    made, told = pair.parse(TEXT).exercise("99.1", slips=slips, **RECORD).misconceptions
    assert (made.part, made.variant, told.part) == (1, SLIPS["tails"], 1)
    assert told.applies(None, (0.5, 2.0))
    assert not told.applies(None, (2.0, 0.5))


@pytest.mark.parametrize("number", PAIRS)
def test_each_exercise_of_a_pair_is_told_and_judged(number):
    lesson = pair.lesson(f"emlib.exercises.lesson_{number}")
    title, exercises = registry.lesson(number)
    assert title == lesson.title
    assert [e.id for e in exercises] == list(lesson.words)


@pytest.mark.parametrize("number", PAIRS)
def test_the_words_fit_a_line(number):
    text = FOLDER.joinpath(f"lesson_{number}.md").read_text(encoding="utf-8")
    assert all(len(line) <= 120 for line in text.splitlines())
    assert "\n\n\n" not in text
