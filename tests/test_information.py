"""Information by Louis' identity, against differences, closed forms and published numbers."""

import warnings

import numpy as np
import pytest

from emlib import (
    CoinMixture,
    CollapseError,
    EMWarning,
    GaussianMixture,
    GaussianMixture1D,
    KMeans,
    PoissonMixture,
    coins,
    datasets,
    em,
    information,
)
from emlib.information import derivatives
from emlib.information.bootstrapped import aligned

RNG = np.random.default_rng(20261201)
LINE = np.concatenate([RNG.normal(0, 1, 60), RNG.normal(3, 2, 90)])
PLANE = np.column_stack([LINE, 0.5 * LINE + RNG.normal(size=150)])
SPACE = np.column_stack([PLANE, RNG.normal(size=150)])
WEIGHTS = RNG.uniform(0, 3, 150)
TRIALS = coins.counts(RNG.binomial(10, RNG.choice([0.3, 0.7], 40)), 10)
EVENTS = RNG.poisson(RNG.choice([2, 7], 60)).astype(float)
COVARIANCES = {
    "full": [[[1, 0.3], [0.3, 1]], [[2, -0.5], [-0.5, 1]]],
    "tied": [[[1, 0.3], [0.3, 1]]] * 2,
    "diag": [np.diag([1.0, 2]), np.diag([3.0, 1])],
    "spherical": [np.eye(2), 2 * np.eye(2)],
}
CASES = {
    "coins": (CoinMixture([0.3, 0.6], [0.4, 0.6]), TRIALS),
    "coins, weights held": (CoinMixture([0.3, 0.6], [0.4, 0.6], fixed_weights=True), TRIALS),
    "Poisson": (PoissonMixture([0.2, 0.3, 0.5], [2, 5, 8]), EVENTS),
    "1-D": (GaussianMixture1D([0.4, 0.6], [0.2, 2.5], [1, 3]), LINE),
    "1-D, tied": (GaussianMixture1D([0.4, 0.6], [0, 2.5], [2, 2], covariance_type="tied"), LINE),
    "one component": (GaussianMixture1D([1.0], [1.0], [2.0]), LINE),
    "3-D": (
        GaussianMixture([0.4, 0.4, 0.2], SPACE[[0, 100, 50]], [np.eye(3) + 0.2] * 3),
        SPACE,
    ),
} | {
    f"2-D, {family}": (
        GaussianMixture([0.4, 0.6], [[0, 0.1], [2.6, 1.2]], matrices, covariance_type=family),
        PLANE,
    )
    for family, matrices in COVARIANCES.items()
}
each = pytest.mark.parametrize(("model", "x"), CASES.values(), ids=CASES)
WAITING = datasets.old_faithful().x[:, 1]


@pytest.fixture(scope="module")
def fitted():
    return em.fit(GaussianMixture1D([0.4, 0.6], [55, 80], [30, 30]), WAITING, tol=1e-14).model


def scales(model, x):
    return 1 / np.sqrt(information.complete(model, x).diagonal())


def by_differences(height, scale):
    """Minus the second derivatives of a function at zero, with steps of a part of some scale."""
    steps, h = 4e-3 * np.diag(scale), 4e-3 * scale
    result = np.empty((len(h), len(h)))
    for i, a in enumerate(steps):
        for j, b in enumerate(steps):
            corners = height(a + b) - height(a - b) - height(b - a) + height(-a - b)
            result[i, j] = -corners / (4 * h[i] * h[j])
    return result


@each
@pytest.mark.parametrize("weighted", [False, True], ids=["each once", "weighted"])
def test_observed_information_is_the_curvature_of_the_log_likelihood(model, x, weighted):
    """At any model, not only where EM has settled."""
    weights = WEIGHTS[: len(x)] if weighted else None
    at, scale = derivatives.at(model), scales(model, x)
    expected = by_differences(lambda step: at.at(step).log_likelihood(x, weights), scale)
    found = information.observed(model, x, weights)
    assert found.shape == (model.n_parameters, model.n_parameters)
    unit = np.outer(scale, scale)
    assert found * unit == pytest.approx(expected * unit, abs=1e-4)


@each
def test_complete_information_is_the_curvature_of_q(model, x):
    from emlib import bound

    q = bound.posterior(model, x)
    at, scale = derivatives.at(model), scales(model, x)
    expected = by_differences(lambda step: bound.q_function(at.at(step), x, q), scale)
    unit = np.outer(scale, scale)
    found = information.complete(model, x)
    assert found * unit == pytest.approx(expected * unit, abs=1e-4)
    lost = information.missing(model, x)
    assert found - lost == pytest.approx(information.observed(model, x), rel=1e-9, abs=1e-9)
    assert np.linalg.eigvalsh(lost * unit)[0] > -1e-12


