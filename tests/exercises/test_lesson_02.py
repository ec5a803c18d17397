"""Answers as learners write them: the right ones in several styles, the wrong ones named."""

import math
import random

import numpy as np
import pytest
from scipy.special import logsumexp
from scipy.stats import norm

from emlib import GaussianMixture1D
from emlib.exercises import check, lesson_02
from emlib.exercises.engine.result import Status
from tests.exercises.telling import refused_as, told

# 02.1


def sample_in_loops(n, weights, means, stds, rng):
    x, z = [], []
    for _ in range(n):
        u, k = rng.random(), 0
        while k < len(weights) - 1 and u > sum(weights[: k + 1]):
            k += 1
        z.append(k)
        x.append(means[k] + stds[k] * rng.standard_normal())
    return x, z


def sample_with_rows_of_ones(n, weights, means, stds, rng):
    one_hot = rng.multinomial(1, weights, size=n)
    return one_hot @ means + (one_hot @ stds) * rng.normal(size=n), one_hot.argmax(axis=1)


def sample_by_masks(n, weights, means, stds, rng):
    z = np.searchsorted(np.cumsum(weights)[:-1], rng.random(n))
    x = np.empty(n)
    for k in range(len(weights)):
        mine = z == k
        x[mine] = rng.normal(means[k], stds[k], mine.sum())
    return {"x": x, "z": z}


def sample_with_the_package(n, weights, means, stds, rng):
    return GaussianMixture1D(weights, means, stds**2).sample(n, rng)


def sample_in_blocks_of_random_sizes(n, weights, means, stds, rng):
    sizes = rng.multinomial(n, weights)
    z = np.repeat(np.arange(len(weights)), sizes)
    return [rng.normal(means[z], stds[z]), z.astype(float)]


@pytest.mark.parametrize(
    "answer",
    [
        sample_in_loops,
        sample_with_rows_of_ones,
        sample_by_masks,
        sample_with_the_package,
        sample_in_blocks_of_random_sizes,
    ],
)
def test_right_answers_to_the_sample(answer):
    assert told("02.1", answer).status is Status.CORRECT


def sample_like(n, weights, means, stds, rng, **change):
    k = len(weights)
    p = None if change.get("uniform") else weights
    z = rng.choice(k, size=n, p=p)
    if change.get("one_label"):
        z = np.full(n, z[0])
    if change.get("fixed"):
        z = rng.permutation(np.repeat(np.arange(k), np.rint(weights * n).astype(int)))
    source = rng.choice(k, size=n, p=weights) if change.get("twice") else z
    if change.get("added"):
        x = (weights * rng.normal(means, stds, size=(n, k))).sum(axis=1)
    elif change.get("k_numbers"):
        x = rng.normal(means, stds)[z]
    elif change.get("one_deviation"):
        x = means[z] + stds[z] * rng.normal()
    else:
        power = change.get("power", 1)
        x = rng.normal(means[source], stds[source] ** power)
    return x, z + change.get("first", 0)


def sampled(**change):
    return lambda *arguments: sample_like(*arguments, **change)


WRONG_SAMPLE = {
    "z as rows of zeros and ones": lambda n, w, m, s, rng: (
        sample_like(n, w, m, s, rng)[0],
        np.eye(len(w))[sample_like(n, w, m, s, rng)[1]],
    ),
    "in another order": lambda *a: sample_like(*a)[::-1],
    "labels counted from one": sampled(first=1),
    "one label for all": sampled(one_label=True),
    "numbers of draws fixed in advance": sampled(fixed=True),
    "one number a component, repeated": sampled(k_numbers=True),
    "added instead of mixed": sampled(added=True),
    "x drawn without looking at z": sampled(twice=True),
    "weights ignored": sampled(uniform=True),
    "variance where a standard deviation is expected": sampled(power=2),
    "root of a standard deviation": sampled(power=0.5),
    "standard deviations left out": sampled(power=0),
    "labels guessed back from the numbers": lambda n, w, m, s, rng: (
        (x := sample_like(n, w, m, s, rng)[0]),
        np.abs(x[:, None] - m).argmin(axis=1),
    ),
    "numbers sorted, labels not": lambda *a: (np.sort(sample_like(*a)[0]), sample_like(*a)[1]),
    "two components only": lambda n, w, m, s, rng: sample_like(
        n, np.array([w[0], 1 - w[0]]), m, s, rng
    ),
    "as many draws from each component": lambda n, w, m, s, rng: (
        rng.normal(m, s, size=(n, len(w))).ravel(),
        np.tile(np.arange(len(w)), n),
    ),
}


