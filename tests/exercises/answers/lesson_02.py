"""Answers to the exercises of lesson 02, written from their text alone."""

ANSWERS = [
    {
        "id": "02.1",
        "kind": "right",
        "says": "choice, then one vectorised draw",
        "code": """
import numpy as np


def sample_mixture(n, weights, means, stds, rng):
    z = rng.choice(len(weights), size=n, p=weights)
    x = rng.normal(means[z], stds[z])
    return x, z
""",
        "call": 'check("02.1", sample_mixture)',
    },
    {
        "id": "02.1",
        "kind": "right",
        "says": "person by person",
        "code": """
import numpy as np


def sample_mixture(n, weights, means, stds, rng):
    x, z = [], []
    for _ in range(n):
        k = rng.choice(len(weights), p=weights)
        x.append(rng.normal(means[k], stds[k]))
        z.append(k)
    return np.array(x), np.array(z)
""",
        "call": 'check("02.1", sample_mixture)',
    },
    {
        "id": "02.1",
        "kind": "right",
        "says": "uniform numbers sorted into the cumulated weights",
        "code": """
import numpy as np


def sample_mixture(n, weights, means, stds, rng):
    edges = np.cumsum(weights)[:-1]
    z = np.searchsorted(edges, rng.random(n), side="right")
    return means[z] + stds[z] * rng.standard_normal(n), z
""",
        "call": 'check("02.1", sample_mixture)',
    },
    {
        "id": "02.1",
        "kind": "right",
        "says": "one-hot rows, matrix products",
        "code": """
import numpy as np


def sample_mixture(n, weights, means, stds, rng):
    rows = rng.multinomial(1, weights, size=n)
    x = rows @ means + (rows @ stds) * rng.normal(size=n)
    return x, rows.argmax(axis=1)
""",
        "call": 'check("02.1", sample_mixture)',
    },
    {
        "id": "02.1",
        "kind": "right",
        "says": "multinomial counts, group by group, then shuffled together; named tuple",
        "code": """
from collections import namedtuple

import numpy as np

Draw = namedtuple("Draw", "x z")


def sample_mixture(n, weights, means, stds, rng):
    counts = rng.multinomial(n, weights)
    x = np.concatenate([rng.normal(m, s, c) for m, s, c in zip(means, stds, counts)])
    z = np.repeat(np.arange(len(counts)), counts)
    order = rng.permutation(n)
    return Draw(x[order], z[order])
""",
        "call": 'check("02.1", sample_mixture)',
    },
    {
        "id": "02.1",
        "kind": "right",
        "says": "a draw from every component, then the one that the label picks",
        "code": """
import numpy as np


def sample_mixture(n, weights, means, stds, rng):
    z = np.argmax(np.log(weights) + rng.gumbel(size=(n, len(weights))), axis=1)
    everybody = rng.normal(means, stds, size=(n, len(weights)))
    return np.take_along_axis(everybody, z[:, None], axis=1)[:, 0], z
""",
        "call": 'check("02.1", sample_mixture)',
    },
    {
        "id": "02.1",
        "kind": "right",
        "says": "defensive: converts and checks its arguments",
        "code": """
import numpy as np


def sample_mixture(n, weights, means, stds, rng):
    weights, means, stds = (np.array(values, dtype=float) for values in (weights, means, stds))
    if not (weights.shape == means.shape == stds.shape and np.isclose(weights.sum(), 1)):
        raise ValueError("one weight, mean and std a component, weights that sum to one")
    z = rng.choice(weights.size, size=int(n), p=weights / weights.sum())
    x = np.empty(int(n))
    for k in range(weights.size):
        mine = z == k
        x[mine] = rng.normal(means[k], stds[k], size=mine.sum())
    return x, z
""",
        "call": 'check("02.1", sample_mixture)',
    },
    {
        "id": "02.1",
        "kind": "wrong",
        "says": "labels first",
        "cause": (
            "The two arrays are in the wrong order: the numbers x come first, then the labels z."
        ),
        "code": """
import numpy as np


def sample_mixture(n, weights, means, stds, rng):
    z = rng.choice(len(weights), size=n, p=weights)
    return z, rng.normal(means[z], stds[z])
""",
        "call": 'check("02.1", sample_mixture)',
    },
    {
        "id": "02.1",
        "kind": "wrong",
        "says": "weights not used",
        "cause": (
            "Labels: you draw every component equally often. Draw them with the probabilities "
            "`weights`."
        ),
        "code": """
import numpy as np


def sample_mixture(n, weights, means, stds, rng):
    z = rng.integers(len(weights), size=n)
    return rng.normal(means[z], stds[z]), z
""",
        "call": 'check("02.1", sample_mixture)',
    },
    {
        "id": "02.1",
        "kind": "wrong",
        "says": "variance in place of the standard deviation",
        "cause": "Numbers: rng.normal wants a standard deviation; you gave it the square.",
        "code": """
import numpy as np


def sample_mixture(n, weights, means, stds, rng):
    z = rng.choice(len(weights), size=n, p=weights)
    return rng.normal(means[z], stds[z] ** 2), z
""",
        "call": 'check("02.1", sample_mixture)',
    },
    {
        "id": "02.1",
        "kind": "wrong",
        "says": "root of the standard deviation",
        "cause": (
            "Numbers: you took the root of stds, as if they were variances. The spreads come "
            "out wrong."
        ),
        "code": """
import numpy as np


def sample_mixture(n, weights, means, stds, rng):
    z = rng.choice(len(weights), size=n, p=weights)
    return rng.normal(means[z], np.sqrt(stds[z])), z
""",
        "call": 'check("02.1", sample_mixture)',
    },
    {
        "id": "02.1",
        "kind": "wrong",
        "says": "weighted average of one draw from each component",
        "cause": (
            "Numbers: you average draws from all components. A mixture averages densities; each "
            "number is from one component, the one of its label."
        ),
        "code": """
import numpy as np


def sample_mixture(n, weights, means, stds, rng):
    z = rng.choice(len(weights), size=n, p=weights)
    x = rng.normal(means, stds, size=(n, len(weights))) @ weights
    return x, z
""",
        "call": 'check("02.1", sample_mixture)',
    },
    {
        "id": "02.1",
        "kind": "wrong",
        "says": "two components hard-wired",
        "cause": "Labels: you draw 0 or 1 only. There may be any number of components.",
        "code": """
import numpy as np


def sample_mixture(n, weights, means, stds, rng):
    z = (rng.random(n) >= weights[0]).astype(int)
    return rng.normal(means[z], stds[z]), z
""",
        "call": 'check("02.1", sample_mixture)',
    },
    {
        "id": "02.1",
        "kind": "wrong",
        "says": "labels counted from one",
        "cause": "Labels: they are counted from 1 here, and should be counted from 0.",
        "code": """
import numpy as np


def sample_mixture(n, weights, means, stds, rng):
    z = rng.choice(len(weights), size=n, p=weights)
    return rng.normal(means[z], stds[z]), z + 1
""",
        "call": 'check("02.1", sample_mixture)',
    },
    {
        "id": "02.1",
        "kind": "wrong",
        "says": "one number a component, repeated",
        "cause": (
            "Numbers: you draw one number for each component and repeat it. Draw a fresh one "
            "for each label."
        ),
        "code": """
import numpy as np


def sample_mixture(n, weights, means, stds, rng):
    z = rng.choice(len(weights), size=n, p=weights)
    return rng.normal(means, stds)[z], z
""",
        "call": 'check("02.1", sample_mixture)',
    },
    {
        "id": "02.1",
        "kind": "wrong",
        "says": "labels drawn a second time",
        "cause": (
            "The labels returned are not those that made the numbers: you drew them twice. Keep "
            "the first."
        ),
        "code": """
import numpy as np


def sample_mixture(n, weights, means, stds, rng):
    k = len(weights)
    picked = rng.choice(k, size=n, p=weights)
    x = rng.normal(means[picked], stds[picked])
    return x, rng.choice(k, size=n, p=weights)
""",
        "call": 'check("02.1", sample_mixture)',
    },
    {
        "id": "02.1",
        "kind": "wrong",
        "says": "labels guessed back from the numbers",
        "cause": (
            "Labels: you return the component with the nearest mean. The label that made the "
            "number was known and should be returned."
        ),
        "code": """
import numpy as np


def sample_mixture(n, weights, means, stds, rng):
    z = rng.choice(len(weights), size=n, p=weights)
    x = rng.normal(means[z], stds[z])
    return x, np.abs(x[:, None] - means).argmin(axis=1)
""",
        "call": 'check("02.1", sample_mixture)',
    },
    {
        "id": "02.1",
        "kind": "wrong",
        "says": "numbers sorted, labels not",
        "cause": (
            "You sorted the numbers and not the labels with them, so they no longer belong "
            "together."
        ),
        "code": """
import numpy as np


def sample_mixture(n, weights, means, stds, rng):
    z = rng.choice(len(weights), size=n, p=weights)
    return np.sort(rng.normal(means[z], stds[z])), z
""",
        "call": 'check("02.1", sample_mixture)',
    },
    {
        "id": "02.1",
        "kind": "wrong",
        "says": "the lesson's parameters in place of the arguments",
        "cause": "You draw from the lesson's two groups of heights; the arguments are not used.",
        "code": """
import numpy as np

groups = np.array([163.0, 177.0])


def sample_mixture(n, weights, means, stds, rng):
    z = rng.choice(2, size=n)
    return rng.normal(groups[z], 7.1414), z
""",
        "call": 'check("02.1", sample_mixture)',
    },
    {
        "id": "02.1",
        "kind": "wrong",
        "says": "table of one-hot rows for the labels",
        "cause": (
            "Labels: you return a table with a one in each row. Asked for is an array of n "
            "component numbers."
        ),
        "code": """
import numpy as np


def sample_mixture(n, weights, means, stds, rng):
    z = rng.choice(len(weights), size=n, p=weights)
    return rng.normal(means[z], stds[z]), np.eye(len(weights))[z]
""",
        "call": 'check("02.1", sample_mixture)',
    },
    {
        "id": "02.1",
        "kind": "wrong",
        "says": "n draws from every component",
        "cause": (
            "Labels and shares: you draw n numbers from each component, so n is multiplied and "
            "the weights have no say."
        ),
        "code": """
import numpy as np


def sample_mixture(n, weights, means, stds, rng):
    x = np.concatenate([rng.normal(m, s, n) for m, s in zip(means, stds)])
    return x, np.repeat(np.arange(len(weights)), n)
""",
        "call": 'check("02.1", sample_mixture)',
    },
    {
        "id": "02.1",
        "kind": "hostile",
        "says": "right draws, but labels are floats",
        "code": """
import numpy as np


def sample_mixture(n, weights, means, stds, rng):
    z = rng.choice(len(weights), size=n, p=weights)
    return rng.normal(means[z], stds[z]), z.astype(float)
""",
        "call": 'check("02.1", sample_mixture)',
    },
    {
        "id": "02.1",
        "kind": "hostile",
        "says": "right draws, but overwrites the weights that it was given",
        "code": """
import numpy as np


def sample_mixture(n, weights, means, stds, rng):
    np.cumsum(weights, out=weights)
    z = np.searchsorted(weights[:-1], rng.random(n), side="right")
    return rng.normal(means[z], stds[z]), z
""",
        "call": 'check("02.1", sample_mixture)',
    },
    {
        "id": "02.1",
        "kind": "hostile",
        "says": "rejects samples until the mean is exactly right",
        "code": """
import numpy as np


def sample_mixture(n, weights, means, stds, rng):
    while True:
        z = rng.choice(len(weights), size=n, p=weights)
        x = rng.normal(means[z], stds[z])
        if x.mean() == weights @ means and x.std() == stds[0]:
            return x, z
""",
        "call": 'check("02.1", sample_mixture)',
    },
    {
        "id": "02.1",
        "kind": "hostile",
        "says": "uses and reseeds numpy's global generator",
        "code": """
import numpy as np


def sample_mixture(n, weights, means, stds, rng):
    np.random.seed(42)
    z = np.random.choice(len(weights), size=n, p=weights)
    return np.random.normal(means[z], stds[z]), z
""",
        "call": 'check("02.1", sample_mixture)',
    },
    {
        "id": "02.2",
        "kind": "right",
        "says": "joint divided by its row sums",
        "code": """
import numpy as np
from scipy.stats import norm


def responsibilities(x, weights, means, stds):
    joint = weights * norm.pdf(x[:, None], means, stds)
    return joint / joint.sum(axis=1, keepdims=True)
""",
        "call": 'check("02.2", responsibilities)',
    },
    {
        "id": "02.2",
        "kind": "right",
        "says": "in logarithms, with scipy's logsumexp",
        "code": """
import numpy as np
from scipy.special import logsumexp
from scipy.stats import norm


def responsibilities(x, weights, means, stds):
    a = np.log(weights) + norm.logpdf(x[:, None], means, stds)
    return np.exp(a - logsumexp(a, axis=1, keepdims=True))
""",
        "call": 'check("02.2", responsibilities)',
    },
    {
        "id": "02.2",
        "kind": "right",
        "says": "plain double loop, lists made into an array",
        "code": """
import math

import numpy as np


def responsibilities(x, weights, means, stds):
    table = []
    for value in x:
        row = []
        for w, m, s in zip(weights, means, stds):
            bell = math.exp(-((value - m) ** 2) / (2 * s**2)) / (s * math.sqrt(2 * math.pi))
            row.append(w * bell)
        total = sum(row)
        table.append([entry / total for entry in row])
    return np.array(table)
""",
        "call": 'check("02.2", responsibilities)',
    },
    {
        "id": "02.2",
        "kind": "right",
        "says": "column by column, transposed at the end",
        "code": """
import numpy as np
from scipy.stats import norm


def responsibilities(x, weights, means, stds):
    columns = [w * norm(m, s).pdf(x) for w, m, s in zip(weights, means, stds)]
    return (np.array(columns) / np.sum(columns, axis=0)).T
""",
        "call": 'check("02.2", responsibilities)',
    },
    {
        "id": "02.2",
        "kind": "right",
        "says": "einsum, constants that cancel left out",
        "code": """
import numpy as np


def responsibilities(x, weights, means, stds):
    z = (x[:, np.newaxis] - means) / stds
    joint = np.einsum("k,nk->nk", np.divide(weights, stds), np.exp(-0.5 * z**2))
    return np.einsum("nk,n->nk", joint, 1 / joint.sum(axis=1))
""",
        "call": 'check("02.2", responsibilities)',
    },
    {
        "id": "02.2",
        "kind": "right",
        "says": "softmax, float32 kept",
        "code": """
import numpy as np
from scipy.special import softmax


def responsibilities(x, weights, means, stds):
    x = np.asarray(x)
    kind = np.result_type(x.dtype, np.float32)
    w, m, s = (np.asarray(values, dtype=kind) for values in (weights, means, stds))
    a = np.log(w) - np.log(s) - ((x.astype(kind)[:, None] - m) / s) ** 2 / 2
    return softmax(a, axis=1)
""",
        "call": 'check("02.2", responsibilities)',
    },
    {
        "id": "02.2",
        "kind": "right",
        "says": "one over the sum of ratios, pairwise",
        "code": """
import numpy as np


def responsibilities(x, weights, means, stds):
    x = np.atleast_1d(np.asarray(x, dtype=float))
    a = np.log(weights) - np.log(stds) - 0.5 * ((x[:, None] - means) / stds) ** 2
    with np.errstate(over="ignore"):
        return 1 / np.exp(a[:, None, :] - a[:, :, None]).sum(axis=2)
""",
        "call": 'check("02.2", responsibilities)',
    },
    {
        "id": "02.2",
        "kind": "wrong",
        "says": "weights left out",
        "cause": (
            "The weights are missing: prior times density, then divide. Equal weights hide the "
            "slip."
        ),
        "code": """
import numpy as np
from scipy.stats import norm


def responsibilities(x, weights, means, stds):
    density = norm.pdf(x[:, None], means, stds)
    return density / density.sum(axis=1, keepdims=True)
""",
        "call": 'check("02.2", responsibilities)',
    },
    {
        "id": "02.2",
        "kind": "wrong",
        "says": "divided by the sum over the data",
        "cause": (
            "Rows do not sum to one: you divided by the sum over the data. Divide each row by "
            "its own sum."
        ),
        "code": """
import numpy as np
from scipy.stats import norm


def responsibilities(x, weights, means, stds):
    joint = weights * norm.pdf(x[:, None], means, stds)
    return joint / joint.sum(axis=0)
""",
        "call": 'check("02.2", responsibilities)',
    },
    {
        "id": "02.2",
        "kind": "wrong",
        "says": "not normalised",
        "cause": (
            "This is the joint density (rows do not sum to one). Divide each row by its sum, "
            "the marginal."
        ),
        "code": """
import numpy as np
from scipy.stats import norm


def responsibilities(x, weights, means, stds):
    return weights * norm.pdf(x[:, None], means, stds)
""",
        "call": 'check("02.2", responsibilities)',
    },
    {
        "id": "02.2",
        "kind": "wrong",
        "says": "variance handed to the density",
        "cause": "norm.pdf wants standard deviations; you gave it their squares.",
        "code": """
import numpy as np
from scipy.stats import norm


def responsibilities(x, weights, means, stds):
    joint = weights * norm.pdf(x[:, None], means, stds**2)
    return joint / joint.sum(axis=1, keepdims=True)
""",
        "call": 'check("02.2", responsibilities)',
    },
    {
        "id": "02.2",
        "kind": "wrong",
        "says": "hard assignment",
        "cause": (
            "Each row is given wholly to one component. A responsibility is a probability: do "
            "not round it."
        ),
        "code": """
import numpy as np
from scipy.stats import norm


def responsibilities(x, weights, means, stds):
    joint = weights * norm.pdf(x[:, None], means, stds)
    return np.eye(len(weights))[joint.argmax(axis=1)]
""",
        "call": 'check("02.2", responsibilities)',
    },
    {
        "id": "02.2",
        "kind": "wrong",
        "says": "transposed",
        "cause": (
            "The table lies on its side: one row for each number, one column for each component."
        ),
        "code": """
import numpy as np
from scipy.stats import norm


def responsibilities(x, weights, means, stds):
    joint = weights * norm.pdf(x[:, None], means, stds)
    return (joint / joint.sum(axis=1, keepdims=True)).T
""",
        "call": 'check("02.2", responsibilities)',
    },
    {
        "id": "02.2",
        "kind": "wrong",
        "says": "first component only",
        "cause": "You return component 0 only. The table has one column for every component.",
        "code": """
import numpy as np
from scipy.stats import norm


def responsibilities(x, weights, means, stds):
    joint = weights * norm.pdf(x[:, None], means, stds)
    return joint[:, 0] / joint.sum(axis=1)
""",
        "call": 'check("02.2", responsibilities)',
    },
    {
        "id": "02.2",
        "kind": "wrong",
        "says": "factor before the exponential left out",
        "cause": "The density lacks its 1/std. It cancels only if all components are equally wide.",
        "code": """
import numpy as np


def responsibilities(x, weights, means, stds):
    joint = weights * np.exp(-0.5 * ((x[:, None] - means) / stds) ** 2)
    return joint / joint.sum(axis=1, keepdims=True)
""",
        "call": 'check("02.2", responsibilities)',
    },
    {
        "id": "02.2",
        "kind": "wrong",
        "says": "one half missing in the exponent",
        "cause": "The exponent lacks its one half, so the shares come out too sharp.",
        "code": """
import numpy as np


def responsibilities(x, weights, means, stds):
    joint = weights / stds * np.exp(-(((x[:, None] - means) / stds) ** 2))
    return joint / joint.sum(axis=1, keepdims=True)
""",
        "call": 'check("02.2", responsibilities)',
    },
    {
        "id": "02.2",
        "kind": "wrong",
        "says": "shares of the logarithms",
        "cause": (
            "You normalised logarithms. Take the exponential first; only then divide by the row "
            "sum."
        ),
        "code": """
import numpy as np
from scipy.stats import norm


def responsibilities(x, weights, means, stds):
    a = np.log(weights) + norm.logpdf(x[:, None], means, stds)
    return a / a.sum(axis=1, keepdims=True)
""",
        "call": 'check("02.2", responsibilities)',
    },
    {
        "id": "02.2",
        "kind": "wrong",
        "says": "two components hard-wired",
        "cause": (
            "Only the first two components are used; the table needs one column for every "
            "component."
        ),
        "code": """
import numpy as np
from scipy.stats import norm


def responsibilities(x, weights, means, stds):
    first = weights[0] * norm.pdf(x, means[0], stds[0])
    second = weights[1] * norm.pdf(x, means[1], stds[1])
    share = first / (first + second)
    return np.column_stack([share, 1 - share])
""",
        "call": 'check("02.2", responsibilities)',
    },
    {
        "id": "02.2",
        "kind": "wrong",
        "says": "shares by inverse distance",
        "cause": "You share by distance to the mean. Bayes' rule shares by weight times density.",
        "code": """
import numpy as np


def responsibilities(x, weights, means, stds):
    near = weights / (np.abs(x[:, None] - means) / stds + 1e-12)
    return near / near.sum(axis=1, keepdims=True)
""",
        "call": 'check("02.2", responsibilities)',
    },
    {
        "id": "02.2",
        "kind": "wrong",
        "says": "weights taken from the notebook",
        "cause": "You use the lesson's weights of one half; the argument `weights` is not used.",
        "code": """
import numpy as np
from scipy.stats import norm

halves = np.array([0.5, 0.5])


def responsibilities(x, weights, means, stds):
    joint = np.resize(halves, len(means)) * norm.pdf(x[:, None], means, stds)
    return joint / joint.sum(axis=1, keepdims=True)
""",
        "call": 'check("02.2", responsibilities)',
    },
    {
        "id": "02.2",
        "kind": "wrong",
        "says": "weights taken twice",
        "cause": "The weights enter twice: once with the density and once more at the end.",
        "code": """
import numpy as np
from scipy.stats import norm


def responsibilities(x, weights, means, stds):
    joint = weights * norm.pdf(x[:, None], means, stds)
    again = joint / joint.sum(axis=1, keepdims=True) * weights
    return again / again.sum(axis=1, keepdims=True)
""",
        "call": 'check("02.2", responsibilities)',
    },
    {
        "id": "02.2",
        "kind": "hostile",
        "says": "right values, but changes stds in place",
        "code": """
import numpy as np


def responsibilities(x, weights, means, stds):
    stds *= stds
    joint = weights / np.sqrt(stds) * np.exp(-((x[:, None] - means) ** 2) / (2 * stds))
    return joint / joint.sum(axis=1, keepdims=True)
""",
        "call": 'check("02.2", responsibilities)',
    },
    {
        "id": "02.2",
        "kind": "hostile",
        "says": "prints every row, returns nothing",
        "code": """
import numpy as np
from scipy.stats import norm


def responsibilities(x, weights, means, stds):
    for value in x:
        joint = weights * norm.pdf(value, means, stds)
        print(value, joint / joint.sum())
""",
        "call": 'check("02.2", responsibilities)',
    },
    {
        "id": "02.2",
        "kind": "hostile",
        "says": "table of texts",
        "code": """
import numpy as np
from scipy.stats import norm


def responsibilities(x, weights, means, stds):
    joint = weights * norm.pdf(x[:, None], means, stds)
    return (joint / joint.sum(axis=1, keepdims=True)).round(2).astype(str)
""",
        "call": 'check("02.2", responsibilities)',
    },
    {
        "id": "02.2",
        "kind": "hostile",
        "says": "divides again until the sums are exactly one, which rounding may never allow",
        "code": """
import numpy as np
from scipy.stats import norm


def responsibilities(x, weights, means, stds):
    table = weights * norm.pdf(x[:, None], means, stds)
    while not (table.cumsum(axis=1)[:, -1] == 1.0).all() or table.sum() != len(x) + 0.1:
        table = table / table.sum(axis=1, keepdims=True)
    return table
""",
        "call": 'check("02.2", responsibilities)',
    },
    {
        "id": "02.3",
        "kind": "right",
        "says": "the rule",
        "code": """
import numpy as np


def n_modes(mu1, mu2, sigma):
    return 2 if abs(mu1 - mu2) > 2 * sigma else 1
""",
        "call": 'check("02.3", n_modes)',
    },
    {
        "id": "02.3",
        "kind": "right",
        "says": "truth value added to one",
        "code": """
import numpy as np


def n_modes(mu1, mu2, sigma):
    return 1 + int(np.abs(mu2 - mu1) / sigma > 2)
""",
        "call": 'check("02.3", n_modes)',
    },
    {
        "id": "02.3",
        "kind": "right",
        "says": "counts humps on a fine grid around the midpoint, in units of sigma",
        "code": """
import numpy as np


def n_modes(mu1, mu2, sigma):
    delta = abs(mu2 - mu1) / (2 * sigma)
    u = np.linspace(-delta - 3, delta + 3, 2401)
    u[1200] = 0.0
    density = np.logaddexp(-((u + delta) ** 2) / 2, -((u - delta) ** 2) / 2)
    rises = np.diff(density) > 0
    return int(np.sum(rises[:-1] & ~rises[1:]))
""",
        "call": 'check("02.3", n_modes)',
    },
    {
        "id": "02.3",
        "kind": "right",
        "says": "curvature at the midpoint: a valley there means two humps",
        "code": """
import numpy as np


def n_modes(mu1, mu2, sigma):
    delta = (mu1 - mu2) / (2 * sigma)
    bend = delta**2 - 1
    if bend > 0:
        return 2
    return 1
""",
        "call": 'check("02.3", n_modes)',
    },
    {
        "id": "02.3",
        "kind": "right",
        "says": "does delta tanh(delta u) start above the line u?",
        "code": """
import math

import numpy as np


def n_modes(mu1, mu2, sigma):
    delta = abs(mu1 - mu2) / sigma / 2
    u = 1e-3
    return 2 if delta * math.tanh(delta * u) > u else 1
""",
        "call": 'check("02.3", n_modes)',
    },
    {
        "id": "02.3",
        "kind": "right",
        "says": "callable object that also takes whole numbers and lists of them",
        "code": """
import numpy as np


class Humps:
    def __call__(self, mu1, mu2, sigma):
        apart = np.abs(np.subtract(mu1, mu2, dtype=float))
        humps = np.where(apart > 2 * np.asarray(sigma, dtype=float), 2, 1)
        return int(humps) if humps.ndim == 0 else humps


n_modes = Humps()
""",
        "call": 'check("02.3", n_modes)',
    },
    {
        "id": "02.3",
        "kind": "right",
        "says": "defensive, larger mean first",
        "code": """
import numpy as np


def n_modes(mu1, mu2, sigma):
    if not (np.isfinite([mu1, mu2, sigma]).all() and sigma > 0):
        raise ValueError("finite means and a positive sigma, please")
    low, high = sorted((mu1, mu2))
    separation = high - low
    return np.int64(2) if separation > sigma + sigma else np.int64(1)
""",
        "call": 'check("02.3", n_modes)',
    },
    {
        "id": "02.3",
        "kind": "wrong",
        "says": "two humps at exactly two standard deviations",
        "cause": (
            "At exactly two standard deviations the top is flat but single: the inequality is "
            "strict."
        ),
        "code": """
import numpy as np


def n_modes(mu1, mu2, sigma):
    return 2 if abs(mu1 - mu2) >= 2 * sigma else 1
""",
        "call": 'check("02.3", n_modes)',
    },
    {
        "id": "02.3",
        "kind": "wrong",
        "says": "difference without its absolute value",
        "cause": (
            "If the first mean is the smaller one, the difference is negative. Take its "
            "absolute value."
        ),
        "code": """
import numpy as np


def n_modes(mu1, mu2, sigma):
    return 2 if mu1 - mu2 > 2 * sigma else 1
""",
        "call": 'check("02.3", n_modes)',
    },
    {
        "id": "02.3",
        "kind": "wrong",
        "says": "one standard deviation",
        "cause": "The threshold is two standard deviations between the means, not one.",
        "code": """
import numpy as np


def n_modes(mu1, mu2, sigma):
    return 2 if abs(mu1 - mu2) > sigma else 1
""",
        "call": 'check("02.3", n_modes)',
    },
    {
        "id": "02.3",
        "kind": "wrong",
        "says": "variance in the threshold",
        "cause": (
            "You compare with twice the variance. A distance must be compared with a standard "
            "deviation."
        ),
        "code": """
import numpy as np


def n_modes(mu1, mu2, sigma):
    return 2 if abs(mu1 - mu2) > 2 * sigma**2 else 1
""",
        "call": 'check("02.3", n_modes)',
    },
    {
        "id": "02.3",
        "kind": "wrong",
        "says": "two groups, two humps",
        "cause": (
            "Two groups need not show two humps. They do so only if their means are more than 2 "
            "sigma apart."
        ),
        "code": """
import numpy as np


def n_modes(mu1, mu2, sigma):
    return 1 if mu1 == mu2 else 2
""",
        "call": 'check("02.3", n_modes)',
    },
    {
        "id": "02.3",
        "kind": "wrong",
        "says": "four standard deviations: two for each group",
        "cause": (
            "You ask that the two-sigma ranges do not overlap, that is four sigma. Two sigma "
            "are enough."
        ),
        "code": """
import numpy as np


def n_modes(mu1, mu2, sigma):
    return 2 if min(mu1, mu2) + 2 * sigma < max(mu1, mu2) - 2 * sigma else 1
""",
        "call": 'check("02.3", n_modes)',
    },
    {
        "id": "02.3",
        "kind": "wrong",
        "says": "compares the density at the midpoint with that at the means",
        "cause": (
            "The humps do not stand at the means but nearer to the middle, so just above two "
            "sigma you miss the valley. Look at the curvature in the middle."
        ),
        "code": """
import numpy as np
from scipy.stats import norm


def n_modes(mu1, mu2, sigma):
    def density(u):
        return norm.pdf(u, mu1, sigma) + norm.pdf(u, mu2, sigma)

    return 2 if density((mu1 + mu2) / 2) < density(mu1) else 1
""",
        "call": 'check("02.3", n_modes)',
    },
    {
        "id": "02.3",
        "kind": "wrong",
        "says": "answers yes or no",
        "cause": "You return whether there are two humps. Asked for is how many: 1 or 2.",
        "code": """
import numpy as np


def n_modes(mu1, mu2, sigma):
    return bool(abs(mu1 - mu2) > 2 * sigma)
""",
        "call": 'check("02.3", n_modes)',
    },
    {
        "id": "02.3",
        "kind": "wrong",
        "says": "standard deviation of the heights hard-wired",
        "cause": (
            "You compare with twice 7.1414, the spread of the lesson's groups. Use the argument "
            "sigma."
        ),
        "code": """
import numpy as np


def n_modes(mu1, mu2, sigma):
    return 2 if abs(mu1 - mu2) > 2 * 7.1414 else 1
""",
        "call": 'check("02.3", n_modes)',
    },
    {
        "id": "02.3",
        "kind": "wrong",
        "says": "counts on a grid for human heights",
        "cause": (
            "Your grid runs from 130 to 210. Groups outside that range have their humps elsewhere."
        ),
        "code": """
import numpy as np
from scipy.stats import norm


def n_modes(mu1, mu2, sigma):
    grid = np.linspace(130, 210, 1601)
    density = norm.pdf(grid, mu1, sigma) + norm.pdf(grid, mu2, sigma)
    rises = np.diff(density) > 0
    return int(np.sum(rises[:-1] & ~rises[1:]))
""",
        "call": 'check("02.3", n_modes)',
    },
    {
        "id": "02.3",
        "kind": "wrong",
        "says": "counts humps in the histogram of a sample",
        "cause": (
            "You count bumps of a histogram. Those are chance; the question is about the "
            "density itself."
        ),
        "code": """
import numpy as np


def n_modes(mu1, mu2, sigma):
    rng = np.random.default_rng(0)
    draws = np.concatenate([rng.normal(mu1, sigma, 500), rng.normal(mu2, sigma, 500)])
    counts, _ = np.histogram(draws, bins=25)
    rises = np.diff(counts) > 0
    return int(np.sum(rises[:-1] & ~rises[1:]))
""",
        "call": 'check("02.3", n_modes)',
    },
    {
        "id": "02.3",
        "kind": "wrong",
        "says": "counts where the density stops falling too",
        "cause": (
            "You count valleys as well as humps: every change of direction. Count only from "
            "rise to fall."
        ),
        "code": """
import numpy as np
from scipy.stats import norm


def n_modes(mu1, mu2, sigma):
    low, high = min(mu1, mu2) - 4 * sigma, max(mu1, mu2) + 4 * sigma
    grid = np.linspace(low, high, 4001)
    rises = np.diff(norm.pdf(grid, mu1, sigma) + norm.pdf(grid, mu2, sigma)) > 0
    return int(np.sum(rises[:-1] != rises[1:]))
""",
        "call": 'check("02.3", n_modes)',
    },
    {
        "id": "02.3",
        "kind": "hostile",
        "says": "returns a word",
        "code": """
import numpy as np


def n_modes(mu1, mu2, sigma):
    return "two" if abs(mu1 - mu2) > 2 * sigma else "one"
""",
        "call": 'check("02.3", n_modes)',
    },
    {
        "id": "02.3",
        "kind": "hostile",
        "says": "swaps the means for ever",
        "code": """
import numpy as np


def n_modes(mu1, mu2, sigma):
    if mu1 <= mu2:
        return n_modes(mu2, mu1, sigma)
    if mu1 >= mu2:
        return n_modes(mu2, mu1, sigma)
    return 1
""",
        "call": 'check("02.3", n_modes)',
    },
    {
        "id": "02.3",
        "kind": "hostile",
        "says": "returns nothing when there is one hump",
        "code": """
import numpy as np


def n_modes(mu1, mu2, sigma):
    if abs(mu1 - mu2) > 2 * sigma:
        return 2
""",
        "call": 'check("02.3", n_modes)',
    },
    {
        "id": "02.3",
        "kind": "hostile",
        "says": "right rule, but makes numpy raise from now on and prints",
        "code": """
import numpy as np


def n_modes(mu1, mu2, sigma):
    np.seterr(all="raise")
    print("separation", abs(mu1 - mu2) / sigma)
    return 2 if abs(mu1 - mu2) > 2 * sigma else 1
""",
        "call": 'check("02.3", n_modes)',
    },
    {
        "id": "02.4",
        "kind": "right",
        "says": "literally the two formulas",
        "code": """
import numpy as np
from scipy.stats import norm


def complete(x, z, weights, means, stds):
    joint = weights * norm.pdf(x[:, None], means, stds)
    return (z * np.log(joint)).sum()


def incomplete(x, weights, means, stds):
    joint = weights * norm.pdf(x[:, None], means, stds)
    return np.log(joint.sum(axis=1)).sum()
""",
        "call": 'check("02.4", complete, incomplete)',
    },
    {
        "id": "02.4",
        "kind": "right",
        "says": "logsumexp; labels turned into indices",
        "code": """
import numpy as np
from scipy.special import logsumexp
from scipy.stats import norm


def complete(x, z, weights, means, stds):
    k = np.argmax(z, axis=1)
    return float(np.log(weights[k]).sum() + norm(means[k], stds[k]).logpdf(x).sum())


def incomplete(x, weights, means, stds):
    a = np.log(weights) + norm.logpdf(x[:, None], means, stds)
    return float(logsumexp(a, axis=1).sum())
""",
        "call": 'check("02.4", complete, incomplete)',
    },
    {
        "id": "02.4",
        "kind": "right",
        "says": "plain loops and math.log",
        "code": """
import math


def bell(value, m, s):
    return math.exp(-((value - m) ** 2) / (2 * s * s)) / (s * math.sqrt(2 * math.pi))


def complete(x, z, weights, means, stds):
    total = 0.0
    for n in range(len(x)):
        for k in range(len(weights)):
            if z[n][k] == 1:
                total += math.log(weights[k]) + math.log(bell(x[n], means[k], stds[k]))
    return total


def incomplete(x, weights, means, stds):
    total = 0.0
    for value in x:
        total += math.log(sum(w * bell(value, m, s) for w, m, s in zip(weights, means, stds)))
    return total
""",
        "call": 'check("02.4", complete, incomplete)',
    },
    {
        "id": "02.4",
        "kind": "right",
        "says": "group by group, and logaddexp",
        "code": """
import numpy as np
from scipy.stats import norm


def complete(x, z, weights, means, stds):
    total = 0
    for k, chosen in enumerate(np.asarray(z, dtype=bool).T):
        own = np.asarray(x)[chosen]
        total += len(own) * np.log(weights[k]) + norm.logpdf(own, means[k], stds[k]).sum()
    return total


def incomplete(x, weights, means, stds):
    a = [np.log(w) + norm.logpdf(x, m, s) for w, m, s in zip(weights, means, stds)]
    return np.logaddexp.reduce(a, axis=0).sum()
""",
        "call": 'check("02.4", complete, incomplete)',
    },
    {
        "id": "02.4",
        "kind": "right",
        "says": "the density of each row as a product of powers, as in (9.10) and (9.11)",
        "code": """
import numpy as np
from scipy.stats import norm


def complete(x, z, weights, means, stds):
    joint = weights * norm.pdf(x[:, None], means, stds)
    row = np.prod(joint**z, axis=1)
    return np.sum(np.log(row))


def incomplete(x, weights, means, stds):
    return sum(np.log(np.dot(weights, norm.pdf(value, means, stds))) for value in x)
""",
        "call": 'check("02.4", complete, incomplete)',
    },
    {
        "id": "02.4",
        "kind": "right",
        "says": "einsum and the formula of the bell written out",
        "code": """
import numpy as np


def log_joint(x, weights, means, stds):
    distance = (np.asarray(x)[:, np.newaxis] - means) / stds
    return np.log(weights) - np.log(stds) - 0.5 * np.log(2 * np.pi) - 0.5 * distance**2


def complete(x, z, weights, means, stds):
    return np.einsum("nk,nk->", z, log_joint(x, weights, means, stds))


def incomplete(x, weights, means, stds):
    a = log_joint(x, weights, means, stds)
    top = a.max(axis=1)
    return np.sum(top + np.log(np.exp(a - top[:, None]).sum(axis=1)))
""",
        "call": 'check("02.4", complete, incomplete)',
    },
    {
        "id": "02.4",
        "kind": "wrong",
        "says": "the weights are missing in the complete one",
        "cause": "ln pi_k is missing: each person also brings the logarithm of its group's weight.",
        "code": """
import numpy as np
from scipy.stats import norm


def complete(x, z, weights, means, stds):
    return np.sum(z * norm.logpdf(x[:, None], means, stds))


def incomplete(x, weights, means, stds):
    joint = weights * norm.pdf(x[:, None], means, stds)
    return np.log(joint.sum(axis=1)).sum()
""",
        "call": 'check("02.4", complete, incomplete)',
    },
    {
        "id": "02.4",
        "kind": "wrong",
        "says": "the weights are missing in the incomplete one",
        "cause": "The weights are missing in the sum over the groups.",
        "code": """
import numpy as np
from scipy.stats import norm


def complete(x, z, weights, means, stds):
    return np.sum(z * (np.log(weights) + norm.logpdf(x[:, None], means, stds)))


def incomplete(x, weights, means, stds):
    density = norm.pdf(x[:, None], means, stds)
    return np.log(density.sum(axis=1)).sum()
""",
        "call": 'check("02.4", complete, incomplete)',
    },
    {
        "id": "02.4",
        "kind": "wrong",
        "says": "the incomplete one has the logarithm inside the sum",
        "cause": (
            "The sum over k stands outside the logarithm: add the joint densities first, then "
            "take the logarithm."
        ),
        "code": """
import numpy as np
from scipy.stats import norm


def complete(x, z, weights, means, stds):
    return np.sum(z * (np.log(weights) + norm.logpdf(x[:, None], means, stds)))


def incomplete(x, weights, means, stds):
    return np.sum(np.log(weights) + norm.logpdf(x[:, None], means, stds))
""",
        "call": 'check("02.4", complete, incomplete)',
    },
    {
        "id": "02.4",
        "kind": "wrong",
        "says": "the labels are not used",
        "cause": "z is not used: every person counts in every group.",
        "code": """
import numpy as np
from scipy.stats import norm


def complete(x, z, weights, means, stds):
    return np.sum(np.log(weights) + norm.logpdf(x[:, None], means, stds))


def incomplete(x, weights, means, stds):
    joint = weights * norm.pdf(x[:, None], means, stds)
    return np.log(joint.sum(axis=1)).sum()
""",
        "call": 'check("02.4", complete, incomplete)',
    },
    {
        "id": "02.4",
        "kind": "wrong",
        "says": "decadic logarithms",
        "cause": "Logarithms to base 10: nats are asked for, so take np.log.",
        "code": """
import numpy as np
from scipy.stats import norm


def complete(x, z, weights, means, stds):
    return np.sum(z * np.log10(weights * norm.pdf(x[:, None], means, stds)))


def incomplete(x, weights, means, stds):
    return np.sum(np.log10((weights * norm.pdf(x[:, None], means, stds)).sum(axis=1)))
""",
        "call": 'check("02.4", complete, incomplete)',
    },
    {
        "id": "02.4",
        "kind": "wrong",
        "says": "means over the people",
        "cause": "This is the mean per person; the sum over people is asked for.",
        "code": """
import numpy as np
from scipy.stats import norm


def complete(x, z, weights, means, stds):
    return np.mean(np.sum(z * (np.log(weights) + norm.logpdf(x[:, None], means, stds)), axis=1))


def incomplete(x, weights, means, stds):
    return np.mean(np.log(np.sum(weights * norm.pdf(x[:, None], means, stds), axis=1)))
""",
        "call": 'check("02.4", complete, incomplete)',
    },
    {
        "id": "02.4",
        "kind": "wrong",
        "says": "the square root of stds given to norm",
        "cause": "stds are standard deviations already; no root is to be taken.",
        "code": """
import numpy as np
from scipy.stats import norm


def complete(x, z, weights, means, stds):
    return np.sum(z * (np.log(weights) + norm.logpdf(x[:, None], means, np.sqrt(stds))))


def incomplete(x, weights, means, stds):
    return np.log((weights * norm.pdf(x[:, None], means, np.sqrt(stds))).sum(axis=1)).sum()
""",
        "call": 'check("02.4", complete, incomplete)',
    },
    {
        "id": "02.4",
        "kind": "wrong",
        "says": "variances given to norm",
        "cause": "norm takes standard deviations; the squares, variances, were given.",
        "code": """
import numpy as np
from scipy.stats import norm


def complete(x, z, weights, means, stds):
    return np.sum(z * (np.log(weights) + norm.logpdf(x[:, None], means, stds**2)))


def incomplete(x, weights, means, stds):
    return np.log((weights * norm.pdf(x[:, None], means, stds**2)).sum(axis=1)).sum()
""",
        "call": 'check("02.4", complete, incomplete)',
    },
    {
        "id": "02.4",
        "kind": "wrong",
        "says": "logarithm of the product over people",
        "cause": (
            "The product of many densities becomes 0 in the computer, and its logarithm -inf. "
            "Add logarithms instead."
        ),
        "code": """
import numpy as np
from scipy.stats import norm


def complete(x, z, weights, means, stds):
    return np.sum(z * (np.log(weights) + norm.logpdf(x[:, None], means, stds)))


def incomplete(x, weights, means, stds):
    joint = weights * norm.pdf(x[:, None], means, stds)
    return np.log(np.prod(joint.sum(axis=1)))
""",
        "call": 'check("02.4", complete, incomplete)',
    },
    {
        "id": "02.4",
        "kind": "wrong",
        "says": "likelihoods, no logarithm",
        "cause": "These are likelihoods, not their logarithms.",
        "code": """
import numpy as np
from scipy.stats import norm


def complete(x, z, weights, means, stds):
    joint = weights * norm.pdf(x[:, None], means, stds)
    return np.prod((z * joint).sum(axis=1))


def incomplete(x, weights, means, stds):
    joint = weights * norm.pdf(x[:, None], means, stds)
    return np.prod(joint.sum(axis=1))
""",
        "call": 'check("02.4", complete, incomplete)',
    },
    {
        "id": "02.4",
        "kind": "wrong",
        "says": "both negative",
        "cause": "The sign is wrong: this is the negative log-likelihood.",
        "code": """
import numpy as np
from scipy.stats import norm


def complete(x, z, weights, means, stds):
    return -np.sum(z * (np.log(weights) + norm.logpdf(x[:, None], means, stds)))


def incomplete(x, weights, means, stds):
    return -np.log((weights * norm.pdf(x[:, None], means, stds)).sum(axis=1)).sum()
""",
        "call": 'check("02.4", complete, incomplete)',
    },
    {
        "id": "02.4",
        "kind": "wrong",
        "says": "the best group instead of the sum",
        "cause": "Only the largest of the joint densities counts; all of them are to be added.",
        "code": """
import numpy as np
from scipy.stats import norm


def complete(x, z, weights, means, stds):
    return np.sum(z * (np.log(weights) + norm.logpdf(x[:, None], means, stds)))


def incomplete(x, weights, means, stds):
    joint = weights * norm.pdf(x[:, None], means, stds)
    return np.log(joint.max(axis=1)).sum()
""",
        "call": 'check("02.4", complete, incomplete)',
    },
    {
        "id": "02.4",
        "kind": "wrong",
        "says": "z inside the logarithm, sum outside",
        "cause": "Where z is 0 this takes the logarithm of 0: z belongs in front of the logarithm.",
        "code": """
import numpy as np
from scipy.stats import norm


def complete(x, z, weights, means, stds):
    joint = weights * norm.pdf(x[:, None], means, stds)
    return np.sum(np.log(z * joint))


def incomplete(x, weights, means, stds):
    joint = weights * norm.pdf(x[:, None], means, stds)
    return np.log(joint.sum(axis=1)).sum()
""",
        "call": 'check("02.4", complete, incomplete)',
    },
    {
        "id": "02.4",
        "kind": "wrong",
        "says": "one value per person",
        "cause": "One value per person: add them to one number.",
        "code": """
import numpy as np
from scipy.stats import norm


def complete(x, z, weights, means, stds):
    return np.sum(z * (np.log(weights) + norm.logpdf(x[:, None], means, stds)), axis=1)


def incomplete(x, weights, means, stds):
    return np.log((weights * norm.pdf(x[:, None], means, stds)).sum(axis=1))
""",
        "call": 'check("02.4", complete, incomplete)',
    },
    {
        "id": "02.4",
        "kind": "wrong",
        "says": "the constant of the bell curve is missing",
        "cause": "The factor 1 / sqrt(2 pi) of each density is missing.",
        "code": """
import numpy as np


def complete(x, z, weights, means, stds):
    return np.sum(z * (np.log(weights) - np.log(stds) - 0.5 * ((x[:, None] - means) / stds) ** 2))


def incomplete(x, weights, means, stds):
    joint = weights / stds * np.exp(-0.5 * ((x[:, None] - means) / stds) ** 2)
    return np.log(joint.sum(axis=1)).sum()
""",
        "call": 'check("02.4", complete, incomplete)',
    },
    {
        "id": "02.4",
        "kind": "wrong",
        "says": "the stds in front of the bell curve are missing",
        "cause": "The factor 1 / stds of each density is missing.",
        "code": """
import numpy as np


def complete(x, z, weights, means, stds):
    bell = -0.5 * np.log(2 * np.pi) - 0.5 * ((x[:, None] - means) / stds) ** 2
    return np.sum(z * (np.log(weights) + bell))


def incomplete(x, weights, means, stds):
    joint = weights / np.sqrt(2 * np.pi) * np.exp(-0.5 * ((x[:, None] - means) / stds) ** 2)
    return np.log(joint.sum(axis=1)).sum()
""",
        "call": 'check("02.4", complete, incomplete)',
    },
    {
        "id": "02.4",
        "kind": "wrong",
        "says": "no logarithm of the weights",
        "cause": "The weights were added themselves, not their logarithms.",
        "code": """
import numpy as np
from scipy.stats import norm


def complete(x, z, weights, means, stds):
    return np.sum(z * (weights + norm.logpdf(x[:, None], means, stds)))


def incomplete(x, weights, means, stds):
    joint = weights * norm.pdf(x[:, None], means, stds)
    return np.log(joint.sum(axis=1)).sum()
""",
        "call": 'check("02.4", complete, incomplete)',
    },
    {
        "id": "02.4",
        "kind": "wrong",
        "says": "summed over people before the logarithm",
        "cause": (
            "The sum inside the logarithm goes over people; it should go over the groups (axis=1)."
        ),
        "code": """
import numpy as np
from scipy.stats import norm


def complete(x, z, weights, means, stds):
    return np.sum(z * (np.log(weights) + norm.logpdf(x[:, None], means, stds)))


def incomplete(x, weights, means, stds):
    joint = weights * norm.pdf(x[:, None], means, stds)
    return np.log(joint.sum(axis=0)).sum()
""",
        "call": 'check("02.4", complete, incomplete)',
    },
    {
        "id": "02.4",
        "kind": "wrong",
        "says": "the logarithm of one big sum",
        "cause": "One logarithm of a sum over everything: each person has a logarithm of its own.",
        "code": """
import numpy as np
from scipy.stats import norm


def complete(x, z, weights, means, stds):
    return np.sum(z * (np.log(weights) + norm.logpdf(x[:, None], means, stds)))


def incomplete(x, weights, means, stds):
    return np.log(np.sum(weights * norm.pdf(x[:, None], means, stds)))
""",
        "call": 'check("02.4", complete, incomplete)',
    },
    {
        "id": "02.4",
        "kind": "wrong",
        "says": "expected complete log-likelihood",
        "cause": (
            "This is the expected complete log-likelihood, without the entropy of the labels: "
            "the logarithm stands inside the sum."
        ),
        "code": """
import numpy as np
from scipy.stats import norm


def complete(x, z, weights, means, stds):
    return np.sum(z * (np.log(weights) + norm.logpdf(x[:, None], means, stds)))


def incomplete(x, weights, means, stds):
    log_joint = np.log(weights) + norm.logpdf(x[:, None], means, stds)
    gamma = np.exp(log_joint)
    gamma = gamma / gamma.sum(axis=1, keepdims=True)
    return np.sum(gamma * log_joint)
""",
        "call": 'check("02.4", complete, incomplete)',
    },
    {
        "id": "02.4",
        "kind": "wrong",
        "says": "two groups written into the function",
        "cause": "Two groups are written into the function; a third one is left out.",
        "code": """
import numpy as np
from scipy.stats import norm


def complete(x, z, weights, means, stds):
    n0 = norm.logpdf(x, means[0], stds[0]) + np.log(weights[0])
    n1 = norm.logpdf(x, means[1], stds[1]) + np.log(weights[1])
    return np.sum(z[:, 0] * n0 + z[:, 1] * n1)


def incomplete(x, weights, means, stds):
    a = weights[0] * norm.pdf(x, means[0], stds[0])
    b = weights[1] * norm.pdf(x, means[1], stds[1])
    return np.sum(np.log(a + b))
""",
        "call": 'check("02.4", complete, incomplete)',
    },
    {
        "id": "02.4",
        "kind": "wrong",
        "says": "z taken as indices",
        "cause": "z has a row of zeros and a one per person; it is no list of group numbers.",
        "code": """
import numpy as np
from scipy.stats import norm


def complete(x, z, weights, means, stds):
    z = z.astype(int)
    return np.sum(np.log(weights[z]) + norm.logpdf(x[:, None], means[z], stds[z]))


def incomplete(x, weights, means, stds):
    joint = weights * norm.pdf(x[:, None], means, stds)
    return np.log(joint.sum(axis=1)).sum()
""",
        "call": 'check("02.4", complete, incomplete)',
    },
    {
        "id": "02.4",
        "kind": "wrong",
        "says": "the complete one twice, with the best guess for labels",
        "cause": (
            "This puts the best guess in place of the labels: the sum of all joint densities "
            "is asked for."
        ),
        "code": """
import numpy as np
from scipy.stats import norm


def complete(x, z, weights, means, stds):
    return np.sum(z * (np.log(weights) + norm.logpdf(x[:, None], means, stds)))


def incomplete(x, weights, means, stds):
    joint = weights * norm.pdf(x[:, None], means, stds)
    z = np.eye(len(weights))[joint.argmax(axis=1)]
    return complete(x, z, weights, means, stds)
""",
        "call": 'check("02.4", complete, incomplete)',
    },
    {
        "id": "02.4",
        "kind": "wrong",
        "says": "the labels are multiplied inside, and the total is one logarithm",
        "cause": "One logarithm of a sum over people: each person has a logarithm of its own.",
        "code": """
import numpy as np
from scipy.stats import norm


def complete(x, z, weights, means, stds):
    joint = weights * norm.pdf(x[:, None], means, stds)
    return np.log(np.sum(z * joint))


def incomplete(x, weights, means, stds):
    joint = weights * norm.pdf(x[:, None], means, stds)
    return np.log(joint.sum(axis=1)).sum()
""",
        "call": 'check("02.4", complete, incomplete)',
    },
    {
        "id": "02.4",
        "kind": "wrong",
        "says": "equal weights",
        "cause": "The weights are not used: every group counts with 1 / K.",
        "code": """
import numpy as np
from scipy.stats import norm


def complete(x, z, weights, means, stds):
    return np.sum(z * (norm.logpdf(x[:, None], means, stds) - np.log(len(weights))))


def incomplete(x, weights, means, stds):
    return np.log(norm.pdf(x[:, None], means, stds).mean(axis=1)).sum()
""",
        "call": 'check("02.4", complete, incomplete)',
    },
    {
        "id": "02.4",
        "kind": "hostile",
        "says": "right, but the heights are centred in place",
        "code": """
import numpy as np
from scipy.stats import norm


def complete(x, z, weights, means, stds):
    x -= means[0]
    return np.sum(z * (np.log(weights) + norm.logpdf(x[:, None], means - means[0], stds)))


def incomplete(x, weights, means, stds):
    joint = weights * norm.pdf(x[:, None], means, stds)
    return np.log(joint.sum(axis=1)).sum()
""",
        "call": 'check("02.4", complete, incomplete)',
    },
    {
        "id": "02.4",
        "kind": "hostile",
        "says": "text instead of numbers",
        "code": """
import numpy as np
from scipy.stats import norm


def complete(x, z, weights, means, stds):
    return f"{np.sum(z * (np.log(weights) + norm.logpdf(x[:, None], means, stds))):.2f}"


def incomplete(x, weights, means, stds):
    joint = weights * norm.pdf(x[:, None], means, stds)
    return str(np.log(joint.sum(axis=1)).sum())
""",
        "call": 'check("02.4", complete, incomplete)',
    },
    {
        "id": "02.4",
        "kind": "hostile",
        "says": "the two numbers of the text",
        "code": """
def complete(x, z, weights, means, stds):
    return -4056.0


def incomplete(x, weights, means, stds):
    return -3695.0
""",
        "call": 'check("02.4", complete, incomplete)',
    },
    {
        "id": "02.4",
        "kind": "hostile",
        "says": "prints and closes every figure, changes numpy's errors",
        "code": """
import numpy as np
from scipy.stats import norm


def complete(x, z, weights, means, stds):
    np.seterr(all="raise")
    print("complete" * 10000)
    return np.sum(z * (np.log(weights) + norm.logpdf(x[:, None], means, stds)))


def incomplete(x, weights, means, stds):
    joint = weights * norm.pdf(x[:, None], means, stds)
    return np.log(joint.sum(axis=1)).sum()
""",
        "call": 'check("02.4", complete, incomplete)',
    },
    {
        "id": "02.4",
        "kind": "hostile",
        "says": "calls itself without end",
        "code": """
def complete(x, z, weights, means, stds):
    return complete(x, z, weights, means, stds)


def incomplete(x, weights, means, stds):
    return incomplete(x, weights, means, stds)
""",
        "call": 'check("02.4", complete, incomplete)',
    },
]
