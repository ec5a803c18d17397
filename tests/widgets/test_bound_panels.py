import re

import numpy as np
import pytest

from emlib import CoinMixture, GaussianMixture, bound, datasets, widgets

FLIPS = datasets.do_batzoglou().x
BIASES = np.linspace(0.02, 0.98, 97)
MEANS = np.linspace(-2.5, 8.5, 89)  # of the narrow component, where the hills are computed


def coins(bias):
    return CoinMixture([bias, 0.5], [0.5, 0.5])


def numbers(words):
    """ln p, bound and KL, as the panel says them."""
    found = re.search(r"ln p (\S+), bound (\S+), KL (\d+\.\d+)", words)
    return [float(part.replace("−", "-").rstrip(",.:")) for part in found.groups()]


@pytest.fixture
def panel():
    return widgets.bound_panel(FLIPS)


def test_what_it_says_is_the_ledger_of_its_q(panel):
    q = 0.4 * bound.posterior(coins(0.3), FLIPS) + 0.3
    log_p, lower, gap = numbers(panel.words)
    assert log_p == pytest.approx(coins(0.3).log_likelihood(FLIPS), abs=0.005)
    assert lower == pytest.approx(bound.elbo(coins(0.3), FLIPS, q), abs=0.005)
    assert gap == pytest.approx(bound.kl(coins(0.3), FLIPS, q), abs=0.005)


def test_more_noise_opens_the_gap_and_leaves_the_log_likelihood(panel):
    seen = []
    for noise in (0.0, 0.3, 0.6, 1.0):
        panel.controls["noise"].value = noise
        seen.append(numbers(panel.words))
    assert len({row[0] for row in seen}) == 1
    assert np.all(np.diff([row[2] for row in seen]) > 0.05)
    assert seen[0][2] == 0


def test_moving_the_bias_leaves_q_and_so_the_bound_leaves_the_curve(panel):
    panel.controls["noise"].value = 0.0
    panel.controls["bias"].value = 0.7
    q = bound.posterior(coins(0.3), FLIPS)
    log_p, lower, _ = numbers(panel.words)
    assert lower == pytest.approx(bound.elbo(coins(0.7), FLIPS, q), abs=0.005)
    assert log_p - lower > 1


def test_e_snaps_the_bound_to_the_curve_without_moving(panel):
    panel.controls["bias"].value = 0.7
    before = numbers(panel.words)
    panel.e.click()
    log_p, lower, gap = numbers(panel.words)
    assert (panel.controls["bias"].value, panel.controls["noise"].value) == (0.7, 0.0)
    assert log_p == before[0] == lower
    assert gap == 0
    assert "they touch" in panel.words


def test_m_goes_to_the_top_of_the_bound_and_the_curve_rises(panel):
    panel.e.click()
    q = bound.posterior(coins(0.3), FLIPS)
    heights = [bound.elbo(coins(bias), FLIPS, q) for bias in BIASES]
    before = numbers(panel.words)
    panel.m.click()
    assert panel.controls["bias"].value == pytest.approx(BIASES[np.argmax(heights)], abs=0.011)
    assert numbers(panel.words)[0] > before[0]


def test_e_and_m_in_turn_end_where_em_ends(panel):
    for _ in range(40):
        panel.e.click()
        panel.m.click()
    heights = [coins(bias).log_likelihood(FLIPS) for bias in BIASES]
    assert panel.controls["bias"].value == pytest.approx(BIASES[np.argmax(heights)], abs=0.011)


def ring(panel):
    """What the picture shows of the panel's only handle."""
    (handle,) = panel.dragging.view.handles
    return handle


def drag(panel, **message):
    """Send what the picture sends when its handle is moved."""
    panel.dragging.receive(None, {"handle": 0, **message})


def test_the_red_dot_is_dragged_along_its_curve_and_q_is_held(panel):
    panel.controls["noise"].value = 0.0
    panel.controls["bias"].value = 0.7
    there = ring(panel)
    q = bound.posterior(coins(0.3), FLIPS)
    for pointer in (0.02, there["y"], 0.98):  # however high the pointer is
        panel.controls["bias"].value = 0.3
        drag(panel, x=there["x"], y=pointer)
        assert panel.controls["bias"].value == pytest.approx(0.7)
        assert ring(panel) == there
        assert numbers(panel.words)[1] == pytest.approx(bound.elbo(coins(0.7), FLIPS, q), abs=0.005)


