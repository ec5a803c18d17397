"""The face of `emlib` that notebooks are written against: it runs, and means what it says."""

import dataclasses
import inspect

import numpy as np
import pytest

from emlib import (
    CoinMixture,
    GaussianMixture,
    GaussianMixture1D,
    KMeans,
    PoissonMixture,
    VariationalGaussianMixture,
    bound,
    coins,
    datasets,
    em,
    information,
    mle,
    selection,
    start,
)

MODELS = [
    CoinMixture([0.6, 0.5], [0.5, 0.5]),
    GaussianMixture1D([0.3, 0.7], [20, 40], [25, 25]),
    GaussianMixture([0.3, 0.7], [[0, 0, 0], [1, 1, 1]], [np.eye(3)] * 2),
    KMeans([[0.0, 0, 0], [1, 1, 1]]),
    PoissonMixture([0.3, 0.7], [1.1, 2.6]),
]
each_model = pytest.mark.parametrize("model", MODELS, ids=lambda model: type(model).__name__)


def test_what_a_notebook_reads_like():
    rng = np.random.default_rng(0)
    data = datasets.three_clusters(rng)
    assert (data.x.shape, data.z.shape) == ((1000, 2), (1000,))
    assert isinstance(data.truth, GaussianMixture)
    theta = start.random_points(GaussianMixture, data.x, n_components=3, rng=rng)

    r = theta.responsibilities(data.x)
    assert r.shape == (1000, 3)
    assert r.sum(axis=1) == pytest.approx(np.ones(1000), abs=1e-14)
    stats = theta.statistics(data.x, r)
    assert stats.n_k == pytest.approx(r.sum(axis=0))
    joined = theta.statistics(data.x[:400], r[:400]) + theta.statistics(data.x[400:], r[400:])
    assert joined.means == pytest.approx(stats.means, rel=1e-12)
    theta_1 = theta.m_step(stats)
    assert isinstance(theta_1, GaussianMixture)

    stats, log_likelihood = theta.e_step(data.x)
    assert log_likelihood == pytest.approx(theta.log_likelihood(data.x), rel=1e-13)
    assert theta.m_step(stats).means == pytest.approx(theta_1.means, rel=1e-12)
    for step in em.iterate(theta, data.x):
        if step.iteration == 0:
            assert step.model is theta
            assert step.objective == pytest.approx(log_likelihood, rel=1e-13)
        if step.iteration == 5:
            break
    assert step.iteration == 5
    fit = em.fit(theta, data.x, tol=1e-8, max_iter=500)
    assert fit.converged
    assert (fit.status, fit.objective) == (em.Status.CONVERGED, fit.history[-1])
    assert len(fit.history) == fit.n_iter + 1
    assert fit.n_e_steps == fit.n_iter + 1
    fits = em.multistart(GaussianMixture, data.x, n_components=3, n_starts=20, rng=0)
    assert len(fits) == 20
    assert [f.objective for f in fits] == sorted((f.objective for f in fits), reverse=True)

    q = bound.posterior(theta, data.x)
    assert bound.elbo(theta_1, data.x, q) == pytest.approx(
        bound.q_function(theta_1, data.x, q) + bound.entropy(q)
    )
    assert theta_1.log_likelihood(data.x) == pytest.approx(
        bound.elbo(theta_1, data.x, q) + bound.kl(theta_1, data.x, q)
    )

    two_coins = CoinMixture(biases=[0.6, 0.5], weights=[0.5, 0.5], fixed_weights=True)
    x = coins.counts([5, 9, 8, 4, 7], 10)
    assert em.fit(two_coins, x).model.biases == pytest.approx([0.7968, 0.5196], abs=1e-4)
    assert x.shape == (5, 2)
    assert coins.counts([[1, 0, 1], [1, 1, 1]]).tolist() == [[2, 1], [3, 0]]
    clusters = em.fit(KMeans(centroids=data.x[:3]), data.x)
    assert clusters.objective == pytest.approx(clusters.model.objective(data.x), rel=1e-13)
    assert clusters.objective < 0

    heights = datasets.heights(rng)
    normal = mle.normal(heights.x)
    assert normal.mean == pytest.approx(heights.x.mean())
    assert normal.variance == pytest.approx(heights.x.var())
    assert normal.log_likelihood < 0
    assert mle.bernoulli([1, 0, 1, 1]).p == 0.75
    assert mle.binomial([1, 9], [2, 90]).p == pytest.approx(10 / 92)
    best = fit.model
    assert selection.bic(best, data.x) == pytest.approx(
        -2 * best.log_likelihood(data.x) + 17 * np.log(1000)
    )
    assert selection.aic(best, data.x) == pytest.approx(-2 * best.log_likelihood(data.x) + 2 * 17)
    assert best.log_density(data.x).shape == (1000,)
    assert best.log_density(data.x).sum() == pytest.approx(best.log_likelihood(data.x))
    assert (best.predict(data.x) == best.responsibilities(data.x).argmax(axis=1)).all()
    x_new, z_new = best.sample(500, rng)
    assert (x_new.shape, z_new.shape) == ((500, 2), (500,))
    floored = GaussianMixture([1.0], [[0.0, 0.0]], [np.eye(2)], covariance_floor=1e-6)
    assert floored.covariance_floor == 1e-6
    assert GaussianMixture([1.0], [[0.0, 0.0]], [np.eye(2)]).covariance_floor == 0.0


