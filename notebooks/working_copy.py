"""Make and renew the learner's own copy of the lessons, ``my_course/``.

    python notebooks/working_copy.py                   lessons without outputs: predict, then run
    python notebooks/working_copy.py --with-outputs    lessons with them, to be read as they are

The copy mirrors ``notebooks/``: the lessons, the solutions in ``solutions/``, the optional
notebooks in ``further/``, the glossary and the table of equations. What these link to is in it,
because JupyterLab shows nothing outside: the code and the tests that the table leads to are in
``code/``, to be read. Git ignores the copy, so what a learner writes stays out of the way of tests
and of ``git pull``.

A lesson asks for a prediction before it shows a result, so it comes without its outputs; solutions
keep theirs. Each notebook states the kernel's language as this environment's kernel will, so that
JupyterLab finds nothing to change in a lesson that is only opened.

Nothing that the learner wrote is ever overwritten. When the course has a newer lesson,

- a lesson that was not edited is replaced by it;
- beside an edited one the newer arrives as ``04_two_coins.new.ipynb`` (``.new2``, ... once that is
  edited too);
- a lesson that the learner deleted comes back.

*Edited* means that the cells' text differs from that of the lesson as it was copied. JupyterLab
rewrites a notebook whenever it saves it, with new outputs and metadata: that is not editing, but it
is not thrown away without need either. Where the newer lesson's text is the same, a copy that was
run stays; where its text is new, the old outputs would be wrong, and one "Run all" makes new ones.
To clear outputs, or to bring them, is no edit either.

What was copied is remembered as hashes in ``my_course/.copied.json``. Where that is lost or broken,
each file that does not have the text of the course's counts as edited: the doubt is settled for the
learner.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
MEMORY = ".copied.json"
LINE = re.compile(rb"\]\(\.\./([\w./-]+)#L(\d+)\)")  # a link to a line of a file outside
SOLUTIONS = "solutions"
# What a kernel of this Python says of its language.
LANGUAGE: dict[str, Any] = {
    "codemirror_mode": {"name": "ipython", "version": 3},
    "file_extension": ".py",
    "mimetype": "text/x-python",
    "name": "python",
    "nbconvert_exporter": "python",
    "pygments_lexer": "ipython3",
    "version": platform.python_version(),
}
KINDS = {".ipynb", ".md", ".png", ".svg", ".jpg", ".gif"}


@dataclass(frozen=True)
class Hashes:
    """What a file holds: the text that a person edits, every byte, and whether it shows outputs."""

    text: str
    file: str
    shows: bool = field(default=True, compare=False)

    @classmethod
    def of(cls, content: bytes) -> Hashes:
        """Hash a file; the text of a notebook is the kind and source of each cell."""
        try:
            cells = json.loads(content)["cells"]
            text = [[cell["cell_type"], "".join(cell["source"])] for cell in cells]
            edited, shows = json.dumps(text).encode(), any(cell.get("outputs") for cell in cells)
        except (ValueError, KeyError, TypeError, AttributeError):
            edited, shows = content, True
        return cls(hashlib.sha256(edited).hexdigest(), hashlib.sha256(content).hexdigest(), shows)


def put(path: Path, content: bytes) -> None:
    """Write a file in one step: an interruption leaves the old one or the new one, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.part")
    draft.write_bytes(content)
    os.replace(draft, path)


def recall(copy: Path) -> dict[str, Hashes]:
    """Return what was copied before, by name; nothing if the memory is lost or broken."""
    try:
        memory = json.loads((copy / MEMORY).read_text(encoding="utf-8"))
        return {name: Hashes(str(text), str(file)) for name, (text, file) in memory.items()}
    except (OSError, ValueError, AttributeError, TypeError):
        return {}


def remember(copy: Path, memory: dict[str, Hashes]) -> None:
    """Write down what was copied."""
    plain = {name: [hashes.text, hashes.file] for name, hashes in sorted(memory.items())}
    put(copy / MEMORY, json.dumps(plain, indent=1).encode())


def course_files(course: Path) -> list[Path]:
    """Return the files to copy: all sets of notebooks, and what they link to."""
    folders = (course / name for name in (".", "solutions", "further", "further/solutions"))
    found = [path for folder in folders for path in folder.glob("*")]
    found += (course / "images").rglob("*")
    return sorted(path for path in found if path.suffix in KINDS and path.is_file())


