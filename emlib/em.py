"""The loop: an E-step, an M-step, and again, for any model that has the two.

=================== ======================================================= =====================
function            does                                                    PRML
=================== ======================================================= =====================
`iterate`           yields each model with its objective, without end       p. 440, steps 2-4
`fit`               takes rounds until a rule says stop: `emlib.stopping`   (9.28)
`multistart`        fits from several starts, best first                    p. 433
`incremental`       an M-step after each row of a Gaussian mixture          (9.78), (9.79)
=================== ======================================================= =====================

The objective is the log-likelihood in nats for a mixture, minus the distortion for K-means. This
module knows no model: whatever has ``prepare_fit``, ``e_step``, ``m_step`` and ``==`` will do. Here
is one of your own, for the mean lifetime of lamps; one that still burned after t hours is -t:

>>> @dataclass(frozen=True)
... class Lamps:
...     mean: float
...     def prepare_fit(self, x):
...         return np.asarray(x, dtype=float)
...     def e_step(self, x):  # a burning lamp has another mean lifetime to come
...         expected = np.where(x < 0, -x + self.mean, x)
...         return expected.mean(), -abs(x).sum() / self.mean - (x > 0).sum() * np.log(self.mean)
...     def m_step(self, statistics):
...         return Lamps(statistics)
>>> round(fit(Lamps(1.0), [10, 20, -30, 40], tol=0).model.mean.item(), 6)
33.333333
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from emlib import start as starts
from emlib.data import arguments, checks
from emlib.data.errors import IGNORED_FLAGS, CollapseError, JumpCollapseError, warn
from emlib.data.rows import Data
from emlib.models.model import Model, quick_steps
from emlib.stopping import Fit as Fit
from emlib.stopping import Round, Rounds, Rule, progress_bar, run, to_the_end
from emlib.stopping import Status as Status


@dataclass(frozen=True, eq=False)
class Step:
    """One round of EM: a model and the objective *at* that model.

    Attributes
    ----------
    iteration
        0 for the start.
    model
        The parameters after that many rounds.
    objective
        Log-likelihood in nats (K-means: minus the distortion) at ``model``.
    """

    iteration: int
    model: Any
    objective: float


def iterate(model: Model, x: Any, *, sample_weight: Any = None) -> Iterator[Step]:
    """EM without end: yields the start, then the model after each round.

    Parameters
    ----------
    model
        Where to begin.
    x
        Data, as the model takes them; checked once.
    sample_weight
        A weight for each row, shape (N,): 0 means that the row is absent, 2 that it occurs
        twice, and N is their sum. For data in a file or in blocks an array, or blocks of weights;
        for a Dask array one of the same chunks.

    Yields
    ------
    Step
        With the objective at its own model. Iteration 0 is the start.

    Raises
    ------
    ValueError, TypeError
        If the data do not suit the model, or a component collapses (`CollapseError`).

    Examples
    --------
    >>> from emlib import CoinMixture, coins
    >>> theta = CoinMixture([0.6, 0.5], [0.5, 0.5], fixed_weights=True)
    >>> for step in iterate(theta, coins.counts([5, 9, 8, 4, 7], 10)):
    ...     print(step.iteration, step.model.biases.round(2), round(step.objective, 5))
    ...     if step.iteration == 2:
    ...         break
    0 [0.6 0.5] -33.09386
    1 [0.71 0.58] -31.85926
    2 [0.75 0.57] -31.72312
    """
    model, data = _begin(model, x, sample_weight)
    with np.errstate(**IGNORED_FLAGS):
        rounds, make = _rounds(model, data)
    for iteration in itertools.count():
        with np.errstate(**IGNORED_FLAGS):  # not around a yield: the caller keeps his own flags
            objective, state, _, _ = next(rounds)
        yield Step(iteration, make(state), objective)


def _begin(model: Any, x: Any, sample_weight: Any) -> tuple[Any, Any]:
    """The model and its data: checked, with their weights and names where they have any."""
    if not hasattr(arguments.model(model), "prepare_fit"):
        wanted = "a model with prepare_fit, e_step and m_step"
        raise TypeError(f"model: expected {wanted}, got {type(model).__name__} without prepare_fit")
    if sample_weight is None:
        data = model.prepare_fit(x)
    else:
        arguments.takes_weights(model)
        data = model.prepare_fit(x, sample_weight)
    with_column_names = getattr(data, "column_names", None) and hasattr(model, "with_column_names")
    return (model.with_column_names(data) if with_column_names else model), data


def _total_weight(data: Any) -> float:
    """N: the sum of the weights of the rows."""
    return data.total_weight if isinstance(data, Data) else len(data)


def _rounds(model: Any, data: Any) -> Rounds:
    """EM from a model, by the quick rounds of exactly its class where there are any."""
    quick = quick_steps(model).rounds
    found: Rounds | None = quick(model, data) if quick else None
    return found or (_plain_rounds(model, data), lambda state: state)


def _plain_rounds(model: Any, data: Any) -> Iterator[Round]:
    """EM as it is taught: the states are the models."""
    statistics, objective = model.e_step(data)
    for n_e_steps in itertools.count(1):
        yield objective, model, n_e_steps, None
        new = model.m_step(statistics)  # (9.31), (9.32)
        while new == model:  # a step that changes nothing needs no second look at the data
            yield objective, model, n_e_steps, None
        model, (statistics, objective) = new, new.e_step(data)  # (9.34)


@np.errstate(**IGNORED_FLAGS)
def fit(
    model: Model,
    x: Any,
    *,
    sample_weight: Any = None,
    tol: float = 1e-8,
    max_iter: int = 1000,
    stop: str = "gain",
    accelerate: str | None = None,
    n_threads: int = 1,
    progress: bool = False,
) -> Fit:
    """Run EM from a model until a round gains no more than ``tol`` nats per data point.

    Parameters
    ----------
    model
        Where to begin.
    x
        Data, as the model takes them; also in a file, in blocks, or on a cluster: see
        `emlib.data.blocks` and `emlib.data.cluster`.
    sample_weight
        A weight for each row, shape (N,): 0 means that the row is absent, 2 that it occurs
        twice, and N is their sum. For data in a file or in blocks an array, or blocks of weights;
        for a Dask array one of the same chunks.
    tol
        The least gain for each row of x (each unit of weight), in nats, that is worth another
        round. Zero runs until a round changes no parameter, bit for bit, or rounding leads back to
        an earlier model. K-means stops like that whatever ``tol`` is: when its assignments repeat.
    max_iter
        The most rounds, and as many E-steps after the first; reaching it is not convergence, and
        warns.
    stop
        What is compared with ``tol``: ``"gain"``, of the last round, or ``"remaining"``, that
        or an estimate of all that is still to gain, whichever is larger.
    accelerate
        None is EM as it is. ``"squarem"`` and ``"lbfgs"`` jump ahead where EM is slow, and take
        no jump that lowers the likelihood: see `emlib.fast.accelerate`. K-means has no such jumps.
    n_threads
        Threads that share an E-step over Gaussian data in memory: worth it from some ten thousand
        rows on. The matrix products of numpy may have threads of their own, which get in the way:
        set OPENBLAS_NUM_THREADS=1, or install threadpoolctl, which is then asked to.
    progress
        Show a progress bar (needs tqdm).

    Raises
    ------
    ValueError, TypeError
        If an argument is not what it should be; the message names it.
    CollapseError
        If a component's covariance becomes singular: set ``covariance_floor`` in the model, or
        begin elsewhere.

    Notes
    -----
    Each round costs one E-step, O(N K D^2) for Gaussians, in memory that does not grow with N.
    In exact arithmetic the objective never falls (PRML section 9.4); a round in which rounding
    makes it fall is not taken (`Status.DECREASED`). At a fixed point all that is certain is a
    stationary point of the likelihood, not a maximum.

    A small gain is no sign that little is left: where each gain is the last one times r, r/(1 - r)
    times the last is still to come, a thousand times ``tol`` where EM crawls. ``"remaining"`` takes
    r from the rounds so far (Aitken's rule); in an accelerated fit, from the curvature that the
    jumps have met. An accelerated fit compares the gain of a round of EM, never that of a jump.

    An accelerated fit may end in another maximum than EM would from the same start, lower or
    higher, as any other start may: a few in a hundred do, though it keeps to EM's rounds until they
    gain little. Where a jump has led to a place without a bound and the fit collapses, it begins
    anew as plain EM, with ``max_iter`` rounds of its own, and all E-steps count. With ``tol=0`` it
    ends in plain EM, once jumps gain no more than rounding.

    References
    ----------
    D. Boehning, E. Dietz, R. Schaub, P. Schlattmann and B. G. Lindsay, Annals of the Institute of
    Statistical Mathematics 46 (1994) 373-388 (when to stop).

    Examples
    --------
    >>> from emlib import CoinMixture, coins
    >>> theta = CoinMixture([0.6, 0.5], [0.5, 0.5], fixed_weights=True)
    >>> result = fit(theta, coins.counts([5, 9, 8, 4, 7], 10))
    >>> result.converged, result.model.biases.round(4)
    (True, array([0.7968, 0.5196]))
    """
    rule = Rule(tol, max_iter, stop)
    arguments.choice("accelerate", accelerate, None, "squarem", "lbfgs")
    n_threads = arguments.count("n_threads", n_threads)
    model, data = _begin(model, x, sample_weight)
    if n_threads > 1 and isinstance(data, Data):
        data = data.on_threads(n_threads)
    result = _fit(model, data, accelerate, rule, progress)
    _warn_of_equal_components(result.model)
    return result


def _fit(model: Any, data: Any, accelerate: str | None, rule: Rule, progress: bool = False) -> Fit:
    """Run EM from a model to its end."""

    def ended(rounds: Rounds) -> Fit:
        n, stops = _total_weight(data), getattr(model, "stops_at_repeat", False)
        return to_the_end(run(rounds, rule, n, stops, progress))

    if not accelerate:
        return ended(_rounds(model, data))
    try:
        return ended(_accelerated(model, data, accelerate))
    except JumpCollapseError as lost:
        # A jump has come to where the likelihood has no bound. EM itself need not come there: it
        # takes the whole way anew, and what was spent counts.
        result = ended(_rounds(model, data))
        return replace(result, n_e_steps=result.n_e_steps + lost.n_e_steps)


def _warn_of_equal_components(model: Any) -> None:
    """Warn of a fit that ends where two components are one."""
    equal = model.equal_components() if hasattr(model, "equal_components") else []
    if equal:
        names = ", ".join(map(str, equal[:-1]))
        warn(
            f"components {names} and {equal[-1]} are equal: together they are one component, which "
            "no round of EM can part. Begin elsewhere, or with fewer components"
        )


def _accelerated(model: Any, data: Any, method: str) -> Rounds:
    """Rounds with jumps between them."""
    accelerated = quick_steps(model).accelerated
    if accelerated is None:  # a class made from a model may have another likelihood
        wanted = f"None for {type(model).__name__}, for which no coordinates are defined"
        raise TypeError(f"accelerate: expected {wanted}, got {method!r}")
    return accelerated(model, data, method)


def multistart(
    model_class: type[Model],
    x: Any,
    *,
    n_components: int,
    n_starts: int = 10,
    rng: np.random.Generator | int,
    sample_weight: Any = None,
    start: Callable[..., Model] = starts.kmeans_plus_plus,
    tol: float = 1e-8,
    max_iter: int = 1000,
    stop: str = "gain",
    accelerate: str | None = None,
    progress: bool = False,
    **options: Any,
) -> list[Fit]:
    """Fit from several starts, and keep them all: local optima stay visible.

    Parameters
    ----------
    model_class
        `GaussianMixture`, `GaussianMixture1D`, `CoinMixture`, `KMeans` or one like them.
    x
        Data, as the model takes them.
    n_components
        K.
    n_starts
        How many starts to try.
    rng
        A numpy Generator, or a whole number to seed one.
    sample_weight
        A weight for each row, as in `fit`; a start of your own is handed it too.
    start
        A function of `emlib.start`, or one of your own that takes the same arguments.
    tol, max_iter, stop, accelerate
        As in `fit`.
    progress
        Show a progress bar (needs tqdm).
    **options
        Fields that the models keep, such as ``fixed_weights`` or ``covariance_floor``.

    Returns
    -------
    list of Fit
        Best objective first. A start whose component collapses is left out, with a warning.

    Raises
    ------
    ValueError, TypeError
        If an argument is not what it should be; the message names it.
    CollapseError
        If every start collapses.

    Examples
    --------
    >>> from emlib import GaussianMixture1D
    >>> fits = multistart(GaussianMixture1D, [1., 2., 3., 7., 8., 9.], n_components=2,
    ...                   n_starts=3, rng=0)
    >>> sorted(fits[0].model.means.round(1).tolist())
    [2.0, 8.0]
    """
    if not callable(start):
        raise TypeError(f"start: expected a function of emlib.start, got {start!r}")
    n_components = arguments.count("n_components", n_components)
    n_starts = arguments.count("n_starts", n_starts)
    rule = Rule(tol, max_iter, stop)
    arguments.choice("accelerate", accelerate, None, "squarem", "lbfgs")
    rng = arguments.generator("rng", rng)
    data, given = x, dict(options)
    if getattr(start, "__module__", None) == starts.__name__:  # our starts take checked data
        arguments.model_class(model_class)
        data, sample_weight = checks.weighted(model_class.read(x), sample_weight), None
    elif sample_weight is not None:
        given["sample_weight"] = sample_weight
    fits: list[Fit] = []
    collapses: list[CollapseError] = []
    models = []
    for _ in range(n_starts):
        try:
            models.append(start(model_class, data, n_components=n_components, rng=rng, **given))
        except CollapseError as error:
            collapses.append(error)
    with np.errstate(**IGNORED_FLAGS):
        ends = _fits(models, data, sample_weight, rule, accelerate) if models else ()
        for ended in progress_bar(ends, progress, len(models)):
            (fits if isinstance(ended, Fit) else collapses).append(ended)
    if not fits:
        raise CollapseError(f"all {n_starts} starts collapsed; the last said: {collapses[-1]}")
    if collapses:
        warn(f"{len(collapses)} of {n_starts} starts collapsed and were left out: {collapses[-1]}")
    fits.sort(key=lambda result: result.objective, reverse=True)
    _warn_of_equal_components(fits[0].model)
    return fits


def incremental(model: Any, x: Any) -> Iterator[Step]:
    """EM that takes one row at a time: yields the start, then the model after each pass.

    After the E-step of a row follows an M-step, from statistics in which the row's old
    responsibilities are replaced by its new ones: PRML (9.78) and (9.79). Each such step climbs the
    lower bound at the q that all rows have so far, and later rows are looked at with better
    parameters, so that the first passes gain more than rounds of EM do. The ends are the same.

    Parameters
    ----------
    model
        A mixture of Gaussians.
    x
        Data of N rows, in memory. Each M-step costs as much whatever N is.

    Yields
    ------
    Step
        With the objective at its own model. Iteration 0 is the start.

    Raises
    ------
    ValueError, TypeError
        If the model's statistics cannot be moved row by row, or the data do not suit it.

    References
    ----------
    R. M. Neal and G. E. Hinton, in Learning in Graphical Models, ed. M. I. Jordan, 1998, 355-368.

    Examples
    --------
    >>> from emlib import GaussianMixture1D
    >>> theta = GaussianMixture1D([0.5, 0.5], [1, 8], [4, 4])
    >>> for step in incremental(theta, [1., 2., 3., 7., 8., 9.]):
    ...     if step.iteration == 20:
    ...         break
    >>> step.model.means.round(3)
    array([2., 8.])
    """
    arguments.density(model)
    model, data = _begin(model, x, None)
    rows = data.in_memory()
    weights = np.ones(len(rows.values)) if rows.times is None else rows.times
    r = model.responsibilities(rows)
    statistics = model.statistics(rows, r)
    if not hasattr(statistics, "moved"):
        raise TypeError(f"model: expected a mixture of Gaussians, got {type(model).__name__}")
    for iteration in itertools.count():
        yield Step(iteration, model, model.e_step(rows)[1])
        with np.errstate(**IGNORED_FLAGS):
            for i, row in enumerate(rows.values):
                new = model._responsibilities(row[None])[0]
                statistics = statistics.moved(row, weights[i] * (new - r[i]))
                r[i], model = new, model.m_step(statistics)


def _fits(
    models: list[Any], x: Any, sample_weight: Any, rule: Rule, accelerate: str | None
) -> Iterator[Fit | CollapseError]:
    """Fits from all models; side by side where their class has quick rounds for that."""
    kinds = {(type(model), getattr(model, "n_components", None)) for model in models}
    together = quick_steps(models[0]).rounds_together if len(kinds) == 1 else None
    all_rounds = None
    if together and not accelerate:
        _, data = _begin(models[0], x, sample_weight)
        models = [_begin(model, data, None)[0] for model in models]
        all_rounds = together(models, data)
    if all_rounds is None:
        for model in models:
            try:
                yield _fit(*_begin(model, x, sample_weight), accelerate, rule)
            except CollapseError as error:
                yield error
        return
    n = _total_weight(data)
    runs = [run(rounds, rule, n) for rounds in all_rounds]
    while runs:
        for one in list(runs):
            try:
                next(one)
            except StopIteration as end:
                runs.remove(one)
                yield end.value
            except CollapseError as error:
                runs.remove(one)
                yield error
