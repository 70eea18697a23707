"""ACL Anthology XML (https://github.com/acl-org/acl-anthology, ``data/xml``) -> SourceRecord."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from kg.identifiers import identifier, normalise_acl, normalise_orcid
from kg.read.building import make_record
from kg.read.dates import month_number
from kg.read.opening import Opened
from kg.read.place import Place, quoted
from kg.read.xml_records import text_of, xml_records
from kg.records import Author, Identifier, SourceRecord

SOURCE = "acl-anthology"
_ROOT = re.compile(r"<(?:collection|volume)\s[^>]*\bid\s*=")


def sniff(head: str) -> bool:
    """Whether a file begins like a volume of the Anthology."""
    first = re.search(r"<[A-Za-z][^>]*>", head)
    return bool(first and _ROOT.match(first[0]))


def read(opened: Opened, place: Place) -> Iterator[SourceRecord]:
    """The papers of all volumes in a file; front matter is none."""
    venue: str | None = None
    date: str | None = None
    for here, element in xml_records(opened, place, "paper", context=("meta",)):
        if element.tag == "meta":
            venue = _unwrapped(element.find("booktitle"))
            date = _date(element)
            continue
        paper_id = _paper_id(element)
        if paper_id is None:
            here.report("id", quoted(text_of(element.find("url"))), "an ACL Anthology identifier", skipped=True)
            continue
        record = _record(element, paper_id, venue, date, here.at(here.line, paper_id))
        if record:
            yield record


def _record(
    element: etree._Element, paper_id: str, venue: str | None, date: str | None, place: Place
) -> SourceRecord | None:
    acl = Identifier("acl", paper_id)
    revisions = [int(number) for one in element.iter("revision") if (number := one.get("id", "")).isdigit()]
    return make_record(
        place,
        SOURCE,
        title=_unwrapped(element.find("title")),
        record_id=paper_id,
        version=f"v{max(revisions):03}" if revisions else "",
        abstract=_unwrapped(element.find("abstract")),
        authors=[_author(one) for one in element.iterfind("author")],
        date=_date(element) or date,
        identifiers=[acl, *_doi(element, place)],
        venue=venue,
        urls=[f"https://aclanthology.org/{paper_id}/"],
        code_urls=_code_urls(element),
        language=_language(element),
    )


def _paper_id(element: etree._Element) -> str | None:
    """The full identifier: as the element's url gives it, else put together from collection, volume and paper."""
    stated = normalise_acl(text_of(element.find("url")))
    if stated:
        return stated
    collection = next((one.get("id", "") for one in element.iterancestors("collection")), "")
    volume = next((one.get("id", "") for one in element.iterancestors("volume")), "")
    number = element.get("id", "")
    if re.fullmatch(r"[A-Z][0-9]{2}", collection) and volume.isdigit() and number.isdigit():
        # Workshops have many volumes of few papers: two digits each instead of one and three.
        wide = collection.startswith("W") or collection == "C69" or (collection == "D19" and int(volume) >= 5)
        joined = f"{int(volume):02}{int(number):02}" if wide else f"{int(volume)}{int(number):03}"
        return normalise_acl(f"{collection}-{joined}")
    return normalise_acl(f"{collection}-{volume}.{number}")


def _unwrapped(element: etree._Element | None) -> str:
    """The text without markup; formulas stay between dollars, as LaTeX writes them."""
    if element is None:
        return ""
    for formula in element.iter("tex-math"):
        formula.text = f"${formula.text or ''}"
        if len(formula):
            formula[-1].tail = f"{formula[-1].tail or ''}$"
        else:
            formula.text += "$"
    return text_of(element)


def _author(element: etree._Element) -> Author:
    names = (text_of(element.find(part)).strip() for part in ("first", "last"))
    person = element.get("id")
    return Author(
        " ".join(name for name in names if name),
        normalise_orcid(element.get("orcid", "")),
        f"acl:{person}" if person else None,
    )


def _date(element: etree._Element) -> str | None:
    year = text_of(element.find("year")).strip()
    month = month_number(text_of(element.find("month")))
    return f"{year}-{month:02}" if year and month else year or None


def _doi(element: etree._Element, place: Place) -> Iterator[Identifier]:
    text = text_of(element.find("doi")).strip()
    doi = identifier("doi", text)
    if doi:
        yield doi
    elif text:
        place.report("doi", quoted(text), "a DOI such as 10.18653/v1/N18-3011")


def _code_urls(element: etree._Element) -> list[str]:
    """Repositories that Papers with Code calls the paper's own; ``additional``: others wrote code, too."""
    return [url for one in element.iterfind("pwccode") if (url := one.get("url"))]


def _language(element: etree._Element) -> str | None:
    return text_of(element.find("language")).strip() or None
