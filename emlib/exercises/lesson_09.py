"""Exercises of lesson 09: the repair lab.

An answer is EM itself, one round or a whole fit, and it is judged by what it does: responsibilities
that are the posterior, a likelihood that never falls, units and names that do not matter. A round
takes data and parameters and returns the responsibilities and the new parameters, one row of each
parameter a component.
"""

# Solutions are shown to the learner and carry no annotations.
# mypy: allow-untyped-defs

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlib.exercises import pair
from emlib.exercises.engine.forms import Array, Several, Unreadable, describe, show
from emlib.exercises.engine.record import Case, Finding, Function, Property
from emlib.exercises.pair import seen
from emlib.exercises.slips.em import LOG_2PI, gaussian

LESSON = pair.lesson(__name__)
TITLE = LESSON.title

Floats = NDArray[np.float64]
Theta = tuple[Floats, ...]
Round = Callable[..., Any]
LogJoint = Callable[..., Floats]
Shape = Callable[[Mapping[str, Any]], tuple[int, ...]]

ROUNDING = 1e-9
N_ROUNDS = 12


# The witness: log joints and rounds that owe nothing to the learner.


def _normal(x: Floats, weights: Floats, means: Floats, stds: Floats) -> Floats:
    z = (x[:, None] - means) / stds
    joint: Floats = np.log(weights) - np.log(stds) - 0.5 * LOG_2PI - 0.5 * z * z
    return joint


def _poisson(x: Floats, weights: Floats, rates: Floats) -> Floats:
    """Leave out ln x!, which no parameter changes."""
    joint: Floats = np.log(weights) + x[:, None] * np.log(rates) - rates
    return joint


def _softmax(a: Floats) -> Floats:
    joint = np.exp(a - a.max(axis=1, keepdims=True))
    shares: Floats = joint / joint.sum(axis=1, keepdims=True)
    return shares


def _log_likelihood(log_joint: LogJoint, x: Floats, theta: Theta) -> float:
    """Nats, summed over the data (9.14)."""
    return float(np.logaddexp.reduce(log_joint(x, *theta), axis=1).sum())


def _normal_m(x: Floats, r: Floats) -> Theta:
    n_k = r.sum(axis=0)
    means = x @ r / n_k
    return n_k / len(x), means, np.sqrt((r * (x[:, None] - means) ** 2).sum(axis=0) / n_k)


def _scatters(x: Floats, r: Floats, means: Floats) -> Floats:
    """Weighted sums of squares and products about given means, shape (K, D, D)."""
    return np.array([(r[:, k] * (x - m).T) @ (x - m) for k, m in enumerate(means)])


def _plane_m(x: Floats, r: Floats) -> Theta:
    n_k = r.sum(axis=0)
    means = r.T @ x / n_k[:, None]
    return n_k / len(x), means, _scatters(x, r, means) / n_k[:, None, None]


# What is watched of a round that a learner hands in.


@dataclass(frozen=True)
class Watched:
    """What a round did.

    Attributes
    ----------
    r
        Responsibilities of the first round.
    thetas
        Parameters at the start and after each of some rounds.
    renamed
        Parameters after one round from the start with its components in reverse order.
    rescaled
        Parameters after one round of data and start in another unit; empty where there is none.
    far
        Responsibilities of a far point.
    """

    r: Floats
    thetas: tuple[Theta, ...]
    renamed: Theta
    rescaled: Theta
    far: Floats


@dataclass(frozen=True)
class Family:
    """A model, as far as watching a round of it goes.

    Attributes
    ----------
    names
        Its parameters, the weights first.
    log_joint
        The witness.
    shapes
        Shapes of the parameters.
    powers
        By which power of the unit each parameter changes; empty where data have no unit.
    """

    names: tuple[str, ...]
    log_joint: LogJoint
    shapes: tuple[Shape, ...]
    powers: tuple[int, ...] = ()

    @property
    def parameters(self) -> tuple[str, ...]:
        """Arguments of a round."""
        return ("x", *self.names)

    def theta(self, case: Case) -> Theta:
        """Parameters of the start."""
        return tuple(np.asarray(case[name], dtype=float) for name in self.names)

    @property
    def form(self) -> Several:
        """What a round returns."""
        forms: dict[str, Array] = {
            "r": Array(
                "responsibilities, one row a data point, one column a component",
                lambda case: (len(case["x"]), len(case["weights"])),
                finite=False,
            )
        }
        for name, shape in zip(self.names, self.shapes, strict=True):
            forms[name] = Array("one for each component", shape, finite=False)
        return Several(forms)

    def watch(self, em_round: Round) -> Round:
        """Turn a round into a function that runs it in several ways and returns a `Watched`."""

        def run(x: Floats, *theta: Floats) -> Any:
            first = em_round(x.copy(), *_copies(theta))
            try:
                read = self._read(first, x, theta[0])
            except Unreadable:
                return first
            thetas = [theta, read[1:]]
            for _ in range(N_ROUNDS - 1):
                if not all(np.isfinite(part).all() for part in thetas[-1]):
                    break
                again = em_round(x.copy(), *_copies(thetas[-1]))
                thetas.append(self._read(again, x, theta[0])[1:])
            back = tuple(part[::-1].copy() for part in theta)
            renamed = self._read(em_round(x.copy(), *back), x, theta[0])[1:]
            rescaled: Theta = ()
            if self.powers:
                unit = tuple(p * 10.0**power for p, power in zip(theta, self.powers, strict=True))
                rescaled = self._read(em_round(10 * x, *unit), x, theta[0])[1:]
            far = np.concatenate([x, self._far(x)])
            with_far = self._read(em_round(far.copy(), *_copies(theta)), far, theta[0])
            return Watched(read[0], tuple(thetas), renamed, rescaled, with_far[0][-1])

        return run

    def _read(self, raw: Any, x: Floats, weights: Floats) -> Theta:
        arguments = {"x": x, "weights": weights}
        return self.form.read(raw, arguments)

    @staticmethod
    def _far(x: Floats) -> Floats:
        return np.full((1, *x.shape[1:]), 2000.0)


@dataclass(frozen=True)
class Rounds:
    """Form of what `Family.watch` gives."""

    family: Family

    def words(self, arguments: Mapping[str, Any]) -> str:
        """Say what is expected."""
        return self.family.form.words(arguments)

    def read(self, raw: Any, arguments: Mapping[str, Any]) -> Watched:
        """Return what was watched, or say what is wrong with a round's answer."""
        if isinstance(raw, Watched):
            return raw
        self.family.form.read(raw, arguments)
        raise Unreadable(describe(raw), self.words(arguments))


