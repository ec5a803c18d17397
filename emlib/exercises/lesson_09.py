"""Exercises of lesson 09: the repair lab.

An answer is EM itself, one round or a whole fit, and it is judged by what it does: responsibilities
that are the posterior, a likelihood that never falls, units and names that do not matter. What is
told stands in lesson_09.md.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np

from emlib.exercises import pair
from emlib.exercises.engine.forms import Answers, Array, Each, Several, show
from emlib.exercises.engine.record import Case, Finding, Property
from emlib.exercises.pair import Slip, each, of_part, seen
from emlib.exercises.slips import em
from emlib.exercises.slips.em import LINE, PLANE, POISSON, Floats, Formula, Named, Theta
from emlib.exercises.slips.examiners import REFUSES, Examiner, Implementation
from emlib.exercises.slips.fits import Fits, close
from emlib.exercises.slips.holds import holds, lost_where, never_falls, no_lower, of, sums_to_one
from emlib.exercises.slips.rounds import Round, Rounds, Watched, by_component, matrices, points

LESSON = pair.lesson(__name__)
TITLE = LESSON.title


# 09.1

em_round = LESSON.reference("09.1", "em_round")
ON_THE_LINE = Rounds(LINE, (by_component,) * 3, powers=(0, 1, 1))


def _line_cases(rng: np.random.Generator) -> list[Case]:
    cases = []
    for n, start in (
        (60, ([0.4, 0.6], [-0.5, 0.5], [1.0, 1.4])),
        (45, ([0.3, 0.7], [2.5, -1.5], [0.7, 1.9])),
        (90, ([0.2, 0.5, 0.3], [-3.0, 0.5, 4.0], [1.2, 0.6, 2.1])),
    ):
        weights, means, stds = (np.array(part) for part in start)
        centres = np.linspace(-2.0, 1.0 + len(means), len(means))
        z = rng.integers(len(means), size=n)
        x = rng.normal(centres[z], rng.uniform(0.8, 1.5, size=len(means))[z])
        label = f"{n} fresh numbers and {len(means)} components"
        cases.append(em_round.case(label, x, weights, means, stds))
    return cases


def _stds(centres: Callable[[Named, Named], Floats], less: float = 0.0) -> Formula:
    return lambda x, r, new, old: np.sqrt(em.squares(x, r, centres(new, old)) / (em.n_k(r) - less))


def _floored(case: Case, watched: Watched) -> bool:
    due = LINE.m_step(case["x"], watched.r, *watched.thetas[0])[2]
    added = watched.new[2] ** 2 - due**2
    return bool(added.min() > 1e-9 and np.ptp(added) < 1e-6 * added.max())


WRONG_LINES = {
    "the front factor left out": LINE.seeing(em.no_front_factor),
    "weights left out of the E step": LINE.seeing(weights=np.ones_like),
    "a variance where a standard deviation is due": LINE.seeing(stds=np.square),
    "a variance where a standard deviation is due (root)": LINE.seeing(stds=np.sqrt),
    "variances returned for standard deviations": LINE.but(stds=em.line_variances),
    "spread about the old means": LINE.but(stds=_stds(lambda new, old: old["means"])),
    "divided by N_k - 1": LINE.but(stds=_stds(lambda new, old: new["means"], less=1.0)),
}


ROUND = LESSON.exercise(
    "09.1",
    parts=(ON_THE_LINE.part("em_round"),),
    cases=_line_cases,
    properties=ON_THE_LINE.properties,
    slips={
        **ON_THE_LINE.slips,
        "a fixed standard deviation": ON_THE_LINE.like(
            *(
                LINE.seeing(stds=partial(np.full_like, fill_value=width))
                for width in (0.25, 0.5, 1.0)
            )
        ),
        **each(ON_THE_LINE.like, WRONG_LINES),
        "a constant added to the variances": seen(_floored),
        "one spread for all": seen(lambda case, watched: np.ptp(watched.new[2]) < 1e-9),
    },
    seconds=10.0,
)


# 09.2

draw_start = LESSON.reference("09.2", "draw_start")
fit = LESSON.reference("09.2", "fit")
FITS = Fits(LINE)
UNITS = (1.0, 1e-3, 1e3)


def _triple(shape: Callable[[Mapping[str, Any]], tuple[int, ...]]) -> Several:
    return Several(dict.fromkeys(LINE.formulae, Array("one number a component", shape)))


def _fit_cases(rng: np.random.Generator) -> list[Case]:
    def blocks(*groups: tuple[float, float, int]) -> Floats:
        return np.concatenate([rng.normal(*group) for group in groups])

    listed = (
        (
            "240, 30 and 30 points of three groups",
            blocks((-10.0, 3.0, 240), (30.0, 6.0, 30), (6.0, 4.0, 30)),
            ([1 / 3] * 3, [2.0, 7.0, 5.0], [4.0, 4.0, 4.0]),
        ),
        (
            "100 points of each of three groups, a thousand away from 0",
            blocks((1000.0, 0.3, 100), (1004.0, 0.7, 100), (1001.3, 0.5, 100)),
            ([0.2, 0.3, 0.5], [1000.5, 1002.0, 1003.0], [1.0, 1.0, 1.0]),
        ),
        (
            "60 points near 2, a few near 200, and both components started near 2",
            blocks((2.0, 5.0, 60), (200.0, 4.0, 6)),
            ([0.5, 0.5], [0.0, 3.0], [5.0, 5.0]),
        ),
    )
    cases = []
    for label, x, start in listed:
        own = np.random.default_rng(7)
        cases.append(fit.case(label, x, *start, n_components=len(start[0]), rng=own))
    return cases


def _in_units(draw: Callable[..., Any]) -> Callable[..., Any]:
    """Draw a start of data in several units."""

    def run(x: Floats, n_components: int, rng: np.random.Generator) -> Any:
        first = draw(x, n_components, rng)
        if first is None or first is Ellipsis:
            return first
        return Answers([first, *(draw(unit * x, n_components, rng) for unit in UNITS[1:])])

    return run


def _of_start(
    condition: Callable[..., Any], due: Callable[[Floats], str], came: Callable[..., str]
) -> Callable[[Case, Any], Finding | None]:
    """Test a start in each unit, by a condition on the data, weights, means and stds."""

    def in_each_unit(case: Case, answer: Any) -> Finding | None:
        for unit, start in zip(UNITS, answer[0], strict=True):
            x = unit * case["x"]
            if not np.all(condition(x, *start)):
                same = f", for {unit:g} times the data" if unit != 1 else ""
                return Finding(f"{came(*start)}{same}", due(x))
        return None

    return in_each_unit


def _named_means(weights: Floats, means: Floats, stds: Floats) -> str:
    return f"means {show(means)}"


def _named_stds(weights: Floats, means: Floats, stds: Floats) -> str:
    return f"stds {show(stds)}"


def _growth(i: int, test: Callable[[float], bool]) -> Slip:
    """Tell a slip by how a parameter of a start grows with data a million times larger."""

    def applies(case: Case, starts: Any) -> bool:
        small, large = (np.abs(np.asarray(start[i], dtype=float)).max() for start in starts[1:])
        return test(float(large / small))

    return seen(applies)


def _holds_weights(case: Case, theta: Theta) -> bool:
    equal = np.full(len(theta[0]), 1 / len(theta[0]))
    return close(theta[:1], (case["weights"],)) or close(theta[:1], (equal,))


def _squared(case: Case, theta: Theta) -> bool:
    return FITS.settled(case, (theta[0], theta[1], np.sqrt(theta[2]))) is None


FIT = LESSON.exercise(
    "09.2",
    parts=(
        draw_start.part(Each(_triple(lambda data: (data["n_components"],))), adapt=_in_units),
        fit.part(_triple(by_component)),
    ),
    cases=_fit_cases,
    properties=(
        Property(
            "a start is a valid mixture",
            _of_start(
                lambda x, w, m, s: abs(w.sum() - 1) < 1e-6 and (w > 0).all() and (s > 0).all(),
                lambda x: "weights above 0 that sum to 1, and standard deviations above 0",
                lambda w, m, s: f"weights {show(w)}, stds {show(s)}",
            ),
        ),
        Property(
            "no two components start alike",
            _of_start(
                lambda x, w, m, s: len(np.unique(m)) == len(m),
                lambda x: "different means: EM never parts equal components",
                _named_means,
            ),
        ),
        Property(
            "a start lies where the data lie",
            _of_start(
                lambda x, w, m, s: (m > x.min() - np.ptp(x)) & (m < x.max() + np.ptp(x)),
                lambda x: f"means near the data, which lie from {x.min():.4g} to {x.max():.4g}",
                _named_means,
            ),
        ),
        Property(
            "a start is as wide as the data, whatever their unit",
            _of_start(
                lambda x, w, m, s: (s > np.ptp(x) / 1000) & (s < np.ptp(x)),
                lambda x: f"widths that fit data over a range of {np.ptp(x):.4g}",
                _named_stds,
            ),
        ),
        Property("the weights sum to 1", of(1, of(0, sums_to_one))),
        Property("the likelihood is no lower than at the start", of(1, no_lower(LINE, FITS.start))),
        Property("the weights are fitted as well (9.26)", of(1, FITS.weights_fitted)),
        Property("the fit has settled", of(1, FITS.settled)),
    ),
    slips={
        **of_part(
            0,
            {
                "one mean for all": seen(
                    lambda case, starts: all(np.ptp(means) == 0 for _, means, _ in starts)
                ),
                "starts that ignore the data": _growth(1, lambda factor: factor < 100),
                "variances in the start": _growth(2, lambda factor: factor > 1e9),
                "widths in no unit": _growth(2, lambda factor: factor < 100),
                "weights of the start do not sum to 1": seen(
                    lambda case, starts: all(abs(np.sum(w) - 1) > 1e-6 for w, _, _ in starts)
                ),
            },
        ),
        **of_part(
            1,
            {
                "densities without logarithms": lost_where(
                    lambda case: case["n_components"] == 2  # the far case
                ),
                "weights left out": seen(_holds_weights),
                "a fixed twenty rounds": seen(FITS.stopped_after(20)),
                "a single round": seen(FITS.stopped_after(1)),
                "hard assignment": seen(FITS.ends_like(LINE.but(shares=em.hard))),
                "variances instead of standard deviations": seen(_squared),
                "stopped too early": seen(FITS.on_its_way, last_resort=True),
                "another start": seen(FITS.elsewhere, last_resort=True),
            },
        ),
    },
    seconds=10.0,
)


# 09.3

fit_2d = LESSON.reference("09.3", "fit_2d")
PLANE_FITS = Fits(PLANE)
CENTRES = ([0.0, 1.5], [2.8, 1.5], [5.0, 3.0], [-4.0, 6.0])
SPREADS = np.array(
    [[[1, 0.8], [0.8, 1]], [[1.2, -0.6], [-0.6, 0.5]], [[0.8, 0], [0, 0.6]], [[1, 0], [0, 1]]]
)


def _cloud_cases(rng: np.random.Generator) -> list[Case]:
    def clouds(sizes: tuple[int, ...], shift: float = 0.0) -> Floats:
        each = zip(sizes, CENTRES, SPREADS, strict=False)
        drawn = [rng.multivariate_normal(centre, spread, n) for n, centre, spread in each]
        return np.concatenate(drawn) + shift

    far = np.concatenate([clouds((80,)), clouds((30,), 300.0)])
    listed = (
        ("two tilted clouds that touch", clouds((100, 60)), [[0.2, 0.0], [1.6, 2.9]]),
        (
            "three clouds of 90, 50 and 40 points",
            clouds((90, 50, 40)),
            [[1.0, 1.0], [1.6, 2.2], [4.0, 1.0]],
        ),
        (
            "a cloud near 0, another 300 away, and both components started near 0",
            far,
            [[-0.5, 1.2], [1.0, 2.5]],
        ),
        (
            "four clouds of 40, 30, 30 and 20 points",
            clouds((40, 30, 30, 20)),
            [[0.0, 1.0], [2.0, 1.0], [4.0, 3.5], [-3.0, 5.0]],
        ),
        (
            "two clouds, a million away from 0",
            clouds((60, 40), 1e6),
            [[1e6 + 0.5, 1e6 + 1.0], [1e6 + 2.0, 1e6 + 2.0]],
        ),
    )
    cases = []
    for label, x, means in listed:
        k = len(means)
        weights = np.arange(k, 0, -1) / np.arange(k, 0, -1).sum()
        cases.append(fit_2d.case(label, x, weights, means, [np.diag([1.0, 0.8])] * k))
    return cases


def _history(answer: Any) -> Floats:
    return np.ravel(np.asarray(answer[3], dtype=float))


def _heights(case: Case, n: int) -> Floats:
    """Log-likelihood of the start and after each of some rounds of EM."""
    return np.array([PLANE_FITS.height(case, PLANE_FITS.after(case, i)) for i in range(n)])


def _starts_at_the_start(case: Case, answer: Any) -> Finding | None:
    came, due = float(_history(answer)[0]), float(_heights(case, 1)[0])
    if np.isclose(came, due, rtol=1e-7):
        return None
    return Finding(f"history[0] = {came:.4f}", f"ln p at the start, {due:.4f}")


def _ends_at_the_end(case: Case, answer: Any) -> Finding | None:
    came, due = float(_history(answer)[-1]), PLANE_FITS.height(case, answer[:3])
    if np.isclose(came, due, rtol=1e-9, atol=1e-6):
        return None
    return Finding(f"history[-1] = {came:.6f}", f"ln p of what you return, {due:.6f}")


def _never_falls(case: Case, answer: Any) -> Finding | None:
    return never_falls(_history(answer), len(case["x"]))


def _round_by_round(case: Case, answer: Any) -> Finding | None:
    came = _history(answer)[:20]
    due = _heights(case, len(came))
    wrong = np.flatnonzero(~np.isclose(came, due, rtol=1e-6))
    if len(wrong) == 0:
        return None
    n = int(wrong[0])
    return Finding(f"history[{n}] = {came[n]:.4f}", f"ln p after {n} rounds of EM, {due[n]:.4f}")


def _at_rest(case: Case, answer: Any) -> Finding | None:
    theta = answer[:3]
    gain = PLANE_FITS.height(case, PLANE.round(case["x"], theta)) - PLANE_FITS.height(case, theta)
    if abs(gain) < 1e-3:
        return None
    return Finding(f"another round would gain {gain:.4f} nats", "less than 0.001")


def _belongs_to_the_last(case: Case, answer: Any) -> Finding | None:
    """Find parameters that moved on after the last entry, by less than ln p would show."""
    n = len(_history(answer)) - 1
    off = [_distance(answer[:3], PLANE_FITS.after(case, i)) for i in (n, n + 1)]
    if off[0] <= 10 * off[1] or off[0] < 1e-8:
        return None
    return Finding(f"parameters after {n + 1} rounds, and ln p of {n}", f"those after {n} rounds")


def _distance(first: Theta, second: Theta) -> float:
    return max(float(np.abs(a - b).max()) for a, b in zip(first, second, strict=True))


def _begins_with(
    value: Callable[[Case, Theta, Floats], float], *, later: bool = False
) -> Mapping[str, Any]:
    """Hold where the history begins with this value, at the start or after one round."""

    def applies(case: Case, answer: Any) -> bool:
        r = PLANE.e_step(case["x"], *PLANE_FITS.start(case))
        came = _history(answer)[0]
        due = value(case, PLANE_FITS.after(case, int(later)), r)
        spoilt = not np.isfinite(came) and np.abs(case["x"]).max() > 100  # as a far point may
        return bool(spoilt or np.isclose(came, due, rtol=1e-6))

    return seen(applies)


def _q(case: Case, theta: Theta, r: Floats) -> float:
    return float((r * PLANE.log_joint(case["x"], *theta)).sum())


def _q_without_weights(case: Case, theta: Theta, r: Floats) -> float:
    return _q(case, theta, r) - float((r * np.log(theta[0])).sum())


def _ln_p(case: Case, theta: Theta, r: Floats) -> float:
    return PLANE_FITS.height(case, theta)


def _added_to_the_diagonal(case: Case, answer: Any) -> bool:
    theta = answer[:3]
    added = theta[2] - PLANE.round(case["x"], theta)[2]
    amount = added[:, 0, 0].mean()
    return bool(amount > 1e-8 and np.abs(added - amount * np.eye(2)).max() < 0.2 * amount)


def _right_until_now(case: Case, answer: Any) -> bool:
    tests = (_starts_at_the_start, _round_by_round, _ends_at_the_end)
    return all(test(case, answer) is None for test in tests)


def _behind(case: Case, answer: Any) -> bool:
    far = bool(np.abs(case["x"]).max() > 100)
    early = _starts_at_the_start(case, answer) is None and _never_falls(case, answer) is None
    late = _ends_at_the_end(case, answer) or _belongs_to_the_last(case, answer)
    return far or (early and late is not None)


def _old_means(x: Floats, r: Floats, new: Named, old: Named) -> Floats:
    about_old: Floats = em.scatters(x, r, old["means"]) / em.n_k(r)[:, None, None]
    return about_old


def _watches(wrong: Fits) -> Mapping[str, Any]:
    """Tell a slip by the log-likelihoods of a wrong EM's first rounds."""

    def applies(case: Case, answer: Any) -> bool:
        came = _history(answer)[:4]
        due = [wrong.height(case, wrong.after(case, i)) for i in range(len(came))]
        return bool(np.allclose(came, due, rtol=1e-6))

    return seen(applies)


