"""`emlib.models.gaussian1d`: the mixture on a line."""

import math
import warnings

import numpy as np
import pytest
from scipy import stats

from emlib import CollapseError, EMWarning, GaussianMixture, GaussianMixture1D, datasets, em
from emlib.fast.coordinates import about
from emlib.models.statistics import GaussianStatistics

WAITING = datasets.old_faithful().x[:, 1]
START = GaussianMixture1D([0.5, 0.5], [55, 80], [25, 25])


def test_the_log_joint_is_that_of_scipy():
    model = GaussianMixture1D([0.2, 0.8], [-1.0, 3.0], [0.25, 4.0])
    x = np.linspace(-8, 8, 13)
    expected = stats.norm(model.means, [0.5, 2.0]).logpdf(x[:, None]) + np.log([0.2, 0.8])
    assert model.log_joint(x) == pytest.approx(expected, rel=1e-13)


def test_one_step_by_hand():
    model = GaussianMixture1D([0.5, 0.5], [0, 10], [1, 1])
    stats_ = model.statistics([0.0, 2.0, 10.0], [[1, 0], [0.5, 0.5], [0, 1]])
    assert stats_.n_k.tolist() == [1.5, 1.5]
    assert stats_.means == pytest.approx([2 / 3, 22 / 3], rel=1e-15)
    assert stats_.scatters == pytest.approx([4 / 3, 64 / 3], rel=1e-14)
    new = model.m_step(stats_)
    assert new.weights.tolist() == [0.5, 0.5]
    assert new.variances == pytest.approx([8 / 9, 128 / 9], rel=1e-14)


def test_one_row_has_statistics_too():
    statistics, objective = START.e_step([60.0])
    assert statistics.means.tolist() == [60.0, 60.0]
    assert statistics.scatters.tolist() == [0.0, 0.0]
    assert objective == pytest.approx(START.log_likelihood([60.0]))


def test_the_geyser_fit_of_mixtools():
    fit = em.fit(START, WAITING, tol=1e-14, max_iter=20000)
    assert fit.objective == pytest.approx(-1034.0017498316, abs=1e-8)
    assert fit.model.means == pytest.approx([54.61485618, 80.09106943], abs=1e-5)
    assert fit.model.weights == pytest.approx([0.36088608, 0.63911392], abs=1e-7)


@pytest.mark.parametrize("floor", [0.0, 4.0])
def test_it_is_the_model_in_d_dimensions_at_d_1(floor):
    flat = GaussianMixture1D([0.3, 0.7], [55, 80], [25, 36], covariance_floor=floor)
    wide = GaussianMixture([0.3, 0.7], [[55], [80]], [[[25]], [[36]]], covariance_floor=floor)
    assert flat.n_parameters == wide.n_parameters
    for a, b in zip(em.iterate(flat, WAITING), em.iterate(wide, WAITING), strict=False):
        assert a.objective == pytest.approx(b.objective, rel=1e-13)
        assert a.model.means == pytest.approx(b.model.means[:, 0], rel=1e-12)
        assert a.model.variances == pytest.approx(b.model.covariances[:, 0, 0], rel=1e-12)
        if a.iteration == 5:
            break


def test_identical_components_stay_identical():
    with pytest.warns(EMWarning, match="components 0 and 1 are equal"):
        fit = em.fit(GaussianMixture1D([0.5, 0.5], [70, 70], [100, 100]), WAITING)
    # Two sums of 272 terms over two counts: off by at most 272 eps each.
    assert fit.model.means == pytest.approx([fit.model.means[0]] * 2, rel=1e-13)
    assert fit.objective == pytest.approx(-1095.2888005007, abs=1e-9)


def test_every_density_of_a_start_may_underflow():
    fit = em.fit(GaussianMixture1D([0.5, 0.5], [40, 100], [0.01, 0.01]), WAITING, tol=1e-12)
    assert fit.objective == pytest.approx(-1034.0017498316, abs=1e-6)


def test_far_points_and_zero_weights_are_exact_and_silent():
    model = GaussianMixture1D([0.5, 0.5, 0.0], [0, 10, 5], [1, 1, 1])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        exact = -0.5 * 999_990**2 - 0.5 * math.log(2 * math.pi) - math.log(2)
        assert model.log_density([1e6])[0] == pytest.approx(exact, rel=1e-15)
        assert model.responsibilities([1e6]).tolist() == [[0, 1, 0]]
        assert model.responsibilities([200.0, 0.0])[:, 2].tolist() == [0, 0]
        assert model.log_joint([5.0])[0, 2] == -math.inf


