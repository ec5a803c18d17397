"""Answers to the exercises of lesson 09, right and wrong."""

import numpy as np
import pytest
from scipy.special import logsumexp, softmax
from scipy.stats import multivariate_normal, norm, poisson

from emlib import GaussianMixture, GaussianMixture1D, em
from emlib.exercises import Status, check, registry
from emlib.exercises.engine.judge import assess


def told(exercise_id, *answers):
    return assess(registry.find(exercise_id), answers)


def sentence(exercise_id, *answers):
    return " ".join(repr(check(exercise_id, *answers)).split())


# 09.1


def round_in_loops(x, weights, means, stds):
    r = []
    for value in x:
        logs = [
            np.log(w) - np.log(s) - (value - m) ** 2 / (2 * s * s)
            for w, m, s in zip(weights, means, stds, strict=True)
        ]
        top = max(logs)
        joint = [np.exp(a - top) for a in logs]
        r.append([j / sum(joint) for j in joint])
    new = [[], [], []]
    for k in range(len(means)):
        n_k = sum(row[k] for row in r)
        mean = sum(row[k] * value for row, value in zip(r, x, strict=True)) / n_k
        square = sum(row[k] * (value - mean) ** 2 for row, value in zip(r, x, strict=True)) / n_k
        for part, number in zip(new, (n_k / len(x), mean, square**0.5), strict=True):
            part.append(number)
    return r, *new


def round_with_scipy(x, weights, means, stds):
    r = softmax(np.log(weights) + norm.logpdf(x[:, None], means, stds), axis=1)
    means = np.average(np.broadcast_to(x[:, None], r.shape), axis=0, weights=r)
    return (
        r,
        r.mean(axis=0),
        means,
        np.sqrt(np.average((x[:, None] - means) ** 2, axis=0, weights=r)),
    )


def round_by_emlib(x, weights, means, stds):
    model = GaussianMixture1D(weights, means, np.square(stds))
    r = model.responsibilities(x)
    new = model.m_step(model.statistics(x, r))
    return [r, new.weights, new.means, new.stds]


@pytest.mark.parametrize("answer", [round_in_loops, round_with_scipy, round_by_emlib])
def test_right_rounds(answer):
    assert told("09.1", answer).status is Status.CORRECT


def variant(*, e=None, m=None):
    """Make a round with another E step, or another M step, in its place."""

    def em_round(x, weights, means, stds):
        if e is None:
            r = softmax(np.log(weights) + norm.logpdf(x[:, None], means, stds), axis=1)
        else:
            r = e(x, weights, means, stds)
        n_k = r.sum(axis=0)
        new = x @ r / n_k
        right = (n_k / len(x), new, np.sqrt((r * (x[:, None] - new) ** 2).sum(axis=0) / n_k))
        return (r, *(right if m is None else m(x, r, (weights, means, stds), right)))

    return em_round


def densities(x, w, m, s):
    return w * norm.pdf(x[:, None], m, s)


def divided(joint, axis=1):
    return joint / joint.sum(axis=axis, keepdims=True)


def log_shares(x, w, m, s):
    return softmax(np.log(w) + norm.logpdf(x[:, None], m, s), axis=1)


WRONG_ROUNDS = {
    "hard assignment": variant(e=lambda *a: np.eye(len(a[1]))[log_shares(*a).argmax(axis=1)]),
    "normalised over the data": variant(e=lambda *a: divided(densities(*a), axis=0)),
    "a fixed standard deviation": variant(e=lambda x, w, m, s: log_shares(x, w, m, 0.5**2)),
    "the front factor left out": variant(
        e=lambda x, w, m, s: softmax(np.log(w) - 0.5 * ((x[:, None] - m) / s) ** 2, axis=1)
    ),
    "weights left out of the E step": variant(e=lambda x, w, m, s: log_shares(x, 1, m, s)),
    "a variance where a standard deviation is due": variant(
        e=lambda x, w, m, s: log_shares(x, w, m, s**2)
    ),
    "variances returned for standard deviations": variant(
        m=lambda x, r, old, new: (new[0], new[1], new[2] ** 2)
    ),
    "weights never updated": variant(m=lambda x, r, old, new: (old[0], *new[1:])),
    "weights always equal": variant(
        m=lambda x, r, old, new: (np.full(len(new[0]), 1 / len(new[0])), *new[1:])
    ),
    "counts instead of weights": variant(m=lambda x, r, old, new: (r.sum(axis=0), *new[1:])),
    "spread about the old means": variant(
        m=lambda x, r, old, new: (
            *new[:2],
            np.sqrt((r * (x[:, None] - old[1]) ** 2).sum(axis=0) / r.sum(axis=0)),
        )
    ),
    "divided by N_k - 1": variant(
        m=lambda x, r, old, new: (*new[:2], new[2] * np.sqrt(r.sum(axis=0) / (r.sum(axis=0) - 1)))
    ),
    "a constant added to the variances": variant(
        m=lambda x, r, old, new: (*new[:2], np.sqrt(new[2] ** 2 + 1e-3))
    ),
    "components sorted": variant(
        m=lambda x, r, old, new: tuple(part[np.argsort(new[1])] for part in new)
    ),
    "one spread for all": variant(m=lambda x, r, old, new: (*new[:2], 0 * new[2] + x.std())),
    "not normalised": variant(e=densities),
    "densities without logarithms": variant(e=lambda *a: divided(densities(*a))),
}


