"""Nothing that a learner's function does may harm the notebook."""

import itertools
import random
import sys
import time
import warnings

import numpy as np
import pytest

from emlib.exercises.engine import guard
from emlib.exercises.engine.guard import run

SHORT = 0.15


def endless_loop():
    n = 0
    while True:
        n += 1


def endless_one_liner():
    while True: pass  # fmt: skip  # noqa: E701


def endless_comprehension():
    return [n for n in itertools.count() if n < 0]


def endless_generator():
    while True:
        yield from ()


def swallows_exceptions():
    while True:
        try:
            endless_loop()
        except Exception:
            continue


def swallows_everything():
    while True:
        try:
            while True:
                n = 1
                n += 1
        except BaseException:
            pass


def swallows_and_prints():
    while True:
        try:
            endless_loop()
        except BaseException as error:
            print(error)


def swallows_and_keeps():
    kept = []
    while True:
        try:
            endless_loop()
        except BaseException as error:
            kept.append(error)


def swallows_and_answers():
    try:
        endless_loop()
    except:  # noqa: E722
        return 1


ENDLESS = [
    endless_loop,
    endless_one_liner,
    endless_comprehension,
    endless_generator,
    swallows_exceptions,
    swallows_everything,
    swallows_and_prints,
    swallows_and_keeps,
    swallows_and_answers,
]


@pytest.mark.parametrize("function", ENDLESS)
def test_a_loop_without_an_end_is_stopped(function):
    outcome = run(function, (), SHORT)
    assert outcome.timed_out
    assert (outcome.value, outcome.error) == (None, None)


def test_waiting_without_an_end_is_stopped_too():
    naps = []

    def waits():
        while True:
            time.sleep(0.01)
            naps.append(1)

    assert run(waits, (), 0.05).timed_out
    assert len(naps) <= 0.05 * guard.PATIENCE / 0.01 + 1


def test_the_frames_above_keep_their_own_tracer():
    def tracer(frame, event, arg):
        pass

    here = sys._getframe()
    before = here.f_trace
    try:
        here.f_trace = tracer
        run(swallows_and_keeps, (), SHORT)
        during = here.f_trace
    finally:
        here.f_trace = before
    assert during is tracer


@pytest.mark.parametrize("function", [endless_loop, swallows_and_prints, lambda: 1 / 0, lambda: 1])
def test_an_earlier_tracer_and_profiler_are_put_back(function):
    events = []

    def tracer(frame, event, arg):
        events.append(event)

    def profiler(frame, event, arg):
        pass

    before = sys.gettrace(), sys.getprofile()
    try:
        sys.settrace(tracer)
        sys.setprofile(profiler)
        run(function, (), SHORT)
        during = sys.gettrace(), sys.getprofile()
    finally:
        sys.settrace(before[0])
        sys.setprofile(before[1])
    assert during == (tracer, profiler)


def test_a_time_limit_kept_by_the_learner_does_nothing_later():
    kept = []

    def keeps():
        try:
            endless_loop()
        except BaseException as error:
            kept.append(error)

    before = sys.gettrace()
    assert run(keeps, (), SHORT).timed_out
    kept.clear()
    assert sys.gettrace() is before


def recursion(n=0):
    return recursion(n + 1)


class HasNoWords(Exception):
    def __str__(self):
        raise RuntimeError


@pytest.mark.parametrize(
    ("error", "function"),
    [
        (RecursionError, recursion),
        (SystemExit, lambda: sys.exit(3)),
        (SystemExit, lambda: exit()),
        (GeneratorExit, lambda: (_ for _ in ()).throw(GeneratorExit)),
        (HasNoWords, lambda: (_ for _ in ()).throw(HasNoWords)),
        (ZeroDivisionError, lambda: 1 / 0),
        (MemoryError, lambda: (_ for _ in ()).throw(MemoryError)),
    ],
)
def test_whatever_is_raised_is_caught(error, function):
    assert isinstance(run(function, (), SHORT).error, error)


def test_an_interrupt_by_the_user_passes_and_all_is_put_back():
    def interrupted():
        np.random.rand()  # noqa: NPY002
        print("half")
        raise KeyboardInterrupt

    stdout, tracer = sys.stdout, sys.gettrace()
    state = np.random.get_state(legacy=False)  # noqa: NPY002
    with pytest.raises(KeyboardInterrupt):
        run(interrupted, (), SHORT)
    assert sys.stdout is stdout
    assert sys.gettrace() is tracer
    assert np.random.get_state(legacy=False)["state"]["pos"] == state["state"]["pos"]  # noqa: NPY002


