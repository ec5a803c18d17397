"""Lesson 06: Gaussians in the plane, as EM moves them and as the learner does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from emlib import GaussianMixture
from emlib.plots import Picture, ellipses, figure, picture, scatter
from emlib.plots.rendering import FrameCanvas

from .draggable import Handle
from .live import Live
from .parts import TWIN_WIDTH, set_plane, slider, small_multiples
from .player import Player, draw_runs
from .recording import Round, chosen_rounds, record_rounds
from .words import capitalised, listed, minus, nats

ROUNDS = (0, 1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25)
ALT_ENDING = (
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
    runs = {name: record_rounds(start, x, rounds) for name, start in starts.items()}
    fig, ax = figure(6.4, 4.2)
    set_plane(ax, x)
    canvas = FrameCanvas(fig, sharpness=1.5)
    pictures, labels = draw_runs(
        canvas, runs, lambda step: draw(ax, x, step.model), describe, ALT_ENDING
    )
    first = next(iter(runs.values()))
    return Player(
        pictures,
        labels=labels,
        title="EM on three clouds, one round a step",
        still=1,
        draw_twin=lambda chosen: draw_twin(x, chosen_rounds(first, chosen)),
    )


def draw(ax: Any, x: np.ndarray, model: GaussianMixture, size: float = 12.0) -> None:
    """Draw the points in the colours of their responsibilities, and the ellipses."""
    scatter(x, model.responsibilities(x), size=size, ax=ax)
    ellipses(model.means, model.covariances, ax=ax)


def describe(step: Round) -> str:
    """Say in words what a frame shows."""
    weights, height = listed(step.model.weights, 3), nats(step.objective)
    return f"{capitalised(step.name)}: weights {weights}; ln p = {height} nats."


def draw_twin(x: np.ndarray, steps: Sequence[Round]) -> Picture:
    """Return rounds of a run side by side."""
    height = 2.2 if len(steps) > 3 else 2.7  # one row: room for the titles too
    fig, axes = small_multiples(len(steps), columns=3, height=height)
    for ax, step in zip(axes, steps, strict=True):
        draw(ax, x, step.model, size=6.0)
        set_plane(ax, x)
        ax.set_title(f"{step.name}: {nats(step.objective)}", fontsize=10)
        ax.label_outer()
    words = " ".join(map(describe, steps))
    return picture(fig, f"EM on points in the plane, side by side. {words} {ALT_ENDING}")


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
        set_plane(self.ax, x)
        x_mean, y_mean = model.means[component]
        controls = {
            "x_mean": coordinate_slider("x of the mean", x_mean, *self.ax.get_xlim()),
            "y_mean": coordinate_slider("y of the mean", y_mean, *self.ax.get_ylim()),
        }
        title = f"Move the mean of component {component}"
        handle = Handle(f"mean of component {component}", self.ax, "x_mean", "y_mean")
        super().__init__(fig, self.draw_mean, controls, title=title, handles=[handle])

    def moved(self, x_mean: float, y_mean: float) -> GaussianMixture:
        """Return the model with another mean."""
        means = np.array(self.model.means)
        means[self.component] = x_mean, y_mean
        return GaussianMixture(self.model.weights, means, self.model.covariances)

    def draw_mean(self, x_mean: float, y_mean: float) -> str:
        """Draw the points and ellipses for a mean, and say what they show."""
        model = self.moved(x_mean, y_mean)
        draw(self.ax, self.x, model)
        return self.describe(model)

    def describe(self, model: GaussianMixture) -> str:
        """Say where the mean is, which component has how many points, and how good that is."""
        statistics, objective = model.e_step(self.x)
        return (
            f"Mean of component {self.component} at ({listed(model.means[self.component], 1)}): "
            f"N_k = {listed(statistics.n_k, 1)}; ln p = {nats(objective)} nats."
        )

    def twin(self, places: Sequence[Sequence[float]]) -> Picture:
        """Return some places of the mean side by side, for paper and for readers at rest."""
        n = len(places)
        fig, axes = figure(TWIN_WIDTH, 2.3, columns=n, squeeze=False, sharex=True, sharey=True)
        words = []
        for ax, mean in zip(axes.flat, places, strict=True):
            model = self.moved(*mean)
            draw(ax, self.x, model, size=6.0)
            set_plane(ax, self.x)
            _, objective = model.e_step(self.x)
            where = minus(f"mean at ({mean[0]:g}, {mean[1]:g})")
            ax.set_title(f"{where}: {nats(objective)}", fontsize=10)
            ax.label_outer()
            words.append(self.describe(model))
        return picture(fig, f"One mean in {n} places. {' '.join(words)} {ALT_ENDING}")


def coordinate_slider(description: str, value: float, low: float, high: float) -> Any:
    """Return a slider in steps of a tenth, whose ends are whole tenths inside the limits."""
    low, high = np.ceil(10 * low) / 10, np.floor(10 * high) / 10
    return slider(description, round(float(np.clip(value, low, high)), 1), low, high, 0.1)
