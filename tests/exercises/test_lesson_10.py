"""Answers to lesson 10 as learners write them: right in several styles, wrong and named."""

import math

import numpy as np
import pytest

from emlib import GaussianMixture1D
from emlib.exercises import check, lesson_10
from emlib.exercises.engine.result import Status


def told(exercise_id, *answers):
    """Check an answer twice: the words must not depend on what was solved before."""
    result = check(exercise_id, *answers)
    assert repr(check(exercise_id, *answers)) == repr(result)
    return result


def refused(exercise_id, answer, name):
    result = told(exercise_id, answer)
    assert (result.status, result.misconception) == (Status.WRONG, name), repr(result)


# 10.1


def merge_by_weighted_mean(a, b):
    n = a[0] + b[0]
    mean = a[1] + (b[1] - a[1]) * (b[0] / n)
    shifts = [(part[1] - mean)[:, None] for part in (a, b)]
    parts = zip((a, b), shifts, strict=True)
    return {
        "n": n,
        "mean": mean,
        "scatter": sum(part[2] + part[0] * d @ d.T for part, d in parts),
    }


def merge_in_loops(a, b):
    n, d = a[0] + b[0], len(a[1])
    step = [b[1][i] - a[1][i] for i in range(d)]
    mean = [a[1][i] + b[0] / n * step[i] for i in range(d)]
    scatter = [
        [a[2][i][j] + b[2][i][j] + a[0] * b[0] / n * step[i] * step[j] for j in range(d)]
        for i in range(d)
    ]
    return [n, mean, scatter]


@pytest.mark.parametrize("answer", [lesson_10.merge, merge_by_weighted_mean, merge_in_loops])
def test_right_answers_to_the_merge(answer):
    assert told("10.1", answer).status is Status.CORRECT


def merged(scatter=None, mean=None):
    def answer(a, b):
        n, m, s = merge_in_loops(a, b)
        step = np.subtract(b[1], a[1])
        return n, m if mean is None else mean(a, b), s if scatter is None else scatter(a, b, step)

    return answer


def raw_sums(a, b):
    n = a[0] + b[0]
    total = a[0] * a[1] + b[0] * b[1]
    squares = sum(part[2] + part[0] * np.outer(part[1], part[1]) for part in (a, b))
    return n, total / n, squares - np.outer(total, total) / n


WRONG_MERGES = {
    "scatters added, and no more": merged(scatter=lambda a, b, step: a[2] + b[2]),
    "mean of the means": merged(mean=lambda a, b: np.mean([a[1], b[1]], axis=0)),
    "step of the mean the wrong way": merged(
        mean=lambda a, b: (b[0] * a[1] + a[0] * b[1]) / (a[0] + b[0])
    ),
    "squares of each column only": merged(
        scatter=lambda a, b, step: a[2] + b[2] + a[0] * b[0] / (a[0] + b[0]) * step**2
    ),
    "product of the counts, not divided": merged(
        scatter=lambda a, b, step: a[2] + b[2] + a[0] * b[0] * np.outer(step, step)
    ),
    "covariance for scatter": merged(
        scatter=lambda a, b, step: np.array(merge_in_loops(a, b)[2]) / (a[0] + b[0])
    ),
    "raw sums": raw_sums,
}


@pytest.mark.parametrize("name", WRONG_MERGES)
def test_wrong_answers_to_the_merge(name):
    refused("10.1", WRONG_MERGES[name], name)


def test_a_wrong_mean_is_named_although_the_scatter_about_it_is_wrong_too():
    def halfway(a, b):
        mean = (a[1] + b[1]) / 2
        parts = [part[2] + part[0] * np.outer(part[1] - mean, part[1] - mean) for part in (a, b)]
        return a[0] + b[0], mean, sum(parts)

    refused("10.1", halfway, "mean of the means")
    assert "`scatter` differs too" in " ".join(repr(check("10.1", halfway)).split())


# 10.2


def round_by_emlib(blocks, weights, means, variances):
    theta, total, log_p = GaussianMixture1D(weights, means, variances), None, 0.0
    for block in blocks:
        statistics, part = theta.e_step(block)
        total = statistics if total is None else total + statistics
        log_p += part
    new = theta.m_step(total)
    return new.weights, new.means, new.variances, log_p


def shares(x, weights, means, variances):
    density = weights * np.exp(-((x[:, None] - means) ** 2) / 2 / variances)
    density = density / np.sqrt(2 * np.pi * variances)
    return density / density.sum(axis=1, keepdims=True), np.log(density.sum(axis=1)).sum()


def round_in_two_readings(blocks, weights, means, variances):
    n_k = total = log_p = squares = 0
    for x in blocks:
        r, part = shares(x, weights, means, variances)
        n_k, total, log_p = n_k + r.sum(0), total + x @ r, log_p + part
    new = total / n_k
    for x in blocks:
        r, _ = shares(x, weights, means, variances)
        squares = squares + (r * (x[:, None] - new) ** 2).sum(0)
    return n_k / n_k.sum(), new, squares / n_k, log_p


