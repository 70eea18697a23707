"""Works of OpenAlex and of Crossref, as their interfaces and dumps give them -> papers, with what they cite.

One work a line, or replies as they came: pages of OpenAlex (``results``), of Crossref (``message`` with ``items``).
https://developers.openalex.org, https://api.crossref.org
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from kg.identifiers import identifier, identifiers_in_url, url_of, with_implied
from kg.link.papers import PaperEntry
from kg.link.slices import json_lines
from kg.records import Identifier


def read_openalex_works(text: str) -> Iterator[PaperEntry]:
    """Works of OpenAlex; one that is reached at arXiv or the ACL Anthology has that identifier, too."""
    for row in json_lines(text):
        for work in row["results"] if isinstance(row.get("results"), list) else [row]:
            own = identifier("openalex", str(work.get("id") or ""))
            address = url_of(own) if own else None
            title = _words(work.get("title") or work.get("display_name"))
            if own is None or address is None or not title:
                continue
            ids = {**(work.get("ids") or {}), "doi": work.get("doi") or (work.get("ids") or {}).get("doi")}
            known = _identifiers((scheme, ids.get(scheme)) for scheme in ("doi", "mag", "pmid"))
            places = [work.get("primary_location"), *(work.get("locations") or ())]
            pages = [str(one["landing_page_url"]) for one in places if one and one.get("landing_page_url")]
            reached = {found for page in pages for found in identifiers_in_url(page)}
            cites = _identifiers(("openalex", one) for one in work.get("referenced_works") or ())
            yield PaperEntry(
                address, title, _year(work.get("publication_year")), tuple(sorted({own, *known, *reached})), cites
            )


def read_crossref_works(text: str) -> Iterator[PaperEntry]:
    """Works of Crossref; what they cite has an identifier where the publisher, or Crossref, gives a DOI."""
    for row in json_lines(text):
        message = row.get("message")
        works = message.get("items", [message]) if isinstance(message, dict) else [row]
        for work in works:
            own = identifier("doi", str(work.get("DOI") or ""))
            address = url_of(own) if own else None
            title = _words(next(iter(work.get("title") or ()), None))
            if own is None or address is None or not title:
                continue
            dates = (work.get("issued") or work.get("published") or {}).get("date-parts") or [[None]]
            cites = _identifiers(("doi", one.get("DOI")) for one in work.get("reference") or ())
            yield PaperEntry(address, title, _year(next(iter(dates[0]), None)), with_implied([own]), cites)


def _identifiers(stated: Iterable[tuple[str, object]]) -> tuple[Identifier, ...]:
    found = (identifier(scheme, str(value)) for scheme, value in stated if value)
    return tuple(sorted({one for one in found if one is not None}))


def _words(title: Any) -> str:
    return " ".join(title.split()) if isinstance(title, str) else ""


def _year(value: object) -> int | None:
    return int(value) if isinstance(value, int | str) and str(value).isdecimal() else None
