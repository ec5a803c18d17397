"""The learner's copy: made once, renewed where nothing is lost, no word of theirs overwritten."""

from __future__ import annotations

import json
import os
import re
from urllib.parse import unquote, urlsplit

import pytest
import working_copy
from working_copy import refresh


def notebook(*sources, outputs=(), **metadata):
    cells = [
        {"cell_type": "code", "source": source, "outputs": list(outputs), "metadata": {}}
        for source in sources
    ]
    return json.dumps({"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5})


def as_copied(text, outputs=False):
    """What becomes of a notebook of the course in the copy."""
    return working_copy.for_a_learner(text.encode(), outputs=outputs).decode()


SHOWN = [{"output_type": "stream", "text": "ours"}]
V1, V2, V3 = (notebook("title", f"version {n}", outputs=SHOWN) for n in (1, 2, 3))
C1, C2, C3 = (as_copied(text) for text in (V1, V2, V3))
RUN = notebook("title", "version 1", outputs=[{"text": "mine"}], language_info={"version": "3.12"})
EDITED = notebook("title", "version 1", "my own words")


@pytest.fixture
def course(tmp_path):
    folder = tmp_path / "notebooks"
    (folder / "solutions").mkdir(parents=True)
    (folder / "source").mkdir()
    (folder / "source" / "01_a.py").write_text("# source")
    (folder / "build.py").write_text("# build")
    (folder / "01_a.ipynb").write_text(V1)
    (folder / "02_b.ipynb").write_text(V1)
    (folder / "solutions" / "01_a.ipynb").write_text(V1)
    return folder


@pytest.fixture
def copy(course, tmp_path):
    """A copy made from version 1."""
    refresh(course, tmp_path / "my_course")
    return tmp_path / "my_course"


def files(copy):
    return {
        path.relative_to(copy).as_posix(): path.read_text()
        for path in copy.rglob("*")
        if path.is_file() and path.name != working_copy.MEMORY
    }


def test_the_first_copy_holds_the_lessons_and_the_solutions(course, tmp_path):
    said = refresh(course, tmp_path / "my_course")
    assert said == ["Your own copy of the course is in my_course/: write in it as you like."]
    assert files(tmp_path / "my_course") == {
        "01_a.ipynb": C1,
        "02_b.ipynb": C1,
        "solutions/01_a.ipynb": as_copied(V1, outputs=True),
    }


def links(path):
    """Return where the texts of a notebook or a page lead, but for other sites and anchors."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".ipynb":
        cells = json.loads(text)["cells"]
        text = "\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "markdown")
    found = re.findall(r"\]\(([^)\s]+)|(?:href|src)=[\"']([^\"']+)|(?m:^\[[^\]]+\]:\s*(\S+))", text)
    addresses = [urlsplit("".join(parts)) for parts in found]
    return [unquote(to.path) for to in addresses if to.path and not to.scheme and not to.netloc]


def test_what_a_lesson_links_to_is_in_the_copy(tmp_path):
    copy = tmp_path / "my_course"
    refresh(working_copy.ROOT / "notebooks", copy)
    pages = [*copy.rglob("*.ipynb"), *copy.rglob("*.md")]
    reached = {(page, (page.parent / to).resolve()) for page in pages for to in links(page)}
    outside = [(page.name, to) for page, to in reached if copy.resolve() not in to.parents]
    assert outside == []
    assert [(page.name, to) for page, to in reached if not to.is_file()] == []
    assert len(reached) > 100
    assert (copy / "00_start_here.ipynb", (copy / "glossary.md").resolve()) in reached


def test_optional_notebooks_come_along_into_a_folder_of_their_own(course, copy):
    (course / "further" / "solutions").mkdir(parents=True)
    (course / "further" / "01_c.ipynb").write_text(V1)
    (course / "further" / "solutions" / "01_c.ipynb").write_text(V2)
    assert refresh(course, copy) == ["2 new or newer files came into my_course/."]
    assert files(copy)["further/01_c.ipynb"] == C1
    assert files(copy)["further/solutions/01_c.ipynb"] == as_copied(V2, outputs=True)


def test_pictures_come_along(course, tmp_path):
    (course / "images").mkdir()
    (course / "images" / "bag.png").write_bytes(b"\x89PNG")
    refresh(course, tmp_path / "my_course")
    assert (tmp_path / "my_course" / "images" / "bag.png").read_bytes() == b"\x89PNG"


def test_a_second_start_changes_and_says_nothing(course, copy):
    (copy / "01_a.ipynb").write_text(EDITED)
    (copy / "own.ipynb").write_text("mine")
    before = {path: os.stat(path).st_mtime_ns for path in copy.rglob("*")}
    assert refresh(course, copy) == []
    assert {path: os.stat(path).st_mtime_ns for path in copy.rglob("*")} == before


@pytest.mark.parametrize("learners", [C1, RUN], ids=["untouched", "run"])
def test_a_lesson_that_was_not_edited_is_renewed(course, copy, learners):
    (copy / "01_a.ipynb").write_text(learners)
    (course / "01_a.ipynb").write_text(V2)
    assert refresh(course, copy) == ["1 new or newer file came into my_course/."]
    assert files(copy)["01_a.ipynb"] == C2


def test_new_outputs_renew_an_untouched_lesson_but_not_one_that_was_run(course, copy):
    refresh(course, copy, outputs=True)
    redrawn = notebook("title", "version 1", outputs=[{"text": "redrawn"}])
    (copy / "01_a.ipynb").write_text(RUN)
    (course / "01_a.ipynb").write_text(redrawn)
    (course / "02_b.ipynb").write_text(redrawn)
    assert refresh(course, copy, outputs=True) == []
    assert files(copy)["01_a.ipynb"] == RUN
    assert files(copy)["02_b.ipynb"] == as_copied(redrawn, outputs=True)
    (course / "01_a.ipynb").write_text(V2)
    refresh(course, copy)
    assert files(copy)["01_a.ipynb"] == C2


def outputs_of(text):
    return [cell["outputs"] for cell in json.loads(text)["cells"]]


def test_a_lesson_comes_without_outputs_and_a_solution_with_them(copy):
    assert outputs_of(files(copy)["01_a.ipynb"]) == [[], []]
    assert outputs_of(files(copy)["solutions/01_a.ipynb"]) == [SHOWN, SHOWN]
    cells = json.loads(files(copy)["01_a.ipynb"])["cells"]
    assert [cell["execution_count"] for cell in cells] == [None, None]


def test_outputs_are_brought_and_cleared_as_asked_and_neither_is_an_edit(course, copy):
    (copy / "02_b.ipynb").write_text(RUN)
    assert refresh(course, copy, outputs=True) == []
    assert files(copy)["01_a.ipynb"] == as_copied(V1, outputs=True)
    assert refresh(course, copy) == []
    assert files(copy)["01_a.ipynb"] == C1
    assert files(copy)["02_b.ipynb"] == RUN


def test_a_copy_that_an_older_course_made_with_outputs_counts_as_untouched(course, copy):
    """It was made of the committed bytes, and remembered with their hashes."""
    older = working_copy.Hashes.of(V1.encode())
    for name in ("01_a.ipynb", "02_b.ipynb"):
        (copy / name).write_text(V1)
    working_copy.remember(copy, dict.fromkeys(("01_a.ipynb", "02_b.ipynb"), older))
    (course / "02_b.ipynb").write_text(V2)
    assert refresh(course, copy) == ["1 new or newer file came into my_course/."]
    assert files(copy)["01_a.ipynb"] == C1
    assert files(copy)["02_b.ipynb"] == C2


def test_who_edited_an_older_copy_with_outputs_keeps_it_and_finds_the_newer_beside(course, copy):
    edited = notebook("title", "version 1", "my own words", outputs=SHOWN)
    (copy / "01_a.ipynb").write_text(edited)
    working_copy.remember(copy, {"01_a.ipynb": working_copy.Hashes.of(V1.encode())})
    (course / "01_a.ipynb").write_text(V2)
    assert "01_a.new.ipynb" in " ".join(refresh(course, copy))
    assert files(copy)["01_a.ipynb"] == edited
    assert files(copy)["01_a.new.ipynb"] == C2


def test_a_lesson_that_was_only_opened_gets_its_outputs_when_asked(course, copy):
    """JupyterLab may rewrite metadata; a file that shows nothing has nothing to lose."""
    opened = json.loads(C1)
    opened["metadata"]["language_info"]["version"] = "3.99"
    (copy / "01_a.ipynb").write_text(json.dumps(opened))
    refresh(course, copy)
    assert json.loads(files(copy)["01_a.ipynb"]) == opened
    refresh(course, copy, outputs=True)
    assert files(copy)["01_a.ipynb"] == as_copied(V1, outputs=True)


def test_a_copy_states_the_language_as_this_kernel_does(copy):
    from ipykernel.ipkernel import IPythonKernel

    stated = json.loads(files(copy)["01_a.ipynb"])["metadata"]["language_info"]
    assert stated == {**IPythonKernel().language_info, "name": "python"}


def test_beside_an_edited_lesson_the_newer_arrives(course, copy):
    (copy / "01_a.ipynb").write_text(EDITED)
    (course / "01_a.ipynb").write_text(V2)
    said = "You edited 01_a.ipynb: the newer version is beside it, in 01_a.new.ipynb."
    assert refresh(course, copy) == [said]
    assert files(copy)["01_a.ipynb"] == EDITED
    assert files(copy)["01_a.new.ipynb"] == C2
    assert refresh(course, copy) == []


def test_an_edited_solution_gets_its_newer_one_in_its_own_folder(course, copy):
    (copy / "solutions" / "01_a.ipynb").write_text(EDITED)
    (course / "solutions" / "01_a.ipynb").write_text(V2)
    refresh(course, copy)
    assert files(copy)["solutions/01_a.new.ipynb"] == as_copied(V2, outputs=True)
    assert "01_a.new.ipynb" not in files(copy)


def test_an_edited_arrival_is_not_overwritten_and_an_unedited_one_is(course, copy):
    (copy / "01_a.ipynb").write_text(EDITED)
    (course / "01_a.ipynb").write_text(V2)
    refresh(course, copy)
    (course / "01_a.ipynb").write_text(V3)
    refresh(course, copy)
    assert files(copy)["01_a.new.ipynb"] == C3
    assert "01_a.new2.ipynb" not in files(copy)

    (copy / "01_a.new.ipynb").write_text(EDITED)
    (course / "01_a.ipynb").write_text(V2)
    refresh(course, copy)
    assert files(copy)["01_a.ipynb"] == files(copy)["01_a.new.ipynb"] == EDITED
    assert files(copy)["01_a.new2.ipynb"] == C2


def test_who_takes_over_the_newer_lesson_is_left_in_peace(course, copy):
    (copy / "01_a.ipynb").write_text(EDITED)
    (course / "01_a.ipynb").write_text(V2)
    refresh(course, copy)
    (copy / "01_a.new.ipynb").replace(copy / "01_a.ipynb")
    assert refresh(course, copy) == []
    (course / "01_a.ipynb").write_text(V3)
    refresh(course, copy)
    assert files(copy)["01_a.ipynb"] == C3


def test_a_deleted_lesson_comes_back_and_a_new_one_arrives(course, copy):
    (copy / "01_a.ipynb").unlink()
    (course / "03_c.ipynb").write_text(V1)
    assert refresh(course, copy) == ["1 new or newer file came into my_course/."]
    assert files(copy)["01_a.ipynb"] == files(copy)["03_c.ipynb"] == C1


@pytest.mark.parametrize("writes", range(7))
def test_an_interrupted_copy_is_completed(course, tmp_path, monkeypatch, writes):
    """Stop at the first, second, ... file that is written; the next start puts all right."""
    copy, put = tmp_path / "my_course", working_copy.put
    done = []

    def interrupted(path, content):
        if len(done) == writes:
            path.parent.mkdir(exist_ok=True)
            path.with_name(f".{path.name}.part").write_bytes(content[:20])
            raise KeyboardInterrupt
        done.append(path)
        put(path, content)

    monkeypatch.setattr(working_copy, "put", interrupted)
    if writes < 6:
        with pytest.raises(KeyboardInterrupt):
            refresh(course, copy)
    monkeypatch.setattr(working_copy, "put", put)
    refresh(course, copy)
    solved = as_copied(V1, outputs=True)
    assert files(copy) == {"01_a.ipynb": C1, "02_b.ipynb": C1, "solutions/01_a.ipynb": solved}
    (course / "02_b.ipynb").write_text(V2)
    refresh(course, copy)
    assert files(copy)["02_b.ipynb"] == C2


@pytest.mark.parametrize(
    "memory", [None, "", "{", "[]", "3", '{"01_a.ipynb": 3}', '{"01_a.ipynb": ["x"]}', "\udcff"]
)
def test_with_a_broken_memory_nothing_of_the_learner_is_lost(course, copy, memory):
    (copy / "01_a.ipynb").write_text(EDITED)
    (copy / "02_b.ipynb").write_text(RUN)
    file = copy / working_copy.MEMORY
    if memory is None:
        file.unlink()
    else:
        file.write_text(memory, errors="surrogateescape")
    (course / "solutions" / "01_a.ipynb").write_text(V2)
    said = refresh(course, copy)
    assert len(said) == 2
    assert files(copy) == {
        "01_a.ipynb": EDITED,
        "01_a.new.ipynb": C1,
        "02_b.ipynb": RUN,
        "solutions/01_a.ipynb": as_copied(V1, outputs=True),
        "solutions/01_a.new.ipynb": as_copied(V2, outputs=True),
    }
    assert refresh(course, copy) == []


@pytest.mark.parametrize("content", ["", "{", "[]", '{"cells": 3}', '{"cells": [{}]}', "\udcff"])
def test_what_is_no_notebook_any_more_counts_as_edited(course, copy, content):
    path = copy / "01_a.ipynb"
    path.write_text(content, errors="surrogateescape")
    (course / "01_a.ipynb").write_text(V2)
    refresh(course, copy)
    assert path.read_text(errors="surrogateescape") == content
    assert (copy / "01_a.new.ipynb").read_text() == C2


def test_a_copy_that_cannot_be_written_is_told_in_a_sentence(course, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(working_copy, "ROOT", tmp_path)
    (tmp_path / "my_course").write_text("a file where the folder should be")
    assert working_copy.main([]) == 1
    assert "could not be brought up to date" in capsys.readouterr().err


def test_the_command_prints_what_happened(course, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(working_copy, "ROOT", tmp_path)
    assert working_copy.main([]) == 0
    assert "my_course/" in capsys.readouterr().out
    assert working_copy.main([]) == 0
    assert capsys.readouterr().out == ""
    assert working_copy.main(["--with-outputs"]) == 0
    assert files(tmp_path / "my_course")["01_a.ipynb"] == as_copied(V1, outputs=True)
    assert working_copy.main(["--with-output"]) == 2
    assert "there is no option --with-output" in capsys.readouterr().err
