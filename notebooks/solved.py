"""Hand the solutions of a lesson to `emlib`, which shows them and judges by them.

A solution is written once, in the cell tagged "solution" of ``source/NN_name.py``. An installed
`emlib` has no sources, so this module writes each cell into
``emlib/exercises/solutions/lesson_NN.md``, as it stands, and before it what it uses of the cells
above: the functions, data and imports that it names, and what these name. ``build.py`` calls it
before it runs a lesson.
"""

from __future__ import annotations

import ast
import builtins
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import jupytext

FURTHER = "further"
HEAD = """# Solutions of lesson {number}

Written by `python course.py build`: change the cells of the lesson in notebooks/source.
"""
PART = """
## {identity}{page}

Above it:

```python
{given}
```

The solution:

```python
{source}
```
"""


@dataclass(frozen=True)
class Statement:
    """A top-level statement of a lesson.

    Attributes
    ----------
    text : str
        Its source.
    binds : frozenset of str
        Names that have another value after it.
    needs : frozenset of str
        Names whose values it uses while it runs.
    later : frozenset of str
        Names that a function which it defines will use.
    """

    text: str
    binds: frozenset[str]
    needs: frozenset[str]
    later: frozenset[str]


def sources_of(source: Path) -> list[Path]:
    """Return the sources of a lesson: its own, and those of the optional notebooks beside it."""
    folder = source.parent.parent if source.parent.name == FURTHER else source.parent
    name = f"{source.stem[:2]}_*.py"
    return [*sorted(folder.glob(name)), *sorted((folder / FURTHER).glob(name))]


def target(source: Path) -> Path:
    """Return where the solutions of a lesson are written to."""
    root = sources_of(source)[0].parents[2]
    return root / "emlib" / "exercises" / "solutions" / f"lesson_{source.stem[:2]}.md"


def text_of(source: Path) -> str:
    """Return what is to be written for a lesson; nothing if it has no exercises."""
    parts: dict[str, str] = {}
    for path in sources_of(source):
        parts |= _parts_of(path)
    in_order = sorted(parts, key=lambda identity: [int(n) for n in identity.split(".")])
    head = HEAD.format(number=source.stem[:2])
    return head + "".join(parts[identity] for identity in in_order) if parts else ""


def _parts_of(source: Path) -> dict[str, str]:
    text = source.read_text(encoding="utf-8")
    page = f" in {FURTHER}/{source.stem}" if source.parent.name == FURTHER else ""
    parsed = jupytext.reads(text, fmt={"extension": ".py", "format_name": "percent"})
    above: list[Statement] = []
    parts = {}
    for cell in parsed.cells:
        tags = cell.metadata.get("tags", [])
        if cell.cell_type != "code" or "exercise" in tags:
            continue
        code = cell.source.strip("\n")
        if "solution" in tags:
            identity = next(tag for tag in tags if tag != "solution")
            given = joined(given_to(statements(code), above))
            part = PART.format(identity=identity, page=page, given=given, source=code)
            parts[identity] = part.replace("Above it:\n\n```python\n\n```\n\n", "")
        above += statements(code)
    return parts


def joined(texts: list[str]) -> str:
    """Join statements as a module does: functions and classes apart, imports in a paragraph."""
    text = ""
    for before, after in itertools.pairwise([*texts, ""]):
        first, second = kind(before), kind(after)
        text += before + ("\n\n\n" if "d" in (first, second) else "\n" * (1 + (first != second)))
    return text.rstrip("\n")


def kind(text: str) -> str:
    """Return d for a definition, i for an import and s for any other statement."""
    return (
        "d"
        if re.match(r"def |class |@", text)
        else "i"
        if re.match(r"import |from ", text)
        else "s"
    )


def is_stale(source: Path) -> bool:
    """Whether the solutions that `emlib` has are not those of the lesson."""
    path = target(source)
    there = path.read_text(encoding="utf-8") if path.exists() else ""
    return path.parents[1].is_dir() and there != text_of(source)


def write(source: Path) -> None:
    """Write the solutions of a lesson."""
    path = target(source)
    path.parent.mkdir(exist_ok=True)
    path.write_text(text_of(source), encoding="utf-8", newline="\n")


def statements(code: str) -> Iterator[Statement]:
    """Return the statements of a cell; an import of several names is one for each."""
    lines = code.splitlines()
    for node in ast.parse(code).body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            for alias in node.names:
                single = ast.unparse(_with_one(node, alias))
                name = (alias.asname or alias.name).partition(".")[0]
                yield Statement(single, frozenset({name}), frozenset(), frozenset())
            continue
        first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", []))])
        text = "\n".join(lines[first - 1 : node.end_lineno])
        binds, changes = _bound(node)
        needs, later = _used(node)
        yield Statement(text, frozenset(binds | changes), frozenset(needs | changes), later)


