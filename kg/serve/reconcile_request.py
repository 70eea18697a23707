"""What a client of the reconciliation service asks, checked: errors say where, what was found and what would do."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from kg.errors import UsageError
from kg.serve.reconcile_schema import TYPE_NAMES, Property, find_property, find_type

BATCH_SIZE: Final = 50  # queries at a time
MOST_IDS: Final = 200  # entities whose properties are asked for at a time
LONGEST: Final = 500  # characters of a query
DEFAULT_LIMIT: Final = 10
MOST_CANDIDATES: Final = 100
MOST_VALUES: Final = 20  # of a property in a query
MOST_PROPERTIES: Final = 20


class BatchTooLarge(Exception):
    """More was asked at once than the manifest says."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A value that a candidate should have: text, a number, or an entity by its identifier."""

    text: str
    entity: str | None = None


@dataclass(frozen=True, slots=True)
class Constraint:
    """A property with the values that a candidate should have, any of them."""

    property: Property
    values: tuple[Wanted, ...]


@dataclass(frozen=True, slots=True)
class ReconciliationQuery:
    """One query of a batch. ``types`` None means all; ``strict`` is ``any``, ``all`` or ``should``."""

    text: str
    types: tuple[str, ...] | None = None
    strict: str = "any"
    limit: int = DEFAULT_LIMIT
    constraints: tuple[Constraint, ...] = ()


@dataclass(frozen=True, slots=True)
class Extension:
    """Entities whose properties are asked for, each with the number of values that are wanted at most."""

    ids: tuple[str, ...]
    properties: tuple[tuple[Property, int | None], ...]


def parse_queries(text: str) -> dict[str, ReconciliationQuery]:
    """The queries of a batch by their keys. Raises UsageError, BatchTooLarge."""
    batch = _object(_json(text, "queries"), "queries")
    if len(batch) > BATCH_SIZE:
        raise BatchTooLarge(f"found {len(batch)} queries, there may be {BATCH_SIZE} at a time")
    return {key: _query(_object(query, f"queries: {key}"), f"queries: {key}") for key, query in batch.items()}


def parse_extension(text: str) -> Extension:
    """What a data extension query asks. Raises UsageError, BatchTooLarge."""
    asked = _object(_json(text, "extend"), "extend")
    ids = [_text(one, "extend: ids") for one in _list(asked.get("ids"), "extend: ids")]
    if len(ids) > MOST_IDS:
        raise BatchTooLarge(f"found {len(ids)} ids, there may be {MOST_IDS} at a time")
    wanted = _list(asked.get("properties"), "extend: properties")
    if len(wanted) > MOST_PROPERTIES:
        raise BatchTooLarge(f"found {len(wanted)} properties, there may be {MOST_PROPERTIES} at a time")
    found = []
    for one in wanted:
        given = _object(one, "extend: properties")
        settings = _object(given.get("settings") or {}, "extend: settings")
        found.append((_property(given.get("id"), "extend: properties: id"), _limit_setting(settings.get("limit"))))
    return Extension(tuple(ids), tuple(found))


def parse_types(names: Iterable[str], where: str = "type") -> tuple[str, ...]:
    """Types by their identifiers. Raises UsageError."""
    found = []
    for name in names:
        known = find_type(name)
        if known is None:
            raise UsageError(f"{where}: found {name!r}, expected one of {', '.join(TYPE_NAMES)}")
        found.append(known)
    return tuple(found)


def _query(asked: dict[str, Any], where: str) -> ReconciliationQuery:
    unknown = set(asked) - {"query", "type", "type_strict", "limit", "properties"}
    if unknown:
        raise UsageError(f"{where}: found {', '.join(sorted(unknown))}; a query has query, type, limit, properties")
    text = _text(asked.get("query", ""), f"{where}: query").strip()[:LONGEST]
    properties = _list(asked.get("properties", []), f"{where}: properties")
    if not text and not properties:
        raise UsageError(f"{where}: found neither query nor properties")
    if len(properties) > MOST_PROPERTIES:
        raise BatchTooLarge(f"{where}: found {len(properties)} properties, there may be {MOST_PROPERTIES}")
    strict = asked.get("type_strict", "any")
    if strict not in ("any", "all", "should"):
        raise UsageError(f"{where}: type_strict: found {strict!r}, expected any, all or should")
    types = asked.get("type")
    named = [types] if isinstance(types, str) else _list(types or [], f"{where}: type")
    named = [one for one in (_type_name(one, where) for one in named) if one]  # OpenRefine sends "" for none
    limit = asked.get("limit", DEFAULT_LIMIT)
    if isinstance(limit, bool) or not isinstance(limit, int | float) or limit < 1:
        raise UsageError(f"{where}: limit: found {limit!r}, expected a whole number from 1")
    return ReconciliationQuery(
        text,
        parse_types(named, f"{where}: type") or None,
        strict,
        int(min(limit, MOST_CANDIDATES)),
        tuple(_constraint(_object(one, f"{where}: properties"), where) for one in properties),
    )


def _type_name(given: Any, where: str) -> str:
    if isinstance(given, dict):  # a type as the manifest gives it
        given = given.get("id")
    return _text(given, f"{where}: type").strip()


def _constraint(given: dict[str, Any], where: str) -> Constraint:
    found = _property(given.get("pid"), f"{where}: properties: pid")
    values = given.get("v")
    listed = values if isinstance(values, list) else [values]
    wanted = tuple(_wanted(one, f"{where}: properties: v") for one in listed[:MOST_VALUES])
    return Constraint(found, tuple(one for one in wanted if one.text or one.entity))


def _wanted(value: Any, where: str) -> Wanted:
    if isinstance(value, dict):
        return Wanted(_text(value.get("name") or "", where)[:LONGEST], _text(value.get("id"), where))
    if isinstance(value, bool):
        return Wanted("true" if value else "false")
    if isinstance(value, int | float):
        return Wanted(f"{value:.15g}")
    return Wanted(_text(value or "", where).strip()[:LONGEST])


def _property(given: Any, where: str) -> Property:
    found = find_property(_text(given, where))
    if found is None:
        raise UsageError(f"{where}: found {given!r}; /reconcile/suggest/property lists the properties")
    return found


def _limit_setting(given: Any) -> int | None:
    """OpenRefine sends settings as text; 0 and nothing mean all."""
    if given in (None, "", 0, "0"):
        return None
    text = str(given)
    if not text.isascii() or not text.isdigit():
        raise UsageError(f"extend: settings: limit: found {given!r}, expected a whole number")
    return int(text)


def _json(text: str, where: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{where}: found what is no JSON ({error})") from None


def _object(value: Any, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise UsageError(f"{where}: found {_shown(value)}, expected an object")
    return value


def _list(value: Any, where: str) -> list[Any]:
    if not isinstance(value, list):
        raise UsageError(f"{where}: found {_shown(value)}, expected an array")
    return value


def _text(value: Any, where: str) -> str:
    if not isinstance(value, str):
        raise UsageError(f"{where}: found {_shown(value)}, expected text")
    return value.encode("utf-8", "replace").decode("utf-8")  # JSON may hold halves of characters


def _shown(value: Any) -> str:
    return json.dumps(value, ensure_ascii=True)[:60]
