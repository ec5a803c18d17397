"""What all models share: the E-step, in the form that the lessons show, and what it is made of.

A model is its parameters: an immutable record. It brings two things of its own, the log-joint
``ln p(x_n, z_n = k | theta)`` of shape (N, K), and an M-step in closed form. All the rest follows,
and is written once, here and for models with a density in `emlib.models.mixture`:

======================================================= ============================ ===============
quantity                                                code                         PRML
======================================================= ============================ ===============
E-step: responsibilities, summed into statistics        `Model.readable_e_step`      (9.23), (9.27)
gamma_nk = p(z_n = k | x_n)                             `Model.responsibilities`     (9.13), (9.23)
ln p(x_n, z_n = k | theta)                              `Model.log_joint`            (9.36)
======================================================= ============================ ===============
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from emlib.data import arguments, checks
from emlib.data.errors import IGNORED_FLAGS
from emlib.data.passes import by_row, summed
from emlib.data.rows import Array, Data, Rows, times
from emlib.models.contract import FromData


@dataclass(frozen=True)
class QuickSteps:
    """Quicker steps of one class of models; what is None is left to the readable form.

    ``e_step`` gives statistics and objective; the others rounds of EM as `emlib.stopping` takes
    them: of one model, of several side by side, and with jumps between them. Each returns None to
    leave a step, or data, to the readable form.
    """

    e_step: Callable[[Any, Rows], tuple[Any, float] | None] | None = None
    rounds: Callable[[Any, Data], Any] | None = None
    rounds_together: Callable[[list[Any], Data], Any] | None = None
    accelerated: Callable[[Any, Any, str], Any] | None = None


QUICK: dict[type, QuickSteps] = {}
"""Quicker steps by exact class, so that a class made from a model never gets those of its parent:
its own log-joint would not be in them. `emlib.fast` fills the table when emlib is imported."""


def quick_steps(model: Any) -> QuickSteps:
    """What the table has for exactly the class of this model."""
    return QUICK.get(type(model), READABLE)


READABLE = QuickSteps()
"""The steps of a class that is not in the table."""


class Model(FromData):
    """A record of parameters with an E-step and an M-step: what `emlib.em` needs of a model."""

    stops_at_repeat = False
    """True where only a step that changes nothing ends a fit (K-means)."""

    def readable_e_step(self, data: Rows) -> tuple[Any, float]:
        """Take the E-step as lessons 06 and 10 do; the quick one is compared with it."""
        total, objective = None, 0.0
        for block, weights in data.blocks(self.n_components):
            r, parts = self._normalise(self._log_joint(block))  # (9.23)
            statistics = self._statistics(block, times(r, weights))
            total = statistics if total is None else total + statistics
            objective += float(times(parts, weights).sum())  # (9.28)
        return total, objective

    @np.errstate(**IGNORED_FLAGS)
    def e_step(self, x: Any, sample_weight: Any = None) -> tuple[Any, float]:
        """Expected sufficient statistics, and the objective at this model, in one pass.

        Block by block, so that memory stays small whatever N. The objective is the
        log-likelihood (9.28) in nats, with a prior ln p(theta) more; for K-means minus (9.1).

        Parameters
        ----------
        x
            Data, one row per observation.
        sample_weight
            A weight for each row, shape (N,): 0 for an absent row, 2 for one that occurs twice.

        Returns
        -------
        statistics
            What `m_step` takes; those of several blocks of data add.
        objective : float

        Raises
        ------
        ValueError, TypeError
            If the data or their weights are not what they should be, or a row is impossible under
            every component.

        Examples
        --------
        >>> from emlib import CoinMixture, coins
        >>> theta = CoinMixture([0.6, 0.5], [0.5, 0.5])
        >>> statistics, objective = theta.e_step(coins.counts([5, 9, 8, 4, 7], 10))
        >>> statistics.heads.round(1), round(objective, 5)
        (array([21.3, 11.7]), -33.09386)
        """
        statistics, objective = self.prepare(x, sample_weight).total(self._e_step)
        return statistics, objective + self._of_parameters()  # (9.76), but for ln p(X)

    def _e_step(self, data: Rows) -> tuple[Any, float]:
        """Take the E-step: by the quick form of exactly this class, where there is one."""
        quick = quick_steps(self).e_step
        result = quick(self, data) if quick else None
        return result or self._e_step_by_rows(data)

    def _e_step_by_rows(self, data: Rows) -> tuple[Any, float]:
        """Take the readable E-step; where it refuses a row, look again, to name the row."""
        try:
            return self.readable_e_step(data)
        except ValueError:
            summed(data, self.n_components, lambda x: self._normalise(self._log_joint(x))[1])
            raise

    def log_joint(self, x: ArrayLike | Rows) -> Array:
        """Compute ln p(x_n, z_n = k | theta) in nats, shape (N, K): the terms of PRML (9.36).

        Parameters
        ----------
        x
            Data, one row per observation.

        Examples
        --------
        >>> from emlib import CoinMixture
        >>> CoinMixture([0.5, 0.5], [0.25, 0.75]).log_joint([[2, 0]]).round(4)
        array([[-2.7726, -1.674 ]])
        """
        return by_row(
            self.prepare(x), self.n_components, self._log_joint, self.n_components
        )  # (9.36)

    def responsibilities(self, x: ArrayLike | Rows) -> Array:
        """gamma_nk of PRML (9.13) and (9.23), shape (N, K); the rows sum to one.

        Parameters
        ----------
        x
            Data, one row per observation.

        Raises
        ------
        ValueError
            If a row of x is impossible under every component: Bayes' rule would divide by zero.

        Notes
        -----
        The log-joint minus its log-sum-exp, exponentiated: nothing underflows before the ratio is
        taken. K-means gives one to the nearest centroid (9.2).

        Examples
        --------
        >>> from emlib import GaussianMixture1D
        >>> GaussianMixture1D([0.5, 0.5], [0, 4], [1, 1]).responsibilities([2.0, 200.0]).round(3)
        array([[0.5, 0.5],
               [0. , 1. ]])
        """
        return by_row(self.prepare(x), self.n_components, self._responsibilities, self.n_components)

    def _responsibilities(self, x: Array) -> Array:
        return self._normalise(self._log_joint(x))[0]

    @np.errstate(under="ignore")
    def statistics(
        self, x: ArrayLike | Data, r: ArrayLike, sample_weight: ArrayLike | None = None
    ) -> Any:
        """Sum the data into what the M-step needs, weighted by responsibilities r (N, K).

        The statistics of two blocks of data add: ``statistics(x1, r1) + statistics(x2, r2)``.

        Parameters
        ----------
        x
            Data of N rows.
        r
            A distribution over the components for each row, shape (N, K).
        sample_weight
            A weight for each row, shape (N,): 0 for an absent row, 2 for one that occurs twice.

        Raises
        ------
        ValueError
            If r is not a table of distributions.

        Examples
        --------
        >>> from emlib import CoinMixture
        >>> theta = CoinMixture([0.6, 0.5], [0.5, 0.5])
        >>> theta.statistics([[5, 5], [9, 1]], [[0.5, 0.5], [1, 0]]).heads
        array([11.5,  2.5])
        """
        data = self.prepare(x)
        rows, r = checks.weighted_table(data, r, self.n_components, sample_weight)
        return self._statistics(rows.values, times(r, rows.times))

    def predict(self, x: ArrayLike | Rows) -> NDArray[np.intp]:
        """The most probable component of each row, shape (N,); ties go to the lowest index.

        Raises
        ------
        ValueError
            If a row of x is impossible under every component.

        Examples
        --------
        >>> from emlib import KMeans
        >>> KMeans([[0.0], [2.0]]).predict([0.5, 1.0, 1.5])
        array([0, 0, 1])
        """
        return by_row(self.prepare(x), self.n_components, self._predict)

    def _predict(self, x: Array) -> NDArray[np.intp]:
        log_joint = self._log_joint(x)
        arguments.possible(log_joint.max(axis=1))
        return log_joint.argmax(axis=1)
