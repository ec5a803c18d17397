"""One pass over the data, block by block: nothing but the result grows with N."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from emlib.data.errors import IGNORED_FLAGS
from emlib.data.rows import Array, Data, Rows, counted_from, times


@np.errstate(**IGNORED_FLAGS)
def by_row(data: Data, n_components: int, compute: Callable[[Array], Any], *shape: int) -> Any:
    """What ``compute`` makes of each row, an array of shape (N, ``*shape``)."""
    n = len(data.values) if isinstance(data, Rows) else len(data)
    result, first = None, 0
    for rows in data.parts():
        for block, _ in rows.blocks(n_components):
            with counted_from(first, data.is_weighted):
                part = compute(block)
            if result is None:
                result = np.empty((n, *shape), dtype=part.dtype)
            result[first : first + len(part)] = part
            first += len(part)
    return result


@np.errstate(**IGNORED_FLAGS)
def summed(data: Rows, n_components: int, score: Callable[[Array], Array]) -> float:
    """A score of each row, times its weight, added up."""
    total, first = 0.0, 0
    for block, weights in data.blocks(n_components):
        with counted_from(first, data.is_weighted):
            total += float(times(score(block), weights).sum())
        first += len(block)
    return total
