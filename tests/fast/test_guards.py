"""Where the fast forms stop trusting themselves: at the edge of each guard they keep their digits.

A guard is one of the thresholds of `emlib.fast.kernel` or `emlib.fast.nearest`. Just inside it the
fast form must answer, and as the readable one does, which subtracts means and so loses nothing;
just outside it must leave the step to that one. `.ci/kernels` asks it of every matrix product that
the processor has.
"""

import math

import numpy as np
import pytest
from fast.comparison import EQUAL, count_calls, distance, fast, first, on_the_edge, plain, readable
from fast.comparison import same_course as same

from emlib import GaussianMixture, GaussianMixture1D, KMeans, em
from emlib.data.errors import IGNORED_FLAGS
from emlib.data.rows import Rows
from emlib.fast import nearest
from emlib.fast.kernel import scaling
from emlib.fast.kernel.diagonal import DiagonalFeatures
from emlib.fast.kernel.e_step import kernel_of
from emlib.fast.kernel.thresholds import THRESHOLDS

INSIDE, OUTSIDE = 0.97, 1.03
sides = pytest.mark.parametrize("part", [INSIDE, OUTSIDE], ids=["inside", "outside"])


@pytest.fixture
def slow_steps(monkeypatch):
    """Collect the steps that the readable form took."""
    return [
        count_calls(monkeypatch, kind, "readable_e_step")
        for kind in (GaussianMixture, GaussianMixture1D)
    ]


def one_round(model, x, slow_steps):
    """Take a round as a fit does; return whether the fast form took it."""
    kernel_of(model.prepare_fit(x), model.n_components)
    steps = first(em.iterate(model, x), 1)
    taken = not any(slow_steps)
    same(steps, plain(model, x, 1), EQUAL)
    return taken


def without_a_reference(model):
    """The same mixture of six components or more, which are too many for a reference."""
    parts = 6 // model.n_components
    return GaussianMixture(
        np.repeat(model.weights / parts, parts),
        np.repeat(model.means, parts, axis=0),
        np.repeat(model.covariances, parts, axis=0),
    )


def standard(z):
    """Points moved and turned so that their mean is zero and their covariance is one."""
    z = z - z.mean(axis=0)
    return z @ np.linalg.inv(np.linalg.cholesky(z.T @ z / len(z))).T


@sides
@pytest.mark.parametrize("n", [300, 2000, 8000])
@pytest.mark.parametrize("d", [1, 2])
def test_kappa_of_steps_in_plain_floats(d, n, part, slow_steps, rng):
    """Two clusters as far from their middle as may be: a step leaves them where they are."""
    z, mean = (
        standard(rng.normal(size=(n, d))),
        np.full(d, math.sqrt(part * THRESHOLDS.condition / d)),
    )
    x = np.concatenate([z + mean, z - mean])
    model = GaussianMixture([0.5, 0.5], [mean, -mean], [np.eye(d)] * 2)
    assert one_round(without_a_reference(model), x, slow_steps) is (part == INSIDE)


@sides
@pytest.mark.parametrize("d", [1, 3])
def test_kappa_of_features_without_cross_products(d, part, rng):
    z = standard(rng.normal(size=(2000, d)))
    mean = np.full(d, math.sqrt(part * THRESHOLDS.condition / d))
    x = np.concatenate([z + mean, z - mean])
    model = GaussianMixture([0.5, 0.5], [mean, -mean], [np.eye(d)] * 2, covariance_type="diag")
    kernel = kernel_of(Rows(x), 2, form=DiagonalFeatures)
    with np.errstate(**IGNORED_FLAGS):
        result = kernel.e_step(model.weights, model.means, np.ones((2, d)))
    assert (result is not None) is (part == INSIDE)
    if result:
        (statistics, objective), (slow, wanted) = result, readable(model, Rows(x))
        assert objective == pytest.approx(wanted, rel=EQUAL)
        assert statistics.n_k == pytest.approx(slow.n_k, rel=EQUAL)
        assert statistics.means == pytest.approx(slow.means, rel=EQUAL)
        assert statistics.scatters == pytest.approx(slow.scatters, rel=EQUAL)


@sides
@pytest.mark.parametrize("divided", [False, True], ids=["with a reference", "without"])
def test_the_condition_of_steps_in_plain_floats(divided, part, slow_steps, monkeypatch):
    # trace^2 / det is the condition, its inverse and two; the scaling must not change the shape.
    monkeypatch.setattr(scaling, "round", lambda value: 0, raising=False)
    x, model = on_the_edge(0.0, part * THRESHOLDS.condition - 2, d=2)
    model = without_a_reference(model) if divided else model
    assert one_round(model, x, slow_steps) is (part == INSIDE)


