"""Exercises of lesson 02: latent variables.

x holds numbers, shape (N,); z the component of each, shape (N,), counted from 0. A mixture is given
by its weights, means and standard deviations, shape (K,) each.
"""

# Solutions are shown to the learner and carry no annotations.
# mypy: allow-untyped-defs

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlib.exercises.engine.forms import Array, Number, Several, show
from emlib.exercises.engine.properties import agrees_with
from emlib.exercises.engine.record import Case, Exercise, Finding, Function, Misconception, Property

TITLE = "Latent variables"

Floats = NDArray[np.float64]
Draw = tuple[Floats, Floats]

_MIXTURE = ("weights", "means", "stds")


# 02.1


def sample_mixture(n, weights, means, stds, rng):
    """Draw n labels, then a number given each label."""
    z = rng.choice(len(weights), size=n, p=weights)  # (9.10)
    x = rng.normal(np.asarray(means)[z], np.asarray(stds)[z])  # (9.11)
    return x, z


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


def _added(case: Case, answer: Draw) -> bool:
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


def _one_hot(case: Case, answer: Any) -> bool:
    if not isinstance(answer, tuple | list) or len(answer) != 2:
        return False
    return np.shape(answer[1]) == (case["n"], len(case["weights"]))


_SAMPLE_WRONG = (
    Misconception(
        "z as rows of zeros and ones",
        "Here z is handed in as one number a draw, from 0 to K - 1; rows of zeros with a single 1"
        " say the same, and `.argmax(axis=1)` turns them into numbers.",
        applies=_one_hot,
    ),
    Misconception(
        "in another order",
        "Numbers and labels are exchanged: `return x, z`.",
        applies=_draws(
            lambda case, a: (
                _labels_are_counted(case, a) is not None
                and _labels_are_counted(case, a[::-1]) is None
            )
        ),
    ),
    Misconception(
        "labels counted from one",
        "The labels run from 1 to K. In this course components are counted from 0, as arrays are.",
        applies=_draws(lambda case, a: _from_one(case, a[1])),
    ),
    Misconception(
        "one label for all",
        "Every draw has the same label: z was drawn once. Each row has a z of its own: `size=n`.",
        applies=_draws(lambda case, a: len(np.unique(a[1])) == 1),
    ),
    Misconception(
        "numbers of draws fixed in advance",
        "Each component got exactly its weight times n. A weight is a probability: how many draws a"
        " component gets is itself random. Draw each z with `rng.choice(..., p=weights)`.",
        applies=_draws(lambda case, a: np.allclose(_shares(case, a[1]), case["weights"])),
    ),
    Misconception(
        "one number a component, repeated",
        "There are only K different numbers: one was drawn for each component and then handed out"
        " again and again. Take `means[z]` and `stds[z]` first, then draw n numbers.",
        applies=_draws(lambda case, a: len(np.unique(a[0])) <= len(case["weights"])),
    ),
    Misconception(
        "the same deviation for every draw",
        "Within a component all numbers are equal, or all draws share one deviation. Each row needs"
        " a normal draw of its own: n of them.",
        applies=_draws(lambda case, a: (_moments(case, a)[2] < 1e-9 * case["stds"]).all()),
    ),
    Misconception(
        "added instead of mixed",
        "Each x is a weighted sum of one draw from every component. In a mixture each x comes from"
        " a single component, the one that its z names. (Densities are added, not numbers.)",
        applies=_draws(_added),
    ),
    Misconception(
        "x drawn without looking at z",
        "Shares and numbers look right each on its own, but the x with label k do not come from"
        " component k: were the labels drawn a second time for x? Use one and the same z.",
        applies=_draws(_independent),
    ),
    Misconception(
        "weights ignored",
        "All components have about the same share. Hand the weights to the draw of z: `p=weights`.",
        applies=lambda case, a: _readable(case, a) and _uniform(case, a),
    ),
    Misconception(
        "variance where a standard deviation is expected",
        "The spread within a component is the square of what is due: `rng.normal` takes a standard"
        " deviation, not a variance.",
        applies=_draws(lambda case, a: _stds_are(case, a, case["stds"] ** 2)),
    ),
    Misconception(
        "root of a standard deviation",
        "The spread within a component is the square root of what is due: `stds` are standard"
        " deviations already.",
        applies=_draws(lambda case, a: _stds_are(case, a, np.sqrt(case["stds"]))),
    ),
    Misconception(
        "standard deviations left out",
        "The spread is 1 in every component: hand `stds[z]` to the draw of x as well.",
        applies=_draws(lambda case, a: _stds_are(case, a, np.ones_like(case["stds"]))),
    ),
)

