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

from emlib.exercises import pair
from emlib.exercises.engine.forms import Array, Choice, Number, Several, show
from emlib.exercises.engine.record import Case, Finding, Property, Value
from emlib.exercises.pair import Slip, made, seen
from emlib.exercises.slips.common import in_value
from emlib.exercises.slips.em import (
    COINS,
    FIVE_TRIALS,
    Floats,
    draw_trials,
    hard,
    over_data,
    softmax,
)
from emlib.exercises.slips.holds import holds, lost_where, of
from emlib.exercises.slips.said import is_number, is_word, number, word

LESSON = pair.lesson(__name__)
TITLE = LESSON.title


def _row_log_sum(log_joint: Floats) -> Floats:
    total: Floats = np.logaddexp.reduce(log_joint, axis=1)
    return total


def _coin_table(x: Floats, biases: Floats) -> Floats:
    return COINS.log_joint(x, biases, np.array([0.5, 0.5]))


# 07.1

four_terms = LESSON.reference("07.1", "four_terms")
_NAMES = ("log_likelihood", "q_function", "entropy", "kl")
_ZEROS, _UNDERFLOW = "a q with zeros", "densities below the smallest float"


def _terms_cases(rng: np.random.Generator) -> list[Case]:
    coins = _coin_table(FIVE_TRIALS, np.array([0.6, 0.5]))
    drawn = [("the five trials at 0.6 and 0.5, q their posterior", coins, softmax(coins))]
    for n, k in ((4, 3), (7, 2), (5, 4)):
        label = f"{n} observations, {k} components, a random q"
        table = rng.normal(-4, 2, size=(n, k))
        drawn.append((label, table, rng.dirichlet(np.ones(k), size=n)))
    one_each = np.eye(3)[rng.integers(0, 3, size=4)]
    drawn.append((_ZEROS, rng.normal(-4, 2, size=(4, 3)), one_each))
    far = rng.normal(-2000, 2, size=(3, 2))
    drawn.append((_UNDERFLOW, far, rng.dirichlet(np.ones(2), size=3)))
    return [four_terms.case(*each) for each in drawn]


def _with(i: int, change: Callable[..., Any]) -> Slip:
    """Return four terms of which one is replaced: ``change(log_joint, q, right)``."""
    return in_value(four_terms, i, lambda right, a, q: change(a, q, right[i]))


def _log(q: Floats) -> Floats:
    """Return ln q, with 0 where q is 0: so that 0 ln 0 = 0."""
    log_q: Floats = np.log(q, where=q > 0, out=np.zeros_like(q))
    return log_q


def _over_observations(log_joint: Floats, q: Floats) -> tuple[Any, ...]:
    log_density = _row_log_sum(log_joint.T)
    kl = (q * (_log(q) - log_joint + log_density)).sum()
    return log_density.sum(), (q * log_joint).sum(), -(q * _log(q)).sum(), kl


def _lost_at(label: str) -> Slip:
    """Tell a slip by no finite numbers for one case, and the right ones for all others."""

    def applies(case: Case, answer: Any) -> bool:
        came = np.asarray(answer, dtype=float)
        lost = not np.isfinite(came).all()
        right = case.label != label and np.allclose(came, four_terms(case["log_joint"], case["q"]))
        return lost or right

    return seen(applies)


def _terms_add_up(case: Case, answer: tuple[float, ...]) -> Finding | None:
    whole, parts = answer[0], sum(answer[1:])
    if abs(whole - parts) <= 1e-8 * (1 + abs(whole)):
        return None
    return Finding(
        f"log-likelihood {show(whole, beside=parts)}, but Q + H + KL = {show(parts, beside=whole)}",
        "the same number twice",
    )


