"""Differences from each mean, whitened: many columns, or few components."""

from __future__ import annotations

import numpy as np

from emlib.data.rows import Array, Rows
from emlib.fast.kernel.buffers import Buffers
from emlib.fast.kernel.features import Features, log_constants, upper_triangle
from emlib.fast.kernel.thresholds import Thresholds


class WhitenedFeatures(Features):
    """Features 1 and u_i; parameters are the rows of -W_k mean_k and W_k = L_k^-1, of all k.

    The rows come in stripes: the first few of each component, the next few, and so on. W_k is
    lower triangular and second moments are symmetric, so that a stripe meets only the features
    up to its last row, which saves three eighths of the products.
    """

    shifts = True

    def __init__(self, data: Rows, n_components: int, thresholds: Thresholds) -> None:
        super().__init__(data, 2**10, thresholds)
        self.n_features = self.d + 1
        self.n_scratch = n_components * thresholds.stripe_rows
        rows = thresholds.stripe_rows
        self.stripes = [(a, min(a + rows, self.d)) for a in range(0, self.d, rows)]

    def chunk(self, i: int, buffers: Buffers) -> tuple[Array, Array | None]:
        """The points of chunk i under a row of ones."""
        phi = buffers.table("phi", self.n_features, self.length(i))
        phi[0] = 1.0
        return phi, self.centred(i, phi[1:])

    def eta(self, weights: Array, means: Array, whiten: Array) -> tuple[Array, list[Array]]:
        """Constants (K,), and for each stripe its rows of (-W_k mean_k, W_k) for all k."""
        shift = -np.einsum("kij,kj->ki", whiten, means)
        rows = np.concatenate([shift[:, :, None], whiten], axis=2)
        stripes = [rows[:, a:b, : b + 1].reshape(-1, b + 1) for a, b in self.stripes]
        return log_constants(weights, whiten), stripes

    def log_joint(
        self, eta: tuple[Array, list[Array]], phi: Array, r: Array, buffers: Buffers
    ) -> None:
        """Minus half the squared lengths of W_k (u - mean_k), stripe by stripe."""
        constants, stripes = eta
        r[:] = 0.0
        for rows in stripes:
            z = buffers.table("stripe", len(rows), phi.shape[1])
            np.dot(rows, phi[: rows.shape[1]], z)
            np.multiply(z, z, z)
            r += z.reshape(len(r), -1, z.shape[1]).sum(axis=1)
        r *= -0.5
        r += constants[:, None]

    def sums(self, phi: Array, r: Array, buffers: Buffers) -> list[Array]:
        """Products of the features with those of each stripe, weighted by r; and counts."""
        result = []
        for a, b in self.stripes:
            weighted = buffers.table("stripe", len(r) * (b - a), phi.shape[1])
            parts = weighted.reshape(len(r), b - a, -1)
            np.multiply(r[:, None, :], phi[a + 1 : b + 1], parts)
            result.append(weighted @ phi[: b + 1].T)
        return [*result, r.sum(axis=1)]

    def moments(self, sums: list[Array]) -> tuple[Array, Array, Array]:
        """Counts (K,), first (K, D) and second moments (K, D, D) out of the sums."""
        k = len(sums[-1])
        first, second = np.empty((k, self.d)), np.empty((k, self.d, self.d))
        for (a, b), total in zip(self.stripes, sums[:-1], strict=True):
            part = total.reshape(k, b - a, b + 1)
            first[:, a:b] = part[:, :, 0]
            second[:, a:b, :b] = part[:, :, 1:]
        i, j = upper_triangle(self.d)
        second[:, i, j] = second[:, j, i]
        return sums[-1], first, second
