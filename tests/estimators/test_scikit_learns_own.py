"""scikit-learn's own tests of its classes, run on the estimators; `left_out.md` lists the rest."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import sklearn

HERE = Path(__file__).parent
PAGE = (HERE / "left_out.md").read_text(encoding="utf-8")
FILES = {
    "GaussianMixture": ["mixture/tests/test_gaussian_mixture.py", "mixture/tests/test_mixture.py"],
    "KMeans": ["cluster/tests/test_k_means.py"],
}
VERSION = re.search(r"scikit-learn (\d+\.\d+) ", PAGE)[1]

of_this_version = pytest.mark.skipif(
    not sklearn.__version__.startswith(f"{VERSION}."),
    reason=f"left_out.md was made for scikit-learn {VERSION}, whose tests other versions may lack",
)


def left_out():
    """Return the patterns of the table, with their reasons."""
    rows = re.findall(r"^\| `(.+?)` \| (.+?) \|$", PAGE, re.MULTILINE)
    assert len(rows) == PAGE.count("\n| `")
    return dict(rows)


def matches(pattern, name):
    return re.fullmatch(re.escape(pattern).replace(r"\*", ".*"), name) is not None


def is_left_out(name):
    return any(matches(pattern, name) for pattern in left_out())


def run(which, folder):
    """Run scikit-learn's tests of a class on ours; return what `substituted.py` has noted."""
    record = folder / "record.json"
    (folder / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    package = Path(sklearn.__file__).parent
    environment = {
        **os.environ,
        "SUBSTITUTED": which,
        "RECORD": str(record),
        "SKLEARN_RUN_FLOAT32_TESTS": "1",
        "PYTHONPATH": os.pathsep.join([str(HERE.parents[1]), str(HERE)]),
    }
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "-p", "substituted", "-p", "no:cacheprovider"),
            *("-c", folder / "pytest.ini", "--rootdir", folder, "--import-mode=importlib"),
            *(package / file for file in FILES[which]),
        ],
        env=environment,
        cwd=folder,
        capture_output=True,
        text=True,
    )
    assert record.exists(), done.stdout + done.stderr
    return json.loads(record.read_text(encoding="utf-8"))


def wrong(record, names):
    """Return which of some tests did not pass, or never fitted the estimator."""
    fitted = set(record["fitted"])
    ends = {name: record["ends"][name] for name in names}
    failed = {name: record.get("why", {}).get(name, end) for name, end in ends.items()}
    return {name: why for name, why in failed.items() if ends[name] != "passed"} | {
        name: "passed, and never fitted ours" for name in names if name not in fitted
    }


def test_the_table_is_for_the_version_of_the_lock():
    lock = (HERE.parents[1] / "requirements.lock").read_text(encoding="utf-8")
    assert re.search(r"^scikit-learn==(\d+\.\d+)\.", lock, re.MULTILINE)[1] == VERSION


@pytest.fixture(scope="module")
def records(tmp_path_factory):
    return {which: run(which, tmp_path_factory.mktemp(which)) for which in FILES}


@pytest.mark.slow
@of_this_version
def test_every_entry_matches_a_test(records):
    names = [name for record in records.values() for name in record["ends"]]
    unmatched = [p for p in left_out() if not any(matches(p, name) for name in names)]
    assert unmatched == []
    assert not any(matches("test_k_means.py::no_such_test*", name) for name in names)


@pytest.mark.slow
@of_this_version
@pytest.mark.parametrize(("which", "n"), [("GaussianMixture", 58), ("KMeans", 67)])
def test_all_others_pass(which, n, records):
    names = [name for name in records[which]["ends"] if not is_left_out(name)]
    assert len(names) == n
    assert wrong(records[which], names) == {}


@pytest.mark.slow
@of_this_version
def test_no_entry_leaves_out_what_would_pass(records):
    for pattern in left_out():
        for record in records.values():
            named = [name for name in record["ends"] if matches(pattern, name)]
            assert not named or wrong(record, named), pattern
