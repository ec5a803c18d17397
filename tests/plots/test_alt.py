"""Alternative texts stand in a table beside the lesson, keyed by figure."""

import pytest

from emlib import plots
from emlib.plots import alt


def drawing():
    fig, _ = plots.figure(2, 2)
    return fig


def test_a_picture_takes_its_words_from_the_lessons_table() -> None:
    picture = plots.picture(drawing(), "04.labels")
    assert picture.alt == alt.texts("04")["04.labels"]
    assert "24 heads of 30" in picture.alt
    assert "24 heads of 30" in picture.html


def test_a_name_that_the_lesson_does_not_have_is_refused() -> None:
    with pytest.raises(ValueError, match=r"lesson 04's \(04\.labels.*got '04\.lables'"):
        plots.picture(drawing(), "04.lables")
    with pytest.raises(ValueError, match="it has none"):
        plots.picture(drawing(), "99.labels")


def test_other_words_are_taken_as_they_are() -> None:
    assert plots.picture(drawing(), "Empty axes, 04.labels of a line.").alt.startswith("Empty axes")
