"""Priors over the parameters of mixtures: EM for the most probable parameters (MAP).

With a prior p(theta) the objective is ln p(X | theta) + ln p(theta), which is the log posterior
but for ln p(X), a constant (9.76). The E-step is as before, as the prior does not know the labels;
the M-step maximises Q + ln p(theta), so that the bound (9.77), and with it the objective, never
falls. Both priors here are conjugate: in the M-step they count like rows that were seen before.

=================== ================================== ===========================================
prior               its logarithm, as far as it counts in the M-step
=================== ================================== ===========================================
Dirichlet(alpha)    (alpha - 1) sum_k ln pi_k          alpha - 1 rows more in each N_k
inverse             -(c / 2) ln |Sigma_k|              c rows more in N_k, of scatter S_0, for the
Wishart(nu_0, S_0)  - tr(S_0 Sigma_k^-1) / 2           covariance alone; c = nu_0 + D + 1
=================== ================================== ===========================================

So the maximisers are, with S_k the scatter about the new mean (means have no prior),

    pi_k    = (N_k + alpha - 1) / (N + K (alpha - 1))
    Sigma_k = (S_0 + S_k) / (nu_0 + N_k + D + 1)

as the derivations of (9.22) and (9.19) show when the terms above are added. In one dimension the
inverse Wishart distribution is the inverse gamma distribution, of shape nu_0 / 2 and scale S_0 / 2.

The families of `emlib.models.families` keep their formulas, with the counts and scatters above:
their prior is the same density on the matrices of the family, divided by what it integrates to
there. "diag" has then an independent inverse gamma distribution for each variance, of shape
(nu_0 + D - 1) / 2 and scale (S_0)_ii / 2; "spherical" one for each component, of shape
D (nu_0 + D + 1) / 2 - 1 and scale tr(S_0) / 2; "tied" has one covariance, which its prior counts
once. The floor's eigenvalues are clipped as without a prior: Q has the same form.

References
----------
C. Fraley and A. E. Raftery, Journal of Classification 24 (2007) 155-181.
"""

from __future__ import annotations

import math
import numbers as numeric
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from emlib.data import arguments
from emlib.data.errors import refuse
from emlib.data.rows import EPSILON, Array
from emlib.models.statistics import GaussianStatistics

LOG_PI = math.log(math.pi)


@dataclass(frozen=True, eq=False)
class InverseWishart:
    """A prior for covariances of D columns: nu_0 and S_0.

    Attributes
    ----------
    degrees_of_freedom
        nu_0, above D - 1.
    scale
        S_0, shape (D, D), in squared units of the data.
    """

    degrees_of_freedom: float
    scale: Array

    def __post_init__(self) -> None:
        arguments.frozen(self.scale)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, InverseWishart):
            return NotImplemented
        same = self.degrees_of_freedom == other.degrees_of_freedom
        return same and np.array_equal(self.scale, other.scale)

    __hash__ = None  # type: ignore[assignment]

    def __reduce__(self) -> tuple[Any, ...]:
        return InverseWishart, (self.degrees_of_freedom, self.scale)

    def __iter__(self) -> Any:
        return iter((self.degrees_of_freedom, self.scale))

    def tolist(self) -> list[Any]:
        """The pair as plain numbers: what a file keeps, and a model takes."""
        return [self.degrees_of_freedom, self.scale.tolist()]

    @property
    def count(self) -> float:
        """How many rows it counts for: nu_0 + D + 1."""
        return self.degrees_of_freedom + len(self.scale) + 1


def of_weights(value: object, weights: Array, fixed_weights: bool) -> float | None:
    """Check alpha of a Dirichlet distribution over the weights, which must be free."""
    if value is None:
        return None
    alpha = _number("weight_prior", value)
    if not 1 <= alpha <= arguments.LARGEST_VALUE:
        wanted = "a finite number of 1 or more (below 1 the prior is infinite at a weight of zero)"
        raise refuse("weight_prior", wanted, f"{alpha:g}")
    if fixed_weights:
        raise refuse(
            "weight_prior", "None where fixed_weights=True holds the weights", f"{alpha:g}"
        )
    if alpha > 1 and not weights.all():
        wanted = f"weights above zero for weight_prior={alpha:g}, under which zero is impossible"
        raise refuse("weights", wanted, f"weights[{int(weights.argmin())}] = 0")
    return alpha


