"""check, hint, solution and progress as the notebooks use them, and where progress is kept."""

import json
import os
import subprocess
import sys

import pytest

from emlib.exercises import Status, Text, check, hint, progress, registry, solution
from emlib.exercises.engine import logbook
from emlib.exercises.lesson_04 import responsibility_of_a


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("4.2", '"04.2"'),
        ("04,2", '"04.2"'),
        ("ex 04.2", '"04.2"'),
        (4.2, '"04.2"'),
        ("04.9", '"04.'),
        ("042", '"04.2"'),
        ("", 'ids are written as "00.1"'),
        (None, "ids are written as"),
        ([], "ids are written as"),
    ],
)
def test_an_unknown_id_names_the_nearest(name, nearest):
    with pytest.raises(ValueError, match=nearest.replace(".", r"\.")):
        registry.find(name)
    for function in (check, hint, solution):
        assert nearest in " ".join(repr(function(name)).split())


def test_an_id_without_its_zero_is_understood():
    assert repr(check("4.2")) == (
        "No such exercise.\n  There is no exercise '4.2'; did you mean \"04.2\"?"
    )
    assert not check("4.2").solved


def test_an_id_that_is_missing_is_answered_in_words():
    for function in (check, hint, solution):
        assert "Which exercise?" in repr(function())
    assert '`check("04.1", responsibility_of_a)`' in repr(check(responsibility_of_a))
    assert '`check("04.1", my_function)`' in repr(check(len))
    assert "```" not in solution()._repr_markdown_()


def test_a_result_reads_well_as_text_and_in_a_notebook():
    result = check("04.1", lambda h, t, a, b: 1 - responsibility_of_a(h, t, a, b))
    assert repr(result) == (
        "Exercise 04.1: not right yet.\n"
        "  What should hold: the answer is the probability of coin A given the trial (9.13)\n"
        "  Data: 8 heads and 2 tails, bias_a = 0.8, bias_b = 0.7\n"
        "  What came: 0.436022\n"
        "  What was expected: 0.563978\n"
        "  Likely cause: This is coin B's responsibility: coin A's stands in the numerator.\n"
        '  Help: `hint("04.1", 1)`'
    )
    assert result._repr_html_() == (
        '<div role="status" style="border-left: 4px solid #d1242f; padding-left: 12px">'
        '<p style="margin: 4px 0"><span aria-hidden="true" style="color: #d1242f">✗</span> '
        "<strong>Exercise 04.1: not right yet.</strong></p>"
        '<p style="margin: 4px 0"><em>Likely cause</em>: '
        "This is coin B's responsibility: coin A's stands in the numerator.</p>"
        '<ul style="margin: 4px 0">'
        "<li><em>What should hold</em>: the answer is the probability of coin A given the trial"
        " (9.13)</li>"
        "<li><em>Data</em>: 8 heads and 2 tails, bias_a = 0.8, bias_b = 0.7</li>"
        "<li><em>What came</em>: 0.436022</li><li><em>What was expected</em>: 0.563978</li>"
        "</ul>" + result._below + "</div>"
    )
    assert result._below.startswith('<details style="margin: 4px 0"><summary')
    assert result._below.count("</details>") == 3
    assert '<code>solution("04.1")</code>' in result._below
    assert not result.solved


def luminance(colour):
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_right_and_wrong_differ_in_sign_and_colour_in_light_and_dark_themes():
    looks = [status.look for status in Status]
    assert len({sign for _, sign in looks}) == len({colour for colour, _ in looks}) == 3
    for colour, _ in looks:
        for ground in ("#ffffff", "#111111"):
            high, low = sorted((luminance(colour), luminance(ground)), reverse=True)
            assert (high + 0.05) / (low + 0.05) >= 3
    assert "✓" in solve("04.1")._repr_html_()
    assert "✗" not in solve("04.1")._repr_html_()
    assert 'role="status"' in hint("04.1")._repr_html_()


