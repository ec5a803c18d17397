"""Whole fits: Old Faithful with defaults, and ten restarts."""

from __future__ import annotations

import statistics
import warnings
from functools import partial
from typing import Any

import numpy as np

from benchmarks import problems
from benchmarks.agreement import DisagreementError
from benchmarks.cases import CASES
from benchmarks.peers import PEERS, Start
from benchmarks.report import Goal, Section, Table, ratio_text, seconds
from benchmarks.sections import Settings
from benchmarks.workers import Timing, Worker, in_turn, ratio, stopwatch
from emlib import EMWarning, GaussianMixture, datasets, em, start

RESTARTS, ROUNDS_EACH = 10, 50


def measure(settings: Settings) -> Section:
    """Compare whole fits with those of scikit-learn."""
    title = "Whole fits"
    if not PEERS["scikit-learn"].installed:
        return Section(title, ["scikit-learn is not installed: nothing to compare with."])
    rounds = 5 if settings.quick else 9
    parts: list[str | Table] = ["### Old Faithful, from data to parameters", OLD_FAITHFUL]
    goals: list[Goal] = []
    rows: list[list[str]] = []
    with Worker() as ours, Worker() as theirs:
        for given in (True, False):
            more, goal = old_faithful(ours, theirs, given, rounds)
            rows += more
            goals.append(goal)
        parts.append(Table(["fit", "time", "missing", "time / emlib"], rows))
        more_parts, goal = restarts(ours, theirs, rounds)
    return Section(title, [*parts, *more_parts], [*goals, goal])


def old_faithful(
    ours: Worker, theirs: Worker, given: bool, rounds: int
) -> tuple[list[list[str]], Goal]:
    """Fit Old Faithful, with the start given or not, until equally little is missing."""
    best, count = ours(emlib_best), len(datasets.old_faithful().x)
    _, reached = ours(emlib_old_faithful, given, 1)
    missing = (best - reached) / count
    gaps = {
        tol: (best - theirs(sklearn_old_faithful, given, tol, 1)[1]) / count for tol in TOLERANCES
    }
    enough = [tol for tol, gap in gaps.items() if gap <= missing]
    if not enough or not -1e-9 <= missing < 1e-5:
        raise DisagreementError(f"Old Faithful: emlib lacks {missing:.1e}, scikit-learn {gaps}")
    default, equal = TOLERANCES[0], enough[0]
    jobs = {
        "emlib": partial(ours, emlib_old_faithful, given, 100),
        "default": partial(theirs, sklearn_old_faithful, given, default, 5),
        "equal": partial(theirs, sklearn_old_faithful, given, equal, 5),
    }
    cpu = {name: [t.cpu for t, _ in found] for name, found in in_turn(jobs, rounds).items()}
    median = {name: seconds(statistics.median(times)) for name, times in cpu.items()}
    ratios = {name: ratio(times, cpu["emlib"]) for name, times in cpu.items()}
    which = "start given" if given else "own start"
    rows = [
        [f"{which}: emlib, tol=1e-8", median["emlib"], gap_text(missing), ""],
        [
            f"{which}: scikit-learn, tol=1e-3",
            median["default"],
            gap_text(gaps[default]),
            ratio_text(ratios["default"]),
        ],
        [
            f"{which}: scikit-learn, tol={equal:g}",
            median["equal"],
            gap_text(gaps[equal]),
            ratio_text(ratios["equal"]),
        ],
    ]
    what = f"a whole fit of Old Faithful, {which}: scikit-learn / emlib"
    return rows, Goal(what, ratios["equal"].median, 20, 20 if given else 7)


TOLERANCES = tuple(10.0**-power for power in range(3, 13))
"""Of scikit-learn's, the default first."""

OLD_FAITHFUL = """\
272 eruptions, two components; first from the start of the main table, then with a start of the
library's own choice: k-means++ for `emlib`, K-means for scikit-learn. Tolerances are the defaults.
*Missing* is what the mean log-likelihood then lacks of its maximum, in nats a point. A fit that
stops early is no fast fit, so scikit-learn also runs with the first of the tolerances 1e-4, 1e-5,
... that lacks no more than `emlib`'s default does. Nothing is added to a covariance. A time is the
mean of some fits in a row, 100 of `emlib`'s and 5 of scikit-learn's, so that a measurement of
either takes some 25 ms and both begin equally cold."""


def gap_text(gap: float) -> str:
    """Write what is missing; below 1e-12 it is rounding."""
    return f"{gap:.0e}" if gap > 1e-12 else "0"


