"""`emlib.bound`: the log-likelihood taken apart, for every mixture and any q."""

import itertools

import numpy as np
import pytest
from equations import slow_forms as slow
from equations.slow_forms import MIXTURES, gradient, name

from emlib import (
    CoinMixture,
    GaussianMixture,
    GaussianMixture1D,
    KMeans,
    PoissonMixture,
    bound,
    datasets,
    em,
)

each_mixture = pytest.mark.parametrize("problem", MIXTURES, ids=name)
each_q = pytest.mark.parametrize("seed", range(5))
FLIPS = datasets.do_batzoglou().x
COINS = CoinMixture([0.6, 0.5], [0.5, 0.5], fixed_weights=True)
TAKES_Q = [bound.q_function, bound.elbo, bound.kl]
each_function = pytest.mark.parametrize("function", TAKES_Q, ids=lambda f: f.__name__)


@each_mixture
@each_q
def test_log_likelihood_is_q_plus_entropy_plus_kl_for_any_q(problem, seed):
    q = problem.q(seed) if seed % 2 else problem.q_with_zeros(seed)
    whole = slow.log_likelihood(problem.model, problem.x)
    parts = (
        bound.q_function(problem.model, problem.x, q),
        bound.entropy(q),
        bound.kl(problem.model, problem.x, q),
    )
    assert sum(parts) == pytest.approx(whole, rel=1e-11)
    assert sum(parts[:2]) == pytest.approx(bound.elbo(problem.model, problem.x, q), rel=1e-11)


@each_mixture
@each_q
def test_the_bound_lies_below_the_log_likelihood_for_any_q(problem, seed):
    whole = slow.log_likelihood(problem.model, problem.x)
    gap = whole - bound.elbo(problem.model, problem.x, problem.q(seed))
    assert gap > 0.1  # a random q is far from the posterior
    near = 1e-3 * problem.q(seed) + (1 - 1e-3) * bound.posterior(problem.model, problem.x)
    assert 0 < whole - bound.elbo(problem.model, problem.x, near) < 1e-3 * gap


@each_mixture
def test_the_bound_touches_the_log_likelihood_at_the_posterior(problem):
    q = bound.posterior(problem.model, problem.x)
    np.testing.assert_allclose(q, slow.responsibilities(problem.model, problem.x), rtol=1e-10)
    whole = slow.log_likelihood(problem.model, problem.x)
    assert bound.elbo(problem.model, problem.x, q) == pytest.approx(whole, abs=1e-9)
    assert 0 <= bound.kl(problem.model, problem.x, q) <= 1e-12
    for row, of_row in zip(problem.x, q, strict=True):  # rounding would put some below zero
        assert 0 <= bound.kl(problem.model, [row], [of_row]) <= 1e-14


@each_mixture
def test_at_the_old_parameters_bound_and_log_likelihood_have_the_same_gradient(problem):
    """In all parameters: logits of the weights, means, and factors of the covariances."""
    old = slow.to_vector(problem.model)
    q = bound.posterior(problem.model, problem.x)

    def lower_bound(vector):
        return bound.elbo(slow.from_vector(vector, problem.model), problem.x, q)

    def log_likelihood(vector):
        return slow.log_likelihood_by_columns(slow.from_vector(vector, problem.model), problem.x)

    of_bound, of_whole = gradient(lower_bound, old, 1e-3), gradient(log_likelihood, old, 1e-3)
    np.testing.assert_allclose(of_bound, of_whole, rtol=1e-6, atol=1e-6)
    assert np.abs(of_whole).max() > 1


@each_mixture
def test_away_from_the_old_parameters_the_gradients_differ(problem):
    q = bound.posterior(problem.other, problem.x)
    at = slow.to_vector(problem.model)

    def gap(vector):
        return bound.kl(slow.from_vector(vector, problem.model), problem.x, q)

    direction = np.random.default_rng(9).normal(size=at.shape)
    slope = gradient(lambda t: gap(at + t * direction), np.zeros(1), 1e-3)
    assert abs(slope[0]) > 0.1


@each_mixture
def test_each_half_step_raises_the_bound(problem):
    model, q = problem.model, problem.q()
    values = [bound.elbo(model, problem.x, q)]
    for _ in range(3):
        q = bound.posterior(model, problem.x)
        values.append(bound.elbo(model, problem.x, q))
        model = model.m_step(model.statistics(problem.x, q))
        values.append(bound.elbo(model, problem.x, q))
    assert (np.diff(values) > 0).all()


