"""The estimators of `emlib.sklearn`: scikit-learn's checks, its results, and bad input."""

import pickle
import subprocess
import sys
import textwrap
import warnings

import numpy as np
import pandas as pd
import pytest
import sklearn.cluster
import sklearn.mixture
from sklearn.base import clone
from sklearn.datasets import make_blobs
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import check_estimator

import emlib
from emlib import em, information, selection
from emlib.data.errors import CollapseError, EMWarning
from emlib.sklearn import GaussianMixture, KMeans, NotConvergedWarning

FAMILIES = ["full", "tied", "diag", "spherical"]
PARAMETERS = ["weights_", "means_", "covariances_", "precisions_", "precisions_cholesky_"]

# What scikit-learn exempts its own class from, with its reason; `check_estimator` fails where an
# entry names no check.
EXEMPT = {
    GaussianMixture: {},
    KMeans: {
        "check_sample_weight_equivalence_on_dense_data": (
            "first centres are drawn by chance, from other rows where rows are repeated"
        )
    },
}


@pytest.fixture(scope="module")
def X():
    return make_blobs(300, centers=3, n_features=3, cluster_std=2.5, random_state=1)[0]


@pytest.mark.parametrize("estimator", [GaussianMixture(max_iter=5), KMeans(max_iter=5)], ids=str)
def test_scikit_learns_checks(estimator):
    exempt = EXEMPT[type(estimator)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        results = check_estimator(estimator, expected_failed_checks=exempt, on_fail=None)
    ends = {result["check_name"]: result["status"] for result in results}
    assert len(ends) > 40
    wrong = {name: end for name, end in ends.items() if end in ("failed", "xfail")}
    assert wrong == dict.fromkeys(exempt, "xfail")
    skipped = [name for name, end in ends.items() if end == "skipped"]
    assert all("array_api" in name for name in skipped), skipped


@pytest.mark.parametrize("name", ["GaussianMixture", "KMeans"])
def test_exempt_is_only_what_scikit_learn_exempts_its_own_class_from(name):
    instances = pytest.importorskip("sklearn.utils._test_common.instance_generator")
    theirs = getattr(sklearn.mixture, name, None) or getattr(sklearn.cluster, name)
    ours = EXEMPT[globals()[name]]
    assert set(ours) <= set(instances.PER_ESTIMATOR_XFAIL_CHECKS.get(theirs, {}))


def both(X, **options):
    """Fit scikit-learn's class and ours with the same arguments."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        options = {"n_components": 3, "random_state": 0} | options
        return (
            sklearn.mixture.GaussianMixture(**options).fit(X),
            GaussianMixture(**options).fit(X),
        )


def off(theirs, ours, name):
    """The largest difference of an attribute, as a part of its largest entry."""
    a, b = np.asarray(getattr(theirs, name)), np.asarray(getattr(ours, name))
    assert a.shape == b.shape
    return np.abs(a - b).max() / np.abs(a).max()


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("reg_covar", [0, 1e-6, 0.5])
@pytest.mark.parametrize("max_iter", [1, 2, 7])
def test_the_same_parameters_after_the_same_rounds(X, family, reg_covar, max_iter):
    options = {"covariance_type": family, "reg_covar": reg_covar, "max_iter": max_iter, "tol": 0}
    for init_params in ("kmeans", "random"):
        theirs, ours = both(X, init_params=init_params, **options)
        assert ours.n_iter_ == theirs.n_iter_ == max_iter
        assert max(off(theirs, ours, name) for name in PARAMETERS) < 1e-10
        assert ours.lower_bounds_[-1] == ours.lower_bound_
        assert ours.lower_bound_ == pytest.approx(theirs.lower_bound_, rel=1e-10)


@pytest.mark.parametrize("init_params", ["kmeans", "random", "k-means++", "random_from_data"])
@pytest.mark.parametrize("family", ["full", "diag", "spherical"])
def test_the_same_start_and_the_same_end(X, family, init_params):
    theirs, ours = both(X, covariance_type=family, init_params=init_params, max_iter=0)
    on_rows = init_params in ("k-means++", "random_from_data")
    # On single rows scikit-learn's weights sum to K/N, and a variance is reg_covar and rounding.
    names, least = (PARAMETERS[1:], 1e-6) if on_rows else (PARAMETERS, 1e-10)
    assert max(off(theirs, ours, name) for name in names) < least
    assert ours.n_iter_ == 0
    assert ours.lower_bound_ == -np.inf
    theirs, ours = both(X, covariance_type=family, init_params=init_params)
    assert (ours.n_iter_, ours.converged_) == (theirs.n_iter_, theirs.converged_)
    assert max(off(theirs, ours, name) for name in PARAMETERS) < 1e-10
    assert ours.lower_bound_ == pytest.approx(theirs.lower_bound_, rel=1e-10)
    np.testing.assert_array_equal(ours.predict(X), theirs.predict(X))
    np.testing.assert_allclose(ours.predict_proba(X), theirs.predict_proba(X), atol=1e-9)
    np.testing.assert_allclose(ours.score_samples(X), theirs.score_samples(X), rtol=1e-9)
    for score in ("score", "aic", "bic"):
        assert getattr(ours, score)(X) == pytest.approx(getattr(theirs, score)(X), rel=1e-10)
    assert ours.model_.n_parameters == theirs._n_parameters()


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("missing", [None, "weights_init", "means_init", "precisions_init"])
def test_the_same_from_parameters_that_are_given(X, family, missing):
    start = both(X, covariance_type=family, max_iter=3, tol=0)[0]
    given = {f"{name}init": getattr(start, name) for name in ("weights_", "means_", "precisions_")}
    given.pop(missing, None)
    # Without a round scikit-learn has no covariances for precisions that are given.
    for max_iter in (1, 4) if "precisions_init" in given else (0, 1, 4):
        theirs, ours = both(X, covariance_type=family, max_iter=max_iter, tol=0, **given)
        assert max(off(theirs, ours, name) for name in PARAMETERS) < 1e-10


def test_the_best_of_several_starts(X):
    for seed in range(3):
        options = {"init_params": "random_from_data", "random_state": seed, "max_iter": 4}
        theirs, ours = both(X, n_init=6, reg_covar=1.0, **options)
        assert max(off(theirs, ours, name) for name in PARAMETERS) < 1e-10


def test_warm_start_goes_on(X):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotConvergedWarning)
        whole = GaussianMixture(3, random_state=0, max_iter=6, tol=0).fit(X)
        parts = GaussianMixture(3, random_state=0, max_iter=2, tol=0, warm_start=True)
        for _ in range(3):
            parts.fit(X)
    np.testing.assert_allclose(parts.means_, whole.means_, rtol=1e-12)
    assert parts.lower_bound_ == pytest.approx(whole.lower_bound_, rel=1e-12)
    parts.set_params(tol=1e-3, max_iter=100).fit(X)
    assert parts.converged_
    assert parts.set_params(max_iter=1).fit(X).converged_  # by the bound of the fit before
    with pytest.raises(ValueError, match="warm_start: expected n_components and covariance_type"):
        parts.set_params(n_components=2).fit(X)
    again = parts.set_params(n_components=3, warm_start=False, max_iter=0).fit(X)
    assert again.n_iter_ == 0
    np.testing.assert_array_equal(again.means_, clone(again).fit(X).means_)


def test_a_weight_is_a_repetition(X):
    weights = np.random.default_rng(0).integers(0, 4, len(X))
    start = {
        "weights_init": [0.3, 0.3, 0.4],
        "means_init": X[:3],
        "precisions_init": [np.eye(3)] * 3,
        "tol": 1e-6,
    }
    weighted = GaussianMixture(3, **start).fit(X, sample_weight=weights)
    repeated = GaussianMixture(3, **start).fit(np.repeat(X, weights, axis=0))
    assert weighted.n_iter_ == repeated.n_iter_ > 3
    np.testing.assert_allclose(weighted.means_, repeated.means_, rtol=1e-9)
    rows = np.repeat(X, weights, axis=0)
    assert weighted.score(X, sample_weight=weights) == pytest.approx(repeated.score(rows))
    assert weighted.bic(X, sample_weight=weights) == pytest.approx(repeated.bic(rows))
    assert weighted.aic(X, sample_weight=weights) == pytest.approx(repeated.aic(rows))
    clusters = {"init": X[:3], "n_init": 1, "tol": 0}
    weighted = KMeans(3, **clusters).fit(X, sample_weight=weights)
    repeated = KMeans(3, **clusters).fit(rows)
    np.testing.assert_allclose(weighted.cluster_centers_, repeated.cluster_centers_, rtol=1e-12)
    np.testing.assert_array_equal(np.repeat(weighted.labels_, weights), repeated.labels_)
    assert weighted.inertia_ == pytest.approx(repeated.inertia_)
    assert weighted.score(X, sample_weight=weights) == pytest.approx(-repeated.inertia_)


@pytest.mark.parametrize("init_params", ["kmeans", "random", "k-means++", "random_from_data"])
def test_rows_of_weight_zero_are_absent_from_every_start(X, init_params):
    far = np.concatenate([X, np.full((50, 3), 1e3)])
    weights = np.repeat([1.0, 0.0], [len(X), 50])
    options = {"init_params": init_params, "random_state": 0, "reg_covar": 0.1}
    mixture = GaussianMixture(3, **options).fit(far, sample_weight=weights)
    assert np.abs(mixture.means_).max() < 30
    alone = GaussianMixture(3, **options).fit(X, sample_weight=np.ones(len(X)))
    np.testing.assert_array_equal(mixture.means_, alone.means_)


def test_starts_heed_weights(X):
    """Only where a weight is large a row is drawn, and labels count by weight."""
    weights = np.where(np.arange(len(X)) < 3, 1.0, 1e-12)
    options = {"reg_covar": 0.1, "random_state": 0, "max_iter": 0}
    for init_params in ("k-means++", "random_from_data"):
        mixture = GaussianMixture(3, init_params=init_params, **options)
        mixture.fit(X, sample_weight=weights)
        np.testing.assert_allclose(np.sort(mixture.means_, axis=0), np.sort(X[:3], axis=0))
    for init in ("k-means++", "random"):
        clusters = KMeans(3, init=init, random_state=0, max_iter=1).fit(X, sample_weight=weights)
        centres = np.sort(clusters.cluster_centers_, axis=0)
        np.testing.assert_allclose(centres, np.sort(X[:3], axis=0), atol=1e-8)
    weights = np.random.default_rng(0).uniform(size=len(X)) ** 3
    mixture = GaussianMixture(3, **options).fit(X, sample_weight=weights)
    labels = KMeans(3, n_init=1, random_state=0).fit(X, sample_weight=weights).labels_
    n_k = np.bincount(labels, weights)
    np.testing.assert_allclose(mixture.weights_, n_k / n_k.sum(), rtol=1e-12)
    for k in range(3):
        mean = np.average(X[labels == k], axis=0, weights=weights[labels == k])
        np.testing.assert_allclose(mixture.means_[k], mean, rtol=1e-10)


def test_precisions_that_are_given_need_none_of_the_start():
    X = [[0.0], [0.0], [5.0], [6.0]]
    given = {"precisions_init": [[[1.0]], [[4.0]]], "random_state": 0, "reg_covar": 0}
    mixture = GaussianMixture(2, max_iter=0, **given).fit(X)
    np.testing.assert_allclose(mixture.covariances_.ravel(), [1, 0.25])
    assert sorted(mixture.means_.ravel()) == [0, 5.5]


@pytest.mark.parametrize("init", ["k-means++", "random"])
def test_centres_are_never_drawn_at_weight_zero(X, init):
    far = np.concatenate([X, np.full((50, 3), 1e3)])
    weights = np.repeat([1.0, 0.0], [len(X), 50])
    clusters = KMeans(3, init=init, random_state=0).fit(far, sample_weight=weights)
    alone = KMeans(3, init=init, random_state=0).fit(X, sample_weight=np.ones(len(X)))
    np.testing.assert_array_equal(clusters.cluster_centers_, alone.cluster_centers_)
    assert clusters.n_iter_ == alone.n_iter_  # the tolerance is theirs too
    assert len(clusters.labels_) == len(far)


def test_the_tolerance_of_k_means_heeds_weights(X):
    far = np.concatenate([X, np.full((50, 3), 1e3)])
    weights = np.repeat([1.0, 1e-12], [len(X), 50])
    clusters = KMeans(7, init=X[:7]).fit(far, sample_weight=weights)
    assert clusters.n_iter_ == KMeans(7, init=X[:7]).fit(X).n_iter_ > 3


@pytest.mark.parametrize("init", ["k-means++", "random"])
@pytest.mark.parametrize("n_clusters", [1, 3, 9])
def test_k_means_is_scikit_learns(X, init, n_clusters):
    for seed in range(3):
        for weights in (None, np.random.default_rng(seed).uniform(size=len(X))):
            options = {"init": init, "random_state": seed, "tol": 0}
            theirs = sklearn.cluster.KMeans(n_clusters, **options).fit(X, sample_weight=weights)
            ours = KMeans(n_clusters, **options).fit(X, sample_weight=weights)
            np.testing.assert_allclose(ours.cluster_centers_, theirs.cluster_centers_, rtol=1e-10)
            np.testing.assert_array_equal(ours.labels_, theirs.labels_)
            assert ours.inertia_ == pytest.approx(theirs.inertia_, rel=1e-10)
            assert ours.n_iter_ == theirs.n_iter_
            assert ours.score(X) == pytest.approx(theirs.score(X), rel=1e-10)
            np.testing.assert_allclose(ours.transform(X), theirs.transform(X), rtol=1e-9)


@pytest.mark.parametrize("tol", [1e-1, 1e-2, 1e-4])
def test_k_means_stops_where_scikit_learns_does(X, tol):
    theirs, ours = (
        kind(7, init=X[:7], tol=tol).fit(X) for kind in (sklearn.cluster.KMeans, KMeans)
    )
    assert ours.n_iter_ == theirs.n_iter_
    np.testing.assert_allclose(ours.cluster_centers_, theirs.cluster_centers_, rtol=1e-10)
    np.testing.assert_array_equal(ours.labels_, theirs.labels_)
    for max_iter in (1, 2):
        theirs, ours = (
            kind(7, init=X[:7], tol=0, max_iter=max_iter).fit(X)
            for kind in (sklearn.cluster.KMeans, KMeans)
        )
        assert ours.n_iter_ == theirs.n_iter_ == max_iter
        np.testing.assert_allclose(ours.cluster_centers_, theirs.cluster_centers_, rtol=1e-10)
        np.testing.assert_array_equal(ours.labels_, theirs.labels_)


def test_k_means_starts_from_centres_or_a_function(X):
    named = KMeans(3, init=X[:3]).fit(X)
    called = KMeans(3, init=lambda data, k, random_state: data[:k]).fit(X)
    np.testing.assert_array_equal(named.cluster_centers_, called.cluster_centers_)
    with pytest.warns(EMWarning, match="n_init=4: the centres are given"):
        KMeans(3, init=X[:3], n_init=4).fit(X)


def test_how_many_starts_auto_means(X):
    seen = []

    def first(data, k, random_state):
        seen.append(k)
        return data[random_state.permutation(len(data))[:k]]

    KMeans(3, init=first, random_state=0).fit(X)
    assert len(seen) == 10
    KMeans(3, init=first, random_state=0, n_init=2).fit(X)
    assert len(seen) == 12


def test_pipelines_grids_clones_and_pickles(X):
    pipeline = make_pipeline(StandardScaler(), KMeans(5, random_state=0), GaussianMixture(2))
    pipeline.set_params(gaussianmixture__random_state=0).fit(X)
    assert pipeline.predict_proba(X).shape == (len(X), 2)
    grid = {"n_components": [1, 3], "covariance_type": ["full", "spherical"]}
    search = GridSearchCV(GaussianMixture(random_state=0, tol=1e-2), grid, cv=3).fit(X)
    assert search.best_params_["n_components"] == 3
    mixture = search.best_estimator_
    fresh = clone(mixture)
    assert fresh.get_params() == mixture.get_params()
    assert not hasattr(fresh, "weights_")
    with pytest.raises(NotFittedError):
        fresh.predict(X)
    for estimator in (mixture, KMeans(3, random_state=0).fit(X)):
        other = pickle.loads(pickle.dumps(estimator))
        np.testing.assert_array_equal(other.predict(X), estimator.predict(X))
        assert other.get_params() == estimator.get_params()


def test_names_of_columns(X):
    frame = pd.DataFrame(X, columns=["a", "b", "c"])
    for estimator in (GaussianMixture(3, random_state=0), KMeans(3, random_state=0)):
        estimator.fit(frame)
        assert estimator.n_features_in_ == 3
        assert estimator.feature_names_in_.tolist() == ["a", "b", "c"]
        estimator.predict(frame)
        with pytest.raises(ValueError, match="feature names"):
            estimator.predict(frame[["b", "a", "c"]])
    assert estimator.get_feature_names_out().tolist() == ["kmeans0", "kmeans1", "kmeans2"]
    table = estimator.set_output(transform="pandas").transform(frame)
    assert table.columns.tolist() == ["kmeans0", "kmeans1", "kmeans2"]


@pytest.mark.parametrize("family", FAMILIES)
def test_precision_of_the_data(X, family):
    single = X.astype(np.float32)
    mixture = GaussianMixture(3, covariance_type=family, random_state=0).fit(single)
    double = GaussianMixture(3, covariance_type=family, random_state=0).fit(X)
    for name in PARAMETERS:
        assert getattr(mixture, name).dtype == np.float32
        assert getattr(double, name).dtype == np.float64
        np.testing.assert_allclose(getattr(mixture, name), getattr(double, name), rtol=1e-3)
    assert mixture.predict_proba(single).dtype == mixture.score_samples(single).dtype == np.float32
    clusters = KMeans(3, random_state=0).fit(single)
    assert clusters.cluster_centers_.dtype == clusters.transform(single).dtype == np.float32
    assert KMeans(3, random_state=0).fit(single.astype(int)).cluster_centers_.dtype == np.float64


def test_the_fitted_model_is_emlibs(X):
    mixture = GaussianMixture(3, random_state=0, tol=1e-9, max_iter=1000).fit(X)
    assert type(mixture.model_) is emlib.GaussianMixture
    assert information.observed(mixture.model_, X).shape == (29, 29)
    assert mixture.bic(X) == selection.bic(mixture.model_, X)
    with pytest.raises(AttributeError):
        mixture.means_ = X[:3]
    with pytest.raises(ValueError, match="read-only"):
        mixture.means_[0, 0] = 1.0
    with pytest.raises(ValueError, match="read-only"):
        mixture.covariances_[0, 0, 0] = 1.0
    clusters = KMeans(3, random_state=0).fit(X)
    clusters.cluster_centers_ = X[:3].copy()
    np.testing.assert_array_equal(clusters.predict(X[:3]), [0, 1, 2])


def test_the_floor_is_emlibs(X):
    theta = GaussianMixture(3, random_state=0, reg_covar=0, covariance_floor=2.0, max_iter=0).fit(X)
    assert np.linalg.eigvalsh(theta.covariances_).min() >= 2.0 * (1 - 1e-12)
    ours = clone(theta).set_params(max_iter=8, tol=1e-12)
    with pytest.warns(NotConvergedWarning):
        ours.fit(X)
    steps = em.iterate(theta.model_, X)
    expected = [next(steps) for _ in range(9)][-1].model
    np.testing.assert_allclose(ours.means_, expected.means, rtol=1e-10)
    np.testing.assert_allclose(ours.covariances_, expected.covariances, rtol=1e-10)
    assert ours.model_.covariance_floor == 2.0


def test_a_start_that_collapses_is_left_out():
    X = np.concatenate([np.zeros((20, 1)), make_blobs(40, 1, centers=[[5.0]], random_state=0)[0]])
    mixture = GaussianMixture(2, reg_covar=0, random_state=0, n_init=1)
    with pytest.raises(CollapseError, match="component"):
        mixture.fit(X)
    x = make_blobs(12, 2, centers=3, random_state=3)[0]
    fitted = GaussianMixture(3, reg_covar=0, random_state=0, n_init=30, init_params="random")
    with pytest.warns(EMWarning, match="of 30 starts collapsed and were left out"):
        fitted.fit(x)
    assert np.isfinite(fitted.score(x))


def test_a_component_without_rows_has_weight_zero():
    X = np.repeat([[0.0, 1.0], [4.0, 2.0]], 5, axis=0)
    mixture = GaussianMixture(3, random_state=0)
    with pytest.warns(EMWarning, match="owns no data"):
        mixture.fit(X)
    assert sorted(mixture.weights_.round(2)) == [0, 0.5, 0.5]
    assert sorted(mixture.predict(X)[[0, 5]]) != [2, 2]


def test_fewer_distinct_rows_than_clusters():
    X = [[0.0], [0.0], [1.0], [1.0]]
    with pytest.warns(NotConvergedWarning, match="2 of n_clusters=3 clusters have rows"):
        clusters = KMeans(3, random_state=0).fit(X)
    assert clusters.inertia_ == 0


def test_what_did_not_converge_is_said_in_both_ways(X):
    for category in (ConvergenceWarning, EMWarning):
        with pytest.warns(category, match="did not converge: the last of max_iter=1 rounds"):
            mixture = GaussianMixture(3, max_iter=1, random_state=0).fit(X)
    assert not mixture.converged_
    assert mixture.n_iter_ == 1


def test_chance(X):
    mixture = GaussianMixture(3, random_state=0).fit(X)
    rows, labels = mixture.sample(4000)
    assert rows.shape == (4000, 3)
    for k in range(3):
        np.testing.assert_allclose(rows[labels == k].mean(axis=0), mixture.means_[k], atol=0.4)
    np.testing.assert_array_equal(mixture.sample(4000)[0], rows)
    mixture.set_params(random_state=np.random.RandomState(0))
    assert np.abs(mixture.sample(9)[0] - mixture.sample(9)[0]).max() > 0.1
    np.random.seed(5)  # noqa: NPY002
    before = GaussianMixture(3, init_params="random", max_iter=0).fit(X).means_
    np.random.seed(5)  # noqa: NPY002
    np.testing.assert_array_equal(
        GaussianMixture(3, init_params="random", max_iter=0).fit(X).means_, before
    )


def test_verbose(X, capsys):
    GaussianMixture(3, random_state=0, verbose=True, verbose_interval=2).fit(X)
    plain = capsys.readouterr().out
    assert "Initialization 0" in plain
    assert "  Iteration 2\n" in plain
    assert "  Iteration 3\n" not in plain
    assert "Initialization converged.\n" in plain
    GaussianMixture(3, random_state=0, verbose=2, verbose_interval=2).fit(X)
    assert "gain" in capsys.readouterr().out
    KMeans(3, random_state=0, verbose=1, tol=0).fit(X)
    assert "strict convergence" in capsys.readouterr().out
    GaussianMixture(3, random_state=0).fit(X)
    assert capsys.readouterr().out == ""


def test_data_are_not_written_to(X):
    mine, weights, centres = X.copy(), np.ones(len(X)), X[:3].copy()
    GaussianMixture(3, means_init=centres, random_state=0).fit(mine, sample_weight=weights)
    KMeans(3, init=centres, copy_x=False).fit(mine, sample_weight=weights)
    np.testing.assert_array_equal(mine, X)
    np.testing.assert_array_equal(centres, X[:3])
    assert (weights == 1).all()


GOOD = [[0.0, 1.0], [1.0, 0.0], [2.0, 2.0], [5.0, 3.0], [4.0, 1.0], [3.0, 7.0]]

BAD_DATA = {
    "NaN": ([[0.0, np.nan], *GOOD], "got NaN in row 0, column 1"),
    "infinity": ([[np.inf, 0.0], *GOOD], "infinity"),
    "too large": ([[1e200, 0.0], *GOOD], "rescale the data"),
    "one dimension": ([0.0, 1.0, 2.0], "2D array"),
    "three dimensions": ([GOOD], "dim 3"),
    "no row": (np.empty((0, 2)), "0 sample"),
    "no column": (np.empty((6, 0)), "0 feature"),
    "text": ([["a", "b"]] * 6, "could not convert|numeric"),
    "complex": (np.array(GOOD) * 1j, "[Cc]omplex"),
    "too few rows": (GOOD[:2], "at least as many rows as n_components=3"),
}


@pytest.mark.parametrize("make", [lambda: GaussianMixture(3), lambda: KMeans(3)], ids=["gm", "km"])
@pytest.mark.parametrize("case", BAD_DATA)
def test_bad_data_are_refused(make, case):
    X, match = BAD_DATA[case]
    with pytest.raises((ValueError, TypeError), match=match):
        make().fit(X)


def test_one_row_is_no_mixture():
    with pytest.raises(ValueError, match="minimum of 2"):
        GaussianMixture(1).fit([[1.0, 2.0]])
    assert KMeans(1).fit([[1.0, 2.0]]).inertia_ == 0


@pytest.mark.parametrize("make", [lambda: GaussianMixture(2), lambda: KMeans(2)], ids=["gm", "km"])
def test_bad_data_are_refused_by_every_method(make):
    from scipy import sparse

    with pytest.raises(TypeError, match="toarray"):
        make().fit(sparse.csr_array(GOOD))
    estimator = make().set_params(random_state=0).fit(GOOD)
    for method in ("predict", "predict_proba", "score_samples", "score", "transform", "aic", "bic"):
        if hasattr(estimator, method):
            for X, match in (([[np.nan, 1.0]], "NaN in row 0"), ([[1.0]], "expecting 2 features")):
                with pytest.raises(ValueError, match=match):
                    getattr(estimator, method)(X)
            with pytest.raises(NotFittedError):
                getattr(make(), method)(GOOD)


@pytest.mark.parametrize("make", [lambda: GaussianMixture(2), lambda: KMeans(2)], ids=["gm", "km"])
@pytest.mark.parametrize(
    ("weights", "match"),
    [
        ([1.0] * 5, "6 weights"),
        ([-1.0] + [1.0] * 5, "no negative weight"),
        ([np.nan] + [1.0] * 5, "finite"),
        ([0.0] * 6, "at least one weight above zero"),
        ([0.0] * 5 + [1.0], "at least as many rows"),
        (np.ones((6, 1)), "dimension"),
        (["a"] * 6, "text"),
        (1.0, "dimension"),
    ],
)
def test_bad_weights_are_refused(make, weights, match):
    with pytest.raises((ValueError, TypeError), match=match):
        make().fit(GOOD, sample_weight=weights)


BAD_ARGUMENTS = [
    ("n_components", 0),
    ("n_components", 2.0),
    ("n_components", "two"),
    ("n_components", True),
    ("covariance_type", "round"),
    ("covariance_type", None),
    ("tol", -1.0),
    ("tol", np.nan),
    ("tol", "small"),
    ("reg_covar", -1e-6),
    ("reg_covar", None),
    ("covariance_floor", -1.0),
    ("covariance_floor", "low"),
    ("max_iter", -1),
    ("max_iter", 1.5),
    ("n_init", 0),
    ("init_params", "kmeans++"),
    ("init_params", None),
    ("weights_init", [0.5, 0.4]),
    ("weights_init", [1.5, -0.5]),
    ("weights_init", [1.0]),
    ("weights_init", [0.5, np.nan]),
    ("means_init", [[0.0, 1.0]]),
    ("means_init", [0.0, 1.0]),
    ("means_init", "mean"),
    ("precisions_init", [np.eye(2)]),
    ("precisions_init", [np.eye(2), -np.eye(2)]),
    ("precisions_init", [np.eye(2), [[1.0, 0.5], [0.0, 1.0]]]),
    ("precisions_init", [1.0, 1.0]),
    ("warm_start", 1),
    ("warm_start", "yes"),
    ("verbose", -1),
    ("verbose", "loud"),
    ("verbose_interval", 0),
]


@pytest.mark.parametrize(("name", "value"), BAD_ARGUMENTS, ids=str)
def test_bad_arguments_of_a_mixture_are_refused_by_name(name, value):
    mixture = GaussianMixture(2).set_params(**{name: value})
    with pytest.raises((ValueError, TypeError), match=f"^{name}: expected"):
        mixture.fit(GOOD)


@pytest.mark.parametrize(
    ("family", "value"),
    [
        ("tied", [[1.0, 2.0], [2.0, 1.0]]),
        ("tied", [[1.0, 0.5], [0.0, 1.0]]),
        ("tied", np.ones((3, 3))),
        ("diag", [[1.0, 0.0], [1.0, 1.0]]),
        ("diag", [1.0, 1.0]),
        ("spherical", [1.0, -1.0]),
        ("spherical", [1.0]),
    ],
)
def test_bad_precisions_of_a_family_are_refused(family, value):
    with pytest.raises(ValueError, match="^precisions_init: expected"):
        GaussianMixture(2, covariance_type=family, precisions_init=value).fit(GOOD)


def test_a_start_on_single_rows_needs_a_width():
    for init_params in ("k-means++", "random_from_data"):
        narrow = GaussianMixture(2, init_params=init_params, reg_covar=0, random_state=0)
        with pytest.raises(ValueError, match="reg_covar: expected more than zero with init_params"):
            narrow.fit(GOOD)
        assert narrow.set_params(covariance_floor=0.1).fit(GOOD).converged_


@pytest.mark.parametrize("n", [0, -1, 2.5, "many"])
def test_bad_samples_are_refused(n):
    with pytest.raises((ValueError, TypeError), match="^n_samples: expected"):
        GaussianMixture(2, random_state=0).fit(GOOD).sample(n)
    with pytest.raises(NotFittedError):
        GaussianMixture(2).sample(n)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("n_clusters", 0),
        ("n_clusters", 2.0),
        ("init", "kmeans++"),
        ("init", [[0.0, 1.0]]),
        ("init", [[0.0], [1.0]]),
        ("init", [[0.0, np.nan], [1.0, 1.0]]),
        ("init", lambda data, k, random_state: data[:1]),
        ("init", lambda data, k, random_state: "centres"),
        ("n_init", 0),
        ("n_init", "ten"),
        ("n_init", 1.5),
        ("max_iter", 0),
        ("tol", -1e-4),
        ("tol", np.inf),
        ("verbose", "loud"),
        ("copy_x", "yes"),
        ("algorithm", "full"),
        ("algorithm", None),
    ],
    ids=lambda value: "function" if callable(value) else str(value),
)
def test_bad_arguments_of_k_means_are_refused_by_name(name, value):
    with pytest.raises((ValueError, TypeError), match=f"^{name}: expected"):
        KMeans(2).set_params(**{name: value}).fit(GOOD)


@pytest.mark.parametrize("kind", [GaussianMixture, KMeans])
def test_a_bad_random_state_is_refused(kind):
    with pytest.raises(ValueError, match="seed"):
        kind(2, random_state="seed").fit(GOOD)


def test_without_scikit_learn_it_says_what_to_install():
    code = """
        import sys
        sys.modules["sklearn"] = None
        import emlib
        try:
            import emlib.sklearn
        except ImportError as error:
            assert "pip install emlib[sklearn]" in str(error), error
        else:
            raise AssertionError
    """
    subprocess.run([sys.executable, "-c", textwrap.dedent(code)], check=True)
