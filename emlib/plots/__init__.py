"""Pictures of a model, a fit, a bound.

Functions take ``ax=`` and return what they drew; they compute no EM. matplotlib and Pillow are
imported when something is drawn (``pip install emlib[plots]``).
"""

from .coins import estimates, expected_counts, flips, likelihood_surface, responsibilities
from .convergence import trace
from .gaussians import ends, rings
from .mixtures import ellipses, mixture_1d, scatter
from .rendering import Picture, animation, picture
from .style import COLOURS, MARKERS, figure

__all__ = [
    "COLOURS",
    "MARKERS",
    "Picture",
    "animation",
    "ellipses",
    "ends",
    "estimates",
    "expected_counts",
    "figure",
    "flips",
    "likelihood_surface",
    "mixture_1d",
    "picture",
    "responsibilities",
    "rings",
    "scatter",
    "trace",
]
