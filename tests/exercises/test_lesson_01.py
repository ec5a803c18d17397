"""Answers as learners write them: the right ones in several styles, the wrong ones named."""

import math
import statistics

import numpy as np
import pytest
from scipy import optimize, stats

from emlib import datasets, mle
from emlib.exercises import check, lesson_01
from emlib.exercises.engine.result import Status
from tests.exercises.telling import refused_as, told, words

# 01.1


def coin_in_a_loop(tosses):
    heads = 0
    for toss in tosses:
        if toss == 1:
            heads += 1
    return heads / len(tosses)


def coin_with_lists(tosses):
    return [sum(list(tosses)) / len(list(tosses))]


def coin_by_a_search(tosses):
    h, n = sum(tosses), len(tosses)
    found = optimize.minimize_scalar(
        lambda p: -h * math.log(p) - (n - h) * math.log1p(-p),
        bounds=(1e-9, 1 - 1e-9),
        method="bounded",
        options={"xatol": 1e-10},
    )
    return found.x


@pytest.mark.parametrize(
    "answer", [coin_in_a_loop, coin_with_lists, np.mean, lambda t: mle.bernoulli(t).p]
)
def test_right_answers_to_the_coin(answer):
    result = told("01.1", answer)
    assert result.status is Status.CORRECT
    assert "One step further" not in repr(result)


def test_a_thorough_search_is_accepted_too():
    assert told("01.1", coin_by_a_search).status is Status.CORRECT


def test_an_answer_that_stumbles_over_the_edge_is_told_where():
    def by_odds(tosses):
        odds = sum(tosses) / (len(tosses) - sum(tosses))
        return odds / (1 + odds) if np.isfinite(odds) else math.nan

    result = told("01.1", by_odds)
    assert result.status is Status.WRONG
    assert "3 heads and 0 tails" in words(result)


def test_an_answer_that_keeps_away_from_the_edge_is_told_so():
    result = told("01.1", lambda tosses: min(np.mean(tosses), 0.999))
    assert result.status is Status.WRONG
    assert "highest at the edge, p = 1" in words(result)


def best_on_a_grid(tosses, step):
    p = np.arange(step, 1, step)
    return p[np.argmax(tosses.sum() * np.log(p) + (1 - tosses).sum() * np.log(1 - p))]


def highest_likelihood(tosses):
    p = tosses.mean()
    return np.prod(np.where(tosses == 1, p, 1 - p))


WRONG_COIN = {
    "odds instead of a share": lambda t: t.sum() / (1 - t).sum(),
    "swapped heads and tails": lambda t: (1 - t).mean(),
    "counts heads": lambda t: int(sum(t)),
    "added one to each count": lambda t: (sum(t) + 1) / (len(t) + 2),
    "the height instead of the place": highest_likelihood,
    "the more frequent side": lambda t: int(sum(t) > len(t) / 2),
    "divided by one less": lambda t: sum(t) / (len(t) - 1),
    "searched on a grid": lambda t: best_on_a_grid(t, 0.01),
    "hard-coded": lambda t: 2 / 5,
    "per cent": lambda t: 100 * t.mean(),
}


@pytest.mark.parametrize("name", WRONG_COIN)
def test_wrong_answers_to_the_coin(name):
    refused_as(name, "01.1", WRONG_COIN[name])


def test_grids_of_other_steps_and_the_height_in_logarithms_are_known_too():
    for step in (0.001, 0.0001):
        result = told("01.1", lambda t, step=step: best_on_a_grid(t, step))
        assert result.misconception == "searched on a grid"
    result = told("01.1", lambda t: math.log(highest_likelihood(t)))
    assert result.misconception == "the height instead of the place"


def test_the_wrong_side_is_told_which_side_is_meant():
    assert "share of tails" in words(told("01.1", WRONG_COIN["swapped heads and tails"]))
    assert "which p" in words(told("01.1", highest_likelihood))


# 01.2


def bell_in_a_loop(x):
    total = 0.0
    for value in x:
        total += value
    mean = total / len(x)
    squares = 0.0
    for value in x:
        squares += (value - mean) ** 2
    return mean, math.sqrt(squares / len(x))


def bell_with_the_library(x):
    return {"mean": statistics.fmean(x), "std": statistics.pstdev(x.tolist())}


def bell_with_the_package(x):
    fit = mle.normal(x)
    return [fit.mean, fit.variance**0.5]


