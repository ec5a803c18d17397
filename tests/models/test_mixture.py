"""`emlib.models`: what every model inherits."""

import copy
import dataclasses
import math
import pickle
import warnings

import numpy as np
import pytest
from scipy import special

from emlib import (
    CoinMixture,
    CollapseError,
    EMWarning,
    GaussianMixture,
    GaussianMixture1D,
    KMeans,
    PoissonMixture,
    em,
)
from emlib.data import errors
from emlib.data.rows import NO_DATA, Rows
from emlib.fast.coordinates import about
from emlib.models import contract as contract
from emlib.models.mixture import Mixture, log_sum_exp, which_own_data
from emlib.models.model import Model

RNG = np.random.default_rng(7)
POINTS = RNG.normal(size=(700, 2)) * [1, 3] + RNG.choice([-2, 2], size=(700, 1))
FLIPS = np.column_stack([RNG.integers(0, 9, 700), RNG.integers(0, 9, 700)])

CASES = [
    (CoinMixture([0.3, 0.6, 0.9], [0.2, 0.3, 0.5]), FLIPS),
    (PoissonMixture([0.2, 0.3, 0.5], [1, 4, 6]), FLIPS[:, 0]),
    (GaussianMixture1D([0.2, 0.3, 0.5], [-2, 0, 2], [1, 4, 2]), POINTS[:, 0]),
    (
        GaussianMixture(
            [0.2, 0.3, 0.5],
            [[-2, 0], [0, 1], [2, 0]],
            [np.eye(2), [[2, 1], [1, 4]], 9 * np.eye(2)],
        ),
        POINTS,
    ),
    (KMeans([[-2, 0], [0, 1], [2, 0]]), POINTS),
]
each = pytest.mark.parametrize(("model", "x"), CASES, ids=lambda v: type(v).__name__)
each_mixture = pytest.mark.parametrize(("model", "x"), CASES[:4], ids=lambda v: type(v).__name__)


@each_mixture
def test_all_quantities_come_from_the_log_joint(model, x):
    joint = model.log_joint(x)
    density = special.logsumexp(joint, axis=1)
    assert model.log_density(x) == pytest.approx(density, rel=1e-13)
    assert model.log_likelihood(x) == pytest.approx(density.sum(), rel=1e-13)
    assert type(model.log_likelihood(x)) is float
    r = model.responsibilities(x)
    assert r == pytest.approx(np.exp(joint - density[:, None]), abs=1e-14)
    assert r.sum(axis=1) == pytest.approx(np.ones(len(x)), abs=1e-14)


@each
def test_predictions_are_the_largest_of_the_log_joint(model, x):
    labels = model.predict(x)
    assert labels.shape == (len(x),)
    assert labels.dtype.kind == "i"
    assert (labels == model.log_joint(x).argmax(axis=1)).all()
    assert len(set(labels)) == 3


@each
def test_an_e_step_is_responsibilities_and_statistics_in_one_pass(model, x):
    stats, objective = model.e_step(x)
    whole = model.statistics(x, model.responsibilities(x))
    for name in {"means", *vars(whole)} - {"origin", "offsets", "farthest"}:
        if hasattr(whole, name):
            value = getattr(whole, name)
            assert getattr(stats, name) == pytest.approx(value, rel=1e-11, abs=1e-11)
    assert type(objective) is float
    expected = model.objective(x) if isinstance(model, KMeans) else model.log_likelihood(x)
    assert objective == pytest.approx(expected, rel=1e-13)


@each
def test_blocks_of_any_size_give_the_same_e_step(model, x, monkeypatch):
    whole, objective = model.e_step(x)

    def blocks(self, n_components):
        for first in range(0, len(self), 53):
            yield self.values[first : first + 53], None

    monkeypatch.setattr(Rows, "blocks", blocks)
    parts, total = model.e_step(x)
    assert total == pytest.approx(objective, rel=1e-13)
    for name, value in vars(whole).items():
        if name not in ("origin", "farthest"):
            assert getattr(parts, name) == pytest.approx(value, rel=1e-12, abs=1e-12)


