"""When a fit ends, and what it says.

Every round of a fit, of plain EM or accelerated, by readable steps or by quick ones, is reported in
one form: its objective, its state, the E-steps so far, and what it expects still to gain. The rules
below need no more, and so know neither models nor methods.

=================== ==============================================================================
rule                says stop
=================== ==============================================================================
``"gain"``          where a round gained no more than ``tol`` nats for each row
``"remaining"``     where that, or an estimate of all that is still to gain, is no more
repetition          where a round changes no parameter (``tol=0``, K-means), or rounding leads back
a fall              before a round that lowers the objective by more than rounding
``max_iter``        where that many rounds were taken
=================== ==============================================================================

References
----------
D. Boehning, E. Dietz, R. Schaub, P. Schlattmann and B. G. Lindsay, Annals of the Institute of
Statistical Mathematics 46 (1994) 373-388 (Aitken's estimate).
"""

from __future__ import annotations

import enum
import itertools
import math
import sys
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from emlib.data import arguments
from emlib.data.errors import warn
from emlib.data.rows import Array

LARGEST_FALL = 1e-10
"""A fall of the objective by more than this part of |objective| + N is more than rounding."""


class Expected(NamedTuple):
    """What a round expects, in nats, where the objectives so far do not say it.

    Attributes
    ----------
    gain
        What the round of EM that led here gained, or the next one will; infinite after a jump,
        whose gain says nothing about the end.
    remaining
        An estimate of what is still to gain; infinite where there is none.
    """

    gain: float = math.inf
    remaining: float = math.inf


Round = tuple[float, Any, int, Expected | None]
"""Objective, state, E-steps so far, and what is expected: None leaves it to the objectives. Of a
state only this is known: two are equal where their models are, and ``make`` makes its model."""

Rounds = tuple[Iterator[Round], Callable[[Any], Any]]
"""Rounds without end, the start first, and ``make``."""


class Status(enum.Enum):
    """How a fit ended; the value is the sentence that says so."""

    CONVERGED = "Converged: the gain of a round, or of all still to come, is within the tolerance."
    MAX_ITER = "Not converged: max_iter was reached while more than the tolerance was to be gained."
    DECREASED = "Stopped before a round that lowers the objective: a component is near singular."


@dataclass(frozen=True, eq=False, repr=False)
class Fit:
    """The end of a run of EM, and how it came there.

    Attributes
    ----------
    model
        The last model.
    objective
        Its objective, the last entry of ``history``.
    history
        The objective of the start and after each iteration, shape (n_iter + 1,).
    n_iter
        Rounds: M-steps, and jumps of an accelerated fit.
    n_e_steps
        E-steps, those of refused jumps included. One that was taken again in the readable form,
        where the fast one would lose digits, counts once.
    status
        A `Status`; its value is a sentence.
    """

    model: Any
    objective: float
    history: Array
    n_iter: int
    n_e_steps: int
    status: Status

    @property
    def converged(self) -> bool:
        """True where the stopping rule was met, not merely the cap."""
        return self.status is Status.CONVERGED

    def __repr__(self) -> str:
        return f"{self.status.value}\n{self._summary()}\n{self.model!r}"

    def _repr_html_(self) -> str:
        import html

        table = getattr(self.model, "_repr_html_", None)
        model = table() if table else f"<pre>{html.escape(repr(self.model))}</pre>"
        return f"<p>{self.status.value}<br>{self._summary()}</p>{model}"

    def _summary(self) -> str:
        rounds = "1 iteration" if self.n_iter == 1 else f"{self.n_iter} iterations"
        return f"{rounds}: objective from {self.history[0]:.8g} to {self.objective:.8g}."


@dataclass(frozen=True)
class Rule:
    """What ends a fit: see `emlib.em.fit` for the fields."""

    tol: float = 1e-8
    max_iter: int = 1000
    stop: str = "gain"

    def __post_init__(self) -> None:
        arguments.non_negative("tol", self.tol)
        arguments.count("max_iter", self.max_iter)
        arguments.choice("stop", self.stop, "gain", "remaining")


