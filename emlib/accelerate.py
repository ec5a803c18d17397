"""Fewer passes over the data to the end that EM would reach: jumps along EM's own steps.

Where much information is missing, EM's steps are short and all alike, and so can be foreseen. Both
methods here look at the last steps, jump, and pay one E-step to see where they have come: its
log-likelihood says whether the jump is taken, its statistics give the next step and the slope. No
pass is spent on the objective alone, and no jump that lowers it is taken.

=================== =============================================================================
method              does
=================== =============================================================================
`squarem`           two rounds of EM, then a parabola through the three models, again and again
`lbfgs`             the same until EM is slow and steady, then quasi-Newton steps
=================== =============================================================================

The models are placed by numbers that are free of constraints (`Mixture.free`), each in units of
what complete data would leave unsure of it. In these units the likelihood of complete data is as
steep in every direction, so that a round of EM is a step along the slope of the likelihood, to
first order, and a jump means the same whatever the units and the weights are.

This module knows no model: it asks for ``e_step``, ``m_step``, ``free``, ``from_free``, ``slope``
and ``complete_information``.

References
----------
R. Varadhan and C. Roland, Scandinavian Journal of Statistics 35 (2008) 335-353 (SQUAREM).

J. Nocedal and S. J. Wright, Numerical Optimization, 2nd ed. 2006, section 7.2 (L-BFGS).

A. P. Dempster, N. M. Laird and D. B. Rubin, Journal of the Royal Statistical Society B 39 (1977)
1-38: the rate of EM is the fraction of missing information.

D. Boehning, E. Dietz, R. Schaub, P. Schlattmann and B. G. Lindsay, Annals of the Institute of
Statistical Mathematics 46 (1994) 373-388: when to stop (Aitken).
"""

from __future__ import annotations

import itertools
import math
import warnings
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from emlib.rows import Array
from emlib.validate import CollapseError, EMWarning

ROUNDING = 1e-13
"""Differences of the objective below this part of |objective| + N say nothing."""

LONGER = 2.0
"""By this factor the longest jump grows when it was taken, and shrinks when one was refused."""

SAFE_GAIN = 1e-3
"""No jump while a round of EM gains more nats a row: far from the end it may lead elsewhere."""

STEADY_GAIN, STEADY = 1e-4, 3.4
"""Quasi-Newton steps begin when rounds gain less nats a row, and are so slow: the way to go is so
many times the next step (where each gain is half of the last one). Above this gain there is no jump
either while steps grow, as they do on the way out of a saddle."""

PAIRS = 20
"""How many of the last steps the quasi-Newton method remembers."""

TRIES = 3
"""How often a quasi-Newton step is tried, shorter each time, before it is given up."""

RISE = 1e-4
"""A step must gain this part of what the slope promises."""

RECENT = 5
"""The slowest of so many cycles says how much is still to come."""

ROUNDABOUT = 20
"""A model that EM had so few rounds before differs from the others since by rounding alone."""

FRUITLESS = 3
"""After so many refused jumps within rounding there is nothing left to jump to."""


@dataclass(frozen=True, eq=False)
class Place:
    """Where an accelerated fit has come to, and what it expects there.

    Attributes
    ----------
    model
        The model.
    gain
        What the round of EM that led here gained, or the next one will, in nats; infinite after
        a jump, whose gain says nothing about the end.
    remaining
        An estimate of what is still to gain, in nats; infinite where there is none.
    """

    model: Any
    gain: float = math.inf
    remaining: float = math.inf

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Place) and bool(self.model == other.model)

    __hash__ = None  # type: ignore[assignment]


Round = tuple[float, Place, int]


def rounds(model: Any, data: Any, method: str) -> Iterator[Round]:
    """Accelerated EM without end, the start first: objective, place and passes of each round.

    Parameters
    ----------
    model
        Where to begin.
    data
        What its ``prepare_fit`` returned.
    method
        ``"squarem"`` or ``"lbfgs"``.
    """
    climb = _Climb(model, data)
    yield climb.report()
    try:
        yield from {"squarem": squarem, "lbfgs": lbfgs}[method](climb)
    except CollapseError as error:
        if not climb.has_jumped:
            raise
        raise LostError(str(error), climb.passes) from error


class LostError(CollapseError):
    """A run collapsed after a jump, which may have led to where the likelihood has no bound."""

    def __init__(self, message: str, n_e_steps: int) -> None:
        super().__init__(message)
        self.n_e_steps = n_e_steps


