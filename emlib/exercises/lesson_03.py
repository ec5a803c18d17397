"""Exercises of lesson 03: K-means.

x holds points, shape (N, D); centroids, shape (K, D); labels the cluster of each point, shape (N,),
whole numbers from 0; r the same as rows of zeros and ones, shape (N, K).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from emlib.exercises import pair
from emlib.exercises.engine.forms import Array, Choice, Unreadable, is_blank, show, to_array
from emlib.exercises.engine.record import Case, Finding, Property, Value
from emlib.exercises.pair import Slip, seen
from emlib.exercises.slips.em import Floats, softmax

LESSON = pair.lesson(__name__)
TITLE = LESSON.title

Labels = NDArray[np.intp]
Move = Callable[[Floats, Floats, Floats], Floats]  # of x, r and the centroids before


def _differences(x: Floats, centroids: Floats) -> Floats:
    return x[:, None, :] - centroids


def _squares(x: Floats, centroids: Floats) -> Floats:
    return (_differences(x, centroids) ** 2).sum(axis=2)


def _hard(x: Floats, centroids: Floats) -> Floats:
    return np.eye(len(centroids))[assign(x, centroids)]


# Where centroids may move.


def _sums(x: Floats, r: Floats, before: Floats) -> Floats:
    return r.T @ x


def _means(x: Floats, r: Floats, before: Floats) -> Floats:
    with np.errstate(invalid="ignore"):
        return r.T @ x / r.sum(axis=0)[:, None]  # (9.4)


def _over_all(x: Floats, r: Floats, before: Floats) -> Floats:
    return r.T @ x / len(x)


def _medians(x: Floats, r: Floats, before: Floats) -> Floats:
    return np.array([np.median(x[own > 0], axis=0) for own in r.T])


def _nowhere(x: Floats, r: Floats, before: Floats) -> Floats:
    return before


# 03.1

assign = LESSON.reference("03.1", "assign")


def _points(rng: np.random.Generator, n: int, d: int) -> Floats:
    return rng.normal(0.0, 4.0, size=(n, d)).round(2)


def _assign_cases(rng: np.random.Generator) -> list[Case]:
    cases = []
    for n, k, d in ((12, 3, 2), (9, 4, 3), (8, 2, 1)):
        label = f"{n} points and {k} centroids, D = {d}"
        cases.append(assign.case(label, _points(rng, n, d), _points(rng, k, d)))
    x = [[0.0, 1.0], [5.0, 2.0], [-4.0, 0.0], [0.0, -3.0], [1.0, 6.0]]
    centroids = [[2.0, 1.0], [-2.0, 1.0], [2.0, 1.0], [-6.0, 9.0]]
    return [*cases, assign.case("points with two nearest centroids", x, centroids)]


def _names_of_centroids(case: Case, answer: Floats) -> Finding | None:
    k = len(case["centroids"])
    odd = answer[(answer % 1 != 0) | (answer < 0) | (answer >= k)]
    return Finding(show(odd[0]), f"whole numbers from 0 to {k - 1}") if len(odd) else None


def _by(distance: Callable[[Floats], Floats]) -> Slip:
    """Assign by another distance, made of the differences, shape (N, K, D)."""
    return lambda x, c: distance(_differences(x, c)).argmin(axis=1)


ASSIGN = LESSON.exercise(
    "03.1",
    parts=(
        assign.part(
            Array(
                "the number of the nearest centroid of each point", lambda case: case["x"].shape[:1]
            )
        ),
    ),
    cases=_assign_cases,
    properties=(
        Property("a label is the number of a centroid, counted from 0", _names_of_centroids),
        Property(
            "each point has its nearest centroid, the lowest number of equals (9.2)",
            assign.agrees(),
        ),
    ),
    slips={
        "farthest instead of nearest": lambda x, c: _squares(x, c).argmax(axis=1),
        "nearest point instead of nearest centroid": lambda x, c: _squares(x, c).argmin(axis=0),
        "ties to the highest number": lambda x, c: len(c) - 1 - assign(x, c[::-1]),
        "rows of zeros and ones instead of labels": _hard,
        "counted from 1": lambda x, c: assign(x, c) + 1,
        "distance instead of label": lambda x, c: _squares(x, c).min(axis=1),
        "distance instead of label (the root)": lambda x, c: np.sqrt(_squares(x, c).min(axis=1)),
        "the centroid instead of its number": lambda x, c: c[assign(x, c)],
        "not squared": _by(lambda d: d.sum(axis=2)),
        "squared after the sum": _by(lambda d: d.sum(axis=2) ** 2),
        "absolute instead of squared differences": _by(lambda d: np.abs(d).sum(axis=2)),
        "largest coordinate only": _by(lambda d: np.abs(d).max(axis=2)),
        "first coordinate only": _by(lambda d: np.abs(d[:, :, 0])),
        "product instead of distance": lambda x, c: (x @ c.T).argmax(axis=1),
    },
    stretch=assign.case(
        "100 000 points and 3 centroids",
        np.random.default_rng(0).normal(size=(100_000, 2)),
        [[-1.0, 0.0], [1.0, 0.5], [0.0, 2.0]],
    ),
    seconds=1.5,
)


# 03.2

j_by_half_step = LESSON.reference("03.2", "j_by_half_step")


def _clouds(rng: np.random.Generator, sizes: tuple[int, ...], d: int) -> Floats:
    middles = rng.uniform(-8.0, 8.0, size=(len(sizes), d))
    groups = zip(middles, sizes, strict=True)
    return np.concatenate([rng.normal(m, 1.5, size=(n, d)) for m, n in groups]).round(2)


def _j_cases(rng: np.random.Generator) -> list[Case]:
    cases = []
    shapes = (((9, 8, 10), 2, 3), ((7, 12), 3, 2), ((12, 5, 9), 2, 4), ((6, 9, 7, 5), 2, 2))
    for sizes, d, n_rounds in shapes:
        x = _clouds(rng, sizes, d)
        start = _start_that_keeps_its_points(rng, x, len(sizes), n_rounds)
        label = f"{len(x)} points, {len(sizes)} centroids, {n_rounds} rounds"
        cases.append(j_by_half_step.case(label, x, start, n_rounds))
    x, start = cases[0]["x"], cases[0]["centroids"]
    until_settled = len(x)  # more rounds than so small a run needs
    label = f"the first points again, {until_settled} rounds, so that an assignment repeats"
    return [*cases, j_by_half_step.case(label, x, start, until_settled)]


def _start_that_keeps_its_points(
    rng: np.random.Generator, x: Floats, k: int, n_rounds: int
) -> Floats:
    """Draw starts near data until no cluster runs empty and every round still moves a point."""
    while True:
        near = x[rng.choice(len(x), k, replace=False)]
        start = (near + rng.normal(0, 1, near.shape)).round(2)
        full = all(r.any(axis=0).all() for r, *_ in _rounds(x, start, n_rounds))
        if full and (np.diff(j_by_half_step(x, start, n_rounds)) < -1e-6).all():
            return start


def _rounds(
    x: Floats,
    centroids: Floats,
    n_rounds: int,
    assign: Callable[[Floats, Floats], Floats] = _hard,
    move: Move = _means,
) -> list[tuple[Floats, Floats, Floats]]:
    """Return r, and the centroids before and after each round, with one of the steps replaced."""
    rounds = []
    for _ in range(n_rounds):
        r = assign(x, centroids)
        rounds.append((r, centroids, move(x, r, centroids)))
        centroids = rounds[-1][2]
    return rounds


def _j(x: Floats, r: Floats, centroids: Floats) -> float:
    return float((r * _squares(x, centroids)).sum())  # (9.1)


def _half_steps(j: Callable[[Floats, Floats, Floats], float] = _j, **steps: Any) -> Slip:
    """Return J by half-steps with one of the pieces replaced."""
    return lambda x, c, n: np.array(
        [j(x, r, centroids) for r, *both in _rounds(x, c, n, **steps) for centroids in both]
    )


def _labels_kept(x: Floats, centroids: Floats, n_rounds: int) -> Any:
    fixed = _hard(x, centroids)
    return _half_steps(assign=lambda *_: fixed)(x, centroids, n_rounds)  # type: ignore[operator]


def _before_assigning(x: Floats, centroids: Floats, n_rounds: int) -> Floats:
    """J after the assignment with the labels of the round before, all zero in the first."""
    values, before = [], np.eye(len(centroids))[np.zeros(len(x), dtype=int)]
    for r, old, new in _rounds(x, centroids, n_rounds):
        values += [_j(x, before, old), _j(x, r, new)]
        before = r
    return np.array(values)


def _until_repeat(more: int) -> Slip:
    """Stop when an assignment repeats, with or without the J of that assignment."""

    def variant(x: Floats, centroids: Floats, n_rounds: int) -> Any:
        r = [r for r, *_ in _rounds(x, centroids, n_rounds)]
        repeats = [n for n in range(1, n_rounds) if np.array_equal(r[n - 1], r[n])]
        return j_by_half_step(x, centroids, n_rounds)[: 2 * min([*repeats, n_rounds]) + more]

    return variant


def _shared(scale: float) -> Slip:
    """Share each point between the centroids, the nearer the more."""
    return _half_steps(assign=lambda x, c: softmax(-scale * _squares(x, c)))


def _over_coordinates_too(x: Floats, r: Floats, before: Floats) -> Floats:
    return np.repeat(_means(x, r, before).mean(axis=1, keepdims=True), x.shape[1], axis=1)


def _no_rise(case: Case, answer: Floats) -> Finding | None:
    rises = np.flatnonzero(np.diff(answer) > 1e-9 * np.abs(answer[:-1]))
    if len(rises) == 0:
        return None
    i = int(rises[0])
    return Finding(
        f"{show(answer[i])} after half-step {i + 1}, {show(answer[i + 1])} after half-step {i + 2}",
        "no rise, in any half-step",
    )


HALF_STEPS = LESSON.exercise(
    "03.2",
    parts=(
        j_by_half_step.part(
            Array(
                "J after the assignment and after the move, for each round",
                lambda case: (2 * case["n_rounds"],),
            )
        ),
    ),
    cases=_j_cases,
    properties=(
        Property("J does not rise in any half-step", _no_rise),
        Property(
            "the values are (9.1) after each assignment and after each move",
            j_by_half_step.agrees(),
        ),
    ),
    slips={
        "distances instead of their squares": _half_steps(
            j=lambda x, r, c: (r * np.sqrt(_squares(x, c))).sum()
        ),
        "distances along the axes": _half_steps(
            j=lambda x, r, c: (r * np.abs(_differences(x, c)).sum(axis=2)).sum()
        ),
        "a row for each round": lambda *a: j_by_half_step(*a).reshape(-1, 2),
        "assigned again before measuring": _half_steps(
            j=lambda x, r, c: _squares(x, c).min(axis=1).sum()
        ),
        "both values with the new centroids": lambda *a: np.repeat(j_by_half_step(*a)[1::2], 2),
        "one value a round (after each move)": lambda *a: j_by_half_step(*a)[1::2],
        "one value a round (after each assignment)": lambda *a: j_by_half_step(*a)[0::2],
        "one value too many": lambda *a: j_by_half_step(*a)[[0, *range(2 * a[2])]],
        "moved before the first assignment": lambda *a: (
            j_by_half_step(*a).reshape(-1, 2)[:, ::-1].ravel()
        ),
        "mean instead of sum": lambda *a: j_by_half_step(*a) / a[0].size,
        "minus J": lambda *a: -j_by_half_step(*a),
        "every centroid counted for every point": _half_steps(
            j=lambda x, r, c: _squares(x, c).sum()
        ),
        "labels never renewed": _labels_kept,
        "centroids never moved": _half_steps(move=_nowhere),
        "divided by N instead of N_k": _half_steps(move=_over_all),
        "median instead of mean": _half_steps(move=_medians),
        "mean over the coordinates too": _half_steps(move=_over_coordinates_too),
        "labels of the round before": _before_assigning,
        "shared between the centroids": _shared(0.5),
        "shared between the centroids (without the 1/2)": _shared(1.0),
        "stopped when an assignment repeats": _until_repeat(0),
        "stopped when an assignment repeats (after its J)": _until_repeat(1),
        "one round too few": lambda *a: j_by_half_step(*a)[:-2],
        "one round too many": lambda x, c, n_rounds: j_by_half_step(x, c, n_rounds + 1),
    },
)


# 03.3

_MOVE = LESSON.reference("03.3", "move_centroids")
POLICIES = {
    "keep": ("kept", "stay", "keep the centroid", "keep it", "stays"),
    "reseed": ("reseeded", "restart", "reseed the centroid", "reseed it", "re seed"),
}
ROUNDS = 3


def _box_case(rng: np.random.Generator, n_starts: int, sizes: tuple[int, ...], d: int) -> Case:
    x = _clouds(rng, sizes, d) + 40.0
    shape = (n_starts, len(sizes), d)
    starts = rng.uniform(x.min(axis=0), x.max(axis=0), size=shape).round(3)
    starts[0, -1] = starts[0, 0]  # at equal distance the lower number: the last cluster is empty
    labels = np.array([assign(x, start) for start in starts])
    labels[1] = rng.permutation(labels[1])  # not those of the nearest centroids
    label = f"{n_starts} starts drawn in the box around {len(x)} points"
    return _MOVE.case(label, x, labels, starts)


def _box_cases(rng: np.random.Generator) -> list[Case]:
    return [
        _box_case(rng, 500, (8, 9, 7), 2),
        _box_case(rng, 40, (5, 9, 6, 4), 3),
        _box_case(rng, 40, (9, 4, 7), 1),
    ]


class Moved(NamedTuple):
    """Labels, and the centroids before and after a move; what came as it came, until it is read."""

    labels: Labels
    before: Floats
    after: Any

    @property
    def r(self) -> Floats:
        """The labels as rows of zeros and ones."""
        return np.eye(len(self.before))[self.labels.astype(int)]

    @property
    def empty(self) -> NDArray[np.bool_]:
        """Which clusters have no points."""
        return np.bincount(self.labels.astype(int), minlength=len(self.before)) == 0

    @property
    def readable(self) -> bool:
        """Whether the centroids after the move are as many as before, in as many dimensions."""
        return np.shape(self.after) == self.before.shape


def _on_all_starts(move: Callable[..., Any]) -> Callable[..., Any]:
    """Run some rounds from every start, as long as centroids come."""

    def moves(x: Floats, labels: Any, starts: Floats) -> Any:
        came: list[Moved] = []
        for z, centroids in zip(labels, starts, strict=True):
            for _ in range(ROUNDS):
                after = move(x.copy(), z.copy(), centroids.copy())
                if is_blank(after):
                    return after
                came.append(Moved(z, centroids, after))
                try:
                    after = to_array(after, "")
                except Unreadable:
                    break
                if not came[-1].readable or not np.isfinite(after).all():
                    break
                centroids, z = after, assign(x, after)
        return came

    return moves


class _Moves:
    """The form of moves from many starts."""

    values = ("the centroids",)

    def _form(self, arguments: Mapping[str, Any]) -> Array:
        shape = np.shape(arguments["centroids"])[1:]
        return Array("the centroids after the move", lambda _: shape, finite=False)

    def words(self, arguments: Mapping[str, Any]) -> str:
        """Say what is expected."""
        return self._form(arguments).words(arguments)

    def read(self, raw: list[Moved], arguments: Mapping[str, Any]) -> list[Moved]:
        """Return moves with arrays of the shape that is due, finite or not."""
        form = self._form(arguments)
        return [moved._replace(after=form.read(moved.after, arguments)) for moved in raw]

    def compared(self, raw: list[Moved], case: Case) -> tuple[list[Any], list[Any]]:
        """Return where centroids went, and where those that have points should have gone."""
        try:
            moves = self.read(raw, case.data)
        except Unreadable:
            return [None], [None]
        due = [np.where(m.empty[:, None], m.after, _means(case["x"], m.r, m.before)) for m in moves]
        return [np.array([m.after for m in moves])], [np.array(due)]


def _near(a: Floats, b: Floats) -> bool:
    """Whether two places of the same shape agree (faster than `numpy.allclose`); NaN does not."""
    return bool(np.abs(a - b).max(initial=0.0) <= 1e-8 * (1 + np.abs(b).max(initial=0.0)))


def _box(case: Case) -> tuple[Floats, Floats]:
    return case["x"].min(axis=0) - 1e-9, case["x"].max(axis=0) + 1e-9


def _all_finite(case: Case, answer: tuple[list[Moved], str]) -> Finding | None:
    for moved in answer[0]:
        for k in np.flatnonzero(~np.isfinite(moved.after).all(axis=1)):
            n_k = int(moved.r[:, k].sum())
            came = f"centroid {k} at {show(moved.after[k])}; it has {n_k} points"
            return Finding(came, "a place for every one")
    return None


def _full_ones_at_means(case: Case, answer: tuple[list[Moved], str]) -> Finding | None:
    for moved in answer[0]:
        means = _means(case["x"], moved.r, moved.before)
        for k in np.flatnonzero(~moved.empty):
            if not _near(moved.after[k], means[k]):
                return Finding(
                    f"centroid {k} at {show(moved.after[k], beside=means[k])}",
                    f"the mean of its {int(moved.r[:, k].sum())} points, {show(means[k])}",
                )
    return None


def _empty_ones_as_said(case: Case, answer: tuple[list[Moved], str]) -> Finding | None:
    moves, said = answer
    low, high = _box(case)
    places = [(m.before[k], m.after[k]) for m in moves for k in np.flatnonzero(m.empty)]
    for before, after in places:
        went = f"an empty centroid went to {show(after)}"
        if said == "keep" and not _near(before, after):
            return Finding(went, f"as the policy is keep, it stays at {show(before)}")
        if said == "reseed" and not ((after >= low) & (after <= high)).all():
            among = f"a place among the data, from {show(low)} to {show(high)}"
            return Finding(went, f"as the policy is reseed, {among}")
    if said == "reseed" and all(_near(*pair) for pair in places):
        return Finding(
            f"an empty centroid stayed at {show(places[0][0])}, as did all the others",
            "as the policy is reseed, a new place among the data",
        )
    return None


def _with_empty(
    test: Callable[[Floats, Floats], Any], said: str = "", *, once: bool = False
) -> Slip:
    """Tell a slip by what became of empty clusters, by their places before and after.

    The test must hold for each of them, or once; the policy be the one said, if any; and nothing
    be wrong with the other clusters.
    """

    def applies(case: Case, answer: Any) -> bool:
        if _full_ones_at_means(case, answer) is not None:
            return False
        found = [
            m.readable and test(m.before[k], np.asarray(m.after, dtype=float)[k])
            for m in answer[0]
            for k in np.flatnonzero(m.empty)
        ]
        return (not said or answer[1] == said) and (any if once else all)(found or [False])

    return seen(applies)


def _moves_like(move: Move) -> Slip:
    """Tell a slip by where clusters went that have points."""

    def applies(case: Case, answer: Any) -> bool:
        moves = [m for m in answer[0] if m.readable and not m.empty.any()]
        like, right = (
            [_near(m.after, to(case["x"], m.r, m.before)) for m in moves] for to in (move, _means)
        )
        return bool(moves) and all(like) and not all(right)

    return seen(applies)


def _lost_the_others(case: Case, answer: Any) -> bool:
    """All is right while no cluster is empty, and other centroids are lost when one is."""
    right: dict[bool, list[bool]] = {False: [], True: []}
    for m in answer[0]:
        if not m.readable:
            return False
        off = np.abs(m.after - _means(case["x"], m.r, m.before))[~m.empty]
        right[bool(m.empty.any())].append(bool(off.max() < 1e-6))
    return all(right[False]) and bool(right[True]) and not any(right[True])


def _as_many_rows_as(n_rows: Callable[[Labels], int]) -> Slip:
    """Tell a slip by a number of centroids that follows from the labels."""

    def applies(case: Case, answer: Any) -> bool:
        due = [(n_rows(m.labels), m.before.shape[1]) for m in answer[0]]
        fewer = any(n < len(m.before) for (n, _), m in zip(due, answer[0], strict=True))
        return fewer and due == [np.shape(m.after) for m in answer[0]]

    return seen(applies)


def _with_labels(case: Case, answer: Any) -> bool:
    return all(
        isinstance(m.after, tuple) and len(m.after) == 2 and np.shape(m.after[0]) == m.before.shape
        for m in answer[0]
    )


def _outside(case: Case, answer: Any) -> bool:
    low, high = _box(case)
    at = _with_empty(
        lambda _, after: np.isfinite(after).all() and ((after < low) | (after > high)).any(),
        "reseed",
    )
    return bool(at["applies"](case, answer))  # type: ignore[index]


EMPTY = LESSON.exercise(
    "03.3",
    parts=(_MOVE.part(_Moves(), adapt=_on_all_starts), Value("policy", Choice(POLICIES))),
    cases=_box_cases,
    properties=(
        Property("no centroid is ever NaN or infinite", _all_finite),
        Property("a cluster that has points moves to their mean (9.4)", _full_ones_at_means),
        Property("an empty cluster does what the policy says", _empty_ones_as_said),
    ),
    slips={
        "K from the labels": _as_many_rows_as(lambda labels: int(labels.max()) + 1),
        "an empty cluster dropped": _as_many_rows_as(lambda labels: len(np.unique(labels))),
        "labels handed back as well": seen(_with_labels),
        "an empty cluster's mean": _with_empty(lambda before, after: np.isnan(after).all()),
        "an empty cluster sent to the origin": _with_empty(lambda before, after: not after.any()),
        "other centroids lost with it": seen(_lost_the_others),
        "a new place outside the data": seen(_outside),
        "divided by N instead of N_k": _moves_like(_over_all),
        "the old centroid counted as a point": _moves_like(
            lambda x, r, before: (r.T @ x + before) / (r.sum(axis=0)[:, None] + 1)
        ),
        "sum instead of mean": _moves_like(_sums),
        "median instead of mean": _moves_like(_medians),
        "centroids never moved": _moves_like(_nowhere),
        "says keep, does not keep": _with_empty(
            lambda before, after: np.isfinite(after).all() and not _near(before, after),
            "keep",
            once=True,
        ),
        "says reseed, keeps": _with_empty(_near, "reseed"),
    },
    seconds=10.0,
)

EXERCISES = (ASSIGN, HALF_STEPS, EMPTY)
