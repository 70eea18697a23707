"""Reading, Role -> concepts that the network alone may not call new.

The network sees that a paper makes something of a thing, not always that the thing is a description, a size of it, or
what its title says once more in other words; where no rule speaks, these count as doubtful.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection

from kg.extract.lexicon import KNOWN_DATASET, LEADING, WELL_KNOWN, WELL_KNOWN_PHRASE, words
from kg.extract.phrases import is_shaped, name_words, singular
from kg.extract.reading import Reading

# Nouns that a description ends in: "joint model", "alignment process".
_DESCRIBES = words(
    """
    model method approach framework system algorithm technique strategy pipeline architecture network process procedure
    structure foundation formulation scheme solution
    """
)
_SAYS_LITTLE = words("automated automatic general joint overall simple whole end-to-end unified hybrid new novel")
_SIZE = re.compile(r"[-_ ](?:\d+\w?|XXS|XS|S|M|L|XL|B|T|tiny|small|base|large)$")


def doubtful(reading: Reading, ruled: Collection[int]) -> set[int]:
    """The concepts that need a rule to count as new; ``ruled``: those that one names as new."""
    names: dict[int, list[str]] = defaultdict(list)
    titles: dict[int, bool] = defaultdict(lambda: True)
    zones: dict[int, set[str]] = defaultdict(set)
    types: dict[int, str] = {}
    for mention, concept, line in zip(reading.mentions, reading.concept_of, reading.line_of, strict=True):
        names[concept].append(mention.text)
        titles[concept] &= mention.field == "title"
        zones[concept].add(reading.lines[line].zone)
        types[concept] = mention.type
    new = {name for concept in ruled for name in names[concept]}
    return {
        concept
        for concept in names
        if zones[concept] == {"background"}  # others introduced them
        or (titles[concept] and ruled)
        or types[concept] == "Metric"
        or all(_is_description(name) or _is_established(name) or _is_size(name, new) for name in names[concept])
    }


def _is_description(name: str) -> bool:
    """Whether a name says little more than what kind of thing it is.

    >>> [_is_description(name) for name in ("joint model", "general box-based approach", "KeyNet", "key pruning model")]
    [True, True, False, False]
    """
    inside = [word for word in name_words(name) if word.lower not in LEADING | _SAYS_LITTLE]
    if any(is_shaped(word.text) or word.text[0].isupper() for word in inside):
        return False
    return not inside or (len(inside) <= 2 and singular(inside[-1].text) in _DESCRIBES)


def _is_established(name: str) -> bool:
    lower = name.lower()
    return (
        lower in WELL_KNOWN or WELL_KNOWN_PHRASE.match(lower) is not None or KNOWN_DATASET.fullmatch(name) is not None
    )


def _is_size(name: str, new: Collection[str]) -> bool:
    """Whether a name is that of something new with a size: "TinyGate-320" beside "TinyGate"."""
    found = _SIZE.search(name)
    return found is not None and name[: found.start()] in new
