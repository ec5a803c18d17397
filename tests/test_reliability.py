"""What `emlib` must survive: units, types, degenerate data, bad arguments, and being called twice.

A row of the table of failure modes is a section here. The promise: a right number, or an error
that names the argument; never NaN, never a warning that is not an `EMWarning`.
"""

import dataclasses
import math
import tracemalloc
import warnings

import numpy as np
import pytest

from emlib import (
    CoinMixture,
    CollapseError,
    EMWarning,
    GaussianMixture,
    GaussianMixture1D,
    KMeans,
    bound,
    coins,
    datasets,
    em,
    mle,
    selection,
    start,
)

PLANE = datasets.three_clusters(3).x[::5]
LINE = PLANE[:, 0]
TRIALS = datasets.many_trials(3, n=40).x

COINS = CoinMixture([0.7, 0.3], [0.4, 0.6])
ON_LINE = GaussianMixture1D([0.5, 0.5], [0, 5], [2, 2])
IN_PLANE = GaussianMixture([0.5, 0.5], [[0, 1], [5, 3]], [2 * np.eye(2)] * 2)
CLUSTERS = KMeans([[0, 1], [5, 3]])

PROBLEMS = [(COINS, TRIALS), (ON_LINE, LINE), (IN_PLANE, PLANE), (CLUSTERS, PLANE)]
each = pytest.mark.parametrize(("model", "x"), PROBLEMS, ids=lambda v: type(v).__name__)
each_mixture = pytest.mark.parametrize(("model", "x"), PROBLEMS[:3], ids=lambda v: type(v).__name__)
each_gaussian = pytest.mark.parametrize(
    ("model", "x"), PROBLEMS[1:3], ids=lambda v: type(v).__name__
)


def arrays(model):
    """Give the parameters of a model, by name."""
    values = {field.name: getattr(model, field.name) for field in dataclasses.fields(model)}
    return {name: value for name, value in values.items() if isinstance(value, np.ndarray)}


def spread(model):
    return model.variances if isinstance(model, GaussianMixture1D) else model.covariances


def rescaled(model, scale, offset=0.0):
    """Give the same model in other units."""
    values = {}
    for name, value in arrays(model).items():
        if name in ("means", "centroids"):
            values[name] = value * scale + offset
        elif name in ("variances", "covariances"):
            values[name] = value * scale**2
    return dataclasses.replace(model, **values)


def rounding(fit, x):
    """How far two forms of an objective may be apart: a sum of N terms is off by at most N eps of
    their sizes (Higham, Accuracy and Stability of Numerical Algorithms, section 4.2), in each form.
    """
    return 2 * len(x) * np.finfo(float).eps * (abs(fit.objective) + len(x))


def same(a, b, rel=1e-9):
    for name, value in arrays(a).items():
        assert getattr(b, name) == pytest.approx(value, rel=rel, abs=1e-12)


def public_calls(model, x, n=None):
    """Everything that can be asked of a model and n rows of data, as functions of nothing."""
    n = len(x) if n is None else n
    calls = {
        "fit": lambda: em.fit(model, x, tol=1e-6),
        "iterate": lambda: next(em.iterate(model, x)),
        "multistart": lambda: em.multistart(
            type(model), x, n_components=2, n_starts=2, rng=0, tol=1e-6
        ),
        "e_step": lambda: model.e_step(x),
        "log_joint": lambda: model.log_joint(x),
        "responsibilities": lambda: model.responsibilities(x),
        "statistics": lambda: model.statistics(x, np.full((n, 2), 0.5)),
        "predict": lambda: model.predict(x),
        "coordinates": lambda: type(model).coordinates(x),
        "from_responsibilities": lambda: type(model).from_responsibilities(
            x, np.tile([[0.75, 0.25], [0.25, 0.75]], (n, 1))[:n]
        ),
        "from_labels": lambda: start.from_labels(type(model), x, np.arange(n) % 2),
    }
    for begin in (start.kmeans_plus_plus, start.random_points, start.random_responsibilities):
        calls[begin.__name__] = lambda begin=begin: begin(type(model), x, n_components=2, rng=0)
    if isinstance(model, KMeans):
        calls["objective"] = lambda: model.objective(x)
    else:
        calls |= {
            "log_density": lambda: model.log_density(x),
            "log_likelihood": lambda: model.log_likelihood(x),
            "posterior": lambda: bound.posterior(model, x),
            "aic": lambda: selection.aic(model, x),
            "bic": lambda: selection.bic(model, x),
        }
        for function in (bound.q_function, bound.elbo, bound.kl):
            calls[function.__name__] = lambda function=function: function(
                model, x, np.full((n, 2), 0.5)
            )
    return calls


