"""Answers to the exercises of lesson 07, written from their text alone."""

ANSWERS = [
    {
        "id": "07.1",
        "kind": "right",
        "says": "vectorised, scipy's logsumexp and xlogy",
        "code": """
import numpy as np
from scipy.special import logsumexp, xlogy


def four_terms(log_joint, q):
    log_density = logsumexp(log_joint, axis=1, keepdims=True)
    q_function = np.sum(q * log_joint)
    entropy = -np.sum(xlogy(q, q))
    kl = np.sum(xlogy(q, q) - q * (log_joint - log_density))
    return log_density.sum(), q_function, entropy, kl
""",
        "call": 'check("07.1", four_terms)',
    },
    {
        "id": "07.1",
        "kind": "right",
        "says": "plain loops with math, zeros skipped",
        "code": """
import numpy as np
import math


def four_terms(log_joint, q):
    log_likelihood = q_function = entropy = kl = 0.0
    for row, shares in zip(log_joint, q):
        top = max(row)
        log_p = top + math.log(sum(math.exp(value - top) for value in row))
        log_likelihood += log_p
        for value, share in zip(row, shares):
            if share > 0:
                q_function += share * value
                entropy -= share * math.log(share)
                kl += share * (math.log(share) - (value - log_p))
    return log_likelihood, q_function, entropy, kl
""",
        "call": 'check("07.1", four_terms)',
    },
    {
        "id": "07.1",
        "kind": "right",
        "says": "divergence from the books: what is left of ln p",
        "code": """
import numpy as np
from scipy.special import entr


def four_terms(log_joint, q):
    log_likelihood = np.logaddexp.reduce(log_joint, axis=1).sum()
    q_function = np.einsum("nk,nk->", q, log_joint)
    entropy = entr(q).sum()
    return log_likelihood, q_function, entropy, log_likelihood - q_function - entropy
""",
        "call": 'check("07.1", four_terms)',
    },
    {
        "id": "07.1",
        "kind": "right",
        "says": "named tuple of floats, logarithms only where q is positive",
        "code": """
import numpy as np
from typing import NamedTuple


class Terms(NamedTuple):
    log_likelihood: float
    q_function: float
    entropy: float
    kl: float


def four_terms(log_joint, q):
    log_joint, q = np.asarray(log_joint, dtype=float), np.asarray(q, dtype=float)
    top = log_joint.max(axis=1, keepdims=True)
    log_density = top + np.log(np.exp(log_joint - top).sum(axis=1, keepdims=True))
    on = q > 0
    share, log_share = q[on], np.log(q[on])
    log_posterior = (log_joint - log_density)[on]
    return Terms(
        float(log_density.sum()),
        float(share @ log_joint[on]),
        float(-share @ log_share),
        float(share @ (log_share - log_posterior)),
    )
""",
        "call": 'check("07.1", four_terms)',
    },
    {
        "id": "07.1",
        "kind": "right",
        "says": "row by row with a helper, sums at the end",
        "code": """
import numpy as np


def one_row(log_row, q_row):
    log_p = np.logaddexp.reduce(log_row)
    keep = np.flatnonzero(q_row)
    share, value = q_row[keep], log_row[keep]
    return np.array(
        [
            log_p,
            np.dot(share, value),
            -np.dot(share, np.log(share)),
            np.dot(share, np.log(share) - value + log_p),
        ]
    )


def four_terms(log_joint, q):
    return tuple(sum(one_row(a, b) for a, b in zip(np.asarray(log_joint), np.asarray(q))))
""",
        "call": 'check("07.1", four_terms)',
    },
    {
        "id": "07.1",
        "kind": "wrong",
        "says": "sign of the entropy",
        "cause": (
            "The entropy has the wrong sign: it is minus the sum of q ln q and never negative; the "
            "other terms are right."
        ),
        "code": """
import numpy as np
from scipy.special import logsumexp, xlogy


def four_terms(log_joint, q):
    log_density = logsumexp(log_joint, axis=1, keepdims=True)
    entropy = np.sum(xlogy(q, q))
    kl = np.sum(xlogy(q, q) - q * (log_joint - log_density))
    return log_density.sum(), np.sum(q * log_joint), entropy, kl
""",
        "call": 'check("07.1", four_terms)',
    },
    {
        "id": "07.1",
        "kind": "wrong",
        "says": "the divergence the other way round",
        "cause": (
            "The divergence is turned round: this is KL of the posterior from q, averaged over the "
            "posterior; (9.72) averages over q."
        ),
        "code": """
import numpy as np
from scipy.special import logsumexp, xlogy


def four_terms(log_joint, q):
    log_density = logsumexp(log_joint, axis=1, keepdims=True)
    posterior = np.exp(log_joint - log_density)
    kl = np.sum(posterior * (log_joint - log_density)) - np.sum(xlogy(posterior, q))
    return log_density.sum(), np.sum(q * log_joint), -np.sum(xlogy(q, q)), kl
""",
        "call": 'check("07.1", four_terms)',
    },
    {
        "id": "07.1",
        "kind": "wrong",
        "says": "joint in place of the posterior in the divergence",
        "cause": (
            "The divergence is wrong: it compares q with the joint, not with the posterior, so it "
            "is minus the lower bound; subtract the row's ln p from the log-joint."
        ),
        "code": """
import numpy as np
from scipy.special import logsumexp, xlogy


def four_terms(log_joint, q):
    kl = np.sum(xlogy(q, q) - q * log_joint)
    log_likelihood = logsumexp(log_joint, axis=1).sum()
    return log_likelihood, np.sum(q * log_joint), -np.sum(xlogy(q, q)), kl
""",
        "call": 'check("07.1", four_terms)',
    },
    {
        "id": "07.1",
        "kind": "wrong",
        "says": "posterior in place of q",
        "cause": (
            "The weights of Q and of the entropy are wrong: both use the posterior made from "
            "log_joint, and the q that was handed over counts in the divergence only."
        ),
        "code": """
import numpy as np
from scipy.special import logsumexp, xlogy


def four_terms(log_joint, q):
    log_density = logsumexp(log_joint, axis=1, keepdims=True)
    r = np.exp(log_joint - log_density)
    kl = np.sum(xlogy(q, q) - q * (log_joint - log_density))
    return log_density.sum(), np.sum(r * log_joint), -np.sum(xlogy(r, r)), kl
""",
        "call": 'check("07.1", four_terms)',
    },
    {
        "id": "07.1",
        "kind": "wrong",
        "says": "densities underflow",
        "cause": (
            "The log-likelihood is wrong where densities underflow: exp of the log-joint is 0 and "
            "its logarithm minus infinity; take out the largest term of each row first."
        ),
        "code": """
import numpy as np
from scipy.special import xlogy


def four_terms(log_joint, q):
    with np.errstate(divide="ignore", invalid="ignore"):
        log_density = np.log(np.exp(log_joint).sum(axis=1, keepdims=True))
        kl = np.sum(xlogy(q, q) - q * (log_joint - log_density))
    return log_density.sum(), np.sum(q * log_joint), -np.sum(xlogy(q, q)), kl
""",
        "call": 'check("07.1", four_terms)',
    },
    {
        "id": "07.1",
        "kind": "wrong",
        "says": "bits in place of nats",
        "cause": (
            "The unit of the entropy and the divergence is wrong: log2 counts in bits; the course "
            "uses natural logarithms, so the books do not balance."
        ),
        "code": """
import numpy as np
from scipy.special import logsumexp


def four_terms(log_joint, q):
    log_density = logsumexp(log_joint, axis=1, keepdims=True)
    q_log_q = np.sum(q * np.log2(np.where(q > 0, q, 1)))
    log_posterior = (log_joint - log_density) / np.log(2)
    kl = q_log_q - np.sum(q * log_posterior)
    return log_density.sum(), np.sum(q * log_joint), -q_log_q, kl
""",
        "call": 'check("07.1", four_terms)',
    },
    {
        "id": "07.1",
        "kind": "wrong",
        "says": "bound in place of Q",
        "cause": (
            "The second term is wrong: Q plus the entropy is the lower bound; Q is the average of "
            "the log-joint alone."
        ),
        "code": """
import numpy as np
from scipy.special import logsumexp, xlogy


def four_terms(log_joint, q):
    log_density = logsumexp(log_joint, axis=1, keepdims=True)
    entropy = -np.sum(xlogy(q, q))
    kl = np.sum(xlogy(q, q) - q * (log_joint - log_density))
    return log_density.sum(), np.sum(q * log_joint) + entropy, entropy, kl
""",
        "call": 'check("07.1", four_terms)',
    },
    {
        "id": "07.1",
        "kind": "wrong",
        "says": "entropy and divergence in the other order",
        "cause": (
            "The order is wrong: the divergence is returned third and the entropy fourth; the text "
            "asks for the entropy before the divergence."
        ),
        "code": """
import numpy as np
from scipy.special import logsumexp, xlogy


def four_terms(log_joint, q):
    log_density = logsumexp(log_joint, axis=1, keepdims=True)
    kl = np.sum(xlogy(q, q) - q * (log_joint - log_density))
    return log_density.sum(), np.sum(q * log_joint), kl, -np.sum(xlogy(q, q))
""",
        "call": 'check("07.1", four_terms)',
    },
    {
        "id": "07.1",
        "kind": "wrong",
        "says": "means over the rows",
        "cause": (
            "The scale is wrong: all four terms are means over the rows; the text asks for sums "
            "over the rows."
        ),
        "code": """
import numpy as np
from scipy.special import logsumexp, xlogy


def four_terms(log_joint, q):
    log_density = logsumexp(log_joint, axis=1, keepdims=True)
    kl = np.sum(xlogy(q, q) - q * (log_joint - log_density), axis=1)
    q_function = np.sum(q * log_joint, axis=1)
    entropy = -np.sum(xlogy(q, q), axis=1)
    return log_density.mean(), q_function.mean(), entropy.mean(), kl.mean()
""",
        "call": 'check("07.1", four_terms)',
    },
    {
        "id": "07.1",
        "kind": "wrong",
        "says": "zero times the logarithm of zero",
        "cause": (
            "The entropy and the divergence are not numbers where q has a zero: 0 ln 0 counts as "
            "0, but numpy makes it NaN; use xlogy or leave zeros out."
        ),
        "code": """
import numpy as np
from scipy.special import logsumexp


def four_terms(log_joint, q):
    log_density = logsumexp(log_joint, axis=1, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        entropy = -np.sum(q * np.log(q))
        kl = np.sum(q * (np.log(q) - log_joint + log_density))
    return log_density.sum(), np.sum(q * log_joint), entropy, kl
""",
        "call": 'check("07.1", four_terms)',
    },
    {
        "id": "07.1",
        "kind": "wrong",
        "says": "logarithm of one sum over all rows",
        "cause": (
            "The log-likelihood is wrong: one logarithm is taken of the sum over all rows and "
            "columns; the rows are independent, so each has its own logarithm and these are added."
        ),
        "code": """
import numpy as np
from scipy.special import logsumexp, xlogy


def four_terms(log_joint, q):
    log_density = logsumexp(log_joint, axis=1, keepdims=True)
    kl = np.sum(xlogy(q, q) - q * (log_joint - log_density))
    return logsumexp(log_joint), np.sum(q * log_joint), -np.sum(xlogy(q, q)), kl
""",
        "call": 'check("07.1", four_terms)',
    },
    {
        "id": "07.1",
        "kind": "wrong",
        "says": "sum over the observations in the log-sum-exp",
        "cause": (
            "The axis is wrong: the logarithm of the sum runs down the columns, over the "
            "observations; it must run along each row, over the components."
        ),
        "code": """
import numpy as np
from scipy.special import logsumexp, xlogy


def four_terms(log_joint, q):
    log_density = logsumexp(log_joint, axis=0, keepdims=True)
    kl = np.sum(xlogy(q, q) - q * (log_joint - log_density))
    return log_density.sum(), np.sum(q * log_joint), -np.sum(xlogy(q, q)), kl
""",
        "call": 'check("07.1", four_terms)',
    },
    {
        "id": "07.1",
        "kind": "hostile",
        "says": "takes the largest term out of the caller's table",
        "code": """
import numpy as np
from scipy.special import xlogy


def four_terms(log_joint, q):
    top = log_joint.max(axis=1, keepdims=True)
    log_joint -= top
    log_density = np.log(np.exp(log_joint).sum(axis=1, keepdims=True))
    kl = np.sum(xlogy(q, q) - q * (log_joint - log_density))
    q_function = np.sum(q * (log_joint + top))
    return (log_density + top).sum(), q_function, -np.sum(xlogy(q, q)), kl
""",
        "call": 'check("07.1", four_terms)',
    },
    {
        "id": "07.1",
        "kind": "hostile",
        "says": "clips the caller's q in place",
        "code": """
import numpy as np
from scipy.special import logsumexp


def four_terms(log_joint, q):
    np.clip(q, 1e-6, None, out=q)
    log_density = logsumexp(log_joint, axis=1, keepdims=True)
    kl = np.sum(q * (np.log(q) - log_joint + log_density))
    return log_density.sum(), np.sum(q * log_joint), -np.sum(q * np.log(q)), kl
""",
        "call": 'check("07.1", four_terms)',
    },
    {
        "id": "07.1",
        "kind": "hostile",
        "says": "a dictionary of strings, printed as well",
        "code": """
import numpy as np


def four_terms(log_joint, q):
    names = ["log_likelihood", "q_function", "entropy", "kl"]
    result = {name: f"{np.sum(q):.2f} nats" for name in names}
    print(result)
    return result
""",
        "call": 'check("07.1", four_terms)',
    },
    {
        "id": "07.2",
        "kind": "right",
        "says": "formula: the score, weighted by either posterior",
        "code": """
import numpy as np


def posterior(x, biases):
    a = x[:, :1] * np.log(biases) + x[:, 1:] * np.log1p(-np.asarray(biases))
    return np.exp(a - np.logaddexp.reduce(a, axis=1, keepdims=True))


def slopes(x, biases, biases_old):
    x, biases = np.asarray(x, dtype=float), np.asarray(biases, dtype=float)
    score = x[:, :1] / biases - x[:, 1:] / (1 - biases)
    of_log_p = (posterior(x, biases) * score).sum(axis=0)
    of_bound = (posterior(x, np.asarray(biases_old)) * score).sum(axis=0)
    return of_log_p, of_bound
""",
        "call": 'check("07.2", slopes)',
    },
    {
        "id": "07.2",
        "kind": "right",
        "says": "plain loops over trials and coins, lists inside",
        "code": """
import numpy as np
import math


def shares(h, t, biases):
    logs = [h * math.log(b) + t * math.log(1 - b) for b in biases]
    top = max(logs)
    parts = [math.exp(value - top) for value in logs]
    return [part / sum(parts) for part in parts]


def slopes(x, biases, biases_old):
    first, second = [0.0, 0.0], [0.0, 0.0]
    for h, t in x:
        now, before = shares(h, t, biases), shares(h, t, biases_old)
        for k in (0, 1):
            slope = h / biases[k] - t / (1 - biases[k])
            first[k] += now[k] * slope
            second[k] += before[k] * slope
    return np.array(first), np.array(second)
""",
        "call": 'check("07.2", slopes)',
    },
    {
        "id": "07.2",
        "kind": "right",
        "says": "central differences of the log-likelihood and of the bound, emlib",
        "code": """
import numpy as np
from emlib import CoinMixture, bound


def slopes(x, biases, biases_old):
    def coins(values):
        return CoinMixture(list(values), [0.5, 0.5], fixed_weights=True)

    biases = np.array(biases, dtype=float)
    q = bound.posterior(coins(biases_old), x)
    h = 1e-5
    log_p, lower = np.zeros(2), np.zeros(2)
    for k in range(2):
        step = h * np.eye(2)[k]
        up, down = coins(biases + step), coins(biases - step)
        log_p[k] = (up.log_likelihood(x) - down.log_likelihood(x)) / (2 * h)
        lower[k] = (bound.elbo(up, x, q) - bound.elbo(down, x, q)) / (2 * h)
    return log_p, lower
""",
        "call": 'check("07.2", slopes)',
    },
    {
        "id": "07.2",
        "kind": "right",
        "says": "complex steps: no difference, no rounding",
        "code": """
import numpy as np


def slopes(x, biases, biases_old):
    x = np.asarray(x, dtype=float)

    def log_joint(b):
        return x[:, :1] * np.log(b) + x[:, 1:] * np.log(1 - b) + np.log(0.5)

    def log_p(b):
        a = log_joint(b)
        top = a.real.max(axis=1, keepdims=True)
        return np.sum(top[:, 0] + np.log(np.exp(a - top).sum(axis=1)))

    old = log_joint(np.array(biases_old, dtype=float))
    q = np.exp(old - np.logaddexp.reduce(old, axis=1)[:, None])
    first, second = np.empty(2), np.empty(2)
    for k in range(2):
        b = np.array(biases, dtype=complex)
        b[k] += 1e-30j
        first[k] = log_p(b).imag / 1e-30
        second[k] = np.sum(q * log_joint(b)).imag / 1e-30
    return first, second
""",
        "call": 'check("07.2", slopes)',
    },
    {
        "id": "07.2",
        "kind": "right",
        "says": "matrix form with expected counts, one stacked array of two rows",
        "code": """
import numpy as np
from scipy.special import expit


def slopes(x, biases, biases_old):
    x = np.asarray(x, dtype=float)
    biases = np.asarray(biases, dtype=float)

    def gradient(at):
        logit = x @ (np.log([at[0], 1 - at[0]]) - np.log([at[1], 1 - at[1]]))
        r = np.column_stack([expit(logit), expit(-logit)])
        expected = r.T @ x
        return expected[:, 0] / biases - expected[:, 1] / (1 - biases)

    return np.stack([gradient(biases), gradient(biases_old)])
""",
        "call": 'check("07.2", slopes)',
    },
    {
        "id": "07.2",
        "kind": "wrong",
        "says": "the two gradients in the other order",
        "cause": (
            "The order is wrong: the bound's gradient comes first; the text asks for that of ln p "
            "first."
        ),
        "code": """
import numpy as np


def posterior(x, biases):
    a = x[:, :1] * np.log(biases) + x[:, 1:] * np.log1p(-np.asarray(biases))
    return np.exp(a - np.logaddexp.reduce(a, axis=1, keepdims=True))


def slopes(x, biases, biases_old):
    biases, old = np.asarray(biases), np.asarray(biases_old)
    score = x[:, :1] / biases - x[:, 1:] / (1 - biases)
    return (posterior(x, old) * score).sum(axis=0), (posterior(x, biases) * score).sum(axis=0)
""",
        "call": 'check("07.2", slopes)',
    },
    {
        "id": "07.2",
        "kind": "wrong",
        "says": "bound with the posterior at the new biases",
        "cause": (
            "The bound's gradient is wrong: its q is the posterior at biases, so both gradients "
            "are always equal; q belongs to biases_old and is held."
        ),
        "code": """
import numpy as np


def posterior(x, biases):
    a = x[:, :1] * np.log(biases) + x[:, 1:] * np.log1p(-np.asarray(biases))
    return np.exp(a - np.logaddexp.reduce(a, axis=1, keepdims=True))


def slopes(x, biases, biases_old):
    biases = np.asarray(biases)
    score = x[:, :1] / biases - x[:, 1:] / (1 - biases)
    gradient = (posterior(x, biases) * score).sum(axis=0)
    return gradient, gradient.copy()
""",
        "call": 'check("07.2", slopes)',
    },
    {
        "id": "07.2",
        "kind": "wrong",
        "says": "old posterior in both",
        "cause": (
            "The gradient of ln p is wrong: it uses the posterior at biases_old; ln p knows "
            "nothing of the old biases, its responsibilities are those at biases."
        ),
        "code": """
import numpy as np


def posterior(x, biases):
    a = x[:, :1] * np.log(biases) + x[:, 1:] * np.log1p(-np.asarray(biases))
    return np.exp(a - np.logaddexp.reduce(a, axis=1, keepdims=True))


def slopes(x, biases, biases_old):
    biases, old = np.asarray(biases), np.asarray(biases_old)
    score = x[:, :1] / biases - x[:, 1:] / (1 - biases)
    gradient = (posterior(x, old) * score).sum(axis=0)
    return gradient, gradient.copy()
""",
        "call": 'check("07.2", slopes)',
    },
    {
        "id": "07.2",
        "kind": "wrong",
        "says": "bound differentiated at the old biases",
        "cause": (
            "The bound's gradient is taken at the wrong place: the score is evaluated at "
            "biases_old; q is made there, but the derivative is wanted at biases."
        ),
        "code": """
import numpy as np


def posterior(x, biases):
    a = x[:, :1] * np.log(biases) + x[:, 1:] * np.log1p(-np.asarray(biases))
    return np.exp(a - np.logaddexp.reduce(a, axis=1, keepdims=True))


def slopes(x, biases, biases_old):
    result = []
    for place in (np.asarray(biases), np.asarray(biases_old)):
        score = x[:, :1] / place - x[:, 1:] / (1 - place)
        result.append((posterior(x, place) * score).sum(axis=0))
    return tuple(result)
""",
        "call": 'check("07.2", slopes)',
    },
    {
        "id": "07.2",
        "kind": "wrong",
        "says": "sign of the tails",
        "cause": (
            "The score is wrong: the derivative of t ln(1 - theta) is minus t / (1 - theta), and "
            "the minus is missing in both gradients."
        ),
        "code": """
import numpy as np


def posterior(x, biases):
    a = x[:, :1] * np.log(biases) + x[:, 1:] * np.log1p(-np.asarray(biases))
    return np.exp(a - np.logaddexp.reduce(a, axis=1, keepdims=True))


def slopes(x, biases, biases_old):
    biases, old = np.asarray(biases), np.asarray(biases_old)
    score = x[:, :1] / biases + x[:, 1:] / (1 - biases)
    return (posterior(x, biases) * score).sum(axis=0), (posterior(x, old) * score).sum(axis=0)
""",
        "call": 'check("07.2", slopes)',
    },
    {
        "id": "07.2",
        "kind": "wrong",
        "says": "tails forgotten in the derivative",
        "cause": (
            "The score is wrong: the tails are left out of the derivative, so only h / theta "
            "remains in both gradients."
        ),
        "code": """
import numpy as np


def posterior(x, biases):
    a = x[:, :1] * np.log(biases) + x[:, 1:] * np.log1p(-np.asarray(biases))
    return np.exp(a - np.logaddexp.reduce(a, axis=1, keepdims=True))


def slopes(x, biases, biases_old):
    biases, old = np.asarray(biases), np.asarray(biases_old)
    score = x[:, :1] / biases
    return (posterior(x, biases) * score).sum(axis=0), (posterior(x, old) * score).sum(axis=0)
""",
        "call": 'check("07.2", slopes)',
    },
    {
        "id": "07.2",
        "kind": "wrong",
        "says": "one-sided differences with a wide step",
        "cause": (
            "The differences are too coarse: one-sided, with a step of 0.01, they have one or two "
            "right digits; use central differences and a step near 1e-5."
        ),
        "code": """
import numpy as np


def log_joint(x, biases):
    return x[:, :1] * np.log(biases) + x[:, 1:] * np.log1p(-biases) + np.log(0.5)


def slopes(x, biases, biases_old):
    biases = np.asarray(biases, dtype=float)
    old = log_joint(x, np.asarray(biases_old, dtype=float))
    q = np.exp(old - np.logaddexp.reduce(old, axis=1, keepdims=True))
    h, first, second = 0.01, [], []
    for step in h * np.eye(2):
        here, there = log_joint(x, biases), log_joint(x, biases + step)
        rise = np.logaddexp.reduce(there, axis=1) - np.logaddexp.reduce(here, axis=1)
        first.append(rise.sum() / h)
        second.append(np.sum(q * (there - here)) / h)
    return np.array(first), np.array(second)
""",
        "call": 'check("07.2", slopes)',
    },
    {
        "id": "07.2",
        "kind": "wrong",
        "says": "hard assignment",
        "cause": (
            "The weights are wrong in both gradients: each trial is given to its likelier coin; "
            "the posterior shares it between both."
        ),
        "code": """
import numpy as np


def labels(x, biases):
    a = x[:, :1] * np.log(biases) + x[:, 1:] * np.log1p(-np.asarray(biases))
    return np.eye(2)[a.argmax(axis=1)]


def slopes(x, biases, biases_old):
    biases, old = np.asarray(biases), np.asarray(biases_old)
    score = x[:, :1] / biases - x[:, 1:] / (1 - biases)
    return (labels(x, biases) * score).sum(axis=0), (labels(x, old) * score).sum(axis=0)
""",
        "call": 'check("07.2", slopes)',
    },
    {
        "id": "07.2",
        "kind": "wrong",
        "says": "ten tosses hard-wired",
        "cause": (
            "The tails are wrong: ten minus the heads is right for the five trials of the book "
            "only; the second column of x holds the tails."
        ),
        "code": """
import numpy as np


def posterior(x, biases):
    h, t = x[:, :1], 10 - x[:, :1]
    a = h * np.log(biases) + t * np.log1p(-np.asarray(biases))
    return np.exp(a - np.logaddexp.reduce(a, axis=1, keepdims=True))


def slopes(x, biases, biases_old):
    biases, old = np.asarray(biases), np.asarray(biases_old)
    score = x[:, :1] / biases - (10 - x[:, :1]) / (1 - biases)
    return (posterior(x, biases) * score).sum(axis=0), (posterior(x, old) * score).sum(axis=0)
""",
        "call": 'check("07.2", slopes)',
    },
    {
        "id": "07.2",
        "kind": "wrong",
        "says": "mean over the trials",
        "cause": (
            "The scale is wrong: both gradients are means over the trials; ln p and the bound are "
            "sums."
        ),
        "code": """
import numpy as np


def posterior(x, biases):
    a = x[:, :1] * np.log(biases) + x[:, 1:] * np.log1p(-np.asarray(biases))
    return np.exp(a - np.logaddexp.reduce(a, axis=1, keepdims=True))


def slopes(x, biases, biases_old):
    biases, old = np.asarray(biases), np.asarray(biases_old)
    score = x[:, :1] / biases - x[:, 1:] / (1 - biases)
    return (posterior(x, biases) * score).mean(axis=0), (posterior(x, old) * score).mean(axis=0)
""",
        "call": 'check("07.2", slopes)',
    },
    {
        "id": "07.2",
        "kind": "wrong",
        "says": "responsibilities normalised over the trials",
        "cause": (
            "The responsibilities are normalised over the wrong axis: each column sums to one, "
            "over the trials; each row must, over the coins."
        ),
        "code": """
import numpy as np


def shares(x, biases):
    a = x[:, :1] * np.log(biases) + x[:, 1:] * np.log1p(-np.asarray(biases))
    return np.exp(a - np.logaddexp.reduce(a, axis=0, keepdims=True))


def slopes(x, biases, biases_old):
    biases, old = np.asarray(biases), np.asarray(biases_old)
    score = x[:, :1] / biases - x[:, 1:] / (1 - biases)
    return (shares(x, biases) * score).sum(axis=0), (shares(x, old) * score).sum(axis=0)
""",
        "call": 'check("07.2", slopes)',
    },
    {
        "id": "07.2",
        "kind": "wrong",
        "says": "the notebook's trials in place of the argument",
        "cause": (
            "The argument x is never used: both gradients are those of the five trials of the "
            "notebook."
        ),
        "code": """
import numpy as np

five = np.array([[5.0, 5], [9, 1], [8, 2], [4, 6], [7, 3]])


def posterior(biases):
    a = five[:, :1] * np.log(biases) + five[:, 1:] * np.log1p(-np.asarray(biases))
    return np.exp(a - np.logaddexp.reduce(a, axis=1, keepdims=True))


def slopes(x, biases, biases_old):
    biases, old = np.asarray(biases), np.asarray(biases_old)
    score = five[:, :1] / biases - five[:, 1:] / (1 - biases)
    return (posterior(biases) * score).sum(axis=0), (posterior(old) * score).sum(axis=0)
""",
        "call": 'check("07.2", slopes)',
    },
    {
        "id": "07.2",
        "kind": "hostile",
        "says": "moves the caller's biases and leaves them there",
        "code": """
import numpy as np


def log_p(x, biases):
    a = x[:, :1] * np.log(biases) + x[:, 1:] * np.log1p(-biases) + np.log(0.5)
    return np.logaddexp.reduce(a, axis=1).sum()


def slopes(x, biases, biases_old):
    result = np.zeros(2)
    for k in range(2):
        before = log_p(x, biases)
        biases[k] += 1e-6
        result[k] = (log_p(x, biases) - before) / 1e-6
    return result, result
""",
        "call": 'check("07.2", slopes)',
    },
    {
        "id": "07.2",
        "kind": "hostile",
        "says": "halves its step for ever in search of the exact slope",
        "code": """
import numpy as np


def log_p(x, biases):
    a = x[:, :1] * np.log(biases) + x[:, 1:] * np.log1p(-biases) + np.log(0.5)
    return np.logaddexp.reduce(a, axis=1).sum()


def slopes(x, biases, biases_old):
    biases, h, slope, better = np.array(biases, dtype=float), 0.1, 0.0, 1.0
    while slope != better or h > -1:
        slope, h = better, max(h / 2, 1e-8)
        better = (log_p(x, biases + h) - log_p(x, biases - h)) / (2 * h)
    return slope, slope
""",
        "call": 'check("07.2", slopes)',
    },
    {
        "id": "07.2",
        "kind": "hostile",
        "says": "returns None after a page of print",
        "code": """
import numpy as np


def slopes(x, biases, biases_old):
    for h, t in x:
        print(f"{h} heads, {t} tails, at {biases} and {biases_old}")
""",
        "call": 'check("07.2", slopes)',
    },
    {
        "id": "07.3",
        "kind": "right",
        "says": "the number as printed in section 9",
        "code": """
import numpy as np

curve = "Q"
missing = 296.27
through_theta_old = "no"
""",
        "call": 'check("07.3", curve, missing, through_theta_old)',
    },
    {
        "id": "07.3",
        "kind": "right",
        "says": "computed with emlib's entropy",
        "code": """
import numpy as np
import itertools

from emlib import GaussianMixture, bound, datasets, em, start

x = datasets.three_clusters(np.random.default_rng(0)).x
theta_0 = start.random_points(GaussianMixture, x, n_components=3, rng=2)
old = [step.model for step in itertools.islice(em.iterate(theta_0, x), 14)][3]
q = bound.posterior(old, x)

curve = "Q"
missing = bound.entropy(q)
through_theta_old = "no"
""",
        "call": 'check("07.3", curve, missing, through_theta_old)',
    },
    {
        "id": "07.3",
        "kind": "right",
        "says": "the gap between ln p and Q at the old parameters",
        "code": """
import numpy as np
import itertools

from emlib import GaussianMixture, bound, datasets, em, start

x = datasets.three_clusters(np.random.default_rng(0)).x
theta_0 = start.random_points(GaussianMixture, x, n_components=3, rng=2)
old = [step.model for step in itertools.islice(em.iterate(theta_0, x), 14)][3]
q = bound.posterior(old, x)

curve = "Q"
missing = old.log_likelihood(x) - bound.q_function(old, x, q)
through_theta_old = "no"
""",
        "call": 'check("07.3", curve, missing, through_theta_old)',
    },
    {
        "id": "07.3",
        "kind": "right",
        "says": "numpy numbers and numpy strings",
        "code": """
import numpy as np

curve = np.str_("Q")
missing = np.float64(296.27020181489047)
through_theta_old = np.str_("no")
""",
        "call": 'check("07.3", curve, missing, through_theta_old)',
    },
    {
        "id": "07.3",
        "kind": "right",
        "says": "rounded to one decimal",
        "code": """
import numpy as np

curve = "Q"
missing = 296.3
through_theta_old = "no"
""",
        "call": 'check("07.3", curve, missing, through_theta_old)',
    },
    {
        "id": "07.3",
        "kind": "right",
        "says": "whole nats, as in the text below the picture",
        "code": """
import numpy as np

curve = "Q"
missing = 296
through_theta_old = "no"
""",
        "call": 'check("07.3", curve, missing, through_theta_old)',
    },
    {
        "id": "07.3",
        "kind": "wrong",
        "says": "blue taken for the bound",
        "cause": (
            "The first answer is wrong: the recipe sums gamma times the log-joint and adds no "
            "entropy, so it draws Q alone, not the bound Q + H."
        ),
        "code": """
import numpy as np

curve = "Q + H"
missing = 296.27
through_theta_old = "no"
""",
        "call": 'check("07.3", curve, missing, through_theta_old)',
    },
    {
        "id": "07.3",
        "kind": "wrong",
        "says": "blue taken for the log-likelihood",
        "cause": (
            "The first answer is wrong: ln p is the red curve, (9.14); blue averages the log-joint "
            "over the responsibilities, which is Q."
        ),
        "code": """
import numpy as np

curve = "ln p"
missing = 296.27
through_theta_old = "no"
""",
        "call": 'check("07.3", curve, missing, through_theta_old)',
    },
    {
        "id": "07.3",
        "kind": "wrong",
        "says": "slice said to pass through the old parameters",
        "cause": (
            "The third answer is wrong: one mean is moved, but the other parameters are already "
            "the new ones, so the old parameters are not on the slice."
        ),
        "code": """
import numpy as np

curve = "Q"
missing = 296.27
through_theta_old = "yes"
""",
        "call": 'check("07.3", curve, missing, through_theta_old)',
    },
    {
        "id": "07.3",
        "kind": "wrong",
        "says": "sign of the missing nats",
        "cause": (
            "The second answer has the wrong sign: the question is by how many nats the curve lies "
            "too low, which is plus the entropy; the negative entropy is the slip of the book's "
            "sentence."
        ),
        "code": """
import numpy as np

curve = "Q"
missing = -296.27
through_theta_old = "no"
""",
        "call": 'check("07.3", curve, missing, through_theta_old)',
    },
    {
        "id": "07.3",
        "kind": "wrong",
        "says": "bits in place of nats",
        "cause": (
            "The second answer has the wrong unit: 427.4 are bits (log2); in nats it is 296.27."
        ),
        "code": """
import numpy as np

curve = "Q"
missing = 427.43
through_theta_old = "no"
""",
        "call": 'check("07.3", curve, missing, through_theta_old)',
    },
    {
        "id": "07.3",
        "kind": "wrong",
        "says": "nats a point",
        "cause": (
            "The second answer is a mean: 0.296 nats are missing for each point; the curve is a "
            "sum over the 1000 points."
        ),
        "code": """
import numpy as np

curve = "Q"
missing = 0.29627
through_theta_old = "no"
""",
        "call": 'check("07.3", curve, missing, through_theta_old)',
    },
    {
        "id": "07.3",
        "kind": "wrong",
        "says": "entropy of the coins' ledger",
        "cause": (
            "The second answer belongs to other data: 3.059 is the entropy of the two coins in "
            "section 6; the run of section 9 is that of the three clouds."
        ),
        "code": """
import numpy as np

curve = "Q"
missing = 3.05908
through_theta_old = "no"
""",
        "call": 'check("07.3", curve, missing, through_theta_old)',
    },
    {
        "id": "07.3",
        "kind": "wrong",
        "says": "entropy at the truth, from lesson 06",
        "cause": (
            "The second answer belongs to other parameters: 92.69 nats is the entropy at the true "
            "parameters in lesson 06, not at those of the run of section 9."
        ),
        "code": """
import numpy as np

curve = "Q"
missing = 92.69
through_theta_old = "no"
""",
        "call": 'check("07.3", curve, missing, through_theta_old)',
    },
    {
        "id": "07.3",
        "kind": "wrong",
        "says": "value of Q in place of the distance",
        "cause": (
            "The second answer is the height of the curve, Q itself, not its distance from ln p; "
            "subtract Q from ln p, both at the old parameters."
        ),
        "code": """
import numpy as np

curve = "Q"
missing = -3416.002
through_theta_old = "no"
""",
        "call": 'check("07.3", curve, missing, through_theta_old)',
    },
    {
        "id": "07.3",
        "kind": "wrong",
        "says": "distance at the new parameters",
        "cause": (
            "The second answer is taken at the wrong place: 315.4 nats lie between ln p and Q at "
            "the new parameters, where the divergence has opened; at the old ones only the entropy "
            "is missing."
        ),
        "code": """
import numpy as np

curve = "Q"
missing = 315.405
through_theta_old = "no"
""",
        "call": 'check("07.3", curve, missing, through_theta_old)',
    },
    {
        "id": "07.3",
        "kind": "wrong",
        "says": "the height of the bound taken for the number that is missing",
        "cause": (
            "The second answer is the size of ln p at the old parameters, 3119.7, which is where "
            "the bound touches; what was asked is how far Q lies below it."
        ),
        "code": """
import numpy as np

curve = "Q"
missing = 3119.732
through_theta_old = "no"
""",
        "call": 'check("07.3", curve, missing, through_theta_old)',
    },
    {
        "id": "07.3",
        "kind": "hostile",
        "says": "answers left open after a look",
        "code": """
import numpy as np

curve = missing = through_theta_old = None
""",
        "call": 'check("07.3", None, None, None)',
    },
    {
        "id": "07.3",
        "kind": "hostile",
        "says": "number as a string, truth value for a word, a function for a name",
        "code": """
import numpy as np


def curve():
    return "Q"


missing = "296.27 nats"
through_theta_old = False
""",
        "call": 'check("07.3", curve, missing, through_theta_old)',
    },
    {
        "id": "07.3",
        "kind": "hostile",
        "says": "a number that is not one, and a list for a word",
        "code": """
import numpy as np

curve = ["Q"]
missing = float("nan")
through_theta_old = "no"
""",
        "call": 'check("07.3", curve, missing, through_theta_old)',
    },
    {
        "id": "07.3",
        "kind": "hostile",
        "says": "an object whose comparison raises",
        "code": """
import numpy as np


class Touchy:
    def __eq__(self, other):
        raise RuntimeError("do not compare me")

    def __float__(self):
        raise RuntimeError("I am no number")

    __hash__ = None


curve, missing, through_theta_old = Touchy(), Touchy(), Touchy()
""",
        "call": 'check("07.3", curve, missing, through_theta_old)',
    },
    {
        "id": "07.4",
        "kind": "right",
        "says": "vectorised with scipy's softmax",
        "code": """
import numpy as np
from scipy.special import softmax


def scaled_q(x, centroids, weights, epsilon):
    squared = ((x[:, None, :] - centroids) ** 2).sum(axis=2)
    constant = -0.5 * x.shape[1] * np.log(2 * np.pi * epsilon)
    log_joint = np.log(weights) + constant - squared / (2 * epsilon)
    r = softmax(log_joint, axis=1)
    return epsilon * np.sum(r * log_joint)
""",
        "call": 'check("07.4", scaled_q)',
    },
    {
        "id": "07.4",
        "kind": "right",
        "says": "plain loops and math",
        "code": """
import numpy as np
import math


def scaled_q(x, centroids, weights, epsilon):
    total = 0.0
    for row in x:
        logs = []
        for centre, weight in zip(centroids, weights):
            squared = sum((a - b) ** 2 for a, b in zip(row, centre))
            log_gauss = -0.5 * len(row) * math.log(2 * math.pi * epsilon) - squared / epsilon / 2
            logs.append(math.log(weight) + log_gauss)
        top = max(logs)
        parts = [math.exp(value - top) for value in logs]
        total += sum(part * value for part, value in zip(parts, logs)) / sum(parts)
    return epsilon * total
""",
        "call": 'check("07.4", scaled_q)',
    },
    {
        "id": "07.4",
        "kind": "right",
        "says": "with emlib's model and Q",
        "code": """
import numpy as np
from emlib import GaussianMixture, bound


def scaled_q(x, centroids, weights, epsilon):
    k, d = np.shape(centroids)
    model = GaussianMixture(weights, centroids, [epsilon * np.eye(d)] * k)
    return epsilon * bound.q_function(model, x, bound.posterior(model, x))
""",
        "call": 'check("07.4", scaled_q)',
    },
    {
        "id": "07.4",
        "kind": "right",
        "says": "einsum, distances from scipy, log-sum-exp by hand",
        "code": """
import numpy as np
from scipy.spatial.distance import cdist


def scaled_q(x, centroids, weights, epsilon):
    d = np.shape(x)[1]
    a = np.log(weights)[None] - cdist(x, centroids, "sqeuclidean") / (2 * epsilon)
    top = a.max(axis=1, keepdims=True)
    r = np.exp(a - top)
    r = r / r.sum(axis=1, keepdims=True)
    without = np.einsum("nk,nk->", r, a)
    return float(epsilon * (without - 0.5 * len(x) * d * np.log(2 * np.pi * epsilon)))
""",
        "call": 'check("07.4", scaled_q)',
    },
    {
        "id": "07.4",
        "kind": "right",
        "says": "Q as ln p minus the entropy, defensive",
        "code": """
import numpy as np
from scipy.special import entr


def scaled_q(x, centroids, weights, epsilon):
    x, centroids = np.atleast_2d(x).astype(float), np.atleast_2d(centroids).astype(float)
    weights = np.asarray(weights, dtype=float)
    if epsilon <= 0 or x.shape[1] != centroids.shape[1]:
        raise ValueError("epsilon must be positive, and centroids as wide as the points")
    squared = np.stack([np.square(x - centre).sum(axis=1) for centre in centroids], axis=1)
    a = np.log(weights) - 0.5 * squared / epsilon
    log_density = np.logaddexp.reduce(a, axis=1)
    r = np.exp(a - log_density[:, None])
    log_p = log_density.sum() - 0.5 * x.size * np.log(2 * np.pi * epsilon)
    return epsilon * (log_p - entr(r).sum())
""",
        "call": 'check("07.4", scaled_q)',
    },
    {
        "id": "07.4",
        "kind": "wrong",
        "says": "not multiplied by epsilon",
        "cause": (
            "The last factor is missing: this is Q itself, which runs away as epsilon shrinks; "
            "epsilon times Q has the limit."
        ),
        "code": """
import numpy as np
from scipy.special import softmax


def scaled_q(x, centroids, weights, epsilon):
    squared = ((x[:, None, :] - centroids) ** 2).sum(axis=2)
    constant = -0.5 * x.shape[1] * np.log(2 * np.pi * epsilon)
    log_joint = np.log(weights) + constant - squared / (2 * epsilon)
    return np.sum(softmax(log_joint, axis=1) * log_joint)
""",
        "call": 'check("07.4", scaled_q)',
    },
    {
        "id": "07.4",
        "kind": "wrong",
        "says": "logarithms of the weights dropped",
        "cause": (
            "The average is wrong: ln pi_k is left out of (9.40), though the responsibilities have "
            "the weights."
        ),
        "code": """
import numpy as np
from scipy.special import softmax


def scaled_q(x, centroids, weights, epsilon):
    squared = ((x[:, None, :] - centroids) ** 2).sum(axis=2)
    log_gauss = -0.5 * x.shape[1] * np.log(2 * np.pi * epsilon) - squared / (2 * epsilon)
    r = softmax(np.log(weights) + log_gauss, axis=1)
    return epsilon * np.sum(r * log_gauss)
""",
        "call": 'check("07.4", scaled_q)',
    },
    {
        "id": "07.4",
        "kind": "wrong",
        "says": "normalising constant dropped",
        "cause": (
            "The Gaussian is wrong: its factor (2 pi epsilon) to the power -D/2 is left out; it "
            "cancels in the responsibilities but not in Q."
        ),
        "code": """
import numpy as np
from scipy.special import softmax


def scaled_q(x, centroids, weights, epsilon):
    squared = ((x[:, None, :] - centroids) ** 2).sum(axis=2)
    log_joint = np.log(weights) - squared / (2 * epsilon)
    return epsilon * np.sum(softmax(log_joint, axis=1) * log_joint)
""",
        "call": 'check("07.4", scaled_q)',
    },
    {
        "id": "07.4",
        "kind": "wrong",
        "says": "factor with the power one half, as printed in the book",
        "cause": (
            "The Gaussian's factor is wrong: the power of 2 pi epsilon is one half, the misprint "
            "of (9.41); in D dimensions it is D halves."
        ),
        "code": """
import numpy as np
from scipy.special import softmax


def scaled_q(x, centroids, weights, epsilon):
    squared = ((x[:, None, :] - centroids) ** 2).sum(axis=2)
    log_joint = np.log(weights) - 0.5 * np.log(2 * np.pi * epsilon) - squared / (2 * epsilon)
    return epsilon * np.sum(softmax(log_joint, axis=1) * log_joint)
""",
        "call": 'check("07.4", scaled_q)',
    },
    {
        "id": "07.4",
        "kind": "wrong",
        "says": "the plane hard-wired",
        "cause": (
            "The Gaussian's factor is that of two dimensions whatever the data are; use D halves, "
            "with D the number of columns."
        ),
        "code": """
import numpy as np
from scipy.special import softmax


def scaled_q(x, centroids, weights, epsilon):
    squared = ((x[:, None, :] - centroids) ** 2).sum(axis=2)
    log_joint = np.log(weights) - np.log(2 * np.pi * epsilon) - squared / (2 * epsilon)
    return epsilon * np.sum(softmax(log_joint, axis=1) * log_joint)
""",
        "call": 'check("07.4", scaled_q)',
    },
    {
        "id": "07.4",
        "kind": "wrong",
        "says": "responsibilities from densities that underflow",
        "cause": (
            "The responsibilities are not numbers at small epsilon: all densities of a point "
            "underflow, and 0 / 0 is NaN; take out the largest logarithm of each row first."
        ),
        "code": """
import numpy as np


def scaled_q(x, centroids, weights, epsilon):
    squared = ((x[:, None, :] - centroids) ** 2).sum(axis=2)
    constant = -0.5 * x.shape[1] * np.log(2 * np.pi * epsilon)
    log_joint = np.log(weights) + constant - squared / (2 * epsilon)
    joint = np.exp(log_joint)
    with np.errstate(invalid="ignore", divide="ignore"):
        r = joint / joint.sum(axis=1, keepdims=True)
    return epsilon * np.sum(r * log_joint)
""",
        "call": 'check("07.4", scaled_q)',
    },
    {
        "id": "07.4",
        "kind": "wrong",
        "says": "hard assignment",
        "cause": (
            "The responsibilities are wrong: each point is given to its nearest centroid, which is "
            "the limit; at a finite epsilon (9.42) shares it."
        ),
        "code": """
import numpy as np


def scaled_q(x, centroids, weights, epsilon):
    squared = ((x[:, None, :] - centroids) ** 2).sum(axis=2)
    constant = -0.5 * x.shape[1] * np.log(2 * np.pi * epsilon)
    log_joint = np.log(weights) + constant - squared / (2 * epsilon)
    nearest = squared.argmin(axis=1)
    return epsilon * log_joint[np.arange(len(x)), nearest].sum()
""",
        "call": 'check("07.4", scaled_q)',
    },
    {
        "id": "07.4",
        "kind": "wrong",
        "says": "the limit itself",
        "cause": (
            "The quantity is wrong: this is minus J / 2, the limit for epsilon to zero, whatever "
            "epsilon is; the value at the given epsilon was asked for."
        ),
        "code": """
import numpy as np


def scaled_q(x, centroids, weights, epsilon):
    squared = ((x[:, None, :] - centroids) ** 2).sum(axis=2)
    return -0.5 * squared.min(axis=1).sum()
""",
        "call": 'check("07.4", scaled_q)',
    },
    {
        "id": "07.4",
        "kind": "wrong",
        "says": "epsilon taken for a standard deviation",
        "cause": (
            "The variance is wrong: epsilon is squared, as if it were a standard deviation; in "
            "(9.41) the covariance is epsilon times the identity."
        ),
        "code": """
import numpy as np
from scipy.special import softmax


def scaled_q(x, centroids, weights, epsilon):
    squared = ((x[:, None, :] - centroids) ** 2).sum(axis=2)
    constant = -0.5 * x.shape[1] * np.log(2 * np.pi * epsilon**2)
    log_joint = np.log(weights) + constant - squared / (2 * epsilon**2)
    return epsilon * np.sum(softmax(log_joint, axis=1) * log_joint)
""",
        "call": 'check("07.4", scaled_q)',
    },
    {
        "id": "07.4",
        "kind": "wrong",
        "says": "distance in place of its square",
        "cause": "The exponent is wrong: it holds the distance from the centroid, not its square.",
        "code": """
import numpy as np
from scipy.special import softmax


def scaled_q(x, centroids, weights, epsilon):
    distance = np.sqrt(((x[:, None, :] - centroids) ** 2).sum(axis=2))
    constant = -0.5 * x.shape[1] * np.log(2 * np.pi * epsilon)
    log_joint = np.log(weights) + constant - distance / (2 * epsilon)
    return epsilon * np.sum(softmax(log_joint, axis=1) * log_joint)
""",
        "call": 'check("07.4", scaled_q)',
    },
    {
        "id": "07.4",
        "kind": "wrong",
        "says": "factor two in the exponent",
        "cause": (
            "The exponent is wrong: the squared distance is divided by epsilon where 2 epsilon "
            "belongs, so the limit is -J in place of -J / 2."
        ),
        "code": """
import numpy as np
from scipy.special import softmax


def scaled_q(x, centroids, weights, epsilon):
    squared = ((x[:, None, :] - centroids) ** 2).sum(axis=2)
    constant = -0.5 * x.shape[1] * np.log(2 * np.pi * epsilon)
    log_joint = np.log(weights) + constant - squared / epsilon
    return epsilon * np.sum(softmax(log_joint, axis=1) * log_joint)
""",
        "call": 'check("07.4", scaled_q)',
    },
    {
        "id": "07.4",
        "kind": "wrong",
        "says": "log-likelihood in place of Q",
        "cause": (
            "The quantity is wrong: the logarithm of the sum over k is the log-likelihood, which "
            "is Q plus the entropy; (9.40) averages the logarithms."
        ),
        "code": """
import numpy as np
from scipy.special import logsumexp


def scaled_q(x, centroids, weights, epsilon):
    squared = ((x[:, None, :] - centroids) ** 2).sum(axis=2)
    constant = -0.5 * x.shape[1] * np.log(2 * np.pi * epsilon)
    log_joint = np.log(weights) + constant - squared / (2 * epsilon)
    return epsilon * logsumexp(log_joint, axis=1).sum()
""",
        "call": 'check("07.4", scaled_q)',
    },
    {
        "id": "07.4",
        "kind": "wrong",
        "says": "equal weights in the responsibilities",
        "cause": (
            "The responsibilities are wrong: they ignore the weights, which (9.42) has in its "
            "numerator and denominator; Q itself has them."
        ),
        "code": """
import numpy as np
from scipy.special import softmax


def scaled_q(x, centroids, weights, epsilon):
    squared = ((x[:, None, :] - centroids) ** 2).sum(axis=2)
    log_gauss = -0.5 * x.shape[1] * np.log(2 * np.pi * epsilon) - squared / (2 * epsilon)
    r = softmax(log_gauss, axis=1)
    return epsilon * np.sum(r * (np.log(weights) + log_gauss))
""",
        "call": 'check("07.4", scaled_q)',
    },
    {
        "id": "07.4",
        "kind": "wrong",
        "says": "two centroids hard-wired",
        "cause": (
            "The number of components is hard-wired: only the first two centroids are looked at; "
            "loop over all of them."
        ),
        "code": """
import numpy as np


def scaled_q(x, centroids, weights, epsilon):
    logs = []
    for k in (0, 1):
        squared = ((x - centroids[k]) ** 2).sum(axis=1)
        constant = -0.5 * x.shape[1] * np.log(2 * np.pi * epsilon)
        logs.append(np.log(weights[k]) + constant - squared / (2 * epsilon))
    first = 1 / (1 + np.exp(np.clip(logs[1] - logs[0], -700, 700)))
    return epsilon * np.sum(first * logs[0] + (1 - first) * logs[1])
""",
        "call": 'check("07.4", scaled_q)',
    },
    {
        "id": "07.4",
        "kind": "hostile",
        "says": "takes the logarithm of the weights in place",
        "code": """
import numpy as np
from scipy.special import softmax


def scaled_q(x, centroids, weights, epsilon):
    squared = ((x[:, None, :] - centroids) ** 2).sum(axis=2)
    np.log(weights, out=weights)
    log_joint = weights - x.shape[1] / 2 * np.log(2 * np.pi * epsilon) - squared / (2 * epsilon)
    return epsilon * np.sum(softmax(log_joint, axis=1) * log_joint)
""",
        "call": 'check("07.4", scaled_q)',
    },
    {
        "id": "07.4",
        "kind": "hostile",
        "says": "takes the limit for ever",
        "code": """
import numpy as np


def scaled_q(x, centroids, weights, epsilon):
    value = 1.0
    while value > -np.inf:
        epsilon = epsilon / 2 + 1e-300
        value = -0.5 * ((x[:, None, :] - centroids) ** 2).sum(axis=2).min(axis=1).sum()
    return value
""",
        "call": 'check("07.4", scaled_q)',
    },
    {
        "id": "07.4",
        "kind": "hostile",
        "says": "recursion without end",
        "code": """
import numpy as np


def scaled_q(x, centroids, weights, epsilon):
    return 2 * scaled_q(x, centroids, weights, epsilon / 2)
""",
        "call": 'check("07.4", scaled_q)',
    },
]
