"""The in-browser edition holds the course, and what it does not hold it names with a hash."""

import base64
import hashlib
import json
import os
import re
import zipfile
from pathlib import Path
from urllib.parse import urlsplit

import build as notebooks
import nbformat
import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
pytestmark = pytest.mark.slow

LINK = re.compile(r"\]\((?![a-z]+:|#)([^)#\s]+)")
# What a lesson imports beside emlib.
IMPORTED = ("numpy", "scipy", "matplotlib", "sklearn", "ipywidgets")


@pytest.fixture(scope="module")
def lock(site):
    return json.loads((site / "static" / "pyodide" / "pyodide-lock.json").read_text())["packages"]


def settings(site):
    parsed = json.loads((site / "jupyter-lite.json").read_text())["jupyter-config-data"]
    return parsed["litePluginSettings"]["@jupyterlite/pyodide-kernel-extension:kernel"]


def closure(lock, *names):
    """Return the entries of packages and of all that they need."""
    wanted, found = list(names), {}
    while wanted:
        name = re.sub(r"[-_.]+", "-", wanted.pop()).lower()
        if name not in found:
            found[name] = lock[name]
            wanted += lock[name]["depends"]
    return found


def test_it_has_the_same_notebooks_in_the_same_places_lessons_without_outputs(site, build):
    ours = {path.relative_to(ROOT).as_posix() for path in notebooks.built(ROOT / "notebooks")}
    found = (site / "files").rglob("*.ipynb")
    assert {path.relative_to(site / "files").as_posix() for path in found} == ours
    for name in ours:
        folder = (site / "api" / "contents" / name).parent
        listed = json.loads((folder / "all.json").read_text())
        assert Path(name).name in {item["name"] for item in listed["content"]}
        there = nbformat.read(site / "files" / name, as_version=4)
        committed = nbformat.read(ROOT / name, as_version=4)
        committed.metadata.language_info |= build.working_copy().LANGUAGE | build.LANGUAGE
        for cell in committed.cells if "solutions" not in name else []:
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None
        assert there == committed, name


def test_a_notebook_states_the_language_as_the_kernel_does(site, build):
    """What it states otherwise, JupyterLab would change, and call the lesson unsaved."""
    scripts = (site / "extensions" / build.KERNEL / "static").glob("*.js")
    said = re.findall(r"language_info:(\{.*?\}.*?\})", "".join(map(Path.read_text, scripts)))
    stated = build.working_copy().LANGUAGE | build.LANGUAGE
    assert json.loads(re.sub(r"(?<=[{,])(\w+):", r'"\1":', said[0])) == stated


def test_texts_are_not_lists_of_lines(site):
    """No server joins them here, and JupyterLab's table of contents stumbles over a list."""
    for path in (site / "files").rglob("*.ipynb"):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            assert isinstance(cell["source"], str)
            for output in cell.get("outputs", []):
                for text in [output.get("text", ""), *output.get("data", {}).values()]:
                    assert not isinstance(text, list), path.name


def test_links_lead_somewhere(site):
    wrong = []
    for path in (site / "files").rglob("*.ipynb"):
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type == "markdown":
                links = LINK.findall(cell.source)
                wrong += [(path.name, to) for to in links if not (path.parent / to).exists()]
    for path in (site / "files").rglob("*.md"):
        links = LINK.findall(path.read_text(encoding="utf-8"))
        wrong += [(path.name, to) for to in links if not (path.parent / to).exists()]
    assert wrong == []
    assert (site / "files" / "notebooks" / "code" / "emlib" / "em.py").is_file()


def test_it_shows_the_pictures_of_panels_that_are_gone(site):
    extensions = json.loads((site / "jupyter-lite.json").read_text())["jupyter-config-data"]
    assert "emlib" in {one["name"] for one in extensions["federated_extensions"]}
    ours = ROOT / "labextension/share/jupyter/labextensions/emlib/static/pictures.js"
    assert (site / "extensions/emlib/static/pictures.js").read_bytes() == ours.read_bytes()


