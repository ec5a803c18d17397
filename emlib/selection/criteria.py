"""Information criteria: the log-likelihood, and a price for what a model is free to choose."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from emlib.data import arguments
from emlib.data.errors import IGNORED_FLAGS
from emlib.data.rows import Array, Rows, times
from emlib.models.mixture import Mixture


def aic(model: Mixture, x: Any, sample_weight: Any = None) -> float:
    """Akaike's criterion, -2 ln p(X | theta) + 2 p: lower is better.

    Parameters
    ----------
    model
        A mixture, fitted to x by maximum likelihood.
    x
        Data of N rows.
    sample_weight
        A weight for each row, shape (N,), as in the fit; N is then their sum.

    Raises
    ------
    TypeError
        If the model has no density (K-means).

    References
    ----------
    H. Akaike, IEEE Transactions on Automatic Control 19 (1974) 716-723.

    Examples
    --------
    >>> from emlib import CoinMixture, coins
    >>> theta = CoinMixture([0.66], [1.0])
    >>> round(aic(theta, coins.counts([5, 9, 8, 4, 7], 10)), 4)
    66.1035
    """
    n_parameters = arguments.density(model).n_parameters
    return 2 * n_parameters - 2 * model.log_likelihood(x, sample_weight)


def bic(model: Mixture, x: Any, sample_weight: Any = None) -> float:
    """Schwarz's criterion, -2 ln p(X | theta) + p ln N: lower is better.

    Parameters
    ----------
    model
        A mixture, fitted to x by maximum likelihood.
    x
        Data of N rows.
    sample_weight
        A weight for each row, shape (N,), as in the fit; N is then their sum.

    Raises
    ------
    TypeError
        If the model has no density (K-means).

    References
    ----------
    G. Schwarz, Annals of Statistics 6 (1978) 461-464; PRML pp. 216-217.

    Examples
    --------
    >>> from emlib import CoinMixture, coins
    >>> theta = CoinMixture([0.66], [1.0])
    >>> round(bic(theta, coins.counts([5, 9, 8, 4, 7], 10)), 4)
    65.713
    """
    data = arguments.density(model).prepare(x, sample_weight)
    return model.n_parameters * math.log(data.total_weight) - 2 * model.log_likelihood(data)


def icl(model: Mixture, x: Any, sample_weight: Any = None) -> float:
    """Integrated completed likelihood, BIC + 2 EN: lower is better.

    EN = -sum_n sum_k gamma_nk ln gamma_nk is the entropy of the responsibilities: zero where every
    row has a component of its own, so that the criterion asks for groups that lie apart, where BIC
    asks for a density. This is the soft form; some programs take the most probable labels in place
    of gamma in the logarithm.

    Parameters
    ----------
    model
        A mixture, fitted to x by maximum likelihood.
    x
        Data of N rows.
    sample_weight
        A weight for each row, shape (N,), as in the fit; N is then their sum.

    Raises
    ------
    TypeError
        If the model has no density (K-means).

    References
    ----------
    C. Biernacki, G. Celeux and G. Govaert, IEEE Transactions on Pattern Analysis and Machine
    Intelligence 22 (2000) 719-725; G. McLachlan and D. Peel, Finite Mixture Models, 2000, 6.10.

    Examples
    --------
    Two coins that nobody can tell apart pay for all their doubt.

    >>> from emlib import CoinMixture, coins
    >>> x, theta = coins.counts([5, 9, 8, 4, 7], 10), CoinMixture([0.66, 0.66], [0.5, 0.5])
    >>> round(icl(theta, x) - bic(theta, x), 4), round(2 * 5 * math.log(2), 4)
    (6.9315, 6.9315)
    """
    data = arguments.density(model).prepare(x, sample_weight)
    return bic(model, data) + 2 * data.total(lambda rows: _entropy(model, rows))[1]


@np.errstate(**IGNORED_FLAGS)
def _entropy(model: Mixture, data: Rows) -> tuple[int, float]:
    """No statistics, and the entropy of the responsibilities of some rows."""
    total = 0.0
    for block, weights in data.blocks(model.n_components):
        r = model._responsibilities(block)
        logs: Array = np.log(r, out=np.zeros(r.shape), where=r > 0)
        total -= float(times((r * logs).sum(axis=1), weights).sum())
    return 0, total
