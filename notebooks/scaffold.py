"""Begin an exercise or a lesson.

    python course.py new exercise 05.4              the next exercise of lesson 05
    python course.py new lesson 18_chains "Chains"  a lesson, with its first exercise

What is written runs and keeps every rule of the project before its author has changed a word: the
cells in the lesson's source, the record of the check and its words, a test of it, the teaching
notes, the lists that name each lesson. What is to be said is marked FILL IN. The texts are in
``templates/``; this module knows where they go. All places are found before the first file is
written, so a command that is refused leaves nothing behind. At the end the lessons that changed are
built.
"""

from __future__ import annotations

import ast
import json
import re
import sys
from collections.abc import Iterable
from pathlib import Path

import build
import measure
import solved

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = Path(__file__).resolve().parent / "templates"
USAGE = 'Say `new exercise 05.4`, or `new lesson 18_chains "Follow a hidden chain"`.'
# The part of a lesson that comes after its last exercise begins with one of these sections.
CLOSING = ("The same answer from elsewhere", "Easily confused", "In practice", "Take away")
# What the record of an exercise uses of other modules.
IMPORTS = {
    "emlib.exercises.engine.forms": {"Number"},
    "emlib.exercises.engine.record": {"Case", "Property"},
}
# The tables that have a row for each lesson: where, how a row begins, and the new one.
ROWS = {
    "README.md": (
        r"\| \[(\d\d) .*\]\(notebooks/\w+\.ipynb\) \|",
        "| [{{ number }} {{ title }}](notebooks/{{ name }}.ipynb) "
        "| FILL IN: its question? | 60 min |",
    ),
    "docs/instructors.md": (
        r"\| \[(\d\d)\]\(\.\./notebooks/\w+\.ipynb\) ",
        "| [{{ number }}](../notebooks/{{ name }}.ipynb) · [notes](teaching/{{ name }}.md) "
        "| 60 min | FILL IN: lessons it needs | FILL IN: a picture | FILL IN: a question? |",
    ),
    "notebooks/source/00_start_here.py": (
        r"# \| \[(\d\d) .*\]\(\w+\.ipynb\) \|",
        "# | [{{ number }} {{ title }}]({{ name }}.ipynb) | FILL IN: its question? |",
    ),
}
ONWARDS = """
Now say what is marked:      git grep --untracked -n "FILL IN" {marked}
try its checks:              pytest tests/exercises -k {number}
build it:                    python course.py build
and try the rules on it:     pytest {tests} -k {number}
Give each function and record a name that says what it is. The lesson's first cell states the number
of its exercises: bring it up to date. Its minutes:  python notebooks/measure.py --write"""
MARKED = "README.md docs emlib notebooks/source tests/exercises"
TESTS = "tests/exercises tests/test_notebooks.py tests/test_teaching.py tests/slides/test_decks.py"


class Refusal(Exception):
    """What is asked for cannot be begun; the message says why in one sentence."""


