"""Small tables of parameters, as text and as HTML: how a model shows itself."""

from __future__ import annotations

from collections.abc import Iterable

MOST_ENTRIES = 4
"""A longer vector is cut, with an ellipsis."""


def numbers(values: Iterable[float]) -> list[str]:
    """Five significant digits each: fewer than rounding can touch."""
    return [f"{value:.5g}" for value in values]


def vector(values: Iterable[float]) -> str:
    """A vector in brackets, cut after a few entries."""
    entries = numbers(values)
    shown = entries[:MOST_ENTRIES] + (["..."] if len(entries) > MOST_ENTRIES else [])
    return f"({', '.join(shown)})"


def text_table(title: str, columns: dict[str, list[str]], counted: str = "component") -> str:
    """The title, and below it one line per component, or what else is counted."""
    n = len(next(iter(columns.values())))
    table = {counted: [str(k) for k in range(n)], **columns}
    widths = {name: max(map(len, [name, *cells])) for name, cells in table.items()}
    lines = ["  ".join(name.rjust(widths[name]) for name in table)]
    for k in range(n):
        lines.append("  ".join(cells[k].rjust(widths[name]) for name, cells in table.items()))
    return "\n".join([title, *lines])


def html_table(title: str, columns: dict[str, list[str]], counted: str = "component") -> str:
    """Lay out the same table for a notebook, with row and column headers for a screen reader."""
    import html

    n = len(next(iter(columns.values())))
    names = "".join(f'<th scope="col">{html.escape(name)}</th>' for name in columns)
    rows = "".join(
        f'<tr><th scope="row">{k}</th>'
        + "".join(f"<td>{html.escape(cells[k])}</td>" for cells in columns.values())
        + "</tr>"
        for k in range(n)
    )
    return (
        f"<table><caption>{html.escape(title)}</caption>"
        f'<thead><tr><th scope="col">{html.escape(counted)}</th>{names}</tr></thead>'
        f"<tbody>{rows}</tbody></table>"
    )
