"""Make the modules of the book importable, behind all others: two are named build."""

import sys

from book import reader

sys.path.append(str(reader.BOOK))