def test_what_a_notebook_reads_like_from_lesson_11_on():
    geyser = datasets.old_faithful().x
    waiting = geyser[:, 1]
    begin = start.kmeans_plus_plus(GaussianMixture1D, waiting, n_components=2, rng=0)
    em.fit(begin, waiting, sample_weight=np.ones(272))
    tied = GaussianMixture(
        [0.5, 0.5], [[2, 55], [4.5, 80]], [np.eye(2)] * 2, covariance_type="tied"
    )
    assert em.fit(tied, geyser).model.n_parameters == 8
    fit = em.fit(GaussianMixture1D([0.4, 0.6], [55, 80], [30, 30]), waiting, tol=1e-12)
    complete = information.complete(fit.model, waiting)
    lost = information.missing(fit.model, waiting)
    assert information.observed(fit.model, waiting) == pytest.approx(complete - lost)
    errors = information.standard_errors(fit.model, waiting)
    assert (errors.weights.shape, errors.means.shape, errors.variances.shape) == ((2,),) * 3
    assert 0 < information.rate(fit.model, waiting) < 1
    models = information.bootstrap(fit.model, waiting, n_samples=3, rng=0)
    assert all(model.means[0] < model.means[1] for model in models)
    assert selection.icl(fit.model, waiting) > selection.bic(fit.model, waiting)
    ratio = selection.likelihood_ratio(
        GaussianMixture1D, waiting, n_components=2, against=1, n_samples=3, n_starts=2, rng=0
    )
    assert ratio.p_value == 1 / 4
    assert ratio.statistic > ratio.null.max()
    deaths = datasets.deaths()
    two = PoissonMixture([0.3, 0.7], [1.1, 2.6])
    assert em.fit(two, deaths.x, sample_weight=deaths.times, accelerate="squarem").converged
    first = VariationalGaussianMixture.start(geyser, n_components=6, rng=0)
    assert em.fit(first, geyser).converged


def test_what_weights_and_families_read_like():
    geyser = datasets.old_faithful().x
    waiting = geyser[:, 1]
    theta = start.kmeans_plus_plus(GaussianMixture1D, waiting, n_components=2, rng=0)
    fit = em.fit(theta, waiting, sample_weight=np.ones(272))
    assert fit.objective == pytest.approx(em.fit(theta, waiting).objective, rel=1e-12)
    tied = GaussianMixture(
        [0.5, 0.5], [[2, 55], [4.5, 80]], [np.eye(2)] * 2, covariance_type="tied"
    )
    assert em.fit(tied, geyser).model.n_parameters == 4 + 3 + 1
    for model in (theta, tied):
        assert inspect.signature(type(model)).parameters["covariance_type"].default == "full"
    for function in (em.fit, em.iterate, em.multistart, selection.bic, bound.elbo, theta.e_step):
        assert inspect.signature(function).parameters["sample_weight"].default is None
    assert KMeans([[0.0]]).empty == "relocate"


@each_model
def test_every_model_counts_its_components_and_gives_a_log_joint_of_n_rows_and_k_columns(model):
    line = [1.0, 2.0, 3.0]
    x = {CoinMixture: [[5, 5], [9, 1], [0, 0]], GaussianMixture1D: line, PoissonMixture: line}
    rows = x.get(type(model), np.zeros((3, 3)))
    assert model.n_components == 2
    assert model.log_joint(rows).shape == (3, 2)


