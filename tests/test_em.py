"""`emlib.em`: the loop, its stopping rule, what it keeps and what it says."""

import dataclasses
import itertools
import pathlib
import sys
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
    datasets,
    em,
    start,
    stopping,
)
from emlib.data.rows import Rows
from emlib.models.model import Model

X = datasets.do_batzoglou().x
THETA = CoinMixture([0.6, 0.5], [0.5, 0.5], fixed_weights=True)
GEYSER = datasets.old_faithful().x
WAITING = GEYSER[:, 1]

# Do & Batzoglou, figure 1: the biases of A and B after each round, four decimals, with the
# log-likelihood before it.
ITERATES = [
    (0.7130, 0.5813, -33.09386),
    (0.7453, 0.5693, -31.85926),
    (0.7681, 0.5495, -31.72312),
    (0.7832, 0.5346, -31.62783),
    (0.7911, 0.5263, -31.58495),
    (0.7945, 0.5224, -31.57306),
    (0.7959, 0.5207, -31.57068),
    (0.7965, 0.5200, -31.57028),
    (0.7967, 0.5198, -31.57021),
    (0.7967, 0.5197, -31.57020),
]


@dataclasses.dataclass(eq=False)
class Script(Model):
    """A model that plays back objectives written in advance: what the loop does is its own."""

    at: int
    objectives: tuple[float, ...]
    passes: list[int]
    fixed_at: int = 10**9
    stops: bool = False

    @property
    def stops_at_repeat(self):
        return self.stops

    def __eq__(self, other):
        return self.at == other.at

    def __repr__(self):
        return f"Script at {self.at}"

    def prepare_fit(self, x):
        return x if isinstance(x, Rows) else Rows(np.asarray(x))

    def e_step(self, x):
        self.passes.append(self.at)
        return None, self.objectives[min(self.at, len(self.objectives) - 1)]

    def m_step(self, statistics):
        return dataclasses.replace(self, at=min(self.at + 1, self.fixed_at))


def play(*objectives, n=4, tol=0.5, max_iter=50, **options):
    model = Script(0, objectives, [], **options)
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        fit = em.fit(model, np.zeros((n, 1)), tol=tol, max_iter=max_iter)
    return fit, model.passes, [str(w.message) for w in said]


def test_the_ten_published_iterates_of_do_and_batzoglou():
    steps = list(itertools.islice(em.iterate(THETA, X), 11))
    for before, after, (a, b, objective) in zip(steps, steps[1:], ITERATES, strict=False):
        assert after.model.biases.round(4).tolist() == [a, b]
        assert before.objective == pytest.approx(objective, abs=5e-6)
    assert [step.iteration for step in steps] == list(range(11))


def test_every_step_has_the_objective_at_its_own_model():
    for model, x in (
        (THETA, X),
        (GaussianMixture1D([0.5, 0.5], [55, 80], [25, 25]), WAITING),
        (GaussianMixture([0.5, 0.5], [[2, 55], [4, 80]], [np.eye(2)] * 2), GEYSER),
    ):
        for step in itertools.islice(em.iterate(model, x), 6):
            assert step.objective == pytest.approx(step.model.log_likelihood(x), rel=1e-12)
    for step in itertools.islice(em.iterate(KMeans([[2.0, 54], [4.3, 80]]), GEYSER), 6):
        assert step.objective == pytest.approx(step.model.objective(GEYSER), rel=1e-12)


def test_iterate_never_ends_and_stays_at_a_fixed_point_without_new_passes():
    model = Script(0, (1.0, 2.0, 3.0), [], fixed_at=2)
    steps = list(itertools.islice(em.iterate(model, np.zeros((4, 1))), 8))
    assert [step.iteration for step in steps] == list(range(8))
    assert [step.objective for step in steps] == [1, 2, 3, 3, 3, 3, 3, 3]
    assert model.passes == [0, 1, 2]
    assert steps[2].model is steps[7].model
    assert steps[0].model is model


