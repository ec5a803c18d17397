"""Exercises of lesson 07: the lower bound.

A table ``log_joint`` holds ln p(x_n, z_n = k | theta), one row an observation and one column a
component; q has the same shape, and its rows sum to one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlib.exercises import pair
from emlib.exercises.engine.forms import Array, Choice, Number, Several, show
from emlib.exercises.engine.properties import agrees_with
from emlib.exercises.engine.record import (
    Case,
    Finding,
    Function,
    Property,
    Value,
)
from emlib.exercises.pair import made, seen

LESSON = pair.lesson(__name__)
TITLE = LESSON.title

Floats = NDArray[np.float64]
Four = tuple[Any, Any, Any, Any]

FIVE_TRIALS = np.array([[5.0, 5.0], [9.0, 1.0], [8.0, 2.0], [4.0, 6.0], [7.0, 3.0]])


def _row_log_sum(log_joint: Floats) -> Floats:
    top = log_joint.max(axis=1)
    total: Floats = top + np.log(np.exp(log_joint - top[:, None]).sum(axis=1))
    return total


def _coin_table(x: Floats, biases: Floats) -> Floats:
    table: Floats = x[:, :1] * np.log(biases) + x[:, 1:] * np.log1p(-biases) + np.log(0.5)
    return table


def _posterior(log_joint: Floats) -> Floats:
    posterior: Floats = np.exp(log_joint - _row_log_sum(log_joint)[:, None])
    return posterior


# 07.1


four_terms = LESSON.reference("07.1", "four_terms")


_TERMS = ("log_joint", "q")
_NAMES = ("log_likelihood", "q_function", "entropy", "kl")


def _terms_cases(rng: np.random.Generator) -> list[Case]:
    coins = _coin_table(FIVE_TRIALS, np.array([0.6, 0.5]))
    cases = [Case("the five trials at 0.6 and 0.5, q their posterior", _table(coins, None))]
    for n, k in ((4, 3), (7, 2), (5, 4)):
        table = rng.normal(-4, 2, size=(n, k))
        q = rng.dirichlet(np.ones(k), size=n)
        cases.append(Case(f"{n} observations, {k} components, a random q", _table(table, q)))
    hard = np.eye(3)[rng.integers(0, 3, size=4)]
    cases.append(Case("a q with zeros", _table(rng.normal(-4, 2, size=(4, 3)), hard)))
    far = rng.normal(-2000, 2, size=(3, 2))
    q = rng.dirichlet(np.ones(2), size=3)
    return [*cases, Case("densities below the smallest float", _table(far, q))]


def _table(log_joint: Floats, q: Floats | None) -> dict[str, Floats]:
    return {"log_joint": log_joint, "q": _posterior(log_joint) if q is None else q}


def _with(i: int, change: Callable[..., Any]) -> Callable[..., Four]:
    """Four terms of which one is replaced: ``change(log_joint, q, right)``."""

    def variant(log_joint: Floats, q: Floats) -> Four:
        right = list(four_terms(log_joint, q))
        right[i] = change(log_joint, q, right[i])
        return right[0], right[1], right[2], right[3]

    return variant


def _over_n(log_joint: Floats, q: Floats) -> Four:
    a, b, c, d = four_terms(log_joint, q)
    n = len(log_joint)
    return a / n, b / n, c / n, d / n


def _elbo_for_q(log_joint: Floats, q: Floats) -> Four:
    a, b, c, d = four_terms(log_joint, q)
    return a, b + c, c, d


def _minus_entropy(log_joint: Floats, q: Floats) -> Four:
    a, b, c, d = four_terms(log_joint, q)
    return a, b, -c, d


def _own_posterior(log_joint: Floats, q: Floats) -> Four:
    return four_terms(log_joint, _posterior(log_joint))


def _log(q: Floats) -> Floats:
    """Return ln q, with 0 where q is 0: so that 0 ln 0 = 0."""
    log_q: Floats = np.log(q, where=q > 0, out=np.zeros_like(q))
    return log_q


def _over_observations(log_joint: Floats, q: Floats) -> Four:
    log_density = _row_log_sum(log_joint.T)
    kl = (q * (_log(q) - log_joint + log_density)).sum()
    return log_density.sum(), (q * log_joint).sum(), -(q * _log(q)).sum(), kl


def _lost_at(label: str) -> Callable[[Case, Any], bool]:
    """Whether no finite numbers came for one case, and the right ones for all others."""

    def applies(case: Case, answer: Any) -> bool:
        came = np.asarray(answer, dtype=float)
        if case.label == label:
            return not np.isfinite(came).all()
        right = four_terms(case["log_joint"], case["q"])
        return not np.isfinite(came).all() or np.allclose(came, right)

    return applies


def _terms_add_up(case: Case, answer: Four) -> Finding | None:
    whole, parts = answer[0], sum(answer[1:])
    if abs(whole - parts) <= 1e-8 * (1 + abs(whole)):
        return None
    return Finding(
        f"log-likelihood {show(whole, beside=parts)}, but Q + H + KL = {show(parts, beside=whole)}",
        "the same number twice",
    )


def _kl_not_negative(case: Case, answer: Four) -> Finding | None:
    if answer[3] >= -1e-9:
        return None
    return Finding(show(answer[3]), "zero or more, for every q")


FOUR_TERMS = LESSON.exercise(
    "07.1",
    parts=(
        Function(
            "four_terms",
            _TERMS,
            Several({name: Number(f"{name}, one number", finite=False) for name in _NAMES}),
        ),
    ),
    cases=_terms_cases,
    properties=(
        Property("KL is never negative", _kl_not_negative),
        Property("the log-likelihood is Q + H + KL, for every q (9.70)", _terms_add_up),
        Property(
            "each of the four is what its definition says",
            agrees_with(four_terms, _TERMS, names=_NAMES),
        ),
    ),
    slips={
        "minus the entropy": _minus_entropy,
        "the bound for Q": _elbo_for_q,
        "Q without an average": _with(1, lambda a, q, right: a.sum()),
        "joint for log-joint in Q": _with(1, lambda a, q, right: (q * np.exp(a)).sum()),
        "always the posterior": _own_posterior,
        "one logarithm for all rows": _with(
            0, lambda a, q, right: a.max() + np.log(np.exp(a - a.max()).sum())
        ),
        "sum of logarithms": _with(0, lambda a, q, right: a.sum()),
        "best component only": _with(0, lambda a, q, right: a.max(axis=1).sum()),
        "summed over the observations": _over_observations,
        "KL the other way round": _with(
            3, lambda a, q, right: (_posterior(a) * (np.log(_posterior(a)) - _log(q))).sum()
        ),
        "KL to the joint": _with(3, lambda a, q, right: (q * (_log(q) - a)).sum()),
        "KL with the wrong sign": _with(3, lambda a, q, right: -right),
        "means instead of sums": _over_n,
        "bits instead of nats": _with(2, lambda a, q, right: right / np.log(2)),
        "zero times the logarithm of zero": seen(_lost_at("a q with zeros")),
        "densities that underflow": seen(_lost_at("densities below the smallest float")),
    },
)


# 07.2


slopes = LESSON.reference("07.2", "slopes")


_SLOPES = ("x", "biases", "biases_old")
_WHICH = ("of_log_likelihood", "of_bound")


def _shares(x: Floats, biases: Floats) -> Floats:
    return _posterior(_coin_table(x, biases))


def _residuals(x: Floats, biases: Floats) -> Floats:
    residuals: Floats = x[:, :1] / biases - x[:, 1:] / (1 - biases)
    return residuals


def _slopes_cases(rng: np.random.Generator) -> list[Case]:
    old = np.array([0.6, 0.5])
    cases = [
        _slopes_case("the five trials, biases = biases_old = (0.6, 0.5)", FIVE_TRIALS, old, old)
    ]
    new = np.array([0.713, 0.581])
    cases.append(_slopes_case("the five trials, biases after one round", FIVE_TRIALS, new, old))
    for n in (6, 9):
        tosses = rng.integers(5, 16, size=n)
        heads = rng.binomial(tosses, rng.choice([0.35, 0.8], size=n))
        x = np.column_stack([heads, tosses - heads]).astype(float)
        a, b = rng.uniform(0.25, 0.75, size=(2, 2)).round(2)
        cases.append(_slopes_case(f"{n} trials of other data", x, a, b))
    return cases


def _slopes_case(label: str, x: Floats, biases: Floats, old: Floats) -> Case:
    return Case(label, {"x": x, "biases": biases.copy(), "biases_old": old.copy()})


def _agree_at_the_old(case: Case, answer: tuple[Floats, Floats]) -> Finding | None:
    if not np.array_equal(case["biases"], case["biases_old"]):
        return None
    gap = np.abs(answer[0] - answer[1]).max()
    if gap <= 1e-4:
        return None
    return Finding(
        f"{show(answer[0], beside=answer[1])} and {show(answer[1], beside=answer[0])}",
        "the same gradient twice, where biases = biases_old",
    )


def _pair(first: Callable[..., Any], second: Callable[..., Any]) -> Callable[..., Any]:
    return lambda x, b, old: (first(x, b, old), second(x, b, old))


def _right_first(x: Floats, b: Floats, old: Floats) -> Any:
    return slopes(x, b, old)[0]


def _right_second(x: Floats, b: Floats, old: Floats) -> Any:
    return slopes(x, b, old)[1]


def _nearly(case: Case, answer: Any) -> bool:
    """Right to a per cent or as one-sided differences are, but not to 1e-5."""
    right = slopes(case["x"], case["biases"], case["biases_old"])
    if all(np.allclose(a, r, rtol=1e-2, atol=1e-2) for a, r in zip(answer, right, strict=True)):
        return True
    steps = (h * sign for h in (0.05, 0.02, 0.01, 0.005, 0.002, 0.001) for sign in (1, -1))
    return any(np.allclose(answer, _one_sided(case, step), rtol=1e-6) for step in steps)


def _one_sided(case: Case, step: float) -> Floats:
    """Return one-sided difference quotients of both functions."""
    x, biases, old = case.arguments(_SLOPES)
    q = _shares(x, old)
    here = _coin_table(x, biases)
    found = []
    for moved in biases + step * np.eye(2):
        there = _coin_table(x, moved)
        rise = _row_log_sum(there).sum() - _row_log_sum(here).sum()
        found.append((rise / step, (q * (there - here)).sum() / step))
    return np.array(found).T


def _slip(variant: Callable[..., Any]) -> Mapping[str, Any]:
    """Recognise a variant also where it was computed by difference quotients."""

    def applies(case: Case, answer: Any) -> bool:
        found = variant(*case.arguments(_SLOPES))
        return all(
            np.allclose(a, f, rtol=1e-4, atol=1e-4) for a, f in zip(answer, found, strict=True)
        )

    return made(variant, applies=applies)


TANGENT = LESSON.exercise(
    "07.2",
    parts=(
        Function(
            "slopes",
            _SLOPES,
            Several({name: Array("coins A and B", lambda case: (2,)) for name in _WHICH}),
        ),
    ),
    cases=_slopes_cases,
    properties=(
        Property("at biases_old both gradients are the same", _agree_at_the_old),
        Property(
            "both gradients are right at other biases too",
            agrees_with(slopes, _SLOPES, rtol=1e-5, atol=1e-5, names=_WHICH),
        ),
    ),
    slips={
        "q moves with the biases": _slip(_pair(_right_first, _right_first)),
        "log-likelihood with the old responsibilities": _slip(_pair(_right_second, _right_second)),
        "the two in the wrong order": _slip(_pair(_right_second, _right_first)),
        "both at the old biases": _slip(lambda x, b, old: slopes(x, old, old)),
        "posterior of the new biases in the bound": _slip(
            _pair(_right_first, lambda x, b, old: (_shares(x, b) * _residuals(x, old)).sum(axis=0))
        ),
        "the bound's gradient at the old biases": _slip(
            _pair(_right_first, lambda x, b, old: slopes(x, old, old)[0])
        ),
        "hard assignment": _slip(
            lambda x, b, old: tuple(
                (np.eye(2)[_coin_table(x, p).argmax(axis=1)] * _residuals(x, b)).sum(axis=0)
                for p in (b, old)
            )
        ),
        "ten tosses": _slip(
            lambda x, b, old: slopes(np.column_stack([x[:, 0], 10 - x[:, 0]]), b, old)
        ),
        "normalised over the trials": _slip(
            lambda x, b, old: tuple(
                (_posterior(_coin_table(x, p).T).T * _residuals(x, b)).sum(axis=0) for p in (b, old)
            )
        ),
        "tails with the wrong sign": _slip(
            lambda x, b, old: tuple(
                (_shares(x, p) * (x[:, :1] / b + x[:, 1:] / (1 - b))).sum(axis=0) for p in (b, old)
            )
        ),
        "tails forgotten": _slip(
            lambda x, b, old: tuple((_shares(x, p) * x[:, :1] / b).sum(axis=0) for p in (b, old))
        ),
        "no responsibilities": _slip(lambda x, b, old: 2 * (_residuals(x, b).sum(axis=0),)),
        "means instead of sums": _slip(
            lambda x, b, old: tuple(g / len(x) for g in slopes(x, b, old))
        ),
        "difference quotient too coarse": seen(_nearly),
    },
)


# 07.3


@cache
def _slice() -> Mapping[str, float]:
    """Heights in the lesson's run, three clusters in the third round: H, ln p, later distance."""
    from emlib import GaussianMixture, bound, datasets, em, start

    data = datasets.three_clusters(np.random.default_rng(0))
    x = data.x
    theta = start.random_points(GaussianMixture, x, n_components=3, rng=2)
    steps = list(islice(em.iterate(theta, x), 3, 5))
    q = bound.posterior(steps[0].model, x)
    return {
        "H": bound.entropy(q),
        "ln p": steps[0].objective,
        "later": steps[1].objective - bound.q_function(steps[1].model, x, q),
        "H at the truth": bound.entropy(bound.posterior(data.truth, x)),
    }