@pytest.mark.parametrize(
    "answer",
    [
        bell_in_a_loop,
        bell_with_the_library,
        bell_with_the_package,
        lambda x: np.array([np.mean(x), np.std(x)]),
        stats.norm.fit,
    ],
)
def test_right_answers_to_the_bell_curve(answer):
    result = told("01.2", answer)
    assert result.status is Status.CORRECT
    assert "One step further" not in repr(result)


def test_the_difference_of_squares_is_right_but_is_told_about_lost_digits():
    result = told("01.2", lambda x: (x.mean(), np.sqrt(abs((x**2).mean() - x.mean() ** 2))))
    assert result.status is Status.CORRECT
    assert "loses its digits" in words(result)


def test_the_heights_give_the_published_numbers():
    mean, std = lesson_01.normal_mle(datasets.heights(0).x)
    assert (round(mean, 3), round(std, 4)) == (169.520, 9.7675)
    assert lesson_01.bernoulli_mle([1, 0, 0, 1, 0]) == 0.4


WRONG_BELL = {
    "variance instead of standard deviation": lambda x: (x.mean(), np.mean((x - x.mean()) ** 2)),
    "divided by N - 1": lambda x: (x.mean(), statistics.stdev(x.tolist())),
    "not divided": lambda x: (x.mean(), np.linalg.norm(x - x.mean())),
    "forgot to subtract the mean": lambda x: (x.mean(), np.sqrt(sum(x * x) / len(x))),
    "mean absolute deviation": lambda x: (x.mean(), sum(abs(x - x.mean())) / len(x)),
    "standard error instead of standard deviation": lambda x: (
        x.mean(),
        np.linalg.norm(x - x.mean()) / len(x),
    ),
    "median instead of mean": lambda x: (statistics.median(x), x.std()),
    "distances from a number that is not the mean": lambda x: (
        x.mean(),
        math.sqrt(np.mean((x - 170) ** 2)),
    ),
    "distances from the median": lambda x: (
        x.mean(),
        math.sqrt(np.mean((x - statistics.median(x)) ** 2)),
    ),
    "twice the variance": lambda x: (x.mean(), math.sqrt(2) * x.std()),
    "half the variance": lambda x: (x.mean(), x.std() / math.sqrt(2)),
    "in another order": lambda x: (x.std(), x.mean()),
    "unrooted, in another order": lambda x: (x.var(), x.mean()),
    "hard-coded": lambda x: (169.520, 9.7675),
}


@pytest.mark.parametrize("name", WRONG_BELL)
def test_wrong_answers_to_the_bell_curve(name):
    refused_as(name, "01.2", WRONG_BELL[name])


def test_combinations_of_slips_are_named_too():
    def about_the_median(x):
        return np.median(x), np.sqrt(np.mean((x - np.median(x)) ** 2))

    assert told("01.2", about_the_median).misconception == "median instead of mean"
    assert told("01.2", lambda x: (x.mean(), x.var(ddof=1))).misconception == "divided by N - 1"
    result = told("01.2", lambda x: (x.mean(), ((x - x.mean()) ** 2).sum()))
    assert result.misconception == "not divided"


def test_the_variance_is_told_to_take_the_root():
    result = told("01.2", WRONG_BELL["variance instead of standard deviation"])
    assert "square root" in words(result)


def test_one_number_instead_of_two_is_told_what_is_due():
    result = told("01.2", np.mean)
    assert result.status is Status.WRONG
    assert "mean, std" in words(result)


# 01.3


def ratio_in_a_loop(n, sigma, n_repeats, rng):
    total = 0.0
    for _ in range(n_repeats):
        sample = rng.normal(170.0, sigma, n)
        total += np.mean((sample - sample.mean()) ** 2)
    return total / n_repeats / sigma**2


def ratio_with_lists(n, sigma, n_repeats, rng):
    variances = [np.var(rng.normal(5.0, sigma, n)) for _ in range(n_repeats)]
    return sum(variances) / (n_repeats * sigma * sigma)


def ratio_by_columns(n, sigma, n_repeats, rng):
    x = sigma * rng.standard_normal((n, n_repeats))
    return np.mean((x**2).mean(axis=0) - x.mean(axis=0) ** 2) / sigma**2


def ratio_of_each(n, sigma, n_repeats, rng):
    x = rng.normal(size=(n_repeats, n), loc=-3.0, scale=sigma)
    return (x.std(axis=1) ** 2 / sigma**2).mean()


