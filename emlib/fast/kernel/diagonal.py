"""The fast E-step where covariances are diagonal: features without cross products.

The log-joint then has 2 D + 1 features, phi(x) = (1, x_i, x_i^2), in place of (D + 1)(D + 2) / 2.
All else is as in `emlib.fast.kernel.quadratic`.
"""

from __future__ import annotations

import numpy as np

from emlib.data.rows import Array
from emlib.fast.kernel.features import LOG_2PI
from emlib.fast.kernel.quadratic import QuadraticFeatures
from emlib.models.statistics import outer


class DiagonalFeatures(QuadraticFeatures):
    """Features 1, u_i and u_i^2; parameters eta of shape (K, P), variances of shape (K, D)."""

    @staticmethod
    def count_features(d: int) -> int:
        """How many features there are of D columns."""
        return 1 + 2 * d

    def multiply(self, phi: Array) -> None:
        """Fill in the features of second order, from those of first order."""
        u = phi[1 : self.d + 1]
        np.multiply(u, u, phi[self.d + 1 :])

    def units(self) -> Array:
        """By what a scaled variance is multiplied."""
        return self.scaling.scale * self.scaling.scale

    def products(self, a: Array) -> Array:
        """Squares of (K, D): the diagonals of a a^T."""
        return outer(a, 2)

    def diagonal(self, variances: Array) -> Array:
        """Variances of the columns, shape (K, D)."""
        return variances

    def whiten(self, variances: Array, means: Array) -> Array | None:
        """One over each standard deviation (K, D), if sums of squares can be trusted."""
        whiten = 1 / np.sqrt(variances)
        kappa = ((whiten * means) ** 2).sum(axis=1)
        return whiten if (kappa <= self.thresholds.condition).all() else None  # False for a NaN

    def eta(self, weights: Array, means: Array, whiten: Array) -> Array:
        """eta_k with eta_k . phi(u) = ln pi_k + ln N(u | mean_k, diag(variances_k))."""
        precisions = whiten * whiten
        linear = precisions * means
        log_volume = 0.5 * self.d * LOG_2PI - np.log(whiten).sum(axis=1)
        constants = np.log(weights) - log_volume - 0.5 * (linear * means).sum(axis=1)
        return np.concatenate([constants[:, None], linear, -0.5 * precisions], axis=1)

    def moments(self, sums: list[Array]) -> tuple[Array, Array, Array]:
        """Counts (K,), first and second moments (K, D) out of the sums."""
        table = np.array(sums)
        return table[:, 0], table[:, 1 : self.d + 1], table[:, self.d + 1 :]
