"""How the book is made of the repository: links, anchors, recordings; and that faults are found."""

import json
import os
import re
import subprocess
import sys
from types import SimpleNamespace

import api
import links
import nbformat
import pages
import players
import pytest
from book.reader import BOOK, missing

PNG = (BOOK.parent / "docs" / "em_at_work.png").read_bytes()
BUILDS = pytest.mark.skipif(bool(missing()), reason=missing())


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


INDEX = """\
# Front

:::{card} [Slides](slides/index.html)
Leave me out.
:::

:::{card} [Browser](lite/lab/index.html?path=a.ipynb)
Keep me.
:::

:::{div} cards

| lesson | its question | time |
| --- | --- | --- |
| [04 Coins](notebooks/04_two_coins.ipynb) | Which? | 75 min |

:::

```{toctree}
:hidden:
:glob:

notebooks/*
notebooks/solutions/*
solutions
```
"""
LINKS = """\
# Links

[coins](04_two_coins.ipynb), [`code`](../emlib/em.py#L7), [out](https://a.org),
[home](../README.md), [start](../README.md#start), [folder](../tests), [solved](solutions),
[nowhere](../emlib/no.py).
"""


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """Make a book of some pages: with a link to nowhere, a player of another picture, no slides."""
    if missing():
        pytest.skip(missing())
    folder = tmp_path_factory.mktemp("book")
    source = folder / "source"
    pages.stage(source)
    for path in source.rglob("*.*"):
        if path.name not in ("04_two_coins.ipynb", "equations.md", "solutions.md"):
            path.unlink()
    (source / "index.md").write_text(INDEX, encoding="utf-8")
    (source / "solutions.md").write_text("# Solved\n", encoding="utf-8")
    (source / "notebooks" / "links.md").write_text(LINKS, encoding="utf-8")
    for place in ("further/04_more.ipynb", "further/solutions/04_more.ipynb"):
        title = nbformat.v4.new_markdown_cell("# 04 further · More coins")
        more = nbformat.v4.new_notebook(cells=[title])
        (source / "notebooks" / place).parent.mkdir(exist_ok=True)
        nbformat.write(more, source / "notebooks" / place)
    lesson = source / "notebooks" / "04_two_coins.ipynb"
    node = nbformat.read(lesson, as_version=4)
    shown = [cell for cell in node.cells if "image/png" in str(cell.get("outputs"))]
    player = next(cell for cell in shown if "widget" in cell.metadata.get("tags", []))
    player.outputs = next(cell for cell in shown if cell is not player).outputs
    nbformat.write(node, lesson)
    command = [sys.executable, "-m", "sphinx", "--quiet", f"--conf-dir={BOOK}"]
    command += ["--define=book_parts=lite", str(source), str(folder / "html")]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(pages.ROOT), str(BOOK)])}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    found = {
        path.relative_to(folder / "html").as_posix(): path.read_text(encoding="utf-8")
        for path in folder.glob("html/**/*.html")
    }
    return SimpleNamespace(pages=found, complaints=done.stderr)


def leads_to(page, words):
    """Return where the link with these words leads to."""
    for address, inner in re.findall(
        r'<a class="reference[^>]*? href="([^"]*)"[^>]*>(.*?)</a>', page
    ):
        if re.sub(r"<.*?>", "", inner) == words:
            return address
    return None


@pytest.mark.parametrize(
    ("words", "address"),
    [
        ("coins", "04_two_coins.html"),
        ("code", "../source/emlib/em.py.html#L-7"),
        ("out", "https://a.org"),
        ("home", "../index.html"),
        ("start", f"{pages.repository()}#start"),
        ("folder", f"{pages.repository()}/tree/HEAD/tests"),
        ("solved", "../solutions.html"),
    ],
)
def test_a_link_leads_to_a_page_or_a_listing_or_the_repository(small, words, address):
    assert leads_to(small.pages["notebooks/links.html"], words) == address
    assert 'id="L-7"' in small.pages["source/emlib/em.py.html"]


def test_a_link_to_nowhere_is_refused(small):
    assert re.search(r"links\.md:\d+: WARNING: .*emlib/no\.py", small.complaints)


def test_a_recording_of_another_picture_is_refused(small):
    assert "the widgets are not those recorded: python book/record.py 04_two_coins" in (
        small.complaints
    )


def test_nothing_else_of_a_small_book_is_refused(small):
    assert small.complaints.count("WARNING") == 2, small.complaints


