"""Measure lessons: how long one takes, and what keeps it from being one sitting.

    python notebooks/measure.py              a row for each lesson and each optional notebook
    python notebooks/measure.py 05_gmm_1d    one row, and every rule that it breaks
    python notebooks/measure.py --write      state the minutes wherever they are stated

A learner reads 150 words in a minute and five lines of code, thinks a minute about a prediction and
works seven minutes on an exercise:

    minutes = words / 150 + lines of code / 5 + 7 * exercises + predictions

Words are those of the prose; a displayed equation counts as ten. Lines are those of the code that
is shown, without blanks, comments, solutions and the three lines that hand an answer to its check.
What is stated is this figure, rounded up to a multiple of five.
"""

from __future__ import annotations

import argparse
import ast
import math
import re
import statistics
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path

import build

ROOT = Path(__file__).resolve().parent.parent
WORDS_A_MINUTE, LINES_A_MINUTE, MINUTES_AN_EXERCISE = 150, 5, 7
WORDS_OF_A_DISPLAY, LINES_OF_A_CHECK = 10, 3
MOST_MINUTES, MOST_MINUTES_AT_THE_START = 75, 25
LEAST_PREDICTIONS = 3
MOST_LINES, MOST_LINES_IN_THE_MIDDLE = 15, 8
MOST_NAMES_AT_ONCE = 2
STUB = "# Your lines instead of the dots."
STATED = re.compile(r"(?<=\babout )\d+(?= minutes)")
NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
KEY = re.compile(r"(\d\d)\.[a-z0-9-]+")
# Where a table states the minutes of a lesson: the file, and the row up to the figure.
TABLES = {
    "README.md": r"(?<=/{name}\.ipynb\)).*\| (\d+) min \|",
    "docs/instructors.md": r"(?<=/{name}\.ipynb\)).*?\| (\d+) min \|",
}


@dataclass(frozen=True)
class Cell:
    """A cell of a source: its header, and its text."""

    header: str
    text: str

    @property
    def is_prose(self) -> bool:
        """Whether it is text to read."""
        return "[markdown]" in self.header

    @property
    def prose(self) -> str:
        """The Markdown of the cell."""
        return re.sub(r"(?m)^# ?", "", self.text)

    def has(self, tag: str) -> bool:
        """Whether the cell has a tag."""
        return f'"{tag}"' in self.header

    @property
    def name(self) -> str:
        """The words by which a message names the cell."""
        lines = (self.prose if self.is_prose else self.text).strip().splitlines()
        return repr(lines[0][:60]) if lines else "an empty cell"

    @cached_property
    def code(self) -> list[str]:
        """The lines of code that a learner reads: no blanks, no comments."""
        lines = [line for line in self.text.splitlines() if line.strip()]
        lines = [line for line in lines if not line.lstrip().startswith("#")]
        return lines[LINES_OF_A_CHECK * self.has("check") :]

    @property
    def tree(self) -> ast.Module:
        """The syntax of the code."""
        return ast.parse(self.text)


@dataclass(frozen=True)
class Source:
    """The source of a lesson or of an optional notebook."""

    path: Path

    @property
    def name(self) -> str:
        """The name of the notebook."""
        return self.path.stem

    @cached_property
    def cells(self) -> list[Cell]:
        """The cells of both editions, in order."""
        parts = re.split(r"(?m)^# %%(.*)$", self.path.read_text(encoding="utf-8"))
        return [Cell(*pair) for pair in zip(parts[1::2], parts[2::2], strict=True)]

    @property
    def prose(self) -> list[Cell]:
        """The cells of text."""
        return [cell for cell in self.cells if cell.is_prose]

    @property
    def shown(self) -> list[Cell]:
        """The cells of code that a learner sees: without solutions."""
        return [cell for cell in self.cells if not (cell.is_prose or cell.has("solution"))]

    @property
    def words(self) -> int:
        """The number of words of prose."""
        found = 0
        for cell in self.prose:
            text, n_displays = re.subn(r"\$\$.*?\$\$", " ", cell.prose, flags=re.S)
            found += len(re.findall(r"[^\s|#*]*\w[^\s|]*", text)) + WORDS_OF_A_DISPLAY * n_displays
        return found

    @property
    def lines(self) -> int:
        """The number of lines of code that are shown."""
        return sum(len(cell.code) for cell in self.shown)

    @property
    def exercises(self) -> int:
        """The number of exercises, by their headings."""
        return sum(len(re.findall(r"(?m)^#+ Exercise", cell.prose)) for cell in self.prose)

    @property
    def predictions(self) -> int:
        """The number of predictions that are asked for."""
        return sum(cell.prose.count("**Predict") for cell in self.prose)

    @property
    def minutes(self) -> float:
        """The time that a learner needs."""
        reading = self.words / WORDS_A_MINUTE + self.lines / LINES_A_MINUTE
        return reading + MINUTES_AN_EXERCISE * self.exercises + self.predictions

    @property
    def stated(self) -> int:
        """The minutes to state."""
        return 5 * math.ceil(round(self.minutes, 6) / 5)


