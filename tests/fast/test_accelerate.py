"""`emlib.fast.accelerate`: fewer passes to EM's own end, and never down on the way."""

import functools
import itertools
import math

import numpy as np
import pytest
from properties.problems import MIXTURES, holds
from properties.problems import problems as random_problems

from benchmarks import problems
from emlib import (
    CoinMixture,
    CollapseError,
    EMWarning,
    GaussianMixture,
    GaussianMixture1D,
    KMeans,
    coins,
    datasets,
    em,
    start,
)
from emlib.fast import accelerate
from emlib.models.model import QUICK, QuickSteps
from emlib.stopping import still_to_come

METHODS = ["squarem", "lbfgs"]
each_method = pytest.mark.parametrize("method", METHODS)
RULE = {"stop": "remaining", "tol": 1e-9, "max_iter": 20_000}


@functools.cache
def plain(name):
    """Return a problem, and plain EM's fit of it."""
    problem = getattr(problems, name)()
    return problem, em.fit(problem.start, problem.x, **RULE)


def never_falls(fit, n):
    return np.diff(fit.history).min(initial=0.0) >= -1e-12 * (abs(fit.objective) + n)


def passes_until(problem, method, objective):
    with np.errstate(all="ignore"):
        data = problem.start.prepare_fit(problem.x)
        for reached, _, passes, _ in accelerate.rounds(problem.start, data, method)[0]:
            if reached >= objective:
                return passes


# What it must save.


each_problem = pytest.mark.parametrize(
    "name",
    [
        pytest.param(p.__name__, marks=[pytest.mark.slow] * (p is problems.ten_clouds))
        for p in problems.ALL
    ],
)


@each_method
@each_problem
def test_the_same_end_in_fewer_passes_and_never_down(name, method):
    problem, slow = plain(name)
    n = len(problem.x)
    fit = em.fit(problem.start, problem.x, accelerate=method, **RULE)
    assert fit.converged
    assert fit.n_e_steps * problem.saving <= slow.n_e_steps
    assert fit.objective >= slow.objective - 1e-8 * n
    assert never_falls(fit, n)
    near = slow.objective - 1e-6 * n
    until = int(np.argmax(slow.history >= near)) + 1
    assert passes_until(problem, method, near) * problem.saving <= until


@each_method
def test_the_usual_rule_saves_as_much(method):
    for name in ("two_stds_apart", "three_overlapping_clouds", "two_similar_coins"):
        problem, _ = plain(name)
        slow, fit = (
            em.fit(problem.start, problem.x, tol=1e-9, max_iter=20_000, accelerate=how)
            for how in (None, method)
        )
        assert fit.n_e_steps * problem.saving <= slow.n_e_steps
        assert fit.objective >= slow.objective - 1e-8 * len(problem.x)


def test_quasi_newton_steps_save_more_than_cycles_do():
    for name in ("two_stds_apart", "one_and_a_half_stds_apart"):
        problem, slow = plain(name)
        passes = [
            em.fit(problem.start, problem.x, accelerate=how, **RULE).n_e_steps for how in METHODS
        ]
        assert 20 * passes[1] < slow.n_e_steps
        assert 2 * passes[1] < passes[0]


def test_the_quasi_newton_step_knows_the_curvature_along_what_it_remembers():
    rng = np.random.default_rng(0)
    root = rng.normal(size=(6, 6))
    curvature = root @ root.T + np.eye(6)
    moves = rng.normal(size=(3, 6))
    pairs = [(move, curvature @ move) for move in moves]
    assert accelerate.quasi_newton_step(curvature @ moves[-1], pairs) == pytest.approx(moves[-1])
    slope = rng.normal(size=6)
    assert accelerate.quasi_newton_step(slope, []).tolist() == slope.tolist()
    assert slope @ accelerate.quasi_newton_step(slope, pairs) > 0
    conjugate = np.linalg.inv(np.linalg.cholesky(curvature)).T  # columns: as many as unknowns
    pairs = [(move, curvature @ move) for move in conjugate.T]
    newton = np.linalg.solve(curvature, slope)
    assert accelerate.quasi_newton_step(slope, pairs) == pytest.approx(newton)


