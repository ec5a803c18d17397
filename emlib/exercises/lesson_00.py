"""Exercise of lesson 00: a warm-up that shows how a check answers."""

from __future__ import annotations

import numpy as np

from emlib.exercises import pair
from emlib.exercises.engine.forms import Number
from emlib.exercises.engine.properties import between
from emlib.exercises.engine.record import Case, Property

LESSON = pair.lesson(__name__)
TITLE = LESSON.title

share_of_heads = LESSON.reference("00.1", "share_of_heads")


def _cases(rng: np.random.Generator) -> list[Case]:
    drawn = [(5, 3), *((int(h), int(t)) for h, t in rng.integers(1, 40, size=(4, 2)))]
    return [share_of_heads.case(f"{h} heads and {t} tails", h, t) for h, t in drawn]


WARM_UP = LESSON.exercise(
    "00.1",
    parts=(share_of_heads.part(Number("one number from 0 to 1")),),
    cases=_cases,
    properties=(
        Property("a share lies from 0 to 1", between(0.0, 1.0)),
        Property("the answer is heads divided by all tosses", share_of_heads.agrees()),
    ),
    slips={
        "odds instead of a share": lambda heads, tails: heads / tails,
        "swapped heads and tails": lambda heads, tails: tails / (heads + tails),
        "whole-number division": lambda heads, tails: heads // (heads + tails),
        "counts heads": lambda heads, tails: heads,
        "brackets missing": lambda heads, tails: heads / heads + tails,
        "a head and a tail too many": lambda heads, tails: (heads + 1) / (heads + tails + 2),
        "divided by N - 1": lambda heads, tails: heads / (heads + tails - 1),
    },
)

EXERCISES = (WARM_UP,)
