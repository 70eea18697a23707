"""What ``papertriples diff`` compares: a store, a version of one that is still there, or an export as N-Quads."""

from __future__ import annotations

import contextlib
import re
import tempfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph
from pyoxigraph import RdfFormat

from kg.errors import StoreError, UsageError
from kg.store import open_store
from kg.store.embedded import open_version
from kg.unpacking import unpacked

_VERSION = re.compile(r"(?P<store>.+)@(?P<version>[0-9]+)")
_FORMATS = {".nq": RdfFormat.N_QUADS, ".trig": RdfFormat.TRIG}


@contextlib.contextmanager
def opened_side(name: str) -> Iterator[pyoxigraph.Store]:
    """The database of ``DIR``, ``DIR@VERSION``, or of a file that ``export --format nq`` or ``trig`` wrote (or .gz).

    Raises StoreMissing and StoreError as :func:`kg.store.open_store`, UsageError where a file cannot be read as RDF.
    """
    path, numbered = Path(name), _VERSION.fullmatch(name)
    if path.is_file():
        with tempfile.TemporaryDirectory(prefix="papertriples-") as folder:
            yield _loaded(path, folder)
    elif numbered is not None and not path.exists():
        with open_version(numbered["store"], int(numbered["version"])) as store:
            yield store.graph
    else:
        with open_store(path) as store:
            yield store.graph


def _loaded(path: Path, folder: str) -> pyoxigraph.Store:
    packed = path.suffix == ".gz"
    suffix = path.with_suffix("").suffix if packed else path.suffix
    if suffix not in _FORMATS:
        raise UsageError(
            f"{path}: found a file, expected the folder of a store, or an export that ends in .nq or .trig (or .gz)"
        )
    store = pyoxigraph.Store(folder)
    try:
        with path.open("rb") as file, unpacked(file) if packed else file as stream:
            store.bulk_load(stream, _FORMATS[suffix])
    except (SyntaxError, ValueError, EOFError, zlib.error) as error:
        raise UsageError(f"{path}: {error}; expected what papertriples export writes") from None
    except OSError as error:
        raise StoreError(f"{path}: cannot be read: {error}") from None
    return store
