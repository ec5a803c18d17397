"""What a contributor meets first: the tools' settings, the forms, the pages, the table of tests."""

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
HOME = PROJECT["project"]["urls"]["Repository"]
FORMS = sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("[0-9]_*.yml"))
KINDS = {"markdown", "input", "textarea", "dropdown", "checkboxes"}


def read(name):
    return (ROOT / name).read_text(encoding="utf-8")


def load(name):
    return yaml.safe_load(read(name))


def in_git():
    """Return the names of the tree's files, those that are not committed yet among them."""
    if not (shutil.which("git") and (ROOT / ".git").exists()):
        pytest.skip("no clone, or no git")
    command = ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others"]
    listed = subprocess.run(
        [*command, "--exclude-standard"], cwd=ROOT, capture_output=True, check=True, text=True
    )
    return sorted(name for name in set(listed.stdout.split("\0")) if (ROOT / name).is_file())


# The hooks before a commit.


def hooks():
    (own,) = load(".pre-commit-config.yaml")["repos"]
    assert own["repo"] == "local"
    return own["hooks"]


def test_hooks_fetch_nothing_and_their_tools_come_from_the_lock():
    """One version of each tool: the lock's. A hook of another repository would have its own."""
    group = PROJECT["dependency-groups"]["dev"]
    dev = {Requirement(line).name for line in group if isinstance(line, str)}
    assert {"pre-commit", "ruff", "mypy"} <= dev
    lock = read("requirements-dev.lock")
    for hook in hooks():
        assert hook["language"] == "system", hook["id"]
        assert not {"additional_dependencies", "rev"} & set(hook)
        tool, *words = hook["entry"].split()
        if tool == "python":
            assert (ROOT / words[0]).is_file()
        else:
            assert re.search(rf"^{tool}==", lock, re.M), tool
    assert "://" not in read(".pre-commit-config.yaml")


def test_hooks_are_the_commands_of_the_check():
    """What .ci/run asks of every change, as far as it takes no more than seconds."""
    entries = " ".join(hook["entry"] for hook in hooks())
    for tool in ("ruff check", "ruff format", "mypy", "notebooks/build.py --check"):
        assert tool in entries


# The editor's settings.


def sections(text):
    """Return the sections of an .editorconfig, by their patterns."""
    found, here = {}, {}
    for line in text.splitlines():
        line = line.strip()
        if line.startswith("["):
            here = found[line[1:-1]] = {}
        elif line and not line.startswith("#") and found:
            key, _, value = line.partition("=")
            here[key.strip()] = value.strip()
    return found


def untidy(name, content):
    """Yield what breaks the settings for all files."""
    if b"\r" in content:
        yield f"{name}: a line ends in CR"
    try:
        text = content.decode()
    except UnicodeDecodeError:
        yield f"{name}: not UTF-8"
        return
    if text and not text.endswith("\n"):
        yield f"{name}: no newline at the end"
    if name.endswith(".ipynb"):
        return
    for number, line in enumerate(text.split("\n"), start=1):
        if line != line.rstrip():
            yield f"{name}:{number}: white space at the end"
        if "\t" in line:
            yield f"{name}:{number}: a tab"


def test_the_editors_settings_are_those_of_the_project():
    settings = sections(read(".editorconfig"))
    assert settings["*.py"]["max_line_length"] == str(PROJECT["tool"]["ruff"]["line-length"])
    everywhere = settings["*"]
    assert everywhere["charset"] == "utf-8"
    assert everywhere["end_of_line"] == "lf"
    assert everywhere["insert_final_newline"] == everywhere["trim_trailing_whitespace"] == "true"
    assert everywhere["indent_style"] == "space"
    assert settings["*.{py,toml}"]["indent_size"] == "4"


def test_every_text_file_keeps_to_the_editors_settings():
    binary = (".png", ".whl")
    names = [name for name in in_git() if not name.endswith(binary)]
    assert len(names) > 200
    found = [fault for name in names for fault in untidy(name, (ROOT / name).read_bytes())]
    assert found == []


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"a \n", "x:1: white space at the end"),
        (b"a\n\tb\n", "x:2: a tab"),
        (b"a", "x: no newline at the end"),
        (b"a\r\n", "x: a line ends in CR"),
        (b"\xff\n", "x: not UTF-8"),
    ],
)
def test_an_untidy_file_is_noticed(content, fault):
    assert fault in list(untidy("x", content))


# The forms of GitHub.


