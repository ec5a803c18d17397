"""PRML section 9.2: mixtures of Gaussians and EM for them, (9.10) to (9.28)."""

import itertools

import numpy as np
import pytest
from equations import slow_forms as slow
from equations.slow_forms import GAUSSIAN, MIXTURES, Problem, gradient, name
from scipy import integrate, stats
from scipy.optimize import minimize, root

from emlib import CoinMixture, GaussianMixture, GaussianMixture1D, em

each_mixture = pytest.mark.parametrize("problem", MIXTURES, ids=name)
each_gaussian = pytest.mark.parametrize("problem", GAUSSIAN, ids=name)
COINS = MIXTURES[-1]
ON_A_LINE = GAUSSIAN[-1]


def spread_of(model):
    """Covariances, or variances on a line."""
    return getattr(model, "covariances", None) if hasattr(model, "covariances") else model.variances


def with_means(model, means):
    return type(model)(model.weights, means, spread_of(model))


def with_spread(model, spread):
    return type(model)(model.weights, model.means, spread)


def with_weights(model, weights):
    return type(model)(weights, model.means, spread_of(model))


CLUSTERS = [slow.two_clusters(60, 2, 21), slow.two_clusters(60, 1, 22)]
each_pair = pytest.mark.parametrize("problem", CLUSTERS, ids=name)


@pytest.fixture(scope="module", params=CLUSTERS, ids=name)
def settled(request):
    """A problem, and its model after so many rounds of EM that it moves no more."""
    problem = request.param
    before, last = itertools.islice(em.iterate(problem.model, problem.x), 59, 61)
    np.testing.assert_allclose(last.model.means, before.model.means, rtol=1e-11)
    return problem, last.model


@pytest.mark.equation("9.10")
@pytest.mark.parametrize("problem", [ON_A_LINE], ids=name)
def test_the_joint_integrated_over_x_is_the_prior_of_z(problem):
    for k, weight in enumerate(problem.model.weights):
        spread = 12 * problem.model.stds[k]
        area, _ = integrate.quad(
            lambda x, k=k: np.exp(problem.model.log_joint([x])[0, k]),
            problem.model.means[k] - spread, problem.model.means[k] + spread, epsabs=1e-12,
        )  # fmt: skip
        assert area == pytest.approx(weight, rel=1e-9)


@pytest.mark.equation("9.10")
def test_the_joint_summed_over_all_sequences_of_tosses_is_the_prior_of_z():
    sequences = list(itertools.product([0, 1], repeat=6))
    x = np.array([[sum(s), 6 - sum(s)] for s in sequences], dtype=float)
    total = np.exp(COINS.model.log_joint(x)).sum(axis=0)
    np.testing.assert_allclose(total, COINS.model.weights, rtol=1e-12)


@pytest.mark.equation("9.10")
@each_mixture
def test_ancestral_sampling_draws_z_with_the_probabilities_of_the_weights(problem):
    _, z = problem.model.sample(4000, rng=1)
    observed = [int((z == k).sum()) for k in range(problem.k)]
    assert stats.chisquare(observed, 4000 * problem.model.weights).pvalue > 1e-3


@pytest.mark.equation("9.11")
@each_mixture
def test_the_joint_divided_by_the_prior_is_the_density_of_one_component(problem):
    conditional = np.exp(problem.model.log_joint(problem.x)) / problem.model.weights
    for n, x_n in enumerate(problem.x):
        for k in range(problem.k):
            expected = slow.density(problem.model, x_n, k)
            assert conditional[n, k] == pytest.approx(expected, rel=1e-11)


