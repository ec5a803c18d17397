"""Make lecture slides from the lessons: one deck a lesson, nothing written twice.

    python book/slides.py OUTPUT                   all decks, and index.html
    python book/slides.py OUTPUT 04_two_coins      this deck, and index.html
    python book/slides.py OUTPUT --pdf             each deck as a PDF file too (needs Chromium)

A deck is made from the committed notebook: its text, its code and its stored outputs. The header
of a cell in ``notebooks/source/NN_name.py`` says that the cell is on slides; the others are not:

    # %% [markdown] slideshow={"slide_type": "slide"}
    # %% slideshow={"slide_type": "slide", "show": ["def e_step", "output"]}

*Text.* A section (heading) becomes a slide with its display equations, each with the sentence that
runs into it, its lists, its tables, and its statements in bold. All of its prose goes into the
speaker notes. A paragraph that asks for a prediction is a slide of its own. Steps after the first
appear one at a time, and so do the rows of an aligned equation and the answers in a table *You may
hear*. A section that overfills a slide goes on on the next; one with nothing to show has no slide.

*Code.* A cell with a picture is a slide with the picture; one without, a slide with its code and
what it printed. The prose that follows, up to the next heading, is in its notes; statements in bold
of that prose appear below the picture.

``show`` and ``hide`` change that. Both are lists of beginnings:

    show, text    sentences to show as well
    hide, text    paragraphs, equations (also by number, "(9.34)"), lists, tables to leave out
    show, code    "figure", "output", "code", or statements such as "def e_step", and nothing else;
                  "predict" stands for the question before the cell, to show a picture or
                  listing first: ["figure", "predict"], ["def f", "predict", "output"]

The opening of a lesson (title, question, goals), its last question and the list *Take away* are
found by their fixed words. *Further reading* and the links to other lessons stay in the notebook. A
lesson in which no cell is marked has the default deck: all of its text, and all of its pictures.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import sys
from dataclasses import dataclass, field
from html import escape
from itertools import pairwise
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from slide_parts import (
    PAGE_HEIGHT,
    Block,
    SlideError,
    blocks,
    bold_words,
    capital,
    code,
    html,
    in_rows,
    inline,
    is_statement,
    monospace,
    pictures,
    plain,
    printed,
    sentences,
    statements,
    table_pages,
)

BOOK = Path(__file__).resolve().parent
NOTEBOOKS = BOOK.parent / "notebooks"
COURSE = "EM, step by step"
# Where a file of static/ comes from; npm puts the packages beside this file.
STATIC = {
    "reveal.css": "node_modules/reveal.js/dist/reveal.css",
    "reveal.js": "node_modules/reveal.js/dist/reveal.js",
    "notes.js": "node_modules/reveal.js/plugin/notes/notes.js",
    "tex-svg.js": "node_modules/mathjax/es5/tex-svg.js",
    "slides.css": "slides/slides.css",
    "slides.js": "slides/slides.js",
}
CAPTION = 190  # characters below a picture
STAYS_IN_THE_NOTEBOOK = ("Further reading", "Previous", "Next", "Time", "This page")
LAST_WORDS = ("The question it leaves", "Where to go next")
ASKS = re.compile(r"\*\*(?:Predict|What would you check)")


@dataclass
class Slide:
    """One page of a deck."""

    kind: str  # title, text, predict, figure, code or question
    title: str
    steps: list[str] = field(default_factory=list)  # HTML; all but the first appear at a click
    notes: list[str] = field(default_factory=list)  # HTML
    height: int = 0  # of the steps, estimated in pixels


@dataclass(frozen=True)
class Deck:
    """The slides of a lesson."""

    name: str
    title: str
    question: str
    slides: list[Slide]


def is_marked(cell: NotebookNode) -> bool:
    """Whether a cell asks to be on slides."""
    return cell.metadata.get("slideshow", {}).get("slide_type") == "slide"


class Maker:
    """Goes through a lesson from top to bottom and lays its parts out on slides."""

    def __init__(self) -> None:
        self.lesson = self.question = ""
        self.slides: list[Slide] = []
        self.title = self.above = ""  # of the section, and of the one that it is part of
        self.here: Slide | None = None  # the last slide of the section
        self.waiting: list[str] = []  # prose of the section before its first slide
        self.run_in = ""  # the sentence that runs into what comes next
        self.skipping = False  # in a part that stays in the notebook

    def new(self, kind: str, title: str | None = None) -> Slide:
        """Begin a slide."""
        self.here = Slide(kind, self.title if title is None else title, notes=self.waiting)
        self.waiting, self.run_in = [], ""
        self.slides.append(self.here)
        return self.here

    def note(self, text: str) -> None:
        """Add prose to the notes."""
        (self.waiting if self.here is None else self.here.notes).append(text)

    def step(self, text: str, height: int, *, own_page: bool = False) -> None:
        """Add a step to the slide, or to a new one if there is no room."""
        slide = self.here
        fits = slide and slide.kind == "text" and slide.height + height <= PAGE_HEIGHT
        if slide is None or not fits or own_page:
            run_in, self.run_in = self.run_in, ""
            slide = self.new("text")
            self.run_in = run_in
        slide.steps.append(text)
        slide.height += height

    def markdown(self, parts: list[Block], marked: bool, show: list[str], hide: list[str]) -> None:
        """Lay out a Markdown cell; of one that is not marked, only the notes."""
        for block in parts:
            if block.kind == "heading" and block.level == 1:
                self.opening(block, parts)
            elif block.kind == "heading":
                self.section(block)
            elif self.here and self.here.kind == "title":
                self.goals(block)
            elif marked:
                self.text(block, show, hide)
            else:
                self.note(html(block))

    def opening(self, block: Block, parts: list[Block]) -> None:
        """Begin with the lesson's title and question."""
        self.section(block)
        self.lesson = re.sub(r"^\d\d · ", "", block.source)
        self.question = _question(parts)
        slide = self.new("title", inline(self.lesson))
        if self.question:
            slide.steps.append(f"<p>{inline(self.question)}</p>")

    def goals(self, block: Block) -> None:
        """Go from the title to the list of what the lesson is for."""
        label = re.fullmatch(r"\*\*(.+?)\*\*", block.source)
        if label:
            self.new("text", inline(label[1]))
        elif block.kind == "paragraph":
            self.note(html(block))

    def section(self, block: Block) -> None:
        """Begin a section."""
        self.title = inline(re.sub(r"^\d+ · ", "", block.source))
        if block.level < 3:
            self.above = self.title
        self.here, self.waiting, self.run_in, self.skipping = None, [], "", False

    def after_exercise(self) -> None:
        """Go on with the section in which an exercise stood."""
        self.title, self.here, self.waiting, self.run_in = self.above, None, [], ""

    def text(self, block: Block, show: list[str], hide: list[str]) -> None:
        """Lay out one part of a marked Markdown cell."""
        label = re.match(r"\*\*(.+?)[.:]?\*\*[.:]?", block.source)
        if block.kind == "paragraph" and label and label[1].startswith(STAYS_IN_THE_NOTEBOOK):
            self.skipping = True
        elif block.kind == "paragraph":
            self.skipping = False
        if self.skipping:
            return
        asks = block.kind == "paragraph" and ASKS.search(block.source)
        if not asks and any(block.answers(beginning) for beginning in hide):
            self.note(html(block))
            self.run_in = ""
        elif block.kind == "paragraph":
            self.paragraph(block, label, show, hide)
        elif block.kind in ("math", "list", "table"):
            self.display(block)
        else:
            self.note(html(block))

    def paragraph(
        self, block: Block, label: re.Match[str] | None, show: list[str], hide: list[str]
    ) -> None:
        """Lay out a paragraph: a prediction, a small heading, or prose with its statements."""
        if label and label[0] == block.source:
            self.new("text", inline(label[1]))
            return
        if label and label[1].startswith(LAST_WORDS):
            slide = self.new("question", inline(label[1]))
            slide.steps.append(f"<p>{inline(block.source[label.end() :].strip())}</p>")
            slide.notes.append(html(block))
            return
        asked = ASKS.search(block.source)
        if not asked:
            self.prose(block.source, label, show)
            return
        self.prose(block.source[: asked.start()].strip(), label, show)
        question = block.source[asked.start() :]
        unfinished = sentences(question)[-1]
        if unfinished.endswith((".", "?", ")", "*")):
            unfinished = ""
        if not any(plain(question).startswith(beginning) for beginning in hide):
            shown = question.removesuffix(unfinished)
            self.new("predict").steps.append(f"<p>{inline(shown)}</p>")
        self.note(f"<p>{inline(question)}</p>")
        self.run_in = unfinished

    def prose(self, text: str, label: re.Match[str] | None, show: list[str]) -> None:
        """Put prose into the notes, and on the slide what of it is to be seen there."""
        if not text:
            return
        parts = sentences(text)
        for part in parts:
            wanted = any(plain(part).startswith(beginning) for beginning in show)
            if wanted or is_statement(part):
                self.statement(part, whole=wanted)
                parts[-1] = "" if part == parts[-1] else parts[-1]
        self.note(f"<p>{inline(text)}</p>")
        self.run_in = parts[-1]
        if label and len(parts) > 1 and not self.run_in.startswith("**"):
            self.run_in = f"{label[0]} {self.run_in}"

    def statement(self, sentence: str, *, whole: bool) -> None:
        """Add a sentence, below a picture or as a step."""
        if self.here and self.here.kind in ("figure", "code"):
            below = sentence if whole else bold_words(sentence)
            if self.here.height + len(below) <= CAPTION:
                self.here.height += len(below)
                self.here.steps.append(f"<p>{inline(below)}</p>")
                return
        self.step(f"<p>{inline(sentence)}</p>", 46 * (1 + len(sentence) // 70) + 20)

    def display(self, block: Block) -> None:
        """Add an equation, list or table, with the sentence that runs into it."""
        lead, height = "", 0
        if self.run_in and (block.kind == "math" or self.run_in.endswith(":")):
            lead = f"<p>{inline(self.run_in)}</p>"
            height = 42 * (1 + len(self.run_in) // 80)
        self.run_in = ""
        if block.kind == "table":
            for rows in table_pages(block):
                self.step(lead + rows, PAGE_HEIGHT, own_page=True)
                self.note(rows.replace(' class="fragment"', ""))
            return
        if block.kind == "math":
            formula = in_rows(block.tokens[0].content)
            rows = r"\begin{aligned}" in formula
            n_rows = 1 + formula.count(r"\\")
            tall = 1 + 0.5 * bool(re.search(r"\\frac|\\sum|\\prod|\\int", block.source))
            height += int(n_rows * 62 * tall + 24)
            name = "equation rows" if rows else "equation"
            self.step(f'<div class="{name}">{lead}{html(block)}</div>', height)
            self.note(html(block))
        else:
            items = re.findall(r"^(?:[-*]|\d+\.) .*(?:\n(?![-*] |\d+\. ).*)*", block.source, re.M)
            height += sum(44 * (1 + len(item) // 72) + 12 for item in items)
            self.step(lead + html(block), height)
            self.note(html(block))

    def code(self, cell: NotebookNode, show: list[str]) -> None:
        """Lay out a marked code cell."""
        shown = show or (["figure"] if pictures(cell) else ["code", "output"])
        if "predict" in shown:
            if not self.slides or self.slides[-1].kind != "predict":
                raise SlideError("there is no prediction before this cell")
            question, at = self.slides.pop(), shown.index("predict")
            self.code_slides(cell, shown[:at])
            self.slides[-1].notes += question.notes
            self.slides.append(question)
            shown = shown[at + 1 :]
        self.code_slides(cell, shown)

    def code_slides(self, cell: NotebookNode, shown: list[str]) -> None:
        """Make the slides of a code cell: one for code and output, one for each picture."""
        parts = [word for word in shown if word not in ("figure", "output", "code")]
        source = cell.source if "code" in shown else statements(cell.source, parts)
        text = printed(cell) if "output" in shown else ""
        lines = len(source.splitlines()), len(text.splitlines())
        room = PAGE_HEIGHT - 110
        if any(lines):
            steps = self.new("code").steps
            if source:
                steps.append(code(source, room * lines[0] // sum(lines)))
            if text:
                inner = f"<samp>{escape(text)}</samp>"
                steps.append(monospace(text, inner, "out", room * lines[1] // sum(lines)))
        if "figure" in shown:
            for words, picture in pictures(cell):
                self.new("figure").steps.append(picture)
                self.note(f"<p>{words}</p>")


def read(path: Path) -> Deck:
    """Make the deck of a notebook."""
    notebook = nbformat.read(path, as_version=4)
    everything = not any(is_marked(cell) for cell in notebook.cells)
    maker = Maker()
    for number, cell in enumerate(notebook.cells, start=1):
        marks = cell.metadata.get("slideshow", {})
        show, hide = list(marks.get("show", [])), list(marks.get("hide", []))
        marked = is_marked(cell) or (
            everything and (cell.cell_type == "markdown" or bool(pictures(cell)))
        )
        try:
            if cell.cell_type == "code":
                if marked:
                    maker.code(cell, show)
                elif "check" in cell.metadata.get("tags", []):
                    maker.after_exercise()
                continue
            parts = list(blocks(cell.source))
            _refuse_lost_marks(parts, show, hide)
        except SlideError as error:
            first = cell.source.partition("\n")[0]
            raise SlideError(f"{path.stem}, cell {number} ({first!r}): {error}") from None
        maker.markdown(parts, marked, show, hide)
    slides = [slide for slide in maker.slides if slide.steps or slide.kind == "title"]
    for before, slide in pairwise(slides):
        if not slide.notes and slide.title == before.title:
            slide.notes = before.notes
    return Deck(path.stem, maker.lesson, maker.question, slides)


def _question(parts: list[Block]) -> str:
    """Return the sentence in bold with which a lesson opens."""
    for block in parts[1:]:
        found = re.search(r"\*\*(.+?[.?])\*\*", block.source)
        if found and not block.source.startswith("**"):
            return capital(found[1])
    return ""


def _refuse_lost_marks(parts: list[Block], show: list[str], hide: list[str]) -> None:
    """Refuse a beginning that no longer begins anything."""
    paragraphs = [part for part in parts if part.kind == "paragraph"]
    begun = [plain(sentence) for part in paragraphs for sentence in sentences(part.source)]
    for beginning in show:
        if not any(text.startswith(beginning) for text in begun):
            raise SlideError(f"no sentence begins {beginning!r}")
    for beginning in hide:
        asked = any(text.startswith(beginning) for text in begun)
        if not asked and not any(part.answers(beginning) for part in parts):
            raise SlideError(f"nothing begins {beginning!r}")


PAGE = """<!DOCTYPE html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<link rel="stylesheet" href="static/reveal.css">
<link rel="stylesheet" href="static/slides.css">
</head>
<body>
<main><div class="reveal"><div class="slides">
{sections}
</div></div></main>
<script src="static/reveal.js"></script>
<script src="static/notes.js"></script>
<script src="static/slides.js"></script>
<script src="static/tex-svg.js"></script>
</body>
</html>
"""

INDEX = """<!DOCTYPE html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<title>Slides · {course}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<link rel="stylesheet" href="static/slides.css">
</head>
<body class="index">
<main>
<h1>{course}: the slides</h1>
<p>One deck a lesson, made from the lesson's own text and pictures. In a deck, <kbd>Space</kbd> goes
on, <kbd>S</kbd> opens the speaker's view with the notes, <kbd>Esc</kbd> shows all slides, and
<kbd>?</kbd> lists the other keys. To print, add <code>?print-pdf</code> to a deck's address.</p>
<ol>
{decks}
</ol>
</main>
</body>
</html>
"""


def section(deck: Deck, slide: Slide, number: int) -> str:
    """Return a slide as HTML."""
    lesson = deck.name[:2]
    level = 1 if slide.kind == "title" else 2
    heading = f"<h{level}>{slide.title}</h{level}>"
    if slide.kind == "title":
        heading = f'<p class="course">{COURSE} · Lesson {lesson}</p>{heading}'
    steps = [
        f'<div class="step{" fragment" if index else ""}">{step}</div>'
        for index, step in enumerate(slide.steps)
    ]
    notes = "\n".join(slide.notes)
    where = f"<p>Lesson {lesson}, page {number} of {len(deck.slides)}.</p>"
    return (
        f'<section class="{slide.kind}">\n{heading}\n<div class="body">\n'
        + "\n".join(steps)
        + f'\n</div>\n<div class="foot"><span>{lesson} · {inline(deck.title)}</span>'
        f"<span>{number}</span></div>\n"
        f'<aside class="notes">\n{where}\n{notes}\n</aside>\n</section>'
    )


def write_deck(deck: Deck, output: Path) -> Path:
    """Write a deck as a page."""
    sections = [section(deck, slide, n) for n, slide in enumerate(deck.slides, start=1)]
    title = escape(f"{deck.name[:2]} · {re.sub(r'[$*`]', '', deck.title)} · {COURSE}")
    path = output / f"{deck.name}.html"
    path.write_text(PAGE.format(title=title, sections="\n".join(sections)), encoding="utf-8")
    return path


def write_index(decks: list[Deck], output: Path) -> None:
    """Write the page that lists the decks."""
    entries = []
    for deck in decks:
        printed_too = (output / f"{deck.name}.pdf").exists()
        pdf = f' · <a href="{deck.name}.pdf">PDF</a>' if printed_too else ""
        question = re.sub(r"[$*]", "", deck.question)
        entries.append(
            f'<li><a href="{deck.name}.html">{deck.name[:2]} · {escape(deck.title)}</a>'
            f"<span>{escape(question)} {len(deck.slides)} slides{pdf}</span></li>"
        )
    page = INDEX.format(course=COURSE, decks="\n".join(entries))
    (output / "index.html").write_text(page, encoding="utf-8")


def copy_static(output: Path) -> None:
    """Put reveal.js, MathJax and our own style and script beside the decks."""
    folder = output / "static"
    folder.mkdir(parents=True, exist_ok=True)
    for name, place in STATIC.items():
        if not (BOOK / place).exists():
            raise SlideError(f"{place} is missing: run: npm ci --prefix book")
        shutil.copyfile(BOOK / place, folder / name)


def print_pdf(pages: list[Path]) -> None:
    """Print decks to PDF files of the same name, one slide a page."""
    from playwright.sync_api import sync_playwright

    names = ("chromium", "chromium-browser", "google-chrome", "chrome")
    found = (os.environ.get("CHROMIUM"), *(shutil.which(name) for name in names))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=next((path for path in found if path), None), args=["--no-sandbox"]
        )
        page = browser.new_page(viewport={"width": 1280, "height": 720})
        for path in pages:
            page.goto(f"{path.resolve().as_uri()}?print-pdf")
            page.wait_for_function("window.deckIsReady === true")
            page.pdf(
                path=path.with_suffix(".pdf"),
                prefer_css_page_size=True,
                print_background=True,
                tagged=True,
                outline=True,
            )
        browser.close()


def main(arguments: list[str] | None = None, notebooks: Path = NOTEBOOKS) -> int:
    """Run the command line; return the exit status."""
    parser = argparse.ArgumentParser(description="Make lecture slides from the lessons.")
    parser.add_argument("output", type=Path, help="the folder to write to")
    parser.add_argument("names", nargs="*", help="lessons such as 04_two_coins; all if left out")
    parser.add_argument("--pdf", action="store_true", help="print each deck to a PDF file as well")
    options = parser.parse_args(arguments)
    paths = sorted(notebooks.glob("[0-9][0-9]_*.ipynb"))
    wanted = {Path(name).stem for name in options.names} or {path.stem for path in paths}
    if unknown := wanted - {path.stem for path in paths}:
        parser.error(f"no lesson {', '.join(sorted(unknown))} in {notebooks}")
    try:
        copy_static(options.output)
        decks = [read(path) for path in paths]
    except SlideError as error:
        print(error, file=sys.stderr)
        return 1
    pages = [write_deck(deck, options.output) for deck in decks if deck.name in wanted]
    if options.pdf:
        print_pdf(pages)
    write_index(decks, options.output)
    for deck in decks:
        if deck.name in wanted:
            print(f"{options.output / deck.name}.html: {len(deck.slides)} slides")
    return 0


if __name__ == "__main__":
    sys.exit(main())
