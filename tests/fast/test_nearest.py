"""The fast K-means takes the steps of the readable one, from whatever it assigned before."""

import dataclasses

import numpy as np
import pytest

from emlib import KMeans, em
from emlib.data.rows import EPSILON, Rows
from emlib.fast import nearest
from emlib.models.model import QUICK


def use(patch, **changes):
    """Let K-means take its quick steps with other thresholds; return these."""
    thresholds = dataclasses.replace(nearest.THRESHOLDS, **changes)
    patch.setitem(QUICK, KMeans, nearest.steps(thresholds))
    return thresholds


def clouds(rng, n=4000, d=3, k=5, apart=2.0, offset=0.0):
    middles = apart * rng.normal(size=(k, d))
    return middles[rng.integers(k, size=n)] + rng.normal(size=(n, d)) + offset


def same_step(model, data, digits=1e-11):
    """Compare both forms at a model; return the fast one's statistics."""
    fast, objective = model.e_step(data)
    slow, wanted = model.readable_e_step(data)
    if data.is_weighted:
        assert fast.n_k == pytest.approx(slow.n_k, rel=digits, abs=0)
    else:
        assert fast.n_k.tolist() == slow.n_k.tolist()
    spread = data.values.std(axis=0)
    owned = slow.n_k > 0
    # A mean is rounded once more where it lies, which far from zero is more than its digits.
    allowed = digits * spread + np.spacing(np.abs(slow.means))
    assert (np.abs(fast.means - slow.means) <= allowed)[owned].all()
    assert objective == pytest.approx(wanted, rel=digits)
    assert np.array_equal(fast.farthest, slow.farthest)
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
    use(monkeypatch, lead_products=0)
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


def test_an_allowance_for_drift_shortens_leads(monkeypatch):
    """A generous one costs time, and nothing else; as a bonus it would keep points too long."""
    use(monkeypatch, lead_products=0, drift=0.9)
    x = clouds(np.random.default_rng(4), k=12, apart=0.7)
    data, model = Rows(x), KMeans(x[:12])
    for _ in range(25):
        model = model.m_step(same_step(model, data))


@pytest.mark.parametrize("drift", [1e-12, 0.001])
def test_a_point_keeps_its_centroid_until_its_lead_is_spent(drift):
    """Slowly: its distance to the second nearest less that to the nearest, from now on."""
    x = clouds(np.random.default_rng(4), n=300)
    thresholds = nearest.Thresholds(drift=drift, small_chunk=100, settled_part=0, lead_products=0)
    answers = nearest.Nearest(Rows(x), 5, thresholds)
    spent, before, until = 0.0, answers.centre, np.full(300, -np.inf)
    for shift in ([0.1, 0.1, 0.1], [0.1, 0.12, 0.1]):
        centroids = x[:5] + shift
        answers.e_step(centroids)
        spent += 2 * np.linalg.norm(centroids - before, axis=1).max()
        before = centroids
        distances = np.sort(np.linalg.norm(x[:, None] - centroids, axis=2), axis=1)
        due = until <= spent
        until[due] = (spent + distances[:, 1] - distances[:, 0] - drift * spent)[due]
        assert answers.spent == pytest.approx(spent, rel=1e-14)
        found = np.concatenate([chunk.until for chunk in answers.chunks])
        assert found == pytest.approx(until, rel=1e-11)
    assert 0 < np.count_nonzero(due) < 50


def test_one_centroid_leads_for_ever(monkeypatch):
    use(monkeypatch, lead_products=0)
    data = Rows(clouds(np.random.default_rng(1)))
    for shift in (0.0, 1e-3, 1e3):
        same_step(KMeans([[shift, 0.0, 0.0]]), data, digits=1e-9)


def test_centroids_in_one_place_and_points_on_the_border_have_no_lead(monkeypatch):
    use(monkeypatch, lead_products=0)
    side = np.arange(-40.0, 41.0)
    x = np.array([(a, b) for a in side for b in side])
    data = Rows(x)
    for turn in range(12):
        shift = 0.5 * (turn % 2)
        for centroids in ([[-3.0, 0], [3, 0], [3, 0]], [[-3.0, 0], [3 + shift, 0], [0, 9]]):
            model = KMeans(centroids)
            fast, _ = model.e_step(data)
            assert fast.n_k.tolist() == np.bincount(model.predict(x), minlength=3).tolist()


