"""Exercises of lesson 10: statistics that are made in parts, and added.

A mixture on the line has weights, means and variances, shape (K,) each.
"""

# Solutions are shown to the learner and carry no annotations.
# mypy: allow-untyped-defs

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlib.exercises.engine.forms import Array, Number, Several
from emlib.exercises.engine.properties import agrees_with, between
from emlib.exercises.engine.record import Case, Exercise, Finding, Function, Misconception, Property

TITLE = "EM at scale"

Floats = NDArray[np.float64]
Block = tuple[int, Floats, Floats]
Theta = tuple[Floats, Floats, Floats]
Step = tuple[Floats, Floats, Floats, float]


# 10.1


def merge(a, b):
    """Count, mean and scatter of two blocks together."""
    (n_a, m_a, s_a), (n_b, m_b, s_b) = a, b
    n, step = n_a + n_b, m_b - m_a
    return n, m_a + n_b / n * step, s_a + s_b + n_a * n_b / n * np.outer(step, step)


_MERGED = ("n", "mean", "scatter")
FAR = 1e8


def _block(x: Floats) -> Block:
    mean = x.mean(axis=0)
    return len(x), mean, (x - mean).T @ (x - mean)


def _merge_cases(rng: np.random.Generator) -> list[Case]:
    cases = []
    for n_a, n_b, d in ((3, 3, 1), (5, 12, 2), (40, 7, 3)):
        a, b = rng.normal(0, 2, (n_a, d)), rng.normal(3, 1, (n_b, d))
        label = f"{n_a} and {n_b} rows of {d} column{'s' * (d > 1)}"
        cases.append(Case(label, {"a": _block(a), "b": _block(b), "far": False}))
    a, b = np.round(rng.normal(0, 2, (30, 2)), 2), np.round(rng.normal(1, 2, (20, 2)), 2)
    far = {"a": _block(a + FAR), "b": _block(b + FAR), "far": True}
    return [*cases, Case("30 and 20 rows, a hundred million from zero", far)]


def _in_place(i: int, change: Callable[..., Any]) -> Callable[[Block, Block], Any]:
    """Give the right answer with one of the three replaced: ``change(a, b, right)``."""

    def variant(a: Block, b: Block) -> Any:
        right = list(merge(a, b))
        right[i] = change(a, b, right[i])
        return tuple(right)

    return variant


def _step(a: Block, b: Block) -> Floats:
    return b[1] - a[1]


def _right_but_far(case: Case, answer: Any) -> bool:
    right = merge(case["a"], case["b"])
    near = all(np.allclose(a, r, rtol=1e-6) for a, r in zip(answer, right, strict=True))
    return near != case["far"]


def _symmetric(case: Case, answer: Any) -> Finding | None:
    if np.allclose(answer[2], answer[2].T):
        return None
    return Finding("a scatter that is not its own transpose", "a symmetric one")


