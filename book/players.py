"""Recorded players: their frames, made by `book/record.py`, as parts of a page.

A player in a notebook is a widget. What the book shows is the same player in plain HTML, with the
controls that every browser has: it obeys the keyboard, says aloud what it shows, and needs neither
a kernel nor the widgets' own scripts. `static/book.js` moves it.
"""

from __future__ import annotations

import hashlib
import html
import io
import json
from pathlib import Path
from typing import Any

RECORDINGS = Path(__file__).resolve().parent / "recordings"
FRAMES = RECORDINGS / "frames"
PICTURES = "pictures"


MISSING: dict[str, Any] = {"runs": []}  # of a widget that was never recorded


class Stale(Exception):
    """A recording that is not that of the notebook."""


def read(lesson: str) -> list[Any]:
    """Return the recordings of a lesson, a widget each: frames, or None for what has none."""
    path = RECORDINGS / f"{lesson}.json"
    found: list[Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
    return found


def name_of(content: bytes) -> str:
    """Return a file name made of the content."""
    return f"{hashlib.sha256(content).hexdigest()[:16]}.png"


def first_frame(animation: bytes) -> bytes:
    """Return the first frame of an animated PNG as a PNG that stands still."""
    from PIL import Image

    buffer = io.BytesIO()
    with Image.open(io.BytesIO(animation)) as image:
        image.seek(0)
        image.convert("RGB").quantize(64).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def size(content: bytes) -> tuple[int, int]:
    """Return width and height of a picture as shown: it has twice as many pixels."""
    pixels = int.from_bytes(content[16:20]), int.from_bytes(content[20:24])
    return round(pixels[0] / 2), round(pixels[1] / 2)


def page(recording: dict[str, Any], still: bytes, root: str) -> str:
    """Return a player as HTML; its pictures are those of the frames.

    Parameters
    ----------
    recording : dict
        What `book/record.py` wrote of the cell.
    still : bytes
        The picture that the notebook holds: it must be one of the frames.
    root : str
        The way from the page to the top of the site.

    Raises
    ------
    Stale
        If no frame is the picture that the notebook holds.
    """
    runs = recording["runs"]
    if name_of(still) not in {frame["picture"] for run in runs for frame in run["frames"]}:
        raise Stale
    width, height = size(still)
    first, last = runs[0]["frames"][0], len(runs[0]["frames"]) - 1
    frames = [
        [{**frame, "picture": f"{root}{PICTURES}/{frame['picture']}"} for frame in run["frames"]]
        for run in runs
    ]
    facts = json.dumps(frames, ensure_ascii=False).replace("<", "\\u003c")
    name = f"player-{name_of(still)[:8]}"
    title = html.escape(recording["title"] or "Step through the recorded frames")
    return f"""<div class="player" role="group" aria-labelledby="{name}-title" \
data-milliseconds="{recording["milliseconds"]}">
<p class="title" id="{name}-title">{title}</p>
{choices(recording, name)}<div class="controls" hidden>
<button type="button" class="play">Play</button>
<label for="{name}-step">Step <output>0</output> of {last}</label>
<input type="range" id="{name}-step" min="0" max="{last}" value="0" step="1">
</div>
<div class="picture"><img alt="{html.escape(first["alt"])}" \
src="{root}{PICTURES}/{first["picture"]}" width="{width}" height="{height}"></div>
<p class="words" role="status">{html.escape(first["label"])}</p>
<script type="application/json">{facts}</script>
</div>"""


def choices(recording: dict[str, Any], name: str) -> str:
    """Return the buttons that choose a run, where there are several."""
    if len(recording["runs"]) == 1:
        return ""
    options = "".join(
        f'<label><input type="radio" name="{name}-run" value="{i}"{" checked" * (i == 0)}>'
        f"{html.escape(run['name'])}</label>"
        for i, run in enumerate(recording["runs"])
    )
    legend = f"<legend>{html.escape(recording['choice'])}</legend>"
    return f"<fieldset hidden>{legend}{options}</fieldset>\n"