def test_a_fit_ends_when_the_gain_a_row_is_at_most_the_tolerance():
    fit, passes, said = play(0.0, 10.0, 15.0, 17.0, 18.0, n=4, tol=0.5)
    assert fit.history.tolist() == [0, 10, 15, 17]  # the last gain is 2 = 4 rows * 0.5
    assert (fit.n_iter, fit.n_e_steps, passes) == (3, 4, [0, 1, 2, 3])
    assert fit.status is em.Status.CONVERGED
    assert fit.converged
    assert fit.objective == 17.0
    assert fit.model.at == 3
    assert said == []


def test_the_tolerance_is_for_each_row_so_that_n_does_not_matter():
    assert play(0.0, 10.0, 15.0, 17.0, 18.0, n=4, tol=0.51)[0].n_iter == 3
    assert play(0.0, 10.0, 15.0, 17.0, 18.0, 18.0, n=4, tol=0.49)[0].n_iter == 4
    assert play(0.0, 10.0, 15.0, 17.0, 18.0, n=10, tol=0.5)[0].n_iter == 2
    once = em.fit(THETA, X, tol=1e-5)
    many = em.fit(THETA, np.tile(X, (50, 1)), tol=1e-5)
    assert many.n_iter == once.n_iter
    assert many.history == pytest.approx(50 * once.history, rel=1e-12)


def test_the_cap_is_not_convergence_and_warns():
    fit, passes, said = play(0.0, 10.0, 20.0, 30.0, max_iter=2)
    assert fit.history.tolist() == [0, 10, 20]
    assert (fit.n_iter, fit.n_e_steps, len(passes)) == (2, 3, 3)
    assert fit.status is em.Status.MAX_ITER
    assert not fit.converged
    assert len(said) == 1
    assert said[0].startswith("Not converged: max_iter was reached")


def test_a_rule_met_in_the_very_last_round_is_convergence():
    fit, _, said = play(0.0, 10.0, 10.0, max_iter=2)
    assert fit.status is em.Status.CONVERGED
    assert (fit.n_iter, said) == (2, [])


def test_a_round_that_lowers_the_objective_is_not_taken_and_said():
    fit, passes, said = play(0.0, 10.0, 9.0, 20.0, tol=0.01)
    assert fit.status is em.Status.DECREASED
    assert not fit.converged
    assert fit.history.tolist() == [0, 10]
    assert (fit.model.at, fit.objective, fit.n_iter) == (1, 10, 1)
    assert (fit.n_e_steps, passes) == (3, [0, 1, 2])
    assert len(said) == 1
    assert said[0].startswith("Stopped before a round that lowers the objective")


@pytest.mark.parametrize(("objective", "n"), [(1e6, 4), (0.0, 10**6)])
def test_a_fall_within_rounding_is_none(objective, n):
    allowed = 1e-10 * (abs(objective) + n)
    small = play(objective - 1, objective, objective - 0.9 * allowed, n=n, tol=1e-12)[0]
    large = play(objective - 1, objective, objective - 1.1 * allowed, n=n, tol=1e-12)[0]
    assert small.status is em.Status.CONVERGED
    assert large.status is em.Status.DECREASED


def test_a_tolerance_of_zero_runs_until_no_parameter_changes():
    fit, passes, _ = play(0.0, 1.0, 1.0, 1.0, 2.0, tol=0.0, fixed_at=4)
    assert fit.status is em.Status.CONVERGED
    assert fit.history.tolist() == [0, 1, 1, 1, 2, 2]
    assert fit.n_iter == 5
    assert passes == [0, 1, 2, 3, 4]
    assert fit.n_e_steps == 5
    fit = em.fit(THETA, X, tol=0)
    # Or turns in its last digits: a bias is a ratio of sums of five terms, each off by a few eps.
    again = fit.model.m_step(fit.model.e_step(X)[0])
    assert again.biases == pytest.approx(fit.model.biases, rel=4e-15)
    assert fit.model.biases == pytest.approx([0.796789066923, 0.519583120145], abs=1e-12)
    assert fit.objective == pytest.approx(-31.570200235996904, abs=1e-12)