@pytest.mark.equation("9.11")
@each_gaussian
def test_ancestral_sampling_draws_x_given_z_from_the_gaussian_of_that_component(problem):
    x, z = problem.model.sample(4000, rng=2)
    for k in range(problem.k):
        d = np.atleast_2d(x[z == k].T - np.reshape(problem.model.means[k], (-1, 1)))
        covariance = np.atleast_2d(spread_of(problem.model)[k])
        squared_distance = np.einsum("dn,de,en->n", d, np.linalg.inv(covariance), d)
        assert stats.kstest(squared_distance, stats.chi2(len(d)).cdf).pvalue > 1e-3
        standard_error = np.sqrt(np.diag(covariance) / d.shape[1])
        assert (np.abs(d.mean(axis=1)) < 4 * standard_error).all()


@pytest.mark.equation("9.11")
def test_ancestral_sampling_draws_heads_given_z_from_the_binomial_of_that_coin():
    x, z = COINS.model.sample(4000, rng=3, n_tosses=5)
    assert (x.sum(axis=1) == 5).all()
    for k, bias in enumerate(COINS.model.biases):
        heads = x[z == k, 0]
        observed = [int((heads == h).sum()) for h in range(6)]
        expected = len(heads) * stats.binom.pmf(np.arange(6), 5, bias)
        some = expected > 3
        chi2 = ((np.array(observed) - expected)[some] ** 2 / expected[some]).sum()
        assert stats.chi2.sf(chi2, some.sum() - 1) > 1e-3


@pytest.mark.equation("9.12")
@each_mixture
def test_the_density_is_the_sum_over_components(problem):
    expected = [sum(row) for row in slow.joint(problem.model, problem.x)]
    np.testing.assert_allclose(np.exp(problem.model.log_density(problem.x)), expected, rtol=1e-11)


@pytest.mark.equation("9.13", "9.23")
@each_mixture
def test_responsibilities_are_bayes_rule(problem):
    r = problem.model.responsibilities(problem.x)
    np.testing.assert_allclose(r, slow.responsibilities(problem.model, problem.x), rtol=1e-10)
    np.testing.assert_allclose(r.sum(axis=1), 1, rtol=1e-14)


@pytest.mark.equation("9.12", "9.13")
def test_coins_that_always_fall_alike_have_a_probability_of_one_or_zero_and_no_other():
    model = CoinMixture([1.0, 0.0, 0.4], [0.2, 0.3, 0.5])
    x = np.array([[3.0, 0.0], [0.0, 4.0], [2.0, 1.0], [0.0, 0.0]])
    table = slow.joint(model, x)
    assert (table[[2, 2], [0, 1]] == 0).all()
    np.testing.assert_allclose(np.exp(model.log_joint(x)), table, rtol=1e-13)
    np.testing.assert_allclose(np.exp(model.log_density(x)), sum(table.T), rtol=1e-13)
    np.testing.assert_allclose(
        model.responsibilities(x), slow.responsibilities(model, x), rtol=1e-13
    )


@pytest.mark.equation("9.14")
@each_mixture
def test_the_log_likelihood_is_the_sum_of_the_logarithms_of_sums(problem):
    expected = slow.log_likelihood(problem.model, problem.x)
    assert problem.model.log_likelihood(problem.x) == pytest.approx(expected, rel=1e-12)


@pytest.mark.equation("9.15")
@pytest.mark.parametrize("d", [1, 2, 3, 5])
@pytest.mark.parametrize("std", [1.0, 1e-2, 1e-6])
def test_the_density_of_a_component_at_its_own_mean_grows_as_the_d_th_power_of_one_over_std(d, std):
    point = np.arange(1.0, d + 1)
    model = GaussianMixture([1.0], [point], [std**2 * np.eye(d)])
    at_mean = model.log_density([point])[0]
    assert at_mean == pytest.approx(-d / 2 * np.log(2 * np.pi * std**2), rel=1e-12)
    assert at_mean == pytest.approx(d * stats.norm.logpdf(0, scale=std), rel=1e-12)


@pytest.mark.equation("9.15")
def test_a_component_on_one_point_raises_the_likelihood_without_end():
    x = np.random.default_rng(4).normal(0, 2, 20)

    def log_likelihood(std):
        return GaussianMixture1D([0.5, 0.5], [x[0], 0.0], [std**2, 4.0]).log_likelihood(x)

    climb = [log_likelihood(10.0**-p) for p in (4, 6, 8, 10)]
    np.testing.assert_allclose(np.diff(climb), 2 * np.log(10), atol=1e-4)


