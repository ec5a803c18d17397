import numpy as np
import pytest

from emlib import GaussianMixture1D, plots
from emlib.plots.style import blend

TWO = GaussianMixture1D([0.3, 0.7], [20.0, 40.0], [25.0, 25.0])


def outline(area):
    """Return the edge of a filled area."""
    return area.get_paths()[0].vertices


def test_the_curves_are_the_density_and_its_parts():
    total, first, second = plots.curves(TWO, (0, 60))
    grid = total.get_xdata()
    np.testing.assert_allclose(total.get_ydata(), np.exp(TWO.log_density(grid)))
    np.testing.assert_allclose(first.get_ydata() + second.get_ydata(), total.get_ydata())
    assert [line.get_color() for line in (first, second)] == list(plots.COLOURS[:2])
    assert first.get_linestyle() != second.get_linestyle()
    assert [text.get_text() for text in total.axes.texts] == ["0", "1"]


def test_the_numbers_of_the_components_touch_no_line_and_not_each_other():
    third = [1 / 3] * 3
    models = [TWO, GaussianMixture1D([0.5, 0.5], [30.0, 30.0], [25.0, 25.0])]
    models += [GaussianMixture1D(third, [20.0, 23.0, 26.0], [25.0] * 3)]
    models += [GaussianMixture1D(third, [20.0, 40.0, 23.0], [9.0, 400.0, 9.0])]
    for model in models:
        fig, ax = plots.figure(3.2, 2.2)
        lines = plots.curves(model, (0, 60), ax=ax)
        fig.draw_without_rendering()
        boxes = [text.get_window_extent() for text in ax.texts]
        assert not any(a.overlaps(b) for i, a in enumerate(boxes) for b in boxes[:i])
        for line in lines:
            dots = ax.transData.transform(np.transpose(line.get_data()))
            assert not any(box.count_contains(dots) for box in boxes)


def test_the_ribbon_fills_the_height_with_responsibilities():
    first, second = plots.ribbon(TWO, (0, 60))
    lower, upper = outline(first), outline(second)
    assert (lower[:, 1].min(), upper[:, 1].max()) == pytest.approx((0, 1))
    inner = lower[(lower[:, 1] > 0.01) & (lower[:, 1] < 0.99)]
    np.testing.assert_allclose(inner[:, 1], TWO.responsibilities(inner[:, 0])[:, 0], atol=1e-12)
    assert first.axes.get_ylim() == (0, 1)


def test_the_ribbon_stacks_by_mean_and_returns_by_number():
    turned = GaussianMixture1D([0.7, 0.3], [40.0, 20.0], [25.0, 25.0])
    right, left = plots.ribbon(turned, (0, 60))
    assert outline(left)[:, 1].min() == 0
    assert outline(right)[:, 1].max() == pytest.approx(1)
    np.testing.assert_allclose(right.get_facecolor()[0, :3], blend([[1.0, 0.0]])[0])


def test_a_number_in_the_ribbon_stands_in_the_middle_of_its_band():
    near = GaussianMixture1D([0.5, 0.5], [29.0, 31.0], [100.0, 100.0])
    lower, upper = plots.ribbon(near, (0, 60))[0].axes.texts
    share = near.responsibilities([lower.get_position()[0], upper.get_position()[0]])[:, 0]
    assert lower.get_position()[1] == pytest.approx(share[0] / 2)
    assert upper.get_position()[1] == pytest.approx((1 + share[1]) / 2)


def test_the_boundary_is_where_the_larger_share_changes():
    (first, _) = plots.ribbon(TWO, (0, 60), boundaries=True)
    ax = first.axes
    (line,) = ax.lines
    assert line.get_xdata()[0] == pytest.approx(30 + 1.25 * np.log(3 / 7), abs=0.05)
    assert "28.9" in [text.get_text() for text in ax.texts]
    (first, _) = plots.ribbon(TWO, (0, 60))
    assert len(first.axes.lines) == 0
    shifted = GaussianMixture1D([0.3, 0.7], [-20.0, 0.0], [25.0, 25.0])
    (first, _) = plots.ribbon(shifted, (-40, 20), boundaries=True)
    assert "−11.1" in [text.get_text() for text in first.axes.texts]


def test_points_are_marked_by_owner_and_coloured_by_share():
    x = [18.0, 30.0, 41.0]
    r = np.array([[1.0, 0.0], [0.4, 0.6], [0.0, 1.0]])
    groups = plots.owned_points(TWO, x, r)
    np.testing.assert_array_equal(groups[0].get_offsets()[:, 0], x[:1])
    np.testing.assert_array_equal(groups[1].get_offsets()[:, 0], x[1:])
    np.testing.assert_allclose(groups[1].get_facecolors()[:, :3], blend(r)[1:])
    ax = groups[0].axes
    assert (groups[1].get_offsets()[:, 1] < 0).all()
    assert ax.get_ylim()[0] < groups[1].get_offsets()[:, 1].min()


def test_points_without_owners_are_grey_and_the_height_can_be_set():
    (group,) = plots.owned_points(TWO, [18.0, 41.0], None, height=0.2)
    red, green, blue = group.get_facecolors()[0, :3]
    assert red == green == blue
    assert group.axes.get_ylim()[1] == 0.2


def test_parameters_by_round_begin_with_round_one():
    values = np.array([[160.0, 180.0], [162.0, 177.0], [163.0, 176.0]])
    lines = plots.by_round(values, names=("left", "right"), label_at=1)
    for line, column in zip(lines, values.T, strict=True):
        np.testing.assert_array_equal(line.get_xdata(), [1, 2])
        np.testing.assert_array_equal(line.get_ydata(), column[1:])
    ax = lines[0].axes
    assert ax.get_xscale() == "log"
    assert [(t.get_text(), t.xy) for t in ax.texts] == [("left", (1, 162.0)), ("right", (1, 177.0))]


def test_repeated_fits_stand_in_rows_with_areas_that_are_weights():
    means = np.array([[162.0, 177.0], [160.0, 174.0]])
    weights = np.array([[0.5, 0.5], [0.25, 0.75]])
    left, right = plots.repeated_fits(means, weights, (163, 177))
    np.testing.assert_array_equal(left.get_offsets(), [[162, 1], [160, 2]])
    np.testing.assert_array_equal(right.get_offsets(), [[177, 1], [174, 2]])
    np.testing.assert_allclose(left.get_sizes() / right.get_sizes(), [1, 1 / 3])
    top, bottom = left.axes.get_ylim()
    assert top > bottom


def test_gains_are_those_of_a_row_from_round_one():
    line = plots.gains([-120.0, -20.0, -19.0, -18.9], 10, tols=(1e-1, 1e-3))
    np.testing.assert_array_equal(line.get_xdata(), [1, 2, 3])
    np.testing.assert_allclose(line.get_ydata(), [10, 0.1, 0.01])
    assert line.axes.get_yscale() == "log"
    assert [text.get_text() for text in line.axes.texts] == ["tol = $10^{-1}$", "tol = $10^{-3}$"]
    assert [text.get_ha() for text in line.axes.texts] == ["left", "left"]
    (first, second) = plots.gains([-120.0, -20.0, -19.0, -18.9], 10, tols=(1, 1e-3)).axes.texts
    assert (first.get_ha(), second.get_ha()) == ("right", "left")
