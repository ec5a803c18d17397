"""Reading an answer: any sensible container becomes numbers, or a kind sentence says why not."""

from __future__ import annotations

import numbers
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from emlib.exercises.engine.result import quoted


class Unreadable(Exception):
    """An answer of the wrong kind: what came, what was expected, and the likely cause if known.

    Parameters
    ----------
    came, expected, cause : str
        Ends of sentences for the learner.
    name : str
        Short name of the cause.
    """

    def __init__(self, came: str, expected: str, cause: str = "", name: str = "") -> None:
        super().__init__(came)
        self.came, self.expected, self.cause, self.name = came, expected, cause, name


class Form(Protocol):
    """The kind of value that is expected.

    A form whose answers are no numbers may have ``compared(raw, case)``, which returns those that
    came and those that are due, and their names in ``values``.
    """

    def read(self, raw: Any, arguments: Mapping[str, Any]) -> Any:
        """Return the answer in its canonical form or raise `Unreadable`."""

    def words(self, arguments: Mapping[str, Any]) -> str:
        """Say what is expected."""


def is_blank(raw: Any) -> bool:
    """Whether a value says "not attempted": None, an ellipsis, empty text, or a list of those.

    Examples
    --------
    >>> is_blank(...), is_blank([None, None]), is_blank(0.0)
    (True, True, False)
    """
    if isinstance(raw, list | tuple) and raw:
        return all(is_blank(entry) for entry in raw)
    return raw is None or raw is Ellipsis or (isinstance(raw, str) and not raw.strip())


def show(value: Any, *, beside: Any = None) -> str:
    """Write a value in six significant digits, more where it must differ from another one.

    Examples
    --------
    >>> show(2 / 3), show([0.5, 1.0]), show("abc")
    ('0.666667', '[0.5, 1]', "the text `'abc'`")
    """
    text = _show(value, 6)
    if beside is None:
        return text
    digits = next((d for d in range(6, 16) if _show(value, d) != _show(beside, d)), 6)
    return _show(value, digits)


def _show(value: Any, digits: int) -> str:
    array = _numeric(value)
    if array is None:
        return describe(value)
    if array.size > 12:
        return f"an array of shape {array.shape}"
    return _nested(array.tolist(), digits)


def _nested(value: Any, digits: int) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(_nested(entry, digits) for entry in value) + "]"
    if isinstance(value, complex):
        return f"{value:.{digits}g}"
    return "NaN" if value != value else f"{value:.{digits}g}"


def _numeric(value: Any) -> np.ndarray | None:
    """Return an array of float or complex, or None where the value holds no such numbers."""
    try:
        array = np.asarray(value)
        if array.dtype.kind == "O" and array.size and not any(v is None for v in array.flat):
            array = array.astype(float)
    except Exception:
        return None
    return array if array.dtype.kind in "iufc" else None


def describe(value: Any) -> str:
    """Name a value that holds no numbers, without an address in memory.

    Examples
    --------
    >>> describe({"a": 1}), describe(True)
    ('a value of type `dict`', '`True`')
    """
    if isinstance(value, bool | np.bool_) or value is None:
        return f"`{value}`"
    if isinstance(value, str):
        return f"the text {quoted(repr(value), 40)}"
    if value is Ellipsis:
        return "`...`"
    if isinstance(value, type):
        return f"the class `{value.__name__}`"
    if callable(value):
        return f"the function `{getattr(value, '__name__', type(value).__name__)}`"
    return f"a value of type `{type(value).__name__}`"


def to_array(raw: Any, expected: str) -> np.ndarray:
    """Read numbers in any container as an array of float, or say why they cannot be read."""
    if isinstance(raw, np.ma.MaskedArray) and np.ma.is_masked(raw):
        raise Unreadable("a masked array", expected)
    array = _numeric(raw)
    if array is None:
        raise Unreadable(*_why_not(raw, expected))
    if array.dtype.kind == "c":
        if np.abs(array.imag).max(initial=0.0) > 1e-9:
            raise Unreadable(f"complex numbers, {show(array)}", expected)
        array = array.real
    return np.array(array, dtype=float)


