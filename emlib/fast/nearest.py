"""The fast E-step of K-means: the sums of the readable form, of which most are known already.

The nearest centroid is the one of largest score, as |x|^2 is the same for all (PRML (9.2)):

    |x - c_k|^2 = |x|^2 - 2 s_k(x)          s_k(x) = c_k . x - |c_k|^2 / 2

Scores are a matrix product; and from one round to the next few points change sides, so that most
need not be looked at. A point keeps its centroid while no other can have come nearer: its lead, the
distance to the second nearest less that to the nearest, shrinks in a round by no more than twice
what the fastest centroid moves. Only points that have used up their lead are scored, only those
that change sides touch the sums of (9.4), and the distortion (9.1) follows from the sums.

Columns are centred first. Where the sum of |x|^2 is so much larger than the distortion that their
difference loses digits, the distortion is added up point by point. Where two centroids are so close
to each other, and so far from the centre, that rounding might decide between them, the answer is
None, and the readable form of `emlib.models.model` takes the step.

Data of few points, or scores that cost less than leads, are scored whole in each round. Where rows
have weights, sums are taken anew wherever a point changes sides: the difference of a heavy sum and
a heavy point would have lost the light ones.

References
----------
G. Hamerly, Making k-means even faster, SIAM International Conference on Data Mining 2010, 130-140.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from threading import Lock
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from emlib.data.rows import EPSILON, Array, Data, Rows, times
from emlib.models.kmeans import KMeans
from emlib.models.model import QuickSteps
from emlib.models.statistics import ClusterStatistics, ratio
from emlib.stopping import Round, Rounds


@dataclass(frozen=True)
class Thresholds:
    """Thresholds of the assignments; those of digits are tried from both sides by the tests.

    Attributes
    ----------
    distortion_ratio
        The largest ratio of sum |x|^2 to the distortion J at which J keeps eleven digits: with the
        least careful of the matrix products it loses 1e-14 of the ratio.
    clearance
        By how much the squared distance of two centroids must exceed the rounding of scores.
    least_scores
        Below this many scores N K the readable form is as fast.
    kept_bytes
        Centred data and assignments of up to so many bytes are kept from one E-step to the next.
    small_chunk
        So few points are scored and summed anew sooner than some of them are picked out.
    settled_part
        Leads are found once no more than one point in so many changes sides.
    lead_products
        Products K (D + 1) below which scores are cheaper than leads.
    drift
        More than the part of a long sum of moves that is rounding.
    """

    distortion_ratio: float = 1e3
    clearance: float = 1e6
    least_scores: int = 2**10
    kept_bytes: int = 2**27
    small_chunk: int = 2**10
    settled_part: int = 16
    lead_products: int = 2**6
    drift: float = 1e-12


THRESHOLDS = Thresholds()


class Assigned(NamedTuple):
    """What an E-step finds; each point counts as often as it weighs."""

    n_k: Array
    """Points of each cluster, shape (K,)."""
    sums: Array
    """Sums of the centred points, shape (K, D)."""
    objective: float
    """Minus the distortion (9.1)."""
    changes: int
    """How many E-steps found a point nearest to another centroid than the E-step before."""
    labels: NDArray[np.intp] | None
    """The cluster of each point, where a cluster is empty."""


class Nearest:
    """Assignments of one data set to K centroids, and the sums that follow from them."""

    def __init__(self, data: Rows, n_components: int, thresholds: Thresholds = THRESHOLDS) -> None:
        n, d = data.values.shape
        self.thresholds = thresholds
        self.centre = round_centre(data.values)
        size = max(2 * thresholds.small_chunk, min(2**14, 2**19 // (n_components + d)))
        u = np.empty((n, d + 1))  # at once: large arrays get large pages of memory
        rows = [slice(first, first + size) for first in range(0, n, size)]
        weights = [None if data.times is None else data.times[r] for r in rows]
        self.chunks = [
            Chunk(data.values[r], w, self.centre, n_components, u[r], thresholds)
            for r, w in zip(rows, weights, strict=True)
        ]
        self.squares = sum(float(times(c.squares, c.weights).sum()) for c in self.chunks)
        self.largest = max(float(chunk.squares.max()) for chunk in self.chunks)
        self.scores = np.empty(n_components * min(size, n))
        self.table: Array = np.zeros((n_components, d + 1))
        self.halves = np.full(d, -0.5)
        self.itself = np.diag(np.full(n_components, -np.inf))
        worth = n_components > 1 and n_components * (d + 1) >= thresholds.lead_products
        self.spent = 0.0 if worth else np.inf
        """By how much the lead of any point may have shrunk since the beginning; infinite where
        leads are not worth their cost."""
        self.changes = 0
        self.lock = Lock()

    def e_step(self, centroids: Array) -> Assigned | None:
        """Assign all points to their nearest centroids, and sum them."""
        table = np.empty(self.table.shape)
        c = np.subtract(centroids, self.centre, table[:, 1:])
        table[:, 0] = (c * c).dot(self.halves)
        if not self.tells_apart(table):
            return None
        with self.lock:
            if self.spent < np.inf:
                moves = c - self.table[:, 1:]
                self.spent += 2 * float(np.sqrt(np.einsum("kd,kd->k", moves, moves).max()))
            self.table = table
            changed = [chunk.assign(table, self.spent, self.scores) for chunk in self.chunks]
            if any(changed):
                self.changes += 1
            else:
                for chunk in self.chunks:
                    chunk.settle()
            sums = sum([chunk.sums for chunk in self.chunks[1:]], self.chunks[0].sums)
            distortion = self.squares - 2 * float(np.vdot(table, sums))
            if not self.squares <= self.thresholds.distortion_ratio * distortion:
                distortion = sum(chunk.distortion(c) for chunk in self.chunks)
            n_k, labels = sums[:, 0], None
            if np.count_nonzero(n_k) < len(n_k):
                labels = np.concatenate([chunk.nearest.argmax(axis=0) for chunk in self.chunks])
            return Assigned(n_k, sums[:, 1:], -distortion, self.changes, labels)

    def tells_apart(self, table: Array) -> bool:
        """Whether the scores of any two centroids differ by more than rounding."""
        c, halves = table[:, 1:], table[:, 0]
        near = np.dot(c, c.T)  # -|c_k - c_j|^2 / 2; minus infinity for a centroid and itself
        near += halves
        near += halves[:, None]
        near += self.itself
        nearest = -2 * float(np.maximum.reduce(near, axis=None))
        return nearest >= self.thresholds.clearance * float(rounding(self.largest, table))


class Chunk:
    """Some of the points, centred, beside a column of ones: u (n, D + 1); their nearest (K, n).

    A point keeps its centroid while no more is ``spent`` than ``until`` says.
    """

    def __init__(
        self,
        x: Array,
        weights: Array | None,
        centre: Array,
        n_components: int,
        u: Array,
        thresholds: Thresholds,
    ) -> None:
        self.u, self.weights, self.thresholds = u, weights, thresholds
        u[:, 0] = 1.0
        points = np.subtract(x, centre, u[:, 1:])
        self.weighed = times(u, weights)
        self.squares = np.einsum("nd,nd->n", points, points)
        self.nearest = np.zeros((n_components, len(x)), dtype=bool)
        self.until: Any = None
        self.sums: Array = np.zeros((n_components, u.shape[1]))
        self.exact = False

    def assign(self, table: Array, spent: float, buffer: Array) -> bool:
        """Assign each point to its largest score; return whether any changed sides."""
        n, u, old, squares = len(self.u), self.u, self.nearest, self.squares
        small, drift = self.thresholds.small_chunk, self.thresholds.drift
        due: Any = () if self.until is None else np.flatnonzero(~(self.until > spent))
        some = self.until is not None and 2 * len(due) <= n
        if some:
            u, old, squares = u.take(due, axis=0), old.take(due, axis=1), squares.take(due)
        scores, top, nearest = best(table, u, buffer)
        moved = nearest != old
        changed = int(np.count_nonzero(moved)) > 0
        few: Any = np.flatnonzero(moved.any(axis=0)) if changed and n > small else ()
        self.exact = self.exact and not changed
        until: Any = None
        if some or (n > small and self.thresholds.settled_part * len(few) <= n and spent < np.inf):
            np.copyto(scores, -np.inf, where=nearest)
            until = spent + leads(top, scores.max(axis=0), squares, table) - drift * spent
        if some:
            self.nearest[:, due], self.until[due] = nearest, until
        else:
            self.nearest, self.until = nearest, until
        if changed:
            if 0 < 4 * len(few) <= n - small and self.weights is None:
                step = nearest.take(few, axis=1).astype(np.float64) - old.take(few, axis=1)
                self.sums = self.sums + step @ u.take(few, axis=0)
            else:
                self.settle()
        return changed

    def distortion(self, centred: Array) -> float:
        """Squared distances to the nearest of the centred centroids, added up."""
        offsets = self.u[:, 1:] - np.dot(self.nearest.T.astype(np.float64), centred)
        return float(times(np.einsum("nd,nd->n", offsets, offsets), self.weights).sum())

    def settle(self) -> None:
        """Sum all points anew, if the sums have collected the rounding of many changes."""
        if not self.exact:
            self.sums = np.dot(self.weighed.T, self.nearest.astype(np.float64).T).T
            self.exact = True


def best(table: Array, u: Array, buffer: Array) -> tuple[Array, Array, NDArray[np.bool_]]:
    """Scores (K, n), the largest of each point, and whose it is: ties go to the first."""
    scores = buffer[: len(table) * len(u)].reshape(len(table), len(u))
    np.dot(table, u.T, scores)
    top = np.maximum.reduce(scores, axis=0)
    nearest = scores == top
    if np.count_nonzero(nearest) > len(top):
        nearest &= np.cumsum(nearest, axis=0) == 1
    return scores, top, nearest


def leads(top: Array, second: Array, squares: Array, table: Array) -> Array:
    """Distance to the second nearest centroid less that to the nearest, if anything too small.

    d_2 - d_1 = (d_2^2 - d_1^2) / (d_2 + d_1) = 2 (s_1 - s_2) / (d_2 + d_1)
    """
    off = rounding(squares, table)
    nearer, farther = (np.sqrt(np.maximum(squares - 2 * s, 0) + off) for s in (top, second))
    return (2 * (top - second) - off) / (nearer + farther)


def rounding(squares: Any, table: Array) -> Any:
    """By how much, if anything too much, squared distances that scores give may be off."""
    return 16 * EPSILON * table.shape[1] * (squares - 2 * np.minimum.reduce(table[:, 0]))


def round_centre(values: Array) -> Array:
    """The mean, rounded to a power of two near the spread: points on a grid stay on it."""
    mean = values.mean(axis=0)
    spread = np.maximum(np.abs(values[0] - mean), np.abs(values[-1] - mean))
    unit = 2.0 ** np.floor(np.log2(np.where(spread > 0, spread, 1.0)))
    return np.round(mean / unit) * unit


def nearest_of(
    data: Rows, n_components: int, thresholds: Thresholds = THRESHOLDS
) -> Nearest | None:
    """What is kept of the data for so many centroids; None where it would not pay, or not fit."""
    n, d = data.values.shape
    kept = n * (n_components + 8 * d + 24 + (8 * d + 8) * data.is_weighted)
    if n * n_components < thresholds.least_scores or kept > thresholds.kept_bytes:
        return None
    key = "nearest", n_components, thresholds
    if key not in data.kept:
        data.kept[key] = Nearest(data, n_components, thresholds)
    return data.kept[key]


def steps(thresholds: Thresholds = THRESHOLDS) -> QuickSteps:
    """The quick steps of K-means."""

    def e_step(model: KMeans, data: Rows) -> tuple[ClusterStatistics, float] | None:
        fast = nearest_of(data, model.n_components, thresholds)
        step = fast.e_step(model.centroids) if fast else None
        if fast is None or step is None:
            return None
        return _statistics(model, data, fast, step), step.objective

    def rounds(model: KMeans, data: Data) -> Rounds | None:
        fast = nearest_of(data, model.n_components, thresholds) if isinstance(data, Rows) else None
        return (_rounds(model, fast, data), lambda state: _model(model, state)) if fast else None

    return QuickSteps(e_step=e_step, rounds=rounds)


def _statistics(model: KMeans, data: Rows, fast: Nearest, step: Assigned) -> ClusterStatistics:
    """Counts and means of the points of each cluster, out of what an E-step found."""
    far = None if step.labels is None else model._farthest(data.values, step.labels)
    return ClusterStatistics(step.n_k, fast.centre, ratio(step.sums, step.n_k, 0.0), far)


def _model(model: KMeans, state: bytes) -> KMeans:
    """The model whose centroids have these bytes."""
    return model._with(centroids=np.frombuffer(state).reshape(model.centroids.shape))


def _rounds(model: KMeans, fast: Nearest, data: Any) -> Iterator[Round]:
    """Rounds of Lloyd's algorithm without a model in each round: states are centroids, as bytes.

    Where no point changes sides the means are those of the round before, and it is over.
    """
    centroids, changes = model.centroids, -1
    for n_e_steps in itertools.count(1):
        state, before = centroids.tobytes(), changes
        step = fast.e_step(centroids)
        if step is None:  # rounding might decide: the readable form takes this step
            here = _model(model, state)
            statistics, objective = here._e_step_by_rows(data)
            new, changes = here.m_step(statistics).centroids, -1
        else:
            objective, changes = step.objective, step.changes
            if step.labels is None:
                new = fast.centre + step.sums / step.n_k[:, None]
            else:
                here = _model(model, state)
                new = here.m_step(_statistics(here, data, fast, step)).centroids
        over = changes == before >= 0
        if over:
            state = new.tobytes()  # the same means, without what many changes have rounded
        yield objective, state, n_e_steps, None
        while new.tobytes() == state:
            yield objective, state, n_e_steps, None
        centroids = new
