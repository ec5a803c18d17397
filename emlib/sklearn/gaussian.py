"""`GaussianMixture` as an estimator: the arguments and attributes of scikit-learn's class."""

from __future__ import annotations

import math
import time
import warnings
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, DensityMixin
from sklearn.cluster import kmeans_plusplus
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from emlib import em, selection
from emlib.data import arguments
from emlib.data.errors import CollapseError, refuse, warn
from emlib.data.rows import Array, Rows
from emlib.models import families
from emlib.models.gaussian import GaussianMixture as Model
from emlib.sklearn.clouds import CloudMixture
from emlib.sklearn.doors import NotConvergedWarning, fitted, like, rows, table, verbosity
from emlib.sklearn.kmeans import KMeans

STARTS = ("kmeans", "k-means++", "random", "random_from_data")


class Run(NamedTuple):
    """EM from one start: the last model, the bound of each round, whether the rule was met."""

    model: Model
    bounds: list[float]
    converged: bool

    @property
    def bound(self) -> float:
        """The last bound; minus infinity where no round was taken."""
        return self.bounds[-1] if self.bounds else -math.inf


class GaussianMixture(DensityMixin, BaseEstimator):
    """A mixture of Gaussians as an estimator of scikit-learn, computed by `emlib.GaussianMixture`.

    Parameters
    ----------
    n_components
        K.
    covariance_type
        ``"full"``, ``"tied"``, ``"diag"`` or ``"spherical"``.
    tol
        A fit ends after the round before which the mean log-likelihood changed by less.
    reg_covar
        Added to the diagonal of each covariance in each M-step, in squared units of the data. With
        zero, each round is one of maximum likelihood.
    covariance_floor
        The least eigenvalue of a covariance: emlib's own means against a collapse, under which no
        round lowers the likelihood. scikit-learn has no such argument.
    max_iter
        The most rounds of a start; zero leaves the start as it is.
    n_init
        How many starts; the best is kept. One that collapses is left out, with a warning.
    init_params
        Where to begin, drawn as scikit-learn draws it: ``"kmeans"``, ``"k-means++"``, ``"random"``
        or ``"random_from_data"``.
    weights_init, means_init, precisions_init
        Where to begin, as far as given; the shape of precisions is that of ``precisions_``.
    random_state
        A seed, a ``numpy.random.RandomState``, or None for numpy's global one: for the starts, and
        for `sample`.
    warm_start
        Begin where the last fit ended, with one start.
    verbose, verbose_interval
        Print each so many rounds of a fit; from 2 on with times and gains.

    Attributes
    ----------
    model_ : emlib.GaussianMixture
        The fitted model. All that follows of parameters is read from it.
    weights_, means_, covariances_, precisions_, precisions_cholesky_ : array
        As in scikit-learn; read-only.
    converged_ : bool
        Whether the rule was met within ``max_iter`` rounds.
    n_iter_ : int
        The rounds of the best start.
    lower_bound_ : float
        The mean log-likelihood of the model before the last round, as scikit-learn has it; that of
        the fitted model is ``score(X)``.
    lower_bounds_ : list of float
        The same for each round of the best start.
    n_features_in_, feature_names_in_
        The columns of the fit, and their names where a data frame had them.

    Examples
    --------
    >>> X = [[1.0], [2.0], [3.0], [7.0], [8.0], [9.0]]
    >>> mixture = GaussianMixture(2, random_state=0).fit(X, sample_weight=[1, 2, 1, 1, 1, 1])
    >>> sorted(mixture.means_.ravel().round(2).tolist())
    [2.0, 8.0]
    """

    model_: Model
    lower_bound_: float
    _dtype: Any = np.float64

    def __init__(
        self,
        n_components: int = 1,
        *,
        covariance_type: str = "full",
        tol: float = 1e-3,
        reg_covar: float = 1e-6,
        covariance_floor: float = 0.0,
        max_iter: int = 100,
        n_init: int = 1,
        init_params: str = "kmeans",
        weights_init: Any = None,
        means_init: Any = None,
        precisions_init: Any = None,
        random_state: Any = None,
        warm_start: bool = False,
        verbose: int = 0,
        verbose_interval: int = 10,
    ) -> None:
        self.n_components = n_components
        self.covariance_type = covariance_type
        self.tol = tol
        self.reg_covar = reg_covar
        self.covariance_floor = covariance_floor
        self.max_iter = max_iter
        self.n_init = n_init
        self.init_params = init_params
        self.weights_init = weights_init
        self.means_init = means_init
        self.precisions_init = precisions_init
        self.random_state = random_state
        self.warm_start = warm_start
        self.verbose = verbose
        self.verbose_interval = verbose_interval

    def fit(self, X: Any, y: Any = None, sample_weight: Any = None) -> Self:
        """Run EM from ``n_init`` starts, and keep the best.

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
        CollapseError
            A ValueError, if a component collapses in every start.
        """
        self._fit(table(self, X, reset=True, least_rows=2), sample_weight)
        return self

    def fit_predict(self, X: Any, y: Any = None, sample_weight: Any = None) -> NDArray[np.intp]:
        """The component of each row under the model that `fit` finds."""
        return self.fit(X, y, sample_weight).predict(X)

    def _fit(self, X: Array, sample_weight: Any) -> None:
        self._check_arguments()
        data = rows(X, sample_weight, self.n_components)
        given = self._given(data.n_columns)
        rng = check_random_state(self.random_state)
        warm = self.warm_start and hasattr(self, "model_")
        best, collapses = None, []
        n_starts = 1 if warm else self.n_init
        for number in range(n_starts):
            if self.verbose:
                print(f"Initialization {number}")
            try:
                start = self._continued() if warm else self._start(data, given, rng)
                run = self._run(start, data, self.lower_bound_ if warm else -math.inf)
            except CollapseError as error:
                collapses.append(error)
                continue
            if best is None or run.bound > best.bound:
                best = run
        if best is None:
            raise collapses[-1]
        if collapses:
            left_out = f"{len(collapses)} of {n_starts} starts collapsed and were left out"
            warn(f"{left_out}: {collapses[-1]}")
        if not best.converged and self.max_iter > 0:
            warn(
                f"the fit did not converge: the last of max_iter={self.max_iter} rounds still "
                "gained more than tol. Allow more rounds, or ask for less",
                NotConvergedWarning,
            )
        model = best.model
        self.model_ = model.point() if isinstance(model, CloudMixture) else model
        self.converged_, self.n_iter_ = best.converged, len(best.bounds)
        self.lower_bound_, self.lower_bounds_ = best.bound, best.bounds
        self._dtype = X.dtype

    def _run(self, start: Model, data: Rows, before: float) -> Run:
        """Take rounds until one found the mean log-likelihood changed by less than ``tol``.

        A round compares what its E-step says with what that of the round before said, so that it
        stops one round later than `emlib.em.fit` would.
        """
        begun = last = time.perf_counter()
        bounds: list[float] = []
        converged, objective = False, -math.inf
        for step in em.iterate(CloudMixture.of(start, float(self.reg_covar)), data):
            if step.iteration > 0:
                bounds.append(objective / data.total_weight)
                change, before = bounds[-1] - before, bounds[-1]
                converged = abs(change) < self.tol
                if self.verbose and step.iteration % self.verbose_interval == 0:
                    now = time.perf_counter()
                    more = f"\t{now - last:.5f} s\tgain {change:.5f}" if self.verbose > 1 else ""
                    print(f"  Iteration {step.iteration}{more}")
                    last = now
            if converged or step.iteration == self.max_iter:
                break
            objective = step.objective
        if self.verbose and bounds:
            more = f" after {time.perf_counter() - begun:.5f} s, lower bound {bounds[-1]:.5f}"
            end = "converged" if converged else "did not converge"
            print(f"Initialization {end}{more if self.verbose > 1 else ''}.")
        return Run(step.model, bounds, converged)

    def _check_arguments(self) -> None:
        """Refuse arguments that no data could make right."""
        arguments.count("n_components", self.n_components)
        arguments.choice("covariance_type", self.covariance_type, *families.FAMILIES)
        arguments.choice("init_params", self.init_params, *STARTS)
        for name in ("tol", "reg_covar", "covariance_floor"):
            arguments.non_negative(name, getattr(self, name))
        arguments.count("max_iter", self.max_iter, 0)
        arguments.count("n_init", self.n_init)
        arguments.count("verbose_interval", self.verbose_interval)
        arguments.flag("warm_start", self.warm_start)
        verbosity(self.verbose)

    def _given(self, d: int) -> dict[str, Any]:
        """The parameters of the start that were given, by emlib's names."""
        k, given = self.n_components, dict[str, Any]()
        if self.weights_init is not None:
            given["weights"] = arguments.weights("weights_init", self.weights_init)
            arguments.shaped("weights_init", self.weights_init, (k,))
        if self.means_init is not None:
            given["means"] = arguments.shaped("means_init", self.means_init, (k, d))
        if self.precisions_init is not None:
            given["covariances"] = _inverse(self.precisions_init, self.covariance_type, k, d)
        return given

    def _start(self, data: Rows, given: dict[str, Any], rng: np.random.RandomState) -> Model:
        """A first model: what is given, and the rest from responsibilities."""
        options: dict[str, Any] = {
            "covariance_type": self.covariance_type,
            "covariance_floor": float(self.covariance_floor),
        }
        if len(given) < 3:
            # Where the covariances are given, those of the responsibilities may be singular.
            spread = 1.0 if "covariances" in given else float(self.reg_covar)
            first = self._from_responsibilities(data, rng, spread, options)
            names = ("weights", "means", "covariances")
            given = {name: getattr(first, name) for name in names} | given
        return Model(**given, **options)

    def _from_responsibilities(
        self, data: Rows, rng: np.random.RandomState, spread: float, options: dict[str, Any]
    ) -> Model:
        """One M-step from the responsibilities that ``init_params`` names."""
        k, values, weights = self.n_components, data.values, data.times
        if self.init_params == "kmeans":
            clusters = KMeans(k, n_init=1, random_state=rng)
            with warnings.catch_warnings():  # the M-step says which component has no rows
                warnings.simplefilter("ignore", NotConvergedWarning)
                clusters.fit(values, sample_weight=weights)
            r = np.eye(k)[clusters.labels_]
        elif self.init_params == "random":
            r = rng.uniform(size=(len(values), k))
            r /= r.sum(axis=1, keepdims=True)
        else:  # one row for each component, and no others
            if spread == 0 == self.covariance_floor:
                wanted = f"more than zero with init_params={self.init_params!r} (or a "
                wanted += "covariance_floor), as each component begins on one row, without a width"
                raise refuse("reg_covar", wanted, "0")
            seeds = _seeds(self.init_params, data, k, rng)
            values, weights, r = values[seeds], None, np.eye(k)
        size = max(1.0, float(self.covariance_floor))
        blank = Model(  # a component that gets no row keeps these, with a warning
            np.full(k, 1 / k),
            np.tile(data.values.mean(axis=0), (k, 1)),
            np.tile(size * np.eye(data.n_columns), (k, 1, 1)),
            **options,
        )
        return CloudMixture.of(blank, spread).m_step(blank.statistics(values, r, weights))

    def _continued(self) -> Model:
        """Where the last fit ended, if it was one of the same kind."""
        was = self.model_.n_components, self.model_.covariance_type
        if was != (self.n_components, self.covariance_type):
            wanted = f"n_components and covariance_type of the last fit, {was}"
            raise refuse("warm_start", wanted, (self.n_components, self.covariance_type))
        return self.model_

    @property
    def weights_(self) -> Array:
        """Mixing weights, shape (K,)."""
        return like(self.model_.weights, self._dtype)

    @property
    def means_(self) -> Array:
        """Means, shape (K, D)."""
        return like(self.model_.means, self._dtype)

    @property
    def covariances_(self) -> Array:
        """Covariances: (K, D, D), tied (D, D), diag (K, D), spherical (K,)."""
        return self._by_family(self.model_.covariances)

    @property
    def precisions_(self) -> Array:
        """Inverses of the covariances, in the shape of ``covariances_``."""
        factors = self._factors()
        return self._by_family(factors @ factors.swapaxes(1, 2))

    @property
    def precisions_cholesky_(self) -> Array:
        """Upper triangular U with U U^T the precision, in the shape of ``covariances_``."""
        return self._by_family(self._factors())

    def _factors(self) -> Array:
        """L^-T where L L^T is the covariance: (K, D, D)."""
        return np.linalg.inv(np.linalg.cholesky(self.model_.covariances)).swapaxes(1, 2)

    def _by_family(self, matrices: Array) -> Array:
        """Matrices (K, D, D) in the shape that scikit-learn has for the family."""
        family = self.model_.covariance_type
        if family == "tied":
            matrices = matrices[0]
        elif family in families.DIAGONAL:
            matrices = matrices.diagonal(axis1=1, axis2=2)
            matrices = matrices[:, 0] if family == "spherical" else matrices
        return arguments.frozen(like(np.ascontiguousarray(matrices), self._dtype))

    def predict(self, X: Any) -> NDArray[np.intp]:
        """The most probable component of each row, shape (N,)."""
        X = fitted(self, X)
        return self.model_.predict(X)

    def predict_proba(self, X: Any) -> Array:
        """Responsibilities, shape (N, K): PRML (9.13)."""
        X = fitted(self, X)
        return like(self.model_.responsibilities(X), X.dtype)

    def score_samples(self, X: Any) -> Array:
        """The log-density of each row in nats, shape (N,)."""
        X = fitted(self, X)
        return like(self.model_.log_density(X), X.dtype)

    def score(self, X: Any, y: Any = None, sample_weight: Any = None) -> float:
        """The mean log-density of the rows, in nats; with weights, the weighted mean."""
        X = fitted(self, X)
        data = self.model_.prepare(X, sample_weight)
        return self.model_.log_likelihood(data) / data.total_weight

    def aic(self, X: Any, sample_weight: Any = None) -> float:
        """Akaike's criterion, -2 ln L + 2 p: lower is better."""
        X = fitted(self, X)
        return selection.aic(self.model_, X, sample_weight=sample_weight)

    def bic(self, X: Any, sample_weight: Any = None) -> float:
        """The Bayesian information criterion, -2 ln L + p ln N: lower is better."""
        X = fitted(self, X)
        return selection.bic(self.model_, X, sample_weight=sample_weight)

    def sample(self, n_samples: int = 1) -> tuple[Array, NDArray[np.intp]]:
        """Draw rows, and the component of each; an int as ``random_state`` repeats the draw."""
        check_is_fitted(self)
        n = arguments.count("n_samples", n_samples)
        seed = check_random_state(self.random_state).randint(2**32, dtype=np.uint64)
        return self.model_.sample(n, int(seed))