def _why_not(raw: Any, expected: str) -> tuple[str, ...]:
    if isinstance(raw, str):
        cause = "This is text: return the number itself, without quotation marks or words."
        return describe(raw), expected, cause, "text instead of a number"
    if not isinstance(raw, list | tuple | np.ndarray):
        return describe(raw), expected
    try:
        entries = list(np.asarray(raw, dtype=object).flat)
    except ValueError:
        entries = [list(raw)]
    if any(isinstance(entry, list | tuple | np.ndarray) for entry in entries):
        cause = "Give every row the same number of entries."
        return "a list whose rows have different lengths", expected, cause, "rows of other lengths"
    odd = next((entry for entry in entries if _numeric(entry) is None), None)
    return f"a list that holds {describe(odd)}", expected


def _finite(array: np.ndarray, expected: str) -> np.ndarray:
    if np.isnan(array).any():
        cause = (
            "NaN is what 0/0 gives, or the logarithm or root of a negative number. Look for a"
            " division whose two sides are zero."
        )
        raise Unreadable(f"NaN, not a number ({show(array)})", expected, cause)
    if np.isinf(array).any():
        raise Unreadable(
            f"an infinite number ({show(array)})",
            expected,
            "Look for a division by zero or a log of 0.",
        )
    return array


@dataclass(frozen=True)
class Number:
    """One real number.

    Attributes
    ----------
    meaning : str
        What it is, for the sentence "expected: ...".
    finite : bool
        Whether NaN and infinity are refused.
    """

    meaning: str = "one number"
    finite: bool = True

    def words(self, arguments: Mapping[str, Any]) -> str:
        """Say what is expected."""
        return self.meaning

    def read(self, raw: Any, arguments: Mapping[str, Any]) -> float:
        """Return a float; arrays and lists of one entry are taken as that entry."""
        array = to_array(raw, self.meaning)
        if array.size != 1:
            came = f"{array.size} numbers, {show(array)}" if array.size <= 12 else show(array)
            raise Unreadable(came, self.meaning)
        return float((_finite(array, self.meaning) if self.finite else array).item())


@dataclass(frozen=True)
class Array:
    """An array of real numbers.

    Attributes
    ----------
    meaning : str
        What its entries are.
    shape : callable or None
        ``shape(arguments)`` returns the shape that is due; None accepts any.
    finite : bool
        Whether NaN and infinity are refused.
    """

    meaning: str
    shape: Callable[[Mapping[str, Any]], tuple[int, ...]] | None = None
    finite: bool = True

    def words(self, arguments: Mapping[str, Any]) -> str:
        """Say what is expected."""
        if self.shape is None:
            return self.meaning
        return f"shape {self.shape(arguments)}: {self.meaning}"

    def read(self, raw: Any, arguments: Mapping[str, Any]) -> np.ndarray:
        """Return an array of float of the shape that is due."""
        expected = self.words(arguments)
        array = to_array(raw, expected)
        due = array.shape if self.shape is None else self.shape(arguments)
        if array.shape != due:
            raise Unreadable(_shape_words(array), expected, *_axis_words(array.shape, due))
        return _finite(array, expected) if self.finite else array


def _shape_words(array: np.ndarray) -> str:
    if array.ndim == 0:
        return f"a single number, {show(array)}"
    return f"shape {array.shape}" + (f", {show(array)}" if array.size <= 6 else "")


def _axis_words(came: tuple[int, ...], due: tuple[int, ...]) -> tuple[str, ...]:
    """Say that there is an axis of length 1 too many, or too few."""
    if [n for n in came if n > 1] != [n for n in due if n > 1] or len(came) == len(due):
        return ()
    if len(came) > len(due):
        cause = f"There is an axis of length 1 too many: `.reshape({', '.join(map(str, due))})`"
        return f"{cause} takes it away. `keepdims=True` makes such axes.", "an axis too many"
    return "An axis of length 1 is missing: `[:, None]` makes it.", "an axis missing"


