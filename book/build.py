"""Build the book: `python book/build.py`; then open book/_build/html/index.html.

    python book/build.py               the book, the slides and the edition in the browser
    python book/build.py --no-slides --no-lite
    python book/build.py --external    only list the addresses on other sites that the book names

Needs the packages of requirements-dev.lock, and npm for MathJax. The notebooks are not run: their
committed outputs are shown. A warning of Sphinx and a dead link are errors.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import api
import links
import pages
import players
import playground

BOOK = Path(__file__).resolve().parent
BUILD = BOOK / "_build"
SITE = BUILD / "html"
MATHJAX = ("tex-chtml-full.js", "output/chtml/fonts/woff-v2")
LATER = {"slides": "slides.py", "lite": "lite/build.py"}


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; return the exit status."""
    parser = argparse.ArgumentParser(description="Build the book.")
    for name in LATER:
        parser.add_argument(f"--no-{name}", action="store_true", help=f"leave out {name}/")
    parser.add_argument("--external", action="store_true", help="list addresses on other sites")
    options = parser.parse_args(arguments)
    if options.external:
        return listed()
    begun = time.monotonic()
    parts = [
        name
        for name, script in LATER.items()
        if (BOOK / script).exists() and not getattr(options, f"no_{name}")
    ]
    try:
        build(parts)
    except (pages.BookError, subprocess.CalledProcessError) as error:
        print(error, file=sys.stderr)
        return 1
    dead, _, n_pages = links.inspect(SITE, left_out=("lite",))
    print("\n".join(dead) or f"{n_pages} pages in {time.monotonic() - begun:.0f} s, no dead link")
    return int(bool(dead))


def listed() -> int:
    """List the addresses on other sites, by the book as it was last built."""
    _, external, _ = links.inspect(SITE, left_out=("lite",))
    print("\n".join(external))
    return 0


def build(parts: list[str]) -> None:
    """Write the whole site anew."""
    npm = packages()
    source = BUILD / "source"
    pages.stage(source)
    api.write(source)
    shutil.rmtree(SITE, ignore_errors=True)
    options = ["-W", "--keep-going", "--quiet", "--fresh-env", "--jobs=auto", f"--conf-dir={BOOK}"]
    options.append(f"--define=book_parts={','.join(parts)}")
    folders = [f"--doctree-dir={BUILD / 'doctrees'}", str(source), str(SITE)]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(pages.ROOT), str(BOOK)])}
    command = [sys.executable, "-m", "sphinx", *options, *folders]
    subprocess.run(command, check=True, env=environment)
    (SITE / "_static" / "webpack-macros.html").unlink()  # a template that the theme leaves behind
    shutil.copytree(players.FRAMES, SITE / players.PICTURES)
    playground.write(SITE / "_static" / "playground-data.js")
    for name in MATHJAX:
        copy(npm / "mathjax" / "es5" / name, SITE / "_static" / "mathjax" / name)
    for name in parts:
        subprocess.run([sys.executable, str(BOOK / LATER[name]), str(SITE / name)], check=True)


def packages() -> Path:
    """Let npm fetch what package-lock.json names, held to its hashes; return the folder."""
    installed = BOOK / "node_modules"
    lock = (BOOK / "package-lock.json").read_bytes()
    stamp = installed / ".locked"
    if not stamp.exists() or stamp.read_bytes() != lock:
        npm = shutil.which("npm")
        if npm is None:
            raise pages.BookError("npm is needed, which comes with Node.js: it fetches MathJax")
        command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        subprocess.run(command, check=True, cwd=BOOK, stdout=subprocess.DEVNULL)
        stamp.write_bytes(lock)
    return installed


def copy(source: Path, target: Path) -> None:
    """Copy a file or a folder."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target)
    else:
        shutil.copy(source, target)


if __name__ == "__main__":
    sys.exit(main())
