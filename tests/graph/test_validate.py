"""SHACL: golden graphs conform, and every shape is seen to fail on a graph that breaks it."""

from __future__ import annotations

from dataclasses import dataclass, field

import pyoxigraph
import pytest
import rdflib
from pyoxigraph import Literal, NamedNode, Quad
from rdflib import RDF, RDFS, SH, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

from kg.graph import vocabulary as v
from kg.graph.describe import ontology_quads
from kg.graph.evidence import TEXT_PROPERTIES
from kg.graph.rdf import rdflib_graph
from kg.graph.validate import check_shapes
from kg.resources import resource_folder
from tests.graph.cases import IRIS, NAMES, all_quads

SHAPES = rdflib.Graph().parse(resource_folder("ontology") / "shapes.ttl")
ONTOLOGY = rdflib.Graph().parse(resource_folder("ontology") / "papertriples.ttl")
PTS = "https://w3id.org/papertriples/shapes#"
BOGUS = URIRef("urn:bogus:VALUE")


def _property_shapes() -> list[tuple[URIRef, Node]]:
    """(class, property shape) for each property of each shape with a target class."""
    return [
        (kind, shape)
        for target in sorted(SHAPES.subjects(SH.targetClass, None))
        for kind in sorted(SHAPES.objects(target, SH.targetClass))[-1:]
        for shape in SHAPES.objects(target, SH.property)
        if isinstance(kind, URIRef)
    ]


def _named(case: tuple[URIRef, Node]) -> str:
    kind, shape = case
    return f"{v.compress(str(kind))}-{SHAPES.value(shape, SH.message)}".replace(" ", "_")


def analytics() -> list[Quad]:
    """One of each thing that analytics say, by hand."""
    tasks = [IRIS.concept("Task", "parsing"), IRIS.concept("Task", "shallow parsing")]
    methods = [IRIS.concept("Method", "foonet"), IRIS.concept("Method", "baznet")]
    community, pair, emergence = (NamedNode(f"{IRIS.base_iri}{name}/1") for name in ("community", "pair", "emergence"))
    weight = Literal("2.5", datatype=v.XSD_decimal)
    triples = [
        (community, v.RDF_type, v.PT_Community),
        (community, v.RDFS_label, Literal("parsing")),
        *((task, v.PT_community, community) for task in tasks),
        (pair, v.RDF_type, v.PT_Pair),
        (pair, v.RDFS_label, Literal("FooNet and BazNet")),
        *((pair, v.PT_pairs, method) for method in methods),
        (pair, v.PT_weight, weight),
        (emergence, v.RDF_type, v.PT_Emergence),
        (emergence, v.RDFS_label, Literal("FooNet in 2021")),
        (emergence, v.PT_emerging, methods[0]),
        (emergence, v.PT_emergedIn, Literal("2021", datatype=v.XSD_integer)),
        (emergence, v.PT_weight, weight),
    ]
    return [Quad(*triple, IRIS.graph("analytics")) for triple in triples]


@pytest.fixture(scope="module")
def golden() -> list[Quad]:
    return [*all_quads(), *analytics()]


@dataclass
class Neighbourhoods:
    """A graph, and what it says around one node of a kind: all that the shapes ask of that node, and little else."""

    graph: rdflib.Graph
    conforming: set[URIRef] = field(default_factory=set)

    def of(self, kind: URIRef) -> tuple[Node, rdflib.Graph]:
        """The first node of the kind, and a graph around it that conforms there."""
        focus = min(self.graph.subjects(RDF.type, kind))
        around = self.around(focus, kind)
        if kind not in self.conforming:
            assert focus not in {URIRef(one.focus) for one in check_shapes(around).violations}
            self.conforming.add(kind)
        return focus, around

    def around(self, focus: Node, kind: URIRef) -> rdflib.Graph:
        """A graph around a node of a kind."""
        around = rdflib.Graph()
        around += [*self.graph.triples((focus, None, None)), *self.graph.triples((None, None, focus))]
        for one in {*around.objects(focus), *around.subjects(), kind}:
            for said in (RDF.type, RDFS.subClassOf):
                around += self.graph.triples((one, said, None))
        return around


@pytest.fixture(scope="module")
def whole(golden: list[Quad]) -> Neighbourhoods:
    return Neighbourhoods(rdflib_graph([*golden, *ontology_quads(IRIS)]))