MERGE = Exercise(
    id="10.1",
    title="Merge two blocks",
    parts=(
        Function(
            "merge",
            ("a", "b"),
            Several(
                {
                    "n": Number("the number of rows"),
                    "mean": Array("the mean", lambda case: case["a"][1].shape),
                    "scatter": Array("the scatter", lambda case: case["a"][2].shape),
                }
            ),
        ),
    ),
    cases=_merge_cases,
    properties=(
        Property("a scatter is symmetric", _symmetric),
        Property(
            "the three are those of all rows together",
            agrees_with(merge, ("a", "b"), names=_MERGED),
        ),
    ),
    misconceptions=(
        Misconception(
            "scatters added, and no more",
            "The scatters were added. Each is about its own block's mean, and the joint mean lies"
            " between: what is missing is the part that comes from the distance of the two means.",
            _in_place(2, lambda a, b, right: a[2] + b[2]),
        ),
        Misconception(
            "mean of the means",
            "The joint mean is halfway between the two. A block of more rows pulls harder: weigh"
            " each mean by its number of rows.",
            _in_place(1, lambda a, b, right: (a[1] + b[1]) / 2),
        ),
        Misconception(
            "step of the mean the wrong way",
            "The joint mean stepped from `a` by the share of `a`. A large `b` pulls it towards `b`:"
            " the share is `n_b / n`.",
            _in_place(1, lambda a, b, right: a[1] + a[0] / (a[0] + b[0]) * _step(a, b)),
        ),
        Misconception(
            "squares of each column only",
            "The part between the blocks was added to the diagonal only, or to all entries alike."
            " It is a matrix: use `np.outer(step, step)`.",
            _in_place(
                2,
                lambda a, b, right: (
                    a[2] + b[2] + a[0] * b[0] / (a[0] + b[0]) * np.diag(_step(a, b) ** 2)
                ),
            ),
        ),
        Misconception(
            "squares of each column only",
            "A vector times itself is no matrix: `step * step` was spread over all rows of the"
            " scatter. Use `np.outer(step, step)`.",
            _in_place(
                2,
                lambda a, b, right: a[2] + b[2] + a[0] * b[0] / (a[0] + b[0]) * _step(a, b) ** 2,
            ),
        ),
        Misconception(
            "product of the counts, not divided",
            "The part between the blocks has the factor `n_a * n_b`. Divide it by the number of all"
            " rows.",
            _in_place(
                2,
                lambda a, b, right: a[2] + b[2] + a[0] * b[0] * np.outer(_step(a, b), _step(a, b)),
            ),
        ),
        Misconception(
            "covariance for scatter",
            "This is the covariance: the scatter divided by the number of rows. A scatter is a sum;"
            " it is divided once, in the M step.",
            _in_place(2, lambda a, b, right: right / (a[0] + b[0])),
        ),
        Misconception(
            "raw sums",
            "Near zero it is right; a hundred million away the scatter is rounding errors. You went"
            " by way of the sums of squares. Square only the difference of the two means.",
            applies=_right_but_far,
        ),
    ),
    hints=(
        (
            "Where does the joint mean lie on the way from one mean to the other? And how far is"
            " each block's mean from it?"
        ),
        (
            "With `step = m_b - m_a`, the joint mean is `m_a + n_b / n * step`. About it, the two"
            " scatters grow by `n_a * n_b / n` times the matrix of `step` with itself."
        ),
        (
            "`n = n_a + n_b`; return `n`, `m_a + n_b / n * step` and `s_a + s_b + n_a * n_b / n *"
            " np.outer(step, step)`."
        ),
    ),
    solution=(merge,),
    remark=(
        "The offset dropped out with the difference of the means. This is the `+` of every"
        " statistic in `emlib`, and all that a cluster has to know of EM."
    ),
)


# 10.2


def round_over_blocks(blocks, weights, means, variances):
    """Weights, means and variances after a round, and the log-likelihood before it."""
    n_k, first, second = np.zeros((3, len(means)))
    log_p = 0.0
    for x in blocks:
        d = x[:, None] - means  # from the old means: small numbers, whatever the offset
        log_joint = np.log(weights) - 0.5 * (np.log(2 * np.pi * variances) + d**2 / variances)
        log_density = np.logaddexp.reduce(log_joint, axis=1, keepdims=True)
        r = np.exp(log_joint - log_density)  # (9.23)
        n_k, log_p = n_k + r.sum(axis=0), log_p + log_density.sum()  # (9.27), (9.28)
        first, second = first + (r * d).sum(axis=0), second + (r * d**2).sum(axis=0)
    step = first / n_k
    return n_k / n_k.sum(), means + step, second / n_k - step**2, log_p  # (9.24)-(9.26)


