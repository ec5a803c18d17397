"""`emlib.models.gaussian`: the mixture in D dimensions."""

import math
import warnings

import numpy as np
import pytest
from scipy import stats

from emlib import CollapseError, EMWarning, GaussianMixture, datasets, em
from emlib.models.covariances import floor_eigenvalues
from emlib.models.statistics import GaussianStatistics

GEYSER = datasets.old_faithful().x
START = GaussianMixture([0.5, 0.5], [[2, 55], [4.3, 80]], [[[0.25, 0], [0, 36]]] * 2)


def random_model(d, k=3, seed=0, **options):
    rng = np.random.default_rng(seed)
    a = rng.normal(size=(k, d, d))
    covariances = a @ a.swapaxes(1, 2) + 0.1 * np.eye(d)
    return GaussianMixture(
        rng.dirichlet(np.ones(k)), 3 * rng.normal(size=(k, d)), covariances, **options
    )


@pytest.mark.parametrize("d", [1, 2, 3, 5])
def test_the_log_joint_is_that_of_scipy(d):
    model = random_model(d)
    x = 5 * np.random.default_rng(1).normal(size=(20, d))
    for k in range(3):
        density = stats.multivariate_normal(model.means[k], model.covariances[k])
        expected = np.log(model.weights[k]) + density.logpdf(x)
        assert model.log_joint(x)[:, k] == pytest.approx(expected, rel=1e-11)


def test_a_covariance_is_not_mistaken_for_its_inverse():
    model = GaussianMixture([1.0], [[0.0, 0.0]], [np.diag([4.0, 0.25])])
    density = np.exp(model.log_density([[1.0, 1.0], [2.0, 0.0], [0.0, 1.0]]))
    assert density == pytest.approx([0.019008, 0.096532, 0.021539], rel=1e-4)


def test_a_density_by_hand():
    model = GaussianMixture([1.0], [[0.0, 0.0]], [[[2.0, 1], [1, 2]]])
    expected = -math.log(2 * math.pi) - 0.5 * math.log(3) - 1
    assert model.log_density([[1.0, 2.0]]) == pytest.approx([expected], rel=1e-15)
    tight = GaussianMixture([0.5, 0.5], np.zeros((2, 70)), [1e-10 * np.eye(70)] * 2)
    value = -35 * math.log(2 * math.pi) - 35 * math.log(1e-10)
    assert tight.log_density(np.zeros((1, 70))) == pytest.approx([value], rel=1e-13)


def test_one_exact_step_on_the_geyser():
    new = START.m_step(START.e_step(GEYSER)[0])
    assert new.weights == pytest.approx([0.3618762952817674, 0.6381237047182327], rel=1e-12)
    means = [[2.056720059533369, 54.667092346421235], [4.299330729095973, 80.10097978408446]]
    assert new.means == pytest.approx(np.array(means), rel=1e-12)
    covariances = [
        [[0.09320681398243913, 0.6541854150489483], [0.6541854150489483, 35.339345360963115]],
        [[0.16115014735226824, 0.8122150036361141], [0.8122150036361141, 34.438486913640496]],
    ]
    assert new.covariances == pytest.approx(np.array(covariances), rel=1e-11)


def test_the_geyser_fit_of_mclust():
    fit = em.fit(START, GEYSER, tol=1e-14, max_iter=20000)
    assert fit.objective == pytest.approx(-1130.2639601847, abs=1e-8)
    assert fit.model.weights == pytest.approx([0.35587286, 0.64412714], abs=1e-7)
    means = [[2.03638845, 54.47851638], [4.28966197, 79.96811518]]
    assert fit.model.means == pytest.approx(np.array(means), abs=1e-6)


def test_one_row_has_statistics_too():
    statistics, objective = START.e_step(GEYSER[:1])
    assert statistics.means.tolist() == [GEYSER[0].tolist()] * 2
    assert statistics.scatters.tolist() == np.zeros((2, 2, 2)).tolist()
    assert objective == pytest.approx(START.log_likelihood(GEYSER[:1]))


