"""How the log-joint is a product of parameters and features: what all forms share."""

from __future__ import annotations

import math
from functools import cache, partial, reduce
from operator import add
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlib.data.rows import BLOCK_SIZE, Array, Rows, squares
from emlib.fast.kernel.buffers import Buffers
from emlib.fast.kernel.scaling import Scaling
from emlib.fast.kernel.thresholds import Thresholds
from emlib.models.statistics import outer

LOG_2PI = math.log(2 * math.pi)


class Features:
    """Features of some data, in chunks: one row per feature, one column per point."""

    n_features: int
    n_scratch = 0
    keeps = False
    shifts = False
    """Whether exp is taken of a shifted log-joint at once."""

    def __init__(self, data: Rows, size: int, thresholds: Thresholds) -> None:
        self.thresholds = thresholds
        self.values, self.times, self.d = data.values, data.times, data.n_columns
        self.size = min(size, thresholds.chunk_rows, len(data.values))
        self.n_chunks = -(-len(data.values) // self.size)
        self.chunks = range(self.n_chunks)
        self.kept: dict[int, tuple[Array, Array | None]] = {}
        """Features of chunks that were made, and how often each point occurs."""
        self.scaling = self.measured(data)
        self.least_count = thresholds.least_count * data.total_weight / len(data.values)

    def measured(self, data: Rows) -> Scaling:
        """The scaling of the data: by their means and variances, block by block."""
        n = data.total_weight
        ones = np.ones(min(BLOCK_SIZE, len(data.values)))
        parts = partial(data.blocks, 1)
        centre: Array = reduce(add, (count_of(t, x, ones).dot(x) for x, t in parts())) / n
        spread = (squares(x, centre).dot(count_of(t, x, ones)) for x, t in parts())
        return Scaling(n, centre, (reduce(add, spread) / n).tolist())

    def chunk(self, i: int, buffers: Buffers) -> tuple[Array, Array | None]:
        """Features of chunk i, shape (P, n), and how often each of its points occurs."""
        raise NotImplementedError

    def total(self, buffers: Buffers) -> Array:
        """Sums of the features over all points, shape (P,)."""
        chunks = (self.chunk(i, buffers) for i in self.chunks)
        return reduce(add, (phi.dot(count_of(t, phi.T, buffers.ones)) for phi, t in chunks))

    def eta(self, weights: Array, means: Array, whiten: Array) -> Any:
        """Parameters, from weights, scaled means and inverse Cholesky factors."""
        raise NotImplementedError

    def log_joint(self, eta: Any, phi: Array, r: Array, buffers: Buffers) -> None:
        """Fill r, shape (K, n)."""
        raise NotImplementedError

    def sums(self, phi: Array, r: Array, buffers: Buffers) -> list[Array]:
        """Sum the features of a chunk, weighted by r: arrays that add over chunks."""
        raise NotImplementedError

    def moments(self, sums: list[Array]) -> tuple[Array, Array, Array]:
        """Counts (K,), first (K, D) and second moments (K, D, D) out of the sums."""
        raise NotImplementedError

    def units(self) -> Array:
        """By what a scaled covariance is multiplied, to be one in the data's units."""
        return self.scaling.scale[:, None] * self.scaling.scale

    def products(self, a: Array) -> Array:
        """Form a a^T of each row."""
        return outer(a)

    def diagonal(self, covariances: Array) -> Array:
        """Variances of the columns, shape (K, D)."""
        return np.diagonal(covariances, axis1=1, axis2=2)

    def whiten(self, covariances: Array, means: Array) -> Array | None:
        """Inverse Cholesky factors of scaled covariances, if they keep their digits."""
        return inverse_factors(covariances, means, self.thresholds.condition)

    def centred(self, i: int, u: Array) -> Array | None:
        """Fill u with the points of chunk i, shape (D, n); return how often each occurs."""
        rows = slice(i * self.size, (i + 1) * self.size)
        np.subtract(self.values[rows].T, self.scaling.centre[:, None], u)
        u /= self.scaling.scale[:, None]
        return None if self.times is None else self.times[rows]

    def length(self, i: int) -> int:
        """Points in chunk i."""
        return min(self.size, len(self.values) - i * self.size)


def count_of(times: Array | None, rows: Array, ones: Array) -> Array:
    """How often each row occurs."""
    return ones[: len(rows)] if times is None else times


@cache
def upper_triangle(d: int) -> tuple[NDArray[np.intp], ...]:
    """Rows and columns of the upper triangle, in the order of the features."""
    return np.triu_indices(d)


def n_threads_for(data: Rows, n_components: int, thresholds: Thresholds) -> int:
    """How many threads an E-step is worth, of those that it may use."""
    n, d = data.values.shape
    products = n * n_components * (d + 1) * (d + 2) // 2
    return data.n_threads if products >= thresholds.thread_products else 1


def log_constants(weights: Array, whiten: Array) -> Array:
    """Compute ln pi_k - ln |2 pi Sigma_k| / 2 of all k, from inverse Cholesky factors."""
    log_det = np.log(np.diagonal(whiten, axis1=1, axis2=2)).sum(axis=1)
    return np.log(weights) + log_det - 0.5 * whiten.shape[1] * LOG_2PI


def inverse_factors(covariances: Array, means: Array, most: float) -> Array | None:
    """Inverse Cholesky factors (K, D, D), if no kappa or condition number is above ``most``."""
    try:
        factors = np.linalg.cholesky(covariances)
        whiten = np.linalg.inv(factors)
    except np.linalg.LinAlgError:
        return None
    # Terms do not cancel here: a thin component that points at the origin loses digits crosswise.
    kappa = (np.einsum("kij,kj->ki", np.abs(whiten), np.abs(means)) ** 2).sum(axis=1)
    bound = (factors**2).sum(axis=(1, 2)) * (whiten**2).sum(axis=(1, 2))
    for k in np.flatnonzero(~(bound <= most)):
        values = np.linalg.eigvalsh(covariances[k])
        if not values[-1] <= most * values[0]:
            return None
    return whiten if (kappa <= most).all() else None
