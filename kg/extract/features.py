"""Token -> features for the tagger: what a word looks like, its neighbours, the head of its noun phrase.

Every feature is about one word, or about the form of several; none holds two words, so that no stretch of a training
text can travel in the weights. What depends on a word alone is made once for each word and kept.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from kg.extract.wordlists import word_class

_DIGITS = re.compile(r"\d+")
_KEPT_WORDS = 60_000
_LONG_WORD = 40  # characters of a word that features are made from
_OPEN = frozenset("([")
_CLOSE = frozenset(")]")
_JOINTS = frozenset("-/'")


class _Word(NamedTuple):
    """A word's features by the place it is seen from."""

    own: tuple[str, ...]
    before: tuple[str, ...]  # seen from the next word
    after: tuple[str, ...]
    before_2: tuple[str, ...]
    after_2: tuple[str, ...]
    head: tuple[str, ...]  # seen from the words of its noun phrase
    lower: str
    classes: str
    is_name_part: bool  # may stand inside a noun phrase


Clusters = Mapping[str, tuple[int, int, int]]
"""Word in lower case, digits as 0 -> its cluster among few, some and many (see train/clusters.py)."""

_NO_CLUSTER = ("-", "-", "-")


class FeatureMaker:
    """Makes features; what it keeps of words never changes an answer.

    >>> maker = FeatureMaker({"detection": (1, 20, 300)})
    >>> "headmany=300" in maker.sentence(["object", "detection", "on", "COCO"], is_title=False)[0]
    True
    >>> maker.sentence([], is_title=False)
    []
    """

    def __init__(self, clusters: Clusters) -> None:
        self.clusters = clusters
        self._words: dict[str, _Word] = {}

    def sentence(self, words: Sequence[str], is_title: bool) -> list[list[str]]:
        """The features of each word of a sentence."""
        count = len(words)
        known = [self._word(word) for word in words]
        lowers = [word.lower for word in known]
        title_case = is_title or _is_title_case(words)
        whole = ["bias", "title" if is_title else "text"]
        if title_case:
            whole.append("capitals")
        if "%" in words:
            whole.append("percent")
        heads = _heads(known)
        acronyms = _acronyms(words)
        features: list[list[str]] = []
        depth = 0
        governor = "<s>"
        since = 0
        for place in range(count):
            word = known[place]
            one = [*whole, *word.own]
            if place >= 1:
                one += known[place - 1].before
            else:
                one.append("-1w=<s>")
            if place + 1 < count:
                one += known[place + 1].after
            else:
                one.append("+1w=</s>")
            if place >= 2:
                one += known[place - 2].before_2
                if place >= 3:
                    one.append("-3w=" + lowers[place - 3])
            if place + 2 < count:
                one += known[place + 2].after_2
                if place + 3 < count:
                    one.append("+3w=" + lowers[place + 3])
            text = words[place]
            if text in _CLOSE:
                depth = max(0, depth - 1)
            if depth:
                one.append("inside")
            if text in _OPEN:
                depth += 1
            found = heads[place]
            if found is not None:
                distance, head = found
                one += head.head
                one.append(f"headclass{min(distance, 3)}=" + head.classes)
            one.append("governor=" + governor)
            one.append(f"since={min(since, 4)}")
            if acronyms[place]:
                one.append(acronyms[place])
            features.append(one)
            if word.is_name_part:
                since += 1
            else:
                governor, since = word.lower, 0
        return features

    def _word(self, text: str) -> _Word:
        known = self._words.get(text)
        if known is None:
            if len(self._words) >= _KEPT_WORDS:
                self._words.clear()
            known = self._words[text] = self._new_word(text[:_LONG_WORD])
        return known

    def _new_word(self, text: str) -> _Word:
        lower = normal_word(text)
        shape = word_shape(text)
        classes = word_class(text.lower())
        few, some, many = map(str, self.clusters.get(lower, _NO_CLUSTER))
        own = ["w=" + lower, "shape=" + shape, "class=" + classes, "few=" + few, "some=" + some, "many=" + many]
        if len(text) > 1:
            own.append("form=" + _form(text))
        if text[0].isalpha():
            own += [f"p{size}={lower[:size]}" for size in (2, 3, 4) if len(lower) > size]
            own += [f"s{size}={lower[-size:]}" for size in (2, 3, 4) if len(lower) > size]
        near = ["w=" + lower, "shape=" + shape, "class=" + classes, "some=" + some, "many=" + many]
        if len(lower) > 3:
            near.append("s3=" + lower[-3:])
        return _Word(
            own=tuple(own),
            before=tuple("-1" + feature for feature in near),
            after=tuple("+1" + feature for feature in near),
            before_2=tuple("-2" + feature for feature in near[:4]),
            after_2=tuple("+2" + feature for feature in near[:4]),
            head=("head=" + lower, "headsome=" + some, "headmany=" + many),
            lower=lower,
            classes=classes,
            is_name_part=(text[0].isalnum() or text in _JOINTS) and "F" not in classes and "V" not in classes,
        )