def _loses_digits(case: Case, answer: Any) -> bool:
    return _right_until_now(case, answer) == (np.abs(case["x"]).max() < 1e5)


FIT_2D = LESSON.exercise(
    "09.3",
    parts=(
        fit_2d.part(
            Several(
                {
                    "weights": Array("one number a component", by_component, finite=False),
                    "means": Array("one row a component", points, finite=False),
                    "covariances": Array("one matrix a component", matrices, finite=False),
                    "history": Array("ln p at the start and after each round", finite=False),
                }
            ),
        ),
    ),
    cases=_cloud_cases,
    properties=(
        Property(
            "all numbers are finite, wherever the data lie",
            holds(
                lambda case, answer: all(np.isfinite(part).all() for part in answer),
                "ordinary numbers",
                "NaN or an infinite number",
            ),
        ),
        Property("the history begins with ln p at the start (9.28)", _starts_at_the_start),
        Property("the history ends with ln p at what is returned", _ends_at_the_end),
        Property("the log-likelihood never falls", _never_falls),
        Property(
            "the weights are fitted as well (9.26)",
            lambda case, answer: PLANE_FITS.weights_fitted(case, answer[:3]),
        ),
        Property("the history has ln p after each round of EM", _round_by_round),
        Property("the fit has settled", _at_rest),
        Property("the parameters returned are those of the last entry", _belongs_to_the_last),
    ),
    slips={
        "densities without logarithms": lost_where(lambda case: np.ptp(case["x"]) > 100),
        "a zip walked through twice": seen(
            lambda case, answer: bool(np.isneginf(_history(answer)).all())
        ),
        "weights never updated": seen(lambda case, answer: np.allclose(answer[0], case["weights"])),
        "expected log-likelihood without ln pi": _begins_with(_q_without_weights),
        "expected log-likelihood without ln pi (new parameters)": _begins_with(
            _q_without_weights, later=True
        ),
        "expected log-likelihood without the entropy": _begins_with(_q),
        "old responsibilities": _begins_with(_q, later=True),
        "an average, not a sum": _begins_with(lambda c, t, r: _ln_p(c, t, r) / len(c["x"])),
        "the start left out": _begins_with(_ln_p, later=True),
        "a constant added to the covariances": seen(_added_to_the_diagonal),
        "squares about the old means": _watches(Fits(PLANE.but(covariances=_old_means))),
        "one round behind": seen(_behind),
        "digits lost far from 0": seen(_loses_digits),
        "stopped too early": seen(_right_until_now, last_resort=True),
    },
    seconds=10.0,
)


