"""Exercises of lesson 04: two coins.

x holds heads and tails of each trial, shape (N, 2); biases and weights are those of coins A and B.
"""

from __future__ import annotations

from collections.abc import Callable
from math import comb
from typing import Any

import numpy as np

from emlib.exercises import pair
from emlib.exercises.engine.forms import Array, Choice, Number, Several, show
from emlib.exercises.engine.properties import between
from emlib.exercises.engine.record import Case, Finding, Property, Value
from emlib.exercises.pair import Slip, each, mended, seen
from emlib.exercises.slips import em
from emlib.exercises.slips.common import in_value
from emlib.exercises.slips.em import COINS, EM, FIVE_TRIALS, Floats, Theta, draw_trials
from emlib.exercises.slips.holds import holds, never_falls, no_lower, of, sums_to_one
from emlib.exercises.slips.said import is_number, is_word, number, word

LESSON = pair.lesson(__name__)
TITLE = LESSON.title

_HALVES = np.array([0.5, 0.5])


# 04.1

responsibility_of_a = LESSON.reference("04.1", "responsibility_of_a")


def _one_trial(heads: int, tails: int, bias_a: float, bias_b: float) -> Case:
    label = f"{heads} heads and {tails} tails, bias_a = {bias_a:g}, bias_b = {bias_b:g}"
    return responsibility_of_a.case(label, heads, tails, bias_a, bias_b)


def _one_trial_cases(rng: np.random.Generator) -> list[Case]:
    cases = [_one_trial(8, 2, 0.8, 0.7)]
    for _ in range(5):
        heads, tails = (int(n) for n in rng.integers(1, 9, size=2))
        a, b = (float(p) for p in rng.uniform(0.2, 0.8, size=2).round(2))
        cases.append(_one_trial(heads, tails, a, b))
    return cases


def _likelihoods(h: int, t: int, a: float, b: float) -> tuple[float, float]:
    return a**h * (1 - a) ** t, b**h * (1 - b) ** t


def _share(a: float, b: float) -> float:
    return a / (a + b)


def _made_of(slip: Callable[[float, float], float]) -> Slip:
    """Return a wrong solution from what it makes of the two likelihoods."""
    return lambda h, t, a, b: slip(*_likelihoods(h, t, a, b))


ONE_TRIAL = LESSON.exercise(
    "04.1",
    parts=(responsibility_of_a.part(Number("one number from 0 to 1")),),
    cases=_one_trial_cases,
    properties=(
        Property("a responsibility lies from 0 to 1", between(0.0, 1.0)),
        Property(
            "the answer is the probability of coin A given the trial (9.13)",
            responsibility_of_a.agrees(),
        ),
    ),
    slips={
        "swapped heads and tails": lambda h, t, a, b: _share(*_likelihoods(t, h, a, b)),
        "responsibilities swapped between the coins": _made_of(lambda p, q: _share(q, p)),
        "not normalised": _made_of(lambda p, q: p),
        "joint instead of posterior": _made_of(lambda p, q: p / 2),
        "binomial probability, not normalised": lambda h, t, a, b: (
            comb(h + t, h) * _likelihoods(h, t, a, b)[0]
        ),
        "binomial coefficient for one coin only": lambda h, t, a, b: _share(
            comb(h + t, h) * _likelihoods(h, t, a, b)[0], _likelihoods(h, t, a, b)[1]
        ),
        "coin prior for one coin only": _made_of(lambda p, q: _share(p / 2, q)),
        "forgot the coin prior in the numerator or the denominator": _made_of(
            lambda p, q: _share(p, q) / 2
        ),
        "forgot the coin prior in the numerator or the denominator (below)": _made_of(
            lambda p, q: _share(p, q) * 2
        ),
        "odds instead of a probability": _made_of(lambda p, q: p / q),
        "hard instead of soft assignment": _made_of(lambda p, q: round(_share(p, q))),
        "forgot the tails": lambda h, t, a, b: _share(a**h, b**h),
        "log instead of linear": _made_of(lambda p, q: _share(np.log(p), np.log(q))),
        "expected heads instead of the responsibility": lambda h, t, a, b: (
            h * _share(*_likelihoods(h, t, a, b))
        ),
        "one toss instead of the whole trial": lambda h, t, a, b: _share(a, b),
        "the bias instead of the responsibility": lambda h, t, a, b: a,
        "never looked at the tosses": lambda h, t, a, b: 0.5,
        "the power inside the bracket": lambda h, t, a, b: _share(
            a**h * (1 - a**t), b**h * (1 - b**t)
        ),
        "multiplied where a power is due": lambda h, t, a, b: _share(
            a * h * (1 - a) * t, b * h * (1 - b) * t
        ),
    },
    stretch=_one_trial(2400, 600, np.float64(0.8), np.float64(0.7)),
)


