"""One adapter for each library. These functions run in a worker, which imports what it needs.

An adapter takes a start and hands back a function of the number of iterations that runs exactly so
many, with every test of convergence switched off, and returns a `Result`.
"""

from __future__ import annotations

import importlib.util
import inspect
import math
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from importlib import metadata
from typing import Any

import numpy as np
from numpy.typing import NDArray

import emlib
from benchmarks.agreement import Result
from benchmarks.workers import Timing, stopwatch

Array = NDArray[np.float64]

OURS = "emlib"


@dataclass(frozen=True, eq=False)
class Start:
    """Data of shape (N, D), and the parameters to begin with."""

    x: Array
    weights: Array
    means: Array
    covariances: Array


Run = Callable[[int], Result]


def emlib_run(start: Start, threads: int) -> Run:
    """em.fit with tol=0; numbers on a line go to the model of lesson 05."""
    from emlib import EMWarning, GaussianMixture, GaussianMixture1D, em

    warnings.simplefilter("ignore", EMWarning)  # "not converged": it was not asked to
    on_a_line = start.x.shape[1] == 1
    if on_a_line:
        x, means, variances = start.x[:, 0].copy(), start.means[:, 0], start.covariances[:, 0, 0]
        model: Any = GaussianMixture1D(start.weights, means, variances)
    else:
        x, model = start.x, GaussianMixture(start.weights, start.means, start.covariances)
    options = {"n_threads": threads} if threads > 1 and emlib_has("n_threads") else {}

    def run(iterations: int) -> Result:
        fit = em.fit(model, x, tol=0, max_iter=iterations, **options)
        end = fit.model
        return Result(
            end.weights,
            end.means.reshape(start.means.shape),
            end.variances[:, None, None] if on_a_line else end.covariances,
            float(fit.history[-2]),
            fit.n_iter,
        )

    return run


def emlib_has(option: str) -> bool:
    """Say whether em.fit takes an option."""
    from emlib import em

    return option in inspect.signature(em.fit).parameters


def sklearn_run(start: Start, threads: int) -> Run:
    """GaussianMixture.fit with tol=0, which it never falls below."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.mixture import GaussianMixture

    warnings.simplefilter("ignore", ConvergenceWarning)
    options = {
        "tol": 0.0,
        "reg_covar": 0.0,
        "weights_init": start.weights,
        "means_init": start.means,
        "precisions_init": np.linalg.inv(start.covariances),
    }

    def run(iterations: int) -> Result:
        fit = GaussianMixture(len(start.weights), max_iter=iterations, **options).fit(start.x)
        log_likelihood = fit.lower_bound_ * len(start.x)
        return Result(fit.weights_, fit.means_, fit.covariances_, log_likelihood, fit.n_iter_)

    return run


def onedal_run(start: Start, threads: int) -> Run:
    """em_gmm of daal4py; a regularisation of 1e-300 adds nothing, a threshold of 0 never stops."""
    import daal4py

    daal4py.daalinit(threads)
    covariances = list(start.covariances)

    def run(iterations: int) -> Result:
        algorithm = daal4py.em_gmm(
            nComponents=len(start.weights),
            maxIterations=iterations,
            accuracyThreshold=0.0,
            regularizationFactor=1e-300,
            covarianceStorage="full",
        )
        end = algorithm.compute(start.x, start.weights[None, :], start.means, covariances)
        return Result(
            end.weights[0],
            end.means,
            np.array(end.covariances),
            float(end.goalFunction[0, 0]),
            int(end.nIterations[0, 0]),
        )

    return run


def emlib_kmeans(x: Array, centres: Array) -> tuple[float, int]:
    """Lloyd's algorithm until the assignments repeat; inertia and iterations."""
    from emlib import KMeans, em

    fit = em.fit(KMeans(centres), x, max_iter=10_000)
    return -fit.objective, fit.n_iter


def sklearn_kmeans(x: Array, centres: Array) -> tuple[float, int]:
    """The same of scikit-learn."""
    from sklearn.cluster import KMeans

    options = {"n_init": 1, "tol": 0.0, "max_iter": 10_000, "algorithm": "lloyd"}
    fit = KMeans(len(centres), init=centres, **options).fit(x)
    return float(fit.inertia_), int(fit.n_iter_)


def onedal_kmeans(x: Array, centres: Array) -> tuple[float, int]:
    """The same of daal4py."""
    import daal4py

    daal4py.daalinit(1)
    options = {"maxIterations": 10_000, "accuracyThreshold": 0.0, "assignFlag": True}
    end = daal4py.kmeans(nClusters=len(centres), **options).compute(x, centres)
    return float(end.objectiveFunction[0, 0]), int(end.nIterations[0, 0])


@dataclass(frozen=True)
class Peer:
    """A library: what it is imported as and installed as, and how it is run."""

    module: str
    distribution: str
    run: Callable[[Start, int], Run]
    kmeans: Callable[[Array, Array], tuple[float, int]]

    @property
    def installed(self) -> bool:
        """True where it can be imported."""
        return importlib.util.find_spec(self.module) is not None

    @property
    def version(self) -> str:
        """The installed version; emlib's own also where it was never installed."""
        return emlib.__version__ if self.module == OURS else metadata.version(self.distribution)


PEERS = {
    OURS: Peer("emlib", "emlib", emlib_run, emlib_kmeans),
    "scikit-learn": Peer("sklearn", "scikit-learn", sklearn_run, sklearn_kmeans),
    "oneDAL": Peer("daal4py", "scikit-learn-intelex", onedal_run, onedal_kmeans),
}


def present() -> list[str]:
    """Name the peers that are installed, emlib first."""
    return [name for name, peer in PEERS.items() if peer.installed]


def absent() -> list[str]:
    """Name the peers that are not installed."""
    return [name for name, peer in PEERS.items() if not peer.installed]


_loaded: dict[str, Any] = {}
"""What a worker holds between two calls: data are sent once, as a file."""


def load(name: str, path: str, threads: int) -> None:
    """Read a start from a file and make ready to run a library on it."""
    with np.load(path) as arrays:
        start = Start(**{key: arrays[key] for key in ("x", "weights", "means", "covariances")})
    _loaded["run"] = PEERS[name].run(start, threads)
    _loaded["x"], _loaded["centres"] = start.x, start.means


def run(iterations: int, repeats: int) -> tuple[Timing, Result]:
    """Time some iterations on what was loaded."""
    return stopwatch(lambda: _loaded["run"](iterations), repeats)


def kmeans(name: str, repeats: int) -> tuple[Timing, tuple[float, int]]:
    """Time K-means to convergence from the centres that were loaded."""
    call = PEERS[name].kmeans
    return stopwatch(lambda: call(_loaded["x"], _loaded["centres"]), repeats)


def per_iteration(short: float, long: float, iterations: tuple[int, int]) -> float:
    """Return the time of an iteration, from a short and a long fit."""
    few, many = iterations
    return (long - short) / (many - few)


def overhead(short: float, each: float, few: int) -> float:
    """Return what a fit takes beside its iterations; not a number where noise exceeds it."""
    rest = short - few * each
    return rest if rest > 0 else math.nan
