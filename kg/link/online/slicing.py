"""Rows of answers -> a catalogue file, as the readers of catalogues take it."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from kg.errors import PapertriplesError
from kg.link.online.service import Row, Service

SLICES: Final = "slices"


def write_slice(folder: Path, service: Service, rows: Iterable[Row]) -> Path | None:
    """The file of a service in the folder of the cache, the same for the same rows; None where there are none."""
    lines = sorted(set(service.lines(rows)))
    if not lines:
        return None
    path = folder / SLICES / service.file_name
    partial = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(exist_ok=True)
        partial.write_text("".join(line + "\n" for line in lines), encoding="utf-8")
        partial.replace(path)
    except OSError as error:
        raise PapertriplesError(f"cannot write {path}: {error.strerror or error}") from error
    return path
