"""Exercises of lesson 05: Gaussian mixtures in one dimension.

x holds numbers, shape (N,); r the responsibilities, shape (N, K), one column a component. An answer
holds weights, means and standard deviations, shape (K,) each.
"""

# Solutions are shown to the learner and carry no annotations.
# mypy: allow-untyped-defs

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlib.exercises.engine.forms import Array, Several, show
from emlib.exercises.engine.properties import agrees_with
from emlib.exercises.engine.record import Case, Exercise, Finding, Function, Misconception, Property

TITLE = "Gaussian mixtures in one dimension"

Floats = NDArray[np.float64]
Triple = tuple[Floats, Floats, Floats]
Pair = tuple[Floats, Floats]
EStep = Callable[[Floats, Floats, Floats, Floats], Floats]
MStep = Callable[[Floats, Floats, Floats], Pair]

_NAMES = ("weights", "means", "stds")


# The pieces of EM, and the wrong pieces that learners put in their place.


def _log_joint(x: Floats, weights: Floats, means: Floats, stds: Floats) -> Floats:
    z = (x[:, None] - means) / stds
    joint: Floats = np.log(weights) - np.log(stds) - 0.5 * np.log(2 * np.pi) - 0.5 * z * z
    return joint


def _log_likelihood(x: Floats, weights: Floats, means: Floats, stds: Floats) -> float:
    """Nats, summed over the data."""
    return float(np.logaddexp.reduce(_log_joint(x, weights, means, stds), axis=1).sum())


def _e_step(x: Floats, weights: Floats, means: Floats, stds: Floats) -> Floats:
    a = _log_joint(x, weights, means, stds)
    joint = np.exp(a - a.max(axis=1, keepdims=True))
    return joint / joint.sum(axis=1, keepdims=True)  # (9.23)


def _e_hard(x: Floats, weights: Floats, means: Floats, stds: Floats) -> Floats:
    return np.eye(len(means))[_e_step(x, weights, means, stds).argmax(axis=1)]


def _e_not_normalised(x: Floats, weights: Floats, means: Floats, stds: Floats) -> Floats:
    return np.exp(_log_joint(x, weights, means, stds))


def _e_weights_ignored(x: Floats, weights: Floats, means: Floats, stds: Floats) -> Floats:
    return _e_step(x, np.ones_like(means) / len(means), means, stds)


def _e_variance_for_std(x: Floats, weights: Floats, means: Floats, stds: Floats) -> Floats:
    return _e_step(x, weights, means, stds**2)


def _e_no_front_factor(x: Floats, weights: Floats, means: Floats, stds: Floats) -> Floats:
    return _e_step(x, weights * stds, means, stds)


def _variances(x: Floats, r: Floats) -> tuple[Floats, Floats, Floats]:
    """N_k, means and variances, as (9.18), (9.17) and (9.19) say."""
    n_k = r.sum(axis=0)
    means = (x @ r) / n_k
    return n_k, means, (r * (x[:, None] - means) ** 2).sum(axis=0) / n_k


def _m_step(x: Floats, r: Floats, old_means: Floats) -> Pair:
    _, means, variances = _variances(x, r)
    return means, np.sqrt(variances)


def _m_variances(x: Floats, r: Floats, old_means: Floats) -> Pair:
    return _variances(x, r)[1:]


def _m_about_old_means(x: Floats, r: Floats, old_means: Floats) -> Pair:
    n_k, means, _ = _variances(x, r)
    return means, np.sqrt((r * (x[:, None] - old_means) ** 2).sum(axis=0) / n_k)


# 05.1


def m_step_1d(x, r):
    """Weights, means and standard deviations that maximise Q."""
    x, r = np.asarray(x, dtype=float), np.asarray(r, dtype=float)
    n_k = r.sum(axis=0)  # (9.18)
    means = (r * x[:, None]).sum(axis=0) / n_k  # (9.17)
    variances = (r * (x[:, None] - means) ** 2).sum(axis=0) / n_k  # (9.19)
    return n_k / len(x), means, np.sqrt(variances)  # (9.22)


_M = ("x", "r")


def _m_cases(rng: np.random.Generator) -> list[Case]:
    cases = []
    for n, k in ((7, 2), (12, 3), (9, 2)):
        x = rng.normal(0.0, 8.0, size=n).round(2) + 5.0
        r = rng.dirichlet(np.ones(k), size=n)
        cases.append(Case(f"{n} numbers and {k} components", {"x": x, "r": r}))
    return cases


