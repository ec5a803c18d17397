"""What a deck is made of: one idea a slide, a question before its answer, notes, nothing lost."""

from __future__ import annotations

import re
from html import unescape

import nbformat
import pytest
import slide_parts
import slides

NOTEBOOKS = sorted(slides.NOTEBOOKS.glob("[0-9][0-9]_*.ipynb"))
MOST, FEWEST = 25, 15
LINES_OF_CODE = 14
WORDS_OF_NOTES = 10


def words(html):
    """Return the words of a piece of HTML, formulae left as they are."""
    return unescape(re.sub(r"<[^>]*>", " ", html)).split()


@pytest.fixture(scope="module", params=NOTEBOOKS, ids=lambda path: path.stem)
def notebook(request):
    return request.param


@pytest.fixture(scope="module")
def deck(notebook):
    return slides.read(notebook)


def is_marked(path):
    return any(slides.is_marked(cell) for cell in nbformat.read(path, as_version=4).cells)


def test_a_deck_has_fifteen_to_twenty_five_slides(notebook, deck):
    fewest = 8 if notebook.stem.startswith("00") else FEWEST
    most = MOST if is_marked(notebook) else 60  # the default deck has everything
    assert fewest <= len(deck.slides) <= most, [slide.title for slide in deck.slides]


def test_a_deck_opens_with_its_question_and_goals_and_ends_with_what_to_take_away(notebook, deck):
    kinds = [slide.kind for slide in deck.slides]
    assert kinds[0] == "title"
    assert kinds.count("title") == 1
    assert "you can" in deck.slides[1].title
    assert deck.title
    assert any(slide.title == "Take away" for slide in deck.slides[-3:])
    assert deck.question.endswith((".", "?")) or deck.name.startswith("00")
    asks = any(words in notebook.read_text(encoding="utf-8") for words in slides.LAST_WORDS)
    assert (kinds[-1] == "question") == asks


def test_questions_come_before_their_answers(deck):
    kinds = [slide.kind for slide in deck.slides]
    assert "predict" in kinds
    assert "figure" in kinds
    for slide, after in zip(deck.slides, deck.slides[1:], strict=False):
        if slide.kind == "predict":
            assert after.kind in ("predict", "figure", "code", "text"), slide.title


def test_every_slide_has_speaker_notes(deck):
    for number, slide in enumerate(deck.slides, start=1):
        said = words(" ".join(slide.notes))
        assert len(said) >= WORDS_OF_NOTES, f"slide {number}, {slide.title}: {' '.join(said)}"


def test_code_is_short(deck):
    for slide in deck.slides:
        for listing in re.findall(r'<pre class="code".*?</pre>', " ".join(slide.steps), re.S):
            assert len(listing.splitlines()) <= LINES_OF_CODE, slide.title


def test_nothing_is_written_twice(notebook, deck):
    """All words of a slide are words of the lesson, and fragments stay out of the notes."""
    cells = nbformat.read(notebook, as_version=4).cells
    lesson = " ".join(cell.source for cell in cells)
    lesson += " ".join(slide_parts.printed(cell) for cell in cells if cell.cell_type == "code")
    bare = re.compile(r"[^a-z]+")
    known = set(bare.split(lesson.lower()))
    ours = {"begin", "end", "aligned", "quad", "pt", ""}
    for slide in deck.slides:
        shown = " ".join(words(" ".join([slide.title, *slide.steps])))
        assert set(bare.split(shown.lower())) - known <= ours, slide.title
        assert "fragment" not in " ".join(slide.notes)


def cell(kind, source, *outputs, **slideshow):
    make = nbformat.v4.new_markdown_cell if kind == "text" else nbformat.v4.new_code_cell
    made = make(source)
    made.metadata["slideshow"] = {"slide_type": "slide", **slideshow} if slideshow else {}
    if slideshow.get("show") == []:
        del made.metadata["slideshow"]["show"]
    if outputs:
        made.outputs = [nbformat.v4.new_output("stream", text=text) for text in outputs]
    return made


@pytest.fixture
def deck_of(tmp_path):
    def make(*cells):
        opening = cell("text", "# 99 · A lesson\n\nIt asks **what is it?** And more.", show=[])
        path = tmp_path / "99_lesson.ipynb"
        nbformat.write(nbformat.v4.new_notebook(cells=[opening, *cells]), path)
        return slides.read(path)

    return make


def test_a_section_becomes_equations_lists_statements_and_notes(deck_of):
    source = (
        "## 1 · Sums\n\nFirst some prose. Then the sum is\n\n$$a=b.\\tag{1.1}$$\n\nMore prose. "
        "**A sum of many terms is long.** The end.\n\nThree of them:\n\n- one\n- two"
    )
    _, slide = deck_of(cell("text", source, show=[])).slides
    assert slide.title == "Sums"
    assert [words(step)[0] for step in slide.steps] == ["Then", "A", "Three"]
    assert "First some prose." not in " ".join(slide.steps)
    assert all(part in " ".join(slide.notes) for part in ("First some prose.", "The end."))


def test_a_prediction_is_a_slide_and_its_last_words_lead_on(deck_of):
    source = "## 1 · Coins\n\nSome prose. **Predict** the end. Then follow it:\n\n$$a=b$$"
    _, question, answer = deck_of(cell("text", source, show=[])).slides
    assert (question.kind, answer.kind) == ("predict", "text")
    assert words(question.steps[0]) == ["Predict", "the", "end."]
    assert words(answer.steps[0])[:3] == ["Then", "follow", "it:"]


