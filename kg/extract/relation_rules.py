"""How the text between two mentions says what joins them: the table that `relations` reads.

A row: relation, types of head and tail, which of them comes first (`>`: the head), how sure, the text between.
The precisions were measured on the train and development parts of SciER with its own mentions, rounded.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import Literal

from kg.records import ConceptType, RelationType

Order = Literal[">", "<"]


@dataclass(frozen=True, slots=True)
class Rule:
    """A row of the table. ``forward``: the head comes first in the text."""

    type: RelationType
    forward: bool
    score: float
    between: re.Pattern[str]


_ARTICLE = r"\s(?:the |a |an |our |its |their )?(?:[\w-]+ ){0,2}"
_FAR = r"[^.;:]{0,60}"
_SUCH_AS = (
    r"(?:\s(?:models?|methods?|approaches|frameworks?|detectors|tasks?|benchmarks?|datasets?))?\s?,?\s?[(\[]?\s?"
    r"(?:such as|including|e\s?\.\s?g\s?\.,?|like|namely)\s(?:the )?"
)
_IS_A = r"\s(?:is|are|as)\s(?:a|an|the|one of the)\s(?:[\w-]+\s){0,4}"
_BEATS = (
    rf"{_FAR}\b(?:outperform\w*|surpass\w*|exceed\w*|beats?|(?:better|worse|faster|higher|lower|more \w+) than"
    rf"|superior to|compared? (?:to|with)|comparable (?:to|with)|improves? (?:up)?on|improving over|rather than"
    rf"|instead of|over|versus|vs\s?\.?|on par with|unlike|against)\b{_ARTICLE}(?:of |and ){{0,1}}"
)
_HAS = (
    rf"{_FAR}\b(?:consists? of|contains?|comprises?|includes?|equipped with|composed of|incorporates?|adopts?|employs?)"
    rf"\b{_ARTICLE}"
)
_INTO = rf"{_FAR}\b(?:into|as (?:a |the )?(?:part|backbone|component)s? (?:of|in|for)|used (?:in|by))\b{_ARTICLE}"
_TRAINED = (
    rf"{_FAR}\b(?:pre-?train\w*|train\w*|fine-?tun\w+|learn\w*)\s(?:\w+ ){{0,3}}?(?:on|with|using"
    rf"|from|over)\b{_ARTICLE}"
)
_TESTED = (
    rf"[^.;]{{0,90}}\b(?:achiev\w+|outperform\w*|evaluat\w+|obtain\w*|attain\w*|surpass\w*|improv\w+|gains?|results?"
    rf"|perform\w*|reach\w*|yields?|experiments?|state-of-the-art|tested?)\b[^.;]{{0,60}}\b(?:on"
    rf"|over|across|in)\b{_ARTICLE}"
)
_SOLVES = (
    rf"[^.;,]{{0,50}}\b(?:for|to (?:solve|tackle|address|perform|improve|handle)|applied to|tackles?|addresses"
    rf"|performs?)\b{_ARTICLE}"
)

_ROWS: tuple[tuple[RelationType, ConceptType, ConceptType, Order, float, str], ...] = (
    ("Compare-With", "Method", "Method", ">", 0.69, _BEATS),
    ("SubClass-Of", "Method", "Method", ">", 0.51, _IS_A),
    ("SubClass-Of", "Method", "Method", "<", 0.85, _SUCH_AS),
    ("SubClass-Of", "Dataset", "Dataset", "<", 0.7, _SUCH_AS),
    ("SubTask-Of", "Task", "Task", "<", 0.82, _SUCH_AS),
    ("SubTask-Of", "Task", "Task", ">", 0.6, _IS_A),
    ("Part-Of", "Method", "Method", "<", 0.61, _HAS),
    (
        "Part-Of",
        "Method",
        "Method",
        "<",
        0.61,
        r"\s(?:trained |combined )?(?:with|using)\s(?:the |a |an |our |its )?(?:[\w-]+ ){0,1}",
    ),
    ("Part-Of", "Method", "Method", ">", 0.77, rf"\s(?:of|in|within|inside)\b{_ARTICLE}"),
    ("Part-Of", "Method", "Method", ">", 0.46, _INTO),
    ("Part-Of", "Method", "Method", ">", 0.56, r"\s(?:for|from)\s(?:the |a )?"),
    ("Part-Of", "Dataset", "Dataset", ">", 0.7, r"\s(?:is |are )?(?:a )?(?:part|subset|split|portion)s? of\s(?:the )?"),
    ("Trained-With", "Method", "Dataset", ">", 0.76, _TRAINED),
    (
        "Trained-With",
        "Method",
        "Dataset",
        "<",
        0.9,
        r"(?:\s?-\s?|\s)(?:pre-?trained|trained|finetuned)\s(?:[\w-]+\s){0,2}",
    ),
    ("Evaluated-With", "Method", "Dataset", ">", 0.53, _TESTED),
    ("Evaluated-With", "Method", "Dataset", ">", 0.57, rf"\s(?:on|in)\b{_ARTICLE}"),
    ("Evaluated-With", "Method", "Dataset", "<", 0.51, r"(?:\s[\w-]+){0,2}\s?,\s(?:the |our )?(?:[\w-]+ ){0,2}"),
    ("Used-For", "Method", "Task", ">", 0.76, _SOLVES),
    ("Used-For", "Method", "Task", ">", 0.89, rf"\s(?:on|in|to)\b{_ARTICLE}"),
    ("Used-For", "Method", "Task", ">", 0.9, r"(?:\s|\s?-\s?)(?:based\s)?"),
    ("Used-For", "Method", "Task", ">", 0.75, r":\s(?:[\w-]+\s){0,8}(?:for\s)?"),
    (
        "Used-For",
        "Method",
        "Task",
        "<",
        0.75,
        rf"[^.;]{{0,30}}\b(?:via|using|with|through|by|based on|from)\b{_ARTICLE}",
    ),
    ("Used-For", "Method", "Task", "<", 0.7, r"\s"),
    ("Benchmark-For", "Dataset", "Task", ">", 0.88, r"(?:\s(?:dataset|benchmark|corpus|challenge)s?)?\s?"),
    ("Benchmark-For", "Dataset", "Task", ">", 0.7, rf"[^.;]{{0,40}}\b(?:for|in)\b{_ARTICLE}"),
    ("Benchmark-For", "Dataset", "Task", "<", 0.88, rf"[^.;]{{0,30}}\b(?:on|in)\b{_ARTICLE}"),
)


def _grouped() -> dict[tuple[ConceptType, ConceptType], tuple[Rule, ...]]:
    groups: dict[tuple[ConceptType, ConceptType], list[Rule]] = defaultdict(list)
    for type, head, tail, order, score, between in _ROWS:
        pair = (head, tail) if order == ">" else (tail, head)
        groups[pair].append(Rule(type, order == ">", score, re.compile(between, re.IGNORECASE)))
    return {pair: tuple(sorted(rules, key=lambda rule: -rule.score)) for pair, rules in groups.items()}


RULES = _grouped()  # (type of the first mention, type of the second) -> rules, the surest first


def rule_for(first: ConceptType, second: ConceptType, between: str) -> Rule | None:
    """The surest rule for two mentions, in the order of the text, and what stands between them.

    >>> found = rule_for("Method", "Dataset", " trained on ")
    >>> (found.type, found.forward)
    ('Trained-With', True)
    >>> rule_for("Method", "Dataset", ". Elsewhere, ") is None
    True
    """
    return next((rule for rule in RULES.get((first, second), ()) if rule.between.fullmatch(between)), None)
