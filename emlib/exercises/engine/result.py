"""What the learner reads: verdicts, hints, solutions and progress, as text and as Markdown."""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass
from enum import Enum

_WIDTH = 88


class Status(Enum):
    """How a check ended; the value is the headline the learner reads."""

    CORRECT = "correct."
    WRONG = "not right yet."
    NOT_ATTEMPTED = "not attempted yet."


@dataclass(frozen=True)
class Text:
    """A headline and labelled paragraphs; plain text in a terminal, Markdown in a notebook.

    Attributes
    ----------
    headline : str
        One short sentence.
    paragraphs : tuple of (str, str)
        Label (may be empty) and sentence. Code stands between backticks in both forms.
    """

    headline: str
    paragraphs: tuple[tuple[str, str], ...] = ()

    def __repr__(self) -> str:
        """Return the plain text, wrapped."""
        lines = [self.headline]
        for label, sentence in self.paragraphs:
            text = f"{label}: {sentence}" if label else sentence
            lines.append(
                textwrap.fill(
                    text,
                    _WIDTH,
                    initial_indent="  ",
                    subsequent_indent="    ",
                    break_long_words=False,
                    break_on_hyphens=False,
                )
            )
        return "\n".join(lines)

    def _repr_markdown_(self) -> str:
        items = [
            f"- *{label}*: {text}" if label else f"- {text}" for label, text in self.paragraphs
        ]
        return "\n".join([f"**{self.headline}**", "", *items]).rstrip()


@dataclass(frozen=True, repr=False)
class Result(Text):
    """The answer of a check.

    Attributes
    ----------
    status : Status
        Correct, wrong or not attempted.
    misconception : str or None
        Name of the likely misconception, if one was recognised.
    alternatives : tuple of str
        Names of others that give the same numbers.
    """

    status: Status = Status.NOT_ATTEMPTED
    misconception: str | None = None
    alternatives: tuple[str, ...] = ()

    @property
    def solved(self) -> bool:
        """Whether the answer was correct."""
        return self.status is Status.CORRECT


@dataclass(frozen=True, repr=False)
class Solution:
    """The source of a tested solution.

    Attributes
    ----------
    headline : str
        Id and title of the exercise.
    source : str
        Python code, ready to be pasted into a cell below the lesson's cells.
    uses : tuple of str
        What it uses of the cells above it.
    given : str
        Code of what it uses.
    """

    headline: str
    source: str
    uses: tuple[str, ...] = ()
    given: str = ""

    @property
    def _note(self) -> str:
        names = " and ".join(", ".join(f"`{name}`" for name in self.uses).rsplit(", ", 1))
        return f"Cells above it define {names}." if names else ""

    def __repr__(self) -> str:
        """Return the headline as a comment, then the code."""
        head = [f"# {line}" for line in (self.headline, self._note.replace("`", "")) if line]
        return "\n".join([*head, "", self.source]).rstrip()

    def _repr_markdown_(self) -> str:
        shown = f"```python\n{self.source}\n```" if self.source else ""
        return "\n\n".join(part for part in (f"**{self.headline}**", self._note, shown) if part)


def quoted(text: str, most: int = 100) -> str:
    """Put code or a message between backticks: one line, not too long, no addresses in memory.

    Examples
    --------
    >>> quoted("<function f at 0x7f00aa>")
    '`<function f>`'
    """
    text = " ".join(re.sub(r" at 0x[0-9a-fA-F]+", "", text).split()).replace("`", "'")
    return f"`{text if len(text) <= most else text[: most - 3] + '...'}`"


def told(error: BaseException) -> str:
    """Write an exception as its type and message, even where its own text fails."""
    try:
        message = str(error)
    except Exception:
        message = ""
    return quoted(type(error).__name__ + (f": {message}" if message else ""))
