"""Exercises of lesson 05: Gaussian mixtures in one dimension.

x holds numbers, shape (N,); r the responsibilities, shape (N, K), one column a component. An answer
holds weights, means and standard deviations, shape (K,) each. What is told stands in lesson_05.md.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from emlib.exercises import pair
from emlib.exercises.engine.forms import Array, Several, show
from emlib.exercises.engine.record import Case, Finding, Property
from emlib.exercises.pair import Slip, each, mended, seen
from emlib.exercises.slips import em
from emlib.exercises.slips.common import in_value
from emlib.exercises.slips.em import EM, LINE, Floats, Formula, Named, Theta
from emlib.exercises.slips.fits import Fits
from emlib.exercises.slips.holds import above_zero, no_lower, of, sums_to_one

LESSON = pair.lesson(__name__)
TITLE = LESSON.title

_NAMES = ("weights", "means", "stds")


def _several(names: tuple[str, ...], words: str, shape: Callable[..., tuple[int, ...]]) -> Several:
    return Several(dict.fromkeys(names, Array(words, shape)))


# Formulae that learners put in the place of the right ones.


def _means_over(divisor: Callable[..., Any]) -> Formula:
    return lambda x, r, new, old: x @ r / divisor(r, old)


def _stds_over(divisor: Callable[..., Any]) -> Formula:
    return lambda x, r, new, old: np.sqrt(em.squares(x, r, new["means"]) / divisor(r, old))


def _both_over(divisor: Callable[..., Any]) -> dict[str, Formula]:
    return {"means": _means_over(divisor), "stds": _stds_over(divisor)}


def _n(r: Floats, old: Named) -> int:
    return len(r)


def _stds_about(centres: Callable[..., Any]) -> Formula:
    return lambda x, r, new, old: np.sqrt(em.squares(x, r, centres(x, old)) / em.n_k(r))


_ABOUT_OVERALL_MEAN = _stds_about(lambda x, old: x.mean())


def _hard_stds(x: Floats, r: Floats, new: Named, old: Named) -> Floats:
    own = r.argmax(axis=1)
    return np.array([x[own == k].std() for k in range(r.shape[1])])


def _absolute_deviations(x: Floats, r: Floats, new: Named, old: Named) -> Floats:
    spread: Floats = (r * np.abs(x[:, None] - new["means"])).sum(axis=0) / em.n_k(r)
    return spread


def _overall_std(x: Floats, r: Floats, new: Named, old: Named) -> Floats:
    return np.full(r.shape[1], x.std())


def _common_std(x: Floats, r: Floats, new: Named, old: Named) -> Floats:
    variance = em.squares(x, r, new["means"]).sum() / len(x)
    return np.full(r.shape[1], np.sqrt(variance))


# 05.1

m_step_1d = LESSON.reference("05.1", "m_step_1d")


def _m_cases(rng: np.random.Generator) -> list[Case]:
    cases = []
    for n, k in ((7, 2), (12, 3), (9, 2)):
        x = rng.normal(0.0, 8.0, size=n).round(2) + 5.0
        r = rng.dirichlet(np.ones(k), size=n)
        cases.append(m_step_1d.case(f"{n} numbers and {k} components", x, r))
    return cases


def _m(**formulae: Formula) -> Callable[..., Theta]:
    return LINE.but(**formulae).m_step


M_STEP = LESSON.exercise(
    "05.1",
    parts=(
        m_step_1d.part(
            _several(_NAMES, "one number a component", lambda case: np.shape(case["r"])[1:])
        ),
    ),
    cases=_m_cases,
    properties=(
        Property("N_k sums to N, so the weights sum to 1", of(0, sums_to_one)),
        Property("standard deviations are positive", of(-1, above_zero("stds"))),
        Property(
            "weights, means and standard deviations are those of (9.22), (9.17) and (9.19)",
            m_step_1d.agrees(names=_NAMES),
        ),
    ),
    slips={
        "variances instead of standard deviations": _m(stds=em.line_variances),
        "counts instead of weights": _m(weights=em.counts),
        "weights left out": _m(weights=em.equal),
        "divided by N instead of N_k": _m(**_both_over(_n)),
        "divided by N instead of N_k (spreads)": _m(stds=_stds_over(_n)),
        "divided by N instead of N_k (means)": _m(means=_means_over(_n)),
        "spread about the overall mean": _m(stds=_ABOUT_OVERALL_MEAN),
        "mean absolute deviation": _m(stds=_absolute_deviations),
        "forgot to subtract the mean": _m(stds=_stds_about(lambda x, old: 0.0)),
        "divided by N_k - 1": _m(stds=_stds_over(lambda r, old: em.n_k(r) - 1)),
        "responsibilities squared": _m(
            stds=lambda x, r, new, old: np.sqrt(em.squares(x, r**2, new["means"]) / em.n_k(r))
        ),
        "hard instead of soft assignment": lambda x, r: LINE.m_step(x, em.hard(r)),
        "one spread for all": _m(stds=_overall_std),
        "one spread for all (pooled)": _m(stds=_common_std),
        "averaged over the components": LINE.making(weights=lambda x, r: r.mean(axis=1)).m_step,
        "one row a component": mended(lambda case, answer: tuple(np.transpose(answer))),
        "plain instead of weighted spread": _m(stds=_hard_stds),
    },
)


# 05.2

fit_two_normals = LESSON.reference("05.2", "fit_two_normals")
_NEAR = {"weights": 0.01, "means": 0.5, "stds": 0.4}
_TRUTH: Theta = (np.array([0.3, 0.7]), np.array([20.0, 40.0]), np.array([5.0, 5.0]))
_START: Theta = (np.array([0.5, 0.5]), np.array([10.0, 50.0]), np.array([5.0, 5.0]))
_FITS = Fits(LINE, begin=_START)
_BY_SQUARES = Fits(LINE.seeing(stds=np.square), begin=_START)


def _g2_cases(rng: np.random.Generator) -> list[Case]:
    cases = []
    for i in range(3):
        x = np.concatenate([rng.normal(20.0, 5.0, 3000), rng.normal(40.0, 5.0, 7000)])
        if i:
            rng.shuffle(x)
        order = "shuffled" if i else "in order"
        cases.append(fit_two_normals.case(f"fresh draw {i + 1} of the 10 000 numbers, {order}", x))
    return cases


def _by_mean(answer: Theta) -> Theta:
    """Return the components by increasing mean: their names are arbitrary."""
    order = np.argsort(answer[1])
    return tuple(part[order] for part in answer)


def _best(case: Case) -> float:
    """Return the log-likelihood at which EM from the lesson's start ends."""
    return _FITS.height(case, _FITS.after(case, 60))


