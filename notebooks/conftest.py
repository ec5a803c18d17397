"""For `pytest --nbval`: each notebook has a progress file of its own, not there when it begins.

Lesson 00 shows what was solved so far, so that its outputs must not depend on what ran before it.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

import pytest


def pytest_configure(config):
    """Keep the progress away from a learner's."""
    config.progress_folder = tempfile.mkdtemp(prefix="emlib-notebooks-")
    atexit.register(shutil.rmtree, config.progress_folder, ignore_errors=True)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    """Name the file before the notebook's kernel starts, which inherits the environment."""
    name = f"{item.path.parent.name}-{item.path.stem}.json"
    os.environ["EMLIB_PROGRESS"] = str(Path(item.config.progress_folder, name))
