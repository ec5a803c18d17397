"""How the book is made of the repository: links, anchors, recordings; and that faults are found."""

import json
import re

import links
import nbformat
import pages
import players
import pytest
from book.reader import BOOK

PNG = (BOOK.parent / "docs" / "em_at_work.png").read_bytes()


def test_the_search_takes_the_number_of_an_equation_for_one_word():
    pytest.importorskip("sphinx", reason="needs the packages of requirements-dev.lock")
    import word_search

    search = word_search.SearchWithNumbers({})
    text = "By (9.24)-(9.26), em.fit gains 0.12345 in 04.1: r_nk."
    words = ["By", "9.24", "9.26", "em", "fit", "gains", "0", "12345", "in", "04.1", "r_nk"]
    assert search.split(text) == words
    assert [search.stem("9.24"), search.word_filter("9.24")] == ["9.24", True]


@pytest.fixture
def site(tmp_path):
    """Make a site of two pages without a fault."""
    (tmp_path / "deep").mkdir()
    (tmp_path / "picture.png").write_bytes(PNG)
    (tmp_path / "index.html").write_text(
        '<h1 id="top-of-all">Top</h1><a href="deep/page.html#here">down</a> '
        '<a href="#top-of-all">up</a> <a href="https://example.org/x">out</a>'
        '<img src="picture.png" alt="">'
        '<a href="deep/">the folder</a>'
    )
    (tmp_path / "deep" / "page.html").write_text('<p id="here"><a href="../index.html">up</a></p>')
    (tmp_path / "deep" / "index.html").write_text("<p>a page</p>")
    return tmp_path


def test_a_site_without_a_fault_has_no_dead_link_and_lists_what_is_outside(site):
    assert links.inspect(site) == ([], ["https://example.org/x"], 3)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("#here", "#there", "index.html: deep/page.html#there leads to no anchor"),
        ('"#top-of-all"', '"#bottom"', "index.html: #bottom leads to no anchor"),
        ("deep/page.html", "deep/pages.html", "leads to no file"),
        ("picture.png", "pictures.png", "index.html: pictures.png leads to no file"),
        ('"deep/"', '"/deep/"', "index.html: /deep/ leads to no file"),
    ],
)
def test_a_dead_link_is_found(site, old, new, words):
    page = site / "index.html"
    page.write_text(page.read_text().replace(old, new))
    dead, _, _ = links.inspect(site)
    assert len(dead) == 1
    assert dead[0].endswith(words)


@pytest.fixture
def made(tmp_path):
    return pages.Stage(tmp_path, pages={"notebooks/04_two_coins.ipynb"})


def test_a_link_to_a_page_stays_and_one_to_a_file_leads_to_its_listing(made):
    text = "[coins](04_two_coins.ipynb), [`code`](../emlib/em.py), [out](https://a.org), [up](#a)"
    assert pages.relink(text, "notebooks/05_gmm_1d.ipynb", made) == (
        '[coins](04_two_coins.ipynb), <a href="../source/emlib/em.py.html">`code`</a>, '
        "[out](https://a.org), [up](#a)"
    )
    assert made.listed == {"emlib/em.py"}


def test_a_link_to_nowhere_is_refused(made):
    with pytest.raises(pages.BookError, match=r"docs/x\.md has a link to emlib/no\.py"):
        pages.relink("[x](../emlib/no.py)", "docs/x.md", made)


def test_numbers_of_equations_become_links_but_not_in_code_mathematics_or_headings():
    text = "# By (9.13)\n\n`(9.13)` and $a (9.13)$ and (9.13), [x (9.13)](y), (9.24)-(9.26)."
    found = pages.cite(text, "notebooks/04_two_coins.ipynb", set())
    hrefs = re.findall(r'href="\.\./docs/equations\.html#(eq-9-\d+)"', found)
    assert hrefs == ["eq-9-13", "eq-9-24", "eq-9-26"]
    assert found.startswith("# By (9.13)\n\n`(9.13)` and $a (9.13)$ and <a")


