"""Numbers and names in the sentences of players and panels."""

from __future__ import annotations

from collections.abc import Iterable


def minus(text: str) -> str:
    """Write hyphens as true minus signs."""
    return text.replace("-", "−")


def nats(value: float, decimals: int = 2) -> str:
    """Write a log-likelihood.

    Examples
    --------
    >>> nats(-31.5702), nats(-31.5702, 4)
    ('−31.57', '−31.5702')
    """
    return minus(f"{value:.{decimals}f}")


def listed(values: Iterable[float], decimals: int) -> str:
    """Write numbers side by side.

    Examples
    --------
    >>> listed([0.25, -1.0], 1)
    '0.2, −1.0'
    """
    return minus(", ".join(f"{value:.{decimals}f}" for value in values))


def capitalised(words: str) -> str:
    """Begin words with a capital letter and leave the rest, such as EM, alone.

    Examples
    --------
    >>> capitalised("where EM stops")
    'Where EM stops'
    """
    return words[0].upper() + words[1:]
