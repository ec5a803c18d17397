import numpy as np
import pytest

from emlib import KMeans, datasets, em, widgets

START = np.array([[-1.0, 0.0], [0.0, 1.0]])


@pytest.fixture
def x(rng):
    return np.vstack([rng.normal([0, 0], 0.6, (30, 2)), rng.normal([6, 3], 0.6, (20, 2))])


@pytest.fixture
def panel(x):
    return widgets.centroid_panel(x, START)


def test_the_half_steps_are_those_of_k_means(x, panel):
    run = panel.run
    assert [half.kind for half in run[:4]] == ["start", "assign", "move", "assign"]
    for step, half in zip(em.iterate(KMeans(START), x), run[1::2], strict=False):
        np.testing.assert_array_equal(half.centroids, step.model.centroids)
        assert half.distortion == pytest.approx(-step.objective)
    np.testing.assert_array_equal(run[-1].centroids, em.fit(KMeans(START), x).model.centroids)
    assert (np.diff([half.distortion for half in run[1:]]) <= 1e-9).all()
    np.testing.assert_array_equal(run[-1].labels, run[-2].labels)


def test_a_long_run_is_kept_to_its_end():
    run = widgets.centroid_panel(datasets.blobs().x, [[-5.0, 4], [-3, 2], [-2, -5]]).run
    assert len(run) == 20
    assert run[-1].distortion == pytest.approx(1161.410, abs=5e-4)


def test_the_distortion_is_that_of_labels_and_centroids(x, panel):
    for half in panel.run[1:]:
        j = ((x - half.centroids[half.labels]) ** 2).sum()
        assert half.distortion == pytest.approx(j, rel=1e-12)


def test_the_buttons_take_turns_and_end(panel):
    seen = []
    while not (panel.assign.disabled and panel.move.disabled):
        assert panel.assign.disabled != panel.move.disabled
        seen.append("move" if panel.assign.disabled else "assign")
        (panel.move if panel.assign.disabled else panel.assign).click()
    assert seen == [half.kind for half in panel.run[1:]]
    assert panel.half.value == panel.half.max == len(panel.run) - 1
    assert "The assignment repeats" in panel.words


def test_the_words_say_what_a_half_step_did(panel, x):
    assert "centroids at (−1.0, 0.0), (0.0, 1.0)" in panel.words
    panel.half.value = 3
    half = panel.run[3]
    counts = np.bincount(half.labels)
    expected = f"Half-step 3, assign: J = {half.distortion:.2f}; points {counts[0]}, {counts[1]}."
    assert panel.words.startswith(expected)


def test_placing_a_centroid_begins_a_new_run(panel, x):
    panel.half.value = 4
    before = panel.picture.png
    panel.controls["x of 1"].value = 5.0
    panel.controls["y of 1"].value = 3.0
    assert panel.half.value == 0
    assert panel.half.max == widgets.centroid_panel(x, [[-1.0, 0.0], [5.0, 3.0]]).half.max
    assert "(5.0, 3.0)" in panel.words
    assert panel.picture.png != before


def test_the_picture_follows_the_half_steps(panel):
    pictures = []
    for half in (0, 1, 2):
        panel.half.value = half
        pictures.append(panel.picture.png)
    assert len(set(pictures)) == 3
    panel.half.value = 0
    assert panel.picture.png == pictures[0]


def test_an_empty_cluster_is_named_and_its_centroid_stays(x):
    panel = widgets.centroid_panel(x, [[1.0, 1.0], [1.0, 1.0], [4.0, 2.0]])
    panel.half.value = 2
    assert "Cluster 1 is empty: its centroid stays." in panel.words
    np.testing.assert_array_equal(panel.run[2].centroids[1], [1, 1])


def test_the_sliders_stand_where_the_centroids_stand(panel, x):
    values = [[slider.value for slider in pair] for pair in panel.sliders]
    np.testing.assert_array_equal(values, START)
    assert [pair[0].description for pair in panel.sliders] == ["● x of 0", "▲ x of 1"]
    for d in range(2):
        assert panel.sliders[0][d].min <= x[:, d].min()
        assert panel.sliders[0][d].max >= x[:, d].max()


def test_the_still_keeps_the_colours_of_the_clusters(panel):
    import io

    from matplotlib.colors import to_rgb
    from PIL import Image

    from emlib.plots import COLOURS

    pixels = np.asarray(Image.open(io.BytesIO(panel.picture.png)).convert("RGB"), dtype=int)
    for k in (0, 1):
        wanted = np.array(to_rgb(COLOURS[k])) * 255
        assert (np.abs(pixels - wanted).max(axis=2) < 24).sum() > 50


def test_the_twin_says_each_half_step_of_the_first_placing(panel, x):
    panel.controls["x of 1"].value = 5.0
    alt = panel.twin((0, 1, 2, 99, -1)).alt
    assert "Half-step 0, start" in alt
    assert "Half-step 2, move" in alt
    last = widgets.centroid_panel(x, START).half.max
    assert "Half-step 3" not in alt or last == 3
    assert f"Half-step {last}, assign" in alt
    assert "(0.0, 1.0)" in alt
