"""Answers to lesson 07 as learners write them: right in several styles, wrong and named."""

import math

import numpy as np
import pytest
from scipy import special, stats

from emlib import CoinMixture, GaussianMixture, KMeans, bound, datasets, em
from emlib.exercises import check, lesson_07
from emlib.exercises.engine.result import Status
from tests.exercises.telling import refused_as, told

FLIPS = datasets.do_batzoglou().x


# 07.1


def terms_in_loops(log_joint, q):
    total = average = entropy = kl = 0.0
    for row, weights in zip(log_joint, q, strict=True):
        top = max(row)
        log_density = top + math.log(sum(math.exp(a - top) for a in row))
        total += log_density
        for a, w in zip(row, weights, strict=True):
            average += w * a
            if w > 0:
                entropy -= w * math.log(w)
                kl += w * (math.log(w) - (a - log_density))
    return total, average, entropy, kl


def terms_with_scipy(log_joint, q):
    log_density = special.logsumexp(log_joint, axis=1, keepdims=True)
    kl = special.rel_entr(q, np.exp(log_joint - log_density)).sum()
    return [log_density.sum(), (q * log_joint).sum(), stats.entropy(q, axis=1).sum(), kl]


def terms_by_subtraction(log_joint, q):
    log_likelihood = special.logsumexp(log_joint, axis=1).sum()
    average, entropy = np.vdot(q, log_joint), special.entr(q).sum()
    return {
        "log_likelihood": log_likelihood,
        "q_function": average,
        "entropy": entropy,
        "kl": log_likelihood - average - entropy,
    }


@pytest.mark.parametrize("answer", [terms_in_loops, terms_with_scipy, terms_by_subtraction])
def test_right_answers_to_the_four_terms(answer):
    assert told("07.1", answer).status is Status.CORRECT


def test_the_four_terms_are_the_ledger_of_the_lesson():
    model = CoinMixture([0.6, 0.5], [0.5, 0.5])
    q = bound.posterior(model, FLIPS)
    terms = lesson_07.four_terms(model.log_joint(FLIPS), q)
    assert [round(float(t), 5) for t in terms] == [-33.09386, -36.15295, 3.05908, 0.0]


def terms_without_care(log_joint, q):
    log_density = np.log(np.exp(log_joint).sum(axis=1, keepdims=True))
    kl = (q * (np.log(q) - log_joint + log_density)).sum()
    return log_density.sum(), (q * log_joint).sum(), -(q * np.log(q)).sum(), kl


def terms_with_underflow(log_joint, q):
    log_density = np.log(np.exp(log_joint).sum(axis=1, keepdims=True))
    kl = (special.xlogy(q, q) - q * (log_joint - log_density)).sum()
    return log_density.sum(), (q * log_joint).sum(), special.entr(q).sum(), kl


def terms_with_zero_times_infinity(log_joint, q):
    log_density = special.logsumexp(log_joint, axis=1, keepdims=True)
    kl = (q * (np.log(q) - log_joint + log_density)).sum()
    return log_density.sum(), (q * log_joint).sum(), -(q * np.log(q)).sum(), kl


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (terms_without_care, "counts as 0"),
        (terms_with_zero_times_infinity, "counts as 0"),
        (terms_with_underflow, "log-sum-exp"),
    ],
)
def test_zeros_in_q_and_densities_that_underflow_are_told_apart(answer, words):
    result = check("07.1", answer)
    assert result.status is Status.WRONG
    assert words in repr(result)


def right(log_joint, q):
    return list(terms_with_scipy(log_joint, q))


def replaced(i, change):
    def answer(log_joint, q):
        terms = right(log_joint, q)
        terms[i] = change(log_joint, q, terms)
        return terms

    return answer


def softmax(log_joint):
    return special.softmax(log_joint, axis=1)


