"""The graph of links of a version: a function of the version's other graphs and of the recorded catalogues."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pyoxigraph
from pyoxigraph import Quad

from kg.graph import vocabulary as v
from kg.graph.iris import Iris
from kg.link.computed import computed_links
from kg.resources import digest_of_files
from kg.store import CatalogueRecord, VersionWriter
from kg.store.staging import digest_of_parts


@dataclass(frozen=True, slots=True)
class Linking:
    """With what the links of the store at ``location`` are made."""

    location: Path
    catalogues: tuple[CatalogueRecord, ...] = ()

    def digest(self) -> str:
        """Changes whenever the same graph might be linked in another way."""
        return digest_of_parts([code_digest(), [(one.target, one.digest) for one in self.catalogues]])

    def update(self, writer: VersionWriter, iris: Iris) -> None:
        """Bring the graph of links to what the other graphs of the next version ask for."""
        writer.replace_graph(iris.graph("links"), self.quads(writer.changed(), iris))

    def quads(self, graph: pyoxigraph.Store, iris: Iris) -> Iterator[Quad]:
        """All links of the merge of ``graph``."""
        name = iris.graph("links")
        derived = False
        for triple in computed_links(graph):
            derived = True
            yield Quad(*triple, name)
        if derived:
            yield Quad(name, v.PROV_wasDerivedFrom, v.PT_identifierRule, name)


@cache
def code_digest() -> str:
    """The digest of the code that makes links."""
    return digest_of_files(Path(__file__).parent.glob("*.py"))
