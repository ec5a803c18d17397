"""`emlib.datasets`: the course's data, and the numbers that its lessons say of them."""

import dataclasses
import hashlib
import itertools
import math
import warnings

import numpy as np
import pytest
from scipy import optimize, stats

from emlib import (
    CoinMixture,
    EMWarning,
    GaussianMixture,
    GaussianMixture1D,
    KMeans,
    PoissonMixture,
    bound,
    datasets,
    em,
    mle,
    start,
)

DRAWN = [
    (datasets.heights, (1000,)),
    (datasets.two_groups, (1000,)),
    (datasets.many_trials, (500, 2)),
    (datasets.three_normals, (3000,)),
    (datasets.two_normals, (10_000,)),
    (datasets.thirty_and_thirty, (60,)),
    (datasets.three_clusters, (1000, 2)),
]


@pytest.mark.parametrize(("draw", "shape"), DRAWN, ids=lambda v: getattr(v, "__name__", ""))
def test_drawn_data_are_seeded_and_know_their_truth(draw, shape):
    data = draw(0)
    assert data.x.shape == shape
    assert data.z.shape == shape[:1]
    assert data.z.dtype.kind == "i"
    assert set(data.z) == set(range(data.truth.n_components))
    assert draw(np.random.default_rng(0)).x.tolist() == data.x.tolist()
    assert draw(1).x.tolist() != data.x.tolist()
    assert np.isfinite(data.truth.log_likelihood(data.x))
    with pytest.raises(TypeError, match="^rng: expected"):
        draw(None)
    for k in range(data.truth.n_components):
        rows = data.x[data.z == k]
        if isinstance(data.truth, CoinMixture):
            assert rows[:, 0].mean() / 10 == pytest.approx(data.truth.biases[k], abs=0.03)
        else:
            assert rows.mean(axis=0) == pytest.approx(data.truth.means[k], abs=0.8)
    if draw is not datasets.many_trials:
        assert (np.diff(data.z) >= 0).all()
        assert data.truth.weights == pytest.approx(np.bincount(data.z) / len(data.z))


def test_a_data_set_shows_what_it_holds():
    assert repr(datasets.heights(0)) == "Dataset(x=(1000,), z=(1000,), truth=GaussianMixture1D)"
    assert repr(datasets.old_faithful()) == "Dataset(x=(272, 2), z=None, truth=None)"
    with pytest.raises(AttributeError):
        datasets.old_faithful().x = 1


def test_a_data_set_is_equal_to_itself_alone():
    data = datasets.heights(0)
    assert data == data
    assert data != datasets.heights(0)
    assert len({data, data}) == 1


def test_heights():
    x = datasets.heights(0).x
    assert x.tolist() == np.random.default_rng(0).normal(170, 10, 1000).tolist()
    fit = mle.normal(x)
    assert round(fit.mean, 3) == 169.520
    assert round(math.sqrt(fit.variance), 4) == 9.7675
    assert round(x.std(ddof=1), 4) == 9.7724
    assert np.prod(stats.norm(fit.mean, math.sqrt(fit.variance)).pdf(x)) == 0.0


def test_two_groups_have_one_hump():
    truth = datasets.two_groups(0).truth
    assert round(truth.stds[0], 4) == 7.1414
    assert (truth.means[1] - truth.means[0]) / truth.stds[0] == pytest.approx(1.960, abs=5e-4)
    spread = truth.variances[0] + 49
    assert (truth.weights @ truth.means, spread) == (170, pytest.approx(100))
    grid = np.linspace(140, 200, 6001)

    def humps(model):
        density = model.log_density(grid)
        return int(((density[1:-1] > density[:-2]) & (density[1:-1] > density[2:])).sum())

    assert humps(truth) == 1
    for separation, expected in ((1.5, 1), (2.0, 1), (2.5, 2)):
        half = separation * truth.stds[0] / 2
        assert humps(dataclasses.replace(truth, means=[170 - half, 170 + half])) == expected


def test_two_groups_are_found_again_slowly():
    x = datasets.two_groups(0).x
    begin = GaussianMixture1D([0.5, 0.5], [160, 180], [50, 50])
    early, late = em.fit(begin, x), em.fit(begin, x, tol=1e-12, max_iter=5000)
    assert early.model.means == pytest.approx([163.35, 176.66], abs=0.05)
    assert late.model.means == pytest.approx([163.5, 176.7], abs=0.1)
    assert late.objective == pytest.approx(-3691.24623, abs=1e-4)
    assert 100 < early.n_iter < 500 < late.n_iter


def test_blobs_are_those_of_scikit_learn():
    from sklearn.datasets import make_blobs  # slow to load

    x, z = make_blobs(n_samples=600, centers=3, random_state=1)
    data = datasets.blobs()
    order, other = np.lexsort(data.x.T), np.lexsort(x.T)
    assert data.x[order].tolist() == x[other].tolist()
    assert data.z[order].tolist() == z[other].tolist()
    assert np.bincount(data.z).tolist() == [200, 200, 200]


