"""Documents that are small to send and large to read: refused before the engine reads them.

The engine expands every entity of an XML document (a billion laughs take 3 GB and 17 s), goes deep where brackets are
deep, until its stack ends and the process with it, and takes seconds for deep elements.
"""

from __future__ import annotations

import re
from typing import Final
from xml.parsers import expat

from kg.errors import QueryError, QuerySyntaxError

DEEPEST: Final = 256  # elements, arrays and objects in each other
_JSON: Final = re.compile(rb'"(?:[^"\\]|\\.)*"|([\[{])|([\]}])', re.DOTALL)
_PROTECTED: Final = (2, 4, 1)  # the first expat that refuses entities that expand to much more than was sent


def check_xml(document: bytes) -> None:
    """Raises QueryError for an XML document whose entities lie elsewhere or grow, or whose elements are too deep;
    QuerySyntaxError with the place where it is not well-formed."""
    parser = expat.ParserCreate()
    depth = 0

    def start(name: str, attributes: object) -> None:
        nonlocal depth
        depth += 1
        if depth > DEEPEST:
            raise QueryError(f"the document has elements that are nested deeper than {DEEPEST}")

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1

    def declared(name: str, parameter: int, value: str | None, base: object, system: str | None, *more: object) -> None:
        if value is None or system is not None:
            raise QueryError(f"the document has an entity that lies elsewhere, {name}; expected all of it to be sent")
        if expat.version_info < _PROTECTED and "&" in value:
            raise QueryError(f"the document has an entity of entities, {name}; expected texts")

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.EntityDeclHandler = declared
    try:
        parser.Parse(document, True)
    except expat.ExpatError as error:
        if "amplification" in str(error):
            raise QueryError("the document's entities expand to much more than was sent") from error
        place = f"line {error.lineno}, column {error.offset + 1}"
        raise QuerySyntaxError(
            f"the document cannot be read: {place}: {expat.ErrorString(error.code)}", error.lineno, error.offset + 1
        ) from error


def check_json(document: bytes) -> None:
    """Raises QueryError for a JSON document that is nested too deep.

    >>> check_json(b'{"a": ["[[[["]}')
    >>> check_json(b"[" * 300)
    Traceback (most recent call last):
    ...
    kg.errors.QueryError: the document is nested deeper than 256
    """
    depth = 0
    for found in _JSON.finditer(document):
        if found[1]:
            depth += 1
            if depth > DEEPEST:
                raise QueryError(f"the document is nested deeper than {DEEPEST}")
        elif found[2]:
            depth -= 1