@pytest.mark.parametrize(
    ("text", "before"),
    [
        ("First (9.13), then\n$$p = q\\tag{9.13}$$", "\n\n$$p"),
        ("First (9.13), then (9.13) again.", '<a class="equation"'),
        ("All of (9.12)-(9.14).", '<a class="equation"'),
    ],
)
def test_a_derivation_gets_its_anchor_once_and_where_it_stands(text, before):
    due = {"9.13"}
    found = pages.cite(text, "notebooks/04_two_coins.ipynb", due)
    assert due == set()
    assert found.count(pages.mark("9.13")) == 1
    assert found.partition(pages.mark("9.13"))[2].startswith(before)


def test_every_equation_of_a_lesson_has_its_anchor_in_the_page(tmp_path):
    made = pages.Stage(tmp_path)
    made.pages = {path.relative_to(pages.ROOT).as_posix() for path in pages.lessons()}
    made.pages |= set(pages.documents()) | {"docs/equations.md"}
    made.pages |= {f"notebooks/solutions/{path.name}" for path in pages.lessons()}
    sections = pages.anchors_of_equations()
    assert sum(map(len, sections.values())) > 60
    for name, wanted in sections.items():
        node = pages.notebook(name, made, wanted)
        text = "\n".join(cell.source for cell in node.cells if cell.cell_type == "markdown")
        for number in wanted:
            assert text.count(f'id="{pages.anchor(number)}"') == 1, (name, number)


def test_the_front_page_has_the_question_of_every_lesson():
    assert list(pages.questions()) == [path.stem for path in pages.lessons()]


def lesson_with_a_player():
    return next(
        name.stem
        for name in sorted(players.RECORDINGS.glob("*.json"))
        if any(json.loads(name.read_text("utf-8")))
    )


def test_every_widget_was_recorded_and_shows_the_notebooks_own_picture(tmp_path):
    n_players = 0
    for path in pages.lessons():
        made = pages.Stage(tmp_path)
        node = nbformat.reads(path.read_text("utf-8"), as_version=4)
        recordings = iter(players.read(path.stem))
        for cell in node.cells:
            if cell.cell_type == "code":
                pages.show(cell, f"notebooks/{path.name}", made, recordings)
                n_players += sum(
                    'class="player"' in str(output.get("data", {})) for output in cell.outputs
                )
    assert n_players >= 5


def test_a_recording_of_another_picture_is_refused(tmp_path):
    recording = next(filter(None, players.read(lesson_with_a_player())))
    with pytest.raises(players.Stale):
        players.page(recording, PNG, "../", tmp_path)


def test_a_widget_that_was_never_recorded_is_refused(tmp_path):
    name = lesson_with_a_player()
    path = pages.ROOT / "notebooks" / f"{name}.ipynb"
    node = nbformat.reads(path.read_text("utf-8"), as_version=4)
    cell = next(cell for cell in node.cells if "widget" in cell.metadata.get("tags", []))
    with pytest.raises(pages.BookError, match=f"not those recorded: python book/record.py {name}"):
        pages.show(cell, f"notebooks/{name}.ipynb", pages.Stage(tmp_path), iter(()))


def test_every_frame_that_a_recording_names_is_there_and_no_other():
    named = set()
    for path in players.RECORDINGS.glob("*.json"):
        named |= set(re.findall(r"\w{16}\.png", path.read_text("utf-8")))
    assert named == {path.name for path in players.FRAMES.glob("*.png")}
    for path in players.FRAMES.glob("*.png"):
        assert players.name_of(path.read_bytes()) == path.name


def test_the_packages_from_npm_are_held_by_hash_and_no_index_is_named():
    lock = json.loads((BOOK / "package-lock.json").read_text("utf-8"))
    fetched = {name.rpartition("/")[2]: part for name, part in lock["packages"].items() if name}
    assert {"mathjax", "axe-core", "reveal.js"} <= set(fetched)
    assert all(entry["integrity"].startswith("sha512-") for entry in fetched.values())
    assert "resolved" not in json.dumps(lock)
