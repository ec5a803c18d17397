"""What must hold for every model and all data, tried on random ones."""

import dataclasses
import itertools
import warnings

import hypothesis
import numpy as np
import pytest
from hypothesis import strategies as st
from properties.problems import MIXTURES, MODELS, SHAPES, TRIED, holds, problems

from emlib import (
    CoinMixture,
    CollapseError,
    GaussianMixture,
    GaussianMixture1D,
    KMeans,
    PoissonMixture,
    bound,
    em,
    start,
)

GAUSSIANS = [GaussianMixture1D, GaussianMixture]
TAME = ["spread", "overlapping", "on a grid"]


def steps(model, x, n):
    """Give the first rounds, up to a collapse."""
    rounds = []
    try:
        for step in itertools.islice(em.iterate(model, x), n + 1):
            rounds.append(step)
    except CollapseError:
        hypothesis.assume(rounds)
    return rounds


def arrays(model):
    values = {field.name: getattr(model, field.name) for field in dataclasses.fields(model)}
    return {name: value for name, value in values.items() if isinstance(value, np.ndarray)}


def alike(a, b, rel=1e-8, abs_=1e-9):
    for name, value in arrays(a).items():
        size = abs_ * max(1.0, np.abs(value).max())
        assert getattr(b, name) == pytest.approx(value, rel=rel, abs=size), name


def lost(models):
    """The part of a squared distance that rounding may take: eps times the largest condition of the
    covariances (Higham, Accuracy and Stability of Numerical Algorithms, section 10.1).
    """
    covariances = [getattr(model, "covariances", np.eye(1)) for model in models]
    return np.finfo(float).eps * max(np.linalg.cond(c).max() for c in covariances)


def objective(model, x):
    return model.objective(x) if isinstance(model, KMeans) else model.log_likelihood(x)


def one_round(model, x):
    try:
        return model.m_step(model.e_step(x)[0])
    except CollapseError:
        hypothesis.reject()


@holds(problems(shapes=[s for s in SHAPES if s != "nearly singular"]), examples=80)
def test_the_objective_never_falls(problem):
    rounds = [step.objective for step in steps(problem.model, problem.x, 25)]
    assert np.isfinite(rounds).all()
    allowed = 1e-10 * (np.abs(rounds[1:]) + len(problem.x))
    assert (np.diff(rounds) >= -allowed).all()


@holds(problems(kinds=GAUSSIANS), examples=50)
def test_the_history_of_a_fit_never_falls_even_where_components_are_nearly_singular(problem):
    try:
        fit = em.fit(problem.model, problem.x, max_iter=60, tol=0)
    except CollapseError:
        hypothesis.reject()
    allowed = 1e-10 * (np.abs(fit.history[1:]) + len(problem.x))
    assert (np.diff(fit.history) >= -allowed).all()
    again = objective(fit.model, problem.x)
    assert fit.objective == pytest.approx(again, rel=1e-9, abs=1e-9 * len(problem.x))


@holds(problems(), examples=60)
def test_every_step_has_the_objective_at_its_own_model_and_the_model_is_valid(problem):
    for step in steps(problem.model, problem.x, 4):
        value = objective(step.model, problem.x)
        slack = np.size(problem.x) * lost([step.model])  # squared distances of the order of D
        assert step.objective == pytest.approx(value, rel=1e-10, abs=1e-10 + slack)
        assert dataclasses.replace(step.model) == step.model
        if not isinstance(step.model, KMeans):
            assert step.model.weights.sum() == pytest.approx(1.0, abs=1e-12)


@holds(problems(kinds=MIXTURES), examples=60)
def test_responsibilities_are_distributions_and_predictions_their_largest(problem):
    r = problem.model.responsibilities(problem.x)
    assert r.shape == (len(problem.x), problem.model.n_components)
    assert (r >= 0).all()
    assert r.sum(axis=1) == pytest.approx(np.ones(len(r)), abs=1e-13)
    labels = problem.model.predict(problem.x)
    assert r[np.arange(len(r)), labels] == pytest.approx(r.max(axis=1), rel=1e-12)


