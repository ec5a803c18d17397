"""A plugin for pytest: scikit-learn's own tests of a class, run on the estimator of emlib.

The class is exchanged before the test modules are imported. Sentences are each library's own, so
``match`` of ``pytest.raises`` and ``pytest.warns`` is not compared; what is refused, and with which
kind of error, is. What happened goes to a file: which tests there are, how they ended, and whether
they fitted the estimator at all.
"""

import functools
import json
import os
import types
from pathlib import Path

import pytest
import sklearn.cluster
import sklearn.mixture

import emlib.sklearn

PLACES = {"GaussianMixture": sklearn.mixture, "KMeans": sklearn.cluster}
RECORD = {"ends": {}, "fitted": []}
running = [""]


def name_of(item):
    """Return a test's name, such as "test_mixture.py::test_gaussian_mixture_n_iter[x]"."""
    return f"{item.path.name}::{item.name}"


def noted(fit):
    """Return the method, which notes in which test it was called."""

    @functools.wraps(fit)
    def fit_and_note(self, *arguments, **named):
        RECORD["fitted"].append(running[0])
        return fit(self, *arguments, **named)

    return fit_and_note


def without_match(check):
    """Return ``pytest.raises`` or ``pytest.warns`` that compares no sentence."""

    @functools.wraps(check)
    def checked(*arguments, match=None, **named):
        return check(*arguments, **named)

    return checked


def pytest_configure(config):
    name = os.environ["SUBSTITUTED"]
    ours = getattr(emlib.sklearn, name)
    ours.fit = noted(ours.fit)
    setattr(PLACES[name], name, ours)


def pytest_collection_modifyitems(items):
    loose = types.SimpleNamespace(**vars(pytest))
    loose.raises, loose.warns = without_match(pytest.raises), without_match(pytest.warns)
    for item in items:
        item.module.pytest = loose
        RECORD["ends"][name_of(item)] = "collected"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    name = name_of(item)
    if report.when == "call" or report.outcome != "passed":
        RECORD["ends"][name] = report.outcome
        if report.failed:
            RECORD.setdefault("why", {})[name] = str(report.longrepr)[-2000:]
    return report


def pytest_runtest_setup(item):
    running[0] = name_of(item)


def pytest_sessionfinish():
    RECORD["fitted"] = sorted(set(RECORD["fitted"]))
    Path(os.environ["RECORD"]).write_text(json.dumps(RECORD), encoding="utf-8")
