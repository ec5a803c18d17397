"""Kinds of trouble that users of mixture software have met, each with the right answer.

Rows with weights and counts are in test_weights.py, empty clusters in test_kmeans.py, errors in a
live panel in widgets/test_live.py.
"""

import dataclasses
import functools
import gc
import itertools
import pickle
import re
import tracemalloc
import warnings
import weakref

import numpy as np
import pytest

from emlib import (
    CoinMixture,
    CollapseError,
    EMWarning,
    GaussianMixture,
    GaussianMixture1D,
    KMeans,
    PoissonMixture,
    bound,
    coins,
    datasets,
    em,
    selection,
    start,
    storage,
)
from emlib.data import checks, rows
from emlib.data.errors import JumpCollapseError
from emlib.models.mixture import Mixture
from emlib.models.model import QUICK

X = datasets.three_clusters(0).x
WAITING = datasets.old_faithful().x[:, 1]
EPSILON = np.finfo(float).eps


# Far rows: responsibilities sum to one, and the bound is never above the log-likelihood


@pytest.mark.parametrize("gap", [1e4, 1e5, 1e6, 1e7])
@pytest.mark.parametrize("d", [1, 2])
def test_responsibilities_sum_to_one_however_far_a_row_lies(gap, d):
    x = gap / 2 + np.linspace(-1, 1, 9) / gap
    if d == 1:
        model = GaussianMixture1D([0.5, 0.5], [0, gap], [1, 1])
    else:
        x = np.column_stack([x, np.linspace(-1, 1, 9)])
        model = GaussianMixture([0.5, 0.5], [[0, 0], [gap, 0]], [np.eye(2)] * 2)
    r = model.responsibilities(x)
    assert r[0, 0] > r[-1, 0] > 0  # near the middle neither component takes all
    assert abs(r.sum(axis=1) - 1).max() <= 2 * EPSILON  # K rounding units
    log_likelihood = model.log_likelihood(x)
    allowed = 1e-12 * (abs(log_likelihood) + len(x))
    assert bound.elbo(model, x, r) <= log_likelihood + allowed
    assert bound.elbo(model, x, r) == pytest.approx(log_likelihood, abs=allowed)
    # Of |ln p| up to 1e18 a log-joint has a rounding of its own; a ratio of shifted terms has not
    assert bound.kl(model, x, r) <= 9 * 4 * EPSILON
    statistics, objective = model.e_step(x)
    assert statistics.n_k.sum() == pytest.approx(9, rel=1e-15)
    assert objective == pytest.approx(log_likelihood, rel=1e-12)
    assert model.statistics(x, r).n_k == pytest.approx(statistics.n_k, rel=1e-12)


def test_a_table_in_single_precision_leaves_the_bound_below(rng):
    model = GaussianMixture1D([0.5, 0.5], [0, 1e4], [1, 1])
    x = rng.normal(5000, 1000, size=50)
    q = np.exp(rng.normal(size=(50, 2))).astype(np.float32)
    q /= q.sum(axis=1, keepdims=True)
    double = rng.dirichlet([1, 1], size=50)
    for table in (q, double, double * (1 - 5e-9)):
        log_likelihood = model.log_likelihood(x)
        assert bound.elbo(model, x, table) <= log_likelihood + 1e-12 * (abs(log_likelihood) + 50)
        whole = bound.elbo(model, x, table) + bound.kl(model, x, table)
        assert whole == pytest.approx(log_likelihood, rel=1e-12)


# A jump to where the likelihood has no bound


@pytest.mark.parametrize("how", ["lbfgs", "squarem"])
def test_an_accelerated_fit_is_not_lost_where_em_converges(how, monkeypatch):
    anew, quick = [], QUICK[GaussianMixture1D]
    plain = dataclasses.replace(quick, rounds=lambda *given: anew.append(1) or quick.rounds(*given))
    monkeypatch.setitem(QUICK, GaussianMixture1D, plain)
    for seed in [*range(12), 12, 25, 60]:
        x = np.round(np.random.default_rng(seed).normal(size=1500) * 3, 1)
        theta = start.kmeans_plus_plus(GaussianMixture1D, x, n_components=5, rng=seed)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", EMWarning)
            fit = em.fit(theta, x, accelerate=how, max_iter=5000)
        assert (np.diff(fit.history) >= -1e-10 * (abs(fit.objective) + 1500)).all()
        assert fit.n_e_steps > fit.n_iter
    if how == "lbfgs":
        assert anew  # or this would test nothing


@pytest.mark.parametrize("how", ["lbfgs", "squarem"])
def test_a_lost_run_is_taken_anew_as_plain_em(how, monkeypatch):
    theta = GaussianMixture1D([0.4, 0.6], [55, 80], [30, 30])

    quick = QUICK[GaussianMixture1D]

    def some(rounds):
        yield from itertools.islice(rounds, 3)
        raise JumpCollapseError("covariances: ...", 7)

    def lost(*given):
        rounds, make = quick.accelerated(*given)
        return some(rounds), make

    monkeypatch.setitem(QUICK, GaussianMixture1D, dataclasses.replace(quick, accelerated=lost))
    fit, wanted = em.fit(theta, WAITING, accelerate=how), em.fit(theta, WAITING)
    assert (fit.history == wanted.history).all()  # the same call
    assert fit.n_e_steps == wanted.n_e_steps + 7
    assert fit.converged


