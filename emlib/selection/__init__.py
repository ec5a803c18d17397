"""Which model: information criteria, rows held out, and a likelihood ratio by simulation.

======================= =======================================================================
function                computes
======================= =======================================================================
`aic`                   -2 ln p(X | theta) + 2 p
`bic`                   -2 ln p(X | theta) + p ln N
`icl`                   BIC and twice the entropy of the responsibilities
`hold_out`              a random split of the rows: to fit on, and to judge by
`cross_validate`        the log density of each part of the rows under a fit to the others
`compare`               a table over numbers of components and families, best first
`spurious_components`   components drawn to a few rows
`likelihood_ratio`      K components against fewer, by the parametric bootstrap
======================= =======================================================================

Here p is the number of free parameters and N the number of rows (trials, for coins). Lower is
better, as in scikit-learn; PRML (4.139) has BIC with the opposite sign and half the size.
"""

from emlib.selection.comparison import (
    Candidate,
    Comparison,
    LikelihoodRatio,
    compare,
    likelihood_ratio,
    spurious_components,
)
from emlib.selection.criteria import aic, bic, icl
from emlib.selection.held_out import cross_validate, hold_out

__all__ = [
    "Candidate",
    "Comparison",
    "LikelihoodRatio",
    "aic",
    "bic",
    "compare",
    "cross_validate",
    "hold_out",
    "icl",
    "likelihood_ratio",
    "spurious_components",
]
