"""What all tests share."""

import os
import sys
import tempfile
import types
from pathlib import Path

import hypothesis
import numpy as np
import pytest

# The same examples in every run: a failure that a colleague or a server sees can be seen again.
hypothesis.settings.register_profile("course", derandomize=True, deadline=None)
hypothesis.settings.load_profile("course")


def pytest_configure(config):
    """Keep the progress of the examples in emlib's docstrings away from a learner's."""
    folder = tempfile.TemporaryDirectory(prefix="emlib-tests-", ignore_cleanup_errors=True)
    config.add_cleanup(folder.cleanup)
    os.environ["EMLIB_PROGRESS"] = str(Path(folder.name, "progress.json"))


@pytest.fixture(autouse=True)
def progress_file(tmp_path, monkeypatch):
    """Give each test a progress file of its own, not yet there."""
    path = tmp_path / "progress.json"
    monkeypatch.setenv("EMLIB_PROGRESS", str(path))
    return path


@pytest.fixture
def rng():
    """Return a generator with a fixed seed."""
    return np.random.default_rng(0)


@pytest.fixture
def bars(monkeypatch):
    """Stand in for tqdm; return the lengths of the bars that were asked for."""
    totals = []

    def tqdm(items, total):
        totals.append(total)
        return items

    module = types.ModuleType("tqdm.auto")
    module.tqdm = tqdm
    monkeypatch.setitem(sys.modules, "tqdm", types.ModuleType("tqdm"))
    monkeypatch.setitem(sys.modules, "tqdm.auto", module)
    return totals
