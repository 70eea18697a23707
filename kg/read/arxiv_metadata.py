"""arXiv's own metadata dump, JSON lines (https://www.kaggle.com/datasets/Cornell-University/arxiv) -> SourceRecord."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kg.identifiers import normalise_arxiv
from kg.read.arxiv_atom import dois_in, padded_version
from kg.read.building import make_record
from kg.read.dates import normalise_date
from kg.read.json_values import JsonObject, json_objects, text_in
from kg.read.opening import Opened
from kg.read.people import split_names
from kg.read.place import Place, quoted
from kg.records import Author, Identifier, SourceRecord

SOURCE = "arxiv-metadata"


def sniff(found: JsonObject) -> bool:
    """Whether an object is a record of the dump."""
    return {"id", "title", "abstract", "categories"} <= found.keys() and bool(
        {"authors_parsed", "versions", "update_date"} & found.keys()
    )


def read(opened: Opened, place: Place) -> Iterator[SourceRecord]:
    """The papers of the dump, or of a part of it."""
    for here, found in json_objects(opened, place):
        stated = text_in(found, "id", here)
        paper_id = normalise_arxiv(stated)
        if paper_id is None:
            here.report("id", quoted(stated), "an arXiv identifier", skipped=True)
            continue
        record = _record(found, paper_id, here.at(here.line, paper_id))
        if record:
            yield record


def _record(found: JsonObject, paper_id: str, place: Place) -> SourceRecord | None:
    first, last = _versions(found)
    updated = text_in(found, "update_date", place)
    return make_record(
        place,
        SOURCE,
        title=text_in(found, "title", place),
        record_id=paper_id,
        version=f"{padded_version(last)} {normalise_date(updated) or ''}".strip(),
        abstract=text_in(found, "abstract", place),
        authors=_authors(found, place),
        date=first,
        identifiers=[Identifier("arxiv", paper_id), *dois_in(text_in(found, "doi", place), place)],
        venue=text_in(found, "journal-ref", place),
        urls=[f"https://arxiv.org/abs/{paper_id}"],
    )


def _versions(found: JsonObject) -> tuple[str | None, str | None]:
    """When the first version came, and the name of the last."""
    versions = found.get("versions")
    known = [one for one in versions if isinstance(one, dict)] if isinstance(versions, list) else []
    created = next((str(one["created"]) for one in known if one.get("created")), None)
    names = [str(one.get("version")) for one in known if re.fullmatch(r"v[0-9]{1,3}", str(one.get("version")))]
    return created, max(names, key=lambda name: int(name[1:]), default=None)


def _authors(found: JsonObject, place: Place) -> list[Author]:
    parsed = found.get("authors_parsed")
    if isinstance(parsed, list) and parsed:
        people = []
        for one in parsed:  # [family name, given names, suffix, affiliation ...]
            parts = [part for part in one[:3] if isinstance(part, str)] if isinstance(one, list) else []
            family, given, suffix = [*parts, "", "", ""][:3]
            people.append(Author(" ".join(part for part in (given, family, suffix) if part)))
        return people
    return [Author(name) for name in split_names(text_in(found, "authors", place))]
