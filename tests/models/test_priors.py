"""`emlib.models.priors`: EM with a prior climbs ln p(X | theta) + ln p(theta), in every form."""

import copy
import dataclasses
import itertools
import math
import pickle

import numpy as np
import pytest
from scipy import integrate, optimize, stats

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
    em,
    information,
    selection,
    start,
    storage,
)
from emlib.fast import coordinates
from emlib.models import priors

HALF = [0.4, 0.6]
PLANE = np.random.default_rng(5).normal(size=(60, 2)) @ [[1.0, 0.4], [0.0, 0.8]]
PLANE[25:] += [2.5, -1.5]
LINE = PLANE[:, 0].copy()
HEADS = coins.counts([5, 9, 8, 4, 7, 2, 6, 9], 10)
EVENTS = np.array([0.0, 1, 1, 2, 0, 5, 7, 4, 6, 8, 1, 3])
FULL = [[0.5, 0.2], [0.2, 0.9]]
SCALES = {"full": FULL, "tied": FULL, "diag": np.diag([0.5, 0.9]), "spherical": 0.7}


def plane(family="full", prior=True, **options):
    begin = [0.4, 0.6], [[0, 0], [2, -1]], [np.eye(2)] * 2
    if prior:
        options = {"weight_prior": 2.5, "covariance_prior": (3.5, SCALES[family])} | options
    return GaussianMixture(*begin, covariance_type=family, **options)


def line(family="full", **options):
    options = {"weight_prior": 2.5, "covariance_prior": (3.5, 0.6)} | options
    return GaussianMixture1D(HALF, [0, 2], [1, 1], covariance_type=family, **options)


CASES = {
    "coins": (CoinMixture([0.3, 0.7], HALF, weight_prior=3), HEADS),
    "Poisson": (PoissonMixture(HALF, [1, 6], weight_prior=1.5), EVENTS),
    "1-D": (line(), LINE),
    "1-D, tied": (line("tied"), LINE),
    "1-D, held weights": (line(weight_prior=None, fixed_weights=True), LINE),
    "1-D, floor": (line(covariance_floor=0.9), LINE),
    **{family: (plane(family), PLANE) for family in SCALES},
    "full, weights alone": (plane(covariance_prior=None), PLANE),
    "tied, covariances alone": (plane("tied", weight_prior=None), PLANE),
    "full, floor": (plane(covariance_floor=0.5), PLANE),
    "spherical, held weights": (plane("spherical", weight_prior=None, fixed_weights=True), PLANE),
}
each_case = pytest.mark.parametrize("name", CASES)


# The density of the prior.


def log_prior_by_scipy(model):
    total = 0.0
    if model.weight_prior is not None:
        total += stats.dirichlet.logpdf(model.weights, [model.weight_prior] * len(model.weights))
    prior = getattr(model, "covariance_prior", None)
    if prior is None:
        return total
    nu, scale = prior
    d = len(scale)
    spreads = getattr(model, "covariances", None)
    spreads = model.variances[:, None, None] if spreads is None else spreads
    for spread in spreads[: 1 if model.covariance_type == "tied" else None]:
        if model.covariance_type == "diag":
            shape = (nu + d - 1) / 2
            for variance, s in zip(np.diag(spread), np.diag(scale), strict=True):
                total += stats.invgamma.logpdf(variance, shape, scale=s / 2)
        elif model.covariance_type == "spherical":
            shape = d * (nu + d + 1) / 2 - 1
            total += stats.invgamma.logpdf(spread[0, 0], shape, scale=np.trace(scale) / 2)
        else:
            total += stats.invwishart.logpdf(spread, nu, scale)
    return total


@each_case
def test_the_log_prior_is_that_of_scipy(name):
    model, x = CASES[name]
    for _ in range(2):
        assert model.log_prior == pytest.approx(log_prior_by_scipy(model), rel=1e-12)
        model = model.m_step(model.e_step(x)[0])