def _triple(case: Any) -> tuple[int, ...]:
    return (np.shape(case["r"])[1],)


def _sums_to_one(case: Case, answer: Triple) -> Finding | None:
    total = float(answer[0].sum())
    if abs(total - 1) < 1e-8:
        return None
    return Finding(f"a sum of {show(total, beside=1.0)}", "a sum of 1")


def _stds_positive(case: Case, answer: tuple[Floats, ...]) -> Finding | None:
    if (answer[-1] > 0).all():
        return None
    return Finding(f"stds {show(answer[-1])}", "numbers above zero")


def _m_with(x: Floats, r: Floats, **other: Any) -> tuple[Any, Any, Any]:
    """Return the right answer, with some of its three parts replaced."""
    right = dict(zip(_NAMES, m_step_1d(x, r), strict=True))
    return tuple({**right, **other}.values())


def _moment(x: Floats, r: Floats, power: int) -> Floats:
    moment: Floats = (x**power) @ r / r.sum(axis=0)
    return moment


def _plain_std(x: Floats, r: Floats) -> Floats:
    own = [x[r.argmax(axis=1) == k] for k in range(r.shape[1])]
    return np.array([v.std() for v in own])


def _m_hard(x: Floats, r: Floats) -> tuple[Any, Any, Any]:
    return m_step_1d(x, np.eye(r.shape[1])[r.argmax(axis=1)])


_SQUARE_ROOT = (
    "Where the standard deviations belong there are variances: take the square root. A variance is"
    " in squared units; only its root can be compared with x."
)
_COUNTS_FOR_WEIGHTS = (
    "The weights are the effective counts N_k: they sum to N. Divide by N, the number of data"
    " (9.22)."
)

_M_WRONG = (
    Misconception(
        "variances instead of standard deviations",
        _SQUARE_ROOT,
        lambda x, r: _m_with(x, r, stds=_variances(x, r)[2]),
    ),
    Misconception(
        "counts instead of weights",
        _COUNTS_FOR_WEIGHTS,
        lambda x, r: _m_with(x, r, weights=r.sum(axis=0)),
    ),
    Misconception(
        "weights left out",
        "The weights are all equal, whatever r says. They are parameters too: N_k / N (9.22).",
        lambda x, r: _m_with(x, r, weights=np.full(r.shape[1], 1 / r.shape[1])),
    ),
    Misconception(
        "divided by N instead of N_k",
        "Sums over the data were divided by N. A component's mean is divided by what this component"
        " was given, N_k (9.17), and so is its variance (9.19).",
        lambda x, r: _m_with(
            x,
            r,
            means=x @ r / len(x),
            stds=np.sqrt((r * (x[:, None] - x @ r / len(x)) ** 2).sum(axis=0) / len(x)),
        ),
    ),
    Misconception(
        "divided by N instead of N_k",
        "The means are right, but the variances were divided by N: divide by N_k (9.19).",
        lambda x, r: _m_with(x, r, stds=np.sqrt(_variances(x, r)[2] * r.sum(axis=0) / len(x))),
    ),
    Misconception(
        "divided by N instead of N_k",
        "The sums for the means were divided by N: divide by N_k, what this component was given.",
        lambda x, r: _m_with(x, r, means=x @ r / len(x)),
    ),
    Misconception(
        "spread about the overall mean",
        "The squared deviations are taken from the mean of all data. Each component has its own"
        " mean: take them from that (9.19).",
        lambda x, r: _m_with(x, r, stds=np.sqrt(((x - x.mean()) ** 2) @ r / r.sum(axis=0))),
    ),
    Misconception(
        "mean absolute deviation",
        "These are weighted means of absolute deviations. Square first, average, then take the"
        " root.",
        lambda x, r: _m_with(
            x,
            r,
            stds=(r * np.abs(x[:, None] - _variances(x, r)[1])).sum(axis=0) / r.sum(axis=0),
        ),
    ),
    Misconception(
        "forgot to subtract the mean",
        "This is the root of the mean square of x itself. The mean has to be subtracted before"
        " squaring.",
        lambda x, r: _m_with(x, r, stds=np.sqrt(_moment(x, r, 2))),
    ),
    Misconception(
        "divided by N_k - 1",
        "The variances were divided by N_k - 1. Maximum likelihood divides by N_k (9.19).",
        lambda x, r: _m_with(
            x,
            r,
            stds=np.sqrt(_variances(x, r)[2] * r.sum(axis=0) / (r.sum(axis=0) - 1)),
        ),
    ),
    Misconception(
        "responsibilities squared",
        "The responsibilities were squared along with the deviations: r stands outside the square.",
        lambda x, r: _m_with(
            x,
            r,
            stds=np.sqrt(
                ((r * (x[:, None] - _variances(x, r)[1])) ** 2).sum(axis=0) / r.sum(axis=0)
            ),
        ),
    ),
    Misconception(
        "hard instead of soft assignment",
        "Each number went wholly to its most probable component. Each counts for every component,"
        " with weight r.",
        _m_hard,
    ),
    Misconception(
        "one spread for all",
        "The standard deviations are those of all data. Each component has its own: weigh the"
        " squared deviations by r.",
        lambda x, r: _m_with(x, r, stds=np.full(r.shape[1], x.std())),
    ),
    Misconception(
        "plain instead of weighted spread",
        "The means are weighted but the standard deviations are those of a hard assignment: weigh"
        " the squared deviations by r as well.",
        lambda x, r: _m_with(x, r, stds=_plain_std(x, r)),
    ),
    Misconception(
        "in another order",
        "These are the right numbers in another order: `return weights, means, stds`.",
        lambda x, r: tuple(m_step_1d(x, r)[i] for i in (1, 2, 0)),
    ),
    Misconception(
        "in another order",
        "These are the right numbers in another order: `return weights, means, stds`.",
        lambda x, r: tuple(m_step_1d(x, r)[i] for i in (1, 0, 2)),
    ),
)

