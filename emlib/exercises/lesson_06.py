"""Exercises of lesson 06: Gaussian mixtures in N dimensions.

x has one point a row, shape (N, D); gamma holds one component's responsibilities, shape (N,);
densities are N(x_n | mu_k, Sigma_k), shape (N, K).
"""

# Solutions are shown to the learner and carry no annotations.
# mypy: allow-untyped-defs

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlib import GaussianMixture
from emlib.exercises.engine.forms import Array, Number, Several, Unreadable, describe, show
from emlib.exercises.engine.properties import agrees_with
from emlib.exercises.engine.record import (
    Case,
    Exercise,
    Finding,
    Function,
    Misconception,
    Property,
)

TITLE = "Gaussian mixtures in N dimensions"

Floats = NDArray[np.float64]
LogGauss = Callable[[Floats, Floats, Floats], Floats]

LOG_2PI = float(np.log(2 * np.pi))


def _draw_covariance(rng: np.random.Generator, d: int) -> Floats:
    """Draw a covariance that is neither diagonal nor nearly singular."""
    a = rng.standard_normal((d, 2 * d + 1))
    scale = rng.uniform(0.4, 2.5, size=d)
    covariance: Floats = (a @ a.T) / (2 * d + 1) * np.outer(scale, scale)
    return covariance


# 06.1


def log_gauss(x, mean, covariance):
    """Logarithm of a Gaussian density, one number for each row of x."""
    factor = np.linalg.cholesky(covariance)  # Sigma = L L^T
    z = np.linalg.solve(factor, (x - mean).T)  # L z = x - mu, so z^T z = squared distance
    log_det = 2 * np.log(np.diag(factor)).sum()
    return -0.5 * (len(mean) * np.log(2 * np.pi) + log_det + (z**2).sum(axis=0))


_GAUSS = ("x", "mean", "covariance")


def _gauss_case(label: str, x: Floats, mean: Floats, covariance: Floats) -> Case:
    return Case(label, dict(zip(_GAUSS, (x, mean, covariance), strict=True)))


def _gauss_cases(rng: np.random.Generator) -> list[Case]:
    cases = []
    for d in range(1, 6):
        mean, covariance = rng.normal(scale=3, size=d), _draw_covariance(rng, d)
        x = mean + rng.standard_normal((6, d)) @ np.linalg.cholesky(covariance).T
        plural = "" if d == 1 else "s"
        cases.append(_gauss_case(f"6 points in {d} dimension{plural}", x, mean, covariance))
    far = cases[1]["x"] + 400.0
    label = "6 points in 2 dimensions, hundreds of standard deviations from the mean"
    return [*cases, _gauss_case(label, far, cases[1]["mean"], cases[1]["covariance"])]


def _distance(x: Floats, mean: Floats, matrix: Floats) -> Floats:
    d = x - mean
    distance: Floats = np.einsum("nd,de,ne->n", d, matrix, d)
    return distance


def _log_det(covariance: Floats) -> float:
    return float(np.linalg.slogdet(covariance)[1])


def _pieces(x: Floats, mean: Floats, covariance: Floats) -> tuple[float, float, Floats]:
    """D ln 2 pi, the log determinant, and the squared distances."""
    inverse: Floats = np.asarray(np.linalg.inv(covariance), dtype=float)
    distance = _distance(x, mean, inverse)
    return len(mean) * LOG_2PI, _log_det(covariance), distance


def _assembled(formula: Callable[[float, float, Floats, int], Floats]) -> LogGauss:
    """Make a variant from a formula of D ln 2 pi, log determinant, squared distance and D."""
    return lambda x, mean, covariance: formula(*_pieces(x, mean, covariance), len(mean))


def _exponent_with_sigma(x: Floats, mean: Floats, covariance: Floats) -> Floats:
    scale = len(mean) * LOG_2PI + _log_det(covariance)
    return -0.5 * (scale + _distance(x, mean, covariance))


def _inverse_throughout(x: Floats, mean: Floats, covariance: Floats) -> Floats:
    scale = len(mean) * LOG_2PI - _log_det(covariance)
    return -0.5 * (scale + _distance(x, mean, covariance))


def _transposed_factor(x: Floats, mean: Floats, covariance: Floats) -> Floats:
    z = np.linalg.solve(np.linalg.cholesky(covariance).T, (x - mean).T)
    scale = len(mean) * LOG_2PI + _log_det(covariance)
    return -0.5 * (scale + (z**2).sum(axis=0))