@pytest.mark.equation("9.16")
@each_gaussian
def test_the_gradient_in_the_means_is_the_weighted_sum_of_inverse_covariance_times_residuals(
    problem,
):
    """By finite differences of (9.28), with its sign: positive towards the weighted mean."""
    model, x = problem.model, problem.x
    found = gradient(
        lambda m: slow.log_likelihood_by_columns(with_means(model, m), x), model.means, 1e-3
    )
    r = model.responsibilities(x)
    for k in range(problem.k):
        inverse = np.linalg.inv(np.atleast_2d(spread_of(model)[k]))
        by_hand = sum(
            r[n, k] * inverse @ np.atleast_1d(x[n] - model.means[k]) for n in range(len(x))
        )
        np.testing.assert_allclose(np.atleast_1d(found[k]), by_hand, rtol=1e-6, atol=1e-7)


@pytest.mark.equation("9.16", "9.17", "9.28")
def test_where_em_settles_the_gradient_in_the_means_is_zero(settled):
    problem, model = settled
    slope = gradient(
        lambda m: slow.log_likelihood_by_columns(with_means(model, m), problem.x),
        model.means,
        1e-3,
    )
    np.testing.assert_allclose(slope, 0, atol=1e-5)


@pytest.mark.equation("9.17")
@each_gaussian
def test_the_mean_in_the_statistics_is_the_weighted_mean_for_any_responsibilities(problem):
    q = problem.q()
    new = problem.model.m_step(problem.model.statistics(problem.x, q))
    for k in range(problem.k):
        np.testing.assert_allclose(new.means[k], slow.weighted_mean(problem.x, q[:, k]), rtol=1e-11)


@pytest.mark.equation("9.17")
def test_for_coins_the_weighted_mean_is_expected_heads_over_expected_tosses():
    q = COINS.q()
    new = COINS.model.m_step(COINS.model.statistics(COINS.x, q))
    for k in range(COINS.k):
        heads = sum(q[n, k] * COINS.x[n, 0] for n in range(COINS.n))
        tosses = sum(q[n, k] * (COINS.x[n, 0] + COINS.x[n, 1]) for n in range(COINS.n))
        assert new.biases[k] == pytest.approx(heads / tosses, rel=1e-13)


@pytest.mark.equation("9.18")
@each_mixture
def test_the_effective_counts_are_column_sums_and_add_up_to_n(problem):
    q = problem.q()
    n_k = problem.model.statistics(problem.x, q).n_k
    by_hand = [sum(q[n, k] for n in range(problem.n)) for k in range(problem.k)]
    np.testing.assert_allclose(n_k, by_hand, rtol=1e-13)
    assert n_k.sum() == pytest.approx(problem.n, rel=1e-13)


@pytest.mark.equation("9.19")
@each_gaussian
def test_the_covariance_is_the_weighted_mean_of_outer_products_about_the_weighted_mean(problem):
    q = problem.q(1)
    new = problem.model.m_step(problem.model.statistics(problem.x, q))
    for k, spread in enumerate(spread_of(new)):
        mean = slow.weighted_mean(problem.x, q[:, k])
        expected = slow.weighted_covariance(problem.x, q[:, k], mean)
        np.testing.assert_allclose(spread, expected, rtol=1e-10, atol=1e-12)


@pytest.mark.equation("9.19", "9.28")
def test_where_em_settles_the_gradient_in_the_covariances_is_zero(settled):
    problem, model = settled
    spread = spread_of(model)

    def shifted(change):
        symmetric = (change + change.swapaxes(-1, -2)) / 2 if change.ndim == 3 else change
        return slow.log_likelihood_by_columns(with_spread(model, spread + symmetric), problem.x)

    slope = gradient(shifted, np.zeros(spread.shape), 1e-4 * float(np.min(np.abs(spread))))
    np.testing.assert_allclose(slope, 0, atol=1e-4)


