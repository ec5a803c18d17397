"""Every page of the book: for all eyes, all widths, the keyboard alone, and without the network."""

from __future__ import annotations

import re
import shutil
import subprocess
import unicodedata
from urllib.parse import quote, urlsplit

import lab
import pytest

from book import reader as site

pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.skipif(bool(site.missing()), reason=site.missing()),
    pytest.mark.skipif(lab.chromium() is None, reason="no Chromium; CHROMIUM may name one"),
]
PHONE, DESKTOP = (375, 800), (1280, 900)
# Rules of axe-core that elements of the theme break, each with its report: none is known.
ALLOWED: dict[str, tuple[str, str]] = {}
MIN_ALT = 20


@pytest.fixture(scope="module")
def folder():
    return site.built()


@pytest.fixture(scope="module")
def chromium():
    with lab.browser() as running:
        yield running


@pytest.fixture(scope="module")
def address(folder):
    with site.serve(folder) as where:
        yield where


@pytest.fixture
def open_reader(chromium, address):
    readers = []

    def open_one(size=DESKTOP):
        readers.append(site.Reader(chromium, address, *size))
        return readers[-1]

    yield open_one
    for reader in readers:
        reader.close()


def violations(reader):
    """Return what axe-core finds in the page, but for what is allowed."""
    # What MathJax draws is hidden from screen readers, which get its MathML, and has the colour of
    # the text around it.
    found = reader.page.evaluate(
        "() => axe.run({exclude: ['mjx-math']}, {resultTypes: ['violations']})"
    )
    return [
        (rule["id"], node["target"], node["html"][:200])
        for rule in found["violations"]
        for node in rule["nodes"]
        if ALLOWED.get(rule["id"], ("", ""))[0] != node["target"][-1]
    ]


def shorten_listing(page):
    """Leave one line of a long listing for each kind of token: the rest looks the same."""
    page.evaluate(
        """() => {
            const seen = new Set();
            for (const line of document.querySelectorAll('#listing [id^="L-"]')) {
                const kinds = [...line.querySelectorAll('[class]')].map(node => node.className);
                if (kinds.every(kind => seen.has(kind))) line.remove();
                kinds.forEach(kind => seen.add(kind));
            }
        }"""
    )


def test_axe_finds_nothing_on_any_page_in_light_or_dark(folder, open_reader):
    reader = open_reader()
    script = site.AXE.read_text(encoding="utf-8")
    found = {}
    for name in site.pages(folder):
        shorten_listing(reader.open(name))
        reader.page.evaluate(script)
        for theme in ("light", "dark"):
            reader.theme(theme)
            if wrong := violations(reader):
                found[name, theme] = wrong
    assert found == {}


def test_axe_finds_a_picture_without_words(open_reader):
    reader = open_reader()
    reader.open("notebooks/04_two_coins.html")
    reader.page.evaluate("document.querySelector('.picture img').removeAttribute('alt')")
    reader.page.evaluate(site.AXE.read_text(encoding="utf-8"))
    assert [rule for rule, _, _ in violations(reader)] == ["image-alt"]


def too_wide(page):
    """Return by how many pixels a page, or the whole of its text, can be scrolled sideways."""
    return page.evaluate(
        """() => {
            const boxes = document.querySelectorAll('html, main, .bd-article-container, article');
            return Math.max(...[...boxes].map(box => box.scrollWidth - box.clientWidth));
        }"""
    )


def test_no_page_scrolls_sideways_on_a_phone(folder, open_reader):
    reader = open_reader(PHONE)
    wide = {}
    for name in site.pages(folder):
        page = reader.open(name)
        if moved := too_wide(page):
            wide[name] = moved
    assert wide == {}


def test_a_page_that_scrolls_sideways_is_noticed(open_reader):
    page = open_reader(PHONE).open("index.html")
    page.evaluate("document.querySelector('article p').style.width = '500px'")
    assert too_wide(page) > 0


def test_a_formula_that_is_too_wide_begins_within_reach(folder, open_reader):
    reader = open_reader(PHONE)
    n_formulas = 0
    for name in site.pages(folder):
        if name.startswith("notebooks/"):
            page = reader.open(name)
            left_out, n = page.evaluate(
                """() => {
                    const boxes = [...document.querySelectorAll('div.math')];
                    const out = boxes.filter(box => [...box.querySelectorAll('mjx-mi')].some(
                        part => part.getBoundingClientRect().left
                            < box.getBoundingClientRect().left - box.scrollLeft - 1));
                    return [out.map(box => box.innerText), boxes.length];
                }"""
            )
            assert left_out == [], name
            n_formulas += n
    assert n_formulas > 100