# What can be wrong in EM for two coins, whether the prior is free or not.


def _wrong(right: EM) -> dict[str, EM]:
    return {
        "hard instead of soft assignment": right.but(shares=em.hard),
        "swapped heads and tails in the E step": right.seeing(x=lambda x: x[:, ::-1]),
        "swapped heads and tails in the M step": right.making(
            biases=lambda x, r: x[:, 1] @ r / (x.sum(axis=1) @ r)
        ),
        "responsibilities swapped between the coins": right.but(
            shares=lambda log_joint: em.softmax(log_joint)[:, ::-1]
        ),
        "averaged shares instead of pooling counts": right.making(
            biases=lambda x, r: x[:, 0] / x.sum(axis=1) @ r / em.n_k(r)
        ),
        "ten tosses in every trial": right.making(
            biases=lambda x, r: x[:, 0] @ r / (10 * em.n_k(r))
        ),
        "divided by N instead of N_k": right.making(
            biases=lambda x, r: x[:, 0] / x.sum(axis=1) @ r / len(x)
        ),
    }


def _trials_label(x: Floats, biases: Any, n_rounds: int) -> str:
    lesson = np.array_equal(x, FIVE_TRIALS)
    trials = "the lesson's five trials" if lesson else f"{len(x)} trials of other data"
    rounds = "1 round" if n_rounds == 1 else f"{n_rounds} rounds"
    return f"{trials}, start ({show(biases[0])}, {show(biases[1])}), {rounds}"


# 04.2

coin_em = LESSON.reference("04.2", "coin_em")
_HELD = COINS.but(weights=em.kept("weights"))


def _path(of: EM) -> Slip:
    """Return the function of data, biases and a number of rounds that gives a row for each."""
    return lambda x, biases, n: np.array([theta[0] for theta in of.path(x, (biases, _HALVES), n)])


def _rows(choose: Callable[[int], Any]) -> Slip:
    """Return rows of the right table, with one round more."""
    return lambda x, biases, n: coin_em(x, biases, n + 1)[choose(n)]


def _one_coin_after_the_other(x: Floats, r: Floats, new: em.Named, old: em.Named) -> Floats:
    first = em.coin_biases(x, r, new, old)[0]
    r = _HELD.e_step(x, np.array([first, old["biases"][1]]), _HALVES)
    return np.array([first, em.coin_biases(x, r, new, old)[1]])


def _em_case(x: Floats, biases: list[float], n_rounds: int) -> Case:
    return coin_em.case(_trials_label(x, biases, n_rounds), x, biases, n_rounds)


def _em_cases(rng: np.random.Generator) -> list[Case]:
    return [
        _em_case(FIVE_TRIALS, [0.6, 0.5], 10),
        _em_case(draw_trials(rng, 7), [0.3, 0.65], 3),
        _em_case(draw_trials(rng, 9), [0.7, 0.45], 4),
        _em_case(draw_trials(rng, 6), [0.4, 0.45], 1),
    ]


def _no_fall(case: Case, answer: Floats) -> Any:
    with np.errstate(all="ignore"):
        history = [COINS.log_likelihood(case["x"], (biases, _HALVES)) for biases in answer]
    return never_falls(history, len(case["x"]), "row")


_WRONG_PATHS = {
    **_wrong(_HELD),
    "one coin updated before the other": _HELD.but(biases=_one_coin_after_the_other),
    "not normalised over the coins": _HELD.but(shares=np.exp),
    "divided by all tosses": _HELD.making(biases=lambda x, r: x[:, 0] @ r / x.sum()),
    "forgot the tails in the E step": _HELD.seeing(x=lambda x: x * [1.0, 0.0]),
    "odds instead of a share": _HELD.making(biases=lambda x, r: x[:, 0] @ r / (x[:, 1] @ r)),
    "freed the coin prior": COINS,
}
_TWO_ROWS = "one row for the start and one after each round, columns A and B"


