"""Listings of source files with an anchor for each line, so that an equation leads to its line."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from typing import Any

from pages import EQUATIONS, ROOT, SOURCES, index, up
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import TextLexer, get_lexer_for_filename
from pygments.util import ClassNotFound

COMMENT = re.compile(r'<span class="c1">[^<]*</span>')
NUMBER = re.compile(r"\((9\.\d+)\)")


def collect(listed: Iterable[str]) -> Iterator[tuple[str, dict[str, Any], str]]:
    """Yield the listings as pages for Sphinx: name, context and template."""
    for place in listed:
        name = f"{SOURCES}/{place}"
        context = {"title": place, "body": body(place, name), "parents": []}
        yield name, context, "page.html"


def body(place: str, name: str) -> str:
    """Return the listing of a file of the repository."""
    text = (ROOT / place).read_text(encoding="utf-8")
    try:
        lexer = get_lexer_for_filename(place)
    except ClassNotFound:
        lexer = TextLexer()
    formatter = HtmlFormatter(linenos="inline", linespans="L", wrapcode=True)
    listing = COMMENT.sub(
        lambda found: with_links(found[0], name), highlight(text, lexer, formatter)
    )
    listing = listing.replace("<pre>", '<pre tabindex="0">', 1)
    return f'<section id="listing">\n<h1>{html.escape(place)}</h1>\n{listing}</section>'


def with_links(comment: str, name: str) -> str:
    """Link the numbers in a comment to the table of equations."""

    def link(found: re.Match[str]) -> str:
        return f'<a href="{up(name)}{EQUATIONS}.html#{index().anchor(found[1])}">{found[0]}</a>'

    return NUMBER.sub(link, comment)
