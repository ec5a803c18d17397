"""Slips that any exercise can meet, as what they make of a right value and how they are undone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

Change = Callable[[np.ndarray], Any]


@dataclass(frozen=True)
class Slip:
    """One slip in one value of an answer.

    Attributes
    ----------
    name : str
        Short name.
    says : str
        What the learner is told.
    make : callable or None
        What the slip makes of the right value, where that is possible.
    mend : callable or None
        What undoes it, where that is possible.
    """

    name: str
    says: str
    make: Change | None
    mend: Change | None = None


def in_value(
    solution: Callable[..., Any], i: int, change: Callable[..., Any]
) -> Callable[..., tuple[Any, ...]]:
    """Return a wrong solution: value i of the right one is ``change(right, *arguments)``.

    Examples
    --------
    >>> wrong = in_value(lambda x: (min(x), max(x)), 1, lambda right, x: right[1] + len(x))
    >>> wrong([3, 4, 9])
    (3, 12)
    """

    def variant(*arguments: Any) -> tuple[Any, ...]:
        right = tuple(solution(*arguments))
        return (*right[:i], change(right, *arguments), *right[i + 1 :])

    return variant


def _rounded(digits: int) -> Slip:
    says = (
        f"This is the right answer, rounded to {digits} decimal{'s' * (digits != 1)}. Return all"
        " digits; round only what you print."
    )
    return Slip("rounded", says, lambda right: np.round(right, digits))


SLIPS = (
    Slip(
        "transposed",
        "These are the right numbers with rows and columns exchanged: transpose with `.T`.",
        np.transpose,
        np.transpose,
    ),
    Slip(
        "per cent",
        "This is the right answer times 100: give a number from 0 to 1, not per cent.",
        lambda right: 100 * right,
        lambda came: came / 100,
    ),
    Slip(
        "logarithm",
        "This is the logarithm of the right answer: take `np.exp` at the end.",
        np.log,
        np.exp,
    ),
    Slip(
        "not the logarithm",
        "This is the exponential of the right answer: the logarithm is asked for.",
        np.exp,
        np.log,
    ),
    Slip(
        "sign",
        "This is the right answer with the other sign. Which of two is subtracted from which?",
        np.negative,
        np.negative,
    ),
    Slip(
        "base of the logarithm",
        "This is the right answer in bits: `np.log2` was used where the natural logarithm,"
        " `np.log`, is meant.",
        lambda right: right / np.log(2),
        lambda came: came * np.log(2),
    ),
    Slip(
        "base of the logarithm",
        "This is the right answer in powers of ten: `np.log10` was used where the natural"
        " logarithm, `np.log`, is meant.",
        lambda right: right / np.log(10),
        lambda came: came * np.log(10),
    ),
    Slip(
        "natural logarithm instead of bits",
        "This is the right answer in nats: bits are asked for, so use `np.log2`.",
        lambda right: right * np.log(2),
        lambda came: came / np.log(2),
    ),
    Slip("squared", "This is the square of the right answer: take the root.", np.square, np.sqrt),
    Slip(
        "square root", "This is the square root of the right answer: square it.", np.sqrt, np.square
    ),
    Slip(
        "a factor of two",
        "This is twice the right answer. Look for a missing 1/2.",
        lambda right: 2 * right,
        lambda came: came / 2,
    ),
    Slip(
        "a factor of two",
        "This is half of the right answer. Look for a 1/2 too many.",
        lambda right: right / 2,
        lambda came: 2 * came,
    ),
    Slip(
        "one minus",
        "This is one minus the right answer: it belongs to the other side.",
        lambda right: 1 - right,
        lambda came: 1 - came,
    ),
    Slip(
        "reciprocal",
        "This is one divided by the right answer: numerator and denominator are exchanged.",
        np.reciprocal,
        np.reciprocal,
    ),
    Slip(
        "in reverse order",
        "These are the right numbers in reverse order.",
        lambda right: right[::-1],
        lambda came: came[::-1],
    ),
    Slip(
        "one too many",
        "This is the right answer plus one. Does the counting begin at 0 or at 1?",
        lambda right: right + 1,
        lambda came: came - 1,
    ),
    Slip(
        "one too few",
        "This is the right answer minus one. Does the counting begin at 0 or at 1?",
        lambda right: right - 1,
        lambda came: came + 1,
    ),
    Slip(
        "whole numbers",
        "This is the right answer without its decimals. An array of whole numbers keeps none: make"
        " it with `dtype=float`, and divide with `/`, not `//`.",
        np.trunc,
    ),
    Slip(
        "whole numbers",
        "This is the right answer, rounded down to a whole number: divide with `/`, not `//`.",
        np.floor,
    ),
    *(_rounded(digits) for digits in range(6)),
    Slip("not added up", "Added up, these are the right answer: return their sum.", None, np.sum),
    Slip("not averaged", "Their mean is the right answer: return that alone.", None, np.mean),
    Slip(
        "all instead of the last",
        "The last of these is the right answer: return it alone.",
        None,
        lambda came: came[-1],
    ),
)


def by_size(data: Mapping[str, Any]) -> dict[str, int]:
    """Return the sizes that data have, each in words, for slips such as a missing division by N.

    Examples
    --------
    >>> by_size({"x": np.zeros((9, 2)), "n_rounds": 5})
    {'the length of `x`': 9, 'the number of columns of `x`': 2, '`n_rounds`': 5}
    >>> by_size({"parts": [(np.ones(2), np.ones(2))] * 4})
    {'the length of `parts`': 4, 'the length of the arrays in `parts`': 2}
    """
    sizes = {}
    for name, value in data.items():
        if isinstance(value, int | np.integer) and not isinstance(value, bool):
            sizes[f"`{name}`"] = int(value)
            continue
        if isinstance(value, np.ndarray | list | tuple):
            try:
                shape = np.shape(value)
            except ValueError:
                shape = (len(value),)
            words = [f"the length of `{name}`", f"the number of columns of `{name}`"]
            if len(shape) == 3 and not isinstance(value, np.ndarray):  # tuples of arrays
                words[1], shape = f"the length of the arrays in `{name}`", shape[::2]
            sizes.update(zip(words, shape, strict=False))
    return sizes


def by_value(data: Mapping[str, Any]) -> dict[str, float]:
    """Return the sizes that data have, and their single numbers, each in words."""
    numbers = {
        f"`{name}`": float(value)
        for name, value in data.items()
        if isinstance(value, float | np.floating)
    }
    return {**by_size(data), **numbers}


def resized(data: Mapping[str, Any], words: str, size: float) -> dict[str, Any]:
    """Return data with another number, or cut to another size, where it has these words.

    Examples
    --------
    >>> less = resized({"x": np.zeros((9, 2)), "r": np.zeros((9, 3))}, "the length of `x`", 5)
    >>> less["x"].shape, less["r"].shape
    ((5, 2), (5, 3))
    """
    name = words.split("`")[1]
    if words.startswith("`"):
        return {**data, name: type(data[name])(size)}
    whole = by_size(data)[words]
    return {
        key: value[tuple(slice(int(size) if n == whole else n) for n in value.shape)]
        if isinstance(value, np.ndarray)
        else value
        for key, value in data.items()
    }


_KNOWN = {
    "the root of 2": np.sqrt(2), "pi": np.pi, "2 pi": 2 * np.pi, "ln 2": np.log(2),
    "the root of 2 pi": np.sqrt(2 * np.pi), "ln(2 pi)": np.log(2 * np.pi),
    "half of ln(2 pi)": np.log(2 * np.pi) / 2, "e": np.e,
}  # fmt: skip


def constant(pairs: Sequence[tuple[Any, Any]]) -> Iterator[tuple[str, str]]:
    """Recognise a constant that the right value was multiplied by, or that was added to it.

    Examples
    --------
    >>> [(_, says)] = constant([(np.array([3.0, 6.0]), np.array([1.0, 2.0]))] * 2)
    >>> says
    'This is 3 times the right answer, on all data. Which constant is missing, or too many?'
    """
    if any(came is None or due is None or came.shape != due.shape for came, due in pairs):
        return
    came, due = (np.concatenate([np.ravel(p[side]) for p in pairs]) for side in (0, 1))
    if not np.isfinite(came).all() or np.ptp(due) <= 1e-6 * np.abs(due).max():
        return
    factor, offset = came @ due / (due @ due), (came - due).mean()
    whole = "on all data. Which constant is missing, or too many?"
    if np.allclose(came, factor * due, rtol=1e-7, atol=1e-12) and abs(factor) > 1e-9:
        yield "a constant factor", f"This is {_constant(factor)} times the right answer, {whole}"
    elif np.allclose(came - due, offset, rtol=1e-6, atol=1e-12):
        sign = "plus" if offset > 0 else "minus"
        yield (
            "a constant added",
            f"This is the right answer {sign} {_constant(abs(offset))}, {whole}",
        )


def _constant(value: float) -> str:
    for words, known in _KNOWN.items():
        for said, number in ((words, known), (f"1 over {words}", 1 / known)):
            if np.isclose(value, number, rtol=1e-7):
                return f"{value:.6g} ({said})"
    return f"{value:.6g}"


def of_size(words: str, sizes: list[int]) -> list[tuple[str, str, list[Change]]]:
    """Return the slips in a division by a size: name, words, and what is made of each case."""
    if min(sizes) < 2:
        return []
    over, times = f"divided by {words}", f"times {words}"
    listed: tuple[tuple[str, str, Callable[[int], float]], ...] = (
        (
            "divided by the number",
            f"This is the right answer {over}. Is it a sum that is due, not a mean?",
            lambda n: 1 / n,
        ),
        (
            "not divided by the number",
            f"This is the right answer {times}. A division by it is missing.",
            lambda n: n,
        ),
        (
            "divided by one less",
            f"The divisor is one less than {words}: divide by {words} itself.",
            lambda n: n / (n - 1),
        ),
        (
            "not divided by one less",
            f"The divisor is {words}: divide by one less.",
            lambda n: (n - 1) / n,
        ),
    )
    return [
        (name, says, [partial(np.multiply, factor(n)) for n in sizes])
        for name, says, factor in listed
    ]
