"""Derivatives of ln p(x, z | theta) by a model's own parameters, one class after the other.

A component is seen in parameters of its own in which its derivatives are simple: ln pi_k, and what
its density has. For a Gaussian these are the mean and the covariance *whitened* by its Cholesky
factor, m = L_k^-1 (mu - mu_k) and C = L_k^-1 Sigma L_k^-T, so that the component stands at m = 0,
C = I whatever its scale. With z = L_k^-1 (x - mu_k) and E_t the symmetric matrix with ones where
entry t of C stands, the slopes of ln N by m and C_t, and minus its second derivatives, are

    z        (z^T E_t z - tr E_t) / 2
    I        E_t z (mixed)        (z^T (E_t E_s + E_s E_t) z - tr E_t E_s) / 2

The free parameters theta, in the order and the units of the model, lead to these by a linear map,
the Jacobian; to ln pi_k too, as far as slopes go, and minus the second derivative of ln pi_k by the
weights is the product of its slopes. Families of covariances, and weights that sum to one, are in
the map alone.

=============== =============================== ==============================================
class           own parameters                  slopes
=============== =============================== ==============================================
Gaussians       ln pi, m, C (lower triangle,    1, z, and the above
                or diagonal)
coins           ln pi, bias b                   1, heads / b - tails / (1 - b)
Poisson         ln pi, rate l                   1, x / l - 1
=============== =============================== ==============================================
"""

from __future__ import annotations

from typing import Any

import numpy as np

from emlib.data.errors import refuse
from emlib.data.rows import Array
from emlib.models.coins import CoinMixture
from emlib.models.covariances import cholesky
from emlib.models.families import DIAGONAL, matrices
from emlib.models.gaussian import GaussianMixture
from emlib.models.gaussian1d import GaussianMixture1D
from emlib.models.poisson import PoissonMixture
from emlib.models.priors import pseudo_rows
from emlib.models.statistics import outer

ON_THE_FLOOR = 1e-8
"""An eigenvalue above the floor by no more than this part of it is held there."""


class Derivatives:
    """Slopes and curvatures at one model.

    Attributes
    ----------
    names
        The free parameters, P in all: ``weights[0]``, ``means[1, 0]``, ``covariances[1, 1, 0]``.
    maps
        By field of the model, how its entries depend on the free parameters: shape (..., P).
    jacobian
        How the own parameters of each component depend on the free ones, shape (K, F, P).
    """

    def __init__(self, model: Any) -> None:
        self.model = model
        k, n_weights = model.n_components, model.n_free_weights
        zero = np.flatnonzero(model.weights == 0)
        if len(zero):
            raise refuse(
                "model",
                "weights above zero (a component without weight leaves no trace in the data)",
                f"weights[{zero[0]}] = 0",
            )
        self.names: list[str] = [f"weights[{j}]" for j in range(n_weights)]
        by_weights = np.zeros((k, n_weights))
        if n_weights:
            by_weights[:-1] = np.eye(n_weights)
            by_weights[-1] = -1.0  # the last weight is one less the others
        parts = {"weights": by_weights, **self._fields()}
        self.maps = _side_by_side(parts)
        by_logs = self.maps["weights"] / model.weights[:, None]
        self.jacobian = np.concatenate([by_logs[:, None], self._own()], axis=1)

    def free(self, model: Any) -> Array:
        """The free parameters of a model of the same shape, shape (P,)."""
        raise NotImplementedError

    def at(self, step: Array) -> Any:
        """The model whose free parameters are those of this one plus a step (P,)."""
        moved = {name: getattr(self.model, name) + by @ step for name, by in self.maps.items()}
        return self.model._with(**moved)

    def slopes(self, x: Array) -> Array:
        """Slopes of ln p(x_n, z_n = k) by the own parameters of k, shape (N, K, F)."""
        raise NotImplementedError

    def curvature(self, statistics: Any) -> Array:
        """Minus the second derivatives of Q by the own parameters, shape (K, F, F).

        With a prior, those of Q + ln p(theta): see `emlib.models.priors`.
        """
        raise NotImplementedError

    def prior_slopes(self) -> Array:
        """Slopes of ln p(theta) by the own parameters of each component, shape (K, F)."""
        slopes = np.zeros(self.jacobian.shape[:2])
        slopes[:, 0] = self._pseudo_count
        return slopes

    @property
    def _pseudo_count(self) -> float:
        """What a prior of the weights adds to N_k: alpha - 1."""
        alpha: float = self.model.weight_prior or 1.0
        return alpha - 1.0

    def _fields(self) -> dict[str, Array]:
        """Maps of the fields other than the weights, each from its own free parameters."""
        raise NotImplementedError

    def _own(self) -> Array:
        """The rows of the Jacobian below that of ln pi."""
        raise NotImplementedError


def _side_by_side(parts: dict[str, Array]) -> dict[str, Array]:
    """Maps from one vector that holds the free parameters of one field after the other."""
    n, first, maps = sum(part.shape[-1] for part in parts.values()), 0, {}
    for name, part in parts.items():
        maps[name] = np.zeros((*part.shape[:-1], n))
        maps[name][..., first : first + part.shape[-1]] = part
        first += part.shape[-1]
    return maps


