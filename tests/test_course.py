"""course.py: the set-up, its repair, and what each command runs; a README that keeps its word.

All but the last test run a copy of course.py in a temporary folder where starting a process is
only written down, so they need no network and leave .venv and my_course alone.
"""

import ast
import contextlib
import importlib.util
import io
import json
import os
import re
import runpy
import shutil
import signal
import socket
import subprocess
import sys
import time
import tokenize
import urllib.request
from pathlib import Path
from types import SimpleNamespace

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCE = (ROOT / "course.py").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
LOCK = """\
numpy==2.4.6 \\
    --hash=sha256:aa
uv==0.13.8 ; sys_platform != 'emscripten' \\
    --hash=sha256:bb \\
    --hash=sha256:cc
uvloop==1.0 \\
    --hash=sha256:dd
"""
NOT_WINDOWS = pytest.mark.skipif(os.name == "nt", reason="signals and paths of POSIX")


def load(folder):
    """Import a copy of course.py that lies in another folder."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(ROOT / "course.py", folder)
    spec = importlib.util.spec_from_file_location("course_under_test", folder / "course.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def step_of(command):
    """Name a command in a word."""
    words = " ".join(command)
    names = {
        "-m venv": "venv",
        "uv.lock": "fetch uv",
        "-m uv": "uv",
        "-e ": "emlib",
        "requirements.lock": "pip",
        "working_copy.py": "working copy",
        "-m jupyterlab": "jupyterlab",
        "--nbval": "nbval",
        "-m pytest": "pytest",
        "build.py": "build",
        "scaffold.py": "new",
    }
    return next(name for key, name in names.items() if key in words)


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """Return a course in a folder with a space, and the record of the processes it starts."""
    course = load(tmp_path / "my course")
    course.LOCK.write_text(LOCK)
    machine = SimpleNamespace(course=course, commands=[], broken=set(), complete_during=[])

    def call(command, cwd):
        assert cwd == course.ROOT
        assert all(isinstance(part, str) for part in command)
        machine.commands.append(command)
        machine.complete_during.append(course.STAMP.exists())
        if step_of(command) in machine.broken:
            return 1
        if step_of(command) == "venv":
            shutil.rmtree(course.VENV, ignore_errors=True)
            course.PYTHON.parent.mkdir(parents=True)
            course.PYTHON.touch()
        return 0

    def steps():
        done = [step_of(command) for command in machine.commands]
        machine.commands.clear()
        return done

    machine.steps = steps
    monkeypatch.setattr(course.subprocess, "call", call)
    monkeypatch.setattr(course.signal, "signal", lambda *_: None)
    monkeypatch.delenv("EMLIB_PROGRESS")
    monkeypatch.setattr(course.os, "geteuid", lambda: 1000, raising=False)
    return machine


WHOLE = ["venv", "fetch uv", "uv", "emlib"]


def test_first_start_sets_up_and_second_does_not(machine, capsys):
    machine.course.set_up()
    said = capsys.readouterr().out
    assert machine.steps() == WHOLE
    assert all(f"{number} of 3" in said for number in (1, 2, 3))
    machine.course.set_up()
    assert machine.steps() == []
    assert capsys.readouterr().out == ""


def test_stamp_is_written_last(machine):
    machine.course.set_up()
    assert machine.complete_during == [False] * len(WHOLE)
    assert machine.course.STAMP.exists()


def test_all_installs_but_the_local_one_check_hashes(machine):
    machine.course.set_up()
    *fetching, local = [command for command in machine.commands if "install" in command]
    assert len(fetching) == 2
    assert all("--require-hashes" in command for command in fetching)
    assert {"--no-index", "--no-deps", "--no-build-isolation"} <= set(local)


def test_uv_itself_is_pinned_by_the_lock(machine):
    machine.course.set_up()
    pin = Path(machine.commands[1][-1]).read_text()
    assert pin == "".join(LOCK.splitlines(keepends=True)[2:5])


def test_uv_is_found_in_the_real_lock(machine):
    shutil.copy(ROOT / "requirements.lock", machine.course.LOCK)
    machine.course.set_up()
    pin = Path(machine.commands[1][-1]).read_text()
    assert re.fullmatch(r"uv==\S+ \\\n(    --hash=sha256:[0-9a-f]{64}( \\)?\n)+", pin)


@pytest.mark.parametrize("step", ["venv", "emlib"])
def test_interrupted_set_up_repairs_itself(machine, step):
    machine.broken = {step}
    with pytest.raises(SystemExit, match="the set-up stopped"):
        machine.course.set_up()
    assert not machine.course.STAMP.exists()
    machine.broken = set()
    machine.steps()
    machine.course.set_up()
    assert machine.steps() == WHOLE


@pytest.mark.parametrize("broken", ["fetch uv", "uv"])
def test_pip_takes_over_where_uv_cannot(machine, broken):
    machine.broken = {broken}
    machine.course.set_up()
    assert "--require-hashes" in machine.commands[-2]
    assert machine.steps()[-2:] == ["pip", "emlib"]
    assert machine.course.STAMP.exists()


def test_set_up_stops_where_neither_works(machine):
    machine.broken = {"uv", "pip"}
    with pytest.raises(SystemExit, match="the set-up stopped"):
        machine.course.set_up()
    assert not machine.course.STAMP.exists()


def test_changed_lock_installs_again(machine):
    machine.course.set_up()
    machine.steps()
    machine.course.LOCK.write_text(LOCK.replace("2.4.6", "2.4.7"))
    machine.course.set_up()
    assert machine.steps() == WHOLE


def test_a_changed_file_that_the_install_copies_installs_again(machine):
    copied = machine.course.ROOT / "labextension" / "static" / "pictures.js"
    copied.parent.mkdir(parents=True)
    copied.write_text("old")
    machine.course.set_up()
    machine.steps()
    machine.course.set_up()
    assert machine.steps() == []
    copied.write_text("new")
    machine.course.set_up()
    assert machine.steps() == WHOLE


def test_interrupted_change_of_lock_is_not_taken_for_the_old_set_up(machine, monkeypatch):
    """From inside .venv nothing is cleared, so the old stamp must go before the first step."""
    machine.course.set_up()
    monkeypatch.setattr(machine.course.sys, "prefix", str(machine.course.VENV))
    machine.course.LOCK.write_text(LOCK.replace("2.4.6", "2.4.7"))
    machine.broken = {"emlib"}
    with pytest.raises(SystemExit):
        machine.course.set_up()
    machine.course.LOCK.write_text(LOCK)
    machine.broken = set()
    machine.steps()
    machine.course.set_up()
    assert machine.steps() == WHOLE[1:]


def test_moved_folder_is_set_up_again(machine, tmp_path, monkeypatch):
    """Scripts and the editable install hold absolute paths."""
    machine.course.set_up()
    moved = tmp_path / "elsewhere"
    shutil.move(machine.course.ROOT, moved)
    course = load(moved)
    called = []
    monkeypatch.setattr(course.subprocess, "call", lambda command, cwd: called.append(command) or 1)
    with pytest.raises(SystemExit):
        course.set_up()
    assert called


def test_missing_interpreter_is_set_up_again(machine):
    machine.course.set_up()
    machine.steps()
    machine.course.PYTHON.unlink()
    machine.course.set_up()
    assert machine.steps() == WHOLE


def test_other_python_is_set_up_again(machine, monkeypatch):
    machine.course.set_up()
    machine.steps()
    monkeypatch.setattr(machine.course.sys, "version_info", (3, 99, 0))
    machine.course.set_up()
    assert machine.steps() == WHOLE


def test_lab_opens_the_first_notebook_of_the_working_copy(machine):
    assert machine.course.main([]) == 0
    assert machine.commands[-1][1:4] == ["-m", "jupyterlab", "my_course"]
    assert "--LabApp.default_url=/lab/tree/00_start_here.ipynb" in machine.commands[-1]
    assert machine.steps() == [*WHOLE, "working copy", "jupyterlab"]


def test_lab_stays_closed_without_a_working_copy(machine):
    machine.broken = {"working copy"}
    assert machine.course.main([]) == 1
    assert machine.steps()[-1] == "working copy"


def test_options_are_handed_to_jupyterlab(machine):
    machine.course.main(["--no-browser", "--port", "8890"])
    assert machine.commands[-1][-3:] == ["--no-browser", "--port", "8890"]


def test_outputs_are_brought_by_the_working_copy_and_no_matter_of_jupyterlab(machine):
    machine.course.main(["--with-outputs", "--no-browser"])
    copy, jupyterlab = machine.commands[-2:]
    assert copy[1:] == ["notebooks/working_copy.py", "--with-outputs"]
    assert jupyterlab[-1] == "--no-browser"
    assert "--with-outputs" not in jupyterlab
    machine.course.main([])
    assert machine.commands[-2][1:] == ["notebooks/working_copy.py"]


@pytest.mark.parametrize(("user", "allowed"), [(0, True), (1000, False), (None, False)])
def test_allow_root_only_for_root(machine, monkeypatch, user, allowed):
    """Windows has no os.geteuid."""
    if user is None:
        monkeypatch.delattr(machine.course.os, "geteuid", raising=False)
    else:
        monkeypatch.setattr(machine.course.os, "geteuid", lambda: user, raising=False)
    machine.course.main([])
    assert ("--allow-root" in machine.commands[-1]) == allowed


def test_jupyterlab_starts_without_its_news(machine):
    machine.course.main([])
    (option,) = [part for part in machine.commands[-1] if "app_settings_dir" in part]
    assert option == f"--LabApp.app_settings_dir={machine.course.ROOT / 'notebooks' / 'settings'}"


def test_jupyterlab_keeps_its_safe_defaults(machine):
    machine.course.main([])
    for unsafe in ("token", "password", "--ip", "remote", "xsrf", "origin"):
        assert not any(unsafe in part for part in machine.commands[-1])


def test_build_runs_the_builder(machine):
    assert machine.course.main(["build", "04_two_coins", "--force"]) == 0
    assert machine.commands[-1][1:] == ["notebooks/build.py", "04_two_coins", "--force"]


def test_new_runs_the_scaffold_in_the_course_s_environment(machine):
    assert machine.course.main(["new", "lesson", "18_name", "A title of words"]) == 0
    python, *command = machine.commands[-1]
    assert python == str(machine.course.PYTHON)
    assert command == ["notebooks/scaffold.py", "lesson", "18_name", "A title of words"]
    assert machine.steps() == [*WHOLE, "new"]


def test_test_runs_the_tests_and_both_sets_of_notebooks(machine, monkeypatch, capsys):
    notebooks = machine.course.ROOT / "notebooks"
    glob = Path.rglob
    shuffled = lambda path, pattern: sorted(glob(path, pattern), reverse=True)  # noqa: E731
    monkeypatch.setattr(Path, "rglob", shuffled)
    (notebooks / "solutions").mkdir(parents=True)
    (notebooks / "further" / "solutions").mkdir(parents=True)
    names = ("00_a", "04_b", "further/04_c", "further/solutions/04_c", "solutions/04_b")
    for name in (*names[::-1], "04_b-checkpoint"):
        (notebooks / f"{name}.ipynb").touch()
    (notebooks / "build.py").touch()
    assert machine.course.main(["test"]) == 0
    tests, files = machine.commands[-2:]
    assert tests[-2:] == ["-m", "not slow and not browser"]
    assert files[-6:] == ["--nbval", *(str(notebooks / f"{name}.ipynb") for name in names)]
    said = capsys.readouterr().out
    assert "about four minutes in all\ncourse: this took 0 seconds\n" in said
    assert said.endswith("course: all tests passed\n")


def test_test_shares_whole_files_among_processes_and_hands_its_options_to_pytest(machine):
    """A file's tests may build on each other, and a notebook's cells do."""
    assert machine.course.main(["test", "-n", "0", "-k", "em"]) == 0
    tests, files = machine.commands[-2:]
    whole_files = "-m pytest -n logical --maxprocesses=4 --dist=loadfile"
    assert " ".join(tests[1:7]) == whole_files
    assert files[1] == "notebooks/warm_kernels.py"
    assert " ".join(files[3:9]) == whole_files
    assert tests[-4:] == ["-n", "0", "-k", "em"]
    assert "-k" not in files


@pytest.mark.parametrize("broken", ["pytest", "nbval"])
def test_test_fails_where_a_part_fails(machine, capsys, broken):
    machine.broken = {broken}
    assert machine.course.main(["test"]) == 1
    assert capsys.readouterr().out.endswith("course: a test failed, see above\n")


def test_test_keeps_progress_away_from_the_learner(machine, monkeypatch):
    seen = []
    call = machine.course.subprocess.call
    monkeypatch.setattr(
        machine.course.subprocess,
        "call",
        lambda *a, **k: seen.append(os.environ.get("EMLIB_PROGRESS")) or call(*a, **k),
    )
    machine.course.main(["test"])
    for path in seen[-2:]:
        assert not Path(path).parent.exists(), "the folder should have been temporary"
    monkeypatch.delenv("EMLIB_PROGRESS")


def test_unknown_command_is_one_sentence_and_installs_nothing(machine):
    said = machine.course.main(["tets"])
    assert said == "course: there is no command 'tets'; there are lab, test, build and new."
    assert machine.steps() == []


def test_help_installs_nothing(machine, capsys):
    assert machine.course.main(["--help"]) is None
    assert "python course.py test" in capsys.readouterr().out
    assert machine.steps() == []


@pytest.mark.parametrize("version", [(2, 7), (3, 8), (3, 10)])
def test_old_python_gets_one_sentence(monkeypatch, version):
    monkeypatch.setattr(sys, "version_info", version)
    with pytest.raises(SystemExit) as stop:
        runpy.run_path(str(ROOT / "course.py"))
    expected = "The course needs Python 3.11 or newer; this is Python {}.{}.".format(*version)
    assert str(stop.value) == expected


def old_pythons():
    """Find interpreters before 3.11 that run on this machine."""
    for name in ("python2.7", "python3.6", "python3.8", "python3.9", "python3.10"):
        versions = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
        candidates = [shutil.which(name), *versions.glob(f"{name[6:]}.*/bin/python")]
        for path in filter(None, candidates):
            found = subprocess.run([path, "--version"], capture_output=True, check=False)
            if found.returncode == 0:
                yield str(path)
                break


@pytest.mark.skipif(not list(old_pythons()), reason="no Python before 3.11 on this machine")
def test_real_old_pythons_get_one_sentence():
    for python in old_pythons():
        told = subprocess.run(
            [python, "course.py"], cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert told.returncode == 1
        assert re.fullmatch(
            r"The course needs Python 3\.11 or newer; this is Python \d\.\d+\.\n", told.stderr
        )


def test_old_python_can_read_the_file():
    """Python 3.7 is the oldest grammar that ast knows."""
    ast.parse(SOURCE, feature_version=(3, 7))
    assert SOURCE.isascii()


def test_standard_library_only():
    imported = set()
    for node in ast.walk(ast.parse(SOURCE)):
        if isinstance(node, ast.Import):
            imported |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add(node.module.split(".")[0])
    assert imported <= sys.stdlib_module_names


def test_it_is_small():
    """A newcomer who wonders what the one command does can read it: blank lines, comments and
    docstrings apart, it stays below eighty lines.
    """
    silent = (tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT)
    lines = set()
    for token in tokenize.generate_tokens(io.StringIO(SOURCE).readline):
        if token.type not in (*silent, tokenize.ENDMARKER):
            lines |= set(range(token.start[0], token.end[0] + 1))
    for node in ast.walk(ast.parse(SOURCE)):
        if isinstance(node, (ast.Module, ast.FunctionDef)) and ast.get_docstring(node):
            lines -= set(range(node.body[0].lineno, node.body[0].end_lineno + 1))
    assert len(lines) < 80


@NOT_WINDOWS
def test_control_c_lets_the_running_process_wind_up(tmp_path):
    """Ctrl-C reaches course.py and JupyterLab at once; course.py waits until that has stopped."""
    course = load(tmp_path / "course")
    course.LOCK.write_text(LOCK)
    course.PYTHON.parent.mkdir(parents=True)
    course.PYTHON.symlink_to(sys.executable)
    course.subprocess = SimpleNamespace(call=lambda command, cwd: 0)
    course.sys = SimpleNamespace(prefix=str(course.VENV), version_info=sys.version_info)
    course.set_up()
    notebooks = course.ROOT / "notebooks"
    notebooks.mkdir()
    (notebooks / "build.py").write_text(
        "import time\n"
        "try:\n    print('ready', flush=True)\n    time.sleep(60)\n"
        "except KeyboardInterrupt:\n    time.sleep(0.5)\n"
        "    print('saved')\n    raise SystemExit(7)\n"
    )
    with subprocess.Popen(
        [sys.executable, "course.py", "build"],
        cwd=course.ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        assert process.stdout.readline() == "ready\n"
        os.killpg(process.pid, signal.SIGINT)
        out, errors = process.communicate(timeout=30)
    assert (out, errors, process.returncode) == ("saved\n", "", 7)


def test_readme_gives_the_two_commands():
    blocks = re.findall(r"^```\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    assert blocks == ["python course.py\n", "python course.py test\n"]
    assert "py course.py" in README


def test_readme_links_lead_somewhere():
    links = re.findall(r"\]\(([^)#]+)\)", README)
    local = [link for link in links if not link.startswith("https://")]
    missing = [link for link in local if not (ROOT / link).exists()]
    assert local
    assert not missing


def test_readme_lists_the_lessons_that_exist():
    listed = set(re.findall(r"^\| \[.*?\]\((notebooks/.*?)\) .* min \|$", README, re.MULTILINE))
    assert listed == {f"notebooks/{path.name}" for path in (ROOT / "notebooks").glob("*.ipynb")}


def test_readme_pictures_have_a_text():
    texts = re.findall(r"!\[(.*?)\]", README)
    assert texts
    assert all(len(text) > 20 for text in texts)


def test_readme_example_runs():
    (block,) = re.findall(r"^```python\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    names = {}
    exec(block, names)
    biases = names["em"].fit(names["start"], names["x"]).model.biases
    assert [round(float(bias), 2) for bias in biases] == [0.8, 0.52]


def test_badge_opens_the_first_notebook():
    (badge,) = re.findall(r"https://mybinder\.org/v2/\S+?(?=\))", README)
    assert badge.endswith("?urlpath=lab/tree/my_course/00_start_here.ipynb")


def test_there_are_notebooks_of_both_kinds():
    """With none of a kind, pytest --nbval would quietly run something else."""
    lessons = {path.name for path in (ROOT / "notebooks").glob("*.ipynb")}
    assert lessons
    assert lessons == {path.name for path in (ROOT / "notebooks" / "solutions").glob("*.ipynb")}


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@pytest.fixture
def clone(tmp_path):
    """Copy what git would clone, changes that are not committed yet included."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    folder = tmp_path / "a clone with spaces"
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    return folder


