"""`emlib.stopping`: rules that know neither models nor methods, tried on made-up rounds."""

import itertools
import math

import pytest

from emlib import EMWarning
from emlib.stopping import Expected, Rule, Status, run, still_to_come, to_the_end


def fit(rule, objectives, n=1.0, states=None, expected=None, **options):
    """End made-up rounds by a rule; each takes an E-step, and has a state of its own."""
    states = itertools.count() if states is None else states
    expected = itertools.repeat(None) if expected is None else [None, *expected]
    rounds = zip(objectives, states, itertools.count(1), expected)
    return to_the_end(run((rounds, lambda state: f"model {state}"), rule, n, **options))


def rising(*gains):
    """Objectives with these gains, and none after them."""
    return itertools.chain(itertools.accumulate(gains, initial=0.0), itertools.repeat(sum(gains)))


def test_the_usual_rule():
    assert Rule() == Rule(tol=1e-8, max_iter=1000, stop="gain")


def test_a_fit_ends_where_a_round_gains_no_more_than_the_tolerance_for_each_row():
    for gain, n_iter in ((0.5, 2), (0.5 + 2**-40, 3)):
        ended = fit(Rule(tol=0.125), rising(1.0, gain), n=4.0)
        assert (ended.n_iter, ended.n_e_steps) == (n_iter, n_iter + 1)
        assert ended.model == f"model {n_iter}"
        assert ended.converged
        assert ended.history.tolist()[:2] == [0.0, 1.0]


def test_what_a_round_expects_goes_before_the_objectives():
    jump, small, smaller = Expected(), Expected(0.25, 0.5), Expected(0.25, 0.25)
    expected = [jump, small, smaller, jump]
    objectives = [0.0, 0.0, 0.0, 5.0, 5.0]
    for stop, n_iter in (("gain", 2), ("remaining", 3)):
        ended = fit(Rule(tol=0.25, stop=stop), objectives, expected=expected)
        assert ended.n_iter == n_iter
        assert ended.converged


def test_what_plain_em_has_still_to_gain_is_estimated():
    gains = [0.75**i for i in range(9)]
    for more, n_iter in ((1e-9, 6), (-1e-9, 7)):
        rule = Rule(tol=3 * gains[5] * (1 + more), stop="remaining")
        assert fit(rule, rising(*gains)).n_iter == n_iter


def test_the_rate_is_taken_over_the_last_tenth_of_the_rounds():
    gains = [1 / (1 + i) for i in range(31)]
    for n, width in ((9, 1), (10, 2), (19, 2), (20, 3), (30, 4)):
        rate = (gains[n - 1] / gains[n - 1 - width]) ** (1 / width)
        history = list(itertools.accumulate(gains[:n], initial=0.0))
        wanted = gains[n - 1] * (rate + rate**2 / (1 - rate))
        assert still_to_come(history) == pytest.approx(wanted)


def test_a_single_round_says_nothing_of_what_is_to_come():
    assert still_to_come([1.0]) == still_to_come([1.0, 2.0]) == math.inf


def test_two_rounds_without_a_gain_leave_nothing():
    assert still_to_come([1.0, 1.0, 1.0]) == 0


def test_a_fall_of_more_than_rounding_ends_a_fit_before_it():
    bound = 1e-10 * (50.0 + 150.0)
    assert fit(Rule(), [-50 + bound / 2, -50.0], n=150.0).converged
    with pytest.warns(EMWarning, match="lowers the objective"):
        ended = fit(Rule(), [-50 + 2 * bound, -50.0], n=150.0)
    assert ended.status is Status.DECREASED
    assert ended.n_iter == 0
    assert ended.model == "model 0"


def test_the_cap():
    with pytest.warns(EMWarning, match="max_iter"):
        ended = fit(Rule(max_iter=3), rising(1.0, 1.0, 1.0, 1.0))
    assert ended.status is Status.MAX_ITER
    assert ended.n_iter == 3


def test_a_bar_is_shown_where_it_is_asked_for_and_as_long_as_the_cap(bars):
    for options, shown in (({}, []), ({"progress": True}, [10])):
        assert fit(Rule(max_iter=9), rising(0.0), **options).n_iter == 1
        assert bars == shown


def test_where_only_a_repetition_ends_a_fit_small_gains_do_not():
    states = [0, 1, 2, 3, 3]
    for options in ({"rule": Rule(tol=0)}, {"rule": Rule(tol=1.0), "stops_at_repeat": True}):
        ended = fit(objectives=rising(1e-9), states=states, **options)
        assert ended.n_iter == 4
        assert ended.converged
    assert fit(Rule(tol=1.0), rising(1e-9), states=states).n_iter == 1


def test_a_circle_is_seen_from_a_model_that_is_kept_for_a_quarter_of_the_rounds():
    """After rounds 1, 4, 8, 13 and 19 the model is kept, and later ones are compared with it."""
    states = [*range(15), 13, 98, 99, 8]
    assert fit(Rule(tol=0), rising(1.0), states=states).n_iter == 15
    assert fit(Rule(tol=0), rising(1.0), states=itertools.cycle([0, 1, 2])).n_iter == 4
    states[15] = 12
    with pytest.warns(EMWarning, match="max_iter"):
        fit(Rule(tol=0, max_iter=18), rising(1.0), states=states)
