"""What ``x`` and ``sample_weight`` may be, and in which form they go on.

========================= =====================================================================
rule                      accepts
========================= =====================================================================
`rows`                    data: one row per observation; ``(N,)`` where there is one column
`counts_table`            data of coins: heads and tails, whole and not negative
`event_counts`            counts of events, whole and not negative
`weighted`                data with a ``sample_weight``: a number for each row, not negative
`weighted_table`          data in memory, and a distribution for each row
`enough_rows`             data of a fit: as many rows as components
`representable_spread`,   data whose squared distances, or variances, keep their digits
`representable_variances`
========================= =====================================================================

Data in memory are checked at once, and go on as `emlib.data.rows.Rows`; data in files, in blocks
and on a cluster are checked part by part, where they are.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from emlib.data.arguments import array, responsibilities, whole_numbers
from emlib.data.blocks import Blocks, held_elsewhere, in_words, joined, names_of
from emlib.data.errors import refuse, warn
from emlib.data.rows import Array, Data, Rows, wrong_length

SMALLEST_SPREAD = 1e-140
"""Below this size the squares of differences lose digits, and then vanish."""

Names = tuple[str, ...] | None
"""Names of the columns, where there are any."""


def rows(
    x: Any, n_columns: int | None = None, like: str = "means", column_names: Names = None
) -> Data:
    """Data of shape (N, D); ``(N,)`` is one column.

    ``n_columns`` is D where a model knows it, and ``like`` the field that says so;
    ``column_names`` are those of the data that the model was fitted to.
    """
    wanted = f"shape (N, {n_columns}), as many columns as {like}"
    check = partial(_table, n_columns=n_columns, wanted=wanted)
    return _data(x, check, n_columns, wanted, column_names)


COUNTS_SHAPE = "shape (N, 2): heads and tails (see coins.counts)"


def counts_table(x: Any, column_names: Names = None) -> Data:
    """Heads and tails a trial: shape (N, 2), whole numbers, not negative."""
    data = _counted(x, 2, COUNTS_SHAPE, column_names)
    if data is not x and max(map(float, data.limits[1])) <= 1:
        _, n_unlikely = data.total(_both_or_neither)
        if n_unlikely:
            warn(
                "x: a table of zeros and ones is read as trials of at most two tosses, heads and "
                "tails. If each row holds the tosses of one trial, pass coins.counts(x)"
            )
    return data


EVENTS_SHAPE = "counts of events, shape (N,)"


def event_counts(x: Any, column_names: Names = None) -> Data:
    """Counts of events: shape (N,) or (N, 1), whole numbers, not negative."""
    return _counted(x, 1, EVENTS_SHAPE, column_names)


def _counted(x: Any, n_columns: int, wanted: str, column_names: Names) -> Data:
    """Data of whole numbers that are not negative, looked at once."""
    check = partial(_whole_table, n_columns=n_columns, wanted=wanted)
    data = _data(x, check, n_columns, wanted, column_names)
    if isinstance(x, Rows) and not x.kept.get("counts"):
        check("x", x.values, 0)
        x.kept["counts"] = True
    elif data is x and not isinstance(x, Rows) and not x.are_counts:
        raise refuse("x", wanted, "data prepared for another model")
    if data is not x and not isinstance(data, Rows):
        data = replace(data, are_counts=True)  # type: ignore[type-var]
    return data


def _both_or_neither(data: Rows) -> tuple[None, int]:
    """How many rows are (1, 1) or (0, 0): one toss gives neither."""
    return None, int(np.count_nonzero(data.values[:, 0] == data.values[:, 1]))


def _data(
    x: Any,
    check: Callable[[str, Any, int], Array],
    n_columns: int | None,
    wanted: str,
    column_names: Names,
) -> Data:
    """Data in memory are checked at once, others part by part, where they are."""
    if isinstance(x, Data):
        if n_columns not in (None, x.n_columns):
            raise refuse("x", wanted, f"prepared data of {x.n_columns} column(s)")
        data = x
    elif type(x).__module__.partition(".")[0] == "dask":
        from emlib.data.cluster import Chunks

        data = Chunks.read(x, check)
    elif held_elsewhere(x):
        data = Blocks.read(x, check)
    else:
        data = Rows(check("x", x, 0), column_names=names_of(x))
    if column_names and data.column_names not in (None, column_names):
        wanted = f"the columns {in_words(column_names)} in this order, as the model was fitted"
        raise refuse("x", wanted, in_words(data.column_names))
    return data


def _table(name: str, value: Any, first: int, n_columns: int | None, wanted: str) -> Array:
    values = array(name, value, (1, 2), first=first)
    columns = 1 if values.ndim == 1 else values.shape[1]
    if n_columns not in (None, columns):
        raise refuse(name, wanted, f"shape {values.shape}")
    return values.reshape(-1, columns)


def _whole_table(name: str, value: Any, first: int, n_columns: int, wanted: str) -> Array:
    table = whole_numbers(name, value, (1, 2) if n_columns == 1 else (2,), first)
    columns = 1 if table.ndim == 1 else table.shape[1]
    if columns != n_columns:
        raise refuse(name, wanted, f"shape {table.shape}")
    return table.reshape(-1, n_columns)


def weighted(data: Data, sample_weight: Any) -> Data:
    """The same data with a weight for each row; None leaves them as they are."""
    if sample_weight is None:
        return data
    if data.is_weighted:
        wanted = "None for data that have weights or counts of their own"
        raise refuse("sample_weight", wanted, type(sample_weight).__name__)
    return data.weighted(sample_weight, _weights)


def _weights(value: Any, first: int) -> Array:
    """Some weights of rows: numbers that are not negative."""
    result = array("sample_weight", value, 1, first=first)
    if result.min() < 0:
        index = int(result.argmin())
        raise refuse(
            "sample_weight", "no negative weight", f"{result[index]:g} at index {index + first}"
        )
    return result


def weighted_table(
    data: Data, r: Any, n_components: int | None, sample_weight: Any, name: str = "r"
) -> tuple[Rows, Array]:
    """Data in memory and a distribution for each row; rows of weight zero are left out of both."""
    here = data.in_memory()
    table = responsibilities(name, r, (len(here.values), n_components))
    if sample_weight is None:
        return here, table
    if here is not data:
        sample_weight = joined(sample_weight)
    weights = sample_weights(sample_weight, len(table))
    full: Any = weighted(here, weights)
    return full, table[weights > 0]


def sample_weights(value: Any, n: int) -> Array:
    """A weight for each of n rows."""
    result = _weights(value, 0)
    if len(result) != n:
        raise wrong_length(n, len(result))
    return result


def enough_rows(data: Data, n_components: int) -> None:
    """A fit of K components needs at least K rows, of positive weight."""
    if len(data) < n_components:
        raise refuse(
            "x",
            f"at least as many rows as n_components={n_components}",
            f"{len(data)} row(s)",
        )


def representable_spread(data: Data, centres: Array | None = None) -> None:
    """Distances, between rows or from rows to centres, must not vanish when they are squared."""
    if isinstance(data, Rows) and max(_first_to_last(data)) >= SMALLEST_SPREAD:
        return
    limits = np.array(data.limits)
    points = limits if centres is None else np.concatenate([limits, centres])
    _refuse_small(np.ptp(points, axis=0).max())


def representable_variances(data: Data) -> None:
    """The variance of each column must be a number that keeps its digits; zero is for others."""
    if isinstance(data, Rows) and min(_first_to_last(data)) >= SMALLEST_SPREAD:
        return
    low, high = data.limits
    spread = high - low
    _refuse_small(spread.min(where=spread > 0, initial=np.inf))


def _first_to_last(data: Rows) -> list[float]:
    """From the first row to the last, in each column: the spread is no smaller."""
    return abs(data.values[-1] - data.values[0]).tolist()


def _refuse_small(spread: float) -> None:
    if 0 < spread < SMALLEST_SPREAD:
        wanted = f"a spread above {SMALLEST_SPREAD:g}, whose square keeps its digits (rescale it)"
        raise refuse("x", wanted, f"{spread:g}")