# The rules. What one yields says how it is broken.


def broken(source: Source, root: Path = ROOT) -> list[str]:
    """Return what keeps a source from being one sitting, a sentence each."""
    rules = (fits, head, predictions, answers, length, style, stubs, pictures)
    found = [complaint for rule in rules for complaint in rule(source)]
    if not build.is_optional(source.path):
        found += tables(source, root)
    return found


def fits(source: Source) -> Iterator[str]:
    """A lesson fits into one sitting."""
    most = MOST_MINUTES_AT_THE_START if source.name.startswith("00") else MOST_MINUTES
    if source.minutes > most:
        yield f"takes {source.minutes:.1f} minutes, of at most {most}"


def head(source: Source) -> Iterator[str]:
    """The first cell states the minutes once, and the number of exercises if it speaks of them."""
    first = source.prose[0].prose
    if STATED.findall(first) != [str(source.stated)]:
        yield f"the first cell must say 'about {source.stated} minutes', once"
    for number in re.findall(r"(\w+) exercises? included", " ".join(first.split())):
        if number.lower() != NUMBERS[source.exercises]:
            yield f"the first cell counts {number} exercises, there are {source.exercises}"


def tables(source: Source, root: Path) -> Iterator[str]:
    """The README, the page for instructors and the teaching notes state the same minutes."""
    for file, row in TABLES.items():
        found = re.findall(row.format(name=source.name), (root / file).read_text("utf-8"))
        if found != [str(source.stated)]:
            yield f"{file} must say '{source.stated} min' in the row of this lesson"
    note = root / "docs" / "teaching" / f"{source.name}.md"
    text = note.read_text(encoding="utf-8") if note.exists() else ""
    for stated in re.findall(r"lesson takes (.*?) minutes", " ".join(text.split())):
        if stated != f"about {source.stated}":
            yield f"its teaching notes must say 'lesson takes about {source.stated} minutes'"


def predictions(source: Source) -> Iterator[str]:
    """A lesson asks for three predictions or more, any other notebook for one."""
    core = not (build.is_optional(source.path) or source.name.startswith("00"))
    least = LEAST_PREDICTIONS if core else 1
    if source.predictions < least:
        yield f"asks for {source.predictions} predictions, of at least {least}"


def answers(source: Source) -> Iterator[str]:
    """A prediction is asked for right before a cell of code, and prose comes after that cell.

    An item of a list that begins with the word says what a prediction is, and asks for none.
    """
    learners = [cell for cell in source.cells if not cell.has("solution")]
    for index, cell in enumerate(learners):
        if not (cell.is_prose and re.search(r"(?<!- )\*\*Predict", cell.prose)):
            continue
        behind = cell.prose.rpartition("**Predict")[2]
        following = learners[index + 1 :]
        if re.search(r"(?m)^#+ ", behind) or not following or following[0].is_prose:
            yield f"{cell.name}: its prediction does not stand right before the cell to run"
        after = next((each.prose for each in following if each.is_prose), "")
        if not re.sub(r"(?m)^#+ .*$", "", after.partition("**Predict")[0]).strip():
            yield f"{cell.name}: no prose after the cell answers the prediction"


def length(source: Source) -> Iterator[str]:
    """A cell of code is short, and most are shorter; starters count, checks do not."""
    learners = [cell for cell in source.shown if not cell.has("check")]
    for cell in learners:
        if len(cell.code) > MOST_LINES:
            yield f"{cell.name}: {len(cell.code)} lines of code, of at most {MOST_LINES}"
    if build.is_optional(source.path):  # it may have two cells
        return
    middle = statistics.median(len(cell.code) for cell in learners) if learners else 0
    if middle > MOST_LINES_IN_THE_MIDDLE:
        yield f"a cell has {middle:g} lines in the median, of at most {MOST_LINES_IN_THE_MIDDLE}"