def test_what_em_itself_loses_is_lost_with_jumps_too():
    x = np.concatenate([np.zeros(3), np.random.default_rng(0).normal(5, 1, 50)])
    theta = GaussianMixture1D([0.1, 0.9], [0.0, 5.0], [1e-3, 1.0])
    for how in (None, "squarem", "lbfgs"):
        with pytest.raises(CollapseError, match="component 0"):
            em.fit(theta, x, accelerate=how)


# Numbers that came in single precision


def test_single_precision_parameters_are_judged_by_their_own_rounding(rng):
    model = GaussianMixture1D(np.float32([0.2, 0.3, 0.5]), [0, 1, 2], [1, 1, 1])
    assert model.weights.sum() == pytest.approx(1, abs=2 * EPSILON)
    for k in (2, 10, 300):
        logits = rng.normal(size=k).astype(np.float32)
        softmax = np.exp(logits) / np.exp(logits).sum()
        weights = CoinMixture(np.full(k, 0.5), softmax).weights
        assert weights.sum() == pytest.approx(1, abs=k * EPSILON)
        assert weights == pytest.approx(softmax.astype(float), rel=k * 1.2e-7)
    x = rng.normal(size=(100, 3)).astype(np.float32)
    covariance = x.T @ x / np.float32(100)
    covariance[0, 1] *= np.float32(1 + 2e-7)
    theta = GaussianMixture([1.0], [[0, 0, 0]], covariance[None])
    assert (theta.covariances == theta.covariances.swapaxes(1, 2)).all()
    r = np.exp(rng.normal(size=(100, 4))).astype(np.float32)
    r /= r.sum(axis=1, keepdims=True)
    made = GaussianMixture.from_responsibilities(x, r)
    assert made.weights == pytest.approx(r.astype(float).mean(axis=0), rel=1e-6)


def test_double_precision_is_judged_as_before_and_told_the_remedy():
    with pytest.raises(ValueError, match=r"weights that sum to 1 \(divide them by their sum\)"):
        GaussianMixture1D(np.float32([0.2, 0.3, 0.5]).astype(float), [0, 1, 2], [1, 1, 1])
    with pytest.raises(ValueError, match="weights: expected weights that sum to 1"):
        GaussianMixture1D(np.float32([0.2, 0.3, 0.51]), [0, 1, 2], [1, 1, 1])
    wrong = [[[1.0, 0.5], [0.5 + 4e-8, 1.0]]]
    with pytest.raises(ValueError, match="the mean of each and its transpose"):
        GaussianMixture([1.0], [[0, 0]], wrong)
    with pytest.raises(
        ValueError, match=r"sum to 1 over the components \(divide each by its sum\)"
    ):
        bound.entropy([[0.5, 0.5 + 1e-7]])


# Scores are taken in blocks


def peak(call):
    """The most memory that a call holds at once, in bytes, its result included."""
    tracemalloc.start()
    try:
        result = call()
        return tracemalloc.get_traced_memory()[1], result
    finally:
        tracemalloc.stop()


def test_scores_of_data_in_memory_need_a_block_and_their_result():
    n, d, k = 100_000, 8, 20
    rng = np.random.default_rng(0)
    x = rng.normal(size=(n, d))
    weights = rng.integers(1, 3, n) * 1.0
    theta = GaussianMixture(np.full(k, 1 / k), x[:k], [np.eye(d)] * k)
    centroids, column = KMeans(x[:k]), x[:, 0].copy()
    line = GaussianMixture1D(np.full(k, 1 / k), column[:k], np.ones(k))
    block, vector, table = 40 * 2**16, 8 * n, 8 * n * k  # a few tables of 2**16 numbers
    numbers = {
        "log_likelihood": lambda: theta.log_likelihood(x),
        "weighted": lambda: theta.log_likelihood(x, weights),
        "bic": lambda: selection.bic(theta, x),
        "objective": lambda: centroids.objective(x),
        "1-D": lambda: line.log_likelihood(column),
    }
    for name, call in numbers.items():
        allowed = block + 3 * vector * (name == "weighted")  # which weights are positive, and those
        assert peak(call)[0] < allowed, name
    for call in (
        lambda: theta.predict(x),
        lambda: theta.log_density(x),
        lambda: centroids.predict(x),
        lambda: line.log_density(column),
    ):
        assert peak(call)[0] < block + vector
    for call in (
        lambda: theta.responsibilities(x),
        lambda: theta.log_joint(x),
        lambda: line.responsibilities(column),
        lambda: centroids.log_joint(x),
    ):
        used, result = peak(call)
        assert result.nbytes == table
        assert used < block + table
    # A start keeps a distance and a label for each row, and their running sum
    for make in (start.kmeans_plus_plus, start.random_points, start.random_responsibilities):
        for kind, data in ((GaussianMixture, x), (KMeans, x), (GaussianMixture1D, column)):
            used, _ = peak(functools.partial(make, kind, data, n_components=k, rng=0))
            assert used < block + 5 * vector, (make.__name__, kind.__name__)
    labels = rng.integers(k, size=n)
    assert peak(lambda: start.from_labels(GaussianMixture, x, labels))[0] < block + 5 * vector


