"""Rows with weights: zero is absent, a whole number is a repetition, and N is the sum."""

import functools
import warnings

import numpy as np
import pytest

from emlib import (
    CoinMixture,
    EMWarning,
    GaussianMixture,
    GaussianMixture1D,
    KMeans,
    PoissonMixture,
    bound,
    coins,
    em,
    selection,
    start,
)
from emlib.data.rows import Rows
from emlib.fast.kernel.e_step import kernel_of
from emlib.models.model import QUICK, QuickSteps

RNG = np.random.default_rng(20261130)
N, ROUNDS = 90, 7
LINE = np.concatenate([RNG.normal(0, 1, 40), RNG.normal(4, 2, 50)])
PLANE = np.column_stack([LINE, 0.5 * LINE + RNG.normal(size=N)])
SPACE = np.column_stack([PLANE, RNG.normal(size=(N, 2))])
WIDE = 3 * (LINE > 2)[:, None] + RNG.normal(size=(N, 30))
TRIALS = coins.counts(RNG.binomial(12, RNG.choice([0.3, 0.8], N)), 12)
EVENTS = RNG.poisson(RNG.choice([2.0, 9.0], N)).astype(float)
COUNTED = np.round(LINE)  # few distinct values: equal ones are counted and kept once
HALF, THIRD = [0.5, 0.5], [0.3, 0.3, 0.4]


def gaussian(x, family, k=2):
    d = x.shape[1]
    return GaussianMixture(
        THIRD[:k] if k == 3 else HALF, x[:k], [3 * np.eye(d)] * k, covariance_type=family
    )


CASES = {
    "coins": (CoinMixture([0.4, 0.6], HALF), TRIALS),
    "coins, weights held": (CoinMixture([0.4, 0.6], HALF, fixed_weights=True), TRIALS),
    "Poisson": (PoissonMixture(HALF, [3, 7]), EVENTS),
    "1-D": (GaussianMixture1D(HALF, [-1, 3], [2, 2]), LINE),
    "1-D, equal values": (GaussianMixture1D(HALF, [-1, 3], [2, 2]), COUNTED),
    "1-D, tied": (GaussianMixture1D(HALF, [-1, 3], [2, 2], covariance_type="tied"), LINE),
    "1-D, floor": (GaussianMixture1D(HALF, [-1, 3], [2, 2], covariance_floor=1.5), LINE),
    "2-D": (gaussian(PLANE, "full"), PLANE),
    "2-D, floor": (
        GaussianMixture(HALF, PLANE[:2], [3 * np.eye(2)] * 2, covariance_floor=1),
        PLANE,
    ),
    "4-D": (gaussian(SPACE, "full"), SPACE),
    "30-D": (gaussian(WIDE, "full"), WIDE),
    "K-means": (KMeans(PLANE[:3]), PLANE),
}
CASES |= {
    f"2-D, {family}": (gaussian(PLANE, family), PLANE) for family in ("tied", "diag", "spherical")
}
CASES |= {
    f"4-D, {family}": (gaussian(SPACE, family), SPACE) for family in ("tied", "diag", "spherical")
}


def in_both_forms(cases):
    """Parametrise a law by models with their data, in the quick and the readable form."""
    parameters = pytest.mark.parametrize(("model", "x"), cases.values(), ids=cases)
    return lambda test: pytest.mark.usefixtures("form")(parameters(test))


each = in_both_forms(CASES)
WEIGHTED = {name: case for name, case in CASES.items() if name != "K-means"}
each_mixture = in_both_forms(WEIGHTED)


@pytest.fixture(params=["quick", "readable"])
def form(request, monkeypatch):
    """Every law holds in both forms of the steps."""
    if request.param == "readable":
        for kind in list(QUICK):
            jumps = QuickSteps(accelerated=QUICK[kind].accelerated)
            monkeypatch.setitem(QUICK, kind, jumps)


def after(model, x, weights=None, rounds=ROUNDS):
    """The step after so many rounds."""
    for step in em.iterate(model, x, sample_weight=weights):
        if step.iteration == rounds:
            return step
    raise AssertionError


def same(one, other, rel=1e-12):
    """Two models, to rounding: means near zero are compared in units of the data's spread."""
    for name, value in one._values().items():
        wanted = other._values()[name]
        assert value == (
            wanted
            if wanted is None or isinstance(wanted, str)
            else pytest.approx(wanted, rel=rel, abs=rel)
        )


