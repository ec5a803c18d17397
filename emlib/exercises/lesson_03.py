"""Exercises of lesson 03: K-means.

x holds points, shape (N, D); centroids, shape (K, D); labels the cluster of each point, shape (N,),
whole numbers from 0.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlib.exercises import pair
from emlib.exercises.engine.forms import Array, Choice, show, to_array
from emlib.exercises.engine.properties import agrees_with
from emlib.exercises.engine.record import (
    Case,
    Finding,
    Function,
    Property,
    Value,
)
from emlib.exercises.pair import seen

LESSON = pair.lesson(__name__)
TITLE = LESSON.title

Floats = NDArray[np.float64]
Labels = NDArray[np.intp]
Assign = Callable[[Floats, Floats], Labels]
Move = Callable[[Floats, Labels, Floats], Floats]


def _differences(x: Floats, centroids: Floats) -> Floats:
    return x[:, None, :] - centroids


def _squares(x: Floats, centroids: Floats) -> Floats:
    return (_differences(x, centroids) ** 2).sum(axis=2)


# 03.1


assign = LESSON.reference("03.1", "assign")


_ASSIGN = ("x", "centroids")


def _points(rng: np.random.Generator, n: int, d: int) -> Floats:
    return rng.normal(0.0, 4.0, size=(n, d)).round(2)


def _ties() -> Case:
    x = np.array([[0.0, 1.0], [5.0, 2.0], [-4.0, 0.0], [0.0, -3.0], [1.0, 6.0]])
    centroids = np.array([[2.0, 1.0], [-2.0, 1.0], [2.0, 1.0], [-6.0, 9.0]])
    return Case("points with two nearest centroids", {"x": x, "centroids": centroids})


def _assign_cases(rng: np.random.Generator) -> list[Case]:
    cases = []
    for n, k, d in ((12, 3, 2), (9, 4, 3), (8, 2, 1)):
        data = {"x": _points(rng, n, d), "centroids": _points(rng, k, d)}
        cases.append(Case(f"{n} points and {k} centroids, D = {d}", data))
    return [*cases, _ties()]


def _one_a_point(case: Any) -> tuple[int, ...]:
    return (len(case["x"]),)


def _names_of_centroids(case: Case, answer: Floats) -> Finding | None:
    k = len(case["centroids"])
    odd = answer[(answer % 1 != 0) | (answer < 0) | (answer >= k)]
    return Finding(show(odd[0]), f"whole numbers from 0 to {k - 1}") if len(odd) else None


def _last_of_equals(x: Floats, centroids: Floats) -> Labels:
    return len(centroids) - 1 - _squares(x, centroids)[:, ::-1].argmin(axis=1)


def _many_points() -> Case:
    x = np.random.default_rng(0).normal(size=(100_000, 2))
    label = "100 000 points and 3 centroids"
    return Case(label, {"x": x, "centroids": np.array([[-1.0, 0.0], [1.0, 0.5], [0.0, 2.0]])})


ASSIGN = LESSON.exercise(
    "03.1",
    parts=(
        Function(
            "assign",
            _ASSIGN,
            Array("the number of the nearest centroid of each point", _one_a_point),
        ),
    ),
    cases=_assign_cases,
    properties=(
        Property("a label is the number of a centroid, counted from 0", _names_of_centroids),
        Property(
            "each point has its nearest centroid, the lowest number of equals (9.2)",
            agrees_with(assign, _ASSIGN),
        ),
    ),
    slips={
        "farthest instead of nearest": lambda x, c: _squares(x, c).argmax(axis=1),
        "nearest point instead of nearest centroid": lambda x, c: _squares(x, c).argmin(axis=0),
        "ties to the highest number": _last_of_equals,
        "rows of zeros and ones instead of labels": lambda x, c: np.eye(len(c))[assign(x, c)],
        "counted from 1": lambda x, c: assign(x, c) + 1,
        "distance instead of label": lambda x, c: _squares(x, c).min(axis=1),
        "distance instead of label (the root)": lambda x, c: np.sqrt(_squares(x, c).min(axis=1)),
        "the centroid instead of its number": lambda x, c: c[assign(x, c)],
        "not squared": lambda x, c: _differences(x, c).sum(axis=2).argmin(axis=1),
        "squared after the sum": lambda x, c: (_differences(x, c).sum(axis=2) ** 2).argmin(axis=1),
        "absolute instead of squared differences": lambda x, c: (
            np.abs(_differences(x, c)).sum(axis=2).argmin(axis=1)
        ),
        "largest coordinate only": lambda x, c: (
            np.abs(_differences(x, c)).max(axis=2).argmin(axis=1)
        ),
        "first coordinate only": lambda x, c: np.abs(_differences(x, c)[:, :, 0]).argmin(axis=1),
        "product instead of distance": lambda x, c: (x @ c.T).argmax(axis=1),
    },
    stretch=_many_points(),
    seconds=1.5,
)


# 03.2


j_by_half_step = LESSON.reference("03.2", "j_by_half_step")


_J = ("x", "centroids", "n_rounds")


def _clouds(rng: np.random.Generator, sizes: tuple[int, ...], d: int) -> Floats:
    middles = rng.uniform(-8.0, 8.0, size=(len(sizes), d))
    return np.concatenate(
        [rng.normal(m, 1.5, size=(n, d)) for m, n in zip(middles, sizes, strict=True)]
    ).round(2)


def _j_cases(rng: np.random.Generator) -> list[Case]:
    cases = []
    shapes = (((9, 8, 10), 2, 3), ((7, 12), 3, 2), ((12, 5, 9), 2, 4), ((6, 9, 7, 5), 2, 2))
    for sizes, d, n_rounds in shapes:
        x = _clouds(rng, sizes, d)
        start = _start_that_keeps_its_points(rng, x, len(sizes), n_rounds)
        rounds = f"{len(x)} points, {len(sizes)} centroids, {n_rounds} rounds"
        cases.append(Case(rounds, {"x": x, "centroids": start, "n_rounds": n_rounds}))
    first = cases[0].data
    until_settled = len(first["x"])  # more rounds than so small a run needs
    label = f"the first points again, {until_settled} rounds, so that an assignment repeats"
    return [*cases, Case(label, {**first, "n_rounds": until_settled})]


def _start_that_keeps_its_points(
    rng: np.random.Generator, x: Floats, k: int, n_rounds: int
) -> Floats:
    """Draw starts near data until no cluster runs empty and every round still moves a point."""
    while True:
        start = (x[rng.choice(len(x), k, replace=False)] + rng.normal(0, 1, (k, x.shape[1]))).round(
            2
        )
        centroids, counts = start, []
        for _ in range(n_rounds):
            labels = assign(x, centroids)
            counts.append(np.bincount(labels, minlength=k).min())
            if not counts[-1]:
                break
            centroids = _means(x, labels, centroids)
        if all(counts) and (np.diff(j_by_half_step(x, start, n_rounds)) < -1e-6).all():
            return start


def _means(x: Floats, labels: Labels, centroids: Floats) -> Floats:
    return np.array([x[labels == k].mean(axis=0) for k in range(len(centroids))])


def _two_a_round(case: Any) -> tuple[int, ...]:
    return (2 * case["n_rounds"],)


def _half_steps(
    x: Floats,
    centroids: Floats,
    n_rounds: int,
    *,
    move: Move = _means,
    j: Callable[[Floats, Labels, Floats], float] | None = None,
    assign: Assign = assign,
) -> Floats:
    """J by half-steps with one of the pieces replaced."""
    measure = _j if j is None else j
    values = []
    for _ in range(n_rounds):
        labels = assign(x, centroids)
        values.append(measure(x, labels, centroids))
        centroids = move(x, labels, centroids)
        values.append(measure(x, labels, centroids))
    return np.array(values)


def _j(x: Floats, labels: Labels, centroids: Floats) -> float:
    return float(((x - centroids[labels]) ** 2).sum())


def _labels_kept(x: Floats, centroids: Floats, n_rounds: int) -> Floats:
    fixed = assign(x, centroids)
    return _half_steps(x, centroids, n_rounds, assign=lambda *_: fixed)


def _nearest_j(x: Floats, labels: Labels, centroids: Floats) -> float:
    return float(_squares(x, centroids).min(axis=1).sum())


def _before_assigning(x: Floats, centroids: Floats, n_rounds: int) -> Floats:
    """J after the assignment with the labels of the round before, all zero in the first."""
    values, labels = [], np.zeros(len(x), dtype=int)
    for _ in range(n_rounds):
        values.append(_j(x, labels, centroids))
        labels = assign(x, centroids)
        centroids = _means(x, labels, centroids)
        values.append(_j(x, labels, centroids))
    return np.array(values)


def _n_before_repeat(x: Floats, centroids: Floats, n_rounds: int) -> int:
    """Half-steps before an assignment repeats."""
    before = np.full(len(x), -1)
    for n in range(n_rounds):
        labels = assign(x, centroids)
        if np.array_equal(labels, before):
            return 2 * n
        before, centroids = labels, _means(x, labels, centroids)
    return 2 * n_rounds


def _until_repeat(more: int) -> Callable[..., Floats]:
    """Stop when an assignment repeats, with or without the J of that assignment."""
    return lambda *a: j_by_half_step(*a)[: _n_before_repeat(*a) + more]


def _shared(scale: float) -> Callable[..., Floats]:
    """Share each point between the centroids, the nearer the more."""

    def variant(x: Floats, centroids: Floats, n_rounds: int) -> Floats:
        values = []
        for _ in range(n_rounds):
            squares = _squares(x, centroids)
            r = np.exp(-scale * (squares - squares.min(axis=1, keepdims=True)))
            r /= r.sum(axis=1, keepdims=True)
            values.append((r * squares).sum())
            centroids = r.T @ x / r.sum(axis=0)[:, None]
            values.append((r * _squares(x, centroids)).sum())
        return np.array(values)

    return variant


def _over_coordinates_too(x: Floats, labels: Labels, centroids: Floats) -> Floats:
    means = [x[labels == k].mean() if (labels == k).any() else 0.0 for k in range(len(centroids))]
    return np.outer(means, np.ones(x.shape[1]))


def _over_all(x: Floats, labels: Labels, centroids: Floats) -> Floats:
    return np.eye(len(centroids))[labels].T @ x / len(x)


def _medians(x: Floats, labels: Labels, centroids: Floats) -> Floats:
    return np.array([np.median(x[labels == k], axis=0) for k in range(len(centroids))])


def _no_rise(case: Case, answer: Floats) -> Finding | None:
    for i, (before, after) in enumerate(pairwise(answer)):
        if after > before + 1e-9 * abs(before):
            return Finding(
                f"{show(before)} after half-step {i + 1}, {show(after)} after half-step {i + 2}",
                "no rise, in any half-step",
            )
    return None


HALF_STEPS = LESSON.exercise(
    "03.2",
    parts=(
        Function(
            "j_by_half_step",
            _J,
            Array("J after the assignment and after the move, for each round", _two_a_round),
        ),
    ),
    cases=_j_cases,
    properties=(
        Property("J does not rise in any half-step", _no_rise),
        Property(
            "the values are (9.1) after each assignment and after each move",
            agrees_with(j_by_half_step, _J),
        ),
    ),
    slips={
        "distances instead of their squares": lambda *a: _half_steps(
            *a, j=lambda x, labels, c: float(np.sqrt(((x - c[labels]) ** 2).sum(axis=1)).sum())
        ),
        "distances along the axes": lambda *a: _half_steps(
            *a, j=lambda x, labels, c: float(np.abs(x - c[labels]).sum())
        ),
        "a row for each round": lambda *a: j_by_half_step(*a).reshape(-1, 2),
        "assigned again before measuring": lambda *a: _half_steps(*a, j=_nearest_j),
        "both values with the new centroids": lambda *a: np.repeat(j_by_half_step(*a)[1::2], 2),
        "one value a round (after each move)": lambda *a: j_by_half_step(*a)[1::2],
        "one value a round (after each assignment)": lambda *a: j_by_half_step(*a)[0::2],
        "one value too many": lambda *a: np.insert(j_by_half_step(*a), 0, j_by_half_step(*a)[0]),
        "moved before the first assignment": lambda *a: (
            j_by_half_step(*a).reshape(-1, 2)[:, ::-1].ravel()
        ),
        "mean instead of sum (over points)": lambda *a: j_by_half_step(*a) / len(a[0]),
        "mean instead of sum (over points and coordinates)": lambda *a: (
            j_by_half_step(*a) / a[0].size
        ),
        "square root of the sum": lambda *a: np.sqrt(j_by_half_step(*a)),
        "minus J": lambda *a: -j_by_half_step(*a),
        "every centroid counted for every point": lambda *a: _half_steps(
            *a, j=lambda x, labels, c: float(_squares(x, c).sum())
        ),
        "labels never renewed": _labels_kept,
        "centroids never moved": lambda *a: _half_steps(*a, move=lambda x, labels, c: c),
        "divided by N instead of N_k": lambda *a: _half_steps(*a, move=_over_all),
        "median instead of mean": lambda *a: _half_steps(*a, move=_medians),
        "mean over the coordinates too": lambda *a: _half_steps(*a, move=_over_coordinates_too),
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


move_centroids = LESSON.reference("03.3", "move_centroids")


policy = LESSON.reference("03.3", "policy")


_MOVE = ("x", "labels", "centroids")
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
    return Case(
        f"{n_starts} starts drawn in the box around {len(x)} points",
        {"x": x, "labels": labels, "centroids": starts},
    )


def _box_cases(rng: np.random.Generator) -> list[Case]:
    return [
        _box_case(rng, 500, (8, 9, 7), 2),
        _box_case(rng, 40, (5, 9, 6, 4), 3),
        _box_case(rng, 40, (9, 4, 7), 1),
    ]


def _on_all_starts(move: Callable[..., Any]) -> Callable[..., list[list[Any]]]:
    """Run some rounds from every start, and keep the centroids after each move as they came."""

    def moves(x: Floats, labels: Floats, starts: Floats) -> list[list[Any]]:
        return [_rounds(move, x, z, start) for z, start in zip(labels, starts, strict=True)]

    return moves


def _rounds(move: Callable[..., Any], x: Floats, labels: Floats, centroids: Floats) -> list[Any]:
    came = []
    for _ in range(ROUNDS):
        moved = move(x.copy(), labels.copy(), centroids.copy())
        came.append(moved)
        if moved is None or moved is Ellipsis:
            return came
        try:
            moved = to_array(moved, "")
        except Exception:
            return came
        if moved.shape != centroids.shape or not np.isfinite(moved).all():
            return came
        centroids, labels = moved, assign(x, moved)
    return came


class _Moves:
    """Centroids after each round from each start, as they came."""

    def words(self, arguments: Any) -> str:
        """Say what is expected."""
        shape = np.shape(arguments["centroids"])[1:]
        return f"shape {shape}: the centroids after the move"

    def read(self, raw: Any, arguments: Any) -> list[list[Floats]]:
        """Return arrays of the shape that is due, finite or not."""
        shape = np.shape(arguments["centroids"])[1:]
        form = Array("the centroids after the move", lambda _: shape, finite=False)
        return [[form.read(moved, arguments) for moved in run] for run in raw]


def _each_move(case: Case, runs: list[list[Any]]) -> list[tuple[Labels, Floats, Any]]:
    """Return labels, centroids before, and centroids after, for all moves that were made."""
    moves = []
    for labels, start, run in zip(case["labels"], case["centroids"], runs, strict=True):
        before = start
        for after in run:
            moves.append((labels, before, after))
            if np.shape(after) != start.shape or not np.isfinite(after).all():
                break
            before, labels = np.asarray(after, dtype=float), assign(case["x"], after)
    return moves


def _empty(labels: Labels, k: int) -> NDArray[np.bool_]:
    return np.bincount(labels.astype(int), minlength=k) == 0


def _all_finite(case: Case, answer: tuple[Any, str]) -> Finding | None:
    for labels, _, after in _each_move(case, answer[0]):
        bad = ~np.isfinite(after).all(axis=1)
        if bad.any():
            k = int(np.flatnonzero(bad)[0])
            n_k = int((labels == k).sum())
            return Finding(
                f"centroid {k} at {show(after[k])}; it has {n_k} points", "a place for every one"
            )
    return None


def _full_ones_at_means(case: Case, answer: tuple[Any, str]) -> Finding | None:
    for labels, before, after in _each_move(case, answer[0]):
        for k in np.flatnonzero(~_empty(labels, len(before))):
            mean = case["x"][labels == k].mean(axis=0)
            if not _near(after[k], mean):
                return Finding(
                    f"centroid {k} at {show(after[k], beside=mean)}",
                    f"the mean of its {int((labels == k).sum())} points, {show(mean)}",
                )
    return None


def _empty_ones_as_said(case: Case, answer: tuple[Any, str]) -> Finding | None:
    runs, said = answer
    if said not in POLICIES:
        return Finding(show(said), "one of " + " and ".join(POLICIES))
    low, high = case["x"].min(axis=0) - 1e-9, case["x"].max(axis=0) + 1e-9
    places = [
        (before[k], after[k])
        for labels, before, after in _each_move(case, runs)
        for k in np.flatnonzero(_empty(labels, len(before)))
    ]
    for before, after in places:
        if said == "keep" and not _near(before, after):
            return Finding(
                f"an empty centroid went to {show(after)}",
                f"as the policy is keep, it stays at {show(before)}",
            )
        if said == "reseed" and not ((after >= low) & (after <= high)).all():
            return Finding(
                f"an empty centroid went to {show(after)}",
                f"as the policy is reseed, a place among the data, from {show(low)} to"
                f" {show(high)}",
            )
    if said == "reseed" and all(_near(*pair) for pair in places):
        return Finding(
            f"an empty centroid stayed at {show(places[0][0])}, as did all the others",
            "as the policy is reseed, a new place among the data",
        )
    return None


def _near(a: Floats, b: Floats) -> bool:
    """Whether two places of the same shape agree (faster than `numpy.allclose`); NaN does not."""
    return bool(np.abs(a - b).max() <= 1e-8 * (1 + np.abs(b).max()))


def _with_empty(
    test: Callable[[Floats, Floats], bool], said: str = "", *, once: bool = False
) -> Callable[..., bool]:
    """Recognise what became of empty clusters by their places before and after.

    The test must hold for each of them, or once; the policy be the one said, if any; and nothing
    be wrong with the other clusters.
    """

    def applies(case: Case, answer: Any) -> bool:
        if _full_ones_at_means(case, answer) is not None:
            return False
        found = []
        for labels, before, after in _each_move(case, answer[0]):
            array = np.asarray(after, dtype=float)
            for k in np.flatnonzero(_empty(labels, len(before))):
                found.append(array.shape == before.shape and test(before[k], array[k]))
        return (not said or answer[1] == said) and (any if once else all)(found or [False])

    return applies


def _moves_like(move: Move) -> Callable[[Case, Any], bool]:
    """Recognise what became of clusters that have points."""

    def applies(case: Case, answer: Any) -> bool:
        found = []
        for labels, before, after in _each_move(case, answer[0]):
            array, empty = np.asarray(after, dtype=float), _empty(labels, len(before))
            if array.shape != before.shape or empty.any():
                continue
            like = move(case["x"], labels, before)
            right = _means(case["x"], labels, before)
            found.append((_near(array, like), _near(array, right)))
        return bool(found) and all(a for a, _ in found) and not all(b for _, b in found)

    return applies


def _lost_the_others(case: Case, answer: Any) -> bool:
    """All is right while no cluster is empty, and other centroids are lost when one is."""
    full: list[bool] = []
    with_empty: list[bool] = []
    for labels, before, after in _each_move(case, answer[0]):
        empty = _empty(labels, len(before))
        if np.shape(after) != before.shape:
            return False
        at_means = [
            _near(after[k], case["x"][labels == k].mean(axis=0)) for k in np.flatnonzero(~empty)
        ]
        (with_empty if empty.any() else full).append(all(at_means))
    return all(full) and bool(with_empty) and not any(with_empty)


def _as_many_rows_as(n_rows: Callable[[Labels], int]) -> Callable[[Case, Any], bool]:
    """Recognise an answer whose number of centroids follows from the labels."""

    def applies(case: Case, answer: Any) -> bool:
        moves = _each_move(case, answer[0])
        due = [(n_rows(labels), before.shape[1]) for labels, before, _ in moves]
        came = [np.shape(after) for _, _, after in moves]
        return came == due and any(n < len(b) for (n, _), (_, b, _) in zip(due, moves, strict=True))

    return applies


def _with_labels(case: Case, answer: Any) -> bool:
    return all(
        isinstance(moved, tuple) and len(moved) == 2 and np.shape(moved[0]) == start.shape
        for run, start in zip(answer[0], case["centroids"], strict=True)
        for moved in run
    )


def _outside(case: Case, answer: Any) -> bool:
    low, high = case["x"].min(axis=0) - 1e-9, case["x"].max(axis=0) + 1e-9
    return _with_empty(
        lambda _, after: bool(np.isfinite(after).all() and ((after < low) | (after > high)).any()),
        "reseed",
    )(case, answer)


def _sums(x: Floats, labels: Labels, centroids: Floats) -> Floats:
    return _over_all(x, labels, centroids) * len(x)


def _one_point_more(x: Floats, labels: Labels, centroids: Floats) -> Floats:
    n_k = np.bincount(labels, minlength=len(centroids))[:, None]
    return (_sums(x, labels, centroids) + centroids) / (n_k + 1)


EMPTY = LESSON.exercise(
    "03.3",
    parts=(
        Function("move_centroids", _MOVE, _Moves(), adapt=_on_all_starts),
        Value(
            "policy",
            Choice(POLICIES),
        ),
    ),
    cases=_box_cases,
    properties=(
        Property("no centroid is ever NaN or infinite", _all_finite),
        Property("a cluster that has points moves to their mean (9.4)", _full_ones_at_means),
        Property("an empty cluster does what the policy says", _empty_ones_as_said),
    ),
    slips={
        "K from the labels": seen(_as_many_rows_as(lambda labels: int(labels.max()) + 1)),
        "an empty cluster dropped": seen(_as_many_rows_as(lambda labels: len(np.unique(labels)))),
        "labels handed back as well": seen(_with_labels),
        "an empty cluster's mean": seen(
            _with_empty(lambda before, after: bool(np.isnan(after).all()))
        ),
        "an empty cluster sent to the origin": seen(
            _with_empty(lambda before, after: not after.any())
        ),
        "other centroids lost with it": seen(_lost_the_others),
        "a new place outside the data": seen(_outside),
        "divided by N instead of N_k": seen(_moves_like(_over_all)),
        "the old centroid counted as a point": seen(_moves_like(_one_point_more)),
        "sum instead of mean": seen(_moves_like(_sums)),
        "median instead of mean": seen(_moves_like(_medians)),
        "centroids never moved": seen(_moves_like(lambda x, labels, centroids: centroids)),
        "says keep, does not keep": seen(
            _with_empty(
                lambda before, after: bool(np.isfinite(after).all()) and not _near(before, after),
                "keep",
                once=True,
            )
        ),
        "says reseed, keeps": seen(_with_empty(_near, "reseed")),
    },
    seconds=10.0,
)

EXERCISES = (ASSIGN, HALF_STEPS, EMPTY)