# Components that are equal at the end


def equal_start(kind, x):
    if kind is GaussianMixture1D:
        return kind([0.2, 0.5, 0.3], [x.mean()] * 3, [x.var()] * 3)
    return kind([0.2, 0.5, 0.3], [x.mean(axis=0)] * 3, [np.cov(x.T)] * 3)


@pytest.mark.parametrize("unit", [1e-30, 1.0, 1e30])
@pytest.mark.parametrize("kind", [GaussianMixture1D, GaussianMixture])
def test_components_that_are_equal_at_the_end_are_told_once(kind, unit):
    x = unit * (X if kind is GaussianMixture else X[:, 0])
    theta = equal_start(kind, x)
    with pytest.warns(EMWarning, match="components 0, 1 and 2 are equal") as told:
        assert em.fit(theta, x).converged
    assert len(told) == 1

    def same_for_all(model_class, x, *, n_components, rng):
        return theta

    with pytest.warns(EMWarning, match="components 0, 1 and 2 are equal") as told:
        em.multistart(kind, x, n_components=3, n_starts=4, rng=0, start=same_for_all)
    assert len(told) == 1
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # iterate says nothing, and different ones are not equal
        for step in em.iterate(theta, x):
            if step.iteration == 3:
                break
        em.fit(start.kmeans_plus_plus(kind, x, n_components=3, rng=0), x, max_iter=5000)


def test_of_several_fits_only_the_best_is_told_of_equal_components():
    x = np.concatenate([np.linspace(-1, 1, 30), np.linspace(9, 11, 30)])
    tie = GaussianMixture1D([0.5, 0.5], [5.0, 5.0], [25.0, 25.0])
    good = GaussianMixture1D([0.5, 0.5], [0.0, 10.0], [1.0, 1.0])
    for starts, told in (([tie, good], False), ([tie, tie], True)):
        given = iter(starts)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            fits = em.multistart(
                GaussianMixture1D,
                x,
                n_components=2,
                n_starts=2,
                rng=0,
                start=lambda *args, given=given, **options: next(given),
            )
        assert fits[-1].model.equal_components() == [0, 1]
        assert any("are equal" in str(one.message) for one in caught) == told


def test_equal_means_it_is_all_parameters_but_the_weights():
    def equal(means, covariances, weights=(0.5, 0.25, 0.25)):
        return GaussianMixture(weights, means, covariances).equal_components()

    eye, far = np.eye(2), [9.0, 9.0]
    assert equal([[0, 0], [0, 0], far], [eye, eye, eye]) == [0, 1]
    assert equal([[0, 0], far, [0, 9e-11]], [eye, eye, eye]) == [0, 2]
    assert equal([[0, 0], far, [0, 2e-10]], [eye, eye, eye]) == []
    assert equal([[0, 0], far, [0, 0]], [eye, eye, eye * (1 + 9e-11)]) == [0, 2]
    assert equal([[0, 0], far, [0, 0]], [eye, eye, eye * (1 + 2e-10)]) == []
    assert equal([[0, 0], far, [0, 0]], [eye, eye, eye], (0.5, 0.5, 0.0)) == []
    assert equal([[1e6, 0], [1e6, 1], [1e6, 0]], [eye, eye, eye]) == [0, 2]
    assert CoinMixture([0.3, 0.6, 0.3], [0.2, 0.4, 0.4]).equal_components() == [0, 2]
    assert PoissonMixture([0.2, 0.4, 0.4], [3, 6, 3]).equal_components() == [0, 2]
    assert PoissonMixture([0.2, 0.4, 0.4], [0, 6, 0]).equal_components() == [0, 2]
    assert PoissonMixture([0.5, 0.5], [3, 3 + 1e-8]).equal_components() == []
    assert CoinMixture([1.0, 0.0, 1.0], [0.2, 0.4, 0.4]).equal_components() == [0, 2]
    assert CoinMixture([0.3, 0.3 + 1e-9], [0.5, 0.5]).equal_components() == []
    for gap, equal_ones in ((0.9e-10, [0, 1]), (1.1e-10, [])):  # in standard deviations of a toss
        for bias, std in ((0.1, 0.3), (0.9, 0.3), (0.5, 0.5)):
            near = CoinMixture([bias + gap * std, bias], [0.5, 0.5])
            assert near.equal_components() == equal_ones
    line = GaussianMixture1D([0.5, 0.5], [0.0, 0.0], [1.0, 1.0 + 3e-10])
    assert line.equal_components() == []
    assert line._with(variances=np.array([1.0, 1.0])).equal_components() == [0, 1]


