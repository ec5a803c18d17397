"""Pictures of lesson 10."""

import numpy as np
import pytest
from matplotlib.colors import to_rgba

from emlib import plots


def test_lost_digits_has_a_line_a_way_and_draws_zero_at_the_bottom():
    lines = plots.lost_digits([1.0, 1e4], {"raw sums": [1e-16, 1e-8], "merged": [0.0, 1e-16]})
    assert lines["raw sums"].get_ydata().tolist() == [1e-16, 1e-8]
    assert lines["merged"].get_ydata().tolist() == [1e-17, 1e-16]
    axes = lines["merged"].axes
    assert (axes.get_xscale(), axes.get_yscale()) == ("log", "log")
    assert {text.get_text() for text in axes.texts} >= {"raw sums", "merged"}


@pytest.mark.parametrize(("n", "waiting"), [(2, (1, 1)), (8, (7, 3)), (16, (15, 4))])
def test_a_chain_waits_longer_than_a_tree(n, waiting):
    _, axes = plots.figure(8, 3, columns=2)
    assert plots.additions(n, axes=axes) == waiting
    for ax in axes:
        assert sum(text.get_text() == "+" for text in ax.texts) == n - 1


def test_costs_are_drawn_beside_their_names_with_the_longest_bar_full():
    _, axes = plots.figure(8, 3, columns=2)
    names = ["whole", "blocks", "file"]
    plots.cost_axes(names, axes=axes)
    seconds, memory = plots.costs({"file": (2.0, 1.0), "whole": (0.5, 80.0)}, names, axes=axes)
    assert [bar.get_width() for bar in seconds] == [1.0, 0.25]
    assert [bar.get_width() for bar in memory] == [0.0125, 1.0]
    assert [bar.get_y() + bar.get_height() / 2 for bar in seconds] == pytest.approx([-2, 0])
    assert [label.get_text() for label in axes[0].get_yticklabels()] == names
    assert [text.get_text() for text in axes[1].texts] == [" 1 MB", " 80 MB"]
    plots.costs({}, names, axes=axes)


def test_held_numbers_add_up():
    data, tables = plots.held({"whole table": (200, 300), "file": (20, 30)})
    assert [bar.get_width() for bar in data] == [200, 20]
    assert [bar.get_x() + bar.get_width() for bar in tables] == [500, 50]
    words = [text.get_text() for text in data[0].axes.texts]
    assert words == [" 500", " 50"]


def test_passes_show_the_rows_that_are_worked_on_and_no_data_that_stay_in_the_file():
    _, ax = plots.figure(8, 2.5)
    ways = {"whole": (True, [(0, 1)]), "threads": (True, [(0.1, 0.2), (0.6, 0.7)])}
    parts = plots.passes({**ways, "file": (False, [(0.3, 0.4)])}, ax=ax)
    shares = {name: sum(bar.get_width() for bar in bars) for name, bars in parts.items()}
    assert shares == pytest.approx({"whole": 1, "threads": 0.2, "file": 0.1})
    held = dict.fromkeys((0, -1, -2), 0.0)  # data in memory, by the line of the way
    for bar in ax.patches:
        if bar.get_facecolor() == to_rgba(plots.COLOURS[0]):
            held[round(bar.get_y() + bar.get_height() / 2)] += bar.get_width()
    assert held == pytest.approx({0: 1, -1: 1, -2: 0.1})
    assert [label.get_text() for label in ax.get_yticklabels()] == ["whole", "threads", "file"]


def test_traffic_says_what_travels_and_what_stays():
    fig, ax = plots.figure(8, 3)
    arrows = plots.traffic([100, 2000], 21, ax=ax)
    assert len(arrows) == 4
    words = " ".join(text.get_text() for text in ax.texts)
    assert "worker 1: E step of 2,000 rows" in words
    assert words.count("21 numbers") == 2
    assert plots.picture(fig, "A driver, two workers, and arrows between them.").png
    assert np.ptp(ax.get_ylim()) == pytest.approx(2.2)
