"""The build on a small lesson; and each rule of test_notebooks.py notices the fault it is for."""

from __future__ import annotations

import copy
import re
from contextlib import suppress
from dataclasses import replace

import build
import nbformat
import pytest
import test_notebooks as rules

TOY = '''\
# %% [markdown]
# # 01 · Double a number
#
# This lesson is as small as a lesson can be, and still it has all the parts that a lesson
# needs: a title, a prediction, a picture with words before and behind it, a widget with its
# twin, an exercise, and links. The next lesson is [02 · Halve it](02_halve.ipynb), its answers
# are in the [solutions](solutions/01_double.ipynb), [more](further/01_twice.ipynb) is optional, and
# where all begins is told in [the readme](../README.md).
#
# ## Predict
#
# What is twice 0.3721, rounded to three places? Write it down before you run the cell: it is
# 0.744.

# %%
print(f"{2 * 0.3721:.3f}")

# %% [markdown]
# ## Look
#
# The picture that comes next is a single dot. It is small on purpose, since it only has to be
# there, and what counts is that words stand around it and that somebody who cannot see it is
# told about it.

# %%
from IPython.display import display

dot = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAA"
    "AABJRU5ErkJggg=="
)
alt = "A single dot, blue, alone in the middle of a white page"
html = f'<img alt="{alt}" src="data:image/png;base64,{dot}">'
display({"text/plain": alt, "text/html": html, "image/png": dot}, raw=True)

# %% [markdown]
# One dot is what you see. The widget below shows the same dot with a slider that does nothing,
# and for readers without a kernel it leaves a picture; that link to the living widget must not
# be stored.

# %% tags=["widget"]
from ipywidgets import IntSlider

live = IntSlider()._repr_mimebundle_()
display(live | {"text/plain": alt, "text/html": html, "image/png": dot}, raw=True)

# %% [markdown]
# The same without a kernel, once more the single dot in the middle of a page that is otherwise
# white.

# %%
display({"text/plain": alt, "text/html": html, "image/png": dot}, raw=True)

# %% [markdown]
# Still one dot.
#
# ## Exercise
#
# Write the function that doubles. The check says whether it does, and it never fails if you
# have not begun yet. There is no trick in it, and one line is enough; if you get stuck, ask for
# a hint.

# %% tags=["exercise", "01.1"]
def double(x):
    """Return twice x."""
    ...

# %% tags=["solution", "01.1"]
def double(x):
    """Return twice x."""
    return x + x

# %% tags=["check"]
def check(_, answer):
    return "Correct." if answer(2) == 4 else "Not attempted yet."

check("01.1", double)

# %% [markdown]
# ## In practice
#
# Nobody needs a function that doubles a number, since the language has an operator for it. In
# practice one writes the product. Further reading: any book on arithmetic, from the first page
# to the last one.
'''
NEIGHBOUR = """\
# %% [markdown]
# # 02 · Halve it
"""
FURTHER = '''\
# %% [markdown]
# # 01 further · Double it twice
#
# Whoever has read [01 · Double a number](../01_double.ipynb) may go one step further here; nothing
# in the course needs it. By (9.24), the [glossary](../glossary.md) and the
# [solutions](solutions/01_twice.ipynb), all links of a lesson lead on from here too.
#
# **Predict** what becomes of 3 if it is doubled twice, before you run the cell below.

# %%
print(2 * 2 * 3)

# %% [markdown]
# It is 12. An exercise of the lesson may stand here, and it keeps its number, so that who solved it
# before it came here has solved it.

# %% tags=["exercise", "01.2"]
def quadruple(x):
    """Return four times x."""
    ...

# %% tags=["solution", "01.2"]
def quadruple(x):
    """Return four times x."""
    return 4 * x

# %% tags=["check"]
def check(_, answer):
    return "Correct." if answer(2) == 8 else "Not attempted yet."

check("01.2", quadruple)

# %% [markdown]
# **Further reading:** any book on arithmetic.
#
# **Back to** [01 · Double a number](../01_double.ipynb).
'''


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """Build the toy course once."""
    root = tmp_path_factory.mktemp("repository")
    (root / "README.md").write_text("A course.")
    (root / "notebooks" / "source").mkdir(parents=True)
    folder = root / "notebooks"
    (folder / "source" / "01_double.py").write_text(TOY, encoding="utf-8")
    (folder / "source" / "02_halve.py").write_text(NEIGHBOUR, encoding="utf-8")
    (folder / "source" / "further").mkdir()
    (folder / "source" / "further" / "01_twice.py").write_text(FURTHER, encoding="utf-8")
    (folder / "equations.md").touch()
    (folder / "glossary.md").touch()
    assert build.main([], folder) == 0
    return folder