@pytest.mark.parametrize("family", ["full", "diag", "spherical"])
@pytest.mark.parametrize("d", [1, 2])
def test_the_density_of_a_covariance_integrates_to_one(family, d):
    prior = priors.of_covariances((d + 2.5, 0.7), d, family)

    def density(*v):
        if family == "full" and d == 2:
            a, b, share = v
            matrix = np.array([[a, share * math.sqrt(a * b)], [share * math.sqrt(a * b), b]])
            jacobian = math.sqrt(a * b)
        else:
            matrix, jacobian = np.diag(v) if len(v) == d else v[0] * np.eye(d), 1.0
        return jacobian * math.exp(priors.log_inverse_wishart(prior, family, matrix[None]))

    n_variances = d if family != "spherical" else 1

    def by_logs(*u):
        v = [math.exp(each) for each in u[:n_variances]]
        return density(*v, *u[n_variances:]) * math.prod(v)

    limits = [(-6.0, 9.0)] * n_variances + [(-1.0, 1.0)] * (family == "full" and d == 2)
    if len(limits) == 3:
        nodes, weights = np.polynomial.legendre.leggauss(40)
        grids = [(a + b) / 2 + (b - a) / 2 * nodes for a, b in limits]
        scale = math.prod((b - a) / 2 for a, b in limits)
        total = sum(
            weights[i] * weights[j] * weights[k] * by_logs(grids[0][i], grids[1][j], grids[2][k])
            for i, j, k in itertools.product(range(40), repeat=3)
        )
        assert scale * total == pytest.approx(1, abs=2e-3)
    else:
        options = {"epsabs": 1e-7, "epsrel": 1e-7}
        assert integrate.nquad(by_logs, limits, opts=options)[0] == pytest.approx(1, abs=1e-4)


def test_a_flat_prior_of_the_weights_changes_nothing_but_a_constant():
    flat, plain = CoinMixture([0.3, 0.7], HALF, weight_prior=1), CoinMixture([0.3, 0.7], HALF)
    ends = [em.fit(model, HEADS, tol=1e-12) for model in (flat, plain)]
    assert ends[0].model.biases.tolist() == ends[1].model.biases.tolist()
    assert ends[0].objective == pytest.approx(ends[1].objective + math.lgamma(2), rel=1e-13)
    three = CoinMixture([0.2, 0.5, 0.7], [0.2, 0.3, 0.5], weight_prior=1)
    assert three.log_prior == pytest.approx(math.log(2))
    assert CoinMixture([0.3, 0.7], [0.0, 1.0], weight_prior=1).log_prior == 0.0  # ln Gamma(2)


def test_a_model_without_a_prior_has_none():
    model = plane(prior=False)
    assert (model.log_prior, model.has_prior) == (0.0, False)
    assert model.weight_prior is None
    assert model.covariance_prior is None
    assert "prior" not in repr(model)


# The M-step, and the climb.


def free(model):
    """A model as numbers without constraints, and back."""
    parts, makers = [], []
    if not model.fixed_weights:
        parts.append(np.log(model.weights))
        makers.append(("weights", lambda v: np.exp(v - v.max()) / np.exp(v - v.max()).sum()))
    for name in ("biases", "rates", "means", "variances", "covariances"):
        value = getattr(model, name, None)
        if value is None:
            continue
        if name == "biases":
            parts.append(np.log(value / (1 - value)))
            makers.append((name, lambda v: 1 / (1 + np.exp(-v))))
        elif name == "means":
            parts.append(value.ravel())
            makers.append((name, lambda v, shape=value.shape: v.reshape(shape)))
        elif name == "covariances":
            parts.append(of_factors(model.covariance_type, value))
            makers.append((name, lambda v, m=model: to_covariances(m.covariance_type, v, m)))
        else:
            tied = name == "variances" and model.covariance_type == "tied"
            parts.append(np.log(value[:1] if tied else value))
            makers.append((name, lambda v, like=value: np.exp(v) * np.ones(like.shape)))
    sizes = np.cumsum([len(part) for part in parts])[:-1]

    def make(vector):
        pieces = np.split(vector, sizes)
        fields = {name: maker(v) for (name, maker), v in zip(makers, pieces, strict=True)}
        return model._with(**fields)

    return np.concatenate(parts), make


