import numpy as np
import pytest

from emlib import GaussianMixture1D, plots
from emlib.plots.style import blend


def test_points_are_coloured_by_responsibility_and_marked_by_component():
    x = np.array([[0.0, 0.0], [1.0, 1.0], [2.0, 0.0]])
    r = np.array([[0.9, 0.1], [0.6, 0.4], [0.2, 0.8]])
    groups = plots.scatter(x, r)
    np.testing.assert_array_equal(groups[0].get_offsets(), x[:2])
    np.testing.assert_array_equal(groups[1].get_offsets(), x[2:])
    np.testing.assert_allclose(groups[0].get_facecolors()[:, :3], blend(r)[:2])
    shapes = [len(group.get_paths()[0].vertices) for group in groups]
    assert shapes[0] != shapes[1]


def test_points_without_responsibilities_are_grey():
    (group,) = plots.scatter([[0, 0], [1, 1]])
    red, green, blue = group.get_facecolors()[0, :3]
    assert red == green == blue


def test_an_ellipse_lies_at_its_mahalanobis_distance():
    mean, covariance = np.array([1.0, -2.0]), np.array([[1.0, 0.9], [0.9, 1.5]])
    curve, dot = plots.ellipses([mean], [covariance], radius=2)
    centred = curve.get_xydata() - mean
    squared = np.einsum("nd,de,ne->n", centred, np.linalg.inv(covariance), centred)
    np.testing.assert_allclose(squared, 4, rtol=1e-12)
    np.testing.assert_array_equal(dot.get_xydata(), [mean])


def test_each_component_has_its_colour_and_marker():
    drawn = plots.ellipses(np.zeros((3, 2)), [np.eye(2)] * 3)
    assert [line.get_color() for line in drawn[::2]] == list(plots.COLOURS[:3])
    assert [line.get_marker() for line in drawn[1::2]] == list(plots.MARKERS[:3])


def test_the_curves_of_a_mixture_are_its_density():
    model = GaussianMixture1D([0.3, 0.7], means=[-2.0, 1.0], variances=[1.0, 0.25])
    x = np.linspace(-5, 3, 50)
    total, first, second = plots.mixture_1d(model, x)
    grid = total.get_xdata()

    def normal(mean, sd):
        return np.exp(-0.5 * ((grid - mean) / sd) ** 2) / (sd * np.sqrt(2 * np.pi))

    np.testing.assert_allclose(first.get_ydata(), 0.3 * normal(-2, 1), rtol=1e-9)
    np.testing.assert_allclose(second.get_ydata(), 0.7 * normal(1, 0.5), rtol=1e-9)
    np.testing.assert_allclose(total.get_ydata(), first.get_ydata() + second.get_ydata())
    bars = [patch for patch in total.axes.patches if patch.get_width() > 0]
    area = sum(bar.get_width() * bar.get_height() for bar in bars)
    assert area == pytest.approx(1)
