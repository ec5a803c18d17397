"""The pages beside the notebooks: their links lead somewhere, and what they name exists."""

import re
from pathlib import Path

import pytest

import emlib
from emlib import (
    CoinMixture,
    GaussianMixture,
    GaussianMixture1D,
    KMeans,
    PoissonMixture,
    bound,
    em,
    selection,
)

ROOT = Path(__file__).resolve().parents[1]
PAGES = [
    "README.md",
    "CONTRIBUTING.md",
    "notebooks/glossary.md",
    "notebooks/equations.md",
    *sorted(path.relative_to(ROOT).as_posix() for path in ROOT.glob("docs/**/*.md")),
]
LINK = re.compile(r"\]\((?!https?://|#)([^)#]+)(?:#[^)]*)?\)")


def dead_links(page, text):
    return [link for link in LINK.findall(text) if not (page.parent / link).exists()]


@pytest.mark.parametrize("name", PAGES)
def test_links_lead_somewhere(name):
    page = ROOT / name
    text = page.read_text(encoding="utf-8")
    assert LINK.search(text)
    assert dead_links(page, text) == []


def test_a_dead_link_is_noticed():
    page = ROOT / "README.md"
    assert dead_links(page, "see [it](no/such/page.md)") == ["no/such/page.md"]


def glossary_rows(text):
    rows = [line.strip("|").split(" | ") for line in text.splitlines() if line.startswith("| ")]
    return rows[2:]  # below the header and its rule


def known(name):
    owners = [emlib, bound, em, selection, CoinMixture, GaussianMixture, GaussianMixture1D, KMeans]
    owners.append(PoissonMixture)
    plain = name.removeprefix("model.").removeprefix("fit.")
    head, _, tail = plain.partition(".")
    if tail:
        return hasattr(getattr(emlib, head, None), tail)
    fields = {f for owner in owners for f in getattr(owner, "__dataclass_fields__", {})}
    statistics = {"n_k"}
    arguments = {"tol", "covariance_floor"}
    if plain in fields | statistics | arguments:
        return True
    return any(hasattr(owner, plain) for owner in [*owners, em.Fit])


def test_the_glossary_names_what_emlib_has():
    rows = glossary_rows((ROOT / "notebooks/glossary.md").read_text(encoding="utf-8"))
    names = [name for row in rows for name in re.findall(r"`([\w.]+)`", row[2])]
    assert len(rows) > 40
    assert [name for name in names if not known(name)] == []
    assert not known("model.no_such_name")
    assert not known("bound.no_such_name")


def test_the_glossary_is_in_order():
    rows = glossary_rows((ROOT / "notebooks/glossary.md").read_text(encoding="utf-8"))
    terms = [row[0].strip().lower() for row in rows]
    assert terms == sorted(terms)
