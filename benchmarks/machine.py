"""What the computer is, and what it can do at best: the bound below which no EM can come."""

from __future__ import annotations

import importlib.util
import os
import platform
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.peers import PEERS, present
from benchmarks.workers import THREADS


@dataclass(frozen=True)
class Limits:
    """Rates of one core, the best that numpy reaches.

    Attributes
    ----------
    flops
        Floating-point operations a second in a product of large square matrices.
    exp, log
        Seconds for one exponential and one logarithm, in a buffer that fits the cache.
    bandwidth
        Bytes a second, read and written, in copying arrays far larger than the cache.
    """

    flops: float
    exp: float
    log: float
    bandwidth: float

    def bound(self, n: int, d: int, k: int) -> float:
        """Return the least seconds for one iteration of EM with full covariances.

        E-step and M-step are a product each, N K P multiplications and additions with the
        P = (D + 1)(D + 2) / 2 monomials of a point up to degree two. Each responsibility is an
        exponential, each point's share of the log-likelihood a logarithm. Reading the data
        overlaps with this.
        """
        p = (d + 1) * (d + 2) // 2
        arithmetic = 4 * n * k * p / self.flops + n * k * self.exp + n * self.log
        return max(8 * n * d / self.bandwidth, arithmetic)


def limits() -> Limits:
    """Measure the rates; runs in a worker with one thread."""
    size, buffer = 1024, np.linspace(-20.0, -1e-3, 16_384)
    square, positive = np.random.default_rng(0).random((size, size)), np.exp(buffer)
    far = np.ones(32_000_000)
    there, out = np.empty_like(far), np.empty_like(buffer)
    product = np.empty_like(square)
    return Limits(
        flops=2 * size**3 / _best(lambda: np.matmul(square, square, out=product)),
        exp=_best(lambda: np.exp(buffer, out=out), 100) / buffer.size,
        log=_best(lambda: np.log(positive, out=out), 100) / buffer.size,
        bandwidth=2 * far.nbytes / _best(lambda: np.copyto(there, far)),
    )


def _best(function: Callable[[], object], repeats: int = 1) -> float:
    """Return the shortest of seven timings, in seconds of processor time."""
    function()
    shortest = np.inf
    for _ in range(7):
        begin = time.process_time()
        for _ in range(repeats):
            function()
        shortest = min(shortest, time.process_time() - begin)
    return float(shortest) / repeats


def blas() -> str:
    """Name numpy's BLAS, with the kernels that it chose for this processor where that is known."""
    config = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    name = f"{config['name']} {config['version']}"
    if importlib.util.find_spec("threadpoolctl"):
        import threadpoolctl

        for library in threadpoolctl.threadpool_info():
            if library["user_api"] == "blas" and "numpy" in library["filepath"]:
                name += f", {library.get('architecture', 'unknown')} kernels"
    return name


def processor() -> str:
    """Name the model of the processor."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def load_average() -> str:
    """Return the mean number of busy processes in the last one and five minutes."""
    if not hasattr(os, "getloadavg"):
        return "unknown"
    one, five, _ = os.getloadavg()
    return f"{one:.1f}, {five:.1f}"


def description() -> list[tuple[str, str]]:
    """Describe what was measured on."""
    chosen = os.environ.get("OPENBLAS_CORETYPE")
    rows = [
        ("processor", f"{processor()}, {os.cpu_count()} cores"),
        ("system", f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"),
        ("numpy", f"{np.__version__} with {blas()}"),
        ("kernels asked for", chosen or "none (OPENBLAS_CORETYPE is not set)"),
        ("threads", f"{', '.join(THREADS)} set to 1 or 2 for each process"),
        ("libraries", ", ".join(f"{name} {PEERS[name].version}" for name in present())),
    ]
    return rows