WRONG_TERMS = {
    "minus the entropy": replaced(2, lambda a, q, t: (q * np.log(q)).sum()),
    "the bound for Q": replaced(1, lambda a, q, t: (q * (a - np.log(q))).sum()),
    "Q without an average": replaced(1, lambda a, q, t: sum(map(sum, a))),
    "joint for log-joint in Q": replaced(1, lambda a, q, t: (q * np.exp(a)).sum()),
    "always the posterior": lambda a, q: right(a, softmax(a)),
    "one logarithm for all rows": replaced(0, lambda a, q, t: special.logsumexp(a)),
    "sum of logarithms": replaced(0, lambda a, q, t: np.sum(a)),
    "best component only": replaced(0, lambda a, q, t: a.max(1).sum()),
    "KL the other way round": replaced(3, lambda a, q, t: special.rel_entr(softmax(a), q).sum()),
    "KL to the joint": replaced(3, lambda a, q, t: -t[1] - t[2]),
    "KL with the wrong sign": replaced(3, lambda a, q, t: -t[3]),
    "means instead of sums": lambda a, q: [t / len(q) for t in right(a, q)],
    "bits instead of nats": replaced(2, lambda a, q, t: stats.entropy(q, axis=1, base=2).sum()),
    "summed over the observations": replaced(0, lambda a, q, t: special.logsumexp(a, axis=0).sum()),
    "hard-coded": lambda a, q: (-33.09386, -36.15295, 3.05908, 0.0),
}


@pytest.mark.parametrize("name", WRONG_TERMS)
def test_wrong_answers_to_the_four_terms(name):
    refused_as(name, "07.1", WRONG_TERMS[name])


def test_books_that_do_not_balance_are_told_so():
    result = told("07.1", replaced(1, lambda a, q, t: t[1] + 1))
    assert "Q + H + KL" in repr(result)


# 07.2


def share(h, t, a, b):
    return a**h * (1 - a) ** t / (a**h * (1 - a) ** t + b**h * (1 - b) ** t)


def slopes_in_loops(x, biases, biases_old):
    both = []
    for a, b in (biases, biases_old):
        gradient = [0.0, 0.0]
        for h, t in x:
            g = share(h, t, a, b)
            gradient[0] += g * (h / biases[0] - t / (1 - biases[0]))
            gradient[1] += (1 - g) * (h / biases[1] - t / (1 - biases[1]))
        both.append(gradient)
    return both


def differences(f, at, h=1e-5, one_sided=False):
    steps = h * np.eye(2)
    if one_sided:
        return np.array([(f(at + e) - f(at)) / h for e in steps])
    return np.array([(f(at + e) - f(at - e)) / (2 * h) for e in steps])


def coins(biases):
    return CoinMixture(biases, [0.5, 0.5])


def slopes_by_differences(x, biases, biases_old, **options):
    q = bound.posterior(coins(biases_old), x)
    return (
        differences(lambda b: coins(b).log_likelihood(x), biases, **options),
        differences(lambda b: bound.elbo(coins(b), x, q), biases, **options),
    )


def residuals(x, biases):
    return x[:, [0]] / biases - x[:, [1]] / (1 - biases)


def slopes_vectorised(x, biases, biases_old):
    now, then = coins(biases).responsibilities(x), coins(biases_old).responsibilities(x)
    return {
        "of_log_likelihood": np.einsum("nk,nk->k", now, residuals(x, biases)),
        "of_bound": np.einsum("nk,nk->k", then, residuals(x, biases)),
    }


@pytest.mark.parametrize("answer", [slopes_in_loops, slopes_by_differences, slopes_vectorised])
def test_right_answers_to_the_slopes(answer):
    assert told("07.2", answer).status is Status.CORRECT


def test_the_two_slopes_are_the_known_numbers():
    both = lesson_07.slopes(FLIPS, np.array([0.6, 0.5]), np.array([0.6, 0.5]))
    np.testing.assert_allclose(both, [[14.06519, 6.54953]] * 2, atol=5e-6)
    assert "(14.06519, 6.54953)" in lesson_07.TANGENT.remark


def pieces(x, biases, q_at, sign=-1.0, tails=True):
    r = np.array([[share(h, t, *q_at), 1 - share(h, t, *q_at)] for h, t in x])
    of_tails = sign * x[:, 1:] / (1 - biases) if tails else 0.0
    return (r * (x[:, :1] / biases + of_tails)).sum(axis=0)


