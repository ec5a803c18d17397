"""`python -m benchmarks`: measure, print, and write docs/benchmarks.md."""

from __future__ import annotations

import argparse
import importlib
import sys
import tempfile
import time
from pathlib import Path

from benchmarks import machine, peers, report
from benchmarks.agreement import DisagreementError
from benchmarks.report import Section
from benchmarks.sections import Settings
from benchmarks.workers import WorkerError

SECTIONS = (
    "iterations",
    "fits",
    "kmeans",
    "distinct",
    "variants",
    "acceleration",
    "growth",
    "processes",
    "panels",
)


def main(arguments: list[str] | None = None) -> int:
    """Run the sections and return the exit status: 1 where a check failed or a gate was missed."""
    options = parse(arguments)
    begin = time.perf_counter()
    for name in peers.absent():
        print(f"{name} is not installed: left out (benchmarks/requirements.txt has it).")
    loads, failures, sections = [machine.load_average()], [], []
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(options.quick, Path(folder))
        for name in options.only or SECTIONS:
            try:
                sections.append(run(name, settings))
            except (DisagreementError, WorkerError) as error:
                failures.append(f"{name}: {error}")
                print(f"\nFAILED: {failures[-1]}", file=sys.stderr, flush=True)
    loads.append(machine.load_average())
    status = judge(sections, options.gate)
    if failures:
        print("\nNo page was written:", *failures, sep="\n", file=sys.stderr)
        return 1
    if not options.quick and not options.only:
        told = [*machine.description(), ("load average before, after", "; ".join(loads))]
        minutes = (time.perf_counter() - begin) / 60
        text = report.page(sections, told, "python -m benchmarks", minutes)
        options.page.write_text(text, encoding="utf-8")
        print(f"wrote {options.page}")
    return status


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small sizes only, and no page")
    parser.add_argument("--gate", action="store_true", help="fail where a ratio is below its gate")
    parser.add_argument(
        "--only", action="append", choices=SECTIONS, help="one section (may be repeated), no page"
    )
    parser.add_argument("--page", type=Path, default=report.PAGE, help="where the page goes")
    return parser.parse_args(arguments)


def run(name: str, settings: Settings) -> Section:
    """Measure one section and print it."""
    begin = time.perf_counter()
    section = importlib.import_module(f"benchmarks.sections.{name}").measure(settings)
    print(f"\n{section.markdown()}\n\n({name}: {time.perf_counter() - begin:.0f} s)", flush=True)
    return section


def judge(sections: list[Section], gate: bool) -> int:
    """Print the goals that were missed, and return the exit status of the gate."""
    goals = [goal for section in sections for goal in section.goals]
    missed = [goal for goal in goals if not (goal.met and goal.held)]
    print(f"\n{sum(goal.met for goal in goals)} of {len(goals)} goals met")
    for goal in missed:
        word = "missed" if goal.held else f"below its gate, {goal.gate:.3g}"
        print(f"{word}: {goal.what} is {goal.measured:.3g}, not {goal.at_least:.3g}")
    return 0 if not gate or all(goal.held for goal in goals) else 1


if __name__ == "__main__":
    sys.exit(main())
