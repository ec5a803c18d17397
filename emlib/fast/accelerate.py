"""Fewer passes over the data to an end of EM: jumps along EM's own steps.

Where much information is missing, EM's steps are short and all alike, and so can be foreseen. Both
methods here look at the last steps, jump, and pay one E-step to see where they have come: its
log-likelihood says whether the jump is taken, its statistics give the next step and the slope. No
pass is spent on the objective alone, and no jump that lowers it by more than rounding is taken.

=================== =============================================================================
method              does
=================== =============================================================================
`squarem`           a round of EM, a jump along the parabola through it and the next, a round
`lbfgs`             the same until EM is slow and steady, then quasi-Newton steps
=================== =============================================================================

Models are seen in coordinates that are free of constraints (`emlib.fast.coordinates`), each in
units of the standard deviation that complete data would leave of it. In these units the likelihood
of complete data is as steep in every direction, so that a round of EM is a step along the slope of
the likelihood, to first order, and a jump means the same whatever the units and the weights are.

This module knows no model: it asks for ``e_step`` and ``m_step``, and for the `Coordinates` of the
model's class.

References
----------
R. Varadhan and C. Roland, Scandinavian Journal of Statistics 35 (2008) 335-353 (SQUAREM).

J. Nocedal and S. J. Wright, Numerical Optimization, 2nd ed. 2006, section 7.2 (L-BFGS).

A. P. Dempster, N. M. Laird and D. B. Rubin, Journal of the Royal Statistical Society B 39 (1977)
1-38: the rate of EM is the fraction of missing information.
"""

from __future__ import annotations

import itertools
import math
import warnings
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from functools import cached_property
from typing import Any

import numpy as np

from emlib.data.errors import CollapseError, EMWarning, JumpCollapseError
from emlib.data.rows import Array
from emlib.fast.coordinates import Coordinates, about
from emlib.stopping import Expected, Round, Rounds

NOISE = 1e-13
"""Differences of the objective below this part of |objective| + N say nothing."""

GROWTH = 2.0
"""By this factor the longest jump grows when it was taken, and shrinks when one was refused."""

JUMP_GAIN = 1e-3
"""No jump while a round of EM gains more nats per row: far from the end it may lead elsewhere."""

NEWTON_GAIN, NEWTON_SLOWNESS = 1e-4, 3.4
"""Quasi-Newton steps begin when rounds gain less nats per row, and are so slow: the way to go is so
many times the next step (where each gain is half of the last one). Above this gain there is no jump
either while steps grow, as they do on the way out of a saddle."""

MEMORY = 20
"""How many of the last steps the quasi-Newton method remembers."""

TRIES = 3
"""How often a quasi-Newton step is tried, shorter each time, before it is given up."""

SUFFICIENT_RISE = 1e-4
"""A step must gain this part of what the slope promises."""

RECENT_CYCLES = 5
"""The slowest of so many cycles says how much is still to come."""

CIRCLE_LENGTH = 20
"""A model that EM had so few rounds before differs from the others since by rounding alone."""

MOST_REFUSALS = 3
"""After so many refused jumps within rounding there is nothing left to jump to."""


def rounds(
    model: Any,
    data: Any,
    method: str,
    accepts: Callable[[ScaledCoordinates, Point, Point, float], bool] | None = None,
) -> Rounds:
    """Accelerated EM without end, the start first.

    Parameters
    ----------
    model
        Where to begin.
    data
        What its ``prepare_fit`` returned.
    method
        ``"squarem"`` or ``"lbfgs"``.
    accepts
        Which jumps are taken; those that `is_higher` calls a step up, if left out.
    """
    return _rounds(model, data, method, accepts or is_higher), lambda model: model


def _rounds(model: Any, data: Any, method: str, accepts: Any) -> Iterator[Round]:
    ascent = Ascent(model, data, accepts)
    yield ascent.report()
    try:
        yield from {"squarem": squarem, "lbfgs": lbfgs}[method](ascent)
    except CollapseError as error:
        if not ascent.has_jumped:
            raise
        raise JumpCollapseError(str(error), ascent.n_e_steps) from error


