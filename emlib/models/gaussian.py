"""Mixture of Gaussians in D dimensions: PRML section 9.2.

    p(x) = sum_k pi_k N(x | mu_k, Sigma_k)                                                (9.12)

=================== ==================================================== ==========================
equation            says                                                 code
=================== ==================================================== ==========================
(9.12)              the density                                          `_log_joint`
(9.13), (9.23)      responsibilities                                     `Mixture._normalise`
(9.18), (9.27)      effective counts N_k                                 `_statistics`
(9.17), (9.24)      weighted means                                       `_statistics`, `m_step`
(9.19), (9.25)      covariances about the new means                      `_statistics`, `m_step`
(9.22), (9.26)      weights N_k / N                                      `Mixture._new_weights`
(9.14), (9.28)      log-likelihood                                       `Mixture.log_likelihood`
=================== ==================================================== ==========================
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from emlib.data import arguments, checks
from emlib.data.rows import Array, Data
from emlib.models import families, priors
from emlib.models.covariances import check_or_lift, cholesky, floor_eigenvalues, stds, whitened_size
from emlib.models.mixture import EQUAL, Mixture, which_own_data
from emlib.models.statistics import GaussianStatistics, ratio
from emlib.models.tables import numbers, vector

LOG_2PI = math.log(2 * math.pi)


@dataclass(frozen=True, eq=False, repr=False, init=False)
class GaussianMixture(Mixture):
    """Mixture of K Gaussians in D dimensions.

    Parameters
    ----------
    weights
        Mixing weights pi_k, shape (K,), summing to one.
    means
        Means mu_k, shape (K, D), in the data's units.
    covariances
        Covariances Sigma_k, shape (K, D, D), symmetric positive definite, in squared units.
    fixed_weights
        Hold the weights in the M-step, and do not count them as parameters.
    covariance_floor
        The least eigenvalue that the M-step allows, in squared units of the data. Zero is pure
        maximum likelihood, in which a component may collapse on a point.
    covariance_type
        What the M-step holds the covariances to: ``"full"``, any; ``"tied"``, one for all;
        ``"diag"``, no correlation; ``"spherical"``, one variance a component. See
        `emlib.models.families`.
    weight_prior, covariance_prior
        None, or a prior that fits take into account: alpha >= 1 of a Dirichlet distribution, and a
        pair nu_0, S_0 of an inverse Wishart distribution. See `emlib.models.priors`.

    Raises
    ------
    ValueError, TypeError
        If a parameter has the wrong shape or is not what its name says; the message names it.

    Examples
    --------
    >>> theta = GaussianMixture([0.5, 0.5], [[0, 0], [4, 0]], [np.eye(2), np.eye(2)])
    >>> theta.responsibilities([[2.0, 1.0]]).round(3)
    array([[0.5, 0.5]])
    >>> theta.n_parameters
    11

    References
    ----------
    C. M. Bishop, Pattern Recognition and Machine Learning, 2006, pp. 430-439.
    """

    weights: Array
    means: Array
    covariances: Array
    fixed_weights: bool
    covariance_floor: float
    covariance_type: str = "full"
    weight_prior: float | None = None
    covariance_prior: priors.InverseWishart | None = None

    def __init__(
        self,
        weights: ArrayLike,
        means: ArrayLike,
        covariances: ArrayLike,
        *,
        fixed_weights: bool = False,
        covariance_floor: float = 0.0,
        covariance_type: str = "full",
        weight_prior: float | None = None,
        covariance_prior: Any = None,
    ) -> None:
        floor = arguments.non_negative("covariance_floor", covariance_floor)
        checked_weights = arguments.weights("weights", weights)
        checked_means = arguments.shaped("means", means, (len(checked_weights), None))
        k, d = checked_means.shape
        checked = arguments.covariances("covariances", covariances, (k, d, d), floor)
        if floor > 0 and arguments.single(covariances):
            checked = arguments.frozen(floor_eigenvalues(checked, floor))
        checked = families.checked(covariance_type, checked, covariances)
        self._set(
            weights=checked_weights,
            means=checked_means,
            covariances=checked,
            fixed_weights=arguments.flag("fixed_weights", fixed_weights),
            covariance_floor=floor,
            covariance_type=covariance_type,
            weight_prior=priors.of_weights(weight_prior, checked_weights, fixed_weights),
            covariance_prior=priors.of_covariances(covariance_prior, d, covariance_type),
            _factors=cholesky(checked),
        )

    @property
    def n_columns(self) -> int:
        """D, the dimension of the data."""
        return self.means.shape[1]

    @property
    def n_parameters(self) -> int:
        """K D means, what the family leaves free of the covariances, and the free weights."""
        k, d = self.means.shape
        return k * d + families.n_free(self.covariance_type, k, d) + self.n_free_weights

    def _summary(self) -> tuple[str, dict[str, list[str]]]:
        held = " (held fixed)" if self.fixed_weights else ""
        title = f"GaussianMixture of {self.n_components} components in {self.n_columns} dimensions"
        if self.covariance_type != "full":
            title += f", {self.covariance_type} covariances"
        return title, {
            f"weight{held}": numbers(self.weights),
            "mean": [vector(mean) for mean in self.means],
            "stds": [vector(std) for std in stds(self.covariances)],
        }

    @cached_property
    def _factors(self) -> Array:
        """Lower Cholesky factors L_k with Sigma_k = L_k L_k^T."""
        return cholesky(self.covariances)

    def _log_joint(self, x: Array) -> Array:
        """Compute ln pi_k + ln N(x_n | mu_k, Sigma_k) from Cholesky factors."""
        result = np.empty((len(x), self.n_components))
        for k, (mean, factor) in enumerate(zip(self.means, self._factors, strict=True)):
            z = (x - mean) @ np.linalg.inv(factor).T  # L_k^-1 (x - mu_k)
            squared = np.einsum("nd,nd->n", z, z)  # Mahalanobis distance, squared
            log_det = 2 * np.log(np.diag(factor)).sum()
            result[:, k] = -0.5 * (x.shape[1] * LOG_2PI + log_det + squared)
        return result + np.log(self.weights)  # (9.12)

    def _statistics(self, x: Array, r: Array) -> GaussianStatistics:
        n_k = r.sum(axis=0)  # (9.18), (9.27)
        origin = x[0]  # differences from one of the rows are exact where an offset dominates
        from_origin = x - origin
        offsets = ratio(r.T @ from_origin, n_k)  # (9.17), (9.24)
        roots = np.sqrt(r.T)[:, :, None]  # of both factors, so that a scatter is symmetric
        weighted = (root * (from_origin - o) for root, o in zip(roots, offsets, strict=True))
        scatters = np.array([d.T @ d for d in weighted])  # sums of (9.19), (9.25)
        if self.covariance_type in families.DIAGONAL:
            scatters = scatters.diagonal(axis1=1, axis2=2).copy()
        return GaussianStatistics(n_k, origin, offsets, scatters)

    @np.errstate(under="ignore")
    def m_step(self, statistics: GaussianStatistics) -> Self:
        """Maximise Q: PRML (9.24)-(9.26), with eigenvalues of Sigma_k kept above the floor.

        Other families, and priors: see `emlib.models.families` and `emlib.models.priors`.

        Parameters
        ----------
        statistics
            What `statistics` or `e_step` returned, or a sum of such.

        Raises
        ------
        CollapseError
            If a covariance is singular and ``covariance_floor`` is zero.
        """
        families.check_scatters(statistics.scatters, self.means.shape, self.covariance_type)
        owns = which_own_data(statistics.n_k, self.weights, self.covariance_prior)
        means = statistics.origin + statistics.offsets  # (9.24)
        means[~owns] = self.means[~owns]
        if self.covariance_type == "full" and not self.covariance_prior:
            covariances = ratio(statistics.scatters, statistics.n_k)  # (9.19), (9.25)
            covariances[~owns] = self.covariances[~owns]
        else:
            covariances = families.covariances(self, statistics)
        covariances = check_or_lift(covariances, self.covariance_floor, means, owns)
        weights, factors = self._new_weights(statistics.n_k), cholesky(covariances)
        return self._with(weights=weights, means=means, covariances=covariances, _factors=factors)

    def _draw(self, z: NDArray[np.intp], rng: np.random.Generator) -> Array:
        x = rng.standard_normal((len(z), self.n_columns))
        for k, (mean, factor) in enumerate(zip(self.means, self._factors, strict=True)):
            x[z == k] = mean + np.einsum("ij,nj->ni", factor, x[z == k])
        return x

    def _check(self, x: Any) -> Data:
        """Check data of shape (N, D); (N,) where D = 1."""
        return checks.rows(x, self.means.shape[1], column_names=self.column_names)

    def prepare_fit(self, x: Any, sample_weight: Any = None) -> Data:
        """Check data for a fit: at least K rows, and columns whose variance can be represented."""
        data = super().prepare_fit(x, sample_weight)
        checks.representable_variances(data)
        return data

    @classmethod
    def _placeholder(cls, n_components: int, n_columns: int, **options: Any) -> Self:
        floor = arguments.non_negative("covariance_floor", options.get("covariance_floor", 0.0))
        return cls(
            means=np.zeros((n_components, n_columns)),
            covariances=np.array([max(1.0, floor) * np.eye(n_columns)] * n_components),
            **cls._with_weights(n_components, options),
        )

    def _difference(self, j: int, k: int) -> float:
        mean, width = self.means[j] - self.means[k], math.sqrt(self.covariances.item(k, 0, 0))
        if abs(mean.item(0)) > EQUAL * width:  # most are, and need no factors
            return abs(mean.item(0)) / width
        return whitened_size(mean, self.covariances[j] - self.covariances[k], self._factors[k])