# 09.4


def _by_eigenvalues(x: Floats, weights: Floats, means: Floats, covariances: Floats) -> Any:
    columns = []
    for weight, mean, covariance in zip(weights, means, covariances, strict=True):
        values, vectors = np.linalg.eigh(covariance)
        z = (x - mean) @ vectors / np.sqrt(values)
        columns.append(np.log(weight) - 0.5 * np.log(values).sum() - 0.5 * (z**2).sum(axis=1))
    a = np.column_stack(columns)
    r = np.exp(a - np.logaddexp.reduce(a, axis=1)[:, None])
    new_means = np.array([np.average(x, axis=0, weights=column) for column in r.T])
    spreads = [np.cov(x.T, aweights=column, ddof=0) for column in r.T]
    return r, r.sum(axis=0) / r.sum(), new_means, np.array(spreads)


def _swapped(weights: Floats, means: Floats, covariances: Floats) -> Theta:
    scale = np.exp(-np.linalg.slogdet(covariances)[1])
    return weights * scale, means, np.asarray(np.linalg.inv(covariances))


def _roots(x: Floats, r: Floats, new: Named, old: Named) -> Floats:
    spreads = em.plane_covariances(x, r, new, old)
    scaled: Floats = spreads / np.sqrt(np.sqrt(np.linalg.det(spreads)))[:, None, None]
    return scaled