# Data of another meaning in the same shape


@pytest.mark.parametrize(
    "table", [[[1, 1], [0, 1], [1, 0]], [[0, 0], [0, 1]], np.eye(2).repeat(3, axis=1)[:, 2:4]]
)
def test_a_table_of_outcomes_given_to_coins_is_told(table):
    table = np.array(table)
    theta = CoinMixture([0.3, 0.6], [0.5, 0.5], fixed_weights=True)
    if (table.sum(axis=1) == 1).all():  # single tosses are heads and tails, and nothing else
        theta.e_step(table)
        return
    for call in (
        lambda: theta.e_step(table),
        lambda: theta.log_likelihood(table.astype(bool)),
        lambda: em.multistart(CoinMixture, table, n_components=1, n_starts=2, rng=0),
        lambda: theta.e_step([table[:1], table[1:]]),
    ):
        with pytest.warns(EMWarning, match=r"zeros and ones .* pass coins.counts\(x\)") as told:
            call()
        assert len(told) == 1
    theta.e_step(coins.counts(np.column_stack([table, table])))
    theta.e_step([[2, 0], [1, 1], [0, 1]])


# The names of the columns


pandas = pytest.importorskip("pandas")
FRAME = pandas.DataFrame(X, columns=["a", "b"])
TURNED = FRAME[["b", "a"]]
ORDER = "x: expected the columns 'a', 'b' in this order, as the model was fitted, got 'b', 'a'"


def fitted():
    yield em.fit(start.kmeans_plus_plus(GaussianMixture, X, n_components=3, rng=0), FRAME).model
    yield em.fit(KMeans(X[:3]), FRAME).model
    yield em.multistart(GaussianMixture, FRAME, n_components=3, n_starts=2, rng=0)[0].model
    yield em.fit(KMeans(X[:3]), [FRAME[:400], FRAME[400:]]).model
    yield start.random_points(KMeans, FRAME, n_components=3, rng=0)
    yield start.from_labels(GaussianMixture, FRAME, np.arange(len(X)) % 3, covariance_type="diag")
    counts = pandas.DataFrame([[5, 5], [9, 1]], columns=["a", "b"])
    yield em.fit(CoinMixture([0.6, 0.5], [0.5, 0.5]), counts).model


def test_names_of_columns_are_remembered_and_another_order_is_refused(tmp_path):
    for model in fitted():
        assert model.column_names == ("a", "b")
        assert "(columns a, b)" in repr(model)
        assert "(columns a, b)" in model._repr_html_()
        x, turned, other = FRAME, TURNED, FRAME.rename(columns={"b": "c"})
        if isinstance(model, CoinMixture):
            x, turned, other = (f[:3].abs().round() + 2 for f in (x, turned, other))
        model.predict(x)
        model.predict(np.asarray(x))
        for frame in (turned, other):
            for call in (
                model.predict,
                model.e_step,
                lambda data, model=model: em.fit(model, data),
                lambda data, model=model: model.predict([data, data]),
            ):
                with pytest.raises(ValueError, match="as the model was fitted, got"):
                    call(frame)
        storage.save(model, tmp_path / "model.json")
        copies = storage.load(tmp_path / "model.json"), pickle.loads(pickle.dumps(model))
        for again in (*copies, model.reorder([0, 1, 2][: model.n_components]), model.sort()):
            assert again.column_names == ("a", "b")
        assert copies[0] == model
        with pytest.raises(ValueError, match=ORDER):
            model.predict(turned)


def test_names_are_no_part_of_equality_and_unnamed_data_have_none():
    one = em.fit(KMeans(X[:3]), FRAME).model
    two = em.fit(KMeans(X[:3]), X).model
    assert one == two
    assert two.column_names is None
    assert em.fit(KMeans(X[:3]), pandas.DataFrame(X)).model.column_names is None  # 0 and 1
    two.predict(TURNED)
    with pytest.raises(ValueError, match="x, block 1: expected the columns 'a', 'b' of the first"):
        em.fit(KMeans(X[:3]), [FRAME, TURNED])


# Quick steps belong to exactly one class


class Halved(GaussianMixture1D):
    """Another likelihood: every log-joint is half of its parent's."""

    def _log_joint(self, x):
        return 0.5 * super()._log_joint(x)


class HalvedPlane(GaussianMixture):
    def _log_joint(self, x):
        return 0.5 * super()._log_joint(x)


class HalvedCoins(CoinMixture):
    def _log_joint(self, x):
        return 0.5 * super()._log_joint(x)


class HalvedEvents(PoissonMixture):
    def _log_joint(self, x):
        return 0.5 * super()._log_joint(x)


class Doubled(KMeans):
    """Distances count twice."""

    def _log_joint(self, x):
        return 2 * super()._log_joint(x)


