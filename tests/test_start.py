"""`emlib.start`: where a fit begins."""

import numpy as np
import pytest

from emlib import (
    CoinMixture,
    CollapseError,
    GaussianMixture,
    GaussianMixture1D,
    KMeans,
    PoissonMixture,
    coins,
    datasets,
    start,
)
from emlib.models import contract

X = datasets.blobs().x
STARTS = [start.kmeans_plus_plus, start.random_points, start.random_responsibilities]
each_start = pytest.mark.parametrize("begin", STARTS, ids=lambda f: f.__name__)
DATA = {
    CoinMixture: coins.counts([5, 9, 8, 4, 7], 10),
    GaussianMixture1D: X[:, 0],
    GaussianMixture: X,
    KMeans: X,
    PoissonMixture: np.array([0, 3, 1, 7, 9, 2]),
}
each_class = pytest.mark.parametrize("model_class", DATA, ids=lambda c: c.__name__)


def one_hot(labels, k):
    return np.eye(k)[labels]


@each_start
@each_class
def test_every_start_suits_every_model_and_is_seeded(begin, model_class):
    x = DATA[model_class]
    model = begin(model_class, x, n_components=2, rng=0)
    assert type(model) is model_class
    assert model.n_components == 2
    assert begin(model_class, x, n_components=2, rng=np.random.default_rng(0)) == model
    others = [begin(model_class, x, n_components=2, rng=seed) for seed in range(1, 6)]
    assert any(other != model for other in others)
    assert begin(model_class, x.tolist(), n_components=2, rng=0) == model


@each_start
def test_a_generator_moves_on(begin):
    rng = np.random.default_rng(0)
    assert begin(KMeans, X, n_components=3, rng=rng) != begin(KMeans, X, n_components=3, rng=rng)


@each_start
def test_options_pass_through(begin):
    model = begin(
        GaussianMixture,
        X,
        n_components=2,
        rng=0,
        covariance_floor=0.5,
        fixed_weights=True,
        weights=[0.1, 0.9],
    )
    assert (model.covariance_floor, model.fixed_weights) == (0.5, True)
    assert model.weights.tolist() == [0.1, 0.9]
    with pytest.raises(TypeError, match="covariance_floor"):
        begin(KMeans, X, n_components=2, rng=0, covariance_floor=0.5)


@each_start
def test_bad_arguments_are_refused_by_name(begin):
    for changes, error, words in (
        ({"n_components": 0}, ValueError, "n_components: expected at least 1"),
        ({"n_components": 2.0}, TypeError, "n_components: expected a whole number"),
        ({"n_components": 601}, ValueError, r"x: expected .*n_components=601, got 600 row\(s\)"),
        ({"rng": None}, TypeError, "rng: expected"),
        ({"rng": -1}, ValueError, "rng: expected at least 0"),
    ):
        with pytest.raises(error, match=f"^{words}"):
            begin(KMeans, X, **({"n_components": 2, "rng": 0} | changes))
    for wrong in ("KMeans", KMeans([[0.0]]), int, None):
        with pytest.raises(TypeError, match="^model_class: expected a class of models"):
            begin(wrong, X, n_components=2, rng=0)
    with pytest.raises(ValueError, match="^x: expected finite numbers"):
        begin(KMeans, [[np.nan, 1.0]], n_components=1, rng=0)


def test_random_points_are_k_different_rows_with_the_rows_nearest_to_each():
    x = np.array([[0.0], [1.0], [100.0]])
    for seed in range(10):
        model = start.random_points(KMeans, x, n_components=3, rng=seed)
        assert sorted(model.centroids.ravel().tolist()) == [0, 1, 100]
    rng = np.random.default_rng(4)
    seeds = X[np.random.default_rng(4).choice(600, size=3, replace=False)]
    labels = KMeans(seeds).predict(X)
    model = start.random_points(KMeans, X, n_components=3, rng=rng)
    expected = [X[labels == k].mean(axis=0) for k in range(3)]
    assert model.centroids == pytest.approx(np.array(expected), rel=1e-13)