@each
def test_zero_is_absent(model, x):
    weights = np.ones(N)
    weights[[0, 3, 4, 50, N - 1]] = 0.0  # the first row too, from which differences are taken
    one, other = after(model, x, weights), after(model, x[weights > 0])
    same(one.model, other.model)
    assert one.objective == pytest.approx(other.objective, rel=1e-12)


@each
def test_a_whole_number_is_a_repetition(model, x):
    weights = np.random.default_rng(1).integers(0, 5, N)
    one, other = after(model, x, weights), after(model, np.repeat(x, weights, axis=0))
    same(one.model, other.model)
    assert one.objective == pytest.approx(other.objective, rel=1e-12)


@each
def test_ones_change_nothing(model, x):
    one, other = after(model, x, np.ones(N)), after(model, x)
    same(one.model, other.model)
    assert one.objective == pytest.approx(other.objective, rel=1e-12)


@each
@pytest.mark.parametrize("c", [1e-30, 0.125, 3.0, 1e30])
def test_scaling_all_weights_scales_the_objective_and_moves_no_estimate(model, x, c):
    weights = np.random.default_rng(2).gamma(1.0, size=N)
    one, other = after(model, x, weights), after(model, x, c * weights)
    same(one.model, other.model)
    assert other.objective == pytest.approx(c * one.objective, rel=1e-12, abs=0)


@each
def test_the_same_rule_ends_a_fit_whatever_the_weights_are_measured_in(model, x):
    weights = np.random.default_rng(2).gamma(1.0, size=N)
    one, other = (em.fit(model, x, sample_weight=c * weights, tol=1e-5) for c in (1.0, 2.0**20))
    assert one.n_iter == other.n_iter  # a power of two rounds nothing
    assert one.converged
    assert other.converged


@each
def test_the_order_does_not_matter(model, x):
    rng = np.random.default_rng(5)
    weights, order = rng.gamma(1.0, size=N), rng.permutation(N)
    one, other = after(model, x, weights), after(model, x[order], weights[order])
    same(one.model, other.model)
    assert one.objective == pytest.approx(other.objective, rel=1e-12)


def blocks_of(x, weights):
    cuts = [17, 18, 60]
    return np.split(np.atleast_2d(x.T).T.reshape(N, -1), cuts), np.split(weights, cuts)


@each
def test_blocks_add_up_to_the_whole(model, x):
    weights = np.random.default_rng(4).gamma(1.0, size=N)
    weights[17] = weights[70] = 0.0  # a block of one row that is absent, and a row in another
    blocks, parts = blocks_of(x, weights)
    whole = after(model, x, weights)
    for given in (parts, weights, np.split(weights, [40])):  # cut alike, in one, cut elsewhere
        step = after(model, blocks, given)
        same(step.model, whole.model, rel=1e-11)
        assert step.objective == pytest.approx(whole.objective, rel=1e-12)
    half = slice(None, 45), slice(45, None)
    one, two = (model.e_step(x[rows], weights[rows]) for rows in half)
    total, objective = model.e_step(x, weights)
    same(model.m_step(one[0] + two[0]), model.m_step(total))
    assert one[1] + two[1] == pytest.approx(objective, rel=1e-12)


@each_mixture
def test_every_function_of_the_bound_and_of_selection_takes_them(model, x):
    weights = np.random.default_rng(5).integers(0, 4, N)
    again = np.repeat(x, weights, axis=0)
    q = np.random.default_rng(6).dirichlet(np.ones(model.n_components), size=N)
    q_again = np.repeat(q, weights, axis=0)
    close = functools.partial(pytest.approx, rel=1e-12)
    assert model.log_likelihood(x, weights) == close(model.log_likelihood(again))
    for function in (bound.q_function, bound.elbo, bound.kl):
        assert function(model, x, q, weights) == close(function(model, again, q_again))
    assert bound.entropy(q, weights) == close(bound.entropy(q_again))
    assert selection.aic(model, x, weights) == close(selection.aic(model, again))
    assert selection.bic(model, x, weights) == close(selection.bic(model, again))
    one, two = model.statistics(x, q, weights), model.statistics(again, q_again)
    same(model.m_step(one), model.m_step(two))
    kind, options = type(model), {"fixed_weights": True, "weights": model.weights}
    same(
        kind.from_responsibilities(x, q, weights, **options),
        kind.from_responsibilities(again, q_again, **options),
    )


