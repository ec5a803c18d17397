"""`emlib.mle`: maximum likelihood in closed form."""

import math

import numpy as np
import pytest
from scipy import optimize, stats

from emlib import datasets, mle


def test_the_normal_estimate_is_mean_and_variance_with_divisor_n():
    x = [1.0, 2.0, 6.0]
    fit = mle.normal(x)
    assert fit.mean == 3.0
    assert fit.variance == pytest.approx(14 / 3, rel=1e-15)
    assert type(fit.mean) is type(fit.variance) is type(fit.log_likelihood) is float
    truth = stats.norm(3.0, math.sqrt(14 / 3)).logpdf(x).sum()
    assert fit.log_likelihood == pytest.approx(truth, rel=1e-14)


def test_the_normal_estimate_is_where_a_numerical_maximiser_ends():
    x = datasets.thirty_and_thirty(0).x
    found = optimize.minimize(
        lambda p: -stats.norm(p[0], np.exp(p[1])).logpdf(x).sum(), [0.0, 0.0], tol=1e-10
    )
    fit = mle.normal(x)
    assert [fit.mean, fit.variance] == pytest.approx(
        [found.x[0], math.exp(2 * found.x[1])], abs=1e-5
    )
    assert fit.log_likelihood == pytest.approx(-found.fun, rel=1e-10)


@pytest.mark.parametrize("offset", [1e4, 1e8, 1e12, -1e12])
def test_an_offset_costs_no_digits(offset):
    x = np.array([0.0, 1.0, 3.0, 4.0])  # each a double at every one of these offsets
    fit = mle.normal(x + offset)
    assert fit.mean == offset + 2.0
    assert fit.variance == 2.5
    assert fit.log_likelihood == mle.normal(x).log_likelihood


@pytest.mark.parametrize("scale", [1e-130, 1e-50, 1e50, 1e149])
def test_units_scale_the_estimate(scale):
    x = np.array([1.0, 2.0, 6.0])
    fit, scaled = mle.normal(x), mle.normal(x * scale)
    assert scaled.mean == pytest.approx(fit.mean * scale, rel=1e-15)
    assert scaled.variance == pytest.approx(fit.variance * scale**2, rel=1e-14)
    assert scaled.log_likelihood == pytest.approx(fit.log_likelihood - 3 * math.log(scale))


@pytest.mark.parametrize("x", [[3.0], [0.1] * 10, [-7.5, -7.5]])
def test_data_without_spread_have_variance_zero_and_an_infinite_likelihood(x):
    fit = mle.normal(x)
    assert (fit.mean, fit.variance, fit.log_likelihood) == (x[0], 0.0, math.inf)


def test_the_normal_estimate_is_refused_where_there_is_none():
    for x, words in (
        ([], "x: expected at least one value"),
        ([[1.0], [2.0]], "x: expected 1 dimension"),
        ([1.0, np.nan], "x: expected finite numbers, got nan at index 1"),
        ([0.0, 1e-150], "x: expected a spread above"),
        ([1e160], "x: expected values up to"),
    ):
        with pytest.raises(ValueError, match=words):
            mle.normal(x)


def test_bernoulli_is_the_share_of_ones():
    fit = mle.bernoulli([1, 0, 1, 1, 0])
    assert fit.p == 0.6
    assert fit.log_likelihood == pytest.approx(3 * math.log(0.6) + 2 * math.log(0.4), rel=1e-15)
    assert mle.bernoulli([True, False]).p == 0.5
    for x, p in (([0, 0, 0], 0.0), ([1, 1], 1.0), ([1], 1.0)):
        fit = mle.bernoulli(x)
        assert (fit.p, fit.log_likelihood) == (p, 0.0)


def test_bernoulli_refuses_anything_but_zeros_and_ones():
    for x in ([0, 1, 2], [0.5], [-1]):
        with pytest.raises(ValueError, match="x: expected zeros and ones only"):
            mle.bernoulli(x)
    with pytest.raises(ValueError, match="x: expected at least one value"):
        mle.bernoulli([])


def test_binomial_pools_the_tosses():
    fit = mle.binomial([1, 9], [2, 90])
    assert fit.p == 10 / 92
    expected = 10 * math.log(10 / 92) + 82 * math.log(82 / 92)
    assert fit.log_likelihood == pytest.approx(expected, rel=1e-14)
    assert mle.binomial([5, 9, 8, 4, 7], 10).p == 33 / 50
    assert mle.binomial(3, 10).p == 0.3
    assert mle.binomial([0, 0], 5).log_likelihood == 0.0
    assert mle.binomial(5, 5).log_likelihood == 0.0
    assert mle.binomial([0, 3], [0, 6]).p == 0.5
    assert mle.binomial([10], [10]).p == 1.0


def test_binomial_agrees_with_bernoulli_on_the_same_tosses():
    one, pooled = mle.bernoulli([1, 0, 1, 1]), mle.binomial([2, 1], [3, 1])
    assert one == pooled


def test_a_rare_head_keeps_its_digits():
    fit = mle.binomial(1, 10**15)
    expected = math.log(1e-15) + (1e15 - 1) * math.log1p(-1e-15)
    assert fit.log_likelihood == pytest.approx(expected, rel=1e-15)


def test_binomial_refuses_impossible_counts():
    for heads, n, words in (
        ([3, 11], 10, "heads: expected at most n=10 heads, got 11"),
        ([3, 4, 5], [3, 3, 3], "heads: expected at most n=3 heads, got 4"),
        ([1, 2, 3], [5, 5], "n: expected one number, or 3, got 2"),
        ([-1], 10, "heads: expected whole numbers"),
        ([1.5], 10, "heads: expected whole numbers"),
        ([1], 10.5, "n: expected whole numbers"),
        ([1, 2], [5, 5, 5], "n: expected one number, or 2, got 3"),
        (1, [5, 5], "n: expected one number, or 1, got 2"),
        ([0, 0], 0, "n: expected at least one toss, got none"),
        ([[1]], 10, r"heads: expected 0 or 1 dimension\(s\), got 2"),
    ):
        with pytest.raises(ValueError, match=words):
            mle.binomial(heads, n)


def test_the_estimates_are_records():
    with pytest.raises(AttributeError):
        mle.normal([1.0, 2.0]).mean = 3
    with pytest.raises(AttributeError):
        mle.bernoulli([1, 0]).p = 3