@each_mixture
def test_at_a_hard_q_the_entropy_is_exactly_zero_and_the_bound_exactly_q(problem):
    labels = np.arange(problem.n) % problem.k
    q = np.eye(problem.k)[labels]
    joint = slow.joint(problem.model, problem.x)
    expected = sum(np.log(joint[n, k]) for n, k in enumerate(labels))
    q_function = bound.q_function(problem.model, problem.x, q)
    assert q_function == pytest.approx(expected, rel=1e-11)
    assert bound.entropy(q) == 0.0
    assert str(bound.entropy(q)) == "0.0"
    assert bound.elbo(problem.model, problem.x, q) == q_function


def test_hard_whole_numbers_are_taken_as_q():
    labels = np.eye(2, dtype=int)[[1, 0, 0, 1, 0]]
    assert bound.entropy(labels) == 0.0
    assert bound.elbo(COINS, FLIPS, labels.tolist()) == bound.q_function(COINS, FLIPS, labels)


def test_zeros_in_q_on_impossible_components_leave_every_quantity_finite():
    """A coin that never shows tails and a coin of weight zero, neither used by q."""
    model = CoinMixture([0.7, 1.0, 0.4], [0.6, 0.4, 0.0])
    q = np.tile([1.0, 0.0, 0.0], (len(FLIPS), 1))
    heads, tails = FLIPS.sum(axis=0)
    expected = heads * np.log(0.7) + tails * np.log(0.3) + len(FLIPS) * np.log(0.6)
    assert bound.q_function(model, FLIPS, q) == pytest.approx(expected, rel=1e-13)
    assert bound.elbo(model, FLIPS, q) == pytest.approx(expected, rel=1e-13)
    assert bound.kl(model, FLIPS, q) == pytest.approx(0, abs=1e-12)
    np.testing.assert_array_equal(bound.posterior(model, FLIPS), q)


IMPOSSIBLE = {
    "a coin that cannot show tails": CoinMixture([0.5, 1.0], [0.5, 0.5]),
    "a coin that cannot show heads": CoinMixture([0.5, 0.0], [0.5, 0.5]),
    "a Poisson component without events": PoissonMixture([0.5, 0.5], [3, 0]),
    "a coin that is never used": CoinMixture([0.5, 0.6], [1.0, 0.0]),
    "a Gaussian of weight zero": GaussianMixture([1, 0], [[0, 0], [1, 1]], [np.eye(2)] * 2),
    "a Gaussian on a line of weight zero": GaussianMixture1D([1.0, 0.0], [5.0, 4.0], [2.0, 3.0]),
}


@pytest.mark.parametrize("model", IMPOSSIBLE.values(), ids=IMPOSSIBLE)
@pytest.mark.parametrize("share", [1e-12, 0.5, 1.0])
def test_any_weight_of_q_on_an_impossible_component_makes_the_bound_minus_infinity(model, share):
    one_column = isinstance(model, GaussianMixture1D | PoissonMixture)
    x = FLIPS[:, 0] if one_column else FLIPS
    q = np.tile([1.0, 0.0], (len(x), 1))
    q[2] = [1 - share, share]
    assert bound.q_function(model, x, q) == -np.inf
    assert bound.elbo(model, x, q) == -np.inf
    assert bound.kl(model, x, q) == np.inf
    assert np.isfinite(model.log_likelihood(x))


@pytest.mark.parametrize("function", [bound.posterior, *TAKES_Q], ids=lambda f: f.__name__)
def test_k_means_is_refused_by_its_name(function):
    q = [] if function is bound.posterior else [np.full((5, 2), 0.5)]
    with pytest.raises(TypeError, match=r"^model: expected a mixture with a density, got KMeans$"):
        function(KMeans(FLIPS[:2]), FLIPS, *q)