def _all_pairs(x: Floats, mean: Floats, covariance: Floats) -> Floats:
    d = x - mean
    pairs = d @ np.linalg.inv(covariance) @ d.T
    scale = len(mean) * LOG_2PI + _log_det(covariance)
    all_pairs: Floats = -0.5 * (scale + pairs)
    return all_pairs


def _underflowed(case: Case, answer: Any) -> bool:
    """Whether the answer is minus infinity exactly where the density itself underflows."""
    came, due = np.asarray(answer, dtype=float), log_gauss(*(case[name] for name in _GAUSS))
    if came.shape != due.shape:
        return False
    lost = due < -740
    return bool(np.isneginf(came[lost]).all() and np.allclose(came[~lost], due[~lost], rtol=1e-6))


_GAUSS_WRONG = (
    Misconception(
        "Sigma where its inverse belongs",
        "The exponent holds Sigma where its inverse belongs. A wide direction then counts as a long"
        " way instead of a short one. Solve with the factor, do not multiply by the covariance.",
        _exponent_with_sigma,
    ),
    Misconception(
        "the inverse throughout",
        "Both the exponent and the determinant belong to the inverse of the covariance: this is the"
        " Gaussian whose *precision* is what you were given.",
        _inverse_throughout,
    ),
    Misconception(
        "determinant forgotten",
        "The term with the determinant is missing: without it a wide Gaussian is as high as a"
        " narrow one, and its integral is not 1.",
        _assembled(lambda c, log_det, q, d: -0.5 * (c + q)),
    ),
    Misconception(
        "sign of the log determinant",
        "The log determinant has the wrong sign: a wider Gaussian is lower.",
        _assembled(lambda c, log_det, q, d: -0.5 * (c - log_det + q)),
    ),
    Misconception(
        "half of the log determinant",
        "Only half of the log determinant is there. The product of the factor's diagonal is the"
        " *square root* of the determinant: take twice the sum of its logarithms.",
        _assembled(lambda c, log_det, q, d: -0.5 * (c + log_det / 2 + q)),
    ),
    Misconception(
        "square root of the determinant forgotten",
        "The log determinant counts in full, where it should count half: the density is divided by"
        " the square root of the determinant.",
        _assembled(lambda c, log_det, q, d: -0.5 * (c + q) - log_det),
    ),
    Misconception(
        "2 pi once, not D times",
        "One factor of 2 pi, as in one dimension. In D dimensions there are D of them under the"
        " root.",
        _assembled(lambda c, log_det, q, d: -0.5 * (LOG_2PI + log_det + q)),
    ),
    Misconception(
        "2 pi forgotten",
        "The constant -D/2 ln(2 pi) is missing. EM would run without it, but its log-likelihood"
        " could be compared with nothing.",
        _assembled(lambda c, log_det, q, d: -0.5 * (log_det + q)),
    ),
    Misconception(
        "one half forgotten",
        "The factor one half in front of the squared distance is missing.",
        _assembled(lambda c, log_det, q, d: -0.5 * (c + log_det) - q),
    ),
    Misconception(
        "sign of the distance",
        "The squared distance has the wrong sign: the density must fall away from the mean.",
        _assembled(lambda c, log_det, q, d: -0.5 * (c + log_det - q)),
    ),
    Misconception(
        "distance not squared",
        "This has the distance itself where its square belongs.",
        _assembled(lambda c, log_det, q, d: -0.5 * (c + log_det + np.sqrt(q))),
    ),
    Misconception(
        "the transposed factor",
        "The triangular system is solved with the transpose of the factor. With numpy's lower"
        " factor, Sigma = L L^T: solve L z = x - mean.",
        _transposed_factor,
    ),
    Misconception(
        "variances only",
        "Only the variances on the diagonal are used: the covariances between columns are lost, and"
        " a tilted cloud becomes an upright one.",
        lambda x, mean, covariance: log_gauss(x, mean, np.diag(np.diag(covariance))),
    ),
    Misconception(
        "the density underflows",
        "Far from the mean the density is smaller than any floating point number, so it became 0"
        " and its logarithm minus infinity. Never form the density: add logarithms.",
        applies=_underflowed,
    ),
    Misconception(
        "density instead of its logarithm",
        "This is the density. Its logarithm is asked for; and do not take it at the end, as far"
        " from the mean the density underflows to 0: add logarithms from the start.",
        _assembled(lambda c, log_det, q, d: np.exp(-0.5 * (c + log_det + q))),
    ),
    Misconception(
        "summed over the points",
        "This is one number for all points. Return one for each row of x; the mixture needs them"
        " apart.",
        lambda x, mean, covariance: log_gauss(x, mean, covariance).sum(),
    ),
    Misconception(
        "all pairs of points",
        "You multiplied every point with every other. Only the products of a row with itself are"
        " squared distances: sum `(d @ inverse) * d` over the columns.",
        _all_pairs,
    ),
)

