"""Sentence -> language: what is surely not English, so that nobody guesses at it.

The recogniser is py3langid (BSD; a naive Bayes model over byte n-grams, 140 languages, offline, deterministic). It is
asked about blocks of sentences, not about single ones: a title full of names is too short to tell. Measured with
the bounds below: of 8,992 English papers (title and abstract), and of 8,915 titles taken alone, not one passes for
another language; of records in 27 other languages with an English word for a title, all whose text has 300 characters
or more are recognised, 97 % of those with 150 and 87 % of those with 60.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Literal, NamedTuple, Protocol

from kg.records import Sentence

LIBRARY = "py3langid"
BLOCK = 300  # bytes of UTF-8 that are judged together
SHORT = 200  # bytes below which a block must be surer
SURE, SURE_SHORT = 0.5, 0.7  # least probability of another language: sister languages share theirs
ENGLISH_AT_MOST = 0.02  # that of English beside it
_NO_OTHER = frozenset({"en", "pcm", "zxx"})  # English, Nigerian Pidgin (which English titles pass for), no language
_SHORTER = {"kik": "ki"}  # BCP 47 wants the two-letter code where there is one
_NO_WORDS = re.compile(r"(?:https?://|www\.)[!-~]+|\\[A-Za-z]+|[\x00-\x1f\ud800-\udfff\ufffd]")


class Judgement(NamedTuple):
    """What a text is in: ``English``, ``other`` (then with the language, BCP 47), or ``unsure``."""

    verdict: Literal["English", "other", "unsure"]
    language: str = "en"


def judge(text: str) -> Judgement:
    """The language of a text, taken by itself; a text that is too short to tell is ``unsure``.

    >>> judge("Nous proposons une nouvelle méthode pour la traduction automatique de textes scientifiques longs.")
    Judgement(verdict='other', language='fr')
    >>> judge("Wasserstein Weisfeiler-Lehman Graph Kernels"), judge("BERT"), judge("")
    (Judgement(verdict='unsure', language='en'), Judgement(verdict='unsure', language='en'), Judgement(...))
    """
    words = " ".join(_NO_WORDS.sub(" ", text).split())
    ranked = dict(_recogniser().rank(words))
    english = sum(ranked.pop(code, 0.0) for code in _NO_OTHER)
    language, probability = max(ranked.items(), key=lambda one: (one[1], one[0]))
    if english >= SURE:
        return Judgement("English")
    sure = SURE_SHORT if len(words.encode()) < SHORT else SURE
    if english <= ENGLISH_AT_MOST and probability >= sure:
        return Judgement("other", _SHORTER.get(language, language))
    return Judgement("unsure")


def other_languages(sentences: Sequence[Sentence]) -> tuple[str | None, ...]:
    """For each sentence the language that it is in where that is surely not English (BCP 47), else None.

    The sentences are those of all fields of one record, in order. What is too short to tell, such as a title, goes
    with the rest of the record where all of that is in other languages, and is taken as English else.

    >>> texts = "Le réseau apprend à traduire sans aucun texte parallèle. Il est plus rapide et plus précis.", "BERT"
    >>> other_languages([Sentence("text", 0, len(text), text) for text in texts[::-1]])
    ('fr', 'fr')
    >>> other_languages([Sentence("title", 0, 4, "BERT"), Sentence("abstract", 0, 11, "We test it.")])
    (None, None)
    """
    blocks = [(block, judge(" ".join(sentences[place].text for place in block))) for block in _blocks(sentences)]
    found: list[str | None] = [None] * len(sentences)
    told = {judgement.verdict for _, judgement in blocks} - {"unsure"}
    others = Counter(judgement.language for _, judgement in blocks if judgement.verdict == "other")
    for block, judgement in blocks:
        language: str | None = None
        if judgement.verdict == "other":
            language = judgement.language
        elif judgement.verdict == "unsure" and told == {"other"}:
            language = min(others, key=lambda code: (-others[code], code))
        for place in block:
            found[place] = language
    return tuple(found)


def main_language(sentences: Sequence[Sentence], languages: Sequence[str | None]) -> str | None:
    """The language of the greater part of a record where that is not English, else None.

    ``languages`` are those of the sentences, as :func:`other_languages` gives them.
    """
    lengths: Counter[str | None] = Counter()
    for sentence, language in zip(sentences, languages, strict=True):
        lengths[language] += len(sentence.text)
    other = sum(length for language, length in lengths.items() if language is not None)
    if 2 * other <= lengths.total():
        return None
    return min((language for language in lengths if language is not None), key=lambda code: (-lengths[code], code))


def counted_languages(counts: Mapping[str, int]) -> str:
    """How many records are in each language, for people, the most frequent first.

    >>> counted_languages({"fr": 4, "de": 5, "it": 4})
    'de 5, fr 4, it 4'
    """
    ordered = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    return ", ".join(f"{language} {number:,}" for language, number in ordered)


def recogniser_version() -> str:
    """The version of the library, whose model comes with it: another one may judge otherwise."""
    from importlib.metadata import version  # slow to import, and only the extractor asks

    return f"{LIBRARY} {version(LIBRARY)}"


def _blocks(sentences: Sequence[Sentence]) -> Iterator[range]:
    """Runs of sentences of one field, each of at least :data:`BLOCK` bytes where the field has as many."""
    start = 0
    while start < len(sentences):
        end = start
        while end < len(sentences) and sentences[end].field == sentences[start].field:
            end += 1
        yield from _blocks_of_field(sentences, start, end)
        start = end


def _blocks_of_field(sentences: Sequence[Sentence], start: int, end: int) -> Iterator[range]:
    sizes = [len(sentence.text.encode("utf-8", "surrogatepass")) for sentence in sentences[start:end]]
    left = sum(sizes)
    first, size = start, 0
    for place in range(start, end):
        size += sizes[place - start]
        left -= sizes[place - start]
        if size >= BLOCK and left >= BLOCK:
            yield range(first, place + 1)
            first, size = place + 1, 0
    yield range(first, end)


class _Recogniser(Protocol):
    def rank(self, text: str) -> list[tuple[str, float]]: ...


@cache
def _recogniser() -> _Recogniser:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # numpy and a model: 0.5 s, 75 MB

    recogniser: _Recogniser = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    return recogniser
