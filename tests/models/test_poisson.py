"""The mixture of Poisson distributions."""

import warnings

import numpy as np
import pytest
from scipy import optimize, stats

from emlib import EMWarning, PoissonMixture, datasets, em, start

DATA = datasets.deaths()
THETA = PoissonMixture([0.3, 0.7], [1.1, 2.6])


def test_the_log_joint_is_that_of_scipy():
    expected = stats.poisson(THETA.rates).logpmf(DATA.x[:, None]) + np.log(THETA.weights)
    assert THETA.log_joint(DATA.x) == pytest.approx(expected, rel=1e-13)
    far = PoissonMixture([0.5, 0.5], [0, 1e6])
    expected = stats.poisson([0, 1e6]).logpmf([[0.0], [3], [1e6], [2e6]]) + np.log(0.5)
    assert far.log_joint([0, 3, 1e6, 2e6]) == pytest.approx(expected, rel=1e-12)


def test_a_round_is_the_double_sum():
    r, rates = THETA.responsibilities(DATA.x), []
    for k in range(2):
        shares = [r[n, k] * DATA.times[n] for n in range(10)]
        events = [shares[n] * DATA.x[n] for n in range(10)]
        rates.append(sum(events) / sum(shares))
    statistics, log_likelihood = THETA.e_step(DATA.x, DATA.times)
    new = THETA.m_step(statistics)
    assert new.rates == pytest.approx(rates, rel=1e-13)
    assert new.weights == pytest.approx(DATA.times @ r / DATA.times.sum(), rel=1e-13)
    density = stats.poisson(THETA.rates).pmf(DATA.x[:, None]) @ THETA.weights
    assert log_likelihood == pytest.approx(DATA.times @ np.log(density), rel=1e-13)


def test_em_ends_where_an_optimiser_does():
    def minus_log_likelihood(free):
        weight, rates = 1 / (1 + np.exp(-free[0])), np.exp(free[1:])
        return -PoissonMixture([weight, 1 - weight], rates).log_likelihood(DATA.x, DATA.times)

    best = optimize.minimize(minus_log_likelihood, [-0.8, 0.1, 0.9], tol=1e-10)
    fit = em.fit(THETA, DATA.x, sample_weight=DATA.times, accelerate="lbfgs", tol=1e-12)
    assert fit.objective >= -best.fun - 2e-12 * 1096  # the rule ends within tol per row
    assert fit.model.rates == pytest.approx(np.exp(best.x[1:]), abs=1e-3)


def test_a_sample_has_the_rates_of_its_components():
    x, z = THETA.sample(40_000, 0)
    assert x.shape == z.shape == (40_000,)
    assert (x == np.floor(x)).all()
    for k in range(2):
        assert x[z == k].mean() == pytest.approx(THETA.rates[k], abs=0.05)
        assert x[z == k].var() == pytest.approx(THETA.rates[k], abs=0.1)


def test_a_component_of_zeros_gets_a_rate_of_zero():
    """Its likelihood is bounded: no collapse, and no warning."""
    x = [0, 0, 0, 0, 0, 0, 8, 9, 11, 12]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fit = em.fit(PoissonMixture([0.5, 0.5], [0.1, 9]), x, tol=0)
    assert fit.model.rates == pytest.approx([0, 10], abs=1e-3)
    labelled = start.from_labels(PoissonMixture, x, [0] * 6 + [1] * 4)
    assert labelled.rates.tolist() == [0, 10]
    assert em.fit(labelled, x).model.rates == pytest.approx([0, 10], abs=1e-3)


def test_a_component_without_data_keeps_its_rate():
    model = PoissonMixture([0.5, 0.5], [3, 1e5])
    with pytest.warns(EMWarning, match="component 1 owns no data"):
        new = model.m_step(model.e_step([2, 3, 4])[0])
    assert new.rates.tolist() == [3, 1e5]
    assert new.weights.tolist() == [1, 0]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (([1.0], [-1.0]), "rates: expected rates that are not negative, got -1"),
        (([0.5, 0.5], [1.0]), r"rates: expected shape \(2\), got shape \(1,\)|rates: .*shape"),
        (([0.5, 0.6], [1.0, 2.0]), "weights: expected"),
        (([1.0], [np.inf]), "rates: expected finite"),
        (([1.0], ["a"]), "rates: expected"),
    ],
)
def test_parameters_that_are_not_what_their_names_say_are_refused(arguments, words):
    with pytest.raises((ValueError, TypeError), match=words):
        PoissonMixture(*arguments)


@pytest.mark.parametrize(
    ("x", "words"),
    [
        ([1.5, 2], "x: expected whole numbers, not negative, got 1.5 at index 0"),
        ([1, -2], "x: expected whole numbers, not negative, got -2 at index 1"),
        ([[1, 2]], r"x: expected counts of events, shape \(N,\), got shape \(1, 2\)"),
        ([[[1]]], "x: expected"),
        ([], "x: expected at least one"),
        ([np.nan], "x: expected finite"),
        ("events", "x: expected"),
    ],
)
def test_data_that_are_no_counts_are_refused(x, words):
    for call in (THETA.log_density, THETA.e_step, lambda x: em.fit(THETA, x), PoissonMixture.read):
        with pytest.raises((ValueError, TypeError), match=words):
            call(x)


def test_data_prepared_for_another_model_are_looked_at_again():
    from emlib import GaussianMixture1D

    line = GaussianMixture1D([1.0], [0.0], [1.0])
    with pytest.raises(ValueError, match="whole numbers"):
        THETA.e_step(line.prepare([1.5, 2.0]))
    with pytest.raises(ValueError, match="counts of events.*prepared for another model"):
        THETA.e_step(line.prepare([np.array([[1.0], [2]]), np.array([[3.0]])]))
    assert THETA.log_likelihood(line.prepare([1.0, 2.0])) == THETA.log_likelihood([1, 2])
