"""Parameters as numbers that are free of any constraint: what an accelerated fit steps in.

A model near an origin has coordinates c: log weights, means in the origin's standard deviations,
logs of what is positive. They are zero at the origin, every vector gives a valid model, and units
do not matter. What the origin holds, as fixed weights or a component of weight zero, has no
coordinate. With a 0 for what is the origin's, and L_k the Cholesky factors,

=============== ==================================== ===========================================
parameter       coordinates                          back
=============== ==================================== ===========================================
weights         ln(pi_k / pi_0k), less their mean    pi_0k exp(c_k), divided by their sum
                under pi_0
means           L_0k^-1 (mu_k - mu_0k)               mu_0k + L_0k c
covariances     C_k = L_0k^-1 L_k: entries below     L_k = L_0k C_k, Sigma_k = L_k L_k^T
                the diagonal, logs of those on it
biases          ln odds(bias_k) - ln odds(bias_0k)   the origin's odds times exp(c)
rates           ln(rate_k / rate_0k)                 rate_0k exp(c)
=============== ==================================== ===========================================

The gradient of the log-likelihood in them needs no second pass over the data: by Fisher's
identity it is the gradient of Q, which the statistics of an E-step give. For a Gaussian, with
d_k = m_k - mu_k the mean of the statistics less that of the model, B_k = S_k + N_k d_k d_k^T the
scatter about mu_k, and W_k = L_k^-1,

    dQ/d mu_k = N_k Sigma_k^-1 d_k                                                         (9.16)
    dQ/d L_k  = W_k^T (W_k B_k W_k^T - N_k I)           lower triangle

because -N_k ln|L_k| - tr(W_k B_k W_k^T) / 2 is the part of Q that L_k is in, and the differential
of W_k is -W_k dL_k W_k. The chain rule then multiplies by L_0k^T from the left, and by C_ii for the
log of an entry on the diagonal.

References
----------
T. A. Louis, Journal of the Royal Statistical Society B 44 (1982) 226-233 (Fisher's identity).
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlib.data.errors import IGNORED_FLAGS
from emlib.data.rows import Array
from emlib.models import priors
from emlib.models.coins import CoinMixture
from emlib.models.covariances import cholesky, floor_eigenvalues
from emlib.models.families import DIAGONAL, matrices
from emlib.models.gaussian import GaussianMixture
from emlib.models.gaussian1d import GaussianMixture1D
from emlib.models.poisson import PoissonMixture
from emlib.models.statistics import CoinStatistics, GaussianStatistics, PoissonStatistics, outer


class Coordinates:
    """Coordinates of mixtures around one of them: weights, which all have, and the rest by class.

    Parameters
    ----------
    origin
        The mixture whose coordinates are all zero.

    Examples
    --------
    >>> theta = GaussianMixture1D([0.5, 0.5], [0, 4], [4, 4])
    >>> about(theta).of(GaussianMixture1D([0.5, 0.5], [1, 3], [4 * np.e**4, 4])).round(3)
    array([ 0. ,  0. ,  0.5, -0.5,  2. ,  0. ])
    """

    def __init__(self, origin: Any) -> None:
        self.origin = origin
        self.live: NDArray[np.bool_] = origin.weights > 0

    @np.errstate(**IGNORED_FLAGS)
    def of(self, model: Any) -> Array:
        """Coordinates of a model, shape (P,).

        Where it lies on a border that the origin does not, as with a weight of zero, some of them
        are not finite.
        """
        parts = self._of(model)
        if not self.origin.fixed_weights:
            old = self.origin.weights[self.live]
            logs = np.log(model.weights[self.live] / old)
            parts = [logs - old @ logs, *parts]
        return np.concatenate(parts)

    @np.errstate(**IGNORED_FLAGS)
    def model(self, coordinates: Array) -> Any:
        """The model at coordinates of shape (P,), kept above the floor.

        Raises
        ------
        CollapseError
            If a covariance is singular to rounding.
        """
        weights = self.origin.weights
        if not self.origin.fixed_weights:
            logs, coordinates = np.split(coordinates, [self.live.sum()])
            weights = weights.copy()
            weights[self.live] *= np.exp(logs - logs.max())
            weights /= weights.sum()
        return self._model(weights, coordinates)

    @np.errstate(**IGNORED_FLAGS)
    def slope(self, model: Any, statistics: Any) -> Array:
        """Gradient of the log-likelihood at a model, shape (P,), from its E-step's statistics.

        With a prior, that of ln p(X | theta) + ln p(theta): see `emlib.models.priors`.
        """
        parts = self._slope(model, statistics)
        if not self.origin.fixed_weights:
            n_k = self._counts(statistics)
            parts = [n_k - n_k.sum() * model.weights[self.live], *parts]
        return np.concatenate(parts)

    @np.errstate(**IGNORED_FLAGS)
    def information(self, statistics: Any) -> Array:
        """How much complete data would tell about each coordinate at the origin, shape (P,).

        The expected information of N_k complete points about the parameters of component k, and of
        their number about its weight: N_k, but for the condition that weights sum to one. At a
        fixed point it is the curvature of -Q. ``statistics`` are of an E-step at the origin.
        """
        parts = self._information(statistics)
        if not self.origin.fixed_weights:
            parts = [self._counts(statistics), *parts]
        return np.concatenate(parts)

    def _counts(self, statistics: Any) -> Array:
        """N_k of the weights: alpha - 1 more where they have a prior."""
        counts: Array = statistics.n_k[self.live] + ((self.origin.weight_prior or 1.0) - 1.0)
        return counts

    def _of(self, model: Any) -> list[Array]:
        raise NotImplementedError

    def _model(self, weights: Array, coordinates: Array) -> Any:
        raise NotImplementedError

    def _slope(self, model: Any, statistics: Any) -> list[Array]:
        raise NotImplementedError

    def _information(self, statistics: Any) -> list[Array]:
        raise NotImplementedError


class CoinCoordinates(Coordinates):
    """Log odds of the biases; a bias of 0 or 1 is held, as EM holds it."""

    def __init__(self, origin: CoinMixture) -> None:
        super().__init__(origin)
        self.inside = self.live & (origin.biases > 0) & (origin.biases < 1)

    def _of(self, model: CoinMixture) -> list[Array]:
        return [(log_odds(model.biases) - log_odds(self.origin.biases))[self.inside]]

    def _model(self, weights: Array, coordinates: Array) -> CoinMixture:
        biases = self.origin.biases.copy()
        biases[self.inside] = 1 / (1 + np.exp(-coordinates - log_odds(biases[self.inside])))
        model: CoinMixture = self.origin._with(biases=biases, weights=weights)
        return model

    def _slope(self, model: CoinMixture, statistics: CoinStatistics) -> list[Array]:
        tosses = statistics.heads + statistics.tails
        return [(statistics.heads - tosses * model.biases)[self.inside]]

    def _information(self, statistics: CoinStatistics) -> list[Array]:
        tosses = statistics.heads + statistics.tails
        return [(tosses * self.origin.biases * (1 - self.origin.biases))[self.inside]]


class PoissonCoordinates(Coordinates):
    """Logs of the rates; a rate of zero is held, as EM holds it."""

    def __init__(self, origin: PoissonMixture) -> None:
        super().__init__(origin)
        self.inside = self.live & (origin.rates > 0)

    def _of(self, model: PoissonMixture) -> list[Array]:
        return [np.log(model.rates / self.origin.rates)[self.inside]]

    def _model(self, weights: Array, coordinates: Array) -> PoissonMixture:
        rates = self.origin.rates.copy()
        rates[self.inside] *= np.exp(coordinates)
        model: PoissonMixture = self.origin._with(rates=rates, weights=weights)
        return model

    def _slope(self, model: PoissonMixture, statistics: PoissonStatistics) -> list[Array]:
        return [(statistics.events - statistics.n_k * model.rates)[self.inside]]

    def _information(self, statistics: PoissonStatistics) -> list[Array]:
        return [(statistics.n_k * self.origin.rates)[self.inside]]


class Gaussian1DCoordinates(Coordinates):
    """Means in the origin's standard deviations, and logs of the standard deviations."""

    def _of(self, model: GaussianMixture1D) -> list[Array]:
        origin = self.origin
        means = (model.means - origin.means) / origin.stds
        log_stds = 0.5 * np.log(model.variances / origin.variances)[self.live]
        return [means[self.live], log_stds[:1] if self.is_tied else log_stds]

    def _model(self, weights: Array, coordinates: Array) -> GaussianMixture1D:
        origin, live = self.origin, self.live
        steps, log_stds = np.split(coordinates, [np.count_nonzero(live)])
        means, variances = origin.means.copy(), origin.variances.copy()
        means[live] += origin.stds[live] * steps
        variances[live] *= np.exp(2 * log_stds)
        if self.is_tied:
            variances[:] = variances[live][0]
        variances = np.maximum(variances, origin.covariance_floor)
        model: GaussianMixture1D = origin._with(weights=weights, means=means, variances=variances)
        return model

    def _slope(self, model: GaussianMixture1D, statistics: GaussianStatistics) -> list[Array]:
        n_k = statistics.n_k
        residual = statistics.offsets - (model.means - statistics.origin)
        rows = priors.counted(model, statistics)  # the same without a prior
        scatter = rows.scatters + n_k * residual * residual
        by_means = n_k * residual / model.variances * self.origin.stds  # (9.16)
        by_log_stds = (scatter / model.variances - rows.n_k)[self.live]
        return [by_means[self.live], self._shared(by_log_stds)]

    def _information(self, statistics: GaussianStatistics) -> list[Array]:
        n_k = statistics.n_k[self.live]
        rows = priors.counted(self.origin, statistics)
        return [n_k, self._shared(2 * rows.n_k[self.live])]

    @property
    def is_tied(self) -> bool:
        """Whether all variances are one number."""
        return bool(self.origin.covariance_type == "tied")

    def _shared(self, by_each: Array) -> Array:
        """A slope or information by the logs of the standard deviations, which may be one."""
        return by_each.sum(keepdims=True) if self.is_tied else by_each


