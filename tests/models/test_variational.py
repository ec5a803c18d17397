"""Variational Bayes: the bound term by term, against the evidence, and published numbers."""

import itertools
import pickle

import numpy as np
import pytest
from scipy import special, stats

from emlib import VariationalGaussianMixture, datasets, em, selection, start, storage
from emlib.models.model import QUICK, QuickSteps
from emlib.models.posterior import GaussianPosterior

GEYSER = datasets.old_faithful().x
STANDARD = (GEYSER - GEYSER.mean(axis=0)) / GEYSER.std(axis=0)
PRIOR = {
    "weight_concentration_prior": 1e-3,
    "mean_precision_prior": 1.0,
    "mean_prior": [0.0, 0.0],
    "degrees_of_freedom_prior": 2.0,
    "covariance_prior": np.eye(2),
}


def small(n=40, seed=0):
    x = STANDARD[:: len(STANDARD) // n][:n]
    prior = PRIOR | {"weight_concentration_prior": 0.7, "mean_precision_prior": 0.3}
    return VariationalGaussianMixture.start(x, n_components=3, rng=seed, **prior), x


def terms(model, x):
    """The seven terms of (10.70), each by its own equation, with r of (10.49)."""
    alpha, beta, nu = model.concentrations, model.mean_precisions, model.degrees_of_freedom
    k, d = model.means.shape
    w = np.linalg.inv(model.covariances * nu[:, None, None])
    alpha_0, beta_0 = model.weight_concentration_prior, model.mean_precision_prior
    nu_0, m_0 = model.degrees_of_freedom_prior, model.mean_prior
    w_0 = np.linalg.inv(model.covariance_prior)
    log_pi = special.digamma(alpha) - special.digamma(alpha.sum())  # (10.66)
    log_lambda = np.array(
        [
            sum(special.digamma((nu[j] + 1 - i) / 2) for i in range(1, d + 1))
            + d * np.log(2)
            + np.linalg.slogdet(w[j])[1]
            for j in range(k)
        ]
    )  # (10.65)
    quadratic = np.array(
        [
            [d / beta[j] + nu[j] * (row - model.means[j]) @ w[j] @ (row - model.means[j])
             for j in range(k)]
            for row in x
        ]
    )  # (10.64)  # fmt: skip
    log_rho = log_pi + log_lambda / 2 - d / 2 * np.log(2 * np.pi) - quadratic / 2  # (10.46)
    r = np.exp(log_rho - special.logsumexp(log_rho, axis=1, keepdims=True))  # (10.49)
    n_k = r.sum(axis=0)
    means = (r.T @ x) / n_k[:, None]
    scatters = [
        sum(r[n, j] * np.outer(x[n] - means[j], x[n] - means[j]) for n in range(len(x))) / n_k[j]
        for j in range(k)
    ]

    def log_b(matrix, degrees):  # (B.79)
        of_gamma = sum(special.gammaln((degrees + 1 - i) / 2) for i in range(1, d + 1))
        log_det = np.linalg.slogdet(matrix)[1]
        constant = degrees * d / 2 * np.log(2) + d * (d - 1) / 4 * np.log(np.pi)
        return -degrees / 2 * log_det - constant - of_gamma

    def log_c(a):  # (B.23)
        return special.gammaln(np.sum(a)) - special.gammaln(a).sum()

    of_x = sum(
        n_k[j] / 2
        * (log_lambda[j] - d / beta[j] - nu[j] * np.trace(scatters[j] @ w[j])
           - nu[j] * (means[j] - model.means[j]) @ w[j] @ (means[j] - model.means[j])
           - d * np.log(2 * np.pi))
        for j in range(k)
    )  # (10.71)  # fmt: skip
    of_z = (r @ log_pi).sum()  # (10.72)
    of_pi = log_c(np.full(k, alpha_0)) + (alpha_0 - 1) * log_pi.sum()  # (10.73)
    shift = [model.means[j] - m_0 for j in range(k)]
    of_lambda = sum(
        (d * np.log(beta_0 / (2 * np.pi)) + log_lambda[j] - d * beta_0 / beta[j]
         - beta_0 * nu[j] * shift[j] @ w[j] @ shift[j]) / 2
        + (nu_0 - d - 1) / 2 * log_lambda[j] - nu[j] / 2 * np.trace(np.linalg.inv(w_0) @ w[j])
        for j in range(k)
    ) + k * log_b(w_0, nu_0)  # (10.74)  # fmt: skip
    q_z = special.xlogy(r, r).sum()  # (10.75)
    q_pi = (alpha - 1) @ log_pi + log_c(alpha)  # (10.76)
    entropies = [
        -log_b(w[j], nu[j]) - (nu[j] - d - 1) / 2 * log_lambda[j] + nu[j] * d / 2 for j in range(k)
    ]  # (B.82)
    q_lambda = sum(
        log_lambda[j] / 2 + d / 2 * np.log(beta[j] / (2 * np.pi)) - d / 2 - entropies[j]
        for j in range(k)
    )  # (10.77)
    return of_x, of_z, of_pi, of_lambda, -q_z, -q_pi, -q_lambda


@pytest.mark.parametrize("rounds", [0, 1, 5])
def test_the_bound_is_the_sum_of_its_seven_terms(rounds):
    model, x = small()
    for _ in range(rounds):
        model = model.m_step(model.e_step(x)[0])
    assert model.e_step(x)[1] == pytest.approx(sum(terms(model, x)), rel=1e-12)


def log_evidence(x, model):
    """ln p(X) by brute force: a closed form for each of the K^N labellings."""
    (k, d), n = model.means.shape, len(x)
    alpha_0, beta_0 = model.weight_concentration_prior, model.mean_precision_prior
    nu_0, m_0 = model.degrees_of_freedom_prior, model.mean_prior

    def log_marginal(rows):
        count = len(rows)
        if count == 0:
            return 0.0
        mean = rows.mean(axis=0)
        step = mean - m_0
        spread = (rows - mean).T @ (rows - mean)
        inverse = (
            model.covariance_prior
            + spread
            + beta_0 * count / (beta_0 + count) * np.outer(step, step)
        )
        nu = nu_0 + count
        return (
            -count * d / 2 * np.log(np.pi)
            + special.multigammaln(nu / 2, d)
            - special.multigammaln(nu_0 / 2, d)
            + nu_0 / 2 * np.linalg.slogdet(model.covariance_prior)[1]
            - nu / 2 * np.linalg.slogdet(inverse)[1]
            + d / 2 * np.log(beta_0 / (beta_0 + count))
        )

    logs = []
    for z in itertools.product(range(k), repeat=n):
        counts = np.bincount(z, minlength=k)
        of_z = special.gammaln(k * alpha_0) - special.gammaln(k * alpha_0 + n)
        of_z += (special.gammaln(alpha_0 + counts) - special.gammaln(alpha_0)).sum()
        logs.append(of_z + sum(log_marginal(x[np.array(z) == j]) for j in range(k)))
    return special.logsumexp(logs)


@pytest.mark.parametrize("d", [1, 2])
def test_the_bound_stays_below_the_evidence_and_comes_near_it(d):
    x = np.column_stack([[-2.1, -1.9, -2.4, 1.8, 2.2, 2.0, 2.5], [0.3, 0.1, 0, 1, 1.2, 0.7, 0.9]])
    x = x[:, :d]
    model = VariationalGaussianMixture.start(
        x,
        n_components=2,
        rng=1,
        weight_concentration_prior=1.0,
        degrees_of_freedom_prior=d + 1.0,
        mean_precision_prior=0.5,
    )
    evidence = log_evidence(x, model)
    fit = em.fit(model, x, tol=1e-12)
    assert (fit.history < evidence).all()
    # q(Z) of one labelling misses ln 2, for the exchange of the names, and the rest.
    assert np.log(2) - 1e-9 < evidence - fit.objective < 3


def test_one_component_has_the_evidence_itself():
    x = STANDARD[:30]
    model = VariationalGaussianMixture.start(x, n_components=1, rng=0, **PRIOR)
    new = model.m_step(model.e_step(x)[0])
    assert new.e_step(x)[1] == pytest.approx(log_evidence(x, new), rel=1e-12)


def test_the_m_step_is_the_best_there_is():
    model, x = small()
    statistics, _ = model.e_step(x)
    best = model.m_step(statistics)
    r = model.responsibilities(x)

    def bound_at(other):
        """The bound with q(Z) held at r: what the M-step maximises."""
        return (r * other.log_joint(x)).sum() - special.xlogy(r, r).sum() - other.divergence

    top = bound_at(best)
    fields = ("concentrations", "mean_precisions", "means", "covariances", "degrees_of_freedom")
    for name in fields:
        for factor in (0.97, 1.03):
            moved = best._with(**{name: getattr(best, name) * factor})
            assert bound_at(moved) < top


def test_the_bound_never_falls_and_old_faithful_keeps_two_of_six():
    for seed in range(3):
        model = VariationalGaussianMixture.start(STANDARD, n_components=6, rng=seed, **PRIOR)
        fit = em.fit(model, STANDARD, tol=1e-12)
        assert fit.converged
        assert np.diff(fit.history).min() > -1e-9
        owned = np.sort(fit.model.concentrations - 1e-3)[::-1]
        assert owned == pytest.approx([174.862, 97.138, 0, 0, 0, 0], abs=5e-4)
        assert fit.objective == pytest.approx(-443.297873, abs=1e-6)


@pytest.mark.parametrize(("concentration", "kept"), [(1e-3, 2), (10.0, 6)])
def test_a_larger_concentration_keeps_more(concentration, kept):
    prior = PRIOR | {"weight_concentration_prior": concentration}
    model = VariationalGaussianMixture.start(STANDARD, n_components=6, rng=0, **prior)
    fit = em.fit(model, STANDARD, tol=1e-10, max_iter=5000)
    assert (fit.model.concentrations - concentration > 1).sum() == kept


def test_scikit_learn_comes_to_the_same_end():
    mixture = pytest.importorskip("sklearn.mixture")
    theirs = mixture.BayesianGaussianMixture(
        n_components=6,
        weight_concentration_prior_type="dirichlet_distribution",
        reg_covar=0,
        tol=1e-12,
        max_iter=5000,
        random_state=0,
        **PRIOR,
    ).fit(STANDARD)
    model = VariationalGaussianMixture.start(STANDARD, n_components=6, rng=0, **PRIOR)
    ours = em.fit(model, STANDARD, tol=1e-12).model
    order = np.argsort(ours.concentrations)[-2:]
    other = np.argsort(theirs.weight_concentration_)[-2:]
    assert ours.concentrations[order] == pytest.approx(
        theirs.weight_concentration_[other], rel=1e-6
    )
    assert ours.means[order] == pytest.approx(theirs.means_[other], rel=1e-6)
    assert ours.covariances[order] == pytest.approx(theirs.covariances_[other], rel=1e-6)
    assert ours.degrees_of_freedom[order] == pytest.approx(
        theirs.degrees_of_freedom_[other], rel=1e-6
    )


def test_the_quick_step_is_the_readable_one(monkeypatch):
    for x, k in ((STANDARD, 4), (np.column_stack([STANDARD, STANDARD[::-1]]), 3)):
        model = VariationalGaussianMixture.start(x, n_components=k, rng=0)
        quick, bound = model.e_step(x)
        monkeypatch.setitem(QUICK, VariationalGaussianMixture, QuickSteps())
        readable, slow = model.e_step(x)
        monkeypatch.undo()
        assert bound == pytest.approx(slow, rel=1e-12)
        assert quick.n_k == pytest.approx(readable.n_k, rel=1e-10)
        assert quick.scatters == pytest.approx(readable.scatters, rel=1e-9, abs=1e-9)


def test_weights_blocks_and_starts():
    times = np.arange(272) % 3
    model = VariationalGaussianMixture.start(STANDARD, n_components=3, rng=0, **PRIOR)
    repeated = np.repeat(STANDARD, times, axis=0)
    one, other = model.e_step(STANDARD, times), model.e_step(repeated)
    assert one[1] == pytest.approx(other[1], rel=1e-12)
    assert one[0].n_k == pytest.approx(other[0].n_k, rel=1e-12)
    parts = model.e_step([STANDARD[:100], STANDARD[100:]])
    assert parts[1] == pytest.approx(model.e_step(STANDARD)[1], rel=1e-12)
    for begin in (start.kmeans_plus_plus, start.random_points, start.random_responsibilities):
        first = begin(VariationalGaussianMixture, GEYSER, n_components=4, rng=0)
        assert first.mean_prior == pytest.approx(GEYSER.mean(axis=0))
        assert first.covariance_prior == pytest.approx(np.cov(GEYSER.T, bias=True))
        assert first.weight_concentration_prior == 0.25
        assert first.degrees_of_freedom_prior == 2
    weighted = start.kmeans_plus_plus(
        VariationalGaussianMixture, STANDARD, n_components=2, rng=0, sample_weight=times
    )
    assert weighted.mean_prior == pytest.approx(repeated.mean(axis=0), abs=1e-14)
    fits = em.multistart(
        VariationalGaussianMixture, STANDARD, n_components=4, n_starts=3, rng=0, **PRIOR
    )
    assert fits[0].objective >= fits[-1].objective


def test_the_predictive_density_is_a_density_and_that_of_draws():
    x = STANDARD[:40, :1]
    model = em.fit(VariationalGaussianMixture.start(x, n_components=2, rng=0), x).model
    for point in (0.4, 5.0):
        terms = [
            weight * stats.t(nu, mean, (spread * (1 + beta) / beta) ** 0.5).pdf(point)
            for weight, nu, mean, spread, beta in zip(
                model.weights,
                model.degrees_of_freedom,
                model.means[:, 0],
                model.covariances[:, 0, 0],
                model.mean_precisions,
                strict=True,
            )
        ]
        assert np.exp(model.log_predictive([point])[0]) == pytest.approx(sum(terms), rel=1e-12)
    grid = np.linspace(-60, 60, 200_001)
    density = np.exp(model.log_predictive(grid))
    assert np.trapezoid(density, grid) == pytest.approx(1, abs=1e-4)
    rng, total = np.random.default_rng(0), 0.0
    for _ in range(4000):
        weights = rng.dirichlet(model.concentrations)
        for k in range(2):
            nu, spread = model.degrees_of_freedom[k], model.covariances[k, 0, 0]
            precision = rng.gamma(nu / 2, 2 / (nu * spread))
            deviation = (model.mean_precisions[k] * precision) ** -0.5
            mean = rng.normal(model.means[k, 0], deviation)
            total += weights[k] * stats.norm(mean, precision**-0.5).pdf(0.4) / 4000
    assert np.exp(model.log_predictive([0.4])[0]) == pytest.approx(total, rel=0.05)


def test_it_is_a_record_like_the_others(tmp_path):
    model, x = small()
    assert model == pickle.loads(pickle.dumps(model))
    storage.save(model, tmp_path / "model.json")
    assert storage.load(tmp_path / "model.json") == model
    turned = model.reorder([2, 0, 1])
    assert turned.means[0].tolist() == model.means[2].tolist()
    assert turned.covariance_prior.tolist() == model.covariance_prior.tolist()
    assert turned.e_step(x)[1] == pytest.approx(model.e_step(x)[1], rel=1e-13)
    assert "VariationalGaussianMixture of 3 components in 2 dimensions" in repr(model)
    mean = model.mean_model()
    assert mean.weights == pytest.approx(model.concentrations / model.concentrations.sum())
    assert mean.means is model.means or (mean.means == model.means).all()
    assert isinstance(model, GaussianPosterior)
    with pytest.raises(TypeError, match="expected a mixture with a density, got Variational"):
        selection.bic(model, x)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"concentrations": [1, 0, 1]}, "concentrations: expected numbers above 0, got 0"),
        ({"degrees_of_freedom": [3, 3, 1]}, "degrees_of_freedom: expected numbers above 1, got 1"),
        ({"mean_precisions": [1, -2, 1]}, "mean_precisions: expected numbers above 0"),
        ({"means": [0.0, 1]}, "means: expected"),
        ({"covariances": [np.zeros((2, 2))] * 3}, "covariances: expected"),
        ({"weight_concentration_prior": 0}, "weight_concentration_prior: expected numbers above 0"),
        ({"mean_precision_prior": np.nan}, "mean_precision_prior: expected"),
        ({"degrees_of_freedom_prior": 1}, "degrees_of_freedom_prior: expected numbers above 1"),
        ({"mean_prior": [0, 0, 0]}, r"mean_prior: expected shape \(2,\)"),
        ({"covariance_prior": [[1, 2], [2, 1]]}, "covariance_prior: expected positive definite"),
    ],
)
def test_what_is_not_what_its_name_says_is_refused(changes, words):
    model, _ = small()
    with pytest.raises(ValueError, match=words):
        VariationalGaussianMixture(**(model._values() | changes))


def test_unknown_words_of_a_prior_are_refused():
    with pytest.raises(ValueError, match="prior: expected arguments of the class, got nu"):
        VariationalGaussianMixture.start(STANDARD, n_components=2, rng=0, nu=3)
    with pytest.raises(ValueError, match="n_components: expected"):
        VariationalGaussianMixture.start(STANDARD, n_components=0, rng=0)