@pytest.mark.parametrize("name", WRONG_SAMPLE)
def test_wrong_answers_to_the_sample(name):
    result = told("02.1", WRONG_SAMPLE[name])
    assert result.status is Status.WRONG
    # With equal weights the shares look right, so the first case alone cannot tell.
    assert result.misconception == name


def test_one_deviation_for_all_draws_is_refused():
    assert told("02.1", sampled(one_deviation=True)).status is Status.WRONG


def test_adding_is_told_what_a_mixture_is():
    words = " ".join(repr(told("02.1", WRONG_SAMPLE["added instead of mixed"])).split())
    assert "each x comes from a single component" in words


def test_x_alone_is_told_that_both_are_due():
    result = told("02.1", lambda *a: sample_like(*a)[0])
    assert result.status is Status.WRONG
    assert "(x, z)" in repr(result)


def test_the_tolerances_hold_for_other_seeds():
    for case in lesson_02.SAMPLE.draw():
        for seed in range(30):
            x, z = sample_by_masks(
                case["n"],
                *case.arguments(("weights", "means", "stds")),
                np.random.default_rng(seed),
            ).values()
            for prop in lesson_02.SAMPLE.properties:
                assert prop.test(case, (x, z)) is None


# 02.2


def gamma_in_loops(x, weights, means, stds):
    table = []
    for value in x:
        joint = [
            w * math.exp(-((value - m) ** 2) / (2 * s**2)) / math.sqrt(2 * math.pi * s**2)
            for w, m, s in zip(weights, means, stds, strict=True)
        ]
        table.append([j / sum(joint) for j in joint])
    return table


def gamma_with_scipy(x, weights, means, stds):
    joint = weights * norm.pdf(x[:, None], means, stds)
    return joint / joint.sum(axis=1)[:, None]


def gamma_by_differences_of_logs(x, weights, means, stds):
    a = np.log(weights) + norm.logpdf(np.asarray(x)[:, None], means, stds)
    return 1 / np.exp(a[:, None, :] - a[:, :, None]).sum(axis=2)


def gamma_with_the_package(x, weights, means, stds):
    return GaussianMixture1D(weights, means, np.square(stds)).responsibilities(x)


def gamma_by_columns(x, weights, means, stds):
    parts = [w * norm(m, s).pdf(x) for w, m, s in zip(weights, means, stds, strict=True)]
    return np.transpose([part / sum(parts) for part in parts])


@pytest.mark.parametrize(
    "answer",
    [
        gamma_in_loops,
        gamma_with_scipy,
        gamma_by_differences_of_logs,
        gamma_with_the_package,
        gamma_by_columns,
    ],
)
def test_right_answers_to_the_responsibilities(answer):
    assert told("02.2", answer).status is Status.CORRECT


def gamma_like(x, weights, means, stds, **change):
    used = stds ** change.get("power", 1)
    density = norm.pdf(x[:, None], means, used)
    if change.get("no_front"):
        density = density * used
    prior = 1 if change.get("no_weights") else weights
    axis = change.get("axis", 1)
    joint = prior * density
    return joint if axis is None else joint / joint.sum(axis=axis, keepdims=True)


def gamma(**change):
    return lambda *arguments: gamma_like(*arguments, **change)


WRONG_GAMMA = {
    "normalised over the data": gamma(axis=0),
    "normalised over everything": gamma(axis=(0, 1)),
    "joint instead of posterior": gamma(axis=None),
    "density instead of posterior": gamma(axis=None, no_weights=True),
    "forgot the weights": gamma(no_weights=True),
    "the prior instead of the posterior": lambda x, w, m, s: [list(w) for _ in x],
    "density without its front factor": gamma(no_front=True),
    "variance where a standard deviation is expected": gamma(power=2),
    "hard instead of soft assignment": lambda *a: np.round(gamma_like(*a)),
    "columns exchanged": lambda *a: np.fliplr(gamma_like(*a)),
    "transposed": lambda *a: gamma_like(*a).T,
    "logarithm": lambda *a: np.log(gamma_like(*a)),
    "distances instead of densities": lambda x, w, m, s: [
        [1 / abs(v - a) / sum(1 / abs(v - b) for b in m) for a in m] for v in x
    ],
    "weights taken twice": lambda x, w, m, s: gamma_with_scipy(x, w**2, m, s),
    "one component only": lambda x, w, m, s: gamma_with_scipy(x, w, m, s)[:, 0],
}


