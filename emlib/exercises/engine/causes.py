"""Why an answer is wrong. A cause is named only if it explains what failed first."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from emlib.exercises.engine import guard
from emlib.exercises.engine.compare import (
    alike,
    close,
    close_where_finite,
    loosen,
    names_of,
    numbers,
    values_of,
)
from emlib.exercises.engine.evidence import Evidence, Trial, read_or_raw, safely
from emlib.exercises.engine.record import Case, Exercise, Function, Misconception, Value
from emlib.exercises.slips import common

Change = Callable[[Any], Any]


@dataclass(frozen=True)
class Cause:
    """What explains a wrong answer.

    Attributes
    ----------
    name : str
        Short name.
    says : str
        What the learner is told.
    also : tuple of str
        Names of other causes that nothing in the answer tells from this one.
    follows : str
        What else of the answer is wrong, and whether it follows from this.
    """

    name: str
    says: str
    also: tuple[str, ...] = ()
    follows: str = ""


def recognise(evidence: Evidence) -> Cause | None:
    """Return the cause that explains an answer, the particular before the general."""
    known = [m for m in evidence.exercise.misconceptions if _concerns(m, evidence)]
    return (
        _known([m for m in known if not m.last_resort], evidence)
        or _same_for_all(evidence)
        or _known_of_first_value(known, evidence)
        or _common(evidence)
        or _known([m for m in known if m.last_resort], evidence)
    )


def _concerns(misconception: Misconception, evidence: Evidence) -> bool:
    return (misconception.part is None and misconception.variant is None) or _part(
        misconception
    ) in evidence.blamed


def _part(misconception: Misconception) -> int:
    return misconception.part or 0


def _either(causes: Sequence[tuple[str, str]], follows: str = "") -> Cause | None:
    """Make one cause of those that have the same numbers: one sentence for each name."""
    by_name = dict(reversed(causes))
    names = list(dict.fromkeys(name for name, _ in causes))
    if not names:
        return None
    if len(names) == 1:
        return Cause(names[0], causes[0][1], (), follows)
    told = " Or: ".join(by_name[name] for name in names[:3])
    return Cause(names[0], f"Either: {told}", tuple(names[1:]), follows)


# Slips that the exercise knows.


def _known(misconceptions: Sequence[Misconception], evidence: Evidence) -> Cause | None:
    """Return the first that explains the whole answer, and whatever has the same numbers."""
    for n, first in enumerate(misconceptions):
        if not _explains(first, evidence):
            continue
        same = [
            m
            for m in misconceptions[n + 1 :]
            if first.variant and m.variant and m.part == first.part and _explains(m, evidence)
        ]
        return _either([(m.name, m.says) for m in (first, *same)], _consequence(first, evidence))
    return None


def _explains(misconception: Misconception, evidence: Evidence) -> bool:
    applies, mend = misconception.applies, misconception.mend
    if misconception.fails:
        return evidence.failure.says == misconception.fails
    if applies is not None:
        return all(safely(_holds, applies, evidence.exercise, t) for t in evidence.trials)
    if mend is not None:
        return evidence.right_once(mend)
    return _has_numbers_of(misconception, evidence)


def _holds(applies: Callable[[Case, Any], bool], exercise: Exercise, trial: Trial) -> bool:
    return bool(applies(trial.case, read_or_raw(exercise, trial.raw, trial.case)))


def _variant_of(misconception: Misconception, exercise: Exercise, case: Case) -> Any:
    part = exercise.parts[_part(misconception)]
    variant = misconception.variant or (lambda *_: None)
    return safely(variant, *case.arguments(part.parameters))


def _has_numbers_of(misconception: Misconception, evidence: Evidence) -> bool:
    """Whether the answer is the variant's on all cases, and not the right one on all of them."""
    i, differs = _part(misconception), False
    for trial, right in zip(evidence.trials, evidence.due, strict=True):
        came = loosen(trial.raw[i])
        variant = loosen(_variant_of(misconception, evidence.exercise, trial.case))
        if came is None or variant is None or len(came) != len(variant):
            return False
        if not all(map(close_where_finite, came, variant)):
            return False
        differs = differs or _differs(came, loosen(right[i]), variant)
    return differs