SUBCLASSES = {
    "1-D": (Halved([0.4, 0.6], [55, 80], [30, 30]), WAITING),
    "2-D": (HalvedPlane([0.5, 0.5], X[:2], [np.eye(2)] * 2), X),
    "coins": (HalvedCoins([0.3, 0.6], [0.5, 0.5]), coins.counts([5, 9, 8, 4, 7], 10)),
    "Poisson": (HalvedEvents([0.4, 0.6], [1, 5]), datasets.deaths().x),
    "K-means": (Doubled(X[:3]), X),
}


@pytest.mark.parametrize(("model", "x"), SUBCLASSES.values(), ids=SUBCLASSES)
def test_a_class_made_from_a_model_gets_its_own_steps(model, x):
    data = model.prepare(x)
    statistics, objective = model.readable_e_step(data)
    assert model.e_step(x)[1] == objective
    parent = type(model).__base__(**model._values())
    assert parent.e_step(x)[1] != pytest.approx(objective, rel=1e-3)
    if not isinstance(model, KMeans):
        assert objective == pytest.approx(model.log_likelihood(x), rel=1e-12)
    steps = em.iterate(model, x)
    assert next(steps).objective == pytest.approx(objective, rel=1e-12)
    new = model.m_step(statistics)
    assert next(steps).objective == pytest.approx(new.e_step(x)[1], rel=1e-12)
    fit = em.fit(model, x, max_iter=3000, tol=1e-6)
    assert fit.history[1] == pytest.approx(new.e_step(x)[1], rel=1e-12)
    fits = em.multistart(type(model), x, n_components=2, n_starts=2, rng=0, tol=1e-6)
    assert {type(fit.model) for fit in fits} == {type(model)}
    assert fits[0].objective == pytest.approx(fits[0].model.e_step(x)[1], rel=1e-12)
    for how in ("squarem", "lbfgs"):
        with pytest.raises(TypeError, match="accelerate: expected None for"):
            em.fit(model, x, accelerate=how)


@dataclasses.dataclass(frozen=True)
class Lamps:
    """Mean lifetime of lamps; one that still burned after t hours is -t."""

    mean: float

    def prepare_fit(self, x):
        return np.asarray(x, dtype=float)

    def e_step(self, x):
        expected = np.where(x < 0, self.mean - x, x)
        return expected.mean(), -abs(x).sum() / self.mean - (x > 0).sum() * np.log(self.mean)

    def m_step(self, statistics):
        return Lamps(statistics)


def test_a_model_of_ones_own_works_with_two_methods():
    x = [10, 20, -30, 40]
    step = next(step for step in em.iterate(Lamps(1.0), x) if step.iteration == 60)
    assert step.model.mean == pytest.approx(100 / 3)
    for options in ({}, {"stop": "remaining"}, {"tol": 0}, {"n_threads": 2}):
        assert em.fit(Lamps(1.0), x, **options).model.mean == pytest.approx(100 / 3, rel=1e-3)

    def anywhere(model_class, x, *, n_components, rng):
        return model_class(float(rng.uniform(1, 100)))

    fits = em.multistart(Lamps, x, n_components=1, n_starts=3, rng=0, start=anywhere, tol=0)
    assert [fit.model.mean for fit in fits] == pytest.approx([100 / 3] * 3)
    with pytest.raises(TypeError, match="accelerate: expected None for Lamps"):
        em.fit(Lamps(1.0), x, accelerate="squarem")
    with pytest.raises(TypeError, match="model_class: expected a class of models"):
        em.multistart(Lamps, x, n_components=1, rng=0)


def test_tiny_is_the_smallest_number_with_all_its_digits_over_epsilon():
    assert np.finfo(float).tiny / EPSILON == rows.NO_DATA


# What fresh eyes broke


def test_starts_of_different_shapes_are_fitted_each_as_it_is():
    x = np.concatenate([np.random.default_rng(0).normal(m, 0.3, size=(60, 2)) for m in (0, 4, 8)])
    for kind, data in ((GaussianMixture, x), (GaussianMixture1D, x[:, 0])):
        for order in ((2, 3), (3, 2)):
            sizes = iter(order)

            def mine(model_class, x, *, n_components, rng, sizes=sizes):
                return start.kmeans_plus_plus(model_class, x, n_components=next(sizes), rng=rng)

            fits = em.multistart(kind, data, n_components=2, n_starts=2, rng=0, start=mine)
            assert sorted(fit.model.n_components for fit in fits) == [2, 3]
            for fit in fits:
                assert fit.objective == pytest.approx(fit.model.log_likelihood(data), rel=1e-12)
    theta = GaussianMixture1D([1.0], [0.0], [1.0])
    with pytest.raises(ValueError, match=r"x: expected shape \(N, 1\)"):
        em.multistart(
            GaussianMixture, x, n_components=1, n_starts=2, rng=0, start=lambda *_, **__: theta
        )


