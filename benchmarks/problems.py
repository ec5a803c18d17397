"""Ten problems on which EM takes from twenty to ten thousand rounds, each with its start.

Data and starts are drawn from fixed seeds by the generator's plain draws, so that they are the same
everywhere. What makes EM slow is overlap: the more of the information about z that is missing, the
closer its rate of convergence comes to one. A component too many does it as well.

    >>> problem = problems.two_stds_apart()
    >>> em.fit(problem.start, problem.x, accelerate="squarem")
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from emlib import CoinMixture, GaussianMixture, GaussianMixture1D, coins

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Problem:
    """Data, where EM begins, and what acceleration must save.

    Attributes
    ----------
    name
        For the table.
    x
        Data, as the model takes them.
    start
        The model to begin with.
    rounds
        Plain EM's E-steps until 1e-6 nats a point are missing, roughly: 28 or 10 000.
    saving
        How many times fewer E-steps an accelerated fit must need; 1 is "none lost".
    """

    name: str
    x: Array
    start: Any
    rounds: int
    saving: float


def four_stds_apart() -> Problem:
    """Two humps that anyone can see."""
    x = on_a_line(0, [3000, 7000], [20, 40], [5, 5])
    return Problem("1-D, K=2, 4 sd apart, N=10k", x, at_quantiles(x, 2, x.var()), 28, 1)


def two_stds_apart() -> Problem:
    """One hump made of two."""
    x = on_a_line(0, [3000, 7000], [20, 30], [5, 5])
    return Problem("1-D, K=2, 2 sd apart, N=10k", x, at_quantiles(x, 2, x.var()), 640, 5)


def one_and_a_half_stds_apart() -> Problem:
    """One hump that barely betrays that it is two."""
    x = on_a_line(0, [3000, 7000], [20, 27.5], [5, 5])
    return Problem("1-D, K=2, 1.5 sd apart, N=10k", x, at_quantiles(x, 2, x.var()), 2800, 5)


def three_on_a_line() -> Problem:
    """Two narrow neighbours and a wide third."""
    x = on_a_line(0, [1000] * 3, [0, 5, 15], [2, 2, 4])
    return Problem("1-D, K=3, N=3k", x, at_quantiles(x, 3, x.var() / 9), 190, 3)


def three_small_clouds() -> Problem:
    """Three clouds of two hundred points or so."""
    rng = np.random.default_rng(8)
    x = in_space(rng, 600, [1 / 3] * 3, [[0, 0], [3, 0], [0, 3]], LEANING)
    return Problem("2-D, K=3, N=600", x, at_points(rng, x, 3), 91, 3)


def three_overlapping_clouds() -> Problem:
    """Three clouds that run into each other."""
    rng = np.random.default_rng(1)
    x = in_space(rng, 5000, [0.5, 0.3, 0.2], [[0, 0], [2.5, 0], [0, 2.5]], LEANING)
    return Problem("2-D, K=3 overlapping, N=5k", x, at_points(rng, x, 3), 140, 3)


def ten_clouds() -> Problem:
    """Ten clouds anywhere, some on top of each other, and a start that knows nothing."""
    rng = np.random.default_rng(0)
    means = rng.uniform(-8, 8, (10, 2))
    x = in_space(rng, 20_000, [0.1] * 10, means, [2 * np.eye(2)] * 10)
    return Problem("2-D, K=10, N=20k", x, at_points(rng, x, 10, 0.25), 5000, 5)


def one_too_many() -> Problem:
    """Three clouds, four components."""
    rng = np.random.default_rng(1)
    centres = [[0, 0], [3, 1], [1, 4]]
    x = in_space(rng, 3000, [0.5, 0.3, 0.2], centres, LEANING)
    means = np.concatenate([centres, [x.mean(axis=0)]])
    start = GaussianMixture([0.25] * 4, means, [np.cov(x.T)] * 4)
    return Problem("2-D, 4 components on 3 clouds, N=3k", x, start, 9800, 3)


def easy_in_eight_dimensions() -> Problem:
    """Five clouds far apart: nothing to save, and nothing to lose."""
    rng = np.random.default_rng(0)
    truth = rng.normal(0, 4, (5, 8))
    x = in_space(rng, 5000, [0.2] * 5, truth, [np.eye(8)] * 5)
    means = truth + rng.normal(0, 1, (5, 8))
    start = GaussianMixture([0.2] * 5, means, [np.cov(x.T)] * 5)
    return Problem("8-D, K=5, easy, N=5k", x, start, 19, 1)


def two_similar_coins() -> Problem:
    """A fair coin and one of 0.6, a thousand trials of ten tosses."""
    rng = np.random.default_rng(0)
    heads = rng.binomial(10, np.where(rng.random(1000) < 0.5, 0.6, 0.5))
    start = CoinMixture([0.45, 0.65], [0.5, 0.5])
    return Problem("two coins, 0.5 and 0.6, N=1k", coins.counts(heads, 10), start, 340, 5)


ALL: tuple[Callable[[], Problem], ...] = (
    four_stds_apart,
    two_stds_apart,
    one_and_a_half_stds_apart,
    three_on_a_line,
    three_small_clouds,
    three_overlapping_clouds,
    ten_clouds,
    one_too_many,
    easy_in_eight_dimensions,
    two_similar_coins,
)

LEANING = [np.eye(2), [[1, 0.5], [0.5, 1]], [[1, -0.5], [-0.5, 1]]]


def on_a_line(seed: int, sizes: list[int], means: list[float], stds: list[float]) -> Array:
    rng = np.random.default_rng(seed)
    return np.concatenate([rng.normal(*args) for args in zip(means, stds, sizes, strict=True)])


def in_space(
    rng: np.random.Generator, n: int, weights: list[float], means: ArrayLike, covariances: Any
) -> Array:
    """Draw n rows, each from a component drawn first."""
    centres, factors = np.array(means, float), np.linalg.cholesky(np.array(covariances, float))
    z = rng.choice(len(weights), size=n, p=weights)
    x = rng.standard_normal((n, centres.shape[1]))
    for k, (centre, factor) in enumerate(zip(centres, factors, strict=True)):
        x[z == k] = centre + np.einsum("ij,nj->ni", factor, x[z == k])
    return x


def at_quantiles(x: Array, k: int, variance: float) -> GaussianMixture1D:
    """Begin at evenly spaced quantiles, with equal weights and variances."""
    means = np.quantile(x, (np.arange(k) + 0.5) / k)
    return GaussianMixture1D(np.full(k, 1 / k), means, np.full(k, variance))


def at_points(rng: np.random.Generator, x: Array, k: int, part: float = 1.0) -> GaussianMixture:
    """Begin at k rows, with equal weights and a part of the covariance of all."""
    means = x[rng.choice(len(x), k, replace=False)]
    return GaussianMixture(np.full(k, 1 / k), means, [part * np.cov(x.T)] * k)
