"""Where the extractions come from that are scored: the shipped extractor, or a file of another one's.

The file holds the JSON lines that `papertriples extract` writes, found by their ``id``: what is scored of them are the
mentions (``field start end type score``), relations, roles, results and repositories; all but the mentions' places and
types may be left out.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any, Literal, Protocol, TypeVar, cast

from kg.errors import ProblemHandler
from kg.evaluate.gold import BadField, get_objects, get_text, open_gold, read_lines
from kg.read.json_values import JsonObject
from kg.read.place import Place, kind_of, quoted
from kg.records import (
    CONCEPT_TYPES,
    RELATION_TYPES,
    ROLE_NAMES,
    Extraction,
    FieldName,
    Mention,
    Relation,
    RelationType,
    RepositoryMention,
    ResultClaim,
    Role,
    RoleName,
    ValueKind,
)
from kg.text import find_abbreviations

Fields = Mapping[FieldName, str]
Predict = Callable[[str, Fields], Extraction]
"""(id, texts by field) -> what an extractor reads in them."""

KINDS: tuple[ValueKind, ...] = ("absolute", "delta", "relative")
OneOf = TypeVar("OneOf", bound=str)


class CanExtract(Protocol):
    """What an extractor must do to be scored."""

    def extract(self, fields: Fields) -> Extraction: ...


def predict_with(extractor: CanExtract) -> Predict:
    """The predictions of an extractor in this process."""
    return lambda _, fields: extractor.extract(fields)


@dataclass(frozen=True, slots=True)
class Predictions:
    """The lines of a file of predictions: a :data:`Predict`. A text whose id is not there counts as one without any."""

    lines: dict[str, tuple[JsonObject, Place]]
    types: Mapping[str, str] = field(default_factory=dict)  # theirs to ours
    missing: set[str] = field(default_factory=set)  # ids that were asked for in vain
    foreign: Counter[str] = field(default_factory=Counter)  # types of mentions that are none of ours, left out

    @classmethod
    def read(cls, name: str, handler: ProblemHandler, types: Mapping[str, str] | None = None) -> Predictions:
        """The predictions of a file; ``types`` maps its types to ours. Raises UsageError where there is no file."""
        lines: dict[str, tuple[JsonObject, Place]] = {}
        with open_gold(name, handler) as (_, objects):
            for id, found, place in read_lines(objects, _line):
                if id in lines:
                    place.report("id", f"{quoted(id)} again", "each id once", skipped=True)
                else:
                    lines[id] = (found, place)
        return cls(lines, types or {})

    def as_dict(self) -> dict[str, Any]:
        """For programs: what could not be scored."""
        return {"without_predictions": len(self.missing), "predictions_left_out": dict(sorted(self.foreign.items()))}

    def as_text(self) -> str:
        """For people: the same, where there is any."""
        lines = []
        if self.missing:
            example = quoted(min(self.missing))
            lines.append(f"without predictions, counted as empty: {len(self.missing)} texts, {example} among them")
        if self.foreign:
            named = ", ".join(f"{name} ({count})" for name, count in sorted(self.foreign.items()))
            lines.append(f"left out of the predictions, being no type of ours: {named}")
        return "".join(f"\n\n{line}" for line in lines)

    def __call__(self, id: str, fields: Fields) -> Extraction:
        abbreviations = tuple(pair for name, text in fields.items() for pair in find_abbreviations(name, text))
        empty = Extraction("predictions", abbreviations=abbreviations)
        if id not in self.lines:
            self.missing.add(id)
            return empty
        found, place = self.lines[id]
        try:
            return self._extraction(found, fields, empty)
        except BadField as bad:
            place.report(bad.field, bad.found, bad.expected, skipped=True)
            return empty

    def _extraction(self, found: JsonObject, fields: Fields, empty: Extraction) -> Extraction:
        ours: dict[int, int] = {}  # number of a mention in the line -> in the extraction
        mentions: list[Mention] = []
        for number, one in enumerate(get_objects(found, "mentions")):
            written = get_text(one, "type")
            kind = self.types.get(written, written)
            if kind not in CONCEPT_TYPES:
                self.foreign[written] += 1
                continue
            name, start, end = _span(one, f"mentions[{number}]", fields)
            ours[number] = len(mentions)
            score = _score(one, f"mentions[{number}]")
            mentions.append(Mention(name, start, end, fields[name][start:end], kind, score))
        return Extraction(
            extractor=empty.extractor,
            mentions=tuple(mentions),
            relations=tuple(_relations(found, ours)),
            roles=tuple(_roles(found, ours)),
            results=tuple(_results(found, ours, fields)),
            repositories=tuple(_repositories(found, fields)),
            abbreviations=empty.abbreviations,
        )


def _line(found: JsonObject, place: Place) -> tuple[str, JsonObject, Place]:
    if not isinstance(found.get("mentions"), list):
        raise BadField("mentions", kind_of(found.get("mentions")), "an array, as `papertriples extract` writes it")
    return get_text(found, "id"), found, place


def _relations(found: JsonObject, ours: Mapping[int, int]) -> list[Relation]:
    made = []
    for number, one in enumerate(get_objects(found, "relations")):
        head, tail = (_mention(one, end, f"relations[{number}]", ours) for end in ("head", "tail"))
        if get_text(one, "type") in RELATION_TYPES and head is not None and tail is not None:
            kind = cast(RelationType, get_text(one, "type"))
            made.append(Relation(head, tail, kind, _score(one, f"relations[{number}]")))
    return made


def _roles(found: JsonObject, ours: Mapping[int, int]) -> list[Role]:
    made = []
    for number, one in enumerate(get_objects(found, "roles")):
        role: RoleName = _one_of(one, "role", f"roles[{number}]", ROLE_NAMES)
        mention = _mention(one, "mention", f"roles[{number}]", ours)
        if mention is not None:
            made.append(Role(mention, role, _score(one, f"roles[{number}]")))
    return made


def _results(found: JsonObject, ours: Mapping[int, int], fields: Fields) -> list[ResultClaim]:
    made = []
    for number, one in enumerate(get_objects(found, "results")):
        where = f"results[{number}]"
        name, start, end = _span(one, where, fields)
        ends: dict[Literal["metric", "dataset", "task", "method"], int | None] = {}
        for part in ("metric", "dataset", "task", "method"):
            ends[part] = _mention(one, part, where, ours)
        made.append(
            ResultClaim(
                name,
                start,
                end,
                _decimal(one, "value", where),
                get_text(one, "valueText", needed=False),
                _one_of(one, "kind", where, KINDS) if "kind" in one else "absolute",
                _score(one, where),
                metric=ends["metric"],
                dataset=ends["dataset"],
                task=ends["task"],
                method=ends["method"],
                maximum=_decimal(one, "maximum", where) if one.get("maximum") is not None else None,
            )
        )
    return made


def _repositories(found: JsonObject, fields: Fields) -> list[RepositoryMention]:
    made = []
    for number, one in enumerate(get_objects(found, "repositories")):
        where = f"repositories[{number}]"
        name, start, end = _span(one, where, fields)
        own, kind = bool(one.get("own", True)), get_text(one, "kind", needed=False) or "code"
        made.append(RepositoryMention(name, start, end, get_text(one, "url"), own, _score(one, where), kind))
    return made


def _span(one: JsonObject, where: str, fields: Fields) -> tuple[FieldName, int, int]:
    name = get_text(one, "field", needed=False) or (next(iter(fields)) if len(fields) == 1 else "")
    if name not in fields:
        raise BadField(f"{where}.field", quoted(name), f"one of {', '.join(fields)}")
    chosen = cast(FieldName, name)
    start, end = one.get("start"), one.get("end")
    if not isinstance(start, int) or not isinstance(end, int) or not 0 <= start < end <= len(fields[chosen]):
        found = quoted(f"{start} to {end}")
        raise BadField(f"{where}.start", found, f"a span within the {len(fields[chosen])} characters of {name}")
    return chosen, start, end


def _mention(one: JsonObject, end: str, where: str, ours: Mapping[int, int]) -> int | None:
    value = one.get(end)
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise BadField(f"{where}.{end}", quoted(value), "the number of a mention")
    return ours.get(value)


def _score(one: JsonObject, where: str) -> float:
    value = one.get("score", 1.0)
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value <= 1:
        raise BadField(f"{where}.score", quoted(value), "a number from 0 to 1")
    return float(value)


def _one_of(one: JsonObject, part: str, where: str, known: tuple[OneOf, ...]) -> OneOf:
    value = one.get(part)
    for name in known:
        if value == name:
            return name
    raise BadField(f"{where}.{part}", quoted(value), f"one of {', '.join(known)}")


def _decimal(one: JsonObject, part: str, where: str) -> Decimal:
    try:
        value = Decimal(json.dumps(one.get(part)))
    except InvalidOperation:
        raise BadField(f"{where}.{part}", quoted(one.get(part)), "a number") from None
    if not value.is_finite():
        raise BadField(f"{where}.{part}", quoted(one.get(part)), "a number")
    return value
