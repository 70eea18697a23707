"""A pair of languages in the place of a data set: "WMT14 English-German and English-French".

The pair alone is no data set (concepts.py). In an enumeration it goes on with the campaign that was named before it,
and then means the same wherever the paper writes it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from kg.records import Extraction, Mention, Sentence
from kg.resolve.normal_forms import normal_form
from kg.resolve.spelling import is_language
from kg.resolve.words import word_set

# What may stand between the members of an enumeration, beside numbers: "WMT14 En-De (28.4 BLEU) and 41.8 on En-Fr".
_BETWEEN = word_set(
    "and as benchmark benchmarks bleu both by corpora dataset datasets for of on or points respectively"
)
_BETWEEN |= word_set("score scores task tasks the to translation well with")
_NUMBER = re.compile(r"\d+(?:\.\d+)?%?")
_PART = re.compile(r"[^\s,;:/&()]+")


def names_languages(form: str) -> bool:
    """Whether a normal form names languages and nothing else.

    >>> [names_languages(form) for form in ("english french", "german", "wmt 2014 english french", "english wikipedia")]
    [True, True, False, False]
    """
    return bool(form) and all(map(is_language, form.split()))


def completed_pairs(extraction: Extraction, names: Sequence[str]) -> list[str]:
    """The names of the mentions, pairs of languages with the campaign that they go on with, where there is one.

    A pair that a paper uses with two campaigns keeps to that of its own sentence, and is a pair alone elsewhere.
    """
    found = list(names)
    if not any(one.type == "Dataset" and _pair_of(name) for one, name in zip(extraction.mentions, names, strict=True)):
        return found
    campaigns: dict[str, dict[str, str]] = defaultdict(dict)  # a pair -> what the paper names it with, by its form
    for sentence in extraction.sentences:
        before: tuple[Mention, str] | None = None  # the data set before, and its campaign
        for number, mention in _datasets_of(extraction, sentence):
            name = names[number]
            campaign = _campaign(name)
            if _pair_of(name) is not None and before is not None and _enumerated(sentence, before[0], mention):
                campaign = before[1]
                found[number] = f"{campaign} {name}"
            if campaign is not None:
                campaigns[_pair_at_end(name)].setdefault(normal_form(campaign), campaign)
            before = (mention, campaign) if campaign is not None else None
    for number, mention in enumerate(extraction.mentions):
        pair = _pair_of(found[number])
        known = campaigns.get(pair, {}) if pair is not None and mention.type == "Dataset" else {}
        if len(known) == 1:
            found[number] = f"{next(iter(known.values()))} {found[number]}"
    return found


def _datasets_of(extraction: Extraction, sentence: Sentence) -> list[tuple[int, Mention]]:
    """The data sets that a sentence names, in the order of the text, with their indices."""
    within = [
        (number, mention)
        for number, mention in enumerate(extraction.mentions)
        if mention.type == "Dataset"
        and mention.field == sentence.field
        and sentence.start <= mention.start
        and mention.end <= sentence.end
    ]
    return sorted(within, key=lambda pair: (pair[1].start, pair[1].end))


def _enumerated(sentence: Sentence, before: Mention, after: Mention) -> bool:
    """Whether nothing but numbers and small words stands between two names."""
    between = sentence.text[before.end - sentence.start : after.start - sentence.start]
    return all(part.lower() in _BETWEEN or _NUMBER.fullmatch(part) for part in _PART.findall(between))


def _pair_of(name: str) -> str | None:
    """The normal form of a name that is a pair of languages; None for any other."""
    form = normal_form(name, "Dataset")
    return form if form.count(" ") == 1 and names_languages(form) else None


def _pair_at_end(name: str) -> str:
    return " ".join(normal_form(name, "Dataset").split()[-2:])


def _campaign(name: str) -> str | None:
    """What stands before the pair of languages that a name ends in; None where it ends otherwise, or is all pair.

    >>> _campaign("WMT'14 English-to-German"), _campaign("IWSLT14 De-En"), _campaign("English-German")
    ("WMT'14", 'IWSLT14', None)
    """
    words = normal_form(name, "Dataset").split()
    if len(words) < 3 or not names_languages(" ".join(words[-2:])) or is_language(words[-3]):
        return None
    parts = re.split(r"\s+", name.strip())
    for size in range(len(parts) - 1, 0, -1):
        if _pair_of(" ".join(parts[size:])) is not None:
            return " ".join(parts[:size])
    return None