@pytest.fixture
def lesson(course):
    return rules.Notebook.read(course / "01_double.ipynb")


@pytest.fixture
def solutions(course):
    return rules.Notebook.read(course / "solutions" / "01_double.ipynb")


@pytest.fixture(params=["further", "further/solutions"])
def further(request, course):
    return rules.Notebook.read(course / request.param / "01_twice.ipynb")


def contents(folder):
    return {path: path.read_bytes() for path in sorted(folder.rglob("*.ipynb"))}


def own_source(folder, name, text):
    (folder / "source").mkdir(exist_ok=True)
    (folder / "source" / f"{name}.py").write_text(text, encoding="utf-8")


def test_two_builds_give_the_same_bytes(course, capsys):
    before = contents(course)
    assert build.main(["--check", "--force"], course) == 0
    assert build.main(["--force", "01_double"], course) == 0
    assert contents(course) == before
    assert b"\r" not in before[course / "01_double.ipynb"]


def test_an_unchanged_lesson_is_not_run_again(course, monkeypatch, capsys):
    monkeypatch.setattr(build, "run", lambda *_: pytest.fail("ran"))
    assert build.main([], course) == 0
    assert build.main(["--check"], course) == 0
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text.replace("A single dot", "A lonely dot"),
        lambda text: text.replace('"execution_count": 1', '"execution_count": null'),
        lambda text: text.replace('"solutions edition', '"edition').replace("01.1", "01.2"),
        lambda text: text[:100],
        lambda text: "",
    ],
    ids=["source", "not run", "tags", "broken off", "empty"],
)
def test_check_names_a_stale_notebook_and_writes_nothing(course, capsys, spoil):
    path = course / "01_double.ipynb"
    good = path.read_text(encoding="utf-8")
    bad = spoil(good)
    path.write_text(bad, encoding="utf-8")
    try:
        assert build.main(["--check"], course) == 1
        assert capsys.readouterr().out == "stale: 01_double.ipynb\n"
        assert path.read_text(encoding="utf-8") == bad
    finally:
        path.write_text(good, encoding="utf-8")


def test_only_check_with_force_sees_a_change_in_an_output(course, capsys):
    path = course / "01_double.ipynb"
    good = path.read_bytes()
    path.write_bytes(good.replace(b"0.744\\n", b"0.745\\n"))
    try:
        assert build.main(["--check"], course) == 0
        assert build.main(["--check", "--force", "01_double"], course) == 1
        assert capsys.readouterr().out == "stale: 01_double.ipynb\n"
    finally:
        path.write_bytes(good)


@pytest.mark.parametrize("options", [[], ["--force"]], ids=["text", "outputs"])
def test_either_check_names_a_missing_notebook(course, capsys, options):
    path = course / "01_double.ipynb"
    good = path.read_bytes()
    path.unlink()
    try:
        assert build.main(["--check", *options, "01_double"], course) == 1
        assert capsys.readouterr().out == "stale: 01_double.ipynb\n"
        assert not path.exists()
    finally:
        path.write_bytes(good)