def _copies(theta: Sequence[Floats]) -> Iterator[Floats]:
    return (np.array(part, dtype=float) for part in theta)


def _by_component(case: Mapping[str, Any]) -> tuple[int, ...]:
    return (len(case["weights"]),)


def _points(case: Mapping[str, Any]) -> tuple[int, ...]:
    return len(case["weights"]), int(np.shape(case["x"])[1])


def _matrices(case: Mapping[str, Any]) -> tuple[int, ...]:
    return (*_points(case), int(np.shape(case["x"])[1]))


LINE = Family(("weights", "means", "stds"), _normal, (_by_component,) * 3, (0, 1, 1))
PLANE = Family(
    ("weights", "means", "covariances"), gaussian, (_by_component, _points, _matrices), (0, 1, 2)
)
COUNTS = Family(("weights", "rates"), _poisson, (_by_component,) * 2)


# Properties of a round.


def _finite(case: Case, seen: Watched) -> Finding | None:
    if all(np.isfinite(part).all() for part in (seen.r, *seen.thetas[1])):
        return None
    return Finding("NaN or an infinite number after one round", "ordinary numbers")


def _shares(case: Case, seen: Watched) -> Finding | None:
    sums = seen.r.sum(axis=1)
    if (seen.r >= -ROUNDING).all() and np.allclose(sums, 1, atol=1e-7):
        return None
    row = int(np.abs(sums - 1).argmax())
    return Finding(f"a row {show(seen.r[row])}, which sums to {show(sums[row])}", "a sum of 1")


def _posterior_of(family: Family) -> Callable[[Case, Any], Finding | None]:
    def test(case: Case, seen: Watched) -> Finding | None:
        due = _softmax(family.log_joint(case["x"], *family.theta(case)))
        off = np.abs(seen.r - due).max(axis=1)
        if off.max() < 1e-6:
            return None
        row = int(off.argmax())
        where = f"for x = {show(case['x'][row])}"
        return Finding(f"{where}: {show(seen.r[row])}", f"{where}: {show(due[row])}, by Bayes")

    return test


def _weights_follow(case: Case, seen: Watched) -> Finding | None:
    came, due = seen.thetas[1][0], seen.r.mean(axis=0)
    if np.allclose(came, due, atol=1e-7):
        return None
    return Finding(f"weights {show(came)}", f"N_k / N = {show(due)}")


def _units_of(family: Family) -> Callable[[Case, Any], Finding | None]:
    def test(case: Case, seen: Watched) -> Finding | None:
        parts = zip(family.names, seen.thetas[1], seen.rescaled, family.powers, strict=True)
        for name, once, scaled, power in parts:
            if not np.allclose(scaled, once * 10.0**power, rtol=1e-5, atol=1e-7):
                factor = float(np.max(np.abs(scaled)) / np.max(np.abs(once)))
                due = f"a factor of {10**power:g}"
                return Finding(f"{name} that grow by a factor of {factor:.4g}", due)
        return None

    return test


def _all_move(family: Family) -> Callable[[Case, Any], Finding | None]:
    def test(case: Case, seen: Watched) -> Finding | None:
        for name, old, new in zip(family.names, seen.thetas[0], seen.thetas[1], strict=True):
            if np.allclose(old, new, rtol=1e-9, atol=1e-12):
                return Finding(f"{name} that are the old ones", "new ones in every round")
        return None

    return test


def _best_of(family: Family) -> Callable[[Case, Any], Finding | None]:
    """Test that no small change of a mean, spread or rate raises Q (9.31)."""

    def test(case: Case, seen: Watched) -> Finding | None:
        x, new = case["x"], seen.thetas[1]
        due = _expected(family, x, new, seen.r)
        for index, name in enumerate(family.names[1:], start=1):
            for place in np.ndindex(new[index].shape):
                for step in (-2e-3, 2e-3):
                    moved = [part.copy() for part in new]
                    moved[index][place] += step * np.abs(new[index]).max()
                    gain = _expected(family, x, tuple(moved), seen.r) - due
                    if gain > 1e-9 * (abs(due) + len(x)):
                        return Finding(
                            f"Q rises by {gain:.3g} when one of the new {name} is moved a little",
                            "no rise: the M step maximises Q (9.31)",
                        )
        return None

    return test


def _expected(family: Family, x: Floats, theta: Theta, r: Floats) -> float:
    return float((r * family.log_joint(x, *theta)).sum())  # (9.40)


def _climbs(family: Family) -> Callable[[Case, Any], Finding | None]:
    def test(case: Case, seen: Watched) -> Finding | None:
        x = case["x"]
        history = np.array([_log_likelihood(family.log_joint, x, t) for t in seen.thetas])
        if not np.isfinite(history).all():
            n = int(np.argmin(np.isfinite(history)))
            return Finding(f"no likelihood after round {n}", "a likelihood after every round")
        falls = np.flatnonzero(np.diff(history) < -1e-8 * (np.abs(history[1:]) + len(x)))
        if len(falls) == 0:
            return None
        n = int(falls[0])
        return Finding(
            f"ln p from {history[n]:.4f} to {history[n + 1]:.4f} in round {n + 1}",
            "a rise, or none",
        )

    return test


def _names_of(family: Family) -> Callable[[Case, Any], Finding | None]:
    def test(case: Case, seen: Watched) -> Finding | None:
        for name, once, other in zip(family.names, seen.thetas[1], seen.renamed, strict=True):
            if not np.allclose(once, other[::-1], rtol=1e-6, atol=1e-8):
                return Finding(
                    f"other {name} when the components are named in reverse order",
                    "the same, in reverse order",
                )
        return None

    return test


def _far_point(case: Case, seen: Watched) -> Finding | None:
    if np.isfinite(seen.far).all() and abs(seen.far.sum() - 1) < 1e-7:
        return None
    return Finding(f"responsibilities {show(seen.far)} at 2000", "numbers that sum to 1")


def _round_properties(family: Family) -> tuple[Property, ...]:
    units = (
        Property(
            "in a unit ten times smaller, each parameter changes by its own power of ten",
            _units_of(family),
        ),
    )
    return (
        Property("a round returns finite numbers", _finite),
        Property("the responsibilities of a point sum to 1", _shares),
        Property(
            "the responsibilities are the posterior, point by point (9.13)", _posterior_of(family)
        ),
        Property("the weights are the average responsibilities (9.26)", _weights_follow),
        *(units if family.powers else ()),
        Property("every parameter is updated", _all_move(family)),
        Property("the new parameters maximise Q (9.31)", _best_of(family)),
        Property(f"in {N_ROUNDS} rounds the log-likelihood never falls (9.28)", _climbs(family)),
        Property("names do not matter", _names_of(family)),
        Property("a far point has a posterior too", _far_point),
    )


