"""docs/querying.ipynb, run from its first cell to its last against a real server."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from tests.conftest import ROOT
from tests.serve.conftest import Running

NOTEBOOK = ROOT / "docs" / "querying.ipynb"
# In a process of its own: what Jupyter's event loops leave behind is not for our warnings to judge.
_EXECUTE = """
import sys, nbformat
from nbclient import NotebookClient
notebook = nbformat.read(sys.argv[1], as_version=4)
NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
nbformat.write(notebook, sys.argv[2])
"""


def tables(notebook: NotebookNode) -> list[str]:
    return [
        output["data"]["text/html"]
        for one in notebook.cells
        for output in one.get("outputs", ())
        if "text/html" in output.get("data", {})
    ]


def test_the_notebook_is_kept_without_outputs() -> None:
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    nbformat.validate(notebook)
    assert [one for one in notebook.cells if one.get("outputs") or one.get("execution_count")] == []


def test_the_notebook_runs(server: Running, tmp_path: Path) -> None:
    done = tmp_path / "done.ipynb"
    subprocess.run(
        [sys.executable, "-c", _EXECUTE, str(NOTEBOOK), str(done)],
        env={**os.environ, "PAPERTRIPLES": f"{server.address}/sparql", "JUPYTER_PLATFORM_DIRS": "1"},
        check=True,
        timeout=240,
    )
    papers, results, board = tables(nbformat.read(done, as_version=4))
    assert "<td>node classification</td>" in papers
    assert "Starling is trained on Orchard and reaches 84.5% accuracy." in results
    assert "<th>Starling</th>" in board
    assert "0.845" in board