NAMES = {type(m): sorted(public_calls(m, x)) for m, x in PROBLEMS}
each_call = pytest.mark.parametrize(
    ("model", "x", "name"),
    [(m, x, name) for m, x in PROBLEMS for name in NAMES[type(m)]],
    ids=lambda v: v if isinstance(v, str) else type(v).__name__,
)


# Units and offsets


@pytest.mark.parametrize("scale", [1e-135, 1e-80, 1e-20, 1e20, 1e80, 1e140])
@pytest.mark.parametrize(("model", "x"), PROBLEMS[1:], ids=lambda v: type(v).__name__)
def test_results_do_not_depend_on_units(model, x, scale):
    d = 1 if x.ndim == 1 else x.shape[1]
    plain = em.fit(model, x, tol=1e-10)
    other = em.fit(rescaled(model, scale), x * scale, tol=1e-10)
    if isinstance(model, KMeans):
        assert other.objective / scale**2 == pytest.approx(plain.objective, rel=1e-12)
        assert other.model.centroids / scale == pytest.approx(plain.model.centroids, rel=1e-12)
    else:
        shift = len(x) * d * math.log(scale)
        assert other.objective + shift == pytest.approx(plain.objective, abs=1e-6)
        same(plain.model, rescaled(other.model, 1 / scale), rel=1e-4)
    best = em.multistart(type(model), x, n_components=2, n_starts=3, rng=5)
    scaled = em.multistart(type(model), x * scale, n_components=2, n_starts=3, rng=5)
    for a, b in zip(best, scaled, strict=True):
        same(a.model, rescaled(b.model, 1 / scale), rel=1e-3)


@pytest.mark.parametrize("offset", [1e4, 1e8, -1e8])
@pytest.mark.parametrize(("model", "x"), PROBLEMS[1:], ids=lambda v: type(v).__name__)
def test_results_do_not_depend_on_an_offset(model, x, offset):
    x = np.round(x * 2**10) / 2**10  # each a double at the offset too
    plain = em.fit(model, x, tol=1e-6)
    moved = em.fit(rescaled(model, 1.0, offset), x + offset, tol=1e-6)
    assert moved.objective == pytest.approx(plain.objective, rel=1e-6)
    if not isinstance(model, KMeans):
        assert spread(moved.model) == pytest.approx(spread(plain.model), rel=1e-4, abs=1e-5)


def test_a_step_at_an_offset_is_the_step_without_it_to_the_last_digits():
    x = np.round(PLANE * 2**10) / 2**10
    here = IN_PLANE.m_step(IN_PLANE.e_step(x)[0])
    moved = rescaled(IN_PLANE, 1.0, 1e8)
    there = moved.m_step(moved.e_step(x + 1e8)[0])
    assert there.covariances == pytest.approx(here.covariances, rel=1e-12)
    assert there.weights == pytest.approx(here.weights, rel=1e-12)


@pytest.mark.parametrize("scale", [1e-145, 1e-160, 1e-290, 1e151, 1e300])
@pytest.mark.parametrize(("model", "x"), PROBLEMS[1:], ids=lambda v: type(v).__name__)
def test_units_in_which_squares_are_lost_are_refused(model, x, scale):
    for call in (
        lambda: em.multistart(type(model), x * scale, n_components=2, rng=0, n_starts=1),
        lambda: em.fit(model, x * 1e200),
        lambda: mle.normal(LINE * scale),
    ):
        with pytest.raises(ValueError, match=r"^x: expected .*rescale"):
            call()