def lagrangian(model, x, weights, multiplier):
    """Ln p(X) + lambda (sum of weights - 1), for weights that need not sum to one."""
    densities = np.exp(slow.log_joint_by_columns(model, x)) / model.weights
    return float(np.log(densities @ weights).sum() + multiplier * (weights.sum() - 1))


def stationary_weights(problem: Problem):
    """Solve the K + 1 equations of the Lagrangian numerically; nothing of EM is used."""
    k = problem.k
    densities = slow.joint(problem.model, problem.x) / problem.model.weights

    def equations(v):
        logits, multiplier = v[:k], v[k]
        weights = np.exp(logits)
        return [*(densities.T @ (1 / (densities @ weights)) + multiplier), weights.sum() - 1]

    found = root(equations, [*np.log(np.full(k, 1 / k)), -0.7 * problem.n], tol=1e-13)
    assert found.success
    return np.exp(found.x[:k]), found.x[k]


@pytest.mark.equation("9.20")
@each_pair
def test_the_gradient_of_the_lagrangian_vanishes_at_the_weights_that_em_keeps(problem):
    model = problem.model
    for _ in range(30):  # EM on the weights alone
        weights = model.m_step(model.e_step(problem.x)[0]).weights
        model = with_weights(model, weights)
    slope = gradient(
        lambda v: lagrangian(problem.model, problem.x, v[:-1], v[-1]),
        np.array([*model.weights, -problem.n]),
        1e-4,
    )
    np.testing.assert_allclose(slope, 0, atol=1e-6)
    assert (model.weights > 0.02).all()


@pytest.mark.equation("9.21")
@each_pair
def test_the_multiplier_of_the_numerical_solution_is_minus_n(problem):
    weights, multiplier = stationary_weights(problem)
    assert multiplier == pytest.approx(-problem.n, rel=1e-9)
    r = with_weights(problem.model, weights / weights.sum()).responsibilities(problem.x)
    np.testing.assert_allclose(r.sum(axis=0) / weights, problem.n, rtol=1e-8)


@pytest.mark.equation("9.21")
@each_gaussian
def test_the_derivatives_times_the_weights_sum_to_n_at_any_weights(problem):
    """The step from (9.21) to lambda = -N: multiply by pi_k and sum over k."""
    model = problem.model
    slope = gradient(lambda w: lagrangian(model, problem.x, w, 0.0), model.weights, 1e-4)
    assert float(model.weights @ slope) == pytest.approx(problem.n, rel=1e-8)
    n_k = model.e_step(problem.x)[0].n_k
    np.testing.assert_allclose(n_k, model.weights * slope, rtol=1e-7)


@pytest.mark.equation("9.20", "9.22")
@each_pair
def test_the_weights_of_the_lagrangian_are_a_fixed_point_of_the_m_step(problem):
    weights, _ = stationary_weights(problem)
    model = with_weights(problem.model, weights / weights.sum())
    new = model.m_step(model.e_step(problem.x)[0])
    np.testing.assert_allclose(new.weights, weights, rtol=1e-8)


@pytest.mark.equation("9.22")
@each_mixture
@pytest.mark.filterwarnings("ignore:Values in x were outside bounds")  # says an old SLSQP
def test_new_weights_maximise_the_expected_log_weights_on_the_simplex(problem):
    q = problem.q(2)
    new = problem.model.m_step(problem.model.statistics(problem.x, q))
    np.testing.assert_allclose(new.weights, sum(q) / problem.n, rtol=1e-13)
    found = minimize(
        lambda w: -float(sum(q) @ np.log(w)),
        np.full(problem.k, 1 / problem.k),
        bounds=[(1e-6, 1)] * problem.k,
        constraints={"type": "eq", "fun": lambda w: w.sum() - 1},
        method="SLSQP",
        options={"ftol": 1e-12},
    )
    np.testing.assert_allclose(new.weights, found.x, atol=1e-5)


