"""Exercises of lesson 04: two coins.

x holds heads and tails of each trial, shape (N, 2); r the responsibilities, shape (N, 2), one
column a coin.
"""

# Solutions are shown to the learner and carry no annotations.
# mypy: allow-untyped-defs

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlib.exercises.engine.forms import Array, Choice, Number, Several, show
from emlib.exercises.engine.properties import agrees_with, between
from emlib.exercises.engine.record import (
    Case,
    Exercise,
    Finding,
    Function,
    Misconception,
    Property,
    Value,
)

TITLE = "Two coins"

Floats = NDArray[np.float64]
EStep = Callable[[Floats, Floats, Floats], Floats]
MStep = Callable[[Floats, Floats], Floats]

FIVE_TRIALS = np.array([[5.0, 5.0], [9.0, 1.0], [8.0, 2.0], [4.0, 6.0], [7.0, 3.0]])
_HALVES = np.array([0.5, 0.5])
_LONG = (
    "with 3000 tosses in a trial your function would fail: the product of so many probabilities"
    " underflows to 0. Logarithms help; the lesson shows how (log-sum-exp)."
)


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


def responsibility_of_a(heads, tails, bias_a, bias_b):
    """Probability that the coin was A, given the trial."""
    log_a = heads * np.log(bias_a) + tails * np.log(1 - bias_a)
    log_b = heads * np.log(bias_b) + tails * np.log(1 - bias_b)
    return 1 / (1 + np.exp(log_b - log_a))  # (9.13), numerator and denominator divided by A's


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


def _coefficient(h: int, t: int) -> float:
    from math import comb

    return comb(h + t, h)


def _share(a: float, b: float) -> float:
    return a / (a + b)


_ONE_TRIAL_WRONG = (
    Misconception(
        "swapped heads and tails",
        "Heads and tails seem to be exchanged: heads go with `bias`, tails with `1 - bias`.",
        lambda h, t, a, b: _share(*_likelihoods(t, h, a, b)),
    ),
    Misconception(
        "responsibilities swapped between the coins",
        "This is coin B's responsibility: coin A's stands in the numerator.",
        lambda h, t, a, b: 1 - _share(*_likelihoods(h, t, a, b)),
    ),
    Misconception(
        "not normalised",
        "This is the probability of the trial if the coin is A. Divide it by the same sum over both"
        " coins: given the trial, the two coins' shares must add up to 1.",
        lambda h, t, a, b: _likelihoods(h, t, a, b)[0],
    ),
    Misconception(
        "joint instead of posterior",
        "This is the joint probability of the trial and coin A. Divide it by the sum over both"
        " coins (9.13).",
        lambda h, t, a, b: _likelihoods(h, t, a, b)[0] / 2,
    ),
    Misconception(
        "binomial probability, not normalised",
        "This is the binomial probability of so many heads with coin A. Divide by the sum over both"
        " coins; the binomial coefficient then cancels.",
        lambda h, t, a, b: _coefficient(h, t) * _likelihoods(h, t, a, b)[0],
    ),
    Misconception(
        "binomial coefficient for one coin only",
        "The binomial coefficient belongs to both coins or to neither: it cancels.",
        lambda h, t, a, b: _share(
            _coefficient(h, t) * _likelihoods(h, t, a, b)[0], _likelihoods(h, t, a, b)[1]
        ),
    ),
    Misconception(
        "coin prior for one coin only",
        "The prior 1/2 belongs to both coins: multiply both terms of the sum by it, or neither.",
        lambda h, t, a, b: _share(_likelihoods(h, t, a, b)[0] / 2, _likelihoods(h, t, a, b)[1]),
    ),
    Misconception(
        "forgot the coin prior in the numerator or the denominator",
        "Numerator and denominator do not match: one holds the prior 1/2, the other does not.",
        lambda h, t, a, b: _share(*_likelihoods(h, t, a, b)) / 2,
    ),
    Misconception(
        "forgot the coin prior in the numerator or the denominator",
        "Numerator and denominator do not match: one holds the prior 1/2, the other does not.",
        lambda h, t, a, b: _share(*_likelihoods(h, t, a, b)) * 2,
    ),
    Misconception(
        "odds instead of a probability",
        "This is the ratio of A to B. A probability divides A by the sum of both.",
        lambda h, t, a, b: np.divide(*_likelihoods(h, t, a, b)),
    ),
    Misconception(
        "hard instead of soft assignment",
        "You decided for one coin. The E step keeps the doubt: a share between 0 and 1.",
        lambda h, t, a, b: np.round(_share(*_likelihoods(h, t, a, b))),
    ),
    Misconception(
        "forgot the tails",
        "Only the heads were used. Each tail counts too, with probability `1 - bias`.",
        lambda h, t, a, b: _share(a**h, b**h),
    ),
    Misconception(
        "log instead of linear",
        "You divided logarithms. The logarithm of a product may be summed, but only probabilities"
        " may be normalised: go back with `np.exp` first.",
        lambda h, t, a, b: _share(*np.log(_likelihoods(h, t, a, b))),
    ),
    Misconception(
        "expected heads instead of the responsibility",
        "This is the expected number of heads from coin A, one step further. The responsibility"
        " comes before it is multiplied by the heads.",
        lambda h, t, a, b: h * _share(*_likelihoods(h, t, a, b)),
    ),
    Misconception(
        "one toss instead of the whole trial",
        "This is the answer for a single head. Raise to the powers `heads` and `tails`: every toss"
        " counts.",
        lambda h, t, a, b: _share(a, b),
    ),
    Misconception(
        "the bias instead of the responsibility",
        "This is coin A's bias, the probability of heads given the coin. The other way round is"
        " asked: the probability of the coin given the tosses.",
        lambda h, t, a, b: a,
    ),
    Misconception(
        "never looked at the tosses",
        "1/2 is the prior, before any toss. The tosses change it: by how much is (9.13).",
        lambda h, t, a, b: 0.5,
    ),
    Misconception(
        "multiplied where a power is due",
        "Independent tosses multiply: `bias**heads`, not `bias * heads`.",
        lambda h, t, a, b: _share(a * h * (1 - a) * t, b * h * (1 - b) * t),
    ),
)

