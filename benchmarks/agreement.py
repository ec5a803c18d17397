"""Are two results the same? A comparison of times is worth nothing where they are not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

TOLERANCE = 1e-9
"""Two results differ by rounding alone where no number differs by more than this part."""


class DisagreementError(AssertionError):
    """Two libraries did not arrive at the same place."""


@dataclass(frozen=True)
class Result:
    """Where a fit ended.

    Attributes
    ----------
    weights, means, covariances
        Parameters of shapes (K,), (K, D) and (K, D, D).
    log_likelihood
        Nats, before the last M-step: what every library can tell.
    iterations
        How many it says it took.
    """

    weights: Any
    means: Any
    covariances: Any
    log_likelihood: float
    iterations: int


def difference(a: Result, b: Result) -> float:
    """Return the largest relative difference of two results.

    Weights are compared with themselves, means with the spread of their component, covariances
    with their largest entry, log-likelihoods with their size.
    """
    spread = np.sqrt(np.trace(a.covariances, axis1=1, axis2=2))[:, None]
    largest = np.abs(a.covariances).max(axis=(1, 2))[:, None, None]
    parts = [
        np.abs(a.weights - b.weights) / a.weights,
        np.abs(a.means - b.means) / spread,
        np.abs(a.covariances - b.covariances) / largest,
        abs(a.log_likelihood - b.log_likelihood) / abs(a.log_likelihood),
    ]
    return float(np.max([np.max(part) for part in parts]))  # not a number stays one


def check(results: dict[str, Result], iterations: int, what: str) -> float:
    """Return the largest relative difference between the first result and any other, or raise."""
    first, *others = results
    largest = 0.0
    for name in results:
        taken = results[name].iterations
        if taken != iterations:
            raise DisagreementError(f"{what}: {name} took {taken} iterations, not {iterations}")
    for name in others:
        gap = difference(results[first], results[name])
        if not gap <= TOLERANCE:
            raise DisagreementError(
                f"{what}: {first} and {name} differ by {gap:.1e} (relative) "
                f"after {iterations} iterations from the same start"
            )
        largest = max(largest, gap)
    return largest
