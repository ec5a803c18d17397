from itertools import islice

import numpy as np
import pytest

from emlib import GaussianMixture, em, widgets


@pytest.fixture
def x(rng):
    return np.vstack([rng.normal([0, 0], 0.6, (30, 2)), rng.normal([4, 1], 0.6, (30, 2))])


@pytest.fixture
def start():
    return GaussianMixture([0.5, 0.5], [[1, 0], [2, 1]], [np.eye(2), np.eye(2)])


def test_a_frame_for_each_round_and_one_for_the_end(x, start):
    player = widgets.gaussian_player(x, {"a": start, "b": start.reorder([1, 0])}, rounds=(0, 1, 4))
    assert player.n_frames == 4
    assert list(player.runs) == ["a", "b"]
    end = em.fit(start, x, tol=1e-8)
    assert f"−{-end.objective:.2f} nats" in player.labels["a"][-1]
    assert player.labels["a"][0].startswith("Start: weights 0.500, 0.500;")
    assert player.labels["a"][2].startswith("Round 4:")
    assert all(
        frame.alt.startswith(words)
        for frame, words in zip(player.runs["a"], player.labels["a"], strict=True)
    )


def test_the_frames_follow_em(x, start):
    player = widgets.gaussian_player(x, {"a": start}, rounds=(0, 2))
    *_, step = islice(em.iterate(start, x), 3)
    weights = ", ".join(f"{weight:.3f}" for weight in step.model.weights)
    words = f"Round 2: weights {weights}; ln p = −{-step.objective:.2f} nats."
    assert player.labels["a"][1] == words


def test_components_that_are_exchanged_change_colours(x, start):
    player = widgets.gaussian_player(x, {"a": start, "b": start.reorder([1, 0])}, rounds=(0, 1))
    assert player.runs["a"][1].png != player.runs["b"][1].png


def test_the_twin_shows_the_rounds_asked_for(x, start):
    player = widgets.gaussian_player(x, {"a": start}, rounds=(0, 1, 4))
    alt = player.twin((0, 4, 7, -1)).alt
    assert "Start:" in alt
    assert "Round 4:" in alt
    assert "Where EM stops:" in alt
    assert "Round 1:" not in alt


def test_moving_a_mean_moves_the_responsibilities(x, start):
    panel = widgets.mean_panel(x, start, component=1)
    before = panel.picture.png
    panel.controls["x_mean"].value = 4.0
    assert panel.picture.png != before
    moved = GaussianMixture([0.5, 0.5], [[1, 0], [4, 1]], start.covariances)
    statistics, objective = moved.e_step(x)
    assert "Mean of component 1 at (4.0, 1.0)" in panel.words
    assert f"N_k = {statistics.n_k[0]:.1f}, {statistics.n_k[1]:.1f}" in panel.words
    assert f"−{-objective:.2f} nats" in panel.words


def test_the_panel_leaves_the_model_alone(x, start):
    panel = widgets.mean_panel(x, start, component=0)
    panel.controls["y_mean"].value = 0.7
    np.testing.assert_array_equal(start.means, [[1, 0], [2, 1]])


def test_the_sliders_stay_inside_the_picture(x, start):
    panel = widgets.mean_panel(x, start)
    for name, limits in [("x_mean", panel.ax.get_xlim()), ("y_mean", panel.ax.get_ylim())]:
        slider = panel.controls[name]
        assert limits[0] <= slider.min < slider.value < slider.max <= limits[1]


def test_the_panels_twin_says_each_place(x, start):
    alt = widgets.mean_panel(x, start).twin([(0.0, 0.5), (2.0, -1.0)]).alt
    assert "One mean in 2 places" in alt
    assert "(0.0, 0.5)" in alt
    assert "(2.0, −1.0)" in alt