LOG_GAUSS = Exercise(
    id="06.1",
    title="The logarithm of a Gaussian",
    parts=(
        Function(
            "log_gauss",
            _GAUSS,
            Array("one logarithm of a density for each row of x", lambda case: (len(case["x"]),)),
        ),
    ),
    cases=_gauss_cases,
    properties=(
        Property(
            "the answer is ln N(x | mean, covariance), row by row",
            agrees_with(log_gauss, _GAUSS, rtol=1e-8, atol=1e-8),
        ),
    ),
    misconceptions=_GAUSS_WRONG,
    hints=(
        (
            "Take the logarithm of the formula first, on paper. It has three terms: a constant, one"
            " with the determinant, one with the squared Mahalanobis distance."
        ),
        (
            "With the Cholesky factor L of the covariance (`np.linalg.cholesky`), solve L z = x -"
            " mean for all rows at once: the squared distance is the sum of the squares of z, and"
            " ln |Sigma| is twice the sum of the logarithms of L's diagonal."
        ),
        (
            "`z = np.linalg.solve(factor, (x - mean).T)` has one column a point. Return `-0.5 * (D"
            " * np.log(2 * np.pi) + log_det + (z**2).sum(axis=0))`."
        ),
    ),
    solution=(log_gauss,),
    remark=(
        "It holds in any dimension and at any distance: no density was formed, so a far point has a"
        " very negative logarithm and not minus infinity."
    ),
)


# 06.2


def gradient_mean(x, gamma, mean, covariance):
    """Derivative of ln p(X) with respect to one component's mean."""
    pull = gamma @ (x - mean)  # sum over n of gamma_n (x_n - mu)
    return np.linalg.solve(covariance, pull)  # (9.16), with the inverse of Sigma


_GRADIENT = ("x", "gamma", "mean", "covariance")


def _gradient_cases(rng: np.random.Generator) -> list[Case]:
    cases = []
    for d in (1, 2, 2, 3):
        means = rng.normal(size=(2, d))
        covariances = np.array([_draw_covariance(rng, d) for _ in range(2)])
        theta = GaussianMixture([0.35, 0.65], means, covariances)
        x = rng.normal(scale=2.0, size=(30, d))
        plural = "" if d == 1 else "s"
        data = {
            "x": x,
            "gamma": theta.responsibilities(x)[:, 1],
            "mean": means[1],
            "covariance": covariances[1],
            "numerical": _central_differences(theta, x),
        }
        cases.append(Case(f"30 points in {d} dimension{plural}", data))
    return cases


def _central_differences(theta: GaussianMixture, x: Floats, h: float = 1e-5) -> Floats:
    """Differentiate (9.14) with respect to the mean of component 1, without any formula."""

    def moved(step: Floats) -> float:
        means = np.array([theta.means[0], theta.means[1] + step])
        return GaussianMixture(theta.weights, means, theta.covariances).log_likelihood(x)

    steps = h * np.eye(theta.n_columns)
    return np.array([(moved(step) - moved(-step)) / (2 * h) for step in steps])


def _agrees_with_differences(case: Case, answer: Floats) -> Finding | None:
    numerical = case["numerical"]
    if np.allclose(answer, numerical, rtol=1e-5, atol=1e-5 * np.abs(numerical).max()):
        return None
    return Finding(show(answer, beside=numerical), f"{show(numerical)}, by central differences")


def _pull(x: Floats, gamma: Floats, mean: Floats) -> Floats:
    pull: Floats = gamma @ (x - mean)
    return pull


