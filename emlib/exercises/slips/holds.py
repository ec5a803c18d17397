"""Tests that the properties of many exercises share: sums, signs, a likelihood that never falls.

Examples
--------
>>> from emlib.exercises.engine.record import Case
>>> case = Case("a fit", {"n": 3})
>>> of(1, sums_to_one)(case, (2.0, np.array([0.5, 0.7])))
Finding(came='a sum of 1.2', expected='a sum of 1')
>>> whole = holds(lambda case, answer: answer % 1 == 0, "a whole number")
>>> whole(case, 0.5), whole(case, 2.0)
(Finding(came='0.5', expected='a whole number'), None)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from emlib.exercises.engine.forms import show
from emlib.exercises.engine.properties import Test
from emlib.exercises.engine.record import Case, Finding
from emlib.exercises.pair import seen
from emlib.exercises.slips.em import EM, Floats, Theta

Condition = Callable[[Case, Any], Any]
Says = str | Callable[[Case, Any], str]


def holds(condition: Condition, due: Says, came: Says = lambda case, answer: show(answer)) -> Test:
    """Test a condition; what is due, and what came instead, are sentences or made of the case."""

    def test(case: Case, answer: Any) -> Finding | None:
        if condition(case, answer):
            return None
        came_and_due = [
            says if isinstance(says, str) else says(case, answer) for says in (came, due)
        ]
        return Finding(*came_and_due)

    return test


def of(i: int, test: Test) -> Test:
    """Test one value of several, or one part."""
    return lambda case, answer: test(case, answer[i])


def sums_to_one(case: Case, answer: Floats) -> Finding | None:
    """Test that numbers, or those in each row of a table, sum to 1."""
    sums = np.atleast_1d(answer.sum(axis=-1))
    row = int(np.argmax(np.abs(sums - 1)))
    if abs(sums[row] - 1) < 1e-7:
        return None
    where, each = (f" in row {row}", " in each row") if answer.ndim > 1 else ("", "")
    return Finding(f"a sum of {show(sums[row], beside=1.0)}{where}", f"a sum of 1{each}")


def above_zero(name: str) -> Test:
    """Test that all numbers of this name are positive."""
    return holds(
        lambda case, answer: np.all(answer > 0),
        "a number above zero in every place",
        lambda case, answer: f"{name} {show(answer)}",
    )


def same(due: Callable[..., Any], name: str, *, rtol: float = 1e-8, atol: float = 1e-10) -> Test:
    """Test that a value of this name is ``due(case)``."""

    def test(case: Case, answer: Any) -> Finding | None:
        right = due(case)
        if np.allclose(answer, right, rtol=rtol, atol=atol):
            return None
        return Finding(
            f"{name} {show(answer, beside=right)}", f"{name} {show(right, beside=answer)}"
        )

    return test


def never_falls(history: Any, n: int, step: str = "round") -> Finding | None:
    """Find the first fall of a log-likelihood of `n` data that is larger than rounding."""
    history = np.asarray(history, dtype=float)
    falls = np.flatnonzero(np.diff(history) < -1e-8 * (np.abs(history[:-1]) + n))
    if len(falls) == 0:
        return None
    i = int(falls[0])
    before, after = history[i : i + 2]
    return Finding(f"ln p = {before:.8g} at {step} {i}, {after:.8g} at {step} {i + 1}", "no fall")


def no_lower(
    em: EM, start: Callable[[Case], Theta], end: Callable[[Case, Any], Theta] = lambda case, a: a
) -> Test:
    """Test that the log-likelihood at the end is not lower than at the start."""

    def test(case: Case, answer: Any) -> Finding | None:
        x, ways = case["x"], (start(case), end(case, answer))
        with np.errstate(all="ignore"):
            before, after = (em.log_likelihood(x, theta) for theta in ways)
        if never_falls([before, after], len(x)) is None:
            return None
        return Finding(f"{before:.8g} at the start, {after:.8g} at the end", "no fall")

    return test


def lost_where(where: Callable[[Case], Any]) -> Mapping[str, Any]:
    """Tell a slip by numbers that are lost, NaN or infinite, just where this is true of a case."""

    def applies(case: Case, answer: Any) -> bool:
        parts = answer if isinstance(answer, tuple | list) else (answer,)
        finite = all(np.isfinite(np.asarray(part, dtype=float)).all() for part in parts)
        return finite != bool(where(case))

    return seen(applies)