BAD_Q = {
    "too few rows": (np.full((4, 2), 0.5), ValueError, r"shape \(5, 2\).*got shape \(4, 2\)"),
    "too many columns": (np.full((5, 3), 1 / 3), ValueError, r"got shape \(5, 3\)"),
    "transposed": (np.full((2, 5), 0.5), ValueError, r"got shape \(2, 5\)"),
    "one dimension": (np.full(5, 0.5), ValueError, "2 dimension"),
    "sums over the data": (np.full((5, 2), 0.2), ValueError, r"sum to 1.*got 0\.4 in row 0"),
    "a negative entry": (np.tile([1.5, -0.5], (5, 1)), ValueError, r"negative.*got -0\.5"),
    "a NaN": (np.array([[0.5, 0.5]] * 4 + [[np.nan, 1.0]]), ValueError, "finite.*got nan"),
    "an infinity": (np.array([[0.5, 0.5]] * 4 + [[np.inf, 0.0]]), ValueError, "finite.*got inf"),
    "text": ([["a", "b"]] * 5, TypeError, "real numbers, got text"),
    "complex": (np.full((5, 2), 0.5 + 0j), TypeError, "real numbers, got complex"),
    "ragged": ([[0.5, 0.5]] * 4 + [[1.0]], ValueError, "equal length"),
    "masked": (np.ma.masked_less(np.full((5, 2), 0.5), 0.1), ValueError, "without a mask"),
}
SHAPED_LIKE_A_Q = {"too few rows", "too many columns"}


@each_function
@pytest.mark.parametrize("case", BAD_Q)
def test_what_is_no_table_of_distributions_is_refused_by_the_name_q(function, case):
    q, error, words = BAD_Q[case]
    with pytest.raises(error, match=f"^q: expected .*{words}"):
        function(COINS, FLIPS, q)


@pytest.mark.parametrize("case", sorted(set(BAD_Q) - SHAPED_LIKE_A_Q))
def test_the_entropy_refuses_what_is_no_table_of_distributions(case):
    q, error, _ = BAD_Q[case]
    with pytest.raises(error, match=r"^q: expected"):
        bound.entropy(q)


@each_function
def test_neither_q_nor_the_data_are_modified(function):
    x, q = FLIPS.copy(), np.array([[0.0, 1.0]] * 5)
    function(COINS, x, q)
    np.testing.assert_array_equal(x, FLIPS)
    np.testing.assert_array_equal(q, [[0.0, 1.0]] * 5)


def test_the_ledger_of_the_two_coins_before_and_after_one_m_step():
    """Five trials, start 0.60 and 0.50: published data, all terms in nats."""
    q = bound.posterior(COINS, FLIPS)
    assert COINS.log_likelihood(FLIPS) == pytest.approx(-33.09386, abs=5e-6)
    assert bound.q_function(COINS, FLIPS, q) == pytest.approx(-36.15295, abs=5e-6)
    assert bound.entropy(q) == pytest.approx(3.05908, abs=5e-6)
    new = COINS.m_step(COINS.statistics(FLIPS, q))
    assert bound.elbo(new, FLIPS, q) == pytest.approx(-31.99722, abs=5e-6)
    assert new.log_likelihood(FLIPS) == pytest.approx(-31.85926, abs=5e-6)
    assert bound.kl(new, FLIPS, q) == pytest.approx(0.13797, abs=5e-6)
    gain = new.log_likelihood(FLIPS) - COINS.log_likelihood(FLIPS)
    gain_of_bound = bound.elbo(new, FLIPS, q) - bound.elbo(COINS, FLIPS, q)
    assert gain == pytest.approx(1.23460, abs=5e-6)
    assert gain_of_bound == pytest.approx(1.09664, abs=5e-6)
    assert gain == pytest.approx(gain_of_bound + bound.kl(new, FLIPS, q), rel=1e-12)


def test_both_gradients_of_the_two_coins_are_the_known_numbers():
    q = bound.posterior(COINS, FLIPS)

    def coins(biases):
        return CoinMixture(biases, [0.5, 0.5])

    of_bound = gradient(lambda b: bound.elbo(coins(b), FLIPS, q), COINS.biases, 1e-3)
    of_whole = gradient(
        lambda b: slow.log_likelihood_by_columns(coins(b), FLIPS), COINS.biases, 1e-3
    )
    np.testing.assert_allclose(of_bound, [14.06519, 6.54953], atol=5e-6)
    np.testing.assert_allclose(of_whole, [14.06519, 6.54953], atol=5e-6)


def test_q_alone_may_fall_from_round_to_round_while_the_log_likelihood_rises():
    """Eight points on a line: components that part sharpen q, and entropy pays for it."""
    x = np.random.default_rng(3).normal(size=8).round(1)
    model = GaussianMixture1D([0.5, 0.5], x[:2], [1.0, 1.0])
    expected, whole = [], []
    for before, after in itertools.pairwise(itertools.islice(em.iterate(model, x), 12)):
        q = bound.posterior(before.model, x)
        expected.append(bound.q_function(after.model, x, q))
        whole.append(slow.log_likelihood(before.model, x))
    assert (np.diff(whole) > 0).all()
    assert np.diff(expected).min() < -0.01
