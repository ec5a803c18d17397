"""A cause is named only if it explains what failed first; slips of any exercise are known."""

import linecache
import os
import random
import sys
import warnings
from dataclasses import replace

import numpy as np
import pytest

from emlib.exercises import Status
from emlib.exercises.engine import cells, guard
from emlib.exercises.engine.forms import Array, Choice, Number, Several
from emlib.exercises.engine.judge import assess
from emlib.exercises.engine.properties import agrees_with
from emlib.exercises.engine.record import (
    Case,
    Exercise,
    Finding,
    Function,
    Misconception,
    Property,
    Value,
)


def summary(x, weights):
    """Weights, mean and scatter of rows."""
    share = weights / weights.sum()
    mean = share @ x
    return share, mean, (weights[:, None] * (x - mean)).T @ (x - mean)


NAMES = ("share", "mean", "scatter")


def draw(rng):
    cases = []
    for n, d in ((4, 2), (9, 2), (6, 3)):
        data = {"x": rng.normal(1, 2, (n, d)), "weights": rng.uniform(1, 3, n)}
        cases.append(Case(f"{n} rows of {d} columns", data))
    return cases


def with_value(i, change):
    def variant(x, weights):
        values = list(summary(x, weights))
        values[i] = change(x, weights, values[i])
        return tuple(values)

    return variant


def sums_to_one(case, answer):
    total = float(answer[0].sum())
    return None if abs(total - 1) < 1e-8 else Finding(f"a sum of {total:g}", "a sum of 1")


SUMMARY = Exercise(
    id="99.1",
    title="A summary of rows",
    parts=(
        Function(
            "summary",
            ("x", "weights"),
            Several(
                {
                    "share": Array("one number a row", lambda case: case["weights"].shape),
                    "mean": Array("one number a column", lambda case: case["x"].shape[1:]),
                    "scatter": Array("a matrix", lambda case: case["x"].shape[1:] * 2),
                }
            ),
        ),
    ),
    cases=draw,
    properties=(
        Property("the shares sum to 1", sums_to_one),
        Property(
            "it is the summary of the rows", agrees_with(summary, ("x", "weights"), names=NAMES)
        ),
    ),
    misconceptions=(
        Misconception(
            "plain mean",
            "Weigh the rows.",
            with_value(1, lambda x, weights, right: x.mean(axis=0)),
        ),
        Misconception(
            "covariance",
            "A scatter is a sum.",
            with_value(2, lambda x, weights, right: right / len(x)),
        ),
    ),
    hints=("a", "b", "c"),
    solution=(summary,),
    remark="So it is.",
)


def told(answer, exercise=SUMMARY):
    result = assess(exercise, [answer] if callable(answer) else answer)
    return result, " ".join(repr(result).split())


# The first value that is wrong, and what follows from it.


def mean_and_what_follows(x, weights):
    mean = x.mean(axis=0)
    return weights / weights.sum(), mean, (weights[:, None] * (x - mean)).T @ (x - mean)


def test_a_slip_that_spreads_is_named_by_the_first_value():
    result, text = told(mean_and_what_follows)
    assert result.misconception == "plain mean"
    assert "What follows: This is said of `mean`. `scatter` differs too" in text
    assert "mend `mean` first" in text


def test_a_slip_that_explains_the_whole_answer_says_what_follows():
    spread = Misconception("plain mean, and about it", "Weigh.", mean_and_what_follows)
    result, text = told(
        mean_and_what_follows, replace(SUMMARY, misconceptions=(*SUMMARY.misconceptions, spread))
    )
    assert result.misconception == "plain mean, and about it"
    assert "`scatter` differs for the same reason." in text


def test_a_slip_of_a_later_value_does_not_explain_an_earlier_one():
    def both(x, weights):
        share, mean, scatter = summary(x, weights)
        return share, mean + 0.3 * x[0], scatter / len(x)

    assert told(both)[0].misconception is None


def test_causes_with_the_same_numbers_are_alternatives():
    twin = replace(SUMMARY.misconceptions[1], name="one division too many", says="Divide once.")
    exercise = replace(SUMMARY, misconceptions=(*SUMMARY.misconceptions, twin))
    result, text = told(SUMMARY.misconceptions[1].variant, exercise)
    assert result.misconception == "covariance"
    assert result.alternatives == ("one division too many",)
    assert "Likely cause: Either: A scatter is a sum. Or: Divide once." in text


