"""The rules that every notebook of the course keeps, each a function named as a sentence.

A rule takes a notebook and yields what breaks it; a notebook keeps the rule if nothing comes.
`tests/test_build.py` breaks each rule on purpose and sees the rule notice.
"""

from __future__ import annotations

import ast
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import unescape
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote

import build
import nbformat
import pytest
from nbformat import NotebookNode

from emlib.exercises import registry

NOTEBOOKS = Path(__file__).resolve().parent.parent / "notebooks"
MAX_CELLS = 55
MAX_LINES = 25
MAX_BYTES = 3_000_000
MIN_WORDS_A_LINE = 5
MIN_ALT = 40
MAX_DIGITS = 8

FORBIDDEN_CALLS = {
    "eval", "exec", "compile", "__import__", "input", "breakpoint", "interact", "system", "popen",
    "run_line_magic", "run_cell_magic", "urlopen", "urlretrieve",
}  # fmt: skip
FORBIDDEN_MODULES = {
    "pickle", "joblib", "shelve", "subprocess", "socket", "urllib", "http", "ftplib", "requests",
    "webbrowser", "time", "timeit", "datetime",
}  # fmt: skip
UNSEEDED = re.compile(
    r"default_rng\(\s*\)|\bnp\.random\.(?!default_rng|Generator)\w+|^import random", re.M
)
ABSOLUTE_PATH = re.compile(
    r"(?<![\w.:/])/(?:home|usr|tmp|root|var|opt|mnt|private|Users|work|etc)/|\b[A-Za-z]:\\|file://"
)
ADDRESS = re.compile(r"\bat 0x[0-9a-fA-F]+|\b0x[0-9a-fA-F]{8,}")
ACTIVE_HTML = re.compile(
    r"<\s*(script|iframe|object|embed|form|link)\b|\bon\w+\s*=|javascript:|=[\"']?http", re.I
)
MIME_TYPES = {"text/plain", "text/markdown", "text/html", "image/png"}
FILE_NAME = re.compile(r"^\S+\.\w{2,4}$")
LINK = re.compile(r"(!?)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^)\s]+)[^)]*\)")
# In small letters; the titles of what we cite, and the name of the algorithm, keep their spelling.
AMERICAN = re.compile(
    r"\b(?:(?:color|center|neighbor|behavior|favor|flavor|artifact|skeptic)\w*|gray|analyz\w+|"
    r"model(?:ed|ing)|label(?:ed|ing)|(?:normal|maxim|minim|optim|initial|general|regular|random|"
    r"factor|visual|real|recogn|summar|emphas|parametr|discret|penal|standard|marginal)iz\w+)\b"
)


@dataclass(frozen=True)
class Notebook:
    """A built notebook, as the rules see it."""

    path: Path
    node: NotebookNode
    edition: build.Edition
    size: int

    @classmethod
    def read(cls, path: Path) -> Notebook:
        edition = build.SOLUTIONS if path.parent.name == "solutions" else build.LESSON
        content = path.read_bytes()
        return cls(path, nbformat.reads(content.decode(), as_version=4), edition, len(content))

    @property
    def home(self) -> Path:
        """The folder that holds both sets."""
        return self.path.parent.parent if self.edition is build.SOLUTIONS else self.path.parent

    @property
    def optional(self) -> bool:
        return self.home.name == build.OPTIONAL

    @property
    def course(self) -> Path:
        """The folder that holds the lessons."""
        return self.home.parent if self.optional else self.home

    @property
    def number(self) -> str:
        """The number of the lesson, or of the one that an optional notebook belongs to."""
        return self.path.stem[:2]

    def twin(self) -> Notebook:
        """Return the other edition of the same lesson."""
        other = build.LESSON if self.edition is build.SOLUTIONS else build.SOLUTIONS
        return Notebook.read(self.home / other.folder / self.path.name)

    def cells(
        self, kind: str | None = None, tag: str | None = None
    ) -> Iterator[tuple[str, NotebookNode]]:
        """Yield cells with the words by which a message names them."""
        for number, cell in enumerate(self.node.cells, start=1):
            if kind in (None, cell.cell_type) and (tag is None or tag in build.tags(cell)):
                first = cell.source.strip().partition("\n")[0][:50]
                yield f"cell {number} ({first!r})", cell

    def code(self) -> Iterator[tuple[str, NotebookNode, ast.Module]]:
        """Yield code cells that are Python, with their syntax tree."""
        for where, cell in self.cells("code"):
            try:
                yield where, cell, ast.parse(cell.source)
            except SyntaxError:
                continue

    def outputs(self) -> Iterator[tuple[str, NotebookNode]]:
        for where, cell in self.cells("code"):
            for output in cell.outputs:
                yield where, output


