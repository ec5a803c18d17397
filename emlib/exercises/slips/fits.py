"""A fit by EM as an answer, judged by where it ends and by the way there.

Examples
--------
>>> from emlib.exercises.slips.em import LINE
>>> x = np.array([-1.0, 0.0, 1.0, 2.0, 4.0, 5.0])
>>> start = {"weights": [0.4, 0.6], "means": [0.0, 3.0], "stds": [1.0, 2.0]}
>>> case = Case("six numbers", {"x": x, **{k: np.array(v) for k, v in start.items()}})
>>> fits = Fits(LINE)
>>> fits.settled(case, fits.end(case)) is None
True
>>> early = fits.after(case, 3)
>>> fits.settled(case, early) is None, fits.on_its_way(case, early), fits.elsewhere(case, early)
(False, True, False)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from emlib.exercises.engine.forms import show
from emlib.exercises.engine.record import Case, Finding
from emlib.exercises.slips.em import EM, Theta

Applies = Callable[[Case, Any], bool]

MOST_ROUNDS = 5_000


@dataclass(frozen=True)
class Fits:
    """The way of EM from the start of a case, for one model.

    Attributes
    ----------
    em : EM
        The right one.
    near : float
        Within how many nats a fit has reached the end.
    begin : tuple of ndarray or None
        The start, if it is the same for all cases and stands in none.
    """

    em: EM
    near: float = 0.02
    begin: Theta | None = None
    _ways: dict[bytes, list[Theta]] = field(default_factory=dict, compare=False)

    def start(self, case: Case) -> Theta:
        """Parameters of the start."""
        if self.begin is not None:
            return self.begin
        return tuple(np.asarray(case[name], dtype=float) for name in self.em.formulae)

    def after(self, case: Case, n_rounds: int) -> Theta:
        """Parameters after some rounds."""
        start = self.start(case)
        key = b"".join(np.ascontiguousarray(part).tobytes() for part in (case["x"], *start))
        way = self._ways.setdefault(key, [start])
        while len(way) <= n_rounds:
            way.append(self.em.round(case["x"], way[-1]))
        return way[n_rounds]

    def height(self, case: Case, theta: Theta) -> float:
        """Log-likelihood of parameters."""
        return self.em.log_likelihood(case["x"], theta)

    def end(self, case: Case, em: EM | None = None, theta: Theta | None = None) -> Theta:
        """Parameters at which EM, or a wrong one, ends from the start or from other parameters."""
        em, before = em or self.em, -np.inf
        way = em is self.em and theta is None
        theta = theta or self.start(case)
        for n in range(MOST_ROUNDS):
            theta = self.after(case, n) if way else em.round(case["x"], theta)
            now = self.height(case, theta)
            if abs(now - before) < 1e-10:
                break
            before = now
        return theta

    def settled(self, case: Case, theta: Theta) -> Finding | None:
        """Test that a fit has reached the end of EM from the start."""
        reached, due = self.height(case, theta), self.height(case, self.end(case))
        if abs(reached - due) < self.near:
            return None
        return Finding(f"ln p = {reached:.3f}", f"{due:.3f}, where EM from this start ends")

    def weights_fitted(self, case: Case, theta: Theta) -> Finding | None:
        """Test that the weights are the average responsibilities where the fit ends (9.26)."""
        came = dict(zip(self.em.formulae, theta, strict=True))["weights"]
        due = self.em.e_step(case["x"], *theta).mean(axis=0)
        if np.allclose(came, due, atol=0.01):
            return None
        return Finding(
            f"weights {show(came)}", f"the average responsibilities there, {show(due)} (9.26)"
        )

    # What tells how a fit went wrong. Each holds of a fit that went right too.

    def stopped_after(self, n_rounds: int) -> Applies:
        """Hold of what EM makes of the start in so many rounds."""
        return lambda case, theta: close(theta, self.after(case, n_rounds))

    def ends_like(self, wrong: EM) -> Applies:
        """Hold of what a wrong EM ends with."""
        return lambda case, theta: close(theta, self.end(case, wrong), rtol=1e-3, atol=1e-3)

    def on_its_way(self, case: Case, theta: Theta) -> bool:
        """Whether more rounds of the right EM lead from here to where it ends from the start."""
        end = self.height(case, self.end(case, theta=theta))
        return abs(end - self.height(case, self.end(case))) < self.near

    def elsewhere(self, case: Case, theta: Theta) -> bool:
        """Whether the right EM stands still here, be it not where it ends from the start."""
        return self.em.moves(case["x"], theta) < 1e-4


def close(first: Theta, second: Theta, *, rtol: float = 1e-6, atol: float = 1e-9) -> bool:
    """Whether two parameters are the same."""
    return len(first) == len(second) and all(
        np.shape(a) == np.shape(b) and np.allclose(a, b, rtol=rtol, atol=atol)
        for a, b in zip(first, second, strict=True)
    )
