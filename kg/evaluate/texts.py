"""Where the texts of gold papers come from: the gold line itself, or a file of papers beside it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from kg.errors import ProblemHandler
from kg.evaluate.gold import BadField, get_text
from kg.evaluate.naming import title_form
from kg.read import read_inputs
from kg.read.json_values import JsonObject
from kg.read.place import quoted
from kg.records import FieldName, SourceRecord


@dataclass(frozen=True, slots=True)
class Texts:
    """Papers by id and by title. What a gold line holds itself goes before them."""

    by_id: Mapping[str, SourceRecord] = field(default_factory=dict)
    by_title: Mapping[str, SourceRecord] = field(default_factory=dict)

    @classmethod
    def read(cls, inputs: Iterable[str | Path], handler: ProblemHandler) -> Texts:
        """The papers of anything that `papertriples build` reads; the first of each id and title counts."""
        by_id: dict[str, SourceRecord] = {}
        by_title: dict[str, SourceRecord] = {}
        for record in read_inputs(inputs, handler):
            for id in (record.record_id, *(one.value for one in record.identifiers)):
                by_id.setdefault(id, record)
            by_title.setdefault(title_form(record.title), record)
        return cls(by_id, by_title)

    def fields_of(self, found: JsonObject, title: str, id: str) -> dict[FieldName, str]:
        """The texts of a gold line; raises BadField where there is no abstract or summary for it."""
        texts: dict[FieldName, str] = {"title": title}
        for name in _BODIES:
            if text := get_text(found, name, needed=False):
                texts[name] = text
        if any(name in found for name in _BODIES):  # an empty one says that there is none
            return {name: text for name, text in texts.items() if text}
        record = self.by_id.get(id) if id else None
        record = record or self.by_title.get(title_form(title))
        if record is None:
            raise BadField("abstract", f"none for {quoted(title)}", "one here, or the paper in --texts")
        return record.fields()


_BODIES: tuple[FieldName, ...] = ("abstract", "summary")
