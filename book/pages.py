"""What the book is made of: the repository's own texts and notebooks, nothing written twice.

They are copied as they are into a folder in which they keep their places, so that their links to
each other hold; what the book shows in another way than GitHub, `transforms.py` changes in the
doctree that Sphinx reads from them.
"""

from __future__ import annotations

import importlib.util
import shutil
import sys
import tomllib
from functools import cache
from pathlib import Path
from types import ModuleType

BOOK = Path(__file__).resolve().parent
ROOT = BOOK.parent
SOURCES = "source"  # the folder of the listings
EQUATIONS = "notebooks/equations"
COPIED = (
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "docs/**/*.md",
    "docs/**/*.png",
    "docs/**/*.svg",
    "notebooks/*.md",
    "notebooks/[0-9][0-9]_*.ipynb",
    "notebooks/solutions/[0-9][0-9]_*.ipynb",
    "notebooks/further/**/[0-9][0-9]_*.ipynb",
)


class BookError(Exception):
    """Something that keeps the book from being built; the message says what to do."""


def stage(folder: Path) -> None:
    """Make the folder that Sphinx reads."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(BOOK / "pages", folder)
    for pattern in COPIED:
        for path in ROOT.glob(pattern):
            copy = folder / path.relative_to(ROOT)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, copy)


def lessons() -> list[Path]:
    """Return the lessons in their order."""
    return sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))


def repository() -> str:
    """Return the address of the course's repository."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return project["urls"]["Repository"]


def binder() -> str:
    """Return the address at which Binder opens a learner's notebook, except for its name."""
    home = repository().replace("https://github.com/", "https://mybinder.org/v2/gh/")
    return f"{home}/HEAD?urlpath=lab/tree/my_course/"


def up(docname: str) -> str:
    """Return the way from a page to the top of the site."""
    return "../" * docname.count("/")


@cache
def index() -> ModuleType:
    """Return the module that knows where equations are derived, computed and proved."""
    spec = importlib.util.spec_from_file_location("equation_index", ROOT / "docs" / "equations.py")
    if spec is None or spec.loader is None:
        raise BookError("docs/equations.py cannot be imported")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@cache
def derivations() -> dict[str, dict[str, str]]:
    """Return for each lesson the equations that it derives or meets, and in which section."""
    found: dict[str, dict[str, str]] = {}
    for number, sections in index().derived(ROOT)[0].items():
        for section in sections:
            found.setdefault(Path(section.path).stem, {})[number] = section.heading
    return found
