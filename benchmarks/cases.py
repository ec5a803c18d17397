"""The sizes of the main table, from a classroom's to a laptop's whole memory."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from benchmarks import problems
from benchmarks.peers import Start
from emlib import datasets


@dataclass(frozen=True)
class Case:
    """N rows of D columns for K components, and how they are timed.

    Attributes
    ----------
    n, d, k
        The size.
    iterations
        The lengths of a short and a long fit; an iteration's time is their difference.
    repeats
        How many fits are timed as one, where a fit is too short for the clock.
    rounds
        How often the libraries take turns.
    goals
        How many times faster than each peer an iteration must be (one thread).
    roofline
        How many times the least possible time an iteration may take, at most; None where the
        calls into numpy outweigh the arithmetic.
    """

    n: int
    d: int
    k: int
    iterations: tuple[int, int]
    repeats: int
    rounds: int
    goals: dict[str, float] = field(default_factory=dict)
    roofline: float | None = None

    @property
    def name(self) -> str:
        """N, D, K in words."""
        return f"{short(self.n)}, {self.d}, {self.k}"

    def make(self) -> Start:
        """Draw data and start from a fixed seed: clouds that touch, and means among the rows.

        In many dimensions most rows are far from all others, and a component that began at one
        would soon own it alone; there the means begin near the true ones.
        """
        if self.n == 272:
            return self._start(datasets.old_faithful().x, np.random.default_rng(0))
        rng = np.random.default_rng(self.n + self.d)
        centres = rng.normal(0, 2.5 if self.d < 3 else 1.5, (self.k, self.d))
        stds = rng.uniform(0.7, 1.5, self.k)
        covariances = [std**2 * np.eye(self.d) for std in stds]
        weights = np.full(self.k, 1 / self.k)
        x = problems.in_space(rng, self.n, weights, centres, covariances)
        near = centres + rng.normal(0, 0.5, centres.shape) if self.d > 24 else None
        return self._start(x, rng, near)

    def _start(
        self, x: problems.Array, rng: np.random.Generator, means: problems.Array | None = None
    ) -> Start:
        if means is None:
            means = x[rng.choice(len(x), self.k, replace=False)]
        return Start(
            x=np.ascontiguousarray(x),
            weights=np.full(self.k, 1 / self.k),
            means=means,
            covariances=np.tile(np.atleast_2d(np.cov(x.T)), (self.k, 1, 1)),
        )

    @property
    def promised(self) -> dict[str, float]:
        """What must hold anywhere, with two threads as well: the gate of the goals above."""
        learn = 20 if self.d <= 2 else 5 if self.d <= 16 else 2
        return {"scikit-learn": learn} | ({"oneDAL": 1.0} if self.n >= 3000 else {})


def short(n: int) -> str:
    """Write 100000 as 100k and 1000000 as 1M."""
    for size, letter in ((1_000_000, "M"), (1000, "k")):
        if n >= size and n % size == 0:
            return f"{n // size}{letter}"
    return str(n)


def goals(learn: float, onedal: float) -> dict[str, float]:
    """Name the goals: against scikit-learn and against oneDAL."""
    return {"scikit-learn": learn, "oneDAL": onedal}


CASES = (
    Case(272, 2, 2, (5, 25), 20, 9, goals(26, 0.69)),
    Case(600, 2, 3, (5, 45), 10, 9, goals(24, 1.0)),
    Case(3000, 1, 3, (5, 45), 5, 9, goals(22, 1.8), 2.8),
    Case(10_000, 1, 2, (5, 25), 5, 9, goals(32, 3.0), 1.7),
    Case(100_000, 2, 3, (2, 12), 1, 7, goals(30, 2.1), 2.3),
    Case(1_000_000, 2, 10, (1, 4), 1, 5, goals(20, 1.6), 2.9),
    Case(100_000, 16, 16, (1, 4), 1, 5, goals(5, 1.8), 2.1),
    Case(1_000_000, 16, 8, (1, 3), 1, 3, goals(5, 1.4), 2.7),
    Case(50_000, 64, 10, (1, 4), 1, 5, goals(2, 1.25), 2.3),
)
"""What plain numpy was found able to do, less a fifth for an interface that checks its input."""

QUICK = tuple(case for case in CASES if case.n <= 100_000 and case.d <= 2)
