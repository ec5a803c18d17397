"""Steps of EM on a line: a state is (weight, mean, variance) of each component."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from emlib.fast.kernel.features import LOG_2PI
from emlib.fast.kernel.floats import Eta, FloatSteps, State, StepResult


class LineSteps(FloatSteps):
    """One dimension: a state is (weight, mean, variance) of each component."""

    def state(self, model: Any) -> State:
        """Weight, mean and variance of each component, centred and scaled."""
        (c,), (s,) = self.centre, self.scale
        fields = (model.weights, model.means, getattr(model, spread_field(model)))
        table = zip(*(values.ravel().tolist() for values in fields), strict=True)
        return [(weight, (mean - c) / s, variance / (s * s)) for weight, mean, variance in table]

    def model(self, model: Any, state: State) -> Any:
        """The same in the data's units, as a model of one column or of one dimension."""
        (c,), (s,) = self.centre, self.scale
        table = [(weight, mean * s + c, variance * (s * s)) for weight, mean, variance in state]
        weights, means, variances = np.array(table).T.copy()
        spread = spread_field(model)
        shape = getattr(model, spread).shape
        new = {"means": means.reshape(model.means.shape), spread: variances.reshape(shape)}
        return model._with(weights=weights, **new)

    def eta(self, state: State) -> Eta | None:
        """Constant, linear and quadratic part."""
        (least,) = self.least
        rows: Eta = []
        for weight, mean, variance in state:
            if not (weight > 0 and variance > least and mean * mean <= self.most * variance):
                return None
            a = mean / variance
            constant = math.log(weight) - 0.5 * (LOG_2PI + math.log(variance) + a * mean)
            rows.append((constant, a, -0.5 / variance))
        return rows

    def step(self, state: State, eta: Eta) -> StepResult | None:
        """The same with a reference: parameters less its own, its sums from those of all points."""
        if not self.reference:
            return super().step(state, eta)
        heaviest = state.index(max(state))  # the largest, so that little of its sums is rounding
        c, a, b = reference = eta[heaviest]
        others: list[float] = []
        for row in eta:
            if row is not reference:
                c_k, a_k, b_k = row
                others += c_k - c, a_k - a, b_k - b
        sums, objective = self.sums(others)
        n, x, xx = self.total
        objective += c * n + a * x + b * xx
        for n_k, x_k, xx_k in sums:
            n, x, xx = n - n_k, x - x_k, xx - xx_k
        sums.insert(heaviest, [n, x, xx])
        result = self.result(sums, objective)
        # The reference's sums are those of all points less the others': the difference has lost as
        # many digits as 1 / variance times N / n has.
        if not result or not n >= self.thresholds.reference_share * self.n:
            return None
        return result if -2 * result[2][heaviest][2] * self.n <= self.most * n else None

    def m_step(self, sums: Sequence[Sequence[float]]) -> State | None:
        """Mean and variance, no smaller than the floor."""
        new: State = []
        lowest = 0.0 if self.family == "tied" else self.lowest
        for k, (n, x, xx) in enumerate(sums):
            if not n > self.features.least_count:
                return None
            weight = self.weights[k] if self.weights else n / self.n
            mean = x / n
            variance = max(xx / n - mean * mean, lowest)
            new.append((weight, self.rounded(mean, 0) if self.far else mean, variance))
        return self.tied(new, sums) if self.family == "tied" else new

    def tied(self, state: State, sums: Sequence[Sequence[float]]) -> State:
        """The same with one variance for all: see `emlib.models.families`."""
        scatter = sum(n * variance for (n, *_), (_, _, variance) in zip(sums, state, strict=True))
        variance = max(scatter / self.n, self.lowest)
        return [(weight, mean, variance) for weight, mean, _ in state]


def spread_field(model: Any) -> str:
    """The name of the variances, or of covariances of one column."""
    return "variances" if hasattr(model, "variances") else "covariances"
