"""Exercises of lesson 06: Gaussian mixtures in N dimensions.

x has one point per row, shape (N, D); gamma holds one component's responsibilities, shape (N,);
densities are N(x_n | mu_k, Sigma_k), shape (N, K).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlib import GaussianMixture
from emlib.exercises import pair
from emlib.exercises.engine.forms import Array, Number, Several, show
from emlib.exercises.engine.properties import agrees_with
from emlib.exercises.engine.record import (
    Case,
    Finding,
    Function,
    Property,
)
from emlib.exercises.pair import seen
from emlib.exercises.slips.examiners import REFUSES, Examiner, Implementation, Verdict

LESSON = pair.lesson(__name__)
TITLE = LESSON.title

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


log_gauss = LESSON.reference("06.1", "log_gauss")


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


def _diagonal_of_the_factor(x: Floats, mean: Floats, covariance: Floats) -> Floats:
    diagonal = np.diag(np.linalg.cholesky(covariance))
    scale = len(mean) * LOG_2PI + _log_det(covariance)
    return -0.5 * (scale + (((x - mean) / diagonal) ** 2).sum(axis=1))


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


LOG_GAUSS = LESSON.exercise(
    "06.1",
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
    slips={
        "Sigma where its inverse belongs": _exponent_with_sigma,
        "the inverse throughout": _inverse_throughout,
        "determinant forgotten": _assembled(lambda c, log_det, q, d: -0.5 * (c + q)),
        "sign of the log determinant": _assembled(
            lambda c, log_det, q, d: -0.5 * (c - log_det + q)
        ),
        "half of the log determinant": _assembled(
            lambda c, log_det, q, d: -0.5 * (c + log_det / 2 + q)
        ),
        "square root of the determinant forgotten": _assembled(
            lambda c, log_det, q, d: -0.5 * (c + q) - log_det
        ),
        "2 pi once, not D times": _assembled(
            lambda c, log_det, q, d: -0.5 * (LOG_2PI + log_det + q)
        ),
        "2 pi forgotten": _assembled(lambda c, log_det, q, d: -0.5 * (log_det + q)),
        "one half forgotten": _assembled(lambda c, log_det, q, d: -0.5 * (c + log_det) - q),
        "sign of the distance": _assembled(lambda c, log_det, q, d: -0.5 * (c + log_det - q)),
        "distance not squared": _assembled(
            lambda c, log_det, q, d: -0.5 * (c + log_det + np.sqrt(q))
        ),
        "the transposed factor": _transposed_factor,
        "the upper triangle of the factor": _diagonal_of_the_factor,
        "logarithms to the base ten": _assembled(
            lambda c, log_det, q, d: -0.5 * ((c + log_det) / np.log(10) + q)
        ),
        "distances summed over the points": _assembled(
            lambda c, log_det, q, d: -0.5 * (c + log_det + q.sum())
        ),
        "variances only": lambda x, mean, covariance: log_gauss(
            x, mean, np.diag(np.diag(covariance))
        ),
        "the density underflows": seen(_underflowed),
        "density instead of its logarithm": _assembled(
            lambda c, log_det, q, d: np.exp(-0.5 * (c + log_det + q))
        ),
        "summed over the points": lambda x, mean, covariance: log_gauss(x, mean, covariance).sum(),
        "all pairs of points": _all_pairs,
    },
)


# 06.2


gradient_mean = LESSON.reference("06.2", "gradient_mean")


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


GRADIENT = LESSON.exercise(
    "06.2",
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
    slips={
        "Sigma where its inverse belongs": lambda x, gamma, mean, covariance: (
            covariance @ _pull(x, gamma, mean)
        ),
        "the inverse left out": lambda x, gamma, mean, covariance: _pull(x, gamma, mean),
        "the sign": lambda x, gamma, mean, covariance: -gradient_mean(x, gamma, mean, covariance),
        "responsibilities left out": lambda x, gamma, mean, covariance: gradient_mean(
            x, np.ones_like(gamma), mean, covariance
        ),
        "hard assignment": lambda x, gamma, mean, covariance: gradient_mean(
            x, (gamma > 0.5).astype(float), mean, covariance
        ),
        "half of the solve": lambda x, gamma, mean, covariance: np.linalg.solve(
            np.linalg.cholesky(covariance), _pull(x, gamma, mean)
        ),
        "divided by N_k": lambda x, gamma, mean, covariance: (
            gradient_mean(x, gamma, mean, covariance) / gamma.sum()
        ),
        "divided by N": lambda x, gamma, mean, covariance: (
            gradient_mean(x, gamma, mean, covariance) / len(x)
        ),
        "variances only": lambda x, gamma, mean, covariance: (
            _pull(x, gamma, mean) / np.diag(covariance)
        ),
        "inverted entry by entry": lambda x, gamma, mean, covariance: (
            _pull(x, gamma, mean) @ (1 / covariance)
        ),
        "one half too many": lambda x, gamma, mean, covariance: (
            gradient_mean(x, gamma, mean, covariance) / 2
        ),
        "twice the gradient": lambda x, gamma, mean, covariance: (
            2 * gradient_mean(x, gamma, mean, covariance)
        ),
        "the terms, not their sum": lambda x, gamma, mean, covariance: (
            gamma[:, None] * np.linalg.solve(covariance, (x - mean).T).T
        ),
        "the solution instead of the gradient": lambda x, gamma, mean, covariance: (
            gamma @ x / gamma.sum()
        ),
    },
)


# 06.3


lagrange_step = LESSON.reference("06.3", "lagrange_step")


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


def _a_thousand_points(case: Case, answer: Any) -> bool:
    """Whether N is the 1000 of the lesson, in the multiplier or in the weights."""
    counts = len(case["densities"]) * _gammas(case["densities"], case["weights"]).mean(axis=0)
    by_weights = np.allclose(np.asarray(answer[1], dtype=float), counts / 1000)
    return by_weights or bool(np.asarray(answer[0]).shape == () and answer[0] == -1000)


LAGRANGE = LESSON.exercise(
    "06.3",
    parts=(
        Function(
            "lagrange_step",
            _LAGRANGE,
            Several(
                {
                    "multiplier": Number("one number, lambda"),
                    "new_weights": Array(
                        "one weight per component", lambda case: case["weights"].shape
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
    slips={
        "sign of the multiplier": seen(_multiplier_is(lambda p, w: float(len(p)))),
        "summed without the weights": seen(
            _multiplier_is(lambda p, w: -float(_slopes(p, w).mean()))
        ),
        "summed without the weights (no weights at all)": seen(
            _multiplier_is(lambda p, w: -float(_slopes(p, w).sum()))
        ),
        "one multiplier per component": seen(
            lambda case, answer: np.allclose(
                np.asarray(answer[0], dtype=float), -_slopes(case["densities"], case["weights"])
            )
        ),
        "the lesson's number of points": seen(_a_thousand_points),
        "averaged over the points": seen(_multiplier_is(lambda p, w: -1.0)),
        "minus the number of components": seen(_multiplier_is(lambda p, w: -float(len(w)))),
        "weights forgotten": seen(
            _weights_are(lambda p, w: _gammas(p, np.ones_like(w)).mean(axis=0))
        ),
        "normalised over the points": seen(_weights_are(lambda p, w: np.full(len(w), 1 / len(w)))),
        "effective counts, not divided": seen(_weights_are(lambda p, w: _gammas(p, w).sum(axis=0))),
        "hard counts": seen(
            _weights_are(
                lambda p, w: np.bincount((w * p).argmax(axis=1), minlength=len(w)) / len(p)
            )
        ),
        "the old weights": seen(_weights_are(lambda p, w: w)),
        "not multiplied by the weights": seen(_weights_are(lambda p, w: _slopes(p, w) / len(p))),
    },
)


# 06.4


def _by_inverse(x: Floats, mean: Floats, covariance: Floats) -> Floats:
    constant, log_det, distance = _pieces(x, mean, covariance)
    return -0.5 * (constant + log_det + distance)


def _by_eigenvalues(x: Floats, mean: Floats, covariance: Floats) -> Floats:
    values, vectors = np.linalg.eigh(covariance)
    z = (x - mean) @ vectors / np.sqrt(values)
    return -0.5 * (len(mean) * LOG_2PI + np.log(values).sum() + (z**2).sum(axis=1))


def _kept(implementation: LogGauss, x: Any, mean: Any, covariance: Any) -> tuple[Any, Any]:
    """Call with rows of points; keep what they were, and whether they came as columns."""
    x = np.asarray(x, dtype=float)
    mean = np.atleast_1d(np.asarray(mean, dtype=float))
    covariance = np.atleast_2d(np.asarray(covariance, dtype=float))
    columns = x.ndim == 2 and x.shape[1] != len(mean) == x.shape[0]
    points = x.reshape(-1, len(mean))
    values = implementation(points, mean, covariance)
    value = values if x.ndim == 2 or len(points) > 1 else values[0]
    return (points, mean, covariance, columns), value


EXAMINER = Examiner(
    "log_gauss",
    (
        Implementation("a right implementation, by Cholesky", log_gauss),
        Implementation("a right implementation, by inverse and determinant", _by_inverse),
        Implementation("a right implementation, by eigenvalues", _by_eigenvalues),
        Implementation(
            "the swap in the exponent: Sigma where its inverse belongs",
            _exponent_with_sigma,
            "the swap",
        ),
        Implementation("the swap in exponent and determinant", _inverse_throughout, "the swap"),
    ),
    _kept,
)


def _saw_nothing_wrong(case: Case, answer: Verdict) -> bool:
    """Whether the faulty values were right wherever the test looked."""
    return all(
        np.allclose(case["log_gauss"](*call), log_gauss(*call), rtol=1e-6, atol=1e-9)
        for *call, _ in answer.calls
    )


def _n_points(answer: Verdict) -> int:
    return sum(len(points) for points, *_ in answer.calls)


def _only_at_the_mean(case: Case, answer: Verdict) -> bool:
    return bool(answer.calls) and all(np.allclose(x, mean) for x, mean, *_ in answer.calls)


def _only_identity(case: Case, answer: Verdict) -> bool:
    return bool(answer.calls) and all(
        np.allclose(covariance, np.eye(len(mean))) for _, mean, covariance, _ in answer.calls
    )


def _only_far_away(case: Case, answer: Verdict) -> bool:
    """Whether all densities were smaller than any floating point number."""
    return bool(answer.calls) and all(
        np.all(np.exp(case["log_gauss"](*call)) == 0) and np.all(np.exp(log_gauss(*call)) == 0)
        for *call, _ in answer.calls
    )


def _compares_with_the_swap(case: Case, answer: Any) -> bool:
    """Whether just those pass that agree with the swap in the exponent."""
    if not answer.calls or (not case["fault"] and answer.accepts):
        return False
    agrees = all(
        np.allclose(case["log_gauss"](*call), _exponent_with_sigma(*call))
        for *call, _ in answer.calls
    )
    return answer.accepts is agrees


FIND_THE_SWAP = LESSON.exercise(
    "06.4",
    parts=(EXAMINER.part("passes"),),
    cases=EXAMINER.cases,
    properties=EXAMINER.properties(
        "it passes, as its values are right to 12 digits",
        "it fails, as at most points its values are wrong",
    ),
    slips={
        **EXAMINER.slips,
        "points as columns": seen(lambda case, answer: any(kept[-1] for kept in answer.calls)),
        "the swap in the test itself": seen(_compares_with_the_swap),
        "refuses right implementations": REFUSES,
        "identity only": EXAMINER.escaped(because=_only_identity),
        "only at the mean": EXAMINER.escaped(because=_only_at_the_mean),
        "densities of zero": EXAMINER.escaped(because=_only_far_away),
        "symmetric by accident": EXAMINER.escaped(because=_saw_nothing_wrong),
        "normalisation only": EXAMINER.escaped(
            because=lambda case, answer: _n_points(answer) >= 100
        ),
        "no independent value": EXAMINER.escaped(),
    },
)

EXERCISES = (LOG_GAUSS, GRADIENT, LAGRANGE, FIND_THE_SWAP)