_GRADIENT_WRONG = (
    Misconception(
        "Sigma where its inverse belongs",
        "Sigma stands where its inverse belongs, as in early printings of the book. At the maximum"
        " both are zero, so the slip is hard to see there; anywhere else the gradient is wrong.",
        lambda x, gamma, mean, covariance: covariance @ _pull(x, gamma, mean),
    ),
    Misconception(
        "the inverse left out",
        "The inverse of the covariance is missing. It drops out of the *solution* (9.17), because"
        " zero times any matrix is zero, but it belongs to the gradient.",
        lambda x, gamma, mean, covariance: _pull(x, gamma, mean),
    ),
    Misconception(
        "the sign",
        "The sign is turned round: this points downhill. A mean is drawn *towards* its points, so"
        " the sum holds x - mean.",
        lambda x, gamma, mean, covariance: -gradient_mean(x, gamma, mean, covariance),
    ),
    Misconception(
        "responsibilities left out",
        "Every point counts in full. Weigh each by its responsibility: a point that belongs to"
        " another component pulls hardly at all.",
        lambda x, gamma, mean, covariance: gradient_mean(x, np.ones_like(gamma), mean, covariance),
    ),
    Misconception(
        "divided by N_k",
        "You divided by the sum of the responsibilities. The derivative of a sum over the data is a"
        " sum, not an average; N_k enters when (9.16) is solved for the mean.",
        lambda x, gamma, mean, covariance: gradient_mean(x, gamma, mean, covariance) / gamma.sum(),
    ),
    Misconception(
        "divided by N",
        "You divided by the number of points. The log-likelihood (9.14) is a sum over the data, and"
        " so is its derivative.",
        lambda x, gamma, mean, covariance: gradient_mean(x, gamma, mean, covariance) / len(x),
    ),
    Misconception(
        "variances only",
        "You divided by the variances. With covariances between the columns the whole inverse"
        " matrix counts.",
        lambda x, gamma, mean, covariance: _pull(x, gamma, mean) / np.diag(covariance),
    ),
    Misconception(
        "inverted entry by entry",
        "`1 / covariance` inverts each entry on its own. The inverse of a matrix is something else:"
        " `np.linalg.inv`, or better `np.linalg.solve(covariance, ...)`.",
        lambda x, gamma, mean, covariance: _pull(x, gamma, mean) @ (1 / covariance),
    ),
    Misconception(
        "one half too many",
        "This is half of the gradient. The derivative of a quadratic form brings a 2, which cancels"
        " the one half of the exponent.",
        lambda x, gamma, mean, covariance: gradient_mean(x, gamma, mean, covariance) / 2,
    ),
    Misconception(
        "twice the gradient",
        "This is twice the gradient: the one half of the exponent was forgotten.",
        lambda x, gamma, mean, covariance: 2 * gradient_mean(x, gamma, mean, covariance),
    ),
    Misconception(
        "the terms, not their sum",
        "These are the terms, one row for each point. Sum them over the points.",
        lambda x, gamma, mean, covariance: (
            gamma[:, None] * np.linalg.solve(covariance, (x - mean).T).T
        ),
    ),
    Misconception(
        "the solution instead of the gradient",
        "This is the new mean (9.17), one step further. The gradient is asked for, at the mean that"
        " is given.",
        lambda x, gamma, mean, covariance: gamma @ x / gamma.sum(),
    ),
)

GRADIENT = Exercise(
    id="06.2",
    title="The gradient in a mean",
    parts=(
        Function(
            "gradient_mean",
            _GRADIENT,
            Array(
                "the derivative with respect to each coordinate of the mean",
                lambda case: case["mean"].shape,
            ),
        ),
    ),
    cases=_gradient_cases,
    properties=(
        Property(
            "the gradient agrees with central differences of ln p(X) to a relative 1e-5",
            _agrees_with_differences,
        ),
    ),
    misconceptions=_GRADIENT_WRONG,
    hints=(
        (
            "Differentiate one term ln sum_k pi_k N_k by the chain rule. Which ratio appears in"
            " front of the derivative of ln N_k?"
        ),
        (
            "That ratio is the responsibility. What is left is the derivative of -1/2 (x - mu)^T"
            " Sigma^-1 (x - mu) with respect to mu, which is Sigma^-1 (x - mu)."
        ),
        (
            "Sum first: `gamma @ (x - mean)` has shape (D,). Then apply the inverse of the"
            " covariance to it with `np.linalg.solve(covariance, ...)`."
        ),
    ),
    solution=(gradient_mean,),
    remark=(
        "It agrees with differences that know no formula. Set it to zero, and Sigma drops out: the"
        " weighted mean (9.17) does not depend on it."
    ),
)


