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

A start holds all rows in memory, and a distance and a label for each. For data that are larger,
begin with a sample of them, such as ``kmeans_plus_plus(GaussianMixture, x[::1000], ...)``.

Rows that are drawn are drawn in proportion to their weight, where they have one.
"""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from emlib.data import arguments, checks
from emlib.data.blocks import joined
from emlib.data.errors import refuse
from emlib.data.rows import Array, Rows, slices, squares, times
from emlib.models.model import Model

SHARED_PART = 0.1
"""The part of each row that the seeds share, so that no covariance begins singular."""

FEW_COLUMNS = 8
"""Up to this many columns numpy is faster along the columns than along the rows."""

M = TypeVar("M", bound=Model)


def kmeans_plus_plus(
    model_class: type[M],
    x: ArrayLike | Rows,
    *,
    n_components: int,
    rng: np.random.Generator | int,
    sample_weight: ArrayLike | None = None,
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
        Data, as the model takes them: one row per observation, shape (N, D) or (N,).
    n_components
        K.
    rng
        A numpy Generator, or a whole number to seed one.
    sample_weight
        A weight for each row, shape (N,).
    **options
        Fields that the model keeps, such as ``covariance_floor``.

    Raises
    ------
    ValueError, TypeError
        If an argument is not what it should be; the message names it.
    CollapseError
        If a component gets no data, or too few to hold a covariance.

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
    data, points, n_components, rng = _check(model_class, x, n_components, rng, sample_weight)
    seeds = _Seeds(points, _drawn(data, rng))
    while seeds.n < n_components:
        chances = times(seeds.nearest, data.times).cumsum()
        if chances[-1] > 0:
            seeds.add(chances.searchsorted(rng.random() * chances[-1], side="right"))
        else:
            seeds.add(_drawn(data, rng))
    return _from_seeds(model_class, data, seeds, options)


def random_points(
    model_class: type[M],
    x: ArrayLike | Rows,
    *,
    n_components: int,
    rng: np.random.Generator | int,
    sample_weight: ArrayLike | None = None,
    **options: Any,
) -> M:
    """Make a start from K different rows drawn at random, each with the rows nearest to it.

    Parameters
    ----------
    model_class
        The model to make.
    x
        Data, as the model takes them: one row per observation, shape (N, D) or (N,).
    n_components
        K.
    rng
        A numpy Generator, or a whole number to seed one.
    sample_weight
        A weight for each row, shape (N,).
    **options
        Fields that the model keeps, such as ``covariance_floor``.

    Raises
    ------
    ValueError, TypeError
        If an argument is not what it should be; the message names it.
    CollapseError
        If a component gets no data, or too few to hold a covariance.

    Examples
    --------
    >>> from emlib import KMeans
    >>> random_points(KMeans, [[0.], [1.], [9.]], n_components=3, rng=0).n_components
    3
    """
    data, points, n_components, rng = _check(model_class, x, n_components, rng, sample_weight)
    shares = None if data.times is None else data.times / data.total_weight
    again = n_components > (len(points) if shares is None else int(np.count_nonzero(shares)))
    drawn = rng.choice(len(points), size=n_components, replace=again, p=shares).tolist()
    seeds = _Seeds(points, drawn[0])
    for row in drawn[1:]:
        seeds.add(row)
    return _from_seeds(model_class, data, seeds, options)


def random_responsibilities(
    model_class: type[M],
    x: ArrayLike | Rows,
    *,
    n_components: int,
    rng: np.random.Generator | int,
    sample_weight: ArrayLike | None = None,
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
        Data, as the model takes them: one row per observation, shape (N, D) or (N,).
    n_components
        K.
    rng
        A numpy Generator, or a whole number to seed one.
    sample_weight
        A weight for each row, shape (N,).
    **options
        Fields that the model keeps, such as ``covariance_floor``.

    Raises
    ------
    ValueError, TypeError
        If an argument is not what it should be; the message names it.
    CollapseError
        If a component gets no data, or too few to hold a covariance.

    Examples
    --------
    >>> from emlib import GaussianMixture1D
    >>> x = np.linspace(0.0, 1.0, 1001)
    >>> random_responsibilities(GaussianMixture1D, x, n_components=2, rng=0).means.round(1)
    array([0.5, 0.5])
    """
    data, _, n_components, rng = _check(model_class, x, n_components, rng, sample_weight)

    def table(rows: slice) -> Array:
        r = rng.random((len(data.values[rows]), n_components))
        return r / r.sum(axis=1, keepdims=True)

    return model_class.from_table(data, n_components, table, **options)


