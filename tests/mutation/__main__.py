"""Mutation tests: change emlib in a thousand small ways, and see that some test minds each one.

    python -m tests.mutation                    every module, one after the other
    python -m tests.mutation gmm start --jobs 2 some of them, two at a time

Cosmic Ray makes the mutants, in a copy of the repository. It fails if fewer than 95 % are killed,
or if one that lives is not in survivors.md, beside the reason why no test could tell it apart.
"""

import argparse
import contextlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.mutation.judge import PLACE

ROOT = Path(__file__).resolve().parents[2]
SURVIVORS = Path(__file__).with_name("survivors.md")
LEAST = 95.0
SECONDS = 180  # for one mutant

MODULES = [
    "em",
    "bound",
    "mixture",
    "mle",
    "kmeans",
    "coins",
    "gmm1d",
    "gmm",
    "start",
    "selection",
    "moments",
    "nearest",
    "rows",
    "blocks",
]

# A mutant is given to the tests of its own module first; the first failure ends its life.
TESTS = {
    "em": ["test_em", "test_accelerate"],
    "mixture": ["test_mixture", "test_coins", "test_gmm1d", "test_accelerate"],
    "gmm": ["test_gmm", "test_accelerate"],
    "gmm1d": ["test_gmm1d", "test_accelerate"],
    "coins": ["test_coins", "test_accelerate"],
    "kmeans": ["test_kmeans", "test_nearest", "test_blocks"],
    "moments": ["test_moments", "test_gmm1d"],
    "bound": ["test_strict", "test_bound"],
    "rows": ["test_rows", "test_blocks"],
}
OTHERS = [
    "test_contract",
    "test_gmm",
    "test_gmm1d",
    "test_coins",
    "test_kmeans",
    "test_em",
    "test_mixture",
    "test_moments",
    "test_start",
    "test_selection",
    "test_mle",
    "test_strict",
    "test_bound",
    "test_nearest",
]

# Of the operators that arithmetic may be changed into, those that leave it arithmetic: x >> y of
# two floats raises at once, and any test at all would kill it. `|` stands in annotations alone.
LEFT_OUT = [
    "core/ReplaceBinaryOperator_.*_(RShift|LShift|BitOr|BitXor|BitAnd|Mod|FloorDiv)",
    "core/ReplaceBinaryOperator_BitOr_.*",
    "core/ReplaceBinaryOperator_(Add|Sub|Mul|Div|FloorDiv|BitAnd)_Pow",
    "core/ReplaceComparisonOperator_.*_(Is|IsNot)",
    "core/ReplaceComparisonOperator_(Is|IsNot)_(Lt|LtE|Gt|GtE)",
    "core/ReplaceUnaryOperator_.*_(Not|Invert)",
]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("modules", nargs="*", metavar="MODULE", help=", ".join(MODULES))
    parser.add_argument("--jobs", type=int, default=1, help="modules at a time")
    options = parser.parse_args()
    modules = options.modules or MODULES
    if unknown := set(modules) - set(MODULES):
        parser.error(f"no such module: {', '.join(sorted(unknown))}")
    with ThreadPoolExecutor(options.jobs) as pool:
        results = dict(zip(modules, pool.map(mutate, modules), strict=True))
    return report(results)


def report(results: dict[str, list[tuple[bool, str]]]) -> int:
    """Print the score of each module and what survives; say whether all is well."""
    known = SURVIVORS.read_text(encoding="utf-8") if SURVIVORS.exists() else ""
    unknown = [
        survivor
        for mutants in results.values()
        for killed, survivor in mutants
        if not killed and survivor not in known
    ]
    everything = [mutant for mutants in results.values() for mutant in mutants]
    for name, mutants in [*results.items(), ("all", everything)]:
        killed = sum(killed for killed, _ in mutants)
        print(f"{name:10} {killed:5} of {len(mutants):5} killed  {score(mutants):6.2f} %")
    for survivor in unknown:
        print(f"SURVIVED  {survivor}")
    print(f"{len(unknown)} survivor(s) without a reason in {SURVIVORS.relative_to(ROOT)}")
    return int(bool(unknown) or score(everything) < LEAST)


