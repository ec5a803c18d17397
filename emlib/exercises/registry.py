"""Finding an exercise by its id.

A module ``lesson_NN`` holds a lesson's ``TITLE`` and its ``EXERCISES``; nothing is listed.
"""

from __future__ import annotations

import difflib
import importlib
import os
import pkgutil
import re
from functools import cache
from typing import Any

from emlib.exercises.engine.record import Exercise


@cache
def lessons() -> tuple[str, ...]:
    """Return the numbers of the lessons that have exercises, in order.

    Examples
    --------
    >>> "04" in lessons()
    True
    """
    found = (
        re.fullmatch(r"lesson_(\d\d)", m.name)
        for m in pkgutil.iter_modules([os.path.dirname(__file__)])
    )
    return tuple(sorted(match[1] for match in found if match))


def lesson(number: str) -> tuple[str, tuple[Exercise, ...]]:
    """Return title and exercises of a lesson."""
    module = importlib.import_module(f"emlib.exercises.lesson_{number}")
    return module.TITLE, module.EXERCISES


def all_ids() -> list[str]:
    """Ids of all exercises, in order."""
    return [exercise.id for number in lessons() for exercise in lesson(number)[1]]


def find(exercise_id: Any) -> Exercise:
    """Return the exercise with this id.

    Raises
    ------
    ValueError
        If there is none; the message names the nearest ids.

    Examples
    --------
    >>> find("04.1").title
    'One trial: which coin was it?'
    >>> find("4.1")
    Traceback (most recent call last):
        ...
    ValueError: there is no exercise '4.1'; did you mean "04.1"?
    """
    if isinstance(exercise_id, str) and exercise_id.partition(".")[0] in lessons():
        for exercise in lesson(exercise_id.partition(".")[0])[1]:
            if exercise.id == exercise_id:
                return exercise
    if callable(exercise_id):
        call = of_function(exercise_id)
        raise ValueError(f"the number of the exercise comes first: `{call}`")
    if exercise_id is None or exercise_id == "":
        raise ValueError(f"which exercise? {_nearest('')}")
    raise ValueError(f"there is no exercise {_named(exercise_id)}; {_nearest(str(exercise_id))}")


def after(exercise: Exercise) -> str:
    """Say what comes after an exercise: the next of its notebook, with the line that helps.

    Examples
    --------
    >>> after(find("04.1"))
    '04.2 The whole of EM for two coins; a hint for it: `hint("04.2", 1)`'
    >>> after(find("02.4"))
    'this was the last exercise of the lesson; optional: 02.3 in `further/02_two_humps`.'
    """
    exercises = lesson(exercise.id.partition(".")[0])[1]
    later = exercises[1 + [e.id for e in exercises].index(exercise.id) :]
    later = tuple(e for e in later if page(e) == page(exercise))
    optional = ", ".join(f"{e.id} in `{page(e)}`" for e in exercises if page(e))
    if not later:
        kind, rest = ("notebook", "") if page(exercise) else ("lesson", optional)
        rest = f"optional: {rest}" if rest else "`progress()` lists what is solved"
        return f"this was the last exercise of the {kind}; {rest}."
    return f'{later[0].id} {later[0].title}; a hint for it: `hint("{later[0].id}", 1)`'


def page(exercise: Exercise) -> str:
    """Return the optional notebook of an exercise; empty text if it stands in the lesson."""
    return exercise.solved.page if exercise.solved else ""


def of_function(function: Any) -> str:
    """Return the line that hands in a function of this name, if an exercise asks for one.

    Examples
    --------
    >>> of_function(find("04.1").solution[0])
    'check("04.1", responsibility_of_a)'
    """
    name = getattr(function, "__name__", "")
    for exercise in (e for number in lessons() for e in lesson(number)[1]):
        if any(part.name == name for part in exercise.parts):
            return exercise.call
    return 'check("04.1", my_function)'


def _named(exercise_id: Any) -> str:
    return (
        repr(exercise_id)
        if isinstance(exercise_id, str | int | float)
        else f"of type {type(exercise_id).__name__}"
    )


def _nearest(text: str) -> str:
    match = re.fullmatch(r"\D*(\d{1,2})\s*[.,_ -]\s*(\d+)\D*", text)
    tidy = f"{int(match[1]):02d}.{int(match[2])}" if match else text
    known = all_ids()
    near = [tidy] if tidy in known else difflib.get_close_matches(tidy, known, n=3, cutoff=0.5)
    if not near:
        return f'ids are written as "{known[0]}", in quotation marks'
    return "did you mean " + " or ".join(f'"{name}"' for name in sorted(near)) + "?"