@pytest.mark.parametrize("name", WRONG_GAMMA)
def test_wrong_answers_to_the_responsibilities(name):
    refused_as(name, "02.2", WRONG_GAMMA[name])


def test_the_lessons_number_alone_is_refused():
    result = told("02.2", lambda x, w, m, s: np.full((len(x), len(m)), 0.5))
    assert result.status is Status.WRONG


def test_a_right_answer_that_underflows_far_away_is_told_so():
    assert "One step further" in repr(told("02.2", gamma_with_scipy))
    assert "One step further" not in repr(told("02.2", gamma_by_differences_of_logs))


def test_columns_that_sum_to_one_are_told_to_divide_rows():
    assert "each row must sum to 1" in " ".join(repr(told("02.2", gamma(axis=0))).split())


# 02.3


def modes_by_the_rule(mu1, mu2, sigma):
    return 1 + int((mu1 - mu2) ** 2 > 4 * sigma**2)


def modes_on_a_grid(mu1, mu2, sigma):
    grid = np.linspace(min(mu1, mu2) - 3 * sigma, max(mu1, mu2) + 3 * sigma, 2001)
    density = norm.pdf(grid, mu1, sigma) + norm.pdf(grid, mu2, sigma)
    return ((density[1:-1] > density[:-2]) & (density[1:-1] > density[2:])).sum()


def modes_in_a_loop(mu1, mu2, sigma):
    places = [min(mu1, mu2) + sigma * (i / 100 - 4) for i in range(1801)]
    values = [
        sum(math.exp(-0.5 * ((place - m) / sigma) ** 2) for m in (mu1, mu2)) for place in places
    ]
    tops = 0
    for before, here, after in zip(values, values[1:], values[2:], strict=False):
        tops += here > before and here >= after
    return tops


def modes_by_curvature(mu1, mu2, sigma):
    half = (mu2 - mu1) / 2 / sigma
    return {True: 2, False: 1}[half**2 - 1 > 0]


def modes_with_the_package(mu1, mu2, sigma):
    grid = np.linspace(-4, 4, 1601) * sigma + (mu1 + mu2) / 2
    density = GaussianMixture1D([0.5, 0.5], [mu1, mu2], [sigma**2] * 2).log_density(grid)
    return float(np.sum(np.diff(np.sign(np.diff(density))) < 0))


@pytest.mark.parametrize(
    "answer",
    [
        modes_by_the_rule,
        modes_on_a_grid,
        modes_in_a_loop,
        modes_by_curvature,
        modes_with_the_package,
    ],
)
def test_right_answers_to_the_number_of_modes(answer):
    assert told("02.3", answer).status is Status.CORRECT


def density_of_two(x, a, b, s):
    return norm.pdf(x, a, s) + norm.pdf(x, b, s)


WRONG_MODES = {
    "two groups, so two humps": lambda a, b, s: len({a, b}),
    "threshold at one standard deviation": lambda a, b, s: 2 if abs(a - b) > s else 1,
    "threshold at three standard deviations": lambda a, b, s: 2 if abs(a - b) > 3 * s else 1,
    "half the distance against two standard deviations": lambda a, b, s: (
        2 if abs(a - b) / 2 > 2 * s else 1
    ),
    "two humps at the threshold itself": lambda a, b, s: 2 if abs(a - b) >= 2 * s else 1,
    "sign of the difference": lambda a, b, s: 2 if b > a + 2 * s else 1,
    "compared with the variance": lambda a, b, s: 2 if abs(a - b) > 2 * s**2 else 1,
    "compared squared distance with 2 sigma squared": lambda a, b, s: (
        2 if (a - b) ** 2 > 2 * s**2 else 1
    ),
    "spread forgotten": lambda a, b, s: 2 if abs(a - b) > 2 else 1,
    "the other way round": lambda a, b, s: 1 if abs(a - b) > 2 * s else 2,
    "counted the valley too": lambda a, b, s: 3 if abs(a - b) > 2 * s else 1,
    "yes or no instead of a number": lambda a, b, s: abs(a - b) > 2 * s,
    "counted the dips": lambda a, b, s: modes_on_a_grid(a, b, s) - 1,
    "midpoint compared with the means": lambda a, b, s: (
        2 if density_of_two((a + b) / 2, a, b, s) < density_of_two(a, a, b, s) else 1
    ),
    "counted humps of a sample": lambda a, b, s: 5,
}


