"""Concepts -> the graph of concepts, of which only the concepts that are others now are described and written.

Each concept is a part of the graph: the triples about it and about why its names are one. A digest of what it was
described from tells whether it is another one.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence, Set
from dataclasses import fields
from operator import attrgetter

from pyoxigraph import NamedNode, Quad

from kg.graph.concepts import Key, describe_concept, describe_concepts, rule_quads
from kg.graph.iris import Iris
from kg.records import Concept, Merge
from kg.store.publish import VersionWriter
from kg.store.staging import Staging, digest_of_text

_OWN = ""  # the part that is about the graph itself
_values = attrgetter(*(field.name for field in fields(Concept)))
_merge_values = attrgetter(*(field.name for field in fields(Merge)))


def describe_concept_graph(
    staging: Staging, writer: VersionWriter, made: str, concepts: Sequence[Concept], iris: Iris
) -> tuple[int, bool]:
    """Bring the graph to what all ``concepts`` say; ``made`` is the digest of how they are described.

    Returns how many concepts were described, and whether the graph is another one than before.
    """
    graph = iris.graph("concepts")
    known = {(concept.type, concept.key) for concept in concepts}
    by_part = {f"{concept.type} {concept.key}": concept for concept in concepts}
    digests = {part: _digest(concept, known) for part, concept in by_part.items()}
    digests[_OWN] = digest_of_text("".join(sorted(map(str, rule_quads(concepts, iris)))))
    before = staging.parts.of(graph.value)
    gone = [part for part in before if part not in digests]
    if staging.described_from(graph.value) != made or not concepts:
        staging.describe(graph.value, made)
        staging.parts.update(graph.value, digests, gone)
        return len(concepts), writer.replace_graph(graph, describe_concepts(concepts, iris))

    changed = {part: digest for part, digest in digests.items() if before.get(part) != digest}
    staging.parts.update(graph.value, changed, gone)

    def parts() -> Iterator[tuple[NamedNode, Sequence[Quad]]]:
        for part in gone:
            type, _, key = part.partition(" ")
            yield iris.concept(type, key), ()  # type: ignore[arg-type]
        for part in changed:
            if part == _OWN:
                yield graph, list(rule_quads(concepts, iris))
            else:
                concept = by_part[part]
                yield iris.concept(concept.type, concept.key), list(describe_concept(concept, known, iris))

    return len(changed.keys() - {_OWN}), writer.replace_parts(graph, parts())


def _digest(concept: Concept, known: Set[Key]) -> str:
    """Changes whenever the concept might be described in another way."""
    led_to = [(concept.type, key) for key in concept.broader]
    led_to += [("Task", key) for key in concept.benchmark_for]
    nowhere = [pair for pair in (*led_to, *concept.same_name_as) if pair not in known]
    return digest_of_text(json.dumps([_values(concept), nowhere], default=_merge_values))
