"""How the time of an iteration grows with N, D and K."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence

import numpy as np

from benchmarks import peers
from benchmarks.cases import Case, short
from benchmarks.peers import OURS
from benchmarks.report import Section, Table, digits, seconds
from benchmarks.sections import Settings
from benchmarks.workers import Worker

ITERATIONS = (2, 8)


def measure(settings: Settings) -> Section:
    """Time emlib along three lines, and fit an exponent to each."""
    end = -1 if settings.quick else None
    lines: list[tuple[str, str, list[int], Callable[[int], Case]]] = [
        ("N", "D=2, K=3", [1000, 10_000, 100_000, 1_000_000][:end], lambda n: case(n, 2, 3)),
        ("D", "N=20k, K=4", [2, 4, 8, 16, 32, 64][:end], lambda d: case(20_000, d, 4)),
        ("K", "N=50k, D=4", [2, 4, 8, 16, 32][:end], lambda k: case(50_000, 4, k)),
    ]
    parts: list[str | Table] = [WORDS]
    with Worker() as worker:
        for letter, rest, sizes, make in lines:
            times = [time(worker, make(size), settings) for size in sizes]
            steps = ["", *(digits(e) for e in neighbours(sizes, times))]
            cells = zip(map(short, sizes), map(seconds, times), steps, strict=True)
            rows = [list(row) for row in cells]
            rows.append(["all", "", digits(exponent(sizes, times))])
            parts.append(Table([f"{letter} ({rest})", "iteration", "exponent"], rows))
    return Section("Growth", parts)


WORDS = """\
`emlib` alone, one thread. An exponent of 1 means that twice the size takes twice the time; each
line has the one from the size before, the last that of a straight line through all points on doubly
logarithmic paper. Arithmetic grows as N K D²; exponents are lower where calls into numpy (small N),
work done once for all components (small K) or exponentials (small D) weigh more."""


def case(n: int, d: int, k: int) -> Case:
    """Make a case that is timed briefly."""
    return Case(n, d, k, ITERATIONS, 20 if n <= 1000 else 1, 3)


def time(worker: Worker, case: Case, settings: Settings) -> float:
    """Return the seconds of an iteration of emlib."""
    path = settings.folder / "growth.npz"
    np.savez(path, **vars(case.make()))
    worker(peers.load, OURS, str(path), 1)
    steps = []
    for _ in range(case.rounds + 1):
        few, many = (worker(peers.run, m, case.repeats)[0].cpu for m in case.iterations)
        steps.append(peers.per_iteration(few, many, case.iterations))
    return statistics.median(steps[1:])


def neighbours(sizes: Sequence[int], times: Sequence[float]) -> list[float]:
    """Return the exponents from each size to the next."""
    return list(np.diff(np.log(times)) / np.diff(np.log(sizes)))


def exponent(sizes: Sequence[int], times: Sequence[float]) -> float:
    """Return the slope of log time over log size, by least squares."""
    return float(np.polyfit(np.log(sizes), np.log(times), 1)[0])