FOUR_TERMS = LESSON.exercise(
    "07.1",
    parts=(
        four_terms.part(
            Several({name: Number(f"{name}, one number", finite=False) for name in _NAMES})
        ),
    ),
    cases=_terms_cases,
    properties=(
        Property(
            "KL is never negative",
            of(3, holds(lambda case, kl: kl >= -1e-9, "zero or more, for every q")),
        ),
        Property("the log-likelihood is Q + H + KL, for every q (9.70)", _terms_add_up),
        Property("each of the four is what its definition says", four_terms.agrees(names=_NAMES)),
    ),
    slips={
        "minus the entropy": _with(2, lambda a, q, right: -right),
        "the bound for Q": in_value(four_terms, 1, lambda right, a, q: right[1] + right[2]),
        "Q without an average": _with(1, lambda a, q, right: a.sum()),
        "joint for log-joint in Q": _with(1, lambda a, q, right: (q * np.exp(a)).sum()),
        "always the posterior": lambda a, q: four_terms(a, softmax(a)),
        "one logarithm for all rows": _with(0, lambda a, q, right: np.logaddexp.reduce(a.ravel())),
        "sum of logarithms": _with(0, lambda a, q, right: a.sum()),
        "best component only": _with(0, lambda a, q, right: a.max(axis=1).sum()),
        "summed over the observations": _over_observations,
        "KL the other way round": _with(
            3, lambda a, q, right: (softmax(a) * (np.log(softmax(a)) - _log(q))).sum()
        ),
        "KL to the joint": _with(3, lambda a, q, right: (q * (_log(q) - a)).sum()),
        "KL with the wrong sign": _with(3, lambda a, q, right: -right),
        "means instead of sums": lambda a, q: tuple(np.divide(four_terms(a, q), len(a))),
        "bits instead of nats": _with(2, lambda a, q, right: right / np.log(2)),
        "zero times the logarithm of zero": _lost_at(_ZEROS),
        "densities that underflow": _lost_at(_UNDERFLOW),
    },
)


# 07.2

slopes = LESSON.reference("07.2", "slopes")
_WHICH = ("of_log_likelihood", "of_bound")


def _slopes_cases(rng: np.random.Generator) -> list[Case]:
    old, new = np.array([0.6, 0.5]), np.array([0.713, 0.581])
    label = "the five trials, biases = biases_old = (0.6, 0.5)"
    cases = [
        slopes.case(label, FIVE_TRIALS, old, old),
        slopes.case("the five trials, biases after one round", FIVE_TRIALS, new, old),
    ]
    for n in (6, 9):
        x = draw_trials(rng, n)
        a, b = rng.uniform(0.25, 0.75, size=(2, 2)).round(2)
        cases.append(slopes.case(f"{n} trials of other data", x, a, b))
    return cases


def _agree_at_the_old(case: Case, answer: tuple[Floats, Floats]) -> Finding | None:
    first, second = answer
    at_the_old = np.array_equal(case["biases"], case["biases_old"])
    if not at_the_old or np.abs(first - second).max() <= 1e-4:
        return None
    return Finding(
        f"{show(first, beside=second)} and {show(second, beside=first)}",
        "the same gradient twice, where biases = biases_old",
    )


def _nearly(case: Case, answer: Any) -> bool:
    """Right to a per cent or as one-sided differences are, but not to 1e-5."""
    right = slopes(*case.arguments(slopes.parameters))
    if _close(answer, right, 1e-2):
        return True
    steps = (h * sign for h in (0.05, 0.02, 0.01, 0.005, 0.002, 0.001) for sign in (1, -1))
    return any(np.allclose(answer, _one_sided(case, step), rtol=1e-6) for step in steps)


def _one_sided(case: Case, step: float) -> Floats:
    """Return one-sided difference quotients of both functions."""
    x, biases, old = case.arguments(slopes.parameters)
    q = softmax(_coin_table(x, old))

    def heights(at: Floats) -> Floats:
        table = _coin_table(x, at)
        return np.array([_row_log_sum(table).sum(), (q * table).sum()])

    rises = [heights(moved) - heights(biases) for moved in biases + step * np.eye(2)]
    return np.transpose(rises) / step


def _close(answer: Any, other: Any, within: float) -> bool:
    pairs = zip(answer, other, strict=True)
    return all(np.allclose(a, b, rtol=within, atol=within) for a, b in pairs)


def _slip(variant: Callable[..., Any]) -> Mapping[str, Any]:
    """Recognise a variant also where it was computed by difference quotients."""

    def applies(case: Case, answer: Any) -> bool:
        return _close(answer, variant(*case.arguments(slopes.parameters)), 1e-4)

    return made(variant, applies=applies)


def _of_right(change: Callable[..., Any]) -> Mapping[str, Any]:
    """Tell a slip by what it makes of the two right gradients."""
    return _slip(lambda *arguments: change(*slopes(*arguments)))


