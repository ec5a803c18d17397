"""Run a command whose notebooks' kernels start at once.

    python notebooks/warm_kernels.py COMMAND...

Half of the time that a short notebook takes goes into the imports of a new kernel. Here one
process imports what the lessons need, and each kernel is a fork of it: as fresh as any, and ready.
The package itself is not among the imports. On anything but Linux, where a fork of what has threads
is unsafe or there is none, the command runs as it would without.
"""

import contextlib
import importlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading

IMPORTED = [
    "IPython.core.interactiveshell",
    "ipykernel.kernelapp",
    "ipywidgets",
    "matplotlib.backends.backend_agg",
    "matplotlib.figure",
    "scipy.optimize",
    "scipy.stats",
    "sklearn.cluster",
    "sklearn.mixture",
]


def main(command: list[str]) -> int:
    """Run a command beside the server of kernels; return its code."""
    if (
        sys.platform != "linux"
    ):  # elsewhere a fork of what has threads, or no fork at all, is unsafe
        return subprocess.call(command)
    with tempfile.TemporaryDirectory() as folder:
        address = os.path.join(folder, "address")
        describe_kernel(folder, address)
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind(address)
            listening.listen()
            parent = os.getpid()
            server = os.fork()
            if not server:
                serve(listening, parent)
        os.environ["JUPYTER_PATH"] = os.pathsep.join(
            [folder, *filter(None, [os.environ.get("JUPYTER_PATH")])]
        )
        try:
            return subprocess.call(command)
        finally:
            os.kill(server, signal.SIGTERM)
            os.waitpid(server, 0)


def describe_kernel(folder: str, address: str) -> None:
    """Let Jupyter find our kernel under the name that the notebooks ask for."""
    place = os.path.join(folder, "kernels", "python3")
    os.makedirs(place)
    argv = [sys.executable, "-S", "-E", os.path.abspath(__file__), "--kernel", address]
    about = {"argv": [*argv, "{connection_file}"], "display_name": "Python", "language": "python"}
    with open(os.path.join(place, "kernel.json"), "w", encoding="utf-8") as file:
        json.dump(about, file)


def serve(listening: socket.socket, parent: int) -> None:
    """Import once; for each request fork a kernel that lives as long as the connection."""
    os.environ["JPY_PARENT_PID"] = str(os.getpid())  # with this process a kernel ends as well
    for name in IMPORTED:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for a kernel here
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who types it means the command
    listening.settimeout(1.0)
    while os.getppid() == parent:
        try:
            connection, _ = listening.accept()
        except TimeoutError:
            continue
        connection.settimeout(None)
        if not os.fork():
            listening.close()
            become_kernel(connection)
        connection.close()
    os._exit(0)


def become_kernel(connection: socket.socket) -> None:
    """Be the kernel that is asked for, to the end of this process."""
    from ipykernel.kernelapp import launch_new_instance

    os.setsid()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    with connection.makefile(encoding="utf-8") as lines:
        request = json.loads(lines.readline())
    os.chdir(request["folder"])
    os.environ.clear()
    os.environ.update(request["environment"])
    connection.sendall(b"%d\n" % os.getpid())
    threading.Thread(target=end_with, args=[connection], daemon=True).start()
    try:
        launch_new_instance(["-f", request["connection_file"]])
    finally:
        os._exit(0)


def end_with(connection: socket.socket) -> None:
    """End where nobody is left at the other end of the connection."""
    connection.recv(1)
    os._exit(0)


def ask_for_kernel(address: str, connection_file: str) -> None:
    """Stand where Jupyter expects a kernel: hand signals on, end with the kernel or Jupyter."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(address)
        request = {
            "connection_file": connection_file,
            "environment": dict(os.environ),
            "folder": os.getcwd(),
        }
        connection.sendall(json.dumps(request).encode() + b"\n")
        kernel = int(connection.makefile().readline())
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda number, _: os.kill(kernel, number))
        connection.settimeout(1.0)
        parent = os.getppid()
        while os.getppid() == parent:
            with contextlib.suppress(TimeoutError):
                connection.recv(1)
                return


if __name__ == "__main__":
    if sys.argv[1:2] == ["--kernel"]:
        ask_for_kernel(*sys.argv[2:])
    else:
        sys.exit(main(sys.argv[1:]))