@each
def test_arguments_are_not_modified(model, x):
    before = x.copy()
    r = model.responsibilities(x)
    kept = r.copy()
    stats, _ = model.e_step(x)
    frozen = {name: np.array(value) for name, value in vars(stats).items()}
    model.m_step(stats)
    model.statistics(x, r)
    type(model).from_responsibilities(x, r)
    _ = stats + stats
    em.fit(model, x, tol=1e-3)
    assert (x == before).all()
    assert (r == kept).all()
    for name, value in frozen.items():
        assert (getattr(stats, name) == value).all()


@each
def test_equality_is_of_every_parameter_bit_for_bit(model, x):
    for field in dataclasses.fields(model):
        value = getattr(model, field.name)
        if isinstance(value, np.ndarray):
            nearly = value.copy()
            nearly.flat[0] = np.nextafter(nearly.flat[0], 2)
            assert dataclasses.replace(model, **{field.name: nearly}) != model
            assert dataclasses.replace(model, **{field.name: value.copy()}) == model
        else:
            other = {bool: not value, str: "tied"}.get(type(value), 1e-3)
            assert model._with(**{field.name: other}) != model
    assert model != "a model"
    assert (model == 3) is False
    assert KMeans([[0.0], [1.0]]) != KMeans([[0.0], [1.0], [2.0]])


def test_different_models_are_never_equal():
    flat = GaussianMixture1D([1.0], [0.0], [1.0])
    assert flat != CoinMixture([0.0], [1.0])
    assert (flat == KMeans([[0.0]])) is False


@each
def test_copies_and_pickles_are_equal(model, x):
    for again in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        assert again == model
        assert again.log_joint(x[:5]).tolist() == model.log_joint(x[:5]).tolist()


@each
def test_reordering_permutes_the_columns(model, x):
    order = [2, 0, 1]
    other = model.reorder(order)
    # The same few sums in another column, which other lanes of the processor may take.
    assert other.log_joint(x) == pytest.approx(model.log_joint(x)[:, order], rel=1e-13)
    assert type(other) is type(model)
    assert other.reorder([1, 2, 0]) == model
    for wrong in ([0, 1], [0, 1, 1], [0, 1, 3], [1, 2, 3]):
        with pytest.raises(ValueError, match="order: expected a permutation of 0 to 2"):
            model.reorder(wrong)
    with pytest.raises(ValueError, match="order: expected whole numbers"):
        model.reorder([0.5, 1, 2])


def test_sorting_is_by_place_or_by_a_named_field():
    model = GaussianMixture1D([0.5, 0.2, 0.3], [3, 1, 2], [7, 8, 9], fixed_weights=True)
    assert model.sort().means.tolist() == [1, 2, 3]
    assert model.sort().variances.tolist() == [8, 9, 7]
    assert model.sort("weights").weights.tolist() == [0.2, 0.3, 0.5]
    assert model.sort("variances").means.tolist() == [3, 1, 2]
    assert model.sort().fixed_weights is True
    plane = GaussianMixture([0.5, 0.3, 0.2], [[1, 2], [0, 9], [1, 0]], [np.eye(2)] * 3)
    assert plane.sort().means.tolist() == [[0, 9], [1, 0], [1, 2]]
    assert KMeans([[1, 2], [1, 0]]).sort().centroids.tolist() == [[1, 0], [1, 2]]
    assert CoinMixture([0.9, 0.1], [0.5, 0.5]).sort().biases.tolist() == [0.1, 0.9]
    for wrong in ("stds", "fixed_weights", "nothing"):
        with pytest.raises(ValueError, match=f"by: expected one of weights, .*, got '{wrong}'"):
            model.sort(wrong)


@each
def test_models_show_themselves_as_text_and_as_a_table(model, x):
    assert repr(model).startswith(type(model).__name__)
    html = model._repr_html_()
    assert html.startswith(f"<table><caption>{type(model).__name__}")
    assert html.count("<tr>") == 4


