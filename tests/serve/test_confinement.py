"""What the server says of how it keeps queries from the network, where the kernel lets it and where not."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests

from kg.errors import UsageError
from kg.serve.plain import open_plain_context
from kg.settings import Settings
from tests.serve.conftest import Running
from tests.serve.denying import denied, may_confine
from tests.serve.plain_server import running_plain

Serve = Callable[..., contextlib.AbstractContextManager[Running]]
SAYS = "the kernel does not keep queries from the network"
LIST = "http://127.0.0.1:9/sparql"  # that nobody asks

needs_seccomp = pytest.mark.skipif(not may_confine(), reason="the kernel lets no process confine itself here")


def figure(address: str) -> str | None:
    lines = requests.get(f"{address}/metrics", timeout=30).text.splitlines()
    return next((line.split()[1] for line in lines if line.startswith("papertriples_confined ")), None)


@contextlib.contextmanager
def unconfined(store: Path, *options: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """The server that users run, where it may not confine its processes."""
    command = denied(sys.executable, "-m", "kg.cli", "serve", "--store", str(store), "--port", "0", *options)
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().strip().rpartition(" ")[2], process
        finally:
            process.terminate()


@pytest.mark.skipif(sys.platform != "linux", reason="the filter is one of Linux")
@pytest.mark.parametrize("options", [(), ("--services", LIST), ("--plain", "--services", LIST)])
def test_where_the_kernel_denies_it_the_server_says_so_once_and_serves(
    small_location: Path, tmp_path: Path, options: tuple[str, ...]
) -> None:
    store = tmp_path / "dataset" if "--plain" in options else small_location
    with unconfined(store, *options) as (address, process):
        assert requests.get(f"{address}/sparql", {"query": "ASK {}"}, timeout=30).json()["boolean"] is True
        assert figure(address) == "0.0"
        process.terminate()
        assert process.communicate(timeout=30)[1].count(SAYS) == 1
    with unconfined(store, *options, "--require-confinement") as (address, process):
        told = process.communicate(timeout=30)[1]
    assert (process.returncode, address) == (2, "")
    assert f"--require-confinement: {SAYS}" in told
    assert "Traceback" not in told


@needs_seccomp
def test_where_the_kernel_lets_it_nothing_is_said(
    small_location: Path, tmp_path: Path, serve: Serve, capfd: pytest.CaptureFixture[str]
) -> None:
    required = Settings({"require_confinement": True, "workers": 1})
    with serve(small_location, settings=required) as server:
        assert figure(server.address) == "1.0"
    with running_plain(tmp_path / "dataset", host="0.0.0.0", settings=required) as address:
        assert figure(address) == "1.0"
    assert SAYS not in capfd.readouterr().err


def test_a_dataset_that_asks_others_from_this_machine_is_not_meant_to_be_confined(tmp_path: Path) -> None:
    with running_plain(tmp_path / "dataset", workers=1) as address:
        assert figure(address) is None
    with pytest.raises(UsageError, match="--require-confinement needs queries that run here and ask nobody"):
        open_plain_context(tmp_path / "dataset", settings=Settings({"require_confinement": True}))
    with running_plain(tmp_path / "dataset", workers=1):  # nothing of it is held any more
        pass