def printed(output: NotebookNode) -> str:
    """Return the text that a reader sees in an output, pictures apart."""
    if output.output_type == "stream":
        return output.text
    data = output.get("data", {})
    words = unescape(re.sub(r"<[^>]*>", " ", data.get("text/html", "")))
    return f"{data.get('text/plain', '')}\n{words}"


def shows_picture(cell: NotebookNode) -> bool:
    return any("image/png" in output.get("data", {}) for output in cell.get("outputs", []))


def without_code(markdown: str) -> str:
    """Return Markdown without code and mathematics."""
    for pattern in (
        r"```.*?```",
        r"\$\$.*?\$\$",
        r"\\begin\{.*?\\end\{\w+\*?\}",
        r"`[^`\n]*`",
        r"\$[^$\n]+\$",
    ):
        markdown = re.sub(pattern, " ", markdown, flags=re.S)
    return markdown


def prose(markdown: str) -> str:
    """Return the words of Markdown: no code, mathematics or addresses of links."""
    return LINK.sub(lambda link: link[2], without_code(markdown))


def code_lines(source: str) -> list[str]:
    """Return the lines of code: no blanks, no comments."""
    return [
        line for line in source.splitlines() if line.strip() and not line.strip().startswith("#")
    ]


RULES: list[Callable[[Notebook], Iterator[str]]] = []


def rule(function: Callable[[Notebook], Iterator[str]]) -> Callable[[Notebook], Iterator[str]]:
    """Add a function to the rules."""
    RULES.append(function)
    return function


@rule
def the_format_is_4_5_and_each_cell_has_its_own_id(notebook):
    if (notebook.node.nbformat, notebook.node.nbformat_minor) != (4, 5):
        yield f"format {notebook.node.nbformat}.{notebook.node.nbformat_minor}"
    ids = [cell.get("id") for _, cell in notebook.cells()]
    if None in ids or len(set(ids)) < len(ids):
        yield "a cell without an id, or two with the same"


@rule
def the_kernel_is_python3_and_nothing_else_is_recorded(notebook):
    if notebook.node.metadata != build.METADATA:
        yield f"the metadata are {dict(notebook.node.metadata)}"
    for where, cell in notebook.cells():
        if unknown := set(cell.metadata) - {"tags", "slideshow", "editable"}:
            yield f"{where}: metadata {sorted(unknown)}"


@rule
def no_widget_state_is_saved(notebook):
    if "widgets" in notebook.node.metadata:
        yield "metadata.widgets: the web shows such a file as an invalid notebook"
    for where, output in notebook.outputs():
        if build.WIDGET_VIEW in output.get("data", {}):
            yield f"{where}: a link to a widget that no longer lives"


@rule
def the_file_is_small_enough_to_be_shown_on_the_web(notebook):
    if notebook.size > MAX_BYTES:
        yield f"{notebook.size} bytes, at most {MAX_BYTES}"


@rule
def the_built_file_agrees_with_its_source(notebook):
    folder = "source/further" if notebook.optional else "source"
    source = notebook.course / folder / f"{notebook.path.stem}.py"
    expected = build.generate(source, notebook.edition)
    for (where, cell), wanted in zip(notebook.cells(), expected.cells, strict=False):
        for part in ("cell_type", "source", "id", "metadata"):
            if cell[part] != wanted[part]:
                yield f"{where}: its {part} is not that of the source; build again"
    if len(notebook.node.cells) != len(expected.cells):
        yield "the number of cells is not that of the source; build again"


@rule
def every_code_cell_was_run_in_order(notebook):
    counts = [cell.execution_count for _, cell in notebook.cells("code")]
    if counts != list(range(1, len(counts) + 1)):
        yield f"execution counts {counts}"
    for where, output in notebook.outputs():
        if output.output_type == "execute_result" and output.execution_count not in counts:
            yield f"{where}: an output of another run"