def _near_the_truth(case: Case, answer: Theta) -> Finding | None:
    for name, came, true in zip(_NAMES, _by_mean(answer), _TRUTH, strict=True):
        if (np.abs(came - true) > _NEAR[name]).any():
            return Finding(
                f"{name} {show(came)}, by increasing mean",
                f"within {_NEAR[name]:g} of {show(true)}",
            )
    return None


def _at_the_maximum(case: Case, answer: Theta) -> Finding | None:
    reached, best = LINE.log_likelihood(case["x"], answer), _best(case)
    if reached > best - 0.1:
        return None
    return Finding(
        f"a log-likelihood of {show(reached, beside=best)}", f"{show(best, beside=reached)}"
    )


def _settles(wrong: EM) -> Slip:
    """Recognise an answer at which a wrong EM stands still and the right one does not."""

    def applies(case: Case, answer: Theta) -> bool:
        moved = wrong.moves(case["x"], answer)
        return moved < 2e-3 and moved < 0.1 * LINE.moves(case["x"], answer)

    return seen(applies)


def _by_squares(case: Case, answer: Theta) -> bool:
    """Whether EM ends here whose E step squares the standard deviations."""
    end = _BY_SQUARES.after(case, 60)
    return np.allclose(np.sort(answer), np.sort(end), rtol=0, atol=2.5e-3)  # the means are equal