def test_a_variant_that_is_wrong_earlier_explains_no_later_value():
    def both(x, weights):
        share, _, scatter = summary(x, weights)
        return share + 0.1, x.mean(axis=0), scatter

    spread = Misconception("shares and mean", "Weigh.", both)
    exercise = replace(SUMMARY, misconceptions=(spread,), properties=SUMMARY.properties[1:])
    assert told(mean_and_what_follows, exercise)[0].misconception is None
    assert told(both, exercise)[0].misconception == "shares and mean"


# What failed decides which slips may be named.

PAIR = Exercise(
    id="99.2",
    title="A mean and a word",
    parts=(Function("mean", ("x",), Number()), Value("word", Choice({"up": (), "down": ()}))),
    cases=lambda rng: [Case(f"{n} numbers", {"x": rng.normal(3, 1, n)}) for n in (4, 7, 9)],
    properties=(
        Property("the word fits", lambda case, a: None if a[1] == "up" else Finding(a[1], "up")),
        Property(
            "it is the mean",
            lambda case, a: None if np.isclose(a[0], case["x"].mean()) else Finding("a", "b"),
        ),
    ),
    misconceptions=(
        Misconception("a sum", "Divide.", np.sum),
        Misconception("a wrong word", "Up.", applies=lambda case, a: a[1] == "down", part=1),
    ),
    hints=("a", "b", "c"),
    solution=(lambda x: x.mean(), lambda: "up"),
    remark="So it is.",
)


def test_only_the_part_that_failed_is_explained():
    assert told([np.sum, "up"], PAIR)[0].misconception == "a sum"
    assert told([np.mean, "down"], PAIR)[0].misconception == "a wrong word"
    assert told([np.sum, "down"], PAIR)[0].misconception == "a wrong word"


def slightly_off(x, weights):
    return [value + 0.01 * x[0, 0] for value in summary(x, weights)]


def test_a_slip_of_another_part_is_not_named_even_if_it_applies():
    always = Misconception("always", "So.", applies=lambda case, a: True, part=1)
    exercise = replace(PAIR, misconceptions=(always,))
    assert told([lambda x: 3 * x.mean() + 1, "up"], exercise)[0].misconception is None
    assert told([np.mean, "down"], exercise)[0].misconception == "always"


def test_a_last_resort_comes_after_the_slips_of_any_exercise():
    early = Misconception("early", "Go on.", applies=lambda case, a: True, last_resort=True)
    exercise = replace(SUMMARY, misconceptions=(early, *SUMMARY.misconceptions))
    negative = with_value(1, lambda x, weights, right: -right)
    assert told(SUMMARY.misconceptions[1].variant, exercise)[0].misconception == "covariance"
    assert told(negative, exercise)[0].misconception == "sign"
    assert told(slightly_off, exercise)[0].misconception == "early"


def test_a_slip_that_can_be_undone_explains_an_answer_without_a_reference():
    near = (
        Property(
            "the mean is near 3",
            lambda case, a: None if abs(a - 3) < 2 else Finding(f"{a}", "3"),
        ),
    )
    undone = Misconception("cubed", "Take the root.", mend=lambda case, a: np.cbrt(a))
    exercise = replace(PAIR, parts=PAIR.parts[:1], properties=near, misconceptions=(undone,),
                       solution=PAIR.solution[:1])  # fmt: skip
    assert told(lambda x: (x.mean() + 0.1) ** 3, exercise)[0].misconception == "cubed"
    assert told(lambda x: -(x.mean() + 0.1), exercise)[0].misconception == "sign"
    assert told(lambda x: 1e3 + x[0], exercise)[0].misconception is None


def test_a_variant_may_be_compared_in_a_way_of_its_own():
    sums = PAIR.misconceptions[0]
    near = replace(sums, applies=lambda case, a: abs(a[0] - case["x"].sum()) < 0.1)
    exercise = replace(PAIR, misconceptions=(near,))
    assert told([lambda x: x.sum() + 0.01, "up"], exercise)[0].misconception == "a sum"
    assert told([lambda x: x.sum() + 0.01, "up"], PAIR)[0].misconception is None


