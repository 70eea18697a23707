"""Makes a large store of a small one, to measure with: ``python bench/grow.py STORE OUT [--triples 5000000]``.

The papers of STORE, with all that they say, are written again and again under new IRIs, each copy in a year of its own.
What two papers or more have to do with is shared by all copies, so that the largest concepts grow with the graph;
other concepts are copied, too, and their names are numbered. OUT is for reading: it has no records to build from.
"""

from __future__ import annotations

import argparse
import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox

from kg.store import EmbeddedStore, open_store
from kg.store.manifest import write_manifest
from kg.store.search import SearchEntry, create_index, merge_index, update_index
from kg.store.versions import graph_folder, lock_file, search_file

CONCEPTS = "task|method|dataset|metric"
COPIED = f"paper|person|venue|repository|result|statement|evidence|{CONCEPTS}"
SHARED = """
PREFIX pt: <https://w3id.org/papertriples/ontology#>
SELECT ?concept WHERE { ?paper pt:mentions ?concept } GROUP BY ?concept HAVING (COUNT(DISTINCT ?paper) > 1)
"""


class Copier:
    """Writes N-Quads of a graph for one copy after the other."""

    def __init__(self, store: EmbeddedStore) -> None:
        base = re.escape(store.base_iri)
        rows = store.graph.query(SHARED)
        assert isinstance(rows, ox.QuerySolutions)
        self.shared = {row["concept"].value for row in rows}
        self._iri = re.compile(rf"<({base}(?:{COPIED})/[^/>]+)")
        self._name = re.compile(
            rf"^(<{base}(?:paper|{CONCEPTS})/[^>]*-copy\d+> "
            r"<(?:http://www\.w3\.org/2000/01/rdf-schema#label|http://www\.w3\.org/2004/02/skos/core#(?:pref|alt)Label"
            r'|http://purl\.org/dc/terms/title)> "(?:[^"\\]|\\.)*)"',
            re.MULTILINE,
        )
        self._date = re.compile(r'(<http://purl\.org/dc/terms/date> ")\d{4}')

    def copy(self, quads: str, number: int) -> str:
        """The quads of copy ``number``, from 1."""
        text = self._iri.sub(lambda found: "<" + self.iri(found[1], number), quads)
        text = self._name.sub(rf'\1 {number}"', text)
        return self._date.sub(rf"\g<1>{2026 - number % 30}", text)

    def iri(self, iri: str, number: int) -> str:
        """An entity's IRI in a copy."""
        return iri if iri in self.shared else f"{iri}-copy{number}"

    def entries(self, index: Path, copies: int) -> Iterator[SearchEntry]:
        """What the search index of all copies holds beside that of the store."""
        with closing(sqlite3.connect(index)) as found:
            rows = found.execute(
                "SELECT iri, type, entity.label, others FROM entity JOIN names ON names.rowid = entity.row"
            ).fetchall()
        for iri, kind, label, others in rows:
            kept = tuple(one for one in others.split("\n") if one)
            yield SearchEntry(iri, kind, label, kept)
            for number in range(1, copies + 1) if iri not in self.shared else ():
                name = f"{label} {number}" if kind in ("Paper", "Task", "Method", "Dataset", "Metric") else label
                yield SearchEntry(self.iri(iri, number), kind, name, tuple(f"{one} {number}" for one in kept))


def grow(store: EmbeddedStore, out: Path, triples: int) -> None:
    """Write the store at ``out``, which must not exist."""
    counts = store.manifest.counts
    copies = max(0, -(-(triples - counts.triples) // counts.triples))
    copier = Copier(store)
    graph_folder(out, 1).mkdir(parents=True)
    quads = store.graph.dump(format=ox.RdfFormat.N_QUADS)
    assert quads is not None
    text = quads.decode()
    written = out / "copies.nq"  # loaded in one go: after each load the database sorts anew what it holds
    with written.open("w", encoding="utf-8") as file:
        file.write(text)
        for number in range(1, copies + 1):
            file.write(copier.copy(text, number))
    larger = ox.Store(str(graph_folder(out, 1)))
    larger.bulk_load(path=str(written), format=ox.RdfFormat.N_QUADS)
    written.unlink()
    larger.optimize()
    counted = larger.query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")
    assert isinstance(counted, ox.QuerySolutions)
    held = int(next(counted)["n"].value)
    lock_file(out, 1).touch()
    index = search_file(out, 1)
    create_index(index)
    update_index(index, (), copier.entries(search_file(store.path, store.version), copies))
    merge_index(index)
    grown = {name: getattr(counts, name) * (copies + 1) for name in ("papers", "statements", "asserted", "results")}
    write_manifest(out, replace(store.manifest, version=1, counts=replace(counts, triples=held, **grown)))
    print(f"{copies} copies: {grown['papers']:,} papers, {held:,} triples")


def main() -> None:
    """Read the arguments."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("store", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--triples", type=int, default=5_000_000)
    given = parser.parse_args()
    with open_store(given.store) as store:
        shutil.rmtree(given.out, ignore_errors=True)
        grow(store, given.out, given.triples)


if __name__ == "__main__":
    main()