@pytest.mark.parametrize("name", WRONG_ROUNDS)
def test_wrong_rounds(name):
    result = told("09.1", WRONG_ROUNDS[name])
    assert (result.status, result.misconception) == (Status.WRONG, name)


def patient_a(x, weights, means, stds):
    likelihood = np.exp(-0.5 * ((x[:, None] - means) / 0.5**2) ** 2)
    r = np.eye(len(means))[likelihood.argmax(axis=1)]
    means = x @ r / r.sum(axis=0)
    return r, weights, means, (r * (x[:, None] - means) ** 2).sum(axis=0) / r.sum(axis=0)


def test_the_patient_of_the_lesson_is_refused_fault_by_fault():
    assert "guess of the labels" in sentence("09.1", patient_a)
    assert "hundredfold" in sentence(
        "09.1", WRONG_ROUNDS["variances returned for standard deviations"]
    )
    assert "parameters as well" in sentence("09.1", WRONG_ROUNDS["weights never updated"])
    assert "underflows" in sentence("09.1", WRONG_ROUNDS["densities without logarithms"])


def test_a_round_of_the_wrong_form_is_told_what_is_due():
    result = told("09.1", lambda x, w, m, s: log_shares(x, w, m, s))
    assert result.status is Status.WRONG
    assert "expected" in sentence("09.1", lambda x, w, m, s: (1, w, m, s)).lower()
    three = sentence("09.1", lambda x, w, m, s: (w, m, "s"))
    assert "What came: 3 values What was expected: (r, weights, means, stds)" in three


# 09.2


def start_from_points(x, n_components, rng):
    return (
        [1 / n_components] * n_components,
        list(rng.permutation(x)[:n_components]),
        [float(np.std(x)) / 2] * n_components,
    )


def start_in_the_range(x, n_components, rng):
    means = rng.uniform(x.min(), x.max(), n_components)
    return np.ones(n_components) / n_components, means, np.full(n_components, np.ptp(x) / 4)


def start_by_quantiles(x, n_components, rng):
    means = np.quantile(x, rng.uniform(size=n_components))
    return {
        "weights": np.full(n_components, 1 / n_components),
        "means": means,
        "stds": np.full(n_components, x.std()),
    }


def fit_vectorised(x, weights, means, stds):
    old = np.inf
    for _ in range(10_000):
        a = np.log(weights) + norm.logpdf(x[:, None], means, stds)
        r = softmax(a, axis=1)
        weights, means = r.mean(axis=0), x @ r / r.sum(axis=0)
        stds = np.sqrt((r * (x[:, None] - means) ** 2).sum(axis=0) / r.sum(axis=0))
        if abs(logsumexp(a, axis=1).sum() - old) < 1e-7:
            break
        old = logsumexp(a, axis=1).sum()
    return weights, means, stds


def fit_in_rounds(x, weights, means, stds):
    theta = [list(weights), list(means), list(stds)]
    while True:
        new = round_with_scipy(x, *map(np.array, theta))[1:]
        change = max(np.abs(np.subtract(a, b)).max() for a, b in zip(new, theta, strict=True))
        theta = [list(part) for part in new]
        if change < 1e-7:
            return theta


