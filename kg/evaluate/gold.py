"""A file of gold -> its JSON objects with their places; which kind of gold it is; what is wrong with a line."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar

from kg.errors import ProblemHandler, UnknownFormat, UsageError
from kg.read.json_values import JsonObject
from kg.read.opening import DamagedInput, InputFile, Opened, decode_head, input_files, open_input, text_lines
from kg.read.place import Place, kind_of, quoted

Objects = Iterator[tuple[Place, JsonObject]]
LineT = TypeVar("LineT")
_FIELD_NAME = re.compile(r'"(\w+)"\s*:')
_LOOKED_AT = 5  # lines


class BadField(ValueError):
    """A field of a line is not as it should be: its name, what was found, what would be right."""

    def __init__(self, field: str, found: str, expected: str) -> None:
        super().__init__(field, found, expected)
        self.field, self.found, self.expected = field, found, expected


@contextlib.contextmanager
def open_gold(name: str, handler: ProblemHandler) -> Iterator[tuple[Opened, Objects]]:
    """Opens one file (or ``-``), plain or gzip: the beginning of it, and its objects one by one.

    Raises UsageError where there is no such file; what is wrong inside is told to ``handler``.
    """
    with open_input(one_file(name)) as opened:
        yield opened, _objects(opened, Place(one_file(name).name, handler))


def one_file(name: str) -> InputFile:
    """The one file that a name means; raises UsageError where it is none, or several."""
    files = input_files([name])
    if len(files) != 1:
        raise UsageError(f"{name}: {len(files)} files have such a name; give one file of JSON lines")
    return files[0]


def _objects(opened: Opened, place: Place) -> Objects:
    """One object a line, strictly: a line that is cut off spoils no other."""
    try:
        for number, line in text_lines(opened, place):
            if line.strip():
                found = _object(line, place.at(number))
                if found is not None:
                    yield place.at(number), found
    except DamagedInput as error:
        place.report("file", f"damage ({error})", "a whole file (what came before it counts)", skipped=True)


def _object(line: str, place: Place) -> JsonObject | None:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError) as error:
        place.report("JSON", f"none ({error})", "one JSON object a line", skipped=True)
        return None
    if not isinstance(found, dict):
        place.report("JSON", kind_of(found), "one JSON object a line", skipped=True)
        return None
    return found


def read_lines(objects: Objects, parse: Callable[[JsonObject, Place], LineT]) -> Iterator[LineT]:
    """What ``parse`` makes of each object; where it raises BadField, the line is reported and left out."""
    for place, found in objects:
        try:
            parsed = parse(found, place)
        except BadField as bad:
            place.report(bad.field, bad.found, bad.expected, skipped=True)
            continue
        yield parsed


def find_gold_format(head: bytes, name: str, sniffs: Mapping[str, Callable[[frozenset[str]], bool]]) -> str:
    """The kind of gold that the first lines of a file show by their fields; raises UnknownFormat where they do not.

    >>> find_gold_format(b'{"tokens": ["a"', "gold.jsonl", {"spans": lambda names: "tokens" in names})
    'spans'
    """
    text = decode_head(head)
    for part in (*[line for line in text.split("\n") if line.strip()][:_LOOKED_AT], text):
        names = frozenset(_FIELD_NAME.findall(part))
        for kind, sniff in sniffs.items():
            if sniff(names):
                return kind
    known = ", ".join(sniffs)
    raise UnknownFormat(f"{name}: found no gold that is known by its fields; name its format, one of {known}")


# --- fields of a line: each raises BadField ------------------------------------------------------------------


def get_text(found: JsonObject, field: str, *, needed: bool = True) -> str:
    """A text; numbers are written as text; "" where it is absent and not ``needed``.

    >>> get_text({"id": 7}, "id"), get_text({}, "abstract", needed=False)
    ('7', '')
    >>> get_text({"id": ["7"]}, "id")
    Traceback (most recent call last):
    kg.evaluate.gold.BadField: ('id', 'an array', 'a text')
    """
    value = found.get(field)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, str) and (value or not needed):
        return value
    if value is None and not needed:
        return ""
    raise BadField(field, "nothing" if value in (None, "") else kind_of(value), "a text")


def get_list(found: JsonObject, field: str, *, needed: bool = False) -> list[object]:
    """An array; empty where it is absent and not ``needed``."""
    value = found.get(field)
    if value is None and not needed:
        return []
    if not isinstance(value, list):
        raise BadField(field, "nothing" if value is None else kind_of(value), "an array")
    return value


def get_texts(found: JsonObject, field: str, *, needed: bool = False) -> tuple[str, ...]:
    """An array of texts."""
    values = get_list(found, field, needed=needed)
    for place, value in enumerate(values):
        if not isinstance(value, str):
            raise BadField(f"{field}[{place}]", kind_of(value), "a text")
    return tuple(str(value) for value in values)


def get_objects(found: JsonObject, field: str) -> list[JsonObject]:
    """An array of objects."""
    values: list[JsonObject] = []
    for place, value in enumerate(get_list(found, field)):
        if not isinstance(value, dict):
            raise BadField(f"{field}[{place}]", kind_of(value), "an object")
        values.append(value)
    return values


def get_pair_and_type(value: object, field: str, limit: int, example: str) -> tuple[int, int, str]:
    """Two numbers from 0 to under ``limit`` (or at most it, for the end of a span) and a type.

    >>> get_pair_and_type([0, 2, "Task"], "entities[0]", 3, '[0, 1, "Task"]')
    (0, 2, 'Task')
    """
    if not isinstance(value, list) or len(value) != 3:
        raise BadField(field, quoted(value), f"{example}")
    first, second, kind = value
    for number in (first, second):
        if not isinstance(number, int) or isinstance(number, bool) or not 0 <= number < limit:
            raise BadField(field, quoted(value), f"{example} with numbers from 0 to {limit - 1}")
    if not isinstance(kind, str) or not kind:
        raise BadField(field, quoted(value), f"{example} with a type at its end")
    return first, second, kind
