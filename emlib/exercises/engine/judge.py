"""From an answer to a verdict: hand-in, calls, properties, cause, in this order."""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from emlib.exercises.engine import guard, replies
from emlib.exercises.engine.causes import Trial, reads_outside, recognise
from emlib.exercises.engine.forms import Unreadable, is_blank
from emlib.exercises.engine.record import Case, Exercise, Finding, Function, Value
from emlib.exercises.engine.result import Result, quoted


class Reply(Exception):
    """Leaves the judging as soon as there is something to say."""

    def __init__(self, result: Result) -> None:
        super().__init__(result.headline)
        self.result = result


class Failure(NamedTuple):
    """The first property that fails, the trial, what came, and the cause if the form knows it."""

    says: str
    trial: Trial
    finding: Finding
    cause: str = ""


def assess(exercise: Exercise, answers: Sequence[Any]) -> Result:
    """Judge the answers handed in for an exercise; nothing but an interrupt is raised.

    Parameters
    ----------
    exercise : Exercise
        The record.
    answers : sequence
        What the learner handed in, one entry for each part.

    Returns
    -------
    Result
        The verdict in words.
    """
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return _judge(exercise, answers)
        except Reply as reply:
            return reply.result
        except Exception as error:
            return replies.unusual(exercise, error)


def _judge(exercise: Exercise, answers: Sequence[Any]) -> Result:
    _look_over(exercise, answers)
    trials = [attempt(exercise, answers, case) for case in exercise.draw()]
    failure = _first_failure(exercise, trials)
    remarks = replies.all_notes(exercise, trials)
    if failure is None:
        return replies.correct(exercise, [*remarks, *_stretch(exercise, answers)])
    found = recognise(exercise, trials)
    if found is None and not failure.cause:
        found = reads_outside(answers)
    cause = found.says if found else failure.cause or _warning(trials)
    name = found.name if found else ""
    return replies.failed(exercise, *failure[:3], cause, remarks, name)


def _look_over(exercise: Exercise, answers: Sequence[Any]) -> None:
    """Reply if what was handed in is not of the kind or number that the exercise asks for."""
    blank = [is_blank(a) or (callable(a) and guard.is_empty(a)) for a in answers]
    if all(blank):
        raise Reply(replies.not_attempted(exercise))
    if len(answers) != len(exercise.parts):
        raise Reply(replies.other_number(exercise, len(answers)))
    for part, answer, empty in zip(exercise.parts, answers, blank, strict=True):
        if empty:
            raise Reply(replies.missing(exercise, part))
        if isinstance(part, Value) and callable(answer):
            raise Reply(replies.no_value(exercise, part, answer))
        if isinstance(part, Function):
            if not callable(answer):
                raise Reply(replies.no_function(exercise, answer))
            _fits_signature(exercise, part, answer)


def _fits_signature(exercise: Exercise, part: Function, function: Callable[..., Any]) -> None:
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):
        return
    try:
        signature.bind(*part.parameters)
    except TypeError:
        written = f"{getattr(function, '__name__', part.name)}{signature}"
        raise Reply(replies.other_arguments(exercise, part, written)) from None


def attempt(exercise: Exercise, answers: Sequence[Any], case: Case) -> Trial:
    """Run all parts on one case."""
    outcomes = [
        _call(exercise, part, answer, case) if isinstance(part, Function) else guard.Outcome(answer)
        for part, answer in zip(exercise.parts, answers, strict=True)
    ]
    return Trial(case, tuple(o.value for o in outcomes), tuple(outcomes))


def _call(exercise: Exercise, part: Function, function: Any, case: Case) -> guard.Outcome:
    """Call the learner's function; reply if it does not come back with a value."""
    function = part.adapt(function) if part.adapt else function
    outcome = guard.run(function, case.arguments(part.parameters), exercise.seconds)
    if outcome.timed_out:
        raise Reply(replies.stopped(exercise, part, case, outcome))
    if outcome.error is not None:
        if _is_blank_left(outcome.error):
            raise Reply(replies.unfinished(exercise, outcome))
        raise Reply(replies.raised(exercise, part, case, outcome))
    if is_blank(outcome.value) and outcome.value is not None:
        raise Reply(replies.not_attempted(exercise))
    if outcome.value is None:
        raise Reply(replies.nothing(exercise, part, case, outcome))
    return outcome


def _is_blank_left(error: BaseException) -> bool:
    """Whether a starter's blank, `...` or NotImplementedError, is what raised."""
    if isinstance(error, NotImplementedError):
        return True
    return isinstance(error, TypeError) and "ellipsis" in quoted(str(error), 500)


def _first_failure(exercise: Exercise, trials: Sequence[Trial]) -> Failure | None:
    readings = []
    for trial in trials:
        reading = _read(exercise, trial)
        if isinstance(reading, Failure):
            return reading
        readings.append(reading)
    for prop in exercise.properties:
        for trial, answer in zip(trials, readings, strict=True):
            finding = prop.test(trial.case, answer)
            if finding is not None:
                return Failure(prop.says, trial, finding)
    return None


def _read(exercise: Exercise, trial: Trial) -> Any:
    """Return the answer as its forms read it (a tuple if there are several parts), or a Failure."""
    values = []
    for part, raw in zip(exercise.parts, trial.raw, strict=True):
        try:
            values.append(part.returns.read(raw, trial.case.data))
        except Unreadable as error:
            what = "the answer" if len(exercise.parts) == 1 else f"`{part.name}`"
            finding = Finding(error.came, error.expected)
            return Failure(f"{what} has the right form", trial, finding, error.cause)
    return exercise.answer_of(values)


def _stretch(exercise: Exercise, answers: Sequence[Any]) -> list[replies.Paragraph]:
    if exercise.stretch is None:
        return []
    case, sentence = exercise.stretch
    try:
        failed = _first_failure(exercise, [attempt(exercise, answers, case)]) is not None
    except Reply:
        failed = True
    return [("One step further", sentence)] if failed else []


def _warning(trials: Sequence[Trial]) -> str:
    warned = [o.warned for trial in trials for o in trial.outcomes if o.warned]
    return f"Python warned on the way: {quoted(warned[0])}." if warned else ""
