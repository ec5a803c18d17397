"""`emlib.fast.accelerate`, step by step, on hills where each step can be worked out by hand.

A model is a point theta, a round of EM an arithmetic map. On a quadratic hill, where a round leaves
the part r_i of the way to the top along axis i, a jump of length a leads to (1 - a (1 - r_i))^2
theta_i, whatever the path to it. Along a path of given points the rounds say exactly what is
wanted: by how much steps shrink, and what each gains.
"""

import itertools
import math
from types import SimpleNamespace
from typing import NamedTuple

import numpy as np
import pytest

from emlib import CollapseError
from emlib.data.errors import JumpCollapseError
from emlib.fast import accelerate, coordinates
from emlib.stopping import Rule, run, to_the_end

METHODS = ["squarem", "lbfgs"]
each_method = pytest.mark.parametrize("method", METHODS)


class Climber:
    """A model: a point on a hill."""

    def __init__(self, theta, hill):
        self.theta, self.hill = np.asarray(theta, dtype=np.float64), hill

    def __eq__(self, other):
        return self.theta.tolist() == other.theta.tolist()

    def e_step(self, passes):
        passes.append(self.theta.tolist())
        return self.hill.slope(self.theta), self.hill.objective(self.theta)

    def m_step(self, statistics):
        return Climber(self.hill.round(self.theta), self.hill)


class Offsets:
    """Coordinates of a climber: how far from the origin it is."""

    def __init__(self, origin):
        self.origin = origin

    def of(self, model):
        return model.theta - self.origin.theta

    def model(self, offset):
        return Climber(self.origin.theta + offset, self.origin.hill)

    def slope(self, model, statistics):
        return statistics

    def information(self, statistics):
        return self.origin.hill.information


class Quadratic:
    """A hill with its top at 0, where a round of EM leaves these parts of the way there."""

    def __init__(self, *rates, information=1.0, steepness=None):
        self.rates = np.array(rates)
        self.left = 1 - self.rates
        self.information = information * np.ones(len(rates))
        exact = self.information * self.left  # a round is a step along the slope
        self.steepness = exact if steepness is None else np.array(steepness)

    def objective(self, theta):
        return -float(self.steepness @ theta**2) / 2

    def slope(self, theta):
        return -self.steepness * theta

    def round(self, theta):
        return self.rates * theta

    # What a cycle from theta must find, from the closed form of its steps.

    def jump(self, theta, length):
        return (1 - length * self.left) ** 2 * theta

    def best_length(self, theta):
        steps = self.information * (self.left * theta) ** 2
        return (steps @ self.left) / (steps @ self.left**2)

    def slowness(self, theta):
        steps = self.information * (self.left * theta) ** 2
        return steps.sum() / (steps @ self.left)


class Path:
    """Points on a line, one a round: the rates of the cycles, and what each round gains.

    Away from the path the objective is as said, or -1e6; the slope is the same everywhere.
    """

    information = np.ones(1)

    def __init__(self, rates, gains, start=0.0, elsewhere=None, slope=0.0):
        steps = [step for rate in rates for step in (1.0, rate)]
        points = [0.0, *itertools.accumulate(steps)]
        objectives = itertools.accumulate(gains, initial=start)
        self.heights = dict(zip(points, objectives, strict=False)) | (elsewhere or {})
        self.ways = dict(itertools.pairwise(points))
        self.the_slope = np.array([slope])

    def objective(self, theta):
        return self.heights.get(theta[0], -1e6)

    def slope(self, theta):
        return self.the_slope

    def round(self, theta):
        return np.array([self.ways.get(theta[0], theta[0] + 1)])


class Passes(list):
    """Where EM looked, in this order, and N."""

    def __init__(self, n):
        self.total_weight = n


class Seen(NamedTuple):
    """A round, as it was reported."""

    objective: float
    theta: list
    n_e_steps: int
    gain: float
    remaining: float


@pytest.fixture(autouse=True)
def known(monkeypatch):
    """Let climbers have coordinates."""
    monkeypatch.setitem(coordinates.BY_CLASS, Climber, Offsets)


@pytest.fixture
def no_jumps(monkeypatch):
    """Let EM and quasi-Newton steps alone lead on: a cycle is two rounds of EM."""
    monkeypatch.setattr(accelerate, "JUMP_GAIN", -1.0)


