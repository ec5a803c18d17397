"""Mutation tests: change emlib in a thousand small ways, and see that some test minds each one.

    python -m tests.mutation                        the whole core
    python -m tests.mutation em models.gaussian     some modules

Cosmic Ray makes the mutants. Each is given to the tests that run its line, first those of its own
module, the quickest first; the first failure kills it. What no result can show is left out, by
place and operator: left_out.toml, with the reasons. There is no threshold: the report says what is.
It fails if a mutant is neither killed nor survives, or if an entry of the list matches nothing.
"""

import argparse
import compileall
import json
import os
import py_compile
import random
import re
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from tests.mutation import judge
from tests.mutation.mutants import LeftOut, Module, Mutant, read_left_out

ROOT = Path(__file__).resolve().parents[2]

# Every module of the package is mutated, but for:
NOT_CORE = {
    "plots": "figures, looked at by eye; their tests hold shapes and labels",
    "widgets": "players of the figures, tried in a browser",
    "exercises": "texts and answers of the exercises; tests/exercises tries the misconceptions",
}

# Every test that is not slow may kill a mutant, but for those that are about something else:
NOT_OF_THE_CORE = {
    "plots|widgets|book|browser|lite|slides": "they draw and open pages, seconds for each",
    "exercises": "they hold what a learner is told, in as much time as all the others",
    "mutation": "it would mutate within a mutant",
    "test_(architecture|house).py": "they read sources, and import in processes of their own",
    "test_(benchmarks|build|course|docs|environments|equation_links|equation_table|grading|notebooks"
    "|scaffold|taking_part|teaching|workflows|working_copy).py": "they read and build the course's"
    " files",
}

# These wait for other processes, seconds each: they are for the mutants of their own module alone.
OF_THEIR_OWN = ["tests/data/test_cluster.py"]

NOT_COPIED = (".*", "__pycache__", "_build", "node_modules", "*.ipynb", "*.egg-info", "my_course")

KILLED, TIMED_OUT, SURVIVED, ERROR = "killed", "killed by time", "survived", "ERROR"
CRASHES = [-signal.SIGSEGV, -signal.SIGABRT, -signal.SIGBUS, -signal.SIGFPE, -signal.SIGILL]


@dataclass
class Record:
    """Which tests run which lines, and how long each takes."""

    seconds: dict[str, float]
    lines: dict[str, dict[str, list[str]]]

    def tests(self, mutant: Mutant) -> list[list[str]]:
        """Return the tests for a mutant in two groups: its own module's, and the rest."""
        lines = self.lines[mutant.module.path]
        statement = mutant.module.statement(mutant.row)
        rows = map(str, range(statement.first, statement.last + 1))
        names = {name for row in rows for name in lines.get(row, [])}
        own = own_file(mutant.module.name, self.seconds)
        if "" in names:  # it runs when the module is imported: whoever uses the module may mind
            names = {name for row in lines.values() for name in row} | {own}
        elif not names:  # a test may yet run it in a process of its own
            names = {own}
        groups: list[list[str]] = [[], []]
        for test in sorted(filter(is_test, self.seconds), key=self.seconds.__getitem__):
            file = judge.file_of(test)
            if (test in names or file in names) and (file == own or file not in OF_THEIR_OWN):
                groups[file != own].append(test)
        return [group for group in groups if group]


def own_file(module: str, known: Iterable[str]) -> str:
    """The test file of a module, or of the nearest package that has one."""
    files = {name.partition("::")[0] for name in known}
    parts = module.split(".")
    names = ["/".join(["tests", *parts[:n], f"test_{parts[n]}.py"]) for n in range(len(parts))]
    return next((name for name in reversed(names) if name in files), names[0])


def is_test(name: str) -> bool:
    return "::" in name  # the rest are files


