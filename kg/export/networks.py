"""Quads -> GraphML and GEXF, by networkx: papers, concepts, results, repositories as nodes with labels."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

import networkx as nx
import pyoxigraph

from kg.graph.analyse import network


def write_graphml(quads: Iterator[pyoxigraph.Quad], file: BinaryIO) -> None:
    """Writes the network of the quads as GraphML; networkx holds it in memory."""
    nx.write_graphml_xml(network(quads), file)


def write_gexf(quads: Iterator[pyoxigraph.Quad], file: BinaryIO) -> None:
    """Writes the network of the quads as GEXF 1.2; networkx holds it in memory."""
    nx.write_gexf(network(quads), file)