def climb(hill, theta, n_rounds, method="squarem", n=1e4, accepts=None):
    """Take rounds; return what they report, the start first, and the passes."""
    passes = Passes(n)
    path, make = accelerate.rounds(Climber(theta, hill), passes, method, accepts)
    reports = [
        Seen(objective, make(model).theta.tolist(), n_e_steps, *expected)
        for objective, model, n_e_steps, expected in itertools.islice(path, n_rounds + 1)
    ]
    return reports, list(passes)


class Guard:
    """Take and refuse jumps as told; note their lengths along the last axis, and their starts."""

    def __init__(self, answers):
        self.answers, self.lengths, self.starts, self.noises = iter(answers), [], [], []

    def __call__(self, scaled, jump, one, noise):
        start = scaled.unscaled.origin
        way = math.sqrt(jump.model.theta[-1] / start.theta[-1])
        self.lengths.append((1 - way) / start.hill.left[-1])
        self.starts.append(start.theta)
        self.noises.append((noise, one.objective))
        return next(self.answers)


def refuse(*_):
    return False


# Cycles of EM and a jump.


def test_a_cycle_is_a_round_a_jump_along_the_parabola_and_a_round():
    hill = Quadratic(0.25, 0.5, information=[4, 1], steepness=[1, 3])
    here, slownesses = np.array([1.0, -2.0]), []
    reports, passes = climb(hill, here, 9)
    assert passes[0] == here.tolist()
    for i in (1, 4, 7):
        one = hill.rates * here
        jump = hill.jump(here, hill.best_length(here))
        end = hill.rates * jump
        assert passes[i : i + 3] == [pytest.approx(point) for point in (one, jump, end)]
        assert [r.theta for r in reports[i : i + 3]] == passes[i : i + 3]
        assert [r.objective for r in reports[i : i + 3]] == [
            pytest.approx(hill.objective(point)) for point in (one, jump, end)
        ]
        assert [r.n_e_steps for r in reports[i : i + 3]] == [i + 1, i + 2, i + 3]
        slownesses.append(hill.slowness(here))
        second = np.sqrt(hill.information) * (hill.rates * one - one)
        gain = hill.objective(one) - hill.objective(here)
        assert reports[i].gain == pytest.approx(gain)
        assert reports[i].remaining == pytest.approx(max(slownesses) * second @ second / 2)
        assert reports[i + 1][3:] == (math.inf, math.inf)
        gain = hill.objective(end) - hill.objective(jump)
        rate = 1 - 1 / max(slownesses)
        assert reports[i + 2].gain == pytest.approx(gain)
        assert reports[i + 2].remaining == pytest.approx(gain * rate**2 / (1 - rate**2))
        here = end


@each_method
def test_where_all_directions_are_as_slow_the_estimate_of_what_remains_is_exact(method):
    reports, _ = climb(Quadratic(0.9375, information=9.0), [5.0], 7, method)
    assert [report.remaining < math.inf for report in reports].count(True) >= 4
    for report in reports:
        if report.remaining < math.inf:
            assert report.remaining == pytest.approx(-report.objective)


@each_method
def test_a_fit_that_stops_by_what_remains_compares_the_estimates_with_the_tolerance(method):
    hill, theta, n, tol = Quadratic(0.875, 0.9375), [1.0, 5.0], 1e4, 2e-6
    reports, _ = climb(hill, theta, 10, method, n)
    ends = [max(report[3:]) <= tol * n for report in reports]
    gains = [report.gain <= tol * n for report in reports]
    assert gains.index(True) < ends.index(True)
    rule = Rule(tol=tol, stop="remaining")
    fit = to_the_end(run(accelerate.rounds(Climber(theta, hill), Passes(n), method), rule, n))
    assert fit.n_iter == ends.index(True)
    assert fit.n_e_steps == reports[fit.n_iter].n_e_steps


def test_what_remains_is_judged_by_the_slowest_of_the_last_five_cycles():
    rates = [0.9375, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5]
    path = Path(rates, [1.0] * 14)
    reports, _ = climb(path, [0.0], 14, accepts=refuse)
    second_steps = np.array(rates) ** 2
    slowest = np.array([16, 16, 16, 16, 16, 2, 2])
    remaining = [report.remaining for report in reports[1::2]]
    assert remaining == pytest.approx(list(slowest * second_steps / 2))
    shrinks = (1 - 1 / slowest) ** 2
    assert [r.remaining for r in reports[2::2]] == pytest.approx(list(shrinks / (1 - shrinks)))


