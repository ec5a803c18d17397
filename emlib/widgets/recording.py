"""A fit written down while it runs, by half steps or by rounds, for players to show."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import Any, Literal, NamedTuple

from emlib import EMWarning, em


@dataclass(frozen=True, slots=True)
class HalfStep:
    """One half of a round of EM, and what is known after it.

    Attributes
    ----------
    round : int
        0 for the start; the rounds count from 1.
    kind : {"start", "E", "M", "end"}
        Which half; "end" is where the fit stopped.
    model : Any
        The model after this half: an E step leaves it as it was.
    responsibilities : array (N, K) or None
        Those of the last E step; None at the start.
    objective : float
        The objective at `model`.
    """

    round: int
    kind: Literal["start", "E", "M", "end"]
    model: Any
    responsibilities: Any
    objective: float


def record(model: Any, x: Any, *, n_rounds: int = 5, end: bool = True) -> list[HalfStep]:
    """Run EM and write down every half step.

    Parameters
    ----------
    model : model
        The start.
    x : array
        The data.
    n_rounds : int
        Rounds whose halves are recorded.
    end : bool
        Whether the point where a long fit stops is added.

    Returns
    -------
    list of HalfStep
        The start, then E and M of each round, then the end.

    Examples
    --------
    >>> from emlib import CoinMixture, coins
    >>> start = CoinMixture(biases=[0.6, 0.5], weights=[0.5, 0.5], fixed_weights=True)
    >>> steps = record(start, coins.counts([5, 9, 8, 4, 7], 10), n_rounds=1)
    >>> [step.kind for step in steps]
    ['start', 'E', 'M', 'end']
    >>> steps[2].model.biases.round(4).tolist()
    [0.713, 0.5813]
    """
    rounds = list(islice(em.iterate(model, x), n_rounds + 1))
    halves = [HalfStep(0, "start", rounds[0].model, None, rounds[0].objective)]
    for old, new in pairwise(rounds):
        r = old.model.responsibilities(x)
        halves.append(HalfStep(new.iteration, "E", old.model, r, old.objective))
        halves.append(HalfStep(new.iteration, "M", new.model, r, new.objective))
    if end:
        with warnings.catch_warnings():  # a tie is shown on purpose
            warnings.filterwarnings("ignore", "components .* are equal", EMWarning)
            fit = em.fit(model, x, tol=1e-12, max_iter=10_000)
        r = fit.model.responsibilities(x)
        halves.append(HalfStep(fit.n_iter, "end", fit.model, r, fit.objective))
    return halves


class Round(NamedTuple):
    """A round of EM, or the end of a fit: its number (None for the end), model and objective."""

    number: int | None
    model: Any
    objective: float

    @property
    def name(self) -> str:
        """What the round is called."""
        if self.number is None:
            return "where EM stops"
        return f"round {self.number}" if self.number else "start"


def record_rounds(model: Any, x: Any, rounds: Sequence[int]) -> list[Round]:
    """Run EM and write down some rounds, then the end.

    Examples
    --------
    >>> from emlib import GaussianMixture1D
    >>> start = GaussianMixture1D([1.0], [0.0], [1.0])
    >>> [step.name for step in record_rounds(start, [0.5, 1.0, 3.0], rounds=(0, 1))]
    ['start', 'round 1', 'where EM stops']
    """
    steps = islice(em.iterate(model, x), max(rounds) + 1)
    recorded = [Round(s.iteration, s.model, s.objective) for s in steps if s.iteration in rounds]
    fit = em.fit(recorded[-1].model, x, max_iter=10_000)
    return [*recorded, Round(None, fit.model, fit.objective)]


def chosen_rounds(run: Sequence[Round], rounds: Sequence[int]) -> list[Round]:
    """Return those rounds of a run that were recorded, in the order asked for; -1 is the end."""
    by_number = {step.number: step for step in run[:-1]}
    chosen = [by_number[number] for number in rounds if number in by_number]
    return chosen + [run[-1]] * (-1 in rounds)