def test_a_repeat_ends_a_fit_whatever_the_tolerance():
    fit, _, _ = play(0.0, 1.0, tol=1e-300, fixed_at=1)
    assert (fit.status, fit.n_iter, fit.n_e_steps) == (em.Status.CONVERGED, 2, 2)


@dataclasses.dataclass(eq=False)
class Circle(Script):
    """A model that goes on to ``back`` when it has been at ``last``."""

    last: int = 0
    back: int = 0

    def m_step(self, statistics):
        return dataclasses.replace(self, at=self.back if self.at == self.last else self.at + 1)


@pytest.mark.parametrize(
    ("back", "last", "rounds"),
    # The first to come back to where they were in round 1, 4 or 8.
    [(0, 1, 3), (2, 3, 6), (3, 5, 7), (2, 6, 13)],
)
def test_a_circle_ends_a_fit_without_tolerance(back, last, rounds):
    model = Circle(0, (0.0,), [], last=last, back=back)
    fit = em.fit(model, np.zeros((4, 1)), tol=0)
    assert (fit.status, fit.n_iter) == (em.Status.CONVERGED, rounds)


def test_a_circle_ends_a_fit_that_stops_at_a_repeat_whatever_the_tolerance():
    model = Circle(0, (0.0,), [], last=3, back=2, stops=True)
    fit = em.fit(model, np.zeros((4, 1)), tol=1e-8, max_iter=20)
    assert (fit.status, fit.n_iter) == (em.Status.CONVERGED, 6)


@pytest.mark.parametrize(("begin", "length"), [(500, 2), (520, 130), (90, 20)])
def test_a_circle_is_found_soon_after_it_began(begin, length):
    model = Circle(0, (0.0,), [], last=begin + length - 1, back=begin)
    fit = em.fit(model, np.zeros((4, 1)), tol=0)
    assert fit.status is em.Status.CONVERGED
    assert begin + length <= fit.n_iter <= 1.4 * begin + length


def test_a_model_that_stops_at_a_repeat_ignores_the_tolerance():
    fit, _, _ = play(-9.0, -8.0, -7.9, -7.8, tol=100.0, fixed_at=3, stops=True)
    assert fit.history.tolist() == [-9, -8, -7.9, -7.8, -7.8]
    assert fit.converged


def test_k_means_stops_when_the_assignments_repeat():
    fit = em.fit(KMeans(GEYSER[:2]), GEYSER, tol=1e6)
    assert fit.converged
    labels = fit.model.predict(GEYSER)
    centroids = [GEYSER[labels == k].mean(axis=0) for k in range(2)]
    assert fit.model.centroids == pytest.approx(np.array(centroids), rel=1e-12)
    assert fit.objective == pytest.approx(-8901.76872094721, rel=1e-12)


def test_a_higher_cap_or_a_smaller_tolerance_continues_the_same_run():
    with pytest.warns(EMWarning):
        short = em.fit(THETA, X, max_iter=4)
    long = em.fit(THETA, X)
    assert long.history[:5].tolist() == short.history.tolist()
    again = em.fit(short.model, X)
    assert again.history.tolist() == long.history[4:].tolist()


def test_the_history_is_read_only():
    with pytest.raises(ValueError, match="read-only"):
        em.fit(THETA, X).history[0] = 0


def test_a_fit_and_its_status_speak():
    fit = em.fit(CoinMixture([0.6, 0.4], [0.5, 0.5], fixed_weights=True), [[9, 1], [1, 9]], tol=9)
    assert repr(fit).splitlines()[:2] == [
        "Converged: the gain of a round, or of all still to come, is within the tolerance.",
        f"1 iteration: objective from {fit.history[0]:.8g} to {fit.objective:.8g}.",
    ]
    assert repr(fit.model) in repr(fit)
    html = fit._repr_html_()
    assert html.startswith(f"<p>{fit.status.value}<br>1 i")
    assert fit.model._repr_html_() in html
    assert "10 iterations:" in repr(em.fit(THETA, X, tol=1e-6))
    for status in em.Status:
        assert status.value.endswith(".")