def _with_one(node: ast.Import | ast.ImportFrom, alias: ast.alias) -> ast.stmt:
    if isinstance(node, ast.Import):
        return ast.Import(names=[alias])
    return ast.ImportFrom(module=node.module, names=[alias], level=node.level)


def _bound(node: ast.stmt) -> tuple[set[str], set[str]]:
    """Return the names that a statement binds, and those whose values it changes in place."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return {node.name}, set()
    binds, changes = set(), set()
    for child in _outside_functions(node):
        if isinstance(child, ast.Name) and isinstance(child.ctx, ast.Store):
            binds.add(child.id)
        elif isinstance(child, ast.FunctionDef | ast.ClassDef):
            binds.add(child.name)
        elif isinstance(child, ast.alias):
            binds.add((child.asname or child.name).partition(".")[0])
        elif isinstance(child, ast.AugAssign) and isinstance(child.target, ast.Name):
            changes.add(child.target.id)
        elif isinstance(child, ast.Subscript | ast.Attribute) and isinstance(child.ctx, ast.Store):
            base: ast.expr = child
            while isinstance(base, ast.Subscript | ast.Attribute):
                base = base.value
            if isinstance(base, ast.Name):
                changes.add(base.id)
    return binds, changes


def _outside_functions(node: ast.AST) -> Iterator[ast.AST]:
    """Walk through a statement, not into what only a call would run."""
    yield node
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Lambda | ast.comprehension):
            continue
        if isinstance(child, ast.FunctionDef | ast.ClassDef):
            yield child
        else:
            yield from _outside_functions(child)


def _used(node: ast.stmt) -> tuple[set[str], frozenset[str]]:
    """Return the names that a statement uses at once, and those that its functions use later."""
    if isinstance(node, ast.FunctionDef):
        at_once = {
            name.id
            for part in [*node.decorator_list, node.args]
            for name in ast.walk(part)
            if isinstance(name, ast.Name)
        }
        own = {a.arg for a in ast.walk(node) if isinstance(a, ast.arg)}
        names = [name for name in ast.walk(node) if isinstance(name, ast.Name)]
        own |= {name.id for name in names if isinstance(name.ctx, ast.Store)}
        own |= {n.name for n in ast.walk(node) if isinstance(n, ast.FunctionDef) and n is not node}
        loaded = {name.id for name in names if isinstance(name.ctx, ast.Load)}
        return at_once, frozenset(loaded - own)
    inside = {name.id for name in ast.walk(node) if isinstance(name, ast.Name)}
    stored = {
        name.id
        for name in ast.walk(node)
        if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store)
    }
    arguments = {a.arg for a in ast.walk(node) if isinstance(a, ast.arg)}
    if isinstance(node, ast.ClassDef):
        return set(), frozenset(inside - stored - arguments)
    read_first = {  # x = x - 1 uses the x of before; a loop's own variable does not
        name.id
        for part in ([node.value] if isinstance(node, ast.Assign) else [])
        for name in ast.walk(part)
        if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Load)
    } - {
        name.id
        for comprehension in ast.walk(node)
        if isinstance(comprehension, ast.comprehension)
        for name in ast.walk(comprehension.target)
        if isinstance(name, ast.Name)
    }
    return (inside - stored - arguments) | (read_first - arguments), frozenset()


def given_to(cell: Iterator[Statement], above: list[Statement]) -> list[str]:
    """Return the statements above a cell that give the names which it uses, in their order."""
    body = list(cell)
    bound_here: set[str] = set()
    wanted: list[tuple[str, int]] = []
    all_bound = {name for statement in body for name in statement.binds}
    for statement in body:
        wanted += [(name, len(above)) for name in statement.needs - bound_here]
        wanted += [(name, len(above)) for name in statement.later - all_bound]
        bound_here |= statement.binds
    found: set[int] = set()
    while wanted:
        name, before = wanted.pop()
        place = next((i for i in range(before - 1, -1, -1) if name in above[i].binds), None)
        if place is None and not hasattr(builtins, name):
            raise ValueError(f"a solution uses `{name}`, which no cell above it defines")
        if place is None or place in found:
            continue
        found.add(place)
        wanted += [(n, place) for n in above[place].needs]
        wanted += [(n, len(above)) for n in above[place].later]
    return [re.sub(r"\s+# noqa.*", "", above[i].text) for i in sorted(found)]
