"""What the learner reads: verdicts, hints, solutions and progress, as text and in a notebook."""

from __future__ import annotations

import html
import re
import textwrap
from dataclasses import dataclass
from enum import Enum

_WIDTH = 88
_MARGIN = 'style="margin: 4px 0"'
_SUMMARY = 'style="cursor: pointer"'
_FIRST = ("", "Likely cause", "What follows")  # told before the numbers, in a notebook
# At least 3:1 against white and against #111, the grounds of JupyterLab's two themes.
_GREEN, _RED, _GREY = "#1a7f37", "#d1242f", "#6e7781"


class Status(Enum):
    """How a check ended; the value is the headline the learner reads."""

    CORRECT = "correct."
    WRONG = "not right yet."
    NOT_ATTEMPTED = "not attempted yet."

    @property
    def look(self) -> tuple[str, str]:
        """Colour and sign."""
        return {"CORRECT": (_GREEN, "✓"), "WRONG": (_RED, "✗")}.get(self.name, (_GREY, "…"))


@dataclass(frozen=True)
class Text:
    """A headline and labelled paragraphs; plain text in a terminal, HTML in a notebook.

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

    def _repr_html_(self) -> str:
        """Return the same as a note with a sign and a colour, which a screen reader announces."""
        colour, sign = self._look
        mark = f'<span aria-hidden="true" style="color: {colour}">{sign}</span> ' if sign else ""
        first = [p for p in self.paragraphs if p[0] in _FIRST]
        known = {*_FIRST, "Help"} if self._below else _FIRST
        rest = [p for p in self.paragraphs if p[0] not in known]
        lines = "".join(f"<p {_MARGIN}>{_as_html(*p)}</p>" for p in first)
        items = "".join(f"<li>{_as_html(*p)}</li>" for p in rest)
        return (
            f'<div role="status" style="border-left: 4px solid {colour}; padding-left: 12px">'
            f"<p {_MARGIN}>{mark}<strong>{html.escape(self.headline)}</strong></p>{lines}"
            + (f"<ul {_MARGIN}>{items}</ul>" if items else "")
            + self._below
            + "</div>"
        )

    @property
    def _below(self) -> str:
        """What is there to be opened."""
        return ""

    @property
    def _look(self) -> tuple[str, str]:
        return _GREY, ""


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
    hints : tuple of str
        Hints that a click opens in a notebook, each below the one before.
    """

    status: Status = Status.NOT_ATTEMPTED
    misconception: str | None = None
    alternatives: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()

    @property
    def _below(self) -> str:
        inner = ""
        for i, hint in reversed(list(enumerate(self.hints, start=1))):
            inner = (
                f"<details {_MARGIN}><summary {_SUMMARY}>Hint {i} of {len(self.hints)}</summary>"
                f"<p {_MARGIN}>{_as_html('', hint)}</p>{inner}</details>"
            )
        return inner

    @property
    def _look(self) -> tuple[str, str]:
        return self.status.look

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
    def whole(self) -> str:
        """Code that runs by itself: what is used of the cells above, and the solution."""
        return f"{self.given}\n\n\n{self.source}\n".lstrip()

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


def _as_html(label: str, sentence: str) -> str:
    """Write a paragraph: code between backticks, emphasis between asterisks.

    Examples
    --------
    >>> _as_html("Help", "`a < b`, *not* b < a")
    '<em>Help</em>: <code>a &lt; b</code>, <em>not</em> b &lt; a'
    """
    pieces = html.escape(sentence, quote=False).split("`")
    pieces[::2] = [re.sub(r"(?<!\w)\*(\w[^*]*)\*", r"<em>\1</em>", piece) for piece in pieces[::2]]
    pieces[1::2] = [f"<code>{piece}</code>" for piece in pieces[1::2]]
    return (f"<em>{label}</em>: " if label else "") + "".join(pieces)


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
