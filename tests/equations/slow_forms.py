"""The book's formulas once more, independent of `emlib`: loops, `scipy.stats`, all Z by force.

Models serve as records of parameters only: no method of theirs is called here. Everything is in
exp-space where the book is, and one observation at a time: slow, and plain.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats
from scipy.special import logsumexp

from emlib import CoinMixture, GaussianMixture, GaussianMixture1D


@dataclass
class Problem:
    """Data and two different parameter sets for one kind of mixture."""

    name: str
    x: np.ndarray
    model: Any
    other: Any

    @property
    def n(self) -> int:
        return len(self.x)

    @property
    def k(self) -> int:
        return self.model.n_components

    def q(self, seed: int = 0) -> np.ndarray:
        """Draw any distribution over the components for each row."""
        return np.random.default_rng(seed).dirichlet(np.ones(self.k), size=self.n)

    def q_with_zeros(self, seed: int = 0) -> np.ndarray:
        """Draw distributions of which some entries, and in some rows all but one, are zero."""
        q = self.q(seed)
        q[::2, 0] = 0.0
        q[0] = np.eye(self.k)[-1]
        return q / q.sum(axis=1, keepdims=True)


def random_covariances(rng: np.random.Generator, k: int, d: int) -> np.ndarray:
    """Draw SPD matrices with correlations, of different sizes, none of them near the identity."""
    a = rng.normal(size=(k, d, d))
    return a @ a.swapaxes(1, 2) * (1 + np.arange(k))[:, None, None] + 0.4 * np.eye(d)


def gaussians(n: int, k: int, d: int, seed: int) -> Problem:
    rng = np.random.default_rng(seed)

    def draw() -> GaussianMixture:
        weights = rng.dirichlet(np.full(k, 4.0))
        return GaussianMixture(weights, rng.normal(0, 2, (k, d)), random_covariances(rng, k, d))

    return Problem(f"gaussians, D={d}, K={k}, N={n}", rng.normal(1, 2, (n, d)), draw(), draw())


def gaussians_1d(n: int, k: int, seed: int) -> Problem:
    rng = np.random.default_rng(seed)

    def draw() -> GaussianMixture1D:
        weights = rng.dirichlet(np.full(k, 4.0))
        return GaussianMixture1D(weights, rng.normal(0, 2, k), rng.uniform(0.3, 4, k))

    return Problem(f"gaussians on a line, K={k}, N={n}", rng.normal(1, 2, n), draw(), draw())


def coin_trials(n: int, k: int, seed: int) -> Problem:
    rng = np.random.default_rng(seed)
    tosses = rng.integers(4, 12, n)
    heads = rng.binomial(tosses, rng.uniform(0.2, 0.9, n))

    def draw() -> CoinMixture:
        return CoinMixture(rng.uniform(0.1, 0.9, k), rng.dirichlet(np.full(k, 4.0)))

    x = np.column_stack([heads, tosses - heads]).astype(float)
    return Problem(f"coins, K={k}, N={n}", x, draw(), draw())


def two_clusters(n: int, d: int, seed: int) -> Problem:
    """Draw two groups of unequal size and shape, far enough apart that EM settles quickly."""
    rng = np.random.default_rng(seed)
    z = np.arange(n) < 0.35 * n
    x = rng.normal(0, 1, (n, d)) @ (np.eye(d) + 0.4) + np.where(z, -4.0, 4.0)[:, None]
    if d == 1:
        start: Any = GaussianMixture1D([0.6, 0.4], [-3.0, 2.0], [4.0, 3.0])
        return Problem(f"two clusters on a line, N={n}", x[:, 0], start, start)
    means = np.array([[-3.0] * d, [3.0] * d])
    start = GaussianMixture([0.6, 0.4], means, 2 * random_covariances(rng, 2, d))
    return Problem(f"two clusters, D={d}, N={n}", x, start, start)


GAUSSIAN = [gaussians(40, 3, 2, 1), gaussians(30, 2, 3, 2), gaussians_1d(40, 3, 3)]
MIXTURES = [*GAUSSIAN, coin_trials(30, 3, 4)]
TINY = [gaussians(5, 3, 2, 5), gaussians(6, 2, 3, 6), gaussians_1d(5, 3, 7), coin_trials(6, 3, 8)]
"""So few rows that every one of the K^N assignments Z can be visited."""


def name(problem: Problem) -> str:
    return problem.name


def density(model: Any, x_n: Any, k: int) -> float:
    """p(x_n | z_n = k): one number, from `scipy.stats` (a sequence of tosses for coins)."""
    if isinstance(model, CoinMixture):
        heads, tails = x_n
        return float(model.biases[k] ** heads * (1 - model.biases[k]) ** tails)
    if isinstance(model, GaussianMixture1D):
        return float(stats.norm.pdf(x_n, model.means[k], model.variances[k] ** 0.5))
    return float(stats.multivariate_normal.pdf(x_n, model.means[k], model.covariances[k]))


def joint(model: Any, x: np.ndarray) -> np.ndarray:
    """pi_k p(x_n | z_n = k), by a double loop."""
    table = np.zeros((len(x), len(model.weights)))
    for n, x_n in enumerate(x):
        for k, weight in enumerate(model.weights):
            table[n, k] = weight * density(model, x_n, k)
    return table


def responsibilities(model: Any, x: np.ndarray) -> np.ndarray:
    """Bayes' rule for each row and each component."""
    table = joint(model, x)
    return np.array([[p / sum(row) for p in row] for row in table])


def log_likelihood(model: Any, x: np.ndarray) -> float:
    return sum(np.log(sum(row)) for row in joint(model, x))


def assignments(n: int, k: int) -> Iterator[tuple[int, ...]]:
    """Every Z: the component of each row, K^N of them."""
    return itertools.product(range(k), repeat=n)