@pytest.mark.parametrize("offsets", [(0.0, 0.0), (1e3, 1e3), (1e6, 1e6), (0.0, 1e6), (1e6, 0.0)])
def test_leads_are_never_too_large(offsets):
    """Against distances in long doubles, at offsets where scores lose digits."""
    rng = np.random.default_rng(2)
    u, c = (rng.normal(size=(n, 3)) + offset for n, offset in zip((500, 4), offsets, strict=True))
    table = np.column_stack([-0.5 * (c * c).sum(axis=1), c])
    scores = np.sort(table @ np.column_stack([np.ones(500), u]).T, axis=0)
    lead = nearest.leads(scores[-1], scores[-2], (u * u).sum(axis=1), table)
    exact = u.astype(np.longdouble)[:, None] - c.astype(np.longdouble)
    distances = np.sort(np.sqrt((exact * exact).sum(axis=2)), axis=1)
    assert (lead <= distances[:, 1] - distances[:, 0]).all()
    assert any(offsets) or lead == pytest.approx(
        (distances[:, 1] - distances[:, 0]).astype(float), abs=1e-12
    )


def test_a_tie_has_a_lead_below_zero_by_more_than_its_scores_may_be_rounded():
    """The rounding of a product of D + 1 terms: Higham, Accuracy and Stability, section 3.1."""
    d = 60
    u, c = np.ones((1, d)), np.full((2, d), -2.0)
    table = np.column_stack([-0.5 * (c * c).sum(axis=1), c])
    (top, second), squares = table @ np.append(1.0, u), (u * u).sum(axis=1)
    rounding = (d + 1) * EPSILON * (squares + 4 * d) / 2
    between = np.sqrt(9.0 * d)
    assert nearest.leads(top, second, squares, table) < -rounding / between


def test_leads_are_not_looked_for_where_scores_are_cheaper(monkeypatch):
    monkeypatch.setattr(nearest, "leads", None)
    x = clouds(np.random.default_rng(18))
    data = Rows(x)
    for shift in (0.0, 0.0, 0.01, 0.01):
        same_step(KMeans(x[:5] + shift), data)


def test_sums_are_touched_only_where_a_point_changes_sides():
    x = clouds(np.random.default_rng(9))
    data, model = Rows(x), KMeans(x[:5])
    model.e_step(data)
    chunks = nearest.nearest_of(data, 5).chunks
    before = [chunk.sums for chunk in chunks]
    model.e_step(data)
    assert all(chunk.sums is kept for chunk, kept in zip(chunks, before, strict=True))


def test_a_whole_fit_ends_at_the_same_centroids(calls, monkeypatch):
    rng = np.random.default_rng(4)
    x = clouds(rng)
    fast = em.fit(KMeans(x[:5]), x)
    assert calls["answered"] == fast.n_e_steps
    use(monkeypatch, least_scores=10**9)
    slow = em.fit(KMeans(x[:5]), x)
    assert calls["answered"] == fast.n_e_steps
    assert fast.converged
    assert fast.n_iter == fast.n_e_steps == slow.n_iter
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
    model = KMeans([[0.0, 0, 0], [1e3, 1e3, 1e3]], empty="keep")
    stats = same_step(model, Rows(x))
    assert stats.n_k.tolist() == [4000, 0]
    assert np.isfinite(stats.means).all()
    alone = KMeans([[0.0, 0, 0], [100.0, 0, 0], [1e3, 1e3, 1e3]], empty="keep")
    assert same_step(alone, Rows(np.vstack([x, [90.0, 0, 0]]))).n_k.tolist() == [4000, 1, 0]
    with pytest.warns(UserWarning, match="cluster 1 is empty"):
        assert model.m_step(stats).centroids[1].tolist() == [1e3, 1e3, 1e3]