def of_factors(family, covariances):
    if family == "diag":
        return np.log(np.diagonal(covariances, axis1=1, axis2=2)).ravel()
    if family == "spherical":
        return np.log(covariances[:, 0, 0])
    some = covariances[:1] if family == "tied" else covariances
    factors = np.linalg.cholesky(some)
    return np.concatenate([[np.log(f[0, 0]), f[1, 0], np.log(f[1, 1])] for f in factors])


def to_covariances(family, v, model):
    k, d = model.means.shape
    if family in ("diag", "spherical"):
        return np.exp(v.reshape(k, -1))[:, :, None] * np.eye(d)
    factors = [np.array([[np.exp(a), 0], [b, np.exp(c)]]) for a, b, c in v.reshape(-1, 3)]
    made = np.array([f @ f.T for f in factors])
    return np.tile(made, (k, 1, 1)) if family == "tied" else made


def log_joint_by_scipy(model, x):
    log_weights = np.log(model.weights)
    columns = []
    for k in range(model.n_components):
        if isinstance(model, CoinMixture):
            heads, tails = x.T
            column = heads * np.log(model.biases[k]) + tails * np.log(1 - model.biases[k])
        elif isinstance(model, PoissonMixture):
            column = stats.poisson.logpmf(x, model.rates[k])
        elif isinstance(model, GaussianMixture1D):
            column = stats.norm.logpdf(x, model.means[k], np.sqrt(model.variances[k]))
        else:
            column = stats.multivariate_normal.logpdf(x, model.means[k], model.covariances[k])
        columns.append(log_weights[k] + column)
    return np.column_stack(columns)


@each_case
def test_the_m_step_is_where_a_numerical_maximiser_of_q_and_ln_p_ends(name):
    model, x = CASES[name]
    weight = np.random.default_rng(1).uniform(0.3, 2, len(x))
    r = model.responsibilities(x)
    new = model.m_step(model.statistics(x, r, weight))

    def minus(vector):
        there = make(vector)
        q = (weight[:, None] * r * log_joint_by_scipy(there, x)).sum()
        return -(q + log_prior_by_scipy(there))

    begin, make = free(new)
    floor = getattr(model, "covariance_floor", 0.0)
    at = minus(begin)
    rng = np.random.default_rng(2)
    if floor:  # the best of those above the floor: no small change of them is higher
        for _ in range(300):
            vector = begin + rng.normal(size=len(begin)) * 10.0 ** rng.uniform(-5, -1)
            there = make(vector)
            spreads = getattr(there, "covariances", None)
            low = there.variances.min() if spreads is None else np.linalg.eigvalsh(spreads).min()
            if low >= floor:
                assert minus(vector) > at - 1e-9
        return
    away = begin + 0.3 * rng.normal(size=len(begin))
    found = optimize.minimize(minus, away, method="BFGS", options={"gtol": 1e-6, "maxiter": 500})
    assert found.fun == pytest.approx(at, abs=1e-8)
    there = make(found.x)
    for field, table in new._tables().items():
        assert getattr(there, field) == pytest.approx(table, abs=2e-5)


def test_the_formulas_are_those_of_the_derivation():
    model = plane()
    r = model.responsibilities(PLANE)
    new = model.m_step(model.statistics(PLANE, r))
    n_k = r.sum(axis=0)
    assert new.weights == pytest.approx((n_k + 1.5) / (60 + 2 * 1.5), rel=1e-14)
    for k in range(2):
        mean = r[:, k] @ PLANE / n_k[k]
        scatter = (r[:, k, None] * (PLANE - mean)).T @ (PLANE - mean)
        assert new.means[k] == pytest.approx(mean, rel=1e-13)
        expected = (np.array(FULL) + scatter) / (3.5 + n_k[k] + 2 + 1)
        assert new.covariances[k] == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("accelerate", [None, "squarem", "lbfgs"])
