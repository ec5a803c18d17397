"""(9.6)-(9.9), (9.75)-(9.79): weights, the posterior of all labels, priors, one row at a time."""

import itertools
import math

import numpy as np
import pytest
from scipy import stats

from emlib import CoinMixture, GaussianMixture, GaussianMixture1D, KMeans, bound, coins, em
from emlib.models.kmeans import one_hot

rng = np.random.default_rng(8)
PLANE = rng.normal(size=(70, 2))
PLANE[40:] += [2.5, 1]
LINE = PLANE[:, 0].copy()
TWO = GaussianMixture([0.4, 0.6], [[0, 0], [2, 2]], [np.eye(2), 2 * np.eye(2)])
FLAT = GaussianMixture1D([0.4, 0.6], [0, 2], [1, 2])


@pytest.mark.equation("9.6")
def test_k_medoids_with_the_squared_distance_is_k_means():
    def distortion(dissimilarity, prototypes, r):
        return sum(
            r[n, k] * dissimilarity(PLANE[n], prototypes[k])
            for n, k in itertools.product(range(len(PLANE)), range(2))
        )

    centroids = PLANE[:2]
    model = KMeans(centroids)
    r = one_hot(model.log_joint(PLANE))
    squared = distortion(lambda a, b: ((a - b) ** 2).sum(), centroids, r)
    assert -model.objective(PLANE) == pytest.approx(squared, rel=1e-12)
    # with another one, a prototype among the rows is found by trying them all, and the mean is not
    rows = np.array([[0.0, 0], [1, 0], [2, 0], [30, 0]])
    sums = [sum(abs(row - one).sum() for row in rows) for one in rows]
    assert rows[int(np.argmin(sums))].tolist() == [1, 0]
    assert min(sums) < sum(abs(row - rows.mean(axis=0)).sum() for row in rows)


@pytest.mark.equation("9.7")
def test_a_mixture_is_a_weighted_sum_of_densities():
    density = sum(
        weight * stats.multivariate_normal.pdf(PLANE, mean, covariance)
        for weight, mean, covariance in zip(TWO.weights, TWO.means, TWO.covariances, strict=True)
    )
    assert np.exp(TWO.log_density(PLANE)) == pytest.approx(density, rel=1e-12)


@pytest.mark.equation("9.8", "9.9")
def test_weights_are_between_zero_and_one_and_sum_to_one():
    for weights in ([0.5, 0.5], [0.0, 1.0]):
        assert CoinMixture([0.2, 0.4], weights).weights.tolist() == weights
    with pytest.raises(ValueError, match="weights: expected no negative weight, got -0.1"):
        CoinMixture([0.2, 0.4], [-0.1, 1.1])
    with pytest.raises(ValueError, match="weights: expected weights that sum to 1"):
        CoinMixture([0.2, 0.4], [0.5, 0.6])
    fit = em.fit(TWO, PLANE)
    assert fit.model.weights.min() >= 0
    assert fit.model.weights.sum() == pytest.approx(1, rel=1e-14)


@pytest.mark.equation("9.75")
def test_the_posterior_of_all_labels_is_the_product_over_rows():
    x = PLANE[36:43]
    r = bound.posterior(TWO, x)
    log_joint = TWO.log_joint(x)
    labels = list(itertools.product(range(2), repeat=len(x)))
    joint = [math.exp(sum(log_joint[n, k] for n, k in enumerate(z))) for z in labels]
    for z, p in zip(labels, joint, strict=True):
        product = math.prod(r[n, k] for n, k in enumerate(z))
        assert p / sum(joint) == pytest.approx(product, rel=1e-11)


SMALL = coins.counts([1, 3, 0], 3)
PRIOR = 3.0


def log_posterior(bias, share):
    """ln p(theta | X) of two coins, one of them fair, by quadrature over both parameters."""
    nodes, gauss = np.polynomial.legendre.leggauss(24)
    grid, gauss = (nodes + 1) / 2, gauss / 2
    joint = np.array([[log_joint(b, s) for s in grid] for b in grid])
    log_evidence = math.log(gauss @ np.exp(joint) @ gauss)
    return log_joint(bias, share) - log_evidence, log_evidence


def log_joint(bias, share):
    """ln p(theta, X), by a sum over every assignment of the labels; the bias has a flat prior."""
    total = 0.0
    for z in itertools.product(range(2), repeat=3):
        p = 1.0
        for (heads, tails), k in zip(SMALL, z, strict=True):
            b = (bias, 0.5)[k]
            p *= (share, 1 - share)[k] * b**heads * (1 - b) ** tails
        total += p
    return math.log(total) + stats.dirichlet.logpdf([share, 1 - share], [PRIOR, PRIOR])


@pytest.mark.equation("9.76")
def test_the_objective_with_a_prior_is_the_log_posterior_but_for_a_constant():
    for bias, share in ((0.2, 0.3), (0.7, 0.5)):
        theta = CoinMixture([bias, 0.5], [share, 1 - share], weight_prior=PRIOR)
        posterior, evidence = log_posterior(bias, share)
        assert theta.e_step(SMALL)[1] == pytest.approx(posterior + evidence, rel=1e-11)