def _seeds(init_params: str, data: Rows, k: int, rng: np.random.RandomState) -> NDArray[np.intp]:
    """K rows, drawn as scikit-learn draws them, in proportion to weight where there are any."""
    if init_params == "k-means++":
        return kmeans_plusplus(data.values, k, sample_weight=data.times, random_state=rng)[1]
    shares = None if data.times is None else data.times / data.total_weight
    return rng.choice(len(data.values), size=k, replace=False, p=shares)


def _inverse(precisions: Any, family: str, k: int, d: int) -> Array:
    """Covariances (K, D, D) from precisions in the shape of their family."""
    shape = {"full": (k, d, d), "tied": (d, d), "diag": (k, d), "spherical": (k,)}[family]
    given = arguments.shaped("precisions_init", precisions, shape)
    if family in families.DIAGONAL:
        if not (given > 0).all():
            raise refuse("precisions_init", "numbers above zero", f"{given.min():g}")
        return families.matrices(np.tile(1 / given[:, None], d) if given.ndim == 1 else 1 / given)
    matrices = np.tile(given, (k, 1, 1)) if family == "tied" else given
    slack = arguments.tolerance(precisions, d) * np.abs(matrices).max()
    symmetric = np.abs(matrices - matrices.swapaxes(1, 2)).max() <= slack
    if not symmetric or not (np.linalg.eigvalsh(matrices) > 0).all():
        what = "one that is not" if symmetric else "one that is not its own transpose"
        raise refuse("precisions_init", "symmetric positive definite matrices", what)
    inverses = np.linalg.inv(matrices)
    return (inverses + inverses.swapaxes(1, 2)) / 2
