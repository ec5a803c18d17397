"""Draws from normal distributions, on the line and in the plane."""

from __future__ import annotations

import numpy as np

from emlib.data import arguments
from emlib.datasets._dataset import Dataset
from emlib.models.gaussian import GaussianMixture
from emlib.models.gaussian1d import GaussianMixture1D


def _draw_normals(
    rng: np.random.Generator | int, sizes: list[int], means: list[float], stds: list[float]
) -> Dataset:
    """Draw each component's own number of points in turn by ``rng.normal(mean, std, n)``."""
    rng = arguments.generator("rng", rng)
    samples = [rng.normal(*options) for options in zip(means, stds, sizes, strict=True)]
    truth = GaussianMixture1D(np.array(sizes) / sum(sizes), means, np.square(stds))
    return Dataset(np.concatenate(samples), np.repeat(np.arange(len(sizes)), sizes), truth)


def heights(rng: np.random.Generator | int) -> Dataset:
    """1000 heights in centimetres, ``rng.normal(170, 10, 1000)``.

    Examples
    --------
    >>> print(f"{heights(0).x.mean():.3f}")
    169.520
    """
    return _draw_normals(rng, [1000], [170.0], [10.0])


def two_groups(rng: np.random.Generator | int) -> Dataset:
    """500 heights from N(163, 7.1414) and 500 from N(177, 7.1414), in centimetres.

    Together they have mean 170, standard deviation 10 and one hump: the means are 1.96
    standard deviations apart, and two humps need more than two.

    Examples
    --------
    >>> two_groups(0)
    Dataset(x=(1000,), z=(1000,), truth=GaussianMixture1D)
    """
    std = float(np.sqrt(10.0**2 - 7.0**2))
    return _draw_normals(rng, [500, 500], [163.0, 177.0], [std, std])


def three_normals(rng: np.random.Generator | int) -> Dataset:
    """1000 points each from N(-10, 3), N(30, 7) and N(3, 5), in this order.

    Examples
    --------
    >>> three_normals(0)
    Dataset(x=(3000,), z=(3000,), truth=GaussianMixture1D)
    """
    return _draw_normals(rng, [1000] * 3, [-10.0, 30.0, 3.0], [3.0, 7.0, 5.0])


def two_normals(rng: np.random.Generator | int) -> Dataset:
    """3000 points from N(20, 5) and 7000 from N(40, 5), in this order.

    Examples
    --------
    >>> two_normals(0).truth.weights
    array([0.3, 0.7])
    """
    return _draw_normals(rng, [3000, 7000], [20.0, 40.0], [5.0, 5.0])


def thirty_and_thirty(rng: np.random.Generator | int) -> Dataset:
    """30 points from N(-2, 1.3) and 30 from N(1, 0.9), in this order.

    Examples
    --------
    >>> thirty_and_thirty(0)
    Dataset(x=(60,), z=(60,), truth=GaussianMixture1D)
    """
    return _draw_normals(rng, [30, 30], [-2.0, 1.0], [1.3, 0.9])


def three_clusters(rng: np.random.Generator | int) -> Dataset:
    """500, 150 and 350 points from three correlated Gaussians in the plane, in this order.

    Drawn by ``rng.multivariate_normal(mean, covariance, n, method="cholesky")``, which does not
    depend on the linear-algebra library.

    Examples
    --------
    >>> three_clusters(0)
    Dataset(x=(1000, 2), z=(1000,), truth=GaussianMixture)
    """
    rng = arguments.generator("rng", rng)
    sizes = [500, 150, 350]
    truth = GaussianMixture(
        [0.5, 0.15, 0.35],
        [[0.0, 1.5], [2.8, 1.5], [5.5, 3.0]],
        [[[1.0, 0.9], [0.9, 1.0]], [[1.0, -0.8], [-0.8, 0.8]], [[1.0, 0.9], [0.9, 1.0]]],
    )
    samples = [
        rng.multivariate_normal(mean, covariance, size, method="cholesky")
        for mean, covariance, size in zip(truth.means, truth.covariances, sizes, strict=True)
    ]
    return Dataset(np.concatenate(samples), np.repeat(np.arange(3), sizes), truth)