def _differs(
    came: list[np.ndarray], due: list[np.ndarray] | None, variant: list[np.ndarray]
) -> bool:
    """Whether the answer differs from the right one where it could be compared with the variant."""
    if due is None or [c.shape for c in came] != [d.shape for d in due]:
        return True
    return any(
        bool((np.isfinite(c) & np.isfinite(v) & ~np.isclose(c, d, rtol=1e-6, atol=1e-9)).any())
        for c, d, v in zip(came, due, variant, strict=True)
    )


def _consequence(misconception: Misconception, evidence: Evidence) -> str:
    """Say what else is wrong in the answer that a variant explains as a whole."""
    i = _part(misconception)
    wrong = evidence.wrong_values(i) if misconception.variant else []
    if len(wrong) < 2:
        return ""
    listed = evidence.named(i, wrong[1:])
    return f"{listed} differ{'s' * (len(wrong) == 2)} for the same reason." if listed else ""


def _known_of_first_value(
    misconceptions: Sequence[Misconception], evidence: Evidence
) -> Cause | None:
    """Return what explains the first value that is wrong; later ones may be wrong because of it."""
    found = []
    for i in sorted(evidence.blamed):
        wrong = evidence.wrong_values(i)
        if not wrong or len(names_of(evidence.exercise.parts[i])) < 2:
            continue
        for m in misconceptions:
            if m.variant and _part(m) == i and _has_value_of(m, wrong[0], evidence):
                found.append((m.name, m.says))
        if found:
            return _either(found, _may_follow(evidence, i, wrong))
    return None


def _may_follow(evidence: Evidence, i: int, wrong: Sequence[int]) -> str:
    first, rest = evidence.named(i, wrong[:1]), evidence.named(i, wrong[1:])
    if not rest:
        return ""
    return (
        f"This is said of {first}. {rest} differ{'s' * (len(wrong) == 2)} too, which may follow"
        f" from it: mend {first} first."
    )


def _has_value_of(misconception: Misconception, j: int, evidence: Evidence) -> bool:
    """Whether a variant is wrong in this value first, and has the answer's numbers there."""
    i = _part(misconception)
    for trial, (came, due) in zip(evidence.trials, evidence.compared(i), strict=True):
        raw = _variant_of(misconception, evidence.exercise, trial.case)
        variant = values_of(evidence.exercise.parts[i], raw)
        if len(variant) != len(due) or not close(came[j], variant[j]):
            return False
        if not all(map(close, variant[:j], due[:j])):
            return False
    return True


# Slips that any exercise can meet.


def _same_for_all(evidence: Evidence) -> Cause | None:
    """Recognise a function that gives one and the same answer whatever the data."""
    for i, part in enumerate(evidence.exercise.parts):
        came = [t.raw[i] for t in evidence.trials]
        if isinstance(part, Value) or len(came) < 2 or not all(alike(came[0], c) for c in came[1:]):
            continue
        if not all(np.isfinite(value).all() for value in loosen(came[0]) or ()):
            continue  # infinite for all data is another slip
        rights = [right[i] for right in evidence.due]
        if all(alike(rights[0], right) for right in rights[1:]):
            continue
        books = alike(came[0], rights[0], rtol=0.0, atol=5e-3)
        start = (
            "You returned the lesson's numbers"
            if books
            else "Your function gives the same answer for all data"
        )
        return Cause(
            "hard-coded",
            f"{start}; the check also used other data. Compute the answer from the arguments of the"
            " function.",
        )
    return None


def _common(evidence: Evidence) -> Cause | None:
    """Recognise slips of any exercise in the first value that is wrong."""
    for i in sorted(evidence.blamed):
        again = _order(evidence, i) or _number(evidence, i)
        if again:
            return again
        wrong = evidence.wrong_values(i)
        if not wrong:
            continue
        pairs = [(came[wrong[0]], due[wrong[0]]) for came, due in evidence.compared(i)]
        found = list(_common_of(evidence, pairs)) or list(common.constant(pairs))
        if found:
            return _either(found, _may_follow(evidence, i, wrong) if len(wrong) > 1 else "")
    return _either(list(_undone(evidence)))


def _common_of(evidence: Evidence, pairs: Sequence[tuple[Any, Any]]) -> Iterator[tuple[str, str]]:
    for slip in common.SLIPS:
        if all(map(close, *_before_and_after(slip, pairs))):
            yield slip.name, slip.says
    sizes = [common.by_size(t.case.data) for t in evidence.trials]
    for words in sizes[0]:
        if all(words in size for size in sizes):
            for name, says, makes in common.of_size(words, [size[words] for size in sizes]):
                if all(
                    close(came, _made(make, due))
                    for (came, due), make in zip(pairs, makes, strict=True)
                ):
                    yield name, says


