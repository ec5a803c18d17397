"""Both forms of a step side by side: what the tests of `emlib.fast` compare by."""

import itertools
import math

import numpy as np
import pytest

from emlib import GaussianMixture, GaussianMixture1D
from emlib.data.errors import IGNORED_FLAGS
from emlib.fast.kernel.e_step import kernel_of
from emlib.fast.kernel.thresholds import Thresholds

EQUAL = 1e-10

FREELY = Thresholds(thread_products=0)
"""Threads are for large data only; here they are tried on small ones."""


def readable(model, data):
    """Take the E-step in the lessons' form: statistics and log-likelihood."""
    with np.errstate(**IGNORED_FLAGS):
        return model.readable_e_step(data)


def fast(model, data, thresholds=FREELY, form=None):
    """Take the E-step in the kernel's form; None where it does not answer."""
    k = model.n_components
    covariances = getattr(model, "covariances", None)
    if covariances is None:
        covariances = model.variances[:, None, None]
    with np.errstate(**IGNORED_FLAGS):
        kernel = kernel_of(data, k, thresholds, form)
        return kernel.e_step(model.weights, model.means.reshape(k, -1), covariances)


def distance(one, other, n):
    """Largest difference of two E-steps: counts by N, means and scatters in standard deviations."""
    (a, objective_a), (b, objective_b) = one, other
    whiten = np.linalg.inv(np.linalg.cholesky(b.scatters / b.n_k[:, None, None]))
    means = (a.origin - b.origin) + (a.offsets - b.offsets)
    spread = (a.scatters - b.scatters) / b.n_k[:, None, None]
    return max(
        np.abs(a.n_k - b.n_k).max() / n,
        np.abs(np.einsum("kij,kj->ki", whiten, means)).max(),
        np.abs(whiten @ spread @ whiten.swapaxes(1, 2)).max(),
        abs(objective_a - objective_b) / (abs(objective_b) + n),
    )


def apart(a, b):
    """Largest difference of two models: means and covariances in the second's deviations."""
    if isinstance(a, GaussianMixture1D):
        widths = b.stds
        means, spread = (a.means - b.means) / widths, (a.variances - b.variances) / b.variances
    else:
        whiten = np.linalg.inv(np.linalg.cholesky(b.covariances))
        means = np.einsum("kij,kj->ki", whiten, a.means - b.means)
        spread = whiten @ (a.covariances - b.covariances) @ whiten.swapaxes(1, 2)
    return max(np.abs(v).max() for v in (a.weights - b.weights, means, spread))


def plain(model, x, n_rounds):
    """EM by the readable form alone: (model, objective) of the start and each round."""
    data, result = model.prepare_fit(x), []
    for _ in range(n_rounds + 1):
        statistics, objective = readable(model, data)
        result.append((model, objective))
        with np.errstate(**IGNORED_FLAGS):
            model = model.m_step(statistics)
    return result


def first(steps, n_rounds):
    return [(step.model, step.objective) for step in itertools.islice(steps, n_rounds + 1)]


def same_course(steps, others, within):
    """Both went through the same models, with the same objectives."""
    assert len(steps) == len(others)
    for (model, objective), (other, wanted) in zip(steps, others, strict=True):
        assert objective == pytest.approx(wanted, rel=within, abs=within)
        assert apart(model, other) <= within


def same_rounds(steps, x, within):
    """Each round is the readable one from where the round before ended."""
    for here, there in itertools.pairwise(steps):
        same_course([here, there], plain(here[0], x, 1), within)


def count_calls(monkeypatch, owner, name):
    """Leave a function as it is, but collect what it returns, call by call."""
    original, calls = getattr(owner, name), []

    def counted(*args, **kwargs):
        value = original(*args, **kwargs)
        calls.append(value)
        return value

    monkeypatch.setattr(owner, name, counted)
    return calls


def on_the_edge(kappa, condition, d=3, n=2000, seed=0):
    """Two components, one far from the centre by kappa, the other as thin as the condition says."""
    rng = np.random.default_rng(seed)
    z = rng.standard_normal((n, d))
    half = math.sqrt(kappa)  # both centres are as far from the middle
    axes = np.linalg.qr(rng.normal(size=(d, d)))[0]
    z = z - z.mean(axis=0)
    z = z @ np.linalg.inv(np.linalg.cholesky(np.cov(z.T, bias=True))).T
    root = axes * np.array([1.0] * (d - 1) + [1 / math.sqrt(condition)])
    x = z @ root.T if kappa == 0 else np.concatenate([z + half * axes[0], z - half * axes[0]])
    if kappa == 0:
        return x, GaussianMixture([1.0], np.zeros((1, d)), [root @ root.T])
    return x, GaussianMixture([0.5, 0.5], [half * axes[0], -half * axes[0]], [np.eye(d)] * 2)