class Point:
    """A model that was looked at: its statistics, its objective, and the M-step from them."""

    def __init__(self, model: Any, data: Any) -> None:
        self.model = model
        self.statistics, self.objective = model.e_step(data)

    @cached_property
    def next(self) -> Any:
        """The model after a round of EM."""
        return self.model.m_step(self.statistics)


class ScaledCoordinates:
    """Coordinates about a point, in units of what complete data leave unsure of them."""

    def __init__(self, point: Point) -> None:
        self.unscaled: Coordinates = about(point.model)
        information = self.unscaled.information(point.statistics)
        self.scale = np.sqrt(np.where(information > 0, information, 1.0))

    def of(self, model: Any) -> Array:
        """Coordinates of a model; zero for the origin."""
        return self.scale * self.unscaled.of(model)

    def model(self, coordinates: Array) -> Any:
        """The model at some coordinates."""
        return self.unscaled.model(coordinates / self.scale)

    def slope(self, point: Point) -> Array:
        """Gradient of the log-likelihood at a point."""
        return self.unscaled.slope(point.model, point.statistics) / self.scale


class Ascent:
    """A way up: where it is, what it has seen, and how many passes over the data it took."""

    def __init__(self, model: Any, data: Any, accepts: Any = None) -> None:
        self.data, self.n_e_steps, self.accepts = data, 0, accepts or is_higher
        self.here = self.look(model)
        self.longest = GROWTH
        self.gains: deque[float] = deque([math.inf], maxlen=2)
        self.slow: deque[float] = deque(maxlen=RECENT_CYCLES)
        self.shrinking = False
        self.has_jumped = False
        self.refusals = 0

    def look(self, model: Any) -> Point:
        """Spend a pass on a model."""
        self.n_e_steps += 1
        return Point(model, self.data)

    def step(self) -> float:
        """Take a round of EM; return what it gained."""
        before, self.here = self.here, self.look(self.here.next)
        return self.here.objective - before.objective

    def jump(self, point: Point) -> None:
        """Go on from a point that no round of EM has led to."""
        self.here, self.has_jumped = point, True

    def attempt(self, coordinates: ScaledCoordinates, position: Array) -> Point | None:
        """Look at a position; None where there is no model, or one from which EM cannot go on."""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error", EMWarning)
                point = self.look(coordinates.model(position))
                return point if point.next else None
        except (ValueError, EMWarning):
            return None

    @property
    def noise(self) -> float:
        """Differences of the objective up to this are rounding."""
        return NOISE * (abs(self.here.objective) + self.data.total_weight)

    @property
    def steady(self) -> bool:
        """Whether EM is slow, near its end, and shrinks its steps by a factor."""
        small = max(self.gains) <= NEWTON_GAIN * self.data.total_weight
        return small and self.shrinking and self.slow[-1] >= NEWTON_SLOWNESS

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
        return self.here.objective, self.here.model, self.n_e_steps, Expected(gain, remaining)


def squarem(ascent: Ascent) -> Iterator[Round]:
    """Ascent cycles of EM and a jump while they lead anywhere, and plain EM after that."""
    while ascent.refusals < MOST_REFUSALS:
        yield from _cycle(ascent)
    yield from plain(ascent)


def lbfgs(ascent: Ascent) -> Iterator[Round]:
    """Ascent cycles until EM is slow and steady, then quasi-Newton steps while they are taken."""
    wait = 1
    while ascent.refusals < MOST_REFUSALS:
        for _ in range(wait):
            yield from _cycle(ascent)
        if ascent.steady:
            taken = yield from _quasi_newton(ascent)
            wait = 1 if taken > TRIES else min(2 * wait, MEMORY)
    yield from plain(ascent)


def plain(ascent: Ascent) -> Iterator[Round]:
    """Ascent EM to its fixed point, or until only last digits go round, and stay there."""
    seen = deque([ascent.here.model], maxlen=CIRCLE_LENGTH)
    while ascent.here.next not in seen:
        gain = ascent.step()
        seen.append(ascent.here.model)
        yield ascent.report(gain, 0.0)
    while True:
        yield ascent.report(0.0, 0.0)


