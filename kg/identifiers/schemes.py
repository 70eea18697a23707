"""Identifiers of papers and people, each in one normal form.

Every ``normalise_*`` takes an identifier as people write it (bare, with a prefix such as ``doi:``, or as a URL) and
gives the normal form, or None where the text is no such identifier. What is normal stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from urllib.parse import quote, unquote

from kg.identifiers.addresses import split_address, without_trailing_punctuation
from kg.records import Identifier

# --- DOI ----------------------------------------------------------------------------------------------------

_DOI = re.compile(r"10\.[0-9]{4,9}(?:\.[0-9]+)*/[^\s\x00-\x20\x7f]+")
_DOI_PREFIX = re.compile(r"(?:urn:)?(?:doi|info:doi/)\s*:?\s*", re.IGNORECASE)
_DOI_RESOLVER = re.compile(r"(?:https?://)?(?:www\.)?(?:dx\.)?doi\.org/(?:doi:)?", re.IGNORECASE)


def normalise_doi(text: str) -> str | None:
    """A DOI in lower case without resolver (DOI Handbook 2.4: DOI names are case insensitive in ASCII).

    >>> normalise_doi("https://doi.org/10.18653/v1/N18-3011")
    '10.18653/v1/n18-3011'
    >>> normalise_doi("DOI: 10.1002/(SICI)1097-4571(199806)49:8<693::AID-ASI4>3.0.CO;2-O.")
    '10.1002/(sici)1097-4571(199806)49:8<693::aid-asi4>3.0.co;2-o'
    >>> normalise_doi("10.1000") is None
    True
    """
    name = text.strip()
    resolver = _DOI_RESOLVER.match(name)
    if resolver:
        name = unquote(re.split(r"[?#]", name[resolver.end() :], maxsplit=1)[0]).strip()
    else:
        prefix = _DOI_PREFIX.match(name)
        name = name[prefix.end() :] if prefix else name
    name = without_trailing_punctuation(name)
    if not _DOI.fullmatch(name):
        return None
    # Only ASCII letters are folded: str.lower() would also change letters that the handbook leaves alone.
    return "".join(letter.lower() if letter.isascii() else letter for letter in name)


# --- arXiv --------------------------------------------------------------------------------------------------

# The archives that gave out identifiers until March 2007 (https://info.arxiv.org/help/arxiv_identifier.html).
# fmt: off
_OLD_ARCHIVES = [
    "acc-phys", "adap-org", "alg-geom", "ao-sci", "astro-ph", "atom-ph", "bayes-an", "chao-dyn", "chem-ph", "cmp-lg",
    "comp-gas", "cond-mat", "cs", "dg-ga", "funct-an", "gr-qc", "hep-ex", "hep-lat", "hep-ph", "hep-th", "math",
    "math-ph", "mtrl-th", "nlin", "nucl-ex", "nucl-th", "patt-sol", "physics", "plasm-ph", "q-alg", "q-bio", "quant-ph",
    "solv-int", "supr-con",
]
# fmt: on
_ARXIV = re.compile(
    r"(?:(?P<archive>" + "|".join(sorted(_OLD_ARCHIVES, key=len, reverse=True)) + r")(?:\.[a-z]{2})?/"
    r"(?P<old>[0-9]{2}(?:0[1-9]|1[0-2])[0-9]{3})"
    r"|(?P<new>[0-9]{2}(?:0[1-9]|1[0-2])\.[0-9]{4,5}))"
    r"(?:v(?P<version>[1-9][0-9]{0,2}))?",
    re.IGNORECASE | re.ASCII,
)
_ARXIV_PREFIX = re.compile(
    r"(?:(?:https?://)?(?:[a-z]+\.)?arxiv\.org/(?:abs|pdf|html|format|ps|e-print|src)/"
    r"|(?:https?://)?ar5iv\.(?:labs\.arxiv\.)?org/(?:abs|html)/"
    r"|(?:https?://)?(?:www\.)?huggingface\.co/papers/"
    r"|(?:(?:https?://)?(?:dx\.)?doi\.org/|doi:\s*)?10\.48550/arxiv\."
    r"|(?:oai:)?arxiv(?:\.org)?\s*:\s*(?:abs/)?)",
    re.IGNORECASE,
)
_ARXIV_SUFFIX = re.compile(r"(?:\.pdf)?/?(?:[?#]\S*)?(?:\s*\[[a-z-]+(?:\.[A-Za-z-]+)?\])?[.,;]?", re.IGNORECASE)


def normalise_arxiv(text: str) -> str | None:
    """An arXiv identifier without its version; old ones in lower case and without subject class.

    >>> normalise_arxiv("https://arxiv.org/pdf/2101.00001v2.pdf")
    '2101.00001'
    >>> normalise_arxiv("arXiv:math.GT/0309136")
    'math/0309136'
    >>> normalise_arxiv("2113.00001") is None  # there is no month 13
    True
    """
    match = _match_arxiv(text)
    if match is None:
        return None
    return match["new"] or f"{match['archive'].lower()}/{match['old']}"


def arxiv_version(text: str) -> str | None:
    """The version that an arXiv identifier names.

    >>> arxiv_version("arXiv:2101.00001v2 [cs.CL]")
    'v2'
    >>> arxiv_version("2101.00001") is None
    True
    """
    match = _match_arxiv(text)
    return f"v{match['version']}" if match and match["version"] else None


def _match_arxiv(text: str) -> re.Match[str] | None:
    name = text.strip()
    prefix = _ARXIV_PREFIX.match(name)
    match = _ARXIV.match(name, prefix.end() if prefix else 0)
    if match is None or not _ARXIV_SUFFIX.fullmatch(name, match.end()):
        return None
    if match["new"]:
        month, number = match["new"].split(".")
        # April 2007 is the first month of the new form; since 2015 the number has five digits.
        return match if month >= "0704" and len(number) == (5 if month >= "1501" else 4) else None
    year_and_month = match["old"][:4]
    return match if year_and_month >= "9107" or year_and_month <= "0703" else None


# --- other schemes ------------------------------------------------------------------------------------------

_ACL = re.compile(r"(?P<old>[A-Za-z][0-9]{2}-[0-9]{4})|(?P<new>(?:19|20)[0-9]{2}\.[A-Za-z0-9_]+-[A-Za-z0-9]+\.[0-9]+)")
_ACL_PREFIX = re.compile(
    r"(?:https?://)?(?:www\.)?(?:aclanthology\.(?:org|info)|aclweb\.org/anthology(?:-new)?)/"
    r"(?:papers/(?:[A-Z]/[A-Z][0-9]{2}/)?|[A-Z]/[A-Z][0-9]{2}/)?|acl(?:\s+anthology)?\s*:\s*",
    re.IGNORECASE,
)
_ACL_SUFFIX = re.compile(r"(?:v[0-9]+)?(?:\.(?:pdf|bib|xml|endf))?/?(?:[?#]\S*)?[.,;]?", re.IGNORECASE)


def normalise_acl(text: str) -> str | None:
    """An ACL Anthology identifier of a paper: ``N18-3011`` or ``2020.acl-main.207``.

    >>> normalise_acl("https://www.aclweb.org/anthology/n18-3011.pdf")
    'N18-3011'
    >>> normalise_acl("2020.ACL-main.207")
    '2020.acl-main.207'
    >>> normalise_acl("P19-1") is None  # a volume
    True
    """
    name = text.strip()
    prefix = _ACL_PREFIX.match(name)
    match = _ACL.match(name, prefix.end() if prefix else 0)
    if match is None or not _ACL_SUFFIX.fullmatch(name, match.end()):
        return None
    return match["old"].upper() if match["old"] else match["new"].lower()


def normalise_openalex(text: str, letter: str = "W") -> str | None:
    """An OpenAlex key: of a work (``W``) or, by ``letter``, of an author (``A``), a source (``S``) ...

    >>> normalise_openalex("https://openalex.org/W2741809807")
    'W2741809807'
    >>> normalise_openalex("A5023888391") is None  # an author
    True
    """
    match = re.fullmatch(
        r"(?:(?:https?://)?(?:api\.)?openalex\.org/(?:[a-z]+/)?|openalex\s*:\s*)?([A-Z][1-9][0-9]{0,14})/?",
        text.strip(),
        re.IGNORECASE,
    )
    return match[1].upper() if match and match[1][0].upper() == letter else None


def normalise_orcid(text: str) -> str | None:
    """An ORCID iD in groups of four, its check digit tested (ISO 7064, MOD 11-2).

    >>> normalise_orcid("https://orcid.org/0000-0002-1825-0097")
    '0000-0002-1825-0097'
    >>> normalise_orcid("0000-0002-1825-0098") is None  # the check digit is wrong
    True
    """
    match = re.fullmatch(
        r"(?:(?:https?://)?(?:www\.)?orcid\.org/|orcid\s*:\s*)?([0-9]{4})-?([0-9]{4})-?([0-9]{4})-?([0-9]{3}[0-9X])/?",
        text.strip(),
        re.IGNORECASE,
    )
    if match is None:
        return None
    digits = "".join(match.groups()).upper()
    total = 0
    for digit in digits[:-1]:
        total = (total + int(digit)) * 2
    check = (12 - total % 11) % 11
    return "-".join(match.groups()).upper() if digits[-1] == ("X" if check == 10 else str(check)) else None


def _numbers(prefix: str) -> Callable[[str], str | None]:
    """A normaliser of schemes whose identifiers are whole numbers."""
    pattern = re.compile(rf"(?:{prefix})?0*([1-9][0-9]{{0,18}})/?", re.IGNORECASE)

    def normalise(text: str) -> str | None:
        match = pattern.fullmatch(text.strip())
        return match[1] if match else None

    return normalise


_normalise_corpus_id = _numbers(
    r"(?:https?://)?(?:api|www)\.semanticscholar\.org/(?:arxiv/)?CorpusID:|(?:s2|semanticscholar|corpus\s?id)\s*:\s*"
)
_normalise_pubmed = _numbers(
    r"(?:https?://)?(?:www\.)?(?:pubmed\.ncbi\.nlm\.nih\.gov/|ncbi\.nlm\.nih\.gov/pubmed/)|(?:pmid|pubmed)\s*:?\s*"
)
_normalise_mag = _numbers(r"(?:https?://)?academic\.microsoft\.com/paper/|mag\s*:\s*")


def _normalise_dblp(text: str) -> str | None:
    match = re.fullmatch(
        r"(?:(?:https?://)?(?:www\.)?(?:dblp\.org|dblp\.uni-trier\.de)/rec/(?:html/|bibtex/)?|dblp\s*:\s*)?"
        r"((?:conf|journals|books|phd|series|reference|tr|persons)/[A-Za-z0-9_-]+/[A-Za-z0-9_-]+)(?:\.(?:html|bib|xml|rdf))?",
        text.strip(),
    )
    return match[1] if match else None


# --- all schemes --------------------------------------------------------------------------------------------

_NORMALISERS: dict[str, Callable[[str], str | None]] = {
    "doi": normalise_doi,
    "arxiv": normalise_arxiv,
    "acl": normalise_acl,
    "openalex": normalise_openalex,
    "semanticscholar": _normalise_corpus_id,
    "pubmed": _normalise_pubmed,
    "dblp": _normalise_dblp,
    "mag": _normalise_mag,
}
SCHEMES: tuple[str, ...] = tuple(_NORMALISERS)
_OTHER_NAMES = {
    "pmid": "pubmed",
    "corpusid": "semanticscholar",
    "corpus_id": "semanticscholar",
    "s2": "semanticscholar",
}


def identifier(scheme: str, text: str) -> Identifier | None:
    """The identifier of a paper in ``scheme`` (any case), or None where the text or the scheme is no such thing.

    >>> identifier("DOI", "https://doi.org/10.5555/ABC")
    Identifier(scheme='doi', value='10.5555/abc')
    >>> identifier("corpusId", "CorpusID:215416146")
    Identifier(scheme='semanticscholar', value='215416146')
    >>> identifier("doi", "forthcoming") is None
    True
    """
    name = scheme.strip().lower()
    name = _OTHER_NAMES.get(name, name)
    normalise = _NORMALISERS.get(name)
    value = normalise(text) if normalise else None
    return Identifier(name, value) if value else None


def parse_identifier(text: str) -> Identifier | None:
    """The identifier that a text is, whatever its scheme; a bare number is none, for it could be of several.

    >>> parse_identifier("arXiv:1706.03762v5")
    Identifier(scheme='arxiv', value='1706.03762')
    >>> parse_identifier("pmid:12345")
    Identifier(scheme='pubmed', value='12345')
    >>> parse_identifier("12345") is None
    True
    """
    name = text.strip()
    if name.isdigit():
        return None
    for scheme in ("arxiv", "doi", "acl", "openalex", "pubmed", "dblp", "mag", "semanticscholar"):
        found = identifier(scheme, name)
        if found:
            return found
    return None


def implied_identifiers(found: Identifier) -> tuple[Identifier, ...]:
    """The identifiers of the same paper that follow from this one alone.

    arXiv and the ACL Anthology make their DOIs from their own identifiers, dblp its keys of arXiv papers.

    >>> implied_identifiers(Identifier("doi", "10.48550/arxiv.1706.03762"))
    (Identifier(scheme='arxiv', value='1706.03762'),)
    >>> implied_identifiers(Identifier("doi", "10.18653/v1/n18-3011"))
    (Identifier(scheme='acl', value='N18-3011'),)
    >>> implied_identifiers(Identifier("doi", "10.5555/1"))
    ()
    """
    implied: Identifier | None = None
    if found.scheme == "doi":
        prefix, _, suffix = found.value.partition("/")
        if prefix == "10.48550" and suffix.startswith("arxiv."):
            implied = identifier("arxiv", suffix.removeprefix("arxiv."))
        elif prefix in ("10.18653", "10.3115") and suffix.startswith("v1/"):
            implied = identifier("acl", suffix.removeprefix("v1/"))
    elif found.scheme == "dblp":
        match = re.fullmatch(r"journals/corr/abs-([0-9]{4})-([0-9]{4,5})", found.value)
        implied = identifier("arxiv", f"{match[1]}.{match[2]}") if match else None
    return (implied,) if implied else ()


def with_implied(identifiers: Iterable[Identifier]) -> tuple[Identifier, ...]:
    """The identifiers and those that follow from them, sorted, each once.

    >>> [one.scheme for one in with_implied([Identifier("doi", "10.48550/arxiv.1706.03762")])]
    ['arxiv', 'doi']
    >>> with_implied([])
    ()
    """
    given = set(identifiers)
    return tuple(sorted(given.union(*(implied_identifiers(one) for one in given))))


_DOI_IN_PATH = re.compile(
    r"/(?:doi(?:/(?:abs|full|pdf|epdf|book|pdfdirect|abstract))?|article|chapter|articles|book)/(10\.[0-9]{4,9}/.+)"
)


def identifiers_in_url(url: str) -> tuple[Identifier, ...]:
    """The identifiers of papers that a landing page's address holds, sorted, with those that follow from them.

    >>> identifiers_in_url("https://arxiv.org/abs/1706.03762v5")
    (Identifier(scheme='arxiv', value='1706.03762'),)
    >>> identifiers_in_url("https://dl.acm.org/doi/pdf/10.1145/3292500.3330701?download=true")
    (Identifier(scheme='doi', value='10.1145/3292500.3330701'),)
    >>> identifiers_in_url("https://example.org/paper.pdf")
    ()
    """
    address = url.strip()
    parts = split_address(address)
    if parts is None or not parts.hostname:
        return ()
    found = parse_identifier(address)
    if found is None:
        match = _DOI_IN_PATH.search(unquote(parts.path))
        name = re.sub(r"(?:/(?:full|abstract|pdf|meta|html)|\.pdf)/?$", "", match[1]) if match else ""
        found = identifier("doi", name.rstrip("/"))
    return with_implied([found]) if found else ()


def url_of(found: Identifier) -> str | None:
    """The address of an identifier's landing page, or None where there is none (any more).

    >>> url_of(Identifier("acl", "N18-3011"))
    'https://aclanthology.org/N18-3011/'
    >>> url_of(Identifier("doi", "10.1002/(sici)1<2::aid>3"))
    'https://doi.org/10.1002/(sici)1%3C2::aid%3E3'
    >>> url_of(Identifier("mag", "12345")) is None
    True
    """
    patterns = {
        "doi": "https://doi.org/{}",
        "arxiv": "https://arxiv.org/abs/{}",
        "acl": "https://aclanthology.org/{}/",
        "openalex": "https://openalex.org/{}",
        "semanticscholar": "https://api.semanticscholar.org/CorpusID:{}",
        "pubmed": "https://pubmed.ncbi.nlm.nih.gov/{}/",
        "dblp": "https://dblp.org/rec/{}",
    }
    pattern = patterns.get(found.scheme)
    return pattern.format(quote(found.value, safe="/:;().,-_~!$&'*+=@")) if pattern else None