@pytest.mark.parametrize("theta", [[1.0], [1.0, 1.0]], ids=["steps grow", "as much as they shrink"])
def test_while_steps_do_not_shrink_nothing_is_known_of_the_end(theta):
    hill = Quadratic(*[1.5, 0.5][: len(theta)], steepness=[-0.5, -0.5][: len(theta)])
    reports, _ = climb(hill, theta, 2, accepts=refuse)
    for report in reports[1:]:
        assert report.remaining == math.inf
        assert report.gain > 0


def test_rounds_that_go_too_far_leave_nothing_beyond_the_round_that_follows():
    reports, passes = climb(Quadratic(-0.25), [1.0], 2)
    assert passes == [[1.0], [-0.25], [0.0625]]  # too far: a longer step would go farther yet
    assert reports[2].remaining == 0
    assert reports[1].remaining == pytest.approx(0.8 * (1.25 * 0.25) ** 2 / 2)


# How long a jump is.


def test_the_longest_jump_is_two_steps_and_twice_as_long_after_each_that_was_taken():
    guard = Guard([True] * 5)
    climb(Quadratic(63 / 64), [1.0], 15, accepts=guard)
    assert guard.lengths == pytest.approx([2, 4, 8, 16, 32])


def test_while_steps_grow_the_jump_is_the_longest():
    guard = Guard([True] * 3)
    hill = Quadratic(1.5, steepness=[-0.5])
    _, passes = climb(hill, [1.0], 6, n=1e6, accepts=guard)
    assert passes == [[1], [1.5], [4], [6], [9], [54], [81]]  # times (1 + a / 2)^2


def test_a_refused_jump_costs_a_pass_and_the_next_is_half_as_long():
    guard = Guard([True, True, False, False, True, True])
    climb(Quadratic(63 / 64), [1.0], 16, accepts=guard)
    assert guard.lengths == pytest.approx([2, 4, 8, 4, 2, 4])


def test_a_jump_of_a_single_step_is_not_tried_and_the_next_is_of_two():
    r = 0.9375
    jumps = [0.875**2 * r ** (2 * i) for i in (0, 2)]
    reports, passes = climb(Quadratic(r), [1.0], 6, accepts=refuse)
    points = [1, r, jumps[0], r**2, r**3, r**4, r**5, jumps[1], r**6]
    assert passes == [pytest.approx([point]) for point in points]
    assert [report.n_e_steps for report in reports] == [1, 2, 4, 5, 6, 7, 9]


def test_a_refused_jump_shorter_than_the_longest_is_halved_itself():
    hill = Quadratic(0.7, 0.875)
    guard = Guard([True, True, False, True, True])
    climb(hill, [1.0, 1.0], 14, accepts=guard)
    best = [hill.best_length(theta) for theta in guard.starts]
    assert 4 < best[2] < 8
    assert guard.lengths == pytest.approx([2, 4, best[2], best[2] / 2, min(best[2], best[4])])


def test_no_refusal_makes_the_longest_jump_shorter_than_a_step():
    hill = Quadratic(0.25, 0.5)
    guard = Guard([False, True])
    _, passes = climb(hill, [1.0, 1.0], 6, accepts=guard)
    best = [hill.best_length(theta) for theta in guard.starts]
    assert best[0] < 2
    assert 1.8 < best[1] < 2
    assert guard.starts[1] == pytest.approx(hill.rates**4)
    assert guard.lengths == pytest.approx(best)
    assert len(passes) == 8


def test_a_jump_shorter_than_the_longest_makes_no_later_one_longer():
    hill = Quadratic(0.25, 0.5, 0.9375)
    guard = Guard([True] * 5)
    climb(hill, [1.0, 1.0, 1e-3], 15, accepts=guard)
    best = [hill.best_length(theta) for theta in guard.starts]
    assert max(best[:3]) < 2
    assert min(best[3:]) > 15
    assert guard.lengths == pytest.approx([*best[:3], 2, 4])


