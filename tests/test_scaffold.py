"""`course.py new`: what it writes keeps every rule before its author has changed a word.

Everything happens in a copy of the tree; the tests of that copy run on that copy's `emlib`.
"""

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import build
import jupytext
import measure
import pytest
import scaffold
import test_notebooks as rules
import test_teaching as teaching

ROOT = Path(__file__).resolve().parent.parent
LESSONS = {path.stem[:2]: path.stem for path in build.sources()}
NEW = "98_hidden_chains"
TITLE = "Follow a hidden chain, and don't lose it"
PARTS = ("book", "docs", "emlib", "notebooks", "tests", "README.md", "CONTRIBUTING.md")
LINTED = ("emlib", "notebooks", "tests/exercises")
LEFT_OUT = ("__pycache__", "node_modules", "_build", "recordings", ".*")


def copy_of_the_tree(folder, *left_out):
    for name in (*PARTS, "pyproject.toml"):
        path = ROOT / name
        if path.is_dir():
            shutil.copytree(
                path, folder / name, ignore=shutil.ignore_patterns(*LEFT_OUT, *left_out)
            )
        else:
            shutil.copy(path, folder / name)
    return folder


def texts(tree):
    return {
        path.relative_to(tree).as_posix(): path.read_text(encoding="utf-8")
        for pattern in ("*.md", "docs/**/*.md", "emlib/exercises/*.py", "emlib/exercises/*.md",
                        "notebooks/source/*.py", "tests/exercises/*.py")
        for path in tree.glob(pattern)
    }  # fmt: skip


def run(tree, *command):
    """Run a command in a tree, on the `emlib` of that tree; return how it ended, what it said."""
    environment = os.environ | {"PYTHONPATH": str(tree)}
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=tree, env=environment, capture_output=True, text=True, timeout=600,
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


def pytest_in(tree, *arguments):
    return run(tree, "pytest", "-q", "-p", "no:cacheprovider", *arguments)


def next_exercise(number, tree=ROOT):
    source = (tree / f"notebooks/source/{LESSONS[number]}.py").read_text(encoding="utf-8")
    optional = (tree / "notebooks/source/further").glob(f"{number}_*.py")
    source += "".join(path.read_text(encoding="utf-8") for path in optional)
    n_exercises = source.count('tags=["exercise"')
    return f"{number}.{n_exercises + 1}"


@pytest.fixture
def tree(tmp_path):
    """Copy the tree without its large files; of a notebook there is the name only."""
    tree = copy_of_the_tree(tmp_path / "a copy", "*.ipynb", "*.png", "book", "browser")
    for path in (ROOT / "notebooks").rglob("*.ipynb"):
        copy = tree / path.relative_to(ROOT)
        copy.parent.mkdir(exist_ok=True)
        copy.touch()
    return tree


@pytest.fixture(scope="module")
def begun(tmp_path_factory):
    """Begin an exercise in every lesson, and a lesson with two; build nothing."""
    tree = copy_of_the_tree(tmp_path_factory.mktemp("begun") / "tree", "*.ipynb", "*.png")
    for number in LESSONS:
        scaffold.begin(["exercise", next_exercise(number)], tree)
    scaffold.begin(["lesson", NEW, TITLE], tree)
    scaffold.begin(["exercise", "98.2"], tree)
    return tree


def test_the_checks_of_the_new_exercises_work_as_those_of_all_others(begun):
    ids = [*map(next_exercise, LESSONS), "98.1", "98.2"]
    names = " or ".join([*ids, *(f"answers_to_{name.replace('.', '_')}" for name in ids)])
    status, said = pytest_in(begun, "tests/exercises", "-k", names)
    assert status == 0, said
    # Of each exercise eight tests of its record, and six of answers.
    assert int(re.search(r"(\d+) passed", said)[1]) >= 14 * len(ids)


def test_a_fault_in_a_new_record_is_noticed(begun):
    path = begun / "emlib" / "exercises" / "lesson_98.py"
    good = path.read_text(encoding="utf-8")
    path.write_text(good.replace("lambda x, r: x.mean()", "lambda x, r: answer_98_1(x, r)"))
    try:
        status, said = pytest_in(begun, "tests/exercises/test_records.py", "-k", "98.1")
    finally:
        path.write_text(good, encoding="utf-8")
    assert status == 1
    assert "test_each_variant_is_refused_under_its_own_name[98.1]" in said


@pytest.mark.parametrize("command", [["check"], ["format", "--check"]], ids=" ".join)
def test_lint_finds_nothing(begun, command):
    pytest.importorskip("ruff", reason="needs the packages of requirements-dev.lock")
    status, said = run(begun, "ruff", *command, *LINTED)
    assert status == 0, said