def _cut_in_two(case: Case, answer: Theta) -> bool:
    """Whether each component describes the numbers on one side of a cut."""
    x = np.sort(case["x"])
    weights, means, stds = _by_mean(answer)
    n = round(weights[0] * len(x))
    sides = x[:n], x[n:]
    own = [[side.mean() for side in sides], [side.std() for side in sides]]
    return 0 < n < len(x) and bool(np.allclose([means, stds], own, rtol=1e-6))


def _one_hump(case: Case, answer: Theta) -> bool:
    """Whether both components describe all data."""
    x = case["x"]
    off = np.abs(answer[1] - x.mean()).max(), np.abs(answer[2] - x.std()).max()
    return bool(off[0] < 1.5 and off[1] < 1.0)


def _made_by_an_m_step(x: Floats, answer: Theta) -> bool:
    """Whether the mixture has mean and variance of the data, as after any M step."""
    weights, means, stds = answer
    mean, second = weights @ means, weights @ (stds**2 + means**2)
    return bool(np.allclose([mean, second], [x.mean(), np.square(x).mean()], rtol=1e-9))


def _on_its_way(case: Case, answer: Theta) -> bool:
    """Whether EM made the answer, a further round gains, and more of them reach the maximum."""
    x = case["x"]
    gain = LINE.log_likelihood(x, LINE.round(x, answer)) - LINE.log_likelihood(x, answer)
    end = LINE.log_likelihood(x, LINE.run(x, answer, 60))
    return _made_by_an_m_step(x, answer) and gain > 0.01 and end > _best(case) - 0.1


_WRONG_FITS = {
    "weights held fixed": LINE.but(weights=em.kept("weights")),
    "hard instead of soft assignment": LINE.but(shares=em.hard),
    "variance where a standard deviation is expected (M step)": LINE.but(stds=em.line_variances),
    "standard deviation where a variance is expected": LINE.seeing(stds=np.sqrt),
    "weights ignored in the E step": LINE.seeing(weights=np.ones_like),
    "density without its front factor": LINE.seeing(em.no_front_factor),
    "one spread for all": LINE.but(stds=_common_std),
    "spread about the overall mean": LINE.but(stds=_ABOUT_OVERALL_MEAN),
}


FIT_TWO = LESSON.exercise(
    "05.2",
    parts=(
        fit_two_normals.part(
            Several(dict.fromkeys(_NAMES, Array("two numbers", lambda case: (2,))))
        ),
    ),
    cases=_g2_cases,
    properties=(
        Property("the weights sum to 1", of(0, sums_to_one)),
        Property("standard deviations are positive", of(-1, above_zero("stds"))),
        Property("the fit is close to the truth that drew the data", _near_the_truth),
        Property("it is a local maximum of the likelihood", _at_the_maximum),
    ),
    slips={
        "variances instead of standard deviations": mended(
            lambda case, answer: (*answer[:2], np.sqrt(answer[2]))
        ),
        "hard instead of soft assignment (a cut)": seen(_cut_in_two),
        **each(_settles, _WRONG_FITS),
        "variance where a standard deviation is expected": seen(_by_squares),
        "both components describe all data": seen(_one_hump),
        "the truth instead of the fit": seen(
            lambda case, answer: np.allclose(_by_mean(answer), _TRUTH, atol=1e-6)
        ),
        "stopped too early": seen(_on_its_way, last_resort=True),
    },
    seconds=20.0,
)


# 05.3

em_fixed_weights = LESSON.reference("05.3", "em_fixed_weights")
_HELD = LINE.but(weights=em.kept("weights"))


