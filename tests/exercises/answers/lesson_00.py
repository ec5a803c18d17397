"""Answers to the exercises of lesson 00, written from their text alone."""

ANSWERS = [
    {
        "id": "00.1",
        "kind": "right",
        "says": "one line, heads over all tosses",
        "code": """
import numpy as np


def share_of_heads(heads, tails):
    return heads / (heads + tails)
""",
        "call": 'check("00.1", share_of_heads)',
    },
    {
        "id": "00.1",
        "kind": "right",
        "says": "plain loop over a list of ones and zeros",
        "code": """
import numpy as np


def share_of_heads(heads, tails):
    tosses = []
    for _ in range(int(heads)):
        tosses.append(1)
    for _ in range(int(tails)):
        tosses.append(0)
    total = 0
    for toss in tosses:
        total += toss
    return total / len(tosses)
""",
        "call": 'check("00.1", share_of_heads)',
    },
    {
        "id": "00.1",
        "kind": "right",
        "says": "numpy mean of repeated outcomes",
        "code": """
import numpy as np


def share_of_heads(heads, tails):
    return np.repeat([1.0, 0.0], [int(heads), int(tails)]).mean()
""",
        "call": 'check("00.1", share_of_heads)',
    },
    {
        "id": "00.1",
        "kind": "right",
        "says": "one minus the share of tails",
        "code": """
import numpy as np


def share_of_heads(heads, tails):
    return 1 - tails / (tails + heads)
""",
        "call": 'check("00.1", share_of_heads)',
    },
    {
        "id": "00.1",
        "kind": "right",
        "says": "exact fraction, turned into a float at the end",
        "code": """
import numpy as np
from fractions import Fraction


def share_of_heads(heads, tails):
    return float(Fraction(int(heads), int(heads) + int(tails)))
""",
        "call": 'check("00.1", share_of_heads)',
    },
    {
        "id": "00.1",
        "kind": "right",
        "says": "callable object, and it refuses a coin that was never tossed",
        "code": """
import numpy as np


class Share:
    def __call__(self, heads, tails):
        tosses = np.add(heads, tails)
        if np.any(tosses <= 0):
            raise ValueError("a coin that was never tossed has no share of heads")
        return np.true_divide(heads, tosses)


share_of_heads = Share()
""",
        "call": 'check("00.1", share_of_heads)',
    },
    {
        "id": "00.1",
        "kind": "right",
        "says": "functools.partial of a more general function",
        "code": """
import numpy as np
from functools import partial


def share(which, heads, tails):
    counts = np.array([heads, tails], dtype=float)
    return (counts / counts.sum())[which]


share_of_heads = partial(share, 0)
""",
        "call": 'check("00.1", share_of_heads)',
    },
    {
        "id": "00.1",
        "kind": "wrong",
        "says": "odds in place of a share",
        "cause": (
            "The divisor is wrong: heads are divided by the tails, which gives the odds (1.5 for 3 "
            "and 2), not by all tosses; odds are no probability and may exceed 1."
        ),
        "code": """
import numpy as np


def share_of_heads(heads, tails):
    return heads / tails
""",
        "call": 'check("00.1", share_of_heads)',
    },
    {
        "id": "00.1",
        "kind": "wrong",
        "says": "share of tails",
        "cause": (
            "The numerator is wrong: this is the share of the tails, one minus what was asked for; "
            "for 3 heads and 2 tails it gives 0.4 in place of 0.6."
        ),
        "code": """
import numpy as np


def share_of_heads(heads, tails):
    return tails / (heads + tails)
""",
        "call": 'check("00.1", share_of_heads)',
    },
    {
        "id": "00.1",
        "kind": "wrong",
        "says": "whole-number division",
        "cause": (
            "The operator is wrong: // cuts the result down to a whole number, so almost every "
            "share becomes 0; use a single slash."
        ),
        "code": """
import numpy as np


def share_of_heads(heads, tails):
    return heads // (heads + tails)
""",
        "call": 'check("00.1", share_of_heads)',
    },
    {
        "id": "00.1",
        "kind": "wrong",
        "says": "number of tosses hard-wired",
        "cause": (
            "The divisor is the 5 tosses of the example, whatever the arguments are; divide by "
            "heads plus tails."
        ),
        "code": """
import numpy as np


def share_of_heads(heads, tails):
    return heads / 5
""",
        "call": 'check("00.1", share_of_heads)',
    },
    {
        "id": "00.1",
        "kind": "wrong",
        "says": "in per cent",
        "cause": (
            "The unit is wrong: the result is in per cent (60), a hundred times the share (0.6); a "
            "probability lies between 0 and 1."
        ),
        "code": """
import numpy as np


def share_of_heads(heads, tails):
    return 100 * heads / (heads + tails)
""",
        "call": 'check("00.1", share_of_heads)',
    },
    {
        "id": "00.1",
        "kind": "wrong",
        "says": "rounded to one decimal",
        "cause": (
            "The last step is wrong: the share is rounded to one decimal, which is exact for 3 and "
            "2 but not for most counts."
        ),
        "code": """
import numpy as np


def share_of_heads(heads, tails):
    return round(heads / (heads + tails), 1)
""",
        "call": 'check("00.1", share_of_heads)',
    },
    {
        "id": "00.1",
        "kind": "wrong",
        "says": "brackets forgotten",
        "cause": (
            "The brackets are missing: heads / heads + tails is (heads / heads) + tails, because "
            "division goes before addition."
        ),
        "code": """
import numpy as np


def share_of_heads(heads, tails):
    return heads / heads + tails
""",
        "call": 'check("00.1", share_of_heads)',
    },
    {
        "id": "00.1",
        "kind": "wrong",
        "says": "one head and one tail added",
        "cause": (
            "The counts are wrong: one head and one tail are added (Laplace's rule of succession), "
            "which pulls the share towards a half; the share of the tosses seen was asked for."
        ),
        "code": """
import numpy as np


def share_of_heads(heads, tails):
    return (heads + 1) / (heads + tails + 2)
""",
        "call": 'check("00.1", share_of_heads)',
    },
    {
        "id": "00.1",
        "kind": "wrong",
        "says": "divisor N - 1",
        "cause": (
            "The divisor is wrong: N - 1 belongs to the unbiased variance; a share is divided by "
            "the number of tosses, N."
        ),
        "code": """
import numpy as np


def share_of_heads(heads, tails):
    return heads / (heads + tails - 1)
""",
        "call": 'check("00.1", share_of_heads)',
    },
    {
        "id": "00.1",
        "kind": "wrong",
        "says": "numbers of the example in place of the arguments",
        "cause": (
            "The arguments are never used: the function computes the share of the 3 heads and 2 "
            "tails above it, so every coin gets 0.6."
        ),
        "code": """
import numpy as np

n_heads, n_tails = 3, 2


def share_of_heads(heads, tails):
    return n_heads / (n_heads + n_tails)
""",
        "call": 'check("00.1", share_of_heads)',
    },
    {
        "id": "00.1",
        "kind": "wrong",
        "says": "printed, not returned",
        "cause": (
            "The return is missing: the share is printed, and the function hands back None; "
            "printing shows a number to you, return gives it to the caller."
        ),
        "code": """
import numpy as np


def share_of_heads(heads, tails):
    print(heads / (heads + tails))
""",
        "call": 'check("00.1", share_of_heads)',
    },
    {
        "id": "00.1",
        "kind": "hostile",
        "says": "returns a string",
        "code": """
import numpy as np


def share_of_heads(heads, tails):
    return f"{heads / (heads + tails):.0%}"
""",
        "call": 'check("00.1", share_of_heads)',
    },
    {
        "id": "00.1",
        "kind": "hostile",
        "says": "loops for ever",
        "code": """
import numpy as np


def share_of_heads(heads, tails):
    tosses = 0
    while tosses != heads + tails + 0.5:
        tosses += 1
    return heads / tosses
""",
        "call": 'check("00.1", share_of_heads)',
    },
    {
        "id": "00.1",
        "kind": "hostile",
        "says": "recursion without end",
        "code": """
import numpy as np


def share_of_heads(heads, tails):
    return 1 - share_of_heads(tails, heads)
""",
        "call": 'check("00.1", share_of_heads)',
    },
    {
        "id": "00.1",
        "kind": "hostile",
        "says": "a float as the exercise's number",
        "code": """
import numpy as np


def share_of_heads(heads, tails):
    return heads / (heads + tails)
""",
        "call": "check(00.1, share_of_heads)",
    },
    {
        "id": "00.1",
        "kind": "hostile",
        "says": "calls where it should hand over the function",
        "code": """
import numpy as np


def share_of_heads(heads, tails):
    return heads / (heads + tails)
""",
        "call": 'check("00.1", share_of_heads(3, 2))',
    },
]
