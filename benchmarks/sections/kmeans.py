"""K-means until the assignments repeat, from the same centres."""

from __future__ import annotations

import dataclasses
import statistics
from contextlib import ExitStack
from functools import partial

import numpy as np

from benchmarks import peers
from benchmarks.agreement import DisagreementError
from benchmarks.cases import Case
from benchmarks.peers import OURS
from benchmarks.report import Goal, Section, Table, ratio_text, seconds
from benchmarks.sections import Settings
from benchmarks.workers import Worker, in_turn, ratio

CASES = (
    Case(600, 2, 3, (1, 2), 20, 9),
    Case(100_000, 2, 3, (1, 2), 1, 5),
    Case(100_000, 16, 16, (1, 2), 1, 3),
    Case(50_000, 64, 10, (1, 2), 1, 3),
)
TOLERANCE = 1e-9


def measure(settings: Settings) -> Section:
    """Compare the libraries on some sizes, one thread each."""
    rows, goals = [], []
    names = peers.present()
    others = [name for name in names if name != OURS]
    with ExitStack() as stack:
        workers = {name: stack.enter_context(Worker()) for name in names}
        for case in CASES[:2] if settings.quick else CASES:
            path = settings.folder / "kmeans.npz"
            start = case.make()
            np.savez(path, **vars(dataclasses.replace(start, means=start.x[: case.k])))
            for name, worker in workers.items():
                worker(peers.load, name, str(path), 1)
            jobs = {n: partial(w, peers.kmeans, n, case.repeats) for n, w in workers.items()}
            found = in_turn(jobs, case.rounds)
            ends = {name: timings[-1][1] for name, timings in found.items()}
            apart = check(ends, case.name)
            cpu = {name: [timing.cpu for timing, _ in rounds] for name, rounds in found.items()}
            line = [case.name, *(f"{ends[name][1]}" for name in names)]
            line.append(seconds(statistics.median(cpu[OURS])))
            for name in others:
                faster = ratio(cpu[name], cpu[OURS])
                line += [seconds(statistics.median(cpu[name])), ratio_text(faster)]
                if name == "scikit-learn":
                    what = f"K-means at {case.name}: scikit-learn / emlib"
                    goals.append(Goal(what, faster.median, 1.0, 1.0))
            rows.append([*line, f"{apart:.0e}"])
    columns = ["N, D, K", *(f"rounds, {name}" for name in names), OURS]
    for name in others:
        columns += [name, f"{name} / emlib"]
    return Section("K-means", [WORDS, Table([*columns, "inertia differs by"], rows)], goals)


WORDS = """\
Lloyd's algorithm to the end, that is until no point changes its cluster, from the first K rows and
with one thread; the time is that of the whole fit. scikit-learn runs with `n_init=1, tol=0,
algorithm="lloyd"`, oneDAL through `daal4py.kmeans`. `emlib` goes through the same assignments, but
scores only points that another centroid may have come nearer to since they were scored last.
Libraries count the last round, in which nothing moves, in different ways."""


def check(ends: dict[str, tuple[float, int]], what: str) -> float:
    """Return the largest relative difference of the inertias, or raise."""
    ours = ends[OURS][0]
    apart = float(np.max([abs(end - ours) / ours for end, _ in ends.values()]))
    if not apart <= TOLERANCE:
        raise DisagreementError(f"K-means at {what}: inertias {ends} differ by {apart:.1e}")
    return apart
