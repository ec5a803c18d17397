"""(9.61)-(9.68): linear regression and relevance vectors by EM, against the evidence itself."""

import itertools
import math

import numpy as np
import pytest
from scipy import optimize, stats

from emlib import CollapseError, em
from emlib.models.regression import BayesianLinearRegression, RelevanceVectors, expected_error

rng = np.random.default_rng(3)
X = np.linspace(-1, 1, 40)
PHI = np.column_stack([X**i for i in range(5)])
T = 0.5 - X + 0.3 * X**3 + 0.2 * rng.normal(size=40)
DATA = PHI, T
LINE = BayesianLinearRegression(2.0, 3.0)
VECTORS = RelevanceVectors([2.0, 1.0, 0.5, 4.0, 3.0], 3.0)
both = pytest.mark.parametrize("model", [LINE, VECTORS], ids=["one alpha", "an alpha for each"])


def log_evidence(alpha, beta):
    """ln N(t | 0, I / beta + Phi A^-1 Phi^T): the weights integrated out, by scipy."""
    covariance = np.eye(40) / beta + PHI @ np.diag(1 / np.broadcast_to(alpha, 5)) @ PHI.T
    return stats.multivariate_normal.logpdf(T, np.zeros(40), covariance)


@pytest.mark.equation("9.61")
@both
def test_the_log_joint_is_the_density_of_targets_times_that_of_weights(model):
    w = rng.normal(size=5)
    alpha = model.precisions(5)
    slow = sum(stats.norm.logpdf(T[n], w @ PHI[n], model.noise_precision**-0.5) for n in range(40))
    slow += sum(stats.norm.logpdf(w[i], 0, alpha[i] ** -0.5) for i in range(5))
    assert model.log_joint(DATA, w) == pytest.approx(slow, rel=1e-12)


@both
def test_the_posterior_and_the_evidence_are_those_of_one_large_gaussian(model):
    posterior, evidence = model.e_step(DATA)
    assert evidence == pytest.approx(log_evidence(model.weight_precision, model.noise_precision))
    prior = np.diag(1 / model.precisions(5))
    gain = prior @ PHI.T @ np.linalg.inv(PHI @ prior @ PHI.T + np.eye(40) / model.noise_precision)
    assert posterior.mean == pytest.approx(gain @ T, rel=1e-9)
    assert posterior.covariance == pytest.approx(prior - gain @ PHI @ prior, rel=1e-8, abs=1e-12)
    w = rng.normal(size=5)  # Bayes: joint = evidence x posterior, at any w
    log_posterior = stats.multivariate_normal.logpdf(w, posterior.mean, posterior.covariance)
    assert model.log_joint(DATA, w) == pytest.approx(evidence + log_posterior, rel=1e-9)


@pytest.mark.equation("9.62", "9.66")
@both
def test_q_is_the_average_of_the_log_joint_over_draws_of_the_weights(model):
    posterior = model.posterior(DATA)
    new = model.m_step(posterior)
    draws = posterior.mean + rng.normal(size=(4000, 5)) @ np.linalg.cholesky(posterior.covariance).T
    draws = np.concatenate([draws, 2 * posterior.mean - draws])
    values = [new.log_joint(DATA, w) for w in draws[::4]]
    error = np.std(values) / math.sqrt(len(values))
    assert new.q_function(posterior, model) == pytest.approx(np.mean(values), abs=5 * error)
    exact = new.log_joint(DATA, posterior.mean)  # the log joint is a parabola: add its curvature
    curvature = new.noise_precision * PHI.T @ PHI + np.diag(new.precisions(5))
    exact -= np.trace(curvature @ posterior.covariance) / 2
    assert new.q_function(posterior, model) == pytest.approx(exact, rel=1e-12)


