"""The weights' folder -> their contents, each file checked against the manifest's SHA-256."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable

from kg.errors import PapertriplesError

MANIFEST = "manifest.json"


class WeightsError(PapertriplesError):
    """The weights are missing or not what they were when they were made."""


def shipped_weights() -> Traversable:
    """The folder of the weights that are shipped."""
    return resources.files("kg.extract") / "weights"


@dataclass(frozen=True, slots=True)
class Weights:
    """A folder of weights. Its digest comes from the manifest alone: a file is read, and checked, when it is needed."""

    folder: Traversable
    digests: Mapping[str, str]

    @property
    def digest(self) -> str:
        """The digest of all files."""
        named = "\n".join(f"{self.digests[name]} {name}" for name in sorted(self.digests))
        return hashlib.sha256(named.encode()).hexdigest()

    def content(self, name: str) -> bytes:
        """A file's content. Raises :class:`WeightsError` where it is missing, or other than the manifest says."""
        if name not in self.digests:
            raise WeightsError(f"weights: {MANIFEST} does not name {name}; install papertriples again")
        content = _content(self.folder, name)
        found = hashlib.sha256(content).hexdigest()
        if found != self.digests[name]:
            raise WeightsError(
                f"weights: {name} is damaged: its SHA-256 is {found[:16]}..., expected {self.digests[name][:16]}...; "
                "install papertriples again"
            )
        return content


def read_weights(folder: Traversable) -> Weights:
    """The weights in a folder. Raises :class:`WeightsError` where its manifest is missing or damaged."""
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
    return Weights(folder, files)


def _content(folder: Traversable, name: str) -> bytes:
    try:
        return (folder / name).read_bytes()
    except OSError as error:
        raise WeightsError(f"weights: {name} is missing ({type(error).__name__}); install papertriples again") from None
