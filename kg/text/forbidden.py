"""Characters that no XML document may hold, and so no SPARQL result either."""

from __future__ import annotations

import re

# Everything but the Char production of XML 1.0 (https://www.w3.org/TR/xml/#NT-Char); lone surrogates are among it.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def replace_forbidden(text: str) -> tuple[str, int]:
    r"""The text with each character that XML 1.0 forbids replaced by U+FFFD, and how many there were.

    The length stays the same, so that offsets hold.

    >>> replace_forbidden("plain\ttext\n")
    ('plain\ttext\n', 0)
    >>> replace_forbidden("a\x0bb" + chr(0xD800))
    ('a\ufffdb\ufffd', 2)
    """
    return _FORBIDDEN.subn("\ufffd", text)
