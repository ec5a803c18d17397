"""PRML section 9.3: the general EM algorithm, Gaussian mixtures revisited and the limit of K-means.

Sums over Z are taken by force, over all K^N assignments of a handful of rows: (9.29) to (9.43).
"""

import itertools

import numpy as np
import pytest
from equations import slow_forms as slow
from equations.slow_forms import GAUSSIAN, MIXTURES, TINY, gradient, name
from scipy import stats
from scipy.optimize import minimize
from scipy.special import logsumexp

from emlib import GaussianMixture, KMeans, bound, em, start

each_tiny = pytest.mark.parametrize("problem", TINY, ids=name)
each_mixture = pytest.mark.parametrize("problem", MIXTURES, ids=name)


@pytest.mark.equation("9.29")
@each_tiny
def test_the_log_likelihood_is_the_logarithm_of_the_sum_over_every_assignment(problem):
    total = sum(slow.complete_likelihoods(problem.model, problem.x).values())
    assert problem.model.log_likelihood(problem.x) == pytest.approx(np.log(total), rel=1e-12)


@pytest.mark.equation("9.30", "9.33")
@each_tiny
def test_q_is_the_average_of_the_complete_log_likelihood_over_the_old_posterior(problem):
    old, new = problem.model, problem.other
    posterior = slow.posterior_over_assignments(old, problem.x)
    complete = slow.complete_likelihoods(new, problem.x)
    expected = sum(p * np.log(complete[z]) for z, p in posterior.items())
    found = bound.q_function(new, problem.x, bound.posterior(old, problem.x))
    assert found == pytest.approx(expected, rel=1e-11)


@pytest.mark.equation("9.31", "9.32")
@each_mixture
def test_the_m_step_is_where_a_numerical_maximiser_of_q_ends(problem):
    """Begun elsewhere, in free coordinates, with a Q that is made of `scipy.stats` alone."""
    r = slow.responsibilities(problem.model, problem.x)

    def minus_q(vector):
        model = slow.from_vector(vector, problem.model)
        return -float((r * slow.log_joint_by_columns(model, problem.x)).sum())

    new = problem.model.m_step(problem.model.e_step(problem.x)[0])
    begin = slow.to_vector(problem.model)
    found = minimize(minus_q, begin, jac=lambda v: gradient(minus_q, v, 1e-4), tol=1e-7)
    best = slow.from_vector(found.x, problem.model)
    for field in slow.em_step(problem.model, problem.x):
        np.testing.assert_allclose(getattr(new, field), getattr(best, field), atol=2e-5)
    assert -minus_q(slow.to_vector(new)) >= -found.fun - 1e-9


@pytest.mark.equation("9.34")
@each_mixture
def test_the_loop_hands_each_new_model_to_the_next_round(problem):
    by_hand = problem.model
    for step in em.iterate(problem.model, problem.x):
        for field in slow.em_step(by_hand, problem.x):
            np.testing.assert_allclose(
                getattr(step.model, field), getattr(by_hand, field), rtol=1e-7, atol=1e-9
            )
        if step.iteration == 4:
            break
        by_hand = type(by_hand)(**slow.em_step(by_hand, problem.x))


@pytest.mark.equation("9.35", "9.36")
@each_tiny
def test_the_complete_likelihood_is_a_product_of_powers_and_its_logarithm_a_double_sum(problem):
    model, x = problem.model, problem.x
    log_joint = model.log_joint(x)
    for z in slow.assignments(problem.n, problem.k):
        z_nk = np.eye(problem.k)[list(z)]
        product = 1.0
        for n, k in itertools.product(range(problem.n), range(problem.k)):
            product *= model.weights[k] ** z_nk[n, k] * slow.density(model, x[n], k) ** z_nk[n, k]
        assert np.exp((z_nk * log_joint).sum()) == pytest.approx(product, rel=1e-10)


