"""The alternative texts of the lessons' figures, one Markdown file per lesson.

A cell names a text, ``plots.picture(fig, "04.labels")``, so that no learner reads what a figure
shows before seeing it. ``lesson_04.md`` has the words::

    # Two coins

    ## 04.labels

    Two grids of five rows of ten tosses. ...
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from importlib import resources

KEY = re.compile(r"(?P<lesson>\d\d)\.[a-z0-9-]+")


def words(alt: str) -> str:
    """Return the text that a key such as ``"04.labels"`` stands for, or the text given.

    Raises
    ------
    ValueError
        If the lesson has no text of that name.

    Examples
    --------
    >>> words("Two bars: seven heads, three tails.")
    'Two bars: seven heads, three tails.'
    """
    match = KEY.fullmatch(alt) if isinstance(alt, str) else None
    if match is None:
        return alt
    known = texts(match["lesson"])
    if alt not in known:
        raise ValueError(
            f"alt must be a text, or the name of one of lesson {match['lesson']}'s "
            f"({', '.join(known) or 'it has none'}), got {alt!r}"
        )
    return known[alt]


@functools.cache
def texts(lesson: str) -> Mapping[str, str]:
    """Return the alternative texts of a lesson by name, none if it has no file."""
    file = resources.files(__package__).joinpath(f"lesson_{lesson}.md")
    if not file.is_file():
        return {}
    _, *parts = re.split(r"^## ", file.read_text(encoding="utf-8"), flags=re.MULTILINE)
    named = (part.partition("\n") for part in parts)
    return {name.strip(): " ".join(body.split()) for name, _, body in named}
