"""Where else a paper, a person or a repository is found: addresses computed from identifiers, nobody is asked.

``same``: the address names this very thing in another system, by a rule that the system publishes. ``see``: a page
or an interface that will tell of the thing, if that system knows it; whether it does cannot be known offline.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import quote

from kg.identifiers.schemes import normalise_openalex, normalise_orcid, url_of
from kg.records import Identifier


@dataclass(frozen=True, slots=True, order=True)
class Elsewhere:
    """An address in another system; ``identifier`` is the text of it that is no address, such as a SWHID."""

    system: str
    url: str
    same: bool
    identifier: str | None = None


_PAPER_SYSTEMS = {
    "doi": "doi",
    "arxiv": "arxiv",
    "acl": "acl",
    "openalex": "openalex",
    "semanticscholar": "semanticscholar",
    "pubmed": "pubmed",
    "dblp": "dblp",
}
# From August 2017 on dblp makes the key of each CoRR record from the arXiv identifier; before, most were made of
# the authors' names. It lists computer science alone, so that such a record may not exist.
_FIRST_DBLP_MONTH = "1708"


def paper_elsewhere(identifiers: Iterable[Identifier]) -> tuple[Elsewhere, ...]:
    """Where a paper with these identifiers is found, sorted, each address once.

    arXiv registers 10.48550/arXiv.ID for every paper (https://info.arxiv.org/help/doi.html), the version left off;
    Semantic Scholar answers to ``ARXIV:``, ``DOI:`` and ``ACL:`` forms, OpenAlex to DOIs.

    >>> for one in paper_elsewhere([Identifier("arxiv", "1810.04805")]): print(one.same, one.url)
    True https://arxiv.org/abs/1810.04805
    False https://dblp.org/rec/journals/corr/abs-1810-04805
    True https://doi.org/10.48550/arXiv.1810.04805
    False https://api.openalex.org/works/doi:10.48550/arxiv.1810.04805
    False https://www.semanticscholar.org/arxiv/1810.04805
    >>> paper_elsewhere([Identifier("isbn", "9780262035613")])
    ()
    """
    found: dict[str, Elsewhere] = {}
    for identifier in sorted(set(identifiers)):
        for one in _of_identifier(identifier):
            kept = found.get(one.url)
            if kept is None or one.same > kept.same:
                found[one.url] = one
    return tuple(sorted(found.values()))


def _of_identifier(identifier: Identifier) -> Iterator[Elsewhere]:
    value = identifier.value
    if identifier.scheme == "doi" and value.startswith("10.48550/arxiv."):
        return  # the arXiv identifier that follows from it says as much, in arXiv's own spelling
    system, url = _PAPER_SYSTEMS.get(identifier.scheme), url_of(identifier)
    if system is not None and url is not None:
        yield Elsewhere(system, url, same=True)
    if identifier.scheme == "arxiv":
        yield Elsewhere("doi", f"https://doi.org/10.48550/arXiv.{value}", same=True)
        yield Elsewhere("openalex", f"https://api.openalex.org/works/doi:10.48550/arxiv.{value}", same=False)
        yield Elsewhere("semanticscholar", f"https://www.semanticscholar.org/arxiv/{value}", same=False)
        month, _, number = value.partition(".")
        if number and month >= _FIRST_DBLP_MONTH:
            yield Elsewhere("dblp", f"https://dblp.org/rec/journals/corr/abs-{month}-{number}", same=False)
    elif identifier.scheme == "doi":
        address = quote(value, safe="/:;().,-_~!$&'*+=@")
        yield Elsewhere("openalex", f"https://api.openalex.org/works/doi:{address}", same=False)
        yield Elsewhere("semanticscholar", f"https://api.semanticscholar.org/graph/v1/paper/DOI:{address}", same=False)
        yield Elsewhere("dblp", f"https://dblp.org/doi/{address}", same=False)
    elif identifier.scheme == "acl":
        yield Elsewhere("semanticscholar", f"https://api.semanticscholar.org/graph/v1/paper/ACL:{value}", same=False)


def author_elsewhere(orcid: str | None, source_id: str | None) -> tuple[Elsewhere, ...]:
    """Where a person is found, by ORCID iD and by a source's own number (``openalex:A1``, ``semanticscholar:2``).

    >>> [one.url for one in author_elsewhere("0000-0002-1825-0097", "openalex:A5023888391")]
    ['https://openalex.org/A5023888391', 'https://orcid.org/0000-0002-1825-0097']
    >>> author_elsewhere("0000-0002-1825-0098", None)  # the check digit is wrong
    ()
    """
    found = []
    if orcid and (normal := normalise_orcid(orcid)):
        found.append(Elsewhere("orcid", f"https://orcid.org/{normal}", same=True))
    source, _, number = (source_id or "").partition(":")
    if source == "openalex" and (key := normalise_openalex(number, "A")):
        found.append(Elsewhere("openalex", f"https://openalex.org/{key}", same=True))
    if source == "semanticscholar" and number.isdecimal() and number.isascii():
        found.append(Elsewhere("semanticscholar", f"https://www.semanticscholar.org/author/{number}", same=True))
    return tuple(sorted(found))


_ARCHIVED = re.compile(r"https://(?:github\.com|gitlab\.com|bitbucket\.org|codeberg\.org|gitee\.com)/[^/]+/.+")


def repository_elsewhere(url: str) -> tuple[Elsewhere, ...]:
    """Software Heritage's page for a normalised repository URL, with the SWHID of the origin.

    The identifier of an origin is the SHA-1 of its URL (data model of the Software Heritage archive).

    >>> found, = repository_elsewhere("https://github.com/example/net")
    >>> found.url
    'https://archive.softwareheritage.org/browse/origin/directory/?origin_url=https://github.com/example/net'
    >>> found.identifier
    'swh:1:ori:2d1ada4964361b5baa29f693a3f93590043e80e9'
    >>> repository_elsewhere("https://example.github.io/net")
    ()
    """
    if not _ARCHIVED.fullmatch(url):
        return ()
    origin = hashlib.sha1(url.encode(), usedforsecurity=False).hexdigest()
    address = quote(url, safe="/:._~-")
    page = f"https://archive.softwareheritage.org/browse/origin/directory/?origin_url={address}"
    return (Elsewhere("softwareheritage", page, same=False, identifier=f"swh:1:ori:{origin}"),)
