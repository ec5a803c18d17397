"""Information by Louis' identity, in one pass over the data, and what follows from it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from emlib.data import arguments
from emlib.data.errors import IGNORED_FLAGS, refuse, warn
from emlib.data.rows import Array, Rows, slices, times
from emlib.information import derivatives
from emlib.information.derivatives import Derivatives
from emlib.models.mixture import Mixture
from emlib.models.tables import html_table, text_table, vector

SINGULAR = 1e-9
"""Observed information below this part of the complete one is rounding of their difference."""

UNCONVERGED = 1e-3
"""Nats that a Newton step would still gain: the estimate is then 4 % of its error from the end."""

STEP = 1e-3
"""Steps of differences of EM's map, in standard deviations that complete data would leave."""


@dataclass(frozen=True, eq=False)
class Sums:
    """What one pass leaves; ``a + b`` joins two blocks of data.

    Attributes
    ----------
    statistics
        Of the E-step.
    squares
        Sums of gamma_nk t_nk t_nk^T, for t_nk the slopes by component k's own parameters, shape
        (K, F, F).
    between
        Sum of s_n s_n^T, shape (P, P).
    slope
        Sum of s_n, the gradient of the log-likelihood, shape (P,).
    """

    statistics: Any
    squares: Array
    between: Array
    slope: Array

    def __add__(self, other: Sums) -> Sums:
        return Sums(
            self.statistics + other.statistics,
            self.squares + other.squares,
            self.between + other.between,
            self.slope + other.slope,
        )


@dataclass(frozen=True, eq=False)
class Information:
    """Complete and missing information (P, P), and the gradient (P,)."""

    complete: Array
    missing: Array
    slope: Array
    derivatives: Derivatives

    @property
    def observed(self) -> Array:
        """Their difference, by Louis' identity."""
        return self.complete - self.missing


def _of(model: Any, x: Any, sample_weight: Any) -> Information:
    """All of it, in one pass over the data."""
    arguments.density(model)
    at = derivatives.at(model)
    with np.errstate(**IGNORED_FLAGS):
        sums, _ = model.prepare(x, sample_weight).total(partial(_sums, at))
        jacobian, across = at.jacobian, at.jacobian.swapaxes(1, 2)
        complete = (across @ at.curvature(sums.statistics) @ jacobian).sum(axis=0)
        missing = (across @ sums.squares @ jacobian).sum(axis=0) - sums.between
        slope = sums.slope + np.einsum("kf,kfp->p", at.prior_slopes(), jacobian)
    return Information(_symmetric(complete), _symmetric(missing), slope, at)


def _symmetric(a: Array) -> Array:
    return (a + a.T) / 2


def _sums(at: Derivatives, data: Rows) -> tuple[Sums, float]:
    """The sums of some rows, block by block; the second number is not used."""
    model, total = at.model, None
    k, n_own, n_free = at.jacobian.shape
    for part in slices(len(data.values), k * n_own + n_free):
        x, weights = data.values[part], None if data.times is None else data.times[part]
        r, _ = model._normalise(model._log_joint(x))  # (9.23)
        slopes = at.slopes(x)
        weighted = times(r, weights)
        squares = np.stack([(slopes[:, j].T * weighted[:, j]) @ slopes[:, j] for j in range(k)])
        mean = (r[:, :, None] * slopes).reshape(len(x), -1) @ at.jacobian.reshape(-1, n_free)
        counted = times(mean, weights)
        sums = Sums(model._statistics(x, weighted), squares, counted.T @ mean, counted.sum(axis=0))
        total = sums if total is None else total + sums
    assert total is not None
    return total, 0.0


def observed(model: Mixture, x: Any, sample_weight: ArrayLike | None = None) -> Array:
    """Minus the second derivatives of the log-likelihood (9.14), by Louis' identity.

    With a prior, those of ln p(X | theta) + ln p(theta).

    Parameters
    ----------
    model
        A mixture; any, not only a fitted one.
    x
        Data of N rows, as the model takes them.
    sample_weight
        A weight for each row, shape (N,): 0 for an absent row, 2 for one that occurs twice.

    Returns
    -------
    array of shape (P, P)
        By the free parameters in the model's own units, in the order that the module names.

    Raises
    ------
    ValueError, TypeError
        If a parameter lies on a boundary, or the model is of another class.

    Examples
    --------
    >>> from emlib import CoinMixture, coins
    >>> observed(CoinMixture([0.66], [1.0]), coins.counts([5, 9, 8, 4, 7], 10)).round(4)
    array([[222.8164]])
    """
    return _of(model, x, sample_weight).observed


