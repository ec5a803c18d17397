"""The animation of the README and the script that draws it."""

import importlib.util
import re
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from emlib import GaussianMixture, datasets, em, start

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture(scope="module")
def script():
    spec = importlib.util.spec_from_file_location("make_em_at_work", DOCS / "make_em_at_work.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def image():
    with Image.open(DOCS / "em_at_work.png") as opened:
        yield opened


def test_the_animation_is_light_and_has_a_frame_for_each_round(script, image):
    assert (DOCS / "em_at_work.png").stat().st_size < 700_000
    assert image.n_frames == len(script.ROUNDS)
    assert image.info["loop"] == 0


def test_the_end_stays_long_enough_to_be_read(image):
    image.seek(image.n_frames - 1)
    assert image.info["duration"] >= 3000


def test_the_words_tell_the_numbers_that_em_finds(script):
    x = datasets.three_clusters(np.random.default_rng(0)).x
    begin = start.random_points(GaussianMixture, x, n_components=3, rng=1)
    history = [step.objective for step in islice(em.iterate(begin, x), script.ROUNDS[-1] + 1)]
    told = [float(number) for number in re.findall(r"-\d+", script.ALT)]
    assert told == [round(history[0]), round(history[-1])]
    assert all(np.diff(history) > -1e-9)


@pytest.mark.slow
def test_the_file_is_what_the_script_draws(script, tmp_path):
    (tmp_path / "fresh.png").write_bytes(script.draw().png)
    with Image.open(tmp_path / "fresh.png") as fresh, Image.open(DOCS / "em_at_work.png") as kept:
        assert fresh.size == kept.size
        for i in range(kept.n_frames):
            fresh.seek(i)
            kept.seek(i)
            far = np.asarray(fresh.convert("L"), dtype=int) - np.asarray(kept.convert("L"))
            assert (np.abs(far) > 40).mean() < 1e-3
