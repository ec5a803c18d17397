"""A distribution over mixtures of Gaussians: Dirichlet, Normal and Wishart factors.

    q(pi)             Dirichlet(alpha_k)                                                  (10.57)
    q(mu_k, Lambda_k) Normal(m_k, (beta_k Lambda_k)^-1) Wishart(W_k, nu_k)                 (10.59)

In place of W_k the record keeps W_k^-1 / nu_k, which is a covariance; the arguments of the prior
have the names and meanings that scikit-learn gives them. `emlib.models.variational` finds the best
such distribution for some data.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike

from emlib.data import arguments, checks
from emlib.data.errors import refuse
from emlib.data.rows import Array, Data, Rows
from emlib.models import conjugate
from emlib.models.covariances import cholesky, stds
from emlib.models.gaussian import GaussianMixture
from emlib.models.mixture import log_sum_exp
from emlib.models.model import Model
from emlib.models.tables import numbers, vector


@dataclass(frozen=True, eq=False, repr=False, init=False)
class GaussianPosterior(Model):
    """A distribution over mixtures of K Gaussians in D dimensions, with its prior.

    Parameters
    ----------
    concentrations
        alpha_k, shape (K,), positive: alpha_0 and the rows that the component owns.
    mean_precisions
        beta_k, shape (K,), positive: beta_0 and the same.
    means
        m_k, shape (K, D), in the data's units.
    covariances
        W_k^-1 / nu_k, shape (K, D, D): the inverse of the expected precision.
    degrees_of_freedom
        nu_k, shape (K,), above D - 1.
    weight_concentration_prior, mean_precision_prior, degrees_of_freedom_prior
        alpha_0, beta_0 and nu_0.
    mean_prior
        m_0, shape (D,).
    covariance_prior
        W_0^-1, shape (D, D).

    Raises
    ------
    ValueError, TypeError
        If a parameter has the wrong shape or is not what its name says; the message names it.
    """

    concentrations: Array
    mean_precisions: Array
    means: Array
    covariances: Array
    degrees_of_freedom: Array
    weight_concentration_prior: float
    mean_precision_prior: float
    mean_prior: Array
    degrees_of_freedom_prior: float
    covariance_prior: Array

    covariance_type = "full"
    needs_rows = False
    shared_fields = ("mean_prior", "covariance_prior")

    def __init__(
        self,
        concentrations: ArrayLike,
        mean_precisions: ArrayLike,
        means: ArrayLike,
        covariances: ArrayLike,
        degrees_of_freedom: ArrayLike,
        *,
        weight_concentration_prior: float,
        mean_precision_prior: float,
        mean_prior: ArrayLike,
        degrees_of_freedom_prior: float,
        covariance_prior: ArrayLike,
    ) -> None:
        checked_means = arguments.shaped("means", means, (None, None))
        k, d = checked_means.shape
        prior = {
            "weight_concentration_prior": weight_concentration_prior,
            "mean_precision_prior": mean_precision_prior,
            "mean_prior": mean_prior,
            "degrees_of_freedom_prior": degrees_of_freedom_prior,
            "covariance_prior": covariance_prior,
        }
        self._set(
            concentrations=arguments.above("concentrations", concentrations, (k,)),
            mean_precisions=arguments.above("mean_precisions", mean_precisions, (k,)),
            means=checked_means,
            covariances=conjugate.positive_definite("covariances", covariances, (k, d, d)),
            degrees_of_freedom=arguments.above(
                "degrees_of_freedom", degrees_of_freedom, (k,), d - 1
            ),
            **conjugate.checked_prior(d, prior),
        )

    @property
    def n_components(self) -> int:
        """K."""
        return len(self.concentrations)

    @property
    def weights(self) -> Array:
        """Expected weights (10.69), shape (K,)."""
        expected: Array = self.concentrations / self.concentrations.sum()
        return expected

    def mean_model(self) -> GaussianMixture:
        """The mixture with the expected weights and means, and the covariances of the record."""
        return GaussianMixture(self.weights, self.means, self.covariances)

    def _summary(self) -> tuple[str, dict[str, list[str]]]:
        k, d = self.means.shape
        return f"VariationalGaussianMixture of {k} components in {d} dimensions", {
            "weight": numbers(self.weights),
            "rows": numbers(self.concentrations - self.weight_concentration_prior),
            "mean": [vector(mean) for mean in self.means],
            "stds": [vector(std) for std in stds(self.covariances)],
        }

    @cached_property
    def divergence(self) -> float:
        """KL(q(pi, mu, Lambda) || p(pi, mu, Lambda)), in nats."""
        of_weights = conjugate.dirichlet_divergence(
            self.concentrations, self.weight_concentration_prior
        )
        of_components = conjugate.normal_wishart_divergence(
            self.mean_precisions,
            self.means,
            self.covariances,
            self.degrees_of_freedom,
            self._values(),
        )
        return of_weights + float(of_components.sum())

    def log_predictive(self, x: ArrayLike | Rows) -> Array:
        """Ln of the predictive density of each row, a mixture of Student's t (10.81), shape (N,).

        Parameters
        ----------
        x
            Data, shape (N, D).
        """
        rows, d = self.prepare(x).values, self.means.shape[1]
        df, beta = self.degrees_of_freedom + 1 - d, self.mean_precisions
        width = self.degrees_of_freedom * (1 + beta) / (df * beta)
        shapes = cholesky(self.covariances * width[:, None, None])  # of L_k^-1 in (10.82)
        terms = [
            np.log(weight) + conjugate.log_student(rows - mean, shape, degrees)
            for weight, mean, shape, degrees in zip(
                self.weights, self.means, shapes, df, strict=True
            )
        ]
        return log_sum_exp(np.column_stack(terms))

    def _check(self, x: Any) -> Data:
        """Check data of shape (N, D)."""
        return checks.rows(x, self.means.shape[1], column_names=self.column_names)

    @classmethod
    def _placeholder(cls, n_components: int, n_columns: int, **options: Any) -> Self:
        unknown = set(options) - set(cls.__dataclass_fields__)
        if unknown:
            raise refuse("prior", "arguments of the class", ", ".join(sorted(unknown)))
        k, d = n_components, n_columns
        return cls(np.ones(k), np.ones(k), np.zeros((k, d)), [np.eye(d)] * k, [d] * k, **options)
