"""Gaussian mixtures and K-means as estimators of scikit-learn, computed by emlib.

Names, arguments and attributes are scikit-learn's, so that an estimator fits into its pipelines,
grid searches and pickles; starts are drawn as there, and after the same number of rounds from the
same start the parameters are the same. What differs, and why, is said in
docs/coming_from_scikit_learn.md, line by line. scikit-learn must be installed (``pip install
emlib[sklearn]``); nothing else in emlib needs it.

>>> from emlib.sklearn import GaussianMixture
>>> X = [[1.0, 2.0], [1.0, 4.0], [2.0, 3.0], [9.0, 2.0], [9.0, 4.0], [8.0, 3.0]]
>>> mixture = GaussianMixture(n_components=2, random_state=0).fit(X)
>>> sorted(mixture.means_[:, 0].round(2).tolist())
[1.33, 8.67]

The fitted model itself, with all that emlib can ask it, is ``model_``:

>>> from emlib import information
>>> information.observed(mixture.model_, X).shape
(11, 11)
"""

try:
    import sklearn as _needed  # noqa: F401
except ImportError:
    raise ImportError("emlib.sklearn needs scikit-learn: pip install emlib[sklearn]") from None

from emlib.sklearn.doors import NotConvergedWarning
from emlib.sklearn.gaussian import GaussianMixture
from emlib.sklearn.kmeans import KMeans

__all__ = ["GaussianMixture", "KMeans", "NotConvergedWarning"]
