"""Rows with weights, and families of covariances: neither may make an iteration slower."""

from __future__ import annotations

import statistics
import warnings
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any
from unittest import mock

import numpy as np

from benchmarks import agreement
from benchmarks.agreement import DisagreementError, Result
from benchmarks.cases import CASES, QUICK, Case
from benchmarks.peers import overhead, per_iteration
from benchmarks.report import Goal, Section, Table, ratio_text, seconds
from benchmarks.sections import Settings
from benchmarks.workers import Ratio, Worker, in_turn, ratio, stopwatch
from emlib import EMWarning, GaussianMixture, GaussianMixture1D, em
from emlib.models.families import DIAGONAL, FAMILIES
from emlib.models.model import Model

WEIGHTED = tuple(case for case in CASES if case.n <= 100_000)

OF_FAMILIES = (
    Case(272, 2, 2, (2, 12), 40, 9),
    Case(10_000, 1, 3, (5, 25), 4, 9),
    Case(10_000, 2, 3, (5, 25), 4, 9),
    Case(10_000, 3, 3, (5, 25), 2, 9),
    Case(20_000, 8, 4, (2, 8), 1, 7),
    Case(20_000, 16, 4, (2, 8), 1, 7),
    Case(10_000, 64, 10, (1, 3), 1, 5),
)

DEAREST_WEIGHTS = 1.3
"""How many times longer an iteration may take with weights."""

DEAREST_FAMILY = 1.1
"""How many times longer an iteration may take with diagonal covariances in up to three dimensions,
where they save few features; in more it must be faster."""


def measure(settings: Settings) -> Section:
    """Compare rows with weights and without, and the families with each other."""
    weighted, of_families = WEIGHTED, OF_FAMILIES
    if settings.quick:
        weighted, of_families = QUICK, OF_FAMILIES[:4]
    with Worker() as worker:
        weights, weight_goals = compare(worker, weighted, with_weights, "without", least_of_weights)
        families, family_goals = compare(worker, of_families, each_family, "full", least_of_family)
    parts = [WORDS, WEIGHTS, weights, FAMILY, families]
    return Section("Weights and families", parts, [*weight_goals, *family_goals])


WORDS = """\
`emlib` alone, one thread. Each row of the tables has one start for all its columns. All numbers are
compared with those of the readable form after as many rounds (*differ by*), and no round was left
to it."""

WEIGHTS = """\
### Rows with weights

A weight for each row, drawn evenly from 0.5 to 1.5, against no weights at all. A ratio of 1 says
that weights cost nothing; no less than 0.77 is wanted, 1.3 times as long."""

FAMILY = """\
### Families of covariances

Diagonal covariances need 2 D + 1 features of a point in place of (D + 1)(D + 2) / 2. In one to
three dimensions no less than 0.91 is wanted, 1.1 times as long; from eight on they must be faster.
In one and two dimensions all families share the features of the full one, so that nothing can be
gained; tied covariances need every feature in any dimension."""


def least_of_weights(name: str, case: Case) -> float | None:
    """The least ratio that is wanted of rows with weights."""
    return 1 / DEAREST_WEIGHTS


def least_of_family(name: str, case: Case) -> float | None:
    """The least ratio that is wanted of a family; None where the table only informs."""
    if name not in DIAGONAL:
        return None
    return 1 / DEAREST_FAMILY if case.d <= 3 else 1.0


def compare(
    worker: Worker,
    cases: Iterable[Case],
    make: Callable[[Case], dict[str, Any]],
    first: str,
    least: Callable[[str, Case], float | None],
) -> tuple[Table, list[Goal]]:
    """Time the variants of each case in turn, and set the time of the first against the others."""
    rows, goals, columns = [], [], []
    for case in cases:
        names = worker(load, make, case)
        apart = max(worker(check, name, case) for name in names)
        jobs = {name: partial(worker, run, name, case) for name in names}
        each, overheads, ratios = summarise(in_turn(jobs, case.rounds), case, first)
        row, columns = [case.name], ["N, D, K"]
        for name in names:
            row += [seconds(each[name]), seconds(overheads[name])]
            columns += [name, "overhead"]
            if name in ratios:
                row.append(ratio_text(ratios[name]))
                columns.append(f"{first} / {name}")
                wanted = least(name, case)
                if wanted is not None:
                    what = f"iteration at {case.name}: {first} / {name}"
                    goals.append(Goal(what, ratios[name].median, wanted, wanted))
        rows.append([*row, f"{apart:.0e}"])
    return Table([*columns, "differ by"], rows), goals


