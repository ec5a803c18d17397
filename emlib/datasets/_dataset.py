"""What a data set is: rows, the hidden component of each where it is known, and the truth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlib.data.rows import Array


@dataclass(frozen=True, eq=False, repr=False)
class Dataset:
    """Data with what is known of their making.

    Attributes
    ----------
    x
        Data, shape (N, D); (N,) on a line; for coins heads and tails, shape (N, 2).
    z
        The component that made each row, shape (N,), or None where nobody knows.
    truth
        The model that the rows were drawn from, or None.
    times
        How often each row occurs, shape (N,), or None where each occurs once.
    """

    x: Array
    z: NDArray[np.intp] | None = None
    truth: Any = None
    times: Array | None = None

    def __repr__(self) -> str:
        z = None if self.z is None else self.z.shape
        truth = None if self.truth is None else type(self.truth).__name__
        return f"Dataset(x={self.x.shape}, z={z}, truth={truth})"
