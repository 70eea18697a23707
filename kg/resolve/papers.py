"""SourceRecord -> Paper: which records mean the same paper, and what the paper then says.

1. *Versions.* Of the records that share ``(source, record_id)`` the one with the highest ``version`` counts; of
   equal versions the one given later.
2. *Identifiers.* Records that share an identifier are one paper (union-find). An arXiv DOI is that arXiv id, a DOI
   of the ACL Anthology is that Anthology id, so a preprint's DOI never stands against its publication's.
3. *Title and year* join what identifiers leave open. Two clusters are linked where a title of theirs is the same
   but for case, accents, punctuation and spaces, is long enough to mean one paper ("Introduction" never joins), and
   their years are at most one apart (a preprint, then its publication) or one has none. All clusters that hang
   together by links are joined, but only if *no two of them* have an identifier of the same scheme (they share none,
   so these differ) and all years agree that way. Where that fails, links are made again with exactly equal years and
   the same test holds; where that fails too, only what has no identifier at all and the same year is joined. The
   decision looks at whole groups, so it does not depend on the order of the records, and no chain of titles joins
   what identifiers keep apart.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from kg.identifiers import implied_date, normalise_acl, normalise_arxiv
from kg.records import Identifier, Paper, SourceRecord
from kg.resolve.union_find import UnionFind

# A paper's key is made from the first of these that it has. An arXiv id comes first because it is readable, has no
# version and is usually the first that a paper gets, so that the paper's IRI outlives its later publication.
KEY_SCHEMES = ("arxiv", "acl", "doi", "openalex", "semanticscholar", "pubmed", "dblp", "mag")

# DOIs that wrap an identifier of another scheme
_WRAPPING_DOIS = (
    ("arxiv", re.compile(r"10\.48550/arxiv\.(.+)", re.IGNORECASE), normalise_arxiv),
    ("acl", re.compile(r"10\.(?:18653|3115)/v1/(.+)", re.IGNORECASE), normalise_acl),
)
# identifiers of these forms stay apart when their punctuation becomes spaces
_READABLE = {
    "arxiv": re.compile(r"\d{4}\.\d{4,5}|[a-z]+(?:-[a-z]+)?/\d{7}"),
    "acl": re.compile(r"[a-z]\d\d-\d{4}|\d{4}\.[a-z0-9]+-[a-z0-9]+\.\d+"),
}
_CASELESS = frozenset({"doi", "arxiv", "acl", "openalex"})
_LATEX_COMMAND = re.compile(r"\\[a-zA-Z]+\*?|\\.")
_YEAR = re.compile(r"\d{4}")
_ASCII_WORD = re.compile(r"[a-z0-9]+")
_FEWEST_WORDS, _FEWEST_LETTERS = 4, 20


def merge_papers(records: Iterable[SourceRecord], precedence: Sequence[str] = ()) -> list[Paper]:
    """The papers that ``records`` mean, sorted by key; the same whatever the order of the records.

    ``precedence`` names sources, the most trusted first (``kg.read.SOURCES``); sources that it lacks come last, in
    alphabetical order. Each field is taken from the first record that has it; see the module for what is merged.

    >>> first, second = (Identifier("arxiv", value) for value in ("1901.00002", "2101.00001"))
    >>> ours = SourceRecord("jsonl", "7", "A Paper about Merging Papers", identifiers=(second,))
    >>> theirs = SourceRecord("bibtex", "x", "A paper about merging papers.", date="2021", venue="TACL")
    >>> [(paper.key, paper.venue, len(paper.records)) for paper in merge_papers([ours, theirs])]
    [('arxiv 2101 00001', 'TACL', 2)]
    >>> other = SourceRecord("bibtex", "y", "A Paper about Merging Papers", identifiers=(first,))
    >>> [paper.key for paper in merge_papers([ours, theirs, other])]  # whose is the one without identifier?
    ['a paper about merging papers 2021', 'arxiv 1901 00002', 'arxiv 2101 00001']
    """
    ranks = {source: rank for rank, source in enumerate(precedence)}

    def by_precedence(record: SourceRecord) -> tuple[int, str, str, str]:
        return (ranks.get(record.source, len(ranks)), record.source, record.record_id, record.version)

    kept = sorted(_latest(records), key=by_precedence)
    papers = [_paper([kept[index] for index in group]) for group in _groups(kept)]
    return sorted(_told_apart(papers), key=lambda paper: paper.key)


def matching_identifier(identifier: Identifier) -> Identifier:
    """The identifier that records are compared by: what a DOI wraps, in lower case where case means nothing.

    >>> matching_identifier(Identifier("doi", "10.48550/arxiv.1911.02782v2"))
    Identifier(scheme='arxiv', value='1911.02782')
    >>> matching_identifier(Identifier("doi", "10.18653/v1/n18-3011"))
    Identifier(scheme='acl', value='n18-3011')
    """
    plain = unwrapped_identifier(identifier)
    return Identifier(plain.scheme, plain.value.lower()) if plain.scheme in _CASELESS else plain


def unwrapped_identifier(identifier: Identifier) -> Identifier:
    """The arXiv or ACL identifier that a DOI wraps; any other identifier as it is.

    >>> unwrapped_identifier(Identifier("doi", "10.18653/v1/n18-3011"))
    Identifier(scheme='acl', value='N18-3011')
    >>> unwrapped_identifier(Identifier("doi", "10.1162/tacl_a_00051"))
    Identifier(scheme='doi', value='10.1162/tacl_a_00051')
    """
    if identifier.scheme == "doi":
        for scheme, pattern, normalise in _WRAPPING_DOIS:
            wrapped = pattern.fullmatch(identifier.value)
            if wrapped and (value := normalise(wrapped[1])):
                return Identifier(scheme, value)
    return identifier


def paper_key(records: Sequence[SourceRecord]) -> str:
    """The key of the paper that these records (by precedence) mean; a function of these records alone.

    From an identifier: scheme, a space, the value in lower case, its punctuation turned into single spaces where
    that loses nothing (arXiv, ACL), else as it is; schemes in the order of :data:`KEY_SCHEMES`, of several values
    the smallest. Without identifiers: the title's words in lower case and the first year; a title too short to mean
    one paper is followed by the record's source and id.

    >>> paper_key([SourceRecord("acl", "x", "T", identifiers=(Identifier("acl", "2020.acl-main.207"),))])
    'acl 2020 acl main 207'
    >>> paper_key([SourceRecord("bibtex", "kingma", "Auto-Encoding Variational B\\u00e1yes", date="2014-04")])
    'auto encoding variational báyes 2014'
    >>> paper_key([SourceRecord("bibtex", "intro20", "Introduction", date="2020")])
    'introduction 2020 bibtex intro20'
    """
    identifiers = {matching_identifier(one) for record in records for one in record.identifiers}
    if identifiers:
        chosen = min(identifiers, key=lambda one: (_scheme_rank(one.scheme), one.scheme, one.value))
        return identifier_key(chosen)
    title = _text_record(records).title
    years = sorted({year for record in records if (year := _year(record))})
    parts = [title_words(title), *(str(year) for year in years[:1])]
    if _matching_title(title) is None:
        parts += [_record_words(records)]
    return " ".join(part for part in parts if part)


def identifier_key(identifier: Identifier) -> str:
    """The key of a paper that is known by this identifier, which :func:`matching_identifier` gave."""
    readable = _READABLE.get(identifier.scheme)
    if readable and readable.fullmatch(identifier.value):
        return f"{identifier.scheme} {re.sub(r'[^a-z0-9]+', ' ', identifier.value)}"
    return f"{identifier.scheme} {identifier.value}"


def title_words(title: str) -> str:
    """The words of a title in lower case, between single spaces; letters of all scripts are kept.

    >>> title_words("$\\\\mathcal{X}^2$: Pre-Training {R-CNN}s")
    'x 2 pre training r cnn s'
    >>> title_words("Où est 知识图谱?")
    'où est 知识图谱'
    """
    if title.isascii():
        return " ".join(_ASCII_WORD.findall(_LATEX_COMMAND.sub(" ", title).lower()))
    text = unicodedata.normalize("NFC", unicodedata.normalize("NFKC", _LATEX_COMMAND.sub(" ", title)).lower())
    return " ".join("".join(c if unicodedata.category(c)[0] in "LNM" else " " for c in text).split())


# --- which records are one ----------------------------------------------------------------------------------


@dataclass(slots=True)
class _Cluster:
    """Records that share identifiers: the schemes they have, and their first and last year."""

    schemes: frozenset[str]
    years: frozenset[int]
    titles: frozenset[str]


def _latest(records: Iterable[SourceRecord]) -> Iterator[SourceRecord]:
    latest: dict[tuple[str, str], SourceRecord] = {}
    for record in records:
        held = latest.get(record.key)
        if held is None or record.version >= held.version:
            latest[record.key] = record
    yield from latest.values()


def _groups(records: Sequence[SourceRecord]) -> list[list[int]]:
    """Indices into ``records``, one list a paper."""
    papers = UnionFind(len(records))
    holder: dict[Identifier, int] = {}
    for index, record in enumerate(records):
        for identifier in record.identifiers:
            papers.union(index, holder.setdefault(matching_identifier(identifier), index))

    clusters = {root: _cluster([records[index] for index in group]) for root, group in papers.groups().items()}
    undecided: list[list[int]] = [[root for root, cluster in clusters.items() if cluster.titles]]
    for link in (_years_near, _years_equal, _years_equal_without_identifiers):
        groups = [group for left in undecided for group in _linked(left, clusters, link)]
        undecided = []
        for group in groups:
            if _agree([clusters[root] for root in group]):
                for root in group[1:]:
                    papers.union(group[0], root)
            else:
                undecided.append(group)
    return list(papers.groups().values())


def _cluster(records: Sequence[SourceRecord]) -> _Cluster:
    titles = {_matching_title(record.title) for record in records}
    return _Cluster(
        schemes=frozenset(matching_identifier(one).scheme for record in records for one in record.identifiers),
        years=frozenset(year for record in records if (year := _year(record)) is not None),
        titles=frozenset(title for title in titles if title is not None),
    )


_Link = Callable[[Sequence[int], dict[int, _Cluster]], Iterable[tuple[int, int]]]


def _linked(roots: Sequence[int], clusters: dict[int, _Cluster], link: _Link) -> list[list[int]]:
    """The groups of two and more that hang together by links between clusters of one title."""
    by_title: dict[str, list[int]] = defaultdict(list)
    for root in roots:
        for title in clusters[root].titles:
            by_title[title].append(root)
    positions = {root: position for position, root in enumerate(roots)}
    groups = UnionFind(len(roots))
    for sharing in by_title.values():
        if len(sharing) > 1:
            for one, other in link(sharing, clusters):
                groups.union(positions[one], positions[other])
    return [[roots[position] for position in group] for group in groups.groups().values() if len(group) > 1]


def _years_near(roots: Sequence[int], clusters: dict[int, _Cluster]) -> Iterator[tuple[int, int]]:
    """Links runs of years without a gap; what has no year goes with the only run, else with its like."""
    dated = sorted((root for root in roots if clusters[root].years), key=lambda root: (min(clusters[root].years), root))
    undated = [root for root in roots if not clusters[root].years]
    runs, last = 0, -1
    for place, root in enumerate(dated):
        years = clusters[root].years
        if place and min(years) <= last + 1:
            yield dated[place - 1], root
        else:
            runs += 1
        last = max(last, *years)
    yield from pairwise(undated)
    if undated and runs == 1:
        yield undated[0], dated[0]


def _years_equal(roots: Sequence[int], clusters: dict[int, _Cluster]) -> Iterator[tuple[int, int]]:
    yield from _neighbours((year, root) for root in roots for year in clusters[root].years or (None,))


def _years_equal_without_identifiers(roots: Sequence[int], clusters: dict[int, _Cluster]) -> Iterator[tuple[int, int]]:
    yield from _years_equal([root for root in roots if not clusters[root].schemes], clusters)


def _neighbours(pairs: Iterable[tuple[Hashable, int]]) -> Iterator[tuple[int, int]]:
    first: dict[Hashable, int] = {}
    for value, root in pairs:
        yield first.setdefault(value, root), root


def _agree(clusters: Sequence[_Cluster]) -> bool:
    """No two have an identifier of one scheme, and any two have years at most one apart (or none)."""
    schemes = [scheme for cluster in clusters for scheme in cluster.schemes]
    if len(schemes) != len(set(schemes)):
        return False
    dated = [cluster.years for cluster in clusters if cluster.years]
    return not dated or max(map(min, dated)) - min(map(max, dated)) <= 1


def _matching_title(title: str) -> str | None:
    """What titles are compared by, or None for one that may head many papers."""
    words = title_words(title).split()
    if title.isascii():
        letters = "".join(words)
        return letters if len(words) >= _FEWEST_WORDS or len(letters) >= _FEWEST_LETTERS else None
    letters = "".join(c for c in unicodedata.normalize("NFKD", "".join(words)) if not unicodedata.combining(c))
    length = sum(3 if unicodedata.east_asian_width(c) in "WF" else 1 for c in letters)
    return letters if len(words) >= _FEWEST_WORDS or length >= _FEWEST_LETTERS else None


def _year(record: SourceRecord) -> int | None:
    found = _YEAR.match(record.date or "")
    return int(found[0]) if found else None


# --- what the paper says ------------------------------------------------------------------------------------


def _paper(records: Sequence[SourceRecord]) -> Paper:
    """One paper from its records, which come by precedence."""
    text_record = _text_record(records)
    identifiers = [one for record in records for one in record.identifiers]
    authored = next((record for record in records if record.authors), None)
    known_as = sorted({*identifiers, *map(unwrapped_identifier, identifiers)})
    return Paper(
        key=paper_key(records),
        records=tuple(records),
        text_record=text_record,
        title=text_record.title,
        abstract=text_record.abstract,
        summary=text_record.summary,
        authors=authored.authors if authored else (),
        authors_source=authored.key if authored else None,
        date=next((record.date for record in records if record.date), None) or implied_date(known_as),
        identifiers=tuple(known_as),
        venue=next((record.venue for record in records if record.venue), None),
        urls=tuple(dict.fromkeys(url for record in records for url in record.urls)),
        code_urls=tuple(dict.fromkeys(url for record in records for url in record.code_urls)),
        cites=tuple(sorted({one for record in records for one in record.cites})),
        language=text_record.language or next((record.language for record in records if record.language), None),
    )


def _text_record(records: Sequence[SourceRecord]) -> SourceRecord:
    return next((record for record in records if record.abstract or record.summary), records[0])


def _told_apart(papers: Sequence[Paper]) -> Iterator[Paper]:
    """The papers, each with a key of its own: titles that spell another paper's key are followed by their record's.

    That takes a title such as "arXiv 2101.00001", or one that ends with what is another paper's year.
    """
    shared: dict[str, int] = defaultdict(int)
    for paper in papers:
        shared[paper.key] += 1
    for paper in papers:
        if shared[paper.key] == 1 or paper.identifiers:
            yield paper
        else:
            yield replace(paper, key=f"{paper.key} {_record_words(paper.records)}")


def _record_words(records: Sequence[SourceRecord]) -> str:
    """Source and id of the smallest record, as they are: these no two papers share."""
    return " ".join(min(record.key for record in records))


def _scheme_rank(scheme: str) -> int:
    return KEY_SCHEMES.index(scheme) if scheme in KEY_SCHEMES else len(KEY_SCHEMES)
