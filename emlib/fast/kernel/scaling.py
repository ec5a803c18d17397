"""Columns centred and scaled, so that sums of squares keep their digits."""

from __future__ import annotations

import math

import numpy as np

from emlib.data.rows import EPSILON, Array


class Scaling:
    """Coordinates u = (x - centre) / scale, in which the data are centred and of order one.

    The scale is a power of two, so that it rounds nothing; the subtraction is exact where an
    offset dominates.
    """

    def __init__(self, n: float, centre: Array, variances: list[float]) -> None:
        self.centre, self.log_volume = centre, 0.0
        self.usable = all(0 < v < math.inf for v in variances)
        scales, least = [], []
        for c, variance in zip(centre.tolist(), variances, strict=True):
            scale = 2.0 ** round(math.log2(variance) / 2) if self.usable else 1.0
            scales.append(scale)
            least.append((8 * EPSILON * (abs(c) / scale + 1)) ** 2)
            self.log_volume += n * math.log(scale)
        self.scale: Array = np.array(scales)
        self.least: Array = np.array(least)
        """A variance below this is rounding of x itself."""