M_STEP = Exercise(
    id="05.1",
    title="The M step on a line",
    parts=(
        Function(
            "m_step_1d",
            _M,
            Several({name: Array("one number a component", _triple) for name in _NAMES}),
        ),
    ),
    cases=_m_cases,
    properties=(
        Property("N_k sums to N, so the weights sum to 1", _sums_to_one),
        Property("standard deviations are positive", _stds_positive),
        Property(
            "weights, means and standard deviations are those of (9.22), (9.17) and (9.19)",
            agrees_with(m_step_1d, _M, names=_NAMES),
        ),
    ),
    misconceptions=_M_WRONG,
    hints=(
        (
            "Everything is a weighted average: column k of r says how much each number counts for"
            " component k. What is the total weight of a column?"
        ),
        (
            "N_k is the sum of column k. The mean is the sum of r times x, divided by N_k; the"
            " variance the sum of r times the squared distance to that new mean, divided by N_k;"
            " the weight is N_k divided by N. Return the root of the variance."
        ),
        (
            "`n_k = r.sum(axis=0)`; `means = x @ r / n_k`; `variances = (r * (x[:, None] -"
            " means)**2).sum(axis=0) / n_k`; now return `n_k / len(x)`, the means, and the square"
            " roots."
        ),
    ),
    solution=(m_step_1d,),
    remark=(
        "Each formula is the one for a single Gaussian, with counts replaced by responsibilities."
        " Standard deviations are for people, variances for formulas: say which you return."
    ),
)


# 05.2


def fit_two_normals(x):
    """Weights, means and standard deviations at the maximum, from a good start."""
    x = np.asarray(x, dtype=float)
    weights, means, stds = np.array([0.5, 0.5]), np.array([10.0, 50.0]), np.array([5.0, 5.0])
    before = -np.inf
    while True:
        z = (x[:, None] - means) / stds
        a = np.log(weights) - np.log(stds) - 0.5 * np.log(2 * np.pi) - 0.5 * z**2
        m = a.max(axis=1, keepdims=True)
        log_density = m + np.log(np.exp(a - m).sum(axis=1, keepdims=True))
        if log_density.sum() - before <= 1e-12 * len(x):  # (9.28)
            return weights, means, stds
        before = log_density.sum()
        r = np.exp(a - log_density)  # (9.23)
        n_k = r.sum(axis=0)  # (9.27)
        weights, means = n_k / len(x), x @ r / n_k  # (9.26), (9.24)
        stds = np.sqrt((r * (x[:, None] - means) ** 2).sum(axis=0) / n_k)  # (9.25)