ONE_TRIAL = Exercise(
    id="04.1",
    title="One trial: which coin was it?",
    parts=(Function("responsibility_of_a", _TRIAL, Number("one number from 0 to 1")),),
    cases=_one_trial_cases,
    properties=(
        Property("a responsibility lies from 0 to 1", between(0.0, 1.0)),
        Property(
            "the answer is the probability of coin A given the trial (9.13)",
            agrees_with(responsibility_of_a, _TRIAL),
        ),
    ),
    misconceptions=_ONE_TRIAL_WRONG,
    hints=(
        (
            "How probable is this sequence of tosses if the coin is A? And if it is B? The answer"
            " compares the two."
        ),
        (
            "With coin A each head has probability `bias_a` and each tail `1 - bias_a`; independent"
            " tosses multiply. Bayes: A's term divided by the sum of A's and B's. The prior 1/2"
            " stands in every term, so it cancels."
        ),
        (
            "`a = bias_a**heads * (1 - bias_a)**tails`, the same for `b`; then compare `a` with `a"
            " + b`."
        ),
    ),
    solution=(responsibility_of_a,),
    remark=(
        "The share is not 0 or 1: ten tosses do not settle which coin it was, and EM keeps that"
        " doubt. The binomial coefficient never mattered, it cancels."
    ),
    stretch=(_one_trial(2400, 600, 0.8, 0.7), _LONG),
)


# 04.2


