"""What the processes behind the server are asked for, beside queries: graphs, updates, writes of graphs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from kg.query.results import GraphChoice


@dataclass(frozen=True, slots=True)
class Dump:
    """The triples of a graph (None: the default graph), or with ``everything`` all quads, in a format."""

    graph: str | None
    format: str
    everything: bool = False


@dataclass(frozen=True, slots=True)
class GraphTag:
    """Is there such a graph (None: the default graph), and in which state?"""

    graph: str | None


@dataclass(frozen=True, slots=True)
class Update:
    """A SPARQL update; ``graphs`` are those of ``using-graph-uri`` and ``using-named-graph-uri``."""

    text: str
    base: str | None = None
    graphs: GraphChoice | None = None
    outgoing: bool = False
    by: str = ""


@dataclass(frozen=True, slots=True)
class WriteGraph:
    """A write of one graph (None: the default graph): its new content, more content, or its end.

    ``parts`` are documents with their media types. With ``match``, the write is made only where the graph is in
    one of these states (``*``: where it is there at all); with ``none_match``, only where it is in none of them.
    """

    graph: str | None
    action: Literal["replace", "add", "remove"]
    parts: tuple[tuple[bytes, str], ...] = ()
    match: tuple[str, ...] = ()
    none_match: tuple[str, ...] = ()
    by: str = ""
    base: str | None = None  # of relative IRIs in the documents


WriteJob = Update | WriteGraph