def test_every_picture_says_what_it_shows_and_is_there(folder, open_reader):
    reader = open_reader()
    n_pictures = 0
    for name in site.pages(folder):
        page = reader.open(name)
        pictures = page.evaluate(
            """async () => {
                const images = [...document.images];
                images.forEach(image => { image.loading = 'eager'; });
                await Promise.all(images.map(image => image.decode().catch(() => null)));
                return images.map(image => [image.alt, image.naturalWidth, image.src]);
            }"""
        )
        n_pictures += len(pictures)
        for alt, width, source in pictures:
            assert len(alt) >= MIN_ALT, (name, source)
            assert not re.fullmatch(r"\S+\.\w{2,4}", alt), (name, source)
            assert width > 0, (name, source)
    assert n_pictures > 100


def test_mathematics_is_typeset_and_nothing_comes_from_outside(folder, open_reader):
    reader = open_reader()
    for name in site.pages(folder):
        page = reader.open(name)
        assert page.locator("mjx-merror").all_inner_texts() == [], name
        left = page.locator("article .math").all_inner_texts()
        assert [text for text in left if "\\(" in text or "\\[" in text] == [], name
    assert reader.outside == []
    assert reader.errors == []


def lessons_with_players(folder):
    names = [name for name in site.pages(folder) if name.startswith("notebooks/")]
    return [name for name in names if 'class="player"' in (folder / name).read_text("utf-8")]


def test_the_players_obey_the_keyboard_alone(folder, open_reader):
    reader = open_reader()
    names = lessons_with_players(folder)
    assert len(names) >= 10
    for name in names:
        page = reader.open(name)
        for player in page.locator(".player").all():
            slider = player.locator("input[type=range]")
            reach_by_tab(page, slider)
            seen = [shown(player)]
            for key in ("ArrowRight", "ArrowRight", "End", "Home"):
                page.keyboard.press(key)
                seen.append(shown(player))
            assert len(set(seen[:4])) == 4, name
            assert seen[4] == seen[0], name
            assert all(drawn(player)), name
            if player.locator("input[type=radio]").count():
                player.locator("input[type=radio]").first.focus()
                page.keyboard.press("ArrowDown")
                assert player.locator("input[type=radio]").nth(1).is_checked()
                assert shown(player) != seen[0], name
    assert reader.outside == []


def reach_by_tab(page, target):
    """Press Tab until the target has the focus."""
    target.evaluate(
        "node => { node.closest('.player').tabIndex = -1; node.closest('.player').focus(); }"
    )
    for _ in range(12):
        page.keyboard.press("Tab")
        if target.evaluate("node => node === document.activeElement"):
            return
    raise AssertionError("Tab does not lead to the slider")


def shown(player):
    """Return the picture and the words that a player shows now."""
    image = player.locator("img")
    return image.get_attribute("src"), image.get_attribute("alt")


def drawn(player):
    """Whether the picture is there."""
    return player.locator("img").evaluate_all(
        """images => Promise.all(images.map(image => image.decode().then(
            () => image.naturalWidth > 0, () => false)))"""
    )


def test_a_player_plays_and_stops_by_itself(open_reader):
    page = open_reader().open("notebooks/04_two_coins.html")
    player = page.locator(".player").first
    slider, button = player.locator("input[type=range]"), player.locator(".play")
    slider.focus()
    page.keyboard.press("End")
    last = int(slider.input_value())
    for _ in range(2):
        page.keyboard.press("ArrowLeft")
    button.focus()
    page.keyboard.press("Enter")
    assert button.inner_text() == "Stop"
    page.wait_for_function("button => button.textContent === 'Play'", arg=button.element_handle())
    assert int(slider.input_value()) == last


def test_the_book_works_from_a_folder_without_a_server(folder, chromium):
    reader = site.Reader(chromium, folder.as_uri() + "/")
    page = reader.open("notebooks/04_two_coins.html")
    player = page.locator(".player").first
    player.locator("input[type=range]").focus()
    before = shown(player)
    page.keyboard.press("ArrowRight")
    assert shown(player) != before
    assert all(drawn(player))
    assert page.locator("mjx-container").count() > 20
    page.goto(folder.as_uri() + "/search.html?q=responsibility")
    page.wait_for_selector("#search-results li a")
    reader.close()
    assert reader.outside == []


def test_animations_can_be_stopped_and_wait_where_motion_is_not_wanted(chromium, address):
    for motion, words in (("no-preference", "Stop"), ("reduce", "Play")):
        context = chromium.new_context(reduced_motion=motion)
        page = context.new_page()
        page.goto(address + "index.html")
        button = page.locator(".animated button").first
        assert button.inner_text().startswith(words)
        before = page.locator(".animated img").first.get_attribute("src")
        button.press("Enter")
        assert page.locator(".animated img").first.get_attribute("src") != before
        context.close()


