"""The lower bound, and all that it is made of: PRML section 9.4.

For every distribution q over the hidden components,

    ln p(X | theta) = L(q, theta) + KL(q || p(Z | X, theta))                              (9.70)

with L(q, theta) = Q + H(q). Every function takes any mixture and any q: an (N, K) table whose rows
sum to one. Zeros in q are exact (0 ln 0 = 0). All quantities are in nats, summed over the rows.

=================== ======================================================= =====================
function            computes                                                PRML
=================== ======================================================= =====================
`posterior`         q = p(Z | X, theta), where the bound touches            (9.23), (9.38), (9.39)
`q_function`        Q = E_q[ln p(X, Z | theta)]                             (9.30), (9.40)
`entropy`           H(q) = -E_q[ln q]                                       (9.74), second term
`elbo`              L(q, theta) = Q + H                                     (9.71)
`kl`                KL(q || p(Z | X, theta)), never negative                (9.72)
`map_elbo`          L(q, theta) + ln p(theta), for a model with a prior     (9.77)
=================== ======================================================= =====================
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from emlib.data import arguments, checks
from emlib.data.errors import IGNORED_FLAGS
from emlib.data.rows import Array, Rows, counted_from, slices, times
from emlib.models.mixture import Mixture


def posterior(model: Mixture, x: ArrayLike) -> Array:
    """p(z_n = k | x_n, theta), shape (N, K): the q that makes the bound touch (9.38), (9.39).

    The rows are independent, so that the posterior of all labels is the product of those of the
    single rows (9.75): this table holds all of it.

    Parameters
    ----------
    model
        A mixture; theta.
    x
        Data of N rows, as the model takes them.

    Raises
    ------
    ValueError, TypeError
        If a row is impossible under every component, or the model has no density.

    Examples
    --------
    >>> from emlib import CoinMixture, coins
    >>> posterior(CoinMixture([0.8, 0.7], [0.5, 0.5]), coins.counts([8], 10)).round(3)
    array([[0.564, 0.436]])
    """
    return arguments.density(model).responsibilities(x)  # (9.38), (9.39), (9.75)


@np.errstate(**IGNORED_FLAGS)
def q_function(
    model: Mixture, x: ArrayLike, q: ArrayLike, sample_weight: ArrayLike | None = None
) -> float:
    """Q = sum_n sum_k q_nk ln p(x_n, z_n = k | theta), in nats: PRML (9.30), (9.40).

    Parameters
    ----------
    model
        A mixture; theta.
    x
        Data of N rows, as the model takes them.
    q
        Any distribution over the components for each row, shape (N, K). With
        ``q = posterior(theta_old, x)`` this is Q(theta, theta_old).
    sample_weight
        A weight for each row, shape (N,): 0 for an absent row, 2 for one that occurs twice.

    Returns
    -------
    float
        Minus infinity where q gives weight to an impossible component.

    Raises
    ------
    ValueError, TypeError
        If q is not a table of distributions, or the model has no density.

    Examples
    --------
    >>> from emlib import CoinMixture, coins
    >>> theta = CoinMixture([0.6, 0.5], [0.5, 0.5])
    >>> x = coins.counts([5, 9, 8, 4, 7], 10)
    >>> round(q_function(theta, x, posterior(theta, x)), 5)
    -36.15295
    """
    return _sum(model, x, q, sample_weight, _weighted)  # (9.30), (9.33), (9.40)


@np.errstate(**IGNORED_FLAGS)
def entropy(q: ArrayLike, sample_weight: ArrayLike | None = None) -> float:
    """H(q) = -sum_n sum_k q_nk ln q_nk, in nats; zero for hard assignments.

    Parameters
    ----------
    q
        A distribution over the components for each row, shape (N, K).
    sample_weight
        A weight for each row, shape (N,): 0 for an absent row, 2 for one that occurs twice.

    Raises
    ------
    ValueError, TypeError
        If q is not a table of distributions.

    Examples
    --------
    >>> round(entropy([[0.5, 0.5], [1.0, 0.0]]), 6)
    0.693147
    """
    data = Rows(arguments.array("q", q, 2))  # only how many rows there are counts here
    rows, table = checks.weighted_table(data, q, None, sample_weight, "q")
    terms = times(_weighted(table, np.log(table)), rows.times)
    return float(-terms.sum()) + 0.0  # (9.74); no minus zero


@np.errstate(**IGNORED_FLAGS)
def elbo(
    model: Mixture, x: ArrayLike, q: ArrayLike, sample_weight: ArrayLike | None = None
) -> float:
    """L(q, theta) = sum_n sum_k q_nk ln(p(x_n, z_n = k | theta) / q_nk), in nats: PRML (9.71).

    Never above the log-likelihood, and equal to it at ``q = posterior(model, x)``.

    Parameters
    ----------
    model
        A mixture; theta.
    x
        Data of N rows, as the model takes them.
    q
        Any distribution over the components for each row, shape (N, K).
    sample_weight
        A weight for each row, shape (N,): 0 for an absent row, 2 for one that occurs twice.

    Returns
    -------
    float
        Minus infinity where q gives weight to an impossible component.

    Raises
    ------
    ValueError, TypeError
        If q is not a table of distributions, or the model has no density.

    Examples
    --------
    >>> from emlib import CoinMixture, coins
    >>> theta = CoinMixture([0.6, 0.5], [0.5, 0.5])
    >>> x = coins.counts([5, 9, 8, 4, 7], 10)
    >>> round(elbo(theta, x, posterior(theta, x)), 5), round(theta.log_likelihood(x), 5)
    (-33.09386, -33.09386)
    """

    def terms(q: Array, log_joint: Array) -> Array:
        return _weighted(q, log_joint - np.log(q))

    return _sum(model, x, q, sample_weight, terms)  # (9.71)


@np.errstate(**IGNORED_FLAGS)
def kl(model: Mixture, x: ArrayLike, q: ArrayLike, sample_weight: ArrayLike | None = None) -> float:
    """KL(q || p(Z | X, theta)) in nats: PRML (9.72). The gap between bound and log-likelihood.

    Parameters
    ----------
    model
        A mixture; theta.
    x
        Data of N rows, as the model takes them.
    q
        Any distribution over the components for each row, shape (N, K).
    sample_weight
        A weight for each row, shape (N,): 0 for an absent row, 2 for one that occurs twice.

    Returns
    -------
    float
        Zero or more; infinity where q gives weight to an impossible component.

    Raises
    ------
    ValueError, TypeError
        If q is not a table of distributions, or the model has no density.

    Examples
    --------
    >>> from emlib import CoinMixture, coins
    >>> theta = CoinMixture([0.6, 0.5], [0.5, 0.5])
    >>> x = coins.counts([5, 9, 8, 4, 7], 10)
    >>> kl(theta, x, posterior(theta, x)) < 1e-12
    True
    """

    def terms(q: Array, log_joint: Array) -> Array:
        top = log_joint.max(axis=1)
        arguments.possible(top)  # elsewhere there is no posterior
        log_posterior = log_joint - top[:, None]
        log_posterior -= np.log(np.exp(log_posterior).sum(axis=1))[:, None]  # (9.73)
        return _weighted(q, np.log(q) - log_posterior)

    return max(0.0, _sum(model, x, q, sample_weight, terms))  # (9.72)


def map_elbo(
    model: Mixture, x: ArrayLike, q: ArrayLike, sample_weight: ArrayLike | None = None
) -> float:
    """L(q, theta) + ln p(theta), in nats: PRML (9.77), what EM climbs where there is a prior.

    Never above ln p(X | theta) + ln p(theta), and equal to it at ``q = posterior(model, x)``. That
    is the log posterior ln p(theta | X) but for ln p(X), which no parameter changes (9.76).

    Parameters
    ----------
    model
        A mixture; theta. Where it has no prior, this is `elbo`.
    x
        Data of N rows, as the model takes them.
    q
        Any distribution over the components for each row, shape (N, K).
    sample_weight
        A weight for each row, shape (N,): 0 for an absent row, 2 for one that occurs twice.

    Returns
    -------
    float
        Minus infinity where q gives weight to an impossible component.

    Raises
    ------
    ValueError, TypeError
        If q is not a table of distributions, or the model has no density.

    Examples
    --------
    >>> from emlib import CoinMixture, coins
    >>> theta = CoinMixture([0.6, 0.5], [0.5, 0.5], weight_prior=2)
    >>> x = coins.counts([5, 9, 8, 4, 7], 10)
    >>> round(map_elbo(theta, x, posterior(theta, x)), 5), round(theta.e_step(x)[1], 5)
    (-32.6884, -32.6884)
    """
    return elbo(model, x, q, sample_weight) + model.log_prior  # (9.77)


def _sum(
    model: Mixture,
    x: ArrayLike,
    q: ArrayLike,
    sample_weight: ArrayLike | None,
    terms: Callable[[Array, Array], Array],
) -> float:
    """Sum what ``terms`` makes of q and the log-joint, each row times its weight, in blocks."""
    data = arguments.density(model).prepare(x)
    rows, q = checks.weighted_table(data, q, model.n_components, sample_weight, "q")
    total = 0.0
    for part in slices(len(q), rows.n_columns + model.n_components):
        with counted_from(part.start, rows.is_weighted):
            log_joint = model._log_joint(rows.values[part])  # which all other functions are made of
            if not model.can_exclude:
                arguments.possible(log_joint.max(axis=1))
            weights = None if rows.times is None else rows.times[part]
            total += float(times(terms(q[part], log_joint), weights).sum())
    return total


def _weighted(q: Array, values: Array) -> Array:
    """Q times values, and zero where q is zero, whatever the value."""
    return np.multiply(q, values, out=np.zeros(q.shape), where=q > 0)
