"""Counts of events, and how often each was seen."""

from __future__ import annotations

import numpy as np

from emlib.datasets._dataset import Dataset


def deaths() -> Dataset:
    """Deaths of women over 80 years old, a day, in London from 1910 to 1912: a count each day.

    The paper prints how many of the 1096 days had 0, 1, ..., 9 deaths: ``x`` are the counts and
    ``times`` the days, which go into a fit as ``sample_weight``. There were more deaths in winter
    than in summer, so that one Poisson distribution does not do.

    References
    ----------
    V. Hasselblad, Journal of the American Statistical Association 64 (1969) 1459-1471.

    Examples
    --------
    >>> deaths().x
    array([0., 1., 2., 3., 4., 5., 6., 7., 8., 9.])
    >>> deaths().times.sum()
    np.float64(1096.0)
    """
    days = np.array([162.0, 267, 271, 185, 111, 61, 27, 8, 3, 1])
    return Dataset(np.arange(10.0), times=days)