class GaussianCoordinates(Coordinates):
    """Means and Cholesky factors, seen through the origin's own factors."""

    def _of(self, model: GaussianMixture) -> list[Array]:
        factors, live = self.origin._factors, self.live
        means = np.linalg.solve(factors, (model.means - self.origin.means)[:, :, None])
        relative = np.asarray(np.linalg.solve(factors, model._factors), dtype=np.float64)
        below, diagonal = _triangle(relative[live])
        steps: Array = np.asarray(means[live], dtype=np.float64).reshape(-1)
        return [steps, *free_entries(self.origin.covariance_type, below, np.log(diagonal))]

    def _model(self, weights: Array, coordinates: Array) -> GaussianMixture:
        origin, live = self.origin, self.live
        k, d = origin.means[live].shape
        steps, numbers = np.split(coordinates, [k * d])
        below, logs = from_free_entries(origin.covariance_type, numbers, k, d)
        rows, columns = _below(d)
        factors = np.exp(logs).reshape(k, d, 1) * np.eye(d)
        factors[:, rows, columns] = below
        factors = origin._factors[live] @ factors
        means, covariances = origin.means.copy(), origin.covariances.copy()
        means[live] += (origin._factors[live] @ steps.reshape(k, d, 1))[:, :, 0]
        products = factors @ factors.swapaxes(1, 2)
        covariances[live] = (products + products.swapaxes(1, 2)) / 2
        if origin.covariance_type == "tied":
            covariances[~live] = covariances[live][:1]
        if origin.covariance_floor > 0:
            covariances = floor_eigenvalues(covariances, origin.covariance_floor)
        factors = cholesky(covariances)
        model: GaussianMixture = origin._with(
            weights=weights, means=means, covariances=covariances, _factors=factors
        )
        return model

    def _slope(self, model: GaussianMixture, statistics: GaussianStatistics) -> list[Array]:
        live, n_k = self.live, statistics.n_k[:, None, None]
        residual = statistics.offsets - (model.means - statistics.origin)
        rows = priors.counted(model, statistics)  # the same without a prior
        scatter = matrices(rows.scatters) + n_k * outer(residual)
        whiten = np.linalg.inv(model._factors)
        whitened = whiten @ scatter @ whiten.swapaxes(1, 2)
        whitened -= rows.n_k[:, None, None] * np.eye(model.n_columns)
        chain = (whiten @ self.origin._factors).swapaxes(1, 2)
        by_means = n_k * chain @ whiten @ residual[:, :, None]  # (9.16)
        below, diagonal = _triangle(chain @ whitened)
        by_logs = diagonal / _triangle(chain)[1]  # chain_ii is 1 / C_ii
        rest = free_entries(self.origin.covariance_type, below[live], by_logs[live], np.sum)
        return [by_means[live].reshape(-1), *rest]

    def _information(self, statistics: GaussianStatistics) -> list[Array]:
        d = self.origin.n_columns
        by_means = np.repeat(statistics.n_k[self.live], d).astype(np.float64)
        n_k = priors.counted(self.origin, statistics).n_k[self.live, None]
        below, logs = np.repeat(n_k, d * (d - 1) // 2, axis=1), np.repeat(2 * n_k, d, axis=1)
        return [by_means, *free_entries(self.origin.covariance_type, below, logs, np.sum)]


BY_CLASS: dict[type, type[Coordinates]] = {
    CoinMixture: CoinCoordinates,
    GaussianMixture: GaussianCoordinates,
    GaussianMixture1D: Gaussian1DCoordinates,
    PoissonMixture: PoissonCoordinates,
}


def about(origin: Any) -> Coordinates:
    """The coordinates of exactly this class, around a model of it."""
    return BY_CLASS[type(origin)](origin)


def log_odds(bias: Array) -> Array:
    """Compute ln(bias / (1 - bias))."""
    return np.log(bias) - np.log1p(-bias)


@cache
def _below(d: int) -> tuple[NDArray[np.intp], ...]:
    """Rows and columns of the entries below a diagonal."""
    return np.tril_indices(d, -1)


def _triangle(matrices: Array) -> tuple[Array, Array]:
    """Entries below the diagonals of (K, D, D), and the diagonals."""
    rows, columns = _below(matrices.shape[1])
    return matrices[:, rows, columns], np.diagonal(matrices, axis1=1, axis2=2)


def free_entries(family: str, below: Array, logs: Array, shared: Any = None) -> list[Array]:
    """What is free of the relative Cholesky factors of K components.

    Parameters
    ----------
    below, logs
        Their entries below the diagonal (K, D(D-1)/2), and the logs of those on it (K, D); or a
        slope, or information, by these.
    shared
        How numbers that are one in the family are joined: None takes the first of them, which
        they all are equal to; ``np.sum`` adds slopes and information.
    """
    if family in DIAGONAL:
        below = below[:, :0]
    axis = {"tied": 0, "spherical": 1}.get(family)
    if axis is not None:
        below, logs = (_shared_entries(part, axis, shared) for part in (below, logs))
    return [below.reshape(-1), logs.reshape(-1)]


def _shared_entries(part: Array, axis: int, shared: Any) -> Array:
    if part.size == 0:
        return part
    return part.take([0], axis=axis) if shared is None else shared(part, axis=axis, keepdims=True)


def from_free_entries(family: str, numbers: Array, k: int, d: int) -> tuple[Array, Array]:
    """Entries below the diagonal and logs of those on it, for K components: undo `free_entries`."""
    n_below = 0 if family in DIAGONAL else d * (d - 1) // 2
    rows = 1 if family == "tied" else k
    below, logs = np.split(numbers, [rows * n_below])
    below, logs = below.reshape(rows, n_below), logs.reshape(rows, -1)
    if family in DIAGONAL:
        below = np.zeros((k, d * (d - 1) // 2))
    below = np.broadcast_to(below, (k, below.shape[1]))
    return below, np.broadcast_to(logs, (k, d))