@holds(problems(), examples=50)
def test_relabelled_components_stay_relabelled(problem):
    order = problem.rng.permutation(problem.model.n_components)
    mirrored = problem.model.reorder(order)
    hypothesis.assume(unambiguous(problem))
    rounds, others = steps(problem.model, problem.x, 2), steps(mirrored, problem.x, 2)
    # A row's squared distances are of the order of D, its responsibilities follow their errors.
    slack = np.size(problem.x) * lost([step.model for step in rounds])
    for a, b in zip(rounds, others, strict=True):
        assert b.objective == pytest.approx(a.objective, rel=1e-10, abs=1e-10 + slack)
        alike(a.model.reorder(order), b.model, rel=1e-10 + slack / len(problem.x))


def unambiguous(problem):
    """K-means breaks ties by index: no row may be as near to two centroids."""
    if not isinstance(problem.model, KMeans):
        return True
    model = problem.model
    for _ in range(3):
        nearest = np.sort(-model.log_joint(problem.x), axis=1)
        if nearest.shape[1] > 1 and (nearest[:, 1] <= nearest[:, 0] * (1 + 1e-6) + 1e-12).any():
            return False
        model = model.m_step(model.e_step(problem.x)[0])
    return True


@holds(problems(), examples=50)
def test_the_order_of_the_rows_does_not_matter(problem):
    hypothesis.assume(unambiguous(problem))
    order = problem.rng.permutation(len(problem.x))
    a, b = problem.model.e_step(problem.x), problem.model.e_step(problem.x[order])
    assert b[1] == pytest.approx(a[1], rel=1e-11, abs=1e-10)
    try:
        alike(problem.model.m_step(a[0]), problem.model.m_step(b[0]), rel=1e-7)
    except CollapseError:
        hypothesis.reject()


@holds(problems(shapes=TAME), examples=50)
def test_duplicated_data_double_the_objective_and_leave_the_parameters(problem):
    hypothesis.assume(unambiguous(problem))
    twice = np.concatenate([problem.x, problem.x])
    for a, b in zip(
        steps(problem.model, problem.x, 3), steps(problem.model, twice, 3), strict=True
    ):
        assert b.objective == pytest.approx(2 * a.objective, rel=1e-11, abs=1e-10)
        alike(a.model, b.model, rel=1e-7)


@holds(problems(), examples=60)
def test_blocks_add_to_the_whole(problem):
    r = problem.q()
    if isinstance(problem.model, KMeans):
        r = np.eye(problem.model.n_components)[r.argmax(axis=1)]
    cut = problem.rng.integers(1, len(problem.x)) if len(problem.x) > 1 else 1
    whole = problem.model.statistics(problem.x, r)
    if cut < len(problem.x):
        parts = problem.model.statistics(problem.x[:cut], r[:cut]) + problem.model.statistics(
            problem.x[cut:], r[cut:]
        )
    else:
        parts = whole
    assert np.array_equal(getattr(parts, "farthest", None), getattr(whole, "farthest", None))
    for name in set(vars(whole)) - {"origin", "offsets", "farthest"} | {"n_k"}:
        value = getattr(whole, name)
        size = max(1.0, np.abs(value).max())
        assert getattr(parts, name) == pytest.approx(value, rel=1e-12, abs=1e-12 * size)


@holds(problems(kinds=GAUSSIANS, shapes=TAME, floors=(0.0,)), examples=50)
def test_an_affine_map_of_the_data_maps_the_fit(problem):
    rng, x, model = problem.rng, problem.x, problem.model
    if isinstance(model, GaussianMixture1D):
        a, b = rng.choice([-1, 1]) * 10.0 ** rng.uniform(-3, 3), rng.normal(0, 10)
        other = dataclasses.replace(
            model, means=a * model.means + b, variances=a * a * model.variances
        )
        log_det = np.log(abs(a))
    else:
        d = x.shape[1]
        a = np.linalg.qr(rng.normal(size=(d, d)))[0] * 10.0 ** rng.uniform(-1, 1, size=d)
        b = rng.normal(size=d)
        covariances = a @ model.covariances @ a.T
        covariances = (covariances + covariances.swapaxes(1, 2)) / 2
        other = dataclasses.replace(model, means=model.means @ a.T + b, covariances=covariances)
        log_det = np.linalg.slogdet(a)[1]
    y = a * x + b if isinstance(model, GaussianMixture1D) else x @ a.T + b
    for here, there in zip(steps(model, x, 2), steps(other, y, 2), strict=True):
        shift = -len(x) * log_det
        assert there.objective == pytest.approx(here.objective + shift, rel=1e-7, abs=1e-6)
        assert there.model.weights == pytest.approx(here.model.weights, abs=1e-6)


