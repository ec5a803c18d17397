"""The fast E-step of Gaussian mixtures: the sums of the readable form, many times sooner.

The log-joint of a Gaussian mixture is linear in the features phi(x) = (1, x_i, x_i x_j). So an
E-step is a matrix product, a softmax and another matrix product:

    ln p(x_n, z_n = k | theta) = theta_k . phi(x_n)         Theta Phi, all K at once        (9.12)
    gamma_nk = exp(theta_k . phi_n) / sum_j exp(theta_j . phi_n)                            (9.13)
    sum_n gamma_nk phi(x_n)                                 Gamma Phi^T, all of (9.24)-(9.27)

The price is digits: sums of squares lose as many as kappa has, the squared distance of a component
from the origin in its own standard deviations. So columns are centred and scaled first; and where
a kappa or a condition number is above `TRUSTED`, before the step or after it, the answer is None,
and the readable form of `emlib.mixture` takes that step.

===================== ==========================================================================
form                  for
===================== ==========================================================================
`Quadratic`           up to 24 dimensions, if K >= D / 3: the features above
`_Whitened`           all others: x - mu_k by the rows of all inverse Cholesky factors
`emlib.diagonal`      covariances without entries beside the diagonal
`rounds`              one or two dimensions: EM with its parameters in plain floats
===================== ==========================================================================

Data lie with a row a feature and a column a point, in chunks that fit the cache.
docs/benchmarks.md has what was measured.
"""

from __future__ import annotations

import contextlib
import itertools
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache, partial, reduce
from operator import add, mul
from struct import Struct
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlib.families import DIAGONAL
from emlib.mixture import CHECKED
from emlib.moments import Moments, column, outer
from emlib.rows import PART, Array, Data, Rows, squares
from emlib.validate import EPSILON, TINY

TRUSTED = 1e4
"""The largest kappa and condition number at which sums of squares surely keep ten digits: with the
least careful of the matrix products, whose order is the processor's, they lose 6e-15 of kappa."""

QUADRATIC_COLUMNS = 24

STRIPE = 16
"""Rows of each inverse Cholesky factor that are multiplied at once."""

FEW = 4
"""Up to this many components one is the reference of the others, and rows are multiplied singly."""

LEAST_COUNT = 1e-16
"""A component that owns fewer points, in units of the mean weight of a row, is a sum of numbers
that exp may have rounded to nothing."""

LEAST_SHARE = 1e-3
"""A reference that owns a smaller part of the points is mostly rounding of the others' sums."""

DEEP = math.log(TINY) ** 2
"""Logs whose squares add up to less are all above ln `TINY`, where exp has all its digits."""

WORTH_A_THREAD = 2**23
"""Products N K P below which an E-step is over, in some two milliseconds, before threads help."""

TOGETHER = 2**21
"""Up to this many responsibilities in all, several runs gain by sharing their steps."""

KEPT = 2**26
"""Bytes of features that may be kept from one E-step to the next."""

LOG_2PI = math.log(2 * math.pi)

State = list[tuple[float, ...]]
"""For each component its weight, mean and covariance: the lower half, row by row."""

Theta = list[tuple[float, ...]]
"""For each component the parameters of its log-joint, one for each feature."""

FloatSums = tuple[list[list[float]], float]
"""Sums of the features, a list for each component, and a log-likelihood."""

Taken = tuple[float, State, Theta]
"""A log-likelihood, the state that the M-step makes there, and that state's parameters."""


class _Frame:
    """Coordinates u = (x - centre) / scale, in which the data are centred and of order one.

    The scale is a power of two, so that it rounds nothing; the subtraction is exact where an
    offset dominates.
    """

    def __init__(self, n: float, centre: Array, variances: list[float]) -> None:
        self.centre, self.log_volume = centre, 0.0
        self.usable = all(0 < v < math.inf for v in variances)
        scales, least = [], []
        for c, variance in zip(centre.tolist(), variances, strict=True):
            scale = 2.0 ** round(math.log2(variance) / 2) if self.usable else 1.0
            scales.append(scale)
            least.append((8 * EPSILON * (abs(c) / scale + 1)) ** 2)
            self.log_volume += n * math.log(scale)
        self.scale: Array = np.array(scales)
        self.least: Array = np.array(least)
        """A variance below this is rounding of x itself."""


def _times(times: Array | None, rows: Array, ones: Array) -> Array:
    """How often each row occurs."""
    return ones[: len(rows)] if times is None else times


