"""Exercises of lesson 02: latent variables.

x holds numbers, shape (N,); z the component of each, shape (N,), counted from 0. A mixture is given
by its weights, means and standard deviations, shape (K,) each.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from emlib.exercises import pair
from emlib.exercises.engine.forms import Array, Number, Several, show
from emlib.exercises.engine.properties import Test
from emlib.exercises.engine.record import Case, Finding, Property
from emlib.exercises.pair import Slip, each, of_part, seen
from emlib.exercises.slips.em import LINE, Floats, no_front_factor, over_data
from emlib.exercises.slips.holds import holds, of, sums_to_one

LESSON = pair.lesson(__name__)
TITLE = LESSON.title

_H2 = ([0.5, 0.5], [163.0, 177.0], [7.1414, 7.1414])
_UNWEIGHTED = LINE.seeing(weights=np.ones_like)
_SQUARED = LINE.seeing(stds=np.square)
_NO_FRONT = LINE.seeing(lambda w, m, s: (w * s * np.sqrt(2 * np.pi), m, s))


# 02.1

sample_mixture = LESSON.reference("02.1", "sample_mixture")
_SURE = 5.0  # standard errors


def _sample_cases(rng: np.random.Generator) -> list[Case]:
    recipes = (
        (6_000, [0.5, 0.5], [163.0, 177.0], [7.1414, 7.1414]),
        (6_000, [0.6, 0.3, 0.1], [0.0, 20.0, 35.0], [2.0, 0.5, 4.0]),
        (6_000, [0.1, 0.2, 0.3, 0.4], [-9.0, 5.0, 1.0, 30.0], [1.5, 0.5, 3.0, 6.0]),
    )
    cases = []
    for n, weights, means, stds in recipes:
        own = np.random.default_rng(int(rng.integers(2**31)))
        label = f"n = {n}, weights {show(weights)}"
        cases.append(sample_mixture.case(label, n, weights, means, stds, own))
    return cases


class Drawn:
    """What was drawn, and what of it tests need: count, share, mean and spread of each label."""

    def __init__(self, case: Case, answer: tuple[Floats, Floats]) -> None:
        self.x, self.z = answer
        self.n, self.k = case["n"], len(case["weights"])
        self.weights, self.means, self.stds = (case[name] for name in LINE.formulae)
        own = [self.x[self.z == k] for k in range(self.k)]
        self.counts = np.array([len(x) for x in own])
        self.shares = self.counts / self.n
        self.own_means = np.array([x.mean() if len(x) else np.nan for x in own])
        self.own_stds = np.array([x.std() if len(x) else np.nan for x in own])

    def spread_is(self, stds: Any) -> bool:
        """Whether the spread of each label is near this, to some per cent."""
        off = np.abs(self.own_stds - stds)
        return bool((off <= 0.08 * np.maximum(np.abs(stds), 0.5)).all())

    def about_one_mean(self) -> bool:
        """Whether the numbers have the mean of all, whatever their label."""
        if not self.counts.all():
            return False
        off = np.abs(self.own_means - self.weights @ self.means)
        return bool((off <= 2 * _SURE * self.own_stds / np.sqrt(self.counts)).all())


def _of_drawn(
    condition: Callable[[Drawn], Any], due: Callable[[Drawn], str], came: Callable[[Drawn], str]
) -> Test:
    return holds(
        lambda case, answer: condition(Drawn(case, answer)),
        lambda case, answer: due(Drawn(case, answer)),
        lambda case, answer: came(Drawn(case, answer)),
    )


def _is_near(name: str, statistic: Callable[[Drawn], tuple[Floats, Floats, Floats]]) -> Test:
    """Test a statistic against what is due, with its standard error."""

    def near(drawn: Drawn) -> bool:
        came, due, error = statistic(drawn)
        return bool((np.abs(came - due) <= _SURE * error).all())

    return _of_drawn(
        near,
        lambda drawn: f"{name} near {show(statistic(drawn)[1])}",
        lambda drawn: f"{name} {show(statistic(drawn)[0])}",
    )


_stds_are_near = _is_near(
    "standard deviations", lambda d: (d.own_stds, d.stds, d.stds / np.sqrt(2 * d.counts))
)


def _drawn(test: Callable[[Drawn], Any]) -> Slip:
    """Tell a slip by a test of what was drawn, if it has the right shapes."""

    def applies(case: Case, answer: Any) -> bool:
        readable = isinstance(answer, tuple) and len(answer) == 2
        right = readable and all(np.shape(v) == (case["n"],) for v in answer)
        return right and bool(test(Drawn(case, answer)))

    return seen(applies)


def _shaped(test: Callable[[Case, Any, Any], Any]) -> Slip:
    """Tell a slip by the shapes of two values."""

    def applies(case: Case, answer: Any) -> bool:
        return isinstance(answer, tuple | list) and len(answer) == 2 and test(case, *answer)

    return seen(applies)


def _spread_by(change: Callable[[Floats], Any]) -> Slip:
    """Tell a slip by what was made of the standard deviations."""

    def applies(case: Case, answer: Any) -> bool:
        wrong = _stds_are_near(case, answer) is not None
        return wrong and Drawn(case, answer).spread_is(change(case["stds"]))

    return seen(applies)


def _std_of_all(d: Drawn) -> float:
    """Standard deviation of the whole mixture."""
    return float(np.sqrt(d.weights @ (d.stds**2 + (d.means - d.weights @ d.means) ** 2)))


def _guessed(d: Drawn) -> bool:
    """Whether each label is that of the nearest mean, or of the most probable component."""
    nearest = np.abs(d.x[:, None] - d.means).argmin(axis=1)
    likely = LINE.log_joint(d.x, d.weights, d.means, d.stds).argmax(axis=1)
    return any(np.mean(d.z == guess) > 0.999 for guess in (nearest, likely))


SAMPLE = LESSON.exercise(
    "02.1",
    parts=(
        sample_mixture.part(
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
        Property(
            "labels are whole numbers from 0 to K - 1",
            _of_drawn(
                lambda d: np.isin(d.z, np.arange(d.k)).all(),
                lambda d: f"whole numbers from 0 to {d.k - 1}",
                lambda d: f"values such as {show(np.unique(d.z)[:4])}",
            ),
        ),
        Property(
            "the share of label k is near the weight of component k",
            _is_near(
                "shares",
                lambda d: (d.shares, d.weights, np.sqrt(d.weights * (1 - d.weights) / d.n)),
            ),
        ),
        Property(
            "how many draws a component gets is random",
            _of_drawn(
                lambda d: d.k < 4 or not np.allclose(d.shares, d.weights, rtol=0, atol=1e-9),
                lambda d: "shares that vary from draw to draw",
                lambda d: f"shares exactly {show(d.weights)}",
            ),
        ),
        Property(
            "the x are drawn one by one, so they differ",
            _of_drawn(
                lambda d: len(np.unique(d.x)) > 0.99 * d.n,
                lambda d: f"about {d.n} different numbers",
                lambda d: f"{len(np.unique(d.x))} different numbers",
            ),
        ),
        Property(
            "given label k, the mean of x is near the mean of component k",
            _is_near("means", lambda d: (d.own_means, d.means, d.stds / np.sqrt(d.counts))),
        ),
        Property("given label k, the spread of x is that of component k", _stds_are_near),
    ),
    slips={
        "z as rows of zeros and ones": _shaped(
            lambda case, x, z: np.shape(z) == (case["n"], len(case["weights"]))
        ),
        "in another order": _drawn(
            lambda d: np.isin(d.x, np.arange(d.k)).all() and not np.isin(d.z, np.arange(d.k)).all()
        ),
        "as many draws from each component": _shaped(
            lambda case, x, z: np.size(x) == case["n"] * len(case["weights"])
        ),
        "labels counted from one": _drawn(lambda d: np.isin(d.z, np.arange(1, d.k + 1)).all()),
        "one label for all": _drawn(lambda d: len(np.unique(d.z)) == 1),
        "numbers of draws fixed in advance": _drawn(lambda d: np.allclose(d.shares, d.weights)),
        "one number a component, repeated": _drawn(lambda d: len(np.unique(d.x)) <= d.k),
        "the same deviation for every draw": _drawn(lambda d: (d.own_stds < 1e-9 * d.stds).all()),
        "added instead of mixed": _drawn(
            lambda d: d.about_one_mean() and d.spread_is(np.sqrt(d.weights**2 @ d.stds**2))
        ),
        "numbers sorted, labels not": _drawn(
            lambda d: (np.diff(d.x) >= 0).all() and (np.diff(d.z) < 0).any()
        ),
        "x drawn without looking at z": _drawn(
            lambda d: d.about_one_mean() and d.spread_is(_std_of_all(d))
        ),
        "weights ignored": _drawn(
            lambda d: (np.abs(d.shares - 1 / d.k) <= _SURE * np.sqrt((d.k - 1) / d.n) / d.k).all()
        ),
        "variance where a standard deviation is expected": _spread_by(np.square),
        "root of a standard deviation": _spread_by(np.sqrt),
        "standard deviations left out": _spread_by(np.ones_like),
        "labels guessed back from the numbers": _drawn(_guessed),
        "two components only": _drawn(
            lambda d: abs(d.shares[0] - d.weights[0]) < 0.05 and (d.z < 2).all()
        ),
    },
)


# 02.2

responsibilities = LESSON.reference("02.2", "responsibilities")


def _gamma_cases(rng: np.random.Generator) -> list[Case]:
    cases = [
        responsibilities.case("the two groups of the lesson, x = 170", [170.0], *_H2),
        responsibilities.case(
            "x = 168, two unequal groups", [168.0], [0.3, 0.7], [164.0, 178.0], [5.0, 8.0]
        ),
    ]
    for n, k in ((6, 2), (5, 3)):
        weights = rng.dirichlet(3 * np.ones(k)).round(2)
        weights[-1] = 1 - weights[:-1].sum()
        means = np.sort(rng.normal(0.0, 5.0, size=k)).round(1)
        stds = rng.uniform(0.6, 4.0, size=k).round(1)
        x = rng.normal(0.0, 5.0, size=n).round(1)
        cases.append(
            responsibilities.case(f"{n} numbers and {k} components", x, weights, means, stds)
        )
    return cases


def _one_column(case: Case, answer: Any) -> bool:
    """Whether the answer is one column of the right one."""
    right = LINE.e_step(*case.arguments(responsibilities.parameters))
    same_length = np.shape(answer) == np.shape(case["x"])
    return same_length and any(np.allclose(answer, column) for column in right.T)


def _shared(table: Floats) -> Floats:
    return table / table.sum(axis=1, keepdims=True)


def _by_distance(share: Callable[[Floats, Floats], Floats]) -> Slip:
    """Share by distance, and by something made of weights and standard deviations."""
    return lambda x, w, m, s: _shared(share(w, s) / np.abs(x[:, None] - m))


GAMMA = LESSON.exercise(
    "02.2",
    parts=(
        responsibilities.part(
            Array(
                "one row a number, one column a component",
                lambda case: (len(case["x"]), len(case["means"])),
            ),
        ),
    ),
    cases=_gamma_cases,
    properties=(
        Property("the responsibilities of a number sum to 1", sums_to_one),
        Property(
            "halfway between two equal groups each owns one half",
            holds(
                lambda case, a: case["x"][0] != case["means"].mean() or np.allclose(a, 0.5),
                "0.5 for each, by symmetry",
                lambda case, a: show(a[0], beside=0.5),
            ),
        ),
        Property(
            "they are weight times density, divided by the sum over the components (9.13)",
            responsibilities.agrees(),
        ),
    ),
    slips={
        "normalised over the data": LINE.but(shares=over_data).e_step,
        "normalised over everything": LINE.but(shares=lambda a: np.exp(a) / np.exp(a).sum()).e_step,
        "joint instead of posterior": LINE.but(shares=np.exp).e_step,
        "density instead of posterior": _UNWEIGHTED.but(shares=np.exp).e_step,
        "forgot the weights": _UNWEIGHTED.e_step,
        "weights in the numerator only": lambda x, w, m, s: w * _UNWEIGHTED.e_step(x, w, m, s),
        "the prior instead of the posterior": lambda x, w, m, s: np.repeat(w[None], len(x), axis=0),
        "density without its front factor": _NO_FRONT.e_step,
        "variance where a standard deviation is expected": _SQUARED.e_step,
        "standard deviation where a variance is expected": LINE.seeing(
            lambda w, m, s: (w / np.sqrt(s), m, np.sqrt(s))
        ).e_step,
        "factor of one half forgotten": LINE.seeing(stds=lambda s: s / np.sqrt(2)).e_step,
        "hard instead of soft assignment": seen(lambda case, answer: np.isin(answer, (0, 1)).all()),
        "one component only": seen(_one_column),
        "distances instead of densities": _by_distance(lambda w, s: np.ones_like(w)),
        "distances instead of densities (weighted)": _by_distance(lambda w, s: w),
        "distances instead of densities (in standard deviations)": _by_distance(lambda w, s: w * s),
        "weights taken twice": LINE.seeing(weights=np.square).e_step,
        "log instead of linear": LINE.but(shares=_shared).e_step,
        "columns exchanged": lambda *a: LINE.e_step(*a)[:, ::-1],
    },
    stretch=responsibilities.case("x = 2000", [2000.0, 170.0], *_H2),
)


# 02.3

n_modes = LESSON.reference("02.3", "n_modes")


def _modes_case(mu1: float, mu2: float, sigma: float) -> Case:
    label = f"means {mu1:g} and {mu2:g}, standard deviation {sigma:g}"
    return n_modes.case(label, mu1, mu2, sigma)


def _modes_cases(rng: np.random.Generator) -> list[Case]:
    listed = (
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
    cases = [_modes_case(*given) for given in listed]
    for ratio in (1.9, 2.1):
        sigma = round(float(rng.uniform(1.0, 8.0)), 2)
        middle = round(float(rng.normal(0.0, 20.0)), 1)
        half = ratio * sigma / 2
        cases.append(_modes_case(middle - half, middle + half, sigma))
    return cases


def _humps(case: Case) -> int:
    return int(n_modes(*case.arguments(n_modes.parameters)))


def _right_number(case: Case, answer: float) -> Finding | None:
    due = _humps(case)
    if answer == due:
        return None
    ratio = abs(case["mu1"] - case["mu2"]) / case["sigma"]
    return Finding(f"{answer:g}", f"{due} hump{'s' * (due > 1)}, at a ratio of {ratio:.4g}")


def _two_if(test: Callable[[float, float], Any]) -> Slip:
    """Say 2 by a test of the difference of the means and the standard deviation."""
    return lambda mu1, mu2, sigma: 2 if test(mu2 - mu1, sigma) else 1


def _counted(test: Callable[[Case, float], Any]) -> Slip:
    return seen(lambda case, answer: isinstance(answer, float) and test(case, answer))


def _noise_at_the_threshold(case: Case, answer: float) -> bool:
    at_threshold = abs(case["mu1"] - case["mu2"]) == 2 * case["sigma"]
    return answer > 2 if at_threshold else answer == _humps(case)


def _on_the_lessons_grid(case: Case, answer: float) -> bool:
    """Whether the count is right for means among human heights, and zero for those far from it."""
    means = np.array([case["mu1"], case["mu2"]])
    if (means < 100).all():
        return answer == 0
    return bool(answer == _humps(case) or (means < 150).any())


N_MODES = LESSON.exercise(
    "02.3",
    parts=(n_modes.part(Number("the number of humps, 1 or 2")),),
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
        "two groups, so two humps": _two_if(lambda d, s: d != 0),
        "two groups, so two humps (always)": lambda mu1, mu2, sigma: 2,
        "threshold at one standard deviation": _two_if(lambda d, s: abs(d) > s),
        "threshold at three standard deviations": _two_if(lambda d, s: abs(d) > 3 * s),
        "half the distance against two standard deviations": _two_if(lambda d, s: abs(d) > 4 * s),
        "two humps at the threshold itself": _two_if(lambda d, s: abs(d) >= 2 * s),
        "sign of the difference": _two_if(lambda d, s: d > 2 * s),
        "sign of the difference (other side)": _two_if(lambda d, s: -d > 2 * s),
        "compared with the variance": _two_if(lambda d, s: abs(d) > 2 * s**2),
        "compared squared distance with 2 sigma squared": _two_if(lambda d, s: d**2 > 2 * s**2),
        "spread forgotten": _two_if(lambda d, s: abs(d) > 2),
        "the other way round": lambda *a: 3 - n_modes(*a),
        "counted the valley too": lambda *a: 2 * n_modes(*a) - 1,
        "counted the dips": lambda *a: n_modes(*a) - 1,
        "counted rounding noise": _counted(_noise_at_the_threshold),
        "midpoint compared with the means": _two_if(
            lambda d, s: 2 * np.exp(-((d / s) ** 2) / 8) < 1 + np.exp(-((d / s) ** 2) / 2)
        ),
        "counted on a grid for human heights": _counted(_on_the_lessons_grid),
        "counted humps of a sample": _counted(
            lambda case, answer: answer > (2 if case["mu1"] == _H2[1][0] else 0)
        ),
    },
)


# 02.4

complete = LESSON.reference("02.4", "complete")
incomplete = LESSON.reference("02.4", "incomplete")


def _labelled_case(label: str, x: Any, z: Any, *mixture: Any) -> Case:
    return complete.case(label, x, np.eye(len(mixture[0]))[z], *mixture)


def _labelled_cases(rng: np.random.Generator) -> list[Case]:
    cases = [_labelled_case("three of the heights", [160.0, 168.0, 181.0], [0, 1, 1], *_H2)]
    for n, k in ((7, 2), (9, 3), (40, 4), (600, 2)):
        weights = (rng.permutation(k) + 1.0) / (k * (k + 1) / 2)
        means = rng.normal(0.0, 5.0, size=k).round(1)
        stds = (0.7 + 0.6 * rng.permutation(k)).round(1)
        z = rng.choice(k, size=n, p=weights)
        x = (means[z] + stds[z] * rng.normal(size=n)).round(1)
        cases.append(_labelled_case(f"{n} numbers and {k} components", x, z, weights, means, stds))
    return cases


def _sum_of(terms: Callable[..., Any]) -> Callable[..., Any]:
    """Add terms, of data and the parameters of the mixture."""
    return lambda *arguments: np.sum(terms(*arguments))


def _sum_over_rows(terms: Callable[..., Any]) -> Callable[..., Any]:
    """Add the logarithms of each row's sum, from the logarithms of the terms."""
    return _sum_of(lambda *arguments: np.logaddexp.reduce(terms(*arguments), axis=1))


