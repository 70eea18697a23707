"""Disks that are full or take no writes: a clear error, and a store that is as it was."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.serve.command_server import serving
from tests.serve.disk_scenarios import SCENARIOS, TRIPLES, put, refused, sizes

pytestmark = pytest.mark.disk


def _namespace() -> list[str]:
    """The command that gives a program mounts of its own: as root, or as anybody where the system lets them."""
    if shutil.which("unshare") is not None:
        for options in (["-m"], ["-rm"]):
            tried = ["unshare", *options, "mount", "-t", "tmpfs", "none", "/mnt"]
            if subprocess.run(tried, capture_output=True, check=False).returncode == 0:
                return ["unshare", *options]
    return []


@pytest.mark.parametrize("name", SCENARIOS)
def test_small_disks(tmp_path: Path, name: str) -> None:
    own_mounts = _namespace()
    if not own_mounts:
        pytest.skip("needs mounts of its own: Linux with user namespaces (unshare -rm), or root")
    command = [*own_mounts, sys.executable, "-m", "tests.serve.disk_scenarios", name, str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=200, check=False)
    assert done.returncode == 0, done.stderr


def test_a_limit_on_files_is_like_a_full_disk(tmp_path: Path) -> None:
    """Unlike the above, this needs no rights: the log of the dataset may not grow beyond a size."""
    dataset = tmp_path / "dataset"
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, before[1]))
    try:
        with serving(dataset, "--plain") as served:
            responses = [put(served.address, f"urn:{number}") for number in range(5)]
            acknowledged = {f"urn:{n}": TRIPLES for n, one in enumerate(responses) if one.status_code == 201}
            (first, *_) = [one for one in responses if one.status_code != 201]
            refused(first, 507, "no-space", tmp_path)
            assert len(acknowledged) > 1, "a new log has room for more"
            assert sizes(served.address) == acknowledged
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    with serving(dataset, "--plain") as served:
        assert sizes(served.address) == acknowledged
        assert put(served.address, "urn:more").status_code == 201


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_of_somebody_else(tmp_path: Path) -> None:
    dataset = tmp_path / "dataset"
    with serving(dataset, "--plain") as served:
        assert put(served.address, "urn:0").status_code == 201
    for path in (*dataset.rglob("*"), dataset):
        path.chmod(0o555 if path.is_dir() else 0o444)
    try:
        with serving(dataset, "--plain") as served:
            assert sizes(served.address) == {"urn:0": TRIPLES}
            refused(put(served.address, "urn:1"), 503, "read-only-disk", tmp_path)
    finally:
        for path in (dataset, *dataset.rglob("*")):
            path.chmod(0o755)
