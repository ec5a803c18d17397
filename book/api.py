"""The reference of the package: one page a public module, from its docstrings."""

from __future__ import annotations

import ast
from pathlib import Path

from pages import ROOT

# A module is in the group that has its own name, or that of the package that it is in.
GROUPS = {
    "Models": ["models", "coins"],
    "Running and judging": ["em", "stopping", "start", "bound", "selection", "mle", "storage"],
    "Data": ["datasets", "data"],
    "Quicker steps": ["fast"],
    "For scikit-learn": ["sklearn"],
    "In the notebook": ["plots", "widgets", "exercises", "selfcheck"],
}
REST = "Inside"
IN_PARTS = ("data", "models", "fast")
"""Packages whose modules have a page each."""

ADDED_BY_SCIKIT_LEARN = [
    f"set_{method}_request" for method in ("fit", "score", "predict", "partial_fit", "transform")
]
"""Methods that it writes, with their docstrings, into each estimator."""


def modules(root: Path = ROOT) -> dict[str, Path]:
    """Return the public modules of emlib, such as "em"; a package with names of its own is one."""
    package = root / "emlib"
    whole = {
        path.parent
        for path in package.glob("*/__init__.py")
        if "\n__all__ = " in path.read_text(encoding="utf-8")
    }
    found = {folder.name: folder / "__init__.py" for folder in whole}
    for path in package.rglob("*.py"):
        name = ".".join(path.relative_to(package).with_suffix("").parts)
        if whole.isdisjoint(path.parents) and "._" not in f".{name}":
            found[name] = path
    return dict(sorted(found.items()))


def group_of(name: str) -> str:
    """Return the group of a module: by its own name, or by the package that it is in."""
    names = {name.rpartition(".")[2], name.partition(".")[0]}
    return next((title for title, group in GROUPS.items() if names & set(group)), REST)


def summary(path: Path) -> str:
    """Return the first line of a module's docstring, for a cell of a table."""
    text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return text.partition("\n")[0].rstrip(".").replace("|", r"\|")


def write(folder: Path) -> None:
    """Write the pages of the reference."""
    paths = modules()
    groups: dict[str, list[str]] = {title: [] for title in (*GROUPS, REST)}
    order = [name for group in GROUPS.values() for name in group]
    for name in sorted(paths, key=lambda n: order.index(n) if n in order else len(order)):
        groups[group_of(name)].append(name)
    lines = [
        "# The package",
        "",
        "`emlib` is a small NumPy package in which each line of the algorithm stands beside its",
        "equation. *source* beside a name leads to its line;",
        '<a href="genindex.html">all names</a> are listed once more by the alphabet.',
    ]
    for title, group in groups.items():
        lines += ["", f"## {title}", "", "| module | what it holds |", "| --- | --- |"]
        lines += [f"| [`emlib.{n}`](api/emlib.{n}.rst) | {summary(paths[n])} |" for n in group]
    entries = [f"api/emlib.{name}" for group in groups.values() for name in group]
    lines += ["", "```{toctree}", ":hidden:", "", *entries, "```", ""]
    (folder / "api.md").write_text("\n".join(lines), encoding="utf-8")
    (folder / "api").mkdir()
    for name, path in paths.items():
        (folder / "api" / f"emlib.{name}.rst").write_text(page(name, path), encoding="utf-8")


def page(name: str, path: Path) -> str:
    """Return the page of a module."""
    title = f"emlib.{name}"
    options = [":members:", ":show-inheritance:", ":member-order: bysource"]
    if path.stem == "__init__":
        options.append(":imported-members:")
    if (
        name == "sklearn"
    ):  # a bare `GaussianMixture` is the model; what scikit-learn adds, it explains
        options += [":no-index:", f":exclude-members: {', '.join(ADDED_BY_SCIKIT_LEARN)}"]
    lines = [title, "=" * len(title), "", f".. automodule:: {title}", *(f"   {o}" for o in options)]
    return "\n".join([*lines, ""])