_NEAR = {"weights": 0.01, "means": 0.5, "stds": 0.4}
_TRUTH: Triple = (np.array([0.3, 0.7]), np.array([20.0, 40.0]), np.array([5.0, 5.0]))
_START: Triple = (np.array([0.5, 0.5]), np.array([10.0, 50.0]), np.array([5.0, 5.0]))


def _g2_cases(rng: np.random.Generator) -> list[Case]:
    cases = []
    for i in range(3):
        x = np.concatenate([rng.normal(20.0, 5.0, 3000), rng.normal(40.0, 5.0, 7000)])
        if i:
            rng.shuffle(x)
        order = "in order" if i == 0 else "shuffled"
        cases.append(Case(f"fresh draw {i + 1} of the 10 000 numbers, {order}", {"x": x}))
    return cases


def _by_mean(answer: Triple) -> Triple:
    """Return the components by increasing mean: their names are arbitrary."""
    order = np.argsort(answer[1])
    return answer[0][order], answer[1][order], answer[2][order]


@cache
def _runs(data: bytes) -> dict[str, Triple]:
    """Where right and wrong fits of these data end."""
    x = np.frombuffer(data)
    long, few = 60, _rounds(x, *_START, 2)
    return {
        "right": _rounds(x, *_START, long),
        "weights held": _rounds(x, *_START, long, free=False),
        "hard": _rounds(x, *_START, long, e_step=_e_hard),
        "two rounds": few,
        "variance for std": _rounds(x, *_START, long, e_step=_e_variance_for_std),
    }


def _rounds(
    x: Floats,
    weights: Floats,
    means: Floats,
    stds: Floats,
    n_rounds: int,
    *,
    e_step: EStep = _e_step,
    m_step: MStep = _m_step,
    free: bool = True,
) -> Triple:
    """Run EM, with one of its pieces replaced."""
    for _ in range(n_rounds):
        r = e_step(x, weights, means, stds)
        means, stds = m_step(x, r, means)
        weights = r.mean(axis=0) if free else weights
    return weights, means, stds


def _run(case: Case, name: str) -> Triple:
    return _by_mean(_runs(np.ascontiguousarray(case["x"]).tobytes())[name])


def _close(answer: Any, other: Triple, atol: float = 0.05) -> bool:
    """Whether a readable answer is another one, up to the components' names."""
    if not isinstance(answer, tuple) or any(np.shape(v) != (2,) for v in answer):
        return False
    mine = _by_mean(answer)
    scale = {"weights": atol / 20}
    return all(
        np.allclose(a, b, rtol=0, atol=scale.get(name, atol))
        for name, a, b in zip(_NAMES, mine, other, strict=True)
    )


def _near_the_truth(case: Case, answer: Triple) -> Finding | None:
    mine = _by_mean(answer)
    for name, came, true in zip(_NAMES, mine, _TRUTH, strict=True):
        if (np.abs(came - true) > _NEAR[name]).any():
            return Finding(
                f"{name} {show(came)}, by increasing mean",
                f"within {_NEAR[name]:g} of {show(true)}",
            )
    return None


def _at_the_maximum(case: Case, answer: Triple) -> Finding | None:
    reached = _log_likelihood(case["x"], *answer)
    best = _log_likelihood(case["x"], *_run(case, "right"))
    if reached > best - 0.1:
        return None
    return Finding(
        f"a log-likelihood of {show(reached, beside=best)}", f"{show(best, beside=reached)}"
    )


def _squared(case: Case, answer: Any) -> bool:
    return isinstance(answer, tuple) and _close(
        (*answer[:2], np.sqrt(np.abs(answer[2]))), _run(case, "right")
    )


def _one_hump(case: Case, answer: Any) -> bool:
    """Whether both components describe all data."""
    if not isinstance(answer, tuple) or any(np.shape(v) != (2,) for v in answer):
        return False
    x = case["x"]
    return bool(
        np.abs(answer[1] - x.mean()).max() < 1.5 and np.abs(answer[2] - x.std()).max() < 1.0
    )


