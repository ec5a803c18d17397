"""Which model has quick steps, and where they are: the table that `emlib.mixture` looks into."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from emlib import kernel, nearest
from emlib.diagonal import Diagonal
from emlib.families import DIAGONAL
from emlib.gmm import GaussianMixture
from emlib.gmm1d import GaussianMixture1D
from emlib.kmeans import ClusterStatistics, KMeans
from emlib.mixture import QUICK
from emlib.moments import Moments
from emlib.rows import Data, Rows

Chain = tuple[Iterator[Any], Callable[[Any], Any]]
"""Rounds of EM, and what makes the model of a round's state: see `emlib.em`."""


class QuickGaussians:
    """Steps of `GaussianMixture`, by the kernel."""

    rounds = staticmethod(kernel.rounds)
    rounds_together = staticmethod(kernel.rounds_together)

    @staticmethod
    def e_step(model: Any, data: Rows) -> tuple[Moments, float] | None:
        """Statistics and log-likelihood; None where the readable form must take the step."""
        if model.covariance_type in DIAGONAL:
            variances = model.covariances.diagonal(axis1=1, axis2=2)
            fast = kernel.of(data, model.n_components, Diagonal)
            return fast.e_step(model.weights, model.means, variances)
        fast = kernel.of(data, model.n_components)
        return fast.e_step(model.weights, model.means, model.covariances)


class QuickGaussians1D(QuickGaussians):
    """Steps of `GaussianMixture1D`, by the kernel."""

    @staticmethod
    def e_step(model: Any, data: Rows) -> tuple[Moments, float] | None:
        """Statistics and log-likelihood; None where the readable form must take the step."""
        fast = kernel.of(data, model.n_components)
        result = fast.e_step(model.weights, model.means[:, None], model.variances[:, None, None])
        if result is None:
            return None
        (n_k, origin, offsets, scatters), objective = vars(result[0]).values(), result[1]
        return Moments(n_k, origin, offsets[:, 0], scatters[:, 0, 0]), objective


class QuickKMeans:
    """Steps of `KMeans`, by the leads of its points."""

    rounds_together = None

    @staticmethod
    def e_step(model: KMeans, data: Rows) -> tuple[ClusterStatistics, float] | None:
        """Counts, means and minus the distortion; None where the readable form must take over."""
        fast = nearest.of(data, model.n_components)
        result = fast.e_step(model.centroids) if fast else None
        if fast is None or result is None:
            return None
        return model.sum_up(data, fast, result), result.objective

    @staticmethod
    def rounds(model: KMeans, data: Data) -> Chain | None:
        """Lloyd's algorithm without a model a round."""
        fast = nearest.of(data, model.n_components) if isinstance(data, Rows) else None
        return (model._rounds(fast, data), model.at) if fast else None


QUICK[GaussianMixture] = QuickGaussians
QUICK[GaussianMixture1D] = QuickGaussians1D
QUICK[KMeans] = QuickKMeans
