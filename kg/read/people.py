"""Names of authors, as the formats write them -> Author."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kg.identifiers import normalise_orcid
from kg.read.place import Place, kind_of, quoted
from kg.records import Author

_NOBODY = frozenset({"", "others", "et al", "et al.", "and others", "..."})
_JUNIOR = re.compile(r"(?:jr|sr)\.?|II|III|IV|2nd|3rd|4th", re.IGNORECASE)


def split_names(text: str) -> list[str]:
    """The names in one text: parted by ";", by " and " or by line ends; commas part only where all names have a space.

    >>> split_names("Ada Lovelace; Charles Babbage"), split_names("Lovelace, Ada and Babbage, Charles")
    (['Ada Lovelace', 'Charles Babbage'], ['Lovelace, Ada', 'Babbage, Charles'])
    >>> split_names("Ada Lovelace, Charles Babbage"), split_names("Lovelace, Ada")
    (['Ada Lovelace', 'Charles Babbage'], ['Lovelace, Ada'])
    """
    if ";" in text or "\n" in text.strip():
        parts = re.split(r"[;\n]", text)
    elif re.search(r"\s(?:and|&)\s", text):
        parts = re.split(r"\s(?:and|&)\s", text)
        if len(parts) == 2 and parts[0].count(",") > 0:  # "A. One, B. Two, and C. Three"
            front = _by_commas(parts[0].rstrip(", "))
            parts = [*front, parts[1]] if len(front) > 1 or parts[0].rstrip().endswith(",") else parts
    else:
        parts = _by_commas(text)
    return [name for name in (" ".join(part.split()) for part in parts) if name.lower() not in _NOBODY]


def _by_commas(text: str) -> list[str]:
    parts = [part.strip() for part in text.split(",")]
    return parts if len(parts) > 1 and all(" " in part for part in parts) else [text]


def first_name_first(name: str) -> str:
    """A name in the order in which it is spoken.

    >>> first_name_first("Lovelace, Ada"), first_name_first("King, Jr., Martin Luther")
    ('Ada Lovelace', 'Martin Luther King, Jr.')
    >>> first_name_first("BERT Consortium")
    'BERT Consortium'
    """
    parts = [part.strip() for part in name.split(",")]
    if len(parts) == 2 and all(parts) and not _JUNIOR.fullmatch(parts[1]):
        return f"{parts[1]} {parts[0]}"
    if len(parts) == 3 and all(parts):
        # BibTeX says "last, junior, first", RIS "last, first, junior".
        if _JUNIOR.fullmatch(parts[1]):
            return f"{parts[2]} {parts[0]}, {parts[1]}"
        if _JUNIOR.fullmatch(parts[2]):
            return f"{parts[1]} {parts[0]}, {parts[2]}"
    return name


def authors_of(place: Place, found: object) -> Iterator[Author]:
    """The authors in a value of JSON: a text, a list of names, or a list of objects with ``name`` and ``orcid``."""
    if found is None or found == "":
        return
    if isinstance(found, str):
        yield from (Author(first_name_first(name)) for name in split_names(found))
        return
    if not isinstance(found, list):
        place.report("authors", kind_of(found), "a text or a list of names")
        return
    for one in found:
        name = _name_in(one) if isinstance(one, dict) else one
        if not isinstance(name, str):
            place.report("authors", kind_of(one), "a name, or an object with a name")
            continue
        line = " ".join(name.split())
        if line.lower() not in _NOBODY:
            yield Author(first_name_first(line), orcid_of(place, one.get("orcid")) if isinstance(one, dict) else None)


def _name_in(person: dict[str, object]) -> str | None:
    """The name in an object: one text, or its parts as in Crossref and CSL JSON."""
    name = person.get("name") or person.get("full_name")
    if isinstance(name, str) and name.strip():
        return name
    parts = [
        person.get(part) or person.get(other)
        for part, other in (("given", "first"), ("middle", "middle_name"), ("family", "last"), ("suffix", "junior"))
    ]
    return " ".join(part for part in parts if isinstance(part, str) and part) or None


def orcid_of(place: Place, found: object) -> str | None:
    """An author's ORCID iD; one whose check digit is wrong is reported."""
    if not isinstance(found, str) or not found.strip():
        return None
    orcid = normalise_orcid(found)
    if orcid is None:
        place.report("orcid", quoted(found), "four groups of four with a right check digit")
    return orcid