def test_a_fit_that_cannot_take_a_single_round_has_none():
    fit, _, _ = play(0.0, -9.0, -8.0)
    assert (fit.n_iter, fit.n_e_steps, fit.history.tolist()) == (0, 2, [0])
    assert "\n0 iterations: objective from 0 to 0." in repr(fit)


def test_the_largest_fall_that_is_rounding_is_none(monkeypatch):
    monkeypatch.setattr(stopping, "LARGEST_FALL", 0.5)
    assert play(0.0, -4.0, n=4, tol=0.1)[0].status is em.Status.CONVERGED  # 0.5 * (4 + 4)
    assert play(0.0, -4.1, n=4, tol=0.1)[0].status is em.Status.DECREASED


def test_multistart_keeps_every_fit_best_first():
    fits = em.multistart(
        GaussianMixture1D,
        WAITING,
        n_components=4,
        n_starts=6,
        rng=1,
        start=start.random_points,
        tol=1e-4,
    )
    objectives = [fit.objective for fit in fits]
    assert len(fits) == 6
    assert objectives == sorted(objectives, reverse=True)
    assert objectives[0] > objectives[-1]


def test_multistart_is_the_same_for_the_same_seed_and_runs_through_one_generator():
    def run(rng, n_starts=2):
        fits = em.multistart(KMeans, GEYSER, n_components=3, n_starts=n_starts, rng=rng)
        return [fit.model.centroids.tolist() for fit in fits]

    assert run(3) == run(3)
    assert run(3) == run(np.random.default_rng(3))
    assert run(3) != run(4)
    rng = np.random.default_rng(3)
    assert sorted(run(3, 4)) == sorted(run(rng) + run(rng))


def test_multistart_begins_with_k_means_plus_plus_ten_times_and_hands_on_every_option():
    seen = []

    def listening(model_class, x, *, n_components, rng, **options):
        seen.append((model_class, n_components, options))
        return start.kmeans_plus_plus(model_class, x, n_components=n_components, rng=rng, **options)

    plain = em.multistart(GaussianMixture, GEYSER, n_components=2, rng=0, tol=1e-3)
    options = {"fixed_weights": True, "covariance_floor": 1e-3, "weights": [0.3, 0.7]}
    heard = em.multistart(
        GaussianMixture, GEYSER, n_components=2, rng=0, tol=1e-3, start=listening, **options
    )
    assert len(plain) == len(heard) == len(seen) == 10
    assert seen[0] == (GaussianMixture, 2, options)
    assert heard[0].model.weights.tolist() == [0.3, 0.7]
    assert heard[0].model.fixed_weights is True
    assert heard[0].model.covariance_floor == 1e-3
    same = em.multistart(
        GaussianMixture, GEYSER, n_components=2, rng=0, tol=1e-3, start=start.kmeans_plus_plus
    )
    assert [f.objective for f in plain] == [f.objective for f in same]


def test_multistart_stops_by_the_same_rule_as_fit():
    with pytest.warns(EMWarning, match="max_iter"):
        fit = em.multistart(CoinMixture, X, n_components=2, n_starts=1, rng=0, max_iter=2, tol=0.0)[
            0
        ]
    assert fit.n_iter == 2
    for model_class, x in ((CoinMixture, X), (GaussianMixture1D, WAITING)):
        loose = em.multistart(model_class, x, n_components=2, n_starts=1, rng=0, tol=10.0)[0]
        assert loose.n_iter == 1


@pytest.mark.parametrize("module", ["a", "emlib.start", "z"])
def test_only_a_start_of_ours_gets_the_data_as_they_are_after_the_door(module):
    given = []

    def begin(model_class, x, *, n_components, rng):
        given.append(x)
        return THETA

    begin.__module__ = module
    em.multistart(CoinMixture, X, n_components=2, n_starts=1, rng=0, start=begin)
    assert (given[0] is X) == (module != "emlib.start")
    assert isinstance(given[0], Rows) == (module == "emlib.start")