def test_the_cases_are_there() -> None:
    assert len(NAMES) >= 5


def test_golden_graphs_conform(golden: list[Quad]) -> None:
    report = check_shapes(golden)
    assert report.conforms, "\n".join(map(str, report.violations))
    assert report.triples > 500


def test_the_ontology_conforms() -> None:
    assert check_shapes(ontology_quads(IRIS)).violations == ()


def test_a_store_conforms_in_portions_as_at_once(golden: list[Quad]) -> None:
    store = pyoxigraph.Store()
    store.extend(Quad(one.subject, one.predicate, one.object) for one in golden)
    for portion in (150, 10**6):
        report = check_shapes(store, portion)
        assert report.violations == ()
        assert report.triples == len(store)


def test_a_broken_store_breaks_in_portions_as_at_once(golden: list[Quad]) -> None:
    store = pyoxigraph.Store()
    store.extend(Quad(one.subject, one.predicate, one.object) for one in golden if one.predicate != v.PT_position)
    store.add(Quad(IRIS.paper("arxiv 2101 00001"), v.PT_uses, NamedNode("urn:x")))
    at_once = check_shapes(list(store)).violations
    assert len(at_once) == 6
    assert all(check_shapes(store, portion).violations == at_once for portion in (150, 10**6))


@pytest.mark.parametrize("case", _property_shapes(), ids=_named)
def test_each_property_shape_fails_where_it_should(case: tuple[URIRef, Node], whole: Neighbourhoods) -> None:
    kind, shape = case
    path, message = SHAPES.value(shape, SH.path), str(SHAPES.value(shape, SH.message))
    assert path is not None
    focus, broken = whole.of(kind)
    inverse = SHAPES.value(path, SH.inversePath)
    if inverse is not None:
        broken.remove((None, inverse, focus))  # type: ignore[arg-type]
    elif SHAPES.value(shape, SH.minCount) is not None:
        broken.remove((focus, path, None))
    else:
        broken.add((focus, path, BOGUS))
    found = check_shapes(broken)
    assert not found.conforms
    assert message in {one.message for one in found.violations if one.focus == str(focus)}


@pytest.mark.parametrize("case", _property_shapes(), ids=_named)
def test_each_bound_on_values_fails_where_it_should(case: tuple[URIRef, Node], whole: Neighbourhoods) -> None:
    """A second value breaks what may have one; a strange value breaks what has a type, class, list or pattern."""
    kind, shape = case
    path, message = SHAPES.value(shape, SH.path), str(SHAPES.value(shape, SH.message))
    bounds = (SH.maxCount, SH.datatype, SH["class"], SH["in"], SH.pattern, SH.nodeKind, SH["or"])
    if not isinstance(path, URIRef) or not any(SHAPES.value(shape, bound) is not None for bound in bounds):
        return
    focus, broken = whole.of(kind)
    broken.add((focus, path, BOGUS))
    assert message in {one.message for one in check_shapes(broken).violations if one.focus == str(focus)}


A, B = NamedNode("https://example.org/a"), NamedNode("https://example.org/b")


def _typed(node: NamedNode, *kinds: NamedNode) -> list[Quad]:
    return [Quad(node, v.RDF_type, kind) for kind in kinds]


@pytest.mark.parametrize(
    ("shape", "quads"),
    [
        ("MethodsOnly", [*_typed(A, v.PT_Dataset, v.PT_Concept), Quad(A, v.PT_usedFor, B)]),
        ("TasksOnly", [*_typed(A, v.PT_Method, v.PT_Concept), Quad(A, v.PT_subTaskOf, B)]),
        ("DatasetsOnly", [*_typed(A, v.PT_Method, v.PT_Concept), Quad(A, v.PT_benchmarkFor, B)]),
        ("MethodsAndDatasetsOnly", [*_typed(A, v.PT_Task, v.PT_Concept), Quad(A, v.PT_partOf, B)]),
        ("Concept", _typed(A, v.PT_Task, v.PT_Method, v.PT_Concept)),
        ("Concept", _typed(A, v.PT_Task)),
        ("ValueKind", _typed(A, v.PT_ValueKind)),
        ("Rule", _typed(A, v.PT_Rule)),
    ],
)
def test_each_node_shape_fails_where_it_should(shape: str, quads: list[Quad]) -> None:
    assert (URIRef(PTS + shape), RDF.type, SH.NodeShape) in SHAPES
    found = check_shapes(quads).violations
    assert "the node itself" in {one.path for one in found if one.focus == A.value}


