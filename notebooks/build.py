"""Build the course's notebooks from their sources.

    python notebooks/build.py                    rebuild the notebooks that changed
    python notebooks/build.py 04_two_coins       only these
    python notebooks/build.py --force            rebuild whether changed or not
    python notebooks/build.py --check            name stale notebooks and exit 1, run nothing
    python notebooks/build.py --check --force    run everything, compare every byte, write nothing

``source/NN_name.py`` (jupytext, percent format) is the text that people edit. It becomes two
notebooks, each run in a fresh kernel and written with its outputs:

    NN_name.ipynb             the lesson: cells tagged "solution" are left out
    solutions/NN_name.ipynb   the solutions edition: cells tagged "exercise" are left out

``source/further/NN_name.py`` becomes an optional notebook beside lesson NN in the same way:
``further/NN_name.ipynb`` and ``further/solutions/NN_name.ipynb``. Links in a source are written as
seen from the first of its two notebooks. In all, the number of an equation such as (9.24) becomes a
link to its row in ``equations.md``.

*What counts as changed.* A built notebook without its outputs is a pure function of its source and
of this file. So it is stale when that function, computed anew, gives other cells than the file
holds; there is no date, hash or cache to go wrong. A change in ``emlib`` does not make a notebook
stale: nearly all such changes leave every output as it was, and nbval, which runs each notebook and
compares its text outputs, finds those that do not. What nbval cannot see is a change in the pixels
of a picture: after work on the plots, build with ``--force``.

*Same bytes.* Two builds of the same source give the same file: cell ids come from the cells' text,
nothing with a date or a random number is kept, keys are sorted, one thread computes. The link to a
live widget is such a random number, and it leads nowhere once its kernel is gone: it is dropped,
and the picture that the widget carries beside it stays.

*Seconds.* How long each cell takes is kept outside the notebooks, in ``timing.json``: see
``timing.py``. A notebook of which only some cells have been measured is stale.
"""

from __future__ import annotations

import argparse
import hashlib
import itertools
import os
import re
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import jupytext
import nbformat
import solved
import timing
from jupyter_client.kernelspec import KernelSpecManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

FOLDER = Path(__file__).resolve().parent
CELL_SECONDS = 120
OPTIONAL = "further"  # the folder of the optional notebooks, beside the lessons and in source/
NAMES = "[0-9][0-9]_*"
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
LINK = re.compile(r"(?<=\]\()(?![a-z]+:|#)([^)\s#]+)")
EQUATION = re.compile(r"\(9\.(\d+)\)")
# What can hold no link: code, mathematics, other links and headings.
CLOSED = re.compile(
    r"```.*?```|`[^`\n]*`|\$\$.*?\$\$|\\begin\{(\w+\*?)\}.*?\\end\{\1\}|\$[^$\n]+(?:\n[^$\n]+)?\$|"
    r"\[(?:[^\[\]]|\[[^\]]*\])*\]\([^)]*\)|^#+ .*?$",
    re.S | re.M,
)


class BuildError(Exception):
    """A lesson that cannot be built; the message names the notebook and the cell."""


@dataclass(frozen=True)
class Edition:
    """One of the two notebooks that are made of a source."""

    name: str
    folder: str
    leaves_out: str


LESSON = Edition("lesson", ".", leaves_out="solution")
SOLUTIONS = Edition("solutions edition", "solutions", leaves_out="exercise")
EDITIONS = (LESSON, SOLUTIONS)


def sources(folder: Path = FOLDER) -> list[Path]:
    """Return the lessons' sources in the order of the course."""
    return sorted((folder / "source").glob(f"{NAMES}.py"))


def optional(folder: Path = FOLDER) -> list[Path]:
    """Return the sources of the optional notebooks in the order of the lessons they belong to."""
    return sorted((folder / "source" / OPTIONAL).glob(f"{NAMES}.py"))