@pytest.mark.parametrize("weighted", [False, True], ids=["once each", "weighted"])
@each_case
def test_the_penalised_objective_never_falls(name, weighted, accelerate):
    model, x = CASES[name]
    weight = np.random.default_rng(3).uniform(0, 3, len(x)) if weighted else np.ones(len(x))
    plain = em.fit(model, x, sample_weight=weight, tol=1e-10, max_iter=5000)
    fit = em.fit(model, x, sample_weight=weight, tol=1e-10, max_iter=5000, accelerate=accelerate)
    assert fit.converged
    assert np.diff(fit.history).min() >= -1e-10 * (abs(fit.objective) + weight.sum())
    end = fit.model
    assert fit.objective == pytest.approx(
        end.log_likelihood(x, weight) + log_prior_by_scipy(end), rel=1e-12
    )
    assert fit.objective == pytest.approx(plain.objective, abs=1e-6 * weight.sum())
    q = bound.posterior(end, x)
    assert fit.objective == pytest.approx(bound.map_elbo(end, x, q, weight), rel=1e-11)
    assert [s.objective for s in itertools.islice(em.iterate(model, x), 3)] == pytest.approx(
        em.fit(model, x, tol=1e-10, max_iter=5000).history[:3], rel=1e-13
    )


def test_a_row_of_weight_two_is_a_row_that_occurs_twice():
    for model, x in CASES.values():
        weight = np.where(np.arange(len(x)) % 3 == 0, 2.0, 1.0)
        one = em.fit(model, x, sample_weight=weight)
        two = em.fit(model, np.concatenate([x, x[::3]]))
        assert one.objective == pytest.approx(two.objective, rel=1e-10)


@each_case
def test_the_slope_of_the_jumps_is_that_of_the_penalised_objective(name):
    model, x = CASES[name]
    if getattr(model, "covariance_floor", 0.0):
        return
    origin = model.m_step(model.e_step(x)[0])
    about = coordinates.about(origin)
    at = np.random.default_rng(4).normal(size=len(about.of(model))) / 20
    there = about.model(at)
    slope = about.slope(there, there.e_step(x)[0])
    h = 1e-5
    for i, unit in enumerate(np.eye(len(at))):
        up, down = (about.model(at + s * h * unit).e_step(x)[1] for s in (1, -1))
        assert slope[i] == pytest.approx((up - down) / (2 * h), abs=1e-5)
    plain = dataclasses.replace(origin, **dict.fromkeys(names_of_priors(origin)))
    more = about.information(origin.e_step(x)[0]) - coordinates.about(plain).information(
        origin.e_step(x)[0]
    )
    assert more.min() >= 0
    assert more.max() > 0


def names_of_priors(model):
    return [name for name in model.__dataclass_fields__ if name.endswith("_prior")]


@each_case
def test_information_is_the_curvature_of_the_penalised_objective(name):
    model, x = CASES[name]
    if getattr(model, "covariance_floor", 0.0):
        return
    fit = em.fit(model, x, tol=0, max_iter=20_000)
    observed = information.observed(fit.model, x)
    supplemented = information.supplemented(fit.model, x)
    scale = np.sqrt(np.outer(observed.diagonal(), observed.diagonal()))
    assert np.abs((supplemented - observed) / scale).max() < 1e-4
    at = information.derivatives.at(fit.model)
    h = 1e-3 / np.sqrt(observed.diagonal())
    for i, j in itertools.combinations_with_replacement(range(len(h)), 2):
        ei, ej = (h[n] * np.eye(len(h))[n] for n in (i, j))
        corners = [a * b * at.at(a * ei + b * ej).e_step(x)[1] for a in (1, -1) for b in (1, -1)]
        second = -sum(corners) / (4 * h[i] * h[j])
        assert second / scale[i, j] == pytest.approx(observed[i, j] / scale[i, j], abs=2e-3)
    with_errors = information.standard_errors(fit.model, x)  # no warning: the slope has the prior
    assert with_errors.weights.shape == (2,)
    assert 0 < information.rate(fit.model, x) < 1


# What it is for.