def still_to_come(history: Sequence[float]) -> float:
    """Estimate what a run of plain EM has still to gain, in nats, from its objectives.

    Gains that shrink by a factor r a round add up to the last one times r / (1 - r) (Aitken). The
    factor is taken over the last tenth of the rounds, since a single ratio is mostly rounding near
    the end. While the gains grow, or after a single round, the answer is infinite.

    Examples
    --------
    >>> still_to_come([-8.0, -4.0, -2.0, -1.0])
    1.0
    """
    n = len(history) - 1
    width = 1 + n // 10
    if n < 1 + width:
        return math.inf
    gain = history[-1] - history[-2]
    before = history[-1 - width] - history[-2 - width]
    if gain <= 0:
        return 0.0
    if before <= gain:
        return math.inf
    rate = (gain / before) ** (1 / width)
    return gain * rate / (1 - rate)


class _Point:
    """A model that was looked at: its statistics, its objective, and the M-step from them."""

    def __init__(self, model: Any, data: Any) -> None:
        self.model = model
        self.statistics, self.objective = model.e_step(data)

    @cached_property
    def next(self) -> Any:
        """The model after a round of EM."""
        return self.model.m_step(self.statistics)


class _Chart:
    """Coordinates about a point: free numbers, in units of what complete data leave unsure."""

    def __init__(self, point: _Point) -> None:
        self.origin = point.model
        information = point.model.complete_information(point.statistics)
        self.scale = np.sqrt(np.where(information > 0, information, 1.0))

    def place(self, model: Any) -> Array:
        """Coordinates of a model; zero for the origin."""
        return self.scale * self.origin.free(model)

    def model(self, place: Array) -> Any:
        """The model at a place."""
        return self.origin.from_free(place / self.scale)

    def slope(self, point: _Point) -> Array:
        """Gradient of the log-likelihood at a point."""
        return self.origin.slope(point.model, point.statistics) / self.scale


class _Climb:
    """A way up: where it is, what it has seen, and how many passes over the data it took."""

    def __init__(self, model: Any, data: Any) -> None:
        self.data, self.passes = data, 0
        self.here = self.look(model)
        self.longest = LONGER
        self.gains: deque[float] = deque([math.inf], maxlen=2)
        self.slow: deque[float] = deque(maxlen=RECENT)
        self.shrinking = False
        self.has_jumped = False
        self.fruitless = 0

    def look(self, model: Any) -> _Point:
        """Spend a pass on a model."""
        self.passes += 1
        return _Point(model, self.data)

    def step(self) -> float:
        """Take a round of EM; return what it gained."""
        before, self.here = self.here, self.look(self.here.next)
        return self.here.objective - before.objective

    def jump(self, point: _Point) -> None:
        """Go on from a point that no round of EM has led to."""
        self.here, self.has_jumped = point, True

    def attempt(self, chart: _Chart, place: Array) -> _Point | None:
        """Look at a place; None where there is no model, or one from which EM cannot go on."""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error", EMWarning)
                point = self.look(chart.model(place))
                return point if point.next else None
        except (ValueError, EMWarning):
            return None

    @property
    def noise(self) -> float:
        """Differences of the objective up to this are rounding."""
        return ROUNDING * (abs(self.here.objective) + self.data.total_weight)

    @property
    def steady(self) -> bool:
        """Whether EM is slow, near its end, and shrinks its steps by a factor."""
        small = max(self.gains) <= STEADY_GAIN * self.data.total_weight
        return small and self.shrinking and self.slow[-1] >= STEADY

    def observe(self, gain: float, first: Array, second: Array) -> None:
        """Keep what two steps of EM tell: by how much they shrink, or that they grow."""
        self.gains.append(gain)
        left = _dot(first, first - second)
        self.shrinking = left > 0
        if self.shrinking:
            self.slow.append(_dot(first, first) / left)

    @property
    def slowest(self) -> float:
        """How many times its next step EM has still to go: 1 / (1 - rate), from recent cycles."""
        return max(self.slow) if self.shrinking else math.inf

    def report(self, gain: float = math.inf, remaining: float = math.inf) -> Round:
        """What to say of the point reached."""
        return self.here.objective, Place(self.here.model, gain, remaining), self.passes


def squarem(climb: _Climb) -> Iterator[Round]:
    """Run cycles of EM and a jump while they lead anywhere, and plain EM after that."""
    while climb.fruitless < FRUITLESS:
        yield from _cycle(climb)
    yield from _plain(climb)


def lbfgs(climb: _Climb) -> Iterator[Round]:
    """Run cycles until EM is slow and steady, then quasi-Newton steps while they are taken."""
    wait = 1
    while climb.fruitless < FRUITLESS:
        for _ in range(wait):
            yield from _cycle(climb)
        if climb.steady:
            taken = yield from _quasi_newton(climb)
            wait = 1 if taken > TRIES else min(2 * wait, PAIRS)
    yield from _plain(climb)


def _plain(climb: _Climb) -> Iterator[Round]:
    """Run EM to its fixed point, or until only last digits go round, and stay there."""
    seen = deque([climb.here.model], maxlen=ROUNDABOUT)
    while climb.here.next not in seen:
        gain = climb.step()
        seen.append(climb.here.model)
        yield climb.report(gain, 0.0)
    while True:
        yield climb.report(0.0, 0.0)


