"""Answers as learners write them: the right ones in several styles, the wrong ones named."""

import math

import numpy as np
import pytest
from scipy.special import softmax

from emlib import KMeans, em
from emlib.exercises import check, lesson_03
from emlib.exercises.engine.result import Status
from tests.exercises.telling import refused_as, told, words

# 03.1


def assign_in_loops(x, centroids):
    labels = []
    for point in x:
        best, nearest = None, math.inf
        for k, centroid in enumerate(centroids):
            square = sum((p - c) ** 2 for p, c in zip(point, centroid, strict=True))
            if square < nearest:
                best, nearest = k, square
        labels.append(best)
    return labels


def assign_with_norms(x, centroids):
    return np.argmin([np.linalg.norm(x - c, axis=1) for c in centroids], axis=0)


def assign_with_lists(x, centroids):
    rows = [[math.dist(p, c) for c in centroids.tolist()] for p in x.tolist()]
    return tuple(row.index(min(row)) for row in rows)


def assign_by_expanding_the_square(x, centroids):
    return ((centroids**2).sum(axis=1) - 2 * x @ centroids.T).argmin(axis=1)


def assign_with_the_package(x, centroids):
    return KMeans(centroids).predict(x)


@pytest.mark.parametrize(
    "answer",
    [
        assign_in_loops,
        assign_with_norms,
        assign_with_lists,
        assign_by_expanding_the_square,
        assign_with_the_package,
    ],
)
def test_right_answers_to_assign(answer):
    assert check("03.1", answer).status is Status.CORRECT


def test_a_loop_over_points_is_right_and_told_of_whole_arrays():
    assert "One step further" in repr(check("03.1", assign_in_loops))
    assert "One step further" not in repr(check("03.1", assign_with_norms))


def table(x, centroids):
    return ((x[:, None] - centroids) ** 2).sum(-1)


def ties_to_the_last(x, centroids):
    labels = np.zeros(len(x), dtype=int)
    for n, row in enumerate(table(x, centroids)):
        for k, square in enumerate(row):
            if square <= row[labels[n]]:
                labels[n] = k
    return labels


WRONG_ASSIGN = {
    "farthest instead of nearest": lambda x, c: np.argmax(table(x, c), axis=1),
    "nearest point instead of nearest centroid": lambda x, c: np.argmin(table(x, c), axis=0),
    "ties to the highest number": ties_to_the_last,
    "rows of zeros and ones instead of labels": lambda x, c: [
        [int(k == z) for k in range(len(c))] for z in assign_in_loops(x, c)
    ],
    "counted from 1": lambda x, c: [z + 1 for z in assign_in_loops(x, c)],
    "distance instead of label": lambda x, c: [min(math.dist(p, m) for m in c) for p in x],
    "the centroid instead of its number": lambda x, c: [c[z] for z in assign_in_loops(x, c)],
    "not squared": lambda x, c: (x[:, None] - c).sum(-1).argmin(1),
    "squared after the sum": lambda x, c: (((x[:, None] - c).sum(-1)) ** 2).argmin(1),
    "absolute instead of squared differences": lambda x, c: abs(x[:, None] - c).sum(2).argmin(1),
    "largest coordinate only": lambda x, c: abs(x[:, None] - c).max(2).argmin(1),
    "first coordinate only": lambda x, c: [
        int(np.argmin([(p[0] - m[0]) ** 2 for m in c])) for p in x
    ],
    "product instead of distance": lambda x, c: np.argmax(np.dot(x, c.T), axis=1),
}


@pytest.mark.parametrize("name", WRONG_ASSIGN)
def test_wrong_answers_to_assign(name):
    refused_as(name, "03.1", WRONG_ASSIGN[name])


def test_ties_are_told_which_comparison_to_use():
    assert "the lowest number is due" in words(told("03.1", ties_to_the_last))


def test_other_absurd_answers_to_assign_are_refused():
    for answer in (
        lambda x, c: np.zeros(len(x), dtype=int),
        lambda x, c: np.arange(len(x)) % len(c),
        lambda x, c: [c[0]],
        lambda x, c: -assign_with_norms(x, c),
    ):
        assert told("03.1", answer).status is Status.WRONG


# 03.2


def j_in_loops(x, centroids, n_rounds):
    centroids, values = [list(c) for c in centroids], []
    for _ in range(n_rounds):
        labels = assign_in_loops(x, centroids)
        values.append(sum(math.dist(p, centroids[z]) ** 2 for p, z in zip(x, labels, strict=True)))
        for k in range(len(centroids)):
            own = [p for p, z in zip(x, labels, strict=True) if z == k]
            centroids[k] = [sum(column) / len(own) for column in zip(*own, strict=True)]
        values.append(sum(math.dist(p, centroids[z]) ** 2 for p, z in zip(x, labels, strict=True)))
    return values