class _Work:
    """Buffers of one thread, for a softmax over ``k`` rows and, it may be, a reference.

    The reference is a row of ones below the others: exp of its log-ratio to itself.
    """

    def __init__(self, form: _Form, k: int, reference: bool = False) -> None:
        size = form.size
        self.k, self.reference = k, reference
        self._tables = {
            "full": np.empty((k + reference) * size),
            "phi": np.empty(0 if form.keeps else form.n_features * size),
            "stripe": np.empty(form.n_scratch * size),
        }
        self._q, self._log_q = np.empty(size), np.empty(size)
        self.ones, self.one_each = np.ones(size), np.ones(k + reference)
        self._views: dict[int, tuple[Array, ...]] = {}

    def table(self, name: str, n_rows: int, n: int) -> Array:
        """A buffer of shape (n_rows, n), its rows side by side."""
        return self._tables[name][: n_rows * n].reshape(n_rows, n)

    def views(self, n: int) -> tuple[Array, ...]:
        """Tables for n points: r (k, n), r and the reference, and three of shape (n,)."""
        if n not in self._views:
            full = self.table("full", len(self.one_each), n)
            full[self.k :] = 1.0
            self._views = {n: (full[: self.k], full, self._q[:n], self._log_q[:n], self.ones[:n])}
        return self._views[n]

    def softmax(
        self, form: _Form, theta: Any, phi: Array, times: Array | None
    ) -> tuple[Array, float]:
        """Responsibilities of a chunk times the weights of its points (k, n); its log-likelihood.

        Nothing is shifted before exp is taken, as the readable form does, unless the result
        says that a sum overflowed or lost digits.
        """
        r, full, q, log_q, ones = self.views(phi.shape[1])
        form.log_joint(theta, phi, r, self)
        if not form.shifts:
            np.exp(r, r)
            np.dot(self.one_each, full, q)
            np.log(q, log_q)
            if log_q.dot(log_q) < DEEP or not _lost(q):
                np.divide(r, q, r)
                if times is not None:  # q / times could overflow here, and vanish
                    np.multiply(r, times, r)
                return r, float(log_q.dot(ones if times is None else times))
            form.log_joint(theta, phi, r, self)
        top = r.max(axis=0)
        if self.reference:
            np.maximum(top, 0.0, out=top)
        np.subtract(r, top, r)
        np.exp(r, r)
        np.add.reduce(r, axis=0, out=q)
        if self.reference:
            q += np.exp(-top)
        np.log(q, log_q)
        np.divide(r, q if times is None else np.divide(q, times, q), r)
        log_q += top
        return r, float(log_q.dot(ones if times is None else times))


def _lost(q: Array) -> bool:
    """Whether a sum of exp overflowed, or is so small that its terms have lost digits."""
    return not (q.min() > TINY and q.max() < math.inf)


