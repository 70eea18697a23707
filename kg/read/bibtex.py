"""BibTeX and BibLaTeX (parsed by bibtexparser) -> SourceRecord.

The file is cut where a line begins a new entry, which is also where bibtexparser finds its way back after an error:
entries are parsed one by one, so a long file needs no memory and a broken entry hurts itself only.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass

from bibtexparser.middlewares.names import split_multiple_persons_names
from bibtexparser.model import Block, DuplicateFieldKeyBlock, Entry, ImplicitComment, ParsingFailedBlock, String
from bibtexparser.splitter import Splitter

from kg.identifiers import identifier, normalise_arxiv
from kg.read.building import make_record
from kg.read.dates import MONTHS, month_number, normalise_date
from kg.read.opening import Opened, text_lines
from kg.read.people import first_name_first
from kg.read.place import Place, quoted
from kg.records import Author, Identifier, SourceRecord
from kg.text import plain

SOURCE = "bibtex"
_ENTRY = re.compile(r"\s*@[A-Za-z]+[ \t]*[{(]")
_KEYED_ENTRY = re.compile(r"^\s*@(?!comment)[A-Za-z]+[ \t]*[{(]\s*[^\s{}()@,=]*\s*[,=]", re.MULTILINE | re.IGNORECASE)

# bibtexparser logs what it cannot read; here it comes back as a block, and is told to the problem handler.
logging.getLogger("bibtexparser").addHandler(logging.NullHandler())


def sniff(head: str) -> bool:
    """Whether some line begins an entry with a key or a definition."""
    return _KEYED_ENTRY.search(head) is not None


@dataclass(frozen=True, slots=True)
class _Field:
    text: str
    place: Place


def read(opened: Opened, place: Place) -> Iterator[SourceRecord]:
    """The entries of a file that have a title. Keys are no ids: other files use the same ones for other papers."""
    strings = dict(zip(MONTHS, MONTHS, strict=True))
    for start, text in _pieces(text_lines(opened, place)):
        for block in Splitter(text).split().blocks:
            here = place.at(start + (block.start_line or 0))
            if isinstance(block, String):
                strings[block.key.lower()] = _value(str(block.value), strings, "string", here)
            entry = _entry(block, here)
            if entry is not None:
                named = here.at(here.line, entry.key or None)
                record = _record(_fields(entry, start, strings, named), named)
                if record:
                    yield record


def _entry(block: Block, place: Place) -> Entry | None:
    """The entry that a block is, or could be read as; what is broken is reported."""
    if isinstance(block, DuplicateFieldKeyBlock):
        place.report("entry", f"{', '.join(sorted(block.duplicate_keys))} twice", "each field once")
        block = block.ignore_error_block or block
    elif isinstance(block, ParsingFailedBlock):
        reason = " ".join(str(getattr(block.error, "abort_reason", block.error)).split()).rstrip(". ")
        place.report("entry", reason, "closed braces, and fields parted by commas", skipped=True)
    elif isinstance(block, ImplicitComment) and _ENTRY.match(block.comment):
        place.report("entry", quoted(block.comment), "an entry such as @article{key, ...}", skipped=True)
    return block if isinstance(block, Entry) else None


def _pieces(lines: Iterator[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """The text from one line that begins an entry to the next, with the number of its first line."""
    start, piece = 1, list[str]()
    for number, line in lines:
        if _ENTRY.match(line):
            if piece:
                yield start, "\n".join(piece)
            start, piece = number, []
            line = line.lstrip()
        piece.append(line)
    if piece:
        yield start, "\n".join(piece)


def _fields(entry: Entry, start: int, strings: dict[str, str], place: Place) -> dict[str, _Field]:
    fields: dict[str, _Field] = {}
    for field in entry.fields:
        here = place.at(start + (field.start_line or 0), place.record)
        name = field.key.lower()
        if name not in fields:  # of two with one name BibTeX takes the first
            fields[name] = _Field(_value(str(field.value), strings, name, here), here)
    return fields


def _value(raw: str, strings: dict[str, str], name: str, place: Place) -> str:
    """The text of a value: parts in braces, in quotation marks, numbers and macros, joined by "#"."""
    parts = []
    for part in _parts(raw):
        if part[:1] + part[-1:] in ("{}", '""') and len(part) > 1:
            parts.append(part[1:-1])
        elif part.lower() in strings:
            parts.append(strings[part.lower()])
        elif part and not part.isdigit() and name != "month":  # "month = January" is common, and plain enough
            place.report(name, f"the macro {quoted(part)}", "one that an @string above defines, or a text in braces")
        else:
            parts.append(part)
    return "".join(parts)


def _parts(raw: str) -> Iterator[str]:
    depth, in_quotes, begin = 0, False, 0
    for position, letter in enumerate(raw):
        if letter in "{}" and raw[position - 1 : position] != "\\":
            depth += 1 if letter == "{" else -1
        elif letter == '"' and depth == 0:
            in_quotes = not in_quotes
        elif letter == "#" and depth == 0 and not in_quotes:
            yield raw[begin:position].strip()
            begin = position + 1
    yield raw[begin:].strip()


def _record(fields: dict[str, _Field], place: Place) -> SourceRecord | None:
    title = _first(fields, "title")
    subtitle = _first(fields, "subtitle")
    return make_record(
        place,
        SOURCE,
        title=f"{title}: {subtitle}" if title and subtitle else title,
        abstract=_first(fields, "abstract"),
        authors=_authors(_first(fields, "author")),
        date=_date(fields),
        identifiers=_identifiers(fields),
        venue=plain(_first(fields, "journal", "journaltitle", "booktitle", "school", "institution")),
        urls=[_address(url) for url in _first(fields, "url").split()],
        language=_first(fields, "langid", "language"),
    )


def _first(fields: dict[str, _Field], *names: str) -> str:
    return next((fields[name].text for name in names if name in fields and fields[name].text.strip()), "")


def _authors(text: str) -> Iterator[Author]:
    for name in split_multiple_persons_names(" ".join(text.split())):
        whole = name.startswith("{") and name.endswith("}") and name.count("{") == 1  # an organisation
        readable = plain(name[1:-1] if whole else first_name_first(name))
        if readable.lower() not in ("", "others", "et al.", "et al"):
            yield Author(readable)


def _date(fields: dict[str, _Field]) -> str | None:
    field = next((fields[name] for name in ("date", "year") if name in fields and fields[name].text.strip()), None)
    if field is None:
        return None
    date = normalise_date(field.text.split("/")[0] if "date" in fields else field.text)
    if date is None:
        name = "date" if field is fields.get("date") else "year"
        field.place.report(name, quoted(field.text), "four digits" if name == "year" else "a date such as 2021-06")
        return None
    month = fields.get("month")
    if len(date) == 4 and month and month.text.strip():
        number = month_number(month.text.replace("~", " "))
        if number is None:
            month.place.report("month", quoted(month.text), "a month such as jun")
        else:
            date = f"{date}-{number:02}"
    return date


def _identifiers(fields: dict[str, _Field]) -> Iterator[Identifier]:
    doi = fields.get("doi")
    if doi and doi.text.strip():
        found = identifier("doi", _address(doi.text))
        if found:
            yield found
        else:
            doi.place.report("doi", quoted(doi.text), "a DOI such as 10.1000/182")
    eprint = _first(fields, "eprint", "arxivid", "arxiv").strip()
    archive = _first(fields, "archiveprefix", "eprinttype").strip().lower()
    if eprint and archive in ("arxiv", ""):
        number = normalise_arxiv(eprint)
        if number:
            yield Identifier("arxiv", number)
    pubmed = identifier("pubmed", _first(fields, "pmid") or (eprint if archive == "pubmed" else ""))
    if pubmed:
        yield pubmed
    # "arXiv preprint arXiv:1702.04615" as the journal; "CoRR" with the volume "abs/1702.04615" (dblp)
    for name in ("journal", "journaltitle", "volume", "note", "howpublished"):
        match = re.search(r"(?:arxiv:\s*|arxiv\.org/abs/|^abs/)([\w./-]*\d)", _first(fields, name), re.IGNORECASE)
        number = normalise_arxiv(match[1]) if match else None
        if number:
            yield Identifier("arxiv", number)


def _address(text: str) -> str:
    r"""A DOI or URL without LaTeX around and in it ("\url{..}", "\_")."""
    bare = re.sub(r"^\\(?:url|href)\s*\{(.*?)\}.*$|^\{(.*)\}$", r"\1\2", text.strip())
    return re.sub(r"\\([_%#&~$])", r"\1", bare)
