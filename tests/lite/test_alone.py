"""`emlib` and the lessons need no thread, process or socket: a page in a browser has none."""

import json
import os
import subprocess
import sys
from pathlib import Path

import build
import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
NOTEBOOKS = build.built(ROOT / "notebooks")

# Python reports processes and sockets to an audit hook; an error raised there stops what was begun.
RUN = """
import json, signal, sys, threading
from IPython.core.interactiveshell import InteractiveShell

FORBIDDEN = (
    "subprocess.Popen", "os.fork", "os.forkpty", "os.posix_spawn", "os.exec", "os.system",
    "socket.__new__", "socket.connect", "socket.bind", "socket.getaddrinfo",
)

tried = []

def refuse(event, *_):
    if event in FORBIDDEN:
        tried.append(event)
        raise RuntimeError(f"the browser has no {event}")

def missing(name):
    def call(*_, **__):
        tried.append(name)
        raise RuntimeError(f"the browser has no {name}")
    return call

cells = json.loads(sys.stdin.read())
shell = InteractiveShell.instance()
threading.Thread.start = missing("threads")
for name in ("signal", "alarm", "setitimer"):
    setattr(signal, name, missing("signals"))
sys.addaudithook(refuse)
sys.modules["dask"] = sys.modules["distributed"] = None  # a contributor's packages
errors = []
for source in cells:
    result = shell.run_cell(source)
    errors.append(repr(result.error_before_exec or result.error_in_exec))
print("\\n" + json.dumps([errors, tried]))
"""


FORBIDDEN = {
    "threads": "import threading; threading.Thread(target=print).start()",
    "threads ": "import concurrent.futures as c; c.ThreadPoolExecutor(1).submit(print).result()",
    "subprocess.Popen": "import subprocess, sys; subprocess.run([sys.executable, '--version'])",
    "os.system": "import os; os.system('true')",
    "socket.__new__": "import socket; socket.socket()",
    "socket.getaddrinfo": "import urllib.request; urllib.request.urlopen('http://127.0.0.1:9')",
    "signals": "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)",
}
if hasattr(os, "fork"):
    FORBIDDEN["os.fork"] = (
        "import multiprocessing as m; m.get_context('fork').Process(target=print).start()"
    )


def run(cells, folder):
    """Run cells in a process of their own, without a kernel, which has threads and sockets.

    Returns the cells' errors, and what was tried in vain: a check reports errors, it raises none.
    """
    environment = os.environ | {
        "EMLIB_PROGRESS": str(folder / "progress.json"),
        "IPYTHONDIR": str(folder / "ipython"),
        "MPLBACKEND": "agg",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "PYTHONIOENCODING": "utf-8",
    }
    done = subprocess.run(
        [sys.executable, "-c", RUN],
        input=json.dumps(cells),
        cwd=folder,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_the_guard_sees_what_a_browser_lacks(tmp_path):
    errors, tried = run([*FORBIDDEN.values(), "1 + 1"], tmp_path)
    assert errors.pop() == "None"
    for name, error in zip(FORBIDDEN, errors, strict=True):
        assert f"the browser has no {name.strip()}" in error
        assert name.strip() in tried


@pytest.mark.slow
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_a_notebook_runs_without_threads_processes_and_sockets(path, tmp_path):
    cells = [  # by its platform a lesson knows the browser
        "".join(cell["source"]).replace("sys.platform", "'emscripten'")
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]
        if cell["cell_type"] == "code"
    ]
    errors, tried = run(cells, tmp_path)
    assert set(errors) == {"None"}
    assert tried == []