def _cycle(ascent: Ascent) -> Iterator[Round]:
    """Take a round of EM, jump to where the next ones would lead, and settle by one more.

    A refused jump costs its pass; the second round of EM is then taken in its place.
    """
    start, gain = ascent.here, ascent.step()
    one, coordinates = ascent.here, ScaledCoordinates(start)
    first = coordinates.of(one.model)
    second = coordinates.of(one.next) - first
    ascent.observe(gain, first, second)
    yield ascent.report(gain, ascent.slowest * _dot(second, second) / 2)
    near = gain <= (JUMP_GAIN if ascent.shrinking else NEWTON_GAIN) * ascent.data.total_weight
    jump = _jump(ascent, coordinates, first, second - first) if near else None
    ascent.refusals = ascent.refusals + 1 if gain <= ascent.noise and not jump else 0
    if jump:
        ascent.jump(jump)
        yield ascent.report()
    gain, rate = ascent.step(), max(0.0, 1 - 1 / ascent.slowest)
    yield ascent.report(gain, gain * rate**2 / (1 - rate**2) if rate < 1 else math.inf)


def _jump(
    ascent: Ascent, coordinates: ScaledCoordinates, first: Array, bend: Array
) -> Point | None:
    """Look where the parabola through three models leads, so far that the next step is shortest.

    Where steps grow they say nothing of the end: the jump is the longest that is allowed, which
    is longer after each that was taken, and shorter after one that was refused.
    """
    shrink, length = -_dot(first, bend), ascent.longest
    if shrink > 0:
        length = min(length, shrink / _dot(bend, bend))
    found = None
    if length > 1:
        found = ascent.attempt(coordinates, 2 * length * first + length**2 * bend)
        if found and not ascent.accepts(coordinates, found, ascent.here, ascent.noise):
            found = None
    if length > 1 and not found:
        ascent.longest = max(1.0, length / GROWTH)
    elif length == ascent.longest:
        ascent.longest *= GROWTH
    return found


def is_higher(coordinates: ScaledCoordinates, jump: Point, one: Point, noise: float) -> bool:
    """Whether a jump is a step up; within rounding, whether EM moves half as far from there."""
    if abs(jump.objective - one.objective) > noise:
        return jump.objective > one.objective
    steps = [coordinates.of(point.next) - coordinates.of(point.model) for point in (jump, one)]
    return 4 * _dot(steps[0], steps[0]) < _dot(steps[1], steps[1])


def _quasi_newton(ascent: Ascent) -> Generator[Round, None, int]:
    """Climb by L-BFGS in the coordinates of where it begins; returns how many steps were taken.

    It ends where no step is high enough, where the hill is not concave along the last one, and
    where the slope promises less than rounding.
    """
    coordinates = ScaledCoordinates(ascent.here)
    position, slope = np.zeros(len(coordinates.scale)), coordinates.slope(ascent.here)
    pairs: deque[tuple[Array, Array]] = deque(maxlen=MEMORY)
    for taken in itertools.count():
        step = quasi_newton_step(slope, pairs)
        promised, found = _dot(slope, step), None
        if promised > ascent.noise:
            found = _search(ascent, coordinates, position, step, promised)
        if not found:
            return taken
        ascent.jump(found)
        old_position, old_slope = position, slope
        position, slope = coordinates.of(found.model), coordinates.slope(found)
        pair = position - old_position, old_slope - slope
        concave = _dot(*pair) > 0
        if concave:
            pairs.append(pair)
        slowest = max((_dot(s, s) / _dot(s, fall) for s, fall in pairs), default=math.inf)
        gain = _dot(slope, coordinates.of(found.next) - position)
        yield ascent.report(gain, slowest * _dot(slope, slope) / 2)
        if not concave:
            return taken
    raise AssertionError


def _search(
    ascent: Ascent, coordinates: ScaledCoordinates, position: Array, step: Array, promised: float
) -> Point | None:
    """Shorten a step until it gains enough of what the slope promises; None if it never does."""
    part = 1.0
    for _ in range(TRIES):
        point = ascent.attempt(coordinates, position + part * step)
        if point and point.objective >= ascent.here.objective + SUFFICIENT_RISE * part * promised:
            return point
        part /= GROWTH
    return None


def quasi_newton_step(slope: Array, pairs: Iterable[tuple[Array, Array]]) -> Array:
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
