"""Data with few distinct values: an iteration should cost these, not N."""

from __future__ import annotations

import statistics
import warnings
from functools import cache, partial
from typing import Any

import numpy as np

from benchmarks.agreement import DisagreementError
from benchmarks.cases import short
from benchmarks.peers import overhead, per_iteration
from benchmarks.report import Goal, Section, Table, digits, seconds
from benchmarks.sections import Settings
from benchmarks.workers import Timing, Worker, in_turn, stopwatch
from emlib import CoinMixture, GaussianMixture1D, coins

ITERATIONS = (5, 205)
FLAT = 0.5
"""The largest N may cost twice an iteration of the smallest."""


def measure(settings: Settings) -> Section:
    """Time iterations on coins and on rounded numbers, at growing N."""
    sizes = (1000, 10_000, 100_000) if settings.quick else (1000, 10_000, 100_000, 1_000_000)
    rows, goals = [], []
    with Worker() as worker:
        for kind, what in (("coins", "coins"), ("line", "whole numbers")):
            each = {}
            for n in sizes:
                jobs = {str(m): partial(worker, run, kind, n, m) for m in ITERATIONS}
                found = in_turn(jobs, 5 if n < 1_000_000 else 3)
                few, many = (statistics.median(t.cpu for t in rounds) for rounds in found.values())
                each[n] = per_iteration(few, many, ITERATIONS)
                rest = overhead(few, each[n], ITERATIONS[0])
                growth = digits(each[n] / each[sizes[0]])
                distinct = str(worker(count, kind, n))
                row = [f"{what}, {short(n)}", distinct, seconds(each[n]), growth, seconds(rest)]
                rows.append(row)
            what = f"{what}: time at N={short(sizes[0])} / time at N={short(sizes[-1])}"
            goals.append(Goal(what, each[sizes[0]] / each[sizes[-1]], FLAT, FLAT))
    columns = ["data, N", "distinct", "iteration", "times the first", "overhead"]
    return Section("Few distinct values", [WORDS, Table(columns, rows)], goals)


WORDS = """\
Ten tosses have eleven outcomes, however many trials there are; heights in whole centimetres have
some dozens of values. Rows that are equal have equal responsibilities, so they can be counted once,
before the first iteration (the overhead), and weighted ever after: the time of an iteration should
not grow with N."""


@cache
def problem(kind: str, n: int) -> tuple[Any, Any]:
    """Draw n rows of one kind, every value among them, and a start."""
    rng = np.random.default_rng(n)
    if kind == "coins":
        heads = rng.binomial(10, np.where(rng.random(n) < 0.5, 0.7, 0.4))
        heads[:11] = np.arange(11)
        return CoinMixture([0.45, 0.65], [0.5, 0.5]), coins.counts(heads, 10)
    x = rng.normal(np.where(rng.random(n) < 0.5, 25.0, 34.0), 5.0)
    x = np.clip(np.round(x), 0, 60)
    x[:61] = np.arange(61)
    return GaussianMixture1D([0.5, 0.5], [20.0, 40.0], [50.0, 50.0]), x


def count(kind: str, n: int) -> int:
    """Count the distinct rows."""
    return len(np.unique(problem(kind, n)[1], axis=0))


def run(kind: str, n: int, iterations: int) -> Timing:
    """Time a fit of so many iterations; fits of a millisecond are repeated."""
    from emlib import EMWarning, em

    warnings.simplefilter("ignore", EMWarning)
    model, x = problem(kind, n)
    repeats = 20 if n <= 10_000 else 1
    timing, fit = stopwatch(lambda: em.fit(model, x, tol=0, max_iter=iterations), repeats)
    if fit.n_iter != iterations:
        raise DisagreementError(f"{kind}, N={n}: {fit.n_iter} iterations, not {iterations}")
    return timing