def test_the_wheel_is_this_tree(site, lock):
    wheel = site / "static" / "pyodide" / lock["emlib"]["file_name"]
    with zipfile.ZipFile(wheel) as archive:
        packed = {name: archive.read(name) for name in archive.namelist()}
    ours = {
        path.relative_to(ROOT).as_posix(): path.read_bytes()
        for path in (ROOT / "emlib").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert any(name.endswith(".csv") for name in ours)
    modules = {name: content for name, content in packed.items() if name.startswith("emlib/")}
    assert modules == ours


def test_all_that_a_lesson_imports_is_in_the_lock(lock):
    """The kernel looks a cell's imports up there and loads them: no cell needs %pip."""
    known = {module for entry in lock.values() for module in entry["imports"]}
    assert known >= {"emlib", *IMPORTED, "pandas", "tqdm"}
    assert set(closure(lock, "emlib")) >= {"numpy", "scipy", "matplotlib", "pillow", "ipywidgets"}


def test_kernel_and_widgets_come_from_the_site_itself(site, lock):
    served = site / "static" / "pyodide"
    preloaded = settings(site)["loadPyodideOptions"]["packages"]
    for name, entry in closure(lock, *preloaded, "ipywidgets").items():
        content = (served / entry["file_name"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == entry["sha256"], name
    assert settings(site)["pyodideUrl"] == "./static/pyodide/pyodide.mjs"


def test_the_rest_comes_from_the_distribution_and_is_held_to_a_hash(lock):
    outside = {e["file_name"] for e in lock.values() if "://" in e["file_name"]}
    assert {urlsplit(where)[:2] for where in outside} == {("https", "cdn.jsdelivr.net")}
    assert all("/pyodide/v314." in where for where in outside)
    for entry in lock.values():
        assert len(base64.b16decode(entry["sha256"].upper())) == 32


def test_the_edition_is_small_enough_to_publish(site):
    size = sum(path.stat().st_size for path in site.rglob("*") if path.is_file())
    assert size < 100e6
    assert not list(site.rglob("*.map"))
    assert str(ROOT) not in (site / "jupyter-lite.json").read_text()


def test_a_whole_pyodide_makes_an_edition_that_needs_nothing_else(build, tmp_path):
    """In a room without internet every wheel is served from the site."""
    pyodide, served = tmp_path / "pyodide", tmp_path / "served"
    pyodide.mkdir()
    served.mkdir()
    (pyodide / "numpy-1.whl").write_bytes(b"numpy")
    lock = {"packages": {n: {"file_name": f"{n}-1.whl"} for n in ("numpy", "scipy")}}
    build.aim(lock, pyodide, served)
    assert lock["packages"]["numpy"]["file_name"] == "numpy-1.whl"
    assert (served / "numpy-1.whl").read_bytes() == b"numpy"
    assert lock["packages"]["scipy"]["file_name"].endswith("/full/scipy-1.whl")
    assert os.listdir(served) == ["numpy-1.whl"]


def test_another_version_than_pyodide_has_is_refused(build, tmp_path):
    wheel = tmp_path / "six-9.9-py3-none-any.whl"
    wheel.touch()
    with pytest.raises(SystemExit, match=r"wheels.txt has six 9.9; Pyodide was tested with 1.17"):
        build.add({"packages": {"six": {"version": "1.17"}}}, wheel, tmp_path)


def test_another_pyodide_than_the_kernels_is_refused(build, tmp_path):
    pytest.importorskip("jupyterlite_pyodide_kernel")
    (tmp_path / "package.json").write_text('{"version": "1.2.3"}')
    with pytest.raises(SystemExit, match=r"This is Pyodide 1.2.3; the installed kernel is made"):
        build.read_lock(tmp_path)
