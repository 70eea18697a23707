"""Analytics -> quads of ``{base}graph/analytics``, and the network of concepts for GraphML."""

from __future__ import annotations

import io
from collections.abc import Iterator
from decimal import Decimal

import networkx as nx
from pyoxigraph import NamedNode, Quad

from kg.graph import vocabulary as v
from kg.graph.analytics import Analytics, Pair, analytics_of
from kg.graph.corpus import Corpus, corpus_of
from kg.graph.inferring import Read
from kg.graph.iris import Iris, digest_of
from kg.graph.literals import decimal, integer, text
from kg.graph.metadata import Triple


def derived_quads(read: Read, graph: NamedNode, iris: Iris) -> Iterator[Quad]:
    """The analytics of what ``read`` gives, in ``graph``; each node has a label and the graph names the rule."""
    corpus = corpus_of(read)
    yield Quad(graph, v.PROV_wasDerivedFrom, v.PT_networkRule, graph)
    for triple in analytics_triples(analytics_of(corpus), corpus, iris):
        yield Quad(*triple, graph)


def analytics_triples(analytics: Analytics, corpus: Corpus, iris: Iris) -> Iterator[Triple]:
    """All that analytics say, as triples."""
    for method in analytics.methods:
        iri = NamedNode(method.iri)
        yield iri, v.PT_pageRank, decimal(Decimal(f"{method.pagerank:.8f}"))
        yield iri, v.PT_betweenness, decimal(Decimal(f"{method.betweenness:.8f}"))
    for group in analytics.communities:
        community = NamedNode(f"{iris.base_iri}community/{group.centre.rsplit('/', 1)[-1]}")
        yield community, v.RDF_type, v.PT_Community
        yield community, v.RDFS_label, text(corpus.label(group.centre))
        for task in group.tasks:
            yield NamedNode(task), v.PT_community, community
    for pair in (*analytics.co_used, *analytics.related):
        yield from _pair_triples(pair, corpus, iris)
    for one in analytics.emerging:
        iri = NamedNode(f"{iris.base_iri}emergence/{digest_of(one.concept, str(one.year))}")
        yield iri, v.RDF_type, v.PT_Emergence
        yield iri, v.RDFS_label, text(f"{corpus.label(one.concept)} in {one.year}")
        yield iri, v.PT_emerging, NamedNode(one.concept)
        yield iri, v.PT_emergedIn, integer(one.year)
        yield iri, v.PT_weight, decimal(Decimal(f"{one.score:.4f}"))


def concept_network(analytics: Analytics, corpus: Corpus) -> nx.MultiGraph[str]:
    """Concepts with label, type and figures as nodes; relations and joint use as edges with their ``weight``."""
    graph: nx.MultiGraph[str] = nx.MultiGraph()
    for iri, kind in corpus.types.items():
        graph.add_node(iri, label=corpus.label(iri), type=kind, papers=len(corpus.mentioned.get(iri, ())))
    for method in analytics.methods:
        graph.nodes[method.iri].update(pageRank=method.pagerank, betweenness=method.betweenness)
    for group in analytics.communities:
        for task in group.tasks:
            if task in graph:
                graph.nodes[task]["community"] = corpus.label(group.centre)
    for (one, other), weight in corpus.relations.items():
        if one != other and not (one > other and (other, one) in corpus.relations):
            graph.add_edge(one, other, key="related", kind="related", weight=weight)
    for pair in analytics.co_used:
        graph.add_edge(pair.one, pair.other, key="usedTogether", kind="usedTogether", weight=pair.weight)
    return graph


def graphml(analytics: Analytics, corpus: Corpus) -> bytes:
    """The network of concepts as GraphML."""
    file = io.BytesIO()
    nx.write_graphml_xml(concept_network(analytics, corpus), file)
    return file.getvalue()


def _pair_triples(pair: Pair, corpus: Corpus, iris: Iris) -> Iterator[Triple]:
    iri = NamedNode(f"{iris.base_iri}pair/{digest_of(pair.one, pair.other)}")
    yield iri, v.RDF_type, v.PT_Pair
    yield iri, v.RDFS_label, text(f"{corpus.label(pair.one)} and {corpus.label(pair.other)}")
    yield iri, v.PT_pairs, NamedNode(pair.one)
    yield iri, v.PT_pairs, NamedNode(pair.other)
    yield iri, v.PT_weight, decimal(Decimal(f"{pair.weight:.6f}"))
