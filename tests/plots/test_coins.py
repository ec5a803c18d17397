from itertools import pairwise

import numpy as np
import pytest

from emlib import CoinMixture, coins, plots
from emlib.plots.coins import surface, unshared_counts, write_ratios

X = coins.counts([5, 9, 8, 4, 7], 10)
START = CoinMixture([0.6, 0.5], [0.5, 0.5], fixed_weights=True)
R = START.responsibilities(X)


def widths(bars):
    return np.array([bar.get_width() for bar in bars])


@pytest.mark.parametrize("weights", [(0.5, 0.5), (0.2, 0.8)])
def test_the_surface_is_the_models_log_likelihood(weights):
    biases_a, biases_b = [0.1, 0.6, 0.8], [0.3, 0.5]
    heights = surface(X, weights, biases_a, biases_b)
    expected = [
        [CoinMixture([a, b], weights).log_likelihood(X) for a in biases_a] for b in biases_b
    ]
    np.testing.assert_allclose(heights, expected, rtol=1e-13)


def test_the_surface_counts_equal_trials():
    x = coins.counts([8, 3, 8, 8], 10)
    expected = CoinMixture([0.7, 0.4], [0.5, 0.5]).log_likelihood(x)
    assert surface(x, (0.5, 0.5), [0.7], [0.4])[0, 0] == pytest.approx(expected, rel=1e-13)


def test_the_surface_leaves_its_data_alone():
    x = X.copy()
    plots.likelihood_surface(x)
    np.testing.assert_array_equal(x, X)


def test_the_darkest_shade_lies_at_both_maxima():
    shades = plots.likelihood_surface(X)
    top = shades.get_paths()[-1]
    assert top.contains_point((0.7968, 0.5196))
    assert top.contains_point((0.5196, 0.7968))
    assert not top.contains_point((0.6, 0.5))


def test_coin_a_is_on_the_horizontal_axis():
    shades = plots.likelihood_surface(X, weights=(0.2, 0.8))
    ax = shades.axes
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("bias of coin A", "bias of coin B")
    grid = np.linspace(0.01, 0.99, 99)
    heights = surface(X, (0.2, 0.8), grid, grid)
    b, a = np.unravel_index(heights.argmax(), heights.shape)
    assert shades.get_paths()[-1].contains_point((grid[a], grid[b]))
    assert abs(grid[a] - grid[b]) > 0.1


def test_a_path_is_drawn_as_given_with_a_hollow_start():
    path = np.array([[0.6, 0.5], [0.713, 0.5813], [0.7453, 0.5693]])
    ax = plots.likelihood_surface(X, paths=[path]).axes
    lines = [line for line in ax.lines if len(line.get_xdata()) == 3]
    np.testing.assert_array_equal(lines[0].get_xydata(), path)
    hollow = [line for line in ax.lines if line.get_markerfacecolor() == "white"]
    np.testing.assert_array_equal(hollow[0].get_xydata(), path[:1])


def test_only_rounds_with_room_are_numbered():
    path = [[0.2, 0.2], [0.5, 0.4], [0.501, 0.4], [0.8, 0.4]]
    ax = plots.likelihood_surface(X, paths=[path]).axes
    assert [text.get_text() for text in ax.texts] == ["0", "1", "3"]


def test_labelled_paths_have_words_instead_of_numbers():
    paths = [[[0.2, 0.2], [0.5, 0.4]], [[0.9, 0.1], [0.8, 0.4]]]
    ax = plots.likelihood_surface(X, paths=paths, path_labels=["first", "second"]).axes
    assert [text.get_text() for text in ax.texts] == ["first", "second"]


def test_the_special_points_are_named():
    ax = plots.likelihood_surface(
        X, maxima=[(0.797, 0.52), (0.52, 0.797)], saddle=(0.66, 0.66)
    ).axes
    named = {text.get_text(): tuple(text.xy) for text in ax.texts}
    assert named == {
        "saddle": (0.66, 0.66),
        "maximum": (0.797, 0.52),
        "mirror image": (0.52, 0.797),
    }


def test_the_bars_are_the_expected_counts():
    heads_a, tails_a, tails_b, heads_b = map(widths, plots.expected_counts(X, R))
    stats = START.statistics(X, R)
    np.testing.assert_allclose([heads_a.sum(), heads_b.sum()], stats.heads, rtol=1e-12)
    np.testing.assert_allclose([tails_a.sum(), tails_b.sum()], stats.tails, rtol=1e-12)
    np.testing.assert_allclose(heads_a, X[:, 0] * R[:, 0])
    np.testing.assert_allclose(heads_a + tails_a + tails_b + heads_b, 10)


def test_the_bars_stand_end_to_end():
    bars = plots.expected_counts(X, R)
    for before, after in pairwise(bars):
        ends = [bar.get_x() + bar.get_width() for bar in before]
        np.testing.assert_allclose([bar.get_x() for bar in after], ends)


def test_the_published_totals_stand_above_the_bars():
    ax = plots.expected_counts(X, R)[0][0].axes
    words = [text.get_text() for text in ax.texts]
    assert words[-2:] == ["A: 21.3 heads, 8.6 tails", "B: 11.7 heads, 8.4 tails"]


