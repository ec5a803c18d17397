"""A fit on a cluster: the same result, little that travels, and a lost worker changes nothing."""

import os
import pickle
import re
import signal
import threading
import time
import warnings
from collections import Counter

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
    start,
)

dask = pytest.importorskip("dask", reason="needs Dask: pip install emlib[dask]")
distributed = pytest.importorskip("distributed", reason="needs Dask: pip install emlib[dask]")
da = pytest.importorskip("dask.array", reason="needs Dask: pip install emlib[dask]")

ROUNDS = 12


def fit(model, x, rounds=ROUNDS):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", EMWarning)
        return em.fit(model, x, tol=0, max_iter=rounds)


@pytest.fixture
def clouds(rng):
    """Three overlapping clouds in four columns."""
    x = rng.normal(size=(9000, 4)) + rng.choice([0.0, 1.5, 3.0], size=9000)[:, None]
    return x + np.array([0, 10, 1e4, -3])


@pytest.fixture
def model(clouds):
    return start.random_points(GaussianMixture, clouds[:300], n_components=3, rng=1)


def assert_same(a, b, rel=1e-10):
    assert a.history == pytest.approx(b.history, rel=rel)
    for name, value in vars(a.model).items():
        if isinstance(value, np.ndarray) and not name.startswith("_"):
            assert value == pytest.approx(getattr(b.model, name), rel=rel, abs=rel), name


# Without a cluster: Dask runs the same tasks in this process.


@pytest.fixture
def here():
    with dask.config.set(scheduler="synchronous"):
        yield


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("chunk", [9000, 1000, 701])
def test_a_fit_of_chunks_is_that_of_the_whole(clouds, model, chunk):
    x = da.from_array(clouds, chunks=(chunk, 4))
    assert_same(fit(model, x), fit(model, clouds))
    assert model.log_likelihood(x) == pytest.approx(model.log_likelihood(clouds), rel=1e-12)


def test_the_threads_of_this_process_will_do(clouds, model):
    with dask.config.set(scheduler="threads", num_workers=2):
        assert_same(fit(model, da.from_array(clouds, chunks=(1000, 4))), fit(model, clouds))


@pytest.mark.usefixtures("here")
def test_every_model_takes_chunks(clouds, rng):
    heads = rng.binomial(10, 0.4, 3000)
    tosses = np.column_stack([heads, 10 - heads])
    for theta, x in [
        (KMeans(clouds[:3]), clouds),
        (GaussianMixture1D([0.5, 0.5], [0, 2], [1, 1]), clouds[:, 0]),
        (CoinMixture([0.3, 0.6], [0.5, 0.5]), tosses),
        (PoissonMixture([0.5, 0.5], [2, 6]), heads),
        (CoinMixture([0.3, 0.6], [0.5, 0.5]), tosses.astype(np.uint8)),
    ]:
        assert_same(fit(theta, da.from_array(x, chunks=1000).rechunk({-1: -1})), fit(theta, x))


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("weigh", [False, True])
def test_an_empty_cluster_takes_the_row_that_is_farthest_in_any_chunk(clouds, weigh, rng):
    w = rng.uniform(0.5, 2.0, size=len(clouds)) if weigh else None
    theta = KMeans([*clouds[:3], np.full(4, 99.0), np.full(4, 98.0)])
    x, chunks = clouds, (700, 4)
    whole = em.fit(theta, x, sample_weight=w)
    parts = da.from_array(x, chunks=chunks)
    weights = da.from_array(w, chunks=700) if weigh else None
    assert_same(em.fit(theta, parts, sample_weight=weights), whole)
    assert whole.converged
    assert len(set(whole.model.predict(x))) == 5


@pytest.mark.usefixtures("here")
def test_chunks_of_unknown_or_no_length_are_counted(clouds, model):
    x = da.from_array(clouds, chunks=(1000, 4))
    some = x[x[:, 0] > 4.5]  # Dask does not know how many; some chunks may have none
    some = da.concatenate([some, x[:1000][x[:1000, 0] > 1e9], x])
    assert np.isnan(some.shape[0])
    assert_same(fit(model, some), fit(model, np.concatenate([clouds[clouds[:, 0] > 4.5], clouds])))


def refusal(theta, x, kind=ValueError):
    with pytest.raises(kind) as caught:
        em.fit(theta, x)
    return str(caught.value)


def test_a_value_that_is_no_number_is_named_with_its_chunk_and_row(clouds, model):
    clouds[5003, 1] = np.nan
    with dask.config.set(scheduler="threads"):
        said = refusal(model, da.from_array(clouds, chunks=(1000, 4)))
    assert said == "x, chunk 5: expected finite numbers, got nan at index 3, 1"


