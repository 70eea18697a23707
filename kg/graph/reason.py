"""Is a graph consistent with the ontology, and how does that classify it? By HermiT (owlready2), where Java is present.

Without Java classes and individuals are classified by the rules of OWL 2 RL (:mod:`kg.graph.inferring`). HermiT stops
on literals outside the OWL 2 datatype map (``xsd:date``, ``xsd:gYear``): it gets a copy without them.
"""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

import owlready2
import pyoxigraph
from pyoxigraph import BlankNode, NamedNode, Quad, RdfFormat, Triple

from kg.graph import vocabulary as v
from kg.graph.clashes import find_clashes
from kg.graph.inferring import inferred_triples, stated_in
from kg.graph.rdf import Stated
from kg.graph.rules import SUB_CLASS
from kg.resources import resource_folder
from kg.settings import ONTOLOGY_IRI

Verdict = Literal["consistent", "inconsistent", "not checked"]

JAVA_PACKAGE: Final = "default-jre-headless"
JAVA_HINT: Final = f"the reasoner needs Java; on Debian and Ubuntu: apt-get install {JAVA_PACKAGE}"

_XSD: Final = v.PREFIXES["xsd"]
_RDF: Final = v.PREFIXES["rdf"]
_OWL: Final = v.PREFIXES["owl"]

# OWL 2 Structural Specification, section 4: the datatype map. (owl:real and owl:rational never occur here.)
# fmt: off
_DATATYPE_MAP: Final = frozenset(_XSD + name for name in (
    "decimal", "integer", "nonNegativeInteger", "nonPositiveInteger", "positiveInteger", "negativeInteger", "long",
    "int", "short", "byte", "unsignedLong", "unsignedInt", "unsignedShort", "unsignedByte", "double", "float",
    "string", "normalizedString", "token", "language", "Name", "NCName", "NMTOKEN", "boolean", "hexBinary",
    "base64Binary", "anyURI", "dateTime", "dateTimeStamp",
)) | {_RDF + "PlainLiteral", _RDF + "langString", _RDF + "XMLLiteral"}
# fmt: on

# Reserved in OWL 2 DL (section 2.4 there); the shapes look at them.
_REIFICATION: Final = frozenset({v.RDF_subject, v.RDF_predicate, v.RDF_object})


@dataclass(frozen=True, slots=True)
class Classification:
    """Which named classes are above which, and which individuals are of them, stated or not.

    Pairs are (lower, upper) IRIs, sorted. ``complete``: a reasoner for all of OWL 2 says so; else what the rules of
    OWL 2 RL give.
    """

    complete: bool
    subclasses: tuple[tuple[str, str], ...]
    types: tuple[tuple[str, str], ...]

    @property
    def message(self) -> str:
        """What was found, in a sentence for people."""
        classes = {one for pair in self.subclasses for one in pair} | {kind for _, kind in self.types}
        by = "by HermiT" if self.complete else f"by the rules of OWL 2 RL alone; {JAVA_HINT}"
        individuals = len({one for one, _ in self.types})
        return (
            f"{len(classes)} classes in {len(self.subclasses)} subclass relations; {individuals:,} individuals of the "
            f"sample in {len(self.types):,} memberships, {by}"
        )


@dataclass(frozen=True, slots=True)
class Consistency:
    """The verdict on a graph, with what contradicts what where that is known, and how it is classified.

    ``message`` is a whole sentence for people; ``left_out`` counts the triples that OWL 2 has no place for.
    """

    verdict: Verdict
    message: str
    clashes: tuple[str, ...] = ()
    triples: int = 0
    left_out: int = 0
    classification: Classification | None = None  # None where the graph contradicts itself

    @property
    def refused(self) -> bool:
        """Whether a contradiction was found; what was not checked is not refused."""
        return self.verdict == "inconsistent"


def check_consistency(stated: Iterable[Stated] = ()) -> Consistency:
    """Whether the triples agree with ``ontology/papertriples.ttl``; without any, whether the ontology does with itself.

    Plain contradictions (an individual of two disjoint classes, two values where one is allowed) are found and
    explained without Java; for everything else HermiT decides.
    """
    ontology = [
        Triple(one.subject, one.predicate, one.object)
        for one in pyoxigraph.parse(path=resource_folder("ontology") / "papertriples.ttl", format=RdfFormat.TURTLE)
    ]
    given = list(dict.fromkeys(Triple(one.subject, one.predicate, one.object) for one in stated))
    kept = [triple for triple in given if _in_owl(triple)]
    left_out = len(given) - len(kept)
    clashes = tuple(find_clashes(ontology, kept))
    if java() is not None:
        try:
            unsatisfiable, classification = _run_hermit([*ontology, *kept])
        except owlready2.OwlReadyInconsistentOntologyError:
            return _inconsistent(clashes, len(kept), left_out)
        except owlready2.OwlReadyJavaError as error:
            reason = f"the reasoner failed: {' '.join(str(error).split())[:200]}"
        else:
            if unsatisfiable:
                return _inconsistent((*clashes, *unsatisfiable), len(kept), left_out)
            message = f"consistent with the ontology: HermiT read {len(kept)} triples"
            return Consistency("consistent", message, (), len(kept), left_out, classification)
    else:
        reason = JAVA_HINT
    if clashes:
        return _inconsistent(clashes, len(kept), left_out)
    by_rules = classify_by_rules([*ontology, *kept])
    return Consistency("not checked", f"consistency not checked: {reason}", (), len(kept), left_out, by_rules)


