"""The reference of the package: one page a public module, from its docstrings."""

from __future__ import annotations

import ast

from pages import ROOT, Stage

GROUPS = {
    "Models": ["coins", "gmm1d", "gmm", "kmeans", "mixture"],
    "Running and judging": ["em", "accelerate", "start", "bound", "selection", "mle", "storage"],
    "Data": ["datasets", "blocks", "cluster"],
    "In the notebook": ["plots", "widgets", "exercises", "selfcheck"],
}
REST = "Inside"


def modules() -> list[str]:
    """Return the public modules and packages of emlib."""
    found = [path.stem for path in ROOT.glob("emlib/*.py") if not path.stem.startswith("_")]
    found += [path.parent.name for path in ROOT.glob("emlib/*/__init__.py")]
    return sorted(name for name in found if not name.startswith("_"))


def summary(name: str) -> str:
    """Return the first line of a module's docstring."""
    path = ROOT / "emlib" / f"{name}.py"
    if not path.exists():
        path = ROOT / "emlib" / name / "__init__.py"
    text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return text.partition("\n")[0].rstrip(".")


def write(made: Stage) -> None:
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
    made.write("api.md", "\n".join(lines))
    for name in names:
        made.write(f"api/emlib.{name}.rst", page(name))


def page(name: str) -> str:
    """Return the page of a module."""
    title = f"emlib.{name}"
    imported = "\n   :imported-members:" if (ROOT / "emlib" / name).is_dir() else ""
    return (
        f"{title}\n{'=' * len(title)}\n\n.. automodule:: {title}\n   :members:{imported}\n"
        "   :show-inheritance:\n   :member-order: bysource\n"
    )
