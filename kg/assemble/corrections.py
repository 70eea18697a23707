"""Corrections as people say them, on the command line or over HTTP -> entries of the curation log."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

from kg.assemble.curating import Curating
from kg.errors import UsageError
from kg.graph.vocabulary import expand
from kg.records import CONCEPT_TYPES, ConceptType
from kg.store.curation import ACTIONS, Action, Entry, in_force
from kg.text.forbidden import replace_forbidden

# What each action needs, and what it may have beside; ``why`` may always be there.
NEEDED: Final[dict[Action, tuple[str, ...]]] = {
    "merge": ("names", "into"),
    "split": ("names",),
    "rename": ("names", "label"),
    "retype": ("names", "to_type"),
    "accept": ("statements",),
    "reject": ("statements",),
    "add": ("paper", "predicate", "object", "quote"),
    "link": ("names", "predicate", "target"),
    "undo": ("ids",),
}
OPTIONAL: Final[dict[Action, tuple[str, ...]]] = {
    "merge": ("type",),
    "split": ("type",),
    "rename": ("type",),
    "retype": ("type",),
    "reject": ("paper",),
    "link": ("type",),
    "add": ("type", "subject", "subject_type"),
}
MANY: Final = {"names": "name", "statements": "statement", "ids": "id"}  # each with what one of them is called
ONE_NAME: Final = ("merge", "rename", "retype", "link")
_TYPES: Final = ("type", "to_type", "subject_type")


@dataclass(frozen=True, slots=True)
class Correction:
    """What somebody wants to be otherwise; which fields an action has, the tables above say.

    Names are any that the graph shows, or IRIs; statements are IRIs, or the digests that these end in, and where they
    are rejected what a source gives for a ``paper`` without a sentence, too: a result, a concept, a repository; ids are
    those of entries of the log, or their beginnings.
    """

    action: Action
    names: tuple[str, ...] = ()
    type: ConceptType | None = None
    into: str | None = None
    label: str | None = None
    to_type: ConceptType | None = None
    statements: tuple[str, ...] = ()
    paper: str | None = None
    predicate: str | None = None
    subject: str | None = None
    subject_type: ConceptType | None = None
    object: str | None = None
    quote: str | None = None
    target: str | None = None
    ids: tuple[str, ...] = ()
    why: str = ""


def correction_of(fields: Mapping[str, Any]) -> Correction:
    """A correction from JSON. Raises UsageError that says which field is wrong, and what would be right.

    >>> correction_of({"action": "rename", "name": "gat", "label": "GAT"}).names
    ('gat',)
    >>> correction_of({"action": "rename", "name": "gat"})
    Traceback (most recent call last):
    kg.errors.UsageError: rename: found no label, expected name, label, and if need be type, why
    """
    action = fields.get("action")
    if action not in ACTIONS:
        raise UsageError(f"action: found {action!r}, expected one of {', '.join(ACTIONS)}")
    needed, optional = NEEDED[action], (*OPTIONAL.get(action, ()), "why")
    expected = f"expected {_shown(action, needed)}, and if need be {_shown(action, optional)}"
    values: dict[str, Any] = {"action": action}
    for name, value in fields.items():
        field = next((many for many, one in MANY.items() if one == name), name)
        if name == "action":
            continue
        if field not in (*needed, *optional) or (field == "names" and name == field and action in ONE_NAME):
            raise UsageError(f"{action}: found {name}, {expected}")
        values[field] = _checked(action, name, field, value)
    missing = [name for name in needed if not values.get(name)]
    if missing:
        raise UsageError(f"{action}: found no {_shown(action, missing)}, {expected}")
    return Correction(**values)


def entries_of(curating: Curating, correction: Correction, who: str) -> list[Entry]:
    """The entries that a correction comes to. Raises UsageError where it names what is not there."""

    def entry(**found: Any) -> Entry:
        return curating.entry(correction.action, who, correction.why, **found)

    action, names = correction.action, correction.names
    if action == "accept":
        return [entry(**curating.statement(one)) for one in correction.statements]
    if action == "reject":
        given = [fields for one in correction.statements for fields in curating.rejected(one, correction.paper)]
        return [entry(**fields) for fields in given]
    if action == "undo":
        return [entry(target=curating.undone(id)) for id in correction.ids]
    if action == "add":
        return [entry(**_added(curating, correction))]
    named = [curating.name(correction.type, name) for name in names]
    of_type, written = named[0]
    if action == "merge":
        other, into = curating.name(correction.type, _text(correction.into))
        if of_type != other:
            raise UsageError(
                f"{names[0]} is a {of_type} and {correction.into} a {other}; expected one type: retype one first"
            )
        return [entry(type=of_type, name=written, to_name=into)]
    if action == "split":
        if len({type for type, _ in named}) > 1:
            raise UsageError(f"expected names of one type, found {', '.join(f'{name} ({t})' for t, name in named)}")
        made = [entry(type=type, name=name) for type, name in named]
        for type, name in named[1:]:
            made.append(curating.entry("merge", who, correction.why, type=type, name=name, to_name=written))
        return made
    if action == "rename":
        return [entry(type=of_type, name=written, to_name=correction.label)]
    if action == "retype":
        return [entry(type=of_type, name=written, to_type=correction.to_type)]
    return [entry(type=of_type, name=written, **_linked(curating, correction))]


def entry_as_dict(entry: Entry, counts: bool) -> dict[str, Any]:
    """An entry for JSON, what it leaves open left out; ``counts``: it was not undone."""
    filled = {name: value for name, value in dataclasses.asdict(entry).items() if value not in (None, "", ())}
    return {"id": entry.id, **filled, "counts": counts or entry.action == "undo"}


def listed(entries: Sequence[Entry]) -> list[tuple[Entry, bool]]:
    """The entries in their order, each with whether it counts; what undoes always does."""
    counted = {entry.id for entry in in_force(entries)}
    ordered = sorted(entries, key=lambda entry: (entry.when, entry.id))
    return [(entry, entry.action == "undo" or entry.id in counted) for entry in ordered]


def _added(curating: Curating, correction: Correction) -> dict[str, object]:
    about, other, type = None, _text(correction.object), correction.type
    if correction.subject is not None:
        about = _known_or_new(curating, correction.subject_type, correction.subject)
    obj = [other] if "://" in other and type is None else _known_or_new(curating, type, other)
    return curating.added(_text(correction.paper), _text(correction.predicate), about, obj, _text(correction.quote))


def _linked(curating: Curating, correction: Correction) -> dict[str, Any]:
    named, target = _text(correction.predicate), _text(correction.target)
    try:
        predicate = named if "://" in named else expand(named).value
    except ValueError as error:
        raise UsageError(f"predicate: {error}") from None
    if target.startswith(curating.base_iri):
        type, name = curating.name(None, target)
        return {"predicate": predicate, "to_type": type, "to_name": name}
    return {"predicate": predicate, "target": curating.iri(target)}


def _known_or_new(curating: Curating, type: ConceptType | None, name: str) -> tuple[ConceptType, str]:
    try:
        return curating.name(type, name)
    except UsageError:
        if type is None or "://" in name:
            raise
        return type, name


def _checked(action: Action, name: str, field: str, value: object) -> object:
    if any(
        replace_forbidden(one)[1] for one in (value if isinstance(value, list) else [value]) if isinstance(one, str)
    ):
        raise UsageError(f"{action}: {name}: found a control character or half of a character, expected neither")
    if field in MANY and name == field:
        if isinstance(value, list) and value and all(isinstance(one, str) and one for one in value):
            return tuple(value)
        raise UsageError(f"{action}: {name}: found {_brief(value)}, expected a list of texts")
    if not isinstance(value, str):
        raise UsageError(f"{action}: {name}: found {_brief(value)}, expected a text")
    if field in _TYPES:
        found = next((one for one in CONCEPT_TYPES if one.lower() == value.lower()), None)
        if found is None:
            raise UsageError(f"{action}: {name}: found {_brief(value)}, expected one of {', '.join(CONCEPT_TYPES)}")
        return found
    return (value,) if field in MANY else value


def _brief(value: object) -> str:
    shown = repr(value)
    return shown if len(shown) <= 100 else f"{shown[:100]}..."


def _shown(action: Action, fields: Sequence[str]) -> str:
    return ", ".join(MANY[name] if action in ONE_NAME and name in MANY else name for name in fields)


def _text(value: str | None) -> str:
    return cast(str, value)
