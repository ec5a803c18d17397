"""pyproject.toml, the locks and the conda files agree and keep the rules of safety.

pyproject.toml is the source; all else is held to it.
"""

import json
import os
import re
import tomllib
from pathlib import Path
from zipfile import ZipFile

import pytest
import working_copy
import yaml
from flit_core.wheel import make_wheel_in
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parent.parent
EXTENSION = ROOT / "labextension" / "share" / "jupyter" / "labextensions" / "emlib"
LOCKS = ["requirements.lock", "requirements-dev.lock"]
CONDA = ["environment.yml", "binder/environment.yml"]
# conda-forge's name, where it is not the one of PyPI
FROM_CONDA = {"matplotlib-base": "matplotlib"}
# What a learner's notebook imports or runs on; the rest is for tests and tools.
FOR_LEARNERS = {
    "anywidget",
    "flit-core",
    "ipykernel",
    "ipywidgets",
    "jupyter-server",
    "jupyterlab",
    "matplotlib",
    "numpy",
    "pillow",
    "scikit-learn",
    "scipy",
    "tqdm",
}
# Held back in the lock, for one version on all Pythons; conda needs the floor only.
CAPPED = {"contourpy", "numpy", "scipy"}
# Cross-site scripting was mended in these versions.
SECURITY_FLOORS = {"jupyter-server": "2.20", "jupyterlab": "4.6.2"}
SYSTEMS = [("linux", "posix"), ("darwin", "posix"), ("win32", "nt")]
PYTHONS = ["3.11.0", "3.11.7", "3.12.0", "3.13.0"]


def read_pyproject():
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def read_group(name):
    """Return the requirements of a dependency group, the groups that it includes among them."""
    for entry in read_pyproject()["dependency-groups"][name]:
        if isinstance(entry, dict):
            yield from read_group(entry["include-group"])
        else:
            yield Requirement(entry)


def declared(group="course"):
    """Return what pyproject.toml asks for: {canonical name: all its specifiers in one}."""
    project = read_pyproject()["project"]
    extras = [
        line
        for extra, lines in project["optional-dependencies"].items()
        for line in lines
        if extra != "dask" or group == "dev"  # a learner's environment is without it
    ]
    requirements = [Requirement(line) for line in [*project["dependencies"], *extras]]
    specifiers = {}
    for requirement in [*requirements, *read_group(group)]:
        name = canonicalize_name(requirement.name)
        specifiers[name] = specifiers.get(name, SpecifierSet()) & requirement.specifier
    return specifiers


def entries(lock):
    """Return the entries of a lock: (requirement, its hashes)."""
    text = (ROOT / lock).read_text(encoding="utf-8").replace("\\\n", " ")
    for line in text.splitlines():
        requirement, *hashes = re.split(r"\s+--hash=", line.strip())
        yield Requirement(requirement), hashes


def pinned(lock, system=("linux", "posix"), python="3.11.7"):
    """Return what a lock installs on a system: {canonical name: version}."""
    environment = default_environment() | {
        "sys_platform": system[0],
        "os_name": system[1],
        "python_version": ".".join(python.split(".")[:2]),
        "python_full_version": python,
        "implementation_name": "cpython",
    }
    versions = {}
    for requirement, _ in entries(lock):
        if requirement.marker is None or requirement.marker.evaluate(environment):
            name = canonicalize_name(requirement.name)
            assert name not in versions, f"{lock} installs {name} twice on {system} {python}"
            (specifier,) = requirement.specifier
            assert specifier.operator == "==", requirement
            versions[name] = Version(specifier.version)
    return versions