@rule
def the_outputs_are_stored(notebook):
    if not list(notebook.outputs()):
        yield "no cell has an output: nothing would be compared"
    for where, cell, tree in notebook.code():
        calls = [node.value for node in tree.body if isinstance(node, ast.Expr)]
        names = {getattr(call.func, "id", "") for call in calls if isinstance(call, ast.Call)}
        if (
            names & {"print", "display", "check", "hint", "solution", "progress"}
            and not cell.outputs
        ):
            yield f"{where}: shows something, yet no output is stored"


def _is_python(source: str) -> bool:
    try:
        return bool(ast.parse(source).body)
    except SyntaxError:
        return False


@rule
def nothing_failed_or_went_to_stderr(notebook):
    for where, output in notebook.outputs():
        if output.output_type == "error" or output.get("name") == "stderr":
            yield f"{where}: {output.get('ename', 'stderr')}"


@rule
def outputs_are_text_and_pictures_only(notebook):
    for where, output in notebook.outputs():
        if unknown := set(output.get("data", {})) - MIME_TYPES:
            yield f"{where}: {sorted(unknown)}"
        if output.get("metadata"):
            yield f"{where}: metadata in an output"


@rule
def outputs_show_no_addresses_or_paths(notebook):
    for where, output in notebook.outputs():
        for pattern in (ADDRESS, ABSOLUTE_PATH):
            if found := pattern.search(printed(output)):
                yield f"{where}: {found[0]!r} differs from run to run or from machine to machine"


@rule
def printed_numbers_are_rounded(notebook):
    for where, output in notebook.outputs():
        for number in re.findall(r"(?<![\w.])\d+\.\d+(?:e[+-]?\d+)?", printed(output)):
            digits = re.sub(r"e.*|\.", "", number).lstrip("0")
            if len(digits) > MAX_DIGITS:
                yield f"{where}: {number} has more than {MAX_DIGITS} digits"
        if found := re.search(r"\b(np|numpy)\.\w+\(|\barray\(", printed(output)):
            yield f"{where}: {found[0]}...) is a bare representation: print rounded text"


@rule
def code_is_plain_python_without_forbidden_calls(notebook):
    for where, cell in notebook.cells("code"):
        if not _is_python(cell.source):
            yield f"{where}: no plain Python (empty, or a command with ! or %)"
    for where, _, tree in notebook.code():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                if name in FORBIDDEN_CALLS or name.startswith("fetch_"):
                    yield f"{where}: calls {name}"
            modules = [alias.name for alias in getattr(node, "names", [])]
            modules += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            if isinstance(node, ast.Import | ast.ImportFrom):
                for module in modules:
                    if module.partition(".")[0] in FORBIDDEN_MODULES | {"interact"}:
                        yield f"{where}: imports {module}"


@rule
def every_random_draw_has_a_seed(notebook):
    for where, cell in notebook.cells("code"):
        if found := UNSEEDED.search(cell.source):
            yield f"{where}: {found[0]}"


@rule
def sources_hold_no_absolute_paths(notebook):
    for where, cell in notebook.cells():
        if found := ABSOLUTE_PATH.search(cell.source):
            yield f"{where}: {found[0]!r}"


@rule
def a_notebook_has_at_most_55_cells(notebook):
    if len(notebook.node.cells) > MAX_CELLS:
        yield f"{len(notebook.node.cells)} cells"


@rule
def a_code_cell_has_at_most_25_lines(notebook):
    for where, cell in notebook.cells("code"):
        if (lines := len(cell.source.splitlines())) > MAX_LINES:
            yield f"{where}: {lines} lines"


@rule
def the_title_opens_the_notebook_and_carries_its_number(notebook):
    first = notebook.node.cells[0]
    wanted = f"# {notebook.number}{' further' * notebook.optional} · "
    if first.cell_type != "markdown" or not re.match(rf"{wanted}\S", first.source):
        yield f"the first cell must begin '{wanted}Title'"


@rule
def headings_descend_one_level_at_a_time(notebook):
    text = "\n".join(cell.source for _, cell in notebook.cells("markdown"))
    levels = [
        len(hashes)
        for hashes in re.findall(r"^(#+) ", re.sub(r"```.*?```", "", text, flags=re.S), re.M)
    ]
    if levels.count(1) != 1:
        yield f"{levels.count(1)} titles"
    for above, below in pairwise(levels):
        if below > above + 1:
            yield f"a heading of level {below} under one of level {above}"