class Reader:
    """Yields blocks that all use one piece of memory, each time anew."""

    def __init__(self, blocks: list[Floats]) -> None:
        self.blocks = blocks

    def __iter__(self) -> Iterator[Floats]:
        memory = np.empty(max(map(len, self.blocks)))
        for block in self.blocks:
            memory[: len(block)] = block
            yield memory[: len(block)]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Reader) and all(map(np.array_equal, self.blocks, other.blocks))

    __hash__ = None  # type: ignore[assignment]


_ROUND = ("blocks", "weights", "means", "variances")
_NEW = ("weights", "means", "variances", "log_likelihood")


def _round_cases(rng: np.random.Generator) -> list[Case]:
    cases = []
    for k, sizes, place in ((2, (30, 50), 0), (2, (7, 40, 13, 20), 170), (3, (60, 20, 30), 5)):
        blocks = [rng.normal(place + 6 * rng.integers(k, size=n), 2.0) for n in sizes]
        means = place + 6.0 * np.arange(k) + rng.uniform(-1, 1, k)
        theta = rng.dirichlet(np.full(k, 8.0)), means, rng.uniform(3, 8, k)
        label = f"{k} components, blocks of {', '.join(map(str, sizes))} numbers"
        cases.append(Case(label, dict(zip(_ROUND, (Reader(blocks), *theta), strict=True))))
    return cases


def _block_by_block(blocks: Any, *theta: Floats) -> Any:
    new, log_p = theta, 0.0
    for x in blocks:
        *new, part = round_over_blocks([x], *new)
        log_p += part
    return *new, log_p


def _averaged(blocks: Any, *theta: Floats) -> Any:
    each = [round_over_blocks([x], *theta) for x in blocks]
    *new, _ = (np.mean(values, axis=0) for values in zip(*each, strict=True))
    return *new, sum(part[3] for part in each)


def _averaged_by_rows(blocks: Any, *theta: Floats) -> Any:
    rows = [len(x) for x in blocks]
    each = [round_over_blocks([x], *theta) for x in blocks]
    *new, _ = (np.average(values, axis=0, weights=rows) for values in zip(*each, strict=True))
    return *new, sum(part[3] for part in each)


def _kept(blocks: Any, *theta: Floats) -> Any:
    return round_over_blocks([np.concatenate(list(blocks))], *theta)


def _changed(i: int, change: Callable[..., Any]) -> Callable[..., Any]:
    """Give the right answer with one of the four replaced: ``change(blocks, theta, right)``."""

    def variant(blocks: Any, *theta: Floats) -> Any:
        right = list(round_over_blocks(blocks, *theta))
        right[i] = change(blocks, theta, right)
        return tuple(right)

    return variant


def _last(blocks: Any) -> Any:
    *_, last = blocks
    return [last]


def _one_round(answer: Any) -> float:
    return round_over_blocks(*answer)[3]


