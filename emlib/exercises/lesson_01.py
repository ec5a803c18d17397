"""Exercises of lesson 01: maximum likelihood.

tosses holds zeros and ones, x numbers, both of shape (N,). A normal distribution is given by its
mean and its standard deviation.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlib.exercises import pair
from emlib.exercises.engine.forms import Number, Several, show
from emlib.exercises.engine.properties import Test, agrees_with, between
from emlib.exercises.engine.record import Case, Finding, Function, Property
from emlib.exercises.pair import made, seen

LESSON = pair.lesson(__name__)
TITLE = LESSON.title

Floats = NDArray[np.float64]


# 01.1


bernoulli_mle = LESSON.reference("01.1", "bernoulli_mle")


_TOSSES = ("tosses",)


def _toss_cases(rng: np.random.Generator) -> list[Case]:
    rows = [np.array([1, 0, 0, 1, 0])]
    rows += [rng.permutation([1] * h + [0] * t) for h, t in ((9, 4), (3, 14), (25, 12), (3, 0))]
    return [
        Case(f"{row.sum()} heads and {len(row) - row.sum()} tails", {"tosses": row}) for row in rows
    ]


def _share(tosses: Any) -> Any:
    return np.asarray(tosses).mean()


def _on_a_grid(case: Case, answer: Any) -> bool:
    """Whether the answer is near the maximum and has three decimals at most."""
    right = float(_share(case["tosses"]))
    return (
        isinstance(answer, float) and abs(answer - right) < 0.011 and round(answer, 3) == answer
    ) or (isinstance(answer, float) and 1e-9 < abs(answer - right) < 0.006)


def _kept_away(case: Case, answer: Any) -> bool:
    """Whether the answer is right within the range, and near the edge where it is at the edge."""
    right = float(_share(case["tosses"]))
    if not isinstance(answer, float):
        return False
    return abs(answer - right) < 1e-6 if right < 1 else 0.5 < answer < 1


def _highest(tosses: Any) -> Any:
    p, n = _share(tosses), len(tosses)
    return p ** (n * p) * (1 - p) ** (n - n * p)


BERNOULLI = LESSON.exercise(
    "01.1",
    parts=(Function("bernoulli_mle", _TOSSES, Number("one number from 0 to 1")),),
    cases=_toss_cases,
    properties=(
        Property("a probability lies from 0 to 1", between(0.0, 1.0)),
        Property(
            "the score is zero there: heads divided by tosses", agrees_with(bernoulli_mle, _TOSSES)
        ),
    ),
    slips={
        "odds instead of a share": lambda tosses: _share(tosses) / (1 - _share(tosses)),
        "swapped heads and tails": lambda tosses: 1 - _share(tosses),
        "counts heads": lambda tosses: np.sum(tosses),
        "added one to each count": lambda tosses: (np.sum(tosses) + 1) / (len(tosses) + 2),
        "the height instead of the place": _highest,
        "the height instead of the place (logarithm)": lambda tosses: math.log(_highest(tosses)),
        "the more frequent side": lambda tosses: np.round(_share(tosses)),
        "divided by N - 1": lambda tosses: np.sum(tosses) / (len(tosses) - 1),
        "kept away from the edge": seen(_kept_away),
        "searched on a grid": seen(_on_a_grid),
    },
)


# 01.2


normal_mle = LESSON.reference("01.2", "normal_mle")


_X = ("x",)
_MEAN_AND_STD = ("mean", "std")


def _normal_cases(rng: np.random.Generator) -> list[Case]:
    recipes = ((5, 170.0, 10.0), (8, -3.0, 0.4), (30, 50.0, 7.0), (12, 2.0, 25.0))
    return [
        Case(f"{n} numbers about {mean:g}", {"x": rng.normal(mean, std, size=n).round(3)})
        for n, mean, std in recipes
    ]


def _std_positive(case: Case, answer: tuple[float, float]) -> Finding | None:
    return None if answer[1] > 0 else Finding(f"std {show(answer[1])}", "a number above zero")


def _with_std(std: Callable[[Floats], Any]) -> Callable[[Floats], tuple[Any, Any]]:
    return lambda x: (x.mean(), std(x))


NORMAL = LESSON.exercise(
    "01.2",
    parts=(
        Function("normal_mle", _X, Several({name: Number("one number") for name in _MEAN_AND_STD})),
    ),
    cases=_normal_cases,
    properties=(
        Property("a standard deviation is positive", _std_positive),
        Property(
            "mean and standard deviation are those at which both scores vanish",
            agrees_with(normal_mle, _X, names=_MEAN_AND_STD),
        ),
    ),
    slips={
        "variance instead of standard deviation": _with_std(lambda x: x.var()),
        "divided by N - 1": _with_std(lambda x: x.std(ddof=1)),
        "divided by N - 1 (root missing)": _with_std(lambda x: x.var(ddof=1)),
        "not divided": _with_std(lambda x: np.sqrt(((x - x.mean()) ** 2).sum())),
        "not divided (root missing)": _with_std(lambda x: ((x - x.mean()) ** 2).sum()),
        "forgot to subtract the mean": _with_std(lambda x: np.sqrt((x**2).mean())),
        "mean absolute deviation": _with_std(lambda x: np.abs(x - x.mean()).mean()),
        "standard error instead of standard deviation": _with_std(
            lambda x: x.std() / np.sqrt(len(x))
        ),
        "distances from a number that is not the mean": lambda x: (
            x.mean(),
            np.sqrt(((x - 170.0) ** 2).mean()),
        ),
        "distances from the median": lambda x: (
            x.mean(),
            np.sqrt(((x - np.median(x)) ** 2).mean()),
        ),
        "twice the variance": _with_std(lambda x: np.sqrt(2 * x.var())),
        "half the variance": _with_std(lambda x: np.sqrt(x.var() / 2)),
        "median instead of mean": lambda x: (np.median(x), x.std()),
        "median instead of mean (spread too)": lambda x: (
            np.median(x),
            np.sqrt(((x - np.median(x)) ** 2).mean()),
        ),
        "in another order": lambda x: (x.std(), x.mean()),
        "unrooted, in another order": lambda x: (x.var(), x.mean()),
    },
    stretch=Case("four numbers near 1e8", {"x": np.array([0.0, 1.0, 3.0, 4.0]) + 1e8}),
)


# 01.3


variance_ratio = LESSON.reference("01.3", "variance_ratio")


_BIAS = ("n", "sigma", "n_repeats", "rng")
_SURE = 5.0  # standard errors, so that a right answer is not refused by bad luck


def _bias_cases(rng: np.random.Generator) -> list[Case]:
    cases = []
    for n, sigma, n_repeats in ((30, 10.0, 20_000), (3, 0.5, 10_000), (6, 4.0, 10_000)):
        values = (n, sigma, n_repeats, np.random.default_rng(int(rng.integers(2**31))))
        label = f"n = {n}, sigma = {sigma:g}, {n_repeats} repeats"
        cases.append(Case(label, dict(zip(_BIAS, values, strict=True))))
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


def _not_the_formula(case: Case, answer: float) -> Finding | None:
    if abs(answer - _factor(case["n"])) > 1e-12:
        return None
    return Finding(f"exactly {show(answer)}", "a number that chance moved a little beside it")


def _about(target: Callable[[Case], float]) -> Callable[[Case, Any], bool]:
    """Make a test for answers that scatter about another number than they should."""

    def applies(case: Case, answer: Any) -> bool:
        goal = target(case)
        spread = abs(goal) * _standard_error(case) / _factor(case["n"])
        return isinstance(answer, float) and abs(answer - goal) <= _SURE * spread

    return applies


def _mean_of_roots(case: Case) -> float:
    n = case["n"]
    return math.sqrt(2 / n) * math.exp(math.lgamma(n / 2) - math.lgamma((n - 1) / 2))


def _samples(n: int, sigma: float, n_repeats: int, rng: np.random.Generator) -> Floats:
    return rng.normal(0.0, sigma, size=(n_repeats, n))


BIAS = LESSON.exercise(
    "01.3",
    parts=(
        Function("variance_ratio", _BIAS, Number("one number, a ratio of variances"), draws=True),
    ),
    cases=_bias_cases,
    properties=(
        Property("the average ratio is (n - 1)/n, but for chance", _around_the_factor),
        Property("it comes from samples, not from the formula", _not_the_formula),
    ),
    slips={
        "one variance of all samples": lambda n, sigma, m, rng: (
            _samples(n, sigma, m, rng).var() / sigma**2
        ),
        "variance along the wrong axis": lambda n, sigma, m, rng: (
            _samples(n, sigma, m, rng).var(axis=0).mean() / sigma**2
        ),
        "one sample only": lambda n, sigma, m, rng: rng.normal(0.0, sigma, n).var() / sigma**2,
        "median instead of average": lambda n, sigma, m, rng: (
            np.median(_samples(n, sigma, m, rng).var(axis=1)) / sigma**2
        ),
        "divided by n - 1": seen(_about(lambda case: 1.0)),
        "standard deviations instead of variances": seen(_about(_mean_of_roots)),
        "standard deviations instead of variances (root missing)": seen(
            _about(lambda case: _factor(case["n"]) * case["sigma"])
        ),
        "not divided by the true variance": seen(
            _about(lambda case: _factor(case["n"]) * case["sigma"] ** 2)
        ),
        "divided by the variance of the heights": seen(
            _about(lambda case: _factor(case["n"]) * case["sigma"] ** 2 / 100)
        ),
        "sigma taken for a variance": seen(_about(lambda case: _factor(case["n"]) / case["sigma"])),
        "the wrong way round": seen(_about(lambda case: 1 / _factor(case["n"]))),
        "formula instead of a simulation": lambda n, sigma, m, rng: (n - 1) / n,
    },
    seconds=10.0,
)


# 01.4


likelihood = LESSON.reference("01.4", "likelihood")


log_likelihood = LESSON.reference("01.4", "log_likelihood")


_GAUSS = ("x", "mean", "std")
_ANSWERS = ("likelihood", "log_likelihood")


def _underflow_cases(rng: np.random.Generator) -> list[Case]:
    recipes = ((5, 1.7, 0.1), (4, 0.0, 0.5), (1000, 170.0, 10.0), (1500, -5.0, 30.0))
    cases = []
    for n, mean, std in recipes:
        x = rng.normal(mean, std, size=n).round(3)
        values = (x, mean + 0.1 * std, 1.2 * std)
        cases.append(Case(f"{n} numbers about {mean:g}", dict(zip(_GAUSS, values, strict=True))))
    return cases


def _many(case: Case) -> bool:
    return len(case["x"]) > 100


def _same_value(part: int, function: Callable[..., Any], *, many: bool) -> Test:
    def test(case: Case, answer: tuple[float, float]) -> Finding | None:
        if _many(case) != many:
            return None
        expected = float(function(*case.arguments(_GAUSS)))
        came = answer[part]
        if came == expected or abs(came - expected) <= 1e-6 * abs(expected):
            return None
        name = _ANSWERS[part]
        return Finding(
            f"{name}: {show(came, beside=expected)}", f"{name}: {show(expected, beside=came)}"
        )

    return test


def _densities(x: Floats, mean: float, std: float) -> Floats:
    return np.exp(-0.5 * ((x - mean) / std) ** 2) / (std * math.sqrt(2 * math.pi))


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


def _log_of_the_product(case: Case, answer: Any) -> bool:
    if not isinstance(answer, tuple) or not isinstance(answer[1], float):
        return False
    if _many(case):
        return bool(np.isneginf(answer[1]))
    return math.isclose(answer[1], log_likelihood(*case.arguments(_GAUSS)), rel_tol=1e-6)


def _small_number_added(case: Case, answer: Any) -> bool:
    if not isinstance(answer, tuple) or not isinstance(answer[1], float):
        return False
    if _many(case):
        return -750 < answer[1] < -20
    return math.isclose(answer[1], log_likelihood(*case.arguments(_GAUSS)), rel_tol=1e-3)


UNDERFLOW = LESSON.exercise(
    "01.4",
    parts=(
        Function("likelihood", _GAUSS, Number("the product of the densities", finite=False)),
        Function(
            "log_likelihood", _GAUSS, Number("one finite number, in nats"), adapt=_log_of_zero
        ),
    ),
    cases=_underflow_cases,
    properties=(
        Property(
            "of a few numbers, the likelihood is the product of their densities",
            _same_value(0, likelihood, many=False),
        ),
        Property(
            "of a few numbers, the log-likelihood is the logarithm of that product",
            _same_value(1, log_likelihood, many=False),
        ),
        Property(
            "of a thousand numbers, the product underflows to 0.0",
            _same_value(0, likelihood, many=True),
        ),
        Property(
            "of a thousand numbers, the log-likelihood is finite and right",
            _same_value(1, log_likelihood, many=True),
        ),
    ),
    slips={
        "logarithm of the finished product": seen(_log_of_the_product),
        "a small number added before the logarithm": seen(_small_number_added),
        "logarithm of a sum": made(
            lambda x, mean, std: math.log(_densities(x, mean, std).sum()), part=1
        ),
        "averaged instead of summed": made(
            lambda x, mean, std: log_likelihood(x, mean, std) / len(x), part=1
        ),
        "the sign turned": made(lambda x, mean, std: -log_likelihood(x, mean, std), part=1),
        "another logarithm": made(
            lambda x, mean, std: log_likelihood(x, mean, std) / math.log(10), part=1
        ),
        "constant left out": made(
            lambda x, mean, std: (
                log_likelihood(x, mean, std) + 0.5 * len(x) * math.log(2 * math.pi)
            ),
            part=1,
        ),
        "front factor left out": made(
            lambda x, mean, std: -0.5 * (((x - mean) / std) ** 2).sum(), part=1
        ),
        "variance where a standard deviation is expected": made(
            lambda x, mean, std: log_likelihood(x, mean, std**2), part=1
        ),
        "variance where a standard deviation is expected (front factor)": made(
            lambda x, mean, std: log_likelihood(x, mean, std) - len(x) * math.log(std), part=1
        ),
        "front factor subtracted once": made(
            lambda x, mean, std: (
                -0.5 * (((x - mean) / std) ** 2).sum() - math.log(std * math.sqrt(2 * math.pi))
            ),
            part=1,
        ),
        "standard deviation where a variance is expected": made(
            lambda x, mean, std: log_likelihood(x, mean, math.sqrt(std)), part=1
        ),
        "factor of one half forgotten": made(
            lambda x, mean, std: (
                log_likelihood(x, mean, std) - 0.5 * (((x - mean) / std) ** 2).sum()
            ),
            part=1,
        ),
        "standard deviation where a variance is expected (likelihood)": lambda x, mean, std: (
            likelihood(x, mean, math.sqrt(std))
        ),
        "factor of one half forgotten (likelihood)": lambda x, mean, std: (
            likelihood(x, mean, std) * np.exp(-0.5 * (((x - mean) / std) ** 2).sum())
        ),
        "sum instead of product": lambda x, mean, std: _densities(x, mean, std).sum(),
        "front factor left out (likelihood)": lambda x, mean, std: np.prod(
            np.exp(-0.5 * ((x - mean) / std) ** 2)
        ),
        "variance where a standard deviation is expected (likelihood)": lambda x, mean, std: (
            likelihood(x, mean, std**2)
        ),
        "logarithms in both functions": log_likelihood,
        "the n-th root of the product": lambda x, mean, std: np.exp(
            log_likelihood(x, mean, std) / len(x)
        ),
    },
)

EXERCISES = (BERNOULLI, NORMAL, BIAS, UNDERFLOW)