def complete(model: Mixture, x: Any, sample_weight: ArrayLike | None = None) -> Array:
    """Minus the second derivatives of Q at theta: what the data would tell with their labels.

    Parameters
    ----------
    model
        A mixture.
    x
        Data of N rows, as the model takes them.
    sample_weight
        A weight for each row, shape (N,): 0 for an absent row, 2 for one that occurs twice.

    Returns
    -------
    array of shape (P, P)
        In the order that the module names.

    Raises
    ------
    ValueError, TypeError
        If a parameter lies on a boundary, or the model is of another class.

    Examples
    --------
    >>> from emlib import PoissonMixture
    >>> complete(PoissonMixture([0.5, 0.5], [2.0, 2.0]), [1, 3, 2]).round(3)
    array([[12.  ,  0.  ,  0.  ],
           [ 0.  ,  0.75,  0.  ],
           [ 0.  ,  0.  ,  0.75]])
    """
    return _of(model, x, sample_weight).complete


def missing(model: Mixture, x: Any, sample_weight: ArrayLike | None = None) -> Array:
    """The variance of the slopes over the labels: what the labels alone would tell.

    Parameters
    ----------
    model
        A mixture.
    x
        Data of N rows, as the model takes them.
    sample_weight
        A weight for each row, shape (N,): 0 for an absent row, 2 for one that occurs twice.

    Returns
    -------
    array of shape (P, P)
        In the order that the module names; no eigenvalue is negative, but by rounding.

    Raises
    ------
    ValueError, TypeError
        If a parameter lies on a boundary, or the model is of another class.

    Examples
    --------
    >>> from emlib import GaussianMixture1D
    >>> far_apart = GaussianMixture1D([0.5, 0.5], [0, 100], [1, 1])
    >>> bool(np.abs(missing(far_apart, [-1.0, 1.0, 99.0, 101.0])).max() < 1e-12)
    True
    """
    return _of(model, x, sample_weight).missing


def rate(model: Mixture, x: Any, sample_weight: ArrayLike | None = None) -> float:
    """The largest fraction of missing information: the factor by which EM's steps shrink.

    Parameters
    ----------
    model
        A mixture, fitted to x.
    x
        Data of N rows, as the model takes them.
    sample_weight
        A weight for each row, shape (N,), as in the fit.

    Returns
    -------
    float
        The largest eigenvalue of complete^-1 missing. At a maximum it is below one; at a saddle,
        which EM leaves, it is above.

    Raises
    ------
    ValueError, TypeError
        If a parameter lies on a boundary, or the model is of another class.

    References
    ----------
    A. P. Dempster, N. M. Laird and D. B. Rubin, Journal of the Royal Statistical Society B 39
    (1977) 1-38.

    Examples
    --------
    The tie of two coins at 33 heads of 50 is a saddle; there the steps grow.

    >>> from emlib import CoinMixture, coins
    >>> tie = CoinMixture([0.66, 0.66], [0.5, 0.5], fixed_weights=True)
    >>> round(rate(tie, coins.counts([5, 9, 8, 4, 7], 10)), 4)
    1.533
    """
    found = _of(model, x, sample_weight)
    whiten = _whitening(found)
    return float(np.linalg.eigvalsh(whiten @ found.missing @ whiten.T)[-1])


def _whitening(found: Information) -> Array:
    """W with W complete W^T = I."""
    try:
        return np.linalg.inv(np.linalg.cholesky(found.complete))
    except np.linalg.LinAlgError:
        _, vectors = np.linalg.eigh(found.complete)
        name = found.derivatives.names[int(np.abs(vectors[:, 0]).argmax())]
        wanted = "one that is near a maximum of Q for these data (run an M-step first)"
        got = f"one where Q does not fall on both sides along {name}"
        raise refuse("model", wanted, got) from None


def supplemented(model: Mixture, x: Any, sample_weight: ArrayLike | None = None) -> Array:
    """Observed information from M-steps alone: complete (I - J), J the Jacobian of EM's map.

    The map takes theta to the model after one round of EM. Its derivatives are found by
    differences: two rounds for each free parameter. It is `observed` by another way, for a judge;
    it holds at a fixed point of EM alone, and is not quite symmetric.

    Parameters
    ----------
    model
        A mixture, fitted to x until little changes.
    x
        Data of N rows, as the model takes them.
    sample_weight
        A weight for each row, shape (N,), as in the fit.

    Returns
    -------
    array of shape (P, P)
        In the order that the module names.

    Raises
    ------
    ValueError, TypeError
        If a parameter lies on a boundary, or the model is of another class.

    References
    ----------
    X.-L. Meng and D. B. Rubin, Journal of the American Statistical Association 86 (1991) 899-909.

    Examples
    --------
    >>> from emlib import CoinMixture, coins
    >>> supplemented(CoinMixture([0.66], [1.0]), coins.counts([5, 9, 8, 4, 7], 10)).round(4)
    array([[222.8164]])
    """
    data = arguments.density(model).prepare(x, sample_weight)
    found = _of(model, data, None)
    at = found.derivatives
    steps = np.diag(STEP / np.sqrt(found.complete.diagonal()))

    def after(step: Array) -> Array:
        there = at.at(step)
        return at.free(there.m_step(there.e_step(data)[0]))

    columns = [(after(step) - after(-step)) / (2 * step.sum()) for step in steps]
    result: Array = found.complete @ (np.eye(len(steps)) - np.column_stack(columns))
    return result


