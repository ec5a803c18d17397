"""The course's data: drawn by seeded functions, printed in papers, or small files with a source.

Every function that draws takes ``rng``, a numpy Generator or a whole number to seed one, and says
in its docstring the line that draws. The truth it draws from is a model, so that a fit can be
compared with it.

========================= ================================================================ =======
function                  what                                                             lesson
========================= ================================================================ =======
`heights`                 1000 heights from N(170, 10)                                     01, 02
`two_groups`              500 + 500 heights whose mixture has one hump                     02, 05
`blobs`                   3 x 200 points in the plane (a file)                             03
`do_batzoglou`            5 trials of 10 tosses, as published                              04, 07
`many_trials`             500 trials of 10 tosses with biases 0.6 and 0.2                  04
`three_normals`           3 x 1000 points on a line                                        05
`two_normals`             3000 + 7000 points on a line                                     05, 08
`thirty_and_thirty`       30 + 30 points on a line                                         05, 08
`three_clusters`          500 + 150 + 350 points in the plane                              06, 07
`old_faithful`            272 eruptions of a geyser (a file)                               06
`acidity`                 155 lakes (a file)
`galaxies`                82 velocities (a file)
`deaths`                  deaths on 1096 days, as published, with how often each count was
========================= ================================================================ =======
"""

from emlib.datasets._coins import do_batzoglou, many_trials
from emlib.datasets._counts import deaths
from emlib.datasets._dataset import Dataset
from emlib.datasets._files import acidity, blobs, galaxies, old_faithful
from emlib.datasets._normals import (
    heights,
    thirty_and_thirty,
    three_clusters,
    three_normals,
    two_groups,
    two_normals,
)

__all__ = [
    "Dataset",
    "acidity",
    "blobs",
    "deaths",
    "do_batzoglou",
    "galaxies",
    "heights",
    "many_trials",
    "old_faithful",
    "thirty_and_thirty",
    "three_clusters",
    "three_normals",
    "two_groups",
    "two_normals",
]
