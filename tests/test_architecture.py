"""The rooms of `emlib`: what may import what, what loads, and how long EM is."""

import ast
import graphlib
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
from emlib import GaussianMixture, datasets, em
from emlib.models import model

PACKAGE = Path(emlib.__file__).parent

# What may import what: a room may import those before it, and, within its own, whatever makes no
# circle. The order is that of the flow in ARCHITECTURE.md.
FLOW = [
    {"data"},
    {"stopping"},
    {"models", "mle"},
    {"fast", "bound", "start"},
    {"em"},
    {"datasets", "storage", "coins", "information", "selection"},
    {"selfcheck", "sklearn"},
    {"plots"},
    {"widgets", "exercises"},
]
LEVEL = {room: level for level, rooms in enumerate(FLOW) for room in rooms}

ONE_MODEL_EACH = {
    f"emlib.models.{name}" for name in ("coins", "gaussian", "gaussian1d", "kmeans", "poisson")
}
KNOW_NO_MODEL = [
    *(f"emlib.models.{name}" for name in ("record", "contract", "model", "mixture", "statistics")),
    "emlib.em",
    "emlib.stopping",
    "emlib.bound",
    "emlib.start",
    "emlib.selection.criteria",
    "emlib.selection.held_out",
    "emlib.selection.comparison",
    "emlib.fast.accelerate",
]


def modules():
    """Yield the name and the file of each module."""
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
        yield ".".join(part for part in parts if part != "__init__"), path


FILES = dict(modules())


def room_of(name):
    return name.split(".")[1]


def imported(name, source=None, *, top_level_only=False):
    """Yield every module that a module imports, relative and lazy imports too."""
    path = FILES[name]
    tree = ast.parse(path.read_text(encoding="utf-8") if source is None else source)
    lazy = {
        node
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
    }
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    for node in ast.walk(tree):
        if top_level_only and node in lazy:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parents = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*parents, *filter(None, [node.module])])
            for alias in node.names:
                full = f"{base}.{alias.name}"
                yield full if full in FILES else ROOT_NAMES.get(full, base)


def root_names():
    """Where each name of `emlib` itself comes from."""
    tree = ast.parse((PACKAGE / "__init__.py").read_text(encoding="utf-8"))
    return {
        f"emlib.{alias.name}": node.module
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and node.module != "emlib"
        for alias in node.names
    }


ROOT_NAMES = root_names()


def imported_of_ours(name, **how):
    return {other for other in imported(name, **how) if other in FILES and other != name}


def test_every_module_has_its_room():
    assert {room_of(name) for name in FILES if name != "emlib"} == set(LEVEL)


def wrong_ways(name, **how):
    here = LEVEL[room_of(name)]
    return [
        f"{name} imports {other}"
        for other in imported_of_ours(name, **how)
        if other != "emlib" and room_of(other) != room_of(name) and LEVEL[room_of(other)] >= here
    ]


def test_imports_run_one_way():
    assert [way for name in FILES if name != "emlib" for way in wrong_ways(name)] == []


@pytest.mark.parametrize(
    "source",
    [
        "from emlib.fast import nearest",
        "from emlib import em",
        "import emlib.em",
        "from ..fast.kernel import rounds",
        "def later():\n    from emlib.em import fit",
    ],
)
def test_a_model_that_imports_what_is_quick_is_noticed(source):
    assert wrong_ways("emlib.models.coins", source=source)


def test_no_module_imports_itself_by_a_detour():
    whole = {name: imported_of_ours(name) - {"emlib"} for name in FILES if name != "emlib"}
    # A module also loads the packages that it is in; one that imports from its own package by name
    # was resolved to the module that it meant.
    list(graphlib.TopologicalSorter(whole).static_order())  # raises CycleError


@pytest.mark.parametrize("name", KNOW_NO_MODEL)
def test_what_is_shared_knows_no_model(name):
    assert ONE_MODEL_EACH.isdisjoint(imported_of_ours(name))


def test_no_model_imports_another():
    for name in ONE_MODEL_EACH:
        assert ONE_MODEL_EACH.isdisjoint(imported_of_ours(name))


def test_a_model_is_read_in_a_sitting():
    lengths = {
        name: len(path.read_text(encoding="utf-8").splitlines())
        for name, path in FILES.items()
        if room_of(f"{name}.") == "models"
    }
    assert {name: n for name, n in lengths.items() if n > 230} == {}


def test_scipy_stats_is_never_imported_and_pyplot_neither_and_scikit_learn_by_its_room_alone():
    for module, path in FILES.items():
        # The solution of an exercise may show scipy as an independent judge, when it is called.
        shown = module.startswith("emlib.exercises")
        assert shown or "from scipy import stats" not in path.read_text(encoding="utf-8")
        never = (
            "scipy.stats",
            "pandas",
            *([] if room_of(f"{module}.") == "sklearn" else ["sklearn"]),
        )
        for name in imported(module, top_level_only=shown):
            assert not name.startswith(never), module
        assert "matplotlib.pyplot" not in set(imported(module)), module


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
        rooms = [n for n in ("plots", "widgets", "exercises", "sklearn", "data.cluster")
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
    """Trace a call; return the code objects of the loop and the models that ran."""
    seen = set()

    def profile(frame, event, argument):
        code = frame.f_code
        path = Path(code.co_filename)
        if event == "call" and path in NAMES and room_of(NAMES[path]) in COUNTED:
            seen.add(code)

    sys.setprofile(profile)
    try:
        call()
    finally:
        sys.setprofile(None)
    return {code for code in seen if not code.co_name.startswith(APART)}


COUNTED = {"em", "models"}
NAMES = {path: name for name, path in FILES.items()}
APART = (
    "<",
    "prepare",
    "check_",
    "which_own_data",
    "_check",
    "_begin",
    "_rounds",
    "_e_step",
    "quick_steps",
    "stds",
)
"""What checks arguments, data and results, as the room `data` does, `stds` for them alone; and what
asks the table of quick steps, which is empty here."""


def test_em_for_a_gaussian_mixture_in_d_dimensions_is_under_100_lines(capsys, monkeypatch):
    """By the readable steps, Cholesky factors included; checks apart."""
    monkeypatch.setattr(model, "QUICK", {})
    data = datasets.three_clusters(0)
    theta = GaussianMixture([0.4, 0.3, 0.3], data.x[[0, 500, 650]], [np.eye(2)] * 3)

    def run():
        list(itertools.islice(em.iterate(theta, data.x), 4))

    counted = {code.co_qualname: code_lines(code) for code in functions_that_run(run)}
    for name in ("GaussianMixture.m_step", "GaussianMixture._log_joint", "iterate", "cholesky"):
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
    for name in (name for name in FILES if name.startswith("emlib.models.")):
        for node in ast.walk(ast.parse(FILES[name].read_text(encoding="utf-8"))):
            if isinstance(node, ast.For):
                over = ast.unparse(node.iter)
                assert "x)" not in over or "blocks" in over or "zip" in over, f"{name}: {over}"
