"""What every record must hold, whatever its lesson."""

import importlib
import re
from dataclasses import replace

import numpy as np
import pytest

from emlib.exercises import Status, registry, solution
from emlib.exercises.engine.causes import recognise
from emlib.exercises.engine.evidence import Evidence, Failure
from emlib.exercises.engine.judge import assess, attempt
from emlib.exercises.engine.record import Finding, Function

EXERCISES = [registry.find(name) for name in registry.all_ids()]
each_exercise = pytest.mark.parametrize("exercise", EXERCISES, ids=lambda e: e.id)


def with_answer(exercise, part, answer):
    answers = list(exercise.solved_answers())
    answers[part] = answer
    return answers


@each_exercise
def test_the_solution_shown_is_complete_and_right(exercise):
    shown = solution(exercise.id)
    scope = {}
    exec(shown.given, scope)
    before = set(scope)
    exec(shown.source, scope)
    answers = [scope[part.name] for part in exercise.parts]
    assert assess(exercise, answers).status is Status.CORRECT
    assert shown.whole.endswith(f"{shown.source}\n")
    assert set(shown.uses) <= before


@each_exercise
def test_a_starter_is_not_attempted(exercise):
    blanks = [(lambda *a: ...) if isinstance(p, Function) else ... for p in exercise.parts]
    assert assess(exercise, blanks).status is Status.NOT_ATTEMPTED


@each_exercise
def test_each_variant_is_refused_under_its_own_name(exercise):
    for misconception in exercise.misconceptions:
        if misconception.variant is None:
            continue
        answers = with_answer(exercise, misconception.part or 0, misconception.variant)
        result = assess(exercise, answers)
        assert result.status is Status.WRONG, misconception.name
        assert result.misconception == misconception.name, repr(result)


@each_exercise
def test_no_variant_and_no_common_slip_fits_a_right_answer(exercise):
    variants = [m for m in exercise.misconceptions if m.variant is not None]
    exercise = replace(exercise, misconceptions=variants)
    answers = exercise.solved_answers()
    trials = [attempt(exercise, answers, case) for case in exercise.draw()]
    failure = Failure("", trials[0], Finding("", ""), prop=exercise.properties[0])
    assert recognise(Evidence(exercise, answers, trials, failure)) is None


FEWEST_SLIPS = 4


def lacks(exercise):
    """Say what an exercise lacks; the first one of the course may have fewer slips."""
    said = []
    names = {m.name for m in exercise.misconceptions if m.name and m.says}
    if len(names) < FEWEST_SLIPS and exercise.id != "00.1":
        said.append(f"{len(names)} of {FEWEST_SLIPS} slips with a name")
    if len({hint for hint in exercise.hints if hint.strip()}) != 3:
        said.append("three hints")
    if exercise.solved is None:
        said.append("a solution in the lesson")
    if len(exercise.solution) != len(exercise.parts):
        said.append("a solution of each part")
    elif not assess(exercise, exercise.solved_answers()).solved:
        said.append("a solution that is accepted")
    return said


@each_exercise
def test_an_exercise_has_slips_hints_and_a_solution_that_is_accepted(exercise):
    assert lacks(exercise) == []


PLAIN = registry.find("04.1")
PLANTED = {
    "three slips": (
        {"misconceptions": PLAIN.misconceptions[:3]},
        "3 of 4 slips with a name",
    ),
    "four slips, two of one name": (
        {"misconceptions": (*PLAIN.misconceptions[:3], PLAIN.misconceptions[2])},
        "3 of 4 slips with a name",
    ),
    "slips without words": (
        {"misconceptions": [replace(m, says="") for m in PLAIN.misconceptions]},
        "0 of 4 slips with a name",
    ),
    "two hints": ({"hints": PLAIN.hints[:2]}, "three hints"),
    "the same hint twice": ({"hints": (*PLAIN.hints[:2], PLAIN.hints[0])}, "three hints"),
    "an empty hint": ({"hints": (*PLAIN.hints[:2], " ")}, "three hints"),
    "a solution of its own": ({"solved": None}, "a solution in the lesson"),
    "no solution": ({"solution": ()}, "a solution of each part"),
    "a wrong solution": (
        {"solution": [lambda h, t, a, b: 1 - PLAIN.solution[0](h, t, a, b)]},
        "a solution that is accepted",
    ),
}


@pytest.mark.parametrize("fault", PLANTED)
def test_an_exercise_that_lacks_something_is_refused(fault):
    planted, said = PLANTED[fault]
    assert lacks(replace(PLAIN, **planted)) == [said]
    assert lacks(replace(PLAIN, id="00.1", misconceptions=())) == []


@each_exercise
def test_the_data_are_the_same_at_every_call_and_not_only_the_lessons(exercise):
    first, second = exercise.draw(), exercise.draw()
    assert [c.label for c in first] == [c.label for c in second]
    for a, b in zip(first, second, strict=True):
        for name in a.data:
            if isinstance(a[name], int | float | np.ndarray):
                np.testing.assert_array_equal(a[name], b[name])
    if any(isinstance(part, Function) for part in exercise.parts):
        assert len(first) >= 3


@each_exercise
def test_the_text_is_readable_as_markdown_and_british(exercise):
    texts = [exercise.title, exercise.remark, *exercise.hints]
    texts += [m.says for m in exercise.misconceptions] + [p.says for p in exercise.properties]
    for text in texts:
        assert text == " ".join(text.split())
        assert text.count("`") % 2 == 0
        outside_code = re.sub(r"`[^`]*`", "", text)
        assert not set("$<>") & set(outside_code), text
        assert not re.search(r"_\s|\s_", outside_code), text
        assert not re.search(r"(normali|maximi|recogni)z|color|center", outside_code), text


@each_exercise
def test_the_words_fit_a_line_and_name_no_address(exercise):
    wrong = assess(exercise, [object() for _ in exercise.parts])
    assert all(len(line) <= 88 for line in repr(wrong).splitlines())
    assert "0x" not in repr(wrong)


def test_ids_are_unique_and_belong_to_their_lesson():
    names = registry.all_ids()
    assert len(names) == len(set(names))
    for number in registry.lessons():
        title, records = registry.lesson(number)
        assert title
        assert [r.id for r in records] == [f"{number}.{k}" for k in range(1, len(records) + 1)]
        assert importlib.import_module(f"emlib.exercises.lesson_{number}").__doc__