def test_a_variance_is_never_a_difference_of_large_sums():
    x = np.array([1e9 + 0.1, 1e9 + 0.2, 1e9 + 0.3, 1e9 + 0.4])
    assert mle.normal(x).variance == pytest.approx(0.0125, rel=1e-5)
    fit = em.fit(GaussianMixture1D([1.0], [0.0], [1.0]), x)
    assert fit.model.variances[0] == pytest.approx(mle.normal(x).variance, rel=1e-12)
    assert (em.fit(GaussianMixture([1.0], [[0.0]], [[[1.0]]]), x).model.covariances > 0).all()


# Types, containers and layouts


@each
def test_all_containers_give_the_same_numbers(model, x):
    import pandas as pd  # slow to load

    x = np.round(x * 4) / 4  # each a double, a float and a half
    ways = {
        "list": x.tolist(),
        "fortran": np.asfortranarray(x),
        "strided": np.repeat(x, 3, axis=0)[::3],
        "negative stride": x[::-1].copy()[::-1],
        "big-endian": x.astype(">f8"),
        "float32": x.astype(np.float32),
        "float16": x.astype(np.float16),
        "object": x.astype(object),
        "pandas": pd.Series(x) if x.ndim == 1 else pd.DataFrame(x, index=np.arange(len(x))[::-1]),
    }
    if isinstance(model, CoinMixture):
        ways["int8"] = x.astype(np.int8)
        ways["uint64"] = x.astype(np.uint64)
    expected = em.fit(model, x, tol=1e-6)
    for way in ways.values():  # each becomes the same table, so it is the same call: bit for bit
        fit = em.fit(model, way, tol=1e-6)
        assert fit.history.tolist() == expected.history.tolist()
        assert fit.model == expected.model


@each
def test_parameters_come_in_all_containers_too(model, x):
    values = {name: value.tolist() for name, value in arrays(model).items()}
    assert dataclasses.replace(model, **values) == model
    fortran = {name: np.asfortranarray(value) for name, value in arrays(model).items()}
    assert dataclasses.replace(model, **fortran) == model
    whole = KMeans(np.array([[0, 1], [5, 3]], np.int8))
    assert em.fit(whole, PLANE).model == em.fit(CLUSTERS, PLANE).model


@each_call
def test_arguments_are_never_changed_and_may_be_read_only(model, x, name):
    given = np.array(x)
    given.setflags(write=False)
    public_calls(model, given)[name]()
    loose = np.array(x)
    public_calls(model, loose)[name]()
    assert loose.tolist() == x.tolist()
    assert loose.flags.writeable


BAD_DATA = {
    "NaN": (np.nan, "finite"),
    "infinity": (np.inf, "finite"),
    "minus infinity": (-np.inf, "finite"),
    "text": ("7", "real numbers"),
    "complex": (1 + 2j, "real numbers"),
    "nothing": (None, "real numbers"),
    "a list": ([1.0, 2.0], "ragged"),
}


@each_call
@pytest.mark.parametrize("bad", BAD_DATA)
def test_bad_data_are_refused_by_name_at_every_door(model, x, name, bad):
    value, words = BAD_DATA[bad]
    rows = x.tolist()
    if x.ndim == 1:
        rows[3] = value
    else:
        rows[3][1] = value
    with pytest.raises((ValueError, TypeError), match=f"^x: expected .*{words}"):
        public_calls(model, rows)[name]()


