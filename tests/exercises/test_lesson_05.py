"""Answers as learners write them: the right ones in several styles, the wrong ones named."""

import math

import numpy as np
import pytest

from emlib import GaussianMixture1D, datasets, em
from emlib.exercises import lesson_05
from emlib.exercises.engine.result import Status
from tests.exercises.telling import refused_as, told


def density(x, mean, std):
    return math.exp(-0.5 * ((x - mean) / std) ** 2) / (std * math.sqrt(2 * math.pi))


# 05.1


def m_in_loops(x, r):
    n, k = len(x), len(r[0])
    weights, means, stds = [], [], []
    for j in range(k):
        total = sum(r[i][j] for i in range(n))
        mean = sum(r[i][j] * x[i] for i in range(n)) / total
        variance = sum(r[i][j] * (x[i] - mean) ** 2 for i in range(n)) / total
        weights.append(total / n)
        means.append(mean)
        stds.append(math.sqrt(variance))
    return weights, means, stds


def m_with_numpy_average(x, r):
    columns = range(r.shape[1])
    means = np.array([np.average(x, weights=r[:, k]) for k in columns])
    squares = np.array([np.average(x**2, weights=r[:, k]) for k in columns])
    return np.array([r.mean(axis=0), means, np.sqrt(squares - means**2)])


def m_with_the_package(x, r):
    k = r.shape[1]
    theta = GaussianMixture1D(np.full(k, 1 / k), np.zeros(k), np.ones(k))
    new = theta.m_step(theta.statistics(x, r))
    return {"weights": new.weights, "means": new.means, "stds": new.stds}


def m_with_lists(x, r):
    columns = list(zip(*r, strict=True))
    counts = [sum(c) for c in columns]
    means = [sum(g * v for g, v in zip(c, x, strict=True)) / n
             for c, n in zip(columns, counts, strict=True)]  # fmt: skip
    spread = [
        sum(g * (v - m) ** 2 for g, v in zip(c, x, strict=True)) / n
        for c, m, n in zip(columns, means, counts, strict=True)
    ]
    return [n / len(x) for n in counts], means, [s**0.5 for s in spread]


@pytest.mark.parametrize(
    "answer", [m_in_loops, m_with_numpy_average, m_with_the_package, m_with_lists]
)
def test_right_answers_to_the_m_step(answer):
    assert told("05.1", answer).status is Status.CORRECT


def m_with(change):
    def answer(x, r):
        return change(x, r, *(np.array(v) for v in m_in_loops(x, r)))

    return answer


WRONG_M = {
    "variances instead of standard deviations": m_with(lambda x, r, w, m, s: (w, m, s**2)),
    "counts instead of weights": m_with(lambda x, r, w, m, s: (w * len(x), m, s)),
    "weights left out": m_with(lambda x, r, w, m, s: (np.ones(len(w)) / len(w), m, s)),
    "divided by N instead of N_k": m_with(
        lambda x, r, w, m, s: (w, m, np.sqrt([r[:, k] @ (x - m[k]) ** 2 / len(x)
                                              for k in range(len(w))]))
    ),
    "spread about the overall mean": m_with(
        lambda x, r, w, m, s: (w, m, [np.sqrt(np.average((x - x.mean()) ** 2, weights=c))
                                      for c in r.T])
    ),
    "mean absolute deviation": m_with(
        lambda x, r, w, m, s: (w, m, [np.average(abs(x - a), weights=c)
                                      for c, a in zip(r.T, m, strict=True)])
    ),
    "forgot to subtract the mean": m_with(lambda x, r, w, m, s: (w, m, np.sqrt(s**2 + m**2))),
    "divided by N_k - 1": m_with(
        lambda x, r, w, m, s: (w, m, s * np.sqrt(w * len(x) / (w * len(x) - 1)))
    ),
    "responsibilities squared": m_with(
        lambda x, r, w, m, s: (w, m, [np.sqrt(np.sum((c * (x - a)) ** 2) / c.sum())
                                      for c, a in zip(r.T, m, strict=True)])
    ),
    "hard instead of soft assignment": lambda x, r: m_in_loops(
        x, (r == r.max(axis=1, keepdims=True)).astype(float)
    ),
    "one spread for all": m_with(lambda x, r, w, m, s: (w, m, [np.std(x)] * len(w))),
    "averaged over the components": lambda x, r: (r.mean(axis=1), *m_in_loops(x, r)[1:]),
    "one row a component": lambda x, r: list(zip(*m_in_loops(x, r), strict=True)),
    "in another order": m_with(lambda x, r, w, m, s: (m, s, w)),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG_M)