@pytest.mark.parametrize(
    "answer", [ratio_in_a_loop, ratio_with_lists, ratio_by_columns, ratio_of_each]
)
def test_right_answers_to_the_bias(answer):
    assert told("01.3", answer).status is Status.CORRECT


@pytest.mark.parametrize("seed", range(20))
def test_no_seed_refuses_a_right_answer(seed):
    def with_another_seed(n, sigma, n_repeats, rng):
        own = np.random.default_rng([seed, *rng.integers(1000, size=3)])
        return ratio_of_each(n, sigma, n_repeats, own)

    assert check("01.3", with_another_seed).status is Status.CORRECT


def draw(n, sigma, n_repeats, rng, loc=1.0):
    return rng.normal(loc, sigma, size=(n_repeats, n))


def about_the_truth(n, sigma, n_repeats, rng):
    return np.mean((draw(n, sigma, n_repeats, rng) - 1.0) ** 2) / sigma**2


def unbiased(n, sigma, n_repeats, rng):
    return np.mean([rng.normal(0, sigma, n).var(ddof=1) for _ in range(n_repeats)]) / sigma**2


WRONG_BIAS = {
    "divided by n - 1": unbiased,
    "one variance of all samples": lambda n, s, m, rng: draw(n, s, m, rng).var() / s**2,
    "variance along the wrong axis": lambda n, s, m, rng: (
        draw(n, s, m, rng).var(axis=0).mean() / s**2
    ),
    "one sample only": lambda n, s, m, rng: rng.normal(9.0, s, n).var() / s**2,
    "median instead of average": lambda n, s, m, rng: np.median(
        draw(n, s, m, rng).var(axis=1) / s**2
    ),
    "standard deviations instead of variances": lambda n, s, m, rng: (
        draw(n, s, m, rng).std(axis=1).mean() / s
    ),
    "not divided by the true variance": lambda n, s, m, rng: draw(n, s, m, rng).var(axis=1).mean(),
    "sigma taken for a variance": lambda n, s, m, rng: (
        draw(n, math.sqrt(s), m, rng).var(axis=1).mean() / s**2
    ),
    "divided by the variance of the heights": lambda n, s, m, rng: (
        draw(n, s, m, rng).var(axis=1).mean() / 100
    ),
    "the wrong way round": lambda n, s, m, rng: s**2 / draw(n, s, m, rng).var(axis=1).mean(),
    "formula instead of a simulation": lambda n, s, m, rng: 1 - 1 / n,
    "hard-coded": lambda n, s, m, rng: 29 / 30,
}


@pytest.mark.parametrize("name", WRONG_BIAS)
def test_wrong_answers_to_the_bias(name):
    refused_as(name, "01.3", WRONG_BIAS[name])


def test_distances_from_the_truth_are_told_that_the_ratio_is_one():
    result = told("01.3", about_the_truth)
    assert result.misconception in ("divided by n - 1", "one variance of all samples")
    assert result.status is Status.WRONG
    mixed = told("01.3", lambda n, s, m, rng: draw(n, s, m, rng).var(axis=1).mean() / s)
    assert mixed.misconception == "standard deviations instead of variances"


def test_the_bias_tells_29_of_30():
    assert "29/30 = 0.966667" in words(told("01.3", unbiased))


# 01.4


def product_in_a_loop(x, mean, std):
    result = 1.0
    for value in x:
        result *= math.exp(-((value - mean) ** 2) / (2 * std**2)) / math.sqrt(2 * math.pi * std**2)
    return result


def sum_in_a_loop(x, mean, std):
    total = 0.0
    for value in x:
        total -= 0.5 * math.log(2 * math.pi * std**2) + (value - mean) ** 2 / (2 * std**2)
    return total


def product_with_scipy(x, mean, std):
    return np.prod(stats.norm.pdf(x, mean, std))


def sum_with_scipy(x, mean, std):
    return [stats.norm(mean, std).logpdf(x).sum()]


def product_with_lists(x, mean, std):
    return math.prod(statistics.NormalDist(mean, std).pdf(value) for value in x.tolist())


def sum_with_lists(x, mean, std):
    return sum(math.log(statistics.NormalDist(mean, std).pdf(value)) for value in x.tolist())


@pytest.mark.parametrize(
    "answers",
    [
        (product_in_a_loop, sum_in_a_loop),
        (product_with_scipy, sum_with_scipy),
        (product_with_lists, sum_with_lists),
        (lambda x, m, s: math.exp(sum_in_a_loop(x, m, s)), sum_in_a_loop),
    ],
)
def test_right_answers_to_the_underflow(answers):
    assert told("01.4", *answers).status is Status.CORRECT