def style(source: Source) -> Iterator[str]:
    """Code is not packed to save lines, and nothing in it speaks to a tool."""
    for cell in (each for each in source.cells if not each.is_prose):
        if re.search(r"#\s*fmt:", cell.text):
            yield f"{cell.name}: a learner sees '# fmt:'"
        for node in ast.walk(cell.tree):
            if isinstance(node, ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp) and (
                any(isinstance(inner, ast.NamedExpr) for inner in ast.walk(node))
            ):
                yield f"{cell.name}: := in a comprehension"
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Tuple):
                names = max((len(getattr(to, "elts", ())) for to in node.targets), default=0)
                if names > MOST_NAMES_AT_ONCE:
                    yield f"{cell.name}: one line gives {names} names their values"


def stubs(source: Source) -> Iterator[str]:
    """What is to be written has one form: a comment, and below it the dots."""
    for cell in (each for each in source.shown if each.has("exercise")):
        lines = [line.strip() for line in cell.text.splitlines() if line.strip()]
        pairs = list(pairwise(lines))
        n_functions = sum(isinstance(node, ast.FunctionDef) for node in cell.tree.body)
        if pairs.count((STUB, "...")) != n_functions:
            yield f"{cell.name}: a function to write has the lines {STUB!r} and '...'"


def pictures(source: Source) -> Iterator[str]:
    """No alternative text tells in a cell what its figure will show: a key stands there."""
    for cell in (each for each in source.cells if not each.is_prose):
        for text in alternative_texts(cell.tree):
            if not (match := KEY.fullmatch(text)) or match[1] != source.name[:2]:
                yield f"{cell.name}: the alternative text {text[:40]!r} is no key of this lesson"


def alternative_texts(tree: ast.AST) -> Iterator[str]:
    """Yield what calls are given for `alt`, and what `picture` and `animation` are given second."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            given = [keyword.value for keyword in node.keywords if keyword.arg == "alt"]
            if getattr(node.func, "attr", "") in ("picture", "animation"):
                given += node.args[1:2]
            for argument in given:
                is_text = isinstance(argument, ast.Constant) and isinstance(argument.value, str)
                yield argument.value if is_text else ast.unparse(argument)


# Stating the minutes.


def restated(source: Source, root: Path = ROOT) -> dict[Path, str]:
    """Return the files that state the minutes of a lesson, with the figure that is so."""
    figure = str(source.stated)
    text = source.path.read_text(encoding="utf-8")
    first = source.prose[0].text
    files = {source.path: text.replace(first, STATED.sub(figure, first, count=1), 1)}
    for file, row in {} if build.is_optional(source.path) else TABLES.items():
        page = (root / file).read_text(encoding="utf-8")
        if found := re.search(row.format(name=source.name), page):
            files[root / file] = page[: found.start(1)] + figure + page[found.end(1) :]
    return files


def main(arguments: list[str] | None = None, root: Path = ROOT) -> int:
    """Run the command line; return the exit status."""
    parser = argparse.ArgumentParser(description="Measure how long the lessons take.")
    parser.add_argument("names", nargs="*", help="such as 05_gmm_1d; all if left out")
    parser.add_argument("--write", action="store_true", help="state the minutes where they belong")
    options = parser.parse_args(arguments)
    folder = root / "notebooks"
    names = {Path(name).stem for name in options.names}
    every = [Source(path) for path in [*build.sources(folder), *build.optional(folder)]]
    chosen = [source for source in every if not names or source.name in names]
    if unknown := names - {source.name for source in chosen}:
        parser.error(f"no source for {', '.join(sorted(unknown))}")
    heads = f"{'words':>5} {'code':>5} {'exercises':>10} {'predictions':>12} {'minutes':>8}"
    print(f"{'lesson':32} {heads}")
    for source in chosen:
        if options.write:
            for path, text in restated(source, root).items():
                path.write_text(text, encoding="utf-8", newline="\n")
        counts = f"{source.words:5} {source.lines:5} {source.exercises:10} {source.predictions:12}"
        print(f"{source.name:32} {counts} {source.minutes:8.1f}")
        if names:
            print(*(f"  {complaint}" for complaint in broken(source, root)), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
