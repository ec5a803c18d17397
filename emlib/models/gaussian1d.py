"""Mixture of Gaussians in one dimension: PRML section 9.2 with D = 1.

    p(x) = sum_k pi_k N(x | mu_k, sigma_k^2)                                              (9.12)

====================================== ==================================== =======================
equation                               says                                 code
====================================== ==================================== =======================
(9.12)                                 the density                          `_log_joint`
(9.18), (9.27)                         effective counts N_k                 `_statistics`
(9.17), (9.24)                         weighted means                       `_statistics`, `m_step`
(9.19), (9.25)                         variances about the new means        `_statistics`, `m_step`
====================================== ==================================== =======================
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from emlib.data import arguments, checks
from emlib.data.errors import refuse
from emlib.data.rows import NO_DATA, Array, Data
from emlib.models import priors
from emlib.models.covariances import check_widths
from emlib.models.mixture import Mixture, which_own_data
from emlib.models.statistics import GaussianStatistics, ratio
from emlib.models.tables import numbers


@dataclass(frozen=True, eq=False, repr=False, init=False)
class GaussianMixture1D(Mixture):
    """Mixture of K Gaussians in one dimension.

    Parameters
    ----------
    weights
        Mixing weights pi_k, shape (K,), summing to one.
    means
        Means mu_k, shape (K,), in the data's units.
    variances
        Variances sigma_k^2, shape (K,), in squared units: not standard deviations.
    fixed_weights
        Hold the weights in the M-step, and do not count them as parameters.
    covariance_floor
        The least variance that the M-step allows, in squared units of the data. Zero is pure
        maximum likelihood, in which a component may collapse on a point.
    covariance_type
        ``"full"``, or ``"tied"``: all variances are one. See `emlib.models.families`.
    weight_prior, covariance_prior
        Of a fit that maximises ln p(X | theta) + ln p(theta): alpha >= 1 of a Dirichlet
        distribution over the weights; a pair nu_0, S_0 of an inverse gamma distribution over each
        variance, of shape nu_0 / 2 and scale S_0 / 2. None is no prior. See `emlib.models.priors`.

    Raises
    ------
    ValueError, TypeError
        If a parameter has the wrong shape or is not what its name says; the message names it.

    Examples
    --------
    >>> theta = GaussianMixture1D([0.3, 0.7], [20, 40], [25, 25])
    >>> theta.stds
    array([5., 5.])
    >>> theta.predict([25.0, 35.0])
    array([0, 1])

    References
    ----------
    C. M. Bishop, Pattern Recognition and Machine Learning, 2006, pp. 430-439.
    """

    weights: Array
    means: Array
    variances: Array
    fixed_weights: bool
    covariance_floor: float
    covariance_type: str = "full"
    weight_prior: float | None = None
    covariance_prior: priors.InverseWishart | None = None

    def __init__(
        self,
        weights: ArrayLike,
        means: ArrayLike,
        variances: ArrayLike,
        *,
        fixed_weights: bool = False,
        covariance_floor: float = 0.0,
        covariance_type: str = "full",
        weight_prior: float | None = None,
        covariance_prior: Any = None,
    ) -> None:
        floor = arguments.non_negative("covariance_floor", covariance_floor)
        checked_weights = arguments.weights("weights", weights)
        k = len(checked_weights)
        checked = arguments.variances("variances", variances, k, floor)
        self._set(
            weights=checked_weights,
            means=arguments.shaped("means", means, (k,)),
            variances=_of_family(covariance_type, checked, variances),
            fixed_weights=arguments.flag("fixed_weights", fixed_weights),
            covariance_floor=floor,
            covariance_type=covariance_type,
            weight_prior=priors.of_weights(weight_prior, checked_weights, fixed_weights),
            covariance_prior=priors.of_covariances(covariance_prior, 1, covariance_type),
        )

    @property
    def stds(self) -> Array:
        """Standard deviations sigma_k, shape (K,), in the data's units."""
        return np.sqrt(self.variances)

    @property
    def n_parameters(self) -> int:
        """K means, K variances (one if tied), and K - 1 weights unless they are fixed."""
        n_variances = 1 if self.covariance_type == "tied" else self.n_components
        return self.n_components + n_variances + self.n_free_weights

    def _summary(self) -> tuple[str, dict[str, list[str]]]:
        held = " (held fixed)" if self.fixed_weights else ""
        equal = ", equal variances" if self.covariance_type == "tied" else ""
        return f"GaussianMixture1D of {self.n_components} components{equal}", {
            f"weight{held}": numbers(self.weights),
            "mean": numbers(self.means),
            "variance": numbers(self.variances),
            "std": numbers(self.stds),
        }

    def _log_joint(self, x: Array) -> Array:
        """Compute ln pi_k + ln N(x_n | mu_k, sigma_k^2)."""
        z = (x - self.means) / self.stds
        log_normal = -0.5 * (np.log(2 * math.pi * self.variances) + z * z)
        return log_normal + np.log(self.weights)  # (9.12)

    def _statistics(self, x: Array, r: Array) -> GaussianStatistics:
        n_k = r.sum(axis=0)  # (9.18), (9.27)
        origin = x[0]  # differences from one of the rows are exact where an offset dominates
        from_origin = x - origin
        offsets = ratio((r * from_origin).sum(axis=0), n_k)  # (9.17), (9.24)
        scatters = (r * (from_origin - offsets) ** 2).sum(axis=0)  # sums of (9.19), (9.25)
        return GaussianStatistics(n_k, origin, offsets, scatters)

    @np.errstate(under="ignore")
    def m_step(self, statistics: GaussianStatistics) -> Self:
        """Maximise Q: PRML (9.24)-(9.26), with variances kept above the floor.

        Parameters
        ----------
        statistics
            What `statistics` or `e_step` returned, or a sum of such.

        Raises
        ------
        CollapseError
            If a variance is zero to rounding and ``covariance_floor`` is zero.
        """
        owns = which_own_data(statistics.n_k, self.weights, self.covariance_prior)
        means = np.where(owns, statistics.means, self.means)  # (9.24)
        rows = priors.counted(self, statistics)  # the same without a prior
        if self.covariance_type == "full":
            variances = ratio(rows.scatters, rows.n_k)  # (9.19), (9.25)
            variances = np.where(rows.n_k > NO_DATA, variances, self.variances)
        else:  # all scatter over all data: derived in `emlib.models.families`
            pooled = rows.scatters.sum() / rows.n_k.sum()
            variances = np.full(len(means), pooled)
        if self.covariance_floor > 0:
            variances = np.maximum(variances, self.covariance_floor)
        else:
            check_widths("variances", means, np.sqrt(variances), owns)
        weights = self._new_weights(statistics.n_k)
        return self._with(weights=weights, means=means, variances=variances)

    def _draw(self, z: NDArray[np.intp], rng: np.random.Generator) -> Array:
        return self.means[z] + self.stds[z] * rng.standard_normal(len(z))

    def _check(self, x: Any) -> Data:
        """Check data of shape (N,) or (N, 1)."""
        return checks.rows(x, 1, column_names=self.column_names)

    def prepare_fit(self, x: Any, sample_weight: Any = None) -> Data:
        """Check data for a fit: at least K values, and a variance that can be represented.

        Values that occur often, as rounded ones do, are counted and kept once.
        """
        data = super().prepare_fit(x, sample_weight)
        checks.representable_variances(data)
        return data.distinct()

    @classmethod
    def _placeholder(cls, n_components: int, n_columns: int, **options: Any) -> Self:
        if n_columns != 1:
            raise refuse("x", "one column (or GaussianMixture)", f"{n_columns} columns")
        floor = arguments.non_negative("covariance_floor", options.get("covariance_floor", 0.0))
        return cls(
            means=np.zeros(n_components),
            variances=np.full(n_components, max(1.0, floor)),
            **cls._with_weights(n_components, options),
        )

    def _difference(self, j: int, k: int) -> float:
        (mean, other), (variance, its) = self.means[[k, j]], self.variances[[k, j]]
        return float(max(abs(other - mean) / math.sqrt(variance), abs(its / variance - 1)))


def _of_family(family: object, variances: Array, given: ArrayLike) -> Array:
    """Variances that keep to their family, to rounding; another is refused by name."""
    if family in ("diag", "spherical"):
        wanted = "'full' or 'tied' in one dimension"
        raise refuse("covariance_type", wanted, f"{family!r} (the same as 'full' here)")
    arguments.choice("covariance_type", family, "full", "tied")
    if family == "full" or variances.tolist().count(variances[0]) == len(variances):
        return variances
    different = np.abs(variances - variances[0]) > arguments.tolerance(given, 1) * variances[0]
    if different.any():
        got = f"{variances[0]:g} and {variances[different][0]:g}"
        raise refuse("variances", "equal ones for covariance_type='tied'", got)
    return arguments.frozen(np.full(len(variances), variances[0]))