def _cycle(climb: _Climb) -> Iterator[Round]:
    """Take a round of EM, jump to where the next ones would lead, and settle by one more.

    A refused jump costs its pass; the second round of EM is then taken in its place.
    """
    start, gain = climb.here, climb.step()
    one, chart = climb.here, _Chart(start)
    first = chart.place(one.model)
    second = chart.place(one.next) - first
    climb.observe(gain, first, second)
    yield climb.report(gain, climb.slowest * _dot(second, second) / 2)
    near = gain <= (SAFE_GAIN if climb.shrinking else STEADY_GAIN) * climb.data.total_weight
    jump = _jump(climb, chart, first, second - first) if near else None
    climb.fruitless = climb.fruitless + 1 if gain <= climb.noise and not jump else 0
    if jump:
        climb.jump(jump)
        yield climb.report()
    gain, rate = climb.step(), max(0.0, 1 - 1 / climb.slowest)
    yield climb.report(gain, gain * rate**2 / (1 - rate**2) if rate < 1 else math.inf)


def _jump(climb: _Climb, chart: _Chart, first: Array, bend: Array) -> _Point | None:
    """Look where the parabola through three models leads, so far that the next step is shortest.

    Where steps grow they say nothing of the end: the jump is the longest that is allowed, which
    is longer after each that was taken, and shorter after one that was refused.
    """
    shrink, length = -_dot(first, bend), climb.longest
    if shrink > 0:
        length = min(length, shrink / _dot(bend, bend))
    found = None
    if length > 1:
        found = climb.attempt(chart, 2 * length * first + length**2 * bend)
        if found and not _higher(chart, found, climb.here, climb.noise):
            found = None
    if length > 1 and not found:
        climb.longest = max(1.0, length / LONGER)
    elif length == climb.longest:
        climb.longest *= LONGER
    return found


def _higher(chart: _Chart, jump: _Point, one: _Point, noise: float) -> bool:
    """Whether a jump is a step up; within rounding, whether EM moves half as far from there."""
    if abs(jump.objective - one.objective) > noise:
        return jump.objective > one.objective
    steps = [chart.place(point.next) - chart.place(point.model) for point in (jump, one)]
    return 4 * _dot(steps[0], steps[0]) < _dot(steps[1], steps[1])


def _quasi_newton(climb: _Climb) -> Generator[Round, None, int]:
    """Climb by L-BFGS in the chart of where it begins; returns how many steps were taken.

    It ends where no step is high enough, where the hill is not concave along the last one, and
    where the slope promises less than rounding.
    """
    chart = _Chart(climb.here)
    place, slope = np.zeros(len(chart.scale)), chart.slope(climb.here)
    pairs: deque[tuple[Array, Array]] = deque(maxlen=PAIRS)
    for taken in itertools.count():
        step = _ascent(slope, pairs)
        promised, found = _dot(slope, step), None
        if promised > climb.noise:
            found = _search(climb, chart, place, step, promised)
        if not found:
            return taken
        climb.jump(found)
        old_place, old_slope = place, slope
        place, slope = chart.place(found.model), chart.slope(found)
        pair = place - old_place, old_slope - slope
        concave = _dot(*pair) > 0
        if concave:
            pairs.append(pair)
        slowest = max((_dot(s, s) / _dot(s, fall) for s, fall in pairs), default=math.inf)
        gain = _dot(slope, chart.place(found.next) - place)
        yield climb.report(gain, slowest * _dot(slope, slope) / 2)
        if not concave:
            return taken
    raise AssertionError


def _search(
    climb: _Climb, chart: _Chart, place: Array, step: Array, promised: float
) -> _Point | None:
    """Shorten a step until it gains enough of what the slope promises; None if it never does."""
    part = 1.0
    for _ in range(TRIES):
        point = climb.attempt(chart, place + part * step)
        if point and point.objective >= climb.here.objective + RISE * part * promised:
            return point
        part /= LONGER
    return None


def _ascent(slope: Array, pairs: Iterable[tuple[Array, Array]]) -> Array:
    """The quasi-Newton step: the slope times the inverse curvature that the pairs tell of.

    Without pairs it is the slope itself, a round of EM to first order.
    """
    step, shares = slope.copy(), []
    for moved, fall in reversed(list(pairs)):
        share = _dot(moved, step) / _dot(moved, fall)
        step -= share * fall
        shares.append(share)
    for (moved, fall), share in zip(pairs, reversed(shares), strict=True):
        step += moved * (share - _dot(fall, step) / _dot(moved, fall))
    return step


def _dot(a: Array, b: Array) -> float:
    return float(a @ b)