SAMPLE = Exercise(
    id="02.1",
    title="First the label, then the number",
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
    misconceptions=_SAMPLE_WRONG,
    hints=(
        "Two draws, in this order: who is it, and how tall? The second looks at the first.",
        (
            "`rng.choice(K, size=n, p=weights)` draws n labels. For each label look up the mean and"
            " the standard deviation of its component, and draw one normal number with them."
        ),
        (
            "`z = rng.choice(len(weights), size=n, p=weights)`; then `means[z]` and `stds[z]` are"
            " arrays of length n, and `rng.normal` takes them as they are."
        ),
    ),
    solution=(sample_mixture,),
    remark=(
        "This is the mixture as a story, told forwards; EM reads it backwards. Data that you drew"
        " yourself, labels included, are also the best test of any program that fits a mixture."
    ),
)


# 02.2


def responsibilities(x, weights, means, stds):
    """Probability of each component, given x."""
    x = np.asarray(x, dtype=float)[:, None]
    z2 = ((x - np.asarray(means)) / np.asarray(stds)) ** 2
    log_joint = np.log(weights) - np.log(stds) - 0.5 * z2  # the factor of 2 pi cancels
    joint = np.exp(log_joint - log_joint.max(axis=1, keepdims=True))
    return joint / joint.sum(axis=1, keepdims=True)  # (9.13)


_GAMMA = ("x", *_MIXTURE)
_H2 = ([0.5, 0.5], [163.0, 177.0], [7.1414, 7.1414])


def _gamma_case(label: str, x: Any, weights: Any, means: Any, stds: Any) -> Case:
    values = (x, weights, means, stds)
    return Case(label, {n: np.array(v, dtype=float) for n, v in zip(_GAMMA, values, strict=True)})


def _gamma_cases(rng: np.random.Generator) -> list[Case]:
    cases = [_gamma_case("the two groups of the lesson, x = 170", [170.0], *_H2)]
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


def _half_by_symmetry(case: Case, answer: Floats) -> Finding | None:
    if len(case["x"]) > 1 or np.allclose(answer, 0.5, rtol=0, atol=1e-8):
        return None
    return Finding(show(answer[0], beside=0.5), "0.5 for each, by symmetry")


def _density(x: Floats, means: Floats, stds: Floats) -> Floats:
    density: Floats = np.exp(-0.5 * ((x[:, None] - means) / stds) ** 2) / (
        stds * np.sqrt(2 * np.pi)
    )
    return density


def _shared(joint: Floats, axis: int = 1) -> Floats:
    return joint / joint.sum(axis=axis, keepdims=True)