class OneNumber(Derivatives):
    """A component with one parameter: a coin's bias, a Poisson rate."""

    field: str

    def _fields(self) -> dict[str, Array]:
        values = getattr(self.model, self.field)
        self._refuse_boundary(values)
        self.names += [f"{self.field}[{k}]" for k in range(len(values))]
        return {self.field: np.eye(len(values))}

    def _refuse_boundary(self, values: Array) -> None:
        raise NotImplementedError

    def _own(self) -> Array:
        return self.maps[self.field][:, None]

    def free(self, model: Any) -> Array:
        """The weights but the last, and the numbers."""
        n_weights = self.model.n_free_weights
        return np.concatenate([model.weights[:n_weights], getattr(model, self.field)])

    def _with_counts(self, n_k: Array, curvature: Array) -> Array:
        result = np.zeros((len(n_k), 2, 2))
        result[:, 0, 0], result[:, 1, 1] = n_k + self._pseudo_count, curvature
        return result


class CoinDerivatives(OneNumber):
    """Biases."""

    field = "biases"

    def _refuse_boundary(self, values: Array) -> None:
        sure = np.flatnonzero((values == 0) | (values == 1))
        if len(sure):
            wanted = "biases between 0 and 1 (on the boundary the log-likelihood has no summit)"
            raise refuse("model", wanted, f"biases[{sure[0]}] = {values[sure[0]]:g}")

    def slopes(self, x: Array) -> Array:
        """One, and heads / bias - tails / (1 - bias)."""
        heads, tails, bias = x[:, :1], x[:, 1:], self.model.biases
        by_bias = heads / bias - tails / (1 - bias)
        return np.stack([np.ones(by_bias.shape), by_bias], axis=2)

    def curvature(self, statistics: Any) -> Array:
        """N_k, and heads / bias^2 + tails / (1 - bias)^2."""
        bias = self.model.biases
        by_bias = statistics.heads / bias**2 + statistics.tails / (1 - bias) ** 2
        return self._with_counts(statistics.n_k, by_bias)


class PoissonDerivatives(OneNumber):
    """Rates."""

    field = "rates"

    def _refuse_boundary(self, values: Array) -> None:
        zero = np.flatnonzero(values == 0)
        if len(zero):
            wanted = "rates above zero (on the boundary the log-likelihood has no summit)"
            raise refuse("model", wanted, f"rates[{zero[0]}] = 0")

    def slopes(self, x: Array) -> Array:
        """One, and x / rate - 1."""
        by_rate = x / self.model.rates - 1
        return np.stack([np.ones(by_rate.shape), by_rate], axis=2)

    def curvature(self, statistics: Any) -> Array:
        """N_k, and events / rate^2."""
        return self._with_counts(statistics.n_k, statistics.events / self.model.rates**2)


