"""Data sets that are small files in this folder."""

from __future__ import annotations

import numpy as np

from emlib.data.rows import Array
from emlib.datasets._dataset import Dataset


def _read_csv(name: str) -> Array:
    """Read a csv file of numbers with one header line."""
    from importlib.resources import files  # at first use: it is slower to import than emlib is

    with (files("emlib.datasets") / name).open(encoding="utf-8") as file:
        return np.loadtxt(file, delimiter=",", skiprows=1)


def blobs() -> Dataset:
    """200 points around each of three centres in the plane, with standard deviation one.

    ``blobs.csv`` holds, to the last digit, the points and labels of scikit-learn's
    ``make_blobs(n_samples=600, centers=3, random_state=1)``, so that drawing them needs no
    scikit-learn.

    Examples
    --------
    >>> blobs()
    Dataset(x=(600, 2), z=(600,), truth=None)
    """
    table = _read_csv("blobs.csv")
    return Dataset(table[:, :2], table[:, 2].astype(np.intp))


def acidity() -> Dataset:
    """Acidity of 155 lakes in Wisconsin, as an index on the scale of logarithms.

    References
    ----------
    S. L. Crawford, M. H. DeGroot, J. B. Kadane and M. J. Small, Technometrics 34 (1992) 441-453.
    S. Richardson and P. J. Green, Journal of the Royal Statistical Society B 59 (1997) 731-792.

    Examples
    --------
    >>> acidity().x[:2]
    array([2.928524, 3.910021])
    """
    return Dataset(_read_csv("acidity.csv"))


def galaxies() -> Dataset:
    """Velocities of 82 galaxies in the Corona Borealis region, in thousands of km/s.

    The 78th is 26.96, as in the first publication; much software has 26.69, a misprint.

    References
    ----------
    M. Postman, J. P. Huchra and M. J. Geller, Astronomical Journal 92 (1986) 1238-1247.
    K. Roeder, Journal of the American Statistical Association 85 (1990) 617-624.

    Examples
    --------
    >>> galaxies().x[[0, 77]]
    array([ 9.172, 26.96 ])
    """
    return Dataset(_read_csv("galaxies.csv") / 1000)


def old_faithful() -> Dataset:
    """272 eruptions of the Old Faithful geyser: their length, and the wait for the next one.

    Both in minutes, Yellowstone, August 1985. PRML uses them in figures 9.1 and 9.8.

    References
    ----------
    W. Härdle, Smoothing Techniques with Implementation in S, Springer 1991.
    A. Azzalini and A. W. Bowman, Applied Statistics 39 (1990) 357-365.

    Examples
    --------
    >>> old_faithful().x[0]
    array([ 3.6, 79. ])
    """
    return Dataset(_read_csv("faithful.csv"))
