"""Steps of EM in a plane: a state is (weight, x, y, xx, xy, yy) of each component."""

from __future__ import annotations

import math
from collections.abc import Sequence
from operator import mul
from typing import Any

import numpy as np

from emlib.data.rows import Rows
from emlib.fast.kernel.features import LOG_2PI
from emlib.fast.kernel.floats import Eta, FloatSteps, State, StepResult
from emlib.fast.kernel.thresholds import Thresholds
from emlib.models.families import DIAGONAL


class PlaneSteps(FloatSteps):
    """Two dimensions: a state is (weight, x, y, xx, xy, yy) of each component."""

    def __init__(self, model: Any, data: Rows, thresholds: Thresholds, alone: bool = True) -> None:
        super().__init__(model, data, thresholds, alone)
        sx, sy = self.scale
        self.diagonal, self.spherical = self.family in DIAGONAL, self.family == "spherical"
        self.y_by_x, self.x_by_y = (sy / sx) * (sy / sx), (sx / sy) * (sx / sy)
        """What a variance in one column's units is in the other's."""

    def state(self, model: Any) -> State:
        """Weight, mean and the lower half of the covariance, centred and scaled."""
        (cx, cy), (sx, sy) = self.centre, self.scale
        fields = model.weights.tolist(), model.means.tolist(), model.covariances.tolist()
        return [
            (w, (x - cx) / sx, (y - cy) / sy, xx / (sx * sx), yx / (sx * sy), yy / (sy * sy))
            for w, (x, y), ((xx, _), (yx, yy)) in zip(*fields, strict=True)
        ]

    def model(self, model: Any, state: State) -> Any:
        """The same in the data's units, as a model."""
        (cx, cy), (sx, sy) = self.centre, self.scale
        table = np.array(
            [
                (w, x * sx + cx, y * sy + cy, xx * (sx * sx), xy * (sx * sy), yy * (sy * sy))
                for w, x, y, xx, xy, yy in state
            ]
        )
        weights, means = table[:, 0].copy(), table[:, 1:3].copy()
        covariances = table.take([[3, 4], [4, 5]], axis=1)
        return model._with(weights=weights, means=means, covariances=covariances)

    def eta(self, state: State) -> Eta | None:
        """Constant, linear parts by x and y, quadratic by xx, xy and yy."""
        (least_x, least_y), most = self.least, self.most
        rows: Eta = []
        for weight, x, y, xx, xy, yy in state:
            det, trace = xx * yy - xy * xy, xx + yy
            wide = xx > least_x and yy > least_y and trace * trace <= most * det
            if not (wide and weight > 0):
                return None
            p, q, r = yy / det, -xy / det, xx / det
            a, b = p * x + q * y, q * x + r * y
            kappa = a * x + b * y
            if not (kappa <= most and kappa - 4.0 * q * x * y <= most):  # as in `inverse_factors`
                return None
            constant = math.log(weight) - LOG_2PI - 0.5 * (math.log(det) + kappa)
            rows.append((constant, a, b, -0.5 * p, -q, -0.5 * r))
        return rows

    def step(self, state: State, eta: Eta) -> StepResult | None:
        """The same with a reference: see `LineSteps.step`."""
        if not self.reference:
            return super().step(state, eta)
        heaviest = state.index(max(state))
        c, a, b, p, q, s = reference = eta[heaviest]
        others: list[float] = []
        for row in eta:
            if row is not reference:
                c_k, a_k, b_k, p_k, q_k, s_k = row
                others += c_k - c, a_k - a, b_k - b, p_k - p, q_k - q, s_k - s
        sums, objective = self.sums(others)
        n, x, y, xx, xy, yy = self.total
        objective += c * n + a * x + b * y + p * xx + q * xy + s * yy
        for n_k, x_k, y_k, xx_k, xy_k, yy_k in sums:
            n, x, y = n - n_k, x - x_k, y - y_k
            xx, xy, yy = xx - xx_k, xy - xy_k, yy - yy_k
        sums.insert(heaviest, [n, x, y, xx, xy, yy])
        result = self.result(sums, objective)
        if result and n >= self.thresholds.reference_share * self.n:
            row = result[2][heaviest]
            if -2 * (row[3] + row[5]) * self.n <= self.most * n:
                return result
        return None

    def m_step(self, sums: Sequence[Sequence[float]]) -> State | None:
        """Mean and covariance, of which no eigenvalue may be below the floor."""
        new: State = []
        diagonal = self.diagonal
        for k, (n, x, y, xx, xy, yy) in enumerate(sums):
            if not n > self.features.least_count:
                return None
            weight = self.weights[k] if self.weights else n / self.n
            x, y = x / n, y / n
            xx, xy, yy = xx / n - x * x, xy / n - x * y, yy / n - y * y
            if diagonal:  # see `emlib.models.families`
                xy = 0.0
                if self.spherical:
                    xx, yy = (xx + yy * self.y_by_x) / 2, (xx * self.x_by_y + yy) / 2
            if self.far:
                x, y = self.rounded(x, 0), self.rounded(y, 1)
            new.append((weight, x, y, xx, xy, yy))
        if self.family == "tied":
            new = self.tied(new, sums)
        if self.floor > 0 and any(self.is_below_floor(*row[3:]) for row in new):
            return None
        return new

    def tied(self, state: State, sums: Sequence[Sequence[float]]) -> State:
        """The same with one covariance for all: see `emlib.models.families`."""
        shares = [n / self.n for n, *_ in sums]
        columns = zip(*[row[3:] for row in state], strict=True)
        pooled = [math.fsum(map(mul, shares, values)) for values in columns]
        return [(*row[:3], *pooled) for row in state]

    def is_below_floor(self, xx: float, xy: float, yy: float) -> bool:
        """Whether the smaller eigenvalue, in the data's units, is below the floor."""
        sx, sy = self.scale
        xx, xy, yy = xx * (sx * sx), xy * (sx * sy), yy * (sy * sy)
        return xx + yy - math.hypot(xx - yy, 2 * xy) < 2 * self.floor
