"""Features and targets, for regression: what x may be there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from emlib.data import arguments
from emlib.data.errors import refuse
from emlib.data.rows import Array


@dataclass(frozen=True, eq=False)
class Design:
    """Features (N, M) and targets (N,), checked, with Phi^T Phi, which every E-step needs."""

    features: Array
    targets: Array
    products: Array

    def __len__(self) -> int:
        return len(self.targets)


def design(x: Any) -> Design:
    """Check a pair of features and targets."""
    if isinstance(x, Design):
        return x
    if not isinstance(x, tuple | list) or len(x) != 2:
        wanted = "a pair, features (N, M) and targets (N,)"
        raise TypeError(f"x: expected {wanted}, got {type(x).__name__}")
    features = arguments.array("features", x[0], 2)
    targets = arguments.array("targets", x[1], 1)
    if len(targets) != len(features):
        raise refuse("targets", f"one for each of {len(features)} rows of features", len(targets))
    if not targets.any():
        raise refuse("targets", "some that are not zero (else alpha has no bound)", "zeros only")
    zero = np.flatnonzero(~features.any(axis=0))
    if len(zero):
        wanted = "no column of zeros (nothing decides its weight)"
        raise refuse("features", wanted, f"column {zero[0]}")
    return Design(features, targets, features.T @ features)