def of_covariances(value: object, d: int, family: str) -> InverseWishart | None:
    """Check nu_0 and S_0 of an inverse Wishart distribution over covariances of D columns."""
    if value is None:
        return None
    pair = list(value) if isinstance(value, tuple | list | InverseWishart) else []
    if len(pair) != 2:
        wanted = "a pair, the degrees of freedom nu_0 and the scale S_0"
        raise TypeError(f"covariance_prior: expected {wanted}, got {value!r}")
    nu = _number("covariance_prior", pair[0])
    if not d - 1 < nu <= arguments.LARGEST_VALUE:
        wanted = f"finite degrees of freedom nu_0 above D - 1 = {d - 1}"
        raise refuse("covariance_prior", wanted, f"{nu:g}")
    scale = arguments.array("covariance_prior", pair[1], (0, 2), arguments.LARGEST_VALUE**2)
    if scale.ndim == 0:
        scale = scale * np.eye(d)
    if scale.shape != (d, d):
        wanted = f"a scale S_0 that is a number or has shape ({d}, {d})"
        raise refuse("covariance_prior", wanted, f"shape {scale.shape}")
    size = np.abs(scale).max()
    if (np.abs(scale - scale.T) > arguments.tolerance(pair[1], d) * size).any():
        raise refuse("covariance_prior", "a symmetric scale S_0", "one that is not its transpose")
    scale = (scale + scale.T) / 2
    lowest = np.linalg.eigvalsh(scale)[0]
    if not lowest > 4 * d * EPSILON * size:
        raise refuse("covariance_prior", "a positive definite scale S_0", f"eigenvalue {lowest:g}")
    nearest = np.diag(scale.diagonal()) if family == "diag" else scale[0, 0] * np.eye(d)
    if family in ("diag", "spherical") and (np.abs(scale - nearest) > 1e-8 * size).any():
        form = {"diag": "diagonal scale S_0", "spherical": "scale S_0 that is a number"}[family]
        raise refuse("covariance_prior", f"a {form} for covariance_type={family!r}", "another")
    return InverseWishart(nu, scale)


def _number(name: str, value: object) -> float:
    if isinstance(value, bool | np.bool_) or not isinstance(value, numeric.Real):
        raise TypeError(f"{name}: expected a number, got {value!r}")
    try:
        return float(value)
    except OverflowError:
        return math.inf


def words(model: Any) -> str:
    """What a model's title says of its priors; empty where it has none."""
    said = []
    if model.weight_prior is not None:
        said.append(f"weights Dirichlet({model.weight_prior:g})")
    if model.covariance_prior is not None:
        said.append(f"inverse Wishart({model.covariance_prior.degrees_of_freedom:g})")
    return f", prior: {' and '.join(said)}" if said else ""


def log_prior(model: Any) -> float:
    """Compute ln p(theta) in nats, constants included: densities by weights and free variances."""
    total = 0.0
    if model.weight_prior is not None:
        total += log_dirichlet(model.weight_prior, model.weights)
    if model.covariance_prior is not None:
        spreads = getattr(model, "covariances", None)
        spreads = model.variances[:, None, None] if spreads is None else spreads
        if model.covariance_type == "tied":  # one matrix, which all have
            spreads = spreads[:1]
        total += log_inverse_wishart(model.covariance_prior, model.covariance_type, spreads)
    return total


def log_dirichlet(alpha: float, weights: Array) -> float:
    """Compute ln Dirichlet(pi | alpha), the same alpha for all."""
    k = len(weights)
    constant = math.lgamma(k * alpha) - k * math.lgamma(alpha)
    if alpha == 1:
        return constant
    return constant + (alpha - 1) * float(np.log(weights).sum())


def log_inverse_wishart(prior: InverseWishart, family: str, covariances: Array) -> float:
    """Sum of ln p(Sigma_k) over matrices (K, D, D) of a family."""
    log_dets = np.linalg.slogdet(covariances)[1]
    traces = np.linalg.solve(covariances, prior.scale).trace(axis1=1, axis2=2)
    logs = log_constant(prior, family) - (prior.count * log_dets + traces) / 2
    return float(logs.sum())


def log_constant(prior: InverseWishart, family: str) -> float:
    """The logarithm of what makes the density on one matrix of the family integrate to one."""
    nu, scale = prior
    d = len(scale)
    if family == "spherical":
        shape, rate = d * prior.count / 2 - 1, scale.trace() / 2
        return float(shape * math.log(rate) - math.lgamma(shape))
    if family == "diag":
        shape = prior.count / 2 - 1
        return float(shape * np.log(scale.diagonal() / 2).sum() - d * math.lgamma(shape))
    log_gammas = sum(math.lgamma((nu - i) / 2) for i in range(d)) + d * (d - 1) / 4 * LOG_PI
    return float(nu / 2 * np.linalg.slogdet(scale / 2)[1] - log_gammas)


def pseudo_rows(model: Any) -> tuple[float, Any]:
    """What the prior adds to N_k, and to the scatter of each component, for its covariance.

    One matrix for all components has its prior once: each gets a part of it.
    """
    prior = model.covariance_prior
    if prior is None:
        return 0.0, 0.0
    share = model.n_components if model.covariance_type == "tied" else 1
    return prior.count / share, prior.scale / share


def counted(model: Any, statistics: GaussianStatistics) -> GaussianStatistics:
    """Statistics for the covariances alone, with the rows that their prior counts for."""
    if model.covariance_prior is None:
        return statistics
    n, scale = pseudo_rows(model)
    by_shape = {1: scale[0, 0], 2: scale.diagonal(), 3: scale}  # 1-D, the diagonal families, all
    scatters = statistics.scatters + by_shape[statistics.scatters.ndim]
    return replace(statistics, n_k=statistics.n_k + n, scatters=scatters)
