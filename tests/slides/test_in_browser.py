"""The decks in Chromium: nothing overflows, nobody is shut out, nothing comes from outside."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.browser

ROOT = Path(__file__).resolve().parents[2]
MEASURE = (Path(__file__).parent / "measure.js").read_text(encoding="utf-8")
AXE = ROOT / "book" / "node_modules" / "axe-core" / "axe.min.js"
IN_EVERY_RUN = {"04_two_coins"}
NAMES = [path.stem for path in sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))]
PAGE = {"width": 1280, "height": 720}


class Deck:
    """A deck that is open in a page, with all that went wrong in it."""

    def __init__(self, chromium, address, page_size=PAGE):
        self.page = chromium.new_page(viewport=page_size)
        self.errors, self.outside = [], []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", self._hear)
        self.page.route("**/*", self._let_through)
        self.page.goto(address)
        self.page.wait_for_function("window.deckIsReady === true", timeout=60_000)

    def _hear(self, message):
        if message.type in ("error", "warning"):
            self.errors.append(message.text)

    def _let_through(self, route):
        if route.request.url.startswith(("file:", "data:", "blob:")):
            route.continue_()
        else:
            self.outside.append(route.request.url)
            route.abort()

    def states(self):
        """Go through the deck key by key; yield the slide's number and how many steps it shows."""
        self.page.evaluate("Reveal.slide(0, 0, -1)")
        before = None
        while (where := self.page.evaluate("Reveal.getIndices()")) != before:
            fragment = where.get("f")
            yield 1 + where["h"], 0 if fragment is None else 1 + fragment
            before = where
            self.page.evaluate("Reveal.next()")


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(name, marks=[] if name in IN_EVERY_RUN else [pytest.mark.slow])
        for name in NAMES
    ],
)
def deck(request, output, chromium):
    opened = Deck(chromium, (output / f"{request.param}.html").as_uri())
    yield opened
    opened.page.close()


def complaints(deck):
    return [
        f"slide {number}, step {step}: {complaint}"
        for number, step in deck.states()
        for complaint in deck.page.evaluate(MEASURE)
    ]


def test_no_slide_overflows_its_page_in_any_state(deck):
    assert complaints(deck) == []


def test_no_slide_overflows_its_page_in_print(deck, chromium):
    printed = Deck(chromium, deck.page.url.partition("#")[0] + "?print-pdf")
    n_slides = printed.page.evaluate("Reveal.getTotalSlides()")
    assert printed.page.locator(".pdf-page").count() == n_slides
    found = [printed.page.evaluate(MEASURE, number) for number in range(n_slides)]
    assert found == [[]] * n_slides
    printed.page.close()


def test_every_step_is_seen_in_the_end(deck):
    """Going on key by key shows each slide with all of its fragments."""
    states = list(deck.states())
    fragments = deck.page.evaluate(
        """() => Reveal.getSlides().map(s => s.querySelectorAll('.fragment').length)"""
    )
    assert [number for number, step in states if step == 0] == list(range(1, len(fragments) + 1))
    for number, count in enumerate(fragments, start=1):
        assert max(step for slide, step in states if slide == number) == count


def test_derivations_appear_row_by_row(deck):
    rows = deck.page.eval_on_selector_all(
        ".body .equation.rows",
        """all => all.map(equation => [
            equation.querySelectorAll('[display] > mjx-assistive-mml mtr').length,
            equation.querySelectorAll('svg .fragment').length])""",
    )
    assert all(1 <= n_steps < n_rows for n_rows, n_steps in rows), rows


def test_nothing_went_wrong_and_nothing_was_fetched_from_outside(deck):
    assert deck.outside == []
    assert deck.errors == []


def axe(page, selector="html"):
    page.evaluate(AXE.read_text(encoding="utf-8") + "; 0")
    return page.evaluate(
        """async selector => (await axe.run(selector)).violations.map(
            violation => `${violation.id}: ${violation.nodes[0].html.slice(0, 200)}`)""",
        selector,
    )