def _fixed_case(
    rng: np.random.Generator, sizes: Any, weights: Any, means: Any, stds: Any, n: int
) -> Case:
    spreads = rng.uniform(2.0, 5.0, size=len(sizes))
    places = np.arange(len(sizes)) * 11.0
    x = np.concatenate([rng.normal(*args) for args in zip(places, spreads, sizes, strict=True)])
    rounds = "1 round" if n == 1 else f"{n} rounds"
    label = f"{len(x)} numbers, weights {show(weights)}, {rounds}"
    return em_fixed_weights.case(label, x, weights, means, stds, n)


def _fixed_cases(rng: np.random.Generator) -> list[Case]:
    return [
        _fixed_case(rng, (30, 70), [0.5, 0.5], [-3.0, 14.0], [4.0, 3.0], 6),
        _fixed_case(rng, (50, 20), [0.8, 0.2], [2.0, 9.0], [3.0, 5.0], 3),
        _fixed_case(rng, (40, 30, 20), [0.2, 0.5, 0.3], [1.0, 8.0, 25.0], [4.0, 4.0, 6.0], 4),
        _fixed_case(rng, (25, 25), [0.3, 0.7], [-2.0, 12.0], [2.5, 2.5], 1),
    ]


def _start(case: Case) -> Theta:
    return case["weights"], case["means"], case["stds"]


def _runs(of: EM, rounds: Callable[[int], int] = int) -> Slip:
    return of.in_rounds(rounds, first=1)


def _second_e_step(x: Floats, r: Floats, new: Named, old: Named) -> Floats:
    again = LINE.e_step(x, old["weights"], new["means"], old["stds"])
    return np.sqrt(em.squares(x, again, new["means"]) / em.n_k(again))


def _without_weights(case: Case, answer: Any) -> Theta:
    _, means, stds = (np.asarray(part, dtype=float) for part in answer)
    return means, stds


_WRONG_RUNS = {
    "freed the weights": LINE,
    "weights ignored in the E step": _HELD.seeing(weights=np.ones_like),
    "variance where a standard deviation is expected (M step)": _HELD.but(stds=em.line_variances),
    "variance where a standard deviation is expected (E step)": _HELD.seeing(stds=np.square),
    "standard deviation where a variance is expected": _HELD.seeing(stds=np.sqrt),
    "divided by the held weights times N": _HELD.but(
        **_both_over(lambda r, old: old["weights"] * len(r))
    ),
    "density without its front factor": _HELD.seeing(em.no_front_factor),
    "hard instead of soft assignment": _HELD.but(shares=em.hard),
    "not normalised over the components": _HELD.but(shares=np.exp),
    "spread about the old mean": _HELD.but(stds=_stds_about(lambda x, old: old["means"])),
    "only the means were updated": _HELD.but(stds=em.kept("stds")),
    "responsibilities of the wrong round (two E steps)": _HELD.but(stds=_second_e_step),
    "divided by N instead of N_k": _HELD.but(**_both_over(_n)),
}


FREEZE = LESSON.exercise(
    "05.3",
    parts=(
        em_fixed_weights.part(
            _several(_NAMES[1:], "one number a component", lambda case: np.shape(case["means"]))
        ),
    ),
    cases=_fixed_cases,
    properties=(
        Property("standard deviations are positive", of(-1, above_zero("stds"))),
        Property(
            "with the weights held, the log-likelihood does not fall",
            no_lower(LINE, _start, lambda case, answer: (case["weights"], *answer)),
        ),
        Property(
            "means and standard deviations are those of EM with the weights held",
            em_fixed_weights.agrees(names=_NAMES[1:]),
        ),
    ),
    slips={
        **each(_runs, _WRONG_RUNS),
        "variances instead of standard deviations": in_value(
            em_fixed_weights, 1, lambda right, *_: right[1] ** 2
        ),
        "weights returned too": mended(_without_weights),
        "responsibilities of the wrong round": _runs(_HELD, lambda n: 1),
        "one round too many": _runs(_HELD, lambda n: n + 1),
        "one round too few": _runs(_HELD, lambda n: n - 1),
    },
)

EXERCISES = (M_STEP, FIT_TWO, FREEZE)
