"""What emlib says when something is wrong, or needs a second look.

A refusal reads ``name: expected ..., got ...``: which argument, what it should be, what came.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from typing import Any

IGNORED_FLAGS: dict[str, Any] = dict.fromkeys(["under", "over", "divide", "invalid"], "ignore")
"""Flags of numpy that the log domain raises on purpose, as exp(-800), ln 0 or a distance beyond
1e308 do: what matters of them is seen in the result, by `emlib.data.arguments.possible`."""


class EMWarning(UserWarning):
    """What emlib says when a result stands but needs a second look."""


class CollapseError(ValueError):
    """A component has shrunk until its density has no bound (PRML section 9.2.1)."""


class JumpCollapseError(CollapseError):
    """An accelerated fit collapsed after a jump; plain EM from the same start need not.

    Attributes
    ----------
    n_e_steps
        E-steps that were spent.
    """

    def __init__(self, message: str, n_e_steps: int) -> None:
        super().__init__(message)
        self.n_e_steps = n_e_steps


def warn(message: str, category: type[EMWarning] = EMWarning) -> None:
    """Issue an `EMWarning` that points to the caller's line outside emlib."""
    import warnings

    frame, level = sys._getframe(1), 2
    ours = ("emlib.", "numpy.", "contextlib")  # the latter as decorators of ours
    while frame.f_back and frame.f_globals.get("__name__", "").startswith(ours):
        frame, level = frame.f_back, level + 1
    warnings.warn(message, category, stacklevel=level)


@contextlib.contextmanager
def said_once(where: str) -> Iterator[None]:
    """Say the first of many warnings of emlib, and how many there were; others go on."""
    import warnings

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", EMWarning)
        yield
    messages = [str(each.message) for each in caught if issubclass(each.category, EMWarning)]
    for each in caught:
        if not issubclass(each.category, EMWarning):
            warnings.warn_explicit(each.message, each.category, each.filename, each.lineno)
    if len(messages) == 1:
        warn(messages[0])
    elif messages:
        warn(f"{len(messages)} warnings from {where}, the first of them: {messages[0]}")


def refuse(name: str, expected: str, got: object) -> ValueError:
    """Word a refusal: ``name: expected ..., got ...``."""
    return ValueError(f"{name}: expected {expected}, got {got}")


def collapse(name: str, k: int) -> CollapseError:
    """Word the refusal of a component without width: which one, why, and what to do."""
    return CollapseError(
        f"{name}: expected positive definite ones, got a singular one for component {k}. In a fit "
        "this means that the component has collapsed on too few points, or that a column of x is "
        "constant or a combination of others: begin elsewhere, use fewer components, or set "
        "covariance_floor"
    )