def is_optional(source: Path) -> bool:
    """Whether a source is that of an optional notebook."""
    return source.parent.name == OPTIONAL


def target(source: Path, edition: Edition) -> Path:
    """Return the path of the notebook that `edition` of `source` is written to."""
    return home(source) / label(source, edition)


def label(source: Path, edition: Edition) -> str:
    """Return the name of a built notebook, seen from the course's folder of notebooks."""
    home = OPTIONAL if is_optional(source) else "."
    return PurePosixPath(home, edition.folder, f"{source.stem}.ipynb").as_posix()


def built(folder: Path = FOLDER) -> list[Path]:
    """Return the notebooks that are there: lessons, solutions, optional ones, their solutions."""
    homes = (folder / home / edition.folder for home in (".", OPTIONAL) for edition in EDITIONS)
    return [path for home in homes for path in sorted(home.glob("*.ipynb"))]


def generate(source: Path, edition: Edition) -> NotebookNode:
    """Make one edition of a lesson, not yet run."""
    text = source.read_text(encoding="utf-8")
    parsed = jupytext.reads(text, fmt={"extension": ".py", "format_name": "percent"})
    _check_exercises(parsed.cells, source.stem)
    cells = [cell for cell in parsed.cells if edition.leaves_out not in tags(cell)]
    if not cells or cells[0].cell_type != "markdown":
        raise BuildError(f"{source.stem}: the first cell must be the title, in Markdown")
    seen: dict[str, int] = {}
    for cell in cells:
        cell.id = _cell_id(cell, seen)
        cell.metadata.pop("lines_to_next_cell", None)
        if cell.cell_type == "markdown":
            cell.source = with_equations_linked(cell.source, "../" * is_optional(source))
            if edition is SOLUTIONS:
                cell.source = LINK.sub(_as_seen_from_solutions, cell.source)
    if edition is SOLUTIONS:
        title, _, rest = cells[0].source.partition("\n")
        note = (
            "*Solutions edition: every exercise is filled in. "
            f"The blank ones are in [the lesson](../{source.stem}.ipynb).*"
        )
        cells[0].source = f"{title}\n\n{note}\n{rest}".rstrip("\n")
    notebook = nbformat.v4.new_notebook(cells=cells, metadata=METADATA)
    notebook.nbformat_minor = 5
    return notebook


def with_equations_linked(text: str, way: str = "") -> str:
    """Link each number of an equation to its row in the table of equations, by the way there.

    >>> with_equations_linked("By (9.24), `(9.25)`")
    'By [(9.24)](equations.md#eq-9-24), `(9.25)`'
    """
    pieces, end = [], 0
    for closed in [*CLOSED.finditer(text), None]:
        start = closed.start() if closed else len(text)
        pieces.append(EQUATION.sub(rf"[\g<0>]({way}equations.md#eq-9-\1)", text[end:start]))
        if closed:
            pieces.append(closed[0])
            end = closed.end()
    return "".join(pieces)


def tags(cell: NotebookNode) -> list[str]:
    """Return the tags of a cell."""
    return cell.metadata.get("tags", [])


def _check_exercises(cells: list[NotebookNode], name: str) -> None:
    """Refuse a starter without its solution right behind it, and the reverse."""
    previous: list[str] = []
    for number, cell in enumerate([*cells, NotebookNode(metadata={})], start=1):
        here = tags(cell)
        starter_before, solution_here = "exercise" in previous, "solution" in here
        same_id = set(previous) - {"exercise"} == set(here) - {"solution"}
        if starter_before != solution_here or (solution_here and not same_id):
            raise BuildError(
                f"{name}, cell {number} of the source: an exercise is a cell tagged "
                '["exercise", id] and right behind it one tagged ["solution", id]; '
                f"here {here} follows {previous}"
            )
        previous = here