def entropy_of_the_slice() -> float:
    """H(q) in the lesson's run: three clusters, third round."""
    return _slice()["H"]


ENTROPIES_OF_THE_COINS = (2.11355, 3.05908, 2.86536)
"""Those of the ledger."""


curve = LESSON.reference("07.3", "curve")


missing = LESSON.reference("07.3", "missing")


through_theta_old = LESSON.reference("07.3", "through_theta_old")


def _curve_is_q(case: Case, answer: Any) -> Finding | None:
    if answer[0] == "Q":
        return None
    return Finding(f'"{answer[0]}"', "the name of the sum of responsibilities times log-joint")


def _missing_is_h(case: Case, answer: Any) -> Finding | None:
    if abs(answer[1] - entropy_of_the_slice()) <= 0.5:
        return None
    return Finding(show(answer[1]), "the height of ln p above the blue curve at the old parameters")


def _not_through(case: Case, answer: Any) -> Finding | None:
    if answer[2] == "no":
        return None
    return Finding(f'"{answer[2]}"', "what is true of the parameters that are not moved")


def _number_is(answer: Any, value: float, within: float = 0.05) -> bool:
    return isinstance(answer[1], float) and abs(answer[1] - value) <= within


PICTURE = LESSON.exercise(
    "07.3",
    parts=(
        Value(
            "curve",
            Choice(
                {
                    "Q": ("q", "q function", "q alone", "expected complete data log likelihood"),
                    "Q + H": ("q+h", "bound", "lower bound", "elbo", "q + h"),
                    "ln p": ("log likelihood", "log p"),
                }
            ),
        ),
        Value("missing", Number("one number, in nats, at the old parameters")),
        Value("through_theta_old", Choice({"yes": ("true",), "no": ("false",)})),
    ),
    cases=lambda rng: [Case("the slice of the third round")],
    properties=(
        Property("`curve` names what was drawn in blue", _curve_is_q),
        Property(
            "`missing` is what has to be added so that it touches at the old parameters",
            _missing_is_h,
        ),
        Property("`through_theta_old` says whether the slice passes through them", _not_through),
    ),
    slips={
        "the bound": seen(lambda case, answer: answer[0] == "Q + H"),
        "the log-likelihood": seen(lambda case, answer: answer[0] == "ln p"),
        "the sign of the gap": seen(
            lambda case, answer: _number_is(answer, -entropy_of_the_slice())
        ),
        "no gap": seen(lambda case, answer: _number_is(answer, 0.0)),
        "entropy of one point": seen(
            lambda case, answer: _number_is(answer, entropy_of_the_slice() / 1000, 1e-3)
        ),
        "entropy in bits": seen(
            lambda case, answer: _number_is(answer, entropy_of_the_slice() / np.log(2))
        ),
        "the height of ln p": seen(
            lambda case, answer: any(
                _number_is(answer, sign * _slice()["ln p"], 0.5) for sign in (1, -1)
            )
        ),
        "the height of Q itself": seen(
            lambda case, answer: any(
                _number_is(answer, sign * (_slice()["ln p"] - _slice()["H"]), 0.5)
                for sign in (1, -1)
            )
        ),
        "at the new parameters": seen(
            lambda case, answer: _number_is(answer, _slice()["later"], 0.5)
        ),
        "entropy of other data": seen(
            lambda case, answer: any(_number_is(answer, h, 5e-3) for h in ENTROPIES_OF_THE_COINS)
        ),
        "entropy at other parameters": seen(
            lambda case, answer: _number_is(answer, _slice()["H at the truth"], 0.5)
        ),
        "through the old parameters": seen(lambda case, answer: answer[2] == "yes"),
    },
)


