"""The rooms of `emlib`: who may import whom, what loads, and how long EM is."""

import ast
import inspect
import io
import itertools
import subprocess
import sys
import textwrap
import tokenize
from pathlib import Path

import numpy as np
import pytest

import emlib
from emlib import GaussianMixture, datasets, em, mixture

ROOM = Path(emlib.__file__).parent

# A module may import those of lower numbers.
LEVEL = {
    "rows": 0,
    "tables": 0,
    "blocks": 1,
    "validate": 2,
    "mixture": 3,
    "moments": 3,
    "families": 4,
    "mle": 4,
    "cluster": 4,
    "kernel": 5,
    "nearest": 5,
    "diagonal": 6,
    "kmeans": 6,
    "coins": 6,
    "gmm1d": 6,
    "gmm": 6,
    "quick": 7,
    "start": 7,
    "selection": 7,
    "bound": 7,
    "accelerate": 7,
    "em": 8,
    "datasets": 8,
    "storage": 9,
    "selfcheck": 10,
    "plots": 11,
    "widgets": 12,
    "exercises": 12,
}
# Checks data and holds it; the fast form, counted by a test of its own.
APART = {"validate.py", "rows.py", "blocks.py", "cluster.py", "kernel.py", "nearest.py", "quick.py"}
MODELS = {"kmeans", "coins", "gmm1d", "gmm"}


def modules():
    return sorted(p for p in ROOM.rglob("*.py") if "__pycache__" not in p.parts)


def room_of(path):
    return path.relative_to(ROOM).parts[0].removesuffix(".py")


