"""At the edge of the doubles: who traps underflow is not stopped, and bounds stay exact."""

import math

import numpy as np
import pytest

from emlib import CoinMixture, GaussianMixture, GaussianMixture1D, KMeans, PoissonMixture, bound, em

TINY = 3e-313  # below the smallest double that has all its digits
X = np.array([[7.0, 3.0], [2.0, 8.0], [5.0, 4.0]])
COINS = CoinMixture([0.7, 0.3], [0.4, 0.6])
Q = np.array([[TINY, 1.0], [1.0, TINY], [0.3, 0.7]])
FAR = np.array([0.0, 38.3, 1.0, 37.1])


@pytest.mark.parametrize(
    "value",
    [
        lambda: bound.q_function(COINS, X, Q),
        lambda: bound.entropy(Q),
        lambda: bound.elbo(COINS, X, Q),
        lambda: bound.kl(COINS, X, Q),
    ],
    ids=["q_function", "entropy", "elbo", "kl"],
)
def test_products_with_next_to_nothing_are_next_to_nothing(value):
    with np.errstate(all="raise"):
        strict = value()
    assert strict == value()
    assert math.isfinite(strict)


def gaussians(d):
    means = [[0.0] * d, [38.0] * d]
    return GaussianMixture([0.5, 0.5], means, [np.eye(d)] * 2, covariance_floor=0.1)


CALLS = {
    "log_joint": lambda m, x: m.log_joint(x),
    "log_density": lambda m, x: m.log_density(x) if hasattr(m, "log_density") else 0,
    "responsibilities": lambda m, x: m.responsibilities(x),
    "predict": lambda m, x: m.predict(x),
    "e_step": lambda m, x: m.e_step(x)[1],
    "objective": lambda m, x: m.objective(x) if isinstance(m, KMeans) else m.log_likelihood(x),
    "statistics": lambda m, x: m.statistics(x, np.tile([[TINY, 1.0]], (len(x), 1))).n_k,
    "round": lambda m, x: m.m_step(m.e_step(x)[0])._values(),
    "fit": lambda m, x: em.fit(m, x).history,
    "from_responsibilities": lambda m, x: (
        type(m)
        .from_responsibilities(x, np.tile([[0.75, 0.25], [0.25, 0.75]], (len(x), 1))[: len(x)])
        ._values()
    ),
}
MODELS = [
    (GaussianMixture1D([0.5, 0.5], [0.0, 38.0], [1.0, 1.0]), FAR),
    (gaussians(1), FAR),
    (gaussians(2), np.column_stack([FAR, FAR[::-1] * 0.9])),
    (PoissonMixture([0.5, 0.5], [3, 900]), np.array([[0.0], [900], [90000]])),
    (PoissonMixture([0.5, 0.5], [0, 9]), np.array([[0.0], [9], [90000]])),
    (CoinMixture([0.9, 0.1], [0.5, 0.5]), np.array([[340.0, 4], [2, 345], [900, 0], [0, 900]])),
    (CoinMixture([1.0, 0.1], [0.5, 0.5]), np.array([[340.0, 0], [0, 345], [9, 0], [300, 0]])),
    (KMeans([[1.0, 1e-160], [-1.0, 0.0]]), np.array([[1.0, 2e-160], [-1.0, 0], [1.1, 0]])),
]


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize(("model", "x"), MODELS, ids=lambda v: type(v).__name__)
def test_what_underflows_is_meant_to(model, x, name):
    if isinstance(model, KMeans) and name == "statistics":
        return
    plain = CALLS[name](model, x)
    with np.errstate(all="raise"):
        strict = CALLS[name](model, x)
    assert repr(strict) == repr(plain)


def test_sums_of_clusters_may_underflow_too():
    model = KMeans([[0.0, 0.0]])
    a, b = (model.e_step(np.array([[0.0, 0.0], [1.0, y]]))[0] for y in (3e-308, 5e-308))
    with np.errstate(all="raise"):
        both = a + b
    assert both.means[0, 0] == 0.5


def test_kl_is_never_below_zero_not_even_by_rounding():
    rng = np.random.default_rng(0)
    for _ in range(60):
        model = GaussianMixture1D([0.5, 0.5], rng.normal(size=2), [1.0, 1.0])
        x = rng.normal(size=7)
        gap = bound.kl(model, x, model.responsibilities(x))
        assert 0.0 <= gap < 1e-12


@pytest.mark.parametrize("function", [bound.q_function, bound.elbo, bound.kl])
def test_rows_too_far_to_tell_are_refused_for_gaussians(function):
    model = GaussianMixture1D([0.5, 0.5], [0, 1], [1e-20, 1e-20])
    with pytest.raises(ValueError, match="x: expected rows .* row 1"):
        function(model, [0.5, 1e145], [[0.5, 0.5]] * 2)


def test_a_trial_that_no_coin_can_have_made_has_a_bound_and_no_posterior():
    model = CoinMixture([1.0, 0.0], [0.5, 0.5])
    assert bound.q_function(model, [[3, 2]], [[0.5, 0.5]]) == -math.inf
    assert bound.elbo(model, [[3, 2]], [[0.5, 0.5]]) == -math.inf
    for function in (bound.kl, lambda *a: bound.posterior(*a[:2])):
        with pytest.raises(ValueError, match="x: expected rows .* row 0"):
            function(model, [[3, 2]], [[0.5, 0.5]])