@rule
def a_solutions_edition_says_so_and_links_back(notebook):
    if notebook.edition is build.SOLUTIONS:
        first = notebook.node.cells[0].source
        if "Solutions edition" not in first or f"(../{notebook.path.name})" not in first:
            yield "the first cell must say which edition this is, and link to the lesson"


@rule
def the_frame_is_there(notebook):
    if notebook.number == "00":
        return
    text = "\n".join(cell.source for _, cell in notebook.cells("markdown"))
    parts = ("predict", "further reading")
    if not notebook.optional:
        parts += ("exercise", "in practice")
    for name in parts:
        if not re.search(name, text, re.I):
            yield f"nothing says {name!r}"
    for name, what in _neighbours(notebook):
        if not re.search(rf"\]\((\S*/)?{name}\.ipynb", text):
            yield f"no link to {name}, {what}"


def _neighbours(notebook: Notebook) -> Iterator[tuple[str, str]]:
    """Yield the notebooks that one leads to."""
    for source in build.sources(notebook.course):
        distance = abs(int(source.stem[:2]) - int(notebook.number))
        if notebook.optional and distance == 0:
            yield source.stem, "the lesson that this notebook belongs to"
        elif not notebook.optional and distance == 1:
            yield source.stem, "the lesson before or after this one"
    for source in build.optional(notebook.course):
        if not notebook.optional and source.stem[:2] == notebook.number:
            yield source.stem, "an optional notebook of this lesson"


@rule
def prose_comes_before_every_code_cell(notebook):
    before = None
    for where, cell in notebook.cells():
        if cell.cell_type == "code" and (before is None or before.cell_type == "code"):
            checks = "check" in build.tags(cell) and before is not None
            if not (checks and {"exercise", "solution"} & set(build.tags(before))):
                yield f"{where}: no prose before it says what to look for"
        before = cell


@rule
def prose_follows_every_picture(notebook):
    cells = [*notebook.cells(), ("the end", NotebookNode(cell_type="none"))]
    for (where, cell), (_, after) in pairwise(cells):
        if shows_picture(cell) and after.cell_type != "markdown":
            yield f"{where}: no prose after it says what the picture shows"


@rule
def there_are_five_words_of_prose_for_a_line_of_code(notebook):
    if notebook.edition is build.LESSON:
        words = sum(len(prose(cell.source).split()) for _, cell in notebook.cells("markdown"))
        lines = sum(len(code_lines(cell.source)) for _, cell in notebook.cells("code"))
        if words < MIN_WORDS_A_LINE * lines:
            yield f"{words} words for {lines} lines of code"


@rule
def markdown_holds_no_html(notebook):
    for where, cell in notebook.cells("markdown"):
        if found := re.search(r"<(?!https?:)[a-zA-Z/!][^>]*>", without_code(cell.source)):
            yield f"{where}: {found[0]}"


@rule
def decimals_in_prose_come_from_the_code(notebook):
    """Decimals of two places or more; equation numbers such as 9.24 and exercise numbers apart."""
    text = "\n".join(cell.source for _, cell in notebook.cells("code"))
    text += "\n".join(
        printed(output) for _, output in notebook.outputs() if not _is_picture(output)
    )
    computed = set(re.findall(r"\d*\.\d+", text))
    cited = (
        r"\b(?:[Ff]ig(?:ure|\.)|[Ss]ection|[Cc]hapter|[Tt]able|[Ee]x(?:ercise|\.)) [\d.]+|doi:\S+"
    )
    for where, cell in notebook.cells("markdown"):
        text = re.sub(cited, "", re.sub(r"\]\([^)]*\)", "]", cell.source))
        for token in re.findall(r"(?<![\d.])\d*\.\d+(?!\d|\.\d|/)", text):
            places = len(token.partition(".")[2])
            if places < 2 or re.fullmatch(r"(9|0\d)\.\d{1,2}", token):
                continue
            if not any(_rounds_to(longer, token, places) for longer in computed):
                yield f"{where}: {token} is neither computed nor asserted in a cell"


def _is_picture(output: NotebookNode) -> bool:
    return "image/png" in output.get("data", {})


def _rounds_to(longer: str, token: str, places: int) -> bool:
    return len(longer.partition(".")[2]) >= places and abs(float(longer) - float(token)) <= (
        0.5000001 * 10.0**-places
    )


