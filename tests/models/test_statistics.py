"""`emlib.models.statistics`: statistics that add without loss."""

import numpy as np
import pytest

from emlib import GaussianMixture, GaussianMixture1D, KMeans
from emlib.data.rows import NO_DATA
from emlib.models import statistics


def draw(n, d, offset, seed=0):
    rng = np.random.default_rng(seed)
    # Whole sixteenths: each is a double at an offset of 1e8 too, so that the data are the same.
    x = np.round(16 * rng.normal(size=(n, d))) / 16
    return x, x + offset, rng.dirichlet([1.0, 2.0, 0.5], size=n)


def model_at(kind, d, centre):
    if kind is GaussianMixture1D:
        return kind([0.2, 0.3, 0.5], np.full(3, centre), np.ones(3))
    if kind is KMeans:
        return kind(np.full((3, d), centre))
    return kind([0.2, 0.3, 0.5], np.full((3, d), centre), [np.eye(d)] * 3)


KINDS = [(GaussianMixture1D, 1), (GaussianMixture, 1), (GaussianMixture, 3), (KMeans, 2)]


@pytest.mark.parametrize("offset", [0.0, 1e4, 1e8, -1e8])
@pytest.mark.parametrize("start", [0.0, 1e3], ids=["start near", "start far"])
@pytest.mark.parametrize(("kind", "d"), KINDS)
def test_blocks_add_to_the_whole_at_any_offset_and_with_any_start(kind, d, offset, start):
    x, shifted, r = draw(1000, d, offset)
    model = model_at(kind, d, offset + start)
    if kind is KMeans:
        r = np.eye(3)[r.argmax(axis=1)]
    truth = model_at(kind, d, 0.0).statistics(x, r)
    whole = model.statistics(shifted, r)
    total = None
    for first in range(0, 1000, 130):
        block = model.statistics(shifted[first : first + 130], r[first : first + 130])
        total = block if total is None else total + block
    for result in (whole, total):
        assert result.n_k == pytest.approx(truth.n_k, rel=1e-13)
        assert result.means - offset == pytest.approx(truth.means, abs=1e-12 + 2e-16 * abs(offset))
        if kind is not KMeans:
            spread = np.abs(truth.scatters).max()
            assert result.scatters == pytest.approx(truth.scatters, abs=1e-12 * spread)


@pytest.mark.parametrize(("kind", "d"), KINDS[:3])
def test_a_whole_fit_at_an_offset_is_the_fit_without_it(kind, d):
    x, shifted, r = draw(1000, d, 1e8, seed=1)
    x[:500] += 4.0
    shifted[:500] += 4.0
    here = kind.from_responsibilities(x, r)
    there = kind.from_responsibilities(shifted, r)
    spread = here.variances if d == 1 and kind is GaussianMixture1D else here.covariances
    moved = there.variances if d == 1 and kind is GaussianMixture1D else there.covariances
    assert moved == pytest.approx(spread, rel=1e-12)
    assert there.means - 1e8 == pytest.approx(here.means, abs=2e-8)  # half a step of a double there
    assert there.log_likelihood(shifted) == pytest.approx(here.log_likelihood(x), rel=1e-8)


@pytest.mark.parametrize(("kind", "d"), KINDS)
def test_addition_does_not_mind_the_order(kind, d):
    x, _, r = draw(90, d, 0.0)
    model = model_at(kind, d, 0.0)
    a, b, c = (model.statistics(x[i : i + 30], r[i : i + 30]) for i in (0, 30, 60))
    one, other = (a + b) + c, c + (b + a)
    for name in ("n_k", "means", "scatters") if kind is not KMeans else ("n_k", "means"):
        assert getattr(one, name) == pytest.approx(getattr(other, name), rel=1e-12, abs=1e-13)


def test_two_blocks_by_hand():
    a = statistics.GaussianStatistics(
        np.array([2.0]), np.array([1.0]), np.array([0.0]), np.array([3.0])
    )
    b = statistics.GaussianStatistics(
        np.array([6.0]), np.array([4.0]), np.array([1.0]), np.array([5.0])
    )
    both = a + b
    assert both.n_k.tolist() == [8.0]
    assert both.origin.tolist() == [1.0]
    assert both.means.tolist() == [4.0]  # (2 * 1 + 6 * 5) / 8
    assert both.offsets.tolist() == [3.0]
    assert both.scatters.tolist() == [3 + 5 + 2 * 6 / 8 * 4**2]


def test_a_component_without_data_in_one_block_takes_the_other():
    empty = statistics.GaussianStatistics(
        np.array([0.0]), np.array([7.0]), np.array([0.0]), np.array([0.0])
    )
    full = statistics.GaussianStatistics(
        np.array([3.0]), np.array([1.0]), np.array([0.5]), np.array([2.0])
    )
    for both in (empty + full, full + empty):
        assert both.n_k.tolist() == [3.0]
        assert both.means.tolist() == [1.5]
        assert both.scatters.tolist() == [2.0]
    assert (empty + empty).n_k.tolist() == [0.0]
    assert np.isfinite((empty + empty).means).all()


def test_a_ratio_is_zero_where_nothing_is_owned():
    n_k = np.array([2.0, 0.0, NO_DATA, 2 * NO_DATA])
    assert statistics.ratio(np.array([1.0, 5.0, 5.0, 4 * NO_DATA]), n_k).tolist() == [0.5, 0, 0, 2]
    table = statistics.ratio(np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([2.0, 4.0]))
    assert table.tolist() == [[0.5, 1.0], [0.75, 1.0]]


def test_outer_products_and_columns():
    a = np.array([[1.0, 2.0], [3.0, 5.0]])
    assert statistics.outer(a).tolist() == [[[1, 2], [2, 4]], [[9, 15], [15, 25]]]
    assert statistics.outer(np.array([2.0, 3.0])).tolist() == [4, 9]
    assert statistics.column(np.array([1.0, 2.0]), np.zeros((2, 3, 3))).shape == (2, 1, 1)
    assert statistics.column(np.array([1.0, 2.0]), np.zeros(2)).shape == (2,)


def test_underflow_in_a_sum_does_not_stop_a_strict_caller():
    tiny = np.array([1e-290])
    a = statistics.GaussianStatistics(tiny, np.array([0.0]), np.array([1e-30]), tiny)
    with np.errstate(all="raise"):
        both = a + statistics.GaussianStatistics(tiny, np.array([0.0]), np.array([2e-30]), tiny)
    assert both.n_k.tolist() == [2e-290]
    assert both.offsets == pytest.approx([1.5e-30], rel=1e-12, abs=0)
    empty = statistics.ClusterStatistics(np.zeros(1), np.array([0.0]), np.array([0.0]))
    one, other = (
        statistics.ClusterStatistics(np.ones(1), np.array([0.0]), np.array([offset]))
        for offset in (1e-308, 2.5e-308)
    )
    with np.errstate(all="raise"):
        joined, nothing = one + other, empty + empty
    assert joined.offsets / 1e-308 == pytest.approx([1.75])
    assert nothing.offsets.tolist() == [0.0]
