"""An nbgrader assignment made of a lesson: what is in it, and how its tests judge.

The end-to-end test needs `nbgrader` on the PATH, or named in EM_NBGRADER; it is in no lock.
"""

import csv
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest

from emlib.exercises import registry

ROOT = Path(__file__).resolve().parents[1]
LESSONS = [
    path
    for folder in ("notebooks", "notebooks/further")
    for path in sorted((ROOT / folder).glob("[0-9]*.ipynb"))
]
CONFIG = """\
c = get_config()
c.CourseDirectory.course_id = "em"
c.ClearSolutions.code_stub = {"python": ""}
c.ExecutePreprocessor.timeout = 120
"""
REGION = re.compile(r"### BEGIN SOLUTION\n(.*?)\n### END SOLUTION", re.S)


def load(path):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


tool = load(ROOT / "docs" / "nbgrader_assignment.py")


def make(path, **options):
    solved = path.parent / "solutions" / path.name
    return tool.assignment(nbformat.read(path, 4), nbformat.read(solved, 4), **options)


def marked(notebook, role):
    """Return the cells that nbgrader solves or grades, by exercise."""
    cells = {}
    for cell in notebook.cells:
        what = cell.metadata.get("nbgrader")
        if what and what["grade_id"].startswith(role):
            cells[what["grade_id"].removeprefix(f"{role}-").replace("-", ".")] = cell
    return cells


def judged(answer, test):
    """Run an answer and the hidden test behind it; return what the test says, "" if nothing."""
    names = {}
    exec("import numpy as np\n" + answer, names)
    try:
        exec(test, names)
    except AssertionError as error:
        return str(error)
    return ""


def test_every_exercise_is_in_a_lesson_or_in_an_optional_notebook():
    found = [
        tool.id_of(cell)
        for path in LESSONS
        for cell in nbformat.read(path, 4).cells
        if "exercise" in tool.tags(cell)
    ]
    known = [record.id for n in registry.lessons() for record in registry.lesson(n)[1]]
    assert sorted(found) == sorted(known)


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_each_exercise_is_answered_once_and_graded_once(path):
    made = make(path, points=2)
    number = path.stem[:2]
    known = registry.lesson(number)[1] if number in registry.lessons() else ()
    solved = nbformat.read(path.parent / "solutions" / path.name, 4)
    solutions = {tool.id_of(c): c.source for c in solved.cells if "solution" in tool.tags(c)}
    ids = [record.id for record in known if record.id in solutions]
    answers, grades = marked(made, "answer"), marked(made, "grade")
    assert list(answers) == list(grades) == ids
    for name in ids:
        answer, grade = answers[name], grades[name]
        assert "..." in REGION.sub("", answer.source)
        assert REGION.search(answer.source)[1] == solutions[name]
        assert answer.metadata.nbgrader["solution"]
        assert not answer.metadata.nbgrader["locked"]
        assert grade.metadata.nbgrader["locked"]
        assert grade.metadata.nbgrader["points"] == 2
        assert re.fullmatch(r"[\w-]+", grade.metadata.nbgrader["grade_id"])
        shown = re.sub(r"### BEGIN HIDDEN.*### END HIDDEN TESTS", "", grade.source, flags=re.S)
        assert shown == f"# Exercise {name} is graded here.\n"
    assert not any(cell.get("outputs") for cell in made.cells)


@pytest.mark.parametrize("seed", [None, 2026])
def test_the_hidden_test_tells_right_wrong_and_blank_apart(seed):
    made = make(ROOT / "notebooks" / "00_start_here.ipynb", seed=seed)
    answer = marked(made, "answer")["00.1"].source
    test = marked(made, "grade")["00.1"].source
    right = REGION.search(answer)[1]
    assert judged(right, test) == ""
    assert "not attempted yet" in judged(REGION.sub("", answer), test)
    assert "that is the odds" in judged(right.replace("(heads + tails)", "tails"), test)


def test_the_page_on_grading_has_the_configuration_that_is_tested():
    assert CONFIG in (ROOT / "docs" / "grading.md").read_text(encoding="utf-8")


def test_a_seed_draws_other_data():
    """An answer fitted to the data of the visible check passes there, and not under a seed."""
    (exercise,) = registry.lesson("00")[1]
    table = {(c["heads"], c["tails"]): c["heads"] / (c["heads"] + c["tails"])
             for c in exercise.draw()}  # fmt: skip
    fitted = f"def share_of_heads(heads, tails):\n    return {table}.get((heads, tails), 0.25)"
    assert judged(fitted, tool.hidden_test(exercise, None)) == ""
    assert "not right yet" in judged(fitted, tool.hidden_test(exercise, 2026))


def test_a_seed_on_which_our_own_solution_fails_is_refused(capsys, tmp_path):
    (exercise,) = registry.lesson("00")[1]
    broken = replace(exercise, solution=(lambda heads, tails: 0.5,))
    with pytest.raises(ValueError, match="choose another seed"):
        tool.refuse_unfair(broken, 2026)
    assert tool.main(["04", "--course", str(tmp_path), "--seed", "2027"]) == 1
    assert "04.3" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_the_command_writes_where_nbgrader_looks(capsys, tmp_path):
    assert tool.main(["00", "--course", str(tmp_path)]) == 0
    written = tmp_path / "source" / "00_start_here" / "00_start_here.ipynb"
    assert marked(nbformat.read(written, 4), "grade").keys() == {"00.1"}
    assert "1 to grade, 1 in all" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        tool.main(["42", "--course", str(tmp_path)])


@pytest.mark.slow
def test_nbgrader_from_a_lesson_to_marks(tmp_path):
    command = os.environ.get("EM_NBGRADER") or shutil.which("nbgrader")
    if command is None:
        pytest.skip("nbgrader is not installed here; docs/grading.md says how to")
    (tmp_path / "nbgrader_config.py").write_text(CONFIG, encoding="utf-8")
    assert tool.main(["00", "--course", str(tmp_path), "--seed", "2026"]) == 0

    # nbgrader calls its neighbour alembic, as in an activated environment.
    path = os.pathsep.join([str(Path(command).parent), os.environ["PATH"]])

    def nbgrader(*words):
        environment = os.environ | {"PATH": path}
        subprocess.run([command, *words], cwd=tmp_path, env=environment, check=True, timeout=300)

    nbgrader("generate_assignment", "00_start_here")
    name = Path("00_start_here", "00_start_here.ipynb")
    released = nbformat.read(tmp_path / "release" / name, 4)
    answer = marked(released, "answer")["00.1"]
    assert "return" not in answer.source
    for who, lines in {
        "blank": answer.source,
        "wrong": "def share_of_heads(heads, tails):\n    return heads / tails",
        "right": "def share_of_heads(heads, tails):\n    return heads / (heads + tails)",
    }.items():
        answer.source = lines
        handed_in = tmp_path / "submitted" / who / name
        handed_in.parent.mkdir(parents=True)
        nbformat.write(released, handed_in)
    nbgrader("autograde", "00_start_here")
    nbgrader("generate_feedback", "00_start_here")
    nbgrader("export", "--to", "marks.csv")
    with (tmp_path / "marks.csv").open(encoding="utf-8") as file:
        marks = {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}
    assert marks == {"blank": 0.0, "wrong": 0.0, "right": 1.0}
    feedback = tmp_path / "feedback" / "wrong" / name.with_suffix(".html")
    assert "that is the odds" in " ".join(feedback.read_text(encoding="utf-8").split())
