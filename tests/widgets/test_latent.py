import numpy as np
import pytest
from scipy.stats import norm

from emlib import widgets


@pytest.fixture
def panel():
    return widgets.separation_panel(mean=170.0, std=10.0)


def test_the_slider_begins_at_the_lessons_heights(panel):
    model = panel.model(panel.controls["separation"].value)
    np.testing.assert_allclose(model.means, [163, 177], atol=0.01)
    np.testing.assert_allclose(model.stds, 7.1414, atol=0.01)
    assert panel.words.startswith("Separation 1.96: 1 hump; means 163.0 and 177.0")


@pytest.mark.parametrize("separation", [0.0, 1.5, 2.0, 2.5, 4.0])
def test_mean_and_spread_of_all_stay_what_they_are(panel, separation):
    model = panel.model(separation)
    mean = model.weights @ model.means
    variance = model.weights @ (model.variances + (model.means - mean) ** 2)
    assert (mean, variance) == (pytest.approx(170), pytest.approx(100))
    assert np.diff(model.means)[0] == pytest.approx(separation * model.stds[0])


@pytest.mark.parametrize(
    ("separation", "humps"),
    [(0.0, "1 hump;"), (2.0, "1 hump;"), (2.04, "2 humps;"), (3.0, "2 humps;")],
)
def test_the_humps_are_counted(panel, separation, humps):
    panel.controls["separation"].value = separation
    assert f"Separation {separation:.2f}: {humps}" in panel.words


def test_the_share_of_wrong_guesses_is_the_overlap(panel):
    panel.controls["separation"].value = 3.0
    assert f"wrong for {100 * norm.cdf(-1.5):.0f} %" in panel.words


def test_moving_the_slider_draws_again_and_comes_back(panel):
    before = panel.picture.png
    panel.controls["separation"].value = 3.0
    assert panel.picture.png != before
    panel.controls["separation"].value = 1.96
    assert panel.picture.png == before
    assert panel.view.value.count("Separation 1.96") == 2


def test_the_twin_says_what_each_position_shows(panel):
    alt = panel.twin([1.5, 2.5]).alt
    assert "Separation 1.50: 1 hump;" in alt
    assert "Separation 2.50: 2 humps;" in alt