def test_data_on_which_plain_em_collapses_are_fitted():
    x = np.concatenate([np.full(3, 5.0), np.random.default_rng(0).normal(size=30)])
    begin = [0.1, 0.9], [5, 0], [0.5, 1]
    with pytest.raises(CollapseError):
        em.fit(GaussianMixture1D(*begin), x)
    fit = em.fit(GaussianMixture1D(*begin, covariance_prior=(2, 0.1)), x)
    assert fit.converged
    assert fit.model.means[0] == pytest.approx(5, abs=0.01)
    assert fit.model.variances[0] == pytest.approx(0.1 / (2 + 3 + 2), rel=0.01)
    pair = np.vstack([PLANE, [[9.0, 9.0]] * 2])
    begin = [0.1, 0.9], [[9, 9], [0, 0]], [np.eye(2)] * 2
    for family, scale in SCALES.items():
        if family == "tied":
            continue
        with pytest.raises(CollapseError):
            em.fit(GaussianMixture(*begin, covariance_type=family), pair)
        for accelerate in (None, "squarem", "lbfgs"):
            prior = {"covariance_type": family, "covariance_prior": (3, scale)}
            fit = em.fit(GaussianMixture(*begin, **prior), pair, accelerate=accelerate)
            assert fit.converged
            assert np.linalg.eigvalsh(fit.model.covariances).min() > 0.01


def test_fewer_rows_than_a_covariance_needs_are_enough():
    x = np.random.default_rng(1).normal(size=(6, 4))
    with pytest.raises(CollapseError):
        em.fit(GaussianMixture([1.0], [np.zeros(4)], [np.eye(4)]), x[:3])
    one = GaussianMixture([1.0], [np.zeros(4)], [np.eye(4)], covariance_prior=(5, 1))
    end = em.fit(one, x[:3], tol=0).model
    scatter = (x[:3] - x[:3].mean(axis=0)).T @ (x[:3] - x[:3].mean(axis=0))
    assert end.covariances[0] == pytest.approx((np.eye(4) + scatter) / (5 + 3 + 5))


def test_a_component_without_data_gets_what_its_prior_says():
    far = GaussianMixture(HALF, [[0, 0], [1e6, 0]], [np.eye(2)] * 2, weight_prior=2,
                          covariance_prior=(4, FULL))  # fmt: skip
    with pytest.warns(EMWarning, match="keeps its mean, and its covariance is the prior's"):
        new = far.m_step(far.e_step(PLANE)[0])
    assert new.means[1].tolist() == [1e6, 0]
    assert new.weights == pytest.approx([61 / 62, 1 / 62])
    assert new.covariances[1] == pytest.approx(np.array(FULL) / 7)


def test_the_most_probable_coins_are_those_of_a_fine_grid():
    x = coins.counts([1, 9, 8, 2], 10)
    fit = max(
        (
            em.fit(CoinMixture(b, [0.5, 0.5], weight_prior=4), x, tol=0)
            for b in ([0.2, 0.8], [0.4, 0.6])
        ),
        key=lambda fit: fit.objective,
    )

    def height(a, b, share):
        heads, tails = x.T
        two = [heads * np.log(p) + tails * np.log(1 - p) for p in (a, b)]
        both = np.logaddexp(math.log(share) + two[0], math.log(1 - share) + two[1]).sum()
        return both + stats.dirichlet.logpdf([share, 1 - share], [4, 4])

    grid = np.linspace(0.01, 0.99, 50)
    heights = {p: height(*p) for p in itertools.product(grid, grid, grid) if p[0] < p[1]}
    best = max(heights, key=heights.get)
    assert heights[best] <= fit.objective
    assert fit.objective == pytest.approx(heights[best], abs=0.02)
    assert sorted(fit.model.biases) == pytest.approx(best[:2], abs=0.02)


def test_one_component_is_as_regular_as_scikit_learns():
    """Adding reg_covar to the diagonal is what S_0 = N reg_covar I does, but for the divisor."""
    mixture = pytest.importorskip("sklearn.mixture")
    theirs = mixture.GaussianMixture(1, reg_covar=0.3, random_state=0).fit(PLANE)
    one = GaussianMixture([1.0], [[0, 0]], [np.eye(2)], covariance_prior=(2, 60 * 0.3))
    ours = em.fit(one, PLANE, tol=0).model
    assert ours.covariances * (60 + 2 + 3) / 60 == pytest.approx(theirs.covariances_, rel=1e-10)


# It travels with the model.