def _cell_id(cell: NotebookNode, seen: dict[str, int]) -> str:
    """Name a cell by its text, so that an edit elsewhere leaves its id alone."""
    text = f"{cell.cell_type}\n{cell.source}"
    seen[text] = seen.get(text, 0) + 1
    return hashlib.sha256(f"{text}\n{seen[text]}".encode()).hexdigest()[:12]


def _as_seen_from_solutions(link: re.Match[str]) -> str:
    """Re-aim a relative link for the folder below; one solution leads to another."""
    path = PurePosixPath(link[1])
    if path.parts[0] == SOLUTIONS.folder:
        return str(path.relative_to(SOLUTIONS.folder))
    if path.suffix != ".ipynb" or SOLUTIONS.folder in path.parts:
        return f"../{link[1]}"
    if len(path.parts) == 1:
        return link[1]
    return f"../{path.parent / SOLUTIONS.folder / path.name}"


def run(notebook: NotebookNode, name: str, seconds: timing.Seconds | None = None) -> NotebookNode:
    """Run a notebook in a fresh kernel and an empty folder; return it with clean outputs.

    The seconds that each cell took are added to `seconds`.
    """
    begun: list[int] = []
    clock = timing.Clock()
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {
            "EMLIB_PROGRESS": str(Path(folder, "progress.json")),
            "IPYTHONDIR": str(Path(folder, "ipython")),
            "PYTHONHASHSEED": "0",
            "OMP_NUM_THREADS": "1",
            "OPENBLAS_NUM_THREADS": "1",
        }
        work = Path(folder, "work")
        work.mkdir()
        client = NotebookClient(
            notebook,
            kernel_name="python3",
            timeout=CELL_SECONDS,
            extra_arguments=["--log-level=ERROR"],
            resources={"metadata": {"path": str(work)}},
            store_widget_state=False,
            record_timing=False,
            coalesce_streams=True,
            on_cell_start=lambda cell, cell_index: begun.append(cell_index),
            on_cell_execute=clock.begin,
            on_cell_executed=clock.end,
        )
        manager = client.create_kernel_manager()
        clock.pid = lambda: manager.provisioner.process.pid
        # Nowhere to look for kernels: so it is this environment's, whatever a user has installed.
        manager.kernel_spec_manager = KernelSpecManager(kernel_dirs=[])
        try:
            client.execute(env=environment)
        except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
            problem = getattr(error, "traceback", str(error))
            raise BuildError(_report(name, notebook, begun[-1], problem)) from None
    for index, cell in enumerate(notebook.cells):
        for output in cell.get("outputs", []):
            if output.get("name") == "stderr":
                raise BuildError(_report(name, notebook, index, f"stderr: {output.text}"))
            if "data" in output:
                output.data.pop(WIDGET_VIEW, None)
                output.metadata = NotebookNode()
    notebook.metadata = nbformat.from_dict(METADATA)  # the kernel adds its version of Python
    if seconds is not None:
        seconds.update(clock.seconds)
    return notebook


def _report(name: str, notebook: NotebookNode, index: int, problem: str) -> str:
    """Say which cell of which notebook failed, and how."""
    first_line = notebook.cells[index].source.strip().partition("\n")[0]
    plain = re.sub(r"\x1b\[[0-9;]*m", "", problem).strip()
    return f"{name}, cell {index + 1} ({first_line!r}):\n{plain}"


def serialise(notebook: NotebookNode) -> bytes:
    """Return the bytes of the file: sorted keys, one indent, a newline at the end."""
    nbformat.validate(notebook)
    return (nbformat.writes(notebook).rstrip("\n") + "\n").encode()


def is_stale(source: Path, edition: Edition) -> bool:
    """Whether the built file is missing, not run, not timed, or differs from its source now."""
    wanted = generate(source, edition)
    if timing.lacks(home(source), source.stem, code_ids(wanted)):
        return True
    try:
        there = nbformat.reads(target(source, edition).read_text("utf-8"), as_version=4)
    except (OSError, ValueError):
        return True
    for cell in there.cells:
        if cell.cell_type == "code":
            if not cell.execution_count:
                return True
            cell.outputs, cell.execution_count = [], None
    return there != wanted


