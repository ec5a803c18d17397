"""Build the course that runs inside the browser: `python book/lite/build.py OUTPUT_DIR`.

    python book/lite/build.py book/_build/html/lite    the edition, a folder of static files
    python book/lite/build.py --pyodide FOLDER OUT     with a whole Pyodide: no internet needed
    python book/lite/build.py --versions               what Pyodide has of the course's packages

The folder is a JupyterLite site: JupyterLab without a server, and Python compiled to WebAssembly
(Pyodide) as its kernel. It holds the notebooks, the core of Pyodide, `emlib` as a wheel, and every
pure-Python wheel that the kernel and the widgets need. The compiled packages (numpy, scipy, ...)
are not there: the browser gets them from Pyodide's own distribution when a cell imports them.

All of this is said in one file, Pyodide's lock: for each package its wheel, the wheel's hash and
what it needs. We take the lock of the distribution, aim each entry at the wheel that we serve or
else at the distribution's address, and add `emlib` and the widgets. So `import emlib` is enough:
before it runs a cell, the kernel loads what the cell imports and the lock knows.

Needs npm and the packages of requirements-dev.lock.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib
import json
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from email.parser import HeaderParser
from pathlib import Path
from types import ModuleType
from typing import Any
from zipfile import ZipFile

import nbformat
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
CORE = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip")
KERNEL = "@jupyterlite/pyodide-kernel-extension"
EXTENSIONS = (KERNEL, "@jupyter-widgets/jupyterlab-manager", "anywidget")
OWN_EXTENSION = ROOT / "labextension" / "share" / "jupyter" / "labextensions" / "emlib"
# What the kernel needs to start; named here, it takes them from the lock and asks no index.
PRELOADED = ["micropip", "piplite", "ipykernel", "comm", "pyodide-kernel", "jedi", "ipython"]
# Which requirements of a wheel apply; with all of emlib's parts.
IN_BROWSER = {"sys_platform": "emscripten", "platform_system": "Emscripten", "os_name": "posix"}
EXTRAS = ("", "plots", "widgets")
# What the kernel says of its language, so that no lesson changes by being opened.
LANGUAGE = {"codemirror_mode": {"name": "python", "version": 3}, "version": "3.8"}


def main() -> None:
    """Build the edition, or print versions."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("output", nargs="?", type=Path, help="the folder to write; emptied first")
    parser.add_argument("--pyodide", type=Path, help="an unpacked Pyodide, instead of npm's core")
    parser.add_argument("--versions", action="store_true", help="print versions, build nothing")
    options = parser.parse_args()
    if not (options.output or options.versions):
        parser.error("which folder shall be written?")
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        pyodide = options.pyodide.resolve() if options.pyodide else fetch_pyodide(work)
        if options.versions:
            print("\n".join(versions(read_lock(pyodide))))
        else:
            build(options.output.resolve(), pyodide, work)


def build(output: Path, pyodide: Path, work: Path) -> None:
    """Put the site's parts together in `work` and have JupyterLite write and check `output`."""
    site = work / "site"
    served = site / "static" / "pyodide"
    served.mkdir(parents=True)
    for name in CORE:
        shutil.copy(pyodide / name, served)
    lock = read_lock(pyodide)
    aim(lock, pyodide, served)
    for wheel in [*fetch_wheels(work / "wheels"), make_wheel(work), *kernel_wheels()]:
        add(lock, wheel, served)
    (served / "pyodide-lock.json").write_text(json.dumps(lock, indent=1), encoding="utf-8")
    copy_contents(site / "files")
    write_configuration(site)
    if output.exists():
        shutil.rmtree(output)
    for command in ("build", "check"):
        run([sys.executable, "-m", "jupyterlite_core", command, "--output-dir", output], site)


def run(command: list[Any], folder: Path) -> None:
    """Run a command in a folder; show what it said only if it fails."""
    command = [str(part) for part in command]
    done = subprocess.run(command, cwd=folder, text=True, capture_output=True, timeout=600)
    if done.returncode:
        sys.exit(f"{done.stdout}{done.stderr}\nThis failed: {' '.join(command)}")


def fetch_pyodide(work: Path) -> Path:
    """Let npm fetch the core of Pyodide, held to the hashes of package-lock.json."""
    npm = shutil.which("npm")
    if npm is None:
        sys.exit("npm is needed, which comes with Node.js: it fetches the core of Pyodide.")
    folder = work / "npm"
    folder.mkdir()
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copy(HERE / name, folder)
    run([npm, "ci", "--no-audit", "--no-fund"], folder)
    return folder / "node_modules" / "pyodide"


def fetch_wheels(folder: Path) -> list[Path]:
    """Let pip fetch the wheels of wheels.txt, held to its hashes."""
    folder.mkdir()
    pip = [sys.executable, "-m", "pip", "download", "--disable-pip-version-check", "--no-deps"]
    options = ["--require-hashes", "--only-binary=:all:", "--python-version=3.14", "--dest=."]
    run([*pip, *options, "--requirement", HERE / "wheels.txt"], folder)
    return sorted(folder.glob("*.whl"))


def make_wheel(folder: Path) -> Path:
    """Make emlib's wheel from this tree."""
    from flit_core.wheel import make_wheel_in

    return make_wheel_in(ROOT / "pyproject.toml", folder).file


def kernel_wheels() -> list[Path]:
    """Return the wheels that the kernel's extension brings, the newer where it has two."""
    found = sorted((extension(KERNEL) / "static" / "pypi").glob("*.whl"))
    return list({name_and_version(wheel)[0]: wheel for wheel in found}.values())


