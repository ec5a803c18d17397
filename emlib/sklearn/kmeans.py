"""`KMeans` as an estimator: the arguments and attributes of scikit-learn's class."""

from __future__ import annotations

import warnings
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import (
    BaseEstimator,
    ClassNamePrefixFeaturesOutMixin,
    ClusterMixin,
    TransformerMixin,
)
from sklearn.cluster import kmeans_plusplus
from sklearn.utils import check_random_state

from emlib import em
from emlib.data import arguments
from emlib.data.errors import EMWarning, warn
from emlib.data.rows import Array, Rows
from emlib.models.kmeans import KMeans as Model
from emlib.sklearn.doors import NotConvergedWarning, fitted, like, rows, table, verbosity

SAME_INERTIA = 1e-12
"""Inertias that differ by less than this part are those of one clustering, its labels permuted."""


class Run(NamedTuple):
    """Lloyd's algorithm from one start: the last model, its inertia, the rounds."""

    model: Model
    inertia: float
    n_iter: int


class KMeans(ClassNamePrefixFeaturesOutMixin, TransformerMixin, ClusterMixin, BaseEstimator):
    """K-means as an estimator of scikit-learn, computed by `emlib.KMeans`.

    Parameters
    ----------
    n_clusters
        K.
    init
        Where to begin: ``"k-means++"`` and ``"random"`` draw rows as scikit-learn does; or the
        centres, shape (K, D); or a function of data, K and ``random_state=`` that returns them.
    n_init
        How many starts; the best is kept. ``"auto"`` is ten for ``"random"`` and a function, and
        one for the others.
    max_iter
        The most rounds of a start.
    tol
        A fit ends where the centres move, as a sum of squares, by no more than this part of the
        mean variance of the columns; or where no row changes its cluster.
    verbose
        Print each round of a fit.
    random_state
        A seed, a ``numpy.random.RandomState``, or None for numpy's global one.
    copy_x
        Changes nothing: the data are never written to.
    algorithm
        ``"lloyd"`` or ``"elkan"``, which changes nothing: emlib has bounds of its own, and takes
        the same rounds.

    Attributes
    ----------
    cluster_centers_ : array of shape (K, D)
        The centres.
    labels_ : array of shape (N,)
        The cluster of each row.
    inertia_ : float
        The weighted sum of squared distances of rows to their nearest centre: J of PRML (9.1).
    n_iter_ : int
        The rounds of the best start.
    n_features_in_, feature_names_in_
        The columns of the fit, and their names where a data frame had them.

    Examples
    --------
    >>> clusters = KMeans(2, random_state=0).fit([[1.0], [2.0], [8.0], [9.0]])
    >>> sorted(clusters.cluster_centers_.ravel().tolist())
    [1.5, 8.5]
    """

    def __init__(
        self,
        n_clusters: int = 8,
        *,
        init: Any = "k-means++",
        n_init: Any = "auto",
        max_iter: int = 300,
        tol: float = 1e-4,
        verbose: int = 0,
        random_state: Any = None,
        copy_x: bool = True,
        algorithm: str = "lloyd",
    ) -> None:
        self.n_clusters = n_clusters
        self.init = init
        self.n_init = n_init
        self.max_iter = max_iter
        self.tol = tol
        self.verbose = verbose
        self.random_state = random_state
        self.copy_x = copy_x
        self.algorithm = algorithm

    def fit(self, X: Any, y: Any = None, sample_weight: Any = None) -> Self:
        """Run Lloyd's algorithm from ``n_init`` starts, and keep the best.

        Parameters
        ----------
        X
            Data, shape (N, D), without missing values.
        y
            Not used.
        sample_weight
            A weight for each row, shape (N,): 0 for an absent row, 2 for one that occurs twice.

        Raises
        ------
        ValueError, TypeError
            If data or an argument are not what they should be; the message names them.
        """
        X = table(self, X, reset=True)
        self._check_arguments()
        data = rows(X, sample_weight, self.n_clusters)
        n_init, centres = self._starts(data.n_columns)
        variance = np.average((data.values - _mean(data)) ** 2, axis=0, weights=data.times).mean()
        rng = check_random_state(self.random_state)
        best = None
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", EMWarning)  # of empty clusters: see the end
            for _ in range(n_init):
                start = self._drawn(data, rng) if centres is None else centres
                if self.verbose:
                    print("Initialization complete")
                run = self._run(Model(start), data, self.tol * variance)
                if best is None or run.inertia < best.inertia * (1 - SAME_INERTIA):
                    best = run
        assert best is not None
        self.cluster_centers_ = like(best.model.centroids.copy(), X.dtype)
        self.labels_ = self.model_.predict(X)
        self.inertia_, self.n_iter_ = best.inertia, best.n_iter
        there = slice(None) if sample_weight is None else np.asarray(sample_weight) > 0
        n_found = len(np.unique(self.labels_[there]))
        if n_found < self.n_clusters:
            warn(
                f"{n_found} of n_clusters={self.n_clusters} clusters have rows: there may be fewer "
                "distinct rows than clusters",
                NotConvergedWarning,
            )
        return self

    def fit_predict(self, X: Any, y: Any = None, sample_weight: Any = None) -> NDArray[np.intp]:
        """The cluster of each row of the fit."""
        return self.fit(X, y, sample_weight).labels_

    def fit_transform(self, X: Any, y: Any = None, sample_weight: Any = None) -> Array:
        """The distances of the rows of the fit to the centres."""
        return self.fit(X, y, sample_weight).transform(X)

    def _check_arguments(self) -> None:
        """Refuse arguments that no data could make right."""
        arguments.count("n_clusters", self.n_clusters)
        if not (isinstance(self.n_init, str) and self.n_init == "auto"):
            arguments.count("n_init", self.n_init)
        arguments.count("max_iter", self.max_iter)
        arguments.non_negative("tol", self.tol)
        arguments.flag("copy_x", self.copy_x)
        arguments.choice("algorithm", self.algorithm, "lloyd", "elkan")
        verbosity(self.verbose)

    def _starts(self, d: int) -> tuple[int, Array | None]:
        """How many starts, and the centres where they are given."""
        n_init = 0 if isinstance(self.n_init, str) else self.n_init
        if isinstance(self.init, str):
            arguments.choice("init", self.init, "k-means++", "random")
            return n_init or (10 if self.init == "random" else 1), None
        if callable(self.init):
            return n_init or 10, None
        centres = arguments.shaped("init", self.init, (self.n_clusters, d))
        if n_init > 1:
            warn(f"n_init={n_init}: the centres are given, so that there is one start")
        return 1, centres

    def _drawn(self, data: Rows, rng: np.random.RandomState) -> Array:
        """First centres, drawn as scikit-learn draws them."""
        k, values = self.n_clusters, data.values
        if callable(self.init):
            centres = self.init(values, k, random_state=rng)
            return arguments.shaped("init", centres, (k, data.n_columns))
        if self.init == "k-means++":
            centred = values - values.mean(axis=0)
            return values[
                kmeans_plusplus(centred, k, sample_weight=data.times, random_state=rng)[1]
            ]
        shares = np.ones(len(values)) if data.times is None else data.times
        return values[rng.choice(len(values), size=k, replace=False, p=shares / shares.sum())]

    def _run(self, start: Model, data: Rows, least: float) -> Run:
        """Take rounds until one moves the centres by no more than ``least``."""
        before = start.centroids
        for step in em.iterate(start, data):
            if step.iteration == 0:
                continue
            n_iter, centres = step.iteration, step.model.centroids
            moved = float(((centres - before) ** 2).sum())
            if self.verbose:
                print(f"Iteration {n_iter - 1}, inertia {-step.objective}.")
            if moved <= least:
                if self.verbose:
                    near = f"center shift {moved} within tolerance {least}"
                    how = near if moved else "strict convergence"
                    print(f"Converged at iteration {n_iter - 1}: {how}.")
                break
            if n_iter == self.max_iter:
                break
            before = centres
        return Run(step.model, -step.objective, n_iter)

    @property
    def model_(self) -> Model:
        """The `emlib.KMeans` of the centres."""
        return Model(self.cluster_centers_)

    @property
    def _n_features_out(self) -> int:
        return len(self.cluster_centers_)

    def predict(self, X: Any) -> NDArray[np.intp]:
        """The nearest centre of each row, shape (N,)."""
        X = fitted(self, X)
        return self.model_.predict(X)

    def transform(self, X: Any) -> Array:
        """The distance of each row to each centre, shape (N, K)."""
        X = fitted(self, X)
        return like(np.sqrt(-self.model_.log_joint(X)), X.dtype)

    def score(self, X: Any, y: Any = None, sample_weight: Any = None) -> float:
        """Minus the weighted sum of squared distances of rows to their nearest centre."""
        X = fitted(self, X)
        return self.model_.objective(X, sample_weight)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags


def _mean(data: Rows) -> Array:
    return np.average(data.values, axis=0, weights=data.times)
