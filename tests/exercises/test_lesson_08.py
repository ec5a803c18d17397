"""Answers as learners write them: the right ones in several styles, the wrong ones named."""

import contextlib
import math
import warnings

import numpy as np
import pytest

from emlib import GaussianMixture1D, datasets, em, selection, start
from emlib.data.errors import CollapseError
from emlib.exercises import check, lesson_08
from emlib.exercises.engine.result import Status


def told(exercise_id, *answers):
    """Check an answer twice: the words must not depend on what was solved before."""
    result = check(exercise_id, *answers)
    assert repr(check(exercise_id, *answers)) == repr(result)
    return result


def words(result):
    return " ".join(repr(result).split())


# 08.1


def em_two(x, weights=(0.5, 0.5), means=(10, 50), stds=(5, 5), n_rounds=60, *, free=True):
    w, m, s = (np.array(v, dtype=float) for v in (weights, means, stds))
    for _ in range(n_rounds):
        joint = w * np.exp(-0.5 * ((x[:, None] - m) / s) ** 2) / s
        r = joint / joint.sum(axis=1, keepdims=True)
        n = r.sum(axis=0)
        w = n / len(x) if free else w
        m = x @ r / n
        s = np.sqrt((r * (x[:, None] - m) ** 2).sum(axis=0) / n)
    return w, m, s


def the_same_start_and_patience(x):
    begin = start.random_responsibilities(GaussianMixture1D, x, n_components=2, rng=0)
    return em.fit(begin, x, tol=1e-12)


def several_starts(x):
    return em.multistart(GaussianMixture1D, x, n_components=2, n_starts=3, rng=1)[0].model


