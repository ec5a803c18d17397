"""`emlib.data.rows`: data in memory, their extremes, and equal rows counted."""

import dataclasses

import numpy as np
import pytest

from emlib.data import rows
from emlib.data.rows import Rows, extremes, repeats


@pytest.mark.parametrize("n", [1, 511, 512, 513, 1000, 5000])
@pytest.mark.parametrize("d", [1, 2, 3, 7, 600, 1500])
def test_extremes_are_those_of_each_column(n, d, rng):
    x = rng.normal(size=(n, d))
    for place in (0, n // 2, n - 1):
        x[place, 0], x[place, -1] = 9.0 + place, -9.0 - place
        low, high = extremes(x)
        assert np.array_equal(low, x.min(axis=0))
        assert np.array_equal(high, x.max(axis=0))


def test_values_repeat_where_one_in_sixteen_of_a_sample_occurs_before():
    for n, enough in ((32, 2), (31, 1), (30, 1), (10, 1)):  # of few values, one
        assert repeats(np.minimum(np.arange(n), n - 1.0 - enough))
        assert not repeats(np.minimum(np.arange(n), n - enough))


def test_no_more_than_a_sample_is_looked_at_for_values_that_repeat():
    """Every second of 2049 values, and every one of 2048."""
    x = np.arange(2049.0)
    x[1::2] = 0
    assert not repeats(x)
    assert repeats(x[1:])
    assert repeats(x[:2048])
    assert not repeats(np.arange(2048.0))


def test_two_columns_are_counted_while_one_number_can_hold_both():
    low, high = [0.0, 0.0], [2.0**27 - 1, 2.0**26 - 1]  # as one number up to 2**53 - 1
    counted = Rows(np.array([low, high, low, high, low])).distinct()
    assert counted.values.tolist() == [low, high]
    assert counted.times.tolist() == [3, 2]
    for column in (0, 1):
        larger = list(high)
        larger[column] += 1
        data = Rows(np.array([low, larger, low, larger, low]))
        assert data.distinct() is data


def test_one_column_is_counted_however_large_its_values():
    counted = Rows(np.array([[1e300], [0.0], [1e300], [0.0], [1e300]])).distinct()
    assert counted.values.tolist() == [[0.0], [1e300]]
    assert counted.times.tolist() == [2, 3]


@pytest.mark.parametrize(("distinct", "counted"), [(10, True), (11, False)])
def test_rows_are_counted_while_no_more_than_half_are_different(distinct, counted):
    data = Rows(np.arange(20.0)[:, None] % distinct)
    assert (data.distinct().times is not None) is counted


@pytest.mark.parametrize(("distinct", "counted"), [(4, True), (5, False)])
def test_rows_are_counted_while_the_different_ones_fit_a_part(distinct, counted, monkeypatch):
    monkeypatch.setattr(rows, "BLOCK_SIZE", 4)
    data = Rows(np.arange(40.0)[:, None] // 10 if counted else np.arange(40.0)[:, None] // 8)
    found = data.distinct()
    assert (found.times is not None) is counted
    assert not counted or found.values.ravel().tolist() == list(range(distinct))


def test_limits_and_counts_are_found_once():
    data = Rows(np.array([[1.0], [1.0], [2.0], [1.0]]))
    assert data.limits is data.limits
    counted = data.distinct()
    assert data.distinct() is counted
    assert counted.distinct() is counted
    assert len(counted) == 4


def test_blocks_are_consecutive_and_so_small_that_temporaries_fit_the_cache(rng):
    x, times = rng.normal(size=(5000, 2)), rng.integers(1, 9, 5000) * 1.0
    for k, sizes in ((30, [2048, 2048, 904]), (10**6, [256] * 19 + [136])):
        blocks = list(Rows(x, times).blocks(k))
        assert [len(block) for block, _ in blocks] == sizes
        assert (np.concatenate([block for block, _ in blocks]) == x).all()
        assert (np.concatenate([counts for _, counts in blocks]) == times).all()
        assert all(counts is None for _, counts in Rows(x).blocks(k))


def test_parts_are_consecutive_and_hold_so_many_numbers(rng, monkeypatch):
    monkeypatch.setattr(rows, "BLOCK_SIZE", 12)
    x = rng.normal(size=(10, 3))
    parts = [part.values for part in Rows(x).parts()]
    assert [len(part) for part in parts] == [4, 4, 2]
    assert (np.concatenate(parts) == x).all()


def test_threads_are_of_the_same_data():
    data = Rows(np.zeros((3, 1)), np.ones(3))
    assert data.on_threads(1) is data
    shared = data.on_threads(4)
    assert shared.n_threads == 4
    assert shared.values is data.values
    assert shared.times is data.times
    assert shared.on_threads(1).n_threads == 1


def test_data_are_records_that_cannot_be_changed():
    x = np.zeros((3, 1))
    assert Rows(x) != Rows(x)
    with pytest.raises(dataclasses.FrozenInstanceError):
        Rows(x).values = x
