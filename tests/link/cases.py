"""Papers for tests of links: described as any paper is, and nothing was read in them."""

from __future__ import annotations

from decimal import Decimal

import pyoxigraph as ox

from kg.graph.describe import describe_paper
from kg.records import Extraction, Identifier, Paper, SourceRecord
from tests.query.small import INFO, IRIS


def paper(title: str, *identifiers: tuple[str, str], date: str = "2021") -> list[ox.Quad]:
    """The quads of a paper with identifiers (scheme, value)."""
    known = tuple(sorted(Identifier(*one) for one in identifiers))
    record = SourceRecord("json-lines", title, title, date=date, identifiers=known)
    whole = Paper(title.lower(), (record,), record, title, date=date, identifiers=known)
    return list(describe_paper(whole, Extraction(INFO.digest), (), IRIS, INFO, Decimal("0.5")))