# Known faults of a round, recognised by what it does.


def _watched(test: Callable[[Case, Watched], Any]) -> Callable[[Case, Any], bool]:
    return lambda case, seen: isinstance(seen, Watched) and bool(test(case, seen))


def _r_of(family: Family, wrong: LogJoint) -> Callable[[Case, Any], bool]:
    """Hold where the responsibilities are the posterior of another log joint."""

    def test(case: Case, seen: Watched) -> bool:
        x, theta = case["x"], family.theta(case)
        due, other = _softmax(family.log_joint(x, *theta)), _softmax(wrong(x, *theta))
        return np.allclose(seen.r, other, atol=1e-7) and not np.allclose(due, other, atol=1e-6)

    return _watched(test)


def _new(index: int, wrong: Callable[[Case, Floats], Any]) -> Callable[[Case, Any], bool]:
    """Hold where a parameter is what a wrong formula makes of the learner's responsibilities."""
    return _watched(
        lambda case, seen: np.allclose(seen.thetas[1][index], wrong(case, seen.r), rtol=1e-6)
    )


def _hard(case: Case, seen: Watched) -> bool:
    return bool(np.isin(seen.r, (0.0, 1.0)).all() and np.allclose(seen.r.sum(axis=1), 1))


def _not_a_number_afar(case: Case, seen: Watched) -> bool:
    return not np.isfinite(seen.far).all()


SHARED = {
    "hard assignment": seen(_watched(_hard)),
    "normalised over the data": seen(
        _watched(
            lambda case, seen: (
                np.allclose(seen.r.sum(axis=0), 1) and not np.allclose(seen.r.sum(axis=1), 1)
            )
        )
    ),
    "not normalised": seen(
        _watched(lambda case, seen: not np.allclose(seen.r.sum(axis=1), 1, atol=1e-6))
    ),
    "weights never updated": seen(_new(0, lambda case, r: case["weights"])),
    "weights always equal": seen(_new(0, lambda case, r: np.full(r.shape[1], 1 / r.shape[1]))),
    "counts instead of weights": seen(_new(0, lambda case, r: r.sum(axis=0))),
    "densities without logarithms": seen(_watched(_not_a_number_afar)),
}


# 09.1


def em_round(x, weights, means, stds):
    """One round of EM: responsibilities, then weights, means and standard deviations."""
    z = (x[:, None] - means) / stds
    a = np.log(weights) - np.log(stds) - 0.5 * z**2  # ln pi_k N_k, up to a constant
    joint = np.exp(a - a.max(axis=1, keepdims=True))
    r = joint / joint.sum(axis=1, keepdims=True)  # (9.23)
    n_k = r.sum(axis=0)  # (9.27)
    means = x @ r / n_k  # (9.24)
    variances = (r * (x[:, None] - means) ** 2).sum(axis=0) / n_k  # (9.25)
    return r, n_k / len(x), means, np.sqrt(variances)  # (9.26)


def _line_cases(rng: np.random.Generator) -> list[Case]:
    cases = []
    for n, start in (
        (60, ([0.4, 0.6], [-0.5, 0.5], [1.0, 1.4])),
        (45, ([0.3, 0.7], [2.5, -1.5], [0.7, 1.9])),
        (90, ([0.2, 0.5, 0.3], [-3.0, 0.5, 4.0], [1.2, 0.6, 2.1])),
    ):
        weights, means, stds = (np.array(part) for part in start)
        centres = np.linspace(-2.0, 1.0 + len(means), len(means))
        z = rng.integers(len(means), size=n)
        x = rng.normal(centres[z], rng.uniform(0.8, 1.5, size=len(means))[z])
        data = {"x": x, "weights": weights, "means": means, "stds": stds}
        cases.append(Case(f"{n} fresh numbers and {len(means)} components", data))
    return cases


def _second_moment(case: Case, r: Floats) -> Floats:
    return np.square(_normal_m(case["x"], r)[2])


def _about_old_means(case: Case, r: Floats) -> Floats:
    spread: Floats = np.sqrt(
        (r * (case["x"][:, None] - case["means"]) ** 2).sum(axis=0) / r.sum(axis=0)
    )
    return spread


def _held(case: Case, std: float) -> tuple[Floats, Floats, Floats, Floats]:
    return case["x"], case["weights"], case["means"], np.full(len(case["means"]), std)


ROUND = LESSON.exercise(
    "09.1",
    parts=(Function("em_round", LINE.parameters, Rounds(LINE), adapt=LINE.watch),),
    cases=_line_cases,
    properties=_round_properties(LINE),
    slips={
        "hard assignment": SHARED["hard assignment"],
        "normalised over the data": SHARED["normalised over the data"],
        "a fixed standard deviation": seen(
            _watched(
                lambda case, seen: any(
                    np.allclose(seen.r, _softmax(_normal(*_held(case, std))), atol=1e-7)
                    for std in (0.25, 0.5, 1.0)
                )
            )
        ),
        "the front factor left out": seen(_r_of(LINE, lambda x, w, m, s: _normal(x, w * s, m, s))),
        "weights left out of the E step": seen(
            _r_of(LINE, lambda x, w, m, s: _normal(x, np.ones_like(w), m, s))
        ),
        "a variance where a standard deviation is due": seen(
            _r_of(LINE, lambda x, w, m, s: _normal(x, w, m, s**2))
        ),
        "a variance where a standard deviation is due (root)": seen(
            _r_of(LINE, lambda x, w, m, s: _normal(x, w, m, np.sqrt(s)))
        ),
        "variances returned for standard deviations": seen(_new(2, _second_moment)),
        "weights never updated": SHARED["weights never updated"],
        "weights always equal": SHARED["weights always equal"],
        "counts instead of weights": SHARED["counts instead of weights"],
        "spread about the old means": seen(_new(2, _about_old_means)),
        "one spread for all": seen(_watched(lambda case, seen: np.ptp(seen.thetas[1][2]) < 1e-9)),
        "not normalised": SHARED["not normalised"],
        "densities without logarithms": SHARED["densities without logarithms"],
    },
    solution=(em_round,),
    seconds=10.0,
)


# 09.2


def draw_start(x, n_components, rng):
    """Weights, means and standard deviations to start from."""
    weights = np.full(n_components, 1 / n_components)
    means = rng.choice(x, size=n_components, replace=False)  # different data points
    return weights, means, np.full(n_components, x.std())


