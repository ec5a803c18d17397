"""The rules at the door: what every public function accepts, and what it says otherwise.

Each rule takes the argument's name and its value, and returns the value in the one form that the
library computes with, or raises. A message reads ``name: expected ..., got ...``. Nothing here is
called inside a loop: a value is checked once, where it enters.

========================= =====================================================================
rule                      accepts
========================= =====================================================================
`array`                   real, finite numbers; returns float64 in C order, its own copy if need be
`rows`                    data: one row an observation; ``(N,)`` where there is one column
`counts_table`            data of coins: heads and tails, whole and not negative
`weighted`                data with a ``sample_weight``: a number for each row, not negative
`whole_numbers`           counts given one by one
`weights`                 probabilities that sum to one
`responsibilities`        rows of probabilities: any distribution q over the components
`covariances`             symmetric matrices with positive eigenvalues
`count`                   a whole number, such as ``n_components`` or ``max_iter``
`non_negative`            a number, such as ``tol`` or ``covariance_floor``
`choice`                  one of a few words, such as ``accelerate``
`generator`               ``rng``: a numpy Generator, or a whole number to seed one
========================= =====================================================================
"""

from __future__ import annotations

import math
import numbers
import operator
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from emlib.blocks import Blocks, held_elsewhere, in_words, joined, names_of
from emlib.rows import PART, Array, Data, Rows, wrong_length

LARGEST = 1e150
"""Beyond this size the square of a number has no double: data must be rescaled first."""

SMALLEST_SPREAD = 1e-140
"""Below this size the squares of differences lose digits, and then vanish."""

EPSILON = float(np.finfo(np.float64).eps)

TINY = float(np.finfo(np.float64).tiny) / EPSILON
"""An effective count below this has lost digits: its component owns no data."""

SUM_TOLERANCE = 1e-8
"""How far probabilities may be from a sum of one, and a covariance from symmetry (relative)."""

LEAST_DIGITS = 1e-2
"""However many numbers there are and however they are rounded, so far off is wrong."""


def tolerance(value: Any, n: int) -> float:
    """`SUM_TOLERANCE`, or the rounding of n numbers where they came in single precision or less."""
    return min(max(SUM_TOLERANCE, n * single(value)), LEAST_DIGITS)


def single(value: Any) -> float:
    """The rounding unit of numbers that came in single precision or less; zero for others."""
    dtype = np.asarray(value).dtype
    return float(np.finfo(dtype).eps) if dtype.kind == "f" and dtype.itemsize < 8 else 0.0


class EMWarning(UserWarning):
    """What emlib says when a result stands but needs a second look."""


class CollapseError(ValueError):
    """A component has shrunk until its density has no bound (PRML section 9.2.1)."""


def warn(message: str) -> None:
    """Issue an `EMWarning` that points to the caller's line outside emlib."""
    import warnings

    frame, level = sys._getframe(1), 2
    ours = ("emlib.", "numpy.")  # numpy's, as a decorator of ours
    while frame.f_back and frame.f_globals.get("__name__", "").startswith(ours):
        frame, level = frame.f_back, level + 1
    warnings.warn(message, EMWarning, stacklevel=level)


def refuse(name: str, expected: str, got: object) -> ValueError:
    """Word a refusal: ``name: expected ..., got ...``."""
    return ValueError(f"{name}: expected {expected}, got {got}")


def array(
    name: str, value: Any, ndim: int | tuple[int, ...], largest: float = LARGEST, first: int = 0
) -> Array:
    """Real and finite numbers with the given number of dimensions, at least one of them.

    Where the value is a part of the argument, ``first`` is the number of its first row.
    """
    result = value if _is_ready(value) else _converted(name, value)
    dimensions = (ndim,) if isinstance(ndim, int) else ndim
    if result.ndim not in dimensions:
        wanted = " or ".join(map(str, dimensions))
        raise refuse(name, f"{wanted} dimension(s)", f"{result.ndim}, shape {result.shape}")
    if result.size == 0:
        raise refuse(name, "at least one value", f"none, shape {result.shape}")
    _finite(name, result, largest, first)
    return result