@each
def test_missing_information_is_the_variance_of_the_slopes_over_the_labels(model, x):
    """Double loop over rows and components."""
    at, r = derivatives.at(model), model.responsibilities(x)
    rows = model.prepare(x).values
    slopes = at.slopes(rows)
    total = np.zeros((len(at.names), len(at.names)))
    for n in range(len(rows)):
        each = [at.jacobian[k].T @ slopes[n, k] for k in range(model.n_components)]
        mean = sum(r[n, k] * s for k, s in enumerate(each))
        total += sum(r[n, k] * np.outer(s - mean, s - mean) for k, s in enumerate(each))
    unit = np.outer(scales(model, x), scales(model, x))
    assert information.missing(model, x) * unit == pytest.approx(total * unit, abs=1e-10)


@each
def test_the_free_parameters_lead_to_the_model_and_back(model, x):
    at = derivatives.at(model)
    assert len(at.names) == len(set(at.names)) == model.n_parameters
    step = 1e-3 * np.random.default_rng(1).normal(size=len(at.names))
    there = at.at(step)
    type(model)(**there._values())  # it is a model of its family
    assert at.free(there) - at.free(model) == pytest.approx(step, abs=1e-14)


@pytest.mark.parametrize("name", [n for n in CASES if n not in ("3-D", "2-D, diag", "Poisson")])
def test_three_ways_lead_to_one_information_at_a_fit(name):
    model, x = CASES[name]
    fit = em.fit(model, x, tol=0, max_iter=20_000).model
    observed = information.observed(fit, x)
    unit = np.outer(scales(fit, x), scales(fit, x))
    assert information.supplemented(fit, x) * unit == pytest.approx(observed * unit, abs=1e-5)
    at = derivatives.at(fit)
    differences = by_differences(lambda step: at.at(step).log_likelihood(x), scales(fit, x))
    assert differences * unit == pytest.approx(observed * unit, abs=1e-4)


def test_standard_errors_of_the_waiting_times_are_the_known_ones(fitted):
    errors = information.standard_errors(fitted, WAITING)
    assert errors.weights == pytest.approx([0.03116, 0.03116], abs=1e-5)
    assert errors.means == pytest.approx([0.69968, 0.50459], abs=1e-5)
    assert errors.variances == pytest.approx([6.3095, 4.7055], abs=1e-4)
    assert "mean" in repr(errors)
    assert "0.69968" in repr(errors)
    assert "<table>" in errors._repr_html_()
    with pytest.raises(AttributeError, match="no 'sigma'"):
        _ = errors.sigma


def test_standard_errors_of_the_deaths_are_the_known_ones():
    data = datasets.deaths()
    start = PoissonMixture([0.36, 0.64], [1.26, 2.66])
    fit = em.fit(start, data.x, sample_weight=data.times, accelerate="lbfgs", tol=1e-13)
    errors = information.standard_errors(fit.model, data.x, data.times)
    assert errors.weights[0] == pytest.approx(0.195, abs=5e-4)
    assert errors.rates == pytest.approx([0.350, 0.250], abs=5e-4)
    assert information.rate(fit.model, data.x, data.times) == pytest.approx(0.9956, abs=1e-4)


def test_one_component_has_the_errors_of_the_textbook():
    model = GaussianMixture1D([1.0], [LINE.mean()], [LINE.var()])
    errors = information.standard_errors(model, LINE)
    assert errors.means == pytest.approx([LINE.std() / np.sqrt(150)], rel=1e-12)
    assert errors.variances == pytest.approx([LINE.var() * np.sqrt(2 / 150)], rel=1e-12)
    assert errors.weights.tolist() == [0]
    mean = PLANE.mean(axis=0)
    s = np.cov(PLANE.T, bias=True)
    errors = information.standard_errors(GaussianMixture([1.0], [mean], [s]), PLANE)
    expected = np.sqrt((s**2 + np.outer(s.diagonal(), s.diagonal())) / 150)
    assert errors.covariances[0] == pytest.approx(expected, rel=1e-10)


def test_units_and_offsets_do_not_matter(fitted):
    errors = information.standard_errors(fitted, WAITING)
    a, b = 3e-4, 1e6
    moved = GaussianMixture1D(fitted.weights, a * fitted.means + b, a**2 * fitted.variances)
    other = information.standard_errors(moved, a * WAITING + b)
    assert other.weights == pytest.approx(errors.weights, rel=1e-5)
    assert other.means == pytest.approx(a * errors.means, rel=1e-5)
    assert other.variances == pytest.approx(a**2 * errors.variances, rel=1e-5)


