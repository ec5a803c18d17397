"""The equation index is complete and true, and whatever could be wrong with it is noticed."""

import importlib.util
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
EXPECTED = [f"9.{i}" for first, last in ((1, 43), (61, 79)) for i in range(first, last + 1)]
BOUND = "emlib/bound.py"
TESTS = "tests/equations/test_em_in_general_9_29_to_9_43.py"
PAGE = "notebooks/equations.md"


def load(path: Path):
    spec = importlib.util.spec_from_file_location("equation_index", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


index = load(ROOT / "docs" / "equations.py")


@pytest.fixture
def tree(tmp_path):
    """Copy all that the index reads, and make its page afresh."""
    for folder in ("emlib", "tests", "notebooks/source"):
        for path in (ROOT / folder).rglob("*.py"):
            copy = tmp_path / path.relative_to(ROOT)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)
    for path in (ROOT / "notebooks" / "source").rglob("[0-9][0-9]_*.py"):
        place = path.relative_to(ROOT / "notebooks" / "source").with_suffix(".ipynb")
        (tmp_path / "notebooks" / place).parent.mkdir(exist_ok=True)
        (tmp_path / "notebooks" / place).touch()
    (tmp_path / "docs").mkdir()
    shutil.copyfile(ROOT / "docs" / "equations.py", tmp_path / "docs" / "equations.py")
    (tmp_path / PAGE).write_text(index.table(tmp_path), encoding="utf-8")
    return tmp_path


def replace(tree: Path, path: str, old: str, new: str) -> None:
    """Change one place in one file of the copy; it must be there."""
    text = (tree / path).read_text(encoding="utf-8")
    assert old in text
    (tree / path).write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_index_is_complete_and_true_here():
    assert index.problems(ROOT) == []


def test_the_index_has_every_number_once_and_in_order():
    assert [equation.number for equation in index.INDEX] == EXPECTED


def test_every_row_of_the_page_names_its_number_lesson_function_and_test():
    table = re.sub(r'<a id="[\w-]+"></a>', "", index.table(ROOT))
    rows = re.findall(r"^\| \((9\.\d+)\) p\. \d{3} \|(.+)\|$", table, re.M)
    assert [number for number, _ in rows] == EXPECTED
    for _, row in rows:
        words, lesson, function, test = (cell.strip() for cell in row.split(" | "))
        assert re.match(r"[A-Z].+\.", words)
        assert re.match(r"\d\d, in preparation|\[\d\d( further)?\]\([\w/]+\.ipynb\)", lesson)
        line = r"\[`[\w.]+`, line (\d+)\]\(\.\./emlib/[\w/]+\.py#L\1\)"
        assert re.match(rf"{line}|a step: .+; see its test", function)
        assert re.match(r"\[.+\]\(\.\./tests/.+\.py#L\d+\)", test)


def test_misprints_have_their_note():
    assert [e.number for e in index.INDEX if e.note] == ["9.15", "9.16", "9.41", "9.43", "9.74"]


def test_a_copy_without_a_fault_has_no_problem(tree):
    assert index.problems(tree) == []


