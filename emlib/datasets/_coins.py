"""Trials of coins."""

from __future__ import annotations

import numpy as np

from emlib.data import arguments
from emlib.datasets._dataset import Dataset
from emlib.models.coins import CoinMixture, counts


def do_batzoglou() -> Dataset:
    """Five trials of ten tosses with two coins, as published: heads 5, 9, 8, 4, 7.

    ``z`` is the coin of each trial (0 for A, 1 for B) in the paper's complete-data case:
    B, A, A, B, A.

    References
    ----------
    C. B. Do and S. Batzoglou, Nature Biotechnology 26 (2008) 897-899, figure 1.

    Examples
    --------
    >>> do_batzoglou().x[:, 0]
    array([5., 9., 8., 4., 7.])
    """
    return Dataset(counts([5, 9, 8, 4, 7], 10), np.array([1, 0, 0, 1, 0]))


def many_trials(rng: np.random.Generator | int, n: int = 500) -> Dataset:
    """Trials of ten tosses with two coins of biases 0.6 and 0.2, each used half of the time.

    Drawn by ``CoinMixture([0.6, 0.2], [0.5, 0.5], fixed_weights=True).sample(n, rng)``.

    Examples
    --------
    >>> many_trials(0)
    Dataset(x=(500, 2), z=(500,), truth=CoinMixture)
    """
    truth = CoinMixture([0.6, 0.2], [0.5, 0.5], fixed_weights=True)
    return Dataset(*truth.sample(n, arguments.generator("rng", rng)), truth)