def fit_by_emlib(x, weights, means, stds):
    model = em.fit(GaussianMixture1D(weights, means, stds**2), x, max_iter=5000).model
    return model.weights, model.means, model.stds


def start_without_chance(x, n_components, rng):
    middles = (np.arange(n_components) + 0.5) / n_components
    start = np.full(n_components, 1 / n_components)
    return start, np.quantile(x, middles), np.full(n_components, np.std(x) / n_components)


@pytest.mark.parametrize(
    ("start", "fit"),
    [
        (start_without_chance, fit_vectorised),
        (start_from_points, fit_vectorised),
        (start_in_the_range, fit_in_rounds),
        (start_by_quantiles, fit_by_emlib),
    ],
)
def test_right_fits(start, fit):
    assert told("09.2", start, fit).status is Status.CORRECT


def rounds_of(em_round, n_rounds, held=False):
    def fit(x, weights, means, stds):
        theta = (weights, means, stds)
        with np.errstate(all="ignore"):
            for _ in range(n_rounds):
                new = em_round(x, *theta)[1:]
                theta = (weights, *new[1:]) if held else new
        return theta

    return fit


def as_typed(x, n_components, rng):
    mean, std = rng.integers(1, 10), rng.integers(1, 10)
    return np.full(n_components, 1 / n_components), [mean] * n_components, [std] * n_components


def integers(x, n_components, rng):
    start = np.full(n_components, 1 / n_components)
    return (
        start,
        rng.choice(9, n_components, replace=False) + 1.0,
        rng.integers(1, 10, n_components),
    )


def unseeded_inside(x, n_components, rng):
    return start_from_points(x, n_components, np.random.default_rng(0))


def from_a_start_of_its_own(x, weights, means, stds):
    return fit_vectorised(x, *start_without_chance(x, len(means), None))


WRONG_FITS = {
    "another start": (start_from_points, from_a_start_of_its_own),
    "variances in the start": (
        lambda x, k, rng: (*start_from_points(x, k, rng)[:2], [np.var(x)] * k),
        fit_vectorised,
    ),
    "widths in no unit": (
        lambda x, k, rng: (*start_from_points(x, k, rng)[:2], [1.0] * k),
        fit_vectorised,
    ),
    "weights of the start do not sum to 1": (
        lambda x, k, rng: (np.ones(k), *start_from_points(x, k, rng)[1:]),
        fit_vectorised,
    ),
    "one mean for all": (as_typed, fit_vectorised),
    "starts that ignore the data": (integers, fit_vectorised),
    "another generator": (unseeded_inside, fit_vectorised),
    "densities without logarithms": (
        start_from_points,
        rounds_of(WRONG_ROUNDS["densities without logarithms"], 400),
    ),
    "weights left out": (start_from_points, rounds_of(round_with_scipy, 400, held=True)),
    "a fixed twenty rounds": (start_from_points, rounds_of(round_with_scipy, 20)),
    "a single round": (start_from_points, rounds_of(round_with_scipy, 1)),
    "hard assignment": (start_from_points, rounds_of(WRONG_ROUNDS["hard assignment"], 300)),
    "variances instead of standard deviations": (
        start_from_points,
        lambda *a: (*fit_vectorised(*a)[:2], np.square(fit_vectorised(*a)[2])),
    ),
    "stopped too early": (start_from_points, rounds_of(round_with_scipy, 9)),
}


@pytest.mark.parametrize("name", WRONG_FITS)
def test_wrong_fits(name):
    result = told("09.2", *WRONG_FITS[name])
    assert (result.status, result.misconception) == (Status.WRONG, name), repr(result)


def test_the_reasons_of_a_fit_are_told_in_words():
    assert "never parts them" in sentence("09.2", *WRONG_FITS["one mean for all"])
    assert "stop when a round gains" in sentence("09.2", *WRONG_FITS["a fixed twenty rounds"])
    assert "N_k / N" in sentence("09.2", *WRONG_FITS["weights left out"])
    assert "underflow" in sentence("09.2", *WRONG_FITS["densities without logarithms"])


# 09.3


def log_joint_2d(x, weights, means, covariances):
    parts = zip(weights, means, covariances, strict=True)
    return np.column_stack([np.log(w) + multivariate_normal(m, s).logpdf(x) for w, m, s in parts])


def m_step_2d(x, r):
    n_k = r.sum(axis=0)
    means = r.T @ x / n_k[:, None]
    spreads = [np.cov(x.T, aweights=column, ddof=0) for column in r.T]
    return n_k / len(x), means, np.array(spreads)


