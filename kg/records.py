"""The records that travel between the rooms.

All are frozen: a step of the pipeline takes some and yields new ones. Offsets are Unicode code points into
the literal *as it is stored* (``title``, ``abstract``, ``summary`` or ``text``), end exclusive, so that
``fields[mention.field][mention.start:mention.end] == mention.text`` always holds.

The way of a paper::

    SourceRecord -> Sentence -> Extraction (Mention, Relation, Role, ResultClaim, RepositoryMention)
                 -> Paper, Concept -> quads
"""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import json
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal, TypeVar

FieldName = Literal["title", "abstract", "summary", "text"]
ConceptType = Literal["Task", "Method", "Dataset", "Metric"]
RelationType = Literal[
    "Used-For",
    "Part-Of",
    "SubClass-Of",
    "SubTask-Of",
    "Benchmark-For",
    "Trained-With",
    "Evaluated-With",
    "Compare-With",
    "Synonym-Of",
]
RoleName = Literal["introduces", "addresses", "uses", "evaluatesOn", "comparesWith"]
ValueKind = Literal["absolute", "delta", "relative"]
MergeRule = Literal[
    "spelling", "abbreviation", "catalogue", "knownLongForm", "sharedDefinition", "typeWord", "writtenOut", "turned"
]

FIELD_NAMES: tuple[FieldName, ...] = typing.get_args(FieldName)
CONCEPT_TYPES: tuple[ConceptType, ...] = typing.get_args(ConceptType)
RELATION_TYPES: tuple[RelationType, ...] = typing.get_args(RelationType)
ROLE_NAMES: tuple[RoleName, ...] = typing.get_args(RoleName)
MERGE_RULES: tuple[MergeRule, ...] = typing.get_args(MergeRule)

# Which types of concept a role may point to.
ROLE_RANGES: Mapping[RoleName, frozenset[ConceptType]] = {
    "introduces": frozenset(CONCEPT_TYPES),
    "addresses": frozenset({"Task"}),
    "uses": frozenset({"Method", "Dataset"}),
    "evaluatesOn": frozenset({"Dataset"}),
    "comparesWith": frozenset({"Method"}),
}


# --- what a source says of a paper -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, order=True)
class Identifier:
    """An identifier of a paper in some scheme: ``doi``, ``arxiv``, ``acl``, ``openalex`` ... (see identifiers/).

    ``value`` is in the scheme's normal form: a DOI in lower case without resolver, an arXiv id without version.
    """

    scheme: str
    value: str


@dataclass(frozen=True, slots=True)
class Author:
    """An author as one source names them, in the order of the paper."""

    name: str
    orcid: str | None = None
    source_id: str | None = None  # "openalex:A5023888391", "semanticscholar:1741101"


@dataclass(frozen=True, slots=True, order=True)
class StatedConcept:
    """What a source says of a paper and a concept, without a sentence: its role, its type, its name there."""

    role: RoleName
    type: ConceptType
    name: str


@dataclass(frozen=True, slots=True)
class StatedResult:
    """A number that a source gives for a paper, without a sentence; names and value as the source writes them."""

    value_text: str
    value: Decimal
    metric: str
    task: str | None = None
    dataset: str | None = None
    method: str | None = None
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class SourceRecord:
    """What one source says of one paper. ``(source, record_id)`` is its key; a later version replaces it.

    ``source`` is a name in :data:`kg.read.SOURCES` (format and provider, never a file path). ``version`` is the
    source's own version or update stamp where it has one (it sorts as text), else ``""``.
    """

    source: str
    record_id: str
    title: str
    version: str = ""
    abstract: str | None = None
    summary: str | None = None
    authors: tuple[Author, ...] = ()
    date: str | None = None  # "2021", "2021-06" or "2021-06-01"
    identifiers: tuple[Identifier, ...] = ()  # sorted
    venue: str | None = None
    urls: tuple[str, ...] = ()  # landing pages
    code_urls: tuple[str, ...] = ()  # the source says: this is the paper's own code
    cites: tuple[Identifier, ...] = ()
    language: str | None = None  # BCP 47
    other_code_urls: tuple[str, ...] = ()  # the source says: code by others for this paper
    concepts: tuple[StatedConcept, ...] = ()
    results: tuple[StatedResult, ...] = ()

    @property
    def key(self) -> tuple[str, str]:
        """The pair that a later version of this record shares."""
        return (self.source, self.record_id)

    def fields(self) -> dict[FieldName, str]:
        """The texts to extract from, title first; what is absent or empty is left out."""
        texts: dict[FieldName, str | None] = {
            "title": self.title,
            "abstract": self.abstract,
            "summary": self.summary,
        }
        return {name: text for name, text in texts.items() if text}

    def names(self) -> tuple[Name, ...]:
        """The names of concepts that the source says, sorted, each once."""
        stated = {Name(one.name, one.type) for one in self.concepts}
        for result in self.results:
            parts: tuple[tuple[str | None, ConceptType], ...] = (
                (result.metric, "Metric"),
                (result.task, "Task"),
                (result.dataset, "Dataset"),
                (result.method, "Method"),
            )
            stated |= {Name(text, type) for text, type in parts if text}
        return tuple(sorted(stated))


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper: source records that mean the same one, merged field by field (precedence: resolve/papers.py).

    ``title``, ``abstract`` and ``summary`` come from one record, ``text_record``, so that offsets agree.
    """

    key: str  # what its slug is made from; see resolve/papers.py
    records: tuple[SourceRecord, ...]  # by precedence
    text_record: SourceRecord
    title: str
    abstract: str | None = None
    summary: str | None = None
    authors: tuple[Author, ...] = ()
    authors_source: tuple[str, str] | None = None  # key of the record whose author list was taken
    date: str | None = None
    identifiers: tuple[Identifier, ...] = ()
    venue: str | None = None
    urls: tuple[str, ...] = ()
    code_urls: tuple[str, ...] = ()
    cites: tuple[Identifier, ...] = ()
    language: str | None = None

    def fields(self) -> dict[FieldName, str]:
        """The texts that the offsets of this paper's extraction point into."""
        return self.text_record.fields()


