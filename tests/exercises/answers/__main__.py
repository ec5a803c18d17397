"""Hand in answers that nobody had tuned the checks to, and count what the checks say of them.

    python -m tests.exercises.answers               all lessons
    python -m tests.exercises.answers 03 05.2       a lesson, an exercise
    python -m tests.exercises.answers --show        each wrong answer with the cause that was told

The answers were written from the texts of the exercises alone. Right ones must be accepted, wrong
ones refused with the right cause, and hostile ones must leave nothing behind. That a cause is the
right one is for a reader to judge: `--show` sets what the checks say beside what a tutor would say.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
ROOT = FOLDER.parents[2]
SECONDS = 120

RUN = """
import json, sys
answer = json.load(sys.stdin)
from emlib.exercises import check, hint, progress, solution
space = {"check": check, "__name__": "__main__"}
lines = (answer["code"] + "\\n").splitlines(keepends=True)
try:
    exec(compile(answer["code"], "answer", "exec"), space)
    import linecache
    linecache.cache["answer"] = (len(answer["code"]), None, lines, "answer")
    result = eval(answer["call"], space)
    out = [result.status.name, result.misconception, repr(result)]
except BaseException as error:
    out = ["RAISED", None, f"{type(error).__name__}: {error}"]
sys.__stdout__.write("\\n@@" + json.dumps(out))
sys.__stdout__.flush()
import os
os._exit(0)
"""


def answers(wanted: list[str]) -> Iterator[dict[str, Any]]:
    """Yield the answers to some lessons or exercises, or to all."""
    for path in sorted(FOLDER.glob("lesson_*.py")):
        module = importlib.import_module(f"tests.exercises.answers.{path.stem}")
        for answer in module.ANSWERS:
            if not wanted or answer["id"] in wanted or answer["id"][:2] in wanted:
                yield answer


def judged(answer: dict[str, Any], folder: str) -> tuple[str, str | None, str]:
    """Hand in an answer in a process of its own; return status, cause and the whole reply."""
    environment = {**os.environ, "EMLIB_PROGRESS": f"{folder}/progress.json"}
    try:
        done = subprocess.run(
            [sys.executable, "-c", RUN],
            input=json.dumps(answer),
            capture_output=True,
            text=True,
            timeout=SECONDS,
            cwd=ROOT,
            env=environment,
        )
    except subprocess.TimeoutExpired:
        return "LATE", None, f"no reply within {SECONDS} seconds"
    if "\n@@" not in done.stdout:
        return "ENDED", None, done.stderr[-300:]
    return tuple(json.loads(done.stdout.rpartition("\n@@")[2]))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("wanted", nargs="*", metavar="LESSON OR EXERCISE")
    parser.add_argument("--show", action="store_true", help="each answer with its reply")
    options = parser.parse_args()
    counts: Counter[tuple[str, str]] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        for answer in answers(options.wanted):
            status, cause, reply = judged(answer, folder)
            named = (
                status if status != "WRONG" else "refused, a cause named" if cause else "refused"
            )
            counts[answer["kind"], named.lower()] += 1
            surprise = (answer["kind"], status) not in {("right", "CORRECT"), ("wrong", "WRONG")}
            if options.show or (surprise and answer["kind"] != "hostile"):
                print(f"\n{answer['id']} {answer['kind']}: {answer['says']}")
                print(f"  a tutor: {answer.get('cause', '-')}\n  {cause or status}")
                print("  " + reply.replace("\n", "\n  "))
    for (kind, named), n in sorted(counts.items()):
        print(f"{kind:8} {named:24} {n}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
