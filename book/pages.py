"""The pages of the book: the repository's own texts and notebooks, made ready for Sphinx.

Nothing is written twice. Notebooks and Markdown are copied into a folder in which they keep their
places, so that their links to each other hold, and changed on the way:

- a link to a file that is no page leads to its listing in the book;
- a number such as (9.24) in a lesson leads to the equation index, and the place that derives it
  gets an anchor, to which the index leads;
- pictures become files, shared by all pages that show them;
- a recorded player gets its frames, and a live panel a sentence that says where it lives;
- each lesson gets a row of links to the other forms in which it can be opened.
"""

from __future__ import annotations

import base64
import html
import importlib.util
import os
import re
import shutil
import sys
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from types import ModuleType
from typing import Any
from urllib.parse import quote

import nbformat
import players
from nbformat import NotebookNode

BOOK = Path(__file__).resolve().parent
ROOT = BOOK.parent
SOURCES = "source"
GLOSSARY = "notebooks/glossary.md"  # lies where the learner's copy takes it along
PICTURES = "pictures"
LINK = re.compile(r"(?<!!)\[((?:[^\[\]]|\[[^\]]*\])*)\]\((?![a-z]+:|#)([^)\s#]+)(#[^)\s]*)?\)")
IMAGE = re.compile(
    r'<img alt="(?P<alt>[^"]*)" src="data:image/png;base64,(?P<data>[^"]+)" width="(?P<width>\d+)"'
    r"[^>]*>"
)
EQUATIONS = re.compile(r"\((9\.\d+)\)(?:(\s*[-–]\s*)\((9\.\d+)\))?")
# What a link must not be put into: code, mathematics, other links, HTML and headings.
CLOSED = re.compile(
    r"```.*?```|`[^`\n]*`|\$\$.*?\$\$|\\begin\{(\w+\*?)\}.*?\\end\{\1\}|\$[^$\n]+(?:\n[^$\n]+)?\$|"
    r"\[(?:[^\[\]]|\[[^\]]*\])*\]\([^)]*\)|<[^>]*>|^#+ .*?$",
    re.S | re.M,
)
TAGGED = re.compile(
    r"\$\$(?:(?!\$\$).)*?\\tag\{(9\.\d+)\}|\\begin\{align.*?\\tag\{(9\.\d+)\}", re.S
)


LIVE = (
    '<p class="live">This panel is drawn anew at each touch, which needs Python: it moves in the '
    "notebook. Here it stands still, and the figure below shows where it would go.</p>"
)


class BookError(Exception):
    """Something that keeps the book from being built; the message says what to do."""


@dataclass
class Stage:
    """The folder that Sphinx reads, and what else the pages ask for."""

    folder: Path
    slides: bool = False
    lite: bool = False
    listed: set[str] = field(default_factory=set)
    downloads: set[str] = field(default_factory=set)
    pages: set[str] = field(default_factory=set)

    def write(self, name: str, text: str) -> None:
        """Write a page."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def repository() -> str:
    """Return the address of the course's repository."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return project["urls"]["Repository"]


def load(path: Path) -> ModuleType:
    """Import a file that is in no package."""
    spec = importlib.util.spec_from_file_location(f"book_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise BookError(f"{path} cannot be imported")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def lessons() -> list[Path]:
    """Return the lessons in their order."""
    return sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))


def documents() -> list[str]:
    """Return the Markdown pages beside the notebooks."""
    paths = [*ROOT.glob("docs/*.md"), *ROOT.glob("docs/teaching/*.md")]
    names = sorted(path.relative_to(ROOT).as_posix() for path in paths)
    names.remove("docs/equations.md")  # the book has its own, which leads further
    return [GLOSSARY, *names, "CONTRIBUTING.md", "CHANGELOG.md"]