# 07.4


scaled_q = LESSON.reference("07.4", "scaled_q")


_LIMIT = ("x", "centroids", "weights", "epsilon")


def _limit_cases(rng: np.random.Generator) -> list[Case]:
    centroids = np.array([[0.0, 0.0], [10.0, 0.0]])
    lesson = np.random.default_rng(0).normal(size=(100, 2)) + np.repeat(centroids, 50, axis=0)
    cases = [_limit_case("the lesson's 100 points", lesson, centroids, [0.3, 0.7], 1e-4)]
    for d, k in ((1, 2), (3, 3), (2, 3)):
        places = rng.normal(0, 3, size=(k, d)).round(1)
        x = places[rng.integers(0, k, size=60)] + rng.normal(0, 1.5, size=(60, d))
        weights = rng.dirichlet(5 * np.ones(k)).round(2)
        weights[-1] = 1 - weights[:-1].sum()
        for epsilon in (0.5, 1e-4):
            label = f"60 points in {d} dimension{'s' if d > 1 else ''}, {k} centroids"
            cases.append(_limit_case(label, x, places, weights, epsilon))
    return cases


def _limit_case(label: str, x: Floats, centroids: Floats, weights: Any, epsilon: float) -> Case:
    values = (x, centroids, np.array(weights, dtype=float), epsilon)
    return Case(f"{label}, epsilon = {epsilon:g}", dict(zip(_LIMIT, values, strict=True)))


