"""Lesson 06: Gaussians in the plane, as EM moves them and as the learner does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from emlib import GaussianMixture, em
from emlib.plots import Picture, ellipses, figure, picture, scatter
from emlib.plots.extras import need
from emlib.plots.rendering import Stage, film

from .live import Live
from .player import Player

ipywidgets: Any = need("ipywidgets", extra="widgets")

ROUNDS = (0, 1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25)
SHOWN = (
    "Points coloured by responsibility, with each component's mean and its ellipse at distance 2."
)


def gaussian_player(
    x: Any, starts: Mapping[str, GaussianMixture], *, rounds: Sequence[int] = ROUNDS
) -> Player:
    """Return a player of EM on points in the plane, from several starts.

    Parameters
    ----------
    x : array (N, 2)
        The points.
    starts : mapping of str to GaussianMixture
        Models to start from, by the name that a button shows.
    rounds : sequence of int
        Which rounds are shown; a last frame shows where EM stops.

    Returns
    -------
    Player
        One frame a round and one for the end. Its ``twin(rounds)`` shows rounds of the first
        run; -1 is the end.

    Examples
    --------
    >>> start = GaussianMixture([1.0], [[0.0, 0.0]], [np.eye(2)])
    >>> x = [[0.0, 0.0], [1.0, 1.0], [0.0, 2.0], [3.0, 1.0]]
    >>> gaussian_player(x, {"one": start}, rounds=(0, 1)).n_frames
    3
    """
    x = np.asarray(x, dtype=float)
    runs = {name: follow(start, x, rounds) for name, start in starts.items()}
    fig, ax = figure(6.4, 4.2)
    frame_axes(ax, x)
    stage = Stage(fig, sharpness=1.5)
    images, labels = [], {}
    for name, run in runs.items():
        for _, model, _ in run:
            draw(ax, x, model)
            images.append(stage.shot())
        labels[name] = [describe(*step) for step in run]
    frames = film(images, [f"{w} {SHOWN}" for run in labels.values() for w in run], stage.width)
    length = len(rounds) + 1
    first = next(iter(runs.values()))
    return Player(
        {name: frames[i * length : (i + 1) * length] for i, name in enumerate(runs)},
        labels=labels,
        title="EM on three clouds, one round a step",
        still=1,
        draw_twin=lambda chosen: draw_twin(x, first, chosen),
    )


Step = tuple[int | None, GaussianMixture, float]


def follow(start: GaussianMixture, x: np.ndarray, rounds: Sequence[int]) -> list[Step]:
    """Run EM and keep some rounds, then the end (whose round is None)."""
    kept: list[Step] = []
    for step in em.iterate(start, x):
        if step.iteration in rounds:
            kept.append((step.iteration, step.model, step.objective))
        if step.iteration == max(rounds):
            break
    fit = em.fit(kept[-1][1], x)
    return [*kept, (None, fit.model, fit.objective)]


def frame_axes(ax: Any, x: np.ndarray) -> None:
    """Fix the axes around the points, so that nothing jumps from frame to frame."""
    low, high = x.min(axis=0), x.max(axis=0)
    margin = 0.06 * (high - low)
    (left, bottom), (right, top) = low - margin, high + margin
    ax.set(xlim=(left, right), ylim=(bottom, top), xlabel="$x_1$", ylabel="$x_2$", aspect="equal")


def draw(ax: Any, x: np.ndarray, model: GaussianMixture, size: float = 12.0) -> None:
    """Draw the points in the colours of their responsibilities, and the ellipses."""
    scatter(x, model.responsibilities(x), size=size, ax=ax)
    ellipses(model.means, model.covariances, ax=ax)


def nats(value: float) -> str:
    """Write a log-likelihood to two decimals, with a true minus sign."""
    return f"{value:.2f}".replace("-", "−")


def title(iteration: int | None) -> str:
    """Name a frame."""
    return "where EM stops" if iteration is None else f"round {iteration}" if iteration else "start"


def describe(iteration: int | None, model: GaussianMixture, objective: float) -> str:
    """Say in words what a frame shows."""
    weights = ", ".join(f"{weight:.3f}" for weight in model.weights)
    name = title(iteration)
    return f"{name[0].upper()}{name[1:]}: weights {weights}; ln p = {nats(objective)} nats."


def draw_twin(x: np.ndarray, run: list[Step], rounds: Sequence[int]) -> Picture:
    """Return rounds of a run side by side; -1 is the end."""
    numbers = [i for i, _, _ in run if i is not None]
    wanted = [numbers.index(r) for r in rounds if r in numbers]
    wanted += [len(run) - 1] if -1 in rounds else []
    columns = min(3, len(wanted))
    rows = -(-len(wanted) // columns)
    fig, axes = figure(
        9.4, 2.2 * rows, columns=columns, rows=rows, squeeze=False, sharex=True, sharey=True
    )
    for ax in axes.flat[len(wanted) :]:
        ax.set_axis_off()
    for ax, i in zip(axes.flat, wanted, strict=False):
        iteration, model, objective = run[i]
        draw(ax, x, model, size=6.0)
        frame_axes(ax, x)
        ax.set_title(f"{title(iteration)}: {nats(objective)}", fontsize=10)
        ax.label_outer()
    words = " ".join(describe(*run[i]) for i in wanted)
    return picture(fig, f"EM on points in the plane, side by side. {words} {SHOWN}")


def mean_panel(x: Any, model: GaussianMixture, *, component: int = 1) -> MeanPanel:
    """Return a live panel: two sliders move a mean, and the responsibilities follow.

    Parameters
    ----------
    x : array (N, 2)
        The points; up to about 500, so that a touch is answered at once.
    model : GaussianMixture
        All that is not moved.
    component : int
        Whose mean is moved.

    Returns
    -------
    MeanPanel
        Its ``twin(places)`` draws some places of the mean side by side.

    Examples
    --------
    >>> theta = GaussianMixture([0.5, 0.5], [[0, 0], [3, 0]], [np.eye(2), np.eye(2)])
    >>> panel = mean_panel([[0.0, 0.1], [1.0, 0.2], [3.0, 0.0]], theta)
    >>> panel.words
    'Mean of component 1 at (3.0, 0.0): N_k = 1.8, 1.2; ln p = −7.89 nats.'
    """
    return MeanPanel(np.asarray(x, dtype=float), model, component)


class MeanPanel(Live):
    """A live panel in which one mean is moved; see `mean_panel`."""

    def __init__(self, x: np.ndarray, model: GaussianMixture, component: int) -> None:
        self.x, self.model, self.component = x, model, component
        fig, self.ax = figure(6.4, 4.2)
        frame_axes(self.ax, x)
        (left, right), (bottom, top) = self.ax.get_xlim(), self.ax.get_ylim()
        x_mean, y_mean = model.means[component]
        controls = {
            "x_mean": slider("x of the mean", x_mean, left, right),
            "y_mean": slider("y of the mean", y_mean, bottom, top),
        }
        super().__init__(fig, self.show, controls, title=f"Move the mean of component {component}")

    def moved(self, x_mean: float, y_mean: float) -> GaussianMixture:
        """Return the model with the mean in another place."""
        means = np.array(self.model.means)
        means[self.component] = x_mean, y_mean
        return GaussianMixture(self.model.weights, means, self.model.covariances)

    def show(self, x_mean: float, y_mean: float) -> str:
        """Draw the points and ellipses for a place of the mean, and say what they show."""
        model = self.moved(x_mean, y_mean)
        draw(self.ax, self.x, model)
        return self.say(model)

    def say(self, model: GaussianMixture) -> str:
        """Say where the mean is, who owns how much, and how good that is."""
        statistics, objective = model.e_step(self.x)
        a, b = model.means[self.component]
        counts = ", ".join(f"{n:.1f}" for n in statistics.n_k)
        place = f"({a:.1f}, {b:.1f})".replace("-", "−")
        return (
            f"Mean of component {self.component} at {place}: "
            f"N_k = {counts}; ln p = {nats(objective)} nats."
        )

    def twin(self, places: Sequence[Sequence[float]]) -> Picture:
        """Return some places of the mean side by side, for paper and for readers at rest."""
        fig, axes = figure(9.4, 2.3, columns=len(places), squeeze=False, sharex=True, sharey=True)
        words = []
        for ax, place in zip(axes.flat, places, strict=True):
            model = self.moved(*place)
            draw(ax, self.x, model, size=6.0)
            frame_axes(ax, self.x)
            _, objective = model.e_step(self.x)
            where = f"mean at ({place[0]:g}, {place[1]:g})".replace("-", "−")
            ax.set_title(f"{where}: {nats(objective)}", fontsize=10)
            ax.label_outer()
            words.append(self.say(model))
        return picture(fig, f"One mean in {len(places)} places. {' '.join(words)} {SHOWN}")


def slider(description: str, value: float, low: float, high: float) -> Any:
    """Return a slider in steps of a tenth, whose end points are whole tenths."""
    low, high = np.ceil(10 * low) / 10, np.floor(10 * high) / 10
    return ipywidgets.FloatSlider(
        value=round(float(np.clip(value, low, high)), 1),
        min=low,
        max=high,
        step=0.1,
        description=description,
        style={"description_width": "initial"},
        readout_format=".1f",
    )
