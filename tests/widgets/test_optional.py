"""What a learner without matplotlib, Pillow or ipywidgets is told."""

import os
import subprocess
import sys

import pytest

HIDE = """
import sys
class Hidden:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == {module!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
sys.meta_path.insert(0, Hidden())
"""


def run(code, hidden=None):
    script = (HIDE.format(module=hidden) if hidden else "") + code
    return subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )


@pytest.mark.parametrize(
    ("hidden", "code", "message"),
    [
        (
            "matplotlib",
            "from emlib import plots; plots.figure()",
            "emlib.plots needs matplotlib, which is not installed: pip install emlib[plots]",
        ),
        (
            "PIL",
            "from emlib.plots.rendering import quantise; quantise([])",
            "emlib.plots needs Pillow, which is not installed: pip install emlib[plots]",
        ),
        (
            "ipywidgets",
            "from emlib import widgets; widgets.Player",
            "emlib.widgets needs ipywidgets, which is not installed: pip install emlib[widgets]",
        ),
    ],
)
def test_a_missing_package_is_named_with_its_remedy(hidden, code, message):
    result = run(code, hidden)
    assert result.returncode == 1
    assert result.stderr.strip().splitlines()[-1] == f"ImportError: {message}"


def test_importing_plots_and_widgets_loads_neither_matplotlib_nor_ipywidgets():
    result = run(
        "import sys; from emlib import plots, widgets; dir(widgets); "
        "print(sorted({'matplotlib', 'PIL', 'ipywidgets', 'scipy'} & set(sys.modules)))"
    )
    assert result.stdout.strip() == "[]", result.stderr


def test_drawing_loads_no_pyplot():
    result = run(
        "import sys; from emlib import plots; fig, ax = plots.figure(2, 2); "
        "plots.picture(fig, alt='Empty axes, from zero to one.'); "
        "print('matplotlib.pyplot' in sys.modules)"
    )
    assert result.stdout.strip() == "False", result.stderr


def test_an_unknown_name_is_an_attribute_error():
    from emlib import widgets

    with pytest.raises(AttributeError, match="has no attribute 'Playr'"):
        _ = widgets.Playr
    assert set(dir(widgets)) >= {"Player", "coin_player", "record"}