def j_with_rows_of_zeros_and_ones(x, centroids, n_rounds):
    values = np.empty((n_rounds, 2))
    for t in range(n_rounds):
        r = np.eye(len(centroids))[table(x, centroids).argmin(1)]
        values[t, 0] = (r * table(x, centroids)).sum()
        centroids = (r.T @ x) / r.sum(axis=0)[:, None]
        values[t, 1] = (r * table(x, centroids)).sum()
    return values.ravel()


def j_with_the_package(x, centroids, n_rounds):
    model, values = KMeans(centroids), []
    for _ in range(n_rounds):
        values.append(-model.objective(x))
        z = model.predict(x)
        model = model.m_step(model.statistics(x, np.eye(len(centroids))[z]))
        values.append(((x - model.centroids[z]) ** 2).sum())
    return tuple(values)


RIGHT_J = [j_in_loops, j_with_rows_of_zeros_and_ones, j_with_the_package]


@pytest.mark.parametrize("answer", RIGHT_J)
def test_right_answers_to_the_half_steps(answer):
    assert told("03.2", answer).status is Status.CORRECT


def steps(x, centroids, n_rounds, **change):
    """K-means by half-steps with one thing changed at a time."""

    def j(labels, centroids):
        d = table(x, centroids)
        if change.get("all"):
            return d.sum()
        own = d.min(axis=1) if change.get("nearest") else d[np.arange(len(x)), labels]
        return np.sqrt(own).sum() if change.get("root") else own.sum()

    values, labels = [], None
    for _ in range(n_rounds):
        if labels is None or not change.get("frozen"):
            labels = table(x, centroids).argmin(1)
        old = centroids
        if not change.get("still"):
            how = np.median if change.get("median") else np.mean
            own = [x[labels == k] for k in range(len(centroids))]
            centroids = np.array([how(x, axis=0) if len(x) else old[0] for x in own])
        if change.get("coordinates"):
            means = [x[labels == k].mean() if (labels == k).any() else 0 for k in range(len(old))]
            centroids = np.array([[mean] * x.shape[1] for mean in means])
        if change.get("over_n"):
            r = np.eye(len(centroids))[labels]
            centroids = r.T @ x / len(x)
        values += [j(labels, centroids if change.get("late") else old), j(labels, centroids)]
    return np.array(values)


def changed(**change):
    return lambda *arguments: steps(*arguments, **change)


WRONG_J = {
    "distances instead of their squares": changed(root=True),
    "assigned again before measuring": changed(nearest=True),
    "both values with the new centroids": changed(late=True),
    "one value a round": lambda *a: j_in_loops(*a)[1::2],
    "one value too many": lambda *a: [j_in_loops(*a)[0], *j_in_loops(*a)],
    "divided by the number": lambda *a: np.array(j_in_loops(*a)) / len(a[0]),
    "mean instead of sum": lambda *a: np.array(j_in_loops(*a)) / a[0].size,
    "square root": lambda *a: [math.sqrt(v) for v in j_in_loops(*a)],
    "minus J": lambda *a: [-v for v in j_in_loops(*a)],
    "every centroid counted for every point": changed(all=True),
    "labels never renewed": changed(frozen=True),
    "centroids never moved": changed(still=True),
    "divided by N instead of N_k": changed(over_n=True),
    "median instead of mean": changed(median=True),
    "mean over the coordinates too": changed(coordinates=True),
    "labels of the round before": lambda x, c, n: labelled_late(x, c, n),
    "shared between the centroids": lambda x, c, n: shared(x, c, n),
    "stopped when an assignment repeats": lambda x, c, n: until_a_repeat(x, c, n),
    "distances along the axes": lambda x, c, n: along_the_axes(x, c, n),
    "a row for each round": lambda *a: np.reshape(j_in_loops(*a), (-1, 2)),
    "one round too few": lambda x, c, n: j_in_loops(x, c, n - 1),
    "one round too many": lambda x, c, n: j_in_loops(x, c, n + 1),
}


def labelled_late(x, c, n_rounds):
    values, z = [], [0] * len(x)
    for _ in range(n_rounds):
        values.append(sum(math.dist(p, c[k]) ** 2 for p, k in zip(x, z, strict=True)))
        z = table(x, c).argmin(1)
        c = naive(x, z, c)
        values.append(sum(math.dist(p, c[k]) ** 2 for p, k in zip(x, z, strict=True)))
    return values


def along_the_axes(x, c, n_rounds):
    values = []
    for _ in range(n_rounds):
        z = table(x, c).argmin(1)
        values.append(np.abs(x - c[z]).sum())
        c = naive(x, z, c)
        values.append(np.abs(x - c[z]).sum())
    return values


