"""`emlib.fast.coordinates`: a model as free numbers and back, and the slope in them."""

import numpy as np
import pytest

from benchmarks import problems
from emlib import (
    CoinMixture,
    CollapseError,
    GaussianMixture,
    GaussianMixture1D,
    PoissonMixture,
    coins,
    em,
)
from emlib.fast.coordinates import about
from emlib.models.statistics import CoinStatistics, GaussianStatistics, PoissonStatistics

EYE = np.eye(3)
THREE = [[0.3, 0.7], [[0, 0, 0], [1, 2, 0]]]
MOVED = [[0.4, 0.6], [[0.2, 0, 0.1], [1, 1.5, 0]]]
WIDE = [
    [[1.5, 0.3, 0.2], [0.3, 1, -0.4], [0.2, -0.4, 2]],
    [[1, -0.2, 0], [-0.2, 1.4, 0.5], [0, 0.5, 1]],
]
OTHER = [[2, 0.6, 0], [0.6, 1, 0.3], [0, 0.3, 0.5]]


def line(weights, means, variances, **options):
    return GaussianMixture1D(weights, means, variances, **options)


def space(first, second, family):
    """Two mixtures in three dimensions, with these covariances."""
    return tuple(
        GaussianMixture(*rest, covariances, covariance_type=family)
        for rest, covariances in ((THREE, first), (MOVED, second))
    )


def beside(mixture, covariance):
    """The same mixture, with a component of weight zero before the others."""
    return GaussianMixture(
        [0, *mixture.weights],
        [np.ones(3), *mixture.means],
        [covariance, *mixture.covariances],
        covariance_type=mixture.covariance_type,
    )


def corner(mixture, d):
    """The mixture of the first columns."""
    return GaussianMixture(
        mixture.weights,
        mixture.means[:, :d],
        mixture.covariances[:, :d, :d],
        covariance_type=mixture.covariance_type,
    )


FULL = space([OTHER, 2 * EYE], WIDE, "full")
TIED = space([OTHER] * 2, WIDE[:1] * 2, "tied")
DIAGONAL = space([np.diag([1, 2, 3]), np.diag([4, 1, 2])], [np.diag([2, 2, 1]), EYE], "diag")
SPHERICAL = space([EYE, 2 * EYE], [3 * EYE, 0.5 * EYE], "spherical")

