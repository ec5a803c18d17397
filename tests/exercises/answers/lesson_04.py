"""Answers to the exercises of lesson 04, written from their text alone."""

ANSWERS = [
    {
        "id": "04.1",
        "kind": "right",
        "says": "as in section 4",
        "code": """
import numpy as np


def responsibility_of_a(heads, tails, bias_a, bias_b):
    a = bias_a**heads * (1 - bias_a) ** tails
    b = bias_b**heads * (1 - bias_b) ** tails
    return a / (a + b)
""",
        "call": 'check("04.1", responsibility_of_a)',
    },
    {
        "id": "04.1",
        "kind": "right",
        "says": "scipy's binomial, coefficients and all",
        "code": """
import numpy as np
from scipy.stats import binom


def responsibility_of_a(heads, tails, bias_a, bias_b):
    joint = 0.5 * binom.pmf(heads, heads + tails, [bias_a, bias_b])
    return joint[0] / joint.sum()
""",
        "call": 'check("04.1", responsibility_of_a)',
    },
    {
        "id": "04.1",
        "kind": "right",
        "says": "logarithms, largest subtracted",
        "code": """
import numpy as np
from scipy.special import xlog1py, xlogy


def responsibility_of_a(heads, tails, bias_a, bias_b):
    a = np.array([xlogy(heads, bias) + xlog1py(tails, -bias) for bias in (bias_a, bias_b)])
    share = np.exp(a - a.max())
    return float(share[0] / share.sum())
""",
        "call": 'check("04.1", responsibility_of_a)',
    },
    {
        "id": "04.1",
        "kind": "right",
        "says": "sigmoid of the log odds",
        "code": """
import numpy as np
from scipy.special import expit, xlog1py, xlogy


def responsibility_of_a(heads, tails, bias_a, bias_b):
    for_a = xlogy(heads, bias_a) + xlog1py(tails, -bias_a)
    for_b = xlogy(heads, bias_b) + xlog1py(tails, -bias_b)
    return expit(for_a - for_b)
""",
        "call": 'check("04.1", responsibility_of_a)',
    },
    {
        "id": "04.1",
        "kind": "right",
        "says": "plain loops, toss by toss, no numpy",
        "code": """
import numpy as np


def responsibility_of_a(heads, tails, bias_a, bias_b):
    a, b = 0.5, 0.5
    for _ in range(int(heads)):
        a, b = a * bias_a, b * bias_b
        a, b = a / (a + b), b / (a + b)
    for _ in range(int(tails)):
        a, b = a * (1 - bias_a), b * (1 - bias_b)
        a, b = a / (a + b), b / (a + b)
    return a
""",
        "call": 'check("04.1", responsibility_of_a)',
    },
    {
        "id": "04.1",
        "kind": "right",
        "says": "callable object, matrix form",
        "code": """
import numpy as np


class ShareOfA:
    def __init__(self, prior=0.5):
        self.prior = np.array([prior, 1 - prior])

    def __call__(self, heads, tails, bias_a, bias_b):
        biases = np.array([bias_a, bias_b], dtype=float)
        joint = self.prior * np.prod(np.power([biases, 1 - biases], [[heads], [tails]]), axis=0)
        return (joint / joint.sum())[0]


responsibility_of_a = ShareOfA()
""",
        "call": 'check("04.1", responsibility_of_a)',
    },
    {
        "id": "04.1",
        "kind": "wrong",
        "says": "coin B in place of A",
        "cause": (
            "This is the responsibility of B. Put the product of coin A above the fraction line."
        ),
        "code": """
import numpy as np


def responsibility_of_a(heads, tails, bias_a, bias_b):
    a = bias_a**heads * (1 - bias_a) ** tails
    b = bias_b**heads * (1 - bias_b) ** tails
    return b / (a + b)
""",
        "call": 'check("04.1", responsibility_of_a)',
    },
    {
        "id": "04.1",
        "kind": "wrong",
        "says": "tails left out",
        "cause": "The tails are missing: the probability of a row is theta^h times (1 - theta)^t.",
        "code": """
import numpy as np


def responsibility_of_a(heads, tails, bias_a, bias_b):
    a, b = bias_a**heads, bias_b**heads
    return a / (a + b)
""",
        "call": 'check("04.1", responsibility_of_a)',
    },
    {
        "id": "04.1",
        "kind": "wrong",
        "says": "heads and tails exchanged",
        "cause": (
            "Heads and tails are exchanged: theta belongs to the heads, 1 - theta to the tails."
        ),
        "code": """
import numpy as np


def responsibility_of_a(heads, tails, bias_a, bias_b):
    a = bias_a**tails * (1 - bias_a) ** heads
    b = bias_b**tails * (1 - bias_b) ** heads
    return a / (a + b)
""",
        "call": 'check("04.1", responsibility_of_a)',
    },
    {
        "id": "04.1",
        "kind": "wrong",
        "says": "hard assignment",
        "cause": (
            "You give the whole trial to the more probable coin. A responsibility is a "
            "probability: divide."
        ),
        "code": """
import numpy as np


def responsibility_of_a(heads, tails, bias_a, bias_b):
    a = bias_a**heads * (1 - bias_a) ** tails
    b = bias_b**heads * (1 - bias_b) ** tails
    return 1.0 if a > b else 0.0
""",
        "call": 'check("04.1", responsibility_of_a)',
    },
    {
        "id": "04.1",
        "kind": "wrong",
        "says": "not divided by the sum",
        "cause": "This is prior times likelihood. Divide by the sum of both coins' products.",
        "code": """
import numpy as np


def responsibility_of_a(heads, tails, bias_a, bias_b):
    return 0.5 * bias_a**heads * (1 - bias_a) ** tails
""",
        "call": 'check("04.1", responsibility_of_a)',
    },
    {
        "id": "04.1",
        "kind": "wrong",
        "says": "odds of A against B",
        "cause": "These are the odds of A against B. Divide by the sum of both, not by B alone.",
        "code": """
import numpy as np


def responsibility_of_a(heads, tails, bias_a, bias_b):
    a = bias_a**heads * (1 - bias_a) ** tails
    b = bias_b**heads * (1 - bias_b) ** tails
    return a / b
""",
        "call": 'check("04.1", responsibility_of_a)',
    },
    {
        "id": "04.1",
        "kind": "wrong",
        "says": "ten tosses hard-wired",
        "cause": "You take ten tosses for granted. The number of tails is an argument; use it.",
        "code": """
import numpy as np


def responsibility_of_a(heads, tails, bias_a, bias_b):
    a = bias_a**heads * (1 - bias_a) ** (10 - heads)
    b = bias_b**heads * (1 - bias_b) ** (10 - heads)
    return a / (a + b)
""",
        "call": 'check("04.1", responsibility_of_a)',
    },
    {
        "id": "04.1",
        "kind": "wrong",
        "says": "power inside the bracket",
        "cause": "A bracket is misplaced: 1 - theta^t is not (1 - theta)^t.",
        "code": """
import numpy as np


def responsibility_of_a(heads, tails, bias_a, bias_b):
    a = bias_a**heads * (1 - bias_a**tails)
    b = bias_b**heads * (1 - bias_b**tails)
    return a / (a + b)
""",
        "call": 'check("04.1", responsibility_of_a)',
    },
    {
        "id": "04.1",
        "kind": "wrong",
        "says": "products in place of powers",
        "cause": "Independent tosses multiply: theta to the power of h, not theta times h.",
        "code": """
import numpy as np


def responsibility_of_a(heads, tails, bias_a, bias_b):
    a = (bias_a * heads) * ((1 - bias_a) * tails)
    b = (bias_b * heads) * ((1 - bias_b) * tails)
    return a / (a + b)
""",
        "call": 'check("04.1", responsibility_of_a)',
    },
    {
        "id": "04.1",
        "kind": "wrong",
        "says": "shares of the logarithms",
        "cause": "You divided logarithms. Take the exponential of each first, then divide.",
        "code": """
import numpy as np


def responsibility_of_a(heads, tails, bias_a, bias_b):
    a = heads * np.log(bias_a) + tails * np.log(1 - bias_a)
    b = heads * np.log(bias_b) + tails * np.log(1 - bias_b)
    return a / (a + b)
""",
        "call": 'check("04.1", responsibility_of_a)',
    },
    {
        "id": "04.1",
        "kind": "wrong",
        "says": "returns expected heads",
        "cause": "You return the expected heads of A. The responsibility itself was asked for.",
        "code": """
import numpy as np


def responsibility_of_a(heads, tails, bias_a, bias_b):
    a = bias_a**heads * (1 - bias_a) ** tails
    b = bias_b**heads * (1 - bias_b) ** tails
    return heads * a / (a + b)
""",
        "call": 'check("04.1", responsibility_of_a)',
    },
    {
        "id": "04.1",
        "kind": "wrong",
        "says": "binomial coefficient for one coin only",
        "cause": (
            "You multiply by the binomial coefficient for A only. It stands in both terms and "
            "cancels."
        ),
        "code": """
import math

import numpy as np


def responsibility_of_a(heads, tails, bias_a, bias_b):
    ways = math.comb(int(heads) + int(tails), int(heads))
    a = ways * bias_a**heads * (1 - bias_a) ** tails
    b = bias_b**heads * (1 - bias_b) ** tails
    return a / (a + b)
""",
        "call": 'check("04.1", responsibility_of_a)',
    },
    {
        "id": "04.1",
        "kind": "wrong",
        "says": "share of the biases, data not used",
        "cause": (
            "You compare the biases, not the probabilities that they give to the trial. The "
            "data do not enter."
        ),
        "code": """
import numpy as np


def responsibility_of_a(heads, tails, bias_a, bias_b):
    return bias_a / (bias_a + bias_b)
""",
        "call": 'check("04.1", responsibility_of_a)',
    },
    {
        "id": "04.1",
        "kind": "hostile",
        "says": "calls itself, mirrored, for ever",
        "code": """
import numpy as np


def responsibility_of_a(heads, tails, bias_a, bias_b):
    return 1 - responsibility_of_a(heads, tails, bias_b, bias_a)
""",
        "call": 'check("04.1", responsibility_of_a)',
    },
    {
        "id": "04.1",
        "kind": "hostile",
        "says": "returns a text in per cent",
        "code": """
import numpy as np


def responsibility_of_a(heads, tails, bias_a, bias_b):
    a = bias_a**heads * (1 - bias_a) ** tails
    b = bias_b**heads * (1 - bias_b) ** tails
    return f"{100 * a / (a + b):.1f} %"
""",
        "call": 'check("04.1", responsibility_of_a)',
    },
    {
        "id": "04.1",
        "kind": "hostile",
        "says": "prints and returns nothing",
        "code": """
import numpy as np


def responsibility_of_a(heads, tails, bias_a, bias_b):
    a = bias_a**heads * (1 - bias_a) ** tails
    b = bias_b**heads * (1 - bias_b) ** tails
    print(a / (a + b))
""",
        "call": 'check("04.1", responsibility_of_a)',
    },
    {
        "id": "04.1",
        "kind": "hostile",
        "says": "counts tosses down past zero",
        "code": """
import numpy as np


def responsibility_of_a(heads, tails, bias_a, bias_b):
    a = b = 1.0
    left = heads + 0.5
    while left != 0:
        a, b, left = a * bias_a, b * bias_b, left - 1
    return a / (a + b)
""",
        "call": 'check("04.1", responsibility_of_a)',
    },
    {
        "id": "04.2",
        "kind": "right",
        "says": "arrays, powers, list of pairs",
        "code": """
import numpy as np


def coin_em(x, biases, n_rounds):
    heads, tails = x[:, :1], x[:, 1:]
    path = [np.asarray(biases, dtype=float)]
    for _ in range(n_rounds):
        theta = path[-1]
        joint = theta**heads * (1 - theta) ** tails
        r = joint / joint.sum(axis=1, keepdims=True)
        expected = r.T @ x
        path.append(expected[:, 0] / expected.sum(axis=1))
    return np.array(path)
""",
        "call": 'check("04.2", coin_em)',
    },
    {
        "id": "04.2",
        "kind": "right",
        "says": "logarithms and log-sum-exp",
        "code": """
import numpy as np
from scipy.special import logsumexp, xlog1py, xlogy


def coin_em(x, biases, n_rounds):
    x = np.asarray(x, dtype=float)
    path = np.empty((n_rounds + 1, 2))
    path[0] = biases
    for n in range(n_rounds):
        a = xlogy(x[:, [0]], path[n]) + xlog1py(x[:, [1]], -path[n])
        r = np.exp(a - logsumexp(a, axis=1, keepdims=True))
        h, t = r.T @ x[:, 0], r.T @ x[:, 1]
        path[n + 1] = h / (h + t)
    return path
""",
        "call": 'check("04.2", coin_em)',
    },
    {
        "id": "04.2",
        "kind": "right",
        "says": "plain loops over trials, numbers only",
        "code": """
import numpy as np


def coin_em(x, biases, n_rounds):
    a, b = float(biases[0]), float(biases[1])
    rows = [(a, b)]
    for _ in range(n_rounds):
        heads_a = heads_b = tosses_a = tosses_b = 0.0
        for h, t in x:
            like_a = a**h * (1 - a) ** t
            like_b = b**h * (1 - b) ** t
            share = like_a / (like_a + like_b)
            heads_a += share * h
            heads_b += (1 - share) * h
            tosses_a += share * (h + t)
            tosses_b += (1 - share) * (h + t)
        a, b = heads_a / tosses_a, heads_b / tosses_b
        rows.append((a, b))
    return np.array(rows)
""",
        "call": 'check("04.2", coin_em)',
    },
    {
        "id": "04.2",
        "kind": "right",
        "says": "itertools.accumulate over rounds, scipy's binomial",
        "code": """
import itertools

import numpy as np
from scipy.stats import binom


def coin_em(x, biases, n_rounds):
    heads, tosses = x[:, [0]], x.sum(axis=1, keepdims=True)

    def one_round(theta, _):
        joint = binom.pmf(heads, tosses, theta)
        r = joint / joint.sum(axis=1, keepdims=True)
        return (r * heads).sum(axis=0) / (r * tosses).sum(axis=0)

    start = np.array(biases, dtype=float)
    return np.stack(list(itertools.accumulate(range(n_rounds), one_round, initial=start)))
""",
        "call": 'check("04.2", coin_em)',
    },
    {
        "id": "04.2",
        "kind": "right",
        "says": "einsum, share of A by a sigmoid",
        "code": """
import numpy as np
from scipy.special import expit


def coin_em(x, biases, n_rounds):
    theta = np.array(biases, dtype=float)
    path = [theta]
    for _ in range(n_rounds):
        odds = x @ np.log([theta[0] / theta[1], (1 - theta[0]) / (1 - theta[1])])
        r = np.column_stack([expit(odds), expit(-odds)])
        counts = np.einsum("nk,ni->ki", r, x)
        theta = counts[:, 0] / np.einsum("ki->k", counts)
        path.append(theta)
    return np.vstack(path)
""",
        "call": 'check("04.2", coin_em)',
    },
    {
        "id": "04.2",
        "kind": "right",
        "says": "a function for one round, defensive conversions",
        "code": """
import numpy as np


def em_round(x, theta):
    joint = np.power(theta, x[:, [0]]) * np.power(1 - theta, x[:, [1]])
    h, t = x.T @ (joint / joint.sum(axis=1, keepdims=True))
    return h / (h + t)


def coin_em(x, biases, n_rounds):
    x, theta = np.array(x, dtype=float), np.array(biases, dtype=float)
    if x.ndim != 2 or theta.shape != (2,):
        raise ValueError("one row a trial, two biases")
    rows = theta[np.newaxis]
    while len(rows) <= n_rounds:
        rows = np.concatenate([rows, [em_round(x, rows[-1])]])
    return rows
""",
        "call": 'check("04.2", coin_em)',
    },
    {
        "id": "04.2",
        "kind": "wrong",
        "says": "start left out",
        "cause": (
            "The first row should be the start: you return n_rounds rows in place of n_rounds + 1."
        ),
        "code": """
import numpy as np


def coin_em(x, biases, n_rounds):
    theta, path = np.asarray(biases, dtype=float), []
    for _ in range(n_rounds):
        joint = theta ** x[:, :1] * (1 - theta) ** x[:, 1:]
        r = joint / joint.sum(axis=1, keepdims=True)
        expected = r.T @ x
        theta = expected[:, 0] / expected.sum(axis=1)
        path.append(theta)
    return np.array(path)
""",
        "call": 'check("04.2", coin_em)',
    },
    {
        "id": "04.2",
        "kind": "wrong",
        "says": "one round short, last row repeated",
        "cause": "The last round is missing: you run n_rounds - 1 of them and repeat the last row.",
        "code": """
import numpy as np


def coin_em(x, biases, n_rounds):
    path = [np.asarray(biases, dtype=float)]
    for _ in range(1, n_rounds):
        theta = path[-1]
        joint = theta ** x[:, :1] * (1 - theta) ** x[:, 1:]
        r = joint / joint.sum(axis=1, keepdims=True)
        expected = r.T @ x
        path.append(expected[:, 0] / expected.sum(axis=1))
    return np.array(path + path[-1:])
""",
        "call": 'check("04.2", coin_em)',
    },
    {
        "id": "04.2",
        "kind": "wrong",
        "says": "only the last pair",
        "cause": (
            "You return the last pair only. Return the start and the pair after each round, one "
            "row each."
        ),
        "code": """
import numpy as np


def coin_em(x, biases, n_rounds):
    theta = np.asarray(biases, dtype=float)
    for _ in range(n_rounds):
        joint = theta ** x[:, :1] * (1 - theta) ** x[:, 1:]
        r = joint / joint.sum(axis=1, keepdims=True)
        expected = r.T @ x
        theta = expected[:, 0] / expected.sum(axis=1)
    return theta
""",
        "call": 'check("04.2", coin_em)',
    },
    {
        "id": "04.2",
        "kind": "wrong",
        "says": "average of the trials' fractions of heads",
        "cause": (
            "M step: you average fractions of heads. Add expected heads and expected tosses "
            "first, then divide; it makes a difference when trials differ in length."
        ),
        "code": """
import numpy as np


def coin_em(x, biases, n_rounds):
    path = [np.asarray(biases, dtype=float)]
    fraction = x[:, 0] / x.sum(axis=1)
    for _ in range(n_rounds):
        theta = path[-1]
        joint = theta ** x[:, :1] * (1 - theta) ** x[:, 1:]
        r = joint / joint.sum(axis=1, keepdims=True)
        path.append(fraction @ r / r.sum(axis=0))
    return np.array(path)
""",
        "call": 'check("04.2", coin_em)',
    },
    {
        "id": "04.2",
        "kind": "wrong",
        "says": "hard assignment",
        "cause": (
            "E step: each trial goes wholly to one coin. EM shares it in proportion to the "
            "probabilities."
        ),
        "code": """
import numpy as np


def coin_em(x, biases, n_rounds):
    path = [np.asarray(biases, dtype=float)]
    for _ in range(n_rounds):
        theta = path[-1]
        joint = theta ** x[:, :1] * (1 - theta) ** x[:, 1:]
        r = np.eye(2)[joint.argmax(axis=1)]
        expected = r.T @ x
        path.append(expected[:, 0] / np.maximum(expected.sum(axis=1), 1e-12))
    return np.array(path)
""",
        "call": 'check("04.2", coin_em)',
    },
    {
        "id": "04.2",
        "kind": "wrong",
        "says": "divided by all tosses",
        "cause": (
            "M step: you divide expected heads by all tosses. Divide by the expected tosses of "
            "that coin."
        ),
        "code": """
import numpy as np


def coin_em(x, biases, n_rounds):
    path = [np.asarray(biases, dtype=float)]
    for _ in range(n_rounds):
        theta = path[-1]
        joint = theta ** x[:, :1] * (1 - theta) ** x[:, 1:]
        r = joint / joint.sum(axis=1, keepdims=True)
        path.append(x[:, 0] @ r / x.sum())
    return np.array(path)
""",
        "call": 'check("04.2", coin_em)',
    },
    {
        "id": "04.2",
        "kind": "wrong",
        "says": "heads over tails",
        "cause": "M step: you divide heads by tails. The bias is heads over heads plus tails.",
        "code": """
import numpy as np


def coin_em(x, biases, n_rounds):
    path = [np.asarray(biases, dtype=float)]
    for _ in range(n_rounds):
        theta = np.clip(path[-1], 0.001, 0.999)
        joint = theta ** x[:, :1] * (1 - theta) ** x[:, 1:]
        r = joint / joint.sum(axis=1, keepdims=True)
        expected = r.T @ x
        path.append(expected[:, 0] / expected[:, 1])
    return np.array(path)
""",
        "call": 'check("04.2", coin_em)',
    },
    {
        "id": "04.2",
        "kind": "wrong",
        "says": "E step always at the start",
        "cause": (
            "E step: it uses the start in every round, so nothing changes after the first. Use "
            "the new biases."
        ),
        "code": """
import numpy as np


def coin_em(x, biases, n_rounds):
    start = np.asarray(biases, dtype=float)
    path = [start]
    for _ in range(n_rounds):
        joint = start ** x[:, :1] * (1 - start) ** x[:, 1:]
        r = joint / joint.sum(axis=1, keepdims=True)
        expected = r.T @ x
        path.append(expected[:, 0] / expected.sum(axis=1))
    return np.array(path)
""",
        "call": 'check("04.2", coin_em)',
    },
    {
        "id": "04.2",
        "kind": "wrong",
        "says": "responsibilities divided down the columns",
        "cause": (
            "E step: each row must sum to one, over the coins. You divided by the sum over the "
            "trials."
        ),
        "code": """
import numpy as np


def coin_em(x, biases, n_rounds):
    path = [np.asarray(biases, dtype=float)]
    for _ in range(n_rounds):
        theta = path[-1]
        joint = theta ** x[:, :1] * (1 - theta) ** x[:, 1:]
        r = joint / joint.sum(axis=0)
        expected = r.T @ x
        path.append(expected[:, 0] / expected.sum(axis=1))
    return np.array(path)
""",
        "call": 'check("04.2", coin_em)',
    },
    {
        "id": "04.2",
        "kind": "wrong",
        "says": "prior set free",
        "cause": (
            "Equal priors were asked for, and you update them: the weights must stay at one half."
        ),
        "code": """
import numpy as np


def coin_em(x, biases, n_rounds):
    path, weights = [np.asarray(biases, dtype=float)], np.array([0.5, 0.5])
    for _ in range(n_rounds):
        theta = path[-1]
        joint = weights * theta ** x[:, :1] * (1 - theta) ** x[:, 1:]
        r = joint / joint.sum(axis=1, keepdims=True)
        weights = r.mean(axis=0)
        expected = r.T @ x
        path.append(expected[:, 0] / expected.sum(axis=1))
    return np.array(path)
""",
        "call": 'check("04.2", coin_em)',
    },
    {
        "id": "04.2",
        "kind": "wrong",
        "says": "new A already used for B",
        "cause": (
            "You renew A, then compute the shares again before you renew B. One E step serves "
            "both coins."
        ),
        "code": """
import numpy as np


def coin_em(x, biases, n_rounds):
    path = [np.asarray(biases, dtype=float)]
    for _ in range(n_rounds):
        theta = path[-1].copy()
        for k in (0, 1):
            joint = theta ** x[:, :1] * (1 - theta) ** x[:, 1:]
            r = joint / joint.sum(axis=1, keepdims=True)
            heads, tails = r[:, k] @ x
            theta[k] = heads / (heads + tails)
        path.append(theta)
    return np.array(path)
""",
        "call": 'check("04.2", coin_em)',
    },
    {
        "id": "04.2",
        "kind": "wrong",
        "says": "ten tosses hard-wired",
        "cause": (
            "You take ten tosses a trial for granted. Use the tails in the second column of x."
        ),
        "code": """
import numpy as np


def coin_em(x, biases, n_rounds):
    heads = x[:, :1]
    path = [np.asarray(biases, dtype=float)]
    for _ in range(n_rounds):
        theta = path[-1]
        joint = theta**heads * (1 - theta) ** (10 - heads)
        r = joint / joint.sum(axis=1, keepdims=True)
        path.append((r * heads).sum(axis=0) / (10 * r.sum(axis=0)))
    return np.array(path)
""",
        "call": 'check("04.2", coin_em)',
    },
    {
        "id": "04.2",
        "kind": "wrong",
        "says": "published start hard-wired",
        "cause": "You always start at 0.6 and 0.5; the argument `biases` is not used.",
        "code": """
import numpy as np


def coin_em(x, biases, n_rounds):
    path = [np.array([0.6, 0.5])]
    for _ in range(n_rounds):
        theta = path[-1]
        joint = theta ** x[:, :1] * (1 - theta) ** x[:, 1:]
        r = joint / joint.sum(axis=1, keepdims=True)
        expected = r.T @ x
        path.append(expected[:, 0] / expected.sum(axis=1))
    return np.array(path)
""",
        "call": 'check("04.2", coin_em)',
    },
    {
        "id": "04.2",
        "kind": "wrong",
        "says": "every row is the same array",
        "cause": (
            "All rows are the last pair: you appended one array again and again and changed it "
            "in place. Append a copy."
        ),
        "code": """
import numpy as np


def coin_em(x, biases, n_rounds):
    theta = np.array(biases, dtype=float)
    path = [theta]
    for _ in range(n_rounds):
        joint = theta ** x[:, :1] * (1 - theta) ** x[:, 1:]
        r = joint / joint.sum(axis=1, keepdims=True)
        expected = r.T @ x
        theta[:] = expected[:, 0] / expected.sum(axis=1)
        path.append(theta)
    return np.array(path)
""",
        "call": 'check("04.2", coin_em)',
    },
    {
        "id": "04.2",
        "kind": "wrong",
        "says": "transposed",
        "cause": "The table lies on its side: one row for each round, one column for each coin.",
        "code": """
import numpy as np


def coin_em(x, biases, n_rounds):
    path = [np.asarray(biases, dtype=float)]
    for _ in range(n_rounds):
        theta = path[-1]
        joint = theta ** x[:, :1] * (1 - theta) ** x[:, 1:]
        r = joint / joint.sum(axis=1, keepdims=True)
        expected = r.T @ x
        path.append(expected[:, 0] / expected.sum(axis=1))
    return np.array(path).T
""",
        "call": 'check("04.2", coin_em)',
    },
    {
        "id": "04.2",
        "kind": "wrong",
        "says": "the notebook's five trials",
        "cause": "You use the notebook's five trials; the argument x is not used.",
        "code": """
import numpy as np

trials = np.array([[5.0, 5.0], [9.0, 1.0], [8.0, 2.0], [4.0, 6.0], [7.0, 3.0]])


def coin_em(x, biases, n_rounds):
    path = [np.asarray(biases, dtype=float)]
    for _ in range(n_rounds):
        theta = path[-1]
        joint = theta ** trials[:, :1] * (1 - theta) ** trials[:, 1:]
        r = joint / joint.sum(axis=1, keepdims=True)
        expected = r.T @ trials
        path.append(expected[:, 0] / expected.sum(axis=1))
    return np.array(path)
""",
        "call": 'check("04.2", coin_em)',
    },
    {
        "id": "04.2",
        "kind": "hostile",
        "says": "right path, but turns the caller's counts into fractions in place",
        "code": """
import numpy as np


def coin_em(x, biases, n_rounds):
    counts = x.copy()
    x /= x.sum(axis=1, keepdims=True)
    path = [np.asarray(biases, dtype=float)]
    for _ in range(n_rounds):
        theta = path[-1]
        joint = theta ** counts[:, :1] * (1 - theta) ** counts[:, 1:]
        r = joint / joint.sum(axis=1, keepdims=True)
        expected = r.T @ counts
        path.append(expected[:, 0] / expected.sum(axis=1))
    return np.array(path)
""",
        "call": 'check("04.2", coin_em)',
    },
    {
        "id": "04.2",
        "kind": "hostile",
        "says": "forgets to count its rounds, so it never ends",
        "code": """
import numpy as np


def coin_em(x, biases, n_rounds):
    theta, path = np.asarray(biases, dtype=float), []
    while True:
        joint = theta ** x[:, :1] * (1 - theta) ** x[:, 1:]
        r = joint / joint.sum(axis=1, keepdims=True)
        expected = r.T @ x
        theta = expected[:, 0] / expected.sum(axis=1)
        path = [theta]
        if len(path) > n_rounds + 1:
            return np.array(path)
""",
        "call": 'check("04.2", coin_em)',
    },
    {
        "id": "04.2",
        "kind": "hostile",
        "says": "recursion without an end",
        "code": """
import numpy as np


def coin_em(x, biases, n_rounds):
    theta = np.asarray(biases, dtype=float)
    joint = theta ** x[:, :1] * (1 - theta) ** x[:, 1:]
    r = joint / joint.sum(axis=1, keepdims=True)
    expected = r.T @ x
    new = expected[:, 0] / expected.sum(axis=1)
    return np.vstack([theta, coin_em(x, new, n_rounds - 1)])
""",
        "call": 'check("04.2", coin_em)',
    },
    {
        "id": "04.2",
        "kind": "hostile",
        "says": "right path, but numpy ignores all errors afterwards",
        "code": """
import numpy as np


def coin_em(x, biases, n_rounds):
    np.seterr(all="ignore")
    path = [np.asarray(biases, dtype=float)]
    for _ in range(n_rounds):
        theta = path[-1]
        joint = theta ** x[:, :1] * (1 - theta) ** x[:, 1:]
        r = joint / joint.sum(axis=1, keepdims=True)
        expected = r.T @ x
        path.append(expected[:, 0] / expected.sum(axis=1))
    return np.array(path)
""",
        "call": 'check("04.2", coin_em)',
    },
    {
        "id": "04.3",
        "kind": "right",
        "says": "arrays and powers",
        "code": """
import numpy as np


def coin_em_free(x, biases, weights, n_rounds):
    biases, weights = np.asarray(biases, dtype=float), np.asarray(weights, dtype=float)
    for _ in range(n_rounds):
        joint = weights * biases ** x[:, :1] * (1 - biases) ** x[:, 1:]
        r = joint / joint.sum(axis=1, keepdims=True)
        expected = r.T @ x
        biases = expected[:, 0] / expected.sum(axis=1)
        weights = r.mean(axis=0)
    return biases, weights
""",
        "call": 'check("04.3", coin_em_free)',
    },
    {
        "id": "04.3",
        "kind": "right",
        "says": "logarithms, softmax, named tuple",
        "code": """
from collections import namedtuple

import numpy as np
from scipy.special import softmax, xlog1py, xlogy

Coins = namedtuple("Coins", "biases weights")


def coin_em_free(x, biases, weights, n_rounds):
    coins = Coins(np.array(biases, dtype=float), np.array(weights, dtype=float))
    heads, tails = np.hsplit(np.asarray(x, dtype=float), 2)
    for _ in range(n_rounds):
        a = np.log(coins.weights) + xlogy(heads, coins.biases) + xlog1py(tails, -coins.biases)
        r = softmax(a, axis=1)
        h, t = (r * heads).sum(axis=0), (r * tails).sum(axis=0)
        coins = Coins(h / (h + t), r.sum(axis=0) / len(x))
    return coins
""",
        "call": 'check("04.3", coin_em_free)',
    },
    {
        "id": "04.3",
        "kind": "right",
        "says": "plain loops, lists, made into arrays at the end",
        "code": """
import numpy as np


def coin_em_free(x, biases, weights, n_rounds):
    biases, weights = list(map(float, biases)), list(map(float, weights))
    for _ in range(n_rounds):
        heads, tosses, trials = [0.0, 0.0], [0.0, 0.0], [0.0, 0.0]
        for h, t in x:
            joint = [w * p**h * (1 - p) ** t for w, p in zip(weights, biases)]
            for k in (0, 1):
                share = joint[k] / sum(joint)
                heads[k] += share * h
                tosses[k] += share * (h + t)
                trials[k] += share
        biases = [heads[k] / tosses[k] for k in (0, 1)]
        weights = [trials[k] / len(x) for k in (0, 1)]
    return np.array(biases), np.array(weights)
""",
        "call": 'check("04.3", coin_em_free)',
    },
    {
        "id": "04.3",
        "kind": "right",
        "says": "scipy's binomial, einsum, weights made to sum to one",
        "code": """
import numpy as np
from scipy.stats import binom


def coin_em_free(x, biases, weights, n_rounds):
    theta, pi = np.array(biases, dtype=float), np.array(weights, dtype=float)
    tosses = x.sum(axis=1)
    for _ in range(n_rounds):
        joint = np.einsum("k,nk->nk", pi, binom.pmf(x[:, [0]], tosses[:, None], theta))
        r = joint / joint.sum(axis=1, keepdims=True)
        n_k = np.einsum("nk->k", r)
        theta = np.einsum("nk,n->k", r, x[:, 0]) / np.einsum("nk,n->k", r, tosses)
        pi = n_k / n_k.sum()
    return theta, pi
""",
        "call": 'check("04.3", coin_em_free)',
    },
    {
        "id": "04.3",
        "kind": "right",
        "says": "both in one array of two rows",
        "code": """
import numpy as np


def coin_em_free(x, biases, weights, n_rounds):
    both = np.array([biases, weights], dtype=float)
    for _ in range(n_rounds):
        theta, pi = both
        a = np.log(pi) + x @ np.log([theta, 1 - theta])
        r = np.exp(a - a.max(axis=1, keepdims=True))
        r /= r.sum(axis=1, keepdims=True)
        both = np.array([x[:, 0] @ r / (x.sum(axis=1) @ r), r.mean(axis=0)])
    return both
""",
        "call": 'check("04.3", coin_em_free)',
    },
    {
        "id": "04.3",
        "kind": "right",
        "says": "functools.reduce over rounds",
        "code": """
import functools

import numpy as np


def one_round(x, state, _):
    theta, pi = state
    joint = pi * np.power(theta, x[:, [0]]) * np.power(1 - theta, x[:, [1]])
    r = joint / joint.sum(axis=1, keepdims=True)
    return (r.T @ x[:, 0]) / (r.T @ x.sum(axis=1)), np.average(r, axis=0)


def coin_em_free(x, biases, weights, n_rounds):
    start = np.asarray(biases, dtype=float), np.asarray(weights, dtype=float)
    return functools.reduce(functools.partial(one_round, x), range(n_rounds), start)
""",
        "call": 'check("04.3", coin_em_free)',
    },
    {
        "id": "04.3",
        "kind": "wrong",
        "says": "weights not in the E step",
        "cause": "E step: the weights are missing. You update them and then do not use them.",
        "code": """
import numpy as np


def coin_em_free(x, biases, weights, n_rounds):
    biases, weights = np.asarray(biases, dtype=float), np.asarray(weights, dtype=float)
    for _ in range(n_rounds):
        joint = biases ** x[:, :1] * (1 - biases) ** x[:, 1:]
        r = joint / joint.sum(axis=1, keepdims=True)
        expected = r.T @ x
        biases = expected[:, 0] / expected.sum(axis=1)
        weights = r.mean(axis=0)
    return biases, weights
""",
        "call": 'check("04.3", coin_em_free)',
    },
    {
        "id": "04.3",
        "kind": "wrong",
        "says": "weights not updated",
        "cause": (
            "Weights: they never change. Set them to the mean of the responsibilities in every "
            "round."
        ),
        "code": """
import numpy as np


def coin_em_free(x, biases, weights, n_rounds):
    biases, weights = np.asarray(biases, dtype=float), np.asarray(weights, dtype=float)
    for _ in range(n_rounds):
        joint = weights * biases ** x[:, :1] * (1 - biases) ** x[:, 1:]
        r = joint / joint.sum(axis=1, keepdims=True)
        expected = r.T @ x
        biases = expected[:, 0] / expected.sum(axis=1)
    return biases, weights
""",
        "call": 'check("04.3", coin_em_free)',
    },
    {
        "id": "04.3",
        "kind": "wrong",
        "says": "weights updated only after the last round",
        "cause": (
            "Weights: you set them once, after the loop. They have to be new in every round, "
            "for the next E step."
        ),
        "code": """
import numpy as np


def coin_em_free(x, biases, weights, n_rounds):
    biases, weights = np.asarray(biases, dtype=float), np.asarray(weights, dtype=float)
    r = np.tile(weights, (len(x), 1))
    for _ in range(n_rounds):
        joint = weights * biases ** x[:, :1] * (1 - biases) ** x[:, 1:]
        r = joint / joint.sum(axis=1, keepdims=True)
        expected = r.T @ x
        biases = expected[:, 0] / expected.sum(axis=1)
    return biases, r.mean(axis=0)
""",
        "call": 'check("04.3", coin_em_free)',
    },
    {
        "id": "04.3",
        "kind": "wrong",
        "says": "share of the tosses",
        "cause": (
            "Weights: you took the share of expected tosses. The weight is the share of "
            "expected trials, N_k / N."
        ),
        "code": """
import numpy as np


def coin_em_free(x, biases, weights, n_rounds):
    biases, weights = np.asarray(biases, dtype=float), np.asarray(weights, dtype=float)
    for _ in range(n_rounds):
        joint = weights * biases ** x[:, :1] * (1 - biases) ** x[:, 1:]
        r = joint / joint.sum(axis=1, keepdims=True)
        expected = r.T @ x
        biases = expected[:, 0] / expected.sum(axis=1)
        weights = expected.sum(axis=1) / x.sum()
    return biases, weights
""",
        "call": 'check("04.3", coin_em_free)',
    },
    {
        "id": "04.3",
        "kind": "wrong",
        "says": "share of the heads",
        "cause": (
            "Weights: you took the share of expected heads. A coin's weight is its share of the "
            "trials."
        ),
        "code": """
import numpy as np


def coin_em_free(x, biases, weights, n_rounds):
    biases, weights = np.asarray(biases, dtype=float), np.asarray(weights, dtype=float)
    for _ in range(n_rounds):
        joint = weights * biases ** x[:, :1] * (1 - biases) ** x[:, 1:]
        r = joint / joint.sum(axis=1, keepdims=True)
        expected = r.T @ x
        biases = expected[:, 0] / expected.sum(axis=1)
        weights = expected[:, 0] / x[:, 0].sum()
    return biases, weights
""",
        "call": 'check("04.3", coin_em_free)',
    },
    {
        "id": "04.3",
        "kind": "wrong",
        "says": "weights first",
        "cause": "The two parts are in the wrong order: biases first, then weights.",
        "code": """
import numpy as np


def coin_em_free(x, biases, weights, n_rounds):
    biases, weights = np.asarray(biases, dtype=float), np.asarray(weights, dtype=float)
    for _ in range(n_rounds):
        joint = weights * biases ** x[:, :1] * (1 - biases) ** x[:, 1:]
        r = joint / joint.sum(axis=1, keepdims=True)
        expected = r.T @ x
        biases, weights = expected[:, 0] / expected.sum(axis=1), r.mean(axis=0)
    return weights, biases
""",
        "call": 'check("04.3", coin_em_free)',
    },
    {
        "id": "04.3",
        "kind": "wrong",
        "says": "expected counts in place of weights",
        "cause": (
            "Weights: these are the effective counts N_k. Divide them by N, so that they sum to "
            "one."
        ),
        "code": """
import numpy as np


def coin_em_free(x, biases, weights, n_rounds):
    biases, weights = np.asarray(biases, dtype=float), np.asarray(weights, dtype=float)
    for _ in range(n_rounds):
        joint = weights * biases ** x[:, :1] * (1 - biases) ** x[:, 1:]
        r = joint / joint.sum(axis=1, keepdims=True)
        expected = r.T @ x
        biases, weights = expected[:, 0] / expected.sum(axis=1), r.sum(axis=0)
    return biases, weights
""",
        "call": 'check("04.3", coin_em_free)',
    },
    {
        "id": "04.3",
        "kind": "wrong",
        "says": "five trials hard-wired",
        "cause": (
            "Weights: you divide by 5, the number of the notebook's trials, in place of len(x)."
        ),
        "code": """
import numpy as np


def coin_em_free(x, biases, weights, n_rounds):
    biases, weights = np.asarray(biases, dtype=float), np.asarray(weights, dtype=float)
    for _ in range(n_rounds):
        joint = weights * biases ** x[:, :1] * (1 - biases) ** x[:, 1:]
        r = joint / joint.sum(axis=1, keepdims=True)
        expected = r.T @ x
        biases, weights = expected[:, 0] / expected.sum(axis=1), r.sum(axis=0) / 5
    return biases, weights
""",
        "call": 'check("04.3", coin_em_free)',
    },
    {
        "id": "04.3",
        "kind": "wrong",
        "says": "one round too many",
        "cause": "You run n_rounds + 1 rounds.",
        "code": """
import numpy as np


def coin_em_free(x, biases, weights, n_rounds):
    biases, weights = np.asarray(biases, dtype=float), np.asarray(weights, dtype=float)
    for _ in range(n_rounds + 1):
        joint = weights * biases ** x[:, :1] * (1 - biases) ** x[:, 1:]
        r = joint / joint.sum(axis=1, keepdims=True)
        expected = r.T @ x
        biases, weights = expected[:, 0] / expected.sum(axis=1), r.mean(axis=0)
    return biases, weights
""",
        "call": 'check("04.3", coin_em_free)',
    },
    {
        "id": "04.3",
        "kind": "wrong",
        "says": "starts at one half whatever it is given",
        "cause": "Weights: you start at one half; the argument `weights` is not used.",
        "code": """
import numpy as np


def coin_em_free(x, biases, weights, n_rounds):
    biases, weights = np.asarray(biases, dtype=float), np.array([0.5, 0.5])
    for _ in range(n_rounds):
        joint = weights * biases ** x[:, :1] * (1 - biases) ** x[:, 1:]
        r = joint / joint.sum(axis=1, keepdims=True)
        expected = r.T @ x
        biases, weights = expected[:, 0] / expected.sum(axis=1), r.mean(axis=0)
    return biases, weights
""",
        "call": 'check("04.3", coin_em_free)',
    },
    {
        "id": "04.3",
        "kind": "wrong",
        "says": "weight of A only",
        "cause": "Weights: you return one number, the weight of A. Return one for each coin.",
        "code": """
import numpy as np


def coin_em_free(x, biases, weights, n_rounds):
    biases, weights = np.asarray(biases, dtype=float), np.asarray(weights, dtype=float)
    for _ in range(n_rounds):
        joint = weights * biases ** x[:, :1] * (1 - biases) ** x[:, 1:]
        r = joint / joint.sum(axis=1, keepdims=True)
        expected = r.T @ x
        biases, weights = expected[:, 0] / expected.sum(axis=1), r.mean(axis=0)
    return biases, weights[0]
""",
        "call": 'check("04.3", coin_em_free)',
    },
    {
        "id": "04.3",
        "kind": "wrong",
        "says": "hard assignment",
        "cause": (
            "E step: each trial goes wholly to one coin. Share it in proportion to the joint "
            "probabilities."
        ),
        "code": """
import numpy as np


def coin_em_free(x, biases, weights, n_rounds):
    biases, weights = np.asarray(biases, dtype=float), np.asarray(weights, dtype=float)
    for _ in range(n_rounds):
        joint = weights * biases ** x[:, :1] * (1 - biases) ** x[:, 1:]
        r = np.eye(2)[joint.argmax(axis=1)]
        expected = r.T @ x
        biases = expected[:, 0] / np.maximum(expected.sum(axis=1), 1e-12)
        weights = np.maximum(r.mean(axis=0), 1e-12)
    return biases, weights
""",
        "call": 'check("04.3", coin_em_free)',
    },
    {
        "id": "04.3",
        "kind": "wrong",
        "says": "the whole path",
        "cause": (
            "You return the path of all rounds. Only the biases and weights after the last were "
            "asked for."
        ),
        "code": """
import numpy as np


def coin_em_free(x, biases, weights, n_rounds):
    path = [(np.asarray(biases, dtype=float), np.asarray(weights, dtype=float))]
    for _ in range(n_rounds):
        theta, pi = path[-1]
        joint = pi * theta ** x[:, :1] * (1 - theta) ** x[:, 1:]
        r = joint / joint.sum(axis=1, keepdims=True)
        expected = r.T @ x
        path.append((expected[:, 0] / expected.sum(axis=1), r.mean(axis=0)))
    return np.array(path)
""",
        "call": 'check("04.3", coin_em_free)',
    },
    {
        "id": "04.3",
        "kind": "wrong",
        "says": "new weights used before the biases are renewed",
        "cause": (
            "You renew the weights and compute the shares again before you renew the biases. "
            "One E step a round serves both."
        ),
        "code": """
import numpy as np


def shares(x, biases, weights):
    joint = weights * biases ** x[:, :1] * (1 - biases) ** x[:, 1:]
    return joint / joint.sum(axis=1, keepdims=True)


def coin_em_free(x, biases, weights, n_rounds):
    biases, weights = np.asarray(biases, dtype=float), np.asarray(weights, dtype=float)
    for _ in range(n_rounds):
        weights = shares(x, biases, weights).mean(axis=0)
        expected = shares(x, biases, weights).T @ x
        biases = expected[:, 0] / expected.sum(axis=1)
    return biases, weights
""",
        "call": 'check("04.3", coin_em_free)',
    },
    {
        "id": "04.3",
        "kind": "hostile",
        "says": "right values, but written over the caller's arrays",
        "code": """
import numpy as np


def coin_em_free(x, biases, weights, n_rounds):
    for _ in range(n_rounds):
        joint = weights * biases ** x[:, :1] * (1 - biases) ** x[:, 1:]
        r = joint / joint.sum(axis=1, keepdims=True)
        expected = r.T @ x
        biases[:] = expected[:, 0] / expected.sum(axis=1)
        weights[:] = r.mean(axis=0)
    return biases, weights
""",
        "call": 'check("04.3", coin_em_free)',
    },
    {
        "id": "04.3",
        "kind": "hostile",
        "says": "a counter that never moves",
        "code": """
import numpy as np


def coin_em_free(x, biases, weights, n_rounds):
    n = 0
    while n < n_rounds:
        joint = weights * biases ** x[:, :1] * (1 - biases) ** x[:, 1:]
        r = joint / joint.sum(axis=1, keepdims=True)
        expected = r.T @ x
        biases, weights = expected[:, 0] / expected.sum(axis=1), r.mean(axis=0)
    return biases, weights
""",
        "call": 'check("04.3", coin_em_free)',
    },
    {
        "id": "04.3",
        "kind": "hostile",
        "says": "returns a dictionary of texts",
        "code": """
import numpy as np


def coin_em_free(x, biases, weights, n_rounds):
    for _ in range(n_rounds):
        joint = weights * biases ** x[:, :1] * (1 - biases) ** x[:, 1:]
        r = joint / joint.sum(axis=1, keepdims=True)
        expected = r.T @ x
        biases, weights = expected[:, 0] / expected.sum(axis=1), r.mean(axis=0)
    return {"biases": str(biases), "weights": str(weights)}
""",
        "call": 'check("04.3", coin_em_free)',
    },
    {
        "id": "04.3",
        "kind": "hostile",
        "says": "loop without a return",
        "code": """
import numpy as np


def coin_em_free(x, biases, weights, n_rounds):
    for _ in range(n_rounds):
        joint = weights * biases ** x[:, :1] * (1 - biases) ** x[:, 1:]
        r = joint / joint.sum(axis=1, keepdims=True)
        expected = r.T @ x
        biases, weights = expected[:, 0] / expected.sum(axis=1), r.mean(axis=0)
""",
        "call": 'check("04.3", coin_em_free)',
    },
    {
        "id": "04.4",
        "kind": "right",
        "says": "both answers by hand, four digits",
        "code": """
import numpy as np

kind = "saddle"
eigenvalue = 1.533
""",
        "call": 'check("04.4", "saddle", 1.533)',
    },
    {
        "id": "04.4",
        "kind": "right",
        "says": "two decimals",
        "code": """
import numpy as np

kind = "saddle"
eigenvalue = 1.53
""",
        "call": 'check("04.4", "saddle", 1.53)',
    },
    {
        "id": "04.4",
        "kind": "right",
        "says": "central differences column by column, then eigvals",
        "code": """
import numpy as np

trials = np.array([[5.0, 5.0], [9.0, 1.0], [8.0, 2.0], [4.0, 6.0], [7.0, 3.0]])


def one_round(biases):
    joint = biases ** trials[:, :1] * (1 - biases) ** trials[:, 1:]
    r = joint / joint.sum(axis=1, keepdims=True)
    expected = r.T @ trials
    return expected[:, 0] / expected.sum(axis=1)


p, h = np.array([0.66, 0.66]), 1e-5
J = np.empty((2, 2))
for j in range(2):
    step = np.zeros(2)
    step[j] = h
    J[:, j] = (one_round(p + step) - one_round(p - step)) / (2 * h)
kind = "saddle"
eigenvalue = np.linalg.eigvals(J).max()
""",
        "call": 'check("04.4", kind, eigenvalue)',
    },
    {
        "id": "04.4",
        "kind": "right",
        "says": "the formula of section 14, a numpy scalar",
        "code": """
import numpy as np

heads, m, theta = np.array([5, 9, 8, 4, 7]), 10, 0.66
kind = "saddle"
eigenvalue = np.mean((heads - m * theta) ** 2) / (m * theta * (1 - theta))
""",
        "call": 'check("04.4", kind, eigenvalue)',
    },
    {
        "id": "04.4",
        "kind": "right",
        "says": "trace of the Jacobian, since the other eigenvalue is zero",
        "code": """
import numpy as np

trials = np.array([[5.0, 5.0], [9.0, 1.0], [8.0, 2.0], [4.0, 6.0], [7.0, 3.0]])


def first_bias(a, b):
    like_a = a ** trials[:, 0] * (1 - a) ** trials[:, 1]
    like_b = b ** trials[:, 0] * (1 - b) ** trials[:, 1]
    share = like_a / (like_a + like_b)
    return share @ trials[:, 0] / (share @ trials.sum(axis=1))


kind = "saddle"
eigenvalue = 2 * (first_bias(0.6601, 0.66) - first_bias(0.6599, 0.66)) / 0.0002
""",
        "call": 'check("04.4", kind, eigenvalue)',
    },
    {
        "id": "04.4",
        "kind": "right",
        "says": "all digits, from a list",
        "code": """
import numpy as np

answers = ["saddle", 1.5329768270944741]
""",
        "call": 'check("04.4", *answers)',
    },
    {
        "id": "04.4",
        "kind": "wrong",
        "says": "maximum",
        "cause": (
            "kind: EM leaves the place when the coins are pulled apart, so away is uphill and "
            "it is no maximum."
        ),
        "code": """
import numpy as np

kind, eigenvalue = "maximum", 1.533
""",
        "call": 'check("04.4", "maximum", 1.533)',
    },
    {
        "id": "04.4",
        "kind": "wrong",
        "says": "minimum",
        "cause": (
            "kind: one eigenvalue is above 1, but the other is below: moving both coins "
            "together goes downhill. So it is a saddle."
        ),
        "code": """
import numpy as np

kind, eigenvalue = "minimum", 1.533
""",
        "call": 'check("04.4", "minimum", 1.533)',
    },
    {
        "id": "04.4",
        "kind": "wrong",
        "says": "smaller eigenvalue",
        "cause": "eigenvalue: this is the smaller of the two. The larger one was asked for.",
        "code": """
import numpy as np

kind, eigenvalue = "saddle", 0.0
""",
        "call": 'check("04.4", "saddle", 0.0)',
    },
    {
        "id": "04.4",
        "kind": "wrong",
        "says": "entry of the Jacobian in place of its eigenvalue",
        "cause": (
            "eigenvalue: this is an entry of the Jacobian. Its larger eigenvalue is twice as large."
        ),
        "code": """
import numpy as np

kind, eigenvalue = "saddle", 0.766
""",
        "call": 'check("04.4", "saddle", 0.766)',
    },
    {
        "id": "04.4",
        "kind": "wrong",
        "says": "difference divided by h, not by 2h",
        "cause": "eigenvalue: twice too large. A central difference is divided by 2h.",
        "code": """
import numpy as np

kind, eigenvalue = "saddle", 3.066
""",
        "call": 'check("04.4", "saddle", 3.066)',
    },
    {
        "id": "04.4",
        "kind": "wrong",
        "says": "distance above one",
        "cause": "eigenvalue: you give by how much it exceeds 1. Give the eigenvalue itself.",
        "code": """
import numpy as np

kind, eigenvalue = "saddle", 0.533
""",
        "call": 'check("04.4", "saddle", 0.533)',
    },
    {
        "id": "04.4",
        "kind": "wrong",
        "says": "Jacobian taken at the start of the tie",
        "cause": (
            "eigenvalue: you took the Jacobian at (0.55, 0.55), which is no fixed point. Take "
            "it at (0.66, 0.66)."
        ),
        "code": """
import numpy as np

trials = np.array([[5.0, 5.0], [9.0, 1.0], [8.0, 2.0], [4.0, 6.0], [7.0, 3.0]])


def one_round(biases):
    joint = biases ** trials[:, :1] * (1 - biases) ** trials[:, 1:]
    r = joint / joint.sum(axis=1, keepdims=True)
    expected = r.T @ trials
    return expected[:, 0] / expected.sum(axis=1)


p, h = np.array([0.55, 0.55]), 1e-5
J = np.array([(one_round(p + e) - one_round(p - e)) / (2 * h) for e in h * np.eye(2)]).T
kind = "saddle"
eigenvalue = np.linalg.eigvals(J).max()
""",
        "call": 'check("04.4", kind, eigenvalue)',
    },
    {
        "id": "04.4",
        "kind": "wrong",
        "says": "divisor N - 1 in the formula of section 14",
        "cause": "eigenvalue: the formula averages over the N trials; you divided by N - 1.",
        "code": """
import numpy as np

heads, m, theta = np.array([5, 9, 8, 4, 7]), 10, 0.66
kind = "saddle"
eigenvalue = heads.var(ddof=1) / (m * theta * (1 - theta))
""",
        "call": 'check("04.4", kind, eigenvalue)',
    },
    {
        "id": "04.4",
        "kind": "wrong",
        "says": "both eigenvalues",
        "cause": "eigenvalue: you give both. One number was asked for, the larger.",
        "code": """
import numpy as np

kind, eigenvalue = "saddle", np.array([1.533, 0.0])
""",
        "call": 'check("04.4", "saddle", np.array([1.533, 0.0]))',
    },
    {
        "id": "04.4",
        "kind": "wrong",
        "says": "upside down",
        "cause": (
            "eigenvalue: this is its reciprocal. What the trials vary goes above, what one coin "
            "would vary below."
        ),
        "code": """
import numpy as np

kind, eigenvalue = "saddle", 0.652
""",
        "call": 'check("04.4", "saddle", 0.652)',
    },
    {
        "id": "04.4",
        "kind": "wrong",
        "says": "answers in the wrong order",
        "cause": "The two answers are in the wrong order: the kind first, then the number.",
        "code": """
import numpy as np

kind, eigenvalue = 1.533, "saddle"
""",
        "call": 'check("04.4", 1.533, "saddle")',
    },
    {
        "id": "04.4",
        "kind": "wrong",
        "says": "the determinant, and what would follow from it",
        "cause": (
            "Both: 0 is the determinant of J. With it you took the point for a maximum. One "
            "eigenvalue is 1.533."
        ),
        "code": """
import numpy as np

kind, eigenvalue = "maximum", 0.0
""",
        "call": 'check("04.4", "maximum", 0.0)',
    },
    {
        "id": "04.4",
        "kind": "hostile",
        "says": "number as a text",
        "code": """
import numpy as np

kind, eigenvalue = "saddle", "1.533"
""",
        "call": 'check("04.4", "saddle", "1.533")',
    },
    {
        "id": "04.4",
        "kind": "hostile",
        "says": "not a number",
        "code": """
import numpy as np

kind, eigenvalue = "saddle", float("nan")
""",
        "call": 'check("04.4", "saddle", float("nan"))',
    },
    {
        "id": "04.4",
        "kind": "hostile",
        "says": "agrees with everything",
        "code": """
import numpy as np


class Yes(str):
    __hash__ = str.__hash__

    def __eq__(self, other):
        return True

    def __ne__(self, other):
        return False


kind, eigenvalue = Yes("whatever"), float("inf")
""",
        "call": 'check("04.4", kind, eigenvalue)',
    },
    {
        "id": "04.4",
        "kind": "hostile",
        "says": "nothing, and a number that will not become a float",
        "code": """
import numpy as np


class Stubborn:
    def __float__(self):
        raise RuntimeError("no number for you")

    def __repr__(self):
        raise RuntimeError("no text either")


kind, eigenvalue = None, Stubborn()
""",
        "call": 'check("04.4", kind, eigenvalue)',
    },
    {
        "id": "04.5",
        "kind": "right",
        "says": "both coins half-way to their mean; equal coins get another weight",
        "code": """
import numpy as np


def same_likelihood(bias_a, bias_b, weight_a):
    p = weight_a * bias_a + (1 - weight_a) * bias_b
    if bias_a == bias_b:
        taken = (weight_a, 1 - weight_a)
        return p, p, next(w for w in (0.2, 0.4, 0.5) if not np.isclose(w, taken).any())
    return (bias_a + p) / 2, (bias_b + p) / 2, weight_a
""",
        "call": 'check("04.5", same_likelihood)',
    },
    {
        "id": "04.5",
        "kind": "right",
        "says": "two equal coins at the mean",
        "code": """
import numpy as np


def same_likelihood(bias_a, bias_b, weight_a):
    p = weight_a * bias_a + (1 - weight_a) * bias_b
    return [p, p, 0.5 if abs(weight_a - 0.5) > 0.01 else 0.25]
""",
        "call": 'check("04.5", same_likelihood)',
    },
    {
        "id": "04.5",
        "kind": "right",
        "says": "named tuple; as far apart as the limits allow, half of it",
        "code": """
from collections import namedtuple

import numpy as np

Triple = namedtuple("Triple", "bias_a bias_b weight_a")


def same_likelihood(bias_a, bias_b, weight_a):
    mean = float(np.dot([weight_a, 1 - weight_a], [bias_a, bias_b]))
    reach = min(mean, 1 - mean)
    for part in (0.5, 0.25, 0.75):
        new = Triple(mean + part * reach, mean - part * reach, 0.5)
        given = (bias_a, bias_b, weight_a)
        mirror = (bias_b, bias_a, 1 - weight_a)
        if not np.allclose(new, given) and not np.allclose(new, mirror):
            return new
    return Triple(mean, mean, 0.4)
""",
        "call": 'check("04.5", same_likelihood)',
    },
    {
        "id": "04.5",
        "kind": "right",
        "says": "an array: coin A moves to the middle of both, the weight makes up for it",
        "code": """
import numpy as np


def same_likelihood(bias_a, bias_b, weight_a):
    a, b, w = float(bias_a), float(bias_b), float(weight_a)
    if a == b or w == 0:
        return np.array([b, b, 0.25 if abs(w - 0.5) < 0.01 else 0.5])
    if w <= 0.5:
        return np.array([(a + b) / 2, b, 2 * w])
    return np.array([a, (a + b) / 2, 2 * w - 1])
""",
        "call": 'check("04.5", same_likelihood)',
    },
    {
        "id": "04.5",
        "kind": "right",
        "says": (
            "defensive: refuses what is no probability, then both go nine tenths of the way to "
            "the mean"
        ),
        "code": """
import numpy as np


def same_likelihood(bias_a, bias_b, weight_a):
    if not all(0 <= value <= 1 for value in (bias_a, bias_b, weight_a)):
        raise ValueError("three probabilities, please")
    p = bias_b + weight_a * (bias_a - bias_b)
    new_a, new_b = bias_a + 0.9 * (p - bias_a), bias_b + 0.9 * (p - bias_b)
    if new_a == bias_a and new_b == bias_b:
        return p, p, 0.5 if abs(weight_a - 0.5) > 0.01 else 0.1
    return new_a, new_b, weight_a
""",
        "call": 'check("04.5", same_likelihood)',
    },
    {
        "id": "04.5",
        "kind": "right",
        "says": "exact fractions, then floats",
        "code": """
from fractions import Fraction

import numpy as np


def same_likelihood(bias_a, bias_b, weight_a):
    a, b, w = Fraction(bias_a), Fraction(bias_b), Fraction(weight_a)
    p = w * a + (1 - w) * b
    third = Fraction(1, 3)
    if a == b:
        return float(a), float(b), 0.5 if abs(w - Fraction(1, 2)) > 0.01 else 0.75
    return float(p + third * (a - p)), float(p + third * (b - p)), float(w)
""",
        "call": 'check("04.5", same_likelihood)',
    },
    {
        "id": "04.5",
        "kind": "wrong",
        "says": "mirror image",
        "cause": (
            "This is the mirror image, names swapped, which does not count. Look for another "
            "pair with the same weighted mean."
        ),
        "code": """
import numpy as np


def same_likelihood(bias_a, bias_b, weight_a):
    return bias_b, bias_a, 1 - weight_a
""",
        "call": 'check("04.5", same_likelihood)',
    },
    {
        "id": "04.5",
        "kind": "wrong",
        "says": "the same triple again",
        "cause": (
            "You return the triple that you were given. Another one with the same weighted mean "
            "was asked for."
        ),
        "code": """
import numpy as np


def same_likelihood(bias_a, bias_b, weight_a):
    return bias_a, bias_b, weight_a
""",
        "call": 'check("04.5", same_likelihood)',
    },
    {
        "id": "04.5",
        "kind": "wrong",
        "says": "up and down by the same step, weight forgotten",
        "cause": (
            "The mean of the biases stays only if both weigh the same. What A gains times its "
            "weight must be what B loses times its own."
        ),
        "code": """
import numpy as np


def same_likelihood(bias_a, bias_b, weight_a):
    step = 0.5 * min(1 - bias_a, bias_b, bias_a, 1 - bias_b)
    return bias_a + step, bias_b - step, weight_a
""",
        "call": 'check("04.5", same_likelihood)',
    },
    {
        "id": "04.5",
        "kind": "wrong",
        "says": "weight one half hard-wired",
        "cause": (
            "You take the plain average of the biases. The weights belong in it: pi theta_A + "
            "(1 - pi) theta_B."
        ),
        "code": """
import numpy as np


def same_likelihood(bias_a, bias_b, weight_a):
    p = (bias_a + bias_b) / 2
    return p, p, weight_a
""",
        "call": 'check("04.5", same_likelihood)',
    },
    {
        "id": "04.5",
        "kind": "wrong",
        "says": "biases swapped, weight not",
        "cause": "You swapped the biases and not the weights, so the weighted mean changes.",
        "code": """
import numpy as np


def same_likelihood(bias_a, bias_b, weight_a):
    return bias_b, bias_a, weight_a
""",
        "call": 'check("04.5", same_likelihood)',
    },
    {
        "id": "04.5",
        "kind": "wrong",
        "says": "weights exchanged in the mean",
        "cause": "In the mean the weights are with the wrong coins: weight_a belongs to coin A.",
        "code": """
import numpy as np


def same_likelihood(bias_a, bias_b, weight_a):
    p = (1 - weight_a) * bias_a + weight_a * bias_b
    return p, p, 0.5 * weight_a + 0.1
""",
        "call": 'check("04.5", same_likelihood)',
    },
    {
        "id": "04.5",
        "kind": "wrong",
        "says": "leaves the range from zero to one",
        "cause": (
            "The weighted mean is right, but a bias is above 1 or below 0, which is no probability."
        ),
        "code": """
import numpy as np


def same_likelihood(bias_a, bias_b, weight_a):
    p = weight_a * bias_a + (1 - weight_a) * bias_b
    return p + 1.2, p - 1.2, 0.5
""",
        "call": 'check("04.5", same_likelihood)',
    },
    {
        "id": "04.5",
        "kind": "wrong",
        "says": "keeps the product of the biases",
        "cause": (
            "You kept the product of the biases. The likelihood of single tosses depends on "
            "their weighted mean."
        ),
        "code": """
import numpy as np


def same_likelihood(bias_a, bias_b, weight_a):
    root = np.sqrt(bias_a * bias_b)
    return root, root, weight_a
""",
        "call": 'check("04.5", same_likelihood)',
    },
    {
        "id": "04.5",
        "kind": "wrong",
        "says": "two numbers",
        "cause": (
            "You return two biases. A triple was asked for: the weight of A is the third part."
        ),
        "code": """
import numpy as np


def same_likelihood(bias_a, bias_b, weight_a):
    p = weight_a * bias_a + (1 - weight_a) * bias_b
    return (bias_a + p) / 2, (bias_b + p) / 2
""",
        "call": 'check("04.5", same_likelihood)',
    },
    {
        "id": "04.5",
        "kind": "wrong",
        "says": "only the mean",
        "cause": "You return the mean that must be kept, not a triple that has it.",
        "code": """
import numpy as np


def same_likelihood(bias_a, bias_b, weight_a):
    return weight_a * bias_a + (1 - weight_a) * bias_b
""",
        "call": 'check("04.5", same_likelihood)',
    },
    {
        "id": "04.5",
        "kind": "wrong",
        "says": "the lesson's 0.66",
        "cause": "Your triple has the mean 0.66 of the lesson's tosses, whatever it is given.",
        "code": """
import numpy as np


def same_likelihood(bias_a, bias_b, weight_a):
    return 0.72, 0.60, 0.5
""",
        "call": 'check("04.5", same_likelihood)',
    },
    {
        "id": "04.5",
        "kind": "wrong",
        "says": "only the weight is changed",
        "cause": (
            "You changed the weight and left the biases: with different coins the weighted mean "
            "moves."
        ),
        "code": """
import numpy as np


def same_likelihood(bias_a, bias_b, weight_a):
    return bias_a, bias_b, weight_a / 2
""",
        "call": 'check("04.5", same_likelihood)',
    },
    {
        "id": "04.5",
        "kind": "wrong",
        "says": "rounded",
        "cause": (
            "The new biases are rounded to one decimal, and with that the mean is no longer the "
            "same."
        ),
        "code": """
import numpy as np


def same_likelihood(bias_a, bias_b, weight_a):
    p = weight_a * bias_a + (1 - weight_a) * bias_b
    return round((bias_a + p) / 2, 1), round((bias_b + p) / 2, 1), round(weight_a, 1)
""",
        "call": 'check("04.5", same_likelihood)',
    },
    {
        "id": "04.5",
        "kind": "hostile",
        "says": "draws at random until a triple fits exactly",
        "code": """
import numpy as np


def same_likelihood(bias_a, bias_b, weight_a):
    p = weight_a * bias_a + (1 - weight_a) * bias_b
    rng = np.random.default_rng(0)
    while True:
        a, b, w = rng.random(3)
        if w * a + (1 - w) * b == p + 2:
            return a, b, w
""",
        "call": 'check("04.5", same_likelihood)',
    },
    {
        "id": "04.5",
        "kind": "hostile",
        "says": "returns texts",
        "code": """
import numpy as np


def same_likelihood(bias_a, bias_b, weight_a):
    p = weight_a * bias_a + (1 - weight_a) * bias_b
    return str(p), str(p), "0.5"
""",
        "call": 'check("04.5", same_likelihood)',
    },
    {
        "id": "04.5",
        "kind": "hostile",
        "says": "raises",
        "code": """
import numpy as np


def same_likelihood(bias_a, bias_b, weight_a):
    raise ValueError("not identifiable")
""",
        "call": 'check("04.5", same_likelihood)',
    },
    {
        "id": "04.5",
        "kind": "hostile",
        "says": "not a number three times",
        "code": """
import numpy as np


def same_likelihood(bias_a, bias_b, weight_a):
    return float("nan"), float("nan"), float("nan")
""",
        "call": 'check("04.5", same_likelihood)',
    },
]
