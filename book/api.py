"""The reference of the package: one page a public module, from its docstrings."""

from __future__ import annotations

import ast
from pathlib import Path

from pages import ROOT

GROUPS = {
    "Models": ["coins", "gaussian1d", "gaussian", "kmeans", "model", "mixture", "families"],
    "Running and judging": ["em", "stopping", "start", "bound", "selection", "mle", "storage"],
    "Data": ["datasets", "data.blocks", "data.cluster"],
    "Quicker steps": ["fast", "fast.accelerate", "fast.coordinates", "fast.kernel", "fast.nearest"],
    "In the notebook": ["plots", "widgets", "exercises", "selfcheck"],
}
GROUPS["Models"] = [f"models.{name}" for name in GROUPS["Models"]]
REST = "Inside"
IN_PARTS = ("data", "models", "fast")
"""Packages whose modules have a page each."""


def modules() -> list[str]:
    """Return the modules and packages of emlib that have a page, with dots."""
    found = [path.parent for path in ROOT.glob("emlib/**/__init__.py")]
    found += [path.with_suffix("") for path in ROOT.glob("emlib/*.py")]
    for room in IN_PARTS:
        found += [path.with_suffix("") for path in ROOT.glob(f"emlib/{room}/**/*.py")]
    names = {".".join(path.relative_to(ROOT / "emlib").parts) for path in found}
    return sorted(name for name in names if name and "__" not in name and "._" not in name)


def summary(name: str) -> str:
    """Return the first line of a module's docstring."""
    path = ROOT.joinpath("emlib", *name.split(".")).with_suffix(".py")
    if not path.exists():
        path = path.with_suffix("") / "__init__.py"
    text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return text.partition("\n")[0].rstrip(".")


def write(folder: Path) -> None:
    """Write the pages of the reference."""
    names = modules()
    groups = {title: [n for n in group if n in names] for title, group in GROUPS.items()}
    groups[REST] = [name for name in names if not any(name in group for group in groups.values())]
    lines = [
        "# The package",
        "",
        "`emlib` is a small NumPy package in which each line of the algorithm stands beside its",
        "equation. *source* beside a name leads to its line;",
        '<a href="genindex.html">all names</a> are listed once more by the alphabet.',
    ]
    for title, group in groups.items():
        lines += ["", f"## {title}", "", "| module | what it holds |", "| --- | --- |"]
        lines += [f"| [`emlib.{name}`](api/emlib.{name}.rst) | {summary(name)} |" for name in group]
    entries = [f"api/emlib.{name}" for group in groups.values() for name in group]
    lines += ["", "```{toctree}", ":hidden:", "", *entries, "```", ""]
    (folder / "api.md").write_text("\n".join(lines), encoding="utf-8")
    (folder / "api").mkdir()
    for name in names:
        (folder / "api" / f"emlib.{name}.rst").write_text(page(name), encoding="utf-8")


def page(name: str) -> str:
    """Return the page of a module."""
    title = f"emlib.{name}"
    is_package = (ROOT / "emlib" / name).is_dir() and name not in IN_PARTS
    imported = "\n   :imported-members:" if is_package else ""
    return (
        f"{title}\n{'=' * len(title)}\n\n.. automodule:: {title}\n   :members:{imported}\n"
        "   :show-inheritance:\n   :member-order: bysource\n"
    )
