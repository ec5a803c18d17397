"""EM without a mixture: linear regression whose weights are hidden, PRML section 9.3.4.

    t_n = w^T phi(x_n) + noise of precision beta,     w_i of precision alpha_i about zero

The weights w are the latent variables, alpha and beta the parameters. The E-step is the posterior
N(w | m, S) of the weights, the M-step maximises the average of ln p(t, w | alpha, beta) over it,
and the objective is the log evidence ln p(t | alpha, beta), in which w is integrated out.

======================= ======================================== ==================================
equation                says                                     code
======================= ======================================== ==================================
(9.61)                  ln p(t, w | alpha, beta)                 `log_joint`
(9.62), (9.66)          its average over the posterior           `q_function`
(9.63)                  one alpha for all weights                `BayesianLinearRegression.m_step`
(9.64)                  gamma, the weights that the data decide  `Posterior.n_determined`
(9.67)                  an alpha for each weight                 `RelevanceVectors.m_step`
(9.68)                  beta                                     `noise_precision`
======================= ======================================== ==================================

With one alpha for each weight most of them grow without bound: their weights are zero, and the rows
or features that are left are the relevance vectors.

Data are a pair, the features Phi (N, M) and the targets t (N,):

>>> import numpy as np
>>> from emlib import em
>>> x = np.linspace(-1, 1, 30)
>>> noise = np.random.default_rng(0).normal(size=30) / 10
>>> phi = np.column_stack([np.ones(30), x, x**2])
>>> fit = em.fit(BayesianLinearRegression(1.0, 1.0), (phi, 0.5 - 2 * x + noise), tol=1e-10)
>>> fit.model.posterior((phi, 0.5 - 2 * x + noise)).mean[:2].round(1)
array([ 0.5, -2. ])
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from emlib.data import arguments
from emlib.data.design import Design, design
from emlib.data.errors import CollapseError, refuse
from emlib.data.rows import EPSILON, Array

LOG_2PI = math.log(2 * math.pi)


@dataclass(frozen=True, eq=False)
class Posterior:
    """The posterior N(w | m, S), and what an M-step needs of the data: the E-step's statistics.

    Attributes
    ----------
    mean, covariance
        m (M,) and S (M, M).
    squared_error
        |t - Phi m|^2.
    n, square
        N and |t|^2.
    determined
        gamma_i = 1 - alpha_i S_ii, shape (M,): how far the data, not the prior, decide a weight.
    """

    mean: Array
    covariance: Array
    squared_error: float
    n: int
    square: float
    determined: Array

    @property
    def n_determined(self) -> float:
        """gamma: how many weights the data decide."""
        return float(self.determined.sum())  # (9.64)

    @property
    def squares(self) -> Array:
        """E[w_i^2] = m_i^2 + S_ii, shape (M,)."""
        result: Array = self.mean**2 + self.covariance.diagonal()
        return result


@dataclass(frozen=True, eq=False)
class Regression:
    """What both models share: the posterior of the weights, and the evidence.

    Attributes
    ----------
    weight_precision
        alpha, one number or one for each weight.
    noise_precision
        beta.
    """

    weight_precision: Any
    noise_precision: float

    def __post_init__(self) -> None:
        self._store("weight_precision", (0,))
        self._store("noise_precision", (0,))

    def _store(self, name: str, ndim: tuple[int, ...]) -> None:
        value = arguments.array(name, getattr(self, name), ndim)
        if not (value > 0).all():
            raise refuse(name, "a precision above zero", f"{value.min():g}")
        kept = float(value) if value.ndim == 0 else arguments.frozen(value.copy())
        object.__setattr__(self, name, kept)

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        same = self.noise_precision == other.noise_precision
        return same and np.array_equal(self.weight_precision, other.weight_precision)

    __hash__ = None  # type: ignore[assignment]

    def prepare_fit(self, x: Any) -> Design:
        """Check a pair of features (N, M) and targets (N,), once."""
        data = design(x)
        given, m = np.shape(self.weight_precision), data.features.shape[1]
        if given not in ((), (m,)):
            raise refuse("features", f"{given[0]} columns, as weight_precision has", m)
        return data

    def precisions(self, m: int) -> Array:
        """alpha_i for each of M weights."""
        return np.broadcast_to(self.weight_precision, m)

    def posterior(self, x: Any) -> Posterior:
        """N(w | m, S) at these precisions."""
        return self.e_step(x)[0]

    def e_step(self, x: Any) -> tuple[Posterior, float]:
        """The posterior of the weights, PRML (3.53), (3.54), (7.82), and the evidence (3.86)."""
        data, beta = self.prepare_fit(x), self.noise_precision
        n, m = data.features.shape
        alpha = self.precisions(m)
        factor = np.linalg.cholesky(np.diag(alpha) + beta * data.products)  # of S^-1
        root = np.linalg.inv(factor)
        mean = beta * root.T @ (root @ (data.features.T @ data.targets))
        covariance = root.T @ root
        error = float(((data.targets - data.features @ mean) ** 2).sum())
        determined = beta * ((covariance @ data.products).diagonal())
        log_det = -2 * np.log(factor.diagonal()).sum()  # of S
        evidence = np.log(alpha).sum() + n * (math.log(beta) - LOG_2PI) + log_det
        evidence -= beta * error + alpha @ mean**2
        square = float(data.targets @ data.targets)
        return Posterior(mean, covariance, error, n, square, determined), float(evidence / 2)

    def log_joint(self, x: Any, w: ArrayLike) -> float:
        """Compute ln p(t, w | alpha, beta) = ln p(t | w, beta) + ln p(w | alpha), in nats."""
        data = self.prepare_fit(x)
        n, m = data.features.shape
        w, beta, alpha = arguments.shaped("w", w, (m,)), self.noise_precision, self.precisions(m)
        error = ((data.targets - data.features @ w) ** 2).sum()
        of_targets = n * (math.log(beta) - LOG_2PI) - beta * error
        of_weights = (np.log(alpha) - LOG_2PI - alpha * w**2).sum()
        return float(of_targets + of_weights) / 2  # (9.61)

    def q_function(self, posterior: Posterior, old: Regression) -> float:
        """Average `log_joint` over the posterior that ``old`` gave, in nats: what M maximises."""
        n, beta, alpha = posterior.n, self.noise_precision, self.precisions(len(posterior.mean))
        error = expected_error(posterior, old)
        of_targets = n * (math.log(beta) - LOG_2PI) - beta * error
        of_weights = (np.log(alpha) - LOG_2PI - alpha * posterior.squares).sum()
        return float(of_targets + of_weights) / 2  # (9.62), (9.66)

    def m_step(self, statistics: Posterior) -> Any:
        """Maximise `q_function`."""
        raise NotImplementedError


def expected_error(posterior: Posterior, old: Regression) -> float:
    """E|t - Phi w|^2 = |t - Phi m|^2 + tr(Phi^T Phi S), and the trace is gamma / beta."""
    return posterior.squared_error + posterior.n_determined / old.noise_precision


def noise_precision(posterior: Posterior, old: Regression) -> float:
    """Maximise Q by beta."""
    variance = expected_error(posterior, old) / posterior.n  # (9.68)
    if not variance > EPSILON * posterior.square / posterior.n:
        raise CollapseError(
            "targets: expected some noise, got targets that the features fit exactly: beta has no "
            "bound"
        )
    return 1 / variance


class BayesianLinearRegression(Regression):
    """One precision alpha for all weights.

    Examples
    --------
    >>> BayesianLinearRegression(2.0, 1.0) == BayesianLinearRegression(2.0, 1.0)
    True
    """

    def m_step(self, statistics: Posterior) -> BayesianLinearRegression:
        """Maximise Q: alpha = M / E[w^T w], and beta."""
        alpha = len(statistics.mean) / statistics.squares.sum()  # (9.63)
        return BayesianLinearRegression(alpha, noise_precision(statistics, self))


class RelevanceVectors(Regression):
    """A precision alpha_i for each weight.

    Examples
    --------
    >>> RelevanceVectors([1.0, 1.0], 2.0).weight_precision
    array([1., 1.])
    """

    def __post_init__(self) -> None:
        self._store("weight_precision", (1,))
        self._store("noise_precision", (0,))

    def m_step(self, statistics: Posterior) -> RelevanceVectors:
        """Maximise Q: alpha_i = 1 / E[w_i^2], and beta."""
        return RelevanceVectors(1 / statistics.squares, noise_precision(statistics, self))  # (9.67)
