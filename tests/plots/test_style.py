from itertools import pairwise

import matplotlib
import numpy as np
import pytest

from emlib import plots
from emlib.plots.style import blend, house_style

# Machado, Oliveira and Fernandes (2009), deuteranopia, linear RGB.
DEUTERANOPIA = np.array(
    [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]]
)
TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.072175],
     [0.0193339, 0.119192, 0.9503041]]
)  # fmt: skip


def linear(colour):
    value = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def contrast_on_white(colour):
    return 1.05 / (TO_XYZ[1] @ linear(colour) + 0.05)


def lab(rgb):
    t = TO_XYZ @ np.clip(rgb, 0, 1) / (TO_XYZ @ np.ones(3))
    x, y, z = np.where(t > 216 / 24389, np.cbrt(t), (24389 / 27 * t + 16) / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def test_the_first_colours_can_be_read_on_white():
    assert all(contrast_on_white(colour) >= 3 for colour in plots.COLOURS[:5])
    assert all(contrast_on_white(colour) >= 2.2 for colour in plots.COLOURS)


def test_neighbours_differ_for_a_reader_with_deuteranopia():
    seen = [lab(DEUTERANOPIA @ linear(colour)) for colour in plots.COLOURS]
    steps = [np.linalg.norm(a - b) for a, b in pairwise(seen)]
    assert min(steps) > 50


def test_the_two_coins_differ_in_grey():
    blue, vermillion = (lab(linear(colour))[0] for colour in plots.COLOURS[:2])
    assert vermillion - blue > 7


def test_every_component_has_its_own_colour_and_marker():
    assert len(plots.MARKERS) == len(plots.COLOURS) == len(set(plots.MARKERS))
    assert len(set(plots.COLOURS)) == len(plots.COLOURS)


def test_a_figure_leaves_the_settings_of_the_notebook_alone():
    before = dict(matplotlib.rcParams)
    fig, axes = plots.figure(6, 3, columns=2, grid=True)
    axes[0].plot([0, 1])
    plots.picture(fig, alt="A line from zero to one, left.")
    assert dict(matplotlib.rcParams) == before


def test_a_figure_has_the_house_style_whatever_the_notebook_says():
    with matplotlib.rc_context({"axes.spines.top": True, "font.size": 30}):
        _, ax = plots.figure(4, 3)
    assert not ax.spines["top"].get_visible()
    assert not ax.spines["right"].get_visible()
    assert ax.xaxis.label.get_size() == 10
    assert ax.xaxis.get_ticklabels()[0].get_size() >= 9


def test_pyplot_holds_no_figure():
    pyplot = pytest.importorskip("matplotlib.pyplot")
    plots.figure(4, 3)
    assert pyplot.get_fignums() == []


def test_the_house_style_ends_with_its_block():
    before = matplotlib.rcParams["font.size"]
    with house_style():
        assert matplotlib.rcParams["axes.spines.right"] is False
    assert matplotlib.rcParams["font.size"] == before


def test_colours_are_mixed_by_responsibility():
    pure = blend(np.eye(3))
    for k, colour in enumerate(plots.COLOURS[:3]):
        np.testing.assert_allclose(pure[k], [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    np.testing.assert_allclose(blend([[0.25, 0.75]])[0], 0.25 * pure[0] + 0.75 * pure[1])


def test_more_components_than_colours_are_refused():
    with pytest.raises(ValueError, match="at most 7 components have a colour, got 8"):
        blend(np.eye(8))
