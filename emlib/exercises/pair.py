"""A lesson as a pair: what is judged in ``lesson_NN.py``, what is told in ``lesson_NN.md``.

The Markdown has a title, and for each exercise a heading with its id and title and three sections::

    # Gaussian mixtures in one dimension

    ## 05.1 The M step on a line

    ### Hints
    1. Everything is a weighted average ...
    2. ...
    3. ...

    ### Remark
    Each formula is the one for a single Gaussian ...

    ### Slips
    - **counts instead of weights**: The weights are the effective counts ...
    - **divided by N instead of N_k** (means alone): ...

The solution is the lesson's own cell; see `solutions`. A section "One step further" says what is
told to a right answer that fails a harder case.
Two slips may have one name and different words; what stands in brackets tells them apart.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from importlib import resources
from typing import Any

import numpy as np

from emlib.exercises import solutions
from emlib.exercises.engine.forms import Form
from emlib.exercises.engine.properties import Test, agrees_with
from emlib.exercises.engine.record import Case, Exercise, Function, Misconception
from emlib.exercises.solutions import Reference, Solved

Slip = Callable[..., Any] | Mapping[str, Any]
_SLIP = re.compile(r"- \*\*(?P<name>[^*]+)\*\*(?P<which> \([^)]+\))?: (?P<says>.+)")


def made(variant: Callable[..., Any], **more: Any) -> Mapping[str, Any]:
    """Tell a slip by a wrong solution, with more to say about it than its name."""
    return {"variant": variant, **more}


def mended(mend: Callable[..., Any], **more: Any) -> Mapping[str, Any]:
    """Tell a slip by ``mend(case, answer)``, after which all properties hold."""
    return {"mend": mend, **more}


def seen(applies: Callable[..., Any], **more: Any) -> Mapping[str, Any]:
    """Tell a slip by ``applies(case, answer)``, where it can neither be made nor mended."""
    return {"applies": applies, **more}


def of_part(part: int, slips: Mapping[str, Slip]) -> dict[str, Slip]:
    """Return slips of one part of an answer; what tells them sees this part alone."""
    return {name: {**_told_by(slip), "alone": part} for name, slip in slips.items()}


def each(make: Callable[[Any], Slip], wrong: Mapping[str, Any]) -> dict[str, Slip]:
    """Make a slip of each of some wrong things, by their names.

    Examples
    --------
    >>> each(lambda power: lambda x: x**power, {"squared": 2, "cubed": 3})["cubed"](2)
    8
    """
    return {name: make(one) for name, one in wrong.items()}


def _told_by(slip: Slip) -> dict[str, Any]:
    return {"variant": slip} if callable(slip) else dict(slip)


class Solution(Reference):
    """A function of a solution, and what its name and parameters make: a part, cases, a test."""

    @cached_property
    def parameters(self) -> tuple[str, ...]:
        """Names of its parameters, read from its source."""
        defined = [
            node
            for node in ast.walk(ast.parse(self._solved.source))
            if isinstance(node, ast.FunctionDef) and node.name == self.__name__
        ]
        return tuple(a.arg for a in defined[0].args.args)

    def part(self, returns: Form, **more: Any) -> Function:
        """Return the part of an answer that is such a function."""
        return Function(self.__name__, self.parameters, returns, **more)

    def case(self, label: str, *values: Any, **more: Any) -> Case:
        """Return a case from the values of its parameters, and more; a list becomes an array."""
        named = zip(self.parameters, values, strict=True)
        data = {n: np.array(v, dtype=float) if isinstance(v, list) else v for n, v in named}
        return Case(label, {**data, **more})

    def agrees(self, by: Callable[..., Any] | None = None, **more: Any) -> Test:
        """Return the test of `agrees_with`: by itself, or by a function that is right further."""
        return agrees_with(by or self, self.parameters, **more)


@dataclass(frozen=True)
class Words:
    """What is told in one exercise."""

    title: str
    hints: tuple[str, ...]
    remark: str
    slips: Mapping[str, str]
    further: str = ""


@dataclass(frozen=True)
class Lesson:
    """The words of a lesson, and its solutions."""

    title: str
    words: Mapping[str, Words]
    solved: Mapping[str, Solved] = field(default_factory=dict)

    def reference(self, number: str, name: str) -> Solution:
        """Return a function, or what gives a value, of the solution of an exercise."""
        if number not in self.solved:
            raise ValueError(
                f"no solution of exercise {number} yet: `python course.py build` takes it from the"
                " lesson"
            )
        return Solution(self.solved[number], name)

    def exercise(
        self,
        number: str,
        *,
        slips: Mapping[str, Slip],
        also: Sequence[Misconception] = (),
        stretch: Case | None = None,
        **record: Any,
    ) -> Exercise:
        """Return the record of an exercise: its words, and what is judged.

        Parameters
        ----------
        number : str
            Its id.
        slips : Mapping of str to callable or of str to Mapping
            A wrong solution by the slip's name in the Markdown, or what `mended` or `seen` returns.
        also : sequence of Misconception
            Slips of other exercises, with the words they have there.
        stretch : Case or None
            A harder case, if there are words on one step further.
        **record
            The other entries of an `Exercise`.

        Raises
        ------
        ValueError
            If a slip has no words, or words have no slip.
        """
        words = self.words[number]
        if set(slips) != set(words.slips):
            odd = sorted(set(slips) ^ set(words.slips))
            raise ValueError(f"exercise {number}: these slips have words only, or none: {odd}")
        if (stretch is None) != (not words.further):
            raise ValueError(
                f"exercise {number}: one step further has a case and words, or neither"
            )
        if number in self.solved:
            made = tuple(self.reference(number, part.name) for part in record["parts"])
            record |= {"solution": made, "solved": self.solved[number]}
        return Exercise(
            id=number,
            title=words.title,
            hints=words.hints,  # type: ignore[arg-type]
            remark=words.remark,
            misconceptions=(
                *(_misconception(name, words.slips[name], slip) for name, slip in slips.items()),
                *also,
            ),
            stretch=None if stretch is None else (stretch, words.further),
            **record,
        )


def _misconception(name: str, says: str, slip: Slip) -> Misconception:
    how = _told_by(slip)
    alone = how.pop("alone", None)
    known = Misconception(name.partition(" (")[0], says, **how)
    return known if alone is None else known.within(alone)


def lesson(module: str) -> Lesson:
    """Read the words that stand beside a module, ``lesson_05.md`` beside ``lesson_05.py``.

    Examples
    --------
    >>> lesson("emlib.exercises.lesson_05").words["05.1"].title
    'The M step on a line'
    """
    package, _, name = module.rpartition(".")
    words = parse(resources.files(package).joinpath(f"{name}.md").read_text(encoding="utf-8"))
    return replace(words, solved=solutions.of_lesson(name.removeprefix("lesson_")))


def parse(text: str) -> Lesson:
    """Read the Markdown of a lesson.

    Examples
    --------
    >>> parsed = parse('''# Coins
    ... ## 99.1 A toss
    ... ### Hints
    ... 1. a
    ... 2. b,
    ...    and more
    ... 3. c
    ... ### Remark
    ... So it is.
    ... ### Slips
    ... - **tails**: Count
    ...   heads.
    ... ''')
    >>> parsed.title, parsed.words["99.1"].hints, parsed.words["99.1"].slips
    ('Coins', ('a', 'b, and more', 'c'), {'tails': 'Count heads.'})
    """
    head, *exercises = re.split(r"^## ", text, flags=re.MULTILINE)
    title, *_ = re.findall(r"^# (.+)$", head, re.MULTILINE)
    return Lesson(title, dict(_exercise(chapter) for chapter in exercises))


def _exercise(chapter: str) -> tuple[str, Words]:
    heading, *sections = re.split(r"^### ", chapter, flags=re.MULTILINE)
    number, _, title = heading.strip().partition(" ")
    told = {}
    for section in sections:
        name, _, body = section.partition("\n")
        told[name.strip()] = body
    slips = {}
    for item in _items(told["Slips"], "- "):
        match = _SLIP.fullmatch(item)
        if match is None:
            raise ValueError(f"exercise {number}: a slip is `- **name**: words`, not {item[:60]!r}")
        slips[match["name"] + (match["which"] or "")] = match["says"]
    hints = tuple(item.partition(" ")[2] for item in _items(told["Hints"], r"\d\. "))
    remark, further = (" ".join(told.get(s, "").split()) for s in ("Remark", "One step further"))
    return number, Words(title, hints, remark, slips, further)


def _items(body: str, mark: str) -> list[str]:
    """Return the items of a list, each on one line."""
    items = re.split(rf"^(?={mark})", body, flags=re.MULTILINE)
    return [" ".join(item.split()) for item in items if item.strip()]