def test_the_thousand_heights_underflow_and_their_logarithms_do_not():
    x = datasets.heights(0).x
    assert lesson_01.likelihood(x, 169.52, 9.7675) == 0.0
    assert lesson_01.log_likelihood(x, 169.52, 9.7675) == pytest.approx(-3698.002, abs=1e-3)


WRONG_SUM = {
    "front factor subtracted once": lambda x, m, s: (
        -np.sum((x - m) ** 2) / (2 * s**2) - 0.5 * np.log(2 * np.pi * s**2)
    ),
    "standard deviation where a variance is expected": lambda x, m, s: np.sum(
        stats.norm.logpdf(x, m, s**0.5)
    ),
    "factor of one half forgotten": lambda x, m, s: np.sum(
        -(((x - m) / s) ** 2) - np.log(s) - 0.5 * np.log(2 * np.pi)
    ),
    "logarithm of the finished product": lambda x, m, s: np.log(product_with_scipy(x, m, s)),
    "a small number added before the logarithm": lambda x, m, s: np.log(
        product_with_scipy(x, m, s) + 1e-300
    ),
    "logarithm of a sum": lambda x, m, s: np.log(stats.norm.pdf(x, m, s).sum()),
    "divided by the number": lambda x, m, s: stats.norm.logpdf(x, m, s).mean(),
    "the sign turned": lambda x, m, s: -stats.norm.logpdf(x, m, s).sum(),
    "base of the logarithm": lambda x, m, s: np.log10(stats.norm.pdf(x, m, s)).sum(),
    "constant left out": lambda x, m, s: -np.sum(0.5 * ((x - m) / s) ** 2 + np.log(s)),
    "front factor left out": lambda x, m, s: -np.sum((x - m) ** 2) / (2 * s**2),
    "variance where a standard deviation is expected": lambda x, m, s: stats.norm.logpdf(
        x, m, s**2
    ).sum(),
}


@pytest.mark.parametrize("name", WRONG_SUM)
def test_wrong_sums(name):
    refused_as(name, "01.4", product_with_scipy, WRONG_SUM[name])


WRONG_PRODUCT = {
    "standard deviation where a variance is expected": lambda x, m, s: np.prod(
        stats.norm.pdf(x, m, s**0.5)
    ),
    "factor of one half forgotten": lambda x, m, s: np.prod(
        np.exp(-(((x - m) / s) ** 2)) / (s * np.sqrt(2 * np.pi))
    ),
    "sum instead of product": lambda x, m, s: stats.norm.pdf(x, m, s).sum(),
    "front factor left out": lambda x, m, s: np.exp(-0.5 * ((x - m) / s) ** 2).prod(),
    "variance where a standard deviation is expected": lambda x, m, s: np.prod(
        stats.norm.pdf(x, m, s**2)
    ),
    "logarithms in both functions": sum_in_a_loop,
    "the n-th root of the product": lambda x, m, s: stats.gmean(stats.norm.pdf(x, m, s)),
}


@pytest.mark.parametrize("name", WRONG_PRODUCT)
def test_wrong_products(name):
    refused_as(name, "01.4", WRONG_PRODUCT[name], sum_with_scipy)


@pytest.mark.parametrize("log", [np.log, math.log])
def test_the_log_of_the_product_is_told_where_the_logarithm_belongs(log):
    result = told("01.4", product_with_scipy, lambda x, m, s: log(product_with_scipy(x, m, s)))
    assert result.misconception == "logarithm of the finished product"
    assert "logarithm of each density first" in words(result)


def test_another_error_is_told_as_it_is():
    def answer(x, mean, std):
        raise ValueError("no such thing")

    assert "no such thing" in words(told("01.4", product_with_scipy, answer))


def test_a_front_factor_with_the_variance_is_told_so():
    def answer(x, m, s):
        return np.sum(-((x - m) ** 2) / (2 * s**2) - np.log(s**2) - 0.5 * np.log(2 * np.pi))

    result = told("01.4", product_with_scipy, answer)
    assert result.misconception == "variance where a standard deviation is expected"
    assert "ln std is due once" in words(result)


def test_only_one_of_the_two_functions_is_told_what_is_missing():
    result = told("01.4", product_with_scipy, lambda x, m, s: ...)
    assert result.status is not Status.CORRECT
    assert "log_likelihood" in repr(result)
