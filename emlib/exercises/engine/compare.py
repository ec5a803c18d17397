"""Answers as arrays: read loosely, part by part, and compared."""

from __future__ import annotations

from typing import Any

import numpy as np

from emlib.exercises.engine.forms import Several, by_name
from emlib.exercises.engine.record import Function, Value

RTOL, ATOL = 1e-6, 1e-9


def numbers(raw: Any) -> np.ndarray | None:
    """Read numbers in any container as one array; None for text and whatever else has no numbers.

    Examples
    --------
    >>> numbers([1, 2]), numbers("1.5")
    (array([1., 2.]), None)
    """
    try:
        array = np.asarray(raw)
        return None if array.dtype.kind in "USMm" else np.asarray(raw, dtype=float)
    except Exception:
        return None


def loosen(raw: Any) -> list[np.ndarray] | None:
    """Read any nesting of numbers as a list of arrays; None where there is something else in it."""
    if isinstance(raw, dict):
        raw = list(raw.values())
    whole = numbers(raw)
    if whole is not None:
        return [whole]
    try:
        entries = None if isinstance(raw, str) else [numbers(entry) for entry in raw]
    except Exception:
        return None
    if entries is None or any(entry is None for entry in entries):
        return None
    return [entry for entry in entries if entry is not None]


def values_of(part: Function | Value, raw: Any) -> list[np.ndarray | None]:
    """Return the values of an answer, one for each name where several are returned together."""
    if not isinstance(part.returns, Several):
        loose = loosen(raw)
        return [None] if loose is None else [*loose]
    names = part.returns.forms
    raw = by_name(raw, names)
    if isinstance(raw, list | tuple) or np.ndim(raw if isinstance(raw, np.ndarray) else 0):
        return [numbers(entry) for entry in raw]
    return [None]


def names_of(part: Function | Value) -> list[str]:
    """Return the names of the values that `values_of` returns."""
    if isinstance(part.returns, Several):
        return list(part.returns.forms)
    return getattr(part.returns, "values", [part.name])


def close(a: np.ndarray | None, b: np.ndarray | None) -> bool:
    """Whether two arrays have one shape and the same numbers; NaN equals nothing."""
    if a is None or b is None or a.shape != b.shape:
        return False
    return bool(np.allclose(a, b, rtol=RTOL, atol=ATOL))


def close_where_finite(a: np.ndarray | None, b: np.ndarray | None) -> bool:
    """Whether shapes agree, and numbers wherever both are finite (a divergence ends in NaN)."""
    if a is None or b is None or a.shape != b.shape:
        return False
    finite = np.isfinite(a) & np.isfinite(b)
    return bool(np.allclose(a[finite], b[finite], rtol=RTOL, atol=ATOL))


def alike(a: Any, b: Any, *, rtol: float = RTOL, atol: float = ATOL) -> bool:
    """Whether two answers hold the same numbers in the same shapes; NaN equals nothing.

    Examples
    --------
    >>> alike([0.5, 1], (0.5, 1.0)), alike([0.5], 0.5)
    (True, False)
    """
    first, second = loosen(a), loosen(b)
    if first is None or second is None or len(first) != len(second):
        return False
    return all(
        x.shape == y.shape and np.allclose(x, y, rtol=rtol, atol=atol)
        for x, y in zip(first, second, strict=True)
    )