@pytest.mark.parametrize(
    "name", ["log_density", "log_likelihood", "responsibilities", "predict", "e_step"]
)
def test_a_point_too_far_to_tell_is_refused(name):
    model = GaussianMixture1D([0.5, 0.5], [0, 1], [1e-20, 1e-20])
    with pytest.raises(ValueError, match="x: expected rows .* row 1, .*squared distance overflows"):
        getattr(model, name)([0.5, 1e145])


def test_a_component_that_collapses_is_named_with_the_remedies():
    x = np.array([0.0, 0.1, 0.3, 5.0])
    model = GaussianMixture1D([0.5, 0.5], [0.1, 5.0], [1.0, 1e-3])
    with pytest.raises(CollapseError, match="variances: .*component 1.*covariance_floor"):
        em.fit(model, x)
    fit = em.fit(GaussianMixture1D([0.5, 0.5], [0.1, 5], [1, 1e-3], covariance_floor=1e-4), x)
    assert fit.model.variances[1] == 1e-4
    assert (np.diff(fit.history) >= 0).all()


def test_a_variance_of_rounding_errors_is_a_collapse_too():
    x = np.concatenate([1e8 + np.array([0.0, 1.0, 2.5, 4.0]), np.full(5, 3e8 + 0.1)])
    with pytest.raises(CollapseError, match="component 1"):
        em.fit(GaussianMixture1D([0.5, 0.5], [1e8, 3e8], [1.0, 1.0]), x)
    narrow = GaussianMixture1D([1.0], [1e8], [1.0])
    fine = narrow.m_step(narrow.e_step(1e8 + np.array([0.0, 1e-6]))[0])
    assert fine.variances[0] == pytest.approx(0.25e-12, rel=0.05)


def test_a_floor_is_the_least_variance():
    x = [0.0, 0.2, 10.0, 14.0]
    model = GaussianMixture1D([0.5, 0.5], [0, 12], [1, 4], covariance_floor=1.0)
    new = model.m_step(model.statistics(x, [[1, 0], [1, 0], [0, 1], [0, 1]]))
    assert new.variances.tolist() == [1.0, 4.0]
    assert new.covariance_floor == 1.0
    assert new.means == pytest.approx([0.1, 12.0])


def test_a_dead_component_keeps_its_parameters_and_says_so():
    model = GaussianMixture1D([0.5, 0.5], [70, 1e6], [100, 25])
    with pytest.warns(EMWarning, match="component 1 owns no data: it keeps its parameters"):
        fit = em.fit(model, WAITING)
    assert (fit.model.means[1], fit.model.variances[1], fit.model.weights[1]) == (1e6, 25, 0)
    assert fit.model.weights[0] == 1.0
    assert fit.objective == pytest.approx(-1095.2888005007, abs=1e-9)


def test_a_dead_component_with_a_held_weight_is_no_news():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model = GaussianMixture1D([1.0, 0.0], [70, 80], [100, 25], fixed_weights=True)
        new = model.m_step(model.e_step(WAITING)[0])
    assert new.weights.tolist() == [1, 0]
    assert new.means[1] == 80


def test_one_component_is_the_closed_form():
    fit = em.fit(GaussianMixture1D([1.0], [0.0], [1.0]), WAITING)
    assert fit.model.means == pytest.approx([WAITING.mean()], rel=1e-14)
    assert fit.model.variances == pytest.approx([WAITING.var()], rel=1e-13)
    assert fit.n_iter == 2


def test_from_responsibilities_is_one_m_step_and_needs_every_component_to_own_data():
    r = np.eye(2)[(WAITING > 68).astype(int)]
    model = GaussianMixture1D.from_responsibilities(WAITING, r, covariance_floor=2.0)
    assert model.means == pytest.approx(
        [WAITING[WAITING <= 68].mean(), WAITING[WAITING > 68].mean()]
    )
    assert model.variances == pytest.approx(
        [WAITING[WAITING <= 68].var(), WAITING[WAITING > 68].var()]
    )
    assert model.weights == pytest.approx(r.mean(axis=0))
    assert model.covariance_floor == 2.0
    with pytest.raises(CollapseError, match="r: expected data for every component, got none for 1"):
        GaussianMixture1D.from_responsibilities(WAITING, np.eye(2)[np.zeros(272, int)])
    with pytest.raises(ValueError, match="x: expected one column .*GaussianMixture.*, got 2 col"):
        GaussianMixture1D.from_responsibilities([[1.0, 2], [3, 4]], [[1.0], [1.0]])
    high = GaussianMixture1D.from_responsibilities(WAITING, r, covariance_floor=1e4)
    assert high.variances.tolist() == [1e4, 1e4]