@pytest.mark.usefixtures("here")
def test_what_does_not_suit_is_refused_by_name(clouds, model):
    x = da.from_array(clouds, chunks=(1000, 4))
    wanted = r"x: expected chunks of whole rows (x.rechunk({1: -1})), got columns in 2 chunks"
    assert refusal(model, x.rechunk({1: 2})) == wanted
    assert refusal(model, x[:, :, None]) == (
        "x: expected 1 or 2 dimension(s), got 3, shape (9000, 4, 1)"
    )
    wanted = (
        "x: expected a Dask array (of a Dask data frame take .to_dask_array()), got a Dask Delayed"
    )
    assert refusal(model, dask.delayed(np.ones)((5, 4))) == wanted
    assert "x, chunk 0: expected shape (N, 4), as many columns" in refusal(model, x[:, :2])
    assert "expected real numbers, got complex" in refusal(model, x + 0j, TypeError)
    assert "at least one value, got chunks without rows" in refusal(model, x[:0])
    assert "as many rows as n_components=3, got 2 row(s)" in refusal(model, x[:2])
    halves = da.from_array(np.array([[1.0, 2.0], [1.5, 2.0]]), chunks=(1, 2))
    said = refusal(CoinMixture([0.4, 0.6], [0.5, 0.5]), halves)
    assert said == "x, chunk 1: expected whole numbers, not negative, got 1.5 at index 0, 0"


@pytest.mark.usefixtures("here")
def test_what_needs_all_rows_in_one_place_says_so(clouds, model):
    x = da.from_array(clouds, chunks=(1000, 4))
    wanted = r"x: expected data in memory for this .*compute\(\)\), got a Dask array"
    for call in (
        lambda: model.predict(x),
        lambda: model.responsibilities(x),
        lambda: start.kmeans_plus_plus(GaussianMixture, x, n_components=2, rng=0),
        lambda: em.multistart(GaussianMixture, x, n_components=2, rng=0),
    ):
        with pytest.raises(ValueError, match=wanted):
            call()
    begun = start.kmeans_plus_plus(GaussianMixture, x[:500].compute(), n_components=3, rng=0)
    assert fit(begun, x, 2).n_iter == 2


@pytest.mark.usefixtures("here")
@pytest.mark.usefixtures("here")
def test_chunks_are_records_of_their_own(model):
    x = da.ones((4, 4), chunks=(2, 4))
    one, other = model.prepare(x), model.prepare(x)
    assert one != other
    assert len({one, other}) == 2


def test_a_progress_bar_counts_the_rounds(clouds, model, bars):
    x = da.from_array(clouds, chunks=(3000, 4))
    shown = em.fit(model, x, tol=1e-3, max_iter=30, progress=True)
    assert bars == [31]
    assert_same(shown, em.fit(model, clouds, tol=1e-3, max_iter=30))


def numbers(k, d):
    """The size of K (1 + D + D^2) numbers, in bytes."""
    return 8 * k * (1 + d + d * d)


def test_only_the_parameters_and_the_statistics_travel(clouds, model):
    k, d = model.means.shape
    words = 700  # names of classes and fields, and the shapes of arrays
    there_and_back = pickle.loads(pickle.dumps(model))
    assert there_and_back == model
    assert not there_and_back.means.flags.writeable
    assert np.array_equal(there_and_back._factors, model._factors)
    for one in (model, em.fit(model, clouds, tol=1e-2).model):
        one.e_step(clouds)
        assert len(pickle.dumps(one._e_step)) < numbers(k, d) + words
    assert len(pickle.dumps(model.e_step(clouds))) < numbers(k, d) + 8 * d + words


# On a cluster of two processes


@pytest.fixture(scope="module")
def client():
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0"
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        yield client


def read_from(folder, x, n_chunks, pause=0.0):
    """A Dask array of files; each reading is noted in a log, with the process that read."""
    log = folder / "log"
    log.touch()

    def load(path):  # pickled by value, as a function of a notebook is
        import os
        import time

        with open(log, "a") as lines:
            lines.write(f"{os.getpid()}\n")
        time.sleep(pause)
        return np.load(path)

    blocks = []
    for i, block in enumerate(np.array_split(x, n_chunks)):
        np.save(folder / f"{i}.npy", block)
        delayed = dask.delayed(load)(str(folder / f"{i}.npy"))
        blocks.append(da.from_delayed(delayed, block.shape, block.dtype))
    return da.concatenate(blocks), log


def test_a_fit_on_a_cluster_is_that_in_memory(client, clouds, model, tmp_path):
    x, log = read_from(tmp_path, clouds, 9)
    assert_same(fit(model, x), fit(model, clouds))
    readers = [int(line) for line in log.read_text().split()]
    assert len(readers) == 9 * (1 + ROUNDS + 1)  # the checks, the start and each round
    assert len(set(readers)) == 2
    assert os.getpid() not in readers


def test_data_kept_on_the_cluster_are_read_once(client, clouds, model, tmp_path):
    x, log = read_from(tmp_path, clouds, 9)
    x = x.persist()
    assert_same(fit(model, x), fit(model, clouds))
    assert len(log.read_text().split()) == 9