def fit_scipy(x, weights, means, covariances):
    theta, history = (weights, means, covariances), []
    while True:
        a = log_joint_2d(x, *theta)
        history.append(logsumexp(a, axis=1).sum())
        if len(history) > 1 and history[-1] - history[-2] < 1e-7:
            return *theta, np.array(history)
        theta = m_step_2d(x, softmax(a, axis=1))


def fit_emlib(x, weights, means, covariances):
    fitted = em.fit(GaussianMixture(weights, means, covariances), x, max_iter=3000)
    model = fitted.model
    return model.weights, model.means, model.covariances, fitted.history


def fit_in_lists(x, weights, means, covariances):
    w, m, s, history = fit_scipy(x, weights, means, covariances)
    return [w.tolist(), m.tolist(), s.tolist(), history.tolist()]


@pytest.mark.parametrize("answer", [fit_scipy, fit_emlib, fit_in_lists])
def test_right_fits_in_the_plane(answer):
    assert told("09.3", answer).status is Status.CORRECT


def watched_by(value, *, stop=1e-7, later=False, most=400):
    """Make a fit that watches something else; `later`: after the M step, with the old r."""

    def fit(x, weights, means, covariances):
        theta, history = (weights, means, covariances), []
        for _ in range(most):
            r = softmax(log_joint_2d(x, *theta), axis=1)
            new = m_step_2d(x, r)
            history.append(value(x, new if later else theta, r))
            if len(history) > 1 and abs(history[-1] - history[-2]) < stop:
                break
            theta = new
        return *theta, history

    return fit


def expected(x, theta, r):
    return np.sum(r * log_joint_2d(x, *theta))


def expected_without_weights(x, theta, r):
    return np.sum(r * (log_joint_2d(x, *theta) - np.log(theta[0])))


def ln_p(x, theta, r):
    return logsumexp(log_joint_2d(x, *theta), axis=1).sum()


def plain_joint(x, weights, means, covariances):
    columns = []
    for weight, mean, covariance in zip(weights, means, covariances, strict=True):
        d = x - mean
        distance = np.sum(d @ np.linalg.inv(covariance) * d, axis=1)
        columns.append(
            weight * np.exp(-distance / 2) / np.sqrt(np.linalg.det(2 * np.pi * covariance))
        )
    return np.column_stack(columns)


def fit_without_logs(x, weights, means, covariances):
    theta, history = (weights, means, covariances), []
    with np.errstate(all="ignore"):
        for _ in range(300):
            joint = plain_joint(x, *theta)
            history.append(np.log(joint.sum(axis=1)).sum())
            if len(history) > 1 and not history[-1] - history[-2] > 1e-8:
                break
            r = joint / joint.sum(axis=1, keepdims=True)
            means = r.T @ x / r.sum(axis=0)[:, None]
            spreads = [(c * (x - m).T) @ (x - m) / c.sum() for c, m in zip(r.T, means, strict=True)]
            theta = (r.mean(axis=0), means, np.array(spreads))
    return *theta, history


def fit_held(x, weights, means, covariances):
    theta, history = (weights, means, covariances), []
    for _ in range(300):
        history.append(ln_p(x, theta, None))
        if len(history) > 1 and history[-1] - history[-2] < 1e-9:
            break
        theta = (weights, *m_step_2d(x, softmax(log_joint_2d(x, *theta), axis=1))[1:])
    return *theta, history


def fit_one_behind(x, weights, means, covariances):
    *theta, history = watched_by(ln_p, most=6, stop=0)(x, weights, means, covariances)
    return *m_step_2d(x, softmax(log_joint_2d(x, *theta), axis=1)), history[:-1]


def fit_from_round_one(x, weights, means, covariances):
    *theta, history = fit_scipy(x, weights, means, covariances)
    return *theta, history[1:]


def fit_mean(x, weights, means, covariances):
    *theta, history = fit_scipy(x, weights, means, covariances)
    return *theta, history / len(x)


def fit_impatient(x, weights, means, covariances):
    theta, history = (weights, means, covariances), []
    while True:
        a = log_joint_2d(x, *theta)
        history.append(logsumexp(a, axis=1).sum())
        if len(history) > 1 and history[-1] - history[-2] < np.sqrt(0.1):
            return *theta, history
        theta = m_step_2d(x, softmax(a, axis=1))