def test_axe_finds_no_violation(deck, chromium):
    """On one slide of each kind, shown with all that surrounds it, and on all slides in print."""
    kinds = deck.page.evaluate("Reveal.getSlides().map(slide => slide.classList[0])")
    for number in sorted({kinds.index(kind) for kind in kinds}):
        deck.page.evaluate("number => Reveal.slide(number, 0, 99)", number)
        assert axe(deck.page, "section.present" if number else "html") == [], f"slide {number + 1}"
    printed = Deck(chromium, deck.page.url.partition("#")[0] + "?print-pdf")
    assert axe(printed.page) == []
    printed.page.close()


def test_the_deck_names_itself_and_its_language(deck):
    assert deck.page.get_attribute("html", "lang") == "en-GB"
    assert re.fullmatch(r"\d\d · .+ · EM, step by step", deck.page.title())
    assert deck.page.locator("h1").count() == 1


def test_the_keyboard_leads_on_and_back(deck):
    deck.page.evaluate("Reveal.slide(0)")
    deck.page.keyboard.press("Space")
    assert deck.page.evaluate("Reveal.getIndices().h") == 1
    deck.page.keyboard.press("ArrowLeft")
    assert deck.page.evaluate("Reveal.getIndices().h") == 0


def test_an_overflow_is_noticed(deck):
    """The measure itself: a paragraph too many, letters too small, and a step upon another."""
    deck.page.evaluate("Reveal.slide(1)")
    assert deck.page.evaluate(MEASURE) == []
    deck.page.evaluate(
        """() => Reveal.getCurrentSlide().querySelector('.body').insertAdjacentHTML(
            'beforeend', '<div class="step planted"><p>one line</p></div>'.repeat(12))"""
    )
    try:
        assert any("outside" in complaint for complaint in deck.page.evaluate(MEASURE))
        deck.page.evaluate(
            """() => document.querySelectorAll('.planted').forEach((node, i) => {
                if (i) node.remove(); else node.style = 'font-size: 9px; margin-top: -99px'; })"""
        )
        found = deck.page.evaluate(MEASURE)
        assert any("letters of 9 px" in complaint for complaint in found)
        assert any("overlaps" in complaint for complaint in found)
    finally:
        deck.page.evaluate("document.querySelectorAll('.planted').forEach(node => node.remove())")


def test_the_speaker_sees_the_notes(output, chromium):
    deck = Deck(chromium, (output / "04_two_coins.html").as_uri())
    with deck.page.expect_popup() as popup:
        deck.page.keyboard.press("s")
    view = popup.value
    view.wait_for_function("document.querySelector('.speaker-controls-notes .value')?.innerText")
    deck.page.evaluate("Reveal.slide(4)")
    view.wait_for_function(
        "document.querySelector('.speaker-controls-notes').innerText.includes('page 5 of')"
    )
    notes = view.inner_text(".speaker-controls-notes")
    assert "labels" in notes
    assert "\\mathbf" not in notes
    assert deck.outside == []
    view.close()
    deck.page.close()


def test_the_index_lists_the_decks(output, chromium):
    page = chromium.new_page(viewport={"width": 390, "height": 844})
    page.goto((output / "index.html").as_uri())
    links = page.eval_on_selector_all("li a", "all => all.map(a => a.getAttribute('href'))")
    assert [f"{name}.html" for name in NAMES] == links
    assert all((output / link).exists() for link in links)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert axe(page) == []
    page.close()


@pytest.mark.slow
def test_a_deck_prints_one_slide_a_page(output, chromium, tmp_path):
    import slides

    command = [sys.executable, ROOT / "book" / "slides.py", tmp_path, "04_two_coins", "--pdf"]
    subprocess.run(command, check=True, timeout=120)
    content = (tmp_path / "04_two_coins.pdf").read_bytes()
    pages = len(re.findall(rb"/Type\s*/Page\b", content))
    assert pages == len(slides.read(ROOT / "notebooks" / "04_two_coins.ipynb").slides)
    assert len(content) < 5_000_000
    assert "04_two_coins.pdf" in (tmp_path / "index.html").read_text(encoding="utf-8")
