"""The panel that measures, and the button for later."""

import io
import threading

import numpy as np
import pytest
from PIL import Image

from emlib import datasets, widgets
from emlib.widgets import scale


@pytest.fixture
def panel():
    return widgets.scale_panel(rows=(300, 20_000))


def test_nothing_is_measured_before_a_way_is_chosen(panel):
    assert panel.words.startswith("An E step of 300 rows: nothing is measured yet. Choose a way.")
    panel.controls["rows"].value = 20_000
    assert "nothing is measured yet" in panel.words


def test_each_way_adds_its_bar_and_other_rows_begin_anew(panel):
    before = panel.view.value
    panel.controls["rows"].value = 20_000
    for way in ("whole table", "file"):
        panel.controls["way"].value = way
        assert panel.view.value != before
    assert panel.words.startswith("One E step of 20,000 rows took: whole table ")
    assert "; file " in panel.words
    panel.controls["rows"].value = 300
    assert "300 rows took: file" in panel.words
    assert "whole table" not in panel.words


def colours(picture):
    """The colours of a picture that are no grey: of how many pixels each."""
    image = Image.open(io.BytesIO(picture.png)).convert("RGB")
    counts = {colour: n for n, colour in image.getcolors(image.width * image.height)}
    return {colour: n for colour, n in counts.items() if np.ptp(colour) > 60}


def test_before_a_measurement_the_picture_to_keep_is_no_empty_frame(panel):
    still = panel.picture
    assert sum(colours(still).values()) > 20_000  # bars of data and of responsibilities
    assert "at one moment" in still.alt
    assert all(way in still.alt for way in ("whole table", "blocks", "two threads", "file"))
    panel.controls["rows"].value = 20_000
    assert colours(panel.picture) == colours(still)
    panel.controls["way"].value = "file"
    assert "at one moment" not in panel.picture.alt
    assert colours(panel.picture) != colours(still)


def test_all_ways_make_the_same_statistics(tmp_path):
    theta = datasets.three_clusters(0).truth
    x = theta.sample(20_000, rng=1)[0]
    mapped = scale.from_file(x, str(tmp_path))
    assert mapped.dtype == np.float32
    whole = scale.whole_table(theta, x)
    for way in ("blocks", "two threads", "file"):
        found = scale.WAYS[way](theta, mapped if way == "file" else x)
        rel = 1e-5 if way == "file" else 1e-11
        assert found.n_k == pytest.approx(whole.n_k, rel=rel)
        assert found.scatters == pytest.approx(whole.scatters, rel=rel)


def test_two_threads_hold_two_blocks_at_once_and_few_rows_are_one_block():
    theta = datasets.three_clusters(0).truth
    x = theta.sample(200_000, rng=1)[0]
    _, blocks = scale.measure(lambda: scale.in_blocks(theta, x))
    _, threads = scale.measure(lambda: scale.two_threads(theta, x))
    assert threads < 3 * blocks
    few = x[:300]
    whole = scale.whole_table(theta, few)
    for way in (scale.in_blocks, scale.two_threads):
        assert way(theta, few).n_k == pytest.approx(whole.n_k, rel=1e-11)


def test_a_measure_is_seconds_and_megabytes():
    seconds, megabytes = scale.measure(lambda: np.ones(2**18).sum())
    assert 0 < seconds < 10
    assert megabytes == pytest.approx(2, abs=0.1)


def test_a_python_without_threads_is_told_so(panel, monkeypatch):
    def refuse(self):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    panel.controls["way"].value = "two threads"
    assert panel.words == "two threads: this Python cannot start a thread."


def test_a_button_says_that_it_waits_works_and_what_came_of_it():
    seen = []

    def work():
        seen.append(panel.words)
        return "The means agree to 3e-16."

    panel = widgets.Later(work, "Start")
    assert panel.words == "Nothing has been run yet: it waits for a press of the button."
    first = panel.view.value
    panel.controls["run"].value = True
    assert seen == ["The work goes on ..."]
    assert panel.words == "The means agree to 3e-16."
    assert panel.view.value != first
    panel.controls["run"].value = False
    assert len(seen) == 1


def test_a_button_names_what_is_missing():
    panel = widgets.Later(
        lambda: "done", "Start", needs=["numpy", "no_such_engine"], remedy="pip install it"
    )
    panel.controls["run"].value = True
    assert panel.words == "Nothing was run: no_such_engine is not installed. pip install it"


def test_work_that_fails_is_told_and_can_be_asked_for_again():
    answers = iter([OSError("no room for a cluster"), "The means agree to 3e-16."])

    def work():
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    panel = widgets.Later(work, "Start")
    panel.controls["run"].value = True
    assert panel.words == "This did not work. OSError: no room for a cluster"
    panel.controls["run"].value = False
    assert panel.words == "The work ended in an error."
    panel.controls["run"].value = True
    assert panel.words == "The means agree to 3e-16."