@pytest.mark.equation("9.23", "9.27")
@each_mixture
def test_the_e_step_counts_each_component_by_the_current_responsibilities(problem):
    statistics, _ = problem.model.e_step(problem.x)
    expected = slow.responsibilities(problem.model, problem.x).sum(axis=0)
    np.testing.assert_allclose(statistics.n_k, expected, rtol=1e-10)


@pytest.mark.equation("9.24", "9.25", "9.26", "9.27")
@each_mixture
def test_one_round_of_em_gives_the_parameters_of_the_loops(problem):
    new = problem.model.m_step(problem.model.e_step(problem.x)[0])
    for field, expected in slow.em_step(problem.model, problem.x).items():
        np.testing.assert_allclose(getattr(new, field), expected, rtol=1e-9, atol=1e-11)


@pytest.mark.equation("9.25")
@each_gaussian
def test_the_new_covariance_is_about_the_new_mean_not_the_old(problem):
    model = problem.model
    r = slow.responsibilities(model, problem.x)
    new = model.m_step(model.e_step(problem.x)[0])
    for k, spread in enumerate(spread_of(new)):
        about_old = slow.weighted_covariance(problem.x, r[:, k], model.means[k])
        step = new.means[k] - model.means[k]
        np.testing.assert_allclose(
            spread, about_old - np.multiply.outer(step, step), rtol=1e-8, atol=1e-10
        )
        assert np.abs(spread - about_old).max() > 1e-3


@pytest.mark.equation("9.26")
def test_fixed_weights_stay_and_free_ones_are_shares_of_the_effective_counts():
    problem = ON_A_LINE
    m = problem.model
    held = GaussianMixture1D(m.weights, m.means, m.variances, fixed_weights=True)
    n_k = sum(slow.responsibilities(m, problem.x))
    new = m.m_step(m.e_step(problem.x)[0])
    np.testing.assert_allclose(new.weights, n_k / problem.n, rtol=1e-11)
    np.testing.assert_array_equal(held.m_step(held.e_step(problem.x)[0]).weights, m.weights)


@pytest.mark.equation("9.24", "9.25", "9.26", "9.27", "9.28")
@each_mixture
def test_data_of_several_blocks_give_the_sums_of_the_whole(problem):
    """Each row five hundred times over: more rows than the E-step holds at once."""
    statistics, objective = problem.model.e_step(np.repeat(problem.x, 500, axis=0))
    r = slow.responsibilities(problem.model, problem.x)
    np.testing.assert_allclose(statistics.n_k, 500 * sum(r), rtol=1e-10)
    whole = 500 * slow.log_likelihood(problem.model, problem.x)
    assert objective == pytest.approx(whole, rel=1e-11)
    new = problem.model.m_step(statistics)
    for field, expected in slow.em_step(problem.model, problem.x).items():
        np.testing.assert_allclose(getattr(new, field), expected, rtol=1e-9, atol=1e-11)


@pytest.mark.equation("9.28")
@each_mixture
def test_the_objective_of_each_step_is_the_log_likelihood_at_that_step(problem):
    for step in em.iterate(problem.model, problem.x):
        expected = slow.log_likelihood(step.model, problem.x)
        assert step.objective == pytest.approx(expected, rel=1e-11)
        if step.iteration == 4:
            break


@pytest.mark.equation("9.28")
@each_mixture
def test_a_fit_ends_when_the_log_likelihood_gains_no_more_than_the_tolerance(problem):
    tol = 1e-2
    fit = em.fit(problem.model, problem.x, tol=tol)
    assert fit.history[-1] == pytest.approx(slow.log_likelihood(fit.model, problem.x), rel=1e-11)
    gains = np.diff(fit.history) / problem.n
    assert gains[-1] <= tol
    assert (gains[:-1] > tol).all()
