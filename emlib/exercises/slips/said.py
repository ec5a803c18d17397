"""Answers that are words and single numbers: what is right, and what a wrong one tells.

Examples
--------
>>> from emlib.exercises.engine.record import Case
>>> case = Case("the lesson's data")
>>> is_word(0, "saddle", "another word")(case, ("maximum", 7.99))
Finding(came='"maximum"', expected='another word')
>>> number(1, 2.0, 8.0)["applies"](case, ("maximum", 7.99))
True
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from emlib.exercises.engine.properties import Test
from emlib.exercises.pair import seen
from emlib.exercises.slips.holds import holds, of

Number = float | Callable[[], float]


def is_word(i: int, word: str, due: str) -> Test:
    """Test that part i is this word; what is due is said without giving it away."""
    return of(i, holds(lambda case, said: said == word, due, lambda case, said: f'"{said}"'))


def is_number(i: int, value: Number, within: float, due: str) -> Test:
    """Test that part i is a number, to within some error."""
    return of(i, holds(lambda case, said: abs(said - known(value)) <= within, due))


def word(i: int, *words: str) -> Mapping[str, Any]:
    """Tell a slip by the word that part i is, or ends with where its form could not read it."""
    ends = tuple(word.lower() for word in words)

    def applies(case: Any, answer: Any) -> bool:
        said = answer[i]
        return isinstance(said, str) and said.strip().lower().rstrip(".").endswith(ends)

    return seen(applies)


def number(i: int, *values: Number, within: float | None = None) -> Mapping[str, Any]:
    """Tell a slip by the number that part i is near to: within an error, or one per cent."""

    def near(said: float, value: float) -> bool:
        return abs(said - value) <= (max(0.01, 0.01 * abs(value)) if within is None else within)

    def applies(case: Any, answer: Any) -> bool:
        is_one = isinstance(answer[i], float)
        return is_one and any(near(answer[i], known(value)) for value in values)

    return seen(applies)


def known(value: Number) -> float:
    """Return a number, or what gives it."""
    return value() if callable(value) else value