# 06.3


def lagrange_step(densities, weights):
    """Lagrange multiplier of (9.21), and the new weights."""
    slopes = (densities / (densities @ weights)[:, None]).sum(axis=0)  # the sum in (9.21)
    multiplier = -(weights @ slopes)  # times pi_k, summed over k: -N
    return multiplier, weights * slopes / -multiplier  # (9.22)


_LAGRANGE = ("densities", "weights")


def _lagrange_cases(rng: np.random.Generator) -> list[Case]:
    cases = []
    for n, k in ((40, 2), (25, 3), (60, 4)):
        densities = rng.gamma(0.6, size=(n, k)) + 1e-3
        weights = rng.dirichlet(np.full(k, 3.0))
        label = f"{n} points, {k} components, weights {show(weights.round(3))}"
        cases.append(Case(label, {"densities": densities, "weights": weights}))
    return cases


def _gammas(densities: Floats, weights: Floats) -> Floats:
    joint = weights * densities
    gammas: Floats = joint / joint.sum(axis=1, keepdims=True)
    return gammas


def _slopes(densities: Floats, weights: Floats) -> Floats:
    slopes: Floats = (densities / (densities @ weights)[:, None]).sum(axis=0)
    return slopes


def _sum_to_one(case: Case, answer: tuple[float, Floats]) -> Finding | None:
    total = float(answer[1].sum())
    if abs(total - 1) < 1e-9:
        return None
    return Finding(f"weights that sum to {show(total, beside=1.0)}", "weights that sum to 1")


def _is_minus_n(case: Case, answer: tuple[float, Floats]) -> Finding | None:
    due = -float(len(case["densities"]))
    if abs(answer[0] - due) < 1e-6:
        return None
    return Finding(f"multiplier {show(answer[0], beside=due)}", f"multiplier {show(due)}")


def _are_the_new_weights(case: Case, answer: tuple[float, Floats]) -> Finding | None:
    due = _gammas(case["densities"], case["weights"]).mean(axis=0)
    if np.allclose(answer[1], due, rtol=1e-8, atol=1e-10):
        return None
    return Finding(
        f"weights {show(answer[1], beside=due)}", f"weights {show(due, beside=answer[1])}"
    )


def _weights_are(rule: Callable[[Floats, Floats], Floats]) -> Callable[[Case, Any], bool]:
    """Recognise new weights by a wrong rule, whatever the multiplier."""

    def applies(case: Case, answer: Any) -> bool:
        came, due = np.asarray(answer[1], dtype=float), rule(case["densities"], case["weights"])
        return came.shape == due.shape and bool(np.allclose(came, due, rtol=1e-7))

    return applies


def _multiplier_is(rule: Callable[[Floats, Floats], float]) -> Callable[[Case, Any], bool]:
    """Recognise a multiplier by a wrong rule, whatever the weights."""

    def applies(case: Case, answer: Any) -> bool:
        due = rule(case["densities"], case["weights"])
        return bool(np.allclose(np.asarray(answer[0], dtype=float), due, rtol=1e-7))

    return applies


