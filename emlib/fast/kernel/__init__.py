"""The fast E-step of Gaussian mixtures: the sums of the readable form, many times sooner.

The log-joint of a Gaussian mixture is linear in the features phi(x) = (1, x_i, x_i x_j). So an
E-step is a matrix product, a softmax and another matrix product:

    ln p(x_n, z_n = k | theta) = eta_k . phi(x_n)         Eta Phi, all K at once        (9.12)
    gamma_nk = exp(eta_k . phi_n) / sum_j exp(eta_j . phi_n)                            (9.13)
    sum_n gamma_nk phi(x_n)                                 Gamma Phi^T, all of (9.24)-(9.27)

The price is digits: sums of squares lose as many as kappa has, the squared distance of a component
from the origin in its own standard deviations. So columns are centred and scaled first; where a sum
of exponentials overflows or loses digits, exp is taken again of a shifted log-joint; and where a
kappa or a condition number is above ``Thresholds.condition``, before the step or after it, the
answer is None, and the readable form of `emlib.models.model` takes that step.

================================ ===============================================================
module                           holds
================================ ===============================================================
`thresholds`                         thresholds, with their reasons
`scaling`, `features`            centred and scaled columns; chunks that fit the cache
`quadratic`                      up to 24 dimensions, if K >= D / 3: the features above
`whitened`                       all others: x - mu_k by the rows of all inverse Cholesky factors
`diagonal`                       covariances without entries beside the diagonal
`softmax`, `buffers`             responsibilities of a chunk, allocated once
`e_step`                         all chunks, on one thread or several: statistics, log-likelihood
`floats`, `line`, `plane`        EM in one or two dimensions, with its parameters in plain floats
`rounds`, `together`             their rounds, of one run or of several side by side
================================ ===============================================================

A softmax of K components needs only K - 1 exponentials. With a reference component r,

    gamma_nk = e_nk / (1 + sum_{j != r} e_nj),    e_nk = exp((eta_k - eta_r) . phi_n)
    ln p(x_n) = eta_r . phi_n + ln(1 + sum_{j != r} e_nj)

so that r needs neither a row of the product nor an exponential; its sums are those of all points
less those of the others. That difference loses digits where r owns few points: r is the component
of largest weight, and a step in which it owns less than ``Thresholds.reference_share`` is refused.

Data lie with one row per feature and one column per point; docs/benchmarks.md has measurements.
"""
