"""The tables, one module each: a function `measure(settings)` that returns a `Section`."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Settings:
    """What all sections need to know.

    Attributes
    ----------
    quick
        Small sizes and few rounds.
    folder
        For data that are handed to the workers.
    """

    quick: bool
    folder: Path
