"""Variational Bayes for a mixture of Gaussians: PRML section 10.2.

The bound of lesson 07, with the parameters among the unknowns: q(Z) q(pi, mu, Lambda) in place of
q(Z) and a point. Both factors are found in turn, each the best for the other:

    q(pi)             Dirichlet(alpha_k)                                                  (10.57)
    q(mu_k, Lambda_k) Normal(m_k, (beta_k Lambda_k)^-1) Wishart(W_k, nu_k)                 (10.59)

====================================== ===================================== ======================
equation                               says                                  code
====================================== ===================================== ======================
(10.46), (10.64)-(10.66)               ln rho_nk, in place of the log-joint  `_log_joint`
(10.49)                                responsibilities                      `_normalise`
(10.51)-(10.53)                        N_k, means, scatters                  `_statistics`
(10.58), (10.60)-(10.63)               the M-step                            `m_step`
(10.70)                                the lower bound                       `e_step`
====================================== ===================================== ======================

With the best q(Z) of (10.49), the terms of (10.70) that hold Z add up to sum_n ln sum_k rho_nk, so
that the bound is that sum less the divergence of q(pi, mu, Lambda) from the prior.

The record, its prior and the predictive density (10.81) are in `emlib.models.posterior`, the
divergence in `emlib.models.conjugate`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import numpy as np

from emlib.data import arguments
from emlib.data.rows import Array, Rows
from emlib.models import conjugate
from emlib.models.gaussian import GaussianMixture
from emlib.models.mixture import Mixture
from emlib.models.posterior import GaussianPosterior
from emlib.models.statistics import GaussianStatistics, outer


@dataclass(frozen=True, eq=False, repr=False, init=False)
class VariationalGaussianMixture(GaussianPosterior):
    """The best distribution over mixtures of K Gaussians, found by EM's two steps.

    Its parameters are those of `emlib.models.posterior.GaussianPosterior`.

    `start` makes a first one from data.

    References
    ----------
    C. M. Bishop, Pattern Recognition and Machine Learning, 2006, pp. 474-483.

    Examples
    --------
    >>> from emlib import datasets, em
    >>> x = datasets.old_faithful().x
    >>> start = VariationalGaussianMixture.start(x, n_components=6, rng=0,
    ...                                          weight_concentration_prior=1e-3)
    >>> fit = em.fit(start, x, tol=1e-6)
    >>> bool((np.diff(fit.history) > -1e-8).all())
    True
    """

    @classmethod
    def start(
        cls, x: Any, *, n_components: int, rng: np.random.Generator | int, **prior: Any
    ) -> Self:
        """Make a first one: each row belongs to the nearest of K rows drawn at random.

        Distances are in standard deviations of the columns. `emlib.start` and `emlib.em.multistart`
        have other ways to begin, and take the same arguments.

        Parameters
        ----------
        x
            Data, shape (N, D).
        n_components
            K: the most components that the data may use.
        rng
            A numpy Generator, or a whole number to seed one.
        **prior
            The prior, by the names of the class. What is left out is scikit-learn's choice: alpha_0
            = 1 / K, beta_0 = 1, m_0 the mean of the data, nu_0 = D, W_0^-1 their covariance.

        Raises
        ------
        ValueError, TypeError
            If an argument is not what it should be.
        """
        rows = cls.read(x).in_memory()
        k, rng = arguments.count("n_components", n_components), arguments.generator("rng", rng)
        scale = rows.values.std(axis=0)
        units = rows.values / np.where(scale > 0, scale, 1.0)
        seeds = units[rng.choice(len(units), k, replace=k > len(units))]
        nearest = np.array([((units - seed) ** 2).sum(axis=1) for seed in seeds]).argmin(axis=0)
        return cls.from_responsibilities(rows, np.eye(k)[nearest], **prior)

    @cached_property
    def gaussians(self) -> tuple[Array, Array, Array]:
        """Terms of ln rho_nk = ln c_k + ln N(x_n | m_k, S_k): ln c (K,), m (K, D), S (K, D, D)."""
        d = self.means.shape[1]
        log_spread = conjugate.expected_log_spread(self.degrees_of_freedom, d)  # (10.65)
        log_c = conjugate.expected_log_weights(self.concentrations)  # (10.66)
        log_c = log_c + (log_spread - d / self.mean_precisions) / 2  # (10.64)
        return log_c, self.means, self.covariances

    def _log_joint(self, x: Array) -> Array:
        """Compute ln rho_nk of (10.46), by (10.64)."""
        log_c, *_ = self.gaussians
        return self._expected._log_joint(x) + (log_c - np.log(self.weights))

    @cached_property
    def _expected(self) -> GaussianMixture:
        """The mean model, whose Gaussians are those of (10.46)."""
        return self.mean_model()

    def _normalise(self, log_joint: Array) -> tuple[Array, Array]:
        return Mixture._normalise(self, log_joint)  # type: ignore[arg-type]  # (10.49)

    def _statistics(self, x: Array, r: Array) -> GaussianStatistics:
        return GaussianMixture._statistics(self, x, r)  # type: ignore[arg-type]

    def e_step(self, x: Any, sample_weight: Any = None) -> tuple[GaussianStatistics, float]:
        """Expected sufficient statistics, and the lower bound (10.70) in nats, in one pass."""
        statistics, total = super().e_step(x, sample_weight)
        return statistics, total - self.divergence

    def m_step(self, statistics: GaussianStatistics) -> Self:
        """Find the best q(pi, mu, Lambda): PRML (10.58) and (10.60)-(10.63)."""
        n_k = statistics.n_k
        beta_0, nu_0 = self.mean_precision_prior, self.degrees_of_freedom_prior
        beta, nu = beta_0 + n_k, nu_0 + n_k  # (10.60), (10.63)
        step = np.where(n_k[:, None] > 0, statistics.means - self.mean_prior, 0.0)
        share = n_k / beta
        spread = outer(step) * (beta_0 * share)[:, None, None]
        inverse_w = self.covariance_prior + statistics.scatters + spread  # (10.62)
        return self._with(
            concentrations=self.weight_concentration_prior + n_k,  # (10.58)
            mean_precisions=beta,
            means=self.mean_prior + share[:, None] * step,  # (10.61)
            covariances=inverse_w / nu[:, None, None],
            degrees_of_freedom=nu,
        )

    @classmethod
    def from_table(
        cls, rows: Rows, n_components: int, table: Callable[[slice], Array], **options: Any
    ) -> Self:
        """Make a first one, with a prior from the data where none is given."""
        prior = conjugate.prior_from(rows, n_components) | options
        placeholder = cls._placeholder(n_components, rows.n_columns, **prior)
        made = placeholder.m_step(placeholder._total(rows, table))
        return made.with_column_names(rows)