def test_a_notebook_without_source_is_named(course, capsys):
    orphan = course / "solutions" / "07_gone.ipynb"
    orphan.write_text("{}")
    try:
        assert build.main(["--check"], course) == 1
        assert "solutions/07_gone.ipynb" in capsys.readouterr().out
    finally:
        orphan.unlink()


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("1 / 0", "ZeroDivisionError: division by zero"),
        ("import warnings\nwarnings.warn('careful')", "careful"),
        ("import os\nos._exit(3)", "Kernel died"),
    ],
    ids=["error", "warning", "death"],
)
def test_a_failing_cell_is_named_and_the_old_file_stays(tmp_path, capfd, code, said):
    own_source(
        tmp_path, "03_fails", f"# %% [markdown]\n# # 03 · Fail\n\n# %%\nx = 1\n\n# %%\n{code}\n"
    )
    old = tmp_path / "03_fails.ipynb"
    old.write_text("the old file")
    assert build.main([], tmp_path) == 1
    said_all = capfd.readouterr().err
    assert f"03_fails (lesson), cell 3 ({code.splitlines()[0]!r})" in said_all
    assert said in said_all
    assert old.read_text() == "the old file"
    assert list(tmp_path.rglob("*.part")) == []


@pytest.mark.parametrize(
    "cells",
    [
        '# %% tags=["exercise", "01.1"]\nx = ...',
        '# %% tags=["solution", "01.1"]\nx = 1',
        '# %% tags=["exercise", "01.1"]\nx = ...\n# %% tags=["solution", "01.2"]\nx = 1',
        '# %% tags=["exercise", "01.1"]\nx = ...\n# %% [markdown]\n# text\n'
        '# %% tags=["solution", "01.1"]\nx = 1',
    ],
)
def test_an_exercise_without_its_solution_is_refused(tmp_path, capsys, cells):
    own_source(tmp_path, "01_odd", f"# %% [markdown]\n# # 01 · Odd\n{cells}\n")
    assert build.main(["--check"], tmp_path) == 1
    assert "01_odd, cell" in capsys.readouterr().err


SURROUNDINGS = """\
# %% [markdown]
# # 03 · Look around

# %%
import os
import sys
from IPython.display import display

assert os.listdir() == []
assert os.path.dirname(os.environ["EMLIB_PROGRESS"]) == os.path.dirname(os.getcwd())
assert os.environ["IPYTHONDIR"].startswith(os.path.dirname(os.getcwd()))
assert sys.flags.hash_randomization == 0
for word in ("one", "two"):
    print(word, flush=True)
display({"text/plain": "three"}, raw=True, metadata={"width": 3})
"""


def test_a_lesson_runs_in_an_empty_folder_and_leaves_clean_outputs(tmp_path):
    own_source(tmp_path, "03_around", SURROUNDINGS)
    assert build.main(["03_around"], tmp_path) == 0
    cell = rules.Notebook.read(tmp_path / "03_around.ipynb").node.cells[1]
    assert cell.metadata == {}
    assert cell.outputs == [
        {"output_type": "stream", "name": "stdout", "text": "one\ntwo\n"},
        {"output_type": "display_data", "data": {"text/plain": "three"}, "metadata": {}},
    ]


@pytest.mark.parametrize("stop_at", [1, 2])
def test_an_interrupted_write_leaves_no_part_of_a_file(tmp_path, monkeypatch, stop_at):
    path = tmp_path / "01_double.ipynb"
    path.write_text("the old file")
    written = []

    def interrupted(self, content):
        written.append(self)
        self.write_text(content.decode()[: 3 if len(written) == stop_at else None])
        if len(written) == stop_at:
            raise KeyboardInterrupt

    monkeypatch.setattr(type(path), "write_bytes", interrupted)
    with suppress(KeyboardInterrupt):
        build.write(path, b"the new file")
    assert path.read_text() in ("the old file", "the new file")


