"""Sufficient statistics of Gaussian components that add without loss.

N_k, the weighted means and the scatter about those means: what (9.24)-(9.27) need of the data, in
the one form that can be merged at any offset. Sums of x and of x squared could be added too, but
their difference cancels: at an offset of 1e8 a variance of one would be all rounding.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from emlib.rows import Array
from emlib.validate import TINY


@dataclass(frozen=True, eq=False)
class Moments:
    """Statistics of a block of data for K components; ``a + b`` joins two blocks.

    Attributes
    ----------
    n_k
        Effective counts (9.27), shape (K,).
    origin
        A point among the data, shape (D,), or (1,) in one dimension.
    offsets
        Weighted means (9.24) minus the origin, shape (K, D), or (K,) in one dimension. Kept apart
        from the origin they hold digits that a mean far from zero would round away.
    scatters
        Weighted sums of (x - mean)(x - mean)^T about those means, shape (K, D, D), or (K,); of
        the diagonal families the diagonals alone, shape (K, D).
    means
        Weighted means (9.24), shape (K, D), or (K,): origin + offsets.

    References
    ----------
    T. F. Chan, G. H. Golub and R. J. LeVeque, The American Statistician 37 (1983) 242-247.
    """

    n_k: Array
    origin: Array
    offsets: Array
    scatters: Array

    @property
    def means(self) -> Array:
        """Weighted means (9.24)."""
        return self.origin + self.offsets

    @np.errstate(under="ignore")
    def __add__(self, other: Moments) -> Moments:
        if self.scatters.shape != other.scatters.shape:
            shapes = self.scatters.shape, other.scatters.shape
            wanted = f"scatters of the same shape, {shapes[0]}"
            raise ValueError(f"statistics: expected {wanted}, got {shapes[1]}")
        n_k = self.n_k + other.n_k
        share = ratio(other.n_k, n_k)
        step = (other.origin - self.origin) + (other.offsets - self.offsets)
        between = outer(step, self.scatters.ndim) * column(self.n_k * share, self.scatters)
        return Moments(
            n_k,
            self.origin,
            self.offsets + step * column(share, step),
            self.scatters + other.scatters + between,
        )


def outer(a: Array, ndim: int = 3) -> Array:
    """Form a a^T for each component, (K, D) to (K, D, D); squares alone where ``ndim`` is a's."""
    return a * a if a.ndim in (1, ndim) else a[:, :, None] * a[:, None, :]


def column(a: Array, like: Array) -> Array:
    """A value a component, shaped to multiply an array whose first axis is the component."""
    return a.reshape(a.shape + (1,) * (like.ndim - 1))


def ratio(a: Array, n_k: Array) -> Array:
    """Divide by n_k, with the component first; zero where the component owns no data."""
    return np.divide(a, column(n_k, a), out=np.zeros(a.shape), where=column(n_k, a) > TINY)
