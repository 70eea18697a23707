"""pyoxigraph -> rdflib: the same terms in the library that validation reads."""

from __future__ import annotations

from collections.abc import Iterable

import pyoxigraph
import rdflib
from rdflib.term import Node

from kg.graph.vocabulary import XSD_string

Stated = pyoxigraph.Quad | pyoxigraph.Triple


def rdflib_graph(stated: Iterable[Stated]) -> rdflib.Graph:
    """The triples as an rdflib graph, whatever their named graphs; literals keep the form that they have.

    >>> a, b = pyoxigraph.NamedNode("http://example.org/a"), pyoxigraph.Literal("1.50")
    >>> len(rdflib_graph([pyoxigraph.Quad(a, a, b), pyoxigraph.Quad(a, a, b, a)]))
    1
    """
    graph = rdflib.Graph(bind_namespaces="none")
    known: dict[pyoxigraph.NamedNode, rdflib.URIRef] = {}

    def term(found: object) -> Node:
        if isinstance(found, pyoxigraph.NamedNode):
            made = known.get(found)
            if made is None:
                made = known[found] = rdflib.URIRef(found.value)
            return made
        if isinstance(found, pyoxigraph.Literal):
            if found.language:
                return rdflib.Literal(found.value, lang=found.language)
            if found.datatype == XSD_string:  # rdflib tells "a" from "a"^^xsd:string, RDF 1.1 does not
                return rdflib.Literal(found.value)
            return rdflib.Literal(found.value, datatype=term(found.datatype), normalize=False)  # type: ignore[arg-type]
        if isinstance(found, pyoxigraph.BlankNode):
            return rdflib.BNode(found.value)
        raise TypeError(f"rdflib has no term like {found}")

    for one in stated:
        graph.add((term(one.subject), term(one.predicate), term(one.object)))
    return graph
