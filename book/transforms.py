"""What the book shows in another way than GitHub: transforms of the doctree, and two directives.

- A link to a file that is no page leads to its listing in the book, at its line.
- The place of a lesson that derives an equation gets an anchor, to which the table leads.
- The table of equations and that of the lessons become cards.
- Pictures keep their words and sizes; a recorded player gets its frames, and a live panel a
  sentence that says where it lives.
- Each lesson gets a row of links to the other forms in which it can be opened.
- The contents name the optional notebooks below the lesson that they belong to.
"""

from __future__ import annotations

import html
import posixpath
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import Any

import players
from docutils import nodes
from pages import EQUATIONS, ROOT, SOURCES, binder, derivations, index, repository, up
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective
from sphinx_design.shared import create_component, is_component

LOGGER = logging.getLogger(__name__)
PARTS = ("slides", "lite")  # of the site, which may be left out
IMAGE = re.compile(r'<img alt="([^"]*)" src="data:image/png;base64,[^"]+" width="(\d+)"[^>]*>')
LIVE = (
    "This panel is drawn anew at each touch, which needs Python: it moves in the notebook. Here it "
    "stands still, and the figure below shows where it would go."
)


class Links(SphinxTransform):
    """Aim links at what the book has of the repository; drop cards that lead to a part left out."""

    default_priority = 300

    def apply(self, **kwargs: Any) -> None:
        """Change the links of a page."""
        for link in list(self.document.findall(addnodes.pending_xref)):
            if link["reftype"] != "myst" or link["refdomain"]:
                link["classes"] += ["equation"] * link.get("reftarget").endswith(EQUATIONS)
                continue
            target, _, fragment = link["reftarget"].partition("#")
            here = posixpath.dirname(self.env.docname)
            place = posixpath.normpath(posixpath.join(here, target))
            page = {"README.md": "index", "notebooks/solutions": "solutions"}.get(place)
            if place.partition("/")[0] in PARTS:
                self.lead_to_part(link, place)
            elif page and not fragment:
                link.attributes |= {"refdomain": "doc", "reftarget": page, "reftargetid": None}
            elif address := self.address(place, fragment):
                lead_to(link, address)

    def lead_to_part(self, link: nodes.Element, place: str) -> None:
        """Lead to another part of the site, or take away the card that does."""
        if place.partition("/")[0] in self.config.book_parts:
            lead_to(link, up(self.env.docname) + place)
            return
        card: Any = link
        while not is_component(card, "card"):
            card = card.parent
        card.parent.remove(card)

    def address(self, place: str, fragment: str) -> str | None:
        """Return where the book has a file or folder of the repository that is no page."""
        if place == "README.md":  # its sections are not those of the front page
            return f"{repository()}#{fragment}"
        if (ROOT / place).is_dir():
            return f"{repository()}/tree/HEAD/{place}"
        if not (ROOT / place).is_file():
            return None  # Sphinx says so
        self.env.metadata[self.env.docname].setdefault("listed", []).append(place)
        line = re.sub(r"^L?", "#L-", fragment) if fragment else ""
        return f"{up(self.env.docname)}{SOURCES}/{place}.html{line}"


def lead_to(link: nodes.Element, address: str) -> None:
    """Replace a reference that Sphinx would resolve by one to an address."""
    link.replace_self(reference(address, *link[0].children))


def reference(address: str, *words: nodes.Node | str) -> nodes.reference:
    """Return a link."""
    children = [nodes.Text(word) if isinstance(word, str) else word for word in words]
    return nodes.reference("", "", *children, refuri=address, internal="://" not in address)


def bullets(items: Iterable[nodes.Node]) -> nodes.bullet_list:
    """Return a list."""
    paragraphs = (nodes.paragraph("", "", item) for item in items)
    return nodes.bullet_list("", *(nodes.list_item("", item) for item in paragraphs))