def test_without_the_safeguard_the_likelihood_falls():
    problem = problems.ten_clouds()
    guarded, bold = [], []
    for history, accepts in ((guarded, None), (bold, lambda *_: True)):
        with np.errstate(all="ignore"):
            data = problem.start.prepare_fit(problem.x[::4])
            path, _ = accelerate.rounds(problem.start, data, "squarem", accepts)
            history += [objective for objective, *_ in itertools.islice(path, 120)]
    assert np.diff(guarded).min() > -1e-12 * abs(guarded[-1])
    assert np.diff(bold).min() < -10


@pytest.mark.parametrize(
    ("means", "variances"), [([2, 7], [4, 1e-34]), ([2, 1e5], [4, 1])], ids=["on a point", "dead"]
)
def test_no_jump_to_where_em_could_not_go_on_and_its_pass_is_counted(means, variances):
    model = GaussianMixture1D([0.5, 0.5], [2, 7], [4, 4])
    with np.errstate(all="ignore"):
        ascent = accelerate.Ascent(model, model.prepare_fit(np.arange(10.0)))
        coordinates = accelerate.ScaledCoordinates(ascent.here)
        there = coordinates.of(GaussianMixture1D([0.5, 0.5], means, variances))
        assert ascent.attempt(coordinates, there) is None
        assert ascent.n_e_steps == 2
        assert ascent.attempt(coordinates, 0 * there).objective == ascent.here.objective


# What holds for every problem.


@holds(random_problems(kinds=MIXTURES), examples=30)
def test_no_fit_falls_and_its_record_is_its_own(problem):
    for method in METHODS:
        try:
            fit = em.fit(problem.model, problem.x, accelerate=method, max_iter=60)
        except CollapseError:
            continue
        n = len(problem.x)
        assert fit.status is not em.Status.DECREASED
        assert np.diff(fit.history).min(initial=0.0) >= -1e-10 * (abs(fit.objective) + n)
        assert len(fit.history) == fit.n_iter + 1 <= fit.n_e_steps
        assert fit.history[-1] == fit.objective
        assert fit.objective == pytest.approx(fit.model.log_likelihood(problem.x), rel=1e-9)


@holds(random_problems(kinds=MIXTURES, floors=(1e-3, 1e-1)), examples=25)
def test_in_one_basin_the_end_is_that_of_em(problem):
    near = em.fit(problem.model, problem.x, tol=1e-6, max_iter=500)
    rule = {"tol": 1e-8, "stop": "remaining", "max_iter": 5000}
    slow = em.fit(near.model, problem.x, **rule)
    for method in METHODS:
        fit = em.fit(near.model, problem.x, accelerate=method, **rule)
        # One that has as much to gain yet lingers at a saddle: from there ways part.
        at_its_end = slow.objective - near.objective < 1e-2 * len(problem.x)
        if slow.converged and at_its_end:
            assert fit.objective >= slow.objective - 1e-6 * len(problem.x)


# What the model holds.


@each_method
def test_weights_that_are_held_and_weights_of_zero_stay_as_they_are(method):
    x = problems.three_overlapping_clouds().x[:800]
    means = [[0, 0], [2.5, 0], [0, 2.5], [9, 9]]
    held = GaussianMixture([0.4, 0.4, 0.2], means[:3], [np.eye(2)] * 3, fixed_weights=True)
    slow, fit = (em.fit(held, x, accelerate=how, tol=1e-9) for how in (None, method))
    assert fit.n_e_steps < slow.n_e_steps
    assert fit.model.weights.tolist() == [0.4, 0.4, 0.2]
    zero = GaussianMixture([0.4, 0.4, 0.2, 0.0], means, [np.eye(2)] * 4)
    fit = em.fit(zero, x, accelerate=method)
    assert fit.model.weights[3] == 0
    assert fit.model.means[3].tolist() == [9, 9]
    three = GaussianMixture([0.4, 0.4, 0.2], means[:3], [np.eye(2)] * 3)
    assert fit.objective == pytest.approx(em.fit(three, x, tol=1e-9).objective, abs=1e-3)