def in_rounds(m_step, n_rounds=400):
    def fit(x, weights, means, covariances):
        theta, history = (weights, means, covariances), []
        for _ in range(n_rounds):
            a = log_joint_2d(x, *theta)
            history.append(logsumexp(a, axis=1).sum())
            if len(history) > 1 and abs(history[-1] - history[-2]) < 1e-7:
                break
            theta = m_step(x, softmax(a, axis=1), theta)
        return *theta, history

    return fit


def about_old_means(x, r, old):
    spreads = [(c * (x - m).T) @ (x - m) / c.sum() for c, m in zip(r.T, old[1], strict=True)]
    return (*m_step_2d(x, r)[:2], np.array(spreads))


def with_a_constant(x, r, old):
    weights, means, covariances = m_step_2d(x, r)
    return weights, means, covariances + 0.01 * np.eye(2)


def by_raw_moments(x, r, old):
    weights, means, _ = m_step_2d(x, r)
    second = np.einsum("nk,nd,ne->kde", r, x, x) / r.sum(axis=0)[:, None, None]
    return weights, means, second - means[:, :, None] * means[:, None, :]


def fit_converged_one_behind(x, weights, means, covariances):
    *theta, history = fit_scipy(x, weights, means, covariances)
    return *m_step_2d(x, softmax(log_joint_2d(x, *theta), axis=1)), history


def fit_with_an_empty_sum(x, weights, means, covariances):
    *theta, history = fit_scipy(x, weights, means, covariances)
    return *theta, np.full(len(history), -np.inf)


WRONG_PLANES = {
    "squares about the old means": in_rounds(about_old_means),
    "a constant added to the covariances": in_rounds(with_a_constant),
    "digits lost far from 0": in_rounds(by_raw_moments),
    "a zip walked through twice": fit_with_an_empty_sum,
    "densities without logarithms": fit_without_logs,
    "weights never updated": fit_held,
    "expected log-likelihood without ln pi": watched_by(expected_without_weights, later=True),
    "expected log-likelihood without the entropy": watched_by(expected),
    "old responsibilities": watched_by(expected, later=True),
    "an average, not a sum": fit_mean,
    "the start left out": fit_from_round_one,
    "one round behind": fit_one_behind,
    "stopped too early": fit_impatient,
}


@pytest.mark.parametrize("name", WRONG_PLANES)
def test_wrong_fits_in_the_plane(name):
    result = told("09.3", WRONG_PLANES[name])
    assert (result.status, result.misconception) == (Status.WRONG, name), repr(result)


def test_a_history_that_ends_one_round_behind_is_seen_after_convergence_too():
    result = told("09.3", fit_converged_one_behind)
    assert (result.status, result.misconception) == (Status.WRONG, "one round behind")


def test_the_reasons_in_the_plane_are_told_in_words():
    assert "Q plus their entropy" in sentence(
        "09.3", WRONG_PLANES["expected log-likelihood without the entropy"]
    )
    assert "out of date" in sentence("09.3", WRONG_PLANES["old responsibilities"])
    assert "every plateau" in sentence("09.3", fit_impatient)


# 09.4

X = np.concatenate(
    [np.random.default_rng(1).normal(0, 1, (30, 2)), np.random.default_rng(2).normal(2, 1, (30, 2))]
)
THETA = (
    np.array([0.3, 0.7]),
    np.array([[1.0, -1.0], [2.0, 3.0]]),
    np.array([[[2.0, 0.8], [0.8, 0.5]], [[1.0, -0.3], [-0.3, 3.0]]]),
)
FAR = np.append(X, [[900.0, 900.0]], axis=0)


def posterior(em_round):
    return np.allclose(em_round(X, *THETA)[0], softmax(log_joint_2d(X, *THETA), axis=1))


def reversed_names(em_round):
    new, other = em_round(X, *THETA)[1:], em_round(X, *(part[::-1] for part in THETA))[1:]
    return all(np.allclose(a, b[::-1]) for a, b in zip(new, other, strict=True))


def units(em_round):
    new = em_round(X, *THETA)
    other = em_round(10 * X, THETA[0], 10 * THETA[1], 100 * THETA[2])
    return np.allclose(100 * new[3], other[3])


