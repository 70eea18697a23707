"""What identifiers and repositories share: reading web addresses as people write them."""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit


def without_trailing_punctuation(text: str) -> str:
    """The text without a sentence's punctuation at its end and without closing brackets that nothing opened."""
    while text:
        last = text[-1]
        opening = {")": "(", "]": "[", "}": "{", ">": "<"}.get(last)
        if last in ".,;:!?'\"’”…" or (opening and text.count(last) > text.count(opening)):
            text = text[:-1]
        else:
            break
    return text


def split_address(url: str) -> SplitResult | None:
    """The parts of a web address, or None where the text is none."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:  # "https://[": an address cannot be read from it
        return None
    return parts if parts.scheme.lower() in ("http", "https") else None
