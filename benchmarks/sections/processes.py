"""What a fresh process pays: imports, a fit, and the memory at its peak."""

from __future__ import annotations

import statistics
import subprocess
import sys
from functools import partial
from pathlib import Path

from benchmarks.peers import PEERS
from benchmarks.report import Goal, Section, Table, digits, seconds
from benchmarks.sections import Settings
from benchmarks.workers import THREADS, environment, in_turn, ratio

PEAK = """
import resource, sys, time
try:
    with open("/proc/self/status") as status:
        peak = next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
except OSError:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(time.process_time(), peak)
"""
"""The end of each program: seconds of processor time since it began, and kilobytes at most."""

DATA = """
import numpy as np
rng = np.random.default_rng(0)
n, d, k = {size}
x = rng.standard_normal((n, d)) + 3 * rng.integers(k, size=n)[:, None]
means = x[:k]
"""

OURS_FIT = (
    DATA
    + """
import warnings
warnings.simplefilter("ignore")
from emlib import GaussianMixture, em
start = GaussianMixture(np.full(k, 1 / k), means, [np.eye(d)] * k)
assert em.fit(start, x, tol=0, max_iter={iterations}).n_iter == {iterations}
"""
)

SKLEARN_FIT = (
    DATA
    + """
import warnings
warnings.simplefilter("ignore")
from sklearn.mixture import GaussianMixture
start = {{"weights_init": np.full(k, 1 / k), "means_init": means}}
start["precisions_init"] = np.array([np.eye(d)] * k)
fit = GaussianMixture(k, tol=0, reg_covar=0, max_iter={iterations}, **start).fit(x)
assert fit.n_iter_ == {iterations}
"""
)


def programs(quick: bool) -> dict[str, dict[str, str]]:
    """Return the programs to compare: {what: {library: code}}."""
    pairs = {
        "import numpy": {"numpy": "import numpy"},
        "import": {"emlib": "import emlib", "scikit-learn": "import sklearn.mixture"},
    }
    fits = {"import and 50 iterations, 600, 2, 3": ((600, 2, 3), 50)}
    if not quick:
        fits["import and 3 iterations, 1M, 2, 10"] = ((1_000_000, 2, 10), 3)
    for what, (size, iterations) in fits.items():
        values = {"size": size, "iterations": iterations}
        pairs[what] = {
            "emlib": OURS_FIT.format(**values),
            "scikit-learn": SKLEARN_FIT.format(**values),
        }
    if not PEERS["scikit-learn"].installed:
        for codes in pairs.values():
            codes.pop("scikit-learn", None)
    return pairs


def measure(settings: Settings) -> Section:
    """Run each program several times, in turn."""
    rows: list[list[str]] = []
    goals: list[Goal] = []
    for what, codes in programs(settings.quick).items():
        jobs = {name: partial(spend, code, settings.folder) for name, code in codes.items()}
        found = in_turn(jobs, 3 if settings.quick or "1M" in what else 7)
        ours = "emlib" if "emlib" in found else next(iter(found))
        for name, runs in found.items():
            cpu = [spent for spent, _ in runs]
            memory = statistics.median(peak for _, peak in runs) / 1024
            times = ratio(cpu, [spent for spent, _ in found[ours]]).median
            time, peak = seconds(statistics.median(cpu)), f"{memory:.0f} MiB"
            rows.append([f"{what}: {name}", time, peak, "" if name == ours else digits(times)])
            if name == "scikit-learn" and "600" in what:
                goals.append(Goal("whole process at 600, 2, 3: scikit-learn / emlib", times, 10, 7))
    columns = ["a fresh process", "processor time", "peak memory", "time / emlib"]
    return Section("Import and memory", [WORDS, Table(columns, rows)], goals)


WORDS = """\
Medians of fresh processes, one thread, with the start of Python itself; the memory is the largest
resident size. The data of the million points take 15 MiB of it. All modules were compiled to
bytecode before, as they are on any machine after the first import."""


def spend(code: str, folder: Path) -> tuple[float, float]:
    """Run a program; return its processor time in seconds and its peak memory in kilobytes.

    Bytecode is kept in a folder of the benchmark's own, whatever this machine does with it.
    """
    bytecode = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(folder / "bytecode")}
    with environment(dict.fromkeys(THREADS, "1") | bytecode):
        done = subprocess.run(
            [sys.executable, "-c", code + PEAK], capture_output=True, text=True, timeout=300
        )
    if done.returncode:
        raise RuntimeError(done.stderr)
    cpu, peak = done.stdout.split()
    return float(cpu), float(peak)
