"""Answers to the exercises of lesson 01, written from their text alone."""

ANSWERS = [
    {
        "id": "01.1",
        "kind": "right",
        "says": "numpy method, one line",
        "code": """
import numpy as np


def bernoulli_mle(tosses):
    return tosses.mean()
""",
        "call": 'check("01.1", bernoulli_mle)',
    },
    {
        "id": "01.1",
        "kind": "right",
        "says": "plain loop that counts",
        "code": """
import numpy as np


def bernoulli_mle(tosses):
    heads = 0
    n = 0
    for toss in tosses:
        n += 1
        if toss == 1:
            heads += 1
    return heads / n
""",
        "call": 'check("01.1", bernoulli_mle)',
    },
    {
        "id": "01.1",
        "kind": "right",
        "says": "heads and tails counted apart, then h / (h + t) as in (2.7)",
        "code": """
import numpy as np


def bernoulli_mle(tosses):
    h = np.sum(np.asarray(tosses) == 1)
    t = np.sum(np.asarray(tosses) == 0)
    return float(h / (h + t))
""",
        "call": 'check("01.1", bernoulli_mle)',
    },
    {
        "id": "01.1",
        "kind": "right",
        "says": "matrix form: product with a vector of equal weights",
        "code": """
import numpy as np


def bernoulli_mle(tosses):
    y = np.asarray(tosses, dtype=float)
    return y @ np.full(len(y), 1 / len(y))
""",
        "call": 'check("01.1", bernoulli_mle)',
    },
    {
        "id": "01.1",
        "kind": "right",
        "says": "functools.partial of np.average",
        "code": """
import functools

import numpy as np

bernoulli_mle = functools.partial(np.average, axis=None)
""",
        "call": 'check("01.1", bernoulli_mle)',
    },
    {
        "id": "01.1",
        "kind": "right",
        "says": "callable object",
        "code": """
import numpy as np


class Estimate:
    def __call__(self, tosses):
        counts = np.bincount(np.asarray(tosses, dtype=int), minlength=2)
        return counts[1] / counts.sum()


bernoulli_mle = Estimate()
""",
        "call": 'check("01.1", bernoulli_mle)',
    },
    {
        "id": "01.1",
        "kind": "right",
        "says": "defensive: refuses an empty array and values other than 0 and 1",
        "code": """
import numpy as np


def bernoulli_mle(tosses):
    tosses = np.asarray(tosses).ravel()
    if tosses.size == 0:
        raise ValueError("no tosses")
    if not np.all((tosses == 0) | (tosses == 1)):
        raise ValueError("tosses must be 0 or 1")
    return np.count_nonzero(tosses) / tosses.size
""",
        "call": 'check("01.1", bernoulli_mle)',
    },
    {
        "id": "01.1",
        "kind": "right",
        "says": "exact fraction, then a float",
        "code": """
from fractions import Fraction

import numpy as np


def bernoulli_mle(tosses):
    values = [int(toss) for toss in tosses]
    return float(Fraction(sum(values), len(values)))
""",
        "call": 'check("01.1", bernoulli_mle)',
    },
    {
        "id": "01.1",
        "kind": "wrong",
        "says": "odds: heads over tails",
        "cause": (
            "You divided heads by tails. That is the odds; the probability is heads over all "
            "tosses."
        ),
        "code": """
import numpy as np


def bernoulli_mle(tosses):
    h = tosses.sum()
    t = len(tosses) - h
    return h / max(t, 1)
""",
        "call": 'check("01.1", bernoulli_mle)',
    },
    {
        "id": "01.1",
        "kind": "wrong",
        "says": "share of tails",
        "cause": "This is the share of tails: the ones are the heads.",
        "code": """
import numpy as np


def bernoulli_mle(tosses):
    return 1 - np.mean(tosses)
""",
        "call": 'check("01.1", bernoulli_mle)',
    },
    {
        "id": "01.1",
        "kind": "wrong",
        "says": "rule of succession (h + 1) / (n + 2)",
        "cause": (
            "You added one head and one tail that nobody tossed. That is a prior; the "
            "likelihood knows the data and nothing else."
        ),
        "code": """
import numpy as np


def bernoulli_mle(tosses):
    return (np.sum(tosses) + 1) / (len(tosses) + 2)
""",
        "call": 'check("01.1", bernoulli_mle)',
    },
    {
        "id": "01.1",
        "kind": "wrong",
        "says": "divisor n - 1",
        "cause": (
            "You divided by n - 1. Setting the score to zero gives h / (h + t), with all the "
            "tosses below."
        ),
        "code": """
import numpy as np


def bernoulli_mle(tosses):
    return tosses.sum() / (len(tosses) - 1)
""",
        "call": 'check("01.1", bernoulli_mle)',
    },
    {
        "id": "01.1",
        "kind": "wrong",
        "says": "uses the notebook's heads and tails, not its argument",
        "cause": (
            "The answer does not depend on the argument: you used the counts of the notebook's "
            "five tosses."
        ),
        "code": """
import numpy as np

heads, tails = 2, 3


def bernoulli_mle(tosses):
    return heads / (heads + tails)
""",
        "call": 'check("01.1", bernoulli_mle)',
    },
    {
        "id": "01.1",
        "kind": "wrong",
        "says": "number of tosses hard-wired to five",
        "cause": (
            "You divide by 5 whatever the number of tosses; it should be the length of the array."
        ),
        "code": """
import numpy as np


def bernoulli_mle(tosses):
    return np.sum(tosses) / 5
""",
        "call": 'check("01.1", bernoulli_mle)',
    },
    {
        "id": "01.1",
        "kind": "wrong",
        "says": "returns the height of the likelihood at the summit, not the place",
        "cause": (
            "You return the largest likelihood itself; asked for is the p at which it is reached."
        ),
        "code": """
import numpy as np


def bernoulli_mle(tosses):
    h = np.sum(tosses)
    t = len(tosses) - h
    p = h / (h + t)
    return p**h * (1 - p) ** t
""",
        "call": 'check("01.1", bernoulli_mle)',
    },
    {
        "id": "01.1",
        "kind": "wrong",
        "says": "keeps away from the edge",
        "cause": (
            "The maximum may lie at the edge: three heads and no tails give exactly 1, and you "
            "cut that off."
        ),
        "code": """
import numpy as np


def bernoulli_mle(tosses):
    return np.clip(np.mean(tosses), 0.01, 0.99)
""",
        "call": 'check("01.1", bernoulli_mle)',
    },
    {
        "id": "01.1",
        "kind": "wrong",
        "says": "looks for the summit on a coarse grid",
        "cause": (
            "A search over a grid finds the nearest grid point only. Use the formula h / (h + t)."
        ),
        "code": """
import numpy as np


def bernoulli_mle(tosses):
    h = np.sum(tosses)
    t = len(tosses) - h
    grid = np.linspace(0.01, 0.99, 99)
    return grid[np.argmax(h * np.log(grid) + t * np.log(1 - grid))]
""",
        "call": 'check("01.1", bernoulli_mle)',
    },
    {
        "id": "01.1",
        "kind": "wrong",
        "says": "returns the number of heads",
        "cause": (
            "You return how many heads there are, not their share: divide by the number of tosses."
        ),
        "code": """
import numpy as np


def bernoulli_mle(tosses):
    return int(np.sum(tosses))
""",
        "call": 'check("01.1", bernoulli_mle)',
    },
    {
        "id": "01.1",
        "kind": "wrong",
        "says": "majority vote",
        "cause": (
            "You return the more frequent side as 0 or 1. The most plausible p is the share of "
            "heads."
        ),
        "code": """
import numpy as np


def bernoulli_mle(tosses):
    return float(np.sum(tosses) > len(tosses) / 2)
""",
        "call": 'check("01.1", bernoulli_mle)',
    },
    {
        "id": "01.1",
        "kind": "hostile",
        "says": "right value, but sorts its input in place",
        "code": """
import numpy as np


def bernoulli_mle(tosses):
    tosses.sort()
    return (len(tosses) - np.searchsorted(tosses, 1)) / len(tosses)
""",
        "call": 'check("01.1", bernoulli_mle)',
    },
    {
        "id": "01.1",
        "kind": "hostile",
        "says": "gradient ascent that never ends",
        "code": """
import numpy as np


def bernoulli_mle(tosses):
    p = 0.5
    h, n = np.sum(tosses), len(tosses)
    while True:
        p += 0.01 * (h / n - p)
    return p
""",
        "call": 'check("01.1", bernoulli_mle)',
    },
    {
        "id": "01.1",
        "kind": "hostile",
        "says": "returns a text",
        "code": """
import numpy as np


def bernoulli_mle(tosses):
    return f"p = {np.mean(tosses):.2f}"
""",
        "call": 'check("01.1", bernoulli_mle)',
    },
    {
        "id": "01.1",
        "kind": "hostile",
        "says": "forgets to return, prints",
        "code": """
import numpy as np


def bernoulli_mle(tosses):
    print(np.mean(tosses))
""",
        "call": 'check("01.1", bernoulli_mle)',
    },
    {
        "id": "01.2",
        "kind": "right",
        "says": "numpy methods, divisor n is numpy's own",
        "code": """
import numpy as np


def normal_mle(x):
    return x.mean(), x.std()
""",
        "call": 'check("01.2", normal_mle)',
    },
    {
        "id": "01.2",
        "kind": "right",
        "says": "(1.55) and (1.56) written out",
        "code": """
import numpy as np


def normal_mle(x):
    n = len(x)
    mean = x.sum() / n
    variance = ((x - mean) ** 2).sum() / n
    return mean, np.sqrt(variance)
""",
        "call": 'check("01.2", normal_mle)',
    },
    {
        "id": "01.2",
        "kind": "right",
        "says": "plain loops, math only, returns a list",
        "code": """
import math

import numpy as np


def normal_mle(x):
    values = [float(value) for value in np.ravel(x)]
    mean = math.fsum(values) / len(values)
    squares = math.fsum((value - mean) ** 2 for value in values)
    return [mean, math.sqrt(squares / len(values))]
""",
        "call": 'check("01.2", normal_mle)',
    },
    {
        "id": "01.2",
        "kind": "right",
        "says": "named tuple",
        "code": """
from collections import namedtuple

import numpy as np

Bell = namedtuple("Bell", ["mean", "std"])


def normal_mle(x):
    mean = np.mean(x)
    return Bell(mean=mean, std=np.sqrt(np.mean((x - mean) ** 2)))
""",
        "call": 'check("01.2", normal_mle)',
    },
    {
        "id": "01.2",
        "kind": "right",
        "says": "scipy's fit",
        "code": """
import numpy as np
from scipy.stats import norm


def normal_mle(x):
    return norm.fit(x)
""",
        "call": 'check("01.2", normal_mle)',
    },
    {
        "id": "01.2",
        "kind": "right",
        "says": "matrix form, returns an array of two numbers",
        "code": """
import numpy as np


def normal_mle(x):
    x = np.asarray(x, dtype=float).ravel()
    ones = np.ones(x.size)
    mean = ones @ x / x.size
    rest = x - mean
    return np.array([mean, (rest @ rest / x.size) ** 0.5])
""",
        "call": 'check("01.2", normal_mle)',
    },
    {
        "id": "01.2",
        "kind": "right",
        "says": "keeps float32 input in float32",
        "code": """
import numpy as np


def normal_mle(x):
    x = np.asarray(x)
    x = x.astype(np.result_type(x.dtype, np.float32), copy=False)
    mean = np.mean(x)
    return mean, np.linalg.norm(x - mean) / np.sqrt(x.dtype.type(x.size))
""",
        "call": 'check("01.2", normal_mle)',
    },
    {
        "id": "01.2",
        "kind": "right",
        "says": (
            "mean of the squares minus the square of the mean, after a shift by the first number"
        ),
        "code": """
import numpy as np


def normal_mle(x):
    first = float(x[0])
    shifted = np.asarray(x, dtype=float) - first
    mean = shifted.mean()
    variance = max((shifted**2).mean() - mean**2, 0.0)
    return first + mean, variance**0.5
""",
        "call": 'check("01.2", normal_mle)',
    },
    {
        "id": "01.2",
        "kind": "right",
        "says": "mean of the squares minus the square of the mean, without a shift",
        "code": """
import numpy as np


def normal_mle(x):
    mean = np.mean(x)
    return mean, np.sqrt(np.mean(np.square(x, dtype=float)) - mean**2)
""",
        "call": 'check("01.2", normal_mle)',
    },
    {
        "id": "01.2",
        "kind": "wrong",
        "says": "divisor n - 1",
        "cause": (
            "Standard deviation: you divided by n - 1. The maximum of the likelihood has n "
            "(ddof=0)."
        ),
        "code": """
import numpy as np


def normal_mle(x):
    return x.mean(), x.std(ddof=1)
""",
        "call": 'check("01.2", normal_mle)',
    },
    {
        "id": "01.2",
        "kind": "wrong",
        "says": "returns the variance",
        "cause": (
            "Second result: this is the variance. Take the square root, the standard deviation "
            "was asked for."
        ),
        "code": """
import numpy as np


def normal_mle(x):
    mean = x.mean()
    return mean, ((x - mean) ** 2).mean()
""",
        "call": 'check("01.2", normal_mle)',
    },
    {
        "id": "01.2",
        "kind": "wrong",
        "says": "mean absolute distance",
        "cause": (
            "Second result: you averaged absolute distances. (1.56) averages squares, then "
            "takes the root."
        ),
        "code": """
import numpy as np


def normal_mle(x):
    mean = np.mean(x)
    return mean, np.mean(np.abs(x - mean))
""",
        "call": 'check("01.2", normal_mle)',
    },
    {
        "id": "01.2",
        "kind": "wrong",
        "says": "median for the mean",
        "cause": (
            "Mean: you returned the median. That is the answer for a Laplace distribution; for "
            "a bell curve the best mean is the average."
        ),
        "code": """
import numpy as np


def normal_mle(x):
    return np.median(x), np.std(x)
""",
        "call": 'check("01.2", normal_mle)',
    },
    {
        "id": "01.2",
        "kind": "wrong",
        "says": "standard deviation first",
        "cause": "The two results are in the wrong order: the mean comes first.",
        "code": """
import numpy as np


def normal_mle(x):
    return np.std(x), np.mean(x)
""",
        "call": 'check("01.2", normal_mle)',
    },
    {
        "id": "01.2",
        "kind": "wrong",
        "says": "number of data hard-wired",
        "cause": (
            "Both results: you divide by 1000, the size of the notebook's data, in place of len(x)."
        ),
        "code": """
import numpy as np

N = 1000


def normal_mle(x):
    mean = x.sum() / N
    return mean, np.sqrt(((x - mean) ** 2).sum() / N)
""",
        "call": 'check("01.2", normal_mle)',
    },
    {
        "id": "01.2",
        "kind": "wrong",
        "says": "distances from the true 170",
        "cause": (
            "Standard deviation: measure the distances from the estimated mean of x, not from "
            "the true 170."
        ),
        "code": """
import numpy as np


def normal_mle(x):
    mean = np.mean(x)
    return mean, np.sqrt(np.mean((x - 170) ** 2))
""",
        "call": 'check("01.2", normal_mle)',
    },
    {
        "id": "01.2",
        "kind": "wrong",
        "says": "standard error of the mean",
        "cause": (
            "Second result: this is the standard error of the mean. Do not divide by the root "
            "of n once more."
        ),
        "code": """
import numpy as np


def normal_mle(x):
    return np.mean(x), np.std(x) / np.sqrt(len(x))
""",
        "call": 'check("01.2", normal_mle)',
    },
    {
        "id": "01.2",
        "kind": "wrong",
        "says": "mean not subtracted",
        "cause": (
            "Standard deviation: you took the root of the mean square about zero. Subtract the "
            "mean first."
        ),
        "code": """
import numpy as np


def normal_mle(x):
    return np.mean(x), np.sqrt(np.mean(np.square(x)))
""",
        "call": 'check("01.2", normal_mle)',
    },
    {
        "id": "01.2",
        "kind": "wrong",
        "says": "root of the sum, then divided by n",
        "cause": (
            "Standard deviation: divide the sum of squares by n first, then take the root of "
            "the quotient."
        ),
        "code": """
import numpy as np


def normal_mle(x):
    n = len(x)
    mean = np.sum(x) / n
    return mean, np.sqrt(np.sum((x - mean) ** 2)) / n
""",
        "call": 'check("01.2", normal_mle)',
    },
    {
        "id": "01.2",
        "kind": "wrong",
        "says": "spread about the median in place of the new mean",
        "cause": (
            "Standard deviation: the distances are taken from the median; (1.56) takes them "
            "from the new mean."
        ),
        "code": """
import numpy as np


def normal_mle(x):
    centre = np.median(x)
    return np.mean(x), np.sqrt(np.mean((x - centre) ** 2))
""",
        "call": 'check("01.2", normal_mle)',
    },
    {
        "id": "01.2",
        "kind": "wrong",
        "says": "twice the variance under the root",
        "cause": (
            "Standard deviation: too large by the root of two. Solving the second score gives S "
            "/ N, not 2 S / N."
        ),
        "code": """
import numpy as np


def normal_mle(x):
    mean = np.mean(x)
    return mean, np.sqrt(2 * np.mean((x - mean) ** 2))
""",
        "call": 'check("01.2", normal_mle)',
    },
    {
        "id": "01.2",
        "kind": "wrong",
        "says": "rounded to one decimal",
        "cause": (
            "Both results are rounded to one decimal. Return the numbers as they are, and round "
            "when you print."
        ),
        "code": """
import numpy as np


def normal_mle(x):
    return round(float(np.mean(x)), 1), round(float(np.std(x)), 1)
""",
        "call": 'check("01.2", normal_mle)',
    },
    {
        "id": "01.2",
        "kind": "hostile",
        "says": "right values, but centres its input in place",
        "code": """
import numpy as np


def normal_mle(x):
    mean = x.mean()
    x -= mean
    return mean, np.sqrt((x**2).mean())
""",
        "call": 'check("01.2", normal_mle)',
    },
    {
        "id": "01.2",
        "kind": "hostile",
        "says": "right values, but makes numpy raise on every floating-point event from now on",
        "code": """
import numpy as np


def normal_mle(x):
    np.seterr(all="raise")
    return np.mean(x), np.std(x)
""",
        "call": 'check("01.2", normal_mle)',
    },
    {
        "id": "01.2",
        "kind": "hostile",
        "says": "climbs until the score is exactly zero, which rounding may never allow",
        "code": """
import numpy as np


def normal_mle(x):
    mean, std = float(x[0]), 1.0
    while np.sum(x - mean) != 0 or np.mean((x - mean) ** 2) != std**2:
        mean += 0.5 * np.mean(x - mean)
        std = np.sqrt(np.mean((x - mean) ** 2)) * 1.0000001
    return mean, std
""",
        "call": 'check("01.2", normal_mle)',
    },
    {
        "id": "01.2",
        "kind": "hostile",
        "says": "returns a text",
        "code": """
import numpy as np


def normal_mle(x):
    return f"{np.mean(x):.3f} and {np.std(x):.4f}"
""",
        "call": 'check("01.2", normal_mle)',
    },
    {
        "id": "01.3",
        "kind": "right",
        "says": "one table, one sample a row",
        "code": """
import numpy as np


def variance_ratio(n, sigma, n_repeats, rng):
    samples = rng.normal(0, sigma, size=(n_repeats, n))
    return samples.var(axis=1).mean() / sigma**2
""",
        "call": 'check("01.3", variance_ratio)',
    },
    {
        "id": "01.3",
        "kind": "right",
        "says": "loop with a running sum",
        "code": """
import numpy as np


def variance_ratio(n, sigma, n_repeats, rng):
    total = 0.0
    for _ in range(n_repeats):
        sample = rng.normal(170, sigma, n)
        mean = sum(sample) / n
        total += sum((value - mean) ** 2 for value in sample) / n
    return total / n_repeats / sigma**2
""",
        "call": 'check("01.3", variance_ratio)',
    },
    {
        "id": "01.3",
        "kind": "right",
        "says": "one sample a column, ratio of each, then the average",
        "code": """
import numpy as np


def variance_ratio(n, sigma, n_repeats, rng):
    samples = rng.normal(loc=5.0, scale=sigma, size=(n, n_repeats))
    ratios = np.var(samples, axis=0) / sigma**2
    return float(np.mean(ratios))
""",
        "call": 'check("01.3", variance_ratio)',
    },
    {
        "id": "01.3",
        "kind": "right",
        "says": "einsum",
        "code": """
import numpy as np


def variance_ratio(n, sigma, n_repeats, rng):
    draws = rng.normal(0.0, sigma, (n_repeats, n))
    rest = draws - draws.mean(axis=1, keepdims=True)
    return np.einsum("rn,rn->", rest, rest) / (n * n_repeats * sigma**2)
""",
        "call": 'check("01.3", variance_ratio)',
    },
    {
        "id": "01.3",
        "kind": "right",
        "says": "standard draws scaled, list comprehension",
        "code": """
import numpy as np


def variance_ratio(n, sigma, n_repeats, rng):
    variances = [np.var(sigma * rng.normal(size=n), ddof=0) for _ in range(n_repeats)]
    return np.mean(variances) / sigma**2
""",
        "call": 'check("01.3", variance_ratio)',
    },
    {
        "id": "01.3",
        "kind": "right",
        "says": "scipy's second central moment, in batches to save memory",
        "code": """
import numpy as np
from scipy.stats import moment


def variance_ratio(n, sigma, n_repeats, rng):
    total, left = 0.0, n_repeats
    while left > 0:
        size = min(left, 1000)
        total += np.sum(moment(rng.normal(0, sigma, size=(size, n)), 2, axis=1))
        left -= size
    return total / n_repeats / sigma**2
""",
        "call": 'check("01.3", variance_ratio)',
    },
    {
        "id": "01.3",
        "kind": "right",
        "says": "defensive callable object",
        "code": """
import numpy as np


class Ratio:
    def __call__(self, n, sigma, n_repeats, rng):
        if n < 1 or n_repeats < 1 or sigma <= 0:
            raise ValueError("n and n_repeats at least 1, sigma positive")
        samples = rng.normal(170, sigma, size=(int(n_repeats), int(n)))
        return np.mean(samples.var(axis=-1)) / np.square(sigma)


variance_ratio = Ratio()
""",
        "call": 'check("01.3", variance_ratio)',
    },
    {
        "id": "01.3",
        "kind": "wrong",
        "says": "unbiased variance",
        "cause": (
            "You divided by n - 1, so the bias that you were to see has been removed: the ML "
            "variance has n."
        ),
        "code": """
import numpy as np


def variance_ratio(n, sigma, n_repeats, rng):
    samples = rng.normal(0, sigma, size=(n_repeats, n))
    return samples.var(axis=1, ddof=1).mean() / sigma**2
""",
        "call": 'check("01.3", variance_ratio)',
    },
    {
        "id": "01.3",
        "kind": "wrong",
        "says": "distances from the true mean",
        "cause": (
            "You measured the distances from the true mean. Each sample has to be measured from "
            "its own mean, and that is where the bias comes from."
        ),
        "code": """
import numpy as np


def variance_ratio(n, sigma, n_repeats, rng):
    samples = rng.normal(0, sigma, size=(n_repeats, n))
    return np.mean(samples**2) / sigma**2
""",
        "call": 'check("01.3", variance_ratio)',
    },
    {
        "id": "01.3",
        "kind": "wrong",
        "says": "not divided by the true variance",
        "cause": (
            "You return the average of the variances; it is still to be divided by the true "
            "variance."
        ),
        "code": """
import numpy as np


def variance_ratio(n, sigma, n_repeats, rng):
    return rng.normal(0, sigma, size=(n_repeats, n)).var(axis=1).mean()
""",
        "call": 'check("01.3", variance_ratio)',
    },
    {
        "id": "01.3",
        "kind": "wrong",
        "says": "divided by sigma, not by its square",
        "cause": "You divided by the standard deviation. The true variance is sigma squared.",
        "code": """
import numpy as np


def variance_ratio(n, sigma, n_repeats, rng):
    return rng.normal(0, sigma, size=(n_repeats, n)).var(axis=1).mean() / sigma
""",
        "call": 'check("01.3", variance_ratio)',
    },
    {
        "id": "01.3",
        "kind": "wrong",
        "says": "average of standard deviations",
        "cause": (
            "You averaged standard deviations, not variances; the factor (n - 1)/n is that of "
            "the variance."
        ),
        "code": """
import numpy as np


def variance_ratio(n, sigma, n_repeats, rng):
    samples = rng.normal(0, sigma, size=(n_repeats, n))
    return samples.std(axis=1).mean() / sigma
""",
        "call": 'check("01.3", variance_ratio)',
    },
    {
        "id": "01.3",
        "kind": "wrong",
        "says": "variance down the wrong axis",
        "cause": (
            "The variance runs over the wrong axis: across the repeats instead of within each "
            "sample."
        ),
        "code": """
import numpy as np


def variance_ratio(n, sigma, n_repeats, rng):
    samples = rng.normal(0, sigma, size=(n_repeats, n))
    return samples.var(axis=0).mean() / sigma**2
""",
        "call": 'check("01.3", variance_ratio)',
    },
    {
        "id": "01.3",
        "kind": "wrong",
        "says": "one variance of all numbers together",
        "cause": (
            "You pooled all the samples and took one variance. Take one of each sample, then "
            "average."
        ),
        "code": """
import numpy as np


def variance_ratio(n, sigma, n_repeats, rng):
    return np.var(rng.normal(0, sigma, size=(n_repeats, n))) / sigma**2
""",
        "call": 'check("01.3", variance_ratio)',
    },
    {
        "id": "01.3",
        "kind": "wrong",
        "says": "n hard-wired to 30",
        "cause": "You always draw 30 numbers; the argument n is not used.",
        "code": """
import numpy as np


def variance_ratio(n, sigma, n_repeats, rng):
    return rng.normal(170, sigma, size=(n_repeats, 30)).var(axis=1).mean() / sigma**2
""",
        "call": 'check("01.3", variance_ratio)',
    },
    {
        "id": "01.3",
        "kind": "wrong",
        "says": "true variance hard-wired to 100",
        "cause": "You divide by 100, the variance of the notebook's heights, in place of sigma**2.",
        "code": """
import numpy as np


def variance_ratio(n, sigma, n_repeats, rng):
    return rng.normal(170, sigma, size=(n_repeats, n)).var(axis=1).mean() / 100
""",
        "call": 'check("01.3", variance_ratio)',
    },
    {
        "id": "01.3",
        "kind": "wrong",
        "says": "variance handed to rng.normal",
        "cause": "rng.normal wants a standard deviation, and you gave it sigma squared.",
        "code": """
import numpy as np


def variance_ratio(n, sigma, n_repeats, rng):
    return rng.normal(0, sigma**2, size=(n_repeats, n)).var(axis=1).mean() / sigma**2
""",
        "call": 'check("01.3", variance_ratio)',
    },
    {
        "id": "01.3",
        "kind": "wrong",
        "says": "returns from inside the loop",
        "cause": (
            "You return after the first sample. One variance scatters widely; average over "
            "n_repeats of them."
        ),
        "code": """
import numpy as np


def variance_ratio(n, sigma, n_repeats, rng):
    ratios = []
    for _ in range(n_repeats):
        ratios.append(rng.normal(0, sigma, n).var() / sigma**2)
        return np.mean(ratios)
""",
        "call": 'check("01.3", variance_ratio)',
    },
    {
        "id": "01.3",
        "kind": "wrong",
        "says": "median in place of the average",
        "cause": (
            "You took the median of the ratios. The ratios lean to the left, so it lies below "
            "their average."
        ),
        "code": """
import numpy as np


def variance_ratio(n, sigma, n_repeats, rng):
    return np.median(rng.normal(0, sigma, size=(n_repeats, n)).var(axis=1)) / sigma**2
""",
        "call": 'check("01.3", variance_ratio)',
    },
    {
        "id": "01.3",
        "kind": "wrong",
        "says": "theory in place of a simulation",
        "cause": (
            "You return the formula (n - 1)/n. Asked for is the simulation that confirms it: "
            "draw with rng."
        ),
        "code": """
import numpy as np


def variance_ratio(n, sigma, n_repeats, rng):
    return (n - 1) / n
""",
        "call": 'check("01.3", variance_ratio)',
    },
    {
        "id": "01.3",
        "kind": "wrong",
        "says": "a generator of its own",
        "cause": (
            "You made a generator of your own, so every call gives the same number: draw with "
            "the rng you get."
        ),
        "code": """
import numpy as np


def variance_ratio(n, sigma, n_repeats, rng):
    rng = np.random.default_rng(3)
    return rng.normal(0, sigma, size=(n_repeats, n)).var(axis=1).mean() / sigma**2
""",
        "call": 'check("01.3", variance_ratio)',
    },
    {
        "id": "01.3",
        "kind": "wrong",
        "says": "true over estimated",
        "cause": "The ratio is upside down: the estimated variance goes above, the true one below.",
        "code": """
import numpy as np


def variance_ratio(n, sigma, n_repeats, rng):
    samples = rng.normal(0, sigma, size=(n_repeats, n))
    return sigma**2 / samples.var(axis=1).mean()
""",
        "call": 'check("01.3", variance_ratio)',
    },
    {
        "id": "01.3",
        "kind": "hostile",
        "says": "right value, but reseeds numpy's global generator",
        "code": """
import numpy as np


def variance_ratio(n, sigma, n_repeats, rng):
    np.random.seed(0)
    return rng.normal(0, sigma, size=(n_repeats, n)).var(axis=1).mean() / sigma**2
""",
        "call": 'check("01.3", variance_ratio)',
    },
    {
        "id": "01.3",
        "kind": "hostile",
        "says": "repeats until the ratio suits",
        "code": """
import numpy as np


def variance_ratio(n, sigma, n_repeats, rng):
    ratio = 0.0
    while ratio != (n - 1) / n:
        ratio = rng.normal(0, sigma, size=(n_repeats, n)).var(axis=1).mean() / sigma**2
    return ratio
""",
        "call": 'check("01.3", variance_ratio)',
    },
    {
        "id": "01.3",
        "kind": "hostile",
        "says": "calls itself for ever",
        "code": """
import numpy as np


def variance_ratio(n, sigma, n_repeats, rng):
    first = rng.normal(0, sigma, n).var() / sigma**2
    rest = variance_ratio(n, sigma, n_repeats - 1, rng)
    return (first + (n_repeats - 1) * rest) / n_repeats
""",
        "call": 'check("01.3", variance_ratio)',
    },
    {
        "id": "01.3",
        "kind": "hostile",
        "says": "forgets to return",
        "code": """
import numpy as np


def variance_ratio(n, sigma, n_repeats, rng):
    ratio = rng.normal(0, sigma, size=(n_repeats, n)).var(axis=1).mean() / sigma**2
    print("ratio:", ratio)
""",
        "call": 'check("01.3", variance_ratio)',
    },
    {
        "id": "01.4",
        "kind": "right",
        "says": "product of (1.46), and (1.54) in one expression",
        "code": """
import numpy as np


def likelihood(x, mean, std):
    return np.prod(np.exp(-((x - mean) ** 2) / (2 * std**2)) / np.sqrt(2 * np.pi * std**2))


def log_likelihood(x, mean, std):
    return np.sum(-((x - mean) ** 2) / (2 * std**2) - 0.5 * np.log(2 * np.pi * std**2))
""",
        "call": 'check("01.4", likelihood, log_likelihood)',
    },
    {
        "id": "01.4",
        "kind": "right",
        "says": "(1.54) term by term",
        "code": """
import numpy as np


def likelihood(x, mean, std):
    density = 1 / np.sqrt(2 * np.pi * std**2) * np.exp(-0.5 * ((x - mean) / std) ** 2)
    return density.prod()


def log_likelihood(x, mean, std):
    n = len(x)
    value = -np.sum((x - mean) ** 2) / (2 * std**2)
    value -= n / 2 * np.log(std**2)
    value -= n / 2 * np.log(2 * np.pi)
    return value
""",
        "call": 'check("01.4", likelihood, log_likelihood)',
    },
    {
        "id": "01.4",
        "kind": "right",
        "says": "plain loops over the data",
        "code": """
import numpy as np


def likelihood(x, mean, std):
    product = 1.0
    for value in x:
        product *= np.exp(-((value - mean) ** 2) / (2 * std**2)) / (std * np.sqrt(2 * np.pi))
    return product


def log_likelihood(x, mean, std):
    total = 0.0
    for value in x:
        total += -((value - mean) ** 2) / (2 * std**2) - np.log(std) - 0.5 * np.log(2 * np.pi)
    return total
""",
        "call": 'check("01.4", likelihood, log_likelihood)',
    },
    {
        "id": "01.4",
        "kind": "right",
        "says": "logarithms of the finished densities, summed",
        "code": """
import numpy as np


def density(x, mean, std):
    return np.exp(-((x - mean) ** 2) / (2 * std**2)) / np.sqrt(2 * np.pi * std**2)


def likelihood(x, mean, std):
    return np.prod(density(x, mean, std))


def log_likelihood(x, mean, std):
    return np.sum(np.log(density(x, mean, std)))
""",
        "call": 'check("01.4", likelihood, log_likelihood)',
    },
    {
        "id": "01.4",
        "kind": "right",
        "says": "one log density for both; the product is taken of its exponentials",
        "code": """
import numpy as np


def log_density(x, mean, std):
    z = (np.asarray(x, dtype=float) - mean) / std
    return -0.5 * z * z - np.log(std) - 0.5 * np.log(2 * np.pi)


def likelihood(x, mean, std):
    return float(np.prod(np.exp(log_density(x, mean, std))))


def log_likelihood(x, mean, std):
    return float(np.sum(log_density(x, mean, std)))
""",
        "call": 'check("01.4", likelihood, log_likelihood)',
    },
    {
        "id": "01.4",
        "kind": "right",
        "says": "sufficient statistics: count, mean and mean square of the data",
        "code": """
import numpy as np


def likelihood(x, mean, std):
    return np.prod([np.exp(-0.5 * ((v - mean) / std) ** 2) / np.sqrt(2 * np.pi) / std for v in x])


def log_likelihood(x, mean, std):
    n = np.size(x)
    centre = np.sum(x) / n
    spread = np.sum((x - centre) ** 2) / n
    return -n / 2 * (np.log(2 * np.pi * std**2) + (spread + (centre - mean) ** 2) / std**2)
""",
        "call": 'check("01.4", likelihood, log_likelihood)',
    },
    {
        "id": "01.4",
        "kind": "right",
        "says": "defensive about the spread",
        "code": """
import numpy as np


def likelihood(x, mean, std):
    if not std > 0:
        raise ValueError("std must be positive")
    z = np.subtract(x, mean) / std
    return np.prod(np.exp(-z * z / 2) / np.sqrt(2 * np.pi * std * std))


def log_likelihood(x, mean, std):
    if not std > 0:
        raise ValueError("std must be positive")
    z = np.subtract(x, mean) / std
    return -np.sum(z * z / 2 + np.log(std)) - z.size * np.log(2 * np.pi) / 2
""",
        "call": 'check("01.4", likelihood, log_likelihood)',
    },
    {
        "id": "01.4",
        "kind": "wrong",
        "says": "logarithm of the finished product",
        "cause": (
            "log_likelihood: by the time you take the logarithm the product is 0.0. Take "
            "logarithms first and add them up."
        ),
        "code": """
import numpy as np


def likelihood(x, mean, std):
    return np.prod(np.exp(-((x - mean) ** 2) / (2 * std**2)) / np.sqrt(2 * np.pi * std**2))


def log_likelihood(x, mean, std):
    return np.log(likelihood(x, mean, std))
""",
        "call": 'check("01.4", likelihood, log_likelihood)',
    },
    {
        "id": "01.4",
        "kind": "wrong",
        "says": "finished product held above the smallest float before the logarithm",
        "cause": (
            "log_likelihood: lifting the product to 1e-300 makes the logarithm finite, but it "
            "is wrong, the same for all parameters. Sum the logarithms."
        ),
        "code": """
import numpy as np


def likelihood(x, mean, std):
    return np.prod(np.exp(-((x - mean) ** 2) / (2 * std**2)) / np.sqrt(2 * np.pi * std**2))


def log_likelihood(x, mean, std):
    return np.log(np.maximum(likelihood(x, mean, std), 1e-300))
""",
        "call": 'check("01.4", likelihood, log_likelihood)',
    },
    {
        "id": "01.4",
        "kind": "wrong",
        "says": "logarithm to base ten",
        "cause": (
            "log_likelihood: you used the logarithm to base ten. The natural logarithm is meant."
        ),
        "code": """
import numpy as np


def likelihood(x, mean, std):
    return np.prod(np.exp(-((x - mean) ** 2) / (2 * std**2)) / np.sqrt(2 * np.pi * std**2))


def log_likelihood(x, mean, std):
    density = np.exp(-((x - mean) ** 2) / (2 * std**2)) / np.sqrt(2 * np.pi * std**2)
    return np.sum(np.log10(density))
""",
        "call": 'check("01.4", likelihood, log_likelihood)',
    },
    {
        "id": "01.4",
        "kind": "wrong",
        "says": "constant left out of the logarithm",
        "cause": (
            "log_likelihood: the term -N/2 ln(2 pi) is missing. It moves no maximum, but the "
            "value is wrong."
        ),
        "code": """
import numpy as np


def likelihood(x, mean, std):
    return np.prod(np.exp(-((x - mean) ** 2) / (2 * std**2)) / np.sqrt(2 * np.pi * std**2))


def log_likelihood(x, mean, std):
    return np.sum(-((x - mean) ** 2) / (2 * std**2) - np.log(std))
""",
        "call": 'check("01.4", likelihood, log_likelihood)',
    },
    {
        "id": "01.4",
        "kind": "wrong",
        "says": "normalising term subtracted once, not N times",
        "cause": (
            "log_likelihood: the term with ln(2 pi sigma^2) belongs to every number; you "
            "subtract it once."
        ),
        "code": """
import numpy as np


def likelihood(x, mean, std):
    return np.prod(np.exp(-((x - mean) ** 2) / (2 * std**2)) / np.sqrt(2 * np.pi * std**2))


def log_likelihood(x, mean, std):
    return -np.sum((x - mean) ** 2) / (2 * std**2) - 0.5 * np.log(2 * np.pi * std**2)
""",
        "call": 'check("01.4", likelihood, log_likelihood)',
    },
    {
        "id": "01.4",
        "kind": "wrong",
        "says": "average in place of the sum",
        "cause": (
            "log_likelihood: you averaged the logarithms. The logarithm of a product is their sum."
        ),
        "code": """
import numpy as np


def likelihood(x, mean, std):
    return np.prod(np.exp(-((x - mean) ** 2) / (2 * std**2)) / np.sqrt(2 * np.pi * std**2))


def log_likelihood(x, mean, std):
    return np.mean(-((x - mean) ** 2) / (2 * std**2) - 0.5 * np.log(2 * np.pi * std**2))
""",
        "call": 'check("01.4", likelihood, log_likelihood)',
    },
    {
        "id": "01.4",
        "kind": "wrong",
        "says": "sign turned, as for a minimiser",
        "cause": (
            "log_likelihood: the sign is turned. This is what a minimiser wants, not the log- "
            "likelihood."
        ),
        "code": """
import numpy as np


def likelihood(x, mean, std):
    return np.prod(np.exp(-((x - mean) ** 2) / (2 * std**2)) / np.sqrt(2 * np.pi * std**2))


def log_likelihood(x, mean, std):
    return np.sum((x - mean) ** 2 / (2 * std**2) + 0.5 * np.log(2 * np.pi * std**2))
""",
        "call": 'check("01.4", likelihood, log_likelihood)',
    },
    {
        "id": "01.4",
        "kind": "wrong",
        "says": "logarithm of the sum of the densities",
        "cause": (
            "log_likelihood: you took the logarithm of a sum; it has to be the sum of the "
            "logarithms."
        ),
        "code": """
import numpy as np


def likelihood(x, mean, std):
    return np.prod(np.exp(-((x - mean) ** 2) / (2 * std**2)) / np.sqrt(2 * np.pi * std**2))


def log_likelihood(x, mean, std):
    density = np.exp(-((x - mean) ** 2) / (2 * std**2)) / np.sqrt(2 * np.pi * std**2)
    return np.log(np.sum(density))
""",
        "call": 'check("01.4", likelihood, log_likelihood)',
    },
    {
        "id": "01.4",
        "kind": "wrong",
        "says": "both take std for the variance",
        "cause": (
            "Both: you use std where the variance belongs. The square is missing in the "
            "exponent and in the root."
        ),
        "code": """
import numpy as np


def likelihood(x, mean, std):
    return np.prod(np.exp(-((x - mean) ** 2) / (2 * std)) / np.sqrt(2 * np.pi * std))


def log_likelihood(x, mean, std):
    return np.sum(-((x - mean) ** 2) / (2 * std) - 0.5 * np.log(2 * np.pi * std))
""",
        "call": 'check("01.4", likelihood, log_likelihood)',
    },
    {
        "id": "01.4",
        "kind": "wrong",
        "says": "factor two missing in the exponent, in both",
        "cause": (
            "Both: the exponent is -(x - mean)^2 over twice the variance, and the factor two is "
            "missing."
        ),
        "code": """
import numpy as np


def likelihood(x, mean, std):
    return np.prod(np.exp(-((x - mean) ** 2) / std**2) / np.sqrt(2 * np.pi * std**2))


def log_likelihood(x, mean, std):
    return np.sum(-((x - mean) ** 2) / std**2 - 0.5 * np.log(2 * np.pi * std**2))
""",
        "call": 'check("01.4", likelihood, log_likelihood)',
    },
    {
        "id": "01.4",
        "kind": "wrong",
        "says": "likelihood adds the densities",
        "cause": "likelihood: you added the densities. Independent data multiply.",
        "code": """
import numpy as np


def likelihood(x, mean, std):
    return np.sum(np.exp(-((x - mean) ** 2) / (2 * std**2)) / np.sqrt(2 * np.pi * std**2))


def log_likelihood(x, mean, std):
    return np.sum(-((x - mean) ** 2) / (2 * std**2) - 0.5 * np.log(2 * np.pi * std**2))
""",
        "call": 'check("01.4", likelihood, log_likelihood)',
    },
    {
        "id": "01.4",
        "kind": "wrong",
        "says": "likelihood forgets the factor before the exponential",
        "cause": (
            "likelihood: the factor 1 over the root of 2 pi sigma^2 is missing, so these are no "
            "densities."
        ),
        "code": """
import numpy as np


def likelihood(x, mean, std):
    return np.prod(np.exp(-((x - mean) ** 2) / (2 * std**2)))


def log_likelihood(x, mean, std):
    return np.sum(-((x - mean) ** 2) / (2 * std**2) - 0.5 * np.log(2 * np.pi * std**2))
""",
        "call": 'check("01.4", likelihood, log_likelihood)',
    },
    {
        "id": "01.4",
        "kind": "wrong",
        "says": "number of data from the notebook",
        "cause": "log_likelihood: you count 1000 data whatever x holds. Use len(x).",
        "code": """
import numpy as np

N = 1000


def likelihood(x, mean, std):
    return np.prod(np.exp(-((x - mean) ** 2) / (2 * std**2)) / np.sqrt(2 * np.pi * std**2))


def log_likelihood(x, mean, std):
    return -np.sum((x - mean) ** 2) / (2 * std**2) - N / 2 * np.log(2 * np.pi * std**2)
""",
        "call": 'check("01.4", likelihood, log_likelihood)',
    },
    {
        "id": "01.4",
        "kind": "wrong",
        "says": "handed over in the wrong order",
        "cause": (
            "The two functions were handed to the check in the wrong order: likelihood comes first."
        ),
        "code": """
import numpy as np


def likelihood(x, mean, std):
    return np.prod(np.exp(-((x - mean) ** 2) / (2 * std**2)) / np.sqrt(2 * np.pi * std**2))


def log_likelihood(x, mean, std):
    return np.sum(-((x - mean) ** 2) / (2 * std**2) - 0.5 * np.log(2 * np.pi * std**2))
""",
        "call": 'check("01.4", log_likelihood, likelihood)',
    },
    {
        "id": "01.4",
        "kind": "hostile",
        "says": "right formulae, but standardises its input in place",
        "code": """
import numpy as np


def likelihood(x, mean, std):
    x -= mean
    x /= std
    return np.prod(np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi * std**2))


def log_likelihood(x, mean, std):
    x -= mean
    x /= std
    return np.sum(-(x**2) / 2 - 0.5 * np.log(2 * np.pi * std**2))
""",
        "call": 'check("01.4", likelihood, log_likelihood)',
    },
    {
        "id": "01.4",
        "kind": "hostile",
        "says": "right values, but silences numpy for good",
        "code": """
import numpy as np


def likelihood(x, mean, std):
    np.seterr(all="ignore")
    return np.prod(np.exp(-((x - mean) ** 2) / (2 * std**2)) / np.sqrt(2 * np.pi * std**2))


def log_likelihood(x, mean, std):
    np.seterr(all="ignore")
    return np.sum(-((x - mean) ** 2) / (2 * std**2) - 0.5 * np.log(2 * np.pi * std**2))
""",
        "call": 'check("01.4", likelihood, log_likelihood)',
    },
    {
        "id": "01.4",
        "kind": "hostile",
        "says": "each function calls the other",
        "code": """
import numpy as np


def likelihood(x, mean, std):
    return np.exp(log_likelihood(x, mean, std))


def log_likelihood(x, mean, std):
    return np.log(likelihood(x, mean, std))
""",
        "call": 'check("01.4", likelihood, log_likelihood)',
    },
    {
        "id": "01.4",
        "kind": "hostile",
        "says": "raises when the product vanishes",
        "code": """
import numpy as np


def likelihood(x, mean, std):
    value = np.prod(np.exp(-((x - mean) ** 2) / (2 * std**2)) / np.sqrt(2 * np.pi * std**2))
    if value == 0:
        raise FloatingPointError("the likelihood has vanished")
    return value


def log_likelihood(x, mean, std):
    return np.sum(-((x - mean) ** 2) / (2 * std**2) - 0.5 * np.log(2 * np.pi * std**2))
""",
        "call": 'check("01.4", likelihood, log_likelihood)',
    },
]
