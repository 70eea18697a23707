"""With what a graph is made, and a digest that changes when the making does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path

from kg.graph.iris import Iris
from kg.records import ExtractorInfo
from kg.resolve import Catalogue
from kg.resources import digest_of_files, resource_folder
from kg.store.staging import digest_of_parts

_ROOMS = ("assemble", "graph", "identifiers", "resolve", "text")
_MODULES = ("records.py", "settings.py")


@dataclass(frozen=True, slots=True)
class Making:
    """All that the graph depends on beside the records and their extractions."""

    iris: Iris
    info: ExtractorInfo
    min_confidence: Decimal
    catalogue: Catalogue
    precedence: tuple[str, ...]  # of sources, the most trusted first

    def digest(self) -> str:
        """Changes whenever a paper might be described in another way."""
        return digest_of_parts(
            [
                code_digest(),
                self.iris.base_iri,
                self.info.name,
                self.info.version,
                self.info.digest,
                str(self.min_confidence.normalize()),
                self.catalogue.digest,
                self.precedence,
            ]
        )


@cache
def code_digest() -> str:
    """The digest of the code and the ontology that turn records into quads.

    A release that changes them describes every paper again; one that does not describes none.
    """
    return digest_of_files(_files())


def _files() -> Iterator[Path]:
    package = Path(__file__).resolve().parent.parent
    for room in _ROOMS:
        yield from (package / room).glob("*.py")
    yield from (package / name for name in _MODULES)
    yield resource_folder("ontology") / "papertriples.ttl"