class Course:
    """The files of the course as they will be: read once, changed in memory, written together."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.changed: dict[str, str] = {}

    def read(self, name: str) -> str:
        """Return the text of a file as it will be; nothing where there is none."""
        path = self.root / name
        old = path.read_text(encoding="utf-8") if path.exists() else ""
        return self.changed.get(name, old)

    def write(self) -> None:
        """Write what changed."""
        for name, text in self.changed.items():
            (self.root / name).write_text(text, encoding="utf-8", newline="\n")

    def lessons(self) -> dict[str, str]:
        """Return the names of the lessons by their numbers, in order."""
        names = [path.stem for path in build.sources(self.root / "notebooks")]
        names += [Path(name).stem for name in self.changed if name.startswith("notebooks/source/")]
        return {name[:2]: name for name in sorted(set(names))}


def filled(template: str, words: dict[str, str]) -> str:
    """Return a text with its places ``{{ name }}`` filled in."""
    return re.sub(r"\{\{ (\w+) \}\}", lambda place: words[place[1]], template)


def from_template(name: str, words: dict[str, str]) -> str:
    """Return a file of ``templates/``, filled in."""
    return filled((TEMPLATES / f"{name}.txt").read_text(encoding="utf-8"), words)


# An exercise.


def new_exercise(course: Course, identity: str) -> str:
    """Begin an exercise; return the name of its lesson."""
    lessons = course.lessons()
    if not re.fullmatch(r"\d\d\.[1-9]\d?", identity):
        raise Refusal(f"{identity!r} is no number of an exercise, which looks like 05.4.")
    number, _, count = identity.partition(".")
    if number not in lessons:
        raise Refusal(f"There is no lesson {number}; the lessons are {', '.join(lessons)}.")
    name = lessons[number]
    source = f"notebooks/source/{name}.py"
    text = course.read(source)
    # An exercise keeps its number where it moves to an optional notebook.
    beside = [path.name for path in build.optional(course.root / "notebooks")]
    texts = [course.read(f"notebooks/source/further/{file}") for file in beside]
    starter = rf'^# %% tags=\["exercise", "({number}\.\d+)"\]'
    known = re.findall(starter, "\n".join([text, *texts]), re.M)
    free = f"{number}.{len(known) + 1}"
    if identity in known:
        raise Refusal(f"Exercise {identity} exists already, in {source}; the next is {free}.")
    if identity != free:
        raise Refusal(f"There is no gap in the numbers: the next of lesson {number} is {free}.")
    refuse_without_room(text, source)
    words = {"id": identity, "tag": f"{number}_{count}", "number": number, "name": name}
    course.changed[source] = with_cells(text, from_template("exercise_cells.py", words), source)
    record = f"emlib/exercises/lesson_{number}.py"
    course.changed[record] = with_record(course.read(record), words, record)
    told = f"emlib/exercises/lesson_{number}.md"
    course.changed[told] = f"{course.read(told)}\n{from_template('exercise_words.md', words)}"
    test = f"tests/exercises/test_lesson_{number}.py"
    lines = course.read(test)
    begun = f"{lines}\n" if lines else from_template("lesson_tests.py", words)
    course.changed[test] = f"{begun}\n{from_template('exercise_test.py', words)}"
    note = f"docs/teaching/{name}.md"
    course.changed[note] = with_note(course.read(note), words, note)
    return name


def refuse_without_room(source: str, name: str) -> None:
    """Refuse a lesson whose cells are as many as a rule allows."""
    sys.path.append(str(ROOT / "tests"))
    from test_notebooks import MAX_CELLS

    cells = len(re.findall(r"^# %%", source, re.M)) - len(re.findall(r'tags=\["solution"', source))
    if cells + 3 > MAX_CELLS:
        raise Refusal(
            f"{name} has {cells} cells of at most {MAX_CELLS}, and an exercise needs three: join "
            "two cells of text, or move a part elsewhere."
        )


def with_cells(source: str, cells: str, name: str) -> str:
    """Return a lesson with the cells of an exercise before its closing part."""
    lines = source.splitlines(keepends=True)
    checked = [i for i, line in enumerate(lines) if line.startswith('check("')]
    heading = re.compile(rf"# ## (?:\d+ · )?(?:{'|'.join(CLOSING)})$")
    behind = range(max(checked, default=0), len(lines))
    at = next((i for i in behind if heading.match(lines[i].rstrip("\n"))), None)
    if at is None:
        raise Refusal(f"{name} has no section called {' or '.join(CLOSING)} behind its exercises.")
    header = max(i for i in range(at) if lines[i].startswith("# %%"))
    above = lines[header + 1 : at]
    if not any(line.strip("# \n") for line in above):
        return "".join([*lines[:header], f"{cells}\n", *lines[header:]])
    while above and not above[-1].strip("# \n"):  # the empty line before the heading
        above.pop()
    first, second = shared_marks(lines[header], "".join(above))
    return "".join(
        [*lines[:header], first, *above, f"\n{cells}\n", second, *lines[at:]],
    )


def shared_marks(header: str, above: str) -> tuple[str, str]:
    """Return the headers of the two halves of a cell, each with the slide marks of its own text."""
    found = re.search(r"(?<=slideshow=)\{.*\}", header)
    marks = json.loads(found[0]) if found else {}
    text = " ".join(re.sub(r"[*#]", " ", above).split())
    halves = []
    for first in (True, False):
        own = {
            key: [mark for mark in value if (" ".join(mark.split()) in text) is first]
            if isinstance(value, list)
            else value
            for key, value in marks.items()
        }
        own = {key: value for key, value in own.items() if value or not marks[key]}
        written = json.dumps(own, ensure_ascii=False)
        halves.append(header.replace(found[0], written) if found else header)
    return halves[0], halves[1]


def with_record(module: str, words: dict[str, str], name: str) -> str:
    """Return a module of exercises with one record more."""
    for imported, wanted in IMPORTS.items():
        module = with_import(module, imported, wanted)
    listed = re.search(r"^EXERCISES = \(([^()]*)\)\n", module, re.M)
    if listed is None:
        raise Refusal(f"{name} has no line `EXERCISES = (...)` to put the new record into.")
    records = [*re.findall(r"\w+", listed[1]), filled("EXERCISE_{{ tag }}", words)]
    line = f"EXERCISES = ({', '.join(records)}{',' if len(records) == 1 else ''})\n"
    if len(line) > 101:
        line = "EXERCISES = (\n" + "".join(f"    {record},\n" for record in records) + ")\n"
    record = from_template("exercise_record.py", words)
    before = module[: listed.start()].rstrip("\n")
    return f"{before}\n\n\n{record}\n{line}{module[listed.end() :]}"


def with_import(module: str, imported: str, wanted: Iterable[str]) -> str:
    """Return a module that imports names of another, in the order that ruff asks for."""
    lines = module.splitlines(keepends=True)
    froms = [node for node in ast.parse(module).body if isinstance(node, ast.ImportFrom)]
    here = next((node for node in froms if node.module == imported), None)
    names = {alias.name for alias in here.names} if here else set()
    if set(wanted) <= names:
        return module
    ordered = sorted(names | set(wanted), key=lambda n: (not n.isupper(), not n[0].isupper(), n))
    line = f"from {imported} import {', '.join(ordered)}\n"
    one_each = here is not None and "(\n" in lines[here.lineno - 1]
    if one_each or len(line) > 101:
        line = f"from {imported} import (\n" + "".join(f"    {n},\n" for n in ordered) + ")\n"
    if here:
        lines[here.lineno - 1 : here.end_lineno] = [line]
    else:
        ours = [node for node in froms if (node.module or "").startswith("emlib")]
        later = [node.lineno - 1 for node in ours if (node.module or "") > imported]
        lines.insert(later[0] if later else ours[-1].end_lineno or 0, line)
    return "".join(lines)


def with_note(page: str, words: dict[str, str], name: str) -> str:
    """Return a page of teaching notes with one exercise more."""
    part = re.search(r"^## Exercises\n(?:.*\n)*?(?=## |\Z)", page, re.M)
    if part is None:
        raise Refusal(f"{name} has no section Exercises.")
    text = part[0].rstrip("\n")
    gap = "\n" if re.search(r"^- ", text, re.M) else "\n\n"
    new = f"{text}{gap}{from_template('exercise_note.md', words)}"
    return f"{page[: part.start()]}{new}\n{page[part.end() :]}"


# A lesson.


def new_lesson(course: Course, name: str, title: str) -> list[str]:
    """Begin a lesson; return the names of the lessons that changed."""
    if not re.fullmatch(r"\d\d_[a-z][a-z0-9_]*", name):
        raise Refusal(f"{name!r} is no name of a lesson, which looks like 18_hidden_chains.")
    if not 0 < len(title) <= 60 or re.search(r'["\\|\[\]<>$`\n]', title):
        raise Refusal(r'A title has at most 60 characters, and none of " \ | [ ] < > $ and `.')
    lessons = course.lessons()
    number = name[:2]
    if number in lessons:
        raise Refusal(f"Lesson {number} exists already: notebooks/source/{lessons[number]}.py.")
    before = lessons[max(n for n in lessons if n < number)]
    words = {"number": number, "name": name, "title": title, "before": before}
    words["before_title"] = heading_of(course, before)
    for file, template in {
        f"notebooks/source/{name}.py": "lesson_source.py",
        f"emlib/exercises/lesson_{number}.py": "lesson_exercises.py",
        f"emlib/exercises/lesson_{number}.md": "lesson_exercises.md",
        f"emlib/plots/alt/lesson_{number}.md": "lesson_alternatives.md",
        f"docs/teaching/{name}.md": "lesson_note.md",
    }.items():
        course.changed[file] = from_template(template, words)
    for file, (row, new) in ROWS.items():
        course.changed[file] = with_row(course.read(file), row, filled(new, words), file)
    new_exercise(course, f"{number}.1")
    earlier, later = (lessons.get(f"{int(number) + step:02d}") for step in (-1, 1))
    if earlier:
        link(course, earlier, "Next", name)
    if later:
        link(course, later, "Previous", name)
        link(course, name, "Next", later)
    return [Path(file).stem for file in course.changed if file.startswith("notebooks/source/")]


def link(course: Course, name: str, label: str, other: str) -> None:
    """Let a lesson end with a link to the one before or after it."""
    file = f"notebooks/source/{name}.py"
    line = f"#\n# **{label}:** [{heading_of(course, other)}]({other}.ipynb).\n"
    course.changed[file] = f"{course.read(file).rstrip()}\n{line}"


def heading_of(course: Course, name: str) -> str:
    """Return the title of a lesson, with its number."""
    text = course.read(f"notebooks/source/{name}.py")
    found = re.search(r"^# # (\d\d · .+)$", text, re.M)
    if found is None:
        raise Refusal(f"notebooks/source/{name}.py has no title such as `# 05 · Title`.")
    return found[1]


def with_row(page: str, row: str, new: str, name: str) -> str:
    """Return a page whose table of lessons has one row more, in its order."""
    lines = page.splitlines(keepends=True)
    number = re.search(r"\d\d", new)
    rows = [(i, found[1]) for i, line in enumerate(lines) if (found := re.match(row, line))]
    if not rows or number is None:
        raise Refusal(f"{name} has no table of the lessons to put a row into.")
    earlier = [i for i, listed in rows if listed < number[0]]
    lines.insert(earlier[-1] + 1 if earlier else rows[0][0], f"{new}\n")
    return "".join(lines)


def begin(arguments: list[str], root: Path = ROOT) -> tuple[Course, list[str]]:
    """Write what is asked for; return the course, and the names of the lessons that changed."""
    course = Course(root)
    if len(arguments) == 2 and arguments[0] == "exercise":
        lessons = [new_exercise(course, arguments[1])]
    elif len(arguments) == 3 and arguments[0] == "lesson":
        lessons = new_lesson(course, arguments[1], arguments[2].strip())
    else:
        raise Refusal(USAGE)
    course.write()
    for name in lessons:
        stated = measure.restated(measure.Source(root / f"notebooks/source/{name}.py"), root)
        course.changed |= {
            path.relative_to(root).as_posix(): text
            for path, text in stated.items()
            if text != path.read_text(encoding="utf-8")
        }
        course.write()
        solved.write(root / "notebooks" / "source" / f"{name}.py")
    return course, lessons


def main(arguments: list[str] | None = None, root: Path = ROOT) -> int:
    """Run the command line; return the exit status."""
    arguments = sys.argv[1:] if arguments is None else arguments
    try:
        course, lessons = begin(arguments, root)
    except Refusal as refusal:
        print(f"course: {refusal}", file=sys.stderr)
        return 1
    for name in sorted(course.changed):
        print(f"wrote {name}")
    status = build.main(lessons, root / "notebooks")
    print(ONWARDS.format(marked=MARKED, tests=TESTS, number=arguments[1][:2]))
    return status


if __name__ == "__main__":
    sys.exit(main())
