"""Kernels that are forks of one process: as fresh, as obedient and as mortal as others."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
WARM = [sys.executable, str(ROOT / "notebooks" / "warm_kernels.py"), sys.executable, "-c"]
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nothing is forked")

SESSION = """
import json, os, sys
from jupyter_client.manager import start_new_kernel

def says(source):
    reply = client.execute_interactive(source, output_hook=hook, timeout=60)
    return reply["content"]["status"], "".join(texts.pop(0) for _ in list(texts))

texts = []
hook = lambda message: texts.append(message["content"].get("text", ""))
manager, client = start_new_kernel(kernel_name="python3", cwd=sys.argv[1])
found = {}
found["fresh"] = says(
    "import os, sys\\n"
    "print('scipy.stats' in sys.modules, 'emlib' in sys.modules, os.getcwd(), os.environ['SAID'])"
)
found["number"] = says("print(os.getpid())")
client.execute("import time\\nprint('begun', flush=True)\\ntime.sleep(60)")
while "begun" not in client.get_iopub_msg(timeout=60)["content"].get("text", ""):
    pass  # before it has begun there is nothing to interrupt
manager.interrupt_kernel()
found["interrupted"] = client.get_shell_msg(timeout=30)["content"]["status"]
if sys.argv[2] == "shut down":
    client.stop_channels()
    manager.shutdown_kernel()
print(json.dumps(found), flush=True)
if sys.argv[2] == "be killed":
    os.kill(os.getpid(), 9)
"""


def is_alive(number):
    return Path(f"/proc/{number}").exists()


@pytest.mark.parametrize("end", ["shut down", "be killed"])
def test_a_warm_kernel_is_fresh_obeys_and_ends(tmp_path, end):
    environment = os.environ | {"SAID": "hello"}
    ran = subprocess.run(
        [*WARM, SESSION, str(tmp_path), end],
        capture_output=True,
        text=True,
        env=environment,
        timeout=120,
    )
    assert ran.returncode == (0 if end == "shut down" else 247), ran.stderr
    found = json.loads(ran.stdout)
    assert found["fresh"] == ["ok", f"True False {tmp_path} hello\n"]
    assert found["interrupted"] == "error"
    number = int(found["number"][1])
    deadline = time.monotonic() + 30
    while is_alive(number):
        assert time.monotonic() < deadline, "the kernel outlives who asked for it"
        time.sleep(0.1)


def test_the_command_keeps_its_code():
    assert subprocess.run([*WARM, "raise SystemExit(7)"]).returncode == 7