@pytest.mark.parametrize("name", [*LESSONS.values(), NEW])
def test_an_exercise_stands_behind_the_others_and_before_the_closing_part(begun, name):
    text = (begun / f"notebooks/source/{name}.py").read_text(encoding="utf-8")
    ids = re.findall(r'tags=\["exercise", "([\d.]+)"\]', text)
    assert ids == sorted(set(ids), key=lambda id: int(id.partition(".")[2]))
    _, _, behind = text.partition(f'check("{ids[-1]}"')
    assert behind.partition("# ## ")[2].startswith(tuple("0123456789"))
    assert any(part in behind.partition("# ## ")[2].partition("\n")[0] for part in scaffold.CLOSING)


@pytest.mark.parametrize("name", LESSONS.values())
def test_no_word_and_no_slide_mark_of_the_lesson_is_lost(begun, name):
    """A closing part may begin in the middle of a cell, which is then cut in two."""
    old, new = (
        (root / f"notebooks/source/{name}.py").read_text(encoding="utf-8")
        for root in (ROOT, begun)
    )  # fmt: skip
    cells = scaffold.from_template(
        "exercise_cells.py",
        {"id": next_exercise(name[:2]), "tag": next_exercise(name[:2]).replace(".", "_")},
    )
    link = f"#\n# **Next:** [{NEW[:2]} · {TITLE}]({NEW}.ipynb).\n"
    row = rf"# \| \[{NEW[:2]} .*\n"
    rest = re.sub(row, "", new.replace(cells, "").removesuffix(link))
    old, rest = (measure.STATED.sub("some", text, count=1) for text in (old, rest))
    assert words_of(rest) == words_of(old)
    assert marks_of(rest) == marks_of(old)


def test_a_cell_is_cut_before_the_closing_part_that_is_behind_every_exercise():
    source = (
        '# %% [markdown]\n# ## 1 · In practice\n\n# %%\ncheck("05.1", f)\n\n'
        "# %% [markdown]\n# So it is.\n#\n# ## 2 · Take away\n#\n# All of it.\n"
    )
    assert scaffold.with_cells(source, "# %%\nmine\n", "x") == source.replace(
        "# So it is.\n#\n", "# So it is.\n\n# %%\nmine\n\n# %% [markdown]\n"
    )


def words_of(source):
    lines = (line for line in source.splitlines() if not line.startswith("# %%"))
    return [line for line in lines if line.strip("# ")]


def marks_of(source):
    found = []
    for marks in re.findall(r"(?<=slideshow=)\{.*\}", source):
        for key, value in json.loads(marks).items():
            found += [(key, one) for one in value] if isinstance(value, list) else []
    return found


@pytest.mark.parametrize("name", LESSONS.values())
def test_each_half_of_a_cut_cell_has_the_slide_marks_of_its_own_text(begun, name, monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "book"))
    import slide_parts
    import slides

    text = (begun / f"notebooks/source/{name}.py").read_text(encoding="utf-8")
    for cell in jupytext.reads(text, fmt="py:percent").cells:
        if cell.cell_type == "markdown":
            marks = cell.metadata.get("slideshow", {})
            parts = list(slide_parts.blocks(cell.source))
            slides._refuse_lost_marks(parts, marks.get("show", []), marks.get("hide", []))


@pytest.mark.parametrize("name", [*LESSONS.values(), NEW])
def test_the_teaching_notes_list_the_exercise(begun, name):
    text = (begun / f"docs/teaching/{name}.md").read_text(encoding="utf-8")
    assert list(teaching.sections(text)) == teaching.HEADINGS
    assert len(text.split()) < teaching.MOST_WORDS
    ids = re.findall(r"^- \*\*([\d.]+)\*\*", teaching.sections(text)["Exercises"], re.M)
    assert ids == [f"{name[:2]}.{k}" for k in range(1, len(ids) + 1)]
    assert ids[-1] == ("98.2" if name == NEW else next_exercise(name[:2]))


def test_a_new_lesson_keeps_every_rule_of_a_notebook(tree, monkeypatch, capsys):
    """With its outputs: the lesson is built, in both editions."""
    monkeypatch.setenv("PYTHONPATH", str(tree))
    _, changed = scaffold.begin(["lesson", NEW, TITLE], tree)
    assert changed == [NEW, "00_start_here"]
    assert measure.broken(measure.Source(tree / "notebooks" / "source" / f"{NEW}.py"), tree) == []
    assert build.main([NEW], tree / "notebooks") == 0, capsys.readouterr().err
    for edition in build.EDITIONS:
        path = build.target(tree / "notebooks" / "source" / f"{NEW}.py", edition)
        notebook = rules.Notebook.read(path)
        for rule in rules.RULES:
            assert list(rule(notebook)) == [], rule.__name__


