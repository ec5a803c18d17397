"""The exercise on the page on how to write one works as it stands there."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from emlib.exercises import Status, pair
from emlib.exercises.engine.forms import Number
from emlib.exercises.engine.judge import assess
from emlib.exercises.engine.properties import between
from emlib.exercises.engine.record import Property
from emlib.exercises.solutions import Solved

PAGE = Path(__file__).parents[2] / "docs" / "writing_exercises.md"


@pytest.fixture(scope="module")
def written():
    """Run the blocks of the page in their order."""
    text = PAGE.read_text(encoding="utf-8")
    blocks = re.findall(r"^```(python|markdown)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    cells, words, *code = [block for _, block in blocks]
    solution = re.search(r'tags=\["solution", "99.1"\]\n(.*?)\n\n\n# %%', cells, re.DOTALL)[1]
    lesson = pair.parse(f"# Examples\n\n{words}")
    scope = {
        "LESSON": replace(lesson, solved={"99.1": Solved("import numpy as np", solution)}),
        "told": lambda _, answer: assess(scope["SPREAD"], [answer]),
        **{o.__name__: o for o in (Number, Property, between, Status)},
        "np": np,
        "pytest": pytest,
    }
    for block in code:
        exec(block, scope)
    return scope


def test_the_solution_and_the_right_answers_are_accepted(written):
    for answer in (*written["SPREAD"].solved_answers(), written["in_a_loop"], written["by_numpy"]):
        written["test_right_spreads"](answer)


def test_the_wrong_answers_are_told_by_their_names(written):
    assert set(written["WRONG"]) == {m.name for m in written["SPREAD"].misconceptions}
    for name, answer in written["WRONG"].items():
        result = written["told"]("99.1", answer)
        assert (result.status, result.misconception) == (Status.WRONG, name)
