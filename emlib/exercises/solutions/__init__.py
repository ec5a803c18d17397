"""Solutions as they stand in the lessons: shown to the learner, and what answers are judged by.

``lesson_NN.md`` is written by the build of the notebooks, from the cells tagged "solution" and from
what they use of the cells above them; see ``notebooks/solved.py``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib import resources
from typing import Any

_PART = re.compile(
    r"^## (?P<number>\S+)(?: in (?P<page>\S+))?\n\n"
    r"(?:Above it:\n\n```python\n(?P<given>.*?)\n```\n\n)?"
    r"The solution:\n\n```python\n(?P<source>.*?)\n```$",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True)
class Solved:
    """The solution of an exercise.

    Attributes
    ----------
    given : str
        What it uses of the cells above it.
    source : str
        The cell itself.
    page : str
        The optional notebook in which it stands; empty for the lesson itself.
    """

    given: str
    source: str
    page: str = ""

    @cached_property
    def names(self) -> dict[str, Any]:
        """What the names mean once both have been run."""
        scope: dict[str, Any] = {"__name__": __name__}
        for code in (self.given, self.source):
            exec(compile(code, __file__, "exec"), scope)
        return scope

    @property
    def uses(self) -> list[str]:
        """Names of the cells above that the solution itself uses, imports apart."""
        defined = re.findall(r"^(?:def |class )?(\w+)(?= =|, .* =|\()", self.given, re.MULTILINE)
        return [name for name in defined if re.search(rf"(?<!\.)\b{name}\b", self.source)]


class Reference:
    """One name of a solution, looked up when it is first called.

    Called, it gives what the function of this name gives, or the value that has the name.
    """

    def __init__(self, solved: Solved, name: str) -> None:
        self._solved, self.__name__ = solved, name

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        """Return the function's value, or the value itself."""
        value = self._solved.names[self.__name__]
        return value(*arguments, **named) if callable(value) else value

    def __deepcopy__(self, memo: dict[int, Any]) -> Reference:
        """Return itself: nothing can be changed in it."""
        return self

    @property
    def __code__(self) -> Any:
        """The code of the function; None of a value."""
        return getattr(self._solved.names[self.__name__], "__code__", None)


def of_lesson(number: str) -> Mapping[str, Solved]:
    """Return the solutions of a lesson by the ids of the exercises.

    Examples
    --------
    >>> sorted(of_lesson("04")["04.3"].uses)
    ['log_joint', 'm_step']
    """
    file = resources.files(__name__).joinpath(f"lesson_{number}.md")
    text = file.read_text(encoding="utf-8") if file.is_file() else ""
    return {
        p["number"]: Solved(p["given"] or "", p["source"], p["page"] or "")
        for p in _PART.finditer(text)
    }