def conda(path):
    """Return what a conda file asks for, {canonical name: specifiers}, and its pip lines."""
    dependencies = yaml.safe_load((ROOT / path).read_text(encoding="utf-8"))["dependencies"]
    specifiers, pip = {}, []
    for line in dependencies:
        if isinstance(line, dict):
            pip += line["pip"]
            continue
        name, version = re.fullmatch(r"([\w.-]+?)((?:[=<>!].*)?)", line).groups()
        name = canonicalize_name(FROM_CONDA.get(name, name))
        specifiers[name] = SpecifierSet(re.sub(r"^=(\d[\d.]*)$", r"==\1.*", version))
    return specifiers, pip


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_names_no_place(lock):
    """No index, no address, no local file: a lock installs from the index that the learner has."""
    text = (ROOT / lock).read_text(encoding="utf-8")
    for forbidden in ("://", "file:", "index-url", "find-links", "trusted-host", " @ ", "\n-"):
        assert forbidden not in text, f"{lock} contains {forbidden!r}"
    assert not text.startswith("-")


@pytest.mark.parametrize("lock", LOCKS)
def test_every_entry_of_a_lock_is_pinned_by_hash(lock):
    """pip and uv install with --require-hashes, which one entry without a hash would stop."""
    listed = list(entries(lock))
    assert len(listed) > 50
    for requirement, hashes in listed:
        assert re.fullmatch(r"==[\w.!+]+", str(requirement.specifier)), requirement
        assert hashes, f"{requirement} has no hash"
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", found) for found in hashes), requirement


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("system", SYSTEMS, ids=[name for name, _ in SYSTEMS])
@pytest.mark.parametrize(("lock", "group"), [(LOCKS[0], "course"), (LOCKS[1], "dev")])
def test_lock_meets_pyproject(lock, group, system, python):
    """On each system and Python a lock has one version, in its range, of each package asked for."""
    versions = pinned(lock, system, python)
    for name, specifier in declared(group).items():
        assert name in versions, f"{lock} lacks {name} on {system[0]}, Python {python}"
        assert versions[name] in specifier, f"{lock}: {name} {versions[name]} is not {specifier}"


def test_locks_agree():
    """A contributor's packages are the learner's, and some more."""
    learner, contributor = (pinned(lock) for lock in LOCKS)
    assert learner.items() <= contributor.items()


def test_one_numpy_for_every_python():
    """The notebooks' stored outputs are compared with those of the same code on each Python."""
    names = ("numpy", "scipy", "scikit-learn", "matplotlib", "pandas")
    for name in names:
        assert len({pinned(LOCKS[0], python=python)[name] for python in PYTHONS}) == 1, name


@pytest.mark.parametrize("path", CONDA)
def test_conda_file_is_well_formed(path):
    parsed = yaml.safe_load((ROOT / path).read_text(encoding="utf-8"))
    assert set(parsed) == {"name", "channels", "dependencies"}
    assert parsed["channels"] == ["conda-forge", "nodefaults"]


@pytest.mark.parametrize("path", CONDA)
def test_conda_ranges_are_those_of_pyproject(path):
    asked, locked, (specifiers, _) = declared(), pinned(LOCKS[0]), conda(path)
    assert specifiers.keys() >= FOR_LEARNERS, f"{path} lacks {FOR_LEARNERS - specifiers.keys()}"
    for name, specifier in specifiers.items():
        if name in ("python", "pip"):
            continue
        ranges = {str(one) for one in asked[name] if one.operator == ">=" or name not in CAPPED}
        assert {str(one) for one in specifier} == ranges, f"{path}: {name}"
        assert locked[name] in specifier, f"{path}: the lock's {name} {locked[name]} is outside"


def test_binder_has_what_a_learner_needs_and_no_more():
    """Each package more is a longer wait for everybody whose Binder is built."""
    assert set(conda("binder/environment.yml")[0]) == {"python", *FOR_LEARNERS}


def test_conda_python_is_one_that_the_project_supports():
    supported = SpecifierSet(read_pyproject()["project"]["requires-python"])
    assert conda("environment.yml")[0]["python"] == supported
    assert conda("binder/environment.yml")[0]["python"] == SpecifierSet("==3.12.*")
    assert "3.12.0" in supported


def test_conda_installs_all_that_the_tests_need():
    specifiers, _ = conda("environment.yml")
    needed = {name for name in declared() if name not in {"uv", "contourpy"}}
    assert specifiers.keys() >= needed, needed - specifiers.keys()