def test_a_card_that_leads_to_a_part_that_was_left_out_is_left_out(small):
    front = small.pages["index.html"]
    assert "Leave me out" not in front
    assert leads_to(front, "Browser") == "lite/lab/index.html?path=a.ipynb"
    lesson = small.pages["notebooks/04_two_coins.html"]
    assert leads_to(lesson, "Slides") is None
    assert leads_to(lesson, "In the browser").startswith("../lite/lab/index.html?path=notebooks/04")


def test_an_optional_notebook_is_below_its_lesson_and_has_its_doors_but_no_slides(small):
    bar = small.pages["notebooks/links.html"].partition("bd-docs-nav")[2].partition("</nav>")[0]
    listed = re.findall(r'<a class="reference internal" href="([^"]*04_[^"]*)"', bar)
    pairs = ("04_two_coins.html", "further/04_more.html")
    assert listed == [*pairs, "solutions/04_two_coins.html", "further/solutions/04_more.html"]
    page = small.pages["notebooks/further/04_more.html"]
    lite = "../../lite/lab/index.html?path=notebooks/further/04_more.ipynb"
    assert leads_to(page, "In the browser") == lite
    assert leads_to(page, "Solutions") == "solutions/04_more.html"
    assert leads_to(page, "Slides") is None
    solved = small.pages["notebooks/further/solutions/04_more.html"]
    assert "04 further · More coins, solved" in solved
    assert leads_to(solved, "The lesson") == "../04_more.html"


def test_a_row_of_a_table_becomes_a_card(small):
    front = small.pages["index.html"].partition("<article")[2]
    assert "<table" not in front
    assert leads_to(front, "04 Coins") == "notebooks/04_two_coins.html"
    assert re.search(r"<dt>Time.*?</dt>\s*<dd>\s*<p>75 min</p>", front)
    equations = small.pages["notebooks/equations.html"]
    card = equations.partition('id="eq-9-13"')[2].partition('id="eq-9-14"')[0]
    assert leads_to(card, "04") == "04_two_coins.html#eq-9-13"
    assert "../source/emlib/" in card
    assert 'id="eq-9-13"' in small.pages["notebooks/04_two_coins.html"]


@BUILDS
def test_a_derivation_is_where_it_is_displayed_or_first_mentioned_or_where_its_section_begins():
    from docutils import nodes
    from sphinx.addnodes import pending_xref
    from transforms import Derivations

    display = nodes.math_block("", r"p = q\tag{9.13}")
    mentions = [pending_xref(reftargetid=f"eq-9-{n}") for n in (13, 14, 14)]
    section = nodes.section("", *mentions, display)

    def first(number):
        return next(Derivations.places(section, number, f"eq-{number.replace('.', '-')}"))

    assert first("9.13") is display
    assert first("9.14") is mentions[1]
    assert first("9.15") is section


def test_the_reference_has_each_public_module_and_a_package_with_names_of_its_own_as_one(tmp_path):
    for name, text in {
        "__init__": "__all__ = []", "em": "", "_private": "", "models/__init__": "",
        "models/gmm": "", "plots/__init__": "x = 1\n__all__ = ['x']", "plots/line": "",
        "fast/_c": "", "fast/c": "",
    }.items():  # fmt: skip
        path = tmp_path / "emlib" / f"{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    assert list(api.modules(tmp_path)) == ["em", "fast.c", "models.gmm", "plots"]
    groups = [api.group_of(name) for name in ("em", "fast.c", "models.gmm", "plots", "other.c")]
    assert groups == [
        "Running and judging", "Quicker steps", "Models", "In the notebook", "Inside"
    ]  # fmt: skip


def test_a_first_line_with_a_bar_stays_in_one_cell_of_the_reference(tmp_path):
    path = tmp_path / "mixture.py"
    path.write_text('"""p(x) = sum_k p(x | z = k).\n\nMore."""\n')
    assert api.summary(path) == r"p(x) = sum_k p(x \| z = k)"


def test_a_recording_is_that_of_one_picture():
    recording = next(filter(None, players.read("04_two_coins")))
    with pytest.raises(players.Stale):
        players.page(recording, PNG, "../")
    still = (players.FRAMES / recording["runs"][0]["frames"][0]["picture"]).read_bytes()
    assert 'class="player"' in players.page(recording, still, "../")


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
