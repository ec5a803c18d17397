"""One round of EM as an answer, judged by what it does.

A round takes data and parameters and returns the responsibilities and the new parameters, one row
of each a component. It is run for some rounds, from a start whose components have other names, in
another unit and with a far point; what it did is a `Watched`. A wrong round is told by the first
thing in which it differs from the right EM, given what it made before that.

Examples
--------
>>> from emlib.exercises.slips.em import LINE, hard
>>> shapes = (by_component,) * 3
>>> line = Rounds(LINE, shapes, powers=(0, 1, 1))
>>> x = np.array([-1.0, 0.0, 1.0, 2.0, 4.0])
>>> start = {"weights": [0.4, 0.6], "means": [0.0, 3.0], "stds": [1.0, 2.0]}
>>> case = Case("five numbers", {"x": x, **{k: np.array(v) for k, v in start.items()}})
>>> guess = LINE.but(weights=equal)
>>> seen_of_it = line.watch(guess.shares_and_round)(*case.arguments(line.parameters))
>>> line.like(guess)["applies"](case, seen_of_it), line.like(LINE)["applies"](case, seen_of_it)
(True, False)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from emlib.exercises.engine.forms import Array, Several, Unreadable, describe, show
from emlib.exercises.engine.record import Case, Finding, Function, Property
from emlib.exercises.pair import seen
from emlib.exercises.slips.em import EM, Floats, Theta, counts, equal, kept
from emlib.exercises.slips.holds import never_falls

Round = Callable[..., Any]
Shape = Callable[[Mapping[str, Any]], tuple[int, ...]]
Values = list[Floats | None]

ROUNDING = 1e-9
N_ROUNDS = 12
FAR = 2000.0


def by_component(data: Mapping[str, Any]) -> tuple[int, ...]:
    """Shape (K,)."""
    return (len(data["weights"]),)


def points(data: Mapping[str, Any]) -> tuple[int, ...]:
    """Shape (K, D)."""
    return len(data["weights"]), int(np.shape(data["x"])[1])


def matrices(data: Mapping[str, Any]) -> tuple[int, ...]:
    """Shape (K, D, D)."""
    return (*points(data), int(np.shape(data["x"])[1]))


@dataclass(frozen=True)
class Watched:
    """What a round did.

    Attributes
    ----------
    r : ndarray
        Responsibilities of the first round.
    thetas : tuple
        Parameters at the start and after each of some rounds.
    renamed : tuple of ndarray
        Parameters after one round from the start with its components in reverse order.
    rescaled : tuple of ndarray
        Parameters after one round of data and start in a unit ten times smaller; empty where data
        have no unit.
    far : ndarray
        Responsibilities of a far point.
    """

    r: Floats
    thetas: tuple[Theta, ...]
    renamed: Theta
    rescaled: Theta
    far: Floats

    @property
    def new(self) -> Theta:
        """Parameters after one round."""
        return self.thetas[1]

    @property
    def values(self) -> list[Floats]:
        """What a learner's round made, in this order."""
        return [self.r, *self.new, self.far]


