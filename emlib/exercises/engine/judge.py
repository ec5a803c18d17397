"""From an answer to a verdict: hand-in, calls, properties, cause, in this order."""

from __future__ import annotations

import inspect
import itertools
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from emlib.exercises.engine import cells, guard, replies
from emlib.exercises.engine.causes import (
    Cause,
    other_size,
    recognise,
    seen_in_code,
    wired_value,
)
from emlib.exercises.engine.compare import alike
from emlib.exercises.engine.evidence import Evidence, Failure, Trial
from emlib.exercises.engine.forms import Unreadable, is_blank
from emlib.exercises.engine.record import Case, Exercise, Finding, Function, Value
from emlib.exercises.engine.result import Result, Status, quoted


class Reply(Exception):
    """Leaves the judging as soon as there is something to say."""

    def __init__(self, result: Result) -> None:
        super().__init__(result.headline)
        self.result = result


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
            try:
                result = _judge(exercise, answers)
            except Reply as reply:
                result = reply.result
            if _right_in_another_order(exercise, answers, result):
                result = replies.another_order(exercise)
        except Exception as error:
            result = replies.unusual(exercise, error)
    return replies.beside(result, _older(answers))


def _older(answers: Sequence[Any]) -> list[replies.Paragraph]:
    """Say which functions have a newer definition that did not run."""
    said = []
    for answer in answers:
        try:
            said.append(cells.stale(answer) if callable(answer) else "")
        except Exception:
            continue
    return [("Take care", sentence) for sentence in said if sentence]


def _judge(exercise: Exercise, answers: Sequence[Any]) -> Result:
    _look_over(exercise, answers)
    trials: list[Trial] = []
    for case in exercise.draw():
        trials.append(attempt(exercise, answers, case, [trial.case for trial in trials]))
    remarks = replies.all_notes(exercise, trials)
    failure = _first_failure(exercise, trials) or _first_of_chance(exercise, answers, trials)
    if failure is None:
        return replies.correct(exercise, [*remarks, *_stretch(exercise, answers)])
    evidence = Evidence(exercise, answers, trials, failure)
    cause = recognise(evidence)
    if cause is None and failure.cause:
        cause = Cause(failure.name, failure.cause)
    cause = cause or seen_in_code(exercise, answers) or wired_value(evidence)
    return replies.failed(exercise, failure, cause, [*remarks, *_warning(trials)])


def _right_in_another_order(exercise: Exercise, answers: Sequence[Any], result: Result) -> bool:
    """Whether the answers to the parts were exchanged, and are right."""
    if result.status is not Status.WRONG or result.misconception == "too slow":
        return False
    n = len(exercise.parts)
    orders = itertools.permutations(answers) if 2 <= n <= 3 and len(answers) == n else iter(())
    for order in itertools.islice(orders, 1, None):
        try:
            _look_over(exercise, order)
            trials = [attempt(exercise, order, case) for case in exercise.draw()]
        except Reply:
            continue
        if _first_failure(exercise, trials) is None:
            return True
    return False


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


def attempt(
    exercise: Exercise, answers: Sequence[Any], case: Case, earlier: Sequence[Case] = ()
) -> Trial:
    """Run all parts on one case, after the earlier ones, on which they came back with a value."""
    outcomes = [
        _call(exercise, part, answer, case, earlier)
        if isinstance(part, Function)
        else guard.Outcome(answer)
        for part, answer in zip(exercise.parts, answers, strict=True)
    ]
    return Trial(case, tuple(o.value for o in outcomes), tuple(outcomes))


def _call(
    exercise: Exercise, part: Function, function: Any, case: Case, earlier: Sequence[Case]
) -> guard.Outcome:
    """Call the learner's function; reply if it does not come back with a value."""
    outcome = guard.run(function, case.arguments(part.parameters), exercise.seconds, part.adapt)
    if outcome.timed_out:
        raise Reply(replies.stopped(exercise, part, case, outcome))
    if outcome.error is not None:
        if _is_blank_left(outcome.error):
            raise Reply(replies.unfinished(exercise, outcome))
        size = other_size(earlier, [case], function) if earlier else ""
        raise Reply(replies.raised(exercise, part, case, outcome, size))
    if is_blank(outcome.value) and outcome.value is not None:
        raise Reply(replies.not_attempted(exercise))
    if outcome.value is None:
        ends = guard.returns(function)
        raise Reply(replies.nothing(exercise, part, case, outcome, ends))
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
                return Failure(prop.says, trial, finding, prop=prop)
    return None


def _read(exercise: Exercise, trial: Trial) -> Any:
    """Return the answer as its forms read it (a tuple if there are several parts), or a Failure."""
    values = []
    for i, (part, raw) in enumerate(zip(exercise.parts, trial.raw, strict=True)):
        try:
            values.append(part.returns.read(raw, trial.case.data))
        except Unreadable as error:
            what = "the answer" if len(exercise.parts) == 1 else f"`{part.name}`"
            finding = Finding(error.came, error.expected)
            says = f"{what} has the right form"
            return Failure(says, trial, finding, part=i, cause=error.cause, name=error.name)
    return exercise.answer_of(values)


def _first_of_chance(
    exercise: Exercise, answers: Sequence[Any], trials: Sequence[Trial]
) -> Failure | None:
    """Find an answer whose random numbers are not those of the generator that it was given."""
    first = trials[0]
    for i, part in enumerate(exercise.parts):
        outcomes = [trial.outcomes[i] for trial in trials]
        if not isinstance(part, Function) or outcomes[0].drew is None:
            continue
        name = next(n for n in part.parameters if isinstance(first.case[n], np.random.Generator))
        finding = None
        if not any(o.drew for o in outcomes) and (
            part.draws or any(o.own_chance for o in outcomes)
        ):
            finding = Finding(f"numbers that do not depend on `{name}`", f"draws from `{name}`")
        elif part.draws or any(o.own_chance for o in outcomes):
            again = attempt(exercise, answers, first.case).raw[i]
            if alike(again, again) and not alike(again, first.raw[i]):
                finding = Finding(
                    f"another answer at the second call, with `{name}` in the same state",
                    "the same answer",
                )
        if finding:
            cause = (
                "The random numbers come from a generator made inside the function, or from"
                f" `np.random`. Draw them with `{name}`, so that whoever calls can repeat them."
            )
            says = f"all that is random is drawn from `{name}`"
            return Failure(says, first, finding, part=i, cause=cause, name="another generator")
    return None


def _stretch(exercise: Exercise, answers: Sequence[Any]) -> list[replies.Paragraph]:
    if exercise.stretch is None:
        return []
    case, sentence = exercise.stretch
    try:
        failed = _first_failure(exercise, [attempt(exercise, answers, case)]) is not None
    except Reply:
        failed = True
    return [("One step further", sentence)] if failed else []


def _warning(trials: Sequence[Trial]) -> list[replies.Paragraph]:
    """Pass on what Python warned of: it may have to do with a wrong answer, or nothing."""
    each = [o.warned for trial in trials for o in trial.outcomes]
    warned = [text for text in each if text and "underflow" not in text]  # which harms nothing
    return [("By the way", f"Python warned on the way: {quoted(warned[0])}.")] if warned else []
