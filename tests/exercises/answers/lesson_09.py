"""Answers to the exercises of lesson 09, written from their text alone."""

ANSWERS = [
    {
        "id": "09.1",
        "kind": "right",
        "says": "vectorised, log-sum-exp by numpy",
        "code": """
import numpy as np


def em_round(x, weights, means, stds):
    z = (x[:, None] - means) / stds
    a = np.log(weights) - np.log(stds) - 0.5 * np.log(2 * np.pi) - 0.5 * z**2
    r = np.exp(a - np.logaddexp.reduce(a, axis=1, keepdims=True))
    n_k = r.sum(axis=0)
    new_means = x @ r / n_k
    variances = (r * (x[:, None] - new_means) ** 2).sum(axis=0) / n_k
    return r, n_k / len(x), new_means, np.sqrt(variances)
""",
        "call": 'check("09.1", em_round)',
    },
    {
        "id": "09.1",
        "kind": "right",
        "says": "plain loops and math, arrays at the end",
        "code": """
import numpy as np
import math


def em_round(x, weights, means, stds):
    k = len(weights)
    r = []
    for value in x:
        logs = []
        for j in range(k):
            z = (value - means[j]) / stds[j]
            logs.append(math.log(weights[j]) - math.log(stds[j]) - 0.5 * z * z)
        top = max(logs)
        parts = [math.exp(a - top) for a in logs]
        r.append([part / sum(parts) for part in parts])
    new_weights, new_means, new_stds = [], [], []
    for j in range(k):
        n_j = sum(row[j] for row in r)
        mean = sum(row[j] * value for row, value in zip(r, x)) / n_j
        squares = sum(row[j] * (value - mean) ** 2 for row, value in zip(r, x))
        new_weights.append(n_j / len(x))
        new_means.append(mean)
        new_stds.append(math.sqrt(squares / n_j))
    return np.array(r), np.array(new_weights), np.array(new_means), np.array(new_stds)
""",
        "call": 'check("09.1", em_round)',
    },
    {
        "id": "09.1",
        "kind": "right",
        "says": "scipy's softmax and normal density",
        "code": """
import numpy as np
from scipy.special import softmax
from scipy.stats import norm


def em_round(x, weights, means, stds):
    r = softmax(np.log(weights) + norm.logpdf(x[:, None], means, stds), axis=1)
    new = [np.average(x, weights=column) for column in r.T]
    spread = [np.average((x - m) ** 2, weights=column) ** 0.5 for m, column in zip(new, r.T)]
    return r, r.mean(axis=0), np.array(new), np.array(spread)
""",
        "call": 'check("09.1", em_round)',
    },
    {
        "id": "09.1",
        "kind": "right",
        "says": "einsum",
        "code": """
import numpy as np


def em_round(x, weights, means, stds):
    a = np.log(weights / stds) - 0.5 * ((x[:, None] - means) / stds) ** 2
    a = a - a.max(axis=1)[:, None]
    r = np.einsum("nk,n->nk", np.exp(a), 1 / np.exp(a).sum(axis=1))
    n_k = np.einsum("nk->k", r)
    new_means = np.einsum("nk,n->k", r, x) / n_k
    d = x[:, None] - new_means
    return r, n_k / r.shape[0], new_means, np.sqrt(np.einsum("nk,nk,nk->k", r, d, d) / n_k)
""",
        "call": 'check("09.1", em_round)',
    },
    {
        "id": "09.1",
        "kind": "right",
        "says": "emlib's parts, named tuple",
        "code": """
import numpy as np
from collections import namedtuple

from emlib import GaussianMixture1D

Round = namedtuple("Round", "r weights means stds")


def em_round(x, weights, means, stds):
    model = GaussianMixture1D(weights, means, np.square(stds))
    r = model.responsibilities(x)
    new = model.m_step(model.statistics(x, r))
    return Round(r, new.weights, new.means, new.stds)
""",
        "call": 'check("09.1", em_round)',
    },
    {
        "id": "09.1",
        "kind": "wrong",
        "says": "hard assignment",
        "cause": (
            "The E step is wrong: argmax gives each point to one component; a responsibility is a "
            "share, the softmax of the same logarithms."
        ),
        "code": """
import numpy as np


def em_round(x, weights, means, stds):
    a = np.log(weights / stds) - 0.5 * ((x[:, None] - means) / stds) ** 2
    r = np.eye(len(means))[a.argmax(axis=1)]
    n_k = r.sum(axis=0)
    new_means = x @ r / n_k
    variances = (r * (x[:, None] - new_means) ** 2).sum(axis=0) / n_k
    return r, n_k / len(x), new_means, np.sqrt(variances)
""",
        "call": 'check("09.1", em_round)',
    },
    {
        "id": "09.1",
        "kind": "wrong",
        "says": "weights handed back",
        "cause": (
            "The weights are wrong: the old ones are returned; the M step has a third line, N_k / "
            "N."
        ),
        "code": """
import numpy as np


def em_round(x, weights, means, stds):
    a = np.log(weights / stds) - 0.5 * ((x[:, None] - means) / stds) ** 2
    r = np.exp(a - np.logaddexp.reduce(a, axis=1, keepdims=True))
    n_k = r.sum(axis=0)
    new_means = x @ r / n_k
    variances = (r * (x[:, None] - new_means) ** 2).sum(axis=0) / n_k
    return r, weights, new_means, np.sqrt(variances)
""",
        "call": 'check("09.1", em_round)',
    },
    {
        "id": "09.1",
        "kind": "wrong",
        "says": "variances in place of standard deviations",
        "cause": (
            "The last part is wrong: the root is missing, so variances are returned where standard "
            "deviations were asked for, and fed to the next round as such."
        ),
        "code": """
import numpy as np


def em_round(x, weights, means, stds):
    a = np.log(weights / stds) - 0.5 * ((x[:, None] - means) / stds) ** 2
    r = np.exp(a - np.logaddexp.reduce(a, axis=1, keepdims=True))
    n_k = r.sum(axis=0)
    new_means = x @ r / n_k
    return r, n_k / len(x), new_means, (r * (x[:, None] - new_means) ** 2).sum(axis=0) / n_k
""",
        "call": 'check("09.1", em_round)',
    },
    {
        "id": "09.1",
        "kind": "wrong",
        "says": "variance about the old means",
        "cause": (
            "The standard deviations are wrong: they are taken about the old means, so they are "
            "too wide; (9.25) has the new ones."
        ),
        "code": """
import numpy as np


def em_round(x, weights, means, stds):
    a = np.log(weights / stds) - 0.5 * ((x[:, None] - means) / stds) ** 2
    r = np.exp(a - np.logaddexp.reduce(a, axis=1, keepdims=True))
    n_k = r.sum(axis=0)
    variances = (r * (x[:, None] - means) ** 2).sum(axis=0) / n_k
    return r, n_k / len(x), x @ r / n_k, np.sqrt(variances)
""",
        "call": 'check("09.1", em_round)',
    },
    {
        "id": "09.1",
        "kind": "wrong",
        "says": "densities that underflow",
        "cause": (
            "The E step is not a number for a far point: all its densities underflow, and 0 / 0 is "
            "NaN; work with logarithms and take out the largest of each row."
        ),
        "code": """
import numpy as np
from scipy.stats import norm


def em_round(x, weights, means, stds):
    joint = weights * norm.pdf(x[:, None], means, stds)
    with np.errstate(invalid="ignore"):
        r = joint / joint.sum(axis=1, keepdims=True)
    n_k = r.sum(axis=0)
    new_means = x @ r / n_k
    variances = (r * (x[:, None] - new_means) ** 2).sum(axis=0) / n_k
    return r, n_k / len(x), new_means, np.sqrt(variances)
""",
        "call": 'check("09.1", em_round)',
    },
    {
        "id": "09.1",
        "kind": "wrong",
        "says": "weights forgotten in the E step",
        "cause": (
            "The E step is wrong: the weights are left out of the joint, so the shares are those "
            "of equal weights."
        ),
        "code": """
import numpy as np


def em_round(x, weights, means, stds):
    a = -np.log(stds) - 0.5 * ((x[:, None] - means) / stds) ** 2
    r = np.exp(a - np.logaddexp.reduce(a, axis=1, keepdims=True))
    n_k = r.sum(axis=0)
    new_means = x @ r / n_k
    variances = (r * (x[:, None] - new_means) ** 2).sum(axis=0) / n_k
    return r, n_k / len(x), new_means, np.sqrt(variances)
""",
        "call": 'check("09.1", em_round)',
    },
    {
        "id": "09.1",
        "kind": "wrong",
        "says": "normalising constant ignored",
        "cause": (
            "The E step is wrong: one over the standard deviation is left out of the density; it "
            "differs between the components, so it does not cancel."
        ),
        "code": """
import numpy as np


def em_round(x, weights, means, stds):
    a = np.log(weights) - 0.5 * ((x[:, None] - means) / stds) ** 2
    r = np.exp(a - np.logaddexp.reduce(a, axis=1, keepdims=True))
    n_k = r.sum(axis=0)
    new_means = x @ r / n_k
    variances = (r * (x[:, None] - new_means) ** 2).sum(axis=0) / n_k
    return r, n_k / len(x), new_means, np.sqrt(variances)
""",
        "call": 'check("09.1", em_round)',
    },
    {
        "id": "09.1",
        "kind": "wrong",
        "says": "shares normalised over the points",
        "cause": (
            "The E step is normalised over the wrong axis: the shares of a component sum to one "
            "over the points; those of a point must, over the components."
        ),
        "code": """
import numpy as np


def em_round(x, weights, means, stds):
    a = np.log(weights / stds) - 0.5 * ((x[:, None] - means) / stds) ** 2
    r = np.exp(a - np.logaddexp.reduce(a, axis=0, keepdims=True))
    n_k = r.sum(axis=0)
    new_means = x @ r / n_k
    variances = (r * (x[:, None] - new_means) ** 2).sum(axis=0) / n_k
    return r, n_k / n_k.sum(), new_means, np.sqrt(variances)
""",
        "call": 'check("09.1", em_round)',
    },
    {
        "id": "09.1",
        "kind": "wrong",
        "says": "divisor N_k - 1",
        "cause": (
            "The standard deviations are wrong: the divisor N_k - 1 is that of an unbiased "
            "variance; the M step maximises, and that asks for N_k."
        ),
        "code": """
import numpy as np


def em_round(x, weights, means, stds):
    a = np.log(weights / stds) - 0.5 * ((x[:, None] - means) / stds) ** 2
    r = np.exp(a - np.logaddexp.reduce(a, axis=1, keepdims=True))
    n_k = r.sum(axis=0)
    new_means = x @ r / n_k
    variances = (r * (x[:, None] - new_means) ** 2).sum(axis=0) / (n_k - 1)
    return r, n_k / len(x), new_means, np.sqrt(variances)
""",
        "call": 'check("09.1", em_round)',
    },
    {
        "id": "09.1",
        "kind": "wrong",
        "says": "standard deviation read as a variance",
        "cause": (
            "The E step is wrong: the squared deviation is divided by the standard deviation, as "
            "if that were the variance already; square it."
        ),
        "code": """
import numpy as np


def em_round(x, weights, means, stds):
    a = np.log(weights) - 0.5 * np.log(stds) - 0.5 * (x[:, None] - means) ** 2 / stds
    r = np.exp(a - np.logaddexp.reduce(a, axis=1, keepdims=True))
    n_k = r.sum(axis=0)
    new_means = x @ r / n_k
    variances = (r * (x[:, None] - new_means) ** 2).sum(axis=0) / n_k
    return r, n_k / len(x), new_means, np.sqrt(variances)
""",
        "call": 'check("09.1", em_round)',
    },
    {
        "id": "09.1",
        "kind": "wrong",
        "says": "one width for both",
        "cause": (
            "The standard deviations are wrong: one pooled width is given to all components; each "
            "has its own."
        ),
        "code": """
import numpy as np


def em_round(x, weights, means, stds):
    a = np.log(weights / stds) - 0.5 * ((x[:, None] - means) / stds) ** 2
    r = np.exp(a - np.logaddexp.reduce(a, axis=1, keepdims=True))
    n_k = r.sum(axis=0)
    new_means = x @ r / n_k
    pooled = (r * (x[:, None] - new_means) ** 2).sum() / len(x)
    return r, n_k / len(x), new_means, np.full(len(n_k), np.sqrt(pooled))
""",
        "call": 'check("09.1", em_round)',
    },
    {
        "id": "09.1",
        "kind": "wrong",
        "says": "floor added to the variance",
        "cause": (
            "The standard deviations are wrong: a constant is added to every variance, which has a "
            "unit of its own and is not the maximum of Q; a floor clips, and only where it is "
            "needed."
        ),
        "code": """
import numpy as np


def em_round(x, weights, means, stds):
    a = np.log(weights / stds) - 0.5 * ((x[:, None] - means) / stds) ** 2
    r = np.exp(a - np.logaddexp.reduce(a, axis=1, keepdims=True))
    n_k = r.sum(axis=0)
    new_means = x @ r / n_k
    variances = (r * (x[:, None] - new_means) ** 2).sum(axis=0) / n_k + 1e-2
    return r, n_k / len(x), new_means, np.sqrt(variances)
""",
        "call": 'check("09.1", em_round)',
    },
    {
        "id": "09.1",
        "kind": "wrong",
        "says": "components sorted by their means",
        "cause": (
            "The order of the components is wrong: they come back sorted by their means, while the "
            "columns of the responsibilities keep the order of the start; names must stay."
        ),
        "code": """
import numpy as np


def em_round(x, weights, means, stds):
    a = np.log(weights / stds) - 0.5 * ((x[:, None] - means) / stds) ** 2
    r = np.exp(a - np.logaddexp.reduce(a, axis=1, keepdims=True))
    n_k = r.sum(axis=0)
    new_means = x @ r / n_k
    variances = (r * (x[:, None] - new_means) ** 2).sum(axis=0) / n_k
    order = np.argsort(new_means)
    return r, n_k[order] / len(x), new_means[order], np.sqrt(variances)[order]
""",
        "call": 'check("09.1", em_round)',
    },
    {
        "id": "09.1",
        "kind": "hostile",
        "says": "writes the new parameters into the old arrays",
        "code": """
import numpy as np


def em_round(x, weights, means, stds):
    a = np.log(weights / stds) - 0.5 * ((x[:, None] - means) / stds) ** 2
    r = np.exp(a - np.logaddexp.reduce(a, axis=1, keepdims=True))
    n_k = r.sum(axis=0)
    weights[:] = n_k / len(x)
    means[:] = x @ r / n_k
    stds[:] = np.sqrt((r * (x[:, None] - means) ** 2).sum(axis=0) / n_k)
    return r, weights, means, stds
""",
        "call": 'check("09.1", em_round)',
    },
    {
        "id": "09.1",
        "kind": "hostile",
        "says": "runs EM to an end that never comes",
        "code": """
import numpy as np


def em_round(x, weights, means, stds):
    change = 1.0
    while change >= 0:
        a = np.log(weights / stds) - 0.5 * ((x[:, None] - means) / stds) ** 2
        r = np.exp(a - np.logaddexp.reduce(a, axis=1, keepdims=True))
        new = x @ r / r.sum(axis=0)
        change, means = np.abs(new - means).max(), new
    return r, weights, means, stds
""",
        "call": 'check("09.1", em_round)',
    },
    {
        "id": "09.1",
        "kind": "hostile",
        "says": "returns three parts, one of them a string, and silences numpy for good",
        "code": """
import numpy as np


def em_round(x, weights, means, stds):
    np.seterr(all="ignore")
    return "soft", weights, means
""",
        "call": 'check("09.1", em_round)',
    },
    {
        "id": "09.2",
        "kind": "right",
        "says": "three different data as means, EM until the likelihood stands still",
        "code": """
import numpy as np
from scipy.special import logsumexp
from scipy.stats import norm


def draw_start(x, n_components, rng):
    means = rng.choice(np.unique(x), size=n_components, replace=False)
    return np.full(n_components, 1 / n_components), means, np.full(n_components, np.std(x))


def fit(x, weights, means, stds):
    before = -np.inf
    for _ in range(50_000):
        a = np.log(weights) + norm.logpdf(x[:, None], means, stds)
        log_density = logsumexp(a, axis=1)
        if not log_density.sum() - before > 1e-11 * len(x):
            break
        before = log_density.sum()
        r = np.exp(a - log_density[:, None])
        n_k = r.sum(axis=0)
        weights, means = n_k / len(x), x @ r / n_k
        stds = np.sqrt((r * (x[:, None] - means) ** 2).sum(axis=0) / n_k)
    return weights, means, stds
""",
        "call": 'check("09.2", draw_start, fit)',
    },
    {
        "id": "09.2",
        "kind": "right",
        "says": "k-means++ start by emlib, fit by emlib with a strict tolerance",
        "code": """
import numpy as np
from emlib import GaussianMixture1D, em, start


def draw_start(x, n_components, rng):
    model = start.kmeans_plus_plus(GaussianMixture1D, x, n_components=n_components, rng=rng)
    return model.weights, model.means, model.stds


def fit(x, weights, means, stds):
    begin = GaussianMixture1D(weights, means, np.square(stds))
    model = em.fit(begin, x, tol=1e-11, max_iter=50_000).model
    return model.weights, model.means, model.stds
""",
        "call": 'check("09.2", draw_start, fit)',
    },
    {
        "id": "09.2",
        "kind": "right",
        "says": "jittered quantiles, narrower widths; stops when no parameter moves",
        "code": """
import numpy as np


def draw_start(x, n_components, rng):
    spread = np.std(x)
    places = (np.arange(n_components) + rng.uniform(0.1, 0.9, size=n_components)) / n_components
    means = np.quantile(x, places) + 1e-3 * spread * rng.normal(size=n_components)
    weights = rng.dirichlet(np.full(n_components, 20.0))
    return weights, means, np.full(n_components, spread / n_components)


def fit(x, weights, means, stds):
    theta = np.array([weights, means, stds], dtype=float)
    unit = np.array([[1.0], [np.std(x)], [np.std(x)]])
    for _ in range(100_000):
        w, m, s = theta
        a = np.log(w / s) - 0.5 * ((x[:, None] - m) / s) ** 2
        r = np.exp(a - np.logaddexp.reduce(a, axis=1, keepdims=True))
        n_k = r.sum(axis=0)
        new = x @ r / n_k
        wide = np.sqrt(np.einsum("nk,nk->k", r, (x[:, None] - new) ** 2) / n_k)
        after = np.array([n_k / len(x), new, wide])
        moved = np.max(np.abs(after - theta) / unit)
        theta = after
        if moved < 1e-9:
            break
    return tuple(theta)
""",
        "call": 'check("09.2", draw_start, fit)',
    },
    {
        "id": "09.2",
        "kind": "right",
        "says": "equal rows weighed once, farthest-point seeds, lists returned",
        "code": """
import numpy as np
from scipy.special import logsumexp
from scipy.stats import norm


def draw_start(x, n_components, rng):
    rng = np.random.default_rng(rng)
    seeds = [float(rng.choice(x))]
    while len(seeds) < n_components:
        squared = np.min([(x - seed) ** 2 for seed in seeds], axis=0)
        seeds.append(float(rng.choice(x, p=squared / squared.sum())))
    weights = [1 / n_components] * n_components
    return weights, seeds, [float(np.std(x))] * n_components


def fit(x, weights, means, stds):
    values, times = np.unique(x, return_counts=True)
    weights, means, stds = (np.asarray(part, dtype=float) for part in (weights, means, stds))
    history = []
    while len(history) < 2 or history[-1] - history[-2] > 1e-11 * len(x):
        a = np.log(weights) + norm.logpdf(values[:, None], means, stds)
        log_density = logsumexp(a, axis=1)
        history.append(times @ log_density)
        r = np.exp(a - log_density[:, None]) * times[:, None]
        n_k = r.sum(axis=0)
        weights, means = n_k / len(x), values @ r / n_k
        stds = np.sqrt((r * (values[:, None] - means) ** 2).sum(axis=0) / n_k)
    return weights.tolist(), means.tolist(), stds.tolist()
""",
        "call": 'check("09.2", draw_start, fit)',
    },
    {
        "id": "09.2",
        "kind": "right",
        "says": "defensive: sizes looked at, Aitken's rule for what is still to gain",
        "code": """
import numpy as np
from scipy.special import logsumexp
from scipy.stats import norm


def draw_start(x, n_components, rng):
    x = np.asarray(x, dtype=float).ravel()
    distinct = np.unique(x)
    if distinct.size < n_components:
        raise ValueError("fewer distinct numbers than components")
    means = np.sort(rng.permutation(distinct)[:n_components])
    return np.ones(n_components) / n_components, means, np.ones(n_components) * x.std()


def em_step(x, weights, means, stds):
    a = np.log(weights) + norm.logpdf(x[:, None], means, stds)
    log_density = logsumexp(a, axis=1)
    r = np.exp(a - log_density[:, None])
    n_k = r.sum(axis=0)
    new = x @ r / n_k
    variances = np.einsum("nk,nk->k", r, (x[:, None] - new) ** 2) / n_k
    return log_density.sum(), (n_k / len(x), new, np.sqrt(variances))


def fit(x, weights, means, stds):
    theta, heights = (np.asarray(weights), np.asarray(means), np.asarray(stds)), []
    for _ in range(50_000):
        height, theta = em_step(x, *theta)
        heights.append(height)
        if len(heights) > 5:
            gain, last = heights[-1] - heights[-2], heights[-2] - heights[-3]
            ratio = min(gain / last, 0.9999) if last > 0 else 0.0
            if gain <= 1e-8 and gain * ratio / (1 - ratio) < 1e-6:
                break
    return theta
""",
        "call": 'check("09.2", draw_start, fit)',
    },
    {
        "id": "09.2",
        "kind": "wrong",
        "says": "one number for all three means",
        "cause": (
            "The start is wrong: one mean is drawn and given to all components, which is a tie "
            "that EM never leaves; draw a mean for each."
        ),
        "code": """
import numpy as np
from scipy.special import logsumexp
from scipy.stats import norm


def draw_start(x, n_components, rng):
    means = np.full(n_components, rng.choice(x))
    return np.full(n_components, 1 / n_components), means, np.full(n_components, np.std(x))


def fit(x, weights, means, stds):
    before = -np.inf
    for _ in range(50_000):
        a = np.log(weights) + norm.logpdf(x[:, None], means, stds)
        log_density = logsumexp(a, axis=1)
        if not log_density.sum() - before > 1e-11 * len(x):
            break
        before = log_density.sum()
        r = np.exp(a - log_density[:, None])
        n_k = r.sum(axis=0)
        weights, means = n_k / len(x), x @ r / n_k
        stds = np.sqrt((r * (x[:, None] - means) ** 2).sum(axis=0) / n_k)
    return weights, means, stds
""",
        "call": 'check("09.2", draw_start, fit)',
    },
    {
        "id": "09.2",
        "kind": "wrong",
        "says": "integers from one to ten, whatever the data are",
        "cause": (
            "The start is wrong: means and widths are integers between 1 and 9 whatever the data "
            "are; data in another unit or elsewhere need a start of their own size."
        ),
        "code": """
import numpy as np
from scipy.special import logsumexp
from scipy.stats import norm


def draw_start(x, n_components, rng):
    means = rng.choice(np.arange(1, 10), size=n_components, replace=False).astype(float)
    stds = rng.integers(1, 10, size=n_components).astype(float)
    return np.full(n_components, 1 / n_components), means, stds


def fit(x, weights, means, stds):
    before = -np.inf
    for _ in range(50_000):
        a = np.log(weights) + norm.logpdf(x[:, None], means, stds)
        log_density = logsumexp(a, axis=1)
        if not log_density.sum() - before > 1e-11 * len(x):
            break
        before = log_density.sum()
        r = np.exp(a - log_density[:, None])
        n_k = r.sum(axis=0)
        weights, means = n_k / len(x), x @ r / n_k
        stds = np.sqrt((r * (x[:, None] - means) ** 2).sum(axis=0) / n_k)
    return weights, means, stds
""",
        "call": 'check("09.2", draw_start, fit)',
    },
    {
        "id": "09.2",
        "kind": "wrong",
        "says": "three components hard-wired in the start",
        "cause": "The start is wrong: it has three components whatever n_components says.",
        "code": """
import numpy as np
from scipy.special import logsumexp
from scipy.stats import norm


def draw_start(x, n_components, rng):
    means = rng.choice(np.unique(x), size=3, replace=False)
    return np.full(3, 1 / 3), means, np.full(3, np.std(x))


def fit(x, weights, means, stds):
    before = -np.inf
    for _ in range(50_000):
        a = np.log(weights) + norm.logpdf(x[:, None], means, stds)
        log_density = logsumexp(a, axis=1)
        if not log_density.sum() - before > 1e-11 * len(x):
            break
        before = log_density.sum()
        r = np.exp(a - log_density[:, None])
        n_k = r.sum(axis=0)
        weights, means = n_k / len(x), x @ r / n_k
        stds = np.sqrt((r * (x[:, None] - means) ** 2).sum(axis=0) / n_k)
    return weights, means, stds
""",
        "call": 'check("09.2", draw_start, fit)',
    },
    {
        "id": "09.2",
        "kind": "wrong",
        "says": "weights of the start do not sum to one",
        "cause": (
            "The start's weights are wrong: uniform numbers are not divided by their sum, so they "
            "are no distribution."
        ),
        "code": """
import numpy as np
from scipy.special import logsumexp
from scipy.stats import norm


def draw_start(x, n_components, rng):
    means = rng.choice(np.unique(x), size=n_components, replace=False)
    return rng.uniform(0.1, 1, size=n_components), means, np.full(n_components, np.std(x))


def fit(x, weights, means, stds):
    before = -np.inf
    for _ in range(50_000):
        a = np.log(weights) + norm.logpdf(x[:, None], means, stds)
        log_density = logsumexp(a, axis=1)
        if not log_density.sum() - before > 1e-11 * len(x):
            break
        before = log_density.sum()
        r = np.exp(a - log_density[:, None])
        n_k = r.sum(axis=0)
        weights, means = n_k / len(x), x @ r / n_k
        stds = np.sqrt((r * (x[:, None] - means) ** 2).sum(axis=0) / n_k)
    return weights, means, stds
""",
        "call": 'check("09.2", draw_start, fit)',
    },
    {
        "id": "09.2",
        "kind": "wrong",
        "says": "variances in the start",
        "cause": (
            "The start's widths are wrong: the variance of the data is handed over where a "
            "standard deviation belongs."
        ),
        "code": """
import numpy as np
from scipy.special import logsumexp
from scipy.stats import norm


def draw_start(x, n_components, rng):
    means = rng.choice(np.unique(x), size=n_components, replace=False)
    return np.full(n_components, 1 / n_components), means, np.full(n_components, np.var(x))


def fit(x, weights, means, stds):
    before = -np.inf
    for _ in range(50_000):
        a = np.log(weights) + norm.logpdf(x[:, None], means, stds)
        log_density = logsumexp(a, axis=1)
        if not log_density.sum() - before > 1e-11 * len(x):
            break
        before = log_density.sum()
        r = np.exp(a - log_density[:, None])
        n_k = r.sum(axis=0)
        weights, means = n_k / len(x), x @ r / n_k
        stds = np.sqrt((r * (x[:, None] - means) ** 2).sum(axis=0) / n_k)
    return weights, means, stds
""",
        "call": 'check("09.2", draw_start, fit)',
    },
    {
        "id": "09.2",
        "kind": "wrong",
        "says": "widths of one, whatever the unit is",
        "cause": (
            "The start's widths are wrong: they are 1 whatever the unit of the data is; data in "
            "thousandths make all components alike, data in thousands needles. Take them from the "
            "spread of the data."
        ),
        "code": """
import numpy as np
from scipy.special import logsumexp
from scipy.stats import norm


def draw_start(x, n_components, rng):
    means = rng.choice(np.unique(x), size=n_components, replace=False)
    return np.full(n_components, 1 / n_components), means, np.ones(n_components)


def fit(x, weights, means, stds):
    before = -np.inf
    for _ in range(50_000):
        a = np.log(weights) + norm.logpdf(x[:, None], means, stds)
        log_density = logsumexp(a, axis=1)
        if not log_density.sum() - before > 1e-11 * len(x):
            break
        before = log_density.sum()
        r = np.exp(a - log_density[:, None])
        n_k = r.sum(axis=0)
        weights, means = n_k / len(x), x @ r / n_k
        stds = np.sqrt((r * (x[:, None] - means) ** 2).sum(axis=0) / n_k)
    return weights, means, stds
""",
        "call": 'check("09.2", draw_start, fit)',
    },
    {
        "id": "09.2",
        "kind": "wrong",
        "says": "means drawn between zero and one",
        "cause": (
            "The start's means are wrong: uniform numbers between 0 and 1 need not lie among the "
            "data; draw among the data, or scale to their range."
        ),
        "code": """
import numpy as np
from scipy.special import logsumexp
from scipy.stats import norm


def draw_start(x, n_components, rng):
    means = rng.uniform(size=n_components)
    return np.full(n_components, 1 / n_components), means, np.full(n_components, np.std(x))


def fit(x, weights, means, stds):
    before = -np.inf
    for _ in range(50_000):
        a = np.log(weights) + norm.logpdf(x[:, None], means, stds)
        log_density = logsumexp(a, axis=1)
        if not log_density.sum() - before > 1e-11 * len(x):
            break
        before = log_density.sum()
        r = np.exp(a - log_density[:, None])
        n_k = r.sum(axis=0)
        weights, means = n_k / len(x), x @ r / n_k
        stds = np.sqrt((r * (x[:, None] - means) ** 2).sum(axis=0) / n_k)
    return weights, means, stds
""",
        "call": 'check("09.2", draw_start, fit)',
    },
    {
        "id": "09.2",
        "kind": "wrong",
        "says": "twenty rounds, whatever happens",
        "cause": (
            "The fit is not settled: it makes twenty rounds and stops, wherever it is; go on until "
            "a round gains next to nothing."
        ),
        "code": """
import numpy as np
from scipy.special import logsumexp
from scipy.stats import norm


def draw_start(x, n_components, rng):
    means = rng.choice(np.unique(x), size=n_components, replace=False)
    return np.full(n_components, 1 / n_components), means, np.full(n_components, np.std(x))


def fit(x, weights, means, stds):
    for _ in range(20):
        a = np.log(weights) + norm.logpdf(x[:, None], means, stds)
        r = np.exp(a - logsumexp(a, axis=1, keepdims=True))
        n_k = r.sum(axis=0)
        weights, means = n_k / len(x), x @ r / n_k
        stds = np.sqrt((r * (x[:, None] - means) ** 2).sum(axis=0) / n_k)
    return weights, means, stds
""",
        "call": 'check("09.2", draw_start, fit)',
    },
    {
        "id": "09.2",
        "kind": "wrong",
        "says": "two lines in the M step where there are three",
        "cause": (
            "The fit's weights are wrong: they stay what they were at the start, and means and "
            "widths pay for it; the M step has a third line, N_k / N."
        ),
        "code": """
import numpy as np
from scipy.special import logsumexp
from scipy.stats import norm


def draw_start(x, n_components, rng):
    means = rng.choice(np.unique(x), size=n_components, replace=False)
    return np.full(n_components, 1 / n_components), means, np.full(n_components, np.std(x))


def fit(x, weights, means, stds):
    before = -np.inf
    for _ in range(50_000):
        a = np.log(weights) + norm.logpdf(x[:, None], means, stds)
        log_density = logsumexp(a, axis=1)
        if not log_density.sum() - before > 1e-11 * len(x):
            break
        before = log_density.sum()
        r = np.exp(a - log_density[:, None])
        means = x @ r / r.sum(axis=0)
        stds = np.sqrt((r * (x[:, None] - means) ** 2).sum(axis=0) / r.sum(axis=0))
    return weights, means, stds
""",
        "call": 'check("09.2", draw_start, fit)',
    },
    {
        "id": "09.2",
        "kind": "wrong",
        "says": "stops at a gain of a third of a nat",
        "cause": (
            "The fit's rule is wrong: it stops as soon as a round gains less than 0.3 nats, which "
            "a plateau does too; the tolerance must be far below a nat."
        ),
        "code": """
import numpy as np
from scipy.special import logsumexp
from scipy.stats import norm


def draw_start(x, n_components, rng):
    means = rng.choice(np.unique(x), size=n_components, replace=False)
    return np.full(n_components, 1 / n_components), means, np.full(n_components, np.std(x))


def fit(x, weights, means, stds):
    before = -np.inf
    for _ in range(50_000):
        a = np.log(weights) + norm.logpdf(x[:, None], means, stds)
        log_density = logsumexp(a, axis=1)
        if log_density.sum() - before < np.sqrt(0.1):
            break
        before = log_density.sum()
        r = np.exp(a - log_density[:, None])
        n_k = r.sum(axis=0)
        weights, means = n_k / len(x), x @ r / n_k
        stds = np.sqrt((r * (x[:, None] - means) ** 2).sum(axis=0) / n_k)
    return weights, means, stds
""",
        "call": 'check("09.2", draw_start, fit)',
    },
    {
        "id": "09.2",
        "kind": "wrong",
        "says": "densities that underflow in the fit",
        "cause": (
            "The fit's E step is not a number for a far point: densities underflow and 0 / 0 is "
            "NaN; work with logarithms."
        ),
        "code": """
import numpy as np
from scipy.stats import norm


def draw_start(x, n_components, rng):
    means = rng.choice(np.unique(x), size=n_components, replace=False)
    return np.full(n_components, 1 / n_components), means, np.full(n_components, np.std(x))


def fit(x, weights, means, stds):
    before = -np.inf
    for _ in range(50_000):
        joint = weights * norm.pdf(x[:, None], means, stds)
        density = joint.sum(axis=1)
        with np.errstate(all="ignore"):
            height = np.log(density).sum()
            r = joint / density[:, None]
        if not height - before > 1e-11 * len(x) and np.isfinite(before):
            break
        before = height
        n_k = r.sum(axis=0)
        weights, means = n_k / len(x), x @ r / n_k
        stds = np.sqrt((r * (x[:, None] - means) ** 2).sum(axis=0) / n_k)
        if np.isnan(means).any():
            break
    return weights, means, stds
""",
        "call": 'check("09.2", draw_start, fit)',
    },
    {
        "id": "09.2",
        "kind": "wrong",
        "says": "variances out of the fit",
        "cause": (
            "The fit's last part is wrong: variances are returned where standard deviations were "
            "asked for."
        ),
        "code": """
import numpy as np
from scipy.special import logsumexp
from scipy.stats import norm


def draw_start(x, n_components, rng):
    means = rng.choice(np.unique(x), size=n_components, replace=False)
    return np.full(n_components, 1 / n_components), means, np.full(n_components, np.std(x))


def fit(x, weights, means, stds):
    before = -np.inf
    for _ in range(50_000):
        a = np.log(weights) + norm.logpdf(x[:, None], means, stds)
        log_density = logsumexp(a, axis=1)
        if not log_density.sum() - before > 1e-11 * len(x):
            break
        before = log_density.sum()
        r = np.exp(a - log_density[:, None])
        n_k = r.sum(axis=0)
        weights, means = n_k / len(x), x @ r / n_k
        stds = np.sqrt((r * (x[:, None] - means) ** 2).sum(axis=0) / n_k)
    return weights, means, stds**2
""",
        "call": 'check("09.2", draw_start, fit)',
    },
    {
        "id": "09.2",
        "kind": "wrong",
        "says": "hard assignment in the fit",
        "cause": (
            "The fit's E step is wrong: each number goes to its likeliest component for good, so "
            "groups are cut off where they overlap; EM shares them."
        ),
        "code": """
import numpy as np
from scipy.stats import norm


def draw_start(x, n_components, rng):
    means = rng.choice(np.unique(x), size=n_components, replace=False)
    return np.full(n_components, 1 / n_components), means, np.full(n_components, np.std(x))


def fit(x, weights, means, stds):
    labels = None
    for _ in range(1000):
        a = np.log(weights) + norm.logpdf(x[:, None], means, stds)
        new = a.argmax(axis=1)
        if labels is not None and np.array_equal(new, labels):
            break
        labels = new
        r = np.eye(len(means))[labels]
        n_k = r.sum(axis=0)
        if np.any(n_k < 2):
            break
        weights, means = n_k / len(x), x @ r / n_k
        stds = np.sqrt((r * (x[:, None] - means) ** 2).sum(axis=0) / n_k)
    return weights, means, stds
""",
        "call": 'check("09.2", draw_start, fit)',
    },
    {
        "id": "09.2",
        "kind": "wrong",
        "says": "draws its own start inside the fit",
        "cause": (
            "The fit ignores the start it is given: it begins at quantiles of its own; begin at "
            "the arguments, so that the caller can choose the start."
        ),
        "code": """
import numpy as np
from scipy.special import logsumexp
from scipy.stats import norm


def draw_start(x, n_components, rng):
    means = rng.choice(np.unique(x), size=n_components, replace=False)
    return np.full(n_components, 1 / n_components), means, np.full(n_components, np.std(x))


def fit(x, weights, means, stds):
    k = len(means)
    weights, means = np.full(k, 1 / k), np.quantile(x, (np.arange(k) + 0.5) / k)
    stds, before = np.full(k, np.std(x) / k), -np.inf
    for _ in range(50_000):
        a = np.log(weights) + norm.logpdf(x[:, None], means, stds)
        log_density = logsumexp(a, axis=1)
        if not log_density.sum() - before > 1e-11 * len(x):
            break
        before = log_density.sum()
        r = np.exp(a - log_density[:, None])
        n_k = r.sum(axis=0)
        weights, means = n_k / len(x), x @ r / n_k
        stds = np.sqrt((r * (x[:, None] - means) ** 2).sum(axis=0) / n_k)
    return weights, means, stds
""",
        "call": 'check("09.2", draw_start, fit)',
    },
    {
        "id": "09.2",
        "kind": "hostile",
        "says": "shuffles the caller's data to draw a start",
        "code": """
import numpy as np
from scipy.special import logsumexp
from scipy.stats import norm


def draw_start(x, n_components, rng):
    rng.shuffle(x)
    means = np.array(x[:n_components])
    x[:] = np.sort(x)
    return np.full(n_components, 1 / n_components), means, np.full(n_components, np.std(x))


def fit(x, weights, means, stds):
    before = -np.inf
    for _ in range(50_000):
        a = np.log(weights) + norm.logpdf(x[:, None], means, stds)
        log_density = logsumexp(a, axis=1)
        if not log_density.sum() - before > 1e-11 * len(x):
            break
        before = log_density.sum()
        r = np.exp(a - log_density[:, None])
        n_k = r.sum(axis=0)
        weights, means = n_k / len(x), x @ r / n_k
        stds = np.sqrt((r * (x[:, None] - means) ** 2).sum(axis=0) / n_k)
    return weights, means, stds
""",
        "call": 'check("09.2", draw_start, fit)',
    },
    {
        "id": "09.2",
        "kind": "hostile",
        "says": "waits for a likelihood that no longer changes, with <= turned round",
        "code": """
import numpy as np
from scipy.special import logsumexp
from scipy.stats import norm


def draw_start(x, n_components, rng):
    means = rng.choice(np.unique(x), size=n_components, replace=False)
    return np.full(n_components, 1 / n_components), means, np.full(n_components, np.std(x))


def fit(x, weights, means, stds):
    before = -np.inf
    while True:
        a = np.log(weights) + norm.logpdf(x[:, None], means, stds)
        log_density = logsumexp(a, axis=1)
        if log_density.sum() - before < -1e9:
            return weights, means, stds
        before = log_density.sum()
        r = np.exp(a - log_density[:, None])
        n_k = r.sum(axis=0)
        weights, means = n_k / len(x), x @ r / n_k
        stds = np.sqrt((r * (x[:, None] - means) ** 2).sum(axis=0) / n_k)
""",
        "call": 'check("09.2", draw_start, fit)',
    },
    {
        "id": "09.2",
        "kind": "hostile",
        "says": "replaces numpy's seed by a number, as the blog post did",
        "code": """
import numpy as np
from scipy.special import logsumexp
from scipy.stats import norm


def draw_start(x, n_components, rng):
    np.random.seed = 123
    means = np.random.choice(np.unique(x), size=n_components, replace=False)
    return np.full(n_components, 1 / n_components), means, np.full(n_components, np.std(x))


def fit(x, weights, means, stds):
    before = -np.inf
    for _ in range(50_000):
        a = np.log(weights) + norm.logpdf(x[:, None], means, stds)
        log_density = logsumexp(a, axis=1)
        if not log_density.sum() - before > 1e-11 * len(x):
            break
        before = log_density.sum()
        r = np.exp(a - log_density[:, None])
        n_k = r.sum(axis=0)
        weights, means = n_k / len(x), x @ r / n_k
        stds = np.sqrt((r * (x[:, None] - means) ** 2).sum(axis=0) / n_k)
    return weights, means, stds
""",
        "call": 'check("09.2", draw_start, fit)',
    },
    {
        "id": "09.2",
        "kind": "hostile",
        "says": "hands over one function twice, which returns None",
        "code": """
import numpy as np


def draw_start(x, n_components, rng):
    print("start:", rng.choice(x, size=n_components))
""",
        "call": 'check("09.2", draw_start, draw_start)',
    },
    {
        "id": "09.3",
        "kind": "right",
        "says": "Cholesky and log-sum-exp, history at the parameters that are returned",
        "code": """
import numpy as np


def log_joint(x, weights, means, covariances):
    columns = []
    for weight, mean, covariance in zip(weights, means, covariances):
        factor = np.linalg.cholesky(covariance)
        z = np.linalg.solve(factor, (x - mean).T)
        log_scale = np.log(np.diag(factor)).sum() + 0.5 * len(mean) * np.log(2 * np.pi)
        columns.append(np.log(weight) - log_scale - 0.5 * (z**2).sum(axis=0))
    return np.column_stack(columns)


def fit_2d(x, weights, means, covariances):
    a = log_joint(x, weights, means, covariances)
    log_density = np.logaddexp.reduce(a, axis=1)
    history = [log_density.sum()]
    for _ in range(20_000):
        r = np.exp(a - log_density[:, None])
        n_k = r.sum(axis=0)
        weights, means = n_k / len(x), r.T @ x / n_k[:, None]
        ds = [x - mean for mean in means]
        covariances = np.array([(r[:, k] * d.T) @ d / n_k[k] for k, d in enumerate(ds)])
        a = log_joint(x, weights, means, covariances)
        log_density = np.logaddexp.reduce(a, axis=1)
        history.append(log_density.sum())
        if history[-1] - history[-2] <= 1e-11 * len(x):
            break
    return weights, means, covariances, np.array(history)
""",
        "call": 'check("09.3", fit_2d)',
    },
    {
        "id": "09.3",
        "kind": "right",
        "says": "scipy's Gaussian, plain loops over components, a list for the history",
        "code": """
import numpy as np
from scipy.special import logsumexp
from scipy.stats import multivariate_normal


def fit_2d(x, weights, means, covariances):
    def evaluate():
        logs = np.empty((len(x), len(weights)))
        for k in range(len(weights)):
            gauss = multivariate_normal(means[k], covariances[k])
            logs[:, k] = np.log(weights[k]) + gauss.logpdf(x)
        return logs, logsumexp(logs, axis=1)

    logs, log_density = evaluate()
    history = [float(log_density.sum())]
    while True:
        weights, new_means, new_covariances = list(weights), [], []
        for k in range(len(weights)):
            r = np.exp(logs[:, k] - log_density)
            weights[k] = r.sum() / len(x)
            mean = np.average(x, axis=0, weights=r)
            new_means.append(mean)
            new_covariances.append((r[:, None] * (x - mean)).T @ (x - mean) / r.sum())
        means, covariances = new_means, new_covariances
        logs, log_density = evaluate()
        history.append(float(log_density.sum()))
        if history[-1] - history[-2] < 1e-11 * len(x):
            return np.array(weights), np.array(means), np.array(covariances), history
""",
        "call": 'check("09.3", fit_2d)',
    },
    {
        "id": "09.3",
        "kind": "right",
        "says": "emlib's fit and its history",
        "code": """
import numpy as np
from emlib import GaussianMixture, em


def fit_2d(x, weights, means, covariances):
    start = GaussianMixture(weights, means, covariances)
    fit = em.fit(start, x, tol=1e-11, max_iter=20_000)
    model = fit.model
    return model.weights, model.means, model.covariances, fit.history
""",
        "call": 'check("09.3", fit_2d)',
    },
    {
        "id": "09.3",
        "kind": "right",
        "says": "einsum on all components at once, named tuple",
        "code": """
import numpy as np
from typing import NamedTuple


class Fitted(NamedTuple):
    weights: np.ndarray
    means: np.ndarray
    covariances: np.ndarray
    history: np.ndarray


def shares(x, weights, means, covariances):
    d = x[:, None] - means
    solved = np.linalg.solve(covariances[None], d[..., None])[..., 0]
    squared = np.einsum("nkd,nkd->nk", d, solved)
    a = np.log(weights) - 0.5 * (np.linalg.slogdet(2 * np.pi * covariances)[1] + squared)
    log_density = np.logaddexp.reduce(a, axis=1)
    return np.exp(a - log_density[:, None]), log_density.sum()


def fit_2d(x, weights, means, covariances):
    x, means = np.asarray(x, dtype=float), np.asarray(means, dtype=float)
    weights, covariances = np.asarray(weights, dtype=float), np.asarray(covariances, dtype=float)
    r, height = shares(x, weights, means, covariances)
    history = [height]
    for _ in range(20_000):
        n_k = r.sum(axis=0)
        weights, means = n_k / len(x), np.einsum("nk,nd->kd", r, x) / n_k[:, None]
        d = x[:, None] - means
        covariances = np.einsum("nk,nki,nkj->kij", r, d, d) / n_k[:, None, None]
        r, height = shares(x, weights, means, covariances)
        history.append(height)
        if height - history[-2] <= 1e-11 * len(x):
            break
    return Fitted(weights, means, covariances, np.array(history))
""",
        "call": 'check("09.3", fit_2d)',
    },
    {
        "id": "09.3",
        "kind": "right",
        "says": "stops when no parameter moves, over the generator of emlib's rounds",
        "code": """
import numpy as np
from emlib import GaussianMixture, em


def fit_2d(x, weights, means, covariances):
    history, before = [], None
    for step in em.iterate(GaussianMixture(weights, means, covariances), x):
        model = step.model
        history.append(step.objective)
        now = np.concatenate([np.ravel(model.weights), np.ravel(model.means)])
        if before is not None and np.allclose(now, before, rtol=1e-10, atol=1e-10):
            return model.weights, model.means, model.covariances, history
        if step.iteration == 20_000:
            return model.weights, model.means, model.covariances, history
        before = now
""",
        "call": 'check("09.3", fit_2d)',
    },
    {
        "id": "09.3",
        "kind": "wrong",
        "says": "history one round behind the parameters",
        "cause": (
            "The history is one round behind: after its last entry there comes another M step, so "
            "the entry does not belong to the parameters returned."
        ),
        "code": """
import numpy as np


def log_joint(x, weights, means, covariances):
    columns = []
    for weight, mean, covariance in zip(weights, means, covariances):
        factor = np.linalg.cholesky(covariance)
        z = np.linalg.solve(factor, (x - mean).T)
        log_scale = np.log(np.diag(factor)).sum() + 0.5 * len(mean) * np.log(2 * np.pi)
        columns.append(np.log(weight) - log_scale - 0.5 * (z**2).sum(axis=0))
    return np.column_stack(columns)


def fit_2d(x, weights, means, covariances):
    history = []
    while len(history) < 2 or history[-1] - history[-2] > 1e-3:
        a = log_joint(x, weights, means, covariances)
        log_density = np.logaddexp.reduce(a, axis=1)
        history.append(log_density.sum())
        r = np.exp(a - log_density[:, None])
        n_k = r.sum(axis=0)
        weights, means = n_k / len(x), r.T @ x / n_k[:, None]
        ds = [x - mean for mean in means]
        covariances = np.array([(r[:, k] * d.T) @ d / n_k[k] for k, d in enumerate(ds)])
    return weights, means, covariances, history
""",
        "call": 'check("09.3", fit_2d)',
    },
    {
        "id": "09.3",
        "kind": "wrong",
        "says": "stops at the patient's tolerance",
        "cause": (
            "The stopping rule is wrong: a change below the root of 0.1 nats is no sign of an end, "
            "and the run stops on a plateau; use a tolerance far below a nat."
        ),
        "code": """
import numpy as np


def log_joint(x, weights, means, covariances):
    columns = []
    for weight, mean, covariance in zip(weights, means, covariances):
        factor = np.linalg.cholesky(covariance)
        z = np.linalg.solve(factor, (x - mean).T)
        log_scale = np.log(np.diag(factor)).sum() + 0.5 * len(mean) * np.log(2 * np.pi)
        columns.append(np.log(weight) - log_scale - 0.5 * (z**2).sum(axis=0))
    return np.column_stack(columns)


def fit_2d(x, weights, means, covariances):
    a = log_joint(x, weights, means, covariances)
    log_density = np.logaddexp.reduce(a, axis=1)
    history = [log_density.sum()]
    for _ in range(20_000):
        r = np.exp(a - log_density[:, None])
        n_k = r.sum(axis=0)
        weights, means = n_k / len(x), r.T @ x / n_k[:, None]
        ds = [x - mean for mean in means]
        covariances = np.array([(r[:, k] * d.T) @ d / n_k[k] for k, d in enumerate(ds)])
        a = log_joint(x, weights, means, covariances)
        log_density = np.logaddexp.reduce(a, axis=1)
        history.append(log_density.sum())
        if abs(history[-1] - history[-2]) < np.sqrt(0.1):
            break
    return weights, means, covariances, history
""",
        "call": 'check("09.3", fit_2d)',
    },
    {
        "id": "09.3",
        "kind": "wrong",
        "says": "Q in the history",
        "cause": (
            "The history is wrong: it holds Q, the expected log-likelihood at the responsibilities "
            "of the round before, which may fall and lacks the entropy; (9.28) was asked for."
        ),
        "code": """
import numpy as np


def log_joint(x, weights, means, covariances):
    columns = []
    for weight, mean, covariance in zip(weights, means, covariances):
        factor = np.linalg.cholesky(covariance)
        z = np.linalg.solve(factor, (x - mean).T)
        log_scale = np.log(np.diag(factor)).sum() + 0.5 * len(mean) * np.log(2 * np.pi)
        columns.append(np.log(weight) - log_scale - 0.5 * (z**2).sum(axis=0))
    return np.column_stack(columns)


def fit_2d(x, weights, means, covariances):
    a = log_joint(x, weights, means, covariances)
    r = np.exp(a - np.logaddexp.reduce(a, axis=1, keepdims=True))
    history = [np.sum(r * a)]
    for _ in range(500):
        n_k = r.sum(axis=0)
        weights, means = n_k / len(x), r.T @ x / n_k[:, None]
        ds = [x - mean for mean in means]
        covariances = np.array([(r[:, k] * d.T) @ d / n_k[k] for k, d in enumerate(ds)])
        a = log_joint(x, weights, means, covariances)
        history.append(np.sum(r * a))
        r = np.exp(a - np.logaddexp.reduce(a, axis=1, keepdims=True))
        if abs(history[-1] - history[-2]) < 1e-8:
            break
    return weights, means, covariances, history
""",
        "call": 'check("09.3", fit_2d)',
    },
    {
        "id": "09.3",
        "kind": "wrong",
        "says": "start missing in the history",
        "cause": (
            "The history is wrong: its first entry belongs to the parameters after the first "
            "round; the log-likelihood at the start is missing."
        ),
        "code": """
import numpy as np


def log_joint(x, weights, means, covariances):
    columns = []
    for weight, mean, covariance in zip(weights, means, covariances):
        factor = np.linalg.cholesky(covariance)
        z = np.linalg.solve(factor, (x - mean).T)
        log_scale = np.log(np.diag(factor)).sum() + 0.5 * len(mean) * np.log(2 * np.pi)
        columns.append(np.log(weight) - log_scale - 0.5 * (z**2).sum(axis=0))
    return np.column_stack(columns)


def fit_2d(x, weights, means, covariances):
    a = log_joint(x, weights, means, covariances)
    log_density = np.logaddexp.reduce(a, axis=1)
    before, history = log_density.sum(), []
    for _ in range(20_000):
        r = np.exp(a - log_density[:, None])
        n_k = r.sum(axis=0)
        weights, means = n_k / len(x), r.T @ x / n_k[:, None]
        ds = [x - mean for mean in means]
        covariances = np.array([(r[:, k] * d.T) @ d / n_k[k] for k, d in enumerate(ds)])
        a = log_joint(x, weights, means, covariances)
        log_density = np.logaddexp.reduce(a, axis=1)
        history.append(log_density.sum())
        if history[-1] - before <= 1e-11 * len(x):
            break
        before = history[-1]
    return weights, means, covariances, history
""",
        "call": 'check("09.3", fit_2d)',
    },
    {
        "id": "09.3",
        "kind": "wrong",
        "says": "mean over the points in the history",
        "cause": "The history is wrong: it holds nats a point, a mean; (9.28) is a sum.",
        "code": """
import numpy as np


def log_joint(x, weights, means, covariances):
    columns = []
    for weight, mean, covariance in zip(weights, means, covariances):
        factor = np.linalg.cholesky(covariance)
        z = np.linalg.solve(factor, (x - mean).T)
        log_scale = np.log(np.diag(factor)).sum() + 0.5 * len(mean) * np.log(2 * np.pi)
        columns.append(np.log(weight) - log_scale - 0.5 * (z**2).sum(axis=0))
    return np.column_stack(columns)


def fit_2d(x, weights, means, covariances):
    a = log_joint(x, weights, means, covariances)
    log_density = np.logaddexp.reduce(a, axis=1)
    history = [log_density.mean()]
    for _ in range(20_000):
        r = np.exp(a - log_density[:, None])
        n_k = r.sum(axis=0)
        weights, means = n_k / len(x), r.T @ x / n_k[:, None]
        ds = [x - mean for mean in means]
        covariances = np.array([(r[:, k] * d.T) @ d / n_k[k] for k, d in enumerate(ds)])
        a = log_joint(x, weights, means, covariances)
        log_density = np.logaddexp.reduce(a, axis=1)
        history.append(log_density.mean())
        if history[-1] - history[-2] <= 1e-11:
            break
    return weights, means, covariances, history
""",
        "call": 'check("09.3", fit_2d)',
    },
    {
        "id": "09.3",
        "kind": "wrong",
        "says": "covariances about the old means",
        "cause": (
            "The covariances are wrong: they are taken about the old means, so they are too wide "
            "until the run has settled; compute the new means first and use them."
        ),
        "code": """
import numpy as np


def log_joint(x, weights, means, covariances):
    columns = []
    for weight, mean, covariance in zip(weights, means, covariances):
        factor = np.linalg.cholesky(covariance)
        z = np.linalg.solve(factor, (x - mean).T)
        log_scale = np.log(np.diag(factor)).sum() + 0.5 * len(mean) * np.log(2 * np.pi)
        columns.append(np.log(weight) - log_scale - 0.5 * (z**2).sum(axis=0))
    return np.column_stack(columns)


def fit_2d(x, weights, means, covariances):
    a = log_joint(x, weights, means, covariances)
    log_density = np.logaddexp.reduce(a, axis=1)
    history = [log_density.sum()]
    for _ in range(20_000):
        r = np.exp(a - log_density[:, None])
        n_k = r.sum(axis=0)
        ds = [x - mean for mean in means]
        covariances = np.array([(r[:, k] * d.T) @ d / n_k[k] for k, d in enumerate(ds)])
        weights, means = n_k / len(x), r.T @ x / n_k[:, None]
        a = log_joint(x, weights, means, covariances)
        log_density = np.logaddexp.reduce(a, axis=1)
        history.append(log_density.sum())
        if history[-1] - history[-2] <= 1e-11 * len(x):
            break
    return weights, means, covariances, history
""",
        "call": 'check("09.3", fit_2d)',
    },
    {
        "id": "09.3",
        "kind": "wrong",
        "says": "raw second moments",
        "cause": (
            "The covariances are wrong far from zero: the mean of x x' minus the square of the "
            "mean loses all digits when the cloud is far away; subtract the new mean from the "
            "points first."
        ),
        "code": """
import numpy as np


def log_joint(x, weights, means, covariances):
    columns = []
    for weight, mean, covariance in zip(weights, means, covariances):
        factor = np.linalg.cholesky(covariance)
        z = np.linalg.solve(factor, (x - mean).T)
        log_scale = np.log(np.diag(factor)).sum() + 0.5 * len(mean) * np.log(2 * np.pi)
        columns.append(np.log(weight) - log_scale - 0.5 * (z**2).sum(axis=0))
    return np.column_stack(columns)


def fit_2d(x, weights, means, covariances):
    a = log_joint(x, weights, means, covariances)
    log_density = np.logaddexp.reduce(a, axis=1)
    history = [log_density.sum()]
    for _ in range(20_000):
        r = np.exp(a - log_density[:, None])
        n_k = r.sum(axis=0)
        weights, means = n_k / len(x), r.T @ x / n_k[:, None]
        raw = np.einsum("nk,ni,nj->kij", r, x, x) / n_k[:, None, None]
        covariances = raw - np.einsum("ki,kj->kij", means, means)
        a = log_joint(x, weights, means, covariances)
        log_density = np.logaddexp.reduce(a, axis=1)
        history.append(log_density.sum())
        if history[-1] - history[-2] <= 1e-11 * len(x):
            break
    return weights, means, covariances, history
""",
        "call": 'check("09.3", fit_2d)',
    },
    {
        "id": "09.3",
        "kind": "wrong",
        "says": "densities that underflow",
        "cause": (
            "The E step is not a number for a cloud far away: all densities underflow, and 0 / 0 "
            "is NaN; work with logarithms."
        ),
        "code": """
import numpy as np
from scipy.stats import multivariate_normal


def joint(x, weights, means, covariances):
    parts = zip(weights, means, covariances)
    return np.column_stack([w * multivariate_normal(m, s).pdf(x) for w, m, s in parts])


def fit_2d(x, weights, means, covariances):
    p = joint(x, weights, means, covariances)
    with np.errstate(all="ignore"):
        history = [np.log(p.sum(axis=1)).sum()]
        for _ in range(20_000):
            r = p / p.sum(axis=1, keepdims=True)
            n_k = r.sum(axis=0)
            weights, means = n_k / len(x), r.T @ x / n_k[:, None]
            ds = [x - mean for mean in means]
            covariances = np.array([(r[:, k] * d.T) @ d / n_k[k] for k, d in enumerate(ds)])
            if not np.all(np.isfinite(covariances)):
                break
            p = joint(x, weights, means, covariances)
            history.append(np.log(p.sum(axis=1)).sum())
            if history[-1] - history[-2] <= 1e-11 * len(x):
                break
    return weights, means, covariances, history
""",
        "call": 'check("09.3", fit_2d)',
    },
    {
        "id": "09.3",
        "kind": "wrong",
        "says": "weights never updated",
        "cause": (
            "The weights are wrong: they keep the values of the start, and the rest of the fit "
            "pays for it; (9.26) is missing from the M step."
        ),
        "code": """
import numpy as np


def log_joint(x, weights, means, covariances):
    columns = []
    for weight, mean, covariance in zip(weights, means, covariances):
        factor = np.linalg.cholesky(covariance)
        z = np.linalg.solve(factor, (x - mean).T)
        log_scale = np.log(np.diag(factor)).sum() + 0.5 * len(mean) * np.log(2 * np.pi)
        columns.append(np.log(weight) - log_scale - 0.5 * (z**2).sum(axis=0))
    return np.column_stack(columns)


def fit_2d(x, weights, means, covariances):
    a = log_joint(x, weights, means, covariances)
    log_density = np.logaddexp.reduce(a, axis=1)
    history = [log_density.sum()]
    for _ in range(20_000):
        r = np.exp(a - log_density[:, None])
        n_k = r.sum(axis=0)
        means = r.T @ x / n_k[:, None]
        ds = [x - mean for mean in means]
        covariances = np.array([(r[:, k] * d.T) @ d / n_k[k] for k, d in enumerate(ds)])
        a = log_joint(x, weights, means, covariances)
        log_density = np.logaddexp.reduce(a, axis=1)
        history.append(log_density.sum())
        if history[-1] - history[-2] <= 1e-11 * len(x):
            break
    return weights, means, covariances, history
""",
        "call": 'check("09.3", fit_2d)',
    },
    {
        "id": "09.3",
        "kind": "wrong",
        "says": "a zip walked through twice",
        "cause": (
            "The history is wrong: the zip of the components is used up by the E step, so the "
            "second loop, which adds up the density, finds nothing and yields minus infinity; make "
            "a list of it."
        ),
        "code": """
import numpy as np
from scipy.stats import multivariate_normal


def fit_2d(x, weights, means, covariances):
    history = []
    for _ in range(200):
        parts = zip(weights, means, covariances)
        logs = [np.log(w) + multivariate_normal(m, s).logpdf(x) for w, m, s in parts]
        r = np.exp(logs - np.logaddexp.reduce(logs, axis=0)).T
        density = np.zeros(len(x))
        for w, m, s in parts:
            density = density + w * multivariate_normal(m, s).pdf(x)
        with np.errstate(divide="ignore"):
            history.append(np.log(density).sum())
        n_k = r.sum(axis=0)
        weights, means = n_k / len(x), r.T @ x / n_k[:, None]
        ds = [x - mean for mean in means]
        covariances = np.array([(r[:, k] * d.T) @ d / n_k[k] for k, d in enumerate(ds)])
    return weights, means, covariances, history
""",
        "call": 'check("09.3", fit_2d)',
    },
    {
        "id": "09.3",
        "kind": "wrong",
        "says": "a constant added to the diagonal",
        "cause": (
            "The covariances are wrong: 0.001 is added to their diagonal in every round, which is "
            "not the M step of this likelihood and can make it fall; leave it out, or clip "
            "eigenvalues."
        ),
        "code": """
import numpy as np


def log_joint(x, weights, means, covariances):
    columns = []
    for weight, mean, covariance in zip(weights, means, covariances):
        factor = np.linalg.cholesky(covariance)
        z = np.linalg.solve(factor, (x - mean).T)
        log_scale = np.log(np.diag(factor)).sum() + 0.5 * len(mean) * np.log(2 * np.pi)
        columns.append(np.log(weight) - log_scale - 0.5 * (z**2).sum(axis=0))
    return np.column_stack(columns)


def fit_2d(x, weights, means, covariances):
    a = log_joint(x, weights, means, covariances)
    log_density = np.logaddexp.reduce(a, axis=1)
    history = [log_density.sum()]
    for _ in range(20_000):
        r = np.exp(a - log_density[:, None])
        n_k = r.sum(axis=0)
        weights, means = n_k / len(x), r.T @ x / n_k[:, None]
        ds = [x - mean for mean in means]
        covariances = np.array([(r[:, k] * d.T) @ d / n_k[k] for k, d in enumerate(ds)])
        covariances = covariances + 1e-3 * np.eye(2)
        a = log_joint(x, weights, means, covariances)
        log_density = np.logaddexp.reduce(a, axis=1)
        history.append(log_density.sum())
        if abs(history[-1] - history[-2]) <= 1e-11 * len(x):
            break
    return weights, means, covariances, history
""",
        "call": 'check("09.3", fit_2d)',
    },
    {
        "id": "09.3",
        "kind": "wrong",
        "says": "history first",
        "cause": (
            "The order of the parts is wrong: the history comes first here; the text asks for "
            "weights, means, covariances and then the history."
        ),
        "code": """
import numpy as np
from emlib import GaussianMixture, em


def fit_2d(x, weights, means, covariances):
    fit = em.fit(GaussianMixture(weights, means, covariances), x, tol=1e-11, max_iter=20_000)
    return fit.history, fit.model.weights, fit.model.means, fit.model.covariances
""",
        "call": 'check("09.3", fit_2d)',
    },
    {
        "id": "09.3",
        "kind": "wrong",
        "says": "three components hard-wired",
        "cause": (
            "The number of components is hard-wired: only the first three are used, whatever the "
            "start has."
        ),
        "code": """
import numpy as np
from emlib import GaussianMixture, em


def fit_2d(x, weights, means, covariances):
    first = np.asarray(weights)[:3] / np.sum(np.asarray(weights)[:3])
    start = GaussianMixture(first, np.asarray(means)[:3], np.asarray(covariances)[:3])
    fit = em.fit(start, x, tol=1e-11, max_iter=20_000)
    return fit.model.weights, fit.model.means, fit.model.covariances, fit.history
""",
        "call": 'check("09.3", fit_2d)',
    },
    {
        "id": "09.3",
        "kind": "hostile",
        "says": "centres the caller's cloud in place",
        "code": """
import numpy as np
from emlib import GaussianMixture, em


def fit_2d(x, weights, means, covariances):
    centre = x.mean(axis=0)
    x -= centre
    fit = em.fit(GaussianMixture(weights, np.asarray(means) - centre, covariances), x)
    return fit.model.weights, fit.model.means + centre, fit.model.covariances, fit.history
""",
        "call": 'check("09.3", fit_2d)',
    },
    {
        "id": "09.3",
        "kind": "hostile",
        "says": "never stops, and prints every round",
        "code": """
import numpy as np
from emlib import GaussianMixture, em


def fit_2d(x, weights, means, covariances):
    history = []
    for step in em.iterate(GaussianMixture(weights, means, covariances), x):
        history.append(step.objective)
        print(f"round {step.iteration}: {step.objective:.3f}")
    return weights, means, covariances, history
""",
        "call": 'check("09.3", fit_2d)',
    },
    {
        "id": "09.3",
        "kind": "hostile",
        "says": "recursion, one call for each round, without a rule",
        "code": """
import numpy as np
from emlib import GaussianMixture


def fit_2d(x, weights, means, covariances):
    model = GaussianMixture(weights, means, covariances)
    new = model.m_step(model.e_step(x)[0])
    return fit_2d(x, new.weights, new.means, new.covariances)
""",
        "call": 'check("09.3", fit_2d)',
    },
    {
        "id": "09.4",
        "kind": "right",
        "says": "the card's seven properties, from a start without symmetry",
        "code": """
import numpy as np
from scipy.special import logsumexp, softmax
from scipy.stats import multivariate_normal


def witness(x, weights, means, covariances):
    parts = zip(weights, means, covariances)
    return np.column_stack([np.log(w) + multivariate_normal(m, s).logpdf(x) for w, m, s in parts])


def data_and_start():
    rng = np.random.default_rng(8)
    x = np.concatenate(
        [
            rng.normal(size=(40, 2)) @ np.array([[1.0, 0.6], [0.0, 0.5]]) + [0.0, 1.0],
            rng.normal(size=(25, 2)) @ np.array([[0.6, -0.8], [0.0, 0.9]]) + [3.0, -1.0],
        ]
    )
    theta = [
        np.array([0.3, 0.7]),
        np.array([[2.1, -0.2], [0.4, 0.7]]),
        np.array([[[0.9, -0.4], [-0.4, 1.6]], [[1.3, 0.5], [0.5, 0.8]]]),
    ]
    return x, theta


def passes(em_round):
    x, theta = data_and_start()
    powers = (0, 1, 2)
    r, *new = em_round(x, *theta)
    back = em_round(x, *(part[::-1] for part in theta))[1:]
    tens = em_round(10 * x, *(part * 10.0**p for part, p in zip(theta, powers)))[1:]
    far = em_round(np.append(x, np.full_like(x[:1], 2000), axis=0), *theta)[0]
    heights, now = [], theta
    for _ in range(30):
        heights.append(logsumexp(witness(x, *now), axis=1).sum())
        now = em_round(x, *now)[1:]
    heights = np.array(heights)
    card = [
        np.all(r >= 0) and np.allclose(np.sum(r, axis=1), 1),
        np.allclose(r, softmax(witness(x, *theta), axis=1)),
        not any(np.allclose(a, b) for a, b in zip(theta, new)),
        np.isfinite(far).all(),
        np.all(np.diff(heights) >= -1e-10 * (np.abs(heights[1:]) + len(x))),
        all(np.allclose(np.asarray(a) * 10.0**p, b) for a, b, p in zip(new, tens, powers)),
        all(np.allclose(a, np.asarray(b)[::-1]) for a, b in zip(new, back)),
    ]
    return bool(all(card))
""",
        "call": 'check("09.4", passes)',
    },
    {
        "id": "09.4",
        "kind": "right",
        "says": "a round of its own to compare with, several seeds, and a far point",
        "code": """
import numpy as np
from scipy.special import logsumexp
from scipy.stats import multivariate_normal


def witness(x, weights, means, covariances):
    parts = zip(weights, means, covariances)
    return np.column_stack([np.log(w) + multivariate_normal(m, s).logpdf(x) for w, m, s in parts])


def reference(x, weights, means, covariances):
    a = witness(x, weights, means, covariances)
    r = np.exp(a - logsumexp(a, axis=1, keepdims=True))
    n_k = r.sum(axis=0)
    new = np.array([r[:, k] @ x / n_k[k] for k in range(len(n_k))])
    scatters = [(r[:, k, None] * (x - m)).T @ (x - m) / n_k[k] for k, m in enumerate(new)]
    return r, n_k / len(x), new, np.array(scatters)


def draw(k, rng):
    centres = rng.normal(scale=3, size=(k, 2))
    x = rng.normal(size=(60, 2)) + centres[np.arange(60) % k]
    means = centres[rng.permutation(k)] + rng.normal(size=(k, 2))
    roots = rng.normal(size=(k, 2, 2))
    covariances = roots @ roots.transpose(0, 2, 1) + 0.5 * np.eye(2)
    return x, rng.dirichlet(np.full(k, 4.0)), means, covariances


def passes(em_round):
    rng = np.random.default_rng(0)
    for k in (2, 3, 2, 4):
        x, *theta = draw(k, rng)
        came = em_round(x.copy(), *(part.copy() for part in theta))
        due = reference(x, *theta)
        if not all(np.allclose(a, b, rtol=1e-7, atol=1e-9) for a, b in zip(came, due)):
            return False
        far = np.vstack([x, [[3000.0, -2500.0]]])
        r = np.asarray(em_round(far, *theta)[0])
        if not np.all(np.isfinite(r)) or not np.allclose(r.sum(axis=1), 1):
            return False
    return True
""",
        "call": 'check("09.4", passes)',
    },
    {
        "id": "09.4",
        "kind": "right",
        "says": "posterior by the witness, then the M step by small moves that must not raise Q",
        "code": """
import numpy as np
from scipy.special import logsumexp, softmax
from scipy.stats import multivariate_normal


def witness(x, weights, means, covariances):
    parts = zip(weights, means, covariances)
    return np.column_stack([np.log(w) + multivariate_normal(m, s).logpdf(x) for w, m, s in parts])


def data_and_start():
    rng = np.random.default_rng(8)
    x = np.concatenate(
        [
            rng.normal(size=(40, 2)) @ np.array([[1.0, 0.6], [0.0, 0.5]]) + [0.0, 1.0],
            rng.normal(size=(25, 2)) @ np.array([[0.6, -0.8], [0.0, 0.9]]) + [3.0, -1.0],
        ]
    )
    theta = [
        np.array([0.3, 0.7]),
        np.array([[2.1, -0.2], [0.4, 0.7]]),
        np.array([[[0.9, -0.4], [-0.4, 1.6]], [[1.3, 0.5], [0.5, 0.8]]]),
    ]
    return x, theta


def passes(em_round):
    x, theta = data_and_start()
    far = np.append(x, [[2000.0, 2000.0]], axis=0)
    if not np.all(np.isfinite(em_round(far, *theta)[0])):
        return False
    r, *new = (np.asarray(part, dtype=float) for part in em_round(x, *theta))
    if not np.allclose(r, softmax(witness(x, *theta), axis=1), atol=1e-9):
        return False
    if abs(new[0].sum() - 1) > 1e-9:
        return False
    top = np.sum(r * witness(x, *new))
    rng = np.random.default_rng(3)
    for _ in range(200):
        size = 10.0 ** rng.uniform(-4, -2)
        weights = new[0] * np.exp(size * rng.normal(size=new[0].shape))
        means = new[1] + size * rng.normal(size=new[1].shape)
        twist = np.eye(2) + size * rng.normal(size=(len(weights), 2, 2))
        covariances = twist @ new[2] @ twist.transpose(0, 2, 1)
        if np.sum(r * witness(x, weights / weights.sum(), means, covariances)) > top + 1e-9:
            return False
    return True
""",
        "call": 'check("09.4", passes)',
    },
    {
        "id": "09.4",
        "kind": "right",
        "says": "plain loops, one number at a time, exceptions count as a failure",
        "code": """
import numpy as np
from scipy.special import logsumexp
from scipy.stats import multivariate_normal


def witness(x, weights, means, covariances):
    parts = zip(weights, means, covariances)
    return np.column_stack([np.log(w) + multivariate_normal(m, s).logpdf(x) for w, m, s in parts])


def data_and_start():
    rng = np.random.default_rng(8)
    x = np.concatenate(
        [
            rng.normal(size=(40, 2)) @ np.array([[1.0, 0.6], [0.0, 0.5]]) + [0.0, 1.0],
            rng.normal(size=(25, 2)) @ np.array([[0.6, -0.8], [0.0, 0.9]]) + [3.0, -1.0],
        ]
    )
    theta = [
        np.array([0.3, 0.7]),
        np.array([[2.1, -0.2], [0.4, 0.7]]),
        np.array([[[0.9, -0.4], [-0.4, 1.6]], [[1.3, 0.5], [0.5, 0.8]]]),
    ]
    return x, theta


def close(a, b):
    return abs(a - b) <= 1e-7 * (1 + abs(b))


def passes(em_round):
    x, theta = data_and_start()
    try:
        r, weights, means, covariances = em_round(x, *theta)
        far = em_round(np.append(x, np.full_like(x[:1], 2000), axis=0), *theta)[0]
    except Exception:
        return False
    if not np.isfinite(np.asarray(far)).all():
        return False
    a = witness(x, *theta)
    n, k = a.shape
    due = [[np.exp(a[i, j] - logsumexp(a[i])) for j in range(k)] for i in range(n)]
    for i in range(n):
        for j in range(k):
            if not close(r[i][j], due[i][j]):
                return False
    for j in range(k):
        n_j = sum(due[i][j] for i in range(n))
        mean = [sum(due[i][j] * x[i][d] for i in range(n)) / n_j for d in (0, 1)]
        if not close(weights[j], n_j / n):
            return False
        if not (close(means[j][0], mean[0]) and close(means[j][1], mean[1])):
            return False
        for d in (0, 1):
            for e in (0, 1):
                total = sum(due[i][j] * (x[i][d] - mean[d]) * (x[i][e] - mean[e]) for i in range(n))
                if not close(covariances[j][d][e], total / n_j):
                    return False
    return True
""",
        "call": 'check("09.4", passes)',
    },
    {
        "id": "09.4",
        "kind": "right",
        "says": "compares with emlib's round",
        "code": """
import numpy as np
from emlib import GaussianMixture


def data_and_start():
    rng = np.random.default_rng(8)
    x = np.concatenate(
        [
            rng.normal(size=(40, 2)) @ np.array([[1.0, 0.6], [0.0, 0.5]]) + [0.0, 1.0],
            rng.normal(size=(25, 2)) @ np.array([[0.6, -0.8], [0.0, 0.9]]) + [3.0, -1.0],
        ]
    )
    theta = [
        np.array([0.3, 0.7]),
        np.array([[2.1, -0.2], [0.4, 0.7]]),
        np.array([[[0.9, -0.4], [-0.4, 1.6]], [[1.3, 0.5], [0.5, 0.8]]]),
    ]
    return x, theta


def passes(em_round):
    x, theta = data_and_start()
    for points in (x, np.append(x, [[2000.0, 2000.0]], axis=0), 100 * x):
        model = GaussianMixture(*theta)
        r = model.responsibilities(points)
        new = model.m_step(model.statistics(points, r))
        came = em_round(points, *theta)
        due = r, new.weights, new.means, new.covariances
        if not all(np.allclose(a, b, rtol=1e-6, atol=1e-8) for a, b in zip(came, due)):
            return False
    return True
""",
        "call": 'check("09.4", passes)',
    },
    {
        "id": "09.4",
        "kind": "wrong",
        "says": "shares sum to one, nothing else",
        "cause": (
            "The test has one property only: a row of a one and zeros sums to one as well, and so "
            "do the shares of most faulty rounds; use all seven."
        ),
        "code": """
import numpy as np


def data_and_start():
    rng = np.random.default_rng(8)
    x = np.concatenate(
        [
            rng.normal(size=(40, 2)) @ np.array([[1.0, 0.6], [0.0, 0.5]]) + [0.0, 1.0],
            rng.normal(size=(25, 2)) @ np.array([[0.6, -0.8], [0.0, 0.9]]) + [3.0, -1.0],
        ]
    )
    theta = [
        np.array([0.3, 0.7]),
        np.array([[2.1, -0.2], [0.4, 0.7]]),
        np.array([[[0.9, -0.4], [-0.4, 1.6]], [[1.3, 0.5], [0.5, 0.8]]]),
    ]
    return x, theta


def passes(em_round):
    x, theta = data_and_start()
    return bool(np.allclose(np.sum(em_round(x, *theta)[0], axis=1), 1))
""",
        "call": 'check("09.4", passes)',
    },
    {
        "id": "09.4",
        "kind": "wrong",
        "says": "likelihood never falls, nothing else",
        "cause": (
            "The test has one property only: EM with fixed weights climbs as well, and a far point "
            "never comes; a likelihood that does not fall proves little."
        ),
        "code": """
import numpy as np
from scipy.special import logsumexp
from scipy.stats import multivariate_normal


def witness(x, weights, means, covariances):
    parts = zip(weights, means, covariances)
    return np.column_stack([np.log(w) + multivariate_normal(m, s).logpdf(x) for w, m, s in parts])


def data_and_start():
    rng = np.random.default_rng(8)
    x = np.concatenate(
        [
            rng.normal(size=(40, 2)) @ np.array([[1.0, 0.6], [0.0, 0.5]]) + [0.0, 1.0],
            rng.normal(size=(25, 2)) @ np.array([[0.6, -0.8], [0.0, 0.9]]) + [3.0, -1.0],
        ]
    )
    theta = [
        np.array([0.3, 0.7]),
        np.array([[2.1, -0.2], [0.4, 0.7]]),
        np.array([[[0.9, -0.4], [-0.4, 1.6]], [[1.3, 0.5], [0.5, 0.8]]]),
    ]
    return x, theta


def passes(em_round):
    x, theta = data_and_start()
    heights = []
    for _ in range(30):
        heights.append(logsumexp(witness(x, *theta), axis=1).sum())
        theta = em_round(x, *theta)[1:]
    return bool(np.all(np.diff(heights) > -1e-6))
""",
        "call": 'check("09.4", passes)',
    },
    {
        "id": "09.4",
        "kind": "wrong",
        "says": "only the E step looked at",
        "cause": (
            "The M step is not tested: only the responsibilities are compared with the witness, so "
            "a round that forgets the weights or takes old means gets past."
        ),
        "code": """
import numpy as np
from scipy.special import logsumexp, softmax
from scipy.stats import multivariate_normal


def witness(x, weights, means, covariances):
    parts = zip(weights, means, covariances)
    return np.column_stack([np.log(w) + multivariate_normal(m, s).logpdf(x) for w, m, s in parts])


def data_and_start():
    rng = np.random.default_rng(8)
    x = np.concatenate(
        [
            rng.normal(size=(40, 2)) @ np.array([[1.0, 0.6], [0.0, 0.5]]) + [0.0, 1.0],
            rng.normal(size=(25, 2)) @ np.array([[0.6, -0.8], [0.0, 0.9]]) + [3.0, -1.0],
        ]
    )
    theta = [
        np.array([0.3, 0.7]),
        np.array([[2.1, -0.2], [0.4, 0.7]]),
        np.array([[[0.9, -0.4], [-0.4, 1.6]], [[1.3, 0.5], [0.5, 0.8]]]),
    ]
    return x, theta


def passes(em_round):
    x, theta = data_and_start()
    far = em_round(np.append(x, np.full_like(x[:1], 2000), axis=0), *theta)[0]
    r = em_round(x, *theta)[0]
    return bool(np.isfinite(far).all() and np.allclose(r, softmax(witness(x, *theta), axis=1)))
""",
        "call": 'check("09.4", passes)',
    },
    {
        "id": "09.4",
        "kind": "wrong",
        "says": "equal weights at the start",
        "cause": (
            "The start of the test is special: with equal weights a round that forgets them in the "
            "E step looks right; start where nothing is equal."
        ),
        "code": """
import numpy as np
from scipy.special import logsumexp
from scipy.stats import multivariate_normal


def witness(x, weights, means, covariances):
    parts = zip(weights, means, covariances)
    return np.column_stack([np.log(w) + multivariate_normal(m, s).logpdf(x) for w, m, s in parts])


def reference(x, weights, means, covariances):
    a = witness(x, weights, means, covariances)
    r = np.exp(a - logsumexp(a, axis=1, keepdims=True))
    n_k = r.sum(axis=0)
    new = np.array([r[:, k] @ x / n_k[k] for k in range(len(n_k))])
    scatters = [(r[:, k, None] * (x - m)).T @ (x - m) / n_k[k] for k, m in enumerate(new)]
    return r, n_k / len(x), new, np.array(scatters)


def data_and_start():
    rng = np.random.default_rng(8)
    x = np.concatenate(
        [
            rng.normal(size=(40, 2)) @ np.array([[1.0, 0.6], [0.0, 0.5]]) + [0.0, 1.0],
            rng.normal(size=(25, 2)) @ np.array([[0.6, -0.8], [0.0, 0.9]]) + [3.0, -1.0],
        ]
    )
    theta = [
        np.array([0.3, 0.7]),
        np.array([[2.1, -0.2], [0.4, 0.7]]),
        np.array([[[0.9, -0.4], [-0.4, 1.6]], [[1.3, 0.5], [0.5, 0.8]]]),
    ]
    return x, theta


def passes(em_round):
    x, theta = data_and_start()
    theta[0] = np.array([0.5, 0.5])
    far = em_round(np.append(x, np.full_like(x[:1], 2000), axis=0), *theta)[0]
    pairs = zip(em_round(x, *theta), reference(x, *theta))
    return bool(np.isfinite(far).all() and all(np.allclose(a, b) for a, b in pairs))
""",
        "call": 'check("09.4", passes)',
    },
    {
        "id": "09.4",
        "kind": "wrong",
        "says": "identities as covariances",
        "cause": (
            "The start of the test is special: the identity is its own inverse and has no tilt, so "
            "a swap of Sigma and its inverse looks right; start with tilted covariances."
        ),
        "code": """
import numpy as np
from scipy.special import logsumexp
from scipy.stats import multivariate_normal


def witness(x, weights, means, covariances):
    parts = zip(weights, means, covariances)
    return np.column_stack([np.log(w) + multivariate_normal(m, s).logpdf(x) for w, m, s in parts])


def reference(x, weights, means, covariances):
    a = witness(x, weights, means, covariances)
    r = np.exp(a - logsumexp(a, axis=1, keepdims=True))
    n_k = r.sum(axis=0)
    new = np.array([r[:, k] @ x / n_k[k] for k in range(len(n_k))])
    scatters = [(r[:, k, None] * (x - m)).T @ (x - m) / n_k[k] for k, m in enumerate(new)]
    return r, n_k / len(x), new, np.array(scatters)


def data_and_start():
    rng = np.random.default_rng(8)
    x = np.concatenate(
        [
            rng.normal(size=(40, 2)) @ np.array([[1.0, 0.6], [0.0, 0.5]]) + [0.0, 1.0],
            rng.normal(size=(25, 2)) @ np.array([[0.6, -0.8], [0.0, 0.9]]) + [3.0, -1.0],
        ]
    )
    theta = [
        np.array([0.3, 0.7]),
        np.array([[2.1, -0.2], [0.4, 0.7]]),
        np.array([[[0.9, -0.4], [-0.4, 1.6]], [[1.3, 0.5], [0.5, 0.8]]]),
    ]
    return x, theta


def passes(em_round):
    x, theta = data_and_start()
    theta[2] = np.array([np.eye(2), np.eye(2)])
    far = em_round(np.append(x, np.full_like(x[:1], 2000), axis=0), *theta)[0]
    pairs = zip(em_round(x, *theta), reference(x, *theta))
    return bool(np.isfinite(far).all() and all(np.allclose(a, b) for a, b in pairs))
""",
        "call": 'check("09.4", passes)',
    },
    {
        "id": "09.4",
        "kind": "wrong",
        "says": "no far point",
        "cause": (
            "A property is missing: no point is far away, so a round whose densities underflow "
            "gets past."
        ),
        "code": """
import numpy as np
from scipy.special import logsumexp
from scipy.stats import multivariate_normal


def witness(x, weights, means, covariances):
    parts = zip(weights, means, covariances)
    return np.column_stack([np.log(w) + multivariate_normal(m, s).logpdf(x) for w, m, s in parts])


def reference(x, weights, means, covariances):
    a = witness(x, weights, means, covariances)
    r = np.exp(a - logsumexp(a, axis=1, keepdims=True))
    n_k = r.sum(axis=0)
    new = np.array([r[:, k] @ x / n_k[k] for k in range(len(n_k))])
    scatters = [(r[:, k, None] * (x - m)).T @ (x - m) / n_k[k] for k, m in enumerate(new)]
    return r, n_k / len(x), new, np.array(scatters)


def data_and_start():
    rng = np.random.default_rng(8)
    x = np.concatenate(
        [
            rng.normal(size=(40, 2)) @ np.array([[1.0, 0.6], [0.0, 0.5]]) + [0.0, 1.0],
            rng.normal(size=(25, 2)) @ np.array([[0.6, -0.8], [0.0, 0.9]]) + [3.0, -1.0],
        ]
    )
    theta = [
        np.array([0.3, 0.7]),
        np.array([[2.1, -0.2], [0.4, 0.7]]),
        np.array([[[0.9, -0.4], [-0.4, 1.6]], [[1.3, 0.5], [0.5, 0.8]]]),
    ]
    return x, theta


def passes(em_round):
    x, theta = data_and_start()
    return all(np.allclose(a, b) for a, b in zip(em_round(x, *theta), reference(x, *theta)))
""",
        "call": 'check("09.4", passes)',
    },
    {
        "id": "09.4",
        "kind": "wrong",
        "says": "equality to the last bit",
        "cause": (
            "The comparison is too strict: healthy rounds differ in their last digits, and "
            "array_equal turns them away; use a tolerance."
        ),
        "code": """
import numpy as np
from scipy.special import logsumexp
from scipy.stats import multivariate_normal


def witness(x, weights, means, covariances):
    parts = zip(weights, means, covariances)
    return np.column_stack([np.log(w) + multivariate_normal(m, s).logpdf(x) for w, m, s in parts])


def reference(x, weights, means, covariances):
    a = witness(x, weights, means, covariances)
    r = np.exp(a - logsumexp(a, axis=1, keepdims=True))
    n_k = r.sum(axis=0)
    new = np.array([r[:, k] @ x / n_k[k] for k in range(len(n_k))])
    scatters = [(r[:, k, None] * (x - m)).T @ (x - m) / n_k[k] for k, m in enumerate(new)]
    return r, n_k / len(x), new, np.array(scatters)


def data_and_start():
    rng = np.random.default_rng(8)
    x = np.concatenate(
        [
            rng.normal(size=(40, 2)) @ np.array([[1.0, 0.6], [0.0, 0.5]]) + [0.0, 1.0],
            rng.normal(size=(25, 2)) @ np.array([[0.6, -0.8], [0.0, 0.9]]) + [3.0, -1.0],
        ]
    )
    theta = [
        np.array([0.3, 0.7]),
        np.array([[2.1, -0.2], [0.4, 0.7]]),
        np.array([[[0.9, -0.4], [-0.4, 1.6]], [[1.3, 0.5], [0.5, 0.8]]]),
    ]
    return x, theta


def passes(em_round):
    x, theta = data_and_start()
    pairs = zip(em_round(x, *theta), reference(x, *theta))
    return all(np.array_equal(a, b) for a, b in pairs)
""",
        "call": 'check("09.4", passes)',
    },
    {
        "id": "09.4",
        "kind": "wrong",
        "says": "healthy where every parameter stands still",
        "cause": (
            "One property is turned round: the test demands that parameters do not change in a "
            "round, but off a fixed point a right M step moves all of them."
        ),
        "code": """
import numpy as np
from scipy.special import logsumexp, softmax
from scipy.stats import multivariate_normal


def witness(x, weights, means, covariances):
    parts = zip(weights, means, covariances)
    return np.column_stack([np.log(w) + multivariate_normal(m, s).logpdf(x) for w, m, s in parts])


def data_and_start():
    rng = np.random.default_rng(8)
    x = np.concatenate(
        [
            rng.normal(size=(40, 2)) @ np.array([[1.0, 0.6], [0.0, 0.5]]) + [0.0, 1.0],
            rng.normal(size=(25, 2)) @ np.array([[0.6, -0.8], [0.0, 0.9]]) + [3.0, -1.0],
        ]
    )
    theta = [
        np.array([0.3, 0.7]),
        np.array([[2.1, -0.2], [0.4, 0.7]]),
        np.array([[[0.9, -0.4], [-0.4, 1.6]], [[1.3, 0.5], [0.5, 0.8]]]),
    ]
    return x, theta


def passes(em_round):
    x, theta = data_and_start()
    r, *new = em_round(x, *theta)
    posterior = np.allclose(r, softmax(witness(x, *theta), axis=1))
    return bool(posterior and all(np.allclose(a, b) for a, b in zip(theta, new)))
""",
        "call": 'check("09.4", passes)',
    },
    {
        "id": "09.4",
        "kind": "wrong",
        "says": "units with powers of a standard deviation",
        "cause": (
            "The powers are wrong: (0, 1, 1) treats the covariances as standard deviations, so "
            "healthy rounds fail; a covariance grows with the square of the unit."
        ),
        "code": """
import numpy as np
from scipy.special import logsumexp, softmax
from scipy.stats import multivariate_normal


def witness(x, weights, means, covariances):
    parts = zip(weights, means, covariances)
    return np.column_stack([np.log(w) + multivariate_normal(m, s).logpdf(x) for w, m, s in parts])


def data_and_start():
    rng = np.random.default_rng(8)
    x = np.concatenate(
        [
            rng.normal(size=(40, 2)) @ np.array([[1.0, 0.6], [0.0, 0.5]]) + [0.0, 1.0],
            rng.normal(size=(25, 2)) @ np.array([[0.6, -0.8], [0.0, 0.9]]) + [3.0, -1.0],
        ]
    )
    theta = [
        np.array([0.3, 0.7]),
        np.array([[2.1, -0.2], [0.4, 0.7]]),
        np.array([[[0.9, -0.4], [-0.4, 1.6]], [[1.3, 0.5], [0.5, 0.8]]]),
    ]
    return x, theta


def passes(em_round):
    x, theta = data_and_start()
    powers = (0, 1, 1)
    r, *new = em_round(x, *theta)
    tens = em_round(10 * x, *(part * 10.0**p for part, p in zip(theta, powers)))[1:]
    units = all(np.allclose(np.asarray(a) * 10.0**p, b) for a, b, p in zip(new, tens, powers))
    return bool(units and np.allclose(r, softmax(witness(x, *theta), axis=1)))
""",
        "call": 'check("09.4", passes)',
    },
    {
        "id": "09.4",
        "kind": "wrong",
        "says": "a single component",
        "cause": (
            "The start of the test is special: with one component every share is one, so no fault "
            "of the E step can show; use at least two."
        ),
        "code": """
import numpy as np


def passes(em_round):
    x = np.random.default_rng(0).normal(size=(50, 2)) @ np.array([[1.0, 0.6], [0.0, 0.5]])
    start = np.array([1.0]), np.array([[0.5, 0.5]]), np.array([[[1.3, 0.5], [0.5, 0.8]]])
    r, weights, means, covariances = em_round(x, *start)
    good = np.allclose(r, 1) and np.allclose(weights, 1) and np.allclose(means[0], x.mean(axis=0))
    return bool(good and np.allclose(covariances[0], np.cov(x.T, bias=True)))
""",
        "call": 'check("09.4", passes)',
    },
    {
        "id": "09.4",
        "kind": "wrong",
        "says": "means only",
        "cause": (
            "Only the means are compared: a round that hands back its weights, or makes "
            "covariances about the old means, gets past; compare all parts."
        ),
        "code": """
import numpy as np
from scipy.special import logsumexp
from scipy.stats import multivariate_normal


def witness(x, weights, means, covariances):
    parts = zip(weights, means, covariances)
    return np.column_stack([np.log(w) + multivariate_normal(m, s).logpdf(x) for w, m, s in parts])


def reference(x, weights, means, covariances):
    a = witness(x, weights, means, covariances)
    r = np.exp(a - logsumexp(a, axis=1, keepdims=True))
    n_k = r.sum(axis=0)
    new = np.array([r[:, k] @ x / n_k[k] for k in range(len(n_k))])
    scatters = [(r[:, k, None] * (x - m)).T @ (x - m) / n_k[k] for k, m in enumerate(new)]
    return r, n_k / len(x), new, np.array(scatters)


def data_and_start():
    rng = np.random.default_rng(8)
    x = np.concatenate(
        [
            rng.normal(size=(40, 2)) @ np.array([[1.0, 0.6], [0.0, 0.5]]) + [0.0, 1.0],
            rng.normal(size=(25, 2)) @ np.array([[0.6, -0.8], [0.0, 0.9]]) + [3.0, -1.0],
        ]
    )
    theta = [
        np.array([0.3, 0.7]),
        np.array([[2.1, -0.2], [0.4, 0.7]]),
        np.array([[[0.9, -0.4], [-0.4, 1.6]], [[1.3, 0.5], [0.5, 0.8]]]),
    ]
    return x, theta


def passes(em_round):
    x, theta = data_and_start()
    return bool(np.allclose(em_round(x, *theta)[2], reference(x, *theta)[2]))
""",
        "call": 'check("09.4", passes)',
    },
    {
        "id": "09.4",
        "kind": "wrong",
        "says": "fails everything, because a right round should leave the likelihood as it is",
        "cause": (
            "One property is too strict: the test demands that the log-likelihood stays the same "
            "in a round; a right round raises it."
        ),
        "code": """
import numpy as np
from scipy.special import logsumexp
from scipy.stats import multivariate_normal


def witness(x, weights, means, covariances):
    parts = zip(weights, means, covariances)
    return np.column_stack([np.log(w) + multivariate_normal(m, s).logpdf(x) for w, m, s in parts])


def data_and_start():
    rng = np.random.default_rng(8)
    x = np.concatenate(
        [
            rng.normal(size=(40, 2)) @ np.array([[1.0, 0.6], [0.0, 0.5]]) + [0.0, 1.0],
            rng.normal(size=(25, 2)) @ np.array([[0.6, -0.8], [0.0, 0.9]]) + [3.0, -1.0],
        ]
    )
    theta = [
        np.array([0.3, 0.7]),
        np.array([[2.1, -0.2], [0.4, 0.7]]),
        np.array([[[0.9, -0.4], [-0.4, 1.6]], [[1.3, 0.5], [0.5, 0.8]]]),
    ]
    return x, theta


def passes(em_round):
    x, theta = data_and_start()
    before = logsumexp(witness(x, *theta), axis=1).sum()
    after = logsumexp(witness(x, *em_round(x, *theta)[1:]), axis=1).sum()
    return bool(np.isclose(before, after))
""",
        "call": 'check("09.4", passes)',
    },
    {
        "id": "09.4",
        "kind": "hostile",
        "says": "runs a patient until its likelihood falls, for ever",
        "code": """
import numpy as np
from scipy.special import logsumexp
from scipy.stats import multivariate_normal


def witness(x, weights, means, covariances):
    parts = zip(weights, means, covariances)
    return np.column_stack([np.log(w) + multivariate_normal(m, s).logpdf(x) for w, m, s in parts])


def data_and_start():
    rng = np.random.default_rng(8)
    x = np.concatenate(
        [
            rng.normal(size=(40, 2)) @ np.array([[1.0, 0.6], [0.0, 0.5]]) + [0.0, 1.0],
            rng.normal(size=(25, 2)) @ np.array([[0.6, -0.8], [0.0, 0.9]]) + [3.0, -1.0],
        ]
    )
    theta = [
        np.array([0.3, 0.7]),
        np.array([[2.1, -0.2], [0.4, 0.7]]),
        np.array([[[0.9, -0.4], [-0.4, 1.6]], [[1.3, 0.5], [0.5, 0.8]]]),
    ]
    return x, theta


def passes(em_round):
    x, theta = data_and_start()
    before = -np.inf
    while True:
        height = logsumexp(witness(x, *theta), axis=1).sum()
        if height < before - 1e6:
            return False
        before, theta = height, em_round(x, *theta)[1:]
""",
        "call": 'check("09.4", passes)',
    },
    {
        "id": "09.4",
        "kind": "hostile",
        "says": "makes numpy raise for everybody, and answers in words",
        "code": """
import numpy as np


def passes(em_round):
    np.seterr(all="raise")
    x = np.zeros((2, 2))
    try:
        em_round(x, np.array([0.5, 0.5]), np.zeros((2, 2)), np.zeros((2, 2, 2)))
    except Exception as error:
        return f"it broke: {error}"
    return "it seems fine"
""",
        "call": 'check("09.4", passes)',
    },
    {
        "id": "09.4",
        "kind": "hostile",
        "says": "returns an array of verdicts",
        "code": """
import numpy as np


def passes(em_round):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(30, 2))
    covariances = np.array([np.eye(2), 2 * np.eye(2)])
    r = em_round(x, np.array([0.4, 0.6]), np.array([[0.0, 0.0], [1.0, 1.0]]), covariances)[0]
    return np.isclose(np.sum(r, axis=1), 1)
""",
        "call": 'check("09.4", passes)',
    },
    {
        "id": "09.5",
        "kind": "right",
        "says": "softmax of the logarithms, as in the exponential's cell",
        "code": """
import numpy as np
from scipy.special import softmax


def em_round_poisson(x, weights, rates):
    r = softmax(np.log(weights) + x[:, None] * np.log(rates) - rates, axis=1)
    return r, r.mean(axis=0), x @ r / r.sum(axis=0)
""",
        "call": 'check("09.5", em_round_poisson)',
    },
    {
        "id": "09.5",
        "kind": "right",
        "says": "with scipy's Poisson, factorial included",
        "code": """
import numpy as np
from scipy.stats import poisson


def em_round_poisson(x, weights, rates):
    a = np.log(weights) + poisson.logpmf(x[:, None], rates)
    r = np.exp(a - np.logaddexp.reduce(a, axis=1, keepdims=True))
    n_k = r.sum(axis=0)
    return r, n_k / len(x), (r * x[:, None]).sum(axis=0) / n_k
""",
        "call": 'check("09.5", em_round_poisson)',
    },
    {
        "id": "09.5",
        "kind": "right",
        "says": "plain loops and math",
        "code": """
import numpy as np
import math


def em_round_poisson(x, weights, rates):
    k = len(rates)
    r, n_k, sums = [], [0.0] * k, [0.0] * k
    for count in x:
        logs = [math.log(weights[j]) + count * math.log(rates[j]) - rates[j] for j in range(k)]
        top = max(logs)
        parts = [math.exp(a - top) for a in logs]
        total = sum(parts)
        r.append([part / total for part in parts])
        for j in range(k):
            n_k[j] += parts[j] / total
            sums[j] += count * parts[j] / total
    new_rates = np.array([s / n for s, n in zip(sums, n_k)])
    return np.array(r), np.array(n_k) / len(x), new_rates
""",
        "call": 'check("09.5", em_round_poisson)',
    },
    {
        "id": "09.5",
        "kind": "right",
        "says": "einsum, log-sum-exp by hand, named tuple",
        "code": """
import numpy as np
from collections import namedtuple

Round = namedtuple("Round", "r weights rates")


def em_round_poisson(x, weights, rates):
    x, rates = np.asarray(x, dtype=float), np.asarray(rates, dtype=float)
    a = np.einsum("n,k->nk", x, np.log(rates)) + (np.log(weights) - rates)
    a -= a.max(axis=1, keepdims=True)
    p = np.exp(a)
    r = p / np.einsum("nk->n", p)[:, None]
    n_k = np.einsum("nk->k", r)
    return Round(r, n_k / n_k.sum(), np.einsum("nk,n->k", r, x) / n_k)
""",
        "call": 'check("09.5", em_round_poisson)',
    },
    {
        "id": "09.5",
        "kind": "right",
        "says": "shares from differences of logarithms, defensive",
        "code": """
import numpy as np


def em_round_poisson(x, weights, rates):
    x = np.asarray(x, dtype=float).ravel()
    weights, rates = np.asarray(weights, dtype=float), np.asarray(rates, dtype=float)
    if np.any(x < 0) or np.any(rates <= 0):
        raise ValueError("counts must not be negative, and rates must be positive")
    a = np.log(weights) + np.outer(x, np.log(rates)) - rates
    with np.errstate(over="ignore"):
        r = 1 / np.exp(a[:, None, :] - a[:, :, None]).sum(axis=2)
    new = np.array([np.average(x, weights=share) for share in r.T])
    return r, r.sum(axis=0) / x.size, new
""",
        "call": 'check("09.5", em_round_poisson)',
    },
    {
        "id": "09.5",
        "kind": "wrong",
        "says": "the rate of an exponential",
        "cause": (
            "The rates are wrong: N_k over the weighted sum is the formula of the exponential; a "
            "Poisson rate is the weighted mean of the counts, the other way up."
        ),
        "code": """
import numpy as np
from scipy.special import softmax


def em_round_poisson(x, weights, rates):
    r = softmax(np.log(weights) + x[:, None] * np.log(rates) - rates, axis=1)
    return r, r.mean(axis=0), r.sum(axis=0) / (x @ r)
""",
        "call": 'check("09.5", em_round_poisson)',
    },
    {
        "id": "09.5",
        "kind": "wrong",
        "says": "factor exp(-rate) left out",
        "cause": (
            "The E step is wrong: exp(-rate) is left out as if it cancelled, but it differs "
            "between the components; only the factorial cancels."
        ),
        "code": """
import numpy as np
from scipy.special import softmax


def em_round_poisson(x, weights, rates):
    r = softmax(np.log(weights) + x[:, None] * np.log(rates), axis=1)
    return r, r.mean(axis=0), x @ r / r.sum(axis=0)
""",
        "call": 'check("09.5", em_round_poisson)',
    },
    {
        "id": "09.5",
        "kind": "wrong",
        "says": "weights forgotten in the E step",
        "cause": (
            "The E step is wrong: the weights are left out, so the shares are those of equal "
            "weights."
        ),
        "code": """
import numpy as np
from scipy.special import softmax


def em_round_poisson(x, weights, rates):
    r = softmax(x[:, None] * np.log(rates) - rates, axis=1)
    return r, r.mean(axis=0), x @ r / r.sum(axis=0)
""",
        "call": 'check("09.5", em_round_poisson)',
    },
    {
        "id": "09.5",
        "kind": "wrong",
        "says": "weights handed back",
        "cause": (
            "The weights are wrong: the old ones are returned; the M step makes them the mean "
            "shares."
        ),
        "code": """
import numpy as np
from scipy.special import softmax


def em_round_poisson(x, weights, rates):
    r = softmax(np.log(weights) + x[:, None] * np.log(rates) - rates, axis=1)
    return r, weights, x @ r / r.sum(axis=0)
""",
        "call": 'check("09.5", em_round_poisson)',
    },
    {
        "id": "09.5",
        "kind": "wrong",
        "says": "hard assignment",
        "cause": "The E step is wrong: argmax gives each count to one component; EM shares it.",
        "code": """
import numpy as np


def em_round_poisson(x, weights, rates):
    a = np.log(weights) + x[:, None] * np.log(rates) - rates
    r = np.eye(len(rates))[a.argmax(axis=1)]
    return r, r.mean(axis=0), x @ r / r.sum(axis=0)
""",
        "call": 'check("09.5", em_round_poisson)',
    },
    {
        "id": "09.5",
        "kind": "wrong",
        "says": "powers and factorials that overflow",
        "cause": (
            "The E step is not a number for a large count: the power overflows and exp(-rate) "
            "cannot save it, so infinity over infinity is NaN; work with logarithms."
        ),
        "code": """
import numpy as np


def em_round_poisson(x, weights, rates):
    with np.errstate(over="ignore", invalid="ignore"):
        joint = weights * rates ** x[:, None] * np.exp(-rates)
        r = joint / joint.sum(axis=1, keepdims=True)
    return r, r.mean(axis=0), x @ r / r.sum(axis=0)
""",
        "call": 'check("09.5", em_round_poisson)',
    },
    {
        "id": "09.5",
        "kind": "wrong",
        "says": "rates divided by N",
        "cause": (
            "The rates are wrong: the weighted sums are divided by all N counts; divide by the "
            "effective number of the component."
        ),
        "code": """
import numpy as np
from scipy.special import softmax


def em_round_poisson(x, weights, rates):
    r = softmax(np.log(weights) + x[:, None] * np.log(rates) - rates, axis=1)
    return r, r.mean(axis=0), x @ r / len(x)
""",
        "call": 'check("09.5", em_round_poisson)',
    },
    {
        "id": "09.5",
        "kind": "wrong",
        "says": "shares normalised over the counts",
        "cause": (
            "The E step is normalised over the wrong axis: softmax runs over the counts; the "
            "shares of one count must sum to one."
        ),
        "code": """
import numpy as np
from scipy.special import softmax


def em_round_poisson(x, weights, rates):
    r = softmax(np.log(weights) + x[:, None] * np.log(rates) - rates, axis=0)
    return r, r.mean(axis=0) / r.mean(axis=0).sum(), x @ r / r.sum(axis=0)
""",
        "call": 'check("09.5", em_round_poisson)',
    },
    {
        "id": "09.5",
        "kind": "wrong",
        "says": "effective numbers in place of weights",
        "cause": (
            "The weights are wrong: these are the effective numbers, which sum to N; divide them "
            "by N."
        ),
        "code": """
import numpy as np
from scipy.special import softmax


def em_round_poisson(x, weights, rates):
    r = softmax(np.log(weights) + x[:, None] * np.log(rates) - rates, axis=1)
    return r, r.sum(axis=0), x @ r / r.sum(axis=0)
""",
        "call": 'check("09.5", em_round_poisson)',
    },
    {
        "id": "09.5",
        "kind": "wrong",
        "says": "weighted variance for the rate",
        "cause": (
            "The rates are wrong: a Poisson's variance equals its rate in the long run, but the "
            "maximum of Q is at the weighted mean of the counts, not at their weighted variance."
        ),
        "code": """
import numpy as np
from scipy.special import softmax


def em_round_poisson(x, weights, rates):
    r = softmax(np.log(weights) + x[:, None] * np.log(rates) - rates, axis=1)
    n_k = r.sum(axis=0)
    means = x @ r / n_k
    return r, n_k / len(x), (r * (x[:, None] - means) ** 2).sum(axis=0) / n_k
""",
        "call": 'check("09.5", em_round_poisson)',
    },
    {
        "id": "09.5",
        "kind": "wrong",
        "says": "rates rounded to whole numbers",
        "cause": "The rates are wrong: they are rounded; counts are whole, a rate need not be.",
        "code": """
import numpy as np
from scipy.special import softmax


def em_round_poisson(x, weights, rates):
    r = softmax(np.log(weights) + x[:, None] * np.log(rates) - rates, axis=1)
    return r, r.mean(axis=0), np.round(x @ r / r.sum(axis=0))
""",
        "call": 'check("09.5", em_round_poisson)',
    },
    {
        "id": "09.5",
        "kind": "wrong",
        "says": "weight multiplied in, not its logarithm",
        "cause": (
            "The E step is wrong: the weights are added to the logarithms as they are; add their "
            "logarithms."
        ),
        "code": """
import numpy as np
from scipy.special import softmax


def em_round_poisson(x, weights, rates):
    r = softmax(weights + x[:, None] * np.log(rates) - rates, axis=1)
    return r, r.mean(axis=0), x @ r / r.sum(axis=0)
""",
        "call": 'check("09.5", em_round_poisson)',
    },
    {
        "id": "09.5",
        "kind": "hostile",
        "says": "normalises into the caller's arrays",
        "code": """
import numpy as np
from scipy.special import softmax


def em_round_poisson(x, weights, rates):
    r = softmax(np.log(weights) + x[:, None] * np.log(rates) - rates, axis=1)
    np.mean(r, axis=0, out=weights)
    rates[:] = x @ r / r.sum(axis=0)
    x += 0.0 * x[0] + 1e-9
    return r, weights, rates
""",
        "call": 'check("09.5", em_round_poisson)',
    },
    {
        "id": "09.5",
        "kind": "hostile",
        "says": "a float as the exercise's number",
        "code": """
import numpy as np
from scipy.special import softmax


def em_round_poisson(x, weights, rates):
    r = softmax(np.log(weights) + x[:, None] * np.log(rates) - rates, axis=1)
    return r, r.mean(axis=0), x @ r / r.sum(axis=0)
""",
        "call": "check(9.5, em_round_poisson)",
    },
    {
        "id": "09.5",
        "kind": "hostile",
        "says": "sums the factorial in Python, number by number, without end",
        "code": """
import numpy as np


def em_round_poisson(x, weights, rates):
    factorial, i = 1.0, 0
    while i != x.max() + 0.5:
        i += 1
        factorial = factorial * i % 1e300
    return np.full((len(x), len(rates)), factorial), weights, rates
""",
        "call": 'check("09.5", em_round_poisson)',
    },
]