@each_call
@pytest.mark.parametrize("bad", ["masked", "sparse", "empty", "three dimensions"])
def test_bad_tables_are_refused_by_name_at_every_door(model, x, name, bad):
    from scipy import sparse

    table = {
        "masked": np.ma.array(x, mask=x > 4),
        "sparse": sparse.coo_array(np.atleast_2d(x)),
        "empty": x[:0],
        "three dimensions": np.zeros((4, 2, 2)),
    }[bad]
    with pytest.raises(ValueError, match="^x: expected"):
        public_calls(model, table, len(x))[name]()


# Degenerate data


@each_gaussian
def test_constant_data_collapse_without_a_floor_and_fit_with_one(model, x):
    flat = np.full_like(x, 7.3)
    with pytest.raises(CollapseError, match="component"):
        em.fit(model, flat)
    with pytest.raises(CollapseError, match="all 3 starts collapsed"):
        em.multistart(type(model), flat, n_components=2, n_starts=3, rng=0)
    floored = dataclasses.replace(model, covariance_floor=1e-3)
    with pytest.warns(EMWarning, match="components 0 and 1 are equal"):
        fit = em.fit(floored, flat)
    assert np.isfinite(fit.history).all()
    assert (np.diff(fit.history) >= -1e-10 * (abs(fit.history[1:]) + len(x))).all()


@pytest.mark.parametrize("n", [1, 2])
def test_one_or_two_points_have_a_defined_result_or_a_clear_error(n):
    with pytest.raises((CollapseError, ValueError), match=r"component 0|x: expected at least"):
        em.fit(IN_PLANE, PLANE[:n])
    floored = GaussianMixture([1.0], [[0.0, 0.0]], [np.eye(2)], covariance_floor=0.25)
    fit = em.fit(floored, PLANE[:1])
    assert fit.model.means.tolist() == PLANE[:1].tolist()
    assert fit.model.covariances[0] == pytest.approx(0.25 * np.eye(2))
    assert em.fit(KMeans([[0.0, 0.0]]), PLANE[:1]).objective == 0.0
    assert IN_PLANE.responsibilities(PLANE[:1]).sum() == pytest.approx(1.0)


@each
def test_duplicated_data_give_the_same_fit_and_twice_the_objective(model, x):
    once = em.fit(model, x, tol=1e-7)
    twice = em.fit(model, np.concatenate([x, x]), tol=1e-7)
    assert twice.history == pytest.approx(2 * once.history, rel=1e-11)
    same(once.model, twice.model, rel=1e-8)


@each
def test_the_order_of_rows_does_not_matter(model, x):
    order = np.random.default_rng(0).permutation(len(x))
    a, b = em.fit(model, x, tol=1e-6), em.fit(model, x[order], tol=1e-6)
    assert b.objective == pytest.approx(a.objective, rel=1e-11)
    same(a.model, b.model, rel=1e-8)


@each
def test_fewer_rows_than_components_are_refused_for_gaussians_and_k_means_alone(model, x):
    if isinstance(model, CoinMixture):
        with pytest.warns(EMWarning, match="are equal"):
            assert em.fit(model, x[:1]).converged
        with pytest.warns(EMWarning, match="are equal"):
            assert em.multistart(CoinMixture, x[:1], n_components=3, n_starts=1, rng=0)[0].converged
        return
    with pytest.raises(ValueError, match=r"x: expected at least as many rows as n_components=2"):
        em.fit(model, x[:1])
    with pytest.raises(ValueError, match=r"x: expected .*n_components=201, got 200 row\(s\)"):
        em.multistart(type(model), x, n_components=201, rng=0)


