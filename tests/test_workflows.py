"""The workflows keep the rules of safety and call the scripts that a contributor can call."""

import importlib.util
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
NEEDS_BASH = pytest.mark.skipif(os.name == "nt" or not shutil.which("bash"), reason="needs bash")
# All that a job may do beyond reading the repository.
GRANTED = {
    ("book.yml", "deploy"): {"pages": "write", "id-token": "write"},
    ("release.yml", "pypi"): {"id-token": "write"},
    ("release.yml", "github"): {"contents": "write"},
}
# What a step may run beside the scripts of .ci and the course's own commands.
COMMANDS = {"gh release create", "sudo apt-get"}


@pytest.fixture(params=WORKFLOWS, ids=lambda path: path.name)
def path(request):
    return request.param


@pytest.fixture
def workflow(path):
    parsed = yaml.safe_load(path.read_text(encoding="utf-8"))
    parsed["on"] = parsed.pop(True)  # YAML 1.1 reads the word "on" so
    return parsed


def steps(workflow):
    return [step for job in workflow["jobs"].values() for step in job["steps"]]


def test_every_purpose_has_its_workflow():
    assert {path.name for path in WORKFLOWS} == {
        "book.yml",
        "full.yml",
        "newest.yml",
        "release.yml",
        "test.yml",
    }


def test_every_action_is_pinned_by_commit_and_says_its_version(path, workflow):
    for step in steps(workflow):
        assert step.keys() & {"uses", "run"}
        if "uses" in step:
            assert re.fullmatch(r"[\w.-]+/[\w./-]+@[0-9a-f]{40}", step["uses"]), step["uses"]
    for line in re.findall(r"uses:.*", path.read_text(encoding="utf-8")):
        assert re.search(r" # v\d+\.\d+\.\d+$", line), f"{line} does not say which version it is"


def test_an_action_has_one_commit_and_one_version_everywhere():
    lines = {
        line.split("uses: ")[1]
        for path in WORKFLOWS
        for line in path.read_text(encoding="utf-8").splitlines()
        if "uses: " in line
    }
    names = [line.split("@")[0] for line in lines]
    assert len(names) == len(set(names)), sorted(lines)


def test_the_token_may_only_read_but_where_a_job_must_write(path, workflow):
    assert workflow["permissions"] == {"contents": "read"}
    for name, job in workflow["jobs"].items():
        assert job.get("permissions") == GRANTED.get((path.name, name)), name


def test_no_secret_and_no_strangers_code(path, workflow):
    text = path.read_text(encoding="utf-8")
    assert "secrets" not in text
    assert not {"pull_request_target", "workflow_run"} & set(workflow["on"])
    for step in steps(workflow):
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False
        # A title or a branch name, pasted into a shell, would be run.
        assert "github.event" not in step.get("run", "")


def test_a_job_that_writes_runs_only_for_us(path, workflow):
    writing = {job for name, job in GRANTED if name == path.name}
    if writing:
        assert "pull_request" not in workflow["on"]


def test_every_job_ends(workflow):
    for name, job in workflow["jobs"].items():
        assert 0 < job["timeout-minutes"] <= 180, name


def test_steps_call_the_scripts_that_a_contributor_calls(workflow):
    for step in steps(workflow):
        for line in step.get("run", "").replace("\\\n", " ").splitlines():
            ours = re.match(r"(?:python )?(\.ci/\w+(?:\.py)?|course\.py)\b", line)
            if ours:
                assert (ROOT / ours[1]).is_file(), line
            else:
                assert any(line.startswith(command) for command in COMMANDS), line


def test_the_course_is_tested_on_each_system_and_on_the_oldest_and_newest_python():
    parsed = yaml.safe_load((ROOT / ".github/workflows/test.yml").read_text(encoding="utf-8"))
    matrix = parsed["jobs"]["course"]["strategy"]["matrix"]
    assert {name.split("-")[0] for name in matrix["os"]} == {"ubuntu", "macos", "windows"}
    assert matrix["python"][0] == "3.11"
    assert len(matrix["python"]) >= 2
    assert parsed["jobs"]["versions"]["strategy"]["matrix"]["resolution"] == [
        "lowest-direct",
        "highest",
    ]


def test_dependabot_watches_all_that_is_pinned():
    parsed = yaml.safe_load((ROOT / ".github/dependabot.yml").read_text(encoding="utf-8"))
    assert parsed["version"] == 2
    watched = {}
    for update in parsed["updates"]:
        watched.setdefault(update["package-ecosystem"], set()).add(update["directory"])
        assert update["schedule"]["interval"] == "monthly"
    npm = {
        f"/{path.parent.relative_to(ROOT).as_posix()}"
        for path in ROOT.glob("book/**/package.json")
        if not {"node_modules", "_build"} & set(path.parts)
    }
    assert watched == {"github-actions": {"/"}, "pip": {"/"}, "npm": npm}


def test_scripts_are_executable_and_stop_at_the_first_error():
    for path in sorted((ROOT / ".ci").iterdir()):
        text = path.read_text(encoding="utf-8")
        if text.startswith("#!/bin/bash"):
            # .ci/full alone goes on after an error, to say at the end what failed.
            stops = "\nset -uo pipefail\n" if path.name == "full" else "\nset -euo pipefail\n"
            assert stops in text, path.name
            listed = subprocess.run(
                ["git", "-c", "safe.directory=*", "ls-files", "--stage", path],
                cwd=ROOT,
                capture_output=True,
                text=True,
            )
            assert not listed.stdout or listed.stdout.startswith("100755"), path.name