def test_a_tenth_of_every_row_is_shared_so_that_no_covariance_begins_singular():
    assert start.SHARED_PART == 0.1
    seeds = X[np.random.default_rng(4).choice(600, size=3, replace=False)]
    r = 0.9 * one_hot(KMeans(seeds).predict(X), 3) + 0.1 / 3
    expected = GaussianMixture.from_responsibilities(X, r)
    model = start.random_points(GaussianMixture, X, n_components=3, rng=4)
    assert model.means == pytest.approx(expected.means, rel=1e-12)
    assert model.covariances == pytest.approx(expected.covariances, rel=1e-12)
    few = start.random_points(GaussianMixture, X[:6] * 1.0, n_components=5, rng=0)
    assert np.linalg.eigvalsh(few.covariances).min() > 0


def test_k_means_plus_plus_draws_with_probability_proportional_to_the_squared_distance():
    x = np.array([[0.0], [1.0], [3.0]])
    rng = np.random.default_rng(0)
    pairs = {}
    for _ in range(3000):
        model = start.kmeans_plus_plus(KMeans, x, n_components=2, rng=rng)
        key = tuple(sorted(model.centroids.ravel().tolist()))
        pairs[key] = pairs.get(key, 0) + 1 / 3000
    # first seed 1/3 each; second from 0: (1, 9)/10; from 1: (1, 4)/5; from 3: (9, 4)/13.
    # {0, 1} leaves 3 with 1: (0, 2). {0, 3} leaves 1 with 0: (0.5, 3). {1, 3}: 0 with 1: (0.5, 3).
    apart = (1 / 10 + 1 / 5) / 3
    assert pairs[0.0, 2.0] == pytest.approx(apart, abs=0.02)
    assert pairs[0.5, 3.0] == pytest.approx(1 - apart, abs=0.02)


def test_k_means_plus_plus_looks_at_the_nearest_seed_so_far():
    x = np.concatenate([np.zeros(50), [10.0], [11.0]])[:, None]
    found = 0
    for seed in range(200):
        model = start.kmeans_plus_plus(KMeans, x, n_components=3, rng=seed)
        found += len(set(model.centroids.ravel().round(6))) == 3
    assert found == 200  # a point that is a seed already has no chance
    heaps = np.repeat([0.0, 10.0, 20.0, 30.0], 25)[:, None]
    for seed in range(50):
        model = start.kmeans_plus_plus(KMeans, heaps, n_components=4, rng=seed)
        assert sorted(model.centroids.ravel().round(6).tolist()) == [0, 10, 20, 30]


def test_k_means_plus_plus_copes_with_copies_of_one_point():
    with pytest.warns(UserWarning, match="empty"):
        model = start.kmeans_plus_plus(KMeans, np.ones((4, 2)), n_components=2, rng=0)
    assert model.centroids.tolist() == [[1, 1], [1, 1]]
    with pytest.raises(CollapseError, match="component 0"):
        start.kmeans_plus_plus(GaussianMixture, np.ones((4, 2)), n_components=2, rng=0)


def test_random_responsibilities_make_components_that_are_almost_equal():
    model = start.random_responsibilities(GaussianMixture, X, n_components=3, rng=0)
    assert model.means == pytest.approx(np.tile(X.mean(axis=0), (3, 1)), abs=0.6)
    r = np.random.default_rng(0).random((600, 3))
    expected = GaussianMixture.from_responsibilities(X, r / r.sum(axis=1, keepdims=True))
    assert model == expected