def test_data_prepared_for_another_shape_are_refused():
    plane, line = GaussianMixture([1.0], [[0, 0]], [np.eye(2)]), GaussianMixture1D([1.0], [0], [1])
    for model, data in (
        (plane, line.prepare(X[:, 0])),
        (line, plane.prepare(X)),
        (KMeans([[0.0, 0.0]]), line.prepare([X[:, :1]])),
        (CoinMixture([0.5], [1.0]), plane.prepare(X)),
        (CoinMixture([0.5], [1.0]), line.prepare(X[:, 0])),
        (CoinMixture([0.5], [1.0]), plane.prepare([X[:500], X[500:]])),
    ):
        with pytest.raises(ValueError, match="x: expected"):
            model.e_step(data)
        with pytest.raises(ValueError, match="x: expected"):
            model.predict(data)


def test_weights_of_data_kept_elsewhere_reach_starts_and_tables(rng):
    weights = rng.integers(0, 4, len(X)) * 1.0
    parts, pieces = np.split(X, [400]), np.split(weights, [700])
    theta = GaussianMixture([0.5, 0.5], X[:2], [np.eye(2)] * 2)
    prepared = theta.prepare(parts, pieces)
    there = weights > 0
    r = theta.responsibilities(X)
    assert theta.statistics(prepared, r[there]).n_k == pytest.approx(
        theta.e_step(X, weights)[0].n_k
    )
    for given in (weights, pieces):
        assert theta.statistics(parts, r, given).n_k == pytest.approx(weights @ r, rel=1e-12)
        wanted = bound.elbo(theta, X, r, weights)
        assert bound.elbo(theta, parts, r, given) == pytest.approx(wanted, rel=1e-12)
        one = start.from_labels(GaussianMixture, parts, np.arange(len(X)) % 2, sample_weight=given)
        two = start.from_labels(GaussianMixture, X, np.arange(len(X)) % 2, sample_weight=weights)
        assert one.means == pytest.approx(two.means, rel=1e-12)
        fits = [
            em.multistart(
                GaussianMixture,
                x,
                n_components=2,
                n_starts=2,
                rng=0,
                sample_weight=w,
                max_iter=5000,
            )
            for x, w in ((parts, given), (X, weights))
        ]
        assert fits[0][0].history[0] == pytest.approx(fits[1][0].history[0], rel=1e-11)
    series = pandas.Series(
        weights, index=np.arange(len(X))[::-1]
    )  # its order counts, not its index
    for x in (X, parts):
        assert theta.log_likelihood(x, series) == pytest.approx(theta.log_likelihood(X, weights))
    for wrong in (2.0, {"a": 1}, "text"):
        with pytest.raises((TypeError, ValueError), match="sample_weight: expected"):
            theta.log_likelihood(parts, wrong)


def test_statistics_of_another_family_or_shape_are_refused():
    parameters = [0.5, 0.5], X[:2], [np.eye(2)] * 2
    full, diag, tied = (
        GaussianMixture(*parameters, covariance_type=family) for family in ("full", "diag", "tied")
    )
    one, other = full.e_step(X)[0], diag.e_step(X)[0]
    for model, statistics in ((full, other), (tied, other), (diag, one)):
        with pytest.raises(ValueError, match=r"statistics: expected those of covariance_type='"):
            model.m_step(statistics)
    assert tied.m_step(one).n_components == 2
    words = r"statistics: expected scatters of the same shape, \(2, 2, 2\), got \(2, 2\)$"
    with pytest.raises(ValueError, match=words):
        _ = one + other
    three = GaussianMixture([1 / 3] * 3, X[:3], [np.eye(2)] * 3).e_step(X)[0]
    with pytest.raises(ValueError, match="statistics: expected"):
        full.m_step(three)


@pytest.mark.parametrize("d", [5, 6, 7, 10, 24])
def test_a_spherical_model_comes_back_bit_for_bit(d, tmp_path):
    x = np.random.default_rng(d).normal(size=(300, d))
    theta = start.kmeans_plus_plus(
        GaussianMixture, x, n_components=3, rng=0, covariance_type="spherical"
    )
    for step in em.iterate(theta, x):
        storage.save(step.model, tmp_path / "model.json")
        assert storage.load(tmp_path / "model.json") == step.model
        assert dataclasses.replace(step.model) == step.model
        if step.iteration == 5:
            break


def test_single_precision_below_the_floor_is_lifted_onto_it(tmp_path):
    line = GaussianMixture1D([0.5, 0.5], [0, 1], np.float32([0.7, 0.7]), covariance_floor=0.7)
    plane = GaussianMixture(
        [1.0], [[0, 0]], np.float32(0.7) * np.eye(2, dtype="f4")[None], covariance_floor=0.7
    )
    for model in (line, plane):
        assert getattr(model, "variances", np.diag(np.eye(2))).min() >= 0.7
        storage.save(model, tmp_path / "model.json")
        assert storage.load(tmp_path / "model.json") == model


