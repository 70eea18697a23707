"""OpenAlex works, JSON lines or a reply of its API (https://docs.openalex.org/api-entities/works) -> SourceRecord."""

from __future__ import annotations

from collections.abc import Iterator

from kg.identifiers import identifier, normalise_openalex
from kg.read.building import make_record
from kg.read.json_values import JsonObject, json_objects, text_in
from kg.read.opening import Opened
from kg.read.people import orcid_of
from kg.read.place import Place, kind_of, quoted
from kg.records import Author, Identifier, SourceRecord

SOURCE = "openalex"
_MAX_WORDS = 100_000  # positions in an abstract: more is an error in the index


def sniff(found: JsonObject) -> bool:
    """Whether an object is a work of OpenAlex."""
    return normalise_openalex(str(found.get("id"))) is not None and "openalex.org" in str(found.get("id"))


def read(opened: Opened, place: Place) -> Iterator[SourceRecord]:
    """The works in a file; abstracts are put together again from their inverted index."""
    for here, found in json_objects(opened, place):
        stated = text_in(found, "id", here)
        work = normalise_openalex(stated)
        if work is None:
            here.report("id", quoted(stated), "an OpenAlex work such as https://openalex.org/W2741809807", skipped=True)
            continue
        record = _record(found, work, here.at(here.line, work))
        if record:
            yield record


def _record(found: JsonObject, work: str, place: Place) -> SourceRecord | None:
    return make_record(
        place,
        SOURCE,
        title=text_in(found, "title", place) or text_in(found, "display_name", place),
        record_id=work,
        version=text_in(found, "updated_date", place),
        abstract=_abstract(found.get("abstract_inverted_index"), place),
        authors=_authors(found.get("authorships"), place),
        date=text_in(found, "publication_date", place) or text_in(found, "publication_year", place),
        identifiers=[Identifier("openalex", work), *_identifiers(found)],
        venue=_venue(found),
        urls=_landing_pages(found),
        cites=_cites(found.get("referenced_works")),
        language=text_in(found, "language", place),
        fold=False,
    )


def _abstract(index: object, place: Place) -> str | None:
    """The text of an inverted index (word -> positions), its words joined by spaces.

    A position that two words claim keeps the first, so that one wrong number does not lose an abstract.
    """
    if index is None:
        return None
    if isinstance(index, dict) and isinstance(index.get("InvertedIndex"), dict):  # as in dumps of 2021
        index = index["InvertedIndex"]
    if not isinstance(index, dict):
        place.report("abstract_inverted_index", kind_of(index), "an object of words and their positions")
        return None
    words: dict[int, str] = {}
    for word, positions in index.items():
        for position in positions if isinstance(positions, list) else ():
            if isinstance(position, int) and 0 <= position < _MAX_WORDS:
                words.setdefault(position, word)
            else:
                place.report("abstract_inverted_index", quoted(position), f"a position from 0 to {_MAX_WORDS - 1}")
    return " ".join(words[position] for position in sorted(words))


def _authors(authorships: object, place: Place) -> Iterator[Author]:
    for authorship in authorships if isinstance(authorships, list) else ():
        author = authorship.get("author") if isinstance(authorship, dict) else None
        if not isinstance(author, dict):
            continue
        name = author.get("display_name") or authorship.get("raw_author_name")
        key = normalise_openalex(str(author.get("id")), letter="A")
        if isinstance(name, str):
            yield Author(name, orcid_of(place, author.get("orcid")), f"openalex:{key}" if key else None)


def _identifiers(found: JsonObject) -> Iterator[Identifier]:
    ids = found.get("ids")
    stated = {**ids, "doi": found.get("doi") or ids.get("doi")} if isinstance(ids, dict) else {"doi": found.get("doi")}
    for scheme in ("doi", "mag", "pmid"):
        one = identifier(scheme, str(stated[scheme])) if stated.get(scheme) else None
        if one:
            yield one


def _venue(found: JsonObject) -> str | None:
    """Where the work appeared: ``host_venue`` until 2023, the source of ``primary_location`` since."""
    location = found.get("primary_location")
    source = location.get("source") if isinstance(location, dict) else None
    for holder in (source, found.get("host_venue")):
        if isinstance(holder, dict) and isinstance(holder.get("display_name"), str):
            return str(holder["display_name"])
    return None


def _landing_pages(found: JsonObject) -> list[str]:
    """The addresses of the work's page, and of its copies: those at arXiv give it its arXiv identifier."""
    pages: list[str] = []
    locations = found.get("locations") or found.get("alternate_host_venues")
    for location in [found.get("primary_location"), found.get("host_venue"), *_list(locations)]:
        if isinstance(location, dict):
            pages += [one for one in (location.get("landing_page_url"), location.get("url")) if isinstance(one, str)]
    return pages


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _cites(works: object) -> Iterator[Identifier]:
    for work in _list(works):
        one = identifier("openalex", work) if isinstance(work, str) else None
        if one:
            yield one
