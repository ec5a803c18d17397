"""The decks, and a browser to look at them."""

from __future__ import annotations

import sys
from pathlib import Path

import lab
import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "book"))

PACKAGES = ROOT / "book" / "node_modules" / "reveal.js"


@pytest.fixture(scope="session")
def output(tmp_path_factory):
    """Build all decks into a folder of this run."""
    if not PACKAGES.exists():
        pytest.skip("reveal.js and MathJax are not there: run npm ci --prefix book")
    import slides

    folder = tmp_path_factory.mktemp("decks")
    assert slides.main([str(folder)]) == 0
    return folder


@pytest.fixture(scope="module")  # of a process: only one at a time may be driven
def chromium():
    pytest.importorskip("playwright", reason="needs the packages of requirements-dev.lock")
    if lab.chromium() is None:
        pytest.skip("no Chromium; CHROMIUM may name one")
    with lab.browser() as running:
        yield running
