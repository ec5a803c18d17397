"""Where the forms of the kernel end, and how much it may keep: arguments, with their reasons."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Thresholds:
    """Thresholds of the kernel. Those of digits are tried from both sides by the tests of guards.

    Attributes
    ----------
    condition
        The largest kappa and condition number at which sums of squares surely keep ten digits: with
        the least careful of the matrix products, whose order is the processor's, they lose 6e-15 of
        kappa.
    least_count
        A component that owns fewer points, in units of the mean weight of a row, is a sum of
        numbers that exp may have rounded to nothing.
    reference_share
        A reference that owns a smaller part of the points is mostly rounding of the others' sums.
    reference_components
        Up to this many components one is the reference of the others.
    single_rows
        Up to this many rows are multiplied one by one.
    quadratic_columns
        Up to this many columns the features are of second order.
    stripe_rows
        Rows of each inverse Cholesky factor that are multiplied at once.
    thread_products
        Products N K P below which an E-step is over, in some two milliseconds, before threads help.
    together_numbers
        Up to this many responsibilities in all, several runs gain by sharing their steps.
    chunk_rows
        Points of a chunk, at most.
    kept_bytes
        Features of up to so many bytes may be kept from one E-step to the next.
    """

    condition: float = 1e4
    least_count: float = 1e-16
    reference_share: float = 1e-3
    reference_components: int = 4
    single_rows: int = 4
    quadratic_columns: int = 24
    stripe_rows: int = 16
    thread_products: int = 2**23
    together_numbers: int = 2**21
    chunk_rows: int = 2**15
    kept_bytes: int = 2**26


THRESHOLDS = Thresholds()
