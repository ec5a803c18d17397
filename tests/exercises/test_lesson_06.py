"""Answers as learners write them: the right ones in several styles, the wrong ones named."""

import math

import numpy as np
import pytest
from scipy.linalg import solve_triangular
from scipy.stats import multivariate_normal

from emlib.exercises import check, lesson_06
from emlib.exercises.engine.result import Status
from tests.exercises.telling import refused_as, told, words

# 06.1


def gauss_in_a_loop(x, mean, covariance):
    inverse = np.linalg.inv(covariance)
    values = []
    for row in x:
        d = row - mean
        q = sum(d[i] * inverse[i, j] * d[j] for i in range(len(d)) for j in range(len(d)))
        log_det = math.log(np.linalg.det(covariance))
        values.append(-0.5 * (len(d) * math.log(2 * math.pi) + log_det + q))
    return values


def gauss_vectorised(x, mean, covariance):
    d = x - mean
    q = (d @ np.linalg.inv(covariance) * d).sum(axis=1)
    return -0.5 * (x.shape[1] * np.log(2 * np.pi) + np.linalg.slogdet(covariance)[1] + q)


def gauss_triangular(x, mean, covariance):
    factor = np.linalg.cholesky(covariance)
    z = solve_triangular(factor, (x - mean).T, lower=True)
    constant = 0.5 * len(mean) * np.log(2 * np.pi)
    return -constant - np.log(np.diag(factor)).sum() - 0.5 * np.einsum("dn,dn->n", z, z)


def gauss_of_scipy(x, mean, covariance):
    return [multivariate_normal.logpdf(row, mean, covariance) for row in x]


@pytest.mark.parametrize(
    "answer", [gauss_in_a_loop, gauss_vectorised, gauss_triangular, gauss_of_scipy]
)
def test_right_answers_to_log_gauss(answer):
    assert told("06.1", answer).status is Status.CORRECT


def pieces(x, mean, covariance):
    d = x - mean
    q = (d @ np.linalg.inv(covariance) * d).sum(axis=1)
    return len(mean) * np.log(2 * np.pi), np.log(np.linalg.det(covariance)), q


def gauss(formula):
    return lambda x, mean, covariance: formula(*pieces(x, mean, covariance))


def swapped_exponent(x, mean, covariance):
    c, log_det, _ = pieces(x, mean, covariance)
    return -0.5 * (c + log_det + ((x - mean) @ covariance * (x - mean)).sum(axis=1))


def all_pairs(x, mean, covariance):
    c, log_det, _ = pieces(x, mean, covariance)
    return -0.5 * (c + log_det + (x - mean) @ np.linalg.inv(covariance) @ (x - mean).T)


def transposed(x, mean, covariance):
    c, log_det, _ = pieces(x, mean, covariance)
    z = solve_triangular(np.linalg.cholesky(covariance).T, (x - mean).T, lower=False)
    return -0.5 * (c + log_det + (z**2).sum(axis=0))


def upper_triangle(x, mean, covariance):
    c, log_det, _ = pieces(x, mean, covariance)
    z = solve_triangular(np.linalg.cholesky(covariance), (x - mean).T)
    return -0.5 * (c + log_det + (z**2).sum(axis=0))


def log_of_the_density(x, mean, covariance):
    density = multivariate_normal(mean, covariance).pdf(x)
    with np.errstate(divide="ignore"):
        return np.log(density)


WRONG_GAUSS = {
    "Sigma where its inverse belongs": swapped_exponent,
    "the inverse throughout": lambda x, m, s: gauss_vectorised(x, m, np.linalg.inv(s)),
    "determinant forgotten": gauss(lambda c, log_det, q: -0.5 * (c + q)),
    "sign of the log determinant": gauss(lambda c, log_det, q: -0.5 * (c - log_det + q)),
    "half of the log determinant": gauss(lambda c, log_det, q: -0.5 * (c + q) - log_det / 4),
    "square root of the determinant forgotten": gauss(lambda c, log_det, q: -(c + q) / 2 - log_det),
    "2 pi once, not D times": gauss(
        lambda c, log_det, q: -0.5 * (1.8378770664093453 + log_det + q)
    ),
    "2 pi forgotten": gauss(lambda c, log_det, q: -0.5 * (log_det + q)),
    "one half forgotten": gauss(lambda c, log_det, q: -0.5 * (c + log_det) - q),
    "sign of the distance": gauss(lambda c, log_det, q: -0.5 * (c + log_det) + q / 2),
    "distance not squared": gauss(lambda c, log_det, q: -0.5 * (c + log_det + q**0.5)),
    "the transposed factor": transposed,
    "the upper triangle of the factor": upper_triangle,
    "logarithms to the base ten": gauss(
        lambda c, log_det, q: -0.5 * (c + log_det) * math.log10(math.e) - q / 2
    ),
    "distances summed over the points": gauss(lambda c, log_det, q: -(c + log_det + sum(q)) / 2),
    "variances only": lambda x, m, s: gauss_vectorised(x, m, np.diag(np.diag(s))),
    "the density underflows": log_of_the_density,
    "density instead of its logarithm": lambda x, m, s: multivariate_normal(m, s).pdf(x),
    "summed over the points": lambda x, m, s: sum(gauss_in_a_loop(x, m, s)),
    "all pairs of points": all_pairs,
    "rounded": lambda x, m, s: gauss_vectorised(x, m, s).round(3),
}


