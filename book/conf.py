"""Sphinx's configuration of the book; `python book/build.py` calls it."""

import importlib
import inspect
import re
from pathlib import Path

import listing
import pages
import transforms
import word_search

BOOK = Path(__file__).resolve().parent

project = "The EM algorithm, step by step"
author = "The EM course authors"
language = "en"
root_doc = "index"
extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.linkcode",
    "sphinx.ext.napoleon",
    "sphinx_design",
    "transforms",
]
templates_path = ["templates"]

nb_execution_mode = "off"
nb_number_source_lines = False
myst_enable_extensions = ["amsmath", "colon_fence", "dollarmath", "html_image"]
myst_url_schemes = {
    "http": None,
    "https": None,
    "mailto": None,
    "binder": pages.binder() + "{{path}}",
}
myst_heading_anchors = 3
myst_dmath_double_inline = True
mathjax_path = "mathjax/tex-chtml-full.js"
mathjax3_config = {"options": {"enableMenu": False}}

autodoc_typehints = "signature"
autodoc_typehints_format = "short"
autodoc_type_aliases = {name: name for name in ("ArrayLike", "Array", "Rows")}
python_use_unqualified_type_names = True
default_role = "py:obj"
napoleon_google_docstring = False
napoleon_use_rtype = False
napoleon_use_ivar = True
add_module_names = False
toc_object_entries_show_parents = "hide"

html_theme = "pydata_sphinx_theme"
html_domain_indices = False  # the page of the package lists its modules
html_theme_options = {
    "navbar_center": [],
    "navbar_end": ["theme-switcher"],
    "navbar_persistent": ["book-search.html"],
    "logo": {"text": "EM, step by step"},
    "article_header_start": [],
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": [],
    "footer_end": [],
    "back_to_top_button": False,
    "search_bar_text": "Search the book",
}
html_context = {"default_mode": "auto"}
html_sidebars = {"**": ["book-contents.html"]}
html_title = project
html_static_path = ["static"]
html_css_files = ["book.css"]
html_js_files = [("book.js", {"defer": "defer"})]
html_scaled_image_link = False
html_show_sourcelink = False
html_copy_source = False
html_show_sphinx = False


def linkcode_resolve(domain, info):
    """Return the address of an object's listing in the book, as seen from the pages in api/."""
    if domain != "py" or not info["module"]:
        return None
    try:
        found = importlib.import_module(info["module"])
        for part in info["fullname"].split("."):
            found = getattr(found, part)
        found = inspect.unwrap(
            getattr(found, "fget", None) or getattr(found, "func", None) or found
        )
        path = Path(inspect.getsourcefile(found)).resolve().relative_to(BOOK.parent)
        line = inspect.getsourcelines(found)[1]
    except (AttributeError, ImportError, OSError, TypeError, ValueError):
        return None
    return f"../{pages.SOURCES}/{path.as_posix()}.html#L-{max(line, 1)}"


def plain_docstrings(app, what, name, obj, options, lines):
    """Read a docstring as it is meant: indented formulas as they stand, bars as bars."""
    blocks = re.split(r"(\n[ ]*\n)", "\n".join(lines))
    for i in range(0, len(blocks), 2):
        above = blocks[i - 2].rpartition("\n")[2] if i else ""
        if blocks[i].startswith("    ") and re.match(r"[^\s:.*=-]", above):
            blocks[i] = f"::\n\n{blocks[i]}"
        elif not blocks[i].lstrip().startswith(">>>"):
            pieces = re.split(r"(``.*?``)", blocks[i])
            pieces[::2] = [piece.replace("|", "\\|") for piece in pieces[::2]]
            blocks[i] = "".join(pieces)
    lines[:] = "".join(blocks).split("\n")


def empty_corners(app, pagename, templatename, context, doctree):
    """Make the empty corner of a table what it is: no heading."""
    empty = re.compile(r'<th class="head[^"]*"><p></p></th>')
    context["body"] = empty.sub('<td class="head"></td>', context.get("body") or "")


def setup(app):
    """Add the listings of source files, and what docstrings, tables and the search need."""
    app.add_search_language(word_search.SearchWithNumbers)
    app.connect("html-page-context", empty_corners)
    app.connect("autodoc-process-docstring", plain_docstrings, priority=10)
    app.connect("html-collect-pages", lambda app: listing.collect(transforms.listed(app.env)))
