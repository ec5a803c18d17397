"""Steps of EM in one or two dimensions, with their parameters in plain floats.

For a few hundred points a call of numpy costs as much as its work: so nothing is made twice, and no
model until it is asked for. What a line and a plane do not share is written out number by number,
which is twice as quick as a loop.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from functools import cache, partial
from struct import Struct
from typing import Any

import numpy as np

from emlib.data.rows import Array, Rows
from emlib.fast.kernel.buffers import Buffers
from emlib.fast.kernel.e_step import kernel_of, sweep_all
from emlib.fast.kernel.features import Features
from emlib.fast.kernel.softmax import SAFE_SQUARES, has_lost_digits
from emlib.fast.kernel.thresholds import Thresholds

State = list[tuple[float, ...]]
"""For each component its weight, mean and covariance (the lower half, row by row), in the scaled
units."""

Eta = list[tuple[float, ...]]
"""For each component the parameters of its log-joint, one for each feature."""

FloatSums = tuple[list[list[float]], float]
"""Sums of the features, a list for each component, and a log-likelihood."""

StepResult = tuple[float, State, Eta]
"""A log-likelihood, the state that the M-step makes there, and that state's parameters."""


class FloatSteps:
    """Steps of EM between states in the scaled units: what the line and the plane share."""

    def __init__(self, model: Any, data: Rows, thresholds: Thresholds, alone: bool = True) -> None:
        kernel = kernel_of(data, model.n_components, thresholds)
        self.scaling, self.features, self.thresholds = kernel.scaling, kernel.features, thresholds
        self.most = thresholds.condition
        self.n, self.k = data.total_weight, model.n_components
        self.weights = model.weights.tolist() if model.fixed_weights else None
        self.floor, self.family = model.covariance_floor, model.covariance_type
        self.lowest = self.floor / float(self.scaling.scale[0]) / float(self.scaling.scale[0])
        self.centre, self.scale = self.scaling.centre.tolist(), self.scaling.scale.tolist()
        self.least, self.log_volume = self.scaling.least.tolist(), self.scaling.log_volume
        self.far = any(abs(c) > 100 * s for c, s in zip(self.centre, self.scale, strict=True))
        self.reference = alone and self.k <= thresholds.reference_components
        if not alone:
            return
        n_rows = self.k - self.reference
        if self.features.n_chunks == 1:
            self.sums, self.total = one_chunk(self.features, n_rows, self.reference)
            return
        buffers = kernel.buffers(n_rows, self.reference)
        self.sums = partial(float_sums, self.features, buffers)
        if self.reference:
            self.total = self.features.total(buffers[0]).tolist()

    def state(self, model: Any) -> State:
        """The state of a model, in the scaled units."""
        raise NotImplementedError

    def model(self, model: Any, state: State) -> Any:
        """The model of a state, made from one with the same options."""
        raise NotImplementedError

    def rounded(self, u: float, column: int) -> float:
        """A scaled mean, as it will be once it is rounded in the data's units."""
        centre, scale = self.centre[column], self.scale[column]
        return ((u * scale + centre) - centre) / scale

    def eta(self, state: State) -> Eta | None:
        """Parameters of the log-joint at a state; None where one cannot be trusted."""
        raise NotImplementedError

    def m_step(self, sums: Sequence[Sequence[float]]) -> State | None:
        """Make a state of the sums of all components; None where they are not to be trusted."""
        raise NotImplementedError

    def result(self, sums: Sequence[Sequence[float]], objective: float) -> StepResult | None:
        """What `step` returns, from the sums of all components and the objective."""
        new = self.m_step(sums)
        eta = self.eta(new) if new else None
        if eta is None or new is None or not math.isfinite(objective):
            return None
        return objective - self.log_volume, new, eta

    def step(self, state: State, eta: Eta) -> StepResult | None:
        """Log-likelihood at a state, the next one and its eta; None if not to be trusted."""
        return self.result(*self.sums(list(itertools.chain.from_iterable(eta))))


def float_sums(features: Features, buffers: list[Buffers], eta: list[float]) -> FloatSums:
    """Sums over all chunks in plain floats, at parameters one component after the other."""
    sums, objective = sweep_all(features, np.array(eta).reshape(-1, features.n_features), buffers)
    return [row.tolist() for row in sums], objective


@cache
def _packer(size: int) -> Callable[..., None]:
    """What writes so many floats into a buffer."""
    return Struct(f"{size}d").pack_into


@cache
def _ones(k: int) -> Array:
    """One for each component and the reference."""
    return np.ones(k)


def one_chunk(features: Features, n_rows: int, reference: bool) -> tuple[Any, list[float]]:
    """Sums of the only chunk, with every array and method looked up beforehand; and their total."""
    phi, times = features.kept[0]
    weighted = phi if times is None else phi * times
    full, table = np.empty((n_rows + reference, phi.shape[1])), np.empty((n_rows, len(phi)))
    full[n_rows:] = 1.0
    r, total, log_total = full[:n_rows], np.empty(phi.shape[1]), np.empty(phi.shape[1])
    buffer, fill, one_each = table.data, _packer(table.size), _ones(len(full))
    product, add_up, add_up_logs, by_row = table.dot, one_each.dot, log_total.dot, weighted.dot
    exp, log, divide = np.exp, np.log, np.divide
    rows, each = list(r), weighted[0]

    def sums(eta: list[float]) -> FloatSums:
        fill(buffer, 0, *eta)
        product(phi, r)
        exp(r, r)
        add_up(full, total)
        log(total, log_total)
        objective = float(add_up_logs(each))
        # With a reference no sum is below its row of ones, so that none is too small.
        if reference:
            sure = objective < math.inf
        else:
            sure = add_up_logs(log_total) < SAFE_SQUARES or not has_lost_digits(total)
        if not sure:
            return float_sums(features, [Buffers(features, n_rows, reference)], eta)
        of_all = []
        for row in rows:
            divide(row, total, row)  # gamma of (9.13)
            of_all.append(by_row(row).tolist())
        return of_all, objective

    return sums, by_row(phi[0]).tolist()
