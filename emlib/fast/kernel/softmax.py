"""Responsibilities of a chunk of points (9.13), and their log-likelihood (9.14)."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from emlib.data.rows import NO_DATA, Array
from emlib.fast.kernel.buffers import Buffers
from emlib.fast.kernel.features import Features

SAFE_SQUARES = math.log(NO_DATA) ** 2
"""Logs whose squares add up to less are all above ln `NO_DATA`, where exp has all its digits."""


def softmax(
    features: Features, eta: Any, phi: Array, times: Array | None, buffers: Buffers
) -> tuple[Array, float]:
    """Responsibilities of a chunk times the weights of its points (k, n); its log-likelihood.

    Unlike the readable form, exp is taken without subtracting the maximum first, unless the sums
    say that one of them overflowed or lost digits.
    """
    r, full, total, log_total, ones = buffers.views(phi.shape[1])
    features.log_joint(eta, phi, r, buffers)
    if not features.shifts:
        np.exp(r, r)
        np.dot(buffers.one_each, full, total)
        np.log(total, log_total)
        if log_total.dot(log_total) < SAFE_SQUARES or not has_lost_digits(total):
            np.divide(r, total, r)
            if times is not None:  # total / times could overflow, and r then vanish
                np.multiply(r, times, r)
            return r, float(log_total.dot(ones if times is None else times))
        features.log_joint(eta, phi, r, buffers)
    top = r.max(axis=0)
    if buffers.reference:
        np.maximum(top, 0.0, out=top)
    np.subtract(r, top, r)
    np.exp(r, r)
    np.add.reduce(r, axis=0, out=total)
    if buffers.reference:
        total += np.exp(-top)
    np.log(total, log_total)
    np.divide(r, total if times is None else np.divide(total, times, total), r)
    log_total += top
    return r, float(log_total.dot(ones if times is None else times))


def has_lost_digits(total: Array) -> bool:
    """Whether a sum of exp overflowed, or is so small that its terms have lost digits."""
    return not (total.min() > NO_DATA and total.max() < math.inf)