WRONG_SLOPES = {
    "q moves with the biases": lambda x, b, old: (pieces(x, b, b), pieces(x, b, b)),
    "log-likelihood with the old responsibilities": lambda x, b, old: 2 * (pieces(x, b, old),),
    "the two in the wrong order": lambda x, b, old: slopes_in_loops(x, b, old)[::-1],
    "both at the old biases": lambda x, b, old: (pieces(x, old, old), pieces(x, old, old)),
    "posterior of the new biases in the bound": lambda x, b, old: (
        pieces(x, b, b),
        pieces(x, old, b),
    ),
    "the bound's gradient at the old biases": lambda x, b, old: (
        pieces(x, b, b),
        pieces(x, old, old),
    ),
    "hard assignment": lambda x, b, old: [
        (np.round(coins(p).responsibilities(x)) * residuals(x, b)).sum(axis=0) for p in (b, old)
    ],
    "ten tosses": lambda x, b, old: slopes_in_loops([(h, 10 - h) for h, _ in x], b, old),
    "normalised over the trials": lambda x, b, old: [
        (special.softmax(coins(p).log_joint(x), axis=0) * residuals(x, b)).sum(axis=0)
        for p in (b, old)
    ],
    "tails with the wrong sign": lambda x, b, old: (pieces(x, b, b, 1), pieces(x, b, old, 1)),
    "tails forgotten": lambda x, b, old: (
        pieces(x, b, b, tails=False),
        pieces(x, b, old, tails=False),
    ),
    "no responsibilities": lambda x, b, old: [
        (x[:, :1] / b - x[:, 1:] / (1 - b)).sum(axis=0) for _ in range(2)
    ],
    "means instead of sums": lambda x, b, old: [
        g / len(x) for g in slopes_by_differences(x, b, old)
    ],
    "difference quotient too coarse": lambda x, b, old: slopes_by_differences(
        x, b, old, h=1e-6, one_sided=True
    ),
}


@pytest.mark.parametrize("name", WRONG_SLOPES)
def test_wrong_answers_to_the_slopes(name):
    refused_as(name, "07.2", WRONG_SLOPES[name])


# 07.3


@pytest.mark.parametrize(
    "answer",
    [
        ("Q", 296.27, "no"),
        ("the Q function", np.float64(296.2702), "No."),
        ("q alone", [296.3], "false"),
        ("Expected complete-data log-likelihood", np.array(296.27), "no"),
    ],
)
def test_right_answers_to_the_picture(answer):
    assert told("07.3", *answer).status is Status.CORRECT


@pytest.mark.parametrize(
    ("answer", "name"),
    [
        (("Q + H", 296.27, "no"), "the bound"),
        (("lower bound", 0.0, "yes"), "the bound"),
        (("ln p", 296.27, "no"), "the log-likelihood"),
        (("Q", -296.27, "no"), "the sign of the gap"),
        (("Q", 0.0, "no"), "no gap"),
        (("Q", 0.29627, "no"), "entropy of one point"),
        (("Q", 296.27 / math.log(2), "no"), "entropy in bits"),
        (("Q", -3416.002, "no"), "the height of Q itself"),
        (("Q", 3119.732, "no"), "the height of ln p"),
        (("Q", 315.405, "no"), "at the new parameters"),
        (("Q", 3.05908, "no"), "entropy of other data"),
        (("Q", 92.691, "no"), "entropy at other parameters"),
        (("Q", 296.27, "yes"), "through the old parameters"),
    ],
)
def test_wrong_answers_to_the_picture(answer, name):
    refused_as(name, "07.3", *answer)


@pytest.mark.parametrize("answer", [("Q", 250.0, "no"), ("KL", 296.27, "no"), ("Q", 296.27, 1)])
def test_an_unknown_wrong_answer_to_the_picture_is_told_what_is_due(answer):
    result = told("07.3", *answer)
    assert result.status is Status.WRONG
    assert "What was expected" in repr(result)


# 07.4


def limit_in_loops(x, centroids, weights, epsilon):
    total = 0.0
    for point in x:
        a = []
        for weight, centroid in zip(weights, centroids, strict=True):
            squared = sum((p - c) ** 2 for p, c in zip(point, centroid, strict=True))
            normal = -len(point) / 2 * math.log(2 * math.pi * epsilon) - squared / (2 * epsilon)
            a.append(math.log(weight) + normal)
        top = max(a)
        joint = [math.exp(value - top) for value in a]
        total += sum(j * value for j, value in zip(joint, a, strict=True)) / sum(joint)
    return epsilon * total


