"""A live panel: from the learner's touch to the new picture, in a real kernel."""

from __future__ import annotations

import importlib.util
import statistics
import subprocess
import time
from typing import Any

from benchmarks.report import Section, Table, seconds
from benchmarks.sections import Settings
from benchmarks.workers import THREADS, environment

NEEDS = ("ipykernel", "ipywidgets", "jupyter_client", "matplotlib", "PIL")

PANELS = {
    "01, likelihood of a normal": "widgets.likelihood_panel(datasets.heights(0).x)",
    "02, two groups": "widgets.separation_panel(mean=170, std=10)",
    "03, centroids": "widgets.centroid_panel(datasets.blobs().x, datasets.blobs().x[:3])",
    "06, a mean that moves": "widgets.mean_panel(datasets.three_clusters(0).x[::2], clouds)",
    "07, the bound": "widgets.bound_panel(datasets.do_batzoglou().x)",
    "07, hills": "widgets.hills_panel(0)",
}

PREPARE = """
from emlib import GaussianMixture, datasets, widgets
clouds = datasets.three_clusters(0).truth
panel = {call}
control = next(c for c in panel.controls.values() if hasattr(c, "max"))
print(control.comm.comm_id, control.min, control.max, control.step)
"""


def measure(settings: Settings) -> Section:
    """Move the first slider of each panel, as a browser would."""
    title = "A live panel"
    missing = [name for name in NEEDS if importlib.util.find_spec(name) is None]
    if missing:
        return Section(title, [f"Left out: {', '.join(missing)} not installed."])
    from jupyter_client.manager import start_new_kernel

    with environment(dict.fromkeys(THREADS, "1")):
        manager, client = start_new_kernel(kernel_name="python3", stderr=subprocess.DEVNULL)
    try:
        rows = []
        for name, call in PANELS.items():
            times = touch(client, call, 10 if settings.quick else 30)
            rows.append([name, seconds(statistics.median(times)), seconds(max(times))])
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    return Section(title, [WORDS, Table(["panel", "median", "slowest"], rows)])


WORDS = """\
A kernel of its own gets the message that a browser sends when a slider moves; the clock stops when
the kernel reports that it is idle again, the new picture sent. What the browser then needs to
decode and show it comes on top. The aim is 30 ms: a picture that follows the hand."""


PLACES = (0.2, 0.5, 0.8, 0.35, 0.65)
"""Where the slider goes, as parts of its way: each far enough from the last to be another."""


def touch(client: Any, call: str, times: int) -> list[float]:
    """Make a panel in the kernel and move its slider to and fro; return the seconds of each."""
    comm, *ends = execute(client, PREPARE.format(call=call)).split()
    low, high, step = map(float, ends)
    taken = []
    for turn in range(times + 2):
        way = PLACES[turn % len(PLACES)] * (high - low)
        state = {"value": low + step * round(way / step)}
        data = {"method": "update", "state": state, "buffer_paths": []}
        content = {"comm_id": comm, "data": data}
        begin = time.perf_counter()
        message = client.session.msg("comm_msg", content)
        client.shell_channel.send(message)
        sent = list(until_idle(client, message["header"]["msg_id"]))
        taken.append(time.perf_counter() - begin)
        if not any("<img" in str(m["content"].get("data")) for m in sent):
            raise RuntimeError(f"{call}: a slider was moved, and no picture came")
        time.sleep(0.02)
    return taken[2:]


def execute(client: Any, code: str) -> str:
    """Run code in the kernel and return what it prints."""
    text = []
    for message in until_idle(client, client.execute(code)):
        if message["msg_type"] == "error":
            raise RuntimeError("\n".join(message["content"]["traceback"]))
        if message["msg_type"] == "stream" and message["content"]["name"] == "stdout":
            text.append(message["content"]["text"])
    return "".join(text)


def until_idle(client: Any, message_id: str) -> Any:
    """Yield the kernel's messages about a request, until it is done with it."""
    while True:
        message = client.get_iopub_msg(timeout=60)
        if message["parent_header"].get("msg_id") != message_id:
            continue
        if message["content"].get("execution_state") == "idle":
            return
        yield message
