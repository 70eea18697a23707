"""JSON lines of `papertriples extract`: {"id", "text"} or {"id", "title", "abstract"} in, extractions out."""

from __future__ import annotations

import json
import math
import re
from decimal import Decimal
from typing import Any, NoReturn

from kg.errors import UsageError
from kg.records import FIELD_NAMES, Extraction, FieldName, ResultClaim


def fields_of_line(line: str) -> tuple[Any, dict[FieldName, str]]:
    """The id (any JSON value; None where absent) and the texts of an input line, in the order title, abstract, text.

    Raises UsageError with what was found and what would be right.

    >>> fields_of_line('{"id": 7, "abstract": "We train.", "title": "On training", "year": 2020}')
    (7, {'title': 'On training', 'abstract': 'We train.'})
    >>> fields_of_line('{"id": "a", "text": ""}')
    ('a', {})
    """
    try:
        record = json.loads(line, parse_constant=_no_number, parse_float=_finite)
    except ValueError as error:
        raise UsageError(f"found no JSON ({error}), expected a line like {_EXAMPLE}") from None
    except RecursionError:
        raise UsageError(f"found JSON nested too deep, expected a line like {_EXAMPLE}") from None
    if not isinstance(record, dict):
        raise UsageError(f"found a JSON {type(record).__name__}, expected an object like {_EXAMPLE}")
    fields: dict[FieldName, str] = {}
    known = False
    for name in FIELD_NAMES:
        value = record.get(name)
        known = known or name in record
        if value is None or value == "":
            continue
        if not isinstance(value, str):
            raise UsageError(f"{name}: found a JSON {type(value).__name__}, expected a text")
        fields[name] = value
    if not known:
        found = ", ".join(sorted(map(str, record))) or "no field"
        raise UsageError(f'found {found}, expected "text", or "title" and "abstract"')
    return record.get("id"), fields


_EXAMPLE = '{"id": "1", "title": "...", "abstract": "..."}'
# What no UTF-8 holds, and what some programs take for the end of a line: escaped, so that each answer is one line.
_ESCAPED = re.compile("[\x85\u2028\u2029\ud800-\udfff]")


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")


def _finite(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise ValueError(f"{digits:.20} is too large a number")
    return number


def extraction_to_line(id: Any, extraction: Extraction) -> str:
    """An extraction as the contract's JSON line, without the line end; ``id`` comes back as it was given.

    >>> extraction_to_line("a", Extraction(extractor="0"))
    '{"id": "a", "mentions": [], "relations": [], "roles": [], "results": [], "repositories": []}'
    >>> extraction_to_line("a", Extraction(extractor="0", language="de"))[:33]
    '{"id": "a", "language": "de", "me'
    """
    line = json.dumps(
        {
            "id": id,
            **({"language": extraction.language} if extraction.language is not None else {}),
            "mentions": [
                {"field": m.field, "start": m.start, "end": m.end, "text": m.text, "type": m.type, "score": m.score}
                for m in extraction.mentions
            ],
            "relations": [
                {"head": r.head, "tail": r.tail, "type": r.type, "score": r.score} for r in extraction.relations
            ],
            "roles": [{"mention": r.mention, "role": r.role, "score": r.score} for r in extraction.roles],
            "results": [_result(r) for r in extraction.results],
            "repositories": [
                {
                    "field": r.field,
                    "start": r.start,
                    "end": r.end,
                    "url": r.url,
                    "own": r.own,
                    "kind": r.kind,
                    "score": r.score,
                }
                for r in extraction.repositories
            ],
        },
        ensure_ascii=False,
    )
    return _ESCAPED.sub(lambda found: f"\\u{ord(found.group()):04x}", line)


def _result(result: ResultClaim) -> dict[str, Any]:
    line: dict[str, Any] = {
        "field": result.field,
        "start": result.start,
        "end": result.end,
        "value": _number(result.value),
        "valueText": result.value_text,
        "unit": result.unit,
        "kind": result.kind,
        "metric": result.metric,
        "dataset": result.dataset,
        "task": result.task,
        "method": result.method,
        "score": result.score,
    }
    for name in ("baseline", "condition", "split"):
        if getattr(result, name) is not None:
            line[name] = getattr(result, name)
    if result.minimum is not None and result.maximum is not None:
        line["minimum"], line["maximum"] = _number(result.minimum), _number(result.maximum)
    return line


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() and abs(value) < 10**15 else float(value)