# An origin, another model, and how many numbers say where it is: as many as parameters, and one
# for the sum of the weights; what is held has none.
FREE = {
    "1-D": (line([0.3, 0.7], [0, 2], [1, 2]), line([0.4, 0.6], [0.3, 2.5], [1.2, 1]), 6),
    "1-D, weights held": (
        line([0.3, 0.7], [0, 2], [1, 2], fixed_weights=True),
        line([0.3, 0.7], [0.3, 2.5], [1.2, 1], fixed_weights=True),
        4,
    ),
    "1-D, equal variances": (
        line([0.3, 0.7], [0, 2], [4, 4], covariance_type="tied"),
        line([0.4, 0.6], [0.3, 2.5], [1.2, 1.2], covariance_type="tied"),
        5,
    ),
    "1-D, equal variances, a weight of zero": (
        line([0, 0.3, 0.7], [9, 0, 2], [4, 4, 4], covariance_type="tied"),
        line([0, 0.4, 0.6], [9, 0.3, 2.5], [1.2, 1.2, 1.2], covariance_type="tied"),
        5,
    ),
    "1-D, equal variances of one": (
        line([1], [2], [4], covariance_type="tied"),
        line([1], [0.3], [1.2], covariance_type="tied"),
        3,
    ),
    "2-D, diagonal": (*(corner(m, 2) for m in DIAGONAL), 2 + 4 + 4),
    "1-D as N-D, spherical": (*(corner(m, 1) for m in SPHERICAL), 2 + 2 + 2),
    "3-D, tied, a single one": (
        *(
            GaussianMixture([1], m.means[1:], m.covariances[1:], covariance_type="tied")
            for m in TIED
        ),
        1 + 3 + 6,
    ),
    "3-D": (*FULL, 2 + 6 + 12),
    "3-D, tied": (*TIED, 2 + 6 + 6),
    "3-D, diagonal": (*DIAGONAL, 2 + 6 + 6),
    "3-D, spherical": (*SPHERICAL, 2 + 6 + 2),
    "3-D, a weight of zero": (*(beside(m, 3 * EYE) for m in FULL), 2 + 6 + 12),
    "3-D, tied, a weight of zero": (*(beside(m, m.covariances[0]) for m in TIED), 2 + 6 + 6),
    "3-D, diagonal, a weight of zero": (*(beside(m, 3 * EYE) for m in DIAGONAL), 2 + 6 + 6),
    "coins": (CoinMixture([0.3, 0.7], [0.2, 0.8]), CoinMixture([0.4, 0.6], [0.5, 0.5]), 2 + 2),
    "coins, two that show one side, one of weight zero": (
        CoinMixture([0.3, 1.0, 0.7, 0.0, 0.4], [0.1, 0.3, 0.4, 0.2, 0.0]),
        CoinMixture([0.4, 1.0, 0.6, 0.0, 0.4], [0.2, 0.2, 0.2, 0.4, 0.0]),
        4 + 2,
    ),
    "Poisson": (
        PoissonMixture([0.2, 0.8], [1, 5]),
        PoissonMixture([0.5, 0.5], [2, 3]),
        2 + 2,
    ),
    "Poisson, a rate of zero, one of weight zero": (
        PoissonMixture([0.2, 0.3, 0.5, 0.0], [1, 0, 5, 2]),
        PoissonMixture([0.3, 0.4, 0.3, 0.0], [2, 0, 3, 2]),
        3 + 2,
    ),
}
each_pair = pytest.mark.parametrize(
    ("origin", "model"), [pair for *pair, _ in FREE.values()], ids=FREE
)


def data_for(model):
    rng = np.random.default_rng(0)
    if isinstance(model, CoinMixture):
        return coins.counts([10, 10, *rng.integers(0, 11, 30)], 10)
    if isinstance(model, PoissonMixture):
        return rng.poisson(3, 40)
    return rng.normal(1, 2, (40, *model.means.shape[1:]))


@each_pair
def test_free_numbers_lead_to_a_model_and_back(origin, model):
    at = about(origin)
    free = at.of(model)
    there = at.model(free)
    assert np.isfinite(free).all()
    for name, value in model._values().items():
        exact = value is None or isinstance(value, str)
        expected = value if exact else pytest.approx(value, rel=1e-13, abs=1e-13)
        assert getattr(there, name) == expected
    assert at.of(origin) == pytest.approx(np.zeros(len(free)), abs=1e-15)
    assert at.of(there) == pytest.approx(free, abs=1e-13)
    if not origin.fixed_weights:
        live = origin.weights[origin.weights > 0]
        assert live @ free[: len(live)] == pytest.approx(0, abs=1e-15)


@pytest.mark.parametrize(("origin", "model", "n"), FREE.values(), ids=FREE)
def test_there_are_as_many_free_numbers_as_parameters_and_one_for_the_sum_of_the_weights(
    origin, model, n
):
    at, (statistics, _) = about(origin), origin.e_step(data_for(origin))
    for numbers in (at.of(model), at.slope(origin, statistics), at.information(statistics)):
        assert numbers.shape == (n,)


@each_pair
def test_any_free_numbers_make_a_model(origin, model):
    rng = np.random.default_rng(1)
    for _ in range(5):
        at = about(origin)
        there = at.model(rng.normal(size=len(at.of(model))))
        type(there)(**{name: getattr(there, name) for name in there.__dataclass_fields__})
        assert there.weights.sum() == pytest.approx(1, abs=1e-15)