def complete_likelihoods(model: Any, x: np.ndarray) -> dict[tuple[int, ...], float]:
    """p(X, Z | theta) for every Z."""
    table = joint(model, x)
    return {
        z: float(np.prod([table[n, k] for n, k in enumerate(z)])) for z in assignments(*table.shape)
    }


def posterior_over_assignments(model: Any, x: np.ndarray) -> dict[tuple[int, ...], float]:
    """p(Z | X, theta) for every Z, normalised over all of them together."""
    likelihoods = complete_likelihoods(model, x)
    total = sum(likelihoods.values())
    return {z: p / total for z, p in likelihoods.items()}


def product_distribution(q: np.ndarray) -> dict[tuple[int, ...], float]:
    """q(Z) for every Z, where the rows of Z are independent under q."""
    return {z: float(np.prod([q[n, k] for n, k in enumerate(z)])) for z in assignments(*q.shape)}


def weighted_mean(x: np.ndarray, r_k: np.ndarray) -> np.ndarray:
    total, weight = np.zeros(np.shape(x[0])), 0.0
    for x_n, r_nk in zip(x, r_k, strict=True):
        total = total + r_nk * x_n
        weight += r_nk
    return total / weight


def weighted_covariance(x: np.ndarray, r_k: np.ndarray, centre: np.ndarray) -> np.ndarray:
    """Outer products about any centre, summed one row at a time and divided by their weight."""
    total, weight = 0.0, 0.0
    for x_n, r_nk in zip(x, r_k, strict=True):
        total = total + r_nk * np.multiply.outer(x_n - centre, x_n - centre)
        weight += r_nk
    return total / weight


def em_step(model: Any, x: np.ndarray) -> dict[str, np.ndarray]:
    """One round of EM in loops: the fields of the next model."""
    r = responsibilities(model, x)
    columns = range(r.shape[1])
    fields = {"weights": np.array([sum(r[:, k]) / len(x) for k in columns])}
    if isinstance(model, CoinMixture):
        heads = [sum(r[n, k] * x[n, 0] for n in range(len(x))) for k in columns]
        tails = [sum(r[n, k] * x[n, 1] for n in range(len(x))) for k in columns]
        fields["biases"] = np.array([h / (h + t) for h, t in zip(heads, tails, strict=True)])
        return fields
    means = [weighted_mean(x, r[:, k]) for k in columns]
    spreads = [weighted_covariance(x, r[:, k], means[k]) for k in columns]
    spread = "variances" if isinstance(model, GaussianMixture1D) else "covariances"
    return {**fields, "means": np.array(means), spread: np.array(spreads)}


def gradient(f: Callable[[np.ndarray], float], at: np.ndarray, step: float = 1e-5) -> np.ndarray:
    """Central differences of order four, one coordinate at a time."""
    at = np.asarray(at, dtype=float)
    result = np.zeros(at.shape)
    for i in np.ndindex(at.shape):
        e = np.zeros(at.shape)
        e[i] = step * max(1.0, abs(at[i]))
        near, far = f(at + e) - f(at - e), f(at + 2 * e) - f(at - 2 * e)
        result[i] = (8 * near - far) / (12 * e[i])
    return result


def to_vector(model: Any) -> np.ndarray:
    """All parameters as free numbers: logits of weights, means, logarithms of spreads."""
    logits = np.log(model.weights[1:] / model.weights[0])
    if isinstance(model, CoinMixture):
        return np.concatenate([logits, np.log(model.biases / (1 - model.biases))])
    if isinstance(model, GaussianMixture1D):
        return np.concatenate([logits, model.means, np.log(model.variances)])
    rows, columns = np.tril_indices(model.means.shape[1])
    triangles = [np.linalg.cholesky(c)[rows, columns] for c in model.covariances]
    return np.concatenate([logits, model.means.ravel(), np.ravel(triangles)])


def from_vector(vector: np.ndarray, like: Any) -> Any:
    """The model of the same kind with these free numbers: the inverse of `to_vector`."""
    k = len(like.weights)
    weights = np.exp(np.concatenate([[0.0], vector[: k - 1]]))
    weights, rest = weights / weights.sum(), vector[k - 1 :]
    if isinstance(like, CoinMixture):
        return CoinMixture(1 / (1 + np.exp(-rest)), weights)
    if isinstance(like, GaussianMixture1D):
        return GaussianMixture1D(weights, rest[:k], np.exp(rest[k:]))
    d = like.means.shape[1]
    factors = np.zeros((k, d, d))
    factors[(slice(None), *np.tril_indices(d))] = rest[k * d :].reshape(k, -1)
    return GaussianMixture(weights, rest[: k * d].reshape(k, d), factors @ factors.swapaxes(1, 2))


def log_joint_by_columns(model: Any, x: np.ndarray) -> np.ndarray:
    """Ln pi_k + ln p(x_n | z_n = k), with `scipy.stats` a column at a time: for many calls."""
    columns = []
    for k, weight in enumerate(model.weights):
        if isinstance(model, CoinMixture):
            theta = model.biases[k]
            log_p = x[:, 0] * np.log(theta) + x[:, 1] * np.log(1 - theta)
        elif isinstance(model, GaussianMixture1D):
            log_p = stats.norm.logpdf(x, model.means[k], model.variances[k] ** 0.5)
        else:
            log_p = stats.multivariate_normal.logpdf(x, model.means[k], model.covariances[k])
        columns.append(np.log(weight) + log_p)
    return np.column_stack(columns)


def log_likelihood_by_columns(model: Any, x: np.ndarray) -> float:
    return float(logsumexp(log_joint_by_columns(model, x), axis=1).sum())