def wrong_with(form):
    """Yield what GitHub would refuse of an issue form, or a reader could not fill in."""
    for key in ("name", "description"):
        if not form.get(key):
            yield f"no {key}"
    ids = [field.get("id") for field in form["body"] if field["type"] != "markdown"]
    labels = [field["attributes"].get("label") for field in form["body"] if field.get("id")]
    if not ids or None in ids or len(set(ids)) < len(ids):
        yield "a field without an id of its own"
    if None in labels or len(set(labels)) < len(labels):
        yield "a field without a label of its own"
    for field in form["body"]:
        if field["type"] not in KINDS:
            yield f"no field is of type {field['type']}"
        if field["type"] in ("dropdown", "checkboxes") and not field["attributes"].get("options"):
            yield f"nothing to choose in {field['id']}"
        if field["type"] == "markdown" and not field["attributes"].get("value"):
            yield "an empty text"
    if not any(field.get("validations", {}).get("required") for field in form["body"]):
        yield "nothing is required"


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_an_issue_form_can_be_filled_in(path):
    assert list(wrong_with(load(path.relative_to(ROOT)))) == []


def test_a_broken_form_is_noticed():
    form = {"name": "x", "body": [{"type": "text", "attributes": {"label": "y"}}]}
    assert list(wrong_with(form)) == [
        "no description",
        "a field without an id of its own",
        "no field is of type text",
        "nothing is required",
    ]


def test_there_is_a_form_for_a_mistake_a_fault_and_an_idea():
    assert [path.stem for path in FORMS] == ["1_course", "2_emlib", "3_idea"]
    asked = {field.get("id") for field in load(".github/ISSUE_TEMPLATE/1_course.yml")["body"]}
    assert {"notebook", "cell", "expected"} <= asked
    pull = read(".github/PULL_REQUEST_TEMPLATE.md")
    assert all(word in pull for word in ("**What**", "**Why", "fail", "pass"))
    assert len(pull.split()) < 60


def test_the_line_that_the_form_asks_for_runs(capsys):
    (line,) = re.findall(r'python -c "(.+?)"', read(".github/ISSUE_TEMPLATE/2_emlib.yml"))
    exec(line)
    assert PROJECT["project"]["version"] in capsys.readouterr().out


def test_the_private_ways_lead_to_this_repository():
    form = f"{HOME}/security/advisories/new"
    assert load(".github/ISSUE_TEMPLATE/config.yml")["contact_links"][0]["url"] == form
    assert f"({form})" in read("SECURITY.md")
    people = f"({HOME}/graphs/contributors)"
    assert people in read("SECURITY.md")
    assert people in read("CODE_OF_CONDUCT.md")


@pytest.mark.parametrize("name", ["CODE_OF_CONDUCT.md", "SECURITY.md"])
def test_the_pages_lead_somewhere_and_contributing_leads_to_them(name):
    links = re.findall(r"\]\((?!https://)([^)#]+)\)", read(name))
    assert links
    assert all((ROOT / link).exists() for link in links)
    assert f"]({name})" in read("CONTRIBUTING.md")


# CONTRIBUTING.

PLACE = re.compile(r"(?<![\w/.-])(?:\.ci|book|docs|emlib|notebooks|tests|labextension)/[\w./*-]*")
BUILT = "book/_build/"


def code_of(text):
    """Return what stands as code in a page: in backquotes and in blocks."""
    blocks = re.findall(r"```\n(.*?)```", text, re.S)
    return "\n".join(
        [*blocks, *re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.S))]
    )


def missing_places(code):
    """Yield the files and folders that code names and the tree does not have."""
    for place in PLACE.findall(code):
        if place.startswith(BUILT) or "NN_" in place:
            continue
        if not list(ROOT.glob(place.rstrip("/"))):
            yield place


def test_contributing_names_what_is_there():
    code = code_of(read("CONTRIBUTING.md"))
    assert len(PLACE.findall(code)) > 30
    assert list(missing_places(code)) == []
    assert list(missing_places("pytest tests/test_no.py; ls emlib/no/")) == [
        "tests/test_no.py",
        "emlib/no/",
    ]


def tiers():
    table = (
        read("CONTRIBUTING.md").partition("## Tests, by what they cost")[2].partition("\n## ")[0]
    )
    return [
        [cell.strip() for cell in line.strip("|").split(" | ")]
        for line in table.splitlines()
        if line.startswith("| ")
    ][2:]


def test_each_tier_of_tests_has_its_command_and_its_seconds():
    rows = tiers()
    assert len(rows) >= 8
    for when, command, what, seconds in rows:
        assert when
        assert what
        assert re.match(r"`(?:pre-commit|pytest|python course\.py|\.ci/)", command), command
        assert re.fullmatch(r"\d+(?: to \d+)?", seconds), seconds


def test_the_first_change_goes_by_the_commands_of_the_course():
    path = read("CONTRIBUTING.md").partition("## Your first change")[2].partition("\n## ")[0]
    for line in (
        "python course.py --version",
        "uv pip install --require-hashes -r requirements-dev.lock",
        "pre-commit install",
        "python course.py build 04_two_coins",
        "python course.py test",
        "git push",
    ):
        assert f"   {line}" in path, line
