"""The weights' folder -> their contents, each file checked against the manifest's SHA-256."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from importlib import resources
from importlib.resources.abc import Traversable

from kg.errors import PapertriplesError

MANIFEST = "manifest.json"


class WeightsError(PapertriplesError):
    """The weights are missing or not what they were when they were made."""


def shipped_weights() -> Traversable:
    """The folder of the weights that are shipped."""
    return resources.files("kg.extract") / "weights"


def read_weights(folder: Traversable, names: Sequence[str]) -> tuple[dict[str, bytes], str]:
    """The contents of the named files, and the digest of all files of the manifest.

    Raises :class:`WeightsError` where a file is missing, not named by the manifest, or other than it says.
    """
    manifest = _manifest(folder)
    for name in names:
        if name not in manifest:
            raise WeightsError(f"weights: {MANIFEST} does not name {name}; install papertriples again")
    digest = hashlib.sha256("\n".join(f"{manifest[name]} {name}" for name in sorted(manifest)).encode()).hexdigest()
    return {name: _checked(folder, name, manifest[name]) for name in names}, digest


def _manifest(folder: Traversable) -> dict[str, str]:
    content = _content(folder, MANIFEST)
    try:
        files = json.loads(content)["files"]
    except (ValueError, KeyError, TypeError):
        files = None
    if not isinstance(files, dict) or not all(isinstance(digest, str) for digest in files.values()):
        raise WeightsError(
            f"weights: {MANIFEST} is damaged: expected an object with the digests of the files; "
            "install papertriples again"
        )
    return files


def _checked(folder: Traversable, name: str, digest: str) -> bytes:
    content = _content(folder, name)
    found = hashlib.sha256(content).hexdigest()
    if found != digest:
        raise WeightsError(
            f"weights: {name} is damaged: its SHA-256 is {found[:16]}..., expected {digest[:16]}...; "
            "install papertriples again"
        )
    return content


def _content(folder: Traversable, name: str) -> bytes:
    try:
        return (folder / name).read_bytes()
    except OSError as error:
        raise WeightsError(f"weights: {name} is missing ({type(error).__name__}); install papertriples again") from None
