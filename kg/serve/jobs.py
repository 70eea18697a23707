"""What the processes behind the server are asked for, beside queries: graphs, updates, writes of graphs."""

from __future__ import annotations

import base64
from dataclasses import asdict, dataclass
from typing import Any, Literal

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


def job_as_json(job: WriteJob, memory: int) -> dict[str, Any]:
    """A job as the process reads it; ``memory`` is how many bytes it may hold."""
    fields = asdict(job)
    if isinstance(job, WriteGraph):
        fields["parts"] = [(base64.b64encode(document).decode(), kind) for document, kind in job.parts]
    return {**fields, "kind": type(job).__name__, "memory": memory}


def job_from_json(fields: dict[str, Any]) -> WriteJob:
    """The inverse of :func:`job_as_json`."""
    kind = fields.pop("kind")
    fields.pop("memory")
    if kind == "Update":
        graphs = fields.pop("graphs")
        choice = GraphChoice(tuple(graphs["default"]), tuple(graphs["named"])) if graphs else None
        return Update(**fields, graphs=choice)
    parts = tuple((base64.b64decode(document), kind) for document, kind in fields.pop("parts"))
    match, none_match = tuple(fields.pop("match")), tuple(fields.pop("none_match"))
    return WriteGraph(**fields, parts=parts, match=match, none_match=none_match)
