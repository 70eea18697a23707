"""What a source says, in its own words -> SourceRecord: the checks that all readers share."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import replace
from urllib.parse import quote

from kg.identifiers import identifiers_in_url, normalise_repository, with_implied
from kg.read.dates import normalise_date
from kg.read.place import Place, quoted
from kg.records import Author, Identifier, SourceRecord, StatedConcept, StatedResult
from kg.text.forbidden import replace_forbidden

# The schemes by which a record without an identifier of its own is known, the strongest first.
_STRONGEST = ("doi", "arxiv", "acl", "openalex", "pubmed", "semanticscholar", "dblp", "mag")
_LINE_END = re.compile(r"\r\n?")
_FOLD = re.compile(r"[ \t]*\n\s*")
_WEB_ADDRESS = re.compile(r"https?://[^\s/?#<>\"{}|\\^`]+(?:[/?#].*)?", re.IGNORECASE)
_NOT_IN_IRI = re.compile(r"[\s<>\"{}|\\^`]")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*")
_LANGUAGE_NAMES = {
    "english": "en", "eng": "en", "german": "de", "ngerman": "de", "american": "en-US", "british": "en-GB",
    "deutsch": "de", "ger": "de", "deu": "de", "french": "fr",
    "francais": "fr", "fre": "fr", "fra": "fr", "spanish": "es", "spa": "es", "chinese": "zh", "chi": "zh", "zho": "zh",
    "japanese": "ja", "jpn": "ja", "portuguese": "pt", "por": "pt", "italian": "it", "ita": "it", "russian": "ru",
    "rus": "ru", "korean": "ko", "kor": "ko", "dutch": "nl", "nld": "nl", "polish": "pl", "arabic": "ar",
}  # fmt: skip


def make_record(
    place: Place,
    source: str,
    *,
    title: str | None,
    record_id: str | None = None,
    version: str = "",
    abstract: str | None = None,
    summary: str | None = None,
    authors: Iterable[Author] = (),
    date: str | None = None,
    identifiers: Iterable[Identifier] = (),
    venue: str | None = None,
    urls: Iterable[str] = (),
    code_urls: Iterable[str] = (),
    cites: Iterable[Identifier] = (),
    language: str | None = None,
    other_code_urls: Iterable[str] = (),
    concepts: Iterable[StatedConcept] = (),
    results: Iterable[StatedResult] = (),
    fold: bool = True,
) -> SourceRecord | None:
    """The record, or None where it has no title; what is not right is told to ``place``.

    ``record_id`` is the source's own id where it has one. ``fold``: the source wraps its lines, so that a line end in
    title or abstract means no more than a space. Identifiers in ``urls`` are taken; ``date`` is as it was written.
    """
    clean_title = _text(place, "title", title, fold)
    if not clean_title:
        place.report("title", "nothing" if not title else quoted(title), "a text", skipped=True)
        return None
    pages = _addresses(place, urls)
    found = with_implied([*identifiers, *(one for url in pages for one in identifiers_in_url(url))])
    people = tuple(one for one in (_author(author) for author in authors) if one.name)
    day = _date(place, date)
    return SourceRecord(
        source=source,
        record_id=_line(record_id or "") or _derived_id(clean_title, day, people, found),
        title=clean_title,
        version=version,
        abstract=_text(place, "abstract", abstract, fold) or None,
        summary=_text(place, "summary", summary, fold) or None,
        authors=people,
        date=day,
        identifiers=found,
        venue=_line(venue or "") or None,
        urls=pages,
        code_urls=_repositories(place, code_urls),
        cites=tuple(sorted(set(cites) - set(found))),
        language=_language(place, language),
        other_code_urls=_repositories(place, other_code_urls),
        concepts=tuple(sorted({StatedConcept(one.role, one.type, _line(one.name)) for one in concepts})),
        results=tuple(
            replace(
                one,
                metric=_line(one.metric),
                task=_line(one.task or "") or None,
                dataset=_line(one.dataset or "") or None,
                method=_line(one.method or "") or None,
            )
            for one in results
        ),
    )


def _text(place: Place, field: str, text: str | None, fold: bool) -> str:
    """A title or an abstract as it is stored: as it came, but for line ends and what XML forbids."""
    if not text:
        return ""
    stored, forbidden = replace_forbidden(_LINE_END.sub("\n", text).strip())
    if forbidden:
        count = f"{forbidden} control characters" if forbidden > 1 else "a control character"
        place.report(field, count, "characters that XML allows (each replaced by U+FFFD)")
    return _FOLD.sub(" ", stored) if fold else stored


def _line(text: str) -> str:
    """A short text (a name, a venue) on one line."""
    return " ".join(replace_forbidden(text)[0].split())


def _author(author: Author) -> Author:
    return Author(_line(author.name), author.orcid, author.source_id)


def _date(place: Place, text: str | None) -> str | None:
    if text is None or not text.strip():
        return None
    day = normalise_date(text)
    if day is None:
        place.report("date", quoted(text), "a date such as 2021, 2021-06 or 2021-06-01")
    return day


def _addresses(place: Place, urls: Iterable[str]) -> tuple[str, ...]:
    """Landing pages, each once, in the order in which they came."""
    pages: dict[str, None] = {}
    for url in urls:
        address = url.strip()
        if _WEB_ADDRESS.fullmatch(address):
            # RFC 3987 allows none of these in an IRI; old DOIs and careless sources hold them.
            pages[_NOT_IN_IRI.sub(lambda match: quote(match[0], safe=""), replace_forbidden(address)[0])] = None
        elif address:
            place.report("url", quoted(url), "an address that starts with https:// or http://")
    return tuple(pages)


def _repositories(place: Place, urls: Iterable[str]) -> tuple[str, ...]:
    repositories: dict[str, None] = {}
    for url in urls:
        repository = normalise_repository(url)
        if repository:
            repositories[repository.url] = None
        elif url.strip():
            place.report("code_url", quoted(url), "the address of a repository")
    return tuple(repositories)


def _language(place: Place, text: str | None) -> str | None:
    """The language as a BCP 47 tag; the common names and three-letter codes of libraries are understood."""
    name = (text or "").strip()
    if not name:
        return None
    tag = _LANGUAGE_NAMES.get(name.lower())
    if tag:
        return tag
    if not _LANGUAGE.fullmatch(name):
        place.report("language", quoted(name), 'a language tag such as "en"')
        return None
    first, *rest = re.split("[-_]", name)
    return "-".join([first.lower(), *(part.upper() if len(part) == 2 else part for part in rest)])


def _derived_id(title: str, date: str | None, authors: tuple[Author, ...], identifiers: tuple[Identifier, ...]) -> str:
    """The id of a record whose source gives none: its strongest identifier, else title, year and first author.

    The author keeps "Introduction" of one year from replacing another "Introduction" of the same year.
    """
    for scheme in _STRONGEST:
        for one in identifiers:
            if one.scheme == scheme:
                return f"{scheme}:{one.value}"
    words = normal_words(title) or " ".join(title.split())
    author = normal_words(authors[0].name) if authors else ""
    return "title:" + "|".join([words, (date or "")[:4], author]).rstrip("|")


def normal_words(text: str) -> str:
    r"""A title's words in lower case, without markup, punctuation and accents, so that small differences do not count.

    >>> normal_words("The {MeSH}-gram  Model: \\emph{Fast}!")
    'the mesh gram model fast'
    >>> normal_words("\u00dcber C++"), normal_words("???")
    ('uber c', '')
    """
    plain = re.sub(r"\\[^A-Za-z]|[{}$]", "", re.sub(r"\\[A-Za-z]+\s*", " ", text))
    letters = unicodedata.normalize("NFKD", plain.casefold())
    return " ".join(re.sub(r"[^\w]|_", " ", "".join(c for c in letters if not unicodedata.combining(c))).split())