WHOLE_EM = LESSON.exercise(
    "04.2",
    parts=(coin_em.part(Array(_TWO_ROWS, lambda case: (case["n_rounds"] + 1, 2))),),
    cases=_em_cases,
    properties=(
        Property(
            "row 0 is the start",
            holds(
                lambda case, answer: np.allclose(answer[0], case["biases"], rtol=0, atol=1e-12),
                lambda case, answer: f"row 0: {show(case['biases'])}",
                lambda case, answer: f"row 0: {show(answer[0])}",
            ),
        ),
        Property("a bias lies from 0 to 1", between(0.0, 1.0)),
        Property("the log-likelihood never falls from one round to the next", _no_fall),
        Property("every round is one E step and one M step", coin_em.agrees()),
    ),
    slips={
        "returned only the last round": _rows(lambda n: n),
        "the start is missing": _rows(lambda n: range(1, n + 1)),
        "one round too many": _rows(lambda n: range(n + 2)),
        "one round too few": _rows(lambda n: range(n)),
        "one round too few (the last row twice)": _rows(lambda n: [*range(n), n - 1]),
        "stopped after one round": _rows(lambda n: [0, 1]),
        "the same array in every row": _rows(lambda n: [n] * (n + 1)),
        "never updated": _rows(lambda n: [0] * (n + 1)),
        "weights of the wrong round": _rows(lambda n: [0] + [1] * n),
        **each(_path, _WRONG_PATHS),
    },
    stretch=_em_case(300 * FIVE_TRIALS, [0.6, 0.5], 3),
)


# 04.3

coin_em_free = LESSON.reference("04.3", "coin_em_free")


def _weights_after_the_biases(x: Floats, r: Floats, new: em.Named, old: em.Named) -> Floats:
    again: Floats = COINS.e_step(x, new["biases"], old["weights"]).mean(axis=0)
    return again


def _weights_before_the_biases(x: Floats, r: Floats, new: em.Named, old: em.Named) -> Floats:
    r = COINS.e_step(x, old["biases"], r.mean(axis=0))
    return em.coin_biases(x, r, new, old)


def _last_of_the_paths(case: Case, answer: Any) -> Theta:
    """Return the last pair of a path of pairs, or of two paths."""
    paths, rows = np.asarray(answer, dtype=float), case["n_rounds"] + 1
    if paths.shape == (rows, 2, 2):
        paths = paths.swapaxes(0, 1)
    if paths.shape != (2, rows, 2):
        raise ValueError("no path of all rounds")
    return paths[0, -1], paths[1, -1]


def _free_case(x: Floats, biases: list[float], weights: list[float], n_rounds: int) -> Case:
    start = _trials_label(x, biases, n_rounds)
    label = f"{start}, weights ({show(weights[0])}, {show(weights[1])})"
    return coin_em_free.case(label, x, biases, weights, n_rounds)


def _free_cases(rng: np.random.Generator) -> list[Case]:
    return [
        _free_case(FIVE_TRIALS, [0.6, 0.5], [0.5, 0.5], 100),
        _free_case(draw_trials(rng, 8), [0.3, 0.65], [0.25, 0.75], 3),
        _free_case(draw_trials(rng, 7), [0.7, 0.45], [0.4, 0.6], 2),
        _free_case(draw_trials(rng, 6), [0.45, 0.75], [0.6, 0.4], 4),
    ]


_WRONG_RUNS = {
    "forgot to update the weights": _HELD,
    "prior not used in the E step": COINS.seeing(weights=np.ones_like),
    "weights by tosses": COINS.making(weights=lambda x, r: x.sum(axis=1) @ r / x.sum()),
    "weights by heads": COINS.making(weights=lambda x, r: x[:, 0] @ r / x[:, 0].sum()),
    "weights by hard counting": COINS.making(
        weights=lambda x, r: np.bincount(r.argmax(axis=1), minlength=2) / len(x)
    ),
    "weights not divided by N": COINS.but(weights=em.counts),
    "weights swapped between the coins": COINS.making(weights=lambda x, r: r.mean(axis=0)[::-1]),
    "weights of the wrong round": COINS.but(weights=_weights_after_the_biases),
    "weights of the wrong round (renewed first)": COINS.but(biases=_weights_before_the_biases),
    **_wrong(COINS),
    "normalised over the trials": COINS.but(shares=em.over_data),
    "not normalised": COINS.but(shares=np.exp),
}


