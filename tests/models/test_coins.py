"""`emlib.coins`: trials of tosses, and the mixture of coins."""

import math
import warnings

import numpy as np
import pytest
from scipy import stats

from emlib import CoinMixture, EMWarning, coins, datasets, em

X = datasets.do_batzoglou().x
THETA = CoinMixture([0.6, 0.5], [0.5, 0.5], fixed_weights=True)


def test_counts_from_heads_or_from_flips():
    assert coins.counts([5, 9], 10).tolist() == [[5, 5], [9, 1]]
    assert coins.counts([5, 9], [5, 10]).tolist() == [[5, 0], [9, 1]]
    assert coins.counts([[1, 0, 1, 1], [0, 0, 0, 0]]).tolist() == [[3, 1], [0, 4]]
    assert coins.counts([[True, False]]).tolist() == [[1, 1]]
    assert coins.counts([0], 0).tolist() == [[0, 0]]
    assert coins.counts([5], 10).dtype == np.float64


def test_counts_refuse_what_cannot_be_trials():
    for heads, n, words in (
        ([5, 12, 13], 10, "heads: expected at most n=10 heads, got 12"),
        ([5, 12, 13], [5, 11, 12], "heads: expected at most n=11 heads, got 12"),
        ([5, -1], 10, "heads: expected whole numbers"),
        ([5.5], 10, "heads: expected whole numbers"),
        ([5], 10.5, "n: expected whole numbers"),
        ([5, 6], [10], "n: expected one number, or 2, got 1"),
        ([5, 6], [10, 10, 10], "n: expected one number, or 2, got 3"),
        ([[5, 6]], 10, r"heads: expected 1 dimension"),
        ([[1, 2]], None, "heads: expected zeros and ones only, got 2"),
        ([1, 0], None, r"heads: expected 2 dimension"),
        ([], 10, "heads: expected at least one value"),
        ([np.nan], 10, "heads: expected finite numbers"),
    ):
        with pytest.raises(ValueError, match=words):
            coins.counts(heads, n)


def test_the_log_joint_is_that_of_the_sequence():
    model = CoinMixture([0.3, 0.8], [0.25, 0.75])
    x = coins.counts([0, 2, 7], [1, 5, 7])
    binomial = stats.binom(x.sum(axis=1)[:, None], model.biases).logpmf(x[:, :1])
    orders = np.log([math.comb(1, 0), math.comb(5, 2), math.comb(7, 7)])
    expected = binomial - orders[:, None] + np.log(model.weights)
    assert model.log_joint(x) == pytest.approx(expected, rel=1e-13)


def test_an_eight_head_trial_of_the_published_example():
    model = CoinMixture([0.8, 0.7], [0.5, 0.5])
    share = model.responsibilities(coins.counts([8], 10))[0, 0]
    assert share == pytest.approx(0.8**8 * 0.2**2 / (0.8**8 * 0.2**2 + 0.7**8 * 0.3**2))
    assert round(share, 6) == 0.563978
    assert [round(8 * share, 4), round(8 * (1 - share), 4)] == [4.5118, 3.4882]


def test_the_first_published_e_step():
    r = THETA.responsibilities(X)[:, 0]
    assert r.round(6).tolist() == [0.449149, 0.804986, 0.733467, 0.352156, 0.647215]
    stats_ = THETA.e_step(X)[0]
    assert stats_.heads.round(4).tolist() == [21.2975, 11.7025]
    assert stats_.tails.round(4).tolist() == [8.5722, 8.4278]
    assert stats_.n_k == pytest.approx([r.sum(), 5 - r.sum()])
    assert THETA.m_step(stats_).biases == pytest.approx(
        stats_.heads / (stats_.heads + stats_.tails), rel=1e-15
    )


def test_statistics_add():
    whole, parts = THETA.e_step(X)[0], THETA.e_step(X[:2])[0] + THETA.e_step(X[2:])[0]
    for name in ("n_k", "heads", "tails"):
        assert getattr(parts, name) == pytest.approx(getattr(whole, name), rel=1e-14)