def test_options_survive_wherever_a_model_goes(tmp_path):
    for model, x in CASES.values():
        names = names_of_priors(model)
        storage.save(model, tmp_path / "model.json")
        same = [
            model.reorder([1, 0]).reorder([1, 0]),
            pickle.loads(pickle.dumps(model)),
            copy.deepcopy(model),
            dataclasses.replace(model),
            storage.load(tmp_path / "model.json"),
        ]
        assert all(each == model for each in same)
        fit = em.fit(model, x)
        storage.save(fit, tmp_path / "fit.json")
        again = storage.load(tmp_path / "fit.json")
        assert (again.model, again.objective) == (fit.model, fit.objective)
        assert again.model.e_step(x)[1] == pytest.approx(fit.objective, rel=1e-13)
        for other in [*same, fit.model, model.sort(), em.fit(model, x, accelerate="squarem").model]:
            assert all(getattr(other, name) == getattr(model, name) for name in names)


def test_options_pass_through_starts_and_several_starts():
    for model, x in CASES.values():
        keep = [*names_of_priors(model), "covariance_type", "covariance_floor", "fixed_weights"]
        options = {name: getattr(model, name) for name in keep if hasattr(model, name)}
        kind, two = type(model), {"n_components": 2, "rng": 0}
        r = model.responsibilities(x)
        made = [
            start.kmeans_plus_plus(kind, x, **two, **options),
            start.random_points(kind, x, **two, **options),
            start.random_responsibilities(kind, x, **two, **options),
            start.from_labels(kind, x, r.argmax(axis=1), **options),
            kind.from_responsibilities(x, r, **options),
            *(fit.model for fit in em.multistart(kind, x, n_starts=2, **two, **options)),
        ]
        for each in made:
            assert {name: getattr(each, name) for name in options} == options
        new = model.m_step(model.statistics(x, r))
        if not model.fixed_weights:  # else they were equal at the start
            for field, table in new._tables().items():
                assert getattr(made[4], field) == pytest.approx(table, rel=1e-12)


def test_several_starts_side_by_side_are_those_one_after_the_other():
    options = {"covariance_prior": (3, 0.5), "weight_prior": 2}
    fits = em.multistart(GaussianMixture1D, LINE, n_components=2, n_starts=4, rng=1, **options)
    rng = np.random.default_rng(1)
    firsts = [
        start.kmeans_plus_plus(GaussianMixture1D, LINE, n_components=2, rng=rng, **options)
        for _ in range(4)
    ]
    alone = sorted((em.fit(first, LINE).objective for first in firsts), reverse=True)
    assert [fit.objective for fit in fits] == pytest.approx(alone, rel=1e-12)


def test_files_and_blocks_end_where_memory_does(tmp_path):
    for name, (model, x) in CASES.items():
        if name.startswith(("coins", "Poisson")):
            continue
        table = x.reshape(len(x), -1)
        np.save(tmp_path / "x.npy", table)
        whole = em.fit(model, x)
        mapped = np.load(tmp_path / "x.npy", mmap_mode="r")
        for data in (mapped, np.split(table, [20])):
            fit = em.fit(model, data)
            assert fit.objective == pytest.approx(whole.objective, rel=1e-12)


def test_a_prior_is_part_of_what_makes_models_equal_and_of_what_they_say():
    one, other = plane(), plane(covariance_prior=(3.5, [[0.5, 0.2], [0.2, 0.8]]))
    assert one == plane()
    assert one != other
    assert one != plane(covariance_prior=(3.6, FULL))
    assert one != plane(covariance_prior=None)
    assert one != plane(weight_prior=2.4)
    assert one.covariance_prior != "prior"
    title = repr(one).splitlines()[0]
    assert title.endswith(", prior: weights Dirichlet(2.5) and inverse Wishart(3.5)")
    assert "prior: weights Dirichlet(3)" in CASES["coins"][0]._repr_html_()
    assert "prior: inverse Wishart(3.5)" in repr(line(weight_prior=None))
    with pytest.raises(ValueError, match="read-only"):
        one.covariance_prior.scale[0, 0] = 9
    with pytest.raises(ValueError, match="read-only"):
        pickle.loads(pickle.dumps(one)).covariance_prior.scale[0, 0] = 9


def test_a_prior_given_is_not_changed_and_not_shared():
    scale = np.array(FULL)
    model = plane(covariance_prior=(3.5, scale))
    scale[0, 0] = 7.0
    assert model.covariance_prior.scale[0, 0] == 0.5
    assert scale.flags.writeable


