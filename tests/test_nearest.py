"""The fast K-means takes the steps of the readable one, from whatever it assigned before."""

import dataclasses

import numpy as np
import pytest

from emlib import KMeans, em, nearest
from emlib.rows import Rows


def clouds(rng, n=4000, d=3, k=5, apart=2.0, offset=0.0):
    middles = apart * rng.normal(size=(k, d))
    return middles[rng.integers(k, size=n)] + rng.normal(size=(n, d)) + offset


def same_step(model, data, digits=1e-11):
    """Compare both forms at a model; return the fast one's statistics."""
    fast, objective = model.e_step(data)
    slow, wanted = model.readable_e_step(data)
    assert fast.n_k.tolist() == slow.n_k.tolist()
    spread = data.values.std(axis=0)
    owned = slow.n_k > 0
    assert np.abs((fast.means - slow.means) / spread)[owned].max() <= digits
    assert objective == pytest.approx(wanted, rel=digits)
    return fast


@pytest.fixture
def calls(monkeypatch):
    """How often the fast form answered, and how often it declined."""
    count = {"answered": 0, "declined": 0}
    plain = nearest.Nearest.e_step

    def counted(self, centroids):
        result = plain(self, centroids)
        count["declined" if result is None else "answered"] += 1
        return result

    monkeypatch.setattr(nearest.Nearest, "e_step", counted)
    return count


@pytest.mark.parametrize("seed", range(12))
def test_every_step_is_that_of_the_readable_form(seed, calls):
    rng = np.random.default_rng(seed)
    n, d, k = int(rng.integers(1100, 6000)), int(rng.integers(1, 12)), int(rng.integers(1, 9))
    x = clouds(rng, n, d, k) * 10.0 ** rng.integers(-6, 6) + rng.choice([0.0, 1e4])
    data = Rows(x)
    model = KMeans(x[rng.choice(n, size=k, replace=False)])
    for _ in range(60):
        new = model.m_step(same_step(model, data))
        if new == model:
            break
        model = new
    far = KMeans(x[:k] + 3 * x.std(axis=0) * rng.normal(size=(k, d)))
    same_step(far, data)  # what is kept of the last assignments serves any centroids
    assert calls["answered"] > 1


def test_the_rounding_of_many_small_changes_is_gone_once_nothing_changes():
    """A cluster that loses its points little by little keeps the rounding of what it lost."""
    x = np.sort(np.random.default_rng(3).uniform(size=6 * 2**14))[:, None]
    data = Rows(x)
    for border in np.linspace(0.0, x[-5:-3, 0].mean(), 400):
        last = KMeans([[border - 1.0], [border + 1.0]])
        last.e_step(data)
    stats, _ = last.e_step(data)
    slow, _ = last.readable_e_step(data)
    assert stats.n_k.tolist() == slow.n_k.tolist()
    assert stats.means[1] == pytest.approx(slow.means[1], rel=1e-14, abs=0)


@pytest.mark.parametrize("n", [1023, 1024, 1025, 2048])
def test_chunks_of_any_length_are_added_up(n):
    x = clouds(np.random.default_rng(n), n)
    data, model = Rows(x), KMeans(x[:5])
    for _ in range(20):
        model = model.m_step(same_step(model, data))


@pytest.mark.parametrize("seed", range(8))
def test_points_that_keep_their_lead_are_not_scored_and_none_is_missed(seed, monkeypatch):
    """Centroids that move little, each its own way, and now and then one that moves a lot."""
    monkeypatch.setattr(nearest, "WORTH_A_LEAD", 0)
    rng = np.random.default_rng(seed)
    d, k = int(rng.integers(1, 7)), int(rng.integers(2, 7))
    x = clouds(rng, 5000, d, k, apart=1.0, offset=rng.choice([0.0, 50.0]))
    data, centroids, scored, plain = Rows(x), x[:k].copy(), [], nearest.best

    def counted(table, u, buffer):
        scored.append(len(u))
        return plain(table, u, buffer)

    monkeypatch.setattr(nearest, "best", counted)
    for turn in range(80):
        stats, _ = KMeans(centroids).e_step(data)
        wanted = np.bincount(KMeans(centroids).predict(x), minlength=k)
        assert stats.n_k.tolist() == wanted.tolist()
        step = rng.normal(size=(k, d)) * 10.0 ** rng.uniform(-4, -2)
        step[rng.integers(k)] *= 1 if turn % 7 else 30
        centroids = centroids + step
    assert sum(scored) < 0.25 * 80 * len(x)