def summarise(
    found: dict[str, list[tuple[float, float]]], case: Case, first: str
) -> tuple[dict[str, float], dict[str, float], dict[str, Ratio]]:
    """Seconds of an iteration, overheads and ratios, from those of short and long fits."""
    few = case.iterations[0]
    steps = {
        name: [per_iteration(short, long, case.iterations) for short, long in rounds]
        for name, rounds in found.items()
    }
    each = {name: statistics.median(values) for name, values in steps.items()}
    shorts = {name: statistics.median(s for s, _ in rounds) for name, rounds in found.items()}
    overheads = {name: overhead(shorts[name], each[name], few) for name in each}
    ratios = {name: ratio(steps[first], steps[name]) for name in steps if name != first}
    return each, overheads, ratios


def with_weights(case: Case) -> dict[str, Any]:
    """Arguments of two fits of a case: without weights, and with."""
    start = case.make()
    x, model = start.x, GaussianMixture(start.weights, start.means, start.covariances)
    if case.d == 1:
        line = start.means[:, 0], start.covariances[:, 0, 0]
        x, model = start.x[:, 0].copy(), GaussianMixture1D(start.weights, *line)
    weights = np.random.default_rng(case.n).uniform(0.5, 1.5, case.n)
    return {"without": (model, x, None), "with": (model, x, weights)}


def each_family(case: Case) -> dict[str, Any]:
    """Arguments of a fit of each family, from covariances that are in all."""
    start = case.make()
    variance = np.trace(start.covariances[0]) / case.d
    parameters = start.weights, start.means, [variance * np.eye(case.d)] * case.k
    return {
        family: (GaussianMixture(*parameters, covariance_type=family), start.x, None)
        for family in FAMILIES
    }


_loaded: dict[str, Any] = {}
"""What the worker holds between two calls."""


def load(make: Callable[[Case], dict[str, Any]], case: Case) -> list[str]:
    """Make the variants of a case, and name them."""
    _loaded.clear()
    _loaded.update(make(case))
    return list(_loaded)


def run(name: str, case: Case) -> tuple[float, float]:
    """Time a short and a long fit, in seconds of processor time."""
    short, long = (
        stopwatch(partial(fit, name, rounds), case.repeats)[0].cpu for rounds in case.iterations
    )
    return short, long


def fit(name: str, rounds: int) -> Result:
    """Fit a variant, for so many rounds."""
    model, x, weights = _loaded[name]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", EMWarning)  # "not converged": it was not asked to
        end = em.fit(model, x, sample_weight=weights, tol=0, max_iter=rounds)
    if end.n_e_steps != rounds + 1:  # a round that changes nothing takes none
        raise DisagreementError(f"{name}: {end.n_e_steps} E-steps, not {rounds + 1}")
    return result(end.model, float(end.history[-2]), rounds)


def check(name: str, case: Case) -> float:
    """Return how far a long fit is from the readable form's, or raise; so where it took a step."""
    rounds = case.iterations[1]
    ends = {"the readable form": readable(name, rounds)}
    left = DisagreementError(f"{case.name}, {name}: a round was left to the readable form")
    with mock.patch.object(Model, "readable_e_step", side_effect=left):
        ends[name] = fit(name, rounds)
    return agreement.check(ends, rounds, case.name)


@np.errstate(all="ignore")
def readable(name: str, rounds: int) -> Result:
    """EM by the steps that the lessons show."""
    model, x, weights = _loaded[name]
    data = model.prepare_fit(x, weights)
    for _ in range(rounds):
        sums, objective = model.readable_e_step(data)
        model = model.m_step(sums)
    return result(model, objective, rounds)


def result(model: Any, log_likelihood: float, rounds: int) -> Result:
    """What is compared; numbers on a line as vectors of one."""
    on_a_line = isinstance(model, GaussianMixture1D)
    means = model.means[:, None] if on_a_line else model.means
    covariances = model.variances[:, None, None] if on_a_line else model.covariances
    return Result(model.weights, means, covariances, log_likelihood, rounds)