def test_freed_weights_go_to_the_known_limit():
    fit = em.fit(CoinMixture([0.6, 0.5], [0.5, 0.5]), X, tol=0)
    assert fit.model.biases == pytest.approx([0.79337, 0.51392], abs=5e-6)
    assert fit.model.weights == pytest.approx([0.52275, 0.47725], abs=5e-6)
    assert fit.objective == pytest.approx(-31.568695, abs=5e-7)


def test_equal_biases_stay_put_on_the_saddle():
    """On a saddle rounding grows by a factor each round: var(heads) / (n p q), which is 1.53."""
    with pytest.warns(EMWarning, match="components 0 and 1 are equal"):
        fit = em.fit(CoinMixture([0.3, 0.3], [0.5, 0.5], fixed_weights=True), X)
    assert fit.n_iter == 2
    assert fit.model.biases == pytest.approx([0.66, 0.66], abs=1.53**2 * 1e-15)
    assert fit.objective == pytest.approx(33 * math.log(0.66) + 17 * math.log(0.34), rel=1e-14)


def test_swapped_starts_give_swapped_answers():
    a = em.fit(CoinMixture([0.6, 0.5], [0.5, 0.5]), X)
    b = em.fit(CoinMixture([0.5, 0.6], [0.5, 0.5]), X)
    assert a.model.biases == pytest.approx(b.model.biases[::-1], rel=1e-12)
    assert a.n_iter == b.n_iter


def test_hard_assignments_are_the_complete_data_answer():
    data = datasets.do_batzoglou()
    model = CoinMixture.from_responsibilities(data.x, np.eye(2)[data.z])
    assert model.biases == pytest.approx([0.80, 0.45], abs=1e-15)
    assert model.weights.tolist() == [0.6, 0.4]


def test_a_coin_may_be_certain():
    x = coins.counts([10, 0, 10, 0], 10)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fit = em.fit(CoinMixture([0.9, 0.1], [0.5, 0.5], fixed_weights=True), x, tol=0)
        sure = CoinMixture([1.0, 0.0], [0.5, 0.5])
        assert sure.log_likelihood(x) == pytest.approx(-4 * math.log(2))
        assert sure.log_density([[3, 2]]).tolist() == [-math.inf]
        half = math.log(0.5)  # of the C library: numpy's own may end in another digit
        expected = np.array([[half, -math.inf], [half, half]])
        assert sure.log_joint([[2, 0], [0, 0]]) == pytest.approx(expected, rel=1e-15)
    assert fit.model.biases == pytest.approx([1.0, 0.0], abs=1e-12)
    assert fit.objective == pytest.approx(-4 * math.log(2), abs=1e-12)


@pytest.mark.parametrize("name", ["responsibilities", "predict", "e_step"])
def test_a_trial_impossible_under_every_coin_is_refused_where_a_coin_must_be_named(name):
    model = CoinMixture([1.0, 0.0], [0.5, 0.5])
    with pytest.raises(ValueError, match="x: expected rows that some component gives .* row 1"):
        getattr(model, name)([[4, 0], [3, 2]])


def test_a_coin_that_owns_no_trial_keeps_its_bias_and_says_so():
    model = CoinMixture([1.0, 0.5, 0.2], [0.2, 0.5, 0.3])
    x = coins.counts([4, 5], 10)  # the coin of heads alone cannot have made these
    with pytest.warns(EMWarning, match="component 0 owns no data: it keeps its parameters"):
        new = model.m_step(model.e_step(x)[0])
    assert new.biases[0] == 1.0
    assert new.weights[0] == 0.0
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # said once: its weight is zero by now
        again = new.m_step(new.e_step(x)[0])
    assert again.biases[0] == 1.0


def test_trials_without_tosses_tell_nothing():
    with pytest.warns(EMWarning, match="x: a table of zeros and ones"):
        x = THETA.prepare([[0, 0], [0, 0]])
    assert THETA.responsibilities(x) == pytest.approx(np.full((2, 2), 0.5), rel=1e-15)
    fit = em.fit(THETA, x)
    assert fit.model == THETA  # its biases are kept, not computed
    assert fit.converged


def test_long_runs_do_not_underflow():
    x = coins.counts([600_000, 400_000, 600_000], 1_000_000)
    fit = em.fit(CoinMixture([0.61, 0.45], [0.5, 0.5], fixed_weights=True), x)
    assert fit.model.biases == pytest.approx([0.6, 0.4], rel=1e-12)