def fit(x, weights, means, stds):
    """EM until a round gains almost nothing."""
    before = -np.inf
    while True:
        z = (x[:, None] - means) / stds
        a = np.log(weights) - np.log(stds) - 0.5 * np.log(2 * np.pi) - 0.5 * z**2
        top = a.max(axis=1, keepdims=True)
        log_density = top + np.log(np.exp(a - top).sum(axis=1, keepdims=True))
        if log_density.sum() - before <= 1e-9 * len(x):  # (9.28)
            return weights, means, stds
        before = log_density.sum()
        r = np.exp(a - log_density)  # (9.23)
        n_k = r.sum(axis=0)
        weights, means = n_k / len(x), x @ r / n_k  # (9.26), (9.24)
        stds = np.sqrt((r * (x[:, None] - means) ** 2).sum(axis=0) / n_k)  # (9.25)


_FIT = LINE.parameters
_TRIPLE_NAMES = LINE.names


def _fit_cases(rng: np.random.Generator) -> list[Case]:
    def blocks(*groups: tuple[float, float, int]) -> Floats:
        return np.concatenate([rng.normal(*group) for group in groups])

    listed = (
        (
            "240, 30 and 30 points of three groups",
            blocks((-10.0, 3.0, 240), (30.0, 6.0, 30), (6.0, 4.0, 30)),
            ([1 / 3] * 3, [2.0, 7.0, 5.0], [4.0, 4.0, 4.0]),
        ),
        (
            "100 points of each of three groups, a thousand away from 0",
            blocks((1000.0, 0.3, 100), (1004.0, 0.7, 100), (1001.3, 0.5, 100)),
            ([0.2, 0.3, 0.5], [1000.5, 1002.0, 1003.0], [1.0, 1.0, 1.0]),
        ),
        (
            "60 points near 2, a few near 200, and both components started near 2",
            blocks((2.0, 5.0, 60), (200.0, 4.0, 6)),
            ([0.5, 0.5], [0.0, 3.0], [5.0, 5.0]),
        ),
    )
    cases = []
    for label, x, start in listed:
        theta = dict(zip(_TRIPLE_NAMES, (np.array(part) for part in start), strict=True))
        data = {"x": x, **theta, "n_components": len(start[0]), "rng": np.random.default_rng(7)}
        cases.append(Case(label, data))
    return cases


@dataclass(frozen=True)
class Starts:
    """Two starts drawn with different generators."""

    first: Theta
    second: Theta


@dataclass(frozen=True)
class TwoStarts:
    """Form of two starts."""

    form: Several

    def words(self, arguments: Mapping[str, Any]) -> str:
        """Say what is expected."""
        return self.form.words(arguments)

    def read(self, raw: Any, arguments: Mapping[str, Any]) -> Starts:
        """Return both starts, or say why one cannot be read."""
        if isinstance(raw, Starts):
            first, second = (self.form.read(s, arguments) for s in (raw.first, raw.second))
            return Starts(first, second)
        self.form.read(raw, arguments)
        raise Unreadable(describe(raw), self.words(arguments))


def _draw_twice(draw: Callable[..., Any]) -> Callable[..., Any]:
    def run(x: Floats, n_components: int, rng: np.random.Generator) -> Any:
        first = draw(x.copy(), n_components, rng)
        if first is None or first is Ellipsis:
            return first
        return Starts(first, draw(x.copy(), n_components, np.random.default_rng(11)))

    return run


_TRIPLE = Several({name: Array("one number a component", _by_component) for name in _TRIPLE_NAMES})


def _valid_start(case: Case, answer: tuple[Starts, Theta]) -> Finding | None:
    weights, _, stds = answer[0].first
    if abs(weights.sum() - 1) > 1e-6 or (weights <= 0).any():
        return Finding(f"weights {show(weights)}", "weights above 0 that sum to 1")
    if (stds <= 0).any():
        return Finding(f"stds {show(stds)}", "standard deviations above 0")
    return None


def _different(case: Case, answer: tuple[Starts, Theta]) -> Finding | None:
    means = answer[0].first[1]
    if len(np.unique(means)) == len(means):
        return None
    return Finding(f"means {show(means)}", "different means: EM never parts equal components")


def _inside(case: Case, answer: tuple[Starts, Theta]) -> Finding | None:
    x, means = case["x"], answer[0].first[1]
    margin = np.ptp(x)
    if ((means > x.min() - margin) & (means < x.max() + margin)).all():
        return None
    return Finding(
        f"means {show(means)}",
        f"means near the data, which lie from {x.min():.4g} to {x.max():.4g}",
    )


def _not_once(case: Case, answer: tuple[Starts, Theta]) -> Finding | None:
    if any(
        not np.array_equal(a, b) for a, b in zip(answer[0].first, answer[0].second, strict=True)
    ):
        return None
    return Finding("the same start from two different generators", "another start")


def _weights_one(case: Case, answer: tuple[Starts, Theta]) -> Finding | None:
    total = float(answer[1][0].sum())
    if abs(total - 1) < 1e-6:
        return None
    return Finding(f"weights that sum to {show(total)}", "a sum of 1")


def _weights_fitted(case: Case, answer: tuple[Starts, Theta]) -> Finding | None:
    weights = answer[1][0]
    due = _softmax(_normal(case["x"], *answer[1])).mean(axis=0)
    if np.allclose(weights, due, atol=0.01):
        return None
    return Finding(
        f"weights {show(weights)}", f"the average responsibilities there, {show(due)} (9.26)"
    )


def _not_below_start(case: Case, answer: tuple[Starts, Theta]) -> Finding | None:
    start = _log_likelihood(_normal, case["x"], LINE.theta(case))
    reached = _log_likelihood(_normal, case["x"], answer[1])
    if reached >= start - 1e-6:
        return None
    return Finding(f"ln p = {reached:.3f}", f"no less than at the start, {start:.3f}")


@cache
def _limit(data: bytes, start: bytes, k: int) -> float:
    """Return the log-likelihood at which EM from this start ends."""
    x = np.frombuffer(data)
    theta: Theta = tuple(np.frombuffer(start).reshape(3, k))
    before = -np.inf
    for _ in range(20_000):
        now = _log_likelihood(_normal, x, theta)
        if now - before < 1e-10:
            break
        before = now
        theta = _normal_m(x, _softmax(_normal(x, *theta)))
    return now


def _end(case: Case) -> float:
    theta = np.array(LINE.theta(case))
    return _limit(np.ascontiguousarray(case["x"]).tobytes(), theta.tobytes(), theta.shape[1])