def test_the_same_prior_in_one_dimension_and_in_a_plane_of_one_column():
    flat = line()
    one = GaussianMixture(
        HALF, [[0], [2]], [[[1]], [[1]]], weight_prior=2.5, covariance_prior=(3.5, 0.6)
    )
    ends = [em.fit(model, LINE, tol=1e-12) for model in (flat, one)]
    assert ends[0].objective == pytest.approx(ends[1].objective, rel=1e-12)
    assert ends[0].model.variances == pytest.approx(ends[1].model.covariances.ravel(), rel=1e-8)


def test_selection_goes_by_the_likelihood_alone():
    model, x = plane(), PLANE
    fit = em.fit(model, x)
    plain = dataclasses.replace(fit.model, weight_prior=None, covariance_prior=None)
    for criterion in (selection.aic, selection.bic, selection.icl):
        assert criterion(fit.model, x) == pytest.approx(criterion(plain, x), rel=1e-13)
    options = {"weight_prior": 2.5, "covariance_prior": (3.5, 0.6), "n_starts": 2, "rng": 0}
    for row in selection.compare(GaussianMixture, x, n_components=(1, 2), **options).candidates:
        likelihood = row.fit.model.log_likelihood(x)
        assert row.log_likelihood == pytest.approx(likelihood, rel=1e-13)
        assert row.fit.objective == pytest.approx(likelihood + row.fit.model.log_prior)
    small, large = (
        em.multistart(GaussianMixture1D, LINE, n_components=k, tol=1e-6, **options)[0].model
        for k in (1, 2)
    )
    gain = large.log_likelihood(LINE) - small.log_likelihood(LINE)
    ask = options | {"n_components": 2, "against": 1, "n_samples": 2}
    ratio = selection.likelihood_ratio(GaussianMixture1D, LINE, **ask)
    assert ratio.statistic == pytest.approx(2 * gain, abs=1e-3)


def test_the_bootstrap_refits_with_the_prior():
    fit = em.fit(line(), LINE)
    for model in information.bootstrap(fit.model, LINE, n_samples=3, rng=0):
        assert model.covariance_prior == fit.model.covariance_prior


# Refusals.

REFUSED = [
    ({"weight_prior": 0.5}, ValueError, "weight_prior: expected a finite number of 1 or more"),
    ({"weight_prior": 0}, ValueError, "weight_prior: .*1 or more.* got 0"),
    ({"weight_prior": -2}, ValueError, "weight_prior: .*1 or more.* got -2"),
    ({"weight_prior": math.nan}, ValueError, "weight_prior: .*got nan"),
    ({"weight_prior": math.inf}, ValueError, "weight_prior: .*got inf"),
    ({"weight_prior": 10**400}, ValueError, "weight_prior: .*got inf"),
    ({"weight_prior": 1e300}, ValueError, "weight_prior: .*got 1e"),
    ({"weight_prior": True}, TypeError, "weight_prior: expected a number, got True"),
    ({"weight_prior": "2"}, TypeError, "weight_prior: expected a number, got '2'"),
    ({"weight_prior": [2, 3]}, TypeError, "weight_prior: expected a number, got"),
    ({"weight_prior": 2 + 1j}, TypeError, "weight_prior: expected a number, got"),
    ({"weight_prior": 2, "fixed_weights": True}, ValueError, "weight_prior: expected None where"),
    ({"weight_prior": 2, "weights": [0, 1]}, ValueError, r"weights: .*above zero.*weights\[0\]"),
    ({"covariance_prior": 3}, TypeError, "covariance_prior: expected a pair, .*got 3"),
    ({"covariance_prior": (3,)}, TypeError, "covariance_prior: expected a pair"),
    ({"covariance_prior": (3, 1, 2)}, TypeError, "covariance_prior: expected a pair"),
    ({"covariance_prior": {"nu": 3}}, TypeError, "covariance_prior: expected a pair"),
    ({"covariance_prior": np.eye(2)}, TypeError, "covariance_prior: expected a pair"),
    ({"covariance_prior": ("3", 1)}, TypeError, "covariance_prior: expected a number, got '3'"),
    ({"covariance_prior": (FULL, 3)}, TypeError, "covariance_prior: expected a number, got"),
    ({"covariance_prior": (1, 1)}, ValueError, "covariance_prior: .*nu_0 above D - 1 = 1, got 1"),
    ({"covariance_prior": (math.nan, 1)}, ValueError, "covariance_prior: .*got nan"),
    ({"covariance_prior": (math.inf, 1)}, ValueError, "covariance_prior: .*got inf"),
    ({"covariance_prior": (3, 0)}, ValueError, "covariance_prior: .*positive definite"),
    ({"covariance_prior": (3, -1)}, ValueError, "covariance_prior: .*positive definite"),
    ({"covariance_prior": (3, math.nan)}, ValueError, "covariance_prior: expected finite"),
    ({"covariance_prior": (3, "a")}, TypeError, "covariance_prior: expected real numbers"),
    ({"covariance_prior": (3, None)}, TypeError, "covariance_prior: expected real numbers"),
    ({"covariance_prior": (3, [1, 2])}, ValueError, "covariance_prior: .*dimension"),
    ({"covariance_prior": (3, np.eye(3))}, ValueError, r"covariance_prior: .*shape \(2, 2\)"),
    ({"covariance_prior": (3, [[1, 2], [0, 1]])}, ValueError, "covariance_prior: .*symmetric"),
    ({"covariance_prior": (3, [[1, 2], [2, 1]])}, ValueError, "covariance_prior: .*positive def"),
    ({"covariance_prior": (3, [[1, 1], [1, 1]])}, ValueError, "covariance_prior: .*positive def"),
    (
        {"covariance_prior": (3, FULL), "covariance_type": "diag"},
        ValueError,
        "covariance_prior: expected a diagonal scale S_0 for covariance_type='diag'",
    ),
    (
        {"covariance_prior": (3, np.diag([1, 2])), "covariance_type": "spherical"},
        ValueError,
        "covariance_prior: expected a scale S_0 that is a number for covariance_type='spherical'",
    ),
]