@holds(problems(kinds=[KMeans], shapes=TAME), examples=30)
def test_k_means_turns_shifts_and_scales_with_the_data(problem):
    hypothesis.assume(unambiguous(problem))
    rng, d = problem.rng, problem.x.shape[1]
    a, b = 3.0 * np.linalg.qr(rng.normal(size=(d, d)))[0], rng.normal(size=d)
    other = KMeans(problem.model.centroids @ a.T + b)
    for here, there in zip(
        steps(problem.model, problem.x, 2), steps(other, problem.x @ a.T + b, 2), strict=True
    ):
        assert there.objective == pytest.approx(9 * here.objective, rel=1e-10, abs=1e-10)
        assert there.model.centroids == pytest.approx(here.model.centroids @ a.T + b, abs=1e-9)


@holds(problems(kinds=[CoinMixture]), examples=30)
def test_heads_and_tails_may_change_names(problem):
    model = problem.model
    other = dataclasses.replace(model, biases=1 - model.biases)
    for here, there in zip(
        steps(model, problem.x, 3), steps(other, problem.x[:, ::-1], 3), strict=True
    ):
        assert there.objective == pytest.approx(here.objective, rel=1e-9, abs=1e-9)
        assert 1 - there.model.biases == pytest.approx(here.model.biases, abs=1e-8)


@holds(problems(), examples=40)
def test_one_component_is_the_closed_form(problem):
    one = problem.model.reorder(range(problem.model.n_components))
    one = dataclasses.replace(
        one,
        **{name: value[:1] for name, value in arrays(one).items()}
        | ({} if isinstance(one, KMeans) else {"weights": [1.0]}),
    )
    new = one_round(one, problem.x)
    x = problem.x
    if isinstance(one, CoinMixture):
        heads, tosses = x[:, 0].sum(), x.sum()
        expected = heads / tosses if tosses else one.biases[0]
        assert new.biases == pytest.approx([expected], rel=1e-12)
        return
    if isinstance(one, PoissonMixture):
        assert new.rates == pytest.approx([x.mean()], rel=1e-12)
        return
    here = new.centroids if isinstance(new, KMeans) else new.means
    assert here[0] == pytest.approx(x.mean(axis=0), rel=1e-12, abs=1e-12)
    if isinstance(new, GaussianMixture1D):
        assert new.variances[0] == pytest.approx(max(x.var(), one.covariance_floor), rel=1e-9)
    if isinstance(new, GaussianMixture) and one.covariance_floor == 0:
        centred = x - x[0]
        expected = np.atleast_2d(np.cov(centred.T, bias=True))
        assert new.covariances[0] == pytest.approx(expected, rel=1e-8, abs=1e-9)


@holds(problems(kinds=MIXTURES), examples=50)
def test_the_bound_is_below_and_the_gap_is_kl(problem):
    model, x, q = problem.model, problem.x, problem.q()
    whole, lower, gap = model.log_likelihood(x), bound.elbo(model, x, q), bound.kl(model, x, q)
    slack = 1e-9 * (abs(whole) + abs(lower) + len(x))
    assert lower <= whole + slack
    assert gap >= 0
    assert lower + gap == pytest.approx(whole, abs=slack)
    parts = bound.q_function(model, x, q) + bound.entropy(q)
    assert parts == pytest.approx(lower, abs=slack)
    touching = bound.elbo(model, x, bound.posterior(model, x))
    assert touching == pytest.approx(whole, abs=slack)


@holds(problems(kinds=MIXTURES, shapes=TAME), examples=40)
def test_an_m_step_makes_q_as_large_as_it_can_be(problem):
    model, x = problem.model, problem.x
    q = bound.posterior(model, x)
    new = one_round(model, x)
    best = bound.q_function(new, x, q)
    slack = 1e-9 * (abs(best) + len(x))
    assert best >= bound.q_function(model, x, q) - slack
    for scale in (1e-3, 1e-1):
        other = nudged(new, problem.rng, scale)
        assert best >= bound.q_function(other, x, q) - slack


def nudged(model, rng, scale):
    """Give a valid model near this one."""
    values = {}
    for name, value in arrays(model).items():
        noise = scale * rng.normal(size=value.shape)
        if name == "weights" and model.fixed_weights:
            continue
        if name == "weights":
            moved = value * np.exp(noise)
            values[name] = moved / moved.sum()
        elif name == "biases":
            values[name] = np.clip(value + noise, 0, 1)
        elif name == "means":
            values[name] = value + noise
        elif name == "variances":
            values[name] = np.maximum(value * np.exp(noise), model.covariance_floor)
        elif name == "covariances":
            values[name] = value * np.exp(abs(noise[:, :1, :1]))
    return dataclasses.replace(model, **values)