@dataclass(frozen=True, eq=False, repr=False)
class StandardErrors:
    """Standard errors under the names of the model's fields, in the model's units.

    Attributes
    ----------
    weights, means, covariances, variances, biases, rates
        Those of them that the model has, each of the field's shape. What is held, as fixed weights
        are and what a family leaves out of the covariances, has an error of zero.
    """

    model: Mixture
    fields: dict[str, Array]

    def __getattr__(self, name: str) -> Array:
        if name.startswith("__") or name not in self.fields:
            raise AttributeError(f"standard errors of {', '.join(self.fields)}: no {name!r}")
        return self.fields[name]

    def _table(self) -> tuple[str, dict[str, list[str]]]:
        columns = {
            name: [vector(np.ravel(entry)) if entry.ndim else f"{entry:.5g}" for entry in values]
            for name, values in self.fields.items()
        }
        return f"Standard errors of a {type(self.model).__name__}", columns

    def __repr__(self) -> str:
        return text_table(*self._table())

    def _repr_html_(self) -> str:
        return html_table(*self._table())


def standard_errors(
    model: Mixture, x: Any, sample_weight: ArrayLike | None = None
) -> StandardErrors:
    """Standard errors of a fit: square roots of the diagonal of the inverse observed information.

    With a prior, the curvature is that of ln p(X | theta) + ln p(theta), and the errors are the
    widths of the Gaussian that is as curved at the most probable parameters.

    They are those of large samples: right where the log-likelihood is close to a parabola over two
    or three of them on either side. Where components overlap, or own few points, it is not, and
    `bootstrap` says more.

    Parameters
    ----------
    model
        A mixture, fitted to x.
    x
        Data of N rows, as the model takes them.
    sample_weight
        A weight for each row, shape (N,), as in the fit.

    Returns
    -------
    StandardErrors
        A record with the model's fields. The last weight is one less the others, and has its error
        from theirs; entries of a covariance that are one have one error.

    Raises
    ------
    ValueError, TypeError
        If a parameter lies on a boundary, the log-likelihood is flat or still rises in some
        direction, or the model is of another class: the message names the parameter.

    Examples
    --------
    >>> from emlib import GaussianMixture1D, datasets, em
    >>> waiting = datasets.old_faithful().x[:, 1]
    >>> fit = em.fit(GaussianMixture1D([0.4, 0.6], [55, 80], [30, 30]), waiting, tol=1e-12)
    >>> standard_errors(fit.model, waiting).means.round(3)
    array([0.7  , 0.505])
    """
    found = _of(model, x, sample_weight)
    inverse = _inverse(found)
    gain = float(found.slope @ inverse @ found.slope) / 2
    if gain > UNCONVERGED:
        warn(
            f"the fit has not converged: a step would still gain about {gain:.3g} nats, so that "
            "standard errors here are not those of the maximum"
        )
    variances = {
        name: np.einsum("...p,pq,...q->...", by, inverse, by)
        for name, by in found.derivatives.maps.items()
    }
    fields = {name: np.sqrt(np.maximum(v, 0.0)) for name, v in variances.items()}
    order = [name for name in model._values() if name in fields]
    return StandardErrors(model, {name: arguments.frozen(fields[name]) for name in order})


def _inverse(found: Information) -> Array:
    """The inverse of the observed information, if it is positive definite."""
    whiten = _whitening(found)
    values, vectors = np.linalg.eigh(whiten @ found.observed @ whiten.T)
    if values[0] <= SINGULAR:
        direction = whiten.T @ vectors[:, 0]
        size = np.abs(direction) * np.sqrt(found.complete.diagonal())
        name = found.derivatives.names[int(size.argmax())]
        if values[0] < -SINGULAR:
            got = f"one where it still rises along {name} (a saddle, or too few rounds)"
        else:
            got = f"one where it is flat along {name} (the data cannot tell such models apart)"
        raise refuse("model", "one at a summit of the log-likelihood of x", got)
    half = vectors.T @ whiten
    result: Array = half.T @ (half / values[:, None])
    return result