def test_where_em_itself_goes_too_far_there_is_no_jump_and_the_longest_stays():
    hill = Quadratic(-0.25, 0.9375)
    theta = np.array([1.0, 0.1])
    guard = Guard(itertools.repeat(True))
    reports, _ = climb(hill, theta, 8, accepts=guard)
    starts = [hill.rates ** (2 * cycle) * theta for cycle in range(7)]
    best = [hill.best_length(start) for start in starts]
    first = next(cycle for cycle, length in enumerate(best) if length > 1)
    assert first > 0
    assert guard.starts[0] == pytest.approx(starts[first])
    assert guard.lengths[0] == pytest.approx(min(2, best[first]))
    assert reports[2 * first + 2].gain == math.inf


@pytest.mark.parametrize(("rate", "n"), [(0.5, 1e3), (1.5, 1e4)], ids=["shrinking", "growing"])
def test_no_jump_while_a_round_gains_more_per_row_than_is_allowed(rate, n):
    for rows, jumps in ((n, True), (math.nextafter(n, 0), False)):
        path = Path([rate], [1.0, 1.0], elsewhere={4.0: 9.0, 3.0: 9.0, 5.0: 9.0})
        reports, _ = climb(path, [0.0], 2, n=rows, accepts=lambda *_: True)
        assert (reports[2].gain == math.inf) is jumps


# Which jumps are taken.


@pytest.mark.parametrize(
    ("objectives", "lengths", "taken"),
    [
        ((1.75, 1.0), (9.0, 1.0), True),
        ((1.0, 1.75), (0.1, 1.0), False),
        ((1.25, 1.0), (1.0, 1.0), False),
        ((1.5, 1.0), (0.49, 1.0), True),
        ((1.5, 1.0), (0.5, 1.0), False),
        ((1.0, 1.5), (0.98, 2.0), True),
        ((1.0, 1.5), (1.0, 2.0), False),
    ],
    ids=["up", "down", "as far", "nearer", "half as far", "nearer, from below", "half, from below"],
)
def test_a_jump_is_a_step_up_or_within_rounding_one_that_halves_the_way_em_moves(
    objectives, lengths, taken
):
    def point(objective, length):
        at, step = np.array([3.0, 4.0]), np.array([0.6, 0.8])
        return SimpleNamespace(objective=objective, model=at, next=at + length * step)

    jump, one = map(point, objectives, lengths)
    same = SimpleNamespace(of=lambda theta: theta)
    assert accelerate.is_higher(same, jump, one, noise=0.5) is taken


def test_a_jump_over_the_top_is_refused_and_the_second_round_taken():
    hill = Quadratic(0.9375)
    hill.objective = lambda theta: -((theta[0] - 0.9) ** 2)
    _, passes = climb(hill, [1.0], 2)
    assert passes == [[1.0], [0.9375], [0.875**2], [0.9375**2]]


def test_noise_is_a_ten_trillionth_of_the_objective_and_the_rows():
    guard = Guard([False])
    climb(Quadratic(0.9375, steepness=[1e5]), [1.0], 2, n=3e7, accepts=guard)
    [(noise, objective)] = guard.noises
    assert objective == pytest.approx(-5e4 * 0.9375**2)
    assert noise == pytest.approx(1e-13 * (5e4 * 0.9375**2 + 3e7), rel=1e-12)


def test_coordinates_are_in_units_of_what_complete_data_leave_unsure_or_as_they_are():
    hill = Quadratic(0.5, 0.5, 0.5, 0.5, information=[4.0, 0.25, 0.0, -1.0], steepness=[1.0] * 4)
    point = accelerate.Point(Climber(np.ones(4), hill), Passes(1.0))
    scaled = accelerate.ScaledCoordinates(point)
    assert scaled.of(point.next).tolist() == [-1.0, -0.25, -0.5, -0.5]
    assert scaled.model(scaled.of(point.next)) == point.next
    assert scaled.slope(point).tolist() == [-0.5, -2.0, -1.0, -1.0]


@pytest.mark.parametrize("jumps", [True, False])
def test_a_collapse_says_whether_a_jump_came_before_it(jumps):
    hill = Quadratic(0.9375)
    last = 0.9375 * (0.875**2 if jumps else 0.9375)

    def round_or_collapse(theta):
        if theta[0] == last:
            raise CollapseError("a component collapsed")
        return 0.9375 * theta

    hill.round = round_or_collapse
    with pytest.raises(CollapseError, match="^a component collapsed$") as caught:
        climb(hill, [1.0], 9, accepts=lambda *_: jumps)
    assert type(caught.value) is (JumpCollapseError if jumps else CollapseError)
    if jumps:
        assert caught.value.n_e_steps == 4


