"""The fast E-step of K-means: the sums of the readable form, of which most are known already.

The nearest centroid is the one of largest score, as |x|^2 is the same for all (PRML (9.2)):

    |x - c_k|^2 = |x|^2 - 2 s_k(x)          s_k(x) = c_k . x - |c_k|^2 / 2

All scores are one matrix product. From one round to the next few points change sides; only they
touch the sums of (9.4), which are kept with the data. Columns are centred first; where the sum of
|x|^2 is so much larger than the distortion that their difference loses digits, the answer is None,
and the readable form of `emlib.mixture` takes the step.
"""

from __future__ import annotations

from threading import Lock

import numpy as np

from emlib.rows import Array, Rows

TRUSTED = 1e5
"""The largest ratio of sum |x|^2 to the distortion J at which J keeps eleven digits."""

FEW = 2**10
"""Below this many scores the readable form is as fast."""

KEPT = 2**27
"""Bytes of centred data and assignments that may be kept from one E-step to the next."""

FULL_BELOW = 2**10
"""So few points are summed anew sooner than the changed ones among them are picked out."""


class Nearest:
    """Assignments of one data set to K centroids, and the sums that follow from them."""

    def __init__(self, data: Rows, n_components: int) -> None:
        n, d = data.values.shape
        self.centre = round_centre(data.values)
        size = max(1024, min(2**14, 2**18 // (n_components + d)))
        self.chunks = [
            Chunk(data.values[first : first + size], self.centre, n_components)
            for first in range(0, n, size)
        ]
        self.squares = sum(chunk.squares for chunk in self.chunks)
        self.lock = Lock()

    def e_step(self, centroids: Array) -> tuple[Array, Array, float] | None:
        """Counts (K,), sums of the centred points (K, D), and minus the distortion (9.1)."""
        table = np.empty((len(centroids), 1 + len(self.centre)))
        c = np.subtract(centroids, self.centre, table[:, 1:])
        table[:, 0] = -0.5 * np.einsum("kd,kd->k", c, c)
        with self.lock:
            best = sum([chunk.assign(table) for chunk in self.chunks])
            sums = sum([chunk.sums for chunk in self.chunks[1:]], self.chunks[0].sums)
        distortion = self.squares - 2 * best
        if not self.squares <= TRUSTED * distortion:
            return None
        return sums[:, 0], sums[:, 1:], -distortion


class Chunk:
    """Some of the points beside a column of ones, shape (n, D + 1); their assignments (K, n)."""

    def __init__(self, x: Array, centre: Array, n_components: int) -> None:
        n, d = x.shape
        self.u = np.empty((n, d + 1))
        self.u[:, 0] = 1.0
        np.subtract(x, centre, self.u[:, 1:])
        points = self.u[:, 1:]
        self.squares = float(np.einsum("nd,nd->", points, points))
        self.nearest = np.zeros((n_components, n), dtype=bool)
        self.sums: Array = np.zeros((n_components, d + 1))
        self.exact = False

    def assign(self, table: Array) -> float:
        """Assign each point to its largest score, bring the sums up to date, add the scores up."""
        scores = table @ self.u.T
        top = scores.max(axis=0)
        nearest = scores == top
        if np.count_nonzero(nearest) > len(top):
            nearest &= np.cumsum(nearest, axis=0) == 1  # of equal ones the first
        changed = np.flatnonzero((nearest != self.nearest).any(axis=0))
        n_changed = len(changed)
        if 0 < 4 * n_changed <= len(top) - FULL_BELOW:
            step = nearest.take(changed, axis=1).astype(np.float64)
            step -= self.nearest.take(changed, axis=1)
            self.sums = self.sums + step @ self.u.take(changed, axis=0)
            self.exact = False  # until nothing changes, as at the end of a fit
        elif n_changed or not self.exact:
            self.sums = nearest.astype(np.float64) @ self.u
            self.exact = True
        self.nearest = nearest
        return float(top.sum())


def round_centre(values: Array) -> Array:
    """The mean, rounded to a power of two near the spread: points on a grid stay on it."""
    mean = values.mean(axis=0)
    spread = np.maximum(np.abs(values[0] - mean), np.abs(values[-1] - mean))
    unit = 2.0 ** np.floor(np.log2(np.where(spread > 0, spread, 1.0)))
    return np.round(mean / unit) * unit


def of(data: Rows, n_components: int) -> Nearest | None:
    """What is kept of the data for so many centroids; None where it would not pay, or not fit."""
    n, d = data.values.shape
    if data.times is not None or n * n_components < FEW or n * (n_components + 8 * d) > KEPT:
        return None
    key = "nearest", n_components
    if key not in data.kept:
        data.kept[key] = Nearest(data, n_components)
    return data.kept[key]