@each_mixture
def test_counts_of_equal_rows_are_honoured_everywhere(model, x):
    """Where equal rows were counted, and where they were not, every function says the same."""
    values, inverse, times = np.unique(x, axis=0, return_inverse=True, return_counts=True)
    counted = Rows(values.reshape(len(values), -1), times.astype(float), n_rows=N)
    q = model.responsibilities(values)
    spread = q[inverse.ravel()]
    close = functools.partial(pytest.approx, rel=1e-12)
    assert model.log_likelihood(counted) == close(model.log_likelihood(x))
    assert selection.bic(model, counted) == close(selection.bic(model, x))
    assert bound.elbo(model, counted, q) == close(bound.elbo(model, x, spread))
    assert bound.kl(model, counted, q) == pytest.approx(0, abs=1e-9)
    same(model.m_step(model.statistics(counted, q)), model.m_step(model.statistics(x, spread)))
    same(after(model, counted).model, after(model, x).model)
    with pytest.raises(ValueError, match=r"r: expected shape \(\d+, 2\)"):
        model.statistics(counted, np.full((len(counted.values) + 1, 2), 0.5))
    with pytest.raises(ValueError, match="sample_weight: expected None for data that have weights"):
        model.log_likelihood(counted, np.ones(len(counted.values)))


BAD = [
    ([-1.0] + [1.0] * (N - 1), ValueError, "sample_weight: expected no negative weight, got -1 at"),
    ([np.nan] + [1.0] * (N - 1), ValueError, "sample_weight: expected finite numbers, got nan at"),
    ([np.inf] * N, ValueError, "sample_weight: expected finite numbers, got inf"),
    (
        [1.0] * (N - 1),
        ValueError,
        f"sample_weight: expected {N} weights, one for each row of x, got",
    ),
    ([0.0] * N, ValueError, "sample_weight: expected at least one weight above zero"),
    ([[1.0]] * N, ValueError, r"sample_weight: expected 1 dimension\(s\), got 2"),
    (["a"] * N, TypeError, "sample_weight: expected real numbers, got text"),
    (2.0, ValueError, r"sample_weight: expected 1 dimension\(s\), got 0"),
]


@pytest.mark.parametrize("name", ["coins", "1-D", "2-D", "K-means"])
@pytest.mark.parametrize(("weights", "error", "words"), BAD)
def test_what_is_no_weight_is_refused_in_one_sentence(name, weights, error, words):
    model, x = CASES[name]
    for call in (
        lambda: em.fit(model, x, sample_weight=weights),
        lambda: next(em.iterate(model, x, sample_weight=weights)),
        lambda: model.e_step(x, weights),
        lambda: start.kmeans_plus_plus(
            type(model), x, n_components=2, rng=0, sample_weight=weights
        ),
        lambda: em.multistart(type(model), x, n_components=2, rng=0, sample_weight=weights),
        lambda: start.from_labels(type(model), x, np.arange(N) % 2, sample_weight=weights),
    ):
        with pytest.raises(error, match=words):
            call()


@pytest.mark.parametrize(("weights", "error", "words"), BAD[:4])
def test_blocks_refuse_the_same(weights, error, words):
    blocks = np.split(PLANE, 3)
    with pytest.raises(error, match=words.replace("one for each row of x, got", "one for")):
        em.fit(KMeans(PLANE[:2]), blocks, sample_weight=np.array(weights))
    with pytest.raises(TypeError, match="sample_weight: expected weights that can be read again"):
        em.fit(KMeans(PLANE[:2]), blocks, sample_weight=iter([np.ones(N)]))


def test_rows_of_weight_zero_count_neither_as_rows_nor_in_the_sum():
    model, weights = GaussianMixture1D(HALF, [0, 1], [1, 1]), [1.0, 0.0, 0.0]
    with pytest.raises(ValueError, match=r"n_components=2, got 1 row\(s\)"):
        em.fit(model, [0.0, 1.0, 2.0], sample_weight=weights)
    with pytest.raises(ValueError, match=r"n_components=2, got 1 row\(s\)"):
        em.multistart(GaussianMixture1D, [0.0, 1, 2], n_components=2, rng=0, sample_weight=weights)
    with pytest.raises(
        ValueError, match="x: expected finite numbers"
    ):  # the checks is for all rows
        em.fit(model, [0.0, 1.0, 2.0, np.nan], sample_weight=[1, 1, 1, 0])
    data = model.prepare(LINE, np.r_[0.0, np.full(N - 1, 0.5)])
    assert (len(data), data.total_weight) == (N - 1, (N - 1) / 2)


def test_an_impossible_row_that_is_absent_does_no_harm():
    sure = CoinMixture([0.0, 1.0], HALF)
    x = [[3.0, 0.0], [2.0, 1.0], [0.0, 5.0]]
    assert sure.e_step(x, [1, 0, 1])[0].n_k.tolist() == [1, 1]
    assert bound.elbo(sure, x, [[0, 1], [0.5, 0.5], [1, 0]], [1, 0, 1]) == 2 * np.log(0.5)


