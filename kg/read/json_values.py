"""Text lines -> JSON objects with their places: one a line, or one JSON array or object over many lines."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from itertools import chain

from kg.read.opening import LINE_LIMIT, Opened, text_lines
from kg.read.place import Place, kind_of

JsonObject = dict[str, object]
_EXPECTED = "a JSON object"
_KEY = re.compile(r'[\s,]*("(?:[^"\\\n]|\\.)*")\s*:\s*')
_LATER_OBJECT = re.compile(r'\n(\{)(?=\s*")')
_LOOKED_AT = 5  # objects at the beginning of a file that a format is recognised by
_BETWEEN = re.compile(r"[\s,]*")


def json_objects(opened: Opened, place: Place) -> Iterator[tuple[Place, JsonObject]]:
    """The objects in a file of JSON lines, in a JSON array, or in the reply of a web service, one after the other.

    What is no object is told to ``place`` and left out.
    """
    lines = text_lines(opened, place)
    for number, line in lines:
        if line.strip():
            whole = chain([(number, line)], lines)
            one_text = line.lstrip().startswith("[") or _goes_on(line)
            yield from _in_json_text(whole, place) if one_text else _in_lines(whole, place)


def _goes_on(line: str) -> bool:
    """Whether a line is the beginning of a JSON value that ends on a later line."""
    try:
        json.loads(line)
    except json.JSONDecodeError as error:
        # No string spans lines in JSON, so what is cut off at a line's end is only wrong at its very end.
        return error.pos >= len(line.rstrip())
    except (ValueError, RecursionError):
        pass
    return False


def _in_lines(lines: Iterator[tuple[int, str]], place: Place) -> Iterator[tuple[Place, JsonObject]]:
    for number, line in lines:
        if not line.strip():
            continue
        here = place.at(number)
        try:
            value = json.loads(line)
        except (ValueError, RecursionError) as error:
            here.report("JSON", _reason(error), "one JSON object a line", skipped=True)
            continue
        yield from _objects(value, here)


def _objects(value: object, place: Place) -> Iterator[tuple[Place, JsonObject]]:
    """The value itself, or what a web service's reply holds: OpenAlex lists "results", Semantic Scholar "data"."""
    if not isinstance(value, dict):
        place.report("JSON", kind_of(value), _EXPECTED, skipped=True)
        return
    inner = value.get("results") if "meta" in value else value.get("data")
    if isinstance(inner, list) and "title" not in value:
        for count, one in enumerate(inner, 1):
            yield from _objects(one, place.at(place.line, str(count)))
    else:
        yield place, value


def _in_json_text(lines: Iterator[tuple[int, str]], place: Place) -> Iterator[tuple[Place, JsonObject]]:
    """The objects of a JSON array, read one by one, or of objects that follow each other over many lines."""
    decoder = json.JSONDecoder()
    text, position, start_line = "", 0, 0  # what is not read yet begins at the position; its line
    record, in_array = 0, False
    wanted = 0  # it is no use to try again before the text is this long
    for number, line in chain(lines, [(0, "")]):
        text, position = text[position:] + line + "\n", 0
        if number and len(text) < wanted:
            continue
        while True:
            position = _next_value(text, position)
            if position == len(text):
                break
            if text[position] in "[]" and in_array == (text[position] == "]"):
                in_array, position = not in_array, position + 1
                continue
            start_line = start_line or number
            try:
                value, end = decoder.raw_decode(text, position)
            except (ValueError, RecursionError) as error:
                cut_off = isinstance(error, json.JSONDecodeError) and error.pos >= len(text.rstrip())
                if number and cut_off and len(text) < LINE_LIMIT:
                    wanted = 2 * (len(text) - position) if len(text) - position > 1000 else 0
                    break
                here = place.at(start_line, str(record + 1))
                here.report("JSON", _reason(error), "a JSON object (the rest of the file is not read)", skipped=True)
                return
            record += 1
            wanted, position = 0, end
            yield from _objects(value, place.at(start_line, str(record)))
            start_line = 0


def _next_value(text: str, position: int) -> int:
    found = _BETWEEN.match(text, position)
    return found.end() if found else position


def _reason(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg} (character {error.colno})"
    return "too deep a nesting" if isinstance(error, RecursionError) else str(error)


def text_in(found: Mapping[str, object], name: str, place: Place) -> str:
    """A field that ought to be a text: "" where it is absent or null, or (reported) something else.

    Numbers are written as text, for ids and years are often given so.
    """
    value = found.get(name)
    if isinstance(value, str):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    if value is not None:
        place.report(name, kind_of(value), "a text")
    return ""


def first_objects(head: str) -> list[JsonObject]:
    """Some objects at the beginning of a text: JSON lines, an array or a reply; of one cut off the fields before that.

    >>> first_objects('{"title": "One", "year": 2020}\\n{"title": "Two", "abs')
    [{'title': 'One', 'year': 2020}, {'title': 'Two'}]
    >>> first_objects("no JSON")
    []
    """
    text = head.lstrip()
    if not text.startswith(("{", "[")):
        return []
    starts = [0, *(match.start(1) for match in _LATER_OBJECT.finditer(text))]
    found = (_beginning_of_object(text, start) for start in starts[:_LOOKED_AT])
    return [one for one in found if one]


def _beginning_of_object(text: str, start: int) -> JsonObject:
    """The fields of an object as far as they can be read; of a reply, those of the first object that it holds."""
    start = _next_value(text, start)
    if text.startswith("[", start):
        return _beginning_of_object(text, start + 1)
    found: JsonObject = {}
    decoder = json.JSONDecoder()
    position = start + 1
    while match := _KEY.match(text, position):
        try:
            name = json.loads(match[1])
        except ValueError:  # a key with a wrong escape
            return found
        if name in ("results", "data") and text.startswith("[", match.end()):
            return _beginning_of_object(text, match.end() + 1)
        try:
            found[name], position = decoder.raw_decode(text, match.end())
        except (ValueError, RecursionError):
            found[name] = None
            return found
    return found
