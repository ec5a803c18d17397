"""The self-test tells a learner what is there, and never raises."""

import numpy as np
import pytest

from emlib import em, selfcheck, selftest


def test_all_is_well_here():
    result = selftest()
    assert result.ok
    assert repr(result).splitlines()[-2:] == [
        "EM on five trials of two coins  ok: 0.80 and 0.52, as published",
        "All is ready.",
    ]


def test_a_missing_package_is_said_with_its_remedy(monkeypatch):
    monkeypatch.setitem(selfcheck.PARTS, "matplotlib (pictures)", ("no_such_module",))
    result = selftest()
    assert not result.ok
    assert "matplotlib (pictures)           missing: start the course" in repr(result)
    assert repr(result).endswith("Something is missing: see above.")


@pytest.mark.parametrize(
    ("version", "state"), [((3, 10, 9), "too old"), ((3, 11), "ok"), ((4, 0, 0), "ok")]
)
def test_an_old_python_is_said(version, state, monkeypatch):
    monkeypatch.setattr(selfcheck.sys, "version_info", version)
    assert f"Python 3.11 or newer            {state}\n" in repr(selftest())


def test_a_wrong_result_is_said(monkeypatch):
    class Wrong:
        class model:
            biases = np.array([0.7968, 0.25])

    monkeypatch.setattr(em, "fit", lambda *args: Wrong)
    assert "wrong: 0.7968 and 0.2500, published 0.80 and 0.52" in repr(selftest())


def test_the_result_cannot_be_changed():
    with pytest.raises(AttributeError):
        selftest().ok = True


@pytest.mark.parametrize("part", selfcheck.PARTS)
def test_each_part_is_looked_for(part, monkeypatch):
    monkeypatch.setitem(selfcheck.PARTS, part, ("no_such_module",))
    assert not selftest().ok
