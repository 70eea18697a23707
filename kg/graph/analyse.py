"""Quads -> a networkx graph for GraphML and GEXF, and what it is like as a whole: counts, degrees, components."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Final

import networkx as nx
from pyoxigraph import Literal, NamedNode

from kg.graph import vocabulary as v
from kg.graph.rdf import Stated

# What becomes a node, the most telling class first; statements and evidence become attributes of edges.
NODE_CLASSES: Final = (
    v.PT_Paper,
    v.PT_Task,
    v.PT_Method,
    v.PT_Dataset,
    v.PT_Metric,
    v.PT_Result,
    v.PT_Repository,
    v.PT_Person,
    v.PT_Venue,
)

_SYMMETRIC: Final = frozenset(v.compress(one.value) for one in v.SYMMETRIC_PROPERTIES)
_SCALARS: Final = (
    v.PT_year,
    v.PT_value,
    v.PT_unit,
    v.PT_valueText,
    v.SCHEMA_codeRepository,
)


@dataclass(frozen=True, slots=True)
class RankedNode:
    """A node with what it scored."""

    iri: str
    label: str
    type: str
    score: float


@dataclass(frozen=True, slots=True)
class Component:
    """A part of the graph that nothing joins to the rest, under its most connected concept."""

    nodes: int
    iri: str
    label: str


@dataclass(frozen=True, slots=True)
class Analysis:
    """Counts and rankings of a graph; all orders are fixed: by score, then by IRI."""

    nodes: int
    edges: int
    nodes_by_type: tuple[tuple[str, int], ...]
    degree: tuple[RankedNode, ...]  # concepts in most papers' and concepts' relations
    component_count: int
    components: tuple[Component, ...]  # the largest

    def as_dict(self) -> dict[str, object]:
        """The analysis for programs."""
        return {**asdict(self), "nodes_by_type": dict(self.nodes_by_type)}

    def as_text(self) -> str:
        """The analysis for people."""
        types = ", ".join(f"{number} {kind}" for kind, number in self.nodes_by_type)
        return "\n".join(
            [
                f"{self.nodes} nodes ({types}), {self.edges} edges, {self.component_count} components",
                "",
                "most connected concepts (edges)",
                *(f"  {row.score:>8.0f}  {row.type:<8} {row.label}" for row in self.degree),
                "",
                "largest components (nodes)",
                *(f"  {row.nodes:>8}  around {row.label}" for row in self.components),
            ]
        )


def network(stated: Iterable[Stated]) -> nx.MultiDiGraph[str]:
    """Papers, concepts, results, repositories, people and venues as nodes, what joins them as edges.

    A node has ``label``, ``type`` and, where there is one, year, value, unit or address; an edge has ``predicate``
    (also its key) and, where texts state it, the highest ``confidence`` and the number of ``papers`` that do.
    Statements below the least confidence are no edges, as they are no triples.
    """
    types: dict[str, str] = {}
    labels: dict[str, str] = {}
    scalars: dict[str, dict[str, str | float]] = defaultdict(dict)
    edges: set[tuple[str, str, str]] = set()
    parts: dict[str, dict[NamedNode, str]] = defaultdict(dict)  # statement -> its parts
    ranks = {one: rank for rank, one in enumerate(NODE_CLASSES)}
    for one in stated:
        subject, predicate, found = one.subject, one.predicate, one.object
        if not isinstance(subject, NamedNode):
            continue
        if predicate == v.RDF_type:
            if isinstance(found, NamedNode) and found in ranks:
                types[subject.value] = v.compress(found.value).removeprefix("pt:")
        elif predicate in (v.RDF_subject, v.RDF_predicate, v.RDF_object, v.DCTERMS_isPartOf, v.PT_confidence):
            if isinstance(found, NamedNode | Literal):
                parts[subject.value][predicate] = found.value
        elif isinstance(found, Literal):
            if predicate == v.RDFS_label:
                labels[subject.value] = min(found.value, labels.get(subject.value, found.value))
            elif predicate in _SCALARS:
                name = v.compress(predicate.value).partition(":")[2]
                known = scalars[subject.value]
                known[name] = min(_scalar(found), known.get(name, _scalar(found)), key=str)
        elif isinstance(found, NamedNode):
            edges.add((subject.value, found.value, v.compress(predicate.value)))

    stated_by: dict[tuple[str, str, str], list[tuple[str, str]]] = defaultdict(list)
    for statement in parts.values():
        if v.RDF_subject in statement and v.RDF_object in statement and v.RDF_predicate in statement:
            triple = (statement[v.RDF_subject], statement[v.RDF_object], v.compress(statement[v.RDF_predicate]))
            stated_by[triple].append((statement.get(v.DCTERMS_isPartOf, ""), statement.get(v.PT_confidence, "0")))

    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for iri in sorted(types):
        graph.add_node(iri, label=labels.get(iri, iri), type=types[iri], **scalars.get(iri, {}))
    for source, target, predicate_name in sorted(edges):
        if source in types and target in types:
            said = stated_by.get((source, target, predicate_name), [])
            if not said and predicate_name in _SYMMETRIC:
                said = stated_by.get((target, source, predicate_name), [])
            attributes: dict[str, str | float] = {"predicate": predicate_name}
            if said:
                attributes["confidence"] = float(max(Decimal(confidence) for _, confidence in said))
                attributes["papers"] = len({paper for paper, _ in said})
            graph.add_edge(source, target, key=predicate_name, **attributes)
    return graph


def analyse(graph: nx.MultiDiGraph[str], limit: int = 10) -> Analysis:
    """Counts, the most connected concepts and the largest components of a :func:`network`."""
    concept_types = set(v.CONCEPT_CLASSES)
    kinds = {iri: str(attributes["type"]) for iri, attributes in graph.nodes(data=True)}
    degrees = {iri: float(degree) for iri, degree in graph.degree() if kinds[iri] in concept_types}
    components = sorted(
        (sorted(members) for members in nx.weakly_connected_components(graph)),
        key=lambda members: (-len(members), members),
    )
    return Analysis(
        nodes=graph.number_of_nodes(),
        edges=graph.number_of_edges(),
        nodes_by_type=tuple(sorted(Counter(kinds.values()).items())),
        degree=_ranked(graph, degrees, limit),
        component_count=len(components),
        components=tuple(_component(graph, members, degrees) for members in components[:limit]),
    )


def _ranked(graph: nx.MultiDiGraph[str], scores: Mapping[str, float], limit: int) -> tuple[RankedNode, ...]:
    # Rounded first: scores that differ in the last bits alone must not order the rows.
    rows = sorted(((round(score, 8), iri) for iri, score in scores.items()), key=lambda row: (-row[0], row[1]))
    return tuple(
        RankedNode(iri, graph.nodes[iri]["label"], graph.nodes[iri]["type"], score) for score, iri in rows[:limit]
    )


def _component(graph: nx.MultiDiGraph[str], members: list[str], degrees: Mapping[str, float]) -> Component:
    centre = min(members, key=lambda iri: (-degrees.get(iri, 0), iri))
    return Component(len(members), centre, graph.nodes[centre]["label"])


def _scalar(literal: Literal) -> str | float:
    if literal.datatype == v.XSD_integer:
        return int(literal.value)
    return float(literal.value) if literal.datatype == v.XSD_decimal else literal.value