def from_labels(
    model_class: type[M],
    x: ArrayLike | Rows,
    labels: ArrayLike,
    *,
    n_components: int | None = None,
    sample_weight: ArrayLike | None = None,
    **options: Any,
) -> M:
    """Make a model from known components: complete-data maximum likelihood, PRML (9.37).

    Parameters
    ----------
    model_class
        The model to make.
    x
        Data, as the model takes them: one row per observation, shape (N, D) or (N,).
    labels
        The component of each row, shape (N,), whole numbers from 0.
    n_components
        K; one more than the largest label if left out.
    sample_weight
        A weight for each row, shape (N,): 0 for an absent row, 2 for one that occurs twice.
    **options
        Fields that the model keeps, such as ``covariance_floor``.

    Raises
    ------
    ValueError, TypeError
        If an argument is not what it should be; the message names it.
    CollapseError
        If a component gets no data, or too few to hold a covariance.

    Examples
    --------
    >>> from emlib import CoinMixture, coins
    >>> x = coins.counts([5, 9, 8, 4, 7], 10)
    >>> from_labels(CoinMixture, x, [1, 0, 0, 1, 0]).biases
    array([0.8 , 0.45])
    """
    arguments.model_class(model_class)
    came = model_class.read(x)
    data = came.in_memory()
    z = arguments.whole_numbers("labels", labels, (1,)).astype(int)
    if len(z) != len(data.values):
        raise refuse("labels", f"one for each of {len(data.values)} rows", f"{len(z)}")
    k = arguments.count("n_components", n_components) if n_components is not None else z.max() + 1
    if z.max() >= k:
        raise refuse("labels", f"labels below n_components={k}", f"{z.max()}")
    if sample_weight is not None:
        given = sample_weight if data is came else joined(sample_weight)
        weights = checks.sample_weights(given, len(z))
        data, z = checks.weighted(data, weights).in_memory(), z[weights > 0]
    return model_class.from_table(
        data, int(k), lambda rows: np.eye(k)[z[rows]], **options
    )  # (9.37)


def _check(
    model_class: type[Model], x: Any, n_components: int, rng: Any, sample_weight: Any
) -> tuple[Rows, Array, int, np.random.Generator]:
    """Rows with their weights, and their coordinates."""
    n_components = arguments.count("n_components", n_components)
    arguments.model_class(model_class)
    weighted = checks.weighted(model_class.read(x), sample_weight).in_memory()
    if model_class.needs_rows:
        checks.enough_rows(weighted, n_components)
    points = model_class.coordinates(weighted)
    return weighted, points, n_components, arguments.generator("rng", rng)


def _drawn(data: Rows, rng: np.random.Generator) -> int:
    """A row drawn at random, in proportion to its weight."""
    if data.times is None:
        return int(rng.integers(len(data.values)))
    sums = data.times.cumsum()
    return int(sums.searchsorted(rng.random() * sums[-1], side="right"))


class _Seeds:
    """Some of the rows, and for each row the squared distance to the nearest of them, and which.

    No more is kept: a table of all distances would grow with K.
    """

    def __init__(self, points: Array, seed: int) -> None:
        self.points, self.n = points, 1
        self.nearest = squared_distances(points, seed)
        self.label: NDArray[np.intp] = np.zeros(len(points), dtype=np.intp)

    def add(self, seed: int | np.integer[Any]) -> None:
        """One more seed; of equal distances the first seed keeps the row."""
        distances = squared_distances(self.points, seed)
        self.label[distances < self.nearest] = self.n
        np.minimum(self.nearest, distances, out=self.nearest)
        self.n += 1


def squared_distances(points: Array, seed: int | np.integer[Any]) -> Array:
    """|x_n - x_seed|^2, shape (N,), block by block."""
    result = np.empty(len(points))
    with np.errstate(under="ignore"):
        for rows in slices(len(points), points.shape[1]):
            if points.shape[1] <= FEW_COLUMNS:
                squares(points[rows], points[seed]).sum(axis=0, out=result[rows])
            else:
                differences = points[rows] - points[seed]
                np.einsum("nd,nd->n", differences, differences, out=result[rows])
    return result


def _from_seeds(model_class: type[M], data: Rows, seeds: _Seeds, options: Any) -> M:
    shared = SHARED_PART / seeds.n

    def table(rows: slice) -> Array:
        label = seeds.label[rows]
        r = np.full((len(label), seeds.n), shared)
        r[np.arange(len(label)), label] += 1 - SHARED_PART
        return r

    return model_class.from_table(data, seeds.n, table, **options)
