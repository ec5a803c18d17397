"""Exercises of lesson 02: latent variables.

x holds numbers, shape (N,); z the component of each, shape (N,), counted from 0. A mixture is given
by its weights, means and standard deviations, shape (K,) each.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlib.exercises import pair
from emlib.exercises.engine.forms import Array, Number, Several, show
from emlib.exercises.engine.properties import Test, agrees_with
from emlib.exercises.engine.record import Case, Finding, Function, Property
from emlib.exercises.pair import Slip, made, seen

LESSON = pair.lesson(__name__)
TITLE = LESSON.title

Floats = NDArray[np.float64]
Draw = tuple[Floats, Floats]

_MIXTURE = ("weights", "means", "stds")


# 02.1


sample_mixture = LESSON.reference("02.1", "sample_mixture")


_SAMPLE = ("n", *_MIXTURE, "rng")
_SURE = 5.0  # standard errors


def _sample_cases(rng: np.random.Generator) -> list[Case]:
    recipes = (
        (6_000, [0.5, 0.5], [163.0, 177.0], [7.1414, 7.1414]),
        (6_000, [0.6, 0.3, 0.1], [0.0, 20.0, 35.0], [2.0, 0.5, 4.0]),
        (6_000, [0.1, 0.2, 0.3, 0.4], [-9.0, 5.0, 1.0, 30.0], [1.5, 0.5, 3.0, 6.0]),
    )
    cases = []
    for n, *lists in recipes:
        arrays = [np.array(values) for values in lists]
        label = f"n = {n}, weights {show(arrays[0])}"
        data = dict(zip(_MIXTURE, arrays, strict=True))
        cases.append(
            Case(label, {"n": n, **data, "rng": np.random.default_rng(int(rng.integers(2**31)))})
        )
    return cases


def _labels_are_counted(case: Case, answer: Draw) -> Finding | None:
    k = len(case["weights"])
    found = np.unique(answer[1])
    if np.isin(found, np.arange(k)).all():
        return None
    return Finding(f"values such as {show(found[:4])}", f"whole numbers from 0 to {k - 1}")


def _shares(case: Case, z: Floats) -> Floats:
    counts = np.bincount(z.astype(int), minlength=len(case["weights"]))
    shares: Floats = counts / len(z)
    return shares


def _shares_are_weights(case: Case, answer: Draw) -> Finding | None:
    weights, shares = case["weights"], _shares(case, answer[1])
    error = np.sqrt(weights * (1 - weights) / case["n"])
    if (np.abs(shares - weights) <= _SURE * error).all():
        return None
    return Finding(f"shares {show(shares)}", f"shares near {show(weights)}")


def _shares_vary(case: Case, answer: Draw) -> Finding | None:
    shares, weights = _shares(case, answer[1]), case["weights"]
    if len(weights) < 4 or not np.allclose(shares, weights, rtol=0, atol=1e-9):
        return None
    return Finding(f"shares exactly {show(weights)}", "shares that vary from draw to draw")


def _moments(case: Case, answer: Draw) -> tuple[Floats, Floats, Floats]:
    """Count, mean and standard deviation of x for each label."""
    x, z = answer
    own = [x[z == k] for k in range(len(case["weights"]))]
    return (
        np.array([len(v) for v in own]),
        np.array([v.mean() if len(v) else np.nan for v in own]),
        np.array([v.std() if len(v) else np.nan for v in own]),
    )


def _means_given_z(case: Case, answer: Draw) -> Finding | None:
    n_k, means, _ = _moments(case, answer)
    if (np.abs(means - case["means"]) <= _SURE * case["stds"] / np.sqrt(n_k)).all():
        return None
    return Finding(f"means {show(means)}", f"means near {show(case['means'])}")


def _stds_given_z(case: Case, answer: Draw) -> Finding | None:
    n_k, _, stds = _moments(case, answer)
    if (np.abs(stds / case["stds"] - 1) <= _SURE / np.sqrt(2 * n_k)).all():
        return None
    return Finding(f"standard deviations {show(stds)}", f"near {show(case['stds'])}")


def _all_different(case: Case, answer: Draw) -> Finding | None:
    different = len(np.unique(answer[0]))
    if different > 0.99 * case["n"]:
        return None
    return Finding(f"{different} different numbers", f"about {case['n']} different numbers")


def _readable(case: Case, answer: Any) -> bool:
    return (
        isinstance(answer, tuple)
        and len(answer) == 2
        and all(np.shape(v) == (case["n"],) for v in answer)
    )


def _draws(test: Callable[[Case, Draw], bool]) -> Callable[[Case, Any], bool]:
    """Make a test for answers that have the right shape only."""
    return lambda case, answer: _readable(case, answer) and bool(test(case, answer))


def _near(values: Floats, targets: Any, tolerance: float = 0.08) -> bool:
    scale = np.maximum(np.abs(targets), 0.5)
    return bool((np.abs(values - targets) <= tolerance * scale).all())


def _pooled(case: Case) -> tuple[float, float]:
    """Mean and standard deviation of the whole mixture."""
    weights, means, stds = (case[name] for name in _MIXTURE)
    mean = weights @ means
    return float(mean), float(np.sqrt(weights @ (stds**2 + (means - mean) ** 2)))


def _all_about_one_mean(case: Case, answer: Draw) -> bool:
    n_k, means, stds = _moments(case, answer)
    if not (n_k > 0).all():
        return False
    return bool((np.abs(means - _pooled(case)[0]) <= 2 * _SURE * stds / np.sqrt(n_k)).all())


def _independent(case: Case, answer: Draw) -> bool:
    stds = _moments(case, answer)[2]
    return _all_about_one_mean(case, answer) and _near(stds, _pooled(case)[1])


def _weighted_sum(case: Case, answer: Draw) -> bool:
    stds = _moments(case, answer)[2]
    sum_std = np.sqrt(case["weights"] ** 2 @ case["stds"] ** 2)
    return _all_about_one_mean(case, answer) and _near(stds, sum_std)


def _stds_are(case: Case, answer: Draw, stds: Any) -> bool:
    return _stds_given_z(case, answer) is not None and _near(_moments(case, answer)[2], stds)


def _from_one(case: Case, z: Floats) -> bool:
    return bool(np.isin(z, np.arange(1, len(case["weights"]) + 1)).all() and (z > 0).all())


def _uniform(case: Case, answer: Draw) -> bool:
    k = len(case["weights"])
    shares = _shares(case, answer[1])
    error = _SURE * np.sqrt((1 - 1 / k) / k / case["n"])
    return bool((np.abs(shares - 1 / k) <= error).all())


def _two_components_only(case: Case, answer: Draw) -> bool:
    near = abs(_shares(case, answer[1])[0] - case["weights"][0]) < 0.05
    return bool(near and (answer[1] < 2).all())


def _guessed(case: Case, answer: Draw) -> bool:
    """Whether each label is that of the nearest mean, or of the most probable component."""
    x, z = answer
    nearest = np.abs(x[:, None] - case["means"]).argmin(axis=1)
    joint = case["weights"] * _density(x, case["means"], case["stds"])
    return any(np.mean(z == guess) > 0.999 for guess in (nearest, joint.argmax(axis=1)))


def _all_components(case: Case, answer: Any) -> bool:
    if not isinstance(answer, tuple | list) or len(answer) != 2:
        return False
    return np.size(answer[0]) == case["n"] * len(case["weights"])


def _one_hot(case: Case, answer: Any) -> bool:
    if not isinstance(answer, tuple | list) or len(answer) != 2:
        return False
    return np.shape(answer[1]) == (case["n"], len(case["weights"]))


SAMPLE = LESSON.exercise(
    "02.1",
    parts=(
        Function(
            "sample_mixture",
            _SAMPLE,
            Several(
                {
                    "x": Array("one number a draw", lambda case: (case["n"],)),
                    "z": Array("one label a draw", lambda case: (case["n"],)),
                }
            ),
            draws=True,
        ),
    ),
    cases=_sample_cases,
    properties=(
        Property("labels are whole numbers from 0 to K - 1", _labels_are_counted),
        Property("the share of label k is near the weight of component k", _shares_are_weights),
        Property("how many draws a component gets is random", _shares_vary),
        Property("the x are drawn one by one, so they differ", _all_different),
        Property("given label k, the mean of x is near the mean of component k", _means_given_z),
        Property("given label k, the spread of x is that of component k", _stds_given_z),
    ),
    slips={
        "z as rows of zeros and ones": seen(_one_hot),
        "in another order": seen(
            _draws(
                lambda case, a: (
                    _labels_are_counted(case, a) is not None
                    and _labels_are_counted(case, a[::-1]) is None
                )
            )
        ),
        "as many draws from each component": seen(_all_components),
        "labels counted from one": seen(_draws(lambda case, a: _from_one(case, a[1]))),
        "one label for all": seen(_draws(lambda case, a: len(np.unique(a[1])) == 1)),
        "numbers of draws fixed in advance": seen(
            _draws(lambda case, a: np.allclose(_shares(case, a[1]), case["weights"]))
        ),
        "one number a component, repeated": seen(
            _draws(lambda case, a: len(np.unique(a[0])) <= len(case["weights"]))
        ),
        "the same deviation for every draw": seen(
            _draws(lambda case, a: (_moments(case, a)[2] < 1e-9 * case["stds"]).all())
        ),
        "added instead of mixed": seen(_draws(_weighted_sum)),
        "numbers sorted, labels not": seen(
            _draws(lambda case, a: bool((np.diff(a[0]) >= 0).all() and (np.diff(a[1]) < 0).any()))
        ),
        "x drawn without looking at z": seen(_draws(_independent)),
        "weights ignored": seen(lambda case, a: _readable(case, a) and _uniform(case, a)),
        "variance where a standard deviation is expected": seen(
            _draws(lambda case, a: _stds_are(case, a, case["stds"] ** 2))
        ),
        "root of a standard deviation": seen(
            _draws(lambda case, a: _stds_are(case, a, np.sqrt(case["stds"])))
        ),
        "standard deviations left out": seen(
            _draws(lambda case, a: _stds_are(case, a, np.ones_like(case["stds"])))
        ),
        "labels guessed back from the numbers": seen(_draws(_guessed)),
        "two components only": seen(_draws(_two_components_only)),
    },
)


# 02.2


responsibilities = LESSON.reference("02.2", "responsibilities")


_GAMMA = ("x", *_MIXTURE)
_H2 = ([0.5, 0.5], [163.0, 177.0], [7.1414, 7.1414])


def _gamma_case(label: str, x: Any, weights: Any, means: Any, stds: Any) -> Case:
    values = (x, weights, means, stds)
    return Case(label, {n: np.array(v, dtype=float) for n, v in zip(_GAMMA, values, strict=True)})


def _gamma_cases(rng: np.random.Generator) -> list[Case]:
    cases = [
        _gamma_case("the two groups of the lesson, x = 170", [170.0], *_H2),
        _gamma_case("x = 168, two unequal groups", [168.0], [0.3, 0.7], [164.0, 178.0], [5.0, 8.0]),
    ]
    for n, k in ((6, 2), (5, 3)):
        weights = rng.dirichlet(3 * np.ones(k)).round(2)
        weights[-1] = 1 - weights[:-1].sum()
        means = np.sort(rng.normal(0.0, 5.0, size=k)).round(1)
        stds = rng.uniform(0.6, 4.0, size=k).round(1)
        x = rng.normal(0.0, 5.0, size=n).round(1)
        cases.append(_gamma_case(f"{n} numbers and {k} components", x, weights, means, stds))
    return cases


def _table(case: Any) -> tuple[int, ...]:
    return len(case["x"]), len(case["means"])


def _rows_sum_to_one(case: Case, answer: Floats) -> Finding | None:
    sums = answer.sum(axis=1)
    if np.allclose(sums, 1, rtol=0, atol=1e-8):
        return None
    row = int(np.argmax(np.abs(sums - 1)))
    return Finding(f"a sum of {show(sums[row], beside=1.0)} in row {row}", "a sum of 1 in each row")


def _one_column(case: Case, answer: Any) -> bool:
    """Whether the answer is one column of the right one."""
    if np.shape(answer) != np.shape(case["x"]):
        return False
    right = responsibilities(*case.arguments(_GAMMA))
    return any(np.allclose(answer, column) for column in right.T)


def _half_by_symmetry(case: Case, answer: Floats) -> Finding | None:
    if case["x"][0] != case["means"].mean() or np.allclose(answer, 0.5, rtol=0, atol=1e-8):
        return None
    return Finding(show(answer[0], beside=0.5), "0.5 for each, by symmetry")


def _density(x: Floats, means: Floats, stds: Floats) -> Floats:
    density: Floats = np.exp(-0.5 * ((x[:, None] - means) / stds) ** 2) / (
        stds * np.sqrt(2 * np.pi)
    )
    return density


def _shared(joint: Floats, axis: int = 1) -> Floats:
    return joint / joint.sum(axis=axis, keepdims=True)


GAMMA = LESSON.exercise(
    "02.2",
    parts=(
        Function(
            "responsibilities",
            _GAMMA,
            Array("one row a number, one column a component", _table),
        ),
    ),
    cases=_gamma_cases,
    properties=(
        Property("the responsibilities of a number sum to 1", _rows_sum_to_one),
        Property("halfway between two equal groups each owns one half", _half_by_symmetry),
        Property(
            "they are weight times density, divided by the sum over the components (9.13)",
            agrees_with(responsibilities, _GAMMA),
        ),
    ),
    slips={
        "normalised over the data": lambda x, w, m, s: _shared(w * _density(x, m, s), axis=0),
        "normalised over everything": lambda x, w, m, s: (
            w * _density(x, m, s) / (w * _density(x, m, s)).sum()
        ),
        "joint instead of posterior": lambda x, w, m, s: w * _density(x, m, s),
        "density instead of posterior": lambda x, w, m, s: _density(x, m, s),
        "forgot the weights": lambda x, w, m, s: _shared(_density(x, m, s)),
        "weights in the numerator only": lambda x, w, m, s: w * _shared(_density(x, m, s)),
        "the prior instead of the posterior": lambda x, w, m, s: np.repeat(w[None], len(x), axis=0),
        "density without its front factor": lambda x, w, m, s: _shared(w * _density(x, m, s) * s),
        "variance where a standard deviation is expected": lambda x, w, m, s: _shared(
            w * _density(x, m, s**2)
        ),
        "standard deviation where a variance is expected": lambda x, w, m, s: _shared(
            w / s * np.exp(-0.5 * (x[:, None] - m) ** 2 / s)
        ),
        "factor of one half forgotten": lambda x, w, m, s: _shared(
            w / s * np.exp(-(((x[:, None] - m) / s) ** 2))
        ),
        "hard instead of soft assignment": seen(
            lambda case, answer: bool(np.isin(answer, (0, 1)).all())
        ),
        "one component only": seen(_one_column),
        "distances instead of densities": lambda x, w, m, s: _shared(1 / np.abs(x[:, None] - m)),
        "distances instead of densities (weighted)": lambda x, w, m, s: _shared(
            w / np.abs(x[:, None] - m)
        ),
        "distances instead of densities (in standard deviations)": lambda x, w, m, s: _shared(
            w * s / np.abs(x[:, None] - m)
        ),
        "weights taken twice": lambda x, w, m, s: _shared(w**2 * _density(x, m, s)),
        "log instead of linear": lambda x, w, m, s: _shared(np.log(w * _density(x, m, s))),
        "columns exchanged": lambda x, w, m, s: _shared(w * _density(x, m, s))[:, ::-1],
    },
    stretch=_gamma_case("x = 2000", [2000.0, 170.0], *_H2),
)


# 02.3


n_modes = LESSON.reference("02.3", "n_modes")


_MODES = ("mu1", "mu2", "sigma")


def _modes_case(mu1: float, mu2: float, sigma: float) -> Case:
    label = f"means {mu1:g} and {mu2:g}, standard deviation {sigma:g}"
    return Case(label, dict(zip(_MODES, (mu1, mu2, sigma), strict=True)))


def _modes_cases(rng: np.random.Generator) -> list[Case]:
    pairs = (
        (163.0, 177.0, 7.1414),
        (0.0, 10.0, 5.0),  # exactly at the threshold
        (0.0, 2.5, 1.0),
        (3.0, 3.0, 0.5),
        (10.0, 0.0, 3.0),  # the larger mean first
        (-1.0, 0.3, 0.5),
        (100.0, 160.0, 40.0),
        (0.0, 1.5, 1.0),
        (20.0, 26.0, 5.0),
        (5.0, 8.0, 5.0),
        (-4.0, 5.0, 2.0),
    )
    cases = [_modes_case(*pair) for pair in pairs]
    for ratio in (1.9, 2.1):
        sigma = round(float(rng.uniform(1.0, 8.0)), 2)
        middle = round(float(rng.normal(0.0, 20.0)), 1)
        cases.append(
            _modes_case(middle - ratio * sigma / 2, middle + ratio * sigma / 2, sigma),
        )
    return cases


def _right_number(case: Case, answer: float) -> Finding | None:
    due = n_modes(*case.arguments(_MODES))
    if answer == due:
        return None
    ratio = abs(case["mu1"] - case["mu2"]) / case["sigma"]
    humps = "hump" if due == 1 else "humps"
    return Finding(f"{answer:g}", f"{due} {humps}, at a ratio of {ratio:.4g}")


def _noise_at_the_threshold(case: Case, answer: Any) -> bool:
    if not isinstance(answer, float):
        return False
    at_threshold = abs(case["mu1"] - case["mu2"]) == 2 * case["sigma"]
    return answer > 2 if at_threshold else answer == n_modes(*case.arguments(_MODES))


def _hollow(mu1: float, mu2: float, sigma: float) -> int:
    """Two if the density is lower half-way between the means than at the means."""
    half = abs(mu1 - mu2) / (2 * sigma)
    return 2 if 2 * np.exp(-(half**2) / 2) < 1 + np.exp(-2 * half**2) else 1


def _on_the_lessons_grid(case: Case, answer: Any) -> bool:
    """Whether the count is right for means among human heights, and zero for those far from it."""
    means = np.array([case["mu1"], case["mu2"]])
    if not isinstance(answer, float):
        return False
    if (means < 100).all():
        return answer == 0
    return bool(answer == n_modes(*case.arguments(_MODES)) or (means < 150).any())


def _wider_than(factor: float) -> Callable[[float, float, float], int]:
    return lambda a, b, s: 2 if abs(a - b) > factor * s else 1


N_MODES = LESSON.exercise(
    "02.3",
    parts=(Function("n_modes", _MODES, Number("the number of humps, 1 or 2")),),
    cases=_modes_cases,
    properties=(
        Property(
            "two equal groups make one hump up to a ratio of 2, and two beyond", _right_number
        ),
    ),
    slips={
        "yes or no instead of a number": seen(
            lambda case, answer: isinstance(answer, bool | np.bool_)
        ),
        "two groups, so two humps": lambda a, b, s: 2 if a != b else 1,
        "two groups, so two humps (always)": lambda a, b, s: 2,
        "threshold at one standard deviation": _wider_than(1),
        "threshold at three standard deviations": _wider_than(3),
        "half the distance against two standard deviations": _wider_than(4),
        "two humps at the threshold itself": lambda a, b, s: 2 if abs(a - b) >= 2 * s else 1,
        "sign of the difference": lambda a, b, s: 2 if b - a > 2 * s else 1,
        "sign of the difference (other side)": lambda a, b, s: 2 if a - b > 2 * s else 1,
        "compared with the variance": lambda a, b, s: 2 if abs(a - b) > 2 * s**2 else 1,
        "compared squared distance with 2 sigma squared": lambda a, b, s: (
            2 if (a - b) ** 2 > 2 * s**2 else 1
        ),
        "spread forgotten": lambda a, b, s: 2 if abs(a - b) > 2 else 1,
        "the other way round": lambda a, b, s: 3 - n_modes(a, b, s),
        "counted the valley too": lambda a, b, s: 2 * n_modes(a, b, s) - 1,
        "counted the dips": lambda a, b, s: n_modes(a, b, s) - 1,
        "counted rounding noise": seen(_noise_at_the_threshold),
        "midpoint compared with the means": _hollow,
        "counted on a grid for human heights": seen(_on_the_lessons_grid),
        "counted humps of a sample": seen(
            lambda case, a: isinstance(a, float) and a > (2 if case["mu1"] == _H2[1][0] else 0)
        ),
    },
)


# 02.4


complete = LESSON.reference("02.4", "complete")
incomplete = LESSON.reference("02.4", "incomplete")


_COMPLETE = ("x", "z", *_MIXTURE)


def _labelled_case(label: str, x: Any, z: Any, mixture: tuple[Any, ...]) -> Case:
    data = {n: np.array(v, dtype=float) for n, v in zip(_MIXTURE, mixture, strict=True)}
    rows = np.eye(len(data["weights"]))[np.asarray(z)]
    return Case(label, {"x": np.array(x, dtype=float), "z": rows, **data})


def _labelled_cases(rng: np.random.Generator) -> list[Case]:
    cases = [_labelled_case("three of the heights", [160.0, 168.0, 181.0], [0, 1, 1], _H2)]
    for n, k in ((7, 2), (9, 3), (40, 4), (600, 2)):
        weights = (rng.permutation(k) + 1.0) / (k * (k + 1) / 2)
        means = rng.normal(0.0, 5.0, size=k).round(1)
        stds = (0.7 + 0.6 * rng.permutation(k)).round(1)
        z = rng.choice(k, size=n, p=weights)
        x = (means[z] + stds[z] * rng.normal(size=n)).round(1)
        mixture = (weights, means, stds)
        cases.append(_labelled_case(f"{n} numbers and {k} components", x, z, mixture))
    return cases


def _log_joint(x: Floats, w: Floats, m: Floats, s: Floats) -> Floats:
    values: Floats = np.log(w * _density(x, m, s))
    return values


def _log_marginal(x: Floats, w: Floats, m: Floats, s: Floats) -> Floats:
    values: Floats = np.log((w * _density(x, m, s)).sum(axis=1))
    return values


def _same_number(part: int, function: Callable[..., Any], names: tuple[str, ...]) -> Test:
    agrees = agrees_with(function, names)
    return lambda case, answer: agrees(case, answer[part])


def _picked(terms: Callable[..., Any]) -> Slip:
    """Add the terms that the labels name."""
    return made(lambda x, z, *theta: np.sum(z * terms(x, *theta)), part=0)


def _without_labels(terms: Callable[..., Any]) -> Slip:
    """Add terms although there are labels."""
    return made(lambda x, z, *theta: np.sum(terms(x, *theta)), part=0)


def _added(terms: Callable[..., Any]) -> Slip:
    return made(lambda *arguments: np.sum(terms(*arguments)), part=1)


def _underflows(part: int) -> Callable[[Case, Any], bool]:
    """Whether one of the two is minus infinity for many numbers, and right for few."""
    right = (_same_number(0, complete, _COMPLETE), _same_number(1, incomplete, _GAMMA))[part]
    return lambda case, answer: bool(
        answer[part] == -np.inf if len(case["x"]) > 100 else right(case, answer) is None
    )


LOG_LIKELIHOODS = LESSON.exercise(
    "02.4",
    parts=(
        Function("complete", _COMPLETE, Number("one number, in nats")),
        Function("incomplete", _GAMMA, Number("one number, in nats")),
    ),
    cases=_labelled_cases,
    properties=(
        Property(
            "`complete` adds the log joint densities of the components that the labels name (9.36)",
            _same_number(0, complete, _COMPLETE),
        ),
        Property(
            "`incomplete` takes the logarithm of each number's sum over the components (9.14)",
            _same_number(1, incomplete, _GAMMA),
        ),
    ),
    slips={
        "forgot the weights (with labels)": _picked(lambda x, w, m, s: np.log(_density(x, m, s))),
        "no logarithm (with labels)": _picked(lambda x, w, m, s: w * _density(x, m, s)),
        "variance where a standard deviation is expected (with labels)": _picked(
            lambda x, w, m, s: _log_joint(x, w, m, s**2)
        ),
        "front factor left out (with labels)": _picked(
            lambda x, w, m, s: np.log(w) - 0.5 * ((x[:, None] - m) / s) ** 2
        ),
        "weights outside the logarithm (with labels)": _picked(
            lambda x, w, m, s: w * np.log(_density(x, m, s))
        ),
        "roots of the standard deviations (with labels)": _picked(
            lambda x, w, m, s: _log_joint(x, w, m, np.sqrt(s))
        ),
        "front factor left out (2 pi alone)": _picked(
            lambda x, w, m, s: _log_joint(x, w, m, s) + np.log(2 * np.pi) / 2
        ),
        "front factor left out (std alone)": _picked(
            lambda x, w, m, s: _log_joint(x, w, m, s) + np.log(s)
        ),
        "weights not in logarithms": _picked(lambda x, w, m, s: w + np.log(_density(x, m, s))),
        "equal weights (with labels)": _picked(
            lambda x, w, m, s: _log_joint(x, np.full_like(w, 1 / len(w)), m, s)
        ),
        "labels taken as indices": made(
            lambda x, z, *theta: np.sum(_log_joint(x, *(v[z.astype(int)] for v in theta))), part=0
        ),
        "one logarithm of everything (with labels)": made(
            lambda x, z, w, m, s: np.log(np.sum(z * w * _density(x, m, s))), part=0
        ),
        "labels inside the logarithm": seen(lambda case, a: a[0] == -np.inf, part=0),
        "logarithm of a product (with labels)": seen(_underflows(0), part=0),
        "labels ignored": _without_labels(_log_joint),
        "the incomplete data twice": _without_labels(_log_marginal),
        "responsibilities instead of labels": _without_labels(
            lambda x, w, m, s: _shared(w * _density(x, m, s)) * _log_joint(x, w, m, s)
        ),
        "sum of logarithms": _added(_log_joint),
        "forgot the weights": _added(lambda x, w, m, s: np.log(_density(x, m, s).sum(axis=1))),
        "weights outside the logarithm": _added(lambda x, w, m, s: w * np.log(_density(x, m, s))),
        "no logarithm": _added(lambda x, w, m, s: w * _density(x, m, s)),
        "one logarithm of everything": _added(
            lambda x, w, m, s: np.log((w * _density(x, m, s)).sum())
        ),
        "summed over the data first": _added(
            lambda x, w, m, s: np.log((w * _density(x, m, s)).sum(axis=0))
        ),
        "the largest term only": _added(lambda x, w, m, s: _log_joint(x, w, m, s).max(axis=1)),
        "an average of logarithms": _added(
            lambda x, w, m, s: _shared(w * _density(x, m, s)) * _log_joint(x, w, m, s)
        ),
        "variance where a standard deviation is expected": _added(
            lambda x, w, m, s: _log_marginal(x, w, m, s**2)
        ),
        "front factor left out": _added(
            lambda x, w, m, s: np.log((w * np.exp(-0.5 * ((x[:, None] - m) / s) ** 2)).sum(axis=1))
        ),
        "front factor left out (without 2 pi)": _added(
            lambda x, w, m, s: _log_marginal(x, w, m, s) + np.log(2 * np.pi) / 2
        ),
        "front factor left out (without std)": _added(
            lambda x, w, m, s: _log_marginal(x, w * s, m, s)
        ),
        "roots of the standard deviations": _added(
            lambda x, w, m, s: _log_marginal(x, w, m, np.sqrt(s))
        ),
        "equal weights": _added(
            lambda x, w, m, s: _log_marginal(x, np.full_like(w, 1 / len(w)), m, s)
        ),
        "logarithm of a product": seen(_underflows(1), part=1),
    },
    stretch=_labelled_case("a height of 2000 cm", [2000.0, 170.0], [1, 0], _H2),
)

EXERCISES = (SAMPLE, GAMMA, N_MODES, LOG_LIKELIHOODS)
