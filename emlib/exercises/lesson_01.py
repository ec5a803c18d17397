"""Exercises of lesson 01: maximum likelihood.

tosses holds zeros and ones, x numbers, both of shape (N,). A normal distribution is given by its
mean and its standard deviation.
"""

# Solutions are shown to the learner and carry no annotations.
# mypy: allow-untyped-defs

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlib.exercises.engine.forms import Number, Several, show
from emlib.exercises.engine.properties import Test, agrees_with, between
from emlib.exercises.engine.record import Case, Exercise, Finding, Function, Misconception, Property

TITLE = "Maximum likelihood"

Floats = NDArray[np.float64]


# 01.1


def bernoulli_mle(tosses):
    """Probability of heads that maximises the likelihood of zeros and ones."""
    tosses = np.asarray(tosses)
    return tosses.sum() / len(tosses)  # (2.7)


_TOSSES = ("tosses",)


def _toss_cases(rng: np.random.Generator) -> list[Case]:
    rows = [np.array([1, 0, 0, 1, 0])]
    rows += [rng.permutation([1] * h + [0] * t) for h, t in ((9, 4), (3, 14), (25, 12))]
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


def _highest(tosses: Any) -> Any:
    p, n = _share(tosses), len(tosses)
    return p ** (n * p) * (1 - p) ** (n - n * p)


BERNOULLI = Exercise(
    id="01.1",
    title="One coin: the most plausible bias",
    parts=(Function("bernoulli_mle", _TOSSES, Number("one number from 0 to 1")),),
    cases=_toss_cases,
    properties=(
        Property("a probability lies from 0 to 1", between(0.0, 1.0)),
        Property(
            "the score is zero there: heads divided by tosses", agrees_with(bernoulli_mle, _TOSSES)
        ),
    ),
    misconceptions=(
        Misconception(
            "odds instead of a share",
            "You divided heads by tails; that is the odds. The score is zero where p is heads"
            " divided by all tosses.",
            lambda tosses: _share(tosses) / (1 - _share(tosses)),
        ),
        Misconception(
            "swapped heads and tails",
            "This is the share of tails. Heads are the ones, and p is the probability of a one.",
            lambda tosses: 1 - _share(tosses),
        ),
        Misconception(
            "counts heads",
            "This is the number of heads: divide it by the number of tosses.",
            lambda tosses: np.sum(tosses),
        ),
        Misconception(
            "added one to each count",
            "One was added to heads and to tails before dividing. That is another estimate (the"
            " mean of a posterior); the likelihood is highest at the plain share.",
            lambda tosses: (np.sum(tosses) + 1) / (len(tosses) + 2),
        ),
        Misconception(
            "the height instead of the place",
            "This is the value of the likelihood at its maximum. The question is where the maximum"
            " is: which p.",
            _highest,
        ),
        Misconception(
            "the height instead of the place",
            "This is the value of the log-likelihood at its maximum. The question is where the"
            " maximum is: which p.",
            lambda tosses: math.log(_highest(tosses)),
        ),
        Misconception(
            "the more frequent side",
            "You return the side that was seen more often, 0 or 1. A bias may lie anywhere between"
            " them: divide heads by tosses.",
            lambda tosses: np.round(_share(tosses)),
        ),
        Misconception(
            "divided by N - 1",
            "The heads were divided by one less than the number of tosses. The score has N.",
            lambda tosses: np.sum(tosses) / (len(tosses) - 1),
        ),
        Misconception(
            "searched on a grid",
            "This is near the maximum, but only as near as a grid or a short search comes. The"
            " score gives the place exactly: solve it for p.",
            applies=_on_a_grid,
        ),
    ),
    hints=(
        "Write the log-likelihood of h heads and t tails. Where does its derivative in p vanish?",
        "h/p = t/(1 - p). Multiply by p (1 - p) and collect the terms with p.",
        "p = h/(h + t); with zeros and ones, h is `tosses.sum()` and h + t is `len(tosses)`.",
    ),
    solution=(bernoulli_mle,),
    remark=(
        "For two heads and three tails it gives 2/5. For zeros and ones the share of ones is also"
        " their mean."
    ),
    stretch=(
        Case("3 heads and no tails", {"tosses": np.array([1, 1, 1])}),
        (
            "With 3 heads and no tails your function fails. The likelihood is highest at the edge,"
            " p = 1, where the score is not zero."
        ),
    ),
)


# 01.2


