"""Data on a cluster: the chunks of a Dask array (``pip install emlib[dask]``).

The chunks stay where Dask keeps them. In each round the model goes to them, each chunk runs the
same E-step as data in memory, the statistics are added on the cluster, eight at a time, and one sum
comes back for the M-step: K (1 + D + D^2) numbers, however many rows there are. Dask chooses the
workers, and runs a chunk again elsewhere where a worker is lost.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from emlib.data.blocks import Blocks, Check
from emlib.data.errors import IGNORED_FLAGS, refuse
from emlib.data.rows import Array, Data, Rows, add_up, counted_from, no_weight, wrong_length

FAN_IN = 8
"""How many statistics one task adds."""


@dataclass(frozen=True, eq=False)
class Chunks(Data):
    """The chunks of a Dask array, that were checked where they are.

    Attributes
    ----------
    chunks
        Delayed arrays, none of them without rows.
    n_rows
        Rows of positive weight.
    n_columns
        D.
    limits
        The least and the largest value of each column.
    n_chunks
        How many chunks the array has, those without rows counted.
    indices
        Which chunks of the array they are.
    firsts
        The number of the first row of each.
    total_weight
        The sum of the weights: N.
    weights
        None, or for each chunk a delayed array with the weight of each row.
    """

    chunks: tuple[Any, ...]
    n_rows: int
    n_columns: int
    limits: tuple[Array, Array]
    n_chunks: int
    indices: tuple[int, ...]
    firsts: tuple[int, ...]
    total_weight: float
    weights: tuple[Any, ...] | None = None
    are_counts: bool = False

    column_names = None

    @classmethod
    def read(cls, x: Any, check: Check) -> Chunks:
        """Look at every row once; a refusal names the chunk, and the row in it."""
        from dask.base import compute
        from dask.delayed import delayed

        if not hasattr(type(x), "numblocks"):
            wanted = "a Dask array (of a Dask data frame take .to_dask_array())"
            raise refuse("x", wanted, f"a Dask {type(x).__name__}")
        if x.ndim not in (1, 2):
            raise refuse("x", "1 or 2 dimension(s)", f"{x.ndim}, shape {x.shape}")
        if x.ndim == 2 and x.numblocks[1] > 1:
            wanted = "chunks of whole rows (x.rechunk({1: -1}))"
            raise refuse("x", wanted, f"columns in {x.numblocks[1]} chunks")
        chunks = x.to_delayed().ravel().tolist()
        looks = (delayed(_look)(chunk, i, check) for i, chunk in enumerate(chunks))
        found = compute(*looks)
        for seen in found:
            if isinstance(seen, Exception):
                raise seen
        full = [(i, chunks[i], *seen) for i, seen in enumerate(found) if seen]
        if not full:
            raise refuse("x", "at least one value", "chunks without rows")
        indices, chunks, n, low, high = zip(*full, strict=True)
        limits = np.min(low, axis=0), np.max(high, axis=0)
        firsts = tuple(np.cumsum([0, *n[:-1]]).tolist())
        return cls(chunks, sum(n), len(limits[0]), limits, len(found), indices, firsts, sum(n))

    def __len__(self) -> int:
        return self.n_rows

    @property
    def is_weighted(self) -> bool:
        """Whether the rows carry weights of their own."""
        return self.weights is not None

    def weighted(self, sample_weight: Any, check: Callable[[Any, int], Array]) -> Chunks:
        """The same data with weights: a Dask array of one dimension and the same chunks."""
        from dask.base import compute
        from dask.delayed import delayed

        wanted = f"a Dask array of one dimension with the {self.n_chunks} chunk(s) of x"
        if not hasattr(type(sample_weight), "numblocks"):
            raise refuse("sample_weight", wanted, f"a {type(sample_weight).__name__}")
        parts = sample_weight.to_delayed().ravel().tolist()
        if sample_weight.ndim != 1 or len(parts) != self.n_chunks:
            came = f"{len(parts)} chunks, shape {sample_weight.shape}"
            raise refuse("sample_weight", wanted, came)
        weights = tuple(parts[index] for index in self.indices)
        look = delayed(_look_at_weights)
        parts = zip(self.chunks, weights, self.indices, strict=True)
        found = compute(*(look(*each, check) for each in parts))
        for seen in found:
            if isinstance(seen, Exception):
                raise seen
        n, totals = zip(*found, strict=True)
        if not sum(n):
            raise no_weight()
        return replace(self, n_rows=sum(n), weights=weights, total_weight=add_up(math.fsum(totals)))

    @property
    def values(self) -> Array:  # type: ignore[override]
        """Refused: what needs all rows in one place can have some of them."""
        wanted = "data in memory for this (of a Dask array take some rows: x[:10_000].compute())"
        raise refuse("x", wanted, "a Dask array")

    def parts(self) -> Iterator[Rows]:
        """Refused: see `values`."""
        return iter([Rows(self.values)])

    def in_memory(self) -> Rows:
        """Refused: see `values`."""
        return Rows(self.values)

    def total(self, e_step: Callable[[Rows], tuple[Any, float]]) -> tuple[Any, float]:
        """Statistics and objective of all chunks, added on the cluster as a tree."""
        from dask.delayed import delayed

        run, add = delayed(_run), delayed(_add)
        weights = self.weights or [None] * len(self.chunks)
        each = zip(self.chunks, weights, self.firsts, strict=True)
        sums = [run(*part, self.n_columns, e_step) for part in each]
        while len(sums) > 1:
            sums = [add(sums[i : i + FAN_IN]) for i in range(0, len(sums), FAN_IN)]
        result: tuple[Any, float] = sums[0].compute()
        return result

    def distinct(self) -> Data:
        """The same data: equal rows of different chunks stay apart."""
        return self


def _look(chunk: Any, i: int, check: Check) -> tuple[int, Array, Array] | Exception | None:
    """Rows and limits of a chunk; None without rows; a refusal is returned, for the driver."""
    if not len(chunk):
        return None
    try:
        block = Blocks.read([chunk], lambda _, *part: check(f"x, chunk {i}", *part))
    except (ValueError, TypeError) as refusal:
        return refusal
    return len(block), *block.limits


def _look_at_weights(
    chunk: Any, weights: Any, index: int, check: Callable[[Any, int], Array]
) -> tuple[int, float] | Exception:
    """Positive weights of a chunk, and their sum; a refusal is returned, for the driver."""
    try:
        found = check(weights, 0)
        if len(found) != len(chunk):
            raise wrong_length(len(chunk), len(found))
    except (ValueError, TypeError) as refusal:
        refusal.add_note(f"Chunk {index} of sample_weight.")
        return refusal
    return int(np.count_nonzero(found)), float(found.sum())


@np.errstate(**IGNORED_FLAGS)
def _run(
    chunk: Any, weights: Any, first: int, n_columns: int, e_step: Callable[[Rows], Any]
) -> tuple[Any, float]:
    limits = np.empty(n_columns), np.empty(n_columns)
    n = len(chunk) if weights is None else int(np.count_nonzero(weights))
    with counted_from(first, weights is not None):
        return Blocks([chunk], n, n_columns, limits, n, None, weights).total(e_step)


def _add(parts: list[tuple[Any, float]]) -> tuple[Any, float]:
    """Sums of several chunks; one whose rows all weigh nothing has no statistics."""
    total, objective = None, 0.0
    for statistics, part in parts:
        if statistics is not None:
            total = statistics if total is None else total + statistics
        objective += part
    return total, objective
