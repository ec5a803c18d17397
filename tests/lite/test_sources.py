"""What the in-browser edition is made of is pinned by hash and fits the rest of the course."""

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
LITE = ROOT / "book" / "lite"
WHEELS = (LITE / "wheels.txt").read_text(encoding="utf-8")


def pins(text):
    """Return what a lock installs: {name: version}."""
    return dict(re.findall(r"(?m)^([\w.-]+)==([^\s;\\]+)", text))


def test_every_wheel_is_pinned_by_hash():
    lines = [line for line in WHEELS.splitlines() if not line.startswith("#")]
    assert len(lines) > 10
    for line in lines:
        assert re.fullmatch(r"[\w.-]+==[\w.]+ --hash=sha256:[0-9a-f]{64}", line), line


@pytest.mark.parametrize("name", ["comm", "ipywidgets", "jupyterlab-widgets"])
def test_widgets_are_those_of_the_lock(name):
    """Pyodide has none of its own; the front end comes from the environment that builds."""
    lock = pins((ROOT / "requirements.lock").read_text(encoding="utf-8"))
    assert pins(WHEELS)[name] == lock[name]


def test_npm_installs_by_hash_and_runs_no_script():
    lock = json.loads((LITE / "package-lock.json").read_text(encoding="utf-8"))
    wanted = json.loads((LITE / "package.json").read_text(encoding="utf-8"))["dependencies"]
    assert lock["packages"][""]["dependencies"] == wanted
    for path, package in lock["packages"].items():
        if path:
            assert package["integrity"].startswith("sha512-"), path
            assert "resolved" not in package, path
    assert lock["packages"]["node_modules/pyodide"]["version"] == wanted["pyodide"]
    options = (LITE / ".npmrc").read_text(encoding="utf-8").split()
    assert set(options) == {"ignore-scripts=true", "omit-lockfile-registry-resolved=true"}


def test_pyodide_is_the_one_that_the_kernel_is_made_for():
    constants = pytest.importorskip(
        "jupyterlite_pyodide_kernel.constants",
        reason="needs the packages of requirements-dev.lock",
    )
    wanted = json.loads((LITE / "package.json").read_text(encoding="utf-8"))["dependencies"]
    assert wanted["pyodide"] == constants.PYODIDE_VERSION