class Cards(SphinxTransform):
    """Make cards of the rows of a table: that of the equations, and those in a box named cards.

    The first column is the title, the second the text; what the others hold goes by their heads.
    """

    default_priority = 310

    def apply(self, **kwargs: Any) -> None:
        """Change the tables of a page."""
        equations = self.env.docname == EQUATIONS
        anchors = []
        for table in list(self.document.findall(nodes.table)):
            if equations or "cards" in table.parent["classes"]:
                heads, *rows = table.findall(nodes.row)
                names = [head.astext().capitalize() for head in heads]
                cards = [self.card(names, row) for row in rows]
                anchors += [card["ids"][0] for card in cards if card["ids"]]
                table.replace_self(cards)
        if equations:
            links = (nodes.reference("", a[3:].replace("-", "."), refid=a) for a in anchors)
            numbers = create_component("numbers", ["numbers"], children=[bullets(links)])
            page, part = list(self.document.findall(nodes.section))[:2]
            page.insert(page.index(part), numbers)

    def card(self, names: list[str], row: nodes.Element) -> nodes.Element:
        """Return a row as a card, at the row's anchor."""
        ids = [self.anchor(mark) for mark in list(row.findall(nodes.raw))]
        title, text, *facts = ([*entry[0].children] if entry.children else [] for entry in row)
        body = create_component("card-body", ["sd-card-body"])
        body += nodes.paragraph("", "", *title, classes=["sd-card-title", "sd-font-weight-bold"])
        body += nodes.paragraph("", "", *text, classes=["sd-card-text"])
        terms = (nodes.term("", name) for name in names[2:])
        words = (nodes.definition("", nodes.paragraph("", "", *fact)) for fact in facts)
        items = (nodes.definition_list_item("", *pair) for pair in zip(terms, words, strict=True))
        body += nodes.definition_list("", *items)
        card = create_component("card", ["sd-card", "sd-sphinx-override"], children=[body])
        card["ids"] = [anchor for anchor in ids if anchor]
        for link in card.findall(addnodes.pending_xref):  # a lesson has the same anchor
            if card["ids"] and PurePosixPath(link["reftarget"]).name[0].isdigit():
                link["reftargetid"] = card["ids"][0]
        return card

    def anchor(self, mark: nodes.Element) -> str | None:
        """Take an HTML anchor away; tell Sphinx that the page has it, and return its name."""
        mark.parent.remove(mark)
        found = re.match(r'<a id="([\w-]+)">', mark.astext())
        if found:
            known = self.env.metadata[self.env.docname].setdefault("myst_slugs", {})
            known[found[1]] = (None, found[1], found[1])
        return found and found[1]


class Derivations(SphinxTransform):
    """Set an anchor where a lesson derives an equation, or meets it.

    It is at the display that has the number as its tag, or at the first mention in the section, or
    else where the section begins.
    """

    default_priority = 320

    def apply(self, **kwargs: Any) -> None:
        """Set the anchors of a page."""
        path = PurePosixPath(self.env.docname)
        if path.parts[0] != "notebooks":
            return
        known = self.env.metadata[self.env.docname].setdefault("myst_slugs", {})
        sections = {part[0].rawsource: part for part in self.document.findall(nodes.section)}
        for number, heading in derivations().get(path.name, {}).items():
            anchor = index().anchor(number)
            place = next(self.places(sections[heading], number, anchor))
            place["ids"].append(anchor)
            known[anchor] = (None, anchor, f"({number})")

    @staticmethod
    def places(section: nodes.Element, number: str, anchor: str) -> Iterator[nodes.Element]:
        """Yield the places in a section that may have the anchor, the best first."""
        for formula in section.findall(nodes.math_block):
            if rf"\tag{{{number}}}" in formula.astext():
                yield formula
        for link in section.findall(addnodes.pending_xref):
            if link.get("reftargetid") == anchor:
                yield link
        yield section