def test_a_figure_keeps_its_white_paper_in_the_dark(open_reader):
    reader = open_reader()
    page = reader.open("notebooks/04_two_coins.html")
    reader.theme("dark")
    grounds = page.locator(".picture, .picture img").evaluate_all(
        "nodes => nodes.map(n => [getComputedStyle(n).backgroundColor, getComputedStyle(n).filter])"
    )
    assert set(map(tuple, grounds)) == {("rgb(255, 255, 255)", "none")}
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != "rgb(255, 255, 255)"


def search(open_reader, words):
    """Type words into the search page; return where its results lead, in order."""
    reader = open_reader()
    page = reader.open(f"search.html?q={quote(words)}")
    page.wait_for_selector("#search-results li a")
    page.wait_for_function("() => document.querySelector('.search-summary').textContent")
    page.wait_for_timeout(500)
    links = page.locator("#search-results li a")
    assert reader.errors == []
    return [urlsplit(href) for href in links.evaluate_all("nodes => nodes.map(n => n.href)")]


@pytest.mark.parametrize("words", ["saddle", "responsibility", "histogram", "em.fit"])
def test_search_finds_a_word_in_a_lesson(open_reader, words):
    assert any("/notebooks/" in place.path for place in search(open_reader, words))


@pytest.mark.parametrize("words", ["{}", "({})"])
@pytest.mark.parametrize("number", ["9.1", "9.14", "9.24", "9.70"])
def test_search_for_an_equation_leads_to_its_card_and_to_its_lessons(
    folder, open_reader, number, words
):
    first, *more = search(open_reader, words.format(number))
    assert first.path == "/notebooks/equations.html"
    assert first.fragment == f"eq-{number.replace('.', '-')}"
    found = {place.path.removeprefix("/") for place in more}
    cited = {path for path in site.pages(folder) if re.fullmatch(r"notebooks/\d.*", path)}
    cited = {path for path in cited if f"({number})" in (folder / path).read_text("utf-8")}
    assert cited
    assert cited <= found


def test_search_for_a_number_that_is_nowhere_finds_nothing(open_reader):
    page = open_reader().open("search.html?q=9.99")
    page.get_by_text("did not match any documents").wait_for()


def letters(text):
    """Return the letters and digits of a text, without ligatures: what two layouts share."""
    return re.sub(r"\W", "", unicodedata.normalize("NFKC", text))


def on_paper(reader, name, folder):
    """Return the letters of a page as printed, and those that its headings and its end have."""
    page = reader.open(name)
    page.pdf(path=folder / "page.pdf", format="A4")
    done = subprocess.run(
        ["pdftotext", folder / "page.pdf", "-"], capture_output=True, check=True, timeout=60
    )
    wanted = page.evaluate(
        """() => {
            const article = document.querySelector('article');
            article.querySelectorAll('mjx-container, .headerlink').forEach(part => part.remove());
            const parts = [...article.querySelectorAll('h1, h2, h3, p, li, td')];
            const ends = parts.filter(p => /^H/.test(p.tagName) || !p.querySelector('p, li, td'));
            const shown = ends.filter(p => p.checkVisibility() && !p.querySelector('code'));
            return [...shown.filter(p => /^H/.test(p.tagName)), ...shown.slice(-1)]
                .map(p => p.innerText.slice(-30));
        }"""
    )
    return letters(done.stdout.decode()), [letters(text) for text in wanted]


PRINTED = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="needs pdftotext (poppler)")


@PRINTED
def test_a_page_on_paper_has_its_end(open_reader, tmp_path):
    printed, wanted = on_paper(open_reader(), "notebooks/glossary.html", tmp_path)
    assert len(wanted) > 1
    assert [text for text in wanted if text not in printed] == []


@PRINTED
def test_every_page_on_paper_has_all_its_headings_and_its_end(folder, open_reader, tmp_path):
    reader = open_reader()
    names = [
        n for n in site.pages(folder) if not n.startswith(("source/", "api", "genindex", "search"))
    ]
    lost, n_wanted = {}, 0
    for name in names:
        printed, wanted = on_paper(reader, name, tmp_path)
        n_wanted += len(wanted)
        if missing := [text for text in wanted if text not in printed]:
            lost[name] = missing
        if re.fullmatch(r"notebooks/(solutions/)?(0[1-9]|[1-9]\d)_.*", name):
            for words in ("Inpractice", "Takeaway", "Furtherreading"):
                assert words in printed, (name, words)
    assert lost == {}
    assert n_wanted > 300
