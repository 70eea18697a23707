"""A store's named graphs as canonical N-Quads, sorted, in bounded memory.

No blank nodes are minted, so RDF canonicalisation (RDFC-1.0, https://www.w3.org/TR/rdf-canon/) comes down to
sorting the lines by code point; Oxigraph writes each line in canonical form.
"""

from __future__ import annotations

import heapq
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from itertools import islice
from typing import IO

from pyoxigraph import BlankNode, NamedNode, Quad

from kg.errors import StoreError
from kg.store.embedded import EmbeddedStore

CHUNK = 200_000  # lines sorted in memory at a time


def canonical_nquads(store: EmbeddedStore, chunk: int = CHUNK, graph: NamedNode | None = None) -> Iterator[str]:
    """The lines, each with its line end, of the canonical N-Quads of the named graphs, or of one; each quad once.

    Raises StoreError where the store holds a blank node, which nothing here makes.
    """
    # The merge in the default graph, as many quads again, is not looked at.
    graphs = store.graph.named_graphs() if graph is None else [graph]
    quads = (quad for name in graphs for quad in store.graph.quads_for_pattern(None, None, None, name))
    return sorted_lines(map(_line, quads), chunk)


def sorted_lines(lines: Iterable[str], chunk: int = CHUNK) -> Iterator[str]:
    """``lines``, which end in ``\\n`` and hold no other, sorted by code point; chunks wait in temporary files."""
    source = iter(lines)
    with ExitStack() as stack:
        parts: list[IO[str]] = []
        while True:
            part = sorted(islice(source, chunk))
            if len(part) < chunk:
                break
            waiting = stack.enter_context(tempfile.TemporaryFile("w+", encoding="utf-8", newline="\n"))
            waiting.writelines(part)
            waiting.seek(0)
            parts.append(waiting)
        yield from heapq.merge(*parts, part)


def _line(quad: Quad) -> str:
    if isinstance(quad.subject, BlankNode) or isinstance(quad.object, BlankNode):
        raise StoreError(f"canonical N-Quads are for graphs without blank nodes, found {quad}")
    return f"{quad} .\n"