def shared(x, c, n_rounds):
    values = []
    for _ in range(n_rounds):
        r = softmax(-table(x, c) / 2, axis=1)
        values.append((r * table(x, c)).sum())
        c = (r.T @ x) / r.sum(0)[:, None]
        values.append((r * table(x, c)).sum())
    return values


def until_a_repeat(x, c, n_rounds, *, last=False):
    values, before = [], None
    for _ in range(n_rounds):
        z = table(x, c).argmin(1).tolist()
        if z == before:
            return [*values, table(x, c).min(1).sum()] if last else values
        before = z
        values.append(table(x, c).min(1).sum())
        c = naive(x, table(x, c).argmin(1), c)
        values.append(((x - c[z]) ** 2).sum())
    return values


def test_a_run_that_ends_with_the_repeated_assignment_is_told_so():
    result = told("03.2", lambda x, c, n: until_a_repeat(x, c, n, last=True))
    assert result.misconception == "stopped when an assignment repeats"


def test_a_number_of_clusters_written_into_the_move_is_refused():
    def three(x, centroids, n_rounds):
        values, centroids = [], centroids.copy()
        for _ in range(n_rounds):
            z = table(x, centroids).argmin(1)
            values.append(((x - centroids[z]) ** 2).sum())
            for k in range(min(3, len(centroids))):
                centroids[k] = x[z == k].mean(axis=0)
            values.append(((x - centroids[z]) ** 2).sum())
        return values

    assert told("03.2", three).misconception == "a size written into the function"


@pytest.mark.parametrize("name", WRONG_J)
def test_wrong_answers_to_the_half_steps(name):
    refused_as(name, "03.2", WRONG_J[name])


def test_the_unchanged_steps_of_this_test_are_right():
    assert told("03.2", changed()).status is Status.CORRECT


def test_the_objective_of_the_package_by_round_is_one_value_a_round():
    def by_round(x, centroids, n_rounds):
        steps = zip(range(n_rounds), em.iterate(KMeans(centroids), x), strict=False)
        return [-step.objective for _, step in steps]

    assert told("03.2", by_round).misconception == "one value a round"


# 03.3


def keep_in_a_loop(x, labels, centroids):
    for k in range(len(centroids)):
        own = [point for point, z in zip(x, labels, strict=True) if z == k]
        if own:
            centroids[k] = np.mean(own, axis=0)
    return centroids


def keep_vectorised(x, labels, centroids):
    r = np.eye(len(centroids))[labels]
    n_k = r.sum(axis=0)[:, None]
    return np.where(n_k > 0, r.T @ x / np.maximum(n_k, 1), centroids)


def keep_with_lists(x, labels, centroids):
    result = []
    for k, centroid in enumerate(centroids.tolist()):
        own = x[labels == k].tolist()
        result.append([sum(c) / len(own) for c in zip(*own, strict=True)] if own else centroid)
    return result


def reseed_at_the_farthest(x, labels, centroids):
    far = ((x - centroids[labels]) ** 2).sum(axis=1).argmax()
    moved = np.empty_like(centroids)
    for k in range(len(centroids)):
        moved[k] = x[labels == k].mean(axis=0) if (labels == k).any() else x[far]
    return moved


def reseed_at_random(x, labels, centroids):
    rng = np.random.default_rng(1)
    full = set(labels.tolist())
    return [
        x[labels == k].mean(axis=0) if k in full else rng.choice(x) for k in range(len(centroids))
    ]


def reseed_at_the_mean_of_all(x, labels, centroids):
    moved = np.tile(x.mean(axis=0), (len(centroids), 1))
    for k in np.unique(labels):
        moved[k] = x[labels == k].mean(axis=0)
    return moved


@pytest.mark.parametrize(
    ("answer", "policy"),
    [
        (keep_in_a_loop, "keep"),
        (keep_vectorised, "Keep"),
        (keep_with_lists, "keep the centroid"),
        (reseed_at_the_farthest, "reseed"),
        (reseed_at_random, "Reseed."),
        (reseed_at_the_mean_of_all, "reseed"),
    ],
)
def test_right_answers_to_empty_clusters(answer, policy):
    assert told("03.3", answer, policy).status is Status.CORRECT


def naive(x, labels, centroids):
    return np.array([x[labels == k].mean(axis=0) for k in range(len(centroids))])


def to_the_origin(x, labels, centroids):
    return np.nan_to_num(naive(x, labels, centroids))


def divided_by_one(x, labels, centroids):
    r = np.eye(len(centroids))[labels]
    return r.T @ x / np.maximum(r.sum(axis=0), 1)[:, None]


def dropped(x, labels, centroids):
    return [x[labels == k].mean(axis=0) for k in np.unique(labels)]


def all_reseeded(x, labels, centroids):
    moved = naive(x, labels, centroids)
    if np.isnan(moved).any():
        return np.random.default_rng(0).choice(x, size=len(centroids))
    return moved


