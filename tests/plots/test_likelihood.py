import numpy as np
import pytest
from scipy import stats

from emlib import datasets, plots
from emlib.plots.likelihood import DROPS, normal_density, normal_log_likelihoods, point_along

X = datasets.heights(0).x[:50]


def test_densities_and_heights_are_those_of_scipy():
    grid = np.linspace(120, 220, 7)
    np.testing.assert_allclose(normal_density(grid, 165, 8), stats.norm.pdf(grid, 165, 8))
    found = normal_log_likelihoods(X, np.array([150.0, 171.0]), np.array([[6.0], [20.0]]))
    for i, std in enumerate((6.0, 20.0)):
        for j, mean in enumerate((150.0, 171.0)):
            truth = stats.norm.logpdf(X, mean, std).sum()
            assert found[i, j] == pytest.approx(truth, rel=1e-12)


def test_the_curve_marks_its_maximum_and_leaves_out_what_is_infinite():
    places = np.array([1.0, 2.0, 3.0, 4.0])
    curve = plots.likelihood_curve(places, [-np.inf, -5.0, -3.0, -4.0], best=3.0, tag="here")
    ax = curve.axes
    assert np.isnan(curve.get_ydata()[0])
    star = ax.lines[-1]
    assert (star.get_xdata()[0], star.get_ydata()[0]) == (3.0, -3.0)
    assert [text.get_text() for text in ax.texts] == ["here"]
    low, high = ax.get_ylim()
    assert low < -5.0 < -3.0 < high


def test_an_area_stands_on_zero():
    curve = plots.likelihood_curve([0.0, 0.5, 1.0], [0.0, 0.06, 0.0], area=True)
    assert curve.axes.get_ylim()[0] == 0.0
    assert len(curve.axes.collections) == 1


def test_the_bell_shades_its_interval():
    curve = plots.bell(170, 10, (130, 210), interval=(165, 175))
    np.testing.assert_allclose(curve.get_ydata(), stats.norm.pdf(curve.get_xdata(), 170, 10))
    (area,) = curve.axes.collections
    outline = area.get_paths()[0].vertices
    assert (outline[:, 0].min(), outline[:, 0].max()) == (165, 175)
    assert outline[:, 1].max() == pytest.approx(stats.norm.pdf(170, 170, 10), rel=1e-3)


def test_each_stick_is_as_high_as_the_density():
    lines = plots.sticks([158.0, 171.0], 165, 8, (140, 200))
    for segment, place in zip(lines.get_segments(), (158.0, 171.0), strict=True):
        assert segment[0].tolist() == [place, 0.0]
        assert segment[1, 1] == pytest.approx(stats.norm.pdf(place, 165, 8))


def test_the_hill_has_its_summit_at_the_estimate():
    shades = plots.normal_hill(X, limits=((160, 180), (6, 15)))
    ax = shades.axes
    (star,) = [line for line in ax.lines if line.get_marker() == "*"]
    assert (star.get_xdata()[0], star.get_ydata()[0]) == pytest.approx((X.mean(), X.std()))
    assert list(shades.levels[1:-1]) == [-drop for drop in DROPS[::-1]]
    assert "summit" in [text.get_text() for text in ax.texts]
    assert (ax.get_xlim(), ax.get_ylim()) == ((160, 180), (6, 15))


def test_paths_are_drawn_and_named_on_their_side():
    paths = [[(155, 25), (160, 20), (170, 10)], [(155, 25), (155, 18), (170, 18)]]
    shades = plots.normal_hill(
        X, paths=paths, path_labels=["a", "b"], label_sides=["right", "left"], summit=False
    )
    texts = {text.get_text(): text for text in shades.axes.texts}
    assert texts["a"].get_ha() == "left"
    assert texts["b"].get_ha() == "right"
    drawn = [line.get_xydata().tolist() for line in shades.axes.lines if len(line.get_xdata()) == 3]
    assert drawn == [[list(map(float, point)) for point in path] for path in paths]


def test_the_border_of_concavity_is_where_the_determinant_vanishes():
    shades = plots.normal_hill(X, concave=True, summit=False, colourbar=False)
    (border,) = shades.axes.lines
    h = 1e-3

    def determinant(mean, std):
        def f(a, b):
            return float(normal_log_likelihoods(X, mean + a * h, std + b * h)) / len(X)

        mm = (f(1, 0) - 2 * f(0, 0) + f(-1, 0)) / h**2
        ss = (f(0, 1) - 2 * f(0, 0) + f(0, -1)) / h**2
        ms = (f(1, 1) - f(1, -1) - f(-1, 1) + f(-1, -1)) / (4 * h**2)
        return mm * ss - ms**2

    centre = np.array([X.mean(), 0.0])
    for point in border.get_xydata()[20:180:40]:
        assert determinant(*(centre + 0.97 * (point - centre))) > 0
        assert determinant(*(centre + 1.03 * (point - centre))) < 0


def test_a_share_of_a_path_is_a_share_of_its_length():
    assert point_along([[0, 0], [3, 4], [3, 14]], 1 / 3).tolist() == pytest.approx([3, 4])
    assert point_along([[0, 0], [3, 4], [3, 14]], 1.0).tolist() == [3, 14]


def test_the_histogram_counts_all_and_tells_the_average():
    ratios = np.random.default_rng(0).chisquare(4, 4000) / 5
    bars = plots.repeated_estimates(ratios, n=5)
    shown = sum(bar.get_height() * bar.get_width() for bar in bars)
    assert shown == pytest.approx(np.mean(ratios <= 3), abs=1e-9)
    assert [text.get_text() for text in bars[0].axes.texts] == [
        "truth",
        f"average {ratios.mean():.2f}",
    ]
    lines = {line.get_xdata()[0] for line in bars[0].axes.lines}
    assert lines == {1.0, ratios.mean()}
    assert bars[0].axes.get_title(loc="left") + bars[0].axes.get_title() == "n = 5"
