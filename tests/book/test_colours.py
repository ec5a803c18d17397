"""The components' colours, for every eye, on white paper and on the book's dark pages."""

import re
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from emlib import plots
from emlib.plots.rendering import rasterise

BOOK_STYLE = Path(__file__).resolve().parents[2] / "book" / "static" / "book.css"
PAIRS = list(combinations(range(len(plots.COLOURS)), 2))
LESSONS = 5  # colours that a lesson may give to components, lines and words
TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.072175],
     [0.0193339, 0.119192, 0.9503041]]
)  # fmt: skip
# Linear RGB as seen with deuteranopia, by two models that were made apart from each other.
SIMULATIONS = {
    # Machado, Oliveira and Fernandes (2009), severity 1.
    "Machado": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
         [-0.01182, 0.04294, 0.968881]]
    ),
    # Viénot, Brettel and Mollon (1999).
    "Viénot": np.array([[0.29275, 0.70725, 0], [0.29275, 0.70725, 0], [-0.02234, 0.02234, 1]]),
}  # fmt: skip


def linear(colour):
    value = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def luminance(rgb):
    return TO_XYZ[1] @ rgb


def lab(rgb):
    t = TO_XYZ @ np.clip(rgb, 0, 1) / (TO_XYZ @ np.ones(3))
    x, y, z = np.where(t > 216 / 24389, np.cbrt(t), (24389 / 27 * t + 16) / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def difference(a, b):
    """Return the distance of two colours in CIE Lab: 2.3 can just be seen."""
    return np.linalg.norm(lab(a) - lab(b))


def contrast(a, b):
    """Return the contrast of WCAG, from 1 to 21."""
    low, high = sorted((luminance(a), luminance(b)))
    return (high + 0.05) / (low + 0.05)


def shape(marker):
    """Return the pixels that a marker covers."""
    fig, ax = plots.figure(1, 1)
    ax.set_axis_off()
    ax.plot(0, 0, color="k", marker=marker, markersize=40)
    return np.asarray(rasterise(fig).convert("L")) < 128


def look_alike(a, b):
    """Return the share of two markers' pixels that both cover."""
    return (shape(a) & shape(b)).sum() / (shape(a) | shape(b)).sum()


@pytest.mark.parametrize("matrix", SIMULATIONS.values(), ids=SIMULATIONS)
def test_any_two_components_differ_with_deuteranopia(matrix):
    seen = [matrix @ linear(colour) for colour in plots.COLOURS]
    closest = {pair: difference(seen[pair[0]], seen[pair[1]]) for pair in PAIRS}
    assert min(closest.values()) > 15
    assert min(closest[pair] for pair in combinations(range(3), 2)) > 50


@pytest.mark.parametrize("matrix", SIMULATIONS.values(), ids=SIMULATIONS)
def test_a_simulation_leaves_greys_alone_and_joins_red_and_green(matrix):
    np.testing.assert_allclose(matrix @ np.full(3, 0.4), 0.4, atol=1e-5)
    red, green = np.array([0.4, 0, 0]), np.array([0, 0.12, 0])
    assert difference(red, green) > 90
    assert difference(matrix @ red, matrix @ green) < 35


def test_in_grey_any_two_components_differ_in_lightness_or_in_their_marker():
    grey = [lab(np.full(3, luminance(linear(colour))))[0] for colour in plots.COLOURS]
    close = [(i, j) for i, j in PAIRS if abs(grey[i] - grey[j]) < 15]
    assert close, "then this test is not needed"
    for i, j in close:
        assert look_alike(plots.MARKERS[i], plots.MARKERS[j]) < 0.85, (i, j)


def test_markers_that_look_alike_are_noticed():
    assert look_alike("o", "8") > 0.85


def paper():
    """Return the ground of a figure on a dark page, by the book's style."""
    style = BOOK_STYLE.read_text(encoding="utf-8")
    rule = re.search(r'^html\[data-theme="dark"\] \.picture \{(.*?)\}', style, re.M | re.S)
    colour = re.search(r"background: (#\w+);", rule[1])[1]
    return linear(colour if len(colour) == 7 else "#" + "".join(2 * c for c in colour[1:]))


@pytest.mark.parametrize("ground", [np.ones(3), paper()], ids=["white", "dark page"])
def test_components_stand_out_from_the_paper(ground):
    seen = [linear(colour) for colour in plots.COLOURS]
    assert all(contrast(colour, ground) >= 3 for colour in seen[:LESSONS])
    assert all(difference(colour, ground) > 40 for colour in seen)
    for matrix in SIMULATIONS.values():
        assert all(difference(matrix @ colour, matrix @ ground) > 35 for colour in seen)