def by_name(raw: Any, names: Iterable[str]) -> Any:
    """Return the values of these names, in order, of a dictionary, a model or a fit.

    Examples
    --------
    >>> by_name({"b": 1, "a": 2}, ("a", "b")), by_name((1, 2), ("a", "b"))
    ([2, 1], (1, 2))
    """
    names = tuple(names)
    if isinstance(raw, Mapping):
        return [raw[name] for name in names] if set(raw) == set(names) else raw
    if isinstance(raw, list | tuple | np.ndarray | np.generic):
        return raw
    values = [getattr(getattr(raw, "model", raw), name, None) for name in names]
    return raw if any(value is None or callable(value) for value in values) else values


@dataclass(frozen=True)
class Several:
    """Several named values in one tuple, list or dictionary, as in ``return biases, weights``."""

    forms: Mapping[str, Form] = field(default_factory=dict)

    def words(self, arguments: Mapping[str, Any]) -> str:
        """Say what is expected."""
        due = {name: form.words(arguments) for name, form in self.forms.items()}
        if len(set(due.values())) == 1:  # said once for all
            return f"({', '.join(due)}), each {next(iter(due.values()))}"
        return f"({', '.join(due)}): " + "; ".join(
            words if words.startswith(name) else f"{name}, {words}" for name, words in due.items()
        )

    def read(self, raw: Any, arguments: Mapping[str, Any]) -> tuple[Any, ...]:
        """Return the tuple of the values, each read by its own form."""
        raw = by_name(raw, self.forms)
        expected = self.words(arguments)
        if not isinstance(raw, list | tuple | np.ndarray) or getattr(raw, "ndim", 1) == 0:
            raise Unreadable(show(raw), expected)
        array = _numeric(raw)
        alone = array is not None and array.ndim == 1
        if alone and not any(isinstance(form, Number) for form in self.forms.values()):
            raise Unreadable(f"one array, {show(array)}", expected)
        if len(raw) != len(self.forms):
            raise Unreadable(f"{len(raw)} values", expected)
        return tuple(
            self._one(name, entry, arguments) for name, entry in zip(self.forms, raw, strict=True)
        )

    def _one(self, name: str, entry: Any, arguments: Mapping[str, Any]) -> Any:
        try:
            return self.forms[name].read(entry, arguments)
        except Unreadable as error:
            raise Unreadable(
                f"for {name}: {error.came}", f"for {name}: {error.expected}", error.cause
            ) from None


class Answers(list[Any]):
    """What one function returned in several calls, one after the other."""


@dataclass(frozen=True)
class Each:
    """The form of `Answers`, each of one form."""

    form: Form

    def words(self, arguments: Mapping[str, Any]) -> str:
        """Say what is expected of one call."""
        return self.form.words(arguments)

    def read(self, raw: Any, arguments: Mapping[str, Any]) -> Answers:
        """Return the answers, or say why one cannot be read."""
        calls = raw if isinstance(raw, Answers) else [raw]
        return Answers(self.form.read(answer, arguments) for answer in calls)


@dataclass(frozen=True)
class Choice:
    """One of several words; capital letters, articles and the synonyms given do not matter.

    Attributes
    ----------
    options : Mapping of str to tuple of str
        Each word and its synonyms.
    """

    options: Mapping[str, tuple[str, ...]]

    def words(self, arguments: Mapping[str, Any]) -> str:
        """Say what is expected."""
        return "one of the words " + ", ".join(f'"{option}"' for option in self.options)

    def read(self, raw: Any, arguments: Mapping[str, Any]) -> str:
        """Return the option."""
        if not isinstance(raw, str):
            raise Unreadable(
                show(raw) if isinstance(raw, numbers.Number) else describe(raw),
                self.words(arguments),
            )
        word = " ".join(raw.lower().replace("-", " ").split()).rstrip(".")
        word = (
            word.removeprefix("a ").removeprefix("an ").removeprefix("the ").removeprefix("local ")
        )
        for option, synonyms in self.options.items():
            if word == option or word in synonyms:
                return option
        raise Unreadable(describe(raw), self.words(arguments))
