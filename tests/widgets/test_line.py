import io
import re
from itertools import islice

import numpy as np
import pytest
from PIL import Image

from emlib import GaussianMixture1D, datasets, em, widgets
from emlib.widgets.line import common_limits

X = datasets.three_normals(0).x[::10]
THIRD = [1 / 3] * 3
STARTS = {
    "free": GaussianMixture1D(THIRD, [2, 5, 8], [25] * 3),
    "held": GaussianMixture1D(THIRD, [2, 5, 8], [25] * 3, fixed_weights=True),
}
ROUNDS = (0, 1, 3)


@pytest.fixture(scope="module")
def player():
    return widgets.normal_player(X, STARTS, rounds=ROUNDS, bins=20)


def test_there_is_a_frame_for_each_round_and_for_the_end(player):
    assert player.n_frames == len(ROUNDS) + 1
    assert player.menu.options == tuple(STARTS)


def test_the_captions_tell_the_rounds_of_em_and_where_it_stops(player):
    for name, start in STARTS.items():
        steps = list(islice(em.iterate(start, X), max(ROUNDS) + 1))
        told = [steps[number] for number in ROUNDS]
        told.append(em.fit(steps[-1].model, X, max_iter=10_000))
        for step, words in zip(told, player.labels[name], strict=True):
            numbers = [f"{mean:.2f}" for mean in step.model.means]
            numbers += [f"{std:.2f}" for std in step.model.stds]
            numbers.append(f"{step.objective:.1f} nats")
            assert all(number.replace("-", "−") in words for number in numbers)
    assert player.labels["free"][0].startswith(
        "Start: weights 0.33, 0.33, 0.33; means 2.00, 5.00, 8.00; standard deviations 5.00"
    )
    assert player.labels["free"][1].startswith("Round 1: ")
    assert player.labels["free"][-1].startswith("Where EM stops: ")
    assert "means −" in player.labels["free"][-1]


def test_held_weights_stay_and_free_ones_move(player):
    assert "weights 0.33, 0.33, 0.33" in player.labels["held"][-1]
    assert "weights 0.33, 0.33, 0.33" not in player.labels["free"][1]


def test_the_axes_hold_all_bars_and_curves():
    model = GaussianMixture1D([1.0], [0.0], [0.01])
    limits, top = common_limits(X, [model], 20)
    assert limits[0] < X.min()
    assert limits[1] > X.max()
    assert top > np.exp(model.log_density([limits[0], 0.0])).max() * 0.2
    assert top > np.histogram(X, bins=20, density=True)[0].max()


def test_every_frame_says_what_it_shows_and_frames_differ(player):
    for name, run in player.runs.items():
        for picture, label in zip(run, player.labels[name], strict=True):
            assert picture.alt.startswith(label)
            assert "ribbon" in picture.alt
    assert len({picture.png for run in player.runs.values() for picture in run}) >= 7


def test_frames_are_small_and_of_one_size(player):
    frames = [picture for run in player.runs.values() for picture in run]
    images = [Image.open(io.BytesIO(picture.png)) for picture in frames]
    assert len({image.size for image in images}) == 1
    assert all(len(image.getcolors()) <= 64 for image in images)
    assert max(len(picture.png) for picture in frames) < 26_000


def test_the_twin_shows_the_rounds_that_exist_and_the_end(player):
    twin = player.twin((0, 1, 2, 3, -1))
    found = re.findall(r"Start|Round \d|Where EM stops", twin.alt)
    assert found == ["Start", "Round 1", "Round 3", "Where EM stops"]
    assert twin.width <= 920
