import io
import re

import numpy as np
import pytest
from PIL import Image

from emlib import CoinMixture, coins, plots, widgets
from emlib.widgets.coins import draw_biases

X = coins.counts([5, 9, 8, 4, 7], 10)
STARTS = {"0.60, 0.50": (0.6, 0.5), "0.55, 0.55": (0.55, 0.55)}


@pytest.fixture(scope="module")
def player():
    return widgets.coin_player(X, STARTS, n_rounds=2)


def test_every_start_has_a_start_two_halves_a_round_and_an_end(player):
    assert player.n_frames == 1 + 2 * 2 + 1
    assert player.menu.options == tuple(STARTS)


def test_the_captions_tell_the_published_rounds(player):
    words = player.labels["0.60, 0.50"]
    assert words[0] == "Start: bias 0.600 for A, 0.500 for B; ln p = −33.09386 nats."
    assert "coin A is given 0.45, 0.80, 0.73, 0.35, 0.65 of trials 1 to 5" in words[1]
    assert "bias 0.713 for A, 0.581 for B; ln p rises to −31.85926 nats." in words[2]
    assert words[-1] == "Where EM stops: bias 0.797 for A, 0.520 for B; ln p = −31.57020 nats."


def test_on_the_saddle_nothing_rises_after_the_first_round(player):
    words = player.labels["0.55, 0.55"]
    assert "bias 0.660 for A, 0.660 for B; ln p rises to" in words[2]
    assert "bias 0.660 for A, 0.660 for B; ln p stays at" in words[4]


def test_the_captions_are_those_of_the_recorded_steps(player):
    for name, biases in STARTS.items():
        run = widgets.record(CoinMixture(biases, [0.5, 0.5], fixed_weights=True), X, n_rounds=2)
        for step, words in zip(run, player.labels[name], strict=True):
            numbers = (
                [f"{share:.2f}" for share in step.responsibilities[:, 0]]
                if step.kind == "E"
                else [f"{bias:.3f}" for bias in step.model.biases] + [f"−{-step.objective:.5f}"]
            )
            assert all(number in words for number in numbers)


def test_every_frame_says_what_it_shows(player):
    for name, run in player.runs.items():
        for picture, label in zip(run, player.labels[name], strict=True):
            assert picture.alt.startswith(label)
            assert "Left: the log-likelihood over the two biases" in picture.alt


def test_frames_are_small_and_of_one_size(player):
    frames = [picture for run in player.runs.values() for picture in run]
    images = [Image.open(io.BytesIO(picture.png)) for picture in frames]
    assert len({image.size for image in images}) == 1
    assert frames[0].width <= 900
    assert all(len(image.getcolors()) <= 64 for image in images)
    assert max(len(picture.png) for picture in frames) < 26_000


def test_an_e_step_changes_the_right_panel_and_an_m_step_the_left(player):
    start, e_step, m_step = (
        np.asarray(Image.open(io.BytesIO(picture.png)).convert("RGB"), dtype=int)
        for picture in player.runs["0.60, 0.50"][:3]
    )
    middle = start.shape[1] * 4 // 10

    def differs(a, b):
        return (np.abs(a - b).max(axis=2) > 40).any()

    assert not differs(start[:, :middle], e_step[:, :middle])
    assert differs(start[:, middle:], e_step[:, middle:])
    assert differs(e_step[:, :middle], m_step[:, :middle])
    below = start.shape[0] // 8
    assert not differs(e_step[below:, middle:], m_step[below:, middle:])


def test_the_path_has_one_point_a_round():
    start = CoinMixture([0.6, 0.5], [0.5, 0.5], fixed_weights=True)
    run = widgets.record(start, X, n_rounds=2)
    _, ax = plots.figure(4, 4)
    draw_biases(ax, run[:4])
    path, _, place = ax.lines
    expected = [run[0].model.biases, run[2].model.biases]
    np.testing.assert_array_equal(path.get_xydata(), expected)
    np.testing.assert_array_equal(place.get_xydata(), expected[-1:])
    assert [text.get_text() for text in ax.texts] == ["0", "1"]


def test_the_still_picture_is_the_first_whole_round(player):
    assert player._repr_mimebundle_()["text/plain"].startswith("Round 1, M step")


def test_the_twin_counts_rounds(player):
    twin = player.twin(frames=(0, 1, 2, 5, -1))
    assert re.findall(r"Start|Round \d|Where EM stops", twin.alt) == [
        "Start",
        "Round 1",
        "Round 2",
        "Where EM stops",
    ]
    assert twin.width <= 920


def test_one_start_needs_no_menu():
    player = widgets.coin_player(X, {"0.60, 0.50": (0.6, 0.5)}, n_rounds=1)
    assert not hasattr(player, "menu")
    assert player.n_frames == 4
