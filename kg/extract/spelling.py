"""Phrase -> Candidate: the long form that spells a name without parentheses."""

from __future__ import annotations

from collections.abc import Sequence

from kg.extract.phrases import Word


def spells(name: str, phrase: str) -> bool:
    """Whether a phrase's capitals spell a name's, in order, and its letters the rest: ViLD, Vision and Language ...

    >>> spells("UNITER", "UNiversal Image-TExt Representation"), spells("ViLD", "Vision and Language Distillation")
    (True, True)
    >>> spells("MutDet", "Multiple Detectors")
    False
    """
    capitals = [c for c in name if c.isupper()]
    if len(capitals) < 3 or capitals != [c for c in phrase if c.isupper()]:
        return False
    letters = iter(phrase.lower())
    return all(c in letters for c in name.lower() if c.isalpha())


def spelled_span(words: Sequence[Word], name: str, at: int) -> tuple[int, int] | None:
    """The words from ``at`` on, within reach, that spell a name."""
    for first in range(at, min(len(words), at + 8)):
        if not words[first].text[0].isupper():
            continue
        for last in range(min(len(words), first + 8), first + 1, -1):
            if any("." in word.closes for word in words[first : last - 1]):
                continue
            if words[last - 1].text[0].isupper() and spells(name, " ".join(w.text for w in words[first:last])):
                return first, last
    return None