@pytest.mark.parametrize("name", WRONG_MODES)
def test_wrong_answers_to_the_number_of_modes(name):
    refused_as(name, "02.3", WRONG_MODES[name])


def test_two_always_is_named_too():
    assert told("02.3", lambda a, b, s: 2).misconception == "two groups, so two humps"


def test_one_always_is_refused():
    assert told("02.3", lambda a, b, s: 1).status is Status.WRONG


def test_the_ripples_of_a_very_fine_grid_are_explained():
    def ripples(mu1, mu2, sigma):
        at_threshold = abs(mu1 - mu2) == 2 * sigma
        return 57 if at_threshold else modes_by_the_rule(mu1, mu2, sigma)

    assert told("02.3", ripples).misconception == "counted rounding noise"


def test_guessing_is_refused():
    draw = random.Random(0)
    assert check("02.3", lambda a, b, s: draw.choice([1, 2])).status is Status.WRONG


def test_the_rule_is_what_a_count_of_modes_finds():
    for case in lesson_02.N_MODES.draw():
        arguments = case.arguments(("mu1", "mu2", "sigma"))
        assert lesson_02.n_modes(*arguments) == modes_on_a_grid(*arguments)


# 02.4


def complete_by_scipy(x, z, weights, means, stds):
    return np.sum(z * (np.log(weights) + norm.logpdf(x[:, None], means, stds)))


def complete_by_labels(x, z, weights, means, stds):
    k = z.argmax(axis=1)
    return np.log(weights[k]).sum() + norm.logpdf(x, means[k], stds[k]).sum()


def complete_in_loops(x, z, weights, means, stds):
    total = 0.0
    for value, row in zip(x, z, strict=True):
        for k, chosen in enumerate(row):
            if chosen:
                total += math.log(weights[k]) + norm.logpdf(value, means[k], stds[k])
    return total


def complete_by_the_clumsy_product(x, z, weights, means, stds):
    joint = np.prod((weights * norm.pdf(x[:, None], means, stds)) ** z, axis=1)
    return float(np.log(joint).sum())


def complete_by_groups(x, z, weights, means, stds):
    owners = [z[:, k] == 1 for k in range(len(weights))]
    sums = [norm.logpdf(x[own], m, s).sum() for own, m, s in zip(owners, means, stds, strict=True)]
    return sum(sums) + sum(own.sum() * np.log(w) for own, w in zip(owners, weights, strict=True))


def incomplete_by_scipy(x, weights, means, stds):
    return np.log((weights * norm.pdf(x[:, None], means, stds)).sum(axis=1)).sum()


def incomplete_by_logs(x, weights, means, stds):
    return logsumexp(np.log(weights) + norm.logpdf(x[:, None], means, stds), axis=1).sum()


def incomplete_in_loops(x, weights, means, stds):
    total = 0.0
    for value in x:
        parts = zip(weights, means, stds, strict=True)
        total += math.log(sum(w * norm.pdf(value, m, s) for w, m, s in parts))
    return total


def incomplete_by_a_matrix(x, weights, means, stds):
    return np.log(norm.pdf(x[:, None], means, stds) @ weights).sum()[None]


def incomplete_with_the_package(x, weights, means, stds):
    return GaussianMixture1D(weights, means, stds**2).log_likelihood(x)


@pytest.mark.parametrize(
    ("with_labels", "without"),
    [
        (complete_by_scipy, incomplete_by_scipy),
        (complete_by_labels, incomplete_by_logs),
        (complete_in_loops, incomplete_in_loops),
        (complete_by_the_clumsy_product, incomplete_by_a_matrix),
        (complete_by_groups, incomplete_with_the_package),
    ],
)
def test_right_log_likelihoods(with_labels, without):
    assert told("02.4", with_labels, without).status is Status.CORRECT