@dataclass
class Trial:
    """A mutant that is being tried, or was."""

    mutant: Mutant
    folder: Path
    outcome: str = ""
    note: str = ""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument(
        "modules", nargs="*", metavar="MODULE", help="such as models.gaussian; all, if none"
    )
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="mutants at a time")
    parser.add_argument("--sample", type=float, default=1.0, help="try this part of the mutants")
    parser.add_argument("--seed", type=int, default=0, help="of the sample")
    parser.add_argument("--report", type=Path, default=Path("mutation.md"), help="written there")
    parser.add_argument("--root", type=Path, default=ROOT, help="a tree with emlib/ and tests/")
    parser.add_argument("--left-out", type=Path, default=Path(__file__).with_name("left_out.toml"))
    options = parser.parse_args()

    begin = time.monotonic()
    modules = core(options.root)
    left_out = read_left_out(options.left_out)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended from outside"))
    names = options.modules or list(modules)
    if unknown := set(names) - set(modules):
        parser.error(f"no such module: {', '.join(sorted(unknown))}")
    tried, reasons = sort_out([modules[name] for name in names], left_out)
    if not options.modules and (idle := [one for one in left_out if not reasons[one]]):
        parser.error("these entries match no mutant:\n" + "\n".join(map(str, idle)))
    whole = len(tried)
    if options.sample < 1:
        tried = random.Random(options.seed).sample(tried, round(options.sample * whole))

    with tempfile.TemporaryDirectory(prefix="mutation-") as place:
        trials = try_all(options.root, list(modules.values()), tried, Path(place), options.jobs)
    lines = report(names, trials, reasons)
    sampled = f", a sample of {whole} (seed {options.seed})" if options.sample < 1 else ""
    minutes = (time.monotonic() - begin) / 60
    busy = sum(os.times()[:4]) / 60
    head = [
        f"{len(trials)} mutants tried{sampled}, {options.jobs} at a time, in {minutes:.1f} min "
        f"({busy:.1f} min of one processor).",
        "Not mutated: " + "; ".join(f"{name} ({why})" for name, why in NOT_CORE.items()) + ".",
        "A mutant is tried by the tests that run its line and are not slow, but not by those of: "
        + "; ".join(f"{name} ({why})" for name, why in NOT_OF_THE_CORE.items())
        + f"; and only one of its own module by {', '.join(OF_THEIR_OWN)}.",
    ]
    text = "\n\n".join(["# Mutation tests", *head, "\n".join(lines)]) + "\n"
    options.report.write_text(text, encoding="utf-8")
    print(text)
    return int(any(trial.outcome == ERROR for trial in trials))


def core(root: Path) -> dict[str, Module]:
    """Find the modules of the core in the tree, so that a new one cannot be forgotten."""
    paths = sorted(path.relative_to(root) for path in (root / "emlib").rglob("*.py"))
    modules = [Module(root, path.as_posix()) for path in paths if path.parts[1] not in NOT_CORE]
    return {module.name: module for module in modules}


def core_tests(root: Path) -> list[str]:
    """Find the tests of the core, the examples in its docstrings among them."""
    elsewhere = re.compile("__.*|" + "|".join(NOT_OF_THE_CORE))
    paths = [path for path in (root / "tests").iterdir() if not elsewhere.fullmatch(path.name)]
    chosen = [path.name for path in paths if path.is_dir() or path.match("test_*.py")]
    return [f"tests/{name}" for name in sorted(chosen)] + [m.path for m in core(root).values()]


def sort_out(
    modules: list[Module], left_out: list[LeftOut]
) -> tuple[list[Mutant], dict[LeftOut, Counter[str]]]:
    """Return the mutants to try, and how many each entry of the list leaves out in each module."""
    tried, counts = [], {entry: Counter[str]() for entry in left_out}
    for module in modules:
        for mutant in module.mutants():
            matching = [entry for entry in left_out if entry.matches(mutant)]
            for entry in matching[:1]:
                counts[entry][module.name] += 1
            if not matching:
                tried.append(mutant)
    return tried, counts


def try_all(
    root: Path, modules: list[Module], mutants: list[Mutant], place: Path, jobs: int
) -> list[Trial]:
    """Record which test runs which line; try the tests without a mutant, then with each."""
    os.environ |= {
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }
    folders = [place / f"copy{i}" for i in range(jobs)]
    for folder in folders:
        copy(root, folder)
    judge.warm_up()

    sources = [module.path for module in modules]
    result = place / "record.json"
    record_tests = partial(judge.record, sources, core_tests(root), result)
    run_alone(folders[0], record_tests, "the tests fail without a mutant")
    record = Record(**json.loads(result.read_text(encoding="utf-8")))
    everything = sorted(filter(is_test, record.seconds), key=record.seconds.__getitem__)
    say(f"{len(everything)} tests recorded")
    in_this_order = partial(judge.try_out, [everything], record.seconds)
    run_alone(folders[0], in_this_order, "the tests fail without a mutant, the quickest first")

    trials: list[Trial] = []
    running: dict[int, Trial] = {}
    try:
        for trial in try_each(mutants, record, folders, running):
            trials.append(trial)
            if trial.outcome not in (KILLED, TIMED_OUT):
                say(f"{trial.outcome}  {trial.mutant}")
            if len(trials) % 100 == 0:
                say(f"{len(trials)} of {len(mutants)}")
        return trials
    finally:
        for child in running:
            judge.end(child)