def _stopped_early(case: Case, answer: Any) -> bool:
    """Whether a round of EM still gains, and the answer is on its way to the maximum."""
    if not isinstance(answer, tuple) or any(np.shape(v) != (2,) for v in answer):
        return False
    weights, means, stds = _by_mean(answer)
    if np.array_equal(np.round(answer, 4), answer):  # written down, not computed
        return False
    if min(stds.min(), weights.min()) <= 0 or abs(weights.sum() - 1) > 1e-6:
        return False
    best = _log_likelihood(case["x"], *_run(case, "right"))
    gap = best - _log_likelihood(case["x"], weights, means, stds)
    later = _rounds(case["x"], weights, means, stds, 1)
    gain = _log_likelihood(case["x"], *later) - _log_likelihood(case["x"], weights, means, stds)
    return bool(
        0.1 < gap < 500 and gain > 0.01 and np.abs(means - _run(case, "right")[1]).max() < 3
    )


def _is_run(name: str, case: Case, answer: Any) -> bool:
    return _close(answer, _run(case, name))


_G2_WRONG = (
    Misconception(
        "weights held fixed",
        "The weights never moved from one half each, and the other parameters make up for it: the"
        " small group stretches over the large one's left side. Update them too, N_k / N (9.26).",
        applies=partial(_is_run, "weights held"),
    ),
    Misconception("variances instead of standard deviations", _SQUARE_ROOT, applies=_squared),
    Misconception(
        "hard instead of soft assignment",
        "Each number went wholly to its more probable component, as K-means does. Weigh each by its"
        " responsibilities.",
        applies=partial(_is_run, "hard"),
    ),
    Misconception(
        "variance where a standard deviation is expected",
        "The E step seems to use the variance where the standard deviation belongs: divide the"
        " distance to the mean by the standard deviation.",
        applies=partial(_is_run, "variance for std"),
    ),
    Misconception(
        "both components describe all data",
        "Both components describe all data at once. Did they start equal, or did the fit stop where"
        " they hardly differ? Start with two clearly different means, such as 10 and 50.",
        applies=_one_hump,
    ),
    Misconception(
        "the truth instead of the fit",
        "These are the numbers that the data were drawn with. The fit is a maximum for this very"
        " sample, a little beside them: run EM on x.",
        applies=lambda case, answer: _close(answer, _TRUTH, atol=1e-6),
    ),
    Misconception(
        "stopped too early",
        "A further round would still gain. Go on until a round gains next to nothing, for instance"
        " less than 1e-8 nats a data point.",
        applies=_stopped_early,
    ),
    Misconception(
        "in another order",
        "These are the right numbers in another order: `return weights, means, stds`.",
        applies=lambda case, answer: (
            isinstance(answer, tuple)
            and any(
                _close(tuple(answer[i] for i in order), _run(case, "right"))
                for order in ((1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0), (0, 2, 1))
            )
        ),
    ),
)

FIT_TWO = Exercise(
    id="05.2",
    title="Fit two bell curves",
    parts=(
        Function(
            "fit_two_normals",
            ("x",),
            Several({name: Array("two numbers", lambda case: (2,)) for name in _NAMES}),
        ),
    ),
    cases=_g2_cases,
    properties=(
        Property("the weights sum to 1", _sums_to_one),
        Property("standard deviations are positive", _stds_positive),
        Property("the fit is close to the truth that drew the data", _near_the_truth),
        Property("it is a local maximum of the likelihood", _at_the_maximum),
    ),
    misconceptions=_G2_WRONG,
    hints=(
        (
            "You have an E step and an M step. What is missing is a start, a loop and a reason to"
            " stop."
        ),
        (
            "Start with weights of one half, means 10 and 50 and standard deviations 5. In each"
            " round compute responsibilities, then weights, means and standard deviations from"
            " them. Stop when the log-likelihood gains almost nothing, or after 200 rounds."
        ),
        (
            "`for _ in range(200):` `r, _ = e_step(x, weights, means, stds**2)`; then `weights,"
            " means, stds = m_step_1d(x, r)`. Return the three after the loop."
        ),
    ),
    solution=(fit_two_normals,),
    remark=(
        "Which component is number 0 was decided by your start; the check compares them by"
        " increasing mean, since their names are arbitrary."
    ),
    seconds=20.0,
)


# 05.3


