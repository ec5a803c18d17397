"""Steps of several runs at once: their components go through one matrix product."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from emlib.data.rows import Array
from emlib.fast.kernel.buffers import Buffers
from emlib.fast.kernel.floats import Eta, FloatSteps, State
from emlib.fast.kernel.softmax import SAFE_SQUARES, has_lost_digits


class StepsTogether:
    """Steps of several runs: when one asks for its next, all take theirs.

    A run that has ended does not ask again, and so costs one step more.
    """

    def __init__(self, models: list[Any], steps: list[FloatSteps]) -> None:
        self.steps, self.features, self.k = steps, steps[0].features, steps[0].k
        self.buffers = Buffers(self.features, len(steps) * self.k)
        self.asked: dict[int, Eta] = {}
        self.done: dict[int, Any] = {}
        for i, (model, step) in enumerate(zip(models, steps, strict=True)):
            eta = step.eta(step.state(model))
            if eta:
                self.asked[i] = eta

    def step(self, i: int, state: State, eta: Eta) -> Any:
        """What `FloatSteps.step` returns, for run i."""
        if i not in self.done:
            self.asked[i] = eta
            runs = list(self.asked)
            table = np.array([self.asked[run][k] for k in range(self.k) for run in runs])
            self.asked.clear()
            sums, objectives = self.sums(table, len(runs))
            for j, run in enumerate(runs):
                self.done[run] = self.steps[run].result(sums[j :: len(runs)], objectives[j])
        result = self.done.pop(i)
        if result:
            self.asked[i] = result[2]
        return result

    def sums(self, eta: Array, n_runs: int) -> tuple[list[list[float]], list[float]]:
        """Sums of the features, and each run's log-likelihood.

        The rows are the first components of all runs, then the second ones, and so on. A NaN says
        that exp overflowed or lost digits: the readable form then takes that step.
        """
        sums, objectives = np.zeros(eta.shape), np.zeros(n_runs)
        for i in range(self.features.n_chunks):
            phi, times = self.features.chunk(i, self.buffers)
            r = self.buffers.table("full", len(eta), phi.shape[1])
            np.exp(np.dot(eta, phi, r), r)
            of_runs = r.reshape(self.k, n_runs, -1)
            total = np.add.reduce(of_runs, axis=0)
            np.divide(of_runs, total, of_runs)  # gamma of (9.13)
            log_total = np.log(total)
            objectives += log_total.sum(axis=1) if times is None else log_total @ times
            if not np.vdot(log_total, log_total) < SAFE_SQUARES:
                objectives[list(map(has_lost_digits, total))] = math.nan
            sums += (r if times is None else r * times) @ phi.T
        rows: Any = sums.tolist()
        return rows, objectives.tolist()
