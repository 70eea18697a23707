"""EmbeddedStore -> a folder to upload to an archive: all standard forms, packed, with checksums and descriptions."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pyoxigraph

from kg import __version__
from kg.export.croissant import croissant
from kg.export.folders import new_folder
from kg.export.formats import FORMATS, export
from kg.export.options import ExportOptions
from kg.export.packages import DESCRIPTION, NAME
from kg.export.void import PREFIXES, Access, File, contents_of, description
from kg.store import EmbeddedStore

# Format -> media type: what a dump holds, in this order.
FORMS: Final = {
    "nq": "application/n-quads",
    "ttl": "text/turtle",
    "schemaorg": "application/ld+json",
    "bibtex": "application/x-bibtex",
}


def dump(store: EmbeddedStore, out: Path, options: ExportOptions, report: Callable[[str], None]) -> None:
    """Writes the folder ``out``, which must not hold anything yet; ``report`` is told each file.

    The forms are gzipped without a time, so that equal graphs give equal files. ``SHA256SUMS`` is what
    ``sha256sum --check`` reads; ``void.ttl`` is VoID and DCAT, ``croissant.json`` Croissant 1.0, ``README.md`` says
    what is what.
    """
    with new_folder(out) as folder:
        files: dict[str, str] = {}
        for format, media_type in FORMS.items():
            name = f"papertriples{FORMATS[format].suffixes[0]}"
            export(store, format, folder / name, options=options)
            _pack(folder / name)
            files[f"{name}.gz"] = media_type
            report(f"{name}.gz")
        parts = [
            File(f"{store.base_iri}dumps/{name}", name, one, (folder / name).stat().st_size, _digest(folder / name))
            for name, one in files.items()
        ]
        _write_void(store, folder / "void.ttl", parts, options)
        _write_json(folder / "croissant.json", croissant(parts, store.base_iri, store.version, options.licence))
        (folder / "README.md").write_text(_readme(store, files, options), encoding="utf-8")
        described = [*files, "README.md", "croissant.json", "void.ttl"]
        sums = "".join(f"{_digest(folder / name)}  {name}\n" for name in sorted(described))
        (folder / "SHA256SUMS").write_text(sums, encoding="utf-8")
        report("SHA256SUMS")


def _pack(path: Path) -> None:
    with (
        path.open("rb") as plain,
        path.with_name(path.name + ".gz").open("wb") as raw,
        gzip.GzipFile("", "wb", fileobj=raw, mtime=0) as packed,
    ):
        while block := plain.read(1 << 20):
            packed.write(block)
    path.unlink()


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write_void(store: EmbeddedStore, path: Path, parts: list[File], options: ExportOptions) -> None:
    triples = description(contents_of(store), Access(files=parts, licence=options.licence))
    with path.open("wb") as file:
        pyoxigraph.serialize(triples, file, format=pyoxigraph.RdfFormat.TURTLE, prefixes=PREFIXES)


def _readme(store: EmbeddedStore, files: dict[str, str], options: ExportOptions) -> str:
    counts = store.manifest.counts
    texts = "as their sources have them" if options.texts else "left out; offsets and SHA-256 digests stay"
    listed = "\n".join(f"- `{name}`: {FORMATS[one].description}" for name, one in zip(files, FORMS, strict=True))
    return (
        f"# {NAME}\n\n{DESCRIPTION}\n\n"
        f"{counts.papers:,} papers, {counts.concepts:,} concepts, {counts.statements:,} statements, "
        f"{counts.results:,} results, {counts.triples:,} triples.\n"
        f"Version {store.version}, base <{store.base_iri}>, made by papertriples {__version__}.\n"
        f"Licence: {options.licence or 'none was given'}. Abstracts and quotes: {texts}.\n\n"
        f"{listed}\n- `void.ttl`: VoID and DCAT\n- `croissant.json`: Croissant\n"
        "- `SHA256SUMS`: check with `sha256sum --check SHA256SUMS`\n\n"
        "The statements were extracted by a program and hold errors; `pt:confidence` says how sure it was.\n"
    )


def _write_json(path: Path, content: dict[str, Any]) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