def _half_distortion(case: Case) -> float:
    squared = ((case["x"][:, None] - case["centroids"]) ** 2).sum(axis=2)
    return float(squared.min(axis=1).sum() / 2)


def _tends_to_k_means(case: Case, answer: float) -> Finding | None:
    half = _half_distortion(case)
    if case["epsilon"] > 1e-3 or abs(answer + half) <= 2e-3 * half:
        return None
    return Finding(show(answer), f"{-half:.6g}, which is -J/2, to within a few thousandths")


def _limit(
    *,
    times_epsilon: bool = True,
    power: Callable[[int], float] = lambda d: d / 2,
    prior: bool = True,
    two: float = 2.0,
    hard: bool = False,
    soft: bool = True,
    squared: bool = True,
    prior_in_r: bool | None = None,
    std: bool = False,
) -> Callable[..., Any]:
    """Make `scaled_q` with one piece replaced."""

    def variant(x: Floats, centroids: Floats, weights: Floats, epsilon: float) -> Any:
        distances = ((x[:, None] - centroids) ** 2).sum(axis=2)
        distances = distances if squared else np.sqrt(distances)
        variance = epsilon**2 if std else epsilon
        scale = power(x.shape[1]) * np.log(2 * np.pi * variance)
        log_density = -scale - distances / (two * variance)
        log_joint = log_density + (np.log(weights) if prior else 0.0)
        in_r = prior if prior_in_r is None else prior_in_r
        log_r = log_density + (np.log(weights) if in_r else 0.0)
        r = _posterior(log_r) if soft else np.ones_like(log_joint)
        r = np.eye(len(weights))[log_r.argmax(axis=1)] if hard else r
        return (epsilon if times_epsilon else 1.0) * (r * log_joint).sum()

    return variant


