"""`emlib.models.kmeans`: the hard limit, clusters without points, ties, and weighted rows."""

import itertools
import pickle
import warnings

import numpy as np
import pytest

from emlib import EMWarning, GaussianMixture, KMeans, datasets, em, start
from emlib.models.kmeans import ROUNDING_OF_A_MEAN, one_hot
from emlib.models.model import QUICK
from emlib.models.statistics import ClusterStatistics

X = np.array([[0.0, 0], [0.5, 0], [0.5, 1], [1, 1]])


def test_a_fit_by_hand():
    fit = em.fit(KMeans([[0, 0], [1, 1]]), X)
    assert fit.model.centroids.tolist() == [[0.25, 0.0], [0.75, 1.0]]
    assert fit.model.predict(X).tolist() == [0, 0, 1, 1]
    assert fit.objective == fit.model.objective(X) == -0.25
    assert fit.converged


def test_the_log_joint_is_minus_the_squared_distance():
    model = KMeans([[0.0, 0], [3, 4]])
    assert model.log_joint([[0.0, 0], [3, 4], [3, 0]]).tolist() == [[0, -25], [-25, 0], [-9, -16]]
    assert model.responsibilities([[3.0, 0], [3, 3]]).tolist() == [[1, 0], [0, 1]]


def test_ties_go_to_the_lowest_index():
    model = KMeans([[-1.0], [1.0], [1.0]])
    assert model.predict([[0.0], [5.0]]).tolist() == [0, 1]
    assert model.responsibilities([[0.0], [5.0]]).tolist() == [[1, 0, 0], [0, 1, 0]]
    assert one_hot(np.array([[1.0, 2, 2], [3, 3, 1]])).tolist() == [[0, 1, 0], [1, 0, 0]]


def test_statistics_are_counts_and_means():
    stats, objective = KMeans([[0, 0], [1, 1]]).e_step(X)
    assert stats.n_k.tolist() == [2, 2]
    assert stats.means.tolist() == [[0.25, 0], [0.75, 1]]
    assert objective == -0.5


def test_statistics_of_two_parts_add_up_to_those_of_the_whole():
    model = KMeans([[0.0, 0.0], [1.0, 1.0], [30.0, 30.0]])
    whole, _ = model.e_step(X)
    for cut in (1, 2, 3):  # with a cut at 2 each part has points of one cluster alone
        both = model.e_step(X[:cut])[0] + model.e_step(X[cut:])[0]
        assert both.n_k.tolist() == whole.n_k.tolist() == [2, 2, 0]
        assert both.means[:2] == pytest.approx(whole.means[:2], rel=1e-15)


def test_parts_that_differ_by_what_vanishes_add_up_whatever_numpy_does_about_it():
    one, other = (KMeans([[0.0, 0.0]]).e_step([[1.0, small]])[0] for small in (0.0, 5e-324))
    with np.errstate(all="raise"):
        assert (one + other).means.tolist() == [[1.0, 0.0]]


def test_a_cluster_without_points_keeps_its_centroid_and_says_so():
    model = KMeans([[0.5, 0.5], [30, 30]], empty="keep")
    with pytest.warns(EMWarning, match="cluster 1 is empty: its centroid stays where it is$"):
        fit = em.fit(model, X)
    assert fit.model.centroids.tolist() == [[0.5, 0.5], [30, 30]]
    assert np.isfinite(fit.history).all()
    model = KMeans([[30.0, 30], [0, 0]], empty="keep")
    with pytest.warns(EMWarning, match="cluster 0 is empty"):
        new = model.m_step(model.e_step(X)[0])
    assert new.centroids.tolist() == [[30, 30], [0.5, 0.5]]


def test_the_first_of_several_empty_clusters_is_named():
    model = KMeans([[0.0, 0.0], [30.0, 30.0], [40.0, 40.0]], empty="keep")
    with pytest.warns(EMWarning, match="cluster 1 is empty"):
        model.m_step(model.e_step(X)[0])


def test_no_cluster_without_points_no_warning():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        em.fit(KMeans([[0, 0], [1, 1]]), X)


def test_duplicate_points_warn_and_give_a_distortion_of_zero():
    x = np.ones((5, 2))
    with pytest.warns(EMWarning, match="cluster 1 is empty") as said:
        fit = em.multistart(KMeans, x, n_components=2, n_starts=1, rng=0)[0]
    assert str(said[-1].message).endswith("(there may be fewer distinct rows than centroids)")
    assert fit.objective == 0.0
    assert fit.model.centroids.tolist() == [[1, 1], [1, 1]]