def _is_ready(value: Any) -> bool:
    """Whether a value is what the library computes with: double numbers in C order."""
    return type(value) is np.ndarray and value.dtype == np.float64 and value.flags.c_contiguous


def _converted(name: str, value: Any) -> Array:
    """Real numbers in an array, from whatever holds them."""
    if _is_masked(value):
        raise refuse(name, "an array without a mask (fill or drop the masked values)", "one masked")
    if hasattr(value, "tocoo") or type(value).__module__.startswith("scipy.sparse"):
        raise refuse(name, "a dense array (call .toarray() first)", "a sparse matrix")
    try:
        raw = np.asarray(value)
    except ValueError:
        raise refuse(name, "rows of equal length", "a ragged sequence") from None
    return _real(name, raw)


def _is_masked(value: Any) -> bool:
    if isinstance(value, list | tuple):
        return any(map(_is_masked, value))
    # Where numpy.ma was not loaded, or not to its end, nothing is masked.
    return isinstance(value, getattr(sys.modules.get("numpy.ma"), "MaskedArray", ()))


def _real(name: str, raw: NDArray[Any]) -> Array:
    if raw.dtype.kind == "O":
        for item in raw.flat:
            if not isinstance(item, numbers.Real | np.bool_):
                raise TypeError(f"{name}: expected real numbers, got {_kind(item)}")
    elif raw.dtype.kind not in "biuf":
        what = {"c": "complex numbers", "U": "text", "S": "text"}.get(raw.dtype.kind)
        raise TypeError(f"{name}: expected real numbers, got {what or raw.dtype}")
    if _is_ready(raw):
        return raw
    try:
        with np.errstate(over="ignore", under="ignore"):
            return np.ascontiguousarray(raw, dtype=np.float64).reshape(raw.shape)
    except OverflowError:
        raise refuse(name, "numbers that a double can hold", "one beyond 1e308") from None


def _kind(item: object) -> str:
    if isinstance(item, str | bytes):
        return "text"
    if isinstance(item, list | tuple | np.ndarray):
        return "a ragged sequence"
    return f"{type(item).__name__} ({item!r})"


def _finite(name: str, result: Array, largest: float, first: int) -> None:
    if np.vdot(result, result) <= LARGEST:  # most data, in one pass; a NaN fails this, and the next
        return
    if max(-result.min(), result.max()) <= largest:
        return
    where = np.argwhere(~(np.abs(result) <= largest))[0]
    value = result[tuple(where)]
    where[:1] += first
    place = ", ".join(map(str, where))
    if np.isfinite(value):
        limit = f"values up to {largest:g}, whose squares do not overflow (rescale the data)"
        raise refuse(name, limit, f"{value:g} at index {place}")
    raise refuse(name, "finite numbers", f"{value} at index {place}")


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


COUNTS = "shape (N, 2): heads and tails (see coins.counts)"


def counts_table(x: Any, column_names: Names = None) -> Data:
    """Heads and tails a trial: shape (N, 2), whole numbers, not negative."""
    data = _data(x, _counts, 2, COUNTS, column_names)
    if isinstance(x, Rows) and not x.kept.get("counts"):
        _counts("x", x.values, 0)
        x.kept["counts"] = True
    elif data is x and not isinstance(x, Rows) and not x.are_counts:
        raise refuse("x", "heads and tails (see coins.counts)", "data prepared for another model")
    if data is not x and not isinstance(data, Rows):
        data = replace(data, are_counts=True)  # type: ignore[type-var]
    if data is not x and max(map(float, data.limits[1])) <= 1:
        _, n_unlikely = data.total(_both_or_neither)
        if n_unlikely:
            warn(
                "x: a table of zeros and ones is read as trials of at most two tosses, heads and "
                "tails. If each row holds the tosses of one trial, pass coins.counts(x)"
            )
    return data