@pytest.mark.parametrize("name", WRONG_GAUSS)
def test_wrong_answers_to_log_gauss(name):
    refused_as(name, "06.1", WRONG_GAUSS[name])


def test_the_swap_is_told_in_words():
    assert "Sigma where its inverse belongs" in repr(check("06.1", swapped_exponent))
    assert "never form the density" in repr(check("06.1", log_of_the_density)).lower()


# 06.2


def gradient_in_a_loop(x, gamma, mean, covariance):
    inverse, total = np.linalg.inv(covariance), np.zeros(len(mean))
    for g, row in zip(gamma, x, strict=True):
        total += g * inverse @ (row - mean)
    return total


def gradient_vectorised(x, gamma, mean, covariance):
    return np.einsum("n,nd,de->e", gamma, x - mean, np.linalg.inv(covariance))


def gradient_as_a_list(x, gamma, mean, covariance):
    pulls = [
        sum(g * (row[d] - mean[d]) for g, row in zip(gamma, x, strict=True))
        for d in range(len(mean))
    ]
    return list(np.linalg.solve(covariance, pulls))


@pytest.mark.parametrize("answer", [gradient_in_a_loop, gradient_vectorised, gradient_as_a_list])
def test_right_answers_to_the_gradient(answer):
    assert told("06.2", answer).status is Status.CORRECT


def pull(x, gamma, mean):
    return (gamma[:, None] * (x - mean)).sum(axis=0)


WRONG_GRADIENT = {
    "Sigma where its inverse belongs": lambda x, g, m, s: s @ pull(x, g, m),
    "the inverse left out": lambda x, g, m, s: pull(x, g, m),
    "the sign": lambda x, g, m, s: np.linalg.inv(s) @ pull(m, g, x),
    "responsibilities left out": lambda x, g, m, s: np.linalg.inv(s) @ (x - m).sum(axis=0),
    "hard assignment": lambda x, g, m, s: np.linalg.inv(s) @ (x[g > 0.5] - m).sum(axis=0),
    "half of the solve": lambda x, g, m, s: np.linalg.inv(np.linalg.cholesky(s)) @ pull(x, g, m),
    "divided by N_k": lambda x, g, m, s: np.linalg.inv(s) @ (g @ x / g.sum() - m),
    "divided by N": lambda x, g, m, s: gradient_vectorised(x, g, m, s) / len(x),
    "variances only": lambda x, g, m, s: pull(x, g, m) / s.diagonal(),
    "inverted entry by entry": lambda x, g, m, s: s**-1 @ pull(x, g, m),
    "one half too many": lambda x, g, m, s: 0.5 * gradient_vectorised(x, g, m, s),
    "a factor of two": lambda x, g, m, s: 2 * gradient_vectorised(x, g, m, s),
    "the terms, not their sum": lambda x, g, m, s: g[:, None] * (x - m) @ np.linalg.inv(s),
    "the solution instead of the gradient": lambda x, g, m, s: np.average(x, axis=0, weights=g),
}


@pytest.mark.parametrize("name", WRONG_GRADIENT)
def test_wrong_answers_to_the_gradient(name):
    refused_as(name, "06.2", WRONG_GRADIENT[name])


def test_the_gradient_is_judged_by_differences():
    assert "central differences" in repr(check("06.2", WRONG_GRADIENT["the sign"]))


# 06.3


def weights_of(densities, weights):
    joint = densities * weights
    return joint / joint.sum(axis=1, keepdims=True)


