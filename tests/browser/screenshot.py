"""Photograph a lesson as a learner sees it in JupyterLab, for people to look at.

    python tests/browser/screenshot.py 04_two_coins OUTDIR

photographs it after Run All. Options: --solutions for the solutions edition, --not-run for the
lesson as it opens, --steps 5 for each widget too, stepped five times with the arrow key.

The slices 04_two_coins_01.png, _02.png, ... overlap a little; pictures of the widgets are named
04_two_coins_widget1_step0.png and so on.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import lab

TOOLBAR = 60
OVERLAP = 120
SCROLLER = ".jp-WindowedPanel-outer"


def slices(lesson: lab.Lesson, out: Path, name: str) -> list[Path]:
    """Photograph the notebook from top to bottom."""
    scroller = lesson.page.locator(SCROLLER).first
    box = scroller.bounding_box()
    # Where the last cell ends: the page leaves a screen of empty room below it.
    total = scroller.evaluate(
        "node => { const cells = node.querySelectorAll('.jp-Cell');"
        "const end = cells[cells.length - 1].getBoundingClientRect().bottom;"
        "return end + node.scrollTop - node.getBoundingClientRect().top }"
    )
    height = box["height"]
    paths: list[Path] = []
    top = 0.0
    while not paths or top + OVERLAP < total:
        scroller.evaluate("(node, top) => { node.scrollTop = top }", top)
        lesson.page.wait_for_timeout(200)
        top = scroller.evaluate("node => node.scrollTop")
        paths.append(out / f"{name}_{len(paths) + 1:02d}.png")
        lesson.page.screenshot(path=paths[-1], clip=box | {"height": min(height, total - top + 10)})
        top += height - OVERLAP
    return paths


def steps(lesson: lab.Lesson, out: Path, name: str, count: int) -> list[Path]:
    """Photograph each widget, before and after each press of the arrow key."""
    paths = []
    for number, widget in enumerate(lesson.widgets(), start=1):
        widget.scroll_into_view_if_needed()
        for step in range(count + 1):
            if step and (handle := widget.locator(".noUi-handle")).count():
                handle.first.focus()
                lesson.page.keyboard.press("ArrowRight")
            lesson.page.wait_for_timeout(400)
            paths.append(out / f"{name}_widget{number}_step{step}.png")
            widget.screenshot(path=paths[-1])
    return paths


def main() -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(description="Photograph a lesson in JupyterLab.")
    parser.add_argument("name")
    parser.add_argument("outdir", type=Path)
    parser.add_argument("--solutions", action="store_true", help="the solutions edition")
    parser.add_argument("--not-run", action="store_true", help="do not run the cells")
    parser.add_argument("--steps", type=int, default=0, help="step each widget so many times")
    parser.add_argument("--width", type=int, default=1100)
    parser.add_argument("--height", type=int, default=1400, help="of a slice")
    parser.add_argument(
        "--folder", type=Path, default=lab.NOTEBOOKS, help="where the notebooks are"
    )
    options = parser.parse_args()
    options.outdir.mkdir(parents=True, exist_ok=True)
    stem = Path(options.name).stem
    path = f"{'solutions/' if options.solutions else ''}{stem}.ipynb"
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        lab.serve(Path(folder), options.folder) as address,
        lab.browser() as running,
    ):
        lesson = lab.Lesson(running, address, path, options.width, options.height + TOOLBAR)
        if not options.not_run:
            lesson.run_all()
        name = (
            stem
            + ("_solutions" if options.solutions else "")
            + ("_not_run" if options.not_run else "")
        )
        paths = slices(lesson, options.outdir, name)
        paths += steps(lesson, options.outdir, name, options.steps) if options.steps else []
        for written in paths:
            print(written)
        for problem in lesson.errors + lesson.outside:
            print(f"problem: {problem}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