def test_the_statistics_are_weighted_means_and_scatters_about_them():
    r = np.random.default_rng(0).dirichlet([1, 1], size=272)
    statistics = START.statistics(GEYSER, r)
    assert statistics.n_k == pytest.approx(r.sum(axis=0), rel=1e-14)
    for k in range(2):
        mean = np.average(GEYSER, axis=0, weights=r[:, k])
        scatter = np.cov(GEYSER.T, aweights=r[:, k], bias=True) * r[:, k].sum()
        assert statistics.means[k] == pytest.approx(mean, rel=1e-13)
        assert statistics.scatters[k] == pytest.approx(scatter, rel=1e-12)


def test_one_component_is_the_closed_form():
    fit = em.fit(GaussianMixture([1.0], [[0, 0]], [np.eye(2)]), GEYSER)
    assert fit.model.means[0] == pytest.approx(GEYSER.mean(axis=0), rel=1e-14)
    assert fit.model.covariances[0] == pytest.approx(np.cov(GEYSER.T, bias=True), rel=1e-12)
    assert fit.objective == pytest.approx(-1289.7967450526, abs=1e-9)


def test_every_covariance_of_a_fit_is_symmetric_to_the_bit():
    model = em.fit(START, GEYSER).model
    for covariances in (model.covariances, START.covariances):
        assert (covariances == covariances.swapaxes(1, 2)).all()
    floored = random_model(4, covariance_floor=1e-3)
    r = np.random.default_rng(0).dirichlet(np.ones(3), size=30)
    x = np.random.default_rng(1).normal(size=(30, 4)) * [1, 1e-3, 1, 1]
    lifted = floored.m_step(floored.statistics(x, r))
    assert (lifted.covariances == lifted.covariances.swapaxes(1, 2)).all()


def test_a_model_rebuilt_from_its_own_parameters_is_equal():
    model = em.fit(START, GEYSER).model
    again = GaussianMixture(model.weights, model.means, model.covariances)
    assert again == model
    assert again.log_joint(GEYSER).tolist() == model.log_joint(GEYSER).tolist()


@pytest.mark.parametrize("scale", [1e-140, 1e-75, 1e75, 1e140])
def test_units_change_the_log_likelihood_by_the_logarithm_alone(scale):
    start = GaussianMixture(START.weights, START.means * scale, START.covariances * scale**2)
    fit, plain = em.fit(start, GEYSER * scale), em.fit(START, GEYSER)
    assert fit.objective + 544 * math.log(scale) == pytest.approx(plain.objective, abs=1e-6)
    assert fit.model.means / scale == pytest.approx(plain.model.means, rel=1e-5)
    assert fit.converged


def test_columns_may_have_units_of_their_own():
    scale = np.array([1e-100, 1e100])
    start = GaussianMixture(
        START.weights, START.means * scale, START.covariances * np.outer(scale, scale)
    )
    fit = em.fit(start, GEYSER * scale, tol=1e-12)
    assert fit.objective == pytest.approx(-1130.2639601847, abs=1e-6)


def test_far_points_zero_weights_and_far_starts_are_exact_and_silent():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model = GaussianMixture([1.0, 0.0], [[0, 0], [5, 5]], [np.eye(2)] * 2)
        assert model.responsibilities([[5.0, 5.0]]).tolist() == [[1, 0]]
        assert model.log_density([[1e6, 0]])[0] == pytest.approx(
            -5e11 - math.log(2 * math.pi), rel=1e-15
        )
        assert model.log_joint([[1.0, 1]])[0, 1] == -math.inf


@pytest.mark.parametrize("corner", [0.0, 0.9])
@pytest.mark.parametrize(
    "name", ["log_density", "log_likelihood", "responsibilities", "predict", "e_step"]
)
def test_a_point_too_far_to_tell_is_refused(name, corner):
    covariance = 1e-20 * np.array([[1.0, corner], [corner, 1.0]])
    model = GaussianMixture([0.5, 0.5], [[0, 0], [1, 0]], [covariance] * 2)
    with pytest.raises(ValueError, match="x: expected rows .* row 0"):
        getattr(model, name)([[1e145, -1e145]])


