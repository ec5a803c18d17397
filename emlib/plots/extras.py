"""Optional dependencies, asked for at the moment they are needed."""

from __future__ import annotations

import importlib
from typing import Any


def need(module: str, *, extra: str) -> Any:
    """Import an optional module, or say in one line how to install it.

    Parameters
    ----------
    module : str
        Name of the module, as in an import statement.
    extra : str
        Name of the extra of emlib that brings it.

    Raises
    ------
    ImportError
        If the module is not installed; the message holds the command that installs it.

    Examples
    --------
    >>> need("json", extra="plots").dumps([1, 2])
    '[1, 2]'
    """
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        package = module.partition(".")[0].replace("PIL", "Pillow")
        raise ImportError(
            f"emlib.{extra} needs {package}, which is not installed: pip install emlib[{extra}]"
        ) from error
