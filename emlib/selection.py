"""How many components: information criteria, and a part of the data held out.

=================== =======================================================
function            computes
=================== =======================================================
`aic`               -2 ln p(X | theta) + 2 p
`bic`               -2 ln p(X | theta) + p ln N
`hold_out`          a random split of the rows: to fit on, and to judge by
=================== =======================================================

Here p is the number of free parameters and N the number of rows (trials, for coins). Lower is
better, as in scikit-learn; PRML (4.139) has BIC with the opposite sign and half the size.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from emlib.data import arguments, checks
from emlib.data.errors import refuse
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


def hold_out(
    x: ArrayLike,
    rng: np.random.Generator | int,
    *,
    fraction: float = 0.25,
    sample_weight: ArrayLike | None = None,
) -> tuple[NDArray[Any], ...]:
    """Split the rows at random into a part to fit on and a part to judge by.

    The judge is ``model.log_density(x_held).mean()``: nats per row, higher is better. Of
    weighted rows take the weighted mean.

    Parameters
    ----------
    x
        Data, one row per observation; at least two rows.
    rng
        A numpy Generator, or a whole number to seed one.
    fraction
        The part of the rows that is held out, between 0 and 1; at least one row on either side.
    sample_weight
        A weight for each row, shape (N,), which goes with its row. Rows are drawn whatever they
        weigh.

    Returns
    -------
    x_fit, x_held
        Rows of x, in random order.
    weight_fit, weight_held
        Their weights, where weights were given.

    Raises
    ------
    ValueError, TypeError
        If x has fewer than two rows, or an argument is not what it should be.

    Examples
    --------
    >>> x_fit, x_held = hold_out(np.arange(8.0), rng=0)
    >>> len(x_fit), len(x_held)
    (6, 2)
    """
    data = arguments.array("x", x, (1, 2))
    share = arguments.non_negative("fraction", fraction)
    if not 0 < share < 1:
        raise refuse("fraction", "a number between 0 and 1", f"{share:g}")
    if len(data) < 2:
        raise refuse("x", "at least two rows", f"{len(data)}")
    n_held = min(max(1, round(share * len(data))), len(data) - 1)
    order = arguments.generator("rng", rng).permutation(len(data))
    parts = order[n_held:], order[:n_held]
    keeps = hasattr(x, "iloc")  # a data frame, whose columns have names
    split = [x.iloc[rows] if keeps else data[rows] for rows in parts]  # type: ignore[union-attr]
    if sample_weight is not None:
        weights = checks.sample_weights(sample_weight, len(data))
        split += [weights[rows] for rows in parts]
    return tuple(split)
