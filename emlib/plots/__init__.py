"""Pictures of a model, a fit, a bound.

Functions take ``ax=`` and return what they drew; they compute no EM. matplotlib and Pillow are
imported when something is drawn (``pip install emlib[plots]``).
"""

from .bound import climb, ledger, slice_film, touching
from .clusters import centroids, springs, staircase, voronoi
from .coins import estimates, expected_counts, flips, likelihood_surface, responsibilities
from .convergence import trace
from .gaussians import ends, rings
from .line import by_round, curves, owned_points, repeated_fits, ribbon
from .mixtures import ellipses, mixture_1d, scatter
from .rendering import Picture, animation, picture
from .style import COLOURS, MARKERS, figure

__all__ = [
    "COLOURS",
    "MARKERS",
    "Picture",
    "animation",
    "by_round",
    "centroids",
    "climb",
    "curves",
    "ellipses",
    "ends",
    "estimates",
    "expected_counts",
    "figure",
    "flips",
    "ledger",
    "likelihood_surface",
    "mixture_1d",
    "owned_points",
    "picture",
    "repeated_fits",
    "responsibilities",
    "ribbon",
    "rings",
    "scatter",
    "slice_film",
    "springs",
    "staircase",
    "touching",
    "trace",
    "voronoi",
]
