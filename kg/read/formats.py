"""The table of formats: a new one is one module and one row."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import PurePath

from kg.errors import UnknownFormat
from kg.read import (
    acl_anthology,
    arxiv_atom,
    arxiv_metadata,
    bibtex,
    csv_table,
    json_lines,
    listing,
    openalex,
    papers_with_code,
    ris,
    semantic_scholar,
)
from kg.read.json_values import JsonObject, first_objects
from kg.read.opening import Opened, decode_head
from kg.read.place import Place
from kg.records import SourceRecord

Reader = Callable[[Opened, Place], Iterator[SourceRecord]]


@dataclass(frozen=True, slots=True)
class Format:
    """A format that papers come in. ``extensions`` are without dot and without ``gz``.

    ``sniff`` says from the beginning of a file whether it is in this format; ``read`` gives its records.
    """

    name: str
    description: str
    extensions: tuple[str, ...]
    sniff: Callable[[str], bool]
    read: Reader
    only_by_extension: bool = False  # in a folder, other files are not even looked at


def _json(sniff: Callable[[JsonObject], bool]) -> Callable[[str], bool]:
    """A sniffer of JSON: it looks at the first objects, for the very first may be broken."""
    return lambda head: any(sniff(found) for found in first_objects(head))


_TABLE: tuple[Format, ...] = (
    # In the order in which they are tried: a format that others contain comes after them.
    Format("acl-anthology", "ACL Anthology XML", ("xml",), acl_anthology.sniff, acl_anthology.read),
    Format("arxiv-api", "Atom feeds of the arXiv API", ("xml", "atom"), arxiv_atom.sniff, arxiv_atom.read),
    Format("openalex", "OpenAlex works, JSON lines or JSON", ("jsonl", "json"), _json(openalex.sniff), openalex.read),
    Format(
        "semantic-scholar",
        "Semantic Scholar papers, JSON lines or JSON",
        ("jsonl", "json"),
        _json(semantic_scholar.sniff),
        semantic_scholar.read,
    ),
    Format(
        "arxiv-metadata",
        "arXiv's metadata dump, JSON lines",
        ("json", "jsonl"),
        _json(arxiv_metadata.sniff),
        arxiv_metadata.read,
    ),
    Format(
        "papers-with-code",
        "Papers with Code's files: papers, code links, evaluation tables, methods, data sets",
        ("json", "jsonl"),
        _json(papers_with_code.sniff),
        papers_with_code.read,
    ),
    Format(
        "json-lines",
        "JSON lines or a JSON array with title, abstract, authors, year, doi, arxiv_id, url ...",
        ("jsonl", "ndjson", "json"),
        _json(json_lines.sniff),
        json_lines.read,
    ),
    Format("ris", "RIS references", ("ris",), ris.sniff, ris.read),
    Format("bibtex", "BibTeX or BibLaTeX", ("bib", "bibtex"), bibtex.sniff, bibtex.read),
    Format(
        "csv",
        "CSV or TSV with a header: title, abstract, authors, year, doi, arxiv_id, url ...",
        ("csv", "tsv"),
        csv_table.sniff,
        csv_table.read,
    ),
    Format(
        "listing",
        "text of a papers listing: title, blank line, abstract",
        ("txt", "text"),
        listing.sniff,
        listing.read,
        only_by_extension=True,
    ),
)
FORMATS: dict[str, Format] = {one.name: one for one in _TABLE}
_EXTENSIONS = {"jsonl": "json-lines", "json": "json-lines", "bib": "bibtex", "txt": "listing", "tsv": "csv"}


def find_format(name: str) -> Format:
    """The format of a name, or of an extension that means one; raises UnknownFormat, which lists the known ones.

    >>> find_format("bibtex").name, find_format("jsonl").name
    ('bibtex', 'json-lines')
    >>> find_format("docx")
    Traceback (most recent call last):
    kg.errors.UnknownFormat: docx: no such format; the formats are acl-anthology, arxiv-api, openalex, ...
    """
    key = name.strip().lower().lstrip(".")
    found = FORMATS.get(key) or FORMATS.get(_EXTENSIONS.get(key, ""))
    if found is None:
        raise UnknownFormat(f"{name}: no such format; the formats are {', '.join(FORMATS)}")
    return found


def recognise(head: bytes, file_name: str, *, named: bool = True) -> Format | None:
    """The format of a file by its first bytes, or None; ``named``: the user named the file, not just its folder."""
    text = decode_head(head)
    if "\x00" in text[:1000]:
        return None
    suffixes = [suffix.lstrip(".").lower() for suffix in PurePath(file_name).suffixes]
    for one in _TABLE:
        if one.only_by_extension and not named and not set(suffixes[-2:]) & set(one.extensions):
            continue
        if one.sniff(text):
            return one
    return None
