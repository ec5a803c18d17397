"""What each model brings: the data that it takes, four hooks, and a first model from data."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike

from emlib.data import door
from emlib.data.errors import CollapseError
from emlib.data.rows import NO_DATA, Array, Data, Rows, slices, times
from emlib.models.record import Record

KEPT_NUMBERS = 2**10
"""A blank model with up to so many numbers in its covariances may be kept for the next start."""


class FromData(Record):
    """A record that says which data it takes, and can be made of data and responsibilities."""

    needs_rows = True
    """True where a fit of K components needs at least K rows."""

    def prepare(self, x: Any, sample_weight: Any = None) -> Data:
        """Check data against this model, once; what comes back passes every later door."""
        return door.weighted(self._door(x), sample_weight)

    def _door(self, x: Any) -> Data:
        """Check data without weights."""
        raise NotImplementedError

    def prepare_fit(self, x: Any, sample_weight: Any = None) -> Data:
        """Check data that this model will be fitted to: at least as many rows as components."""
        data = self.prepare(x, sample_weight)
        if self.needs_rows:
            door.enough_rows(data, self.n_components)
        return data

    @classmethod
    def read(cls, x: Any) -> Data:
        """Check data as far as a class of models can, which does not know D."""
        return door.rows(x)

    @classmethod
    def coordinates(cls, x: Any) -> Array:
        """Points whose distances mean something for this model, shape (N, D): for the starts."""
        return cls.read(x).values

    @classmethod
    def _blank(cls, n_components: int, n_columns: int, **options: Any) -> Self:
        """Any valid model of the right shape: the M-step does not look at it."""
        raise NotImplementedError

    def _log_joint(self, x: Array) -> Array:
        raise NotImplementedError

    def _normalise(self, log_joint: Array) -> tuple[Array, Array]:
        """Responsibilities (N, K), and each row's part of the objective (N,)."""
        raise NotImplementedError

    def _statistics(self, x: Array, r: Array) -> Any:
        raise NotImplementedError

    def m_step(self, statistics: Any) -> Self:
        """Make the model that maximises the expected complete-data log-likelihood."""
        raise NotImplementedError

    @classmethod
    def from_responsibilities(
        cls, x: Any, r: ArrayLike, sample_weight: ArrayLike | None = None, **options: Any
    ) -> Self:
        """Make a first model from data and responsibilities: one M-step, PRML (9.24)-(9.26).

        Parameters
        ----------
        x
            Data, one row an observation.
        r
            Responsibilities of shape (N, K); a table of ones and zeros gives complete-data
            maximum likelihood (9.37).
        sample_weight
            A weight for each row, shape (N,): 0 is an absent row, 2 a row that occurs twice.
        **options
            Fields that the model keeps, such as ``fixed_weights`` or ``covariance_floor``.

        Raises
        ------
        CollapseError
            If a component gets no data, or too few to hold a covariance.

        Examples
        --------
        >>> from emlib import GaussianMixture1D
        >>> x = [1.0, 3.0, 7.0, 9.0]
        >>> GaussianMixture1D.from_responsibilities(x, [[1, 0], [1, 0], [0, 1], [0, 1]]).means
        array([2., 8.])
        """
        data = cls.read(x)
        rows, r = door.weighted_table(data, r, None, sample_weight)
        return cls.from_blocks(rows, r.shape[1], lambda part: r[part], **options)

    @classmethod
    def from_blocks(
        cls, rows: Rows, n_components: int, table: Callable[[slice], Array], **options: Any
    ) -> Self:
        """Make a first model: ``table`` gives the responsibilities of some consecutive rows."""
        k, d = n_components, rows.n_columns
        plain: Any = None if options or k * d * d > KEPT_NUMBERS else _plain_blank
        blank: Self = plain(cls, k, d) if plain else cls._blank(k, d, **options)
        blank.prepare_fit(rows)  # refuses what a fit refuses; it may count equal rows, r does not
        statistics = blank._total(rows, table)
        empty = np.flatnonzero(statistics.n_k <= NO_DATA)
        if len(empty):
            raise CollapseError(f"r: expected data for every component, got none for {empty[0]}")
        return blank.m_step(statistics).named(rows)

    @np.errstate(under="ignore")
    def _total(self, data: Rows, table: Callable[[slice], Array]) -> Any:
        """Statistics of all rows at given responsibilities, block by block."""
        total = None
        for part in slices(len(data.values), self.n_components + data.n_columns):
            weights = None if data.times is None else data.times[part]
            statistics = self._statistics(data.values[part], times(table(part), weights))
            total = statistics if total is None else total + statistics
        return total


@lru_cache(maxsize=8)
def _plain_blank(model_class: Any, n_components: int, n_columns: int) -> Any:
    """A small blank without options: many starts in a row need the same."""
    return model_class._blank(n_components, n_columns)