def test_a_slip_may_be_that_of_a_part_of_another_answer():
    undone = Misconception("doubled", "Halve.", mend=lambda case, a: a / 2).within(1)
    assert (undone.part, undone.applies, undone.mend(None, (3, 8))) == (1, None, (3, 4))
    above = Misconception("above", "Less.", applies=lambda case, a: a > 3).within(0)
    assert (above.part, above.mend, above.applies(None, (4, 1))) == (0, None, True)


# Slips that any exercise can meet.

GENERAL = {
    "sign": (1, lambda x, w, right: -right),
    "base of the logarithm": (1, lambda x, w, right: right / np.log(2)),
    "divided by the number": (1, lambda x, w, right: right / len(x)),
    "not divided by the number": (1, lambda x, w, right: right * len(x)),
    "divided by one less": (2, lambda x, w, right: right * len(x) / (len(x) - 1)),
    "not divided by one less": (2, lambda x, w, right: right * (len(x) - 1) / len(x)),
    "squared": (1, lambda x, w, right: right**2),
    "a factor of two": (2, lambda x, w, right: right / 2),
    "reciprocal": (1, lambda x, w, right: 1 / right),
    "one too many": (1, lambda x, w, right: right + 1),
    "in reverse order": (0, lambda x, w, right: right[::-1]),
    "whole numbers": (2, lambda x, w, right: right.astype(int)),
    "rounded": (1, lambda x, w, right: right.round(2)),
    "per cent": (1, lambda x, w, right: 100 * right),
}


@pytest.mark.parametrize("name", GENERAL)
def test_slips_of_any_exercise_are_named(name):
    i, change = GENERAL[name]
    exercise = replace(SUMMARY, misconceptions=(), properties=SUMMARY.properties[1:])
    result, _ = told(with_value(i, change), exercise)
    assert name in (result.misconception, *result.alternatives)


def test_a_square_root_is_named():
    exercise = replace(PAIR, misconceptions=())
    result, text = told([lambda x: np.sqrt(x.mean()), "up"], exercise)
    assert result.misconception == "square root"
    assert "square it" in text


def test_values_in_another_order_are_named_with_the_order_that_is_due():
    result, text = told(lambda x, w: [summary(x, w)[i] for i in (0, 2, 1)])  # of other shapes
    assert result.misconception == "in another order"
    assert "`return share, mean, scatter`" in text
    pair = replace(
        SUMMARY,
        parts=(Function("pair", ("x", "weights"), Several(dict.fromkeys("ab", Number()))),),
        properties=(
            Property("right", agrees_with(lambda x, w: (x.max(), w.max()), ("x", "weights"))),
        ),
        solution=(lambda x, w: (x.max(), w.max()),),
        misconceptions=(),
    )
    result, text = told(lambda x, w: (w.max(), x.max()), pair)
    assert result.misconception == "in another order"
    assert "in another order: `return a, b`" in text


def test_general_slips_with_the_same_numbers_are_alternatives():
    def pairs(rng):
        return [Case(f"pair {n}", {"x": rng.normal(3, 1, 2)}) for n in range(3)]

    exercise = replace(PAIR, misconceptions=(), cases=pairs)
    result, text = told([np.sum, "up"], exercise)
    assert {result.misconception, *result.alternatives} == {
        "a factor of two",
        "not divided by the number",
        "divided by one less",
    }
    assert "Either: " in text
    assert " Or: " in text


def test_a_size_written_into_the_function_is_named():
    def two_columns(x, weights):
        share, mean, scatter = summary(x, weights)
        mean = np.array([*mean[:2], *np.zeros(x.shape[1] - 2)])
        return share, mean, scatter

    result, text = told(two_columns)
    assert result.misconception == "a size written into the function"
    assert "where the number of columns of `x` is 2, and not where it is 3" in text


def test_an_error_for_another_size_is_told_by_the_size():
    def two_columns(x, weights):
        right = summary(x, weights)
        return (*right[:2], right[2] + np.zeros((2, 2)))

    _, text = told(two_columns)
    assert "All goes well where the number of columns of `x` is 2" in text
    assert "different shapes" not in text