def _both_or_neither(data: Rows) -> tuple[int, int]:
    """How many rows are (1, 1) or (0, 0): one toss gives neither."""
    return 0, int(np.count_nonzero(data.values[:, 0] == data.values[:, 1]))


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
        from emlib.cluster import Chunks

        data = Chunks.read(x, check)
    elif held_elsewhere(x):
        data = Blocks.read(x, check)
    else:
        data = Rows(check("x", x, 0), column_names=names_of(x))
    if column_names and data.column_names not in (None, column_names):
        wanted = f"the columns {in_words(column_names)} in this order, as the model was fitted"
        raise refuse("x", wanted, in_words(data.column_names))
    return data


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
        place = int(result.argmin())
        raise refuse(
            "sample_weight", "no negative weight", f"{result[place]:g} at index {place + first}"
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


def _table(name: str, value: Any, first: int, n_columns: int | None, wanted: str) -> Array:
    values = array(name, value, (1, 2), first=first)
    columns = 1 if values.ndim == 1 else values.shape[1]
    if n_columns not in (None, columns):
        raise refuse(name, wanted, f"shape {values.shape}")
    return values.reshape(-1, columns)


def _counts(name: str, value: Any, first: int) -> Array:
    table = whole_numbers(name, value, (2,), first)
    if table.shape[1] != 2:
        raise refuse(name, COUNTS, f"shape {table.shape}")
    return table


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
    if isinstance(data, Rows) and max(_lengths(data)) >= SMALLEST_SPREAD:
        return
    limits = np.array(data.limits)
    points = limits if centres is None else np.concatenate([limits, centres])
    _refuse_small(np.ptp(points, axis=0).max())


def representable_variances(data: Data) -> None:
    """The variance of each column must be a number that keeps its digits; zero is for others."""
    if isinstance(data, Rows) and min(_lengths(data)) >= SMALLEST_SPREAD:
        return
    low, high = data.limits
    spread = high - low
    _refuse_small(spread.min(where=spread > 0, initial=np.inf))


def _lengths(data: Rows) -> list[float]:
    """From the first row to the last, in each column: the spread is no smaller."""
    return abs(data.values[-1] - data.values[0]).tolist()


def _refuse_small(spread: float) -> None:
    if 0 < spread < SMALLEST_SPREAD:
        wanted = f"a spread above {SMALLEST_SPREAD:g}, whose square keeps its digits (rescale it)"
        raise refuse("x", wanted, f"{spread:g}")


def whole_numbers(name: str, value: ArrayLike, ndim: tuple[int, ...], first: int = 0) -> Array:
    """Counts: whole numbers, not negative."""
    result = array(name, value, ndim, first=first)
    table = np.atleast_1d(result)
    size = PART // table[0].size + 1
    for start in range(0, len(table), size):
        part = table[start : start + size]
        wrong = (part < 0) | (part != np.floor(part))
        if wrong.any():
            place = ", ".join(map(str, np.argwhere(wrong)[0] + [start + first, 0][: part.ndim]))
            where = f" at index {place}" if result.ndim else ""
            raise refuse(name, "whole numbers, not negative", f"{part[wrong][0]:g}{where}")
    return result


def zeros_and_ones(name: str, value: ArrayLike, ndim: tuple[int, ...]) -> Array:
    """Outcomes of tosses: 1 (or True) for heads, 0 (or False) for tails."""
    result = array(name, value, ndim)
    wrong = (result != 0) & (result != 1)
    if wrong.any():
        raise refuse(name, "zeros and ones only", f"{result[wrong][0]:g}")
    return result


def heads_and_tosses(heads: ArrayLike, n: ArrayLike, ndim: tuple[int, ...]) -> tuple[Array, Array]:
    """Heads and tosses of each trial, both of shape (N,); ``n`` may be one number for all."""
    heads_n = np.atleast_1d(whole_numbers("heads", heads, ndim))
    tosses = whole_numbers("n", n, (0, 1))
    if tosses.ndim == 1 and tosses.shape != heads_n.shape:
        raise refuse("n", f"one number, or {len(heads_n)}", f"{len(tosses)}")
    tosses = np.broadcast_to(tosses, heads_n.shape)
    more = heads_n > tosses
    if more.any():
        raise refuse("heads", f"at most n={tosses[more][0]:g} heads", f"{heads_n[more][0]:g}")
    return heads_n, tosses


def shaped(
    name: str, value: ArrayLike, shape: tuple[int | None, ...], largest: float = LARGEST
) -> Array:
    """Parameters of a known shape (None: any length), as a read-only copy."""
    result = array(name, value, len(shape), largest)
    for want, came in zip(shape, result.shape, strict=True):
        if want not in (None, came):
            wanted = tuple("any" if size is None else size for size in shape)
            raise refuse(name, f"shape {wanted}".replace("'", ""), f"shape {result.shape}")
    return frozen(result.copy())


def frozen(values: Array) -> Array:
    """The same array, read-only from now on."""
    values.setflags(write=False)
    return values


def weights(name: str, value: ArrayLike) -> Array:
    """Mixing weights of shape (K,): not negative, and their sum is one."""
    result = shaped(name, value, (None,))
    each = result.tolist()
    if min(each) < -2 * single(value):
        raise refuse(name, "no negative weight", f"{min(each):g}")
    error = abs(sum(each) - 1)
    if error <= 2 * EPSILON * len(each) and min(each) >= 0:
        return result
    if error > SUM_TOLERANCE and error > tolerance(value, len(each)):
        wanted = "weights that sum to 1 (divide them by their sum)"
        raise refuse(name, wanted, f"a sum of {sum(each):.10g}")
    return frozen(np.maximum(result, 0) / np.maximum(result, 0).sum())


def probabilities(name: str, value: ArrayLike, shape: tuple[int | None, ...]) -> Array:
    """Numbers from 0 to 1."""
    result = shaped(name, value, shape)
    slack = single(value)
    wrong = (result < -slack) | (result > 1 + slack)
    if wrong.any():
        raise refuse(name, "probabilities from 0 to 1", f"{result[wrong][0]:.10g}")
    return frozen(result.clip(0, 1)) if slack else result


def responsibilities(name: str, value: ArrayLike, shape: tuple[int, int | None]) -> Array:
    """A distribution over the components for each row: any q of PRML (9.70)."""
    result = array(name, value, 2)
    if any(want not in (None, came) for want, came in zip(shape, result.shape, strict=True)):
        wanted = f"shape ({shape[0]}, {shape[1] or 'K'}): a row a data point, a column a component"
        raise refuse(name, wanted, f"shape {result.shape}")
    if result.min() < 0:
        if result.min() < -2 * single(value):
            raise refuse(name, "no negative probability", f"{result.min():g}")
        result = np.maximum(result, 0.0)
    sums = result.dot(np.ones(result.shape[1]))
    error = np.abs(sums - 1)
    if error.max() > SUM_TOLERANCE and error.max() > tolerance(value, result.shape[1]):
        row = int(error.argmax())
        wanted = "rows that sum to 1 over the components (divide each by its sum)"
        raise refuse(name, wanted, f"{result[row].sum():.10g} in row {row}")
    exact = error.max() <= 2 * EPSILON * result.shape[1]
    return result if exact else result / sums[:, None]


def variances(name: str, value: ArrayLike, n_components: int, floor: float) -> Array:
    """Variances of shape (K,): positive, and not below the model's own floor."""
    result = shaped(name, value, (n_components,), LARGEST**2)
    if (result <= 0).any():
        raise refuse(name, "positive variances", f"{result.min():g}")
    if (result < floor * (1 - tolerance(value, 1))).any():
        raise refuse(name, f"no variance below covariance_floor={floor:g}", f"{result.min():g}")
    return frozen(np.maximum(result, floor)) if single(value) else result


def covariances(name: str, value: ArrayLike, shape: tuple[int, int, int], floor: float) -> Array:
    """Covariances of shape (K, D, D): symmetric, with no eigenvalue below the model's own floor.

    That they are positive definite is found by their Cholesky factors, which the model keeps.
    """
    result = shaped(name, value, shape, LARGEST**2)
    transposed = result.swapaxes(1, 2)
    allowed = tolerance(value, shape[1])
    if result.tobytes() != transposed.tobytes():  # quicker than !=; 0.0 and -0.0 may differ
        size = np.abs(result).max(axis=(1, 2), keepdims=True)
        if (np.abs(result - transposed) > allowed * size).any():
            wanted = "symmetric matrices (take the mean of each and its transpose)"
            raise refuse(name, wanted, "one that is not its own transpose")
        result = frozen((result + transposed) / 2)
    variances = result.diagonal(axis1=1, axis2=2)
    if not min(variances.ravel().tolist()) > 0:
        raise collapse(name, int((variances <= 0).any(axis=1).argmax()))
    if floor > 0:
        eigenvalues = np.linalg.eigvalsh(result)
        slack = allowed * floor + 1e-14 * shape[1] * eigenvalues[:, -1]
        if (eigenvalues[:, 0] < floor - slack).any():
            lowest = f"{eigenvalues[:, 0].min():g}"
            raise refuse(name, f"no eigenvalue below covariance_floor={floor:g}", lowest)
    return result


def scatters(value: Array, shape: tuple[int, ...], family: str) -> None:
    """Refuse scatters of another family, or of a model of another shape (K, D)."""
    wanted = shape if family in ("diag", "spherical") else (*shape, shape[-1])
    if value.shape != wanted:
        words = f"those of covariance_type={family!r}, with scatters of shape {wanted}"
        raise refuse("statistics", words, f"shape {value.shape}")


def flag(name: str, value: object) -> bool:
    """True or False, and nothing that merely looks like it."""
    if not isinstance(value, bool | np.bool_):
        raise TypeError(f"{name}: expected True or False, got {value!r}")
    return bool(value)


def count(name: str, value: object, minimum: int = 1) -> int:
    """A whole number that is at least ``minimum``."""
    try:
        number = operator.index(value)  # type: ignore[arg-type]
    except TypeError:
        number = None
    if number is None or isinstance(value, bool | np.bool_):
        raise TypeError(f"{name}: expected a whole number, got {value!r}")
    if number < minimum:
        raise refuse(name, f"at least {minimum}", number)
    return number


def non_negative(name: str, value: object) -> float:
    """A finite number that is zero or more."""
    if isinstance(value, bool | np.bool_) or not isinstance(value, numbers.Real):
        raise TypeError(f"{name}: expected a number, got {value!r}")
    try:
        number = float(value)
    except OverflowError:
        number = np.inf
    if not 0 <= number < np.inf:
        raise refuse(name, "a finite number, zero or more", f"{number:g}")
    return number


def choice(name: str, value: object, *known: str | None) -> None:
    """One of a few words, or None where that is one of them."""
    if isinstance(value, str | None) and value in known:
        return
    words = [repr(word) for word in known]
    wanted = f"{', '.join(words[:-1])} or {words[-1]}"
    error = ValueError if isinstance(value, str) else TypeError
    raise error(f"{name}: expected {wanted}, got {value!r}")


def generator(name: str, value: object) -> np.random.Generator:
    """A numpy Generator; a whole number seeds a new one."""
    if isinstance(value, np.random.Generator):
        return value
    try:
        return np.random.default_rng(count(name, value, minimum=0))
    except TypeError:
        wanted = "a numpy.random.Generator or a whole number to seed one"
        raise TypeError(f"{name}: expected {wanted}, got {value!r}") from None


def possible(log_density: Array) -> None:
    """Refuse a row that no component can have made, or that is too far away to tell."""
    impossible = np.flatnonzero(~np.isfinite(log_density))
    if len(impossible):
        raise refuse(
            "x",
            "rows that some component gives a density above zero",
            f"row {impossible[0]}, which is impossible under every one, "
            "or so far away that its squared distance overflows",
        )


def not_collapsed(name: str, means: Array, stds: Array, alive: NDArray[np.bool_]) -> None:
    """Components that own data must be wider than its rounding; ``means`` (K, D) or (K,).

    A component that has closed in on one point has a variance of rounding errors, not of zero.
    """
    resolution = 4 * EPSILON * (np.abs(means) + stds)[alive].max(axis=0)
    narrow = ~(stds > resolution)
    narrow[~alive] = False
    if narrow.any():
        raise collapse(name, int(np.argwhere(narrow)[0, 0]))


def cholesky(covariances: Array) -> Array:
    """Lower Cholesky factors, shape (K, D, D), of covariances that are far from singular.

    A pivot is what is left of a standard deviation once the columns before are known. It must be
    more of it than rounding, whatever the units.
    """
    try:
        factors = np.asarray(np.linalg.cholesky(covariances), dtype=np.float64)
    except np.linalg.LinAlgError:
        factors = np.array([_factor(matrix) for matrix in covariances])
    stds = np.sqrt(covariances.diagonal(axis1=1, axis2=2))
    least = math.sqrt(4 * EPSILON * covariances.shape[1])
    regular = factors.diagonal(axis1=1, axis2=2) > least * stds
    if np.count_nonzero(regular) < regular.size:
        raise collapse("covariances", int(regular.all(axis=1).argmin()))
    return factors


def _factor(matrix: Array) -> Array:
    """Lower Cholesky factor of a matrix; zeros where there is none."""
    try:
        return np.asarray(np.linalg.cholesky(matrix), dtype=np.float64)
    except np.linalg.LinAlgError:
        return np.zeros(matrix.shape)


def collapse(name: str, k: int) -> CollapseError:
    """Word the refusal of a component without width: which one, why, and what to do."""
    return CollapseError(
        f"{name}: expected positive definite ones, got a singular one for component {k}. In a fit "
        "this means that the component has collapsed on too few points, or that a column of x is "
        "constant or a combination of others: begin elsewhere, use fewer components, or set "
        "covariance_floor"
    )


def model(value: Any) -> Any:
    """Refuse what has no E-step and M-step, and a class where one of its models is due."""
    if isinstance(value, type) or not (hasattr(value, "e_step") and hasattr(value, "m_step")):
        got = f"the class {value.__name__}" if isinstance(value, type) else type(value).__name__
        raise TypeError(f"model: expected a model, such as GaussianMixture(...), got {got}")
    return value


def takes_weights(value: Any) -> None:
    """Refuse weights for a model whose ``prepare_fit`` has no place for them."""
    import inspect

    try:
        inspect.signature(value.prepare_fit).bind(None, None)
    except TypeError:
        wanted = f"None for {type(value).__name__}, whose prepare_fit takes no weights"
        raise TypeError(f"sample_weight: expected {wanted}") from None


def density(value: Any) -> Any:
    """Refuse a model without a density, such as K-means, by its name."""
    if not hasattr(model(value), "log_density"):
        raise TypeError(f"model: expected a mixture with a density, got {type(value).__name__}")
    return value


def model_class(value: Any) -> None:
    """Refuse what is not a class of models: the starts make a model of it."""
    if not (isinstance(value, type) and hasattr(value, "from_responsibilities")):
        wanted = "a class of models, such as GaussianMixture"
        raise TypeError(f"model_class: expected {wanted}, got {value!r}")


def read_only(values: dict[str, Any]) -> dict[str, Any]:
    """The same values with their arrays read-only: what a frozen record holds."""
    for value in values.values():
        if isinstance(value, np.ndarray):
            value.setflags(write=False)
    return values
