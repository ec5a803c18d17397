"""Maximum likelihood in closed form, for one coin and for one normal distribution.

======================================================= ============================ ==============
estimate                                                code                         PRML
======================================================= ============================ ==============
mean and variance (divisor N) of a normal               `normal`                     (1.55), (1.56)
probability of heads                                    `bernoulli`, `binomial`      (2.7)
======================================================= ============================ ==============
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from numpy.typing import ArrayLike

from emlib.data import arguments, checks
from emlib.data.errors import refuse
from emlib.data.rows import Rows


@dataclass(frozen=True)
class NormalEstimate:
    """Maximum-likelihood estimate of a normal distribution.

    Attributes
    ----------
    mean
        In the data's units.
    variance
        In squared units, with divisor N: biased by the factor (N - 1) / N.
    log_likelihood
        In nats, summed over the data; infinite where the variance is zero.
    """

    mean: float
    variance: float
    log_likelihood: float


@dataclass(frozen=True)
class BernoulliEstimate:
    """Maximum-likelihood estimate of a probability.

    Attributes
    ----------
    p
        The probability of heads.
    log_likelihood
        In nats, of the sequence of tosses (no binomial coefficient).
    """

    p: float
    log_likelihood: float


def normal(x: ArrayLike) -> NormalEstimate:
    """Mean and variance that maximise sum_n ln N(x_n | mu, sigma^2).

    Parameters
    ----------
    x
        Data of shape (N,), N >= 1.

    Raises
    ------
    ValueError, TypeError
        If x is not a row of finite numbers, or its variance is too small to be represented.

    Notes
    -----
    The score equations give mu = mean(x) and sigma^2 = mean((x - mu)^2), where the
    log-likelihood is -N/2 (ln(2 pi sigma^2) + 1). Differences from the first value come before
    any sum, so that an offset costs no digits.

    References
    ----------
    C. M. Bishop, Pattern Recognition and Machine Learning, 2006, pp. 26-27.

    Examples
    --------
    >>> fit = normal([1.0, 2.0, 6.0])
    >>> fit.mean, round(fit.variance, 6), round(fit.log_likelihood, 6)
    (3.0, 4.666667, -6.567483)
    """
    data = arguments.array("x", x, 1)
    checks.representable_spread(Rows(data[:, None]))
    from_first = data - data[0]
    shift = from_first.mean()  # (1.55)
    variance = float(((from_first - shift) ** 2).mean())  # (1.56)
    if variance > 0:
        log_likelihood = -0.5 * len(data) * (math.log(2 * math.pi * variance) + 1)
    else:
        log_likelihood = math.inf
    return NormalEstimate(float(data[0] + shift), variance, log_likelihood)


def bernoulli(x: ArrayLike) -> BernoulliEstimate:
    """Probability that maximises sum_n ln Bern(x_n | p): the share of ones.

    Parameters
    ----------
    x
        Tosses of shape (N,): 1 (or True) for heads, 0 for tails.

    Raises
    ------
    ValueError, TypeError
        If x holds anything but zeros and ones.

    Examples
    --------
    >>> bernoulli([1, 0, 1, 1]).p
    0.75
    """
    data = arguments.zeros_and_ones("x", x, (1,))
    return _pooled(float(data.sum()), float(len(data)))


def binomial(heads: ArrayLike, n: ArrayLike) -> BernoulliEstimate:
    """Probability of heads from trials of several tosses: all heads over all tosses.

    Parameters
    ----------
    heads
        Heads in each trial: one number, or shape (N,).
    n
        Tosses in each trial: one number, or shape (N,).

    Raises
    ------
    ValueError, TypeError
        If a count is not whole, a trial has more heads than tosses, or nothing was tossed.

    Notes
    -----
    The tosses are pooled. The mean of the trials' own proportions is another number, as it
    gives a short trial the same say as a long one.

    Examples
    --------
    >>> round(binomial([1, 9], [2, 90]).p, 6)
    0.108696
    """
    heads_n, tosses = arguments.heads_and_tosses(heads, n, (0, 1))
    if tosses.sum() == 0:
        raise refuse("n", "at least one toss", "none")
    return _pooled(float(heads_n.sum()), float(tosses.sum()))


def _pooled(heads: float, tosses: float) -> BernoulliEstimate:
    p = heads / tosses  # (2.7)
    tails = tosses - heads
    log_likelihood = (heads * math.log(p) if heads else 0.0) + (
        tails * math.log1p(-p) if tails else 0.0
    )
    return BernoulliEstimate(p, log_likelihood)
