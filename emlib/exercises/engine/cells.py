"""Whether a function is the one that the notebook shows: its newest definition may not have run.

A cell with a syntax error does not run at all, and a cell that raised stops half-way. The name then
still means an older function, and the answer of a check would puzzle its reader.
"""

from __future__ import annotations

import ast
import inspect
import linecache
import re
import sys
from collections.abc import Callable, Sequence
from typing import Any

from emlib.exercises.engine.result import quoted


def stale(function: Callable[..., Any], cells: Sequence[str] | None = None) -> str:
    """Say that a newer cell defines this function, and why that definition does not count.

    Parameters
    ----------
    function : callable
        What the learner handed in.
    cells : sequence of str or None
        The cells in the order in which they were run; None asks the notebook.

    Returns
    -------
    str
        A sentence, empty where the function is the newest or nothing can be said.
    """
    code = getattr(inspect.unwrap(function), "__code__", None)
    name = getattr(code, "co_name", "")
    own = "".join(linecache.getlines(code.co_filename)) if code else ""
    definition = re.compile(rf"^\s*(async\s+)?def\s+{re.escape(name)}\b", re.MULTILINE)
    newest = next((c for c in reversed(executed() if cells is None else cells)
                   if definition.search(c)), "")  # fmt: skip
    if not own or not newest:
        return ""
    try:
        tree = ast.parse(newest)
    except SyntaxError as error:
        line = (newest.splitlines() or [""])[min(error.lineno or 1, newest.count("\n") + 1) - 1]
        return (
            f"the newest cell that defines `{name}` has a syntax error in line {error.lineno}"
            f" ({quoted(line.strip(), 60)}), so it did not run. What was checked is the older"
            f" `{name}`."
        )
    defined = [node for node in ast.walk(tree) if getattr(node, "name", None) == name]
    texts = [ast.get_source_segment(newest, node) or "" for node in defined]
    if not texts or any(text in own for text in texts):
        return ""
    return (
        f"the newest cell that defines `{name}` did not get as far as that definition. What was"
        f" checked is the older `{name}`: run that cell again and look for an error."
    )


def executed() -> list[str]:
    """Return the cells that the notebook has run; none outside of one."""
    try:
        shell = sys.modules["IPython"].get_ipython()
        return [str(cell) for cell in shell.history_manager.input_hist_parsed]
    except Exception:
        return []
