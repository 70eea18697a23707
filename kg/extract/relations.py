"""Reading, Role -> Relation: the nine relations between mentions of one sentence, by type and the words around them.

A rule is a row: types of head and tail, a pattern for the text between the two, which of them comes first, and how
sure it is. Only mentions that stand near each other are paired, so a sentence costs what is linear in its mentions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kg.extract.phrases import MAX_SENTENCE
from kg.extract.reading import Reading
from kg.records import ConceptType, Relation, RelationType, Role

MAX_MENTIONS = 40  # of a sentence that are paired
MAX_APART = 6  # mentions from one to the other

_LIST = r"(?:[^.;:]{0,60}?(?:,|\band\b|\bor\b|/)\s?(?:the |a )?)?"


@dataclass(frozen=True, slots=True)
class _Rule:
    """``forward``: the head comes first in the text."""

    type: RelationType
    head: ConceptType
    tail: ConceptType
    between: re.Pattern[str]
    forward: bool
    score: float
    zones: tuple[str, ...] = ()


def _rule(
    type: RelationType, head: ConceptType, tail: ConceptType, between: str, forward: bool, score: float, *zones: str
) -> _Rule:
    return _Rule(type, head, tail, re.compile(between, re.IGNORECASE), forward, score, zones)


_SUCH_AS = (
    r"(?:\s(?:models?|methods?|approaches|frameworks?|detectors|tasks?|benchmarks?"
    r"|datasets?))?,?\s?\(?(?:such as|including|e\.g\.,?|i\.e\.,?|like|namely)\s" + _LIST
)
_IS_A = r"(?:,|\sis|\sare|\sas)\s(?:a|an|the)\s(?:[\w-]+\s){0,4}"

_RULES: tuple[_Rule, ...] = (
    _rule(
        "Compare-With",
        "Method",
        "Method",
        r"[^.;]{0,80}\b(?:outperform\w*|surpass\w*|exceed\w*|beats?|better than|superior to"
        r"|compared (?:to|with)|comparable (?:to|with)|improves?|improving|than|over|versus|vs\.?"
        r"|on par with|unlike)\b[^.;]{0,50}",
        True,
        0.7,
    ),
    _rule("SubClass-Of", "Method", "Method", _IS_A, True, 0.66),
    _rule("SubClass-Of", "Method", "Method", _SUCH_AS, False, 0.72),
    _rule("SubClass-Of", "Dataset", "Dataset", _SUCH_AS, False, 0.6),
    _rule("SubTask-Of", "Task", "Task", _SUCH_AS, False, 0.7),
    _rule("SubTask-Of", "Task", "Task", _IS_A, True, 0.6),
    _rule(
        "Part-Of",
        "Method",
        "Method",
        r"[^.;]{0,40}\b(?:consists? of|contains?|comprises?|includes?|equipped with|composed of|has)\b[^.;]{0,40}",
        False,
        0.64,
    ),
    _rule("Part-Of", "Method", "Method", r"\s(?:with|using)\s(?:a|an|the|our)?\s?(?:[\w-]+\s){0,2}", False, 0.55),
    _rule(
        "Part-Of", "Method", "Method", r"\s(?:of|in|within|inside)\s(?:the|our|a|an)?\s?(?:[\w-]+\s){0,2}", True, 0.58
    ),
    _rule(
        "Part-Of",
        "Method",
        "Method",
        r"[^.;]{0,60}\b(?:into|as (?:a |the )?(?:part|backbone|component)s? of|(?:is|are) (?:used"
        r"|employed|applied) (?:in|by))\b[^.;]{0,30}",
        True,
        0.56,
    ),
    _rule(
        "Part-Of",
        "Dataset",
        "Dataset",
        r"\s(?:is|are)?\s?(?:a )?(?:part|subset|split|portion)s? of\s(?:the\s)?",
        True,
        0.7,
    ),
    _rule(
        "Trained-With",
        "Method",
        "Dataset",
        r"[^.;]{0,60}\b(?:pre-?train\w*|train\w*|fine-?tun\w+|learn\w*)\b[^.;]{0,30}\b(?:on|with"
        r"|using|from|over)\b[^.;]{0,30}",
        True,
        0.68,
    ),
    _rule("Trained-With", "Method", "Dataset", r"(?:-|\s)(?:pre-?trained|trained)\s(?:[\w-]+\s){0,2}", False, 0.6),
    _rule(
        "Evaluated-With",
        "Method",
        "Dataset",
        r"[^.;]{0,120}\b(?:achiev\w+|outperform\w*|evaluat\w+|obtain\w*|attain\w*|surpass\w*"
        r"|improv\w+|gains?|results?|perform\w*|reach\w*|yields?|experiments?|state-of-the-art"
        r"|tested?)\b[^.;]{0,90}\b(?:on|over|across|in|including|of)\b[^.;]{0,60}",
        True,
        0.7,
    ),
    _rule(
        "Evaluated-With",
        "Method",
        "Dataset",
        r"\s(?:on|in)\s(?:the\s)?(?:[\w-]+\s){0,2}",
        True,
        0.56,
        "experiment",
        "contribution",
    ),
    _rule("Evaluated-With", "Method", "Dataset", r"(?:\s[\w-]+){0,3},\s[^.;]{0,40}", False, 0.56, "experiment"),
    _rule(
        "Used-For",
        "Method",
        "Task",
        r"[^.;,]{0,50}\b(?:for|to (?:solve|tackle|address|perform|improve|handle)|applied to|tackles?"
        r"|addresses|performs?)\b(?:\s[\w-]+){0,3}?\s?",
        True,
        0.7,
    ),
    _rule(
        "Used-For", "Method", "Task", r"[^.;]{0,60}\b(?:in|on)\s(?:the\s)?(?:task of\s)?(?:[\w-]+\s){0,2}", True, 0.55
    ),
    _rule(
        "Used-For",
        "Method",
        "Task",
        r"[^.;]{0,30}\b(?:via|using|with|through|by|based on)\b\s(?:[\w-]+\s){0,3}",
        False,
        0.62,
    ),
    _rule("Used-For", "Method", "Task", r":\s[^.;]{0,50}\bfor\s", True, 0.75, "title"),
    _rule("Used-For", "Method", "Task", r":\s(?:[\w-]+\s){0,8}", True, 0.62, "title"),
    _rule("Benchmark-For", "Dataset", "Task", r"(?:\s(?:dataset|benchmark|corpus|challenge)s?)?\s?", True, 0.74),
    _rule("Benchmark-For", "Dataset", "Task", r"[^.;]{0,40}\b(?:for|in the task of)\b(?:\s[\w-]+){0,2}?\s", True, 0.62),
    _rule(
        "Benchmark-For",
        "Dataset",
        "Task",
        r"[^.;]{0,30}\b(?:on|in)\s(?:the\s)?(?:[\w-]+\s){0,2}" + _LIST,
        False,
        0.6,
        "experiment",
        "contribution",
    ),
)

_GROUPED: dict[tuple[ConceptType, ConceptType], list[_Rule]] = {}
for _one in _RULES:
    _first, _second = (_one.head, _one.tail) if _one.forward else (_one.tail, _one.head)
    _GROUPED.setdefault((_first, _second), []).append(_one)


def find_relations(reading: Reading, roles: Sequence[Role]) -> tuple[Relation, ...]:
    """The relations of a paper's mentions, each (head, tail, type) once, sorted."""
    best: dict[tuple[int, int, RelationType], float] = {}
    for relation in (*_synonyms(reading), *_in_sentences(reading), *_parts(reading, roles)):
        key = (relation.head, relation.tail, relation.type)
        best[key] = max(best.get(key, 0.0), relation.score)
    return tuple(Relation(*key, round(score, 4)) for key, score in sorted(best.items()))


