"""Rows that no fit has seen, as judges of a model."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from emlib import em
from emlib.data import arguments, checks
from emlib.data.errors import refuse, said_once
from emlib.data.rows import Array


def hold_out(
    x: ArrayLike,
    rng: np.random.Generator | int,
    *,
    fraction: float = 0.25,
    sample_weight: ArrayLike | None = None,
) -> tuple[NDArray[Any], ...]:
    """Split the rows at random into a part to fit on and a part to judge by.

    The judge is ``model.log_density(x_held).mean()``: nats per row, higher is better. Of
    weighted rows take the weighted mean.

    Parameters
    ----------
    x
        Data, one row per observation; at least two rows.
    rng
        A numpy Generator, or a whole number to seed one.
    fraction
        The part of the rows that is held out, between 0 and 1; at least one row on either side.
    sample_weight
        A weight for each row, shape (N,), which goes with its row. Rows are drawn whatever they
        weigh.

    Returns
    -------
    x_fit, x_held
        Rows of x, in random order.
    weight_fit, weight_held
        Their weights, where weights were given.

    Raises
    ------
    ValueError, TypeError
        If x has fewer than two rows, or an argument is not what it should be.

    Examples
    --------
    >>> x_fit, x_held = hold_out(np.arange(8.0), rng=0)
    >>> len(x_fit), len(x_held)
    (6, 2)
    """
    data = arguments.array("x", x, (1, 2))
    share = arguments.non_negative("fraction", fraction)
    if not 0 < share < 1:
        raise refuse("fraction", "a number between 0 and 1", f"{share:g}")
    if len(data) < 2:
        raise refuse("x", "at least two rows", f"{len(data)}")
    n_held = min(max(1, round(share * len(data))), len(data) - 1)
    order = arguments.generator("rng", rng).permutation(len(data))
    parts = order[n_held:], order[:n_held]
    keeps = hasattr(x, "iloc")  # a data frame, whose columns have names
    split = [x.iloc[rows] if keeps else data[rows] for rows in parts]  # type: ignore[union-attr]
    if sample_weight is not None:
        weights = checks.sample_weights(sample_weight, len(data))
        split += [weights[rows] for rows in parts]
    return tuple(split)


def cross_validate(
    model_class: Any,
    x: Any,
    *,
    n_components: int,
    n_folds: int = 10,
    rng: np.random.Generator | int,
    sample_weight: ArrayLike | None = None,
    **options: Any,
) -> Array:
    """Fit on all rows but a part, judge by that part, and so on for every part.

    Parameters
    ----------
    model_class
        A class of mixtures.
    x
        Data of N rows, in memory.
    n_components
        K.
    n_folds
        How many parts; every row is in one of them, at random.
    rng
        A numpy Generator, or a whole number to seed one.
    sample_weight
        A weight for each row, shape (N,), which goes with its row.
    **options
        Options of `emlib.em.multistart`, and fields that the models keep.

    Returns
    -------
    array of shape (n_folds,)
        Mean log density of the rows left out, in nats per row: higher is better. Infinitely low
        where one of them is impossible under the model fitted to the others.

    Raises
    ------
    ValueError, TypeError
        If an argument is not what it should be.
    CollapseError
        If all starts of a fold collapse.

    Examples
    --------
    >>> from emlib import GaussianMixture1D, datasets
    >>> x = datasets.old_faithful().x[:, 1]
    >>> scores = [cross_validate(GaussianMixture1D, x, n_components=k, n_folds=5, n_starts=2, rng=0)
    ...           for k in (1, 2)]
    >>> [round(float(score.mean()), 1) for score in scores]
    [-4.0, -3.8]
    """
    data = model_class.read(x).in_memory()
    rows = data.values
    n_folds = arguments.count("n_folds", n_folds, minimum=2)
    if n_folds > len(rows):
        raise refuse("n_folds", f"at most one for each of the {len(rows)} rows", n_folds)
    rng = arguments.generator("rng", rng)
    weights = np.ones(len(rows))
    if sample_weight is not None:
        weights = checks.sample_weights(sample_weight, len(rows))
    fold = rng.permutation(len(rows)) % n_folds
    scores = np.empty(n_folds)
    for i in range(n_folds):
        seen = fold != i
        given = None if sample_weight is None else weights[seen]
        with said_once(f"fold {i}"):
            fits = em.multistart(
                model_class,
                rows[seen],
                n_components=n_components,
                rng=rng,
                sample_weight=given,
                **options,
            )
        held = fits[0].model.log_density(rows[~seen])
        scores[i] = np.average(held, weights=weights[~seen]) if weights[~seen].any() else np.nan
    return scores