# --- what the text says -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a field; ``text`` is the stored literal from ``start`` to ``end``."""

    field: FieldName
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Mention:
    """A name in the text. ``score`` is the calibrated probability, 0 to 1, rounded to 4 digits."""

    field: FieldName
    start: int
    end: int
    text: str
    type: ConceptType
    score: float


@dataclass(frozen=True, slots=True)
class Relation:
    """A relation between two mentions of one sentence; ``head`` and ``tail`` index ``Extraction.mentions``."""

    head: int
    tail: int
    type: RelationType
    score: float


@dataclass(frozen=True, slots=True)
class Role:
    """What the paper does with a mentioned concept; ``mention`` indexes ``Extraction.mentions``."""

    mention: int
    role: RoleName
    score: float


@dataclass(frozen=True, slots=True)
class ResultClaim:
    """One number that the text claims. ``field``, ``start``, ``end`` span the number as written.

    ``value`` is as written (59.4 for "59.4%"), ``value_text`` verbatim; ``metric``, ``dataset``, ``task``,
    ``method``, ``baseline`` index ``Extraction.mentions`` or are None. A range has its ends in ``minimum`` and
    ``maximum``, and ``value`` is its lower end (a middle would be a number that nobody wrote).
    """

    field: FieldName
    start: int
    end: int
    value: Decimal
    value_text: str
    kind: ValueKind
    score: float
    unit: str | None = None  # "%", "ms", "points" ...
    metric: int | None = None
    dataset: int | None = None
    task: int | None = None
    method: int | None = None
    baseline: int | None = None  # what a delta is against
    condition: str | None = None  # "with 10% of the data", verbatim
    split: str | None = None  # "test-dev", "val"
    minimum: Decimal | None = None
    maximum: Decimal | None = None


@dataclass(frozen=True, slots=True)
class RepositoryMention:
    """A URL in the text. ``url`` is normalised; ``own``: the paper says that it is its own code or project.

    ``kind`` is ``code`` (GitHub, GitLab, Bitbucket ...), ``model`` or ``dataset`` (Hugging Face), ``archive``
    (Zenodo ...), ``page`` (project pages) or ``other``.
    """

    field: FieldName
    start: int
    end: int
    url: str
    own: bool
    score: float
    kind: str = "code"


@dataclass(frozen=True, slots=True)
class Abbreviation:
    """A short form and its long form, defined in the text ("Graph Attention Network (GAT)")."""

    field: FieldName
    short_start: int
    short_end: int
    long_start: int
    long_end: int
    short: str
    long: str


@dataclass(frozen=True, slots=True)
class Extraction:
    """All that the extractor read in one record's fields. Mentions are sorted by (field, start, end)."""

    extractor: str  # the extractor's digest, as in ExtractorInfo
    sentences: tuple[Sentence, ...] = ()
    mentions: tuple[Mention, ...] = ()
    relations: tuple[Relation, ...] = ()
    roles: tuple[Role, ...] = ()
    results: tuple[ResultClaim, ...] = ()
    repositories: tuple[RepositoryMention, ...] = ()
    abbreviations: tuple[Abbreviation, ...] = ()
    language: str | None = None


@dataclass(frozen=True, slots=True)
class ExtractorInfo:
    """Which extractor made an extraction: what ``pt:ExtractionRun`` describes."""

    name: str
    version: str
    digest: str  # hex sha256 over code version and model files


# --- what the graph is made from ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, order=True)
class Name:
    """A surface form with its type, after the paper's own abbreviations are expanded."""

    text: str
    type: ConceptType


