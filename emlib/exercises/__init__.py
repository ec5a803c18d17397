"""Exercises that answer in words.

``check(id, answer)`` tries an answer on fresh data and says what it found; ``hint(id, 1..3)`` helps
a little more each time; ``solution(id)`` shows tested code; ``progress()`` lists what is solved. It
all happens in the kernel: no server, thread, signal or process.

Examples
--------
>>> from emlib.exercises import check
>>> def responsibility_of_a(heads, tails, bias_a, bias_b):
...     ...
>>> check("04.1", responsibility_of_a)
Exercise 04.1: not attempted yet.
  Write `responsibility_of_a(heads, tails, bias_a, bias_b)`, then run this check again. For
    help: `hint("04.1", 1)`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from emlib.exercises.engine.result import Result, Solution, Status, Text

__all__ = ["Result", "Solution", "Status", "Text", "check", "hint", "progress", "solution"]

_UNKNOWN = "No such exercise."


def _sentence(error: ValueError) -> str:
    """Return a message as a sentence."""
    text = str(error)
    return text[:1].upper() + text[1:] + ("" if text.endswith("?") else ".")


def check(exercise_id: str = "", *answers: Any) -> Result:
    """Try an answer on fresh data and say in words what was found.

    Parameters
    ----------
    exercise_id : str
        As in "04.2".
    *answers : Any
        The function or the values that the exercise asks for. A function is called by position, on
        copies of the data.

    Returns
    -------
    Result
        Its text says whether the answer is correct, not attempted yet, or wrong and probably why;
        ``.solved`` is a bool. The data are seeded by the exercise, so the same answer is told the
        same words.

    Notes
    -----
    Nothing is raised: an id that is unknown, and whatever the learner's function does, are answered
    in words. A call is stopped after some seconds of computing (three, if the exercise says nothing
    else). Only Python lines can be stopped, not a single long call into compiled code.

    Examples
    --------
    >>> check("04.1", 0.56)
    Exercise 04.1: not right yet.
      What came: 0.56
      What was expected: the function itself: `check("04.1", responsibility_of_a)`
      Likely cause: Perhaps the function was called: hand it in without brackets after its
        name.
      Help: `hint("04.1", 1)`
    """
    from emlib.exercises import registry
    from emlib.exercises.engine import judge, logbook

    try:
        exercise = registry.find(exercise_id)
    except ValueError as error:
        return Result(_UNKNOWN, (("", _sentence(error)),))
    result = judge.assess(exercise, answers)
    if not result.solved:
        return result
    trouble = logbook.keep(exercise.id)
    said = [("By the way", trouble)] if trouble else []
    onwards = ("Next", registry.after(exercise))
    return replace(result, paragraphs=(*result.paragraphs, *said, onwards))


def hint(exercise_id: str = "", level: int = 1) -> Text:
    """Show a hint; 1 points the way, 2 says what to compute, 3 nearly writes it.

    Parameters
    ----------
    exercise_id : str
        As in "04.2".
    level : int
        1, 2 or 3.

    Returns
    -------
    Text
        The hint and where to go from there.

    Examples
    --------
    >>> hint("04.1", 1).headline
    'Hint 1 of 3 for exercise 04.1'
    """
    from emlib.exercises import registry

    try:
        exercise = registry.find(exercise_id)
    except ValueError as error:
        return Text(_UNKNOWN, (("", _sentence(error)),))
    n_hints = len(exercise.hints)
    if isinstance(level, bool) or level not in range(1, n_hints + 1):
        sentence = (
            f'There are {n_hints} hints: `hint("{exercise_id}", 1)` to `hint("{exercise_id}",'
            f" {n_hints})`."
        )
        return Text(f"No such hint for exercise {exercise_id}", (("", sentence),))
    last = level == n_hints
    onwards = f'`solution("{exercise_id}")`' if last else f'`hint("{exercise_id}", {level + 1})`'
    return Text(
        f"Hint {level} of {n_hints} for exercise {exercise_id}",
        (("", exercise.hints[level - 1]), ("Still stuck", onwards)),
    )


def solution(exercise_id: str = "") -> Solution:
    """Show the solution that stands in the lesson's solutions edition.

    Parameters
    ----------
    exercise_id : str
        As in "04.2".

    Returns
    -------
    Solution
        Its ``source`` is the code, and ``given`` that of what it uses of the cells above it.

    Examples
    --------
    >>> solution("04.1").source.splitlines()[0]
    'def responsibility_of_a(heads, tails, bias_a, bias_b):'
    """
    from emlib.exercises import registry

    try:
        exercise = registry.find(exercise_id)
    except ValueError as error:
        return Solution(_sentence(error), "")
    headline, solved = f"One solution of exercise {exercise_id}: {exercise.title}", exercise.solved
    if solved is None:
        return Solution(headline, "")
    return Solution(headline, solved.source, tuple(solved.uses), solved.given)


def progress() -> Text:
    """List what is solved, by lesson.

    Progress is a file ``progress.json`` in the working copy ``my_course`` (outside of it, in the
    current folder), so it survives a restart. Delete the file to start afresh.

    Returns
    -------
    Text
        One line for each lesson in which something is solved.
    """
    from emlib.exercises import registry
    from emlib.exercises.engine import logbook

    solved, trouble = logbook.read()
    lines = []
    for number in registry.lessons():
        title, records = registry.lesson(number)
        done = [record.id for record in records if record.id in solved]
        if done:
            in_order = sorted(records, key=lambda record: registry.page(record) != "")
            left = [record.id for record in in_order if record.id not in solved]
            rest = f"; next {left[0]}" if left else "; all of it"
            lines.append(
                (
                    f"{number} {title}",
                    f"{len(done)} of {len(records)} solved ({', '.join(done)}){rest}",
                )
            )
    if trouble:
        lines.append(("By the way", trouble))
    if not any(label != "By the way" for label, _ in lines):
        return Text("Nothing solved yet.", tuple(lines))
    return Text("Solved so far", tuple(lines))
