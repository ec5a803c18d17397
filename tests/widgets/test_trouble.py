import io

import numpy as np
import pytest
from PIL import Image

from emlib import GaussianMixture1D, bound, em, widgets
from emlib.widgets.trouble import describe, last_round, monitor

X = np.array([-2.1, -1.9, -1.2, -0.8, 0.7, 1.1, 1.4, 2.2, 9.0])
LONE = GaussianMixture1D([0.5, 0.5], [0.0, 9.0], [1.0, 1.0])
CALM = GaussianMixture1D([0.5, 0.5], [-1.5, 1.5], [1.0, 1.0])
ROUNDS = (0, 1, 5, 40)


@pytest.fixture(scope="module")
def player():
    patients = {"collapse": (LONE, X), "healthy": (CALM, X[:-1])}
    return widgets.patient_player(patients, rounds=ROUNDS)


def test_a_monitored_run_is_the_run_of_em():
    run = monitor(CALM, X[:-1], n_rounds=3)
    steps = [step for step, _ in zip(em.iterate(CALM, X[:-1]), range(4), strict=False)]
    assert [m == s.model for m, s in zip(run.models, steps, strict=True)] == [True] * 4
    np.testing.assert_array_equal(run.objectives, [step.objective for step in steps])
    assert not run.collapsed


def test_the_change_is_the_largest_in_standard_deviations_of_the_data():
    x = 10 * X[:-1]
    run = monitor(GaussianMixture1D([0.5, 0.5], [-40, 40], [200, 200]), x, n_rounds=1)
    old, new = run.models
    moved = {
        name: np.abs(getattr(new, name) - getattr(old, name)).max() for name in ("means", "stds")
    }
    assert moved["means"] > moved["stds"] > 0
    assert np.isnan(run.changes[0])
    assert run.changes[1] == pytest.approx(moved["means"] / x.std())


def test_the_entropy_is_that_of_the_responsibilities_a_point():
    run = monitor(CALM, X[:-1], n_rounds=2)
    r = run.models[2].responsibilities(X[:-1])
    assert run.entropies[2] == pytest.approx(bound.entropy(r) / 8)
    alike = monitor(GaussianMixture1D([0.5, 0.5], [0, 0], [1, 1]), X[:-1], n_rounds=1)
    assert alike.entropies[0] == pytest.approx(np.log(2))


def test_a_collapse_ends_the_run_and_is_said():
    run = monitor(LONE, X, n_rounds=40)
    assert run.collapsed
    assert len(run.models) < 10
    last = len(run.models) - 1
    assert last_round(run, 40) == last
    assert describe(run, 40).startswith(f"Collapsed after round {last}: ")
    assert describe(run, last).startswith(f"Round {last}: ")


def test_a_change_that_is_rounding_is_said_to_be_small_and_not_what_it_is():
    run = monitor(CALM, X[:-1], n_rounds=400)
    assert 0 <= run.changes[-1] < 1e-9 < run.changes[1]
    assert ", |Δθ| below 1e-09, " in describe(run, 400)
    assert f", |Δθ| = {run.changes[1]:.1g}, " in describe(run, 1)


def test_every_patient_has_a_frame_for_each_round(player):
    assert player.n_frames == len(ROUNDS)
    assert player.menu.options == ("collapse", "healthy")
    assert player.labels["collapse"][-1].startswith("Collapsed")
    assert player.labels["healthy"][1].startswith("Round 1: 0.")


def test_every_frame_says_what_it_shows(player):
    for name, run in player.runs.items():
        for picture, label in zip(run, player.labels[name], strict=True):
            assert picture.alt.startswith(label)
            assert "Right: log-likelihood, largest change" in picture.alt


def test_frames_are_small_and_of_one_size(player):
    frames = [picture for run in player.runs.values() for picture in run]
    images = [Image.open(io.BytesIO(picture.png)) for picture in frames]
    assert len({image.size for image in images}) == 1
    assert frames[0].width <= 900
    assert max(len(picture.png) for picture in frames) < 30_000


def test_a_step_changes_both_sides(player):
    first, second = (
        np.asarray(Image.open(io.BytesIO(picture.png)).convert("RGB"), dtype=int)
        for picture in player.runs["healthy"][:2]
    )
    changed = (np.abs(first - second).max(axis=2) > 40).any(axis=0)
    middle = len(changed) * 55 // 100
    assert changed[:middle].any()
    assert changed[middle:].any()


def test_the_twin_has_a_column_a_patient_and_says_how_each_ended(player):
    twin = player.twin()
    assert "collapse: Collapsed after round" in twin.alt
    assert "healthy: Round 40" in twin.alt
    assert twin.width <= 920
