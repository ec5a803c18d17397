"""The bootstrap: fit again and again to data that might have come instead."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from emlib import em
from emlib.data import arguments
from emlib.data.errors import CollapseError, said_once, warn
from emlib.data.rows import Array, Rows, times
from emlib.models.mixture import Mixture


def bootstrap(
    model: Mixture,
    x: Any,
    *,
    n_samples: int = 200,
    rng: np.random.Generator | int,
    draw: str = "model",
    sample_weight: ArrayLike | None = None,
    **options: Any,
) -> list[Any]:
    """Fit the model to ``n_samples`` new data sets of the same size, each begun at the estimate.

    Parameters
    ----------
    model
        A mixture, fitted to x.
    x
        Data of N rows, as the model takes them.
    n_samples
        How many data sets to draw.
    rng
        A numpy Generator, or a whole number to seed one.
    draw
        ``"model"``: rows are drawn from the model (parametric bootstrap; coins keep the numbers of
        tosses). ``"rows"``: rows of x, with replacement.
    sample_weight
        A weight for each row, shape (N,), as in the fit. The new data have as many rows as the
        weights sum to, to the nearest whole number.
    **options
        Options of `emlib.em.fit`, such as ``tol`` or ``accelerate``.

    Returns
    -------
    list of models
        Fitted models, each with its components in the order of the model's: those that share most
        of the rows of x belong together. A fit that collapses is left out, with a warning; what the
        others warn of is said once.

    Raises
    ------
    CollapseError
        If all fits collapse.
    ValueError, TypeError
        If an argument is not what it should be.

    References
    ----------
    B. Efron and R. J. Tibshirani, An Introduction to the Bootstrap, 1993.

    Examples
    --------
    >>> from emlib import GaussianMixture1D, datasets
    >>> waiting = datasets.old_faithful().x[:, 1]
    >>> theta = GaussianMixture1D([0.36, 0.64], [54.6, 80.1], [34.5, 34.4])
    >>> fits = bootstrap(theta, waiting, n_samples=20, rng=0)
    >>> bool(0.3 < np.std([fit.means[1] for fit in fits], ddof=1) < 0.7)
    True
    """
    data = arguments.density(model).prepare(x, sample_weight).in_memory()
    n_samples = arguments.count("n_samples", n_samples)
    arguments.choice("draw", draw, "model", "rows")
    rng = arguments.generator("rng", rng)
    new = _from_model if draw == "model" else _from_rows
    models: list[Any] = []
    with said_once("fits to drawn data"):
        for _ in range(n_samples):
            sample, weights = new(model, data, rng)
            try:
                models.append(em.fit(model, sample, sample_weight=weights, **options).model)
            except CollapseError as error:
                collapsed = error
    if not models:
        raise collapsed
    if len(models) < n_samples:
        warn(f"{n_samples - len(models)} of {n_samples} fits collapsed and are left out")
    return [aligned(each, model, data) for each in models]


def _from_model(model: Any, data: Rows, rng: np.random.Generator) -> tuple[Array, None]:
    return model._sample_like(data, rng), None


def _from_rows(model: Any, data: Rows, rng: np.random.Generator) -> tuple[Array, Array]:
    """The rows, and how often each was drawn."""
    n = len(data.values)
    share = np.full(n, 1 / n) if data.times is None else data.times / data.times.sum()
    return data.values, rng.multinomial(round(data.total_weight), share).astype(float)


def aligned(model: Any, to: Any, data: Rows) -> Any:
    """The model with its components in the order of another's: labels have no meaning.

    Components belong together that share responsibility for the rows, summed over all of them.
    """
    if model.n_components == 1:
        return model
    from scipy.optimize import linear_sum_assignment

    shared = times(to.responsibilities(data), data.times).T @ model.responsibilities(data)
    _, order = linear_sum_assignment(-shared)
    return model.reorder(order)