# When nothing is left to jump to.


def cycles_before_plain_em(reports):
    """Count the cycles of two reports each, by what only plain EM says: nothing remains."""
    return ([report.remaining for report in reports].index(0.0) - 1) / 2


@each_method
def test_at_rest_three_fruitless_cycles_and_no_pass_more(method):
    reports, passes = climb(Quadratic(0.5), [0.0], 30, method)
    assert len(passes) == 1 + 3 * 2 + 2  # the second cycle's jump would be of a single step
    assert cycles_before_plain_em(reports) == 3
    assert all(report[3:] == (0.0, 0.0) for report in reports[7:])


@pytest.mark.parametrize(
    ("gains", "n", "cycles"),
    [
        ([0.0, 0.0, 0.0], 1e4, 3),
        ([0.0, 0.0, 5e-9, 0.0, 0.0, 0.0], 1e4, 6),
        ([5e-9, 0.0, 0.0, 5e-10, 0.0, 0.0, 0.0], 1e4, 4),
        ([1.0, 0.0, 0.0, 0.0], 1e13, 3),
        ([1.0, 0.0, 0.0, 0.0], math.nextafter(1e13, 0), 4),
    ],
    ids=["none", "one in between", "less than noise", "as much as noise", "just more"],
)
@each_method
def test_cycles_without_a_jump_that_gain_less_than_noise_count_until_one_gains_more(
    gains, n, cycles, method
):
    both = [gain for pair in zip(gains, itertools.repeat(0.0)) for gain in pair]
    path = Path([1.0] * len(gains), both, start=-gains[0])
    reports, _ = climb(path, [0.0], 2 * cycles + 2, method, n=n, accepts=refuse)
    assert cycles_before_plain_em(reports) == cycles


def test_a_jump_within_noise_begins_the_count_anew():
    guard = iter([False, True, False, False, False])  # in the cycles 1, 3, 4, 5 and 6
    path = Path([1.0] * 50, [0.0] * 100, elsewhere=dict.fromkeys(range(99), 0.0))
    reports, _ = climb(path, [0.0], 20, accepts=lambda *_: next(guard))
    at_plain = [report.remaining for report in reports].index(0.0)
    jumps = [report.gain for report in reports[1:]].count(math.inf)
    assert jumps == 1
    assert (at_plain - 1 - jumps) / 2 == 6


def test_plain_em_says_what_each_round_gained():
    path = Path([1.0] * 5, [0.0] * 6 + [3.0, 4.0, 5.0])
    reports, passes = climb(path, [0.0], 9, accepts=refuse)
    assert [report[3:] for report in reports[7:]] == [(3.0, 0.0), (4.0, 0.0), (5.0, 0.0)]
    assert [report.theta for report in reports[7:]] == passes[-3:] == [[7.0], [8.0], [9.0]]


@pytest.mark.parametrize(("length", "ends"), [(20, True), (21, False)])
def test_plain_em_ends_where_twenty_rounds_lead_round_in_a_circle(length, ends):
    hill = Quadratic(0.5, steepness=[0.0])
    hill.round = lambda theta: (theta + 1) % length
    reports, _ = climb(hill, [0.0], 100, accepts=refuse)
    assert (reports[-1].n_e_steps == reports[-9].n_e_steps) is ends
    if ends:
        assert reports[-1].theta == [25 % length]


# When quasi-Newton steps begin, and how long EM goes on in between.


class Begun:
    """After how many cycles quasi-Newton steps are thought of; none is taken."""

    def __init__(self):
        self.cycles, self.reports = [], []

    def __call__(self, slope, pairs):
        self.cycles.append((len(self.reports) - 1) / 2)
        return 0 * slope

    def climb(self, hill, theta, n_rounds, n=1e4):
        """Take rounds; keep what they expect."""
        path, _ = accelerate.rounds(Climber(theta, hill), Passes(n), "lbfgs", refuse)
        for *_, expected in itertools.islice(path, n_rounds + 1):
            self.reports.append(tuple(expected))


@pytest.fixture
def begun(monkeypatch):
    """Note when quasi-Newton steps begin."""
    begun = Begun()
    monkeypatch.setattr(accelerate, "quasi_newton_step", begun)
    return begun


