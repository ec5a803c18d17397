"""Mixture of Poisson distributions: counts of events, each with one of K rates, which one unseen.

    p(x_n) = sum_k pi_k lambda_k^x_n exp(-lambda_k) / x_n!

====================================== ==================================== =======================
equation                               says                                 code
====================================== ==================================== =======================
(9.12)                                 the probability of a count           `_log_joint`
(9.13), (9.23)                         responsibilities                     `Mixture._normalise`
(9.18), (9.27)                         effective number of counts           `_statistics`
(9.17), (9.24)                         rate = weighted mean of the counts   `_statistics`, `m_step`
(9.22), (9.26)                         weights N_k / N                      `Mixture._new_weights`
====================================== ==================================== =======================

The equations are those of Gaussian mixtures with another density. Of Q, the part with lambda_k is
E_k ln lambda_k - N_k lambda_k, where E_k = sum_n gamma_nk x_n are the expected events of component
k. Its slope E_k / lambda_k - N_k falls as lambda_k grows, so that it is zero at the one maximum,
lambda_k = E_k / N_k.

References
----------
V. Hasselblad, Journal of the American Statistical Association 64 (1969) 1459-1471.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from emlib.data import arguments, checks
from emlib.data.errors import refuse
from emlib.data.rows import Array, Data
from emlib.models import priors
from emlib.models.mixture import Mixture, which_own_data
from emlib.models.statistics import PoissonStatistics
from emlib.models.tables import numbers


@dataclass(frozen=True, eq=False, repr=False, init=False)
class PoissonMixture(Mixture):
    """Mixture of K Poisson distributions.

    Data are counts of events, shape (N,): whole numbers, not negative.

    Parameters
    ----------
    weights
        Mixing weights pi_k, shape (K,), summing to one.
    rates
        Expected numbers of events lambda_k, shape (K,), not negative.
    fixed_weights
        Hold the weights in the M-step, and do not count them as parameters.
    weight_prior
        alpha of a Dirichlet distribution over the weights, 1 or more; None is no prior. With a
        prior EM maximises ln p(X | theta) + ln p(theta): see `emlib.models.priors`.

    Raises
    ------
    ValueError, TypeError
        If a parameter has the wrong shape or is not what its name says; the message names it.

    Examples
    --------
    >>> theta = PoissonMixture([0.5, 0.5], [1, 4])
    >>> theta.responsibilities([0, 2, 9]).round(3)
    array([[0.953, 0.047],
           [0.557, 0.443],
           [0.   , 1.   ]])

    References
    ----------
    V. Hasselblad, Journal of the American Statistical Association 64 (1969) 1459-1471.
    """

    weights: Array
    rates: Array
    fixed_weights: bool
    weight_prior: float | None = None

    location = "rates"
    can_exclude = True
    needs_rows = False

    def __init__(
        self,
        weights: ArrayLike,
        rates: ArrayLike,
        *,
        fixed_weights: bool = False,
        weight_prior: float | None = None,
    ) -> None:
        checked_weights = arguments.weights("weights", weights)
        self._set(
            weights=checked_weights,
            rates=arguments.rates("rates", rates, len(checked_weights)),
            fixed_weights=arguments.flag("fixed_weights", fixed_weights),
            weight_prior=priors.of_weights(weight_prior, checked_weights, fixed_weights),
        )

    @property
    def n_parameters(self) -> int:
        """K rates, and K - 1 weights unless they are fixed."""
        return self.n_components + self.n_free_weights

    def _summary(self) -> tuple[str, dict[str, list[str]]]:
        held = " (held fixed)" if self.fixed_weights else ""
        return f"PoissonMixture of {self.n_components} components", {
            f"weight{held}": numbers(self.weights),
            "rate": numbers(self.rates),
        }

    def _log_joint(self, x: Array) -> Array:
        """Compute ln pi_k + x ln lambda_k - lambda_k - ln x!, with 0 ln 0 = 0."""
        from scipy.special import gammaln

        log_powers = np.where(x > 0, x * np.log(self.rates), 0.0)
        return log_powers - self.rates - gammaln(x + 1) + np.log(self.weights)  # (9.12)

    def _statistics(self, x: Array, r: Array) -> PoissonStatistics:
        return PoissonStatistics(r.sum(axis=0), (r * x).sum(axis=0))  # (9.18), (9.27); (9.24)

    @np.errstate(under="ignore")
    def m_step(self, statistics: PoissonStatistics) -> Self:
        """Maximise Q: a rate is the expected number of events of its component, per count.

        Parameters
        ----------
        statistics
            What `statistics` or `e_step` returned, or a sum of such.
        """
        owns = which_own_data(statistics.n_k, self.weights)
        rates = self.rates.copy()
        np.divide(statistics.events, statistics.n_k, out=rates, where=owns)  # (9.17), (9.24)
        return self._with(rates=rates, weights=self._new_weights(statistics.n_k))

    def _draw(self, z: NDArray[np.intp], rng: np.random.Generator) -> Array:
        return rng.poisson(self.rates[z]).astype(float)

    @classmethod
    def read(cls, x: Any) -> Data:
        """Check counts of events, shape (N,) or (N, 1)."""
        return checks.event_counts(x)

    def _check(self, x: Any) -> Data:
        """Check counts of events, shape (N,) or (N, 1)."""
        return checks.event_counts(x, self.column_names)

    def prepare_fit(self, x: Any, sample_weight: Any = None) -> Data:
        """Check counts for a fit; equal ones are counted and kept once."""
        return super().prepare_fit(x, sample_weight).distinct()

    @classmethod
    def _placeholder(cls, n_components: int, n_columns: int, **options: Any) -> Self:
        if n_columns != 1:
            raise refuse("x", "one column", f"{n_columns} columns")
        return cls(rates=np.ones(n_components), **cls._with_weights(n_components, options))

    def _difference(self, j: int, k: int) -> float:
        rate, gap = self.rates[k], abs(self.rates[j] - self.rates[k])
        return float(gap / np.sqrt(rate)) if rate > 0 else float(gap)  # in standard deviations