def test_a_far_height_asks_for_logarithms():
    assert "log-sum-exp" in repr(told("02.4", complete_by_scipy, incomplete_by_scipy))
    assert "One step further" not in repr(told("02.4", complete_by_scipy, incomplete_by_logs))


def joint_of(x, weights, means, stds):
    return weights * norm.pdf(x[:, None], means, stds)


def shares_of(*arguments):
    return joint_of(*arguments) / joint_of(*arguments).sum(axis=1, keepdims=True)


WITH_LABELS = {
    "forgot the weights": lambda x, z, w, m, s: (z * norm.logpdf(x[:, None], m, s)).sum(),
    "labels ignored": lambda x, z, w, m, s: np.log(joint_of(x, w, m, s)).sum(),
    "the incomplete data twice": lambda x, z, w, m, s: incomplete_by_scipy(x, w, m, s),
    "no logarithm": lambda x, z, w, m, s: (z * joint_of(x, w, m, s)).sum(),
    "not the logarithm": lambda x, z, w, m, s: (joint_of(x, w, m, s) ** z).prod(),
    "divided by the number": lambda x, z, w, m, s: complete_by_scipy(x, z, w, m, s) / len(x),
    "sign": lambda x, z, w, m, s: -complete_by_scipy(x, z, w, m, s),
    "base of the logarithm": lambda x, z, w, m, s: (z * np.log10(joint_of(x, w, m, s))).sum(),
    "responsibilities instead of labels": lambda x, z, w, m, s: (
        shares_of(x, w, m, s) * np.log(joint_of(x, w, m, s))
    ).sum(),
    "weights outside the logarithm": lambda x, z, w, m, s: (
        z * w * norm.logpdf(x[:, None], m, s)
    ).sum(),
    "variance where a standard deviation is expected": lambda x, z, w, m, s: complete_by_scipy(
        x, z, w, m, s**2
    ),
    "front factor left out": lambda x, z, w, m, s: (
        z * (np.log(w) - 0.5 * ((x[:, None] - m) / s) ** 2)
    ).sum(),
}


@pytest.mark.parametrize("slip", WITH_LABELS)
def test_slips_with_labels_are_named(slip):
    assert told("02.4", WITH_LABELS[slip], incomplete_by_scipy).misconception == slip


WITHOUT_LABELS = {
    "sum of logarithms": lambda x, w, m, s: np.log(joint_of(x, w, m, s)).sum(),
    "forgot the weights": lambda x, w, m, s: np.log(norm.pdf(x[:, None], m, s).sum(axis=1)).sum(),
    "weights outside the logarithm": lambda x, w, m, s: (w * norm.logpdf(x[:, None], m, s)).sum(),
    "no logarithm": lambda x, w, m, s: joint_of(x, w, m, s).sum(),
    "one logarithm of everything": lambda x, w, m, s: np.log(joint_of(x, w, m, s).sum()),
    "summed over the data first": lambda x, w, m, s: np.log(joint_of(x, w, m, s).sum(axis=0)).sum(),
    "the largest term only": lambda x, w, m, s: np.log(joint_of(x, w, m, s).max(axis=1)).sum(),
    "an average of logarithms": lambda x, w, m, s: (
        shares_of(x, w, m, s) * np.log(joint_of(x, w, m, s))
    ).sum(),
    "divided by the number": lambda x, w, m, s: incomplete_by_scipy(x, w, m, s) / len(x),
    "sign": lambda x, w, m, s: -incomplete_by_scipy(x, w, m, s),
    "variance where a standard deviation is expected": lambda x, w, m, s: incomplete_by_scipy(
        x, w, m, s**2
    ),
    "front factor left out": lambda x, w, m, s: np.log(
        (w * np.exp(-0.5 * ((x[:, None] - m) / s) ** 2)).sum(axis=1)
    ).sum(),
}


@pytest.mark.parametrize("slip", WITHOUT_LABELS)
def test_slips_without_labels_are_named(slip):
    assert told("02.4", complete_by_scipy, WITHOUT_LABELS[slip]).misconception == slip