@pytest.mark.parametrize(("options", "error", "words"), REFUSED, ids=lambda v: None)
def test_what_is_no_prior_is_refused_by_name(options, error, words):
    given = {"weights": HALF, "means": PLANE[:2], "covariances": [np.eye(2)] * 2} | options
    with pytest.raises(error, match=words) as refused:
        GaussianMixture(**given)
    assert len(str(refused.value)) < 300
    given = {k: v for k, v in options.items() if k != "weights"}
    if "weights" not in options:
        with pytest.raises(error, match=words):
            em.multistart(GaussianMixture, PLANE, n_components=2, rng=0, **given)


def test_the_other_models_refuse_by_the_same_rules():
    for make in (
        lambda **options: CoinMixture([0.3, 0.7], HALF, **options),
        lambda **options: PoissonMixture(HALF, [1, 6], **options),
        lambda **options: GaussianMixture1D(HALF, [0, 2], [1, 1], **options),
    ):
        with pytest.raises(ValueError, match="weight_prior: .*1 or more"):
            make(weight_prior=0.2)
        with pytest.raises(ValueError, match="weight_prior: expected None where fixed_weights"):
            make(weight_prior=2, fixed_weights=True)
    for prior, words in (((0, 1), "D - 1 = 0, got 0"), ((2, 0), "positive definite")):
        with pytest.raises(ValueError, match=f"covariance_prior: .*{words}"):
            line(covariance_prior=prior)
    for kind, x in ((CoinMixture, HEADS), (PoissonMixture, EVENTS), (KMeans, PLANE)):
        with pytest.raises(TypeError, match="covariance_prior"):
            em.multistart(kind, x, n_components=2, rng=0, covariance_prior=(3, 1))


def test_a_file_with_a_prior_that_is_none_is_refused(tmp_path):
    storage.save(plane(), tmp_path / "model.json")
    text = (tmp_path / "model.json").read_text(encoding="utf-8")
    bad = text.replace('"weight_prior": 2.5', '"weight_prior": 0.5')
    assert bad != text
    (tmp_path / "model.json").write_text(bad, encoding="utf-8")
    with pytest.raises(ValueError, match="weight_prior"):
        storage.load(tmp_path / "model.json")