def em_fixed_weights(x, weights, means, stds, n_rounds):
    """Means and standard deviations after some rounds; the weights stay."""
    x = np.asarray(x, dtype=float)
    weights, means, stds = (np.array(v, dtype=float) for v in (weights, means, stds))
    for _ in range(n_rounds):
        a = np.log(weights / stds) - 0.5 * ((x[:, None] - means) / stds) ** 2
        r = np.exp(a - a.max(axis=1, keepdims=True))
        r = r / r.sum(axis=1, keepdims=True)  # (9.23), with the weights held
        n_k = r.sum(axis=0)  # (9.27)
        means = x @ r / n_k  # (9.24)
        stds = np.sqrt((r * (x[:, None] - means) ** 2).sum(axis=0) / n_k)  # (9.25)
    return means, stds


_FIXED = ("x", *_NAMES, "n_rounds")


def _fixed(
    x: Floats,
    weights: Floats,
    means: Floats,
    stds: Floats,
    n_rounds: int,
    *,
    e_step: EStep = _e_step,
    m_step: MStep = _m_step,
    free: bool = False,
) -> Pair:
    return _rounds(x, weights, means, stds, n_rounds, e_step=e_step, m_step=m_step, free=free)[1:]


def _stds_held(x: Floats, w: Floats, means: Floats, stds: Floats, n: int) -> Pair:
    for _ in range(n):
        means = _fixed(x, w, means, stds, 1)[0]
    return means, stds


def _responsibilities_of_the_start(
    x: Floats, w: Floats, means: Floats, stds: Floats, n: int
) -> Pair:
    return _fixed(x, w, means, stds, 1)


def _second_e_step(x: Floats, w: Floats, means: Floats, stds: Floats, n: int) -> Pair:
    for _ in range(n):
        means = _fixed(x, w, means, stds, 1)[0]
        r = _e_step(x, w, means, stds)
        stds = np.sqrt((r * (x[:, None] - means) ** 2).sum(axis=0) / r.sum(axis=0))
    return means, stds


def _over_n(x: Floats, r: Floats, old_means: Floats) -> Pair:
    means = x @ r / len(x)
    return means, np.sqrt((r * (x[:, None] - means) ** 2).sum(axis=0) / len(x))


def _fixed_case(
    rng: np.random.Generator, sizes: Any, weights: Any, means: Any, stds: Any, n: int
) -> Case:
    spreads = rng.uniform(2.0, 5.0, size=len(sizes))
    places = np.arange(len(sizes)) * 11.0
    x = np.concatenate([rng.normal(*args) for args in zip(places, spreads, sizes, strict=True)])
    rounds = "1 round" if n == 1 else f"{n} rounds"
    values = (x, *(np.array(v, dtype=float) for v in (weights, means, stds)), n)
    return Case(
        f"{len(x)} numbers, weights {show(weights)}, {rounds}",
        dict(zip(_FIXED, values, strict=True)),
    )


def _fixed_cases(rng: np.random.Generator) -> list[Case]:
    return [
        _fixed_case(rng, (30, 70), [0.5, 0.5], [-3.0, 14.0], [4.0, 3.0], 6),
        _fixed_case(rng, (50, 20), [0.8, 0.2], [2.0, 9.0], [3.0, 5.0], 3),
        _fixed_case(rng, (40, 30, 20), [0.2, 0.5, 0.3], [1.0, 8.0, 25.0], [4.0, 4.0, 6.0], 4),
        _fixed_case(rng, (25, 25), [0.3, 0.7], [-2.0, 12.0], [2.5, 2.5], 1),
    ]


def _no_fall(case: Case, answer: Pair) -> Finding | None:
    x, weights = case["x"], case["weights"]
    before = _log_likelihood(x, weights, case["means"], case["stds"])
    after = _log_likelihood(x, weights, *answer)
    if after >= before - 1e-10 * (abs(before) + len(x)):
        return None
    return Finding(f"{before:.8g} at the start, {after:.8g} at the end", "no fall")