_LAGRANGE_WRONG = (
    Misconception(
        "sign of the multiplier",
        "The sign is turned round. In (9.21) the sum over the points is positive, and sum plus"
        " lambda is zero: lambda is negative.",
        applies=_multiplier_is(lambda p, w: float(len(p))),
    ),
    Misconception(
        "summed without the weights",
        "You summed (9.21) over k as it stands, or took its average. Multiply by pi_k first: then"
        " the sum over k cancels the denominator, and each point gives exactly 1.",
        applies=_multiplier_is(lambda p, w: -float(_slopes(p, w).mean())),
    ),
    Misconception(
        "summed without the weights",
        "You summed (9.21) over k as it stands. Multiply by pi_k first: then the sum over k cancels"
        " the denominator, and each point gives exactly 1.",
        applies=_multiplier_is(lambda p, w: -float(_slopes(p, w).sum())),
    ),
    Misconception(
        "averaged over the points",
        "-1 is what an average over the points would give. The log-likelihood (9.14) is a sum, so"
        " each point gives 1 and all of them N.",
        applies=_multiplier_is(lambda p, w: -1.0),
    ),
    Misconception(
        "minus the number of components",
        "This is minus the number of components. Multiplied by pi_k and summed over k, each *point*"
        " gives 1: count the points.",
        applies=_multiplier_is(lambda p, w: -float(len(w))),
    ),
    Misconception(
        "weights forgotten",
        "The old weights do not enter the responsibilities: each density must be multiplied by its"
        " weight before the row is normalised.",
        applies=_weights_are(lambda p, w: _gammas(p, np.ones_like(w)).mean(axis=0)),
    ),
    Misconception(
        "normalised over the points",
        "The responsibilities were normalised over the points, so every component gets the same"
        " weight. Each *row* must sum to 1: a point is divided among the components.",
        applies=_weights_are(lambda p, w: np.full(len(w), 1 / len(w))),
    ),
    Misconception(
        "effective counts, not divided",
        "These are the effective counts N_k. Divide by N, which is what the multiplier says.",
        applies=_weights_are(lambda p, w: _gammas(p, w).sum(axis=0)),
    ),
    Misconception(
        "hard counts",
        "Each point was given wholly to its most probable component. The responsibilities"
        " themselves are added up.",
        applies=_weights_are(
            lambda p, w: np.bincount((w * p).argmax(axis=1), minlength=len(w)) / len(p)
        ),
    ),
    Misconception(
        "the old weights",
        "The weights came back unchanged. Multiply (9.21) by pi_k: the sum becomes N_k, and the new"
        " weight is N_k divided by N.",
        applies=_weights_are(lambda p, w: w),
    ),
    Misconception(
        "not multiplied by the weights",
        "This is the sum in (9.21) over N, which is 1 for every component at the maximum. It must"
        " be multiplied by pi_k to become N_k / N.",
        applies=_weights_are(lambda p, w: _slopes(p, w) / len(p)),
    ),
)

LAGRANGE = Exercise(
    id="06.3",
    title="The multiplier, and the new weights",
    parts=(
        Function(
            "lagrange_step",
            _LAGRANGE,
            Several(
                {
                    "multiplier": Number("one number, lambda"),
                    "new_weights": Array(
                        "one weight a component", lambda case: case["weights"].shape
                    ),
                }
            ),
        ),
    ),
    cases=_lagrange_cases,
    properties=(
        Property("(9.21), times pi_k and summed over k, gives the multiplier", _is_minus_n),
        Property("the new weights sum to 1", _sum_to_one),
        Property("the new weights are N_k / N (9.22)", _are_the_new_weights),
    ),
    misconceptions=_LAGRANGE_WRONG,
    hints=(
        (
            "Multiply (9.21) by pi_k. What does the sum over n become? Then sum over k: what is"
            " left of the fraction?"
        ),
        (
            "`slopes = (densities / (densities @ weights)[:, None]).sum(axis=0)` is the sum in"
            " (9.21), one number a component. `weights * slopes` are the effective counts N_k."
        ),
        (
            "Summed over k the effective counts give N, and this plus lambda (times the sum of the"
            " weights, 1) is zero. The new weights are `weights * slopes` divided by N."
        ),
    ),
    solution=(lagrange_step,),
    remark=(
        "The multiplier is minus the number of points, whatever the densities: it is no unknown,"
        " and dividing by it is what makes the new weights sum to 1."
    ),
)


# 06.4


@dataclass(frozen=True)
class Verdict:
    """What a learner's test said of an implementation, and where it had called it.

    Attributes
    ----------
    accepts : bool
        Whether the implementation passed.
    silent : bool
        Whether the test returned nothing (which passes, as a test of assertions does).
    calls : tuple
        Points, mean and covariance of each call.
    """

    accepts: bool
    silent: bool
    calls: tuple[tuple[Floats, Floats, Floats], ...]


@dataclass(frozen=True)
class YesOrNo:
    """A verdict; True and False are read as one."""

    def words(self, arguments: Mapping[str, Any]) -> str:
        """Say what is expected."""
        return "True if the implementation passes, False if it fails (or an assertion)"

    def read(self, raw: Any, arguments: Mapping[str, Any]) -> Verdict:
        """Return the verdict."""
        if isinstance(raw, Verdict):
            return raw
        raise Unreadable(describe(raw) if not _is_number(raw) else show(raw), self.words(arguments))


