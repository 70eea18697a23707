"""RIS (parsed by rispy), as reference managers and publishers export it -> SourceRecord."""

from __future__ import annotations

import re
from collections.abc import Iterator

import rispy

from kg.identifiers import identifier, normalise_arxiv
from kg.read.building import make_record
from kg.read.opening import Opened, text_lines
from kg.read.people import first_name_first
from kg.read.place import Place, quoted
from kg.records import Author, Identifier, SourceRecord

SOURCE = "ris"
_TAG = re.compile(r"([A-Z][A-Z0-9])\s{1,2}-(?:\s|$)")
_MAX_LINES = 100_000  # of one record


def sniff(head: str) -> bool:
    """Whether some line begins a reference."""
    return bool(re.search(r"^TY\s{1,2}-\s", head, re.MULTILINE))


def read(opened: Opened, place: Place) -> Iterator[SourceRecord]:
    """The references of a file; each is parsed alone, so that one that is not ended hurts itself only."""
    for start, lines in _references(text_lines(opened, place), place):
        here = place.at(start)
        try:
            references = rispy.loads("\n".join([*lines, "ER  - ", ""]))
        except (rispy.parser.ParseError, ValueError, OSError) as error:
            here.report("reference", quoted(error), "tags such as TI, AU, PY", skipped=True)
            continue
        for reference in references:
            record = _record(reference, here)
            if record:
                yield record


def _references(lines: Iterator[tuple[int, str]], place: Place) -> Iterator[tuple[int, list[str]]]:
    """The lines of each reference, from its TY to before its ER."""
    start, reference = 0, list[str]()
    for number, line in lines:
        match = _TAG.match(line)
        tag = match[1] if match else None
        if tag == "TY" and reference:
            place.at(start).report("ER", "no such line", "a line ER that ends the reference")
            yield start, reference
            reference = []
        if tag == "TY":
            start = number
        if tag == "ER":
            if reference:
                yield start, reference
            reference = []
        elif (reference or tag == "TY") and len(reference) < _MAX_LINES:
            # rispy wants exactly two spaces, some publishers write one
            reference.append(f"{tag}  - {line[match.end() :]}" if match else line)
        elif tag:
            place.at(number).report("TY", f"{tag} before it", "a line TY that begins a reference")
    if reference:
        place.at(start).report("ER", "no such line", "a line ER that ends the reference")
        yield start, reference


def _record(reference: dict[str, object], place: Place) -> SourceRecord | None:
    people = _all(reference, "authors", "first_authors")
    return make_record(
        place,
        SOURCE,
        title=_first(reference, "title", "primary_title"),
        abstract=_first(reference, "abstract", "notes_abstract"),
        authors=[Author(first_name_first(name)) for name in people if name.strip().lower() not in ("et al.", "others")],
        date=_first(reference, "date", "year", "publication_year"),
        identifiers=_identifiers(reference, place),
        venue=_first(reference, "journal_name", "secondary_title", "alternate_title3", "alternate_title2"),
        urls=_all(reference, "urls"),
        language=_first(reference, "language"),
    )


def _all(reference: dict[str, object], *names: str) -> list[str]:
    for name in names:
        value = reference.get(name)
        if value:
            return [str(one) for one in value] if isinstance(value, list) else [str(value)]
    return []


def _first(reference: dict[str, object], *names: str) -> str:
    return next(iter(_all(reference, *names)), "")


def _identifiers(reference: dict[str, object], place: Place) -> Iterator[Identifier]:
    text = _first(reference, "doi")
    doi = identifier("doi", text)
    if doi:
        yield doi
    elif text:
        place.report("doi", quoted(text), "a DOI such as 10.1000/182")
    match = re.search(r"arxiv:\s*(\S+)", " ".join(_all(reference, "journal_name", "note", "number")), re.IGNORECASE)
    number = normalise_arxiv(match[1].rstrip(".,;)")) if match else None
    if number:
        yield Identifier("arxiv", number)