@pytest.mark.equation("9.63", "9.67", "9.68")
@both
def test_the_m_step_is_where_a_numerical_maximiser_of_q_ends(model):
    posterior = model.posterior(DATA)
    kind, new = type(model), model.m_step(posterior)

    def minus(logs):
        alpha = np.exp(logs[:-1])
        made = kind(alpha if kind is RelevanceVectors else alpha[0], np.exp(logs[-1]))
        return -made.q_function(posterior, model)

    begin = np.log(np.append(model.weight_precision, model.noise_precision))
    found = optimize.minimize(minus, begin, method="BFGS", options={"gtol": 1e-9})
    expected = np.append(new.weight_precision, new.noise_precision)
    assert np.exp(found.x) == pytest.approx(expected, rel=1e-6)
    gammas = 1 - model.precisions(5) * posterior.covariance.diagonal()
    assert posterior.determined == pytest.approx(gammas, rel=1e-9)
    trace = np.trace(PHI.T @ PHI @ posterior.covariance)
    assert expected_error(posterior, model) == pytest.approx(
        ((T - PHI @ posterior.mean) ** 2).sum() + trace, rel=1e-12
    )


@both
def test_the_evidence_never_falls(model):
    for begin in (model, type(model)(np.multiply(model.weight_precision, 1e4), 1e-3)):
        steps = list(itertools.islice(em.iterate(begin, DATA), 300))
        assert np.diff([step.objective for step in steps]).min() > -1e-10
        end = steps[-1]
        assert end.objective == pytest.approx(
            log_evidence(end.model.weight_precision, end.model.noise_precision)
        )
        assert type(end.model) is type(model)


@pytest.mark.equation("9.64", "9.65")
def test_the_end_is_the_fixed_point_of_the_evidence_and_its_summit():
    fit = em.fit(LINE, DATA, tol=0, max_iter=20_000)
    alpha, beta = fit.model.weight_precision, fit.model.noise_precision
    posterior = fit.model.posterior(DATA)
    # gamma by the eigenvalues of beta Phi^T Phi (3.91), and by (9.64)
    values = np.linalg.eigvalsh(beta * PHI.T @ PHI)
    gamma = (values / (values + alpha)).sum()
    assert posterior.n_determined == pytest.approx(gamma, rel=1e-9)
    assert gamma == pytest.approx(5 - alpha * np.trace(posterior.covariance), rel=1e-9)
    m = posterior.mean
    assert alpha * m @ m == pytest.approx(gamma, rel=1e-6)  # (9.65), which is (3.92)
    assert beta == pytest.approx((40 - gamma) / posterior.squared_error, rel=1e-6)  # (3.95)
    found = optimize.minimize(
        lambda logs: -log_evidence(*np.exp(logs)), [0, 0], method="BFGS", options={"gtol": 1e-8}
    )
    assert np.exp(found.x) == pytest.approx([alpha, beta], rel=1e-4)
    assert -found.fun == pytest.approx(fit.objective, rel=1e-10)


def test_relevance_vectors_end_at_the_fixed_point_of_the_evidence():
    phi = PHI[:, :3]
    bend = phi[:, 2] - phi[:, :2] @ np.linalg.lstsq(phi[:, :2], phi[:, 2])[0]
    t = T - bend * (bend @ T) / (bend @ bend)  # in which there is no x^2 beyond a line
    begin = RelevanceVectors(np.ones(3), 1.0)
    fit = next(itertools.islice(em.iterate(begin, (phi, t)), 3000, None))
    posterior = fit.model.posterior((phi, t))
    alpha, gamma = fit.model.weight_precision, posterior.determined
    left = gamma > 0.1
    assert left.tolist() == [True, True, False]
    # (7.87), (7.88)
    assert alpha[left] == pytest.approx(gamma[left] / posterior.mean[left] ** 2, rel=1e-2)
    assert fit.model.noise_precision == pytest.approx(
        (40 - gamma.sum()) / posterior.squared_error, rel=1e-3
    )
    assert alpha[2] > 100 * alpha[0]

    def minus(logs):
        made = RelevanceVectors(np.exp(logs[:3]), np.exp(logs[3]))
        return -made.e_step((phi, t))[1]

    found = optimize.minimize(minus, np.zeros(4), method="L-BFGS-B", bounds=[(-9, 14)] * 4)
    assert -found.fun == pytest.approx(fit.objective, abs=0.01)
    assert np.exp(found.x)[left.nonzero()] == pytest.approx(alpha[left], rel=0.02)