def test_any_number_of_trials_will_do():
    with pytest.warns(EMWarning, match="components 0 and 1 are equal"):
        fit = em.fit(THETA, [[8, 2]])
    assert fit.model.biases == pytest.approx([0.8, 0.8])
    with pytest.warns(EMWarning, match="components 0 and 1 are equal"):
        fits = em.multistart(CoinMixture, [[8, 2]], n_components=2, n_starts=2, rng=0)
    assert fits[0].objective == pytest.approx(8 * math.log(0.8) + 2 * math.log(0.2))


def test_coordinates_are_proportions_of_heads():
    points = CoinMixture.coordinates([[1, 3], [0, 0], [5, 0]])
    assert points.tolist() == [[0.25], [0.5], [1.0]]
    assert CoinMixture.coordinates([[1, 0], [0, 1]]).tolist() == [[1.0], [0.0]]


def test_a_single_toss_is_enough_for_a_bias():
    coin = CoinMixture([0.3], [1.0])
    assert coin.m_step(coin.e_step([[1, 0]])[0]).biases.tolist() == [1.0]


def test_underflow_in_an_m_step_does_not_stop_a_strict_caller():
    statistics = coins.CoinStatistics(np.ones(1), np.array([3e-313]), np.array([7.0]))
    with np.errstate(all="raise"):
        new = CoinMixture([0.3], [1.0]).m_step(statistics)
    assert new.biases == pytest.approx([0.0], abs=1e-300)


def test_samples_are_trials():
    model = CoinMixture([0.1, 0.9], [0.25, 0.75])
    x, z = model.sample(4000, 0, n_tosses=20)
    assert x.shape == (4000, 2)
    assert (x.sum(axis=1) == 20).all()
    assert z.mean() == pytest.approx(0.75, abs=0.03)
    for k, bias in enumerate([0.1, 0.9]):
        assert x[z == k, 0].mean() / 20 == pytest.approx(bias, abs=0.01)
    assert model.sample(3, 0)[0].sum(axis=1).tolist() == [10, 10, 10]
    assert model.sample(50, 1)[0].tolist() == model.sample(50, np.random.default_rng(1))[0].tolist()
    sure = CoinMixture([0.0, 1.0], [0.5, 0.5])
    x, z = sure.sample(100, 2)
    assert (x[:, 0] == 10 * z).all()
    for bad, error in ((0, ValueError), (1.5, TypeError)):
        with pytest.raises(error, match="^n_tosses: expected"):
            model.sample(3, 0, n_tosses=bad)
        with pytest.raises(error, match="^n: expected"):
            model.sample(bad, 0)


def test_parameters_are_checked_by_name():
    for arguments, words in (
        (([1.2, 0.5], [0.5, 0.5]), "biases: expected probabilities"),
        (([np.nan, 0.5], [0.5, 0.5]), "biases: expected finite"),
        (([0.2, 0.5, 0.1], [0.5, 0.5]), r"biases: expected shape \(2,\), got shape \(3,\)"),
        (([0.2, 0.5], [0.5, 0.6]), "weights: expected weights that sum to 1"),
        (([], []), "weights: expected at least one"),
    ):
        with pytest.raises(ValueError, match=words):
            CoinMixture(*arguments)
    with pytest.raises(TypeError, match="fixed_weights: expected True or False"):
        CoinMixture([0.5], [1.0], fixed_weights="no")
    with pytest.raises(TypeError):
        CoinMixture([0.5], [1.0], True)


def test_data_are_heads_and_tails():
    for x in ([[5, 5, 5]], [5, 5], [[5, 0.5]], [[-1, 3]]):
        with pytest.raises(ValueError, match="x: expected"):
            THETA.log_joint(x)


def test_it_shows_its_parameters():
    assert repr(CoinMixture([0.25, 1 / 3], [0.5, 0.5])).splitlines() == [
        "CoinMixture of 2 coins",
        "component  weight     bias",
        "        0     0.5     0.25",
        "        1     0.5  0.33333",
    ]
    assert "weight (held fixed)" in repr(THETA)
