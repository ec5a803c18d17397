"""A JupyterLab of its own in a temporary folder, and a lesson open in a headless Chromium.

Nothing of the machine's Jupyter is read or written: configuration, settings, workspaces, kernels'
connection files, IPython's history and the learner's progress live in the temporary folder, and so
do the copies of the notebooks, which JupyterLab saves by itself.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

ROOT = Path(__file__).resolve().parent.parent.parent
NOTEBOOKS = ROOT / "notebooks"
CHROMIUM_OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# An output that holds a live widget with controls.
WIDGETS = ".jp-OutputArea-output:has(.noUi-handle, select, button)"
# All cells in the page at once: what is out of sight is checked as well.
SETTINGS = {"@jupyterlab/notebook-extension:tracker": {"windowingMode": "none"}}


def chromium() -> str | None:
    """Return the path of a Chromium, or None."""
    names = ("chromium", "chromium-browser", "google-chrome", "chrome")
    found = (os.environ.get("CHROMIUM"), *(shutil.which(name) for name in names))
    return next((path for path in found if path), None)


@contextmanager
def serve(folder: Path, notebooks: Path = NOTEBOOKS) -> Iterator[str]:
    """Serve a copy of `notebooks` from within `folder`; yield the address with {path} in it.

    A second time, the same copy is served as it was left.
    """
    course = folder / "course"
    if not course.exists():
        shutil.copytree(
            notebooks,
            course,
            ignore=shutil.ignore_patterns("source", "*.py", "settings", "__pycache__"),
        )
    settings = folder / "settings"
    settings.mkdir(exist_ok=True)
    overrides = json.loads((NOTEBOOKS / "settings" / "overrides.json").read_text())
    (settings / "overrides.json").write_text(json.dumps(overrides | SETTINGS))
    places = ("CONFIG", "DATA", "RUNTIME", "LAB_SETTINGS", "LAB_WORKSPACES")
    environment = os.environ | {
        "JUPYTER" + ("" if "LAB" in place else "_") + f"{place}_DIR": str(folder / place.lower())
        for place in places
    }
    environment |= {
        "IPYTHONDIR": str(folder / "ipython"),
        "EMLIB_PROGRESS": str(folder / "progress.json"),
    }
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--expose-app-in-browser"]
    command += [
        "--port=0",
        f"--ServerApp.root_dir={course}",
        f"--LabApp.app_settings_dir={settings}",
    ]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")
    with (folder / "log.txt").open("w") as log:
        server = subprocess.Popen(command, env=environment, cwd=folder, stdout=log, stderr=log)
    try:
        yield _address(server, folder)
    finally:
        server.terminate()
        try:
            server.wait(timeout=15)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _address(server: subprocess.Popen, folder: Path) -> str:
    """Wait for the server and return its address, without the notebook."""
    for _ in range(600):
        for file in (folder / "runtime").glob("jpserver-*.json"):
            try:
                facts = json.loads(file.read_text())
            except ValueError:  # being written
                continue
            return f"http://127.0.0.1:{facts['port']}/doc/tree/{{path}}?token={facts['token']}"
        if server.poll() is not None:
            break
        time.sleep(0.1)
    raise RuntimeError(f"JupyterLab did not start:\n{(folder / 'log.txt').read_text()}")


@contextmanager
def browser() -> Iterator[Any]:
    """Start the headless Chromium."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM_OPTIONS)
        try:
            yield running
        finally:
            running.close()


class Lesson:
    """A notebook that is open in a page, with all that went wrong in it."""

    def __init__(
        self, running: Any, address: str, path: str, width: int = 1200, height: int = 1400
    ):
        self.page = running.new_page(viewport={"width": width, "height": height})
        self.errors: list[str] = []
        self.outside: list[str] = []
        self.page.on("pageerror", lambda error: self.errors.append(f"page: {error}"))
        self.page.on("console", self._hear)
        self.page.route("**/*", self._let_through)
        self.page.goto(address.format(path=quote(path)))
        self.page.wait_for_function("() => window.jupyterapp?.shell?.currentWidget?.sessionContext")
        self.page.evaluate(
            """async () => {
                const panel = window.jupyterapp.shell.currentWidget;
                await panel.context.ready;
                await panel.sessionContext.ready;
                await panel.sessionContext.session.kernel.info;
                await panel.revealed;
            }"""
        )

    def _hear(self, message: Any) -> None:
        if message.type == "error":
            self.errors.append(f"console: {message.text} ({message.location.get('url', '')})")

    def _let_through(self, route: Any) -> None:
        address = urlsplit(route.request.url)
        if address.scheme in ("data", "blob") or address.hostname == "127.0.0.1":
            route.continue_()
        else:
            self.outside.append(route.request.url)
            route.abort()

    def run_all(self, seconds: int = 180) -> None:
        """Run all cells, and wait until the last has its output and the page has drawn it."""
        self.page.evaluate(
            """seconds => Promise.race([
                window.jupyterapp.commands.execute('notebook:run-all-cells'),
                new Promise((_, fail) => setTimeout(
                    () => fail(new Error(`not done in ${seconds} s`)), 1000 * seconds)),
            ])""",
            seconds,
        )
        self.page.wait_for_timeout(1500)

    def save(self) -> None:
        """Save the notebook."""
        self.page.evaluate("() => window.jupyterapp.shell.currentWidget.context.save()")

    def cells(self) -> list[dict]:
        """Return the cells with the outputs that they have now."""
        return self.page.evaluate(
            "() => window.jupyterapp.shell.currentWidget.content.model.toJSON().cells"
        )

    def widgets(self) -> list[Any]:
        """Return the places in the page where a live widget with controls is shown."""
        return self.page.locator(WIDGETS).all()

    def close(self) -> None:
        self.page.close()


def visible_pictures(widget: Any) -> list[str]:
    """Return the addresses of the pictures that a widget shows now."""
    return widget.evaluate(
        "node => [...node.querySelectorAll('img')].filter(i => i.offsetParent).map(i => i.src)"
    )


def changes(page: Any, widget: Any, before: list[str]) -> bool:
    """Wait, at most five seconds, until a widget shows other pictures than before."""
    for _ in range(50):
        after = visible_pictures(widget)
        if after and after != before:
            return True
        page.wait_for_timeout(100)
    return False
