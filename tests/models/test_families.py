"""Families of covariances: their M-steps, counts and limits, against others and published fits."""

import itertools
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import minimize

from emlib import (
    CollapseError,
    EMWarning,
    GaussianMixture,
    GaussianMixture1D,
    datasets,
    em,
    selection,
    start,
    storage,
)
from emlib.data.errors import IGNORED_FLAGS
from emlib.data.rows import NO_DATA, Rows
from emlib.fast.coordinates import about
from emlib.fast.kernel.diagonal import DiagonalFeatures
from emlib.fast.kernel.e_step import kernel_of
from emlib.models import model as model_module
from emlib.models.families import FAMILIES
from emlib.models.statistics import GaussianStatistics

DATA = Path(__file__).parents[1] / "published"
OTHERS = FAMILIES[1:]
each_family = pytest.mark.parametrize("family", FAMILIES)
each_other = pytest.mark.parametrize("family", OTHERS)


def problem(d, k, seed, n=200):
    """Overlapping clouds, and a start whose covariances are in every family."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, d)) * rng.uniform(0.5, 2, d) + 2 * rng.integers(0, k, n)[:, None]
    return x, (rng.dirichlet([5] * k), x[rng.choice(n, k, replace=False)], [2 * np.eye(d)] * k)


def after(model, x, rounds, **options):
    """The step after so many rounds."""
    return next(itertools.islice(em.iterate(model, x, **options), rounds, None))


@each_family
@pytest.mark.parametrize(("d", "k"), [(1, 2), (2, 2), (2, 5), (3, 3), (9, 3), (30, 2)])
@pytest.mark.parametrize("quick", [True, False])
def test_twenty_rounds_are_those_of_scikit_learn(family, d, k, quick, monkeypatch):
    mixture_of_others = pytest.importorskip("sklearn.mixture")
    if not quick:
        monkeypatch.setattr(model_module, "QUICK", {})
    x, (weights, means, covariances) = problem(d, k, seed=d + k)
    precisions = np.linalg.inv(covariances)
    precisions = {
        "full": precisions,
        "tied": precisions[0],
        "diag": precisions.diagonal(axis1=1, axis2=2),
        "spherical": precisions[:, 0, 0],
    }[family]
    theirs = mixture_of_others.GaussianMixture(
        k,
        covariance_type=family,
        weights_init=weights,
        means_init=means,
        precisions_init=precisions,
        reg_covar=0,
        tol=0,
        max_iter=20,
    )
    with pytest.warns(UserWarning, match="did not converge"):
        theirs.fit(x)
    ours = after(GaussianMixture(weights, means, covariances, covariance_type=family), x, 20).model
    wanted = {
        "full": lambda c: c,
        "tied": lambda c: np.array([c] * k),
        "diag": lambda c: np.array([np.diag(row) for row in c]),
        "spherical": lambda c: np.array([v * np.eye(d) for v in c]),
    }[family](theirs.covariances_)
    assert ours.weights == pytest.approx(theirs.weights_, rel=1e-10)
    assert ours.means == pytest.approx(theirs.means_, rel=1e-10, abs=1e-10)
    assert ours.covariances == pytest.approx(wanted, rel=1e-10, abs=1e-10)
    assert ours.log_likelihood(x) == pytest.approx(theirs.score(x) * len(x), rel=1e-10)


@each_other
def test_at_convergence_too(family):
    mixture_of_others = pytest.importorskip("sklearn.mixture")
    x = datasets.old_faithful().x
    theta = start.kmeans_plus_plus(
        GaussianMixture, x, n_components=2, rng=1, covariance_type=family
    )
    ours = em.fit(theta, x, tol=1e-13, max_iter=20_000)
    theirs = mixture_of_others.GaussianMixture(
        2, covariance_type=family, means_init=theta.means, reg_covar=0, tol=1e-13, max_iter=20_000
    ).fit(x)
    assert ours.objective == pytest.approx(theirs.score(x) * len(x), rel=1e-9)
    means = theirs.means_[np.argsort(theirs.means_[:, 0])]
    assert ours.model.sort().means == pytest.approx(means, abs=1e-4)


@each_family
def test_no_covariances_of_the_family_have_a_higher_q(family):
    """Q by the free numbers of one family, climbed by a general optimiser from elsewhere."""
    k, d = 2, 3
    x, parameters = problem(d, k, seed=3)
    model = GaussianMixture(*parameters, covariance_type=family)
    r = model.responsibilities(x)
    new = model.m_step(model.statistics(x, r))

    def q(place):
        return -float((r * about(model).model(place).log_joint(x)).sum())

    n_free = len(about(model).of(new))
    assert n_free == model.n_parameters + 1  # and one for the sum of the weights
    found = minimize(q, np.zeros(n_free), method="BFGS", options={"gtol": 1e-6})
    best = about(model).model(found.x)
    assert -found.fun <= float((r * new.log_joint(x)).sum()) + 1e-9 * abs(found.fun)
    # Q is flat at its top: BFGS stops at a slope of 1e-6, far within 1e-4 of the place
    assert best.means == pytest.approx(new.means, abs=1e-4)
    assert best.covariances == pytest.approx(new.covariances, abs=1e-4)


PUBLISHED = {
    "waiting times, equal variances (mixtools' arbvar = FALSE)": (
        datasets.old_faithful().x[:, 1],
        GaussianMixture1D([0.5, 0.5], [55, 80], [36, 36], covariance_type="tied"),
        None,
        {"weights": [0.36085, 0.63915], "means": [54.61363, 80.09030]},
    ),
    "acidity, mclust E,2": (
        np.loadtxt(DATA / "acidity.csv", skiprows=1),
        GaussianMixture1D([0.6, 0.4], [4.3, 6.3], [0.2, 0.2], covariance_type="tied"),
        -185.9493,
        {},
    ),
    "Old Faithful, mclust EEE,3": (
        datasets.old_faithful().x,
        GaussianMixture(
            [0.35, 0.15, 0.5],
            [[2, 54], [3.8, 77], [4.5, 81]],
            [[[0.1, 0.4], [0.4, 35]]] * 3,
            covariance_type="tied",
        ),
        -1126.3159,
        {},
    ),
}


@pytest.mark.parametrize(("x", "theta", "objective", "places"), PUBLISHED.values(), ids=PUBLISHED)
def test_published_fits_are_reproduced(x, theta, objective, places):
    for how in (None, "lbfgs"):
        fit = em.fit(theta, x, tol=1e-12, max_iter=20_000, accelerate=how)
        if objective:
            assert fit.objective == pytest.approx(objective, abs=5e-5)
        for name, values in places.items():
            assert getattr(fit.model, name) == pytest.approx(values, abs=5e-6)


def test_counts_of_free_numbers():
    k, d = 3, 4
    parameters = [1 / 3] * 3, np.arange(12.0).reshape(3, 4), [np.eye(4)] * 3
    counts = {"full": 10 * k, "tied": 10, "diag": d * k, "spherical": k}
    for family, n in counts.items():
        model = GaussianMixture(*parameters, covariance_type=family)
        assert model.n_parameters == n + k * d + k - 1
        held = GaussianMixture(*parameters, covariance_type=family, fixed_weights=True)
        assert held.n_parameters == n + k * d
    line = [1 / 3] * 3, [0, 1, 2], [1, 1, 1]
    assert GaussianMixture1D(*line).n_parameters == 8
    assert GaussianMixture1D(*line, covariance_type="tied").n_parameters == 6
    x = np.random.default_rng(0).normal(size=(50, 4))
    tied = GaussianMixture(*parameters, covariance_type="tied")
    gap = selection.bic(tied, x) - selection.bic(GaussianMixture(*parameters), x)
    assert gap == pytest.approx(-20 * np.log(50))


@each_other
@pytest.mark.parametrize("d", [1, 2, 3])
@pytest.mark.parametrize("floor", [0.0, 1.5])
def test_the_family_travels_and_is_kept(family, d, floor, tmp_path):
    x, parameters = problem(d, 2, seed=d)
    options = {"covariance_type": family, "covariance_floor": floor}
    theta = GaussianMixture(*parameters, **options)
    methods = None, "squarem", "lbfgs"
    fits = [em.fit(theta, x, accelerate=how, max_iter=5000) for how in methods]
    options |= {"max_iter": 5000}
    fits += em.multistart(GaussianMixture, x, n_components=2, n_starts=2, rng=0, **options)
    del options["max_iter"]
    for fit in fits:
        model, covariances = fit.model, fit.model.covariances
        assert model.covariance_type == family
        assert model.covariance_floor == floor
        assert np.linalg.eigvalsh(covariances).min() >= floor * (1 - 1e-12)
        if family == "tied":
            assert (covariances == covariances[0]).all()
        else:
            assert (covariances[:, ~np.eye(d, dtype=bool)] == 0).all()
        if family == "spherical":
            diagonal = covariances.diagonal(axis1=1, axis2=2)
            assert diagonal == pytest.approx(diagonal[:, :1] * np.ones(d), rel=1e-14)
        assert (np.diff(fit.history) >= -1e-10 * (abs(fit.objective) + len(x))).all()
        assert fit.objective == pytest.approx(model.log_likelihood(x), rel=1e-12)
        assert f", {family} covariances" in repr(model)
        storage.save(model, tmp_path / "model.json")
        again = storage.load(tmp_path / "model.json")
        assert again == model
        assert again.covariance_type == family
        GaussianMixture(model.weights, model.means, covariances, **options)  # passes the checks
        assert model.reorder([1, 0]).covariance_type == family


@pytest.mark.parametrize("how", [None, "squarem", "lbfgs"])
def test_equal_variances_in_one_dimension(how):
    x = datasets.old_faithful().x[:, 1]
    theta = GaussianMixture1D([0.5, 0.5], [55, 80], [36, 36], covariance_type="tied")
    plane = GaussianMixture(
        theta.weights, theta.means[:, None], [[[36]]] * 2, covariance_type="tied"
    )
    one = em.fit(theta, x, accelerate=how, tol=1e-12, max_iter=10_000)
    two = em.fit(plane, x, accelerate=how, tol=1e-12, max_iter=10_000)
    assert one.objective == pytest.approx(two.objective, rel=1e-12)
    # At 1e-12 nats a point the place is known to about the root of it
    assert one.model.means == pytest.approx(two.model.means[:, 0], abs=1e-4)
    assert one.model.variances[0] == one.model.variances[1]
    assert "equal variances" in repr(one.model)


@each_other
@pytest.mark.parametrize("d", [1, 2, 3, 9])
def test_the_quick_steps_are_the_readable_ones_and_take_every_step(family, d, monkeypatch):
    x, parameters = problem(d, 2, seed=11, n=500)
    theta = GaussianMixture(*parameters, covariance_type=family)
    quick = after(theta, x, 10)
    with monkeypatch.context() as context:
        context.setattr(GaussianMixture, "readable_e_step", None)  # no step was left to it
        after(theta, x, 10)
    monkeypatch.setattr(model_module, "QUICK", {})
    readable = after(theta, x, 10)
    assert quick.objective == pytest.approx(readable.objective, rel=1e-12)
    assert quick.model.means == pytest.approx(readable.model.means, rel=1e-10, abs=1e-10)
    covariances = readable.model.covariances
    assert quick.model.covariances == pytest.approx(covariances, rel=1e-10, abs=1e-10)


@pytest.mark.parametrize("family", ["diag", "spherical"])
@pytest.mark.parametrize("d", [1, 3, 40])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("n_threads", [1, 2])
def test_features_without_cross_products_give_the_same_sums(family, d, weighted, n_threads):
    n = 40_000 if d < 40 else 9000
    rng = np.random.default_rng(d)
    x = 1e6 + rng.normal(size=(n, d)) * np.geomspace(1e-3, 1e3, d)
    times = rng.integers(1, 4, n) * 1.0 if weighted else None
    theta = GaussianMixture([0.4, 0.6], x[:2], [np.eye(d) * x.var()] * 2, covariance_type=family)
    if family == "diag":
        theta = theta._with(covariances=np.array([np.diag(x.var(axis=0))] * 2))
    data = Rows(x, times, n_threads)
    with np.errstate(**IGNORED_FLAGS):
        wanted, objective = theta.readable_e_step(data)
        variances = theta.covariances.diagonal(axis1=1, axis2=2)
        fast = kernel_of(data, 2, form=DiagonalFeatures)
        found, near = fast.e_step(theta.weights, theta.means, variances)
    assert fast.features.n_features == 2 * d + 1
    assert near == pytest.approx(objective, rel=1e-10)
    assert found.n_k == pytest.approx(wanted.n_k, rel=1e-9)
    assert found.means == pytest.approx(wanted.means, rel=1e-12)
    assert found.scatters == pytest.approx(wanted.scatters, rel=1e-9)


def test_diagonal_sums_that_would_lose_digits_are_left_to_the_readable_form():
    x = np.concatenate([np.full((50, 2), 0.0), np.full((50, 2), 1e6)])
    x += np.random.default_rng(0).normal(size=(100, 2))
    data = Rows(x)
    for means in ([[0, 0], [1e6, 1e6]], [[5e5, 0], [5e5, 1e6]]):
        with np.errstate(**IGNORED_FLAGS):
            fast = kernel_of(data, 2, form=DiagonalFeatures)
            assert fast.e_step(np.array([0.5, 0.5]), np.array(means), np.ones((2, 2))) is None
    theta = GaussianMixture([0.5, 0.5], x[[0, 99]], [np.eye(2)] * 2, covariance_type="diag")
    stds = np.sqrt(em.fit(theta, x).model.covariances.diagonal(axis1=1, axis2=2))
    assert stds[0] == pytest.approx(x[:50].std(axis=0), rel=1e-9)
    assert stds[1] == pytest.approx(x[50:].std(axis=0), rel=1e-9)


WRONG = [
    ("tied", [[[1, 0], [0, 1]], [[2, 0], [0, 1]]], "equal ones for covariance_type='tied', got"),
    ("diag", [[[1, 0], [0, 1]], [[1, 0.1], [0.1, 1]]], "diagonal ones for covariance_type='diag'"),
    ("spherical", [np.eye(2), [[1, 0], [0, 2]]], "multiples of the identity ones"),
]


@pytest.mark.parametrize(("family", "covariances", "words"), WRONG)
def test_a_model_that_breaks_its_family_is_refused_by_name(family, covariances, words):
    with pytest.raises(ValueError, match=f"covariances: expected {words}.*component 1"):
        GaussianMixture([0.5, 0.5], [[0, 0], [1, 1]], covariances, covariance_type=family)
    nearly = np.array([np.eye(2), np.eye(2)])
    nearly[1] += 1e-10 * np.array(covariances[1])
    model = GaussianMixture([0.5, 0.5], [[0, 0], [1, 1]], nearly, covariance_type=family)
    assert model.covariances == pytest.approx(nearly, rel=1e-8, abs=1e-8)
    single = np.float32([np.eye(2) * 0.1] * 2) * np.float32(1.7)
    GaussianMixture([0.5, 0.5], [[0, 0], [1, 1]], single, covariance_type=family)
    if family != "tied":  # each is judged by its own size
        for size in (1e-20, 1e20):
            tables = [np.eye(2), size * np.array(covariances[1])]
            with pytest.raises(ValueError, match=f"covariances: expected {words}.*component 1"):
                GaussianMixture([0.5, 0.5], [[0, 0], [1, 1]], tables, covariance_type=family)


@pytest.mark.parametrize(("k", "d"), [(5, 2), (1, 4)])
def test_in_single_precision_a_family_is_kept_to_the_rounding_of_a_row(k, d):
    """As many roundings as there are columns, however many components."""
    rest = k * [1 / k], np.arange(k * d).reshape(k, d)
    for off, passes in ((d * 2.0**-23, True), ((d + 0.5) * 2.0**-23, False)):
        tables = np.float32([np.eye(d)] * k)
        tables[-1, 0, 1] = tables[-1, 1, 0] = off
        if passes:
            model = GaussianMixture(*rest, tables, covariance_type="diag")
            assert (model.covariances == np.eye(d)).all()
        else:
            with pytest.raises(ValueError, match=f"diagonal ones .*another for component {k - 1}$"):
                GaussianMixture(*rest, tables, covariance_type="diag")
    line = [0.5, 0.5], [0, 1]
    for off, passes in ((2.0**-23, True), (2 * 2.0**-23, False)):
        variances = np.float32([1.0, 1 + off])
        if passes:
            model = GaussianMixture1D(*line, variances, covariance_type="tied")
            assert model.variances.tolist() == [1.0, 1.0]
        else:
            with pytest.raises(ValueError, match="variances: expected equal ones"):
                GaussianMixture1D(*line, variances, covariance_type="tied")


@pytest.mark.parametrize("family", ["diag", "spherical"])
def test_a_component_that_owns_next_to_nothing_keeps_its_variances(family):
    model = GaussianMixture([0.5, 0.5], [[0, 0], [1, 1]], [np.eye(2)] * 2, covariance_type=family)
    for owned, kept in ((NO_DATA, True), (2 * NO_DATA, False)):
        n_k, offsets = np.array([1.0, owned]), np.array([[0.5, 0.5], [1.0, 1.0]])
        scatters = np.array([[2.0, 2.0], [4 * owned, 4 * owned]])
        statistics = GaussianStatistics(n_k, np.zeros(2), offsets, scatters)
        if kept:
            with pytest.warns(EMWarning, match="component 1 owns no data"):
                new = model.m_step(statistics)
        else:
            new = model.m_step(statistics)
        assert new.covariances[1].tolist() == (np.eye(2) * (1 if kept else 4)).tolist()


def test_words_that_are_no_family_are_refused():
    with pytest.raises(ValueError, match="covariance_type: expected 'full', 'tied', 'diag' or"):
        GaussianMixture([1.0], [[0.0]], [[[1.0]]], covariance_type="fancy")
    with pytest.raises(TypeError, match="covariance_type: expected 'full', 'tied', 'diag' or"):
        GaussianMixture([1.0], [[0.0]], [[[1.0]]], covariance_type=None)
    for family in ("diag", "spherical"):
        with pytest.raises(ValueError, match=f"'{family}' .the same as 'full' here"):
            GaussianMixture1D([1.0], [0.0], [1.0], covariance_type=family)
    with pytest.raises(ValueError, match="covariance_type: expected 'full' or 'tied'"):
        GaussianMixture1D([1.0], [0.0], [1.0], covariance_type="fancy")
    words = "variances: expected equal ones for covariance_type='tied', got 1 and 1.001$"
    with pytest.raises(ValueError, match=words):
        GaussianMixture1D([0.25, 0.5, 0.25], [0, 1, 2], [1, 1.001, 1e6], covariance_type="tied")
    assert GaussianMixture1D([1.0], [0.0], [2.0], covariance_type="tied").n_parameters == 2
    nearly = [2.0, 2.0 + 1.9e-8]
    model = GaussianMixture1D([0.5, 0.5], [0, 1], nearly, covariance_type="tied")
    assert model.variances.tolist() == [2.0, 2.0]


@each_other
def test_a_component_without_data_keeps_to_the_family(family):
    x, (_, means, covariances) = problem(2, 2, seed=5)
    parameters = [1.0, 0.0], means, covariances
    theta = GaussianMixture(*parameters, covariance_type=family)
    for how in (None, "squarem", "lbfgs"):
        fit = em.fit(theta, x, accelerate=how)
        assert fit.model.weights.tolist() == [1, 0]
        model = fit.model
        GaussianMixture(model.weights, model.means, model.covariances, covariance_type=family)


def test_what_collapses_in_one_family_may_hold_in_another():
    """A component on a single point has no width of its own; the others lend it theirs."""
    x = np.concatenate([np.random.default_rng(0).normal(size=(60, 2)), [[50.0, 50.0]]])
    parameters = [0.9, 0.1], [[0, 0], [50, 50]], [np.eye(2)] * 2
    for family in ("full", "diag", "spherical"):
        with pytest.raises(CollapseError, match="component 1"):
            em.fit(GaussianMixture(*parameters, covariance_type=family), x)
    fit = em.fit(GaussianMixture(*parameters, covariance_type="tied"), x)
    assert fit.model.covariances[1] == pytest.approx(np.cov(x[:60].T, bias=True) * 60 / 61)
    line = GaussianMixture1D([0.9, 0.1], [0, 50], [1, 1], covariance_type="tied")
    assert em.fit(line, x[:, 0]).model.variances[1] == pytest.approx(x[:60, 0].var() * 60 / 61)


@each_other
def test_the_exact_maximiser_under_the_floor(family):
    """Among covariances of the family with eigenvalues above the floor none has a higher Q."""
    x, parameters = problem(2, 2, seed=9)
    theta = GaussianMixture(*parameters, covariance_type=family, covariance_floor=1.9)
    r = theta.responsibilities(x)
    new = theta.m_step(theta.statistics(x, r))
    free = GaussianMixture(*parameters, covariance_type=family)
    free = free.m_step(free.statistics(x, r))
    assert np.linalg.eigvalsh(free.covariances).min() < 1.9  # or the floor would do nothing
    best = float((r * new.log_joint(x)).sum())
    rng = np.random.default_rng(0)
    for _ in range(300):
        place = 0.1 * rng.normal(size=len(about(new).of(new)))
        other = about(new).model(place)  # which lifts eigenvalues onto the floor
        assert float((r * other.log_joint(x)).sum()) <= best + 1e-9


def test_models_stored_before_there_were_families_are_full(tmp_path):
    old = '{"type": "GaussianMixture1D", "weights": [1.0], "means": [0.0], "variances": [1.0], '
    old += '"fixed_weights": false, "covariance_floor": 0.0}'
    (tmp_path / "old.json").write_text(old)
    assert storage.load(tmp_path / "old.json") == GaussianMixture1D([1.0], [0.0], [1.0])


SLOPES = {family: (GaussianMixture, family, 3) for family in FAMILIES}
SLOPES |= {f"1-D {family}": (GaussianMixture1D, family, 1) for family in ("full", "tied")}


@pytest.mark.parametrize(("kind", "family", "d"), SLOPES.values(), ids=SLOPES)
@pytest.mark.parametrize("dead", [False, True])
def test_slopes_and_information_are_those_of_finite_differences(kind, family, d, dead):
    x, (_, means, covariances) = problem(d, 3, seed=4)
    weights = [0.4, 0.6, 0.0] if dead else [0.3, 0.5, 0.2]
    if d == 1:
        means, covariances = means[:, 0], np.full(3, 2.0)
    origin = kind(weights, means, covariances, covariance_type=family)
    place = 0.2 * np.random.default_rng(1).normal(size=len(about(origin).of(origin)))
    here = about(origin).model(place)
    if d == 1:
        kind(here.weights, here.means, here.variances, covariance_type=family)
    else:
        kind(here.weights, here.means, here.covariances, covariance_type=family)
    slope = about(origin).slope(here, here.e_step(x)[0])
    step = 1e-5  # central differences: off by about step^2 times a third derivative, of order N
    steps = step * np.eye(len(place))
    ups, downs = (
        [about(origin).model(place + s * e).log_likelihood(x) for e in steps] for s in (1, -1)
    )
    assert slope == pytest.approx((np.array(ups) - downs) / (2 * step), abs=1e-5 * len(x))
    # Complete data: the diagonal of the second differences of -Q, at the model that maximises Q
    r = origin.responsibilities(x)
    best = origin.m_step(origin.statistics(x, r))
    information = about(best).information(best.statistics(x, r))
    step = 1e-3
    above, at, below = (
        np.array([expected(about(best).model(s * e), x, r) for e in step * np.eye(len(place))])
        for s in (1, 0, -1)
    )
    second = (2 * at - above - below) / step**2
    n_weights = 3 - dead
    assert information[n_weights:] == pytest.approx(second[n_weights:], rel=1e-3, abs=1e-3 * len(x))


def expected(model, x, r):
    """Q of PRML (9.40) at given responsibilities."""
    live = r.any(axis=0)
    return float((r[:, live] * model.log_joint(x)[:, live]).sum())


def test_a_tied_variance_is_kept_above_the_floor_after_it_was_pooled():
    """Pooled first, then lifted: lifting each and pooling then would give more."""
    x = np.concatenate([np.random.default_rng(0).normal(0, 0.1, 50), [9.0, 11.0, 13.0, 15.0]])
    for floor, wanted in ((0.02, "pooled"), (5.0, "floor")):
        theta = GaussianMixture1D(
            [0.9, 0.1], [0, 12], [6, 6], covariance_type="tied", covariance_floor=floor
        )
        step = after(theta, x, 25).model
        pooled = (50 * x[:50].var() + 4 * x[50:].var()) / 54
        right = {"pooled": pooled, "floor": floor}[wanted]
        assert step.variances == pytest.approx([right] * 2, rel=1e-6)
        assert em.fit(theta, x).model.variances == pytest.approx([right] * 2, rel=1e-6)


def test_kappa_of_a_diagonal_form_is_a_sum_of_squares():
    """Distances that cancel when they are added with their signs are distances all the same."""
    x = np.random.default_rng(0).normal(size=(100, 2)) + 1e6 * np.outer(np.arange(100) % 2, [1, -1])
    with np.errstate(**IGNORED_FLAGS):
        fast = kernel_of(Rows(x), 2, form=DiagonalFeatures)
        assert fast.e_step(np.array([0.5, 0.5]), x[:2].round(), np.ones((2, 2))) is None
