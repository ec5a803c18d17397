"""Try mutants: the tests of its own module first, the rest only if those are content.

To import numpy, scipy and pytest takes ten times as long as to run the tests. So a server imports
them once and forks a child for each mutant, which imports emlib afresh and runs the tests; the
command that Cosmic Ray runs for a mutant only asks the server. Needs Linux or macOS.

    python tests/mutation/judge.py serve SECONDS                in the copy: the server
    python tests/mutation/judge.py try FIRST... -- REST...      in the copy: one mutant
"""

import contextlib
import importlib
import os
import socket
import sys

PLACE = "judge.socket"

SLOW = [
    "numpy",
    "scipy.stats",
    "scipy.optimize",
    "pandas",
    "sklearn.mixture",
    "hypothesis",
    "pytest",
]

# No rewritten assertions: they cost more than they tell here.
OPTIONS = [
    "-x",
    "-q",
    "--assert=plain",
    "--tb=no",
    "-o",
    "addopts=--import-mode=importlib",
    "-p",
    "no:cacheprovider",
    "--basetemp=judge.temporary",  # cleared by the next child: this one ends without a farewell
]


def ask(files: list[str]) -> int:
    """Hand the names of the test files to the server, and take its verdict."""
    with socket.socket(socket.AF_UNIX) as server:
        server.connect(PLACE)
        server.sendall("\n".join(files).encode())
        server.shutdown(socket.SHUT_WR)
        return int(server.recv(16) or b"1")


def serve(seconds: int) -> None:
    """Judge one mutant after the other, each in a child that has so many seconds."""
    for name in SLOW:
        importlib.import_module(name)

    assert "emlib" not in sys.modules
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(PLACE)
        door.listen()
        while True:
            visitor, _ = door.accept()
            with visitor:
                files = visitor.makefile().read().splitlines()
                verdict = judge(files, seconds)
                with contextlib.suppress(BrokenPipeError):  # perhaps nobody waits any more
                    visitor.sendall(str(verdict).encode())


def judge(files: list[str], seconds: int) -> int:
    """Fork, run the tests, and return 0 if all passed."""
    child = os.fork()
    if child == 0:
        try:
            os._exit(run(files, seconds))
        finally:
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def run(files: list[str], seconds: int) -> int:
    import signal

    import pytest

    signal.alarm(seconds)  # a mutant that never ends is ended, and counts as found
    middle = files.index("--")
    for group in (files[:middle], files[middle + 1 :]):
        if code := pytest.main([*OPTIONS, *group]):
            return int(code)
    return 0


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        sys.path.insert(0, "")
        serve(int(sys.argv[2]))
    else:
        sys.exit(ask(sys.argv[2:]))