class Pictures(SphinxTransform):
    """Show the figures of a notebook with their words; players that play; animations that stop."""

    default_priority = 330

    def apply(self, **kwargs: Any) -> None:
        """Change the pictures of a page."""
        cells = list(self.document.findall(of_kind("cell_code")))
        recordings = iter(players.read(PurePosixPath(self.env.docname).name) if cells else [])
        for cell in cells:
            widget = "tag_widget" in cell["classes"]
            for output in list(cell.findall(of_kind("mime_bundle"))):
                kinds = {kind["mime_type"]: kind[0] for kind in output}
                found = IMAGE.fullmatch(kinds.get("text/html", nodes.Text("")).astext().strip())
                if found:
                    image = kinds["image/png"]
                    image.attributes |= {"alt": html.unescape(found[1]), "width": found[2]}
                    recording = next(recordings, players.MISSING) if widget else None
                    output.replace_self(list(self.shown(image, recording, widget)))
        if next(recordings, None):
            self.refuse_recordings()
        for image in list(self.document.findall(nodes.image)):
            self.frame(image)

    def shown(self, image: nodes.image, recording: Any, widget: bool) -> Iterator[nodes.Node]:
        """Yield what stands for a figure, or for a widget."""
        if recording:
            try:
                text = players.page(recording, self.content(image), up(self.env.docname))
            except players.Stale:
                self.refuse_recordings()
            else:
                yield nodes.raw("", text, format="html", classes=["output", "text_html"])
                return
        yield create_component("output", ["output", "text_html"], children=[image])
        if widget:
            yield nodes.paragraph("", LIVE, classes=["live"])

    def refuse_recordings(self) -> None:
        """Say that the recordings are not those of the notebook."""
        name = PurePosixPath(self.env.docname).name
        words = "the widgets are not those recorded: python book/record.py %s"
        LOGGER.warning(words, name, location=self.env.docname)

    def content(self, image: nodes.image) -> bytes:
        """Return the file of a picture."""
        return Path(self.env.relfn2path(image["uri"])[1]).read_bytes()

    def frame(self, image: nodes.image) -> None:
        """Give a figure its white paper and its height, and an animation its first frame too."""
        if "://" in image["uri"]:
            return
        content = self.content(image)
        moves = b"acTL" in content.partition(b"IDAT")[0]
        if not moves and "text_html" not in image.parent["classes"]:
            return
        width, height = players.size(content)
        image["height"] = str(round(int(image["width"]) * height / width))
        image["loading"] = "lazy"
        picture = create_component("picture", ["picture"] + ["animated"] * moves)
        image.replace_self(picture)
        picture += image
        if moves:
            still = players.first_frame(content)
            path = Path(self.env.srcdir, players.name_of(still))
            path.write_bytes(still)
            first = {"uri": f"/{path.name}", "classes": ["still"]}
            picture += nodes.image(**image.attributes | first)


def of_kind(kind: str) -> Callable[[nodes.Node], bool]:
    """Return what tells the containers of a notebook by their kind."""
    return lambda node: isinstance(node, nodes.container) and node.get("nb_element") == kind


