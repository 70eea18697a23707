"""Other engines ask ours by SERVICE: the snippets of docs/interoperability.md, as they stand there."""

from __future__ import annotations

import contextlib
import io
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.serve.conftest import Running

PAGE = (ROOT / "docs" / "interoperability.md").read_text(encoding="utf-8")
WRITTEN = "http://127.0.0.1:8000"
FOUND = "Starling: Sparse Message Passing"


def snippet(name: str, server: Running) -> str:
    found = re.search(rf"```\w+ {name}\n(.*?)```", PAGE, re.DOTALL)
    assert found is not None
    return found[1].replace(WRITTEN, server.address).replace("1706.03762", "2106.00001")


@pytest.mark.parametrize("name", ["federation-pyoxigraph", "federation-rdflib"])
def test_from_python(server: Running, name: str) -> None:
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(snippet(name, server), name, "exec"), {})
    assert FOUND in printed.getvalue()
    assert "read twice" in printed.getvalue()


def test_from_the_oxigraph_server(server: Running, tmp_path: Path) -> None:
    """The command of the package ``oxigraph``, as it is installed beside this Python."""
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", snippet("federation-oxigraph", server)],
        env={"PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert f"{FOUND},read twice" in done.stdout.replace("\r", "").replace('"', "")