def round_number_by_number(blocks, weights, means, variances):
    k = len(weights)
    n_k, first, second, log_p = [0.0] * k, [0.0] * k, [0.0] * k, 0.0
    for block in blocks:
        for x in block:
            joint = [
                w * math.exp(-((x - m) ** 2) / (2 * v)) / math.sqrt(2 * math.pi * v)
                for w, m, v in zip(weights, means, variances, strict=True)
            ]
            log_p += math.log(sum(joint))
            for j in range(k):
                r = joint[j] / sum(joint)
                n_k[j] += r
                first[j] += r * (x - means[j])
                second[j] += r * (x - means[j]) ** 2
    new = [means[j] + first[j] / n_k[j] for j in range(k)]
    spread = [second[j] / n_k[j] - (new[j] - means[j]) ** 2 for j in range(k)]
    return [n / sum(n_k) for n in n_k], new, spread, log_p


@pytest.mark.parametrize("answer", [round_by_emlib, round_in_two_readings, round_number_by_number])
def test_right_answers_to_the_round(answer):
    assert told("10.2", answer).status is Status.CORRECT


def after_every_block(blocks, weights, means, variances):
    log_p = 0.0
    for block in blocks:
        weights, means, variances, part = round_by_emlib([block], weights, means, variances)
        log_p += part
    return weights, means, variances, log_p


def averaged(weigh):
    def answer(blocks, *theta):
        rows = [len(block) for block in blocks]
        each = [round_by_emlib([block], *theta) for block in blocks]
        new = [np.average([e[i] for e in each], axis=0, weights=weigh(rows)) for i in range(3)]
        return (*new, sum(e[3] for e in each))

    return answer


def kept(blocks, *theta):
    return round_by_emlib([np.concatenate(list(blocks))], *theta)


def by_raw_sums(blocks, weights, means, variances):
    n_k = first = second = log_p = 0
    for x in blocks:
        d = x[:, None] - means
        joint = weights * np.exp(-(d**2) / 2 / variances) / np.sqrt(2 * np.pi * variances)
        r, log_p = joint / joint.sum(1, keepdims=True), log_p + np.log(joint.sum(1)).sum()
        n_k, first, second = n_k + r.sum(0), first + x @ r, second + x**2 @ r
    return n_k / n_k.sum(), first / n_k, second / n_k - (first / n_k) ** 2, log_p


def twice(blocks, *theta):
    return round_by_emlib(blocks, *round_by_emlib(blocks, *theta)[:3])


def within_blocks(blocks, theta, result):
    each = [(*round_by_emlib([block], *theta)[::2], len(block)) for block in blocks]
    return sum(n * w * v for w, v, n in each) / sum(n * w for w, _, n in each)


def last_only(blocks, *theta):
    for block in blocks:
        result = round_by_emlib([block], *theta)
    return result


def with_other(i, change):
    def answer(blocks, *theta):
        result = list(round_by_emlib(blocks, *theta))
        result[i] = change(blocks, theta, result)
        return result

    return answer


WRONG_ROUNDS = {
    "an M step after every block": after_every_block,
    "parameters averaged over the blocks": averaged(lambda rows: np.ones(len(rows))),
    "parameters averaged by rows": averaged(lambda rows: rows),
    "kept the blocks": kept,
    "only the last block": last_only,
    "log-likelihood of the last block": with_other(3, lambda b, t, r: last_only(b, *t)[3]),
    "log-likelihood of the new parameters": with_other(
        3, lambda b, t, r: round_by_emlib(b, *r[:3])[3]
    ),
    "variance about the old means": with_other(2, lambda b, t, r: r[2] + (r[1] - t[1]) ** 2),
    "standard deviations for variances": with_other(2, lambda b, t, r: r[2] ** 0.5),
    "counts for weights": with_other(0, lambda b, t, r: r[0] * sum(map(len, b))),
    "divided by the rows of the last block": with_other(
        0, lambda b, t, r: r[0] * sum(map(len, b)) / [len(block) for block in b][-1]
    ),
    "mean log-likelihood": with_other(3, lambda b, t, r: r[3] / sum(map(len, b))),
    "variances within the blocks only": with_other(2, within_blocks),
    "more rounds than one": twice,
    "raw sums of squares": by_raw_sums,
}


@pytest.mark.parametrize("name", WRONG_ROUNDS)
def test_wrong_answers_to_the_round(name):
    refused("10.2", WRONG_ROUNDS[name], name)


# 10.3


def joint_by_raw_sums(parts):
    n_k = sum(part[0] for part in parts)
    first = sum(part[0] * part[1] for part in parts)
    second = sum(part[0] * (part[2] + part[1] ** 2) for part in parts)
    means = first / n_k
    return n_k / n_k.sum(), means, second / n_k - means**2


