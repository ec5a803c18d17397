"""Exercises of lesson 10: statistics that are made in parts, and added.

A mixture on the line has weights, means and variances, shape (K,) each. What is told stands in
lesson_10.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from emlib.exercises import pair
from emlib.exercises.engine.forms import Array, Number, Several
from emlib.exercises.engine.properties import agrees_with, between
from emlib.exercises.engine.record import Case, Finding, Function, Property
from emlib.exercises.pair import seen
from emlib.exercises.slips.common import in_value
from emlib.exercises.slips.em import (
    BY_VARIANCES,
    EM,
    Floats,
    Theta,
    hard,
    line_variances,
    n_k,
    root,
    squares,
)

LESSON = pair.lesson(__name__)
TITLE = LESSON.title

Block = tuple[int, Floats, Floats]
FAR = 1e8


# 10.1


merge = LESSON.reference("10.1", "merge")


_MERGED = ("n", "mean", "scatter")


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


def _right_but_far(reference: Callable[..., Any], *names: str) -> Any:
    """Tell a slip that shows far from zero, and nowhere else."""

    def applies(case: Case, answer: Any) -> bool:
        right = reference(*case.arguments(names))
        near = all(np.allclose(a, r, rtol=1e-6) for a, r in zip(answer, right, strict=True))
        return near != case["far"]

    return seen(applies)


def _symmetric(case: Case, answer: Any) -> Finding | None:
    if np.allclose(answer[2], answer[2].T):
        return None
    return Finding("a scatter that is not its own transpose", "a symmetric one")


def _mean(change: Callable[[Block, Block], Floats]) -> Callable[..., Any]:
    return in_value(merge, 1, lambda right, a, b: change(a, b))


def _between(part: Callable[[int, int, Floats], Any]) -> Callable[..., Any]:
    """Put something else in the place of the part of the scatter between the blocks."""
    return in_value(
        merge, 2, lambda right, a, b: a[2] + b[2] + part(a[0], b[0], np.subtract(b[1], a[1]))
    )


MERGE = LESSON.exercise(
    "10.1",
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
    slips={
        "scatters added, and no more": _between(lambda n, m, step: 0.0),
        "mean of the means": _mean(lambda a, b: (a[1] + b[1]) / 2),
        "step of the mean the wrong way": _mean(
            lambda a, b: a[1] + a[0] / (a[0] + b[0]) * (b[1] - a[1])
        ),
        "squares of each column only": _between(
            lambda n, m, step: n * m / (n + m) * np.diag(step**2)
        ),
        "squares of each column only (spread over the rows)": _between(
            lambda n, m, step: n * m / (n + m) * step**2
        ),
        "inner instead of outer product": _between(
            lambda n, m, step: n * m / (n + m) * (step @ step)
        ),
        "subtracted instead of added": _between(
            lambda n, m, step: -n * m / (n + m) * np.outer(step, step)
        ),
        "product of the counts, not divided": _between(
            lambda n, m, step: n * m * np.outer(step, step)
        ),
        "product of the counts, divided twice": _between(
            lambda n, m, step: n * m / (n + m) ** 2 * np.outer(step, step)
        ),
        "covariance for scatter": in_value(merge, 2, lambda right, a, b: right[2] / right[0]),
        "raw sums": _right_but_far(merge, "a", "b"),
    },
)


# 10.2


round_over_blocks = LESSON.reference("10.2", "round_over_blocks")


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


def _round_case(
    rng: np.random.Generator, k: int, sizes: tuple[int, ...], place: float, *more: float
) -> Case:
    blocks = [rng.normal(place + 6 * rng.integers(k, size=n), 2.0) for n in sizes]
    blocks[-1] = np.append(blocks[-1], more)
    means = place + 6.0 * np.arange(k) + rng.uniform(-1, 1, k)
    theta = rng.dirichlet(np.full(k, 8.0)), means, rng.uniform(3, 8, k)
    label = f"{k} components, blocks of {', '.join(map(str, sizes))} numbers"
    label += ", a hundred million from zero" * (place == FAR)
    given = dict(zip(_ROUND, (Reader(blocks), *theta), strict=True))
    return Case(label, {**given, "far": place == FAR})


def _round_cases(rng: np.random.Generator) -> list[Case]:
    listed = ((2, (30, 50), 0.0), (2, (7, 40, 13, 20), 170.0), (3, (60, 20, 30), 5.0))
    return [_round_case(rng, *one) for one in (*listed, (2, (40, 30), FAR))]


def _round_of(em: EM) -> Callable[..., Any]:
    def run(blocks: Any, *theta: Floats) -> Any:
        x = np.concatenate([block.copy() for block in blocks])
        return *em.round(x, theta), em.log_likelihood(x, theta)

    return run


def _block_by_block(blocks: Any, *theta: Floats) -> Any:
    new, log_p = theta, 0.0
    for x in blocks:
        *new, part = round_over_blocks([x], *new)
        log_p += part
    return *new, log_p


def _averaged(weigh: Callable[[list[int]], Any]) -> Callable[..., Any]:
    def run(blocks: Any, *theta: Floats) -> Any:
        rows = [len(x) for x in blocks]
        each = [round_over_blocks([x], *theta) for x in blocks]
        *new, _ = (np.average(v, axis=0, weights=weigh(rows)) for v in zip(*each, strict=True))
        return *new, sum(part[3] for part in each)

    return run


def _kept(blocks: Any, *theta: Floats) -> Any:
    return round_over_blocks([np.concatenate(list(blocks))], *theta)


def _of_last(blocks: Any, *theta: Floats) -> Any:
    *_, last = blocks
    return round_over_blocks([last], *theta)


def _within_blocks(right: Any, blocks: Any, *theta: Floats) -> Floats:
    """Add the blocks' sums of squares, each about the block's own means."""
    each = [(len(x), *round_over_blocks([x], *theta)) for x in blocks]
    counts = np.array([n * weights for n, weights, *_ in each])
    return np.average([variances for *_, variances, _ in each], axis=0, weights=counts)


def _rows(blocks: Any) -> list[int]:
    return [len(x) for x in blocks]


def _more_rounds(case: Case, answer: Any) -> bool:
    """Whether this is what some more rounds would make."""
    blocks, *theta = case.arguments(_ROUND)
    for n in range(20):
        *theta, _ = round_over_blocks(blocks, *theta)
        if n and all(np.allclose(a, t, rtol=1e-6) for a, t in zip(answer, theta, strict=False)):
            return True
    return False


ROUND = LESSON.exercise(
    "10.2",
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
    slips={
        "an M step after every block": _block_by_block,
        "parameters averaged over the blocks": _averaged(np.ones_like),
        "parameters averaged by rows": _averaged(np.array),
        "kept the blocks": _kept,
        "only the last block": _of_last,
        "log-likelihood of the last block": in_value(
            round_over_blocks, 3, lambda right, *given: _of_last(*given)[3]
        ),
        "log-likelihood of the new parameters": in_value(
            round_over_blocks,
            3,
            lambda right, blocks, *theta: round_over_blocks(blocks, *right[:3])[3],
        ),
        "mean log-likelihood": in_value(
            round_over_blocks, 3, lambda right, blocks, *theta: right[3] / sum(_rows(blocks))
        ),
        "divided by the rows of the last block": in_value(
            round_over_blocks,
            0,
            lambda right, blocks, *theta: right[0] * sum(_rows(blocks)) / _rows(blocks)[-1],
        ),
        "variances within the blocks only": in_value(round_over_blocks, 2, _within_blocks),
        "more rounds than one": seen(_more_rounds),
        "variance about the old means": _round_of(
            BY_VARIANCES.but(variances=lambda x, r, new, old: squares(x, r, old["means"]) / n_k(r))
        ),
        "standard deviations for variances": _round_of(
            BY_VARIANCES.but(variances=root(line_variances))
        ),
        "counts for weights": _round_of(BY_VARIANCES.but(weights=lambda x, r, new, old: n_k(r))),
        "hard instead of soft assignment": _round_of(BY_VARIANCES.but(shares=hard)),
        "weights ignored in the E step": _round_of(
            BY_VARIANCES.seeing(lambda w, m, v: (np.ones_like(w) / len(w), m, v))
        ),
        "variances taken for standard deviations": _round_of(
            BY_VARIANCES.seeing(lambda w, m, v: (w, m, v**2))
        ),
        "density without its front factor": _round_of(
            BY_VARIANCES.seeing(lambda w, m, v: (w * np.sqrt(v), m, v))
        ),
        "divided by N instead of N_k": _round_of(
            BY_VARIANCES.but(means=lambda x, r, new, old: x @ r / len(x))
        ),
        "raw sums of squares": _right_but_far(round_over_blocks, *_ROUND),
    },
    stretch=_round_case(np.random.default_rng(0), 2, (30, 50), 0.0, 900.0),
)


# 10.3


joint_m_step = LESSON.reference("10.3", "joint_m_step")


_JOINT = ("weights", "means", "variances")


def _joint_case(
    rng: np.random.Generator, machines: int, k: int, label: str, place: float = 0.0
) -> Case:
    n_k = rng.integers(50, 2000, size=(machines, 1)) * rng.dirichlet(np.full(k, 1.0), size=machines)
    means = place + 10.0 * np.arange(k) + rng.normal(0, 1.5, (machines, k))
    variances = rng.uniform(2, 9, (machines, k))
    parts = list(zip(n_k, means, variances, strict=True))
    return Case(label, {"parts": parts, "far": place == FAR})


def _joint_cases(rng: np.random.Generator) -> list[Case]:
    return [
        _joint_case(rng, 4, 2, "four hospitals, two groups"),
        _joint_case(rng, 2, 3, "two machines, three components"),
        _joint_case(rng, 5, 2, "five machines of very different size"),
        _joint_case(rng, 4, 2, "four hospitals, a hundred million from zero", FAR),
    ]


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


def _over_components(parts: Any) -> Theta:
    n_k, means, variances = _tables(parts)
    n = n_k.sum(axis=1, keepdims=True)
    mean = (n_k * means).sum(axis=1, keepdims=True) / n
    squares = (n_k * (variances + (means - mean) ** 2)).sum(axis=1)
    return n[:, 0] / n.sum(), mean[:, 0], squares / n[:, 0]


def _of_one(which: Callable[[Any], Any]) -> Callable[..., Any]:
    """Return what one of the machines found."""

    def answer(parts: Any) -> Theta:
        n_k, means, variances = which(parts)
        return n_k / n_k.sum(), means, variances

    return answer


def _joint(i: int, change: Callable[..., Any]) -> Callable[..., Any]:
    """Give the right answer with one of the three replaced: ``change(right, *tables)``."""
    return in_value(joint_m_step, i, lambda right, parts: change(right, *_tables(parts)))


def _spread(of_machine: Callable[..., Floats]) -> Callable[..., Any]:
    """Average something else over the machines: ``of_machine(variances, distances)``."""
    return _joint(
        2,
        lambda right, n_k, means, variances: np.average(
            of_machine(variances, means - right[1]), axis=0, weights=n_k
        ),
    )


JOINT = LESSON.exercise(
    "10.3",
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
            "they are what one M step on all rows would make",
            agrees_with(joint_m_step, ("parts",), names=_JOINT),
        ),
    ),
    slips={
        "parameters averaged over the machines": _plainly,
        "parameters averaged over the machines (means)": _joint(
            1, lambda right, n_k, means, variances: means.mean(axis=0)
        ),
        "weighted by rows instead of effective counts": _by_rows,
        "variance between the machines forgotten": _spread(lambda variances, d: variances),
        "variance between the machines unweighted": _spread(
            lambda variances, d: variances + (d**2).mean(axis=0)
        ),
        "distance not squared": _spread(lambda variances, d: variances + np.abs(d)),
        "variances taken for standard deviations": _spread(
            lambda variances, d: variances**2 + d**2
        ),
        "divided by N_k - 1": _joint(
            2, lambda right, n_k, *_: right[2] * n_k.sum(axis=0) / (n_k.sum(axis=0) - 1)
        ),
        "summed over the components": _over_components,
        "one machine only": _of_one(lambda parts: max(parts, key=lambda part: part[0].sum())),
        "one machine only (the first)": _of_one(lambda parts: parts[0]),
        "one machine only (the last)": _of_one(lambda parts: parts[-1]),
        "counts for weights": _joint(0, lambda right, n_k, *_: n_k.sum(axis=0)),
        "weights averaged over the machines": _joint(
            0, lambda right, n_k, *_: (n_k / n_k.sum(axis=1, keepdims=True)).mean(axis=0)
        ),
        "standard deviations for variances": _joint(2, lambda right, *_: np.sqrt(right[2])),
        "raw sums of squares": _right_but_far(joint_m_step, "parts"),
    },
)

EXERCISES = (MERGE, ROUND, JOINT)
