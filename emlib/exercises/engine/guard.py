"""Running a learner's function so that nothing it does can harm the notebook.

The time limit uses no thread, signal or process, because a page in the browser has none of them:
while the function runs, a trace function looks at the clock at every line of the learner's code and
raises `TimeUp` there when the time is over. What this cannot do is stop a single long call into
compiled code (one enormous matrix product, ``sum(range(10**12))``): no line of Python is executed
while it lasts, so it ends when it ends. Break points inside a checked function are passed over,
because a debugger uses the same hook; the debugger's own is put back afterwards.
"""

from __future__ import annotations

import contextlib
import copy
import dis
import inspect
import io
import itertools
import linecache
import os
import random
import sys
import sysconfig
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import CodeType, FrameType, TracebackType
from typing import Any

import numpy as np

from emlib.exercises.engine.result import quoted

MOST_ITEMS = 100_000
PATIENCE = 10
_LIBRARY = tuple(
    {sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")}
    | {
        str(Path(contextlib.__file__).parent),
        str(Path(np.__file__).parent),
        str(Path(__file__).parents[2]),
        "<frozen",
        "<__array_function__",
    }
)


_SEED = np.random.seed
_busy = getattr(time, "thread_time", time.process_time)


@dataclass(frozen=True)
class Outcome:
    """What one call of a learner's function did.

    Attributes
    ----------
    value : Any
        What it returned; None if it did not return.
    error : BaseException or None
        What it raised.
    line : str
        Where in the learner's code it was raised, in words.
    timed_out : bool
        Whether it was stopped by the time limit.
    printed : str
        What it printed.
    warned : str
        First warning that it caused.
    changed : tuple of int
        Positions of the arguments that it changed in place.
    drew : bool or None
        Whether it drew from the random generator that it was given; None if it was given none.
    own_chance : bool
        Whether it made a generator of its own, or drew from a global one.
    """

    value: Any = None
    error: BaseException | None = None
    line: str = ""
    timed_out: bool = False
    printed: str = ""
    warned: str = ""
    changed: tuple[int, ...] = ()
    drew: bool | None = None
    own_chance: bool = False


class TimeUp(BaseException):
    """The time is over. Raised in the learner's frame.

    Python switches tracing off when a trace function raises. If the learner's code swallows this
    exception (a bare ``except``), its end of life switches tracing on again, so that the next line
    raises once more, until the loop is left.
    """

    def __init__(self, watch: Watch) -> None:
        super().__init__("the time is over")
        self._watch = watch

    def __del__(self) -> None:
        """Wind the watch up again."""
        self._watch.rearm()


class Watch:
    """Context manager that raises `TimeUp` in the learner's code after some seconds.

    Parameters
    ----------
    seconds : float
        Time limit, in seconds of work by this thread, so that a busy machine makes no difference;
        a function that waits is stopped after ten times as long by the clock.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.expired = False
        self._active = False

    def __enter__(self) -> Watch:
        """Start the clock."""
        self._earlier = sys.gettrace(), sys.getprofile()
        self._home: FrameType | None = sys._getframe(1)
        self._deadline = _busy() + self.seconds
        self._latest = time.monotonic() + PATIENCE * self.seconds
        self._active = True
        sys.settrace(self._on_call)
        return self

    def __exit__(self, *error: object) -> None:
        """Stop the clock and put back the tracer that was there before."""
        self._active, self._home = False, None
        sys.settrace(self._earlier[0])
        if self.expired:
            sys.setprofile(self._earlier[1])

    def _on_call(self, frame: FrameType, event: str, arg: object) -> Callable[..., Any] | None:
        if not is_learners(frame.f_code):
            return None
        frame.f_trace_opcodes = spins(frame.f_code)
        return self._on_line

    def _on_line(self, frame: FrameType, event: str, arg: object) -> Callable[..., Any]:
        if event in ("line", "opcode") and self._active and self._is_over():
            self.expired = True
            sys.setprofile(self._on_any_call)
            raise TimeUp(self)
        return self._on_line

    def _is_over(self) -> bool:
        return _busy() > self._deadline or time.monotonic() > self._latest

    def _on_any_call(self, frame: FrameType, event: str, arg: object) -> None:
        if event in ("call", "c_call"):
            self.rearm()

    def rearm(self) -> None:
        """Trace again, in the learner's frames that are running too, but not above them."""
        if not self._active:
            return
        frame: FrameType | None = sys._getframe(1)
        while frame is not None and frame is not self._home:
            if is_learners(frame.f_code):
                frame.f_trace = self._on_line
            frame = frame.f_back
        sys.settrace(self._on_call)


def is_learners(code: CodeType) -> bool:
    """Whether code is the learner's: not Python's, not an installed package's, not ours."""
    return not code.co_filename.startswith(_LIBRARY)


@lru_cache
def spins(code: CodeType) -> bool:
    """Whether a jump leads to itself, as in ``while True: pass`` on one line: no line begins there.

    Examples
    --------
    >>> spins(run.__code__)
    False
    """
    instructions = dis.get_instructions(code)
    return any("JUMP" in i.opname and i.argval == i.offset for i in instructions)


class Witness:
    """Calls a function on copies of its arguments, and sees what it does to them.

    Whoever calls it, once or in many rounds, gets its own data back unspoiled. A random generator
    is handed over as it is, so that its state moves on from call to call.

    Parameters
    ----------
    function : callable
        The learner's function.

    Attributes
    ----------
    changed : set of int
        Positions of the arguments that some call changed in place.
    drew : bool or None
        Whether some call drew from a generator that it was given; None if there was none.
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        self._function = function
        self.changed: set[int] = set()
        self.drew: bool | None = None

    def __call__(self, *arguments: Any) -> Any:
        """Call the function on copies."""
        given = [a if isinstance(a, np.random.Generator) else copy.deepcopy(a) for a in arguments]
        states = [_state(a) for a in arguments]
        try:
            return self._function(*given)
        finally:
            for i, (mine, theirs, state) in enumerate(zip(arguments, given, states, strict=True)):
                if state is not None:
                    self.drew = bool(self.drew) or _state(mine) != state
                elif not _same(theirs, mine):
                    self.changed.add(i)


def _state(argument: Any) -> Any:
    """Return the state of a random generator; None of anything else."""
    return repr(argument.bit_generator.state) if isinstance(argument, np.random.Generator) else None


def run(
    function: Callable[..., Any],
    arguments: tuple[Any, ...],
    seconds: float,
    adapt: Callable[[Callable[..., Any]], Callable[..., Any]] | None = None,
) -> Outcome:
    """Call a learner's function on copies of the arguments and report whatever happened.

    Standard output, warnings and numpy's error state stay inside; the global random generators are
    seeded for the call and put back, and so are numpy's print options, the current folder, the
    environment and the recursion limit; an iterator that is returned is drained. Only a
    KeyboardInterrupt passes through.

    Parameters
    ----------
    function : callable
        The learner's function.
    arguments : tuple
        Its arguments; copied.
    seconds : float
        Time limit.
    adapt : callable or None
        Makes of the function one that calls it in some way of its own.

    Returns
    -------
    Outcome
        Value or error, and what else was noticed.

    Examples
    --------
    >>> run(lambda h, t: h / (h + t), (3, 1), seconds=1.0).value
    0.75
    >>> run(lambda h: h / 0, (3,), seconds=1.0).error
    ZeroDivisionError('division by zero')
    """
    witness = Witness(function)
    called = adapt(witness) if adapt else witness
    given = copy.deepcopy(arguments)
    printed, watch = io.StringIO(), Watch(seconds)
    value: Any = None
    error: BaseException | None = None
    with _put_back(), _quiet(printed) as caught, _chance() as made:
        try:
            with watch:
                value = _drained(called(*given))
        except KeyboardInterrupt:
            raise
        except TimeUp:
            pass
        except BaseException as raised:
            error = raised
    return Outcome(
        value=None if watch.expired else value,
        error=None if watch.expired else error,
        line=_place(error.__traceback__) if error else "",
        timed_out=watch.expired,
        printed=printed.getvalue().strip(),
        warned=str(caught[0].message) if caught else "",
        changed=tuple(sorted(witness.changed)),
        drew=witness.drew,
        own_chance=bool(made),
    )


@contextlib.contextmanager
def _put_back() -> Iterator[None]:
    """Put back what a function may set for the whole program."""
    folder, environment, limit = _folder(), dict(os.environ), sys.getrecursionlimit()
    try:
        with np.printoptions():
            yield
    finally:
        sys.setrecursionlimit(limit)
        if dict(os.environ) != environment:
            os.environ.clear()
            os.environ.update(environment)
        if folder and _folder() != folder:
            with contextlib.suppress(OSError):
                os.chdir(folder)


def _folder() -> str:
    try:
        return os.getcwd()
    except OSError:  # it was removed
        return ""


@contextlib.contextmanager
def _chance() -> Iterator[list[str]]:
    """Seed the global generators and put them back; list what else gives random numbers."""
    real, made = np.random.default_rng, list[str]()
    state, numpy_state = random.getstate(), np.random.get_state(legacy=False)  # noqa: NPY002

    def default_rng(seed: Any = None) -> np.random.Generator:
        if not isinstance(seed, np.random.Generator):
            made.append("default_rng")
        return real(seed)

    np.random.default_rng = default_rng
    random.seed(0)
    _SEED(0)
    seeded = random.getstate(), repr(np.random.get_state())  # noqa: NPY002
    try:
        yield made
    finally:
        if seeded != (random.getstate(), repr(np.random.get_state())):  # noqa: NPY002
            made.append("global")
        np.random.default_rng = real
        random.setstate(state)
        np.random.set_state(numpy_state)  # noqa: NPY002


@contextlib.contextmanager
def _quiet(printed: io.StringIO) -> Iterator[list[warnings.WarningMessage]]:
    with (
        contextlib.redirect_stdout(printed),
        contextlib.redirect_stderr(printed),
        np.errstate(all="warn", under="ignore"),  # numpy's own default
        warnings.catch_warnings(record=True) as caught,
    ):
        warnings.simplefilter("always")
        yield caught


def _drained(value: Any) -> Any:
    if inspect.iscoroutine(value):
        value.close()
        raise TypeError("`async def` makes a coroutine; write `def`")
    return list(itertools.islice(value, MOST_ITEMS)) if isinstance(value, Iterator) else value


def _place(traceback: TracebackType | None) -> str:
    """Name the last line of the learner's code in a traceback."""
    place = ""
    while traceback is not None:
        code = traceback.tb_frame.f_code
        if is_learners(code):
            text = linecache.getline(code.co_filename, traceback.tb_lineno).strip()
            place = f"line {traceback.tb_lineno}" + (f", {quoted(text)}" if text else "")
        traceback = traceback.tb_next
    return place


def _same(a: Any, b: Any) -> bool:
    if isinstance(b, np.random.Generator) or callable(b):
        return True
    if isinstance(b, np.ndarray):
        equal_nan = b.dtype.kind in "fc"
        return bool(np.array_equal(a, b, equal_nan=equal_nan))
    if isinstance(b, list | tuple):
        return len(a) == len(b) and all(map(_same, a, b))
    return bool(np.all(a == b))


def reads_from_outside(function: Callable[..., Any]) -> list[str]:
    """Names of the global variables (no functions, classes, modules) that a function reads.

    Examples
    --------
    >>> reads_from_outside(_drained)
    ['MOST_ITEMS']
    """
    code, names = getattr(function, "__code__", None), set()
    pending = [code] if code else []
    while pending:
        block = pending.pop()
        pending += [c for c in block.co_consts if isinstance(c, CodeType)]
        names |= {
            i.argval
            for i in dis.get_instructions(block)
            if i.opname in ("LOAD_GLOBAL", "LOAD_NAME")
        }
    scope = getattr(function, "__globals__", {})
    return sorted(
        n for n in names if n in scope and not callable(scope[n]) and not inspect.ismodule(scope[n])
    )


def constants(function: Callable[..., Any]) -> set[float]:
    """Numbers that are written in a function's code.

    Examples
    --------
    >>> constants(lambda r: [r[:, 2], [r[k] for k in range(7)]]) - {0, 1}
    {2, 7}
    """
    code, found = getattr(function, "__code__", None), set()
    pending = [code] if code else []
    while pending:
        for constant in pending.pop().co_consts:
            if isinstance(constant, CodeType):
                pending.append(constant)
            flat = np.ravel(np.array(constant, dtype=object))
            found |= {c for c in flat if type(c) in (int, float)}
    return found


def ignored(function: Callable[..., Any]) -> list[int]:
    """Positions of the arguments that a function never reads, or overwrites before it reads them.

    Examples
    --------
    >>> ignored(lambda x, n: x + 1)
    [1]
    """
    code = getattr(function, "__code__", None)
    if code is None:
        return []
    arguments = code.co_varnames[: code.co_argcount]
    first: dict[str, str] = dict.fromkeys(code.co_cellvars, "LOAD")  # read by an inner function
    for i in dis.get_instructions(code):
        steps = i.opname.split("_FAST")  # such as LOAD_FAST, STORE_FAST_LOAD_FAST
        if len(steps) > 1:
            names = i.argval if isinstance(i.argval, tuple) else (i.argval,)
            for name, step in zip(names, steps, strict=False):
                first.setdefault(name, step)
    return [i for i, name in enumerate(arguments) if "LOAD" not in first.get(name, "")]


def is_empty(function: Callable[..., Any]) -> bool:
    """Whether a function's body is nothing but ``...``, ``pass`` or a docstring."""
    code = getattr(function, "__code__", None)
    if code is None:
        return False
    idle = {
        "RESUME",
        "NOP",
        "POP_TOP",
        "LOAD_CONST",
        "RETURN_VALUE",
        "RETURN_CONST",
        "COPY_FREE_VARS",
        "CACHE",
    }
    return all(i.opname in idle for i in dis.get_instructions(code)) and not _returns_constant(code)


def returns(function: Callable[..., Any]) -> tuple[bool, bool]:
    """Whether a function has a `return` of something, and an end that returns nothing.

    Examples
    --------
    >>> returns(_folder), returns(lambda: None), returns(_put_back.__wrapped__)
    ((True, False), (False, True), (False, True))
    """
    code = getattr(function, "__code__", None)
    if code is None:
        return False, False
    steps = [i for i in dis.get_instructions(code) if i.opname != "CACHE"]
    ends = [
        before.opname == "LOAD_CONST" and before.argval is None
        for before, step in itertools.pairwise(steps)
        if step.opname == "RETURN_VALUE"
    ] + [i.argval is None for i in steps if i.opname == "RETURN_CONST"]
    return not all(ends), any(ends)


def _returns_constant(code: CodeType) -> bool:
    last = [i for i in dis.get_instructions(code) if i.opname in ("LOAD_CONST", "RETURN_CONST")]
    return bool(last) and last[-1].argval not in (None, Ellipsis)