def test_parameters_are_checked_by_name():
    for arguments, options, words in (
        (([0.5, 0.6], [0, 1], [1, 1]), {}, "weights: expected weights that sum to 1"),
        (([0.5, 0.5], [0, 1, 2], [1, 1]), {}, r"means: expected shape \(2,\)"),
        (([0.5, 0.5], [0, np.inf], [1, 1]), {}, "means: expected finite"),
        (([0.5, 0.5], [0, 1], [1, 0]), {}, "variances: expected positive"),
        (([0.5, 0.5], [0, 1], [1]), {}, r"variances: expected shape \(2,\)"),
        (([1.0], [0], [1]), {"covariance_floor": 2}, "variances: expected no variance below"),
        (([1.0], [0], [1]), {"covariance_floor": -1}, "covariance_floor: expected a finite"),
    ):
        with pytest.raises(ValueError, match=words):
            GaussianMixture1D(*arguments, **options)
    with pytest.raises(TypeError, match="fixed_weights: expected True or False"):
        GaussianMixture1D([1.0], [0], [1], fixed_weights=1)


def test_data_are_one_column_and_enough_of_them():
    for call, words in (
        (lambda: START.log_joint([[1.0, 2.0]]), r"x: expected shape \(N, 1\)"),
        (lambda: em.fit(START, [1.0]), r"x: expected .*n_components=2, got 1 row"),
        (lambda: em.fit(START, WAITING * 1e-150), "x: expected a spread above"),
    ):
        with pytest.raises(ValueError, match=words):
            call()
    assert START.log_joint([60.0]).shape == (1, 2)


def test_samples_have_the_moments_of_the_model():
    model = GaussianMixture1D([0.3, 0.7], [-50.0, 50.0], [4.0, 25.0])
    x, z = model.sample(20_000, 0)
    assert x.shape == z.shape == (20_000,)
    assert z.mean() == pytest.approx(0.7, abs=0.015)
    for k in range(2):
        assert x[z == k].mean() == pytest.approx(model.means[k], abs=0.15)
        assert x[z == k].std() == pytest.approx(model.stds[k], rel=0.03)
    assert (model.predict(x) == z).all()


def test_a_sample_is_the_component_then_the_mean_and_a_standard_normal_times_the_std():
    model = GaussianMixture1D([0.3, 0.7], [-50.0, 50.0], [4.0, 25.0])
    x, z = model.sample(50, 11)
    rng = np.random.default_rng(11)
    assert (z == rng.choice(2, size=50, p=[0.3, 0.7])).all()
    expected = model.means[z] + model.stds[z] * rng.standard_normal(50)
    assert x == pytest.approx(expected, rel=1e-14)


def test_underflow_in_an_m_step_does_not_stop_a_strict_caller():
    statistics = GaussianStatistics(
        np.array([3.0, 3e300]), np.zeros(1), np.array([1.0, 0.0]), np.array([3.0, 1e-10])
    )
    model = GaussianMixture1D([0.5, 0.5], [0, 1], [1, 1], covariance_floor=1e-3)
    with np.errstate(all="raise"):
        new = model.m_step(statistics)
    assert new.variances.tolist() == [1.0, 1e-3]


def test_it_shows_its_parameters():
    lines = repr(GaussianMixture1D([0.25, 0.75], [1, 2], [4, 9], fixed_weights=True)).splitlines()
    assert lines == [
        "GaussianMixture1D of 2 components",
        "component  weight (held fixed)  mean  variance  std",
        "        0                 0.25     1         4    2",
        "        1                 0.75     2         9    3",
    ]
    assert "weight  mean" in repr(START)


def test_three_components_have_eight_parameters():
    assert GaussianMixture1D([0.2, 0.3, 0.5], [0, 1, 2], [1, 1, 1]).n_parameters == 8


def test_a_component_of_weight_zero_has_no_free_numbers():
    model = GaussianMixture1D([1.0, 0.0], [0, 5], [1, 1])
    other = GaussianMixture1D([1.0, 0.0], [0.5, 5], [4, 1])
    statistics, _ = model.e_step([0.0, 1.0])
    at = about(model)
    assert at.of(other) == pytest.approx([0, 0.5, np.log(2)])
    assert at.slope(other, statistics).shape == (3,)
    assert at.information(statistics).tolist() == [2, 2, 4]
    assert at.model(np.array([0, 0.5, np.log(2)])).means.tolist() == [0.5, 5]