def _before_and_after(slip: common.Slip, pairs: Sequence[tuple[Any, Any]]) -> Iterator[Any]:
    """What came and what the slip makes of what is due; or what mends it makes, and what is due."""
    came, due = zip(*pairs, strict=True)
    if slip.make:
        return iter((came, [_made(slip.make, value) for value in due]))
    mend = slip.mend or (lambda value: value)
    return iter(([_made(mend, value) for value in came], due))


def _made(make: Callable[[np.ndarray], Any], due: np.ndarray | None) -> np.ndarray | None:
    made = None if due is None else safely(make, due)
    return None if made is None else np.asarray(made, dtype=float)


def _places(evidence: Evidence, i: int) -> list[int] | None:
    """Return where each value that is due stands in the answer, if that is so on all cases."""
    places = [
        [next((j for j, c in enumerate(came) if close(c, d)), -1) for d in due]
        for came, due in evidence.compared(i)
    ]
    return places[0] if all(p == places[0] for p in places) else None


def _order(evidence: Evidence, i: int) -> Cause | None:
    """Say that the right values came in another order."""
    n, places = len(names_of(evidence.exercise.parts[i])), _places(evidence, i)
    if n < 2 or places is None or sorted(places) != list(range(n)) or places == list(range(n)):
        return None
    return Cause("in another order", _order_words(evidence, i))


def _number(evidence: Evidence, i: int) -> Cause | None:
    """Say that there are more values or fewer than are due, and that they are right."""
    names, places = names_of(evidence.exercise.parts[i]), _places(evidence, i)
    came = len(evidence.compared(i)[0][0])
    if places is None or not 2 <= len(names) == len(places) or came == len(names):
        return None
    there = [name for name, place in zip(names, places, strict=True) if place >= 0]
    if len(there) == len(names):
        what = "The right values are among those that you return, and only they are due"
    elif len(there) == came:
        gone = evidence.named(i, [j for j, place in enumerate(places) if place < 0])
        what = f"What you return is right, but {gone} should be returned as well"
    else:
        return None
    return Cause("other number of values", f"{what}: `return {', '.join(names)}`.")


def _order_words(evidence: Evidence, i: int) -> str:
    names = ", ".join(names_of(evidence.exercise.parts[i]))
    return f"These are the right numbers in another order: `return {names}`."


def _undone(evidence: Evidence) -> Iterator[tuple[str, str]]:
    """Undo each slip in each value and ask all properties, where no solution can be compared."""
    if evidence.right_once(lambda case, answer: answer):
        return
    trial, several = evidence.failure.trial, len(evidence.exercise.parts) > 1
    answer = safely(read_or_raw, evidence.exercise, trial.raw, trial.case)
    for i in sorted(evidence.blamed):
        values = answer[i] if several and isinstance(answer, tuple) else answer
        n = len(values) if isinstance(values, tuple) else 1
        for slip, j in itertools.product(common.SLIPS, range(n)):
            if slip.mend and evidence.right_once(_in_part(evidence, i, _in_value(slip.mend, j))):
                yield slip.name, slip.says
        for order in itertools.permutations(range(n)) if 2 <= n <= 4 else ():
            if evidence.right_once(_in_part(evidence, i, _ordered(order))):
                yield "in another order", _order_words(evidence, i)
        if evidence.right_once(_in_part(evidence, i, _stood_up)):
            listed = ", ".join(names_of(evidence.exercise.parts[i]))
            says = (
                f"These are the right numbers as rows of a table; its columns are due: `{listed}`."
            )
            yield "transposed", says


def _in_part(evidence: Evidence, i: int, change: Change) -> Callable[[Case, Any], Any]:
    """Change one part; if it had not the right form, it has to have it afterwards."""
    parts = evidence.exercise.parts
    form = parts[i].returns if evidence.failure.part == i else None

    def mended(case: Case, answer: Any) -> Any:
        value = change(answer[i] if len(parts) > 1 else answer)
        value = form.read(value, case.data) if form else value
        return (*answer[:i], value, *answer[i + 1 :]) if len(parts) > 1 else value

    return mended


def _in_value(mend: Change, j: int) -> Change:
    """Change one value, or the only one; only numbers can be mended, not words."""

    def mended(value: Any) -> Any:
        values = list(value) if isinstance(value, tuple) else [value]
        if numbers(values[j]) is None:
            raise TypeError("no numbers")
        values[j] = mend(values[j])
        return tuple(values) if isinstance(value, tuple) else values[0]

    return mended