def normal_mle(x):
    """Mean and standard deviation that maximise the likelihood of a normal distribution."""
    x = np.asarray(x, dtype=float)
    mean = x.sum() / len(x)  # (1.55)
    variance = ((x - mean) ** 2).sum() / len(x)  # (1.56)
    return mean, np.sqrt(variance)


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


NORMAL = Exercise(
    id="01.2",
    title="One bell curve: mean and standard deviation",
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
    misconceptions=(
        Misconception(
            "variance instead of standard deviation",
            "The second number is the variance. Take its square root.",
            _with_std(lambda x: x.var()),
        ),
        Misconception(
            "divided by N - 1",
            "The sum of squares was divided by N - 1. That is a good estimate too, but not the"
            " maximum of the likelihood, which divides by N.",
            _with_std(lambda x: x.std(ddof=1)),
        ),
        Misconception(
            "divided by N - 1",
            "The sum of squares was divided by N - 1, and the root is missing. The maximum of the"
            " likelihood divides by N; return the square root.",
            _with_std(lambda x: x.var(ddof=1)),
        ),
        Misconception(
            "not divided",
            "The squared distances were added up but not divided by their number.",
            _with_std(lambda x: np.sqrt(((x - x.mean()) ** 2).sum())),
        ),
        Misconception(
            "not divided",
            "The squared distances were added up but not divided by their number, and the root is"
            " missing.",
            _with_std(lambda x: ((x - x.mean()) ** 2).sum()),
        ),
        Misconception(
            "forgot to subtract the mean",
            "This is the root of the mean square of x itself. Subtract the mean before squaring.",
            _with_std(lambda x: np.sqrt((x**2).mean())),
        ),
        Misconception(
            "mean absolute deviation",
            "These are absolute deviations, averaged. The score in the variance has their squares:"
            " square, average, then take the root.",
            _with_std(lambda x: np.abs(x - x.mean()).mean()),
        ),
        Misconception(
            "standard error instead of standard deviation",
            "The second number is the standard deviation divided by the root of N: the uncertainty"
            " of the mean. Was the root taken before dividing by N? The spread of the data is asked"
            " for.",
            _with_std(lambda x: x.std() / np.sqrt(len(x))),
        ),
        Misconception(
            "median instead of mean",
            "The first number is the median. The score in the mean vanishes where the distances"
            " add up to zero: at the mean.",
            lambda x: (np.median(x), x.std()),
        ),
        Misconception(
            "median instead of mean",
            "The centre is the median, and the spread is taken about it. The score in the mean"
            " vanishes where the distances add up to zero: at the mean.",
            lambda x: (np.median(x), np.sqrt(((x - np.median(x)) ** 2).mean())),
        ),
        Misconception(
            "in another order",
            "These are the right numbers in another order: `return mean, std`.",
            lambda x: (x.std(), x.mean()),
        ),
        Misconception(
            "unrooted, in another order",
            "Variance first, mean second: `return mean, std`, the std being the root.",
            lambda x: (x.var(), x.mean()),
        ),
    ),
    hints=(
        "Set each of the two scores to zero, and multiply away what cannot be zero.",
        (
            "The first says that the distances x - mean add up to zero. The second says that the"
            " variance is the average of their squares."
        ),
        (
            "`mean = x.sum() / len(x)`; `variance = ((x - mean)**2).sum() / len(x)`; return the"
            " mean and `np.sqrt(variance)`."
        ),
    ),
    solution=(normal_mle,),
    remark=(
        "Maximum likelihood of a bell curve is the mean and the standard deviation with divisor N;"
        " `np.mean` and `np.std` compute just that."
    ),
    stretch=(
        Case("four numbers near 1e8", {"x": np.array([0.0, 1.0, 3.0, 4.0]) + 1e8}),
        (
            "For numbers near 1e8 your function loses its digits: the mean of squares minus the"
            " square of the mean is a small difference of large numbers. Subtract the mean first."
        ),
    ),
)


# 01.3


def variance_ratio(n, sigma, n_repeats, rng):
    """Average of the ML variance over many samples of n numbers, divided by the true variance."""
    samples = rng.normal(0.0, sigma, size=(n_repeats, n))
    return samples.var(axis=1).mean() / sigma**2


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


