"""Sentence -> Zone: where a sentence stands in the argument of a paper, whoever speaks: we, the authors, or nobody.

A text is the paper's own from the first sentence on that speaks of the paper: by its authors ("we", "the authors"),
by the paper ("this study"), by what it presents ("is proposed", "the approach achieves"), by the name in its title,
or by its experiments. What stands before is background, and so is what speaks of others' work ("Earlier methods ...").
A summary speaks of its paper from the start, and so does a text that never says so.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from kg.extract.lexicon import KNOWN_DATASET, METRIC, WELL_KNOWN
from kg.extract.phrases import MAX_SENTENCE, is_shaped, words_of
from kg.records import Abbreviation, Sentence

Zone = Literal["title", "background", "contribution", "experiment", "availability"]

_SUBJECT = (
    r"(?:method|approach|model|framework|algorithm|system|architecture|network|technique|paradigm|strategy|pipeline"
    r"|detector|classifier|baseline|design|solution|scheme)s?"
)
_OWN = re.compile(
    r"\b(?:we|our|ours|us)\b|\b(?:this|the present) (?:paper|work|study|article|report|survey|thesis|challenge"
    r"|review)\b"
    r"|\b(?:is|are)(?: also| then| further)? (?:proposed|introduced|presented)\b|\bthe proposed\b"
    r"|\b(?:dubbed|termed|coined|named|called)\b|\bthe authors?\b|^the (?:paper|article|study|report|survey)\b"
    r"|\b(?:in|of) this (?:paper|work|study|article|survey|letter|review)\b|^(?:herein|here)\b"
    rf"|\b(?:the|this|that|its|resulting) (?:\w+ ){{0,2}}(?:{_SUBJECT}|dataset|data set|benchmark|corpus)"
    r" (?:is |was |can be |also |further |consistently |then )?(?:achiev|reach|attain|obtain|outperform|surpass|improv"
    r"|yield|evaluated|tested|trained|validated|compared|built)"
    r"|^(?:extensive |comprehensive |thorough |numerical |the )?(?:\w+ )?(?:experiments?|experimental results"
    r"|empirical results|evaluations?|simulations?) (?:\w+ ){0,8}?(?:show|demonstrate|indicate|suggest|confirm|reveal"
    r"|verify|prove|validate)\w*\b|^(?:the )?results (?:\w+ ){0,4}?(?:show|demonstrate|indicate|suggest|confirm)\w*\b"
    r"|^(?:objectives?|aims?|purpose|methods?|materials and methods|results|findings|conclusions?)\s?[:.]",
    re.IGNORECASE,
)
_OTHERS = re.compile(
    r"^(?:however,? |while |although |though |in contrast,? |but |yet |traditionally,? )?(?:the )?(?:most |many |other "
    r"|all |some )?(?:of the )?(?:earlier|previous|prior|existing|other|conventional|traditional|current|recent|usual"
    r"|ordinary|common)\b|^(?:recently|traditionally|usually|typically)\b"
    r"|^(?:most|many|some) (?:\w+ )?(?:methods|approaches|models|works|studies)\b",
    re.IGNORECASE,
)
_ME = re.compile(r"\b(?:we|our|ours|us|authors?|this (?:paper|work|study)|the proposed)\b", re.IGNORECASE)
_EXPERIMENT = re.compile(
    r"\b(?:experiments?|experimental(?:ly)?|empirical(?:ly)?|evaluat\w+|ablation|outperform\w*|surpass\w*|achiev\w+"
    r"|state-of-the-art|state of the art|sota|improves?|improving|improvements?|results?|baselines?|benchmarks?"
    r"|validate|competitive|superior\w*|demonstrat\w+|gains?|beats)\b",
    re.IGNORECASE,
)
_AVAILABILITY = re.compile(
    r"\b(?:codes?|models?|data(?:sets?)?|weights|implementation|project|demo|checkpoints|homepage)\b[^.]{0,80}"
    r"\b(?:available|released?|open-?sourced?|found|public\w*)\b|https?://",
    re.IGNORECASE,
)
_CLAIM = re.compile(
    rf"(?:\b(?:the|this|that) (?:\w+ ){{0,2}}{_SUBJECT}|\bit|\bwhich)\s(?:\w+ ){{0,2}}(?:achiev|reach|obtain|attain"
    r"|gets?|outperform|surpass|exceed|improv|scor|yield|rais)\w*|\b(?:outperform|surpass|exceed)(?:s|ed|ing)?\b"
    r"|\b(?:increas|ris|improv|drop|decreas|f[ae]ll)(?:es?|s|ed)? (?:\w+ )?from\b|\bgains? (?:is|are|of)\b",
    re.IGNORECASE,
)
_DIGIT = re.compile(r"(?<![\w-])[+-]?\d+(?:\.\d+)?(?:\s?\\?%)?(?![\w-])")


def zones_of(sentences: Sequence[Sentence], abbreviations: Sequence[Abbreviation] = ()) -> tuple[Zone, ...]:
    """The zone of each sentence of a paper, in their order; ``abbreviations``: the paper's own.

    >>> texts = ("TinyGate: Fast Tagging", "Speech tagging is hard.", "TinyGate is small.", "Earlier models were not.")
    >>> fields = ("title", "abstract", "abstract", "abstract")
    >>> zones_of([Sentence(field, 0, len(text), text) for field, text in zip(fields, texts)])
    ('title', 'background', 'contribution', 'background')
    """
    named = _name_pattern(sentences, abbreviations)
    speaking = [one.field != "title" and _speaks(one.text[:MAX_SENTENCE], named) for one in sentences]
    own = not any(speaking)
    zones: list[Zone] = []
    for sentence, speaks in zip(sentences, speaking, strict=True):
        own = own or speaks or sentence.field == "summary"
        zones.append("title" if sentence.field == "title" else _zone(sentence.text[:MAX_SENTENCE], own, speaks))
    return tuple(zones)


def _speaks(text: str, named: re.Pattern[str] | None) -> bool:
    return _OWN.search(text) is not None or (named is not None and named.search(text) is not None)


def _zone(text: str, own: bool, speaks: bool) -> Zone:
    if _AVAILABILITY.search(text) and ("http" in text or len(text) < 120) and not _claims_number(text):
        return "availability"
    if _OTHERS.match(text) and not (_ME.search(text) or speaks):
        return "background"
    if not own:
        return "experiment" if _claims_number(text) and not _OTHERS.match(text) else "background"
    if _EXPERIMENT.search(text) or _claims_number(text):
        return "experiment"
    return "contribution"


def _claims_number(text: str) -> bool:
    """Whether a sentence claims a number of what it speaks of: "The model achieves 85.3% top-1 accuracy"."""
    return _CLAIM.search(text) is not None and METRIC.search(text) is not None and _DIGIT.search(text) is not None


def _name_pattern(sentences: Sequence[Sentence], abbreviations: Sequence[Abbreviation]) -> re.Pattern[str] | None:
    """The names that a text has for what the paper presents: before the colon of the title, and "NAME is a ..."."""
    names: set[str] = set()
    title = next((one for one in sentences if one.field == "title"), None)
    if title is not None:
        words = words_of(title.text[:MAX_SENTENCE])
        colon = next((at for at, word in enumerate(words[:14]) if any(c in ":—" for c in word.closes)), None)
        if colon is not None:
            names.update(word.text for word in words[: colon + 1] if is_shaped(word.text) or colon == 0)
        lower = title.text.lower()
        names.update(pair.short for pair in abbreviations if len(pair.long) > 8 and lower.startswith(pair.long.lower()))
    first = next((one for one in sentences if one.field != "title"), None)
    if first is not None:
        opening = re.match(r"(?:The )?([^\s(]+)(?: \([^()]{0,80}\))? is an? \w", first.text[:200])
        if opening and is_shaped(opening.group(1)) and not KNOWN_DATASET.fullmatch(opening.group(1)):
            names.add(opening.group(1))
    names = {name for name in names if len(name) > 2 and name.lower() not in WELL_KNOWN}
    if not names:
        return None
    return re.compile(r"(?<![\w-])(?:" + "|".join(re.escape(name) for name in sorted(names)) + r")(?!\w)")