def _settled(case: Case, answer: tuple[Starts, Theta]) -> Finding | None:
    due = _end(case)
    reached = _log_likelihood(_normal, case["x"], answer[1])
    if abs(reached - due) < 0.02:
        return None
    return Finding(f"ln p = {reached:.3f}", f"{due:.3f}, where EM from this start ends")


def _after(
    n_rounds: int, *, free: bool = True, hard: bool = False
) -> Callable[[Floats, Floats, Floats, Floats], Theta]:
    def run(x: Floats, weights: Floats, means: Floats, stds: Floats) -> Theta:
        theta: Theta = (weights, means, stds)
        for _ in range(n_rounds):
            r = _softmax(_normal(x, *theta))
            r = np.eye(len(weights))[r.argmax(axis=1)] if hard else r
            new = _normal_m(x, r)
            theta = new if free else (weights, *new[1:])
        return theta

    return run


def _ends_like(n_rounds: int, **options: bool) -> Callable[[Case, Any], bool]:
    """Hold where the fit is that of a faulty run, whatever draws the start."""

    def applies(case: Case, answer: Any) -> bool:
        theta = answer[1]
        wrong = _after(n_rounds, **options)(case["x"], *LINE.theta(case))
        pairs = zip(theta, wrong, strict=True)
        return all(np.allclose(a, b, rtol=1e-3, atol=1e-3, equal_nan=True) for a, b in pairs)

    return applies


def _holds_weights(case: Case, answer: Any) -> bool:
    weights = np.asarray(answer[1][0], dtype=float)
    equal = np.full(len(weights), 1 / len(weights))
    return np.allclose(weights, case["weights"]) or np.allclose(weights, equal)


def _squared(case: Case, answer: Any) -> bool:
    theta = answer[1]
    root = (theta[0], theta[1], np.sqrt(theta[2]))
    return _settled(case, (answer[0], root)) is None


def _lost_afar(case: Case, answer: Any) -> bool:
    """Whether NaN comes in the far case, and only there."""
    far = bool(case["x"].max() < 500 and case["x"].min() < 0 and len(case["weights"]) == 2)
    try:
        entries = np.concatenate([np.ravel(np.asarray(part, dtype=float)) for part in answer[1]])
    except (TypeError, ValueError):
        return False
    return bool(np.isnan(entries).any()) == far


def _start_like(test: Callable[[Case, Theta, Theta], bool]) -> Callable[[Case, Any], bool]:
    def applies(case: Case, answer: Any) -> bool:
        return isinstance(answer[0], Starts) and test(case, answer[0].first, answer[0].second)

    return applies


FIT = LESSON.exercise(
    "09.2",
    parts=(
        Function("draw_start", ("x", "n_components", "rng"), TwoStarts(_TRIPLE), adapt=_draw_twice),
        Function("fit", _FIT, _TRIPLE),
    ),
    cases=_fit_cases,
    properties=(
        Property("a start is a valid mixture", _valid_start),
        Property("no two components start alike", _different),
        Property("a start lies where the data lie", _inside),
        Property("another generator gives another start", _not_once),
        Property("the weights sum to 1", _weights_one),
        Property("the likelihood is no lower than at the start", _not_below_start),
        Property("the weights are fitted as well (9.26)", _weights_fitted),
        Property("the fit has settled", _settled),
    ),
    slips={
        "one mean for all": seen(_start_like(lambda case, first, second: np.ptp(first[1]) == 0)),
        "starts that ignore the data": seen(
            _start_like(
                lambda case, first, second: bool(
                    (np.abs(first[1]) <= 100).all() and not np.array_equal(first[1], second[1])
                )
            )
        ),
        "the same start every time": seen(
            _start_like(
                lambda case, first, second: all(
                    np.array_equal(a, b) for a, b in zip(first, second, strict=True)
                )
            )
        ),
        "densities without logarithms": seen(_lost_afar),
        "weights left out": seen(_holds_weights),
        "a fixed twenty rounds": seen(_ends_like(20)),
        "a single round": seen(_ends_like(1)),
        "hard assignment": seen(_ends_like(300, hard=True)),
        "variances instead of standard deviations": seen(_squared),
        "stopped too early": seen(
            lambda case, answer: (
                (_not_below_start(case, answer) is None and _weights_fitted(case, answer) is None)
                or _log_likelihood(_normal, case["x"], answer[1]) <= _end(case) + 0.02
            )
        ),
    },
    solution=(draw_start, fit),
    seconds=20.0,
)


# 09.3


def fit_2d(x, weights, means, covariances):
    """EM for Gaussians in the plane; the log-likelihood decides when to stop."""
    history = []
    while True:
        columns = []
        for k in range(len(weights)):
            factor = np.linalg.cholesky(covariances[k])
            z = np.linalg.solve(factor, (x - means[k]).T)
            constant = x.shape[1] * np.log(2 * np.pi) / 2 + np.log(np.diag(factor)).sum()
            columns.append(np.log(weights[k]) - constant - 0.5 * (z**2).sum(axis=0))
        a = np.column_stack(columns)
        top = a.max(axis=1, keepdims=True)
        log_density = top + np.log(np.exp(a - top).sum(axis=1, keepdims=True))
        history.append(log_density.sum())  # (9.28), at the parameters of this round
        if len(history) > 1 and history[-1] - history[-2] <= 1e-8 * len(x):
            return weights, means, covariances, history
        r = np.exp(a - log_density)  # (9.23)
        n_k = r.sum(axis=0)
        weights, means = n_k / len(x), r.T @ x / n_k[:, None]  # (9.26), (9.24)
        ds = [x - mean for mean in means]
        covariances = np.array([(r[:, k] * d.T) @ d / n_k[k] for k, d in enumerate(ds)])  # (9.25)


def _cloud_cases(rng: np.random.Generator) -> list[Case]:
    tilted, flat = np.array([[1.0, 0.8], [0.8, 1.0]]), np.array([[1.2, -0.6], [-0.6, 0.5]])

    def cloud(mean: tuple[float, float], covariance: Floats, n: int) -> Floats:
        return np.array(mean) + rng.standard_normal((n, 2)) @ np.linalg.cholesky(covariance).T

    listed = (
        (
            "two tilted clouds that touch",
            [cloud((0, 0), tilted, 100), cloud((2.0, 0.0), flat, 60)],
            [[0.2, -1.5], [0.6, 1.4]],
        ),
        (
            "three clouds of 90, 50 and 40 points",
            [cloud((0, 1.5), tilted, 90), cloud((2.8, 1.5), flat, 50), cloud((5, 3), tilted, 40)],
            [[1.0, 1.0], [1.6, 2.2], [4.0, 1.0]],
        ),
        (
            "a cloud near 0, another 300 away, and both components started near 0",
            [cloud((0, 0), tilted, 80), cloud((300, 300), flat, 30)],
            [[-0.5, 0.2], [1.0, 1.0]],
        ),
    )
    cases = []
    for label, clouds, means in listed:
        k = len(means)
        weights = np.arange(k, 0, -1) / np.arange(k, 0, -1).sum()
        start = (weights, np.array(means, dtype=float), np.array([np.diag([1.0, 0.8])] * k))
        data = dict(zip(PLANE.parameters, (np.concatenate(clouds), *start), strict=True))
        cases.append(Case(label, data))
    return cases


