"""Texts that are nested so deep that the engine's stack ends, and its process with it: refused before it reads them.

A courtesy that keeps a process and tells what is wrong; what holds is that queries run in processes that may end.
"""

from __future__ import annotations

import re
from typing import Final

from kg.errors import QueryError

DEEPEST: Final = 400
_MARKS: Final = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*"""|"(?:[^"\\\n\r]|\\.)*"'
    r"|'''(?:[^'\\]|\\.|'(?!''))*'''|'(?:[^'\\\n\r]|\\.)*'"
    r"|([(\[{])|([)\]}])|([!+^-](?:\s*[!+^-])*)",
    re.DOTALL,
)


def check_nesting(text: str) -> None:
    """Raises QueryError where brackets, or signs before one expression, go too deep.

    >>> check_nesting("SELECT * WHERE { ?s (<urn:p>|<urn:q>)* '((((' }")
    >>> check_nesting("SELECT * WHERE " + "{" * 500 + "}" * 500)
    Traceback (most recent call last):
    ...
    kg.errors.QueryError: found brackets that are nested deeper than 400
    """
    depth = 0
    for found in _MARKS.finditer(text):
        if found[1]:
            depth += 1
            if depth > DEEPEST:
                raise QueryError(f"found brackets that are nested deeper than {DEEPEST}")
        elif found[2]:
            depth -= 1
        elif found[3] and len(found[3]) > DEEPEST and len("".join(found[3].split())) > DEEPEST:
            raise QueryError(f"found more than {DEEPEST} signs before one expression")