def test_what_is_held_has_an_error_of_zero():
    held = em.fit(CASES["coins, weights held"][0], TRIALS, tol=1e-12).model
    assert information.standard_errors(held, TRIALS).weights.tolist() == [0, 0]
    for family in ("diag", "spherical"):
        model, x = CASES[f"2-D, {family}"]
        errors = information.standard_errors(em.fit(model, x, tol=1e-12).model, x)
        assert errors.covariances[:, 0, 1].tolist() == [0, 0]
        assert (errors.covariances[:, 0, 0] > 0).all()
    model, x = CASES["2-D, tied"]
    errors = information.standard_errors(em.fit(model, x, tol=1e-12).model, x)
    assert errors.covariances[0].tolist() == errors.covariances[1].tolist()


def test_the_rate_is_the_factor_by_which_steps_shrink(fitted):
    rate = information.rate(fitted, WAITING)
    steps = em.iterate(GaussianMixture1D([0.4, 0.6], [55, 80], [30, 30]), WAITING)
    means = np.array([next(steps).model.means for _ in range(40)])
    moves = np.abs(np.diff(means[:, 0]))
    assert moves[30] / moves[29] == pytest.approx(rate, abs=1e-3)
    tie = CoinMixture([0.66, 0.66], [0.5, 0.5], fixed_weights=True)
    x = datasets.do_batzoglou().x
    assert information.rate(tie, x) == pytest.approx(1.5330, abs=1e-4)
    apart = GaussianMixture1D([0.5, 0.5], [0, 1000], [1, 1])
    assert information.rate(apart, [-1, 1, 999, 1001.0]) == pytest.approx(0, abs=1e-12)


@each
def test_blocks_and_files_give_the_same(model, x, tmp_path):
    weights = WEIGHTS[: len(x)]
    whole = information.observed(model, x, weights)
    unit = np.outer(scales(model, x), scales(model, x))
    table = x.reshape(len(x), -1)
    parts = information.observed(model, [table[:13], table[13:]], [weights[:13], weights[13:]])
    assert parts * unit == pytest.approx(whole * unit, abs=1e-12)
    np.save(tmp_path / "x.npy", table)
    file = np.load(tmp_path / "x.npy", mmap_mode="r")
    assert information.observed(model, file, weights) * unit == pytest.approx(
        whole * unit, abs=1e-12
    )
    times = np.arange(len(x)) % 3
    counted = information.observed(model, x, times)
    repeated = information.observed(model, np.repeat(x, times, axis=0))
    assert counted * unit == pytest.approx(repeated * unit, abs=1e-12)


@pytest.mark.parametrize(
    ("model", "x", "words"),
    [
        (CoinMixture([0.3, 1.0], [0.5, 0.5]), TRIALS, r"biases\[1\] = 1"),
        (CoinMixture([0.3, 0.6], [0.0, 1.0]), TRIALS, r"weights\[0\] = 0"),
        (PoissonMixture([0.5, 0.5], [0, 4]), [0.0, 0, 3, 5], r"rates\[0\] = 0"),
        (
            GaussianMixture1D([0.5, 0.5], [0, 3], [0.5, 2], covariance_floor=0.5),
            LINE,
            r"variances above covariance_floor=0.5.*variances\[0\] on it",
        ),
        (
            CoinMixture([0.66, 0.66], [0.5, 0.5], fixed_weights=True),
            datasets.do_batzoglou().x,
            r"still rises along biases\[[01]\] \(a saddle",
        ),
        (
            em.fit(CoinMixture([0.6, 0.5], [0.5, 0.5], fixed_weights=True), [[1, 0], [0, 1]]).model,
            [[1, 0], [0, 1]],
            r"flat along biases\[[01]\] \(the data cannot tell",
        ),
        (
            GaussianMixture([1.0], [[0, 0]], [np.eye(2)]),
            [[50.0, 50], [51, 50]],
            "M-step first|rises",
        ),
    ],
    ids=["bias", "weight", "rate", "floor", "saddle", "ridge", "far away"],
)
def test_where_there_is_no_answer_a_sentence_names_the_parameter(model, x, words):
    with pytest.raises(ValueError, match=words):
        information.standard_errors(model, x)


def test_a_fit_that_has_not_converged_is_told():
    model = GaussianMixture1D([0.4, 0.6], [55, 80], [30, 30])
    step = next(s for s in em.iterate(model, WAITING) if s.iteration == 3)
    with pytest.warns(EMWarning, match="has not converged: a step would still gain about"):
        information.standard_errors(step.model, WAITING)


class Halved(CoinMixture):
    def _log_joint(self, x):
        return 0.5 * super()._log_joint(x)