@each_method
@pytest.mark.parametrize("floor", [0.7, 1.0])
def test_no_eigenvalue_falls_below_the_floor(method, floor):
    problem = problems.three_overlapping_clouds()
    x = problem.x[:1000]
    s = problem.start
    model = GaussianMixture(s.weights, s.means, s.covariances, covariance_floor=floor)
    slow = em.fit(model, x, **RULE)
    fit = em.fit(model, x, accelerate=method, **RULE)
    for point in (slow, fit):
        lowest = np.linalg.eigvalsh(point.model.covariances).min()
        assert floor * (1 - 1e-12) <= lowest
    assert np.linalg.eigvalsh(slow.model.covariances).min() == pytest.approx(floor)
    assert fit.n_e_steps < slow.n_e_steps
    assert fit.objective >= slow.objective - 1e-6 * len(x)
    flat = GaussianMixture1D([0.5, 0.5], [-1, 1], [2, 2], covariance_floor=0.7)
    assert em.fit(flat, x[:, 0], accelerate=method).model.variances.min() >= 0.7


@each_method
def test_a_coin_that_never_shows_tails_is_held(method):
    x = coins.counts([10] * 4 + [7, 6, 5, 4, 6, 5, 7, 3, 6, 8], 10)
    model = CoinMixture([1.0, 0.5, 0.6], [0.3, 0.3, 0.4])
    slow = em.fit(model, x, **RULE)
    fit = em.fit(model, x, accelerate=method, **RULE)
    assert fit.model.biases[0] == 1.0
    assert fit.objective >= slow.objective - 1e-6
    assert 2 * fit.n_e_steps < slow.n_e_steps


# Units.


@each_method
def test_neither_units_nor_an_offset_matter(method):
    problem = problems.three_small_clouds()
    model, x = problem.start, problem.x
    once = em.fit(model, x, accelerate=method, tol=1e-7)
    for unit, offset in ((2.0**-30, 0.0), (2.0**30, 0.0), (1.0, 1e8)):
        moved = GaussianMixture(
            model.weights, unit * model.means + offset, unit**2 * model.covariances
        )
        fit = em.fit(moved, unit * x + offset, accelerate=method, tol=1e-7)
        assert fit.n_e_steps == once.n_e_steps
        assert fit.model.weights == pytest.approx(once.model.weights, abs=1e-6)
        means = (fit.model.means - offset) / unit
        assert means == pytest.approx(once.model.means, abs=1e-5)


# The stopping rule.


def test_what_is_still_to_come_of_a_geometric_series():
    for rate in (0.1, 0.9, 0.99):
        history = [-(rate**i) for i in range(30)]
        assert still_to_come(history) == pytest.approx(rate**29, rel=1e-9)


def test_while_gains_grow_or_are_too_few_nothing_is_known_of_the_end():
    for history in ([0.0], [0.0, 1.0], [0.0, 1.0, 3.0], [0.0, 1.0, 2.0]):
        assert still_to_come(history) == math.inf
    assert still_to_come([0.0, 1.0, 1.0]) == 0
    assert still_to_come([0.0, 1.0, 0.9]) == 0


def test_a_ratio_of_gains_that_are_mostly_rounding_is_taken_over_many_rounds():
    rng = np.random.default_rng(0)
    rate = 0.995
    gains = rate ** np.arange(2001)
    true = gains[-1] * rate / (1 - rate)
    for _ in range(5):
        noisy = np.cumsum(gains * (1 + 0.02 * rng.normal(size=2001)))
        assert still_to_come(list(noisy)) == pytest.approx(true, rel=0.15)


