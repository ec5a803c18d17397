"""Covariances (K, D, D): their factors, their widths, and what keeps them from collapsing."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from emlib.data.errors import collapse
from emlib.data.rows import EPSILON, Array


def cholesky(covariances: Array) -> Array:
    """Lower Cholesky factors, shape (K, D, D), of covariances that are far from singular."""
    try:
        factors = np.asarray(np.linalg.cholesky(covariances), dtype=np.float64)
    except np.linalg.LinAlgError:
        factors = np.array([_factor(matrix) for matrix in covariances])
    check_pivots(factors, covariances)
    return factors


def _factor(matrix: Array) -> Array:
    """Lower Cholesky factor of a matrix; zeros where there is none."""
    try:
        return np.asarray(np.linalg.cholesky(matrix), dtype=np.float64)
    except np.linalg.LinAlgError:
        return np.zeros(matrix.shape)


def check_pivots(factors: Array, covariances: Array) -> None:
    """Refuse factors of a covariance that is singular to rounding, whatever the units.

    A pivot is what is left of a standard deviation once the columns before are known. It must be
    more of it than rounding.
    """
    least = math.sqrt(4 * EPSILON * covariances.shape[1])
    regular = factors.diagonal(axis1=1, axis2=2) > least * stds(covariances)
    if np.count_nonzero(regular) < regular.size:
        raise collapse("covariances", int(regular.all(axis=1).argmin()))


def stds(covariances: Array) -> Array:
    """Standard deviations of the columns, shape (K, D)."""
    return np.sqrt(covariances.diagonal(axis1=1, axis2=2))


def check_widths(name: str, means: Array, widths: Array, owns: NDArray[np.bool_]) -> None:
    """Components that own data must be wider than its rounding; means and widths (K, D) or (K,).

    One that has closed in on one point has a variance of rounding errors, not of zero.
    """
    resolution = 4 * EPSILON * (np.abs(means) + widths)[owns].max(axis=0)
    narrow = ~(widths > resolution)
    narrow[~owns] = False
    if narrow.any():
        raise collapse(name, int(np.argwhere(narrow)[0, 0]))


def check_or_lift(covariances: Array, floor: float, means: Array, owns: NDArray[np.bool_]) -> Array:
    """Covariances kept above their floor; where there is none, refuse what has collapsed."""
    if floor > 0:
        return floor_eigenvalues(covariances, floor)
    check_widths("covariances", means, stds(covariances), owns)
    return covariances


def floor_eigenvalues(covariances: Array, floor: float) -> Array:
    """Lift eigenvalues below the floor onto it: the exact maximiser under Sigma >= floor I."""
    values, vectors = np.linalg.eigh(covariances)
    low = values[:, 0] < floor
    if not low.any():
        return covariances
    lifted = vectors * np.maximum(values, floor)[:, None, :] @ vectors.swapaxes(1, 2)
    lifted = (lifted + lifted.swapaxes(1, 2)) / 2
    return np.where(low[:, None, None], lifted, covariances)


def whitened_size(mean: Array, covariance: Array, factor: Array) -> float:
    """The largest entry of L^-1 m and of L^-1 C L^-T, where m and C are differences."""
    whiten = np.linalg.inv(factor)
    sizes = np.abs(whiten @ mean).max(), np.abs(whiten @ covariance @ whiten.T).max()
    return float(max(sizes))
