"""Several numbers of components, and families, fitted and judged side by side."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from emlib import em
from emlib.data import arguments
from emlib.data.errors import CollapseError, refuse, said_once
from emlib.data.rows import Array
from emlib.models.mixture import Mixture
from emlib.models.tables import html_table, text_table
from emlib.selection.criteria import aic, bic, icl
from emlib.stopping import Fit, progress_bar

NARROW = 10.0
"""A component is narrow where it is so many times narrower than the median of the others."""

FEW = 2
"""It owns few rows where it owns fewer than so many times D + 1, which a covariance needs."""

CRITERIA = {"aic": aic, "bic": bic, "icl": icl}


def spurious_components(
    model: Mixture, x: Any, sample_weight: ArrayLike | None = None
) -> list[int]:
    """Components that the likelihood has drawn to a few rows: needles, not groups.

    The likelihood of a mixture with free covariances has no upper bound (PRML section 9.2.1), so
    that beside the summits that mean something there are others where a component sits on two or
    three rows that happen to lie close together. Counted as such is a component that is
    ten times narrower than the median of the others and owns fewer than 2 (D + 1) rows. A width is
    the 2D-th root of the determinant of a covariance: units do not matter.

    Parameters
    ----------
    model
        A mixture.
    x
        Data of N rows, as the model takes them.
    sample_weight
        A weight for each row, shape (N,), as in the fit.

    Returns
    -------
    list of int
        Empty for models whose likelihood is bounded, such as coins.

    Examples
    --------
    >>> from emlib import GaussianMixture1D
    >>> needle = GaussianMixture1D([0.3, 0.3, 0.4], [0, 5.0, 10], [1, 1e-4, 1])
    >>> spurious_components(needle, [-1.0, 0, 1, 4.99, 5.01, 9, 10, 11])
    [1]
    """
    spreads = getattr(arguments.density(model), "covariances", None)
    if spreads is None and hasattr(model, "variances"):
        spreads = model.variances[:, None, None]
    if spreads is None or len(spreads) == 1:
        return []
    d = spreads.shape[1]
    widths = np.linalg.slogdet(spreads)[1] / (2 * d)
    statistics, _ = model.e_step(x, sample_weight)
    few = statistics.n_k < FEW * (d + 1)
    return [
        k
        for k in np.flatnonzero(few).tolist()
        if widths[k] < np.median(np.delete(widths, k)) - math.log(NARROW)
    ]


@dataclass(frozen=True, eq=False)
class Candidate:
    """A number of components and a family, with the best fit found.

    ``n_components`` and ``covariance_type`` say what it is (the family is None for models without
    one). ``fit`` is the best fit without spurious components, or the best of all where each has
    some; ``log_likelihood``, ``n_parameters``, ``aic``, ``bic`` and ``icl`` are those of that fit,
    and ``spurious`` are its spurious components: see `spurious_components`.
    """

    n_components: int
    covariance_type: str | None
    fit: Fit
    log_likelihood: float
    n_parameters: int
    aic: float
    bic: float
    icl: float
    spurious: Sequence[int]


@dataclass(frozen=True, eq=False, repr=False)
class Comparison:
    """Candidates, best first; those with spurious components, or without a fit, after the others.

    Attributes
    ----------
    candidates
        The table's rows.
    criterion
        What they are ordered by.
    collapsed
        (n_components, covariance_type) of those of which every start collapsed.
    """

    candidates: Sequence[Candidate]
    criterion: str
    collapsed: Sequence[tuple[int, str | None]]

    @property
    def best(self) -> Candidate:
        """The best candidate without spurious components.

        Raises
        ------
        ValueError
            If every candidate has some.
        """
        if self.candidates[0].spurious:
            raise refuse(
                "candidates",
                "one without spurious components (set covariance_floor, or ask for fewer)",
                "none",
            )
        return self.candidates[0]

    def _table(self) -> tuple[str, dict[str, list[str]]]:
        rows = self.candidates
        columns = {"K": [str(row.n_components) for row in rows]}
        if any(row.covariance_type for row in rows):
            columns["family"] = [str(row.covariance_type) for row in rows]
        columns |= {
            "ln L": [f"{row.log_likelihood:.2f}" for row in rows],
            "parameters": [str(row.n_parameters) for row in rows],
            **{name: [f"{getattr(row, name):.2f}" for row in rows] for name in CRITERIA},
            "spurious": [", ".join(map(str, row.spurious)) or "-" for row in rows],
        }
        title = f"Models by {self.criterion.upper()}, best first"
        if self.collapsed:
            named = ", ".join(
                f"K = {k}" + (f" {family}" if family else "") for k, family in self.collapsed
            )
            title += f"; every start collapsed: {named}"
        return title, columns

    def __repr__(self) -> str:
        return text_table(*self._table(), counted="rank")

    def _repr_html_(self) -> str:
        return html_table(*self._table(), counted="rank")


def compare(
    model_class: Any,
    x: Any,
    *,
    n_components: Iterable[int],
    covariance_types: Iterable[str] | None = None,
    criterion: str = "bic",
    rng: np.random.Generator | int,
    sample_weight: ArrayLike | None = None,
    **options: Any,
) -> Comparison:
    """Fit every number of components and every family, and put them in order.

    Parameters
    ----------
    model_class
        A class of mixtures.
    x
        Data of N rows, as the models take them.
    n_components
        Numbers of components, such as ``range(1, 6)``.
    covariance_types
        Families, such as ``("full", "tied")``; None where the class has none, or for its own
        default.
    criterion
        ``"bic"``, ``"aic"`` or ``"icl"``; all three are in the table.
    rng
        A numpy Generator, or a whole number to seed one.
    sample_weight
        A weight for each row, shape (N,).
    **options
        Options of `emlib.em.multistart`, and fields that the models keep.

    Returns
    -------
    Comparison

    Raises
    ------
    ValueError, TypeError
        If an argument is not what it should be.
    CollapseError
        If every start of every candidate collapses.

    Examples
    --------
    >>> from emlib import GaussianMixture1D, datasets
    >>> x = datasets.old_faithful().x[:, 1]
    >>> compare(GaussianMixture1D, x, n_components=(1, 2), n_starts=3, rng=0).best.n_components
    2
    """
    sizes = [arguments.count("n_components", k) for k in _several("n_components", n_components)]
    families: list[str | None] = [None]
    if covariance_types is not None:
        families = _several("covariance_types", covariance_types)
    arguments.choice("criterion", criterion, *CRITERIA)
    rng = arguments.generator("rng", rng)
    candidates, collapsed = [], []
    for k, family in itertools.product(sizes, families):
        more = options if family is None else {**options, "covariance_type": family}
        try:
            with said_once(f"fits with K = {k}"):
                fits = em.multistart(
                    model_class, x, n_components=k, rng=rng, sample_weight=sample_weight, **more
                )
        except CollapseError as error:
            collapsed.append((k, family))
            last = error
            continue
        fit, spurious = healthiest(fits, x, sample_weight)
        model = fit.model
        scores = {name: score(model, x, sample_weight) for name, score in CRITERIA.items()}
        kind = getattr(model, "covariance_type", None)
        candidates.append(
            Candidate(
                k,
                kind,
                fit,
                _log_likelihood(fit, x, sample_weight),
                model.n_parameters,
                **scores,
                spurious=spurious,
            )
        )
    if not candidates:
        raise last
    candidates.sort(key=lambda row: (bool(row.spurious), getattr(row, criterion)))
    return Comparison(candidates, criterion, collapsed)


def _log_likelihood(fit: Fit, x: Any, sample_weight: Any) -> float:
    """Compute ln p(X | theta) of a fit: its objective, unless that holds ln p(theta) too."""
    model = fit.model
    return model.log_likelihood(x, sample_weight) if model.has_prior else fit.objective


def _several(name: str, value: Any) -> list[Any]:
    if isinstance(value, str) or not isinstance(value, Iterable):
        raise TypeError(f"{name}: expected several, such as a list, got {value!r}")
    values = list(value)
    if not values:
        raise refuse(name, "at least one", "none")
    return values


def healthiest(
    fits: Sequence[Fit], x: Any, sample_weight: ArrayLike | None = None
) -> tuple[Fit, list[int]]:
    """The best fit without spurious components; the best of all, with them, where each has some."""
    found = ((fit, spurious_components(fit.model, x, sample_weight)) for fit in fits)
    best = next(found)
    return best if not best[1] else next((each for each in found if not each[1]), best)


@dataclass(frozen=True, eq=False)
class LikelihoodRatio:
    """A likelihood ratio, and what it would be if the smaller model were true.

    Attributes
    ----------
    statistic
        Twice the gain in log-likelihood, in nats.
    p_value
        The share of data sets drawn from the smaller model whose statistic is as large, counting
        the one at hand: (1 + #) / (1 + n_samples).
    null
        Statistics of the data sets drawn from the smaller model, shape (n_samples,).
    """

    statistic: float
    p_value: float
    null: Array


def likelihood_ratio(
    model_class: Any,
    x: Any,
    *,
    n_components: int,
    against: int,
    n_samples: int = 99,
    n_starts: int = 10,
    rng: np.random.Generator | int,
    sample_weight: ArrayLike | None = None,
    progress: bool = False,
    **options: Any,
) -> LikelihoodRatio:
    """Test K components against fewer, by the parametric bootstrap.

    Mixtures are not regular: where a component has weight zero, or two are equal, its parameters
    are lost, and twice the gain is not distributed as chi-squared. So the distribution is
    simulated: data are drawn from the smaller fit, and both models are fitted to each.

    Parameters
    ----------
    model_class
        A class of mixtures.
    x
        Data of N rows, in memory.
    n_components, against
        K, and the smaller number of components that it is tested against.
    n_samples
        How many data sets to draw: the least p-value is 1 / (1 + n_samples).
    n_starts
        Starts of each fit, as in `emlib.em.multistart`. The best end without spurious components
        counts, for the data at hand and for all that are drawn.
    rng
        A numpy Generator, or a whole number to seed one.
    sample_weight
        A weight for each row, shape (N,). The drawn data have as many rows as the weights sum to.
    progress
        Show a progress bar (needs tqdm).
    **options
        Options of `emlib.em.multistart`, and fields that the models keep. Here ``tol`` is 1e-6 and
        ``max_iter`` 10,000 if left out: too many components converge slowly.

    Returns
    -------
    LikelihoodRatio

    Raises
    ------
    ValueError, TypeError
        If an argument is not what it should be.

    References
    ----------
    G. J. McLachlan, Applied Statistics 36 (1987) 318-324.

    Examples
    --------
    >>> from emlib import GaussianMixture1D, datasets
    >>> x = datasets.old_faithful().x[:, 1]
    >>> test = likelihood_ratio(GaussianMixture1D, x, n_components=2, against=1, n_samples=19,
    ...                         n_starts=2, rng=0, tol=1e-5)
    >>> round(test.statistic), test.p_value
    (123, 0.05)
    """
    large = arguments.count("n_components", n_components)
    small = arguments.count("against", against)
    if not small < large:
        raise refuse("against", f"fewer than n_components={large}", small)
    n_samples = arguments.count("n_samples", n_samples)
    rng = arguments.generator("rng", rng)
    data = model_class.read(x).in_memory()
    options = {"tol": 1e-6, "max_iter": 10_000} | options

    def heights(rows: Any, weights: Any) -> tuple[Fit, float]:
        """The smaller fit, and twice what the larger gains."""
        ends: list[Fit] = []
        for k in (small, large):
            fits = em.multistart(
                model_class,
                rows,
                n_components=k,
                n_starts=n_starts,
                rng=rng,
                sample_weight=weights,
                **options,
            )
            ends.append(healthiest(fits, rows, weights)[0])
        low, high = (_log_likelihood(fit, rows, weights) for fit in ends)
        return ends[0], 2 * (high - low)

    fit, statistic = heights(data.values, sample_weight)
    counted = fit.model.prepare(data.values, sample_weight).in_memory()
    null = np.empty(n_samples)
    with said_once("fits to drawn data"):
        for i in progress_bar(range(n_samples), progress, n_samples):
            null[i] = heights(fit.model._sample_like(counted, rng), None)[1]
    p_value = (1 + int((null >= statistic).sum())) / (1 + n_samples)
    return LikelihoodRatio(statistic, p_value, arguments.frozen(null))