ROUND = Exercise(
    id="10.2",
    title="A round over blocks",
    parts=(
        Function(
            "round_over_blocks",
            _ROUND,
            Several(
                {
                    **{
                        name: Array("one number a component", lambda case: case["means"].shape)
                        for name in _NEW[:3]
                    },
                    "log_likelihood": Number("the log-likelihood, one number"),
                }
            ),
        ),
    ),
    cases=_round_cases,
    properties=(
        Property(
            "it is the round on all numbers at once",
            agrees_with(round_over_blocks, _ROUND, names=_NEW),
        ),
    ),
    misconceptions=(
        Misconception(
            "an M step after every block",
            "The parameters moved after every block, as with mini-batches. All blocks of a round"
            " use the old parameters; the M step waits for the last one.",
            _block_by_block,
        ),
        Misconception(
            "parameters averaged over the blocks",
            "Each block had an M step of its own, and the results were averaged. Add the sums of"
            " the blocks first, and divide once.",
            _averaged,
        ),
        Misconception(
            "parameters averaged by rows",
            "Each block had an M step of its own, and the results were averaged by the number of"
            " rows. A component may own most of one block and nothing of another: add sums.",
            _averaged_by_rows,
        ),
        Misconception(
            "kept the blocks",
            "The blocks were collected, and all of them are now the last one: the reader fills the"
            " same memory again. Add up what you need before you ask for the next block.",
            _kept,
        ),
        Misconception(
            "only the last block",
            "The sums are those of the last block. Set them to zero once, before the loop.",
            lambda blocks, *theta: round_over_blocks(_last(blocks), *theta),
        ),
        Misconception(
            "log-likelihood of the last block",
            "The log-likelihood is that of the last block only: it is a sum over the blocks, too.",
            _changed(3, lambda blocks, theta, right: round_over_blocks(_last(blocks), *theta)[3]),
        ),
        Misconception(
            "log-likelihood of the new parameters",
            "This is the log-likelihood at the new parameters. A round brings that of the old ones,"
            " with the same pass over the data; the new one comes with the next round.",
            _changed(3, lambda blocks, theta, right: _one_round((blocks, *right[:3]))),
        ),
        Misconception(
            "variance about the old means",
            "The variances are about the old means. Subtract the square of each mean's step.",
            _changed(2, lambda blocks, theta, right: right[2] + (right[1] - theta[1]) ** 2),
        ),
        Misconception(
            "standard deviations for variances",
            "These are standard deviations; variances are asked for.",
            _changed(2, lambda blocks, theta, right: np.sqrt(right[2])),
        ),
        Misconception(
            "counts for weights",
            "These are the effective counts. Divide them by their sum: weights sum to one.",
            _changed(
                0, lambda blocks, theta, right: right[0] * sum(len(block) for block in blocks)
            ),
        ),
    ),
    hints=(
        (
            "Four sums are enough: the counts (9.27), the weighted sums of x and of its squares,"
            " and the log-likelihood. They begin at zero and grow with each block."
        ),
        (
            "Sum `r`, `r * d` and `r * d**2` over the rows, where `d` is the distance from the old"
            " means. The new mean is the old one plus the second sum over the first."
        ),
        (
            "After the loop: `step = first / n_k`; return `n_k / n_k.sum()`, `means + step`,"
            " `second / n_k - step**2`, `log_p`."
        ),
    ),
    solution=(round_over_blocks,),
    remark=(
        "The squares were taken of distances from the old means, which are in the middle of the"
        " data: so an offset costs no digits here either."
    ),
)


# 10.3


def joint_m_step(parts):
    """Weights, means and variances of EM on the rows of all machines."""
    n_k, means, variances = (np.array(values) for values in zip(*parts, strict=True))
    total = n_k.sum(axis=0)
    joint_means = (n_k * means).sum(axis=0) / total  # (9.24)
    spread = variances + (means - joint_means) ** 2  # each machine's, about the joint mean
    return total / total.sum(), joint_means, (n_k * spread).sum(axis=0) / total  # (9.25), (9.26)


_JOINT = ("weights", "means", "variances")


def _joint_cases(rng: np.random.Generator) -> list[Case]:
    cases = []
    for machines, k, label in (
        (4, 2, "four hospitals, two groups"),
        (2, 3, "two machines, three components"),
        (5, 2, "five machines of very different size"),
    ):
        size = rng.integers(50, 2000, size=(machines, 1)) if machines == 5 else 400
        n_k = size * rng.dirichlet(np.full(k, 1.0), size=machines)
        means = 10.0 * np.arange(k) + rng.normal(0, 1.5, (machines, k))
        variances = rng.uniform(2, 9, (machines, k))
        parts = list(zip(n_k, means, variances, strict=True))
        cases.append(Case(label, {"parts": parts}))
    return cases


def _tables(parts: Any) -> Theta:
    n_k, means, variances = (np.array(values) for values in zip(*parts, strict=True))
    return n_k, means, variances


def _plainly(parts: Any) -> Theta:
    n_k, means, variances = _tables(parts)
    weights = n_k / n_k.sum(axis=1, keepdims=True)
    return weights.mean(axis=0), means.mean(axis=0), variances.mean(axis=0)


