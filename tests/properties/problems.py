"""Random problems for the properties: data of many shapes, and a model to begin from."""

from __future__ import annotations

import dataclasses
import functools
import warnings
from collections import Counter
from typing import Any

import hypothesis
import numpy as np
from hypothesis import strategies as st

from emlib import CoinMixture, EMWarning, GaussianMixture, GaussianMixture1D, KMeans, PoissonMixture

TRIED: Counter[str] = Counter()
"""Examples tried by each property."""

SHAPES = ["spread", "overlapping", "unequal", "tiny", "nearly singular", "on a grid", "offset"]
MIXTURES = [CoinMixture, GaussianMixture1D, GaussianMixture, PoissonMixture]
MODELS = [*MIXTURES, KMeans]


@dataclasses.dataclass
class Problem:
    """Data and a model to begin from; the seed is for whatever else a property needs."""

    model: Any
    x: np.ndarray
    shape: str
    seed: int

    @property
    def rng(self) -> np.random.Generator:
        return np.random.default_rng([self.seed, 1])

    def q(self) -> np.ndarray:
        """Draw a distribution over the components for each row, with some zeros."""
        q = self.rng.dirichlet(np.ones(self.model.n_components), size=len(self.x))
        q[::3] = np.eye(self.model.n_components)[0]
        return q


@st.composite
def problems(draw, kinds=MODELS, shapes=SHAPES, floors=(0.0, 1e-3)):
    """Draw a problem; it shrinks towards few components, columns and rows."""
    kind = draw(st.sampled_from(kinds))
    shape = draw(st.sampled_from(shapes))
    k, d = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    if kind is not GaussianMixture and kind is not KMeans:
        d = 1
    n = draw(st.integers(k, k + 6)) if shape == "tiny" else draw(st.integers(12 * k, 60))
    seed = draw(st.integers(0, 2**32 - 1))
    floor = draw(st.sampled_from(floors))
    fixed = draw(st.booleans())
    rng = np.random.default_rng(seed)
    weights = rng.dirichlet(np.full(k, 0.7 if shape == "unequal" else 5.0))
    if kind is CoinMixture:
        tosses = rng.integers(0, 30, size=n)
        heads = rng.binomial(tosses, rng.choice(rng.uniform(size=k), size=n))
        x = np.column_stack([heads, tosses - heads]).astype(float)
        return Problem(
            CoinMixture(rng.uniform(size=k), weights, fixed_weights=fixed), x, shape, seed
        )
    if kind is PoissonMixture:
        rates = 20 * rng.uniform(size=k)
        x = rng.poisson(rng.choice(rates, size=n)).astype(float)
        return Problem(
            PoissonMixture(weights, rng.uniform(1, 20, k), fixed_weights=fixed), x, shape, seed
        )
    x = cloud(rng, shape, n, k, d)
    at = x[rng.choice(n, size=k, replace=False)]
    if kind is KMeans:
        return Problem(KMeans(at), x, shape, seed)
    options = {"fixed_weights": fixed, "covariance_floor": floor}
    width = x.var(axis=0) + 2 * floor + 1e-9
    if kind is GaussianMixture1D:
        model = GaussianMixture1D(weights, at[:, 0], np.full(k, width[0]), **options)
        return Problem(model, x[:, 0], shape, seed)
    return Problem(GaussianMixture(weights, at, [np.diag(width)] * k, **options), x, shape, seed)


def cloud(rng, shape, n, k, d):
    """Draw rows around k centres."""
    apart = {"overlapping": 0.5, "unequal": 8.0}.get(shape, 4.0)
    label = rng.integers(k, size=n)
    x = apart * rng.normal(size=(k, d))[label] + rng.normal(size=(n, d))
    if shape == "unequal":
        x *= (10.0 ** rng.uniform(-2, 2, size=k))[label, None]
    if shape == "nearly singular":
        x[:, -1] = x[:, 0] + 1e-4 * rng.normal(size=n)
    if shape == "on a grid":
        x = np.round(2 * x) / 2
    if shape == "offset":
        x += 1e8
    return x


def holds(strategy, examples=25):
    """Declare a property: a test that must pass for every example, and counts them."""

    def wrap(test):
        name = test.__name__

        @hypothesis.settings(
            derandomize=True,
            deadline=None,
            max_examples=examples,
            database=None,
            suppress_health_check=list(hypothesis.HealthCheck),
        )
        @hypothesis.given(strategy)
        @functools.wraps(test)
        def counted(problem):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", EMWarning)
                test(problem)
            TRIED[name] += 1

        counted.is_property = True
        return counted

    return wrap
