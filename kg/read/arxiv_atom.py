"""Replies of the arXiv API, Atom feeds (https://info.arxiv.org/help/api/user-manual.html) -> SourceRecord."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from kg.identifiers import arxiv_version, identifier, normalise_arxiv
from kg.read.building import make_record
from kg.read.opening import Opened
from kg.read.place import Place, quoted
from kg.read.xml_records import text_of, xml_records
from kg.records import Author, Identifier, SourceRecord

SOURCE = "arxiv-api"
_ATOM = "{http://www.w3.org/2005/Atom}"
_ARXIV = "{http://arxiv.org/schemas/atom}"


def sniff(head: str) -> bool:
    """Whether a file begins like a feed of the arXiv API."""
    first = re.search(r"<[A-Za-z][^>]*>", head)
    return bool(first and re.match(r"<(?:\w+:)?feed\s", first[0]) and "http://www.w3.org/2005/Atom" in first[0])


def read(opened: Opened, place: Place) -> Iterator[SourceRecord]:
    """The papers of a feed; an entry that tells of an error of the query is reported as such."""
    for here, entry in xml_records(opened, place, f"{_ATOM}entry"):
        address = text_of(entry.find(f"{_ATOM}id")).strip()
        title = text_of(entry.find(f"{_ATOM}title"))
        paper_id = normalise_arxiv(address)
        if paper_id is None and (title.strip() == "Error" or "/api/errors" in address):
            message = text_of(entry.find(f"{_ATOM}summary"))
            here.report("entry", f"an error that arXiv answered: {quoted(message)}", "a paper", skipped=True)
        elif paper_id is None:
            here.report("id", quoted(address), "the address of a paper at arXiv", skipped=True)
        else:
            record = _record(entry, paper_id, title, here.at(here.line, paper_id))
            if record:
                yield record


def _record(entry: etree._Element, paper_id: str, title: str, place: Place) -> SourceRecord | None:
    doi = text_of(entry.find(f"{_ARXIV}doi")).strip()
    return make_record(
        place,
        SOURCE,
        title=title,
        record_id=paper_id,
        version=padded_version(arxiv_version(text_of(entry.find(f"{_ATOM}id")))),
        abstract=text_of(entry.find(f"{_ATOM}summary")),
        authors=[Author(text_of(one.find(f"{_ATOM}name"))) for one in entry.iterfind(f"{_ATOM}author")],
        date=text_of(entry.find(f"{_ATOM}published")),
        identifiers=[Identifier("arxiv", paper_id), *dois_in(doi, place)],
        venue=text_of(entry.find(f"{_ARXIV}journal_ref")),
        urls=[f"https://arxiv.org/abs/{paper_id}"],
    )


def dois_in(text: str, place: Place) -> Iterator[Identifier]:
    """The DOIs in arXiv's field: authors write several, parted by spaces or semicolons."""
    for part in re.split(r"[\s;,]+(?=(?:https?://|doi:)?\S*10\.[0-9]{4})", text.strip(), flags=re.IGNORECASE):
        doi = identifier("doi", part)
        if doi:
            yield doi
        elif part:
            place.report("doi", quoted(part), "a DOI such as 10.1000/182")


def padded_version(version: str | None) -> str:
    """A version of arXiv so that it sorts as text.

    >>> padded_version("v2") < padded_version("v10"), padded_version(None)
    (True, '')
    """
    return f"v{int(version[1:]):03}" if version else ""
