"""Exercises of lesson 04: two coins.

x holds heads and tails of each trial, shape (N, 2); r the responsibilities, shape (N, 2), one
column a coin.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import pairwise
from math import comb
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlib.exercises import pair
from emlib.exercises.engine.forms import Array, Choice, Number, Several, show
from emlib.exercises.engine.properties import agrees_with, between
from emlib.exercises.engine.record import (
    Case,
    Finding,
    Function,
    Property,
    Value,
)
from emlib.exercises.pair import mended, seen

LESSON = pair.lesson(__name__)
TITLE = LESSON.title

Floats = NDArray[np.float64]
EStep = Callable[[Floats, Floats, Floats], Floats]
MStep = Callable[[Floats, Floats], Floats]

FIVE_TRIALS = np.array([[5.0, 5.0], [9.0, 1.0], [8.0, 2.0], [4.0, 6.0], [7.0, 3.0]])
_HALVES = np.array([0.5, 0.5])


# The pieces of EM for two coins, and the wrong pieces that learners put in their place.


def _joint(x: Floats, biases: Floats, weights: Floats) -> Floats:
    log_joint = x[:, :1] * np.log(biases) + x[:, 1:] * np.log1p(-biases) + np.log(weights)
    return np.exp(log_joint - log_joint.max(axis=1, keepdims=True))


def _e_step(x: Floats, biases: Floats, weights: Floats) -> Floats:
    joint = _joint(x, biases, weights)
    return joint / joint.sum(axis=1, keepdims=True)  # (9.23)


def _e_hard(x: Floats, biases: Floats, weights: Floats) -> Floats:
    return np.eye(2)[_e_step(x, biases, weights).argmax(axis=1)]


def _e_over_trials(x: Floats, biases: Floats, weights: Floats) -> Floats:
    joint = weights * biases ** x[:, :1] * (1 - biases) ** x[:, 1:]
    return joint / joint.sum(axis=0)


def _e_not_normalised(x: Floats, biases: Floats, weights: Floats) -> Floats:
    return weights * biases ** x[:, :1] * (1 - biases) ** x[:, 1:]


def _e_swapped_sides(x: Floats, biases: Floats, weights: Floats) -> Floats:
    return _e_step(x[:, ::-1], biases, weights)


def _e_swapped_coins(x: Floats, biases: Floats, weights: Floats) -> Floats:
    return _e_step(x, biases, weights)[:, ::-1]


def _e_heads_only(x: Floats, biases: Floats, weights: Floats) -> Floats:
    return _e_step(x * [1.0, 0.0], biases, weights)


def _e_prior_forgotten(x: Floats, biases: Floats, weights: Floats) -> Floats:
    return _e_step(x, biases, _HALVES)


def _m_step(x: Floats, r: Floats) -> Floats:
    return (x[:, 0] @ r) / (x.sum(axis=1) @ r)  # (9.24) for coins


def _m_average_of_shares(x: Floats, r: Floats) -> Floats:
    return (x[:, 0] / x.sum(axis=1)) @ r / r.sum(axis=0)


def _m_over_n(x: Floats, r: Floats) -> Floats:
    return (x[:, 0] / x.sum(axis=1)) @ r / len(x)


def _m_over_all_tosses(x: Floats, r: Floats) -> Floats:
    return (x[:, 0] @ r) / x.sum()


def _m_ten_tosses(x: Floats, r: Floats) -> Floats:
    return x[:, 0] @ r / (10 * r.sum(axis=0))


def _m_tails(x: Floats, r: Floats) -> Floats:
    return (x[:, 1] @ r) / (x.sum(axis=1) @ r)


def _m_odds(x: Floats, r: Floats) -> Floats:
    return (x[:, 0] @ r) / (x[:, 1] @ r)


def _rounds(
    x: Floats, biases: Floats, n_rounds: int, *, e_step: EStep = _e_step, m_step: MStep = _m_step
) -> Floats:
    """All iterates with an equal prior, with one of the two steps replaced."""
    rounds = [biases]
    for _ in range(n_rounds):
        rounds.append(m_step(x, e_step(x, rounds[-1], _HALVES)))
    return np.array(rounds)


def _weights_of_the_start(x: Floats, biases: Floats, n_rounds: int) -> Floats:
    return np.array([biases] + n_rounds * [_m_step(x, _e_step(x, biases, _HALVES))])


def _one_coin_after_the_other(x: Floats, biases: Floats, n_rounds: int) -> Floats:
    rounds = [biases]
    for _ in range(n_rounds):
        first = _m_step(x, _e_step(x, rounds[-1], _HALVES))[0]
        half_new = np.array([first, rounds[-1][1]])
        rounds.append(np.array([first, _m_step(x, _e_step(x, half_new, _HALVES))[1]]))
    return np.array(rounds)


def _prior_freed(x: Floats, biases: Floats, n_rounds: int) -> Floats:
    rounds, weights = [biases], _HALVES
    for _ in range(n_rounds):
        r = _e_step(x, rounds[-1], weights)
        rounds.append(_m_step(x, r))
        weights = r.mean(axis=0)
    return np.array(rounds)


def _all_rows_the_last(x: Floats, biases: Floats, n_rounds: int) -> Floats:
    rounds = _rounds(x, biases, n_rounds)
    return np.repeat(rounds[-1:], len(rounds), axis=0)


def _log_likelihood(x: Floats, biases: Floats, weights: Floats) -> float:
    """Nats, of the flip sequences."""
    biases = np.clip(biases, 1e-300, 1 - 1e-16)
    log_joint = x[:, :1] * np.log(biases) + x[:, 1:] * np.log1p(-biases) + np.log(weights + 1e-300)
    return float(np.logaddexp(log_joint[:, 0], log_joint[:, 1]).sum())


def _draw_trials(rng: np.random.Generator, n_trials: int) -> Floats:
    """Trials of different lengths, so that an average of shares is not the share of the sums."""
    tosses = rng.integers(5, 16, size=n_trials)
    heads = rng.binomial(tosses, rng.choice([0.35, 0.8], size=n_trials))
    return np.column_stack([heads, tosses - heads]).astype(float)


def _trials_label(x: Floats, biases: Floats, n_rounds: int) -> str:
    trials = (
        "the lesson's five trials"
        if np.array_equal(x, FIVE_TRIALS)
        else f"{len(x)} trials of other data"
    )
    rounds = "1 round" if n_rounds == 1 else f"{n_rounds} rounds"
    return f"{trials}, start ({show(biases[0])}, {show(biases[1])}), {rounds}"


# 04.1


responsibility_of_a = LESSON.reference("04.1", "responsibility_of_a")


_TRIAL = ("heads", "tails", "bias_a", "bias_b")


def _one_trial(heads: int, tails: int, bias_a: float, bias_b: float) -> Case:
    label = f"{heads} heads and {tails} tails, bias_a = {bias_a:g}, bias_b = {bias_b:g}"
    return Case(label, dict(zip(_TRIAL, (heads, tails, bias_a, bias_b), strict=True)))


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


def _made_of(slip: Callable[[float, float], float]) -> Callable[..., float]:
    """Return a wrong solution from what it makes of the two likelihoods."""
    return lambda h, t, a, b: slip(*_likelihoods(h, t, a, b))


ONE_TRIAL = LESSON.exercise(
    "04.1",
    parts=(Function("responsibility_of_a", _TRIAL, Number("one number from 0 to 1")),),
    cases=_one_trial_cases,
    properties=(
        Property("a responsibility lies from 0 to 1", between(0.0, 1.0)),
        Property(
            "the answer is the probability of coin A given the trial (9.13)",
            agrees_with(responsibility_of_a, _TRIAL),
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


# 04.2


coin_em = LESSON.reference("04.2", "coin_em")


_EM = ("x", "biases", "n_rounds")


def _em_case(x: Floats, biases: Any, n_rounds: int) -> Case:
    biases = np.array(biases, dtype=float)
    return Case(
        _trials_label(x, biases, n_rounds), {"x": x, "biases": biases, "n_rounds": n_rounds}
    )


def _em_cases(rng: np.random.Generator) -> list[Case]:
    return [
        _em_case(FIVE_TRIALS, [0.6, 0.5], 10),
        _em_case(_draw_trials(rng, 7), [0.3, 0.65], 3),
        _em_case(_draw_trials(rng, 9), [0.7, 0.45], 4),
        _em_case(_draw_trials(rng, 6), [0.4, 0.45], 1),
    ]


def _starts_at_the_start(case: Case, answer: Floats) -> Finding | None:
    if np.allclose(answer[0], case["biases"], rtol=0, atol=1e-12):
        return None
    return Finding(f"row 0: {show(answer[0])}", f"row 0: {show(case['biases'])}")


def _never_falls(case: Case, answer: Floats) -> Finding | None:
    values = [_log_likelihood(case["x"], biases, _HALVES) for biases in answer]
    for i, (before, after) in enumerate(pairwise(values)):
        if after < before - 1e-10 * (abs(before) + len(case["x"])):
            return Finding(
                f"{before:.8g} at row {i} but {after:.8g} at row {i + 1}", "no fall, in any round"
            )
    return None


_TWO_ROWS = "one row for the start and one after each round, columns A and B"


WHOLE_EM = LESSON.exercise(
    "04.2",
    parts=(Function("coin_em", _EM, Array(_TWO_ROWS, lambda case: (case["n_rounds"] + 1, 2))),),
    cases=_em_cases,
    properties=(
        Property("row 0 is the start", _starts_at_the_start),
        Property("a bias lies from 0 to 1", between(0.0, 1.0)),
        Property("the log-likelihood never falls from one round to the next", _never_falls),
        Property("every round is one E step and one M step", agrees_with(coin_em, _EM)),
    ),
    slips={
        "returned only the last round": lambda x, biases, n: _rounds(x, biases, n)[-1],
        "the start is missing": lambda x, biases, n: _rounds(x, biases, n)[1:],
        "one round too many": lambda x, biases, n: _rounds(x, biases, n + 1),
        "one round too few": lambda x, biases, n: _rounds(x, biases, n)[:-1],
        "one round too few (the last row twice)": lambda x, biases, n: _rounds(x, biases, n)[
            [*range(n), n - 1]
        ],
        "stopped after one round": lambda x, biases, n: _rounds(x, biases, 1),
        "the same array in every row": _all_rows_the_last,
        "never updated": lambda x, biases, n: np.repeat(biases[None], n + 1, axis=0),
        "weights of the wrong round": _weights_of_the_start,
        "one coin updated before the other": _one_coin_after_the_other,
        "averaged shares instead of pooling counts": partial(_rounds, m_step=_m_average_of_shares),
        "hard instead of soft assignment": partial(_rounds, e_step=_e_hard),
        "swapped heads and tails in the M step": partial(_rounds, m_step=_m_tails),
        "swapped heads and tails in the E step": partial(_rounds, e_step=_e_swapped_sides),
        "not normalised over the coins": partial(_rounds, e_step=_e_not_normalised),
        "responsibilities swapped between the coins": partial(_rounds, e_step=_e_swapped_coins),
        "divided by N instead of N_k": partial(_rounds, m_step=_m_over_n),
        "divided by all tosses": partial(_rounds, m_step=_m_over_all_tosses),
        "ten tosses in every trial": partial(_rounds, m_step=_m_ten_tosses),
        "forgot the tails in the E step": partial(_rounds, e_step=_e_heads_only),
        "odds instead of a share": partial(_rounds, m_step=_m_odds),
        "freed the coin prior": _prior_freed,
    },
    stretch=_em_case(300 * FIVE_TRIALS, [0.6, 0.5], 3),
)


# 04.3


coin_em_free = LESSON.reference("04.3", "coin_em_free")


_FREE = ("x", "biases", "weights", "n_rounds")
WStep = Callable[[Floats, Floats], Floats]
Pair = tuple[Floats, Floats]


def _w_step(x: Floats, r: Floats) -> Floats:
    return r.mean(axis=0)  # (9.26)


def _w_by_tosses(x: Floats, r: Floats) -> Floats:
    tosses = x.sum(axis=1)
    return (tosses @ r) / tosses.sum()


def _w_by_heads(x: Floats, r: Floats) -> Floats:
    return (x[:, 0] @ r) / x[:, 0].sum()


def _w_hard(x: Floats, r: Floats) -> Floats:
    return np.bincount(r.argmax(axis=1), minlength=2) / len(x)


def _free(
    x: Floats,
    biases: Floats,
    weights: Floats,
    n_rounds: int,
    *,
    e_step: EStep = _e_step,
    m_step: MStep = _m_step,
    w_step: WStep = _w_step,
) -> Pair:
    """EM with a free prior, with one of its three formulas replaced."""
    for _ in range(n_rounds):
        r = e_step(x, biases, weights)
        biases, weights = m_step(x, r), w_step(x, r)
    return biases, weights


def _prior_held(x: Floats, b: Floats, w: Floats, n: int) -> Pair:
    return _free(x, b, w, n, w_step=lambda x, r: w)


def _second_e_step(weights_first: bool, x: Floats, b: Floats, w: Floats, n: int) -> Pair:
    for _ in range(n):
        if weights_first:
            w = _e_step(x, b, w).mean(axis=0)
        b = _m_step(x, _e_step(x, b, w))
        if not weights_first:
            w = _e_step(x, b, w).mean(axis=0)
    return b, w


def _last_of_the_paths(case: Case, answer: Any) -> Pair:
    """Return the last pair of a path of pairs, or of two paths."""
    paths, rows = np.asarray(answer, dtype=float), case["n_rounds"] + 1
    if paths.shape == (rows, 2, 2):
        paths = paths.swapaxes(0, 1)
    if paths.shape != (2, rows, 2):
        raise ValueError("no path of all rounds")
    return paths[0, -1], paths[1, -1]


def _free_case(x: Floats, biases: Any, weights: Any, n_rounds: int) -> Case:
    biases, weights = np.array(biases, dtype=float), np.array(weights, dtype=float)
    label = (
        _trials_label(x, biases, n_rounds) + f", weights ({show(weights[0])}, {show(weights[1])})"
    )
    return Case(label, {"x": x, "biases": biases, "weights": weights, "n_rounds": n_rounds})


def _free_cases(rng: np.random.Generator) -> list[Case]:
    return [
        _free_case(FIVE_TRIALS, [0.6, 0.5], [0.5, 0.5], 100),
        _free_case(_draw_trials(rng, 8), [0.3, 0.65], [0.25, 0.75], 3),
        _free_case(_draw_trials(rng, 7), [0.7, 0.45], [0.4, 0.6], 2),
        _free_case(_draw_trials(rng, 6), [0.45, 0.75], [0.6, 0.4], 4),
    ]


def _weights_sum_to_one(case: Case, answer: Pair) -> Finding | None:
    total = float(answer[1].sum())
    return (
        None
        if abs(total - 1) < 1e-8
        else Finding(f"a sum of {show(total, beside=1.0)}", "a sum of 1")
    )


def _likelihood_rose(case: Case, answer: Pair) -> Finding | None:
    before = _log_likelihood(case["x"], case["biases"], case["weights"])
    after = _log_likelihood(case["x"], *answer)
    if after >= before - 1e-10 * (abs(before) + len(case["x"])):
        return None
    return Finding(f"{before:.8g} at the start, {after:.8g} at the end", "no fall")


FREE_PRIOR = LESSON.exercise(
    "04.3",
    parts=(
        Function(
            "coin_em_free",
            _FREE,
            Several(
                {
                    "biases": Array("coins A and B", lambda case: (2,)),
                    "weights": Array("coins A and B", lambda case: (2,)),
                }
            ),
        ),
    ),
    cases=_free_cases,
    properties=(
        Property("biases lie from 0 to 1", lambda case, answer: between(0.0, 1.0)(case, answer[0])),
        Property("the weights sum to 1", _weights_sum_to_one),
        Property(
            "weights lie from 0 to 1", lambda case, answer: between(0.0, 1.0)(case, answer[1])
        ),
        Property("the log-likelihood at the end is not lower than at the start", _likelihood_rose),
        Property(
            "every round is one E step and one M step, weights included",
            agrees_with(coin_em_free, _FREE, names=("biases", "weights")),
        ),
    ),
    slips={
        "forgot to update the weights": _prior_held,
        "prior not used in the E step": partial(_free, e_step=_e_prior_forgotten),
        "weights by tosses": partial(_free, w_step=_w_by_tosses),
        "weights by heads": partial(_free, w_step=_w_by_heads),
        "weights by hard counting": partial(_free, w_step=_w_hard),
        "weights not divided by N": lambda x, b, w, n: (
            _free(x, b, w, n)[0],
            len(x) * _free(x, b, w, n)[1],
        ),
        "weights not divided by N (in each round)": partial(
            _free, w_step=lambda x, r: r.sum(axis=0)
        ),
        "biases and weights in the wrong order": lambda x, b, w, n: _free(x, b, w, n)[::-1],
        "one weight instead of two": lambda x, b, w, n: (
            _free(x, b, w, n)[0],
            _free(x, b, w, n)[1][0],
        ),
        "weights swapped between the coins": partial(
            _free, w_step=lambda x, r: r.mean(axis=0)[::-1]
        ),
        "weights of the wrong round": partial(_second_e_step, False),
        "weights of the wrong round (renewed first)": partial(_second_e_step, True),
        "weights of the wrong round (of the start)": lambda x, b, w, n: _free(x, b, w, 1),
        "weights renewed after the loop only": lambda x, b, w, n: _free(
            x, _prior_held(x, b, w, n - 1)[0], w, 1
        ),
        "all rounds instead of the last": mended(_last_of_the_paths),
        "one round too many": lambda x, b, w, n: _free(x, b, w, n + 1),
        "one round too few": lambda x, b, w, n: _free(x, b, w, n - 1),
        "hard instead of soft assignment": partial(_free, e_step=_e_hard),
        "normalised over the trials": partial(_free, e_step=_e_over_trials),
        "not normalised": partial(_free, e_step=_e_not_normalised),
        "swapped heads and tails in the M step": partial(_free, m_step=_m_tails),
        "swapped heads and tails in the E step": partial(_free, e_step=_e_swapped_sides),
        "responsibilities swapped between the coins": partial(_free, e_step=_e_swapped_coins),
        "averaged shares instead of pooling counts": partial(_free, m_step=_m_average_of_shares),
        "divided by N instead of N_k": partial(_free, m_step=_m_over_n),
        "ten tosses in every trial": partial(_free, m_step=_m_ten_tosses),
    },
    stretch=_free_case(300 * FIVE_TRIALS, [0.6, 0.5], [0.5, 0.5], 3),
)


# 04.4


kind = LESSON.reference("04.4", "kind")


eigenvalue = LESSON.reference("04.4", "eigenvalue")


LARGER_EIGENVALUE = 1.53298
_CLOSE = 0.015


def _eigenvalue_near(*values: float) -> Callable[[Case, Any], bool]:
    return lambda case, answer: (
        isinstance(answer[1], float)
        and any(abs(answer[1] - value) <= max(0.01, 0.01 * abs(value)) for value in values)
    )


def _said(word: str) -> Callable[[Case, Any], bool]:
    return lambda case, answer: (
        isinstance(answer[0], str) and answer[0].strip().lower().rstrip(".").endswith(word)
    )


def _both_eigenvalues(case: Case, answer: Any) -> bool:
    values = np.sort(np.ravel(np.asarray(answer[1]).real))
    return values.shape == (2,) and bool(np.allclose(values, [0.0, LARGER_EIGENVALUE], atol=_CLOSE))


def _is_saddle(case: Case, answer: tuple[str, float]) -> Finding | None:
    if answer[0] == "saddle":
        return None
    return Finding(
        f'"{answer[0]}"',
        "the word for what the log-likelihood does along the line bias_a = bias_b and across it",
    )


def _is_the_eigenvalue(case: Case, answer: tuple[str, float]) -> Finding | None:
    if abs(answer[1] - LARGER_EIGENVALUE) <= _CLOSE:
        return None
    return Finding(show(answer[1]), f"{LARGER_EIGENVALUE:.4g}, to within {_CLOSE:g}")


SADDLE = LESSON.exercise(
    "04.4",
    parts=(
        Value(
            "kind",
            Choice(
                {
                    "maximum": ("max",),
                    "minimum": ("min",),
                    "saddle": ("saddle point", "saddlepoint"),
                }
            ),
        ),
        Value(
            "eigenvalue",
            Number("one number, the larger eigenvalue of the EM map's Jacobian at (0.66, 0.66)"),
        ),
    ),
    cases=lambda rng: [Case("the lesson's five trials, the point (0.66, 0.66)")],
    properties=(
        Property("`kind` says what kind of point (0.66, 0.66) is", _is_saddle),
        Property(
            "`eigenvalue` says by what factor a push that parts the coins grows in one round",
            _is_the_eigenvalue,
        ),
    ),
    slips={
        "a maximum, because EM stops there": seen(_said("maximum")),
        "a minimum, because EM leaves it": seen(_said("minimum")),
        "stationary, but of which kind": seen(_said("stationary")),
        "stationary, but of which kind (unstable)": seen(_said("unstable")),
        "both eigenvalues": seen(_both_eigenvalues),
        "the smaller eigenvalue": seen(_eigenvalue_near(0.0)),
        "the Hessian's eigenvalue": seen(_eigenvalue_near(59.378, -111.408, -59.378, 111.408)),
        "the Jacobian at the maximum": seen(_eigenvalue_near(0.378, 0.410)),
        "the Jacobian at the start of the tie": seen(_eigenvalue_near(1.38990)),
        "divided by N - 1": seen(_eigenvalue_near(LARGER_EIGENVALUE * 5 / 4)),
        "an entry of the Jacobian": seen(_eigenvalue_near(0.76649, -0.76649)),
        "the step instead of the map": seen(_eigenvalue_near(LARGER_EIGENVALUE - 1)),
        "the inverse": seen(_eigenvalue_near(1 / LARGER_EIGENVALUE)),
        "two rounds": seen(_eigenvalue_near(LARGER_EIGENVALUE**2)),
    },
)


# 04.5


same_likelihood = LESSON.reference("04.5", "same_likelihood")


_TRIPLE = ("bias_a", "bias_b", "weight_a")


def _triple_cases(rng: np.random.Generator) -> list[Case]:
    triples = [np.array([0.8, 0.3, 0.5])]
    while len(triples) < 8:
        a, b, w = rng.uniform(0.1, 0.9, size=3).round(2)
        if abs(a - b) > 0.1 and abs(w - 0.5) > 0.05:
            triples.append(np.array([a, b, w]))
    return [
        Case(
            f"bias_a = {a:g}, bias_b = {b:g}, weight_a = {w:g}",
            {"bias_a": a, "bias_b": b, "weight_a": w},
        )
        for a, b, w in (t.tolist() for t in triples)
    ]


def _given(case: Case) -> Floats:
    return np.array([case[name] for name in _TRIPLE])


def _heads(triple: Any) -> float:
    a, b, w = triple
    return float(w * a + (1 - w) * b)


def _same_heads(case: Case, answer: Floats) -> Finding | None:
    came, due = _heads(answer), _heads(_given(case))
    if abs(came - due) < 1e-9:
        return None
    return Finding(
        f"{show(answer)}: a toss shows heads with probability {show(came, beside=due)}",
        f"probability {show(due, beside=came)}, as with the triple given",
    )


def _is_another(case: Case, answer: Floats) -> Finding | None:
    given = _given(case)
    if np.abs(answer - given).max() > 1e-6:
        return None
    return Finding(f"the triple given, {show(answer)}", "another triple")


def _is_no_mirror(case: Case, answer: Floats) -> Finding | None:
    if np.abs(answer - _mirror(*_given(case))).max() > 1e-6:
        return None
    return Finding(
        f"{show(answer)}, the same two coins with their names exchanged", "a third triple"
    )


def _mirror(a: float, b: float, w: float) -> Floats:
    return np.array([b, a, 1 - w])


def _changes(test: Callable[[Floats], bool]) -> Callable[[Case, Any], bool]:
    """Apply a test to the differences between the answer and the triple given."""
    return lambda case, answer: bool(test(np.asarray(answer, dtype=float) - _given(case)))


def _close(a: Any, b: Any) -> bool:
    return bool(np.all(np.abs(np.asarray(a) - b) < 1e-9))


def _keeps(mean: Callable[[float, float, float], float]) -> Callable[[Case, Any], bool]:
    """Whether heads have the probability that another formula gives."""
    return lambda case, answer: _close(_heads(answer), mean(*_given(case)))


def _keeps_the_product(case: Case, answer: Any) -> bool:
    (a, b, _), (came_a, came_b, _) = _given(case), answer
    return _close(came_a * came_b, a * b) and not _close(sorted((came_a, came_b)), sorted((a, b)))


def _out_of_range(case: Case, answer: Any) -> bool:
    """Whether another triple keeps the mean: what is wrong can be its range only."""
    return (
        _same_heads(case, answer) is None
        and _is_another(case, answer) is None
        and _is_no_mirror(case, answer) is None
    )


def _is_rounded(case: Case, answer: Any) -> bool:
    near = abs(_heads(answer) - _heads(_given(case))) < 0.1
    return near and any(_close(answer, np.round(answer, digits)) for digits in (1, 2))


RIDGE = LESSON.exercise(
    "04.5",
    parts=(
        Function(
            "same_likelihood", _TRIPLE, Array("(bias_a, bias_b, weight_a)", lambda case: (3,))
        ),
    ),
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
        Property("the triple is not the one given", _is_another),
        Property("the triple is more than the mirror image of the one given", _is_no_mirror),
    ),
    slips={
        "the same triple": lambda a, b, w: (a, b, w),
        "only the labels exchanged": _mirror,
        "biases exchanged, weight kept": lambda a, b, w: (b, a, w),
        "mean without weights": lambda a, b, w: ((a + b) / 2, (a + b) / 2, w),
        "weights exchanged in the mean": seen(_keeps(lambda a, b, w: (1 - w) * a + w * b)),
        "the product kept, not the mean": seen(_keeps_the_product),
        "swapped heads and tails": lambda a, b, w: (1 - a, 1 - b, w),
        "moved equally far apart": seen(
            _changes(lambda d: _close(d[2], 0) and _close(d[0], -d[1]) and not _close(d[0], 0))
        ),
        "both biases moved the same way": seen(
            _changes(lambda d: _close(d[2], 0) and d[0] * d[1] > 0)
        ),
        "weight changed alone": seen(
            _changes(lambda d: _close(d[0], 0) and _close(d[1], 0) and not _close(d[2], 0))
        ),
        "one bias changed alone": seen(
            _changes(lambda d: _close(d[2], 0) and (_close(d[0], 0) != _close(d[1], 0)))
        ),
        "mean without weights (moved)": seen(_keeps(lambda a, b, w: (a + b) / 2)),
        "a bias out of range": seen(_out_of_range),
        "two numbers instead of three": seen(lambda case, answer: np.shape(answer) == (2,)),
        "the mean instead of a triple": seen(
            lambda case, answer: np.ndim(answer) == 0 and _close(answer, _heads(_given(case)))
        ),
        "rounded in between": seen(_is_rounded, last_resort=True),
    },
)

EXERCISES = (ONE_TRIAL, WHOLE_EM, FREE_PRIOR, SADDLE, RIDGE)
