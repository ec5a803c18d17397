"""EM from parts that can be replaced, so that a wrong EM is one short expression.

An `EM` has a log joint, a way to make shares of it, and one formula for each parameter of the M
step. The formulae are worked out in order, and each sees what those before it have made: a slip in
the means spreads to the variances about them, as it does in a learner's code.

Examples
--------
>>> x = np.array([-1.0, 0.0, 1.0, 2.0, 4.0])
>>> start = np.array([0.5, 0.5]), np.array([0.0, 3.0]), np.array([1.0, 1.0])
>>> [part.round(2) for part in LINE.run(x, start, n_rounds=2)]
[array([0.6, 0.4]), array([0.08, 2.88]), array([0.94, 1.17])]
>>> [part.round(2) for part in LINE.but(shares=hard).run(x, start, n_rounds=2)]
[array([0.6, 0.4]), array([0., 3.]), array([0.82, 1.  ])]

Two coins with a prior that is known, ten rounds, as Do and Batzoglou print them:

>>> fair = COINS.but(weights=kept("weights"))
>>> fair.run(FIVE_TRIALS, (np.array([0.6, 0.5]), np.array([0.5, 0.5])), n_rounds=10)[0].round(2)
array([0.8 , 0.52])
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Theta = tuple[Floats, ...]
Named = Mapping[str, Floats]
Formula = Callable[[Floats, Floats, Named, Named], Floats]  # of x, r, what is new, what is old
Shares = Callable[[Floats], Floats]
LogJoint = Callable[..., Floats]

LOG_2PI = float(np.log(2 * np.pi))


@dataclass(frozen=True)
class EM:
    """EM for one model.

    Attributes
    ----------
    log_joint : callable
        ``log_joint(x, *theta)``, shape (N, K).
    formulae : Mapping of str to callable
        The M step: ``formula(x, r, new, old)`` for each parameter, in order.
    shares : callable
        What the E step makes of the log joint.
    """

    log_joint: LogJoint
    formulae: Mapping[str, Formula]
    shares: Shares

    def __deepcopy__(self, memo: dict[int, Any]) -> EM:
        """Return itself: nothing can be changed in it."""
        return self

    def but(self, **parts: Any) -> EM:
        """Return EM with some parts replaced: `log_joint`, `shares`, or formulae by name."""
        own = {name: parts.pop(name) for name in ("log_joint", "shares") if name in parts}
        return replace(self, **own, formulae={**self.formulae, **parts})

    def making(self, **formulae: Callable[[Floats, Floats], Any]) -> EM:
        """Return EM with formulae that need data and responsibilities alone."""
        return self.but(**{name: _of_data(formula) for name, formula in formulae.items()})

    def seeing(self, change: Callable[..., Theta] | None = None, **parts: Any) -> EM:
        """Return EM whose E step sees other parameters than it should, or other data, by name.

        Examples
        --------
        >>> squared = LINE.seeing(stds=np.square)
        >>> one, half = np.ones(1), np.full(1, 0.5)
        >>> squared.log_joint(one, one, one, half) == LINE.log_joint(one, one, one, half**2)
        array([[ True]])
        """
        as_it_is = [parts.pop(name, np.asarray) for name in ("x", *self.formulae)]
        if parts:
            raise TypeError(f"no parameters of this EM: {sorted(parts)}")

        def log_joint(x: Floats, *theta: Floats) -> Floats:
            theta = theta if change is None else change(*theta)
            seen = zip(as_it_is, (x, *theta), strict=True)
            return self.log_joint(*(see(part) for see, part in seen))

        return replace(self, log_joint=log_joint)

    def e_step(self, x: Floats, *theta: Floats) -> Floats:
        """Responsibilities, shape (N, K) (9.23)."""
        return self.shares(self.log_joint(x, *theta))

    def m_step(self, x: Floats, r: Floats, *old: Floats) -> Theta:
        """New parameters; the old ones are asked for by wrong formulae only."""
        before = dict(zip(self.formulae, old, strict=False))
        new: dict[str, Floats] = {}
        for name, formula in self.formulae.items():
            new[name] = formula(x, r, new, before)
        return tuple(new.values())

    def round(self, x: Floats, theta: Theta) -> Theta:
        """Parameters after one round."""
        return self.m_step(x, self.e_step(x, *theta), *theta)

    def shares_and_round(self, x: Floats, *theta: Floats) -> tuple[Floats, ...]:
        """Responsibilities, and the parameters that follow from them."""
        r = self.e_step(x, *theta)
        return r, *self.m_step(x, r, *theta)

    def run(self, x: Floats, theta: Theta, n_rounds: int) -> Theta:
        """Parameters after some rounds."""
        for _ in range(n_rounds):
            theta = self.round(x, theta)
        return theta

    def path(self, x: Floats, theta: Theta, n_rounds: int) -> list[Theta]:
        """Parameters at the start and after each of some rounds."""
        path = [theta]
        for _ in range(n_rounds):
            path.append(self.round(x, path[-1]))
        return path

    def in_rounds(self, of: Callable[[int], int] = int, first: int = 0) -> Callable[..., Theta]:
        """Return the function of data, parameters and a number n of rounds that runs ``of(n)``.

        It returns the parameters from the first on that is asked for.
        """
        return lambda x, *given: self.run(x, given[:-1], of(given[-1]))[first:]

    def log_likelihood(self, x: Floats, theta: Theta) -> float:
        """Nats, summed over the data (9.28)."""
        return float(np.logaddexp.reduce(self.log_joint(x, *theta), axis=1).sum())

    def moves(self, x: Floats, theta: Theta) -> float:
        """Return how far a round moves the parameters, each in units of its largest entry."""
        pairs = zip(self.round(x, theta), theta, strict=True)
        return max(float(np.abs(new - old).max() / np.abs(old).max()) for new, old in pairs)


def _of_data(formula: Callable[[Floats, Floats], Any]) -> Formula:
    return lambda x, r, new, old: formula(x, r)


# What an E step makes of the log joint.


def softmax(log_joint: Floats) -> Floats:
    """Divide each row of the joint by its sum (9.23), after subtracting the largest logarithm."""
    joint = np.exp(log_joint - log_joint.max(axis=1, keepdims=True))
    shares: Floats = joint / joint.sum(axis=1, keepdims=True)
    return shares


def divided(log_joint: Floats) -> Floats:
    """Divide densities that were never logarithms, which may all be 0."""
    with np.errstate(all="ignore"):
        joint = np.exp(log_joint)
        shares: Floats = joint / joint.sum(axis=1, keepdims=True)
    return shares


def over_data(log_joint: Floats) -> Floats:
    """Divide by the sum over the data."""
    joint = np.exp(log_joint)
    shares: Floats = joint / joint.sum(axis=0)
    return shares


def hard(log_joint: Floats) -> Floats:
    """Give each row wholly to its most probable component."""
    return np.eye(log_joint.shape[1])[log_joint.argmax(axis=1)]


# Formulae of the M step: the right ones, and those that are wrong in more than one model.


def n_k(r: Floats) -> Floats:
    """Effective counts (9.27)."""
    counts: Floats = r.sum(axis=0)
    return counts


def mean_share(x: Floats, r: Floats, new: Named, old: Named) -> Floats:
    """N_k / N (9.26)."""
    share: Floats = n_k(r) / len(r)
    return share


def counts(x: Floats, r: Floats, new: Named, old: Named) -> Floats:
    """Effective counts where weights are due."""
    return n_k(r)


def equal(x: Floats, r: Floats, new: Named, old: Named) -> Floats:
    """Equal weights, whatever the data say."""
    return np.full(r.shape[1], 1 / r.shape[1])


def kept(name: str) -> Formula:
    """Leave a parameter as it was."""
    return lambda x, r, new, old: old[name]


def squares(x: Floats, r: Floats, centres: Any) -> Floats:
    """Weighted sums of squared deviations from centres, one for each component."""
    sums: Floats = (r * (x[:, None] - centres) ** 2).sum(axis=0)
    return sums


# A mixture of normal distributions on the line, by standard deviations or by variances.


def normal(x: Floats, weights: Floats, means: Floats, variances: Floats) -> Floats:
    """Logarithm of pi_k N(x_n | mu_k, sigma_k^2)."""
    distance = (x[:, None] - means) ** 2 / variances
    joint: Floats = np.log(weights) - 0.5 * (LOG_2PI + np.log(variances) + distance)
    return joint


def line_means(x: Floats, r: Floats, new: Named, old: Named) -> Floats:
    """Weighted means (9.24)."""
    means: Floats = x @ r / n_k(r)
    return means


def line_variances(x: Floats, r: Floats, new: Named, old: Named) -> Floats:
    """Weighted squares about the new means (9.25)."""
    return squares(x, r, new["means"]) / n_k(r)


def no_front_factor(weights: Floats, means: Floats, stds: Floats) -> Theta:
    """Return what an E step sees that leaves out the front factor 1/std of the densities."""
    return weights * stds, means, stds


def root(formula: Formula) -> Formula:
    """Take the square root of a formula."""
    return lambda x, r, new, old: np.sqrt(formula(x, r, new, old))


BY_VARIANCES = EM(
    normal, {"weights": mean_share, "means": line_means, "variances": line_variances}, softmax
)
LINE = EM(
    lambda x, weights, means, stds: normal(x, weights, means, np.square(stds)),
    {"weights": mean_share, "means": line_means, "stds": root(line_variances)},
    softmax,
)


# A mixture of coins: x holds heads and tails of each trial, one row a trial.


def coins(x: Floats, biases: Floats, weights: Floats) -> Floats:
    """Logarithm of pi_k theta_k^h (1 - theta_k)^t."""
    heads, tails = x[:, :1], x[:, 1:]
    joint: Floats = np.log(weights) + heads * np.log(biases) + tails * np.log1p(-biases)
    return joint


def coin_biases(x: Floats, r: Floats, new: Named, old: Named) -> Floats:
    """Expected heads over expected tosses (9.24)."""
    biases: Floats = x[:, 0] @ r / (x.sum(axis=1) @ r)
    return biases


COINS = EM(coins, {"biases": coin_biases, "weights": mean_share}, softmax)
FIVE_TRIALS = np.array([[5.0, 5.0], [9.0, 1.0], [8.0, 2.0], [4.0, 6.0], [7.0, 3.0]])
"""Those of Do and Batzoglou."""


def draw_trials(rng: np.random.Generator, n_trials: int) -> Floats:
    """Trials of different lengths, so that an average of shares is not the share of the sums."""
    tosses = rng.integers(5, 16, size=n_trials)
    heads = rng.binomial(tosses, rng.choice([0.35, 0.8], size=n_trials))
    return np.column_stack([heads, tosses - heads]).astype(float)


# A mixture of Poisson distributions; ln x! is left out, which no parameter changes.


def poisson(x: Floats, weights: Floats, rates: Floats) -> Floats:
    """Logarithm of pi_k times a Poisson probability, times x!."""
    joint: Floats = np.log(weights) + x[:, None] * np.log(rates) - rates
    return joint


POISSON = EM(poisson, {"weights": mean_share, "rates": line_means}, softmax)


# A mixture of normal distributions in the plane, or in more dimensions.


def gaussian(x: Floats, weights: Floats, means: Floats, covariances: Floats) -> Floats:
    """Logarithm of pi_k N(x_n | mu_k, Sigma_k)."""
    columns = []
    for mean, covariance in zip(means, covariances, strict=True):
        d = x - mean
        distance = np.einsum("nd,de,ne->n", d, np.linalg.inv(covariance), d)
        log_det = np.linalg.slogdet(covariance)[1]
        columns.append(-0.5 * (x.shape[1] * LOG_2PI + log_det + distance))
    joint: Floats = np.log(weights) + np.column_stack(columns)
    return joint


def plane_means(x: Floats, r: Floats, new: Named, old: Named) -> Floats:
    """Weighted means (9.24)."""
    means: Floats = r.T @ x / n_k(r)[:, None]
    return means


def scatters(x: Floats, r: Floats, centres: Floats) -> Floats:
    """Weighted sums of squares and products about centres, shape (K, D, D)."""
    return np.array([(r[:, k] * (x - c).T) @ (x - c) for k, c in enumerate(centres)])


def plane_covariances(x: Floats, r: Floats, new: Named, old: Named) -> Floats:
    """Weighted squares and products about the new means (9.25)."""
    covariances: Floats = scatters(x, r, new["means"]) / n_k(r)[:, None, None]
    return covariances


PLANE = EM(
    gaussian,
    {"weights": mean_share, "means": plane_means, "covariances": plane_covariances},
    softmax,
)
