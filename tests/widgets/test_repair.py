"""The player that shows a faulty run beside a repaired one."""

import numpy as np
import pytest

from emlib import GaussianMixture1D, widgets

X = np.array([-2.1, -1.7, -0.4, 0.2, 1.1, 1.4, 2.2])
START = ([0.5, 0.5], [-0.5, 0.5], [1.0, 1.0])
BETTER = ([0.5, 0.5], [-1.5, 1.0], [0.8, 0.9])
BEST = ([0.4, 0.6], [-1.6, 0.9], [0.7, 0.9])


@pytest.fixture
def player():
    return widgets.repair_player(
        {
            "one": (X, [START, BEST, START], [START, BETTER, BEST]),
            "two": (X + 3, [START] * 3, [START, BETTER, BETTER]),
        },
        bins=5,
    )


def test_there_is_a_frame_for_each_round_of_each_patient(player):
    assert player.n_frames == 3
    assert list(player.runs) == ["one", "two"]
    assert player.menu.options == ("one", "two")


def test_the_words_name_round_means_likelihood_and_fall(player):
    last = player.labels["one"][2]
    log_p = GaussianMixture1D(START[0], START[1], np.square(START[2])).log_likelihood(X)
    assert last.startswith("Round 2. Faulty: means −0.50, 0.50; ln p = ")
    assert f"{log_p:.1f}, a fall".replace("-", "−") in last
    assert "Repaired: means −1.60, 0.90" in last
    assert "fall" not in player.labels["one"][1]
    assert player.labels["one"][0].startswith("Start. ")


def test_frames_differ_and_have_one_size(player):
    frames = player.runs["one"]
    assert len({frame.png for frame in frames}) == 3
    assert len({frame.width for frame in frames}) == 1


def test_the_twin_shows_the_rounds_asked_for(player):
    twin = player.twin(frames=(0, 2))
    assert "Start." in twin.alt
    assert "Round 2." in twin.alt
    assert "Round 1." not in twin.alt