def score(mutants: list[tuple[bool, str]]) -> float:
    return 100 * sum(killed for killed, _ in mutants) / max(1, len(mutants))


def mutate(module: str) -> list[tuple[bool, str]]:
    """Run all mutants of a module; return for each whether it was killed, and what it was."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for name in ("emlib", "tests", "notebooks"):
            ignored = shutil.ignore_patterns("__pycache__", "*.ipynb", ".ipynb_checkpoints")
            shutil.copytree(ROOT / name, copy / name, ignore=ignored)
        shutil.copy(ROOT / "pyproject.toml", copy)
        (copy / "config.toml").write_text(configuration(module), encoding="utf-8")
        call(copy, "-c", f"import emlib; assert emlib.__file__.startswith({str(copy)!r})")
        ray = ("-m", "cosmic_ray.cli")
        call(copy, *ray, "init", "config.toml", "session.sqlite")
        call(
            copy, "-m", "cosmic_ray.tools.filters.operators_filter", "session.sqlite", "config.toml"
        )
        with server(copy):
            call(copy, *ray, "baseline", "config.toml")
            call(copy, *ray, "exec", "config.toml", "session.sqlite")
        mutants = outcomes(copy, module)
    print(f"{module}: {score(mutants):.2f} % of {len(mutants)} killed", flush=True)
    for killed, mutant in mutants:
        if not killed:
            print(f"   lives  {mutant}", flush=True)
    return mutants


@contextlib.contextmanager
def server(folder: Path) -> Iterator[None]:
    """Keep a judge waiting for mutants: see judge.py."""
    command = [sys.executable, "tests/mutation/judge.py", "serve", str(SECONDS)]
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(command, cwd=folder, env=environment(), stdout=quiet, stderr=quiet)
    try:
        while not (folder / PLACE).exists():
            if process.poll() is not None:
                raise SystemExit("the judge of the mutants could not start")
            time.sleep(0.1)
        yield
    finally:
        process.kill()
        process.wait()


def environment() -> dict[str, str]:
    return os.environ | {
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }


def call(folder: Path, *arguments: str) -> None:
    """Run Python in a folder, quietly unless it fails."""
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise SystemExit(f"{' '.join(arguments)}\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}")


def configuration(module: str) -> str:
    own = TESTS.get(module, [f"test_{module}"])
    rest = [name for name in OTHERS if name not in own]
    first, then = (" ".join(f"tests/{name}.py" for name in names) for names in (own, rest))
    command = f"{sys.executable} -I -S tests/mutation/judge.py try {first} -- {then}"
    return f"""
[cosmic-ray]
module-path = "emlib/{module}.py"
timeout = {2.0 * SECONDS}
excluded-modules = []
test-command = {json.dumps(command)}
[cosmic-ray.distributor]
name = "local"
[cosmic-ray.filters.operators-filter]
exclude-operators = {json.dumps(LEFT_OUT)}
"""


def outcomes(folder: Path, module: str) -> list[tuple[bool, str]]:
    """Read the session: a mutant is named by its line of code, not by a number that will move."""
    lines = (ROOT / "emlib" / f"{module}.py").read_text(encoding="utf-8").splitlines()
    query = """
        select start_pos_row, operator_name, test_outcome, worker_outcome, diff
        from mutation_specs join work_results using (job_id)
    """
    mutants = []
    with contextlib.closing(sqlite3.connect(folder / "session.sqlite")) as session:
        for row, operator, outcome, worker, diff in session.execute(query):
            if "SKIPPED" in str(worker).upper():
                continue
            killed = "SURVIVED" not in str(outcome).upper()
            line = lines[row - 1].strip()
            changed = [line[1:].strip() for line in (diff or "").splitlines() if line[:1] == "+"]
            after = f"`{changed[-1]}`" if len(changed) > 1 else "nothing"
            if line.startswith("@"):  # one decorator is like another: say whose it is
                line = f"{line} {lines[row].strip()}"
            mutants.append((killed, f"{module}: `{line}` -> {after} ({operator.split('/')[1]})"))
    return mutants


if __name__ == "__main__":
    sys.exit(main())