def test_code_and_signs_of_html_in_a_reply_are_shown_as_they_are():
    shown = Text("a < b", (("", "`x[:, <i>]` is *not* `&amp;`"),))._repr_html_()
    assert "<strong>a &lt; b</strong>" in shown
    assert "<code>x[:, &lt;i&gt;]</code> is <em>not</em> <code>&amp;amp;</code>" in shown


def test_a_right_answer_leads_on():
    assert 'Next: 04.2 The whole of EM for two coins; a hint for it: `hint("04.2", 1)`' in " ".join(
        repr(solve("04.1")).split()
    )
    assert "Next: this was the last exercise of the notebook" in repr(solve("04.5"))


def test_the_next_exercise_is_one_of_the_same_notebook():
    assert "Next: 02.4 With labels" in repr(solve("02.2"))
    after = " ".join(repr(solve("04.3")).split())
    notebook = "further/04_ties_and_ridges"
    assert f"optional: 04.4 in `{notebook}`, 04.5 in `{notebook}`." in after
    assert "Next: 09.4 " in repr(solve("09.1"))
    assert "Next: 09.3 " in repr(solve("09.2"))


def test_long_code_is_not_broken():
    code = "x" * 120
    assert code in repr(Text("Long", (("", f"a `{code}` b"),)))


def test_hints_lead_on():
    texts = [repr(hint("04.2", level)) for level in (1, 2, 3)]
    assert len(set(texts)) == 3
    assert '`hint("04.2", 2)`' in texts[0]
    assert '`solution("04.2")`' in texts[2]
    assert repr(hint("04.2")) == texts[0]


@pytest.mark.parametrize("level", [0, 4, "1", None, 1.5, True])
def test_another_hint_is_answered_in_words(level):
    assert "There are 3 hints" in repr(hint("04.2", level))


def test_a_solution_is_code():
    shown = solution("04.4")
    assert shown.source.startswith("steps = 1e-5 * np.eye(2)")
    assert shown.source in shown._repr_markdown_()
    assert "Cells above it define `em_map` and `point`." in shown._repr_markdown_()
    note = "Cells above it define em_map and point."
    assert repr(shown) == f"# {shown.headline}\n# {note}\n\n{shown.source}"
    assert "def em_map(biases):" in shown.given
    assert repr(solution("04.1")).count("#") == 2  # the headline, and a comment in the code


def solve(exercise_id):
    return check(exercise_id, *registry.find(exercise_id).solved_answers())


def test_progress_lists_what_is_solved_by_lesson(progress_file):
    assert repr(progress()) == "Nothing solved yet."
    check("04.1", lambda h, t, a, b: 0.5)
    assert repr(progress()) == "Nothing solved yet."
    assert not progress_file.exists()
    solve("04.2")
    solve("04.1")
    check("04.1", None)
    n_exercises = len(registry.lesson("04")[1])
    assert repr(progress()) == (
        f"Solved so far\n  04 Two coins: 2 of {n_exercises} solved (04.1, 04.2); next 04.3"
    )
    for name in registry.all_ids():
        if name.startswith("04"):
            solve(name)
    assert repr(progress()).endswith("; all of it")
    assert json.loads(progress_file.read_text())["solved"][0] == "04.1"


def test_what_is_solved_already_is_not_written_again(progress_file):
    solve("04.1")
    before = progress_file.stat()
    solve("04.1")
    after = progress_file.stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_the_words_do_not_depend_on_earlier_progress():
    assert repr(solve("04.1")) == repr(solve("04.1"))


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"solved": 3}', '{"other": []}', "\ufffd\x00", "null"]
)
def test_a_damaged_file_is_passed_over_and_kept(progress_file, text):
    progress_file.write_text(text)
    assert "Nothing solved yet." in repr(progress())
    assert "damaged" in repr(progress())
    assert solve("04.1").status is Status.CORRECT
    assert "04.1" in repr(progress())
    assert "damaged" not in repr(progress())
    assert progress_file.with_name("progress.damaged.json").read_text() == text