_GAMMA_WRONG = (
    Misconception(
        "normalised over the data",
        "You divided by the sum over the data: each column sums to 1. Given x, the components share"
        " one unit, so each row must sum to 1 (`axis=1, keepdims=True`).",
        lambda x, w, m, s: _shared(w * _density(x, m, s), axis=0),
    ),
    Misconception(
        "normalised over everything",
        "You divided by the sum of the whole table. Each row, one x, is divided by its own sum"
        " (`axis=1, keepdims=True`).",
        lambda x, w, m, s: w * _density(x, m, s) / (w * _density(x, m, s)).sum(),
    ),
    Misconception(
        "joint instead of posterior",
        "This is the joint density of x and the component, the numerator of (9.13). Divide each row"
        " by its sum.",
        lambda x, w, m, s: w * _density(x, m, s),
    ),
    Misconception(
        "density instead of posterior",
        "These are the densities of x given the component. Bayes' rule turns that round: multiply"
        " by the weights, then divide each row by its sum.",
        lambda x, w, m, s: _density(x, m, s),
    ),
    Misconception(
        "forgot the weights",
        "The weights are missing: each density is multiplied by the weight of its component, the"
        " prior, before the row is divided by its sum.",
        lambda x, w, m, s: _shared(_density(x, m, s)),
    ),
    Misconception(
        "weights in the numerator only",
        "The weights stand in the numerator but not in the sum below. The denominator is the sum of"
        " the very same products.",
        lambda x, w, m, s: w * _shared(_density(x, m, s)),
    ),
    Misconception(
        "the prior instead of the posterior",
        "These are the weights, the same for every x. The number that was seen changes them: by how"
        " much is (9.13).",
        lambda x, w, m, s: np.repeat(w[None], len(x), axis=0),
    ),
    Misconception(
        "density without its front factor",
        "The factor 1/std in front of the exponential is missing. It does not cancel unless all"
        " standard deviations are equal.",
        lambda x, w, m, s: _shared(w * _density(x, m, s) * s),
    ),
    Misconception(
        "variance where a standard deviation is expected",
        "The density was given the square of `stds`. They are standard deviations already.",
        lambda x, w, m, s: _shared(w * _density(x, m, s**2)),
    ),
    Misconception(
        "standard deviation where a variance is expected",
        "In the exponent you divided by `stds` where their square belongs.",
        lambda x, w, m, s: _shared(w / s * np.exp(-0.5 * (x[:, None] - m) ** 2 / s)),
    ),
    Misconception(
        "factor of one half forgotten",
        "The exponent of a bell curve is minus one half of the squared distance in standard"
        " deviations. The one half is missing.",
        lambda x, w, m, s: _shared(w / s * np.exp(-(((x[:, None] - m) / s) ** 2))),
    ),
    Misconception(
        "hard instead of soft assignment",
        "You decided for the most probable component. A responsibility keeps the doubt: a share"
        " from 0 to 1.",
        applies=lambda case, answer: bool(np.isin(answer, (0, 1)).all()),
    ),
    Misconception(
        "distances instead of densities",
        "You shared out by distance. Bayes' rule shares by weight times density.",
        lambda x, w, m, s: _shared(1 / np.abs(x[:, None] - m)),
    ),
    Misconception(
        "log instead of linear",
        "You divided logarithms. Only probabilities may be normalised: `np.exp` first.",
        lambda x, w, m, s: _shared(np.log(w * _density(x, m, s))),
    ),
    Misconception(
        "columns exchanged",
        "The columns are in the wrong order: column k belongs to component k.",
        lambda x, w, m, s: _shared(w * _density(x, m, s))[:, ::-1],
    ),
)

GAMMA = Exercise(
    id="02.2",
    title="Whose number is it?",
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
    misconceptions=_GAMMA_WRONG,
    hints=(
        "How much density does each component put on x, and how often is that component drawn?",
        (
            "Make a table: one row a number, one column a component, weight times density in each"
            " place. Then divide each row by its own sum."
        ),
        (
            "`joint = weights * norm.pdf(x[:, None], means, stds)`; now"
            " `joint.sum(axis=1, keepdims=True)` is the denominator."
        ),
    ),
    solution=(responsibilities,),
    remark=(
        "Halfway between the groups x says nothing about the label, and the rule answers with the"
        " prior. This function is the whole of the E step."
    ),
    stretch=(
        _gamma_case("x = 2000", [2000.0, 170.0], *_H2),
        "at x = 2000 your function would divide 0 by 0: both densities underflow. Logarithms help;"
        " lesson 04 shows how (log-sum-exp).",
    ),
)


# 02.3


def n_modes(mu1, mu2, sigma):
    """Number of humps of two equal groups."""
    return 2 if abs(mu1 - mu2) > 2 * sigma else 1


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


def _wider_than(factor: float) -> Callable[[float, float, float], int]:
    return lambda a, b, s: 2 if abs(a - b) > factor * s else 1


