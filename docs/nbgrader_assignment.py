"""Make an nbgrader assignment of a lesson.

    python docs/nbgrader_assignment.py 04 --course ../em_grading --seed 2026

writes ``../em_grading/source/04_two_coins/04_two_coins.ipynb``, from which ``nbgrader
generate_assignment`` makes what the students get: the lesson as it is, its exercises open, and
behind each check a locked cell worth a point whose test they do not see. That test is the check
itself; with a seed it draws other data than the check in front of it, so each class can have its
own. ``docs/grading.md`` walks through the rest.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import nbformat
import numpy as np
from nbformat import NotebookNode

from emlib.exercises import registry
from emlib.exercises.engine import judge
from emlib.exercises.engine.record import Exercise

NOTEBOOKS = Path(__file__).resolve().parents[1] / "notebooks"
TEST = """\
# Exercise {id} is graded here.
### BEGIN HIDDEN TESTS
from emlib.exercises import registry
from emlib.exercises.engine import judge

exercise = registry.find("{id}"){seeded}
result = judge.assess(exercise, [{answers}])
assert result.solved, result
### END HIDDEN TESTS"""
SEEDED = """
from dataclasses import replace
from numpy.random import default_rng

draw = exercise.cases
exercise = replace(exercise, cases=lambda rng: draw(default_rng({seed})))"""


def assignment(
    lesson: NotebookNode, solved: NotebookNode, *, points: int = 1, seed: int | None = None
) -> NotebookNode:
    """Join a lesson and its solutions into the source of an nbgrader assignment.

    Raises
    ------
    ValueError
        If the course's own solution does not pass on the data of this seed.
    """
    solutions = {id_of(cell): cell.source for cell in solved.cells if "solution" in tags(cell)}
    cells: list[NotebookNode] = []
    exercise: Exercise | None = None
    for cell in lesson.cells:
        if cell.cell_type == "code":
            cell = nbformat.v4.new_code_cell(cell.source, id=cell.id, metadata=cell.metadata)
        cells.append(cell)
        if "exercise" in tags(cell):
            exercise = registry.find(id_of(cell))
            refuse_unfair(exercise, seed)
            region = f"### BEGIN SOLUTION\n{solutions[exercise.id]}\n### END SOLUTION"
            cell.source = f"{cell.source.rstrip()}\n\n\n{region}"
            mark(cell, "answer", exercise, solution=True)
        elif "check" in tags(cell) and exercise is not None:
            cells.append(
                nbformat.v4.new_code_cell(hidden_test(exercise, seed), id=f"grade-{len(cells)}")
            )
            mark(cells[-1], "grade", exercise, grade=True, locked=True, points=points)
            exercise = None
    notebook = nbformat.v4.new_notebook(cells=cells, metadata=lesson.metadata)
    nbformat.validate(notebook)
    return notebook


def tags(cell: NotebookNode) -> list[str]:
    """Return the tags of a cell."""
    return list(cell.metadata.get("tags", []))


def id_of(cell: NotebookNode) -> str:
    """Return the id of the exercise that a starter or a solution belongs to."""
    (name,) = set(tags(cell)) - {"exercise", "solution"}
    return name


def hidden_test(exercise: Exercise, seed: int | None) -> str:
    """Write the hidden test of an exercise."""
    answers = ", ".join(part.name for part in exercise.parts)
    seeded = "" if seed is None else SEEDED.format(seed=seed)
    return TEST.format(id=exercise.id, answers=answers, seeded=seeded)


def refuse_unfair(exercise: Exercise, seed: int | None) -> None:
    """Raise if the course's own solution does not pass on the data of this seed."""
    if seed is None:
        return
    seeded = replace(exercise, cases=lambda rng: exercise.cases(np.random.default_rng(seed)))
    result = judge.assess(seeded, exercise.solved_answers())
    if not result.solved:
        raise ValueError(
            f"seed {seed} draws data for exercise {exercise.id} on which the course's own solution"
            f" does not pass; choose another seed. {result}"
        )


def mark(cell: NotebookNode, role: str, exercise: Exercise, **what: bool | int) -> None:
    """Add nbgrader's metadata, schema version 3; its names may hold no dots."""
    name = f"{role}-{exercise.id.replace('.', '-')}"
    plain = {"grade": False, "locked": False, "solution": False, "task": False}
    cell.metadata["nbgrader"] = {"schema_version": 3, "grade_id": name, **plain, **what}


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the assignment and say where."""
    parser = argparse.ArgumentParser(description="Make an nbgrader assignment of a lesson.")
    parser.add_argument("lesson", help="its number, such as 04")
    parser.add_argument("--course", type=Path, required=True, help="nbgrader's course folder")
    parser.add_argument("--seed", type=int, help="draw the data of the graded tests with this seed")
    parser.add_argument("--points", type=int, default=1, help="points for an exercise")
    options = parser.parse_args(arguments)
    found = sorted(NOTEBOOKS.glob(f"{options.lesson}*.ipynb"))
    if len(found) != 1:
        parser.error(f"{len(found)} lessons begin with {options.lesson!r}")
    (path,) = found
    read = [nbformat.read(p, as_version=4) for p in (path, path.parent / "solutions" / path.name)]
    try:
        made = assignment(*read, points=options.points, seed=options.seed)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1
    target = options.course / "source" / path.stem / path.name
    target.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(made, target)
    n_graded = sum(cell.metadata.get("nbgrader", {}).get("grade", False) for cell in made.cells)
    print(f"{target}: {n_graded} to grade, {n_graded * options.points} in all")
    return 0


if __name__ == "__main__":
    sys.exit(main())
