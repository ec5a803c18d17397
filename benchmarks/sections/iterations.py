"""The main table: one iteration of EM, every size, every peer, one thread and two."""

from __future__ import annotations

import dataclasses
import statistics
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from benchmarks import agreement, peers
from benchmarks.cases import CASES, QUICK, Case
from benchmarks.machine import Limits, limits
from benchmarks.peers import OURS
from benchmarks.report import Goal, Section, Table, digits, ratio_text, seconds
from benchmarks.sections import Settings
from benchmarks.workers import Ratio, Timing, Worker, in_turn, ratio


@dataclass(frozen=True)
class Row:
    """What was found for a size: seconds for each library, and ratios to emlib."""

    case: Case
    each: dict[str, float]
    overheads: dict[str, float]
    ratios: dict[str, Ratio]
    apart: float


def measure(settings: Settings) -> Section:
    """Compare all libraries on all sizes."""
    cases = [dataclasses.replace(c, rounds=5) for c in QUICK] if settings.quick else CASES
    with Worker() as worker:
        best = worker(limits)
    one = compare(cases, 1, settings.folder)
    two = compare(cases, 2, settings.folder)
    parts = [
        "N rows, D columns, K components; the first is Old Faithful, the others are drawn.",
        "### One thread",
        table(one),
        "### Two threads",
        two_threads(),
        table(two),
        "### How far from the possible",
        roofline_words(best),
        roofline(one, best),
        HONEST,
    ]
    return Section("One iteration of EM", parts, goals(one, two, best))


def compare(cases: Sequence[Case], threads: int, folder: Path) -> list[Row]:
    """Measure each case with so many threads."""
    with ExitStack() as stack:
        workers = {}
        for name in peers.present():
            alone = name == OURS and threads > 1 and peers.emlib_has("n_threads")
            workers[name] = stack.enter_context(Worker(1 if alone else threads))
        rows = []
        for case in cases:
            rows.append(measure_case(case, workers, threads, folder))
            print(f"{case.name}, {threads} thread(s): done", file=sys.stderr, flush=True)
        return rows


def measure_case(case: Case, workers: dict[str, Worker], threads: int, folder: Path) -> Row:
    """Measure all libraries on one case, in turn, and check that they agree."""
    start, path = case.make(), folder / "case.npz"
    np.savez(path, **vars(start))
    for name, worker in workers.items():
        worker(peers.load, name, str(path), threads)

    def fits(worker: Worker) -> list[tuple[Timing, agreement.Result]]:
        return [worker(peers.run, iterations, case.repeats) for iterations in case.iterations]

    found = in_turn({n: partial(fits, w) for n, w in workers.items()}, case.rounds)
    for length, iterations in enumerate(case.iterations):
        ends = {name: rounds[-1][length][1] for name, rounds in found.items()}
        apart = agreement.check(ends, iterations, f"{case.name}, {threads} thread(s)")
    clock = "cpu" if threads == 1 else "wall"
    timings = {
        name: [[getattr(timing, clock) for timing, _ in fits] for fits in rounds]
        for name, rounds in found.items()
    }
    return summarise(case, timings, threads, apart)


def summarise(case: Case, timings: dict[str, list[list[float]]], threads: int, apart: float) -> Row:
    """Turn the seconds of short and long fits, by library and round, into a row."""
    few, many = case.iterations
    steps = {
        name: [peers.per_iteration(short, long, (few, many)) for short, long in rounds]
        for name, rounds in timings.items()
    }
    if threads == 1:
        each = {name: statistics.median(values) for name, values in steps.items()}
        shorts = {n: statistics.median(s for s, _ in rounds) for n, rounds in timings.items()}
    else:
        shorts = {n: min(s for s, _ in rounds) for n, rounds in timings.items()}
        longs = {n: min(long for _, long in rounds) for n, rounds in timings.items()}
        each = {n: peers.per_iteration(shorts[n], longs[n], (few, many)) for n in timings}
    ratios = {}
    for name in each:
        if name != OURS:
            paired = ratio(steps[name], steps[OURS])
            middle = paired.median if threads == 1 else each[name] / each[OURS]
            ratios[name] = Ratio(middle, paired.low, paired.high)
    overheads = {name: peers.overhead(shorts[name], each[name], few) for name in each}
    return Row(case, each, overheads, ratios, apart)


