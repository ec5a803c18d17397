"""emlib: the Expectation-Maximization algorithm, as the course teaches it.

Models are immutable records of their parameters: `CoinMixture`, `GaussianMixture1D`,
`GaussianMixture`, `PoissonMixture`, `KMeans` and `VariationalGaussianMixture`. `em` runs them,
`bound` takes the log-likelihood apart, `start` begins, `selection` chooses the number of
components, `information` says how sure a fit is, `storage` saves and loads, `mle` is the case
without anything hidden, `datasets` has the course's data. Pictures, widgets, exercises and
estimators for scikit-learn are in `plots`, `widgets`, `exercises` and `sklearn`, which load what
they need when they are imported; this module loads numpy alone.
"""

from emlib import bound, coins, datasets, em, information, mle, selection, start, storage
from emlib import fast as fast  # fills the table of quick steps
from emlib.data.errors import CollapseError, EMWarning
from emlib.models.coins import CoinMixture
from emlib.models.gaussian import GaussianMixture
from emlib.models.gaussian1d import GaussianMixture1D
from emlib.models.kmeans import KMeans
from emlib.models.poisson import PoissonMixture
from emlib.models.variational import VariationalGaussianMixture
from emlib.selfcheck import selftest

__version__ = "0.1.0"

__all__ = [
    "CoinMixture",
    "CollapseError",
    "EMWarning",
    "GaussianMixture",
    "GaussianMixture1D",
    "KMeans",
    "PoissonMixture",
    "VariationalGaussianMixture",
    "bound",
    "coins",
    "datasets",
    "em",
    "information",
    "mle",
    "selection",
    "selftest",
    "start",
    "storage",
]