BLANK = "    # Your lines instead of the dots.\n    ..."
TITLE_RULE = "the_title_opens_the_notebook_and_carries_its_number"
CHECK_RULE = "each_exercise_is_a_cell_to_fill_and_its_check"
FAULTS = [
    ("lesson_source.py", "In practice", "At home", "the_frame_is_there"),
    ("lesson_source.py", "00_start_here.ipynb", "00_begin_here.ipynb", "links_lead_somewhere"),
    ("lesson_source.py", "{{ number }} · ", "", TITLE_RULE),
    ("lesson_source.py", "FILL IN", "center", "spelling_is_british"),
    ("exercise_cells.py", BLANK, "    return 1", "a_starter_is_blank"),
    ("exercise_cells.py", '"{{ id }}", a', '"98.7", a', CHECK_RULE),
]  # fmt: skip


@pytest.mark.parametrize(("template", "old", "new", "rule"), FAULTS)
def test_a_template_that_breaks_a_rule_is_noticed(tree, monkeypatch, template, old, new, rule):
    templates = tree / "notebooks" / "templates"
    path = templates / f"{template}.txt"
    good = path.read_text(encoding="utf-8")
    assert old in good
    path.write_text(good.replace(old, new), encoding="utf-8")
    monkeypatch.setattr(scaffold, "TEMPLATES", templates)
    scaffold.begin(["lesson", NEW, TITLE], tree)
    source = tree / "notebooks" / "source" / f"{NEW}.py"
    node = build.generate(source, build.LESSON)
    path = build.target(source, build.LESSON)
    assert list(getattr(rules, rule)(rules.Notebook(path, node, build.LESSON, 1000)))


@pytest.mark.parametrize(
    ("number", "neighbours"),
    [("11", {"10_em_at_scale": "Next"}), ("98", {})],
)
def test_the_lessons_before_and_after_lead_to_a_new_one(tree, number, neighbours):
    scaffold.begin(["lesson", f"{number}_chains", "Chains"], tree)
    sources = {
        path.stem: path.read_text(encoding="utf-8") for path in build.sources(tree / "notebooks")
    }
    leading = {name for name, text in sources.items() if f"]({number}_chains.ipynb)" in text}
    assert leading == {*neighbours, "00_start_here"}
    for name, label in neighbours.items():
        assert sources[name].endswith(
            f"#\n# **{label}:** [{number} · Chains]({number}_chains.ipynb).\n"
        )
    assert re.search(
        r"# \*\*Previous:\*\* \[10 · .*\]\(10_em_at_scale\.ipynb\)\.\n\Z",
        sources[f"{number}_chains"],
    )


def test_a_lesson_between_two_is_linked_from_both_and_listed_between_them(tree):
    scaffold.begin(["lesson", "97_before", "Before"], tree)
    scaffold.begin(["lesson", "99_after", "After"], tree)
    scaffold.begin(["lesson", NEW, "Between"], tree)
    sources = {
        path.stem: path.read_text(encoding="utf-8") for path in build.sources(tree / "notebooks")
    }
    assert sources["97_before"].endswith(f"# **Next:** [98 · Between]({NEW}.ipynb).\n")
    assert sources["99_after"].endswith(f"# **Previous:** [98 · Between]({NEW}.ipynb).\n")
    assert sources[NEW].endswith("# **Next:** [99 · After](99_after.ipynb).\n")
    for page in scaffold.ROWS:
        text = (tree / page).read_text(encoding="utf-8")
        assert text.index("97_before") < text.index(NEW) < text.index("99_after")


REFUSED = [
    ([], "Say `new exercise 05.4`"),
    (["exercise"], "Say `new exercise 05.4`"),
    (["model", "x"], "Say `new exercise 05.4`"),
    (["exercise", "5.4"], "'5.4' is no number of an exercise, which looks like 05.4."),
    (["exercise", "05.04"], "'05.04' is no number of an exercise"),
    (["exercise", "05.four"], "'05.four' is no number of an exercise"),
    (["exercise", "42.1"], "There is no lesson 42; the lessons are 00, 01,"),
    (["exercise", "05.1"], "05.1 exists already, in notebooks/source/05_gmm_1d.py; the next is"),
    (["exercise", "05.99"], "There is no gap in the numbers: the next of lesson 05 is 05."),
    (["lesson", "chains", "Chains"], "'chains' is no name of a lesson, which looks like 18_"),
    (["lesson", "98_Chains", "Chains"], "'98_Chains' is no name of a lesson"),
    (["lesson", "../98_chains", "Chains"], "is no name of a lesson"),
    (["lesson", "05_chains", "Chains"], "Lesson 05 exists already: notebooks/source/05_gmm_1d.py."),
    (["lesson", NEW, 'A "quoted" word'], "A title has at most 60 characters, and none of"),
    (["lesson", NEW, "x" * 61], "A title has at most 60 characters"),
    (["lesson", NEW, "  "], "A title has at most 60 characters"),
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "sentence"), REFUSED)
def test_what_cannot_be_begun_is_refused_in_one_sentence(tree, capsys, arguments, sentence):
    before = texts(tree)
    assert scaffold.main(arguments, tree) == 1
    out, said = capsys.readouterr()
    assert out == ""
    assert said.startswith("course: ")
    assert sentence in said
    assert said.count("\n") == 1
    assert texts(tree) == before