@pytest.mark.parametrize("method", [None, *METHODS])
@pytest.mark.parametrize("name", ["two_stds_apart", "three_on_a_line", "three_small_clouds"])
def test_stopping_by_what_remains_leaves_no_more_than_the_tolerance(name, method):
    problem, best = plain(name)
    n, tol = len(problem.x), 1e-6
    fits = {
        stop: em.fit(problem.start, problem.x, stop=stop, tol=tol, accelerate=method, max_iter=5000)
        for stop in ("gain", "remaining")
    }
    left = {stop: (best.objective - fit.objective) / n for stop, fit in fits.items()}
    assert left["remaining"] <= 2 * tol  # an estimate
    if method is None:
        assert left["gain"] > 5 * tol
        assert fits["remaining"].n_iter > fits["gain"].n_iter


@pytest.mark.parametrize("method", [None, *METHODS])
def test_the_first_rounds_do_not_fool_the_estimate(method):
    """After three rounds the gains of this problem seem to shrink a thousandfold each."""
    problem, best = plain("three_on_a_line")
    for tol in (1e-4, 1e-5):
        rule = {"tol": tol, "accelerate": method}
        short = em.fit(problem.start, problem.x, **rule)
        long = em.fit(problem.start, problem.x, stop="remaining", **rule)
        assert long.n_iter >= short.n_iter
        assert (best.objective - long.objective) / len(problem.x) < 3e-4


def test_plain_em_that_stops_by_what_remains_takes_the_same_rounds():
    problem, _ = plain("three_small_clouds")
    short = em.fit(problem.start, problem.x, tol=1e-6)
    long = em.fit(problem.start, problem.x, tol=1e-6, stop="remaining")
    assert long.history[: short.n_iter + 1].tolist() == short.history.tolist()


@each_method
def test_a_tolerance_of_zero_ends_in_plain_em_at_a_fixed_point(method):
    x = datasets.do_batzoglou().x
    model = CoinMixture([0.6, 0.5], [0.5, 0.5], fixed_weights=True)
    fit = em.fit(model, x, tol=0, accelerate=method)
    assert fit.converged
    assert fit.model.biases == pytest.approx([0.796789066923, 0.519583120145], abs=1e-12)
    problem = problems.three_small_clouds()
    # How long the last digits turn before they repeat is the processor's: 300 to 4100 rounds here.
    fit = em.fit(problem.start, problem.x, tol=0, accelerate=method, max_iter=50_000)
    assert fit.converged
    again = fit.model.m_step(fit.model.e_step(problem.x)[0])
    # A mean of n points is off by some sqrt(n) eps |x|, 3e-14 here; twice, as both forms round.
    assert again.means == pytest.approx(fit.model.means, abs=1e-13)


@each_method
def test_the_cap_is_one_on_passes_too(method):
    problem = problems.one_and_a_half_stds_apart()
    with pytest.warns(EMWarning, match="Not converged: max_iter was reached"):
        fit = em.fit(problem.start, problem.x, tol=1e-12, accelerate=method, max_iter=15)
    assert fit.status is em.Status.MAX_ITER
    assert 15 < fit.n_e_steps <= 15 + accelerate.TRIES + 1
    assert len(fit.history) == fit.n_iter + 1


def test_refused_jumps_count_towards_the_cap(monkeypatch):
    problem = problems.one_and_a_half_stds_apart()
    none = functools.partial(accelerate.rounds, accepts=lambda *_: False)
    monkeypatch.setitem(QUICK, type(problem.start), QuickSteps(accelerated=none))
    with pytest.warns(EMWarning, match="max_iter"):
        fit = em.fit(problem.start, problem.x, tol=1e-12, accelerate="squarem", max_iter=60)
    assert fit.n_e_steps == 61 > fit.n_iter + 5


