"""Texts with gold spans and relations, Extraction -> strict figures by type.

A mention is right where its characters and its type are. Only types that the gold annotates somewhere count: what a set
does not annotate cannot be wrong in it. A relation is right with its spans and type (Rel), or with the types of both
ends, too (Rel+); it goes from head to tail, also where the order means nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from kg.evaluate.counts import Calibration, Count, count_sets, table, total
from kg.evaluate.predictions import Predict
from kg.evaluate.spans import Link, Span, SpanText, TypeMap
from kg.records import CONCEPT_TYPES, RELATION_TYPES, Extraction


@dataclass(frozen=True, slots=True)
class SpanScores:
    """Figures by type: of entities, of relations without (Rel) and with (Rel+) the types of their ends."""

    sentences: int
    texts: int
    entities: Mapping[str, Count]
    relations: Mapping[str, Count]
    relations_with_types: Mapping[str, Count]
    calibration: Calibration
    left_out: Mapping[str, int]  # gold of types that are none of ours, by type

    def as_dict(self) -> dict[str, Any]:
        """For programs."""

        def figures(counts: Mapping[str, Count]) -> dict[str, Any]:
            return {name: one.as_dict() for name, one in (*counts.items(), ("all", total(counts.values())))}

        return {
            "format": "spans",
            "sentences": self.sentences,
            "texts": self.texts,
            "types": list(self.entities),
            "entities": figures(self.entities),
            "relations": figures(self.relations),
            "relations_with_types": figures(self.relations_with_types),
            "calibration": {"error": round(self.calibration.error, 4), "bins": self.calibration.bins()},
            "left_out": dict(self.left_out),
        }

    def as_text(self) -> str:
        """For people."""
        parts = [f"{self.sentences} sentences in {self.texts} texts; types that the gold annotates: "]
        parts[0] += ", ".join(self.entities) or "none of ours"
        parts.append(table(_with_all(self.entities), "entities"))
        if self.relations:
            parts.append(table(_with_all(self.relations), "Rel"))
            parts.append(table(_with_all(self.relations_with_types), "Rel+"))
        parts.append(f"expected calibration error  {self.calibration.error:.3f}")
        if self.left_out:
            named = ", ".join(f"{name} ({count})" for name, count in self.left_out.items())
            parts.append(f"left out of the gold, being no type of ours (--map THEIRS=OURS counts them): {named}")
        return "\n\n".join(parts)


def _with_all(counts: Mapping[str, Count]) -> dict[str, Count]:
    return {**counts, "all": total(counts.values())}


def score_spans(texts: Iterable[SpanText], predict: Predict, types: TypeMap | None = None) -> SpanScores:
    """The figures of ``predict`` on texts with gold; each text is dealt with before the next is read."""
    types = types or TypeMap()
    tally = _Tally()
    for text in texts:
        tally.add(text, predict(text.id, text.fields), types)
    return tally.scores()


class _Tally:
    """Counts of all types, from which those that the gold never annotates are taken out at the end."""

    def __init__(self) -> None:
        self.sentences = self.texts = 0
        self.left_out: Counter[str] = Counter()
        self.entities: dict[str, Count] = {}
        self.calibration: dict[str, Calibration] = {}
        self.links: list[tuple[frozenset[Link], frozenset[Link]]] = []

    def add(self, text: SpanText, extraction: Extraction, types: TypeMap) -> None:
        self.sentences += text.sentences
        self.texts += 1
        field = next(iter(text.fields))
        mapped = {span: types.entity(span[2]) for span in text.entities}
        self.left_out.update(span[2] for span in text.entities if mapped[span] is None)
        gold = {(span[0], span[1], kind) for span, kind in mapped.items() if kind is not None}
        spans = [(one.start, one.end, str(one.type)) for one in extraction.mentions]
        inside = [one.field == field for one in extraction.mentions]
        found = {span for span, here in zip(spans, inside, strict=True) if here}
        for kind in CONCEPT_TYPES:
            ours, theirs = ({span for span in spans_of if span[2] == kind} for spans_of in (found, gold))
            counted = count_sets(frozenset(ours), frozenset(theirs))
            self.entities[kind] = self.entities.get(kind, Count()) + counted
            scored = [
                (one.score, span in gold)
                for one, span, here in zip(extraction.mentions, spans, inside, strict=True)
                if here and one.type == kind
            ]
            self.calibration[kind] = self.calibration.get(kind, Calibration()) + Calibration.of(scored)
        if text.related:
            self._add_links(text, types, mapped, extraction, spans, inside)

    def _add_links(
        self,
        text: SpanText,
        types: TypeMap,
        mapped: Mapping[Span, str | None],
        extraction: Extraction,
        spans: list[Span],
        inside: list[bool],
    ) -> None:
        gold: set[Link] = set()
        for head, tail, kind in text.relations:
            ours, ends = types.relation(kind), (mapped[head], mapped[tail])
            if ours is None:
                self.left_out[kind] += 1
            elif ends[0] is None or ends[1] is None:
                self.left_out[f"{kind} of a type left out"] += 1
            else:
                gold.add(((head[0], head[1], ends[0]), (tail[0], tail[1], ends[1]), ours))
        found = {
            (spans[one.head], spans[one.tail], str(one.type))
            for one in extraction.relations
            if inside[one.head] and inside[one.tail]
        }
        if gold or found:
            self.links.append((frozenset(found), frozenset(gold)))

    def scores(self) -> SpanScores:
        kinds = [kind for kind in CONCEPT_TYPES if self.entities.get(kind, Count()).wanted]
        named = {link[2] for _, gold in self.links for link in gold}
        relations = [kind for kind in RELATION_TYPES if kind in named]
        known = frozenset(kinds)
        return SpanScores(
            sentences=self.sentences,
            texts=self.texts,
            entities={kind: self.entities[kind] for kind in kinds},
            relations={kind: self._count(kind, known, _without_types) for kind in relations},
            relations_with_types={kind: self._count(kind, known, lambda link: link) for kind in relations},
            calibration=sum((self.calibration[kind] for kind in kinds), Calibration()),
            left_out=dict(sorted(self.left_out.items())),
        )

    def _count(self, kind: str, known: frozenset[str], of: Callable[[Link], object]) -> Count:
        return total(
            count_sets(*(frozenset(of(link) for link in links if _counts(link, kind, known)) for links in pair))
            for pair in self.links
        )


def _counts(link: Link, kind: str, known: frozenset[str]) -> bool:
    return link[2] == kind and link[0][2] in known and link[1][2] in known


def _without_types(link: Link) -> object:
    return (link[0][:2], link[1][:2], link[2])
