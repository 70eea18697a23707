"""Stores on disks that are full or take no writes: ``python -m tests.serve.disk_scenarios NAME FOLDER``.

It mounts small disks of its own, so it runs in a mount namespace of its own (``unshare``), where nobody else sees them.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

import kg.pipeline
from kg.errors import StoreFull, StoreReadOnly
from kg.store import canonical_nquads, open_store, read_manifest
from tests.assemble.small import load_small
from tests.serve.command_server import serving

TURTLE = {"Content-Type": "text/turtle"}
TRIPLES = 1000
SIZES = "SELECT ?g (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g"
FULL = "{}: .*(No space left|disk is full).*; it is as it was before; free some space"


def mount(folder: Path, options: str) -> None:
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "none", str(folder)], check=True)


def change(address: str, text: str) -> requests.Response:
    return requests.post(f"{address}/update", {"update": text}, timeout=60)


def put(address: str, graph: str) -> requests.Response:
    body = "".join(f'<{graph}/{number}> <urn:p> "{"x" * 200} {number}" .\n' for number in range(TRIPLES))
    return requests.put(f"{address}/data", body, params={"graph": graph}, headers=TURTLE, timeout=60)


def sizes(address: str) -> dict[str, int]:
    rows = requests.get(f"{address}/sparql", {"query": SIZES}, timeout=60).json()["results"]["bindings"]
    return {row["g"]["value"]: int(row["n"]["value"]) for row in rows}


def refused(response: requests.Response, status: int, code: str, folder: Path) -> None:
    assert response.headers["Content-Type"] == "application/problem+json", response.text
    assert (response.status_code, response.json()["code"]) == (status, code), response.text
    assert "nothing was written" in response.json()["detail"]
    assert str(folder) not in response.text


@contextlib.contextmanager
def filled(folder: Path, left: int) -> Iterator[None]:
    """A file takes all room of the disk but ``left`` bytes."""
    path = folder / "filler"
    path.write_bytes(b"\0" * (shutil.disk_usage(folder).free - left))
    yield
    path.unlink()


def plain_full(folder: Path) -> None:
    """Writes until the disk is full: what was acknowledged is there, and writes go on once there is room."""
    mount(folder, "size=8m")
    dataset = folder / "dataset"
    acknowledged: list[str] = []
    with serving(dataset, "--plain") as served:
        assert change(served.address, "INSERT DATA { <urn:a> <urn:p> 1 }").status_code == 204
        for number in range(100):
            response = put(served.address, f"urn:{number}")
            if response.status_code != 201:
                break
            acknowledged.append(f"urn:{number}")
        refused(response, 507, "no-space", folder)
        refused(change(served.address, "INSERT DATA { <urn:b> <urn:p> 2 }"), 507, "no-space", folder)
        assert sizes(served.address) == dict.fromkeys(acknowledged, TRIPLES)
        assert len(acknowledged) > 2
    with serving(dataset, "--plain") as served:  # on a full disk: for reading
        assert sizes(served.address) == dict.fromkeys(acknowledged, TRIPLES)
        refused(put(served.address, "urn:more"), 507, "no-space", folder)
        subprocess.run(["mount", "-o", "remount,size=64m", str(folder)], check=True)
        assert put(served.address, "urn:more").status_code == 201
        assert sizes(served.address) == dict.fromkeys([*acknowledged, "urn:more"], TRIPLES)
    with serving(dataset, "--plain") as served:
        assert sizes(served.address) == dict.fromkeys([*acknowledged, "urn:more"], TRIPLES)


def plain_read_only(folder: Path) -> None:
    """A dataset on a disk that takes no writes is read."""
    mount(folder, "size=64m")
    dataset = folder / "dataset"
    with serving(dataset, "--plain") as served:
        assert put(served.address, "urn:0").status_code == 201
    subprocess.run(["mount", "-o", "remount,ro", str(folder)], check=True)
    with serving(dataset, "--plain") as served:
        assert sizes(served.address) == {"urn:0": TRIPLES}
        refused(put(served.address, "urn:1"), 503, "read-only-disk", folder)
        refused(change(served.address, "DROP ALL"), 503, "read-only-disk", folder)
        assert sizes(served.address) == {"urn:0": TRIPLES}
        subprocess.run(["mount", "-o", "remount,rw", str(folder)], check=True)
        assert put(served.address, "urn:1").status_code == 201
        assert sizes(served.address) == {"urn:0": TRIPLES, "urn:1": TRIPLES}


def build(folder: Path) -> None:
    """A build on a full disk, or on one that takes no writes, says so and leaves the store as it was."""
    mount(folder, "size=64m")
    kg.pipeline.load_extractor = load_small  # type: ignore[assignment]
    store, first, more = folder / "store", folder / "first.jsonl", folder / "more.jsonl"
    for path, numbers in ((first, range(3)), (more, range(3, 40))):
        papers = ({"id": str(one), "title": f"Paper {one} on Foobert", "abstract": "x " * 2000} for one in numbers)
        path.write_text("".join(json.dumps(paper) + "\n" for paper in papers), encoding="utf-8")
    kg.pipeline.build([first], store)

    def lines() -> list[str]:
        with open_store(store) as opened:
            return list(canonical_nquads(opened))

    before = lines()
    for left in (0, 16 << 10, 256 << 10):
        with filled(folder, left):
            with pytest.raises(StoreFull, match=FULL.format(store)):
                kg.pipeline.build([more], store)
            with pytest.raises(StoreFull, match=FULL.format(folder / "other")):
                kg.pipeline.build([first], folder / "other")
            assert lines() == before
    subprocess.run(["mount", "-o", "remount,ro", str(folder)], check=True)
    with pytest.raises(StoreReadOnly, match=str(store)):
        kg.pipeline.build([more], store)
    assert lines() == before
    with serving(store, "--workers", "1") as served:
        assert requests.get(f"{served.address}/recipes/coverage", timeout=60).status_code == 200
    subprocess.run(["mount", "-o", "remount,rw", str(folder)], check=True)
    kg.pipeline.build([more], store)
    assert read_manifest(store).counts.papers == 40


SCENARIOS = {"plain_full": plain_full, "plain_read_only": plain_read_only, "build": build}

if __name__ == "__main__":
    SCENARIOS[sys.argv[1]](Path(sys.argv[2]))
