"""Models side by side: ICL, folds, tables, spurious components and the likelihood ratio."""

import warnings

import numpy as np
import pytest

from emlib import (
    CoinMixture,
    CollapseError,
    EMWarning,
    GaussianMixture,
    GaussianMixture1D,
    KMeans,
    PoissonMixture,
    bound,
    coins,
    datasets,
    em,
    selection,
)

GEYSER = datasets.old_faithful().x
WAITING = GEYSER[:, 1]
TRIALS = datasets.do_batzoglou().x


def test_icl_is_bic_and_twice_the_entropy():
    for model, x in (
        (CoinMixture([0.6, 0.5], [0.5, 0.5]), TRIALS),
        (GaussianMixture1D([0.4, 0.6], [55, 80], [30, 30]), WAITING),
        (PoissonMixture([0.5, 0.5], [1, 4]), [0, 1, 5, 3, 2]),
    ):
        entropy = bound.entropy(bound.posterior(model, x))
        expected = selection.bic(model, x) + 2 * entropy
        assert selection.icl(model, x) == pytest.approx(expected, rel=1e-13)
        weights = np.arange(len(x)) % 3
        again = selection.icl(model, np.repeat(np.asarray(x), weights, axis=0))
        assert selection.icl(model, x, weights) == pytest.approx(again, rel=1e-12)
    far = GaussianMixture1D([0.5, 0.5], [0, 1e3], [1, 1])
    assert selection.icl(far, [0.0, 1, 1e3]) == selection.bic(far, [0.0, 1, 1e3])
    with pytest.raises(TypeError, match="model: expected"):
        selection.icl(KMeans([[0.0]]), [1.0, 2])


def test_published_criteria_come_out():
    """Old Faithful, acidity and galaxies: fits that mclust and the literature print."""
    table = selection.compare(
        GaussianMixture,
        GEYSER,
        n_components=(2, 3, 4),
        covariance_types=("full", "tied"),
        n_starts=15,
        rng=0,
        accelerate="lbfgs",
    )
    found = {(row.n_components, row.covariance_type): row for row in table.candidates}
    assert found[3, "tied"].log_likelihood == pytest.approx(-1126.3159, abs=1e-4)
    assert found[3, "tied"].bic == pytest.approx(2314.30, abs=0.005)
    assert found[4, "tied"].bic == pytest.approx(2320.14, abs=0.005)
    assert found[2, "full"].bic == pytest.approx(2322.19, abs=0.005)
    assert table.best is found[3, "tied"]
    acidity = datasets.acidity().x
    assert acidity.shape == (155,)
    table = selection.compare(
        GaussianMixture1D,
        acidity,
        n_components=[2],
        covariance_types=["full", "tied"],
        n_starts=10,
        rng=0,
    )
    tied, full = table.candidates
    assert tied.log_likelihood == pytest.approx(-185.9493, abs=1e-4)
    assert full.log_likelihood == pytest.approx(-184.6447, abs=1e-4)
    assert (round(tied.bic, 2), round(full.bic, 2)) == (392.07, 394.51)


def test_needles_in_the_galaxies_are_marked_and_not_chosen():
    x = datasets.galaxies().x
    assert x.shape == (82,)
    one, three = (
        em.multistart(GaussianMixture1D, x, n_components=k, n_starts=20, rng=0)[0] for k in (1, 3)
    )
    assert -2 * one.objective == pytest.approx(480.83, abs=0.005)
    assert -2 * three.objective == pytest.approx(406.96, abs=0.005)
    two = GaussianMixture1D([0.085, 0.915], [9.71, 21.87], [0.2, 10])
    assert -2 * em.fit(two, x, tol=1e-12).objective == pytest.approx(440.39, abs=0.01)
    needle = GaussianMixture1D(
        [0.08, 0.02, 0.87, 0.03], [9.7, 26.978, 21.4, 33.0], [0.18, 0.017**2, 4.5, 0.85]
    )
    fit = em.fit(needle, x, tol=1e-12)
    assert selection.spurious_components(fit.model, x) == [1]
    healthy, spurious = selection.comparison.healthiest([fit, three], x)
    assert healthy is three
    assert spurious == []
    assert selection.comparison.healthiest([fit], x) == (fit, [1])


def test_spurious_is_narrow_and_owns_few_rows():
    x = np.concatenate([np.linspace(-2, 2, 50), np.linspace(9, 11, 50), [5.0, 5.001, 5.002]])
    for variance, found in ((1e-6, [1]), (0.05, [])):  # 1000 and 4 times narrower
        model = GaussianMixture1D([0.45, 0.05, 0.5], [0, 5, 10], [1.4, variance, 0.35])
        assert selection.spurious_components(model, x) == found
        plane = GaussianMixture(
            model.weights,
            np.column_stack([model.means, model.means]),
            [v * np.eye(2) for v in model.variances],
        )
        assert selection.spurious_components(plane, np.column_stack([x, x])) == found
    tight = GaussianMixture1D([0.4, 0.2, 0.4], [0, 5, 10], [1.4, 1e-6, 0.35])
    many = np.concatenate([x, 5 + 1e-3 * np.linspace(-1, 1, 30)])
    assert selection.spurious_components(tight, many) == []
    weights = np.ones(len(x))
    weights[-3:] = 30
    assert selection.spurious_components(tight, x, weights) == []
    assert selection.spurious_components(CoinMixture([0.1, 0.9], [0.5, 0.5]), TRIALS) == []
    assert selection.spurious_components(GaussianMixture1D([1.0], [0.0], [1e-9]), x) == []


