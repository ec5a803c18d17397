"""Mixture of Gaussians in D dimensions: PRML section 9.2.

    p(x) = sum_k pi_k N(x | mu_k, Sigma_k)                                                (9.12)

====================================== ==================================== =======================
equation                               says                                 code
====================================== ==================================== =======================
(9.12)                                 the density                          `_log_joint`
(9.13), (9.23)                         responsibilities                     `Mixture._normalise`
(9.18), (9.27)                         effective counts N_k                 `_statistics`
(9.17), (9.24)                         weighted means                       `_statistics`
(9.19), (9.25)                         covariances about the new means      `m_step`
(9.22), (9.26)                         weights N_k / N                      `Mixture._new_weights`
(9.14), (9.28)                         log-likelihood                       `Model.e_step`
====================================== ==================================== =======================
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from emlib import families, validate
from emlib.mixture import Mixture
from emlib.moments import Moments, outer, ratio
from emlib.rows import Array, Data
from emlib.tables import numbers, vector

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
        `emlib.families`.

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

    def __init__(
        self,
        weights: ArrayLike,
        means: ArrayLike,
        covariances: ArrayLike,
        *,
        fixed_weights: bool = False,
        covariance_floor: float = 0.0,
        covariance_type: str = "full",
    ) -> None:
        floor = validate.non_negative("covariance_floor", covariance_floor)
        checked_weights = validate.weights("weights", weights)
        checked_means = validate.shaped("means", means, (len(checked_weights), None))
        k, d = checked_means.shape
        checked = validate.covariances("covariances", covariances, (k, d, d), floor)
        if floor > 0 and validate.single(covariances):
            checked = validate.frozen(floor_eigenvalues(checked, floor))
        checked = families.checked(covariance_type, checked, covariances)
        self._set(
            weights=checked_weights,
            means=checked_means,
            covariances=checked,
            fixed_weights=validate.flag("fixed_weights", fixed_weights),
            covariance_floor=floor,
            covariance_type=covariance_type,
            _factors=validate.cholesky(checked),
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
        return validate.cholesky(self.covariances)

    @classmethod
    def _blank(cls, n_components: int, n_columns: int, **options: Any) -> Self:
        floor = validate.non_negative("covariance_floor", options.get("covariance_floor", 0.0))
        return cls(
            means=np.zeros((n_components, n_columns)),
            covariances=np.array([max(1.0, floor) * np.eye(n_columns)] * n_components),
            **cls._with_weights(n_components, options),
        )

    def _door(self, x: Any) -> Data:
        """Check data of shape (N, D); (N,) where D = 1."""
        return validate.rows(x, self.means.shape[1], column_names=self.column_names)

    def prepare_fit(self, x: Any, sample_weight: Any = None) -> Data:
        """Check data for a fit: at least K rows, and columns whose variance can be represented."""
        data = super().prepare_fit(x, sample_weight)
        validate.representable_variances(data)
        return data

    def _log_joint(self, x: Array) -> Array:
        """Compute ln pi_k + ln N(x_n | mu_k, Sigma_k) from Cholesky factors."""
        result = np.empty((len(x), self.n_components))
        for k, (mean, factor) in enumerate(zip(self.means, self._factors, strict=True)):
            z = (x - mean) @ np.linalg.inv(factor).T  # L_k^-1 (x - mu_k)
            distance = np.einsum("nd,nd->n", z, z)  # squared Mahalanobis distance
            log_det = 2 * np.log(np.diag(factor)).sum()
            result[:, k] = -0.5 * (x.shape[1] * LOG_2PI + log_det + distance)
        return result + np.log(self.weights)  # (9.12)

    def _statistics(self, x: Array, r: Array) -> Moments:
        n_k = r.sum(axis=0)  # (9.18), (9.27)
        origin = x[0]  # differences from one of the rows are exact where an offset dominates
        from_origin = x - origin
        offsets = ratio(r.T @ from_origin, n_k)  # (9.17), (9.24)
        roots = np.sqrt(r.T)[:, :, None]
        weighted = (root * (from_origin - o) for root, o in zip(roots, offsets, strict=True))
        scatters = np.array([d.T @ d for d in weighted])
        if self.covariance_type in families.DIAGONAL:
            scatters = scatters.diagonal(axis1=1, axis2=2).copy()
        return Moments(n_k, origin, offsets, scatters)

    def state(self) -> list[tuple[float, ...]]:
        """Weight, mean and lower half of the covariance of each component, as floats."""
        values = self.weights.tolist(), self.means.tolist(), self.covariances.tolist()
        rows = range(self.n_columns)
        return [
            (w, *mean, *[covariance[i][j] for i in rows for j in rows[: i + 1]])
            for w, mean, covariance in zip(*values, strict=True)
        ]

    def at(self, state: list[tuple[float, ...]]) -> Self:
        """Make the model of a `state`."""
        table, d = np.array(state), self.n_columns
        new = {"weights": table[:, 0].copy(), "means": table[:, 1 : d + 1].copy()}
        return self._with(**new, covariances=table.take(_places(d), axis=1))

    @np.errstate(under="ignore")
    def m_step(self, statistics: Moments) -> Self:
        """Maximise Q: PRML (9.24)-(9.26), with eigenvalues of Sigma_k kept above the floor.

        What the other families put in place of (9.25) is derived in `emlib.families`.

        Parameters
        ----------
        statistics
            What `statistics` or `e_step` returned, or a sum of such.

        Raises
        ------
        CollapseError
            If a covariance is singular and ``covariance_floor`` is zero.
        """
        validate.scatters(statistics.scatters, self.means.shape, self.covariance_type)
        alive = self._alive(statistics.n_k)[:, None]
        means = np.where(alive, statistics.origin + statistics.offsets, self.means)  # (9.24)
        if self.covariance_type == "full":
            covariances = ratio(statistics.scatters, statistics.n_k)  # (9.19), (9.25)
            covariances = np.where(alive[:, :, None], covariances, self.covariances)
        else:
            covariances = families.covariances(self.covariance_type, statistics, self.covariances)
        if self.covariance_floor > 0:
            covariances = floor_eigenvalues(covariances, self.covariance_floor)
        else:
            validate.not_collapsed("covariances", means, stds(covariances), alive[:, 0])
        weights, factors = self._new_weights(statistics.n_k), validate.cholesky(covariances)
        return self._with(weights=weights, means=means, covariances=covariances, _factors=factors)

    def _first_places(self) -> tuple[list[float], list[float]]:
        return self.means[:, 0].tolist(), np.sqrt(self.covariances[:, 0, 0]).tolist()

    def _difference(self, j: int, k: int) -> float:
        """Difference of mean and covariance, whitened by the second component."""
        whiten = np.linalg.inv(self._factors[k])
        mean = whiten @ (self.means[j] - self.means[k])
        covariance = whiten @ (self.covariances[j] - self.covariances[k]) @ whiten.T
        return float(max(np.abs(mean).max(), np.abs(covariance).max()))

    def _free(self, other: Self) -> list[Array]:
        """Means and Cholesky factors, seen through this model's own: C with L_other = L C."""
        live = self.weights > 0
        means = np.linalg.solve(self._factors, (other.means - self.means)[:, :, None])
        factors = np.asarray(np.linalg.solve(self._factors, other._factors), dtype=np.float64)
        below, diagonal = _triangle(factors[live])
        places: Array = np.asarray(means[live], dtype=np.float64).reshape(-1)
        return [places, *families.free(self.covariance_type, below, np.log(diagonal))]

    def _from_free(self, weights: Array, place: Array) -> Self:
        live = self.weights > 0
        k, d = self.means[live].shape
        steps, numbers = np.split(place, [k * d])
        below, logs = families.from_free(self.covariance_type, numbers, k, d)
        rows, columns = _below(d)
        factors = np.exp(logs).reshape(k, d, 1) * np.eye(d)
        factors[:, rows, columns] = below
        factors = self._factors[live] @ factors
        means, covariances = self.means.copy(), self.covariances.copy()
        means[live] += (self._factors[live] @ steps.reshape(k, d, 1))[:, :, 0]
        products = factors @ factors.swapaxes(1, 2)
        covariances[live] = (products + products.swapaxes(1, 2)) / 2
        if self.covariance_type == "tied":
            covariances[~live] = covariances[live][:1]
        if self.covariance_floor > 0:
            covariances = floor_eigenvalues(covariances, self.covariance_floor)
        factors = validate.cholesky(covariances)
        return self._with(weights=weights, means=means, covariances=covariances, _factors=factors)

    def _slope(self, other: Self, statistics: Moments) -> list[Array]:
        live, n_k = self.weights > 0, statistics.n_k[:, None, None]
        pull = statistics.offsets - (other.means - statistics.origin)  # (9.16): sum of r (x - mu)
        spread = families.matrices(statistics.scatters) + n_k * outer(pull)
        inverse = np.linalg.inv(other._factors)
        white = inverse @ spread @ inverse.swapaxes(1, 2) - n_k * np.eye(self.n_columns)
        back = (inverse @ self._factors).swapaxes(1, 2)
        by_means = n_k * back @ inverse @ pull[:, :, None]
        below, diagonal = _triangle(back @ white)
        by_logs = diagonal / _triangle(back)[1]  # by the log of an entry: times the entry
        rest = families.free(self.covariance_type, below[live], by_logs[live], np.sum)
        return [by_means[live].reshape(-1), *rest]

    def _complete_information(self, statistics: Moments) -> list[Array]:
        n_k, d = statistics.n_k[self.weights > 0, None], self.n_columns
        below, logs = np.repeat(n_k, d * (d - 1) // 2, axis=1), np.repeat(2 * n_k, d, axis=1)
        by_means = np.repeat(n_k, d).astype(np.float64)
        return [by_means, *families.free(self.covariance_type, below, logs, np.sum)]

    def _draw(self, z: NDArray[np.intp], rng: np.random.Generator) -> Array:
        x = rng.standard_normal((len(z), self.n_columns))
        for k, (mean, factor) in enumerate(zip(self.means, self._factors, strict=True)):
            x[z == k] = mean + np.einsum("ij,nj->ni", factor, x[z == k])
        return x


def stds(covariances: Array) -> Array:
    """Standard deviations of the columns, shape (K, D)."""
    return np.sqrt(covariances.diagonal(axis1=1, axis2=2))


@cache
def _places(d: int) -> NDArray[np.intp]:
    """Where in a `state` of D dimensions each entry of a covariance is, shape (D, D)."""
    places = np.empty((d, d), dtype=np.intp)
    rows, columns = np.tril_indices(d)
    places[rows, columns] = places[columns, rows] = np.arange(len(rows)) + d + 1
    return places


@cache
def _below(d: int) -> tuple[NDArray[np.intp], ...]:
    """Rows and columns of the entries below a diagonal."""
    return np.tril_indices(d, -1)


def _triangle(matrices: Array) -> tuple[Array, Array]:
    """Entries below the diagonals of (K, D, D), and the diagonals."""
    rows, columns = _below(matrices.shape[1])
    return matrices[:, rows, columns], np.diagonal(matrices, axis1=1, axis2=2)


def floor_eigenvalues(covariances: Array, floor: float) -> Array:
    """Lift eigenvalues below the floor onto it: the exact maximiser under Sigma >= floor I."""
    values, vectors = np.linalg.eigh(covariances)
    low = values[:, 0] < floor
    if not low.any():
        return covariances
    lifted = vectors * np.maximum(values, floor)[:, None, :] @ vectors.swapaxes(1, 2)
    lifted = (lifted + lifted.swapaxes(1, 2)) / 2
    return np.where(low[:, None, None], lifted, covariances)