@pytest.mark.parametrize("apart", [1e1, 1e4])
def test_a_distortion_that_would_lose_digits_is_added_up_point_by_point(apart, calls, monkeypatch):
    x = clouds(np.random.default_rng(6), k=2, apart=apart)
    model = KMeans([x[0], x[np.abs(x - x[0]).sum(axis=1).argmax()]])
    added = []
    plain = nearest.Chunk.distortion
    monkeypatch.setattr(
        nearest.Chunk, "distortion", lambda self, c: added.append(1) or plain(self, c)
    )
    fit = em.fit(model, x)
    assert calls["declined"] == 0
    assert bool(added) is (apart > 1e3)
    assert fit.objective == pytest.approx(fit.model.readable_e_step(Rows(x))[1], rel=1e-12)


@pytest.mark.parametrize("unit", [1.0, 1e-12, 1e9])
@pytest.mark.parametrize("far", [1e3, 1e8, 1e9])
def test_two_clusters_that_rounding_would_mix_are_left_to_the_readable_form(far, unit, calls):
    """A broad cloud, and far from its middle two narrow clusters side by side."""
    rng = np.random.default_rng(0)
    middle = np.full(8, 3 * far)
    near = middle + rng.normal(0, 0.1, (1500, 8))
    x = np.concatenate([rng.uniform(-far, far, (2000, 8)), near, near + 0.7]) * unit
    model = KMeans([x[0], x[2000] - 0.2 * unit, x[3500] + 0.2 * unit])
    fit = em.fit(model, x)
    assert bool(calls["declined"]) is (far > 1e4)
    assert np.bincount(fit.model.predict(x[2000:]), minlength=3).tolist() == [0, 1500, 1500]
    means = np.array([near.mean(axis=0), near.mean(axis=0) + 0.7]) * unit
    assert fit.model.centroids[1:] == pytest.approx(means, rel=1e-12)


def test_a_fit_in_which_the_fast_form_always_declines_is_the_readable_one(monkeypatch):
    x = clouds(np.random.default_rng(6))
    with monkeypatch.context() as patch:
        use(patch, least_scores=10**9)
        slow = em.fit(KMeans(x[:5]), x)
    monkeypatch.setattr(nearest.Nearest, "e_step", lambda self, centroids: None)
    fast = em.fit(KMeans(x[:5]), x)
    assert slow.n_iter > 5
    assert fast.history.tolist() == slow.history.tolist()
    assert fast.model == slow.model


def test_a_fit_goes_on_where_the_fast_form_declines_now_and_then(monkeypatch):
    x = clouds(np.random.default_rng(6))
    plain, calls = nearest.Nearest.e_step, []
    alone = em.fit(KMeans(x[:5]), x)

    def now_and_then(self, centroids):
        calls.append(self)
        return plain(self, centroids) if len(calls) % 3 else None

    monkeypatch.setattr(nearest.Nearest, "e_step", now_and_then)
    fit = em.fit(KMeans(x[:5]), x)
    assert len(calls) > 9
    assert alone.n_iter <= fit.n_iter <= alone.n_iter + 1
    assert fit.model.centroids == pytest.approx(alone.model.centroids, rel=1e-12)


def test_a_fit_goes_on_beside_a_cluster_that_owns_nothing(calls):
    x = clouds(np.random.default_rng(10))
    model = KMeans([*x[:4], [1e3, 1e3, 1e3]], empty="keep")
    with pytest.warns(UserWarning, match="cluster 4 is empty"):
        fit = em.fit(model, x)
    alone = em.fit(KMeans(x[:4]), x)
    assert fit.converged
    assert fit.model.centroids[4].tolist() == [1e3, 1e3, 1e3]
    assert fit.model.centroids[:4] == pytest.approx(alone.model.centroids, rel=1e-12)
    assert fit.n_e_steps == alone.n_e_steps == calls["answered"] - alone.n_e_steps


@pytest.mark.parametrize("weight", [None, 2.0])
def test_small_and_huge_data_are_left_to_the_readable_form(weight):
    x = np.zeros((2000, 2))

    def data(n):
        return Rows(x[:n], None if weight is None else np.full(n, weight))

    enough = nearest.THRESHOLDS.least_scores // 2
    assert nearest.nearest_of(data(enough), 2) is not None
    assert nearest.nearest_of(data(enough - 1), 2) is None
    needed = 2000 * (2 + 8 * (2 + 3))  # besides the points: ones, squares, and leads
    if weight:
        needed += 2000 * 8 * (2 + 1)  # points and ones, weighted
    just, less = (nearest.Thresholds(kept_bytes=size) for size in (needed, needed - 1))
    assert nearest.nearest_of(data(2000), 2, just) is not None
    assert nearest.nearest_of(data(2000), 2, less) is None