def limit_with_the_package(x, centroids, weights, epsilon):
    d = x.shape[1]
    model = GaussianMixture(weights, centroids, [epsilon * np.eye(d)] * len(weights))
    return epsilon * bound.q_function(model, x, bound.posterior(model, x))


def limit_with_scipy(x, centroids, weights, epsilon):
    columns = [
        stats.norm.logpdf(x, c, math.sqrt(epsilon)).sum(axis=1) + math.log(w)
        for c, w in zip(centroids, weights, strict=True)
    ]
    table = np.transpose(columns)
    return [epsilon * np.sum(special.softmax(table, axis=1) * table)]


@pytest.mark.parametrize("answer", [limit_in_loops, limit_with_the_package, limit_with_scipy])
def test_right_answers_to_the_limit(answer):
    assert told("07.4", answer).status is Status.CORRECT


def test_the_limit_has_the_numbers_of_the_lesson():
    case = lesson_07.LIMIT.draw()[0]
    assert round(lesson_07.scaled_q(**case.data), 5) == -92.34386
    assert round(KMeans(case["centroids"]).objective(case["x"]) / 2, 5) == -92.40978


def table_of(x, centroids, weights, epsilon, *, power=None, two=2.0, root=False):
    squared = ((x[:, None] - centroids) ** 2).sum(-1)
    squared = np.sqrt(squared) if root else squared
    power = x.shape[1] / 2 if power is None else power
    return np.log(weights) - power * np.log(2 * np.pi * epsilon) - squared / (two * epsilon)


def weighed(table):
    return (softmax(table) * table).sum()


def naive(x, centroids, weights, epsilon):
    joint = np.exp(table_of(x, centroids, weights, epsilon))
    return epsilon * (joint / joint.sum(1, keepdims=True) * np.log(joint)).sum()


WRONG_LIMIT = {
    "not times epsilon": lambda x, c, w, e: weighed(table_of(x, c, w, e)),
    "the exponent of one dimension": lambda x, c, w, e: (
        e * weighed(table_of(x, c, w, e, power=0.5))
    ),
    "the exponent D": lambda x, c, w, e: e * weighed(table_of(x, c, w, e, power=x.shape[1])),
    "no normalising factor": lambda x, c, w, e: e * weighed(table_of(x, c, w, e, power=0)),
    "weights forgotten": lambda x, c, w, e: e * weighed(table_of(x, c, np.ones(len(w)), e)),
    "equal weights in the responsibilities": lambda x, c, w, e: (
        e * (softmax(table_of(x, c, np.ones(len(w)), e)) * table_of(x, c, w, e)).sum()
    ),
    "a standard deviation": lambda x, c, w, e: e * weighed(table_of(x, c, w, e * e)),
    "no half in the exponent": lambda x, c, w, e: e * weighed(table_of(x, c, w, e, two=1)),
    "distance not squared": lambda x, c, w, e: e * weighed(table_of(x, c, w, e, root=True)),
    "no responsibilities": lambda x, c, w, e: e * table_of(x, c, w, e).sum(),
    "hard instead of soft assignment": lambda x, c, w, e: e * table_of(x, c, w, e).max(1).sum(),
    "the log-likelihood for Q": lambda x, c, w, e: (
        e * special.logsumexp(table_of(x, c, w, e), axis=1).sum()
    ),
    "only the limit": lambda x, c, w, e: KMeans(c).objective(x) / 2,
    "underflow": naive,
    "hard-coded": lambda x, c, w, e: -92.34386,
}


@pytest.mark.parametrize("name", WRONG_LIMIT)
def test_wrong_answers_to_the_limit(name):
    def answer(x, centroids, weights, epsilon):
        return WRONG_LIMIT[name](x, centroids, weights, epsilon)

    refused_as(name, "07.4", answer)


def test_the_entropy_asked_for_is_that_of_the_lessons_run():
    x = datasets.three_clusters(np.random.default_rng(0)).x
    from emlib import start

    model = start.random_points(GaussianMixture, x, n_components=3, rng=2)
    for step in em.iterate(model, x):
        if step.iteration == 3:
            break
    gap = step.objective - bound.q_function(step.model, x, bound.posterior(step.model, x))
    assert lesson_07.entropy_of_the_slice() == pytest.approx(gap, abs=1e-8)
