"""The rules for arguments: what every public function accepts, and what it says otherwise.

Each rule takes the argument's name and its value, and returns the value in the one form that the
library computes with, or raises. Nothing here is called inside a loop: a value is checked once,
where it enters. What the data may be is said in `emlib.data.checks`.

========================= =====================================================================
rule                      accepts
========================= =====================================================================
`array`                   real, finite numbers; returns float64 in C order, its own copy if need be
`whole_numbers`           counts given one by one
`weights`                 probabilities that sum to one
`responsibilities`        rows of probabilities: any distribution q over the components
`covariances`             symmetric matrices with positive eigenvalues
`count`                   a whole number, such as ``n_components`` or ``max_iter``
`non_negative`            a number, such as ``tol`` or ``covariance_floor``
`choice`                  one of a few words, such as ``accelerate``
`generator`               ``rng``: a numpy Generator, or a whole number to seed one
`model`, `density`        what has an E-step and an M-step; what has a density
========================= =====================================================================
"""

from __future__ import annotations

import numbers
import operator
import sys
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from emlib.data.errors import collapse, refuse
from emlib.data.rows import EPSILON, Array, slices

LARGEST_VALUE = 1e150
"""Beyond this size the square of a number has no double: data must be rescaled first."""

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


def array(
    name: str,
    value: Any,
    ndim: int | tuple[int, ...],
    largest: float = LARGEST_VALUE,
    first: int = 0,
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
    if (
        np.vdot(result, result) <= LARGEST_VALUE
    ):  # most data, in one pass; a NaN fails this, and the next
        return
    if max(-result.min(), result.max()) <= largest:
        return
    where = np.argwhere(~(np.abs(result) <= largest))[0]
    value = result[tuple(where)]
    where[:1] += first
    index = ", ".join(map(str, where))
    if np.isfinite(value):
        limit = f"values up to {largest:g}, whose squares do not overflow (rescale the data)"
        raise refuse(name, limit, f"{value:g} at index {index}")
    raise refuse(name, "finite numbers", f"{value} at index {index}")


def whole_numbers(name: str, value: ArrayLike, ndim: tuple[int, ...], first: int = 0) -> Array:
    """Counts: whole numbers, not negative."""
    result = array(name, value, ndim, first=first)
    table = np.atleast_1d(result)
    for rows in slices(len(table), table[0].size):
        part = table[rows]
        wrong = (part < 0) | (part != np.floor(part))
        if wrong.any():
            begin = [rows.start + first, 0][: part.ndim]
            index = ", ".join(map(str, np.argwhere(wrong)[0] + begin))
            where = f" at index {index}" if result.ndim else ""
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
    name: str, value: ArrayLike, shape: tuple[int | None, ...], largest: float = LARGEST_VALUE
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


def read_only(values: dict[str, Any]) -> dict[str, Any]:
    """The same values with their arrays read-only: what a frozen record holds."""
    for value in values.values():
        if isinstance(value, np.ndarray):
            value.setflags(write=False)
    return values


def weights(name: str, value: ArrayLike) -> Array:
    """Mixing weights of shape (K,): not negative, and their sum is one."""
    result = shaped(name, value, (None,))
    each = result.tolist()
    if min(each) < -2 * single(value):  # (9.8)
        raise refuse(name, "no negative weight", f"{min(each):g}")
    error = abs(sum(each) - 1)  # (9.9)
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


def rates(name: str, value: ArrayLike, n_components: int) -> Array:
    """Rates of shape (K,): not negative."""
    result = shaped(name, value, (n_components,))
    if (result < 0).any():
        raise refuse(name, "rates that are not negative", f"{result.min():g}")
    return result


def above(name: str, value: ArrayLike, shape: tuple[int | None, ...], least: float = 0.0) -> Array:
    """Numbers above a bound."""
    result = shaped(name, value, shape)
    if not (result > least).all():
        raise refuse(name, f"numbers above {least:g}", f"{result.min():g}")
    return result


def responsibilities(name: str, value: ArrayLike, shape: tuple[int, int | None]) -> Array:
    """A distribution over the components for each row: any q of PRML (9.70)."""
    result = array(name, value, 2)
    if any(want not in (None, came) for want, came in zip(shape, result.shape, strict=True)):
        rows = "one row per data point, one column per component"
        wanted = f"shape ({shape[0]}, {shape[1] or 'K'}): {rows}"
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
    result = shaped(name, value, (n_components,), LARGEST_VALUE**2)
    if (result <= 0).any():
        raise refuse(name, "positive variances", f"{result.min():g}")
    if (result < floor * (1 - tolerance(value, 1))).any():
        raise refuse(name, f"no variance below covariance_floor={floor:g}", f"{result.min():g}")
    return frozen(np.maximum(result, floor)) if single(value) else result


def covariances(name: str, value: ArrayLike, shape: tuple[int, int, int], floor: float) -> Array:
    """Covariances of shape (K, D, D): symmetric, with no eigenvalue below the model's own floor.

    That they are positive definite is found by their Cholesky factors, which the model keeps.
    """
    result = shaped(name, value, shape, LARGEST_VALUE**2)
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