@pytest.mark.equation("9.36")
@each_tiny
def test_q_at_a_hard_assignment_is_the_complete_log_likelihood(problem):
    complete = slow.complete_likelihoods(problem.model, problem.x)
    for z in itertools.islice(complete, 0, None, 7):
        q = np.eye(problem.k)[list(z)]
        found = bound.q_function(problem.model, problem.x, q)
        assert found == pytest.approx(np.log(complete[z]), rel=1e-11)


@pytest.mark.equation("9.37")
@each_mixture
def test_with_known_labels_the_weights_are_the_shares_of_the_groups(problem):
    labels = np.minimum(np.arange(problem.n) % (problem.k + 1), problem.k - 1)
    model = start.from_labels(type(problem.model), problem.x, labels, n_components=problem.k)
    counts = [sum(1 for label in labels if label == k) for k in range(problem.k)]
    np.testing.assert_allclose(model.weights, np.array(counts) / problem.n, rtol=1e-14)


@pytest.mark.equation("9.37")
@pytest.mark.parametrize("problem", GAUSSIAN, ids=name)
def test_with_known_labels_each_component_is_the_maximum_likelihood_fit_of_its_group(problem):
    labels = np.minimum(np.arange(problem.n) % (problem.k + 1), problem.k - 1)
    model = start.from_labels(type(problem.model), problem.x, labels)
    for k in range(problem.k):
        group = problem.x[labels == k]
        spread = model.covariances[k] if group.ndim == 2 else model.variances[k]
        np.testing.assert_allclose(model.means[k], group.mean(axis=0), rtol=1e-11)
        np.testing.assert_allclose(spread, np.cov(group.T, bias=True), rtol=1e-10)


@pytest.mark.equation("9.38")
@each_tiny
def test_the_posterior_over_all_assignments_is_a_product_over_rows(problem):
    q = bound.posterior(problem.model, problem.x)
    for z, p in slow.posterior_over_assignments(problem.model, problem.x).items():
        assert np.prod(q[np.arange(problem.n), z]) == pytest.approx(p, rel=1e-10)


@pytest.mark.equation("9.39")
@each_tiny
def test_responsibilities_are_the_posterior_expectations_of_the_indicators(problem):
    posterior = slow.posterior_over_assignments(problem.model, problem.x)
    expected = np.zeros((problem.n, problem.k))
    for z, p in posterior.items():
        expected += p * np.eye(problem.k)[list(z)]
    np.testing.assert_allclose(bound.posterior(problem.model, problem.x), expected, rtol=1e-10)


@pytest.mark.equation("9.40")
@each_mixture
def test_q_is_the_double_sum_of_responsibilities_times_log_weight_plus_log_density(problem):
    model, other, x = problem.model, problem.other, problem.x
    r = slow.responsibilities(model, x)
    total = log_weights = 0.0
    for n, k in itertools.product(range(problem.n), range(problem.k)):
        total += r[n, k] * (np.log(other.weights[k]) + np.log(slow.density(other, x[n], k)))
        log_weights += r[n, k] * np.log(other.weights[k])
    found = bound.q_function(other, x, bound.posterior(model, x))
    assert found == pytest.approx(total, rel=1e-11)
    assert abs(found - (total - log_weights)) > 1  # the weights are a part that cannot be left out


EPSILONS = [1.0, 1e-1, 1e-2, 1e-4]
MEANS = np.array([[0.0, 0.0, 0.0], [1.0, 0.5, -0.5], [0.2, -1.0, 0.7]])
WEIGHTS = np.array([0.2, 0.7, 0.1])
POINTS = np.random.default_rng(6).normal(0, 1, (30, 3))


def spherical(means, weights, epsilon):
    """Mixture of Gaussians that share the covariance epsilon I."""
    k, d = np.shape(means)
    return GaussianMixture(weights, means, np.tile(epsilon * np.eye(d), (k, 1, 1)))


