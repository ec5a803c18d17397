"""Draw em_at_work.png, the animation at the top of the README: ``python docs/make_em_at_work.py``.

Three Gaussians are fitted to the 1000 points of lesson 06. The colour of a point is mixed from the
colours of the components by its responsibilities; the ellipses enclose the points within two
standard deviations of each mean.
"""

from itertools import islice
from pathlib import Path

import numpy as np

from emlib import GaussianMixture, datasets, em, start
from emlib.plots import COLOURS, MARKERS, Picture, animation, ellipses, figure, scatter
from emlib.plots.rendering import FrameCanvas, with_one_palette

HERE = Path(__file__).resolve().parent
ROUNDS = [*range(16), 17, 20]
ALT = (
    "Animation: EM fits three Gaussians to 1000 points in the plane. From an arbitrary start the "
    "ellipses drift and turn round by round, the points take the colours of their ellipses, and "
    "the log-likelihood climbs from -3472 to -2902 nats, never down, until nothing moves."
)


def draw() -> Picture:
    """Run EM and draw one frame for each round in `ROUNDS`."""
    x = datasets.three_clusters(np.random.default_rng(0)).x
    begin = start.random_points(GaussianMixture, x, n_components=3, rng=1)
    steps = list(islice(em.iterate(begin, x), ROUNDS[-1] + 1))
    history = [step.objective for step in steps]

    fig, (plane, climb) = figure(7.4, 3.3, columns=2, width_ratios=[1.85, 1])
    plane.set(xlim=(-4.4, 8.6), ylim=(-2.2, 5.7), xlabel="$x_1$", ylabel="$x_2$", aspect="equal")
    plane.set_title(" ", fontsize=12)
    climb.set(xlim=(-0.8, ROUNDS[-1] + 0.8), ylim=(history[0] - 40, history[-1] + 60))
    climb.set(xlabel="round", xticks=range(0, ROUNDS[-1] + 1, 5))
    climb.set_title("log-likelihood (nats)", fontsize=10.5, loc="left")
    climb.grid(visible=True, axis="y")
    canvas = FrameCanvas(fig, sharpness=1.8)

    images = []
    for i in ROUNDS:
        model = steps[i].model
        scatter(x, model.responsibilities(x), size=9, ax=plane)
        ellipses(model.means, model.covariances, ax=plane)
        plane.annotate(
            "start" if i == 0 else f"round {i}",
            (0, 1),
            xycoords="axes fraction",
            xytext=(0, 5),
            textcoords="offset points",
            fontsize=12,
            weight="bold",
        )
        climb.plot(history[: i + 1], color=COLOURS[0], linewidth=2)
        climb.plot(i, history[i], color=COLOURS[0], marker=MARKERS[0], markersize=7)
        climb.annotate(
            f"{history[i]:.0f}".replace("-", "−"),
            (i, history[i]),
            xytext=(0, 8),
            textcoords="offset points",
            ha="left" if i < 4 else "right",
            fontsize=10,
        )
        images.append(canvas.frame())
    frames = with_one_palette(images, [ALT] * len(images), canvas.width)
    return animation(frames, ALT, [1400, *[420] * (len(frames) - 2), 3500])


if __name__ == "__main__":
    (HERE / "em_at_work.png").write_bytes(draw().png)