@holds(problems(kinds=MIXTURES, shapes=TAME, floors=(0.0,)), examples=20)
def test_where_em_settles_the_gradient_of_the_log_likelihood_is_zero(problem):
    free = dataclasses.replace(problem.model, fixed_weights=True)
    try:
        fit = em.fit(free, problem.x, tol=1e-13, max_iter=1500)
    except CollapseError:
        hypothesis.reject()
    hypothesis.assume(fit.converged)
    model, x = fit.model, problem.x
    name = model.location
    place = getattr(model, name)
    hypothesis.assume(name == "means" or (place > 1e-3).all())
    hypothesis.assume(name != "biases" or (place < 1 - 1e-3).all())
    for index in np.ndindex(place.shape):
        width = 1e-4 if name == "biases" else 1e-4 * local_width(model, index)
        sides = []
        for sign in (-1, 1):
            moved = place.copy()
            moved[index] += sign * width
            sides.append(dataclasses.replace(model, **{name: moved}).log_likelihood(x))
        slope = (sides[1] - sides[0]) / 2e-4  # for each standard deviation, or for each bias
        assert abs(slope) < 2e-3 * len(x)


def local_width(model, index):
    if isinstance(model, PoissonMixture):
        return np.sqrt(model.rates[index[0]])
    if isinstance(model, GaussianMixture1D):
        return model.stds[index[0]]
    # Along one coordinate, the others held, a Gaussian is as narrow as its precision says.
    return np.linalg.inv(model.covariances[index[0]])[index[1], index[1]] ** -0.5


@holds(problems(kinds=[GaussianMixture1D]), examples=50)
def test_a_line_is_space_of_one_dimension(problem):
    flat = problem.model
    wide = GaussianMixture(
        flat.weights,
        flat.means[:, None],
        flat.variances[:, None, None],
        fixed_weights=flat.fixed_weights,
        covariance_floor=flat.covariance_floor,
    )
    for a, b in zip(steps(flat, problem.x, 4), steps(wide, problem.x, 4), strict=False):
        assert b.objective == pytest.approx(a.objective, rel=1e-9, abs=1e-8)
        assert b.model.means[:, 0] == pytest.approx(a.model.means, rel=1e-8, abs=1e-8)
        assert b.model.covariances[:, 0, 0] == pytest.approx(a.model.variances, rel=1e-6)


@holds(problems(kinds=[GaussianMixture], shapes=[*TAME, "unequal"], floors=(0.0,)), examples=25)
def test_em_is_that_of_scikit_learn_step_by_step(problem):
    from sklearn.mixture import GaussianMixture as Peer

    model, x = dataclasses.replace(problem.model, fixed_weights=False), problem.x
    for _ in range(3):
        peer = Peer(
            model.n_components,
            weights_init=model.weights,
            means_init=model.means,
            precisions_init=np.linalg.inv(model.covariances),
            reg_covar=0,
            max_iter=1,
        )
        statistics, objective_here = model.e_step(x)
        try:
            new = model.m_step(statistics)
        except CollapseError:
            hypothesis.reject()
        hypothesis.assume(np.linalg.cond(new.covariances).max() < 1e6)
        hypothesis.assume(statistics.n_k.min() > 1e-3)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            peer.fit(x)
        assert new.weights == pytest.approx(peer.weights_, rel=1e-7, abs=1e-10)
        assert new.means == pytest.approx(peer.means_, rel=1e-7, abs=1e-8)
        assert new.covariances == pytest.approx(peer.covariances_, rel=1e-5, abs=1e-7)
        assert objective_here / len(x) == pytest.approx(peer.lower_bound_, rel=1e-8)
        model = new


@holds(problems(kinds=[KMeans], shapes=TAME), examples=25)
def test_k_means_is_that_of_scikit_learn_step_by_step(problem):
    from sklearn.cluster import KMeans as Peer

    hypothesis.assume(unambiguous(problem))
    model = problem.model
    for _ in range(3):
        statistics, objective_here = model.e_step(problem.x)
        hypothesis.assume((statistics.n_k > 0).all())
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            peer = Peer(model.n_components, init=model.centroids, n_init=1, max_iter=1, tol=0)
            peer.fit(problem.x)
        new = model.m_step(statistics)
        assert new.centroids == pytest.approx(peer.cluster_centers_, rel=1e-9, abs=1e-10)
        assert new.objective(problem.x) >= objective_here - 1e-9
        assert -new.objective(problem.x) == pytest.approx(peer.inertia_, rel=1e-8, abs=1e-9)
        model = new