def extension(name: str) -> Path:
    """Return the folder of an installed JupyterLab extension."""
    return Path(sysconfig.get_path("data"), "share", "jupyter", "labextensions", name)


def read_lock(pyodide: Path) -> dict[str, Any]:
    """Read the lock of a Pyodide, which must be the one that the kernel is made for."""
    from jupyterlite_pyodide_kernel.constants import PYODIDE_VERSION

    found = json.loads((pyodide / "package.json").read_text(encoding="utf-8"))["version"]
    if found != PYODIDE_VERSION:
        sys.exit(f"This is Pyodide {found}; the installed kernel is made for {PYODIDE_VERSION}.")
    return json.loads((pyodide / "pyodide-lock.json").read_text(encoding="utf-8"))


def versions(lock: dict[str, Any]) -> list[str]:
    """Return pins of those packages of requirements.lock that Pyodide has."""
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    ours = {line.split("==")[0] for line in text.splitlines() if "==" in line}
    entries = lock["packages"].items()
    return [f"{name}=={entry['version']}" for name, entry in entries if name in ours]


def aim(lock: dict[str, Any], pyodide: Path, served: Path) -> None:
    """Aim each entry at a copy of its wheel, where `pyodide` has it, or at the distribution."""
    from jupyterlite_pyodide_kernel.constants import PYODIDE_CDN_URL

    for entry in lock["packages"].values():
        wheel = pyodide / entry["file_name"]
        if wheel.exists():
            shutil.copy(wheel, served)
        else:
            entry["file_name"] = f"{PYODIDE_CDN_URL}/{wheel.name}"


def add(lock: dict[str, Any], wheel: Path, served: Path) -> None:
    """Serve a wheel: as what an entry of the lock means, or as a new entry."""
    name, version = name_and_version(wheel)
    if name not in lock["packages"]:
        lock["packages"][name] = {
            "name": name,
            "version": version,
            "imports": modules(wheel),
            "depends": needs(wheel),
            "install_dir": "site",
            "package_type": "package",
            "unvendored_tests": False,
        }
    entry = lock["packages"][name]
    if entry["version"] != version:
        sys.exit(f"wheels.txt has {name} {version}; Pyodide was tested with {entry['version']}.")
    shutil.copy(wheel, served)
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    entry |= {"file_name": wheel.name, "sha256": digest}


def name_and_version(wheel: Path) -> tuple[str, str]:
    """Read the name and the version of a wheel from the name of its file."""
    name, version = wheel.name.split("-")[:2]
    return canonicalize_name(name), version


def modules(wheel: Path) -> list[str]:
    """Return the packages and modules that a wheel makes importable."""
    tops = {path.split("/")[0] for path in ZipFile(wheel).namelist() if path.endswith(".py")}
    return sorted(top.removesuffix(".py") for top in tops if not top.endswith(".data"))


def needs(wheel: Path) -> list[str]:
    """Return the names of the packages that a wheel needs in the browser."""
    with ZipFile(wheel) as archive:
        (path,) = (p for p in archive.namelist() if p.endswith(".dist-info/METADATA"))
        metadata = HeaderParser().parsestr(archive.read(path).decode())
    found = set()
    for line in metadata.get_all("Requires-Dist", []):
        requirement = Requirement(line)
        marker = requirement.marker
        if not marker or any(marker.evaluate(IN_BROWSER | {"extra": extra}) for extra in EXTRAS):
            found.add(canonicalize_name(requirement.name))
    return sorted(found)


def copy_contents(files: Path) -> None:
    """Copy what the learner opens, to the places that it has in the repository.

    They are those of a working copy: lessons without their outputs. A notebook's file holds each
    text as a list of lines. A Jupyter server joins them before the page sees them; where there is
    no server, we do.
    """
    copy = working_copy()
    language = copy.LANGUAGE | LANGUAGE
    for name, content in copy.contents(ROOT / "notebooks", language=language).items():
        target = files / "notebooks" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.suffix == ".ipynb":
            joined = nbformat.reads(content.decode(), as_version=4)
            content = json.dumps(joined, ensure_ascii=False).encode()
        target.write_bytes(content)


def working_copy() -> ModuleType:
    """Return the module that knows what a learner opens."""
    sys.path.append(str(ROOT / "notebooks"))
    return importlib.import_module("working_copy")


def write_configuration(site: Path) -> None:
    """Say what JupyterLite shall build, and what the page reads when it starts."""
    building = {
        "apps": ["lab"],
        "federated_extensions": [
            *(str(extension(name)) for name in EXTENSIONS),
            str(OWN_EXTENSION),
        ],
        "ignore_sys_prefix": ["federated_extensions"],
        "no_sourcemaps": True,
        "no_libarchive": True,
    }
    page = {
        "appName": "EM, step by step",
        "exposeAppInBrowser": True,
        "litePluginSettings": {f"{KERNEL}:kernel": {"loadPyodideOptions": {"packages": PRELOADED}}},
    }
    page_file = {"jupyter-lite-schema-version": 0, "jupyter-config-data": page}
    settings = {
        "@jupyterlab/docmanager-extension:plugin": {
            "defaultViewers": {"markdown": "Markdown Preview"}
        }
    }
    (site / "overrides.json").write_text(json.dumps(settings))
    (site / "jupyter_lite_config.json").write_text(json.dumps({"LiteBuildConfig": building}))
    (site / "jupyter-lite.json").write_text(json.dumps(page_file))


if __name__ == "__main__":
    main()
