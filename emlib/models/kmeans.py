"""K-means: the hard limit of EM, PRML section 9.1.

    J = sum_n sum_k r_nk |x_n - mu_k|^2                                                    (9.1)

====================================== ==================================== =======================
equation                               says                                 code
====================================== ==================================== =======================
(9.1)                                  the distortion J                     `objective` (minus J)
(9.2)                                  each point to its nearest centroid   `_normalise`
(9.3), (9.4)                           each centroid to its points' mean    `_statistics`, `m_step`
where (9.4) reads 0/0                  the centroid to the farthest row     `_relocated`
====================================== ==================================== =======================

The E-step of a mixture normalises the log-joint with a sum; here the largest entry takes all
(9.41)-(9.43). The rest of the E-step, and prediction, are shared with the mixtures.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from emlib.data import arguments, checks
from emlib.data.errors import warn
from emlib.data.passes import summed
from emlib.data.rows import EPSILON, Array, Data, Rows
from emlib.models.model import Model
from emlib.models.statistics import ClusterStatistics, farthest, ratio
from emlib.models.tables import vector

ROUNDING_OF_A_MEAN = 64 * EPSILON
"""A mean of equal rows may differ from them by this part of the data's spread: as their sum may."""


@dataclass(frozen=True, eq=False, repr=False, init=False)
class KMeans(Model):
    """K centroids, each the mean of the points that are nearest to it.

    It has an objective, minus the distortion J, and no density: `emlib.bound` and
    `emlib.selection` refuse it.

    Parameters
    ----------
    centroids
        Shape (K, D), in the data's units; (K,) is taken as one column.
    empty
        What becomes of the centroid of a cluster without points: ``"relocate"`` moves it to the
        row that is farthest from its own centroid, ``"keep"`` leaves it where it is, with a
        warning. Neither can raise the distortion.

    Raises
    ------
    ValueError, TypeError
        If the centroids are not K rows of D finite numbers, or ``empty`` is another word.

    Examples
    --------
    >>> theta = KMeans([[0, 0], [9, 9]])
    >>> theta.predict([[1, 1], [8, 9]])
    array([0, 1])
    >>> theta.objective([[1, 1], [8, 9]])
    -3.0
    >>> theta = KMeans([[0, 0], [90, 90]])
    >>> theta.m_step(theta.e_step([[1, 1], [8, 9]])[0]).centroids
    array([[4.5, 5. ],
           [8. , 9. ]])

    References
    ----------
    C. M. Bishop, Pattern Recognition and Machine Learning, 2006, pp. 424-428.
    """

    centroids: Array
    empty: str = "relocate"

    location = "centroids"
    stops_at_repeat = True

    def __init__(self, centroids: ArrayLike, *, empty: str = "relocate") -> None:
        values = arguments.array("centroids", centroids, (1, 2))
        arguments.choice("empty", empty, "relocate", "keep")
        self._set(centroids=arguments.frozen(values.reshape(len(values), -1).copy()), empty=empty)

    @property
    def n_components(self) -> int:
        """K, the number of centroids."""
        return len(self.centroids)

    @property
    def n_parameters(self) -> int:
        """K D coordinates."""
        return self.centroids.size

    def _summary(self) -> tuple[str, dict[str, list[str]]]:
        title = f"KMeans of {self.n_components} centroids"
        if self.empty != "relocate":
            title += ", those of empty clusters kept"
        return title, {"centroid": [vector(centroid) for centroid in self.centroids]}

    def _log_joint(self, x: Array) -> Array:
        """Minus the squared distance to each centroid: all that is left of (9.42) in its limit."""
        result = np.empty((len(x), self.n_components))
        for k, centroid in enumerate(self.centroids):
            result[:, k] = -((x - centroid) ** 2).sum(axis=1)
        return result

    def _normalise(self, log_joint: Array) -> tuple[Array, Array]:
        return one_hot(log_joint), log_joint.max(axis=1)  # (9.2), (9.1)

    def _statistics(self, x: Array, r: Array) -> ClusterStatistics:
        n_k = r.sum(axis=0)
        origin = x[0]  # differences from one of the rows are exact where an offset dominates
        far = None if n_k.all() else self._farthest(x, r.argmax(axis=1))
        return ClusterStatistics(n_k, origin, ratio(r.T @ (x - origin), n_k, 0.0), far)  # (9.4)

    @np.errstate(under="ignore")
    def m_step(self, statistics: ClusterStatistics) -> Self:
        """Move each centroid to the mean of its points: PRML (9.4).

        A centroid without points goes to one of the ``farthest`` rows. Where there is none that has
        no centroid yet, or ``empty`` is "keep", it stays, with a warning.
        """
        empty = statistics.n_k == 0
        centroids = np.where(empty[:, None], self.centroids, statistics.means)  # (9.3), (9.4)
        if empty.any():
            left, reason = np.flatnonzero(empty), ""
            if self.empty == "relocate" and statistics.farthest is not None:
                rows = statistics.farthest[:, 1:]
                left = _relocated(centroids, left, rows, statistics.origin)
                reason = " (there may be fewer distinct rows than centroids)"
            if len(left):
                warn(f"cluster {left[0]} is empty: its centroid stays where it is{reason}")
        return self._with(centroids=centroids)

    def objective(self, x: Any, sample_weight: Any = None) -> float:
        """Minus the distortion J of (9.1), in squared units, each row at its nearest centroid.

        Parameters
        ----------
        x
            Data, one row per observation.
        sample_weight
            A weight for each row, shape (N,): 0 for an absent row, 2 for one that occurs twice.
        """
        return self.prepare(x, sample_weight).total(self._objective)[1]

    def _objective(self, data: Rows) -> tuple[None, float]:
        """No statistics, and minus the distortion of some rows."""
        scores = self._log_joint
        return None, summed(data, self.n_components, lambda x: scores(x).max(axis=1))  # (9.1)

    def _check(self, x: Any) -> Data:
        """Check data of shape (N, D), (N,) where D = 1: distances must not vanish when squared."""
        data = checks.rows(x, self.centroids.shape[1], "centroids", self.column_names)
        if data is not x:
            checks.representable_spread(data, self.centroids)
        return data

    @classmethod
    def _placeholder(cls, n_components: int, n_columns: int, **options: Any) -> Self:
        return cls(np.zeros((n_components, n_columns)), **options)

    @classmethod
    def from_table(
        cls, rows: Rows, n_components: int, table: Callable[[slice], Array], **options: Any
    ) -> Self:
        """Make first centroids: means of the points that give each its largest responsibility.

        A cluster that gets no point begins at the mean of all, with a warning.
        """
        checks.representable_spread(rows)
        blank = cls._placeholder(n_components, rows.n_columns, **options)
        mean = np.average(rows.values, axis=0, weights=rows.times)
        middle = blank._with(centroids=np.tile(mean, (n_components, 1)), empty="keep")
        statistics = middle._total(rows, lambda part: one_hot(table(part)))
        return middle.m_step(statistics)._with(empty=blank.empty).with_column_names(rows)

    def _farthest(self, x: Array, labels: NDArray[np.intp]) -> Array | None:
        """Rows that an empty cluster may take: see `ClusterStatistics`."""
        if self.empty == "keep":
            return None
        squares = ((x - self.centroids[labels]) ** 2).sum(axis=1)
        return farthest(np.column_stack([squares, x]), self.n_components)

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__({"empty": "keep", **state})  # all that there was in version 0.1.0


def _relocated(
    centroids: Array, empty: NDArray[np.intp], rows: Array, origin: Array
) -> NDArray[np.intp]:
    """Move centroids of empty clusters to rows, in their order; return those that get none.

    The means of the others are those of all their points, so that J falls by what such a row adds
    to it. A row where a mean has come to lie is passed over: of K distinct rows as many are left as
    there are empty clusters.
    """
    means = np.delete(centroids, empty, axis=0)
    same = ROUNDING_OF_A_MEAN * np.abs(rows - origin).max(axis=0)
    free = (row for row in rows if (np.abs(means - row) > same).any(axis=1).all())
    n = 0
    for k, row in zip(empty, free, strict=False):
        centroids[k], n = row, n + 1
    return empty[n:]


def one_hot(scores: Array) -> Array:
    """A one for the largest score of each row (the first of equals), zeros elsewhere: (9.2)."""
    result = np.zeros(scores.shape)
    result[np.arange(len(scores)), scores.argmax(axis=1)] = 1.0
    return result