@rule
def links_lead_somewhere(notebook):
    for where, cell in notebook.cells("markdown"):
        for picture, words, address in LINK.findall(without_code(cell.source)):
            if address.startswith("http://"):
                yield f"{where}: {address} is not https"
            if address.startswith(("https://", "http://", "mailto:", "#")):
                continue
            file = notebook.path.parent / unquote(address.partition("#")[0])
            if not file.exists():
                yield f"{where}: {address} does not exist"
            if "source" in Path(address).parts:
                yield f"{where}: a learner's copy has no source folder"
            if not picture and words.strip().lower() in {"here", "this", "link", "click here"}:
                yield f"{where}: the words of a link must say where it leads"


@rule
def spelling_is_british(notebook):
    for where, cell in notebook.cells("markdown"):
        words = re.sub(r"“[^”]*”|\"[^\"]*\"|[Ee]xpectation[- ]\w+", "", prose(cell.source))
        for word in AMERICAN.findall(words):
            yield f"{where}: {word!r}"


@rule
def text_is_clean_unicode(notebook):
    for where, cell in notebook.cells():
        if cell.source != unicodedata.normalize("NFC", cell.source):
            yield f"{where}: not in normal form C"
        if found := re.search(
            r"\ufffd|Ã.|â€|[\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]", cell.source
        ):
            yield f"{where}: {found[0]!a}"
        if any(
            unicodedata.category(character) == "Cc" and character not in "\n"
            for character in cell.source
        ):
            yield f"{where}: a control character or a tab"


@rule
def every_picture_has_alternative_text(notebook):
    for where, output in notebook.outputs():
        data = output.get("data", {})
        images = re.findall(r"<img\b[^>]*>", data.get("text/html", ""))
        if "image/png" in data and not images:
            yield f"{where}: a picture without an <img alt=...> in text/html"
        for image in images:
            alt = re.search(r'\balt="([^"]*)"', image)
            yield from _complaints_about(unescape(alt[1]) if alt else "", where)
            if 'src="data:image/png;base64,' not in image:
                yield f"{where}: a picture that is not inside the file"
    for where, cell in notebook.cells("markdown"):
        for picture, words, _ in LINK.findall(cell.source):
            if picture:
                yield from _complaints_about(words, where)


def _complaints_about(alt: str, where: str) -> Iterator[str]:
    if len(alt.strip()) < MIN_ALT or len(alt.split()) < 5:
        yield f"{where}: alternative text {alt!r} is too short to stand for the picture"
    if FILE_NAME.match(alt.strip()):
        yield f"{where}: alternative text {alt!r} is a file name"


@rule
def html_outputs_are_inert(notebook):
    for where, output in notebook.outputs():
        if found := ACTIVE_HTML.search(output.get("data", {}).get("text/html", "")):
            yield f"{where}: {found[0]!r} in an output"


@rule
def under_every_widget_stands_its_static_twin(notebook):
    cells = list(notebook.cells())
    for index, (where, cell) in enumerate(cells):
        if "widget" in build.tags(cell):
            if not any(shows_picture(below) for _, below in cells[index + 1 : index + 3]):
                yield f"{where}: no picture in the next two cells carries the same lesson"
            if not shows_picture(cell):
                yield f"{where}: the widget leaves no picture for readers without a kernel"
        elif cell.cell_type == "code" and re.search(r"\bwidgets\.\w+\((?!.*\.twin\()", cell.source):
            yield f"{where}: a widget in a cell without the tag"


def _ids(cell: NotebookNode) -> list[str]:
    return [tag for tag in build.tags(cell) if re.fullmatch(r"\d\d\.\d+", tag)]


def _checked(cell: NotebookNode) -> list[str]:
    return re.findall(r"\bcheck\(\s*[\"'](\d\d\.\d+)[\"']", cell.source)


@rule
def each_exercise_is_a_cell_to_fill_and_its_check(notebook):
    mark = "exercise" if notebook.edition is build.LESSON else "solution"
    cells = list(notebook.cells())
    ids = [identity for _, cell in notebook.cells(tag=mark) for identity in _ids(cell)]
    checks = [identity for _, cell in notebook.cells(tag="check") for identity in _checked(cell)]
    if ids != checks or len(set(ids)) < len(ids):
        yield f"cells to fill {ids}, checks {checks}"
    for identity in ids:
        if identity[:2] != notebook.path.stem[:2]:
            yield f"exercise {identity} does not belong to this lesson"
    for index, (where, cell) in enumerate(cells):
        if mark in build.tags(cell):
            if len(_ids(cell)) != 1:
                yield f"{where}: needs one tag such as '04.1'"
            elif _ids(cell) != [
                i for _, below in cells[index + 1 : index + 2] for i in _checked(below)
            ]:
                yield f"{where}: its check must stand right behind it"
        if {"exercise", "solution"} - {mark} & set(build.tags(cell)):
            yield f"{where}: belongs to the other edition"