@pytest.mark.equation("9.41")
@pytest.mark.parametrize("epsilon", EPSILONS)
def test_with_a_shared_spherical_covariance_the_factor_has_the_exponent_d_over_2(epsilon):
    conditional = spherical(MEANS, WEIGHTS, epsilon).log_joint(POINTS) - np.log(WEIGHTS)
    for (n, x_n), (k, mean) in itertools.product(enumerate(POINTS), enumerate(MEANS)):
        squared = sum((a - b) ** 2 for a, b in zip(x_n, mean, strict=True))
        expected = -3 / 2 * np.log(2 * np.pi * epsilon) - squared / (2 * epsilon)
        assert conditional[n, k] == pytest.approx(expected, rel=1e-12)
        by_axis = stats.norm.logpdf(x_n, mean, epsilon**0.5).sum()
        assert conditional[n, k] == pytest.approx(by_axis, rel=1e-12)


@pytest.mark.equation("9.42")
@pytest.mark.parametrize("epsilon", EPSILONS)
def test_its_responsibilities_are_a_softmax_of_minus_squared_distances_over_two_epsilon(epsilon):
    r = spherical(MEANS, WEIGHTS, epsilon).responsibilities(POINTS)
    for n, x_n in enumerate(POINTS):
        scores = [
            np.log(weight) - np.sum((x_n - mean) ** 2) / (2 * epsilon)
            for weight, mean in zip(WEIGHTS, MEANS, strict=True)
        ]
        np.testing.assert_allclose(r[n], np.exp(scores - logsumexp(scores)), rtol=1e-9, atol=1e-300)


@pytest.mark.equation("9.42")
def test_as_epsilon_goes_to_zero_the_responsibilities_become_those_of_k_means():
    hard = KMeans(MEANS).responsibilities(POINTS)
    distances = [
        np.abs(spherical(MEANS, WEIGHTS, epsilon).responsibilities(POINTS) - hard).max()
        for epsilon in (1.0, 1e-1, 1e-2, 1e-3, 1e-4)
    ]
    assert distances == sorted(distances, reverse=True)
    assert distances[0] > 0.5
    assert distances[-1] < 1e-12


@pytest.mark.equation("9.43")
def test_epsilon_times_q_tends_to_minus_half_the_distortion():
    """100 points about two centroids: it is epsilon times Q that has a limit, not Q."""
    centroids = np.array([[0.0, 0.0], [10.0, 0.0]])
    x = np.random.default_rng(0).normal(size=(100, 2)) + np.repeat(centroids, 50, axis=0)
    half = sum(min(np.sum((x_n - c) ** 2) for c in centroids) for x_n in x) / 2
    assert half == pytest.approx(92.40978, abs=5e-6)
    assert KMeans(centroids).objective(x) == pytest.approx(-2 * half, rel=1e-12)

    def scaled(epsilon):
        model = spherical(centroids, [0.3, 0.7], epsilon)
        return epsilon * bound.q_function(model, x, bound.posterior(model, x))

    assert scaled(1e-4) == pytest.approx(-92.34386, abs=5e-6)
    for epsilon in (1e-4, 1e-6, 1e-8):
        rest = 50 * (np.log(0.3) + np.log(0.7)) - 100 * np.log(2 * np.pi * epsilon)
        assert scaled(epsilon) == pytest.approx(-half + epsilon * rest, rel=1e-12)
    gaps = [abs(scaled(epsilon) + half) for epsilon in (1e-3, 1e-4, 1e-6, 1e-8)]
    assert gaps == sorted(gaps, reverse=True)
    assert gaps[-1] < 1e-4


@pytest.mark.equation("9.43")
def test_with_a_small_epsilon_the_m_step_moves_the_means_as_k_means_does():
    soft = spherical(MEANS, WEIGHTS, 1e-4)
    hard = KMeans(MEANS)
    new_means = soft.m_step(soft.e_step(POINTS)[0]).means
    new_centroids = hard.m_step(hard.e_step(POINTS)[0]).centroids
    np.testing.assert_allclose(new_means, new_centroids, rtol=1e-10)