@NEEDS_BASH
def test_scripts_are_valid_bash():
    for path in sorted((ROOT / ".ci").iterdir()):
        if path.suffix in ("", ".sh") and path.is_file():
            subprocess.run(["bash", "-n", path], check=True)


@pytest.fixture(scope="module")
def release():
    spec = importlib.util.spec_from_file_location("release", ROOT / ".ci" / "release.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def tree(tmp_path):
    """A repository that is ready for the release of version 1.2.0."""
    (tmp_path / "emlib").mkdir()
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "emlib"\nversion = "1.2.0"\n')
    (tmp_path / "emlib" / "__init__.py").write_text('"""Doc."""\n\n__version__ = "1.2.0"\n')
    (tmp_path / "CITATION.cff").write_text('version: 1.2.0\ndate-released: "2026-11-20"\n')
    (tmp_path / "CHANGELOG.md").write_text(
        "# Changelog\n\n## Unreleased\n\n"
        "## 1.2.0 (2026-11-20)\n\n- New.\n\n## 1.1.0 (2026-01-02)\n\n- Old.\n"
    )
    return tmp_path


def test_a_release_that_is_consistent_gives_its_notes(release, tree):
    assert release.problems("v1.2.0", tree) == []
    assert release.notes("1.2.0", tree) == "- New."


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("pyproject.toml", "1.2.0", "1.2.1", "pyproject.toml says 1.2.1"),
        ("emlib/__init__.py", "1.2.0", "1.1.9", "emlib/__init__.py says 1.1.9"),
        ("CITATION.cff", "1.2.0", "1.1.0", "CITATION.cff says 1.1.0"),
        ("CITATION.cff", "2026-11-20", "2026-11-19", "CITATION.cff says 2026-11-19"),
        ("CITATION.cff", 'date-released: "2026-11-20"\n', "", "CITATION.cff says None"),
        ("CHANGELOG.md", "## 1.2.0 (2026-11-20)", "## 1.2.0", "CHANGELOG.md has no heading"),
        ("CHANGELOG.md", "- New.", "", "CHANGELOG.md says nothing about 1.2.0"),
        ("CHANGELOG.md", "## Unreleased\n", "## Unreleased\n\n- Late.\n", "still Unreleased"),
    ],
)
def test_a_release_that_disagrees_with_itself_is_stopped(release, tree, file, old, new, said):
    path = tree / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    assert said in "\n".join(release.problems("v1.2.0", tree))


@pytest.mark.parametrize("tag", ["1.2.0", "v1.2", "v1.3.0", "release"])
def test_a_tag_that_is_not_the_version_is_refused(release, tree, tag):
    assert release.problems(tag, tree)


@pytest.fixture
def full(tmp_path):
    """.ci/full in a folder where each part is a script that ends with the status it is told."""
    (tmp_path / ".ci").mkdir()
    full = tmp_path / ".ci" / "full"
    full.write_text((ROOT / ".ci" / "full").read_text(encoding="utf-8"))

    def run(**statuses):
        for part in re.findall(r"^part \.ci/(\w+)", full.read_text(), re.MULTILINE):
            script = full.with_name(part)
            script.write_text(f"#!/bin/bash\nexit {statuses.get(part, 0)}\n")
            script.chmod(0o755)
        return subprocess.run(["bash", full], capture_output=True, text=True, check=False)

    return run


@NEEDS_BASH
@pytest.mark.parametrize(
    ("statuses", "status", "words"),
    [
        ({}, 0, ["passed .* .ci/run", "passed .* .ci/versions highest", "passed .* all of"]),
        ({"slow": 1}, 1, ["passed .* .ci/run", "FAILED .* .ci/slow", "passed .* .ci/python 3.14"]),
        ({"run": 3, "binder": 77}, 1, ["FAILED .* .ci/run", "skipped .* .ci/binder"]),
        ({"python": 77}, 0, ["skipped .* .ci/python 3.12", "passed .* all of .ci/full"]),
    ],
)
def test_the_slow_checks_go_on_and_say_in_a_table_what_failed(full, statuses, status, words):
    ran = full(**statuses)
    assert ran.returncode == status, ran.stderr
    table = ran.stdout[ran.stdout.rindex("#####") :]
    for line in words:
        assert re.search(f"^{line}", table, re.MULTILINE), table


@NEEDS_BASH
def test_the_slow_checks_are_scripts_that_exist():
    parts = re.findall(r"^part (\S+)", (ROOT / ".ci" / "full").read_text(), re.MULTILINE)
    assert len(parts) > 5
    assert all(os.access(ROOT / part, os.X_OK) for part in parts)


def test_what_is_not_mathematics_is_a_file_of_tests():
    """A wrong name would be a file of tests that `.ci/kernels` runs after all."""
    names = re.search(r'around="([^"]*)"', (ROOT / ".ci" / "kernels").read_text())[1].split()
    assert names
    assert all((ROOT / "tests" / f"test_{name}.py").is_file() for name in names)
