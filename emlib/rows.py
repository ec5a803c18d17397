"""Data that have passed the door, in the one form that the library computes with.

Whatever holds data answers to three names: ``len()``, ``n_columns``, and ``total``, the sums of an
E-step over all of it. `Rows` is data in memory; others keep the rows elsewhere, and hand them out
as `Rows`, part by part.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Rows:
    """Data in memory that have passed the door: ``values`` of shape (N, D), float64.

    Every function that takes ``x`` takes a `Rows` too, and does not check it again.

    Attributes
    ----------
    values
        Shape (N, D).
    times
        How often each row occurs, shape (N,), where equal rows were counted and kept once; None
        where each occurs once.
    n_threads
        How many threads an E-step may use.
    kept
        What an E-step made of the data and will need again, such as their features.
    """

    values: Array
    times: Array | None = None
    n_threads: int = 1
    kept: dict[str, Any] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.values) if self.times is None else int(self.times.sum())

    @property
    def n_columns(self) -> int:
        """D."""
        return self.values.shape[1]

    def total(self, e_step: Callable[[Rows], tuple[Any, float]]) -> tuple[Any, float]:
        """Statistics and objective of all the data: here of these rows, in one call."""
        return e_step(self)

    def blocks(self, n_components: int) -> Iterator[tuple[Array, Array | None]]:
        """Views of consecutive rows and their times: so few that temporaries fit the cache."""
        size = max(256, 2**16 // (n_components + self.n_columns))
        for first in range(0, len(self.values), size):
            rows = slice(first, first + size)
            yield self.values[rows], None if self.times is None else self.times[rows]