FAULTS = {
    "the only comment of a number is removed": (
        (BOUND, "  # (9.71)", ""),
        r"^\(9\.71\) has no comment in emlib",
    ),
    "one of several comments is removed": (
        ("emlib/models/gaussian.py", "# (9.19), (9.25)", ""),
        "out of date",
    ),
    "a comment has a number that does not exist": (
        (BOUND, "# (9.71)", "# (9.47)"),
        r"bound\.py names \(9\.47\), which the index does not have",
    ),
    "a docstring has a number that does not exist": (
        (BOUND, "nats: PRML (9.72)", "nats: PRML (9.702)"),
        r"bound\.py names \(9\.702\)",
    ),
    "a comment has the number of another equation": (
        (BOUND, "# (9.71)", "# (9.72)"),
        r"^\(9\.71\) has no comment in emlib",
    ),
    "a comment is spelled without brackets": (
        (BOUND, "# (9.71)", "# 9.71"),
        r"spells '9\.71'",
    ),
    "a comment is spelled with a loose bracket": (
        (BOUND, "# (9.71)", "# (9.71, 9.72)"),
        r"spells '\(9\.71'",
    ),
    "a comment stands beside no function": (
        (BOUND, "import numpy as np\n", "import numpy as np  # (9.71)\n"),
        "beside a line outside any function",
    ),
    "a step of a derivation gets a comment": (
        (BOUND, "# (9.71)", "# (9.71), (9.70)"),
        r"^\(9\.70\) has a comment in emlib, though the index has it as a step",
    ),
    "the only test of a number loses its marker": (
        (TESTS, '@pytest.mark.equation("9.40")\n', ""),
        r"^\(9\.40\) has no test",
    ),
    "one of several tests loses its marker": (
        (TESTS, '@pytest.mark.equation("9.36")\n', ""),
        "out of date",
    ),
    "a marker has a number that does not exist": (
        (TESTS, 'equation("9.40")', 'equation("9.4O")'),
        r"is marked 9\.4O, which the index does not have",
    ),
    "a marker is on what is no test": (
        (TESTS, "def test_q_is_the_double_sum", "def q_is_the_double_sum"),
        "is marked with an equation and is no test",
    ),
    "a marked test asserts nothing": (
        (
            TESTS,
            '@pytest.mark.equation("9.40")\n',
            '@pytest.mark.equation("9.40")\ndef test_nothing():\n    pass\n\n\n',
        ),
        "test_nothing is marked with an equation and asserts nothing",
    ),
    "a link of the page leads to no file": (
        (PAGE, "../emlib/bound.py", "../emlib/bounds.py"),
        r"link to \.\./emlib/bounds\.py#L\d+ leads nowhere",
    ),
    "a link of the page leads behind the end of a file": (
        (PAGE, "../emlib/bound.py#L", "../emlib/bound.py#L9999"),
        r"link to \.\./emlib/bound\.py#L9999\d+ leads nowhere",
    ),
    "a line moves": (
        (BOUND, "import numpy as np\n", "import numpy as np\n\n"),
        "out of date",
    ),
    "a link of the page leads to no heading": (
        (PAGE, "#note-on-915", "#note-on-9-15"),
        "link to #note-on-9-15 leads nowhere",
    ),
    "the page is edited by hand": (
        (PAGE, "So a centroid is", "A centroid is"),
        "out of date",
    ),
    "a lesson has an equation that is said to be to come": (
        ("notebooks/source/04_two_coins.py", "# ## 5 · ", "# (9.75)\n# ## 5 · "),
        "out of date",
    ),
    "a lesson cites an equation in another section": (
        ("notebooks/source/04_two_coins.py", "# ## 5 · ", "# ## 5b · "),
        "out of date",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_noticed(tree, fault):
    change, words = FAULTS[fault]
    replace(tree, *change)
    found = index.problems(tree)
    assert any(re.search(words, problem) for problem in found), found


def test_a_module_that_moves_into_a_folder_is_led_to_there(tree):
    (tree / "emlib" / "rooms").mkdir()
    (tree / BOUND).rename(tree / "emlib" / "rooms" / "bound.py")
    assert "(../emlib/rooms/bound.py#L" in index.table(tree)
    assert f"{PAGE} is out of date: run python docs/equations.py" in index.problems(tree)


def test_a_removed_test_file_is_noticed(tree):
    (tree / TESTS).unlink()
    found = index.problems(tree)
    assert "(9.29) has no test" in found
    assert any(p.startswith(f"in {PAGE} the link to ../{TESTS}#L") for p in found)


def test_a_lesson_that_was_never_built_is_a_dead_link(tree):
    (tree / "notebooks" / "04_two_coins.ipynb").unlink()
    assert "the link to 04_two_coins.ipynb leads nowhere" in index.problems(tree)


def test_a_missing_page_is_noticed(tree):
    (tree / PAGE).unlink()
    assert index.problems(tree) == [f"{PAGE} is out of date: run python docs/equations.py"]


def test_a_number_that_the_index_lost_is_noticed(tree, monkeypatch):
    without = tuple(e for e in index.INDEX if e.number != "9.31")
    monkeypatch.setattr(index, "INDEX", without)
    found = index.problems(tree)
    assert "emlib/em.py names (9.31), which the index does not have" in found
    assert any("is marked 9.31, which the index does not have" in problem for problem in found)


LESSON = """\
# %% [markdown]
# # 03 · A lesson
# Numbers such as (9.13) announce, (9.13).
# ## 1 · First
# By (9.1) and (9.2)-(9.5).
# %%
r = 1  # (9.2)
# %% [markdown]
# ## 2 · Second
# Again (9.1), and (9.1) once more.
# $$J = 0\\tag{9.3}$$
"""


def remove_lesson(tree, number):
    for path in (tree / "notebooks").rglob(f"{number}_*"):
        path.unlink()


def test_a_lesson_is_cited_by_the_section_that_displays_the_number_or_names_it_most(tree):
    remove_lesson(tree, "03")
    for name in ("00_other", "03_lesson"):
        (tree / "notebooks" / "source" / f"{name}.py").write_text(LESSON, encoding="utf-8")
        (tree / "notebooks" / f"{name}.ipynb").touch()
    sections, lessons = index.derived(tree)
    headings = {n: s[0].heading for n, s in sections.items() if s[0].lesson == "03"}
    first, second = "1 · First", "2 · Second"
    assert headings == {"9.1": second, "9.2": first, "9.3": second, "9.4": first, "9.5": first}
    assert "03" in lessons
    assert not any(s.lesson == "00" for several in sections.values() for s in several)
    own = "[03](03_lesson.ipynb), *2 · Second*"
    assert f"{own} |" in index.table(tree)


def test_an_optional_notebook_counts_as_part_of_its_lesson(tree):
    remove_lesson(tree, "03")
    source = tree / "notebooks" / "source"
    for name in ("03_lesson", "further/03_more"):
        kept = LESSON.replace("(9.2)-(9.5)", "(9.2)" if name == "03_lesson" else "(9.3)-(9.5)")
        (source / f"{name}.py").parent.mkdir(exist_ok=True)
        (source / f"{name}.py").write_text(kept, encoding="utf-8")
    assert not any("03, which is to derive it" in problem for problem in index.problems(tree))
    page = index.table(tree)
    assert "[03 further](further/03_more.ipynb), *" in page
    assert index.derived(tree)[1] == index.derived(ROOT)[1]


def test_a_finished_lesson_that_leaves_out_its_equation_is_noticed(tree):
    remove_lesson(tree, "03")
    (tree / "notebooks" / "source" / "03_lesson.py").write_text(
        LESSON.replace("(9.2)-(9.5)", "(9.2)"), encoding="utf-8"
    )
    assert "(9.4) is not in lesson 03, which is to derive it" in index.problems(tree)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("(9.24)", ["9.24"]),
        ("(9.18), (9.27)", ["9.18", "9.27"]),
        ("(9.24)-(9.26)", ["9.24", "9.25", "9.26"]),
        ("(9.41)–(9.43)", ["9.41", "9.42", "9.43"]),
        ("9.24, (19.24), (9), (1.55)", []),
    ],
)
def test_numbers_are_read_in_one_spelling(text, numbers):
    assert index.numbers_in(text) == numbers


def run(tree: Path, *arguments: str) -> subprocess.CompletedProcess:
    command = [sys.executable, str(tree / "docs" / "equations.py"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8")


def test_the_command_checks_without_writing_and_writes_what_it_then_finds_true(tree):
    replace(tree, PAGE, "So a centroid is", "A centroid is")
    edited = (tree / PAGE).read_bytes()
    checked = run(tree, "--check")
    assert checked.returncode == 1
    assert "out of date" in checked.stdout
    assert (tree / PAGE).read_bytes() == edited
    written = run(tree)
    assert (written.returncode, written.stdout) == (0, f"{PAGE} is complete and true\n")
    assert (tree / PAGE).read_text(encoding="utf-8") == index.table(tree)