@pytest.mark.parametrize(
    ("predicate", "value", "kind"),
    [
        (v.PT_confidence, Literal("1.01", datatype=v.XSD_decimal), v.PT_Statement),
        (v.PT_confidence, Literal("-0.1", datatype=v.XSD_decimal), v.PT_Statement),
        (v.RDF_predicate, v.DCTERMS_title, v.PT_Statement),
        (v.PT_start, Literal("-1", datatype=v.XSD_integer), v.PT_Evidence),
        (v.PT_start, Literal("999999", datatype=v.XSD_integer), v.PT_Evidence),
        (v.PT_objectStart, Literal("999999", datatype=v.XSD_integer), v.PT_Evidence),
        (v.PT_field, Literal("section"), v.PT_Evidence),
        (v.OA_exact, Literal(""), v.PT_Evidence),
        (v.PT_position, Literal("0", datatype=v.XSD_integer), v.PT_Authorship),
        (v.PT_minValue, Literal("9", datatype=v.XSD_decimal), v.PT_Result),
        (v.SCHEMA_codeRepository, Literal("ftp://x", datatype=v.XSD_anyURI), v.PT_Repository),
        (v.PT_host, Literal("GitHub.com"), v.PT_Repository),
        (v.PT_orcid, Literal("0000-0002-1825"), v.PT_Person),
        (v.PT_doi, Literal("https://doi.org/10.1/x"), v.PT_Paper),
        (v.PT_arxivId, Literal("2101.00001v2"), v.PT_Paper),
        (v.DCTERMS_date, Literal("2021"), v.PT_Paper),
        (v.RDFS_label, Literal(""), v.PT_Venue),
        (v.SKOS_altLabel, Literal("shallow parsing"), v.PT_Task),
    ],
)
def test_a_wrong_value_is_found(
    predicate: NamedNode, value: Literal | NamedNode, kind: NamedNode, golden: list[Quad], whole: Neighbourhoods
) -> None:
    """The value replaces the one that is there; nothing else changes."""

    def fits(node: object) -> tuple[bool, bool, str]:
        said = [one for one in golden if one.subject == node]
        named = any(one.predicate == v.SKOS_prefLabel and one.object == value for one in said)
        return named, any(one.predicate == predicate for one in said), str(node)

    focus = max((one.subject for one in golden if one.predicate == v.RDF_type and one.object == kind), key=fits)
    assert isinstance(focus, NamedNode)
    node = URIRef(focus.value)
    broken = whole.around(node, URIRef(kind.value))
    path = v.compress(predicate.value)
    assert (focus.value, path) not in {(one.focus, one.path) for one in check_shapes(broken).violations}
    broken.remove((node, URIRef(predicate.value), None))
    wrong = [Quad(focus, predicate, value)]
    if predicate == v.PT_minValue:
        wrong.append(Quad(focus, v.PT_maxValue, Literal("5", datatype=v.XSD_decimal)))
    broken += rdflib_graph(wrong)
    assert (focus.value, path) in {(one.focus, one.path) for one in check_shapes(broken).violations}


def test_every_class_of_ours_has_a_shape() -> None:
    targeted = {str(kind) for kind in SHAPES.objects(None, SH.targetClass)}
    classes = {term.value for name, term in vars(v).items() if name.startswith("PT_") and name[3].isupper()}
    assert targeted == classes


def test_statement_shape_lists_what_texts_can_state() -> None:
    shape = next(one for one in SHAPES.objects(URIRef(PTS + "Statement"), SH.property) if _path(one) == RDF.predicate)
    head = SHAPES.value(shape, SH["in"])
    assert head is not None
    assert {str(one) for one in Collection(SHAPES, head)} == {one.value for one in TEXT_PROPERTIES}


def _path(shape: Node) -> Node | None:
    return SHAPES.value(shape, SH.path)


def test_a_violation_reads_as_a_line() -> None:
    found = check_shapes(_typed(A, v.PT_Venue)).violations
    assert [str(one) for one in found] == [f"{A.value}: rdfs:label: it has an rdfs:label that is not empty"]
