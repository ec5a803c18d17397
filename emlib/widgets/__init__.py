"""Players and panels: recorded fits that can be stepped, without maths of their own.

ipywidgets is imported when a widget is asked for (``pip install emlib[widgets]``).
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .bound import bound_panel, hills_panel
    from .clusters import centroid_panel
    from .coins import coin_player
    from .gaussians import gaussian_player, mean_panel
    from .latent import separation_panel
    from .likelihood import likelihood_panel
    from .line import normal_player
    from .live import Live
    from .player import Player
    from .recording import HalfStep, record
    from .repair import repair_player
    from .scale import Later, scale_panel
    from .trouble import patient_player

__all__ = [
    "HalfStep",
    "Later",
    "Live",
    "Player",
    "bound_panel",
    "centroid_panel",
    "coin_player",
    "gaussian_player",
    "hills_panel",
    "likelihood_panel",
    "mean_panel",
    "normal_player",
    "patient_player",
    "record",
    "repair_player",
    "scale_panel",
    "separation_panel",
]

_MODULES = {
    "HalfStep": "recording",
    "Later": "scale",
    "Live": "live",
    "Player": "player",
    "bound_panel": "bound",
    "centroid_panel": "clusters",
    "coin_player": "coins",
    "gaussian_player": "gaussians",
    "hills_panel": "bound",
    "likelihood_panel": "likelihood",
    "mean_panel": "gaussians",
    "normal_player": "line",
    "patient_player": "trouble",
    "record": "recording",
    "repair_player": "repair",
    "scale_panel": "scale",
    "separation_panel": "latent",
}


def __getattr__(name: str) -> Any:
    """Load a widget at its first use."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f".{_MODULES[name]}", __name__), name)


def __dir__() -> list[str]:
    """List the public names, loaded or not."""
    return __all__
