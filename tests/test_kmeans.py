"""`emlib.kmeans`: the hard limit, its clusters without points and its ties."""

import warnings

import numpy as np
import pytest

from emlib import EMWarning, GaussianMixture, KMeans, datasets, em
from emlib.kmeans import one_hot

X = np.array([[0.0, 0], [0.5, 0], [0.5, 1], [1, 1]])


def test_a_fit_by_hand():
    fit = em.fit(KMeans([[0, 0], [1, 1]]), X)
    assert fit.model.centroids.tolist() == [[0.25, 0.0], [0.75, 1.0]]
    assert fit.model.predict(X).tolist() == [0, 0, 1, 1]
    assert fit.objective == fit.model.objective(X) == -0.25
    assert fit.converged


def test_the_log_joint_is_minus_the_squared_distance():
    model = KMeans([[0.0, 0], [3, 4]])
    assert model.log_joint([[0.0, 0], [3, 4], [3, 0]]).tolist() == [[0, -25], [-25, 0], [-9, -16]]
    assert model.responsibilities([[3.0, 0], [3, 3]]).tolist() == [[1, 0], [0, 1]]


def test_ties_go_to_the_lowest_index():
    model = KMeans([[-1.0], [1.0], [1.0]])
    assert model.predict([[0.0], [5.0]]).tolist() == [0, 1]
    assert model.responsibilities([[0.0], [5.0]]).tolist() == [[1, 0, 0], [0, 1, 0]]
    assert one_hot(np.array([[1.0, 2, 2], [3, 3, 1]])).tolist() == [[0, 1, 0], [1, 0, 0]]


def test_statistics_are_counts_and_means():
    stats, objective = KMeans([[0, 0], [1, 1]]).e_step(X)
    assert stats.n_k.tolist() == [2, 2]
    assert stats.means.tolist() == [[0.25, 0], [0.75, 1]]
    assert objective == -0.5


def test_statistics_of_two_parts_add_up_to_those_of_the_whole():
    model = KMeans([[0.0, 0.0], [1.0, 1.0], [30.0, 30.0]])
    whole, _ = model.e_step(X)
    for cut in (1, 2, 3):  # with a cut at 2 each part has points of one cluster alone
        both = model.e_step(X[:cut])[0] + model.e_step(X[cut:])[0]
        assert both.n_k.tolist() == whole.n_k.tolist() == [2, 2, 0]
        assert both.means[:2] == pytest.approx(whole.means[:2], rel=1e-15)


def test_parts_that_differ_by_what_vanishes_add_up_whatever_numpy_does_about_it():
    one, other = (KMeans([[0.0, 0.0]]).e_step([[1.0, small]])[0] for small in (0.0, 5e-324))
    with np.errstate(all="raise"):
        assert (one + other).means.tolist() == [[1.0, 0.0]]


def test_a_cluster_without_points_keeps_its_centroid_and_says_so():
    model = KMeans([[0.5, 0.5], [30, 30]])
    with pytest.warns(EMWarning, match="cluster 1 is empty: its centroid stays where it is"):
        fit = em.fit(model, X)
    assert fit.model.centroids.tolist() == [[0.5, 0.5], [30, 30]]
    assert np.isfinite(fit.history).all()
    with pytest.warns(EMWarning, match="cluster 0 is empty"):
        new = KMeans([[30.0, 30], [0, 0]]).m_step(KMeans([[30.0, 30], [0, 0]]).e_step(X)[0])
    assert new.centroids.tolist() == [[30, 30], [0.5, 0.5]]


def test_the_first_of_several_empty_clusters_is_named():
    model = KMeans([[0.0, 0.0], [30.0, 30.0], [40.0, 40.0]])
    with pytest.warns(EMWarning, match="cluster 1 is empty"):
        model.m_step(model.e_step(X)[0])


def test_no_cluster_without_points_no_warning():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        em.fit(KMeans([[0, 0], [1, 1]]), X)