def run(
    rounds: Rounds, rule: Rule, n: float, stops_at_repeat: bool = False, progress: bool = False
) -> Generator[None, None, Fit]:
    """Take rounds until a rule says stop, one at each call of ``next``; returns the fit.

    Parameters
    ----------
    rounds
        Rounds that never end by themselves.
    rule
        What ends them.
    n
        N, the sum of the weights of the rows.
    stops_at_repeat
        Only a round that changes nothing ends the fit.
    progress
        Show a progress bar.
    """
    without_end, make = rounds
    total = min(rule.max_iter, sys.maxsize - 1) + 1
    taken = iter(progress_bar(itertools.islice(without_end, total), progress, total))
    tol, max_iter, stop = float(rule.tol), rule.max_iter, rule.stop
    least = tol * n
    objective, state, n_e_steps, _ = next(taken)
    history, status, earlier, mark = [objective], Status.MAX_ITER, state, 0
    by_gain = tol > 0 and not stops_at_repeat
    yield
    for objective, new, n_e_steps, expected in taken:
        gain = objective - history[-1]
        if gain < -LARGEST_FALL * (abs(objective) + n):
            status = Status.DECREASED
            break
        ended = new == state
        state = new
        history.append(objective)
        if not by_gain:
            ended = ended or new == earlier
            if len(history) > mark:  # rounding may go round in a circle: L rounds, after some 5 L
                earlier, mark = new, len(history) + len(history) // 4 + 2
        elif expected is not None or gain <= least:
            ended = ended or _to_gain(stop, history, expected) <= least
        if ended:
            status = Status.CONVERGED
            break
        if n_e_steps > max_iter:
            break
        yield
    if status is not Status.CONVERGED:
        warn(status.value)
    return Fit(
        model=make(state),
        objective=history[-1],
        history=arguments.frozen(np.array(history)),
        n_iter=len(history) - 1,
        n_e_steps=n_e_steps,
        status=status,
    )


def to_the_end(fit: Generator[None, None, Fit]) -> Fit:
    """Take all rounds of a run."""
    while True:
        try:
            next(fit)
        except StopIteration as end:
            return end.value


def _to_gain(stop: str, history: list[float], expected: Expected | None) -> float:
    """What the rule compares with the tolerance, in nats."""
    gain = history[-1] - history[-2] if expected is None else expected.gain
    if stop == "gain":
        return gain
    return max(gain, still_to_come(history) if expected is None else expected.remaining)


def still_to_come(history: Sequence[float]) -> float:
    """Estimate what a run of plain EM has still to gain, in nats, from its objectives.

    Gains that shrink by a factor r a round add up to the last one times r / (1 - r) (Aitken). The
    factor is taken over the last tenth of the rounds, since a single ratio is mostly rounding near
    the end. While the gains grow, or after a single round, the answer is infinite.

    Examples
    --------
    >>> still_to_come([-8.0, -4.0, -2.0, -1.0])
    1.0
    """
    n = len(history) - 1
    width = 1 + n // 10
    if n < 1 + width:
        return math.inf
    gain = history[-1] - history[-2]
    before = history[-1 - width] - history[-2 - width]
    if gain <= 0:
        return 0.0
    if before <= gain:
        return math.inf
    rate = (gain / before) ** (1 / width)
    return gain * rate / (1 - rate)


def progress_bar(items: Iterable[Any], show: bool, total: int) -> Iterable[Any]:
    """Wrap the items in a progress bar if one is wanted."""
    if not arguments.flag("progress", show):
        return items
    try:
        from tqdm.auto import tqdm
    except ImportError:
        raise ImportError("progress=True needs tqdm: pip install emlib[progress]") from None
    return tqdm(items, total=total)