def imported(path, top_level_only=False):
    """Yield every module that a file imports, with its dotted name."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    lazy = {
        node
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
    }
    for node in ast.walk(tree):
        if top_level_only and node in lazy:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            if node.level == 1:  # a neighbour in the same room
                yield f"emlib.{room_of(path)}"
            elif node.module == "emlib":
                yield from (f"emlib.{alias.name}" for alias in node.names)
            else:
                yield node.module


def rooms(path):
    """Yield the rooms of emlib that a file imports at its top level."""
    names = {
        "CoinMixture": "coins",
        "GaussianMixture": "gmm",
        "GaussianMixture1D": "gmm1d",
        "KMeans": "kmeans",
        "EMWarning": "validate",
        "CollapseError": "validate",
    }
    for name in imported(path, top_level_only=True):
        if name.startswith("emlib."):
            part = name.split(".")[1]
            yield names.get(part, part)


def test_every_module_has_its_room():
    assert {room_of(p) for p in modules()} - {"__init__"} <= set(LEVEL)


def test_imports_run_one_way():
    wrong = [
        f"{path.relative_to(ROOM)} imports {room}"
        for path in modules()
        if room_of(path) != "__init__"
        for room in rooms(path)
        if room != room_of(path) and not LEVEL[room] < LEVEL[room_of(path)]
    ]
    assert wrong == []


@pytest.mark.parametrize("name", ["em", "bound", "start", "selection", "mixture", "validate"])
def test_what_is_shared_knows_no_model(name):
    assert MODELS.isdisjoint(rooms(ROOM / f"{name}.py"))


def test_no_model_imports_another():
    for name in MODELS:
        assert MODELS.isdisjoint(set(rooms(ROOM / f"{name}.py")) - {name})


def test_scipy_stats_and_scikit_learn_are_never_imported_and_pyplot_neither():
    for path in modules():
        # The solution of an exercise may show scipy as an independent judge, when it is called.
        shown = room_of(path) == "exercises"
        assert shown or "from scipy import stats" not in path.read_text(encoding="utf-8")
        for name in imported(path, top_level_only=shown):
            assert not name.startswith(("scipy.stats", "sklearn", "pandas")), path
        assert "matplotlib.pyplot" not in set(imported(path)), path


def test_all_but_numpy_loads_at_first_use():
    code = """
        import sys
        before = set(sys.modules)  # an environment may load modules of its own at its start
        import numpy
        masked = "numpy.ma" in sys.modules
        import emlib

        def loaded():
            roots = {name.partition(".")[0] for name in set(sys.modules) - before}
            return sorted(roots - sys.stdlib_module_names)

        assert loaded() == ["emlib", "numpy"], loaded()
        rooms = [n for n in ("plots", "widgets", "exercises", "cluster")
                 if "emlib." + n in sys.modules]
        assert rooms == [], rooms
        emlib.em.fit(emlib.CoinMixture([0.6, 0.5], [0.5, 0.5]), [[5, 5], [9, 1]])
        emlib.em.fit(emlib.KMeans([[0.0], [9.0]]), [[1.0], [8.0]])
        one = emlib.GaussianMixture([1.0], [[0.0, 0.0]], [[[1.0, 0.0], [0.0, 1.0]]])
        emlib.em.fit(one, [[1.0, 8.0], [2.0, 1.0], [0.0, 4.0]])
        assert loaded() == ["emlib", "numpy"], loaded()
        assert masked == ("numpy.ma" in sys.modules)  # no small module: numpy itself waits for it
    """
    subprocess.run([sys.executable, "-c", textwrap.dedent(code)], check=True)


def test_the_public_names_are_there():
    for name in emlib.__all__:
        assert getattr(emlib, name) is not None
    assert sorted(emlib.__all__) == emlib.__all__
    assert emlib.__version__


def code_lines(function):
    """Count the lines of a function that hold code: no blanks, comments or docstrings."""
    source = textwrap.dedent(inspect.getsource(function))
    node = ast.parse(source).body[0]
    lines = set()
    layout = {
        tokenize.COMMENT,
        tokenize.NL,
        tokenize.NEWLINE,
        tokenize.INDENT,
        tokenize.DEDENT,
        tokenize.ENDMARKER,
    }
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type not in layout:
            lines.update(range(token.start[0], token.end[0] + 1))
    if ast.get_docstring(node) is not None:
        text = node.body[0]
        lines -= set(range(text.lineno, text.end_lineno + 1))
    return len(lines)


def functions_that_run(call):
    """Trace a call; return the code objects of emlib that ran, validation apart."""
    seen = set()

    def profile(frame, event, argument):
        code = frame.f_code
        path = Path(code.co_filename)
        if event == "call" and ROOM in path.parents and path.name not in APART:
            seen.add(code)

    sys.setprofile(profile)
    try:
        call()
    finally:
        sys.setprofile(None)
    # What is named prepare is validation: it checks data at the door. The others ask the kernel.
    apart = ("<", "prepare", "_door", "_begin", "_chain", "_e_step")
    return {code for code in seen if not code.co_name.startswith(apart)}


def test_em_for_a_gaussian_mixture_in_d_dimensions_is_under_100_lines(capsys, monkeypatch):
    """Validation is apart, and with it the Cholesky factors, which refuse what is singular."""
    monkeypatch.setattr(mixture, "QUICK", {})
    monkeypatch.setattr(em, "QUICK", {})
    data = datasets.three_clusters(0)
    theta = GaussianMixture([0.4, 0.3, 0.3], data.x[[0, 500, 650]], [np.eye(2)] * 3)

    def run():
        list(itertools.islice(em.iterate(theta, data.x), 4))

    counted = {code.co_qualname: code_lines(code) for code in functions_that_run(run)}
    for name in ("GaussianMixture.m_step", "GaussianMixture._log_joint", "iterate", "stds"):
        assert name in counted
    total = sum(counted.values())
    with capsys.disabled():
        print(f"\nEM for a mixture of Gaussians in D dimensions: {total} lines of code")
        for name, lines in sorted(counted.items(), key=lambda item: -item[1]):
            print(f"{lines:5} {name}")
    assert total < 100


def test_code_lines_leaves_out_blanks_comments_and_docstrings():
    def example(a):
        """Say something.

        At length.
        """
        # a comment
        text = """two
        lines"""

        return (
            a,
            text,
        )

    assert code_lines(example) == 1 + 2 + 4


def test_the_loop_of_a_mixture_has_no_loop_over_the_data():
    for name in ("gmm", "gmm1d", "coins", "kmeans", "moments", "mixture"):
        for node in ast.walk(ast.parse((ROOM / f"{name}.py").read_text(encoding="utf-8"))):
            if isinstance(node, ast.For):
                over = ast.unparse(node.iter)
                assert "x)" not in over or "blocks" in over or "zip" in over, f"{name}: {over}"
