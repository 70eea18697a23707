"""Semantic Scholar records, bulk files and replies of its API (https://api.semanticscholar.org) -> SourceRecord."""

from __future__ import annotations

from collections.abc import Iterator

from kg.identifiers import identifier
from kg.read.building import make_record
from kg.read.json_values import JsonObject, json_objects, text_in
from kg.read.opening import Opened
from kg.read.place import Place
from kg.records import Author, Identifier, SourceRecord

SOURCE = "semantic-scholar"
_SCHEMES = ("DOI", "ArXiv", "ACL", "PubMed", "DBLP", "MAG", "CorpusId")


def sniff(found: JsonObject) -> bool:
    """Whether an object is a paper, an abstract or a citation of Semantic Scholar."""
    return bool({"corpusid", "citingcorpusid"} & found.keys()) or ("paperId" in found and "title" in found)


def read(opened: Opened, place: Place) -> Iterator[SourceRecord]:
    """The papers in a file.

    The bulk files of abstracts and of citations hold no papers: their lines name one by its corpus id only, and to join
    them would take the whole of both files in memory. Each line is reported as skipped, with what to do instead.
    """
    for here, found in json_objects(opened, place):
        if "citingcorpusid" in found:
            here.report("record", "a citation", "a paper (with a title): a file of citations holds none", skipped=True)
            continue
        corpus_id = text_in(found, "corpusid", here) or text_in(found, "corpusId", here)
        own = identifier("semanticscholar", corpus_id)
        named = here.at(here.line, f"corpus id {own.value}" if own else None)
        if "title" not in found and found.get("abstract"):
            expected = "a paper: join it with the file of papers by its corpusid"
            named.report("title", "an abstract alone", expected, skipped=True)
            continue
        record = _record(found, own, named)
        if record:
            yield record


def _record(found: JsonObject, own: Identifier | None, place: Place) -> SourceRecord | None:
    external = found.get("externalids") or found.get("externalIds")
    identifiers = list(_external(external)) if isinstance(external, dict) else []
    own = own or next((one for one in identifiers if one.scheme == "semanticscholar"), None)
    return make_record(
        place,
        SOURCE,
        title=text_in(found, "title", place),
        record_id=own.value if own else text_in(found, "paperId", place),
        version=text_in(found, "updated", place),
        abstract=text_in(found, "abstract", place),
        authors=_authors(found.get("authors")),
        date=_date(found, place),
        identifiers=[*identifiers, *([own] if own else [])],
        venue=text_in(found, "venue", place) or _journal(found),
        urls=[text_in(found, "url", place)],
        cites=_cites(found.get("references")),
        fold=False,
    )


def _date(found: JsonObject, place: Place) -> str:
    day = text_in(found, "publicationdate", place) or text_in(found, "publicationDate", place)
    return day or text_in(found, "year", place)


def _external(external: dict[str, object]) -> Iterator[Identifier]:
    for scheme in _SCHEMES:
        one = identifier(scheme, str(external[scheme])) if external.get(scheme) else None
        if one:
            yield one


def _authors(people: object) -> Iterator[Author]:
    for one in people if isinstance(people, list) else ():
        if isinstance(one, dict) and isinstance(one.get("name"), str):
            yield Author(one["name"], None, f"semanticscholar:{one['authorId']}" if one.get("authorId") else None)


def _journal(found: JsonObject) -> str | None:
    journal = found.get("journal")
    return str(journal["name"]) if isinstance(journal, dict) and journal.get("name") else None


def _cites(references: object) -> Iterator[Identifier]:
    for one in references if isinstance(references, list) else ():
        if isinstance(one, dict):
            external = one.get("externalIds")
            yield from _external(external) if isinstance(external, dict) else ()