def test_emlib_is_installed_by_environment_yml_and_by_postbuild():
    """Binder caches the environment, so emlib, which changes with each commit, comes after it."""
    assert conda("environment.yml")[1] == ["--editable ."]
    assert conda("binder/environment.yml")[1] == []
    script = ROOT / "binder" / "postBuild"
    lines = script.read_text(encoding="utf-8").splitlines()
    assert lines[0] == "#!/bin/bash"
    assert "set -euo pipefail" in lines
    assert "python -m pip install --no-deps --no-build-isolation --no-cache-dir ." in lines
    assert os.name == "nt" or os.access(script, os.X_OK)


def test_the_badge_opens_the_first_notebook_in_jupyterlab_as_postbuild_copies_it():
    home = read_pyproject()["project"]["urls"]["Repository"].removeprefix("https://github.com/")
    name = "00_start_here.ipynb"
    badge = f"https://mybinder.org/v2/gh/{home}/HEAD?urlpath=lab/tree/my_course/{name}"
    assert f"]({badge})" in (ROOT / "README.md").read_text(encoding="utf-8")
    assert name in working_copy.contents(ROOT / "notebooks")
    script = (ROOT / "binder" / "postBuild").read_text(encoding="utf-8")
    assert "\npython notebooks/working_copy.py\n" in script


def test_nothing_in_binder_hides_environment_yml():
    """Binder reads one kind of file; requirements.txt there would also mean another Python."""
    found = {path.name for path in (ROOT / "binder").iterdir()}
    assert found == {"environment.yml", "postBuild"}


@pytest.mark.parametrize(("name", "floor"), list(SECURITY_FLOORS.items()))
def test_security_floors(name, floor):
    """Every environment refuses the versions that are known to be unsafe."""
    ranges = {path: conda(path)[0][name] for path in CONDA} | {"pyproject.toml": declared()[name]}
    for path, specifier in ranges.items():
        lowest = max(Version(one.version) for one in specifier if one.operator == ">=")
        assert lowest >= Version(floor), f"{path} allows {name} {lowest}"
    for lock in LOCKS:
        assert pinned(lock)[name] >= Version(floor), lock


def test_emlib_needs_numpy_and_scipy_only():
    names = {Requirement(line).name for line in read_pyproject()["project"]["dependencies"]}
    assert names == {"numpy", "scipy"}


def test_build_backend_is_in_the_lock():
    """The editable install has no network and no build isolation."""
    (backend,) = (Requirement(line) for line in read_pyproject()["build-system"]["requires"])
    assert pinned(LOCKS[0])[canonicalize_name(backend.name)] in backend.specifier


def test_wherever_emlib_is_installed_jupyterlab_gets_its_extension(tmp_path):
    wheel = make_wheel_in(ROOT / "pyproject.toml", tmp_path).file
    name = f"{EXTENSION.relative_to(ROOT / 'labextension').as_posix()}/static/pictures.js"
    with ZipFile(wheel) as archive:
        (packed,) = (n for n in archive.namelist() if n.endswith(f".data/data/{name}"))
        assert archive.read(packed) == (ROOT / "labextension" / name).read_bytes()
    load = json.loads((EXTENSION / "package.json").read_text())["jupyterlab"]["_build"]["load"]
    assert (EXTENSION / load).is_file()


def test_one_version_number():
    version = read_pyproject()["project"]["version"]
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["version"] == version
    assert json.loads((EXTENSION / "package.json").read_text())["version"] == version
    assert citation["repository-code"] == read_pyproject()["project"]["urls"]["Repository"]


def test_news_of_jupyterlab_are_off():
    settings = json.loads((ROOT / "notebooks" / "settings" / "overrides.json").read_text())
    notification = settings["@jupyterlab/apputils-extension:notification"]
    assert notification == {"checkForUpdates": False, "fetchNews": "false"}
    assert "notebooks/settings/overrides.json" in (ROOT / "binder" / "postBuild").read_text()