def _slope(x: Floats, biases: Floats) -> Floats:
    slope: Floats = x[:, :1] / biases - x[:, 1:] / (1 - biases)
    return slope


def _added(
    shares: Callable[[Floats], Floats] = softmax, slope: Callable[..., Any] = _slope
) -> Mapping[str, Any]:
    """Tell a slip by the shares of the trials, or by a trial's slope, in both gradients."""
    return _slip(
        lambda x, b, old: tuple(
            (shares(_coin_table(x, at)) * slope(x, b)).sum(axis=0) for at in (b, old)
        )
    )


TANGENT = LESSON.exercise(
    "07.2",
    parts=(
        slopes.part(Several({name: Array("coins A and B", lambda case: (2,)) for name in _WHICH})),
    ),
    cases=_slopes_cases,
    properties=(
        Property("at biases_old both gradients are the same", _agree_at_the_old),
        Property(
            "both gradients are right at other biases too",
            slopes.agrees(rtol=1e-5, atol=1e-5, names=_WHICH),
        ),
    ),
    slips={
        "q moves with the biases": _of_right(lambda first, second: (first, first)),
        "log-likelihood with the old responsibilities": _of_right(
            lambda first, second: (second, second)
        ),
        "the two in the wrong order": _of_right(lambda first, second: (second, first)),
        "both at the old biases": _slip(lambda x, b, old: slopes(x, old, old)),
        "posterior of the new biases in the bound": _slip(
            lambda x, b, old: (slopes(x, b, old)[0], slopes(x, old, b)[1])
        ),
        "the bound's gradient at the old biases": _slip(
            lambda x, b, old: (slopes(x, b, old)[0], slopes(x, old, old)[0])
        ),
        "hard assignment": _added(shares=hard),
        "ten tosses": _slip(
            lambda x, b, old: slopes(np.column_stack([x[:, 0], 10 - x[:, 0]]), b, old)
        ),
        "normalised over the trials": _added(shares=over_data),
        "tails with the wrong sign": _added(slope=lambda x, b: x[:, :1] / b + x[:, 1:] / (1 - b)),
        "tails forgotten": _added(slope=lambda x, b: x[:, :1] / b),
        "no responsibilities": _added(shares=np.ones_like),
        "means instead of sums": _slip(
            lambda x, b, old: tuple(g / len(x) for g in slopes(x, b, old))
        ),
        "difference quotient too coarse": seen(_nearly),
    },
)


# 07.3

_CURVES = {
    "Q": ("q", "q function", "q alone", "expected complete data log likelihood"),
    "Q + H": ("q+h", "bound", "lower bound", "elbo", "q + h"),
    "ln p": ("log likelihood", "log p"),
}
ENTROPIES_OF_THE_COINS = (2.11355, 3.05908, 2.86536)
"""Those of the ledger."""


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


def _height_of_q() -> float:
    return _slice()["ln p"] - _slice()["H"]


PICTURE = LESSON.exercise(
    "07.3",
    parts=(
        Value("curve", Choice(_CURVES)),
        Value("missing", Number("one number, in nats, at the old parameters")),
        Value("through_theta_old", Choice({"yes": ("true",), "no": ("false",)})),
    ),
    cases=lambda rng: [Case("the slice of the third round")],
    properties=(
        Property(
            "`curve` names what was drawn in blue",
            is_word(0, "Q", "the name of the sum of responsibilities times log-joint"),
        ),
        Property(
            "`missing` is what has to be added so that it touches at the old parameters",
            is_number(
                1,
                entropy_of_the_slice,
                0.5,
                "the height of ln p above the blue curve at the old parameters",
            ),
        ),
        Property(
            "`through_theta_old` says whether the slice passes through them",
            is_word(2, "no", "what is true of the parameters that are not moved"),
        ),
    ),
    slips={
        "the bound": word(0, "Q + H"),
        "the log-likelihood": word(0, "ln p"),
        "the sign of the gap": number(1, lambda: -entropy_of_the_slice(), within=0.05),
        "no gap": number(1, 0.0, within=0.05),
        "entropy of one point": number(1, lambda: entropy_of_the_slice() / 1000, within=1e-3),
        "entropy in bits": number(1, lambda: entropy_of_the_slice() / np.log(2), within=0.05),
        "the height of ln p": number(
            1, lambda: _slice()["ln p"], lambda: -_slice()["ln p"], within=0.5
        ),
        "the height of Q itself": number(1, _height_of_q, lambda: -_height_of_q(), within=0.5),
        "at the new parameters": number(1, lambda: _slice()["later"], within=0.5),
        "entropy of other data": number(1, *ENTROPIES_OF_THE_COINS, within=5e-3),
        "entropy at other parameters": number(1, lambda: _slice()["H at the truth"], within=0.5),
        "through the old parameters": word(2, "yes"),
    },
)


