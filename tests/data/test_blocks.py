"""Data that are read part by part: the same fit, in memory that does not grow with them."""

import dataclasses
import os
import re
import subprocess
import sys
import textwrap
import tracemalloc
import warnings
from pathlib import Path

import numpy as np
import pytest

from emlib import (
    CoinMixture,
    EMWarning,
    GaussianMixture,
    GaussianMixture1D,
    KMeans,
    PoissonMixture,
    em,
    selection,
)
from emlib.data import blocks as blocks_of
from emlib.data import rows
from emlib.data.blocks import READ_WHOLE, Blocks, cut, held_elsewhere
from emlib.data.rows import BLOCK_SIZE, Rows
from emlib.models.model import QUICK

MB = 2**20
ROUNDS = 3


@pytest.fixture(autouse=True)
def small_parts(monkeypatch, request):
    """Cut small tables into parts too; what is measured keeps the size that users get."""
    if "memory" not in request.node.name:
        for module in (rows, blocks_of):
            monkeypatch.setattr(module, "BLOCK_SIZE", 512)
        monkeypatch.setattr(blocks_of, "READ_WHOLE", 512)


def fit(model, x):
    """A few rounds, without a word about convergence."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", EMWarning)
        return em.fit(model, x, tol=0, max_iter=ROUNDS)


def two_clouds(n, rng, offset=0.0):
    x = rng.normal(size=(n, 2)) + np.where(rng.random(n) < 0.3, 0.0, 2.5)[:, None]
    return x + offset


def problem(name, rng, n=5000, offset=0.0):
    """A model near the data, and the data, shape (N, D)."""
    x = two_clouds(n, rng, offset)
    if name == "CoinMixture":  # too many tosses for many trials to end alike
        heads = rng.binomial(5000, rng.choice([0.3, 0.6], n))
        return CoinMixture([0.31, 0.55], [0.5, 0.5]), np.column_stack([heads, 5000 - heads]) * 1.0
    if name == "PoissonMixture":  # so many events that few counts are equal
        events = rng.poisson(rng.choice([3e6, 5e6], n))[:, None]
        return PoissonMixture([0.5, 0.5], [3.1e6, 4e6]), events * 1.0
    if name == "GaussianMixture1D":
        return GaussianMixture1D([0.5, 0.5], x[:2, 0] + [0, 1], [1, 1]), x[:, :1]
    means = np.add(x[:2], [[0], [1]])
    if name == "KMeans":
        return KMeans(means), x
    return GaussianMixture([0.5, 0.5], means, [np.eye(2)] * 2), x


ON_A_LINE = ["GaussianMixture1D", "PoissonMixture"]
MODELS = ["GaussianMixture", "GaussianMixture1D", "KMeans", "CoinMixture", "PoissonMixture"]


class Files:
    """Reads one file for each block, each time anew."""

    def __init__(self, paths):
        self.paths, self.passes = paths, 0

    def __iter__(self):
        self.passes += 1
        return map(np.load, self.paths)


def mapped(x, tmp_path, dtype=None):
    """Save x to a file, and map it."""
    np.save(tmp_path / "x.npy", x.astype(dtype or x.dtype))
    return np.load(tmp_path / "x.npy", mmap_mode="r")


def files(x, tmp_path, cuts=(700, 701, 3000)):
    """Save x in several files."""
    paths = []
    for i, block in enumerate(np.split(x, cuts)):
        np.save(tmp_path / f"{i}.npy", block)
        paths.append(tmp_path / f"{i}.npy")
    return Files(paths)


WAYS = {
    "memmap": mapped,
    "another order": lambda x, tmp_path: np.repeat(x, 2, axis=0)[::2],
    "list": lambda x, tmp_path: np.split(x, [700, 701, 3000]),
    "tuple with an empty block": lambda x, tmp_path: (x[:0], x[:4000], x[4000:]),
    "files": files,
}


def assert_same(a, b, rel=1e-12):
    assert a.history == pytest.approx(b.history, rel=rel)
    for name, value in vars(a.model).items():
        if isinstance(value, np.ndarray) and not name.startswith("_"):
            assert value == pytest.approx(getattr(b.model, name), rel=rel), name


@pytest.mark.parametrize("way", WAYS)
def test_an_empty_cluster_takes_the_row_that_is_farthest_in_any_part(way, rng, tmp_path):
    model, x = problem("KMeans", rng)
    model = KMeans([*model.centroids, [99.0, 99.0], [98.0, 98.0]])
    blocks = WAYS[way](x[x[:, 0].argsort()], tmp_path)  # some parts lack clusters that others have
    fit = em.fit(model, blocks)
    assert_same(fit, em.fit(model, x))
    assert len(set(fit.model.predict(x))) == 4


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", MODELS)
def test_a_fit_is_that_of_the_whole(name, way, rng, tmp_path):
    model, x = problem(name, rng)
    blocks = WAYS[way](x, tmp_path)
    assert isinstance(model.prepare(blocks), Blocks)
    assert_same(fit(model, blocks), fit(model, x))


@pytest.mark.parametrize("offset", [1e4, 1e8])
@pytest.mark.parametrize("name", MODELS[:3])
def test_an_offset_costs_no_digits(name, offset, rng):
    model, x = problem(name, rng, offset=offset)
    here, parts = fit(model, x), fit(model, np.array_split(x, 7))
    assert parts.history == pytest.approx(here.history, rel=1e-12)
    there, place = (getattr(found.model, model.location) for found in (here, parts))
    assert place - offset == pytest.approx(there - offset, rel=1e-12, abs=4e-16 * offset)


@pytest.mark.parametrize("dtype", [np.float32, np.float16, ">f8", np.int16, np.uint8])
def test_any_real_dtype_is_converted_part_by_part(dtype, rng, tmp_path):
    model, x = problem("GaussianMixture", rng)
    x = (20 * x + 100).astype(dtype)
    assert isinstance(model.prepare(mapped(x, tmp_path)), Blocks)
    model = GaussianMixture([0.5, 0.5], [[90, 90], [150, 150]], [900 * np.eye(2)] * 2)
    assert_same(fit(model, mapped(x, tmp_path)), fit(model, x.astype(float)))


def test_objects_and_one_dimensional_arrays_are_read_too(rng, tmp_path):
    model, x = problem("GaussianMixture1D", rng)
    for blocks in (mapped(x[:, 0], tmp_path), x[:, 0].astype(object)):
        assert isinstance(model.prepare(blocks), Blocks)
        assert_same(fit(model, blocks), fit(model, x))


def test_small_arrays_and_ready_ones_are_taken_whole(rng):
    x = rng.normal(size=(300, 2))
    assert not held_elsewhere(x)
    assert not held_elsewhere(np.asfortranarray(x)[:200])
    assert isinstance(Rows(x), type(KMeans(x[:2]).prepare(x)))
    for listed in ([[1.0, 2.0]], range(5), "text", {"a": 1}, 3.0, np.float64(1), [x[0], x[1]]):
        assert not held_elsewhere(listed)


def test_a_log_likelihood_is_added_up_by_blocks(rng):
    model, x = problem("GaussianMixture", rng)
    blocks = np.split(x, 5)
    assert model.log_likelihood(blocks) == pytest.approx(model.log_likelihood(x), rel=1e-13)
    assert selection.bic(model, blocks) == pytest.approx(selection.bic(model, x), rel=1e-13)
    assert model.e_step(blocks)[1] == pytest.approx(model.log_likelihood(x), rel=1e-13)


def test_results_with_a_row_a_data_point_come_in_one_piece(rng, tmp_path):
    model, x = problem("GaussianMixture", rng)
    for blocks in (mapped(x, tmp_path), np.split(x, 5)):
        assert (model.predict(blocks) == model.predict(x)).all()
        # A row's K numbers do not depend on its block, but for the lanes that take them.
        r = model.responsibilities(x)
        assert model.responsibilities(blocks) == pytest.approx(r, abs=1e-13)


@pytest.mark.parametrize("accelerate", ["squarem", "lbfgs"])
def test_an_accelerated_fit_reads_blocks_as_well(accelerate, rng):
    model, x = problem("GaussianMixture", rng)
    whole = em.fit(model, x, accelerate=accelerate, max_iter=3000)
    parts = em.fit(model, np.split(x, 5), accelerate=accelerate, max_iter=3000, n_threads=2)
    assert parts.objective == pytest.approx(whole.objective, abs=1e-4)
    assert parts.converged


def test_the_data_are_checked_once_and_read_once_a_round(rng, tmp_path):
    model, x = problem("KMeans", rng)
    blocks = files(x, tmp_path)
    assert fit(model, blocks).n_e_steps == ROUNDS + 1
    assert blocks.passes == 1 + ROUNDS + 1


def refusal(model, x):
    with pytest.raises((ValueError, TypeError)) as caught:
        em.fit(model, x)
    return str(caught.value)


def spoilt(x, row, column, value):
    result = x.copy()
    result[row, column] = value
    return result


@pytest.mark.parametrize("value", [np.nan, np.inf, -1e200])
def test_a_bad_value_is_named_with_its_block_and_row(value, rng, tmp_path):
    model, x = problem("GaussianMixture", rng)
    bad = spoilt(x, 4003, 1, value)
    said = "finite numbers, got" if not np.isfinite(value) else "whose squares do not overflow"
    message = refusal(model, np.split(bad, [1000, 3000]))
    assert message.startswith("x, block 2: expected")
    assert said in message
    assert message.endswith("at index 1003, 1")
    message = refusal(model, mapped(bad, tmp_path))
    assert message.startswith("x: expected")
    assert message.endswith("at index 4003, 1")


def test_counts_are_whole_numbers_in_every_block(rng, tmp_path):
    model, x = problem("CoinMixture", rng)
    wanted = "expected whole numbers, not negative, got"
    bad = spoilt(x, 4003, 0, 2.5)
    assert refusal(model, np.split(bad, 2)) == f"x, block 1: {wanted} 2.5 at index 1503, 0"
    assert refusal(model, mapped(bad, tmp_path)) == f"x: {wanted} 2.5 at index 4003, 0"
    assert refusal(model, spoilt(x, 4003, 1, -1)) == f"x: {wanted} -1 at index 4003, 1"


def test_blocks_of_other_shapes_and_kinds_are_refused(rng):
    model, x = problem("GaussianMixture", rng)
    assert "x, block 1: expected shape (N, 2), as many columns" in refusal(model, [x, x[:, :1]])
    assert "x, block 1: expected 1 or 2 dimension(s), got 3" in refusal(model, [x, x[None]])
    assert "x, block 1: expected real numbers, got text" in refusal(model, [x, "heights"])
    assert "x, block 1: expected real numbers, got complex" in refusal(model, [x, x + 0j])
    masked = np.ma.array(x, mask=x > 9)
    assert "x, block 0: expected an array without a mask" in refusal(model, [masked])
    assert "x: expected at least one value" in refusal(model, [x[:0], x[:0]])
    assert "as many rows as n_components=2" in refusal(model, [x[:1]])
    for first, second, words in (
        (x, x[:, :1], r"expected 2 column\(s\), as the first block has, got 1$"),
        (x[:, :1], x, r"expected 1 column\(s\), as the first block has, got 2$"),
    ):
        with pytest.raises(ValueError, match=f"^x, block 1: {words}"):
            Blocks.read([first, second], lambda name, part, first: part)


def test_what_can_be_read_only_once_is_refused_by_name(rng):
    model, x = problem("GaussianMixture", rng)
    wanted = "x: expected blocks that can be read again, got a"
    assert f"{wanted} generator (pass a list" in refusal(model, (block for block in [x, x]))
    assert f"{wanted} list_iterator" in refusal(model, iter([x, x]))
    assert f"{wanted} map" in refusal(model, map(np.asarray, [x, x]))


def test_what_comes_out_otherwise_the_second_time_is_noticed(rng):
    model, x = problem("GaussianMixture", rng)

    class Once:
        blocks = iter([x, x])

        def __iter__(self):
            return self.blocks

    assert "the 10000 rows of the first pass again on each pass, got 0" in refusal(model, Once())


def test_more_rows_the_second_time_are_noticed_too(rng):
    model, x = problem("GaussianMixture", rng)

    class Growing:
        def __init__(self):
            self.blocks = [x]

        def __iter__(self):
            yield from self.blocks
            self.blocks.append(x[:7])

    growing = Growing()
    assert "the 5000 rows of the first pass again on each pass, got 5007" in refusal(model, growing)


@pytest.mark.parametrize("n_columns", [1, 3])
def test_other_columns_the_second_time_are_noticed_too(n_columns, rng):
    model, x = problem("GaussianMixture", rng)
    passes = iter([[x], [np.ones((len(x), n_columns))]])

    class Changing:
        def __iter__(self):
            return iter(next(passes))

    wanted = f"x: expected 2 column(s) on each pass, as on the first, got {n_columns}"
    assert wanted in refusal(model, Changing())


def test_limits_are_those_of_all_blocks(rng):
    x = rng.normal(size=(60, 3))
    for row in (3, 33, 55):
        x[row] = [row, -row, 0]
        blocks = Blocks.read(np.split(x, [20, 40]), lambda name, part, first: part)
        assert np.array_equal(blocks.limits, [x.min(axis=0), x.max(axis=0)])
        assert len(blocks) == 60
        assert np.array_equal(blocks.values, x)


def test_blocks_are_records_that_cannot_be_changed():
    x = [np.zeros((3, 1))]
    one, other = (Blocks.read(x, lambda name, part, first: part) for _ in range(2))
    assert one != other
    with pytest.raises(dataclasses.FrozenInstanceError):
        one.source = x


@pytest.mark.parametrize(
    ("shape", "firsts"),
    [((10, 3), [0, 2, 4, 6, 8]), ((10,), [0, 6]), ((3, 9), [0, 1, 2]), ((3, 0), [0]), ((0, 3), [])],
)
def test_a_part_holds_so_many_numbers_and_at_least_a_row(shape, firsts, monkeypatch):
    monkeypatch.setattr(blocks_of, "BLOCK_SIZE", 6)
    block = np.arange(float(np.prod(shape))).reshape(shape)
    parts = list(cut(block))
    assert [first for first, _ in parts] == firsts
    assert not parts or np.array_equal(np.concatenate([part for _, part in parts]), block)


def test_what_has_no_rows_is_handed_on_whole():
    for block in ("heights", [[1.0, 2.0]], np.float64(1), np.array(1.0)):
        assert [(first, part is block) for first, part in cut(block)] == [(0, True)]


def test_arrays_are_read_in_parts_from_a_size_on_and_in_one_or_two_dimensions(rng):
    for shape, wanted in (
        ((256, 2), False),
        ((257, 2), True),
        ((513,), True),
        ((600, 1, 1), False),
    ):
        assert held_elsewhere(np.zeros(shape, dtype=np.float32)) is wanted
        assert not held_elsewhere(np.zeros(shape))
    assert held_elsewhere(np.zeros((2, 300)).T)


def test_a_listed_object_is_read_by_blocks_where_its_first_item_is_one():
    class Listed:
        def __init__(self, *items):
            self.items = items

        def __len__(self):
            return len(self.items)

        def __getitem__(self, i):
            return self.items[i]

        def __iter__(self):
            return iter(self.items)

    assert held_elsewhere(Listed(np.zeros((2, 2))))
    assert not held_elsewhere(Listed(np.zeros(2)))
    assert not held_elsewhere(Listed())


def test_what_makes_an_array_of_itself_is_taken_whole():
    class Tensor:
        def __array__(self, dtype=None, copy=None):
            return np.zeros((3, 2, 2))

        def __iter__(self):
            return iter(np.zeros((3, 2, 2)))

    assert not held_elsewhere(Tensor())


def test_a_sparse_matrix_is_not_read_by_blocks_even_where_it_can_be_iterated():
    class OldSparse:
        def tocoo(self):
            return self

        def __iter__(self):
            raise TypeError("'coo_array' object is not subscriptable")

    assert not held_elsewhere(OldSparse())
    with pytest.raises(ValueError, match=r"^x: expected a dense array \(call .toarray\(\) first\)"):
        em.fit(GaussianMixture([1.0], [[0.0]], [[[1.0]]]), OldSparse())


def test_an_object_that_cannot_be_listed_is_read_by_blocks_whatever_they_are():
    class Loader:
        def __len__(self):
            return 1

        def __iter__(self):
            return iter([np.zeros(2)])

    assert held_elsewhere(Loader())


def test_an_impossible_row_is_counted_from_the_start_of_its_part(rng):
    model = CoinMixture([1.0, 1.0], [0.5, 0.5])
    x = np.column_stack([np.arange(6000.0), np.zeros(6000)])
    x[5555, 1] = 1
    with pytest.raises(ValueError, match="x: expected rows that some component") as caught:
        em.fit(model, np.split(x, [4000]))
    row = re.search(r"row (\d+), which is impossible", str(caught.value))[1]
    first = re.fullmatch(r"Rows are counted here from row (\d+) of x\.", *caught.value.__notes__)[1]
    assert int(first) > 4000
    assert int(first) + int(row) == 5555


# Equal rows are counted


class Spy:
    """How many rows the E-steps of a model are given."""

    def __init__(self, monkeypatch, kind):
        self.rows = []
        plain = kind._e_step

        def e_step(model, data):
            self.rows.append(len(data.values))
            return plain(model, data)

        monkeypatch.setattr(kind, "_e_step", e_step)
        if kind in QUICK:
            monkeypatch.setitem(QUICK, kind, dataclasses.replace(QUICK[kind], rounds=None))


def sequences(model, x):
    """The same fit with every row by itself."""
    data = model.prepare(x)
    for _ in range(ROUNDS):
        model = model.m_step(data.total(model._e_step)[0])
    return model


@pytest.mark.parametrize("cut", [False, True])
def test_coins_cost_their_distinct_trials(cut, rng, monkeypatch):
    heads = rng.binomial(10, rng.choice([0.4, 0.7], 20_000))
    x = np.column_stack([heads, 10 - heads]).astype(float)
    start = CoinMixture([0.3, 0.8], [0.5, 0.5])
    single = sequences(start, x)
    spy = Spy(monkeypatch, CoinMixture)
    found = fit(start, np.array_split(x, 7) if cut else x)
    assert set(spy.rows) == {11}
    assert found.model.biases == pytest.approx(single.biases, rel=1e-12)
    assert found.model.weights == pytest.approx(single.weights, rel=1e-12)
    assert found.objective == pytest.approx(single.log_likelihood(x), rel=1e-12)


@pytest.mark.parametrize("cut", [False, True])
def test_rounded_values_cost_their_distinct_values(cut, rng, monkeypatch):
    x = np.round(rng.normal(rng.choice([150.0, 180.0], 20_000), 7))
    start = GaussianMixture1D([0.5, 0.5], [150, 170], [80, 80])
    single = sequences(start, x)
    spy = Spy(monkeypatch, GaussianMixture1D)
    found = fit(start, np.array_split(x[:, None], 7) if cut else x)
    assert set(spy.rows) == {len(np.unique(x))}
    assert found.model.variances == pytest.approx(single.variances, rel=1e-12)
    assert found.objective == pytest.approx(single.log_likelihood(x), rel=1e-12)


def test_values_that_hardly_repeat_are_left_as_they_are(rng, monkeypatch):
    x = rng.normal(size=5000)
    x[:100] = 0.0
    few_in_front = np.concatenate([np.zeros(100), rng.normal(size=5000)])
    start = GaussianMixture1D([0.5, 0.5], [-1, 1], [1, 1])
    spy = Spy(monkeypatch, GaussianMixture1D)
    for values in (x, few_in_front):
        spy.rows.clear()
        fit(start, values)
        assert set(spy.rows) == {len(values)}


def test_a_count_is_exact_or_not_made():
    model = CoinMixture([0.5, 0.4], [0.5, 0.5])
    huge = np.tile([[2.0**40, 2.0**40 - 1]], (100, 1))  # as one number it would have 80 bits
    assert model.prepare_fit(huge).times is None
    table = np.array([[0, 7], [7, 0], [0, 7], [3, 4], [3, 4], [0, 7]], dtype=float)
    data = model.prepare_fit(table)
    assert data.values.tolist() == [[0, 7], [3, 4], [7, 0]]
    assert data.times.tolist() == [3, 2, 1]
    assert len(data) == 6
    assert model.prepare_fit(data) is data
    assert model.prepare(table).times is None


def test_counting_does_not_hide_rows_from_others(rng):
    x = np.repeat([1.0, 2.0, 7.0, 8.0], 50)
    r = rng.dirichlet([1, 1], size=200)
    made = GaussianMixture1D.from_responsibilities(x, r)
    assert made.means == pytest.approx(x @ r / r.sum(axis=0))
    fitted = em.fit(made, x)
    assert fitted.objective == pytest.approx(fitted.model.log_likelihood(x), rel=1e-12)
    assert len(fitted.model.predict(x)) == 200
    start = GaussianMixture1D([0.5] * 2, [1, 8], [1, 1])
    many, few = (em.fit(start, np.tile(x, times), tol=1e-5) for times in (10, 1))
    assert many.history / 10 == pytest.approx(few.history, rel=1e-12)  # tol is for each row


# Memory: the sizes are those of real data, not of the small parts above.


def peak(call):
    """What a call allocates at most beyond what was there, in bytes."""
    tracemalloc.start()
    try:
        call()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("name", MODELS)
def test_memory_of_the_door_does_not_grow_with_the_rows(name, rng):
    model, x = problem(name, rng, n=2 * READ_WHOLE // (1 if name in ON_A_LINE else 2))
    x = np.ascontiguousarray(x)
    assert x.nbytes == 2 * READ_WHOLE * 8 > 30 * BLOCK_SIZE * 8
    assert peak(lambda: model.prepare(x)) < 2 * BLOCK_SIZE * 8
    other = x.astype(np.float32)
    assert peak(lambda: model.prepare(other)) < 4 * BLOCK_SIZE * 8


MEASURE = """
    import sys, threading, warnings
    import numpy as np
    import emlib
    from emlib import CoinMixture, GaussianMixture, GaussianMixture1D, KMeans

    def anonymous():
        with open("/proc/self/status") as status:
            found = next(line for line in status if line.startswith("RssAnon"))
        return int(found.split()[1]) / 1024

    path, model, fault = sys.argv[1], eval(sys.argv[2]), sys.argv[3] == "fault"
    warnings.simplefilter("ignore", emlib.EMWarning)
    x = np.load(path, mmap_mode="r")
    emlib.em.fit(model, np.array(x[:1000], dtype=float), max_iter=1)  # loads what a fit loads
    before, seen, done = anonymous(), [], threading.Event()

    def watch():
        while not done.wait(0.002):
            seen.append(anonymous())

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    fit = emlib.em.fit(model, x.astype(float) if fault else x, tol=0, max_iter=1)
    done.set()
    watcher.join()
    print(max(seen) - before, len(seen), fit.n_iter)
