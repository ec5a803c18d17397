"""How sure a fit is: information, standard errors, the rate of EM, and the bootstrap.

With s_nk the slope of ln p(x_n, z_n = k | theta) by the free parameters theta, and B_nk minus its
second derivatives, Louis' identity splits the curvature of the log-likelihood (9.14):

    observed = complete - missing                                     of minus ln p(X | theta)
    complete = sum_n sum_k gamma_nk B_nk                              of minus Q, at theta
    missing  = sum_n [sum_k gamma_nk s_nk s_nk^T - s_n s_n^T]         s_n = sum_k gamma_nk s_nk

So what the labels would tell is the variance of the slopes over the labels that we do not know. It
holds at any theta, not only at a maximum. EM's steps shrink by the factor complete^-1 missing near
its end: slow EM and wide errors have one cause.

===================== ==========================================================================
function              computes
===================== ==========================================================================
`observed`            minus the second derivatives of the log-likelihood, shape (P, P)
`complete`, `missing` the two parts
`supplemented`        the same as observed, from M-steps alone
`standard_errors`     square roots of the diagonal of the inverse, as a record
`rate`                the largest fraction of missing information
`bootstrap`           models fitted to new data, drawn from the model or from the rows
===================== ==========================================================================

The free parameters, P in all: weights but the last (none if fixed), means row by row, covariances
(lower triangle row by row; one for "tied", the diagonal for "diag", one number for "spherical");
biases of coins, rates of Poisson distributions.

A model with a prior has ln p(theta) in its objective, and in complete and observed: what follows of
errors and rates holds for its fits as well.

References
----------
T. A. Louis, Journal of the Royal Statistical Society B 44 (1982) 226-233.

X.-L. Meng and D. B. Rubin, Journal of the American Statistical Association 86 (1991) 899-909
(supplemented EM).
"""

from emlib.information.bootstrapped import bootstrap
from emlib.information.louis import (
    StandardErrors,
    complete,
    missing,
    observed,
    rate,
    standard_errors,
    supplemented,
)

__all__ = [
    "StandardErrors",
    "bootstrap",
    "complete",
    "missing",
    "observed",
    "rate",
    "standard_errors",
    "supplemented",
]
