"""The in-browser edition in Chromium: its kernel, `emlib` in it, its widgets.

The compiled packages are on Pyodide's distribution, which a machine without internet does not
reach. So numpy is missing here, and what is proven is what comes before it.
"""

import base64
import json
import tomllib
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from urllib.parse import urlsplit

import lab
import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
SECONDS = 180
# What the browser asks for by itself, on seeing a field that could be filled in.
OF_CHROMIUM = {"content-autofill.googleapis.com:443"}

pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.skipif(lab.chromium() is None, reason="no Chromium; CHROMIUM may name one"),
]

# For modules of emlib that need numpy's name, but none of its arrays; taken away afterwards.
STAND_INS = """
import importlib.util, sys, types

room = importlib.util.find_spec("emlib").submodule_search_locations[0]
before = set(sys.modules)
sys.modules["numpy"] = types.ModuleType("numpy")
sys.modules["numpy"].__file__ = "/no/numpy/__init__.py"
for name in ("emlib", "emlib.exercises", "emlib.exercises.engine"):
    sys.modules[name] = types.ModuleType(name)
    sys.modules[name].__path__ = [room + name.removeprefix("emlib").replace(".", "/")]
try:
    exec(CODE)
finally:
    for name in set(sys.modules) - before:
        del sys.modules[name]
"""

WATCH = """
import time
from emlib.exercises.engine import guard

def endless():
    count = 0
    while True:
        count += 1

start = time.monotonic()
watch = guard.Watch(0.5)
try:
    with watch:
        endless()
except guard.TimeUp:
    pass
with guard.Watch(5) as harmless:
    total = sum(range(10))
print(watch.expired, harmless.expired, total, time.monotonic() - start < 20)
"""

PROGRESS = """
from emlib.exercises.engine import logbook
print(repr(logbook.keep("04.1")), logbook.read(), logbook.path())
"""

ROUND_TRIP = """
import ipywidgets
slider = ipywidgets.IntSlider(3, 0, 10, description="k")
answer = ipywidgets.Label("nothing yet")
slider.observe(lambda change: setattr(answer, "value", f"k is now {change['new']}"), "value")
ipywidgets.VBox([slider, answer])
"""

# As emlib's Player: frames in a Stack, linked to a slider in the page.
PICTURE = "<img alt='frame {k}' src='data:image/gif;base64,R0lGODlhAQABAAAAACw=' title='{k}'>"
PLAYER = f"""
import ipywidgets
slider = ipywidgets.IntSlider(0, 0, 2, description="frame")
stack = ipywidgets.Stack(
    [ipywidgets.HTML("{PICTURE}".replace("{{k}}", str(k))) for k in range(3)], selected_index=0)
link = ipywidgets.jslink((slider, "value"), (stack, "selected_index"))
ipywidgets.VBox([slider, stack])
"""

# A panel's output as a saved notebook holds it, and its widget as the next day has it: gone.
NEXT_DAY = {
    "cells": [
        {
            "cell_type": "code",
            "execution_count": 1,
            "id": "panel",
            "metadata": {"trusted": True},
            "outputs": [
                {
                    "data": {
                        "application/vnd.jupyter.widget-view+json": {
                            "model_id": "gone",
                            "version_major": 2,
                            "version_minor": 0,
                        },
                        "text/html": PICTURE.format(k="of yesterday"),
                    },
                    "execution_count": 1,
                    "metadata": {},
                    "output_type": "execute_result",
                }
            ],
            "source": "panel",
        }
    ],
    "metadata": {"kernelspec": {"display_name": "Python", "language": "python", "name": "python"}},
    "nbformat": 4,
    "nbformat_minor": 5,
}
SAVE_AND_OPEN = """async content => {
    const app = window.jupyterapp;
    const file = {type: 'notebook', format: 'json', content};
    await app.serviceManager.contents.save('notebooks/day.ipynb', file);
    await app.commands.execute('docmanager:open', {path: 'notebooks/day.ipynb'});
}"""


@pytest.fixture(scope="module")
def asked_for():
    """Addresses outside of this machine that the browser asked for."""
    return []


@pytest.fixture(scope="module")
def chromium(check_online, asked_for, serving):
    """A Chromium that reaches this machine, and whose every other request ends at a proxy."""

    class Proxy(BaseHTTPRequestHandler):
        def refuse(self):
            asked_for.append(self.path)
            self.send_error(502)

        do_CONNECT = do_GET = do_HEAD = do_POST = refuse

        def log_message(self, *arguments):
            pass

    with serving(Proxy) as proxy, lab.browser() as running:
        context = running.new_context(proxy={"server": proxy, "bypass": "127.0.0.1"})
        yield context
        context.close()