def test_log_sum_exp_is_safe_at_both_ends():
    table = np.array([[-1e5, -1e5 + 1], [1e5, 1e5], [0.0, -np.inf], [-np.inf, -np.inf]])
    with np.errstate(all="ignore"):  # the public methods see to that
        result = log_sum_exp(table)
    expected = [-1e5 + 1 + math.log1p(math.exp(-1)), 1e5 + math.log(2), 0.0, -math.inf]
    assert result.tolist() == pytest.approx(expected, rel=1e-15)


def test_a_warning_is_an_emwarning_at_the_line_of_the_caller():
    with pytest.warns(EMWarning, match="hello") as said:
        errors.warn("hello")
    assert said[0].filename == __file__


def test_a_component_owns_data_above_a_count_that_still_has_digits():
    assert 0.9e-292 < NO_DATA < 1.1e-292  # a double below it has fewer than 53 bits to lose
    for share, complaint in ((NO_DATA, "none for 1"), (0.0, "none for 1")):
        r = np.zeros((4, 3))
        r[:, 0] = 1 - share
        r[0, 1] = share
        with pytest.raises(CollapseError, match=complaint):
            GaussianMixture1D.from_responsibilities([0.0, 1.0, 2.0, 3.0], r)
    r[0, 1] = r[1, 2] = 4 * NO_DATA
    assert KMeans.from_responsibilities([0.0, 1.0, 2.0, 3.0], np.eye(4)).n_components == 4
    three = CoinMixture([0.2, 0.5, 0.7], [0.4, 0.3, 0.3])
    with pytest.warns(EMWarning, match="component 1 owns no data"):
        which_own_data(np.array([1.0, 0.0, 0.0]), three.weights)
    model = CoinMixture([0.2, 0.5, 0.7], [0.5, 0.5, 0.0])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        owns = which_own_data(np.array([1.0, 2 * NO_DATA, 0.0]), model.weights)
    assert owns.tolist() == [True, True, False]
    with pytest.warns(EMWarning, match="component 1 owns no data"):
        owns = which_own_data(np.array([1.0, NO_DATA, 0.0]), model.weights)
    assert owns.tolist() == [True, False, False]


def test_small_blanks_are_kept_for_the_next_start_and_large_ones_are_not(monkeypatch):
    monkeypatch.setattr(contract, "KEPT_NUMBERS", 2 * 3 * 3)
    rng = np.random.default_rng(8)
    points = rng.normal(size=(90, 3))
    for k, options, kept in ((1, {}, 1), (2, {}, 1), (3, {}, 0), (2, {"covariance_floor": 0.1}, 0)):
        contract._kept_placeholder.cache_clear()
        GaussianMixture.from_responsibilities(points, rng.dirichlet(np.ones(k), 90), **options)
        assert contract._kept_placeholder.cache_info().currsize == kept


@each_mixture
def test_a_row_that_occurs_so_often_counts_so_often(model, x):
    data = model.prepare(x[:300])
    times = np.random.default_rng(9).integers(1, 5, 300)
    counted, objective = model.readable_e_step(Rows(data.values, times * 1.0))
    whole, wanted = model.readable_e_step(Rows(np.repeat(data.values, times, axis=0)))
    assert objective == pytest.approx(wanted, rel=1e-13)
    expected = model.m_step(whole)._values()
    for name, value in model.m_step(counted)._values().items():
        right = expected[name]
        exact = right is None or isinstance(right, str)
        assert value == (right if exact else pytest.approx(right, rel=1e-11)), name


def test_a_row_that_no_component_can_have_made_is_not_predicted():
    model = CoinMixture([1.0, 1.0], [0.5, 0.5])
    with pytest.raises(ValueError, match="x: expected rows that some component"):
        model.predict([[3, 0], [0, 3]])


