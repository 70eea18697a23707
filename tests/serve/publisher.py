"""Publishes versions until it is killed: ``python -m tests.serve.publisher STORE NUMBER``.

Each version says its number in every triple of a graph, and its number is printed once it is published.
"""

from __future__ import annotations

import itertools
import sys
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Quad

from kg.store import Manifest, VersionWriter, current_version, has_store
from kg.store.locks import builder_lock

GRAPH = NamedNode("https://w3id.org/papertriples/graph/links")
SAYS = NamedNode("https://example.org/says")
TRIPLES = 2000


def publish(location: Path, number: int) -> None:
    """Publish a version in which every triple says the number."""
    with (
        builder_lock(location),
        VersionWriter(location, current_version(location) if has_store(location) else 0) as writer,
    ):
        subjects = (NamedNode(f"https://example.org/{one}") for one in range(TRIPLES))
        writer.replace_graph(GRAPH, [Quad(one, SAYS, Literal(number), GRAPH) for one in subjects])
        writer.publish(Manifest(version=writer.version))


if __name__ == "__main__":
    location = Path(sys.argv[1])
    for number in itertools.count(int(sys.argv[2])):
        publish(location, number)
        print(number, flush=True)