def test_an_argument_that_is_ignored_or_overwritten_is_named():
    def plain(x, weights):
        return np.full(len(x), 1 / len(x)), x.max(axis=0), x.T @ x

    def overwritten(x, weights):
        weights = np.arange(1, len(x) + 1)
        return summary(x, weights)

    for answer in (plain, overwritten):
        result, text = told(answer)
        assert result.misconception == "an argument ignored"
        assert "its argument `weights`" in text


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda right: right * np.sqrt(2 * np.pi), "This is 2.50663 (the root of 2 pi) times"),
        (lambda right: right / np.sqrt(2), "This is 0.707107 (1 over the root of 2) times"),
        (lambda right: right - np.log(2 * np.pi), "answer minus 1.83788 (ln(2 pi)), on all data"),
    ],
)
def test_a_constant_too_many_is_named(change, said):
    exercise = replace(SUMMARY, misconceptions=())
    assert said in told(with_value(1, lambda x, w, right: change(right)), exercise)[1]


def test_a_number_that_is_not_constant_is_not_named():
    exercise = replace(SUMMARY, misconceptions=())
    for wrong in (lambda x, w, right: right * w[0], lambda x, w, right: right + x[0, 0]):
        assert told(with_value(1, wrong), exercise)[0].misconception is None


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (lambda x, w: (*summary(x, w), len(x)), "only they are due: `return share, mean, scatter`"),
        (lambda x, w: summary(x, w)[:2], "but `scatter` should be returned as well"),
    ],
)
def test_another_number_of_right_values_is_named(answer, said):
    result, text = told(answer)
    assert result.misconception == "other number of values"
    assert said in text
    assert told(lambda x, w: (x[0, 0], w[0]))[0].misconception is None


def test_several_values_as_rows_of_a_table_are_named():
    def pair_of(x, weights):
        return x.min(axis=1), x.max(axis=1)

    rows = Array("one a row", lambda case: case["x"].shape[:1])
    exercise = replace(
        SUMMARY,
        parts=(Function("pair_of", ("x", "weights"), Several({"low": rows, "high": rows})),),
        properties=(Property("right", agrees_with(pair_of, ("x", "weights"))),),
        solution=(pair_of,),
        misconceptions=(),
        cases=lambda rng: [Case(f"{n} rows", {"x": rng.normal(size=(n, 3)), "weights": 1.0})
                           for n in (2, 5, 6)],
    )  # fmt: skip
    result, text = told(lambda x, w: np.column_stack(pair_of(x, w)), exercise)
    assert result.misconception == "transposed"
    assert "columns are due: `low, high`" in text


def test_answers_in_another_order_are_named():
    result, text = told(["up", np.mean], PAIR)
    assert result.misconception == "in another order"
    assert '`check("99.2", mean, word)`' in text
    assert told(["down", np.mean], PAIR)[0].misconception != "in another order"


def test_a_value_written_into_the_function_is_named():
    def scaled(x, sigma):
        return x.mean() / sigma**2

    def drawn(rng):
        return [
            Case(f"sigma {s}", {"x": rng.normal(9, 1, 4), "sigma": s}) for s in (10.0, 3.0, 2.5)
        ]

    exercise = replace(
        PAIR,
        parts=(Function("scaled", ("x", "sigma"), Number()),),
        cases=drawn,
        properties=(Property("right", agrees_with(scaled, ("x", "sigma"))),),
        misconceptions=(),
        solution=(scaled,),
    )
    result, text = told(lambda x, sigma: x.mean() / 100 + 0 * sigma, exercise)
    assert result.misconception == "a size written into the function"
    assert "where `sigma` is 10, and not where it is 2.5" in text


def test_a_size_at_which_a_neighbour_is_right_too_is_not_named():
    def total(x, n_rounds):
        return x.sum() * n_rounds

    def drawn(rng):
        data = [(5, 7), (6, 2), (8, 3)]
        return [Case(f"{m}, {n}", {"x": rng.normal(9, 1, m), "n_rounds": n}) for m, n in data]

    exercise = replace(
        PAIR,
        parts=(Function("total", ("x", "n_rounds"), Number()),),
        cases=drawn,
        properties=(Property("right", agrees_with(total, ("x", "n_rounds"))),),
        misconceptions=(),
        solution=(total,),
    )
    _, text = told(lambda x, n: x[:5].sum() * n + 0 * 7, exercise)
    assert "where the length of `x` is 5, and not where it is 6" in text
    _, text = told(lambda x, n: np.sum(x[:99]) * (7 if n == 7 else 1), exercise)
    assert "`n_rounds` is 7" in text
    _, text = told(lambda x, n: x.sum() * n if n in (6, 7) else 0.0, exercise)
    assert "`n_rounds` is 7" not in text