def test_one_centroid_leads_for_ever(monkeypatch):
    monkeypatch.setattr(nearest, "WORTH_A_LEAD", 0)
    data = Rows(clouds(np.random.default_rng(1)))
    for shift in (0.0, 1e-3, 1e3):
        same_step(KMeans([[shift, 0.0, 0.0]]), data, digits=1e-9)


def test_centroids_in_one_place_and_points_on_the_border_have_no_lead(monkeypatch):
    monkeypatch.setattr(nearest, "WORTH_A_LEAD", 0)
    side = np.arange(-40.0, 41.0)
    x = np.array([(a, b) for a in side for b in side])
    data = Rows(x)
    for turn in range(12):
        shift = 0.5 * (turn % 2)
        for centroids in ([[-3.0, 0], [3, 0], [3, 0]], [[-3.0, 0], [3 + shift, 0], [0, 9]]):
            model = KMeans(centroids)
            fast, _ = model.e_step(data)
            assert fast.n_k.tolist() == np.bincount(model.predict(x), minlength=3).tolist()


def test_leads_are_never_too_large():
    """Against distances in long doubles, at offsets where scores lose digits."""
    rng = np.random.default_rng(2)
    for offset in (0.0, 1e3, 1e6):
        u, c = rng.normal(size=(500, 3)) + offset, rng.normal(size=(4, 3)) + offset
        table = np.column_stack([-0.5 * (c * c).sum(axis=1), c])
        scores = np.sort(table @ np.column_stack([np.ones(500), u]).T, axis=0)
        lead = nearest.leads(scores[-1], scores[-2], (u * u).sum(axis=1), table)
        exact = u.astype(np.longdouble)[:, None] - c.astype(np.longdouble)
        distances = np.sort(np.sqrt((exact * exact).sum(axis=2)), axis=1)
        assert (lead <= distances[:, 1] - distances[:, 0]).all()
        assert offset > 0 or lead == pytest.approx(
            (distances[:, 1] - distances[:, 0]).astype(float), abs=1e-12
        )


def test_sums_are_touched_only_where_a_point_changes_sides():
    x = clouds(np.random.default_rng(9))
    data, model = Rows(x), KMeans(x[:5])
    model.e_step(data)
    chunks = nearest.of(data, 5).chunks
    before = [chunk.sums for chunk in chunks]
    model.e_step(data)
    assert all(chunk.sums is kept for chunk, kept in zip(chunks, before, strict=True))


def test_a_whole_fit_ends_at_the_same_centroids(calls, monkeypatch):
    rng = np.random.default_rng(4)
    x = clouds(rng)
    fast = em.fit(KMeans(x[:5]), x)
    assert calls["answered"] == fast.n_e_steps
    monkeypatch.setattr(nearest, "FEW", 10**9)
    slow = em.fit(KMeans(x[:5]), x)
    assert calls["answered"] == fast.n_e_steps
    assert fast.converged
    assert slow.n_iter <= fast.n_iter <= slow.n_iter + 1  # once more without rounding
    assert fast.model.centroids == pytest.approx(slow.model.centroids, rel=1e-12)
    assert fast.objective == pytest.approx(fast.model.objective(x), rel=1e-12)