COLLAPSES = {
    "on a point": np.array([[0, 0], [1, 0.5], [0.3, 1], [2, 2], [9, 9], [9, 9], [9, 9.0]]),
    "on a line": np.column_stack([np.arange(8.0), np.arange(8.0)]),
    "on a constant column": np.column_stack([np.arange(8.0), np.full(8, 3.0)]),
    "in too many dimensions": np.random.default_rng(0).normal(size=(4, 5)),
    "on a rounded sum of columns": np.random.default_rng(0).normal(size=(30, 2))
    @ np.array([[1.0, 0, 1], [0, 1, 1]]),
}


@pytest.mark.parametrize("case", COLLAPSES)
def test_a_collapse_names_the_covariance_the_component_and_the_remedy(case):
    x = COLLAPSES[case]
    d = x.shape[1]
    model = GaussianMixture([0.5, 0.5], [x[0], x[-1]], [np.eye(d)] * 2)
    with pytest.raises(CollapseError, match=r"covariances: .* component \d.*covariance_floor"):
        em.fit(model, x, max_iter=3000)
    floored = GaussianMixture([0.5, 0.5], [x[0], x[-1]], [np.eye(d)] * 2, covariance_floor=1e-4)
    fit = em.fit(floored, x)
    assert fit.converged
    assert np.linalg.eigvalsh(fit.model.covariances).min() == pytest.approx(1e-4, rel=1e-6)
    assert (np.diff(fit.history) >= -1e-10 * (abs(fit.history[1:]) + len(x))).all()


def test_the_component_that_collapses_is_the_one_that_is_named():
    with pytest.raises(CollapseError, match="component 2"):
        GaussianMixture([0.3, 0.3, 0.4], np.zeros((3, 2)), [np.eye(2), np.eye(2), np.ones((2, 2))])
    for d in (1, 2):
        with pytest.raises(CollapseError, match="component 1"):
            GaussianMixture([0.5, 0.5], np.zeros((2, d)), [np.eye(d), -np.eye(d)])
    with pytest.raises(CollapseError, match="component 0"):
        GaussianMixture([1.0], np.zeros((1, 2)), [[[1.0, 2.0], [2.0, 1.0]]])
    with pytest.raises(CollapseError, match="component 0"):
        GaussianMixture([1.0], np.zeros((1, 2)), [[[1.0, 0.0], [0.0, 0.0]]])


def test_a_variance_of_rounding_errors_is_none_in_one_column_too():
    model = GaussianMixture([0.5, 0.5], [[0.0], [1.0]], [np.eye(1)] * 2)
    x = [[0.0], [0.5], [1.0], [1.0 + np.finfo(float).eps]]
    statistics = model.statistics(x, [[1, 0], [1, 0], [0, 1], [0, 1]])
    with pytest.raises(CollapseError, match="component 1"):
        model.m_step(statistics)


def test_eigenvalues_below_the_floor_are_lifted_onto_it_and_no_others():
    rng = np.random.default_rng(0)
    vectors = np.linalg.qr(rng.normal(size=(3, 3)))[0]
    low = vectors * [0.01, 2.0, 5.0] @ vectors.T
    fine = vectors * [1.0, 2.0, 5.0] @ vectors.T
    given = np.array([low, fine])
    lifted = floor_eigenvalues(given, 0.5)
    assert lifted[0] == pytest.approx(vectors * [0.5, 2.0, 5.0] @ vectors.T, abs=1e-13)
    assert lifted[1].tolist() == fine.tolist()
    assert floor_eigenvalues(given[1:], 0.5).tolist() == [fine.tolist()]
    assert lifted[0].tolist() == lifted[0].T.tolist()