class _Form:
    """How the log-joint is a product of parameters and features: what the two ways share."""

    n_features: int
    n_scratch = 0
    keeps = False
    shifts = False
    """Whether exp is taken of a shifted log-joint at once."""

    def __init__(self, data: Rows, size: int) -> None:
        self.values, self.times, self.d = data.values, data.times, data.n_columns
        self.size = min(size, len(data.values))
        self.n_chunks = -(-len(data.values) // self.size)
        self.chunks = range(self.n_chunks)
        self.kept: dict[int, tuple[Array, Array | None]] = {}
        """Features of chunks that were made, and how often each point occurs."""
        self.frame = self.measured(data)
        self.least_count = LEAST_COUNT * data.total_weight / len(data.values)

    def measured(self, data: Rows) -> _Frame:
        """The frame of the data: their means and variances, block by block."""
        n = data.total_weight
        ones = np.ones(min(PART, len(data.values)))
        parts = partial(data.blocks, 1)
        centre: Array = reduce(add, (_times(t, x, ones).dot(x) for x, t in parts())) / n
        spread = (squares(x, centre).dot(_times(t, x, ones)) for x, t in parts())
        return _Frame(n, centre, (reduce(add, spread) / n).tolist())

    def chunk(self, i: int, work: _Work) -> tuple[Array, Array | None]:
        """Features of chunk i, shape (P, n), and how often each of its points occurs."""
        raise NotImplementedError

    def total(self, work: _Work) -> Array:
        """Sums of the features over all points, shape (P,)."""
        chunks = (self.chunk(i, work) for i in self.chunks)
        return reduce(add, (phi.dot(_times(t, phi.T, work.ones)) for phi, t in chunks))

    def theta(self, weights: Array, means: Array, whiten: Array) -> Any:
        """Parameters, from means and inverse Cholesky factors in the frame's units."""
        raise NotImplementedError

    def log_joint(self, theta: Any, phi: Array, r: Array, work: _Work) -> None:
        """Fill r, shape (K, n)."""
        raise NotImplementedError

    def sums(self, phi: Array, r: Array, work: _Work) -> list[Array]:
        """Sum the features of a chunk, weighted by r: arrays that add over chunks."""
        raise NotImplementedError

    def moments(self, sums: list[Array]) -> tuple[Array, Array, Array]:
        """Counts (K,), first (K, D) and second moments (K, D, D) out of the sums."""
        raise NotImplementedError

    def units(self) -> Array:
        """By what a covariance in the frame's units is multiplied."""
        return self.frame.scale[:, None] * self.frame.scale

    def products(self, a: Array) -> Array:
        """Form a a^T of each row."""
        return outer(a)

    def diagonal(self, covariances: Array) -> Array:
        """Variances of the columns, shape (K, D)."""
        return np.diagonal(covariances, axis1=1, axis2=2)

    def whiten(self, covariances: Array, means: Array) -> Array | None:
        """Inverse Cholesky factors in the frame's units, if they can be trusted."""
        return _whiten(covariances, means)

    def centred(self, i: int, u: Array) -> Array | None:
        """Fill u with the points of chunk i, shape (D, n); return how often each occurs."""
        rows = slice(i * self.size, (i + 1) * self.size)
        np.subtract(self.values[rows].T, self.frame.centre[:, None], u)
        u /= self.frame.scale[:, None]
        return None if self.times is None else self.times[rows]

    def length(self, i: int) -> int:
        """Points in chunk i."""
        return min(self.size, len(self.values) - i * self.size)


@cache
def _upper(d: int) -> tuple[NDArray[np.intp], ...]:
    """Rows and columns of the upper triangle, in the order of the features."""
    return np.triu_indices(d)


class Quadratic(_Form):
    """Features 1, u_i and u_i u_j for i <= j; parameters theta of shape (K, P)."""

    def __init__(self, data: Rows, n_components: int) -> None:
        d = data.n_columns
        size = 2**13 if d <= 12 else 2**12
        if d <= 2 and n_components <= FEW:
            size = 2**14
        self.n_features = self.count_features(d)
        super().__init__(data, 2**15 if d <= 2 and _threads(data, n_components) > 1 else size)
        self.keeps = 8 * self.n_features * len(data.values) <= KEPT

    @staticmethod
    def count_features(d: int) -> int:
        """How many features there are of D columns."""
        return (d + 1) * (d + 2) // 2

    def measured(self, data: Rows) -> _Frame:
        """The frame of the data; of a single chunk with its features, which need the same steps."""
        if self.n_chunks > 1:
            return super().measured(data)
        n, x, times = data.total_weight, data.values, data.times
        phi = np.empty((self.n_features, len(x)))
        u = self.first_order(phi)
        each = phi[0] if times is None else times
        centre = each.dot(x) / n
        np.subtract(x.T, centre[:, None], u)
        spread = u.dot(u.T) if times is None else (u * times).dot(u.T)
        frame = _Frame(n, centre, (spread.diagonal() / n).tolist())
        u /= frame.scale[:, None]
        self.multiply(phi)
        self.kept[0] = phi, times
        return frame

    def first_order(self, phi: Array) -> Array:
        """Fill in the constant feature, and return those of first order, still empty."""
        phi[0] = 1.0
        return phi[1 : self.d + 1]

    def multiply(self, phi: Array) -> None:
        """Fill in the features of second order, from those of first order."""
        d, u = self.d, phi[1 : self.d + 1]
        first = d + 1
        for j in range(d):
            np.multiply(u[j], u[j:], phi[first : first + d - j])
            first += d - j

    def chunk(self, i: int, work: _Work) -> tuple[Array, Array | None]:
        """Features of chunk i: made once if all together are small enough to keep."""
        if i in self.kept:
            return self.kept[i]
        shape = self.n_features, self.length(i)
        phi = np.empty(shape) if self.keeps else work.table("phi", *shape)
        times = self.centred(i, self.first_order(phi))
        self.multiply(phi)
        if self.keeps:
            self.kept[i] = phi, times
        return phi, times

    def theta(self, weights: Array, means: Array, whiten: Array) -> Array:
        """theta_k with theta_k . phi(u) = ln pi_k + ln N(u | mean_k, covariance_k)."""
        precisions = whiten.swapaxes(1, 2) @ whiten
        linear = np.einsum("kij,kj->ki", precisions, means)
        constants = _constants(weights, whiten) - 0.5 * np.einsum("ki,ki->k", linear, means)
        i, j = _upper(self.d)
        quadratic = np.where(i == j, -0.5, -1.0) * precisions[:, i, j]
        return np.concatenate([constants[:, None], linear, quadratic], axis=1)

    def log_joint(self, theta: Array, phi: Array, r: Array, work: _Work) -> None:
        """Theta Phi: row by row where that is faster."""
        if len(theta) > FEW or phi.shape[1] < 4096:
            np.dot(theta, phi, r)
        else:
            for row, out in zip(theta, r, strict=True):
                np.dot(row, phi, out)

    def sums(self, phi: Array, r: Array, work: _Work) -> list[Array]:
        """Gamma Phi^T, an array of P for each component: one by one where that is faster."""
        return list(r @ phi.T) if len(r) > FEW else [phi.dot(row) for row in r]

    def moments(self, sums: list[Array]) -> tuple[Array, Array, Array]:
        """Counts (K,), first (K, D) and second moments (K, D, D) out of the sums."""
        table, (i, j) = np.array(sums), _upper(self.d)
        second = np.empty((len(table), self.d, self.d))
        second[:, i, j] = second[:, j, i] = table[:, self.d + 1 :]
        return table[:, 0], table[:, 1 : self.d + 1], second


class _Whitened(_Form):
    """Features 1 and u_i; parameters are the rows of -W_k mean_k and W_k = L_k^-1, of all k.

    The rows come in stripes: the first few of each component, the next few, and so on. W_k is
    lower triangular and second moments are symmetric, so that a stripe meets only the features
    up to its last row, which saves three eighths of the products.
    """

    shifts = True

    def __init__(self, data: Rows, n_components: int) -> None:
        super().__init__(data, 2**10)
        self.n_features = self.d + 1
        self.n_scratch = n_components * STRIPE
        self.stripes = [(a, min(a + STRIPE, self.d)) for a in range(0, self.d, STRIPE)]

    def chunk(self, i: int, work: _Work) -> tuple[Array, Array | None]:
        """The points of chunk i under a row of ones."""
        phi = work.table("phi", self.n_features, self.length(i))
        phi[0] = 1.0
        return phi, self.centred(i, phi[1:])

    def theta(self, weights: Array, means: Array, whiten: Array) -> tuple[Array, list[Array]]:
        """Constants (K,), and for each stripe its rows of (-W_k mean_k, W_k) for all k."""
        shift = -np.einsum("kij,kj->ki", whiten, means)
        rows = np.concatenate([shift[:, :, None], whiten], axis=2)
        stripes = [rows[:, a:b, : b + 1].reshape(-1, b + 1) for a, b in self.stripes]
        return _constants(weights, whiten), stripes

    def log_joint(
        self, theta: tuple[Array, list[Array]], phi: Array, r: Array, work: _Work
    ) -> None:
        """Minus half the squared lengths of W_k (u - mean_k), stripe by stripe."""
        constants, stripes = theta
        r[:] = 0.0
        for rows in stripes:
            z = work.table("stripe", len(rows), phi.shape[1])
            np.dot(rows, phi[: rows.shape[1]], z)
            np.multiply(z, z, z)
            r += z.reshape(len(r), -1, z.shape[1]).sum(axis=1)
        r *= -0.5
        r += constants[:, None]

    def sums(self, phi: Array, r: Array, work: _Work) -> list[Array]:
        """Products of the features with those of each stripe, weighted by r; and counts."""
        result = []
        for a, b in self.stripes:
            weighted = work.table("stripe", len(r) * (b - a), phi.shape[1])
            parts = weighted.reshape(len(r), b - a, -1)
            np.multiply(r[:, None, :], phi[a + 1 : b + 1], parts)
            result.append(weighted @ phi[: b + 1].T)
        return [*result, r.sum(axis=1)]

    def moments(self, sums: list[Array]) -> tuple[Array, Array, Array]:
        """Counts (K,), first (K, D) and second moments (K, D, D) out of the sums."""
        k = len(sums[-1])
        first, second = np.empty((k, self.d)), np.empty((k, self.d, self.d))
        for (a, b), total in zip(self.stripes, sums[:-1], strict=True):
            part = total.reshape(k, b - a, b + 1)
            first[:, a:b] = part[:, :, 0]
            second[:, a:b, :b] = part[:, :, 1:]
        i, j = _upper(self.d)
        second[:, i, j] = second[:, j, i]
        return sums[-1], first, second


def _threads(data: Rows, n_components: int) -> int:
    """How many threads an E-step is worth, of those that it may use."""
    n, d = data.values.shape
    products = n * n_components * (d + 1) * (d + 2) // 2
    return data.n_threads if products >= WORTH_A_THREAD else 1


def _constants(weights: Array, whiten: Array) -> Array:
    """Compute ln pi_k - ln |2 pi Sigma_k| / 2 of all k, from inverse Cholesky factors."""
    log_det = np.log(np.diagonal(whiten, axis1=1, axis2=2)).sum(axis=1)
    return np.log(weights) + log_det - 0.5 * whiten.shape[1] * LOG_2PI


@np.errstate(**CHECKED)  # a thread does not inherit its caller's
def _sweep(
    form: _Form, theta: Any, chunks: Iterable[int], work: _Work
) -> tuple[list[Array], float]:
    """Sums over some chunks, and their log-likelihood (less that of the reference)."""
    sums: list[Array] = []
    objective = 0.0
    for i in chunks:
        phi, times = form.chunk(i, work)
        r, part = work.softmax(form, theta, phi, times)
        objective += part
        more = form.sums(phi, r, work)
        sums = [a + b for a, b in zip(sums, more, strict=True)] if sums else more
    return sums, objective


def _all_chunks(form: _Form, theta: Any, works: list[_Work]) -> tuple[list[Array], float]:
    """Sums over all chunks, shared among the threads."""
    if len(works) == 1:
        return _sweep(form, theta, form.chunks, works[0])
    from concurrent.futures import ThreadPoolExecutor

    n = len(works)
    shares = [form.chunks[t * form.n_chunks // n : (t + 1) * form.n_chunks // n] for t in range(n)]
    with _one_blas_thread(), ThreadPoolExecutor(n) as pool:
        parts = list(pool.map(partial(_sweep, form, theta), shares, works))
    sums = [reduce(add, arrays) for arrays in zip(*[s for s, _ in parts], strict=True)]
    return sums, math.fsum(part for _, part in parts)


@cache
def _controller() -> Any:
    try:
        from threadpoolctl import ThreadpoolController
    except ImportError:
        return None
    return ThreadpoolController()


def _one_blas_thread() -> Any:
    """Keep the threads of the matrix product from waiting for those of the chunks."""
    controller = _controller()
    return contextlib.nullcontext() if controller is None else controller.limit(limits=1)


def _whiten(covariances: Array, means: Array) -> Array | None:
    """Inverse Cholesky factors (K, D, D) in the frame's units, if they can be trusted."""
    try:
        factors = np.linalg.cholesky(covariances)
        whiten = np.linalg.inv(factors)
    except np.linalg.LinAlgError:
        return None
    # Terms do not cancel here: a thin component that points at the origin loses digits crosswise.
    kappa = (np.einsum("kij,kj->ki", np.abs(whiten), np.abs(means)) ** 2).sum(axis=1)
    bound = (factors**2).sum(axis=(1, 2)) * (whiten**2).sum(axis=(1, 2))
    for k in np.flatnonzero(~(bound <= TRUSTED)):
        values = np.linalg.eigvalsh(covariances[k])
        if not 0 < values[-1] <= TRUSTED * values[0]:
            return None
    return whiten if (kappa <= TRUSTED).all() else None


class Kernel:
    """The fast E-step for one data set and one number of components; kept with the data."""

    def __init__(self, data: Rows, n_components: int, form: type[Quadratic] | None = None) -> None:
        quadratic = data.n_columns <= QUADRATIC_COLUMNS and 3 * n_components >= data.n_columns
        form_class: Any = form or (Quadratic if quadratic else _Whitened)
        self.form: _Form = form_class(data, n_components)
        self.frame, self.n_components = self.form.frame, n_components
        self.n_threads = min(_threads(data, n_components), self.form.n_chunks)
        self._idle: list[list[_Work]] = []

    def works(self, k: int, reference: bool = False) -> list[_Work]:
        """New buffers for every thread."""
        return [_Work(self.form, k, reference) for _ in range(self.n_threads)]

    def e_step(
        self, weights: Array, means: Array, covariances: Array
    ) -> tuple[Moments, float] | None:
        """Statistics and log-likelihood; None where the readable form must take the step.

        Parameters
        ----------
        weights, means, covariances
            Of shapes (K,), (K, D) and (K, D, D), in the data's units; of a diagonal form the
            variances (K, D).
        """
        frame, form = self.frame, self.form
        units = form.units()
        centred = (means - frame.centre) / frame.scale
        whiten = form.whiten(covariances / units, centred) if frame.usable else None
        if whiten is None or not weights.all():
            return None
        theta = form.theta(weights, centred, whiten)
        try:
            works = self._idle.pop()  # two callers, in threads of their own, never share buffers
        except IndexError:
            works = self.works(self.n_components)
        sums, objective = _all_chunks(form, theta, works)
        self._idle.append(works)
        n_k, first, second = form.moments(sums)
        if not (math.isfinite(objective) and (n_k > form.least_count).all()):
            return None
        offsets = first / n_k[:, None]
        scatters = second - column(n_k, second) * form.products(offsets)
        variances = scatters / column(n_k, second)
        wide = form.diagonal(variances) > frame.least
        if not wide.all() or form.whiten(variances, offsets) is None:
            return None
        moments = Moments(n_k, frame.centre, offsets * frame.scale, scatters * units)
        return moments, objective - frame.log_volume


def of(data: Rows, n_components: int, form: type[Quadratic] | None = None) -> Kernel:
    """The kernel of the data for so many components, made once; ``form`` for another than its."""
    key = "kernel", n_components, form
    if key not in data.kept:
        data.kept[key] = Kernel(data, n_components, form)
    return data.kept[key]


def rounds(model: Any, data: Data) -> tuple[Iterator[tuple[float, Any, int]], Any] | None:
    """EM from a mixture in one or two dimensions, with its parameters in plain floats.

    For a few hundred points a call of numpy costs as much as its work: so nothing is made twice,
    and no model until it is asked for. Returns what `em` calls a chain; its states are models
    where the readable form made them, else a `State` in the frame's units. None for other data.
    """
    if data.n_columns > 2 or not isinstance(data, Rows):
        return None
    steps = (_Line if data.n_columns == 1 else _Plane)(model, data)
    return _chain(model, data, steps, steps.step)


def rounds_together(models: list[Any], data: Data) -> list[Any] | None:
    """Chains of several mixtures with as many components, as `rounds` makes them of one.

    The components of all go through one matrix product, so that numpy is called for many times
    more numbers at once: see `_Together`. None for other data, and where there are so many points
    that it would not help.
    """
    if data.n_columns > 2 or not isinstance(data, Rows):
        return None
    if len(data.values) * len(models) * models[0].n_components > TOGETHER:
        return None
    kind = _Line if data.n_columns == 1 else _Plane
    together = _Together(models, [kind(model, data, alone=False) for model in models])
    return [
        _chain(model, data, steps, partial(together.step, i))
        for i, (model, steps) in enumerate(zip(models, together.steps, strict=True))
    ]


def _chain(model: Any, data: Rows, steps: _Steps, take: Callable[..., Any]) -> tuple[Any, Any]:
    """Rounds of EM whose steps ``take`` takes, and what makes the model of a state."""

    def make(state: Any) -> Any:
        return model.at(steps.to_units(state)) if isinstance(state, list) else state

    def chain() -> Iterator[tuple[float, Any, int]]:
        state, here = model, steps.to_frame(model.state())
        theta = steps.theta(here)
        for passes in itertools.count(1):
            step = take(here, theta) if theta else None
            if step is None:  # not to be trusted: the readable form takes this step
                exact = make(state)
                statistics, objective = exact._e_step_by_rows(data)
                yield objective, state, passes
                new = exact.m_step(statistics)
                here = steps.to_frame(new.state())
                theta = steps.theta(here)
            else:
                objective, new, theta = step
                here = new
                yield objective, state, passes
            while new == state:
                yield objective, state, passes
            state = new

    return chain(), make


class _Steps:
    """Steps of EM between states in the frame's units: what the line and the plane share.

    What they do not share is written out number by number, which is twice as quick as a loop.
    """

    def __init__(self, model: Any, data: Rows, alone: bool = True) -> None:
        kernel = of(data, model.n_components)
        self.frame, self.form = kernel.frame, kernel.form
        self.n, self.k = data.total_weight, model.n_components
        self.weights = model.weights.tolist() if model.fixed_weights else None
        self.floor, self.family = model.covariance_floor, model.covariance_type
        self.lowest = self.floor / float(self.frame.scale[0]) / float(self.frame.scale[0])
        self.centre, self.scale = self.frame.centre.tolist(), self.frame.scale.tolist()
        self.least, self.log_volume = self.frame.least.tolist(), self.frame.log_volume
        self.far = any(abs(c) > 100 * s for c, s in zip(self.centre, self.scale, strict=True))
        self.reference = alone and self.k <= FEW
        if not alone:
            return
        n_rows = self.k - self.reference
        if self.form.n_chunks == 1:
            self.sums, self.total = _one_chunk(self.form, n_rows, self.reference)
            return
        works = kernel.works(n_rows, self.reference)
        self.sums = partial(_float_sums, self.form, works)
        if self.reference:
            self.total = self.form.total(works[0]).tolist()

    def to_frame(self, state: State) -> State:
        """A state in the frame's units, from one in the data's."""
        raise NotImplementedError

    def to_units(self, state: State) -> State:
        """A state in the data's units, from one in the frame's."""
        raise NotImplementedError

    def rounded(self, u: float, column: int) -> float:
        """A mean in the frame's units, as it will be once it is rounded in the data's."""
        centre, scale = self.centre[column], self.scale[column]
        return ((u * scale + centre) - centre) / scale

    def theta(self, state: State) -> Theta | None:
        """Parameters of the log-joint at a state; None where one cannot be trusted."""
        raise NotImplementedError

    def m_step(self, sums: Sequence[Sequence[float]]) -> State | None:
        """Make a state of the sums of all components; None where they are not to be trusted."""
        raise NotImplementedError

    def taken(self, sums: Sequence[Sequence[float]], objective: float) -> Taken | None:
        """What `step` returns, from the sums of all components and the objective."""
        new = self.m_step(sums)
        theta = self.theta(new) if new else None
        if theta is None or new is None or not math.isfinite(objective):
            return None
        return objective - self.log_volume, new, theta

    def step(self, state: State, theta: Theta) -> Taken | None:
        """Log-likelihood at a state, the next one and its theta; None if not to be trusted."""
        return self.taken(*self.sums(list(itertools.chain.from_iterable(theta))))


def _float_sums(form: _Form, works: list[_Work], theta: list[float]) -> FloatSums:
    """Sums over all chunks in plain floats, at parameters one component after the other."""
    sums, objective = _all_chunks(form, np.array(theta).reshape(-1, form.n_features), works)
    return [row.tolist() for row in sums], objective


@cache
def _filler(size: int) -> Callable[..., None]:
    """What writes so many floats into a buffer."""
    return Struct(f"{size}d").pack_into


@cache
def _ones(k: int) -> Array:
    """One for each component and the reference."""
    return np.ones(k)


def _one_chunk(form: _Form, n_rows: int, reference: bool) -> tuple[Any, list[float]]:
    """Sums of the only chunk, with every array and method looked up beforehand; and their total."""
    phi, times = form.kept[0]
    weighted = phi if times is None else phi * times
    full, table = np.empty((n_rows + reference, phi.shape[1])), np.empty((n_rows, len(phi)))
    full[n_rows:] = 1.0
    r, q, log_q = full[:n_rows], np.empty(phi.shape[1]), np.empty(phi.shape[1])
    buffer, fill, one_each = table.data, _filler(table.size), _ones(len(full))
    product, add_up, add_up_logs, by_row = table.dot, one_each.dot, log_q.dot, weighted.dot
    exp, log, divide = np.exp, np.log, np.divide
    rows, each = list(r), weighted[0]

    def sums(theta: list[float]) -> FloatSums:
        fill(buffer, 0, *theta)
        product(phi, r)
        exp(r, r)
        add_up(full, q)
        log(q, log_q)
        objective = float(add_up_logs(each))
        # With a reference no sum is below its row of ones, so that none is too small.
        sure = objective < math.inf if reference else add_up_logs(log_q) < DEEP or not _lost(q)
        if not sure:
            return _float_sums(form, [_Work(form, n_rows, reference)], theta)
        of_all = []
        for row in rows:
            divide(row, q, row)
            of_all.append(by_row(row).tolist())
        return of_all, objective

    return sums, by_row(phi[0]).tolist()


class _Line(_Steps):
    """One dimension: a state is (weight, mean, variance) of each component."""

    def to_frame(self, state: State) -> State:
        """Centred and scaled."""
        (c,), (s,) = self.centre, self.scale
        return [(weight, (mean - c) / s, variance / (s * s)) for weight, mean, variance in state]

    def to_units(self, state: State) -> State:
        """Scaled and moved back."""
        (c,), (s,) = self.centre, self.scale
        return [(weight, mean * s + c, variance * (s * s)) for weight, mean, variance in state]

    def theta(self, state: State) -> Theta | None:
        """Constant, linear and quadratic part."""
        (least,) = self.least
        rows: Theta = []
        for weight, mean, variance in state:
            if not (weight > 0 and variance > least and mean * mean <= TRUSTED * variance):
                return None
            a = mean / variance
            constant = math.log(weight) - 0.5 * (LOG_2PI + math.log(variance) + a * mean)
            rows.append((constant, a, -0.5 / variance))
        return rows

    def step(self, state: State, theta: Theta) -> Taken | None:
        """The same with a reference: parameters less its own, its sums from those of all points."""
        if not self.reference:
            return super().step(state, theta)
        r = state.index(max(state))  # the largest, so that little of its sums is rounding
        c, a, b = reference = theta[r]
        others: list[float] = []
        for row in theta:
            if row is not reference:
                c_k, a_k, b_k = row
                others += c_k - c, a_k - a, b_k - b
        sums, objective = self.sums(others)
        n, x, xx = self.total
        objective += c * n + a * x + b * xx
        for n_k, x_k, xx_k in sums:
            n, x, xx = n - n_k, x - x_k, xx - xx_k
        sums.insert(r, [n, x, xx])
        taken = self.taken(sums, objective)
        # The reference's sums are those of all points less the others': too small for that?
        if taken and n >= LEAST_SHARE * self.n and -2 * taken[2][r][2] * self.n <= TRUSTED * n:
            return taken
        return None

    def m_step(self, sums: Sequence[Sequence[float]]) -> State | None:
        """Mean and variance, no smaller than the floor."""
        new: State = []
        lowest = 0.0 if self.family == "tied" else self.lowest
        for k, (n, x, xx) in enumerate(sums):
            if not n > self.form.least_count:
                return None
            weight = self.weights[k] if self.weights else n / self.n
            mean = x / n
            variance = max(xx / n - mean * mean, lowest)
            new.append((weight, self.rounded(mean, 0) if self.far else mean, variance))
        return self.tied(new, sums) if self.family == "tied" else new

    def tied(self, state: State, sums: Sequence[Sequence[float]]) -> State:
        """The same with one variance for all: see `emlib.families`."""
        scatter = sum(n * variance for (n, *_), (_, _, variance) in zip(sums, state, strict=True))
        variance = max(scatter / self.n, self.lowest)
        return [(weight, mean, variance) for weight, mean, _ in state]


class _Plane(_Steps):
    """Two dimensions: a state is (weight, x, y, xx, xy, yy) of each component."""

    def __init__(self, model: Any, data: Rows, alone: bool = True) -> None:
        super().__init__(model, data, alone)
        sx, sy = self.scale
        self.diagonal, self.spherical = self.family in DIAGONAL, self.family == "spherical"
        self.y_by_x, self.x_by_y = (sy / sx) * (sy / sx), (sx / sy) * (sx / sy)
        """What a variance in one column's units is in the other's."""

    def to_frame(self, state: State) -> State:
        """Centred and scaled."""
        (cx, cy), (sx, sy) = self.centre, self.scale
        return [
            (w, (x - cx) / sx, (y - cy) / sy, xx / (sx * sx), xy / (sx * sy), yy / (sy * sy))
            for w, x, y, xx, xy, yy in state
        ]

    def to_units(self, state: State) -> State:
        """Scaled and moved back."""
        (cx, cy), (sx, sy) = self.centre, self.scale
        return [
            (w, x * sx + cx, y * sy + cy, xx * (sx * sx), xy * (sx * sy), yy * (sy * sy))
            for w, x, y, xx, xy, yy in state
        ]

    def theta(self, state: State) -> Theta | None:
        """Constant, linear parts by x and y, quadratic by xx, xy and yy."""
        least_x, least_y = self.least
        rows: Theta = []
        for weight, x, y, xx, xy, yy in state:
            det, trace = xx * yy - xy * xy, xx + yy
            wide = xx > least_x and yy > least_y and trace * trace <= TRUSTED * det
            if not (wide and weight > 0):
                return None
            p, q, r = yy / det, -xy / det, xx / det
            a, b = p * x + q * y, q * x + r * y
            kappa = a * x + b * y
            if not (kappa <= TRUSTED and kappa - 4.0 * q * x * y <= TRUSTED):  # as in `_whiten`
                return None
            constant = math.log(weight) - LOG_2PI - 0.5 * (math.log(det) + kappa)
            rows.append((constant, a, b, -0.5 * p, -q, -0.5 * r))
        return rows

    def step(self, state: State, theta: Theta) -> Taken | None:
        """The same with a reference: see `_Line.step`."""
        if not self.reference:
            return super().step(state, theta)
        r = state.index(max(state))
        c, a, b, p, q, s = reference = theta[r]
        others: list[float] = []
        for row in theta:
            if row is not reference:
                c_k, a_k, b_k, p_k, q_k, s_k = row
                others += c_k - c, a_k - a, b_k - b, p_k - p, q_k - q, s_k - s
        sums, objective = self.sums(others)
        n, x, y, xx, xy, yy = self.total
        objective += c * n + a * x + b * y + p * xx + q * xy + s * yy
        for n_k, x_k, y_k, xx_k, xy_k, yy_k in sums:
            n, x, y = n - n_k, x - x_k, y - y_k
            xx, xy, yy = xx - xx_k, xy - xy_k, yy - yy_k
        sums.insert(r, [n, x, y, xx, xy, yy])
        taken = self.taken(sums, objective)
        if taken and n >= LEAST_SHARE * self.n:
            row = taken[2][r]
            if -2 * (row[3] + row[5]) * self.n <= TRUSTED * n:
                return taken
        return None

    def m_step(self, sums: Sequence[Sequence[float]]) -> State | None:
        """Mean and covariance, of which no eigenvalue may be below the floor."""
        new: State = []
        diagonal = self.diagonal
        for k, (n, x, y, xx, xy, yy) in enumerate(sums):
            if not n > self.form.least_count:
                return None
            weight = self.weights[k] if self.weights else n / self.n
            x, y = x / n, y / n
            xx, xy, yy = xx / n - x * x, xy / n - x * y, yy / n - y * y
            if diagonal:  # see `emlib.families`
                xy = 0.0
                if self.spherical:
                    xx, yy = (xx + yy * self.y_by_x) / 2, (xx * self.x_by_y + yy) / 2
            if self.far:
                x, y = self.rounded(x, 0), self.rounded(y, 1)
            new.append((weight, x, y, xx, xy, yy))
        if self.family == "tied":
            new = self.tied(new, sums)
        if self.floor > 0 and any(self.is_below_floor(*row[3:]) for row in new):
            return None
        return new

    def tied(self, state: State, sums: Sequence[Sequence[float]]) -> State:
        """The same with one covariance for all: see `emlib.families`."""
        shares = [n / self.n for n, *_ in sums]
        columns = zip(*[row[3:] for row in state], strict=True)
        pooled = [math.fsum(map(mul, shares, values)) for values in columns]
        return [(*row[:3], *pooled) for row in state]

    def is_below_floor(self, xx: float, xy: float, yy: float) -> bool:
        """Whether the smaller eigenvalue, in the data's units, is below the floor."""
        sx, sy = self.scale
        xx, xy, yy = xx * (sx * sx), xy * (sx * sy), yy * (sy * sy)
        return xx + yy - math.hypot(xx - yy, 2 * xy) < 2 * self.floor


class _Together:
    """Steps of several runs: when one asks for its next, all take theirs.

    A run that has ended does not ask again, and so costs one step more.
    """

    def __init__(self, models: list[Any], steps: list[_Steps]) -> None:
        self.steps, self.form, self.k = steps, steps[0].form, steps[0].k
        self.work = _Work(self.form, len(steps) * self.k)
        self.asked: dict[int, Theta] = {}
        self.done: dict[int, Any] = {}
        for i, (model, step) in enumerate(zip(models, steps, strict=True)):
            theta = step.theta(step.to_frame(model.state()))
            if theta:
                self.asked[i] = theta

    def step(self, i: int, state: State, theta: Theta) -> Any:
        """What `_Steps.step` returns, for run i."""
        if i not in self.done:
            self.asked[i] = theta
            runs = list(self.asked)
            table = np.array([self.asked[run][k] for k in range(self.k) for run in runs])
            self.asked.clear()
            sums, objectives = self.sums(table, len(runs))
            for j, run in enumerate(runs):
                self.done[run] = self.steps[run].taken(sums[j :: len(runs)], objectives[j])
        taken = self.done.pop(i)
        if taken:
            self.asked[i] = taken[2]
        return taken

    def sums(self, theta: Array, n_runs: int) -> tuple[list[list[float]], list[float]]:
        """Sums of the features, and each run's log-likelihood.

        The rows are the first components of all runs, then the second ones, and so on. A NaN says
        that exp overflowed or lost digits: the readable form then takes that step.
        """
        sums, objectives = np.zeros(theta.shape), np.zeros(n_runs)
        for i in range(self.form.n_chunks):
            phi, times = self.form.chunk(i, self.work)
            r = self.work.table("full", len(theta), phi.shape[1])
            np.exp(np.dot(theta, phi, r), r)
            of_runs = r.reshape(self.k, n_runs, -1)
            q = np.add.reduce(of_runs, axis=0)
            np.divide(of_runs, q, of_runs)
            log_q = np.log(q)
            objectives += log_q.sum(axis=1) if times is None else log_q @ times
            if not np.vdot(log_q, log_q) < DEEP:
                objectives[list(map(_lost, q))] = math.nan
            sums += (r if times is None else r * times) @ phi.T
        rows: Any = sums.tolist()
        return rows, objectives.tolist()