@pytest.mark.parametrize("apart", [2.0, 300.0])
@pytest.mark.parametrize("seed", range(4))
def test_every_step_of_weighted_rows_is_that_of_the_readable_form(seed, apart, calls, monkeypatch):
    """Also where the distortion is added up point by point, and where points keep their lead."""
    use(monkeypatch, lead_products=0)
    rng = np.random.default_rng(seed)
    x = clouds(rng, 40_000, k=6, apart=apart)
    data = Rows(x, 10.0 ** rng.uniform(-9, 9, size=len(x)))
    model = KMeans(x[:6])
    for _ in range(12):
        model = model.m_step(same_step(model, data))
    same_step(KMeans([*x[:5], [3e3, 0, 0]]), data)
    assert calls["answered"] == 13


def test_weighted_sums_are_taken_anew_where_a_point_changes_sides():
    """A heavy point that leaves takes no digits of the light ones along."""
    x = np.append(np.linspace(0.0, 1.0, 3000), 2.0)[:, None]
    data = Rows(x, np.append(np.full(3000, 1e-12), 1.0))
    for right in (3.0, 2.5, 1.5):
        stats = same_step(KMeans([[0.5], [right]]), data)
    assert stats.n_k[0] == pytest.approx(3000e-12, rel=1e-12)


def test_an_e_step_needs_the_readable_form_only_where_the_fast_one_declines(monkeypatch):
    x = clouds(np.random.default_rng(19))
    monkeypatch.setattr(KMeans, "readable_e_step", lambda self, data: ("readable", 0.0))
    assert KMeans(x[:5]).e_step(Rows(x))[0] != "readable"
    monkeypatch.setattr(nearest.Nearest, "e_step", lambda self, centroids: None)
    assert KMeans(x[:5]).e_step(Rows(x))[0] == "readable"


def test_what_is_kept_serves_one_number_of_centroids():
    data = Rows(clouds(np.random.default_rng(12)))
    for k in (3, 5, 3):
        same_step(KMeans(data.values[:k]), data)
    assert nearest.nearest_of(data, 3) is nearest.nearest_of(data, 3)
    assert nearest.nearest_of(data, 3) is not nearest.nearest_of(data, 5)


def test_leads_begin_at_zero_where_scores_are_dear_and_are_not_looked_for_elsewhere():
    x = clouds(np.random.default_rng(13), d=11)
    cases = {(3, 3): True, (4, 2): True, (2, 5): True, (5, 1): False, (2, 4): False, (1, 11): False}
    for (k, d), worth in cases.items():
        assert nearest.Nearest(Rows(x[:, :d]), k, nearest.Thresholds(lead_products=12)).spent == (
            0.0 if worth else np.inf
        )


def test_even_the_smallest_chunk_is_large_enough_for_leads():
    assert len(nearest.Nearest(Rows(np.zeros((5000, 600))), 2).chunks) == 3


def test_many_centroids_have_smaller_chunks():
    data = Rows(clouds(np.random.default_rng(14), n=2**14))
    for k, chunks in ((5, 1), (40, 2)):
        same_step(KMeans(data.values[:k]), data)
        assert len(nearest.nearest_of(data, k).chunks) == chunks


def test_few_changes_are_added_to_the_sums_and_all_points_summed_once_nothing_changes():
    x = clouds(np.random.default_rng(15))
    data, near = Rows(x), KMeans(x[:5] + 0.01)
    KMeans(x[:5]).e_step(data)
    (chunk,) = nearest.nearest_of(data, 5).chunks
    before = chunk.nearest.copy()
    near.e_step(data)
    assert 10 < (before != chunk.nearest).any(axis=0).sum() < 100
    assert not chunk.exact
    near.e_step(data)
    assert chunk.exact