def test_a_floor_keeps_ascent_where_adding_to_the_diagonal_would_not():
    model = random_model(3, seed=4, covariance_floor=0.1)
    x = np.random.default_rng(2).normal(size=(40, 3)) * [1.0, 0.05, 2.0]
    history = [step.objective for step, _ in zip(em.iterate(model, x), range(60), strict=False)]
    assert (np.diff(history) >= -1e-10 * (np.abs(history[1:]) + 40)).all()
    r = model.responsibilities(x)
    raw = model.statistics(x, r)
    best = model.m_step(raw)
    scatter = raw.scatters / raw.n_k[:, None, None]

    def expected(covariances):  # Q but for the weights and a constant
        return sum(
            -0.5 * n * (np.linalg.slogdet(c)[1] + np.trace(np.linalg.solve(c, s)))
            for n, c, s in zip(raw.n_k, covariances, scatter, strict=True)
        )

    added = scatter + 0.1 * np.eye(3)
    assert expected(best.covariances) > expected(added) + 0.5
    for seed in range(20):  # no other covariance above the floor does better
        a = np.random.default_rng(seed).normal(size=(3, 3, 3)) * 0.05
        other = floor_eigenvalues(best.covariances + a + a.swapaxes(1, 2), 0.1)
        assert expected(best.covariances) >= expected(other)


def test_a_model_below_its_own_floor_is_refused_and_a_fit_with_a_floor_is_not():
    with pytest.raises(ValueError, match="covariances: expected no eigenvalue below covariance_fl"):
        GaussianMixture([1.0], [[0, 0]], [np.diag([1.0, 0.5])], covariance_floor=0.6)
    x = np.column_stack([np.arange(20.0), 1e6 * np.arange(20.0)])
    start = GaussianMixture([1.0], [[0, 0]], [np.eye(2)], covariance_floor=1e-2)
    model = em.fit(start, x).model
    again = GaussianMixture(model.weights, model.means, model.covariances, covariance_floor=1e-2)
    assert again == model


def test_a_dead_component_keeps_its_parameters_and_says_so():
    model = GaussianMixture([0.5, 0.5], [[3, 70], [1e6, 1e6]], [100 * np.eye(2), 7 * np.eye(2)])
    with pytest.warns(EMWarning, match="component 1 owns no data: it keeps its parameters"):
        fit = em.fit(model, GEYSER)
    assert fit.model.means[1].tolist() == [1e6, 1e6]
    assert fit.model.covariances[1].tolist() == (7 * np.eye(2)).tolist()
    assert fit.model.weights.tolist() == [1.0, 0.0]
    assert fit.objective == pytest.approx(-1289.7967450526, abs=1e-9)


def test_from_responsibilities_is_one_m_step():
    labels = (GEYSER[:, 0] > 3).astype(int)
    model = GaussianMixture.from_responsibilities(GEYSER, np.eye(2)[labels], covariance_floor=1e-3)
    for k in range(2):
        points = GEYSER[labels == k]
        assert model.means[k] == pytest.approx(points.mean(axis=0), rel=1e-13)
        assert model.covariances[k] == pytest.approx(np.cov(points.T, bias=True), rel=1e-11)
        assert model.weights[k] == pytest.approx(len(points) / 272, rel=1e-14)
    assert model.covariance_floor == 1e-3
    high = GaussianMixture.from_responsibilities(GEYSER, np.eye(2)[labels], covariance_floor=1e5)
    assert high.covariances == pytest.approx(np.array([1e5 * np.eye(2)] * 2), rel=1e-9)
    with pytest.raises(CollapseError, match="r: expected data for every component, got none for 0"):
        GaussianMixture.from_responsibilities(GEYSER, np.eye(2)[np.ones(272, int)])


def test_parameters_are_checked_by_name():
    eye = [np.eye(2)] * 2
    for arguments, options, words in (
        (([0.5, 0.6], np.zeros((2, 2)), eye), {}, "weights: expected weights that sum to 1"),
        (([0.5, 0.5], np.zeros((3, 2)), eye), {}, r"means: expected shape \(2, any\)"),
        (([0.5, 0.5], [0.0, 1.0], eye), {}, r"means: expected 2 dimension"),
        (([0.5, 0.5], np.zeros((2, 3)), eye), {}, r"covariances: expected shape \(2, 3, 3\)"),
        (([0.5, 0.5], np.zeros((2, 2)), eye[0]), {}, r"covariances: expected 3 dimension"),
        (([1.0], [[0, 0]], [[[1, 0.5], [0, 1]]]), {}, "covariances: expected symmetric"),
        (([1.0], [[0, 0]], eye[:1]), {"covariance_floor": -1}, "covariance_floor: expected"),
        (([1.0], [[0, np.nan]], eye[:1]), {}, "means: expected finite numbers, got nan at index 0"),
    ):
        with pytest.raises(ValueError, match=words):
            GaussianMixture(*arguments, **options)
    with pytest.raises(TypeError, match="fixed_weights: expected True or False"):
        GaussianMixture([1.0], [[0, 0]], eye[:1], fixed_weights=1)
    with pytest.raises(TypeError, match="covariance_floor: expected a number"):
        GaussianMixture.from_responsibilities(GEYSER, np.ones((272, 1)), covariance_floor="1")