class GaussianDerivatives(Derivatives):
    """Means and covariances, in one dimension too."""

    spread = "covariances"

    def __init__(self, model: Any) -> None:
        self.means = model.means.reshape(len(model.means), -1)
        k, d = self.means.shape
        self.covariances = getattr(model, self.spread).reshape(k, d, d)
        self.whiten = np.linalg.inv(cholesky(self.covariances))
        self.family = model.covariance_type
        floor = model.covariance_floor
        lowest = np.linalg.eigvalsh(self.covariances)[:, 0]
        held = np.flatnonzero(lowest <= floor * (1 + ON_THE_FLOOR))
        if floor > 0 and len(held):
            wanted = f"{self.spread} above covariance_floor={floor:g} (there they are held)"
            raise refuse("model", wanted, f"{self.spread}[{held[0]}] on it")
        rows, columns = np.diag_indices(d) if self.family in DIAGONAL else np.tril_indices(d)
        self.basis = np.zeros((len(rows), d, d))
        self.basis[range(len(rows)), rows, columns] = 1.0
        self.basis[range(len(rows)), columns, rows] = 1.0
        self.entries = list(zip(rows.tolist(), columns.tolist(), strict=True))
        super().__init__(model)

    def _fields(self) -> dict[str, Array]:
        k, d = self.means.shape
        index = ["" if self.model.means.ndim == 1 else f", {i}" for i in range(d)]
        self.names += [f"means[{j}{i}]" for j in range(k) for i in index]
        free, entries = np.moveaxis(self.basis, 0, -1), self.entries
        if self.family == "spherical":
            free, entries = free.sum(axis=-1, keepdims=True), entries[:1]
        groups = 1 if self.family == "tied" else k
        self.names += [self._name(j, *entry) for j in range(groups) for entry in entries]
        if self.family == "tied":
            spreads = np.tile(free, (k, 1, 1, 1))
        else:
            spreads = np.einsum("kg,ijt->kijgt", np.eye(k), free).reshape(k, d, d, -1)
        return {
            "means": np.eye(k * d).reshape(*self.model.means.shape, k * d),
            self.spread: spreads.reshape(*getattr(self.model, self.spread).shape, -1),
        }

    def _name(self, k: int, i: int, j: int) -> str:
        inside = f"{k}" if self.spread == "variances" else f"{k}, {i}, {j}"
        return f"{self.spread}[{inside}]"

    def _own(self) -> Array:
        k, d = self.means.shape
        n = len(self.names)
        means = self.whiten @ self.maps["means"].reshape(k, d, n)
        spreads = self.maps[self.spread].reshape(k, d, d, n)
        white = np.einsum("kia,kabp,kjb->kijp", self.whiten, spreads, self.whiten, optimize=True)
        rows, columns = np.transpose(self.entries)
        return np.concatenate([means, white[:, rows, columns]], axis=1)

    def free(self, model: Any) -> Array:
        """The weights but the last, the means, and the free entries of the covariances."""
        k, d = self.means.shape
        spreads = getattr(model, self.spread).reshape(k, d, d)
        rows, columns = np.transpose(self.entries)
        entries = spreads[:, rows, columns]
        if self.family == "spherical":
            entries = entries[:, :1]
        if self.family == "tied":
            entries = entries[:1]
        weights = model.weights[: self.model.n_free_weights]
        return np.concatenate([weights, model.means.ravel(), entries.ravel()])

    def slopes(self, x: Array) -> Array:
        """One, z, and (z^T E_t z - tr E_t) / 2."""
        z = np.einsum("kij,nkj->nki", self.whiten, x[:, None] - self.means, optimize=True)
        rows, columns = np.transpose(self.entries)
        on_diagonal = rows == columns
        products = z[:, :, rows] * z[:, :, columns]
        by_spread = np.where(on_diagonal, (products - 1) / 2, products)
        return np.concatenate([np.ones((*z.shape[:2], 1)), z, by_spread], axis=2)

    def curvature(self, statistics: Any) -> Array:
        """The derivation is above: sums of z and of z z^T over the data stand for z."""
        (k, d), n_k = self.means.shape, statistics.n_k
        shape = (k, d) if self.family in DIAGONAL else (k, d, d)
        offset = (statistics.origin - self.means) + statistics.offsets.reshape(k, d)
        scatter = matrices(statistics.scatters.reshape(shape))
        first = n_k[:, None, None] * self.whiten @ offset[:, :, None]
        n_prior, scale = pseudo_rows(self.model)  # zeros without a prior
        about_mean = scatter + scale + n_k[:, None, None] * outer(offset)
        second = self.whiten @ about_mean @ self.whiten.swapaxes(1, 2)
        flat = self.basis.reshape(len(self.basis), -1)
        result = np.zeros((k, 1 + d + len(flat), 1 + d + len(flat)))
        result[:, 0, 0] = n_k + self._pseudo_count
        result[:, 1 : d + 1, 1 : d + 1] = n_k[:, None, None] * np.eye(d)
        mixed = np.einsum("tij,kj->kit", self.basis, first[:, :, 0])
        result[:, 1 : d + 1, d + 1 :], result[:, d + 1 :, 1 : d + 1] = mixed, mixed.swapaxes(1, 2)
        products = np.einsum("kij,tjl->ktil", second, self.basis).reshape(k, len(flat), -1)
        both = products @ flat.T  # tr(R E_t E_s), as E_s is symmetric
        traces = (n_k + n_prior)[:, None, None] * (flat @ flat.T)
        result[:, d + 1 :, d + 1 :] = (both + both.swapaxes(1, 2) - traces) / 2
        return result

    def prior_slopes(self) -> Array:
        """Alpha - 1, zero, and (tr(E_t W S_0 W^T) - c tr E_t) / 2 for W whitening Sigma_k."""
        slopes, d = super().prior_slopes(), self.means.shape[1]
        if self.model.covariance_prior:
            n_prior, scale = pseudo_rows(self.model)
            white = self.whiten @ scale @ self.whiten.swapaxes(1, 2) - n_prior * np.eye(d)
            slopes[:, d + 1 :] = np.einsum("tij,kij->kt", self.basis, white) / 2
        return slopes


class Gaussian1DDerivatives(GaussianDerivatives):
    """Means and variances."""

    spread = "variances"


BY_CLASS: dict[type, type[Derivatives]] = {
    CoinMixture: CoinDerivatives,
    GaussianMixture: GaussianDerivatives,
    GaussianMixture1D: Gaussian1DDerivatives,
    PoissonMixture: PoissonDerivatives,
}


def at(model: Any) -> Derivatives:
    """Derivatives at a model of exactly one of these classes.

    Raises
    ------
    TypeError
        If the class is another: its log-joint may be another.
    ValueError
        If a parameter lies on a boundary.
    """
    kind = BY_CLASS.get(type(model))
    if kind is None:
        known = ", ".join(sorted(each.__name__ for each in BY_CLASS))
        raise TypeError(f"model: expected one of {known}, got {type(model).__name__}")
    return kind(model)