def stage(folder: Path, *, slides: bool, lite: bool) -> Stage:
    """Make the folder that Sphinx reads, but for what `finish` adds."""
    shutil.rmtree(folder, ignore_errors=True)
    made = Stage(folder, slides, lite)
    notebooks = [*lessons(), *sorted((ROOT / "notebooks" / "solutions").glob("[0-9]*.ipynb"))]
    names = [path.relative_to(ROOT).as_posix() for path in notebooks]
    made.pages = {*names, *documents(), "docs/equations.md"}
    made.downloads = set(names)
    anchors = anchors_of_equations()
    for name in names:
        sections = anchors.get(f"notebooks/{PurePosixPath(name).name}", {})
        made.write(name, nbformat.writes(notebook(name, made, sections)))
    for name in documents():
        text = relink((ROOT / name).read_text(encoding="utf-8"), name, made)
        if name == GLOSSARY:
            text = cite(text, name, set())
        made.write(name, with_toctree(name, text))
    for picture in (*ROOT.glob("docs/**/*.png"), *ROOT.glob("docs/**/*.svg")):
        copy = made.folder / picture.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(picture, copy)
    made.listed.update(path.relative_to(ROOT).as_posix() for path in ROOT.glob("emlib/**/*.py"))
    return made


def finish(made: Stage) -> None:
    """Write the book's own pages, some of which list what the others asked for."""
    for page in sorted((BOOK / "pages").glob("*.md")):
        made.write(page.name, filled(page.read_text(encoding="utf-8"), made))


def filled(text: str, made: Stage) -> str:
    """Fill in what a page of the book takes from elsewhere: a line ``{{ name }}``."""
    parts: dict[str, Callable[[Stage], str]] = {
        "symbols": symbols,
        "lessons": lesson_cards,
        "contents": contents,
        "solutions": solutions_contents,
        "doors": front_doors,
        "film": film,
        "n_lessons": lambda made: str(len(lessons())),
        "sources": source_list,
    }
    return re.sub(r"\{\{ (\w+) \}\}", lambda found: parts[found[1]](made), text)


def with_toctree(name: str, text: str) -> str:
    """Hang the teaching notes below the page for instructors."""
    notes = [page for page in documents() if page.startswith("docs/teaching/")]
    if name != "docs/instructors.md" or not notes:
        return text
    entries = "\n".join(PurePosixPath(page).relative_to("docs").as_posix() for page in notes)
    return f"{text}\n```{{toctree}}\n:hidden:\n\n{entries}\n```\n"


def contents(made: Stage) -> str:
    """Return the tables of contents of the whole book, which the side bar shows."""
    groups = {
        "Lessons": [f"notebooks/{path.stem}" for path in lessons()],
        "Look up": ["solutions", "notation", "notebooks/glossary", "docs/equations"],
        "The package": ["api", "docs/benchmarks", "sources"],
        "Doors": ["docs/in_the_browser"],
        "Teach": ["docs/instructors", "docs/owners"],
        "Take part": ["CONTRIBUTING", "CHANGELOG"],
    }
    placed = {entry for group in groups.values() for entry in group}
    here = {name.removesuffix(".md") for name in documents() if "teaching/" not in name}
    groups["Teach"] += sorted(here - placed)
    absent = {entry for entry in placed if entry.startswith("docs/")} - here - {"docs/equations"}
    return "\n\n".join(
        f"```{{toctree}}\n:hidden:\n:caption: {caption}\n\n"
        + "\n".join(entry for entry in entries if entry not in absent)
        + "\n```"
        for caption, entries in groups.items()
    )


def solutions_contents(made: Stage) -> str:
    """Return the table of contents of the solutions."""
    names = "\n".join(f"notebooks/solutions/{path.stem}" for path in lessons())
    return f"```{{toctree}}\n\n{names}\n```"


def title_of(path: Path) -> str:
    """Return the title of a notebook."""
    first = nbformat.reads(path.read_text(encoding="utf-8"), as_version=4).cells[0].source
    return first.partition("\n")[0].removeprefix("# ")


def questions() -> dict[str, tuple[str, str]]:
    """Return the question and the time of each lesson, as the README's table has them."""
    rows = re.findall(
        r"^\| \[\d\d [^\]]+\]\(notebooks/(\w+)\.ipynb\) \| (.+?) \| (.+?) \|$",
        (ROOT / "README.md").read_text(encoding="utf-8"),
        re.M,
    )
    return {name: (question, time) for name, question, time in rows}


