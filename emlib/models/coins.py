"""Mixture of coins: trials of several tosses, each trial with one of K coins, which one unseen.

    p(x_n) = sum_k pi_k theta_k^heads_n (1 - theta_k)^tails_n

This is the probability of the *sequence* of tosses. The binomial coefficient, which counts the
orders in which the same heads can fall, is the same for every coin: it cancels in (9.13), and
adds a constant to the log-likelihood, left out here.

====================================== ==================================== =======================
equation                               says                                 code
====================================== ==================================== =======================
(9.12)                                 the probability of a trial           `_log_joint`
(9.13), (9.23)                         responsibilities                     `Mixture._normalise`
(9.18), (9.27)                         effective number of trials           `_statistics`
(9.17), (9.24)                         bias = expected heads / tosses       `m_step`
(9.22), (9.26)                         weights N_k / N                      `Mixture._new_weights`
====================================== ==================================== =======================

References
----------
C. B. Do and S. Batzoglou, Nature Biotechnology 26 (2008) 897-899.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from emlib.data import arguments, checks
from emlib.data.rows import Array, Data, Rows
from emlib.models import priors
from emlib.models.mixture import Mixture, which_own_data
from emlib.models.statistics import CoinStatistics
from emlib.models.tables import numbers


def counts(heads: ArrayLike, n: ArrayLike | None = None) -> Array:
    """Put trials into the form that `CoinMixture` takes: heads and tails, shape (N, 2).

    Parameters
    ----------
    heads
        With ``n``: the number of heads in each trial, shape (N,). Without: the tosses
        themselves, ones and zeros, shape (N, tosses a trial).
    n
        Tosses per trial: one number, or one for each trial.

    Raises
    ------
    ValueError, TypeError
        If a count is not a whole number, or there are more heads than tosses.

    Examples
    --------
    >>> counts([5, 9], 10)
    array([[5., 5.],
           [9., 1.]])
    >>> counts([[1, 0, 1], [1, 1, 1]])
    array([[2., 1.],
           [3., 0.]])
    """
    if n is None:
        flips = arguments.zeros_and_ones("heads", heads, (2,))
        heads_n, tosses = flips.sum(axis=1), np.full(len(flips), float(flips.shape[1]))
    else:
        heads_n, tosses = arguments.heads_and_tosses(heads, n, (1,))
    return np.column_stack([heads_n, tosses - heads_n])


@dataclass(frozen=True, eq=False, repr=False, init=False)
class CoinMixture(Mixture):
    """Mixture of K coins, one coin per trial.

    Data are heads and tails of each trial, shape (N, 2): see `counts`.

    Parameters
    ----------
    biases
        Probabilities of heads theta_k, shape (K,), from 0 to 1.
    weights
        Probabilities pi_k that a trial uses coin k, shape (K,), summing to one.
    fixed_weights
        Hold the weights in the M-step, and do not count them as parameters.
    weight_prior
        alpha of a Dirichlet distribution over the weights, 1 or more; None is no prior. With a
        prior EM maximises ln p(X | theta) + ln p(theta): see `emlib.models.priors`.

    Raises
    ------
    ValueError, TypeError
        If a parameter has the wrong shape or is not what its name says; the message names it.

    Examples
    --------
    >>> theta = CoinMixture(biases=[0.8, 0.7], weights=[0.5, 0.5])
    >>> theta.responsibilities(counts([8], 10)).round(6)
    array([[0.563978, 0.436022]])

    References
    ----------
    C. B. Do and S. Batzoglou, Nature Biotechnology 26 (2008) 897-899.
    """

    biases: Array
    weights: Array
    fixed_weights: bool
    weight_prior: float | None = None

    location = "biases"
    can_exclude = True
    needs_rows = False

    def __init__(
        self,
        biases: ArrayLike,
        weights: ArrayLike,
        *,
        fixed_weights: bool = False,
        weight_prior: float | None = None,
    ) -> None:
        checked_weights = arguments.weights("weights", weights)
        self._set(
            biases=arguments.probabilities("biases", biases, (len(checked_weights),)),
            weights=checked_weights,
            fixed_weights=arguments.flag("fixed_weights", fixed_weights),
            weight_prior=priors.of_weights(weight_prior, checked_weights, fixed_weights),
        )

    @property
    def n_parameters(self) -> int:
        """K biases, and K - 1 weights unless they are fixed."""
        return self.n_components + self.n_free_weights

    def _summary(self) -> tuple[str, dict[str, list[str]]]:
        held = " (held fixed)" if self.fixed_weights else ""
        return f"CoinMixture of {self.n_components} coins", {
            f"weight{held}": numbers(self.weights),
            "bias": numbers(self.biases),
        }

    def _log_joint(self, x: Array) -> Array:
        """Compute ln pi_k + heads ln theta_k + tails ln(1 - theta_k), with 0 ln 0 = 0."""
        heads, tails = x[:, :1], x[:, 1:]
        log_heads = np.where(heads > 0, heads * np.log(self.biases), 0.0)
        log_tails = np.where(tails > 0, tails * np.log1p(-self.biases), 0.0)
        return log_heads + log_tails + np.log(self.weights)  # (9.12)

    def _statistics(self, x: Array, r: Array) -> CoinStatistics:
        heads, tails = (x.T[:, :, None] * r).sum(axis=1)
        return CoinStatistics(r.sum(axis=0), heads, tails)  # (9.18), (9.27)

    @np.errstate(under="ignore")
    def m_step(self, statistics: CoinStatistics) -> Self:
        """Maximise Q: a coin's bias is its expected heads over its expected tosses.

        Parameters
        ----------
        statistics
            What `statistics` or `e_step` returned, or a sum of such.
        """
        which_own_data(statistics.n_k, self.weights)
        tosses = statistics.heads + statistics.tails
        biases = np.divide(  # (9.17), (9.24)
            statistics.heads, tosses, out=self.biases.copy(), where=tosses > 0
        )
        return self._with(biases=biases, weights=self._new_weights(statistics.n_k))

    def sample(
        self, n: int, rng: np.random.Generator | int, n_tosses: int = 10
    ) -> tuple[Array, NDArray[np.intp]]:
        """Draw n trials of ``n_tosses`` tosses: first the coin, then its heads.

        Returns
        -------
        x : array of shape (n, 2), heads and tails
        z : array of shape (n,), the coin of each trial
        """
        n_tosses, rng = arguments.count("n_tosses", n_tosses), arguments.generator("rng", rng)
        z = self._draw_labels(arguments.count("n", n), rng)
        heads = rng.binomial(n_tosses, self.biases[z]).astype(float)  # (9.11)
        return np.column_stack([heads, n_tosses - heads]), z

    def _sample_like(self, data: Rows, rng: np.random.Generator) -> Array:
        """Draw trials of as many tosses as those of some data have."""
        tosses, n = data.values.sum(axis=1), round(data.total_weight)
        if data.times is not None:
            tosses = rng.choice(tosses, n, p=data.times / data.times.sum())
        heads = rng.binomial(tosses.astype(int), self.biases[self._draw_labels(n, rng)])
        return np.column_stack([heads, tosses - heads])

    @classmethod
    def read(cls, x: Any) -> Data:
        """Check heads and tails, shape (N, 2)."""
        return checks.counts_table(x)

    def _check(self, x: Any) -> Data:
        """Check heads and tails, shape (N, 2)."""
        return checks.counts_table(x, self.column_names)

    def prepare_fit(self, x: Any, sample_weight: Any = None) -> Data:
        """Check heads and tails for a fit; trials that ended alike are counted and kept once."""
        return super().prepare_fit(x, sample_weight).distinct()

    @classmethod
    def coordinates(cls, x: Any) -> Array:
        """Proportions of heads, shape (N, 1); one half where nothing was tossed."""
        heads, tails = cls.read(x).values.T
        tosses = heads + tails
        return np.divide(heads, tosses, out=np.full(len(heads), 0.5), where=tosses > 0)[:, None]

    @classmethod
    def _placeholder(cls, n_components: int, n_columns: int, **options: Any) -> Self:
        return cls(np.full(n_components, 0.5), **cls._with_weights(n_components, options))

    def _difference(self, j: int, k: int) -> float:
        bias, gap = self.biases[k], abs(self.biases[j] - self.biases[k])
        std = np.sqrt(bias * (1 - bias))  # of one toss
        return float(gap / std) if std > 0 else float(gap)