@pytest.mark.parametrize(
    ("model", "free", "held"),
    [
        (CoinMixture, 2 + 1, 2),
        (GaussianMixture1D, 2 + 2 + 1, 4),
        (GaussianMixture, 2 * 3 + 2 * 6 + 1, 18),
        (PoissonMixture, 2 + 1, 2),
    ],
)
def test_fixed_weights_hold_the_weights_and_are_not_counted(model, free, held):
    first = {
        CoinMixture: ([0.6, 0.5], [0.2, 0.8]),
        GaussianMixture1D: ([0.2, 0.8], [0, 1], [1, 1]),
        GaussianMixture: ([0.2, 0.8], np.eye(3)[:2], [np.eye(3)] * 2),
        PoissonMixture: ([0.2, 0.8], [1, 5]),
    }[model]
    x = {
        CoinMixture: [[5, 5], [9, 1], [1, 9]],
        GaussianMixture1D: [0.0, 1, 3, 4],
        GaussianMixture: np.random.default_rng(0).normal(size=(20, 3)),
        PoissonMixture: [0, 1, 4, 6, 1],
    }[model]
    assert model(*first).n_parameters == free
    assert model(*first).n_free_weights == 1
    fixed = model(*first, fixed_weights=True)
    assert fixed.n_parameters == held
    assert fixed.n_free_weights == 0
    moved = fixed.m_step(fixed.e_step(x)[0])
    assert moved.weights.tolist() == [0.2, 0.8]
    assert moved.fixed_weights is True
    freed = model(*first)
    assert freed.m_step(freed.e_step(x)[0]).weights.tolist() != [0.2, 0.8]
    assert KMeans(np.eye(3)).n_parameters == 9


def test_one_column_may_be_given_flat():
    x = np.array([1.0, 2, 6, 7])
    for model in (
        GaussianMixture1D([0.5, 0.5], [1, 6], [1, 1]),
        GaussianMixture([0.5, 0.5], [[1], [6]], [[[1]], [[1]]]),
        KMeans([1.0, 6.0]),
    ):
        assert model.log_joint(x).tolist() == model.log_joint(x[:, None]).tolist()
        assert em.fit(model, x).objective == em.fit(model, x[:, None]).objective
    assert KMeans([1.0, 6.0]).centroids.shape == (2, 1)


def test_a_variance_is_never_called_sigma_and_its_root_is_stds():
    model = GaussianMixture1D([1.0], [0.0], [4.0])
    assert model.stds.tolist() == [2.0]
    assert not hasattr(model, "sigma")


@each_model
def test_a_model_is_an_immutable_record(model):
    for field in dataclasses.fields(model):
        with pytest.raises(AttributeError):
            setattr(model, field.name, 1)
        value = getattr(model, field.name)
        if isinstance(value, np.ndarray):
            with pytest.raises(ValueError, match="read-only"):
                value[0] = 1
    with pytest.raises(TypeError, match="unhashable"):
        hash(model)


def test_parameters_are_copies_of_what_was_given():
    means, covariances = np.zeros((2, 2)), np.array([np.eye(2)] * 2)
    weights, centroids = np.array([0.5, 0.5]), np.zeros((2, 2))
    model, clusters = GaussianMixture(weights, means, covariances), KMeans(centroids)
    for given in (means, covariances, weights, centroids):
        given[:] = 99
        assert given.flags.writeable
    assert model == GaussianMixture([0.5, 0.5], np.zeros((2, 2)), [np.eye(2)] * 2)
    assert clusters == KMeans(np.zeros((2, 2)))


def test_log_likelihoods_of_coins_are_of_the_sequence_and_n_is_the_number_of_trials():
    model, x = CoinMixture([0.7], [1.0]), coins.counts([7, 3], 10)
    sequence = 10 * np.log(0.7) + 10 * np.log(0.3)
    assert model.log_likelihood(x) == pytest.approx(sequence)
    assert selection.bic(model, x) == pytest.approx(-2 * sequence + np.log(2))


def test_k_means_has_an_objective_and_no_density():
    model, x = KMeans([[0.0], [4.0]]), [[1.0], [4.0], [6.0]]
    assert model.objective(x) == -5.0
    assert not hasattr(model, "log_density")
    for call in (
        lambda: bound.posterior(model, x),
        lambda: bound.elbo(model, x, [[1, 0]] * 3),
        lambda: bound.kl(model, x, [[1, 0]] * 3),
        lambda: bound.q_function(model, x, [[1, 0]] * 3),
        lambda: selection.aic(model, x),
        lambda: selection.bic(model, x),
    ):
        with pytest.raises(TypeError, match="model: expected a mixture with a density, got KMeans"):
            call()


def test_defaults_are_a_tolerance_of_1e_8_a_row_and_a_thousand_rounds():
    x = datasets.do_batzoglou().x
    theta = CoinMixture([0.6, 0.5], [0.5, 0.5], fixed_weights=True)
    assert em.fit(theta, x).history.tolist() == (
        em.fit(theta, x, tol=1e-8, max_iter=1000).history.tolist()
    )
    gains = np.diff(em.fit(theta, x).history) / len(x)
    assert gains[-1] <= 1e-8 < gains[-2]
    slow = GaussianMixture1D([0.5, 0.5], [160, 180], [50, 50])
    heights = datasets.two_groups(0).x
    with pytest.warns(UserWarning, match="max_iter"):
        assert em.fit(slow, heights, tol=0).n_iter == 1000


