"""The columns of JSON lines and CSV: their names, and how a row of them becomes a record."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from kg.identifiers import identifier, parse_identifier
from kg.read.building import make_record
from kg.read.json_values import text_in
from kg.read.people import authors_of
from kg.read.place import Place, kind_of, quoted
from kg.records import Identifier, SourceRecord

# Our name of a column, and the names that others give it (Zotero, Scopus, OpenReview ... among them).
COLUMNS: dict[str, tuple[str, ...]] = {
    "title": ("paper_title",),
    "abstract": ("abstract_note",),
    "summary": (),
    "authors": ("author",),
    "year": ("publication_year", "pub_year"),
    "date": ("publication_date", "published"),
    "doi": (),
    "arxiv_id": ("arxiv", "arxivid"),
    "acl_id": ("acl", "anthology_id"),
    "openalex_id": ("openalex",),
    "pubmed_id": ("pmid", "pubmed"),
    "corpus_id": ("corpusid", "s2_corpus_id"),
    "url": ("urls", "link", "paper_url"),
    "code_url": ("code_urls", "repository", "repositories"),
    "venue": ("journal", "booktitle", "conference", "publication_title", "source_title"),
    "language": ("lang",),
    "id": ("paper_id",),
    "cites": (),
}
_OURS = {name: ours for ours, others in COLUMNS.items() for name in (ours, *others)}
_SCHEMES = {
    "doi": "doi",
    "arxiv_id": "arxiv",
    "acl_id": "acl",
    "openalex_id": "openalex",
    "pubmed_id": "pubmed",
    "corpus_id": "semanticscholar",
}


def column(name: str) -> str | None:
    """Our name of a column, or None where it is unknown.

    >>> column("Publication Year"), column("DOI"), column("colour")
    ('year', 'doi', None)
    """
    return _OURS.get(re.sub(r"[\s-]+", "_", name.strip().lower()))


class Columns:
    """The columns of one file; those that are unknown are reported once."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._unknown: set[str] = set()
        self._known: dict[str, str | None] = {}

    def row(self, values: Mapping[str, object], place: Place) -> dict[str, object]:
        """The values that say something, under our names; where two columns mean one, the first counts."""
        row: dict[str, object] = {}
        for name, value in values.items():
            ours = self._known[name] if name in self._known else self._learn(name, place)
            if ours and value is not None and value != "" and value != []:
                row.setdefault(ours, value)
        return row

    def _learn(self, name: str, place: Place) -> str | None:
        ours = self._known[name] = column(name)
        if ours is None:
            known = ", ".join(COLUMNS)
            place.report(f"column {quoted(name)}", "an unknown column", f"one of {known}")
        return ours


def record_of_row(source: str, row: Mapping[str, object], place: Place) -> SourceRecord | None:
    """The record that a row of known columns gives, or None where it lacks a title."""
    record_id = text_in(row, "id", place)
    named = place.at(place.line, record_id or place.record)
    return make_record(
        named,
        source,
        title=text_in(row, "title", named),
        record_id=record_id,
        abstract=text_in(row, "abstract", named),
        summary=text_in(row, "summary", named),
        authors=authors_of(named, row.get("authors")),
        date=text_in(row, "date", named) or text_in(row, "year", named),
        identifiers=_identifiers(row, named),
        venue=text_in(row, "venue", named),
        urls=_texts(row, "url", named),
        code_urls=_texts(row, "code_url", named),
        cites=_cites(row, named),
        language=text_in(row, "language", named),
        fold=False,
    )


def _texts(row: Mapping[str, object], name: str, place: Place) -> list[str]:
    """The texts of a column: a list of them, or one text that parts them by spaces, ";" or "|"."""
    value = row.get(name)
    if isinstance(value, list):
        for one in value:
            if not isinstance(one, str):
                place.report(name, kind_of(one), "a list of texts")
        return [one for one in value if isinstance(one, str)]
    return [one for one in re.split(r"\s*[;|]\s*|\s+", text_in(row, name, place).strip()) if one]


def _identifiers(row: Mapping[str, object], place: Place) -> Iterator[Identifier]:
    examples = {"doi": "10.18653/v1/N18-3011", "arxiv": "1706.03762", "acl": "N18-3011", "openalex": "W2741809807"}
    for name, scheme in _SCHEMES.items():
        text = text_in(row, name, place)
        found = identifier(scheme, text) if text.strip() else None
        if found:
            yield found
        elif text.strip():
            place.report(name, quoted(text), f"an identifier such as {examples.get(scheme, '13756489')}")
    found = parse_identifier(text_in(row, "id", place))
    if found and found.scheme in ("doi", "arxiv", "acl"):  # an id that is plainly one of these
        yield found


def _cites(row: Mapping[str, object], place: Place) -> Iterator[Identifier]:
    for text in _texts(row, "cites", place):
        found = parse_identifier(text)
        if found:
            yield found
        else:
            place.report("cites", quoted(text), 'an identifier such as "doi:10.1000/182" or "arXiv:1706.03762"')