@rule
def a_starter_is_blank(notebook):
    for where, _, tree in ((w, c, t) for w, c, t in notebook.code() if "exercise" in build.tags(c)):
        if not any(_is_blank(statement) for statement in tree.body):
            yield f"{where}: nothing is left to fill in (a function or a name that is ...)"
        for statement in tree.body:
            if not (_is_blank(statement) or isinstance(statement, ast.Import | ast.ImportFrom)):
                yield f"{where}: line {statement.lineno} is more than a blank"


def _is_blank(statement: ast.stmt) -> bool:
    def dots(node: ast.AST) -> bool:
        return isinstance(node, ast.Constant) and node.value is Ellipsis

    if isinstance(statement, ast.FunctionDef):
        body = statement.body[1:] if ast.get_docstring(statement) else statement.body
        return len(body) == 1 and isinstance(body[0], ast.Expr) and dots(body[0].value)
    return isinstance(statement, ast.Assign) and dots(statement.value)


@rule
def a_solution_fills_every_blank_and_the_lesson_does_not_hold_it(notebook):
    if notebook.edition is not build.SOLUTIONS:
        return
    try:
        lesson = notebook.twin()
    except OSError:
        yield "the lesson itself is missing"
        return
    starters = {
        _ids(cell)[0]: tree for _, cell, tree in lesson.code() if "exercise" in build.tags(cell)
    }
    shown = ["".join(cell.source.split()) for _, cell in lesson.cells()]
    for where, cell, tree in notebook.code():
        if "solution" not in build.tags(cell):
            continue
        starter = starters.get(_ids(cell)[0])
        if starter is None:
            yield f"{where}: the lesson has no starter {_ids(cell)}"
        elif not _names(starter) <= _names(tree):
            yield f"{where}: does not define {sorted(_names(starter) - _names(tree))}"
        if any(_is_blank(statement) for statement in tree.body):
            yield f"{where}: still blank"
        for function in (node for node in tree.body if isinstance(node, ast.FunctionDef)):
            body = function.body[1:] if ast.get_docstring(function) else function.body
            lines = cell.source.splitlines()[body[0].lineno - 1 : body[-1].end_lineno]
            if any("".join("".join(lines).split()) in text for text in shown):
                yield f"{where}: its text stands in the lesson too"


def _names(tree: ast.Module) -> set[str]:
    """Return the names that a cell to fill defines, with the arguments of its functions."""
    names = set()
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            names.add(f"{node.name}({', '.join(argument.arg for argument in node.args.args)})")
        elif isinstance(node, ast.Assign):
            names |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    return names


PATHS = build.built(NOTEBOOKS)


@pytest.fixture(
    scope="module", params=PATHS, ids=lambda path: path.relative_to(NOTEBOOKS).as_posix()
)
def notebook(request):
    return Notebook.read(request.param)


@pytest.mark.parametrize("check", RULES, ids=lambda check: check.__name__)
def test_notebook_keeps_the_rule(notebook, check):
    complaints = list(check(notebook))
    assert not complaints, "\n".join(complaints)


def test_every_source_is_built_in_both_editions():
    assert PATHS, "no notebooks are built"
    assert not build.orphans()
    missing = [
        path
        for source in [*build.sources(), *build.optional()]
        for edition in build.EDITIONS
        if not (path := build.target(source, edition)).exists()
    ]
    assert not missing


def test_each_exercise_stands_in_one_notebook_that_belongs_to_its_lesson():
    """An exercise that moves to an optional notebook keeps its number, and with it its progress."""
    places = [
        identity
        for path in PATHS
        if (notebook := Notebook.read(path)).edition is build.LESSON
        for _, cell in notebook.cells(tag="exercise")
        for identity in _ids(cell)
    ]
    assert sorted(places) == sorted(registry.all_ids())
