"""What all models share: from a log-joint to responsibilities, likelihood, predictions and samples.

A model is its parameters: an immutable record. It brings two things of its own, the log-joint
``ln p(x_n, z_n = k | theta)`` of shape (N, K), and an M-step in closed form. All the rest follows,
and is written here once:

======================================================= ============================ ===============
quantity                                                code                         PRML
======================================================= ============================ ===============
p(x_n) = sum_k p(z_n = k) p(x_n | z_n = k)              `Mixture.log_density`        (9.12)
gamma_nk = p(z_n = k | x_n)                             `Mixture.responsibilities`   (9.13), (9.23)
ln p(X) = sum_n ln sum_k p(x_n, z_n = k)                `Mixture.log_likelihood`     (9.14), (9.28)
E-step: responsibilities, summed into statistics        `Model.e_step`               (9.23), (9.27)
======================================================= ============================ ===============
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from emlib import validate
from emlib.rows import Array, Data, Rows, counted_from, slices
from emlib.tables import html_table, text_table
from emlib.validate import TINY, CollapseError, warn

CHECKED: dict[str, Any] = dict.fromkeys(["under", "over", "divide", "invalid"], "ignore")
"""Flags of the log domain, as exp(-800), ln 0 or a distance beyond 1e308: what matters of them is
seen in the result, by `validate.possible`."""

SMALL = 2**10
"""Numbers in the covariances of a blank model that may be kept for the next start."""

EQUAL = 1e-10
"""Components that differ by no more of their own scale are one component."""

QUICK: dict[type, Any] = {}
"""Quick forms of the steps, by exact class: a class made from a model may have steps of its own,
and is left to the readable form. An entry has ``e_step``, ``rounds`` and ``rounds_together``."""


class Model:
    """A record of parameters with an E-step and an M-step: what `emlib.em` needs of a model."""

    place = "means"
    """The field that says where a component is."""

    needs_rows = True
    """True where a fit of K components needs at least K rows."""

    stops_at_repeat = False
    """True where only a step that changes nothing ends a fit (K-means)."""

    column_names: tuple[str, ...] | None = None
    """Names of the columns of the data frame that the model was fitted to: other names, or another
    order, are refused. They are no parameters, no part of ``==``, and not kept by
    `dataclasses.replace`, which makes a model anew."""

    def __eq__(self, other: object) -> bool:
        """Two models are equal when every parameter is, bit for bit."""
        if type(other) is not type(self):
            return NotImplemented
        pairs = zip(self._values().values(), other._values().values(), strict=True)
        return all(np.array_equal(a, b) for a, b in pairs)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return text_table(*self._titled())

    def _repr_html_(self) -> str:
        return html_table(*self._titled())

    def _titled(self) -> tuple[str, dict[str, list[str]]]:
        title, columns = self._summary()
        if self.column_names:
            title += f" (columns {', '.join(self.column_names)})"
        return title, columns

    def _summary(self) -> tuple[str, dict[str, list[str]]]:
        """A title, and the parameters by component: what a learner sees of the model."""
        raise NotImplementedError

    def _values(self) -> dict[str, Any]:
        """The fields of the record by name."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}  # type: ignore[attr-defined]

    def __getstate__(self) -> dict[str, Any]:
        """The record: what was computed from it does not travel to other machines."""
        return {**self._values(), "column_names": self.column_names}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(validate.read_only(state))

    def _with(self, **changes: Any) -> Self:
        """Make a copy with new values, unchecked: a result of the M-step is right by making."""
        new = object.__new__(type(self))
        new.__dict__.update(self.__getstate__() | validate.read_only(changes))
        return new

    def _set(self, **checked: Any) -> None:
        """Store checked values in the frozen record: for ``__post_init__`` only."""
        self.__dict__.update(checked)

    def reorder(self, order: ArrayLike) -> Self:
        """Make the same model with its components in another order: a relabelling.

        Parameters
        ----------
        order
            A permutation of 0, ..., K - 1: which component comes first, second, ...

        Examples
        --------
        >>> from emlib import CoinMixture
        >>> CoinMixture([0.6, 0.5], [0.9, 0.1]).reorder([1, 0]).biases
        array([0.5, 0.6])
        """
        places = validate.whole_numbers("order", order, (1,)).astype(int)
        if sorted(places) != list(range(self.n_components)):
            wanted = f"a permutation of 0 to {self.n_components - 1}"
            raise validate.refuse("order", wanted, places.tolist())
        tables = {n: v for n, v in self._values().items() if isinstance(v, np.ndarray)}
        return self._with(**{name: table[places] for name, table in tables.items()})

    def sort(self, by: str | None = None) -> Self:
        """Make the same model with its components in rising order.

        Nothing else in emlib sorts: a fit keeps the order of its start, as labels mean nothing.

        Parameters
        ----------
        by
            A field, such as ``"weights"``; if left out, the one that says where a component is:
            ``means``, ``biases`` or ``centroids``. Vectors are compared entry by entry.

        Examples
        --------
        >>> from emlib import CoinMixture
        >>> CoinMixture([0.6, 0.5], [0.9, 0.1]).sort().biases
        array([0.5, 0.6])
        """
        name = by or self.place
        names = [n for n, v in self._values().items() if isinstance(v, np.ndarray)]
        if name not in names:
            raise validate.refuse("by", f"one of {', '.join(names)}", repr(by))
        keys = getattr(self, name).reshape(self.n_components, -1)
        return self.reorder(np.lexsort(keys.T[::-1]))

    @property
    def n_components(self) -> int:
        """K, the number of components."""
        raise NotImplementedError

    @property
    def n_parameters(self) -> int:
        """How many numbers a fit is free to choose."""
        raise NotImplementedError

    def prepare(self, x: Any, sample_weight: Any = None) -> Data:
        """Check data against this model, once; what comes back passes every later door."""
        return validate.weighted(self._door(x), sample_weight)

    def _door(self, x: Any) -> Data:
        """Check data without weights."""
        raise NotImplementedError

    def prepare_fit(self, x: Any, sample_weight: Any = None) -> Data:
        """Check data that this model will be fitted to: at least as many rows as components."""
        data = self.prepare(x, sample_weight)
        if self.needs_rows:
            validate.enough_rows(data, self.n_components)
        return data

    def named(self, data: Any) -> Self:
        """The same model with the names of the columns, where the data have them."""
        names = getattr(data, "column_names", None)
        return self._with(column_names=names) if names and not self.column_names else self

    @classmethod
    def read(cls, x: Any) -> Data:
        """Check data as far as a class of models can, which does not know D."""
        return validate.rows(x)

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

    @np.errstate(**CHECKED)
    def log_joint(self, x: ArrayLike | Rows) -> Array:
        """Compute ln p(x_n, z_n = k | theta) in nats, shape (N, K): the terms of PRML (9.36).

        Parameters
        ----------
        x
            Data, one row an observation.

        Examples
        --------
        >>> from emlib import CoinMixture
        >>> CoinMixture([0.5, 0.5], [0.25, 0.75]).log_joint([[2, 0]]).round(4)
        array([[-2.7726, -1.674 ]])
        """
        return self._by_blocks(x, self._log_joint, self.n_components)  # (9.36)

    def _by_blocks(self, x: Any, compute: Callable[[Array], Any], *shape: int) -> Any:
        """What ``compute`` makes of the rows, block by block: nothing else grows with N."""
        data = self.prepare(x)
        n = len(data.values) if isinstance(data, Rows) else len(data)
        result, first = None, 0
        for rows in data.parts():
            for block, _ in rows.blocks(self.n_components):
                with counted_from(first, data.is_weighted):
                    part = compute(block)
                if result is None:
                    result = np.empty((n, *shape), dtype=part.dtype)
                result[first : first + len(part)] = part
                first += len(part)
        return result

    @np.errstate(**CHECKED)
    def _sum(self, data: Rows, score: Callable[[Array], Array]) -> float:
        """A score of each row, times its weight, summed block by block."""
        total, first = 0.0, 0
        for block, weights in data.blocks(self.n_components):
            with counted_from(first, data.is_weighted):
                total += float(times(score(block), weights).sum())
            first += len(block)
        return total

    @np.errstate(**CHECKED)
    def responsibilities(self, x: ArrayLike | Rows) -> Array:
        """gamma_nk of PRML (9.13) and (9.23), shape (N, K); the rows sum to one.

        Parameters
        ----------
        x
            Data, one row an observation.

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
        return self._by_blocks(x, self._responsibilities, self.n_components)

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
            A weight for each row, shape (N,): 0 is an absent row, 2 a row that occurs twice.

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
        rows, r = validate.weighted_table(data, r, self.n_components, sample_weight)
        return self._statistics(rows.values, times(r, rows.times))

    @np.errstate(**CHECKED)
    def e_step(self, x: Any, sample_weight: Any = None) -> tuple[Any, float]:
        """Expected sufficient statistics, and the objective at this model, in one pass.

        Block by block, so that memory stays small whatever N. The objective is the
        log-likelihood of PRML (9.28) in nats; for K-means it is minus the distortion (9.1).

        Parameters
        ----------
        x
            Data, one row an observation.
        sample_weight
            A weight for each row, shape (N,): 0 is an absent row, 2 a row that occurs twice.

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
        return self.prepare(x, sample_weight).total(self._e_step)

    def _e_step(self, data: Rows) -> tuple[Any, float]:
        """Take the E-step: by the quick form of exactly this class, where there is one."""
        quick = QUICK.get(type(self))
        return (quick and quick.e_step(self, data)) or self._e_step_by_rows(data)

    def _e_step_by_rows(self, data: Rows) -> tuple[Any, float]:
        """Take the readable E-step; where it refuses a row, its score says which."""
        try:
            return self.readable_e_step(data)
        except ValueError:
            self._sum(data, lambda x: self._normalise(self._log_joint(x))[1])
            raise

    def readable_e_step(self, data: Rows) -> tuple[Any, float]:
        """Take the E-step in the form that the lessons show: the judge of the quick one."""
        total, objective = None, 0.0
        for block, weights in data.blocks(self.n_components):
            r, parts = self._normalise(self._log_joint(block))  # (9.23)
            statistics = self._statistics(block, times(r, weights))
            total = statistics if total is None else total + statistics
            objective += float(times(parts, weights).sum())  # (9.28)
        return total, objective

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
        with np.errstate(**CHECKED):
            return self._by_blocks(x, self._predict)

    def _predict(self, x: Array) -> NDArray[np.intp]:
        log_joint = self._log_joint(x)
        validate.possible(log_joint.max(axis=1))
        return log_joint.argmax(axis=1)

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
        rows, r = validate.weighted_table(data, r, None, sample_weight)
        return cls.from_blocks(rows, r.shape[1], lambda part: r[part], **options)

    @classmethod
    def from_blocks(
        cls, rows: Rows, n_components: int, table: Callable[[slice], Array], **options: Any
    ) -> Self:
        """Make a first model: ``table`` gives the responsibilities of some consecutive rows."""
        k, d = n_components, rows.n_columns
        plain: Any = None if options or k * d * d > SMALL else _plain
        blank: Self = plain(cls, k, d) if plain else cls._blank(k, d, **options)
        blank.prepare_fit(rows)  # refuses what a fit refuses; it may count equal rows, r does not
        statistics = blank._total(rows, table)
        empty = np.flatnonzero(statistics.n_k <= TINY)
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


