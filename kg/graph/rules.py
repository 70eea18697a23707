"""The rules of OWL 2 RL that the ontology gives work to, as SPARQL: what follows, and from what.

Names are those of the tables in https://www.w3.org/TR/owl2-profiles/#Reasoning_in_OWL_2_RL_and_RDF_Graphs_using_Rules.
:mod:`kg.graph.inferring` does what they say in one pass over a large graph; :mod:`kg.graph.proving` runs them as they
stand here on the part of a graph that one triple rests on. Rules that find contradictions are in
:mod:`kg.graph.clashes`; those about ``owl:sameAs``, keys and class expressions other than ``owl:allValuesFrom`` are
left out, since nothing here states such things.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from pyoxigraph import NamedNode

from kg.graph import vocabulary as v

OWL: Final = v.PREFIXES["owl"]
RDFS: Final = v.PREFIXES["rdfs"]

SUB_CLASS, SUB_PROPERTY, DOMAIN, RANGE = (
    NamedNode(RDFS + name) for name in ("subClassOf", "subPropertyOf", "domain", "range")
)
EQUIVALENT_CLASS, EQUIVALENT_PROPERTY, INVERSE, ON_PROPERTY, ALL_VALUES = (
    NamedNode(OWL + name)
    for name in ("equivalentClass", "equivalentProperty", "inverseOf", "onProperty", "allValuesFrom")
)
SYMMETRIC, TRANSITIVE = (NamedNode(OWL + name) for name in ("SymmetricProperty", "TransitiveProperty"))

# What axioms are written with: a graph without these says nothing that a rule could work on.
AXIOMS: Final = (
    SUB_CLASS,
    SUB_PROPERTY,
    DOMAIN,
    RANGE,
    EQUIVALENT_CLASS,
    EQUIVALENT_PROPERTY,
    INVERSE,
    ON_PROPERTY,
    ALL_VALUES,
)


@dataclass(frozen=True, slots=True)
class Rule:
    """``premises`` (triple patterns of SPARQL, some with a filter) give ``conclusion``; ``iri`` is its pt:Rule."""

    name: str
    iri: NamedNode
    conclusion: str
    premises: tuple[str, ...]
    condition: str = ""

    def body(self) -> str:
        """The premises as one group of SPARQL, without what is known already."""
        return " . ".join(self.premises) + f" {self.condition} FILTER NOT EXISTS {{ {self.conclusion} }}"


RULES: Final = (
    Rule("scm-eqc1", v.PT_equivalenceRule, "?a rdfs:subClassOf ?b", ("?a owl:equivalentClass ?b",)),
    Rule("scm-eqc1", v.PT_equivalenceRule, "?b rdfs:subClassOf ?a", ("?a owl:equivalentClass ?b",)),
    Rule("scm-eqp1", v.PT_equivalenceRule, "?a rdfs:subPropertyOf ?b", ("?a owl:equivalentProperty ?b",)),
    Rule("scm-eqp1", v.PT_equivalenceRule, "?b rdfs:subPropertyOf ?a", ("?a owl:equivalentProperty ?b",)),
    Rule("scm-sco", v.PT_subClassRule, "?a rdfs:subClassOf ?c", ("?a rdfs:subClassOf ?b", "?b rdfs:subClassOf ?c")),
    Rule(
        "scm-spo",
        v.PT_superPropertyRule,
        "?a rdfs:subPropertyOf ?c",
        ("?a rdfs:subPropertyOf ?b", "?b rdfs:subPropertyOf ?c"),
    ),
    Rule("prp-spo1", v.PT_superPropertyRule, "?s ?q ?o", ("?p rdfs:subPropertyOf ?q", "?s ?p ?o")),
    Rule("prp-symp", v.PT_symmetryRule, "?o ?p ?s", ("?p a owl:SymmetricProperty", "?s ?p ?o")),
    Rule("prp-inv1", v.PT_inverseRule, "?o ?q ?s", ("?p owl:inverseOf ?q", "?s ?p ?o")),
    Rule("prp-inv2", v.PT_inverseRule, "?o ?p ?s", ("?p owl:inverseOf ?q", "?s ?q ?o")),
    Rule("prp-trp", v.PT_transitivityRule, "?s ?p ?o", ("?p a owl:TransitiveProperty", "?s ?p ?m", "?m ?p ?o")),
    Rule("prp-dom", v.PT_domainRule, "?s a ?c", ("?p rdfs:domain ?c", "?s ?p ?o")),
    Rule("prp-rng", v.PT_rangeRule, "?o a ?c", ("?p rdfs:range ?c", "?s ?p ?o"), "FILTER (!isLiteral(?o))"),
    Rule(
        "cls-avf",
        v.PT_allValuesRule,
        "?o a ?c",
        ("?r owl:allValuesFrom ?c", "?r owl:onProperty ?p", "?s a ?r", "?s ?p ?o"),
        "FILTER (!isLiteral(?o))",
    ),
    Rule("cax-sco", v.PT_subClassRule, "?s a ?d", ("?c rdfs:subClassOf ?d", "?s a ?c")),
)

PROLOGUE: Final = "".join(f"PREFIX {prefix}: <{v.PREFIXES[prefix]}> " for prefix in ("rdf", "rdfs", "owl"))
