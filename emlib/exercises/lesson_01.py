"""Exercises of lesson 01: maximum likelihood.

tosses holds zeros and ones, x numbers, both of shape (N,). A normal distribution is given by its
mean and its standard deviation.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from emlib.exercises import pair
from emlib.exercises.engine.forms import Number, Several, show
from emlib.exercises.engine.properties import Test, between
from emlib.exercises.engine.record import Case, Finding, Property
from emlib.exercises.pair import Slip, of_part, seen
from emlib.exercises.slips.em import Floats
from emlib.exercises.slips.holds import above_zero, holds, of

LESSON = pair.lesson(__name__)
TITLE = LESSON.title


# 01.1

bernoulli_mle = LESSON.reference("01.1", "bernoulli_mle")


def _toss_cases(rng: np.random.Generator) -> list[Case]:
    rows = [np.array([1, 0, 0, 1, 0])]
    rows += [rng.permutation([1] * h + [0] * t) for h, t in ((9, 4), (3, 14), (25, 12), (3, 0))]
    labels = [f"{row.sum()} heads and {len(row) - row.sum()} tails" for row in rows]
    return [bernoulli_mle.case(*each) for each in zip(labels, rows, strict=True)]


def _near_the_share(test: Callable[[float, float], Any]) -> Slip:
    """Tell a slip by a test of the answer and the right share."""

    def applies(case: Case, answer: Any) -> bool:
        return isinstance(answer, float) and bool(test(answer, float(case["tosses"].mean())))

    return seen(applies)


def _on_a_grid(answer: float, right: float) -> bool:
    """Whether the answer is near the maximum and has three decimals at most."""
    off = abs(answer - right)
    return (off < 0.011 and round(answer, 3) == answer) or 1e-9 < off < 0.006


def _kept_away(answer: float, right: float) -> bool:
    """Whether the answer is right within the range, and near the edge where it is at the edge."""
    return abs(answer - right) < 1e-6 if right < 1 else 0.5 < answer < 1


def _highest(tosses: Any) -> Any:
    p, n = tosses.mean(), len(tosses)
    return p ** (n * p) * (1 - p) ** (n - n * p)


BERNOULLI = LESSON.exercise(
    "01.1",
    parts=(bernoulli_mle.part(Number("one number from 0 to 1")),),
    cases=_toss_cases,
    properties=(
        Property("a probability lies from 0 to 1", between(0.0, 1.0)),
        Property("the score is zero there: heads divided by tosses", bernoulli_mle.agrees()),
    ),
    slips={
        "odds instead of a share": lambda tosses: tosses.mean() / (1 - tosses.mean()),
        "swapped heads and tails": lambda tosses: 1 - tosses.mean(),
        "counts heads": np.sum,
        "added one to each count": lambda tosses: (tosses.sum() + 1) / (len(tosses) + 2),
        "the height instead of the place": _highest,
        "the height instead of the place (logarithm)": lambda tosses: math.log(_highest(tosses)),
        "the more frequent side": lambda tosses: np.round(tosses.mean()),
        "kept away from the edge": _near_the_share(_kept_away),
        "searched on a grid": _near_the_share(_on_a_grid),
    },
)


# 01.2

normal_mle = LESSON.reference("01.2", "normal_mle")
_MEAN_AND_STD = ("mean", "std")


def _normal_cases(rng: np.random.Generator) -> list[Case]:
    recipes = ((5, 170.0, 10.0), (8, -3.0, 0.4), (30, 50.0, 7.0), (12, 2.0, 25.0))
    return [
        normal_mle.case(f"{n} numbers about {mean:g}", rng.normal(mean, std, size=n).round(3))
        for n, mean, std in recipes
    ]


def _with_std(std: Callable[[Floats], Any]) -> Slip:
    return lambda x: (x.mean(), std(x))


def _about(x: Floats, centre: Any) -> Any:
    """Root of the mean square of the distances from a centre."""
    return np.sqrt(((x - centre) ** 2).mean())


NORMAL = LESSON.exercise(
    "01.2",
    parts=(normal_mle.part(Several(dict.fromkeys(_MEAN_AND_STD, Number("one number")))),),
    cases=_normal_cases,
    properties=(
        Property("a standard deviation is positive", of(1, above_zero("std"))),
        Property(
            "mean and standard deviation are those at which both scores vanish",
            normal_mle.agrees(names=_MEAN_AND_STD),
        ),
    ),
    slips={
        "variance instead of standard deviation": _with_std(np.var),
        "divided by N - 1": _with_std(lambda x: x.std(ddof=1)),
        "divided by N - 1 (root missing)": _with_std(lambda x: x.var(ddof=1)),
        "not divided": _with_std(lambda x: x.std() * np.sqrt(len(x))),
        "not divided (root missing)": _with_std(lambda x: x.var() * len(x)),
        "forgot to subtract the mean": _with_std(lambda x: _about(x, 0.0)),
        "mean absolute deviation": _with_std(lambda x: np.abs(x - x.mean()).mean()),
        "standard error instead of standard deviation": _with_std(
            lambda x: x.std() / np.sqrt(len(x))
        ),
        "distances from a number that is not the mean": _with_std(lambda x: _about(x, 170.0)),
        "distances from the median": _with_std(lambda x: _about(x, np.median(x))),
        "twice the variance": _with_std(lambda x: np.sqrt(2 * x.var())),
        "half the variance": _with_std(lambda x: np.sqrt(x.var() / 2)),
        "median instead of mean": lambda x: (np.median(x), x.std()),
        "median instead of mean (spread too)": lambda x: (np.median(x), _about(x, np.median(x))),
        "unrooted, in another order": lambda x: (x.var(), x.mean()),
    },
    stretch=normal_mle.case("four numbers near 1e8", np.array([0.0, 1.0, 3.0, 4.0]) + 1e8),
)


# 01.3

variance_ratio = LESSON.reference("01.3", "variance_ratio")
_SURE = 5.0  # standard errors, so that a right answer is not refused by bad luck


def _bias_cases(rng: np.random.Generator) -> list[Case]:
    cases = []
    listed = ((30, 10.0, 20_000), (3, 0.5, 10_000), (6, 4.0, 10_000), (2000, 2.0, 3))
    for n, sigma, n_repeats in listed:  # the last tells rows from columns
        own = np.random.default_rng(int(rng.integers(2**31)))
        label = f"n = {n}, sigma = {sigma:g}, {n_repeats} repeats"
        cases.append(variance_ratio.case(label, n, sigma, n_repeats, own))
    return cases


def _standard_error(case: Case) -> float:
    """Of the average of variances with divisor n, over the true variance."""
    n = case["n"]
    return math.sqrt(2 * (n - 1) / case["n_repeats"]) / n


def _factor(n: int) -> float:
    return (n - 1) / n


def _around_the_factor(case: Case, answer: float) -> Finding | None:
    n, error = case["n"], _standard_error(case)
    if abs(answer - _factor(n)) <= _SURE * error:
        return None
    return Finding(
        show(answer, beside=_factor(n)),
        f"{n - 1}/{n} = {_factor(n):.6g}, give or take some {error:.1g}",
    )


def _scatters_about(target: Callable[[int, float, int], float]) -> Slip:
    """Tell a slip by another number, made of the arguments, about which the answer scatters."""

    def applies(case: Case, answer: Any) -> bool:
        goal = target(case["n"], case["sigma"], case["n_repeats"])
        spread = abs(goal) * _standard_error(case) / _factor(case["n"])
        return isinstance(answer, float) and abs(answer - goal) <= _SURE * spread

    return seen(applies)


def _mean_of_roots(n: int, sigma: float, n_repeats: int) -> float:
    return math.sqrt(2 / n) * math.exp(math.lgamma(n / 2) - math.lgamma((n - 1) / 2))


def _of_samples(ratio: Callable[[Floats], Any]) -> Slip:
    """Return a ratio made of all samples, one a row, in units of sigma."""
    return lambda n, sigma, n_repeats, rng: ratio(rng.normal(0.0, 1.0, size=(n_repeats, n)))


BIAS = LESSON.exercise(
    "01.3",
    parts=(variance_ratio.part(Number("one number, a ratio of variances"), draws=True),),
    cases=_bias_cases,
    properties=(
        Property("the average ratio is (n - 1)/n, but for chance", _around_the_factor),
        Property(
            "it comes from samples, not from the formula",
            holds(
                lambda case, answer: abs(answer - _factor(case["n"])) > 1e-12,
                "a number that chance moved a little beside it",
                lambda case, answer: f"exactly {show(answer)}",
            ),
        ),
    ),
    slips={
        "one variance of all samples": _of_samples(np.var),
        "variance along the wrong axis": _of_samples(lambda x: x.var(axis=0).mean()),
        "variance along the wrong axis (other draws)": _scatters_about(
            lambda n, sigma, m: _factor(m)
        ),
        "one sample only": lambda n, sigma, n_repeats, rng: rng.normal(size=n).var(),
        "median instead of average": _of_samples(lambda x: np.median(x.var(axis=1))),
        "divided by n - 1": _scatters_about(lambda n, sigma, m: 1.0),
        "standard deviations instead of variances": _scatters_about(_mean_of_roots),
        "standard deviations instead of variances (root missing)": _scatters_about(
            lambda n, sigma, m: _factor(n) * sigma
        ),
        "not divided by the true variance": _scatters_about(
            lambda n, sigma, m: _factor(n) * sigma**2
        ),
        "divided by the variance of the heights": _scatters_about(
            lambda n, sigma, m: _factor(n) * sigma**2 / 100
        ),
        "sigma taken for a variance": _scatters_about(lambda n, sigma, m: _factor(n) / sigma),
        "the wrong way round": _scatters_about(lambda n, sigma, m: 1 / _factor(n)),
        "formula instead of a simulation": lambda n, sigma, n_repeats, rng: _factor(n),
    },
    seconds=10.0,
)


# 01.4

likelihood = LESSON.reference("01.4", "likelihood")
log_likelihood = LESSON.reference("01.4", "log_likelihood")


def _underflow_cases(rng: np.random.Generator) -> list[Case]:
    recipes = ((5, 1.7, 0.1), (4, 0.0, 0.5), (1000, 170.0, 10.0), (1500, -5.0, 30.0))
    cases = []
    for n, mean, std in recipes:
        x = rng.normal(mean, std, size=n).round(3)
        label = f"{n} numbers about {mean:g}"
        cases.append(likelihood.case(label, x, mean + 0.1 * std, 1.2 * std))
    return cases


def _many(case: Case) -> bool:
    return len(case["x"]) > 100


def _right_value(i: int, function: pair.Solution, *, many: bool) -> Test:
    """Test one of the two values, of many numbers or of few."""

    def test(case: Case, answer: tuple[float, float]) -> Finding | None:
        came, due = answer[i], float(function(*case.arguments(function.parameters)))
        right = came == due or abs(came - due) <= 1e-6 * abs(due)
        if right or _many(case) != many:
            return None
        name = function.__name__
        return Finding(f"{name}: {show(came, beside=due)}", f"{name}: {show(due, beside=came)}")

    return test


def _densities(x: Floats, mean: float, std: float) -> Floats:
    return np.exp(-0.5 * ((x - mean) / std) ** 2) / (std * math.sqrt(2 * math.pi))


def _logs(
    distance: float = -0.5, std: float = -1.0, two_pi: float = -0.5
) -> Callable[[Floats, float, float], float]:
    """Make a log-likelihood from the factors of squared distance, ln std and ln 2 pi."""
    return lambda x, mean, s: (
        distance * (((x - mean) / s) ** 2).sum()
        + len(x) * (std * math.log(s) + two_pi * math.log(2 * math.pi))
    )


def _log_of_zero(function: Callable[..., Any]) -> Callable[..., Any]:
    """Let ``math.log(0.0)`` answer as ``np.log(0.0)`` does, minus infinity."""

    def answer(*arguments: Any) -> Any:
        try:
            return function(*arguments)
        except ValueError as error:
            if "math domain" in str(error) or "positive input" in str(error):
                return -math.inf
            raise

    return answer


def _lost_with_many(lost: Callable[[float], Any], few_within: float) -> Slip:
    """Tell a slip by a log-likelihood that is lost of many numbers, and right of few."""

    def applies(case: Case, answer: Any) -> bool:
        if not isinstance(answer, tuple) or not isinstance(answer[1], float):
            return False
        if _many(case):
            return bool(lost(answer[1]))
        right = log_likelihood(*case.arguments(log_likelihood.parameters))
        return math.isclose(answer[1], right, rel_tol=few_within)

    return seen(applies)


UNDERFLOW = LESSON.exercise(
    "01.4",
    parts=(
        likelihood.part(Number("the product of the densities", finite=False)),
        log_likelihood.part(Number("one finite number, in nats"), adapt=_log_of_zero),
    ),
    cases=_underflow_cases,
    properties=(
        Property(
            "of a few numbers, the likelihood is the product of their densities",
            _right_value(0, likelihood, many=False),
        ),
        Property(
            "of a few numbers, the log-likelihood is the logarithm of that product",
            _right_value(1, log_likelihood, many=False),
        ),
        Property(
            "of a thousand numbers, the product underflows to 0.0",
            _right_value(0, likelihood, many=True),
        ),
        Property(
            "of a thousand numbers, the log-likelihood is finite and right",
            _right_value(1, log_likelihood, many=True),
        ),
    ),
    slips={
        "logarithm of the finished product": _lost_with_many(np.isneginf, 1e-6),
        "a small number added before the logarithm": _lost_with_many(
            lambda came: -750 < came < -20, 1e-3
        ),
        **of_part(
            1,
            {
                "logarithm of a sum": lambda *a: math.log(_densities(*a).sum()),
                "the sign turned": lambda *a: -log_likelihood(*a),
                "constant left out": _logs(two_pi=0.0),
                "front factor left out": _logs(std=0.0, two_pi=0.0),
                "variance where a standard deviation is expected": lambda x, mean, std: (
                    log_likelihood(x, mean, std**2)
                ),
                "variance where a standard deviation is expected (front factor)": _logs(std=-2.0),
                "front factor subtracted once": lambda x, mean, std: _logs(
                    std=-1 / len(x), two_pi=-0.5 / len(x)
                )(x, mean, std),
                "standard deviation where a variance is expected": lambda x, mean, std: (
                    log_likelihood(x, mean, math.sqrt(std))
                ),
                "factor of one half forgotten": _logs(distance=-1.0),
            },
        ),
        "standard deviation where a variance is expected (likelihood)": lambda x, mean, std: (
            likelihood(x, mean, math.sqrt(std))
        ),
        "factor of one half forgotten (likelihood)": lambda *a: np.exp(_logs(distance=-1.0)(*a)),
        "sum instead of product": lambda *a: _densities(*a).sum(),
        "front factor left out (likelihood)": lambda *a: np.exp(_logs(std=0.0, two_pi=0.0)(*a)),
        "variance where a standard deviation is expected (likelihood)": lambda x, mean, std: (
            likelihood(x, mean, std**2)
        ),
        "logarithms in both functions": log_likelihood,
        "the n-th root of the product": lambda x, *a: np.exp(log_likelihood(x, *a) / len(x)),
    },
)

EXERCISES = (BERNOULLI, NORMAL, BIAS, UNDERFLOW)
