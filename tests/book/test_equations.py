"""In the built book: from each number in a lesson to its card, and from there to its lines."""

from __future__ import annotations

import html
import posixpath
import re

import pages
import pytest

from book import reader as site

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(bool(site.missing()), reason=site.missing()),
]
TABLE = "notebooks/equations.html"
CITED = re.compile(r'<a class="equation[^"]*" href="([^"]+)"[^>]*>(?:<[^>]*>)*\((9\.\d+)\)')
INDEX = pages.index().INDEX


@pytest.fixture(scope="module")
def book():
    """The text of each page of the book."""
    folder = site.built()
    return {name: (folder / name).read_text(encoding="utf-8") for name in site.pages(folder)}


def cards(page):
    """The facts that each card of the table has, by the card's anchor."""
    parts = re.split(r'<div class="sd-card [^"]*" id="([\w-]+)"', page)[1:]
    return {
        anchor: dict(re.findall(r"<dt>([\w ]+).*?</dt>\s*<dd>(.*?)</dd>", part, re.S))
        for anchor, part in zip(parts[::2], parts[1::2], strict=True)
    }


def leads(text, page):
    """Where the links of a piece of a page lead: page and anchor each."""
    for address in re.findall(r'<a [^>]*href="([^"]+)"', text):
        path, _, anchor = html.unescape(address).partition("#")
        yield posixpath.normpath(posixpath.join(posixpath.dirname(page), path)), anchor


def line(page, anchor):
    """The text of a line of a listing."""
    found = re.search(rf'<span id="{anchor}">(.*?)\n', page)
    return html.unescape(re.sub(r'<span class="linenos">[^<]*</span>|<[^>]*>', "", found[1]))


def test_each_equation_number_in_the_book_leads_to_its_card(book):
    known = cards(book[TABLE])
    assert list(known) == [pages.index().anchor(equation.number) for equation in INDEX]
    n_links = 0
    for name, page in book.items():
        for address, number in CITED.findall(page):
            ((place, anchor),) = leads(f'<a href="{address}">', name)
            assert (place, anchor) == (TABLE, pages.index().anchor(number)), name
            n_links += 1
    assert n_links > 300


def test_each_card_of_an_equation_leads_to_its_lines_its_tests_and_its_lessons(book):
    found = cards(book[TABLE])
    written = {path.stem[:2] for path in pages.lessons()}
    for equation in INDEX:
        anchor = pages.index().anchor(equation.number)
        facts = found[anchor]
        lines = list(leads(facts["Computed by"], TABLE))
        assert bool(lines) != bool(equation.step), equation.number
        for place, at in lines:
            assert place.startswith("source/emlib/")
            numbers = pages.index().numbers_in(line(book[place], at).partition("#")[2])
            assert equation.number in numbers, (equation.number, place, at)
        tests = list(leads(facts["Proved by"], TABLE))
        assert tests
        assert all(line(book[place], at).lstrip().startswith("def test_") for place, at in tests)
        lessons = list(leads(facts["Derived in"], TABLE))
        waits = equation.lesson not in written or equation.number in pages.index().TO_COME
        assert bool(lessons) or waits, equation.number
        assert all(at == anchor and f'id="{anchor}"' in book[place] for place, at in lessons)


def test_the_front_page_has_the_card_and_the_question_of_every_lesson(book):
    readme = (pages.ROOT / "README.md").read_text(encoding="utf-8")
    for path in pages.lessons():
        question = re.search(rf"\(notebooks/{path.name}\) \| (.+?) \|", readme)[1]
        parts = book["index.html"].split('<div class="sd-card ')
        facts = [part.partition("</dl>")[0] for part in parts if "<dt>Time" in part]
        (card,) = (fact for fact in facts if f'href="notebooks/{path.stem}.html"' in fact)
        assert html.escape(question, quote=False) in card
