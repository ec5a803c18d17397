"""The built book, served to a headless Chromium that may ask nobody else."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
BOOK = ROOT / "book"
AXE = BOOK / "node_modules" / "axe-core" / "axe.min.js"


def missing() -> str:
    """Say what is needed and not here, or nothing."""
    try:
        import myst_nb  # noqa: F401
        import pydata_sphinx_theme  # noqa: F401
        import sphinx_design  # noqa: F401
    except ImportError:
        return "building the book needs the packages of requirements-dev.lock"
    return "" if shutil.which("npm") else "building the book needs npm, which comes with Node.js"


def build(*options: str) -> subprocess.CompletedProcess:
    """Build the book; return what the command said."""
    command = [sys.executable, str(BOOK / "build.py"), *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=900, check=False)


def built() -> Path:
    """Return the folder of the book: that of BOOK_SITE, or one built now."""
    if "BOOK_SITE" in os.environ:
        return Path(os.environ["BOOK_SITE"]).resolve()
    done = build("--no-slides", "--no-lite")
    assert done.returncode == 0, done.stdout + done.stderr
    return BOOK / "_build" / "html"


def pages(folder: Path) -> list[str]:
    """Return the pages of the book: not the slides, nor the edition in the browser."""
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.html"))
    return [name for name in names if not name.startswith(("slides/", "lite/", "_static/"))]


class Quiet(SimpleHTTPRequestHandler):
    """A server that says nothing."""

    def log_message(self, *arguments: Any) -> None:
        """Say nothing."""


@contextmanager
def serve(folder: Path) -> Iterator[str]:
    """Serve a folder; yield its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=10)


class Reader:
    """A page in a window of some size, with all that it asked of others or complained of."""

    def __init__(self, browser: Any, address: str, width: int = 1280, height: int = 900) -> None:
        self.address = address
        self.context = browser.new_context(viewport={"width": width, "height": height})
        self.outside: list[str] = []
        self.errors: list[str] = []
        self.context.route("**/*", self._let_through)
        self.page = self.context.new_page()
        self.page.on("pageerror", lambda error: self.errors.append(f"{self.page.url}: {error}"))
        self.page.on("console", self._hear)

    def _let_through(self, route: Any) -> None:
        if route.request.url.startswith((self.address, "data:", "blob:")):
            route.continue_()
        else:
            self.outside.append(route.request.url)
            route.abort()

    def _hear(self, message: Any) -> None:
        if message.type == "error":
            self.errors.append(f"{self.page.url}: {message.text}")

    def open(self, name: str) -> Any:
        """Open a page of the book, and wait until its mathematics is set."""
        self.page.goto(self.address + name, wait_until="load")
        self.page.evaluate("async () => { await window.MathJax?.startup?.promise; }")
        return self.page

    def theme(self, name: str) -> None:
        """Switch to the light or the dark theme, without the fading over."""
        self.page.add_style_tag(content="* { transition: none !important; }")
        self.page.evaluate("name => { document.documentElement.dataset.theme = name; }", name)

    def close(self) -> None:
        """Close the window."""
        self.context.close()
