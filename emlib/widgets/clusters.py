"""Lesson 03: place centroids, then step K-means half by half."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from emlib import EMWarning, KMeans
from emlib.plots import Picture, centroids, figure, picture, scatter, voronoi
from emlib.plots.clusters import cells, marker_look, set_log_axis, step_look, tile, trail_look
from emlib.plots.extras import need
from emlib.plots.rendering import encode, quantise
from emlib.plots.style import COLOURS, GREY, INK, MARKERS

from .live import Live, guarded

ipywidgets: Any = need("ipywidgets", extra="widgets")

LONGEST = 60
SHAPES = "●▲■◆▼"
SHOWN = "Points in the colour of their cluster, on the tinted cells of the centroids."


@dataclass(frozen=True, slots=True)
class Half:
    """A half-step of K-means and what is known after it.

    Attributes
    ----------
    kind : {"start", "assign", "move"}
        Which half.
    centroids : array (K, D)
        The centroids after it.
    labels : array (N,) or None
        The cluster of each point; None before the first assignment.
    distortion : float
        J (9.1) of these centroids and labels; NaN at the start.
    """

    kind: Literal["start", "assign", "move"]
    centroids: np.ndarray
    labels: np.ndarray | None
    distortion: float


def half_steps(x: np.ndarray, start: np.ndarray) -> list[Half]:
    """Run K-means until an assignment repeats, and keep every half-step.

    Examples
    --------
    >>> run = half_steps(np.array([[0.0], [1.0], [9.0]]), np.array([[0.0], [1.0]]))
    >>> [half.kind for half in run]
    ['start', 'assign', 'move', 'assign', 'move', 'assign']
    >>> [float(half.distortion) for half in run[1:]]
    [64.0, 32.0, 17.0, 0.5, 0.5]
    """
    model, before = KMeans(start, empty="keep"), np.full(len(x), -1)
    run = [Half("start", model.centroids, None, float("nan"))]
    while len(run) < LONGEST:
        labels = model.predict(x)
        run.append(Half("assign", model.centroids, labels, distortion(x, model, labels)))
        if np.array_equal(labels, before):
            break
        before, one_of_k = labels, np.eye(model.n_components)[labels]
        with warnings.catch_warnings():  # a centroid without points stays: the words say so
            warnings.simplefilter("ignore", EMWarning)
            model = model.m_step(model.statistics(x, one_of_k))
        run.append(Half("move", model.centroids, labels, distortion(x, model, labels)))
    return run


def distortion(x: np.ndarray, model: KMeans, labels: np.ndarray) -> float:
    """Return J for an assignment that need not be to the nearest."""
    return float(-model.log_joint(x)[np.arange(len(x)), labels].sum())  # (9.1)


def centroid_panel(x: Any, start: Any) -> CentroidPanel:
    """Return a live panel: sliders place the centroids, buttons assign and move in turn.

    Parameters
    ----------
    x : array (N, 2)
        The points; up to about a thousand, so that a touch is answered at once.
    start : array (K, 2)
        Where the centroids stand at first, at most five of them.

    Returns
    -------
    CentroidPanel
        Its ``twin(halves)`` draws some half-steps of the first placing side by side.

    Examples
    --------
    >>> panel = centroid_panel([[0, 0], [1, 0], [9, 1], [9, 2]], [[0, 2], [1, 2]])
    >>> panel.words
    'Half-step 0, start: centroids at (0.0, 2.0), (1.0, 2.0); nothing is assigned yet.'
    >>> panel.assign.click()
    >>> panel.words
    'Half-step 1, assign: J = 137.00; points 1, 3.'
    """
    return CentroidPanel(np.asarray(x, dtype=float), np.asarray(start, dtype=float))


class CentroidPanel(Live):
    """A live panel of K-means; see `centroid_panel`."""

    def __init__(self, x: np.ndarray, start: np.ndarray) -> None:
        self.x, self.first = x, half_steps(x, start)
        self.run, self.placing = self.first, False
        low, high = x.min(axis=0), x.max(axis=0)
        self.sliders = [
            [coordinate(k, axis, place[d], low[d], high[d]) for d, axis in enumerate("xy")]
            for k, place in enumerate(start)
        ]
        self.half = ipywidgets.IntSlider(
            0, 0, len(self.run) - 1, description="half-step", layout={"width": "24em"}
        )
        self.assign = ipywidgets.Button(description="assign", layout={"width": "7em"})
        self.move = ipywidgets.Button(description="move", layout={"width": "7em"})
        fig = self.stage_artists(low, high)
        controls = {
            f"{axis} of {k}": slider
            for k, pair in enumerate(self.sliders)
            for axis, slider in zip("xy", pair, strict=True)
        }
        super().__init__(fig, self.show, {**controls, "half": self.half}, title="Place, then step")
        for slider in controls.values():
            slider.unobserve(self.redraw, names="value")
            slider.observe(self.place, names="value")
        for button in (self.assign, self.move):
            button.on_click(self.step)
        columns = ipywidgets.HBox([ipywidgets.VBox(pair) for pair in self.sliders])
        steps = ipywidgets.HBox([self.assign, self.move, self.half])
        self.children = (self.children[0], columns, steps, self.view)  # type: ignore[has-type]

    def stage_artists(self, low: np.ndarray, high: np.ndarray) -> Any:
        """Make the figure and all that moves on it, once."""
        fig, (left, right) = figure(8.0, 4.2, columns=2, width_ratios=[1, 1.15])
        margin = 0.06 * (high - low)
        (x0, y0), (x1, y1) = low - margin, high + margin
        left.set(xlim=(x0, x1), ylim=(y0, y1), xlabel="$x_1$", ylabel="$x_2$", aspect="equal")
        self.limits = left.get_xlim(), left.get_ylim()
        loose = {"linestyle": "none", "markersize": 3.8, "alpha": 0.75, "animated": True}
        loose |= {"markeredgewidth": 0}
        (self.unassigned,) = left.plot([], [], "o", color=GREY, **loose)
        self.artists = []
        for k in range(len(self.first[0].centroids)):
            cell = left.add_patch(tile(k, np.zeros((3, 2)), animated=True))
            own = left.plot([], [], color=COLOURS[k], marker=MARKERS[k], **loose)[0]
            trail = left.plot([], [], animated=True, zorder=3, **trail_look(k))[0]
            marker = left.plot([], [], animated=True, zorder=5, **marker_look(k))[0]
            self.artists.append((cell, own, trail, marker))
        self.stairs = right.plot([], [], color=GREY, drawstyle="steps-post", animated=True)[0]
        self.marks = [
            right.plot([], [], animated=True, label=f"after {name}", **step_look(i))[0]
            for i, name in enumerate(("assign", "move"))
        ]
        (self.here,) = right.plot(
            [], [], "o", markersize=14, color="none", markeredgecolor=INK, animated=True
        )
        self.note = right.text(0.5, 0.5, "", ha="center", transform=right.transAxes, animated=True)
        set_log_axis(right, *self.range_of_j(low, high))
        right.set(xlim=(0, 1.04), xlabel="from the start to the end of the run")
        right.set(xticks=[], ylabel="J (squared units)")
        right.legend(loc="upper right", frameon=False)
        return fig

    def range_of_j(self, low: np.ndarray, high: np.ndarray) -> tuple[float, float]:
        """Return a J that no placing falls below by much, and the largest of all."""
        least = min(half.distortion for half in self.first[1:])
        corners = [[a, b] for a in (low[0], high[0]) for b in (low[1], high[1])]
        return 0.8 * least, max(-KMeans([corner]).objective(self.x) for corner in corners)

    @property
    def picture(self) -> Picture:
        """What the panel shows now, with a palette in which no colour of a cluster is lost."""
        Image = need("PIL.Image", extra="plots")
        width, height = self.image.size
        swatches = Image.new("RGB", (width, height))
        band = -(-width // len(self.sliders))
        for k in range(len(self.sliders)):
            swatches.paste(COLOURS[k], (k * band, 0, (k + 1) * band, height))
        image, _ = quantise([self.image, swatches])
        return Picture(encode(image), self.words, self.stage.width)

    @guarded
    def place(self, change: Any = None) -> None:
        """Begin again from where the sliders stand."""
        start = np.array([[slider.value for slider in pair] for pair in self.sliders])
        self.run = half_steps(self.x, start)
        self.placing = True
        self.half.value = 0
        self.half.max = len(self.run) - 1
        self.placing = False
        self.redraw()

    @guarded
    def step(self, button: Any = None) -> None:
        """Do the half-step that is due."""
        self.half.value = min(self.half.value + 1, self.half.max)

    @guarded
    def redraw(self, change: Any = None) -> None:
        """Draw the figure for the present values, unless centroids are being placed."""
        if not self.placing:
            super().redraw(change)

    def show(self, half: int, **places: float) -> str:
        """Move the artists to a half-step and say what it did."""
        now = self.run[half]
        over = half == len(self.run) - 1
        self.assign.disabled = over or now.kind == "assign"
        self.move.disabled = over or now.kind != "assign"
        self.show_plane(now, np.array([h.centroids for h in self.run[: half + 1]]))
        self.show_stairs(half)
        return describe(self.run, half)

    def show_plane(self, now: Half, path: np.ndarray) -> None:
        """Move points, cells, trails and centroids."""
        idle = self.x if now.labels is None else self.x[:0]
        self.unassigned.set_data(*idle.T)
        regions = cells(now.centroids, self.limits)
        for k, (cell, own, trail, marker) in enumerate(self.artists):
            cell.set_visible(len(regions[k]) > 0)
            if len(regions[k]):
                cell.set_xy(regions[k])
            own.set_data(*(self.x[:0] if now.labels is None else self.x[now.labels == k]).T)
            trail.set_data(*path[:, k].T)
            marker.set_data(*now.centroids[k][:, None])

    def show_stairs(self, half: int) -> None:
        """Draw J up to a half-step."""
        numbers = np.arange(1, half + 1)
        at = numbers / (len(self.run) - 1)
        values = np.array([h.distortion for h in self.run[1 : half + 1]])
        self.stairs.set_data(at, values)
        for i, marks in enumerate(self.marks):
            marks.set_data(at[i::2], values[i::2])
        self.here.set_data(at[-1:], values[-1:])
        self.note.set_text("" if half else "J needs an assignment:\npress assign")

    def twin(self, halves: Sequence[int] = (0, 1, 2, 3, 4, -1)) -> Picture:
        """Return half-steps of the first placing side by side; -1 is the end."""
        wanted = sorted({h % len(self.first) for h in halves if h < len(self.first)})
        columns = min(4, len(wanted))
        rows = -(-len(wanted) // columns)
        fig, axes = figure(
            9.4, 2.9 * rows, columns=columns, rows=rows, squeeze=False, sharex=True, sharey=True
        )
        for ax in axes.flat[len(wanted) :]:
            ax.set_axis_off()
        for ax, half in zip(axes.flat, wanted, strict=False):
            self.draw_still(ax, half)
        words = " ".join(describe(self.first, half) for half in wanted)
        return picture(fig, f"K-means by half-steps, side by side. {words} {SHOWN}")

    def draw_still(self, ax: Any, half: int) -> None:
        """Draw one half-step of the first placing."""
        now = self.first[half]
        path = np.array([h.centroids for h in self.first[: half + 1]])
        known = None if now.labels is None else np.eye(len(now.centroids))[now.labels]
        scatter(self.x, known, size=7, ax=ax)
        ax.set(xlim=self.limits[0], ylim=self.limits[1])
        voronoi(now.centroids, ax=ax)
        centroids(path, ax=ax)
        j = "" if now.labels is None else f": J = {now.distortion:.0f}"
        last = " (end)" if half == len(self.first) - 1 else ""
        ax.set_title(f"{half} {now.kind}{j}{last}", fontsize=10)
        ax.label_outer()


def describe(run: list[Half], half: int) -> str:
    """Say in words what a half-step did."""
    now = run[half]
    title = f"Half-step {half}, {now.kind}"
    if now.labels is None:
        places = ", ".join(f"({a:.1f}, {b:.1f})" for a, b in now.centroids).replace("-", "−")
        return f"{title}: centroids at {places}; nothing is assigned yet."
    counts = np.bincount(now.labels, minlength=len(now.centroids))
    words = f"{title}: J = {now.distortion:.2f}; points {', '.join(map(str, counts))}."
    empty = [str(k) for k in np.flatnonzero(counts == 0)]
    if empty:
        words += f" Cluster {' and '.join(empty)} is empty: its centroid stays."
    if half == len(run) - 1:
        words += " The assignment repeats: K-means has stopped."
    return words


def coordinate(k: int, axis: str, value: float, low: float, high: float) -> Any:
    """Return a slider for a coordinate of a centroid, with the shape and colour of its marker."""
    low, high = np.floor(low), np.ceil(high)
    return ipywidgets.FloatSlider(
        value=round(float(np.clip(value, low, high)), 1),
        min=low,
        max=high,
        step=0.1,
        description=f"{SHAPES[k]} {axis} of {k}",
        readout_format=".1f",
        layout={"width": "17em"},
        style={"description_width": "4.5em", "handle_color": COLOURS[k]},
    )