@pytest.mark.parametrize("make", [start.kmeans_plus_plus, start.random_points])
def test_starts_draw_rows_in_proportion_to_their_weight(make):
    x, drawn = np.array([0.0, 10.0, 20.0]), []
    for seed in range(400):
        rng = np.random.default_rng(seed)
        theta = make(KMeans, x, n_components=1, rng=rng, sample_weight=[1.0, 0.0, 3.0])
        assert theta.centroids == pytest.approx(15.0)  # and the mean is weighted
        rng = np.random.default_rng(seed)
        two = make(KMeans, x, n_components=2, rng=rng, sample_weight=[1.0, 0.0, 3.0])
        drawn.append(two.centroids[0, 0])
    assert set(drawn) == {0.0, 20.0}
    # 400 draws of probability 3/4: within four standard errors
    assert np.mean(np.equal(drawn, 20.0)) == pytest.approx(0.75, abs=4 * np.sqrt(0.1875 / 400))


def test_the_next_seed_is_drawn_by_weight_times_squared_distance(monkeypatch):
    x, weights, seeds = np.array([0.0, 1.0, 2.0]), [1.0, 8.0, 6.0], []
    plain = start.squared_distances

    def spy(points, seed):
        seeds.append(int(seed))
        return plain(points, seed)

    monkeypatch.setattr(start, "squared_distances", spy)
    for i in range(600):
        rng = np.random.default_rng(i)
        start.kmeans_plus_plus(KMeans, x, n_components=2, rng=rng, sample_weight=weights)
    drawn = np.reshape(seeds, (600, 2))
    # From 0 the weighted squared distances are 8 and 24, from 1 they are 1 and 6, from 2 4 and 8.
    second = [[0, 8 / 32, 24 / 32], [1 / 7, 0, 6 / 7], [4 / 12, 8 / 12, 0]]
    for i in range(3):
        for j in range(3):
            chance = weights[i] / 15 * second[i][j]
            share = np.mean((drawn == [i, j]).all(axis=1))  # within four standard errors
            assert share == pytest.approx(chance, abs=4 * np.sqrt(chance * (1 - chance) / 600))


def test_a_start_of_ones_own_is_handed_the_weights():
    seen = []

    def mine(model_class, x, *, n_components, rng, sample_weight, **options):
        seen.append(sample_weight)
        return start.random_points(
            model_class, x, n_components=n_components, rng=rng, sample_weight=sample_weight
        )

    weights = np.ones(N)
    fits = em.multistart(
        GaussianMixture, PLANE, n_components=2, n_starts=2, rng=0, start=mine, sample_weight=weights
    )
    assert [given is weights for given in seen] == [True, True]
    assert fits[0].objective == pytest.approx(fits[0].model.log_likelihood(PLANE), rel=1e-12)


@each_mixture
@pytest.mark.parametrize("how", ["squarem", "lbfgs"])
def test_accelerated_fits_take_them_too(model, x, how):
    weights = np.random.default_rng(7).integers(1, 4, N)
    options = {"tol": 1e-10, "accelerate": how, "max_iter": 20_000}
    one = em.fit(model, x, sample_weight=weights, **options)
    other = em.fit(model, np.repeat(x, weights, axis=0), **options)
    assert one.objective == pytest.approx(other.objective, rel=1e-9)
    plain = em.fit(model, x, sample_weight=weights, tol=1e-10, max_iter=20_000)
    assert one.objective >= plain.objective - 1e-8 * weights.sum()


@pytest.mark.parametrize("how", ["squarem", "lbfgs"])
def test_an_accelerated_fit_goes_the_same_way_whatever_weights_are_measured_in(how):
    model, weights = CASES["2-D"][0], np.random.default_rng(7).gamma(1.0, size=N)
    ways = [
        em.fit(model, PLANE, sample_weight=c * weights, accelerate=how, tol=1e-12, max_iter=5000)
        for c in (1.0, 2.0**-60)  # a power of two rounds nothing
    ]
    assert ways[0].n_e_steps == ways[1].n_e_steps
    same(ways[0].model, ways[1].model)


