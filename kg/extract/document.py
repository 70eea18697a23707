"""Sentence -> Line: a sentence with its words and its place in the argument; Candidate: a possible name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from kg.extract.phrases import MAX_SENTENCE, Word, is_shaped, words_of
from kg.records import Abbreviation, ConceptType, Sentence

Zone = Literal["title", "background", "contribution", "experiment", "availability"]

_OWN = re.compile(
    r"\b(?:we|our|ours|us)\b|\b(?:this|the present) (?:paper|work|study|article|report|survey|thesis|challenge)\b"
    r"|\b(?:is|are) (?:proposed|introduced|presented)\b|\bthe proposed\b|\b(?:dubbed|termed|coined|named|called)\b"
    r"|\bin this (?:paper|work|study|article|survey|letter)\b|\bthe authors?\b"
    r"|\b(?:the|this|that|its|resulting) (?:\w+ ){0,2}(?:approach|method|model|framework|system|network|algorithm"
    r"|architecture|technique|strategy|detector|dataset|data set|benchmark|corpus)"
    r" (?:is|was|can be|also|further|consistently|then)? ?"
    r"(?:achiev|reach|attain|obtain|outperform|surpass|improv|yield|evaluated|tested|trained|validated|compared|built)",
    re.IGNORECASE,
)
# "GridNet: A Detector for ...", "GridNet -- modulated detection": the title coins a name
_COINED = re.compile(r"\s*([^\s:]+(?:\s[^\s:]+){0,2})\s?(?::|\s-{1,3}\s|\s[–—]\s)\s?\S")
_EARLIER = re.compile(
    r"(?!.*\b(?:outperform|surpass|exceed|improv|beat|than|over)\w*\b)"
    r".{0,40}\b(?:earlier|previous|prior|existing|current|most|many) (?:\w+ ){0,2}(?:work|methods?|approach|models?)",
    re.IGNORECASE,
)
_EXPERIMENT = re.compile(
    r"\b(?:experiments?|experimental(?:ly)?|empirical(?:ly)?|evaluat\w+|ablation|outperform\w*|surpass\w*|achiev\w+"
    r"|state-of-the-art|state of the art|sota|improves?|improving|improvements?|results?|baselines?|benchmarks?"
    r"|validate|competitive|superior\w*|demonstrat\w+|gains?)\b",
    re.IGNORECASE,
)
_AVAILABILITY = re.compile(
    r"\b(?:codes?|models?|data(?:sets?)?|weights|implementation|project|demo|checkpoints|homepage)\b[^.]{0,80}"
    r"\b(?:available|released?|open-?sourced?|found|public\w*)\b|https?://",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class ShortForm:
    """A short form defined in a line: word numbers of the long form and of the short one, ends exclusive."""

    long_first: int
    long_last: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence and what the rules read of it."""

    sentence: Sentence
    words: tuple[Word, ...]
    zone: Zone
    shorts: tuple[ShortForm, ...] = ()

    def short_of(self, first: int, last: int) -> ShortForm | None:
        """The short form defined for the phrase of the words ``first`` to ``last``, or for one that goes on from it."""
        for short in self.shorts:
            if short.long_first < last <= short.long_last and (first <= short.long_first or last == short.long_last):
                return short
        return None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A possible mention: ``start`` and ``end`` in the field, ``rank`` decides between overlapping ones (low wins).

    ``cue``: "introduced" where the text presents the name as new, "listed" for its further parts, else "".
    """

    line: int
    start: int
    end: int
    text: str
    type: ConceptType
    score: float
    rank: int
    cue: str = ""


def lines_of(sentences: Sequence[Sentence], abbreviations: Sequence[Abbreviation] = ()) -> tuple[Line, ...]:
    """Sentences in the order of the paper -> lines.

    What comes before the first sentence that speaks of the paper itself is background. A paper speaks of itself as
    "we" or "this paper", or by the name that its title coins; a text that never does is all about the paper, and so is
    a summary, but for what it says of earlier work.
    """
    names = _coined_names(sentences)
    speaks = [sentence.field != "title" and _speaks(sentence.text[:MAX_SENTENCE], names) for sentence in sentences]
    own = not any(speaks) or any(sentence.field == "summary" for sentence in sentences)
    lines: list[Line] = []
    for sentence, speaks_here in zip(sentences, speaks, strict=True):
        words = words_of(sentence.text[:MAX_SENTENCE])
        zone = zone_of(sentence, own, speaks_here)
        lines.append(Line(sentence, words, zone, _short_forms(sentence, words, abbreviations)))
        own = own or speaks_here
    return tuple(lines)


def _coined_names(sentences: Sequence[Sentence]) -> tuple[str, ...]:
    """Names that a title puts before its colon or dash, where they look like names."""
    titles = [sentence.text[:MAX_SENTENCE] for sentence in sentences if sentence.field == "title"]
    found = _COINED.match(titles[0]) if titles else None
    if found is None or not any(is_shaped(word) for word in found.group(1).split()):
        return ()
    return (found.group(1),)


def _speaks(text: str, names: Sequence[str]) -> bool:
    """Whether a sentence speaks of the paper itself."""
    return _OWN.search(text) is not None or any(
        re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text) for name in names
    )


def _short_forms(
    sentence: Sentence, words: Sequence[Word], abbreviations: Sequence[Abbreviation]
) -> tuple[ShortForm, ...]:
    found = []
    for pair in abbreviations:
        if pair.field == sentence.field and sentence.start <= pair.short_start and pair.short_end <= sentence.end:
            long = _word_span(words, pair.long_start - sentence.start, pair.long_end - sentence.start)
            short = _word_span(words, pair.short_start - sentence.start, pair.short_end - sentence.start)
            if long and short:
                found.append(ShortForm(*long, *short))
    return tuple(found)


def _word_span(words: Sequence[Word], start: int, end: int) -> tuple[int, int] | None:
    inside = [at for at, word in enumerate(words) if word.start < end and word.end > start]
    return (inside[0], inside[-1] + 1) if inside else None


def zone_of(sentence: Sentence, own_before: bool, speaks: bool) -> Zone:
    """The zone of a sentence that ``speaks`` of the paper itself, or not; ``own_before``: an earlier one has."""
    text = sentence.text[:MAX_SENTENCE]
    if sentence.field == "title":
        return "title"
    if _AVAILABILITY.search(text) and ("http" in text or len(text) < 120):
        return "availability"
    if not speaks and (not own_before or (sentence.field == "summary" and _EARLIER.match(text))):
        return "background"
    if _EXPERIMENT.search(text) and (own_before or speaks):
        return "experiment"
    return "contribution"


def make_candidate(
    lines: Sequence[Line],
    line: int,
    first: int,
    last: int,
    type: ConceptType,
    score: float,
    rank: int,
    cue: str = "",
) -> Candidate:
    """A candidate over the words ``first`` to ``last`` (end exclusive) of a line."""
    sentence, words = lines[line].sentence, lines[line].words
    start, end = words[first].start, words[last - 1].end
    return Candidate(
        line, sentence.start + start, sentence.start + end, sentence.text[start:end], type, score, rank, cue
    )