RULE = {"sample_weight", "tol", "max_iter", "stop", "accelerate", "progress"}
PRIORS = {"weight_prior", "covariance_prior"}
BY_NAME = {
    CoinMixture: {"fixed_weights", "weight_prior"},
    PoissonMixture: {"fixed_weights", "weight_prior"},
    GaussianMixture1D: {"fixed_weights", "covariance_floor", "covariance_type", *PRIORS},
    GaussianMixture: {"fixed_weights", "covariance_floor", "covariance_type", *PRIORS},
    em.fit: RULE | {"n_threads"},
    em.multistart: {"n_components", "n_starts", "rng", "start"} | RULE,
    start.kmeans_plus_plus: {"n_components", "rng", "sample_weight"},
    start.random_points: {"n_components", "rng", "sample_weight"},
    start.random_responsibilities: {"n_components", "rng", "sample_weight"},
    start.from_labels: {"n_components", "sample_weight"},
    selection.hold_out: {"fraction", "sample_weight"},
    selection.bic: set(),
    bound.elbo: set(),
    coins.counts: set(),
    KMeans: {"empty"},
}


@pytest.mark.parametrize("function", BY_NAME, ids=lambda f: f.__name__)
def test_options_are_given_by_name_and_the_rest_either_way(function):
    kinds = {name: p.kind for name, p in inspect.signature(function).parameters.items()}
    kinds.pop("options", None)
    by_name = {name for name, kind in kinds.items() if kind is inspect.Parameter.KEYWORD_ONLY}
    assert by_name == BY_NAME[function]
    either = {kind for name, kind in kinds.items() if name not in by_name}
    assert either == {inspect.Parameter.POSITIONAL_OR_KEYWORD}


def test_defaults_are_those_of_the_contract():
    for function in (em.fit, em.multistart):
        defaults = {n: p.default for n, p in inspect.signature(function).parameters.items()}
        assert (defaults["tol"], defaults["max_iter"], defaults["progress"]) == (1e-8, 1000, False)
    assert defaults["n_starts"] == 10
    assert defaults["start"] is start.kmeans_plus_plus
    for model in (CoinMixture([0.5], [1.0]), GaussianMixture1D([1.0], [0.0], [1.0])):
        assert model.fixed_weights is False
    assert GaussianMixture1D([1.0], [0.0], [1.0]).covariance_floor == 0.0
    assert GaussianMixture([1.0], [[0.0]], [[[1.0]]]).fixed_weights is False
    assert inspect.signature(selection.hold_out).parameters["fraction"].default == 0.25
    assert inspect.signature(CoinMixture.sample).parameters["n_tosses"].default == 10


@each_model
def test_a_number_of_parameters_is_a_whole_number(model):
    assert type(model.n_parameters) is int
    assert type(model.n_components) is int


@each_model
def test_statistics_are_records_too(model):
    line = [1.0, 2.0]
    x = {CoinMixture: [[5, 5], [9, 1]], GaussianMixture1D: line, PoissonMixture: line}
    a, _ = model.e_step(x.get(type(model), np.eye(3)[:2]))
    b, _ = model.e_step(x.get(type(model), np.eye(3)[:2]))
    assert a == a
    assert a != b  # not an array of booleans
    for field in dataclasses.fields(a):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(a, field.name, 1)


OPTIONS = {  # what is given by name alone, with its default
    em.iterate: {"sample_weight": None},
    em.fit: {"tol": 1e-8, "max_iter": 1000, "sample_weight": None},
    em.multistart: {"n_starts": 10, "tol": 1e-8, "max_iter": 1000, "sample_weight": None},
    start.kmeans_plus_plus: {"sample_weight": None},
    start.random_points: {"sample_weight": None},
    start.random_responsibilities: {"sample_weight": None},
    start.from_labels: {"sample_weight": None},
    selection.cross_validate: {"n_folds": 10, "sample_weight": None},
}


@pytest.mark.parametrize(
    ("function", "options"), OPTIONS.items(), ids=lambda one: getattr(one, "__name__", "")
)
def test_options_are_given_by_name_and_have_the_defaults_of_the_contract(function, options):
    parameters = inspect.signature(function).parameters
    for name, default in options.items():
        assert parameters[name].kind is inspect.Parameter.KEYWORD_ONLY, name
        assert parameters[name].default == default, name
