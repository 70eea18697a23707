"""Where the folders lie that stand beside the package in a checkout and inside it in a wheel."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

# The folders' names, and where each lies in a checkout.
SHIPPED = {"ontology": "ontology", "queries": "queries", "seeds": "seeds", "link-gold": "tests/link/gold"}


def resource_folder(name: str) -> Path:
    """The folder of that name (``ontology``, ``queries`` ...), from a checkout or from the installed wheel.

    Raises FileNotFoundError where the installation lacks it.
    """
    if name not in SHIPPED:
        raise ValueError(f"no such resource folder: {name!r}; there are {', '.join(SHIPPED)}")
    package = Path(__file__).resolve().parent
    for folder in (package / "shipped" / name.replace("-", "_"), package.parent / SHIPPED[name]):
        if folder.is_dir():
            return folder
    raise FileNotFoundError(f"the installation lacks its folder {name!r}; install papertriples again")


def digest_of_files(files: Iterable[Path]) -> str:
    """A digest of the contents of files and their names, whatever their order and folder."""
    whole = hashlib.sha256()
    for path in sorted(files, key=lambda path: (path.parent.name, path.name)):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        whole.update(f"{path.parent.name}/{path.name} {content}\n".encode())
    return whole.hexdigest()