def coin_em(x, biases, n_rounds):
    """Biases at the start and after each round."""
    heads, tails = np.asarray(x, dtype=float).T
    rounds = [np.array(biases, dtype=float)]
    for _ in range(n_rounds):
        log_joint = heads[:, None] * np.log(rounds[-1]) + tails[:, None] * np.log(1 - rounds[-1])
        joint = np.exp(log_joint - log_joint.max(axis=1, keepdims=True))  # the prior 1/2 cancels
        r = joint / joint.sum(axis=1, keepdims=True)  # (9.23)
        rounds.append((heads @ r) / ((heads + tails) @ r))  # (9.24): expected heads / tosses
    return np.array(rounds)


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
_NOT_OVER_COINS = (
    "The responsibilities of a trial do not add up to 1. Were they left unnormalised, or divided by"
    " the sum over the trials? Each row, one trial, is divided by its sum over the two coins"
    " (`axis=1, keepdims=True`)."
)
_NORMALISED_OVER_TRIALS = (
    "You normalised over the trials: each column sums to 1. A responsibility is shared between the"
    " coins, so each row, one trial, must sum to 1 (`axis=1, keepdims=True`)."
)
_POOL = (
    "You averaged the trials' shares of heads. A long trial says more than a short one: "
    "add up the expected heads, add up the expected tosses, divide once."
)
_HARD = (
    "Each trial went wholly to its more probable coin. Soft EM shares every trial out by its"
    " responsibilities."
)
_TAILS_IN_M = "The new biases are shares of tails: the expected heads belong in the numerator."
_SIDES_IN_E = (
    "In the E step heads and tails are exchanged: heads go with `bias`, tails with `1 - bias`."
)
_COINS = (
    "The two coins' responsibilities are exchanged: column 0 belongs to coin A, in the E step and"
    " in the M step."
)
_JOINT = (
    "The responsibilities were not normalised: for each trial divide by the sum over the two coins"
    " (9.23)."
)
_OVER_N = (
    "You divided by the number of trials N. A coin's bias is divided by what this coin was given:"
    " N_k, or its tosses."
)
_OVER_ALL = (
    "You divided by all tosses. A coin's bias is divided by the tosses expected from this coin"
    " only."
)
_NO_TAILS_IN_E = (
    "The E step uses the heads only. Each tail counts too, with probability `1 - bias`."
)
_ODDS = "You divided heads by tails; that is the odds. Divide by heads plus tails."
_OF_THE_START = (
    "The responsibilities were computed once, from the start. Every round needs new ones, from the"
    " biases of the round before."
)

_EM_WRONG = (
    Misconception(
        "returned only the last round",
        "You returned the last biases only. Collect the biases of every round in a list, the start"
        " first.",
        lambda x, biases, n: _rounds(x, biases, n)[-1],
    ),
    Misconception(
        "the start is missing",
        "The rounds are right, but row 0 must be the start: begin the list with `biases`.",
        lambda x, biases, n: _rounds(x, biases, n)[1:],
    ),
    Misconception(
        "one round too many",
        "There is one round too many. Row 0 is the start; then come `n_rounds` rounds.",
        lambda x, biases, n: _rounds(x, biases, n + 1),
    ),
    Misconception(
        "one round too few",
        "The last round is missing: the start is row 0 and is not counted as a round.",
        lambda x, biases, n: _rounds(x, biases, n)[:-1],
    ),
    Misconception(
        "stopped after one round",
        "Only one round was run. Is the `return` inside the loop, one level too deep?",
        lambda x, biases, n: _rounds(x, biases, 1),
    ),
    Misconception(
        "the same array in every row",
        "All rows are the last round: the list holds one array many times, changed in place. "
        "Make a new array each round, or append `biases.copy()`.",
        _all_rows_the_last,
    ),
    Misconception(
        "never updated",
        "All rows are the start: each round must continue from the biases that the last one found.",
        lambda x, biases, n: np.repeat(biases[None], n + 1, axis=0),
    ),
    Misconception("weights of the wrong round", _OF_THE_START, _weights_of_the_start),
    Misconception(
        "one coin updated before the other",
        "Coin B's update already uses coin A's new bias. Both coins share one E step: finish it"
        " with the old biases, then replace both.",
        _one_coin_after_the_other,
    ),
    Misconception(
        "averaged shares instead of pooling counts",
        _POOL,
        partial(_rounds, m_step=_m_average_of_shares),
    ),
    Misconception("hard instead of soft assignment", _HARD, partial(_rounds, e_step=_e_hard)),
    Misconception(
        "swapped heads and tails in the M step", _TAILS_IN_M, partial(_rounds, m_step=_m_tails)
    ),
    Misconception(
        "swapped heads and tails in the E step",
        _SIDES_IN_E,
        partial(_rounds, e_step=_e_swapped_sides),
    ),
    Misconception(
        "not normalised over the coins",
        _NOT_OVER_COINS,
        partial(_rounds, e_step=_e_not_normalised),
    ),
    Misconception(
        "responsibilities swapped between the coins",
        _COINS,
        partial(_rounds, e_step=_e_swapped_coins),
    ),
    Misconception("divided by N instead of N_k", _OVER_N, partial(_rounds, m_step=_m_over_n)),
    Misconception("divided by all tosses", _OVER_ALL, partial(_rounds, m_step=_m_over_all_tosses)),
    Misconception(
        "forgot the tails in the E step", _NO_TAILS_IN_E, partial(_rounds, e_step=_e_heads_only)
    ),
    Misconception("odds instead of a share", _ODDS, partial(_rounds, m_step=_m_odds)),
    Misconception(
        "freed the coin prior",
        "You updated the coin prior too. Here both coins are drawn with probability 1/2; freeing"
        " the prior is the next exercise.",
        _prior_freed,
    ),
)

