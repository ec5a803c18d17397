"""The mutation tests tell the truth, shown on a planted package whose mutants are known."""

import ast
import os
import re
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

pytest.importorskip("cosmic_ray", reason="needs requirements-dev.lock")

from tests.mutation.__main__ import core, core_tests
from tests.mutation.mutants import Module, statements

ROOT = Path(__file__).resolve().parents[2]

TREE = {
    "pyproject.toml": '[tool.pytest.ini_options]\npythonpath = ["."]\n',
    "emlib/__init__.py": "",
    "emlib/planted.py": """
        from functools import cache

        LIMIT = 3
        SEVEN = 7

        @cache
        def clip(x):
            if x > LIMIT:
                return LIMIT
            return x

        def untested(x):
            return x % 5

        def steps(n):
            count = 0
            while n:
                n -= 1
                count += 1
            return count
    """,
    "emlib/parts/broken.py": """
        import os

        def leave(x):
            if x:
                os._exit(len("four"))
    """,
    "tests/test_planted.py": """
        from emlib.planted import SEVEN, clip, steps

        def test_a_value_that_runs_no_line():
            assert SEVEN == 7

        def test_an_earlier_call_fills_the_cache():
            clip(5), clip(1)

        def test_clip():
            assert clip(5) == 3
            assert clip(1) == 1

        def test_steps():
            assert steps(3) == 3
    """,
    "tests/test_parts.py": """
        from emlib.parts.broken import leave

        def test_leave():
            leave(0)
    """,
    "left_out.toml": """
        [[left_out]]
        reason = "At the limit both are the same."
        mutants = [
            { at = "planted.clip", operator = ".*_Gt_GtE", line = "LIMIT", becomes = ">= LIMIT" },
        ]

        [[left_out]]
        reason = "Only a part of the operators is looked at."
        mutants = [
            { at = "*", operator = "ReplaceBinaryOperator_Mod_(?!Add|Sub).*" },
            { at = "planted.clip", operator = "ReplaceComparisonOperator_Gt_Is(Not)?" },
        ]
    """,
}


def run(tree, *arguments):
    command = [sys.executable, "-m", "tests.mutation", "--root", tree, "--jobs", "2"]
    command += ["--report", tree / "report.md", "--left-out", tree / "left_out.toml", *arguments]
    alone = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST")}
    return subprocess.run(command, cwd=ROOT, env=alone, capture_output=True, text=True)


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    folder = tmp_path_factory.mktemp("planted")
    for name, text in TREE.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text))
    return folder


@pytest.fixture(scope="module")
def found(tree):
    """Run the planted package once; return how that ended, and the report."""
    done = run(tree)
    assert (tree / "report.md").exists(), done.stdout + done.stderr
    return done.returncode, (tree / "report.md").read_text()


def row(report, module):
    cells = next(line for line in report.splitlines() if line.startswith(f"| {module} |"))
    return [cell.strip() for cell in cells.strip("| ").split("|")][1:]


def test_the_score_is_what_was_planted(found):
    _, report = found
    # Killed: LIMIT = 4 and 2, SEVEN = 8 and 6; > as ==, !=, < and <=, and its `not`; count = 1 and
    # -1, += 2 and 0; `while not n`. By time: n -= 2 and 0. Survivors: without the cache; x + 5,
    # x - 5, x % 6 and x % 4. Left out: >= once, % nine times, `is` and `is not`.
    assert row(report, "planted") == ["21", "16", "2", "5", "0", "76.2 %", "12"]
    survivors = report.partition("## Survivors")[2].partition("## ")[0]
    assert sorted(re.findall(r"- (\S+), line .*\((\w+)\)", survivors)) == [
        ("planted.clip", "RemoveDecorator"),
        ("planted.untested", "NumberReplacer"),
        ("planted.untested", "NumberReplacer"),
        ("planted.untested", "ReplaceBinaryOperator_Mod_Add"),
        ("planted.untested", "ReplaceBinaryOperator_Mod_Sub"),
    ]
    assert "`return x + 5`" in survivors


def test_what_was_left_out_is_counted_with_its_reason(found):
    assert "- 1: At the limit both are the same." in found[1]
    assert "- 11: Only a part of the operators is looked at." in found[1]


def test_a_mutant_that_neither_is_killed_nor_survives_is_an_error(found):
    code, report = found
    assert code == 1
    assert row(report, "parts.broken") == ["1", "0", "0", "0", "1", "0.0 %", "0"]
    assert "parts.broken.leave" in report.partition("## Errors")[2].partition("## ")[0]


def test_without_errors_the_command_ends_well_and_a_sample_says_so(tree):
    done = run(tree, "planted", "--sample", "0.2", "--seed", "3")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "4 mutants tried, a sample of 21 (seed 3)" in done.stdout


def test_an_entry_that_matches_nothing_is_an_error(tree, tmp_path):
    (tmp_path / "left_out.toml").write_text(
        '[[left_out]]\nreason = "r"\nmutants = [{ at = "planted.gone", operator = ".*" }]\n'
    )
    done = run(tree, "--left-out", tmp_path / "left_out.toml")
    assert done.returncode == 2
    assert "match no mutant:\nplanted.gone .*" in done.stderr


def test_every_module_is_of_the_core_unless_it_is_named():
    paths = {module.path for module in core(ROOT).values()}
    rest = {p.relative_to(ROOT).as_posix() for p in (ROOT / "emlib").rglob("*.py")} - paths
    assert {path.split("/")[1] for path in rest} == {"plots", "widgets", "exercises"}
    tests = core_tests(ROOT)
    assert "tests/models" in tests
    assert "emlib/models/gaussian.py" in tests
    assert "tests/test_notebooks.py" not in tests


def test_a_place_is_named_by_what_it_stands_in(tmp_path):
    source = """
        LIMIT: int = 1
        @one
        @two
        class A:
            field = 2
            def method(self):
                inner = 3
                try:
                    return (
                        4
                    )
                except KeyError:
                    pass
                else:
                    def nested(): return 5
    """
    lines = textwrap.dedent(source)
    (tmp_path / "emlib").mkdir()
    (tmp_path / "emlib" / "m.py").write_text(lines)
    module = Module(tmp_path, "emlib/m.py")
    found = {text.strip(): module.statement(i) for i, text in enumerate(lines.splitlines(), 1)}
    assert found["LIMIT: int = 1"].place == "m.LIMIT"
    assert found["@two"].place == "m.A"
    assert (found["@one"].first, found["@one"].last) == (3, 5)
    assert found["field = 2"].place == "m.A.field"
    assert found["inner = 3"].place == "m.A.method"
    assert (found["4"].first, found["4"].last) == (10, 12)
    assert found["except KeyError:"].place == "m.A.method"
    assert found["except KeyError:"].first == found["except KeyError:"].last
    assert found["def nested(): return 5"].place == "m.A.method.nested"
    assert len(list(statements(ast.parse(lines), "m"))) == 11
