"""`emlib.data`: one rule at a time, what passes and in which words the rest is refused."""

import decimal
import fractions
import sys
import types

import numpy as np
import pytest
import scipy.sparse

from emlib import CoinMixture, CollapseError, EMWarning, KMeans
from emlib.data import arguments, checks, errors
from emlib.data.rows import Rows
from emlib.models.covariances import check_widths, cholesky

TABLE = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.5]])


def ways_to_give(table):
    import pandas as pd  # slow to load

    swapped = table.astype(">f8")
    read_only = table.copy()
    read_only.setflags(write=False)
    return {
        "list": table.tolist(),
        "tuples": tuple(map(tuple, table)),
        "rows": list(table),
        "fortran": np.asfortranarray(table),
        "strided": np.repeat(table, 2, axis=0)[::2],
        "every second column": np.repeat(table, 2, axis=1)[:, ::2],
        "backwards": table[::-1].copy()[::-1],
        "big-endian": swapped,
        "read-only": read_only,
        "float32": table.astype(np.float32),
        "float16": table.astype(np.float16),
        "long double": table.astype(np.longdouble),
        "object": table.astype(object),
        "fractions": [[fractions.Fraction(v) for v in row] for row in table.tolist()],
        "DataFrame": pd.DataFrame(table, index=range(7, 7 + len(table))),
        "nullable DataFrame": pd.DataFrame(table).astype("Float64"),
        "matrix": np.asmatrix(table),
    }


WAYS = [
    "list",
    "tuples",
    "rows",
    "fortran",
    "strided",
    "every second column",
    "backwards",
    "big-endian",
    "read-only",
    "float32",
    "float16",
    "long double",
    "object",
    "fractions",
    "DataFrame",
    "nullable DataFrame",
    "matrix",
]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.filterwarnings("ignore:the matrix subclass:PendingDeprecationWarning")
def test_numbers_come_in_many_ways_and_leave_as_float64_in_c_order(way):
    result = arguments.array("x", ways_to_give(TABLE)[way], 2)
    assert type(result) is np.ndarray
    assert result.dtype == np.float64
    assert result.dtype.isnative
    assert result.flags.c_contiguous
    assert result.tolist() == TABLE.tolist()


@pytest.mark.parametrize("dtype", [bool, np.int8, np.uint8, np.int64, np.uint64])
def test_whole_numbers_and_booleans_become_float64(dtype):
    result = arguments.array("x", np.array([1, 0, 1], dtype), 1)
    assert result.dtype == np.float64
    assert result.tolist() == [1, 0, 1]


def test_float64_in_c_order_is_not_copied():
    assert np.shares_memory(arguments.array("x", TABLE, 2), TABLE)