WHOLE_EM = Exercise(
    id="04.2",
    title="The whole of EM for two coins",
    parts=(Function("coin_em", _EM, Array(_TWO_ROWS, lambda case: (case["n_rounds"] + 1, 2))),),
    cases=_em_cases,
    properties=(
        Property("row 0 is the start", _starts_at_the_start),
        Property("a bias lies from 0 to 1", between(0.0, 1.0)),
        Property("the log-likelihood never falls from one round to the next", _never_falls),
        Property("every round is one E step and one M step", agrees_with(coin_em, _EM)),
    ),
    misconceptions=_EM_WRONG,
    hints=(
        (
            "One round is two lines of thought: share every trial out between the coins with the"
            " present biases (E), then give each coin its share of heads among the tosses it was"
            " given (M). Keep the biases of every round."
        ),
        (
            "E: for each trial and coin `bias**heads * (1 - bias)**tails`, divided by the sum over"
            " the two coins. M: new bias = sum over trials of r * heads, divided by the sum over"
            " trials of r * (heads + tails)."
        ),
        (
            "With `heads, tails = x.T` the joint is `biases**heads[:, None] * (1 -"
            " biases)**tails[:, None]`, of shape (N, 2); `r = joint / joint.sum(axis=1,"
            " keepdims=True)`; the new biases are `heads @ r / ((heads + tails) @ r)`. Begin with a"
            " list that holds the start and append to it in a loop."
        ),
    ),
    solution=(coin_em,),
    remark=(
        "You have written EM. The log-likelihood rose in every round although no step ever looked"
        " at it: why that must be so is the question of lesson 07."
    ),
    stretch=(_em_case(300 * FIVE_TRIALS, [0.6, 0.5], 3), _LONG),
)


# 04.3


def coin_em_free(x, biases, weights, n_rounds):
    """Biases and weights after the last round."""
    heads, tails = np.asarray(x, dtype=float).T
    biases, weights = np.array(biases, dtype=float), np.array(weights, dtype=float)
    for _ in range(n_rounds):
        log_joint = heads[:, None] * np.log(biases) + tails[:, None] * np.log(1 - biases)
        log_joint = log_joint + np.log(weights)
        joint = np.exp(log_joint - log_joint.max(axis=1, keepdims=True))
        r = joint / joint.sum(axis=1, keepdims=True)  # (9.23)
        biases = (heads @ r) / ((heads + tails) @ r)  # (9.24)
        weights = r.mean(axis=0)  # (9.26): N_k / N
    return biases, weights


_FREE = ("x", "biases", "weights", "n_rounds")
WStep = Callable[[Floats, Floats], Floats]


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
) -> tuple[Floats, Floats]:
    """EM with a free prior, with one of its three formulas replaced."""
    for _ in range(n_rounds):
        r = e_step(x, biases, weights)
        biases, weights = m_step(x, r), w_step(x, r)
    return biases, weights