_HISTORY = Several(
    {
        "weights": Array("one number a component", _by_component, finite=False),
        "means": Array("one row a component", _points, finite=False),
        "covariances": Array("one matrix a component", _matrices, finite=False),
        "history": Array("the log-likelihood at the start and after each round", finite=False),
    }
)


def _first(answer: Any) -> float:
    return float(np.ravel(answer[3])[0])


def _all_finite(case: Case, answer: Any) -> Finding | None:
    if all(np.isfinite(part).all() for part in answer):
        return None
    return Finding("NaN or an infinite number", "ordinary numbers")


def _never_falls(case: Case, answer: Any) -> Finding | None:
    history = np.ravel(answer[3])
    falls = np.flatnonzero(np.diff(history) < -1e-8 * (np.abs(history[1:]) + len(case["x"])))
    if len(falls) == 0:
        return None
    n = int(falls[0])
    return Finding(f"{history[n]:.3f}, then {history[n + 1]:.3f} in round {n + 1}", "no fall")


def _starts_at_the_start(case: Case, answer: Any) -> Finding | None:
    due = _log_likelihood(gaussian, case["x"], PLANE.theta(case))
    if np.isclose(_first(answer), due, rtol=1e-7):
        return None
    return Finding(f"history[0] = {_first(answer):.4f}", f"ln p at the start, {due:.4f}")


def _ends_at_the_end(case: Case, answer: Any) -> Finding | None:
    due = _log_likelihood(gaussian, case["x"], answer[:3])
    last = float(np.ravel(answer[3])[-1])
    if abs(last - due) < 1e-3:
        return None
    return Finding(
        f"history[-1] = {last:.4f}", f"ln p at the parameters that you return, {due:.4f}"
    )


def _next(case: Case, theta: Theta) -> Theta:
    return _plane_m(case["x"], _softmax(gaussian(case["x"], *theta)))


def _at_rest(case: Case, answer: Any) -> Finding | None:
    here = _log_likelihood(gaussian, case["x"], answer[:3])
    after = _log_likelihood(gaussian, case["x"], _next(case, answer[:3]))
    if abs(after - here) < 1e-3:
        return None
    return Finding(f"another round would gain {after - here:.4f} nats", "less than 0.001")


def _gave_away(case: Case, answer: Any) -> Finding | None:
    due = _softmax(gaussian(case["x"], *answer[:3])).mean(axis=0)
    if np.allclose(answer[0], due, atol=0.01):
        return None
    return Finding(f"weights {show(answer[0])}", f"the average responsibilities, {show(due)}")


def _q(case: Case, theta: Theta, r: Floats, *, with_weights: bool = True) -> float:
    joint = gaussian(case["x"], *theta)
    joint = joint if with_weights else joint - np.log(theta[0])
    return float((r * joint).sum())


def _begins_with(
    value: Callable[[Case, Theta, Floats], float], *, later: bool = False
) -> Callable[[Case, Any], bool]:
    """Hold where the history begins with this value, at the start or after one round."""

    def applies(case: Case, answer: Any) -> bool:
        start = PLANE.theta(case)
        r = _softmax(gaussian(case["x"], *start))
        theta = _plane_m(case["x"], r) if later else start
        came, due = _first(answer), value(case, theta, r)
        if not np.isfinite(came) and np.abs(case["x"]).max() > 100:
            return True  # a far point spoils any value
        return bool(np.isclose(came, due, rtol=1e-6))

    return applies


def _ln_p(case: Case, theta: Theta, r: Floats) -> float:
    return _log_likelihood(gaussian, case["x"], theta)


def _clouds_far(case: Case, answer: Any) -> bool:
    far = bool(np.abs(case["x"]).max() > 100)
    finite = all(np.isfinite(np.asarray(part, dtype=float)).all() for part in answer)
    return far != finite


FIT_2D = LESSON.exercise(
    "09.3",
    parts=(Function("fit_2d", PLANE.parameters, _HISTORY),),
    cases=_cloud_cases,
    properties=(
        Property("all numbers are finite, wherever the data lie", _all_finite),
        Property("the history begins with ln p at the start (9.28)", _starts_at_the_start),
        Property("the history ends with ln p at what is returned", _ends_at_the_end),
        Property("the log-likelihood never falls", _never_falls),
        Property("the weights are fitted as well (9.26)", _gave_away),
        Property("the fit has settled", _at_rest),
    ),
    slips={
        "densities without logarithms": seen(_clouds_far),
        "weights never updated": seen(lambda case, answer: np.allclose(answer[0], case["weights"])),
        "expected log-likelihood without ln pi": seen(
            _begins_with(lambda c, t, r: _q(c, t, r, with_weights=False))
        ),
        "expected log-likelihood without ln pi (new parameters)": seen(
            _begins_with(lambda c, t, r: _q(c, t, r, with_weights=False), later=True)
        ),
        "expected log-likelihood without the entropy": seen(_begins_with(_q)),
        "old responsibilities": seen(_begins_with(_q, later=True)),
        "an average, not a sum": seen(_begins_with(lambda c, t, r: _ln_p(c, t, r) / len(c["x"]))),
        "the start left out": seen(_begins_with(_ln_p, later=True)),
        "one round behind": seen(
            lambda case, answer: (
                (
                    _starts_at_the_start(case, answer) is None
                    and _never_falls(case, answer) is None
                    and _ends_at_the_end(case, answer) is not None
                )
                or bool(np.abs(case["x"]).max() > 100)
            )
        ),
        "stopped too early": seen(
            lambda case, answer: (
                _starts_at_the_start(case, answer) is None
                and _ends_at_the_end(case, answer) is None
            )
        ),
    },
    solution=(fit_2d,),
    seconds=20.0,
)


# 09.4


@dataclass(frozen=True)
class Verdict:
    """What a learner's test said of an implementation.

    Attributes
    ----------
    accepts
        Whether the implementation passed.
    silent
        Whether the test returned nothing.
    calls
        How often it ran the implementation.
    """

    accepts: bool
    silent: bool
    calls: int


