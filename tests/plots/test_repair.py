"""Pictures of two rival runs."""

import numpy as np
import pytest

from emlib import plots
from emlib.plots.repair import falls


def test_falls_are_found_and_rounding_is_none():
    assert falls([1.0, 2.0, 1.5, 1.4, 3.0]).tolist() == [2, 3]
    assert falls([-100.0, -100.0 - 1e-12, -99.0]).tolist() == []


def test_each_history_is_one_line_by_round():
    lines = plots.rivals({"faulty": [-3.0, -2.0, -2.5, -2.4], "repaired": [-3.0, -1.9]}, first=1)
    assert lines["faulty"].get_xdata().tolist() == [1, 2, 3, 4]
    assert lines["repaired"].get_ydata().tolist() == [-3.0, -1.9]
    assert [line.get_gid() for line in lines.values()] == ["1 falls", "0 falls"]
    assert lines["faulty"].get_color() != lines["repaired"].get_color()
    assert lines["faulty"].get_linestyle() != lines["repaired"].get_linestyle()


def marks(ax, marker):
    return [line for line in ax.lines if line.get_marker() == marker]


def test_a_stretch_of_falls_ends_in_one_triangle():
    _, ax = plots.figure(4, 3)
    plots.rivals({"one": [0.0, 3.0, 2.0, 1.0, 2.0, 1.5]}, ax=ax)
    places = [line.get_xdata().tolist() for line in marks(ax, "v")]
    assert places == [[3], [5]]
    thick = [line.get_xdata().tolist() for line in ax.lines if line.get_linewidth() == 4]
    assert thick == [[1, 2, 3], [4, 5]]


def test_a_rise_has_no_triangle_and_the_shorter_run_ends_in_a_square():
    _, ax = plots.figure(4, 3)
    plots.rivals({"stopped": [0.0, 1.0], "run on": [0.0, 1.0, 2.0]}, ax=ax)
    assert all(len(line.get_xdata()) == 0 for line in marks(ax, "v"))
    assert [line.get_xdata().tolist() for line in marks(ax, "s")] == [[1]]


def test_the_names_stand_on_the_picture_in_the_colours_of_the_lines():
    _, ax = plots.figure(4, 3)
    lines = plots.rivals({"faulty": [0.0, 1.0], "repaired": [0.0, 2.0]}, ax=ax)
    shown = {text.get_text(): text.get_color() for text in ax.texts}
    assert shown == {name: line.get_color() for name, line in lines.items()}


@pytest.mark.parametrize("n", [1, 5, 60])
def test_it_draws_histories_of_any_length(n):
    fig, ax = plots.figure(4, 3)
    plots.rivals({"a": np.arange(n), "b": -np.arange(n)}, ax=ax)
    assert plots.picture(fig, alt="Two lines, one rising and one falling.").png