@dataclass(frozen=True, slots=True)
class Merge:
    """Why some names are one concept: they share the normal form ``form``, and ``rule`` joined that to ``joined``.

    ``spelling``: the names differ in case, hyphens, number and the like, and ``joined`` is ``form`` itself;
    ``abbreviation``: papers define them as short for ``joined``; ``catalogue``: it lists them under the label
    ``joined``; ``knownLongForm``: in other words what the catalogue's entry says; ``sharedDefinition``: a short form
    that nearly all papers define alike; ``typeWord``: without last words that repeat the type or what is known anyway;
    ``writtenOut``: with a short form within them written out; ``turned``: "A of B" for "B A"
    (kg/resolve/links.py). ``evidence`` says in words what the rule rests on;
    ``papers`` are keys of papers that bear it out, at most three, the smallest.
    """

    rule: MergeRule
    form: str
    names: tuple[str, ...]  # as papers write them, sorted
    joined: str
    evidence: str
    papers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Concept:
    """A task, method, dataset or metric across papers. ``key`` with ``type`` is its identity."""

    key: str
    type: ConceptType
    label: str
    alt_labels: tuple[str, ...] = ()  # sorted, without the label
    catalogue_id: str | None = None
    same_name_as: tuple[tuple[ConceptType, str], ...] = ()  # (type, key) of namesakes left apart
    higher_is_better: bool | None = None  # metrics only
    fraction: bool | None = None  # metrics only: the value is a share, written as 0.59 or 59 (%)
    broader: tuple[str, ...] = ()  # keys of the same type, from the catalogue and from head words
    unit: str | None = None  # metrics only: the unit that its values are in where a paper gives none
    benchmark_for: tuple[str, ...] = ()  # datasets only: keys of tasks, from the catalogue and from head words
    not_broader: tuple[str, ...] = ()  # keys that a text calls broader, left out since the hierarchy has no cycle
    merges: tuple[Merge, ...] = ()  # why its names are one, sorted by rule and form
    field: bool = False  # tasks only: so wide that it names a field of study


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence that says so, with the spans of subject and object in it where they are named there."""

    field: FieldName
    start: int
    end: int
    exact: str
    subject_span: tuple[int, int] | None = None
    object_span: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """One (paper, subject, predicate, object), all IRIs, with its evidence and calibrated confidence."""

    paper: str
    subject: str
    predicate: str
    object: str
    confidence: Decimal
    evidence: tuple[Evidence, ...]


# --- JSON, for staging and for processes --------------------------------------------------------------------

RecordT = TypeVar("RecordT")


def record_to_json(record: Any) -> str:
    """A record as one line of canonical JSON: sorted keys, no None, Decimal as text.

    >>> record_to_json(Identifier("doi", "10.1/x"))
    '{"scheme":"doi","value":"10.1/x"}'
    """
    return json.dumps(_plain(record), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def record_from_json(kind: type[RecordT], text: str) -> RecordT:
    """The inverse of :func:`record_to_json`; raises ValueError or TypeError on what is not such a record."""
    made = _builder(typing.cast(Any, kind))(json.loads(text))
    if not isinstance(made, kind):
        raise TypeError(f"expected {kind.__name__}, found {type(made).__name__}")
    return made


def text_digest(fields: Mapping[FieldName, str]) -> str:
    """The digest that an extraction is kept under: hex sha256 over the fields' names and texts."""
    return hashlib.sha256(json.dumps(dict(fields), ensure_ascii=True, sort_keys=True).encode("ascii")).hexdigest()


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {
            f.name: _plain(found)
            for f in dataclasses.fields(value)
            if (found := getattr(value, f.name)) is not None and found != ()
        }
    if isinstance(value, tuple | list):
        return [_plain(one) for one in value]
    if isinstance(value, Decimal):
        return str(value)
    return value


Builder = Callable[[Any], Any]


@functools.cache
def _builder(kind: Any) -> Builder:
    """The function that turns plain JSON into a value of that type; made once a type, since it is on a hot path."""
    origin = typing.get_origin(kind)
    if origin in (typing.Union, types.UnionType):
        inner = _builder(next(one for one in typing.get_args(kind) if one is not type(None)))
        return lambda value: None if value is None else inner(value)
    if origin is tuple:
        arguments = typing.get_args(kind)
        if len(arguments) == 2 and arguments[1] is Ellipsis:
            each = _builder(arguments[0])
            return lambda value: tuple([each(one) for one in value])
        builders = [_builder(argument) for argument in arguments]
        return lambda value: tuple(build(one) for build, one in zip(builders, value, strict=True))
    if kind is Decimal:
        return Decimal
    if isinstance(kind, type) and dataclasses.is_dataclass(kind):
        return _record_builder(kind)
    return lambda value: value


def _record_builder(kind: type) -> Builder:
    builders = {name: _builder(hint) for name, hint in typing.get_type_hints(kind).items()}

    def build(value: Any) -> Any:
        if not isinstance(value, dict) or not value.keys() <= builders.keys():
            raise TypeError(f"expected the fields of {kind.__name__}, found {value!r:.80}")
        return kind(**{name: builders[name](one) for name, one in value.items()})

    return build
