"""Tests that many properties share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from emlib.exercises.engine.forms import show
from emlib.exercises.engine.record import Case, Finding

Test = Callable[[Case, Any], Finding | None]


def agrees_with(
    reference: Callable[..., Any],
    parameters: Sequence[str],
    *,
    rtol: float = 1e-6,
    atol: float = 1e-8,
    names: Sequence[str] = (),
) -> Test:
    """Test that an answer equals a reference, entry by entry.

    An entry that the reference itself cannot give, since its densities underflow, is not compared:
    that the answer is finite there is for its form to say.

    Parameters
    ----------
    reference : callable
        Right solution, called with the case's values of `parameters`.
    parameters : sequence of str
        Names of the arguments.
    rtol, atol : float
        Tolerances, as in `numpy.allclose`.
    names : sequence of str
        Names of the values, where several are returned together.

    Returns
    -------
    callable
        The test of a `Property`.
    """

    def test(case: Case, answer: Any) -> Finding | None:
        expected = reference(*case.arguments(parameters))
        several = isinstance(answer, tuple)
        pairs = zip(answer, expected, strict=True) if several else [(answer, expected)]
        if all(np.allclose(np.where(np.isfinite(e), a, e), e, rtol, atol, True) for a, e in pairs):
            return None
        return first_difference(answer, expected, rtol=rtol, atol=atol, names=names)

    return test


def first_difference(
    answer: Any, expected: Any, *, rtol: float, atol: float, names: Sequence[str] = ()
) -> Finding:
    """Describe the first value, and in a table the first row, in which two answers differ.

    Examples
    --------
    >>> first_difference([1.0, 2.0], [1.0, 3.0], rtol=1e-6, atol=0.0)
    Finding(came='[1, 2]', expected='[1, 3]')
    """
    if isinstance(answer, tuple):
        pairs = list(zip(answer, expected, strict=True))
        i = next(i for i, p in enumerate(pairs) if not np.allclose(*p, rtol=rtol, atol=atol))
        found = first_difference(*pairs[i], rtol=rtol, atol=atol)
        name = names[i] if i < len(names) else f"value {i}"
        return Finding(f"{name}: {found.came}", f"{name}: {found.expected}")
    answer, expected = np.asarray(answer, dtype=float), np.asarray(expected, dtype=float)
    if answer.ndim < 2 and answer.size <= 6:
        return Finding(show(answer, beside=expected), show(expected, beside=answer))
    differs = ~np.isclose(answer, expected, rtol=rtol, atol=atol)
    row = int(np.argmax(differs.reshape(len(answer), -1).any(axis=1)))
    found = first_difference(answer[row], expected[row], rtol=rtol, atol=atol)
    return Finding(f"row {row}: {found.came}", f"row {row}: {found.expected}")


def between(low: float, high: float) -> Test:
    """Test that all entries lie between two bounds, rounding allowed for."""

    def test(case: Case, answer: Any) -> Finding | None:
        values = np.concatenate(
            [np.ravel(v) for v in (answer if isinstance(answer, tuple) else (answer,))]
        )
        outside = values[(values < low - 1e-9) | (values > high + 1e-9)]
        if outside.size == 0:
            return None
        upwards = "upwards" if np.isinf(high) else f"to {high:g}"
        return Finding(show(outside[0]), f"numbers from {low:g} {upwards}")

    return test
