"""Answers to the exercises of lesson 03, written from their text alone."""

ANSWERS = [
    {
        "id": "03.1",
        "kind": "right",
        "says": "table of squared distances by broadcasting",
        "code": """
import numpy as np


def assign(x, centroids):
    squares = ((x[:, None] - centroids) ** 2).sum(axis=2)
    return squares.argmin(axis=1)
""",
        "call": 'check("03.1", assign)',
    },
    {
        "id": "03.1",
        "kind": "right",
        "says": "one column a centroid, loop over the centroids only",
        "code": """
import numpy as np


def assign(x, centroids):
    columns = [((x - centroid) ** 2).sum(axis=1) for centroid in centroids]
    return np.argmin(np.stack(columns, axis=1), axis=1)
""",
        "call": 'check("03.1", assign)',
    },
    {
        "id": "03.1",
        "kind": "right",
        "says": "scipy's cdist",
        "code": """
import numpy as np
from scipy.spatial.distance import cdist


def assign(x, centroids):
    return cdist(x, centroids, "sqeuclidean").argmin(axis=1)
""",
        "call": 'check("03.1", assign)',
    },
    {
        "id": "03.1",
        "kind": "right",
        "says": "einsum over the differences",
        "code": """
import numpy as np


def assign(x, centroids):
    apart = np.expand_dims(x, 1) - np.expand_dims(centroids, 0)
    return np.einsum("nkd,nkd->nk", apart, apart).argmin(-1)
""",
        "call": 'check("03.1", assign)',
    },
    {
        "id": "03.1",
        "kind": "right",
        "says": "square multiplied out, matrix product",
        "code": """
import numpy as np


def assign(x, centroids):
    x, centroids = np.asarray(x, dtype=float), np.asarray(centroids, dtype=float)
    return (np.sum(centroids**2, axis=1) - 2 * x @ centroids.T).argmin(axis=1)
""",
        "call": 'check("03.1", assign)',
    },
    {
        "id": "03.1",
        "kind": "right",
        "says": "nearest so far, centroid by centroid, strictly nearer wins",
        "code": """
import numpy as np


def assign(x, centroids):
    labels = np.zeros(len(x), dtype=int)
    nearest = np.full(len(x), np.inf)
    for k in range(len(centroids)):
        square = ((x - centroids[k]) ** 2).sum(axis=1)
        better = square < nearest
        labels[better] = k
        nearest[better] = square[better]
    return labels
""",
        "call": 'check("03.1", assign)',
    },
    {
        "id": "03.1",
        "kind": "right",
        "says": "lengths by np.linalg.norm, small defensive conversions",
        "code": """
import numpy as np


def assign(x, centroids):
    x, centroids = np.atleast_2d(x), np.atleast_2d(centroids)
    if x.shape[1] != centroids.shape[1]:
        raise ValueError("points and centroids differ in their dimension")
    return np.linalg.norm(x[:, None, :] - centroids[None, :, :], axis=-1).argmin(axis=-1)
""",
        "call": 'check("03.1", assign)',
    },
    {
        "id": "03.1",
        "kind": "wrong",
        "says": "farthest centroid",
        "cause": "You chose the farthest centroid: argmax in place of argmin.",
        "code": """
import numpy as np


def assign(x, centroids):
    return ((x[:, None] - centroids) ** 2).sum(axis=2).argmax(axis=1)
""",
        "call": 'check("03.1", assign)',
    },
    {
        "id": "03.1",
        "kind": "wrong",
        "says": "smallest along the wrong axis",
        "cause": (
            "You looked along the points: that gives for each centroid its nearest point. Look "
            "along the centroids."
        ),
        "code": """
import numpy as np


def assign(x, centroids):
    return ((x[:, None] - centroids) ** 2).sum(axis=2).argmin(axis=0)
""",
        "call": 'check("03.1", assign)',
    },
    {
        "id": "03.1",
        "kind": "wrong",
        "says": "sum of absolute differences",
        "cause": (
            "These are city-block distances. K-means ties by the squared distance: square, then "
            "add."
        ),
        "code": """
import numpy as np


def assign(x, centroids):
    return np.abs(x[:, None] - centroids).sum(axis=2).argmin(axis=1)
""",
        "call": 'check("03.1", assign)',
    },
    {
        "id": "03.1",
        "kind": "wrong",
        "says": "square forgotten",
        "cause": (
            "You add differences with their signs, so they cancel. Square them before you add."
        ),
        "code": """
import numpy as np


def assign(x, centroids):
    return (x[:, None] - centroids).sum(axis=2).argmin(axis=1)
""",
        "call": 'check("03.1", assign)',
    },
    {
        "id": "03.1",
        "kind": "wrong",
        "says": "first coordinate only",
        "cause": "Only the first coordinate is compared. Add the squares over all coordinates.",
        "code": """
import numpy as np


def assign(x, centroids):
    return ((x[:, [0]] - centroids[:, 0]) ** 2).argmin(axis=1)
""",
        "call": 'check("03.1", assign)',
    },
    {
        "id": "03.1",
        "kind": "wrong",
        "says": "the plane hard-wired",
        "cause": "You use two coordinates only. It should work in any number of dimensions.",
        "code": """
import numpy as np


def assign(x, centroids):
    if x.shape[1] < 2:
        return np.zeros(len(x), dtype=int)
    horizontal = (x[:, [0]] - centroids[:, 0]) ** 2
    vertical = (x[:, [1]] - centroids[:, 1]) ** 2
    return (horizontal + vertical).argmin(axis=1)
""",
        "call": 'check("03.1", assign)',
    },
    {
        "id": "03.1",
        "kind": "wrong",
        "says": "ties go to the highest number",
        "cause": (
            "Of two equally near centroids you take the higher number; the rule is the lowest."
        ),
        "code": """
import numpy as np


def assign(x, centroids):
    squares = ((x[:, None] - centroids[::-1]) ** 2).sum(axis=2)
    return len(centroids) - 1 - squares.argmin(axis=1)
""",
        "call": 'check("03.1", assign)',
    },
    {
        "id": "03.1",
        "kind": "wrong",
        "says": "numbers from one",
        "cause": (
            "The numbers count from 1. They should count from 0, as the rows of `centroids` do."
        ),
        "code": """
import numpy as np


def assign(x, centroids):
    return ((x[:, None] - centroids) ** 2).sum(axis=2).argmin(axis=1) + 1
""",
        "call": 'check("03.1", assign)',
    },
    {
        "id": "03.1",
        "kind": "wrong",
        "says": "returns the distance in place of the number",
        "cause": (
            "You return the distance to the nearest centroid. Asked for is its number: argmin "
            "in place of min."
        ),
        "code": """
import numpy as np


def assign(x, centroids):
    return np.sqrt(((x[:, None] - centroids) ** 2).sum(axis=2)).min(axis=1)
""",
        "call": 'check("03.1", assign)',
    },
    {
        "id": "03.1",
        "kind": "wrong",
        "says": "table of one-hot rows",
        "cause": "You return the table r_nk. Asked for is one number for each point.",
        "code": """
import numpy as np


def assign(x, centroids):
    nearest = ((x[:, None] - centroids) ** 2).sum(axis=2).argmin(axis=1)
    return np.eye(len(centroids))[nearest]
""",
        "call": 'check("03.1", assign)',
    },
    {
        "id": "03.1",
        "kind": "wrong",
        "says": "centroids of the notebook",
        "cause": "You measure from the notebook's `guess`; the argument `centroids` is not used.",
        "code": """
import numpy as np

guess = np.array([[-5.0, 4.0], [-3.0, 2.0], [-2.0, -5.0]])


def assign(x, centroids):
    middle = np.resize(guess, (3, x.shape[1]))
    return ((x[:, None] - middle) ** 2).sum(axis=2).argmin(axis=1)
""",
        "call": 'check("03.1", assign)',
    },
    {
        "id": "03.1",
        "kind": "wrong",
        "says": "distance multiplied out, centroids' own squares forgotten",
        "cause": (
            "The term |centroid|^2 may not be dropped, it differs between the centroids. Only "
            "|x|^2 may."
        ),
        "code": """
import numpy as np


def assign(x, centroids):
    return (-2 * x @ centroids.T).argmin(axis=1)
""",
        "call": 'check("03.1", assign)',
    },
    {
        "id": "03.1",
        "kind": "hostile",
        "says": "right labels, but as floats",
        "code": """
import numpy as np


def assign(x, centroids):
    return ((x[:, None] - centroids) ** 2).sum(axis=2).argmin(axis=1).astype(float)
""",
        "call": 'check("03.1", assign)',
    },
    {
        "id": "03.1",
        "kind": "hostile",
        "says": "right labels, but moves the points in place",
        "code": """
import numpy as np


def assign(x, centroids):
    first = centroids[0].copy()
    x -= first
    return ((x[:, None] - (centroids - first)) ** 2).sum(axis=2).argmin(axis=1)
""",
        "call": 'check("03.1", assign)',
    },
    {
        "id": "03.1",
        "kind": "hostile",
        "says": "goes through the points without ever moving on",
        "code": """
import numpy as np


def assign(x, centroids):
    labels, n = np.zeros(len(x), dtype=int), 0
    while n < len(x):
        labels[n] = ((x[n] - centroids) ** 2).sum(axis=1).argmin()
    return labels
""",
        "call": 'check("03.1", assign)',
    },
    {
        "id": "03.1",
        "kind": "hostile",
        "says": "returns nothing",
        "code": """
import numpy as np


def assign(x, centroids):
    labels = ((x[:, None] - centroids) ** 2).sum(axis=2).argmin(axis=1)
    print(labels)
""",
        "call": 'check("03.1", assign)',
    },
    {
        "id": "03.2",
        "kind": "right",
        "says": "loop and list",
        "code": """
import numpy as np


def j_by_half_step(x, centroids, n_rounds):
    values = []
    for _ in range(n_rounds):
        labels = ((x[:, None] - centroids) ** 2).sum(axis=2).argmin(axis=1)
        values.append(((x - centroids[labels]) ** 2).sum())
        centroids = np.array([x[labels == k].mean(axis=0) for k in range(len(centroids))])
        values.append(((x - centroids[labels]) ** 2).sum())
    return values
""",
        "call": 'check("03.2", j_by_half_step)',
    },
    {
        "id": "03.2",
        "kind": "right",
        "says": "array filled by halves; the smallest squares are J after an assignment",
        "code": """
import numpy as np


def j_by_half_step(x, centroids, n_rounds):
    j = np.empty((n_rounds, 2))
    for n in range(n_rounds):
        squares = ((x[:, None] - centroids) ** 2).sum(axis=2)
        labels = squares.argmin(axis=1)
        j[n, 0] = squares.min(axis=1).sum()
        centroids = np.stack([x[labels == k].mean(axis=0) for k in range(len(centroids))])
        j[n, 1] = np.sum((x - centroids[labels]) ** 2)
    return j.ravel()
""",
        "call": 'check("03.2", j_by_half_step)',
    },
    {
        "id": "03.2",
        "kind": "right",
        "says": "matrix form with one-hot ties",
        "code": """
import numpy as np


def j_by_half_step(x, centroids, n_rounds):
    values = np.zeros(2 * n_rounds)
    for n in range(n_rounds):
        r = np.eye(len(centroids))[((x[:, None] - centroids) ** 2).sum(axis=2).argmin(axis=1)]
        values[2 * n] = np.einsum("nk,nkd->", r, (x[:, None] - centroids) ** 2)
        centroids = r.T @ x / r.sum(axis=0)[:, None]
        values[2 * n + 1] = np.einsum("nk,nkd->", r, (x[:, None] - centroids) ** 2)
    return values
""",
        "call": 'check("03.2", j_by_half_step)',
    },
    {
        "id": "03.2",
        "kind": "right",
        "says": "plain lists and loops, no arrays",
        "code": """
import numpy as np


def square(p, q):
    return sum((float(a) - float(b)) ** 2 for a, b in zip(p, q))


def j_by_half_step(x, centroids, n_rounds):
    places, values = [[float(c) for c in row] for row in centroids], []
    for _ in range(n_rounds):
        labels = []
        for point in x:
            costs = [square(point, place) for place in places]
            labels.append(costs.index(min(costs)))
        values.append(sum(square(point, places[k]) for point, k in zip(x, labels)))
        for k in range(len(places)):
            own = [point for point, label in zip(x, labels) if label == k]
            places[k] = [sum(float(c) for c in column) / len(own) for column in zip(*own)]
        values.append(sum(square(point, places[k]) for point, k in zip(x, labels)))
    return values
""",
        "call": 'check("03.2", j_by_half_step)',
    },
    {
        "id": "03.2",
        "kind": "right",
        "says": "generator of halves, collected into a tuple; scipy's cdist",
        "code": """
import numpy as np
from scipy.spatial.distance import cdist


def halves(x, centroids, n_rounds):
    for _ in range(n_rounds):
        table = cdist(x, centroids, "sqeuclidean")
        labels = table.argmin(axis=1)
        yield float(table[np.arange(len(x)), labels].sum())
        centroids = np.array([x[labels == k].mean(axis=0) for k in range(len(centroids))])
        yield float(np.square(x - centroids[labels]).sum())


def j_by_half_step(x, centroids, n_rounds):
    return tuple(halves(x, centroids, n_rounds))
""",
        "call": 'check("03.2", j_by_half_step)',
    },
    {
        "id": "03.2",
        "kind": "right",
        "says": (
            "defensive copies, fixed functions for both half-steps, centroid kept if it had no "
            "points"
        ),
        "code": """
import numpy as np


def nearest(x, centroids):
    return ((x[:, None] - centroids) ** 2).sum(axis=2).argmin(axis=1)


def moved(x, labels, centroids):
    new = centroids.copy()
    for k in range(len(centroids)):
        if np.any(labels == k):
            new[k] = np.mean(x[labels == k], axis=0)
    return new


def j_by_half_step(x, centroids, n_rounds):
    x, centroids = np.array(x, dtype=float), np.array(centroids, dtype=float)
    values = []
    for _ in range(n_rounds):
        labels = nearest(x, centroids)
        for places in (centroids, moved(x, labels, centroids)):
            values.append(((x - places[labels]) ** 2).sum())
        centroids = places
    return np.array(values)
""",
        "call": 'check("03.2", j_by_half_step)',
    },
    {
        "id": "03.2",
        "kind": "wrong",
        "says": "one number a round",
        "cause": (
            "You note J once a round, after the move. It is asked for after every half-step: 2 "
            "n_rounds numbers."
        ),
        "code": """
import numpy as np


def j_by_half_step(x, centroids, n_rounds):
    values = []
    for _ in range(n_rounds):
        labels = ((x[:, None] - centroids) ** 2).sum(axis=2).argmin(axis=1)
        centroids = np.array([x[labels == k].mean(axis=0) for k in range(len(centroids))])
        values.append(((x - centroids[labels]) ** 2).sum())
    return values
""",
        "call": 'check("03.2", j_by_half_step)',
    },
    {
        "id": "03.2",
        "kind": "wrong",
        "says": "new centroids already in J after the assignment",
        "cause": (
            "J after the assignment already has the new centroids. At that moment only the "
            "labels are new."
        ),
        "code": """
import numpy as np


def j_by_half_step(x, centroids, n_rounds):
    values = []
    for _ in range(n_rounds):
        labels = ((x[:, None] - centroids) ** 2).sum(axis=2).argmin(axis=1)
        centroids = np.array([x[labels == k].mean(axis=0) for k in range(len(centroids))])
        after_assign = ((x - centroids[labels]) ** 2).sum()
        after_move = ((x - centroids[labels]) ** 2).sum()
        values += [after_assign, after_move]
    return values
""",
        "call": 'check("03.2", j_by_half_step)',
    },
    {
        "id": "03.2",
        "kind": "wrong",
        "says": "points re-assigned before J after the move",
        "cause": (
            "J after the move already has the next labels. A move leaves the labels as they are."
        ),
        "code": """
import numpy as np


def j_by_half_step(x, centroids, n_rounds):
    values = []
    for _ in range(n_rounds):
        squares = ((x[:, None] - centroids) ** 2).sum(axis=2)
        labels = squares.argmin(axis=1)
        values.append(squares.min(axis=1).sum())
        centroids = np.array([x[labels == k].mean(axis=0) for k in range(len(centroids))])
        values.append(((x[:, None] - centroids) ** 2).sum(axis=2).min(axis=1).sum())
    return values
""",
        "call": 'check("03.2", j_by_half_step)',
    },
    {
        "id": "03.2",
        "kind": "wrong",
        "says": "labels of the round before in J after the assignment",
        "cause": (
            "J after the assignment still has the labels of the round before: assign first, "
            "then evaluate."
        ),
        "code": """
import numpy as np


def j_by_half_step(x, centroids, n_rounds):
    values = []
    labels = np.zeros(len(x), dtype=int)
    for _ in range(n_rounds):
        values.append(((x - centroids[labels]) ** 2).sum())
        labels = ((x[:, None] - centroids) ** 2).sum(axis=2).argmin(axis=1)
        centroids = np.array([x[labels == k].mean(axis=0) for k in range(len(centroids))])
        values.append(((x - centroids[labels]) ** 2).sum())
    return values
""",
        "call": 'check("03.2", j_by_half_step)',
    },
    {
        "id": "03.2",
        "kind": "wrong",
        "says": "sum of distances, not of squares",
        "cause": (
            "You add plain distances. J (9.1) is the sum of their squares; leave the root out."
        ),
        "code": """
import numpy as np


def j_by_half_step(x, centroids, n_rounds):
    values = []
    for _ in range(n_rounds):
        labels = ((x[:, None] - centroids) ** 2).sum(axis=2).argmin(axis=1)
        values.append(np.sqrt(((x - centroids[labels]) ** 2).sum(axis=1)).sum())
        centroids = np.array([x[labels == k].mean(axis=0) for k in range(len(centroids))])
        values.append(np.sqrt(((x - centroids[labels]) ** 2).sum(axis=1)).sum())
    return values
""",
        "call": 'check("03.2", j_by_half_step)',
    },
    {
        "id": "03.2",
        "kind": "wrong",
        "says": "average over the points",
        "cause": "You divided by the number of points. J (9.1) is a sum.",
        "code": """
import numpy as np


def j_by_half_step(x, centroids, n_rounds):
    values = []
    for _ in range(n_rounds):
        labels = ((x[:, None] - centroids) ** 2).sum(axis=2).argmin(axis=1)
        values.append(((x - centroids[labels]) ** 2).sum(axis=1).mean())
        centroids = np.array([x[labels == k].mean(axis=0) for k in range(len(centroids))])
        values.append(((x - centroids[labels]) ** 2).sum(axis=1).mean())
    return values
""",
        "call": 'check("03.2", j_by_half_step)',
    },
    {
        "id": "03.2",
        "kind": "wrong",
        "says": "moves to the median",
        "cause": (
            "The move: you took the median of each cluster. Squared distances are least from "
            "the mean."
        ),
        "code": """
import numpy as np


def j_by_half_step(x, centroids, n_rounds):
    values = []
    for _ in range(n_rounds):
        labels = ((x[:, None] - centroids) ** 2).sum(axis=2).argmin(axis=1)
        values.append(((x - centroids[labels]) ** 2).sum())
        centroids = np.array([np.median(x[labels == k], axis=0) for k in range(len(centroids))])
        values.append(((x - centroids[labels]) ** 2).sum())
    return values
""",
        "call": 'check("03.2", j_by_half_step)',
    },
    {
        "id": "03.2",
        "kind": "wrong",
        "says": "mean over everything, axis forgotten",
        "cause": (
            "The move: without axis=0 you average the coordinates too, and each centroid lands "
            "on a diagonal."
        ),
        "code": """
import numpy as np


def j_by_half_step(x, centroids, n_rounds):
    values, k_all = [], range(len(centroids))
    for _ in range(n_rounds):
        labels = ((x[:, None] - centroids) ** 2).sum(axis=2).argmin(axis=1)
        values.append(((x - centroids[labels]) ** 2).sum())
        means = [x[labels == k].mean() if np.any(labels == k) else 0.0 for k in k_all]
        centroids = np.array(means)[:, None] * np.ones(x.shape[1])
        values.append(((x - centroids[labels]) ** 2).sum())
    return values
""",
        "call": 'check("03.2", j_by_half_step)',
    },
    {
        "id": "03.2",
        "kind": "wrong",
        "says": "stops when an assignment repeats",
        "cause": (
            "You stop as soon as an assignment repeats, so there are fewer than 2 n_rounds numbers."
        ),
        "code": """
import numpy as np


def j_by_half_step(x, centroids, n_rounds):
    values, before = [], None
    for _ in range(n_rounds):
        labels = ((x[:, None] - centroids) ** 2).sum(axis=2).argmin(axis=1)
        if before is not None and np.array_equal(labels, before):
            break
        values.append(((x - centroids[labels]) ** 2).sum())
        centroids = np.array([x[labels == k].mean(axis=0) for k in range(len(centroids))])
        values.append(((x - centroids[labels]) ** 2).sum())
        before = labels
    return values
""",
        "call": 'check("03.2", j_by_half_step)',
    },
    {
        "id": "03.2",
        "kind": "wrong",
        "says": "one round short",
        "cause": "You run one round too few: range(1, n_rounds) has n_rounds - 1 members.",
        "code": """
import numpy as np


def j_by_half_step(x, centroids, n_rounds):
    values = []
    for _ in range(1, n_rounds):
        labels = ((x[:, None] - centroids) ** 2).sum(axis=2).argmin(axis=1)
        values.append(((x - centroids[labels]) ** 2).sum())
        centroids = np.array([x[labels == k].mean(axis=0) for k in range(len(centroids))])
        values.append(((x - centroids[labels]) ** 2).sum())
    return values
""",
        "call": 'check("03.2", j_by_half_step)',
    },
    {
        "id": "03.2",
        "kind": "wrong",
        "says": "starts from the notebook's guess",
        "cause": "You start from the notebook's centroids; the argument is not used.",
        "code": """
import numpy as np

guess = np.array([[-5.0, 4.0], [-3.0, 2.0], [-2.0, -5.0]])


def j_by_half_step(x, centroids, n_rounds):
    places = np.resize(guess, np.shape(centroids))
    values = []
    for _ in range(n_rounds):
        labels = ((x[:, None] - places) ** 2).sum(axis=2).argmin(axis=1)
        values.append(((x - places[labels]) ** 2).sum())
        own = [x[labels == k] for k in range(len(places))]
        places = np.array([v.mean(axis=0) if len(v) else p for v, p in zip(own, places)])
        values.append(((x - places[labels]) ** 2).sum())
    return values
""",
        "call": 'check("03.2", j_by_half_step)',
    },
    {
        "id": "03.2",
        "kind": "wrong",
        "says": "only three clusters are moved",
        "cause": "The move: you move three centroids whatever their number. Use len(centroids).",
        "code": """
import numpy as np


def j_by_half_step(x, centroids, n_rounds):
    values = []
    for _ in range(n_rounds):
        labels = ((x[:, None] - centroids) ** 2).sum(axis=2).argmin(axis=1)
        values.append(((x - centroids[labels]) ** 2).sum())
        centroids = centroids.copy()
        for k in range(min(3, len(centroids))):
            centroids[k] = x[labels == k].mean(axis=0)
        values.append(((x - centroids[labels]) ** 2).sum())
    return values
""",
        "call": 'check("03.2", j_by_half_step)',
    },
    {
        "id": "03.2",
        "kind": "wrong",
        "says": "soft ties",
        "cause": (
            "You share points between centroids. In K-means each point is tied to one, the nearest."
        ),
        "code": """
import numpy as np


def j_by_half_step(x, centroids, n_rounds):
    values = []
    for _ in range(n_rounds):
        squares = ((x[:, None] - centroids) ** 2).sum(axis=2)
        r = np.exp(-0.5 * (squares - squares.min(axis=1, keepdims=True)))
        r /= r.sum(axis=1, keepdims=True)
        values.append((r * squares).sum())
        centroids = r.T @ x / r.sum(axis=0)[:, None]
        values.append((r * ((x[:, None] - centroids) ** 2).sum(axis=2)).sum())
    return values
""",
        "call": 'check("03.2", j_by_half_step)',
    },
    {
        "id": "03.2",
        "kind": "wrong",
        "says": "objective of emlib, minus J",
        "cause": "You return -J, which rises. J itself was asked for.",
        "code": """
import numpy as np


def j_by_half_step(x, centroids, n_rounds):
    values = []
    for _ in range(n_rounds):
        labels = ((x[:, None] - centroids) ** 2).sum(axis=2).argmin(axis=1)
        values.append(-((x - centroids[labels]) ** 2).sum())
        centroids = np.array([x[labels == k].mean(axis=0) for k in range(len(centroids))])
        values.append(-((x - centroids[labels]) ** 2).sum())
    return values
""",
        "call": 'check("03.2", j_by_half_step)',
    },
    {
        "id": "03.2",
        "kind": "hostile",
        "says": "right values, but moves the caller's centroids in place",
        "code": """
import numpy as np


def j_by_half_step(x, centroids, n_rounds):
    values = []
    for _ in range(n_rounds):
        labels = ((x[:, None] - centroids) ** 2).sum(axis=2).argmin(axis=1)
        values.append(((x - centroids[labels]) ** 2).sum())
        for k in range(len(centroids)):
            centroids[k] = x[labels == k].mean(axis=0)
        values.append(((x - centroids[labels]) ** 2).sum())
    return values
""",
        "call": 'check("03.2", j_by_half_step)',
    },
    {
        "id": "03.2",
        "kind": "hostile",
        "says": "runs until J no longer falls, and it never counts rounds",
        "code": """
import numpy as np


def j_by_half_step(x, centroids, n_rounds):
    values = []
    while len(values) != 2 * n_rounds + 1:
        labels = ((x[:, None] - centroids) ** 2).sum(axis=2).argmin(axis=1)
        values = [((x - centroids[labels]) ** 2).sum()]
        centroids = np.array([x[labels == k].mean(axis=0) for k in range(len(centroids))])
        values.append(((x - centroids[labels]) ** 2).sum())
    return values
""",
        "call": 'check("03.2", j_by_half_step)',
    },
    {
        "id": "03.2",
        "kind": "hostile",
        "says": "raises after the second half-step",
        "code": """
import numpy as np


def j_by_half_step(x, centroids, n_rounds):
    labels = ((x[:, None] - centroids) ** 2).sum(axis=2).argmin(axis=1)
    first = ((x - centroids[labels]) ** 2).sum()
    raise NotImplementedError(f"J is {first:.1f}, the rest is left to the reader")
""",
        "call": 'check("03.2", j_by_half_step)',
    },
    {
        "id": "03.2",
        "kind": "hostile",
        "says": "returns a table as a text",
        "code": """
import numpy as np


def j_by_half_step(x, centroids, n_rounds):
    lines = []
    for n in range(n_rounds):
        labels = ((x[:, None] - centroids) ** 2).sum(axis=2).argmin(axis=1)
        lines.append(f"assign {n}: {((x - centroids[labels]) ** 2).sum():.2f}")
        centroids = np.array([x[labels == k].mean(axis=0) for k in range(len(centroids))])
        lines.append(f"move {n}: {((x - centroids[labels]) ** 2).sum():.2f}")
    return "; ".join(lines)
""",
        "call": 'check("03.2", j_by_half_step)',
    },
    {
        "id": "03.3",
        "kind": "right",
        "says": "keep: copy, then overwrite the centroids that have points",
        "code": """
import numpy as np


def move_centroids(x, labels, centroids):
    new = np.array(centroids, dtype=float)
    for k in range(len(new)):
        if (labels == k).any():
            new[k] = x[labels == k].mean(axis=0)
    return new


policy = "keep"
""",
        "call": 'check("03.3", move_centroids, "keep")',
    },
    {
        "id": "03.3",
        "kind": "right",
        "says": "keep: sums by one-hot matrix, np.where for the empty ones",
        "code": """
import numpy as np


def move_centroids(x, labels, centroids):
    r = np.eye(len(centroids))[labels]
    n_k = r.sum(axis=0)[:, None]
    return np.where(n_k > 0, r.T @ x / np.maximum(n_k, 1), centroids)


policy = "keep"
""",
        "call": 'check("03.3", move_centroids, policy)',
    },
    {
        "id": "03.3",
        "kind": "right",
        "says": "keep: sums by np.add.at",
        "code": """
import numpy as np


def move_centroids(x, labels, centroids):
    counts = np.bincount(labels, minlength=len(centroids))
    sums = np.zeros(np.shape(centroids))
    np.add.at(sums, labels, x)
    full = counts > 0
    new = np.array(centroids, dtype=float)
    new[full] = sums[full] / counts[full, None]
    return new


policy = "keep"
""",
        "call": 'check("03.3", move_centroids, policy)',
    },
    {
        "id": "03.3",
        "kind": "right",
        "says": "keep: list comprehension",
        "code": """
import numpy as np


def move_centroids(x, labels, centroids):
    own = [x[labels == k] for k in range(len(centroids))]
    return np.array([v.mean(axis=0) if len(v) else c for v, c in zip(own, centroids)])
""",
        "call": 'check("03.3", move_centroids, "keep")',
    },
    {
        "id": "03.3",
        "kind": "right",
        "says": "reseed: farthest point from its own centroid, each empty cluster another point",
        "code": """
import numpy as np


def move_centroids(x, labels, centroids):
    square = ((x - centroids[labels]) ** 2).sum(axis=1)
    farthest = iter(np.argsort(-square, kind="stable"))
    new = np.empty(np.shape(centroids))
    for k in range(len(new)):
        own = x[labels == k]
        new[k] = own.mean(axis=0) if len(own) else x[next(farthest)]
    return new


policy = "reseed"
""",
        "call": 'check("03.3", move_centroids, "reseed")',
    },
    {
        "id": "03.3",
        "kind": "right",
        "says": "reseed: farthest from its new centroid, after the others have moved",
        "code": """
import numpy as np


def move_centroids(x, labels, centroids):
    new = np.array(centroids, dtype=float)
    counts = np.bincount(labels, minlength=len(new))
    for k in np.flatnonzero(counts):
        new[k] = np.mean(x[labels == k], axis=0)
    square = np.sum((x - new[labels]) ** 2, axis=1)
    for k in np.flatnonzero(counts == 0):
        far = int(np.argmax(square))
        new[k], square[far] = x[far], -1.0
    return new


policy = "reseed"
""",
        "call": 'check("03.3", move_centroids, policy)',
    },
    {
        "id": "03.3",
        "kind": "right",
        "says": "reseed: a data point drawn with a fixed seed",
        "code": """
import numpy as np


def move_centroids(x, labels, centroids):
    rng = np.random.default_rng(0)
    places = []
    for k in range(len(centroids)):
        mine = np.flatnonzero(labels == k)
        if mine.size == 0:
            places.append(x[rng.integers(len(x))])
        else:
            places.append(x[mine].sum(axis=0) / mine.size)
    return np.array(places)
""",
        "call": 'check("03.3", move_centroids, "reseed")',
    },
    {
        "id": "03.3",
        "kind": "wrong",
        "says": "no policy: the mean of nothing",
        "cause": (
            "Empty cluster: the mean of no points is 0/0, and nan comes back. Ask for points "
            "before you divide."
        ),
        "code": """
import numpy as np


def move_centroids(x, labels, centroids):
    with np.errstate(all="ignore"):
        n_k = np.bincount(labels, minlength=len(centroids))
        r = np.eye(len(centroids))[labels]
        return r.T @ x / n_k[:, None]
""",
        "call": 'check("03.3", move_centroids, "keep")',
    },
    {
        "id": "03.3",
        "kind": "wrong",
        "says": "empty centroid goes to the origin",
        "cause": (
            "Empty cluster: dividing by at least one avoids nan, but puts the centroid at the "
            "origin. To keep it means to leave it where it was."
        ),
        "code": """
import numpy as np


def move_centroids(x, labels, centroids):
    r = np.eye(len(centroids))[labels]
    return r.T @ x / np.maximum(r.sum(axis=0), 1)[:, None]
""",
        "call": 'check("03.3", move_centroids, "keep")',
    },
    {
        "id": "03.3",
        "kind": "wrong",
        "says": "empty centroid dropped",
        "cause": (
            "Empty cluster: you leave its centroid out, and fewer than K come back. Return K "
            "centroids always."
        ),
        "code": """
import numpy as np


def move_centroids(x, labels, centroids):
    return np.array([x[labels == k].mean(axis=0) for k in np.unique(labels)])
""",
        "call": 'check("03.3", move_centroids, "keep")',
    },
    {
        "id": "03.3",
        "kind": "wrong",
        "says": "keeps, but says that it reseeds",
        "cause": (
            'The policy and the function do not agree: the function keeps, the name says "reseed".'
        ),
        "code": """
import numpy as np


def move_centroids(x, labels, centroids):
    new = np.array(centroids, dtype=float)
    for k in np.unique(labels):
        new[k] = x[labels == k].mean(axis=0)
    return new
""",
        "call": 'check("03.3", move_centroids, "reseed")',
    },
    {
        "id": "03.3",
        "kind": "wrong",
        "says": "reseeds, but says that it keeps",
        "cause": (
            'The policy and the function do not agree: the function reseeds, the name says "keep".'
        ),
        "code": """
import numpy as np


def move_centroids(x, labels, centroids):
    square = ((x - centroids[labels]) ** 2).sum(axis=1)
    far = x[square.argmax()]
    own = [x[labels == k] for k in range(len(centroids))]
    return np.array([v.mean(axis=0) if len(v) else far for v in own])
""",
        "call": 'check("03.3", move_centroids, "keep")',
    },
    {
        "id": "03.3",
        "kind": "wrong",
        "says": "number of clusters taken from the labels",
        "cause": (
            "K is read from the labels. If the last clusters are empty, too few centroids come "
            "back: use len(centroids)."
        ),
        "code": """
import numpy as np


def move_centroids(x, labels, centroids):
    new = []
    for k in range(labels.max() + 1):
        own = x[labels == k]
        new.append(own.mean(axis=0) if len(own) else centroids[k])
    return np.array(new)
""",
        "call": 'check("03.3", move_centroids, "keep")',
    },
    {
        "id": "03.3",
        "kind": "wrong",
        "says": "three clusters hard-wired",
        "cause": "K is hard-wired to three. Use len(centroids).",
        "code": """
import numpy as np


def move_centroids(x, labels, centroids):
    own = [x[labels == k] for k in range(3)]
    kept = [centroids[k] if k < len(centroids) else np.zeros(x.shape[1]) for k in range(3)]
    return np.array([v.mean(axis=0) if len(v) else c for v, c in zip(own, kept)])
""",
        "call": 'check("03.3", move_centroids, "keep")',
    },
    {
        "id": "03.3",
        "kind": "wrong",
        "says": "old centroid counted as one more point",
        "cause": (
            "Clusters with points: you count the old centroid as one more point, so none of the "
            "means is right."
        ),
        "code": """
import numpy as np


def move_centroids(x, labels, centroids):
    own = [x[labels == k] for k in range(len(centroids))]
    return np.array([np.vstack([v, [c]]).mean(axis=0) for v, c in zip(own, centroids)])
""",
        "call": 'check("03.3", move_centroids, "keep")',
    },
    {
        "id": "03.3",
        "kind": "wrong",
        "says": "one empty cluster stops all the others",
        "cause": (
            "Clusters with points: if any is empty you move none. The others must still go to "
            "their means."
        ),
        "code": """
import numpy as np


def move_centroids(x, labels, centroids):
    if len(np.unique(labels)) < len(centroids):
        return np.array(centroids)
    return np.array([x[labels == k].mean(axis=0) for k in range(len(centroids))])
""",
        "call": 'check("03.3", move_centroids, "keep")',
    },
    {
        "id": "03.3",
        "kind": "wrong",
        "says": "medians",
        "cause": "Clusters with points: you took medians. (9.4) is the mean.",
        "code": """
import numpy as np


def move_centroids(x, labels, centroids):
    own = [x[labels == k] for k in range(len(centroids))]
    return np.array([np.median(v, axis=0) if len(v) else c for v, c in zip(own, centroids)])
""",
        "call": 'check("03.3", move_centroids, "keep")',
    },
    {
        "id": "03.3",
        "kind": "wrong",
        "says": "reseeds outside the data",
        "cause": (
            "Empty cluster: the new place is far outside the data, where it will be empty "
            "again. Choose a place among them."
        ),
        "code": """
import numpy as np


def move_centroids(x, labels, centroids):
    outside = x.max(axis=0) + 10 * (x.max(axis=0) - x.min(axis=0))
    own = [x[labels == k] for k in range(len(centroids))]
    return np.array([v.mean(axis=0) if len(v) else outside for v in own])
""",
        "call": 'check("03.3", move_centroids, "reseed")',
    },
    {
        "id": "03.3",
        "kind": "wrong",
        "says": "policy not filled in",
        "cause": 'The policy is still three dots: write "keep" or "reseed".',
        "code": """
import numpy as np


def move_centroids(x, labels, centroids):
    own = [x[labels == k] for k in range(len(centroids))]
    return np.array([v.mean(axis=0) if len(v) else c for v, c in zip(own, centroids)])


policy = ...
""",
        "call": 'check("03.3", move_centroids, policy)',
    },
    {
        "id": "03.3",
        "kind": "wrong",
        "says": "a name that is neither",
        "cause": 'The policy must be one of the two names "keep" and "reseed"; this is neither.',
        "code": """
import numpy as np


def move_centroids(x, labels, centroids):
    square = ((x - centroids[labels]) ** 2).sum(axis=1)
    far = x[square.argmax()]
    own = [x[labels == k] for k in range(len(centroids))]
    return np.array([v.mean(axis=0) if len(v) else far for v in own])
""",
        "call": 'check("03.3", move_centroids, "relocate")',
    },
    {
        "id": "03.3",
        "kind": "wrong",
        "says": "new centroids and labels together",
        "cause": "You return labels as well. The move returns the K centroids and nothing else.",
        "code": """
import numpy as np


def move_centroids(x, labels, centroids):
    own = [x[labels == k] for k in range(len(centroids))]
    new = np.array([v.mean(axis=0) if len(v) else c for v, c in zip(own, centroids)])
    return new, ((x[:, None] - new) ** 2).sum(axis=2).argmin(axis=1)
""",
        "call": 'check("03.3", move_centroids, "keep")',
    },
    {
        "id": "03.3",
        "kind": "hostile",
        "says": "right values, but in place of the caller's centroids",
        "code": """
import numpy as np


def move_centroids(x, labels, centroids):
    for k in range(len(centroids)):
        if (labels == k).any():
            centroids[k] = x[labels == k].mean(axis=0)
    return centroids
""",
        "call": 'check("03.3", move_centroids, "keep")',
    },
    {
        "id": "03.3",
        "kind": "hostile",
        "says": "waits for ever until the cluster has a point",
        "code": """
import numpy as np


def move_centroids(x, labels, centroids):
    new = np.array(centroids, dtype=float)
    for k in range(len(new)):
        while not (labels == k).any():
            pass
        new[k] = x[labels == k].mean(axis=0)
    return new
""",
        "call": 'check("03.3", move_centroids, "keep")',
    },
    {
        "id": "03.3",
        "kind": "hostile",
        "says": "raises on an empty cluster",
        "code": """
import numpy as np


def move_centroids(x, labels, centroids):
    for k in range(len(centroids)):
        if not (labels == k).any():
            raise ZeroDivisionError(f"cluster {k} has no points")
    return np.array([x[labels == k].mean(axis=0) for k in range(len(centroids))])
""",
        "call": 'check("03.3", move_centroids, "keep")',
    },
    {
        "id": "03.3",
        "kind": "hostile",
        "says": "right values, but numpy is told to ignore errors for good",
        "code": """
import numpy as np


def move_centroids(x, labels, centroids):
    np.seterr(all="ignore")
    r = np.eye(len(centroids))[labels]
    means = r.T @ x / r.sum(axis=0)[:, None]
    return np.where(np.isnan(means), centroids, means)
""",
        "call": 'check("03.3", move_centroids, "keep")',
    },
]