def test_wrong_answers_to_the_m_step(name):
    refused_as(name, "05.1", WRONG_M[name])


def test_means_and_spreads_divided_by_n_are_named_in_every_combination():
    def means_too(x, r):
        means = x @ r / len(x)
        return r.mean(axis=0), means, np.sqrt(((x[:, None] - means) ** 2 * r).sum(0) / len(x))

    def means_alone(x, r):
        weights, _, stds = m_in_loops(x, r)
        return weights, (r * x[:, None]).mean(axis=0), stds

    for answer in (means_too, means_alone):
        assert told("05.1", answer).misconception == "divided by N instead of N_k"


def test_variances_are_told_to_take_the_root():
    result = told("05.1", WRONG_M["variances instead of standard deviations"])
    assert "take the square root" in " ".join(repr(result).split())


def test_counts_are_told_that_weights_sum_to_one():
    words = " ".join(repr(told("05.1", WRONG_M["counts instead of weights"])).split())
    assert "N_k sums to N, so the weights sum to 1" in words
    assert "What came: a sum of 7" in words


def test_two_values_instead_of_three_are_told_what_is_due():
    result = told("05.1", lambda x, r: m_in_loops(x, r)[1:])
    assert result.status is Status.WRONG
    assert "weights, means, stds" in repr(result)


# 05.2


def em_two(x, weights=(0.5, 0.5), means=(10, 50), stds=(5, 5), n_rounds=80, **change):
    """EM with one thing changed at a time."""
    w, m, s = (np.array(v, dtype=float) for v in (weights, means, stds))
    for _ in range(n_rounds):
        used = s**2 if change.get("variance_for_std") else s
        joint = w * np.exp(-0.5 * ((x[:, None] - m) / used) ** 2) / used
        r = joint / joint.sum(axis=1, keepdims=True)
        if change.get("hard"):
            r = np.eye(2)[r.argmax(axis=1)]
        n = r.sum(axis=0)
        if not change.get("hold"):
            w = n / len(x)
        m = x @ r / n
        s = np.sqrt((r * (x[:, None] - m) ** 2).sum(axis=0) / n)
    return w, m, s


def fit_with_the_package(x):
    model = em.fit(GaussianMixture1D([0.5, 0.5], [10, 50], [25, 25]), x, tol=1e-12).model
    return [model.weights, model.means, model.stds]


def fit_from_the_other_side(x):
    return em_two(x, means=(50, 10))


def fit_with_lists_and_a_rule(x):
    weights, means, stds = [0.4, 0.6], [15.0, 45.0], [8.0, 8.0]
    for _ in range(60):
        first = weights[0] * np.exp(-0.5 * ((x - means[0]) / stds[0]) ** 2) / stds[0]
        second = weights[1] * np.exp(-0.5 * ((x - means[1]) / stds[1]) ** 2) / stds[1]
        parts = [first / (first + second), second / (first + second)]
        weights = [g.mean() for g in parts]
        means = [np.average(x, weights=g) for g in parts]
        stds = [np.average((x - m) ** 2, weights=g) ** 0.5
                for g, m in zip(parts, means, strict=True)]  # fmt: skip
    return {"weights": weights, "means": means, "stds": stds}


@pytest.mark.parametrize(
    "answer", [em_two, fit_with_the_package, fit_from_the_other_side, fit_with_lists_and_a_rule]
)
def test_right_answers_to_the_fit(answer):
    assert told("05.2", answer).status is Status.CORRECT


WRONG_FIT = {
    "weights held fixed": lambda x: em_two(x, hold=True),
    "variances instead of standard deviations": lambda x: (*em_two(x)[:2], em_two(x)[2] ** 2),
    "both components describe all data": lambda x: em_two(x, means=(30, 30)),
    "hard instead of soft assignment": lambda x: em_two(x, hard=True),
    "variance where a standard deviation is expected": lambda x: em_two(x, variance_for_std=True),
    "the truth instead of the fit": lambda x: ([0.3, 0.7], [20, 40], [5, 5]),
    "stopped too early": lambda x: em_two(x, n_rounds=2),
    "in another order": lambda x: [em_two(x)[i] for i in (1, 2, 0)],
}


@pytest.mark.parametrize("name", WRONG_FIT)
def test_wrong_answers_to_the_fit(name):
    refused_as(name, "05.2", WRONG_FIT[name])