def test_labels_give_the_complete_data_estimate():
    data = datasets.do_batzoglou()
    model = start.from_labels(CoinMixture, data.x, data.z)
    assert model.biases == pytest.approx([0.80, 0.45], abs=1e-15)
    assert model.weights.tolist() == [0.6, 0.4]
    blobs = datasets.blobs()
    clusters = start.from_labels(KMeans, blobs.x, blobs.z)
    assert clusters.n_components == 3
    for k in range(3):
        assert clusters.centroids[k] == pytest.approx(X[blobs.z == k].mean(axis=0), rel=1e-12)
    floored = start.from_labels(
        GaussianMixture, X, blobs.z.astype(np.uint8), n_components=3, covariance_floor=1.5
    )
    assert floored.covariance_floor == 1.5
    for k in range(3):
        assert floored.means[k] == pytest.approx(X[blobs.z == k].mean(axis=0), rel=1e-12)


def test_labels_are_checked():
    for labels, options, words in (
        ([0, 1], {}, "labels: expected one for each of 3 rows, got 2"),
        ([0, 1, 0, 1], {}, "labels: expected one for each of 3 rows, got 4"),
        ([0, 5, 1], {"n_components": 2}, "labels: expected labels below n_components=2, got 5"),
        ([0, 1, 2], {"n_components": 2}, "labels: expected labels below n_components=2, got 2"),
        ([0, -1, 1], {}, "labels: expected whole numbers"),
        ([0, 0.5, 1], {}, "labels: expected whole numbers"),
        ([0, 0, 0], {"n_components": 0}, "n_components: expected at least 1"),
        ([0, 0, 0], {"n_components": 2}, "r: expected data for every component, got none for 1"),
        ([0, 2, 0], {}, "r: expected data for every component, got none for 1"),
    ):
        with pytest.raises(ValueError, match=f"^{words}"):
            start.from_labels(CoinMixture, [[1, 2], [3, 4], [5, 6]], labels, **options)
    with pytest.raises(TypeError, match="labels: expected real numbers, got text"):
        start.from_labels(KMeans, X[:2], ["a", "b"])
    for wrong in (3, "KMeans"):
        with pytest.raises(TypeError, match="^model_class: expected"):
            start.from_labels(wrong, X, np.zeros(600))


def test_coins_begin_with_fewer_trials_than_coins():
    for begin in STARTS:
        assert begin(CoinMixture, [[8, 2]], n_components=2, rng=0).n_components == 2


def test_squared_distances():
    points = np.array([[0.0, 0], [3, 4], [0, 4]])
    assert start.squared_distances(points, 1).tolist() == [25, 0, 9]


@pytest.mark.parametrize("d", [1, start.FEW_COLUMNS, start.FEW_COLUMNS + 1, 40])
def test_squared_distances_in_any_number_of_columns(d, rng):
    points = rng.normal(size=(6, d))
    expected = [sum((a - b) ** 2 for a, b in zip(x, points[4], strict=True)) for x in points]
    assert start.squared_distances(points, 4) == pytest.approx(expected, rel=1e-13)
    with np.errstate(all="raise"):
        assert start.squared_distances(points * 1e-170, 4).max() == 0


def test_a_start_without_options_does_not_inherit_those_of_the_one_before():
    x = [[0.0, 1.0], [1.0, 0.0], [9.0, 8.0], [8.0, 9.5]]
    ask = {"n_components": 2, "rng": 0}
    floored = start.kmeans_plus_plus(GaussianMixture, x, covariance_floor=0.5, **ask)
    plain = start.kmeans_plus_plus(GaussianMixture, x, **ask)
    held = start.kmeans_plus_plus(GaussianMixture, x, fixed_weights=True, **ask)
    again = start.kmeans_plus_plus(GaussianMixture, x, **ask)
    assert [m.covariance_floor for m in (floored, plain, held, again)] == [0.5, 0.0, 0.0, 0.0]
    assert [m.fixed_weights for m in (floored, plain, held, again)] == [False, False, True, False]
    assert plain == again


def test_large_models_are_not_kept_for_the_next_start():
    before = contract._kept_placeholder.cache_info().currsize
    x = np.random.default_rng(0).normal(size=(100, 40))
    start.kmeans_plus_plus(GaussianMixture, x[:, :23], n_components=2, rng=0)
    assert contract._kept_placeholder.cache_info().currsize == before