def test_bytes_that_are_no_text_are_damage_too(progress_file):
    progress_file.write_bytes(b"\xff\xfe\x00")
    assert "damaged" in repr(progress())
    assert solve("04.1").solved


def test_odd_entries_and_old_ids_do_no_harm(progress_file):
    progress_file.write_text('{"solved": ["04.1", 3, null, "99.9"], "more": 1}')
    assert "1 of " in repr(progress())
    solve("04.2")
    assert json.loads(progress_file.read_text())["solved"] == ["04.1", "04.2", "99.9"]


def test_a_file_that_cannot_be_written_is_said_in_words(monkeypatch, tmp_path):
    monkeypatch.setenv("EMLIB_PROGRESS", str(tmp_path / "no" / "folder" / "progress.json"))
    result = solve("04.1")
    assert result.solved
    assert "Your progress could not be kept (no such file or directory)" in repr(result)
    assert repr(progress()) == "Nothing solved yet."


def test_a_failing_replacement_leaves_the_old_file_and_no_litter(monkeypatch, progress_file):
    solve("04.1")
    before = progress_file.read_text()

    def full(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    assert "no space left on device" in repr(solve("04.2"))
    assert progress_file.read_text() == before
    assert [f.name for f in progress_file.parent.iterdir()] == ["progress.json"]


def test_a_file_that_cannot_be_read_is_said_in_words(monkeypatch, progress_file):
    progress_file.write_text("{}")

    def refused(*args, **kwargs):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.read_text", refused)
    assert "could not be read (permission denied)" in repr(progress())


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_what_is_no_file_is_left_alone(monkeypatch, tmp_path):
    # Such as os.devnull, which a superuser could replace by a file.
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    monkeypatch.setenv("EMLIB_PROGRESS", str(pipe))
    assert repr(solve("04.1")).startswith("Exercise 04.1: correct.")
    assert repr(progress()) == "Nothing solved yet."
    assert pipe.is_fifo()


def test_a_link_to_the_file_stays_a_link(monkeypatch, tmp_path):
    target, link = tmp_path / "elsewhere.json", tmp_path / "link.json"
    target.write_text('{"solved": []}')
    link.symlink_to(target)
    monkeypatch.setenv("EMLIB_PROGRESS", str(link))
    solve("04.1")
    assert link.is_symlink()
    assert "04.1" in target.read_text()


def test_two_notebooks_keep_both(progress_file):
    solve("04.1")
    code = "from emlib.exercises import *; print(check('00.1', lambda h, t: h / (h + t)).solved)"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout == "True\n"
    solve("04.2")
    assert json.loads(progress_file.read_text())["solved"] == ["00.1", "04.1", "04.2"]


def test_where_progress_is_kept(monkeypatch, tmp_path):
    work = tmp_path / "my_course" / "notebooks" / "solutions"
    work.mkdir(parents=True)
    monkeypatch.setenv("EMLIB_PROGRESS", str(tmp_path))
    assert logbook.path() == tmp_path / "progress.json"
    monkeypatch.delenv("EMLIB_PROGRESS")
    monkeypatch.chdir(work)
    assert logbook.path().resolve() == (tmp_path / "my_course" / "progress.json").resolve()
    monkeypatch.chdir(tmp_path)
    assert logbook.path().resolve() == (tmp_path / "progress.json").resolve()


def test_a_folder_that_is_gone_does_no_harm(monkeypatch, tmp_path):
    folder = tmp_path / "gone"
    folder.mkdir()
    monkeypatch.delenv("EMLIB_PROGRESS")
    monkeypatch.chdir(folder)
    folder.rmdir()
    assert "could not be kept" in repr(solve("04.1"))
    assert "Nothing solved yet." in repr(progress())


def test_the_import_is_light():
    code = (
        "import sys\n"
        "from emlib.exercises import check, hint, solution, progress\n"
        "check('04.1', None)\n"
        "print(sorted({'scipy', 'matplotlib', 'ipywidgets', 'IPython'} & set(sys.modules)),"
        " 'emlib.exercises.lesson_00' in sys.modules)"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[] False"
