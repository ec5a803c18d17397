"""The mutants of a module: what Cosmic Ray's operators change in it, and what is left out.

Cosmic Ray is imported late: a learner, whose tests look into this file too, does not have it.
"""

import ast
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import Path


@dataclass(frozen=True)
class Statement:
    """The lines of a statement (of a compound one its head), and the name of what they stand in."""

    first: int
    last: int
    place: str


@dataclass(frozen=True)
class Module:
    """A source file of the package, such as emlib/datasets/_files.py: datasets._files."""

    root: Path
    path: str

    @property
    def name(self) -> str:
        return ".".join(Path(self.path).with_suffix("").parts[1:])

    @cached_property
    def source(self) -> str:
        return (self.root / self.path).read_text(encoding="utf-8")

    @cached_property
    def lines(self) -> list[str]:
        return self.source.splitlines()

    @cached_property
    def statements(self) -> list[Statement]:
        return list(statements(ast.parse(self.source), self.name))

    def statement(self, row: int) -> Statement:
        """Return the innermost statement on a line."""
        here = [one for one in self.statements if one.first <= row <= one.last]
        return max(here, key=lambda one: one.first, default=Statement(row, row, self.name))

    def mutants(self) -> Iterator["Mutant"]:
        from cosmic_ray import plugins
        from cosmic_ray.ast import ast_nodes, get_ast

        tree = get_ast(self.source)
        nodes = list(ast_nodes(tree))
        for name in plugins.operator_names():
            operator = plugins.get_operator(name)
            if operator.arguments():  # none of these is of use without being told names
                continue
            starts = [pair[0] for node in nodes for pair in operator().mutation_positions(node)]
            for occurrence, (row, _) in enumerate(starts):
                yield Mutant(self, name, occurrence, row)


@dataclass(frozen=True)
class Mutant:
    """One change of a module, made by an operator of Cosmic Ray."""

    module: Module
    full_name: str
    occurrence: int
    row: int

    @property
    def operator(self) -> str:
        return self.full_name.partition("/")[2]

    @cached_property
    def place(self) -> str:
        return self.module.statement(self.row).place

    @property
    def line(self) -> str:
        return self.module.lines[self.row - 1].strip()

    @cached_property
    def code(self) -> str:
        from cosmic_ray import plugins
        from cosmic_ray.mutating import mutate_code

        operator = plugins.get_operator(self.full_name)()
        code: str = mutate_code(self.module.source, operator, self.occurrence)
        return code

    @property
    def becomes(self) -> str:
        lines = self.code.splitlines()
        if len(lines) < len(self.module.lines):
            return "nothing"
        return lines[self.row - 1].strip()

    def __str__(self) -> str:
        return f"{self.place}, line {self.row}: `{self.line}` ({self.operator})"


def statements(node: ast.AST, place: str) -> Iterator[Statement]:
    """Yield all statements below a node, each with the dotted name of its place."""
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.stmt | ast.ExceptHandler | ast.match_case):
            continue
        inside = place
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            inside = f"{place}.{child.name}"
        elif isinstance(child, ast.Assign | ast.AnnAssign) and not in_function(node):
            target = child.targets[0] if isinstance(child, ast.Assign) else child.target
            inside = f"{place}.{ast.unparse(target)}"
        if not isinstance(child, ast.match_case):
            first = min([child.lineno, *(one.lineno for one in decorators(child))])
            body = getattr(child, "body", None)
            last = max(child.lineno, body[0].lineno - 1) if body else child.end_lineno
            yield Statement(first, last or first, inside)
        yield from statements(child, inside)


def in_function(node: ast.AST) -> bool:
    return not isinstance(node, ast.Module | ast.ClassDef)


def decorators(node: ast.AST) -> list[ast.expr]:
    return getattr(node, "decorator_list", [])


@dataclass(frozen=True)
class LeftOut:
    """Mutants that no result can show: the place (`*` is any), the operator, and why.

    `line` and `becomes` narrow it down to lines that match before and after the change.
    """

    reason: str
    at: str
    operator: str
    line: str = ""
    becomes: str = ""

    def matches(self, mutant: Mutant) -> bool:
        return (
            fnmatchcase(mutant.place, self.at)
            and re.fullmatch(self.operator, mutant.operator) is not None
            and re.search(self.line, mutant.line) is not None
            and (not self.becomes or re.search(self.becomes, mutant.becomes) is not None)
        )

    def __str__(self) -> str:
        return " ".join(filter(None, [self.at, self.operator, self.line, self.becomes]))


def read_left_out(path: Path) -> list[LeftOut]:
    """Read the list: tables `[[left_out]]`, each with a reason and the mutants it holds for."""
    tables = tomllib.loads(path.read_text(encoding="utf-8")).get("left_out", [])
    return [LeftOut(table["reason"], **mutant) for table in tables for mutant in table["mutants"]]
