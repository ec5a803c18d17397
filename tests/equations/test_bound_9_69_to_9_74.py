"""PRML section 9.4: the likelihood as bound plus divergence, (9.69) to (9.74), by force over Z."""

import numpy as np
import pytest
from equations import slow_forms as slow
from equations.slow_forms import MIXTURES, TINY, name
from scipy import special, stats

from emlib import bound

each_tiny = pytest.mark.parametrize("problem", TINY, ids=name)
each_mixture = pytest.mark.parametrize("problem", MIXTURES, ids=name)
each_q = pytest.mark.parametrize("kind", ["inside", "with zeros"])


def choose(problem, kind):
    return problem.q() if kind == "inside" else problem.q_with_zeros()


def bound_by_force(model, x, q):
    """Sum over Z of q(Z) ln(p(X, Z) / q(Z))."""
    complete = slow.complete_likelihoods(model, x)
    pairs = slow.product_distribution(q).items()
    return sum(q_z * np.log(complete[z] / q_z) for z, q_z in pairs if q_z > 0)


def divergence_by_force(model, x, q):
    """Minus the sum over Z of q(Z) ln(p(Z | X) / q(Z))."""
    posterior = slow.posterior_over_assignments(model, x)
    pairs = slow.product_distribution(q).items()
    return -sum(q_z * np.log(posterior[z] / q_z) for z, q_z in pairs if q_z > 0)


@pytest.mark.equation("9.69")
@each_tiny
def test_the_likelihood_is_the_sum_of_the_complete_likelihood_over_all_z(problem):
    total = sum(slow.complete_likelihoods(problem.model, problem.x).values())
    assert np.exp(problem.model.log_likelihood(problem.x)) == pytest.approx(total, rel=1e-11)


@pytest.mark.equation("9.70")
@each_tiny
@each_q
def test_for_any_q_the_bound_and_the_divergence_add_up_to_the_log_likelihood(problem, kind):
    q = choose(problem, kind)
    expected = slow.log_likelihood(problem.model, problem.x)
    by_force = bound_by_force(problem.model, problem.x, q)
    assert by_force + bound.kl(problem.model, problem.x, q) == pytest.approx(expected, rel=1e-11)
    by_force = divergence_by_force(problem.model, problem.x, q)
    assert by_force + bound.elbo(problem.model, problem.x, q) == pytest.approx(expected, rel=1e-11)


@pytest.mark.equation("9.71")
@each_tiny
@each_q
def test_the_bound_is_the_sum_over_all_z(problem, kind):
    q = choose(problem, kind)
    expected = bound_by_force(problem.model, problem.x, q)
    assert bound.elbo(problem.model, problem.x, q) == pytest.approx(expected, rel=1e-11)


@pytest.mark.equation("9.72")
@each_tiny
@each_q
def test_the_divergence_is_the_sum_over_all_z(problem, kind):
    q = choose(problem, kind)
    expected = divergence_by_force(problem.model, problem.x, q)
    assert bound.kl(problem.model, problem.x, q) == pytest.approx(expected, rel=1e-10)


@pytest.mark.equation("9.72")
@each_mixture
@each_q
def test_the_divergence_is_that_of_scipy_row_by_row_and_never_negative(problem, kind):
    q = choose(problem, kind)
    rows = special.rel_entr(q, slow.responsibilities(problem.model, problem.x)).sum(axis=1)
    assert (rows >= -1e-15).all()
    assert bound.kl(problem.model, problem.x, q) == pytest.approx(rows.sum(), rel=1e-10)


@pytest.mark.equation("9.73")
@each_tiny
def test_the_product_rule_holds_for_every_assignment(problem):
    posterior = bound.posterior(problem.model, problem.x)
    log_likelihood = problem.model.log_likelihood(problem.x)
    for z, p in slow.complete_likelihoods(problem.model, problem.x).items():
        log_posterior = np.log(posterior[np.arange(problem.n), z]).sum()
        assert log_posterior + log_likelihood == pytest.approx(np.log(p), rel=1e-10)


@pytest.mark.equation("9.73")
@each_tiny
def test_at_a_hard_q_the_divergence_is_minus_the_log_posterior_of_that_assignment(problem):
    posterior = slow.posterior_over_assignments(problem.model, problem.x)
    for z in list(posterior)[::11]:
        found = bound.kl(problem.model, problem.x, np.eye(problem.k)[list(z)])
        assert found == pytest.approx(-np.log(posterior[z]), rel=1e-10)


@pytest.mark.equation("9.74")
@each_tiny
def test_at_the_old_posterior_the_bound_is_q_plus_the_entropy_of_that_posterior(problem):
    """The second term is a constant in theta, and it is plus the entropy: not minus."""
    q = bound.posterior(problem.model, problem.x)
    posterior = slow.posterior_over_assignments(problem.model, problem.x).values()
    entropy = -sum(p * np.log(p) for p in posterior)
    assert entropy > 0
    assert bound.entropy(q) == pytest.approx(entropy, rel=1e-10)
    for theta in (problem.model, problem.other):
        complete = slow.complete_likelihoods(theta, problem.x)
        pairs = zip(posterior, complete.values(), strict=True)
        expected_log = sum(p * np.log(joint) for p, joint in pairs)
        constant = bound.elbo(theta, problem.x, q) - expected_log
        assert constant == pytest.approx(entropy, rel=1e-9)


@pytest.mark.equation("9.74")
@each_mixture
@each_q
def test_the_entropy_is_that_of_scipy_row_by_row(problem, kind):
    q = choose(problem, kind)
    assert bound.entropy(q) == pytest.approx(stats.entropy(q, axis=1).sum(), rel=1e-12)