def lesson_cards(made: Stage) -> str:
    """Return the lessons with their questions."""
    asked, items = questions(), []
    for path in lessons():
        number, _, title = title_of(path).partition(" · ")
        question, time = (html.escape(words) for words in asked.get(path.stem, ("", "")))
        items.append(
            f'<li><a href="notebooks/{path.stem}.html"><span class="number">{number}</span> '
            f"{html.escape(title)}</a> <span>{question}</span> <small>{time}</small></li>"
        )
    return f'<ol class="lessons" start="0">\n{chr(10).join(items)}\n</ol>'


def front_doors(made: Stage) -> str:
    """Return the doors that this edition of the book has."""
    home, address = repository(), binder()
    rows = [
        ("notebooks/00_start_here.html", "Read",
         "Every lesson with its results, pictures and recorded players: go on here."),
        ("lite/lab/index.html?path=notebooks/00_start_here.ipynb", "Try it in this browser",
         "The notebooks, running on your own device: no account, nothing to install. "
         '<a href="docs/in_the_browser.html">What to expect</a>.'),
        (f"{home}#start", "Work on your machine",
         "One command, <code>python course.py</code>; your work stays with you."),
        (f"{address}/HEAD?urlpath=lab/tree/notebooks/00_start_here.ipynb", "Try it on Binder",
         "A free service with limited room; it forgets your work when you leave."),
        ("slides/index.html", "Lecture", "Slides from the same sources, one deck a lesson."),
        ("docs/instructors.html", "Teach a class",
         "What each lesson needs, and how to bring the course to your students."),
    ]  # fmt: skip
    absent = [f"{part}/" for part in ("lite", "slides") if not getattr(made, part)]
    items = "".join(
        f'<li><a href="{to}">{name}</a> <span>{words}</span></li>'
        for to, name, words in rows
        if not to.startswith(tuple(absent))
    )
    return f'<ul class="lessons">{items}</ul>'


def binder() -> str:
    """Return the address at which Binder finds the repository."""
    return repository().replace("https://github.com/", "https://mybinder.org/v2/gh/")


def film(made: Stage) -> str:
    """Return the README's animation."""
    found = re.search(
        r'<img src="(?P<file>[^"]+)" width="(?P<width>\d+)" alt="(?P<alt>[^"]+)">',
        (ROOT / "README.md").read_text(encoding="utf-8"),
    )
    if not found:
        raise BookError("the README must have its animation as one <img> element")
    data = base64.b64encode((ROOT / found["file"]).read_bytes()).decode("ascii")
    return image(data, html.unescape(found["alt"]), int(found["width"]), "index.md", made)


def source_list(made: Stage) -> str:
    """Return links to all listings; they are known once every page is made."""
    links = "".join(
        f'<li><a href="{SOURCES}/{place}.html"><code>{place}</code></a></li>'
        for place in sorted(made.listed)
    )
    return f"<ul>{links}</ul>"


def symbols(made: Stage) -> str:
    """Return the table of symbols of lesson 00."""
    path = lessons()[0]
    cells = nbformat.reads(path.read_text(encoding="utf-8"), as_version=4).cells
    found = [
        re.search(r"^## \d+ · The symbols\n(.*?)(?=^## |\Z)", c.source, re.S | re.M) for c in cells
    ]
    texts = [match[1] for match in found if match]
    if len(texts) != 1:
        raise BookError(f"{path.name} must have one section 'The symbols', for the notation page")
    return cite(texts[0], "notation.md", set())


def anchors_of_equations() -> dict[str, dict[str, str]]:
    """Return for each lesson the equations that it derives or meets, and in which section."""
    index = load(ROOT / "docs" / "equations.py")
    found: dict[str, dict[str, str]] = {}
    for number, several in sections_in(index).items():
        for section in several:
            found.setdefault(section.path, {})[number] = section.heading
    return found


def sections_in(index: ModuleType) -> dict[str, list[Any]]:
    """Return the sections that meet each equation, of lessons that were built."""
    sections, _ = index.derived(ROOT)
    return {
        number: [section for section in several if (ROOT / section.path).exists()]
        for number, several in sections.items()
    }


