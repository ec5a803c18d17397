"""What is drawn of a fit in trouble is what was handed over."""

import numpy as np

from emlib import plots
from emlib.plots.trouble import SMALLEST_CHANGE, groups_of_near, set_monitors

HISTORY = [-9.0, -8.9, -8.8, -5.0, -4.0, -3.9, -3.9]


def test_each_stop_is_marked_on_the_course():
    lines = plots.stops(HISTORY, {"loose": 1, "as loose": 1, "strict": 5})
    assert lines[0].get_ydata().tolist() == HISTORY
    marks = [(line.get_xdata()[0], line.get_ydata()[0]) for line in lines[1:]]
    assert marks == [(1, -8.9), (5, -3.9)]


def test_stops_that_lie_together_share_their_words():
    ax = plots.stops(HISTORY, {"1e-3": 1, "1e-4": 1, "1e-5": 2, "1e-8": 6})[0].axes
    assert [text.get_text() for text in ax.texts] == ["tol 1e-3, 1e-4, 1e-5", "tol 1e-8"]


def test_words_stand_above_a_plateau_and_below_a_summit():
    low, high = plots.stops(HISTORY, {"loose": 1, "strict": 6})[0].axes.texts
    assert (low.get_va(), high.get_va()) == ("bottom", "top")


def test_neighbours_are_counted_from_the_first_of_a_group():
    assert groups_of_near({"a": 0, "b": 4, "c": 8}, 5) == [["a", "b"], ["c"]]


def test_gaps_are_distances_to_the_best_of_all_runs_and_rounding_is_not_drawn():
    lines = plots.gaps({"slow": ([1, 2, 4], [-9.0, -5.0, -4.5]), "fast": ([1, 3], [-9.0, -4.0])})
    assert [line.get_xdata().tolist() for line in lines] == [[1, 2, 4], [1]]
    assert [line.get_ydata().tolist() for line in lines] == [[5.0, 1.0, 0.5], [5.0]]
    assert lines[0].axes.get_yscale() == "log"
    words = lines[0].axes.get_legend().get_texts()
    assert [text.get_text() for text in words] == ["slow", "fast"]
    assert len({(line.get_color(), line.get_marker()) for line in lines}) == 2


def test_a_spike_runs_from_wide_to_narrow_with_its_dip_named():
    line = plots.spike([1.0, 0.1, 0.01, 0.001], [-26.0, -32.0, -33.0, -30.0], label="a dip")
    assert line.axes.get_xscale() == "log"
    assert line.axes.get_xlim() == (1.0, 0.001)
    assert line.axes.texts[0].xy == (0.01, -33.0)


def test_monitors_stop_at_now_and_mark_their_ends():
    rounds, changes = [0, 1, 2, 3], [np.nan, 0.5, 0.1, 0.01]
    lines = plots.monitors(rounds, [-99, -8, -7.5, -7], changes, [0.6, 0.4, 0.3, 0.2], now=2)
    assert [len(line.get_xdata()) for line in lines] == [3, 3, 3, 1, 1, 1]
    assert lines[3].get_xydata().tolist() == [[2, -7.5]]
    assert lines[5].get_xydata().tolist() == [[2, 0.3]]


def test_the_start_does_not_squeeze_the_likelihood():
    low, high = plots.monitors([0, 1, 2], [-1e6, -8, -7], [np.nan, 1, 1], [0.1] * 3)[
        0
    ].axes.get_ylim()
    assert -9 < low < -8
    assert -7 < high < -6


def test_changes_that_are_rounding_are_not_drawn():
    lines = plots.monitors([0, 1, 2], [-9, -8, -8], [np.nan, 0.1, SMALLEST_CHANGE / 2], [0.1] * 3)
    assert np.isnan(lines[1].get_ydata()).tolist() == [True, False, True]
    assert lines[1].axes.get_ylim()[0] > SMALLEST_CHANGE


def test_no_idea_is_marked():
    bottom = set_monitors([0, 1], [-9, -8], [np.nan, 0.1], [0.69, 0.1])[2]
    assert np.allclose(bottom.lines[0].get_ydata(), np.log(2))