@contextlib.contextmanager
def serving(folder, tmp_path):
    """Start the course and wait until JupyterLab answers; yield how it went, then shut it down."""
    port, token = free_port(), "a-token-for-this-test"
    command = [sys.executable, "course.py", "--no-browser", f"--port={port}"]
    environment = os.environ | {
        "JUPYTER_CONFIG_DIR": str(tmp_path / "config"),
        "JUPYTER_DATA_DIR": str(tmp_path / "data"),
        "JUPYTER_RUNTIME_DIR": str(tmp_path / "runtime"),
        "JUPYTER_TOKEN": token,
        "JUPYTERLAB_SETTINGS_DIR": str(tmp_path / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(tmp_path / "workspaces"),
    }

    def ask(path, method="GET"):
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}/{path}",
            method=method,
            headers={"Authorization": f"token {token}"},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.read()

    log = tmp_path / "log"
    start = time.monotonic()
    with log.open("w") as out:
        process = subprocess.Popen(
            command, cwd=folder, env=environment, stdout=out, stderr=subprocess.STDOUT
        )
        try:
            while True:
                assert process.poll() is None, log.read_text()
                assert time.monotonic() - start < 600, log.read_text()
                with contextlib.suppress(OSError):
                    ask("api")
                    break
                time.sleep(0.1)
            yield SimpleNamespace(ask=ask, seconds=time.monotonic() - start, log=log.read_text)
            ask("api/shutdown", "POST")
            assert process.wait(timeout=30) == 0
        finally:
            process.kill()
            process.wait()


@pytest.mark.slow
def test_true_first_and_second_start(clone, tmp_path):
    with serving(clone, tmp_path) as first:
        assert "3 of 3" in first.log()
        assert "pip does" not in first.log(), "uv should have done it"
        served = json.loads(first.ask("api/contents/00_start_here.ipynb?content=0"))
        assert served["writable"]
        settings = first.ask("lab/api/settings/@jupyterlab/apputils-extension:notification")
        assert json.loads(settings)["schema"]["properties"]["fetchNews"]["default"] == "false"
        assert re.search(r"http://\S+/lab/tree/00_start_here\.ipynb\?token=", first.log())
        # Between its own lines nothing of what is installed; JupyterLab begins behind the last.
        assert first.log().partition("3 of 3")[0].count("\n") < 10
    with serving(clone, tmp_path) as second:
        assert "setting up" not in second.log()
    print(f"JupyterLab answered after {first.seconds:.1f} s, then after {second.seconds:.1f} s")
