"""Trials of coins, and their mixture: the public name of `emlib.models.coins`."""

from emlib.models.coins import CoinMixture, counts
from emlib.models.statistics import CoinStatistics

__all__ = ["CoinMixture", "CoinStatistics", "counts"]