def moves(em_round):
    return not any(np.allclose(a, b) for a, b in zip(THETA, em_round(X, *THETA)[1:], strict=True))


def finite_afar(em_round):
    return np.isfinite(em_round(FAR, *THETA)[0]).all()


def shares(em_round):
    return np.allclose(em_round(X, *THETA)[0].sum(axis=1), 1)


def climbs(em_round):
    theta, history = THETA, []
    for _ in range(20):
        history.append(logsumexp(log_joint_2d(X, *theta), axis=1).sum())
        theta = em_round(X, *theta)[1:]
    return bool(np.all(np.diff(history) > -1e-8))


ALL = (shares, posterior, moves, units, reversed_names, finite_afar)


def with_assertions(em_round):
    for test in ALL:
        assert test(em_round), test.__name__


def as_a_dictionary(em_round):
    return {test.__name__: test(em_round) for test in ALL}


def against_emlib(em_round):
    model = GaussianMixture(*THETA)
    for x in (X, FAR):
        r = model.responsibilities(x)
        new = model.m_step(model.statistics(x, r))
        due = (r, new.weights, new.means, new.covariances)
        if not all(np.allclose(a, b) for a, b in zip(em_round(x, *THETA), due, strict=True)):
            return False
    return True


@pytest.mark.parametrize("answer", [with_assertions, as_a_dictionary, against_emlib])
def test_right_examiners(answer):
    assert told("09.4", answer).status is Status.CORRECT


def all_of(*tests):
    return lambda em_round: all(test(em_round) for test in tests)


def equal_weights(em_round):
    theta = (np.array([0.5, 0.5]), *THETA[1:])
    return np.allclose(em_round(X, *theta)[0], softmax(log_joint_2d(X, *theta), axis=1))


def at_the_identity(em_round):
    theta = (*THETA[:2], np.array([np.eye(2)] * 2))
    return np.allclose(em_round(X, *theta)[0], softmax(log_joint_2d(X, *theta), axis=1))


WEAK = {
    "tests nothing": lambda em_round: True,
    "says nothing": lambda em_round: print(posterior(em_round)),
    "turned round": lambda em_round: not against_emlib(em_round),
    "refuses the healthy": lambda em_round: np.array_equal(
        em_round(X, *THETA)[0], softmax(log_joint_2d(X, *THETA), axis=1)
    ),
    "a single component": lambda em_round: np.allclose(
        em_round(X, *(part[:1] for part in THETA))[0], 1
    ),
    "lets normalisation pass": lambda em_round: em_round(X, *THETA)[0].min() >= 0,
    "lets hard assignment pass": all_of(shares, moves),
    "lets the swap pass": all_of(shares, at_the_identity, moves, reversed_names, finite_afar),
    "lets a missing prior pass": all_of(shares, equal_weights, moves, units, reversed_names),
    "lets frozen weights pass": all_of(posterior, climbs, reversed_names, finite_afar),
    "lets wrong units pass": all_of(posterior, moves, reversed_names, finite_afar),
    "lets a favoured name pass": all_of(posterior, moves, units, finite_afar),
    "lets underflow pass": all_of(posterior, moves, units, reversed_names),
}


@pytest.mark.parametrize("name", WEAK)
def test_weak_examiners_are_told_who_got_past_them(name):
    result = told("09.4", WEAK[name])
    assert (result.status, result.misconception) == (Status.WRONG, name), repr(result)


def test_frozen_weights_leave_no_trace_in_the_likelihood():
    lesson = pytest.importorskip("emlib.exercises.lesson_09")
    frozen = next(made for made in lesson.WARD if made.fault == "lets frozen weights pass")
    assert climbs(frozen.function)
    assert "no trace" in sentence("09.4", WEAK["lets frozen weights pass"])
    assert "independent" in sentence("09.4", WEAK["lets the swap pass"])


def test_an_error_in_the_test_itself_is_shown():
    assert "misspelt" in sentence("09.4", lambda em_round: em_round(X, *THETA) and misspelt)  # noqa: F821


# 09.5


def poisson_in_loops(x, weights, rates):
    r = np.zeros((len(x), len(rates)))
    for n, count in enumerate(x):
        logs = [np.log(w) + count * np.log(a) - a for w, a in zip(weights, rates, strict=True)]
        r[n] = [1 / sum(np.exp(np.clip(b - a, -700, 700)) for b in logs) for a in logs]
        r[n] /= r[n].sum()
    n_k = [sum(column) for column in r.T]
    sums = [sum(column * x) for column in r.T]
    return r, [n / len(x) for n in n_k], [s / n for s, n in zip(sums, n_k, strict=True)]


