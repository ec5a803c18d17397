"""Where to begin: starts for EM, for any model.

A start says which rows go together, as responsibilities, and the model makes itself of them by one
M-step (`from_responsibilities`). So a start works for a model that it has never seen.

========================== ====================================================================
function                   the responsibilities of a row
========================== ====================================================================
`kmeans_plus_plus`         nearly all to the nearest of K seeds, far apart by chance
`random_points`            nearly all to the nearest of K rows, chosen by chance
`random_responsibilities`  by chance: every component begins at the mean of all (see lesson 08)
`from_labels`              all to the component that a label names
========================== ====================================================================

A start holds all rows in memory, and a table of their responsibilities. For data that are larger,
begin with a sample of them, such as ``kmeans_plus_plus(GaussianMixture, x[::1000], ...)``.
"""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np
from numpy.typing import ArrayLike

from emlib import validate
from emlib.mixture import Model
from emlib.rows import Array, Rows, squares

SHARED = 0.1
"""The part of each row that the seeds share, so that no covariance begins singular."""

NARROW = 8
"""Up to this many columns numpy is faster along the columns than along the rows."""

M = TypeVar("M", bound=Model)


def kmeans_plus_plus(
    model_class: type[M],
    x: ArrayLike | Rows,
    *,
    n_components: int,
    rng: np.random.Generator | int,
    **options: Any,
) -> M:
    """Make a start from seeds that tend to lie far apart.

    The first seed is a row at random; each further one is a row drawn with probability
    proportional to its squared distance from the nearest seed so far.

    Parameters
    ----------
    model_class
        The model to make.
    x
        Data, as the model takes them.
    n_components
        K.
    rng
        A numpy Generator, or a whole number to seed one.
    **options
        Fields that the model keeps, such as ``covariance_floor``.

    References
    ----------
    D. Arthur and S. Vassilvitskii, SODA 2007, 1027-1035.

    Examples
    --------
    >>> from emlib import KMeans
    >>> theta = kmeans_plus_plus(KMeans, [[0.], [1.], [9.], [10.]], n_components=2, rng=0)
    >>> sorted(theta.centroids.ravel().tolist())
    [0.5, 9.5]
    """
    points, n_components, rng = _door(model_class, x, n_components, rng)
    distances = [squared_distances(points, rng.integers(len(points)))]
    nearest = distances[0]
    while len(distances) < n_components:
        chances = nearest.cumsum()
        if chances[-1] > 0:
            seed = chances.searchsorted(rng.random() * chances[-1], side="right")
        else:
            seed = rng.integers(len(points))
        distances.append(squared_distances(points, seed))
        nearest = np.minimum(nearest, distances[-1])
    return _from_seeds(model_class, x, distances, options)


def random_points(
    model_class: type[M],
    x: ArrayLike | Rows,
    *,
    n_components: int,
    rng: np.random.Generator | int,
    **options: Any,
) -> M:
    """Make a start from K different rows drawn at random, each with the rows nearest to it.

    Parameters
    ----------
    model_class
        The model to make.
    x
        Data, as the model takes them.
    n_components
        K.
    rng
        A numpy Generator, or a whole number to seed one.
    **options
        Fields that the model keeps, such as ``covariance_floor``.

    Examples
    --------
    >>> from emlib import KMeans
    >>> random_points(KMeans, [[0.], [1.], [9.]], n_components=3, rng=0).n_components
    3
    """
    points, n_components, rng = _door(model_class, x, n_components, rng)
    again = n_components > len(points)
    seeds = rng.choice(len(points), size=n_components, replace=again).tolist()
    return _from_seeds(model_class, x, [squared_distances(points, s) for s in seeds], options)


def random_responsibilities(
    model_class: type[M],
    x: ArrayLike | Rows,
    *,
    n_components: int,
    rng: np.random.Generator | int,
    **options: Any,
) -> M:
    """Make a start from responsibilities drawn at random: the components begin almost equal.

    Averages over random halves of the data are all close to the mean of the whole, which is
    a stationary point of EM. Lesson 08 shows what comes of it.

    Parameters
    ----------
    model_class
        The model to make.
    x
        Data, as the model takes them.
    n_components
        K.
    rng
        A numpy Generator, or a whole number to seed one.
    **options
        Fields that the model keeps, such as ``covariance_floor``.

    Examples
    --------
    >>> from emlib import GaussianMixture1D
    >>> x = np.linspace(0.0, 1.0, 1001)
    >>> random_responsibilities(GaussianMixture1D, x, n_components=2, rng=0).means.round(1)
    array([0.5, 0.5])
    """
    points, n_components, rng = _door(model_class, x, n_components, rng)
    r = rng.random((len(points), n_components))
    return model_class.from_responsibilities(x, r / r.sum(axis=1, keepdims=True), **options)


def from_labels(
    model_class: type[M],
    x: ArrayLike | Rows,
    labels: ArrayLike,
    *,
    n_components: int | None = None,
    **options: Any,
) -> M:
    """Make a model from known components: complete-data maximum likelihood, PRML (9.37).

    Parameters
    ----------
    model_class
        The model to make.
    x
        Data, as the model takes them.
    labels
        The component of each row, shape (N,), whole numbers from 0.
    n_components
        K; one more than the largest label if left out.
    **options
        Fields that the model keeps, such as ``covariance_floor``.

    Examples
    --------
    >>> from emlib import CoinMixture, coins
    >>> x = coins.counts([5, 9, 8, 4, 7], 10)
    >>> from_labels(CoinMixture, x, [1, 0, 0, 1, 0]).biases
    array([0.8 , 0.45])
    """
    validate.model_class(model_class)
    n_rows = len(model_class.coordinates(x))
    z = validate.whole_numbers("labels", labels, (1,)).astype(int)
    if len(z) != n_rows:
        raise validate.refuse("labels", f"one for each of {n_rows} rows", f"{len(z)}")
    k = validate.count("n_components", n_components) if n_components is not None else z.max() + 1
    if z.max() >= k:
        raise validate.refuse("labels", f"labels below n_components={k}", f"{z.max()}")
    return model_class.from_responsibilities(x, np.eye(k)[z], **options)  # (9.37)


def _door(
    model_class: type[Model], x: ArrayLike | Rows, n_components: int, rng: Any
) -> tuple[Array, int, np.random.Generator]:
    n_components = validate.count("n_components", n_components)
    validate.model_class(model_class)
    points = model_class.coordinates(x)
    if model_class.needs_rows:
        validate.enough_rows(Rows(points), n_components)
    return points, n_components, validate.generator("rng", rng)


def squared_distances(points: Array, seed: int | np.integer[Any]) -> Array:
    """|x_n - x_seed|^2, shape (N,)."""
    with np.errstate(under="ignore"):
        if points.shape[1] <= NARROW:
            return squares(points, points[seed]).sum(axis=0)
        differences = points - points[seed]
        return np.einsum("nd,nd->n", differences, differences)


def _from_seeds(
    model_class: type[M], x: ArrayLike | Rows, distances: list[Array], options: Any
) -> M:
    nearest = np.argmin(distances, axis=0)
    r = np.full((len(nearest), len(distances)), SHARED / len(distances))
    r[np.arange(len(nearest)), nearest] += 1 - SHARED
    return model_class.from_responsibilities(x, r, **options)
