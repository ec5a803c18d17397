"""Exercises of lesson 08: three patients, and what was done for them.

A start is a `GaussianMixture1D`. An answer that is a fit holds weights, means and standard
deviations, shape (K,) each; a `Fit` or a model of `emlib` is taken as well.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlib import GaussianMixture1D, em, selection
from emlib.data.errors import CollapseError, EMWarning
from emlib.exercises import pair
from emlib.exercises.engine.forms import Array, Choice, Number, Several, show
from emlib.exercises.engine.record import (
    Case,
    Finding,
    Function,
    Property,
    Value,
)
from emlib.exercises.lesson_05 import FIT_TWO
from emlib.exercises.pair import mended, seen

LESSON = pair.lesson(__name__)
TITLE = LESSON.title

Floats = NDArray[np.float64]
Triple = tuple[Floats, Floats, Floats]

_NAMES = ("weights", "means", "stds")


def _fitted(k: int) -> Several:
    words = f"{k} numbers, one a component"
    return Several({name: Array(words, lambda case: (k,)) for name in _NAMES})


def _log_likelihood(x: Floats, weights: Floats, means: Floats, stds: Floats) -> float:
    """Nats, summed over the data."""
    with np.errstate(all="ignore"):
        z = (x[:, None] - means) / stds
        joint = np.log(weights) - np.log(stds) - 0.5 * np.log(2 * np.pi) - 0.5 * z * z
        return float(np.logaddexp.reduce(joint, axis=1).sum())


# 08.1


repaired_fit = LESSON.reference("08.1", "repaired_fit")


place = LESSON.reference("08.1", "place")


nats_overlooked = LESSON.reference("08.1", "nats_overlooked")


_PLACES = {
    "saddle": ("saddle point", "near a saddle", "stationary saddle", "at a saddle"),
    "maximum": ("local maximum", "maxima", "local optimum", "global maximum", "summit", "peak"),
    "minimum": ("local minimum", "minima"),
    "singularity": ("collapse", "a collapse", "spike", "infinity"),
}


def _first(
    test: Callable[[Case, Any], Any],
) -> Callable[[Case, Any], Any]:
    """Let a test of a fit alone see the first of the three parts."""
    return lambda case, answer: test(case, answer[0])


def _right_place(case: Case, answer: tuple[Any, str, float]) -> Finding | None:
    if answer[1] == "saddle":
        return None
    return Finding(f"`place` is {answer[1]!r}", "another of the four words")


def _right_nats(case: Case, answer: tuple[Any, str, float]) -> Finding | None:
    if math.isclose(answer[2], nats_overlooked(), rel_tol=1e-6):
        return None
    return Finding(
        f"`nats_overlooked` is {show(answer[2])}", "the gain of *all* data that a round may have"
    )


def _overlooked(value: float) -> Callable[[Case, Any], bool]:
    return lambda case, answer: bool(np.isclose(answer[2], value, rtol=1e-3, atol=0))


def _about(low: float, high: float) -> Callable[[Case, Any], bool]:
    return lambda case, answer: bool(low < answer[2] < high)


def _is_place(word: str) -> Callable[[Case, Any], bool]:
    return lambda case, answer: bool(answer[1] == word)


def _one_hump(case: Case, answer: Any) -> bool:
    if not isinstance(answer, tuple) or any(np.shape(v) != (2,) for v in answer):
        return False
    x = case["x"]
    return bool(np.abs(answer[1] - x.mean()).max() < 4 and np.abs(answer[2] - x.std()).max() < 3)


REPAIR = LESSON.exercise(
    "08.1",
    parts=(
        Function("repaired_fit", ("x",), _fitted(2)),
        Value("place", Choice(_PLACES)),
        Value("nats_overlooked", Number("a gain in nats")),
    ),
    cases=FIT_TWO.cases,
    properties=(
        *(Property(p.says, _first(p.test)) for p in FIT_TWO.properties),
        Property("the place where the patient stopped is named", _right_place),
        Property("the gain that the rule overlooks is that of all data", _right_nats),
    ),
    slips={
        "still at the saddle": seen(lambda case, answer: _one_hump(case, answer[0]), part=0),
        "a maximum because it stopped": seen(_is_place("maximum"), part=1),
        "a minimum because it is low": seen(_is_place("minimum"), part=1),
        "a collapse": seen(_is_place("singularity"), part=1),
        "a tolerance for each data point taken for that of all": seen(_overlooked(1e-3), part=2),
        "divided by the number of data instead of multiplied": seen(_overlooked(1e-7), part=2),
        "the whole way instead of one round": seen(_about(1500, 2500), part=2),
    },
    also=[
        m.within(0) for m in FIT_TWO.misconceptions if m.name != "both components describe all data"
    ],
    seconds=20.0,
)


# 08.2


fit_safely = LESSON.reference("08.2", "fit_safely")


_SAFE = ("x", "starts", "min_std")


def _start(means: Any, stds: Any) -> GaussianMixture1D:
    return GaussianMixture1D([0.5, 0.5], means, np.square(stds))


def _safe_cases(rng: np.random.Generator) -> list[Case]:
    """Lists of starts in which no two ways to choose end alike."""
    cases, around = [], float(rng.uniform(-0.3, 0.3))
    poor, good = _start([3, 3], [8, 8]), _start([around, 6], [1, 1])
    spikes = _start([3 + around, 25], [3, 0.2]), _start([2, 25], [3, 0.05])
    for label, lone, starts in (
        ("a lone number", [25.0], [poor, spikes[1], good, spikes[0]]),
        ("two numbers that nearly agree", [25, 25.001], [spikes[0], good, poor, spikes[1]]),
    ):
        x = np.concatenate([rng.normal(0, 1, 60), rng.normal(6, 1.5, 60), lone])
        cases.append(Case(label, {"x": x, "starts": starts, "min_std": 0.1}))
    # One width is above the limit and its square below; the good start is narrower than the limit.
    x = np.concatenate([rng.normal(-4, 0.78, 80), rng.normal(4, 2, 40)])
    starts = [_start([0, 0], [5, 5]), _start([-4, 4], [0.5, 0.5])]
    return [*cases, Case("no collapse at all", {"x": x, "starts": starts, "min_std": 0.7})]


def _runs(case: Case) -> list[Any]:
    """The runs of a case that end, in the order of their starts."""
    fits: list[em.Fit | None] = []
    for start in case["starts"]:
        try:
            with warnings.catch_warnings():  # one of the starts is a tie
                warnings.filterwarnings("ignore", "components 0 and 1 are equal", EMWarning)
                fits.append(em.fit(start, case["x"]))
        except CollapseError:
            fits.append(None)
    return fits


def _triple(model: GaussianMixture1D) -> Triple:
    return model.weights, model.means, model.stds


@cache
def _known() -> dict[str, tuple[Triple | None, ...]]:
    """Where right and wrong ways end, for each case of 08.2."""
    ends: dict[str, list[Triple | None]] = {name: [] for name in _WAYS}
    for case in SAFE.draw():
        fits = _runs(case)
        for name, way in _WAYS.items():
            try:
                ends[name].append(_triple(way(case, fits)))
            except Exception:
                ends[name].append(None)
    return {name: tuple(found) for name, found in ends.items()}


def _higher(fits: list[Any]) -> GaussianMixture1D:
    model: GaussianMixture1D = max(fits, key=lambda fit: fit.objective).model
    return model


def _healthy(case: Case, fits: list[Any]) -> list[Any]:
    return [f for f in fits if f is not None and f.model.stds.min() >= case["min_std"]]


def _floored(case: Case, fits: list[Any]) -> GaussianMixture1D:
    floor = case["min_std"] ** 2
    runs = []
    for start in case["starts"]:
        variances = np.maximum(start.variances, floor)
        begin = GaussianMixture1D(start.weights, start.means, variances, covariance_floor=floor)
        runs.append(em.fit(begin, case["x"]))
    return _higher(runs)


_WAYS: dict[str, Callable[[Case, list[Any]], Any]] = {
    "one start only": lambda case, fits: fits[0].model,
    "the first healthy run taken": lambda case, fits: _healthy(case, fits)[0].model,
    "the last healthy run taken": lambda case, fits: _healthy(case, fits)[-1].model,
    "the lowest likelihood taken": lambda case, fits: (
        min(_healthy(case, fits), key=lambda fit: fit.objective).model
    ),
    "the highest likelihood wins": lambda case, fits: _higher([f for f in fits if f]),
    "a collapse ends the search": lambda case, fits: _higher(
        _healthy(case, fits[: [*fits, None].index(None)])
    ),
    "variances compared with a width": lambda case, fits: _higher(
        [f for f in fits if f and f.model.variances.min() >= case["min_std"]]
    ),
    "widths of the starts": lambda case, fits: _higher(
        [
            fit
            for fit, start in zip(fits, case["starts"], strict=True)
            if fit and start.stds.min() >= case["min_std"]
        ]
    ),
    "floored instead of restarted": _floored,
}


def _by_mean(answer: Triple) -> Triple:
    """Return the components by increasing mean: their names are arbitrary."""
    order = np.argsort(answer[1])
    return answer[0][order], answer[1][order], answer[2][order]


def _number(case: Case) -> int:
    """Which of the drawn cases this is."""
    drawn = [other["x"] for other in SAFE.draw()]
    return next(i for i, x in enumerate(drawn) if np.array_equal(x, case["x"]))


def _ends_like(name: str) -> Callable[[Case, Any], bool]:
    """Whether an answer is where a wrong way ends, and the right way ends elsewhere somewhere."""

    def applies(case: Case, answer: Any) -> bool:
        end = _known()[name][_number(case)]
        if end is None:  # this way fails here, so anything may have come
            return not _is_triple(answer)
        return _is_triple(answer) and _close(answer, end)

    return applies


def _is_triple(answer: Any) -> bool:
    return isinstance(answer, tuple) and all(np.shape(v) == (2,) for v in answer)


def _close(a: Triple, b: Triple) -> bool:
    pairs = zip(_by_mean(a), _by_mean(b), strict=True)
    return all(np.allclose(left, right, rtol=2e-2, atol=2e-2) for left, right in pairs)


def _some_spike(case: Case, answer: Any) -> bool:
    """Whether the answer is a mixture, with a component narrower than allowed where one can be."""
    if not _is_triple(answer):
        return False
    narrow = bool(answer[2].min() < case["min_std"])
    return narrow or all(f is not None for f in _runs(case))


def _no_spike(case: Case, answer: Triple) -> Finding | None:
    if answer[2].min() >= case["min_std"]:
        return None
    return Finding(
        f"stds {show(answer[2])}, by way of a component that has collapsed",
        f"none below {case['min_std']:g}",
    )


def _positive(case: Case, answer: Triple) -> Finding | None:
    if (answer[2] > 0).all() and (answer[0] >= 0).all() and abs(answer[0].sum() - 1) < 1e-6:
        return None
    return Finding(
        f"weights {show(answer[0])} and stds {show(answer[2])}",
        "weights that sum to 1 and stds above 0",
    )


def _best_of_the_healthy(case: Case, answer: Triple) -> Finding | None:
    best = max(fit.objective for fit in _healthy(case, _runs(case)))
    reached = _log_likelihood(case["x"], *answer)
    if abs(reached - best) < 0.05:
        return None
    return Finding(
        f"a log-likelihood of {show(reached, beside=best)}",
        f"{show(best, beside=reached)}, the best healthy run",
    )


SAFE = LESSON.exercise(
    "08.2",
    parts=(Function("fit_safely", _SAFE, _fitted(2)),),
    cases=_safe_cases,
    properties=(
        Property("the answer is a mixture", _positive),
        Property("no component of the answer has collapsed", _no_spike),
        Property("it is the best of the healthy runs", _best_of_the_healthy),
    ),
    slips={
        **{name: seen(_ends_like(name)) for name in _WAYS},
        "variances instead of standard deviations": mended(
            lambda case, answer: (*answer[:2], np.sqrt(answer[2]))
        ),
        "the collapsed component returned": seen(_some_spike),
    },
    seconds=20.0,
)


# 08.3


choose_k = LESSON.reference("08.3", "choose_k")


_CHOOSE = ("x", "ks", "rng")


def _choose_cases(rng: np.random.Generator) -> list[Case]:
    def normals(*groups: tuple[float, float, int]) -> Floats:
        return np.concatenate([rng.normal(*group) for group in groups])

    # The order of the candidates: the best last, behind some that are worse than the first. In the
    # second case a run with three components may split the broad group, and join the narrow ones.
    drawn = [
        (
            "800 numbers by the recipe of section 1",
            normals((20, 5, 240), (40, 5, 560)),
            [3, 1, 2],
        ),
        (
            "600 numbers from three groups",
            normals((0, 1, 200), (14, 1, 200), (40, 5, 200)),
            [4, 2, 1, 3],
        ),
        ("200 numbers from one group", normals((100, 15, 200)), [1, 2]),
        ("600 heights of two groups that overlap", _overlapping(), [2, 1]),
    ]
    return [
        Case(label, {"x": x, "ks": ks, "rng": np.random.default_rng(i), "traps": i == 1})
        for i, (label, x, ks) in enumerate(drawn)
    ]


def _overlapping() -> Floats:
    """A sample for which AIC says two and BIC says one, by clear margins."""
    rng = np.random.default_rng(_AIC_SAYS_TWO)
    return np.concatenate([rng.normal(163, 7, 300), rng.normal(177, 7, 300)])


_AIC_SAYS_TWO = 24


@cache
def _scores(data: bytes, ks: tuple[int, ...]) -> dict[str, dict[int, float]]:
    """What each criterion says of each K."""
    x = np.frombuffer(data)
    best = {
        k: em.multistart(
            GaussianMixture1D, x, n_components=k, n_starts=5, rng=0, tol=1e-7, max_iter=3000
        )[0].model
        for k in ks
    }
    criteria = {"bic": selection.bic, "aic": selection.aic}
    return {n: {k: c(model, x) for k, model in best.items()} for n, c in criteria.items()}


def _score(case: Case, criterion: str = "bic") -> dict[int, float]:
    return _scores(np.ascontiguousarray(case["x"]).tobytes(), tuple(case["ks"]))[criterion]


def _choice(case: Case) -> int:
    return min(case["ks"], key=_score(case).__getitem__)


def _is_candidate(case: Case, answer: float) -> Finding | None:
    if answer in case["ks"]:
        return None
    return Finding(show(answer), f"one of {list(case['ks'])}")


def _smallest_bic(case: Case, answer: float) -> Finding | None:
    right, bic = _choice(case), _score(case)
    if answer == right:
        return None
    return Finding(
        f"K = {int(answer)}, whose BIC is {bic[int(answer)]:.1f}",
        f"K = {right}, whose BIC is {bic[right]:.1f}",
    )


def _aic_would(case: Case, answer: Any) -> bool:
    """Whether AIC chooses this K, or is in doubt between it and its choice."""
    aic = _score(case, "aic")
    return bool(aic.get(answer, np.inf) < min(aic.values()) + 2)


def _place(first: int) -> Callable[[Case, Any], bool]:
    """Whether this is the place of the right K in the list, counted from here."""
    return lambda case, answer: bool(answer == first + case["ks"].index(_choice(case)))


def _first_not_beaten(case: Case, answer: Any) -> bool:
    """Whether the search ended at the first candidate that is no better than the one before."""
    bic = _score(case)
    steps = pairwise([*case["ks"], None])
    return bool(answer == next(k for k, after in steps if after is None or bic[after] >= bic[k]))


CHOOSE = LESSON.exercise(
    "08.3",
    parts=(Function("choose_k", _CHOOSE, Number("one of the numbers in ks")),),
    cases=_choose_cases,
    properties=(
        Property("the answer is one of the candidates", _is_candidate),
        Property("it is the K with the smallest BIC", _smallest_bic),
    ),
    slips={
        "the position instead of K": seen(_place(0)),
        "the position instead of K (counted from one)": seen(_place(1)),
        "the BIC instead of K": seen(
            lambda case, answer: bool(abs(answer - min(_score(case).values())) < 1)
        ),
        "the search ended too early": seen(_first_not_beaten),
        "the largest BIC instead of the smallest": seen(
            lambda case, answer: bool(answer == max(case["ks"], key=_score(case).__getitem__))
        ),
        "the largest likelihood": seen(
            lambda case, answer: answer in case["ks"] and bool(answer > _choice(case))
        ),
        "the smallest K": seen(lambda case, answer: bool(answer == min(case["ks"]))),
        "not the best fit of each K": seen(
            lambda case, answer: case["traps"] or bool(answer == _choice(case))
        ),
        "AIC instead of BIC": seen(_aic_would),
    },
    seconds=60.0,
)


EXERCISES = (REPAIR, SAFE, CHOOSE)