def _by_rows(parts: Any) -> Theta:
    n_k, means, variances = _tables(parts)
    share = n_k.sum(axis=1) / n_k.sum()
    return n_k.sum(axis=0) / n_k.sum(), share @ means, share @ variances


def _replaced(i: int, change: Callable[..., Floats]) -> Callable[[Any], Any]:
    """Give the right answer with one of the three replaced: ``change(tables, right)``."""

    def variant(parts: Any) -> Any:
        right = list(joint_m_step(parts))
        right[i] = change(_tables(parts), right)
        return tuple(right)

    return variant


def _within(tables: Theta, right: Any) -> Floats:
    n_k, _, variances = tables
    within: Floats = (n_k * variances).sum(axis=0) / n_k.sum(axis=0)
    return within


JOINT = Exercise(
    id="10.3",
    title="The M step of four hospitals",
    parts=(
        Function(
            "joint_m_step",
            ("parts",),
            Several(
                {
                    name: Array("one number a component", lambda case: case["parts"][0][0].shape)
                    for name in _JOINT
                }
            ),
        ),
    ),
    cases=_joint_cases,
    properties=(
        Property(
            "the weights sum to one",
            lambda case, answer: between(1, 1)(case, answer[0].sum()),
        ),
        Property(
            "they are those of EM on all rows", agrees_with(joint_m_step, ("parts",), names=_JOINT)
        ),
    ),
    misconceptions=(
        Misconception(
            "parameters averaged over the machines",
            "These are plain averages over the machines. A machine on which a component owns three"
            " rows would have as much to say about it as one on which it owns three hundred: weigh"
            " each by its effective counts.",
            _plainly,
        ),
        Misconception(
            "weighted by rows instead of effective counts",
            "The machines were weighed by their number of rows. For each component what counts is"
            " how many of these rows are its own: weigh by `n_k`.",
            _by_rows,
        ),
        Misconception(
            "variance between the machines forgotten",
            "The variances are averages of those within the machines. Each is about its own"
            " machine's mean: add the squared distance of that mean from the joint one.",
            _replaced(2, _within),
        ),
        Misconception(
            "variance between the machines unweighted",
            "The distances of the machines' means from the joint one were averaged plainly: weigh"
            " them by `n_k`, as all else.",
            _replaced(
                2, lambda t, right: _within(t, right) + ((t[1] - right[1]) ** 2).mean(axis=0)
            ),
        ),
        Misconception(
            "counts for weights",
            "These are the effective counts of all machines. Divide them by their sum.",
            _replaced(0, lambda t, right: t[0].sum(axis=0)),
        ),
        Misconception(
            "weights averaged over the machines",
            "The weights are plain averages over the machines, whatever their size. Add the"
            " effective counts, then divide.",
            _replaced(0, lambda t, right: (t[0] / t[0].sum(axis=1, keepdims=True)).mean(axis=0)),
        ),
        Misconception(
            "standard deviations for variances",
            "These are standard deviations; variances are asked for.",
            _replaced(2, lambda t, right: np.sqrt(right[2])),
        ),
    ),
    hints=(
        (
            "From the count, mean and variance of a machine you can get back its sums. Sums may be"
            " added; means and variances may not."
        ),
        (
            "The joint mean is the average of the machines' means, each with the weight `n_k`."
            " About it, a machine's variance grows by the squared distance of its own mean."
        ),
        (
            "`n_k, means, variances = map(np.array, zip(*parts))`; then `joint = (n_k *"
            " means).sum(0) / n_k.sum(0)` and `(n_k * (variances + (means - joint)**2)).sum(0) /"
            " n_k.sum(0)`."
        ),
    ),
    solution=(joint_m_step,),
    remark=(
        "Nobody's row has left its machine, and the result is EM on all of them, provided that all"
        " used the same parameters in their E step."
    ),
)

EXERCISES = (MERGE, ROUND, JOINT)