def test_the_line_of_the_learners_code_is_named():
    def divides(x):
        y = x - x
        return np.linalg.inv(y)

    outcome = run(divides, (np.eye(2),), SHORT)
    assert outcome.line.endswith("`return np.linalg.inv(y)`")
    assert outcome.line.startswith("line ")


def test_code_without_a_source_still_has_a_line_number():
    scope = {}
    exec("def f():\n    return 1 / 0", scope)
    assert run(scope["f"], (), SHORT).line == "line 2"


def test_printing_is_captured(capsys):
    def talks():
        print("hello")
        print("there", file=sys.stderr)
        return 1

    outcome = run(talks, (), SHORT)
    assert outcome.printed == "hello\nthere"
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", "")


def test_warnings_are_captured_whatever_the_filters_say():
    def warns(x):
        warnings.warn("careful", DeprecationWarning, stacklevel=1)
        return x / 0

    with warnings.catch_warnings(record=True) as leaked:
        warnings.simplefilter("always")
        outcome = run(warns, (np.ones(2),), SHORT)
    assert outcome.warned == "careful"
    assert np.isinf(outcome.value).all()
    assert leaked == []


def test_numpys_error_state_is_neither_used_nor_changed():
    def changes():
        np.seterr(all="raise")
        return 1

    before = np.geterr()
    with np.errstate(all="raise"):
        assert np.isnan(run(lambda: np.zeros(1) / np.zeros(1), (), SHORT).value)
    run(changes, (), SHORT)
    assert np.geterr() == before


def test_global_random_generators_are_seeded_inside_and_put_back():
    def draws():
        return random.random(), np.random.rand()  # noqa: NPY002

    random.seed(1)
    np.random.seed(1)  # noqa: NPY002
    due = draws()
    first = run(draws, (), SHORT).value
    random.seed(1)
    np.random.seed(1)  # noqa: NPY002
    assert run(draws, (), SHORT).value == first
    assert draws() == due


def test_arguments_are_copies_and_changes_are_noticed():
    def changes(x, names, k):
        x[0] = 7
        names.append("c")
        return k

    x, names = np.zeros(2), ["a"]
    outcome = run(changes, (x, names, 3), SHORT)
    assert outcome.changed == (0, 1)
    assert (x.tolist(), names) == ([0.0, 0.0], ["a"])


def test_a_changed_kind_of_array_is_noticed_and_nan_is_no_change():
    def keeps(x):
        return x.sum()

    def reshapes(x):
        x.shape = (1, 2)

    x = np.array([np.nan, 1.0])
    assert run(keeps, (x,), SHORT).changed == ()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert run(reshapes, (x,), SHORT).changed == (0,)


def test_a_generator_of_numbers_may_be_drawn_from():
    outcome = run(lambda rng: rng.random(), (np.random.default_rng(1),), SHORT)
    assert outcome.value == np.random.default_rng(1).random()
    assert outcome.changed == ()


def test_an_iterator_is_drained_but_not_for_ever():
    assert run(lambda: (n * n for n in range(3)), (), SHORT).value == [0, 1, 4]
    assert run(lambda: map(str, (1, 2)), (), SHORT).value == ["1", "2"]
    assert len(run(itertools.count, (), SHORT).value) == guard.MOST_ITEMS


def test_a_coroutine_is_refused_in_words():
    async def later():
        return 1

    assert "async def" in str(run(later, (), SHORT).error)


HEIGHT = 170.0


def test_global_data_are_seen_but_functions_and_modules_are_not():
    def reads():
        return [HEIGHT + np.sqrt(len(ENDLESS)) for _ in range(2)]

    assert guard.reads_from_outside(reads) == ["ENDLESS", "HEIGHT"]
    assert guard.reads_from_outside(np.sum) == []


def test_an_empty_body_is_told_from_one_that_returns_something():
    def dots(): ...

    def passes():
        pass

    def documented():
        """Only words."""

    def ellipsis(x):
        return ...

    def constant():
        return 0

    def working(x):
        y = x + 1  # noqa: F841

    assert all(guard.is_empty(f) for f in (dots, passes, documented, ellipsis, lambda: None))
    assert not any(guard.is_empty(f) for f in (constant, working, np.sum, len))


def test_library_code_is_not_the_learners():
    assert guard.is_learners(endless_loop.__code__)
    assert not guard.is_learners(np.linalg.inv.__wrapped__.__code__)
    assert not guard.is_learners(run.__code__)
    assert not guard.is_learners(random.choice.__func__.__code__)


def test_a_seed_that_was_overwritten_does_no_harm(monkeypatch):
    monkeypatch.setattr(np.random, "seed", 5)
    assert guard.run(lambda: 1, (), seconds=1.0).value == 1
