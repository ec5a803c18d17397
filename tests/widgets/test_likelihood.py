import re

import numpy as np
import pytest
from scipy import stats

from emlib import datasets, widgets

X = datasets.heights(0).x


@pytest.fixture
def panel():
    return widgets.likelihood_panel(X, mean=160.0, std=15.0)


def test_the_words_tell_the_log_likelihood_and_what_is_missing(panel):
    panel.controls["mean"].value = 165.0
    panel.controls["std"].value = 12.0
    here = stats.norm.logpdf(X, 165, 12).sum()
    best = stats.norm.logpdf(X, X.mean(), X.std()).sum()
    assert panel.words.startswith(
        f"Mean 165.0, standard deviation 12.0: sum of ln p = −{-here:.1f} nats, "
        f"{best - here:.1f} below the highest possible."
    )


def test_the_curve_and_the_spot_follow_the_sliders(panel):
    panel.controls["mean"].value = 172.5
    panel.controls["std"].value = 8.0
    np.testing.assert_allclose(panel.curve.get_ydata(), stats.norm.pdf(panel.grid, 172.5, 8.0))
    assert panel.spot.get_xydata().tolist() == [[172.5, 8.0]]


def test_each_slider_changes_the_picture_and_back_is_the_same(panel):
    first = np.asarray(panel.image).copy()
    for name, value, before in (("mean", 170.0, 160.0), ("std", 9.0, 15.0)):
        panel.controls[name].value = value
        assert (np.asarray(panel.image) != first).any()
        panel.controls[name].value = before
        np.testing.assert_array_equal(np.asarray(panel.image), first)


def test_the_summit_can_be_reached_to_half_a_step(panel):
    panel.controls["mean"].value = 169.5
    panel.controls["std"].value = 10.0
    missing = float(re.search(r"nats, ([\d.]+) below", panel.words)[1])
    assert missing < 1.0
    for name in ("mean", "std"):
        assert panel.controls[name].step == 0.5


def test_the_curve_stays_on_the_axes(panel):
    top = panel.left.get_ylim()[1]
    assert stats.norm.pdf(0, 0, panel.controls["std"].min) < top
    assert np.histogram(X, bins=40, density=True)[0].max() < 0.05
    assert panel.limits[0] < X.min() < X.max() < panel.limits[1]


def test_the_twin_tells_all_settings(panel):
    twin = panel.twin([(160, 10), (169.5, 10)])
    for mean, std in ((160.0, 10.0), (169.5, 10.0)):
        assert f"Mean {mean}, standard deviation {std}" in twin.alt
    assert twin.width <= 920
