"""Fewer iterations: what acceleration saves, and that it ends where plain EM does."""

from __future__ import annotations

import dataclasses
import statistics
import warnings
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from benchmarks import peers, problems
from benchmarks.agreement import DisagreementError
from benchmarks.cases import CASES, Case
from benchmarks.peers import OURS
from benchmarks.problems import Problem
from benchmarks.report import Goal, Section, Table, digits, seconds
from benchmarks.sections import Settings
from benchmarks.sections.iterations import compare
from benchmarks.workers import Worker, stopwatch

CLOSE = 1e-6
"""Nats a point: nearer to plain EM's end than this is the same optimum."""

METHODS = ("squarem", "lbfgs")


@dataclass(frozen=True)
class Run:
    """E-steps until all but `CLOSE` was gained, and how it ended.

    Attributes
    ----------
    e_steps
        Passes over the data until the log-likelihood is `CLOSE` to the target; None if never.
    end
        The last log-likelihood, nats a point.
    falls
        Rounds that lowered the log-likelihood by more than rounding.
    """

    e_steps: int | None
    end: float
    falls: int


def measure(settings: Settings) -> Section:
    """Compare plain and accelerated EM on the ten problems, and times to the same likelihood."""
    title = "Fewer iterations"
    if not peers.emlib_has("accelerate"):
        return Section(title, ["This version of `emlib` has no acceleration."])
    chosen = [i for i, make in enumerate(problems.ALL) if not settings.quick or make().rounds < 500]
    rows: list[list[str]] = []
    goals: list[Goal] = []
    with Worker() as worker:
        for i in chosen:
            problem = problems.ALL[i]()
            runs = {method: worker(solve, i, method) for method in METHODS}
            plain = worker(solve, i, None)
            row, saved = describe(problem, plain, runs)
            rows.append(row)
            goals += saved
    columns = ["problem", "plain"]
    for method in METHODS:
        columns += [method, "gap", "same optimum", "falls"]
    parts = [WORDS, Table(columns, rows)]
    more, more_goals = to_the_same_likelihood(settings)
    return Section(title, [*parts, *more], [*goals, *more_goals])


WORDS = """\
Passes over the data (E-steps) until no more than 1e-6 nats a point are missing of where plain EM
ends, from the same start. *Gap* is how far the accelerated fit ends below plain EM, in nats a
point; below zero, it ended higher. *Falls* counts rounds that lowered the likelihood. Where EM is
quick there is nothing to save; where it crawls, because clouds overlap or a component has nothing
to do, nearly all of its steps can be saved. `benchmarks/problems.py` has the problems."""


def describe(problem: Problem, plain: Run, runs: dict[str, Run]) -> tuple[list[str], list[Goal]]:
    """Write a line of the table, and name what must have been saved; refuse a worse optimum."""
    row = [problem.name, str(plain.e_steps)]
    if plain.e_steps is None:
        raise DisagreementError(f"{problem.name}: plain EM did not come near its own end")
    ratios = []
    for method, run in runs.items():
        gap = plain.end - run.end
        if gap > CLOSE or run.falls or run.e_steps is None:
            raise DisagreementError(
                f"{problem.name}: {method} ends {gap:.1e} nats a point below plain EM, "
                f"after {run.falls} falls"
            )
        same = "yes" if abs(gap) <= CLOSE else "higher"
        row += [str(run.e_steps), gap_text(gap), same, str(run.falls)]
        ratios.append(plain.e_steps / run.e_steps)
    what = f"E-steps, {problem.name}: plain / better of two"
    goals = [Goal(what, max(ratios), problem.saving, problem.saving)]
    lost = f"E-steps, {problem.name}: plain / worse of two"
    return row, [*goals, Goal(lost, min(ratios), 1.0, 1.0)]


def gap_text(gap: float) -> str:
    """Write a gap; below 1e-12 it is rounding."""
    return "0" if abs(gap) < 1e-12 else f"{gap:.0e}"


def solve(i: int, method: str | None) -> Run:
    """Fit a problem to the end, and count."""
    problem = _problem(i)
    n, fit = len(problem.x), _fit(problem, method)
    close = _plain_end(i) - CLOSE * n
    if method is None:
        rounds = first_close(fit.history, close)
        e_steps = None if rounds is None else rounds + 1
    else:
        brief = shortest(problem, method, close, fit.n_e_steps)
        e_steps = None if brief is None else brief.n_e_steps
    return Run(e_steps, fit.objective / n, count_falls(fit.history, n))


@cache
def _problem(i: int) -> Problem:
    return problems.ALL[i]()


@cache
def _plain_end(i: int) -> float:
    return float(_fit(_problem(i), None).objective)


