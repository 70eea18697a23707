"""A catalogue's file -> its entries: which reader, found by what the first lines hold."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from kg.errors import UsageError
from kg.link import catalogues, slices, works
from kg.link.catalogues import Entry
from kg.link.papers import PaperEntry
from kg.unpacking import unpacked

_Sniff = Callable[[str], bool]
_Read = Callable[[str], Iterator[Entry]] | Callable[[str], Iterator[PaperEntry]]


def _json_with(*words: str) -> _Sniff:
    return lambda start: start.lstrip().startswith(("{", "[")) and all(f'"{word}"' in start for word in words)


def _triples_of(*namespaces: str) -> _Sniff:
    return lambda start: start.lstrip().startswith(("<", "#")) and any(f"<{one}" in start for one in namespaces)


_READERS: Final[tuple[tuple[_Sniff, _Read], ...]] = (
    (lambda start: "<dblp" in start or 'SYSTEM "dblp' in start, slices.read_dblp_xml),
    (_triples_of("https://dblp.org/rdf/schema#", "https://dblp.org/rec/"), slices.read_dblp_triples),
    (_triples_of("http://orkg.org/orkg/"), slices.read_orkg_triples),
    (_triples_of("http://www.wikidata.org/"), slices.read_wikidata_triples),
    (lambda start: _json_with("id")(start) and "https://openalex.org/W" in start, works.read_openalex_works),
    (_json_with("labels", "id"), slices.read_wikidata_json),
    (lambda start: _json_with("corpusid")(start) or _json_with("corpusId")(start), slices.read_semantic_scholar),
    (_json_with("classes", "label"), slices.read_orkg_json),
    (_json_with("DOI", "title"), works.read_crossref_works),
    *catalogues.READERS,
)
_KNOWN: Final = (
    "the Computer Science Ontology (CSV), a taxonomy of MLSO (Turtle), Papers with Code's tasks, methods or datasets "
    "(JSON, JSON lines, TSV), OpenAlex concepts (TSV), or a slice of Wikidata or ORKG (N-Triples, JSON lines), of dblp "
    "(N-Triples, XML), of Semantic Scholar, of OpenAlex works or of Crossref (JSON lines)"
)


def text_of(path: Path) -> str:
    """What a file holds (plain or gzip, UTF-8 with or without a mark before it); UsageError where it cannot be read."""
    try:
        raw = path.read_bytes()
        return (unpacked(io.BytesIO(raw)).read() if raw[:2] == b"\x1f\x8b" else raw).decode("utf-8-sig")
    except (OSError, UnicodeDecodeError, EOFError, zlib.error) as error:
        raise UsageError(f"cannot read the catalogue {path}: {error}") from error


def read_catalogue(path: Path) -> list[Entry] | list[PaperEntry]:
    """The entries of a file (plain or gzip), sorted by IRI, each once; UsageError for a file of no known kind."""
    text = text_of(path)
    for starts, read in _READERS:
        if starts(text[:4000]):
            try:
                found = {one.iri: one for one in read(text)}
            except (ValueError, KeyError, TypeError, AttributeError, SyntaxError) as error:
                raise UsageError(f"{path}: {error}; expected a catalogue as its publisher writes it") from error
            return [found[iri] for iri in sorted(found)]  # type: ignore[return-value]  # one reader gives one kind
    raise UsageError(f"{path}: no catalogue that is known; expected {_KNOWN}")