@dataclass(frozen=True)
class YesOrNo:
    """A verdict; True, False and assertions are read as one."""

    def words(self, arguments: Mapping[str, Any]) -> str:
        """Say what is expected."""
        return "True if the implementation passes, False if it fails (or an assertion)"

    def read(self, raw: Any, arguments: Mapping[str, Any]) -> Verdict:
        """Return the verdict."""
        if isinstance(raw, Verdict):
            return raw
        raise Unreadable(describe(raw), self.words(arguments))


def _listening(test: Callable[[Round], Any]) -> Callable[[Round], Any]:
    """Turn a test, of assertions or of True and False, into one that gives a `Verdict`."""

    def run(implementation: Round) -> Any:
        calls = 0

        def em_round(x, weights, means, covariances):
            nonlocal calls
            calls += 1
            given = (np.asarray(part, dtype=float) for part in (x, weights, means, covariances))
            return implementation(*given)

        try:
            said = test(em_round)
        except AssertionError:
            return Verdict(False, False, calls)
        except Exception:
            if implementation in (patient.em_round for patient in WARD) and calls:
                return Verdict(False, False, calls)  # its numbers broke the test: it is refused
            raise
        if said is None:
            return Verdict(True, True, calls)
        if isinstance(said, dict):
            said = all(said.values())
        if isinstance(said, np.ndarray) and said.size == 1:
            said = said.item()
        if isinstance(said, bool | np.bool_) or (isinstance(said, int) and said in (0, 1)):
            return Verdict(bool(said), False, calls)
        return said

    return run


def _ward_round(x: Floats, weights: Floats, means: Floats, covariances: Floats) -> Any:
    r = _softmax(gaussian(x, weights, means, covariances))
    return (r, *_plane_m(x, r))


def _ward_by_eigenvalues(x: Floats, weights: Floats, means: Floats, covariances: Floats) -> Any:
    columns = []
    for weight, mean, covariance in zip(weights, means, covariances, strict=True):
        values, vectors = np.linalg.eigh(covariance)
        z = (x - mean) @ vectors / np.sqrt(values)
        columns.append(np.log(weight) - 0.5 * np.log(values).sum() - 0.5 * (z**2).sum(axis=1))
    a = np.column_stack(columns)
    r = np.exp(a - np.logaddexp.reduce(a, axis=1)[:, None])
    n_k = r.sum(axis=0)
    new_means = np.array([np.average(x, axis=0, weights=column) for column in r.T])
    spreads = [np.cov(x.T, aweights=column, ddof=0) for column in r.T]
    return r, n_k / n_k.sum(), new_means, np.array(spreads)


def _ward_swap(x: Floats, weights: Floats, means: Floats, covariances: Floats) -> Any:
    scale = np.linalg.slogdet(covariances)[1]
    inverses: Floats = np.asarray(np.linalg.inv(covariances), dtype=float)
    r = _softmax(gaussian(x, weights * np.exp(-scale), means, inverses))
    return (r, *_plane_m(x, r))


def _ward_hard(x: Floats, weights: Floats, means: Floats, covariances: Floats) -> Any:
    r = np.eye(len(weights))[gaussian(x, weights, means, covariances).argmax(axis=1)]
    return (r, *_plane_m(x, r))


def _ward_columns(x: Floats, weights: Floats, means: Floats, covariances: Floats) -> Any:
    joint = np.exp(gaussian(x, weights, means, covariances))
    r = joint / joint.sum(axis=0)
    return (r, *_plane_m(x, r))


def _ward_frozen(x: Floats, weights: Floats, means: Floats, covariances: Floats) -> Any:
    r = _softmax(gaussian(x, weights, means, covariances))
    return (r, weights, *_plane_m(x, r)[1:])


def _ward_no_prior(x: Floats, weights: Floats, means: Floats, covariances: Floats) -> Any:
    r = _softmax(gaussian(x, np.ones_like(weights), means, covariances))
    return (r, *_plane_m(x, r))


def _ward_roots(x: Floats, weights: Floats, means: Floats, covariances: Floats) -> Any:
    r, new_weights, new_means, spreads = _ward_round(x, weights, means, covariances)
    scale = np.sqrt(np.sqrt(np.linalg.det(spreads)))[:, None, None]
    return r, new_weights, new_means, spreads / scale


def _ward_underflow(x: Floats, weights: Floats, means: Floats, covariances: Floats) -> Any:
    with np.errstate(all="ignore"):
        joint = np.exp(gaussian(x, weights, means, covariances))
        r = joint / joint.sum(axis=1, keepdims=True)
        return (r, *_plane_m(x, r))


def _ward_one_after_another(x: Floats, weights: Floats, means: Floats, covariances: Floats) -> Any:
    """Update the components in turn, sharing the points anew after each: their order matters."""
    weights, means, covariances = weights.copy(), means.copy(), covariances.copy()
    first = _softmax(gaussian(x, weights, means, covariances))
    for k in range(len(weights)):
        r = _softmax(gaussian(x, weights, means, covariances))
        _, new_means, spreads = _plane_m(x, r)
        means[k], covariances[k] = new_means[k], spreads[k]
    return first, first.mean(axis=0), means, covariances


@dataclass(frozen=True)
class Patient:
    """A faulty implementation of the ward."""

    name: str
    label: str
    em_round: Round


WARD = (
    Patient(
        "lets normalisation pass",
        "shares that sum to 1 over the data instead of the components",
        _ward_columns,
    ),
    Patient(
        "lets hard assignment pass",
        "an E step that rounds every share to 0 or 1",
        _ward_hard,
    ),
    Patient(
        "lets the swap pass",
        "Sigma where its inverse belongs",
        _ward_swap,
    ),
    Patient(
        "lets a missing prior pass",
        "an E step without the weights",
        _ward_no_prior,
    ),
    Patient(
        "lets frozen weights pass",
        "an M step that hands the weights back as they were",
        _ward_frozen,
    ),
    Patient(
        "lets wrong units pass",
        "covariances in the unit of a standard deviation",
        _ward_roots,
    ),
    Patient(
        "lets a favoured name pass",
        "components updated one after another",
        _ward_one_after_another,
    ),
    Patient(
        "lets underflow pass",
        "densities without logarithms",
        _ward_underflow,
    ),
)


