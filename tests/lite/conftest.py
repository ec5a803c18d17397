"""The in-browser edition, built once and served."""

import functools
import importlib.util
import shutil
import subprocess
import sys
import threading
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
LITE = ROOT / "book" / "lite"


def load(name):
    """Import a module of book/lite; notebooks/ has a `build` of its own."""
    spec = importlib.util.spec_from_file_location(f"lite_{name}", LITE / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@contextmanager
def serve(handler):
    """Serve on a free port of this machine; yield the address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join(timeout=10)


class Files(SimpleHTTPRequestHandler):
    """Files of a folder, served in silence."""

    def log_message(self, *arguments):
        pass


@pytest.fixture(scope="session")
def serving():
    """Return the context manager that serves."""
    return serve


@pytest.fixture(scope="session")
def build():
    """Return the module book/lite/build.py."""
    return load("build")


@pytest.fixture(scope="session")
def check_online():
    """Return the module book/lite/check_online.py."""
    pytest.importorskip("playwright", reason="needs the packages of requirements-dev.lock")
    return load("check_online")


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """Build the edition by its command; return its folder."""
    for package in ("jupyterlite_core", "jupyterlite_pyodide_kernel", "pip"):
        pytest.importorskip(package, reason="needs the packages of requirements-dev.lock")
    if shutil.which("npm") is None:
        pytest.skip("needs npm, which comes with Node.js")
    output = tmp_path_factory.mktemp("lite") / "site"
    command = [sys.executable, str(LITE / "build.py"), str(output)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr
    return output


@pytest.fixture(scope="session")
def address(site):
    """Serve the edition as a web server for files would; return where."""
    with serve(functools.partial(Files, directory=site)) as where:
        yield where
