"""Reading, Tagged, Role -> Relation: the nine relations between mentions of one sentence.

The network scores every ordered pair of a sentence's mentions; two names of one concept beside each other, and new
parts beside their new whole, are read off the reading.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kg.extract.reading import Reading
from kg.extract.tagger import Tagged
from kg.records import Relation, RelationType, Role

MAX_MENTIONS = 40  # of a sentence that are paired


def find_relations(reading: Reading, roles: Sequence[Role], tagged: Tagged) -> tuple[Relation, ...]:
    """The relations of a paper's mentions, each (head, tail, type) once, sorted."""
    best: dict[tuple[int, int, RelationType], float] = {}
    for relation in (*_synonyms(reading), *_learnt(reading, tagged), *_parts(reading, roles)):
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


def _learnt(reading: Reading, tagged: Tagged) -> Iterator[Relation]:
    """What the network finds between the mentions of each sentence."""
    for index, mentions in enumerate(reading.in_line):
        paired = mentions[:MAX_MENTIONS]
        spans = [(*reading.span(m), reading.mentions[m].type) for m in paired]
        sure = [reading.mentions[m].score for m in paired]
        for head, tail, type, score in tagged.relations(index, spans, sure):
            if reading.concept_of[paired[head]] != reading.concept_of[paired[tail]]:
                yield Relation(paired[head], paired[tail], type, score)


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
