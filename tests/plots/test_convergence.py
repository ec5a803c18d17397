import numpy as np

from emlib import plots

HISTORY = [-33.09386, -31.85926, -31.72312]


def test_the_start_is_round_zero():
    line = plots.trace(HISTORY)
    np.testing.assert_array_equal(line.get_xydata(), np.column_stack([[0, 1, 2], HISTORY]))
    assert line.axes.get_ylabel() == "log-likelihood (nats)"


def test_rounds_are_whole_numbers():
    ax = plots.trace(HISTORY).axes
    ticks = ax.get_xticks()
    np.testing.assert_array_equal(ticks, np.round(ticks))


def test_a_second_trace_has_another_colour_and_its_label():
    first = plots.trace(HISTORY, label="first")
    second = plots.trace([-34, -32], label="second", ax=first.axes)
    assert [first.get_color(), second.get_color()] == list(plots.COLOURS[:2])
    assert [text.get_text() for text in first.axes.texts] == ["first", "second"]


def test_nearly_equal_values_keep_their_full_numbers():
    line = plots.trace([-31.570201, -31.570200, -31.570200])
    plots.picture(line, alt="A log-likelihood that hardly moves.")
    assert line.axes.yaxis.get_offset_text().get_text() == ""