def test_an_unknown_name_is_refused(course, capsys):
    with pytest.raises(SystemExit):
        build.main(["05_nothing"], course)
    assert "05_nothing" in capsys.readouterr().err


def test_links_are_right_in_both_folders(lesson, solutions):
    assert "(02_halve.ipynb)" in lesson.node.cells[0].source
    text = solutions.node.cells[0].source
    for link in (
        "(02_halve.ipynb)",
        "(01_double.ipynb)",
        "(../../README.md)",
        "(../01_double.ipynb)",
    ):
        assert link in text
    assert text.startswith("# 01 · Double a number\n\n*Solutions edition")


def test_an_optional_notebook_is_built_as_a_lesson_and_keeps_its_rules(further):
    for rule in rules.RULES:
        assert list(rule(further)) == [], rule.__name__


def test_from_lessons_and_solutions_links_lead_to_their_like_in_the_optional_notebooks(course):
    def links(name):
        cells = rules.Notebook.read(course / name).cells("markdown")
        return re.findall(r"\]\(([^)]+)\)", "\n".join(cell.source for _, cell in cells))

    back = ["../01_double.ipynb", "../equations.md#eq-9-24", "../glossary.md"]
    assert links("further/01_twice.ipynb")[:3] == back
    assert links("further/01_twice.ipynb")[3:] == ["solutions/01_twice.ipynb", back[0]]
    solved = links("further/solutions/01_twice.ipynb")
    assert solved[0] == "../01_twice.ipynb"
    assert solved[1:4] == ["../../solutions/01_double.ipynb", f"../{back[1]}", f"../{back[2]}"]
    assert "further/01_twice.ipynb" in links("01_double.ipynb")
    assert "../further/solutions/01_twice.ipynb" in links("solutions/01_double.ipynb")


@pytest.mark.parametrize(
    ("rule", "cell", "old"),
    [
        (rules.the_title_opens_the_notebook_and_carries_its_number, 0, "01 further"),
        (rules.the_frame_is_there, 0, "Predict"),
        (rules.the_frame_is_there, -1, "Further reading"),
        (rules.the_frame_is_there, None, "01_double.ipynb"),
        (rules.the_built_file_agrees_with_its_source, 0, "one step further"),
        (rules.links_lead_somewhere, 0, "glossary.md"),
    ],
)
def test_the_rules_see_the_faults_of_an_optional_notebook(further, rule, cell, old):
    def spoil(node):
        for each in node.cells if cell is None else [node.cells[cell]]:
            each.source = each.source.replace(old, "x")

    complaints = list(rule(broken(further, spoil)))
    assert complaints, f"{rule.__name__} noticed nothing"


def test_a_lesson_must_lead_to_its_optional_notebook(lesson, solutions):
    for notebook in (lesson, solutions):
        gone = broken(
            notebook,
            lambda n: n.cells[0].update(
                source=n.cells[0].source.replace("further/", "gone/").replace("01_twice", "01_x")
            ),
        )
        (complaint,) = rules.the_frame_is_there(gone)
        assert complaint == "no link to 01_twice, an optional notebook of this lesson"


def test_only_what_is_named_is_built_and_each_name_is_there_once(course, capsys):
    path = course / "source" / "further" / "02_halve.py"
    path.write_text(NEIGHBOUR, encoding="utf-8")
    try:
        with pytest.raises(SystemExit):
            build.main(["--check"], course)
    finally:
        path.unlink()
    assert "two sources have the name 02_halve" in capsys.readouterr().err
    assert build.main(["--check", "--force", "01_twice"], course) == 0


def test_an_optional_notebook_without_source_is_named(course, capsys):
    orphan = course / "further" / "solutions" / "01_gone.ipynb"
    orphan.write_text("{}")
    try:
        assert build.main(["--check"], course) == 1
        assert "no source for further/solutions/01_gone.ipynb" in capsys.readouterr().out
    finally:
        orphan.unlink()


