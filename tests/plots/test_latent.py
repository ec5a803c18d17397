import numpy as np
import pytest

from emlib import GaussianMixture1D, plots
from emlib.plots.latent import MAP_DROPS
from emlib.plots.style import blend


def pair(separation, weights=(0.5, 0.5)):
    return GaussianMixture1D(weights, [0.0, separation], [1.0, 1.0])


def test_every_number_is_a_dot_in_the_column_of_its_place():
    x = [2.1, 0.4, 2.9, 2.5, 5.0]
    (dots,) = plots.dot_columns(x, width=1.0)
    assert sorted(map(tuple, dots.get_offsets())) == [
        (0.5, 1.0),
        (2.5, 1.0),
        (2.5, 2.0),
        (2.5, 3.0),
        (5.5, 1.0),
    ]
    red, green, blue = dots.get_facecolors()[0, :3]
    assert red == green == blue


def test_labels_have_the_colour_and_the_marker_of_their_component():
    r = np.array([[1.0, 0.0], [0.0, 1.0], [0.0, 1.0]])
    first, second = plots.dot_columns([0.1, 1.1, 2.1], r, width=1.0)
    np.testing.assert_allclose(first.get_facecolors()[:, :3], blend(r)[:1])
    np.testing.assert_allclose(second.get_facecolors()[:, :3], blend(r)[1:])
    np.testing.assert_array_equal(second.get_offsets()[:, 0], [1.5, 2.5])
    assert not np.array_equal(first.get_paths()[0].vertices, second.get_paths()[0].vertices)


def test_no_dot_in_doubt_takes_a_side():
    r = np.array([[1.0, 0.0], [0.51, 0.49], [0.49, 0.51]])
    (dots,) = plots.dot_columns([0.1, 1.1, 2.1], r, width=1.0)
    np.testing.assert_allclose(dots.get_facecolors()[:, :3], blend(r))
    assert len(dots.get_paths()) == 1


def test_the_axis_holds_the_tallest_column():
    (dots,) = plots.dot_columns(np.full(40, 3.0))
    assert dots.axes.get_ylim()[1] > 40


@pytest.mark.parametrize(("separation", "n"), [(0.0, 1), (1.5, 1), (2.0, 1), (2.1, 2), (4.0, 2)])
def test_the_modes_are_counted(separation, n):
    assert len(plots.modes(pair(separation), (-5, 9))) == n


def test_the_modes_solve_the_equation_of_the_lesson():
    delta = 1.25
    low, high = plots.modes(pair(2 * delta), (-4, 6.5), 20_001) - delta
    for u in (low, high):
        assert u == pytest.approx(delta * np.tanh(delta * u), abs=1e-3)
    assert abs(high) < delta


def test_three_groups_can_make_three_humps():
    three = GaussianMixture1D([0.3, 0.3, 0.4], [-5, 0, 5], [1, 1, 1])
    np.testing.assert_allclose(plots.modes(three, (-9, 9)), [-5, 0, 5], atol=0.02)


def test_a_flag_stands_above_each_hump():
    model = pair(3.0)
    flags, total, first, second = plots.humps(model, (-4, 7))
    np.testing.assert_array_equal(flags.get_xdata(), plots.modes(model, (-4, 7)))
    assert (flags.get_ydata() > np.exp(model.log_density(flags.get_xdata()))).all()
    np.testing.assert_allclose(first.get_ydata() + second.get_ydata(), total.get_ydata())
    assert [line.get_color() for line in (first, second)] == list(plots.COLOURS[:2])


def test_the_names_of_equal_groups_do_not_cover_each_other():
    texts = plots.humps(pair(0.0), (-4, 4))[0].axes.texts
    assert [text.get_text() for text in texts] == ["0", "1"]
    assert texts[1].get_position()[0] - texts[0].get_position()[0] == pytest.approx(1.0)


def test_the_map_has_the_first_mean_across_and_stars_on_maxima():
    places = np.linspace(0, 4, 41)
    a, b = np.meshgrid(places, places)
    lines = plots.mean_map(-20 * ((a - 1) ** 2 + (b - 3) ** 2), places)
    ax = lines.axes
    innermost = np.vstack([p.vertices for p in lines.get_paths() if len(p.vertices)][-1:])
    np.testing.assert_allclose(innermost.mean(axis=0), [1, 3], atol=0.1)
    assert lines.levels.tolist() == [-drop for drop in MAP_DROPS[::-1]]
    assert {text.get_text() for text in ax.texts} <= {f"{drop:.0f}" for drop in MAP_DROPS}
    assert [tuple(line.get_xydata()[0]) for line in ax.lines if line.get_marker() == "*"] == [
        (1.0, 3.0)
    ]
    assert ax.get_xlabel().startswith("mean of group 0")


def test_each_summit_of_a_map_has_its_star():
    places = np.linspace(0, 4, 41)
    a, b = np.meshgrid(places, places)
    hills = np.logaddexp(-9 * ((a - 1) ** 2 + (b - 3) ** 2), -9 * ((a - 3) ** 2 + (b - 1) ** 2))
    stars = [line for line in plots.mean_map(hills, places).axes.lines if line.get_marker() == "*"]
    assert sorted(tuple(star.get_xydata()[0].round(6)) for star in stars) == [(1, 3), (3, 1)]


def test_the_profile_shades_what_is_near_the_best():
    (line,) = plots.profile([0.2, 0.4, 0.6], [-12.0, -10.0, -10.5], within=1.5)
    np.testing.assert_array_equal(line.get_ydata(), [-12.0, -10.0, -10.5])
    (band,) = line.axes.patches
    assert (band.get_y(), band.get_y() + band.get_height()) == (-11.5, -10.0)
    assert "1.5 nats" in line.axes.texts[0].get_text()