@pytest.fixture(scope="module")
def page(chromium, check_online, address):
    with check_online.opened(chromium, address, "notebooks/00_start_here.ipynb", SECONDS) as page:
        yield page


def execute_with_stand_ins(page, code):
    return page.execute(STAND_INS.replace("CODE", repr(code)))


def test_the_kernel_is_pyodide_and_knows_emlib(page):
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    code = "import sys; from importlib.metadata import version; print(sys.platform, %s)"
    assert page.execute(code % "sys.version_info >= (3, 11)") == "emscripten True\n"
    with pytest.raises(RuntimeError, match="No module named 'numpy'"):
        page.execute("import emlib")
    assert page.execute(code % "version('emlib')") == f"emscripten {version}\n"


def test_nothing_was_asked_for_outside_but_the_compiled_packages(page, asked_for, site):
    with pytest.raises(RuntimeError, match="No module named 'numpy'"):
        page.execute("import emlib")
    lock = json.loads((site / "static" / "pyodide" / "pyodide-lock.json").read_text())
    distribution = urlsplit(lock["packages"]["numpy"]["file_name"]).hostname
    assert set(asked_for) - OF_CHROMIUM == {f"{distribution}:443"}


def test_the_time_limit_of_a_check_holds_without_threads_and_signals(page):
    assert execute_with_stand_ins(page, WATCH) == "True False 45 True\n"


def test_progress_is_kept_beside_the_notebooks(page):
    said = execute_with_stand_ins(page, PROGRESS)
    assert said == "'' ({'04.1'}, '') /drive/notebooks/progress.json\n"
    kept = page.page.evaluate(
        """async () => (await window.jupyterapp.serviceManager.contents.get(
            'notebooks/progress.json', {content: true, format: 'base64'})).content"""
    )
    assert json.loads(base64.b64decode(kept)) == {"solved": ["04.1"]}


def test_a_slider_reaches_the_kernel_and_its_answer_the_page(page):
    page.append_and_run(ROUND_TRIP)
    widget = page.page.locator(lab.WIDGETS).last
    widget.locator(".noUi-handle").focus()
    page.page.keyboard.press("ArrowRight")
    page.page.get_by_text("k is now 4").wait_for(timeout=30_000)


def test_a_player_changes_its_picture(page):
    page.append_and_run(PLAYER)
    widget = page.page.locator(lab.WIDGETS).last
    picture = widget.locator("img:visible")
    assert picture.get_attribute("alt", timeout=30_000) == "frame 0"
    widget.locator(".noUi-handle").focus()
    page.page.keyboard.press("ArrowRight")
    widget.locator("img[alt='frame 1']:visible").wait_for(timeout=30_000)


def test_a_link_opens_the_next_lesson_and_the_solutions(page):
    opened = "() => window.jupyterapp.shell.currentWidget.context.path"
    for link, path in (
        ("the solved version of this page", "notebooks/solutions/00_start_here.ipynb"),
        ("the lesson", "notebooks/00_start_here.ipynb"),
        ("08 When EM goes wrong", "notebooks/08_when_em_goes_wrong.ipynb"),
    ):
        page.page.locator(".jp-NotebookPanel:visible").get_by_role("link", name=link).first.click()
        page.page.wait_for_function(f"() => ({opened})() === '{path}'")


def test_on_the_next_day_a_panel_shows_its_picture(page):
    page.page.evaluate(SAVE_AND_OPEN, NEXT_DAY)
    page.page.get_by_text("choose Run All Cells").wait_for(timeout=60_000)
    assert page.page.locator("img[alt='frame of yesterday']").is_visible()
    assert page.page.get_by_text("model not found").count() == 0


def test_the_check_of_a_published_edition_tells_what_is_missing(
    chromium, check_online, address, capsys
):
    assert check_online.check(chromium, address, "notebooks/00_start_here.ipynb")
    said = capsys.readouterr().out
    assert "system Emscripten" in said
    assert "PROBLEM cell 4, 'import emlib': <class 'ModuleNotFoundError'>: No module named" in said
    assert "PROBLEM numpy is None in the browser, 2.4.6 in the lock" in said
    assert "emlib is" not in said


def test_the_check_reports_an_address_without_an_edition(chromium, check_online, address, capsys):
    gone = f"{address}nothing/here/"
    problems = check_online.check(chromium, gone, "notebooks/00_start_here.ipynb")
    assert len(problems) == 1
    assert "PROBLEM" in capsys.readouterr().out