def poisson_by_scipy(x, weights, rates):
    r = softmax(np.log(weights) + poisson.logpmf(x[:, None], rates), axis=1)
    return r, r.mean(axis=0), np.average(np.outer(x, np.ones(len(rates))), axis=0, weights=r)


def poisson_as_a_dictionary(x, weights, rates):
    a = np.log(weights) + np.outer(x, np.log(rates)) - rates
    r = np.exp(a - logsumexp(a, axis=1)[:, None])
    return {"r": r, "weights": r.sum(axis=0) / len(x), "rates": (r.T @ x) / r.sum(axis=0)}


@pytest.mark.parametrize("answer", [poisson_in_loops, poisson_by_scipy, poisson_as_a_dictionary])
def test_right_rounds_for_counts(answer):
    assert told("09.5", answer).status is Status.CORRECT


def counting(*, e=None, m=None):
    def em_round(x, weights, rates):
        with np.errstate(all="ignore"):
            r = (e or poisson_shares)(x, weights, rates)
            right = (r.mean(axis=0), x @ r / r.sum(axis=0))
        return (r, *(right if m is None else m(x, r, (weights, rates), right)))

    return em_round


def poisson_shares(x, weights, rates):
    return softmax(np.log(weights) + poisson.logpmf(x[:, None], rates), axis=1)


def pmf(x, weights, rates):
    return weights * poisson.pmf(x[:, None], rates)


WRONG_COUNTS = {
    "hard assignment": counting(e=lambda *a: np.eye(len(a[1]))[poisson_shares(*a).argmax(axis=1)]),
    "normalised over the data": counting(e=lambda *a: divided(pmf(*a), axis=0)),
    "the factor exp(-rate) left out": counting(
        e=lambda x, w, m: softmax(np.log(w) + np.outer(x, np.log(m)), axis=1)
    ),
    "weights left out of the E step": counting(
        e=lambda x, w, m: softmax(poisson.logpmf(x[:, None], m), axis=1)
    ),
    "a Gaussian instead of a Poisson": counting(
        e=lambda x, w, m: softmax(np.log(w) + norm.logpdf(x[:, None], m, np.sqrt(m)), axis=1)
    ),
    "weights never updated": counting(m=lambda x, r, old, new: (old[0], new[1])),
    "weights always equal": counting(
        m=lambda x, r, old, new: (0 * new[0] + 1 / len(new[0]), new[1])
    ),
    "counts instead of weights": counting(m=lambda x, r, old, new: (r.sum(axis=0), new[1])),
    "the rate of an exponential": counting(
        m=lambda x, r, old, new: (new[0], r.sum(axis=0) / (x @ r))
    ),
    "a variance instead of a mean": counting(
        m=lambda x, r, old, new: (
            new[0],
            (r * (x[:, None] - new[1]) ** 2).sum(axis=0) / r.sum(axis=0),
        )
    ),
    "a weight where its logarithm is due": counting(
        e=lambda x, w, m: softmax(w + poisson.logpmf(x[:, None], m), axis=1)
    ),
    "components sorted": counting(
        m=lambda x, r, old, new: tuple(part[np.argsort(new[1])] for part in new)
    ),
    "divided by N instead of N_k": counting(m=lambda x, r, old, new: (new[0], x @ r / len(x))),
    "rates not averaged": counting(m=lambda x, r, old, new: (new[0], x @ r)),
    "not normalised": counting(e=pmf),
    "densities without logarithms": counting(e=lambda *a: divided(pmf(*a))),
}


@pytest.mark.parametrize("name", WRONG_COUNTS)
def test_wrong_rounds_for_counts(name):
    result = told("09.5", WRONG_COUNTS[name])
    assert (result.status, result.misconception) == (Status.WRONG, name), repr(result)


def test_the_reasons_for_counts_are_told_in_words():
    assert "does not cancel" in sentence("09.5", WRONG_COUNTS["the factor exp(-rate) left out"])
    assert "weighted mean" in sentence("09.5", WRONG_COUNTS["rates not averaged"])
    assert "underflows" in sentence("09.5", WRONG_COUNTS["densities without logarithms"])