def test_the_ring_stands_on_the_log_likelihood(panel):
    heights, rings = [], []
    for bias in (0.2, 0.5, 0.8):
        panel.controls["bias"].value = bias
        heights.append(coins(bias).log_likelihood(FLIPS))
        rings.append(ring(panel)["y"])
    slopes = np.diff(rings) / np.diff(heights)
    assert slopes[0] == pytest.approx(slopes[1])
    assert slopes[0] < 0  # parts of the height are counted from above


def test_arrow_keys_move_the_dot_across_only(panel):
    answered = panel.dragging.view.answered
    drag(panel, steps=[1, 0])
    assert panel.controls["bias"].value == pytest.approx(0.305)
    drag(panel, steps=[0, 10])
    assert panel.controls["bias"].value == pytest.approx(0.305)
    assert panel.dragging.view.answered == answered + 2
    panel.m.click()  # to a bias between two steps of the slider
    top = panel.controls["bias"].value
    drag(panel, steps=[-10, 0])
    assert panel.controls["bias"].value == pytest.approx(top - 0.05, abs=0.003)


def test_the_twin_does_not_change_the_panel_and_has_four_states(panel):
    panel.controls["bias"].value = 0.45
    words = panel.words
    twin = panel.twin()
    assert panel.words == words
    other = widgets.bound_panel(FLIPS)
    other.controls["bias"].value = 0.45
    for each in (panel, other):
        each.m.click()
    assert panel.words == other.words
    assert [twin.alt.count(name) for name in ("q with noise:", "M:", "E:", "M again:")] == [1] * 4
    assert twin.alt.count("they touch") == 1


def test_where_q_has_noise_m_may_lower_the_log_likelihood_and_the_twin_shows_it():
    panel = widgets.bound_panel(FLIPS, 0.8, noise=0.6)
    states = panel.twin().alt.split(" M: ")
    start, after = numbers(states[0]), numbers(states[1])
    assert after[1] > start[1]  # the bound
    assert after[0] < start[0] - 0.2  # ln p
    panel.m.click()
    assert numbers(panel.words) == after


def test_without_noise_the_twin_begins_where_the_bound_touches():
    twin = widgets.bound_panel(FLIPS, 0.25, noise=0.0).twin()
    assert " start: Bias of A 0.250" in twin.alt
    assert twin.alt.count("they touch") == 2


def test_the_hills_are_those_of_the_mixture():
    hills = widgets.hills_panel(0)
    x = hills.points(2.8, 1.0, 0.4)
    log_p, lower = hills.curves(x, 4.0)
    for i in (0, 30, 52, 88):
        assert log_p[i] == pytest.approx(hills.model(x, MEANS[i]).log_likelihood(x), rel=1e-12)
    model = hills.model(x, 4.0)
    q = bound.posterior(model, x)
    means = np.array(model.means)
    means[0, 0] = MEANS[30]
    other = GaussianMixture(model.weights, means, model.covariances)
    assert lower[30] == pytest.approx(bound.elbo(other, x, q), rel=1e-12)
    assert np.all(log_p - lower > -1e-9)


def test_the_learner_can_exchange_the_two_hills():
    hills = widgets.hills_panel(0)
    assert hills.words.startswith("Local maxima at 0.6, 4.5")
    hills.controls["share"].value = 0.25
    assert hills.words.startswith("Local maxima at 4.4, ")


def test_the_bound_climbs_the_hill_where_it_stands():
    hills = widgets.hills_panel(0)
    for place, hill in ((1.5, 0.6), (4.0, 4.5)):
        for _ in range(30):
            hills.controls["mean"].value = place
            place = float(re.search(r"goes to (\S+?)\.?$", hills.words)[1].replace("−", "-"))
        assert place == pytest.approx(hill, abs=0.3)


def test_the_narrow_mean_is_dragged_along_its_line():
    hills = widgets.hills_panel(0)
    before = ring(hills)
    drag(hills, x=before["x"] - 0.1, y=0.1)
    assert hills.controls["mean"].value < 3.9
    assert ring(hills)["x"] < before["x"] - 0.08
    assert ring(hills)["y"] == before["y"]


def test_the_shares_of_the_clusters_are_those_of_the_slider():
    hills = widgets.hills_panel(0)
    assert len(hills.points(2.8, 1.0, 0.1)) == len(hills.points(2.8, 1.0, 0.8)) == hills.n
    tight = hills.points(2.8, 0.4, 0.5)
    assert np.sum(tight[:, 0] < 1.4) == pytest.approx(90, abs=3)


def test_the_settings_of_the_twin_stand_in_its_words():
    twin = widgets.hills_panel(0).twin([{}, {"mean": 1.5}])
    assert "From 4.0 the M step" in twin.alt
    assert "From 1.5 the M step" in twin.alt
