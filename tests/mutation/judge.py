"""Run tests in children of one warm process: each imports the package afresh, and is thrown away.

To import numpy, scipy and pytest takes ten times as long as to run the tests that a mutant fails.
Needs Linux or macOS.
"""

import contextlib
import gc
import importlib
import json
import os
import resource
import signal
import sys
import tempfile
import time
import traceback
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

WARM = [
    "numpy.testing",
    "scipy.stats",
    "scipy.optimize",
    "matplotlib.figure",
    "pandas",
    "sklearn.mixture",
    "sklearn.cluster",
    "hypothesis.extra.numpy",
    "dask.array",
    "distributed",
]

# No rewritten assertions: they cost more than they tell here.
OPTIONS = ["-x", "-q", "--assert=plain", "--tb=short", "-p", "no:cacheprovider"]
QUICK = "not slow and not browser"
ADDOPTS = "addopts=--import-mode=importlib --doctest-modules"

COLLECTING = 60.0  # seconds that it may take to import the tests
TIMES, PATIENCE = 10.0, 3.0  # a test may take so many times what it took, and so many seconds more
WAITING = 60.0  # seconds more on the clock: others may want the processors too
MEMORY = 8 * 2**30  # bytes


def warm_up() -> None:
    """Import what the tests need, but not the package under test."""
    for name in WARM:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    assert "emlib" not in sys.modules


def start(folder: Path, work: Callable[[], int]) -> int:
    """Fork a child that works in a folder; return its number. It writes into FOLDER.log."""
    child = os.fork()
    if child:
        return child
    gc.freeze()  # pytest collects rubbish at its end: not among what the parent has imported
    code = 99
    try:
        os.setsid()  # so that what it starts itself can be ended with it
        os.chdir(folder)
        log = os.open(f"{folder}.log", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(log, 1)
        os.dup2(log, 2)
        sys.path.insert(0, str(folder))
        sys.modules["__main__"] = ModuleType("__main__")  # a process that Dask spawns imports it
        tempfile.tempdir = str(folder.parent)  # what an ended child leaves goes with the rest
        os.environ |= {"PYTHONPATH": str(folder), "TMPDIR": tempfile.tempdir}
        os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
        sys.dont_write_bytecode = True
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        code = work()
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        os._exit(code)


def end(child: int) -> None:
    """End a child and what it started, where they have not ended by themselves."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)


def limit(seconds: float) -> None:
    """Let a signal end this process after so many seconds of work; 0 is no limit."""
    signal.setitimer(signal.ITIMER_PROF, seconds)
    signal.setitimer(signal.ITIMER_REAL, seconds and seconds + WAITING)


def run(paths: list[str], plugin: object) -> int:
    options = [*OPTIONS, "-m", QUICK, "-o", ADDOPTS, f"--basetemp={Path.cwd()}.tmp"]
    limit(COLLECTING)
    # Imported for its examples before a test imports emlib, a module would be there twice.
    paths = sorted(paths, key=lambda path: path.startswith("emlib"))
    return int(pytest.main([*options, *paths], plugins=[plugin]))


class Chosen:
    """Run these tests in this order, and no longer than they may take."""

    def __init__(self, tests: list[str], seconds: dict[str, float]) -> None:
        self.order = {test: i for i, test in enumerate(tests)}
        self.seconds = seconds

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        chosen = [item for item in items if item.nodeid in self.order]
        items[:] = sorted(chosen, key=lambda item: self.order[item.nodeid])

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        known = self.seconds.get(item.nodeid, 0) + self.seconds.get(file_of(item.nodeid), 0)
        limit(PATIENCE + TIMES * known)
        return (yield)


class Recorder:
    """Note which lines each test runs, and how long it takes.

    What the import of a test file and a fixture that several tests share run is of all tests of
    that file; what the import of the package itself runs is of nobody.
    """

    def __init__(self, coverage: Any) -> None:
        self.coverage = coverage
        self.seconds: dict[str, float] = defaultdict(float)
        self.now = ""

    @contextlib.contextmanager
    def on_account_of(self, name: str) -> Iterator[None]:
        before, self.now = self.now, name
        self.coverage.switch_context(name)
        begin = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] += time.perf_counter() - begin
            self.coverage.switch_context(before)
            self.now = before

    @pytest.hookimpl(wrapper=True)
    def pytest_make_collect_report(self, collector: pytest.Collector) -> Iterator[None]:
        with self.on_account_of(file_of(collector.nodeid)):
            return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: Any, request: Any) -> Iterator[None]:
        if fixturedef.scope == "function":
            return (yield)
        with self.on_account_of(file_of(request.node.nodeid)):
            return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        limit(0)
        forget()
        with self.on_account_of(item.nodeid):
            return (yield)


def forget() -> None:
    """Empty the caches of the package: a later test must run the lines that filled them."""
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] == "emlib":
            for value in list(vars(module).values()):
                if hasattr(value, "cache_clear"):
                    value.cache_clear()


def file_of(test: str) -> str:
    return test.partition("::")[0]


def record(sources: list[str], tests: list[str], result: Path) -> int:
    """Run tests and write which of them run which lines of the sources: {source: {line: tests}}."""
    import coverage

    here = Path.cwd()
    watch = coverage.Coverage(
        data_file=None, config_file=False, include=[str(here / path) for path in sources]
    )
    recorder = Recorder(watch)
    with watch.collect():
        for path in sources:
            name = ".".join(Path(path).with_suffix("").parts)
            importlib.import_module(name.removesuffix(".__init__"))
        code = run(tests, recorder)
    data = watch.get_data()
    lines = {path: data.contexts_by_lineno(str(here / path)) for path in sources}
    result.write_text(json.dumps({"seconds": recorder.seconds, "lines": lines}), encoding="utf-8")
    return code


def try_out(groups: list[list[str]], seconds: dict[str, float]) -> int:
    """Run groups of tests, one after the other, up to the first that fails."""
    for tests in groups:
        if code := run(list(dict.fromkeys(map(file_of, tests))), Chosen(tests, seconds)):
            return code
    return 0