def em_of(joint, about=lambda x, m: m, spread=lambda s: s, n_rounds=80):
    """EM with another joint of weights, distances and standard deviations, or another spread."""

    def answer(x):
        w, m, s = np.array([0.5, 0.5]), np.array([10.0, 50.0]), np.array([5.0, 5.0])
        for _ in range(n_rounds):
            r = joint(w, x[:, None] - m, s)
            r = r / r.sum(axis=1, keepdims=True)
            n = r.sum(axis=0)
            w, m = n / len(x), x @ r / n
            s = spread(np.sqrt((r * (x[:, None] - about(x, m)) ** 2).sum(axis=0) / n))
        return w, m, s

    return answer


def right_joint(w, d, s):
    return w * np.exp(-0.5 * (d / s) ** 2) / s


WRONG_ENDS = {
    "standard deviation where a variance is expected": em_of(
        lambda w, d, v: w * np.exp(-0.5 * d**2 / v) / np.sqrt(v)
    ),
    "density without its front factor": em_of(lambda w, d, s: w * np.exp(-0.5 * (d / s) ** 2)),
    "weights ignored in the E step": em_of(lambda w, d, s: np.exp(-0.5 * (d / s) ** 2) / s),
    "spread about the overall mean": em_of(right_joint, about=lambda x, m: x.mean()),
    "variance where a standard deviation is expected": em_of(right_joint, spread=np.square),
}


@pytest.mark.parametrize("name", WRONG_ENDS)
def test_where_a_wrong_em_ends_is_not_called_too_early(name):
    result = told("05.2", WRONG_ENDS[name])
    assert result.status is Status.WRONG
    assert result.misconception == name


def test_two_parts_cut_at_a_point_are_called_hard():
    def cut_in_two(x):
        parts = x[x < 30], x[x >= 30]
        figures = np.array([(len(part) / len(x), part.mean(), part.std()) for part in parts])
        return tuple(figures.T)

    assert told("05.2", cut_in_two).misconception == "hard instead of soft assignment"


def test_one_spread_for_all_is_not_called_too_early():
    def pooled(x):
        w, m, s = np.array([0.5, 0.5]), np.array([10.0, 50.0]), 5.0
        for _ in range(80):
            r = right_joint(w, x[:, None] - m, s)
            r = r / r.sum(axis=1, keepdims=True)
            w, m = r.mean(axis=0), x @ r / r.sum(axis=0)
            s = np.sqrt((r * (x[:, None] - m) ** 2).sum() / len(x))
        return w, m, [s, s]

    assert told("05.2", pooled).misconception == "one spread for all"


@pytest.mark.parametrize("n_rounds", [1, 2, 3, 4])
def test_a_loop_that_stops_after_a_few_rounds_is_told_so(n_rounds):
    assert told("05.2", em_of(right_joint, n_rounds=n_rounds)).misconception == "stopped too early"


def test_what_no_m_step_has_made_is_not_called_too_early():
    def wider(x):
        weights, means, stds = em_two(x)
        return weights, means, 1.3 * stds

    assert told("05.2", wider).misconception is None


def test_a_model_is_read_as_its_parameters():
    start = GaussianMixture1D([0.5, 0.5], [10, 50], [25, 25])
    assert told("05.2", lambda x: em.fit(start, x, tol=1e-12).model).solved


def test_a_fit_of_one_sample_written_down_is_refused():
    result = told("05.2", lambda x: ([0.3027, 0.6973], [19.91, 40.162], [5.03, 4.95]))
    assert (result.status, result.misconception) == (Status.WRONG, "hard-coded")


def test_two_equal_components_of_all_data_are_named_after_many_rounds_too():
    result = told("05.2", lambda x: em_two(x, means=(34.0, 34.1), stds=(10.4, 10.4), n_rounds=3))
    assert result.misconception == "both components describe all data"


def test_the_reference_is_where_the_package_ends():
    x = lesson_05.FIT_TWO.draw()[0]["x"]
    np.testing.assert_allclose(
        lesson_05.fit_two_normals(x), np.array(fit_with_the_package(x)), atol=2e-4
    )


def test_the_tolerances_hold_for_other_draws():
    for seed in range(20):
        weights, means, stds = em_two(datasets.two_normals(seed).x, n_rounds=40)
        assert np.abs(means - [20, 40]).max() < 0.5
        assert np.abs(stds - 5).max() < 0.4
        assert np.abs(weights - [0.3, 0.7]).max() < 0.01


# 05.3


def fixed_in_loops(x, weights, means, stds, n_rounds):
    k = len(weights)
    for _ in range(n_rounds):
        rows = []
        for value in x:
            joint = [weights[j] * density(value, means[j], stds[j]) for j in range(k)]
            rows.append([p / sum(joint) for p in joint])
        _, means, stds = m_in_loops(x, rows)
    return means, stds