def run_alone(folder: Path, work: Callable[[], int], fault: str) -> None:
    """Do in a child what must end well."""
    child = judge.start(folder, work)
    try:
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    finally:
        judge.end(child)
    if code:
        raise SystemExit(f"{fault} ({code}):\n{end_of_log(folder)}")


def try_each(
    mutants: list[Mutant], record: Record, folders: list[Path], running: dict[int, Trial]
) -> Iterator[Trial]:
    """Try the mutants, one in each folder at a time."""
    waiting = mutants[::-1]
    while waiting or running:
        while waiting and folders:
            mutant, folder = waiting.pop(), folders.pop()
            work = partial(mutate, mutant, record.tests(mutant), record.seconds)
            running[judge.start(folder, work)] = Trial(mutant, folder)
        child, status = os.wait()
        judge.end(child)
        trial = running.pop(child)
        trial.outcome = outcome(os.waitstatus_to_exitcode(status))
        if trial.outcome == SURVIVED:
            trial.note = f"`{trial.mutant.becomes}`"
        elif trial.outcome == ERROR:
            trial.note = f"{status}: {end_of_log(trial.folder)}"
        (trial.folder / trial.mutant.module.path).write_text(
            trial.mutant.module.source, encoding="utf-8"
        )
        folders.append(trial.folder)
        yield trial


def say(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')}  {text}", flush=True)


def mutate(mutant: Mutant, groups: list[list[str]], seconds: dict[str, float]) -> int:
    """In a child: write the mutant and run the tests."""
    Path(mutant.module.path).write_text(mutant.code, encoding="utf-8")
    return judge.try_out(groups, seconds)


def outcome(code: int) -> str:
    """Say what the end of a child means; pytest ends with 2 where a test could not be imported."""
    if code in (pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.INTERRUPTED, *CRASHES):
        return KILLED
    return {0: SURVIVED, -signal.SIGPROF: TIMED_OUT, -signal.SIGALRM: TIMED_OUT}.get(code, ERROR)


def copy(root: Path, folder: Path) -> None:
    """Copy the tree, compiled; a compiled file is passed over where its source has changed."""
    shutil.copytree(root, folder, ignore=shutil.ignore_patterns(*NOT_COPIED))
    by_content = py_compile.PycInvalidationMode.CHECKED_HASH
    for name in ("emlib", "tests"):
        compileall.compile_dir(folder / name, quiet=2, invalidation_mode=by_content)


def end_of_log(folder: Path) -> str:
    return Path(f"{folder}.log").read_text(encoding="utf-8", errors="replace")[-2000:]


def report(names: list[str], trials: list[Trial], counts: dict[LeftOut, Counter[str]]) -> list[str]:
    """Write the score of each module, what survives, and what was left out."""
    lines = [
        "| module | mutants tried | killed | by time alone | survived | error | score | left out |",
        "|---|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for name in [*names, "all"]:
        found = Counter(t.outcome for t in trials if name in (t.mutant.module.name, "all"))
        left = sum(n for count in counts.values() for m, n in count.items() if name in (m, "all"))
        killed = found[KILLED] + found[TIMED_OUT]
        score = f"{100 * killed / found.total():.1f} %" if found else "-"
        numbers = [found.total(), killed, found[TIMED_OUT], found[SURVIVED], found[ERROR], score]
        lines.append("| " + " | ".join(map(str, [name, *numbers, left])) + " |")
    for title, kind in (("Errors: neither killed nor survived", ERROR), ("Survivors", SURVIVED)):
        lines += ["", f"## {title}", ""]
        chosen = [trial for trial in trials if trial.outcome == kind]
        for trial in sorted(chosen, key=lambda one: (one.mutant.module.name, one.mutant.row)):
            lines += [f"- {trial.mutant}", *(f"      {text}" for text in trial.note.splitlines())]
    lines += ["", "## Left out", ""]
    for reason in dict.fromkeys(entry.reason for entry in counts):
        n = sum(count.total() for entry, count in counts.items() if entry.reason == reason)
        lines.append(f"- {n}: {reason}")
    return lines


if __name__ == "__main__":
    sys.exit(main())