def lists(x):
    middle = sorted(x)[len(x) // 2]
    w, m, s = em_two(x, means=(middle - 15, middle + 5), stds=(6, 6))
    return [float(v) for v in w], [float(v) for v in m], [float(v) for v in s]


@pytest.mark.parametrize(
    "answer", [em_two, the_same_start_and_patience, several_starts, lists, lesson_08.repaired_fit]
)
def test_right_repairs(answer):
    assert told("08.1", answer, "saddle", 10).status is Status.CORRECT


def test_the_words_for_the_place_may_vary():
    assert told("08.1", em_two, "a Saddle point", 10.0).status is Status.CORRECT


def still_ill(x):
    begin = start.random_responsibilities(GaussianMixture1D, x, n_components=2, rng=0)
    return em.fit(begin, x, tol=1e-3)


def a_little_more_patient(x):
    begin = start.random_responsibilities(GaussianMixture1D, x, n_components=2, rng=0)
    return em.fit(begin, x, tol=1e-4).model


def best_of_the_ill(x):
    runs = em.multistart(
        GaussianMixture1D,
        x,
        n_components=2,
        n_starts=10,
        rng=0,
        start=start.random_responsibilities,
        tol=1e-3,
    )
    return runs[0]


WRONG_REPAIRS = [
    (still_ill, "saddle", 10, "still at the saddle"),
    (a_little_more_patient, "saddle", 10, "still at the saddle"),
    (best_of_the_ill, "saddle", 10, "still at the saddle"),
    (lambda x: em_two(x, n_rounds=2), "saddle", 10, "stopped too early"),
    (lambda x: em_two(x, free=False), "saddle", 10, "weights held fixed"),
    (lambda x: (*em_two(x)[:2], em_two(x)[2] ** 2), "saddle", 10,
     "variances instead of standard deviations"),
    (lambda x: ([0.3, 0.7], [20, 40], [5, 5]), "saddle", 10, "the truth instead of the fit"),
    (em_two, "maximum", 10, "a maximum because it stopped"),
    (em_two, "local minimum", 10, "a minimum because it is low"),
    (em_two, "singularity", 10, "a collapse"),
    (em_two, "saddle", 0.001, "a tolerance for each data point taken for that of all"),
    (em_two, "saddle", 1e-7, "divided by the number of data instead of multiplied"),
]  # fmt: skip


@pytest.mark.parametrize(("repair", "place", "nats", "name"), WRONG_REPAIRS)
def test_wrong_repairs(repair, place, nats, name):
    result = told("08.1", repair, place, nats)
    assert (result.status, result.misconception) == (Status.WRONG, name)


def test_the_patient_is_told_what_holds_it():
    assert (
        "both components describe all data" in words(told("08.1", still_ill, "saddle", 10)).lower()
    )


def test_a_missing_word_is_asked_for():
    result = told("08.1", em_two, ..., 10)
    assert result.status is not Status.CORRECT
    assert "place" in words(result)


# 08.2


def healthy_with_a_list(x, starts, min_std):
    fits = []
    for begin in starts:
        with contextlib.suppress(ValueError):
            fits.append(em.fit(begin, x))
    fits = [fit for fit in fits if min(fit.model.stds) >= min_std]
    return max(fits, key=lambda fit: fit.objective)


def by_hand(x, starts, min_std):
    best, answer = -math.inf, None
    for begin in starts:
        w, m, s = begin.weights, begin.means, begin.stds
        for _ in range(400):
            a = np.log(w) - np.log(s) - 0.5 * ((x[:, None] - m) / s) ** 2
            top = a.max(axis=1, keepdims=True)
            log_density = top + np.log(np.exp(a - top).sum(axis=1, keepdims=True))
            r = np.exp(a - log_density)
            w, m = r.mean(axis=0), x @ r / r.sum(axis=0)
            s = np.sqrt((r * (x[:, None] - m) ** 2).sum(axis=0) / r.sum(axis=0))
            if s.min() < min_std:
                break
        else:
            if log_density.sum() > best:
                best, answer = log_density.sum(), (w, m, s)
    return answer


def watching_the_rounds(x, starts, min_std):
    ends = []
    for begin in starts:
        try:
            for step in em.iterate(begin, x):
                narrow = step.iteration > 0 and step.model.stds.min() < min_std
                if narrow or step.iteration == 500:
                    break
        except CollapseError:
            continue
        if not narrow:
            ends.append((step.objective, step.iteration, step.model))
    _, _, model = sorted(ends, key=lambda end: end[0])[-1]
    return {"weights": model.weights, "means": model.means, "stds": model.stds}


@pytest.mark.parametrize(
    "answer", [healthy_with_a_list, by_hand, watching_the_rounds, lesson_08.fit_safely]
)
def test_right_ways_round_a_collapse(answer):
    assert told("08.2", answer).status is Status.CORRECT


def runs_of(x, starts):
    fits = []
    for begin in starts:
        try:
            fits.append(em.fit(begin, x))
        except CollapseError:
            continue
    return fits


def highest(x, starts, min_std):
    return max(runs_of(x, starts), key=lambda fit: fit.objective)


def healthy(x, starts, min_std):
    return [fit for fit in runs_of(x, starts) if fit.model.stds.min() >= min_std]


def first_healthy(x, starts, min_std):
    return healthy(x, starts, min_std)[0]


def lowest(x, starts, min_std):
    return min(healthy(x, starts, min_std), key=lambda fit: fit.objective)


def last_healthy(x, starts, min_std):
    return healthy(x, starts, min_std)[-1]


def until_a_collapse(x, starts, min_std):
    best = None
    for begin in starts:
        try:
            fit = em.fit(begin, x)
        except CollapseError:
            break
        if fit.model.stds.min() > min_std and (best is None or fit.objective > best.objective):
            best = fit
    return best


def by_variances(x, starts, min_std):
    fits = [fit for fit in runs_of(x, starts) if min(fit.model.variances) > min_std]
    return max(fits, key=lambda fit: fit.objective).model


def by_starts(x, starts, min_std):
    return highest(x, [begin for begin in starts if begin.stds.min() > min_std], min_std)


def floored(x, starts, min_std):
    fits = []
    for begin in starts:
        model = GaussianMixture1D(
            begin.weights,
            begin.means,
            np.maximum(begin.variances, min_std**2),
            covariance_floor=min_std**2,
        )
        fits.append(em.fit(model, x))
    return max(fits, key=lambda fit: fit.objective)


def stopped_in_the_collapse(x, starts, min_std):
    last = None
    try:
        for step in em.iterate(starts[1], x):
            last = step.model
            if step.iteration == 400:
                break
    except CollapseError:
        pass
    return last


WRONG_WAYS = {
    "the highest likelihood wins": highest,
    "one start only": lambda x, starts, min_std: em.fit(starts[0], x),
    "the first healthy run taken": first_healthy,
    "the last healthy run taken": last_healthy,
    "the lowest likelihood taken": lowest,
    "a collapse ends the search": until_a_collapse,
    "variances compared with a width": by_variances,
    "widths of the starts": by_starts,
    "floored instead of restarted": floored,
    "the collapsed component returned": stopped_in_the_collapse,
}


@pytest.mark.parametrize("name", WRONG_WAYS)
def test_wrong_ways_round_a_collapse(name):
    result = told("08.2", WRONG_WAYS[name])
    assert (result.status, result.misconception) == (Status.WRONG, name)


def test_an_unguarded_fit_is_refused_and_names_the_collapse():
    def unguarded(x, starts, min_std):
        fits = [em.fit(begin, x) for begin in starts]
        return max(fits, key=lambda fit: fit.objective)

    result = told("08.2", unguarded)
    assert result.status is Status.WRONG
    assert "Likely cause: A run of EM ended in a collapse" in words(result)


def test_nothing_is_returned_where_the_first_run_collapses():
    def gives_up(x, starts, min_std):
        try:
            return em.fit(starts[1], x)
        except CollapseError:
            return None

    assert told("08.2", gives_up).status is not Status.CORRECT


def test_the_cases_hold_what_they_are_for():
    cases = lesson_08.SAFE.draw()
    lone, near, calm = (
        [fit and fit.model.stds.min() for fit in lesson_08._runs(case)] for case in cases
    )
    assert [end and end > 0.5 for end in lone] == [True, None, True, None]
    assert [end > 0.5 for end in near] == [False, True, True, False]
    assert near[0] < cases[1]["min_std"] < cases[1]["starts"][0].stds.min()
    assert cases[2]["starts"][1].stds.min() < cases[2]["min_std"]
    assert calm[1] ** 2 + 0.03 < cases[2]["min_std"] < calm[1] - 0.02


def test_no_two_ways_to_choose_end_alike_in_all_cases():
    ends = {
        name: tuple(way and tuple(np.sort(way[2]).round(2)) for way in ways)
        for name, ways in lesson_08._known().items()
    }
    assert len(set(ends.values())) == len(ends), ends


# 08.3


def bic_by_hand(x, ks, rng):
    best, chosen = math.inf, None
    for k in ks:
        fits = em.multistart(GaussianMixture1D, x, n_components=k, n_starts=3, rng=rng, tol=1e-7)
        bic = -2 * fits[0].objective + (3 * k - 1) * math.log(len(x))
        if bic < best:
            best, chosen = bic, k
    return chosen


def bic_with_numpy(x, ks, rng):
    bics = [
        selection.bic(
            em.multistart(GaussianMixture1D, x, n_components=k, n_starts=3, rng=rng)[0].model, x
        )
        for k in ks
    ]
    return ks[int(np.argmin(bics))]


def bic_from_quantiles(x, ks, rng):
    table = {}
    for k in ks:
        places = [np.quantile(x, (i + 0.5) / k) for i in range(k)]
        begin = GaussianMixture1D([1 / k] * k, places, [x.var() / k**2] * k)
        table[selection.bic(em.fit(begin, x, tol=1e-8).model, x)] = k
    return np.array([table[min(table)]])


@pytest.mark.parametrize(
    "answer", [bic_by_hand, bic_with_numpy, bic_from_quantiles, lesson_08.choose_k]
)
def test_right_choices_of_k(answer):
    assert told("08.3", answer).status is Status.CORRECT


def scores(x, ks, rng, criterion):
    return [
        criterion(
            em.multistart(GaussianMixture1D, x, n_components=k, n_starts=3, rng=rng, tol=1e-6)[0], x
        )
        for k in ks
    ]


def of_bic(fit, x):
    return selection.bic(fit.model, x)


def of_aic(fit, x):
    return selection.aic(fit.model, x)


def stuck(x, ks, rng):
    found = []
    for k in ks:
        begin = start.random_responsibilities(GaussianMixture1D, x, n_components=k, rng=rng)
        found.append(selection.bic(em.fit(begin, x, tol=1e-3).model, x))
    return ks[int(np.argmin(found))]


def with_fit(place, n_starts, x, ks, rng):
    found = [
        em.multistart(GaussianMixture1D, x, n_components=k, n_starts=n_starts, rng=rng)[place]
        for k in ks
    ]
    return ks[int(np.argmin([selection.bic(fit.model, x) for fit in found]))]


def too_early(x, ks, rng):
    bics = scores(x, ks, rng, of_bic)
    best = 0
    while best + 1 < len(ks) and bics[best + 1] < bics[best]:
        best += 1
    return ks[best]


WRONG_CHOICES = {
    "the largest likelihood": lambda x, ks, rng: ks[
        int(np.argmax(scores(x, ks, rng, lambda fit, x: fit.objective)))
    ],
    "the largest BIC instead of the smallest": lambda x, ks, rng: ks[
        int(np.argmax(scores(x, ks, rng, of_bic)))
    ],
    "the position instead of K": lambda x, ks, rng: 1 + np.argmin(scores(x, ks, rng, of_bic)),
    "AIC instead of BIC": lambda x, ks, rng: ks[int(np.argmin(scores(x, ks, rng, of_aic)))],
    "the smallest K": stuck,
    "the BIC instead of K": lambda x, ks, rng: min(scores(x, ks, rng, of_bic)),
    "the search ended too early": too_early,
    "not the best fit of each K": lambda x, ks, rng: with_fit(-1, 3, x, ks, rng),
}


@pytest.mark.parametrize("name", WRONG_CHOICES)
def test_wrong_choices_of_k(name):
    result = told("08.3", WRONG_CHOICES[name])
    assert (result.status, result.misconception) == (Status.WRONG, name)


def test_the_lessons_answer_for_all_data_is_hard_coded():
    result = told("08.3", lambda x, ks, rng: 2)
    assert (result.status, result.misconception) == (Status.WRONG, "hard-coded")


def test_the_place_counted_from_zero_is_told_too():
    result = told("08.3", lambda x, ks, rng: ks.index(lesson_08.choose_k(x, ks, rng)))
    assert result.misconception == "the position instead of K"


@pytest.mark.parametrize("n_starts", [4, 5, 10])
def test_the_worst_of_some_fits_is_refused_and_the_best_is_right(n_starts):
    worst = told("08.3", lambda *given: with_fit(-1, n_starts, *given))
    assert worst.misconception == "not the best fit of each K"
    assert told("08.3", lambda *given: with_fit(0, n_starts, *given)).status is Status.CORRECT


def test_bic_and_aic_differ_by_clear_margins_where_they_differ():
    case = lesson_08.CHOOSE.draw()[3]
    bic, aic = lesson_08._score(case), lesson_08._score(case, "aic")
    assert bic[2] - bic[1] > 4
    assert aic[1] - aic[2] > 4


def test_two_components_win_on_the_lessons_data():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert lesson_08.choose_k(datasets.two_normals(0).x[::5], [1, 2, 3], 0) == 2


def test_the_right_k_wins_by_a_clear_margin_whoever_searches():
    for case in lesson_08.CHOOSE.draw():
        best, second = sorted(lesson_08._score(case).values())[:2]
        assert second - best > 5, case.label
