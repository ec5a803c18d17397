"""`emlib.selection`: criteria, and data held out."""

import math

import numpy as np
import pytest

from emlib import CoinMixture, GaussianMixture, GaussianMixture1D, datasets, em, selection

X = datasets.old_faithful().x
FIT = em.fit(GaussianMixture([0.5, 0.5], [[2, 55], [4.3, 80]], [np.diag([0.25, 36])] * 2), X)


def test_both_criteria_by_hand():
    model = CoinMixture([0.25], [1.0], fixed_weights=True)
    x = [[1, 3], [0, 1], [0, 0]]
    log_likelihood = math.log(0.25) + 4 * math.log(0.75)
    assert selection.aic(model, x) == pytest.approx(2 * 1 - 2 * log_likelihood)
    assert selection.bic(model, x) == pytest.approx(math.log(3) - 2 * log_likelihood)
    assert type(selection.aic(model, x)) is type(selection.bic(model, x)) is float


def test_both_criteria_agree_with_scikit_learn():
    from sklearn.mixture import GaussianMixture as Sklearn  # slow to load

    peer = Sklearn(2, random_state=0).fit(X)
    model = GaussianMixture(peer.weights_ / peer.weights_.sum(), peer.means_, peer.covariances_)
    assert selection.bic(model, X) == pytest.approx(peer.bic(X), rel=1e-12)
    assert selection.aic(model, X) == pytest.approx(peer.aic(X), rel=1e-12)


def test_bic_of_the_geyser_is_that_of_mclust_with_the_other_sign():
    assert selection.bic(FIT.model, X) == pytest.approx(2322.19, abs=0.01)


def test_bic_prefers_two_components_on_two_normals():
    x = datasets.two_normals(0).x
    one = GaussianMixture1D([1.0], [x.mean()], [x.var()])
    two = em.fit(GaussianMixture1D([0.5, 0.5], [10, 50], [25, 25]), x, tol=1e-12).model
    assert round(selection.bic(one, x), 1) == 75521.4
    assert round(selection.bic(two, x), 1) == 71736.3


def test_a_class_where_a_model_is_due_is_refused_by_name():
    for function in (selection.aic, selection.bic):
        with pytest.raises(TypeError, match="^model: expected a model, such as"):
            function(GaussianMixture, X)
        with pytest.raises(ValueError, match="^x: expected"):
            function(FIT.model, [[1.0, 2.0, 3.0]])


def test_a_split_keeps_every_row_once_in_random_order():
    x = np.arange(40.0).reshape(20, 2)
    fit, held = selection.hold_out(x, 0)
    assert (len(fit), len(held)) == (15, 5)
    both = np.concatenate([fit, held])
    assert sorted(both.tolist()) == x.tolist()
    assert both.tolist() != x.tolist()
    again = selection.hold_out(x, np.random.default_rng(0))
    assert again[0].tolist() == fit.tolist()
    assert selection.hold_out(x, 1)[1].tolist() != held.tolist()


@pytest.mark.parametrize(
    ("n", "fraction", "held"),
    [(20, 0.5, 10), (20, 0.01, 1), (20, 0.999, 19), (2, 0.5, 1), (10, 0.25, 2), (9, 0.5, 4)],
)
def test_the_fraction_is_held_out_and_neither_side_is_empty(n, fraction, held):
    fit, rest = selection.hold_out(np.arange(float(n)), 0, fraction=fraction)
    assert len(rest) == held
    assert len(fit) == n - held
    assert rest.ndim == 1


def test_a_split_is_refused_by_name():
    for fraction in (0.0, 1.0, 1.5, -0.1, np.nan):
        with pytest.raises(ValueError, match="^fraction: expected"):
            selection.hold_out(X, 0, fraction=fraction)
    with pytest.raises(TypeError, match="^fraction: expected a number"):
        selection.hold_out(X, 0, fraction="half")
    with pytest.raises(ValueError, match="^x: expected at least two rows, got 1"):
        selection.hold_out([1.0], 0)
    with pytest.raises(TypeError, match="^rng: expected"):
        selection.hold_out(X, None)
    with pytest.raises(ValueError, match="^x: expected 1 or 2 dim"):
        selection.hold_out(np.zeros((2, 2, 2)), 0)
    fit, _ = selection.hold_out([1.0, 2.0], 0)
    assert fit.shape == (1,)
