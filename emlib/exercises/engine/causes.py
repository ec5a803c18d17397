"""Why an answer is wrong: its results are compared with those of known misconceptions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from emlib.exercises.engine import guard
from emlib.exercises.engine.forms import Unreadable
from emlib.exercises.engine.record import Case, Exercise, Misconception, Value

Right = list[tuple[Any, ...]]  # the solution's answers, by case and part


@dataclass(frozen=True)
class Trial:
    """One case, what each part gave on it, and what was noticed on the way."""

    case: Case
    raw: tuple[Any, ...]
    outcomes: tuple[guard.Outcome, ...]


def recognise(exercise: Exercise, trials: Sequence[Trial]) -> Misconception | None:
    """Return the first known misconception whose results are the learner's on all cases."""
    due = _expected(exercise, trials)
    for misconception in exercise.misconceptions:
        if _fits(exercise, misconception, trials, due):
            return misconception
    return _hard_coded(exercise, trials, due) or _common_slip(exercise, trials, due)


def _fits(
    exercise: Exercise, misconception: Misconception, trials: Sequence[Trial], due: Right
) -> bool:
    if misconception.applies is not None:
        applies = misconception.applies
        return all(
            _safely(lambda t=t: bool(applies(t.case, _read_or_raw(exercise, t)))) for t in trials
        )
    if misconception.variant is None:
        return False
    part, i = exercise.parts[misconception.part], misconception.part
    evidence = False
    for trial, right in zip(trials, due, strict=True):
        came = loosen(trial.raw[i])
        variant = loosen(_safely(misconception.variant, *trial.case.arguments(part.parameters)))
        if came is None or variant is None or not _same_where_finite(came, variant):
            return False
        evidence = evidence or _differs(came, loosen(right[i]), variant)
    return evidence


def _same_where_finite(came: list[np.ndarray], variant: list[np.ndarray]) -> bool:
    """Whether shapes agree, and numbers wherever both are finite (a divergence ends in NaN)."""
    if [c.shape for c in came] != [v.shape for v in variant]:
        return False
    finite = [np.isfinite(c) & np.isfinite(v) for c, v in zip(came, variant, strict=True)]
    return all(
        np.allclose(c[f], v[f], rtol=1e-6, atol=1e-9)
        for c, v, f in zip(came, variant, finite, strict=True)
    )


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


def _read_or_raw(exercise: Exercise, trial: Trial) -> Any:
    values = []
    for part, raw in zip(exercise.parts, trial.raw, strict=True):
        try:
            values.append(part.returns.read(raw, trial.case.data))
        except Unreadable:
            values.append(raw)
    return exercise.answer_of(values)


def _safely(function: Callable[..., Any], *arguments: Any) -> Any:
    try:
        return function(*arguments)
    except Exception:
        return None


def loosen(raw: Any) -> list[np.ndarray] | None:
    """Read any nesting of numbers as a list of arrays; None where there is something else in it."""
    if isinstance(raw, dict):
        raw = list(raw.values())
    try:
        return [np.asarray(raw, dtype=float)]
    except Exception:
        pass
    try:
        return [np.asarray(entry, dtype=float) for entry in raw]
    except Exception:
        return None


def alike(a: Any, b: Any, *, rtol: float = 1e-6, atol: float = 1e-9) -> bool:
    """Whether two answers hold the same numbers in the same shapes; NaN equals nothing.

    Examples
    --------
    >>> alike([0.5, 1], (0.5, 1.0)), alike([0.5], 0.5)
    (True, False)
    """
    first, second = loosen(a), loosen(b)
    if first is None or second is None or len(first) != len(second):
        return False
    return all(
        x.shape == y.shape and np.allclose(x, y, rtol=rtol, atol=atol)
        for x, y in zip(first, second, strict=True)
    )


def _expected(exercise: Exercise, trials: Sequence[Trial]) -> Right:
    return [
        tuple(
            _safely(f, *t.case.arguments(part.parameters))
            for part, f in zip(exercise.parts, exercise.solution, strict=True)
        )
        for t in trials
    ]


def _hard_coded(exercise: Exercise, trials: Sequence[Trial], due: Right) -> Misconception | None:
    """Recognise a function that gives one and the same answer whatever the data."""
    for i, part in enumerate(exercise.parts):
        came = [t.raw[i] for t in trials]
        if isinstance(part, Value) or len(came) < 2 or not all(alike(came[0], c) for c in came[1:]):
            continue
        rights = [right[i] for right in due]
        if all(alike(rights[0], right) for right in rights[1:]):
            continue
        books = alike(came[0], rights[0], rtol=0.0, atol=5e-3)
        start = (
            "You returned the lesson's numbers"
            if books
            else "Your function gives the same answer for all data"
        )
        return Misconception(
            "hard-coded",
            f"{start}; the check also used other data. Compute the answer from the arguments of the"
            " function.",
        )
    return None


def _common_slip(exercise: Exercise, trials: Sequence[Trial], due: Right) -> Misconception | None:
    """Recognise slips of any exercise: rounding, per cent, logarithm, transposition."""
    for i in range(len(exercise.parts)):
        pairs = [(loosen(t.raw[i]), loosen(d[i])) for t, d in zip(trials, due, strict=True)]
        if any(came is None or right is None or len(came) != len(right) for came, right in pairs):
            continue
        flat = [
            (c, r) for came, right in pairs for c, r in zip(came or [], right or [], strict=True)
        ]
        for name, says, slip in _SLIPS:
            if all(alike(c, _safely(slip, r)) for c, r in flat) and not all(
                alike(c, r) for c, r in flat
            ):
                return Misconception(name, says)
    return None


def _rounds_to(digits: int) -> Callable[[np.ndarray], np.ndarray]:
    return lambda right: np.round(right, digits)


_SLIPS: tuple[tuple[str, str, Callable[[np.ndarray], np.ndarray]], ...] = (
    (
        "transposed",
        "These are the right numbers with rows and columns exchanged: transpose with `.T`.",
        np.transpose,
    ),
    (
        "per cent",
        "This is the right answer times 100: give a number from 0 to 1, not per cent.",
        lambda r: 100 * r,
    ),
    ("logarithm", "This is the logarithm of the right answer: take `np.exp` at the end.", np.log),
    (
        "not the logarithm",
        "This is the exponential of the right answer: the logarithm is asked for.",
        np.exp,
    ),
    *(
        (
            "rounded",
            (
                f"This is the right answer, rounded to {d} decimals. Return all digits; round only"
                " what you print."
            ),
            _rounds_to(d),
        )
        for d in range(1, 6)
    ),
)


def reads_outside(answers: Sequence[Any]) -> Misconception | None:
    """Suspect variables of the notebook that a wrong function reads."""
    names = sorted({name for answer in answers for name in guard.reads_from_outside(answer)})
    if not names:
        return None
    listed = ", ".join(f"`{name}`" for name in names[:3])
    return Misconception(
        "reads the notebook's variables",
        f"Your function reads {listed} from the notebook instead of its arguments, so other data"
        " cannot reach it. If that is not a constant you meant, use the arguments.",
    )
