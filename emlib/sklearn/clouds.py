"""What scikit-learn's ``reg_covar`` does, as a step of EM: each row counts as a small cloud.

scikit-learn adds ``reg_covar`` to the diagonal of each covariance after each M-step. That is the
M-step for rows that are clouds of variance ``reg_covar`` about their places: a cloud has the mean
of its row, and adds N_k ``reg_covar`` I to the scatter of component k. The E-step, though, takes
each row for the point that it is. So the two half-steps climb different functions, and the
likelihood may fall; a floor for the eigenvalues, emlib's own means against a collapse, keeps the
climb, because lifted eigenvalues maximise Q under the constraint.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from emlib.fast import gaussians
from emlib.models import families
from emlib.models.gaussian import GaussianMixture
from emlib.models.model import QUICK, QuickSteps
from emlib.models.statistics import GaussianStatistics, column


@dataclass(frozen=True, eq=False, repr=False, init=False)
class CloudMixture(GaussianMixture):
    """A mixture of Gaussians whose M-step takes each row for a cloud of variance ``spread``."""

    spread: float = 0.0

    @classmethod
    def of(cls, model: GaussianMixture, spread: float) -> GaussianMixture:
        """A model with the same parameters and this spread; the model itself where it is zero."""
        return cls(**model._values())._with(spread=spread) if spread > 0 else model

    def point(self) -> GaussianMixture:
        """The same parameters as a plain `emlib.GaussianMixture`."""
        values = self._values()
        del values["spread"]
        return GaussianMixture(**values)

    def m_step(self, statistics: GaussianStatistics) -> Self:
        """Maximise Q with N_k ``spread`` I added to the scatter of component k."""
        identity = 1.0 if self.covariance_type in families.DIAGONAL else np.eye(self.n_columns)
        own = column(self.spread * statistics.n_k, statistics.scatters) * identity
        return super().m_step(replace(statistics, scatters=statistics.scatters + own))


# Its log-joint is that of the class that it is made from, and so is its quick E-step.
QUICK[CloudMixture] = QuickSteps(e_step=gaussians.e_step)
