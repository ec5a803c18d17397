"""What an exercise is made of.

An exercise is one `Exercise` record in the module ``lesson_NN`` of its lesson, listed in that
module's ``EXERCISES``: what is handed in (`parts`), the data it is tried on (`cases`), what must
hold (`properties`), the wrong answers that are known (`misconceptions`), three hints, the solution
and a closing remark. Nothing else has to be written or registered.

Examples
--------
>>> from emlib.exercises.engine.forms import Number
>>> from emlib.exercises.engine.judge import assess
>>> from emlib.exercises.engine.properties import agrees_with, between
>>> def variance(x):
...     return ((x - x.mean()) ** 2).mean()
>>> def three_samples(rng):
...     sizes = (4, 9, 20)
...     return [Case(f"{n} draws from N(0, 4)", {"x": rng.normal(0, 2, n)}) for n in sizes]
>>> exercise = Exercise(
...     id="99.1",
...     title="The variance of a sample",
...     parts=(Function("variance", ("x",), Number("the variance, one number")),),
...     cases=three_samples,
...     properties=(
...         Property("a variance is not negative", between(0.0, np.inf)),
...         Property("it is the mean squared deviation", agrees_with(variance, ("x",))),
...     ),
...     misconceptions=(
...         Misconception("divided by N - 1", "Divide by N.", lambda x: x.var(ddof=1)),
...         Misconception("sd for variance", "This is its square root.", lambda x: x.std()),
...     ),
...     hints=("How far is each point from the mean?", "Square, then average.", "`np.mean(d**2)`"),
...     solution=(variance,),
...     remark="The square root of it is the standard deviation.",
... )
>>> assess(exercise, [lambda sample: sample.std(ddof=0)]).misconception
'sd for variance'
>>> assess(exercise, [variance]).solved
True
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from emlib.exercises.engine.forms import Form
from emlib.exercises.solutions import Solved


@dataclass(frozen=True)
class Function:
    """A part of an answer that is a function, called by position with the case's values.

    Attributes
    ----------
    name : str
        As the lesson calls it.
    parameters : tuple of str
        Names of the values of a `Case` that are handed to it, in order.
    returns : Form
        What it should return.
    adapt : callable or None
        Makes of the learner's function what is called: one that runs it from many starts, for
        instance, or for which raising is an answer too.
    draws : bool
        Whether it has to draw from the generator among its arguments. Other generators are refused
        in any case.
    """

    name: str
    parameters: tuple[str, ...]
    returns: Form
    adapt: Callable[[Callable[..., Any]], Callable[..., Any]] | None = None
    draws: bool = False

    @property
    def signature(self) -> str:
        """The call as the learner writes it."""
        return f"{self.name}({', '.join(self.parameters)})"


@dataclass(frozen=True)
class Value:
    """A part of an answer that is a value, such as a number or one of several words."""

    name: str
    returns: Form

    @property
    def parameters(self) -> tuple[str, ...]:
        """A value is not called."""
        return ()


@dataclass(frozen=True)
class Case:
    """One set of data on which an answer is tried.

    Attributes
    ----------
    label : str
        Names the data inside a sentence, as in "8 heads and 2 tails".
    data : Mapping of str to Any
        Arguments by name.
    """

    label: str
    data: Mapping[str, Any] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Any:
        """Return the argument of this name."""
        return self.data[name]

    def arguments(self, names: Sequence[str]) -> tuple[Any, ...]:
        """Return copies of the arguments of these names, so that nobody can spoil the data."""
        return tuple(copy.deepcopy(self.data[name]) for name in names)


@dataclass(frozen=True)
class Finding:
    """What came and what was expected where a property failed."""

    came: str
    expected: str


@dataclass(frozen=True)
class Property:
    """A sentence that must be true of a right answer, and its test.

    Attributes
    ----------
    says : str
        The property in words.
    test : callable
        ``test(case, answer)`` returns None where the property holds, otherwise a `Finding`. The
        answer has been read by the part's form; with several parts it is the tuple of them.
    """

    says: str
    test: Callable[[Case, Any], Finding | None]


@dataclass(frozen=True)
class Misconception:
    """A known slip, and how to tell that it was made: by one of the ways below.

    Attributes
    ----------
    name : str
        Short name, as in "swapped heads and tails".
    says : str
        What the learner is told: what seems to have happened, and where to look.
    variant : callable or None
        A wrong solution. It explains an answer that has its numbers: all of them, or those of the
        first value that is wrong.
    mend : callable or None
        ``mend(case, answer)`` undoes the slip. It explains an answer of which all properties hold
        when it is mended.
    applies : callable or None
        ``applies(case, answer)`` where neither can be written; must be true for all cases. The
        answer is as for a `Property`; a part that its form could not read is handed over as it
        came. With a variant beside it, it says when an answer is near enough to the variant.
    part : int or None
        Which part of the answer it is a slip of; with None a `variant` is one of the first part and
        the others of any. It is named only where mending this part mends the property that failed.
    last_resort : bool
        Whether it is named only if nothing else explains the answer.
    fails : str
        Words of a property of which it is the only cause: it explains an answer that fails it.
    """

    name: str
    says: str
    variant: Callable[..., Any] | None = None
    applies: Callable[[Case, Any], bool] | None = None
    part: int | None = None
    mend: Callable[[Case, Any], Any] | None = None
    last_resort: bool = False
    fails: str = ""

    def within(self, part: int) -> Misconception:
        """Return this slip of an answer of one part as the slip of a part of another answer."""
        applies, mend = self.applies, self.mend
        return replace(
            self,
            part=part,
            applies=applies and (lambda case, answer: applies(case, answer[part])),
            mend=mend
            and (
                lambda case, answer: (
                    *answer[:part],
                    mend(case, answer[part]),
                    *answer[part + 1 :],
                )
            ),
        )


@dataclass(frozen=True)
class Exercise:
    """One exercise; see the module's docstring.

    Attributes
    ----------
    id, title : str
        As in "04.2" and "The whole of EM for two coins". The lesson is what stands before the dot.
    parts : sequence of Function or Value
        What is handed in, in the order of ``check``'s arguments.
    cases : callable
        ``cases(rng)`` returns the data; `rng` is seeded by the id, so that the words of an answer
        can be repeated.
    properties : sequence of Property
        In the order in which they are tested; the first that fails is the one that is told.
    misconceptions : sequence of Misconception
        The first that fits is told; others that have the same numbers are told beside it.
    hints : tuple of three str
        Increasing help.
    solution : sequence of callable
        One for each part: the function itself or, for a value, a function without arguments that
        returns it.
    remark : str
        One sentence on why the right answer matters.
    solved : Solved or None
        The source of the solution.
    stretch : tuple of (Case, str) or None
        A harder case and what to say where a right answer fails it; it never refuses an answer.
    seconds : float
        Time limit of one call, in seconds of computing.
    """

    id: str
    title: str
    parts: Sequence[Function | Value]
    cases: Callable[[np.random.Generator], list[Case]]
    properties: Sequence[Property]
    misconceptions: Sequence[Misconception]
    hints: tuple[str, str, str]
    solution: Sequence[Callable[..., Any]]
    remark: str
    solved: Solved | None = None
    stretch: tuple[Case, str] | None = None
    seconds: float = 3.0

    @property
    def call(self) -> str:
        """The line that hands in an answer."""
        return f'check("{self.id}", {", ".join(part.name for part in self.parts)})'

    def answer_of(self, values: Sequence[Any]) -> Any:
        """Return what a test gets: the value of the only part, or the values of all as a tuple."""
        return values[0] if len(self.parts) == 1 else tuple(values)

    def draw(self) -> list[Case]:
        """Draw the cases, the same at every call."""
        return self.cases(np.random.default_rng(list(self.id.encode())))

    def solved_answers(self) -> tuple[Any, ...]:
        """Return the answers that the solution hands in."""
        return tuple(
            f if isinstance(part, Function) else f()
            for part, f in zip(self.parts, self.solution, strict=True)
        )