FREE_PRIOR = LESSON.exercise(
    "04.3",
    parts=(
        coin_em_free.part(
            Several(dict.fromkeys(COINS.formulae, Array("coins A and B", lambda case: (2,))))
        ),
    ),
    cases=_free_cases,
    properties=(
        Property("biases lie from 0 to 1", of(0, between(0.0, 1.0))),
        Property("the weights sum to 1", of(1, sums_to_one)),
        Property("weights lie from 0 to 1", of(1, between(0.0, 1.0))),
        Property(
            "the log-likelihood at the end is not lower than at the start",
            no_lower(COINS, lambda case: (case["biases"], case["weights"])),
        ),
        Property(
            "every round is one E step and one M step, weights included",
            coin_em_free.agrees(names=list(COINS.formulae)),
        ),
    ),
    slips={
        **each(EM.in_rounds, _WRONG_RUNS),
        "one weight instead of two": in_value(coin_em_free, 1, lambda right, *_: right[1][0]),
        "weights of the wrong round (of the start)": COINS.in_rounds(lambda n: 1),
        "weights renewed after the loop only": lambda x, b, w, n: COINS.round(
            x, (_HELD.run(x, (b, w), n - 1)[0], w)
        ),
        "all rounds instead of the last": mended(_last_of_the_paths),
        "one round too many": COINS.in_rounds(lambda n: n + 1),
        "one round too few": COINS.in_rounds(lambda n: n - 1),
    },
    stretch=_free_case(300 * FIVE_TRIALS, [0.6, 0.5], [0.5, 0.5], 3),
)


# 04.4

LARGER_EIGENVALUE = 1.53298
_CLOSE = 0.015
_KINDS = {"maximum": ("max",), "minimum": ("min",), "saddle": ("saddle point", "saddlepoint")}


def _both_eigenvalues(case: Case, answer: Any) -> bool:
    values = np.sort(np.ravel(np.asarray(answer[1]).real))
    return values.shape == (2,) and bool(np.allclose(values, [0.0, LARGER_EIGENVALUE], atol=_CLOSE))


SADDLE = LESSON.exercise(
    "04.4",
    parts=(
        Value("kind", Choice(_KINDS)),
        Value(
            "eigenvalue",
            Number("one number, the larger eigenvalue of the EM map's Jacobian at (0.66, 0.66)"),
        ),
    ),
    cases=lambda rng: [Case("the lesson's five trials, the point (0.66, 0.66)")],
    properties=(
        Property(
            "`kind` says what kind of point (0.66, 0.66) is",
            is_word(
                0,
                "saddle",
                "the word for what the log-likelihood does along the line bias_a = bias_b and"
                " across it",
            ),
        ),
        Property(
            "`eigenvalue` says by what factor a push that parts the coins grows in one round",
            is_number(
                1, LARGER_EIGENVALUE, _CLOSE, f"{LARGER_EIGENVALUE:.4g}, to within {_CLOSE:g}"
            ),
        ),
    ),
    slips={
        "a maximum, because EM stops there": word(0, "maximum"),
        "a minimum, because EM leaves it": word(0, "minimum"),
        "stationary, but of which kind": word(0, "stationary"),
        "stationary, but of which kind (unstable)": word(0, "unstable"),
        "both eigenvalues": seen(_both_eigenvalues),
        "the smaller eigenvalue": number(1, 0.0),
        "the Hessian's eigenvalue": number(1, 59.378, -111.408, -59.378, 111.408),
        "the Jacobian at the maximum": number(1, 0.378, 0.410),
        "the Jacobian at the start of the tie": number(1, 1.38990),
        "divided by N - 1": number(1, LARGER_EIGENVALUE * 5 / 4),
        "an entry of the Jacobian": number(1, 0.76649, -0.76649),
        "the step instead of the map": number(1, LARGER_EIGENVALUE - 1),
        "the inverse": number(1, 1 / LARGER_EIGENVALUE),
        "two rounds": number(1, LARGER_EIGENVALUE**2),
    },
)


# 04.5

same_likelihood = LESSON.reference("04.5", "same_likelihood")


def _triple_cases(rng: np.random.Generator) -> list[Case]:
    triples = [(0.8, 0.3, 0.5)]
    while len(triples) < 8:
        a, b, w = rng.uniform(0.1, 0.9, size=3).round(2).tolist()
        if abs(a - b) > 0.1 and abs(w - 0.5) > 0.05:
            triples.append((a, b, w))
    label = "bias_a = {:g}, bias_b = {:g}, weight_a = {:g}"
    return [same_likelihood.case(label.format(*triple), *triple) for triple in triples]


def _given(case: Case) -> Floats:
    return np.array(case.arguments(same_likelihood.parameters))


def _heads(triple: Any) -> float:
    a, b, w = triple
    return float(w * a + (1 - w) * b)


