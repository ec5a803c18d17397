"""Record the players of the lessons for the book: `python book/record.py [04_two_coins ...]`.

    python book/record.py                  record all lessons that hold a widget
    python book/record.py 04_two_coins     only these
    python book/record.py --check          write nothing, exit 1 if a recording would differ

The committed notebooks hold one frame of each player, for they would be too large with all, and
with the widgets' own state they could not be shown on GitHub. So each lesson is run once, and the
frames that the player sent to the browser are written to ``book/recordings/``: a file of labels
and alternative texts for each lesson, and the pictures. Run it after a change to a player's cell or
to what it draws; the book refuses to be built with a recording that is not the notebook's.
"""

from __future__ import annotations

import argparse
import base64
import html
import json
import os
import re
import sys
import tempfile
from pathlib import Path
from typing import Any

import nbformat
import players
from jupyter_client.kernelspec import KernelSpecManager
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parent.parent
VIEW = "application/vnd.jupyter.widget-view+json"
FRAME = re.compile(
    r'<img alt="(?P<alt>[^"]*)" src="data:image/png;base64,(?P<data>[^"]+)" '
    r'width="(?P<width>\d+)".*?<figcaption[^>]*>(?P<label>.*?)</figcaption>',
    re.S,
)


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; return the exit status."""
    parser = argparse.ArgumentParser(description="Record the players of the lessons for the book.")
    parser.add_argument("names", nargs="*", help="lessons such as 04_two_coins; all if left out")
    parser.add_argument("--check", action="store_true", help="write nothing, exit 1 if one differs")
    options = parser.parse_args(arguments)
    wanted = {Path(name).stem for name in options.names}
    different = []
    lessons, optional = (
        sorted((ROOT / "notebooks").glob(f"{folder}[0-9][0-9]_*.ipynb"))
        for folder in ("", "further/")
    )
    for path in lessons + optional:
        node = nbformat.reads(path.read_text(encoding="utf-8"), as_version=4)
        tagged = any("widget" in cell.metadata.get("tags", []) for cell in node.cells)
        if not tagged or (wanted and path.stem not in wanted):
            continue
        pictures: dict[str, bytes] = {}
        recorded = record(node, pictures)
        text = json.dumps(recorded, indent=1, ensure_ascii=False) + "\n"
        file = players.RECORDINGS / f"{path.stem}.json"
        if not file.exists() or file.read_text(encoding="utf-8") != text:
            different.append(path.stem)
        if not options.check:
            file.parent.mkdir(exist_ok=True)
            file.write_text(text, encoding="utf-8", newline="\n")
            for name, content in pictures.items():
                target = players.FRAMES / name
                target.parent.mkdir(exist_ok=True)
                target.write_bytes(content)
    if not options.check:
        sweep()
    print("\n".join(f"{name}: its recording differs" for name in different) or "nothing differs")
    return int(options.check and bool(different))


def record(node: nbformat.NotebookNode, pictures: dict[str, bytes]) -> list[Any]:
    """Run a lesson; return the recording of each widget, and put its frames into `pictures`."""
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {
            "EMLIB_PROGRESS": str(Path(folder, "progress.json")),
            "IPYTHONDIR": str(Path(folder, "ipython")),
            "PYTHONHASHSEED": "0",
            "OMP_NUM_THREADS": "1",
            "OPENBLAS_NUM_THREADS": "1",
        }
        client = NotebookClient(
            node,
            kernel_name="python3",
            timeout=120,
            extra_arguments=["--log-level=ERROR"],
            resources={"metadata": {"path": folder}},
            store_widget_state=True,
        )
        client.create_kernel_manager().kernel_spec_manager = KernelSpecManager(kernel_dirs=[])
        client.execute(env=environment)
    widgets = {name: dict(state) for name, state in client.widget_state.items()}
    return [
        recording(output.data[VIEW].model_id, widgets, pictures)
        for cell in node.cells
        for output in cell.get("outputs", [])
        if VIEW in output.get("data", {})
    ]


def recording(
    root: str, widgets: dict[str, dict[str, Any]], pictures: dict[str, bytes]
) -> dict[str, Any] | None:
    """Return a player's frames; None for a widget that asks the kernel at each step."""
    parts = [widgets[name] for name in below(root, widgets)]
    kinds = {part["_model_name"]: part for part in parts}
    if "PlayModel" not in kinds:
        return None
    stacks = [part for part in parts if part["_model_name"] == "StackModel"]
    runs = [
        [widgets[bare(child)] for child in stack["children"]]
        for stack in stacks
        if all(widgets[bare(child)]["_model_name"] == "HTMLModel" for child in stack["children"])
    ]
    menu = kinds.get("ToggleButtonsModel", {"_options_labels": [""], "description": ""})
    title = re.search(r"<strong>(.*?)</strong>", parts[1].get("value", ""))
    return {
        "title": html.unescape(title[1]) if title else "",
        "choice": menu["description"],
        "milliseconds": kinds["PlayModel"].get("interval", 100),
        "runs": [
            {"name": name, "frames": [frame(part["value"], pictures) for part in run]}
            for name, run in zip(menu["_options_labels"], runs, strict=True)
        ],
    }


def below(root: str, widgets: dict[str, dict[str, Any]]) -> list[str]:
    """Return a widget and all that it holds, in their order."""
    children = [bare(child) for child in widgets[root].get("children", [])]
    return [root, *(name for child in children for name in below(child, widgets))]


def bare(reference: str) -> str:
    """Return the id in a reference to a widget."""
    return reference.removeprefix("IPY_MODEL_")


def frame(value: str, pictures: dict[str, bytes]) -> dict[str, str]:
    """Return what a frame says, with the name of its picture."""
    found = FRAME.search(value)
    if not found:
        raise ValueError(f"a frame is not a picture with a caption: {value[:200]}")
    content = base64.b64decode(found["data"])
    pictures[players.name_of(content)] = content
    return {
        "picture": players.name_of(content),
        "alt": html.unescape(found["alt"]),
        "label": html.unescape(found["label"]),
    }


def sweep() -> None:
    """Delete pictures that no recording shows."""
    shown = "".join(path.read_text(encoding="utf-8") for path in players.RECORDINGS.glob("*.json"))
    for path in players.FRAMES.glob("*.png"):
        if path.name not in shown:
            path.unlink()


if __name__ == "__main__":
    sys.exit(main())