def _fit(problem: Problem, method: str | None, max_iter: int | None = None) -> Any:
    """Fit with a tolerance far below `CLOSE`; plain EM has twice the rounds that it needs."""
    from emlib import EMWarning, em

    warnings.simplefilter("ignore", EMWarning)
    options: dict[str, Any] = {"accelerate": method} if method else {}
    cap = max_iter or 2 * problem.rounds + 200
    return em.fit(problem.start, problem.x, tol=1e-12, max_iter=cap, **options)


def shortest(problem: Problem, method: str, least: float, most: int) -> Any:
    """Return the fit with the lowest cap that reaches a log-likelihood; None if none does.

    A round of an accelerated fit may take several passes over the data, so these are found by
    halving: fits with a higher cap are the same fit, carried on.
    """
    low, best = 1, _fit(problem, method, most)
    if best.objective < least:
        return None
    while low < most:
        middle = (low + most) // 2
        fit = _fit(problem, method, middle)
        if fit.objective >= least:
            most, best = middle, fit
        else:
            low = middle + 1
    return best


def first_close(history: np.ndarray, least: float) -> int | None:
    """Return the first round whose log-likelihood is high enough, None if there is none."""
    high = np.flatnonzero(history >= least)
    return int(high[0]) if len(high) else None


def count_falls(history: np.ndarray, n: int) -> int:
    """Count the rounds that lower the log-likelihood by more than rounding."""
    return int((np.diff(history) < -1e-10 * (np.abs(history[1:]) + n)).sum())


def to_the_same_likelihood(settings: Settings) -> tuple[list[str | Table], list[Goal]]:
    """Compare the times until 1e-6 nats a point are missing, from the same start."""
    chosen = [case for case in CASES if (case.n, case.d) in SIZES]
    if settings.quick:
        chosen = [case for case in chosen if case.d <= 2]
    brief = tuple(dataclasses.replace(case, rounds=3) for case in chosen)
    rows, goals = [], []
    measured = compare(brief, 1, settings.folder)
    with Worker() as worker:
        for row in measured:
            case = row.case
            plain, times = worker(reach, case)
            method = min(times, key=lambda name: times[name][0])
            line = [case.name, f"{plain}"]
            best, e_steps = times[method]
            line += [f"{e_steps} ({method})", seconds(best)]
            for name in row.each:
                rest = row.overheads[name]
                whole = plain * row.each[name] + (0.0 if rest != rest else rest)
                if name == OURS:
                    line.append(seconds(whole))
                    continue
                line += [seconds(whole), digits(whole / best)]
                if name == "scikit-learn":
                    what = f"to the same likelihood at {case.name}: scikit-learn / emlib"
                    goals.append(Goal(what, whole / best, *SIZES[case.n, case.d]))
            rows.append(line)
    columns = ["N, D, K", "rounds of EM", "E-steps, accelerated", "emlib, accelerated", "emlib"]
    for name in measured[0].each:
        if name != OURS:
            columns += [name, f"{name} / emlib, accelerated"]
    return ["### To the same likelihood", SAME, Table(columns, rows)], goals


SIZES = {
    (600, 2): (15.0, 8.0),
    (3000, 1): (20.0, 20.0),
    (10_000, 1): (20.0, 20.0),
    (100_000, 2): (80.0, 80.0),
    (100_000, 16): (40.0, 16.0),
}
"""Rows and columns of the cases, with the goal and the gate of each."""

SAME = """\
Time until 1e-6 nats a point are missing, from the starts of the main table, with one thread. For
plain EM it is the number of rounds times the measured time of one, and the overhead: all libraries
take the same steps, as was checked. The accelerated fit was timed as a whole."""


def reach(case: Case) -> tuple[int, dict[str, tuple[float, int]]]:
    """Count plain EM's rounds, and time each acceleration; returns {method: (seconds, E-steps)}."""
    begin = case.make()
    model: Any
    if case.d == 1:
        from emlib import GaussianMixture1D

        means, variances = begin.means[:, 0], begin.covariances[:, 0, 0]
        x, model = begin.x[:, 0], GaussianMixture1D(begin.weights, means, variances)
    else:
        from emlib import GaussianMixture

        x, model = begin.x, GaussianMixture(begin.weights, begin.means, begin.covariances)
    problem = Problem(case.name, x, model, MOST, 1)
    plain = _fit(problem, None, MOST)
    close = plain.objective - CLOSE * len(x)
    times = {}
    for method in METHODS:
        brief = shortest(problem, method, close, MOST)
        if brief is None:
            raise DisagreementError(f"{case.name}: {method} did not reach plain EM's likelihood")
        cap, timed = brief.n_e_steps - 1, []
        for _ in range(3):
            timing, fit = stopwatch(lambda m=method, n=cap: _fit(problem, m, n))
            timed.append(timing.cpu)
        if fit.n_e_steps != brief.n_e_steps:
            raise DisagreementError(f"{case.name}: {method} took other steps the second time")
        times[method] = statistics.median(timed), brief.n_e_steps
    return first_close(plain.history, close) or 0, times


MOST = 2000
"""Rounds of plain EM on the sizes of the main table, at most."""