def test_ids_survive_an_edit_elsewhere(course, tmp_path):
    own_source(tmp_path, "01_double", TOY.replace("# ## Look\n", "# ## Look closely\n"))
    old = build.generate(course / "source" / "01_double.py", build.LESSON).cells
    new = build.generate(tmp_path / "source" / "01_double.py", build.LESSON).cells
    changed = [index for index, (a, b) in enumerate(zip(old, new, strict=True)) if a.id != b.id]
    assert changed == [2]


def test_the_toy_lesson_keeps_every_rule(lesson, solutions):
    for notebook in (lesson, solutions):
        for rule in rules.RULES:
            assert list(rule(notebook)) == [], rule.__name__


# How to break each rule: functions that spoil a notebook. The cells of the toy lesson are
# 0 title, 1 print, 2 prose, 3 picture, 4 prose, 5 widget, 6 prose, 7 twin, 8 prose, 9 exercise,
# 10 check, 11 end.
TITLE, PRINT, PICTURE, WIDGET, TWIN, EXERCISE, CHECK, END = 0, 1, 3, 5, 7, 9, 10, 11


def code(index, source):
    def spoil(node):
        node.cells[index].source = source

    return spoil


def prose(text):
    def spoil(node):
        node.cells[END].source += f"\n\n{text}"

    return spoil


def says(text):
    def spoil(node):
        node.cells[PRINT].outputs[0].text = text

    return spoil


def html(text):
    def spoil(node):
        node.cells[PICTURE].outputs[0].data["text/html"] = text

    return spoil


def alt(text):
    return html(f'<img alt="{text}" src="data:image/png;base64,xx">')


