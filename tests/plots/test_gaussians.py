import numpy as np
import pytest

from emlib import plots

MEAN = np.array([1.0, -2.0])
COVARIANCE = np.array([[2.0, 0.9], [0.9, 1.0]])


def test_each_ring_lies_at_its_distance():
    drawn = plots.rings(MEAN, COVARIANCE, radii=[1, 2.5])
    for line, radius in zip(drawn[:2], [1, 2.5], strict=True):
        d = line.get_xydata() - MEAN
        np.testing.assert_allclose((d @ np.linalg.inv(COVARIANCE) * d).sum(axis=1), radius**2)


def test_the_arrows_are_half_axes_of_the_first_ring():
    arrows = plots.rings(MEAN, COVARIANCE, radii=[1])[-2:]
    axes = np.array([np.array(arrow.xy) - MEAN for arrow in arrows])
    np.testing.assert_allclose(axes.T @ axes, COVARIANCE)


def test_the_rings_carry_their_distances_and_are_not_distorted():
    _, ax = plots.figure(4, 3)
    drawn = plots.rings(MEAN, COVARIANCE, ax=ax)
    assert [label.get_text() for label in drawn[3:6]] == ["1", "2", "3"]
    assert ax.get_aspect() == 1
    for line, label in zip(drawn[:3], drawn[3:6], strict=True):
        gaps = np.linalg.norm(line.get_xydata() - label.get_position(), axis=1)
        assert gaps.min() < 0.1


def test_a_covariance_that_is_none_is_refused():
    with pytest.raises(np.linalg.LinAlgError):
        plots.rings(MEAN, [[1.0, 2.0], [2.0, 1.0]])


def test_every_fit_is_counted_in_the_bar_of_its_value():
    bars = plots.ends([-100.1, -100.2, -131.0, -100.3], width=10)
    assert [(bar.get_x() + bar.get_width() / 2, bar.get_height()) for bar in bars] == [
        (pytest.approx(-135), 1),
        (pytest.approx(-105), 3),
    ]


def test_the_numbers_stand_on_the_bars():
    _, ax = plots.figure(4, 3)
    plots.ends([-5.0] * 7 + [-40.0], width=10, limits=(-60, 0), ax=ax)
    assert [text.get_text() for text in ax.texts] == ["1", "7"]
    assert ax.get_xlim() == (-60, 0)
    assert ax.get_yscale() == "log"