def test_half_precision_is_no_excuse():
    halves = np.full(300, 1.25 / 299, np.float16)
    halves[0] = -0.25
    for wrong in (halves, np.float32([-1e-6, 1e-6, 1])):
        with pytest.raises(ValueError, match="weights: expected no negative weight"):
            CoinMixture(np.full(len(wrong), 0.5), wrong)
    kept = GaussianMixture1D(np.float32([-(2**-24), 2**-24, 1]), [0, 1, 2], [1, 1, 1]).weights
    assert kept.min() == 0
    for wrong in (np.full(500, 1.4 / 500), np.zeros(1100)):
        with pytest.raises(ValueError, match="weights: expected weights that sum to 1"):
            CoinMixture(np.full(len(wrong), 0.5), wrong.astype(np.float16))
    with pytest.raises(ValueError, match="q: expected rows that sum to 1"):
        bound.entropy(np.zeros((3, 1100), np.float16))
    below = 1 - np.float32([1 + 1.2e-7, 0.4])  # a little less than nothing, by rounding
    assert CoinMixture([0.5, 0.5], np.float32([below[0], 1])).weights.tolist() == [0, 1]
    assert CoinMixture(np.float32([1 + 1.2e-7]), [1.0]).biases.tolist() == [1]
    with pytest.raises(ValueError, match="biases: expected probabilities from 0 to 1"):
        CoinMixture([1 + 1e-9], [1.0])


def test_what_a_subclass_shows_as_its_log_joint_is_not_what_it_is_made_of():
    class Shown(GaussianMixture1D):
        def log_joint(self, x):
            return super().log_joint(x) - 1

    model = Shown([0.4, 0.6], [55, 80], [30, 30])
    r = model.responsibilities(WAITING)
    whole = bound.elbo(model, WAITING, r) + bound.kl(model, WAITING, r)
    assert whole == pytest.approx(model.log_likelihood(WAITING), rel=1e-12)


def test_a_fit_of_ones_own_model_shows_itself_in_a_notebook():
    shown = em.fit(Lamps(1.0), [10, 20, -30, 40])._repr_html_()
    assert "<pre>Lamps(mean=" in shown
    with pytest.raises(TypeError, match="got object without prepare_fit|expected a model"):
        em.fit(object(), [1.0])

    class Half:
        def e_step(self, x):
            return 0, 0.0

        m_step = e_step

    with pytest.raises(TypeError, match="model: expected .*, got Half without prepare_fit"):
        em.fit(Half(), [1.0])


def test_blocks_of_frames_keep_their_names_and_may_be_empty():
    frames = [FRAME[:0], FRAME[:300], FRAME[300:]]
    r = np.random.default_rng(0).dirichlet([1, 1], size=len(X))
    assert GaussianMixture.from_responsibilities(frames, r).column_names == ("a", "b")
    theta = em.fit(KMeans(X[:3]), frames).model
    assert theta.column_names == ("a", "b")
    whole = em.fit(KMeans(X[:3]), X).model
    assert theta.centroids == pytest.approx(whole.centroids, rel=1e-12)


def test_scores_of_blocks_need_a_block_too():
    n, d = 200_000, 8
    x = np.random.default_rng(0).normal(size=(n, d)).astype(np.float32)  # read part by part
    theta = GaussianMixture([0.5, 0.5], x[:2], [np.eye(d)] * 2)
    assert peak(lambda: theta.predict(x))[0] < 40 * 2**16 + 8 * n
    assert peak(lambda: theta.log_likelihood(x))[0] < 40 * 2**16


class Turning:
    """Blocks that have other columns on the second pass."""

    def __init__(self):
        self.passes = 0

    def __iter__(self):
        self.passes += 1
        yield X if self.passes == 1 else X.reshape(-1, 4)


def test_columns_that_change_between_passes_are_refused():
    with pytest.raises(ValueError, match=r"x: expected 2 column\(s\) on each pass.*got 4"):
        em.fit(KMeans(X[:2]), Turning())


def test_weights_without_digits_are_refused_and_few_that_weigh_are_drawn_again():
    with pytest.raises(ValueError, match=r"sample_weight: expected weights that sum to 1e-280"):
        em.fit(KMeans(X[:2]), X, sample_weight=np.full(len(X), 1e-290))
    weights = [1e100, *[1e-250] * 9]
    with pytest.warns(EMWarning, match="is empty"):  # the same row thrice
        start.random_points(KMeans, X[:10], n_components=3, rng=0, sample_weight=weights)


def test_a_narrow_component_between_two_equal_ones_does_not_hide_them():
    line = GaussianMixture1D([0.3, 0.3, 0.4], [1, 1 + 2e-13, 1 + 4e-13], [1, 1e-8, 1.0])
    assert line.equal_components() == [0, 2]