REFUSED = {
    "mask": (np.ma.array([1.0, 2], mask=[0, 1]), ValueError, "without a mask"),
    "mask in a list": ([np.ma.array([1.0, 2], mask=[0, 1])], ValueError, "without a mask"),
    "mask deep down": ([([1.0], np.ma.array([2.0]))], ValueError, "without a mask"),
    "sparse": (scipy.sparse.csr_array(np.eye(2)), ValueError, "a dense array"),
    "complex": ([1j], TypeError, "complex numbers"),
    "complex objects": (np.array([1j], object), TypeError, r"complex \(1j\)"),
    "text": (["a"], TypeError, "got text"),
    "bytes": ([b"a"], TypeError, "got text"),
    "text objects": (np.array(["1"], object), TypeError, "got text"),
    "ragged": ([[1, 2], [3]], ValueError, "rows of equal length, got a ragged sequence"),
    "ragged objects": (np.array([[1, 2], None], object), TypeError, "a ragged sequence"),
    "date": (np.array(["2020"], "M8[D]"), TypeError, r"datetime64\[D\]"),
    "None": ([None, 1.0], TypeError, r"NoneType \(None\)"),
    "decimal": ([decimal.Decimal(1)], TypeError, "Decimal"),
    "NaN": ([1.0, np.nan], ValueError, "finite numbers, got nan at index 1"),
    "infinity": ([[1.0, 2], [-np.inf, 3]], ValueError, "finite numbers, got -inf at index 1, 0"),
    "NaN objects": (np.array([np.nan], object), ValueError, "got nan at index 0"),
    "too large": ([1.0, -2e150], ValueError, r"values up to 1e\+150, .*got -2e\+150 at index 1"),
    "larger than a double": ([10**400], ValueError, "numbers that a double can hold"),
    "long double": (np.array([np.longdouble("1e400")]), ValueError, "finite numbers, got inf"),
    "scalar": (3.0, ValueError, r"dimension\(s\), got 0, shape \(\)"),
    "three dimensions": (np.zeros((1, 1, 1)), ValueError, r"1 or 2 dimension\(s\), got 3"),
    "empty": ([], ValueError, r"at least one value, got none, shape \(0,\)"),
    "no columns": (np.zeros((3, 0)), ValueError, r"got none, shape \(3, 0\)"),
    "dict": ({1: 2}, TypeError, "dict"),
    "generator": ((v for v in [1]), TypeError, "generator"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_not_a_table_of_finite_real_numbers_is_refused_by_name(case):
    value, error, words = REFUSED[case]
    with pytest.raises(error, match=f"^this: expected .*{words}"):
        arguments.array("this", value, (1, 2))


def test_the_largest_number_is_the_one_whose_square_is_a_double():
    assert arguments.array("x", [1e150, -1e150], 1).tolist() == [1e150, -1e150]
    for value in (1.0000001e150, -1.0000001e150):
        with pytest.raises(ValueError, match=r"x: expected values up to 1e\+150"):
            arguments.array("x", [0.0, value], 1)
    assert arguments.array("x", [1e200], 1, largest=1e300).tolist() == [1e200]


def test_one_dimension_means_one_dimension():
    with pytest.raises(ValueError, match=r"x: expected 1 dimension\(s\), got 2, shape \(3, 2\)"):
        arguments.array("x", TABLE, 1)


def test_rows_are_columns_side_by_side_and_checked_once():
    data = checks.rows(TABLE, 2)
    assert data.values.tolist() == TABLE.tolist()
    assert len(data) == 3
    assert checks.rows(data) is data
    assert checks.rows([1.0, 2.0], 1).values.tolist() == [[1.0], [2.0]]
    assert checks.rows([1.0, 2.0]).values.shape == (2, 1)
    with pytest.raises(
        ValueError, match=r"x: expected shape \(N, 3\), as many columns as means, got shape \(3, 2"
    ):
        checks.rows(TABLE, 3)
    with pytest.raises(ValueError, match=r"as many columns as centroids, got shape \(2,\)"):
        checks.rows([1.0, 2.0], 2, like="centroids")


def test_blocks_are_views_in_order_whose_size_falls_with_the_width():
    data = checks.rows(np.arange(200_000.0)[:, None])
    blocks = [block for block, times in data.blocks(3) if times is None]
    assert [len(b) for b in blocks] == [16384] * 12 + [200_000 - 12 * 16384]
    assert all(np.shares_memory(b, data.values) for b in blocks)
    assert (np.concatenate(blocks) == data.values).all()
    wide = checks.rows(np.zeros((1000, 10)))
    assert [len(b) for b, _ in wide.blocks(10_000)] == [256, 256, 256, 232]


def test_a_fit_needs_as_many_rows_as_components():
    data = checks.rows([1.0, 2.0, 3.0])
    checks.enough_rows(data, 3)
    with pytest.raises(ValueError, match=r"x: expected .*n_components=4, got 3 row\(s\)"):
        checks.enough_rows(data, 4)


def test_distances_must_not_vanish_when_they_are_squared():
    for fine in ([0.0, 1e-139], [5.0, 5.0], [1.0]):
        checks.representable_spread(checks.rows(fine))
    checks.representable_spread(checks.rows([[0.0, 0.0], [1.0, 1e-300]]))
    checks.representable_spread(checks.rows([1e-200]), np.array([[1.0]]))
    with pytest.raises(ValueError, match="x: expected a spread above 1e-140.*got 1e-141"):
        checks.representable_spread(checks.rows([0.0, 1e-141]))
    with pytest.raises(ValueError, match="x: expected a spread above 1e-140"):
        checks.representable_spread(checks.rows([1e-141]), np.array([[0.0]]))


def test_the_variance_of_each_column_must_keep_its_digits():
    checks.representable_variances(checks.rows([[0.0, 0.0], [1.0, 0.0]]))
    checks.representable_variances(checks.rows([[0.0, 0.0], [1.0, 1e-139]]))
    checks.representable_variances(checks.rows([0.0, 1e-140, 0.0]))
    with pytest.raises(ValueError, match="x: expected a spread above 1e-140.*got 1e-150"):
        checks.representable_variances(checks.rows([[0.0, 5.0, 0.0], [1.0, 5.0, 1e-150]]))
    near = 1e-130 * (1 + 2.0**-52)  # the sum of both is large enough, their difference is not
    with pytest.raises(ValueError, match="x: expected a spread above 1e-140"):
        checks.representable_variances(checks.rows([1e-130, near]))
    with pytest.raises(ValueError, match="x: expected a spread above 1e-140"):
        checks.representable_spread(checks.rows([1e-130, near]))


def test_counts_tables_are_heads_and_tails():
    assert checks.counts_table([[1, 2], [0, 0]]).values.tolist() == [[1, 2], [0, 0]]
    data = checks.counts_table([[1, 2]])
    assert checks.counts_table(data) is data
    with pytest.raises(ValueError, match=r"x: expected shape \(N, 2\): heads and tails"):
        checks.counts_table([[1, 2, 3]])
    with pytest.raises(ValueError, match="x: expected whole numbers, not negative, got 0.5"):
        checks.counts_table([[1, 0.5]])
    with pytest.raises(ValueError, match=r"x: expected 2 dimension\(s\), got 1"):
        checks.counts_table([1, 2])
    with pytest.raises(ValueError, match="not negative, got 0.5 at index 1, 0$"):
        checks.counts_table(Rows(np.array([[1, 2], [0.5, 2]])))
    with pytest.warns(EMWarning, match="trials of at most two tosses"):
        checks.counts_table([[0, 0]])


def test_a_weight_below_zero_is_named_with_its_row():
    data = checks.rows([1.0, 2.0, 3.0])
    with pytest.raises(ValueError, match="no negative weight, got -0.5 at index 1$"):
        checks.weighted(data, [1.0, -0.5, 1.0])
    with pytest.raises(ValueError, match="no negative weight, got -0.5 at index 1$"):
        checks.sample_weights([1.0, -0.5, 1.0], 3)


def test_whole_numbers_are_whole_and_not_negative():
    assert arguments.whole_numbers("n", [0, 1.0, True], (1,)).tolist() == [0, 1, 1]
    for value, shown in (([1, -2], "-2"), ([1.5], "1.5"), ([-0.5], "-0.5")):
        with pytest.raises(ValueError, match=f"n: expected whole numbers.* got {shown}"):
            arguments.whole_numbers("n", value, (1,))


def test_tosses_are_ones_and_zeros():
    assert arguments.zeros_and_ones("x", [True, 0, 1.0], (1,)).tolist() == [1, 0, 1]
    for value in (2, -1, 0.5):
        with pytest.raises(ValueError, match=f"x: expected zeros and ones only, got {value}"):
            arguments.zeros_and_ones("x", [1, value], (1,))


def test_shapes_are_checked_and_copies_are_read_only():
    given = np.zeros((2, 3))
    result = arguments.shaped("means", given, (2, None))
    assert not result.flags.writeable
    assert not np.shares_memory(result, given)
    with pytest.raises(ValueError, match=r"means: expected shape \(2, any\), got shape \(3, 1\)"):
        arguments.shaped("means", np.zeros((3, 1)), (2, None))
    with pytest.raises(ValueError, match=r"means: expected shape \(4, 3\), got shape \(2, 3\)"):
        arguments.shaped("means", given, (4, 3))


def test_weights_are_a_distribution():
    assert arguments.weights("w", [0.25, 0.75]).tolist() == [0.25, 0.75]
    assert arguments.weights("w", [1.0, 0.0]).tolist() == [1.0, 0.0]
    for dtype in (bool, np.int8, np.uint8):
        assert arguments.weights("w", np.array([1, 0], dtype)).tolist() == [1.0, 0.0]
    arguments.weights("w", [0.5, 0.5 + 0.9e-8])
    for wrong, words in (
        (
            [0.5, 0.5 + 1.1e-8],
            r"weights that sum to 1 \(divide them by their sum\), got a sum of 1.000000011",
        ),
        ([0.5, 0.5 - 1.1e-8], "w: expected weights that sum to 1"),
        ([-0.5, 1.5], "w: expected no negative weight, got -0.5"),
        ([[1.0]], "w: expected 1 dimension"),
    ):
        with pytest.raises(ValueError, match=words):
            arguments.weights("w", wrong)


def test_probabilities_lie_from_zero_to_one():
    assert arguments.probabilities("b", [0.0, 1.0], (2,)).tolist() == [0.0, 1.0]
    for wrong in (-1e-300, 1 + 1e-15):
        with pytest.raises(ValueError, match="b: expected probabilities from 0 to 1, got"):
            arguments.probabilities("b", [0.5, wrong], (2,))


def test_responsibilities_are_distributions_row_by_row():
    q = [[0.25, 0.75], [1.0, 0.0]]
    assert arguments.responsibilities("q", q, (2, 2)).tolist() == q
    assert arguments.responsibilities("q", q, (2, None)).tolist() == q
    arguments.responsibilities("q", [[0.5, 0.5 + 0.9e-8]], (1, 2))
    for wrong, words in (
        ([[0.5, 0.5 + 1.1e-8], [0.5, 0.5]], r"q: expected rows that sum to 1 .* in row 0"),
        ([[0.5, 0.5], [0.5, 0.4]], r"got 0.9 in row 1"),
        ([[1.5, -0.5], [0.5, 0.5]], "q: expected no negative probability, got -0.5"),
        ([[0.5, 0.5]], r"q: expected shape \(2, 2\): one row per data point.*got shape \(1, 2\)"),
        ([[1.0], [1.0]], r"q: expected shape \(2, 2\)"),
        ([0.5, 0.5], r"q: expected 2 dimension"),
    ):
        with pytest.raises(ValueError, match=words):
            arguments.responsibilities("q", wrong, (2, 2))
    with pytest.raises(ValueError, match=r"q: expected shape \(3, K\): one row"):
        arguments.responsibilities("q", q, (3, None))


EPSILON, SINGLE = 2.0**-52, 2.0**-23

# The last value that passes, what it becomes, and the first that does not.
EDGES = {
    "a large number": (
        lambda v: arguments.array("x", [1e150, v], 1),
        (-1e150, [1e150, -1e150]),
        (-2e150, r"x: expected values up to 1e\+150, .*, got -2e\+150 at index 1"),
    ),
    "a sum of weights": (
        lambda v: arguments.weights("w", [0.25, 0.75 + v]),
        (1e-8 - 1e-15, np.array([0.25, 0.75 + 1e-8]) / (1 + 1e-8)),
        (1e-8 + 1e-15, r"w: expected weights that sum to 1 .*, got a sum of 1\.00000001$"),
    ),
    "a sum of weights in single precision": (
        lambda v: arguments.weights("w", np.float32([0.5, 0.5 + v])),
        (2 * SINGLE, [0.5 / (1 + 2 * SINGLE), (0.5 + 2 * SINGLE) / (1 + 2 * SINGLE)]),
        (2.5 * SINGLE, "w: expected weights that sum to 1"),
    ),
    "a weight below zero by rounding": (
        lambda v: arguments.weights("w", np.float32([v, 1.0])),
        (-2 * SINGLE, [0.0, 1.0]),
        (-2.01 * SINGLE, "w: expected no negative weight, got -2.3"),
    ),
    "a probability below zero by rounding": (
        lambda v: arguments.probabilities("b", np.float32([0.25, 1, v, -0.5 * SINGLE]), (None,)),
        (-SINGLE, [0.25, 1.0, 0.0, 0.0]),
        (-1.01 * SINGLE, "b: expected probabilities from 0 to 1, got -1.2"),
    ),
    "a probability above one by rounding": (
        lambda v: arguments.probabilities("b", np.float32([0.25, 1 + v]), (None,)),
        (SINGLE, [0.25, 1.0]),
        (2 * SINGLE, r"b: expected probabilities from 0 to 1, got 1\.0000002"),
    ),
    "the first of two that are no probabilities": (
        lambda v: arguments.probabilities("b", [0.5, v, 3 * v], (3,)),
        (0.0, [0.5, 0.0, 0.0]),
        (0.5 - 1, "b: expected probabilities from 0 to 1, got -0.5"),
    ),
    "a sum of responsibilities": (
        lambda v: arguments.responsibilities("q", [[0.5, 0.5], [0.25, 0.75 + v]], (2, 2)),
        (1e-8 - 1e-15, [[0.5, 0.5], [0.25 / (1 + 1e-8), (0.75 + 1e-8) / (1 + 1e-8)]]),
        (1e-8 + 1e-15, r"q: expected rows that sum to 1 .*, got 1\.00000001 in row 1"),
    ),
    "a sum of responsibilities in single precision": (
        lambda v: arguments.responsibilities("q", np.float32([[0.5, 0.5 + v]]), (1, None)),
        (2 * SINGLE, [[0.5 / (1 + 2 * SINGLE), (0.5 + 2 * SINGLE) / (1 + 2 * SINGLE)]]),
        (2.5 * SINGLE, "q: expected rows that sum to 1"),
    ),
    "a responsibility below zero by rounding": (
        lambda v: arguments.responsibilities("q", np.float32([[1.0, v]]), (1, 2)),
        (-2 * SINGLE, [[1.0, 0.0]]),
        (-2.01 * SINGLE, "q: expected no negative probability, got -2.3"),
    ),
    "a variance on the floor": (
        lambda v: arguments.variances("v", [9.0, v], 2, 2.0),
        (2.0 * (1 - 1e-8), [9.0, 2.0 * (1 - 1e-8)]),
        (2.0 * (1 - 1.0001e-8), "v: expected no variance below covariance_floor=2, got 2$"),
    ),
    "a variance on the floor in single precision": (
        lambda v: arguments.variances("v", np.float32([9.0, v]), 2, 1.0),
        (1 - SINGLE, [9.0, 1.0]),
        (1 - 1.5 * SINGLE, "v: expected no variance below covariance_floor=1, got 1$"),
    ),
    "a covariance and its transpose in single precision": (
        lambda v: arguments.covariances("c", np.float32([[[1, v], [0, 1]]]), (1, 2, 2), 0.0),
        (2 * SINGLE, [[[1.0, SINGLE], [SINGLE, 1.0]]]),
        (2.01 * SINGLE, "c: expected symmetric matrices"),
    ),
    "an eigenvalue on the floor, beside one that hides its digits": (
        lambda v: arguments.covariances("c", [np.diag([v, 1e8, 1e8])], (1, 3, 3), 1.0),
        (1 - 2.9e-6, [np.diag([1 - 2.9e-6, 1e8, 1e8]).tolist()]),
        (1 - 3.1e-6, "c: expected no eigenvalue below covariance_floor=1, got 0.999997"),
    ),
    "a sum of many weights in half precision": (
        lambda v: arguments.weights("w", np.float16([1 / 64 + v] + [1 / 64] * 63))[:2],
        (2.0**-7, [(1 / 64 + 2.0**-7) / (1 + 2.0**-7), 1 / 64 / (1 + 2.0**-7)]),
        (2.0**-6, r"w: expected weights that sum to 1 .*, got a sum of 1\.015625$"),
    ),
    "a weight below zero by the rounding of doubles": (
        lambda v: arguments.weights("w", [v, 1.0]),
        (0.0, [0.0, 1.0]),
        (-1e-16, "w: expected no negative weight, got -1e-16"),
    ),
    "the first of two that are no toss": (
        lambda v: arguments.zeros_and_ones("x", [1, v, 3 * v], (1,)),
        (0.0, [1.0, 0.0, 0.0]),
        (2.0, "x: expected zeros and ones only, got 2$"),
    ),
    "the first of two with more heads than tosses": (
        lambda v: arguments.heads_and_tosses([1, v, 2 * v], [2, 4, 9], (1,))[0],
        (4, [1.0, 4.0, 8.0]),
        (5, "heads: expected at most n=4 heads, got 5$"),
    ),
    "whole numbers": (
        lambda v: arguments.whole_numbers("n", [[0.0, 3.0]] * 70_000 + [[v, -v]], (2,))[-1],
        (0.0, [0.0, 0.0]),
        (0.5, "n: expected whole numbers, not negative, got 0.5 at index 70000, 0"),
    ),
}


@pytest.mark.parametrize("case", EDGES)
def test_the_last_value_that_passes_and_the_first_that_does_not(case):
    rule, (last, becomes), (first, words) = EDGES[case]
    assert rule(last) == pytest.approx(np.array(becomes), rel=1e-13, abs=0)
    with pytest.raises(ValueError, match=words):
        rule(first)


def test_what_sums_to_one_but_for_the_rounding_of_the_sum_is_left_as_it_is():
    for error, is_left in ((4 * EPSILON, True), (5 * EPSILON, False)):
        row = [0.25, 0.75 + error]
        for result in (
            arguments.weights("w", row),
            arguments.responsibilities("q", [row], (1, 2))[0],
        ):
            assert (result.tolist() == row) is is_left
            assert result.sum() == pytest.approx(1, abs=error)


def test_variances_are_positive_and_not_below_the_floor():
    assert arguments.variances("v", [1.0, 2.0], 2, 0.0).tolist() == [1.0, 2.0]
    assert arguments.variances("v", [1e280], 1, 0.0).tolist() == [1e280]
    arguments.variances("v", [1.0 - 0.9e-8], 1, 1.0)
    for value, floor, words in (
        ([0.0, 1.0], 0.0, "v: expected positive variances, got 0"),
        ([-1.0, 1.0], 0.0, "v: expected positive variances, got -1"),
        ([1.0, 1.0 - 1.1e-8], 1.0, "v: expected no variance below covariance_floor=1, got 1"),
        ([1.0], 0.0, r"v: expected shape \(2,\), got shape \(1,\)"),
    ):
        with pytest.raises(ValueError, match=words):
            arguments.variances("v", value, 2, floor)


def test_covariances_are_symmetric_and_not_below_the_floor():
    matrix = np.array([[2.0, 1.0], [1.0, 2.0]])  # eigenvalues 1 and 3
    assert arguments.covariances("c", [matrix], (1, 2, 2), 0.0).tolist() == [matrix.tolist()]
    nearly = np.array([[0, 1.9e-8], [0, 0]]) + matrix
    result = arguments.covariances("c", [nearly], (1, 2, 2), 0.0)[0]
    assert result.tolist() == result.T.tolist()
    assert result[0, 1] == pytest.approx(1 + 0.95e-8, abs=1e-15)
    arguments.covariances("c", [matrix], (1, 2, 2), 1.0)
    arguments.covariances("c", [matrix], (1, 2, 2), 1.0 + 0.9e-8)
    for value, floor, words in (
        (np.array([[0, 2.1e-8], [0, 0]]) + matrix, 0.0, "c: expected symmetric matrices"),
        (matrix - [[0, 2.1e-8], [0, 0]], 0.0, "c: expected symmetric matrices"),
        (matrix, 1.0 + 1e-7, "c: expected no eigenvalue below covariance_floor=1, got 1"),
        (np.eye(3), 0.0, r"c: expected shape \(2, 2, 2\), got shape \(2, 3, 3\)"),
    ):
        with pytest.raises(ValueError, match=words):
            arguments.covariances("c", [np.eye(len(value)), value], (2, 2, 2), floor)
    with pytest.raises(ValueError, match="got 0.1"):
        arguments.covariances("c", [np.eye(2), 0.1 * np.eye(2)], (2, 2, 2), 0.5)
    assert arguments.covariances("c", [[[1e280]]], (1, 1, 1), 0.0).item() == 1e280


def test_a_small_matrix_is_judged_by_its_own_size():
    small = 1e-20 * np.array([[2.0, 1.0], [1.1, 2.0]])
    with pytest.raises(ValueError, match="symmetric"):
        arguments.covariances("c", [np.eye(2), small], (2, 2, 2), 0.0)


def test_flags_are_true_or_false():
    assert arguments.flag("f", True) is True
    assert arguments.flag("f", np.False_) is False
    for value in (1, 0, None, "yes"):
        with pytest.raises(TypeError, match="f: expected True or False, got"):
            arguments.flag("f", value)


def test_counts_are_whole_numbers_from_a_minimum():
    assert arguments.count("k", 3) == 3
    assert arguments.count("k", np.int8(1)) == 1
    assert arguments.count("k", 0, minimum=0) == 0
    assert arguments.count("k", sys.maxsize) == sys.maxsize
    for value in (0, -1):
        with pytest.raises(ValueError, match=f"k: expected at least 1, got {value}"):
            arguments.count("k", value)
    for value in (2.0, 2.5, "3", None, np.nan, True, np.True_, [3], np.float64(3)):
        with pytest.raises(TypeError, match="k: expected a whole number, got"):
            arguments.count("k", value)


def test_tolerances_are_finite_numbers_not_below_zero():
    assert arguments.non_negative("tol", 0) == 0.0
    assert arguments.non_negative("tol", np.float32(0.5)) == 0.5
    assert arguments.non_negative("tol", fractions.Fraction(1, 4)) == 0.25
    for value in (-1e-300, np.nan, np.inf, 10**400):
        with pytest.raises(ValueError, match="tol: expected a finite number, zero or more, got"):
            arguments.non_negative("tol", value)
    for value in ("1", None, True, np.True_, 1j, [1.0], decimal.Decimal(1)):
        with pytest.raises(TypeError, match="tol: expected a number, got"):
            arguments.non_negative("tol", value)


def test_generators_are_taken_and_seeds_make_one():
    rng = np.random.default_rng(5)
    assert arguments.generator("rng", rng) is rng
    assert arguments.generator("rng", 5).random() == np.random.default_rng(5).random()
    arguments.generator("rng", 0)
    for value in (None, 1.5, "a", True, np.random, [1], np.random.RandomState(0)):
        with pytest.raises(TypeError, match=r"rng: expected a numpy.random.Generator or a whole"):
            arguments.generator("rng", value)
    with pytest.raises(ValueError, match="rng: expected at least 0, got -1"):
        arguments.generator("rng", -1)


def test_every_warning_of_emlib_is_a_user_warning_and_every_collapse_a_value_error():
    assert issubclass(EMWarning, UserWarning)
    assert issubclass(errors.CollapseError, ValueError)


def test_a_diagonal_without_width_is_a_collapse():
    for matrix in ([[0.0, 0.0], [0.0, 1.0]], [[1.0, 0.0], [0.0, -1e-300]]):
        with pytest.raises(CollapseError, match="c: expected positive definite .* component 1"):
            arguments.covariances("c", [np.eye(2), matrix], (2, 2, 2), 0.0)


def test_possible_rows_pass_and_the_first_impossible_one_is_named():
    assert arguments.possible(np.array([-1e300, 0.0, 5.0])) is None
    for value in (-np.inf, np.nan, np.inf):
        with pytest.raises(ValueError, match="x: expected rows .* got row 2, which is impossible"):
            arguments.possible(np.array([0.0, 1.0, value, -np.inf]))


def test_a_component_is_wider_than_the_rounding_of_its_data():
    epsilon, all_own = 2.0**-52, np.array([True, True])
    means, stds = np.array([100.0, 0.0]), np.array([4.0, 5.0])
    assert check_widths("v", means, stds, all_own) is None
    check_widths("v", means, np.array([4.0, 4.1 * epsilon * 104]), all_own)
    for width in (3.9 * epsilon * 104, 0.0):
        with pytest.raises(CollapseError, match="v: expected positive definite .* component 1"):
            check_widths("v", means, np.array([4.0, width]), all_own)
    table = np.array([[-200.0, 1.0], [0.0, 2.0]])
    check_widths("c", table, np.array([[1e-12, 1e-14], [1e-12, 1e-14]]), all_own)
    with pytest.raises(CollapseError, match="component 0"):
        check_widths("c", table, np.array([[1e-13, 1e-14], [1e-12, 1e-14]]), all_own)
    with pytest.raises(CollapseError, match="component 1"):
        check_widths("c", table, np.array([[1e-12, 1e-14], [1e-12, 1e-15]]), all_own)
    far = np.array([0.0, 1e20])  # a component that owns nothing neither counts nor is judged
    check_widths("v", far, np.array([1.0, 0.0]), np.array([True, False]))
    with pytest.raises(CollapseError, match="component 0"):
        check_widths("v", far, stds, all_own)


@pytest.mark.parametrize("scale", [(1.0, 1.0), (1e-120, 1e100), (1e140, 1e-140), (1e-150, 1e-150)])
def test_cholesky_factors_give_back_the_matrix_whatever_the_units_of_a_column(scale):
    matrix = np.array([[4.0, 3.0], [3.0, 9.0]])
    factor = cholesky((matrix * np.outer(scale, scale))[None])[0]
    wanted = [[2.0, 0.0], [1.5, np.sqrt(6.75)]]
    assert factor / np.array(scale)[:, None] == pytest.approx(np.array(wanted), rel=1e-14)
    assert factor[0, 1] == 0.0


def test_cholesky_factors_of_one_column_are_standard_deviations():
    assert cholesky(np.array([[[4.0]], [[1e-300]]])).ravel().tolist() == [2.0, 1e-150]


@pytest.mark.parametrize("scale", [(1.0, 1.0), (1e-120, 1e100), (3e7, 1e-5)])
def test_cholesky_factors_are_refused_where_they_are_rounding(scale):
    def covariances(rest, *, first=0):
        tables = np.array([np.eye(2), [[1.0, 1.0], [1.0, 1.0 + rest]]]) * np.outer(scale, scale)
        return np.roll(tables, first, axis=0)

    epsilon = 2.0**-52
    factors = cholesky(covariances(20 * epsilon))
    assert factors[1] @ factors[1].T == pytest.approx(covariances(0)[1])
    for rest in (4 * epsilon, 0.0, -1.0):
        with pytest.raises(CollapseError, match="covariances: .* component 1.*covariance_floor"):
            cholesky(covariances(rest))
        with pytest.raises(CollapseError, match="component 0"):
            cholesky(covariances(rest, first=1))


def test_the_first_component_that_is_singular_is_named():
    rounded, negative = [[1.0, 1.0], [1.0, 1.0 + 2.0**-52]], [[1.0, 2.0], [2.0, 1.0]]
    for tables, first in [([rounded, negative], 0), ([np.eye(2), rounded, negative], 1)]:
        with pytest.raises(CollapseError, match=f"component {first}"):
            cholesky(np.array(tables))


def test_cholesky_factors_of_tiny_variances_are_no_error_whatever_numpy_does_about_it():
    tiny = np.array([1e-300 * np.eye(2), np.diag([1.0, 1e-306])])
    with np.errstate(all="raise"):
        factors = cholesky(tiny)
    assert factors[0] == pytest.approx(1e-150 * np.eye(2), abs=0)


def test_a_module_of_masked_arrays_that_is_being_loaded_is_no_matter(monkeypatch):
    """As another thread may see it: there, but empty."""
    monkeypatch.setitem(sys.modules, "numpy.ma", types.ModuleType("numpy.ma"))
    assert arguments.array("x", [1, 2], 1).tolist() == [1.0, 2.0]
    monkeypatch.delitem(sys.modules, "numpy.ma")
    assert arguments.array("x", [1, 2], 1).tolist() == [1.0, 2.0]


def test_a_collapse_says_what_to_do():
    error = errors.collapse("variances", 3)
    assert isinstance(error, CollapseError)
    for words in ("variances: expected", "component 3", "set covariance_floor", "fewer components"):
        assert words in str(error)


def test_what_has_no_density_or_is_no_model_is_refused():
    theta, clusters = CoinMixture([0.5], [1.0]), KMeans([[0.0]])
    assert arguments.density(theta) is theta
    assert arguments.model(clusters) is clusters
    assert arguments.model_class(KMeans) is None
    with pytest.raises(TypeError, match="model: expected a mixture with a density, got KMeans"):
        arguments.density(clusters)
    with pytest.raises(TypeError, match=r"model: expected a model, .*got the class CoinMixture"):
        arguments.model(CoinMixture)
    halves = types.SimpleNamespace(e_step=1), types.SimpleNamespace(m_step=1)
    for wrong in ("abc", *halves):
        with pytest.raises(
            TypeError, match=rf"model: expected a model, .*got {type(wrong).__name__}"
        ):
            arguments.density(wrong)
    for wrong in (int, theta, "KMeans"):
        with pytest.raises(TypeError, match="model_class: expected a class of models"):
            arguments.model_class(wrong)


def test_arrays_of_a_record_become_read_only():
    values = {"a": np.zeros(2), "b": 1.0}
    assert arguments.read_only(values) == values
    assert not values["a"].flags.writeable