def test_no_chunk_travels_to_the_driver(client, clouds, model, tmp_path, monkeypatch):
    x, _ = read_from(tmp_path, clouds, 20)
    k, d = model.means.shape
    arrived, get = [], distributed.Client.get

    def spy(self, *arguments, **options):
        results = get(self, *arguments, **options)
        arrived.append(results)
        return results

    monkeypatch.setattr(distributed.Client, "get", spy)
    with distributed.get_task_stream(client) as tasks:
        result = fit(model, x)
    checks, *rounds = arrived
    assert len(rounds) == result.n_e_steps == ROUNDS + 1
    assert all(len(pickle.dumps(answer)) < numbers(k, d) + 8 * d + 800 for answer in rounds)
    assert len(pickle.dumps(checks)) < 20 * (2 * 8 * d + 200)
    done = Counter(dask.utils.key_split(task["key"]) for task in tasks.data)
    assert done["run"] == 20 * len(rounds)
    assert done["add"] == (3 + 1) * len(rounds)  # 20 sums, eight at a time, then three


def test_a_refusal_comes_back_from_the_cluster(client, clouds, model, tmp_path):
    clouds[8999, 3] = np.inf
    x, log = read_from(tmp_path, clouds, 9)
    assert refusal(model, x) == "x, chunk 8: expected finite numbers, got inf at index 999, 3"
    assert len(log.read_text().split()) == 9


def wait_until(true, seconds=60):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.005)


def is_gone(process):
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    return False


@pytest.mark.parametrize("kept", [False, True], ids=["read each round", "kept on the cluster"])
def test_a_worker_killed_in_the_middle_of_a_fit_changes_nothing(
    client, clouds, model, tmp_path, kept, capsys
):
    client.wait_for_workers(2, timeout=120)  # the one before may have killed one
    x, log = read_from(tmp_path, clouds, 10, pause=0.01)
    passes = 1 + ROUNDS + 1
    if kept:
        x = x.persist()
        distributed.wait(x)
    steps, killed = [], {}
    e_step = GaussianMixture.e_step

    def kill():
        wait_until(lambda: len(log.read_text().split()) > 43 if not kept else len(steps) > 4)
        victim = int(log.read_text().split()[-1])
        os.kill(victim, signal.SIGKILL)
        wait_until(lambda: is_gone(victim))
        killed.update(worker=victim, rounds=len(steps), readings=len(log.read_text().split()))

    def counted(self, data):
        result = e_step(self, data)
        steps.append(self)
        time.sleep(0.1 if kept else 0)
        return result

    killer = threading.Thread(target=kill)
    killer.start()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(GaussianMixture, "e_step", counted)
        found = fit(model, x)
    killer.join()
    readings = [int(line) for line in log.read_text().split()]
    with capsys.disabled():
        print(
            f"\nworker {killed['worker']} killed after {killed['rounds']} of {len(steps)} passes;"
            f" {len(readings)} readings, {readings.count(killed['worker'])} by it",
            end="",
        )
    assert is_gone(killed["worker"])
    assert 0 < killed["rounds"] < len(steps) - 2 == ROUNDS - 1  # rounds were left
    assert killed["worker"] not in readings[killed["readings"] :]
    assert len(readings) > (10 if kept else 10 * passes)  # what it held was read again
    assert_same(found, fit(model, clouds))


@pytest.mark.usefixtures("here")
def test_weights_have_the_chunks_of_the_rows(clouds, model):
    x, w = da.from_array(clouds, chunks=(3000, 4)), np.ones(9000)
    weighted = em.fit(model, x, sample_weight=da.from_array(w, chunks=3000), tol=1e-6)
    assert weighted.objective == pytest.approx(em.fit(model, x, tol=1e-6).objective, rel=1e-12)
    longer = da.concatenate([da.from_array(w, chunks=3000), da.ones(3, chunks=3)])
    for wrong in (longer, da.from_array(w, chunks=9000), w):
        with pytest.raises(
            ValueError, match="sample_weight: expected a Dask array of one dimension"
        ):
            em.fit(model, x, sample_weight=wrong)
    with pytest.raises(ValueError, match="sample_weight: expected 3000 weights"):
        em.fit(model, x, sample_weight=da.from_array(w, chunks=((3000, 2999, 3001),)))


@pytest.mark.usefixtures("here")
def test_a_refused_row_of_a_chunk_is_named_by_its_place_in_the_array(clouds, model):
    far = clouds.copy()
    far[7001] = 1e149
    narrow = model._with(covariances=model.covariances * 1e-12)
    with pytest.raises(ValueError, match=r"row \d+, which is impossible") as caught:
        narrow.log_likelihood(da.from_array(far, chunks=(2000, 4)))
    row = int(re.search(r"row (\d+), which", str(caught.value))[1])
    first = int(re.search(r"from row (\d+) of x", caught.value.__notes__[-1])[1])
    assert row + first == 7001
    plane = GaussianMixture([1.0], [[0, 0]], [np.eye(2)])
    prepared = plane.prepare(da.from_array(clouds[:, :2], chunks=(3000, 2)))
    with pytest.raises(ValueError, match="heads and tails .*prepared for another model"):
        CoinMixture([0.5], [1.0]).e_step(prepared)