def test_k_means_on_the_blobs():
    x = datasets.blobs().x
    best = em.multistart(KMeans, x, n_components=3, n_starts=5, rng=0)[0]
    assert round(-best.objective, 3) == 1161.410
    rng = np.random.default_rng(0)
    reached = empty = 0
    for _ in range(200):
        fit = em.fit(KMeans(x[rng.choice(600, 3, replace=False)]), x)
        reached += -fit.objective < 1161.42
        box = KMeans(rng.uniform(x.min(axis=0), x.max(axis=0), (3, 2)), empty="keep")
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always", EMWarning)
            empty += bool((em.fit(box, x).model.e_step(x)[0].n_k == 0).any())
        assert bool(said) or not (box.e_step(x)[0].n_k == 0).any()
    assert reached / 200 == pytest.approx(0.748, abs=0.06)  # 74.8 % of 500 such starts
    assert empty / 200 == pytest.approx(0.054, abs=0.04)  # 5.4 % of 500 such boxes


def test_two_coins_as_published():
    data = datasets.do_batzoglou()
    assert data.x.tolist() == [[5, 5], [9, 1], [8, 2], [4, 6], [7, 3]]
    assert data.z.tolist() == [1, 0, 0, 1, 0]
    assert start.from_labels(CoinMixture, data.x, data.z).biases.round(12).tolist() == [0.8, 0.45]
    theta = CoinMixture([0.6, 0.5], [0.5, 0.5], fixed_weights=True)
    r = em.fit(theta, data.x, tol=0).model.responsibilities(data.x)[:, 0]
    assert r.round(3).tolist() == [0.103, 0.952, 0.845, 0.031, 0.601]


def test_many_trials_find_both_coins():
    begin = CoinMixture([0.8, 0.7], [0.5, 0.5], fixed_weights=True)
    found = []
    for seed in range(40):
        data = datasets.many_trials(seed)
        assert (data.x.sum(axis=1) == 10).all()
        found.append(em.fit(begin, data.x).model.biases)
    assert np.mean(found, axis=0) == pytest.approx([0.599, 0.201], abs=0.005)
    assert np.std(found, axis=0) == pytest.approx([0.013, 0.010], abs=0.004)
    assert data.truth == CoinMixture([0.6, 0.2], [0.5, 0.5], fixed_weights=True)
    assert datasets.many_trials(0, n=7).x.shape == (7, 2)
    with pytest.raises(ValueError, match="^n: expected at least 1"):
        datasets.many_trials(0, n=0)


@pytest.mark.parametrize(
    ("draw", "blocks"),
    [
        (datasets.three_normals, [(-10, 3, 1000), (30, 7, 1000), (3, 5, 1000)]),
        (datasets.two_normals, [(20, 5, 3000), (40, 5, 7000)]),
        (datasets.thirty_and_thirty, [(-2, 1.3, 30), (1, 0.9, 30)]),
    ],
)
def test_points_on_a_line_are_drawn_block_by_block(draw, blocks):
    data, rng = draw(0), np.random.default_rng(0)
    assert data.x.tolist() == np.concatenate([rng.normal(*block) for block in blocks]).tolist()
    means, stds, sizes = map(np.array, zip(*blocks, strict=True))
    assert data.truth == GaussianMixture1D(sizes / sizes.sum(), means, stds**2)


def test_three_normals():
    data = datasets.three_normals(0)
    begin = GaussianMixture1D([1 / 3] * 3, [-8, 20, 5], [25] * 3)
    model = em.fit(begin, data.x).model
    assert model.means == pytest.approx([-10, 30, 3], abs=0.7)
    assert model.stds == pytest.approx([3, 7, 5], abs=0.5)
    assert model.weights == pytest.approx([1 / 3] * 3, abs=0.03)


def test_two_normals():
    data = datasets.two_normals(0)
    begin = GaussianMixture1D([0.5, 0.5], [10, 50], [25, 25])
    fit = em.fit(begin, data.x, tol=1e-12)
    assert fit.model.means.round(3).tolist() == [19.910, 40.162]
    assert fit.model.stds.round(3).tolist() == [5.030, 4.950]
    assert fit.model.weights.round(4).tolist() == [0.3027, 0.6973]
    assert round(fit.objective, 2) == -35845.13
    held = em.fit(dataclasses.replace(begin, fixed_weights=True), data.x, tol=1e-12)
    assert held.model.means.round(3).tolist() == [25.409, 41.335]
    assert held.model.stds.round(3).tolist() == [9.177, 4.239]
    assert round(held.objective, 2) == -36270.24