# 07.4

scaled_q = LESSON.reference("07.4", "scaled_q")


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
    return scaled_q.case(f"{label}, epsilon = {epsilon:g}", x, centroids, weights, epsilon)


def _squares(x: Floats, centroids: Floats) -> Floats:
    squares: Floats = ((x[:, None] - centroids) ** 2).sum(axis=2)
    return squares


def _minus_half_j(x: Floats, centroids: Floats, *_: Any) -> float:
    return -float(_squares(x, centroids).min(axis=1).sum()) / 2


def _tends_to_k_means(case: Case, answer: float) -> Finding | None:
    due = _minus_half_j(case["x"], case["centroids"])
    if case["epsilon"] > 1e-3 or abs(answer - due) <= -2e-3 * due:
        return None
    return Finding(show(answer), f"{due:.6g}, which is -J/2, to within a few thousandths")


def _log_density(
    x: Floats,
    centroids: Floats,
    variance: float,
    power: Callable[[int], float] = lambda d: d / 2,
    two: float = 2.0,
    distance: Callable[[Floats], Floats] = np.asarray,
) -> Floats:
    scale = power(x.shape[1]) * np.log(2 * np.pi * variance)
    return -scale - distance(_squares(x, centroids)) / (two * variance)


def _limit(
    *,
    times: Callable[[float], float] = float,
    variance: Callable[[float], float] = float,
    prior_in_q: Callable[[Floats], Floats] = np.log,
    prior_in_r: Callable[[Floats], Floats] = np.log,
    shares: Callable[[Floats], Floats] = softmax,
    **density: Any,
) -> Slip:
    """Make `scaled_q` with one piece replaced."""

    def variant(x: Floats, centroids: Floats, weights: Floats, epsilon: float) -> Any:
        log_density = _log_density(x, centroids, variance(epsilon), **density)
        r = shares(log_density + prior_in_r(weights))
        return times(epsilon) * (r * (log_density + prior_in_q(weights))).sum()

    return variant


def _log_likelihood_for_q(x: Floats, centroids: Floats, weights: Floats, epsilon: float) -> Any:
    return epsilon * _row_log_sum(np.log(weights) + _log_density(x, centroids, epsilon)).sum()


LIMIT = LESSON.exercise(
    "07.4",
    parts=(scaled_q.part(Number("epsilon times Q, one number", finite=False)),),
    cases=_limit_cases,
    properties=(
        Property(
            "as epsilon goes to zero, epsilon times Q tends to -J/2 (9.43)", _tends_to_k_means
        ),
        Property("at every epsilon it is epsilon times (9.40)", scaled_q.agrees()),
    ),
    slips={
        "not times epsilon": _limit(times=lambda epsilon: 1.0),
        "the exponent of one dimension": _limit(power=lambda d: 0.5),
        "the exponent D": _limit(power=float),
        "no normalising factor": _limit(power=lambda d: 0.0),
        "weights forgotten": _limit(prior_in_q=np.zeros_like, prior_in_r=np.zeros_like),
        "weights forgotten (in Q alone)": _limit(prior_in_q=np.zeros_like),
        "equal weights in the responsibilities": _limit(prior_in_r=np.zeros_like),
        "a standard deviation": _limit(variance=lambda epsilon: epsilon**2),
        "no half in the exponent": _limit(two=1.0),
        "distance not squared": _limit(distance=np.sqrt),
        "no responsibilities": _limit(shares=np.ones_like),
        "hard instead of soft assignment": _limit(shares=hard),
        "hard instead of soft assignment (to the nearest)": _limit(
            shares=hard, prior_in_r=np.zeros_like
        ),
        "the log-likelihood for Q": _log_likelihood_for_q,
        "only the limit": _minus_half_j,
        "underflow": lost_where(lambda case: case["epsilon"] < 1e-3),
    },
)

EXERCISES = (FOUR_TERMS, TANGENT, PICTURE, LIMIT)