@holds(problems(kinds=[KMeans], shapes=TAME), examples=25)
def test_soft_em_tends_to_k_means_as_the_shared_variance_vanishes(problem):
    hypothesis.assume(unambiguous(problem))
    hard, k, d = problem.model, problem.model.n_components, problem.x.shape[1]
    near = np.sort(-hard.log_joint(problem.x), axis=1)
    gap = (near[:, 1] - near[:, 0]).min() if k > 1 else 1.0
    hypothesis.assume(gap > 1e-6)
    variance = gap / 100
    soft = GaussianMixture(
        np.full(k, 1 / k),
        hard.centroids,
        [variance * np.eye(d)] * k,
        covariance_floor=variance,
    )
    assert soft.responsibilities(problem.x) == pytest.approx(
        hard.responsibilities(problem.x), abs=1e-9
    )
    statistics = hard.e_step(problem.x)[0]
    hypothesis.assume((statistics.n_k > 0).all())
    moved = soft.m_step(soft.e_step(problem.x)[0])
    assert moved.means == pytest.approx(hard.m_step(statistics).centroids, abs=1e-6)
    scaled = variance * bound.q_function(soft, problem.x, soft.responsibilities(problem.x))
    constant = -variance * len(problem.x) * (np.log(k) + d / 2 * np.log(2 * np.pi * variance))
    assert scaled == pytest.approx(hard.objective(problem.x) / 2 + constant, rel=1e-7, abs=1e-9)


@holds(problems(floors=(1e-3,), shapes=[s for s in SHAPES if s != "offset"]), examples=50)
def test_every_start_is_a_valid_model_of_the_data(problem):
    options = {}
    if isinstance(problem.model, GaussianMixture1D | GaussianMixture):
        options["covariance_floor"] = 1e-3
    for begin in (start.kmeans_plus_plus, start.random_points, start.random_responsibilities):
        model = begin(
            type(problem.model),
            problem.x,
            n_components=problem.model.n_components,
            rng=problem.seed,
            **options,
        )
        assert dataclasses.replace(model) == model
        assert np.isfinite(objective(model, problem.x))


@holds(problems(kinds=GAUSSIANS, floors=(1e-3, 0.3)), examples=40)
def test_no_eigenvalue_is_below_the_floor(problem):
    for step in steps(problem.model, problem.x, 5)[1:]:
        model = step.model
        if isinstance(model, GaussianMixture1D):
            assert model.variances.min() >= model.covariance_floor
        else:
            values = np.linalg.eigvalsh(model.covariances)
            assert (values >= model.covariance_floor - 1e-12 * values.max()).all()


@holds(st.tuples(st.integers(1, 60), st.integers(1, 60), st.integers(0, 2**32 - 1)), examples=40)
def test_merged_moments_are_those_of_numpy(problem):
    n, m, seed = problem
    rng = np.random.default_rng(seed)
    x = rng.normal(size=n + m) * 10.0 ** rng.uniform(-3, 3)
    model = GaussianMixture1D([1.0], [0.0], [1.0])
    ones = np.ones((n + m, 1))
    both = model.statistics(x[:n], ones[:n]) + model.statistics(x[n:], ones[n:])
    assert both.n_k.tolist() == [n + m]
    assert both.means[0] == pytest.approx(x.mean(), rel=1e-11, abs=1e-12 * abs(x).max())
    assert both.scatters[0] == pytest.approx(((x - x.mean()) ** 2).sum(), rel=1e-11, abs=1e-18)


def test_the_number_of_properties_and_examples(capsys):
    """Runs last: says how much the tests above have tried."""
    properties = [value for value in globals().values() if getattr(value, "is_property", False)]
    if len(TRIED) < len(properties):
        pytest.skip("not all properties were run")
    with capsys.disabled():
        print(f"\n{len(properties)} properties held for {TRIED.total()} examples")
        for name, tried in sorted(TRIED.items()):
            print(f"{tried:5} {name}")
    assert min(TRIED.values()) >= 5, TRIED
    assert len(properties) >= 20
    assert set(MODELS) > set(MIXTURES)