def test_only_data_in_memory_have_fast_rounds():
    x = clouds(np.random.default_rng(16))
    model = KMeans(x[:5])
    assert QUICK[KMeans].rounds(model, model.prepare(x)) is not None
    assert QUICK[KMeans].rounds(model, model.prepare(list(np.split(x, 4)))) is None


def test_the_centre_is_the_mean_rounded_to_a_power_of_two_near_the_spread():
    for column in (
        [3.25, 3.25, -99.0, 105.5],
        [105.5, 3.25, -99.0, 3.25],
        [3.25, -99, 3.25, 105.5],
    ):
        x = np.column_stack([column, np.ones(4)])
        assert nearest.round_centre(x).tolist() == [0.0, 1.0]  # to 64, and to 1
    assert nearest.round_centre(np.full((2, 1), 3.25)).tolist() == [3.0]
    assert nearest.round_centre(np.array([[9.0], [9.75]])).tolist() == [9.5]  # to 1/4


def test_a_mean_that_vanishes_is_no_error_whatever_numpy_does_about_it():
    x = clouds(np.random.default_rng(17))
    x[:, 2] = 0
    x[7, 2] = 1e-310
    with np.errstate(all="raise"):
        assert next(em.iterate(KMeans(x[:5]), x)).iteration == 0


def test_two_fits_on_the_same_data_do_not_disturb_each_other():
    x = clouds(np.random.default_rng(7))
    data = Rows(x)
    starts = [KMeans(x[:5]), KMeans(x[100:105])]
    alone = [em.fit(start, x).objective for start in starts]
    side_by_side = [em.iterate(start, data) for start in starts]
    for _ in range(100):
        last = [next(steps) for steps in side_by_side]
    assert [step.objective for step in last] == pytest.approx(alone, rel=1e-13)


def test_a_step_of_another_fit_between_two_of_one_is_not_its_own():
    """As a thread may, while the first one has its sums but has not gone on."""
    x = clouds(np.random.default_rng(0), 5000, 8, 6, apart=1.0)
    start, data = KMeans(x[:6]), Rows(x)
    fast = nearest.nearest_of(data, 6)
    other, _ = QUICK[KMeans].rounds(start, data)
    plain, calls = fast.e_step, []

    def interrupted(centroids):
        calls.append(1)
        mine, result = len(calls), plain(centroids)
        if mine == 1:
            next(other), next(other)
        return result

    fast.e_step = interrupted
    alone = em.fit(start, x)
    fit = em.fit(start, data)
    assert alone.n_iter > 5
    assert fit.n_iter == alone.n_iter
    assert fit.objective == pytest.approx(alone.objective, rel=1e-13)


@pytest.mark.parametrize("n", [100, 4000])
def test_a_class_with_an_m_step_of_its_own_is_fitted_by_it(n):
    class Frozen(KMeans):
        def m_step(self, statistics):
            return self

    x = clouds(np.random.default_rng(1), n)
    fit = em.fit(Frozen(x[:5]), x)
    assert fit.model.centroids.tolist() == x[:5].tolist()
    assert fit.n_iter == 1


@pytest.mark.parametrize("seed", range(6))
def test_a_fit_counts_as_many_rounds_as_e_steps_and_ends_at_means(seed):
    """After many changes little by little too, which leave rounding in the sums."""
    rng = np.random.default_rng(seed)
    x = clouds(rng, 20_000, 8, 8, apart=0.5)
    fit = em.fit(KMeans(x[:8]), x)
    assert fit.converged
    assert fit.n_iter == fit.n_e_steps
    capped = em.fit(KMeans(x[:8]), x, max_iter=fit.n_iter)
    assert capped.converged
    z = fit.model.predict(x)
    means = [x[z == k].mean(axis=0) for k in range(8)]
    assert fit.model.centroids == pytest.approx(np.array(means), abs=1e-13)


def test_the_data_are_not_changed():
    x = clouds(np.random.default_rng(8))
    before = x.copy()
    em.fit(KMeans(x[:5]), x)
    assert (x == before).all()
    stats, _ = KMeans(x[:5]).e_step(Rows(x))
    assert dataclasses.is_dataclass(stats)
