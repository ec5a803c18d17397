"""The parts of a lesson that slides are made of: text, formulae, tables, code and pictures."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import escape, unescape
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.dollarmath import dollarmath_plugin
from nbformat import NotebookNode
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

PAGE_HEIGHT = 570  # pixels below the title; a little more than there are, as letters may shrink
PAGE_WIDTH = 1130
MONOSPACE = 0.602  # width of a character, in font sizes
CODE_SIZES = (18, 34)  # pixels, smallest and largest
LONG_FORMULA = 110  # characters of TeX
LONG_ROW = 150
SHORT = 100  # characters of a sentence that is shown whole there
WORDS_IN_A_STATEMENT = 5
SENTENCE_END = re.compile(
    r"(?<=[.?!])(?<!\bpp\.)(?<!\bp\.)(?<!\bcf\.)(?<!e\.g\.)(?<!i\.e\.)(?<![^,]\s[A-Z]\.)[*\")]*\s+(?=\S)"
)
ATOMS = re.compile(r"`[^`]*`|\$[^$]*\$|\[[^\]]*\]\([^)]*\)|\([^()]*\)")
RELATION = re.compile(r"\n(?=\s*(?:\\[;,:]\s*)?(?:=|\\[gl]e\b|\\approx|\\Rightarrow))")
SIDE_BY_SIDE = re.compile(r"(?<=,)\s*\\qquad\s*(?!\\text\{[^}]*\}\s*$|\\text\{as in|\(\d)")
ARROW = re.compile(r"\s*(?:\\[;,]|\\quad)\s*(?=\\Rightarrow)")
EQUATION_LINK = re.compile(r"\[(\(9\.\d+\))\]\([^)]*\)")
CELL_END = re.compile(r"(?<!\\)\|")


class SlideError(Exception):
    """A mark that cannot be kept; the message names the lesson and the cell."""


@dataclass(frozen=True)
class Block:
    """A top-level part of a Markdown cell."""

    kind: str  # heading, paragraph, math, list, table or other
    source: str
    tokens: list[Token]
    level: int = 0

    def answers(self, beginning: str) -> bool:
        """Whether it begins so, or is the equation of this number."""
        if self.kind == "math" and re.fullmatch(r"\(\d+\.\d+\)", beginning):
            return beginning in self.source or rf"\tag{{{beginning[1:-1]}}}" in self.source
        return plain(self.source).startswith(beginning)


def _markdown() -> MarkdownIt:
    """Return a parser that hands mathematics on to MathJax."""
    parser = MarkdownIt("commonmark").enable("table").use(dollarmath_plugin, allow_labels=False)
    rules = parser.renderer.rules
    rules["math_inline"] = lambda tokens, i, *_: rf"\({escape(tokens[i].content)}\)"
    rules["math_inline_double"] = lambda tokens, i, *_: rf"\[{escape(tokens[i].content)}\]"
    rules["math_block"] = lambda tokens, i, *_: (
        rf"<div>\[{escape(in_rows(tokens[i].content))}\]</div>"
    )
    return parser


MARKDOWN = _markdown()


def in_rows(formula: str) -> str:
    """Set a chain of equations, a long equation, or equations side by side, in aligned rows."""
    if "\\\\" in formula or "&" in formula:
        return formula
    formula, mark, tag = formula.strip().partition(r"\tag")
    if len(formula) > LONG_FORMULA:
        formula = ARROW.sub("\n", formula)
    side_by_side = SIDE_BY_SIDE.split(formula)
    rows = [_aligned(part) for part in side_by_side] if side_by_side[1:] else _chain(formula)
    if len(rows) == 1:
        return formula + mark + tag
    return r"\begin{aligned}" + r" \\[4pt] ".join(rows) + r"\end{aligned}" + mark + tag


def _outside(formula: str, signs: str) -> list[int]:
    """Return where these signs stand in no bracket."""
    depth, found = 0, []
    for sign in re.finditer(rf"\\[{{}}]|[{{}}()\[\]]|{signs}", formula):
        if sign[0] in ("\\{", "{", "(", "["):
            depth += 1
        elif sign[0] in ("\\}", "}", ")", "]"):
            depth -= 1
        elif depth == 0:
            found.append(sign.start())
    return found


def _aligned(formula: str) -> str:
    """Mark the first relation as the place to align at."""
    first = _outside(formula, r"=|\\to\b|\\propto\b")[:1]
    return f"{formula[: first[0]]}&{formula[first[0] :]}" if first else formula


def _chain(formula: str) -> list[str]:
    """Cut a chain at lines that begin with a relation; a long one at all of them, or at a sign."""
    first, *others = RELATION.split(formula)
    if others and "&" not in _aligned(first):
        first, others = f"{first} {others[0]}", others[1:]
    rows = [_aligned(first), *(f"&{other}" for other in others)]
    if len(formula) <= LONG_FORMULA or len(rows) > 1:
        return rows
    relations = _outside(formula, "=")
    cuts = [0, *relations[1:], len(formula)]
    rows = [formula[a:b] for a, b in pairwise(cuts)]
    rows = [_aligned(rows[0]), *(f"&{row}" for row in rows[1:])]
    signs = [at for at in _outside(rows[0], r"[+-]") if at > rows[0].find("&") + 2]
    if len(rows[0]) > LONG_ROW and signs:
        cut = min(signs, key=lambda at: abs(at - len(rows[0]) / 2))
        rows[:1] = [rows[0][:cut], rf"&\quad {rows[0][cut:]}"]
    return rows


def blocks(markdown: str) -> Iterator[Block]:
    """Cut a Markdown cell into its top-level parts; the numbers of equations lose their links."""
    markdown = EQUATION_LINK.sub(r"\1", markdown)
    lines = markdown.splitlines()
    group: list[Token] = []
    for token in MARKDOWN.parse(markdown):
        group.append(token)
        if token.level or token.nesting == 1:
            continue
        first = group[0]
        name = first.type.removesuffix("_open")
        kind = {
            "math_block": "math",
            "bullet_list": "list",
            "ordered_list": "list",
            "heading": "heading",
            "paragraph": "paragraph",
            "table": "table",
        }.get(name, "other")
        start, end = first.map or (0, 0)
        source = "\n".join(lines[start:end]).strip()
        if kind in ("heading", "paragraph"):
            source = " ".join(group[1].content.split())
        level = int(first.tag[1]) if kind == "heading" else 0
        yield Block(kind, source, group, level)
        group = []


def html(block: Block) -> str:
    """Return a block as HTML."""
    text = relink(MARKDOWN.renderer.render(block.tokens, MARKDOWN.options, {}))
    return text.replace("<th></th>", "<td></td>")  # an empty header is no header


def inline(text: str) -> str:
    """Return a sentence as HTML."""
    return relink(MARKDOWN.renderInline(text))


def relink(text: str) -> str:
    """Aim links between lessons at the other decks; leave only the words of other local links."""
    text = re.sub(r'href="(\d\d_\w+)\.ipynb"', r'href="\1.html"', text)
    return re.sub(r'<a href="(?!https:|\d\d_\w+\.html)[^"]*">(.*?)</a>', r"\1", text, flags=re.S)


def sentences(paragraph: str) -> list[str]:
    """Cut a paragraph into sentences; what stands in brackets, code or formulae is not cut."""

    def mask(found: re.Match[str]) -> str:
        end = ".)" if found[0].endswith(".)") else ""
        return "\0" * (len(found[0]) - len(end)) + end

    masked = ATOMS.sub(mask, paragraph)
    cuts = [0, *(found.end() for found in SENTENCE_END.finditer(masked)), len(paragraph)]
    return [paragraph[a:b].strip() for a, b in pairwise(cuts) if paragraph[a:b]]


def plain(text: str) -> str:
    """Return Markdown without the mark at its beginning and those of emphasis."""
    return re.sub(r"^(?:[-*|]|\d+\.|\$\$) ?|\*+", "", text).strip()


def capital(text: str) -> str:
    """Return a text that begins with a capital letter."""
    return text[:1].upper() + text[1:]


def bold_words(sentence: str) -> str:
    """Return the words in bold of a long sentence; a short one is returned whole."""
    if len(sentence) <= SHORT:
        return sentence
    words = max(re.findall(r"\*\*(.+?)\*\*", sentence), key=len)
    return f"**{capital(words).rstrip('.:')}.**"


def is_statement(sentence: str) -> bool:
    """Whether a sentence holds a statement in bold: some words, or its label at the front."""
    bold = [words.split() for words in re.findall(r"\*\*(.+?)\*\*", sentence)]
    return any(len(words) >= WORDS_IN_A_STATEMENT for words in bold)


def table_pages(block: Block) -> Iterator[str]:
    """Cut a table into parts that fit a page; what answers *You may hear* appears at a click."""
    head, _, *body = block.source.splitlines()
    columns = head.count("|") - 1
    # characters a line of each column, which is as wide as its longest cell asks for
    longest = [min(60, max(map(len, column))) for column in zip(*map(_cells, body), strict=True)]
    across = [max(8, 84 * length // sum(longest)) for length in longest]
    page: list[str] = []

    def finish() -> str:
        (tables,) = blocks("\n".join([head, "|" + " --- |" * columns, *page]))
        text = html(tables)
        if head.startswith("| You may"):
            cells = r"(<tr>\s*<td>.*?</td>\s*)<td>(.*?)</td>"
            text = re.sub(cells, r'\1<td><span class="fragment">\2</span></td>', text, flags=re.S)
        return text

    def height(row: str) -> int:
        lines = (
            1 + (len(cell) - 1) // wide for cell, wide in zip(_cells(row), across, strict=True)
        )
        return 20 + 33 * max(lines)

    total = sum(map(height, body))
    wanted = total / (1 + total // (PAGE_HEIGHT - 30))  # pages of about one height
    so_far = 0
    for row in body:
        if page and so_far + height(row) / 2 > wanted:
            yield finish()
            page, so_far = [], 0
        page.append(row)
        so_far += height(row)
    yield finish()


def _cells(row: str) -> list[str]:
    """Return the words in the cells of a row of a table."""
    cells = CELL_END.split(row.strip().strip("|"))
    return [re.sub(r"\]\([^)]*\)|\\[a-z]+|[{}$*\[]", "", cell).strip() for cell in cells]


def statements(source: str, beginnings: Iterable[str]) -> str:
    """Return the top-level statements that begin so, in the order of the cell."""
    lines, wanted = source.splitlines(), list(beginnings)
    found: dict[str, str] = {}
    for node in ast.parse(source).body:
        text = "\n".join(lines[node.lineno - 1 : node.end_lineno])
        for beginning in wanted:
            if text.startswith(beginning):
                found.setdefault(text, beginning)
    if missing := set(wanted) - set(found.values()):
        raise SlideError(f"no statement begins {sorted(missing)}")
    functions = [text for text in found if text.startswith(("def ", "class "))]
    return ("\n\n" if functions else "\n").join(found)


def monospace(text: str, inner: str, kind: str, room: int) -> str:
    """Return code or an output in letters as large as its lines and the room allow."""
    lines = text.splitlines()
    widest = max(map(len, lines), default=1)
    smallest, largest = CODE_SIZES
    size = min(largest, PAGE_WIDTH / (MONOSPACE * widest), room / (1.4 * len(lines)))
    return f'<pre class="{kind}" style="font-size: {max(smallest, int(size))}px">{inner}</pre>'


def code(source: str, room: int) -> str:
    """Return Python as coloured HTML."""
    coloured = highlight(source, PythonLexer(), HtmlFormatter(nowrap=True)).rstrip("\n")
    return monospace(source, f"<code>{coloured}</code>", "code", room)


def printed(cell: NotebookNode) -> str:
    """Return the text that a cell printed or showed."""
    texts = [
        output.text if output.output_type == "stream" else output.data.get("text/plain", "")
        for output in cell.outputs
        if "image/png" not in output.get("data", {}) and "text/html" not in output.get("data", {})
    ]
    return "".join(texts).rstrip()


def pictures(cell: NotebookNode) -> list[tuple[str, str]]:
    """Return the alternative texts of a cell's pictures, and the pictures, as HTML."""
    found = []
    for output in cell.get("outputs", []):
        data = output.get("data", {})
        if "image/png" in data:
            alt = re.search(r'<img\b[^>]*\balt="([^"]*)"', data.get("text/html", ""))
            words = escape(unescape(alt[1]) if alt else "")
            source = "".join(data["image/png"].split())
            found.append((words, f'<img src="data:image/png;base64,{source}" alt="{words}">'))
    return found