def lagrange_in_loops(densities, weights):
    n, k = densities.shape
    new, multiplier = [0.0] * k, 0.0
    for row in densities:
        total = sum(w * p for w, p in zip(weights, row, strict=True))
        for j in range(k):
            new[j] += weights[j] * row[j] / total
        multiplier -= 1
    return multiplier, [count / n for count in new]


def lagrange_vectorised(densities, weights):
    n_k = weights_of(densities, weights).sum(axis=0)
    return -n_k.sum(), n_k / n_k.sum()


def lagrange_as_a_dictionary(densities, weights):
    gamma = weights_of(densities, weights)
    return {"multiplier": -len(densities), "new_weights": gamma.mean(axis=0)}


@pytest.mark.parametrize(
    "answer", [lagrange_in_loops, lagrange_vectorised, lagrange_as_a_dictionary]
)
def test_right_answers_to_the_lagrange_step(answer):
    assert told("06.3", answer).status is Status.CORRECT


def slopes(densities, weights):
    return (densities / (densities @ weights)[:, None]).sum(axis=0)


def hard(densities, weights):
    winners = np.argmax(densities * weights, axis=1)
    return np.array([np.mean(winners == k) for k in range(len(weights))])


def with_weights(rule):
    return lambda p, w: (-len(p), rule(p, w))


def with_multiplier(rule):
    return lambda p, w: (rule(p, w), weights_of(p, w).mean(axis=0))


WRONG_LAGRANGE = {
    "weights forgotten": with_weights(lambda p, w: weights_of(p, 1).mean(axis=0)),
    "normalised over the points": with_weights(
        lambda p, w: (p * w / (p * w).sum(axis=0)).sum(axis=0) / len(w)
    ),
    "effective counts, not divided": with_weights(lambda p, w: weights_of(p, w).sum(axis=0)),
    "hard counts": with_weights(hard),
    "the old weights": with_weights(lambda p, w: w),
    "not multiplied by the weights": with_weights(lambda p, w: slopes(p, w) / len(p)),
    "sign of the multiplier": with_multiplier(lambda p, w: len(p)),
    "summed without the weights": with_multiplier(lambda p, w: -slopes(p, w).sum()),
    "averaged over the points": with_multiplier(lambda p, w: -1),
    "minus the number of components": with_multiplier(lambda p, w: -len(w)),
    "one multiplier per component": with_multiplier(lambda p, w: -slopes(p, w)),
    "the lesson's number of points": with_multiplier(lambda p, w: -1000),
}


@pytest.mark.parametrize("name", WRONG_LAGRANGE)
def test_wrong_answers_to_the_lagrange_step(name):
    refused_as(name, "06.3", WRONG_LAGRANGE[name])


def test_a_multiplier_for_each_component_is_no_multiplier():
    result = told("06.3", with_multiplier(slopes))
    assert result.status is Status.WRONG
    assert "2 numbers" in repr(result)


# 06.4

POINTS = np.array([[0.3, -1.2], [2.0, 0.7], [-1.1, 0.4]])
MEAN = np.array([0.2, -0.5])
FULL = np.array([[1.7, -0.8], [-0.8, 0.9]])
DIAGONAL = np.diag([4.0, 0.25])


def returns_a_comparison(log_gauss):
    return np.allclose(
        log_gauss(POINTS, MEAN, FULL), multivariate_normal(MEAN, FULL).logpdf(POINTS)
    )


def asserts(log_gauss):
    expected = multivariate_normal(MEAN, FULL).logpdf(POINTS)
    np.testing.assert_allclose(log_gauss(POINTS, MEAN, FULL), expected, rtol=1e-9)


def plain_asserts_in_a_loop(log_gauss):
    rng = np.random.default_rng(1)
    for _ in range(20):
        a = rng.standard_normal((3, 3))
        x, covariance = rng.standard_normal(3), a @ a.T + 0.1 * np.eye(3)
        value = log_gauss(x, np.zeros(3), covariance)
        assert abs(value - multivariate_normal(np.zeros(3), covariance).logpdf(x)) < 1e-6


def with_lists_and_a_value_by_hand(log_gauss):
    # diag(4, 1/4) at (2, 0): -ln 2 pi - 1/2 ln 1 - 1/2 (4 / 4)
    value = log_gauss([[2, 0]], [0, 0], [[4, 0], [0, 0.25]])[0]
    tilted = log_gauss([[1, 2]], [0, 0], [[2, 1], [1, 2]])[0]
    return [
        abs(value + math.log(2 * math.pi) + 0.5) < 1e-9
        and abs(tilted + math.log(2 * math.pi) + 0.5 * math.log(3) + 1) < 1e-9
    ][0]


