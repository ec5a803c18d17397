"""Check the links of a built site: `python book/links.py FOLDER`.

    python book/links.py book/_build/html              pages, anchors, pictures, scripts, styles
    python book/links.py --external book/_build/html   only list the addresses on other sites

Every link of every page must lead to a file of the site, and where it names an anchor, the page
must have it.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

ATTRIBUTES = ("href", "src", "srcset", "action", "poster")


@dataclass
class Page(HTMLParser):
    """The anchors and the links of a page."""

    text: str
    anchors: set[str] = field(default_factory=set)
    links: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Read the page."""
        super().__init__()
        self.feed(self.text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Collect what an element names and where it leads."""
        for name, value in attrs:
            if name in ("id", "name") and value:
                self.anchors.add(value)
            elif name in ATTRIBUTES and value is not None:
                self.links.append(value)


def inspect(folder: Path, left_out: tuple[str, ...] = ()) -> tuple[list[str], list[str], int]:
    """Return dead links, addresses on other sites, and the number of pages.

    Parameters
    ----------
    folder : Path
        The site.
    left_out : tuple of str
        Folders of the site whose pages are not the book's; links into them are checked.
    """
    paths = [
        path
        for path in sorted(folder.rglob("*.html"))
        if path.relative_to(folder).parts[0] not in left_out
    ]
    pages: dict[Path, Page] = {}

    def page(path: Path) -> Page:
        if path not in pages:
            pages[path] = Page(path.read_text(encoding="utf-8"))
        return pages[path]

    dead, external = [], set()
    for path in paths:
        for link in page(path).links:
            parts = urlsplit(link)
            if parts.scheme in ("data", "mailto", "javascript"):
                continue
            if parts.scheme or parts.netloc:
                external.add(link)
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            if target.is_dir():
                target /= "index.html"
            name = path.relative_to(folder).as_posix()
            if parts.path.startswith("/") or not target.is_file():
                dead.append(f"{name}: {link} leads to no file")
            elif parts.fragment and target.suffix == ".html":
                anchor = unquote(parts.fragment)
                if anchor not in page(target).anchors and anchor != "top":
                    dead.append(f"{name}: {link} leads to no anchor")
    return list(dict.fromkeys(dead)), sorted(external), len(paths)


def main() -> int:
    """Run the command line; return the exit status."""
    parser = argparse.ArgumentParser(description="Check the links of a built site.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--external", action="store_true", help="list addresses on other sites")
    options = parser.parse_args()
    dead, external, n_pages = inspect(options.folder.resolve(), left_out=("lite",))
    if options.external:
        print("\n".join(external))
        return 0
    print("\n".join(dead) or f"{n_pages} pages, no dead link")
    return int(bool(dead))


if __name__ == "__main__":
    sys.exit(main())