def test_one_cluster_is_the_mean():
    x = datasets.old_faithful().x
    fit = em.fit(KMeans(x[:1]), x)
    assert fit.model.centroids == pytest.approx(x.mean(axis=0)[None], rel=1e-14)
    assert fit.objective == pytest.approx(-((x - x.mean(axis=0)) ** 2).sum(), rel=1e-12)
    assert em.fit(KMeans([[7.0, 8.0]]), [[4.0, 5.0]]).objective == 0.0


def test_an_offset_costs_no_digits():
    x = 1e9 + np.array([[0.0], [1.0], [10.0], [11.0]])
    fit = em.fit(KMeans(x[[0, 3]]), x)
    assert fit.model.centroids.tolist() == [[1e9 + 0.5], [1e9 + 10.5]]
    assert fit.objective == -1.0


def test_from_responsibilities_takes_the_means_of_the_largest():
    r = [[0.9, 0.1], [0.6, 0.4], [0.4, 0.6], [0.5, 0.5]]
    model = KMeans.from_responsibilities(X, r)
    assert model.centroids == pytest.approx(np.array([[0.5, 1 / 3], [0.5, 1.0]]))
    with pytest.warns(EMWarning, match="cluster 1 is empty"):
        model = KMeans.from_responsibilities(X, [[1.0, 0.0]] * 4)
    assert model.centroids.tolist() == [[0.5, 0.5], [0.5, 0.5]]
    with pytest.raises(ValueError, match=r"r: expected shape \(4, K\)"):
        KMeans.from_responsibilities(X, [[1.0, 0.0]] * 3)


def test_a_fit_needs_as_many_points_as_centroids_and_a_prediction_does_not():
    model = KMeans(X)
    assert model.predict([[0.4, 1.0]]).tolist() == [2]
    with pytest.raises(ValueError, match=r"x: expected .*n_components=4, got 3 row"):
        em.fit(model, X[:3])


def test_distances_too_small_to_square_are_refused_wherever_x_enters():
    model = KMeans([[0.0], [1e-170]])
    for call in (model.predict, model.objective, model.log_joint, lambda x: em.fit(model, x)):
        with pytest.raises(ValueError, match="x: expected a spread above"):
            call([[9e-171], [1e-170], [2e-170]])
    assert KMeans([[0.0], [1.0]]).predict([[1e-170]]).tolist() == [0]


def test_data_of_another_width_are_refused():
    with pytest.raises(ValueError, match=r"x: expected shape \(N, 2\), as many columns as centro"):
        KMeans(X).predict([[1.0, 2, 3]])
    for wrong in ([], [[np.nan, 1]], [[[1.0]]], "abc"):
        with pytest.raises((ValueError, TypeError), match="^centroids: expected"):
            KMeans(wrong)


def test_soft_em_of_a_small_shared_variance_makes_the_same_assignments():
    x = datasets.blobs().x
    centres = x[[0, 200, 400]]
    soft = GaussianMixture([1 / 3] * 3, centres, [1e-6 * np.eye(2)] * 3).responsibilities(x)
    assert (soft.argmax(axis=1) == KMeans(centres).predict(x)).all()
    assert soft == pytest.approx(KMeans(centres).responsibilities(x), abs=1e-6)


def test_it_shows_its_centroids():
    model = KMeans([[1.0, 2.0], [3.0, 4.0]])
    assert repr(model).splitlines() == [
        "KMeans of 2 centroids",
        "component  centroid",
        "        0    (1, 2)",
        "        1    (3, 4)",
    ]
    assert (model.n_components, model.n_parameters) == (2, 4)


# Empty clusters

LEVEES = np.array([[50, 50], [50, 53], [57, 50], [58, 51], [58, 51], [59, 50]], dtype=float)
FAR = [[47, 55], [53, 50], [60, 52], [62, 50], [63, 50], [64, 50]]


@pytest.fixture
def slow(monkeypatch):
    """Leave every step to the readable form from now on."""
    return lambda: monkeypatch.delitem(QUICK, KMeans)


def problem(seed, n=(20, 300)):
    """Points, and centroids of which some are likely to be nobody's nearest."""
    rng = np.random.default_rng(seed)
    n, d, k = int(rng.integers(*n)), int(rng.integers(1, 4)), int(rng.integers(3, 9))
    x = rng.normal(size=(n, d)) * 3 + rng.normal(size=(4, d))[rng.integers(4, size=n)] * 5
    return x, rng.uniform(x.min(axis=0) - 8, x.max(axis=0) + 8, (k, d))


