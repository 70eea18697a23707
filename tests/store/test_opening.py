"""Opening what is a store, and what is none."""

from __future__ import annotations

import gc
import json
import warnings
from pathlib import Path

import pytest

from kg.errors import StoreError, StoreMissing, StoreVersionError
from kg.records import ExtractorInfo
from kg.store import Counts, Manifest, current_version, open_store, read_manifest
from kg.store.manifest import write_manifest
from tests.store.graphs import publish


def test_a_missing_store_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(StoreMissing) as caught:
        open_store(tmp_path / "none")
    assert str(caught.value) == (
        f"no store at {tmp_path}/none; make one with: papertriples build INPUT --store {tmp_path}/none"
    )
    with pytest.raises(StoreMissing, match="holds no finished store"):
        current_version(tmp_path)
    (tmp_path / "file").touch()
    with pytest.raises(StoreMissing, match="is a file"):
        open_store(tmp_path / "file")


@pytest.mark.parametrize("text", ["", "{", "[]", '{"kind": "other"}', "\udcff"])
def test_a_manifest_that_is_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "papertriples.json").write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(StoreError, match=r"papertriples\.json"):
        open_store(tmp_path)


def test_a_store_of_another_format_version(tmp_path: Path) -> None:
    publish(tmp_path, {"one": "On one"})
    path = tmp_path / "papertriples.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"format_version": 99}))
    with pytest.raises(StoreVersionError, match=r"format version 99, this papertriples .* reads 1"):
        open_store(tmp_path)


def test_a_manifest_that_lacks_something(tmp_path: Path) -> None:
    (tmp_path / "papertriples.json").write_text('{"kind": "papertriples store", "format_version": 1}')
    with pytest.raises(StoreError, match="incomplete or damaged"):
        open_store(tmp_path)


def test_a_manifest_comes_back_as_written(tmp_path: Path) -> None:
    manifest = Manifest(
        version=3, base_iri="https://x.example/", extractor=ExtractorInfo("crf", "1", "ab"), counts=Counts(papers=2)
    )
    write_manifest(tmp_path, manifest)
    assert read_manifest(tmp_path) == manifest
    assert [path.name for path in tmp_path.iterdir()] == ["papertriples.json"]
    assert dict(manifest.counts)["papers"] == 2
    with pytest.raises(KeyError):
        manifest.counts["none"]


def test_a_version_whose_files_are_lost(tmp_path: Path) -> None:
    publish(tmp_path, {"one": "On one"})
    (tmp_path / "graphs" / "1.lock").rename(tmp_path / "lock")
    with pytest.raises(StoreError, match="lacks its version 1"):
        open_store(tmp_path)
    (tmp_path / "lock").rename(tmp_path / "graphs" / "1.lock")
    (tmp_path / "graphs" / "1" / "CURRENT").unlink()
    with pytest.raises(StoreError, match="cannot be opened"):
        open_store(tmp_path)


def test_a_closed_store_says_so(tmp_path: Path) -> None:
    publish(tmp_path, {"one": "On one"})
    store = open_store(tmp_path)
    store.close()
    store.close()
    with pytest.raises(StoreError, match="was closed"):
        store.search("one")
    with pytest.raises(StoreError, match="was closed"):
        _ = store.graph


def test_an_unclosed_store_is_warned_of(tmp_path: Path) -> None:
    publish(tmp_path, {"one": "On one"})
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        store = open_store(tmp_path)
        del store
        gc.collect()
    assert [(one.category, str(one.message)) for one in caught] == [(ResourceWarning, f"unclosed store {tmp_path}")]
