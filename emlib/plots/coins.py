"""Pictures for two coins: the data, the likelihood over both biases, the counts an E step shares.

Here ``x`` is the (N, 2) array of heads and tails by trial, as `emlib.coins.counts` gives it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from .style import COLOURS, GREY, INK, YELLOW, annotate, axes_or_new, halo
from .surfaces import add_scale, shaded

if TYPE_CHECKING:
    from matplotlib.axes import Axes

DROPS = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0)
"""Distances below the highest log-likelihood at which a shade ends, in nats."""

TAILS_COLOURS = ("#9CC7E4", "#F3BE95")
"""The colours of the two coins in a pale tint: their tails, beside their heads."""

MOST_TRIALS = 20


def surface(x: Any, weights: Any, biases_a: Any, biases_b: Any) -> np.ndarray:
    """Return ln p(x) of two coins on a grid of biases.

    Parameters
    ----------
    x : array (N, 2)
        Heads and tails by trial.
    weights : array (2,)
        Probability of each coin.
    biases_a, biases_b : array (A,), (B,)
        Biases strictly between 0 and 1.

    Returns
    -------
    array (B, A)
        Log-likelihood in nats, summed over the trials; rows follow coin B, columns coin A.

    Notes
    -----
    Equal trials are evaluated once, so the cost is ``A B`` times the number of different trials.

    Examples
    --------
    >>> surface([[5, 5], [9, 1]], [0.5, 0.5], [0.5], [0.5]).round(4).tolist()
    [[-13.8629]]
    """
    trials, times = np.unique(np.asarray(x, dtype=float), axis=0, return_counts=True)
    log_a, log_b = (
        trials @ np.log([theta, 1 - theta]) + np.log(weight)
        for theta, weight in zip(map(np.asarray, (biases_a, biases_b)), weights, strict=True)
    )
    total = np.zeros((log_b.shape[1], log_a.shape[1]))
    for a, b, count in zip(log_a, log_b, times, strict=True):
        total += count * np.logaddexp(a[None, :], b[:, None])  # (9.14)
    return total


def likelihood_surface(
    x: Any,
    *,
    weights: Any = (0.5, 0.5),
    paths: Sequence[Any] = (),
    path_labels: Sequence[str] = (),
    maxima: Sequence[Any] = (),
    saddle: Any = None,
    limits: tuple[float, float] = (0.0, 1.0),
    numbered: int = 4,
    colourbar: bool = True,
    outlines: bool = True,
    ax: Axes | None = None,
) -> Any:
    """Draw ln p(x) over the two biases, and over it what EM did there.

    Parameters
    ----------
    x : array (N, 2)
        Heads and tails by trial.
    weights : array (2,)
        Probability of each coin.
    paths : sequence of array (T, 2)
        Biases round by round, the start first (a hollow marker).
    path_labels : sequence of str
        Words at the start of each path; with them the rounds are not numbered.
    maxima : sequence of (2,)
        Points marked with a star; the second is named the mirror image of the first.
    saddle : (2,), optional
        A stationary point that is no maximum, marked with a cross.
    limits : tuple of float
        Range of both axes.
    numbered : int
        Rounds whose number is written beside their marker, from 0, where there is room.
    colourbar : bool
        Whether the scale, in nats below the highest point, stands beside the picture.
    outlines : bool
        Whether white lines part the shades; a small picture is lighter without them.
    ax : Axes, optional
        Where to draw; a new figure where it is None.

    Returns
    -------
    QuadContourSet
        The filled contours.

    Notes
    -----
    The shades are steps of 0.5, 1, 2, 4, ... nats below the highest value on the grid.

    Examples
    --------
    >>> shades = likelihood_surface([[5, 5], [9, 1], [8, 2]], paths=[[[0.6, 0.5], [0.7, 0.6]]])
    >>> shades.axes.get_xlabel()
    'bias of coin A'
    """
    ax = axes_or_new(ax, 5.8, 4.8)
    low, high = limits
    grid = np.linspace(max(low, 1e-3), min(high, 1 - 1e-3), 161)
    height = surface(x, weights, grid, grid)
    shades = shaded(grid, grid, height - height.max(), DROPS, ax, outlines=outlines)
    ax.plot(limits, limits, color=GREY, linewidth=1, linestyle=(0, (4, 4)))
    ax.set(
        xlim=limits, ylim=limits, xlabel="bias of coin A", ylabel="bias of coin B", aspect="equal"
    )
    if colourbar:
        add_scale(shades, DROPS, "ln p below the highest point (nats)", shrink=0.8)
    if saddle is not None:
        mark(ax, saddle, "X", "saddle", "right")
    for name, maximum in zip(("maximum", "mirror image"), maxima, strict=False):
        mark(ax, maximum, "*", name, "right" if maximum[0] > maximum[1] else "left")
    for i, path in enumerate(paths):
        label = path_labels[i] if i < len(path_labels) else ""
        draw_path(ax, path, label=label, numbered=0 if path_labels else numbered)
    return shades


def mark(ax: Axes, point: Any, marker: str, name: str, side: str) -> None:
    """Mark a point of the surface and name it on its left or right, or below if it is narrow."""
    ax.plot(
        *point,
        marker=marker,
        markersize=15 if marker == "*" else 10,
        color=YELLOW,
        markeredgecolor=INK,
        linestyle="none",
        zorder=10,
    )
    left, right = ax.get_xlim()
    inches_to_the_right = (right - point[0]) / (right - left) * inches_wide(ax)
    # A letter is at most about 0.1 inches wide, the marker and the gap beside it 0.12.
    if side == "right" and inches_to_the_right < 0.12 + 0.1 * len(name):
        side = "below"
    offset = {"right": (11, 0), "left": (-11, 0), "below": (0, -16)}[side]
    ha = {"right": "left", "left": "right", "below": "center"}[side]
    look = {"va": "center_baseline", "zorder": 11, "path_effects": halo()}
    annotate(ax, name, point, offset, ha=ha, **look)


def draw_path(
    ax: Axes, path: Any, *, label: str = "", numbered: int = 4, colour: str = INK
) -> list[Any]:
    """Draw the rounds of EM as a line with dots, and return what was drawn.

    A hollow dot is the start. `label` stands behind it; without one, the first `numbered` rounds
    carry their number where there is room.

    Examples
    --------
    >>> from emlib import plots
    >>> fig, ax = plots.figure(4, 4)
    >>> artists = draw_path(ax, [[0.6, 0.5], [0.71, 0.58]])
    """
    path = np.asarray(path, dtype=float)
    artists: list[Any] = [
        *ax.plot(*path.T, color=colour, marker="o", markersize=4.5, linewidth=1.6, zorder=7),
        *ax.plot(
            *path[0],
            color=colour,
            marker="o",
            markersize=8,
            markerfacecolor="white",
            markeredgewidth=1.8,
            zorder=8,
        ),
    ]
    words = {0: label} if label else {i: str(i) for i in separate_rounds(ax, path[:numbered])}
    look: dict[str, Any] = {"color": INK} if label else {"color": colour, "weight": "bold"}
    look |= {"va": "center_baseline", "zorder": 9, "path_effects": halo()}
    for i, text in words.items():
        sideways, upwards = label_direction(path, i)
        ha = "left" if sideways > 0 else "right"
        if abs(sideways) < 0.5 or not label:
            ha = "center"
        artists.append(annotate(ax, text, path[i], (12 * sideways, 12 * upwards), ha=ha, **look))
    return artists


def separate_rounds(ax: Axes, path: np.ndarray) -> list[int]:
    """Return rounds, the start first, whose points lie at least a digit apart on the screen."""
    points = ax.transData.transform(path) * 72 / ax.figure.dpi
    found: list[int] = []
    for i, point in enumerate(points):
        if all(np.hypot(*(point - points[j])) > 10 for j in found):
            found.append(i)
    return found


def label_direction(path: np.ndarray, i: int) -> np.ndarray:
    """Return the direction from a point to its label: behind the start, else outside the bend."""
    before, here, after = path[max(i - 1, 0)], path[i], path[min(i + 1, len(path) - 1)]
    step = after - before
    length = np.hypot(*step)
    if length == 0:
        return np.array([0.0, 1.0])
    if i == 0:
        behind: np.ndarray = -step / length
        return behind
    normal = np.array([-step[1], step[0]]) / length
    outwards = normal @ (2 * here - before - after)
    return normal if outwards > 0 or (outwards == 0 and normal[1] > 0) else -normal


def expected_counts(
    x: Any,
    responsibilities: Any,
    *,
    labels: Sequence[str] = ("A", "B"),
    sums: bool = True,
    ax: Axes | None = None,
) -> list[Any]:
    """Draw how an E step shares the tosses of each trial between two coins.

    Each trial is one bar as long as its tosses. From the left: the heads and then the tails given
    to the first coin; from the right: the heads and then the tails given to the second.

    Parameters
    ----------
    x : array (N, 2)
        Heads and tails by trial, at most 20 trials.
    responsibilities : array (N, 2)
        Probability of each coin by trial.
    labels : sequence of str
        Names of the two coins.
    sums : bool
        Whether the totals stand above the bars.
    ax : Axes, optional
        Where to draw; a new figure where it is None.

    Returns
    -------
    list of BarContainer
        Heads of the first coin, its tails, tails of the second, its heads.

    Examples
    --------
    >>> bars = expected_counts([[8, 2], [3, 7]], [[0.75, 0.25], [0.2, 0.8]])
    >>> [[float(round(bar.get_width(), 2)) for bar in part] for part in bars]
    [[6.0, 0.6], [1.5, 1.4], [0.5, 5.6], [2.0, 2.4]]
    """
    x, r = few_trials(x), np.asarray(responsibilities, dtype=float)
    ax = axes_or_new(ax, 6.4, 3.6)
    total = x.sum(axis=1)
    shares = [x[:, 0] * r[:, 0], x[:, 1] * r[:, 0], x[:, 1] * r[:, 1], x[:, 0] * r[:, 1]]
    colours = (COLOURS[0], *TAILS_COLOURS, COLOURS[1])
    row = np.arange(len(x))
    shortest = 0.32 * total.max() / inches_wide(ax)  # a bar of 0.32 inches holds its number
    bars, left = [], np.zeros(len(x))
    for share, colour in zip(shares, colours, strict=True):
        bars.append(ax.barh(row, share, left=left, height=0.72, color=colour, linewidth=0))
        for n in np.flatnonzero(share >= shortest).tolist():
            middle = left[n] + share[n] / 2
            write_in_bar(ax, middle, n, f"{share[n]:.1f}", on_dark=colour in COLOURS)
        left = left + share
    ax.vlines(total * r[:, 0], row - 0.42, row + 0.42, color=INK, linewidth=1.6)
    trial_axis(ax, x)
    ax.set(xlim=(0, total.max()), xlabel="expected tosses: dark = heads, pale = tails")
    if sums:
        write_sums(ax, [share.sum() for share in shares], labels)
    return bars


def unshared_counts(x: Any, *, ax: Axes | None = None) -> list[Any]:
    """Draw the tosses of each trial before any E step: nobody knows whose they are.

    Parameters
    ----------
    x : array (N, 2)
        Heads and tails by trial, at most 20 trials.
    ax : Axes, optional
        Where to draw; a new figure where it is None.

    Returns
    -------
    list of BarContainer
        The heads and the tails.

    Examples
    --------
    >>> heads, tails = unshared_counts([[8, 2], [3, 7]])
    >>> [float(bar.get_width()) for bar in heads]
    [8.0, 3.0]
    """
    x = few_trials(x)
    ax = axes_or_new(ax, 6.4, 3.6)
    bars, left, row = [], np.zeros(len(x)), np.arange(len(x))
    for k, colour in enumerate((GREY, "#CFCFCF")):
        bars.append(ax.barh(row, x[:, k], left=left, height=0.72, color=colour, linewidth=0))
        for n in np.flatnonzero(x[:, k]).tolist():
            write_in_bar(ax, left[n] + x[n, k] / 2, n, f"{x[n, k]:g}", on_dark=k == 0)
        left = left + x[:, k]
    trial_axis(ax, x)
    ax.set(xlim=(0, left.max()), xlabel="expected tosses: dark = heads, pale = tails")
    return bars


def write_in_bar(ax: Axes, middle: float, row: int, words: str, *, on_dark: bool) -> None:
    """Write words in the middle of a bar, white on a dark one."""
    look: dict[str, Any] = {"color": INK}
    if on_dark:
        look = {"color": "white", "weight": "bold"}
    ax.text(middle, row, words, ha="center", va="center_baseline", fontsize=9, **look)


def inches_wide(ax: Axes) -> float:
    """Return the width of the axes as shown, before the layout makes room for labels."""
    return float(ax.get_window_extent().width / ax.figure.dpi)


def few_trials(x: Any) -> np.ndarray:
    """Return the counts as an array, or refuse more bars than can be read."""
    x = np.asarray(x, dtype=float)
    if x.ndim != 2 or x.shape[1] != 2:
        raise ValueError(f"x must be heads and tails by trial, shape (N, 2), got {x.shape}")
    if len(x) > MOST_TRIALS:
        raise ValueError(f"x has {len(x)} trials; at most {MOST_TRIALS} bars can be read")
    return x


def trial_axis(ax: Axes, x: np.ndarray) -> None:
    """Name the rows of a picture by trial, the first on top."""
    names = [f"trial {n + 1} ({heads:g} H)" for n, heads in enumerate(x[:, 0])]
    ax.set_yticks(np.arange(len(x)), labels=names)
    ax.set_ylim(len(x) - 0.4, -0.6)
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)


def write_sums(ax: Axes, sums: Sequence[float], labels: Sequence[str]) -> None:
    """Write the expected totals of both coins above the bars."""
    heads_a, tails_a, tails_b, heads_b = sums
    write_above(
        ax,
        f"{labels[0]}: {heads_a:.1f} heads, {tails_a:.1f} tails",
        f"{labels[1]}: {heads_b:.1f} heads, {tails_b:.1f} tails",
    )


def write_ratios(
    ax: Axes, x: Any, responsibilities: Any, *, labels: Sequence[str] = ("A", "B")
) -> None:
    """Write the M step of both coins above the bars: expected heads by expected tosses.

    Examples
    --------
    >>> from emlib import plots
    >>> fig, ax = plots.figure(6, 3)
    >>> write_ratios(ax, [[8, 2], [3, 7]], [[0.75, 0.25], [0.25, 0.75]])
    >>> ax.texts[0].get_text()
    'A: 6.8 / 10.0 = 0.675'
    """
    x, r = np.asarray(x, dtype=float), np.asarray(responsibilities, dtype=float)
    heads, tosses = x[:, 0] @ r, x.sum(axis=1) @ r
    write_above(
        ax,
        *(
            f"{label}: {h:.1f} / {n:.1f} = {h / n:.3f}"
            for label, h, n in zip(labels, heads, tosses, strict=True)
        ),
    )


def write_above(ax: Axes, left: str, right: str) -> None:
    """Write one line for each coin above the bars, in its colour."""
    look = {"xycoords": "axes fraction", "va": "bottom", "fontsize": 10, "weight": "bold"}
    annotate(ax, left, (0, 1), (0, 5), ha="left", color=COLOURS[0], **look)
    annotate(ax, right, (1, 1), (0, 5), ha="right", color=COLOURS[1], **look)


def responsibilities(
    x: Any,
    responsibilities: Any,
    *,
    labels: Sequence[str] = ("A", "B"),
    ax: Axes | None = None,
) -> list[Any]:
    """Draw the responsibilities of the coins for each trial, as bars of length one.

    Parameters
    ----------
    x : array (N, 2)
        Heads and tails by trial, at most 20 trials.
    responsibilities : array (N, K)
        Probability of each coin by trial; rows sum to one.
    labels : sequence of str
        Names of the coins.
    ax : Axes, optional
        Where to draw; a new figure where it is None.

    Returns
    -------
    list of BarContainer
        One container a coin.

    Examples
    --------
    >>> bars = responsibilities([[8, 2], [3, 7]], [[0.75, 0.25], [0.2, 0.8]])
    >>> [float(bar.get_width()) for bar in bars[0]]
    [0.75, 0.2]
    """
    x, r = few_trials(x), np.asarray(responsibilities, dtype=float)
    ax = axes_or_new(ax, 6.4, 3.2)
    inches = inches_wide(ax)  # of a bar of length one
    row, left, bars = np.arange(len(x)), np.zeros(len(x)), []
    for k, name in enumerate(labels):
        bars.append(
            ax.barh(row, r[:, k], left=left, height=0.72, color=COLOURS[k], edgecolor="white")
        )
        for n in np.flatnonzero(r[:, k] * inches >= 0.34).tolist():
            words = f"{name} {r[n, k]:.2f}" if r[n, k] * inches >= 0.55 else f"{r[n, k]:.2f}"
            write_in_bar(ax, left[n] + r[n, k] / 2, n, words, on_dark=True)
        left = left + r[:, k]
    trial_axis(ax, x)
    ax.set(xlim=(0, 1), xlabel="responsibility")
    return bars


def flips(flips: Any, labels: Any = None, *, ax: Axes | None = None) -> list[Any]:
    """Draw every toss: a filled dot for heads, a ring for tails, one row a trial.

    Parameters
    ----------
    flips : array (N, n)
        1 for heads, 0 for tails.
    labels : array (N,) of int, optional
        Which coin was tossed in each trial; grey where it is None, as if nobody knew.
    ax : Axes, optional
        Where to draw; a new figure where it is None.

    Returns
    -------
    list of PathCollection
        The heads and the tails.

    Examples
    --------
    >>> heads, tails = flips([[1, 0, 1], [0, 0, 1]], labels=[0, 1])
    >>> len(heads.get_offsets()), len(tails.get_offsets())
    (3, 3)
    """
    flips = np.asarray(flips)
    ax = axes_or_new(ax, 5.0, 2.8)
    colours = np.full(len(flips), GREY, dtype=object)
    if labels is not None:
        colours[:] = [COLOURS[k] for k in labels]
    dots = []
    for value, filled in ((1, True), (0, False)):
        row, toss = np.nonzero(flips == value)
        dots.append(
            ax.scatter(
                toss + 1,
                row,
                s=95,
                marker="o",
                linewidths=1.6,
                edgecolors=list(colours[row]),
                facecolors=list(colours[row]) if filled else "white",
            )
        )
    names = [f"trial {n + 1}" for n in range(len(flips))]
    if labels is not None:
        names = [f"{name}, coin {'AB'[k]}" for name, k in zip(names, labels, strict=True)]
    ax.set_yticks(np.arange(len(flips)), labels=names)
    ax.set(
        xlim=(0.4, flips.shape[1] + 0.6),
        ylim=(len(flips) - 0.4, -0.6),
        xticks=np.arange(1, flips.shape[1] + 1),
        xlabel="toss (filled = heads, ring = tails)",
    )
    ax.tick_params(length=0)
    ax.spines[["left", "bottom"]].set_visible(False)
    return dots


def estimates(pairs: Any, truth: Any, *, label: str | None = None, ax: Axes | None = None) -> Any:
    """Draw many estimates of two biases around the truth.

    Parameters
    ----------
    pairs : array (S, 2)
        Estimated biases of coins A and B, one row a repetition.
    truth : (2,)
        The biases that made the data, marked with a cross.
    label : str, optional
        Title of the panel.
    ax : Axes, optional
        Where to draw; a new figure where it is None.

    Returns
    -------
    PathCollection
        The dots.

    Examples
    --------
    >>> dots = estimates([[0.61, 0.2], [0.58, 0.22]], (0.6, 0.2), label="500 trials")
    >>> dots.axes.get_title(loc="left")
    '500 trials'
    """
    ax = axes_or_new(ax, 4.2, 4.2)
    pairs = np.asarray(pairs, dtype=float)
    dots = ax.scatter(
        pairs[:, 0], pairs[:, 1], s=12, color=INK, alpha=0.25, linewidths=0, clip_on=False
    )
    ax.plot([0, 1], [0, 1], color=GREY, linewidth=1, linestyle=(0, (4, 4)), zorder=0)
    ax.plot(*truth, marker="P", markersize=11, color=YELLOW, markeredgecolor=INK)
    annotate(ax, "truth", truth, (11, 0), va="center_baseline", path_effects=halo())
    ax.set(
        xlim=(0, 1), ylim=(0, 1), aspect="equal", xlabel="bias of coin A", ylabel="bias of coin B"
    )
    if label:
        ax.set_title(label, loc="left")
    return dots
