"""A test that a learner writes, as an answer: which implementations it lets pass, and which not.

Examples
--------
>>> listed = [Implementation("right", abs), Implementation("the sign kept", lambda x: x, "lets it")]
>>> examiner = Examiner("absolute", listed)
>>> case = examiner.cases(None)[1]
>>> verdict = examiner.listen(lambda absolute: absolute(3) == 3)(case["absolute"])
>>> verdict.accepts, verdict.calls, examiner.escaped("lets it")["applies"](case, verdict)
(True, ((3,),), True)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from emlib.exercises.engine.forms import Unreadable, describe, show
from emlib.exercises.engine.record import Case, Finding, Function, Property
from emlib.exercises.pair import seen

RIGHT_PASS = "a right implementation passes"
REFUSES: Mapping[str, Any] = {"fails": RIGHT_PASS}  # a test that refuses a right one
Made = Callable[..., Any]
Call = Callable[..., tuple[tuple[Any, ...], Any]]


class Implementation(NamedTuple):
    """What a learner's test is put before.

    Attributes
    ----------
    label : str
        How it is named in a reply.
    function : callable
        The implementation.
    fault : str
        Name of the slip of a test that lets it pass; empty if it is right.
    """

    label: str
    function: Made
    fault: str = ""


@dataclass(frozen=True)
class Verdict:
    """What a learner's test said of an implementation.

    Attributes
    ----------
    accepts : bool
        Whether the implementation passed.
    silent : bool
        Whether the test returned nothing (which passes, as a test of assertions does).
    calls : tuple
        What is kept of each call of the implementation.
    """

    accepts: bool
    silent: bool
    calls: tuple[tuple[Any, ...], ...]


def as_it_is(function: Made, *arguments: Any) -> tuple[tuple[Any, ...], Any]:
    """Call an implementation; return the arguments and its value."""
    return arguments, function(*arguments)


@dataclass(frozen=True)
class Examiner:
    """The form of a test; True, False, several of them, and assertions are read as one verdict.

    Attributes
    ----------
    parameter : str
        Name of the test's argument.
    implementations : sequence of Implementation
        Right ones first.
    call : callable
        Calls an implementation for the test; returns what is kept of the call, and the value.
    """

    parameter: str
    implementations: Sequence[Implementation]
    call: Call = as_it_is

    def part(self, name: str) -> Function:
        """Return the part of an answer that is such a test."""
        return Function(name, (self.parameter,), self, adapt=self.listen)

    def cases(self, rng: Any) -> list[Case]:
        """Return one case for each implementation."""
        return [
            Case(made.label, {self.parameter: made.function, "fault": made.fault})
            for made in self.implementations
        ]

    def words(self, arguments: Mapping[str, Any]) -> str:
        """Say what is expected."""
        return "True if the implementation passes, False if it fails (or an assertion)"

    def read(self, raw: Any, arguments: Mapping[str, Any]) -> Verdict:
        """Return the verdict."""
        if isinstance(raw, Verdict):
            return raw
        number = isinstance(raw, int | float | np.ndarray | np.generic)
        raise Unreadable(show(raw) if number else describe(raw), self.words(arguments))

    def listen(self, test: Callable[[Made], Any]) -> Callable[[Made], Any]:
        """Turn a test into a function that gives a `Verdict`."""
        faulty = [made.function for made in self.implementations if made.fault]

        def run(function: Made) -> Any:
            calls: list[tuple[Any, ...]] = []

            def listened(*arguments: Any) -> Any:
                kept, value = self.call(function, *arguments)
                calls.append(kept)
                return value

            try:
                said = test(listened)
            except AssertionError:
                return Verdict(False, False, tuple(calls))
            except Exception:
                if calls and function in faulty:  # its numbers broke the test: it is refused
                    return Verdict(False, False, tuple(calls))
                raise
            if said is None:
                return Verdict(True, True, tuple(calls))
            said = list(said.values()) if isinstance(said, dict) else said
            yes = np.asarray(said)
            if yes.dtype == bool or (yes.ndim == 0 and yes.dtype.kind == "i" and said in (0, 1)):
                return Verdict(bool(yes.all()), False, tuple(calls))
            return said

        return run

    # What holds, and what is often wrong.

    def properties(self, passes: str, fails: str) -> tuple[Property, ...]:
        """Return what holds of a good test; what is expected of right and of faulty ones."""

        def accepts(case: Case, answer: Verdict) -> Finding | None:
            if answer.accepts or case["fault"]:
                return None
            return Finding("your test refuses it", passes)

        def refuses(case: Case, answer: Verdict) -> Finding | None:
            if not answer.accepts or not case["fault"]:
                return None
            return Finding("your test lets it pass", fails)

        return Property(RIGHT_PASS, accepts), Property("no faulty implementation passes", refuses)

    @property
    def slips(self) -> dict[str, Mapping[str, Any]]:
        """Slips of any test."""
        return {
            "tests nothing": seen(lambda case, answer: not answer.calls),
            "says nothing": seen(lambda case, answer: answer.silent),
            "turned round": seen(lambda case, answer: answer.accepts is bool(case["fault"])),
        }

    def escaped(
        self, fault: str = "", because: Callable[[Case, Verdict], bool] = lambda case, answer: True
    ) -> Mapping[str, Any]:
        """Tell a test that lets faulty implementations pass, those of a fault or for a reason."""

        def applies(case: Case, answer: Verdict) -> bool:
            if not case["fault"]:
                return answer.accepts
            if fault:
                return answer.accepts or case["fault"] != fault
            return not answer.accepts or because(case, answer)

        return seen(applies)