@pytest.mark.usefixtures("no_jumps")
@pytest.mark.parametrize(
    ("rates", "gains", "n", "cycle"),
    [
        ([0.75] * 9, [1.0] * 18, 1e4, 2),
        ([0.75] * 9, [1.0, 1.0, 0.5, 0.5] * 9, math.nextafter(1e4, 0), None),
        ([0.75] * 9, [1.0, 1.0] + [0.5] * 16, math.nextafter(1e4, 0), 3),
        ([0.75] * 9, [0.5, 0.5, 1.0, 1.0] + [0.5] * 14, math.nextafter(1e4, 0), 4),
        ([0.6875] * 9, [1.0] * 18, 1e4, None),
        ([0.75, 1.5, 0.75, 0.75], [1.0] * 8, 1e4, 3),
        ([0.5, 0.5, 0.75, 0.5], [1.0] * 8, 1e4, 3),
        ([0.5, 0.75, 0.75, 0.5], [1.0] * 8, 1e4, 2),
        ([0.75, 0.5, 0.5, 0.5], [1.0] * 8, 1e4, None),
    ],
    ids=[
        "slow and steady",
        "every second gain is large",
        "the first gain is large",
        "the second gain is large",
        "too fast",
        "steps grow in the second cycle",
        "slow in the third cycle",
        "slow in the second cycle",
        "slow in the first cycle alone",
    ],
)
def test_quasi_newton_steps_begin_after_two_cycles_of_small_gains_once_em_is_slow(
    begun, rates, gains, n, cycle
):
    begun.climb(Path(rates, gains), [0.0], 9, n)
    assert begun.cycles[:1] == ([] if cycle is None else [cycle])


@pytest.mark.usefixtures("no_jumps")
@pytest.mark.parametrize(("bound", "cycles"), [(4.0, [2]), (math.nextafter(4.0, 5.0), [])])
def test_slow_is_where_the_way_to_go_is_as_many_steps_as_the_bound_says(
    begun, monkeypatch, bound, cycles
):
    monkeypatch.setattr(accelerate, "NEWTON_SLOWNESS", bound)
    begun.climb(Path([0.75] * 3, [1.0] * 6), [0.0], 5)
    assert begun.cycles == cycles


@pytest.mark.usefixtures("no_jumps")
def test_after_steps_that_were_not_taken_em_goes_on_for_twice_as_many_cycles_up_to_twenty(begun):
    begun.climb(Quadratic(127 / 128), [1.0], 150)
    assert begun.cycles == [2, 4, 8, 16, 32, 52, 72]


@pytest.mark.usefixtures("no_jumps")
def test_after_more_than_three_steps_that_were_taken_a_cycle_is_enough(monkeypatch):
    """Here a quarter of the slope is a step, but none is taken after as many as are said."""
    counts, calls, passes = [0, 4, 3, 0, 0], [], Passes(1e4)

    def some(slope, pairs):
        if not pairs:
            calls.append(len(passes))
        return slope / 4 if len(pairs) < counts[len(calls) - 1] else 0 * slope

    monkeypatch.setattr(accelerate, "quasi_newton_step", some)
    path, _ = accelerate.rounds(Climber([1.0], Quadratic(127 / 128)), passes, "lbfgs")
    list(itertools.islice(path, 35))
    taken = np.cumsum([0, *counts[:-1]])
    assert ((np.array(calls) - 1 - taken) / 2).tolist() == [2, 4, 5, 7, 11]


@pytest.mark.usefixtures("no_jumps")
def test_cycles_that_count_as_fruitless_may_be_more_than_three_at_a_time(begun):
    """After quasi-Newton steps were given up twice, EM goes on for four cycles at least."""
    path = Path([0.75] * 20, [1.0] * 8 + [0.0] * 8 + [1.0] * 24)
    begun.climb(path, [0.0], 17)
    assert begun.cycles == [2, 4, 8]
    assert begun.reports.index((1.0, 0.0)) == 17


# Quasi-Newton steps.


