"""docs/coming_from_scikit_learn.md is true, line by line."""

import inspect
import re
import warnings
from pathlib import Path

import numpy as np
import pytest
import sklearn.cluster
import sklearn.mixture
from scipy import sparse
from sklearn.datasets import make_blobs
from sklearn.exceptions import ConvergenceWarning

import emlib
import emlib.sklearn as ours
from emlib import EMWarning, em, selection, start
from emlib.data.errors import CollapseError

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs" / "coming_from_scikit_learn.md").read_text(encoding="utf-8")


def section(title):
    return re.search(rf"^## {title}$(.*?)(?=^## |\Z)", TEXT, re.MULTILINE | re.DOTALL)[1]


def rows(text):
    """Return the rows of the tables of a text, without their heads."""
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    cells = [tuple(cell.strip() for cell in line.strip("|").split(" | ")) for line in lines]
    assert all(len(row) == 2 for row in cells)
    return [row for row in cells if row[0] != "scikit-learn" and row[0] != "---"]


def code(cell):
    return re.fullmatch(r"`(.+)`", cell)[1]


def topic(row):
    return re.match(r"\*\*(.+?)\*\*", row[0])[1].rstrip(".,:")


NAMES = [row for row in rows(section("What is called what")) if "=)" not in row[0]]
ARGUMENTS = [row for row in rows(section("What is called what")) if "=)" in row[0]]
DIFFERENCES = [topic(row) for row in rows(section("What differs, and why"))]
ESTIMATORS = [topic(row) for row in rows(section("What the estimators do"))]

X = make_blobs(300, centers=3, n_features=3, cluster_std=2.5, random_state=1)[0]


def theirs(**options):
    """Return scikit-learn's mixture, fitted."""
    data = options.pop("data", X)
    return quiet(sklearn.mixture.GaussianMixture(**{"n_components": 3} | options).fit, data)


def quiet(call, *arguments):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        return call(*arguments)


def given(model):
    """Return the arguments with which scikit-learn begins at a model of ours."""
    precisions = np.linalg.inv(model.covariances)
    return {
        "weights_init": model.weights,
        "means_init": model.means,
        "precisions_init": (precisions + precisions.swapaxes(1, 2)) / 2,
    }


def beginning():
    return start.kmeans_plus_plus(emlib.GaussianMixture, X, n_components=3, rng=0)


@pytest.fixture(scope="module")
def scope():
    theta, centres = beginning(), emlib.KMeans(X[:3])
    fit = em.fit(theta, X, tol=1e-13, max_iter=5000)
    mixture = theirs(reg_covar=0, max_iter=fit.n_iter, tol=1e-13, **given(theta))
    mixture.converged_ = True  # one round later it would have said so itself
    return {
        "mixture": mixture,
        "kmeans": sklearn.cluster.KMeans(3, init=X[:3], tol=0).fit(X),
        "fit": fit,
        "model": fit.model,
        "lloyd": em.fit(centres, X),
        "selection": selection,
        "np": np,
        "X": X,
    }


@pytest.mark.parametrize("row", NAMES, ids=str)
def test_both_names_mean_the_same_numbers(row, scope):
    left, right = (eval(code(cell), dict(scope)) for cell in row)
    np.testing.assert_allclose(right, left, rtol=1e-8, atol=1e-8)


def test_there_are_enough_names():
    assert len(NAMES) > 15
    assert len(ARGUMENTS) > 12


def owner(module, path):
    for name in path.split("."):
        module = getattr(module, name)
    return module


@pytest.mark.parametrize("row", ARGUMENTS, ids=str)
def test_both_arguments_are_there(row):
    for module, cell in zip(((sklearn.mixture, sklearn.cluster), (emlib,)), row, strict=True):
        path, argument = re.fullmatch(r"([\w.]+)\((\w+)=\)", code(cell)).groups()
        found = [m for m in module if hasattr(m, path.partition(".")[0])]
        assert argument in inspect.signature(owner(found[0], path)).parameters, cell