"""

BUDGET = 24  # MB
MEASURED = {
    "GaussianMixture": "GaussianMixture([.5, .5], [np.zeros(4), np.ones(4)], [np.eye(4)] * 2)",
    "GaussianMixture1D": "GaussianMixture1D([.5, .5], [0, 1], [1, 1])",
    "KMeans": "KMeans([np.zeros(4), np.ones(4)])",
    "CoinMixture": "CoinMixture([.4, .6], [.5, .5])",
}


def big_file(path, name, dtype, rng):
    """A file of 64 MB, three times the budget and more; written in pieces."""
    columns = {"CoinMixture": 2, "GaussianMixture1D": 1}.get(name, 4)
    rows = 64 * MB // np.dtype(dtype).itemsize // columns
    x = np.lib.format.open_memmap(path, mode="w+", dtype=dtype, shape=(rows, columns))
    piece = rng.normal(size=(2**16, columns))
    if name == "CoinMixture":
        heads = rng.binomial(200, rng.choice([0.3, 0.6], 2**16))
        piece = np.column_stack([heads, 200 - heads])
    for first in range(0, rows, 2**16):
        x[first : first + 2**16] = piece[: rows - first]
    x.flush()


def growth(tmp_path, name, dtype, rng, fault="none"):
    """Peak of anonymous memory during a fit of a mapped file, in MB, in a process of its own."""
    path = tmp_path / "big.npy"
    big_file(path, name, dtype, rng)
    command = [sys.executable, "-c", textwrap.dedent(MEASURE), str(path), MEASURED[name], fault]
    alone = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(command, capture_output=True, text=True, env=alone, timeout=120)
    assert done.returncode == 0, done.stderr
    path.unlink()
    grown, samples, rounds = done.stdout.split()
    assert int(samples) > 20
    assert int(rounds) == 1
    return float(grown)


on_linux = pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="anonymous memory is read from Linux's /proc"
)


@on_linux
@pytest.mark.parametrize(
    ("name", "dtype"),
    [
        ("GaussianMixture", "f4"),
        ("GaussianMixture", "f8"),
        ("GaussianMixture1D", "f4"),
        ("KMeans", "f4"),
        ("CoinMixture", "u1"),
    ],
)
def test_memory_of_a_fit_is_bounded_by_the_part(name, dtype, rng, tmp_path, capsys):
    grown = growth(tmp_path, name, dtype, rng)
    with capsys.disabled():
        print(f"\n{name} of 64 MB of {np.dtype(dtype)}: {grown:.1f} MB more", end="")
    assert grown < BUDGET


@on_linux
def test_memory_that_a_converted_copy_takes_is_seen(rng, tmp_path):
    assert growth(tmp_path, "KMeans", "f4", rng, "fault") > 100 > BUDGET
