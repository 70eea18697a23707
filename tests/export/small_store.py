"""A small store for exports, made from records without reading any text."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from pyoxigraph import NamedNode, Quad

from kg.graph.describe import ontology_quads
from kg.link import Linking
from kg.store import Manifest, VersionWriter
from tests.graph.cases import IRIS, all_quads


def make_store(location: Path, more: Iterable[Quad] = ()) -> Path:
    """Publish the golden cases of ``tests/graph``, and ``more``, with the links that follow from them."""
    location.mkdir()
    graphs: dict[NamedNode, list[Quad]] = defaultdict(list)
    for quad in (*all_quads(), *ontology_quads(IRIS), *more):
        assert isinstance(quad.graph_name, NamedNode)
        graphs[quad.graph_name].append(quad)
    with VersionWriter(location, 0) as writer:
        for graph, quads in graphs.items():
            writer.replace_graph(graph, quads)
        Linking(location).update(writer, IRIS)
        writer.publish(Manifest(version=writer.version, base_iri=IRIS.base_iri))
    return location