def lacks(model, x):
    """Whether some cluster is empty."""
    return len(set(model.predict(x))) < model.n_components


def test_empty_clusters_are_relocated_and_kept_where_that_is_asked_for():
    """Five distinct points and six centroids: with each point its own, J is zero."""
    with pytest.warns(EMWarning, match="fewer distinct rows"):
        assert em.fit(KMeans(FAR), LEVEES).objective == 0.0
    with pytest.warns(EMWarning, match="cluster 3 is empty: its centroid stays where it is$"):
        fit = em.fit(KMeans(FAR, empty="keep"), LEVEES)
    assert fit.objective == -3.0
    assert fit.model.centroids[3:].tolist() == FAR[3:]


def test_each_empty_centroid_in_turn_takes_the_next_farthest_row():
    x = [[0.0], [2.0], [10.0], [-5.0], [1.0]]
    model = KMeans([[70.0], [1.0], [80.0], [90.0]])
    stats, _ = model.e_step(x)
    assert stats.farthest.tolist() == [[81, 10], [36, -5], [1, 0], [1, 2]]
    new = model.m_step(stats)
    assert new.centroids.ravel().tolist() == [10, 8 / 5, -5, 0]
    assert model.m_step(stats) == new  # the statistics are as they were


def test_rows_as_far_as_each_other_are_taken_by_their_coordinates_from_the_first_on():
    corners = [[a, b, c] for a in (1.0, -1.0) for b in (1.0, -1.0) for c in (1.0, -1.0)]
    for columns in ([0, 1, 2], [2, 0, 1]):
        rows = np.array(corners)[:, columns]
        stats, _ = KMeans([[0.0] * 3, *[[9.0 + k, 9, 9] for k in range(7)]]).e_step(rows)
        assert stats.farthest.tolist() == [[3.0, *row] for row in sorted(corners)]


def test_a_row_where_a_centroid_has_come_to_stand_is_passed_over():
    """The farthest row is all that its own cluster has: the mean is there already."""
    model = KMeans([[0.0], [30.0], [90.0]])
    new = model.m_step(model.e_step([[0.0], [20.0], [1.0], [5.0]])[0])
    assert new.centroids.ravel().tolist() == [2.0, 20.0, 5.0]


def test_a_row_at_no_distance_will_do_before_a_cluster_stays_empty():
    model = KMeans([[0.0], [100.0], [-50.0]])
    new = model.m_step(model.e_step([[0.0], [0.0], [10.0]])[0])
    assert new.centroids.ravel().tolist() == [10 / 3, 10, 0]


def test_only_where_a_cluster_is_empty_are_rows_kept():
    model = KMeans([[0.0], [10.0]])
    left, _ = model.e_step([[1.0], [2.0]])
    right, _ = model.e_step([[9.0], [12.0]])
    assert left.farthest.tolist() == [[4, 2], [1, 1]]
    assert (left + right).farthest is (right + left).farthest is None
    both = left + model.e_step([[-3.0], [2.0], [0.5]])[0]
    assert both.farthest.tolist() == [[9, -3], [4, 2]]
    assert model.e_step([[1.0], [9.0]])[0].farthest is None
    assert KMeans([[0.0], [10.0]], empty="keep").e_step([[1.0]])[0].farthest is None
    with pytest.warns(EMWarning, match="cluster 1 is empty: its centroid stays where it is$"):
        new = model.m_step(ClusterStatistics(left.n_k, left.origin, left.offsets))
    assert new.centroids.ravel().tolist() == [1.5, 10]


