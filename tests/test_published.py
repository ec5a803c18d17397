"""Fits that others have published: half a unit of the last digit that they printed is the bound.

Those of Old Faithful in the plane, and of equal covariances, are in models/test_gaussian.py and
models/test_families.py. `tests/published/README.md` says where the tables come from.
"""

from pathlib import Path

import numpy as np
import pytest

from emlib import GaussianMixture, GaussianMixture1D, datasets, em, start

DATA = Path(__file__).parent / "published"
WAITING = datasets.old_faithful().x[:, 1]
GALAXIES = np.loadtxt(DATA / "galaxies.csv", skiprows=1) / 1000  # in 1000 km/s
ACIDITY = np.loadtxt(DATA / "acidity.csv", skiprows=1)

TO_THE_END = {"tol": 1e-14, "max_iter": 20_000}
"""A round that gains 1e-14 nats a row: the means of the waiting times are then known to 1e-6."""

NEEDLE = 0.3
"""Standard deviation, in 1000 km/s, below which a component of the galaxies is a needle: it holds
two or three neighbours, and its likelihood has no bound."""


def printed(*numbers):
    """What rounds to these numbers: no further off than half a unit of the last digit of each."""
    half = [0.5 * 10.0 ** -len(number.partition(".")[2]) for number in numbers]
    return [pytest.approx(float(n), rel=0, abs=h) for n, h in zip(numbers, half, strict=True)]


def maxima(model_class, x, k, n_starts=10):
    """Fits from several starts, the best first."""
    return em.multistart(model_class, x, n_components=k, n_starts=n_starts, rng=0, **TO_THE_END)


def deviance(fit):
    return -2 * fit.objective


def test_waiting_times_by_mixtools():
    fit = maxima(GaussianMixture1D, WAITING, 2)[0]
    model = fit.model.sort()
    assert [fit.objective] == printed("-1034.002")
    assert list(model.weights) == printed("0.36089", "0.63911")
    assert list(model.means) == printed("54.6149", "80.0911")
    assert list(np.sqrt(model.variances)) == printed("5.8712", "5.8677")


@pytest.mark.parametrize(("k", "log_likelihood"), [(2, "-214.3547"), (3, "-180.1855")])
def test_iris_by_mclust(k, log_likelihood):
    """VVV, that is any covariances, of the four measurements."""
    x = pytest.importorskip("sklearn.datasets").load_iris().data
    assert [maxima(GaussianMixture, x, k)[0].objective] == printed(log_likelihood)


def test_iris_from_its_three_species():
    iris = pytest.importorskip("sklearn.datasets").load_iris()
    theta = start.from_labels(GaussianMixture, iris.data, iris.target)
    assert [em.fit(theta, iris.data, **TO_THE_END).objective] == printed("-180.1855")


@pytest.mark.parametrize(("k", "log_likelihood"), [(2, "-184.6447"), (3, "-178.7544")])
def test_acidity_with_a_variance_for_each(k, log_likelihood):
    assert [maxima(GaussianMixture1D, ACIDITY, k)[0].objective] == printed(log_likelihood)


@pytest.mark.parametrize(("k", "wanted"), [(1, "480.83"), (3, "406.96")])
def test_galaxies(k, wanted):
    assert [deviance(maxima(GaussianMixture1D, GALAXIES, k)[0])] == printed(wanted)


def test_two_clusters_of_galaxies_have_two_maxima():
    """The one that is quoted, and a higher one that fewer starts find: a small cluster apart."""
    quoted = maxima(GaussianMixture1D, GALAXIES, 2)[0]
    assert [deviance(quoted)] == printed("440.72")
    apart = start.from_labels(GaussianMixture1D, GALAXIES, GALAXIES > 15)
    higher = em.fit(apart, GALAXIES, **TO_THE_END)
    assert [deviance(higher)] == printed("440.39")
    assert list(higher.model.weights) == printed("0.085", "0.915")
    assert list(higher.model.means) == printed("9.71", "21.87")


@pytest.mark.parametrize(("k", "wanted"), [(4, "395.42"), (5, "392.26")])
def test_galaxies_without_needles(k, wanted):
    fits = maxima(GaussianMixture1D, GALAXIES, k, n_starts=60)
    broad = [fit for fit in fits if np.sqrt(fit.model.variances).min() >= NEEDLE]
    assert [deviance(broad[0])] == printed(wanted)


def test_the_tables_are_those_of_the_sources():
    assert GALAXIES.shape == (82,)
    assert GALAXIES[77] == 26.96  # not 26.69, the misprint that went round
    assert (np.diff(GALAXIES) >= 0).all()
    assert ACIDITY.shape == (155,)