def test_show_and_hide(deck_of):
    source = "## 1 · Coins\n\nOne thing. Another thing.\n\n$$a=b.\\tag{1.1}$$\n\n$$c=d\\tag{1.2}$$"
    _, slide = deck_of(cell("text", source, show=["One thing"], hide=["(1.2)"])).slides
    text = " ".join(slide.steps)
    assert "One thing" in text
    assert "a=b" in text
    assert "c=d" not in text
    assert "c=d" in " ".join(slide.notes)


def test_a_listing_may_come_before_its_question(deck_of):
    asks = cell("text", "## 1 · Coins\n\n**Predict** what it prints.", show=[])
    code = cell("code", "a = 1\n\n\ndef f():\n    return a\n\n\nprint(f())", "1\n")
    code.metadata["slideshow"] = {"slide_type": "slide", "show": ["def f", "predict", "output"]}
    _, listing, question, answer = deck_of(asks, code).slides
    assert [listing.kind, question.kind, answer.kind] == ["code", "predict", "code"]
    assert "def" in listing.steps[0]
    assert "print" not in listing.steps[0]
    assert words(answer.steps[0]) == ["1"]


@pytest.mark.parametrize(
    ("kind", "marks"),
    [
        ("text", {"show": ["No such"]}),
        ("text", {"hide": ["No such"]}),
        ("code", {"show": ["No such"]}),
    ],
)
def test_a_mark_that_marks_nothing_is_refused(deck_of, kind, marks):
    with pytest.raises(slide_parts.SlideError, match="99_lesson, cell 2 .*No such"):
        deck_of(cell(kind, "a = 1", **marks))


def test_a_lesson_without_marks_has_the_default_deck(deck_of, tmp_path):
    lesson = nbformat.read(NOTEBOOKS[4], as_version=4)
    for each in lesson.cells:
        each.metadata.pop("slideshow", None)
    path = tmp_path / NOTEBOOKS[4].name
    nbformat.write(lesson, path)
    kinds = [slide.kind for slide in slides.read(path).slides]
    assert kinds[0] == "title"
    assert kinds.count("predict") >= 5
    assert kinds.count("figure") >= 4


def test_reading_material_stays_in_the_notebook(deck_of):
    source = "## 1 · Take away\n\n- a\n- b\n\n**Further reading**\n\n- a book\n\n**Previous:** x"
    _, slide = deck_of(cell("text", source, show=[])).slides
    assert "book" not in " ".join([*slide.steps, *slide.notes])


def test_the_title_after_an_exercise_is_that_of_the_section(deck_of):
    made = deck_of(
        cell("text", "## 1 · Coins\n\nProse.\n\n### Exercise 99.1 · Do it\n\nWrite it.", show=[]),
        nbformat.v4.new_code_cell("check('99.1')", metadata={"tags": ["check"]}),
        cell("text", "Now the next. **Predict** it.", show=[]),
    )
    assert [slide.title for slide in made.slides[1:]] == ["Coins"]


@pytest.mark.parametrize(
    ("paragraph", "expected"),
    [
        ("One. Two? Three", ["One.", "Two?", "Three"]),
        ("See pp. 24-28, e.g. this. That.", ["See pp. 24-28, e.g. this.", "That."]),
        ("Coins B, A. We write. By C. B. Do.", ["Coins B, A.", "We write.", "By C. B. Do."]),
        ("It is 0.6. (Why? Later.) Go on.", ["It is 0.6.", "(Why? Later.)", "Go on."]),
        ("With $a. b$ and `c. d`. Next.", ["With $a. b$ and `c. d`.", "Next."]),
        ("**All bold.** Not bold.", ["**All bold.**", "Not bold."]),
    ],
)
def test_sentences(paragraph, expected):
    assert slide_parts.sentences(paragraph) == expected


@pytest.mark.parametrize(
    ("formula", "n_rows"),
    [
        (r"a=b", 1),
        ("a=b\n=c\n=d", 3),
        ("a\n=b\n=c", 2),
        (r"p(z_{n}=1\mid x)=\frac ab" + "\n=c", 2),
        (r"a=b,\qquad c=d", 2),
        (r"a=b\qquad\text{as in (9.14).}", 1),
        (r"a=b,\qquad(9.4)", 1),
        (r"\begin{aligned}a&=b\\&=c\end{aligned}", 2),
    ],
)
def test_formulae_in_rows(formula, n_rows):
    """Chains are cut into rows, and no sign is lost."""
    rows = slide_parts.in_rows(formula + r"\tag{9.1}")
    assert rows.endswith(r"\tag{9.1}")
    assert 1 + rows.count(r"\\") == n_rows
    ours = re.compile(r"\\begin\{aligned\}|\\end\{aligned\}|\\\\(?:\[4pt\])?|&|\\q?quad|\s")
    assert ours.sub("", rows) == ours.sub("", formula + r"\tag{9.1}")


def test_tables_lose_no_row_and_pages_are_even():
    rows = [f"| claim {i} | {'an answer ' * 9} |" for i in range(9)]
    (table,) = slide_parts.blocks("\n".join(["| You may hear | So |", "| --- | --- |", *rows]))
    pages = list(slide_parts.table_pages(table))
    counts = [page.count("<tr>") - 1 for page in pages]
    assert sum(counts) == 9
    assert max(counts) - min(counts) <= 1
    assert sum(page.count("fragment") for page in pages) == 9


def test_links_lead_to_the_other_decks():
    text = "[a](03_kmeans.ipynb) [b](glossary.md) [c](https://example.org)"
    html = slide_parts.inline(text)
    assert re.findall(r'href="([^"]*)"', html) == ["03_kmeans.html", "https://example.org"]
    assert "glossary" not in html