@pytest.mark.equation("9.77")
def test_the_bound_with_the_prior_is_below_the_log_posterior_by_the_divergence():
    theta = CoinMixture([0.2, 0.5], [0.3, 0.7], weight_prior=PRIOR)
    posterior, evidence = log_posterior(0.2, 0.3)
    for _ in range(5):
        q = rng.dirichlet([1, 1], size=3)
        low = bound.map_elbo(theta, SMALL, q)
        assert low <= posterior + evidence
        assert low + bound.kl(theta, SMALL, q) == pytest.approx(posterior + evidence, rel=1e-11)
    q = bound.posterior(theta, SMALL)
    assert bound.map_elbo(theta, SMALL, q) == pytest.approx(posterior + evidence, rel=1e-11)
    new = theta.m_step(theta.e_step(SMALL)[0])
    assert bound.map_elbo(new, SMALL, q) > bound.map_elbo(theta, SMALL, q)


@pytest.mark.equation("9.78", "9.79")
@pytest.mark.parametrize(
    "model",
    [FLAT, TWO, GaussianMixture(TWO.weights, TWO.means, [np.eye(2)] * 2, covariance_type="diag")],
    ids=["1-D", "full", "diag"],
)
def test_statistics_after_one_row_changed_are_those_of_all_rows_taken_anew(model):
    x = LINE if model is FLAT else PLANE
    for offset in (0.0, 1e6):
        r = model.responsibilities(x)
        statistics = model.statistics(x + offset, r)
        for m in (0, 5, 69):
            new = rng.dirichlet([1, 1])
            old_n, old_means = statistics.n_k, statistics.means - offset
            statistics = statistics.moved(np.atleast_1d(x[m]) + offset, new - r[m])
            assert statistics.n_k == pytest.approx(old_n + new - r[m], rel=1e-13)
            by_hand = [
                old_means[k] + (new - r[m])[k] / statistics.n_k[k] * (x[m] - old_means[k])
                for k in range(2)
            ]
            assert statistics.means - offset == pytest.approx(np.array(by_hand), abs=1e-9)
            r[m] = new
            whole = model.statistics(x + offset, r)
            assert statistics.n_k == pytest.approx(whole.n_k, rel=1e-12)
            assert statistics.means == pytest.approx(whole.means, rel=1e-12)
            assert statistics.scatters == pytest.approx(whole.scatters, rel=1e-9, abs=1e-8)


@pytest.mark.parametrize("prior", [None, (4, 0.5)], ids=["plain", "with a prior"])
def test_incremental_em_climbs_the_bound_with_every_row_and_ends_where_em_does(prior):
    for begin, x in ((FLAT, LINE), (TWO, PLANE)):
        model = (
            begin if prior is None else type(begin)(**begin._values() | {"covariance_prior": prior})
        )
        fit = em.fit(model, x, tol=1e-13, max_iter=5000)
        steps = list(itertools.islice(em.incremental(model, x), 150))
        assert [s.iteration for s in steps] == list(range(150))
        assert steps[0].objective == pytest.approx(fit.history[0], rel=1e-13)
        assert steps[-1].objective == pytest.approx(fit.objective, abs=1e-6)
        assert steps[1].objective > fit.history[1]  # later rows saw better parameters
        r = model.responsibilities(x)
        statistics, height = model.statistics(x, r), -math.inf
        for m in itertools.chain(range(len(x)), range(len(x))):
            new = model.responsibilities(x[m : m + 1])[0]
            statistics = statistics.moved(np.atleast_1d(x[m]), new - r[m])
            r[m], model = new, model.m_step(statistics)
            now = bound.map_elbo(model, x, r)
            assert now >= height - 1e-9
            height = now
        assert model.means == pytest.approx(steps[2].model.means, rel=1e-9)


def test_rows_that_occur_often_count_as_often_in_incremental_em():
    x = np.repeat(np.round(LINE[:20], 1), 4)
    flat = next(itertools.islice(em.incremental(FLAT, x), 100, None))
    assert flat.objective == pytest.approx(em.fit(FLAT, x, tol=1e-13, max_iter=5000).objective)


@pytest.mark.parametrize(
    ("model", "x", "words"),
    [
        (CoinMixture([0.2, 0.4], [0.5, 0.5]), SMALL, "model: expected a mixture of Gaussians, got"),
        (KMeans([[0.0], [1.0]]), LINE, "model: expected a mixture with a density, got KMeans"),
        (GaussianMixture, PLANE, "model: expected a model, such as"),
        (3, PLANE, "model: expected a model"),
        (TWO, "abc", "x: expected real numbers, got text"),
    ],
)
def test_what_incremental_em_cannot_take_is_refused_by_name(model, x, words):
    with pytest.raises(TypeError, match=words):
        next(em.incremental(model, x))
    with pytest.raises(ValueError, match="x: expected finite"):
        next(em.incremental(TWO, PLANE * np.nan))
