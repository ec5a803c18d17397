"""Pictures of a model, a fit, a bound.

Functions take ``ax=`` and return what they drew; they compute no EM. matplotlib and Pillow are
imported when something is drawn (``pip install emlib[plots]``).
"""

from .bound import bound_slice, climb, ledger, slice_film, touching
from .clusters import centroids, springs, staircase, voronoi
from .coins import estimates, expected_counts, flips, likelihood_surface, responsibilities
from .convergence import trace
from .gaussians import ends, rings
from .latent import dot_columns, humps, mean_map, modes, profile
from .likelihood import bell, likelihood_curve, normal_hill, repeated_estimates, sticks
from .line import by_round, curves, gains, owned_points, repeated_fits, ribbon
from .mixtures import ellipses, mixture_1d, scatter
from .rendering import Picture, animation, picture
from .repair import rivals
from .scale import additions, cost_axes, costs, held, lost_digits, passes, traffic
from .style import COLOURS, MARKERS, figure
from .trouble import gaps, monitors, spike, stops

__all__ = [
    "COLOURS",
    "MARKERS",
    "Picture",
    "additions",
    "animation",
    "bell",
    "bound_slice",
    "by_round",
    "centroids",
    "climb",
    "cost_axes",
    "costs",
    "curves",
    "dot_columns",
    "ellipses",
    "ends",
    "estimates",
    "expected_counts",
    "figure",
    "flips",
    "gains",
    "gaps",
    "held",
    "humps",
    "ledger",
    "likelihood_curve",
    "likelihood_surface",
    "lost_digits",
    "mean_map",
    "mixture_1d",
    "modes",
    "monitors",
    "normal_hill",
    "owned_points",
    "passes",
    "picture",
    "profile",
    "repeated_estimates",
    "repeated_fits",
    "responsibilities",
    "ribbon",
    "rings",
    "rivals",
    "scatter",
    "slice_film",
    "spike",
    "springs",
    "staircase",
    "sticks",
    "stops",
    "touching",
    "trace",
    "traffic",
    "voronoi",
]
