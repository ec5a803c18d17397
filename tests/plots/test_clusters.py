import numpy as np
import pytest

from emlib import plots
from emlib.plots import clusters

LIMITS = ((-4.0, 6.0), (-3.0, 5.0))


def area(corners):
    x, y = corners.T
    return 0.5 * abs(x @ np.roll(y, 1) - y @ np.roll(x, 1)) if len(corners) else 0.0


@pytest.mark.parametrize("k", [1, 2, 3, 5])
def test_cells_hold_what_is_nearest_and_fill_the_frame(rng, k):
    centroids = rng.uniform(-3, 4, size=(k, 2))
    found = clusters.cells(centroids, LIMITS)
    assert sum(map(area, found)) == pytest.approx(80.0)
    for own, cell in enumerate(found):
        if len(cell):
            distances = np.linalg.norm(cell.mean(axis=0) - centroids, axis=1)
            assert distances.argmin() == own
            corners = np.linalg.norm(cell[:, None] - centroids, axis=2)
            np.testing.assert_allclose(corners[:, own], corners.min(axis=1))


def test_of_two_centroids_in_one_place_the_first_has_the_cell():
    first, second, other = clusters.cells([[0, 0], [0, 0], [3, 0]], LIMITS)
    assert area(first) == pytest.approx(8 * 5.5)
    assert len(second) == 0
    assert area(other) == pytest.approx(8 * 4.5)


def test_a_cell_outside_the_frame_is_not_drawn():
    _, ax = plots.figure(4, 3)
    ax.set(xlim=LIMITS[0], ylim=LIMITS[1])
    assert len(plots.voronoi([[0, 0], [400, 0]], ax=ax)) == 1
    assert (ax.get_xlim(), ax.get_ylim()) == LIMITS
    assert ax.get_aspect() == 1


def test_a_square_frame_keeps_its_middle():
    _, ax = plots.figure(4, 3)
    ax.set(xlim=(0, 10), ylim=(1, 3))
    tiles = plots.voronoi([[2, 2], [8, 2]], square=True, ax=ax)
    assert (ax.get_xlim(), ax.get_ylim()) == ((0, 10), (-3, 7))
    assert [area(tile.get_xy()[:-1]) for tile in tiles] == [50, 50]


def test_the_squared_lengths_of_the_springs_add_up_to_j(rng):
    x, centroids = rng.normal(size=(20, 2)), rng.normal(size=(3, 2))
    labels = rng.integers(0, 3, size=20)
    drawn = plots.springs(x, labels, centroids)
    ends = np.concatenate([np.array(lines.get_segments()) for lines in drawn])
    j = ((x - centroids[labels]) ** 2).sum()
    assert ((ends[:, 0] - ends[:, 1]) ** 2).sum() == pytest.approx(j)


def test_the_path_ends_at_the_large_marker():
    path = np.array([[[0.0, 0]], [[4, 0]], [[4.01, 0]], [[8, 0]]])
    trail, marker = plots.centroids(path)
    np.testing.assert_array_equal(trail.get_xydata(), path[:, 0])
    assert marker.get_xydata().tolist() == [[8, 0]]
    assert marker.get_markersize() > trail.get_markersize()


def test_one_set_of_centroids_has_no_trail():
    drawn = plots.centroids([[0, 1], [2, 3]])
    assert [line.get_xydata().tolist() for line in drawn[1::2]] == [[[0, 1]], [[2, 3]]]


def test_the_staircase_tells_assignments_from_moves():
    _, ax = plots.figure(4, 3)
    stairs, assigned, moved = plots.staircase([900, 400, 300, 280, 280], ax=ax)
    assert stairs.get_xydata().tolist() == [[1, 900], [2, 400], [3, 300], [4, 280], [5, 280]]
    assert assigned.get_xydata().tolist() == [[1, 900], [3, 300], [5, 280]]
    assert moved.get_xydata().tolist() == [[2, 400], [4, 280]]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == [
        "after assign",
        "after move",
    ]
    assert ax.get_yscale() == "log"
    assert [label.get_text() for label in ax.get_yticklabels()] == ["500", "1\u2009000"]
