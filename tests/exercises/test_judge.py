"""Odd answers are answered in words, with what came and what was expected."""

import math
import sys
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from emlib.exercises import Status, check
from emlib.exercises.engine.judge import assess
from emlib.exercises.lesson_04 import FREE_PRIOR, ONE_TRIAL, WHOLE_EM


def posterior(heads, tails, bias_a, bias_b):
    a, b = (p**heads * (1 - p) ** tails for p in (bias_a, bias_b))
    return a / (a + b)


def words(*answers, exercise=ONE_TRIAL):
    result = assess(exercise, answers)
    return result.status, " ".join(repr(result).split())


def starter(heads, tails, bias_a, bias_b): ...


@pytest.mark.parametrize(
    "answer",
    [
        starter,
        lambda h, t, a, b: ...,
        lambda h, t, a, b: [..., ...],
        lambda h, t, a, b: a * ...,
        lambda h, t, a, b: (_ for _ in ()).throw(NotImplementedError),
        None,
        ...,
        "",
    ],
)
def test_a_blank_is_not_attempted(answer):
    assert words(answer)[0] is Status.NOT_ATTEMPTED


def test_no_answer_at_all_is_not_attempted():
    status, text = words()
    assert status is Status.NOT_ATTEMPTED
    assert "Write `responsibility_of_a(heads, tails, bias_a, bias_b)`" in text


def test_a_value_that_is_missing_is_named():
    result = check("04.4", "saddle", ...)
    assert result.status is Status.NOT_ATTEMPTED
    assert "`eigenvalue` is still missing" in repr(result)
    assert check("04.4", ..., ...).status is Status.NOT_ATTEMPTED


def test_the_line_with_a_blank_is_named():
    def half_done(heads, tails, bias_a, bias_b):
        return bias_a * ...

    assert "`return bias_a * ...`" in words(half_done)[1]


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ((0.563978,), "hand it in without brackets"),
        (("responsibility_of_a",), "Leave the quotation marks out"),
        ((posterior, posterior), "What came: 2 answers What was expected: 1 answer"),
        ((lambda h, t: h,), "a function of other arguments: `<lambda>(h, t)`"),
        ((lambda h, *, t, a, b: h,), "their number and order are not"),
        ((lambda h, t, a, b: print(0.56),), "use `return`"),
        ((lambda h, t, a, b: [a].append(b),), "Is there a `return`"),
        ((lambda h, t, a, b: h / 0,), "`ZeroDivisionError: division by zero` in line"),
        ((lambda h, t, a, b: biass,), "check its spelling"),  # noqa: F821
        ((lambda h, t, a, b: [h][3],), "An index is larger"),
        ((lambda h, t, a, b: h.shap,), "no such attribute"),
        ((lambda h, t, a, b: sys.exit(),), "use `return` to leave a function"),
        ((lambda h, t, a, b: np.ones(2) * np.ones(3),), "different shapes"),
        ((lambda h, t, a, b: math.nan,), "NaN, not a number"),
        ((lambda h, t, a, b: np.zeros(1) / 0,), "NaN is what 0/0 gives"),
        ((lambda h, t, a, b: math.inf,), "an infinite number"),
        ((lambda h, t, a, b: [posterior(h, t, a, b), 0.5],), "2 numbers"),
        ((lambda h, t, a, b: "0.56",), "the text `'0.56'`"),
        ((lambda h, t, a, b: True,), "`True`"),
        ((lambda h, t, a, b: {"a": 0.5},), "a value of type `dict`"),
        ((lambda h, t, a, b: posterior,), "the function `posterior`"),
        ((lambda h, t, a, b: 0.5 + 1j,), "complex numbers"),
        ((lambda h, t, a, b: 1.5 + h,), "a responsibility lies from 0 to 1"),
        ((lambda h, t, a, b: np.ma.masked_array([0.5], [True]),), "a masked array"),
        ((int,), "at most 2 arguments"),
    ],
)
def test_an_odd_answer_is_told_what_came(answers, said):
    status, text = words(*answers)
    assert status is Status.WRONG
    assert said in text
    assert 'Help: `hint("04.1", 1)`' in text


@pytest.mark.parametrize(
    "kind", [float, np.float64, np.array, Fraction, lambda v: [v], lambda v: np.array([[v]])]
)
def test_any_container_of_the_right_number_is_right(kind):
    status, text = words(lambda *trial: kind(posterior(*trial)))
    assert status is Status.CORRECT, text


def test_a_loop_without_an_end_is_told():
    def endless(heads, tails, bias_a, bias_b):
        while heads > 0:
            pass

    status, text = words(endless, exercise=replace(ONE_TRIAL, seconds=0.2))
    assert status is Status.WRONG
    assert "no answer after 0.2 seconds" in text


def test_printing_is_no_error():
    def talks(*trial):
        print("a =", trial[2])
        return posterior(*trial)

    status, text = words(talks)
    assert status is Status.CORRECT
    assert "your function prints (`a = 0.8`)" in text


def test_a_right_function_that_changes_its_arguments_is_told_so():
    def in_place(x, biases, weights, n_rounds):
        for _ in range(n_rounds):
            joint = weights * biases ** x[:, :1] * (1 - biases) ** x[:, 1:]
            r = joint / joint.sum(axis=1, keepdims=True)
            biases[:] = x[:, 0] @ r / (x.sum(axis=1) @ r)
            weights[:] = r.mean(axis=0)
        return biases, weights

    status, text = words(in_place, exercise=FREE_PRIOR)
    assert status is Status.CORRECT
    assert "changes its argument `biases` and `weights` in place" in text