def test_equal_distances_go_to_the_first_on_a_grid():
    """Rounding must not decide between points that lie on the border itself."""
    side = np.arange(41.0)
    x = np.array([(a, b) for a in side for b in side])
    x = np.concatenate([x, x[:7]])  # so that the mean does not lie on the grid
    model = KMeans([[3.0, 1.0], [7.0, 1.0], [5.0, 9.0]])
    fast, _ = model.e_step(Rows(x))
    assert fast.n_k.tolist() == np.bincount(model.predict(x)).tolist()
    same_step(model, Rows(x))


def test_an_empty_cluster_owns_nothing_and_stays_where_it_is():
    x = clouds(np.random.default_rng(5))
    model = KMeans([[0.0, 0, 0], [1e3, 1e3, 1e3]])
    stats = same_step(model, Rows(x))
    assert stats.n_k.tolist() == [4000, 0]
    with pytest.warns(UserWarning, match="cluster 1 is empty"):
        assert model.m_step(stats).centroids[1].tolist() == [1e3, 1e3, 1e3]


def test_what_would_lose_digits_is_left_to_the_readable_form(calls):
    x = clouds(np.random.default_rng(6), k=2, apart=1e5)
    model = KMeans([x[0], x[np.abs(x - x[0]).sum(axis=1).argmax()]])
    fit = em.fit(model, x)
    assert calls["declined"] > 0
    assert fit.objective == pytest.approx(fit.model.objective(x), rel=1e-13)


def test_a_fit_in_which_the_fast_form_always_declines_is_the_readable_one(monkeypatch):
    x = clouds(np.random.default_rng(6))
    with monkeypatch.context() as patch:
        patch.setattr(nearest, "FEW", 10**9)
        slow = em.fit(KMeans(x[:5]), x)
    monkeypatch.setattr(nearest.Nearest, "e_step", lambda self, centroids: None)
    fast = em.fit(KMeans(x[:5]), x)
    assert slow.n_iter > 5
    assert fast.history.tolist() == slow.history.tolist()
    assert fast.model == slow.model


def test_a_fit_goes_on_beside_a_cluster_that_owns_nothing():
    x = clouds(np.random.default_rng(10))
    model = KMeans([*x[:4], [1e3, 1e3, 1e3]])
    with pytest.warns(UserWarning, match="cluster 4 is empty"):
        fit = em.fit(model, x)
    alone = em.fit(KMeans(x[:4]), x)
    assert fit.converged
    assert fit.model.centroids[4].tolist() == [1e3, 1e3, 1e3]
    assert fit.model.centroids[:4] == pytest.approx(alone.model.centroids, rel=1e-12)
    assert fit.n_e_steps == alone.n_e_steps


def test_small_counted_and_huge_data_are_left_to_the_readable_form(monkeypatch):
    x = np.zeros((2000, 2))
    assert nearest.of(Rows(x), 2) is not None
    assert nearest.of(Rows(x[:100]), 2) is None
    assert nearest.of(Rows(x, np.full(2000, 2.0)), 2) is None
    monkeypatch.setattr(nearest, "KEPT", 2000 * (2 + 8 * 2) - 1)
    assert nearest.of(Rows(x), 2) is None


def test_two_fits_on_the_same_data_do_not_disturb_each_other():
    x = clouds(np.random.default_rng(7))
    data = Rows(x)
    starts = [KMeans(x[:5]), KMeans(x[100:105])]
    alone = [em.fit(start, x).objective for start in starts]
    side_by_side = [em.iterate(start, data) for start in starts]
    for _ in range(100):
        last = [next(steps) for steps in side_by_side]
    assert [step.objective for step in last] == pytest.approx(alone, rel=1e-13)


def test_the_data_are_not_changed():
    x = clouds(np.random.default_rng(8))
    before = x.copy()
    em.fit(KMeans(x[:5]), x)
    assert (x == before).all()
    stats, _ = KMeans(x[:5]).e_step(Rows(x))
    assert dataclasses.is_dataclass(stats)