def passes(em_round):
    """Whether one round of EM for Gaussians in the plane stands the tests of this lesson."""
    rng = np.random.default_rng(5)
    x = np.concatenate([rng.normal(0, 1, (40, 2)), rng.normal(3, 1, (20, 2)) * [1, 2]])
    theta = (
        np.array([0.3, 0.7]),
        np.array([[1.0, -1.0], [2.0, 3.0]]),
        np.array([[[2.0, 0.8], [0.8, 0.5]], [[1.0, -0.3], [-0.3, 3.0]]]),
    )

    def posterior(x, weights, means, covariances):
        columns = []
        for weight, mean, covariance in zip(weights, means, covariances, strict=True):
            d = x - mean
            distance = (d @ np.linalg.inv(covariance) * d).sum(axis=1)
            columns.append(np.log(weight / np.sqrt(np.linalg.det(covariance))) - distance / 2)
        joint = np.column_stack(columns)
        return np.exp(joint - np.logaddexp.reduce(joint, axis=1)[:, None])

    r, *new = em_round(x, *theta)
    _, *reverse = em_round(x, *(part[::-1] for part in theta))
    _, *scaled = em_round(10 * x, theta[0], 10 * theta[1], 100 * theta[2])
    far = em_round(np.append(x, [[500.0, 500.0]], axis=0), *theta)[0]
    return (
        np.allclose(r.sum(axis=1), 1)
        and np.allclose(r, posterior(x, *theta))
        and not any(np.allclose(a, b) for a, b in zip(theta, new, strict=True))
        and all(np.allclose(a, b[::-1]) for a, b in zip(new, reverse, strict=True))
        and np.allclose(scaled[1], 10 * new[1])
        and np.allclose(scaled[2], 100 * new[2])
        and bool(np.isfinite(far).all())
    )


def _ward_cases(rng: np.random.Generator) -> list[Case]:
    right = [
        Case("a right implementation", {"em_round": _ward_round, "ill": ""}),
        Case(
            "a right implementation, by eigenvalues", {"em_round": _ward_by_eigenvalues, "ill": ""}
        ),
    ]
    return right + [Case(p.label, {"em_round": p.em_round, "ill": p.name}) for p in WARD]


def _accepts_healthy(case: Case, answer: Verdict) -> Finding | None:
    if answer.accepts or case["ill"]:
        return None
    return Finding("your test refuses it", "it passes, as it is EM to 12 digits")


def _refuses_ill(case: Case, answer: Verdict) -> Finding | None:
    if not answer.accepts or not case["ill"]:
        return None
    return Finding("your test lets it pass", "it fails")


def _escaped(name: str) -> Callable[[Case, Any], bool]:
    """Hold where this patient was let pass, and no healthy one refused."""

    def applies(case: Case, answer: Any) -> bool:
        if not isinstance(answer, Verdict):
            return False
        return answer.accepts if case["ill"] in ("", name) else True

    return applies


THE_WARD = LESSON.exercise(
    "09.4",
    parts=(Function("passes", ("em_round",), YesOrNo(), adapt=_listening),),
    cases=_ward_cases,
    properties=(
        Property("a right implementation passes", _accepts_healthy),
        Property("no faulty implementation passes", _refuses_ill),
    ),
    slips={
        "tests nothing": seen(
            lambda case, answer: isinstance(answer, Verdict) and answer.calls == 0
        ),
        "says nothing": seen(lambda case, answer: isinstance(answer, Verdict) and answer.silent),
        "turned round": seen(
            lambda case, answer: isinstance(answer, Verdict) and answer.accepts is bool(case["ill"])
        ),
        "refuses the healthy": seen(
            lambda case, answer: (
                isinstance(answer, Verdict) and (bool(case["ill"]) or not answer.accepts)
            )
        ),
        **{p.name: seen(_escaped(p.name)) for p in WARD},
    },
    solution=(passes,),
    seconds=20.0,
)


# 09.5


def em_round_poisson(x, weights, rates):
    """One round of EM for a mixture of Poisson counts."""
    a = np.log(weights) + x[:, None] * np.log(rates) - rates  # ln x! cancels
    joint = np.exp(a - a.max(axis=1, keepdims=True))
    r = joint / joint.sum(axis=1, keepdims=True)  # (9.23)
    n_k = r.sum(axis=0)  # (9.27)
    return r, n_k / len(x), x @ r / n_k  # (9.26), and (9.31) for a Poisson rate


def _count_cases(rng: np.random.Generator) -> list[Case]:
    cases = []
    for n, rates, weights, guess in (
        (80, (2.0, 9.0), (0.6, 0.4), (1.0, 5.0)),
        (120, (0.5, 4.0, 15.0), (0.2, 0.5, 0.3), (1.0, 3.0, 8.0)),
        (60, (6.0, 3.0), (0.7, 0.3), (7.5, 2.5)),
    ):
        z = rng.choice(len(rates), size=n)
        x = rng.poisson(np.array(rates)[z]).astype(float)
        data = {"x": x, "weights": np.array(weights), "rates": np.array(guess)}
        cases.append(Case(f"{n} counts and {len(rates)} components", data))
    return cases


POISSON = LESSON.exercise(
    "09.5",
    parts=(Function("em_round_poisson", COUNTS.parameters, Rounds(COUNTS), adapt=COUNTS.watch),),
    cases=_count_cases,
    properties=_round_properties(COUNTS),
    slips={
        "hard assignment": SHARED["hard assignment"],
        "normalised over the data": SHARED["normalised over the data"],
        "the factor exp(-rate) left out": seen(
            _r_of(COUNTS, lambda x, w, m: _poisson(x, w * np.exp(m), m))
        ),
        "weights left out of the E step": seen(
            _r_of(COUNTS, lambda x, w, m: _poisson(x, np.ones_like(w), m))
        ),
        "a Gaussian instead of a Poisson": seen(
            _r_of(COUNTS, lambda x, w, m: _normal(x, w, m, np.ones_like(m)))
        ),
        "a Gaussian instead of a Poisson (own variance)": seen(
            _r_of(COUNTS, lambda x, w, m: _normal(x, w, m, np.sqrt(m)))
        ),
        "weights never updated": SHARED["weights never updated"],
        "weights always equal": SHARED["weights always equal"],
        "counts instead of weights": SHARED["counts instead of weights"],
        "divided by N instead of N_k": seen(_new(1, lambda case, r: case["x"] @ r / len(r))),
        "rates not averaged": seen(_new(1, lambda case, r: case["x"] @ r)),
        "not normalised": SHARED["not normalised"],
        "densities without logarithms": SHARED["densities without logarithms"],
    },
    solution=(em_round_poisson,),
    seconds=10.0,
)

EXERCISES = (ROUND, FIT, FIT_2D, THE_WARD, POISSON)