def _picked(terms: Callable[..., Any]) -> Slip:
    """Add the terms that the labels name."""
    return lambda x, z, *theta: np.sum(z * terms(x, *theta))


def _without_labels(slip: Callable[..., Any]) -> Slip:
    return lambda x, z, *theta: slip(x, *theta)


def _joint(*arguments: Any) -> Floats:
    return np.exp(LINE.log_joint(*arguments))


def _weights_outside(x: Floats, w: Floats, m: Floats, s: Floats) -> Floats:
    return w * _UNWEIGHTED.log_joint(x, w, m, s)


def _averaged(*arguments: Any) -> Floats:
    return LINE.e_step(*arguments) * LINE.log_joint(*arguments)


_WRONG = {
    "forgot the weights": _UNWEIGHTED,
    "equal weights": LINE.seeing(weights=lambda w: np.full_like(w, 1 / len(w))),
    "variance where a standard deviation is expected": _SQUARED,
    "roots of the standard deviations": LINE.seeing(stds=np.sqrt),
    "front factor left out": _NO_FRONT,
    "pi left out": LINE.seeing(weights=lambda w: w * np.sqrt(2 * np.pi)),
    "1/std left out": LINE.seeing(no_front_factor),
}


def _underflows(right: Test) -> Slip:
    """Tell a slip by minus infinity for many numbers, and what is right for few."""
    return seen(
        lambda case, answer: (
            answer == -np.inf if len(case["x"]) > 100 else right(case, answer) is None
        )
    )