BIAS = Exercise(
    id="01.3",
    title="How far the variance falls short",
    parts=(
        Function("variance_ratio", _BIAS, Number("one number, a ratio of variances"), draws=True),
    ),
    cases=_bias_cases,
    properties=(
        Property("the average ratio is (n - 1)/n, but for chance", _around_the_factor),
        Property("it comes from samples, not from the formula", _not_the_formula),
    ),
    misconceptions=(
        Misconception(
            "one variance of all samples",
            "All samples were pooled into one before the variance was taken (is `axis=1`"
            " missing?), so n no longer matters. Each sample of n numbers has its own mean and its"
            " own variance.",
            lambda n, sigma, m, rng: _samples(n, sigma, m, rng).var() / sigma**2,
        ),
        Misconception(
            "variance along the wrong axis",
            "The variances were taken across the samples. With one sample a row, take them along"
            " `axis=1`.",
            lambda n, sigma, m, rng: _samples(n, sigma, m, rng).var(axis=0).mean() / sigma**2,
        ),
        Misconception(
            "one sample only",
            "This is the ratio of a single sample. Average it over `n_repeats` samples.",
            lambda n, sigma, m, rng: rng.normal(0.0, sigma, n).var() / sigma**2,
        ),
        Misconception(
            "median instead of average",
            "This is the median of the ratios. Bias is about the average: take the mean.",
            lambda n, sigma, m, rng: np.median(_samples(n, sigma, m, rng).var(axis=1)) / sigma**2,
        ),
        Misconception(
            "divided by n - 1",
            "The ratio comes out at 1: the sum of squares was divided by n - 1, or the distances"
            " were taken from the true mean. Maximum likelihood divides by n, and takes them from"
            " the mean of the sample (`np.var` does, with `ddof=0`).",
            applies=_about(lambda case: 1.0),
        ),
        Misconception(
            "standard deviations instead of variances",
            "You averaged standard deviations. The factor (n - 1)/n belongs to the variance: do not"
            " take the root.",
            applies=_about(_mean_of_roots),
        ),
        Misconception(
            "standard deviations instead of variances",
            "You divided by the true standard deviation and averaged without the root: divide the"
            " variance by sigma squared.",
            applies=_about(lambda case: _factor(case["n"]) * case["sigma"]),
        ),
        Misconception(
            "not divided by the true variance",
            "This is the average variance. Divide it by the true one, sigma squared.",
            applies=_about(lambda case: _factor(case["n"]) * case["sigma"] ** 2),
        ),
        Misconception(
            "sigma taken for a variance",
            "sigma seems to have been handed to the generator as a variance (or its root taken):"
            " `rng.normal(mean, sigma)` expects the standard deviation.",
            applies=_about(lambda case: _factor(case["n"]) / case["sigma"]),
        ),
        Misconception(
            "the wrong way round",
            "This is the true variance divided by the average estimate. The estimate comes first.",
            applies=_about(lambda case: 1 / _factor(case["n"])),
        ),
        Misconception(
            "formula instead of a simulation",
            "This is the formula itself. Here it is to be seen in data: draw the samples, and"
            " average their variances.",
            lambda n, sigma, m, rng: (n - 1) / n,
        ),
    ),
    hints=(
        "Draw one sample of n numbers and take its ML variance. Now do that many times.",
        (
            "All samples at once: an array with `n_repeats` rows and n columns. The variance of"
            " each row, their average, divided by sigma squared."
        ),
        (
            "`samples = rng.normal(0.0, sigma, size=(n_repeats, n))`; then `samples.var(axis=1)`"
            " holds one ML variance a sample. Average, and divide by `sigma**2`."
        ),
    ),
    solution=(variance_ratio,),
    remark=(
        "For n = 30 the variance falls short by one part in thirty, on average; for a thousand"
        " heights by one part in a thousand."
    ),
    seconds=10.0,
)


# 01.4


def likelihood(x, mean, std):
    """Product of the densities of all numbers."""
    z = (np.asarray(x) - mean) / std
    return np.prod(np.exp(-0.5 * z**2) / (std * np.sqrt(2 * np.pi)))  # (1.53)


def log_likelihood(x, mean, std):
    """Sum of the log densities of all numbers."""
    z = (np.asarray(x) - mean) / std
    return np.sum(-0.5 * z**2 - np.log(std) - 0.5 * np.log(2 * np.pi))  # (1.54)


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


