"""Processes with a fixed number of threads, and timings that are taken in turn.

The numerical libraries read their number of threads when they are loaded, so each library gets a
process of its own that begins with the right environment. The processes wait for each other: only
one works at a time.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import statistics
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
PATIENCE = 600
"""Seconds after which a call is given up."""


@dataclass(frozen=True)
class Timing:
    """Seconds for one call: of processor time (all threads), and on the clock."""

    cpu: float
    wall: float


class WorkerError(RuntimeError):
    """A call failed in a worker; the message is its traceback."""


class Worker:
    """A process that calls functions for us, one at a time, with so many threads."""

    def __init__(self, threads: int = 1) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs,), daemon=True)
        with environment(dict.fromkeys(THREADS, str(threads))):
            self._process.start()
        theirs.close()

    def __call__(self, function: Callable[..., Any], *args: Any) -> Any:
        """Call a function of a module in the worker, and return its result."""
        self._pipe.send((function, args))
        if not self._pipe.poll(PATIENCE):
            raise WorkerError(f"{function.__name__}{args}: no answer in {PATIENCE} s")
        try:
            failed, result = self._pipe.recv()
        except EOFError:
            raise WorkerError(f"{function.__name__}{args}: the process died") from None
        if failed:
            raise WorkerError(f"{function.__name__}{args}:\n{result}")
        return result

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """End the process."""
        self._pipe.close()
        self._process.join(timeout=5)
        if self._process.is_alive():
            self._process.kill()


@contextmanager
def environment(values: Mapping[str, str]) -> Iterator[None]:
    """Set environment variables for a while."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _serve(pipe: Any) -> None:
    """Answer calls until the pipe closes."""
    while True:
        try:
            function, args = pipe.recv()
        except EOFError:
            return
        try:
            pipe.send((False, function(*args)))
        except Exception:
            pipe.send((True, traceback.format_exc()))


def stopwatch(function: Callable[[], Any], repeats: int = 1) -> tuple[Timing, Any]:
    """Time a call, the mean of some repeats; return the timing and the last result."""
    gc.collect()
    cpu, wall = time.process_time(), time.perf_counter()
    for _ in range(repeats):
        result = function()
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    return Timing(cpu / repeats, wall / repeats), result


def in_turn(jobs: Mapping[str, Callable[[], Any]], rounds: int) -> dict[str, list[Any]]:
    """Do the jobs A B C, A B C, ...; the first round warms up and is not kept."""
    kept: dict[str, list[Any]] = {name: [] for name in jobs}
    for turn in range(rounds + 1):
        for name, job in jobs.items():
            result = job()
            if turn > 0:
                kept[name].append(result)
    return kept


@dataclass(frozen=True)
class Ratio:
    """How many times longer the other took: the median of the rounds, and their extremes."""

    median: float
    low: float
    high: float


def ratio(others: list[float], ours: list[float]) -> Ratio:
    """Pair the rounds: each ratio is of two timings that were taken one after the other."""
    each = [other / our for other, our in zip(others, ours, strict=True)]
    return Ratio(statistics.median(each), min(each), max(each))