class Turning:
    """A model that EM leads round in a circle of two."""

    def __init__(self, at=0):
        self.at = at

    def __eq__(self, other):
        return self.at == other.at

    def e_step(self, data):
        return None, 0.0

    def m_step(self, statistics):
        return Turning(1 - self.at)


def test_plain_em_that_goes_round_in_its_last_digits_has_come_to_its_end():
    ascent = accelerate.Ascent(Turning(), [0.0])
    models = [model.at for _, model, *_ in itertools.islice(accelerate.plain(ascent), 6)]
    assert models == [1] * 6
    assert ascent.n_e_steps == 2


@each_method
def test_at_rest_no_more_passes_are_spent(method):
    model = CoinMixture([0.6, 0.5], [0.5, 0.5], fixed_weights=True)
    data = model.prepare_fit(datasets.do_batzoglou().x)
    with np.errstate(all="ignore"):
        path = list(itertools.islice(accelerate.rounds(model, data, method)[0], 300))
    assert path[-1][2] == path[-50][2]


@each_method
def test_every_pass_is_counted(method, monkeypatch):
    problem = problems.two_stds_apart()
    seen = []
    look = GaussianMixture1D.e_step

    def counted(self, x):
        seen.append(self)
        return look(self, x)

    monkeypatch.setattr(GaussianMixture1D, "e_step", counted)
    fit = em.fit(problem.start, problem.x, accelerate=method, tol=1e-12, stop="remaining")
    assert fit.n_e_steps == len(seen)
    assert fit.n_e_steps > fit.n_iter + 1  # some were refused


# What is handed on, and what is refused.


@each_method
def test_multistart_hands_it_on(method):
    x = datasets.old_faithful().x
    options = {"tol": 1e-7, "stop": "remaining", "accelerate": method}
    fits = em.multistart(GaussianMixture, x, n_components=3, n_starts=2, rng=0, **options)
    rng = np.random.default_rng(0)
    singles = [
        em.fit(start.kmeans_plus_plus(GaussianMixture, x, n_components=3, rng=rng), x, **options)
        for _ in range(2)
    ]
    assert sorted(f.objective for f in fits) == sorted(f.objective for f in singles)
    assert sorted(f.n_e_steps for f in fits) == sorted(f.n_e_steps for f in singles)


@each_method
def test_a_collapse_is_said_as_plain_em_says_it(method):
    x = np.array([0.0, 0.1, -0.1, 5.0, 6.0, 7.5, 7.5])
    bad = GaussianMixture1D([0.5, 0.5], [0, 7.5], [4, 1e-4])
    with pytest.raises(CollapseError, match="component 1"):
        em.fit(bad, x, accelerate=method)


def test_k_means_is_refused_by_name():
    x = datasets.old_faithful().x
    with pytest.raises(TypeError, match="^accelerate: expected None for KMeans.*got 'squarem'$"):
        em.fit(KMeans(x[:2]), x, accelerate="squarem")
    assert em.fit(KMeans(x[:2]), x, stop="remaining").converged


BAD = {
    "accelerate": [("fast", ValueError), ("", ValueError), (True, TypeError), (1, TypeError)],
    "stop": [("never", ValueError), (None, TypeError), (0.5, TypeError)],
}
EXPECTED = {"accelerate": "None, 'squarem' or 'lbfgs'", "stop": "'gain' or 'remaining'"}


@pytest.mark.parametrize(
    ("name", "value", "error"), [(n, v, e) for n, cases in BAD.items() for v, e in cases]
)
def test_what_is_not_known_is_refused_by_name(name, value, error):
    x = datasets.do_batzoglou().x
    model = CoinMixture([0.6, 0.5], [0.5, 0.5])
    message = f"^{name}: expected {EXPECTED[name]}, got {value!r}$"
    with pytest.raises(error, match=message):
        em.fit(model, x, **{name: value})
    with pytest.raises(error, match=message):
        em.multistart(CoinMixture, x, n_components=2, rng=0, **{name: value})