def in_one_dimension(log_gauss):
    return math.isclose(
        float(log_gauss(np.array([[3.0]]), [0.0], [[4.0]])[0]),
        -math.log(2) - math.log(2 * math.pi) / 2 - 9 / 8,
    )


@pytest.mark.parametrize(
    "answer",
    [
        returns_a_comparison,
        asserts,
        plain_asserts_in_a_loop,
        with_lists_and_a_value_by_hand,
        in_one_dimension,
    ],
)
def test_tests_that_find_the_swap(answer):
    assert told("06.4", answer).status is Status.CORRECT


def against_scipy(points, mean, covariance):
    def test(log_gauss):
        expected = multivariate_normal(mean, covariance).logpdf(points)
        return bool(np.allclose(log_gauss(points, mean, covariance), expected))

    return test


def integrates_to_one(log_gauss):
    grid = np.linspace(-25, 25, 251)
    points = np.stack(np.meshgrid(grid, grid), axis=-1).reshape(-1, 2)
    total = np.exp(log_gauss(points, np.zeros(2), DIAGONAL)).sum() * 0.2**2
    return bool(abs(total - 1) < 1e-6)


def has_a_sensible_shape(log_gauss):
    values = log_gauss(POINTS, MEAN, FULL)
    peak = log_gauss(MEAN[None, :], MEAN, FULL)
    return values.shape == (3,) and bool(np.isfinite(values).all() and (values < peak).all())


def compares_exactly(log_gauss):
    return bool(
        (log_gauss(POINTS, MEAN, FULL) == multivariate_normal(MEAN, FULL).logpdf(POINTS)).all()
    )


def hands_over_columns(log_gauss):
    due = multivariate_normal(MEAN, FULL).logpdf(POINTS)
    return np.allclose(log_gauss(POINTS.T, MEAN, FULL), due)


def forgets_to_return(log_gauss):
    np.allclose(log_gauss(POINTS, MEAN, FULL), multivariate_normal(MEAN, FULL).logpdf(POINTS))


WEAK_TESTS = {
    "identity only": against_scipy(POINTS, MEAN, np.eye(2)),
    "symmetric by accident": against_scipy(
        np.array([[1.0, 1.0], [-1.0, 1.0]]), np.zeros(2), DIAGONAL
    ),
    "only at the mean": against_scipy(MEAN[None, :], MEAN, FULL),
    "normalisation only": integrates_to_one,
    "no independent value": has_a_sensible_shape,
    "refuses right implementations": compares_exactly,
    "points as columns": hands_over_columns,
    "the swap in the test itself": lambda log_gauss: np.allclose(
        log_gauss(POINTS, MEAN, FULL), swapped_exponent(POINTS, MEAN, FULL)
    ),
    "densities of zero": lambda log_gauss: np.allclose(
        np.exp(log_gauss(1e3 * POINTS, MEAN, FULL)),
        multivariate_normal(MEAN, FULL).pdf(1e3 * POINTS),
    ),
    "says nothing": forgets_to_return,
    "turned round": lambda log_gauss: not returns_a_comparison(log_gauss),
    "tests nothing": lambda log_gauss: True,
}


@pytest.mark.parametrize("name", WEAK_TESTS)
def test_weak_tests_are_told_why_they_miss(name):
    refused_as(name, "06.4", WEAK_TESTS[name])


def test_the_reasons_are_told_in_words():
    assert "its own inverse" in words(check("06.4", WEAK_TESTS["identity only"]))
    assert "diag(4, 1/4)" in words(check("06.4", WEAK_TESTS["symmetric by accident"]))
    assert "integral is still 1" in words(check("06.4", integrates_to_one))


def test_a_number_is_no_verdict():
    result = told("06.4", lambda log_gauss: log_gauss(POINTS, MEAN, FULL)[0])
    assert result.status is Status.WRONG
    assert "True if the implementation passes" in repr(result)


def test_the_published_values_of_the_swap():
    right = np.exp(lesson_06.log_gauss(np.array([[1.0, 1], [2, 0], [0, 1]]), np.zeros(2), DIAGONAL))
    wrong = np.exp(
        lesson_06._exponent_with_sigma(np.array([[1.0, 1], [2, 0], [0, 1]]), np.zeros(2), DIAGONAL)
    )
    np.testing.assert_allclose(right[1:], [0.0965, 0.0215], atol=5e-5)
    np.testing.assert_allclose(wrong[1:], [5.34e-5, 0.1405], rtol=1e-3)
    assert right[0] == pytest.approx(wrong[0])
