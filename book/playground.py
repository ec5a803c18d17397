"""The data of the playground: the first rows of the course's own files, as one small script."""

from __future__ import annotations

import csv
import json
from pathlib import Path

from pages import ROOT

DATASETS = ROOT / "emlib" / "datasets"
N_CLOUDS = 180  # points that a phone moves at once


def write(path: Path) -> None:
    """Write the script that defines EM_DATA."""
    faithful = read("faithful.csv")
    data = {
        "faithful": faithful,
        "waiting": [row[1:] for row in faithful],
        "clouds": [[round(value, 3) for value in row[:2]] for row in read("blobs.csv")[:N_CLOUDS]],
        "galaxies": [[row[0] / 1000] for row in read("galaxies.csv")],
    }
    words = json.dumps(data, separators=(",", ":"))
    path.write_text(f"globalThis.EM_DATA = {words};\n", encoding="utf-8")


def read(name: str) -> list[list[float]]:
    """Return the rows of a file, without its head."""
    with (DATASETS / name).open(encoding="utf-8", newline="") as lines:
        _, *rows = csv.reader(lines)
    return [[float(value) for value in row] for row in rows]
