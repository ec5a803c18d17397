"""The record that a model is: parameters that are compared, shown and put in order."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike

from emlib.data import arguments
from emlib.data.errors import refuse
from emlib.data.rows import Array
from emlib.models.tables import html_table, text_table


class Record:
    """Parameters of K components: a frozen dataclass whose arrays are read-only."""

    location = "means"
    """The field that says where a component is."""

    shared_fields: tuple[str, ...] = ()
    """Arrays that do not have an entry for each component."""

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
        self.__dict__.update(arguments.read_only(state))

    def _with(self, **changes: Any) -> Self:
        """Make a copy with new values, unchecked: a result of the M-step is right by making."""
        new = object.__new__(type(self))
        new.__dict__.update(self.__getstate__() | arguments.read_only(changes))
        return new

    def _set(self, **checked: Any) -> None:
        """Store checked values in the frozen record: for ``__init__`` only."""
        self.__dict__.update(checked)

    def with_column_names(self, data: Any) -> Self:
        """The same model with the names of the columns, where the data have them."""
        names = getattr(data, "column_names", None)
        return self._with(column_names=names) if names and not self.column_names else self

    @property
    def n_components(self) -> int:
        """K, the number of components."""
        raise NotImplementedError

    @property
    def n_parameters(self) -> int:
        """How many numbers a fit is free to choose."""
        raise NotImplementedError

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
        positions = arguments.whole_numbers("order", order, (1,)).astype(int)
        if sorted(positions) != list(range(self.n_components)):
            wanted = f"a permutation of 0 to {self.n_components - 1}"
            raise refuse("order", wanted, positions.tolist())
        return self._with(**{name: table[positions] for name, table in self._tables().items()})

    def _tables(self) -> dict[str, Array]:
        """The arrays with an entry for each component, by name."""
        values = self._values()
        names = [name for name in values if name not in self.shared_fields]
        return {name: values[name] for name in names if isinstance(values[name], np.ndarray)}

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
        name = by or self.location
        if name not in self._tables():
            raise refuse("by", f"one of {', '.join(self._tables())}", repr(by))
        keys = getattr(self, name).reshape(self.n_components, -1)
        return self.reorder(np.lexsort(keys.T[::-1]))
