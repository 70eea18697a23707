"""The weights' folder -> a model's files, each checked against the manifest's SHA-256.

Two models ship: ``fast`` and ``best``. What they share (word vectors, word pieces) lies in the folder itself, what is
a model's own in the folder of its name.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable

from kg.errors import PapertriplesError
from kg.settings import DEFAULT_MODEL

MANIFEST = "manifest.json"


class WeightsError(PapertriplesError):
    """The weights are missing or not what they were when they were made."""


def shipped_weights() -> Traversable:
    """The folder of the weights that are shipped."""
    return resources.files("kg.extract") / "weights"


@dataclass(frozen=True, slots=True)
class Weights:
    """The weights of a model. The digest comes from the manifest alone: a file is read, and checked, when needed."""

    folder: Traversable
    digests: Mapping[str, str]  # of the model's files and of those that all models share
    model: str

    @property
    def digest(self) -> str:
        """The digest of all files."""
        named = "\n".join(f"{self.digests[name]} {name}" for name in sorted(self.digests))
        return hashlib.sha256(named.encode()).hexdigest()

    def content(self, name: str) -> bytes:
        """A file's content. Raises :class:`WeightsError` where it is missing, or other than the manifest says."""
        own = f"{self.model}/{name}"
        name = own if own in self.digests else name
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


def read_weights(folder: Traversable, model: str = DEFAULT_MODEL) -> Weights:
    """A model's weights in a folder. Raises :class:`WeightsError` where the manifest is missing or damaged."""
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
    if not any(name.startswith(model + "/") for name in files):
        raise WeightsError(f"weights: {MANIFEST} names no file of the model {model!r}; install papertriples again")
    own = {name: digest for name, digest in files.items() if "/" not in name or name.startswith(model + "/")}
    return Weights(folder, own, model)


def _content(folder: Traversable, name: str) -> bytes:
    try:
        return folder.joinpath(*name.split("/")).read_bytes()
    except OSError as error:
        raise WeightsError(f"weights: {name} is missing ({type(error).__name__}); install papertriples again") from None