SPOILT = [
    ("notebooks/source/05_gmm_1d.py", "# ## ", "# ### ", "has no section called"),
    ("emlib/exercises/lesson_05.py", "\nEXERCISES = (", "\nRECORDS = (", "has no line `EXERCISES"),
    ("docs/teaching/05_gmm_1d.md", "## Exercises", "## Tasks", "has no section Exercises"),
]


@pytest.mark.parametrize(("name", "old", "new", "sentence"), SPOILT)
def test_where_no_place_is_found_nothing_is_written(tree, capsys, name, old, new, sentence):
    path = tree / name
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    before = texts(tree)
    assert scaffold.main(["exercise", next_exercise("05")], tree) == 1
    assert f"course: {name} {sentence}" in capsys.readouterr().err
    assert texts(tree) == before


def test_a_full_lesson_is_refused(tree, capsys, monkeypatch):
    monkeypatch.setattr(rules, "MAX_CELLS", 21)
    assert scaffold.main(["exercise", "00.2"], tree) == 1
    assert "has 20 cells of at most 21, and an exercise needs three" in capsys.readouterr().err


def test_a_table_without_rows_is_refused(tree, capsys):
    (tree / "README.md").write_text("# A course\n", encoding="utf-8")
    before = texts(tree)
    assert scaffold.main(["lesson", NEW, TITLE], tree) == 1
    assert "README.md has no table of the lessons to put a row into." in capsys.readouterr().err
    assert texts(tree) == before


def test_imports_come_in_the_order_that_ruff_asks_for():
    text = "import os\n\nfrom emlib.exercises.engine.record import Case\n\nx = 1\n"
    made = scaffold.with_import(text, "emlib.exercises.engine.forms", {"show", "Number"})
    assert made.splitlines()[2:4] == [
        "from emlib.exercises.engine.forms import Number, show",
        "from emlib.exercises.engine.record import Case",
    ]
    assert scaffold.with_import(made, "emlib.exercises.engine.forms", {"show"}) == made


def test_a_long_list_of_records_has_a_line_for_each():
    names = ", ".join(f"A_LONG_NAME_{i}" for i in range(6))
    words = {"id": "98.7", "tag": "98_7"}
    template = scaffold.from_template("lesson_exercises.py", {"number": "98", "title": "T"})
    made = scaffold.with_record(template.replace("= ()", f"= ({names})"), words, "x")
    assert made.endswith("    A_LONG_NAME_5,\n    EXERCISE_98_7,\n)\n")


@pytest.mark.slow
def test_the_whole_command_and_every_test_of_a_lesson(tmp_path):
    """The exercise in the longest lesson, a lesson behind the last; all that names a lesson."""
    tree = copy_of_the_tree(tmp_path / "a copy")
    for words in (["exercise", next_exercise("05")], ["lesson", "11_chains", TITLE]):
        done = subprocess.run(
            [sys.executable, "notebooks/scaffold.py", *words],
            cwd=tree, env=os.environ | {"PYTHONPATH": str(tree)}, capture_output=True, text=True,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert f"-k {words[1][:2]}\n" in done.stdout
    for tool in (["ruff", "check", *LINTED], ["ruff", "format", "--check", *LINTED], ["mypy"]):
        if importlib.util.find_spec(tool[0]):
            status, said = run(tree, *tool)
            assert status == 0, said
    status, said = pytest_in(
        tree, "tests/exercises", "tests/test_notebooks.py", "tests/test_teaching.py",
        "tests/test_grading.py", "tests/slides/test_decks.py", "tests/book/test_making.py",
        "-m", "not slow and not browser", "-k", "05 or 11 or 00_ or 10_ or question",
    )  # fmt: skip
    assert status == 0, said


def test_the_marks_are_where_the_command_looks_for_them(begun):
    looked = [begun / place for place in scaffold.MARKED.split()]
    marked = {
        path
        for path in begun.rglob("*")
        if path.suffix in (".py", ".md") and "FILL IN" in path.read_text(encoding="utf-8")
    }
    assert {path.suffix for path in marked} == {".py", ".md"}
    elsewhere = {path for path in marked if not any(path.is_relative_to(at) for at in looked)}
    mentions = ("CONTRIBUTING.md", "notebooks/scaffold.py", "tests/test_scaffold.py")
    assert elsewhere == {begun / name for name in mentions}
    contributing = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert f'git grep --untracked -n "FILL IN" {scaffold.MARKED}\n' in contributing
