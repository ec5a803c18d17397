"""Checked data, in the one form that the library computes with.

Whatever holds data answers to the same names: ``len()``, ``n_columns``, ``limits``,
``total_weight`` and ``total``, the sums of an E-step over all of it. `Rows` is data in memory;
others keep the rows elsewhere, and hand them out as `Rows`, part by part.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlib.data.errors import refuse

Array = NDArray[np.float64]

EPSILON = float(np.finfo(np.float64).eps)

NO_DATA = float(np.finfo(np.float64).tiny) / EPSILON
"""An effective count N_k up to this has lost digits: its component owns no data."""

BLOCK_SIZE = 2**16
"""How many numbers are looked at, converted or compared at once: half a megabyte of doubles."""


LEAST_WEIGHT = 1e-280
"""Weights that sum to less have no digits left for small responsibilities."""


class Data:
    """Checked data of N rows and D columns, wherever they are.

    Attributes
    ----------
    values
        Shape (N, D), all in memory: for results that have one row per data point themselves.
    n_columns
        D.
    limits
        The least and the largest value of each column.
    total_weight
        N wherever it counts: the sum of the weights of the rows, their number where all weigh one.
    column_names
        The names of the columns, where the data came with them.
    """

    values: Array
    n_columns: int
    limits: tuple[Array, Array]
    total_weight: float
    column_names: tuple[str, ...] | None
    are_counts: bool
    """Whether all entries are known to be counts: whole numbers, not negative."""

    def __len__(self) -> int:
        """How many rows of positive weight came."""
        raise NotImplementedError

    @property
    def is_weighted(self) -> bool:
        """Whether the rows carry weights, or counts, of their own."""
        raise NotImplementedError

    def weighted(self, sample_weight: Any, check: Callable[[Any, int], Array]) -> Data:
        """The same data with weights; ``check`` takes some of them and the number of the first."""
        raise NotImplementedError

    def total(self, e_step: Callable[[Rows], tuple[Any, float]]) -> tuple[Any, float]:
        """Statistics and objective of all the data, added up."""
        raise NotImplementedError

    def parts(self) -> Iterator[Rows]:
        """All rows, some at a time."""
        raise NotImplementedError

    def in_memory(self) -> Rows:
        """All rows at once, with their weights."""
        raise NotImplementedError

    def on_threads(self, n_threads: int) -> Data:
        """The same data, for E-steps on several threads where they are in memory."""
        return self

    def distinct(self) -> Data:
        """The same data with equal rows counted and kept once, where that makes few of many.

        For one column, or two of whole numbers: (a, b) is then the one number a * base + b.
        """
        high = self.limits[1]
        base = high[-1] + 1
        if self.n_columns > 1 and (high[0] + 1) * base > 2**53:
            return self
        if not repeats(_code(next(self.parts()).values, base)):
            return self
        values: Array = np.empty(0)
        times: Any = np.empty(0)
        for rows in self.parts():
            new, n_new = _counted(_code(rows.values, base), rows.times)
            values, index = np.unique(np.append(values, new), return_inverse=True)
            times = np.bincount(index, np.append(times, n_new))
            if len(values) > min(len(self) // 2, BLOCK_SIZE):
                return self
        columns = np.divmod(values, base) if self.n_columns == 2 else [values]
        table, names = np.column_stack(columns), self.column_names
        return Rows(table, times, n_rows=len(self), column_names=names)


def _counted(code: Array, times: Array | None) -> tuple[Array, Array]:
    """The distinct numbers, and the times of each."""
    if times is None:
        distinct, n = np.unique(code, return_counts=True)
        return distinct, n.astype(np.float64)
    distinct, index = np.unique(code, return_inverse=True)
    return distinct, np.bincount(index, times).astype(np.float64)


def repeats(values: Array, n: int = 2048) -> bool:
    """Whether one in 16 of some n values, spread over all, occurs among them before."""
    sample = np.sort(values[:: -(-len(values) // n)])
    return int(np.count_nonzero(sample[1:] == sample[:-1])) >= max(1, len(sample) // 16)


def _code(values: Array, base: float) -> Array:
    first, last = values[:, 0], values[:, -1]
    return last if values.shape[1] == 1 else first * base + last


def extremes(values: Array) -> tuple[Array, Array]:
    """The least and the largest value of each column.

    Many rows are laid side by side first: numpy is slow along a short second axis.
    """
    n, d = values.shape
    if n < 512:
        return values.min(axis=0), values.max(axis=0)
    side = max(1, min(n, 1024 // d))
    wide = values[: n - n % side].reshape(-1, side * d)
    rest = values[n - n % side :]
    low = np.concatenate([wide.min(axis=0).reshape(side, d), rest])
    high = np.concatenate([wide.max(axis=0).reshape(side, d), rest])
    return low.min(axis=0), high.max(axis=0)


def squares(values: Array, centre: Array) -> Array:
    """Squared differences from a centre by column, shape (D, N): numpy is slow along short rows."""
    differences = np.subtract(values.T, centre[:, None], np.empty(values.shape[::-1]))
    return np.multiply(differences, differences, differences)


@dataclass(frozen=True, eq=False)
class Rows(Data):
    """Checked data in memory: ``values`` of shape (N, D), float64.

    Every function that takes ``x`` takes a `Rows` too, and does not check it again. Where equal
    rows were counted, what has a row for each data point has one for each distinct row.

    Attributes
    ----------
    values
        Shape (N, D).
    times
        The weight of each row, shape (N,), all above zero: how often it occurs, where equal rows
        were counted and kept once. None where each occurs once.
    n_threads
        How many threads an E-step may use.
    kept
        What an E-step made of the data and will need again, such as their features.
    n_rows
        How many rows came, where equal ones were counted and kept once.
    column_names
        The names of the columns, where the data came with them.
    """

    values: Array
    times: Array | None = None
    n_threads: int = 1
    kept: dict[Any, Any] = field(default_factory=dict)
    n_rows: int | None = None
    column_names: tuple[str, ...] | None = None

    def __len__(self) -> int:
        return self.n_rows or len(self.values)

    @property
    def total_weight(self) -> float:  # type: ignore[override]
        """The sum of the weights: N."""
        return len(self.values) if self.times is None else float(self.times.sum())

    @property
    def is_weighted(self) -> bool:
        """Whether the rows carry weights, or counts, of their own."""
        return self.times is not None

    def weighted(self, sample_weight: Any, check: Callable[[Any, int], Array]) -> Rows:
        """The same data with weights: a row of weight zero is absent."""
        times = check(sample_weight, 0)
        if len(times) != len(self.values):
            raise wrong_length(len(self.values), len(times))
        there = times > 0
        if not there.any():
            raise no_weight()
        add_up(float(times.sum()))
        if there.all():
            return replace(self, times=times, kept={})
        return replace(self, values=self.values[there], times=times[there], kept={})

    @property
    def n_columns(self) -> int:  # type: ignore[override]
        """D."""
        return self.values.shape[1]

    @property
    def limits(self) -> tuple[Array, Array]:  # type: ignore[override]
        """The least and the largest value of each column."""
        if "limits" not in self.kept:
            self.kept["limits"] = extremes(self.values)
        return self.kept["limits"]

    def distinct(self) -> Data:
        """The same data with equal rows counted and kept once, where that makes few of many."""
        if "distinct" not in self.kept:  # not itself, or what it keeps would wait for a collector
            found = super().distinct()
            self.kept["distinct"] = None if found is self else found
        found = self.kept["distinct"]
        return self if found is None else found

    def total(self, e_step: Callable[[Rows], tuple[Any, float]]) -> tuple[Any, float]:
        """Statistics and objective of all the data: here of these rows, in one call."""
        return e_step(self)

    def on_threads(self, n_threads: int) -> Rows:
        """The same data, for E-steps on several threads."""
        return self if n_threads == self.n_threads else replace(self, n_threads=n_threads, kept={})

    def in_memory(self) -> Rows:
        """The same rows."""
        return self

    def blocks(self, n_components: int) -> Iterator[tuple[Array, Array | None]]:
        """Views of consecutive rows and their times: so few that temporaries fit the cache."""
        for rows in slices(len(self.values), n_components + self.n_columns):
            yield self.values[rows], None if self.times is None else self.times[rows]

    def parts(self) -> Iterator[Rows]:
        """All rows, some at a time."""
        size = BLOCK_SIZE // self.n_columns
        for first in range(0, len(self.values), size):
            rows = slice(first, first + size)
            yield Rows(self.values[rows], None if self.times is None else self.times[rows])


def slices(n: int, width: int) -> Iterator[slice]:
    """Consecutive rows, so few that tables of so many columns fit the cache."""
    size = max(256, BLOCK_SIZE // width)
    yield from (slice(first, first + size) for first in range(0, n, size))


@contextlib.contextmanager
def counted_from(first: int, weighted: bool = False) -> Iterator[None]:
    """Say in a refusal of some rows which row of the data is the first of them."""
    try:
        yield
    except ValueError as error:
        if hasattr(error, "first_row"):  # of a part of these rows
            first += error.first_row
            error.__notes__.pop()
        error.first_row = first  # type: ignore[attr-defined]
        rest = ", copies and rows of weight zero left out" if weighted else ""
        error.add_note(f"Rows are counted here from row {first} of x{rest}.")
        raise


def wrong_length(rows: object, came: object) -> ValueError:
    """Word the refusal of weights that are more or fewer than the rows."""
    return refuse("sample_weight", f"{rows} weights, one for each row of x", came)


def no_weight() -> ValueError:
    """Word the refusal of weights that leave no row."""
    return refuse("sample_weight", "at least one weight above zero", "zeros only")


def add_up(total: float) -> float:
    """The sum of weights, which must be so large that a part of it keeps its digits."""
    if total < LEAST_WEIGHT:
        wanted = f"weights that sum to {LEAST_WEIGHT:g} at least (rescale them)"
        raise refuse("sample_weight", wanted, f"{total:g}")
    return total


def times(values: Array, weights: Array | None) -> Array:
    """Values of some rows, each times its weight; as they are where all weigh one."""
    return values if weights is None else values * weights.reshape((-1,) + (1,) * (values.ndim - 1))