class Doors(SphinxTransform):
    """Put a row of links to the other forms of a lesson below its title."""

    default_priority = 340

    def apply(self, **kwargs: Any) -> None:
        """Change the beginning of a page."""
        name = f"{self.env.docname}.ipynb"
        if not Path(self.env.srcdir, name).is_file():
            return
        section = next(self.document.findall(nodes.section))
        solved = "/solutions/" in name
        if solved:
            section[0] += nodes.Text(", solved")
        before = '<nav class="doors" aria-label="Open this lesson"><span>Open:</span>'
        row = [nodes.raw("", before, format="html"), bullets(self.links(name, solved))]
        section[1:1] = [*row, nodes.raw("", "</nav>", format="html")]

    def links(self, name: str, solved: bool) -> Iterator[nodes.Element]:
        """Yield the links."""
        here, stem = self.env.docname, PurePosixPath(name).stem
        top, parts = up(here), self.config.book_parts
        if "lite" in parts:
            yield reference(f"{top}lite/lab/index.html?path={name}", "In the browser")
        yield reference(binder() + name.removeprefix("notebooks/"), "Binder")
        words = nodes.Text("Notebook file")
        yield addnodes.download_reference("", "", words, reftarget=f"/{name}", refdoc=here)
        if "slides" in parts and PurePosixPath(here).parent.name == "notebooks":
            yield reference(f"{top}slides/{stem}.html", "Slides")
        yield reference(f"{repository()}/blob/HEAD/{name}", "On GitHub")
        if solved:
            yield reference(f"../{stem}.html", "The lesson")
        else:
            yield reference(f"solutions/{stem}.html", "Solutions")


class Contents(SphinxTransform):
    """Put the optional notebooks, and their solutions, into the contents below their lessons."""

    default_priority = 350

    def apply(self, **kwargs: Any) -> None:
        """Change the contents of a page."""
        for contents in self.document.findall(addnodes.toctree):
            entries = contents["entries"]
            contents["entries"] = [more for entry in entries for more in self.with_more(*entry)]
            contents["includefiles"] = [page for _, page in contents["entries"]]

    def with_more(self, title: str | None, page: str) -> Iterator[tuple[str | None, str]]:
        """Yield an entry and those that belong below it."""
        yield title, page
        home, *folder, name = PurePosixPath(page).parts if page.count("/") else ("", page)
        if home == "notebooks" and folder in ([], ["solutions"]) and name[:2].isdigit():
            beside = PurePosixPath(home, "further", *folder, name[:3]).as_posix()
            found = sorted(self.env.found_docs)
            yield from ((None, name) for name in found if name.startswith(beside))


class source_list(nodes.General, nodes.Element):
    """Stands for the list of all listings until every page is read."""


class Sources(SphinxDirective):
    """Links to all listings."""

    def run(self) -> list[nodes.Node]:
        """Return what stands for them."""
        return [source_list()]


def listed(env: Any) -> list[str]:
    """Return the files that the book lists: the package, and what a page leads to."""
    found = {path.relative_to(ROOT).as_posix() for path in ROOT.glob("emlib/**/*.py")}
    return sorted(found.union(*(facts.get("listed", ()) for facts in env.metadata.values())))


def fill_lists(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Put the links to all listings where they are to stand."""
    for place in list(doctree.findall(source_list)):
        way = f"{up(docname)}{SOURCES}"
        links = (reference(f"{way}/{n}.html", nodes.literal(n, n)) for n in listed(app.env))
        place.replace_self(bullets(links))


def numbers_first(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Let a search for an equation's number lead to its card before all else."""
    if docname == EQUATIONS:
        anchors = [index().anchor(equation.number) for equation in index().INDEX]
        numbers = [f"({equation.number})" for equation in index().INDEX]
        entries = [("single", n, a, "main", None) for n, a in zip(numbers, anchors, strict=True)]
        doctree += addnodes.index(entries=entries)


def hang_notes(app: Sphinx, docname: str, source: list[str]) -> None:
    """Hang the teaching notes below the page for instructors."""
    if docname == "docs/instructors":
        source[0] += "\n```{toctree}\n:hidden:\n:glob:\n\nteaching/*\n```\n"


def setup(app: Sphinx) -> dict[str, Any]:
    """Make the book's transforms and directives known to Sphinx."""
    app.add_config_value("book_parts", [], "env", types=(list, str))
    for transform in (Links, Cards, Derivations, Pictures, Doors, Contents):
        app.add_transform(transform)
    app.add_node(source_list)
    app.add_directive("sources", Sources)
    app.connect("source-read", hang_notes)
    app.connect("doctree-resolved", fill_lists)
    app.connect("doctree-resolved", numbers_first)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
