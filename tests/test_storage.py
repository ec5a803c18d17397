"""What is saved comes back bit for bit, and what cannot come back is refused by name."""

import json

import numpy as np
import pytest

from emlib import (
    CoinMixture,
    GaussianMixture,
    GaussianMixture1D,
    KMeans,
    PoissonMixture,
    datasets,
    em,
    storage,
)

X = datasets.old_faithful().x

MODELS = [
    CoinMixture([1 / 3, 0.1], [0.7, 0.3], fixed_weights=True),
    GaussianMixture1D([0.5, 0.5], [1 / 3, 2], [0.1, 1e-300], covariance_floor=0.0),
    GaussianMixture(
        [1 / 3, 2 / 3],
        [[1e8, 0.1], [0, np.pi]],
        [[[2, 1 / 3], [1 / 3, 1]], np.eye(2)],
        covariance_floor=1e-3,
    ),
    KMeans([[1 / 3, 2], [3, 4]]),
    PoissonMixture([0.7, 0.3], [0, 1 / 3]),
]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: type(model).__name__)
def test_a_model_comes_back_bit_for_bit(model, tmp_path):
    storage.save(model, tmp_path / "model.json")
    again = storage.load(tmp_path / "model.json")
    assert again == model
    assert type(again) is type(model)


@pytest.mark.parametrize("model_class", [GaussianMixture, KMeans])
def test_a_fit_comes_back_bit_for_bit_and_goes_on(model_class, tmp_path):
    fit = em.multistart(model_class, X, n_components=2, n_starts=1, rng=0)[0]
    storage.save(fit, tmp_path / "fit.json")
    again = storage.load(tmp_path / "fit.json")
    assert again.model == fit.model
    assert again.history.tolist() == fit.history.tolist()
    assert (again.objective, again.n_iter, again.n_e_steps, again.status) == (
        fit.objective,
        fit.n_iter,
        fit.n_e_steps,
        fit.status,
    )
    assert repr(again) == repr(fit)
    assert em.fit(again.model, X).objective == pytest.approx(fit.objective, rel=1e-9)


def test_a_file_that_is_there_is_replaced(tmp_path):
    path = tmp_path / "model.json"
    storage.save(KMeans([[1.0]]), path)
    storage.save(KMeans([[2.0]]), str(path))
    assert storage.load(path) == KMeans([[2.0]])


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"type": "Other"}', '{"type": "KMeans"}'])
def test_another_file_is_refused_by_name(text, tmp_path):
    path = tmp_path / "other.json"
    path.write_text(text)
    with pytest.raises(ValueError, match=r"path: expected a file written by emlib.storage.save"):
        storage.load(path)


def test_k_means_of_version_0_1_0_keeps_its_centroids(tmp_path):
    """There was nothing else, and no word for it in the file."""
    path = tmp_path / "old.json"
    path.write_text('{"type": "KMeans", "centroids": [[1.0], [2.0]]}')
    assert storage.load(path) == KMeans([[1.0], [2.0]], empty="keep")
    for empty in ("keep", "relocate"):
        storage.save(KMeans([[1.0], [2.0]], empty=empty), path)
        assert storage.load(path).empty == empty
    path.write_text(path.read_text().replace("relocate", "drop"))
    with pytest.raises(ValueError, match="empty: expected 'relocate' or 'keep', got 'drop'"):
        storage.load(path)


def test_impossible_parameters_are_refused(tmp_path):
    path = tmp_path / "model.json"
    storage.save(CoinMixture([0.5, 0.5], [0.5, 0.5]), path)
    table = json.loads(path.read_text())
    table["weights"] = [0.5, 0.6]
    path.write_text(json.dumps(table))
    with pytest.raises(ValueError, match="weights"):
        storage.load(path)


def test_only_results_are_saved(tmp_path):
    with pytest.raises(TypeError, match="result: expected a model or a Fit, got list"):
        storage.save([1, 2], tmp_path / "list.json")


def test_a_number_is_no_path():
    """To ``open`` it would be a file that is open already, such as the standard output."""
    theta = CoinMixture([0.6, 0.5], [0.5, 0.5])
    for use in (lambda path: storage.save(theta, path), storage.load):
        with pytest.raises(TypeError, match="path: expected the path of a file, got 77"):
            use(77)