def classify_by_rules(triples: Iterable[Stated]) -> Classification:
    """What the rules of OWL 2 RL say of classes and individuals; unnamed classes are left out."""
    graph = pyoxigraph.Store()
    name = NamedNode(f"{ONTOLOGY_IRI}/checked")
    graph.extend(Quad(one.subject, one.predicate, one.object, name) for one in triples)
    read = stated_in(graph, ())
    follows = [(one.subject, one.predicate, one.object) for one in inferred_triples(read)]
    said = [(one, predicate, other) for predicate in (SUB_CLASS, v.RDF_type) for one, other in read(predicate)]
    found: dict[NamedNode, set[tuple[str, str]]] = {SUB_CLASS: set(), v.RDF_type: set()}
    for lower, predicate, upper in (*said, *follows):
        if predicate in found and isinstance(lower, NamedNode) and isinstance(upper, NamedNode) and lower != upper:
            found[predicate].add((lower.value, upper.value))
    own = {one for one, kind in found[v.RDF_type] if kind.startswith(_OWL)} - {
        one for one, kind in found[v.RDF_type] if kind == f"{_OWL}NamedIndividual"
    }  # the terms themselves
    types = {(one, kind) for one, kind in found[v.RDF_type] if one not in own and not kind.startswith(_OWL)}
    return Classification(False, tuple(sorted(found[SUB_CLASS])), tuple(sorted(types)))


def java() -> str | None:
    """The Java command that the reasoner runs by, or None."""
    return shutil.which(str(owlready2.JAVA_EXE))


def sample_papers(store: pyoxigraph.Store, papers: int = 10) -> list[pyoxigraph.Quad]:
    """The named graphs of so many papers, spread evenly over all, and what other graphs say of their concepts."""
    names = sorted(
        (name for name in store.named_graphs() if isinstance(name, NamedNode) and "/paper/" in name.value),
        key=lambda name: name.value,
    )
    step = max(1, len(names) // papers) if papers else 1
    quads = [quad for name in names[::step][:papers] for quad in store.quads_for_pattern(None, None, None, name)]
    concepts = {quad.object for quad in quads if isinstance(quad.object, NamedNode)}
    types = [
        quad
        for concept in sorted(concepts, key=lambda one: one.value)
        for quad in store.quads_for_pattern(concept, None, None)
        if quad.predicate == v.RDF_type
    ]
    return list(dict.fromkeys([*quads, *types]))


def _inconsistent(clashes: tuple[str, ...], triples: int, left_out: int) -> Consistency:
    why = f"; {clashes[0]}" if clashes else ""
    more = f" (and {len(clashes) - 1} more)" if len(clashes) > 1 else ""
    return Consistency("inconsistent", f"inconsistent with the ontology{why}{more}", clashes, triples, left_out)


def _in_owl(triple: Triple) -> bool:
    if triple.predicate in _REIFICATION:
        return False
    found = triple.object
    return not isinstance(found, pyoxigraph.Literal) or found.datatype.value in _DATATYPE_MAP


def _run_hermit(triples: list[Triple]) -> tuple[list[str], Classification]:
    """Runs HermiT in a world of its own, so that nothing that owlready2 loaded before takes part.

    Returns what is wrong with the ontology alone, classes that nothing can be an instance of, and the classification.
    """
    # owlready2 reads N-Triples from a file object; blank nodes get labels that it understands.
    labels: dict[BlankNode, BlankNode] = {}

    def node(term: object) -> object:
        return labels.setdefault(term, BlankNode(f"b{len(labels)}")) if isinstance(term, BlankNode) else term

    labelled = [Triple(node(one.subject), one.predicate, node(one.object)) for one in triples]  # type: ignore[arg-type]
    written = pyoxigraph.serialize(labelled, format=RdfFormat.N_TRIPLES)
    world = owlready2.World()
    try:
        world.get_ontology(f"{ONTOLOGY_IRI}/checked#").load(fileobj=io.BytesIO(written or b""))
        owlready2.sync_reasoner_hermit(world, infer_property_values=False, debug=0)
        wrong = sorted(f"no individual can be a {v.compress(kind.iri)}" for kind in world.inconsistent_classes())
        return wrong, _classified(world)
    finally:
        world.close()


def _classified(world: owlready2.World) -> Classification:
    """What the reasoner wrote into its world."""

    def above(kind: owlready2.ThingClass) -> set[str]:
        return {str(one.iri) for one in kind.ancestors() if isinstance(one, owlready2.ThingClass)} - {_OWL + "Thing"}

    subclasses = {(str(kind.iri), one) for kind in world.classes() for one in above(kind) - {str(kind.iri)}}
    types = {(str(individual.iri), str(kind.iri)) for kind in world.classes() for individual in kind.instances()}
    return Classification(True, tuple(sorted(subclasses)), tuple(sorted(types)))