def test_what_vanishes_is_no_error_whatever_numpy_does_about_it():
    model = GaussianMixture1D([0.5, 0.5], [0, 1], [1, 1])
    with np.errstate(all="raise"):
        statistics = model.statistics([0.0, 1e-200, 1.0], [[1.0, 1e-280]] + [[1.0, 0.0]] * 2)
        assert statistics.n_k[0] == 3
        other = GaussianMixture1D([0.5, 0.5], [0, 1e-30], [1, 1])
        assert np.isfinite(about(model).slope(other, statistics)).all()
        assert about(model).model(np.array([0, -800, 0, 0, 0, 0])).weights.tolist() == [1, 0]
        coins = CoinMixture([1e-20, 0.5], [0.5, 0.5])
        statistics = coins.statistics([[1, 2]], [[1e-290, 1.0]])
        assert about(coins).information(statistics)[2] < 1e-300


def test_a_model_on_a_border_has_a_number_that_is_not_finite_and_no_warning():
    model = GaussianMixture1D([0.5, 0.5], [0, 1], [1, 1])
    border = about(model).of(GaussianMixture1D([1.0, 0.0], [0, 1], [1, 1]))
    assert np.isfinite(border).tolist() == [False, False, True, True, True, True]


def test_free_weights_of_any_size_are_weights():
    model = GaussianMixture1D([0.5, 0.5], [0, 1], [1, 1])
    assert about(model).model(np.array([800, 0, 0, 0, 0, 0])).weights.tolist() == [1, 0]


def test_weights_of_a_first_model_are_equal_or_given_to_be_held():
    x, r = [1.0, 2.0, 3.0, 4.0], [[0.9, 0.1], [0.8, 0.2], [0.2, 0.8], [0.3, 0.7]]
    free = GaussianMixture1D.from_responsibilities(x, r)
    assert free.weights == pytest.approx([0.55, 0.45])
    held = GaussianMixture1D.from_responsibilities(x, r, fixed_weights=True)
    assert held.weights.tolist() == [0.5, 0.5]
    given = GaussianMixture1D.from_responsibilities(x, r, fixed_weights=True, weights=[0.2, 0.8])
    assert given.weights.tolist() == [0.2, 0.8]
    with pytest.raises(ValueError, match="weights: expected none here without fixed_weights=True"):
        GaussianMixture1D.from_responsibilities(x, r, weights=[0.2, 0.8])
    with pytest.raises(ValueError, match=r"weights: expected shape \(2,\)"):
        GaussianMixture1D.from_responsibilities(x, r, fixed_weights=True, weights=[1.0])


@each_mixture
def test_samples_are_seeded_and_leave_the_global_generator_alone(model, x):
    np.random.seed(1)  # noqa: NPY002
    state = np.random.get_state()[1].tolist()  # noqa: NPY002
    a, b = model.sample(20, 5), model.sample(20, np.random.default_rng(5))
    assert a[0].tolist() == b[0].tolist()
    assert a[1].tolist() == b[1].tolist()
    assert model.sample(20, 6)[0].tolist() != a[0].tolist()
    assert np.random.get_state()[1].tolist() == state  # noqa: NPY002
    assert set(model.sample(200, 0)[1]) == {0, 1, 2}
    for wrong, error in ((0, ValueError), (-1, ValueError), (2.0, TypeError)):
        with pytest.raises(error, match="^n: expected"):
            model.sample(wrong, 0)
    with pytest.raises(TypeError, match="^rng: expected"):
        model.sample(1, None)


def test_weights_that_sum_to_one_only_nearly_can_be_drawn_from():
    model = GaussianMixture1D([0.5, 0.5 + 9e-9], [0, 1], [1, 1])
    assert model.sample(10, 0)[0].shape == (10,)


def test_a_base_model_promises_and_does_nothing():
    model = Model()
    for call in (
        model._summary,
        lambda: model.n_components,
        lambda: model.n_parameters,
        lambda: model.prepare([1.0]),
        lambda: Model._placeholder(1, 1),
        lambda: model._log_joint(np.zeros((1, 1))),
        lambda: model._normalise(np.zeros((1, 1))),
        lambda: model._statistics(np.zeros((1, 1)), np.zeros((1, 1))),
        lambda: model.m_step(None),
        lambda: Mixture()._draw(np.zeros(1, int), np.random.default_rng(0)),
    ):
        with pytest.raises(NotImplementedError):
            call()
