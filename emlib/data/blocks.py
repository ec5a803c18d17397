"""Data that stay where they are, and are read part by part: in a file, in files, in any dtype.

An E-step needs each row once, and keeps sums. So a fit needs no more of the data in memory than
the part it is adding up, however many rows there are; the price is that each round reads them anew.

=================================== ===========================================================
x                                   is read
=================================== ===========================================================
a large `numpy.memmap`              in parts of half a megabyte
a large array that is not float64   likewise, each part converted when its turn comes
in C order
a list or tuple of 2-D arrays       block by block, and a large block in parts
an object whose ``__iter__``        likewise: it may read one file for each block
yields 2-D arrays
=================================== ===========================================================
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from emlib.data.errors import refuse
from emlib.data.rows import (
    BLOCK_SIZE,
    Array,
    Data,
    Rows,
    add_up,
    counted_from,
    extremes,
    no_weight,
    wrong_length,
)

READ_WHOLE = 2**20
"""An array of up to so many numbers is taken as a whole: 8 MB of doubles."""

Check = Callable[[str, Any, int], Array]
"""Takes the name of a block, rows of it, and the number of the first; returns (n, D) or raises."""


@dataclass(frozen=True, eq=False)
class Blocks(Data):
    """Data kept elsewhere, that were checked part by part.

    Attributes
    ----------
    source
        An array, or what yields the blocks each time anew.
    n_rows
        Rows of positive weight.
    n_columns
        D.
    limits
        The least and the largest value of each column.
    column_names
        The names of the columns, where the blocks came with them.
    weights
        None; or an array, or what yields arrays each time anew: in all one for each row.
    total_weight
        The sum of the weights: N.
    """

    source: Any
    n_rows: int
    n_columns: int
    limits: tuple[Array, Array]
    total_weight: float
    column_names: tuple[str, ...] | None = None
    weights: Any = None
    are_counts: bool = False

    @classmethod
    def read(cls, source: Any, check: Check) -> Blocks:
        """Look at every row once."""
        n = 0
        limits: list[Array] = []
        names = None
        for name, block in with_names(source):
            came = names_of(block)
            names = names or came
            if came not in (None, names):
                wanted = f"the columns {in_words(names)} of the first block"
                raise refuse(name, wanted, in_words(came))
            for first, part in cut(block):
                values = check(name, part, first)
                n += len(values)
                limits = [*limits, *extremes(values)]
                if values.shape[1] != len(limits[0]):
                    wanted = f"{len(limits[0])} column(s), as the first block has"
                    raise refuse(name, wanted, values.shape[1])
                limits = [np.min(limits, axis=0), np.max(limits, axis=0)]
        if not n:
            raise refuse("x", "at least one value", "no block with a row")
        return cls(source, n, len(limits[0]), (limits[0], limits[1]), n, names)

    def __len__(self) -> int:
        return self.n_rows

    @property
    def is_weighted(self) -> bool:
        """Whether the rows carry weights of their own."""
        return self.weights is not None

    def weighted(self, sample_weight: Any, check: Callable[[Any, int], Array]) -> Blocks:
        """The same data with weights: an array, or blocks of them, read with the rows."""
        n, n_positive, total = 0, 0, 0.0
        for block in _numbers(sample_weight):
            weights = check(block, n)
            n, n_positive = n + len(weights), n_positive + int(np.count_nonzero(weights))
            total += float(weights.sum())
        if n != len(self):
            raise wrong_length(len(self), n)
        if not n_positive:
            raise no_weight()
        total = add_up(total)
        return replace(self, n_rows=n_positive, weights=sample_weight, total_weight=total)

    def parts(self) -> Iterator[Rows]:
        """All rows, some at a time; those of weight zero are left out."""
        n = 0
        stream = None if self.weights is None else Stream(self.weights)
        for _, block in with_names(self.source):
            for _, part in cut(block):
                values = np.ascontiguousarray(part, dtype=np.float64).reshape(len(part), -1)
                if values.shape[1] != self.n_columns:
                    wanted = f"{self.n_columns} column(s) on each pass, as on the first"
                    raise refuse("x", wanted, values.shape[1])
                if stream is None:
                    n += len(values)
                    yield Rows(values)
                    continue
                times = stream.take(len(values))
                there = times > 0
                n += int(np.count_nonzero(there))
                if there.any():
                    yield Rows(values[there], times[there])
        if n != len(self):
            wanted = f"the {len(self)} rows of the first pass again on each pass"
            raise refuse("x", wanted, f"{n} (does __iter__ start afresh?)")

    @property
    def values(self) -> Array:  # type: ignore[override]
        """Shape (N, D), all in memory."""
        return self.in_memory().values

    def in_memory(self) -> Rows:
        """All rows at once, with their weights; those of weight zero are left out."""
        parts = list(self.parts())
        values = np.concatenate([rows.values for rows in parts])
        weights: Any = [rows.times for rows in parts]
        times = np.concatenate(weights) if self.is_weighted else None
        return Rows(values, times, column_names=self.column_names)

    def total(self, e_step: Callable[[Rows], tuple[Any, float]]) -> tuple[Any, float]:
        """Statistics and objective of all the data: part by part, added up."""
        total, objective, n = None, 0.0, 0
        for rows in self.parts():
            with counted_from(n, self.is_weighted):
                statistics, part = e_step(rows)
            rows.kept.clear()  # or what was made of one part would outlive it
            total = statistics if total is None else total + statistics
            objective, n = objective + part, n + len(rows)
        return total, objective


class Stream:
    """Weights one after the other, from an array or from arrays, as many as are asked for."""

    def __init__(self, source: Any) -> None:
        self.blocks = _numbers(source)
        self.rest: Array = np.empty(0)

    def take(self, n: int) -> Array:
        """The next n of them."""
        while len(self.rest) < n:
            more = np.asarray(next(self.blocks, ()), dtype=np.float64)
            if not len(more):
                wanted = "the weights of the first pass again on each pass"
                raise refuse("sample_weight", wanted, "fewer")
            self.rest = np.concatenate([self.rest, more]) if len(self.rest) else more
        taken, self.rest = self.rest[:n], self.rest[n:]
        return taken


def _numbers(source: Any) -> Iterator[Any]:
    """Weights, some at a time: an array in parts, or blocks that have some numbers each."""
    if hasattr(source, "__next__"):
        wanted = "weights that can be read again"
        raise TypeError(f"sample_weight: expected {wanted}, got a {type(source).__name__}")
    numbers = isinstance(source, list | tuple) and not any(np.ndim(block) for block in source)
    if numbers or hasattr(source, "__array__"):
        source = [source]
    elif isinstance(source, str | bytes | dict) or not hasattr(source, "__iter__"):
        wanted = "a weight for each row of x, or blocks of them"
        raise TypeError(f"sample_weight: expected {wanted}, got a {type(source).__name__}")
    for block in source:
        weights = np.asanyarray(block)  # with its mask, which is refused
        if weights.ndim != 1:
            wanted = "1 dimension(s) in each block"
            raise refuse("sample_weight", wanted, weights.ndim)
        yield from (part for _, part in cut(weights))


def joined(sample_weight: Any) -> Any:
    """Weights in one array where they came in blocks."""
    if hasattr(sample_weight, "__array__"):
        return sample_weight
    blocks = list(_numbers(sample_weight))
    return np.concatenate(blocks) if len(blocks) > 1 else blocks[0]


def names_of(x: Any) -> tuple[str, ...] | None:
    """The names of the columns of a data frame; None for other data, and names that are no text."""
    columns = getattr(x, "columns", None)
    if columns is None or isinstance(columns, str) or callable(columns):
        return None
    names = tuple(columns)
    return names if names and all(isinstance(name, str) for name in names) else None


def in_words(names: tuple[str, ...] | None) -> str:
    """The names of some columns, as a message says them."""
    return ", ".join(map(repr, names or ()))


def held_elsewhere(x: Any) -> bool:
    """Whether x is data to be read part by part; a one-shot iterator is refused."""
    return next(answer(x) for is_such, answer in READ_IN_PARTS if is_such(x))


def _is_large_and_not_ready(x: Any) -> bool:
    """Whether an array would have to be copied as a whole."""
    ready = x.dtype == np.float64 and x.flags.c_contiguous and not isinstance(x, np.memmap)
    return x.ndim in (1, 2) and x.size > READ_WHOLE and not ready


def _refuse_iterator(x: Any) -> bool:
    wanted = "blocks that can be read again"
    remedy = "pass a list, or an object whose __iter__ starts afresh"
    raise TypeError(f"x: expected {wanted}, got a {type(x).__name__} ({remedy})")


def _is_table(block: Any) -> bool:
    return getattr(block, "ndim", None) == 2


def _is_read_whole(x: Any) -> bool:
    """Whether x is for numpy to read, or to be refused there: as text or a sparse matrix."""
    known = hasattr(x, "__array__") or hasattr(x, "tocoo") or isinstance(x, str | bytes | dict)
    return known or not hasattr(x, "__iter__")


READ_IN_PARTS: tuple[tuple[Callable[[Any], bool], Callable[[Any], bool]], ...] = (
    (lambda x: isinstance(x, np.ndarray), _is_large_and_not_ready),
    (_is_read_whole, lambda x: False),
    (lambda x: hasattr(x, "__next__"), _refuse_iterator),
    (lambda x: isinstance(x, list | tuple), lambda x: any(map(_is_table, x))),
    # What has a length and items numpy reads as a list.
    (
        lambda x: hasattr(x, "__len__") and hasattr(x, "__getitem__"),
        lambda x: _is_table(next(iter(x), None)),
    ),
    (lambda x: True, lambda x: True),
)
"""What x may be, and whether it is then read part by part: the first case that holds answers."""


def with_names(source: Any) -> Iterator[tuple[str, Any]]:
    """The blocks, with the words by which a message names them."""
    if isinstance(source, np.ndarray):
        yield "x", source
    else:
        yield from ((f"x, block {number}", block) for number, block in enumerate(source))


def cut(block: Any) -> Iterator[tuple[int, Any]]:
    """Views of consecutive rows, some at a time, with the number of the first."""
    if not isinstance(block, np.ndarray) or block.ndim == 0:
        if np.ndim(block) == 0 or len(block):
            yield 0, block
    elif len(block):
        size = max(1, BLOCK_SIZE * len(block) // max(block.size, 1))
        yield from ((first, block[first : first + size]) for first in range(0, len(block), size))
