"""Dirichlet, Normal and Wishart distributions over the parameters of Gaussian mixtures.

What `emlib.models.variational` needs of them: expectations, divergences, and the rules that their
parameters keep to. PRML appendix B has the distributions.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from emlib.data import arguments
from emlib.data.errors import refuse
from emlib.data.rows import Array, Rows

LOG_2 = math.log(2)


def expected_log_weights(alpha: Array) -> Array:
    """E[ln pi_k] under a Dirichlet distribution, shape (K,): PRML (10.66)."""
    from scipy.special import digamma

    result: Array = digamma(alpha) - digamma(alpha.sum())
    return result


def expected_log_spread(nu: Array, d: int) -> Array:
    """E[ln|Lambda|] - ln|nu W| under Wishart distributions: (10.65) less what holds the matrix."""
    from scipy.special import digamma

    halves = (nu[:, None] - np.arange(d)) / 2
    result: Array = digamma(halves).sum(axis=1) + d * (LOG_2 - np.log(nu))
    return result


def dirichlet_divergence(alpha: Array, alpha_0: float) -> float:
    """KL of a Dirichlet distribution from a symmetric one, in nats: by (B.16) to (B.24)."""
    from scipy.special import gammaln

    constants = gammaln(alpha.sum()) - gammaln(alpha).sum()
    constants -= gammaln(len(alpha) * alpha_0) - len(alpha) * gammaln(alpha_0)
    return float(constants + (alpha - alpha_0) @ expected_log_weights(alpha))


def normal_wishart_divergence(
    beta: Array, means: Array, covariances: Array, nu: Array, prior: dict[str, Any]
) -> Array:
    """KL of q(mu_k, Lambda_k) from the prior, shape (K,), in nats: by (B.42) and (B.78) to (B.82).

    ``covariances`` are W_k^-1 / nu_k; ``prior`` holds the arguments of the model's prior.
    """
    from scipy.special import digamma, gammaln

    d, nu_0 = means.shape[1], prior["degrees_of_freedom_prior"]
    precisions = np.linalg.inv(covariances)  # nu_k W_k
    step, beta_0 = means - prior["mean_prior"], prior["mean_precision_prior"]
    far = np.einsum("ki,kij,kj->k", step, precisions, step)
    of_means = (d * (beta_0 / beta - 1 - np.log(beta_0 / beta)) + beta_0 * far) / 2

    log_dets = np.linalg.slogdet(covariances * nu[:, None, None])[1]  # -ln|W_k|
    log_det_0 = np.linalg.slogdet(prior["covariance_prior"])[1]
    halves, halves_0 = (nu[:, None] - np.arange(d)) / 2, (nu_0 - np.arange(d)) / 2
    traces = np.einsum("ij,kji->k", prior["covariance_prior"], precisions)
    of_precisions = nu_0 / 2 * (log_dets - log_det_0) + gammaln(halves_0).sum()
    of_precisions -= gammaln(halves).sum(axis=1)
    of_precisions += (nu - nu_0) / 2 * digamma(halves).sum(axis=1) + (traces - nu * d) / 2
    result: Array = of_means + of_precisions
    return result


def checked_prior(d: int, prior: dict[str, Any]) -> dict[str, Any]:
    """The prior's arguments, each what its name says."""
    spread = arguments.shaped("covariance_prior", prior["covariance_prior"], (d, d))
    least = {"degrees_of_freedom_prior": d - 1.0}
    numbers = ("weight_concentration_prior", "mean_precision_prior", "degrees_of_freedom_prior")
    return {
        name: float(arguments.above(name, prior[name], (), least.get(name, 0.0)))
        for name in numbers
    } | {
        "mean_prior": arguments.shaped("mean_prior", prior["mean_prior"], (d,)),
        "covariance_prior": positive_definite("covariance_prior", [spread], (1, d, d))[0],
    }


def positive_definite(name: str, value: Any, shape: tuple[int, int, int]) -> Array:
    """Symmetric matrices whose eigenvalues are all positive."""
    matrices = arguments.covariances(name, value, shape, 0.0)
    lowest = np.linalg.eigvalsh(matrices)[:, 0]
    if not (lowest > 0).all():
        raise refuse(name, "positive definite matrices", f"an eigenvalue of {lowest.min():g}")
    return matrices


def log_student(differences: Array, factor: Array, df: float) -> Array:
    """Ln of Student's t of rows less its location (N, D), by the Cholesky factor of its shape."""
    from scipy.special import gammaln

    d = len(factor)
    z = differences @ np.linalg.inv(factor).T
    constant = gammaln((df + d) / 2) - gammaln(df / 2) - d / 2 * math.log(df * math.pi)
    squared = np.einsum("nd,nd->n", z, z)
    result: Array = -(df + d) / 2 * np.log1p(squared / df)
    return result + constant - np.log(factor.diagonal()).sum()  # (B.68)


def prior_from(rows: Rows, n_components: int) -> dict[str, Any]:
    """The prior that scikit-learn takes from data, where none is given."""
    weights = np.ones(len(rows.values)) if rows.times is None else rows.times
    mean = weights @ rows.values / rows.total_weight
    centred = rows.values - mean
    covariance = (centred.T * weights) @ centred / rows.total_weight
    return {
        "weight_concentration_prior": 1 / n_components,
        "mean_precision_prior": 1.0,
        "mean_prior": mean,
        "degrees_of_freedom_prior": float(rows.n_columns),
        "covariance_prior": (covariance + covariance.T) / 2,
    }
