"""How the book's search takes a text apart: a number such as 9.24 is one word.

Sphinx cuts at each point, and then drops the digits on both sides.
"""

from __future__ import annotations

import re

from sphinx.search.en import SearchEnglish


class SearchWithNumbers(SearchEnglish):
    """English, with the numbers of equations and exercises as words."""

    _word_re = re.compile(r"\d{1,2}\.\d{1,2}(?!\d)|\w+")
    # The same for what a reader types; it takes the place of the one in searchtools.js.
    js_splitter_code = r"""
function splitQuery(query) {
  const words = /\d{1,2}\.\d{1,2}(?!\d)|[\p{Letter}\p{Number}_\p{Emoji_Presentation}]+/gu;
  return query.match(words) ?? [];
}
"""