def _log_likelihood_for_q(x: Floats, centroids: Floats, weights: Floats, epsilon: float) -> Any:
    distances = ((x[:, None] - centroids) ** 2).sum(axis=2)
    d = x.shape[1]
    table = np.log(weights) - d / 2 * np.log(2 * np.pi * epsilon) - distances / (2 * epsilon)
    return epsilon * _row_log_sum(table).sum()


def _only_the_limit(x: Floats, centroids: Floats, weights: Floats, epsilon: float) -> Any:
    return -((x[:, None] - centroids) ** 2).sum(axis=2).min(axis=1).sum() / 2


def _vanished(case: Case, answer: Any) -> bool:
    try:
        value = float(answer)
    except (TypeError, ValueError):
        return False
    if np.isfinite(value):
        return bool(case["epsilon"] > 1e-3)
    return bool(case["epsilon"] < 1e-3)


LIMIT = LESSON.exercise(
    "07.4",
    parts=(Function("scaled_q", _LIMIT, Number("epsilon times Q, one number", finite=False)),),
    cases=_limit_cases,
    properties=(
        Property(
            "as epsilon goes to zero, epsilon times Q tends to -J/2 (9.43)", _tends_to_k_means
        ),
        Property("at every epsilon it is epsilon times (9.40)", agrees_with(scaled_q, _LIMIT)),
    ),
    slips={
        "not times epsilon": _limit(times_epsilon=False),
        "the exponent of one dimension": _limit(power=lambda d: 0.5),
        "the exponent D": _limit(power=lambda d: float(d)),
        "no normalising factor": _limit(power=lambda d: 0.0),
        "weights forgotten": _limit(prior=False),
        "weights forgotten (in Q alone)": _limit(prior=False, prior_in_r=True),
        "equal weights in the responsibilities": _limit(prior_in_r=False),
        "a standard deviation": _limit(std=True),
        "no half in the exponent": _limit(two=1.0),
        "distance not squared": _limit(squared=False),
        "no responsibilities": _limit(soft=False),
        "hard instead of soft assignment": _limit(hard=True),
        "hard instead of soft assignment (to the nearest)": _limit(hard=True, prior_in_r=False),
        "the log-likelihood for Q": _log_likelihood_for_q,
        "only the limit": _only_the_limit,
        "underflow": seen(_vanished),
    },
)

EXERCISES = (FOUR_TERMS, TANGENT, PICTURE, LIMIT)
