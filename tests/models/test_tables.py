"""`emlib.tables`: how parameters are shown."""

import numpy as np

from emlib.models import tables


def test_numbers_have_five_significant_digits():
    shown = tables.numbers([1 / 3, 2.0, 123456.7, 1e-20, np.float64(0.5)])
    assert shown == ["0.33333", "2", "1.2346e+05", "1e-20", "0.5"]


def test_long_vectors_are_cut():
    assert tables.vector([1, 2.5]) == "(1, 2.5)"
    assert tables.vector(range(4)) == "(0, 1, 2, 3)"
    assert tables.vector(range(5)) == "(0, 1, 2, 3, ...)"


def test_text_is_aligned_to_the_right_under_its_names():
    assert tables.text_table("Two", {"a": ["1", "200"], "longer": ["x", "y"]}).splitlines() == [
        "Two",
        "component    a  longer",
        "        0    1       x",
        "        1  200       y",
    ]


def test_html_has_headers_for_rows_and_columns_and_is_escaped():
    assert tables.html_table("A & B", {"<a>": ["1", "<2>"]}) == (
        "<table><caption>A &amp; B</caption>"
        '<thead><tr><th scope="col">component</th><th scope="col">&lt;a&gt;</th></tr></thead>'
        '<tbody><tr><th scope="row">0</th><td>1</td></tr>'
        '<tr><th scope="row">1</th><td>&lt;2&gt;</td></tr></tbody></table>'
    )