def _is_number(raw: Any) -> bool:
    return isinstance(raw, int | float | np.ndarray | np.generic) and not isinstance(raw, bool)


def listening(test: Callable[[LogGauss], Any]) -> Callable[[LogGauss], Any]:
    """Turn a test, of assertions or of True and False, into one that gives a `Verdict`."""

    def run(implementation: LogGauss) -> Any:
        calls: list[tuple[Floats, Floats, Floats]] = []

        def log_gauss(x, mean, covariance):
            x = np.asarray(x, dtype=float)
            mean = np.atleast_1d(np.asarray(mean, dtype=float))
            covariance = np.atleast_2d(np.asarray(covariance, dtype=float))
            points = x.reshape(-1, len(mean))
            calls.append((points, mean, covariance))
            values = implementation(points, mean, covariance)
            return values if x.ndim == 2 or len(points) > 1 else values[0]

        try:
            said = test(log_gauss)
        except AssertionError:
            return Verdict(False, False, tuple(calls))
        if said is None:
            return Verdict(True, True, tuple(calls))
        if isinstance(said, np.ndarray) and said.size == 1:
            said = said.item()
        if isinstance(said, bool | np.bool_) or (isinstance(said, int) and said in (0, 1)):
            return Verdict(bool(said), False, tuple(calls))
        return said

    return run


def passes(log_gauss):
    """Whether an implementation is right, at three points under a tilted covariance."""
    from scipy.stats import multivariate_normal

    x = np.array([[2.0, 0.0], [0.0, 1.0], [1.0, -2.0]])
    mean, covariance = np.array([0.5, -1.0]), np.array([[2.0, 0.6], [0.6, 0.5]])
    expected = multivariate_normal(mean, covariance).logpdf(x)
    return np.allclose(log_gauss(x, mean, covariance), expected)


def _by_inverse(x: Floats, mean: Floats, covariance: Floats) -> Floats:
    constant, log_det, distance = _pieces(x, mean, covariance)
    return -0.5 * (constant + log_det + distance)


def _by_eigenvalues(x: Floats, mean: Floats, covariance: Floats) -> Floats:
    values, vectors = np.linalg.eigh(covariance)
    z = (x - mean) @ vectors / np.sqrt(values)
    return -0.5 * (len(mean) * LOG_2PI + np.log(values).sum() + (z**2).sum(axis=1))


def _implementations(rng: np.random.Generator) -> list[Case]:
    listed: list[tuple[str, bool, LogGauss]] = [
        ("a right implementation, by Cholesky", True, log_gauss),
        ("a right implementation, by inverse and determinant", True, _by_inverse),
        ("a right implementation, by eigenvalues", True, _by_eigenvalues),
        ("the swap in the exponent: Sigma where its inverse belongs", False, _exponent_with_sigma),
        ("the swap in exponent and determinant", False, _inverse_throughout),
    ]
    return [
        Case(label, {"log_gauss": implementation, "right": right})
        for label, right, implementation in listed
    ]


def _accepts_right(case: Case, answer: Verdict) -> Finding | None:
    if answer.accepts or not case["right"]:
        return None
    return Finding("your test refuses it", "it passes, as its values are right to 12 digits")


def _refuses_swapped(case: Case, answer: Verdict) -> Finding | None:
    if not answer.accepts or case["right"]:
        return None
    return Finding("your test lets it pass", "it fails, as at most points its values are wrong")


def _missed(reason: Callable[[Case, Verdict], bool]) -> Callable[[Case, Any], bool]:
    """Hold where a faulty implementation was let pass for this reason, and right ones passed."""

    def applies(case: Case, answer: Any) -> bool:
        if not isinstance(answer, Verdict) or (case["right"] and not answer.accepts):
            return False
        return case["right"] or not answer.accepts or reason(case, answer)

    return applies


def _saw_nothing_wrong(case: Case, answer: Verdict) -> bool:
    """Whether the faulty values were right wherever the test looked."""
    return all(
        np.allclose(case["log_gauss"](*call), log_gauss(*call), rtol=1e-6, atol=1e-9)
        for call in answer.calls
    )


def _n_points(answer: Verdict) -> int:
    return sum(len(points) for points, _, _ in answer.calls)