def test_two_normals_are_easy_to_tell_apart():
    truth = datasets.two_normals(0).truth
    boundary = optimize.brentq(lambda x: truth.responsibilities([x])[0, 0] - 0.5, 20, 40)
    assert boundary == pytest.approx(30 + 1.25 * math.log(3 / 7), abs=1e-9)
    assert round(boundary, 4) == 28.9409
    error = 0.3 * stats.norm(20, 5).sf(boundary) + 0.7 * stats.norm(40, 5).cdf(boundary)
    assert round(100 * error, 2) == 2.05
    grid = np.linspace(-20, 80, 100_001)
    first = truth.responsibilities(grid)[:, 0]
    doubtful = (first > 0.1) & (first < 0.9)
    assert 100 * (np.exp(truth.log_density(grid)) * doubtful).sum() * 1e-3 == pytest.approx(
        6.1, abs=0.05
    )


def test_thirty_and_thirty():
    data = datasets.thirty_and_thirty(0)
    begin = GaussianMixture1D([0.5, 0.5], [-0.5, 0.5], [1, 1])
    fit = em.fit(begin, data.x, tol=1e-9)
    assert fit.model.means == pytest.approx([-2, 1], abs=0.5)
    assert fit.model.means == pytest.approx([-2.1462, 1.1976], abs=1e-3)
    assert fit.objective == pytest.approx(-118.77944, abs=1e-4)
    iterations = [
        em.fit(begin, datasets.thirty_and_thirty(seed).x, tol=1e-9, max_iter=5000).n_iter
        for seed in range(30)
    ]
    assert 40 < np.median(iterations) < 150


def test_three_clusters():
    data = datasets.three_clusters(0)
    assert data.truth.log_likelihood(data.x) == pytest.approx(-2912.121, abs=5e-4)
    assert np.linalg.det(data.truth.covariances) == pytest.approx([0.19, 0.16, 0.19])
    assert bound.entropy(data.truth.responsibilities(data.x)) == pytest.approx(92.691, abs=1e-3)
    fits = em.multistart(GaussianMixture, data.x, n_components=3, n_starts=5, rng=0)
    assert fits[0].objective == pytest.approx(-2902.289, abs=1e-3)
    rng = np.random.default_rng(0)
    blocks = [
        rng.multivariate_normal(mean, covariance, n, method="cholesky")
        for mean, covariance, n in zip(
            data.truth.means, data.truth.covariances, [500, 150, 350], strict=True
        )
    ]
    assert data.x.tolist() == np.concatenate(blocks).tolist()


def test_deaths_and_their_published_fits():
    data = datasets.deaths()
    assert data.x.tolist() == list(range(10))
    assert data.times.sum() == 3 * 365 + 1  # 1912 was a leap year
    assert data.times @ data.x == 2364
    one = em.fit(PoissonMixture([1.0], [2.0]), data.x, sample_weight=data.times)
    assert one.objective == pytest.approx(-2001.39785, abs=1e-5)
    start = PoissonMixture([0.287, 0.713], [1.101, 2.582])
    steps = em.iterate(start, data.x, sample_weight=data.times)
    by_round = {step.iteration: step for step in itertools.islice(steps, 1001)}
    first, later = by_round[535].model, by_round[1000].model
    assert first.weights.round(4)[0] == 0.3530
    assert first.rates.round(4).tolist() == [1.2440, 2.6550]
    assert by_round[535].objective == pytest.approx(-1989.946491, abs=1e-6)
    assert later.weights.round(5)[0] == 0.35898
    for how in ("squarem", "lbfgs"):
        fit = em.fit(start, data.x, sample_weight=data.times, accelerate=how, tol=1e-12)
        # The hill is flat: 1e-9 nats below the summit are sqrt(2e-9) = 5e-5 standard errors, which
        # are 0.2 to 0.35 here.
        assert fit.model.weights[0] == pytest.approx(0.359885, abs=1e-4)
        assert fit.model.rates == pytest.approx([1.256095, 2.663404], abs=1e-4)
        assert fit.objective == pytest.approx(-1989.94586, abs=1e-5)
        assert fit.n_e_steps < 200


def test_old_faithful():
    x = datasets.old_faithful().x
    assert x.shape == (272, 2)
    assert x.mean(axis=0) == pytest.approx([3.4877830882, 70.8970588235], abs=1e-9)
    assert x[0].tolist() == [3.6, 79.0]
    assert x[-1].tolist() == [4.467, 74.0]
    digest = hashlib.sha256(np.round(x * 1000).astype("<i8").tobytes()).hexdigest()
    assert digest.startswith("ac6dc44d1444df23")
    best = em.multistart(GaussianMixture, x, n_components=2, n_starts=3, rng=0, tol=1e-12)[0]
    assert best.objective == pytest.approx(-1130.2639601847, abs=1e-6)
    line = em.multistart(GaussianMixture1D, x[:, 1], n_components=2, n_starts=3, rng=0, tol=1e-12)
    assert line[0].objective == pytest.approx(-1034.0017498316, abs=1e-6)