def _one_after_another(x: Floats, weights: Floats, means: Floats, covariances: Floats) -> Any:
    """Update the components in turn, sharing the points anew after each: their order matters."""
    weights, means, covariances = weights.copy(), means.copy(), covariances.copy()
    first = PLANE.e_step(x, weights, means, covariances)
    for k in range(len(weights)):
        r = PLANE.e_step(x, weights, means, covariances)
        _, new_means, spreads = PLANE.m_step(x, r)
        means[k], covariances[k] = new_means[k], spreads[k]
    return first, first.mean(axis=0), means, covariances


def _faulty(label: str, wrong: em.EM, fault: str) -> Implementation:
    return Implementation(label, wrong.shares_and_round, fault)


WARD = (
    Implementation("a right implementation", PLANE.shares_and_round),
    Implementation("a right implementation, by eigenvalues", _by_eigenvalues),
    _faulty(
        "shares that sum to 1 over the data instead of the components",
        PLANE.but(shares=em.over_data),
        "lets normalisation pass",
    ),
    _faulty(
        "an E step that rounds every share to 0 or 1",
        PLANE.but(shares=em.hard),
        "lets hard assignment pass",
    ),
    _faulty("Sigma where its inverse belongs", PLANE.seeing(_swapped), "lets the swap pass"),
    _faulty(
        "an E step without the weights",
        PLANE.seeing(weights=np.ones_like),
        "lets a missing prior pass",
    ),
    _faulty(
        "an M step that hands the weights back as they were",
        PLANE.but(weights=em.kept("weights")),
        "lets frozen weights pass",
    ),
    _faulty(
        "covariances in the unit of a standard deviation",
        PLANE.but(covariances=_roots),
        "lets wrong units pass",
    ),
    Implementation(
        "components updated one after another", _one_after_another, "lets a favoured name pass"
    ),
    _faulty("densities without logarithms", PLANE.but(shares=em.divided), "lets underflow pass"),
)