LOG_LIKELIHOODS = LESSON.exercise(
    "02.4",
    parts=(
        complete.part(Number("one number, in nats")),
        incomplete.part(Number("one number, in nats")),
    ),
    cases=_labelled_cases,
    properties=(
        Property(
            "`complete` adds the log joint densities of the components that the labels name (9.36)",
            of(0, complete.agrees()),
        ),
        Property(
            "`incomplete` takes the logarithm of each number's sum over the components (9.14)",
            of(1, incomplete.agrees()),
        ),
    ),
    slips={
        **of_part(
            0,
            {
                **{f"{name} (with labels)": _picked(of.log_joint) for name, of in _WRONG.items()},
                "no logarithm (with labels)": _picked(_joint),
                "weights outside the logarithm (with labels)": _picked(_weights_outside),
                "weights not in logarithms": _picked(
                    lambda x, w, m, s: w + _UNWEIGHTED.log_joint(x, w, m, s)
                ),
                "labels taken as indices": lambda x, z, *theta: np.sum(
                    LINE.log_joint(x, *(part[z.astype(int)] for part in theta))
                ),
                "one logarithm of everything (with labels)": lambda x, z, *theta: np.log(
                    np.sum(z * _joint(x, *theta))
                ),
                "labels inside the logarithm": seen(lambda case, answer: answer == -np.inf),
                "logarithm of a product (with labels)": _underflows(complete.agrees()),
                "labels ignored": _without_labels(_sum_of(LINE.log_joint)),
                "the incomplete data twice": _without_labels(_sum_over_rows(LINE.log_joint)),
                "responsibilities instead of labels": _without_labels(_sum_of(_averaged)),
            },
        ),
        **of_part(
            1,
            {
                **each(lambda of: _sum_over_rows(of.log_joint), _WRONG),
                "sum of logarithms": _sum_of(LINE.log_joint),
                "weights outside the logarithm": _sum_of(_weights_outside),
                "no logarithm": _sum_of(_joint),
                "one logarithm of everything": lambda *a: np.log(np.sum(_joint(*a))),
                "summed over the data first": _sum_of(lambda *a: np.log(_joint(*a).sum(axis=0))),
                "the largest term only": _sum_of(lambda *a: LINE.log_joint(*a).max(axis=1)),
                "an average of logarithms": _sum_of(_averaged),
                "logarithm of a product": _underflows(incomplete.agrees()),
            },
        ),
    },
    stretch=_labelled_case("a height of 2000 cm", [2000.0, 170.0], [1, 0], *_H2),
)

EXERCISES = (SAMPLE, GAMMA, N_MODES, LOG_LIKELIHOODS)
