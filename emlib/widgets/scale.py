"""The panels of lesson 10: what a pass over the data costs here and now, and work for later."""

from __future__ import annotations

import functools
import importlib.util
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from emlib import GaussianMixture, datasets
from emlib.plots import figure
from emlib.plots.rendering import FrameCanvas
from emlib.plots.scale import cost_axes, costs, passes

from .live import Live, tells_errors
from .parts import ipywidgets

TIMED_CALLS = 2


def whole_table(theta: GaussianMixture, x: Any) -> Any:
    """The formulas as they stand: the table of all responsibilities, then its sums."""
    return theta.statistics(x, theta.responsibilities(x))


def in_blocks(theta: GaussianMixture, x: Any) -> Any:
    """Blocks of ten thousand rows, one after the other."""
    return theta.e_step(np.array_split(x, max(len(x) // 10_000, 1)))[0]


def two_threads(theta: GaussianMixture, x: Any) -> Any:
    """Half of the rows for each of two threads, in blocks, then one addition."""
    with ThreadPoolExecutor(2) as pool:
        one, other = pool.map(functools.partial(in_blocks, theta), np.array_split(x, 2))
    return one + other


WAYS: dict[str, Callable[[GaussianMixture, Any], Any] | None] = {
    "choose a way": None,
    "whole table": whole_table,
    "blocks": in_blocks,
    **({} if sys.platform == "emscripten" else {"two threads": two_threads}),  # a browser has none
    "file": lambda theta, x: theta.e_step(x)[0],
}


AT_ONE_MOMENT = {
    "whole table": (True, [(0.0, 1.0)]),
    "blocks": (True, [(0.3, 0.4)]),
    "two threads": (True, [(0.1, 0.2), (0.6, 0.7)]),
    "file": (False, [(0.3, 0.4)]),
}
"""For each way whether all rows are in memory, and the parts of the rows that it works on."""

WIDTH = 8.6
"""Of the pictures, in inches as shown."""


def scale_panel(rows: Sequence[int] = (10_000, 100_000, 1_000_000)) -> ScalePanel:
    """Return a panel that measures one E step, of as many rows and in the way that is chosen.

    Nothing is measured before a way is chosen, and nothing that was measured is stored: until
    then, and on paper, it shows what each way holds in memory at one moment.

    Parameters
    ----------
    rows : sequence of int
        The numbers of rows to choose from.

    Examples
    --------
    >>> panel = scale_panel()
    >>> panel.controls["rows"].value
    10000
    """
    return ScalePanel(rows)


class ScalePanel(Live):
    """A live panel of what an E step costs; see `scale_panel`."""

    def __init__(self, rows: Sequence[int]) -> None:
        self.theta, self.x = datasets.three_clusters(0).truth, np.empty((0, 2))
        self.names = [way for way, run in WAYS.items() if run is not None]
        self.measured: dict[str, tuple[float, float]] = {}
        self.folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self.still = one_moment(self.names)
        fig, self.axes = figure(WIDTH, 2.5, columns=2)
        cost_axes(self.names, axes=self.axes)
        controls = {
            "rows": ipywidgets.Dropdown(
                options=[(f"{n:,} rows", n) for n in rows], value=rows[0], description="data"
            ),
            "way": ipywidgets.Dropdown(options=list(WAYS), description="way"),
        }
        title = "One E step, measured when you choose a way"
        super().__init__(fig, self.draw_costs, controls, title=title)

    def draw_costs(self, rows: int, way: str) -> str:
        """Measure the way that is chosen, draw what is known, and say it."""
        if len(self.x) != rows:
            self.measured.clear()
            self.x = self.theta.sample(rows, rng=1)[0]
        run = WAYS[way]
        if run is not None:
            x = from_file(self.x, self.folder.name) if way == "file" else self.x
            try:
                self.measured[way] = measure(lambda: run(self.theta, x))
            except RuntimeError:  # a browser has no threads
                return f"{way}: this Python cannot start a thread."
        costs(self.measured, self.names, axes=self.axes)
        self.axes[0].text(1.35, 0.6, f"{rows:,} rows", ha="right", va="bottom")
        return describe(self.measured, rows)

    def draw_present_values(self) -> None:
        """Draw the bars, or while there are none what each way holds at one moment."""
        super().draw_present_values()
        if not self.measured:
            self.show_image(self.still, self.words)


def one_moment(names: Sequence[str]) -> Any:
    """Return an image of what each way holds in memory at one moment, drawn with ten blocks."""
    fig, ax = figure(WIDTH, 2.5)
    passes({name: AT_ONE_MOMENT[name] for name in names}, ax=ax)
    return FrameCanvas(fig, sharpness=1.5).background()


def from_file(x: Any, folder: str) -> Any:
    """The same rows in single precision, mapped from a file."""
    path = Path(folder, f"{len(x)}.npy")
    if not path.exists():
        np.save(path, x.astype(np.float32))
    return np.load(path, mmap_mode="r")


def measure(call: Callable[[], Any]) -> tuple[float, float]:
    """Seconds of the fastest of some calls, and megabytes that one allocates at its peak."""
    seconds = []
    for _ in range(TIMED_CALLS):
        start = time.perf_counter()
        call()
        seconds.append(time.perf_counter() - start)
    tracemalloc.start()
    try:
        call()
        return min(seconds), tracemalloc.get_traced_memory()[1] / 2**20
    finally:
        tracemalloc.stop()


def describe(measured: dict[str, tuple[float, float]], rows: int) -> str:
    """Say in words what was measured."""
    if not measured:
        return (
            f"An E step of {rows:,} rows: nothing is measured yet. Choose a way. Here is what each "
            "holds in memory at one moment, drawn with ten blocks: the whole table all "
            "responsibilities, blocks those of one block, two threads those of two blocks, a file "
            "one block of responsibilities and of data."
        )
    parts = [f"{way} {s:.3g} s and {mb:.3g} MB" for way, (s, mb) in measured.items()]
    return f"One E step of {rows:,} rows took: {'; '.join(parts)}."


class Later(Live):
    """A button for work that takes too long, or needs too much, to be done while reading.

    Parameters
    ----------
    work : callable
        Takes no arguments and returns a sentence, which is shown.
    label : str
        What stands on the button.
    needs : sequence of str
        Modules that must be installed; where one is missing the panel says so.
    remedy : str
        How to install them.

    Examples
    --------
    >>> panel = Later(lambda: "Forty-two, as expected.", "Ask", needs=["no_such_module"])
    >>> panel.controls["run"].value = True
    >>> panel.words
    'Nothing was run: no_such_module is not installed.'
    """

    def __init__(
        self, work: Callable[[], str], label: str, needs: Sequence[str] = (), remedy: str = ""
    ) -> None:
        self.work, self.needs, self.remedy = work, needs, remedy
        self.outcome = "Nothing has been run yet: it waits for a press of the button."
        fig, self.axes = figure(8.6, 0.6)
        self.axes.set_axis_off()
        button = ipywidgets.ToggleButton(description=label, layout={"width": "auto"})
        super().__init__(fig, self.write, {"run": button})

    def write(self, run: bool) -> str:
        """Write the words on the figure."""
        self.axes.text(0.5, 0.5, self.outcome, ha="center", va="center", wrap=True)
        return self.outcome

    @tells_errors
    def redraw(self, change: Any = None) -> None:
        """At a press: say that the work goes on, do it, and say what came of it."""
        if change is not None and change["new"]:
            missing = [name for name in self.needs if importlib.util.find_spec(name) is None]
            if missing:
                remedy = f" {self.remedy}" if self.remedy else ""
                self.outcome = f"Nothing was run: {missing[0]} is not installed.{remedy}"
            else:
                self.outcome = "The work goes on ..."
                super().redraw()
                self.outcome = "The work ended in an error."
                self.outcome = self.work()
        super().redraw()
