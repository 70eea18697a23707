"""Gold spans and relations of sentences -> texts to extract from.

A line is a sentence: ``doc``, ``sent``, ``tokens``, ``entities`` (``[start, end, type]`` in tokens, end exclusive) and
``relations`` (``[head, tail, type]``). Its text is the tokens joined by blanks, and its spans are
characters of that text. A line without ``relations`` does not say whether there are any.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby

from kg.errors import UsageError
from kg.evaluate.gold import BadField, Objects, get_list, get_pair_and_type, get_text, get_texts, read_lines
from kg.read.json_values import JsonObject
from kg.read.place import Place, kind_of
from kg.records import CONCEPT_TYPES, RELATION_TYPES, FieldName

Span = tuple[int, int, str]  # start, end, type
Link = tuple[Span, Span, str]  # head, tail, type


@dataclass(frozen=True, slots=True)
class TypeMap:
    """Types of the gold -> ours; our own names stand for themselves unless they are mapped.

    >>> kinds = TypeMap.parse(["Material=Dataset", "PART-OF=Part-Of"])
    >>> kinds.entity("Material"), kinds.entity("Task"), kinds.entity("Generic"), kinds.relation("PART-OF")
    ('Dataset', 'Task', None, 'Part-Of')
    >>> TypeMap.parse(["Material"])
    Traceback (most recent call last):
    kg.errors.UsageError: --map Material: expected THEIRS=OURS, as in --map Material=Dataset; ours are ...
    """

    theirs: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def parse(cls, pairs: Iterable[str]) -> TypeMap:
        """From texts such as ``Material=Dataset``; raises UsageError."""
        ours = (*CONCEPT_TYPES, *RELATION_TYPES)
        made = {}
        for pair in pairs:
            name, equals, kind = pair.rpartition("=")
            if not equals or not name or kind not in ours:
                example = "expected THEIRS=OURS, as in --map Material=Dataset"
                raise UsageError(f"--map {pair}: {example}; ours are {', '.join(ours)}")
            made[name] = kind
        return cls(made)

    def entity(self, kind: str) -> str | None:
        """Our type of an entity, or None."""
        mapped = self.theirs.get(kind, kind)
        return mapped if mapped in CONCEPT_TYPES else None

    def relation(self, kind: str) -> str | None:
        """Our type of a relation, or None."""
        mapped = self.theirs.get(kind, kind)
        return mapped if mapped in RELATION_TYPES else None


@dataclass(frozen=True, slots=True)
class SpanSentence:
    """A line of gold; ``relations`` is None where the line does not say."""

    document: str
    number: str
    tokens: tuple[str, ...]
    entities: tuple[Span, ...]  # in tokens
    relations: tuple[tuple[int, int, str], ...] | None


@dataclass(frozen=True, slots=True)
class SpanText:
    """A text to extract from, with its gold in characters of its one field."""

    id: str
    fields: Mapping[FieldName, str]
    entities: tuple[Span, ...]
    relations: tuple[Link, ...]
    related: bool  # whether relations are annotated
    sentences: int = 1


def is_spans(names: frozenset[str]) -> bool:
    """Whether a line with these fields looks like this gold."""
    return {"tokens", "entities"} <= names


def span_sentences(objects: Objects) -> Iterator[SpanSentence]:
    """The sentences of a file; a line with anything wrong is reported and left out."""
    return read_lines(objects, _sentence)


def _sentence(found: JsonObject, place: Place) -> SpanSentence:
    tokens = get_texts(found, "tokens", needed=True)
    entities = []
    for number, value in enumerate(get_list(found, "entities", needed=True)):
        where = f"entities[{number}]"
        start, end, kind = get_pair_and_type(value, where, len(tokens) + 1, '[start, end, "type"]')
        if start >= end:
            raise BadField(where, f"a span from {start} to {end}", "an end after the start")
        entities.append((start, end, kind))
    relations = None
    if found.get("relations") is not None:
        relations = tuple(
            get_pair_and_type(value, f"relations[{number}]", len(entities), '[head, tail, "type"]')
            for number, value in enumerate(get_list(found, "relations"))
        )
    document = found.get("doc")
    if document is not None and not isinstance(document, str | int):
        raise BadField("doc", kind_of(document), "a text")
    name = "" if document is None else str(document)
    sentence = get_text(found, "sent", needed=False) or str(place.line)
    return SpanSentence(name, sentence, tokens, tuple(entities), relations)


def span_texts(
    sentences: Iterable[SpanSentence], field: FieldName = "text", *, whole_documents: bool = False
) -> Iterator[SpanText]:
    """The texts: each sentence alone, or (``whole_documents``) the neighbouring ones of a document as one.

    Ids are ``document/sentence``, or the document's; one that occurs again gets ``#2`` and so on.
    """
    ids: Counter[str] = Counter()
    for name, group in _groups(sentences, whole_documents):
        ids[name] += 1
        id = name if ids[name] == 1 else f"{name}#{ids[name]}"
        text, entities, links, count = "", [], [], 0
        related = False
        for count, sentence in enumerate(group, 1):  # noqa: B007
            text += " " if text else ""
            spans = _characters(sentence, len(text))
            text += " ".join(sentence.tokens)
            entities += spans
            related = related or sentence.relations is not None
            links += [(spans[head], spans[tail], kind) for head, tail, kind in sentence.relations or ()]
        yield SpanText(id, {field: text}, tuple(entities), tuple(links), related, count)


def _groups(sentences: Iterable[SpanSentence], whole_documents: bool) -> Iterator[tuple[str, Iterable[SpanSentence]]]:
    if whole_documents:
        for document, group in groupby(sentences, key=lambda one: one.document):
            yield document, list(group)
    else:
        for one in sentences:
            yield f"{one.document}/{one.number}", [one]


def _characters(sentence: SpanSentence, offset: int) -> list[Span]:
    starts = []
    for token in sentence.tokens:
        starts.append(offset)
        offset += len(token) + 1
    return [
        (starts[start], starts[end - 1] + len(sentence.tokens[end - 1]), kind) for start, end, kind in sentence.entities
    ]