def _ordered(order: Sequence[int]) -> Change:
    return lambda values: tuple(values[k] for k in order)


def _stood_up(values: Any) -> tuple[Any, ...]:
    """Return the columns of a table of several values."""
    return tuple(np.asarray(values, dtype=float).T)


def wired_value(evidence: Evidence) -> Cause | None:
    """Recognise an answer that is right for one size or value of its arguments only."""
    well = [evidence.goes_well(trial) for trial in evidence.trials]
    right = [t.case for t, good in zip(evidence.trials, well, strict=True) if good]
    wrong = [t.case for t, good in zip(evidence.trials, well, strict=True) if not good]
    for i in sorted(evidence.blamed) if right and wrong else ():
        says = other_size(right, wrong, evidence.answers[i], evidence.right_on)
        if says:
            return Cause("a size written into the function", says)
    return None


def other_size(
    right: Sequence[Case],
    wrong: Sequence[Case],
    function: Any,
    right_on: Callable[[Case], bool] | None = None,
) -> str:
    """Say which size or value, written into a function, tells the cases that go well from others.

    `right_on` tries the function on other cases: with a number written into it, it is right where
    the data have this number, and wrong where they have its neighbour. Sizes are tried only if
    there are several to choose from, as data cut to a size may be no data of the exercise.
    """
    if not callable(function):
        return ""
    written = guard.constants(function)
    good, bad = ([common.by_value(case.data) for case in cases] for cases in (right, wrong))
    found = []
    for words in good[0]:
        if not all(words in values for values in (*good, *bad)):
            continue
        mine, theirs = {v[words] for v in good}, {v[words] for v in bad}
        few = max(mine)  # as in r[:, :2], which is right for one column too
        indexed = {*range(int(few))} <= written  # as in r[:, 0] and r[:, 1]
        if few == 1 or mine & theirs or (len(mine) > 1 and few > min(theirs)):
            continue
        if indexed or {few, few**2} & written:
            found.append((words, few, min(theirs)))
    if right_on is not None:
        found = [f for f in found if f[0][0] != "`" or _is_it(*f[:2], right, wrong, right_on)]
        tried = [f for f in found if f[0][0] == "`" or right_on(_with(wrong[0], *f[:2]))]
        found = tried if tried and len(found) > 1 else found
    if not found:
        return ""
    found = list({f[1:]: f for f in reversed(found)}.values())[::-1]  # weights and means alike
    one = len(found) == 1
    well, ill = (" and ".join(f"{f[0]} is {f[k]:g}" for f in found[:2]) for k in (1, 2))
    return (
        f"All goes well where {well}, and not where {f'it is {found[0][2]:g}' if one else ill}: is"
        f" {'that number' if one else 'one of these numbers'} written into the function instead of"
        " being read from the data?"
    )


def _is_it(
    words: str,
    value: float,
    right: Sequence[Case],
    wrong: Sequence[Case],
    right_on: Callable[[Case], bool],
) -> bool:
    """Whether the function is right for this number only."""
    mended = all(right_on(_with(case, words, value)) for case in wrong[:3])
    return mended and not right_on(_with(right[0], words, value - 1))


def _with(case: Case, words: str, size: float) -> Case:
    return Case(case.label, common.resized(case.data, words, size))


# What a function's code shows.


def seen_in_code(exercise: Exercise, answers: Sequence[Any]) -> Cause | None:
    """Suspect variables of the notebook that a wrong function reads, and arguments it ignores."""
    names = sorted({name for answer in answers for name in guard.reads_from_outside(answer)})
    if names:
        listed = ", ".join(f"`{name}`" for name in names[:3])
        return Cause(
            "reads the notebook's variables",
            f"Your function reads {listed} from the notebook instead of its arguments, so other"
            " data cannot reach it. If that is not a constant you meant, use the arguments.",
        )
    for part, answer, solution in zip(exercise.parts, answers, exercise.solution, strict=True):
        if isinstance(part, Function):
            needed = set(guard.ignored(answer)) - set(guard.ignored(solution))
            if needed:
                name = answer.__code__.co_varnames[min(needed)]
                return Cause(
                    "an argument ignored",
                    f"Your function never uses the value of its argument `{name}`, or"
                    " overwrites it at once: other data cannot reach the answer.",
                )
    return None