@pytest.mark.parametrize("n", [30, 3000])
@pytest.mark.parametrize("seed", range(6))
def test_rows_are_taken_whatever_their_order_and_in_whatever_blocks_they_come(seed, n):
    """Also where many rows are equally far: on a grid."""
    rng = np.random.default_rng(seed)
    x = rng.integers(-4, 5, size=(n, 2)).astype(float)
    model = KMeans([[0.25, 0.125], *[[50.0 + k, 0] for k in range(5)]])
    wanted = model.m_step(model.readable_e_step(model.prepare(x))[0])
    corner = np.abs(x - model.centroids[0]).sum(axis=1).argmax()
    assert wanted.centroids[1].tolist() == x[corner].tolist()
    for _ in range(5):
        rng.shuffle(x)
        assert model.m_step(model.e_step(x)[0]).centroids[1:] == pytest.approx(
            wanted.centroids[1:], rel=0
        )
        parts = [model.e_step(part)[0] for part in np.split(x, [n // 7, n // 2])]
        for a, b, c in itertools.permutations(parts):
            assert model.m_step(a + (b + c)).centroids[1:].tolist() == wanted.centroids[1:].tolist()
    assert em.fit(model, np.split(x, [n // 7, n // 2])).objective == pytest.approx(
        em.fit(model, x).objective, rel=1e-12
    )


@pytest.mark.parametrize("n", [(20, 60), (300, 1500)])
def test_the_distortion_never_rises_and_no_cluster_is_empty_at_the_end(n):
    """So much can be promised; that a fit ends below one that keeps its centroids cannot."""
    met = better = 0
    for seed in range(60):
        x, centroids = problem(seed, n)
        model = KMeans(centroids)
        if not lacks(model, x):
            continue
        met += 1
        fit = em.fit(model, x)
        assert fit.converged
        assert not lacks(fit.model, x)
        assert (np.diff(fit.history) >= -1e-13 * abs(fit.history[1:])).all()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", EMWarning)
            kept = em.fit(KMeans(centroids, empty="keep"), x)
        better += fit.objective > kept.objective
        if lacks(kept.model, x):  # and from there it goes on
            assert em.fit(KMeans(kept.model.centroids), x).objective > kept.objective
    assert met > 30
    assert better > 0.8 * met


def test_a_relocation_lowers_the_distortion_by_all_that_its_row_added():
    for seed in range(40):
        x, centroids = problem(seed)
        model = KMeans(centroids)
        stats, _ = model.e_step(x)
        if stats.farthest is None:
            continue
        new, labels = model.m_step(stats), model.predict(x)
        apart = ((x - new.centroids[labels]) ** 2).sum(axis=1)
        moved = (x[:, None] == new.centroids[stats.n_k == 0]).all(axis=2).any(axis=1)
        assert -new.objective(x) <= apart[~moved].sum() * (1 + 1e-12)


def test_scikit_learn_ends_as_low_on_average_and_mostly_in_the_same_place():
    """Its relocated rows leave their clusters before the means are taken, so paths may part."""
    cluster = pytest.importorskip("sklearn.cluster")
    ratios = []
    for seed in range(60):
        x, centroids = problem(seed)
        if not lacks(KMeans(centroids), x):
            continue
        theirs = cluster.KMeans(len(centroids), init=centroids, n_init=1, tol=0, algorithm="lloyd")
        ratios.append(-em.fit(KMeans(centroids), x).objective / theirs.fit(x).inertia_)
    assert len(ratios) > 30
    assert np.isclose(ratios, 1, rtol=1e-9).mean() > 0.6
    assert abs(np.mean(np.log(ratios))) < 0.05


@pytest.mark.parametrize("seed", range(12))
def test_quick_and_readable_rounds_relocate_alike(seed, slow):
    x, centroids = problem(seed, n=(2000, 5000))
    centroids[-2:] = x.max(axis=0) + 50, centroids[0]  # nobody's nearest, and twice in one place
    quick = em.fit(KMeans(centroids), x)
    slow()
    readable = em.fit(KMeans(centroids), x)
    assert not lacks(quick.model, x)
    assert quick.n_iter == readable.n_iter
    assert quick.history == pytest.approx(readable.history, rel=1e-11)
    assert quick.model.centroids == pytest.approx(readable.model.centroids, rel=1e-11, abs=1e-11)


@pytest.mark.parametrize("copies", [1, 7, 700, 70_000])
@pytest.mark.parametrize("offset", [0.0, 1e9])
def test_a_fit_of_fewer_distinct_rows_than_centroids_ends_and_says_so(copies, offset):
    """A mean of many copies is not quite their place: no reason to go round in a circle."""
    rng = np.random.default_rng(0)
    rows = offset + rng.normal(size=(9, 2)) * 10.0 ** rng.uniform(-12, 0, size=(9, 2))
    x = np.tile(rows, (copies + 1, 1))
    centroids = rows[rng.integers(9, size=12)] + rng.normal(size=(12, 2))
    with pytest.warns(EMWarning, match=r"stays where it is \(there may be fewer distinct rows"):
        fit = em.fit(KMeans(centroids), x)
    assert fit.converged
    assert fit.n_iter < 9
    distinct = len(np.unique(x, axis=0))
    labels = fit.model.predict(x)
    assert len(set(labels)) == distinct
    same = ROUNDING_OF_A_MEAN * np.ptp(x, axis=0) + np.spacing(np.abs(x)) / 2
    assert (np.abs(x - fit.model.centroids[labels]) <= same).all()


def test_centroids_in_one_place_part():
    x = datasets.blobs().x
    fit = em.fit(KMeans(np.zeros((3, 2))), x)
    assert fit.converged
    assert not lacks(fit.model, x)
    assert fit.objective > em.fit(KMeans(np.zeros((1, 2))), x).objective / 2


def test_what_becomes_of_an_empty_cluster_travels_with_the_model():
    keep = KMeans(X[:2], empty="keep")
    assert keep != KMeans(X[:2])
    assert "empty clusters kept" in repr(keep)
    assert "kept" not in repr(KMeans(X[:2]))
    starts = [
        start.random_points(KMeans, X, n_components=2, rng=0, empty="keep"),
        start.from_labels(KMeans, X, [0, 1, 0, 1], empty="keep"),
        em.multistart(KMeans, X, n_components=2, n_starts=1, rng=0, empty="keep")[0].model,
    ]
    for model in (
        *starts,
        keep.reorder([1, 0]),
        keep.sort(),
        em.fit(keep, X).model,
        em.fit(keep, [X[:2], X[2:]]).model,
        next(em.iterate(keep, X)).model,
        pickle.loads(pickle.dumps(keep)),
    ):
        assert model.empty == "keep"
    assert start.random_points(KMeans, X, n_components=2, rng=0).empty == "relocate"
    with pytest.raises(ValueError, match="empty: expected 'relocate' or 'keep', got 'drop'"):
        KMeans(X[:2], empty="drop")
    with pytest.raises(TypeError, match="positional"):
        KMeans(X[:2], "keep")


def test_a_pickle_of_version_0_1_0_keeps_its_centroids():
    model = KMeans(X[:2])
    del model.__dict__["empty"]
    state = model.__dict__.copy()
    again = object.__new__(KMeans)
    again.__setstate__(state)
    assert again == KMeans(X[:2], empty="keep")
    assert pickle.loads(pickle.dumps(again)).empty == "keep"
    assert pickle.loads(pickle.dumps(KMeans(X[:2]))).empty == "relocate"


def test_a_start_begins_an_empty_cluster_at_the_mean_of_all_and_a_fit_relocates_it():
    with pytest.warns(EMWarning, match="cluster 1 is empty: its centroid stays where it is$"):
        begun = start.from_labels(KMeans, X, [0, 0, 0, 0], n_components=2)
    assert begun.centroids.tolist() == [[0.5, 0.5], [0.5, 0.5]]
    assert begun.empty == "relocate"
    assert not lacks(em.fit(begun, X).model, X)


# Weighted rows


@pytest.fixture(params=["quick", "readable"])
def form(request, slow):
    """Both forms of the steps."""
    if request.param == "readable":
        slow()


def weighted_problem(seed, empty):
    """A model near some data, and whole weights, a few of them zero."""
    rng = np.random.default_rng(seed)
    x, _ = problem(seed, n=(1200, 1500))
    model = KMeans(np.append(x[:4], x.max(axis=0)[None] + 99, axis=0), empty=empty)
    return model, x, rng.integers(0, 5, size=len(x)), rng


def weighed(model, x, w):
    """A fit, without a word about centroids that stay."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", EMWarning)
        return em.fit(model, x, sample_weight=w)


def assert_same(fit, other, scale=1.0):
    assert fit.n_iter == other.n_iter > 3
    assert fit.history == pytest.approx(scale * other.history, rel=1e-12)
    size = np.abs(other.model.centroids).max()
    assert fit.model.centroids == pytest.approx(other.model.centroids, rel=1e-12, abs=1e-12 * size)


@pytest.mark.usefixtures("form")
@pytest.mark.parametrize("empty", ["relocate", "keep"])
@pytest.mark.parametrize("seed", range(3))
class TestWeights:
    def test_a_whole_weight_is_as_many_copies_and_zero_is_none(self, seed, empty):
        model, x, w, _ = weighted_problem(seed, empty)
        fit = weighed(model, x, w)
        assert_same(fit, weighed(model, np.repeat(x, w, axis=0), None))
        assert_same(fit, weighed(model, x[w > 0], w[w > 0]))
        assert fit.model.objective(x, w) == pytest.approx(fit.objective, rel=1e-12)

    def test_scaled_weights_scale_the_distortion_and_move_nothing(self, seed, empty):
        model, x, w, rng = weighted_problem(seed, empty)
        w = w * rng.uniform(size=len(w))
        fit = weighed(model, x, w)
        for c in (1e-270, 1e-9, 1 / 3, 1e9):
            assert_same(weighed(model, x, c * w), fit, scale=c)
        light = np.where(model.predict(x) == 0, 1e-296, 1.0)  # next to nothing beside the others
        one, other = (model.e_step(x, v)[0] for v in (light, None))
        owns = other.n_k > 0
        assert one.means[owns] == pytest.approx(other.means[owns], rel=1e-12, abs=1e-12)
        assert_same(weighed(model, x, np.full(len(x), 2.5)), weighed(model, x, None), scale=2.5)

    def test_order_blocks_and_threads_do_not_matter(self, seed, empty):
        model, x, w, rng = weighted_problem(seed, empty)
        w = w * rng.uniform(size=len(w))
        fit, order = weighed(model, x, w), rng.permutation(len(x))
        assert_same(weighed(model, x[order], w[order]), fit)
        cuts = [3, 600, 601]
        assert_same(weighed(model, np.split(x, cuts), w), fit)
        assert_same(weighed(model, np.split(x, cuts), np.split(w, [100, 700])), fit)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", EMWarning)
            assert_same(em.fit(model, x, sample_weight=w, n_threads=2), fit)

    def test_sums_of_blocks_are_those_of_the_whole(self, seed, empty):
        model, x, w, rng = weighted_problem(seed, empty)
        w = w * rng.uniform(size=len(w))
        whole, objective = model.e_step(x, w)
        a, b = (model.e_step(*part) for part in ((x[:500], w[:500]), (x[500:], w[500:])))
        both = a[0] + b[0]
        assert both.n_k == pytest.approx(whole.n_k, rel=1e-13)
        assert both.means[:4] == pytest.approx(whole.means[:4], rel=1e-12, abs=1e-12)
        assert a[1] + b[1] == pytest.approx(objective, rel=1e-13)
        if empty == "relocate":
            assert both.farthest.tolist() == whole.farthest.tolist()

    def test_scikit_learn_takes_the_same_weights(self, seed, empty):
        cluster = pytest.importorskip("sklearn.cluster")
        model, x, w, rng = weighted_problem(seed, empty)
        w, model = w * rng.uniform(size=len(w)), KMeans(model.centroids[:4], empty=empty)
        theirs = cluster.KMeans(4, init=x[:4], n_init=1, tol=0, algorithm="lloyd")
        theirs.fit(x, sample_weight=w)
        fit = em.fit(model, x, sample_weight=w)
        assert fit.model.centroids == pytest.approx(theirs.cluster_centers_, rel=1e-9, abs=1e-9)
        assert -fit.objective == pytest.approx(theirs.inertia_, rel=1e-9)


@pytest.mark.usefixtures("form")
def test_a_light_cluster_keeps_its_digits_beside_a_heavy_row_that_leaves_it():
    rng = np.random.default_rng(0)
    x = np.append(rng.normal(size=3000), rng.normal(size=3000) + 9)[:, None]
    w = np.where(x[:, 0] > 4.5, 1e-9, 1.0)
    fit = em.fit(KMeans([[0.0], [2.0]]), x, sample_weight=w)
    labels = fit.model.predict(x)
    for k in range(2):
        wanted = np.average(x[labels == k], axis=0, weights=w[labels == k])
        assert fit.model.centroids[k] == pytest.approx(wanted, rel=1e-13)


def test_a_start_weighs_its_rows():
    r = np.eye(2)[[0, 0, 1, 1]]
    w = [1.0, 3.0, 0.0, 2.0]
    model = KMeans.from_responsibilities(X, r, sample_weight=w)
    assert model.centroids.tolist() == [[0.375, 0], [1, 1]]
    with pytest.warns(EMWarning, match="empty"):
        model = KMeans.from_responsibilities(X, np.eye(2)[[0, 0, 0, 0]], sample_weight=w)
    assert model.centroids == pytest.approx(np.array([[3.5 / 6, 2 / 6]] * 2), rel=1e-15)