def test_duplicate_points_warn_and_give_a_distortion_of_zero():
    x = np.ones((5, 2))
    with pytest.warns(EMWarning, match="empty"):
        fit = em.multistart(KMeans, x, n_components=2, n_starts=1, rng=0)[0]
    assert fit.objective == 0.0
    assert fit.model.centroids.tolist() == [[1, 1], [1, 1]]


def test_one_cluster_is_the_mean():
    x = datasets.old_faithful().x
    fit = em.fit(KMeans(x[:1]), x)
    assert fit.model.centroids == pytest.approx(x.mean(axis=0)[None], rel=1e-14)
    assert fit.objective == pytest.approx(-((x - x.mean(axis=0)) ** 2).sum(), rel=1e-12)
    assert em.fit(KMeans([[7.0, 8.0]]), [[4.0, 5.0]]).objective == 0.0


def test_an_offset_costs_no_digits():
    x = 1e9 + np.array([[0.0], [1.0], [10.0], [11.0]])
    fit = em.fit(KMeans(x[[0, 3]]), x)
    assert fit.model.centroids.tolist() == [[1e9 + 0.5], [1e9 + 10.5]]
    assert fit.objective == -1.0


def test_from_responsibilities_takes_the_means_of_the_largest():
    r = [[0.9, 0.1], [0.6, 0.4], [0.4, 0.6], [0.5, 0.5]]
    model = KMeans.from_responsibilities(X, r)
    assert model.centroids == pytest.approx(np.array([[0.5, 1 / 3], [0.5, 1.0]]))
    with pytest.warns(EMWarning, match="cluster 1 is empty"):
        model = KMeans.from_responsibilities(X, [[1.0, 0.0]] * 4)
    assert model.centroids.tolist() == [[0.5, 0.5], [0.5, 0.5]]
    with pytest.raises(ValueError, match=r"r: expected shape \(4, K\)"):
        KMeans.from_responsibilities(X, [[1.0, 0.0]] * 3)


def test_a_fit_needs_as_many_points_as_centroids_and_a_prediction_does_not():
    model = KMeans(X)
    assert model.predict([[0.4, 1.0]]).tolist() == [2]
    with pytest.raises(ValueError, match=r"x: expected .*n_components=4, got 3 row"):
        em.fit(model, X[:3])


def test_distances_too_small_to_square_are_refused_wherever_x_enters():
    model = KMeans([[0.0], [1e-170]])
    for call in (model.predict, model.objective, model.log_joint, lambda x: em.fit(model, x)):
        with pytest.raises(ValueError, match="x: expected a spread above"):
            call([[9e-171], [1e-170], [2e-170]])
    assert KMeans([[0.0], [1.0]]).predict([[1e-170]]).tolist() == [0]


def test_data_of_another_width_are_refused():
    with pytest.raises(ValueError, match=r"x: expected shape \(N, 2\), as many columns as centro"):
        KMeans(X).predict([[1.0, 2, 3]])
    for wrong in ([], [[np.nan, 1]], [[[1.0]]], "abc"):
        with pytest.raises((ValueError, TypeError), match="^centroids: expected"):
            KMeans(wrong)


def test_soft_em_of_a_small_shared_variance_makes_the_same_assignments():
    x = datasets.blobs().x
    centres = x[[0, 200, 400]]
    soft = GaussianMixture([1 / 3] * 3, centres, [1e-6 * np.eye(2)] * 3).responsibilities(x)
    assert (soft.argmax(axis=1) == KMeans(centres).predict(x)).all()
    assert soft == pytest.approx(KMeans(centres).responsibilities(x), abs=1e-6)


def test_it_shows_its_centroids():
    model = KMeans([[1.0, 2.0], [3.0, 4.0]])
    assert repr(model).splitlines() == [
        "KMeans of 2 centroids",
        "component  centroid",
        "        0    (1, 2)",
        "        1    (3, 4)",
    ]
    assert (model.n_components, model.n_parameters) == (2, 4)