def test_a_table_puts_candidates_with_needles_last_and_names_what_collapsed():
    x = np.concatenate([np.linspace(-2, 2, 40), [9.0, 9.0001]])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", EMWarning)
        table = selection.compare(GaussianMixture1D, x, n_components=(2, 1), n_starts=4, rng=0)
    assert [row.n_components for row in table.candidates] == [1, 2]
    assert table.candidates[1].spurious or table.candidates[1].fit
    assert table.best.n_components == 1
    assert table.candidates[1].bic < table.candidates[0].bic
    assert "rank" in repr(table)
    assert "spurious" in table._repr_html_()
    two = np.array([0.0, 0, 0, 5, 5, 5])
    table = selection.compare(GaussianMixture1D, two, n_components=(1, 2), n_starts=2, rng=0)
    assert table.collapsed == [(2, "full")] or table.collapsed == [(2, None)]
    assert "every start collapsed: K = 2" in repr(table)
    with pytest.raises(CollapseError):
        selection.compare(GaussianMixture1D, two, n_components=[2], n_starts=2, rng=0)
    needles = selection.Comparison(_needle(x), "bic", [])
    with pytest.raises(ValueError, match="one without spurious components"):
        _ = needles.best


def _needle(x):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", EMWarning)
        table = selection.compare(GaussianMixture1D, x, n_components=[2], n_starts=4, rng=0)
    assert table.candidates[0].spurious
    return table.candidates


def test_folds_hold_each_row_out_once():
    scores = selection.cross_validate(
        GaussianMixture1D, WAITING, n_components=1, n_folds=4, n_starts=1, rng=3
    )
    fold = np.random.default_rng(3).permutation(272) % 4
    for i in range(4):
        seen, held = WAITING[fold != i], WAITING[fold == i]
        model = GaussianMixture1D([1.0], [seen.mean()], [seen.var()])
        assert scores[i] == pytest.approx(model.log_density(held).mean(), rel=1e-10)
    weights = np.arange(272) % 2 + 0.5
    weighted = selection.cross_validate(
        GaussianMixture1D,
        WAITING,
        n_components=1,
        n_folds=4,
        n_starts=1,
        rng=3,
        sample_weight=weights,
    )
    seen, held = fold != 0, fold == 0
    mean = np.average(WAITING[seen], weights=weights[seen])
    variance = np.average((WAITING[seen] - mean) ** 2, weights=weights[seen])
    model = GaussianMixture1D([1.0], [mean], [variance])
    expected = np.average(model.log_density(WAITING[held]), weights=weights[held])
    assert weighted[0] == pytest.approx(expected, rel=1e-10)


def test_the_likelihood_ratio_is_large_where_there_are_two_and_not_where_there_is_one():
    options = {"n_components": 2, "against": 1, "n_samples": 39, "n_starts": 3, "tol": 1e-6}
    two = selection.likelihood_ratio(GaussianMixture1D, WAITING, rng=0, **options)
    one, best = (
        em.multistart(GaussianMixture1D, WAITING, n_components=k, n_starts=3, rng=0)[0].objective
        for k in (1, 2)
    )
    assert two.statistic == pytest.approx(2 * (best - one), abs=1e-3)
    assert two.p_value == 1 / 40
    assert two.null.shape == (39,)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", EMWarning)
        plain = np.random.default_rng(7).normal(size=100)
        none = selection.likelihood_ratio(GaussianMixture1D, plain, rng=0, **options)
    assert none.p_value > 0.1
    x = coins.counts([2, 9, 1, 10, 8, 2, 1, 9], 10)
    apart = selection.likelihood_ratio(CoinMixture, x, rng=0, **options)
    assert apart.p_value == 1 / 40


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: selection.compare(GaussianMixture1D, WAITING, n_components=3, rng=0), "several"),
        (lambda: selection.compare(GaussianMixture1D, WAITING, n_components=[], rng=0), "at least"),
        (lambda: selection.compare(GaussianMixture1D, WAITING, n_components=[0], rng=0), "n_comp"),
        (
            lambda: selection.compare(
                GaussianMixture1D, WAITING, n_components=[1], criterion="hqc", rng=0
            ),
            "criterion: expected",
        ),
        (
            lambda: selection.compare(
                GaussianMixture1D, WAITING, n_components=[1], covariance_types="full", rng=0
            ),
            "covariance_types: expected several",
        ),
        (
            lambda: selection.cross_validate(
                GaussianMixture1D, WAITING[:5], n_components=1, n_folds=6, rng=0
            ),
            "n_folds: expected at most",
        ),
        (
            lambda: selection.cross_validate(
                GaussianMixture1D, WAITING, n_components=1, n_folds=1, rng=0
            ),
            "n_folds: expected",
        ),
        (
            lambda: selection.likelihood_ratio(
                GaussianMixture1D, WAITING, n_components=2, against=2, rng=0
            ),
            "against: expected fewer than n_components=2",
        ),
        (lambda: selection.compare(KMeans, GEYSER, n_components=[2], rng=0), "expected"),
        (lambda: selection.spurious_components(KMeans(GEYSER[:2]), GEYSER), "model: expected"),
    ],
)
def test_bad_input_gets_a_clear_sentence(call, words):
    with pytest.raises((ValueError, TypeError), match=words):
        call()


@pytest.mark.parametrize("n_folds", [2, 12])
def test_there_may_be_two_folds_or_one_for_each_row(n_folds):
    x = np.random.default_rng(3).normal(size=12)
    scores = selection.cross_validate(GaussianMixture1D, x, n_components=1, n_folds=n_folds, rng=0)
    assert scores.shape == (n_folds,)
    assert np.isfinite(scores).all()
