"""Answers to the exercises of lesson 05, written from their text alone."""

ANSWERS = [
    {
        "id": "05.1",
        "kind": "right",
        "says": "vectorised",
        "code": """
import numpy as np


def m_step_1d(x, r):
    n_k = r.sum(axis=0)
    means = x @ r / n_k
    variances = (r * (x[:, None] - means) ** 2).sum(axis=0) / n_k
    return n_k / len(x), means, np.sqrt(variances)
""",
        "call": 'check("05.1", m_step_1d)',
    },
    {
        "id": "05.1",
        "kind": "right",
        "says": "one component at a time with np.average",
        "code": """
import numpy as np


def m_step_1d(x, r):
    weights, means, stds = [], [], []
    for column in r.T:
        mean = np.average(x, weights=column)
        weights.append(column.mean())
        means.append(mean)
        stds.append(np.average((x - mean) ** 2, weights=column) ** 0.5)
    return np.array(weights), np.array(means), np.array(stds)
""",
        "call": 'check("05.1", m_step_1d)',
    },
    {
        "id": "05.1",
        "kind": "right",
        "says": "plain loops, three lists",
        "code": """
import math

import numpy as np


def m_step_1d(x, r):
    n, n_components = len(r), len(r[0])
    weights, means, stds = [], [], []
    for k in range(n_components):
        n_k = sum(float(row[k]) for row in r)
        mean = sum(float(row[k]) * float(value) for value, row in zip(x, r)) / n_k
        square = sum(float(row[k]) * (float(value) - mean) ** 2 for value, row in zip(x, r))
        weights.append(n_k / n)
        means.append(mean)
        stds.append(math.sqrt(square / n_k))
    return weights, means, stds
""",
        "call": 'check("05.1", m_step_1d)',
    },
    {
        "id": "05.1",
        "kind": "right",
        "says": "einsum, named tuple",
        "code": """
from collections import namedtuple

import numpy as np

Theta = namedtuple("Theta", ["weights", "means", "stds"])


def m_step_1d(x, r):
    n_k = np.einsum("nk->k", r)
    means = np.einsum("nk,n->k", r, x) / n_k
    rest = np.subtract.outer(x, means)
    variances = np.einsum("nk,nk,nk->k", r, rest, rest) / n_k
    return Theta(weights=n_k / n_k.sum(), means=means, stds=variances**0.5)
""",
        "call": 'check("05.1", m_step_1d)',
    },
    {
        "id": "05.1",
        "kind": "right",
        "says": "columns normalised first, then plain weighted averages; one array of three rows",
        "code": """
import numpy as np


def m_step_1d(x, r):
    x, r = np.asarray(x, dtype=float).ravel(), np.asarray(r, dtype=float)
    share = r / r.sum(axis=0)
    means = share.T @ x
    stds = np.sqrt(np.sum(share * np.square(x[:, None] - means), axis=0))
    return np.array([r.mean(axis=0), means, stds])
""",
        "call": 'check("05.1", m_step_1d)',
    },
    {
        "id": "05.1",
        "kind": "right",
        "says": "moments after a shift by the overall mean",
        "code": """
import numpy as np


def m_step_1d(x, r):
    centre = np.mean(x)
    powers = np.vander(x - centre, 3, increasing=True)
    n_k, first, second = powers.T @ r
    shift = first / n_k
    return n_k / len(x), centre + shift, np.sqrt(np.maximum(second / n_k - shift**2, 0))
""",
        "call": 'check("05.1", m_step_1d)',
    },
    {
        "id": "05.1",
        "kind": "right",
        "says": "defensive callable object, float32 kept",
        "code": """
import numpy as np


class MStep:
    def __call__(self, x, r):
        x, r = np.asarray(x), np.asarray(r)
        if x.ndim != 1 or r.ndim != 2 or len(x) != len(r):
            raise ValueError("x of shape (N,), r of shape (N, K)")
        n_k = np.sum(r, axis=0)
        means = np.sum(r * x[:, np.newaxis], axis=0) / n_k
        spread = np.sum(r * (x[:, np.newaxis] - means[np.newaxis]) ** 2, axis=0)
        return np.mean(r, axis=0), means, np.sqrt(spread / n_k)


m_step_1d = MStep()
""",
        "call": 'check("05.1", m_step_1d)',
    },
    {
        "id": "05.1",
        "kind": "wrong",
        "says": "variances",
        "cause": "Standard deviations: these are variances. Take the root of (9.19).",
        "code": """
import numpy as np


def m_step_1d(x, r):
    n_k = r.sum(axis=0)
    means = x @ r / n_k
    return n_k / len(x), means, (r * (x[:, None] - means) ** 2).sum(axis=0) / n_k
""",
        "call": 'check("05.1", m_step_1d)',
    },
    {
        "id": "05.1",
        "kind": "wrong",
        "says": "spread about the mean of all numbers",
        "cause": (
            "Standard deviations: you measured from the mean of all numbers. (9.19) measures "
            "from the new mean of the component."
        ),
        "code": """
import numpy as np


def m_step_1d(x, r):
    n_k = r.sum(axis=0)
    means = x @ r / n_k
    variances = (r * (x[:, None] - x.mean()) ** 2).sum(axis=0) / n_k
    return n_k / len(x), means, np.sqrt(variances)
""",
        "call": 'check("05.1", m_step_1d)',
    },
    {
        "id": "05.1",
        "kind": "wrong",
        "says": "effective counts in place of weights",
        "cause": "Weights: these are the counts N_k. Divide by N, so that they sum to one.",
        "code": """
import numpy as np


def m_step_1d(x, r):
    n_k = r.sum(axis=0)
    means = x @ r / n_k
    return n_k, means, np.sqrt((r * (x[:, None] - means) ** 2).sum(axis=0) / n_k)
""",
        "call": 'check("05.1", m_step_1d)',
    },
    {
        "id": "05.1",
        "kind": "wrong",
        "says": "means divided by N",
        "cause": (
            "Means: you divided by N. Each mean is divided by the effective count N_k of its "
            "own component."
        ),
        "code": """
import numpy as np


def m_step_1d(x, r):
    n_k = r.sum(axis=0)
    means = x @ r / n_k
    stds = np.sqrt((r * (x[:, None] - means) ** 2).sum(axis=0) / n_k)
    return n_k / len(x), x @ r / len(x), stds
""",
        "call": 'check("05.1", m_step_1d)',
    },
    {
        "id": "05.1",
        "kind": "wrong",
        "says": "variances divided by N",
        "cause": (
            "Standard deviations: you divided by N in place of N_k, so they come out too small."
        ),
        "code": """
import numpy as np


def m_step_1d(x, r):
    n_k = r.sum(axis=0)
    means = x @ r / n_k
    stds = np.sqrt((r * (x[:, None] - means) ** 2).sum(axis=0) / len(x))
    return n_k / len(x), means, stds
""",
        "call": 'check("05.1", m_step_1d)',
    },
    {
        "id": "05.1",
        "kind": "wrong",
        "says": "divisor N_k - 1",
        "cause": "Standard deviations: you divided by N_k - 1. Maximum likelihood divides by N_k.",
        "code": """
import numpy as np


def m_step_1d(x, r):
    n_k = r.sum(axis=0)
    means = x @ r / n_k
    stds = np.sqrt((r * (x[:, None] - means) ** 2).sum(axis=0) / (n_k - 1))
    return n_k / len(x), means, stds
""",
        "call": 'check("05.1", m_step_1d)',
    },
    {
        "id": "05.1",
        "kind": "wrong",
        "says": "hard assignment",
        "cause": (
            "You round the responsibilities: each number goes wholly to one component. Use the "
            "shares."
        ),
        "code": """
import numpy as np


def m_step_1d(x, r):
    hard = np.eye(r.shape[1])[r.argmax(axis=1)]
    n_k = np.maximum(hard.sum(axis=0), 1e-12)
    means = x @ hard / n_k
    stds = np.sqrt((hard * (x[:, None] - means) ** 2).sum(axis=0) / n_k)
    return n_k / len(x), means, stds
""",
        "call": 'check("05.1", m_step_1d)',
    },
    {
        "id": "05.1",
        "kind": "wrong",
        "says": "means first",
        "cause": "The three parts are in the wrong order: weights, means, standard deviations.",
        "code": """
import numpy as np


def m_step_1d(x, r):
    n_k = r.sum(axis=0)
    means = x @ r / n_k
    stds = np.sqrt((r * (x[:, None] - means) ** 2).sum(axis=0) / n_k)
    return means, stds, n_k / len(x)
""",
        "call": 'check("05.1", m_step_1d)',
    },
    {
        "id": "05.1",
        "kind": "wrong",
        "says": "two components hard-wired",
        "cause": (
            "K is hard-wired to two: the second component gets what the first leaves. Use every "
            "column of r."
        ),
        "code": """
import numpy as np


def m_step_1d(x, r):
    weights, means, stds = [], [], []
    for share in (r[:, 0], 1 - r[:, 0]):
        mean = (share * x).sum() / share.sum()
        weights.append(share.mean())
        means.append(mean)
        stds.append(np.sqrt((share * (x - mean) ** 2).sum() / share.sum()))
    return np.array(weights), np.array(means), np.array(stds)
""",
        "call": 'check("05.1", m_step_1d)',
    },
    {
        "id": "05.1",
        "kind": "wrong",
        "says": "weights never updated",
        "cause": "Weights: you return 1/K. They are to be updated too: N_k / N (9.22).",
        "code": """
import numpy as np


def m_step_1d(x, r):
    n_k = r.sum(axis=0)
    means = x @ r / n_k
    stds = np.sqrt((r * (x[:, None] - means) ** 2).sum(axis=0) / n_k)
    return np.full(len(n_k), 1 / len(n_k)), means, stds
""",
        "call": 'check("05.1", m_step_1d)',
    },
    {
        "id": "05.1",
        "kind": "wrong",
        "says": "mean over the wrong axis for the weights",
        "cause": (
            "Weights: the average runs over the components, one number a datum. Average over "
            "the data."
        ),
        "code": """
import numpy as np


def m_step_1d(x, r):
    n_k = r.sum(axis=0)
    means = x @ r / n_k
    stds = np.sqrt((r * (x[:, None] - means) ** 2).sum(axis=0) / n_k)
    return r.mean(axis=1), means, stds
""",
        "call": 'check("05.1", m_step_1d)',
    },
    {
        "id": "05.1",
        "kind": "wrong",
        "says": "responsibilities squared in the spread",
        "cause": (
            "Standard deviations: you square the responsibility along with the distance. Only "
            "the distance is squared."
        ),
        "code": """
import numpy as np


def m_step_1d(x, r):
    n_k = r.sum(axis=0)
    means = x @ r / n_k
    stds = np.sqrt(((r * (x[:, None] - means)) ** 2).sum(axis=0) / n_k)
    return n_k / len(x), means, stds
""",
        "call": 'check("05.1", m_step_1d)',
    },
    {
        "id": "05.1",
        "kind": "wrong",
        "says": "mean absolute distance",
        "cause": (
            "Standard deviations: you averaged absolute distances. Average the squares and take "
            "the root."
        ),
        "code": """
import numpy as np


def m_step_1d(x, r):
    n_k = r.sum(axis=0)
    means = x @ r / n_k
    return n_k / len(x), means, (r * np.abs(x[:, None] - means)).sum(axis=0) / n_k
""",
        "call": 'check("05.1", m_step_1d)',
    },
    {
        "id": "05.1",
        "kind": "wrong",
        "says": "one common standard deviation",
        "cause": (
            "Standard deviations: you return one common width for all. Each component has its own."
        ),
        "code": """
import numpy as np


def m_step_1d(x, r):
    n_k = r.sum(axis=0)
    means = x @ r / n_k
    pooled = np.sqrt((r * (x[:, None] - means) ** 2).sum() / len(x))
    return n_k / len(x), means, np.full(len(n_k), pooled)
""",
        "call": 'check("05.1", m_step_1d)',
    },
    {
        "id": "05.1",
        "kind": "wrong",
        "says": "one row a component",
        "cause": (
            "The table lies on its side, one row a component. Return three arrays: weights, "
            "means, stds."
        ),
        "code": """
import numpy as np


def m_step_1d(x, r):
    n_k = r.sum(axis=0)
    means = x @ r / n_k
    stds = np.sqrt((r * (x[:, None] - means) ** 2).sum(axis=0) / n_k)
    return np.array([n_k / len(x), means, stds]).T
""",
        "call": 'check("05.1", m_step_1d)',
    },
    {
        "id": "05.1",
        "kind": "hostile",
        "says": "right values, but normalises the caller's responsibilities in place",
        "code": """
import numpy as np


def m_step_1d(x, r):
    n_k = r.sum(axis=0)
    r /= n_k
    means = x @ r
    return n_k / len(x), means, np.sqrt((r * (x[:, None] - means) ** 2).sum(axis=0))
""",
        "call": 'check("05.1", m_step_1d)',
    },
    {
        "id": "05.1",
        "kind": "hostile",
        "says": "prints three lines and returns nothing",
        "code": """
import numpy as np


def m_step_1d(x, r):
    n_k = r.sum(axis=0)
    means = x @ r / n_k
    print("weights", n_k / len(x))
    print("means", means)
    print("stds", np.sqrt((r * (x[:, None] - means) ** 2).sum(axis=0) / n_k))
""",
        "call": 'check("05.1", m_step_1d)',
    },
    {
        "id": "05.1",
        "kind": "hostile",
        "says": "right values as texts",
        "code": """
import numpy as np


def m_step_1d(x, r):
    n_k = r.sum(axis=0)
    means = x @ r / n_k
    stds = np.sqrt((r * (x[:, None] - means) ** 2).sum(axis=0) / n_k)
    return tuple(values.astype(str) for values in (n_k / len(x), means, stds))
""",
        "call": 'check("05.1", m_step_1d)',
    },
    {
        "id": "05.1",
        "kind": "hostile",
        "says": "repeats the step until the means no longer move, and they never do",
        "code": """
import numpy as np


def m_step_1d(x, r):
    n_k = r.sum(axis=0)
    before = np.full(len(n_k), np.nan)
    while True:
        means = x @ r / n_k
        if np.all(means == before):
            stds = np.sqrt((r * (x[:, None] - means) ** 2).sum(axis=0) / n_k)
            return n_k / len(x), means, stds
""",
        "call": 'check("05.1", m_step_1d)',
    },
    {
        "id": "05.2",
        "kind": "right",
        "says": "start 10 and 50, stops when the gain per number is at most 1e-12",
        "code": """
import numpy as np


def e_step(x, weights, means, variances):
    z2 = (x[:, None] - means) ** 2 / variances
    a = np.log(weights) - 0.5 * (np.log(2 * np.pi * variances) + z2)
    m = a.max(axis=1, keepdims=True)
    log_density = m + np.log(np.exp(a - m).sum(axis=1, keepdims=True))
    return np.exp(a - log_density), log_density.sum()


def fit_two_normals(x):
    weights, means, variances = np.array([0.5, 0.5]), np.array([10.0, 50.0]), np.array([25.0, 25.0])
    before = -np.inf
    while True:
        r, value = e_step(x, weights, means, variances)
        if value - before <= 1e-12 * len(x):
            return weights, means, np.sqrt(variances)
        before = value
        n_k = r.sum(axis=0)
        weights, means = n_k / len(x), x @ r / n_k
        variances = (r * (x[:, None] - means) ** 2).sum(axis=0) / n_k
""",
        "call": 'check("05.2", fit_two_normals)',
    },
    {
        "id": "05.2",
        "kind": "right",
        "says": "quartiles as a start, two hundred rounds, scipy's density",
        "code": """
import numpy as np
from scipy.stats import norm


def fit_two_normals(x):
    weights, means = np.array([0.5, 0.5]), np.quantile(x, [0.25, 0.75])
    stds = np.full(2, np.std(x) / 2)
    for _ in range(200):
        joint = weights * norm.pdf(x[:, None], means, stds)
        r = joint / joint.sum(axis=1, keepdims=True)
        n_k = r.sum(axis=0)
        weights = n_k / len(x)
        means = x @ r / n_k
        stds = np.sqrt((r * (x[:, None] - means) ** 2).sum(axis=0) / n_k)
    return weights, means, stds
""",
        "call": 'check("05.2", fit_two_normals)',
    },
    {
        "id": "05.2",
        "kind": "right",
        "says": "one-dimensional K-means first, then EM by logarithms; right group first",
        "code": """
import numpy as np
from scipy.special import logsumexp
from scipy.stats import norm


def fit_two_normals(x):
    cut = np.mean(x)
    for _ in range(50):
        cut = (x[x > cut].mean() + x[x <= cut].mean()) / 2
    parts = [x[x > cut], x[x <= cut]]
    weights = np.array([len(part) / len(x) for part in parts])
    means = np.array([part.mean() for part in parts])
    stds = np.array([part.std() for part in parts])
    for _ in range(500):
        a = np.log(weights) + norm.logpdf(x[:, None], means, stds)
        r = np.exp(a - logsumexp(a, axis=1, keepdims=True))
        before = means
        weights = r.mean(axis=0)
        means = np.array([np.average(x, weights=g) for g in r.T])
        stds = np.sqrt([np.average((x - m) ** 2, weights=g) for m, g in zip(means, r.T)])
        if np.abs(means - before).max() < 1e-9:
            break
    return weights, means, stds
""",
        "call": 'check("05.2", fit_two_normals)',
    },
    {
        "id": "05.2",
        "kind": "right",
        "says": "named tuple, share of one component only, sigmoid",
        "code": """
from collections import namedtuple

import numpy as np
from scipy.special import expit

Fit = namedtuple("Fit", "weights means stds")


def fit_two_normals(x):
    x = np.asarray(x, dtype=float)
    p, a, b, v, w = 0.5, x.min(), x.max(), x.var() / 4, x.var() / 4
    for _ in range(300):
        odds = np.log(p / (1 - p)) - 0.5 * (np.log(v / w) + (x - a) ** 2 / v - (x - b) ** 2 / w)
        g = expit(odds)
        h = 1 - g
        p, a, b = g.mean(), g @ x / g.sum(), h @ x / h.sum()
        v, w = g @ (x - a) ** 2 / g.sum(), h @ (x - b) ** 2 / h.sum()
    return Fit([p, 1 - p], [a, b], [v**0.5, w**0.5])
""",
        "call": 'check("05.2", fit_two_normals)',
    },
    {
        "id": "05.2",
        "kind": "right",
        "says": "several random starts from the data with a seed, the most likely kept",
        "code": """
import numpy as np


def em_from(x, means, stds, n_rounds):
    weights = np.array([0.5, 0.5])
    for _ in range(n_rounds):
        a = np.log(weights) - np.log(stds) - 0.5 * ((x[:, None] - means) / stds) ** 2
        top = a.max(axis=1, keepdims=True)
        density = np.exp(a - top)
        height = np.sum(top) + np.log(density.sum(axis=1)).sum()
        r = density / density.sum(axis=1, keepdims=True)
        n_k = r.sum(axis=0)
        weights, means = n_k / len(x), r.T @ x / n_k
        stds = np.sqrt(np.einsum("nk,nk->k", r, (x[:, None] - means) ** 2) / n_k)
    return height, weights, means, stds


def fit_two_normals(x):
    rng = np.random.default_rng(0)
    starts = [rng.choice(x, size=2, replace=False) for _ in range(4)]
    runs = [em_from(x, start, np.full(2, x.std() / 2), 40) for start in starts]
    best = max(runs, key=lambda run: run[0])
    _, weights, means, stds = em_from(x, best[2], best[3], 150)
    return weights, means, stds
""",
        "call": 'check("05.2", fit_two_normals)',
    },
    {
        "id": "05.2",
        "kind": "right",
        "says": "callable object, start from the lower and the upper half of the sorted numbers",
        "code": """
import numpy as np


class TwoNormals:
    def __init__(self, tol=1e-11, most=2000):
        self.tol, self.most = tol, most

    def __call__(self, x):
        x = np.sort(np.asarray(x, dtype=float).ravel())
        if x.size < 4:
            raise ValueError("too few numbers")
        r = np.zeros((x.size, 2))
        r[: x.size // 2, 0] = r[x.size // 2 :, 1] = 1.0
        before = -np.inf
        for _ in range(self.most):
            n_k = r.sum(axis=0)
            weights, means = n_k / x.size, x @ r / n_k
            variances = (r * (x[:, None] - means) ** 2).sum(axis=0) / n_k
            gap = (x[:, None] - means) ** 2 / variances
            joint = weights * np.exp(-gap / 2) / np.sqrt(2 * np.pi * variances)
            density = joint.sum(axis=1)
            value = np.log(density).mean()
            if value - before <= self.tol:
                break
            before, r = value, joint / density[:, None]
        return tuple(weights), tuple(means), tuple(np.sqrt(variances))


fit_two_normals = TwoNormals()
""",
        "call": 'check("05.2", fit_two_normals)',
    },
    {
        "id": "05.2",
        "kind": "wrong",
        "says": "variances returned",
        "cause": "Third part: these are variances. Return standard deviations.",
        "code": """
import numpy as np
from scipy.stats import norm


def fit_two_normals(x):
    weights, means, variances = np.array([0.5, 0.5]), np.array([10.0, 50.0]), np.array([25.0, 25.0])
    for _ in range(200):
        joint = weights * norm.pdf(x[:, None], means, np.sqrt(variances))
        r = joint / joint.sum(axis=1, keepdims=True)
        n_k = r.sum(axis=0)
        weights, means = n_k / len(x), x @ r / n_k
        variances = (r * (x[:, None] - means) ** 2).sum(axis=0) / n_k
    return weights, means, variances
""",
        "call": 'check("05.2", fit_two_normals)',
    },
    {
        "id": "05.2",
        "kind": "wrong",
        "says": "weights left at one half",
        "cause": (
            "Weights: they are never updated. That pulls the left mean to the right and makes "
            "its group too wide."
        ),
        "code": """
import numpy as np
from scipy.stats import norm


def fit_two_normals(x):
    weights, means, stds = np.array([0.5, 0.5]), np.array([10.0, 50.0]), np.array([5.0, 5.0])
    for _ in range(300):
        joint = weights * norm.pdf(x[:, None], means, stds)
        r = joint / joint.sum(axis=1, keepdims=True)
        n_k = r.sum(axis=0)
        means = x @ r / n_k
        stds = np.sqrt((r * (x[:, None] - means) ** 2).sum(axis=0) / n_k)
    return weights, means, stds
""",
        "call": 'check("05.2", fit_two_normals)',
    },
    {
        "id": "05.2",
        "kind": "wrong",
        "says": "standard deviations handed on as variances",
        "cause": (
            "The M step returns standard deviations, the E step wants variances: square them in "
            "between."
        ),
        "code": """
import numpy as np


def e_step(x, weights, means, variances):
    z2 = (x[:, None] - means) ** 2 / variances
    a = np.log(weights) - 0.5 * (np.log(2 * np.pi * variances) + z2)
    r = np.exp(a - a.max(axis=1, keepdims=True))
    return r / r.sum(axis=1, keepdims=True)


def fit_two_normals(x):
    weights, means, stds = np.array([0.5, 0.5]), np.array([10.0, 50.0]), np.array([5.0, 5.0])
    for _ in range(200):
        r = e_step(x, weights, means, stds)
        n_k = r.sum(axis=0)
        weights, means = n_k / len(x), x @ r / n_k
        stds = np.sqrt((r * (x[:, None] - means) ** 2).sum(axis=0) / n_k)
    return weights, means, stds
""",
        "call": 'check("05.2", fit_two_normals)',
    },
    {
        "id": "05.2",
        "kind": "wrong",
        "says": "variances handed to a density that wants standard deviations",
        "cause": (
            "E step: scipy's density wants standard deviations, and you gave it variances. Both "
            "groups become the curve of all numbers."
        ),
        "code": """
import numpy as np
from scipy.stats import norm


def fit_two_normals(x):
    weights, means, variances = np.array([0.5, 0.5]), np.array([10.0, 50.0]), np.array([25.0, 25.0])
    for _ in range(200):
        joint = weights * norm.pdf(x[:, None], means, variances)
        r = joint / joint.sum(axis=1, keepdims=True)
        n_k = r.sum(axis=0)
        weights, means = n_k / len(x), x @ r / n_k
        variances = (r * (x[:, None] - means) ** 2).sum(axis=0) / n_k
    return weights, means, np.sqrt(variances)
""",
        "call": 'check("05.2", fit_two_normals)',
    },
    {
        "id": "05.2",
        "kind": "wrong",
        "says": "both start at the mean of all numbers",
        "cause": (
            "The start is a tie: two equal components share every number half and half and stay "
            "equal for ever."
        ),
        "code": """
import numpy as np
from scipy.stats import norm


def fit_two_normals(x):
    weights, means, stds = np.array([0.5, 0.5]), np.full(2, x.mean()), np.full(2, x.std())
    for _ in range(200):
        joint = weights * norm.pdf(x[:, None], means, stds)
        r = joint / joint.sum(axis=1, keepdims=True)
        n_k = r.sum(axis=0)
        weights, means = n_k / len(x), x @ r / n_k
        stds = np.sqrt((r * (x[:, None] - means) ** 2).sum(axis=0) / n_k)
    return weights, means, stds
""",
        "call": 'check("05.2", fit_two_normals)',
    },
    {
        "id": "05.2",
        "kind": "wrong",
        "says": "random responsibilities and a loose rule of stopping",
        "cause": (
            "It has not settled: random shares put both means at the middle, where a round "
            "gains little, and 1e-3 a number stops there at once."
        ),
        "code": """
import numpy as np
from scipy.stats import norm


def fit_two_normals(x):
    first = np.random.default_rng(0).random(len(x))
    r, before = np.column_stack([first, 1 - first]), -np.inf
    while True:
        n_k = r.sum(axis=0)
        weights, means = n_k / len(x), x @ r / n_k
        stds = np.sqrt((r * (x[:, None] - means) ** 2).sum(axis=0) / n_k)
        joint = weights * norm.pdf(x[:, None], means, stds)
        value = np.log(joint.sum(axis=1)).mean()
        if value - before < 1e-3:
            return weights, means, stds
        before, r = value, joint / joint.sum(axis=1, keepdims=True)
""",
        "call": 'check("05.2", fit_two_normals)',
    },
    {
        "id": "05.2",
        "kind": "wrong",
        "says": "sign of the stopping rule",
        "cause": (
            "It stops after the first round: you begin at plus infinity and test old minus new. "
            "The gain of a round is new minus old."
        ),
        "code": """
import numpy as np
from scipy.stats import norm


def fit_two_normals(x):
    weights, means, stds = np.array([0.5, 0.5]), np.quantile(x, [0.1, 0.5]), np.full(2, x.std())
    before = np.inf
    while True:
        joint = weights * norm.pdf(x[:, None], means, stds)
        value = np.log(joint.sum(axis=1)).sum()
        r = joint / joint.sum(axis=1, keepdims=True)
        n_k = r.sum(axis=0)
        weights, means = n_k / len(x), x @ r / n_k
        stds = np.sqrt((r * (x[:, None] - means) ** 2).sum(axis=0) / n_k)
        if before - value > 1e-9:
            return weights, means, stds
        before = value
""",
        "call": 'check("05.2", fit_two_normals)',
    },
    {
        "id": "05.2",
        "kind": "wrong",
        "says": "cuts at the middle, hard assignment",
        "cause": (
            "You cut the numbers in two and took each part's own figures. That is hard "
            "assignment; EM shares the doubtful numbers. Here the left group comes out too "
            "large, its mean too far to the right."
        ),
        "code": """
import numpy as np


def fit_two_normals(x):
    cut = (x.min() + x.max()) / 2
    for _ in range(200):
        cut = (x[x < cut].mean() + x[x >= cut].mean()) / 2
    parts = [x[x < cut], x[x >= cut]]
    weights = np.array([len(part) for part in parts]) / len(x)
    means, stds = zip(*((part.mean(), part.std()) for part in parts))
    return weights, np.array(means), np.array(stds)
""",
        "call": 'check("05.2", fit_two_normals)',
    },
    {
        "id": "05.2",
        "kind": "wrong",
        "says": "returns the recipe",
        "cause": "This is the recipe, not a fit: the numbers x are not used at all.",
        "code": """
import numpy as np


def fit_two_normals(x):
    return np.array([0.3, 0.7]), np.array([20.0, 40.0]), np.array([5.0, 5.0])
""",
        "call": 'check("05.2", fit_two_normals)',
    },
    {
        "id": "05.2",
        "kind": "wrong",
        "says": "the maximum of the notebook's sample",
        "cause": (
            "These are the numbers of the notebook's own sample. Fit the x that you are given."
        ),
        "code": """
import numpy as np


def fit_two_normals(x):
    return np.array([0.3027, 0.6973]), np.array([19.910, 40.162]), np.array([5.030, 4.950])
""",
        "call": 'check("05.2", fit_two_normals)',
    },
    {
        "id": "05.2",
        "kind": "wrong",
        "says": "means, standard deviations, weights",
        "cause": "The three parts are in the wrong order: weights, means, standard deviations.",
        "code": """
import numpy as np
from scipy.stats import norm


def fit_two_normals(x):
    weights, means, stds = np.array([0.5, 0.5]), np.array([10.0, 50.0]), np.array([5.0, 5.0])
    for _ in range(200):
        joint = weights * norm.pdf(x[:, None], means, stds)
        r = joint / joint.sum(axis=1, keepdims=True)
        n_k = r.sum(axis=0)
        weights, means = n_k / len(x), x @ r / n_k
        stds = np.sqrt((r * (x[:, None] - means) ** 2).sum(axis=0) / n_k)
    return means, stds, weights
""",
        "call": 'check("05.2", fit_two_normals)',
    },
    {
        "id": "05.2",
        "kind": "wrong",
        "says": "means sorted, the rest not",
        "cause": (
            "Weights and standard deviations: only the means are sorted, so the parts no longer "
            "belong together."
        ),
        "code": """
import numpy as np
from scipy.stats import norm


def fit_two_normals(x):
    weights, means, stds = np.array([0.5, 0.5]), np.array([50.0, 10.0]), np.array([5.0, 5.0])
    for _ in range(200):
        joint = weights * norm.pdf(x[:, None], means, stds)
        r = joint / joint.sum(axis=1, keepdims=True)
        n_k = r.sum(axis=0)
        weights, means = n_k / len(x), x @ r / n_k
        stds = np.sqrt((r * (x[:, None] - means) ** 2).sum(axis=0) / n_k)
    return weights, np.sort(means), stds
""",
        "call": 'check("05.2", fit_two_normals)',
    },
    {
        "id": "05.2",
        "kind": "wrong",
        "says": "spread about the mean of all numbers",
        "cause": (
            "M step: the distances are taken from the mean of all numbers, so the groups grow "
            "as wide as the whole."
        ),
        "code": """
import numpy as np
from scipy.stats import norm


def fit_two_normals(x):
    weights, means, stds = np.array([0.5, 0.5]), np.array([10.0, 50.0]), np.array([5.0, 5.0])
    for _ in range(200):
        joint = weights * norm.pdf(x[:, None], means, stds)
        r = joint / joint.sum(axis=1, keepdims=True)
        n_k = r.sum(axis=0)
        weights, means = n_k / len(x), x @ r / n_k
        stds = np.sqrt((r * (x[:, None] - x.mean()) ** 2).sum(axis=0) / n_k)
    return weights, means, stds
""",
        "call": 'check("05.2", fit_two_normals)',
    },
    {
        "id": "05.2",
        "kind": "hostile",
        "says": "waits for a gain of exactly zero and adds noise to prevent it",
        "code": """
import numpy as np
from scipy.stats import norm


def fit_two_normals(x):
    rng = np.random.default_rng(0)
    weights, means, stds = np.array([0.5, 0.5]), np.array([10.0, 50.0]), np.array([5.0, 5.0])
    before = None
    while before is None or not np.array_equal(before, means):
        joint = weights * norm.pdf(x[:, None], means, stds)
        r = joint / joint.sum(axis=1, keepdims=True)
        before = means
        weights, means = r.mean(axis=0), x @ r / r.sum(axis=0) + rng.normal(0, 1e-3, 2)
    return weights, means, stds
""",
        "call": 'check("05.2", fit_two_normals)',
    },
    {
        "id": "05.2",
        "kind": "hostile",
        "says": "right fit, but sorts the caller's numbers in place",
        "code": """
import numpy as np
from scipy.stats import norm


def fit_two_normals(x):
    x.sort()
    weights, means, stds = np.array([0.5, 0.5]), np.array([10.0, 50.0]), np.array([5.0, 5.0])
    for _ in range(200):
        joint = weights * norm.pdf(x[:, None], means, stds)
        r = joint / joint.sum(axis=1, keepdims=True)
        n_k = r.sum(axis=0)
        weights, means = n_k / len(x), x @ r / n_k
        stds = np.sqrt((r * (x[:, None] - means) ** 2).sum(axis=0) / n_k)
    return weights, means, stds
""",
        "call": 'check("05.2", fit_two_normals)',
    },
    {
        "id": "05.2",
        "kind": "hostile",
        "says": "right fit, but reseeds numpy's global generator and prints each round",
        "code": """
import numpy as np
from scipy.stats import norm


def fit_two_normals(x):
    np.random.seed(1)
    weights, means, stds = np.array([0.5, 0.5]), np.array([10.0, 50.0]), np.array([5.0, 5.0])
    for n in range(100):
        joint = weights * norm.pdf(x[:, None], means, stds)
        r = joint / joint.sum(axis=1, keepdims=True)
        n_k = r.sum(axis=0)
        weights, means = n_k / len(x), x @ r / n_k
        stds = np.sqrt((r * (x[:, None] - means) ** 2).sum(axis=0) / n_k)
        print(n, means)
    return weights, means, stds
""",
        "call": 'check("05.2", fit_two_normals)',
    },
    {
        "id": "05.2",
        "kind": "hostile",
        "says": "returns a sentence",
        "code": """
import numpy as np


def fit_two_normals(x):
    return "two normals, near 20 and 40"
""",
        "call": 'check("05.2", fit_two_normals)',
    },
    {
        "id": "05.3",
        "kind": "right",
        "says": "scipy's density, arrays",
        "code": """
import numpy as np
from scipy.stats import norm


def em_fixed_weights(x, weights, means, stds, n_rounds):
    for _ in range(n_rounds):
        joint = weights * norm.pdf(x[:, None], means, stds)
        r = joint / joint.sum(axis=1, keepdims=True)
        n_k = r.sum(axis=0)
        means = x @ r / n_k
        stds = np.sqrt((r * (x[:, None] - means) ** 2).sum(axis=0) / n_k)
    return means, stds
""",
        "call": 'check("05.3", em_fixed_weights)',
    },
    {
        "id": "05.3",
        "kind": "right",
        "says": "logarithms and softmax, variances inside, root at the end",
        "code": """
import numpy as np
from scipy.special import softmax


def em_fixed_weights(x, weights, means, stds, n_rounds):
    means, variances = np.array(means, dtype=float), np.square(stds, dtype=float)
    for _ in range(n_rounds):
        a = np.log(weights) - 0.5 * (np.log(variances) + (x[:, None] - means) ** 2 / variances)
        share = softmax(a, axis=1)
        share /= share.sum(axis=0)
        means = x @ share
        variances = np.sum(share * (x[:, None] - means) ** 2, axis=0)
    return means, np.sqrt(variances)
""",
        "call": 'check("05.3", em_fixed_weights)',
    },
    {
        "id": "05.3",
        "kind": "right",
        "says": "one component at a time, np.average, named tuple",
        "code": """
from collections import namedtuple

import numpy as np
from scipy.stats import norm

Curves = namedtuple("Curves", "means stds")


def em_fixed_weights(x, weights, means, stds, n_rounds):
    curves = Curves(list(means), list(stds))
    for _ in range(n_rounds):
        joint = np.array([w * norm.pdf(x, m, s) for w, m, s in zip(weights, *curves)])
        shares = joint / joint.sum(axis=0)
        new = [np.average(x, weights=g) for g in shares]
        spread = [np.average((x - m) ** 2, weights=g) ** 0.5 for m, g in zip(new, shares)]
        curves = Curves(new, spread)
    return Curves(np.array(curves.means), np.array(curves.stds))
""",
        "call": 'check("05.3", em_fixed_weights)',
    },
    {
        "id": "05.3",
        "kind": "right",
        "says": "einsum, density written out, one array of two rows",
        "code": """
import numpy as np


def em_fixed_weights(x, weights, means, stds, n_rounds):
    theta = np.array([means, stds], dtype=float)
    for _ in range(n_rounds):
        z = (x[:, None] - theta[0]) / theta[1]
        joint = np.einsum("k,nk->nk", weights / theta[1], np.exp(-z * z / 2))
        r = np.einsum("nk,n->nk", joint, 1 / joint.sum(axis=1))
        n_k = np.einsum("nk->k", r)
        mean = np.einsum("nk,n->k", r, x) / n_k
        rest = x[:, None] - mean
        theta = np.array([mean, np.sqrt(np.einsum("nk,nk,nk->k", r, rest, rest) / n_k)])
    return theta
""",
        "call": 'check("05.3", em_fixed_weights)',
    },
    {
        "id": "05.3",
        "kind": "right",
        "says": "functools.reduce over rounds, log-sum-exp by hand, defensive",
        "code": """
import functools

import numpy as np


def one_round(state, _, x, log_weights):
    means, stds = state
    a = log_weights - np.log(stds) - 0.5 * ((x[:, np.newaxis] - means) / stds) ** 2
    r = np.exp(a - np.max(a, axis=1, keepdims=True))
    r = r / np.sum(r, axis=1, keepdims=True)
    new = np.sum(r * x[:, np.newaxis], axis=0) / np.sum(r, axis=0)
    square = np.sum(r * (x[:, np.newaxis] - new) ** 2, axis=0) / np.sum(r, axis=0)
    return new, np.sqrt(square)


def em_fixed_weights(x, weights, means, stds, n_rounds):
    x, means, stds = (np.asarray(values, dtype=float) for values in (x, means, stds))
    if not np.isclose(np.sum(weights), 1):
        raise ValueError("the weights must sum to one")
    step = functools.partial(one_round, x=x, log_weights=np.log(weights))
    return functools.reduce(step, range(n_rounds), (means, stds))
""",
        "call": 'check("05.3", em_fixed_weights)',
    },
    {
        "id": "05.3",
        "kind": "right",
        "says": "matrix products and their diagonal, lists returned",
        "code": """
import numpy as np
from scipy.stats import norm


def em_fixed_weights(x, weights, means, stds, n_rounds):
    left = int(n_rounds)
    while left > 0:
        joint = np.asarray(weights) * norm(means, stds).pdf(np.reshape(x, (-1, 1)))
        r = (joint.T / joint.sum(axis=1)).T
        means = r.T @ x / r.sum(axis=0)
        stds = np.sqrt(np.diag(r.T @ np.subtract.outer(x, means) ** 2) / r.sum(axis=0))
        left -= 1
    return list(means), list(stds)
""",
        "call": 'check("05.3", em_fixed_weights)',
    },
    {
        "id": "05.3",
        "kind": "wrong",
        "says": "weights updated after all",
        "cause": "Weights: you update them. They were to be held as given, also in the E step.",
        "code": """
import numpy as np
from scipy.stats import norm


def em_fixed_weights(x, weights, means, stds, n_rounds):
    for _ in range(n_rounds):
        joint = weights * norm.pdf(x[:, None], means, stds)
        r = joint / joint.sum(axis=1, keepdims=True)
        n_k = r.sum(axis=0)
        weights = n_k / len(x)
        means = x @ r / n_k
        stds = np.sqrt((r * (x[:, None] - means) ** 2).sum(axis=0) / n_k)
    return means, stds
""",
        "call": 'check("05.3", em_fixed_weights)',
    },
    {
        "id": "05.3",
        "kind": "wrong",
        "says": "weights left out of the E step",
        "cause": (
            "E step: the weights are missing. Held does not mean absent; they multiply the "
            "densities."
        ),
        "code": """
import numpy as np
from scipy.stats import norm


def em_fixed_weights(x, weights, means, stds, n_rounds):
    for _ in range(n_rounds):
        joint = norm.pdf(x[:, None], means, stds)
        r = joint / joint.sum(axis=1, keepdims=True)
        n_k = r.sum(axis=0)
        means = x @ r / n_k
        stds = np.sqrt((r * (x[:, None] - means) ** 2).sum(axis=0) / n_k)
    return means, stds
""",
        "call": 'check("05.3", em_fixed_weights)',
    },
    {
        "id": "05.3",
        "kind": "wrong",
        "says": "returns variances",
        "cause": "Standard deviations: you return variances. Take the root once more at the end.",
        "code": """
import numpy as np
from scipy.stats import norm


def em_fixed_weights(x, weights, means, stds, n_rounds):
    variances = stds**2
    for _ in range(n_rounds):
        joint = weights * norm.pdf(x[:, None], means, np.sqrt(variances))
        r = joint / joint.sum(axis=1, keepdims=True)
        n_k = r.sum(axis=0)
        means = x @ r / n_k
        variances = (r * (x[:, None] - means) ** 2).sum(axis=0) / n_k
    return means, variances
""",
        "call": 'check("05.3", em_fixed_weights)',
    },
    {
        "id": "05.3",
        "kind": "wrong",
        "says": "root forgotten between the rounds",
        "cause": (
            "M step: the root is missing, and from the second round on the density gets a "
            "variance for a width."
        ),
        "code": """
import numpy as np
from scipy.stats import norm


def em_fixed_weights(x, weights, means, stds, n_rounds):
    for _ in range(n_rounds):
        joint = weights * norm.pdf(x[:, None], means, stds)
        r = joint / joint.sum(axis=1, keepdims=True)
        n_k = r.sum(axis=0)
        means = x @ r / n_k
        stds = (r * (x[:, None] - means) ** 2).sum(axis=0) / n_k
    return means, np.sqrt(stds)
""",
        "call": 'check("05.3", em_fixed_weights)',
    },
    {
        "id": "05.3",
        "kind": "wrong",
        "says": "standard deviations taken for variances in the E step",
        "cause": "E step: you use stds as if they were variances. Square them in the exponent.",
        "code": """
import numpy as np


def em_fixed_weights(x, weights, means, stds, n_rounds):
    for _ in range(n_rounds):
        a = np.log(weights) - 0.5 * (np.log(stds) + (x[:, None] - means) ** 2 / stds)
        r = np.exp(a - a.max(axis=1, keepdims=True))
        r /= r.sum(axis=1, keepdims=True)
        n_k = r.sum(axis=0)
        means = x @ r / n_k
        stds = np.sqrt((r * (x[:, None] - means) ** 2).sum(axis=0) / n_k)
    return means, stds
""",
        "call": 'check("05.3", em_fixed_weights)',
    },
    {
        "id": "05.3",
        "kind": "wrong",
        "says": "distances from the old means",
        "cause": (
            "Standard deviations: measured from the old means. Renew the means first, then use "
            "them (9.25)."
        ),
        "code": """
import numpy as np
from scipy.stats import norm


def em_fixed_weights(x, weights, means, stds, n_rounds):
    for _ in range(n_rounds):
        joint = weights * norm.pdf(x[:, None], means, stds)
        r = joint / joint.sum(axis=1, keepdims=True)
        n_k = r.sum(axis=0)
        stds = np.sqrt((r * (x[:, None] - means) ** 2).sum(axis=0) / n_k)
        means = x @ r / n_k
    return means, stds
""",
        "call": 'check("05.3", em_fixed_weights)',
    },
    {
        "id": "05.3",
        "kind": "wrong",
        "says": "new responsibilities between means and widths",
        "cause": (
            "Standard deviations: you compute new shares after the means. One E step serves the "
            "whole round."
        ),
        "code": """
import numpy as np
from scipy.stats import norm


def shares(x, weights, means, stds):
    joint = weights * norm.pdf(x[:, None], means, stds)
    return joint / joint.sum(axis=1, keepdims=True)


def em_fixed_weights(x, weights, means, stds, n_rounds):
    for _ in range(n_rounds):
        r = shares(x, weights, means, stds)
        means = x @ r / r.sum(axis=0)
        r = shares(x, weights, means, stds)
        stds = np.sqrt((r * (x[:, None] - means) ** 2).sum(axis=0) / r.sum(axis=0))
    return means, stds
""",
        "call": 'check("05.3", em_fixed_weights)',
    },
    {
        "id": "05.3",
        "kind": "wrong",
        "says": "weights returned as well",
        "cause": "You return three parts. Asked for are two, means and standard deviations.",
        "code": """
import numpy as np
from scipy.stats import norm


def em_fixed_weights(x, weights, means, stds, n_rounds):
    for _ in range(n_rounds):
        joint = weights * norm.pdf(x[:, None], means, stds)
        r = joint / joint.sum(axis=1, keepdims=True)
        n_k = r.sum(axis=0)
        means = x @ r / n_k
        stds = np.sqrt((r * (x[:, None] - means) ** 2).sum(axis=0) / n_k)
    return weights, means, stds
""",
        "call": 'check("05.3", em_fixed_weights)',
    },
    {
        "id": "05.3",
        "kind": "wrong",
        "says": "standard deviations first",
        "cause": "The two parts are in the wrong order: means first, then standard deviations.",
        "code": """
import numpy as np
from scipy.stats import norm


def em_fixed_weights(x, weights, means, stds, n_rounds):
    for _ in range(n_rounds):
        joint = weights * norm.pdf(x[:, None], means, stds)
        r = joint / joint.sum(axis=1, keepdims=True)
        n_k = r.sum(axis=0)
        means = x @ r / n_k
        stds = np.sqrt((r * (x[:, None] - means) ** 2).sum(axis=0) / n_k)
    return stds, means
""",
        "call": 'check("05.3", em_fixed_weights)',
    },
    {
        "id": "05.3",
        "kind": "wrong",
        "says": "one round short",
        "cause": "You run one round too few: range(1, n_rounds) has n_rounds - 1 members.",
        "code": """
import numpy as np
from scipy.stats import norm


def em_fixed_weights(x, weights, means, stds, n_rounds):
    for _ in range(1, n_rounds):
        joint = weights * norm.pdf(x[:, None], means, stds)
        r = joint / joint.sum(axis=1, keepdims=True)
        n_k = r.sum(axis=0)
        means = x @ r / n_k
        stds = np.sqrt((r * (x[:, None] - means) ** 2).sum(axis=0) / n_k)
    return means, stds
""",
        "call": 'check("05.3", em_fixed_weights)',
    },
    {
        "id": "05.3",
        "kind": "wrong",
        "says": "widths not updated",
        "cause": (
            "Standard deviations: they stay as they were. Only the weights are held; update the "
            "widths too."
        ),
        "code": """
import numpy as np
from scipy.stats import norm


def em_fixed_weights(x, weights, means, stds, n_rounds):
    for _ in range(n_rounds):
        joint = weights * norm.pdf(x[:, None], means, stds)
        r = joint / joint.sum(axis=1, keepdims=True)
        means = x @ r / r.sum(axis=0)
    return means, stds
""",
        "call": 'check("05.3", em_fixed_weights)',
    },
    {
        "id": "05.3",
        "kind": "wrong",
        "says": "weights of one half hard-wired",
        "cause": "E step: you take one half for granted. Hold the weights that you are given.",
        "code": """
import numpy as np
from scipy.stats import norm


def em_fixed_weights(x, weights, means, stds, n_rounds):
    for _ in range(n_rounds):
        joint = 0.5 * norm.pdf(x[:, None], means, stds)
        r = joint / joint.sum(axis=1, keepdims=True)
        n_k = r.sum(axis=0)
        means = x @ r / n_k
        stds = np.sqrt((r * (x[:, None] - means) ** 2).sum(axis=0) / n_k)
    return means, stds
""",
        "call": 'check("05.3", em_fixed_weights)',
    },
    {
        "id": "05.3",
        "kind": "wrong",
        "says": "divided by the held weights times N",
        "cause": (
            "M step: you divide by weight times N. Divide by the effective count N_k; with held "
            "weights the two differ."
        ),
        "code": """
import numpy as np
from scipy.stats import norm


def em_fixed_weights(x, weights, means, stds, n_rounds):
    held = np.asarray(weights) * len(x)
    for _ in range(n_rounds):
        joint = weights * norm.pdf(x[:, None], means, stds)
        r = joint / joint.sum(axis=1, keepdims=True)
        means = x @ r / held
        stds = np.sqrt((r * (x[:, None] - means) ** 2).sum(axis=0) / held)
    return means, stds
""",
        "call": 'check("05.3", em_fixed_weights)',
    },
    {
        "id": "05.3",
        "kind": "wrong",
        "says": "hard assignment",
        "cause": "E step: each number goes wholly to one component. Share it.",
        "code": """
import numpy as np
from scipy.stats import norm


def em_fixed_weights(x, weights, means, stds, n_rounds):
    for _ in range(n_rounds):
        joint = weights * norm.pdf(x[:, None], means, stds)
        r = np.eye(len(weights))[joint.argmax(axis=1)]
        n_k = np.maximum(r.sum(axis=0), 1e-12)
        means = x @ r / n_k
        stds = np.sqrt((r * (x[:, None] - means) ** 2).sum(axis=0) / n_k)
    return means, np.maximum(stds, 1e-6)
""",
        "call": 'check("05.3", em_fixed_weights)',
    },
    {
        "id": "05.3",
        "kind": "hostile",
        "says": "right values, but written over the caller's arrays",
        "code": """
import numpy as np
from scipy.stats import norm


def em_fixed_weights(x, weights, means, stds, n_rounds):
    for _ in range(n_rounds):
        joint = weights * norm.pdf(x[:, None], means, stds)
        r = joint / joint.sum(axis=1, keepdims=True)
        n_k = r.sum(axis=0)
        means[:] = x @ r / n_k
        stds[:] = np.sqrt((r * (x[:, None] - means) ** 2).sum(axis=0) / n_k)
    return means, stds
""",
        "call": 'check("05.3", em_fixed_weights)',
    },
    {
        "id": "05.3",
        "kind": "hostile",
        "says": "recursion that counts upwards",
        "code": """
import numpy as np
from scipy.stats import norm


def em_fixed_weights(x, weights, means, stds, n_rounds):
    if n_rounds == 0:
        return means, stds
    joint = weights * norm.pdf(x[:, None], means, stds)
    r = joint / joint.sum(axis=1, keepdims=True)
    return em_fixed_weights(x, weights, x @ r / r.sum(axis=0), stds, n_rounds + 1)
""",
        "call": 'check("05.3", em_fixed_weights)',
    },
    {
        "id": "05.3",
        "kind": "hostile",
        "says": "right values, but makes numpy raise afterwards and prints",
        "code": """
import numpy as np
from scipy.stats import norm


def em_fixed_weights(x, weights, means, stds, n_rounds):
    for n in range(n_rounds):
        joint = weights * norm.pdf(x[:, None], means, stds)
        r = joint / joint.sum(axis=1, keepdims=True)
        n_k = r.sum(axis=0)
        means = x @ r / n_k
        stds = np.sqrt((r * (x[:, None] - means) ** 2).sum(axis=0) / n_k)
        print("round", n + 1, means, stds)
    np.seterr(all="raise")
    return means, stds
""",
        "call": 'check("05.3", em_fixed_weights)',
    },
    {
        "id": "05.3",
        "kind": "hostile",
        "says": "forgets to return",
        "code": """
import numpy as np
from scipy.stats import norm


def em_fixed_weights(x, weights, means, stds, n_rounds):
    for _ in range(n_rounds):
        joint = weights * norm.pdf(x[:, None], means, stds)
        r = joint / joint.sum(axis=1, keepdims=True)
        means = x @ r / r.sum(axis=0)
        stds = np.sqrt((r * (x[:, None] - means) ** 2).sum(axis=0) / r.sum(axis=0))
""",
        "call": 'check("05.3", em_fixed_weights)',
    },
]
