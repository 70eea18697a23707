"""The weights' folder -> a model's files, each checked against the manifest's SHA-256.

Two models ship: ``fast`` and ``best``. What they share (word vectors, word pieces) lies in the folder itself, what is
a model's own in the folder of its name. A model may read with another one, its companion, which the manifest names
(``"with": {"best": "fast"}``).
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

import numpy as np
from numpy.typing import NDArray

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
    companions: tuple[Weights, ...] = ()  # of the networks that read with it

    @property
    def digest(self) -> str:
        """The digest of all files, the companions' among them."""
        digests = dict(self.digests)
        for companion in self.companions:
            digests |= companion.digests
        named = "\n".join(f"{digests[name]} {name}" for name in sorted(digests))
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

    def arrays(self, name: str) -> dict[str, NDArray[Any]]:
        """The arrays of an ``.npz`` file by their names. Raises :class:`WeightsError` as :meth:`content` does."""
        with np.load(io.BytesIO(self.content(name)), allow_pickle=False) as arrays:
            return {array: arrays[array] for array in arrays.files}


def read_weights(folder: Traversable, model: str = DEFAULT_MODEL) -> Weights:
    """A model's weights in a folder. Raises :class:`WeightsError` where the manifest is missing or damaged."""
    content = _content(folder, MANIFEST)
    try:
        manifest = json.loads(content)
        files, companions = manifest["files"], manifest.get("with", {})
    except (ValueError, KeyError, TypeError, AttributeError):
        files = companions = None
    if not (_texts(files) and _texts(companions)):
        raise WeightsError(
            f"weights: {MANIFEST} is damaged: expected an object with the digests of the files "
            "('files') and the models that read together ('with'); install papertriples again"
        )
    companion = companions.get(model)
    return Weights(
        folder, _own(files, model), model, (Weights(folder, _own(files, companion), companion),) if companion else ()
    )


def _texts(found: object) -> bool:
    return isinstance(found, dict) and all(isinstance(value, str) for value in found.values())


def _own(files: Mapping[str, str], model: str) -> dict[str, str]:
    """The files of a model and those that all share. Raises :class:`WeightsError` where the model has none."""
    if not any(name.startswith(model + "/") for name in files):
        raise WeightsError(f"weights: {MANIFEST} names no file of the model {model!r}; install papertriples again")
    return {name: digest for name, digest in files.items() if "/" not in name or name.startswith(model + "/")}


def _content(folder: Traversable, name: str) -> bytes:
    try:
        return folder.joinpath(*name.split("/")).read_bytes()
    except OSError as error:
        raise WeightsError(f"weights: {name} is missing ({type(error).__name__}); install papertriples again") from None