def starts_that_collapse(*which):
    calls = itertools.count()

    def begin(model_class, x, *, n_components, rng, **options):
        call = next(calls)
        if call in which:
            raise CollapseError(f"number {call}")
        return THETA

    return begin


def test_a_start_that_collapses_is_left_out_with_a_warning():
    with pytest.warns(EMWarning, match="2 of 4 starts collapsed and were left out: number 2"):
        fits = em.multistart(
            CoinMixture, X, n_components=2, n_starts=4, rng=0, start=starts_that_collapse(0, 2)
        )
    assert len(fits) == 2


def test_only_if_all_starts_collapse_is_there_an_error():
    with pytest.raises(CollapseError, match="all 3 starts collapsed; the last said: number 2"):
        em.multistart(
            CoinMixture, X, n_components=2, n_starts=3, rng=0, start=starts_that_collapse(0, 1, 2)
        )


@pytest.mark.parametrize("accelerate", [None, "squarem"])
def test_a_collapse_in_the_middle_of_a_fit_drops_that_start_alone(accelerate):
    x = np.array([0.0, 0.1, -0.1, 5.0, 6.0, 7.5, 7.5])
    good = GaussianMixture1D([0.5, 0.5], [0, 6], [4, 4])
    bad = GaussianMixture1D([0.5, 0.5], [0, 7.5], [4, 1e-4])
    with pytest.raises(CollapseError, match="component 1"):
        em.fit(bad, x)
    turn = iter([bad, good])
    with pytest.warns(EMWarning, match="1 of 2 starts collapsed and were left out: variances"):
        fits = em.multistart(
            GaussianMixture1D,
            x,
            n_components=2,
            n_starts=2,
            rng=0,
            start=lambda *_, **__: next(turn),
            accelerate=accelerate,
        )
    alone = em.fit(good, x, accelerate=accelerate)
    assert [fit.history for fit in fits] == [pytest.approx(alone.history, rel=1e-12)]


def test_warnings_point_to_the_line_that_called():
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        em.fit(THETA, X, max_iter=1)
        em.multistart(CoinMixture, X, n_components=2, n_starts=1, rng=0, max_iter=1, tol=0.0)
    assert {w.filename for w in said} == {__file__}
    assert [w.category for w in said] == [EMWarning, EMWarning]
    source = pathlib.Path(__file__).read_text(encoding="utf-8").splitlines()
    assert "em.fit(" in source[said[0].lineno - 1]
    assert "em.multistart(" in source[said[1].lineno - 1]


BAD = {
    "tol": [(-1.0, ValueError), (np.nan, ValueError), (np.inf, ValueError), ("1", TypeError)],
    "max_iter": [(0, ValueError), (-1, ValueError), (2.5, TypeError), ("9", TypeError)],
    "progress": [(1, TypeError), (None, TypeError)],
}
BAD_MULTI = BAD | {
    "n_components": [(0, ValueError), (1.5, TypeError), (None, TypeError)],
    "n_starts": [(0, ValueError), (-3, ValueError), (2.0, TypeError)],
    "rng": [(-1, ValueError), (None, TypeError), (0.5, TypeError)],
    "start": [(None, TypeError), ("kmeans++", TypeError), (3, TypeError)],
}


@pytest.mark.parametrize(
    ("name", "value", "error"), [(n, v, e) for n, cases in BAD.items() for v, e in cases]
)
def test_fit_refuses_bad_arguments_by_name(name, value, error):
    with pytest.raises(error, match=f"^{name}: expected"):
        em.fit(THETA, X, **{name: value})


@pytest.mark.parametrize(
    ("name", "value", "error"), [(n, v, e) for n, cases in BAD_MULTI.items() for v, e in cases]
)
def test_multistart_refuses_bad_arguments_by_name(name, value, error):
    arguments = {"n_components": 2, "rng": 0, "n_starts": 1} | {name: value}
    with pytest.raises(error, match=f"^{name}: expected"):
        em.multistart(CoinMixture, X, **arguments)


