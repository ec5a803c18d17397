"""Answers to the exercises of lesson 08, written from their text alone."""

ANSWERS = [
    {
        "id": "08.1",
        "kind": "right",
        "says": "emlib from two clearly different means",
        "code": """
import numpy as np
from emlib import GaussianMixture1D, em


def repaired_fit(x):
    model = em.fit(GaussianMixture1D([0.5, 0.5], [10, 50], [25, 25]), x).model
    return model.weights, model.means, model.stds


place = "saddle"
nats_overlooked = 10
""",
        "call": 'check("08.1", repaired_fit, place, nats_overlooked)',
    },
    {
        "id": "08.1",
        "kind": "right",
        "says": "own loop with log-sum-exp, deterministic start at the quartiles",
        "code": """
import numpy as np


def repaired_fit(x):
    x = np.asarray(x, dtype=float)
    weights, means = np.array([0.5, 0.5]), np.percentile(x, [25, 75])
    variances = np.full(2, x.var() / 4)
    before = -np.inf
    for _ in range(5000):
        a = np.log(weights) - 0.5 * np.log(2 * np.pi * variances)
        a = a - 0.5 * (x[:, None] - means) ** 2 / variances
        log_density = np.logaddexp.reduce(a, axis=1)
        r = np.exp(a - log_density[:, None])
        n_k = r.sum(axis=0)
        weights, means = n_k / len(x), x @ r / n_k
        variances = (r * (x[:, None] - means) ** 2).sum(axis=0) / n_k
        if log_density.sum() - before < 1e-10 * len(x):
            break
        before = log_density.sum()
    return weights, means, np.sqrt(variances)


place = "saddle"
nats_overlooked = 1e-3 * 10_000
""",
        "call": 'check("08.1", repaired_fit, place, nats_overlooked)',
    },
    {
        "id": "08.1",
        "kind": "right",
        "says": "the patient's start, but a tolerance that does not take a plateau for a summit",
        "code": """
import numpy as np
from emlib import GaussianMixture1D, em, start


def repaired_fit(x):
    lot = start.random_responsibilities(GaussianMixture1D, x, n_components=2, rng=0)
    model = em.fit(lot, x, tol=1e-11, max_iter=5000).model
    return model.weights, model.means, model.stds


place = "saddle"
nats_overlooked = 10.0
""",
        "call": 'check("08.1", repaired_fit, place, nats_overlooked)',
    },
    {
        "id": "08.1",
        "kind": "right",
        "says": "best of several starts, sorted, in a named tuple of lists",
        "code": """
import numpy as np
from collections import namedtuple

from emlib import GaussianMixture1D, em

Fitted = namedtuple("Fitted", "weights means stds")


def repaired_fit(x):
    fits = em.multistart(GaussianMixture1D, x, n_components=2, n_starts=4, rng=1)
    best = fits[0].model.sort()
    return Fitted(best.weights.tolist(), best.means.tolist(), best.stds.tolist())


place = "saddle"
nats_overlooked = np.float64(10)
""",
        "call": 'check("08.1", repaired_fit, place, nats_overlooked)',
    },
    {
        "id": "08.1",
        "kind": "right",
        "says": "another climber: scipy's quasi-Newton on the log-likelihood",
        "code": """
import numpy as np
from scipy.optimize import minimize
from scipy.special import expit, logsumexp
from scipy.stats import norm


def repaired_fit(x):
    def minus_log_p(v):
        share = expit(v[0])
        first = np.log(share) + norm.logpdf(x, v[1], np.exp(v[3]))
        second = np.log1p(-share) + norm.logpdf(x, v[2], np.exp(v[4]))
        return -np.mean(logsumexp([first, second], axis=0))

    low, high = np.percentile(x, [15, 85])
    width = np.log(np.std(x) / 2)
    v = minimize(minus_log_p, [0, low, high, width, width], method="L-BFGS-B").x
    share = expit(v[0])
    return np.array([share, 1 - share]), v[1:3], np.exp(v[3:])


place = "saddle"
nats_overlooked = 0.001 * 10_000
""",
        "call": 'check("08.1", repaired_fit, place, nats_overlooked)',
    },
    {
        "id": "08.1",
        "kind": "right",
        "says": "cut at the mean, then EM from the labels; larger group first",
        "code": """
import numpy as np
from emlib import GaussianMixture1D, em, start


def repaired_fit(x):
    labels = (x > x.mean()).astype(int)
    begin = start.from_labels(GaussianMixture1D, x, labels, n_components=2)
    model = em.fit(begin, x, tol=1e-9).model
    order = np.argsort(-model.weights)
    return model.weights[order], model.means[order], model.stds[order]


place = "saddle"
nats_overlooked = 10
""",
        "call": 'check("08.1", repaired_fit, place, nats_overlooked)',
    },
    {
        "id": "08.1",
        "kind": "wrong",
        "says": "the patient's recipe once more",
        "cause": (
            "The fit is still the patient: the same random responsibilities with the same "
            "tolerance of 1e-3 a point stop at the saddle; change the start or the rule."
        ),
        "code": """
import numpy as np
from emlib import GaussianMixture1D, em, start


def repaired_fit(x):
    lot = start.random_responsibilities(GaussianMixture1D, x, n_components=2, rng=1)
    model = em.fit(lot, x, tol=1e-3).model
    return model.weights, model.means, model.stds


place = "saddle"
nats_overlooked = 10
""",
        "call": 'check("08.1", repaired_fit, place, nats_overlooked)',
    },
    {
        "id": "08.1",
        "kind": "wrong",
        "says": "more starts of the same kind",
        "cause": (
            "The fit is still at the saddle: ten random shares of responsibilities all begin in "
            "the same place, and the loose tolerance stops each of them there."
        ),
        "code": """
import numpy as np
from emlib import GaussianMixture1D, em, start


def repaired_fit(x):
    fits = em.multistart(
        GaussianMixture1D,
        x,
        n_components=2,
        n_starts=10,
        rng=0,
        start=start.random_responsibilities,
        tol=1e-3,
    )
    model = fits[0].model
    return model.weights, model.means, model.stds


place = "saddle"
nats_overlooked = 10
""",
        "call": 'check("08.1", repaired_fit, place, nats_overlooked)',
    },
    {
        "id": "08.1",
        "kind": "wrong",
        "says": "variances in place of standard deviations",
        "cause": (
            "The third part is wrong: variances are returned, near 25, where standard deviations, "
            "near 5, were asked for."
        ),
        "code": """
import numpy as np
from emlib import GaussianMixture1D, em


def repaired_fit(x):
    model = em.fit(GaussianMixture1D([0.5, 0.5], [10, 50], [25, 25]), x).model
    return model.weights, model.means, model.variances


place = "saddle"
nats_overlooked = 10
""",
        "call": 'check("08.1", repaired_fit, place, nats_overlooked)',
    },
    {
        "id": "08.1",
        "kind": "wrong",
        "says": "parts in the other order",
        "cause": (
            "The order of the parts is wrong: means come first here; the text asks for weights, "
            "means and standard deviations."
        ),
        "code": """
import numpy as np
from emlib import GaussianMixture1D, em


def repaired_fit(x):
    model = em.fit(GaussianMixture1D([0.5, 0.5], [10, 50], [25, 25]), x).model
    return model.means, model.stds, model.weights


place = "saddle"
nats_overlooked = 10
""",
        "call": 'check("08.1", repaired_fit, place, nats_overlooked)',
    },
    {
        "id": "08.1",
        "kind": "wrong",
        "says": "weights never updated",
        "cause": (
            "The weights are wrong, and with them the rest: they stay at one half each; the M step "
            "has a third line, N_k / N."
        ),
        "code": """
import numpy as np
from emlib import GaussianMixture1D, em


def repaired_fit(x):
    begin = GaussianMixture1D([0.5, 0.5], [10, 50], [25, 25], fixed_weights=True)
    model = em.fit(begin, x).model
    return model.weights, model.means, model.stds


place = "saddle"
nats_overlooked = 10
""",
        "call": 'check("08.1", repaired_fit, place, nats_overlooked)',
    },
    {
        "id": "08.1",
        "kind": "wrong",
        "says": "both components started at the pooled mean",
        "cause": (
            "The start of the fit is wrong: two equal components are the saddle itself, every "
            "responsibility is a half, and EM stands still; the means must differ clearly."
        ),
        "code": """
import numpy as np
from emlib import GaussianMixture1D, em


def repaired_fit(x):
    begin = GaussianMixture1D([0.5, 0.5], [np.mean(x)] * 2, [np.var(x)] * 2)
    model = em.fit(begin, x, tol=1e-12).model
    return model.weights, model.means, model.stds


place = "saddle"
nats_overlooked = 10
""",
        "call": 'check("08.1", repaired_fit, place, nats_overlooked)',
    },
    {
        "id": "08.1",
        "kind": "wrong",
        "says": "the notebook's data in place of the argument",
        "cause": (
            "The argument is never used: the fit is made to the notebook's own ten thousand "
            "numbers, drawn anew with the same seed, whatever x is."
        ),
        "code": """
import numpy as np
from emlib import GaussianMixture1D, datasets, em

data = datasets.two_normals(rng=0)


def repaired_fit(x):
    model = em.fit(GaussianMixture1D([0.5, 0.5], [10, 50], [25, 25]), data.x).model
    return model.weights, model.means, model.stds


place = "saddle"
nats_overlooked = 10
""",
        "call": 'check("08.1", repaired_fit, place, nats_overlooked)',
    },
    {
        "id": "08.1",
        "kind": "wrong",
        "says": "place called a maximum",
        "cause": (
            "The place is wrong: away from two equal components is uphill, so it is no maximum; it "
            "is a saddle, a stationary point with a way out. The fit and the nats are right."
        ),
        "code": """
import numpy as np
from emlib import GaussianMixture1D, em


def repaired_fit(x):
    model = em.fit(GaussianMixture1D([0.5, 0.5], [10, 50], [25, 25]), x).model
    return model.weights, model.means, model.stds


place = "maximum"
nats_overlooked = 10
""",
        "call": 'check("08.1", repaired_fit, place, nats_overlooked)',
    },
    {
        "id": "08.1",
        "kind": "wrong",
        "says": "place called a singularity",
        "cause": (
            "The place is wrong: at a singularity a width goes to zero and the likelihood to "
            "infinity; the patient's widths are those of all the data. It is a saddle."
        ),
        "code": """
import numpy as np
from emlib import GaussianMixture1D, em


def repaired_fit(x):
    model = em.fit(GaussianMixture1D([0.5, 0.5], [10, 50], [25, 25]), x).model
    return model.weights, model.means, model.stds


place = "singularity"
nats_overlooked = 10
""",
        "call": 'check("08.1", repaired_fit, place, nats_overlooked)',
    },
    {
        "id": "08.1",
        "kind": "wrong",
        "says": "tolerance not multiplied by N",
        "cause": (
            "The nats are wrong: 1e-3 is the tolerance for one number; over ten thousand numbers a "
            "round may gain ten nats and go unnoticed."
        ),
        "code": """
import numpy as np
from emlib import GaussianMixture1D, em


def repaired_fit(x):
    model = em.fit(GaussianMixture1D([0.5, 0.5], [10, 50], [25, 25]), x).model
    return model.weights, model.means, model.stds


place = "saddle"
nats_overlooked = 0.001
""",
        "call": 'check("08.1", repaired_fit, place, nats_overlooked)',
    },
    {
        "id": "08.1",
        "kind": "wrong",
        "says": "tolerance divided by N",
        "cause": (
            "The nats are wrong: the tolerance is a gain for each number, so it is multiplied by "
            "ten thousand, not divided."
        ),
        "code": """
import numpy as np
from emlib import GaussianMixture1D, em


def repaired_fit(x):
    model = em.fit(GaussianMixture1D([0.5, 0.5], [10, 50], [25, 25]), x).model
    return model.weights, model.means, model.stds


place = "saddle"
nats_overlooked = 1e-3 / 10_000
""",
        "call": 'check("08.1", repaired_fit, place, nats_overlooked)',
    },
    {
        "id": "08.1",
        "kind": "wrong",
        "says": "the whole gap taken for a round's gain",
        "cause": (
            "The nats are wrong: 1906 is what the patient lacks in all; the question is what one "
            "round may gain unnoticed, the tolerance times ten thousand."
        ),
        "code": """
import numpy as np
from emlib import GaussianMixture1D, em


def repaired_fit(x):
    model = em.fit(GaussianMixture1D([0.5, 0.5], [10, 50], [25, 25]), x).model
    return model.weights, model.means, model.stds


place = "saddle"
nats_overlooked = 1906
""",
        "call": 'check("08.1", repaired_fit, place, nats_overlooked)',
    },
    {
        "id": "08.1",
        "kind": "hostile",
        "says": "sorts the caller's numbers in place",
        "code": """
import numpy as np
from emlib import GaussianMixture1D, em


def repaired_fit(x):
    x.sort()
    half = len(x) // 2
    begin = GaussianMixture1D([0.5, 0.5], [x[:half].mean(), x[half:].mean()], [x.var()] * 2)
    model = em.fit(begin, x).model
    return model.weights, model.means, model.stds


place = "saddle"
nats_overlooked = 10
""",
        "call": 'check("08.1", repaired_fit, place, nats_overlooked)',
    },
    {
        "id": "08.1",
        "kind": "hostile",
        "says": "runs until nothing changes at all, and never looks",
        "code": """
import numpy as np


def repaired_fit(x):
    weights, means, variances = np.array([0.5, 0.5]), np.array([10.0, 50.0]), np.array([25.0, 25.0])
    gain = 1.0
    while gain >= 0 or gain < 0:
        a = np.log(weights / np.sqrt(variances)) - 0.5 * (x[:, None] - means) ** 2 / variances
        r = np.exp(a - np.logaddexp.reduce(a, axis=1, keepdims=True))
        n_k = r.sum(axis=0)
        weights, means = n_k / len(x), x @ r / n_k
        variances = (r * (x[:, None] - means) ** 2).sum(axis=0) / n_k
    return weights, means, np.sqrt(variances)


place = "saddle"
nats_overlooked = 10
""",
        "call": 'check("08.1", repaired_fit, place, nats_overlooked)',
    },
    {
        "id": "08.1",
        "kind": "hostile",
        "says": "a word for the nats, a number for the place, nothing from the fit",
        "code": """
import numpy as np


def repaired_fit(x):
    print("I would start somewhere else")


place = 0
nats_overlooked = "about ten"
""",
        "call": 'check("08.1", repaired_fit, place, nats_overlooked)',
    },
    {
        "id": "08.2",
        "kind": "right",
        "says": "loop with try and except, both signs of a collapse",
        "code": """
import numpy as np
from emlib import em
from emlib import CollapseError


def fit_safely(x, starts, min_std):
    best = None
    for start in starts:
        try:
            fit = em.fit(start, x)
        except CollapseError:
            continue
        if fit.model.stds.min() < min_std:
            continue
        if best is None or fit.objective > best.objective:
            best = fit
    if best is None:
        raise ValueError("every start collapsed")
    return best.model.weights, best.model.means, best.model.stds
""",
        "call": 'check("08.2", fit_safely)',
    },
    {
        "id": "08.2",
        "kind": "right",
        "says": "a helper that returns None for a collapse, then max with a key",
        "code": """
import numpy as np
from emlib import em
from emlib import CollapseError


def healthy(start, x, min_std):
    try:
        fit = em.fit(start, x)
    except CollapseError:
        return None
    return fit if np.all(fit.model.stds >= min_std) else None


def fit_safely(x, starts, min_std):
    fits = [fit for fit in (healthy(start, x, min_std) for start in starts) if fit is not None]
    model = max(fits, key=lambda fit: fit.objective).model
    return model.weights, model.means, model.stds
""",
        "call": 'check("08.2", fit_safely)',
    },
    {
        "id": "08.2",
        "kind": "right",
        "says": "scores in an array, minus infinity for a collapse, lists returned",
        "code": """
import numpy as np
from emlib import em
from emlib import CollapseError


def fit_safely(x, starts, min_std):
    models, scores = [], []
    for begin in starts:
        try:
            model = em.fit(begin, x).model
        except CollapseError:
            models.append(begin)
            scores.append(-np.inf)
        else:
            narrow = model.stds.min() < min_std
            models.append(model)
            scores.append(-np.inf if narrow else model.log_likelihood(x))
    winner = models[int(np.argmax(scores))]
    return winner.weights.tolist(), winner.means.tolist(), winner.stds.tolist()
""",
        "call": 'check("08.2", fit_safely)',
    },
    {
        "id": "08.2",
        "kind": "right",
        "says": "watches the widths round by round and gives up a run early",
        "code": """
import numpy as np
from itertools import islice

from emlib import em
from emlib import CollapseError


def settle(start, x, min_std):
    before = -np.inf
    for step in islice(em.iterate(start, x), 5000):
        if step.iteration and step.model.stds.min() < min_std:
            return None
        if step.objective - before <= 1e-9 * len(x):
            return step
        before = step.objective
    return step


def fit_safely(x, starts, min_std):
    ends = []
    for start in list(starts):
        try:
            end = settle(start, x, min_std)
        except CollapseError:
            end = None
        if end is not None:
            ends.append((end.objective, len(ends), end.model))
    model = sorted(ends)[-1][2]
    return model.weights, model.means, model.stds
""",
        "call": 'check("08.2", fit_safely)',
    },
    {
        "id": "08.2",
        "kind": "right",
        "says": "plain EM of its own with a test for collapse, named tuple",
        "code": """
import numpy as np
from typing import NamedTuple


class Parameters(NamedTuple):
    weights: np.ndarray
    means: np.ndarray
    stds: np.ndarray


def run(x, weights, means, variances, min_std):
    before = -np.inf
    for _ in range(10_000):
        a = np.log(weights) - 0.5 * np.log(2 * np.pi * variances)
        a = a - 0.5 * (x[:, None] - means) ** 2 / variances
        log_density = np.logaddexp.reduce(a, axis=1)
        if log_density.sum() - before <= 1e-9 * len(x):
            break
        before = log_density.sum()
        r = np.exp(a - log_density[:, None])
        n_k = r.sum(axis=0)
        if np.any(n_k < 1e-8):
            return None
        weights, means = n_k / len(x), x @ r / n_k
        variances = (r * (x[:, None] - means) ** 2).sum(axis=0) / n_k
        if np.any(variances < min_std**2):
            return None
    return log_density.sum(), Parameters(weights, means, np.sqrt(variances))


def fit_safely(x, starts, min_std):
    x, best = np.asarray(x, dtype=float), None
    for start in starts:
        end = run(x, start.weights, start.means, start.variances, min_std)
        if end is not None and (best is None or end[0] > best[0]):
            best = end
    return best[1]
""",
        "call": 'check("08.2", fit_safely)',
    },
    {
        "id": "08.2",
        "kind": "wrong",
        "says": "quiet collapses let through",
        "cause": (
            "The second sign of a collapse is missing: only the CollapseError is caught, and a run "
            "that ends with a standard deviation below min_std has the highest likelihood of all "
            "and wins."
        ),
        "code": """
import numpy as np
from emlib import em
from emlib import CollapseError


def fit_safely(x, starts, min_std):
    fits = []
    for start in starts:
        try:
            fits.append(em.fit(start, x))
        except CollapseError:
            continue
    model = max(fits, key=lambda fit: fit.objective).model
    return model.weights, model.means, model.stds
""",
        "call": 'check("08.2", fit_safely)',
    },
    {
        "id": "08.2",
        "kind": "wrong",
        "says": "error not caught",
        "cause": (
            "The first sign of a collapse is not dealt with: the CollapseError of one start ends "
            "the whole search; catch it and go on to the next start."
        ),
        "code": """
import numpy as np
from emlib import em


def fit_safely(x, starts, min_std):
    fits = [em.fit(start, x) for start in starts]
    fits = [fit for fit in fits if fit.model.stds.min() >= min_std]
    model = max(fits, key=lambda fit: fit.objective).model
    return model.weights, model.means, model.stds
""",
        "call": 'check("08.2", fit_safely)',
    },
    {
        "id": "08.2",
        "kind": "wrong",
        "says": "first healthy run in place of the best",
        "cause": (
            "The choice is wrong: the first run that did not collapse is returned; go through all "
            "starts and keep the one with the highest log-likelihood."
        ),
        "code": """
import numpy as np
from emlib import em
from emlib import CollapseError


def fit_safely(x, starts, min_std):
    for start in starts:
        try:
            model = em.fit(start, x).model
        except CollapseError:
            continue
        if model.stds.min() >= min_std:
            return model.weights, model.means, model.stds
    raise ValueError("every start collapsed")
""",
        "call": 'check("08.2", fit_safely)',
    },
    {
        "id": "08.2",
        "kind": "wrong",
        "says": "lowest likelihood chosen",
        "cause": (
            "The choice is wrong: min picks the run with the lowest log-likelihood; the higher the "
            "better among healthy runs."
        ),
        "code": """
import numpy as np
from emlib import em
from emlib import CollapseError


def fit_safely(x, starts, min_std):
    fits = []
    for start in starts:
        try:
            fit = em.fit(start, x)
        except CollapseError:
            continue
        if fit.model.stds.min() >= min_std:
            fits.append(fit)
    model = min(fits, key=lambda fit: fit.objective).model
    return model.weights, model.means, model.stds
""",
        "call": 'check("08.2", fit_safely)',
    },
    {
        "id": "08.2",
        "kind": "wrong",
        "says": "variances compared with a standard deviation",
        "cause": (
            "The test is wrong: variances are compared with min_std, which is a standard "
            "deviation; healthy runs with widths below one are turned away."
        ),
        "code": """
import numpy as np
from emlib import em
from emlib import CollapseError


def fit_safely(x, starts, min_std):
    best = None
    for start in starts:
        try:
            fit = em.fit(start, x)
        except CollapseError:
            continue
        if fit.model.variances.min() >= min_std:
            if best is None or fit.objective > best.objective:
                best = fit
    return best.model.weights, best.model.means, best.model.stds
""",
        "call": 'check("08.2", fit_safely)',
    },
    {
        "id": "08.2",
        "kind": "wrong",
        "says": "variances returned",
        "cause": (
            "The third part is wrong: variances are returned where standard deviations were asked "
            "for."
        ),
        "code": """
import numpy as np
from emlib import em
from emlib import CollapseError


def fit_safely(x, starts, min_std):
    best = None
    for start in starts:
        try:
            fit = em.fit(start, x)
        except CollapseError:
            continue
        if fit.model.stds.min() >= min_std:
            if best is None or fit.objective > best.objective:
                best = fit
    return best.model.weights, best.model.means, best.model.variances
""",
        "call": 'check("08.2", fit_safely)',
    },
    {
        "id": "08.2",
        "kind": "wrong",
        "says": "widest component looked at",
        "cause": (
            "The test looks at the wrong component: max is the widest one, and a collapse shows in "
            "the narrowest."
        ),
        "code": """
import numpy as np
from emlib import em
from emlib import CollapseError


def fit_safely(x, starts, min_std):
    best = None
    for start in starts:
        try:
            fit = em.fit(start, x)
        except CollapseError:
            continue
        if fit.model.stds.max() >= min_std:
            if best is None or fit.objective > best.objective:
                best = fit
    return best.model.weights, best.model.means, best.model.stds
""",
        "call": 'check("08.2", fit_safely)',
    },
    {
        "id": "08.2",
        "kind": "wrong",
        "says": "widths of the start looked at",
        "cause": (
            "The test looks at the wrong model: the widths of the start are compared with min_std, "
            "not those of the fit, which is where a collapse shows."
        ),
        "code": """
import numpy as np
from emlib import em
from emlib import CollapseError


def fit_safely(x, starts, min_std):
    best = None
    for start in starts:
        if start.stds.min() < min_std:
            continue
        try:
            fit = em.fit(start, x)
        except CollapseError:
            continue
        if best is None or fit.objective > best.objective:
            best = fit
    return best.model.weights, best.model.means, best.model.stds
""",
        "call": 'check("08.2", fit_safely)',
    },
    {
        "id": "08.2",
        "kind": "wrong",
        "says": "threshold hard-wired",
        "cause": (
            "The threshold is hard-wired: 1e-6 in place of min_std, so runs between the two widths "
            "pass."
        ),
        "code": """
import numpy as np
from emlib import em
from emlib import CollapseError


def fit_safely(x, starts, min_std):
    best = None
    for start in starts:
        try:
            fit = em.fit(start, x)
        except CollapseError:
            continue
        if fit.model.stds.min() >= 1e-6:
            if best is None or fit.objective > best.objective:
                best = fit
    return best.model.weights, best.model.means, best.model.stds
""",
        "call": 'check("08.2", fit_safely)',
    },
    {
        "id": "08.2",
        "kind": "wrong",
        "says": "best first, health afterwards",
        "cause": (
            "The order of the steps is wrong: the run with the highest likelihood is chosen first, "
            "which is a collapsed one, and only then are widths raised to min_std; leave collapsed "
            "runs out of the contest."
        ),
        "code": """
import numpy as np
from emlib import em
from emlib import CollapseError


def fit_safely(x, starts, min_std):
    fits = []
    for start in starts:
        try:
            fits.append(em.fit(start, x))
        except CollapseError:
            pass
    model = max(fits, key=lambda fit: fit.objective).model
    return model.weights, model.means, np.maximum(model.stds, min_std)
""",
        "call": 'check("08.2", fit_safely)',
    },
    {
        "id": "08.2",
        "kind": "wrong",
        "says": "a collapse ends the search",
        "cause": (
            "The loop is wrong: break leaves it at the first CollapseError, so the starts after "
            "that one are never tried; continue goes on."
        ),
        "code": """
import numpy as np
from emlib import em
from emlib import CollapseError


def fit_safely(x, starts, min_std):
    best = None
    for start in starts:
        try:
            fit = em.fit(start, x)
        except CollapseError:
            break
        if fit.model.stds.min() >= min_std:
            if best is None or fit.objective > best.objective:
                best = fit
    if best is None:
        raise ValueError("every start collapsed")
    return best.model.weights, best.model.means, best.model.stds
""",
        "call": 'check("08.2", fit_safely)',
    },
    {
        "id": "08.2",
        "kind": "hostile",
        "says": "takes the starts out of the caller's list",
        "code": """
import numpy as np
from emlib import em
from emlib import CollapseError


def fit_safely(x, starts, min_std):
    best = None
    while starts:
        try:
            fit = em.fit(starts.pop(), x)
        except CollapseError:
            continue
        if fit.model.stds.min() >= min_std and (best is None or fit.objective > best.objective):
            best = fit
    return best.model.weights, best.model.means, best.model.stds
""",
        "call": 'check("08.2", fit_safely)',
    },
    {
        "id": "08.2",
        "kind": "hostile",
        "says": "tries a collapsing start again, and again",
        "code": """
import numpy as np
from emlib import em
from emlib import CollapseError


def fit_safely(x, starts, min_std):
    fits = []
    for start in starts:
        while True:
            try:
                fit = em.fit(start, x)
            except CollapseError:
                continue
            if fit.model.stds.min() >= min_std:
                fits.append(fit)
                break
    model = max(fits, key=lambda fit: fit.objective).model
    return model.weights, model.means, model.stds
""",
        "call": 'check("08.2", fit_safely)',
    },
    {
        "id": "08.2",
        "kind": "hostile",
        "says": "raises what it should catch",
        "code": """
import numpy as np
from emlib import CollapseError


def fit_safely(x, starts, min_std):
    raise CollapseError("component 0 has collapsed, and so have I")
""",
        "call": 'check("08.2", fit_safely)',
    },
    {
        "id": "08.3",
        "kind": "right",
        "says": "a loop over the candidates with emlib's parts",
        "code": """
import numpy as np
from emlib import GaussianMixture1D, em, selection


def choose_k(x, ks, rng):
    best_k, best_bic = None, np.inf
    for k in ks:
        fits = em.multistart(GaussianMixture1D, x, n_components=k, n_starts=5, rng=rng)
        bic = selection.bic(fits[0].model, x)
        if bic < best_bic:
            best_k, best_bic = k, bic
    return best_k
""",
        "call": 'check("08.3", choose_k)',
    },
    {
        "id": "08.3",
        "kind": "right",
        "says": "min with a key",
        "code": """
import numpy as np
from emlib import GaussianMixture1D, em, selection


def choose_k(x, ks, rng):
    rng = np.random.default_rng(rng)

    def bic(k):
        options = {"n_components": k, "n_starts": 6, "tol": 1e-9, "max_iter": 3000}
        fit = em.multistart(GaussianMixture1D, x, rng=rng, **options)[0]
        return selection.bic(fit.model, x)

    return min(ks, key=bic)
""",
        "call": 'check("08.3", choose_k)',
    },
    {
        "id": "08.3",
        "kind": "right",
        "says": "BIC written out: 3 K - 1 free numbers",
        "code": """
import numpy as np
from emlib import GaussianMixture1D, em


def choose_k(x, ks, rng):
    bics = []
    for k in ks:
        fits = em.multistart(GaussianMixture1D, x, n_components=int(k), n_starts=5, rng=rng)
        bics.append(-2 * fits[0].objective + (3 * k - 1) * np.log(len(x)))
    return ks[int(np.argmin(bics))]
""",
        "call": 'check("08.3", choose_k)',
    },
    {
        "id": "08.3",
        "kind": "right",
        "says": "two kinds of starts, collapses left out, widths looked at",
        "code": """
import numpy as np
import warnings

from emlib import GaussianMixture1D, em, selection, start
from emlib import CollapseError


def choose_k(x, ks, rng):
    rng = np.random.default_rng(rng)
    table = {}
    for k in ks:
        fits = []
        for begin in (start.kmeans_plus_plus, start.random_points):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                try:
                    fits += em.multistart(
                        GaussianMixture1D, x, n_components=k, n_starts=3, rng=rng, start=begin
                    )
                except CollapseError:
                    continue
        sound = [fit.model for fit in fits if fit.model.stds.min() > 1e-3 * np.std(x)]
        if sound:
            table[k] = min(selection.bic(model, x) for model in sound)
    return min(table, key=table.get)
""",
        "call": 'check("08.3", choose_k)',
    },
    {
        "id": "08.3",
        "kind": "right",
        "says": "callable object made with functools.partial",
        "code": """
import numpy as np
from functools import partial

from emlib import GaussianMixture1D, em, selection


def score(k, x, rng):
    fits = em.multistart(GaussianMixture1D, x, n_components=k, n_starts=4, rng=rng)
    return min(selection.bic(fit.model, x) for fit in fits)


def choose(search, x, ks, rng):
    pairs = [(search(k, x, rng), k) for k in ks]
    return sorted(pairs)[0][1]


choose_k = partial(choose, score)
""",
        "call": 'check("08.3", choose_k)',
    },
    {
        "id": "08.3",
        "kind": "wrong",
        "says": "largest BIC",
        "cause": (
            "The comparison is turned round: the candidate with the largest BIC is returned; "
            "smaller is better."
        ),
        "code": """
import numpy as np
from emlib import GaussianMixture1D, em, selection


def choose_k(x, ks, rng):
    bics = []
    for k in ks:
        fit = em.multistart(GaussianMixture1D, x, n_components=k, n_starts=4, rng=rng)[0]
        bics.append(selection.bic(fit.model, x))
    return ks[int(np.argmax(bics))]
""",
        "call": 'check("08.3", choose_k)',
    },
    {
        "id": "08.3",
        "kind": "wrong",
        "says": "index in place of the candidate",
        "cause": (
            "The return is wrong: argmin gives a place in the list, not the candidate at that "
            "place; return ks at that index."
        ),
        "code": """
import numpy as np
from emlib import GaussianMixture1D, em, selection


def choose_k(x, ks, rng):
    bics = []
    for k in ks:
        fit = em.multistart(GaussianMixture1D, x, n_components=k, n_starts=4, rng=rng)[0]
        bics.append(selection.bic(fit.model, x))
    return int(np.argmin(bics))
""",
        "call": 'check("08.3", choose_k)',
    },
    {
        "id": "08.3",
        "kind": "wrong",
        "says": "candidates taken to begin at one",
        "cause": (
            "The return is wrong: the index plus one is the candidate only if the list is 1, 2, 3 "
            "and so on; return ks at that index."
        ),
        "code": """
import numpy as np
from emlib import GaussianMixture1D, em, selection


def choose_k(x, ks, rng):
    bics = []
    for k in ks:
        fit = em.multistart(GaussianMixture1D, x, n_components=k, n_starts=4, rng=rng)[0]
        bics.append(selection.bic(fit.model, x))
    return int(np.argmin(bics)) + 1
""",
        "call": 'check("08.3", choose_k)',
    },
    {
        "id": "08.3",
        "kind": "wrong",
        "says": "likelihood without a price",
        "cause": (
            "The criterion is wrong: the highest log-likelihood is chosen, which more components "
            "always raise; BIC charges for the parameters."
        ),
        "code": """
import numpy as np
from emlib import GaussianMixture1D, em


def choose_k(x, ks, rng):
    heights = []
    for k in ks:
        fit = em.multistart(GaussianMixture1D, x, n_components=k, n_starts=4, rng=rng)[0]
        heights.append(fit.objective)
    return ks[int(np.argmax(heights))]
""",
        "call": 'check("08.3", choose_k)',
    },
    {
        "id": "08.3",
        "kind": "wrong",
        "says": "AIC",
        "cause": (
            "The criterion is wrong: this is AIC, whose price of two for each parameter is lower; "
            "BIC's is ln N."
        ),
        "code": """
import numpy as np
from emlib import GaussianMixture1D, em, selection


def choose_k(x, ks, rng):
    table = {}
    for k in ks:
        fits = em.multistart(GaussianMixture1D, x, n_components=k, n_starts=8, rng=rng)
        table[k] = selection.aic(fits[0].model, x)
    return min(table, key=table.get)
""",
        "call": 'check("08.3", choose_k)',
    },
    {
        "id": "08.3",
        "kind": "wrong",
        "says": "sign of the likelihood in BIC",
        "cause": (
            "The criterion is wrong: 2 ln p is added where it should be subtracted, so a poor fit "
            "is rewarded and the fewest components win."
        ),
        "code": """
import numpy as np
from emlib import GaussianMixture1D, em


def choose_k(x, ks, rng):
    table = {}
    for k in ks:
        fit = em.multistart(GaussianMixture1D, x, n_components=k, n_starts=4, rng=rng)[0]
        table[k] = 2 * fit.objective + (3 * k - 1) * np.log(len(x))
    return min(table, key=table.get)
""",
        "call": 'check("08.3", choose_k)',
    },
    {
        "id": "08.3",
        "kind": "wrong",
        "says": "mean log-likelihood in BIC",
        "cause": (
            "The likelihood is wrong: it is divided by the number of data, so the price of the "
            "parameters outweighs it and the fewest components win; BIC takes the sum."
        ),
        "code": """
import numpy as np
from emlib import GaussianMixture1D, em


def choose_k(x, ks, rng):
    table = {}
    for k in ks:
        fit = em.multistart(GaussianMixture1D, x, n_components=k, n_starts=4, rng=rng)[0]
        table[k] = -2 * fit.objective / len(x) + (3 * k - 1) * np.log(len(x))
    return min(table, key=table.get)
""",
        "call": 'check("08.3", choose_k)',
    },
    {
        "id": "08.3",
        "kind": "wrong",
        "says": "fits stuck at the saddle",
        "cause": (
            "The fits are wrong: random responsibilities with a loose tolerance leave every fit at "
            "the saddle of equal components, so BIC votes for one; repair the fits first."
        ),
        "code": """
import numpy as np
from emlib import GaussianMixture1D, em, selection, start


def choose_k(x, ks, rng):
    table = {}
    for k in ks:
        fits = em.multistart(
            GaussianMixture1D,
            x,
            n_components=k,
            n_starts=2,
            rng=rng,
            start=start.random_responsibilities,
            tol=1e-3,
        )
        table[k] = selection.bic(fits[0].model, x)
    return min(table, key=table.get)
""",
        "call": 'check("08.3", choose_k)',
    },
    {
        "id": "08.3",
        "kind": "wrong",
        "says": "always two",
        "cause": (
            "The answer is hard-wired: two is right for the notebook's numbers; others may have "
            "one group or three."
        ),
        "code": """
import numpy as np


def choose_k(x, ks, rng):
    return 2
""",
        "call": 'check("08.3", choose_k)',
    },
    {
        "id": "08.3",
        "kind": "wrong",
        "says": "smallest BIC in place of its candidate",
        "cause": (
            "The quantity is wrong: the smallest BIC is returned, not the candidate that has it."
        ),
        "code": """
import numpy as np
from emlib import GaussianMixture1D, em, selection


def choose_k(x, ks, rng):
    bics = []
    for k in ks:
        fit = em.multistart(GaussianMixture1D, x, n_components=k, n_starts=4, rng=rng)[0]
        bics.append(selection.bic(fit.model, x))
    return min(bics)
""",
        "call": 'check("08.3", choose_k)',
    },
    {
        "id": "08.3",
        "kind": "wrong",
        "says": "worst fit of each candidate",
        "cause": (
            "The fits are wrong: multistart puts the best first, and here the last, the worst one, "
            "is judged; a criterion compares maxima."
        ),
        "code": """
import numpy as np
from emlib import GaussianMixture1D, em, selection, start


def choose_k(x, ks, rng):
    table = {}
    for k in ks:
        fits = em.multistart(
            GaussianMixture1D, x, n_components=k, n_starts=10, rng=rng, start=start.random_points
        )
        table[k] = selection.bic(fits[-1].model, x)
    return min(table, key=table.get)
""",
        "call": 'check("08.3", choose_k)',
    },
    {
        "id": "08.3",
        "kind": "wrong",
        "says": "stops at the first candidate that is no better",
        "cause": (
            "The search is wrong: it ends with the first candidate that does not improve on the "
            "one before, so it never looks at the rest of the list, whose order may be any; try "
            "all candidates."
        ),
        "code": """
import numpy as np
from emlib import GaussianMixture1D, em, selection


def choose_k(x, ks, rng):
    best_k, best_bic = ks[0], np.inf
    for k in ks:
        fit = em.multistart(GaussianMixture1D, x, n_components=k, n_starts=4, rng=rng)[0]
        bic = selection.bic(fit.model, x)
        if bic >= best_bic:
            break
        best_k, best_bic = k, bic
    return best_k
""",
        "call": 'check("08.3", choose_k)',
    },
    {
        "id": "08.3",
        "kind": "hostile",
        "says": "sorts the caller's candidates and empties the list",
        "code": """
import numpy as np
from emlib import GaussianMixture1D, em, selection


def choose_k(x, ks, rng):
    ks.sort(reverse=True)
    table = {}
    while ks:
        k = ks.pop()
        fit = em.multistart(GaussianMixture1D, x, n_components=k, n_starts=3, rng=rng)[0]
        table[k] = selection.bic(fit.model, x)
    return min(table, key=table.get)
""",
        "call": 'check("08.3", choose_k)',
    },
    {
        "id": "08.3",
        "kind": "hostile",
        "says": "seeds the global random numbers and answers in words",
        "code": """
import numpy as np


def choose_k(x, ks, rng):
    np.random.seed(123)
    return f"{np.random.choice(ks)} groups"
""",
        "call": 'check("08.3", choose_k)',
    },
    {
        "id": "08.3",
        "kind": "hostile",
        "says": "goes on counting components for ever",
        "code": """
import numpy as np


def choose_k(x, ks, rng):
    k = 0
    while k not in [-1]:
        k += 1
    return k
""",
        "call": 'check("08.3", choose_k)',
    },
]
