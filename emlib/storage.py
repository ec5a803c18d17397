"""Keep a model or a fit in a JSON file, and get it back bit for bit.

The file is plain text: it holds numbers and names, and reading it runs no code.
"""

from __future__ import annotations

import os
from typing import Any

from emlib.data import arguments
from emlib.data.errors import refuse
from emlib.models.coins import CoinMixture
from emlib.models.gaussian import GaussianMixture
from emlib.models.gaussian1d import GaussianMixture1D
from emlib.models.kmeans import KMeans
from emlib.models.model import Model
from emlib.models.poisson import PoissonMixture
from emlib.models.variational import VariationalGaussianMixture
from emlib.stopping import Fit, Status

DEFAULTS_OF_0_1_0: dict[str, dict[str, Any]] = {"KMeans": {"empty": "keep"}}
"""What files of version 0.1.0 leave out, as it could not be otherwise."""

MODELS: dict[str, type[Model]] = {
    model.__name__: model
    for model in (
        CoinMixture,
        GaussianMixture,
        GaussianMixture1D,
        KMeans,
        PoissonMixture,
        VariationalGaussianMixture,
    )
}


def save(result: Model | Fit, path: str | os.PathLike[str]) -> None:
    """Write a model or a fit to a JSON file.

    Parameters
    ----------
    result
        A model of emlib, or what `emlib.em.fit` returned.
    path
        Where to write; a file that is there is replaced.

    Raises
    ------
    TypeError
        If the result is neither.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from emlib import CoinMixture
    >>> theta = CoinMixture([0.1, 1 / 3], [0.5, 0.5])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save(theta, Path(folder) / "theta.json")
    ...     load(Path(folder) / "theta.json") == theta
    True
    """
    import json

    text = json.dumps(_encode(result), indent=1)
    with open(_place(path), "w", encoding="utf-8") as file:
        file.write(text + "\n")


def load(path: str | os.PathLike[str]) -> Any:
    """Read back what `save` wrote.

    Parameters
    ----------
    path
        A file written by `save`.

    Returns
    -------
    Model or Fit
        Equal to what was saved, bit for bit; checked like any model made by hand.

    Raises
    ------
    ValueError
        If the file does not hold a model or a fit, or holds impossible parameters.
    """
    import json

    with open(_place(path), encoding="utf-8") as file:
        text = file.read()
    try:
        return _decode(json.loads(text))
    except (json.JSONDecodeError, KeyError, TypeError) as error:
        wanted = "a file written by emlib.storage.save"
        raise refuse("path", wanted, f"{os.fspath(path)} ({error})") from None


def _place(path: Any) -> str | bytes:
    """A path as text; a number would be a file that is open already."""
    try:
        return os.fspath(path)
    except TypeError:
        raise TypeError(f"path: expected the path of a file, got {path!r}") from None


def _encode(result: Any) -> dict[str, Any]:
    if isinstance(result, Fit):
        return {
            "type": "Fit",
            "model": _encode(result.model),
            "history": result.history.tolist(),
            "n_e_steps": result.n_e_steps,
            "status": result.status.name,
        }
    if type(result).__name__ not in MODELS:
        raise TypeError(f"result: expected a model or a Fit, got {type(result).__name__}")
    fields = {
        name: value.tolist() if hasattr(value, "tolist") else value
        for name, value in result._values().items()
    }
    names = {"column_names": list(result.column_names)} if result.column_names else {}
    return {"type": type(result).__name__, **fields, **names}


def _decode(table: dict[str, Any]) -> Any:
    if table["type"] == "Fit":
        history = arguments.frozen(arguments.array("history", table["history"], 1))
        return Fit(
            model=_decode(table["model"]),
            objective=float(history[-1]),
            history=history,
            n_iter=len(history) - 1,
            n_e_steps=arguments.count("n_e_steps", table["n_e_steps"]),
            status=Status[table["status"]],
        )
    fields = {name: value for name, value in table.items() if name not in ("type", "column_names")}
    model = MODELS[table["type"]](**DEFAULTS_OF_0_1_0.get(table["type"], {}) | fields)
    if "column_names" in table:
        model = model._with(column_names=_names(table["column_names"]))
    return model


def _names(value: Any) -> tuple[str, ...]:
    """Names of columns: a list of text."""
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise TypeError(f"column_names: expected a list of text, got {value!r}")
    return tuple(value)