def normal_word(text: str) -> str:
    """A word as features and clusters know it.

    >>> normal_word("CIFAR"), normal_word("1.5")
    ('cifar', '0.0')
    """
    return _DIGITS.sub("0", text.lower())


def word_shape(text: str) -> str:
    """Capitals, small letters, digits and signs, runs shortened.

    >>> word_shape("ResNet"), word_shape("LLMs"), word_shape("1.5"), word_shape("%")
    ('XxXx', 'XX+x', '0.0', '%')
    """
    shape: list[str] = []
    for character in text:
        if character.isupper():
            kind = "X"
        elif character.isalpha():
            kind = "x"
        elif character.isdigit():
            kind = "0"
        else:
            kind = character
        if shape and shape[-1] == kind:
            if kind == "X" and len(shape) == 1:
                shape.append("X+")
            continue
        if shape and shape[-1] == "X+" and kind == "X":
            continue
        shape.append(kind)
    return "".join(shape[:8])


def _form(text: str) -> str:
    stem = text[:-1] if text.endswith("s") else text
    if stem.isupper():
        return f"acronym{min(len(stem), 6)}" + ("s" if stem is not text else "")
    if any(character.isupper() for character in text[1:]):
        return "mixed"
    return "capital" if text[0].isupper() else "small"


def _heads(known: Sequence[_Word]) -> list[tuple[int, _Word] | None]:
    """For each word inside a noun phrase (a run of words that are neither function words nor signs) its last word."""
    heads: list[tuple[int, _Word] | None] = [None] * len(known)
    head: _Word | None = None
    last = 0
    for place in range(len(known) - 1, -1, -1):
        word = known[place]
        if not word.is_name_part:
            head = None
            continue
        if head is None:
            head, last = word, place
        heads[place] = (last - place, head)
    return heads


def _acronyms(words: Sequence[str]) -> list[str]:
    """Marks "Graph Attention Network (GAT)": the words whose initials the short form in parentheses spells."""
    marks = [""] * len(words)
    for place in range(1, len(words) - 2):
        if words[place] != "(" or words[place + 2] not in (")", ",", ";"):
            continue
        short = words[place + 1]
        letters = [letter.lower() for letter in short if letter.isupper()]
        if len(letters) < 2:
            continue
        before = place - 1
        wanted = len(letters) - 1
        first = -1
        while before >= 0 and place - before <= 3 * len(letters) + 2:
            initial = words[before][:1].lower()
            if initial == letters[wanted]:
                wanted -= 1
                if wanted < 0:
                    first = before
                    break
            before -= 1
        if first >= 0:
            marks[place + 1] = "short"
            for inside in range(first, place):
                marks[inside] = "long"
            marks[first] = "long1"
    return marks


def _is_title_case(words: Sequence[str]) -> bool:
    longer = [word for word in words if len(word) > 3 and word[0].isalpha()]
    return len(longer) >= 3 and sum(word[0].isupper() for word in longer) >= 0.7 * len(longer)