def test_the_m_step_stands_above_the_bars():
    _, ax = plots.figure(6, 3)
    write_ratios(ax, X, R)
    assert [text.get_text() for text in ax.texts] == [
        "A: 21.3 / 29.9 = 0.713",
        "B: 11.7 / 20.1 = 0.581",
    ]


def test_a_number_is_written_only_where_it_fits():
    r = np.array([[0.5, 0.5], [0.99, 0.01]])
    ax = plots.expected_counts(coins.counts([5, 5], 10), r, sums=False)[0][0].axes
    assert [text.get_text() for text in ax.texts] == ["2.5", "5.0", "2.5", "5.0", "2.5", "2.5"]


def test_before_the_first_e_step_nobody_owns_a_toss():
    heads, tails = map(widths, unshared_counts(X))
    np.testing.assert_array_equal(np.column_stack([heads, tails]), X)


def test_responsibilities_are_bars_of_length_one():
    a, b = map(widths, plots.responsibilities(X, R))
    np.testing.assert_allclose(a, R[:, 0])
    np.testing.assert_allclose(a + b, 1)


@pytest.mark.parametrize("draw", [plots.expected_counts, plots.responsibilities])
def test_more_bars_than_can_be_read_are_refused(draw):
    with pytest.raises(ValueError, match="x has 21 trials; at most 20"):
        draw(np.ones((21, 2)), np.full((21, 2), 0.5))
    with pytest.raises(ValueError, match=r"shape \(N, 2\), got \(5,\)"):
        draw(np.ones(5), np.full((5, 2), 0.5))


def test_every_toss_is_a_dot():
    tosses = np.array([[1, 0, 1], [0, 0, 1]])
    heads, tails = plots.flips(tosses, labels=[1, 0])
    np.testing.assert_array_equal(heads.get_offsets(), [[1, 0], [3, 0], [3, 1]])
    np.testing.assert_array_equal(tails.get_offsets(), [[2, 0], [1, 1], [2, 1]])
    names = [text.get_text() for text in heads.axes.get_yticklabels()]
    assert names == ["trial 1, coin B", "trial 2, coin A"]


def test_nobody_knows_the_coin_of_incomplete_data():
    heads, _ = plots.flips([[1, 0, 1], [0, 0, 1]])
    assert len(np.unique(heads.get_facecolors(), axis=0)) == 1
    assert [text.get_text() for text in heads.axes.get_yticklabels()] == ["trial 1", "trial 2"]


def test_estimates_are_dots_around_the_truth():
    pairs = np.array([[0.61, 0.2], [0.58, 0.22]])
    dots = plots.estimates(pairs, (0.6, 0.2), label="500 trials")
    np.testing.assert_array_equal(dots.get_offsets(), pairs)
    assert dots.axes.get_title(loc="left") == "500 trials"
    assert dots.axes.get_xlim() == dots.axes.get_ylim() == (0, 1)


def test_axes_that_are_given_are_used():
    for draw in (
        lambda ax: plots.likelihood_surface(X, ax=ax),
        lambda ax: plots.expected_counts(X, R, ax=ax),
        lambda ax: plots.responsibilities(X, R, ax=ax),
        lambda ax: plots.flips([[0, 1]], ax=ax),
        lambda ax: plots.estimates([[0.5, 0.5]], (0.5, 0.5), ax=ax),
    ):
        fig, ax = plots.figure(5, 4)
        before = len(ax.get_children())
        draw(ax)
        assert len(ax.get_children()) > before
        assert ax in fig.axes


def test_no_word_of_the_surface_lies_over_another():
    fig, ax = plots.figure(5.8, 4.8)
    path = [[0.6, 0.5], [0.713, 0.5813], [0.7453, 0.5693], [0.7681, 0.5495], [0.7832, 0.5346]]
    plots.likelihood_surface(
        X, paths=[path], maxima=[(0.797, 0.52), (0.52, 0.797)], saddle=(0.66, 0.66), ax=ax
    )
    plots.picture(fig, alt="The likelihood surface of two coins.")
    boxes = [text.get_window_extent() for text in ax.texts]
    assert not any(a.overlaps(b) for i, a in enumerate(boxes) for b in boxes[:i])
    frame = fig.bbox
    assert all(frame.x0 <= box.x0 and box.x1 <= frame.x1 for box in boxes)


def test_no_word_is_smaller_than_nine_points():
    for artist in (
        plots.likelihood_surface(X, paths=[[[0.6, 0.5], [0.8, 0.5]]], saddle=(0.66, 0.66)),
        plots.expected_counts(X, R)[0][0],
        plots.responsibilities(X, R)[0][0],
        plots.flips([[0, 1]])[0],
        plots.estimates([[0.5, 0.5]], (0.5, 0.5)),
    ):
        ax = artist.axes
        words = [*ax.texts, ax.xaxis.label, ax.yaxis.label, ax.title]
        words += [*ax.get_xticklabels(), *ax.get_yticklabels()]
        assert min(text.get_size() for text in words) >= 9