def joint_by_sums(parts):
    near = parts[0][1]
    weights, means, variances = joint_by_raw_sums([(n, m - near, v) for n, m, v in parts])
    return weights, near + means, variances


def joint_by_merging(parts):
    n, mean, scatter = parts[0][0], parts[0][1], parts[0][0] * parts[0][2]
    for n_b, mean_b, variance_b in parts[1:]:
        step, both = mean_b - mean, n + n_b
        scatter = scatter + n_b * variance_b + n * n_b / both * step**2
        n, mean = both, mean + n_b / both * step
    return {"weights": n / n.sum(), "means": mean, "variances": scatter / n}


def joint_in_loops(parts):
    weights, means, variances = [], [], []
    rows = sum(float(sum(part[0])) for part in parts)
    for k in range(len(parts[0][0])):
        n = sum(part[0][k] for part in parts)
        mean = sum(part[0][k] * part[1][k] for part in parts) / n
        within = sum(part[0][k] * part[2][k] for part in parts)
        between = sum(part[0][k] * (part[1][k] - mean) ** 2 for part in parts)
        weights.append(n / rows)
        means.append(mean)
        variances.append((within + between) / n)
    return weights, means, variances


@pytest.mark.parametrize("answer", [joint_by_sums, joint_by_merging, joint_in_loops])
def test_right_answers_to_the_joint_m_step(answer):
    assert told("10.3", answer).status is Status.CORRECT


def joint_with(i, change):
    def answer(parts):
        result = list(joint_by_sums(parts))
        result[i] = change(parts, result)
        return result

    return answer


def plainly(parts):
    return [
        np.mean([part[0] / part[0].sum() for part in parts], axis=0),
        np.mean([part[1] for part in parts], axis=0),
        np.mean([part[2] for part in parts], axis=0),
    ]


def by_rows(parts):
    rows = [part[0].sum() for part in parts]
    means, variances = (np.average([p[i] for p in parts], axis=0, weights=rows) for i in (1, 2))
    return joint_by_sums(parts)[0], means, variances


def by_component(parts):
    """Exchange machines and components."""
    return [[(p[0][k], p[1][k], p[2][k]) for p in parts] for k in range(len(parts[0][0]))]


def within(parts):
    return sum(p[0] * p[2] for p in parts) / sum(p[0] for p in parts)


WRONG_JOINTS = {
    "parameters averaged over the machines": plainly,
    "weighted by rows instead of effective counts": by_rows,
    "variance between the machines forgotten": joint_with(2, lambda parts, r: within(parts)),
    "variance between the machines unweighted": joint_with(
        2, lambda parts, r: within(parts) + np.mean([(p[1] - r[1]) ** 2 for p in parts], axis=0)
    ),
    "counts for weights": joint_with(0, lambda parts, r: sum(p[0] for p in parts)),
    "weights averaged over the machines": joint_with(0, lambda parts, r: plainly(parts)[0]),
    "standard deviations for variances": joint_with(2, lambda parts, r: np.sqrt(r[2])),
    "distance not squared": joint_with(
        2, lambda parts, r: within([(n, m, v + abs(m - r[1])) for n, m, v in parts])
    ),
    "divided by N_k - 1": joint_with(
        2, lambda parts, r: r[2] / (1 - 1 / sum(part[0] for part in parts))
    ),
    "one machine only": lambda parts: joint_by_sums([max(parts, key=lambda p: sum(p[0]))]),
    "summed over the components": lambda parts: joint_by_sums(
        [[np.array(column) for column in zip(*table, strict=True)] for table in by_component(parts)]
    ),
    "raw sums of squares": joint_by_raw_sums,
}


@pytest.mark.parametrize("name", WRONG_JOINTS)
def test_wrong_answers_to_the_joint_m_step(name):
    refused("10.3", WRONG_JOINTS[name], name)


def test_plain_averages_of_the_means_are_named_although_the_variances_about_them_are_wrong_too():
    def plain_means(parts):
        n_k, means, variances = (np.array(v) for v in zip(*parts, strict=True))
        joint, total = means.mean(axis=0), n_k.sum(axis=0)
        spread = (n_k * (variances + (means - joint) ** 2)).sum(axis=0) / total
        return total / total.sum(), joint, spread

    refused("10.3", plain_means, "parameters averaged over the machines")


def test_two_components_written_into_the_function_are_told():
    def of_two(parts):
        return tuple(np.array([value[0], value[1]]) for value in joint_by_sums(parts))

    refused("10.3", of_two, "a size written into the function")


def test_densities_that_underflow_are_one_step_further():
    assert "One step further" in repr(told("10.2", round_in_two_readings))
    assert "One step further" not in repr(told("10.2", round_by_emlib))
