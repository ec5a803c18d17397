"""What standard errors are worth: three routes agree, and they hold where groups lie apart."""

import functools
import warnings

import numpy as np
import pytest

from emlib import (
    CoinMixture,
    EMWarning,
    GaussianMixture,
    GaussianMixture1D,
    PoissonMixture,
    em,
    information,
)
from emlib.information import derivatives

REPETITIONS = 400


@functools.cache
def covered(gap):
    """How often intervals of 1.96 standard errors on either side hold the truth, by parameter."""
    truth = GaussianMixture1D([0.4, 0.6], [0.0, gap], [1.0, 1.0])
    at = derivatives.at(truth)
    target, hits, n = at.free(truth), np.zeros(5), 0
    for i in range(REPETITIONS):
        x, _ = truth.sample(200, np.random.default_rng([2026, i]))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", EMWarning)
            try:
                fit = em.fit(truth, x, tol=1e-10, max_iter=5000)
                inverse = np.linalg.inv(information.observed(fit.model, x))
            except ValueError:  # no fit, or no summit: no interval
                continue
        variances = inverse.diagonal()
        width = 1.96 * np.sqrt(np.where(variances > 0, variances, 0.0))
        hits += np.abs(at.free(fit.model) - target) <= width
        n += 1
    return hits / n, n


@pytest.mark.slow
def test_intervals_of_components_that_lie_apart_hold_the_truth_as_often_as_they_say():
    share, n = covered(6.0)
    assert n == REPETITIONS
    error = np.sqrt(0.95 * 0.05 / n)
    weight_and_means, variances = share[:3], share[3:]
    assert np.abs(weight_and_means - 0.95).max() <= 3 * error
    # Variances of some 80 and 120 rows are skewed: their intervals are a little short.
    assert (variances >= 0.95 - 5 * error).all()
    assert (variances <= 0.95 + 3 * error).all()


@pytest.mark.slow
def test_intervals_of_components_that_overlap_do_not():
    share, n = covered(1.0)
    error = np.sqrt(0.95 * 0.05 / n)
    assert n > 0.8 * REPETITIONS
    assert share[0] < 0.95 - 10 * error  # the weight
    assert share.min() < 0.8


HALF = [0.4, 0.6]


def problem(name, seed):
    """Return a model, fitted to data that were drawn from one like it, and the data."""
    rng = np.random.default_rng([7, seed])
    weights = rng.dirichlet([8.0, 8.0])
    if name == "coins":
        truth = CoinMixture(rng.uniform([0.1, 0.6], [0.4, 0.9]), weights)
        x, _ = truth.sample(150, rng, n_tosses=12)
    elif name == "Poisson":
        truth = PoissonMixture(weights, rng.uniform([1.0, 8.0], [3.0, 14.0]))
        x, _ = truth.sample(200, rng)
    elif name.startswith("1-D"):
        tied = "tied" if name.endswith("tied") else "full"
        variances = np.full(2, rng.uniform(0.5, 2)) if tied == "tied" else rng.uniform(0.5, 2, 2)
        means = [0, rng.uniform(4, 6)]
        truth = GaussianMixture1D(weights, means, variances, covariance_type=tied)
        x, _ = truth.sample(150, rng)
    else:
        spreads = np.array([a @ a.T + 0.5 * np.eye(2) for a in rng.normal(size=(2, 2, 2)) / 2])
        if name == "tied":
            spreads[1] = spreads[0]
        if name in ("diag", "spherical"):
            spreads = np.array([np.diag(np.diag(s)) for s in spreads])
        if name == "spherical":
            spreads = np.array([s[0, 0] * np.eye(2) for s in spreads])
        means = [[0, 0], rng.uniform(3, 5, 2)]
        truth = GaussianMixture(weights, means, spreads, covariance_type=name)
        x, _ = truth.sample(150, rng)
    return em.fit(truth, x, tol=0, max_iter=20_000).model, x


def second_differences(model, x):
    """Minus the second derivatives of the log-likelihood, by differences of fourth order."""
    at = derivatives.at(model)
    h = 0.02 / np.sqrt(information.complete(model, x).diagonal())
    n = len(h)

    def height(i, a, j, b):
        step = np.zeros(n)
        step[i] += a * h[i]
        step[j] += b * h[j]
        return at.at(step).log_likelihood(x)

    first = {-2: 1 / 12, -1: -2 / 3, 1: 2 / 3, 2: -1 / 12}
    result = np.empty((n, n))
    for i in range(n):
        for j in range(i):
            total = sum(
                wa * wb * height(i, a, j, b) for a, wa in first.items() for b, wb in first.items()
            )
            result[i, j] = result[j, i] = -total / (h[i] * h[j])
        second = {-2: -1 / 12, -1: 4 / 3, 0: -5 / 2, 1: 4 / 3, 2: -1 / 12}
        result[i, i] = -sum(w * height(i, a, i, 0) for a, w in second.items()) / h[i] ** 2
    return result


NAMES = ["coins", "Poisson", "1-D", "1-D, tied", "full", "tied", "diag", "spherical"]


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_three_routes_lead_to_the_same_standard_errors(name):
    for seed in range(10):
        model, x = problem(name, seed)
        errors = [
            np.sqrt(np.linalg.inv(route).diagonal())
            for route in (
                information.observed(model, x),
                second_differences(model, x),
                information.supplemented(model, x),
            )
        ]
        assert errors[1] == pytest.approx(errors[0], rel=1e-4), seed
        assert errors[2] == pytest.approx(errors[0], rel=1e-4), seed