def test_a_refused_row_can_be_found_in_whatever_holds_it():
    x = np.zeros((200_000, 1))
    x[150_001] = 1e149  # so far that its squared distance overflows
    theta = GaussianMixture([1.0], [[0.0]], [[[1e-12]]])
    q, weights = np.ones((len(x), 1)), np.full(len(x), 2.0)
    for call in (
        lambda: theta.log_density(x),
        lambda: theta.predict(x),
        lambda: theta.log_likelihood(x),
        lambda: theta.log_likelihood(np.split(x, 4)),
        lambda: theta.predict(np.split(x, 4)),
        lambda: bound.elbo(theta, x, q),
        lambda: bound.kl(theta, x, q),
        lambda: theta.log_likelihood(x, weights),
        lambda: theta.e_step(x),
        lambda: theta.e_step(x, weights),
        lambda: theta.e_step(np.split(x, 4)),
        lambda: next(em.iterate(theta, x)),
    ):
        with pytest.raises(ValueError, match=r"row \d+, which is impossible") as caught:
            call()
        row = int(re.search(r"row (\d+), which", str(caught.value))[1])
        (note,) = caught.value.__notes__
        assert row + int(re.search(r"from row (\d+) of x", note)[1]) == 150_001


def test_held_out_rows_of_a_data_frame_are_a_data_frame():
    x_fit, x_held = selection.hold_out(FRAME, 0)
    assert list(x_held.columns) == ["a", "b"]
    theta = em.fit(KMeans(X[:3]), x_fit).model
    with pytest.raises(ValueError, match=ORDER):
        theta.predict(x_held[["b", "a"]])
    plain = selection.hold_out(X, 0)
    assert (x_fit.to_numpy() == plain[0]).all()
    assert (x_held.to_numpy() == plain[1]).all()


def test_the_bound_needs_a_block_beside_its_table():
    n, k = 60_000, 20
    rng = np.random.default_rng(0)
    x, q = rng.normal(size=(n, 4)), rng.dirichlet(np.ones(k), size=n)
    theta = GaussianMixture(np.full(k, 1 / k), x[:k], [np.eye(4)] * k)
    for function in (bound.q_function, bound.elbo, bound.kl):
        # the rounding of the sums of q, a number or two for each row, is looked at too
        assert peak(lambda function=function: function(theta, x, q))[0] < 40 * 2**16 + 4 * 8 * n


def test_a_mixture_need_not_say_when_its_components_are_equal():
    class Poisson(Mixture):
        """Counts, with the two steps and no more."""

        def __init__(self, weights, rates):
            self._set(weights=np.asarray(weights), rates=np.asarray(rates), fixed_weights=False)

        __dataclass_fields__ = dict.fromkeys(["weights", "rates", "fixed_weights"])

        def _check(self, x):
            return checks.rows(x, 1)

        def _log_joint(self, x):
            return x * np.log(self.rates) - self.rates + np.log(self.weights)

        def _statistics(self, x, r):
            return coins.CoinStatistics(r.sum(axis=0), r.T @ x[:, 0], r.T @ np.ones(len(x)))

        def m_step(self, statistics):
            weights = statistics.n_k / statistics.n_k.sum()
            return Poisson(weights, statistics.heads / statistics.n_k)

    x = np.random.default_rng(0).poisson(np.repeat([2, 20], 100))
    fit = em.fit(Poisson([0.5, 0.5], [1.0, 30.0]), x)
    assert fit.converged
    assert fit.model.weights @ fit.model.rates == pytest.approx(x.mean())


def test_features_go_with_the_data_at_once():
    """A circle of references would keep them until the collector comes."""
    x = np.random.default_rng(0).normal(size=5000)
    data = checks.rows(x)
    assert data.distinct() is data
    gone = weakref.ref(data)
    gc.disable()
    try:
        del data
        assert gone() is None
    finally:
        gc.enable()


def test_masked_weights_are_refused_wherever_the_rows_are():
    masked = np.ma.masked_array(np.ones(len(X)), mask=np.arange(len(X)) == 3)
    theta = GaussianMixture([1.0], X[:1], [np.eye(2)])
    for x in (X, [X[:400], X[400:]]):
        with pytest.raises(ValueError, match="sample_weight: expected an array without a mask"):
            theta.log_likelihood(x, masked)


class Weights:
    """Weights that are read afresh, in two blocks."""

    def __iter__(self):
        yield np.ones(300)
        yield np.full(len(X) - 300, 2.0)


def test_weights_that_are_read_afresh_work_in_every_function():
    theta = GaussianMixture([0.5, 0.5], X[:2], [np.eye(2)] * 2)
    parts, w = [X[:500], X[500:]], np.concatenate(list(Weights()))
    r = theta.responsibilities(X)
    one, other = theta.statistics(parts, r, Weights()), theta.statistics(X, r, w)
    assert one.n_k == pytest.approx(other.n_k, rel=1e-12)
    assert bound.kl(theta, parts, r, Weights()) == pytest.approx(0, abs=1e-9)
    labels = np.arange(len(X)) % 2
    made = start.from_labels(GaussianMixture, parts, labels, sample_weight=Weights())
    assert made.weights == pytest.approx([w[::2].sum() / w.sum(), w[1::2].sum() / w.sum()])
