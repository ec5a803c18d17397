"""What both estimators ask of their data and arguments.

scikit-learn's own functions check what its checks look for (columns and their names, what is not a
table); the rest is refused as everywhere in emlib: ``name: expected ..., got ...``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils.validation import check_is_fitted, validate_data

from emlib.data import arguments, checks
from emlib.data.errors import EMWarning
from emlib.data.rows import Array, Rows


class NotConvergedWarning(EMWarning, ConvergenceWarning):
    """What an estimator says when its fit stands but needs a second look.

    It is scikit-learn's ``ConvergenceWarning`` too, so that filters written for that one hold.
    """


def table(estimator: Any, X: Any, *, reset: bool, least_rows: int = 1) -> Array:
    """Data of shape (N, D), single or double precision; a fit (``reset``) notes columns and names.

    NaN is refused here, where its place can be told.
    """
    X = validate_data(
        estimator,
        X,
        reset=reset,
        dtype=[np.float64, np.float32],
        order="C",
        ensure_all_finite="allow-nan",
        ensure_min_samples=least_rows,
    )
    missing = np.isnan(X)
    if missing.any():
        row, column = np.argwhere(missing)[0]
        raise ValueError(
            f"X: expected a number in every place, got NaN in row {row}, column {column}. Missing "
            "values are not handled yet: fill them, or leave such rows out"
        )
    return X


def fitted(estimator: Any, X: Any) -> Array:
    """Data with the columns of the fit that the estimator must have had."""
    check_is_fitted(estimator)
    return table(estimator, X, reset=False)


def rows(X: Array, sample_weight: Any, n_components: int) -> Rows:
    """Rows of positive weight, at least as many as components, in double precision."""
    data: Any = checks.weighted(checks.rows(X), sample_weight)
    checks.enough_rows(data, n_components)
    return data


def like(values: Any, dtype: Any) -> Any:
    """A result in the precision of the data; all is computed in double precision."""
    return values.astype(np.float32) if dtype == np.float32 else values


def verbosity(value: Any) -> int:
    """How much a fit prints: True, False, or a whole number."""
    return (
        int(value) if isinstance(value, bool | np.bool_) else arguments.count("verbose", value, 0)
    )