VERDICT = '"Correct." if answer(2) == 4 else "Not attempted yet."'  # stands in the lesson
FAULTS = {
    rules.the_format_is_4_5_and_each_cell_has_its_own_id: [
        lambda n: n.update(nbformat_minor=4),
        lambda n: n.cells[1].update(id=n.cells[2].id),
        lambda n: n.cells[1].pop("id"),
    ],
    rules.the_kernel_is_python3_and_nothing_else_is_recorded: [
        lambda n: n.metadata.kernelspec.update(name="em-course"),
        lambda n: n.metadata.language_info.update(version="3.11.7"),
        lambda n: n.cells[1].metadata.update(execution={"iopub.execute_input": "2026"}),
    ],
    rules.no_widget_state_is_saved: [
        lambda n: n.metadata.update(widgets={}),
        lambda n: n.cells[WIDGET].outputs[0].data.update({build.WIDGET_VIEW: {"model_id": "ab"}}),
    ],
    rules.the_built_file_agrees_with_its_source: [
        code(PRINT, "print('0.744')"),
        lambda n: n.cells.pop(),
        lambda n: n.cells[1].update(id="abc"),
        lambda n: n.cells[EXERCISE].metadata.tags.append("01.2"),
    ],
    rules.every_code_cell_was_run_in_order: [
        lambda n: n.cells[PRINT].update(execution_count=None),
        lambda n: n.cells[CHECK].update(execution_count=9),
        lambda n: n.cells[CHECK].outputs[0].update(execution_count=9),
    ],
    rules.the_outputs_are_stored: [
        lambda n: n.cells[PRINT].update(outputs=[]),
        lambda n: n.cells[CHECK].update(outputs=[]),
        lambda n: [cell.update(outputs=[], source="1") for cell in n.cells if "outputs" in cell],
    ],
    rules.nothing_failed_or_went_to_stderr: [
        lambda n: n.cells[PRINT].outputs[0].update(name="stderr"),
        lambda n: n.cells[PRINT].outputs.append(
            nbformat.v4.new_output("error", ename="ValueError", evalue="no", traceback=[])
        ),
    ],
    rules.outputs_are_text_and_pictures_only: [
        lambda n: n.cells[PICTURE].outputs[0].data.update({"image/svg+xml": "<svg/>"}),
        lambda n: n.cells[PICTURE].outputs[0].data.update({"application/javascript": "1"}),
        lambda n: n.cells[PICTURE].outputs[0].update(metadata={"width": 3}),
    ],
    rules.outputs_show_no_addresses_or_paths: [
        says("<Line2D object at 0x7f11a0b2c3d0>"),
        says("/home/ada/notebooks/x.py:3: a warning"),
        says("C:\\Users\\ada"),
    ],
    rules.printed_numbers_are_rounded: [
        says("0.7130122354"),
        says("-1.570200235996904e-05"),
        says("[np.float64(0.5)]"),
        lambda n: n.cells[CHECK].outputs[0].data.update({"text/plain": "array([0.5])"}),
    ],
    rules.code_is_plain_python_without_forbidden_calls: [
        code(PRINT, "!ls"),
        code(PRINT, "%pip install x"),
        code(PRINT, "%%bash\nls"),
        code(PRINT, "eval('1')"),
        code(PRINT, "exec('1')"),
        code(PRINT, "import os\nos.system('ls')"),
        code(PRINT, "import pickle"),
        code(PRINT, "from urllib.request import urlopen"),
        code(PRINT, "from ipywidgets import interact"),
        code(PRINT, "from sklearn import datasets\ndatasets.fetch_openml('x')"),
        code(PRINT, "import time"),
    ],
    rules.every_random_draw_has_a_seed: [
        code(PRINT, "rng = np.random.default_rng()"),
        code(PRINT, "np.random.rand(3)"),
        code(PRINT, "import random"),
    ],
    rules.sources_hold_no_absolute_paths: [
        code(PRINT, "open('/home/ada/x')"),
        prose("Look into `C:\\course`."),
    ],
    rules.a_notebook_has_at_most_55_cells: [
        lambda n: n.cells.extend([n.cells[END]] * 44),
    ],
    rules.a_code_cell_has_at_most_25_lines: [code(PRINT, "x = 1\n" * 26)],
    rules.the_title_opens_the_notebook_and_carries_its_number: [
        code(TITLE, "# Double a number"),
        code(TITLE, "# 03 · Double a number"),
        lambda n: n.cells.pop(0),
    ],
    rules.headings_descend_one_level_at_a_time: [prose("# Another title"), prose("#### Deep")],
    rules.the_frame_is_there: [
        lambda n: n.cells[END].update(source="The end."),
        lambda n: n.cells[TITLE].update(source=n.cells[TITLE].source.replace("02_halve", "02")),
        lambda n: n.cells[TITLE].update(source=re.sub("(?i)predict", "x", n.cells[TITLE].source)),
    ],
    rules.prose_comes_before_every_code_cell: [
        lambda n: n.cells.pop(2),
        lambda n: n.cells.insert(0, n.cells.pop(1)),
        lambda n: n.cells[EXERCISE].metadata.pop("tags"),
    ],
    rules.prose_follows_every_picture: [
        lambda n: n.cells.pop(4),
        lambda n: n.cells.__delitem__(slice(8, None)),
    ],
    rules.there_are_five_words_of_prose_for_a_line_of_code: [code(PRINT, "x = 1\n" * 60)],
    rules.markdown_holds_no_html: [
        prose("<b>bold</b>"),
        prose("<details>"),
        prose("<!-- hidden -->"),
        prose("<script src='x'></script>"),
    ],
    rules.decimals_in_prose_come_from_the_code: [
        prose("It is 0.745."),
        prose("It is $\\theta=31.57$."),
    ],
    rules.links_lead_somewhere: [
        prose("[a lesson](03_none.ipynb)"),
        prose("[a picture](images/none.png)"),
        prose("[a page](http://example.org)"),
        prose("[its source](source/01_double.py)"),
        prose("Click [here](02_halve.ipynb)."),
    ],
    rules.spelling_is_british: [
        prose("normalized"),
        prose("the colors"),
        prose("the center of it"),
    ],
    rules.text_is_clean_unicode: [
        prose("Ma\u0308rz"),
        prose("a \ufffd"),
        prose("Ã¤"),
        prose("\u200b"),
        prose("a\tb"),
    ],
    rules.every_picture_has_alternative_text: [
        lambda n: n.cells[PICTURE].outputs[0].data.pop("text/html"),
        html("<p>no picture</p>"),
        html('<img src="data:image/png;base64,xx">'),
        alt(""),
        alt("A dot"),
        alt("figure-of-the-single-dot-in-the-middle-of-the-page.png"),
        html(f'<img alt="{"a dot in the middle " * 4}" src="dot.png">'),
        prose("![a dot](../README.md)"),
    ],
    rules.html_outputs_are_inert: [
        html("<script>1</script>"),
        html('<img onload="x()">'),
        html('<img src="https://example.org/x.png">'),
    ],
    rules.under_every_widget_stands_its_static_twin: [
        lambda n: n.cells[TWIN].update(outputs=[]),
        lambda n: n.cells[WIDGET].update(outputs=[]),
        code(PRINT, "widgets.coin_player(x)"),
    ],
    rules.each_exercise_is_a_cell_to_fill_and_its_check: [
        lambda n: n.cells.pop(CHECK),
        lambda n: n.cells.pop(EXERCISE),
        lambda n: n.cells[EXERCISE].metadata.update(tags=["exercise", "01.2"]),
        lambda n: n.cells[EXERCISE].metadata.update(tags=["exercise"]),
        lambda n: n.cells[EXERCISE].metadata.update(tags=["solution", "01.1"]),
        lambda n: n.cells.insert(CHECK, n.cells[END]),
    ],
    rules.a_starter_is_blank: [
        code(EXERCISE, "def double(x):\n    return x + x"),
        code(EXERCISE, "def double(x):\n    ...\nprint(double(2))"),
        code(EXERCISE, "import math"),
    ],
}
SOLUTION_FAULTS = {
    rules.a_solutions_edition_says_so_and_links_back: [code(TITLE, "# 01 · Double a number")],
    rules.a_solution_fills_every_blank_and_the_lesson_does_not_hold_it: [
        code(EXERCISE, "def double(x):\n    ..."),
        code(EXERCISE, "def twice(x):\n    return 2 * x"),
        code(EXERCISE, "def double(y):\n    return 2 * y"),
        code(EXERCISE, f"def double(x):\n    return {VERDICT}"),
        lambda n: n.cells[EXERCISE].metadata.update(tags=["solution", "01.9"]),
    ],
}


def planted(faults):
    return [
        pytest.param(rule, spoil, id=f"{rule.__name__}-{number}")
        for rule, spoils in faults.items()
        for number, spoil in enumerate(spoils, start=1)
    ]


def broken(notebook, spoil):
    node = copy.deepcopy(notebook.node)
    spoil(node)
    return replace(notebook, node=node)


@pytest.mark.parametrize(("rule", "spoil"), planted(FAULTS))
def test_the_rule_notices_the_fault(lesson, rule, spoil):
    assert list(rule(broken(lesson, spoil)))


@pytest.mark.parametrize(("rule", "spoil"), planted(SOLUTION_FAULTS))
def test_the_rule_notices_the_fault_in_solutions(solutions, rule, spoil):
    assert list(rule(broken(solutions, spoil)))


def test_a_heavy_file_is_noticed(lesson):
    heavy = replace(lesson, size=rules.MAX_BYTES + 1)
    assert list(rules.the_file_is_small_enough_to_be_shown_on_the_web(heavy))


def test_every_rule_has_a_fault_that_it_notices():
    heavy = {rules.the_file_is_small_enough_to_be_shown_on_the_web}
    assert {*FAULTS, *SOLUTION_FAULTS, *heavy} == set(rules.RULES)