@each_pair
def test_the_slope_is_that_of_the_log_likelihood(origin, model):
    x, at = data_for(model), about(origin)
    free, slope = at.of(model), at.slope(model, model.e_step(x)[0])
    h = 1e-5
    differences = [
        (at.model(free + step).log_likelihood(x)
         - at.model(free - step).log_likelihood(x)) / (2 * h)
        for step in h * np.eye(len(free))
    ]  # fmt: skip
    assert slope == pytest.approx(differences, abs=1e-8 * np.abs(slope).max())


def as_expected(model):
    """Statistics of the data that the model expects, other than their numbers."""
    n_k = np.arange(3.0, 3 + model.n_components) * (model.weights > 0)
    if isinstance(model, CoinMixture):
        return CoinStatistics(n_k, 10 * n_k * model.biases, 10 * n_k * (1 - model.biases))
    if isinstance(model, PoissonMixture):
        return PoissonStatistics(n_k, n_k * model.rates)
    if isinstance(model, GaussianMixture1D):
        return GaussianStatistics(n_k, np.zeros(1), model.means, n_k * model.variances)
    scatters = n_k[:, None, None] * model.covariances
    if model.covariance_type in ("diag", "spherical"):
        scatters = np.diagonal(scatters, axis1=1, axis2=2)
    return GaussianStatistics(n_k, np.zeros(model.n_columns), model.means, scatters)


@each_pair
def test_complete_information_is_the_curvature_of_q_where_data_are_as_expected(origin, model):
    """Of the weights it is the counts, for the sum of the weights is left aside."""
    at, statistics = about(origin), as_expected(origin)
    information = at.information(statistics)
    h, size, n_weights = 1e-5, len(information), 0
    if not origin.fixed_weights:
        n_weights = np.count_nonzero(origin.weights)
        counts = statistics.n_k[origin.weights > 0]
        assert information[:n_weights].tolist() == counts.tolist()
    for i in range(n_weights, size):
        step = h * np.eye(size)[i]
        slopes = [at.slope(at.model(c), statistics)[i] for c in (-step, step)]
        assert information[i] == pytest.approx((slopes[0] - slopes[1]) / (2 * h), rel=1e-6)


def test_a_round_of_em_is_a_step_along_the_slope_in_units_of_what_is_unsure():
    problem = problems.three_small_clouds()
    model = em.fit(problem.start, problem.x, tol=1e-7).model
    statistics, _ = model.e_step(problem.x)
    at = about(model)
    scale = np.sqrt(at.information(statistics))
    step = scale * at.of(model.m_step(statistics))
    slope = at.slope(model, statistics) / scale
    assert step == pytest.approx(slope, abs=0.02 * np.linalg.norm(slope))


def test_no_free_numbers_lead_below_the_floor():
    one = line([0.5, 0.5], [-1, 1], [2, 2], covariance_floor=0.75)
    assert about(one).model(np.array([0, 0, 0, 0, -9.0, 9.0])).variances[0] == 0.75
    three = GaussianMixture(*THREE, WIDE, covariance_floor=0.5)
    free = np.zeros(20)
    free[14:] = -9.0, -9.0, -9.0, 1.0, 1.0, 1.0
    lowest = np.linalg.eigvalsh(about(three).model(free).covariances)
    assert lowest[0] == pytest.approx(np.full(3, 0.5))
    assert (lowest[1] > 0.5).all()


def test_free_numbers_of_a_singular_covariance_are_refused():
    three = GaussianMixture(*THREE, WIDE)
    free = np.zeros(20)
    free[14] = -800.0
    with pytest.raises(CollapseError):
        about(three).model(free)


def test_the_origin_is_left_as_it_was():
    for origin, model, _ in FREE.values():
        before = {name: np.array(value) for name, value in origin._values().items()}
        about(origin).model(about(origin).of(model))
        for name, value in origin._values().items():
            assert (value == before[name]).all()