def _with_arrays(em_round: Round, *given: Any) -> tuple[tuple[Any, ...], Any]:
    arrays = [np.asarray(part, dtype=float) for part in given]
    return (len(arrays[1]),), em_round(*arrays)


EXAMINER = Examiner("em_round", WARD, _with_arrays)
THE_WARD = LESSON.exercise(
    "09.4",
    parts=(EXAMINER.part("passes"),),
    cases=EXAMINER.cases,
    properties=EXAMINER.properties(
        "it passes, as it is EM to 12 digits",
        "it fails",
    ),
    slips={
        **EXAMINER.slips,
        "refuses the healthy": REFUSES,
        "a single component": seen(lambda case, answer: set(answer.calls) == {(1,)}),
        **{made.fault: EXAMINER.escaped(made.fault) for made in WARD if made.fault},
    },
    seconds=10.0,
)


# 09.5

em_round_poisson = LESSON.reference("09.5", "em_round_poisson")
COUNTS = Rounds(POISSON, (by_component,) * 2)


def _count_cases(rng: np.random.Generator) -> list[Case]:
    cases = []
    for n, rates, weights, guess in (
        (80, (2.0, 9.0), (0.6, 0.4), (1.0, 5.0)),
        (120, (0.5, 4.0, 15.0), (0.2, 0.5, 0.3), (1.0, 3.0, 8.0)),
        (60, (6.0, 3.0), (0.7, 0.3), (7.5, 2.5)),
    ):
        z = rng.choice(len(rates), size=n)
        x = rng.poisson(np.array(rates)[z]).astype(float)
        label = f"{n} counts and {len(rates)} components"
        cases.append(em_round_poisson.case(label, x, list(weights), list(guess)))
    return cases


