"""Open a published in-browser edition and run lessons in it, as a learner would.

    python book/lite/check_online.py https://HOST/lite/              the first lesson and the fourth
    python book/lite/check_online.py https://HOST/lite/ 06_gmm_nd    another one
    python book/lite/check_online.py https://HOST/lite/ --all        all lessons and all solutions

What no test on a machine without internet can show is shown here: that the browser gets the
compiled packages from Pyodide's distribution, that they are those of the site's lock, and that the
lessons run with them and their sliders move. The exit status is 0 if all went well.

Needs Chromium (the variable CHROMIUM may name one) and the packages of requirements-dev.lock.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urljoin
from urllib.request import urlopen

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(ROOT / "tests" / "browser"))
import lab  # noqa: E402

LESSONS = ["00_start_here", "04_two_coins"]
COMPARED = ("numpy", "scipy", "matplotlib", "pillow", "ipywidgets", "emlib")
VERSIONS = f"""
import json, platform
from importlib.metadata import version
found = {{"Python": platform.python_version(), "system": platform.system()}}
for name in {COMPARED}:
    try:
        found[name] = version(name)
    except Exception:
        found[name] = None
print(json.dumps(found))
"""


class Page:
    """A lesson that is open in the in-browser edition."""

    def __init__(self, running: Any, site: str, path: str, seconds: int) -> None:
        self.page = running.new_page()
        self.page.set_viewport_size({"width": 1200, "height": 1400})
        self.page.set_default_timeout(1000 * seconds)
        self.seconds = seconds
        answer = self.page.goto(urljoin(site, f"lab/index.html?path={path}"))
        if not answer.ok:
            raise RuntimeError(f"{answer.url} answers {answer.status} {answer.status_text}")
        self.page.wait_for_function("() => window.jupyterapp?.shell?.currentWidget?.sessionContext")
        self._evaluate(
            """async () => {
                const panel = window.jupyterapp.shell.currentWidget;
                await panel.context.ready;
                await panel.sessionContext.ready;
                await panel.sessionContext.session.kernel.info;
                await panel.revealed;
            }"""
        )

    def _evaluate(self, function: str, argument: Any = None) -> Any:
        """Run a function in the page, not longer than the time limit."""
        limit = f"""argument => Promise.race([({function})(argument), new Promise((_, fail) =>
            setTimeout(() => fail(new Error("not done in {self.seconds} s")),
                       {1000 * self.seconds}))])"""
        return self.page.evaluate(limit, argument)

    def execute(self, code: str) -> str:
        """Run code in the kernel; return what it printed and its result, or raise its error."""
        messages = self._evaluate(
            """async code => {
                const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
                const future = kernel.requestExecute({code});
                const messages = [];
                future.onIOPub = m => { messages.push({type: m.header.msg_type, ...m.content}) };
                await future.done;
                return messages;
            }""",
            code,
        )
        said = ""
        for message in messages:
            if message["type"] == "error":
                raise RuntimeError(f"{message['ename']}: {message['evalue']}")
            said += message.get("text") or message.get("data", {}).get("text/plain", "")
        return said

    def append_and_run(self, code: str) -> None:
        """Append a cell to the notebook and run it."""
        self._evaluate(
            """async code => {
                const {content} = window.jupyterapp.shell.currentWidget;
                const cells = content.model.sharedModel;
                cells.insertCell(cells.cells.length, {cell_type: 'code', source: code});
                content.activeCellIndex = cells.cells.length - 1;
                await window.jupyterapp.commands.execute('notebook:run-cell');
            }""",
            code,
        )

    def run_all(self) -> list[dict[str, Any]]:
        """Run all cells and return them with their outputs."""
        self._evaluate("() => window.jupyterapp.commands.execute('notebook:run-all-cells')")
        self.page.wait_for_timeout(1500)
        return self._evaluate(
            "() => window.jupyterapp.shell.currentWidget.content.model.toJSON().cells"
        )

    def close(self) -> None:
        """Close the page."""
        self.page.close()


@contextmanager
def opened(running: Any, site: str, path: str, seconds: int = 300) -> Iterator[Page]:
    """Open a notebook of the site."""
    page = Page(running, site, path, seconds)
    try:
        yield page
    finally:
        page.close()


def problems_of_lesson(page: Page) -> list[str]:
    """Run a lesson and move its sliders; return what went wrong, in sentences."""
    problems = []
    for number, cell in enumerate(page.run_all(), start=1):
        if cell["cell_type"] != "code":
            continue
        where = f"cell {number}, {cell['source'].splitlines()[0]!r}"
        if not cell["execution_count"]:
            problems.append(f"{where}: was not run")
        for output in cell["outputs"]:
            if output["output_type"] == "error":
                problems.append(f"{where}: {output['ename']}: {output['evalue']}")
            elif output.get("name") == "stderr":
                problems.append(f"{where}: warned: {output['text']}")
    for widget in page.page.locator(lab.WIDGETS).all():
        widget.scroll_into_view_if_needed()
        for slider in widget.locator(".noUi-handle").all():
            before = lab.visible_pictures(widget)
            slider.focus()
            page.page.keyboard.press("ArrowRight")
            if not lab.changes(page.page, widget, before):
                problems.append("a slider was moved and no picture changed")
    return problems


def problems_of_versions(page: Page, site: str) -> list[str]:
    """Compare the versions in the browser with those of the site's lock; print them."""
    with urlopen(urljoin(site, "static/pyodide/pyodide-lock.json"), timeout=60) as answer:
        lock = json.load(answer)["packages"]
    found = json.loads(page.execute(VERSIONS))
    print("  " + ", ".join(f"{name} {version}" for name, version in found.items()))
    return [
        f"{name} is {found[name]} in the browser, {lock[name]['version']} in the lock"
        for name in COMPARED
        if found[name] != lock[name]["version"]
    ]


def check(running: Any, site: str, path: str) -> list[str]:
    """Open and run one notebook; say how it went and return what went wrong."""
    start = time.monotonic()
    try:
        with opened(running, site, path) as page:
            ready = time.monotonic() - start
            problems = problems_of_lesson(page) + problems_of_versions(page, site)
    except Exception as error:  # a page that hangs or breaks is a finding, not the end
        ready, problems = float("nan"), [f"{type(error).__name__}: {error}".splitlines()[0]]
    seconds = time.monotonic() - start
    print(f"{path}: kernel after {ready:.0f} s, all done after {seconds:.0f} s")
    for problem in problems:
        print(f"  PROBLEM {problem}")
    return problems


def main(arguments: list[str] | None = None) -> int:
    """Check a site and say what was found."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("site", help="address of the edition, the folder that holds lab/")
    parser.add_argument("lessons", nargs="*", help="names such as 04_two_coins")
    parser.add_argument("--all", action="store_true", help="all lessons and solutions")
    options = parser.parse_args(arguments)
    paths = [f"notebooks/{name}.ipynb" for name in options.lessons or LESSONS]
    if options.all:
        found = sorted((ROOT / "notebooks").rglob("[0-9]*.ipynb"))
        paths = [path.relative_to(ROOT).as_posix() for path in found]
    site = options.site.rstrip("/") + "/"
    with lab.browser() as running:
        failed = [path for path in paths if check(running, site, path)]
    verdict = "all well" if not failed else "not well: " + ", ".join(failed)
    print(f"{len(paths)} notebooks in {site}: {verdict}")
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
