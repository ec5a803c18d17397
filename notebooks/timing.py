"""How many seconds the cells of a notebook take, written down when it is built.

A cell that takes more than a second says so in the prose before it. ``build.py`` measures as it
runs a notebook anyway, and ``timing.json`` keeps, by the id of each cell of code, the processor's
seconds; a test then compares its slow cells with the prose, and needs no clock.

Seconds are never the same twice, so a cell is measured when its text is new, and not again: where
no text changed, the table keeps its bytes. To measure a notebook anew, delete its line and build.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

import psutil

TABLE = "timing.json"
SLOW = 1.5
"""A second, and half of it as a margin: a busy machine needs more of them for the same work."""

SLOW_AT_THE_START = 4.0
"""The first cell of code loads the libraries, as lesson 00 says for all."""

Seconds = dict[str, float]


class Clock:
    """Counts the processor's seconds of a kernel and of its children, cell by cell.

    Examples
    --------
    >>> clock = Clock()
    >>> cell = {"id": "a"}
    >>> clock.begin(cell)
    >>> clock.end(cell)
    >>> clock.seconds["a"] < 1
    True
    """

    def __init__(self) -> None:
        """Follow this process, until `pid` is set to a function that returns another's id."""
        self.pid: Callable[[], int] = os.getpid
        self.seconds: Seconds = {}

    def begin(self, cell: Any, **_: Any) -> None:
        """Note where the count stands before a cell."""
        self.seconds[cell["id"]] = -self.count()

    def end(self, cell: Any, **_: Any) -> None:
        """Note how far it went."""
        self.seconds[cell["id"]] += self.count()

    def count(self) -> float:
        """Return the seconds that the kernel, what it started and what has ended have used."""
        kernel = psutil.Process(self.pid())
        total = sum(kernel.cpu_times()[:4])
        for child in kernel.children(recursive=True):
            try:
                total += sum(child.cpu_times()[:2])
            except psutil.Error:  # it ended in between
                continue
        return total


def read(folder: Path) -> dict[str, Seconds]:
    """Return the table: for each notebook the seconds of its cells, by their ids."""
    path = folder / TABLE
    table: dict[str, Seconds] = json.loads(path.read_text("utf-8")) if path.exists() else {}
    return table


def lacks(folder: Path, name: str, cells: Collection[str]) -> bool:
    """Whether a cell of a notebook that was measured before is new.

    A notebook that was never measured is so when it is built the next time.
    """
    row = read(folder).get(name)
    return row is not None and not set(cells) <= set(row)


def note(folder: Path, name: str, cells: Collection[str], measured: Seconds) -> None:
    """Write down the cells that are new, and forget those that are gone."""
    table = read(folder)
    seconds = {id: round(value, 1) for id, value in measured.items()} | table.get(name, {})
    table[name] = {id: seconds[id] for id in sorted(cells) if id in seconds}
    lines = [f"{json.dumps(name)}: {json.dumps(row)}" for name, row in sorted(table.items())]
    (folder / TABLE).write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