def for_a_learner(content: bytes, *, outputs: bool, language: dict[str, Any] = LANGUAGE) -> bytes:
    """Return a notebook as a learner opens it: with its outputs or without, and no more to add."""
    notebook = json.loads(content)
    if not outputs:
        for cell in notebook["cells"]:
            if cell["cell_type"] == "code":
                cell["outputs"], cell["execution_count"] = [], None
    notebook.setdefault("metadata", {})["language_info"] = language
    return (json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def contents(
    course: Path, *, outputs: bool = False, language: dict[str, Any] = LANGUAGE
) -> dict[str, bytes]:
    """Return what the copy is to hold, by name; lessons without outputs unless asked for.

    A link to a line outside leads to a copy of the file, in JupyterLab's way: the first line is 0.
    """

    def inside(link: re.Match[bytes]) -> bytes:
        name = f"code/{link[1].decode()}"
        found[name] = (course.parent / link[1].decode()).read_bytes()
        return f"]({name}#line={int(link[2]) - 1})".encode()

    found: dict[str, bytes] = {}
    for path in course_files(course):
        content = path.read_bytes()
        name = path.relative_to(course).as_posix()
        if path.suffix == ".ipynb":
            kept = outputs or path.parent.name == SOLUTIONS
            content = for_a_learner(content, outputs=kept, language=language)
        found[name] = LINE.sub(inside, content) if path.suffix == ".md" else content
    return found


def verdict(mine: Hashes | None, copied: Hashes | None, newest: Hashes) -> str:
    """Say what to do: "replace" the learner's file, "keep" it, or put the newer one "beside" it."""
    if mine is None:
        return "replace"
    if newest.text == mine.text:
        untouched = copied is not None and mine.file == copied.file
        lacks_outputs = newest.shows and not mine.shows
        renew = lacks_outputs or (untouched and mine.file != newest.file)
        return "replace" if renew else "keep"
    if copied is None:
        return "beside"
    if mine.text == copied.text:
        return "replace"
    return "keep" if newest.text == copied.text else "beside"


def place_beside(path: Path, content: bytes, replaceable: set[str]) -> Path:
    """Put a newer lesson beside an edited one, over no file but an unedited earlier arrival."""
    number = 1
    while True:
        beside = path.with_name(f"{path.stem}.new{number if number > 1 else ''}{path.suffix}")
        if not beside.exists() or Hashes.of(beside.read_bytes()).text in replaceable:
            put(beside, content)
            return beside
        number += 1


def refresh(course: Path, copy: Path, *, outputs: bool = False) -> list[str]:
    """Bring `copy` up to date with `course`; return a sentence for each thing worth telling."""
    first_time = not copy.exists()
    memory = recall(copy)
    news: list[str] = []
    renewed = 0
    for name, content in contents(course, outputs=outputs).items():
        path, newest, copied = copy / name, Hashes.of(content), memory.get(name)
        mine = Hashes.of(path.read_bytes()) if path.exists() else None
        what = verdict(mine, copied, newest)
        if what == "replace":
            put(path, content)
            renewed += copied is None or copied.text != newest.text
        elif what == "beside":
            replaceable = {newest.text} | ({copied.text} if copied else set())
            beside = place_beside(path, content, replaceable)
            news.append(f"You edited {name}: the newer version is beside it, in {beside.name}.")
        if copied != newest:
            memory[name] = newest
            remember(copy, memory)
    if first_time:
        return [f"Your own copy of the course is in {copy.name}/: write in it as you like."]
    if renewed:
        lessons = "1 new or newer file" if renewed == 1 else f"{renewed} new or newer files"
        news.insert(0, f"{lessons} came into {copy.name}/.")
    return news


def main(arguments: list[str] | None = None) -> int:
    """Refresh my_course/ and print what the learner should know; nothing where nothing changed."""
    arguments = sys.argv[1:] if arguments is None else arguments
    if unknown := set(arguments) - {"--with-outputs"}:
        print(f"there is no option {', '.join(sorted(unknown))}", file=sys.stderr)
        return 2
    try:
        for sentence in refresh(
            ROOT / "notebooks", ROOT / "my_course", outputs="--with-outputs" in arguments
        ):
            print(sentence)
    except OSError as error:
        print(f"my_course/ could not be brought up to date: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