def fixed_with_the_package(x, weights, means, stds, n_rounds):
    model = GaussianMixture1D(weights, means, np.square(stds), fixed_weights=True)
    for _ in range(n_rounds):
        model = model.m_step(model.e_step(x)[0])
    return model.means, model.stds


def fixed_vectorised(x, weights, means, stds, n_rounds):
    for _ in range(n_rounds):
        joint = weights / stds * np.exp(-0.5 * ((x[:, None] - means) / stds) ** 2)
        r = joint / joint.sum(axis=1, keepdims=True)
        _, means, stds = m_with_numpy_average(x, r)
    return {"means": means, "stds": list(stds)}


@pytest.mark.parametrize("answer", [fixed_in_loops, fixed_with_the_package, fixed_vectorised])
def test_right_answers_to_frozen_weights(answer):
    assert told("05.3", answer).status is Status.CORRECT


def fixed_like(x, weights, means, stds, n_rounds, **change):
    for _ in range(n_rounds):
        used = np.asarray(stds) ** change.get("power_of_stds", 1)
        prior = 1.0 if change.get("no_weights") else weights
        joint = prior * np.exp(-0.5 * ((x[:, None] - means) / used) ** 2)
        joint = joint if change.get("no_front") else joint / used / math.sqrt(2 * math.pi)
        axis = change.get("axis", 1)
        r = joint if axis is None else joint / joint.sum(axis=axis, keepdims=True)
        if change.get("hard"):
            r = (r == r.max(axis=1, keepdims=True)).astype(float)
        n = len(x) if change.get("over_n") else r.sum(axis=0)
        n = len(x) * weights if change.get("over_held") else n
        old, means = means, x @ r / n
        about = old if change.get("old_means") else means
        new = (r * (x[:, None] - about) ** 2).sum(axis=0) / n
        if not change.get("hold_stds"):
            stds = new if change.get("keep_variances") else np.sqrt(new)
        if change.get("free"):
            weights = r.mean(axis=0)
    return means, stds


def changed(**change):
    return lambda *arguments: fixed_like(*arguments, **change)


WRONG_FIXED = {
    "freed the weights": changed(free=True),
    "weights ignored in the E step": changed(no_weights=True),
    "variances instead of standard deviations": lambda *a: (
        fixed_in_loops(*a)[0],
        np.square(fixed_in_loops(*a)[1]),
    ),
    "variance where a standard deviation is expected": changed(keep_variances=True),
    "standard deviation where a variance is expected": changed(power_of_stds=0.5),
    "divided by the held weights times N": changed(over_held=True),
    "density without its front factor": changed(no_front=True),
    "hard instead of soft assignment": changed(hard=True),
    "not normalised over the components": changed(axis=None),
    "spread about the old mean": changed(old_means=True),
    "only the means were updated": changed(hold_stds=True),
    "responsibilities of the wrong round": lambda *a: fixed_in_loops(*a[:-1], 1),
    "divided by N instead of N_k": changed(over_n=True),
    "one round too many": lambda *a: fixed_in_loops(*a[:-1], a[-1] + 1),
    "one round too few": lambda *a: fixed_in_loops(*a[:-1], a[-1] - 1),
    "weights returned too": lambda *a: (a[1], *fixed_in_loops(*a)),
    "in another order": lambda *a: fixed_in_loops(*a)[::-1],
}


@pytest.mark.parametrize("name", WRONG_FIXED)
def test_wrong_answers_to_frozen_weights(name):
    refused_as(name, "05.3", WRONG_FIXED[name])


def test_columns_divided_by_their_sums_give_the_same_numbers_and_the_same_words():
    result = told("05.3", changed(axis=0))
    assert result.misconception == "not normalised over the components"


def test_a_variance_in_the_e_step_is_named_as_well():
    result = told("05.3", changed(power_of_stds=2))
    assert result.misconception == "variance where a standard deviation is expected"


def test_frozen_weights_end_where_the_remark_says():
    x = datasets.two_normals(0).x
    start = np.array([0.5, 0.5]), np.array([10.0, 50.0]), np.array([5.0, 5.0])
    means, stds = lesson_05.em_fixed_weights(x, *start, 100)
    np.testing.assert_allclose(means, [25.409, 41.335], atol=5e-4)
    np.testing.assert_allclose(stds, [9.177, 4.239], atol=5e-4)
    assert "25.41 and 41.34 instead of 19.91 and 40.16" in lesson_05.FREEZE.remark
    np.testing.assert_allclose(em_two(x)[1], [19.91, 40.16], atol=5e-3)