def _synonyms(reading: Reading) -> Iterator[Relation]:
    """Two names of one concept beside each other: "Long Form (SHORT)"; from the later to the earlier one."""
    for earlier, later in zip(range(len(reading.mentions)), range(1, len(reading.mentions)), strict=False):
        if reading.line_of[earlier] != reading.line_of[later]:
            continue
        if reading.concept_of[earlier] != reading.concept_of[later]:
            continue
        gap = reading.text_of(reading.line_of[earlier])[reading.span(earlier)[1] : reading.span(later)[0]]
        different = reading.mentions[earlier].text.lower() != reading.mentions[later].text.lower()
        if different and len(gap) <= 12 and ("(" in gap or "or" in gap or "as" in gap):
            yield Relation(later, earlier, "Synonym-Of", 0.93)
    for short, long in reading.synonyms:
        yield Relation(max(short, long), min(short, long), "Synonym-Of", 0.85)


def _in_sentences(reading: Reading) -> Iterator[Relation]:
    for index, mentions in enumerate(reading.in_line):
        text = reading.text_of(index)[:MAX_SENTENCE]
        zone = reading.lines[index].zone
        paired = [m for m in mentions[:MAX_MENTIONS] if reading.mentions[m].type != "Metric"]
        for at, first in enumerate(paired):
            for second in paired[at + 1 : at + 1 + MAX_APART]:
                if reading.concept_of[first] == reading.concept_of[second]:
                    continue
                between = text[reading.span(first)[1] : reading.span(second)[0]]
                if len(between) > 240:
                    break
                yield from _pair(reading, first, second, between, zone)


def _pair(reading: Reading, first: int, second: int, between: str, zone: str) -> Iterator[Relation]:
    """At most one relation of a pair: that of the surest rule."""
    rules = _GROUPED.get((reading.mentions[first].type, reading.mentions[second].type), ())
    best: _Rule | None = None
    for rule in rules:
        if (rule.zones and zone not in rule.zones) or (best is not None and rule.score <= best.score):
            continue
        if rule.between.fullmatch(between):
            best = rule
    if best is not None:
        head, tail = (first, second) if best.forward else (second, first)
        yield Relation(head, tail, best.type, best.score)


def _parts(reading: Reading, roles: Sequence[Role]) -> Iterator[Relation]:
    """A new part in a sentence that names the new method: "In MutNet, we design a mutual head"."""
    new = {reading.concept_of[role.mention] for role in roles if role.role == "introduces"}
    main = {
        reading.concept_of[m] for m, mention in enumerate(reading.mentions)
        if reading.cues[m] == "introduced" and mention.score >= 0.9 and mention.type == "Method"
    }  # fmt: skip
    for mentions in reading.in_line:
        wholes = [m for m in mentions[:MAX_MENTIONS] if reading.concept_of[m] in main]
        for part in mentions[:MAX_MENTIONS]:
            mention = reading.mentions[part]
            if not wholes or mention.type != "Method" or reading.cues[part] != "introduced" or mention.score >= 0.9:
                continue
            if reading.concept_of[part] in new and reading.concept_of[part] not in main and wholes[0] < part:
                yield Relation(part, wholes[0], "Part-Of", 0.6)
