"""Is all that the course needs here, and does it work? A question for the first notebook."""

from __future__ import annotations

import importlib
import sys
from dataclasses import dataclass

import numpy as np

REMEDY = "missing: start the course with `python course.py`, or see the README"

PARTS = {
    "numpy and scipy (numbers)": ("numpy", "scipy.linalg"),
    "matplotlib (pictures)": ("matplotlib.figure", "PIL"),
    "ipywidgets (sliders)": ("ipywidgets",),
}


@dataclass(frozen=True)
class SelfTest:
    """What `selftest` found: ``ok`` in all, and a line for each part."""

    ok: bool
    lines: tuple[str, ...]

    def __repr__(self) -> str:
        last = "All is ready." if self.ok else "Something is missing: see above."
        return "\n".join([*self.lines, last])


def selftest() -> SelfTest:
    """Look for each part that the notebooks need, and run EM once on five trials of two coins.

    Never raises: what is missing is said in words, with the remedy.

    Examples
    --------
    >>> selftest().ok
    True
    """
    found = {"Python 3.11 or newer": "ok" if sys.version_info >= (3, 11) else "too old"}
    for part, modules in PARTS.items():
        found[part] = "ok" if all(map(_imports, modules)) else REMEDY
    found["EM on five trials of two coins"] = _coins()
    ok = all(state.startswith("ok") for state in found.values())
    width = max(map(len, found))
    return SelfTest(ok, tuple(f"{part.ljust(width)}  {state}" for part, state in found.items()))


def _imports(module: str) -> bool:
    try:
        importlib.import_module(module)
    except ImportError:
        return False
    return True


def _coins() -> str:
    from emlib import datasets, em
    from emlib.models.coins import CoinMixture

    start = CoinMixture([0.6, 0.5], [0.5, 0.5], fixed_weights=True)
    biases = em.fit(start, datasets.do_batzoglou().x).model.biases
    if np.allclose(biases, [0.7968, 0.5196], atol=1e-4):
        return f"ok: {biases[0]:.2f} and {biases[1]:.2f}, as published"
    return f"wrong: {biases[0]:.4f} and {biases[1]:.4f}, published 0.80 and 0.52"
