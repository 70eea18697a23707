"""Line -> Candidate: what a paper presents as new, by the phrases that authors present it with."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from kg.extract.document import Candidate, Line, ShortForm, make_candidate
from kg.extract.lexicon import LEADING, PARTS, WELL_KNOWN, WELL_KNOWN_PHRASE, WHOLES
from kg.extract.phrases import MAX_SENTENCE, Word, head_type, is_generic, is_shaped, is_stop, phrase_at, singular
from kg.records import ConceptType

# How often a pattern was right on the development papers, rounded; no finer than their number allows.
PRECISION = {
    "title": 0.95,
    "named": 0.93,
    "short": 0.9,
    "shaped": 0.92,
    "part": 0.72,
    "whole": 0.62,
    "listed": 0.66,
    "unknown": 0.55,
}

_PROPOSE = {"propose", "proposes", "proposed", "introduce", "introduces", "introduced", "present", "presents"}
_MAKE = {
    "develop", "developed", "develops", "design", "designed", "designs", "devise", "devised", "construct",
    "constructed", "build", "built", "create", "created", "curate", "curated", "collect", "collected", "release",
    "contribute", "formulate", "organize", "establish", "describe", "presented",
}  # fmt: skip
_GERUNDS = {"constructing", "introducing", "proposing", "presenting", "building", "designing", "developing"}
_PASSIVE = {"proposed", "introduced", "presented", "devised", "developed", "designed"}
_NAMING = {"dubbed", "termed", "coined", "named", "called", "denoted", "coded", "christened", "namely", "titled"}
_HOLDS = {"includes", "include", "comprises", "contains", "consists", "including", "involves", "features"}
_OWNERS = {"we", "paper", "work", "study", "article", "authors", "report", "i"}
_OF_NOUNS = {"task", "notion", "concept", "problem", "idea", "family", "process"}
_PLURALS = (
    PARTS | WHOLES | {"component", "concept", "contribution", "term", "variant", "idea", "part", "dataset", "benchmark"}
)
_ORDINALS = {"first", "second", "third", "fourth", "fifth", "last", "one", "other", "former", "latter"}
_ENUMERATOR = re.compile(r"^\(?(?:\d|[ivx]{1,3}|[a-e])$")


def introductions(lines: Sequence[Line]) -> list[Candidate]:
    """All that the lines present as new; several candidates may mean one thing (a name and its description)."""
    found: list[Candidate] = []
    for index, line in enumerate(lines):
        if line.sentence.field == "title":
            found.extend(_title_names(lines, index))
        else:
            found.extend(_sentence_introductions(lines, index))
    return _settle(found, _later_named(lines))


def _title_names(lines: Sequence[Line], index: int) -> Iterator[Candidate]:
    """ "NAME: what it is", "NAME -- what it is", "NAME and NAME: ..."."""
    words = lines[index].words
    colon = next((at for at, word in enumerate(words[:14]) if any(c in ":—" for c in word.closes)), None)
    if colon is None:
        yield from _title_phrase(lines, index)
        return
    stop = next(
        (at for at, word in enumerate(words[: colon + 1]) if at and is_stop(word) and word.lower != "and"), None
    )
    if stop is not None and not is_shaped(words[0].text):
        yield from _title_long_form(lines, index, colon)
        return
    at = colon
    named = _groups(words[: stop if stop is not None else colon + 1])
    for first, last in named:
        name = words[first:last]
        alone = len(named) == 1 and len(name) == 1 and name[0].text[0].isupper() and not is_generic(name)
        repeated = len(name) <= 4 and _repeated(lines, " ".join(word.text for word in name))
        shaped = any(is_shaped(word.text) or "$" in word.text for word in name)
        if not (shaped or alone or (repeated and not is_generic(name) and len(name) > 1)):
            continue
        kind = _title_type(words, first, last, at)
        if shaped or alone:
            yield make_candidate(lines, index, first, last, kind, PRECISION["title"], 0, "introduced")
            long = _spelled(words, words[last - 1].text, colon + 1) if last - first == 1 else None
            if long is not None:
                yield make_candidate(lines, index, *long, kind, PRECISION["short"], 0, "long")


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


def _spelled(words: Sequence[Word], name: str, at: int) -> tuple[int, int] | None:
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


def _title_long_form(lines: Sequence[Line], index: int, colon: int) -> Iterator[Candidate]:
    """ "Battle of the Backbones: ...", where the abstract gives its short form."""
    words = lines[index].words
    name = " ".join(word.lower for word in words[: colon + 1])
    for line in lines:
        for short in line.shorts:
            if not is_generic(words[: colon + 1]) and name == " ".join(
                word.lower for word in line.words[short.long_first : short.long_last]
            ):
                yield make_candidate(lines, index, 0, colon + 1, "Method", PRECISION["title"], 0, "introduced")
                return


def _title_phrase(lines: Sequence[Line], index: int) -> Iterator[Candidate]:
    """ "Position Prediction as an Effective Strategy": the phrase that a title without a name starts with."""
    words = lines[index].words
    if not words or (words[0].lower.endswith("ing") and words[0].lower not in ("learning", "training")):
        return
    phrase = phrase_at(words, 0, frozenset(("of",)))
    if phrase is None or phrase[1] - phrase[0] < 2 or phrase[0] > 1 or phrase[1] >= len(words):
        return
    name = words[phrase[0] : phrase[1]]
    after = words[phrase[1]].lower
    if after not in ("for", "with", "via", "as", "by", "using", "through") or is_generic(name):
        return
    if head_type(name) == "Method" or after == "as":
        yield make_candidate(lines, index, *phrase, "Method", PRECISION["whole"], 2, "title")


def _groups(words: Sequence[Word]) -> list[tuple[int, int]]:
    groups, first = [], 0
    for at, word in enumerate(words):
        if word.lower in ("and", "&"):
            groups.append((first, at))
            first = at + 1
    groups.append((first, len(words)))
    return [group for group in groups if group[1] > group[0]]


def _repeated(lines: Sequence[Line], name: str) -> bool:
    return any(name in line.sentence.text for line in lines if line.sentence.field != "title")


def _title_type(words: Sequence[Word], first: int, last: int, colon: int) -> ConceptType:
    own = head_type(words[first:last])
    if own == "Dataset" or _has_dataset_word(words[first:last]):
        return "Dataset"
    phrase = phrase_at(words, colon + 1) if colon + 1 < len(words) else None
    if phrase and head_type(words[phrase[0] : phrase[1]]) == "Dataset" and first == 0:
        return "Dataset"
    return "Method"


def _sentence_introductions(lines: Sequence[Line], index: int) -> Iterator[Candidate]:
    words = lines[index].words
    for at, word in enumerate(words):
        lower = word.lower
        if lower in _NAMING:
            yield from _named(lines, index, at)
        elif lower in ("call", "term", "name", "dub", "abbreviate", "denote") and at and _owner_before(words, at):
            yield from _called(lines, index, at)
        elif lower == "stands" and at + 2 < len(words) and words[at + 1].lower == "for":
            phrase = phrase_at(words, at + 2, frozenset(("of", "and", "for")))
            if phrase is not None and lines[index].zone != "background":
                yield make_candidate(lines, index, *phrase, "Method", PRECISION["short"], 1, "long")
        elif lower in _PROPOSE or lower in _MAKE:
            if _owner_before(words, at) and not (lower in _MAKE and not _we_before(words, at)):
                yield from _objects(
                    lines, index, at + 1, released=lower in ("release", "build", "describe", "contribute")
                )
        elif lower in _GERUNDS and at and words[at - 1].lower in ("by", "through") and _we_before(words, at, 40):
            yield from _objects(lines, index, at + 1)
        elif lower in ("is", "are") and _passive_after(words, at):
            yield from _subject(lines, index, at)
        elif lower in ("our", "ours") and at + 1 < len(words):
            yield from _our(lines, index, at)
        elif lower in ("novel", "new") and at >= 2 and words[at - 1].lower in ("a", "an", "our"):
            if words[at - 2].lower in ("via", "with", "through", "by", "using") and lines[index].zone != "background":
                yield from _items(lines, index, at - 1, "part", None, single=True)
        elif lower in ("resulting", "final", "proposed") and at:
            yield from _appositive_name(lines, index, at)
        elif lower == "or" and at + 3 < len(words) and [w.lower for w in words[at + 2 : at + 4]] == ["for", "short"]:
            yield from _or_for_short(lines, index, at)
        elif lower in _ORDINALS and at and words[at - 1].lower == "the" and at + 2 < len(words):
            if "," in words[at + 1].closes and head_type(words[at + 1 : at + 2]) == "Method":
                yield from _items(lines, index, at + 2, "part", None, single=True)


def _owner_before(words: Sequence[Word], at: int) -> bool:
    for back in range(at - 1, max(-1, at - 7), -1):
        word = words[back]
        if word.lower in _OWNERS:
            return True
        if word.lower == "and" and back == at - 1 and words[at].lower in ("propose", "introduce", "present"):
            return _we_before(words, at, 60)
        if word.lower in ("that", "which", "they", "to", "been", "was", "were", "is", "are", "the", "recently-"):
            return False
    return False


def _we_before(words: Sequence[Word], at: int, reach: int = 7) -> bool:
    return any(word.lower == "we" for word in words[max(0, at - reach) : at])


def _passive_after(words: Sequence[Word], at: int) -> bool:
    for word in words[at + 1 : at + 4]:
        if word.lower in _PASSIVE:
            return True
        if not (word.lower.endswith("ly") or word.lower in ("then", "also", "first", "further")):
            return False
    return False


def _object_start(words: Sequence[Word], at: int) -> int | None:
    while at < len(words) and (words[at].lower.endswith("ly") or words[at].lower in ("and", "then", "also", "both")):
        at += 1
    if at >= len(words) or words[at].lower in ("to", "that", "how", "by", "in", "for"):
        return None
    return at


def _objects(lines: Sequence[Line], index: int, at: int, released: bool = False) -> Iterator[Candidate]:
    """What "we propose" takes, with its appositions and lists."""
    words = lines[index].words
    start = _object_start(words, at)
    if start is None:
        return
    phrase = phrase_at(words, start)
    if phrase is None:
        return
    first, last = phrase
    if last < len(words) and words[last].lower == "of" and singular(words[last - 1].text) in _OF_NOUNS:
        inner = phrase_at(words, last + 1)
        if inner:
            kind = head_type(words[first:last])
            yield from _phrase(lines, index, *inner, kind)
            return
    if last < len(words) and words[last].lower in _NAMING and words[last].lower != "namely":
        return  # the name follows: "a task called X"
    if not released or head_type(words[first:last]) is not None or is_shaped(words[last - 1].text):
        yield from _items(lines, index, start, "part", None)
    yield from _appositions(lines, index, first, last)


def _items(
    lines: Sequence[Line], index: int, at: int, pattern: str, kind: ConceptType | None, single: bool = False
) -> Iterator[Candidate]:
    """The phrases of an enumeration, from the word ``at`` on: "a key sampling approach and a shared embedding"."""
    words = lines[index].words
    for _ in range(8):
        phrase = phrase_at(words, at)
        if phrase is None:
            return
        first, last = phrase
        yield from _phrase(lines, index, first, last, kind, pattern=pattern)
        if single:
            return
        at = last
        while at < len(words) and words[at].opens.startswith("("):  # over the short form
            at += 1
        closed = words[at - 1].closes
        if "." in closed or ":" in closed or ";" in closed or at >= len(words):
            return
        if words[at].lower == "and":
            at += 1
        elif "," in closed and words[at].lower in ("a", "an", "the", "and"):
            at += 1 if words[at].lower == "and" else 0
            if not any(word.lower == "and" for word in words[at : at + 14]):
                return  # an apposition, not a list
        else:
            return
        if at < len(words) and words[at].lower not in ("a", "an", "the") and not is_shaped(words[at].text):
            return


def _appositions(lines: Sequence[Line], index: int, first: int, last: int) -> Iterator[Candidate]:
    """ "..., RS5M, which ...", "a method, detection prompt (DetPro), to ...", "tasks: A, B and C", "that includes"."""
    words = lines[index].words
    kind = head_type(words[first:last])
    plural = words[last - 1].lower.endswith("s") and singular(words[last - 1].text) in _PLURALS
    for at in range(last, min(len(words), last + 14)):
        before, word = words[at - 1], words[at]
        if word.lower in _NAMING or ("." in before.closes and at > last):
            return
        if plural and (":" in before.closes or before.lower in ("including", "namely")):
            yield from _listed(lines, index, at, kind)
            return
        if word.lower in ("includes", "comprises", "contains") and words[at - 1].lower in ("that", "which"):
            yield from _items(lines, index, at + 1, "part", None, single=True)
            return
        if "," in before.closes and not is_stop(word) and word.lower not in LEADING:
            phrase = phrase_at(words, at)
            if phrase is None:
                return
            end = phrase[1]
            short = _short_end(words, end)
            ends_here = "," in words[end - 1].closes or "." in words[end - 1].closes or ":" in words[end - 1].closes
            shaped = any(is_shaped(one.text) for one in words[phrase[0] : end])
            if short or (shaped and ends_here and end - phrase[0] <= 3):
                yield from _phrase(lines, index, phrase[0], end, kind, named=True)
                return


def _listed(lines: Sequence[Line], index: int, at: int, kind: ConceptType | None) -> Iterator[Candidate]:
    """The members of a list after a colon: separated by commas, numbers or brackets."""
    words = lines[index].words
    start = at
    for _ in range(8):
        while start < len(words) and (words[start].lower in ("and", "or") or _ENUMERATOR.match(words[start].text)):
            start += 1
        phrase = phrase_at(words, start) if start < len(words) else None
        if phrase is None:
            return
        yield from _phrase(lines, index, *phrase, kind, pattern="listed")
        end = phrase[1]
        while end < len(words) and end < phrase[1] + 6:
            if words[end - 1].closes.endswith((",", ";", "),")) and not words[end].opens:
                break
            if words[end].lower == "and":
                break
            end += 1
        else:
            return
        start = end


def _phrase(
    lines: Sequence[Line],
    index: int,
    first: int,
    last: int,
    kind: ConceptType | None,
    named: bool = False,
    pattern: str = "",
) -> Iterator[Candidate]:
    """A phrase presented as new: its name where it holds one ("a framework W2PGNN"), and its short form."""
    words = lines[index].words
    while last - first > 1 and words[last - 1].lower in LEADING:
        last -= 1
    defined = lines[index].short_of(first, last)
    if defined is not None:
        yield from _defined(lines, index, defined, kind)
        return
    own = head_type(words[first:last])
    short = _short_end(words, last)
    split = _name_after_head(words, first, last)
    if split is not None and not short:
        yield make_candidate(
            lines,
            index,
            split,
            last,
            _type(head_type(words[first:split]) or kind),
            PRECISION["shaped"],
            1,
            "introduced",
        )
        return
    name = words[first:last]
    if short:
        type = _type(own or kind)
        after = words[last + 1].lower if last + 1 < len(words) else ""
        if own is None and singular(after) in ("dataset", "benchmark", "corpus"):
            type = "Dataset"
        score = PRECISION["short"]
        yield make_candidate(lines, index, last, short, type, score, 1, "introduced")
        if last - first >= 2 or is_shaped(name[0].text):
            yield make_candidate(lines, index, first, last, type, score, 1, "long")
        return
    if is_generic(name) or len(name) > 8:
        return
    lower = " ".join(word.lower for word in name)
    if lower in WELL_KNOWN or WELL_KNOWN_PHRASE.match(lower):
        return
    shaped = is_shaped(name[-1].text) or (len(name) <= 3 and is_shaped(name[0].text))
    head = singular(name[-1].lower.rsplit("-", 1)[-1])
    if named or (shaped and head not in WHOLES and head not in PARTS):
        apposed = "Dataset" if _has_dataset_word(name) else _apposed_type(words, last)
        type = _type(apposed or own or kind)
        yield make_candidate(lines, index, first, last, type, PRECISION["shaped"], 1, "introduced")
        long = _spelled(words, name[0].text, last) if len(name) == 1 else None
        if long is not None:
            yield make_candidate(lines, index, *long, type, PRECISION["short"], 1, "long")
    elif (own == "Dataset" or head in WHOLES) and pattern != "listed":
        yield make_candidate(lines, index, first, last, _type(own), PRECISION["whole"], 4, "whole")
    elif own is not None or kind is not None or len(name) >= 3:
        score = PRECISION[pattern or "part"] if own is not None or kind is not None else PRECISION["unknown"]
        type = kind if kind == "Task" else _type(own or kind)
        if type == "Metric":
            return
        yield make_candidate(lines, index, first, last, type, score, 3, "introduced")


def _defined(
    lines: Sequence[Line],
    index: int,
    short: ShortForm,
    kind: ConceptType | None,
    cue: str = "introduced",
    rank: int = 1,
) -> Iterator[Candidate]:
    """A long form with its short form, both as one new thing; established ones are left out."""
    words = lines[index].words
    long = words[short.long_first : short.long_last]
    lower = " ".join(word.lower for word in long)
    names = {words[short.first].lower, lower}
    if names & WELL_KNOWN or WELL_KNOWN_PHRASE.match(lower):
        return
    own = head_type(long)
    after = words[short.last].lower if short.last < len(words) else ""
    if singular(after) in ("dataset", "benchmark", "corpus"):
        type: ConceptType = "Dataset"
    elif kind == "Task" or singular(after) in ("task", "problem"):
        type = "Task"
    else:
        type = _type(own if own is not None else kind)
    for first, last in ((short.first, short.last), (short.long_first, short.long_last)):
        yield make_candidate(
            lines, index, first, last, type, PRECISION["short"], rank, cue if first == short.first else "long"
        )


def _has_dataset_word(words: Sequence[Word]) -> bool:
    return any(singular(word.text) in ("challenge", "benchmark", "dataset", "corpus") for word in words)


def _type(kind: ConceptType | None) -> ConceptType:
    return kind if kind in ("Dataset", "Task") else "Method"


def _short_end(words: Sequence[Word], at: int) -> int:
    """Where a short form in parentheses that starts at a word ends, exclusive; 0 where none starts there."""
    if at >= len(words) or not words[at].opens.startswith("("):
        return 0
    for end in range(at + 1, min(len(words), at + 3) + 1):
        if ")" in words[end - 1].closes:
            short = words[at:end]
            shaped = is_shaped(short[0].text) or (
                len(short) == 1 and short[0].text.isupper() and len(short[0].text) > 1
            )
            return end if shaped and sum(len(word.text) for word in short) <= 24 else 0
    return 0


def _apposed_type(words: Sequence[Word], last: int) -> ConceptType | None:
    """MDETR, *an end-to-end modulated detector*."""
    if last < len(words) and "," in words[last - 1].closes and words[last].lower in ("a", "an", "the"):
        phrase = phrase_at(words, last)
        if phrase:
            return head_type(words[phrase[0] : phrase[1]])
    return None


def _name_after_head(words: Sequence[Word], first: int, last: int) -> int | None:
    """In "dynamic benchmark WIKIMIA", where the name starts."""
    for at in range(last - 1, first, -1):
        if singular(words[at - 1].text) in WHOLES or head_type(words[at - 1 : at]) == "Dataset":
            if is_shaped(words[at].text) and words[at - 1].text.islower():
                return at
            return None
    return None


def _named(lines: Sequence[Line], index: int, at: int) -> Iterator[Candidate]:
    """ "dubbed (as) NAME", "which we call NAME", "namely NAME"."""
    words = lines[index].words
    start = at + 1
    while start < len(words) and words[start].lower in ("as", "by", "the", "a", "an"):
        start += 1
    if start >= len(words) or (words[at].lower == "namely" and ":" in words[at].closes):
        return
    phrase = phrase_at(words, start, frozenset(("of",)) if words[at].lower != "namely" else frozenset())
    if phrase is None:
        return
    first, last = phrase[0], phrase[1]
    name = words[first:last]
    shaped = any(is_shaped(word.text) or "{" in word.text for word in name) or name[0].text[:1].isupper()
    if words[at].lower == "namely" and not shaped:
        return
    if is_generic(name) and not shaped:
        return
    if (
        words[at].lower == "called"
        and not shaped
        and any(w.lower in ("problem", "so") for w in words[max(0, at - 2) : at])
    ):
        return
    before = _head_before(words, at)
    defined = lines[index].short_of(first, last)
    if defined is not None:
        yield from _defined(lines, index, defined, before, rank=0)
        return
    own = head_type(name)
    type = _type(own if own in ("Task", "Dataset") and not is_shaped(name[-1].text) else before)
    short = _short_end(words, last)
    yield make_candidate(lines, index, first, last, type, PRECISION["named"], 0, "long" if short else "introduced")
    if short:
        yield make_candidate(lines, index, last, short, type, PRECISION["named"], 0, "introduced")


def _head_before(words: Sequence[Word], at: int) -> ConceptType | None:
    """The type of the noun that "dubbed" speaks of: the last head word before it."""
    for word in reversed(words[max(0, at - 14) : at]):
        form = singular(word.text)
        if form in ("task", "problem"):
            return "Task"
        if form in WHOLES or form in PARTS:
            return "Method"
        if head_type((word,)) == "Dataset":
            return "Dataset"
    return None


def _called(lines: Sequence[Line], index: int, at: int) -> Iterator[Candidate]:
    """ "which we term NAME", "we name our dataset as NAME", "we call the results NAME"."""
    words = lines[index].words
    for there in range(at + 1, min(len(words), at + 8)):
        if words[there].lower == "as":
            yield from _named(lines, index, there)
            return
    if at >= 2 and words[at - 2].lower in ("which", "that", "what"):
        yield from _named(lines, index, at)
        return
    for there in range(at + 1, min(len(words), at + 6)):
        if (words[there].opens and words[there].opens[0] in "\"“'`") or is_shaped(words[there].text):
            yield from _named(lines, index, there - 1)
            return


def _appositive_name(lines: Sequence[Line], index: int, at: int) -> Iterator[Candidate]:
    """ "The resulting algorithm, Pre-trained Distillation, brings": a capitalised apposition."""
    words = lines[index].words
    for there in range(at + 1, min(len(words) - 1, at + 9)):
        if "," in words[there].closes and head_type(words[there : there + 1]) == "Method":
            phrase = phrase_at(words, there + 1)
            if phrase and "," in words[phrase[1] - 1].closes and words[phrase[0]].text[0].isupper():
                yield from _phrase(lines, index, *phrase, "Method", named=True)
            return


def _or_for_short(lines: Sequence[Line], index: int, at: int) -> Iterator[Candidate]:
    """ "Long Form, or SHORT for short"."""
    words = lines[index].words
    first = at
    while first > 0 and not is_stop(words[first - 1]) and at - first < 8:
        if first < at and "," in words[first - 1].closes:
            break
        first -= 1
    if first < at:
        yield make_candidate(lines, index, at + 1, at + 2, "Method", PRECISION["short"], 1, "introduced")
        yield make_candidate(lines, index, first, at, "Method", PRECISION["short"], 1, "long")


def _subject(lines: Sequence[Line], index: int, at: int) -> Iterator[Candidate]:
    """ "a two-stage method is proposed": the phrase before the verb, or its apposition."""
    words = lines[index].words
    first = at
    while first > 0 and not is_stop(words[first - 1]) and at - first < 8:
        if first < at and ("," in words[first - 1].closes or ":" in words[first - 1].closes):
            break
        first -= 1
    if first > 0 and words[first - 1].lower == "and":
        return
    if first > 0 and words[first - 1].lower in ("by", "of", "for", "in", "on", "with", "to", "from"):
        return
    head = first
    while head < at and not words[head].opens.startswith("("):
        head += 1
    phrase = phrase_at(words, first)
    if phrase is not None and phrase[1] > phrase[0]:
        yield from _phrase(lines, index, phrase[0], min(phrase[1], head, at), None)
    for there in range(at + 1, min(len(words), at + 16)):
        if words[there].lower in ("including", "namely"):
            yield from _items(lines, index, there + 1, "listed", None)
            return


def _our(lines: Sequence[Line], index: int, at: int) -> Iterator[Candidate]:
    """ "our (proposed) NAME", "our design includes an X decoder (XD)"."""
    words = lines[index].words
    for defined in lines[index].shorts:
        if at < defined.long_first <= at + 3 and not any(is_stop(word) for word in words[at + 1 : defined.long_first]):
            yield from _defined(lines, index, defined, None)
            return
    nxt = at + 1
    while nxt < len(words) and words[nxt].lower in (
        "proposed",
        "new",
        "novel",
        "full",
        "best",
        "method",
        "model",
        "framework",
        "dataset",
        "approach",
    ):
        nxt += 1
    if (
        nxt < len(words)
        and is_shaped(words[nxt].text)
        and not words[nxt].opens
        and not any("," in w.closes for w in words[at + 1 : nxt])
    ):
        word = words[nxt]
        if word.lower not in WELL_KNOWN:
            follows = words[nxt + 1].lower if nxt + 1 < len(words) and not word.closes else ""
            if head_type(words[nxt : nxt + 1]) is None and (
                follows == "" or is_stop(words[nxt + 1]) or head_type(words[nxt + 1 : nxt + 2])
            ):
                kind: ConceptType = "Dataset" if singular(follows) in ("dataset", "benchmark", "corpus") else "Method"
                yield make_candidate(lines, index, nxt, nxt + 1, kind, 0.85, 2, "introduced")
        return
    for there in range(at + 1, min(len(words), at + 5)):
        if words[there].lower in _HOLDS:
            start = there + 1 + (there + 1 < len(words) and words[there + 1].lower == "of")
            yield from _items(lines, index, start, "part", None)
            return


_LATER_NAMED = re.compile(
    r"\b(?:proposed|resulting|whole|new|overall) (\w+) (?:is|was) (?:\w+ )?(?:dubbed|named|termed|called|coined)\b"
)


def _later_named(lines: Sequence[Line]) -> frozenset[str]:
    return frozenset(
        found.group(1) for line in lines for found in _LATER_NAMED.finditer(line.sentence.text[:MAX_SENTENCE])
    )


def _settle(found: list[Candidate], later_named: frozenset[str]) -> list[Candidate]:
    """Descriptions of the whole method go where the paper gives its name; else one of them stays.

    A text has one type: that of its surest pattern. A part that is later named ("the proposed module is named X")
    goes, too.
    """
    types: dict[str, tuple[int, ConceptType]] = {}
    for one in found:
        if one.text not in types or one.rank < types[one.text][0]:
            types[one.text] = (one.rank, one.type)
    named = {one.type for one in found if one.cue == "introduced" and one.rank <= 1}
    order = {"title": 0, "whole": 1}
    wholes = sorted((one for one in found if one.cue in order), key=lambda one: (order[one.cue], one.line, one.start))
    kept = wholes[:1] if wholes and wholes[0].type not in named else []
    settled = [replace(one, cue="introduced") for one in kept]
    settled += [
        one for one in found if one.cue not in order and not (one.rank >= 3 and one.text.split()[-1] in later_named)
    ]
    return [replace(one, type=types[one.text][1]) for one in settled]
