"""Families of covariances: what a mixture of Gaussians may hold its components to.

An M-step maximises Q under the family's constraint. With S_k = sum_n gamma_nk (x_n - mu_k)
(x_n - mu_k)^T, the scatter about the new means, and N_k of (9.27), the part of Q that depends on
the covariances is -1/2 sum_k [N_k ln |Sigma_k| + tr(Sigma_k^-1 S_k)]. Setting its derivative to
zero by what is free gives

=============== ================================= ====================================== ===========
family          Sigma_k                           maximiser                              free
=============== ================================= ====================================== ===========
``"full"``      any                               S_k / N_k, PRML (9.25)                 K D(D+1)/2
``"tied"``      the same for all                  sum_k S_k / N                          D(D+1)/2
``"diag"``      sigma_ki^2 on the diagonal        (S_k)_ii / N_k                         K D
``"spherical"`` sigma_k^2 I                       tr(S_k) / (D N_k)                      K
=============== ================================= ====================================== ===========

Under Sigma_k >= floor I the maximiser is the same with its eigenvalues lifted onto the floor. The
diagonal families need the diagonals of the scatters alone, and keep no more. What a prior adds to
the scatters and counts is in `emlib.models.priors`.

References
----------
G. Celeux and G. Govaert, Pattern Recognition 28 (1995) 781-793 (the families, and their M-steps).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from emlib.data import arguments
from emlib.data.errors import refuse
from emlib.data.rows import NO_DATA, Array
from emlib.models import priors
from emlib.models.statistics import GaussianStatistics, ratio

FAMILIES = ("full", "tied", "diag", "spherical")

DIAGONAL = ("diag", "spherical")
"""The families whose covariances have nothing beside the diagonal."""


def checked(family: object, covariances: Array, given: ArrayLike) -> Array:
    """Covariances (K, D, D) that keep to their family, to rounding; another is refused by name."""
    arguments.choice("covariance_type", family, *FAMILIES)
    if family == "full":
        return covariances
    nearest = _projected(str(family), covariances)
    size = np.abs(covariances).max(axis=(1, 2), keepdims=True)
    allowed = arguments.tolerance(given, covariances.shape[1])
    off = (np.abs(covariances - nearest) > allowed * size).any(axis=(1, 2))
    if off.any():
        form = {"tied": "equal", "diag": "diagonal", "spherical": "multiples of the identity"}
        wanted = f"{form[str(family)]} ones for covariance_type={family!r}"
        raise refuse("covariances", wanted, f"another for component {off.argmax()}")
    return arguments.frozen(nearest)


def _projected(family: str, covariances: Array) -> Array:
    """Matrices of a family: the same ones where they keep to it already."""
    if family == "tied":
        return np.tile(covariances[0], (len(covariances), 1, 1))
    variances = covariances.diagonal(axis1=1, axis2=2)
    return matrices(variances if family == "diag" else variances[:, :1] * np.ones(variances.shape))


def matrices(diagonals: Array) -> Array:
    """Diagonal matrices (K, D, D); matrices are left as they are."""
    return diagonals if diagonals.ndim == 3 else diagonals[:, :, None] * np.eye(diagonals.shape[1])


def covariances(model: Any, statistics: GaussianStatistics) -> Array:
    """Maximise Q, and ln p(theta) where there is a prior, by the covariances (K, D, D) of a family.

    Those of the model stay where a component owns no data.
    """
    rows = priors.counted(model, statistics)  # the same without a prior
    family, old = model.covariance_type, model.covariances
    if family == "tied":
        pooled = rows.scatters.sum(axis=0) / rows.n_k.sum()
        return np.tile(pooled, (len(old), 1, 1))
    owns, variances = rows.n_k[:, None] > NO_DATA, ratio(rows.scatters, rows.n_k)
    if family == "full":
        return np.where(owns[:, :, None], variances, old)
    if family == "spherical":
        variances = variances.mean(axis=1, keepdims=True) * np.ones(variances.shape)
    return matrices(np.where(owns, variances, old.diagonal(axis1=1, axis2=2)))


def n_free(family: str, k: int, d: int) -> int:
    """How many numbers of the covariances are free."""
    triangle = d * (d + 1) // 2
    return {"full": k * triangle, "tied": triangle, "diag": k * d, "spherical": k}[family]


def check_scatters(value: Array, shape: tuple[int, ...], family: str) -> None:
    """Refuse scatters of another family, or of a model of another shape (K, D)."""
    wanted = shape if family in DIAGONAL else (*shape, shape[-1])
    if value.shape != wanted:
        words = f"those of covariance_type={family!r}, with scatters of shape {wanted}"
        raise refuse("statistics", words, f"shape {value.shape}")
