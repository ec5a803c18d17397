"""Steps of several runs at once: their components go through one matrix product."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from emlib.data.rows import Array
from emlib.fast.kernel.buffers import Buffers
from emlib.fast.kernel.floats import FloatSteps, State, Theta
from emlib.fast.kernel.softmax import SAFE_SQUARES, has_lost_digits


class StepsTogether:
    """Steps of several runs: when one asks for its next, all take theirs.

    A run that has ended does not ask again, and so costs one step more.
    """

    def __init__(self, models: list[Any], steps: list[FloatSteps]) -> None:
        self.steps, self.features, self.k = steps, steps[0].features, steps[0].k
        self.buffers = Buffers(self.features, len(steps) * self.k)
        self.asked: dict[int, Theta] = {}
        self.done: dict[int, Any] = {}
        for i, (model, step) in enumerate(zip(models, steps, strict=True)):
            theta = step.theta(step.state(model))
            if theta:
                self.asked[i] = theta

    def step(self, i: int, state: State, theta: Theta) -> Any:
        """What `FloatSteps.step` returns, for run i."""
        if i not in self.done:
            self.asked[i] = theta
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

    def sums(self, theta: Array, n_runs: int) -> tuple[list[list[float]], list[float]]:
        """Sums of the features, and each run's log-likelihood.

        The rows are the first components of all runs, then the second ones, and so on. A NaN says
        that exp overflowed or lost digits: the readable form then takes that step.
        """
        sums, objectives = np.zeros(theta.shape), np.zeros(n_runs)
        for i in range(self.features.n_chunks):
            phi, times = self.features.chunk(i, self.buffers)
            r = self.buffers.table("full", len(theta), phi.shape[1])
            np.exp(np.dot(theta, phi, r), r)
            of_runs = r.reshape(self.k, n_runs, -1)
            q = np.add.reduce(of_runs, axis=0)
            np.divide(of_runs, q, of_runs)
            log_q = np.log(q)
            objectives += log_q.sum(axis=1) if times is None else log_q @ times
            if not np.vdot(log_q, log_q) < SAFE_SQUARES:
                objectives[list(map(has_lost_digits, q))] = math.nan
            sums += (r if times is None else r * times) @ phi.T
        rows: Any = sums.tolist()
        return rows, objectives.tolist()