@sides
@pytest.mark.parametrize("d", [1, 2])
def test_the_width_of_a_reference_by_its_share(d, part, slow_steps, rng):
    """N trace(precision) / n in the scaled units: what is left of all sums once others are out."""
    n, n_far = 6000, 1800
    width = math.sqrt(d * (n + n_far) / (part * THRESHOLDS.condition * n))
    narrow, far = standard(rng.normal(size=(n, d))), standard(rng.normal(size=(n_far // 2, d)))
    x = np.concatenate([width * narrow, 0.1 * far + 1.9, 0.1 * far - 1.9])
    assert kernel_of(Rows(x), 3).scaling.scale.tolist() == [1.0] * d
    weights = np.array([n, n_far / 2, n_far / 2]) / len(x)
    covariances = [width**2 * np.eye(d), 0.01 * np.eye(d), 0.01 * np.eye(d)]
    model = GaussianMixture(weights, [[0.0] * d, [1.9] * d, [-1.9] * d], covariances)
    assert one_round(model, x, slow_steps) is (part == INSIDE)


@pytest.mark.parametrize("owned", [11, 9])
@pytest.mark.parametrize("d", [1, 2])
def test_the_least_share_of_a_reference(d, owned, slow_steps, rng):
    """The heaviest by its weight, which is held, owns a thousandth of the rows."""
    n = 10_000
    x = np.concatenate([rng.normal(size=(n - owned, d)), 30 + rng.normal(size=(owned, d))])
    model = GaussianMixture(
        [0.1, 0.9], [[0.0] * d, [30.0] * d], [np.eye(d)] * 2, fixed_weights=True
    )
    assert one_round(model, x, slow_steps) is (owned > THRESHOLDS.reference_share * n)


@pytest.mark.parametrize("part", [1.1, 0.9])
@pytest.mark.parametrize("d", [1, 2, 3])
def test_the_least_count(d, part, slow_steps, rng):
    """A component of so little weight that it owns 1e-16 of a row in all."""
    x = rng.normal(size=(300, d))
    weight = part * THRESHOLDS.least_count / len(x)
    model = GaussianMixture([1 - weight, weight], np.zeros((2, d)), [np.eye(d)] * 2)
    data = Rows(x)
    result = fast(model, data)
    assert (result is not None) is (part > 1)
    if result is not None:
        slow = readable(model, data)
        assert distance(result, slow, len(x)) <= EQUAL
        assert result[0].n_k == pytest.approx(slow[0].n_k, rel=EQUAL)
    slow_steps[0].clear()
    if d < 3:
        assert one_round(model, x, slow_steps) is (part > 1)


@pytest.mark.parametrize("part", [1.1, 0.9])
@pytest.mark.parametrize("d", [1, 2, 3])
def test_a_width_that_is_rounding_of_the_data(d, part, slow_steps, rng):
    """Data at an offset, as narrow as sixteen steps from a double to the next."""
    offset = 1e6
    width = part * 8 * np.finfo(float).eps * offset
    x = offset + width * standard(rng.normal(size=(600, d)))
    model = GaussianMixture([1.0], [[offset] * d], [width**2 * np.eye(d)])
    data = Rows(x)
    result = fast(model, data)
    assert (result is not None) is (part > 1)
    if result is not None:
        assert distance(result, readable(model, data), len(x)) <= EQUAL


def test_near_the_middle_of_the_data_a_width_may_be_far_below_their_spread(rng):
    """What is rounding of the data there is rounding of zero."""
    for width in (1e-7, 1e-14):
        narrow = width * standard(rng.normal(size=(100, 1)))
        x = np.concatenate([narrow, np.repeat([[-1.0], [1.0]], 100, axis=0)])
        model = GaussianMixture([0.3, 0.7], [[0.0], [0.0]], [[[width**2]], [[1.0]]])
        result = fast(model, Rows(x))
        assert result is not None
        slow = readable(model, Rows(x))
        assert distance(result, slow, len(x)) <= EQUAL


# K-means


@sides
@pytest.mark.parametrize("d", [1, 3, 8])
def test_the_distortion_by_sums_keeps_eleven_digits(d, part, rng, monkeypatch):
    noise = standard(rng.normal(size=(2000, d)))  # twice: a distortion of 2 N D
    apart = math.sqrt(part * nearest.THRESHOLDS.distortion_ratio - 1)
    x = np.concatenate([noise + apart, noise - apart])
    model, data = KMeans([[apart] * d, [-apart] * d]), Rows(x)
    added = count_calls(monkeypatch, nearest.Chunk, "distortion")
    _, objective = model.e_step(data)
    assert bool(added) is (part == OUTSIDE)
    assert objective == pytest.approx(model.readable_e_step(data)[1], rel=1e-11)


@sides
@pytest.mark.parametrize("far", [1.0, 1e3])
@pytest.mark.parametrize("d", [1, 3, 8])
def test_centroids_so_close_that_scores_hardly_tell_them_apart(d, far, part, rng):
    """Every row farther from the border than a millionth of their distance goes to the nearer."""
    middle = np.full(d, far)
    broad = far * rng.choice([-1.0, 1.0], size=(2000, 1)) * np.ones(d)
    direction = rng.normal(size=d)
    direction /= np.linalg.norm(direction)

    def problem(length):
        step = length * direction
        close = middle + length * rng.normal(size=(4000, d))
        c = np.array([middle - step / 2, middle + step / 2])
        # Differences first: nothing is lost here.
        along = ((close - c[0]) + (close - c[1])) @ (c[1] - c[0]) / (2 * length**2)
        close = close[np.abs(along) > 1e-6]
        x = np.concatenate([broad, close])
        wanted = np.count_nonzero(along[np.abs(along) > 1e-6] > 0)
        return KMeans([*c, [-far] * d]), Rows(x), wanted, len(close)

    low, high = 1e-9 * far, far
    for _ in range(25):  # the length at which they are told apart, found by halving
        length = math.sqrt(low * high)
        model, data, *_ = problem(length)
        table = np.empty((3, d + 1))
        answers = nearest.nearest_of(data, 3)
        table[:, 1:] = model.centroids - answers.centre
        table[:, 0] = -0.5 * (table[:, 1:] ** 2).sum(axis=1)
        low, high = (low, length) if answers.tells_apart(table) else (length, high)
    model, data, wanted, n = problem(high / math.sqrt(part))
    result = nearest.nearest_of(data, 3).e_step(model.centroids)
    assert (result is not None) is (part == INSIDE)
    if result is not None:
        fewer = np.abs(result[0] - [n - wanted, wanted, 0])[:2]
        other = np.count_nonzero((data.values[:2000] > 0).all(axis=1))
        assert fewer.sum() == other
    assert model.e_step(data)[0].n_k.sum() == len(data)