def test_it_agrees_with_scikit_learn_whose_names_are_the_other_way_round():
    linear = pytest.importorskip("sklearn.linear_model")
    vague = dict.fromkeys(["alpha_1", "alpha_2", "lambda_1", "lambda_2"], 1e-14)
    theirs = linear.BayesianRidge(fit_intercept=False, tol=1e-12, max_iter=100_000, **vague)
    theirs.fit(PHI, T)
    ours = em.fit(LINE, DATA, tol=0, max_iter=20_000).model
    assert ours.noise_precision == pytest.approx(theirs.alpha_, rel=1e-5)
    assert ours.weight_precision == pytest.approx(theirs.lambda_, rel=1e-5)
    assert ours.posterior(DATA).mean == pytest.approx(theirs.coef_, abs=1e-5)


REFUSED = [
    (PHI, TypeError, "x: expected a pair, features .* got ndarray"),
    ((PHI,), TypeError, "x: expected a pair"),
    ((PHI, T[:-1]), ValueError, "targets: expected one for each of 40 rows of features, got 39"),
    ((X, T), ValueError, "features: expected 2 dimension"),
    ((PHI, PHI), ValueError, "targets: expected 1 dimension"),
    ((PHI, T * np.nan), ValueError, "targets: expected finite numbers, got nan"),
    ((PHI, T * 0), ValueError, "targets: expected some that are not zero .*got zeros only"),
    ((PHI * [1, 0, 1, 1, 1], T), ValueError, "features: expected no column of zeros.*column 1"),
    ((PHI, ["a"] * 40), TypeError, "targets: expected real numbers, got text"),
]


@pytest.mark.parametrize(("x", "error", "words"), REFUSED, ids=lambda v: None)
@both
def test_data_that_are_none_are_refused_by_name(model, x, error, words):
    with pytest.raises(error, match=words):
        em.fit(model, x)


@pytest.mark.parametrize("value", [0, -1, math.nan, math.inf, "1", None, 1j])
def test_precisions_that_are_none_are_refused_by_name(value):
    for kind, one in ((BayesianLinearRegression, 1.0), (RelevanceVectors, [1.0])):
        with pytest.raises((ValueError, TypeError), match="noise_precision: expected"):
            kind(one, value)
        with pytest.raises((ValueError, TypeError), match="weight_precision: expected"):
            kind(value if kind is BayesianLinearRegression else [value], 1.0)


def test_what_does_not_fit_together_is_refused_by_name():
    with pytest.raises(ValueError, match="weight_precision: expected 0 dimension"):
        BayesianLinearRegression([1.0, 2.0], 1.0)
    with pytest.raises(ValueError, match="weight_precision: expected 1 dimension"):
        RelevanceVectors(1.0, 1.0)
    with pytest.raises(ValueError, match="features: expected 2 columns, as weight_precision has"):
        em.fit(RelevanceVectors([1.0, 1.0], 1.0), DATA)
    with pytest.raises(TypeError, match="sample_weight: expected None for BayesianLinear"):
        em.fit(LINE, DATA, sample_weight=np.ones(40))
    with pytest.raises(TypeError, match="accelerate: expected None for BayesianLinearRegression"):
        em.fit(LINE, DATA, accelerate="squarem")
    assert LINE != VECTORS
    assert BayesianLinearRegression(2.0, 4.0) != LINE
    assert RelevanceVectors([1.0, 2.0], 1.0) != RelevanceVectors([1.0, 3.0], 1.0)


def test_targets_without_noise_have_no_bound():
    with pytest.raises(CollapseError, match="targets: expected some noise"):
        em.fit(LINE, (PHI[:, :2], 1 - X), tol=0, max_iter=10_000)
