"""Which exercises are solved: a small JSON file that never fails loudly, being a convenience."""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from pathlib import Path

FILE_NAME = "progress.json"
WORKING_COPY = "my_course"


def path() -> Path:
    """Return where progress is kept.

    The environment variable ``EMLIB_PROGRESS`` names the file (or a folder for it); otherwise it
    stands in the nearest parent folder called ``my_course``, the learner's working copy, and
    outside of one in the current folder. ``os.devnull`` keeps nothing.
    """
    named = os.environ.get("EMLIB_PROGRESS")
    if named:
        return Path(named) / FILE_NAME if Path(named).is_dir() else Path(named)
    here = Path.cwd()
    home = next((folder for folder in (here, *here.parents) if folder.name == WORKING_COPY), here)
    return home / FILE_NAME


def read() -> tuple[set[str], str]:
    """Return the ids that are solved and a sentence, empty unless the file cannot be read."""
    try:
        file = path()
        if not file.is_file():
            return set(), ""
        solved = json.loads(file.read_text(encoding="utf-8"))["solved"]
        return {str(name) for name in solved if isinstance(name, str)}, ""
    except OSError as error:
        return set(), f"The progress file could not be read ({_reason(error)})."
    except (ValueError, KeyError, TypeError, RecursionError):
        return (
            set(),
            (
                f"The progress file `{file.name}` is damaged and was passed over; the next solved"
                f" exercise starts a new one and keeps the old as `{_damaged(file).name}`."
            ),
        )


def keep(exercise_id: str) -> str:
    """Note that an exercise is solved.

    The file is read just before and replaced in one step, so that two notebooks at once cannot
    leave half a file.

    Returns
    -------
    str
        Empty, or a sentence that says why it could not be kept.
    """
    try:
        file = Path(os.path.realpath(path()))
        if file.exists() and not file.is_file():
            return ""
        solved, trouble = read()
        if exercise_id in solved:
            return ""
        if trouble:
            os.replace(file, _damaged(file))
        _replace(file, json.dumps({"solved": sorted({*solved, exercise_id})}, indent=1) + "\n")
    except OSError as error:
        return (
            f"Your progress could not be kept ({_reason(error)}); the exercise is solved all the"
            " same."
        )
    return ""


def _replace(file: Path, text: str) -> None:
    handle, name = tempfile.mkstemp(prefix=file.stem, suffix=".tmp", dir=file.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(text)
        os.replace(name, file)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise


def _damaged(file: Path) -> Path:
    return file.with_name(f"{file.stem}.damaged{file.suffix}")


def _reason(error: OSError) -> str:
    return (error.strerror or type(error).__name__).lower()
