"""Answers to the exercises of lesson 06, written from their text alone."""

ANSWERS = [
    {
        "id": "06.1",
        "kind": "right",
        "says": "Cholesky factor and one triangular solve, as in the text",
        "code": """
import numpy as np
from scipy.linalg import solve_triangular


def log_gauss(x, mean, covariance):
    factor = np.linalg.cholesky(covariance)
    z = solve_triangular(factor, (x - mean).T, lower=True)
    log_det = 2 * np.log(np.diag(factor)).sum()
    return -0.5 * (len(mean) * np.log(2 * np.pi) + log_det + (z**2).sum(axis=0))
""",
        "call": 'check("06.1", log_gauss)',
    },
    {
        "id": "06.1",
        "kind": "right",
        "says": "loop over the rows with solve and slogdet; returns a plain list",
        "code": """
import numpy as np


def log_gauss(x, mean, covariance):
    log_det = np.linalg.slogdet(covariance)[1]
    result = []
    for row in x:
        d = row - mean
        squared = d @ np.linalg.solve(covariance, d)
        result.append(-0.5 * (len(d) * np.log(2 * np.pi) + log_det + squared))
    return result
""",
        "call": 'check("06.1", log_gauss)',
    },
    {
        "id": "06.1",
        "kind": "right",
        "says": "scipy's frozen Gaussian, one number a row even for a single row",
        "code": """
import numpy as np
from scipy.stats import multivariate_normal


def log_gauss(x, mean, covariance):
    return np.atleast_1d(multivariate_normal(mean, covariance).logpdf(x))
""",
        "call": 'check("06.1", log_gauss)',
    },
    {
        "id": "06.1",
        "kind": "right",
        "says": "einsum with the inverse",
        "code": """
import numpy as np


def log_gauss(x, mean, covariance):
    d = x - mean
    squared = np.einsum("nd,de,ne->n", d, np.linalg.inv(covariance), d)
    sign, log_det = np.linalg.slogdet(2 * np.pi * np.asarray(covariance))
    return -0.5 * (squared + log_det)
""",
        "call": 'check("06.1", log_gauss)',
    },
    {
        "id": "06.1",
        "kind": "right",
        "says": "eigenvectors: round coordinates along the principal axes",
        "code": """
import numpy as np


def log_gauss(x, mean, covariance):
    values, vectors = np.linalg.eigh(covariance)
    z = (x - mean) @ vectors / np.sqrt(values)
    return -0.5 * np.sum(z**2 + np.log(2 * np.pi * values), axis=-1)
""",
        "call": 'check("06.1", log_gauss)',
    },
    {
        "id": "06.1",
        "kind": "right",
        "says": "plain Python lists and math only, Cholesky by hand",
        "code": """
import numpy as np
import math


def log_gauss(x, mean, covariance):
    d = len(mean)
    factor = [[0.0] * d for _ in range(d)]
    for i in range(d):
        for j in range(i + 1):
            rest = covariance[i][j] - sum(factor[i][k] * factor[j][k] for k in range(j))
            factor[i][j] = math.sqrt(rest) if i == j else rest / factor[j][j]
    constant = 0.5 * d * math.log(2 * math.pi) + sum(math.log(factor[i][i]) for i in range(d))
    result = []
    for row in x:
        z = []
        for i in range(d):
            before = sum(factor[i][k] * z[k] for k in range(i))
            z.append((row[i] - mean[i] - before) / factor[i][i])
        result.append(-constant - 0.5 * sum(value * value for value in z))
    return np.array(result)
""",
        "call": 'check("06.1", log_gauss)',
    },
    {
        "id": "06.1",
        "kind": "right",
        "says": "defensive: arrays and shapes checked, callable object",
        "code": """
import numpy as np


class LogGauss:
    def __call__(self, x, mean, covariance):
        x, mean, covariance = (np.asarray(a, dtype=float) for a in (x, mean, covariance))
        if x.ndim != 2 or mean.shape != x.shape[1:]:
            raise ValueError("x needs one row a point and one column a coordinate")
        if covariance.shape != (mean.size, mean.size):
            raise ValueError("the covariance must be square")
        factor = np.linalg.cholesky(covariance)
        z = np.linalg.solve(factor, (x - mean).T)
        log_scale = np.log(factor.diagonal()).sum() + 0.5 * mean.size * np.log(2 * np.pi)
        return -log_scale - 0.5 * np.einsum("dn,dn->n", z, z)


log_gauss = LogGauss()
""",
        "call": 'check("06.1", log_gauss)',
    },
    {
        "id": "06.1",
        "kind": "wrong",
        "says": "covariance in place of its inverse",
        "cause": (
            "The quadratic form is wrong: the covariance itself stands where its inverse belongs. "
            "At a round unit cloud both agree; try a long, tilted one."
        ),
        "code": """
import numpy as np


def log_gauss(x, mean, covariance):
    d = x - mean
    squared = np.einsum("nd,de,ne->n", d, covariance, d)
    return -0.5 * (squared + np.linalg.slogdet(covariance)[1] + len(mean) * np.log(2 * np.pi))
""",
        "call": 'check("06.1", log_gauss)',
    },
    {
        "id": "06.1",
        "kind": "wrong",
        "says": "half of the log-determinant forgotten",
        "cause": (
            "The determinant is wrong: the density has the square root of the determinant, so half "
            "of its logarithm is subtracted, not all of it."
        ),
        "code": """
import numpy as np


def log_gauss(x, mean, covariance):
    d = x - mean
    squared = np.sum(d * np.linalg.solve(covariance, d.T).T, axis=1)
    log_det = np.linalg.slogdet(covariance)[1]
    return -0.5 * squared - log_det - 0.5 * len(mean) * np.log(2 * np.pi)
""",
        "call": 'check("06.1", log_gauss)',
    },
    {
        "id": "06.1",
        "kind": "wrong",
        "says": "constant of one dimension",
        "cause": (
            "The constant is wrong: half of ln 2 pi is subtracted once, as on a line; in D "
            "dimensions it is D halves."
        ),
        "code": """
import numpy as np


def log_gauss(x, mean, covariance):
    d = x - mean
    squared = np.sum(d * np.linalg.solve(covariance, d.T).T, axis=1)
    return -0.5 * squared - 0.5 * np.linalg.slogdet(covariance)[1] - 0.5 * np.log(2 * np.pi)
""",
        "call": 'check("06.1", log_gauss)',
    },
    {
        "id": "06.1",
        "kind": "wrong",
        "says": "two dimensions hard-wired in the constant",
        "cause": (
            "The constant is wrong outside the plane: ln 2 pi is right for D = 2 only; D halves of "
            "it belong there, with D the length of the mean."
        ),
        "code": """
import numpy as np


def log_gauss(x, mean, covariance):
    d = x - mean
    squared = np.sum(d * np.linalg.solve(covariance, d.T).T, axis=1)
    return -0.5 * squared - 0.5 * np.linalg.slogdet(covariance)[1] - np.log(2 * np.pi)
""",
        "call": 'check("06.1", log_gauss)',
    },
    {
        "id": "06.1",
        "kind": "wrong",
        "says": "factor one half of the exponent forgotten",
        "cause": "The exponent is wrong: the squared Mahalanobis distance must be halved.",
        "code": """
import numpy as np
from scipy.linalg import solve_triangular


def log_gauss(x, mean, covariance):
    factor = np.linalg.cholesky(covariance)
    z = solve_triangular(factor, (x - mean).T, lower=True)
    log_scale = np.log(np.diag(factor)).sum() + 0.5 * len(mean) * np.log(2 * np.pi)
    return -log_scale - np.sum(z * z, axis=0)
""",
        "call": 'check("06.1", log_gauss)',
    },
    {
        "id": "06.1",
        "kind": "wrong",
        "says": "logarithm of a density that underflows",
        "cause": (
            "The logarithm is taken too late: far from the mean the density underflows to 0, and "
            "its logarithm is minus infinity; never exponentiate, add the logarithms of the "
            "factors."
        ),
        "code": """
import numpy as np


def log_gauss(x, mean, covariance):
    d = x - mean
    squared = np.sum(d * np.linalg.solve(covariance, d.T).T, axis=1)
    density = np.exp(-0.5 * squared) / np.sqrt(np.linalg.det(2 * np.pi * np.asarray(covariance)))
    with np.errstate(divide="ignore"):
        return np.log(density)
""",
        "call": 'check("06.1", log_gauss)',
    },
    {
        "id": "06.1",
        "kind": "wrong",
        "says": "triangular solve told nothing of the lower triangle",
        "cause": (
            "The triangular solve is wrong: without lower=True it reads the upper triangle of the "
            "factor, which holds zeros off the diagonal, so every tilt is ignored."
        ),
        "code": """
import numpy as np
from scipy.linalg import solve_triangular


def log_gauss(x, mean, covariance):
    factor = np.linalg.cholesky(covariance)
    z = solve_triangular(factor, (x - mean).T)
    log_scale = np.log(np.diag(factor)).sum() + 0.5 * len(mean) * np.log(2 * np.pi)
    return -log_scale - 0.5 * np.sum(z * z, axis=0)
""",
        "call": 'check("06.1", log_gauss)',
    },
    {
        "id": "06.1",
        "kind": "wrong",
        "says": "factor applied from the wrong side",
        "cause": (
            "The solve is transposed: (x - mean) times the inverse factor solves with the "
            "transpose of L; the deviations must be columns, L z = x - mean."
        ),
        "code": """
import numpy as np


def log_gauss(x, mean, covariance):
    factor = np.linalg.cholesky(covariance)
    z = (x - mean) @ np.linalg.inv(factor)
    log_scale = np.log(np.diag(factor)).sum() + 0.5 * len(mean) * np.log(2 * np.pi)
    return -log_scale - 0.5 * np.sum(z * z, axis=1)
""",
        "call": 'check("06.1", log_gauss)',
    },
    {
        "id": "06.1",
        "kind": "wrong",
        "says": "root of the squared distance",
        "cause": (
            "The exponent is wrong: it holds the distance, not the squared distance; no root is "
            "taken in a Gaussian."
        ),
        "code": """
import numpy as np


def log_gauss(x, mean, covariance):
    d = x - mean
    distance = np.sqrt(np.sum(d * np.linalg.solve(covariance, d.T).T, axis=1))
    constant = len(mean) * np.log(2 * np.pi) + np.linalg.slogdet(covariance)[1]
    return -0.5 * (distance + constant)
""",
        "call": 'check("06.1", log_gauss)',
    },
    {
        "id": "06.1",
        "kind": "wrong",
        "says": "determinant added in place of subtracted",
        "cause": (
            "The sign of the determinant is wrong: a wider Gaussian is lower at its top, so half "
            "of ln |Sigma| is subtracted."
        ),
        "code": """
import numpy as np


def log_gauss(x, mean, covariance):
    factor = np.linalg.cholesky(covariance)
    z = np.linalg.solve(factor, (x - mean).T)
    log_det = 2 * np.log(np.diag(factor)).sum()
    return 0.5 * log_det - 0.5 * len(mean) * np.log(2 * np.pi) - 0.5 * np.sum(z * z, axis=0)
""",
        "call": 'check("06.1", log_gauss)',
    },
    {
        "id": "06.1",
        "kind": "wrong",
        "says": "logarithm to the base ten",
        "cause": (
            "The base of the logarithm is wrong: log10 is used for the determinant and the "
            "constant; the course counts in nats, natural logarithms throughout."
        ),
        "code": """
import numpy as np


def log_gauss(x, mean, covariance):
    factor = np.linalg.cholesky(covariance)
    z = np.linalg.solve(factor, (x - mean).T)
    log_scale = np.log10(np.diag(factor)).sum() + 0.5 * len(mean) * np.log10(2 * np.pi)
    return -log_scale - 0.5 * np.sum(z * z, axis=0)
""",
        "call": 'check("06.1", log_gauss)',
    },
    {
        "id": "06.1",
        "kind": "wrong",
        "says": "one number for all rows",
        "cause": (
            "The sum runs over the wrong axis: the coordinates of a row should be summed, and here "
            "all rows are as well, so one number comes back in place of one a row."
        ),
        "code": """
import numpy as np


def log_gauss(x, mean, covariance):
    factor = np.linalg.cholesky(covariance)
    z = np.linalg.solve(factor, (x - mean).T)
    log_scale = np.log(np.diag(factor)).sum() + 0.5 * len(mean) * np.log(2 * np.pi)
    return -log_scale - 0.5 * np.sum(z * z)
""",
        "call": 'check("06.1", log_gauss)',
    },
    {
        "id": "06.1",
        "kind": "hostile",
        "says": "centres the data in place",
        "code": """
import numpy as np


def log_gauss(x, mean, covariance):
    x -= mean
    factor = np.linalg.cholesky(covariance)
    z = np.linalg.solve(factor, x.T)
    log_scale = np.log(np.diag(factor)).sum() + 0.5 * len(mean) * np.log(2 * np.pi)
    return -log_scale - 0.5 * np.sum(z * z, axis=0)
""",
        "call": 'check("06.1", log_gauss)',
    },
    {
        "id": "06.1",
        "kind": "hostile",
        "says": "makes numpy raise at every rounding to zero, for everybody",
        "code": """
import numpy as np


def log_gauss(x, mean, covariance):
    np.seterr(all="raise")
    d = x - mean
    squared = np.sum(d * np.linalg.solve(covariance, d.T).T, axis=1)
    return np.log(np.exp(-0.5 * squared))
""",
        "call": 'check("06.1", log_gauss)',
    },
    {
        "id": "06.1",
        "kind": "hostile",
        "says": "prints every row and returns None",
        "code": """
import numpy as np


def log_gauss(x, mean, covariance):
    for row in x:
        d = row - mean
        print("squared distance:", d @ np.linalg.solve(covariance, d))
""",
        "call": 'check("06.1", log_gauss)',
    },
    {
        "id": "06.2",
        "kind": "right",
        "says": "one weighted sum, one solve",
        "code": """
import numpy as np


def gradient_mean(x, gamma, mean, covariance):
    return np.linalg.solve(covariance, gamma @ (x - mean))
""",
        "call": 'check("06.2", gradient_mean)',
    },
    {
        "id": "06.2",
        "kind": "right",
        "says": "plain loops, the inverse made once; returns a list",
        "code": """
import numpy as np


def gradient_mean(x, gamma, mean, covariance):
    inverse = np.linalg.inv(covariance)
    n_columns = len(mean)
    total = [0.0] * n_columns
    for row, share in zip(x, gamma):
        d = [row[i] - mean[i] for i in range(n_columns)]
        for i in range(n_columns):
            total[i] += share * sum(inverse[i][j] * d[j] for j in range(n_columns))
    return total
""",
        "call": 'check("06.2", gradient_mean)',
    },
    {
        "id": "06.2",
        "kind": "right",
        "says": "einsum over rows and coordinates",
        "code": """
import numpy as np


def gradient_mean(x, gamma, mean, covariance):
    precision = np.linalg.inv(covariance)
    return np.einsum("n,de,ne->d", gamma, precision, x - mean)
""",
        "call": 'check("06.2", gradient_mean)',
    },
    {
        "id": "06.2",
        "kind": "right",
        "says": "scipy's Cholesky solver",
        "code": """
import numpy as np
from scipy.linalg import cho_factor, cho_solve


def gradient_mean(x, gamma, mean, covariance):
    pull = np.sum(gamma[:, None] * (x - mean), axis=0)
    return cho_solve(cho_factor(covariance), pull)
""",
        "call": 'check("06.2", gradient_mean)',
    },
    {
        "id": "06.2",
        "kind": "right",
        "says": "effective number times the step from the old mean to the new",
        "code": """
import numpy as np


def gradient_mean(x, gamma, mean, covariance):
    n_k = gamma.sum()
    new_mean = gamma @ x / n_k
    return n_k * np.linalg.solve(covariance, new_mean - mean)
""",
        "call": 'check("06.2", gradient_mean)',
    },
    {
        "id": "06.2",
        "kind": "right",
        "says": "defensive: takes lists, and a column of responsibilities",
        "code": """
import numpy as np


def gradient_mean(x, gamma, mean, covariance):
    x = np.atleast_2d(np.asarray(x, dtype=float))
    gamma = np.asarray(gamma, dtype=float).reshape(-1)
    mean = np.asarray(mean, dtype=float)
    covariance = np.asarray(covariance, dtype=float)
    if len(gamma) != len(x):
        raise ValueError("one responsibility for each row, please")
    if covariance.shape != (mean.size, mean.size):
        raise ValueError("the covariance does not fit the mean")
    return np.linalg.solve(covariance, (x - mean).T @ gamma)
""",
        "call": 'check("06.2", gradient_mean)',
    },
    {
        "id": "06.2",
        "kind": "right",
        "says": "keeps single precision if the data have it",
        "code": """
import numpy as np


def gradient_mean(x, gamma, mean, covariance):
    x = np.asarray(x)
    pull = np.zeros(x.shape[1], dtype=x.dtype)
    for row, share in zip(x, gamma):
        pull = pull + share * (row - mean)
    return np.linalg.solve(covariance, pull).astype(x.dtype)
""",
        "call": 'check("06.2", gradient_mean)',
    },
    {
        "id": "06.2",
        "kind": "wrong",
        "says": "covariance in place of its inverse, as printed in the book",
        "cause": (
            "The matrix is wrong: this is the misprint of the early printings, Sigma where its "
            "inverse belongs; it has the right zero but is not the gradient."
        ),
        "code": """
import numpy as np


def gradient_mean(x, gamma, mean, covariance):
    return covariance @ (gamma @ (x - mean))
""",
        "call": 'check("06.2", gradient_mean)',
    },
    {
        "id": "06.2",
        "kind": "wrong",
        "says": "sign",
        "cause": (
            "The sign is wrong: every point pulls the mean towards itself, so the deviation is x "
            "minus mean; here the gradient points away from the data."
        ),
        "code": """
import numpy as np


def gradient_mean(x, gamma, mean, covariance):
    return np.linalg.solve(covariance, gamma @ (mean - x))
""",
        "call": 'check("06.2", gradient_mean)',
    },
    {
        "id": "06.2",
        "kind": "wrong",
        "says": "no matrix at all",
        "cause": (
            "The inverse covariance is missing: only the pull of the points is returned, which is "
            "the gradient for a round unit cloud alone."
        ),
        "code": """
import numpy as np


def gradient_mean(x, gamma, mean, covariance):
    return gamma @ (x - mean)
""",
        "call": 'check("06.2", gradient_mean)',
    },
    {
        "id": "06.2",
        "kind": "wrong",
        "says": "divided by the effective number",
        "cause": (
            "The scale is wrong: (9.16) is a sum, and here it is divided by N_k; that makes it a "
            "mean step, not the gradient of the log-likelihood."
        ),
        "code": """
import numpy as np


def gradient_mean(x, gamma, mean, covariance):
    return np.linalg.solve(covariance, gamma @ (x - mean) / gamma.sum())
""",
        "call": 'check("06.2", gradient_mean)',
    },
    {
        "id": "06.2",
        "kind": "wrong",
        "says": "mean over the rows in place of the sum",
        "cause": (
            "The scale is wrong: the mean over the rows is taken where (9.16) sums, so the result "
            "is too small by the factor N."
        ),
        "code": """
import numpy as np


def gradient_mean(x, gamma, mean, covariance):
    return np.linalg.solve(covariance, np.mean(gamma[:, None] * (x - mean), axis=0))
""",
        "call": 'check("06.2", gradient_mean)',
    },
    {
        "id": "06.2",
        "kind": "wrong",
        "says": "responsibilities ignored",
        "cause": (
            "The weights are missing: every point pulls with full strength, as if the component "
            "owned all of them; multiply each deviation by its responsibility."
        ),
        "code": """
import numpy as np


def gradient_mean(x, gamma, mean, covariance):
    return np.linalg.solve(covariance, np.sum(x - mean, axis=0))
""",
        "call": 'check("06.2", gradient_mean)',
    },
    {
        "id": "06.2",
        "kind": "wrong",
        "says": "hard assignment",
        "cause": (
            "The weights are wrong: responsibilities are rounded to 0 or 1, which is a hard "
            "assignment; (9.16) weighs each point by its share."
        ),
        "code": """
import numpy as np


def gradient_mean(x, gamma, mean, covariance):
    mine = gamma > 0.5
    return np.linalg.solve(covariance, np.sum(x[mine] - mean, axis=0))
""",
        "call": 'check("06.2", gradient_mean)',
    },
    {
        "id": "06.2",
        "kind": "wrong",
        "says": "inverse taken entry by entry",
        "cause": (
            "The inverse is wrong: one over each entry is not the inverse of a matrix, except for "
            "a diagonal one; use solve."
        ),
        "code": """
import numpy as np


def gradient_mean(x, gamma, mean, covariance):
    return (1 / np.asarray(covariance)) @ (gamma @ (x - mean))
""",
        "call": 'check("06.2", gradient_mean)',
    },
    {
        "id": "06.2",
        "kind": "wrong",
        "says": "only the variances inverted",
        "cause": (
            "The inverse is wrong: only the diagonal of the covariance is used, so the tilt is "
            "ignored; a gradient needs the whole inverse."
        ),
        "code": """
import numpy as np


def gradient_mean(x, gamma, mean, covariance):
    return gamma @ (x - mean) / np.diag(covariance)
""",
        "call": 'check("06.2", gradient_mean)',
    },
    {
        "id": "06.2",
        "kind": "wrong",
        "says": "stops half-way through the Cholesky solve",
        "cause": (
            "The solve is half done: one triangular solve multiplies by the inverse of L only; the "
            "inverse covariance needs a second one, with the transpose."
        ),
        "code": """
import numpy as np
from scipy.linalg import solve_triangular


def gradient_mean(x, gamma, mean, covariance):
    factor = np.linalg.cholesky(covariance)
    return solve_triangular(factor, gamma @ (x - mean), lower=True)
""",
        "call": 'check("06.2", gradient_mean)',
    },
    {
        "id": "06.2",
        "kind": "wrong",
        "says": "inverse of two by two written out",
        "cause": (
            "The inverse is hard-wired for the plane: the formula with one over the determinant "
            "reads four entries, so in three dimensions the result has two numbers too few or "
            "fails; use solve."
        ),
        "code": """
import numpy as np


def gradient_mean(x, gamma, mean, covariance):
    (a, b), (c, d) = np.asarray(covariance)[:2, :2]
    inverse = np.array([[d, -b], [-c, a]]) / (a * d - b * c)
    return inverse @ (gamma @ (x - mean))[:2]
""",
        "call": 'check("06.2", gradient_mean)',
    },
    {
        "id": "06.2",
        "kind": "wrong",
        "says": "returns the new mean",
        "cause": (
            "The quantity is wrong: this is the new mean (9.17), at which the gradient with the "
            "old gamma vanishes, not the gradient at the mean that was given."
        ),
        "code": """
import numpy as np


def gradient_mean(x, gamma, mean, covariance):
    return gamma @ x / gamma.sum()
""",
        "call": 'check("06.2", gradient_mean)',
    },
    {
        "id": "06.2",
        "kind": "hostile",
        "says": "normalises the responsibilities in place",
        "code": """
import numpy as np


def gradient_mean(x, gamma, mean, covariance):
    gamma /= gamma.sum()
    return np.linalg.solve(covariance, gamma @ (x - mean))
""",
        "call": 'check("06.2", gradient_mean)',
    },
    {
        "id": "06.2",
        "kind": "hostile",
        "says": "returns NaN and prints nothing",
        "code": """
import numpy as np


def gradient_mean(x, gamma, mean, covariance):
    return np.full(len(mean), np.nan)
""",
        "call": 'check("06.2", gradient_mean)',
    },
    {
        "id": "06.2",
        "kind": "hostile",
        "says": "raises on principle",
        "code": """
import numpy as np


def gradient_mean(x, gamma, mean, covariance):
    raise NotImplementedError("I shall do this one tomorrow")
""",
        "call": 'check("06.2", gradient_mean)',
    },
    {
        "id": "06.3",
        "kind": "right",
        "says": "minus N, and the mean responsibility",
        "code": """
import numpy as np


def lagrange_step(densities, weights):
    joint = densities * weights
    r = joint / joint.sum(axis=1, keepdims=True)
    return -len(densities), r.mean(axis=0)
""",
        "call": 'check("06.3", lagrange_step)',
    },
    {
        "id": "06.3",
        "kind": "right",
        "says": "the multiplier derived from the data by summing over k",
        "code": """
import numpy as np


def lagrange_step(densities, weights):
    slopes = np.sum(densities / (densities @ weights)[:, None], axis=0)
    n_k = weights * slopes
    multiplier = -np.sum(n_k)
    return multiplier, n_k / -multiplier
""",
        "call": 'check("06.3", lagrange_step)',
    },
    {
        "id": "06.3",
        "kind": "right",
        "says": "plain loops and lists",
        "code": """
import numpy as np


def lagrange_step(densities, weights):
    n, k = len(densities), len(weights)
    new_weights = [0.0] * k
    for row in densities:
        total = 0.0
        for j in range(k):
            total += weights[j] * row[j]
        for j in range(k):
            new_weights[j] += weights[j] * row[j] / total / n
    return -n, new_weights
""",
        "call": 'check("06.3", lagrange_step)',
    },
    {
        "id": "06.3",
        "kind": "right",
        "says": "einsum and a named tuple",
        "code": """
import numpy as np
from collections import namedtuple

Step = namedtuple("Step", ["multiplier", "new_weights"])


def lagrange_step(densities, weights):
    p = np.einsum("nk,k->n", densities, weights)
    n_k = np.einsum("nk,k,n->k", densities, weights, 1 / p)
    return Step(float(-n_k.sum()), n_k / n_k.sum())
""",
        "call": 'check("06.3", lagrange_step)',
    },
    {
        "id": "06.3",
        "kind": "right",
        "says": "in logarithms, with scipy's softmax",
        "code": """
import numpy as np
from scipy.special import softmax


def lagrange_step(densities, weights):
    with np.errstate(divide="ignore"):
        log_joint = np.log(densities) + np.log(weights)
    r = softmax(log_joint, axis=1)
    return -float(len(r)), r.sum(axis=0) / len(r)
""",
        "call": 'check("06.3", lagrange_step)',
    },
    {
        "id": "06.3",
        "kind": "right",
        "says": "defensive, in the precision of the densities, a list of two",
        "code": """
import numpy as np


def lagrange_step(densities, weights):
    densities = np.asarray(densities)
    weights = np.asarray(weights, dtype=densities.dtype)
    if densities.ndim != 2 or densities.shape[1] != weights.size:
        raise ValueError("one column of densities for each weight")
    r = densities * weights
    r = r / r.sum(axis=1)[:, None]
    return [-densities.shape[0], r.mean(axis=0)]
""",
        "call": 'check("06.3", lagrange_step)',
    },
    {
        "id": "06.3",
        "kind": "wrong",
        "says": "sign of the multiplier",
        "cause": (
            "The multiplier has the wrong sign: (9.21) says that the sum plus lambda is zero, so "
            "lambda is minus N; the weights are right."
        ),
        "code": """
import numpy as np


def lagrange_step(densities, weights):
    joint = densities * weights
    r = joint / joint.sum(axis=1, keepdims=True)
    return len(densities), r.mean(axis=0)
""",
        "call": 'check("06.3", lagrange_step)',
    },
    {
        "id": "06.3",
        "kind": "wrong",
        "says": "parts in the other order",
        "cause": (
            "The order of the pair is wrong: the multiplier comes first, then the new weights."
        ),
        "code": """
import numpy as np


def lagrange_step(densities, weights):
    joint = densities * weights
    r = joint / joint.sum(axis=1, keepdims=True)
    return r.mean(axis=0), -len(densities)
""",
        "call": 'check("06.3", lagrange_step)',
    },
    {
        "id": "06.3",
        "kind": "wrong",
        "says": "effective numbers in place of weights",
        "cause": (
            "The new weights are wrong: these are the effective numbers N_k, which sum to N; "
            "divide them by N. The multiplier is right."
        ),
        "code": """
import numpy as np


def lagrange_step(densities, weights):
    joint = densities * weights
    r = joint / joint.sum(axis=1, keepdims=True)
    return -len(densities), r.sum(axis=0)
""",
        "call": 'check("06.3", lagrange_step)',
    },
    {
        "id": "06.3",
        "kind": "wrong",
        "says": "weights left out of the denominator",
        "cause": (
            "The new weights are wrong: the denominator sums the densities without their weights, "
            "so these are the responsibilities of equal weights; the multiplier is right."
        ),
        "code": """
import numpy as np


def lagrange_step(densities, weights):
    r = densities / densities.sum(axis=1, keepdims=True)
    return -len(densities), r.mean(axis=0)
""",
        "call": 'check("06.3", lagrange_step)',
    },
    {
        "id": "06.3",
        "kind": "wrong",
        "says": "not multiplied by the old weights",
        "cause": (
            "The new weights are wrong: (9.21) was not multiplied by pi_k, so the numerators lack "
            "their weights and the result does not sum to one; the multiplier is right."
        ),
        "code": """
import numpy as np


def lagrange_step(densities, weights):
    slopes = (densities / (densities @ weights)[:, None]).sum(axis=0)
    return -len(densities), slopes / len(densities)
""",
        "call": 'check("06.3", lagrange_step)',
    },
    {
        "id": "06.3",
        "kind": "wrong",
        "says": "normalised over the points",
        "cause": (
            "The responsibilities are normalised over the wrong axis: each column is divided by "
            "its sum over the points, so all N_k are 1 and the weights equal; each row must sum to "
            "one."
        ),
        "code": """
import numpy as np


def lagrange_step(densities, weights):
    joint = densities * weights
    r = joint / joint.sum(axis=0)
    n_k = r.sum(axis=0)
    return -len(densities), n_k / n_k.sum()
""",
        "call": 'check("06.3", lagrange_step)',
    },
    {
        "id": "06.3",
        "kind": "wrong",
        "says": "divided by N - 1",
        "cause": (
            "The divisor of the new weights is wrong: N - 1 has no place here, and the weights sum "
            "to more than one; the multiplier is right."
        ),
        "code": """
import numpy as np


def lagrange_step(densities, weights):
    joint = densities * weights
    r = joint / joint.sum(axis=1, keepdims=True)
    return -len(densities), r.sum(axis=0) / (len(densities) - 1)
""",
        "call": 'check("06.3", lagrange_step)',
    },
    {
        "id": "06.3",
        "kind": "wrong",
        "says": "a multiplier for each component",
        "cause": (
            "The multiplier is wrong: it is one number, the price of one constraint; here it is "
            "minus the sum in (9.21) for each component, and these are equal only at a maximum."
        ),
        "code": """
import numpy as np


def lagrange_step(densities, weights):
    slopes = (densities / (densities @ weights)[:, None]).sum(axis=0)
    return -slopes, weights * slopes / len(densities)
""",
        "call": 'check("06.3", lagrange_step)',
    },
    {
        "id": "06.3",
        "kind": "wrong",
        "says": "number of components in place of points",
        "cause": (
            "The multiplier is wrong: minus the number of components; the sum over n of rows that "
            "each add to one gives the number of points. The weights are right."
        ),
        "code": """
import numpy as np


def lagrange_step(densities, weights):
    joint = densities * weights
    r = joint / joint.sum(axis=1, keepdims=True)
    return -densities.shape[1], r.mean(axis=0)
""",
        "call": 'check("06.3", lagrange_step)',
    },
    {
        "id": "06.3",
        "kind": "wrong",
        "says": "the thousand points of the notebook hard-wired",
        "cause": (
            "Both parts use the notebook's 1000 points whatever the table is; take N from the "
            "number of its rows."
        ),
        "code": """
import numpy as np


def lagrange_step(densities, weights):
    joint = densities * weights
    r = joint / joint.sum(axis=1, keepdims=True)
    return -1000, r.sum(axis=0) / 1000
""",
        "call": 'check("06.3", lagrange_step)',
    },
    {
        "id": "06.3",
        "kind": "wrong",
        "says": "hard assignment",
        "cause": (
            "The new weights are wrong: each point is counted for its most probable component "
            "only, which is a hard assignment; each gives a share to every component. The "
            "multiplier is right."
        ),
        "code": """
import numpy as np


def lagrange_step(densities, weights):
    joint = densities * weights
    labels = joint.argmax(axis=1)
    return -len(densities), np.bincount(labels, minlength=len(weights)) / len(densities)
""",
        "call": 'check("06.3", lagrange_step)',
    },
    {
        "id": "06.3",
        "kind": "wrong",
        "says": "old weights handed back",
        "cause": (
            "The new weights are the old ones: the densities are never used, so nothing is learned "
            "from the data; the multiplier is right."
        ),
        "code": """
import numpy as np


def lagrange_step(densities, weights):
    return -len(densities), weights / np.sum(weights)
""",
        "call": 'check("06.3", lagrange_step)',
    },
    {
        "id": "06.3",
        "kind": "wrong",
        "says": "multiplier without its N",
        "cause": (
            "The multiplier is wrong: the mean over the points was taken where (9.21) has a sum, "
            "so it comes out as -1; the weights are right."
        ),
        "code": """
import numpy as np


def lagrange_step(densities, weights):
    slopes = (densities / (densities @ weights)[:, None]).mean(axis=0)
    return -(weights @ slopes), weights * slopes
""",
        "call": 'check("06.3", lagrange_step)',
    },
    {
        "id": "06.3",
        "kind": "hostile",
        "says": "multiplies the weights into the table in place",
        "code": """
import numpy as np


def lagrange_step(densities, weights):
    densities *= weights
    densities /= densities.sum(axis=1, keepdims=True)
    return -len(densities), densities.mean(axis=0)
""",
        "call": 'check("06.3", lagrange_step)',
    },
    {
        "id": "06.3",
        "kind": "hostile",
        "says": "sets the seed of everybody's random numbers",
        "code": """
import numpy as np


def lagrange_step(densities, weights):
    np.random.seed(0)
    joint = densities * weights
    r = joint / joint.sum(axis=1, keepdims=True)
    r += np.random.rand(*r.shape)
    return -len(densities), r.mean(axis=0)
""",
        "call": 'check("06.3", lagrange_step)',
    },
    {
        "id": "06.3",
        "kind": "hostile",
        "says": "returns one string",
        "code": """
import numpy as np


def lagrange_step(densities, weights):
    return f"lambda = -{len(densities)}, and the weights are N_k / N"
""",
        "call": 'check("06.3", lagrange_step)',
    },
    {
        "id": "06.4",
        "kind": "right",
        "says": "random tilted covariances in one to four dimensions against scipy",
        "code": """
import numpy as np
from scipy.stats import multivariate_normal


def passes(log_gauss):
    rng = np.random.default_rng(7)
    for d in range(1, 5):
        a = rng.normal(size=(d, d))
        covariance = a @ a.T + 0.3 * np.eye(d)
        mean = rng.normal(size=d)
        x = rng.normal(scale=3, size=(20, d))
        due = multivariate_normal(mean, covariance).logpdf(x)
        if not np.allclose(log_gauss(x, mean, covariance), due, rtol=1e-8, atol=1e-8):
            return False
    return True
""",
        "call": 'check("06.4", passes)',
    },
    {
        "id": "06.4",
        "kind": "right",
        "says": "asserts, three points of the text and one tilted cloud",
        "code": """
import numpy as np
from scipy.stats import multivariate_normal


def passes(log_gauss):
    points = np.array([[1.0, 1.0], [2.0, 0.0], [0.0, 1.0], [-3.0, 0.5]])
    for covariance in (np.diag([4.0, 0.25]), np.array([[2.0, 1.2], [1.2, 1.0]])):
        mean = np.array([0.2, -0.1])
        due = multivariate_normal(mean, covariance).logpdf(points)
        np.testing.assert_allclose(log_gauss(points, mean, covariance), due, rtol=1e-7)
    return True
""",
        "call": 'check("06.4", passes)',
    },
    {
        "id": "06.4",
        "kind": "right",
        "says": "asserts only, nothing returned",
        "code": """
import numpy as np
from scipy.stats import multivariate_normal


def passes(log_gauss):
    rng = np.random.default_rng(5)
    a = rng.normal(size=(3, 3))
    covariance, mean = a @ a.T + np.eye(3), np.array([1.0, 0.0, -2.0])
    x = rng.normal(scale=2, size=(15, 3))
    values = np.asarray(log_gauss(x, mean, covariance))
    assert values.shape == (15,), "one number for each row"
    witness = multivariate_normal(mean, covariance)
    for row, value in zip(x, values):
        assert abs(value - witness.logpdf(row)) < 1e-7, "not the logarithm of a Gaussian"
""",
        "call": 'check("06.4", passes)',
    },
    {
        "id": "06.4",
        "kind": "right",
        "says": "one point at a time, with a formula of its own for the plane",
        "code": """
import numpy as np
import math


def passes(log_gauss):
    a, b, c = 3.0, 1.5, 1.0
    det = a * c - b * b
    mean = np.array([1.0, -2.0])
    covariance = np.array([[a, b], [b, c]])
    for place in ([0.0, 0.0], [4.0, -2.0], [1.0, 1.0], [-2.5, 3.5], [1.0, -2.0]):
        u, v = place[0] - mean[0], place[1] - mean[1]
        squared = (c * u * u - 2 * b * u * v + a * v * v) / det
        due = -math.log(2 * math.pi) - 0.5 * math.log(det) - 0.5 * squared
        came = np.asarray(log_gauss(np.array([place]), mean, covariance)).reshape(-1)
        if came.size != 1 or abs(came[0] - due) > 1e-8 * (1 + abs(due)):
            return False
    return True
""",
        "call": 'check("06.4", passes)',
    },
    {
        "id": "06.4",
        "kind": "right",
        "says": "moments on a grid: the density must have the mean and covariance it was given",
        "code": """
import numpy as np


def passes(log_gauss):
    mean, covariance = np.array([0.5, -1.0]), np.array([[1.5, -0.6], [-0.6, 0.7]])
    axis = np.arange(-12.0, 12.0, 0.08)
    grid = np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)
    p = np.exp(log_gauss(grid, mean, covariance)) * 0.08**2
    total = p.sum()
    first = p @ grid
    second = (p[:, None] * (grid - mean)).T @ (grid - mean)
    good = abs(total - 1) < 1e-6 and np.allclose(first, mean, atol=1e-6)
    return bool(good and np.allclose(second, covariance, atol=1e-5))
""",
        "call": 'check("06.4", passes)',
    },
    {
        "id": "06.4",
        "kind": "right",
        "says": "defensive: other exceptions count as a failure, all cases collected first",
        "code": """
import numpy as np
from scipy.stats import multivariate_normal


def passes(log_gauss):
    rng = np.random.default_rng(2024)
    verdicts = []
    for d in (1, 2, 3, 5):
        root = np.tril(rng.normal(size=(d, d))) + 2 * np.eye(d)
        mean, covariance = rng.normal(size=d), root @ root.T
        x = np.concatenate([mean + rng.normal(size=(8, d)), mean + 200 * rng.normal(size=(4, d))])
        due = multivariate_normal.logpdf(x, mean, covariance)
        try:
            came = np.asarray(log_gauss(x, mean, covariance), dtype=float)
            verdicts.append(came.shape == due.shape and np.allclose(came, due, rtol=1e-7))
        except Exception:
            verdicts.append(False)
    return all(verdicts)
""",
        "call": 'check("06.4", passes)',
    },
    {
        "id": "06.4",
        "kind": "wrong",
        "says": "identity matrix only",
        "cause": (
            "The covariance of the test is the identity, which is its own inverse, so the swap "
            "does not show; take a covariance that is not special."
        ),
        "code": """
import numpy as np
from scipy.stats import multivariate_normal


def passes(log_gauss):
    x = np.random.default_rng(0).normal(size=(10, 2))
    due = multivariate_normal(np.zeros(2), np.eye(2)).logpdf(x)
    return np.allclose(log_gauss(x, np.zeros(2), np.eye(2)), due)
""",
        "call": 'check("06.4", passes)',
    },
    {
        "id": "06.4",
        "kind": "wrong",
        "says": "the symmetric point (1, 1)",
        "cause": (
            "The point of the test is (1, 1), where 1/4 + 4 is the same as 4 + 1/4, so the swap "
            "does not show; try more points."
        ),
        "code": """
import numpy as np
from scipy.stats import multivariate_normal


def passes(log_gauss):
    zero, sigma = np.zeros(2), np.diag([4.0, 0.25])
    place = np.array([[1.0, 1.0]])
    due = multivariate_normal(zero, sigma).logpdf(place)
    return np.allclose(log_gauss(place, zero, sigma), due)
""",
        "call": 'check("06.4", passes)',
    },
    {
        "id": "06.4",
        "kind": "wrong",
        "says": "integral over the plane only",
        "cause": (
            "The property of the test is too weak: with a determinant of one the swapped function "
            "integrates to one as well; compare single values."
        ),
        "code": """
import numpy as np


def passes(log_gauss):
    axis = np.arange(-12.0, 12.0, 0.1)
    grid = np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)
    density = np.exp(log_gauss(grid, np.zeros(2), np.diag([4.0, 0.25])))
    return bool(abs(density.sum() * 0.01 - 1) < 1e-4)
""",
        "call": 'check("06.4", passes)',
    },
    {
        "id": "06.4",
        "kind": "wrong",
        "says": "equality to the last bit",
        "cause": (
            "The comparison is too strict: right implementations differ in their last digits, and "
            "== turns them away; use a tolerance."
        ),
        "code": """
import numpy as np
from scipy.stats import multivariate_normal


def passes(log_gauss):
    mean, covariance = np.array([0.3, -0.7]), np.array([[2.0, 1.2], [1.2, 1.0]])
    x = np.random.default_rng(0).normal(size=(50, 2))
    due = multivariate_normal(mean, covariance).logpdf(x)
    return bool(np.all(np.asarray(log_gauss(x, mean, covariance)) == due))
""",
        "call": 'check("06.4", passes)',
    },
    {
        "id": "06.4",
        "kind": "wrong",
        "says": "highest at the mean, nothing else",
        "cause": (
            "The property of the test is too weak: with the swap the density is still highest at "
            "its mean; compare values with an independent implementation."
        ),
        "code": """
import numpy as np


def passes(log_gauss):
    mean, covariance = np.array([1.0, 2.0]), np.array([[2.0, 1.2], [1.2, 1.0]])
    x = np.concatenate([mean[None], mean + np.random.default_rng(0).normal(size=(200, 2))])
    return int(np.argmax(log_gauss(x, mean, covariance))) == 0
""",
        "call": 'check("06.4", passes)',
    },
    {
        "id": "06.4",
        "kind": "wrong",
        "says": "compared at the mean only",
        "cause": (
            "The point of the test is the mean, where the quadratic form is zero whatever its "
            "matrix is; take points away from the mean."
        ),
        "code": """
import numpy as np
from scipy.stats import multivariate_normal


def passes(log_gauss):
    mean, covariance = np.array([1.0, 2.0]), np.array([[2.0, 1.2], [1.2, 1.0]])
    due = multivariate_normal(mean, covariance).logpdf(mean)
    return np.allclose(log_gauss(mean[None], mean, covariance), due)
""",
        "call": 'check("06.4", passes)',
    },
    {
        "id": "06.4",
        "kind": "wrong",
        "says": "compares with a swapped formula of its own",
        "cause": (
            "The witness is wrong: the formula that the test compares with has the covariance in "
            "place of its inverse, so right implementations fail and the faulty one passes."
        ),
        "code": """
import numpy as np


def passes(log_gauss):
    mean, covariance = np.array([0.3, -0.7]), np.array([[2.0, 1.2], [1.2, 1.0]])
    x = np.random.default_rng(0).normal(size=(20, 2))
    squared = np.einsum("nd,de,ne->n", x - mean, covariance, x - mean)
    due = -0.5 * squared - 0.5 * np.linalg.slogdet(2 * np.pi * covariance)[1]
    return np.allclose(log_gauss(x, mean, covariance), due)
""",
        "call": 'check("06.4", passes)',
    },
    {
        "id": "06.4",
        "kind": "wrong",
        "says": "densities so far out that all are zero",
        "cause": (
            "The points of the test are so far out that both densities underflow to 0, and 0 "
            "equals 0; compare logarithms, or nearer points."
        ),
        "code": """
import numpy as np
from scipy.stats import multivariate_normal


def passes(log_gauss):
    mean, covariance = np.zeros(2), np.array([[2.0, 1.2], [1.2, 1.0]])
    x = 500 + np.random.default_rng(0).normal(size=(20, 2))
    due = multivariate_normal(mean, covariance).pdf(x)
    return np.allclose(np.exp(log_gauss(x, mean, covariance)), due)
""",
        "call": 'check("06.4", passes)',
    },
    {
        "id": "06.4",
        "kind": "wrong",
        "says": "right test, answer turned round",
        "cause": (
            "The verdict is turned round: True is returned where the values differ; True should "
            "mean that the implementation is right."
        ),
        "code": """
import numpy as np
from scipy.stats import multivariate_normal


def passes(log_gauss):
    mean, covariance = np.array([0.3, -0.7]), np.array([[2.0, 1.2], [1.2, 1.0]])
    x = np.random.default_rng(0).normal(size=(20, 2))
    due = multivariate_normal(mean, covariance).logpdf(x)
    return not np.allclose(log_gauss(x, mean, covariance), due)
""",
        "call": 'check("06.4", passes)',
    },
    {
        "id": "06.4",
        "kind": "wrong",
        "says": "forgets to return",
        "cause": (
            "The verdict is lost: the comparison is made and its result thrown away, so no "
            "implementation is ever refused; return it, or assert it."
        ),
        "code": """
import numpy as np
from scipy.stats import multivariate_normal


def passes(log_gauss):
    mean, covariance = np.array([0.3, -0.7]), np.array([[2.0, 1.2], [1.2, 1.0]])
    x = np.random.default_rng(0).normal(size=(20, 2))
    due = multivariate_normal(mean, covariance).logpdf(x)
    np.allclose(log_gauss(x, mean, covariance), due)
""",
        "call": 'check("06.4", passes)',
    },
    {
        "id": "06.4",
        "kind": "wrong",
        "says": "everything passes",
        "cause": (
            "The test tests nothing: it only looks whether the values are finite, which faulty "
            "values are too."
        ),
        "code": """
import numpy as np


def passes(log_gauss):
    x = np.random.default_rng(0).normal(size=(20, 2))
    values = log_gauss(x, np.zeros(2), np.array([[2.0, 1.2], [1.2, 1.0]]))
    return bool(np.all(np.isfinite(values)))
""",
        "call": 'check("06.4", passes)',
    },
    {
        "id": "06.4",
        "kind": "wrong",
        "says": "points handed over as columns",
        "cause": (
            "The data of the test are transposed: the points are columns, but x has one row a "
            "point, so right implementations fail."
        ),
        "code": """
import numpy as np
from scipy.stats import multivariate_normal


def passes(log_gauss):
    mean, covariance = np.array([0.3, -0.7]), np.array([[2.0, 1.2], [1.2, 1.0]])
    x = np.random.default_rng(0).normal(size=(2, 20))
    due = multivariate_normal(mean, covariance).logpdf(x.T)
    try:
        return bool(np.allclose(log_gauss(x, mean, covariance), due))
    except ValueError:
        return False
""",
        "call": 'check("06.4", passes)',
    },
    {
        "id": "06.4",
        "kind": "wrong",
        "says": "tests its own log_gauss, not the one handed in",
        "cause": (
            "The argument is never used: the test calls a function of its own (the notebook's), so "
            "every implementation gets the same verdict."
        ),
        "code": """
import numpy as np
from scipy.stats import multivariate_normal


def my_log_gauss(x, mean, covariance):
    d = x - mean
    squared = np.sum(d * np.linalg.solve(covariance, d.T).T, axis=1)
    return -0.5 * (squared + np.linalg.slogdet(2 * np.pi * covariance)[1])


def passes(log_gauss):
    mean, covariance = np.array([0.3, -0.7]), np.array([[2.0, 1.2], [1.2, 1.0]])
    x = np.random.default_rng(0).normal(size=(20, 2))
    due = multivariate_normal(mean, covariance).logpdf(x)
    return np.allclose(my_log_gauss(x, mean, covariance), due)
""",
        "call": 'check("06.4", passes)',
    },
    {
        "id": "06.4",
        "kind": "hostile",
        "says": "answers in words",
        "code": """
import numpy as np


def passes(log_gauss):
    values = log_gauss(np.array([[2.0, 0.0]]), np.zeros(2), np.diag([4.0, 0.25]))
    return "right" if abs(values[0] + 2.337877) < 1e-5 else "wrong"
""",
        "call": 'check("06.4", passes)',
    },
    {
        "id": "06.4",
        "kind": "hostile",
        "says": "tries points until one differs, for ever",
        "code": """
import numpy as np
from scipy.stats import multivariate_normal


def passes(log_gauss):
    rng = np.random.default_rng(0)
    covariance = np.array([[2.0, 1.2], [1.2, 1.0]])
    while True:
        x = rng.normal(size=(100, 2))
        due = multivariate_normal(np.zeros(2), covariance).logpdf(x)
        if not np.allclose(log_gauss(x, np.zeros(2), covariance), due):
            return False
""",
        "call": 'check("06.4", passes)',
    },
    {
        "id": "06.4",
        "kind": "hostile",
        "says": "changes numpy's error state and the global random state",
        "code": """
import numpy as np


def passes(log_gauss):
    np.seterr(all="ignore")
    np.random.seed(1)
    x = np.random.randn(20, 2)
    return bool(np.all(log_gauss(x, np.zeros(2), np.eye(2)) < 0))
""",
        "call": 'check("06.4", passes)',
    },
]
