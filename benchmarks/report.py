"""Tables, goals, and the page that holds them."""

from __future__ import annotations

import datetime
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.workers import Ratio

PAGE = Path(__file__).resolve().parents[1] / "docs" / "benchmarks.md"


@dataclass(frozen=True)
class Table:
    """Columns and rows of text."""

    columns: Sequence[str]
    rows: Sequence[Sequence[str]]

    def markdown(self) -> str:
        """Write the table with its columns aligned, the first to the left, the others right."""
        for row in self.rows:
            if len(row) != len(self.columns):
                raise ValueError(f"expected {len(self.columns)} cells, got {len(row)}: {row}")
        cells = [[_cell(text) for text in row] for row in (self.columns, *self.rows)]
        widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
        widths = [max(3, width) for width in widths]
        rule = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]
        lines = [_line(cells[0], widths), f"| {' | '.join(rule)} |"]
        return "\n".join([*lines, *(_line(row, widths) for row in cells[1:])])


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    first, *others = zip(cells, widths, strict=True)
    padded = [first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in others)]
    return f"| {' | '.join(padded)} |"


@dataclass(frozen=True)
class Goal:
    """A ratio to reach; times are never goals, since machines differ.

    Attributes
    ----------
    what
        What is compared.
    measured
        The ratio in this run.
    at_least
        The ratio that is wanted.
    gate
        The ratio below which the gate fails: what was promised, or, where the goal is still ahead,
        what is not to be lost.
    """

    what: str
    measured: float
    at_least: float
    gate: float

    @property
    def met(self) -> bool:
        """True where the ratio is high enough; not a number is not."""
        return self.measured >= self.at_least

    @property
    def held(self) -> bool:
        """True where nothing was lost."""
        return self.measured >= self.gate


@dataclass(frozen=True)
class Section:
    """A heading with prose and tables, in order, and the goals that they bear on."""

    title: str
    parts: Sequence[str | Table]
    goals: Sequence[Goal] = field(default_factory=tuple)

    def markdown(self) -> str:
        """Write the section."""
        parts = [part.markdown() if isinstance(part, Table) else part for part in self.parts]
        return "\n\n".join([f"## {self.title}", *parts])


def seconds(value: float) -> str:
    """Write a time in the unit that suits it: 5.2 µs, 0.63 ms, 1.2 s."""
    if math.isnan(value):
        return "lost in noise"
    for size, unit in ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs")):
        if value >= 0.9995 * size:
            return f"{digits(value / size)} {unit}"
    return f"{digits(value / 1e-6)} µs"


def digits(value: float) -> str:
    """Write a number with three digits at least, none of them after a point beyond 100."""
    if not math.isfinite(value):
        return "-"
    decimals = 0 if value >= 99.95 else 1 if value >= 9.995 else 2
    return f"{value:.{decimals}f}"


def ratio_text(value: Ratio) -> str:
    """Write a median and the extremes of the rounds."""
    return f"{digits(value.median)} ({digits(value.low)} to {digits(value.high)})"


def goal_table(goals: Sequence[Goal]) -> Table:
    """List the goals, with what was measured."""
    rows = [
        [
            goal.what,
            digits(goal.measured),
            digits(goal.at_least),
            "yes" if goal.met else "**no**",
            digits(goal.gate),
        ]
        for goal in goals
    ]
    return Table(["ratio", "measured", "goal", "met", "gate"], rows)


def page(
    sections: Sequence[Section], machine: Sequence[tuple[str, str]], command: str, minutes: float
) -> str:
    """Write the whole page."""
    today = datetime.date.today().isoformat()
    goals = [goal for section in sections for goal in section.goals]
    missed = sum(not goal.met for goal in goals)
    verdict = f"{len(goals) - missed} of {len(goals)} goals were met."
    return (
        "\n\n".join(
            [
                f"<!-- Do not edit; made by {command} -->\n\n# How fast is it?",
                INTRODUCTION,
                "## The machine",
                Table(["what", "in this run"], [*map(list, machine), ["date", today]]).markdown(),
                f"The run took {minutes:.0f} minutes.",
                METHOD,
                *(section.markdown() for section in sections),
                f"## The goals\n\n{GOALS} {verdict}",
                goal_table(goals).markdown(),
                f"## Again, on your machine\n\n{AGAIN}",
            ]
        )
        + "\n"
    )


INTRODUCTION = """\
`emlib` is written to be read. Here is what that costs, or saves: the same data, the same start and
the same number of iterations, given to `emlib` and to libraries made for production, in turn, in
one run. A comparison counts only if all arrive at the same parameters; that was checked each time,
and the largest relative difference stands in the tables. Do not edit this page: `python -m
benchmarks` makes it (see [CONTRIBUTING](../CONTRIBUTING.md))."""

METHOD = """\
## How it was measured

- Each library works in a process of its own, with its number of threads fixed before it starts.
  They take turns, A B C, A B C, and only one works at a time. The first round warms up and is
  thrown away.
- Tests of convergence are off. **The time of an iteration** is the difference between a long and a
  short fit, divided by the difference of their lengths: what a fit costs once (checking the data,
  preparing, copying) cancels, and stands by itself as **overhead**. An iteration includes the
  log-likelihood.
- With one thread, times are of the processor, not of the clock, so that other programs disturb
  little; the tables have medians. With two threads they have the shortest time on the clock, since
  both cores must be free at once.
- **Ratios** are the other's time divided by `emlib`'s, paired round by round: above 1, `emlib` is
  faster. Behind the median stand the lowest and the highest round. They are the figures to trust:
  times belong to a machine.
- Covariances are full where no family is named, all numbers are float64, and nothing is added to a
  covariance."""

GOALS = """\
Ratios alone are goals: about what plain numpy was found to be able to do, less a fifth for an
interface that checks its input and returns models. The gate is what was promised or, where a goal
is still ahead, what is not to be lost."""

AGAIN = """\
From the repository's root, `pip install -r benchmarks/requirements.txt` and `pip install -e .` into
an empty environment, then

```
python -m benchmarks            # all of it, and this page
python -m benchmarks --quick    # about a minute; prints only
python -m benchmarks --gate     # fails where a ratio is below its gate, and names it
```

A library that is not installed is left out, with a sentence that says so. Plug a laptop in first,
and close what is busy."""