_MODES_WRONG = (
    Misconception(
        "yes or no instead of a number",
        "True and False say whether there are two humps. Return how many there are, 1 or 2.",
        applies=lambda case, answer: isinstance(answer, bool | np.bool_),
    ),
    Misconception(
        "two groups, so two humps",
        "You answer 2 whenever the means differ. Two groups need not show two humps: the lesson's"
        " heights have one. Compare the distance of the means with the spread.",
        lambda a, b, s: 2 if a != b else 1,
    ),
    Misconception(
        "two groups, so two humps",
        "You answer 2 always. Two groups need not show two humps: the lesson's heights have one."
        " Compare the distance of the means with the spread.",
        lambda a, b, s: 2,
    ),
    Misconception(
        "threshold at one standard deviation",
        "Your threshold is a distance of one standard deviation. At the midpoint both curves must"
        " be past their steepest places, and each reaches that one standard deviation from its own"
        " mean.",
        _wider_than(1),
    ),
    Misconception(
        "threshold at three standard deviations",
        "Your threshold is a distance of three standard deviations. The dip opens earlier: see"
        " where the curvature at the midpoint changes sign.",
        _wider_than(3),
    ),
    Misconception(
        "half the distance against two standard deviations",
        "Your threshold is a distance of four standard deviations. It is the whole distance of the"
        " means, not half of it, that must exceed 2 sigma.",
        _wider_than(4),
    ),
    Misconception(
        "two humps at the threshold itself",
        "At a distance of exactly 2 sigma the top is flat but still one: the density falls off to"
        " both sides, slowly. Two humps need more than that: `>`, not `>=`.",
        lambda a, b, s: 2 if abs(a - b) >= 2 * s else 1,
    ),
    Misconception(
        "sign of the difference",
        "The answer depends on which mean comes first. Take the absolute difference.",
        lambda a, b, s: 2 if b - a > 2 * s else 1,
    ),
    Misconception(
        "sign of the difference",
        "The answer depends on which mean comes first. Take the absolute difference.",
        lambda a, b, s: 2 if a - b > 2 * s else 1,
    ),
    Misconception(
        "compared with the variance",
        "The distance was compared with the variance, which has another unit (centimetres"
        " squared). `sigma` is to be used as it is.",
        lambda a, b, s: 2 if abs(a - b) > 2 * s**2 else 1,
    ),
    Misconception(
        "compared squared distance with 2 sigma squared",
        "You compared the squared distance with 2 sigma squared. Both sides of the rule are"
        " squared or neither: the 2 as well.",
        lambda a, b, s: 2 if (a - b) ** 2 > 2 * s**2 else 1,
    ),
    Misconception(
        "spread forgotten",
        "The distance was compared with a fixed number. Close or far is a question of the spread:"
        " compare with `sigma`.",
        lambda a, b, s: 2 if abs(a - b) > 2 else 1,
    ),
    Misconception(
        "the other way round",
        "The two answers are exchanged: groups far apart show two humps.",
        lambda a, b, s: 3 - n_modes(a, b, s),
    ),
    Misconception(
        "counted the valley too",
        "You counted all places where the derivative is zero. Between two humps lies a valley;"
        " count only the maxima.",
        lambda a, b, s: 2 * n_modes(a, b, s) - 1,
    ),
    Misconception(
        "counted the dips",
        "This is one too few: did you count the valleys between the humps?",
        lambda a, b, s: n_modes(a, b, s) - 1,
    ),
    Misconception(
        "counted rounding noise",
        "At a distance of exactly 2 sigma the top is so flat that neighbouring places of a fine"
        " grid differ by rounding only, and each ripple was counted as a hump. Take a coarser grid,"
        " or the rule that you can derive.",
        applies=_noise_at_the_threshold,
    ),
)

N_MODES = Exercise(
    id="02.3",
    title="One hump or two?",
    parts=(Function("n_modes", _MODES, Number("the number of humps, 1 or 2")),),
    cases=_modes_cases,
    properties=(
        Property(
            "two equal groups make one hump up to a ratio of 2, and two beyond", _right_number
        ),
    ),
    misconceptions=_MODES_WRONG,
    hints=(
        "Only one thing matters: how far apart the means are, measured in standard deviations.",
        (
            "At the midpoint the density has either its only top or a valley. Which of the two is"
            " decided by the sign of the curvature there, and the lesson derived it."
        ),
        "Compare `abs(mu1 - mu2)` with `2 * sigma`; at equality there is still one hump.",
    ),
    solution=(n_modes,),
    remark=(
        "So a histogram with one hump does not prove that there is one group. The rule is for equal"
        " weights and equal spreads; otherwise count the modes on a grid."
    ),
)

EXERCISES = (SAMPLE, GAMMA, N_MODES)
