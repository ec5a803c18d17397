"""Features of second order: up to 24 columns, where K >= D / 3."""

from __future__ import annotations

import numpy as np

from emlib.data.rows import Array, Rows
from emlib.fast.kernel.buffers import Buffers
from emlib.fast.kernel.features import (
    Features,
    log_constants,
    n_threads_for,
    upper_triangle,
)
from emlib.fast.kernel.scaling import Scaling
from emlib.fast.kernel.thresholds import Thresholds


class QuadraticFeatures(Features):
    """Features 1, u_i and u_i u_j for i <= j; parameters eta of shape (K, P)."""

    def __init__(self, data: Rows, n_components: int, thresholds: Thresholds) -> None:
        d = data.n_columns
        size = 2**13 if d <= 12 else 2**12
        if d <= 2 and n_components <= thresholds.reference_components:
            size = 2**14
        self.n_features = self.count_features(d)
        if d <= 2 and n_threads_for(data, n_components, thresholds) > 1:
            size = 2**15
        super().__init__(data, size, thresholds)
        self.keeps = 8 * self.n_features * len(data.values) <= thresholds.kept_bytes

    @staticmethod
    def count_features(d: int) -> int:
        """How many features there are of D columns."""
        return (d + 1) * (d + 2) // 2

    def measured(self, data: Rows) -> Scaling:
        """The scaling; of a single chunk with its features, which need the same steps."""
        if self.n_chunks > 1:
            return super().measured(data)
        n, x, times = data.total_weight, data.values, data.times
        phi = np.empty((self.n_features, len(x)))
        u = self.first_order(phi)
        each = phi[0] if times is None else times
        centre = each.dot(x) / n
        np.subtract(x.T, centre[:, None], u)
        spread = u.dot(u.T) if times is None else (u * times).dot(u.T)
        scaling = Scaling(n, centre, (spread.diagonal() / n).tolist())
        u /= scaling.scale[:, None]
        self.multiply(phi)
        self.kept[0] = phi, times
        return scaling

    def first_order(self, phi: Array) -> Array:
        """Fill in the constant feature, and return those of first order, still empty."""
        phi[0] = 1.0
        return phi[1 : self.d + 1]

    def multiply(self, phi: Array) -> None:
        """Fill in the features of second order, from those of first order."""
        d, u = self.d, phi[1 : self.d + 1]
        first = d + 1
        for j in range(d):
            np.multiply(u[j], u[j:], phi[first : first + d - j])
            first += d - j

    def chunk(self, i: int, buffers: Buffers) -> tuple[Array, Array | None]:
        """Features of chunk i: made once if all together are small enough to keep."""
        if i in self.kept:
            return self.kept[i]
        shape = self.n_features, self.length(i)
        phi = np.empty(shape) if self.keeps else buffers.table("phi", *shape)
        times = self.centred(i, self.first_order(phi))
        self.multiply(phi)
        if self.keeps:
            self.kept[i] = phi, times
        return phi, times

    def eta(self, weights: Array, means: Array, whiten: Array) -> Array:
        """eta_k with eta_k . phi(u) = ln pi_k + ln N(u | mean_k, covariance_k)."""
        precisions = whiten.swapaxes(1, 2) @ whiten
        linear = np.einsum("kij,kj->ki", precisions, means)
        constants = log_constants(weights, whiten) - 0.5 * np.einsum("ki,ki->k", linear, means)
        i, j = upper_triangle(self.d)
        quadratic = np.where(i == j, -0.5, -1.0) * precisions[:, i, j]
        return np.concatenate([constants[:, None], linear, quadratic], axis=1)

    def log_joint(self, eta: Array, phi: Array, r: Array, buffers: Buffers) -> None:
        """Eta Phi: row by row where that is faster."""
        if len(eta) > self.thresholds.single_rows or phi.shape[1] < 4096:
            np.dot(eta, phi, r)
        else:
            for row, out in zip(eta, r, strict=True):
                np.dot(row, phi, out)

    def sums(self, phi: Array, r: Array, buffers: Buffers) -> list[Array]:
        """Gamma Phi^T, an array of P for each component: one by one where that is faster."""
        return (
            list(r @ phi.T) if len(r) > self.thresholds.single_rows else [phi.dot(row) for row in r]
        )

    def moments(self, sums: list[Array]) -> tuple[Array, Array, Array]:
        """Counts (K,), first (K, D) and second moments (K, D, D) out of the sums."""
        table, (i, j) = np.array(sums), upper_triangle(self.d)
        second = np.empty((len(table), self.d, self.d))
        second[:, i, j] = second[:, j, i] = table[:, self.d + 1 :]
        return table[:, 0], table[:, 1 : self.d + 1], second
