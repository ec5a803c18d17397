"""What all mixtures share: p(x) = sum_k p(z = k) p(x | z = k), normalised, summed and sampled.

======================================================= ============================ ===============
quantity                                                code                         PRML
======================================================= ============================ ===============
gamma_nk and ln p(x_n), from the log-joint              `Mixture._normalise`         (9.13), (9.12)
p(x_n) = sum_k p(z_n = k) p(x_n | z_n = k)              `Mixture.log_density`        (9.12)
ln p(X) = sum_n ln sum_k p(x_n, z_n = k)                `Mixture.log_likelihood`     (9.14), (9.28)
pi_k = N_k / N                                          `Mixture._new_weights`       (9.22), (9.26)
first z_n from the weights, then x_n given z_n          `Mixture.sample`             (9.10), (9.11)
======================================================= ============================ ===============
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from emlib.data import arguments
from emlib.data.errors import refuse, warn
from emlib.data.passes import by_row, summed
from emlib.data.rows import NO_DATA, Array, Rows
from emlib.models import priors
from emlib.models.model import Model

EQUAL = 1e-10
"""Components that differ by no more of their own scale are one component."""


class Mixture(Model):
    """A model with a density: a weighted sum of K components, PRML (9.12)."""

    weights: Array
    fixed_weights: bool
    weight_prior: float | None = None
    covariance_prior: priors.InverseWishart | None = None

    can_exclude = False
    """True where a row may truly have probability zero (a coin that never shows tails)."""

    def _normalise(self, log_joint: Array) -> tuple[Array, Array]:
        """Responsibilities (N, K), and ln p(x_n), from the log-joint."""
        top = log_joint.max(axis=1)
        arguments.possible(top)
        r = np.exp(log_joint - top[:, None])  # a ratio keeps its digits however far a row lies
        total = r.sum(axis=1)
        return r / total[:, None], top + np.log(total)  # (9.13), (9.12)

    def log_density(self, x: ArrayLike | Rows) -> Array:
        """Compute ln p(x_n | theta) in nats, shape (N,): PRML (9.12), and the terms of (9.14).

        Examples
        --------
        >>> from emlib import GaussianMixture1D
        >>> GaussianMixture1D([1.0], [0.0], [1.0]).log_density([0.0, 1e6]).round(4)
        array([-9.189e-01, -5.000e+11])
        """
        return by_row(self.prepare(x), self.n_components, self._log_density)

    def _log_density(self, x: Array) -> Array:
        log_density = log_sum_exp(self._log_joint(x))  # (9.7), (9.12)
        if not self.can_exclude:
            arguments.possible(log_density)
        return log_density

    def log_likelihood(self, x: Any, sample_weight: Any = None) -> float:
        """Compute ln p(X | theta) in nats, summed over the rows: PRML (9.14).

        Parameters
        ----------
        x
            Data, one row per observation.
        sample_weight
            A weight for each row, shape (N,): 0 for an absent row, 2 for one that occurs twice.

        Raises
        ------
        ValueError, TypeError
            If the data or their weights are not what they should be.

        Examples
        --------
        >>> from emlib import CoinMixture
        >>> round(CoinMixture([0.5], [1.0]).log_likelihood([[5, 5]]), 4)
        -6.9315
        """
        return self.prepare(x, sample_weight).total(self._log_likelihood)[1]

    def _log_likelihood(self, data: Rows) -> tuple[None, float]:
        """No statistics, and the log-likelihood of some rows."""
        return None, summed(data, self.n_components, self._log_density)  # (9.14)

    def _new_weights(self, n_k: Array) -> Array:
        n_k = n_k + ((self.weight_prior or 1) - 1)  # as it is, without a prior
        return self.weights if self.fixed_weights else n_k / n_k.sum()  # (9.22), (9.26)

    @property
    def has_prior(self) -> bool:
        """Whether fits maximise ln p(X | theta) + ln p(theta), in place of the likelihood alone."""
        return self.weight_prior is not None or self.covariance_prior is not None

    @property
    def log_prior(self) -> float:
        """Compute ln p(theta) in nats; zero where the model has no prior: `emlib.models.priors`."""
        return priors.log_prior(self)

    def _of_parameters(self) -> float:
        return self.log_prior if self.weight_prior or self.covariance_prior else 0.0

    def _titled(self) -> tuple[str, dict[str, list[str]]]:
        title, columns = super()._titled()
        return title + priors.words(self), columns

    def sample(self, n: int, rng: np.random.Generator | int) -> tuple[Array, NDArray[np.intp]]:
        """Draw n rows by ancestral sampling: first z_n from the weights, then x_n given z_n.

        Returns
        -------
        x : array of shape (n, D), or (n,) for a model in one dimension
        z : array of shape (n,), the component of each row

        Examples
        --------
        >>> from emlib import GaussianMixture1D
        >>> x, z = GaussianMixture1D([0.5, 0.5], [0, 100], [1, 1]).sample(6, rng=0)
        >>> ((x > 50) == (z == 1)).all()
        np.True_
        """
        n, rng = arguments.count("n", n), arguments.generator("rng", rng)
        z = self._draw_labels(n, rng)  # (9.10)
        return self._draw(z, rng), z  # (9.11)

    def _draw_labels(self, n: int, rng: np.random.Generator) -> NDArray[np.intp]:
        return rng.choice(self.n_components, size=n, p=self.weights)  # (9.10)

    def _draw(self, z: NDArray[np.intp], rng: np.random.Generator) -> Array:
        raise NotImplementedError

    def _sample_like(self, data: Rows, rng: np.random.Generator) -> Array:
        """Draw as many rows as the weights of some data sum to."""
        return self.sample(round(data.total_weight), rng)[0]

    @property
    def n_components(self) -> int:
        """K, the number of components."""
        return len(self.weights)

    @property
    def n_free_weights(self) -> int:
        """K - 1 weights are free, as they sum to one; none where they are held fixed."""
        return 0 if self.fixed_weights else self.n_components - 1

    @classmethod
    def _with_weights(cls, n_components: int, options: dict[str, Any]) -> dict[str, Any]:
        """Options of a first model, with equal weights unless others are given to be held."""
        if "weights" not in options:
            return {"weights": np.full(n_components, 1 / n_components), **options}
        if not options.get("fixed_weights"):
            wanted = "none here without fixed_weights=True (an M-step replaces them)"
            raise refuse("weights", wanted, options["weights"])
        arguments.shaped("weights", options["weights"], (n_components,))
        return options

    def equal_components(self) -> list[int]:
        """Components that are one: all their parameters but the weights agree to `EQUAL`.

        Differences are measured in the component's own scale, so that units do not matter. Empty
        where there are none; one such group where there are several.
        """
        live = [k for k, weight in enumerate(self.weights.tolist()) if weight > 0]
        for i, j in enumerate(live):
            equal = [k for k in live[i + 1 :] if self._difference(j, k) <= EQUAL]
            if equal:
                return [j, *equal]
        return []

    def _difference(self, j: int, k: int) -> float:
        """The largest difference of two components' parameters, in the scale of the second.

        A mixture need not say it: then no two of its components are known to be equal.
        """
        return np.inf


def which_own_data(n_k: Array, weights: Array, prior: Any = None) -> NDArray[np.bool_]:
    """Which components own data; a warning where one had a weight and owns none any more.

    Such a component keeps its parameters in the M-step: (9.24) would read 0/0. Its covariance,
    where that has a prior, becomes the prior's most probable one.
    """
    owns: NDArray[np.bool_] = n_k > NO_DATA
    if not owns.all():
        lost = np.flatnonzero(~owns & (weights > 0))
        if len(lost):
            kept = "mean, and its covariance is the prior's" if prior else "parameters"
            warn(f"component {lost[0]} owns no data: it keeps its {kept}")
    return owns


def log_sum_exp(log_joint: Array) -> Array:
    """Compute ln sum_k exp(a_nk), shape (N,): safe where every exp(a_nk) underflows.

    The largest term of each row is taken out of the sum first, so that one term is exp(0) = 1.
    """
    top = log_joint.max(axis=1)
    top = np.where(np.isfinite(top), top, 0.0)
    return top + np.log(np.exp(log_joint - top[:, None]).sum(axis=1))
