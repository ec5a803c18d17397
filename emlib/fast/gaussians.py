"""Quick steps of mixtures of Gaussians: the kernel, in the terms of the models."""

from __future__ import annotations

from functools import partial
from typing import Any

from emlib.data.rows import Rows
from emlib.fast import accelerate
from emlib.fast.kernel.diagonal import DiagonalFeatures
from emlib.fast.kernel.e_step import kernel_of
from emlib.fast.kernel.limits import LIMITS, Limits
from emlib.fast.kernel.rounds import rounds, rounds_together
from emlib.models.families import DIAGONAL
from emlib.models.gaussian import GaussianMixture
from emlib.models.gaussian1d import GaussianMixture1D
from emlib.models.model import QuickSteps
from emlib.models.statistics import Moments

Result = tuple[Moments, float] | None
"""Statistics and log-likelihood; None where the readable form must take the step."""


def steps(limits: Limits = LIMITS) -> QuickSteps:
    """The quick steps of `GaussianMixture`."""
    return _steps(e_step, limits)


def steps_1d(limits: Limits = LIMITS) -> QuickSteps:
    """The quick steps of `GaussianMixture1D`."""
    return _steps(e_step_1d, limits)


def _steps(take_e_step: Any, limits: Limits) -> QuickSteps:
    return QuickSteps(
        e_step=partial(take_e_step, limits=limits),
        rounds=partial(rounds, limits=limits),
        rounds_together=partial(rounds_together, limits=limits),
        accelerated=accelerate.rounds,
    )


def e_step(model: GaussianMixture, data: Rows, limits: Limits = LIMITS) -> Result:
    """Statistics and log-likelihood of a mixture in D dimensions, of any family."""
    if model.covariance_type in DIAGONAL:
        variances = model.covariances.diagonal(axis1=1, axis2=2)
        kernel = kernel_of(data, model.n_components, limits, DiagonalFeatures)
        return kernel.e_step(model.weights, model.means, variances)
    kernel = kernel_of(data, model.n_components, limits)
    return kernel.e_step(model.weights, model.means, model.covariances)


def e_step_1d(model: GaussianMixture1D, data: Rows, limits: Limits = LIMITS) -> Result:
    """The same of a mixture in one dimension, whose statistics have no axis for the column."""
    kernel = kernel_of(data, model.n_components, limits)
    result = kernel.e_step(model.weights, model.means[:, None], model.variances[:, None, None])
    if result is None:
        return None
    (n_k, origin, offsets, scatters), objective = vars(result[0]).values(), result[1]
    return Moments(n_k, origin, offsets[:, 0], scatters[:, 0, 0]), objective
