"""Lesson 03: place centroids, then step K-means half by half."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from emlib import EMWarning, KMeans
from emlib.plots import Picture, centroids, picture, scatter, voronoi
from emlib.plots.clusters import (
    HALF_STEPS,
    cell_patch,
    cells,
    half_step_look,
    marker_look,
    path_look,
    set_log_axis,
)
from emlib.plots.extras import need
from emlib.plots.rendering import encode, quantise
from emlib.plots.style import COLOURS, GREY, INK, MARKERS, figure

from .draggable import Handle, allowed
from .live import Live, tells_errors
from .parts import ipywidgets, row, set_plane, slider, small_multiples, width_for
from .words import listed

MOST_HALF_STEPS = 60
MARKER_LETTERS = "●▲■◆▼"
ALT_ENDING = "Points in the colour of their cluster, on the tinted cells of the centroids."


@dataclass(frozen=True, slots=True)
class KMeansHalfStep:
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


def half_steps(x: np.ndarray, start: np.ndarray) -> list[KMeansHalfStep]:
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
    run = [KMeansHalfStep("start", model.centroids, None, float("nan"))]
    while len(run) < MOST_HALF_STEPS:
        labels = model.predict(x)
        run.append(after("assign", x, model, labels))
        if np.array_equal(labels, before):
            break
        before, one_of_k = labels, np.eye(model.n_components)[labels]
        with warnings.catch_warnings():  # a centroid without points stays: the words say so
            warnings.simplefilter("ignore", EMWarning)
            model = model.m_step(model.statistics(x, one_of_k))
        run.append(after("move", x, model, labels))
    return run


def after(
    kind: Literal["assign", "move"], x: np.ndarray, model: KMeans, labels: np.ndarray
) -> KMeansHalfStep:
    """Write down a half-step, with J for an assignment that need not be to the nearest."""
    distortion = -model.log_joint(x)[np.arange(len(x)), labels].sum()  # (9.1)
    return KMeansHalfStep(kind, model.centroids, labels, float(distortion))


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
        self.x, self.first_run = x, half_steps(x, start)
        self.run = self.first_run
        low, high = x.min(axis=0), x.max(axis=0)
        self.sliders = [
            [coordinate_slider(k, axis, point[d], low[d], high[d]) for d, axis in enumerate("xy")]
            for k, point in enumerate(start)
        ]
        self.half = ipywidgets.IntSlider(
            0,
            0,
            len(self.run) - 1,
            description="half-step",
            layout={"width": "24em", "min_width": width_for("half-step")},
        )
        self.assign, self.move = (
            ipywidgets.Button(description=kind, layout={"width": "7em"}) for kind in HALF_STEPS
        )
        fig = self.make_artists(low, high)
        coordinates = {
            f"{axis} of {k}": control
            for k, pair in enumerate(self.sliders)
            for axis, control in zip("xy", pair, strict=True)
        }
        controls = {**coordinates, "half": self.half}
        plane = fig.axes[0]
        handles = [
            Handle(f"centroid {k}, {MARKER_LETTERS[k]}", plane, f"x of {k}", f"y of {k}")
            for k in range(len(start))
        ]
        super().__init__(
            fig, self.draw_half_step, controls, title="Place, then step", handles=handles
        )
        for control in coordinates.values():
            control.unobserve(self.redraw, names="value")
            control.observe(self.place, names="value")
        for button in (self.assign, self.move):
            button.on_click(self.step)

    def control_rows(self) -> list[Any]:
        """Return the sliders of the centroids in columns, and below them the half-steps."""
        columns = row([ipywidgets.VBox(pair) for pair in self.sliders])
        return [columns, row([self.assign, self.move, self.half])]

    def make_artists(self, low: np.ndarray, high: np.ndarray) -> Any:
        """Make the figure and all that moves on it, once."""
        fig, (left, right) = figure(8.0, 4.2, columns=2, width_ratios=[1, 1.15])
        set_plane(left, self.x)
        left.locator_params(axis="x", nbins=6)  # so few that they stand apart
        self.limits = left.get_xlim(), left.get_ylim()
        points = {"linestyle": "none", "markersize": 3.8, "alpha": 0.75, "animated": True}
        points |= {"markeredgewidth": 0}
        (self.unassigned,) = left.plot([], [], "o", color=GREY, **points)
        self.artists = []
        for k in range(len(self.sliders)):
            cell = left.add_patch(cell_patch(k, np.zeros((3, 2)), animated=True))
            own = left.plot([], [], color=COLOURS[k], marker=MARKERS[k], **points)[0]
            path = left.plot([], [], animated=True, zorder=3, **path_look(k))[0]
            marker = left.plot([], [], animated=True, zorder=5, **marker_look(k))[0]
            self.artists.append((cell, own, path, marker))
        self.stairs = right.plot([], [], color=GREY, drawstyle="steps-post", animated=True)[0]
        self.marks = [
            right.plot([], [], animated=True, label=f"after {name}", **half_step_look(i))[0]
            for i, name in enumerate(HALF_STEPS)
        ]
        (self.present,) = right.plot(
            [], [], "o", markersize=14, color="none", markeredgecolor=INK, animated=True
        )
        self.note = right.text(0.5, 0.5, "", ha="center", transform=right.transAxes, animated=True)
        set_log_axis(right, *self.distortion_range(low, high))
        right.set(xlim=(0, 1.04), xlabel="from the start to the end of the run")
        right.set(xticks=[], ylabel="J (squared units)")
        right.legend(loc="upper right", frameon=False)
        return fig

    def distortion_range(self, low: np.ndarray, high: np.ndarray) -> tuple[float, float]:
        """Return a J that few runs end below by much, and one that no run begins above.

        J is at most what it is with one of the centroids alone, which is largest in a corner.
        """
        least = min(step.distortion for step in self.first_run[1:])
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
        return Picture(encode(image), self.words, self.canvas.width)

    @tells_errors
    def place(self, change: Any = None) -> None:
        """Begin again from where the sliders stand."""
        if self.waiting:
            return
        start = np.array([[control.value for control in pair] for pair in self.sliders])
        self.run = half_steps(self.x, start)
        self.set_controls({"half": 0})
        self.half.max = len(self.run) - 1
        self.redraw()

    def place_of_handle(self, handle: Handle) -> tuple[float, float]:
        """Return where a centroid stands now, after some half-steps."""
        x, y = self.run[self.half.value].centroids[int(handle.x.split()[-1])]
        return float(x), float(y)

    def move_controls(self, values: Mapping[str, float]) -> None:
        """Begin again with one centroid moved, and the others where they stand now."""
        if self.half.value:
            present = {
                f"{axis} of {k}": allowed(self.controls[f"{axis} of {k}"], value)
                for k, point in enumerate(self.run[self.half.value].centroids)
                for axis, value in zip("xy", point.tolist(), strict=True)
            }
            values = {**present, **values}
        self.set_controls(values)
        self.place()

    @tells_errors
    def step(self, button: Any = None) -> None:
        """Do the half-step that is due."""
        self.half.value = min(self.half.value + 1, self.half.max)

    def draw_half_step(self, half: int, **coordinates: float) -> str:
        """Move the artists to a half-step and say what it did."""
        now = self.run[half]
        over = half == len(self.run) - 1
        self.assign.disabled = over or now.kind == "assign"
        self.move.disabled = over or now.kind != "assign"
        self.draw_plane(now, np.array([step.centroids for step in self.run[: half + 1]]))
        self.draw_stairs(half)
        return describe(self.run, half)

    def draw_plane(self, now: KMeansHalfStep, path: np.ndarray) -> None:
        """Move points, cells, paths and centroids."""
        none = self.x[:0]
        self.unassigned.set_data(*(self.x if now.labels is None else none).T)
        regions = cells(now.centroids, self.limits)
        for k, (cell, own, line, marker) in enumerate(self.artists):
            cell.set_visible(len(regions[k]) > 0)
            if len(regions[k]):
                cell.set_xy(regions[k])
            own.set_data(*(none if now.labels is None else self.x[now.labels == k]).T)
            line.set_data(*path[:, k].T)
            marker.set_data(*now.centroids[k][:, None])

    def draw_stairs(self, half: int) -> None:
        """Draw J up to a half-step."""
        share = np.arange(1, half + 1) / (len(self.run) - 1)
        values = np.array([step.distortion for step in self.run[1 : half + 1]])
        self.stairs.set_data(share, values)
        for i, marks in enumerate(self.marks):
            marks.set_data(share[i::2], values[i::2])
        self.present.set_data(share[-1:], values[-1:])
        self.note.set_text("" if half else "J needs an assignment:\npress assign")

    def twin(self, halves: Sequence[int] = (0, 1, 2, 3, 4, -1)) -> Picture:
        """Return half-steps of the first placing side by side; -1 is the end."""
        run = self.first_run
        wanted = sorted({half % len(run) for half in halves if half < len(run)})
        fig, axes = small_multiples(len(wanted), columns=4, height=2.9)
        for ax, half in zip(axes, wanted, strict=True):
            self.draw_still(ax, half)
        words = " ".join(describe(run, half) for half in wanted)
        return picture(fig, f"K-means by half-steps, side by side. {words} {ALT_ENDING}")

    def draw_still(self, ax: Any, half: int) -> None:
        """Draw one half-step of the first placing."""
        now = self.first_run[half]
        path = np.array([step.centroids for step in self.first_run[: half + 1]])
        one_of_k = None if now.labels is None else np.eye(len(now.centroids))[now.labels]
        scatter(self.x, one_of_k, size=7, ax=ax)
        ax.set(xlim=self.limits[0], ylim=self.limits[1])
        voronoi(now.centroids, ax=ax)
        centroids(path, ax=ax)
        j = "" if now.labels is None else f": J = {now.distortion:.0f}"
        last = " (end)" if half == len(self.first_run) - 1 else ""
        ax.set_title(f"{half} {now.kind}{j}{last}", fontsize=10)
        ax.label_outer()


def describe(run: list[KMeansHalfStep], half: int) -> str:
    """Say in words what a half-step did."""
    now = run[half]
    title = f"Half-step {half}, {now.kind}"
    if now.labels is None:
        points = ", ".join(f"({listed(centroid, 1)})" for centroid in now.centroids)
        return f"{title}: centroids at {points}; nothing is assigned yet."
    counts = np.bincount(now.labels, minlength=len(now.centroids))
    words = f"{title}: J = {now.distortion:.2f}; points {', '.join(map(str, counts))}."
    empty = [str(k) for k in np.flatnonzero(counts == 0)]
    if empty:
        words += f" Cluster {' and '.join(empty)} is empty: its centroid stays."
    if half == len(run) - 1:
        words += " The assignment repeats: K-means has stopped."
    return words


def coordinate_slider(k: int, axis: str, value: float, low: float, high: float) -> Any:
    """Return a slider for a coordinate of a centroid, with the shape and colour of its marker."""
    low, high = np.floor(low), np.ceil(high)
    value = round(float(np.clip(value, low, high)), 1)
    look: dict[str, Any] = {"description_width": "4.5em", "handle_color": COLOURS[k]}
    name = f"{MARKER_LETTERS[k]} {axis} of {k}"
    return slider(name, value, low, high, 0.1, width="17em", **look)
