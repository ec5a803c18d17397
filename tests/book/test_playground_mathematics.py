"""The mathematics of the playground, in a browser, against emlib: same data, start and rounds."""

import lab
import numpy as np
import pytest

from book import reader as site
from emlib import bound, datasets
from emlib.models.coins import CoinMixture
from emlib.models.gaussian import GaussianMixture
from emlib.models.gaussian1d import GaussianMixture1D
from emlib.models.kmeans import KMeans

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(lab.chromium() is None, reason="no Chromium; CHROMIUM may name one"),
]
SCRIPT = site.BOOK / "static" / "em.js"
CLOSE = {"rtol": 1e-9, "atol": 1e-9}
ROUNDS = """([model, data, rounds]) => {
    const seen = [];
    for (let i = 0; i < rounds; i++) {
        const q = EM.eStep(model, data);
        const next = EM.mStep(model, data, q);
        seen.push({q, model: next, ...(model.kind === "kmeans"
            ? {distortion: EM.distortion(next, data, q)}
            : {logLikelihood: EM.logLikelihood(next, data), bound: EM.bound(next, data, q),
               gap: EM.gap(next, data, q), entropy: EM.entropy(q),
               q_function: EM.qFunction(next, data, q)})});
        model = next;
    }
    return seen;
}"""


@pytest.fixture(scope="module")
def page():
    with lab.browser() as running:
        opened = running.new_page()
        opened.add_script_tag(path=str(SCRIPT))
        yield opened


def run(page, model, data, rounds=8):
    return page.evaluate(ROUNDS, [model, np.asarray(data).tolist(), rounds])


def compare(page, ours, theirs, x, rows, parameters, rounds=8):
    """Compare all that a round computes, round by round."""
    for seen in run(page, ours, rows, rounds):
        e, _ = theirs.e_step(x)
        q = theirs.responsibilities(x)
        theirs = theirs.m_step(e)
        np.testing.assert_allclose(seen["q"], q, **CLOSE)
        for name, attribute in parameters.items():
            found = np.asarray(seen["model"][name]).reshape(getattr(theirs, attribute).shape)
            np.testing.assert_allclose(found, getattr(theirs, attribute), **CLOSE)
        np.testing.assert_allclose(seen["logLikelihood"], theirs.log_likelihood(x), **CLOSE)
        np.testing.assert_allclose(seen["bound"], bound.elbo(theirs, x, q), **CLOSE)
        np.testing.assert_allclose(seen["gap"], bound.kl(theirs, x, q), **CLOSE)
        np.testing.assert_allclose(seen["entropy"], bound.entropy(q), **CLOSE)
        np.testing.assert_allclose(seen["q_function"], bound.q_function(theirs, x, q), **CLOSE)
        assert seen["bound"] <= seen["logLikelihood"] + 1e-9


@pytest.mark.parametrize("floor", [0.0, 0.2])
@pytest.mark.parametrize("family", ["full", "tied", "diag", "spherical"])
def test_a_mixture_in_the_plane_is_that_of_emlib(page, family, floor):
    x = np.asarray(datasets.old_faithful().x)
    x = (x - x.mean(axis=0)) / x.std(axis=0)
    start = {"weights": [0.4, 0.6], "means": [[-1.5, 1.0], [1.5, -1.0]]}
    start["covariances"] = [(0.5 * np.eye(2)).tolist()] * 2
    theirs = GaussianMixture(**start, covariance_type=family, covariance_floor=floor)
    ours = {"kind": "gauss", "family": family, "floor": floor, **start}
    names = {"weights": "weights", "means": "means", "covariances": "covariances"}
    compare(page, ours, theirs, x, x, names)


@pytest.mark.parametrize("family", ["full", "tied"])
def test_a_mixture_on_a_line_is_that_of_emlib(page, family):
    x = np.asarray(datasets.galaxies().x, dtype=float).ravel()
    x = x / x.std()
    means, variances = [x.min(), float(np.median(x)), x.max()], [0.3] * 3
    theirs = GaussianMixture1D([0.2, 0.5, 0.3], means, variances, covariance_type=family)
    ours = {"kind": "gauss", "family": family, "floor": 0, "weights": [0.2, 0.5, 0.3]}
    ours |= {"means": [[m] for m in means], "covariances": [[[v]] for v in variances]}
    names = {"weights": "weights", "means": "means", "covariances": "variances"}
    compare(page, ours, theirs, x, x[:, None], names)


def test_coins_are_those_of_emlib(page):
    rows = np.array([[5, 5], [9, 1], [8, 2], [4, 6], [7, 3], [10, 0]])
    theirs = CoinMixture([0.6, 0.5], [0.3, 0.7])
    ours = {"kind": "coins", "weights": [0.3, 0.7], "p": [0.6, 0.5]}
    compare(page, ours, theirs, rows, rows, {"weights": "weights", "p": "biases"})


def test_means_are_those_of_emlib(page):
    x = np.asarray(datasets.old_faithful().x)
    means = [[2.0, 90.0], [4.5, 50.0], [3.0, 70.0]]
    theirs = KMeans(means)
    for seen in run(page, {"kind": "kmeans", "means": means}, x):
        theirs = theirs.m_step(theirs.e_step(x)[0])
        np.testing.assert_allclose(seen["model"]["means"], theirs.centroids, **CLOSE)
    assert np.array_equal(np.argmax(seen["q"], axis=1), theirs.predict(x))


def test_a_mixture_whose_component_has_one_point_collapses_and_a_floor_holds_it(page):
    tried = """floor => {
        const data = [[0, 0], [1, 0.5], [0.2, 1], [9, 9]];
        const model = {kind: "gauss", family: "full", floor, weights: [0.5, 0.5],
                       means: [[0.4, 0.5], [9, 9]],
                       covariances: [[[1, 0], [0, 1]], [[0.01, 0], [0, 0.01]]]};
        try { return EM.mStep(model, data, EM.eStep(model, data)).covariances[1]; }
        catch (error) { return [error instanceof EM.CollapseError, error.component]; }
    }"""
    assert page.evaluate(tried, 0) == [True, 1]
    np.testing.assert_allclose(page.evaluate(tried, 0.25), 0.25 * np.eye(2), atol=1e-12)


def test_two_rows_far_from_all_means_have_responsibilities(page):
    model = {"kind": "gauss", "family": "full", "floor": 0, "weights": [0.5, 0.5]}
    model |= {"means": [[0], [1]], "covariances": [[[1]], [[1]]]}
    q = page.evaluate("([model, data]) => EM.eStep(model, data)", [model, [[-1e4], [1e4]]])
    assert q == [[1, 0], [0, 1]]
