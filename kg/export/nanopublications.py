"""Statements -> nanopublications: each one assertion, its provenance and its publication data, in four graphs.

As http://nanopub.net/guidelines/working_draft/ asks: a head that names the three other graphs, nothing in them empty,
provenance about the assertion, publication data about the nanopublication. They are not signed and carry no trusty
IRI: who publishes them signs them (``np sign``, or the nanopub library), and that gives them their final names.
"""

from __future__ import annotations

from collections.abc import Iterator

from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad

from kg import __version__
from kg.export.options import ExportOptions
from kg.export.reading import GraphReader
from kg.export.texts import text_digest_of
from kg.graph import vocabulary as v
from kg.settings import SOFTWARE_IRI
from kg.store import EmbeddedStore

NP = "http://www.nanopub.org/nschema#"
PREFIXES = {**v.PREFIXES, "np": NP}
_SOFTWARE = NamedNode(f"{SOFTWARE_IRI}{__version__}")


def nanopublications(store: EmbeddedStore, options: ExportOptions) -> Iterator[Quad]:
    """The quads of one nanopublication for each asserted statement."""
    reader = GraphReader(store)
    for statement in reader.instances(v.PT_Statement):
        parts = tuple(reader.objects(statement, one) for one in (v.RDF_subject, v.RDF_predicate, v.RDF_object))
        if not all(parts):
            continue
        subject, predicate, found = (part[0] for part in parts)
        asserted = store.graph.quads_for_pattern(subject, predicate, found, DefaultGraph())
        if next(asserted, None) is not None:
            yield from _nanopublication(reader, statement, Quad(subject, predicate, found), options)


def _nanopublication(reader: GraphReader, statement: NamedNode, triple: Quad, options: ExportOptions) -> Iterator[Quad]:
    base = statement.value + "/nanopublication"
    this = NamedNode(base)
    head, assertion, provenance, published = (
        NamedNode(f"{base}/{name}") for name in ("head", "assertion", "provenance", "pubinfo")
    )
    yield Quad(this, v.RDF_type, NamedNode(NP + "Nanopublication"), head)
    yield Quad(this, NamedNode(NP + "hasAssertion"), assertion, head)
    yield Quad(this, NamedNode(NP + "hasProvenance"), provenance, head)
    yield Quad(this, NamedNode(NP + "hasPublicationInfo"), published, head)
    yield Quad(triple.subject, triple.predicate, triple.object, assertion)
    for run in reader.objects(statement, v.PROV_wasGeneratedBy):
        yield Quad(assertion, v.PROV_wasGeneratedBy, run, provenance)
    for paper in reader.objects(statement, v.DCTERMS_isPartOf):
        yield Quad(assertion, v.PROV_wasDerivedFrom, paper, provenance)
    confidence = reader.value(statement, v.PT_confidence)
    if confidence is not None:
        yield Quad(assertion, v.PT_confidence, Literal(confidence, datatype=v.XSD_decimal), provenance)
    for evidence in reader.objects(statement, v.PT_evidence):
        yield Quad(assertion, v.PT_evidence, evidence, provenance)
        yield from _evidence(reader, evidence, provenance, options)
    yield Quad(this, v.PROV_wasDerivedFrom, statement, published)
    yield Quad(this, v.PROV_wasAttributedTo, _SOFTWARE, published)


def _evidence(reader: GraphReader, evidence: NamedNode, graph: NamedNode, options: ExportOptions) -> Iterator[Quad]:
    for exact in reader.values(evidence, v.OA_exact):
        if options.texts:
            yield Quad(evidence, v.OA_exact, Literal(exact), graph)
        else:
            yield Quad(evidence, v.PT_textDigest, Literal(text_digest_of(v.OA_exact, exact)), graph)
    for predicate in (v.PT_start, v.PT_end):
        for value in reader.values(evidence, predicate):
            yield Quad(evidence, predicate, Literal(value, datatype=v.XSD_integer), graph)
    for field in reader.values(evidence, v.PT_field):
        yield Quad(evidence, v.PT_field, Literal(field), graph)