_FIXED_WRONG = (
    Misconception(
        "freed the weights",
        "The weights were updated too. Here they are held: use those that were given in every E"
        " step.",
        partial(_fixed, free=True),
    ),
    Misconception(
        "weights ignored in the E step",
        "The E step does not use the weights. Fixed does not mean absent: multiply each component's"
        " density by its weight before normalising.",
        partial(_fixed, e_step=_e_weights_ignored),
    ),
    Misconception(
        "variances instead of standard deviations",
        _SQUARE_ROOT,
        lambda x, w, m, s, n: (_fixed(x, w, m, s, n)[0], _fixed(x, w, m, s, n)[1] ** 2),
    ),
    Misconception(
        "variance where a standard deviation is expected",
        "The M step's variances went into the next E step as if they were standard deviations: take"
        " the root first.",
        partial(_fixed, m_step=_m_variances),
    ),
    Misconception(
        "variance where a standard deviation is expected",
        "The E step squares the standard deviations where it should not: divide the distance to the"
        " mean by the standard deviation, and the density by the standard deviation.",
        partial(_fixed, e_step=_e_variance_for_std),
    ),
    Misconception(
        "density without its front factor",
        "In the E step the factor 1/std of each density is missing. It does not cancel, since the"
        " components have different spreads.",
        partial(_fixed, e_step=_e_no_front_factor),
    ),
    Misconception(
        "hard instead of soft assignment",
        "Each number went wholly to its most probable component. Weigh each by its"
        " responsibilities.",
        partial(_fixed, e_step=_e_hard),
    ),
    Misconception(
        "not normalised over the components",
        "The responsibilities of a number do not sum to 1. Were they left unnormalised, or divided"
        " by the sum over the data? Each row, one number, is divided by its sum over the components"
        " (`axis=1, keepdims=True`).",
        partial(_fixed, e_step=_e_not_normalised),
    ),
    Misconception(
        "spread about the old mean",
        "The new spread is taken about the old mean. Compute the new means first and use them"
        " (9.25).",
        partial(_fixed, m_step=_m_about_old_means),
    ),
    Misconception(
        "only the means were updated",
        "The standard deviations are still those of the start. Only the weights are held.",
        _stds_held,
    ),
    Misconception(
        "responsibilities of the wrong round",
        "The responsibilities were computed once, from the start (or only one round was run). Every"
        " round needs new ones.",
        _responsibilities_of_the_start,
    ),
    Misconception(
        "responsibilities of the wrong round",
        "There is a second E step between the means and the standard deviations. Both share one E"
        " step.",
        _second_e_step,
    ),
    Misconception(
        "divided by N instead of N_k",
        "Sums were divided by N. A component's mean and variance are divided by N_k, the sum of its"
        " responsibilities.",
        partial(_fixed, m_step=_over_n),
    ),
    Misconception(
        "one round too many",
        "There is one round too many.",
        lambda x, w, m, s, n: _fixed(x, w, m, s, n + 1),
    ),
    Misconception(
        "one round too few",
        "There is one round too few.",
        lambda x, w, m, s, n: _fixed(x, w, m, s, n - 1),
    ),
    Misconception(
        "in another order",
        "These are the right numbers in another order: `return means, stds`.",
        lambda x, w, m, s, n: _fixed(x, w, m, s, n)[::-1],
    ),
)

FREEZE = Exercise(
    id="05.3",
    title="Freeze the weights",
    parts=(
        Function(
            "em_fixed_weights",
            _FIXED,
            Several(
                {
                    name: Array("one number a component", lambda case: np.shape(case["means"]))
                    for name in _NAMES[1:]
                }
            ),
        ),
    ),
    cases=_fixed_cases,
    properties=(
        Property("standard deviations are positive", _stds_positive),
        Property("with the weights held, the log-likelihood does not fall", _no_fall),
        Property(
            "means and standard deviations are those of EM with the weights held",
            agrees_with(em_fixed_weights, _FIXED, names=_NAMES[1:]),
        ),
    ),
    misconceptions=_FIXED_WRONG,
    hints=(
        "It is the EM that you have, with one line less. Which line must not be left out?",
        (
            "The weights stay in the E step: each density is multiplied by the weight that was"
            " given. The M step computes means and standard deviations, and leaves the weights"
            " alone."
        ),
        (
            "`for _ in range(n_rounds):` `r, _ = e_step(x, weights, means, stds**2)`; then `_,"
            " means, stds = m_step_1d(x, r)`. Return means and stds."
        ),
    ),
    solution=(em_fixed_weights,),
    remark=(
        "With weights of one half, the lesson's 10 000 numbers give means 25.41 and 41.34 instead"
        " of 19.91 and 40.16: a weight that is wrong is paid for by the other parameters."
    ),
)

EXERCISES = (M_STEP, FIT_TWO, FREEZE)
