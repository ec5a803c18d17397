"""Buffers of one thread, so that no table of N rows is allocated in an E-step."""

from __future__ import annotations

from typing import Any

import numpy as np

from emlib.data.rows import Array


class Buffers:
    """Buffers of one thread, for a softmax over ``k`` rows and, it may be, a reference.

    The reference is a row of ones below the others: exp of its log-ratio to itself.
    """

    def __init__(self, features: Any, k: int, reference: bool = False) -> None:
        size = features.size
        self.k, self.reference = k, reference
        self._tables = {
            "full": np.empty((k + reference) * size),
            "phi": np.empty(0 if features.keeps else features.n_features * size),
            "stripe": np.empty(features.n_scratch * size),
        }
        self._total, self._log_total = np.empty(size), np.empty(size)
        self.ones, self.one_each = np.ones(size), np.ones(k + reference)
        self._views: dict[int, tuple[Array, ...]] = {}

    def table(self, name: str, n_rows: int, n: int) -> Array:
        """A buffer of shape (n_rows, n), its rows side by side."""
        return self._tables[name][: n_rows * n].reshape(n_rows, n)

    def views(self, n: int) -> tuple[Array, ...]:
        """Tables for n points: r (k, n), r and the reference, and three of shape (n,)."""
        if n not in self._views:
            full = self.table("full", len(self.one_each), n)
            full[self.k :] = 1.0
            self._views = {
                n: (full[: self.k], full, self._total[:n], self._log_total[:n], self.ones[:n])
            }
        return self._views[n]
