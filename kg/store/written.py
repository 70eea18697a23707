"""``DIR/written/N.rdfp``: what people wrote into graphs of their own, a patch a write; a store made anew replays them.

A patch is an RDF Patch (https://afs.github.io/rdf-patch/): who and when, the graphs, the quads that go (``D``) and that
come (``A``). Each is a file that never changes. The manifest counts those that belong to a version: one with a higher
number is of a write that never ended, and the next write puts its own in that place.
"""

from __future__ import annotations

import json
import re
import secrets
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Final

from pyoxigraph import NamedNode, Quad, RdfFormat, parse, serialize

from kg.errors import StoreError
from kg.store.durable import replace_file, sync_folder
from kg.store.manifest import Manifest
from kg.store.publish import VersionWriter

WRITTEN: Final = "written"
# Below the base of a store are the names that builds give, but for the addresses of the Graph Store Protocol.
_OWN: Final = "data/"
_ID_BYTES: Final = 8
_GRAPH: Final = re.compile(r"H graph <([^>]*)> \.")


@dataclass(frozen=True, slots=True)
class Patch:
    """A write: the quads that it takes out, and those that it puts in; the first line of the file names it."""

    who: str
    when: str
    removed: tuple[Quad, ...]
    added: tuple[Quad, ...]

    @property
    def graphs(self) -> list[str]:
        """The names of the graphs that it changes, sorted."""
        return sorted({quad.graph_name.value for quad in (*self.removed, *self.added)})  # type: ignore[union-attr]


def is_system(graph: str, base_iri: str) -> bool:
    """Whether a graph's name is one that builds give, or may give one day.

    >>> is_system("https://x.org/graph/links", "https://x.org/"), is_system("https://x.org/data/mine", "https://x.org/")
    (True, False)
    """
    return graph.startswith(base_iri) and not graph.startswith(base_iri + _OWN)


def write_patch(location: Path, number: int, patch: Patch) -> None:
    """Put the patch with this number on disk; it counts from the moment that a manifest says so."""
    folder = location / WRITTEN
    if not folder.is_dir():
        folder.mkdir()
        sync_folder(location)
    lines = [
        f"H id <urn:papertriples:write:{secrets.token_hex(_ID_BYTES)}> .",
        f"H who {json.dumps(patch.who)} .",
        f'H when "{patch.when}" .',
        *(f"H graph <{graph}> ." for graph in patch.graphs),
        "TX .",
        *(f"D {line}" for line in _lines(patch.removed)),
        *(f"A {line}" for line in _lines(patch.added)),
        "TC .",
    ]
    replace_file(_path(location, number), "".join(f"{line}\n" for line in lines).encode())


def read_patches(location: Path, held: int) -> Iterator[tuple[list[Quad], list[Quad]]]:
    """What the first ``held`` patches take out, and put in. Raises StoreError where one is missing or not whole."""
    for number in range(1, held + 1):
        path = _path(location, number)
        try:
            lines = path.read_bytes().split(b"\n")
            if lines[-2:] != [b"TC .", b""]:
                raise ValueError("its end is missing")
            yield _quads(lines, b"D "), _quads(lines, b"A ")
        except (OSError, ValueError, SyntaxError) as error:
            raise StoreError(f"{path}: cannot be read: {error}; put back a copy of it, or of the store") from None


def replayed(location: Path, held: int) -> dict[NamedNode, set[Quad]]:
    """What people's graphs hold after the first ``held`` patches; graphs without triples are none."""
    graphs: dict[NamedNode, set[Quad]] = {}
    for removed, added in read_patches(location, held):
        for quad in removed:
            graphs.setdefault(_graph(quad), set()).discard(quad)
        for quad in added:
            graphs.setdefault(_graph(quad), set()).add(quad)
    return {graph: quads for graph, quads in graphs.items() if quads}


def patches_on_disk(location: Path) -> int:
    """How many patches there are in a row: for a store whose manifest is gone, and that is made anew."""
    return next(number for number in count() if not _path(location, number + 1).exists())


def restore_graphs(writer: VersionWriter, base_iri: str) -> int:
    """Put people's graphs into the first version of a store that is made anew. Returns how many patches count."""
    held = patches_on_disk(writer.location)
    for graph, quads in replayed(writer.location, held).items():
        if not is_system(graph.value, base_iri):  # under another base than before, that is
            writer.replace_graph(graph, quads)
    return held


class LastWrites:
    """Names the state of a graph by the patch that changed it last; reads each patch's head once."""

    def __init__(self, location: Path) -> None:
        self._location = location
        self._read: list[tuple[str, frozenset[str]]] = []
        self._turn = threading.Lock()

    def of(self, graph: str, held: int) -> str | None:
        """The id of the last of the first ``held`` patches that changes a graph; None where none does."""
        with self._turn:
            for number in range(len(self._read) + 1, held + 1):
                self._read.append(_head(_path(self._location, number)))
        return next((id for id, graphs in reversed(self._read[:held]) if graph in graphs), None)


def tag_of(writes: LastWrites, manifest: Manifest, graph: str | None) -> str:
    """A name for the state of a graph: that of the last write to it, else of the version."""
    last = writes.of(graph, manifest.written) if graph is not None else None
    return last or f"v{manifest.version}"


def _head(path: Path) -> tuple[str, frozenset[str]]:
    id, graphs = "", []
    try:
        with open(path, encoding="utf-8") as lines:
            for line in lines:
                if line.startswith("H id "):
                    id = line.rpartition(":")[2].split(">")[0]
                elif found := _GRAPH.match(line):
                    graphs.append(found[1])
                elif not line.startswith("H "):
                    break
    except (OSError, UnicodeDecodeError) as error:
        raise StoreError(f"{path}: cannot be read: {error}; put back a copy of it, or of the store") from None
    return id, frozenset(graphs)


def _path(location: Path, number: int) -> Path:
    return location / WRITTEN / f"{number}.rdfp"


def _lines(quads: Iterable[Quad]) -> list[str]:
    text = serialize(quads, format=RdfFormat.N_QUADS) or b""
    return sorted(text.decode().split("\n")[:-1])


def _quads(lines: Iterable[bytes], mark: bytes) -> list[Quad]:
    return list(parse(b"\n".join(line[2:] for line in lines if line.startswith(mark)), format=RdfFormat.N_QUADS))


def _graph(quad: Quad) -> NamedNode:
    if not isinstance(quad.graph_name, NamedNode):
        raise ValueError(f"found {quad}, expected a quad in a graph with a name")
    return quad.graph_name
