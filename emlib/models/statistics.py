"""Sufficient statistics that add: ``a + b`` is the statistics of both blocks of data.

Counts add as they are. For Gaussian components N_k, the weighted means and the scatter about those
means are what (9.24)-(9.27) need of the data, in the one form that can be merged at any offset.
Sums of x and of x squared could be added too, but their difference cancels: at an offset of 1e8 a
variance of one would be all rounding. With step = mean_b - mean_a and share = N_b / (N_a + N_b),

    mean    = mean_a + share step
    scatter = scatter_a + scatter_b + N_a share step step^T

References
----------
T. F. Chan, G. H. Golub and R. J. LeVeque, The American Statistician 37 (1983) 242-247.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from emlib.data.errors import refuse
from emlib.data.rows import NO_DATA, Array


@dataclass(frozen=True, eq=False)
class CoinStatistics:
    """Expected counts for each coin; ``a + b`` joins two blocks of trials.

    Attributes
    ----------
    n_k
        Effective number of trials (9.27), shape (K,).
    heads, tails
        Expected number of heads and of tails, shape (K,).
    """

    n_k: Array
    heads: Array
    tails: Array

    def __add__(self, other: CoinStatistics) -> CoinStatistics:
        return CoinStatistics(
            self.n_k + other.n_k, self.heads + other.heads, self.tails + other.tails
        )


@dataclass(frozen=True, eq=False)
class PoissonStatistics:
    """Expected counts and events of each component; ``a + b`` joins two blocks of data.

    Attributes
    ----------
    n_k
        Effective number of counts (9.27), shape (K,).
    events
        Expected number of events, shape (K,).
    """

    n_k: Array
    events: Array

    def __add__(self, other: PoissonStatistics) -> PoissonStatistics:
        return PoissonStatistics(self.n_k + other.n_k, self.events + other.events)


@dataclass(frozen=True, eq=False)
class Means:
    """Counts and weighted means of K components.

    Attributes
    ----------
    n_k
        Effective counts (9.27), shape (K,).
    origin
        A point among the data, shape (D,), or (1,) in one dimension.
    offsets
        Weighted means (9.24) minus the origin, shape (K, D), or (K,) in one dimension. Kept apart
        from the origin they hold digits that a mean far from zero would round away.
    means
        Weighted means (9.24), shape (K, D), or (K,): origin + offsets.
    """

    n_k: Array
    origin: Array
    offsets: Array

    @property
    def means(self) -> Array:
        """Weighted means (9.24)."""
        return self.origin + self.offsets

    def _joined(self, other: Means, least: float) -> tuple[Array, Array, Array, Array]:
        """Counts and offsets of both, the other's share of each count, and the step to its mean."""
        n_k = self.n_k + other.n_k
        share = ratio(other.n_k, n_k, least)
        step = (other.origin - self.origin) + (other.offsets - self.offsets)
        offsets = self.offsets + step * column(share, step)  # (9.5), where the other is one row
        return n_k, offsets, share, step


@dataclass(frozen=True, eq=False)
class GaussianStatistics(Means):
    """Counts, means and scatters of Gaussian components.

    Attributes
    ----------
    scatters
        Weighted sums of (x - mean)(x - mean)^T about those means, shape (K, D, D), or (K,); of
        the diagonal families the diagonals alone, shape (K, D).
    """

    scatters: Array

    @np.errstate(under="ignore")
    def __add__(self, other: GaussianStatistics) -> GaussianStatistics:
        if self.scatters.shape != other.scatters.shape:
            shapes = self.scatters.shape, other.scatters.shape
            raise refuse("statistics", f"scatters of the same shape, {shapes[0]}", shapes[1])
        n_k, offsets, share, step = self._joined(other, NO_DATA)
        between = outer(step, self.scatters.ndim) * column(self.n_k * share, self.scatters)
        return GaussianStatistics(
            n_k, self.origin, offsets, self.scatters + other.scatters + between
        )

    @np.errstate(under="ignore")
    def moved(self, row: Array, change: Array) -> GaussianStatistics:
        """The statistics after the responsibilities (K,) of one row (D,) change by so much.

        The scatter about the new mean changes in the same way as the means do: with d = row - old
        mean, by change (1 - change / N_k) d d^T.
        """
        n_k = np.maximum(self.n_k + change, 0.0)  # (9.79)
        share, step = ratio(change, n_k), (row - self.origin) - self.offsets
        offsets = self.offsets + column(share, step) * step  # (9.78)
        spread = outer(step, self.scatters.ndim) * column(change * (1 - share), self.scatters)
        return GaussianStatistics(n_k, self.origin, offsets, self.scatters + spread)


@dataclass(frozen=True, eq=False)
class ClusterStatistics(Means):
    """Counts and means of clusters.

    Attributes
    ----------
    farthest
        Where a cluster is empty: the (at most) K distinct rows that are farthest from their
        centroid, farthest first, each after its squared distance, shape (M, 1 + D). None where no
        cluster is empty, or the model asks for none.
    """

    farthest: Array | None = None

    @np.errstate(under="ignore")
    def __add__(self, other: ClusterStatistics) -> ClusterStatistics:
        n_k, offsets, *_ = self._joined(other, 0.0)
        both = None
        if self.farthest is not None and other.farthest is not None and not n_k.all():
            both = farthest(np.concatenate([self.farthest, other.farthest]), len(n_k))
        return ClusterStatistics(n_k, self.origin, offsets, both)


def farthest(table: Array, n: int) -> Array:
    """The first n distinct rows: of larger distance, and of equal ones by their coordinates.

    ``table`` has a row of data in each row, after its squared distance.
    """
    table = table[table[:, 0] >= np.unique(table[:, 0])[-n:][0]]
    table = table[np.lexsort((*table.T[:0:-1], -table[:, 0]))]
    new = np.append(True, (table[1:] != table[:-1]).any(axis=1))
    return table[new][:n]


def outer(a: Array, ndim: int = 3) -> Array:
    """Form a a^T for each component, (K, D) to (K, D, D); squares alone where ``ndim`` is a's."""
    return a * a if a.ndim in (1, ndim) else a[:, :, None] * a[:, None, :]


def column(a: Array, like: Array) -> Array:
    """A value per component, shaped to multiply an array whose first axis is the component."""
    return a.reshape(a.shape + (1,) * (like.ndim - 1))


def ratio(a: Array, n_k: Array, least: float = NO_DATA) -> Array:
    """Divide by n_k, with the component first; zero where n_k is no more than ``least``."""
    return np.divide(a, column(n_k, a), out=np.zeros(a.shape), where=column(n_k, a) > least)