def test_the_examples_run():
    blocks = re.findall(r"^```python\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
    assert len(blocks) == 2
    names = {}
    for block in blocks:
        exec(block, names)
    assert names["pipeline"].predict_proba(names["X"]).shape == (500, 3)
    assert names["fit"].converged


def parameter(call, name):
    return inspect.signature(call).parameters[name].default


def defaults():
    mixture = sklearn.mixture.GaussianMixture
    for name, value in (("tol", 1e-3), ("max_iter", 100), ("reg_covar", 1e-6), ("n_init", 1)):
        assert parameter(mixture, name) == parameter(ours.GaussianMixture, name) == value
    for call in (em.fit, em.multistart):
        assert parameter(call, "tol") == 1e-8
        assert parameter(call, "max_iter") == 1000
    assert parameter(em.multistart, "n_starts") == 10
    assert parameter(emlib.GaussianMixture, "covariance_floor") == 0
    # Two components on one cloud: gains of less than 1e-4 go on and on.
    x = np.random.default_rng(1).normal(size=(400, 1))
    slow = em.fit(start.kmeans_plus_plus(emlib.GaussianMixture, x, n_components=2, rng=0), x)
    assert (np.diff(slow.history) < 1e-4 * len(x)).sum() > 200


def one_round_later():
    theta = beginning()
    for tol in (1e-2, 1e-4, 1e-6):
        fit = em.fit(theta, X, tol=tol)
        assert theirs(reg_covar=0, tol=tol, max_iter=1000, **given(theta)).n_iter_ == fit.n_iter + 1


def tol_of_zero():
    x = X[:, :1]
    theta = start.kmeans_plus_plus(emlib.GaussianMixture, x, n_components=1, rng=0)
    fit = em.fit(theta, x, tol=0)
    assert fit.converged
    assert fit.n_iter < 10
    with pytest.warns(ConvergenceWarning):
        mixture = sklearn.mixture.GaussianMixture(1, tol=0, max_iter=50).fit(x)
    assert mixture.n_iter_ == 50


def the_bound():
    theta = beginning()
    steps = em.iterate(theta, X)
    objectives = [next(steps).objective for _ in range(5)]
    mixture = theirs(reg_covar=0, tol=0, max_iter=4, **given(theta))
    assert mixture.lower_bound_ == pytest.approx(objectives[3] / len(X), rel=1e-10)
    assert mixture.score(X) == pytest.approx(objectives[4] / len(X), rel=1e-10)
    fit = em.fit(theta, X)
    assert fit.objective == pytest.approx(fit.model.log_likelihood(X))
    assert fit.history[0] == pytest.approx(theta.log_likelihood(X))


def against_a_collapse():
    """From the maximum, one round with each."""
    top = em.fit(beginning(), X, tol=0, max_iter=5000).model
    width = 9.0
    fallen = theirs(reg_covar=width, tol=0, max_iter=1, **given(top))
    assert fallen.score(X) < top.log_likelihood(X) / len(X) - 1e-4
    lifted = em.fit(
        start.kmeans_plus_plus(
            emlib.GaussianMixture, X, n_components=3, rng=0, covariance_floor=width
        ),
        X,
        tol=1e-10,
    )
    assert np.linalg.eigvalsh(lifted.model.covariances).min() == pytest.approx(width)
    assert (np.diff(lifted.history) > -1e-8).all()


def without_help():
    with pytest.raises(ValueError, match="ill-defined empirical covariance"):
        theirs(reg_covar=0, data=np.zeros((9, 2)))
    x = np.concatenate([np.zeros((5, 2)), X[:50, :2]])
    label = np.repeat([0, 1], [5, 50])
    for unit in (1e-9, 1.0, 1e9):
        with pytest.raises(CollapseError, match="component 0"):
            start.from_labels(emlib.GaussianMixture, x * unit, label)
    # Rounding passes for a variance: a column of equal numbers.
    narrow = theirs(n_components=1, covariance_type="diag", reg_covar=0, data=np.full((10, 1), 0.1))
    assert 0 < narrow.covariances_[0, 0] < 1e-15


def a_start_that_collapses():
    x = make_blobs(12, 2, centers=3, random_state=3)[0]
    options = {"reg_covar": 0, "random_state": 0, "init_params": "random"}
    with pytest.raises(ValueError, match="ill-defined"):
        theirs(n_init=30, data=x, **options)
    with pytest.warns(EMWarning, match="collapsed and were left out"):
        fits = em.multistart(
            emlib.GaussianMixture,
            x,
            n_components=3,
            rng=0,
            n_starts=30,
            start=start.random_points,
        )
    assert 0 < len(fits) < 30
    assert (np.diff([fit.objective for fit in fits]) <= 0).all()
    with pytest.warns(EMWarning, match="of 30 starts collapsed and were left out"):
        ours.GaussianMixture(3, n_init=30, **options).fit(x)


def the_usual_start():
    assert parameter(sklearn.mixture.GaussianMixture, "init_params") == "kmeans"
    assert parameter(em.multistart, "start") is start.kmeans_plus_plus
    first = theirs(max_iter=0, random_state=0)
    labels = sklearn.cluster.KMeans(3, n_init=1, random_state=0).fit(X).labels_
    hard = emlib.GaussianMixture.from_responsibilities(X, np.eye(3)[labels])
    np.testing.assert_allclose(first.means_, hard.means, rtol=1e-10)
    assert start.SHARED_PART == 0.1


def starts_on_single_rows():
    for init_params in ("k-means++", "random_from_data"):
        first = theirs(max_iter=0, init_params=init_params, random_state=0)
        identity = np.tile(1e-6 * np.eye(3), (3, 1, 1))
        np.testing.assert_allclose(first.covariances_, identity, atol=1e-15)
        assert first.weights_.sum() == pytest.approx(3 / len(X))
        assert all(np.isclose(mean, X).all(axis=1).any() for mean in first.means_)
    for function in (start.kmeans_plus_plus, start.random_points, start.random_responsibilities):
        model = function(emlib.GaussianMixture, X, n_components=3, rng=0)
        assert model.weights.sum() == pytest.approx(1)
        assert np.linalg.eigvalsh(model.covariances).min() > 0.1


def chance():
    np.random.seed(3)  # noqa: NPY002
    one = theirs(max_iter=0, init_params="random").means_
    np.random.seed(3)  # noqa: NPY002
    np.testing.assert_array_equal(theirs(max_iter=0, init_params="random").means_, one)
    before = np.random.get_state()[1].tolist()  # noqa: NPY002
    em.multistart(emlib.GaussianMixture, X, n_components=3, n_starts=2, rng=0)
    assert np.random.get_state()[1].tolist() == before  # noqa: NPY002
    for function in (em.multistart, start.kmeans_plus_plus):
        assert parameter(function, "rng") is inspect.Parameter.empty


def shapes():
    for family, shape in (
        ("full", (3, 3, 3)),
        ("tied", (3, 3)),
        ("diag", (3, 3)),
        ("spherical", (3,)),
    ):
        options = {"n_components": 3, "covariance_type": family}
        assert theirs(**options, random_state=0).covariances_.shape == shape
        model = start.kmeans_plus_plus(emlib.GaussianMixture, X, rng=0, **options)
        assert model.covariances.shape == (3, 3, 3)


def far_from_zero():
    for family in ("diag", "spherical"):
        far = X + 1e9
        label = np.zeros(len(X), dtype=int)
        exact = X.var(axis=0) if family == "diag" else X.var(axis=0).mean()
        lost = theirs(n_components=1, covariance_type=family, data=far, max_iter=0, reg_covar=1e3)
        lost = lost.covariances_[0] - 1e3
        assert np.abs(lost / exact - 1).max() > 0.5
        kept = start.from_labels(emlib.GaussianMixture, far, label, covariance_type=family)
        kept = kept.covariances[0].diagonal()
        np.testing.assert_allclose(kept, exact, rtol=1e-6)


def weights_of_rows():
    assert "sample_weight" not in inspect.signature(sklearn.mixture.GaussianMixture.fit).parameters
    assert "sample_weight" in inspect.signature(sklearn.cluster.KMeans.fit).parameters
    times = np.arange(len(X)) % 3
    theta, repeated = beginning(), np.repeat(X, times, axis=0)
    fit = em.fit(theta, X, sample_weight=times)
    other = em.fit(theta, repeated)
    np.testing.assert_allclose(fit.model.means, other.model.means, rtol=1e-8)
    weighted = selection.bic(fit.model, X, sample_weight=times)
    assert weighted == pytest.approx(selection.bic(other.model, repeated))


def criteria():
    for family in ("full", "tied", "diag", "spherical"):
        mixture = theirs(covariance_type=family, random_state=0)
        model = quiet(ours.GaussianMixture(3, covariance_type=family, random_state=0).fit, X).model_
        assert selection.bic(model, X) == pytest.approx(mixture.bic(X), rel=1e-10)
        assert selection.aic(model, X) == pytest.approx(mixture.aic(X), rel=1e-10)
    held = emlib.GaussianMixture(model.weights, model.means, model.covariances, fixed_weights=True)
    free = emlib.GaussianMixture(model.weights, model.means, model.covariances)
    assert free.n_parameters - held.n_parameters == 2


def k_means_ends():
    early = sklearn.cluster.KMeans(7, init=X[:7], tol=0.1).fit(X)
    fit = em.fit(emlib.KMeans(X[:7]), X)
    assert early.n_iter_ < fit.n_iter
    assert early.inertia_ > -fit.objective
    again = fit.model.m_step(fit.model.e_step(X)[0])
    np.testing.assert_array_equal(again.predict(X), fit.model.predict(X))
    np.testing.assert_allclose(again.centroids, fit.model.centroids, rtol=1e-12)


def empty_clusters():
    x, centres = np.array([[0.0], [1.0], [2.0], [9.0]]), np.array([[1.0], [50.0]])
    first = quiet(sklearn.cluster.KMeans(2, init=centres, max_iter=1, tol=0).fit, x)
    np.testing.assert_allclose(first.cluster_centers_, [[1.0], [9.0]])
    for model in (
        next(s.model for s in em.iterate(emlib.KMeans(centres), x) if s.iteration == 1),
        quiet(ours.KMeans(2, init=centres, max_iter=1, tol=0).fit, x).model_,
    ):
        np.testing.assert_allclose(model.centroids, [[3.0], [9.0]])
    fit = em.fit(emlib.KMeans(centres), x)
    assert (np.diff(fit.history) >= 0).all()
    np.testing.assert_allclose(fit.model.centroids, [[1.0], [9.0]])


def missing_values():
    holes = np.where(np.arange(len(X))[:, None] == 7, np.nan, X)
    for kind in (sklearn.mixture.GaussianMixture, sklearn.cluster.KMeans):
        with pytest.raises(ValueError, match="NaN"):
            kind(3).fit(holes)
    with pytest.raises(ValueError, match="nan at index 7, 0"):
        em.fit(beginning(), holes)
    for kind in (ours.GaussianMixture, ours.KMeans):
        with pytest.raises(ValueError, match="NaN in row 7, column 0"):
            kind(3).fit(holes)


def sparse_matrices():
    sklearn.cluster.KMeans(3, random_state=0).fit(sparse.csr_array(X))
    with pytest.raises(ValueError, match="toarray"):
        em.fit(emlib.KMeans(X[:3]), sparse.csr_array(X))
    for kind in (ours.GaussianMixture, ours.KMeans):
        with pytest.raises(TypeError, match="toarray"):
            kind(3).fit(sparse.csr_array(X))


def same_start():
    for init_params in ("kmeans", "random"):
        options = {"init_params": init_params, "random_state": 4, "max_iter": 0}
        one = theirs(**options)
        two = ours.GaussianMixture(3, **options).fit(X)
        np.testing.assert_allclose(two.means_, one.means_, rtol=1e-10)
    one, two = (
        quiet(kind(3, random_state=4, max_iter=1).fit, X)
        for kind in (sklearn.cluster.KMeans, ours.KMeans)
    )
    np.testing.assert_allclose(two.cluster_centers_, one.cluster_centers_, rtol=1e-10)


def same_rounds():
    pytest.importorskip("sklearn", "1.7", "no lower_bounds_ before")
    for reg_covar in (0, 1e-6, 3.0):
        options = {"random_state": 0, "reg_covar": reg_covar, "tol": 0, "max_iter": 9}
        one = theirs(**options)
        two = quiet(ours.GaussianMixture(3, **options).fit, X)
        np.testing.assert_allclose(two.lower_bounds_, one.lower_bounds_, rtol=1e-10)
        np.testing.assert_allclose(two.covariances_, one.covariances_, rtol=1e-8, atol=1e-10)
        assert one.n_iter_ == two.n_iter_ == 9


def reg_covar():
    mixture = quiet(ours.GaussianMixture(3, random_state=0, reg_covar=0, tol=0, max_iter=30).fit, X)
    assert (np.diff(mixture.lower_bounds_) > -1e-10).all()
    again = ours.GaussianMixture(3, reg_covar=2.0, tol=0, max_iter=1, **given(mixture.model_))
    cloudy = quiet(again.fit, X)
    # Six points about each row have its mean, and the variance 2.0 in each direction.
    points = np.sqrt(3 * 2.0) * np.concatenate([np.eye(3), -np.eye(3)])
    clouds = (X[:, None] + points).reshape(-1, 3)
    r = np.repeat(mixture.predict_proba(X), 6, axis=0)
    expected = emlib.GaussianMixture.from_responsibilities(clouds, r)
    np.testing.assert_allclose(cloudy.covariances_, expected.covariances, rtol=1e-8, atol=1e-10)
    np.testing.assert_allclose(cloudy.weights_, expected.weights, rtol=1e-8)
    lifted = ours.GaussianMixture(3, random_state=0, reg_covar=0, covariance_floor=2.0).fit(X)
    assert np.linalg.eigvalsh(lifted.covariances_).min() >= 2.0 - 1e-9


def weights_of_fit():
    times = np.arange(len(X)) % 3
    repeated = np.repeat(X, times, axis=0)
    options = given(beginning())
    mixture = ours.GaussianMixture(3, **options).fit(X, sample_weight=times)
    other = ours.GaussianMixture(3, **options).fit(repeated)
    np.testing.assert_allclose(mixture.means_, other.means_, rtol=1e-8)
    for method in ("score", "aic", "bic"):
        weighted = getattr(mixture, method)(X, sample_weight=times)
        assert weighted == pytest.approx(getattr(other, method)(repeated), rel=1e-8)


def parameters():
    one = theirs(random_state=0)
    one.means_ = X[:3]
    mixture = ours.GaussianMixture(3, random_state=0).fit(X)
    assert type(mixture.model_) is emlib.GaussianMixture
    with pytest.raises(AttributeError):
        mixture.means_ = X[:3]
    clusters = ours.KMeans(3, random_state=0).fit(X)
    clusters.cluster_centers_ = X[:3]
    assert clusters.predict(X[:3]).tolist() == [0, 1, 2]


def single_rows():
    pytest.importorskip("sklearn", "1.7", "no lower_bounds_ before")
    for init_params in ("k-means++", "random_from_data"):
        options = {"init_params": init_params, "random_state": 0, "tol": 0, "max_iter": 3}
        one = theirs(**options)
        two = quiet(ours.GaussianMixture(3, **options).fit, X)
        gap = np.subtract(two.lower_bounds_, one.lower_bounds_)
        assert gap[0] == pytest.approx(-np.log(3 / len(X)), abs=1e-4)
        np.testing.assert_allclose(gap[1:], 0, atol=1e-8)
        tied = options | {"covariance_type": "tied", "max_iter": 0}
        first = [theirs(data=data, **tied).covariances_ for data in (X, X + 10)]
        assert np.abs(first[0] - first[1]).max() > 100
        mine = [ours.GaussianMixture(3, **tied).fit(data).covariances_ for data in (X, X + 10)]
        for covariance in mine:
            np.testing.assert_allclose(covariance, 1e-6 * np.eye(3), atol=1e-12)
        with pytest.raises(ValueError, match="reg_covar: expected more than zero"):
            ours.GaussianMixture(3, reg_covar=0, **options).fit(X)


def without_rows():
    x = np.repeat([[3.0, 1.0], [7.0, 2.0]], 5, axis=0)
    one = theirs(max_iter=0, random_state=0, data=x)
    assert np.abs(one.means_).sum(axis=1).min() < 1e-9
    with pytest.warns(EMWarning, match="owns no data"):
        two = ours.GaussianMixture(3, random_state=0).fit(x)
    assert two.weights_.min() == 0


def functions():
    seen = []

    def first(data, k, random_state):
        seen.append(data.copy())
        return data[:k]

    sklearn.cluster.KMeans(3, init=first, n_init=1).fit(X)
    ours.KMeans(3, init=first, n_init=1).fit(X, sample_weight=np.repeat([1, 0], [280, 20]))
    np.testing.assert_allclose(seen[0], X - X.mean(axis=0))
    np.testing.assert_array_equal(seen[1], X[:280])


def elkan():
    for kind in (sklearn.cluster.KMeans, ours.KMeans):
        two = [kind(7, init=X[:7], tol=0, algorithm=word).fit(X) for word in ("lloyd", "elkan")]
        assert two[0].n_iter_ == two[1].n_iter_
        np.testing.assert_allclose(two[0].cluster_centers_, two[1].cluster_centers_, rtol=1e-10)


def drawn():
    labels = theirs(random_state=0).sample(50)[1]
    assert (np.diff(labels) >= 0).all()
    labels = ours.GaussianMixture(3, random_state=0).fit(X).sample(50)[1]
    assert (np.diff(labels) < 0).any()


def single_precision():
    pytest.importorskip("sklearn", "1.7", "mixtures are in double precision before")
    single = X.astype(np.float32)
    one = theirs(random_state=0, data=single)
    two = ours.GaussianMixture(3, random_state=0).fit(single)
    assert one.means_.dtype == two.means_.dtype == two.predict_proba(single).dtype == np.float32
    assert two.model_.means.dtype == np.float64


def what_is_said():
    with pytest.warns(ours.NotConvergedWarning, match="did not converge"):
        ours.GaussianMixture(3, max_iter=1, random_state=0).fit(X)
    assert issubclass(ours.NotConvergedWarning, ConvergenceWarning)
    assert issubclass(ours.NotConvergedWarning, EMWarning)


PROOFS = {
    "Defaults": defaults,
    "`tol`": one_round_later,
    "`tol=0`": tol_of_zero,
    "`lower_bound_`": the_bound,
    "Against a collapse": against_a_collapse,
    "Without help": without_help,
    "A start that collapses": a_start_that_collapses,
    "The usual start": the_usual_start,
    "Starts on single rows": starts_on_single_rows,
    "Chance": chance,
    "The shape of covariances": shapes,
    "Far from zero": far_from_zero,
    "Weights of rows": weights_of_rows,
    "BIC and AIC": criteria,
    "K-means ends": k_means_ends,
    "An empty cluster": empty_clusters,
    "Missing values": missing_values,
    "Sparse matrices": sparse_matrices,
    "The same start": same_start,
    "The same rounds": same_rounds,
    "`reg_covar`": reg_covar,
    "`fit(X)`": weights_of_fit,
    "Parameters": parameters,
    '`init_params="k-means++"`': single_rows,
    "A component without rows": without_rows,
    "`n_init`": a_start_that_collapses,
    "A function as `init`": functions,
    '`algorithm="elkan"`': elkan,
    "`sample`": drawn,
    "Single precision": single_precision,
    "Warnings": what_is_said,
}


def test_every_line_has_its_proof():
    assert set(DIFFERENCES) | set(ESTIMATORS) == set(PROOFS)
    assert len(DIFFERENCES) == len(set(DIFFERENCES))
    assert len(ESTIMATORS) == len(set(ESTIMATORS))


@pytest.mark.parametrize("line", PROOFS)
def test_a_line_is_true(line):
    PROOFS[line]()
