"""ARCHITECTURE.md is true: what it names is there, and its arrows are those that the tests hold."""

import itertools
import re
from pathlib import Path

import pytest
from test_architecture import FILES, LEVEL, imported_of_ours, room_of

ROOT = Path(__file__).resolve().parents[1]
TEXT = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
ROOMS = re.search(r"\| room .*?\n\n", TEXT, re.DOTALL)[0]


def paths(text):
    """Files and folders that a text names in code spans."""
    return [name for name in re.findall(r"`([\w./]+)`", text) if "/" in name or "." in name]


def exists(name):
    return (ROOT / name).exists() or any(ROOT.glob(f"emlib/**/{name}"))


def test_all_that_it_names_is_there():
    named = [
        name for name in paths(TEXT) if name.endswith((".py", ".md", "/")) and "NN" not in name
    ]
    assert len(named) > 25
    assert [name for name in named if not exists(name.rstrip("/"))] == []


def test_what_is_gone_is_noticed():
    assert not exists("emlib/kernel.py")
    assert not exists("no_such.py")


def rows():
    """For each row of the table of rooms: the rooms, and what they may import."""
    for line in ROOMS.splitlines()[2:]:
        if line.startswith("|"):
            first, _, last = (cell.strip() for cell in line.strip("|").split("|"))
            names = [
                name.removeprefix("emlib/").rstrip("/") for name in re.findall(r"`(.+?)`", first)
            ]
            yield [name.removesuffix(".py") for name in names], last


def test_every_room_is_in_the_table():
    named = {name for names, _ in rows() for name in names}
    assert named == set(LEVEL) - {"coins", "selfcheck"}  # which the text names below the table


@pytest.mark.parametrize(("names", "may"), list(rows()), ids=str)
def test_a_room_imports_what_the_table_says(names, may):
    above = list(itertools.takewhile(lambda row: row[0] != names, rows()))
    allowed = {
        "nothing of ours": set(),
        "all of the above": {name for others, _ in above for name in others},
    }.get(may, set(may.split(", ")))
    for module in FILES:
        if module != "emlib" and room_of(module) in names:
            rooms = {room_of(other) for other in imported_of_ours(module) - {"emlib"}}
            assert rooms <= allowed | {*names, "coins", "selfcheck"}, module