def over_all(x, labels, centroids):
    moved = keep_vectorised(x, labels, centroids)
    share = np.bincount(labels, minlength=len(centroids))[:, None] / len(x)
    return np.where(share > 0, moved * share, moved)


def summed(x, labels, centroids):
    return np.array(
        [
            x[labels == k].sum(axis=0) if (labels == k).any() else centroids[k]
            for k in range(len(centroids))
        ]
    )


def rows_of_the_labels(x, labels, centroids):
    return keep_vectorised(x, labels, centroids[: labels.max() + 1])


def with_labels(x, labels, centroids):
    moved = keep_vectorised(x, labels, centroids)
    return moved, table(x, moved).argmin(1)


def assigned_anew(x, labels, centroids):
    return keep_vectorised(x, table(x, centroids).argmin(1), centroids)


def far_away(x, labels, centroids):
    moved = keep_vectorised(x, labels, centroids)
    moved[np.bincount(labels, minlength=len(moved)) == 0] = 5 * x.max(axis=0)
    return moved


def one_point_more(x, labels, centroids):
    pairs = zip([x[labels == k] for k in range(len(centroids))], centroids, strict=True)
    return [np.vstack([own, centroid]).mean(axis=0) for own, centroid in pairs]


def to_medians(x, labels, centroids):
    return np.array(
        [
            np.median(x[labels == k], axis=0) if (labels == k).any() else centroids[k]
            for k in range(len(centroids))
        ]
    )


@pytest.mark.parametrize(
    ("answer", "policy", "name"),
    [
        (naive, "keep", "an empty cluster's mean"),
        (naive, "reseed", "an empty cluster's mean"),
        (to_the_origin, "reseed", "an empty cluster sent to the origin"),
        (divided_by_one, "keep", "an empty cluster sent to the origin"),
        (dropped, "reseed", "an empty cluster dropped"),
        (all_reseeded, "reseed", "other centroids lost with it"),
        (over_all, "keep", "divided by N instead of N_k"),
        (rows_of_the_labels, "keep", "K from the labels"),
        (with_labels, "keep", "labels handed back as well"),
        (far_away, "reseed", "a new place outside the data"),
        (reseed_at_the_mean_of_all, "keep", "says keep, does not keep"),
        (assigned_anew, "keep", "an argument ignored"),
        (one_point_more, "keep", "the old centroid counted as a point"),
        (summed, "keep", "sum instead of mean"),
        (to_medians, "keep", "median instead of mean"),
        (lambda x, labels, centroids: centroids, "keep", "centroids never moved"),
        (reseed_at_the_farthest, "keep", "says keep, does not keep"),
        (keep_vectorised, "reseed", "says reseed, keeps"),
    ],
)
def test_wrong_answers_to_empty_clusters(answer, policy, name):
    refused_as(name, "03.3", answer, policy)


def test_a_policy_does_not_explain_means_that_are_wrong():
    def whole_numbers(x, labels, centroids):
        return keep_vectorised(x, labels, centroids).astype(int)

    assert told("03.3", whole_numbers, "keep").misconception == "whole numbers"


def test_the_naive_mean_is_told_what_0_over_0_is():
    result = told("03.3", naive, "keep")
    assert "NaN" in words(result)
    assert "0/0" in words(result)


def test_a_policy_that_is_neither_is_refused():
    for word in ("hope", "relocate"):
        result = told("03.3", keep_vectorised, word)
        assert result.status is Status.WRONG
        assert '"keep", "reseed"' in words(result)


def test_a_missing_policy_is_not_yet_an_answer():
    assert told("03.3", keep_vectorised, ...).status is Status.NOT_ATTEMPTED
    assert told("03.3", lambda *a: ..., ...).status is Status.NOT_ATTEMPTED


def test_five_hundred_box_starts_are_tried_and_many_leave_a_cluster_empty():
    case = lesson_03.EMPTY.draw()[0]
    assert len(case["centroids"]) == 500
    low, high = case["x"].min(axis=0), case["x"].max(axis=0)
    assert ((case["centroids"] >= low - 1e-3) & (case["centroids"] <= high + 1e-3)).all()
    empty = [np.bincount(z, minlength=3).min() == 0 for z in case["labels"]]
    assert 20 < sum(empty) < 480


def test_no_distance_of_the_cases_is_nearly_a_tie_but_where_it_is_one():
    for case in lesson_03.ASSIGN.draw()[:3]:
        first, second = np.sort(table(case["x"], case["centroids"]), axis=1).T[:2]
        assert (second - first).min() > 1e-3


def test_a_rise_is_told_as_the_broken_property():
    result = told("03.2", changed(root=True))
    assert "J does not rise in any half-step" in words(result)
    assert "only for squares is the mean the best place" in words(result)