@pytest.mark.parametrize("policy", ["keep", "relocate"])
def test_clusters_without_points_never_give_nan_and_labels_are_those_of_the_last_centroids(policy):
    rng = np.random.default_rng(0)
    x = np.concatenate([PLANE[:40], PLANE[:5]])
    said = 0
    for _ in range(100):
        centroids = rng.uniform(x.min(axis=0) - 5, x.max(axis=0) + 5, (4, 2))
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            fit = em.fit(KMeans(centroids, empty=policy), x)
        assert all(w.category is EMWarning for w in caught)
        assert np.isfinite(fit.model.centroids).all()
        assert (np.diff(fit.history) >= -1e-12 * abs(fit.history[1:])).all()
        distances = ((x[:, None] - fit.model.centroids) ** 2).sum(axis=2)
        labels = fit.model.predict(x)
        # Each is a sum of two squares of differences, a few rounding units from the truth.
        chosen = distances[np.arange(len(x)), labels]
        assert chosen == pytest.approx(distances.min(axis=1), rel=1e-14)
        assert -fit.objective == pytest.approx(distances.min(axis=1).sum())
        empty = np.bincount(labels, minlength=4) == 0
        assert caught or not empty.any()
        said += bool(caught)
    assert 5 < said <= 100 if policy == "keep" else not said
    assert em.fit(KMeans(x[:4]), x).converged  # and where none is empty nothing is said


def test_labels_follow_the_start():
    for model, x in PROBLEMS:
        mirrored = model.reorder([1, 0])
        a, b = em.fit(model, x, tol=1e-6), em.fit(mirrored, x, tol=1e-6)
        same(a.model, b.model.reorder([1, 0]), rel=1e-9)
        assert b.model.reorder([1, 0]).predict(x).tolist() == a.model.predict(x).tolist()


# Boundaries, underflow and overflow


def test_extreme_but_possible_parameters_stay_finite_and_silent():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        tiny = GaussianMixture1D([1e-300, 1.0], [0, 0], [1e-200, 1e200])
        assert np.isfinite(tiny.log_joint([0.0, 1e-90])).all()
        assert np.isfinite(tiny.log_likelihood([0.0, 1e-90, 1e100]))
        fit = em.fit(CoinMixture([1 - 1e-16, 1e-300], [0.5, 0.5]), [[30, 0], [0, 30], [29, 1]])
        assert np.isfinite(fit.history).all()
        far = rescaled(IN_PLANE, 1.0, 1e6)
        assert np.isfinite(far.e_step(PLANE)[1])
        wide = GaussianMixture([0.5, 0.5], [[0, 0], [1, 1]], [1e200 * np.eye(2)] * 2)
        assert wide.responsibilities(PLANE) == pytest.approx(np.full((200, 2), 0.5))


def test_a_dead_component_far_away_does_not_make_the_living_look_narrow():
    for model, x in PROBLEMS[1:3]:
        means = model.means.copy()
        means[1] = 1e20
        with pytest.warns(EMWarning, match="component 1 owns no data"):
            fit = em.fit(dataclasses.replace(model, means=means), x, tol=1e-6)
        assert fit.converged
        assert fit.model.weights.tolist() == [1.0, 0.0]


@each_mixture
def test_a_zero_weight_stays_zero(model, x):
    dead = dataclasses.replace(model, weights=[1.0, 0.0])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fit = em.fit(dead, x, tol=1e-6)
    assert fit.model.weights.tolist() == [1.0, 0.0]
    assert fit.model.responsibilities(x)[:, 1].tolist() == [0.0] * len(x)
    one = type(model)(**{n: v[:1] for n, v in arrays(dead).items()})
    assert fit.objective == pytest.approx(em.fit(one, x, tol=1e-6).objective, rel=1e-12)


@each_mixture
def test_hard_and_one_sided_q_are_exact_and_silent(model, x):
    hard = np.eye(2)[np.arange(len(x)) % 2]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert bound.entropy(hard) == 0.0
        chosen = model.log_joint(x)[hard == 1].sum()
        assert bound.elbo(model, x, hard) == pytest.approx(chosen, rel=1e-12)
        dead = dataclasses.replace(model, weights=[1.0, 0.0])
        assert bound.elbo(dead, x, hard) == -math.inf
        assert bound.kl(dead, x, hard) == math.inf
        sure = np.tile([1.0, 0.0], (len(x), 1))
        assert bound.kl(dead, x, sure) == 0.0


