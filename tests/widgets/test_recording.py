from itertools import islice, pairwise

import numpy as np
import pytest

from emlib import CoinMixture, GaussianMixture1D, bound, coins, em, widgets

X = coins.counts([5, 9, 8, 4, 7], 10)
START = CoinMixture([0.6, 0.5], [0.5, 0.5], fixed_weights=True)


def test_halves_come_in_order():
    steps = widgets.record(START, X, n_rounds=2)
    assert [(step.round, step.kind) for step in steps[:-1]] == [
        (0, "start"),
        (1, "E"),
        (1, "M"),
        (2, "E"),
        (2, "M"),
    ]
    assert steps[-1].kind == "end"


def test_the_m_steps_are_the_rounds_of_em():
    steps = widgets.record(START, X, n_rounds=4)
    wholes = [step for step in steps if step.kind in ("start", "M")]
    for ours, theirs in zip(wholes, islice(em.iterate(START, X), 5), strict=True):
        np.testing.assert_array_equal(ours.model.biases, theirs.model.biases)
        assert ours.objective == theirs.objective
        assert ours.round == theirs.iteration


def test_an_e_step_moves_no_parameter_and_lifts_the_bound():
    steps = widgets.record(START, X, n_rounds=3)
    for before, now in pairwise(steps):
        if now.kind == "E":
            assert now.model is before.model
            assert bound.kl(now.model, X, now.responsibilities) == pytest.approx(0, abs=1e-12)


def test_an_m_step_keeps_the_responsibilities_it_used():
    steps = widgets.record(START, X, n_rounds=3)
    for before, now in pairwise(steps):
        if now.kind == "M":
            assert now.responsibilities is before.responsibilities
            stats = before.model.statistics(X, now.responsibilities)
            np.testing.assert_allclose(
                now.model.biases, before.model.m_step(stats).biases, rtol=1e-12
            )


def test_the_end_is_where_em_stops():
    end = widgets.record(START, X, n_rounds=1)[-1]
    np.testing.assert_allclose(end.model.biases, [0.7967891, 0.5195831], atol=5e-6)
    np.testing.assert_allclose(
        end.responsibilities[:, 0], [0.103, 0.952, 0.845, 0.031, 0.601], atol=5e-4
    )


def test_the_end_can_be_left_out():
    assert [step.kind for step in widgets.record(START, X, n_rounds=1, end=False)] == [
        "start",
        "E",
        "M",
    ]


def test_any_model_can_be_recorded():
    x = np.array([-2.1, -1.9, -2.0, 1.0, 1.2, 0.8])
    start = GaussianMixture1D([0.5, 0.5], means=[-1.0, 1.0], variances=[1.0, 1.0])
    steps = widgets.record(start, x, n_rounds=2)
    assert [step.kind for step in steps] == ["start", "E", "M", "E", "M", "end"]
