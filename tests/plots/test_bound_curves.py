import io

import numpy as np
import pytest
from PIL import Image

from emlib import plots
from emlib.plots.bound import local_maxima

GRID = np.linspace(-1, 1, 41)
RED = -0.5 * GRID**2 - 3.0
PURPLE = -2.0 * GRID**2 - 3.0


def axes(**options):
    return plots.figure(4, 3, **options)[1]


def words(ax):
    return {text.get_text() for text in ax.texts}


def test_the_three_curves_are_drawn_as_given_and_only_q_is_dashed():
    ax = axes()
    curves = plots.touching(GRID, RED, PURPLE, PURPLE - 1, theta_old=0.0, ax=ax)
    for curve, row in zip(curves, (RED, PURPLE, PURPLE - 1), strict=True):
        np.testing.assert_array_equal(curve.get_ydata(), row)
    assert [curve.is_dashed() for curve in curves] == [False, False, True]
    assert {curve.get_color() for curve in curves}.isdisjoint(plots.COLOURS[:5])  # components
    assert curves[0].get_color() != curves[1].get_color() == curves[2].get_color()


def test_the_dot_stands_where_the_bound_touches_and_the_arrow_ends_on_q():
    ax = axes()
    plots.touching(GRID, RED, PURPLE, PURPLE - 1, theta_old=0.25, ax=ax)
    dot = ax.lines[-1]
    assert dot.get_xdata()[0] == 0.25
    assert dot.get_ydata()[0] == pytest.approx(np.interp(0.25, GRID, RED))
    arrow = next(text for text in ax.texts if not text.get_text())
    assert arrow.xy[1] == pytest.approx(np.interp(0.25, GRID, PURPLE - 1))
    assert "$H$" in words(ax)


def test_curves_have_names_only_where_asked():
    named, silent = axes(), axes()
    plots.touching(GRID, RED, PURPLE, label_at=(0.5, 0.5), ax=named)
    plots.touching(GRID, RED, PURPLE, ax=silent)
    assert "bound $Q+H$" in words(named)
    assert not words(silent)


def test_a_climb_has_a_dot_a_round_on_the_curve_and_a_top_below_it():
    ax = axes()
    places = [-0.5, 0.0, 0.2]
    plots.climb(GRID, RED, [PURPLE - 0.5, PURPLE], places, label_at=0.5, ax=ax)
    dots = next(line for line in ax.lines if len(line.get_xdata()) == 3)
    np.testing.assert_allclose(dots.get_ydata(), np.interp(places, GRID, RED))
    assert {"0", "1", "2"} <= words(ax)


def test_the_columns_of_the_ledger_add_up():
    steps = [("any q", -36.0, 2.0, 1.0), ("E", -36.1, 3.1, 0.0)]
    ax = axes()
    entropies, divergences = plots.ledger(steps, ax=ax)
    assert [bar.get_y() for bar in entropies] == [-36.0, -36.1]
    tops = [bar.get_y() + bar.get_height() for bar in divergences]
    np.testing.assert_allclose(tops, [-33.0, -33.0])
    assert [tick.get_text() for tick in ax.get_xticklabels()] == ["any q", "E"]
    assert {"H", "KL"} <= words(ax)


def test_a_part_too_thin_for_its_name_has_none():
    ax = axes()
    plots.ledger([("E", -36.1, 3.1, 0.01)], ax=ax)
    assert "KL" not in words(ax)


def test_the_slice_lifts_q_by_the_entropy():
    near = ((-0.2, 0.2), (-3.2, -2.9))
    fig = plots.bound_slice(GRID, RED, PURPLE - 4.0, 4.0, theta_old=0.0, near=near, xlabel="x")
    whole, close = fig.axes
    np.testing.assert_allclose(whole.lines[1].get_ydata(), PURPLE)
    assert close.get_xlim() == near[0]
    assert close.get_ylim() == near[1]
    assert {"bound $Q+H$", "$Q$ alone"} <= words(whole)


def test_the_film_has_a_frame_a_round_and_plays():
    frame = {"before": (RED, PURPLE, PURPLE - 1), "after": (RED, PURPLE - 1)}
    frames = [
        {"name": f"round {i}", **frame, "theta_old": 0.1 * i, "theta_new": 0.0} for i in (1, 2, 3)
    ]
    alt = "A parabola touches a curve from below, in every round."
    film = plots.slice_film(GRID, frames, xlabel="x", ylim=(-6, -2), alt=alt, milliseconds=300)
    image = Image.open(io.BytesIO(film.png))
    assert image.n_frames == 3
    assert film.alt == alt
    times = []
    for i in range(3):
        image.seek(i)
        times.append(image.info["duration"])
    assert times == [300, 300, 900]


@pytest.mark.parametrize(
    ("heights", "indices"),
    [([0, 1, 0, 2, 0], [3, 1]), ([0, 1, 2], []), ([2, 1, 0], []), ([0, 1, 1, 0], [])],
)
def test_local_maxima_are_inside_and_the_highest_comes_first(heights, indices):
    assert local_maxima(heights).tolist() == indices
