"""Exercises of lesson 06: Gaussian mixtures in N dimensions.

x has one point per row, shape (N, D); gamma holds one component's responsibilities, shape (N,);
densities are N(x_n | mu_k, Sigma_k), shape (N, K).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from emlib import GaussianMixture
from emlib.exercises import pair
from emlib.exercises.engine.forms import Array, Number, Several, show
from emlib.exercises.engine.record import Case, Finding, Property
from emlib.exercises.pair import Slip, seen
from emlib.exercises.slips.em import LOG_2PI, Floats
from emlib.exercises.slips.examiners import REFUSES, Examiner, Implementation, Verdict
from emlib.exercises.slips.holds import of, same, sums_to_one

LESSON = pair.lesson(__name__)
TITLE = LESSON.title

LogGauss = Callable[[Floats, Floats, Floats], Floats]


def _draw_covariance(rng: np.random.Generator, d: int) -> Floats:
    """Draw a covariance that is neither diagonal nor nearly singular."""
    a = rng.standard_normal((d, 2 * d + 1))
    scale = rng.uniform(0.4, 2.5, size=d)
    covariance: Floats = (a @ a.T) / (2 * d + 1) * np.outer(scale, scale)
    return covariance


def _points(n: int, d: int) -> str:
    return f"{n} points in {d} dimension{'s' * (d > 1)}"


# 06.1

log_gauss = LESSON.reference("06.1", "log_gauss")


def _gauss_cases(rng: np.random.Generator) -> list[Case]:
    cases = []
    for d in range(1, 6):
        mean, covariance = rng.normal(scale=3, size=d), _draw_covariance(rng, d)
        x = mean + rng.standard_normal((6, d)) @ np.linalg.cholesky(covariance).T
        cases.append(log_gauss.case(_points(6, d), x, mean, covariance))
    x, mean, covariance = cases[1].arguments(log_gauss.parameters)
    label = "6 points in 2 dimensions, hundreds of standard deviations from the mean"
    return [*cases, log_gauss.case(label, x + 400.0, mean, covariance)]


def _log_det(covariance: Floats) -> float:
    return float(np.linalg.slogdet(covariance)[1])


def _form(d: Floats, matrix: Any) -> Floats:
    """Return a quadratic form of each row."""
    form: Floats = np.einsum("nd,de,ne->n", d, matrix, d)
    return form


def _assembled(formula: Callable[[float, float, Floats], Any]) -> LogGauss:
    """Make a variant from a formula of D ln 2 pi, log determinant and squared distances."""
    return lambda x, mean, covariance: formula(
        len(mean) * LOG_2PI, _log_det(covariance), _form(x - mean, np.linalg.inv(covariance))
    )


def _sum_of(two_pi: float = 1.0, log_det: float = 1.0, distance: float = 1.0) -> LogGauss:
    """Make a variant from the factors of the three terms in the bracket."""
    return _assembled(lambda c, det, q: -0.5 * (two_pi * c + log_det * det + distance * q))


def _by_distance(distance: Callable[[Floats, Floats], Floats], log_det: float = 1.0) -> LogGauss:
    """Make a variant from another squared distance, of x - mean and the covariance."""
    return lambda x, mean, covariance: (
        -0.5
        * (len(mean) * LOG_2PI + log_det * _log_det(covariance) + distance(x - mean, covariance))
    )


_exponent_with_sigma = _by_distance(_form)
_inverse_throughout = _by_distance(_form, log_det=-1.0)


def _underflowed(case: Case, answer: Any) -> bool:
    """Whether the answer is minus infinity exactly where the density itself underflows."""
    came = np.asarray(answer, dtype=float)
    due = log_gauss(*case.arguments(log_gauss.parameters))
    if came.shape != due.shape:
        return False
    lost = due < -740
    return bool(np.isneginf(came[lost]).all() and np.allclose(came[~lost], due[~lost], rtol=1e-6))


LOG_GAUSS = LESSON.exercise(
    "06.1",
    parts=(
        log_gauss.part(
            Array("one logarithm of a density for each row of x", lambda case: case["x"].shape[:1])
        ),
    ),
    cases=_gauss_cases,
    properties=(
        Property(
            "the answer is ln N(x | mean, covariance), row by row",
            log_gauss.agrees(rtol=1e-8, atol=1e-8),
        ),
    ),
    slips={
        "Sigma where its inverse belongs": _exponent_with_sigma,
        "the inverse throughout": _inverse_throughout,
        "determinant forgotten": _sum_of(log_det=0.0),
        "sign of the log determinant": _sum_of(log_det=-1.0),
        "half of the log determinant": _sum_of(log_det=0.5),
        "square root of the determinant forgotten": _sum_of(log_det=2.0),
        "2 pi once, not D times": _assembled(lambda c, det, q: -0.5 * (LOG_2PI + det + q)),
        "2 pi forgotten": _sum_of(two_pi=0.0),
        "one half forgotten": _sum_of(distance=2.0),
        "sign of the distance": _sum_of(distance=-1.0),
        "distance not squared": _assembled(lambda c, det, q: -0.5 * (c + det + np.sqrt(q))),
        "the transposed factor": _by_distance(
            lambda d, s: (np.linalg.solve(np.linalg.cholesky(s).T, d.T) ** 2).sum(axis=0)
        ),
        "the upper triangle of the factor": _by_distance(
            lambda d, s: ((d / np.diag(np.linalg.cholesky(s))) ** 2).sum(axis=1)
        ),
        "logarithms to the base ten": _sum_of(two_pi=1 / np.log(10), log_det=1 / np.log(10)),
        "distances summed over the points": _assembled(
            lambda c, det, q: -0.5 * (c + det + q.sum())
        ),
        "variances only": lambda x, mean, s: log_gauss(x, mean, np.diag(np.diag(s))),
        "the density underflows": seen(_underflowed),
        "density instead of its logarithm": lambda *a: np.exp(log_gauss(*a)),
        "summed over the points": lambda *a: log_gauss(*a).sum(),
        "all pairs of points": _by_distance(lambda d, s: d @ np.linalg.inv(s) @ d.T),
    },
)


# 06.2

gradient_mean = LESSON.reference("06.2", "gradient_mean")


def _gradient_cases(rng: np.random.Generator) -> list[Case]:
    cases = []
    for d in (1, 2, 2, 3):
        means = rng.normal(size=(2, d))
        covariances = np.array([_draw_covariance(rng, d) for _ in range(2)])
        theta = GaussianMixture([0.35, 0.65], means, covariances)
        x = rng.normal(scale=2.0, size=(30, d))
        gamma = theta.responsibilities(x)[:, 1]
        numerical = _central_differences(theta, x)
        values = (_points(30, d), x, gamma, means[1], covariances[1])
        cases.append(gradient_mean.case(*values, numerical=numerical))
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


def _pulled(formula: Callable[[Floats, Floats], Floats]) -> Slip:
    """Make a wrong gradient of the weighted sum of x - mean, and the covariance."""
    return lambda x, gamma, mean, covariance: formula(gamma @ (x - mean), covariance)


def _times(factor: Callable[[Floats], Any]) -> Slip:
    """Multiply the right gradient by something made of the responsibilities."""
    return lambda x, gamma, *theta: factor(gamma) * gradient_mean(x, gamma, *theta)


def _weighed_by(change: Callable[[Floats], Floats]) -> Slip:
    """Put something else in the place of the responsibilities."""
    return lambda x, gamma, *theta: gradient_mean(x, change(gamma), *theta)


GRADIENT = LESSON.exercise(
    "06.2",
    parts=(
        gradient_mean.part(
            Array(
                "the derivative with respect to each coordinate of the mean",
                lambda case: case["mean"].shape,
            )
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
        "Sigma where its inverse belongs": _pulled(lambda pull, s: s @ pull),
        "the inverse left out": _pulled(lambda pull, s: pull),
        "the sign": _times(lambda gamma: -1.0),
        "responsibilities left out": _weighed_by(np.ones_like),
        "hard assignment": _weighed_by(np.round),
        "half of the solve": _pulled(lambda pull, s: np.linalg.solve(np.linalg.cholesky(s), pull)),
        "divided by N_k": _times(lambda gamma: 1 / gamma.sum()),
        "divided by N": _times(lambda gamma: 1 / len(gamma)),
        "variances only": _pulled(lambda pull, s: pull / np.diag(s)),
        "inverted entry by entry": _pulled(lambda pull, s: pull @ (1 / s)),
        "one half too many": _times(lambda gamma: 0.5),
        "the terms, not their sum": lambda x, gamma, mean, s: (
            gamma[:, None] * np.linalg.solve(s, (x - mean).T).T
        ),
        "the solution instead of the gradient": lambda x, gamma, *theta: gamma @ x / gamma.sum(),
    },
)


# 06.3

lagrange_step = LESSON.reference("06.3", "lagrange_step")


def _lagrange_cases(rng: np.random.Generator) -> list[Case]:
    cases = []
    for n, k in ((40, 2), (25, 3), (60, 4)):
        densities = rng.gamma(0.6, size=(n, k)) + 1e-3
        weights = rng.dirichlet(np.full(k, 3.0))
        label = f"{n} points, {k} components, weights {show(weights.round(3))}"
        cases.append(lagrange_step.case(label, densities, weights))
    return cases


def _gammas(densities: Floats, weights: Floats) -> Floats:
    joint = weights * densities
    gammas: Floats = joint / joint.sum(axis=1, keepdims=True)
    return gammas


def _slopes(densities: Floats, weights: Floats) -> Floats:
    slopes: Floats = (densities / (densities @ weights)[:, None]).sum(axis=0)
    return slopes


def _value(i: int, rule: Callable[[Floats, Floats], Any]) -> Slip:
    """Tell a slip by a wrong rule of densities and weights for one value, whatever the other."""

    def applies(case: Case, answer: Any) -> bool:
        came, due = np.asarray(answer[i], dtype=float), rule(case["densities"], case["weights"])
        return bool(came.shape == np.shape(due) and np.allclose(came, due, rtol=1e-7))

    return seen(applies)


def _multiplier(rule: Callable[[Floats, Floats], Any]) -> Slip:
    return _value(0, rule)


def _weights(rule: Callable[[Floats, Floats], Any]) -> Slip:
    return _value(1, rule)


def _a_thousand_points(case: Case, answer: Any) -> bool:
    """Whether N is the 1000 of the lesson, in the multiplier or in the weights."""
    counts = _gammas(case["densities"], case["weights"]).sum(axis=0)
    by_weights = np.allclose(np.asarray(answer[1], dtype=float), counts / 1000)
    return by_weights or bool(np.asarray(answer[0]).shape == () and answer[0] == -1000)


LAGRANGE = LESSON.exercise(
    "06.3",
    parts=(
        lagrange_step.part(
            Several(
                {
                    "multiplier": Number("one number, lambda"),
                    "new_weights": Array(
                        "one weight per component", lambda case: case["weights"].shape
                    ),
                }
            )
        ),
    ),
    cases=_lagrange_cases,
    properties=(
        Property(
            "(9.21), times pi_k and summed over k, gives the multiplier",
            of(0, same(lambda case: -float(len(case["densities"])), "multiplier")),
        ),
        Property("the new weights sum to 1", of(1, sums_to_one)),
        Property(
            "the new weights are N_k / N (9.22)",
            of(
                1,
                same(
                    lambda case: _gammas(case["densities"], case["weights"]).mean(axis=0), "weights"
                ),
            ),
        ),
    ),
    slips={
        "sign of the multiplier": _multiplier(lambda p, w: len(p)),
        "summed without the weights": _multiplier(lambda p, w: -_slopes(p, w).mean()),
        "summed without the weights (no weights at all)": _multiplier(
            lambda p, w: -_slopes(p, w).sum()
        ),
        "one multiplier per component": _multiplier(lambda p, w: -_slopes(p, w)),
        "the lesson's number of points": seen(_a_thousand_points),
        "averaged over the points": _multiplier(lambda p, w: -1.0),
        "minus the number of components": _multiplier(lambda p, w: -len(w)),
        "weights forgotten": _weights(lambda p, w: _gammas(p, np.ones_like(w)).mean(axis=0)),
        "normalised over the points": _weights(lambda p, w: np.full(len(w), 1 / len(w))),
        "effective counts, not divided": _weights(lambda p, w: _gammas(p, w).sum(axis=0)),
        "hard counts": _weights(
            lambda p, w: np.bincount((w * p).argmax(axis=1), minlength=len(w)) / len(p)
        ),
        "the old weights": _weights(lambda p, w: w),
        "not multiplied by the weights": _weights(lambda p, w: _slopes(p, w) / len(p)),
    },
)


# 06.4


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
        Implementation("a right implementation, by inverse and determinant", _sum_of()),
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


def _each_call(test: Callable[..., Any]) -> Callable[[Case, Verdict], bool]:
    """Hold where a test of the implementation, x, mean and covariance holds of all calls."""
    return lambda case, answer: (
        bool(answer.calls) and all(test(case["log_gauss"], *call) for *call, _ in answer.calls)
    )


_saw_nothing_wrong = _each_call(
    lambda made, *call: np.allclose(made(*call), log_gauss(*call), rtol=1e-6, atol=1e-9)
)
_agrees_with_the_swap = _each_call(
    lambda made, *call: np.allclose(made(*call), _exponent_with_sigma(*call))
)


def _compares_with_the_swap(case: Case, answer: Verdict) -> bool:
    """Whether just those pass that agree with the swap in the exponent."""
    if not answer.calls or (not case["fault"] and answer.accepts):
        return False
    return answer.accepts is _agrees_with_the_swap(case, answer)


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
        "identity only": EXAMINER.escaped(
            because=_each_call(lambda made, x, mean, s: np.allclose(s, np.eye(len(mean))))
        ),
        "only at the mean": EXAMINER.escaped(
            because=_each_call(lambda made, x, mean, s: np.allclose(x, mean))
        ),
        "densities of zero": EXAMINER.escaped(
            because=_each_call(
                lambda made, *call: all(np.all(np.exp(f(*call)) == 0) for f in (made, log_gauss))
            )
        ),
        "symmetric by accident": EXAMINER.escaped(because=_saw_nothing_wrong),
        "normalisation only": EXAMINER.escaped(
            because=lambda case, answer: sum(len(x) for x, *_ in answer.calls) >= 100
        ),
        "no independent value": EXAMINER.escaped(),
    },
)

EXERCISES = (LOG_GAUSS, GRADIENT, LAGRANGE, FIND_THE_SWAP)