def emlib_best() -> float:
    """Return the log-likelihood at the maximum, as far as doubles tell."""
    return float(_emlib_fit(datasets.old_faithful().x, None, tol=0, max_iter=10_000).objective)


def emlib_old_faithful(given: bool, repeats: int) -> tuple[Timing, float]:
    """Time fits with defaults; return the log-likelihood too."""
    begin = CASES[0].make()
    timing, fit = stopwatch(lambda: _emlib_fit(begin.x, begin if given else None), repeats)
    return timing, float(fit.objective)


def _emlib_fit(x: problems.Array, begin: Start | None, **options: Any) -> Any:
    if begin:
        model = GaussianMixture(begin.weights, begin.means, begin.covariances)
    else:
        model = start.kmeans_plus_plus(GaussianMixture, x, n_components=2, rng=0)
    return em.fit(model, x, **options)


def sklearn_old_faithful(given: bool, tol: float, repeats: int) -> tuple[Timing, float]:
    """Time fits with a tolerance; return the log-likelihood too."""
    from sklearn.mixture import GaussianMixture

    begin = CASES[0].make()
    options: dict[str, Any] = {"tol": tol, "reg_covar": 0.0, "max_iter": 1000, "random_state": 0}
    if given:
        options |= {"weights_init": begin.weights, "means_init": begin.means}
        options["precisions_init"] = np.linalg.inv(begin.covariances)
    timing, fit = stopwatch(lambda: GaussianMixture(2, **options).fit(begin.x), repeats)
    return timing, float(fit.score(begin.x)) * len(begin.x)


def restarts(ours: Worker, theirs: Worker, rounds: int) -> tuple[list[str | Table], Goal]:
    """Time ten starts of fifty rounds each."""
    jobs = {"emlib": partial(ours, emlib_restarts), "sklearn": partial(theirs, sklearn_restarts)}
    found = in_turn(jobs, rounds)
    (_, one), (_, other) = found["emlib"][-1], found["sklearn"][-1]
    if abs(one - other) > 1e-3:
        raise DisagreementError(f"ten restarts: {one:.6f} and {other:.6f} nats a point")
    cpu = {name: [timing.cpu for timing, _ in timings] for name, timings in found.items()}
    faster = ratio(cpu["sklearn"], cpu["emlib"])
    rows = [
        ["em.multistart", seconds(statistics.median(cpu["emlib"])), f"{one:.4f}", ""],
        [
            "scikit-learn, n_init=10",
            seconds(statistics.median(cpu["sklearn"])),
            f"{other:.4f}",
            ratio_text(faster),
        ],
    ]
    words = (
        f"600 points, three components, {RESTARTS} starts of the library's own choice (as above),\n"
        f"each with exactly {ROUNDS_EACH} iterations. They are drawn by chance, so only the best\n"
        "log-likelihood (nats a point) can be compared. The time of `emlib` is the mean of five\n"
        "in a row."
    )
    table = Table(["restarts", "time", "best", "time / emlib"], rows)
    goal = Goal("ten restarts at N = 600: scikit-learn / emlib", faster.median, 25, 20)
    return ["### Ten restarts", words, table], goal


def emlib_restarts() -> tuple[Timing, float]:
    """Time em.multistart; return the best log-likelihood a point."""
    warnings.simplefilter("ignore", EMWarning)
    x = problems.three_small_clouds().x
    options = {"n_components": 3, "n_starts": RESTARTS, "tol": 0, "max_iter": ROUNDS_EACH}
    timing, fits = stopwatch(lambda: em.multistart(GaussianMixture, x, rng=0, **options), 5)
    _exactly([fit.n_iter for fit in fits], RESTARTS)
    return timing, fits[0].objective / len(x)


def sklearn_restarts() -> tuple[Timing, float]:
    """Time the same of scikit-learn."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.mixture import GaussianMixture

    warnings.simplefilter("ignore", ConvergenceWarning)
    x = problems.three_small_clouds().x
    options = {"n_init": RESTARTS, "tol": 0.0, "max_iter": ROUNDS_EACH, "reg_covar": 0.0}
    model = GaussianMixture(3, random_state=0, **options)
    timing, fit = stopwatch(lambda: model.fit(x))
    _exactly([fit.n_iter_], 1)
    return timing, float(fit.score(x))


def _exactly(iterations: list[int], count: int) -> None:
    if iterations != [ROUNDS_EACH] * count:
        raise DisagreementError(f"ten restarts took {iterations} iterations")