def home(source: Path) -> Path:
    """Return the course's folder of notebooks."""
    return source.parents[1 + is_optional(source)]


def code_ids(notebook: NotebookNode) -> list[str]:
    """Return the ids of the cells of code."""
    return [cell.id for cell in notebook.cells if cell.cell_type == "code"]


def orphans(folder: Path = FOLDER) -> list[Path]:
    """Return built notebooks whose source is gone."""
    every = [*sources(folder), *optional(folder)]
    wanted = {target(source, edition) for source in every for edition in EDITIONS}
    return sorted(set(built(folder)) - wanted)


def build(source: Path, edition: Edition, seconds: timing.Seconds | None = None) -> bytes:
    """Return the finished file of one edition; add the seconds of its cells to `seconds`."""
    return serialise(run(generate(source, edition), f"{source.stem} ({edition.name})", seconds))


def write(path: Path, content: bytes) -> None:
    """Replace a file in one step: a reader sees the old or the new one, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".ipynb.part")
    draft.write_bytes(content)
    draft.replace(path)


def check(source: Path, edition: Edition, *, force: bool) -> bool:
    """Whether a built file is up to date; name one that is not, and write nothing.

    With `force` the notebook is run and its bytes are compared.
    """
    if force:
        path, fresh = target(source, edition), build(source, edition)
        up_to_date = path.exists() and path.read_bytes() == fresh
    else:
        up_to_date = not is_stale(source, edition)
    if not up_to_date:
        print(f"stale: {label(source, edition)}")
    return up_to_date


def rebuild(source: Path, edition: Edition, *, force: bool) -> bool:
    """Write a built file anew if it is stale, with `force` in any case; it is up to date then."""
    if force or is_stale(source, edition):
        seconds: timing.Seconds = {}
        write(target(source, edition), build(source, edition, seconds))
        cells = {id for each in EDITIONS for id in code_ids(generate(source, each))}
        timing.note(home(source), source.stem, cells, seconds)
        print(f"built {label(source, edition)}")
    return True


def main(arguments: list[str] | None = None, folder: Path = FOLDER) -> int:
    """Run the command line; return the exit status."""
    parser = argparse.ArgumentParser(description="Build the course's notebooks from their sources.")
    parser.add_argument("names", nargs="*", help="such as 04_two_coins; all if left out")
    parser.add_argument(
        "--force", action="store_true", help="run notebooks that did not change too"
    )
    parser.add_argument(
        "--check", action="store_true", help="write nothing, exit 1 if one is stale"
    )
    options = parser.parse_args(arguments)

    wanted = {Path(name).stem for name in options.names}
    every = [*sources(folder), *optional(folder)]
    unknown = wanted - {source.stem for source in every}
    if unknown:
        parser.error(f"no source for {', '.join(sorted(unknown))} in {folder / 'source'}")
    if twins := [name for name, n in Counter(source.stem for source in every).items() if n > 1]:
        parser.error(f"two sources have the name {', '.join(twins)}")
    chosen = [source for source in every if not wanted or source.stem in wanted]
    treat = check if options.check else rebuild
    status = 0
    for source in filter(solved.is_stale, chosen):
        if options.check:
            print(f"stale: {solved.target(source).name}")
            status = 1
        else:
            solved.write(source)
    for source, edition in itertools.product(chosen, EDITIONS):
        try:
            up_to_date = treat(source, edition, force=options.force)
        except BuildError as error:
            print(error, file=sys.stderr)
            up_to_date = False
        status |= not up_to_date
    for path in [] if wanted else orphans(folder):
        print(f"no source for {path.relative_to(folder).as_posix()}: delete it")
        status = 1
    return status


if __name__ == "__main__":
    sys.exit(main())
