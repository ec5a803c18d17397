"""Data on a cluster: the chunks of a Dask array (``pip install emlib[dask]``).

The chunks stay where Dask keeps them. In each round the model goes to them, each chunk runs the
same E-step as data in memory, the statistics are added on the cluster, eight at a time, and one sum
comes back for the M-step: K (1 + D + D^2) numbers, however many rows there are. Dask chooses the
workers, and runs a chunk again elsewhere where a worker is lost.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from emlib.blocks import Blocks, Check
from emlib.mixture import CHECKED
from emlib.rows import Array, Data, Rows
from emlib.validate import refuse

FAN_IN = 8
"""How many statistics one task adds."""


@dataclass(frozen=True, eq=False)
class Chunks(Data):
    """The chunks of a Dask array, that have passed the door where they are.

    Attributes
    ----------
    chunks
        Delayed arrays, none of them without rows.
    n_rows
        N.
    n_columns
        D.
    limits
        The least and the largest value of each column.
    """

    chunks: tuple[Any, ...]
    n_rows: int
    n_columns: int
    limits: tuple[Array, Array]

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
        full = [(chunk, *seen) for chunk, seen in zip(chunks, found, strict=True) if seen]
        if not full:
            raise refuse("x", "at least one value", "chunks without rows")
        chunks, n, low, high = zip(*full, strict=True)
        limits = np.min(low, axis=0), np.max(high, axis=0)
        return cls(chunks, sum(n), len(limits[0]), limits)

    def __len__(self) -> int:
        return self.n_rows

    @property
    def values(self) -> Array:  # type: ignore[override]
        """Refused: what needs all rows in one place can have some of them."""
        wanted = "data in memory for this (of a Dask array take some rows: x[:10_000].compute())"
        raise refuse("x", wanted, "a Dask array")

    def total(self, e_step: Callable[[Rows], tuple[Any, float]]) -> tuple[Any, float]:
        """Statistics and objective of all chunks, added on the cluster as a tree."""
        from dask.delayed import delayed

        run, add = delayed(_run), delayed(_add)
        sums = [run(chunk, self.n_columns, e_step) for chunk in self.chunks]
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


@np.errstate(**CHECKED)
def _run(chunk: Any, n_columns: int, e_step: Callable[[Rows], Any]) -> tuple[Any, float]:
    limits = np.empty(n_columns), np.empty(n_columns)
    return Blocks([chunk], len(chunk), n_columns, limits).total(e_step)


def _add(parts: list[tuple[Any, float]]) -> tuple[Any, float]:
    (total, objective), *others = parts
    for statistics, part in others:
        total, objective = total + statistics, objective + part
    return total, objective