@pytest.mark.parametrize("wrong", ["abc", None, 3, CoinMixture], ids=str)
def test_what_is_no_model_is_refused_by_name(wrong):
    for call in (lambda: em.fit(wrong, X), lambda: next(em.iterate(wrong, X))):
        with pytest.raises(TypeError, match=r"^model: expected a model, such as GaussianMixture"):
            call()


@pytest.mark.parametrize("wrong", ["abc", None, THETA, int], ids=repr)
def test_what_is_no_class_of_models_is_refused_by_name(wrong):
    with pytest.raises(TypeError, match="^model_class: expected a class of models"):
        em.multistart(wrong, X, n_components=2, rng=0)


@pytest.mark.parametrize("run", [em.fit, lambda *given: next(em.iterate(*given))])
def test_means_that_vanish_are_no_error_whatever_numpy_does_about_them(run, rng):
    x = rng.normal(size=(1000, 2))
    x[:, 1] = 0
    x[7, 1] = 1e-310
    with np.errstate(all="raise"):
        assert run(KMeans(x[:2]), x).objective < 0


def test_the_data_are_told_how_many_threads_an_e_step_may_use():
    seen = []

    class Watch(Script):
        def e_step(self, x):
            seen.append(x.n_threads)
            return super().e_step(x)

    for options, wanted in (({}, 1), ({"n_threads": 1}, 1), ({"n_threads": 2}, 2)):
        em.fit(Watch(0, (0.0,), []), np.zeros((4, 1)), **options)
        assert seen.pop() == wanted
    with pytest.raises(ValueError, match="^n_threads: expected at least 1"):
        em.fit(THETA, X, n_threads=0)


def test_a_cap_larger_than_any_counter_is_as_good_as_none():
    assert em.fit(THETA, X, max_iter=10**30).converged
    assert em.fit(THETA, X, max_iter=sys.maxsize).converged


def test_a_progress_bar_comes_from_tqdm_and_changes_nothing(bars):
    shown = em.fit(THETA, X, progress=True, max_iter=100)
    assert shown.history.tolist() == em.fit(THETA, X, max_iter=100).history.tolist()
    assert bars == [101]
    em.multistart(CoinMixture, X, n_components=2, n_starts=3, rng=0, progress=True)
    assert bars == [101, 3]
    em.fit(THETA, X, progress=False)
    assert bars == [101, 3]


def test_without_tqdm_a_progress_bar_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "tqdm.auto", None)
    with pytest.raises(ImportError, match=r"progress=True needs tqdm: pip install emlib\[progres"):
        em.fit(THETA, X, progress=True)


def test_steps_and_fits_are_records_that_cannot_be_changed():
    step, fit = next(em.iterate(THETA, X)), em.fit(THETA, X)
    assert step != dataclasses.replace(step)
    assert fit != dataclasses.replace(fit)
    for record, name in ((step, "objective"), (fit, "objective"), (fit, "status")):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(record, name, 0)


def test_whatever_has_the_four_methods_can_be_fitted():
    """No more is asked of a model than the module says: here x goes half the way to nought."""

    class Halving:
        def __init__(self, x):
            self.x = x

        def __eq__(self, other):
            return self.x == other.x

        def prepare_fit(self, data):
            return data

        def e_step(self, data):
            return self.x, -self.x * self.x

        def m_step(self, statistics):
            return Halving(statistics / 2)

    result = em.fit(Halving(1.0), [0.0], tol=1e-3)
    assert result.converged
    assert result.model.x == 2.0**-6  # the first gain of at most 1e-3 is 2**-10 - 2**-12
    assert result.n_iter == result.n_e_steps - 1 == 6
    assert [step.objective for step in itertools.islice(em.iterate(Halving(1.0), [0.0]), 3)] == [
        -1.0,
        -0.25,
        -0.0625,
    ]
