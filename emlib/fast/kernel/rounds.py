"""Rounds of EM in one or two dimensions, of one run or of several side by side."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from emlib.data.rows import Data, Rows
from emlib.fast.kernel.floats import FloatSteps
from emlib.fast.kernel.line import LineSteps
from emlib.fast.kernel.plane import PlaneSteps
from emlib.fast.kernel.thresholds import THRESHOLDS, Thresholds
from emlib.fast.kernel.together import StepsTogether
from emlib.stopping import Round, Rounds


def rounds(model: Any, data: Data, thresholds: Thresholds = THRESHOLDS) -> Rounds | None:
    """EM from a mixture in one or two dimensions, with its parameters in plain floats.

    States are models where the readable form made them, else lists of floats. None for other data,
    and for a model with a prior, which is in the M-step of the models alone.
    """
    if model.has_prior or data.n_columns > 2 or not isinstance(data, Rows):
        return None
    steps = (LineSteps if data.n_columns == 1 else PlaneSteps)(model, data, thresholds)
    return _rounds(model, data, steps, steps.step)


def rounds_together(
    models: list[Any], data: Data, thresholds: Thresholds = THRESHOLDS
) -> list[Rounds] | None:
    """Rounds of several mixtures with as many components, as `rounds` makes them of one.

    The components of all go through one matrix product, so that numpy is called for many times
    more numbers at once: see `StepsTogether`. None for other data, for models with a prior, and
    where there are so many points that it would not help.
    """
    if any(m.has_prior for m in models) or data.n_columns > 2 or not isinstance(data, Rows):
        return None
    if len(data.values) * len(models) * models[0].n_components > thresholds.together_numbers:
        return None
    kind = LineSteps if data.n_columns == 1 else PlaneSteps
    together = StepsTogether(
        models, [kind(model, data, thresholds, alone=False) for model in models]
    )
    return [
        _rounds(model, data, steps, partial(together.step, i))
        for i, (model, steps) in enumerate(zip(models, together.steps, strict=True))
    ]


def _rounds(model: Any, data: Rows, steps: FloatSteps, take_step: Callable[..., Any]) -> Rounds:
    """Rounds of EM by ``take_step``, and what makes the model of a state."""

    def make(state: Any) -> Any:
        return steps.model(model, state) if isinstance(state, list) else state

    def without_end() -> Iterator[Round]:
        state, scaled = model, steps.state(model)
        eta = steps.eta(scaled)
        for n_e_steps in itertools.count(1):
            result = take_step(scaled, eta) if eta else None
            if result is None:  # it may lose digits: the readable form takes this step
                here = make(state)
                statistics, objective = here._e_step_by_rows(data)
                yield objective, state, n_e_steps, None
                new = here.m_step(statistics)
                scaled = steps.state(new)
                eta = steps.eta(scaled)
            else:
                objective, new, eta = result
                scaled = new
                yield objective, state, n_e_steps, None
            while new == state:
                yield objective, state, n_e_steps, None
            state = new

    return without_end(), make