@dataclass(frozen=True)
class Rounds:
    """The form of a round of EM for one model.

    Attributes
    ----------
    em : EM
        The right one.
    shapes : tuple of callable
        Shapes of its parameters.
    powers : tuple of int
        By which power of the unit each parameter changes; empty where data have no unit.
    """

    em: EM
    shapes: tuple[Shape, ...]
    powers: tuple[int, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Its parameters."""
        return tuple(self.em.formulae)

    @property
    def parameters(self) -> tuple[str, ...]:
        """Arguments of a round."""
        return ("x", *self.names)

    @property
    def values(self) -> list[str]:
        """Names of what `compared` returns."""
        return ["r", *self.names, "r of a far point"]

    def part(self, name: str) -> Function:
        """Return the part of an answer that is such a round."""
        return Function(name, self.parameters, self, adapt=self.watch)

    def theta(self, case: Case) -> Theta:
        """Parameters of the start."""
        return tuple(np.asarray(case[name], dtype=float) for name in self.names)

    # A form.

    @property
    def _form(self) -> Several:
        n_by_k = Array(
            "responsibilities, one row a data point, one column a component",
            lambda data: (len(data["x"]), len(data["weights"])),
            finite=False,
        )
        each = zip(self.names, self.shapes, strict=True)
        new = {name: Array("one for each component", shape, finite=False) for name, shape in each}
        return Several({"r": n_by_k, **new})

    def words(self, arguments: Mapping[str, Any]) -> str:
        """Say what is expected."""
        return self._form.words(arguments)

    def read(self, raw: Any, arguments: Mapping[str, Any]) -> Watched:
        """Return what was watched, or say what is wrong with what a round returned."""
        if isinstance(raw, Watched):
            return raw
        self._form.read(raw, arguments)
        raise Unreadable(describe(raw), self.words(arguments))

    def watch(self, em_round: Round) -> Round:
        """Turn a round into a function that runs it in several ways and returns a `Watched`."""

        def run(x: Floats, *theta: Floats) -> Any:
            where = self.names.index("weights")

            def made(x: Floats, theta: Theta) -> Theta:
                raw = em_round(x.copy(), *(np.array(part, dtype=float) for part in theta))
                return self._form.read(raw, {"x": x, "weights": theta[where]})

            try:
                r, *new = made(x, theta)
            except Unreadable:
                return em_round(x, *theta)
            thetas: list[Theta] = [theta, tuple(new)]
            while len(thetas) <= N_ROUNDS and all(np.isfinite(part).all() for part in thetas[-1]):
                thetas.append(made(x, thetas[-1])[1:])
            renamed = made(x, tuple(part[::-1] for part in theta))[1:]
            units = [10.0**power for power in self.powers]
            scaled = tuple(part * unit for part, unit in zip(theta, units, strict=False))
            rescaled = made(10 * x, scaled)[1:] if units else ()
            far = made(np.concatenate([x, _far(x)]), theta)[0][-1]
            return Watched(r, tuple(thetas), renamed, rescaled, far)

        return run

    # What a wrong round is compared with.

    def compared(self, raw: Any, case: Case) -> tuple[Values, Values]:
        """Return what a round made, and each value that is due, given those before it."""
        if not isinstance(raw, Watched):
            return [None], [None]
        return [*raw.values], [*self._due(self.em, raw, case)]

    def _due(self, em: EM, watched: Watched, case: Case) -> list[Floats]:
        x, theta = case["x"], self.theta(case)
        old, new = dict(zip(self.names, theta, strict=True)), dict[str, Floats]()
        due = [em.e_step(x, *theta)]
        for (name, formula), came in zip(em.formulae.items(), watched.new, strict=True):
            due.append(formula(x, watched.r, new, old))
            new[name] = came
        return [*due, em.e_step(_far(x), *theta)[0]]

    def like(self, *wrong: EM) -> Mapping[str, Any]:
        """Tell a slip by a wrong EM, or one of some, that makes the first wrong value."""

        def applies(case: Case, watched: Any) -> bool:
            came, due = watched.values, self._due(self.em, watched, case)
            first = next((i for i, c in enumerate(came) if not _same(c, due[i])), len(due))
            made = [self._due(em, watched, case) for em in wrong]
            return any(
                all(map(_same, m[:first], due[:first]))
                and (first == len(due) or _same(came[first], m[first]))
                for m in made
            )

        return seen(applies)

    @property
    def slips(self) -> dict[str, Mapping[str, Any]]:
        """Slips that can be made in a round for any model."""
        return {
            "hard assignment": seen(_hard),
            "normalised over the data": seen(_columns_sum_to_one),
            "not normalised": seen(lambda case, watched: not _rows_sum_to_one(watched)),
            "weights never updated": self.like(self.em.but(weights=kept("weights"))),
            "weights always equal": self.like(self.em.but(weights=equal)),
            "counts instead of weights": self.like(self.em.but(weights=counts)),
            "components sorted": seen(self._sorted),
            "densities without logarithms": seen(self._lost_afar),
        }

    def _lost_afar(self, case: Case, watched: Watched) -> bool:
        """Whether a far point has no posterior, and all else is right."""
        came, due = watched.values, self._due(self.em, watched, case)
        return all(map(_same, came[:-1], due[:-1])) and not np.isfinite(came[-1]).all()

    def _sorted(self, case: Case, watched: Watched) -> bool:
        """Whether the right parameters came sorted by the first of them, the weights apart."""
        due = dict(zip(self.names, self.em.m_step(case["x"], watched.r), strict=True))
        order = np.argsort(next(part for name, part in due.items() if name != "weights"), axis=0)
        pairs = zip(watched.new, due.values(), strict=True)
        right = _same(watched.r, self.em.e_step(case["x"], *self.theta(case)))
        return right and all(_same(came, part[order]) for came, part in pairs)

    # Properties.

    @property
    def properties(self) -> tuple[Property, ...]:
        """What holds of any round of EM, whoever wrote it."""
        in_units = "in a unit ten times smaller, each parameter changes by its own power of ten"
        units = (Property(in_units, self._units),) if self.powers else ()
        climbs = f"in {N_ROUNDS} rounds the log-likelihood never falls (9.28)"
        return (
            Property("a round returns finite numbers", _finite),
            Property("the responsibilities of a point sum to 1", _shares),
            Property(
                "the responsibilities are the posterior, point by point (9.13)", self._posterior
            ),
            Property("the weights are the average responsibilities (9.26)", self._weights_follow),
            *units,
            Property("every parameter is updated", self._all_move),
            Property("the new parameters maximise Q (9.31)", self._best),
            Property(climbs, self._climbs),
            Property("names do not matter", self._names_do_not_matter),
            Property("a far point has a posterior too", _far_point),
        )

    def _posterior(self, case: Case, watched: Watched) -> Finding | None:
        due = self.em.e_step(case["x"], *self.theta(case))
        off = np.abs(watched.r - due).max(axis=1)
        if off.max() < 1e-6:
            return None
        row = int(off.argmax())
        where = f"for x = {show(case['x'][row])}"
        return Finding(f"{where}: {show(watched.r[row])}", f"{where}: {show(due[row])}, by Bayes")

    def _weights_follow(self, case: Case, watched: Watched) -> Finding | None:
        came, due = watched.new[self.names.index("weights")], watched.r.mean(axis=0)
        if np.allclose(came, due, atol=1e-7):
            return None
        return Finding(f"weights {show(came)}", f"N_k / N = {show(due)}")

    def _units(self, case: Case, watched: Watched) -> Finding | None:
        each = zip(self.names, watched.new, watched.rescaled, self.powers, strict=True)
        for name, once, scaled, power in each:
            if not np.allclose(scaled, once * 10.0**power, rtol=1e-5, atol=1e-7):
                factor = float(np.max(np.abs(scaled)) / np.max(np.abs(once)))
                due = f"a factor of {10**power:g}"
                return Finding(f"{name} that grow by a factor of {factor:.4g}", due)
        return None

    def _all_move(self, case: Case, watched: Watched) -> Finding | None:
        for name, old, new in zip(self.names, watched.thetas[0], watched.new, strict=True):
            if np.allclose(old, new, rtol=1e-9, atol=1e-12):
                return Finding(f"{name} that are the old ones", "new ones in every round")
        return None

    def _best(self, case: Case, watched: Watched) -> Finding | None:
        """Find a mean, spread or rate of which a small change raises Q (9.31)."""
        x, new = case["x"], watched.new

        def q(theta: Theta) -> float:
            return float((watched.r * self.em.log_joint(x, *theta)).sum())  # (9.40)

        due = q(new)
        for i, name in enumerate(self.names):
            for place in np.ndindex(new[i].shape) if name != "weights" else ():
                for step in (-2e-3, 2e-3):
                    moved = [part.copy() for part in new]
                    moved[i][place] += step * np.abs(new[i]).max()
                    gain = q(tuple(moved)) - due
                    if gain > 1e-9 * (abs(due) + len(x)):
                        return Finding(
                            f"Q rises by {gain:.3g} when one of the new {name} is moved a little",
                            "no rise: the M step maximises Q (9.31)",
                        )
        return None

    def _climbs(self, case: Case, watched: Watched) -> Finding | None:
        x = case["x"]
        history = np.array([self.em.log_likelihood(x, theta) for theta in watched.thetas])
        if not np.isfinite(history).all():
            n = int(np.argmin(np.isfinite(history)))
            return Finding(f"no likelihood after round {n}", "a likelihood after every round")
        return never_falls(history, len(x))

    def _names_do_not_matter(self, case: Case, watched: Watched) -> Finding | None:
        for name, once, other in zip(self.names, watched.new, watched.renamed, strict=True):
            if not np.allclose(once, other[::-1], rtol=1e-6, atol=1e-8):
                return Finding(
                    f"other {name} when the components are named in reverse order",
                    "the same, in reverse order",
                )
        return None


def _far(x: Floats) -> Floats:
    return np.full((1, *x.shape[1:]), FAR)


def _same(a: Floats, b: Floats) -> bool:
    return np.shape(a) == np.shape(b) and np.allclose(a, b, rtol=1e-6, atol=1e-8, equal_nan=True)


def _rows_sum_to_one(watched: Watched) -> bool:
    return np.allclose(watched.r.sum(axis=1), 1, atol=1e-6)


def _hard(case: Case, watched: Watched) -> bool:
    return bool(np.isin(watched.r, (0.0, 1.0)).all()) and _rows_sum_to_one(watched)


def _columns_sum_to_one(case: Case, watched: Watched) -> bool:
    return np.allclose(watched.r.sum(axis=0), 1) and not _rows_sum_to_one(watched)


def _finite(case: Case, watched: Watched) -> Finding | None:
    if all(np.isfinite(part).all() for part in (watched.r, *watched.new)):
        return None
    return Finding("NaN or an infinite number after one round", "ordinary numbers")


def _shares(case: Case, watched: Watched) -> Finding | None:
    sums = watched.r.sum(axis=1)
    if (watched.r >= -ROUNDING).all() and np.allclose(sums, 1, atol=1e-7):
        return None
    row = int(np.abs(sums - 1).argmax())
    return Finding(f"a row {show(watched.r[row])}, which sums to {show(sums[row])}", "a sum of 1")


def _far_point(case: Case, watched: Watched) -> Finding | None:
    if np.isfinite(watched.far).all() and abs(watched.far.sum() - 1) < 1e-7:
        return None
    return Finding(f"responsibilities {show(watched.far)} at {FAR:g}", "numbers that sum to 1")