def _mirror(a: float, b: float, w: float) -> Floats:
    return np.array([b, a, 1 - w])


def _same_heads(case: Case, answer: Floats) -> Finding | None:
    came, due = _heads(answer), _heads(_given(case))
    if abs(came - due) < 1e-9:
        return None
    return Finding(
        f"{show(answer)}: a toss shows heads with probability {show(came, beside=due)}",
        f"probability {show(due, beside=came)}, as with the triple given",
    )


def _is_another(case: Case, answer: Floats) -> bool:
    return bool(np.abs(answer - _given(case)).max() > 1e-6)


def _is_no_mirror(case: Case, answer: Floats) -> bool:
    return bool(np.abs(answer - _mirror(*_given(case))).max() > 1e-6)


def _changes(test: Callable[..., Any]) -> Slip:
    """Tell a slip by which of the three numbers are kept, and by how they changed."""

    def applies(case: Case, answer: Any) -> bool:
        change = np.asarray(answer, dtype=float) - _given(case)
        return bool(test(*(_close(d, 0) for d in change), change))

    return seen(applies)


def _close(a: Any, b: Any) -> bool:
    return bool(np.all(np.abs(np.asarray(a) - b) < 1e-9))


def _keeps(mean: Callable[[float, float, float], float]) -> Slip:
    """Tell a slip by another formula that gives the probability of heads."""
    return seen(lambda case, answer: _close(_heads(answer), mean(*_given(case))))


def _keeps_the_product(case: Case, answer: Any) -> bool:
    (a, b, _), (came_a, came_b, _) = _given(case), answer
    return _close(came_a * came_b, a * b) and not _close(sorted((came_a, came_b)), sorted((a, b)))


def _out_of_range(case: Case, answer: Any) -> bool:
    """Whether another triple keeps the mean: what is wrong can be its range only."""
    right = _same_heads(case, answer) is None
    return right and _is_another(case, answer) and _is_no_mirror(case, answer)


def _is_rounded(case: Case, answer: Any) -> bool:
    near = abs(_heads(answer) - _heads(_given(case))) < 0.1
    return near and any(_close(answer, np.round(answer, digits)) for digits in (1, 2))


RIDGE = LESSON.exercise(
    "04.5",
    parts=(same_likelihood.part(Array("(bias_a, bias_b, weight_a)", lambda case: (3,))),),
    cases=_triple_cases,
    properties=(
        Property(
            "biases and weight lie from 0 to 1 (a move that is right but too large leaves the"
            " range: make it smaller)",
            between(0.0, 1.0),
        ),
        Property(
            "single tosses have the same likelihood, so heads have the same probability",
            _same_heads,
        ),
        Property(
            "the triple is not the one given",
            holds(_is_another, "another triple", lambda c, a: f"the triple given, {show(a)}"),
        ),
        Property(
            "the triple is more than the mirror image of the one given",
            holds(
                _is_no_mirror,
                "a third triple",
                lambda c, a: f"{show(a)}, the same two coins with their names exchanged",
            ),
        ),
    ),
    slips={
        "the same triple": lambda a, b, w: (a, b, w),
        "only the labels exchanged": _mirror,
        "biases exchanged, weight kept": lambda a, b, w: (b, a, w),
        "mean without weights": lambda a, b, w: ((a + b) / 2, (a + b) / 2, w),
        "weights exchanged in the mean": _keeps(lambda a, b, w: (1 - w) * a + w * b),
        "the product kept, not the mean": seen(_keeps_the_product),
        "swapped heads and tails": lambda a, b, w: (1 - a, 1 - b, w),
        "moved equally far apart": _changes(lambda a, b, w, d: w and not a and _close(d[0], -d[1])),
        "both biases moved the same way": _changes(lambda a, b, w, d: w and d[0] * d[1] > 0),
        "weight changed alone": _changes(lambda a, b, w, d: a and b and not w),
        "one bias changed alone": _changes(lambda a, b, w, d: w and a != b),
        "mean without weights (moved)": _keeps(lambda a, b, w: (a + b) / 2),
        "a bias out of range": seen(_out_of_range),
        "two numbers instead of three": seen(lambda case, answer: np.shape(answer) == (2,)),
        "the mean instead of a triple": seen(
            lambda case, answer: np.ndim(answer) == 0 and _close(answer, _heads(_given(case)))
        ),
        "rounded in between": seen(_is_rounded, last_resort=True),
    },
)

EXERCISES = (ONE_TRIAL, WHOLE_EM, FREE_PRIOR, SADDLE, RIDGE)
