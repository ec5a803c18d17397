"""The same steps many times sooner, attached from outside: models know nothing of this room.

Importing it fills the table of `emlib.models.model`, by exact class:

======================= ======================================= ===================================
class                   E-step and rounds                       jumps
======================= ======================================= ===================================
`GaussianMixture`       `emlib.fast.kernel`                     `emlib.fast.accelerate`
`GaussianMixture1D`     `emlib.fast.kernel`                     `emlib.fast.accelerate`
`KMeans`                `emlib.fast.nearest`                    none
`Variational...`        E-step by `emlib.fast.kernel`           none
`CoinMixture`           readable                                `emlib.fast.accelerate`
`PoissonMixture`        readable                                `emlib.fast.accelerate`
======================= ======================================= ===================================

Each quick form is judged by the readable one, and hands a step back to it where it would lose
digits. `emlib.fast.coordinates` has what the jumps need of a class.
"""

from emlib.fast import accelerate, gaussians, nearest
from emlib.models.coins import CoinMixture
from emlib.models.gaussian import GaussianMixture
from emlib.models.gaussian1d import GaussianMixture1D
from emlib.models.kmeans import KMeans
from emlib.models.model import QUICK, QuickSteps
from emlib.models.poisson import PoissonMixture
from emlib.models.variational import VariationalGaussianMixture

QUICK[GaussianMixture] = gaussians.steps()
QUICK[GaussianMixture1D] = gaussians.steps_1d()
QUICK[VariationalGaussianMixture] = QuickSteps(e_step=gaussians.e_step_variational)
QUICK[KMeans] = nearest.steps()
QUICK[CoinMixture] = QUICK[PoissonMixture] = QuickSteps(accelerated=accelerate.rounds)