def table(rows: list[Row]) -> Table:
    """Write the rows, two columns for emlib and two for each other library."""
    others = [name for name in rows[0].each if name != OURS]
    columns = ["N, D, K", "emlib", "overhead"]
    for name in others:
        columns += [name, "overhead", f"{name} / emlib"]
    lines = []
    for row in rows:
        line = [row.case.name, seconds(row.each[OURS]), seconds(row.overheads[OURS])]
        for name in others:
            line += [seconds(row.each[name]), seconds(row.overheads[name])]
            line.append(ratio_text(row.ratios[name]))
        lines.append([*line, f"{row.apart:.0e}"])
    return Table([*columns, "differ by"], lines)


def two_threads() -> str:
    """Say how each library was given its second thread."""
    if peers.emlib_has("n_threads"):
        return (
            "`emlib` runs with `n_threads=2` and a BLAS of one thread, the others with a BLAS "
            "and OpenMP of two."
        )
    return "This version of `emlib` has no threads of its own: its BLAS has two, as the others'."


def roofline_words(best: Limits) -> str:
    """Say what the machine can do, and what follows."""
    return (
        f"In this run, one core multiplied large matrices at {best.flops / 1e9:.0f} Gflop/s, took "
        f"{best.exp * 1e9:.2f} ns for an exponential and {best.log * 1e9:.2f} ns for a logarithm, "
        f"and copied memory at {best.bandwidth / 1e9:.0f} GB/s. An iteration of EM with full "
        "covariances needs at least 4 N K P operations in two matrix products, with "
        "P = (D + 1)(D + 2) / 2, N K exponentials and N logarithms, and must read the data once. "
        "The larger of arithmetic and reading is the bound; the columns say how many times "
        "longer an iteration takes, with one thread."
    )


def roofline(rows: list[Row], best: Limits) -> Table:
    """Set the measured times against the bound."""
    names = list(rows[0].each)
    lines = []
    for row in rows:
        bound = best.bound(row.case.n, row.case.d, row.case.k)
        distances = [digits(row.each[name] / bound) for name in names]
        lines.append([row.case.name, seconds(bound), *distances])
    return Table(["N, D, K", "bound", *names], lines)


HONEST = """\
At the smallest sizes nothing in Python comes near the bound: a call into numpy costs as much as a
hundred points. Narrow matrices are multiplied at a fraction of the rate of large square ones, so a
distance of two is close to what numpy can do.

scikit-learn-intelex, which speeds up much of scikit-learn, does *not* accelerate its
`GaussianMixture`. The EM of the library behind it, oneDAL, can be reached through `daal4py.em_gmm`
alone; it is the fastest compiled EM that we know of, and few people have heard of it."""


def goals(one: list[Row], two: list[Row], best: Limits) -> list[Goal]:
    """Name the ratios that must hold."""
    found = []
    for rows, threads in ((one, 1), (two, 2)):
        for row in rows:
            wanted = row.case.goals if threads == 1 else row.case.promised
            for name, at_least in wanted.items():
                if name in row.ratios:
                    what = f"iteration at {row.case.name}, {threads} thread(s): {name} / emlib"
                    gate = row.case.promised.get(name, at_least)
                    found.append(Goal(what, row.ratios[name].median, at_least, gate))
    for row in one:
        if row.case.roofline is not None:
            share = best.bound(row.case.n, row.case.d, row.case.k) / row.each[OURS]
            what = f"iteration at {row.case.name}: bound / emlib"
            found.append(Goal(what, share, 1 / row.case.roofline, 1 / row.case.roofline))
    return found
