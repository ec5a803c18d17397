"""Answers to the exercises of lesson 10, written from their text alone."""

ANSWERS = [
    {
        "id": "10.1",
        "kind": "right",
        "says": "the formula of the text",
        "code": """
import numpy as np


def merge(a, b):
    n_a, m_a, s_a = a
    n_b, m_b, s_b = b
    n = n_a + n_b
    delta = m_b - m_a
    return n, m_a + n_b / n * delta, s_a + s_b + n_a * n_b / n * np.outer(delta, delta)
""",
        "call": 'check("10.1", merge)',
    },
    {
        "id": "10.1",
        "kind": "right",
        "says": "each scatter moved to the joint mean",
        "code": """
import numpy as np


def merge(a, b):
    n = a[0] + b[0]
    mean = a[1] * (a[0] / n) + b[1] * (b[0] / n)
    scatter = np.zeros_like(np.asarray(a[2], dtype=float))
    for count, m, s in (a, b):
        step = np.asarray(m) - mean
        scatter = scatter + s + count * np.outer(step, step)
    return n, mean, scatter
""",
        "call": 'check("10.1", merge)',
    },
    {
        "id": "10.1",
        "kind": "right",
        "says": "plain loops over the coordinates, arrays at the end",
        "code": """
import numpy as np


def merge(a, b):
    (n_a, m_a, s_a), (n_b, m_b, s_b) = a, b
    n, d = n_a + n_b, len(m_a)
    delta = [float(m_b[i]) - float(m_a[i]) for i in range(d)]
    mean = [float(m_a[i]) + delta[i] * n_b / n for i in range(d)]
    scatter = [[0.0] * d for _ in range(d)]
    for i in range(d):
        for j in range(d):
            between = delta[i] * delta[j] * n_a * n_b / n
            scatter[i][j] = float(s_a[i][j]) + float(s_b[i][j]) + between
    return n, np.array(mean), np.array(scatter)
""",
        "call": 'check("10.1", merge)',
    },
    {
        "id": "10.1",
        "kind": "right",
        "says": "einsum, named tuple",
        "code": """
import numpy as np
from typing import NamedTuple


class Block(NamedTuple):
    n: float
    mean: np.ndarray
    scatter: np.ndarray


def merge(a, b):
    a, b = Block(*a), Block(*b)
    n = a.n + b.n
    step = np.subtract(b.mean, a.mean)
    between = np.einsum("i,j->ij", step, step) * (a.n / n) * b.n
    return Block(n, np.add(a.mean, step * (b.n / n)), np.add(a.scatter, b.scatter) + between)
""",
        "call": 'check("10.1", merge)',
    },
    {
        "id": "10.1",
        "kind": "right",
        "says": "defensive: an empty block changes nothing, the larger one first",
        "code": """
import numpy as np


def merge(a, b):
    if a[0] < b[0]:
        a, b = b, a
    (n_a, m_a, s_a), (n_b, m_b, s_b) = a, b
    m_a, s_a = np.array(m_a, dtype=float), np.array(s_a, dtype=float)
    if n_b == 0:
        return n_a, m_a, s_a
    delta = np.asarray(m_b, dtype=float) - m_a
    share = n_b / (n_a + n_b)
    return n_a + n_b, m_a + share * delta, s_a + s_b + n_a * share * np.outer(delta, delta)
""",
        "call": 'check("10.1", merge)',
    },
    {
        "id": "10.1",
        "kind": "wrong",
        "says": "scatters added, nothing between the blocks",
        "cause": (
            "The scatter is wrong: the two are added as if both blocks had one mean; the term with "
            "the squared difference of the means is missing."
        ),
        "code": """
import numpy as np


def merge(a, b):
    n = a[0] + b[0]
    return n, (a[0] * a[1] + b[0] * b[1]) / n, a[2] + b[2]
""",
        "call": 'check("10.1", merge)',
    },
    {
        "id": "10.1",
        "kind": "wrong",
        "says": "mean of the two means",
        "cause": (
            "The mean is wrong: the two means are averaged without their counts; the larger block "
            "must count for more."
        ),
        "code": """
import numpy as np


def merge(a, b):
    n = a[0] + b[0]
    delta = b[1] - a[1]
    scatter = a[2] + b[2] + a[0] * b[0] / n * np.outer(delta, delta)
    return n, (a[1] + b[1]) / 2, scatter
""",
        "call": 'check("10.1", merge)',
    },
    {
        "id": "10.1",
        "kind": "wrong",
        "says": "raw sums",
        "cause": (
            "The scatter is wrong far from zero: it goes through raw sums of squares, which lose "
            "all digits when the data have a large offset; square differences of the means only."
        ),
        "code": """
import numpy as np


def merge(a, b):
    n = a[0] + b[0]
    total = a[0] * a[1] + b[0] * b[1]
    raw = sum(part[2] + part[0] * np.outer(part[1], part[1]) for part in (a, b))
    mean = total / n
    return n, mean, raw - n * np.outer(mean, mean)
""",
        "call": 'check("10.1", merge)',
    },
    {
        "id": "10.1",
        "kind": "wrong",
        "says": "product of the counts not divided",
        "cause": (
            "The scatter is wrong: the factor between the blocks is n_a n_b over n, and the "
            "division is missing."
        ),
        "code": """
import numpy as np


def merge(a, b):
    n = a[0] + b[0]
    delta = b[1] - a[1]
    return n, a[1] + b[0] / n * delta, a[2] + b[2] + a[0] * b[0] * np.outer(delta, delta)
""",
        "call": 'check("10.1", merge)',
    },
    {
        "id": "10.1",
        "kind": "wrong",
        "says": "factor of a variance in a scatter",
        "cause": (
            "The scatter is wrong: the factor n_a n_b over n squared belongs to variances; a "
            "scatter is a sum, so it is divided by n once."
        ),
        "code": """
import numpy as np


def merge(a, b):
    n = a[0] + b[0]
    delta = b[1] - a[1]
    between = a[0] * b[0] / n**2 * np.outer(delta, delta)
    return n, a[1] + b[0] / n * delta, a[2] + b[2] + between
""",
        "call": 'check("10.1", merge)',
    },
    {
        "id": "10.1",
        "kind": "wrong",
        "says": "inner product in place of the outer",
        "cause": (
            "The scatter is wrong: delta times delta is one number, added to every entry; the "
            "outer product gives a matrix."
        ),
        "code": """
import numpy as np


def merge(a, b):
    n = a[0] + b[0]
    delta = b[1] - a[1]
    return n, a[1] + b[0] / n * delta, a[2] + b[2] + a[0] * b[0] / n * (delta @ delta)
""",
        "call": 'check("10.1", merge)',
    },
    {
        "id": "10.1",
        "kind": "wrong",
        "says": "squares on the diagonal only",
        "cause": (
            "The scatter is wrong off the diagonal: only the squares of the differences are added, "
            "not the products of two coordinates; use the outer product."
        ),
        "code": """
import numpy as np


def merge(a, b):
    n = a[0] + b[0]
    delta = b[1] - a[1]
    return n, a[1] + b[0] / n * delta, a[2] + b[2] + a[0] * b[0] / n * np.diag(delta**2)
""",
        "call": 'check("10.1", merge)',
    },
    {
        "id": "10.1",
        "kind": "wrong",
        "says": "squares added to every row",
        "cause": (
            "The scatter is wrong: delta squared has shape (D,) and is added to every row of the "
            "matrix; the outer product has shape (D, D)."
        ),
        "code": """
import numpy as np


def merge(a, b):
    n = a[0] + b[0]
    delta = b[1] - a[1]
    return n, a[1] + b[0] / n * delta, a[2] + b[2] + a[0] * b[0] / n * delta * delta
""",
        "call": 'check("10.1", merge)',
    },
    {
        "id": "10.1",
        "kind": "wrong",
        "says": "covariance in place of the scatter",
        "cause": (
            "The scatter is wrong: it is divided by n, which makes it a covariance; the text asks "
            "for the sum."
        ),
        "code": """
import numpy as np


def merge(a, b):
    n = a[0] + b[0]
    delta = b[1] - a[1]
    scatter = a[2] + b[2] + a[0] * b[0] / n * np.outer(delta, delta)
    return n, a[1] + b[0] / n * delta, scatter / n
""",
        "call": 'check("10.1", merge)',
    },
    {
        "id": "10.1",
        "kind": "wrong",
        "says": "sign of the term between the blocks",
        "cause": (
            "The scatter is wrong: the term between the blocks is subtracted; moving to the joint "
            "mean makes either scatter larger."
        ),
        "code": """
import numpy as np


def merge(a, b):
    n = a[0] + b[0]
    delta = b[1] - a[1]
    return n, a[1] + b[0] / n * delta, a[2] + b[2] - a[0] * b[0] / n * np.outer(delta, delta)
""",
        "call": 'check("10.1", merge)',
    },
    {
        "id": "10.1",
        "kind": "wrong",
        "says": "shares of the blocks exchanged in the mean",
        "cause": (
            "The mean is wrong: the step from a towards b is n_a / n where n_b / n belongs, so the "
            "smaller block pulls harder."
        ),
        "code": """
import numpy as np


def merge(a, b):
    n = a[0] + b[0]
    delta = b[1] - a[1]
    return n, a[1] + a[0] / n * delta, a[2] + b[2] + a[0] * b[0] / n * np.outer(delta, delta)
""",
        "call": 'check("10.1", merge)',
    },
    {
        "id": "10.1",
        "kind": "wrong",
        "says": "order of the parts",
        "cause": (
            "The order of the parts is wrong: mean, scatter and count are returned; the text asks "
            "for the same three as it hands over, the count first."
        ),
        "code": """
import numpy as np


def merge(a, b):
    n = a[0] + b[0]
    delta = b[1] - a[1]
    scatter = a[2] + b[2] + a[0] * b[0] / n * np.outer(delta, delta)
    return a[1] + b[0] / n * delta, scatter, n
""",
        "call": 'check("10.1", merge)',
    },
    {
        "id": "10.1",
        "kind": "hostile",
        "says": "adds into the first block's own arrays",
        "code": """
import numpy as np


def merge(a, b):
    n_a, m_a, s_a = a
    n_b, m_b, s_b = b
    n = n_a + n_b
    delta = m_b - m_a
    s_a += s_b + n_a * n_b / n * np.outer(delta, delta)
    m_a += n_b / n * delta
    return n, m_a, s_a
""",
        "call": 'check("10.1", merge)',
    },
    {
        "id": "10.1",
        "kind": "hostile",
        "says": "a float as the exercise's number",
        "code": """
import numpy as np


def merge(a, b):
    n = a[0] + b[0]
    delta = b[1] - a[1]
    return n, a[1] + b[0] / n * delta, a[2] + b[2] + a[0] * b[0] / n * np.outer(delta, delta)
""",
        "call": "check(10.1, merge)",
    },
    {
        "id": "10.1",
        "kind": "hostile",
        "says": "merges the other way round, without end",
        "code": """
import numpy as np


def merge(a, b):
    return merge(b, a)
""",
        "call": 'check("10.1", merge)',
    },
    {
        "id": "10.2",
        "kind": "right",
        "says": "two passes: counts and means, then squares about the new means",
        "code": """
import numpy as np


def shares(x, weights, means, variances):
    a = np.log(weights) - 0.5 * np.log(2 * np.pi * variances)
    a = a - 0.5 * (x[:, None] - means) ** 2 / variances
    log_density = np.logaddexp.reduce(a, axis=1)
    return np.exp(a - log_density[:, None]), log_density.sum()


def round_over_blocks(blocks, weights, means, variances):
    n, n_k, steps, log_p = 0, 0.0, 0.0, 0.0
    for x in blocks:
        r, part = shares(x, weights, means, variances)
        n, n_k, log_p = n + len(x), n_k + r.sum(axis=0), log_p + part
        steps = steps + (r * (x[:, None] - means)).sum(axis=0)
    new_means, squares = means + steps / n_k, 0.0
    for x in blocks:
        r, _ = shares(x, weights, means, variances)
        squares = squares + (r * (x[:, None] - new_means) ** 2).sum(axis=0)
    return n_k / n, new_means, squares / n_k, log_p
""",
        "call": 'check("10.2", round_over_blocks)',
    },
    {
        "id": "10.2",
        "kind": "right",
        "says": "one pass, the statistics of each component merged block by block",
        "code": """
import numpy as np


def shares(x, weights, means, variances):
    a = np.log(weights) - 0.5 * np.log(2 * np.pi * variances)
    a = a - 0.5 * (x[:, None] - means) ** 2 / variances
    log_density = np.logaddexp.reduce(a, axis=1)
    return np.exp(a - log_density[:, None]), log_density.sum()


def round_over_blocks(blocks, weights, means, variances):
    k = len(weights)
    n, log_p = 0, 0.0
    n_k, centre, scatter = np.zeros(k), np.array(means, dtype=float), np.zeros(k)
    for x in blocks:
        r, part = shares(np.asarray(x, dtype=float), weights, means, variances)
        log_p += part
        n += len(x)
        for j in range(k):
            own = r[:, j].sum()
            if own == 0:
                continue
            mean = centre[j] + r[:, j] @ (x - centre[j]) / own
            inside = r[:, j] @ (x - mean) ** 2
            delta, both = mean - centre[j], n_k[j] + own
            scatter[j] += inside + n_k[j] * own / both * delta**2
            centre[j] += own / both * delta
            n_k[j] = both
    return n_k / n, centre, scatter / n_k, float(log_p)
""",
        "call": 'check("10.2", round_over_blocks)',
    },
    {
        "id": "10.2",
        "kind": "right",
        "says": "emlib's model on each block, statistics added with +",
        "code": """
import numpy as np
from emlib import GaussianMixture1D


def round_over_blocks(blocks, weights, means, variances):
    model = GaussianMixture1D(weights, means, variances)
    total, log_p = None, 0.0
    for block in blocks:
        statistics, part = model.e_step(np.array(block))
        total = statistics if total is None else total + statistics
        log_p += part
    new = model.m_step(total)
    return new.weights, new.means, new.variances, log_p
""",
        "call": 'check("10.2", round_over_blocks)',
    },
    {
        "id": "10.2",
        "kind": "right",
        "says": "sums about the old means, which lie among the data",
        "code": """
import numpy as np


def shares(x, weights, means, variances):
    a = np.log(weights) - 0.5 * np.log(2 * np.pi * variances)
    a = a - 0.5 * (x[:, None] - means) ** 2 / variances
    log_density = np.logaddexp.reduce(a, axis=1)
    return np.exp(a - log_density[:, None]), log_density.sum()


def round_over_blocks(blocks, weights, means, variances):
    sums, log_p = np.zeros((3, len(weights))), 0.0
    for x in blocks:
        r, part = shares(x, weights, means, variances)
        d = x[:, None] - means
        sums = sums + np.array([r.sum(axis=0), (r * d).sum(axis=0), (r * d * d).sum(axis=0)])
        log_p = log_p + part
    n_k, first, second = sums
    step = first / n_k
    return n_k / n_k.sum(), means + step, second / n_k - step**2, log_p
""",
        "call": 'check("10.2", round_over_blocks)',
    },
    {
        "id": "10.2",
        "kind": "right",
        "says": "plain loops and math, number by number, twice over the blocks; lists returned",
        "code": """
import numpy as np
import math


def row(value, weights, means, variances):
    logs = []
    for w, m, v in zip(weights, means, variances):
        logs.append(math.log(w) - 0.5 * math.log(2 * math.pi * v) - 0.5 * (value - m) ** 2 / v)
    top = max(logs)
    parts = [math.exp(a - top) for a in logs]
    return [part / sum(parts) for part in parts], top + math.log(sum(parts))


def round_over_blocks(blocks, weights, means, variances):
    k, n, log_p = len(weights), 0, 0.0
    n_k, steps, squares = [0.0] * k, [0.0] * k, [0.0] * k
    for block in blocks:
        for value in block:
            r, log_density = row(value, weights, means, variances)
            n, log_p = n + 1, log_p + log_density
            for j in range(k):
                n_k[j] += r[j]
                steps[j] += r[j] * (value - means[j])
    new = [means[j] + steps[j] / n_k[j] for j in range(k)]
    for block in blocks:
        for value in block:
            r, _ = row(value, weights, means, variances)
            for j in range(k):
                squares[j] += r[j] * (value - new[j]) ** 2
    return [c / n for c in n_k], new, [s / c for s, c in zip(squares, n_k)], log_p
""",
        "call": 'check("10.2", round_over_blocks)',
    },
    {
        "id": "10.2",
        "kind": "wrong",
        "says": "blocks kept in a list",
        "cause": (
            "The blocks are kept: list holds the same piece of memory again and again, so all "
            "blocks look like the last one; finish with a block before you ask for the next."
        ),
        "code": """
import numpy as np


def shares(x, weights, means, variances):
    a = np.log(weights) - 0.5 * np.log(2 * np.pi * variances)
    a = a - 0.5 * (x[:, None] - means) ** 2 / variances
    log_density = np.logaddexp.reduce(a, axis=1)
    return np.exp(a - log_density[:, None]), log_density.sum()


def round_over_blocks(blocks, weights, means, variances):
    x = np.concatenate(list(blocks))
    r, log_p = shares(x, weights, means, variances)
    n_k = r.sum(axis=0)
    new_means = x @ r / n_k
    squares = (r * (x[:, None] - new_means) ** 2).sum(axis=0)
    return n_k / len(x), new_means, squares / n_k, log_p
""",
        "call": 'check("10.2", round_over_blocks)',
    },
    {
        "id": "10.2",
        "kind": "wrong",
        "says": "an M step after every block",
        "cause": (
            "The algorithm is another: parameters are updated after every block, so later blocks "
            "are shared by new parameters and earlier ones forgotten; one M step, after the last "
            "block."
        ),
        "code": """
import numpy as np


def shares(x, weights, means, variances):
    a = np.log(weights) - 0.5 * np.log(2 * np.pi * variances)
    a = a - 0.5 * (x[:, None] - means) ** 2 / variances
    log_density = np.logaddexp.reduce(a, axis=1)
    return np.exp(a - log_density[:, None]), log_density.sum()


def round_over_blocks(blocks, weights, means, variances):
    log_p = 0.0
    for x in blocks:
        r, part = shares(x, weights, means, variances)
        log_p += part
        n_k = r.sum(axis=0)
        weights, means = n_k / len(x), x @ r / n_k
        variances = (r * (x[:, None] - means) ** 2).sum(axis=0) / n_k
    return weights, means, variances, log_p
""",
        "call": 'check("10.2", round_over_blocks)',
    },
    {
        "id": "10.2",
        "kind": "wrong",
        "says": "average of the blocks' parameters",
        "cause": (
            "All three parameters are wrong: each block is fitted by itself and the parameters are "
            "averaged; add statistics, not parameters."
        ),
        "code": """
import numpy as np


def shares(x, weights, means, variances):
    a = np.log(weights) - 0.5 * np.log(2 * np.pi * variances)
    a = a - 0.5 * (x[:, None] - means) ** 2 / variances
    log_density = np.logaddexp.reduce(a, axis=1)
    return np.exp(a - log_density[:, None]), log_density.sum()


def round_over_blocks(blocks, weights, means, variances):
    results, log_p = [], 0.0
    for x in blocks:
        r, part = shares(x, weights, means, variances)
        log_p += part
        n_k = r.sum(axis=0)
        new = x @ r / n_k
        results.append([n_k / len(x), new, (r * (x[:, None] - new) ** 2).sum(axis=0) / n_k])
    return (*np.mean(results, axis=0), log_p)
""",
        "call": 'check("10.2", round_over_blocks)',
    },
    {
        "id": "10.2",
        "kind": "wrong",
        "says": "raw sums of squares",
        "cause": (
            "The variances are wrong far from zero: the mean of the squares minus the square of "
            "the mean loses all digits there; use scatters about means."
        ),
        "code": """
import numpy as np


def shares(x, weights, means, variances):
    a = np.log(weights) - 0.5 * np.log(2 * np.pi * variances)
    a = a - 0.5 * (x[:, None] - means) ** 2 / variances
    log_density = np.logaddexp.reduce(a, axis=1)
    return np.exp(a - log_density[:, None]), log_density.sum()


def round_over_blocks(blocks, weights, means, variances):
    n_k = sums = squares = log_p = 0.0
    for x in blocks:
        r, part = shares(x, weights, means, variances)
        n_k, sums, squares = n_k + r.sum(axis=0), sums + x @ r, squares + x**2 @ r
        log_p += part
    new_means = sums / n_k
    return n_k / n_k.sum(), new_means, squares / n_k - new_means**2, log_p
""",
        "call": 'check("10.2", round_over_blocks)',
    },
    {
        "id": "10.2",
        "kind": "wrong",
        "says": "variances about the old means",
        "cause": (
            "The variances are wrong: squares are taken about the old means and nothing is "
            "subtracted, so they are too large by the squared step of the mean."
        ),
        "code": """
import numpy as np


def shares(x, weights, means, variances):
    a = np.log(weights) - 0.5 * np.log(2 * np.pi * variances)
    a = a - 0.5 * (x[:, None] - means) ** 2 / variances
    log_density = np.logaddexp.reduce(a, axis=1)
    return np.exp(a - log_density[:, None]), log_density.sum()


def round_over_blocks(blocks, weights, means, variances):
    n_k = steps = squares = log_p = 0.0
    for x in blocks:
        r, part = shares(x, weights, means, variances)
        d = x[:, None] - means
        n_k, steps = n_k + r.sum(axis=0), steps + (r * d).sum(axis=0)
        squares = squares + (r * d**2).sum(axis=0)
        log_p += part
    return n_k / n_k.sum(), means + steps / n_k, squares / n_k, log_p
""",
        "call": 'check("10.2", round_over_blocks)',
    },
    {
        "id": "10.2",
        "kind": "wrong",
        "says": "scatters added without the differences of the means",
        "cause": (
            "The variances are wrong: each block's scatter is about its own mean, and the term for "
            "the differences between the blocks' means is missing."
        ),
        "code": """
import numpy as np


def shares(x, weights, means, variances):
    a = np.log(weights) - 0.5 * np.log(2 * np.pi * variances)
    a = a - 0.5 * (x[:, None] - means) ** 2 / variances
    log_density = np.logaddexp.reduce(a, axis=1)
    return np.exp(a - log_density[:, None]), log_density.sum()


def round_over_blocks(blocks, weights, means, variances):
    n_k = steps = scatter = log_p = 0.0
    for x in blocks:
        r, part = shares(x, weights, means, variances)
        own = r.sum(axis=0)
        step = (r * (x[:, None] - means)).sum(axis=0)
        centre = means + step / own
        n_k, steps = n_k + own, steps + step
        scatter = scatter + (r * (x[:, None] - centre) ** 2).sum(axis=0)
        log_p += part
    return n_k / n_k.sum(), means + steps / n_k, scatter / n_k, log_p
""",
        "call": 'check("10.2", round_over_blocks)',
    },
    {
        "id": "10.2",
        "kind": "wrong",
        "says": "log-likelihood at the new parameters",
        "cause": (
            "The log-likelihood is taken at the new parameters; the text asks for that at the old "
            "ones, which the E step has for free."
        ),
        "code": """
import numpy as np
from emlib import GaussianMixture1D


def round_over_blocks(blocks, weights, means, variances):
    model, total = GaussianMixture1D(weights, means, variances), None
    for block in blocks:
        statistics = model.e_step(np.array(block))[0]
        total = statistics if total is None else total + statistics
    new = model.m_step(total)
    log_p = sum(new.log_likelihood(np.array(block)) for block in blocks)
    return new.weights, new.means, new.variances, log_p
""",
        "call": 'check("10.2", round_over_blocks)',
    },
    {
        "id": "10.2",
        "kind": "wrong",
        "says": "log-likelihood of the last block",
        "cause": (
            "The log-likelihood is that of the last block only: it is overwritten in the loop "
            "where it should be added up."
        ),
        "code": """
import numpy as np


def shares(x, weights, means, variances):
    a = np.log(weights) - 0.5 * np.log(2 * np.pi * variances)
    a = a - 0.5 * (x[:, None] - means) ** 2 / variances
    log_density = np.logaddexp.reduce(a, axis=1)
    return np.exp(a - log_density[:, None]), log_density.sum()


def round_over_blocks(blocks, weights, means, variances):
    n_k = first = second = 0.0
    for x in blocks:
        r, log_p = shares(x, weights, means, variances)
        d = x[:, None] - means
        n_k, first = n_k + r.sum(axis=0), first + (r * d).sum(axis=0)
        second = second + (r * d * d).sum(axis=0)
    step = first / n_k
    return n_k / n_k.sum(), means + step, second / n_k - step**2, log_p
""",
        "call": 'check("10.2", round_over_blocks)',
    },
    {
        "id": "10.2",
        "kind": "wrong",
        "says": "weights divided by the size of the last block",
        "cause": (
            "The weights are wrong: the counts of all blocks are divided by the length of the last "
            "one, so they sum to more than one; count the rows of all blocks."
        ),
        "code": """
import numpy as np


def shares(x, weights, means, variances):
    a = np.log(weights) - 0.5 * np.log(2 * np.pi * variances)
    a = a - 0.5 * (x[:, None] - means) ** 2 / variances
    log_density = np.logaddexp.reduce(a, axis=1)
    return np.exp(a - log_density[:, None]), log_density.sum()


def round_over_blocks(blocks, weights, means, variances):
    n_k = first = second = log_p = 0.0
    for x in blocks:
        r, part = shares(x, weights, means, variances)
        d = x[:, None] - means
        n_k, first = n_k + r.sum(axis=0), first + (r * d).sum(axis=0)
        second, log_p = second + (r * d * d).sum(axis=0), log_p + part
    step = first / n_k
    return n_k / len(x), means + step, second / n_k - step**2, log_p
""",
        "call": 'check("10.2", round_over_blocks)',
    },
    {
        "id": "10.2",
        "kind": "wrong",
        "says": "standard deviations in place of variances",
        "cause": (
            "The third part is wrong: a root is taken, so standard deviations are returned; the "
            "text asks for variances."
        ),
        "code": """
import numpy as np


def shares(x, weights, means, variances):
    a = np.log(weights) - 0.5 * np.log(2 * np.pi * variances)
    a = a - 0.5 * (x[:, None] - means) ** 2 / variances
    log_density = np.logaddexp.reduce(a, axis=1)
    return np.exp(a - log_density[:, None]), log_density.sum()


def round_over_blocks(blocks, weights, means, variances):
    n_k = first = second = log_p = 0.0
    for x in blocks:
        r, part = shares(x, weights, means, variances)
        d = x[:, None] - means
        n_k, first = n_k + r.sum(axis=0), first + (r * d).sum(axis=0)
        second, log_p = second + (r * d * d).sum(axis=0), log_p + part
    step = first / n_k
    return n_k / n_k.sum(), means + step, np.sqrt(second / n_k - step**2), log_p
""",
        "call": 'check("10.2", round_over_blocks)',
    },
    {
        "id": "10.2",
        "kind": "wrong",
        "says": "densities that underflow",
        "cause": (
            "The E step is not a number for a far row: all its densities underflow, and 0 / 0 is "
            "NaN; work with logarithms and take out the largest of each row."
        ),
        "code": """
import numpy as np
from scipy.stats import norm


def round_over_blocks(blocks, weights, means, variances):
    n_k = first = second = log_p = 0.0
    for x in blocks:
        joint = weights * norm.pdf(x[:, None], means, np.sqrt(variances))
        with np.errstate(all="ignore"):
            r = joint / joint.sum(axis=1, keepdims=True)
            log_p += np.log(joint.sum(axis=1)).sum()
        d = x[:, None] - means
        n_k, first = n_k + r.sum(axis=0), first + (r * d).sum(axis=0)
        second = second + (r * d * d).sum(axis=0)
    step = first / n_k
    return n_k / n_k.sum(), means + step, second / n_k - step**2, log_p
""",
        "call": 'check("10.2", round_over_blocks)',
    },
    {
        "id": "10.2",
        "kind": "wrong",
        "says": "variances taken for standard deviations in the E step",
        "cause": (
            "The E step is wrong: the variance is handed to a density that takes a standard "
            "deviation; take the root."
        ),
        "code": """
import numpy as np
from scipy.stats import norm


def round_over_blocks(blocks, weights, means, variances):
    n_k = first = second = log_p = 0.0
    for x in blocks:
        a = np.log(weights) + norm.logpdf(x[:, None], means, variances)
        log_density = np.logaddexp.reduce(a, axis=1)
        r, log_p = np.exp(a - log_density[:, None]), log_p + log_density.sum()
        d = x[:, None] - means
        n_k, first = n_k + r.sum(axis=0), first + (r * d).sum(axis=0)
        second = second + (r * d * d).sum(axis=0)
    step = first / n_k
    return n_k / n_k.sum(), means + step, second / n_k - step**2, log_p
""",
        "call": 'check("10.2", round_over_blocks)',
    },
    {
        "id": "10.2",
        "kind": "wrong",
        "says": "five rounds in place of one",
        "cause": (
            "The number of rounds is wrong: EM runs for five rounds and reads the blocks as often; "
            "one round was asked for."
        ),
        "code": """
import numpy as np


def shares(x, weights, means, variances):
    a = np.log(weights) - 0.5 * np.log(2 * np.pi * variances)
    a = a - 0.5 * (x[:, None] - means) ** 2 / variances
    log_density = np.logaddexp.reduce(a, axis=1)
    return np.exp(a - log_density[:, None]), log_density.sum()


def round_over_blocks(blocks, weights, means, variances):
    for _ in range(5):
        n_k = first = second = log_p = 0.0
        for x in blocks:
            r, part = shares(x, weights, means, variances)
            d = x[:, None] - means
            n_k, first = n_k + r.sum(axis=0), first + (r * d).sum(axis=0)
            second, log_p = second + (r * d * d).sum(axis=0), log_p + part
        step = first / n_k
        weights, means, variances = n_k / n_k.sum(), means + step, second / n_k - step**2
    return weights, means, variances, log_p
""",
        "call": 'check("10.2", round_over_blocks)',
    },
    {
        "id": "10.2",
        "kind": "hostile",
        "says": "centres the reader's piece of memory in place",
        "code": """
import numpy as np


def shares(x, weights, means, variances):
    a = np.log(weights) - 0.5 * np.log(2 * np.pi * variances)
    a = a - 0.5 * (x[:, None] - means) ** 2 / variances
    log_density = np.logaddexp.reduce(a, axis=1)
    return np.exp(a - log_density[:, None]), log_density.sum()


def round_over_blocks(blocks, weights, means, variances):
    n_k = first = second = log_p = 0.0
    middle = float(np.mean(means))
    for x in blocks:
        x -= middle
        r, part = shares(x, weights, means - middle, variances)
        n_k, first = n_k + r.sum(axis=0), first + x @ r
        second, log_p = second + x**2 @ r, log_p + part
    new = first / n_k
    return n_k / n_k.sum(), new + middle, second / n_k - new**2, log_p
""",
        "call": 'check("10.2", round_over_blocks)',
    },
    {
        "id": "10.2",
        "kind": "hostile",
        "says": "reads the blocks again and again, for ever",
        "code": """
import numpy as np


def round_over_blocks(blocks, weights, means, variances):
    total = 0.0
    while total >= 0:
        for x in blocks:
            total += len(x)
    return weights, means, variances, total
""",
        "call": 'check("10.2", round_over_blocks)',
    },
    {
        "id": "10.2",
        "kind": "hostile",
        "says": "writes the new parameters into the old arrays and returns None",
        "code": """
import numpy as np


def shares(x, weights, means, variances):
    a = np.log(weights) - 0.5 * np.log(2 * np.pi * variances)
    a = a - 0.5 * (x[:, None] - means) ** 2 / variances
    log_density = np.logaddexp.reduce(a, axis=1)
    return np.exp(a - log_density[:, None]), log_density.sum()


def round_over_blocks(blocks, weights, means, variances):
    for x in blocks:
        r, log_p = shares(x, weights, means, variances)
        weights[:] = r.mean(axis=0)
        means[:] = x @ r / r.sum(axis=0)
        print(f"{len(x)} rows, {log_p:.1f} nats")
""",
        "call": 'check("10.2", round_over_blocks)',
    },
    {
        "id": "10.3",
        "kind": "right",
        "says": "weighted means, and variances within and between",
        "code": """
import numpy as np


def joint_m_step(parts):
    n_k, means, variances = (np.array(part) for part in zip(*parts))
    total = n_k.sum(axis=0)
    mean = (n_k * means).sum(axis=0) / total
    variance = (n_k * (variances + (means - mean) ** 2)).sum(axis=0) / total
    return total / total.sum(), mean, variance
""",
        "call": 'check("10.3", joint_m_step)',
    },
    {
        "id": "10.3",
        "kind": "right",
        "says": "parts merged one after the other with functools.reduce",
        "code": """
import numpy as np
from functools import reduce


def merge(a, b):
    n = a[0] + b[0]
    delta = b[1] - a[1]
    return n, a[1] + delta * b[0] / n, a[2] + b[2] + delta**2 * a[0] * b[0] / n


def joint_m_step(parts):
    blocks = [(n_k, means, n_k * variances) for n_k, means, variances in parts]
    n_k, means, scatter = reduce(merge, blocks)
    return n_k / np.sum(n_k), means, scatter / n_k
""",
        "call": 'check("10.3", joint_m_step)',
    },
    {
        "id": "10.3",
        "kind": "right",
        "says": "plain loops over machines and components, lists returned",
        "code": """
import numpy as np


def joint_m_step(parts):
    k = len(parts[0][0])
    n = sum(float(n_k[j]) for n_k, _, _ in parts for j in range(k))
    weights, means, variances = [], [], []
    for j in range(k):
        own = sum(float(n_k[j]) for n_k, _, _ in parts)
        base = float(parts[0][1][j])
        mean = base + sum(float(n_k[j]) * (float(m[j]) - base) for n_k, m, _ in parts) / own
        squares = 0.0
        for n_k, m, v in parts:
            squares += float(n_k[j]) * (float(v[j]) + (float(m[j]) - mean) ** 2)
        weights.append(own / n)
        means.append(mean)
        variances.append(squares / own)
    return weights, means, variances
""",
        "call": 'check("10.3", joint_m_step)',
    },
    {
        "id": "10.3",
        "kind": "right",
        "says": "einsum on one stacked array, named tuple",
        "code": """
import numpy as np
from collections import namedtuple

Parameters = namedtuple("Parameters", "weights means variances")


def joint_m_step(parts):
    table = np.array(parts, dtype=float)
    share = table[:, 0] / table[:, 0].sum(axis=0)
    first = table[0, 1]
    mean = first + np.einsum("mk,mk->k", share, table[:, 1] - first)
    within = np.einsum("mk,mk->k", share, table[:, 2])
    between = np.einsum("mk,mk->k", share, (table[:, 1] - mean) ** 2)
    counts = table[:, 0].sum(axis=0)
    return Parameters(counts / counts.sum(), mean, within + between)
""",
        "call": 'check("10.3", joint_m_step)',
    },
    {
        "id": "10.3",
        "kind": "right",
        "says": "defensive: any iterable, and a machine without a share of a component",
        "code": """
import numpy as np


def joint_m_step(parts):
    parts = [tuple(np.asarray(array, dtype=float) for array in part) for part in parts]
    if not parts:
        raise ValueError("no machine has sent anything")
    n_k = np.stack([part[0] for part in parts])
    means = np.where(n_k > 0, np.stack([part[1] for part in parts]), 0.0)
    variances = np.where(n_k > 0, np.stack([part[2] for part in parts]), 0.0)
    mean = np.average(means, axis=0, weights=n_k)
    inside = np.average(variances, axis=0, weights=n_k)
    apart = np.average((means - mean) ** 2, axis=0, weights=n_k)
    return n_k.sum(axis=0) / n_k.sum(), mean, inside + apart
""",
        "call": 'check("10.3", joint_m_step)',
    },
    {
        "id": "10.3",
        "kind": "wrong",
        "says": "average of the parameters",
        "cause": (
            "The means and variances are wrong: the machines' values are averaged without their "
            "counts, and nothing is added for the differences of their means; add statistics, not "
            "parameters."
        ),
        "code": """
import numpy as np


def joint_m_step(parts):
    n_k, means, variances = (np.array(part) for part in zip(*parts))
    total = n_k.sum(axis=0)
    return total / total.sum(), means.mean(axis=0), variances.mean(axis=0)
""",
        "call": 'check("10.3", joint_m_step)',
    },
    {
        "id": "10.3",
        "kind": "wrong",
        "says": "variances without the spread between the machines",
        "cause": (
            "The variances are wrong: they are averaged with the counts, but each is about its own "
            "machine's mean; the squared distance of that mean from the joint one is missing."
        ),
        "code": """
import numpy as np


def joint_m_step(parts):
    n_k, means, variances = (np.array(part) for part in zip(*parts))
    total = n_k.sum(axis=0)
    mean = (n_k * means).sum(axis=0) / total
    return total / total.sum(), mean, (n_k * variances).sum(axis=0) / total
""",
        "call": 'check("10.3", joint_m_step)',
    },
    {
        "id": "10.3",
        "kind": "wrong",
        "says": "weights averaged over the machines",
        "cause": (
            "The weights are wrong: each machine's weights count alike, however many rows it has; "
            "add the counts and divide once."
        ),
        "code": """
import numpy as np


def joint_m_step(parts):
    n_k, means, variances = (np.array(part) for part in zip(*parts))
    total = n_k.sum(axis=0)
    mean = (n_k * means).sum(axis=0) / total
    variance = (n_k * (variances + (means - mean) ** 2)).sum(axis=0) / total
    return (n_k / n_k.sum(axis=1, keepdims=True)).mean(axis=0), mean, variance
""",
        "call": 'check("10.3", joint_m_step)',
    },
    {
        "id": "10.3",
        "kind": "wrong",
        "says": "raw second moments",
        "cause": (
            "The variances are wrong far from zero: the mean of the squares minus the square of "
            "the mean loses all digits there; square differences of means only."
        ),
        "code": """
import numpy as np


def joint_m_step(parts):
    n_k, means, variances = (np.array(part) for part in zip(*parts))
    total = n_k.sum(axis=0)
    mean = (n_k * means).sum(axis=0) / total
    raw = (n_k * (variances + means**2)).sum(axis=0) / total
    return total / total.sum(), mean, raw - mean**2
""",
        "call": 'check("10.3", joint_m_step)',
    },
    {
        "id": "10.3",
        "kind": "wrong",
        "says": "effective numbers in place of weights",
        "cause": (
            "The weights are wrong: these are the joint effective numbers, which sum to N; divide "
            "them by their sum."
        ),
        "code": """
import numpy as np


def joint_m_step(parts):
    n_k, means, variances = (np.array(part) for part in zip(*parts))
    total = n_k.sum(axis=0)
    mean = (n_k * means).sum(axis=0) / total
    variance = (n_k * (variances + (means - mean) ** 2)).sum(axis=0) / total
    return total, mean, variance
""",
        "call": 'check("10.3", joint_m_step)',
    },
    {
        "id": "10.3",
        "kind": "wrong",
        "says": "rows of a machine in place of the counts of a component",
        "cause": (
            "The means and variances are weighed by a machine's number of rows, the same for all "
            "components; each component has effective counts of its own."
        ),
        "code": """
import numpy as np


def joint_m_step(parts):
    n_k, means, variances = (np.array(part) for part in zip(*parts))
    rows = n_k.sum(axis=1, keepdims=True)
    mean = (rows * means).sum(axis=0) / rows.sum()
    variance = (rows * (variances + (means - mean) ** 2)).sum(axis=0) / rows.sum()
    return n_k.sum(axis=0) / n_k.sum(), mean, variance
""",
        "call": 'check("10.3", joint_m_step)',
    },
    {
        "id": "10.3",
        "kind": "wrong",
        "says": "distance between the means not squared",
        "cause": (
            "The variances are wrong: the distance of a machine's mean from the joint mean is "
            "added as it is; it must be squared."
        ),
        "code": """
import numpy as np


def joint_m_step(parts):
    n_k, means, variances = (np.array(part) for part in zip(*parts))
    total = n_k.sum(axis=0)
    mean = (n_k * means).sum(axis=0) / total
    variance = (n_k * (variances + np.abs(means - mean))).sum(axis=0) / total
    return total / total.sum(), mean, variance
""",
        "call": 'check("10.3", joint_m_step)',
    },
    {
        "id": "10.3",
        "kind": "wrong",
        "says": "variances taken for standard deviations",
        "cause": (
            "The variances are wrong: the machines' variances are squared, as if they had sent "
            "standard deviations."
        ),
        "code": """
import numpy as np


def joint_m_step(parts):
    n_k, means, variances = (np.array(part) for part in zip(*parts))
    total = n_k.sum(axis=0)
    mean = (n_k * means).sum(axis=0) / total
    variance = (n_k * (variances**2 + (means - mean) ** 2)).sum(axis=0) / total
    return total / total.sum(), mean, variance
""",
        "call": 'check("10.3", joint_m_step)',
    },
    {
        "id": "10.3",
        "kind": "wrong",
        "says": "standard deviations returned",
        "cause": (
            "The third part is wrong: a root is taken at the end, so standard deviations are "
            "returned."
        ),
        "code": """
import numpy as np


def joint_m_step(parts):
    n_k, means, variances = (np.array(part) for part in zip(*parts))
    total = n_k.sum(axis=0)
    mean = (n_k * means).sum(axis=0) / total
    variance = (n_k * (variances + (means - mean) ** 2)).sum(axis=0) / total
    return total / total.sum(), mean, np.sqrt(variance)
""",
        "call": 'check("10.3", joint_m_step)',
    },
    {
        "id": "10.3",
        "kind": "wrong",
        "says": "divisor N_k - 1",
        "cause": (
            "The variances are wrong: the joint scatter is divided by N_k - 1; the M step divides "
            "by N_k."
        ),
        "code": """
import numpy as np


def joint_m_step(parts):
    n_k, means, variances = (np.array(part) for part in zip(*parts))
    total = n_k.sum(axis=0)
    mean = (n_k * means).sum(axis=0) / total
    scatter = (n_k * (variances + (means - mean) ** 2)).sum(axis=0)
    return total / total.sum(), mean, scatter / (total - 1)
""",
        "call": 'check("10.3", joint_m_step)',
    },
    {
        "id": "10.3",
        "kind": "wrong",
        "says": "sums over the components",
        "cause": (
            "The axis is wrong: counts, means and squares are summed over the components of a "
            "machine; sum over the machines, component by component."
        ),
        "code": """
import numpy as np


def joint_m_step(parts):
    n_k, means, variances = (np.array(part) for part in zip(*parts))
    total = n_k.sum(axis=1)
    mean = (n_k * means).sum(axis=1) / total
    variance = (n_k * (variances + (means - mean[:, None]) ** 2)).sum(axis=1) / total
    return total / total.sum(), mean, variance
""",
        "call": 'check("10.3", joint_m_step)',
    },
    {
        "id": "10.3",
        "kind": "wrong",
        "says": "two components hard-wired",
        "cause": (
            "The number of components is hard-wired: only the first two of each array are used, so "
            "a third is lost; take K from the arrays."
        ),
        "code": """
import numpy as np


def joint_m_step(parts):
    weights, means, variances = [], [], []
    n = sum(np.sum(part[0][:2]) for part in parts)
    for k in (0, 1):
        own = np.array([part[0][k] for part in parts])
        centres = np.array([part[1][k] for part in parts])
        inside = np.array([part[2][k] for part in parts])
        mean = own @ centres / own.sum()
        weights.append(own.sum() / n)
        means.append(mean)
        variances.append(own @ (inside + (centres - mean) ** 2) / own.sum())
    return np.array(weights), np.array(means), np.array(variances)
""",
        "call": 'check("10.3", joint_m_step)',
    },
    {
        "id": "10.3",
        "kind": "wrong",
        "says": "only the largest machine counts",
        "cause": (
            "All three parameters are those of the machine with most rows; the others are thrown "
            "away. Add the statistics of all."
        ),
        "code": """
import numpy as np


def joint_m_step(parts):
    largest = max(parts, key=lambda part: np.sum(part[0]))
    return largest[0] / np.sum(largest[0]), largest[1], largest[2]
""",
        "call": 'check("10.3", joint_m_step)',
    },
    {
        "id": "10.3",
        "kind": "hostile",
        "says": "adds into the arrays of the first machine",
        "code": """
import numpy as np


def joint_m_step(parts):
    n_k, means, variances = parts[0]
    for own, centre, spread in parts[1:]:
        delta = centre - means
        both = n_k + own
        variances *= n_k / both
        variances += own / both * (spread + n_k / both * delta**2)
        means += own / both * delta
        n_k += own
    return n_k / n_k.sum(), means, variances
""",
        "call": 'check("10.3", joint_m_step)',
    },
    {
        "id": "10.3",
        "kind": "hostile",
        "says": "takes the parts out of the list until more arrive, which is never",
        "code": """
import numpy as np


def joint_m_step(parts):
    total = 0.0
    while len(parts) >= 0:
        if parts:
            total = total + parts.pop()[0]
    return total
""",
        "call": 'check("10.3", joint_m_step)',
    },
    {
        "id": "10.3",
        "kind": "hostile",
        "says": "sends a dictionary of words",
        "code": """
import numpy as np


def joint_m_step(parts):
    return {"weights": "N_k / N", "means": "weighted", "variances": f"of {len(parts)} hospitals"}
""",
        "call": 'check("10.3", joint_m_step)',
    },
]
