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
    features: Features, theta: Any, phi: Array, times: Array | None, buffers: Buffers
) -> tuple[Array, float]:
    """Responsibilities of a chunk times the weights of its points (k, n); its log-likelihood.

    Nothing is shifted before exp is taken, as the readable form does, unless the result
    says that a sum overflowed or lost digits.
    """
    r, full, q, log_q, ones = buffers.views(phi.shape[1])
    features.log_joint(theta, phi, r, buffers)
    if not features.shifts:
        np.exp(r, r)
        np.dot(buffers.one_each, full, q)
        np.log(q, log_q)
        if log_q.dot(log_q) < SAFE_SQUARES or not has_lost_digits(q):
            np.divide(r, q, r)
            if times is not None:  # q / times could overflow here, and vanish
                np.multiply(r, times, r)
            return r, float(log_q.dot(ones if times is None else times))
        features.log_joint(theta, phi, r, buffers)
    top = r.max(axis=0)
    if buffers.reference:
        np.maximum(top, 0.0, out=top)
    np.subtract(r, top, r)
    np.exp(r, r)
    np.add.reduce(r, axis=0, out=q)
    if buffers.reference:
        q += np.exp(-top)
    np.log(q, log_q)
    np.divide(r, q if times is None else np.divide(q, times, q), r)
    log_q += top
    return r, float(log_q.dot(ones if times is None else times))


def has_lost_digits(q: Array) -> bool:
    """Whether a sum of exp overflowed, or is so small that its terms have lost digits."""
    return not (q.min() > NO_DATA and q.max() < math.inf)