def notebook(name: str, made: Stage, sections: dict[str, str]) -> NotebookNode:
    """Return a notebook as the book shows it.

    `sections` has the heading of the section in which each equation of the lesson is derived.
    """
    path = ROOT / name
    node = nbformat.reads(path.read_text(encoding="utf-8"), as_version=4)
    recordings = iter(players.read(path.stem))
    wanted = dict(sections)
    heading = ""
    for cell in node.cells:
        if cell.cell_type == "code":
            show(cell, name, made, recordings)
            continue
        parts = re.split(r"^(?=## )", cell.source, flags=re.M)
        for i, part in enumerate(parts):
            if part.startswith("## "):
                heading = heading_of(part)
            due = {number for number, where in wanted.items() if where == heading}
            parts[i] = cite(relink(part, name, made), name, due)
            wanted = {n: where for n, where in wanted.items() if where != heading or n in due}
        cell.source = "".join(parts)
    if next(recordings, None):
        raise unrecorded(name)
    for number, where in wanted.items():  # only code names it: the section's beginning will do
        cell = next(c for c in node.cells if f"\n## {where}\n" in f"\n{c.source}\n")
        cell.source = cell.source.replace(f"## {where}\n", f"## {where}\n\n{mark(number)}\n", 1)
    title, _, rest = node.cells[0].source.partition("\n")
    if PurePosixPath(name).parent.name == "solutions":
        title += ", solved"
    node.cells[0].source = f"{title}\n\n{doors(name, made)}\n{rest}"
    return node


def heading_of(text: str) -> str:
    """Return the heading that a section begins with."""
    return text.partition("\n")[0].removeprefix("## ")


def up(name: str) -> str:
    """Return the way from a page to the top of the site."""
    return "../" * (len(PurePosixPath(name).parts) - 1)


def relink(text: str, name: str, made: Stage) -> str:
    """Aim links of a page at what the book has of the repository."""

    def aim(found: re.Match[str]) -> str:
        words, target, fragment = found[1], found[2], found[3] or ""
        place = os.path.normpath(PurePosixPath(name).parent / target)
        if place in made.pages:
            return found[0]
        if place == "README.md" and fragment:  # its sections are not those of the front page
            return f'<a href="{repository()}{fragment}">{words}</a>'
        return f'<a href="{address(place, name, made)}{fragment}">{words}</a>'

    return LINK.sub(aim, text)


def address(place: str, name: str, made: Stage) -> str:
    """Return where a page finds a file or folder of the repository that is no page."""
    special = {"README.md": "index.html", "notebooks/solutions": "solutions.html"}
    path = ROOT / place
    if place in special:
        return up(name) + special[place]
    if not path.exists():
        raise BookError(f"{name} has a link to {place}, which does not exist")
    if path.is_dir():
        return f"{repository()}/tree/HEAD/{place}"
    made.listed.add(place)
    return f"{up(name)}{SOURCES}/{place}.html"


def cite(text: str, name: str, due: set[str]) -> str:
    """Link the numbers of equations to the index; set an anchor for each number that is due.

    A display with the number as its tag gets the anchor, or else the first mention; `due` loses
    the numbers that got theirs.
    """
    for found in reversed(list(TAGGED.finditer(text))):
        numbers = [number for number in re.findall(r"\\tag\{(9\.\d+)\}", found[0]) if number in due]
        anchors = "".join(mark(number) for number in numbers)
        if anchors:
            text = f"{text[: found.start()].rstrip()}\n\n{anchors}\n\n{text[found.start() :]}"
        due.difference_update(numbers)
    pieces, end = [], 0
    for closed in [*CLOSED.finditer(text), None]:
        start = closed.start() if closed else len(text)
        pieces.append(EQUATIONS.sub(lambda found: linked(found, name, due), text[end:start]))
        if closed:
            pieces.append(closed[0])
            end = closed.end()
    return "".join(pieces)