@pytest.mark.usefixtures("no_jumps")
def test_quasi_newton_steps_are_those_of_bfgs_and_say_what_remains():
    """By the update of the whole matrix, in units of what complete data leave unsure."""
    hill = Quadratic(0.875, 0.9375, information=[4.0, 1.0], steepness=[0.6, 0.05])
    reports, passes = climb(hill, [1.0, -2.0], 8, "lbfgs")
    scale, inverse = np.array([2.0, 1.0]), np.eye(2)
    here = hill.rates**4 * [1.0, -2.0]
    slope, slownesses = hill.slope(here) / scale, []
    for i in range(5, 9):
        step = inverse @ slope
        here = here + step / scale
        old, slope = slope, hill.slope(here) / scale
        fall = old - slope
        slownesses.append((step @ step) / (step @ fall))
        project = np.eye(2) - np.outer(fall, step) / (step @ fall)
        inverse = project.T @ inverse @ project + np.outer(step, step) / (step @ fall)
        assert passes[i] == pytest.approx(here)
        assert reports[i].theta == passes[i]
        assert reports[i].n_e_steps == i + 1
        assert reports[i].objective == pytest.approx(hill.objective(here))
        next_step = scale * (hill.rates * here - here)
        assert reports[i].gain == pytest.approx(slope @ next_step)
        assert reports[i].remaining == pytest.approx(max(slownesses) * slope @ slope / 2)


@pytest.mark.usefixtures("no_jumps")
def test_the_last_twenty_steps_are_remembered(monkeypatch):
    hill, remembered = Quadratic(0.9375, information=4.0), []

    def short(slope, pairs):
        remembered.append([(moved[0], fall[0]) for moved, fall in pairs])
        return slope / 4

    monkeypatch.setattr(accelerate, "quasi_newton_step", short)
    _, passes = climb(hill, [1.0], 28, "lbfgs")
    moves = np.diff(passes[4:], axis=0)[:, 0]
    pairs = np.column_stack([2 * moves, hill.steepness * moves / 2])  # in units of a half
    for i, memory in enumerate(remembered):
        assert np.reshape(memory, (-1, 2)) == pytest.approx(pairs[max(0, i - 20) : i], abs=1e-12)
    assert len(remembered) > 22


@pytest.mark.usefixtures("no_jumps")
@pytest.mark.parametrize("bend", [0.0, 1.0], ids=["straight", "hollow"])
def test_along_a_step_on_which_the_slope_does_not_fall_no_more_are_taken(bend):
    hill = Quadratic(0.75)
    hill.slope = lambda theta: 2.0 + bend * theta
    hill.objective = lambda theta: float(2 * theta[0] + bend * theta[0] ** 2 / 2)
    hill.round = lambda theta: 8 + 0.75 * (theta - 8)
    here = 8 * (1 - 0.75**4)
    there = here + 2 + bend * here
    after = 8 + 0.75 * (there - 8)
    reports, passes = climb(hill, [0.0], 6, "lbfgs", n=1e6)
    assert passes[4:] == [pytest.approx([point]) for point in (here, there, after)]
    assert reports[5].remaining == math.inf
    assert reports[5].gain == pytest.approx((2 + bend * there) * (after - there))


@pytest.mark.usefixtures("no_jumps")
@pytest.mark.parametrize(
    ("elsewhere", "tries"),
    [
        ({103.5: 1.0}, [103.5]),
        ({103.5: math.nextafter(1.0, 0), 53.5: 0.5}, [103.5, 53.5]),
        ({103.5: 0.9, 53.5: math.nextafter(0.5, 0), 28.5: 0.25}, [103.5, 53.5, 28.5]),
        ({103.5: 0.9, 53.5: 0.4, 28.5: 0.2, 16.0: 9.0}, [103.5, 53.5, 28.5, 4.5]),
    ],
    ids=["at once", "half", "a quarter", "never"],
)
def test_a_step_is_halved_until_it_gains_a_ten_thousandth_of_what_the_slope_promises(
    elsewhere, tries
):
    path = Path([0.75] * 9, [0.0] * 4 + [1.0] * 14, elsewhere=elsewhere, slope=100.0)
    assert 3.5 in path.heights  # here the step, as long as the slope, promises 10^4 nats
    reports, passes = climb(path, [0.0], 5, "lbfgs")
    assert passes[5:] == [[point] for point in tries]
    assert reports[5].theta == passes[-1]
    assert reports[5].n_e_steps == len(passes)


@pytest.mark.usefixtures("no_jumps")
def test_a_step_that_promises_no_more_than_noise_is_not_tried():
    for n, spent in ((1e13, 0), (math.nextafter(1e13, 0), 3)):
        path = Path([0.75] * 9, [0.0] * 18, slope=1.0)
        reports, _ = climb(path, [0.0], 5, "lbfgs", n)
        assert reports[5].n_e_steps == 6 + spent