def test_a_size_of_one_is_not_taken_for_a_size_written_into_the_function():
    def drawn(rng):
        return [Case(f"{n} numbers", {"x": rng.normal(9, 1, n)}) for n in (1, 4, 7)]

    exercise = replace(PAIR, parts=PAIR.parts[:1], cases=drawn, misconceptions=(),
                       properties=(Property("right", agrees_with(np.mean, ("x",))),),
                       solution=PAIR.solution[:1])  # fmt: skip
    assert told(lambda x: np.exp(np.log(x).mean()) * 1, exercise)[0].misconception is None


# The generator that was given.


def draws(rng):
    return [Case(f"{n} draws", {"rng": np.random.default_rng(n), "n": n}) for n in (4, 5, 6)]


def above_zero(case, answer):
    return None if (answer > 0).all() else Finding("a", "b")


NUMBERS = Array("numbers", lambda case: (case["n"],))
CHANCE = replace(
    PAIR,
    parts=(Function("sample", ("rng", "n"), NUMBERS, draws=True),),
    cases=draws,
    properties=(Property("numbers above 0", above_zero),),
    misconceptions=(),
    solution=(lambda rng, n: rng.random(n),),
)


def test_random_numbers_come_from_the_generator_that_was_given():
    def own_too(rng, n):
        return np.random.default_rng().random(n) + rng.random()

    assert told(lambda rng, n: 1 - rng.random(n), CHANCE)[0].solved
    for answer in (
        lambda rng, n: np.random.default_rng(0).random(n),
        lambda rng, n: np.random.rand(n),  # noqa: NPY002
        own_too,
    ):
        result, text = told(answer, CHANCE)
        assert result.status is Status.WRONG
        assert "Draw them with `rng`" in text


def test_a_function_that_need_not_draw_may_do_without_its_generator():
    part = replace(CHANCE.parts[0], draws=False)
    exercise = replace(CHANCE, parts=(part,))
    for right in (
        lambda rng, n: np.arange(1.0, n + 1),
        lambda rng, n: np.random.default_rng(rng).random(n),
        lambda rng, n: np.random.default_rng(rng.integers(99)).random(n),
    ):
        assert told(right, exercise)[0].solved
    for wrong in (
        lambda rng, n: np.random.default_rng(0).random(n),
        lambda rng, n: np.random.rand(n),  # noqa: NPY002
        lambda rng, n: [random.random() for _ in range(n)],
        lambda rng, n: np.random.default_rng().random(n) + rng.random(),
    ):
        assert told(wrong, exercise)[0].misconception == "another generator"
    assert np.random.default_rng.__module__ != guard.__name__


# Input changed in place: one rule everywhere.


def changes(x, weights):
    right = summary(x, weights)
    x -= right[1]
    return right


@pytest.mark.parametrize(
    "adapt", [None, lambda f: lambda x, w: f(x, w) and f(x, w), lambda f: lambda x, w: f(x + 0, w)]
)
def test_changes_in_place_are_accepted_with_a_remark(adapt):
    part = replace(SUMMARY.parts[0], adapt=adapt)
    result, text = told(changes, replace(SUMMARY, parts=(part,)))
    assert result.solved
    assert "Take care: your function changes its argument `x` in place" in text


# Warnings are said by the way.


def test_a_warning_is_no_cause_and_an_underflow_is_not_mentioned():
    def divides(x, weights):
        np.ones(1) / np.zeros(1)
        return slightly_off(x, weights)

    def underflows(x, weights):
        np.exp(np.array([-1e5])) * np.float64(1e-300) ** 2
        return slightly_off(x, weights)

    assert "By the way: Python warned on the way: `divide by zero" in told(divides)[1]
    assert "Likely cause" not in told(divides)[1]
    assert "underflow" not in told(underflows)[1]
    assert "underflow" not in told(lambda x, w: [v * np.nan for v in summary(x, w)])[1]


# Words.


def only_for_more(x, weights):
    if len(x) > 4:
        return summary(x, weights)