def linked(found: re.Match[str], name: str, due: set[str]) -> str:
    """Return a link to one equation, or to the first and the last of several."""
    first, last = (int(number.split(".")[1]) for number in (found[1], found[3] or found[1]))
    between = [f"9.{i}" for i in range(first, last + 1)]
    anchors = "".join(mark(number) for number in between if number in due)
    due.difference_update(between)
    links = [
        f'<a class="equation" href="{up(name)}docs/equations.html#{anchor(n)}">({n})</a>'
        for n in (found[1], found[3])
        if n
    ]
    return anchors + (found[2] or "").join(links)


def anchor(number: str) -> str:
    """Return the anchor of an equation: in its lesson, and in the index.

    >>> anchor("9.24")
    'eq-9-24'
    """
    return f"eq-{number.replace('.', '-')}"


def mark(number: str) -> str:
    """Return the anchor of an equation as HTML."""
    return f'<span class="anchor" id="{anchor(number)}"></span>'


def show(cell: NotebookNode, name: str, made: Stage, recordings: Iterator[Any]) -> None:
    """Make the outputs of a cell those of a page: pictures as files, players that play.

    `recordings` are those of the widgets from this cell on.
    """
    tags = cell.metadata.get("tags", [])
    for output in cell.outputs:
        data = output.get("data", {})
        picture = IMAGE.fullmatch(data.get("text/html", "").strip())
        data.pop("image/png", None)
        if not picture:
            continue
        shown = image(
            picture["data"], html.unescape(picture["alt"]), int(picture["width"]), name, made
        )
        data["text/html"] = shown
        if "widget" in tags:
            recording = next(recordings, "missing")
            if recording == "missing":
                raise unrecorded(name)
            if recording is None:
                data["text/html"] = shown + LIVE
            else:
                data["text/html"] = player(recording, base64.b64decode(picture["data"]), name, made)


def player(recording: dict[str, Any], still: bytes, name: str, made: Stage) -> str:
    """Return a recorded player as HTML."""
    try:
        return players.page(recording, still, up(name), made.folder)
    except players.Stale:
        raise unrecorded(name) from None


def unrecorded(name: str) -> BookError:
    """Return what is said where the recordings are not those of a notebook."""
    stem = PurePosixPath(name).stem
    return BookError(f"{name}: its widgets are not those recorded: python book/record.py {stem}")


def image(data: str, alt: str, width: int, name: str, made: Stage) -> str:
    """Write a picture into a file named by its content; return the element that shows it."""
    content = base64.b64decode(data)
    file = players.keep(content, made.folder)
    pixels = int.from_bytes(content[16:20]), int.from_bytes(content[20:24])
    height = round(width * pixels[1] / pixels[0])
    element = (
        f'<img alt="{html.escape(alt)}" src="{up(name)}{file}" width="{width}" height="{height}" '
        'loading="lazy">'
    )
    if b"acTL" not in content.partition(b"IDAT")[0]:
        return f'<div class="picture">{element}</div>'
    still = players.keep(players.first_frame(content), made.folder)
    return f'<div class="picture animated" data-still="{up(name)}{still}">{element}</div>'


def doors(name: str, made: Stage) -> str:
    """Return the row of links to the other forms of a notebook."""
    path = PurePosixPath(name)
    inside = path.relative_to("notebooks")
    solved = inside.parts[0] == "solutions"
    root = up(name)
    links = []
    if made.lite:
        links.append((f"{root}lite/lab/index.html?path={quote(name)}", "In the browser", ""))
    links.append((f"{binder()}/HEAD?urlpath=lab/tree/{quote(name)}", "Binder", ""))
    links.append((path.name, "Notebook file", " download"))
    if made.slides and not solved:
        links.append((f"{root}slides/{path.stem}.html", "Slides", ""))
    links.append((f"{repository()}/blob/HEAD/{name}", "On GitHub", ""))
    other = f"../{path.stem}.html" if solved else f"solutions/{path.stem}.html"
    links.append((other, "The lesson" if solved else "Solutions", ""))
    items = "".join(f'<li><a href="{to}"{more}>{words}</a></li>' for to, words, more in links)
    return (
        f'<nav class="doors" aria-label="Open this lesson"><span>Open:</span><ul>{items}</ul></nav>'
    )
