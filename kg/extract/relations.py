"""Reading, Role -> Relation: the nine relations between mentions of one sentence, by type and the words between.

The rules are a table, see `relation_rules`; what holds for one member of a list holds for the others. Only mentions
that stand near each other are paired, so a sentence costs what is linear in its mentions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from kg.extract.phrases import MAX_SENTENCE
from kg.extract.reading import Reading
from kg.extract.relation_rules import rule_for
from kg.records import Relation, RelationType, Role

MAX_MENTIONS = 40  # of a sentence that are paired
MAX_APART = 5  # mentions from one to the other
MAX_BETWEEN = 160  # code points

_LIST_GAP = re.compile(r"\s?(?:\([^()]{0,30}\)\s?)?(?:,|/|\+|&|,?\s?\b(?:and|or)\b)\s?(?:the |a )?", re.IGNORECASE)


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
        paired = [m for m in mentions[:MAX_MENTIONS] if reading.mentions[m].type != "Metric"]
        groups = _lists(reading, text, paired)
        for at, first in enumerate(paired):
            for second in paired[at + 1 : at + 1 + MAX_APART]:
                between = text[reading.span(first)[1] : reading.span(second)[0]]
                if len(between) > MAX_BETWEEN:
                    break
                if groups[first] != groups[second]:
                    yield from _pair(reading, first, second, between, groups, paired)


def _lists(reading: Reading, text: str, mentions: Sequence[int]) -> dict[int, int]:
    """For each mention the first member of the list that it stands in: "A, B and C" of one type."""
    groups: dict[int, int] = {}
    for before, mention in zip([None, *mentions], mentions, strict=False):
        groups[mention] = mention
        if before is not None and reading.mentions[before].type == reading.mentions[mention].type:
            gap = text[reading.span(before)[1] : reading.span(mention)[0]]
            if _LIST_GAP.fullmatch(gap):
                groups[mention] = groups[before]
    return groups


def _pair(
    reading: Reading, first: int, second: int, between: str, groups: dict[int, int], mentions: Sequence[int]
) -> Iterator[Relation]:
    """The relation of a pair, and with it those of the lists that the two stand in."""
    rule = rule_for(reading.mentions[first].type, reading.mentions[second].type, between)
    if rule is None:
        return
    for one in mentions:
        if groups[one] != groups[first] or one > first:
            continue
        for other in mentions:
            if groups[other] != groups[second] or other < second:
                continue
            if reading.concept_of[one] == reading.concept_of[other]:
                continue
            head, tail = (one, other) if rule.forward else (other, one)
            near = (one, other) == (first, second)
            yield Relation(head, tail, rule.type, rule.score if near else rule.score * 0.92)


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