def _only_at_the_mean(case: Case, answer: Verdict) -> bool:
    return bool(answer.calls) and all(np.allclose(x, mean) for x, mean, _ in answer.calls)


def _only_identity(case: Case, answer: Verdict) -> bool:
    return bool(answer.calls) and all(
        np.allclose(covariance, np.eye(len(mean))) for _, mean, covariance in answer.calls
    )


_TEST_WRONG = (
    Misconception(
        "tests nothing",
        "Your test never calls `log_gauss`, so it cannot know. Call it at some points and compare.",
        applies=lambda case, answer: isinstance(answer, Verdict) and not answer.calls,
    ),
    Misconception(
        "turned round",
        "Your test says True of the faulty ones and False of the right ones. True should mean that"
        " the implementation passes.",
        applies=lambda case, answer: (
            isinstance(answer, Verdict) and answer.accepts is not case["right"]
        ),
    ),
    Misconception(
        "says nothing",
        "Your test returns nothing and asserts nothing, so everything passes. Return the result of"
        " the comparison, or put `assert` in front of it.",
        applies=lambda case, answer: isinstance(answer, Verdict) and answer.silent,
    ),
    Misconception(
        "refuses right implementations",
        "Right implementations differ in the last digits, as they add in another order. If you"
        " compare with `==`, use `np.allclose`; if with numbers of your own, check those with an"
        " independent implementation.",
        applies=lambda case, answer: (
            isinstance(answer, Verdict) and (case["right"] or not answer.accepts)
        ),
    ),
    Misconception(
        "identity only",
        "Your test uses the identity as covariance. The identity is its own inverse, so the swap"
        " changes nothing there. Choose a covariance that differs from its inverse.",
        applies=_missed(_only_identity),
    ),
    Misconception(
        "only at the mean",
        "Your test looks only at the mean. There the distance is zero, and zero times any matrix is"
        " zero: the swap in the exponent does not show. Look elsewhere.",
        applies=_missed(_only_at_the_mean),
    ),
    Misconception(
        "symmetric by accident",
        "At the points and covariances of your test the swapped formula gives the right value by"
        " accident, as 4 + 1/4 = 1/4 + 4 does for diag(4, 1/4) at (1, 1). Take a full covariance,"
        " points that lie in no symmetric place, and more than one of them.",
        applies=_missed(lambda case, answer: _saw_nothing_wrong(case, answer)),
    ),
    Misconception(
        "normalisation only",
        "Your test saw wrong values and let them pass: it looks at a sum over many points. A"
        " swapped Gaussian is still a Gaussian, of another shape, and its integral is still 1."
        " Compare point by point with an independent implementation.",
        applies=_missed(lambda case, answer: _n_points(answer) >= 100),
    ),
    Misconception(
        "no independent value",
        "Your test saw wrong values and let them pass. Shape, sign, symmetry and a peak at the mean"
        " are shared by the faulty one. Compare the values, point by point, with an independent"
        " implementation such as `scipy.stats.multivariate_normal`.",
        applies=_missed(lambda case, answer: True),
    ),
)

FIND_THE_SWAP = Exercise(
    id="06.4",
    title="A test that finds the swap",
    parts=(Function("passes", ("log_gauss",), YesOrNo(), adapt=listening),),
    cases=_implementations,
    properties=(
        Property("a right implementation passes", _accepts_right),
        Property("an implementation with the swap does not pass", _refuses_swapped),
    ),
    misconceptions=_TEST_WRONG,
    hints=(
        (
            "For which covariances is Sigma the same as its inverse? Your test should use one that"
            " is as different from those as possible."
        ),
        (
            "Take a full covariance such as [[2, 0.6], [0.6, 0.5]], a mean that is not zero and"
            " some points in no symmetric place. Compare with somebody else's implementation."
        ),
        (
            "`expected = multivariate_normal(mean, covariance).logpdf(x)` from `scipy.stats`; then"
            " `return np.allclose(log_gauss(x, mean, covariance), expected)`."
        ),
    ),
    solution=(passes,),
    remark=(
        "Such a test takes four lines and would have found a fault that stood for years in a"
        " well-known public package."
    ),
)

EXERCISES = (LOG_GAUSS, GRADIENT, LAGRANGE, FIND_THE_SWAP)
