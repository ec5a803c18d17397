"""What each model brings, and what it gets for it: data that are checked, and a first model.

A mixture is a frozen dataclass, as in `emlib.models.coins`, that brings

=================== ============================================================ ==================
member              does                                                         for
=================== ============================================================ ==================
fields, `__init__`  ``weights``, ``fixed_weights`` and its own, each checked by  all
                    `emlib.data.arguments` and stored by ``_set``
`_check`            check data: ``checks.rows(x, n_columns)`` or a rule like it  all
`_log_joint`        ln p(x_n, z_n = k | theta) of rows (N, D): (N, K)            the E-step
`_statistics`       sums of rows and r (N, K): a record with ``n_k`` and ``+``   the E-step
`m_step`            the model that maximises Q, from the statistics              the M-step
`n_parameters`      how many numbers a fit is free to choose                     `emlib.selection`
`_draw`             rows, given their components                                 `Mixture.sample`
`_summary`          a title, and columns of text, one entry per component        ``repr``
`_placeholder`      any valid model of K components and D columns                `emlib.start`
``location``        the field that says where a component is                     `Record.sort`
=================== ============================================================ ==================

and may bring ``read`` (its rule for data of unknown D), ``coordinates`` (points for the starts),
``prepare_fit`` (what only a fit refuses), ``can_exclude``, ``needs_rows``, ``_difference`` (when
two components are equal), and ``_of_parameters`` (what a prior adds to the objective). A model
without a density brings ``_normalise`` too.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike

from emlib.data import checks
from emlib.data.errors import CollapseError
from emlib.data.rows import NO_DATA, Array, Data, Rows, slices, times
from emlib.models.record import Record

KEPT_NUMBERS = 2**10
"""A placeholder with up to so many numbers in its covariances may be kept for the next start."""


class FromData(Record):
    """A record that says which data it takes, and can be made of data and responsibilities."""

    needs_rows = True
    """True where a fit of K components needs at least K rows."""

    def prepare(self, x: Any, sample_weight: Any = None) -> Data:
        """Check data against this model, once; what comes back is not checked again."""
        return checks.weighted(self._check(x), sample_weight)

    def _check(self, x: Any) -> Data:
        """Check data without weights."""
        raise NotImplementedError

    def prepare_fit(self, x: Any, sample_weight: Any = None) -> Data:
        """Check data that this model will be fitted to: at least as many rows as components."""
        data = self.prepare(x, sample_weight)
        if self.needs_rows:
            checks.enough_rows(data, self.n_components)
        return data

    @classmethod
    def read(cls, x: Any) -> Data:
        """Check data as far as a class of models can, which does not know D."""
        return checks.rows(x)

    @classmethod
    def coordinates(cls, x: Any) -> Array:
        """Points whose distances mean something for this model, shape (N, D): for the starts."""
        return cls.read(x).values

    @classmethod
    def _placeholder(cls, n_components: int, n_columns: int, **options: Any) -> Self:
        """Any valid model of this shape, with these options: its M-step makes the first one."""
        raise NotImplementedError

    def _log_joint(self, x: Array) -> Array:
        """Compute ln p(x_n, z_n = k | theta), shape (N, K)."""
        raise NotImplementedError

    def _normalise(self, log_joint: Array) -> tuple[Array, Array]:
        """Responsibilities (N, K), and each row's part of the objective (N,)."""
        raise NotImplementedError

    def _statistics(self, x: Array, r: Array) -> Any:
        """Sum rows (N, D), weighted by r (N, K), into a record with ``n_k`` that adds by ``+``."""
        raise NotImplementedError

    def m_step(self, statistics: Any) -> Self:
        """Make the model that maximises the expected complete-data log-likelihood."""
        raise NotImplementedError

    def _of_parameters(self) -> float:
        """What the parameters add to the objective, whatever the data: ln p(theta) of a prior."""
        return 0.0

    @classmethod
    def from_responsibilities(
        cls, x: Any, r: ArrayLike, sample_weight: ArrayLike | None = None, **options: Any
    ) -> Self:
        """Make a first model from data and responsibilities: one M-step, PRML (9.24)-(9.26).

        Parameters
        ----------
        x
            Data, one row per observation.
        r
            Responsibilities of shape (N, K); a table of ones and zeros gives complete-data
            maximum likelihood (9.37).
        sample_weight
            A weight for each row, shape (N,): 0 for an absent row, 2 for one that occurs twice.
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
        rows, r = checks.weighted_table(data, r, None, sample_weight)
        return cls.from_table(rows, r.shape[1], lambda part: r[part], **options)

    @classmethod
    def from_table(
        cls, rows: Rows, n_components: int, table: Callable[[slice], Array], **options: Any
    ) -> Self:
        """Make a first model: ``table`` gives the responsibilities of some consecutive rows."""
        k, d = n_components, rows.n_columns
        plain: Any = None if options or k * d * d > KEPT_NUMBERS else _kept_placeholder
        placeholder: Self = plain(cls, k, d) if plain else cls._placeholder(k, d, **options)
        placeholder.prepare_fit(rows)  # only to refuse: it may merge equal rows, which r does not
        statistics = placeholder._total(rows, table)
        empty = np.flatnonzero(statistics.n_k <= NO_DATA)
        if len(empty):
            raise CollapseError(f"r: expected data for every component, got none for {empty[0]}")
        return placeholder.m_step(statistics).with_column_names(rows)

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
def _kept_placeholder(model_class: Any, n_components: int, n_columns: int) -> Any:
    """A small placeholder without options: many starts in a row need the same."""
    return model_class._placeholder(n_components, n_columns)