@pytest.mark.parametrize(
    "function",
    [information.observed, information.complete, information.missing, information.rate,
     information.standard_errors, information.supplemented],
    ids=lambda f: f.__name__,
)  # fmt: skip
def test_bad_input_gets_a_clear_sentence(function):
    model = CASES["coins"][0]
    for wrong, words in (
        (KMeans([[0.0, 0], [1, 1]]), "model: expected"),
        (Halved([0.3, 0.6], [0.5, 0.5]), "model: expected one of CoinMixture, .*got Halved"),
        (None, "model: expected"),
    ):
        with pytest.raises(TypeError, match=words):
            function(wrong, TRIALS)
    for x, words in (
        ([[1.5, 2]], "x: expected whole numbers"),
        ([], "x: expected"),
        ([[np.nan, 1]], "x: expected"),
    ):
        with pytest.raises(ValueError, match=words):
            function(model, x)
    for weights, words in (
        ([1.0], "sample_weight: expected"),
        (-np.ones(40), "sample_weight: expected no negative"),
        (np.zeros(40), "sample_weight: expected"),
    ):
        with pytest.raises(ValueError, match=words):
            function(model, TRIALS, weights)


@pytest.mark.parametrize("draw", ["model", "rows"])
def test_the_bootstrap_scatters_as_the_standard_errors_say(fitted, draw):
    models = information.bootstrap(
        fitted, WAITING, n_samples=60, rng=0, draw=draw, tol=1e-9, accelerate="squarem"
    )
    assert len(models) == 60
    means = np.array([model.means for model in models])
    errors = information.standard_errors(fitted, WAITING).means
    assert (means[:, 0] < means[:, 1]).all()
    # 60 draws leave a standard deviation unsure by 1 / sqrt(120) = 9 %: four of these.
    assert means.std(axis=0, ddof=1) == pytest.approx(errors, rel=0.37)
    again = information.bootstrap(fitted, WAITING, n_samples=2, rng=0, draw=draw, tol=1e-9,
                                  accelerate="squarem")  # fmt: skip
    assert again == models[:2]


def test_components_of_a_bootstrapped_model_are_in_the_order_of_the_model():
    data = datasets.three_clusters(0)
    turned = data.truth.reorder([2, 0, 1])
    assert aligned(turned, data.truth, data.truth.prepare(data.x)) == data.truth


def test_bootstrapped_coins_keep_their_tosses_and_counted_rows_their_number(monkeypatch):
    seen = []
    fit = em.fit

    def spy(model, x, sample_weight=None, **options):
        seen.append((np.asarray(x), sample_weight))
        return fit(model, x, sample_weight=sample_weight, **options)

    monkeypatch.setattr(em, "fit", spy)
    model = CoinMixture([0.3, 0.7], [0.5, 0.5])
    x = coins.counts([2, 5, 9, 30, 3, 8, 20, 7], [10, 10, 12, 40, 10, 10, 40, 10])
    information.bootstrap(model, x, n_samples=2, rng=1)
    for new, weights in seen:
        assert new.sum(axis=1).tolist() == x.sum(axis=1).tolist()
        assert weights is None
    seen.clear()
    times = np.array([3.0, 0, 2, 1, 1, 1, 1, 1])
    information.bootstrap(model, x, n_samples=2, rng=1, draw="rows", sample_weight=times)
    information.bootstrap(model, x, n_samples=1, rng=1, sample_weight=times)
    assert [weights.sum() for _, weights in seen[:2]] == [10, 10]
    assert len(seen[2][0]) == 10


def test_bootstrapped_fits_that_collapse_are_told():
    x = np.array([0.0, 0.1, 0.2, 0.3, 9.0, 9.1, 9.2])
    model = em.fit(GaussianMixture1D([0.6, 0.4], [0.1, 9], [0.01, 0.01]), x).model
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        models = information.bootstrap(model, x, n_samples=60, rng=0, draw="rows")
    assert 0 < len(models) < 60
    assert len(caught) == 2
    assert f"{60 - len(models)} of 60 fits collapsed and are left out" in str(caught[1].message)
    assert "warnings from fits to drawn data, the first of them: comp" in str(caught[0].message)
    needles = GaussianMixture1D([0.5, 0.5], [0.0, 9.0], [1e-2, 1e-2])
    with pytest.raises(CollapseError):
        information.bootstrap(needles, [0.0, 9.0], n_samples=1, rng=0, draw="rows")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"n_samples": 0}, "n_samples: expected"),
        ({"n_samples": 1.5}, "n_samples: expected"),
        ({"draw": "both"}, "draw: expected"),
        ({"rng": "a"}, "rng: expected"),
        ({"tol": -1}, "tol: expected"),
    ],
)
def test_bad_options_of_the_bootstrap_are_refused(fitted, options, words):
    with pytest.raises((ValueError, TypeError), match=words):
        information.bootstrap(fitted, WAITING, **{"rng": 0, "n_samples": 1} | options)