def _gaussians(variances: Callable[[Floats], Floats]) -> em.EM:
    return POISSON.but(log_joint=lambda x, w, m: em.normal(x, w, m, variances(m)))


def _variances(x: Floats, r: Floats, new: Named, old: Named) -> Floats:
    variances: Floats = em.squares(x, r, em.line_means(x, r, new, old)) / em.n_k(r)
    return variances


WRONG_COUNTS = {
    "the factor exp(-rate) left out": POISSON.seeing(lambda w, m: (w * np.exp(m), m)),
    "weights left out of the E step": POISSON.seeing(weights=np.ones_like),
    "a weight where its logarithm is due": POISSON.seeing(weights=np.exp),
    "a Gaussian instead of a Poisson": _gaussians(np.ones_like),
    "a Gaussian instead of a Poisson (own variance)": _gaussians(np.array),
    "divided by N instead of N_k": POISSON.making(rates=lambda x, r: x @ r / len(x)),
    "rates not averaged": POISSON.making(rates=lambda x, r: x @ r),
    "the rate of an exponential": POISSON.making(rates=lambda x, r: em.n_k(r) / (x @ r)),
    "a variance instead of a mean": POISSON.but(rates=_variances),
}


THE_COUNTS = LESSON.exercise(
    "09.5",
    parts=(COUNTS.part("em_round_poisson"),),
    cases=_count_cases,
    properties=COUNTS.properties,
    slips={
        **COUNTS.slips,
        **each(COUNTS.like, WRONG_COUNTS),
    },
    seconds=10.0,
)

EXERCISES = (ROUND, FIT, FIT_2D, THE_WARD, THE_COUNTS)