@pytest.mark.parametrize(
    ("answer", "said", "not_said"),
    [
        (only_for_more, "every path needs one", "at the end"),
        (lambda x, w: x[:, :, 0], "fewer axes than it is given indices", "larger than the data"),
        (lambda x, w: x[1.5], "must be a whole number", "larger than the data"),
        (lambda x, w: x[99], "An index is larger than the data", "axes"),
        (lambda x, w: [1] if x else 2, "use `.any()`", "broadcast"),
        (lambda x, w: x @ x, "do not fit in a matrix product", "broadcast"),
        (lambda x, w: np.array([1.0, 2.0, 3.0]), "one array, [1, 2, 3]", "a single number"),
    ],
)
def test_generic_words_say_what_was_done(answer, said, not_said):
    _, text = told(answer)
    assert said in text
    assert not_said not in text.partition("What was expected")[2]


def test_an_explicit_return_of_nothing_is_not_asked_for_a_return_at_the_end():
    def explicit(x, weights):
        return None

    assert told(explicit)[0].status is Status.NOT_ATTEMPTED

    def after_work(x, weights):
        x = x + 1
        return None

    assert "Is there a `return` with a value" in told(after_work)[1]


def test_text_is_not_read_as_a_rounded_number():
    result, text = told([lambda x: f"{x.mean():.3f}", "up"], replace(PAIR, misconceptions=()))
    assert result.misconception == "text instead of a number"
    assert "the text" in text
    assert "Likely cause: This is text: return the number itself" in text


def test_the_names_of_several_values_are_said_once():
    said_once = Several({"a": Number("a, one number"), "b": Number("the second")})
    assert said_once.words({}) == "(a, b): a, one number; b, the second"
    assert Several(dict.fromkeys("ab", Number("one number"))).words({}) == "(a, b), each one number"


def test_the_time_limit_says_which_time_it_means():
    def endless(x, weights):
        while True:
            pass

    _, text = told(endless, replace(SUMMARY, seconds=0.2))
    assert "no answer after 0.2 seconds of computing" in text


# Nothing is left behind.


def test_what_a_function_sets_for_the_whole_program_is_put_back(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def sets(x):
        os.chdir("/")
        os.environ["EMLIB_LEFT"] = "1"
        os.environ.pop("PATH", None)
        np.set_printoptions(precision=1, suppress=True)
        sys.setrecursionlimit(5000)
        np.seterr(all="raise")
        warnings.simplefilter("error")
        return 1

    def state():
        return (
            os.getcwd(),
            dict(os.environ),
            np.get_printoptions(),
            sys.getrecursionlimit(),
            np.geterr(),
            list(warnings.filters),
        )

    before = state()
    assert guard.run(sets, (1,), 1.0).value == 1
    assert state() == before


def test_a_folder_that_was_removed_does_no_harm(tmp_path, monkeypatch):
    folder = tmp_path / "gone"
    folder.mkdir()
    monkeypatch.chdir(folder)

    def leaves():
        os.chdir("/")
        folder.rmdir()

    assert guard.run(leaves, (), 1.0).error is None


# A definition that did not run.


def from_cell(text, name):
    """Define a function as a notebook does: its source is the cell."""
    linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
    scope = {}
    exec(compile(text, name, "exec"), scope)
    return scope["mean"]


OLD = "def mean(x):\n    ...\n"
BROKEN = "def mean(x):\n    return x.mean(\n\nprint(1)\n"
HALF_WAY = "1 / 0\n\ndef mean(x):\n    return x.mean()\n"


def test_a_newer_definition_that_did_not_run_is_told(monkeypatch):
    function = from_cell(OLD, "<cell 1>")
    assert cells.stale(function, [OLD, "mean(3)"]) == ""
    assert cells.stale(function, []) == ""
    assert cells.stale(function) == ""
    assert cells.stale(len, [OLD]) == ""
    assert cells.stale(function, [OLD, "# again\n" + OLD]) == ""
    assert "a syntax error in line 2 (`return x.mean(`)" in cells.stale(
        function, [OLD, BROKEN, "1"]
    )
    assert "did not get as far as that definition" in cells.stale(function, [OLD, HALF_WAY])
    monkeypatch.setattr(cells, "executed", lambda: [OLD, BROKEN])
    result = assess(PAIR, [function, "up"])
    assert result.status is Status.NOT_ATTEMPTED
    assert "Take care: the newest cell that defines `mean`" in " ".join(repr(result).split())