class Mixture(Model):
    """A model with a density: a weighted sum of K components, PRML (9.12)."""

    weights: Array
    fixed_weights: bool

    can_exclude = False
    """True where a row may truly have probability zero (a coin that never shows tails)."""

    @property
    def n_components(self) -> int:
        """K, the number of components."""
        return len(self.weights)

    @property
    def n_free_weights(self) -> int:
        """K - 1 weights are free, as they sum to one; none where they are held fixed."""
        return 0 if self.fixed_weights else self.n_components - 1

    @np.errstate(**CHECKED)
    def log_density(self, x: ArrayLike | Rows) -> Array:
        """Compute ln p(x_n | theta) in nats, shape (N,): PRML (9.12), and the terms of (9.14).

        Examples
        --------
        >>> from emlib import GaussianMixture1D
        >>> GaussianMixture1D([1.0], [0.0], [1.0]).log_density([0.0, 1e6]).round(4)
        array([-9.189e-01, -5.000e+11])
        """
        return self._by_blocks(x, self._log_density)

    def _log_density(self, x: Array) -> Array:
        log_density = log_sum_exp(self._log_joint(x))  # (9.12)
        if not self.can_exclude:
            validate.possible(log_density)
        return log_density

    def log_likelihood(self, x: Any, sample_weight: Any = None) -> float:
        """Compute ln p(X | theta) in nats, summed over the rows: PRML (9.14).

        Parameters
        ----------
        x
            Data, one row an observation.
        sample_weight
            A weight for each row, shape (N,): 0 is an absent row, 2 a row that occurs twice.

        Raises
        ------
        ValueError, TypeError
            If the data or their weights are not what they should be.

        Examples
        --------
        >>> from emlib import CoinMixture
        >>> round(CoinMixture([0.5], [1.0]).log_likelihood([[5, 5]]), 4)
        -6.9315
        """
        return self.prepare(x, sample_weight).total(self._log_likelihood)[1]

    def _log_likelihood(self, data: Rows) -> tuple[int, float]:
        """No statistics, and the log-likelihood of some rows."""
        return 0, self._sum(data, self._log_density)  # (9.14)

    def _normalise(self, log_joint: Array) -> tuple[Array, Array]:
        top = log_joint.max(axis=1)
        validate.possible(top)
        r = np.exp(log_joint - top[:, None])  # a ratio keeps its digits however far a row lies
        total = r.sum(axis=1)
        return r / total[:, None], top + np.log(total)  # (9.13), (9.12)

    def equal_components(self) -> list[int]:
        """Components that are one: all their parameters but the weights agree to `EQUAL`.

        Differences are measured in the component's own scale, so that units do not matter. Empty
        where there are none; one such group where there are several.
        """
        if type(self)._first_places is Mixture._first_places:
            return []  # a mixture need not say when its components are equal
        places, scales = self._first_places()
        live = [k for k, weight in enumerate(self.weights.tolist()) if weight > 0]
        order, widest = sorted(live, key=places.__getitem__), max(scales)
        for i, j in enumerate(order):
            equal = [j]
            for k in order[i + 1 :]:
                gap = places[k] - places[j]
                if gap > EQUAL * widest:
                    break
                if gap <= EQUAL * scales[k] and self._difference(j, k) <= EQUAL:
                    equal.append(k)
            if len(equal) > 1:
                return sorted(equal)
        return []

    def _first_places(self) -> tuple[list[float], list[float]]:
        """Where each component is, by one number, and how wide it is there."""
        raise NotImplementedError

    def _difference(self, j: int, k: int) -> float:
        """The largest difference of two components' parameters, in the scale of the second."""
        raise NotImplementedError

    @classmethod
    def _with_weights(cls, n_components: int, options: dict[str, Any]) -> dict[str, Any]:
        """Options of a first model, with equal weights unless others are given to be held."""
        if "weights" not in options:
            return {"weights": np.full(n_components, 1 / n_components), **options}
        if not options.get("fixed_weights"):
            wanted = "none here without fixed_weights=True (an M-step replaces them)"
            raise validate.refuse("weights", wanted, options["weights"])
        validate.shaped("weights", options["weights"], (n_components,))
        return options

    def _new_weights(self, n_k: Array) -> Array:
        return self.weights if self.fixed_weights else n_k / n_k.sum()  # (9.22), (9.26)

    def _alive(self, n_k: Array) -> NDArray[np.bool_]:
        """Which components own data; those that own none keep their parameters."""
        alive = n_k > TINY
        if not alive.all():
            self._mourn(alive)
        return alive

    def _mourn(self, alive: NDArray[np.bool_]) -> None:
        newly_dead = np.flatnonzero(~alive & (self.weights > 0))
        if len(newly_dead):
            warn(f"component {newly_dead[0]} owns no data: it keeps its parameters")

    @np.errstate(**CHECKED)
    def free(self, other: Self) -> Array:
        """Place another model by numbers free of any constraint, all zero for this one.

        Log weights, means in this model's standard deviations, logs of what is positive: any
        vector is a model again, and units do not matter. What this model holds, as fixed weights
        or a component of weight zero, has no number.

        Parameters
        ----------
        other
            A model with as many components. Where it lies on a border that this one does not, as
            with a weight of zero, some number is not finite.

        Returns
        -------
        array of shape (P,)

        Examples
        --------
        >>> from emlib import GaussianMixture1D
        >>> theta = GaussianMixture1D([0.5, 0.5], [0, 4], [4, 4])
        >>> theta.free(GaussianMixture1D([0.5, 0.5], [1, 3], [4 * np.e**4, 4])).round(3)
        array([ 0. ,  0. ,  0.5, -0.5,  2. ,  0. ])
        """
        parts = self._free(other)
        if not self.fixed_weights:
            live = self.weights > 0
            logs = np.log(other.weights[live] / self.weights[live])
            parts = [logs - self.weights[live] @ logs, *parts]
        return np.concatenate(parts)

    @np.errstate(**CHECKED)
    def from_free(self, place: Array) -> Self:
        """Make the model at a place that `free` gave, or at any other, kept above the floor.

        Parameters
        ----------
        place
            Numbers of shape (P,), as from `free` of this same model.

        Raises
        ------
        CollapseError
            If a covariance is singular to rounding.
        """
        weights = self.weights
        if not self.fixed_weights:
            live = weights > 0
            logs, place = np.split(place, [live.sum()])
            weights = weights.copy()
            weights[live] *= np.exp(logs - logs.max())
            weights /= weights.sum()
        return self._from_free(weights, place)

    @np.errstate(**CHECKED)
    def slope(self, other: Self, statistics: Any) -> Array:
        """Gradient of the log-likelihood at another model, by that model's `free` numbers.

        By Fisher's identity it is the gradient of Q, so that the statistics of an E-step at
        ``other`` are all it needs: no second pass over the data.

        Parameters
        ----------
        other
            Where the slope is wanted.
        statistics
            Of an E-step at ``other``.

        Returns
        -------
        array of shape (P,), in nats
        """
        parts = self._slope(other, statistics)
        if not self.fixed_weights:
            live = self.weights > 0
            n_k = statistics.n_k[live]
            parts = [n_k - n_k.sum() * other.weights[live], *parts]
        return np.concatenate(parts)

    @np.errstate(**CHECKED)
    def complete_information(self, statistics: Any) -> Array:
        """How much complete data would tell about each `free` number at this model, shape (P,).

        The diagonal of the second derivative of -Q; what lies beside it is zero or, among the
        weights, only says that they sum to one.

        Parameters
        ----------
        statistics
            Of an E-step at this model.
        """
        parts = self._complete_information(statistics)
        if not self.fixed_weights:
            parts = [statistics.n_k[self.weights > 0], *parts]
        return np.concatenate(parts)

    def _free(self, other: Self) -> list[Array]:
        """Give the numbers of all but the weights, part by part."""
        raise NotImplementedError

    def _from_free(self, weights: Array, place: Array) -> Self:
        raise NotImplementedError

    def _slope(self, other: Self, statistics: Any) -> list[Array]:
        raise NotImplementedError

    def _complete_information(self, statistics: Any) -> list[Array]:
        raise NotImplementedError

    def sample(self, n: int, rng: np.random.Generator | int) -> tuple[Array, NDArray[np.intp]]:
        """Draw n rows by ancestral sampling: first z_n from the weights, then x_n given z_n.

        Returns
        -------
        x : array of shape (n, D), or (n,) for a model in one dimension
        z : array of shape (n,), the component of each row

        Examples
        --------
        >>> from emlib import GaussianMixture1D
        >>> x, z = GaussianMixture1D([0.5, 0.5], [0, 100], [1, 1]).sample(6, rng=0)
        >>> ((x > 50) == (z == 1)).all()
        np.True_
        """
        n, rng = validate.count("n", n), validate.generator("rng", rng)
        z = rng.choice(self.n_components, size=n, p=self.weights / self.weights.sum())  # (9.10)
        return self._draw(z, rng), z  # (9.11)

    def _draw(self, z: NDArray[np.intp], rng: np.random.Generator) -> Array:
        raise NotImplementedError


@lru_cache(maxsize=8)
def _plain(model_class: Any, n_components: int, n_columns: int) -> Any:
    """A small blank without options: many starts in a row need the same."""
    return model_class._blank(n_components, n_columns)


def log_sum_exp(log_joint: Array) -> Array:
    """Compute ln sum_k exp(a_nk), shape (N,): safe where every exp(a_nk) underflows.

    The largest term of each row is taken out of the sum first, so that one term is exp(0) = 1.
    """
    top = log_joint.max(axis=1)
    top = np.where(np.isfinite(top), top, 0.0)
    return top + np.log(np.exp(log_joint - top[:, None]).sum(axis=1))


def times(values: Array, weights: Array | None) -> Array:
    """Values of some rows, each times its weight; as they are where all weigh one."""
    return values if weights is None else values * weights.reshape((-1,) + (1,) * (values.ndim - 1))