def _prior_held(x: Floats, biases: Floats, weights: Floats, n_rounds: int) -> tuple[Floats, Floats]:
    return _free(x, biases, weights, n_rounds, w_step=lambda x, r: weights)[0], weights


def _counts_for_weights(
    x: Floats, biases: Floats, weights: Floats, n_rounds: int
) -> tuple[Floats, Floats]:
    biases, weights = _free(x, biases, weights, n_rounds)
    return biases, len(x) * weights


def _e_of_the_start(
    x: Floats, biases: Floats, weights: Floats, n_rounds: int
) -> tuple[Floats, Floats]:
    return _free(x, biases, weights, 1)


def _weights_after_another_e_step(
    x: Floats, biases: Floats, weights: Floats, n_rounds: int
) -> tuple[Floats, Floats]:
    for _ in range(n_rounds):
        biases = _m_step(x, _e_step(x, biases, weights))
        weights = _e_step(x, biases, weights).mean(axis=0)
    return biases, weights


def _weights_swapped(
    x: Floats, biases: Floats, weights: Floats, n_rounds: int
) -> tuple[Floats, Floats]:
    return _free(x, biases, weights, n_rounds, w_step=lambda x, r: r.mean(axis=0)[::-1])


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


def _weights_sum_to_one(case: Case, answer: tuple[Floats, Floats]) -> Finding | None:
    total = float(answer[1].sum())
    return (
        None
        if abs(total - 1) < 1e-8
        else Finding(f"a sum of {show(total, beside=1.0)}", "a sum of 1")
    )


def _likelihood_rose(case: Case, answer: tuple[Floats, Floats]) -> Finding | None:
    before = _log_likelihood(case["x"], case["biases"], case["weights"])
    after = _log_likelihood(case["x"], *answer)
    if after >= before - 1e-10 * (abs(before) + len(case["x"])):
        return None
    return Finding(f"{before:.8g} at the start, {after:.8g} at the end", "no fall")


_FREE_WRONG = (
    Misconception(
        "forgot to update the weights",
        "The weights are still those of the start. In each M step they become the mean of the"
        " responsibilities over the trials (9.26).",
        _prior_held,
    ),
    Misconception(
        "prior not used in the E step",
        "The weights are updated but the E step does not use them: multiply each coin's likelihood"
        " by its weight before normalising.",
        partial(_free, e_step=_e_prior_forgotten),
    ),
    Misconception(
        "weights by tosses",
        "You weighted the trials by their tosses. A coin is drawn once a trial, so each trial"
        " counts once: the mean of the responsibilities.",
        partial(_free, w_step=_w_by_tosses),
    ),
    Misconception(
        "weights by heads",
        "The weights are each coin's share of the heads. A coin is drawn once a trial, whatever it"
        " shows: take the mean of the responsibilities.",
        partial(_free, w_step=_w_by_heads),
    ),
    Misconception(
        "weights by hard counting",
        "The weights count the trials whose more probable coin it is. The responsibilities"
        " themselves are averaged (9.26).",
        partial(_free, w_step=_w_hard),
    ),
    Misconception(
        "weights not divided by N",
        "These weights are the effective numbers N_k. Divide by the number of trials: N_k / N.",
        _counts_for_weights,
    ),
    Misconception(
        "weights not divided by N",
        "The weights are the effective numbers N_k, in each round. Divide by the number of trials:"
        " N_k / N.",
        partial(_free, w_step=lambda x, r: r.sum(axis=0)),
    ),
    Misconception(
        "biases and weights in the wrong order",
        "The two are exchanged: `return biases, weights`.",
        lambda x, b, w, n: _free(x, b, w, n)[::-1],
    ),
    Misconception(
        "one weight instead of two",
        "One number came for the weights. Return both: `[weight_a, 1 - weight_a]`.",
        lambda x, b, w, n: (_free(x, b, w, n)[0], _free(x, b, w, n)[1][0]),
    ),
    Misconception(
        "weights swapped between the coins",
        "The weights of the two coins are exchanged: entry 0 belongs to coin A, as in the biases.",
        _weights_swapped,
    ),
    Misconception(
        "weights of the wrong round",
        "The weights come from a second E step, with the new biases. Biases and weights share one E"
        " step: compute both from the same r.",
        _weights_after_another_e_step,
    ),
    Misconception("weights of the wrong round", _OF_THE_START, _e_of_the_start),
    Misconception(
        "one round too many",
        "There is one round too many.",
        lambda x, b, w, n: _free(x, b, w, n + 1),
    ),
    Misconception(
        "one round too few", "One round is missing.", lambda x, b, w, n: _free(x, b, w, n - 1)
    ),
    Misconception("hard instead of soft assignment", _HARD, partial(_free, e_step=_e_hard)),
    Misconception(
        "normalised over the trials", _NORMALISED_OVER_TRIALS, partial(_free, e_step=_e_over_trials)
    ),
    Misconception("not normalised", _JOINT, partial(_free, e_step=_e_not_normalised)),
    Misconception(
        "swapped heads and tails in the M step", _TAILS_IN_M, partial(_free, m_step=_m_tails)
    ),
    Misconception(
        "swapped heads and tails in the E step",
        _SIDES_IN_E,
        partial(_free, e_step=_e_swapped_sides),
    ),
    Misconception(
        "responsibilities swapped between the coins",
        _COINS,
        partial(_free, e_step=_e_swapped_coins),
    ),
    Misconception(
        "averaged shares instead of pooling counts",
        _POOL,
        partial(_free, m_step=_m_average_of_shares),
    ),
    Misconception("divided by N instead of N_k", _OVER_N, partial(_free, m_step=_m_over_n)),
)

