"""The sentences of the checks: one function for each way in which an answer can end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from emlib.data.errors import CollapseError
from emlib.exercises.engine.causes import Cause
from emlib.exercises.engine.evidence import Failure, Trial
from emlib.exercises.engine.forms import describe, show
from emlib.exercises.engine.guard import Outcome
from emlib.exercises.engine.record import Case, Exercise, Function, Value
from emlib.exercises.engine.result import Result, Status, quoted, told

Paragraph = tuple[str, str]

_CAME, _EXPECTED, _CAUSE = "What came", "What was expected", "Likely cause"

_ERRORS: dict[type[BaseException], str] = {
    NameError: (
        "A name is used that has no value yet: check its spelling, and that the cell that "
        "defines it was run."
    ),
    IndexError: "An index is larger than the data: other data may be longer or shorter.",
    ZeroDivisionError: "A sum that you divide by was zero.",
    AttributeError: (
        "The object has no such attribute or method: is it a list instead of an array, or None?"
    ),
    RecursionError: "The function calls itself without an end: use a loop, or a case that stops.",
    MemoryError: "Look for an array or list that grows without an end.",
    SystemExit: "`exit` and `quit` stop the whole program: use `return` to leave a function.",
    CollapseError: (
        "A run of EM ended in a collapse, and `em.fit` says so by this error: catch it with `try`"
        " and `except CollapseError`."
    ),
    AssertionError: "One of your own assertions does not hold on these data.",
}

# By words of the message, where the kind of error alone would mislead.
_MESSAGES = {
    "too many indices": (
        "An array has fewer axes than it is given indices: print its `shape`. A single number has"
        " none."
    ),
    "invalid index to scalar": "A single number was indexed as if it were an array.",
    "valid indices": "An index must be a whole number, and this one is not: is it a float?",
    "boolean index": "A mask has another length than the array it selects from: print both shapes.",
    "broadcast": (
        "Two arrays of different shapes meet in one operation: print their shapes, or add an axis"
        " with `[:, None]`."
    ),
    "mismatch in its core dimension": (
        "The shapes do not fit in a matrix product: print them, and transpose one with `.T`."
    ),
    "not aligned": (
        "The shapes do not fit in a matrix product: print them, and transpose one with `.T`."
    ),
    "unpack": "The number of names on the left is not the number of values on the right.",
    "truth value": "A comparison of arrays is an array: use `.any()`, `.all()`, or a mask.",
}


def _verdict(exercise: Exercise, status: Status, *paragraphs: Paragraph, name: str = "") -> Result:
    headline = f"Exercise {exercise.id}: {status.value}"
    return Result(headline, paragraphs, status=status, misconception=name or None)


def _wrong(exercise: Exercise, *paragraphs: Paragraph, name: str = "") -> Result:
    filled = [(label, sentence) for label, sentence in paragraphs if sentence]
    help_line = ("Help", f'`hint("{exercise.id}", 1)`')
    result = _verdict(exercise, Status.WRONG, *filled, help_line, name=name)
    *hints, last = exercise.hints
    return replace(result, hints=(*hints, f'{last} Still stuck: `solution("{exercise.id}")`.'))


def beside(result: Result, paragraphs: Sequence[Paragraph]) -> Result:
    """Add something to a result, before its last line, the help, if it is wrong."""
    last = 1 if result.status is Status.WRONG else 0
    split = len(result.paragraphs) - last
    said = (*result.paragraphs[:split], *paragraphs, *result.paragraphs[split:])
    return replace(result, paragraphs=said)


def correct(exercise: Exercise, notes: Sequence[Paragraph]) -> Result:
    """Say that an answer is right and what to notice."""
    return _verdict(exercise, Status.CORRECT, ("", exercise.remark), *notes)


def not_attempted(exercise: Exercise) -> Result:
    """Invite the learner to begin."""
    names = [part.signature if isinstance(part, Function) else part.name for part in exercise.parts]
    what = " and ".join(f"`{name}`" for name in names)
    verb = "Write" if all(isinstance(part, Function) for part in exercise.parts) else "Fill in"
    sentence = f'{verb} {what}, then run this check again. For help: `hint("{exercise.id}", 1)`.'
    return _verdict(exercise, Status.NOT_ATTEMPTED, ("", sentence))


def missing(exercise: Exercise, part: Function | Value) -> Result:
    """Say which of several answers is missing."""
    return _verdict(exercise, Status.NOT_ATTEMPTED, ("", f"`{part.name}` is still missing."))


def unfinished(exercise: Exercise, outcome: Outcome) -> Result:
    """Say where a blank is left in the code."""
    where = f" ({outcome.line})" if outcome.line else ""
    return _verdict(
        exercise, Status.NOT_ATTEMPTED, ("", f"There is still a blank to be filled in{where}.")
    )


def other_number(exercise: Exercise, n_answers: int) -> Result:
    """Say how many answers are due."""
    due = f"{_answers(len(exercise.parts))}: `{exercise.call}`"
    return _wrong(exercise, (_CAME, _answers(n_answers)), (_EXPECTED, due), name="other number")


def _answers(n: int) -> str:
    return "1 answer" if n == 1 else f"{n} answers"


def another_order(exercise: Exercise) -> Result:
    """Say that the right answers were handed in in another order."""
    return _wrong(
        exercise,
        (_CAME, "the right answers, in another order"),
        (_EXPECTED, f"`{exercise.call}`"),
        name="in another order",
    )


def no_function(exercise: Exercise, answer: Any) -> Result:
    """Say that the function itself is due."""
    if isinstance(answer, str):
        cause = "Leave the quotation marks out: the check needs the function, not its name."
    else:
        cause = "Perhaps the function was called: hand it in without brackets after its name."
    due = f"the function itself: `{exercise.call}`"
    came = show(answer)
    return _wrong(exercise, (_CAME, came), (_EXPECTED, due), (_CAUSE, cause), name="not a function")


def no_value(exercise: Exercise, part: Value, answer: Any) -> Result:
    """Say that a value is due, not a function."""
    came = f"{describe(answer)} for `{part.name}`"
    due = f"{part.returns.words({})}, not a function"
    return _wrong(exercise, (_CAME, came), (_EXPECTED, due), name="a function for a value")


def other_arguments(exercise: Exercise, part: Function, signature: str) -> Result:
    """Say which arguments are due."""
    return _wrong(
        exercise,
        (_CAME, f"a function of other arguments: {quoted(signature)}"),
        (_EXPECTED, f"`{part.signature}`: the names are free, their number and order are not"),
        name="other arguments",
    )


def stopped(exercise: Exercise, part: Function, case: Case, outcome: Outcome) -> Result:
    """Say that the time was over."""
    return _wrong(
        exercise,
        ("Data", case.label),
        (
            _CAME,
            f"no answer after {exercise.seconds:g} seconds of computing, so the function was"
            " stopped",
        ),
        (_EXPECTED, "an answer at once: the data are small"),
        (_CAUSE, "A loop whose condition never becomes false, or a counter that never changes."),
        *notes(part, outcome),
        name="too slow",
    )


def raised(
    exercise: Exercise, part: Function, case: Case, outcome: Outcome, size: str = ""
) -> Result:
    """Say which error came, where in the learner's code, and what it usually means.

    `size` says by which size of the data this case differs from those that went well.
    """
    error = outcome.error or Exception()
    cause = size or _meaning(error)
    return _wrong(
        exercise,
        ("Data", case.label),
        (_CAME, f"{told(error)} in {outcome.line or 'your function'}"),
        (_EXPECTED, part.returns.words(case.data)),
        (_CAUSE, cause),
        *notes(part, outcome),
        name="raises",
    )


def _meaning(error: BaseException) -> str:
    message = quoted(str(error), 500) if isinstance(error, IndexError | ValueError) else ""
    general = next((text for kind, text in _ERRORS.items() if isinstance(error, kind)), "")
    return next((text for words, text in _MESSAGES.items() if words in message), general)


def nothing(
    exercise: Exercise, part: Function, case: Case, outcome: Outcome, ends: tuple[bool, bool]
) -> Result:
    """Say that a function with a body returned nothing; `ends` is what `guard.returns` saw."""
    cause = {
        (True, True): "On these data no `return` with a value was reached: every path needs one.",
        (True, False): (
            "Is there a `return` of something that has a value? `append`, `sort` and `print`"
            " return None."
        ),
    }.get(ends, "Is there a `return` with a value at the end of the function?")
    if outcome.printed and ends != (True, True):
        cause = "The function prints its answer but does not hand it over: use `return`."
    return _wrong(
        exercise,
        (_CAME, f"{show(outcome.value)} from `{part.name}`"),
        (_EXPECTED, part.returns.words(case.data)),
        (_CAUSE, cause),
        name="nothing returned",
    )


def failed(
    exercise: Exercise, failure: Failure, cause: Cause | None, remarks: Sequence[Paragraph]
) -> Result:
    """Say which property failed, with numbers, and why."""
    result = _wrong(
        exercise,
        ("What should hold", failure.says),
        ("Data", failure.trial.case.label),
        (_CAME, failure.finding.came),
        (_EXPECTED, failure.finding.expected),
        (_CAUSE, cause.says if cause else ""),
        ("What follows", cause.follows if cause else ""),
        *remarks,
        name=cause.name if cause else "",
    )
    return replace(result, alternatives=cause.also if cause else ())


def unusual(exercise: Exercise, error: BaseException) -> Result:
    """Say that the check could not judge an answer."""
    return _wrong(
        exercise,
        (_CAME, f"an answer so unusual that the check stumbled over it ({told(error)})"),
        (_EXPECTED, f"`{exercise.call}`"),
        name="unusual",
    )


def notes(part: Function | Value, outcome: Outcome) -> list[Paragraph]:
    """Return what is said beside a verdict: that the function prints or changes its arguments."""
    found = []
    if outcome.printed:
        text = quoted(outcome.printed.splitlines()[0], 60)
        sentence = f"your function prints ({text}); the check reads only what it returns."
        found.append(("By the way", sentence))
    if outcome.changed and isinstance(part, Function):
        names = " and ".join(f"`{part.parameters[i]}`" for i in outcome.changed)
        first = part.parameters[outcome.changed[0]]
        sentence = (
            f"your function changes its argument {names} in place, and with it the caller's data. "
            f"Work on a copy: `{first} = np.array({first}, dtype=float)`."
        )
        found.append(("Take care", sentence))
    return found


def all_notes(exercise: Exercise, trials: Sequence[Trial]) -> list[Paragraph]:
    """Return each kind of note once, from the first trial that gives cause for it."""
    found: dict[str, str] = {}
    for trial in trials:
        for part, outcome in zip(exercise.parts, trial.outcomes, strict=True):
            for label, sentence in notes(part, outcome):
                found.setdefault(label, sentence)
    return list(found.items())
