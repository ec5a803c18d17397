"""Each lesson is one sitting: it is short, it states its minutes, its cells do one thing each.

The rules are in `notebooks/measure.py`; `python notebooks/measure.py 05_gmm_1d` names what keeps a
lesson from them.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from pathlib import Path

import build
import measure
import pytest

from emlib.plots import alt

ROOT = Path(__file__).resolve().parent.parent
SOURCES = {path.stem: path for path in [*build.sources(), *build.optional()]}


@pytest.mark.parametrize("name", SOURCES)
def test_a_notebook_is_one_sitting(name):
    complaints = measure.broken(measure.Source(SOURCES[name]))
    assert not complaints, "\n".join(complaints)


@pytest.mark.parametrize("number", sorted({name[:2] for name in SOURCES}))
def test_each_alternative_text_of_a_lesson_belongs_to_one_figure(number):
    used = Counter()
    for path in (path for name, path in SOURCES.items() if name[:2] == number):
        for cell in measure.Source(path).cells:
            if not cell.is_prose:
                used.update(t for t in measure.alternative_texts(cell.tree) if t.startswith(number))
    assert used == Counter(list(alt.texts(number)))


# A lesson of three cells that keeps every rule, and how to break each.

LESSON = '''\
# %% [markdown]
# # 01 · Toss
#
# It takes about 10 minutes, one exercise included.
#
# **Predict** the sum. **Predict** the product, **Predict** both.

# %%
x = 1
print(x + x)  # two

# %% [markdown]
# It is two. $$x$$
#
# ### Exercise 01.1 · One

# %% tags=["exercise", "01.1"]
def one(x):
    """Return one."""
    # Your lines instead of the dots.
    ...


y = ...  # a number

# %% tags=["solution", "01.1"]
def one(x):
    """Return one."""
    return 1


y = 1

# %% tags=["check"]
from emlib.exercises import check

check(
    "01.1",
    one,
)
'''
TABLES = {
    "README.md": "| [01 Toss](notebooks/01_toss.ipynb) | Which, in [02](02.ipynb)? | 15 min |\n",
    "docs/instructors.md": "| [01](../notebooks/01_toss.ipynb) | 15 min | 3 | 60 min |\n",
    "docs/teaching/01_toss.md": "Alone, the whole lesson\ntakes about 15 minutes, or 9 minutes.\n",
}
LESSON = LESSON.replace("about 10", "about 15")


@pytest.fixture
def root(tmp_path):
    for file, text in TABLES.items():
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text(text, encoding="utf-8")
    return tmp_path


def source(root, text=LESSON, place="01_toss"):
    path = root / "notebooks" / "source" / f"{place}.py"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return measure.Source(path)


def test_the_formula_by_hand(root):
    lesson = source(root)
    # 01 Toss; It takes about 10 minutes, one exercise included.; Predict the sum. ...; It is two.;
    # Exercise 01.1 One; and ten for the display.
    assert lesson.words == 2 + 8 + 3 + 3 + 2 + 3 + 10 + 3
    # Two, four of the starter (with its docstring), and two of the check, whose first three are
    # what hands the answer over.
    assert lesson.lines == 2 + 4 + 2
    assert (lesson.exercises, lesson.predictions) == (1, 3)
    assert lesson.minutes == pytest.approx(34 / 150 + 8 / 5 + 7 + 3)
    assert lesson.stated == 15


def test_a_whole_figure_is_stated_as_it_is(root):
    for words, stated in ((600, 10), (601, 15)):
        text = f"# %% [markdown]\n# {'word ' * words}**Predict**\n"
        lesson = source(root, text.replace("word ", "", 1) + "#\n# ### Exercise\n")
        # words - 1, Predict and Exercise, eight minutes: 600 words make four more.
        assert lesson.words == words + 1
        assert lesson.stated == stated + 5 * (words == 600)


def test_the_lesson_keeps_every_rule(root):
    assert measure.broken(source(root), root) == []


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("It is two.", "It is two. " + "word " * 9700, r"takes 76\.5 minutes, of at most 75"),
        ("about 15", "15", r"the first cell must say 'about 15 minutes', once"),
        ("about 15", "about 20", r"the first cell must say"),
        ("**Predict** the sum", "about 15 minutes. **Predict** the sum", r"must say .*, once"),
        ("one exercise", "two exercises", r"counts two exercises, there are 1"),
        ("**Predict** the sum. ", "", r"asks for 2 predictions, of at least 3"),
        ("**Predict** both.", "**Predict** both.\n#\n# ## 2", r"not stand right before the cell"),
        ("# %%\nx = 1", "# %% [markdown]\n# Now.\n\n# %%\nx = 1", r"not stand right before"),
        ("# It is two. $$x$$\n#\n# ### E", "# ### E", r"no prose after the cell answers"),
        ("x = 1\n", "x = 1\n" * 16, r"17 lines of code, of at most 15"),
        ("x = 1\n", "x = 1\n" * 12, r"8\.5 lines in the median, of at most 8"),
        ("x = 1\n", "x = 1  # fmt: skip\n", r"a learner sees '# fmt:'"),
        ("    return 1", "    return 1  # fmt: skip", r"a learner sees '# fmt:'"),
        ("x = 1\n", "x = 1\nz = [w for v in [x] if (w := v)]\n", r":= in a comprehension"),
        ("x = 1\n", "x, y, z = 1, 2, 3\n", r"one line gives 3 names their values"),
        ("    # Your lines instead of the dots.\n", "", r"a function to write has the lines"),
        ('"""Return one."""\n    # Your lines instead of the dots.\n    ...', "...", "has the li"),
        ("def one(x):\n    \"\"\"Return one.\"\"\"\n    # Your lines instead of the dots.\n    ...",
         "def one(x): ...", r"a function to write has the lines"),
        ("x = 1\n", 'plots.picture(fig, "A line.")\n', r"alternative text 'A line.' is no key"),
        ("x = 1\n", 'plots.picture(fig, alt="02.line")\n', r"'02.line' is no key of this lesson"),
        ("x = 1\n", 'plots.animation(fig, words)\n', r"alternative text 'words' is no key"),
        ("x = 1\n", 'plots.bound_movie(fig, alt=f"Of {x}")\n', r"is no key of this lesson"),
    ],
)  # fmt: skip
def test_each_fault_is_named(root, old, new, complaint):
    assert LESSON.count(old) >= 1
    found = measure.broken(source(root, LESSON.replace(old, new, 1)), root)
    assert any(re.search(complaint, each) for each in found), found


@pytest.mark.parametrize("file", TABLES)
def test_each_place_states_the_same_minutes(root, file):
    text = TABLES[file].replace("15 min", "20 min")
    (root / file).write_text(text, encoding="utf-8")
    (complaint,) = measure.broken(source(root), root)
    assert "15 min" in complaint


def test_a_note_that_is_not_about_the_minutes_is_left_alone(root):
    (root / "docs" / "teaching" / "01_toss.md").unlink()
    assert measure.broken(source(root), root) == []


def test_two_names_a_key_and_a_described_prediction_break_no_rule(root):
    text = LESSON.replace("x = 1\n", 'x, y = 1, 2\nplots.picture(fig, "01.line")\nx = 1\n')
    text = text.replace(
        "# It is two.", "# - **Predict.** Before a cell.\n#\n# ## It is two.\n#\n# So."
    )
    found = measure.broken(source(root, text), root)
    assert [each for each in found if "answers" not in each] == []


def test_lesson_00_is_shorter_and_asks_for_less(root):
    text = LESSON.replace("01", "00").replace("**Predict** the sum. ", "")
    lesson = source(root, text.replace("It is two.", "It is two. " + "word " * 2500), "00_toss")
    assert "takes 27.5 minutes, of at most 25" in measure.broken(lesson, root)
    assert not any("predictions" in each for each in measure.broken(lesson, root))


def test_an_optional_notebook_is_in_no_table_and_asks_for_one_prediction(root):
    text = LESSON.replace("**Predict** the sum. **Predict** the product, ", "")
    text = text.replace("about 15", "about 10")
    assert measure.broken(source(root, text, "further/01_more"), root) == []


def test_the_minutes_are_written_wherever_they_are_stated(root, capsys):
    path = source(root, LESSON.replace("about 15", "about 99")).path
    for file in ("README.md", "docs/instructors.md"):
        (root / file).write_text(TABLES[file].replace("15 min", "7 min"), encoding="utf-8")
    assert measure.main(["--write"], root) == 0
    assert path.read_text(encoding="utf-8") == LESSON
    for file, text in TABLES.items():
        assert (root / file).read_text(encoding="utf-8") == text
    assert re.search(r"01_toss +34 +8 +1 +3 +11\.8\n", capsys.readouterr().out)


def test_the_command_names_what_a_lesson_breaks_and_refuses_an_unknown_name(root, capsys):
    source(root, LESSON.replace("about 15", "15"))
    assert measure.main(["01_toss"], root) == 0
    assert "  the first cell must say 'about 15 minutes', once\n" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        measure.main(["02_none"], root)


def test_alternative_texts_are_found_in_code():
    tree = ast.parse(
        'plots.picture(f, "a"); plots.animation(g, alt="b"); other(h, "c"); picture(i)'
    )
    assert list(measure.alternative_texts(tree)) == ["a", "b"]