FREE_PRIOR = Exercise(
    id="04.3",
    title="Free the coin prior",
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
    misconceptions=_FREE_WRONG,
    hints=(
        (
            "Two lines change. Where does the prior enter the E step? And which data would tell you"
            " the prior if the coins were seen?"
        ),
        (
            "E: multiply each coin's likelihood by its weight before you normalise. M: the new"
            " weight of a coin is its effective number of trials over N, the mean of its"
            " responsibilities."
        ),
        (
            "`joint = weights * biases**heads[:, None] * (1 - biases)**tails[:, None]`, normalise"
            " over the coins, then `weights = r.mean(axis=0)` beside the update of the biases."
            " Return the pair."
        ),
    ),
    solution=(coin_em_free,),
    remark=(
        "On the lesson's five trials the limit is 0.79337, 0.51392 with weight 0.52275 and"
        " log-likelihood -31.568695: one parameter more, and hardly a better fit."
    ),
    stretch=(_free_case(300 * FIVE_TRIALS, [0.6, 0.5], [0.5, 0.5], 3), _LONG),
)


# 04.4


def kind():
    """What kind of point (0.66, 0.66) is."""
    return "saddle"  # the log-likelihood falls along bias_a = bias_b and rises across it


def eigenvalue():
    """Larger eigenvalue of the EM map's Jacobian at (0.66, 0.66)."""
    heads, tails = np.array([5, 9, 8, 4, 7]), np.array([5, 1, 2, 6, 3])

    def em_map(biases):
        joint = biases ** heads[:, None] * (1 - biases) ** tails[:, None]
        r = joint / joint.sum(axis=1, keepdims=True)
        return (heads @ r) / ((heads + tails) @ r)

    point, h = np.array([0.66, 0.66]), 1e-5
    columns = [(em_map(point + h * e) - em_map(point - h * e)) / (2 * h) for e in np.eye(2)]
    return np.linalg.eigvals(np.column_stack(columns)).real.max()


LARGER_EIGENVALUE = 1.53298
_CLOSE = 0.015


