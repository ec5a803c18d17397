"""Quick steps of mixtures of Gaussians: the kernel, in the terms of the models."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from emlib.data.rows import Rows
from emlib.fast import accelerate
from emlib.fast.kernel.diagonal import DiagonalFeatures
from emlib.fast.kernel.e_step import kernel_of
from emlib.fast.kernel.rounds import rounds, rounds_together
from emlib.fast.kernel.thresholds import THRESHOLDS, Thresholds
from emlib.models.families import DIAGONAL
from emlib.models.gaussian import GaussianMixture
from emlib.models.gaussian1d import GaussianMixture1D
from emlib.models.model import QuickSteps
from emlib.models.statistics import GaussianStatistics
from emlib.models.variational import VariationalGaussianMixture

Result = tuple[GaussianStatistics, float] | None
"""Statistics and log-likelihood; None where the readable form must take the step."""


def steps(thresholds: Thresholds = THRESHOLDS) -> QuickSteps:
    """The quick steps of `GaussianMixture`."""
    return _steps(e_step, thresholds)


def steps_1d(thresholds: Thresholds = THRESHOLDS) -> QuickSteps:
    """The quick steps of `GaussianMixture1D`."""
    return _steps(e_step_1d, thresholds)


def _steps(take_e_step: Any, thresholds: Thresholds) -> QuickSteps:
    return QuickSteps(
        e_step=partial(take_e_step, thresholds=thresholds),
        rounds=partial(rounds, thresholds=thresholds),
        rounds_together=partial(rounds_together, thresholds=thresholds),
        accelerated=accelerate.rounds,
    )


def e_step(model: GaussianMixture, data: Rows, thresholds: Thresholds = THRESHOLDS) -> Result:
    """Statistics and log-likelihood of a mixture in D dimensions, of any family."""
    if model.covariance_type in DIAGONAL:
        variances = model.covariances.diagonal(axis1=1, axis2=2)
        kernel = kernel_of(data, model.n_components, thresholds, DiagonalFeatures)
        return kernel.e_step(model.weights, model.means, variances)
    kernel = kernel_of(data, model.n_components, thresholds)
    return kernel.e_step(model.weights, model.means, model.covariances)


def e_step_variational(
    model: VariationalGaussianMixture, data: Rows, thresholds: Thresholds = THRESHOLDS
) -> Result:
    """The same by (10.46): weights that do not sum to one, and expected precisions."""
    log_weights, means, covariances = model.gaussians
    kernel = kernel_of(data, model.n_components, thresholds)
    return kernel.e_step(np.exp(log_weights), means, covariances)


def e_step_1d(model: GaussianMixture1D, data: Rows, thresholds: Thresholds = THRESHOLDS) -> Result:
    """The same of a mixture in one dimension, whose statistics have no axis for the column."""
    kernel = kernel_of(data, model.n_components, thresholds)
    result = kernel.e_step(model.weights, model.means[:, None], model.variances[:, None, None])
    if result is None:
        return None
    statistics, objective = result
    offsets, scatters = statistics.offsets[:, 0], statistics.scatters[:, 0, 0]
    return replace(statistics, offsets=offsets, scatters=scatters), objective
