"""What is shipped: the built wheel, installed into an empty environment, works in an empty folder."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from tests.conftest import ROOT

LEFT_OUT = shutil.ignore_patterns(
    ".git",
    ".venv*",
    ".*cache",
    ".coverage*",  # other processes write some, and take them away
    ".hypothesis",
    "__pycache__",
    "*.egg-info",
    "build",
    "dist",
    "kgstore",
    "node_modules",
)


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command of a fresh environment that holds the wheel; dependencies come from the running one."""
    folder = tmp_path_factory.mktemp("wheel")
    shutil.copytree(ROOT, folder / "source", ignore=LEFT_OUT)
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    run(*pip, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", folder, folder / "source")
    run(sys.executable, "-m", "venv", "--without-pip", folder / "venv")
    python = folder / "venv" / "bin" / "python"
    packages = Path(run(python, "-c", "import sysconfig; print(sysconfig.get_paths()['purelib'])").strip())
    (packages / "dependencies.pth").write_text(sysconfig.get_paths()["purelib"] + "\n")
    wheel = next(folder.glob("papertriples-*.whl"))
    run(*pip, "--python", python, "install", "--no-deps", "--ignore-installed", wheel)
    return folder / "venv" / "bin" / "papertriples"


def run(*command: object, cwd: Path | None = None, stdin: str | None = None) -> str:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "COVERAGE"))}
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        input=stdin,
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )
    assert done.returncode == 0, f"{command}: {done.stderr}"
    return done.stdout


def test_the_wheel_builds_and_queries_in_an_empty_folder(installed: Path, tmp_path: Path) -> None:
    where = run(installed.parent / "python", "-c", "import kg; print(kg.__file__)", cwd=tmp_path).strip()
    assert str(ROOT) not in where
    (tmp_path / "papers.jsonl").write_text(
        json.dumps(
            {"title": "Foo: A Network for Object Detection", "abstract": "We propose Foo. It reaches 51.2 AP on COCO."}
        )
        + "\n"
    )
    run(installed, "build", "papers.jsonl", "--store", "s", "--quiet", cwd=tmp_path)
    found = json.loads(
        run(installed, "query", "--store", "s", "--recipe", "newest-papers", "--format", "json", cwd=tmp_path)
    )
    assert len(found["results"]["bindings"]) == 1
    assert json.loads(run(installed, "recipes", "--json", cwd=tmp_path))
    run(installed, "check", "--store", "s", cwd=tmp_path)


def test_the_wheel_holds_the_licences_and_no_tests(installed: Path) -> None:
    import zipfile

    wheel = next(installed.parents[2].glob("papertriples-*.whl"))
    names = zipfile.ZipFile(wheel).namelist()
    assert any(name.endswith("licenses/LICENSE") or name.endswith("dist-info/LICENSE") for name in names)
    assert "kg/extract/weights/LICENSE-weights.md" in names
    assert "kg/shipped/seeds/papers.jsonl" in names
    assert not any(name.startswith(("tests/", "train/", "bench/")) for name in names)
