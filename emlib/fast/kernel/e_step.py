"""One pass over all chunks: sums, and out of them the statistics and the log-likelihood."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterable
from functools import cache, partial, reduce
from operator import add
from typing import Any

import numpy as np

from emlib.data.errors import IGNORED_FLAGS
from emlib.data.rows import Array, Rows
from emlib.fast.kernel.buffers import Buffers
from emlib.fast.kernel.features import Features, n_threads_for
from emlib.fast.kernel.quadratic import QuadraticFeatures
from emlib.fast.kernel.softmax import softmax
from emlib.fast.kernel.thresholds import THRESHOLDS, Thresholds
from emlib.fast.kernel.whitened import WhitenedFeatures
from emlib.models.statistics import GaussianStatistics, column


class Kernel:
    """The fast E-step for one data set and one number of components; kept with the data."""

    def __init__(
        self, data: Rows, n_components: int, form: type[Features] | None, thresholds: Thresholds
    ) -> None:
        few_columns = data.n_columns <= min(thresholds.quadratic_columns, 3 * n_components)
        chosen: Any = form or (QuadraticFeatures if few_columns else WhitenedFeatures)
        self.features: Features = chosen(data, n_components, thresholds)
        self.scaling, self.n_components = self.features.scaling, n_components
        self.n_threads = min(n_threads_for(data, n_components, thresholds), self.features.n_chunks)
        self._idle: list[list[Buffers]] = []

    def buffers(self, k: int, reference: bool = False) -> list[Buffers]:
        """New buffers for every thread."""
        return [Buffers(self.features, k, reference) for _ in range(self.n_threads)]

    def e_step(
        self, weights: Array, means: Array, covariances: Array
    ) -> tuple[GaussianStatistics, float] | None:
        """Statistics and log-likelihood; None where the readable form must take the step.

        Parameters
        ----------
        weights, means, covariances
            Of shapes (K,), (K, D) and (K, D, D), in the data's units; of a diagonal form the
            variances (K, D).
        """
        scaling, features = self.scaling, self.features
        units = features.units()
        centred = (means - scaling.centre) / scaling.scale
        whiten = features.whiten(covariances / units, centred) if scaling.usable else None
        if whiten is None or not weights.all():
            return None
        eta = features.eta(weights, centred, whiten)
        try:
            buffers = self._idle.pop()  # two callers, in threads of their own, never share buffers
        except IndexError:
            buffers = self.buffers(self.n_components)
        sums, objective = sweep_all(features, eta, buffers)
        self._idle.append(buffers)
        n_k, first, second = features.moments(sums)
        if not (math.isfinite(objective) and (n_k > features.least_count).all()):
            return None
        offsets = first / n_k[:, None]
        scatters = second - column(n_k, second) * features.products(offsets)
        variances = scatters / column(n_k, second)
        wide = features.diagonal(variances) > scaling.least
        if not wide.all() or features.whiten(variances, offsets) is None:
            return None
        moments = GaussianStatistics(n_k, scaling.centre, offsets * scaling.scale, scatters * units)
        return moments, objective - scaling.log_volume


def kernel_of(
    data: Rows,
    n_components: int,
    thresholds: Thresholds = THRESHOLDS,
    form: type[Features] | None = None,
) -> Kernel:
    """The kernel of the data for so many components, made once; ``form`` for another than its."""
    key = "kernel", n_components, thresholds, form
    if key not in data.kept:
        data.kept[key] = Kernel(data, n_components, form, thresholds)
    return data.kept[key]


@np.errstate(**IGNORED_FLAGS)  # a thread does not inherit its caller's
def sweep(
    features: Features, eta: Any, chunks: Iterable[int], buffers: Buffers
) -> tuple[list[Array], float]:
    """Sums over some chunks, and their log-likelihood (less that of the reference)."""
    sums: list[Array] = []
    objective = 0.0
    for i in chunks:
        phi, times = features.chunk(i, buffers)
        r, part = softmax(features, eta, phi, times, buffers)
        objective += part
        more = features.sums(phi, r, buffers)
        sums = [a + b for a, b in zip(sums, more, strict=True)] if sums else more
    return sums, objective


def sweep_all(features: Features, eta: Any, buffers: list[Buffers]) -> tuple[list[Array], float]:
    """Sums over all chunks, shared among the threads."""
    if len(buffers) == 1:
        return sweep(features, eta, features.chunks, buffers[0])
    from concurrent.futures import ThreadPoolExecutor

    n = len(buffers)
    shares = [
        features.chunks[t * features.n_chunks // n : (t + 1) * features.n_chunks // n]
        for t in range(n)
    ]
    with _one_blas_thread(), ThreadPoolExecutor(n) as pool:
        parts = list(pool.map(partial(sweep, features, eta), shares, buffers))
    sums = [reduce(add, arrays) for arrays in zip(*[s for s, _ in parts], strict=True)]
    return sums, math.fsum(part for _, part in parts)


@cache
def _controller() -> Any:
    try:
        from threadpoolctl import ThreadpoolController
    except ImportError:
        return None
    return ThreadpoolController()


def _one_blas_thread() -> Any:
    """Keep the threads of the matrix product from waiting for those of the chunks."""
    controller = _controller()
    return contextlib.nullcontext() if controller is None else controller.limit(limits=1)