def _eigenvalue_near(value: float) -> Callable[[Case, Any], bool]:
    return lambda case, answer: (
        isinstance(answer[1], float) and abs(answer[1] - value) <= max(0.01, 0.01 * abs(value))
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


_SADDLE_WRONG = (
    Misconception(
        "a maximum, because EM stops there",
        "EM does stop at (0.66, 0.66), but stopping only says that the gradient is zero. Start EM"
        " at (0.67, 0.65): the log-likelihood rises and the two coins run apart.",
        applies=_said("maximum"),
    ),
    Misconception(
        "a minimum, because EM leaves it",
        "Pushed apart, the coins do leave the point. But move both together, to (0.7, 0.7): the"
        " log-likelihood falls, so it is no minimum.",
        applies=_said("minimum"),
    ),
    Misconception(
        "stationary, but of which kind",
        "Stationary is right, and so are maxima and minima. What does the log-likelihood do along"
        " the line bias_a = bias_b, and across it?",
        applies=_said("stationary"),
    ),
    Misconception(
        "stationary, but of which kind",
        "Unstable is right. Which word names a point that is a maximum in one direction and a"
        " minimum in another?",
        applies=_said("unstable"),
    ),
    Misconception(
        "both eigenvalues",
        "Both eigenvalues are right; hand in the larger one only, as a number (`max`).",
        applies=_both_eigenvalues,
    ),
    Misconception(
        "the smaller eigenvalue",
        "0 is the smaller eigenvalue, of the direction in which both coins move together: such a"
        " push is forgotten in one round. The larger one belongs to the push that moves them"
        " apart.",
        applies=_eigenvalue_near(0.0),
    ),
    Misconception(
        "the Hessian's eigenvalue",
        "This is an eigenvalue of the Hessian of the log-likelihood. It proves the saddle, but the"
        " question is about the EM map: differentiate the new biases by the old ones.",
        applies=lambda case, answer: any(
            _eigenvalue_near(v)(case, answer) for v in (59.378, -111.408, -59.378, 111.408)
        ),
    ),
    Misconception(
        "the Jacobian at the maximum",
        "This belongs to the maximum (0.797, 0.520), where it is below 1: errors shrink."
        " Differentiate at (0.66, 0.66).",
        applies=lambda case, answer: any(_eigenvalue_near(v)(case, answer) for v in (0.378, 0.410)),
    ),
    Misconception(
        "an entry of the Jacobian",
        "This is an entry of the Jacobian, which is [[0.766, -0.766], [-0.766, 0.766]]. Take its"
        " eigenvalues (`np.linalg.eigvals`).",
        applies=lambda case, answer: any(
            _eigenvalue_near(v)(case, answer) for v in (0.76649, -0.76649)
        ),
    ),
    Misconception(
        "the step instead of the map",
        "This is the eigenvalue of the step, new biases minus old ones. Of the new biases"
        " themselves it is larger by 1.",
        applies=_eigenvalue_near(LARGER_EIGENVALUE - 1),
    ),
    Misconception(
        "the inverse",
        "This is 1 divided by the eigenvalue: differentiate the new biases by the old, not the old"
        " by the new.",
        applies=_eigenvalue_near(1 / LARGER_EIGENVALUE),
    ),
    Misconception(
        "two rounds",
        "This is the square of the eigenvalue: two rounds of EM were differentiated instead of"
        " one.",
        applies=_eigenvalue_near(LARGER_EIGENVALUE**2),
    ),
)

SADDLE = Exercise(
    id="04.4",
    title="The start at which EM never moves",
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
    misconceptions=_SADDLE_WRONG,
    hints=(
        (
            "Equal biases share every trial equally, so the coins stay equal. Does the"
            " log-likelihood fall in every direction from there? Evaluate it at (0.70, 0.70) and at"
            " (0.70, 0.62)."
        ),
        (
            "One round of EM maps old biases to new ones. Push one old bias by h = 1e-5 either way"
            " and divide the change of the new biases by 2h: that is one column of the Jacobian."
        ),
        (
            "The Jacobian is symmetric, with rows [c, -c] and [-c, c]; its eigenvalues are 0 and"
            " 2c. If 2c is above 1 a push grows: the point is stationary and unstable, a maximum"
            " along one line and a minimum across it."
        ),
    ),
    solution=(kind, eigenvalue),
    remark=(
        "A push that parts the coins grows by half in every round, so any start off the line"
        " escapes, and the start on it never does. That EM has stopped does not mean that it is at"
        " a maximum."
    ),
)


# 04.5


def same_likelihood(bias_a, bias_b, weight_a):
    """Another triple that single tosses cannot tell from this one."""
    heads = weight_a * bias_a + (1 - weight_a) * bias_b  # all that a single toss can show
    return heads, heads, weight_a


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


def _close(a: float, b: float) -> bool:
    return abs(a - b) < 1e-9


_RIDGE_WRONG = (
    Misconception(
        "the same triple",
        "This is the triple that was given. At least one of its numbers must change.",
        lambda a, b, w: (a, b, w),
    ),
    Misconception(
        "only the labels exchanged",
        "You exchanged the names of the coins. That is true of every mixture and is called label"
        " switching; here there is far more: find a triple that is neither the one given nor its"
        " mirror image.",
        _mirror,
    ),
    Misconception(
        "biases exchanged, weight kept",
        "The biases are exchanged but the weight still belongs to coin A. And with the weight"
        " exchanged too it would only be the mirror image.",
        lambda a, b, w: (b, a, w),
    ),
    Misconception(
        "mean without weights",
        "You took the plain mean of the biases. Coin A is drawn with probability `weight_a`: take"
        " the weighted mean.",
        lambda a, b, w: ((a + b) / 2, (a + b) / 2, w),
    ),
    Misconception(
        "weights exchanged in the mean",
        "The weights are exchanged: `weight_a` goes with `bias_a`, and `1 - weight_a` with"
        " `bias_b`.",
        lambda a, b, w: 2 * ((1 - w) * a + w * b,) + (w,),
    ),
    Misconception(
        "swapped heads and tails",
        "With these biases heads and tails exchange their roles: the data would have to be"
        " exchanged too.",
        lambda a, b, w: (1 - a, 1 - b, w),
    ),
    Misconception(
        "moved equally far apart",
        "One bias went up by as much as the other went down. That balances only if both coins are"
        " drawn equally often: a change d of `bias_a` is balanced by -d * weight_a / (1 - weight_a)"
        " of `bias_b`.",
        applies=_changes(lambda d: _close(d[2], 0) and _close(d[0], -d[1]) and not _close(d[0], 0)),
    ),
    Misconception(
        "both biases moved the same way",
        "Both biases moved the same way, so heads become more (or less) frequent. One must go up"
        " and the other down.",
        applies=_changes(lambda d: _close(d[2], 0) and d[0] * d[1] > 0),
    ),
    Misconception(
        "weight changed alone",
        "Only the weight changed, so one coin is now drawn more often. A bias must change with it.",
        applies=_changes(lambda d: _close(d[0], 0) and _close(d[1], 0) and not _close(d[2], 0)),
    ),
    Misconception(
        "one bias changed alone",
        "Only one bias changed, so heads become more (or less) frequent. Something else must"
        " balance it.",
        applies=_changes(lambda d: _close(d[2], 0) and (_close(d[0], 0) != _close(d[1], 0))),
    ),
)

RIDGE = Exercise(
    id="04.5",
    title="One toss a trial: what the data cannot tell",
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
    misconceptions=_RIDGE_WRONG,
    hints=(
        (
            "With one toss a trial the likelihood needs one thing only: how probable is heads, if"
            " you do not know which coin was drawn?"
        ),
        (
            "Heads have probability `weight_a * bias_a + (1 - weight_a) * bias_b`. Find other"
            " values that give the same sum."
        ),
        (
            "Three unknowns, one equation: choose two freely. What if both coins had the same bias?"
            " It would have to be that sum."
        ),
    ),
    solution=(same_likelihood,),
    remark=(
        "Three parameters, but only one number reaches the data: the maximum is a ridge, and where"
        " EM stops on it depends on the start. With more tosses a trial this ends: heads that come"
        " together betray their coin."
    ),
)

EXERCISES = (ONE_TRIAL, WHOLE_EM, FREE_PRIOR, SADDLE, RIDGE)