def test_what_was_printed_before_an_error_is_told():
    def talks(*trial):
        print("so far so good")
        return 1 / 0

    assert "your function prints (`so far so good`)" in words(talks)[1]


def test_nan_alone_is_no_evidence_for_a_misconception():
    result = assess(WHOLE_EM, [lambda x, b, n: np.full((n + 1, 2), np.nan)])
    assert result.misconception is None
    assert "NaN is what 0/0 gives" in repr(result)


def test_changed_data_do_not_reach_the_check():
    def spoils(heads_and_tails, biases, n_rounds):
        heads_and_tails[:] = 1.0
        return [biases] * (n_rounds + 1)

    assert words(spoils, exercise=WHOLE_EM) == words(spoils, exercise=WHOLE_EM)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (lambda x, b, n: 0.5, "a single number, 0.5"),
        (lambda x, b, n: np.zeros((n + 1, 3)), "shape (11, 3)"),
        (lambda x, b, n: [[0.5, 0.5], [0.5]], "rows have different lengths"),
        (lambda x, b, n: [[0.5, 0.5], 0.5], "rows have different lengths"),
        (lambda x, b, n: [[0.5, None]] * (n + 1), "a list that holds `None`"),
        (lambda x, b, n: [["a", "b"]] * (n + 1), "a list that holds the text `'a'`"),
        (
            lambda x, b, n: [[0.6, 0.7]] * (n + 1),
            "row 0: [0.6, 0.7] What was expected: row 0: [0.6, 0.5]",
        ),
    ],
)
def test_a_wrong_shape_is_named(answer, said):
    status, text = words(answer, exercise=WHOLE_EM)
    assert status is Status.WRONG
    assert said in text


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (lambda x, b, w, n: b[0], "What was expected"),
        (lambda x, b, w, n: (b, w, 1), "3 values"),
        (lambda x, b, w, n: (b, [0.2, 0.3, 0.5]), "for weights: shape (3,), [0.2, 0.3, 0.5]"),
        (lambda x, b, w, n: (b, "w"), "for weights: the text `'w'`"),
        (lambda x, b, w, n: {"biases": b, "weights": 2 * w}, "a sum of 2"),
    ],
)
def test_a_wrong_pair_is_named(answer, said):
    status, text = words(answer, exercise=FREE_PRIOR)
    assert status is Status.WRONG
    assert said in text


trial_of_the_lesson = (8, 2, 0.8, 0.7)


def test_a_function_that_reads_the_notebook_is_told_so():
    def reads(heads, tails, bias_a, bias_b):
        return posterior(*trial_of_the_lesson) * (1 + heads * 1e-3)

    result = assess(ONE_TRIAL, [reads])
    assert result.misconception == "reads the notebook's variables"
    assert "`trial_of_the_lesson`" in repr(result)


def test_a_right_function_may_read_the_notebook():
    def reads(*trial):
        return posterior(*trial) * len(trial_of_the_lesson) / 4

    assert words(reads)[0] is Status.CORRECT


def test_a_warning_is_passed_on_when_nothing_better_is_known():
    def warns(h, t, a, b):
        return float(np.float64(0.9) + 0 * min(np.divide(1, [0, 1])) + 1e-3 * h)

    assert "Python warned on the way: `divide by zero" in words(warns)[1]


class Speechless(Exception):
    def __str__(self):
        raise RuntimeError


def test_an_error_without_words_is_named():
    def raises(*trial):
        raise Speechless

    assert "What came: `Speechless` in line" in words(raises)[1]


class Trap:
    """An answer that fails wherever it is touched."""

    def __array__(self, *args, **kwargs):
        raise RuntimeError("trap")

    def __repr__(self):
        raise RuntimeError("trap")

    __eq__ = __len__ = __iter__ = __bool__ = __float__ = __repr__
    __hash__ = None


def test_an_answer_that_cannot_be_touched_is_still_answered():
    assert words(lambda h, t, a, b: Trap())[0] is Status.WRONG
    assert words(Trap())[0] is Status.WRONG
    assert check("04.4", Trap(), Trap()).status is Status.WRONG


def test_a_stumble_of_the_check_itself_is_answered():
    broken = replace(
        ONE_TRIAL, properties=[replace(ONE_TRIAL.properties[0], test=lambda c, a: 1 / 0)]
    )
    status, text = words(posterior, exercise=broken)
    assert status is Status.WRONG
    assert "so unusual that the check stumbled over it (`ZeroDivisionError" in text


def test_a_variant_that_changes_its_arguments_spoils_nothing():
    def in_place(x, biases, n_rounds):
        x[:] = 1
        return biases * 0

    first = replace(WHOLE_EM.misconceptions[0], variant=in_place)
    spoiling = replace(WHOLE_EM, misconceptions=(first, *WHOLE_EM.misconceptions))
    last_only = WHOLE_EM.misconceptions[0].variant
    assert assess(spoiling, [last_only]).misconception == "returned only the last round"


def test_functions_may_be_adapted_before_they_are_called():
    part = replace(ONE_TRIAL.parts[0], adapt=lambda f: lambda *trial: f(*trial) / 100)
    answer = lambda *trial: 100 * posterior(*trial)  # noqa: E731
    assert words(answer, exercise=replace(ONE_TRIAL, parts=[part]))[0] is Status.CORRECT