@pytest.mark.parametrize("d", [1, 2, 4, 30])
def test_the_kernel_takes_weights_of_any_size(d):
    x = np.random.default_rng(3).normal(size=(40_000, d))  # several chunks
    times = np.random.default_rng(4).integers(1, 4, len(x)).astype(float)
    again = Rows(np.repeat(x, times.astype(int), axis=0))
    means, covariances = x[:2], np.array([np.eye(d)] * 2)
    wanted, objective = kernel_of(again, 2).e_step(np.array(HALF), means, covariances)
    for c in (1.0, 1e-30):
        fast = kernel_of(Rows(x, c * times), 2)
        assert fast.scaling.centre == pytest.approx(kernel_of(again, 2).scaling.centre, abs=1e-12)
        found = fast.e_step(np.array(HALF), means, covariances)
        assert found[1] == pytest.approx(c * objective, rel=1e-12)
        assert found[0].n_k == pytest.approx(c * wanted.n_k, rel=1e-12)


@pytest.mark.parametrize("c", [1 / 40_000, 1e-30, 1e30])
@pytest.mark.parametrize("d", [1, 2, 3])
def test_rows_far_from_every_component_keep_their_weight(d, c):
    """Terms that are huge or tiny before they are normalised must not meet a weight too early."""
    rng = np.random.default_rng(d)
    x = np.concatenate([rng.normal(0, 1, (20_000, d)), rng.normal(34 / np.sqrt(d), 1, (20_000, d))])
    x[0] = 36.6 / np.sqrt(d)
    if d == 1:
        model = GaussianMixture1D(HALF, [0, 34], [1, 1])
    else:
        model = GaussianMixture(HALF, [np.zeros(d), np.full(d, 34 / np.sqrt(d))], [np.eye(d)] * 2)
    one, other = after(model, x, None, 3), after(model, x, np.full(len(x), c), 3)
    assert other.objective == pytest.approx(c * one.objective, rel=1e-11)
    same(one.model, other.model, rel=1e-10)  # in units of spread: sums of squares keep ten digits


def test_equal_rows_are_counted_with_their_weights():
    data = CASES["1-D, equal values"][0].prepare_fit(COUNTED, np.arange(N) + 1.0)
    assert len(data.values) < N / 2
    assert data.times.sum() == data.total_weight == N * (N + 1) / 2
    assert len(data) == N


def test_multistart_is_that_of_each_fit():
    weights = np.random.default_rng(8).integers(0, 3, N)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", EMWarning)
        fits = em.multistart(
            GaussianMixture1D, LINE, n_components=2, n_starts=3, rng=0, sample_weight=weights
        )
    best = fits[0].model
    assert fits[0].objective == pytest.approx(best.log_likelihood(LINE, weights), rel=1e-12)


def test_the_weights_of_held_out_rows_go_with_them():
    weights = np.arange(8.0)
    x_fit, x_held, w_fit, w_held = selection.hold_out(weights * 10, 0, sample_weight=weights)
    assert (x_fit == 10 * w_fit).all()
    assert (x_held == 10 * w_held).all()
    assert (len(w_fit), len(w_held)) == (6, 2)
    with pytest.raises(ValueError, match="sample_weight: expected 8 weights"):
        selection.hold_out(weights, 0, sample_weight=weights[:7])


def test_a_model_that_takes_no_weights_says_so():
    class Own:
        def prepare_fit(self, x):
            return np.asarray(x)

        def e_step(self, x):
            return 0, 0.0

        def m_step(self, statistics):
            return self

    with pytest.raises(TypeError, match="sample_weight: expected None for Own, whose prepare_fit"):
        em.fit(Own(), [1.0], sample_weight=[1.0])


def test_weights_are_left_as_they_are():
    weights = np.ones(N)
    weights[0] = 0.0
    weights.setflags(write=False)
    em.fit(CASES["2-D"][0], PLANE, sample_weight=weights)
    em.fit(CASES["2-D"][0], PLANE, sample_weight=weights.astype(np.float32))
    em.fit(CASES["2-D"][0], PLANE, sample_weight=weights.astype(int).tolist())


def test_a_file_of_weights_is_read_with_its_rows(tmp_path):
    rng = np.random.default_rng(9)
    x, w = rng.normal(size=(600_000, 2)), rng.integers(0, 3, 600_000) * 1.0
    for name, table in (("x", x), ("w", w)):
        np.save(tmp_path / f"{name}.npy", table)
    files = [np.load(tmp_path / f"{name}.npy", mmap_mode="r") for name in "xw"]
    model = GaussianMixture(HALF, [[-1, 0], [1, 0]], [np.eye(2)] * 2)
    one, other = after(model, files[0], files[1], 2), after(model, x, w, 2)
    same(one.model, other.model, rel=1e-11)
