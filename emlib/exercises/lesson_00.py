"""Exercise of lesson 00: a warm-up that shows how a check answers."""

# Solutions are shown to the learner and carry no annotations.
# mypy: allow-untyped-defs

from __future__ import annotations

from typing import Any

import numpy as np

from emlib.exercises.engine.forms import Number
from emlib.exercises.engine.properties import agrees_with, between
from emlib.exercises.engine.record import (
    Case,
    Exercise,
    Function,
    Misconception,
    Property,
)

TITLE = "Start here"
_COUNTS = ("heads", "tails")


def share_of_heads(heads, tails):
    """Share of heads among all tosses."""
    return heads / (heads + tails)


def _cases(rng: np.random.Generator) -> list[Case]:
    drawn = [(5, 3), *((int(h), int(t)) for h, t in rng.integers(1, 40, size=(4, 2)))]
    return [Case(f"{h} heads and {t} tails", {"heads": h, "tails": t}) for h, t in drawn]


def _odds(heads: Any, tails: Any) -> Any:
    return heads / tails


WARM_UP = Exercise(
    id="00.1",
    title="A first check: the share of heads",
    parts=(Function("share_of_heads", _COUNTS, Number("one number from 0 to 1")),),
    cases=_cases,
    properties=(
        Property("a share lies from 0 to 1", between(0.0, 1.0)),
        Property("the answer is heads divided by all tosses", agrees_with(share_of_heads, _COUNTS)),
    ),
    misconceptions=(
        Misconception(
            "odds instead of a share",
            "You divided heads by tails; that is the odds. A share divides by all tosses, heads and"
            " tails.",
            _odds,
        ),
        Misconception(
            "swapped heads and tails",
            "This is the share of tails. Is the first argument used as heads?",
            lambda heads, tails: tails / (heads + tails),
        ),
        Misconception(
            "whole-number division",
            "`//` cuts the decimals off; `/` keeps them.",
            lambda heads, tails: heads // (heads + tails),
        ),
        Misconception(
            "counts heads",
            "This is the number of heads; divide it by the number of tosses.",
            lambda h, t: h,
        ),
        Misconception(
            "brackets missing",
            "Division comes before addition: write `heads / (heads + tails)`, with the brackets.",
            lambda heads, tails: heads / heads + tails,
        ),
    ),
    hints=(
        "A share is a part divided by the whole. Which of the two counts is the part?",
        "The whole is `heads + tails`.",
        "The body is one line: `return heads / (...)`. What stands in the brackets?",
    ),
    solution=(share_of_heads,),
    remark=(
        "The check called your function with counts that are not in the text; that is how all"
        " checks of the course work."
    ),
)

EXERCISES = (WARM_UP,)