@each_call
def test_strict_floating_point_errors_change_nothing(model, x, name):
    """Numbers that underflow are meant to; a caller who traps them must not be stopped."""
    x = x.copy()
    if not isinstance(model, CoinMixture):
        x[: len(x) // 2] += 52.0  # so far that responsibilities fall below the smallest double
    else:
        x = np.vstack([x * 40, [[1200, 0], [0, 1200]]])
    plain = public_calls(model, x)[name]()
    with np.errstate(all="raise"):
        strict = public_calls(model, x)[name]()
    assert repr(strict) == repr(plain)
    assert np.geterr()["under"] == "ignore"


@pytest.mark.parametrize("distance", [37.6, 38.2, 38.6, 39.5])
def test_responsibilities_at_the_edge_of_the_doubles_do_not_stop_a_strict_caller(distance):
    rng = np.random.default_rng(0)
    x = np.concatenate([rng.normal(size=100), rng.normal(distance, 1, 100)])
    for model, rows in (
        (GaussianMixture1D([0.5, 0.5], [0, distance], [1, 1]), x),
        (GaussianMixture([0.5, 0.5], [[0], [distance]], [[[1]], [[1]]]), x[:, None]),
    ):
        with np.errstate(all="raise"):
            fit = em.fit(model, rows)
            q = model.responsibilities(rows)
            values = [
                bound.elbo(model, rows, q),
                bound.kl(model, rows, q),
                bound.q_function(model, rows, q),
                bound.entropy(q),
            ]
        assert np.isfinite([*fit.history, *values]).all()


def test_an_effective_count_of_next_to_nothing_is_no_count():
    x = np.array([0.0, 1.0, 2.0, 3.0])
    r = np.column_stack([np.full(4, 1e-300), np.full(4, 1 - 1e-300)])
    with pytest.raises(CollapseError, match="r: expected data for every component, got none for 0"):
        GaussianMixture1D.from_responsibilities(x, r)
    with pytest.warns(EMWarning, match="component 0 owns no data"):
        new = ON_LINE.m_step(ON_LINE.statistics(x, r))
    assert (new.means[0], new.variances[0]) == (0.0, 2.0)


# Convergence, restarts and reproducibility


@each
def test_histories_never_fall_and_are_those_of_the_models(model, x):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", EMWarning)  # the last bits may go round in a circle
        fit = em.fit(model, x, tol=0, max_iter=300)
    assert (np.diff(fit.history) >= -1e-10 * (abs(fit.history[1:]) + len(x))).all()
    last = fit.model.objective(x) if isinstance(model, KMeans) else fit.model.log_likelihood(x)
    assert fit.objective == fit.history[-1] == pytest.approx(last, rel=1e-12)


@each_gaussian
def test_histories_never_fall_where_components_are_nearly_singular(model, x):
    rng = np.random.default_rng(2)
    if x.ndim == 2:
        x = np.column_stack([x[:, 0], x[:, 0] + 1e-6 * rng.normal(size=len(x))])
        model = GaussianMixture([0.5, 0.5], [[0, 0], [5, 5]], [2 * np.eye(2)] * 2)
    else:
        x = np.concatenate([x, 20 + 1e-7 * rng.normal(size=3)])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", EMWarning)
        for seed in range(2):
            for fit in em.multistart(
                type(model), x[::2], n_components=2, n_starts=2, rng=seed, max_iter=200
            ):
                falls = np.diff(fit.history) / (abs(fit.history[1:]) + len(x))
                assert falls.min() >= -1e-10
                assert np.isfinite(fit.history).all()


@each
def test_the_cap_is_respected_and_said(model, x):
    with pytest.warns(EMWarning, match=r"max_iter"):
        fit = em.fit(model, x, tol=0, max_iter=1)
    assert (fit.converged, fit.n_iter, fit.status) == (False, 1, em.Status.MAX_ITER)


@each
def test_the_same_call_gives_the_same_bits_and_the_global_generator_does_not_move(model, x):
    np.random.seed(12)  # noqa: NPY002
    before = np.random.get_state()[1].tolist(), np.geterr()  # noqa: NPY002

    def run(rng):
        fits = em.multistart(type(model), x, n_components=3, n_starts=2, rng=rng, tol=1e-4)
        return [
            (fit.history.tolist(), *map(np.ndarray.tolist, arrays(fit.model).values()))
            for fit in fits
        ]

    first = run(9)
    np.random.rand(7)  # noqa: NPY002
    np.random.seed(12)  # noqa: NPY002
    assert run(9) == first == run(np.random.default_rng(9))
    assert (np.random.get_state()[1].tolist(), np.geterr()) == before  # noqa: NPY002
    assert run(10) != first


@each
def test_more_starts_are_never_worse(model, x):
    few = em.multistart(type(model), x, n_components=3, n_starts=2, rng=4, tol=1e-4)
    many = em.multistart(type(model), x, n_components=3, n_starts=4, rng=4, tol=1e-4)
    slack = rounding(few[0], x)  # runs side by side are one product, of another shape
    assert many[0].objective >= few[0].objective - slack
    for fit in few:
        assert min(abs(fit.objective - other.objective) for other in many) <= slack


@each
def test_a_fit_that_is_taken_up_again_changes_nothing(model, x):
    fit = em.fit(model, x, tol=1e-9)
    again = em.fit(fit.model, x, tol=1e-9)
    assert again.n_iter == 1
    assert again.history[0] == pytest.approx(fit.objective, abs=rounding(fit, x))
    same(fit.model, again.model, rel=1e-3)


def test_units_and_n_do_not_decide_convergence():
    base = em.fit(IN_PLANE, PLANE, tol=1e-5)
    for other in (
        em.fit(rescaled(IN_PLANE, 1e6), PLANE * 1e6, tol=1e-5),
        em.fit(rescaled(IN_PLANE, 1e-6), PLANE * 1e-6, tol=1e-5),
        em.fit(IN_PLANE, np.tile(PLANE, (20, 1)), tol=1e-5),
    ):
        assert abs(other.n_iter - base.n_iter) <= 1


# Memory


def test_temporaries_are_bounded_by_blocks():
    n, k = 200_000, 8
    x = np.random.default_rng(0).normal(size=(n, 2))
    model = GaussianMixture(np.full(k, 1 / k), x[:k], [np.eye(2)] * k)
    data = model.prepare_fit(x)
    model.e_step(data)
    tracemalloc.start()
    try:
        model.e_step(data)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < n * k * 8 / 4  # a single (N, K) table would be four times this


# Arguments of the constructors and of all that has options


MAKERS = {
    "CoinMixture": (CoinMixture, {"biases": [0.2, 0.7], "weights": [0.5, 0.5]}),
    "GaussianMixture1D": (
        GaussianMixture1D,
        {"weights": [0.5, 0.5], "means": [0.0, 1.0], "variances": [1.0, 1.0]},
    ),
    "GaussianMixture": (
        GaussianMixture,
        {
            "weights": [0.5, 0.5],
            "means": [[0.0, 1.0], [1.0, 1.0]],
            "covariances": [[[1.0, 0.0], [0.0, 1.0]]] * 2,
        },
    ),
    "KMeans": (KMeans, {"centroids": [[0.0, 1.0], [1.0, 1.0]]}),
}
PARAMETERS = [(maker, name) for maker, (_, good) in MAKERS.items() for name in good]


@pytest.mark.parametrize(("maker", "name"), PARAMETERS)
@pytest.mark.parametrize(
    "bad",
    [
        np.nan,
        np.inf,
        None,
        "text",
        1j,
        [],
        3.0,
        np.ma.array([0.5, 0.5], mask=[0, 1]),
        [[0.5], [0.5, 0.5]],
        np.zeros((1, 1, 1, 1)),
    ],
    ids=str,
)
def test_constructors_name_the_parameter_that_is_wrong(maker, name, bad):
    build, good = MAKERS[maker]
    build(**good)
    values = np.array(good[name])
    if isinstance(bad, float) and not np.isfinite(bad):
        values.flat[-1] = bad
        bad = values
    with pytest.raises((ValueError, TypeError), match=f"^{name}: expected"):
        build(**good | {name: bad})


@pytest.mark.parametrize(("maker", "name"), PARAMETERS)
def test_constructors_refuse_a_component_too_many_or_too_few(maker, name):
    build, good = MAKERS[maker]
    if len(good) == 1:
        return
    for values in (good[name][:1], [*good[name], good[name][0]]):
        with pytest.raises(
            ValueError, match=r"^(weights|means|variances|covariances|biases): expe"
        ):
            build(**good | {name: values})


@pytest.mark.parametrize("maker", ["CoinMixture", "GaussianMixture1D", "GaussianMixture"])
@pytest.mark.parametrize(
    "weights", [[0.5, 0.6], [0.5, 0.4], [1.5, -0.5], [0.0, 0.0], [2.0, 2.0], [[0.5, 0.5]]]
)
def test_weights_that_are_no_distribution_are_refused(maker, weights):
    build, good = MAKERS[maker]
    with pytest.raises(ValueError, match="^weights: expected"):
        build(**good | {"weights": weights})


@pytest.mark.parametrize(
    "q",
    [
        [[0.5, 0.6]] * 40,
        [[1.5, -0.5]] * 40,
        [[np.nan, 1.0]] * 40,
        [[0.5, 0.5]] * 39,
        [[1.0]] * 40,
        [0.5] * 40,
        "q",
        None,
        np.ma.array(np.full((40, 2), 0.5), mask=False),
    ],
    ids=str,
)
def test_tables_that_are_no_distributions_are_refused_by_name(q):
    for function in (bound.q_function, bound.elbo, bound.kl):
        with pytest.raises((ValueError, TypeError), match="^q: expected"):
            function(COINS, TRIALS, q)
    with pytest.raises((ValueError, TypeError), match="^r: expected"):
        COINS.statistics(TRIALS, q)
    if np.shape(q) != (40, 1) and np.shape(q) != (39, 2):
        with pytest.raises((ValueError, TypeError), match="^q: expected"):
            bound.entropy(q)


def test_options_are_refused_by_name():
    for call, words in (
        (
            lambda: em.multistart(KMeans, PLANE, n_components=2, rng=0, covariance_floor=1),
            "covaria",
        ),
        (lambda: em.multistart(KMeans, PLANE, n_components=2, rng=0, nonsense=1), "nonsense"),
        (
            lambda: em.multistart(
                GaussianMixture, PLANE, n_components=2, rng=0, covariance_floor="1"
            ),
            "covariance_floor: expected a number",
        ),
        (
            lambda: em.multistart(GaussianMixture, PLANE, n_components=2, rng=0, fixed_weights=1),
            "fixed_weights: expected True or False",
        ),
    ):
        with pytest.raises(TypeError, match=words):
            call()
    with pytest.raises(ValueError, match="^weights: expected none here without fixed_weights"):
        em.multistart(GaussianMixture, PLANE, n_components=2, rng=0, weights=[0.5, 0.5])


def test_counts_of_tosses_are_refused_by_name():
    for call, name in (
        (lambda: coins.counts([5, 11], 10), "heads"),
        (lambda: coins.counts([5, np.nan], 10), "heads"),
        (lambda: coins.counts([5, 1], -1), "n"),
        (lambda: coins.counts([5, 1], None), "heads"),
        (lambda: coins.counts("5", 10), "heads"),
        (lambda: mle.binomial([1], None), "n"),
        (lambda: mle.binomial(None, [1]), "heads"),
        (lambda: mle.bernoulli(None), "x"),
        (lambda: mle.bernoulli([[1, 0]]), "x"),
        (lambda: mle.normal(None), "x"),
        (lambda: selection.hold_out(None, 0), "x"),
    ):
        with pytest.raises((ValueError, TypeError), match=f"^{name}: expected"):
            call()
