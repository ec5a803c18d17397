"""A wrong answer beside the right one, case by case: what a cause has to explain."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from emlib.exercises.engine import guard
from emlib.exercises.engine.compare import close, names_of, values_of
from emlib.exercises.engine.forms import Unreadable
from emlib.exercises.engine.record import Case, Exercise, Finding, Function, Property

Values = list[np.ndarray | None]


@dataclass(frozen=True)
class Trial:
    """One case, what each part gave on it, and what was noticed on the way."""

    case: Case
    raw: tuple[Any, ...]
    outcomes: tuple[guard.Outcome, ...]


class Failure(NamedTuple):
    """Where an answer fails first.

    Attributes
    ----------
    says : str
        What should hold.
    trial : Trial
        The case.
    finding : Finding
        What came and what was expected.
    part : int or None
        The part that its form could not read.
    prop : Property or None
        The property, where the answer could be read.
    cause : str
        Why, if the form knows it.
    name : str
        Short name of this cause.
    """

    says: str
    trial: Trial
    finding: Finding
    part: int | None = None
    prop: Property | None = None
    cause: str = ""
    name: str = ""


def safely(function: Callable[..., Any], *arguments: Any) -> Any:
    """Return what a function returns, or None where it raises."""
    try:
        return function(*arguments)
    except Exception:
        return None


def read(exercise: Exercise, raw: Sequence[Any], case: Case) -> Any:
    """Return the answer as its forms read it (a tuple if there are several parts)."""
    pairs = zip(exercise.parts, raw, strict=True)
    return exercise.answer_of([part.returns.read(value, case.data) for part, value in pairs])


def read_or_raw(exercise: Exercise, raw: Sequence[Any], case: Case) -> Any:
    """Return the answer as its forms read it; a part that cannot be read stays as it came."""
    values = []
    for part, value in zip(exercise.parts, raw, strict=True):
        try:
            values.append(part.returns.read(value, case.data))
        except Unreadable:
            values.append(value)
    return exercise.answer_of(values)


@dataclass(frozen=True)
class Evidence:
    """All that was seen of a wrong answer."""

    exercise: Exercise
    answers: Sequence[Any]
    trials: Sequence[Trial]
    failure: Failure

    @cached_property
    def due(self) -> list[tuple[Any, ...]]:
        """What the solution returns, by case and part."""
        return [tuple(self._solved(i, t.case) for i in self._parts) for t in self.trials]

    def _solved(self, i: int, case: Case) -> Any:
        part, solution = self.exercise.parts[i], self.exercise.solution[i]
        if isinstance(part, Function) and part.adapt:
            solution = part.adapt(solution)
        return safely(solution, *case.arguments(part.parameters))

    @property
    def _parts(self) -> range:
        return range(len(self.exercise.parts))

    @cached_property
    def blamed(self) -> frozenset[int]:
        """Parts of which each alone, if it were right, would mend what failed first."""
        if self.failure.part is not None:
            return frozenset({self.failure.part})
        mending = {i for i in self._parts if len(self._parts) > 1 and self._mends(i)}
        return frozenset(mending or self._parts)

    def _mends(self, i: int) -> bool:
        trial, prop = self.failure.trial, self.failure.prop
        right = next(d for t, d in zip(self.trials, self.due, strict=True) if t is trial)[i]
        raw = [*trial.raw[:i], right, *trial.raw[i + 1 :]]
        try:
            return prop is not None and prop.test(trial.case, self._read(raw, trial)) is None
        except Exception:
            return False

    def _read(self, raw: Sequence[Any], trial: Trial) -> Any:
        return read(self.exercise, raw, trial.case)

    @cached_property
    def _compared(self) -> list[list[tuple[Values, Values]]]:
        """Values that came and values that are due, by part and case."""
        return [
            [self._pair(i, t, right) for t, right in zip(self.trials, self.due, strict=True)]
            for i in self._parts
        ]

    def _pair(self, i: int, trial: Trial, right: Sequence[Any]) -> tuple[Values, Values]:
        part = self.exercise.parts[i]
        own = getattr(part.returns, "compared", None)
        if own is not None:
            pair: tuple[Values, Values] = own(trial.raw[i], trial.case)
            return pair
        return values_of(part, trial.raw[i]), values_of(part, right[i])

    def compared(self, i: int) -> list[tuple[Values, Values]]:
        """Values of a part that came and that are due, by case."""
        return self._compared[i]

    def wrong_values(self, i: int) -> list[int]:
        """Which values of a part differ from the solution's, in the order of the answer."""
        pairs = self._compared[i]
        if any(len(came) != len(due) for came, due in pairs):
            return []
        return [
            j
            for j in range(len(pairs[0][0]))
            if any(not close(came[j], due[j]) for came, due in pairs)
        ]

    def named(self, i: int, values: Sequence[int]) -> str:
        """Write the names of values of a part."""
        names = names_of(self.exercise.parts[i])
        listed = [f"`{names[j]}`" for j in values if j < len(names)]
        return " and ".join(", ".join(listed).rsplit(", ", 1))

    def goes_well(self, trial: Trial) -> bool:
        """Whether all properties hold on a case."""
        try:
            answer = self._read(trial.raw, trial)
            return all(p.test(trial.case, answer) is None for p in self.exercise.properties)
        except Exception:
            return False

    def right_on(self, case: Case) -> bool:
        """Whether all properties hold on a case that is not among the trials."""
        raw = []
        for part, answer in zip(self.exercise.parts, self.answers, strict=True):
            if isinstance(part, Function):
                given = case.arguments(part.parameters)
                answer = guard.run(answer, given, self.exercise.seconds, part.adapt).value
            raw.append(answer)
        return self.goes_well(Trial(case, tuple(raw), ()))

    def right_once(self, mend: Callable[[Case, Any], Any]) -> bool:
        """Whether all properties hold on all cases once an answer is mended."""
        order = sorted(self.trials, key=lambda t: t is not self.failure.trial)
        props = sorted(self.exercise.properties, key=lambda p: p is not self.failure.prop)
        try:
            mended = [
                (t.case, mend(t.case, read_or_raw(self.exercise, t.raw, t.case))) for t in order
            ]
            return all(prop.test(*pair) is None for prop in props for pair in mended)
        except Exception:
            return False