UNDERFLOW = Exercise(
    id="01.4",
    title="A product that vanishes",
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
    misconceptions=(
        Misconception(
            "logarithm of the finished product",
            "The logarithm is taken of the finished product, which is 0.0 by then. Take the"
            " logarithm of each density first, and add.",
            applies=_log_of_the_product,
        ),
        Misconception(
            "a small number added before the logarithm",
            "A small number seems to be added to the product before its logarithm is taken. That"
            " hides the 0.0 but the answer is that of the small number. Add up logarithms instead.",
            applies=_small_number_added,
        ),
        Misconception(
            "logarithm of a sum",
            "This is the logarithm of the sum of the densities. Independent data multiply, so the"
            " logarithms are added: the sum of logs, not the log of a sum.",
            lambda x, mean, std: math.log(_densities(x, mean, std).sum()),
            part=1,
        ),
        Misconception(
            "averaged instead of summed",
            "This is the mean of the log densities. The log-likelihood is their sum.",
            lambda x, mean, std: log_likelihood(x, mean, std) / len(x),
            part=1,
        ),
        Misconception(
            "the sign turned",
            "The sign is turned: minus the log-likelihood is what one hands to a minimiser. Return"
            " the sum of the logs as it is.",
            lambda x, mean, std: -log_likelihood(x, mean, std),
            part=1,
        ),
        Misconception(
            "another logarithm",
            "This is the logarithm to base 10 (`np.log10`). Ours is the natural one, `np.log`.",
            lambda x, mean, std: log_likelihood(x, mean, std) / math.log(10),
            part=1,
        ),
        Misconception(
            "constant left out",
            "The term ln(2 pi)/2 of each density is missing. It moves no maximum, but it belongs to"
            " the value.",
            lambda x, mean, std: (
                log_likelihood(x, mean, std) + 0.5 * len(x) * math.log(2 * math.pi)
            ),
            part=1,
        ),
        Misconception(
            "front factor left out",
            "Only the squared distances are there. Each density also has the front factor"
            " 1/(std sqrt(2 pi)); its logarithm is not constant in std.",
            lambda x, mean, std: -0.5 * (((x - mean) / std) ** 2).sum(),
            part=1,
        ),
        Misconception(
            "variance where a standard deviation is expected",
            "In the log-likelihood the standard deviation seems to be squared where it should not,"
            " or not where it should: the distance is divided by std before it is squared, and the"
            " front factor has std.",
            lambda x, mean, std: log_likelihood(x, mean, std**2),
            part=1,
        ),
        Misconception(
            "variance where a standard deviation is expected",
            "In the log-likelihood the front factor is that of a standard deviation std squared:"
            " ln std is due once.",
            lambda x, mean, std: log_likelihood(x, mean, std) - len(x) * math.log(std),
            part=1,
        ),
        Misconception(
            "sum instead of product",
            "The densities were added. Independent data multiply: `np.prod`.",
            lambda x, mean, std: _densities(x, mean, std).sum(),
        ),
        Misconception(
            "front factor left out",
            "The front factor 1/(std sqrt(2 pi)) of each density is missing.",
            lambda x, mean, std: np.prod(np.exp(-0.5 * ((x - mean) / std) ** 2)),
        ),
        Misconception(
            "variance where a standard deviation is expected",
            "In the likelihood the standard deviation was squared where it should not be: the"
            " distance is divided by std, then squared.",
            lambda x, mean, std: likelihood(x, mean, std**2),
        ),
        Misconception(
            "logarithms in both functions",
            "Your `likelihood` returns a log-likelihood. Here it is to be the plain product, so"
            " that its end can be seen.",
            log_likelihood,
        ),
        Misconception(
            "the n-th root of the product",
            "This is the geometric mean of the densities. The likelihood is their product itself.",
            lambda x, mean, std: np.exp(log_likelihood(x, mean, std) / len(x)),
        ),
    ),
    hints=(
        "Compute the densities of all numbers first. What does each function do with them?",
        (
            "`likelihood` multiplies the densities. `log_likelihood` must never form the product:"
            " write ln of one density by hand, then add."
        ),
        (
            "With `z = (x - mean) / std`: `likelihood` returns `np.prod(np.exp(-0.5 * z**2) / (std"
            " * np.sqrt(2 * np.pi)))`; `log_likelihood` sums `-0.5 * z**2 - np.log(std) - 0.5 *"
            " np.log(2 * np.pi)`."
        ),
    ),
    solution=(likelihood, log_likelihood),
    remark=(
        "The product of the thousand is 0.0 for every mean and std you may try, so it cannot even"
        " say which is better; the sum of logs can."
    ),
)

EXERCISES = (BERNOULLI, NORMAL, BIAS, UNDERFLOW)