def test_data_have_the_width_of_the_means_and_enough_rows():
    for call, words in (
        (lambda: START.log_joint([[1.0, 2.0, 3.0]]), r"x: expected shape \(N, 2\), as many colum"),
        (lambda: START.log_joint([1.0, 2.0]), r"x: expected shape \(N, 2\)"),
        (lambda: em.fit(START, [[1.0, 2.0]]), r"x: expected .*n_components=2, got 1 row"),
        (lambda: em.fit(START, GEYSER * [1, 1e-150]), "x: expected a spread above"),
        (lambda: START.statistics(GEYSER, np.ones((272, 1))), r"r: expected shape \(272, 2\)"),
        (lambda: START.statistics(GEYSER, np.ones((272, 2))), "r: expected rows that sum to 1"),
    ):
        with pytest.raises(ValueError, match=words):
            call()
    assert START.log_joint([[2.0, 55.0]]).shape == (1, 2)


def test_samples_have_the_moments_of_the_model():
    covariances = [[[2.0, 1.5], [1.5, 3.0]], [[1.0, -0.9], [-0.9, 1.0]]]
    model = GaussianMixture([0.4, 0.6], [[0, 100], [50, 0]], covariances)
    x, z = model.sample(20_000, 3)
    assert z.mean() == pytest.approx(0.6, abs=0.015)
    for k in range(2):
        assert x[z == k].mean(axis=0) == pytest.approx(model.means[k], abs=0.06)
        assert np.cov(x[z == k].T) == pytest.approx(model.covariances[k], abs=0.12)
    assert (model.predict(x) == z).all()


def test_a_sample_is_the_component_then_the_mean_and_a_standard_normal_through_the_factor():
    model = random_model(3)
    x, z = model.sample(50, 11)
    rng = np.random.default_rng(11)
    assert (z == rng.choice(3, size=50, p=model.weights / model.weights.sum())).all()
    noise = rng.standard_normal((50, 3))
    factors = np.linalg.cholesky(model.covariances)
    expected = model.means[z] + np.einsum("nij,nj->ni", factors[z], noise)
    assert x == pytest.approx(expected, rel=1e-12)


def test_underflow_in_an_m_step_does_not_stop_a_strict_caller():
    scatters = np.array([[[3.0, 2e-308], [2e-308, 3.0]]])
    statistics = GaussianStatistics(np.array([3.0]), np.zeros(2), np.zeros((1, 2)), scatters)
    for floor in (0.0, 1e-3):
        model = GaussianMixture([1.0], [[0, 0]], [np.eye(2)], covariance_floor=floor)
        with np.errstate(all="raise"):
            new = model.m_step(statistics)
        assert new.covariances[0] == pytest.approx(np.eye(2))


def test_it_shows_its_parameters():
    model = GaussianMixture([0.25, 0.75], [[1, 2], [3, 4]], [np.diag([4, 9]), np.eye(2)])
    assert repr(model).splitlines() == [
        "GaussianMixture of 2 components in 2 dimensions",
        "component  weight    mean    stds",
        "        0    0.25  (1, 2)  (2, 3)",
        "        1    0.75  (3, 4)  (1, 1)",
    ]
    assert "weight (held fixed)" in repr(random_model(2, fixed_weights=True))
    assert (model.n_columns, model.n_parameters) == (2, 2 * 2 + 2 * 3 + 1)
