"""Is the tree ready to be released under a tag? `python .ci/release.py v0.1.0`.

The tag, pyproject.toml, the package, the citation and the changelog must name one version, and the
citation the changelog's date. Prints what the changelog says of the version: the release's notes.
"""

import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


DATE = r"\d{4}-\d\d-\d\d"


def section(heading: str, root: Path) -> str:
    """Return the text under a heading of the changelog; `heading` is a pattern."""
    text = (root / "CHANGELOG.md").read_text(encoding="utf-8")
    found = re.search(rf"(?ms)^## {heading}$(.*?)(?=^## |\Z)", text)
    return found[1].strip() if found else ""


def notes(version: str, root: Path = ROOT) -> str:
    """Return what the changelog says of a version."""
    return section(rf"{re.escape(version)} \({DATE}\)", root)


def stated(file: str, pattern: str, root: Path) -> str | None:
    """Return what a file says where the pattern stands, without quotes; None if it does not."""
    found = re.search(pattern, (root / file).read_text(encoding="utf-8"), re.MULTILINE)
    return found and found[1].strip("\"'")


def problems(tag: str, root: Path = ROOT) -> list[str]:
    """Say what does not fit together, in sentences."""
    version = tag.removeprefix("v")
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    dated = stated("CHANGELOG.md", rf"^## {re.escape(version)} \(({DATE})\)$", root)
    package = stated("emlib/__init__.py", r"^__version__ = (.*)$", root)
    cited = stated("CITATION.cff", r"^version: (.*)$", root)
    said = [
        ("pyproject.toml", project["version"], version),
        ("emlib/__init__.py", package, version),
        ("CITATION.cff", cited, version),
    ]
    found = []
    if tag != f"v{version}" or not re.fullmatch(r"\d+\.\d+\.\d+", version):
        found.append(f"the tag {tag} is not of the form v1.2.3")
    if dated is None:
        found.append(f"CHANGELOG.md has no heading `## {version} (YYYY-MM-DD)`")
    else:
        released = stated("CITATION.cff", r"^date-released: (.*)$", root)
        said.append(("CITATION.cff", released, dated))
        if not notes(version, root):
            found.append(f"CHANGELOG.md says nothing about {version}")
    if section("Unreleased", root):
        found.append("CHANGELOG.md lists changes that are still Unreleased")
    return found + [f"{file} says {one}, not {other}" for file, one, other in said if one != other]


def main() -> int:
    """Check the tag that is given; print the notes or the problems."""
    found = problems(sys.argv[1])
    if found:
        print("\n".join(found), file=sys.stderr)
        return 1
    print(notes(sys.argv[1].removeprefix("v")))
    return 0


if __name__ == "__main__":
    sys.exit(main())
