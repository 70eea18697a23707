"""The packages of others that travel with the pages: what was built lies there unchanged, each with its licence."""

from __future__ import annotations

import gzip
import hashlib
import json
from pathlib import Path

import kg.serve
from tests.conftest import ROOT

STATIC = Path(kg.serve.__file__).parent / "static"
VENDORED = STATIC / "vendor"
LARGEST = 600_000  # bytes of an asset, compressed


def test_each_file_is_as_it_was_built() -> None:
    """A file that was changed by hand, or forgotten, shows here; `make vendor` builds them anew."""
    listed = dict(
        reversed(line.split("  ")) for line in (VENDORED / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    )
    found = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in VENDORED.iterdir()
        if path.name != "SHA256SUMS"
    }
    assert found == listed
    assert {"codemirror.js", "d3.js", "LICENSES.txt"} <= set(found)


def test_each_package_has_its_licence() -> None:
    named = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))["dependencies"]
    locked = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    licences = (VENDORED / "LICENSES.txt").read_text(encoding="utf-8")
    for name, version in named.items():
        assert locked[f"node_modules/{name}"]["version"] == version, f"{name} is pinned"
        assert f"\n{name} {version}\nLicence: " in licences


def test_the_lock_file_names_digests_and_no_index() -> None:
    locked = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    packages = {name: told for name, told in locked.items() if name}
    assert all("integrity" in told for told in packages.values())
    assert not any("resolved" in told for told in packages.values())


def test_no_asset_is_too_large() -> None:
    sizes = {path.name: len(gzip.compress(path.read_bytes())) for path in STATIC.rglob("*") if path.is_file()}
    assert {name: size for name, size in sizes.items() if size > LARGEST} == {}
    assert not any(path.suffix == ".map" for path in STATIC.rglob("*"))
