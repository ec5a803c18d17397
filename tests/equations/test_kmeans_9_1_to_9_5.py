"""PRML section 9.1: the distortion of K-means and its two half-steps, (9.1) to (9.5)."""

import numpy as np
import pytest
from equations.slow_forms import assignments, gradient
from scipy.optimize import minimize

from emlib import KMeans, em

RNG = np.random.default_rng(11)
X = RNG.normal(0, [3.0, 1.0], (25, 2))
CENTROIDS = RNG.normal(0, 2, (3, 2))
X_6 = X[:6]


def distortion(x: np.ndarray, labels: np.ndarray, centroids: np.ndarray) -> float:
    """Sum r_nk |x_n - mu_k|^2 over n and k, with r_nk made of labels."""
    total = 0.0
    for n, x_n in enumerate(x):
        for k, centroid in enumerate(centroids):
            r_nk = 1.0 if labels[n] == k else 0.0
            total += r_nk * sum((x_n[d] - centroid[d]) ** 2 for d in range(len(x_n)))
    return total


def nearest(x: np.ndarray, centroids: np.ndarray) -> np.ndarray:
    """Labels by comparing every distance, the first of equals."""
    labels = []
    for x_n in x:
        distances = [np.linalg.norm(x_n - centroid) for centroid in centroids]
        labels.append(distances.index(min(distances)))
    return np.array(labels)


@pytest.mark.equation("9.1")
def test_the_objective_is_minus_the_distortion_of_the_double_sum():
    expected = -distortion(X, nearest(X, CENTROIDS), CENTROIDS)
    model = KMeans(CENTROIDS)
    assert model.objective(X) == pytest.approx(expected, rel=1e-13)
    assert model.e_step(X)[1] == pytest.approx(expected, rel=1e-13)


@pytest.mark.equation("9.2")
def test_responsibilities_are_one_at_the_nearest_centroid_and_zero_elsewhere():
    r = KMeans(CENTROIDS).responsibilities(X)
    np.testing.assert_array_equal(r, np.eye(3)[nearest(X, CENTROIDS)])


@pytest.mark.equation("9.2")
def test_no_other_of_all_the_assignments_has_a_smaller_distortion():
    least = min(distortion(X_6, z, CENTROIDS) for z in assignments(6, 3))
    r = KMeans(CENTROIDS).responsibilities(X_6)
    assert distortion(X_6, r.argmax(axis=1), CENTROIDS) == pytest.approx(least, rel=1e-13)


@pytest.mark.equation("9.3")
def test_the_gradient_of_the_distortion_vanishes_at_the_new_centroids():
    model = KMeans(CENTROIDS)
    labels = nearest(X, CENTROIDS)
    new = model.m_step(model.statistics(X, np.eye(3)[labels]))

    def slope(centroids: np.ndarray) -> np.ndarray:
        return gradient(lambda c: distortion(X, labels, c), centroids, step=1e-3)

    np.testing.assert_allclose(slope(new.centroids), 0, atol=1e-8)
    by_hand = [sum(-2 * (x_n - c) for x_n in X[labels == k]) for k, c in enumerate(CENTROIDS)]
    np.testing.assert_allclose(slope(CENTROIDS), by_hand, atol=1e-8)
    assert np.abs(slope(CENTROIDS)).max() > 1


@pytest.mark.equation("9.4")
def test_new_centroids_are_the_means_of_their_points():
    model = KMeans(CENTROIDS)
    new = model.m_step(model.e_step(X)[0])
    labels = nearest(X, CENTROIDS)
    for k, centroid in enumerate(new.centroids):
        members = [x_n for n, x_n in enumerate(X) if labels[n] == k]
        np.testing.assert_allclose(centroid, sum(members) / len(members), rtol=1e-13)


@pytest.mark.equation("9.5")
def test_statistics_of_one_row_more_move_the_nearest_mean_a_part_of_the_way():
    """With the step 1 / N_k the centroid stays the mean of all that came to it."""
    model = KMeans(CENTROIDS)
    labels = nearest(X, CENTROIDS)
    centroids, counts = X[[np.flatnonzero(labels == k)[0] for k in range(3)]].copy(), np.ones(3)
    first = [int(np.flatnonzero(labels == k)[0]) for k in range(3)]
    total = model.statistics(X[first], np.eye(3))
    for n in sorted(set(range(len(X))) - set(first)):
        k = labels[n]
        counts[k] += 1
        centroids[k] += (X[n] - centroids[k]) / counts[k]  # mu_new = mu_old + eta (x - mu_old)
        total = total + model.statistics(X[n : n + 1], np.eye(3)[[k]])
        np.testing.assert_allclose(total.means, centroids, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(total.means, model.m_step(model.e_step(X)[0]).centroids, rtol=1e-12)


@pytest.mark.equation("9.3", "9.4")
def test_new_centroids_are_where_a_numerical_minimiser_ends():
    labels = nearest(X, CENTROIDS)
    found = minimize(lambda c: distortion(X, labels, c.reshape(3, 2)), CENTROIDS.ravel(), tol=1e-9)
    model = KMeans(CENTROIDS)
    new = model.m_step(model.e_step(X)[0])
    np.testing.assert_allclose(new.centroids.ravel(), found.x, atol=1e-5)


@pytest.mark.equation("9.1", "9.2", "9.4")
def test_each_half_step_lowers_the_distortion_until_the_assignment_repeats():
    labels, previous = nearest(X, CENTROIDS), np.inf
    for step in em.iterate(KMeans(CENTROIDS), X):
        after_m = distortion(X, labels, step.model.centroids)
        labels = nearest(X, step.model.centroids)
        after_e = distortion(X, labels, step.model.centroids)
        assert after_e <= after_m <= previous
        assert step.objective == pytest.approx(-after_e, rel=1e-13)
        if after_e == previous:
            break
        previous = after_e
    assert 1 < step.iteration < 20
